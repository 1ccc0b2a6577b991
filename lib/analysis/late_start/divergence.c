/* How far each start is from p_t, and the choice of a start; theory.md (61).
 *
 * With E S the mean posterior entropy, lambda_i the spectrum of the data covariance C and c =
 * s^2/a^2, KL(p_t | Gaussian start)     = sum log(1 + lambda_i/c) / 2 - H(pi) + E S, KL(Gaussian |
 * noise start)   = (q (tr C + |mean|^2) - d q - d log(1 - q)
 *                                   - sum log(1 + lambda_i/c)) / 2,   q = a^2/(a^2 + s^2),
 * and KL(p_t | noise start) is their sum, because p_t and its Gaussian share two moments. H(pi) is
 * log n without weights (25). */
#include <diffdyn/late_start.h>

#include <string.h>

#include "analysis/analysis_impl.h"
#include "analysis/curve.h"
#include "analysis/result_impl.h"
#include "base/check.h"
#include "base/progress.h"
#include "dataset/dataset_impl.h"
#include "oracle/oracle_impl.h"
#include "schedule/schedule_impl.h"

enum {
    VALUE,
    ERROR,
    LOW,
    HIGH,
    PARTS
};
/* A ratio s^2/a^2 that is infinite. */
static const double PURE = 1e200;

static const char *const endings[PARTS] = {"", "_se", "_low", "_high"};

typedef struct curves {
    double *t, *gaussian[PARTS], *between, *between_se, *noise[PARTS];
    double *gaussian_rho, *noise_rho; /* NULL where the correlations of f are unknown */
} curves;

/* How a divergence pools, and the correlations of its errors: as those of f. */
static ddn_status add_parts(ddn_context *ctx, ddn_result *result, const ddn_result *identities,
                            const char *name, double **rho)
{
    char part[DDNI_NAME_BYTES];
    ddni_part_name(name, "_rho", part);
    ddni_result_count_by(result, name, "samples");
    if (ddni_result_find_column(identities, "f_rho") == NULL) {
        return DDN_OK;
    }
    return ddni_result_add_column(
        ctx, result, (ddni_quantity){part, "1", DDN_POOLING_PART, 0}, rho,
        "correlation of the error of %s with that at the next larger time", name);
}

static ddn_status add_curves(ddn_context *ctx, ddn_result *result, const ddn_oracle *oracle,
                             const ddn_result *identities, int64_t samples, curves *c)
{
    /* A model's p_t is not known: that of its data stands for it. */
    const char *of =
        ddn_oracle_can(oracle, DDN_OUT_ENTROPY) ? "" : "; p_t of the exact score of the data";
    *c = (curves){0};
    const ddni_quantity gaussian = {"kl_gaussian", "nats", DDN_POOLING_MEAN, samples};
    const ddni_quantity between = {"kl_between", "nats", DDN_POOLING_SAME, 0};
    const ddni_quantity noise = {"kl_noise", "nats", DDN_POOLING_MEAN, samples};
    DDNI_TRY(ddni_analysis_add_times(ctx, result, oracle, &c->t));
    DDNI_TRY(ddni_result_add_interval(ctx, result, gaussian, c->gaussian,
                                      "KL(p_t | N(a mean, a^2 C + s^2 I)), nats%s", of));
    DDNI_TRY(ddni_result_add_pair(ctx, result, between, &c->between, &c->between_se,
                                  "KL(N(a mean, a^2 C + s^2 I) | N(0, (a^2 + s^2) I)), nats"));
    DDNI_TRY(ddni_result_add_interval(ctx, result, noise, c->noise,
                                      "KL(p_t | N(0, (a^2 + s^2) I)), nats%s", of));
    DDNI_TRY(add_parts(ctx, result, identities, "kl_gaussian", &c->gaussian_rho));
    return add_parts(ctx, result, identities, "kl_noise", &c->noise_rho);
}

/* Samples are a column: they differ from time to time where a precision is asked for. */
static ddn_status add_counts(ddn_context *ctx, ddn_result *result, const ddn_dataset *ds,
                             const ddn_result *identities)
{
    const struct {
        const char *name, *definition;
        int64_t value;
    } list[] = {{"n", "number of points", ds->n}, {"d", "dimension", ds->d}};
    for (int i = 0; i < 2; i++) {
        DDNI_TRY(ddni_result_add_scalar(ctx, result,
                                        (ddni_quantity){list[i].name, "1", DDN_POOLING_SAME, 0},
                                        (double)list[i].value, 0, "%s", list[i].definition));
    }
    double *counts;
    DDNI_TRY(ddni_result_add_column(ctx, result,
                                    (ddni_quantity){"samples", "1", DDN_POOLING_SUM, 0}, &counts,
                                    "states drawn at each time for the posterior entropy"));
    memcpy(counts, ddni_result_find_column(identities, "samples")->values,
           (size_t)result->rows * sizeof *counts);
    return DDN_OK;
}

/* Correlations with the row of the next larger time: errors of f as they are, those of the
 * log-determinants in common. */
static void correlate(const ddn_dataset *ds, const double *log_det_se, const ddn_result *identities,
                      const ddn_result *result, const curves *out)
{
    const ddni_entry *rho = ddni_result_find_column(identities, "f_rho");
    const ddni_entry *f_se = ddni_result_find_column(identities, "f_se");
    const double d2 = (double)ds->d * (double)ds->d;
    const int64_t rows = result->rows, step = rows > 1 && out->t[0] > out->t[1] ? -1 : 1;
    for (int64_t k = 0; rho != NULL && k < rows; k++) {
        const int64_t next = k + step;
        if (next >= 0 && next < rows) {
            const double both = d2 * rho->values[k] * f_se->values[k] * f_se->values[next] +
                                0.25 * log_det_se[k] * log_det_se[next];
            out->noise_rho[k] = rho->values[k];
            out->gaussian_rho[k] = both / (out->gaussian[ERROR][k] * out->gaussian[ERROR][next]);
        }
    }
}

/* A divergence known +- error plus the posterior entropy: its value, error and interval, which need
 * not be symmetric. */
static void set_row(double *const to[PARTS], int64_t k, double known, double error,
                    const double entropy[PARTS])
{
    const double below = fmax(entropy[VALUE] - entropy[LOW], 0);
    const double above = fmax(entropy[HIGH] - entropy[VALUE], 0);
    to[VALUE][k] = known + entropy[VALUE];
    to[ERROR][k] = hypot(error, entropy[ERROR]);
    to[LOW][k] = to[VALUE][k] - hypot(DDNI_Z95 * error, below);
    to[HIGH][k] = to[VALUE][k] + hypot(DDNI_Z95 * error, above);
}

/* Fills the rows from E S = d f of `identities`; log_det[count] is scratch for c, sum and error. */
static ddn_status fill(ddn_context *ctx, const ddn_oracle *oracle, const double *times,
                       int64_t count, const ddn_result *identities, double *scratch,
                       ddn_result *result, curves *out)
{
    int sampled = 0;
    const ddn_dataset *ds = ddni_oracle_set(oracle);
    const double entropy = ddni_dataset_entropy(ds), d = (double)ds->d;
    double *ratio = scratch, *log_det = scratch + count, *log_det_se = scratch + 2 * count;
    const double *f[PARTS];
    double moment = 0;
    for (int i = 0; i < PARTS; i++) {
        f[i] = ddni_result_part(identities, "f", endings[i]);
    }
    DDNI_TRY(ddni_dataset_second_moment(ctx, ds, &moment));
    for (int64_t k = 0; k < count; k++) {
        ddni_level level;
        DDNI_TRY(ddni_schedule_level(ctx, ddn_oracle_schedule(oracle), times[k], &level));
        ratio[k] = fmin(level.s2 / (level.a * level.a), PURE); /* a = 0: beyond all variances */
    }
    DDNI_TRY(ddn_dataset_log_det(ctx, ds, count, ratio, log_det, log_det_se));
    for (int64_t k = 0; k < count; k++) {
        const double q = 1 / (1 + ratio[k]);
        /* log(1 - q) = log(c / (1 + c)), by whichever form is exact. */
        const double log_rest = q < 0.5 ? log1p(-q) : -log1p(1 / ratio[k]);
        out->t[k] = times[k];
        const double half_det = 0.5 * log_det[k], half_se = 0.5 * log_det_se[k];
        const double rest = 0.5 * (q * moment - d * q - d * log_rest);
        const double s[PARTS] = {d * f[VALUE][k], d * f[ERROR][k], d * f[LOW][k], d * f[HIGH][k]};
        out->between[k] = rest - half_det;
        out->between_se[k] = half_se;
        set_row(out->gaussian, k, half_det - entropy, half_se, s);
        set_row(out->noise, k, rest - entropy, 0, s); /* the log-determinants cancel */
        sampled |= log_det_se[k] > 0;
    }
    correlate(ds, log_det_se, identities, result, out);
    if (sampled) { /* this error is the same in all runs: theirs would not shrink it */
        ddni_entries_find(&result->columns, "kl_gaussian")->pooling = DDN_POOLING_NONE;
    }
    return DDN_OK;
}

ddn_status ddn_analysis_late_start(ddn_analysis *an, const ddn_oracle *oracle, int64_t count,
                                   const double *times, ddn_result **out)
{
    DDNI_ENTER_MEASUREMENT(an);
    ddn_context *ctx = an->ctx;
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, oracle);
    const ddn_dataset *ds = ddni_analysis_set(an, oracle);
    DDNI_CHECK(ctx, ds != NULL, DDN_E_UNSUPPORTED,
               "an oracle of kind %s has no data: take the exact oracle of some "
               "(ddn_oracle_create_empirical), or set those of a model (ddn_analysis_set_points)",
               ddn_oracle_kind(oracle));
    DDNI_CHECK(ctx, ddn_dataset_d(ds) == ddn_oracle_d(oracle), DDN_E_SHAPE,
               "the points that judge have d = %lld, the oracle %lld", (long long)ddn_dataset_d(ds),
               (long long)ddn_oracle_d(oracle));
    DDNI_TRY(ddni_analysis_check_times(ctx, "times", ddn_oracle_schedule(oracle), times, count));

    DDNI_STAGE(ctx, "late start");
    ddn_status status = DDN_OK;
    const int64_t samples = ddni_analysis_i64(an, DDN_ANALYSIS_SAMPLES);
    ddn_result *identities = NULL, *result = NULL;
    ddn_oracle *made = NULL; /* for a model, which has no posterior */
    const ddn_oracle *exact = oracle;
    double *scratch = NULL;
    curves c;
    if (!ddn_oracle_can(oracle, DDN_OUT_ENTROPY)) {
        DDNI_TRY_GOTO(ddn_oracle_create_empirical(ctx, ds, ddn_oracle_schedule(oracle), &made),
                      fail);
        exact = made;
    }
    DDNI_TRY_GOTO(ddni_stage_part(ctx, 0, 0.7), fail);
    DDNI_TRY_GOTO(ddni_measure_identities(an, exact, times, count, &identities), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "late-start scan", 3 * count, sizeof *scratch, &scratch),
                  fail);
    DDNI_TRY_GOTO(ddni_analysis_start(an, "late_start", oracle, count, &result), fail);
    DDNI_TRY_GOTO(add_curves(ctx, result, oracle, identities, samples, &c), fail);
    DDNI_TRY_GOTO(ddni_stage_part(ctx, 0.7, 1), fail);
    DDNI_TRY_GOTO(fill(ctx, exact, times, count, identities, scratch, result, &c), fail);
    DDNI_TRY_GOTO(add_counts(ctx, result, ds, identities), fail);
    *out = result;
    result = NULL;
fail:
    ddni_free(ddni_context_allocator(ctx), scratch);
    ddn_result_destroy(identities);
    ddn_oracle_destroy(made);
    ddn_result_destroy(result);
    DDNI_LEAVE_MEASUREMENT(an, status, out);
}

static const char *name_of(ddn_start kind)
{
    return kind == DDN_START_NOISE ? "kl_noise" : "kl_gaussian";
}

static ddn_status find_curve(ddn_context *ctx, const ddn_result *result, ddn_start kind,
                             double level, ddni_curve *kl)
{
    DDNI_CHECK(ctx, kind == DDN_START_NOISE || kind == DDN_START_GAUSSIAN, DDN_E_KEY,
               "argument kind = %d is not a ddn_start", (int)kind);
    DDNI_CHECK_REAL(ctx, level, 1e-300, 1e300);
    const char *name = name_of(kind);
    static const char *const kinds[] = {"late_start", NULL};
    DDNI_TRY(ddni_result_check_kind(ctx, result, kinds, NULL));
    DDNI_CHECK(ctx, ddni_result_curve(result, name, kl), DDN_E_KEY,
               "the result has no columns 't', '%s' and '%s_se'", name, name);
    return DDN_OK;
}

/* The time from which on the curve stays below the level: NaN where it never does. */
static ddni_crossing choose(const ddni_curve *kl, double level)
{
    ddni_crossing found = {NAN, NAN, NAN, 0, 0};
    const int64_t last = kl->rows - 1;
    const int64_t late = kl->t[last] > kl->t[0] ? last : 0, early = last - late;
    if (kl->y[late] <= level) {
        ddni_cross(kl, level, &found);
        if (found.count == 0) { /* good enough from the first time on */
            found = (ddni_crossing){kl->t[early], 0, 0, 0, 0};
        }
    }
    return found;
}

ddn_status ddn_late_start_choose(ddn_context *ctx, const ddn_result *result, ddn_start kind,
                                 double level, double *t, double *standard_error)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, result);
    DDNI_CHECK_PTR(ctx, t);
    ddni_curve kl;
    DDNI_TRY(find_curve(ctx, result, kind, level, &kl));
    const ddni_crossing found = choose(&kl, level);
    *t = found.t;
    if (standard_error != NULL) {
        *standard_error = found.error;
    }
    return DDN_OK;
}

/* The ends of the intervals of the rows, `part` LOW or HIGH: in a column, or at 1.96 errors. */
static void find_ends(const ddn_result *result, ddn_start kind, int part, const ddni_curve *kl,
                      double *y)
{
    const double *ends = ddni_result_part(result, name_of(kind), endings[part]);
    const double z = part == LOW ? -DDNI_Z95 : DDNI_Z95;
    for (int64_t k = 0; k < kl->rows; k++) {
        y[k] = ends == NULL ? kl->y[k] + z * kl->error[k] : ends[k];
    }
}

/* The choice for these ends of the rows; with what the grid adds, in quadrature, away from the
 * choice t. */
static double choose_end(const ddni_curve *kl, double level, double sign, double t, const double *y)
{
    ddni_curve shifted = *kl;
    shifted.y = y;
    const ddni_crossing found = choose(&shifted, level);
    const double grid = DDNI_Z95 * found.grid, away = isnan(t) ? 0 : fabs(found.t - t);
    return found.t + copysign(hypot(away, grid) - away, sign);
}

ddn_status ddn_late_start_interval(ddn_context *ctx, const ddn_result *result, ddn_start kind,
                                   double level, double *low, double *high)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, result);
    DDNI_CHECK_PTR(ctx, low);
    DDNI_CHECK_PTR(ctx, high);
    ddni_curve kl;
    DDNI_TRY(find_curve(ctx, result, kind, level, &kl));
    double *y = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "shifted curve", kl.rows, sizeof *y, &y));
    const double t = choose(&kl, level).t, a = kl.t[0], b = kl.t[kl.rows - 1];
    const int64_t late = b > a ? kl.rows - 1 : 0;
    find_ends(result, kind, LOW, &kl, y);
    *low = choose_end(&kl, level, -1, t, y);
    if (!isnan(y[late])) { /* else nothing is known */
        *low = isnan(*low) ? fmax(a, b) : fmax(*low, fmin(a, b));
    }
    find_ends(result, kind, HIGH, &kl, y);
    *high = choose_end(&kl, level, 1, t, y);
    if (!isnan(y[late])) {
        *high = isnan(*high) ? INFINITY : *high;
    }
    ddni_free(ddni_context_allocator(ctx), y);
    return DDN_OK;
}
