/* Divergences of late starts and the knee of a quality curve, theory.md (61), (63). */
#include "base/alloc.h"
#include "base/check.h"
#include "base/progress.h"
#include "base/rng.h"
#include "base/statistics.h"
#include "numerics/quadrature.h"
#include "theory/theory_impl.h"

/* KL(p | q) = E_q (p/q) (e^x - 1 - x), x = log(q/p), for the law p of the state along m, in units
 * of its deviation in one class, and q = N(0, 1 + r); at u = sqrt(1 + r) g. */
static double gaussian_start_term(void *arg, double g)
{
    double r = *(double *)arg, u2 = (1 + r) * g * g;
    double x =
        ddni_minus_log1p_excess(r) / 2 - r * r * g * g / 2 - ddni_log_cosh_excess(sqrt(r * u2));
    return exp(-x) * ddni_expm1_excess(x);
}

/* log(1 + r)/2 - I(r) = r^4/12 at small r. The terms of the mean are not negative, and x, of order
 * r^2, is made of parts of that order. */
double ddn_theory_kl_gaussian_start(double r)
{
    if (!ddni_not_negative(r)) {
        return NAN;
    }
    return r > 2 ? log1p(r) / 2 - ddn_theory_label_information(r)
                 : ddni_gaussian_mean(gaussian_start_term, &r, 0.1);
}

double ddn_theory_kl_gaussian(double mean2, double t, int64_t count, const double *eigenvalues)
{
    if (!ddni_not_negative(mean2) || !ddni_is_list(count, eigenvalues) || !ddni_positive(t)) {
        return NAN;
    }
    double sum = ddni_fade(mean2, t);
    for (int64_t i = 0; i < count; i++) {
        if (!ddni_not_negative(eigenvalues[i])) {
            return NAN;
        }
        /* The variance less 1, from which the variance does not follow where it is small. */
        double x = ddni_fade(eigenvalues[i] - 1, t);
        sum += x > -0.5 ? ddni_minus_log1p_excess(x) : x - log(ddni_gamma(eigenvalues[i], t));
    }
    return sum / 2;
}

/* Second difference of y at interior point i of a grid that need not be uniform. */
static double second_difference(const double *x, const double *y, int64_t i)
{
    double left = x[i] - x[i - 1], right = x[i + 1] - x[i];
    return 2 * ((y[i + 1] - y[i]) / right - (y[i] - y[i - 1]) / left) / (left + right);
}

static int64_t largest_second_difference(const double *x, const double *y, int64_t count)
{
    int64_t best = 1;
    double top = -INFINITY;
    for (int64_t i = 1; i + 1 < count; i++) {
        double value = second_difference(x, y, i);
        if (value > top) {
            top = value;
            best = i;
        }
    }
    return best;
}

ddn_status ddn_theory_knee(ddn_context *ctx, int64_t count, int64_t draws, int64_t seed,
                           const double *x, const double *y, const double *y_se, double *second,
                           double *knee, double *standard_error, double *share)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_INT(ctx, count, 3, INT64_C(1) << 40);
    DDNI_CHECK_PTR(ctx, x);
    DDNI_CHECK_PTR(ctx, y);
    DDNI_CHECK_PTR(ctx, knee);
    for (int64_t i = 0; i < count; i++) {
        DDNI_CHECK(ctx, isfinite(x[i]) && isfinite(y[i]), DDN_E_NONFINITE,
                   "point %lld of the curve, (%g, %g), is not finite", (long long)i, x[i], y[i]);
        DDNI_CHECK(ctx, i == 0 || x[i] > x[i - 1], DDN_E_RANGE, "x[%lld] = %g does not increase",
                   (long long)i, x[i]);
        DDNI_CHECK(ctx, y_se == NULL || ddni_not_negative(y_se[i]), DDN_E_RANGE,
                   "y_se[%lld] = %g is not a standard error", (long long)i, y_se[i]);
    }
    if (y_se != NULL) {
        DDNI_CHECK_INT(ctx, draws, 2, 100000000);
    }

    int64_t best = largest_second_difference(x, y, count);
    double error = NAN, agree = NAN;
    if (y_se != NULL) {
        double *noisy = NULL;
        DDNI_TRY(ddni_alloc_for(ctx, "noisy curve", count, sizeof *noisy, &noisy));
        ddni_mean shift = {0};
        ddni_draws noise = ddni_draws_of(seed, DDNI_USE_KNEE, 0);
        int64_t same = 0;
        ddn_status status = DDN_OK;
        for (int64_t k = 0; k < draws && status == DDN_OK; k++) {
            ddni_draws_normal(&noise, k, 0, count, noisy);
            for (int64_t i = 0; i < count; i++) {
                noisy[i] = y[i] + y_se[i] * noisy[i];
            }
            int64_t found = largest_second_difference(x, noisy, count);
            ddni_mean_add(&shift, x[found]);
            same += found == best;
            status = ddni_poll(ctx);
        }
        ddni_free(ddni_context_allocator(ctx), noisy);
        DDNI_TRY(status);
        error = ddni_mean_error(&shift) * sqrt((double)draws);
        agree = (double)same / (double)draws;
    }
    for (int64_t i = 0; second != NULL && i < count; i++) {
        second[i] = i == 0 || i + 1 == count ? NAN : second_difference(x, y, i);
    }
    *knee = x[best];
    if (standard_error != NULL) {
        *standard_error = error;
    }
    if (share != NULL) {
        *share = agree;
    }
    return DDN_OK;
}
