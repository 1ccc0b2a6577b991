/* Speciation and collapse times that the covariance spectrum alone gives: t_S = log(1 + Lambda)/2
 * (theory.md (20)), the pitchfork of the reverse drift asinh(Lambda)/2 (52), and the Gaussian
 * collapse time sum_i log(1 + lambda_i / c) = 2 H(pi), c = e^2t - 1 (35), with H(pi) = log n
 * without weights (25). */
#include "analysis/analysis_impl.h"
#include "analysis/result_impl.h"
#include "analysis/transitions/measure.h"
#include "base/check.h"
#include "dataset/dataset_impl.h"

enum {
    POINTS = 2048, /* values of c tried together: one spectrum serves them all */
    STENCIL = 6    /* points of the interpolation */
};

typedef struct scan {
    double log_c[POINTS], c[POINTS], sum[POINTS], error[POINTS];
} scan;

/* Logarithm of the root c by inverse interpolation of log c against the sum, from the points
 * around the bracket [at, at + 1]. The sum varies over steps of order 1 in log c and the points
 * are about 0.01 apart: the sixth order leaves 1e-12. */
static double interpolate(const scan *s, int64_t at, double target)
{
    int64_t first = at - STENCIL / 2 + 1;
    first = first < 0 ? 0 : first + STENCIL > POINTS ? POINTS - STENCIL : first;
    double value = 0;
    for (int64_t i = first; i < first + STENCIL; i++) {
        double weight = 1;
        for (int64_t j = first; j < first + STENCIL; j++) {
            weight *= j == i ? 1 : (target - s->sum[j]) / (s->sum[i] - s->sum[j]);
        }
        value += weight * s->log_c[i];
    }
    return value;
}

/* Fills the scan on [low, high] in log c and finds the bracket of the target; the sum falls with
 * c. */
static ddn_status bracket(ddn_context *ctx, const ddn_dataset *ds, double low, double high,
                          double target, scan *s, int64_t *at)
{
    for (int64_t i = 0; i < POINTS; i++) {
        s->log_c[i] = low + (high - low) * (double)i / (POINTS - 1);
        s->c[i] = exp(s->log_c[i]);
    }
    DDNI_TRY(ddn_dataset_log_det(ctx, ds, POINTS, s->c, s->sum, s->error));
    for (int64_t i = 0; i + 1 < POINTS; i++) {
        if (s->sum[i] >= target && s->sum[i + 1] < target) {
            *at = i;
            return DDN_OK;
        }
    }
    return ddni_fail(ctx, DDN_E_CONVERGENCE,
                     "no root of the collapse equation between log c = %g and %g", low, high);
}

/* With `rank` eigenvalues of at most Lambda the sum lies between log(1 + Lambda/c) and rank times
 * that, which bounds the root; one unit of log c is left for the scatter of sampled sums. */
static ddn_status collapse(ddn_context *ctx, const ddn_dataset *ds, double Lambda, double *t,
                           double *error)
{
    int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds), at = 0;
    double target = 2 * ddni_dataset_entropy(ds), rank = (double)(n - 1 < d ? n - 1 : d);
    *t = *error = NAN;
    if (n < 2 || !(Lambda > 0)) {
        return DDN_OK;
    }
    double low = log(Lambda) - target - 1, high = log(Lambda) - log(expm1(target / rank)) + 1;
    scan *s = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "collapse equation", 1, sizeof *s, &s));
    ddn_status status = bracket(ctx, ds, low, high, target, s, &at);
    if (status == DDN_OK) {
        double c = exp(interpolate(s, at, target));
        double slope = (s->sum[at + 1] - s->sum[at]) / (s->log_c[at + 1] - s->log_c[at]);
        *t = 0.5 * log1p(c);
        *error = s->error[at] / fabs(slope) * 0.5 * c / (1 + c);
    }
    ddni_free(ddni_context_allocator(ctx), s);
    return status;
}

static ddn_status fill(ddn_context *ctx, const ddn_dataset *ds, ddn_result *r)
{
    double n = (double)ddn_dataset_n(ds), d = (double)ddn_dataset_d(ds), Lambda, t, error;
    int64_t copies;
    DDNI_TRY(ddn_dataset_spectrum(ctx, ds, 1, &Lambda, NULL, 0));
    Lambda = fmax(Lambda, 0);
    DDNI_TRY(ddni_dataset_copies(ctx, ds, &copies));
    DDNI_TRY(collapse(ctx, ds, Lambda, &t, &error));
    const struct {
        const char *name, *unit;
        double value, error;
        const char *definition;
    } list[] = {
        {"n", "1", n, 0, "data points"},
        {"d", "1", d, 0, "dimensions"},
        {"copies", "1", (double)copies, 0, "points that are equal to an earlier one"},
        {"alpha", "nats", ddni_dataset_entropy(ds) / d, 0,
         "H(pi) / d, the entropy of the weights of the points; log(n) / d without weights"},
        {"Lambda", DDNI_UNIT_DATA2, Lambda, 0,
         "largest eigenvalue of the covariance with 1/n, or with the weights"},
        {"t_S", DDNI_UNIT_OU, 0.5 * log1p(Lambda), 0,
         "speciation time log(1 + Lambda)/2, where Lambda e^-2t = 1 - e^-2t; OU time"},
        {"t_S_asymptotic", DDNI_UNIT_OU, Lambda > 0 ? 0.5 * log(Lambda) : NAN, 0,
         "speciation time log(Lambda)/2 for large Lambda; OU time"},
        {"t_SSB", DDNI_UNIT_OU, 0.5 * asinh(Lambda), 0,
         "asinh(Lambda)/2, where the reverse drift of centred data of equal norm loses its fixed "
         "point; OU time"},
        {"t_C_spectrum", DDNI_UNIT_OU, t, error,
         "collapse time of a Gaussian with the spectrum of the data, sum "
         "log(1 + lambda_i / (e^2t - 1)) = 2 H(pi), 2 log n without weights; OU time"},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        const ddni_quantity what = {list[i].name, list[i].unit, DDN_POOLING_SAME, 0};
        DDNI_TRY(ddni_result_add_scalar(ctx, r, what, list[i].value, list[i].error, "%s",
                                        list[i].definition));
    }
    return DDN_OK;
}

ddn_status ddni_measure_spectrum(const ddn_analysis *an, const ddn_dataset *ds, ddn_result **out)
{
    ddn_result *result;
    DDNI_TRY(ddni_analysis_start_of(an, "spectrum", ds, DDN_CLOCK_OU, 0, &result));
    ddn_status status = fill(an->ctx, ds, result);
    return ddni_result_hand_out(status, result, out);
}

ddn_status ddn_analysis_spectrum(ddn_analysis *an, const ddn_dataset *ds, ddn_result **out)
{
    DDNI_ENTER_OBJECT(an, DDNI_USE);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(an->ctx, ds);
    return ddni_measure_spectrum(an, ds, out);
}
