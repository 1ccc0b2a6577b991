/* Small runs of every measurement. */
#include "support/measurements.h"

#include <math.h>
#include <stddef.h>

enum {
    N = 40,
    D = 3,
    TIMES = MEASUREMENT_TIMES,
    STATES = 5
};

/* Two clusters around +-1.5 along the first axis, of points that no other set has. */
static ddn_status make_points(ddn_context *ctx, int64_t seed, int64_t n, ddn_dataset **out)
{
    double points[N * D];
    int32_t labels[N];
    ddn_dataset *plain = NULL;
    ddn_status status = ddn_noise_draw(ctx, seed, 63, 0, 0, 0, n * D, points);
    for (int64_t i = 0; i < n; i++) {
        labels[i] = (int32_t)(i % 2);
        points[i * D] = 0.5 * points[i * D] + (i % 2 == 0 ? -1.5 : 1.5);
    }
    status =
        status != DDN_OK ? status : ddn_dataset_create(ctx, DDN_TYPE_F64, n, D, points, D, &plain);
    status = status != DDN_OK ? status : ddn_dataset_create_labelled(ctx, plain, n, labels, out);
    ddn_dataset_destroy(plain);
    return status;
}

/* About the mean of x_0 for two such clusters. */
static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    measurement_set *set = user;
    (void)t;
    const int spoils = ++set->calls == set->spoil_at;
    if (spoils && set->spoil == MEASUREMENT_FAILS) {
        return ddn_context_fail(set->ctx, "the network is gone");
    }
    for (int64_t r = 0; r < m; r++) {
        for (int64_t j = 0; j < d; j++) {
            const double centre = j == 0 ? 1.5 * tanh(2 * x[r * ldx]) : 0;
            out[r * ldo + j] = (a * x[r * ldx + j] + s * s * centre) / (a * a + s * s);
        }
    }
    if (spoils) {
        out[0] = NAN;
    }
    return 0;
}

static ddn_status make_model(measurement_set *s)
{
    ddn_model *builder = NULL;
    ddn_status status = ddn_model_create(s->ctx, s->sch, DDN_PREDICTION_X0, D, s, NULL, &builder);
    status = status != DDN_OK ? status : ddn_model_set_predict_f64(builder, predict);
    status = status != DDN_OK ? status : ddn_oracle_create_model(s->ctx, builder, &s->model);
    ddn_model_destroy(builder);
    return status;
}

static ddn_status set_options(const measurement_set *s)
{
    static const struct {
        ddn_analysis_key key;
        int64_t value;
    } rows[] = {{DDN_ANALYSIS_SAMPLES, 40}, {DDN_ANALYSIS_CLONES, 22},    {DDN_ANALYSIS_PATHS, 20},
                {DDN_ANALYSIS_STEPS, 6},    {DDN_ANALYSIS_PATH_STEPS, 4}, {DDN_ANALYSIS_BATCH, 8},
                {DDN_ANALYSIS_SEED, 3},     {DDN_ANALYSIS_NEIGHBOURS, 12}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const ddn_status status =
            ddn_options_set_i64(ddn_analysis_options(s->an), rows[i].key, rows[i].value);
        if (status != DDN_OK) {
            return status;
        }
    }
    return DDN_OK;
}

static ddn_status make_set(ddn_context *ctx, int64_t seed, measurement_set *s)
{
    *s = (measurement_set){.ctx = ctx, .times = {0.2, 0.7, 1.6}};
    ddn_status status = ddn_schedule_create_ou(ctx, &s->sch);
    status = status != DDN_OK ? status : make_points(ctx, seed, N, &s->train);
    status = status != DDN_OK ? status : make_points(ctx, seed + 1, N / 2, &s->test);
    status =
        status != DDN_OK ? status : ddn_oracle_create_empirical(ctx, s->train, s->sch, &s->exact);
    status = status != DDN_OK ? status : make_model(s);
    status = status != DDN_OK ? status : ddn_analysis_create(ctx, &s->an);
    return status != DDN_OK ? status : set_options(s);
}

ddn_status measurement_set_make(ddn_context *ctx, measurement_set *s)
{
    return make_set(ctx, 5, s);
}

ddn_status measurement_set_make_other(ddn_context *ctx, measurement_set *s)
{
    return make_set(ctx, 15, s);
}

void measurement_set_free(measurement_set *s)
{
    ddn_analysis_destroy(s->an);
    ddn_oracle_destroy(s->model);
    ddn_oracle_destroy(s->exact);
    ddn_dataset_destroy(s->test);
    ddn_dataset_destroy(s->train);
    ddn_schedule_destroy(s->sch);
}

/* ---- The measurements ---- */

typedef ddn_status (*measurement)(const measurement_set *s, ddn_result **out);

static ddn_status identities(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_identities(s->an, s->exact, TIMES, s->times, out);
}

/* With a precision in place of a number; it is not asked for any more afterwards. */
static ddn_status with_precision(const measurement_set *s, ddn_analysis_key key, double precision,
                                 measurement what, ddn_result **out)
{
    ddn_options *o = ddn_analysis_options(s->an);
    ddn_status status = ddn_options_set_f64(o, key, precision);
    status = status != DDN_OK ? status : what(s, out);
    (void)ddn_options_reset(o);
    (void)set_options(s);
    return status;
}

static ddn_status precise(const measurement_set *s, ddn_result **out)
{
    return with_precision(s, DDN_ANALYSIS_PRECISION, 0.05, identities, out);
}

static ddn_status clones(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_clones(s->an, s->exact, TIMES, s->times, out);
}

static ddn_status precise_clones(const measurement_set *s, ddn_result **out)
{
    return with_precision(s, DDN_ANALYSIS_CLONE_PRECISION, 0.055, clones, out);
}

/* With the points of the exact oracle as judges, as they were before afterwards. */
static ddn_status judged(const measurement_set *s, measurement what, ddn_result **out)
{
    ddn_status status = ddn_analysis_set_points(s->an, s->train);
    status = status != DDN_OK ? status : what(s, out);
    (void)ddn_analysis_set_points(s->an, NULL);
    return status;
}

static ddn_status clones_of_model(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_clones(s->an, s->model, TIMES, s->times, out);
}

static ddn_status model_clones(const measurement_set *s, ddn_result **out)
{
    return judged(s, clones_of_model, out);
}

static ddn_status last_change(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_last_change(s->an, s->exact, out);
}

static ddn_status change_of_model(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_last_change(s->an, s->model, out);
}

static ddn_status model_change(const measurement_set *s, ddn_result **out)
{
    return judged(s, change_of_model, out);
}

static ddn_status uturn(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_uturn(s->an, s->exact, NULL, TIMES, s->times, out);
}

static ddn_status uturn_of_starts(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_uturn(s->an, s->exact, s->test, TIMES, s->times, out);
}

static ddn_status branch_of_model(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_branch(s->an, s->model, NULL, TIMES, s->times, out);
}

static ddn_status model_branch(const measurement_set *s, ddn_result **out)
{
    return judged(s, branch_of_model, out);
}

/* States on their way: the same at each of the times. */
static ddn_status path(const measurement_set *s, const ddn_oracle *oracle, ddn_path_method method,
                       ddn_result **out)
{
    double x[TIMES * STATES * D];
    int32_t regimes[TIMES * STATES];
    const ddn_status status = ddn_noise_draw(s->ctx, 9, 63, 0, 0, 0, TIMES * STATES * D, x);
    return status != DDN_OK ? status
                            : ddn_analysis_path(s->an, oracle, method, TIMES, STATES, s->times, x,
                                                D, regimes, out);
}

static ddn_status path_posterior(const measurement_set *s, ddn_result **out)
{
    return path(s, s->exact, DDN_PATH_POSTERIOR, out);
}

static ddn_status path_of_model(const measurement_set *s, ddn_result **out)
{
    return path(s, s->model, DDN_PATH_CLONES, out);
}

static ddn_status path_clones(const measurement_set *s, ddn_result **out)
{
    return judged(s, path_of_model, out);
}

static ddn_status regimes(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_regimes(s->an, s->exact, TIMES, 2, s->times, s->times, out);
}

static ddn_status generalization(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_generalization(s->an, s->model, s->train, s->test, TIMES, 2, s->times,
                                       s->times, out);
}

static ddn_status log_likelihood(const measurement_set *s, int64_t probes, ddn_result **out)
{
    double x[20 * D];
    const ddn_status status = ddn_noise_draw(s->ctx, 8, 63, 0, 0, 0, 20 * D, x);
    return status != DDN_OK
               ? status
               : ddn_analysis_log_likelihood(s->an, s->exact, NULL, probes, 20, x, D, out);
}

static ddn_status likelihood(const measurement_set *s, ddn_result **out)
{
    return log_likelihood(s, 0, out);
}

static ddn_status likelihood_by_probes(const measurement_set *s, ddn_result **out)
{
    return log_likelihood(s, 2, out);
}

static ddn_status late_start(const measurement_set *s, ddn_result **out)
{
    return ddn_analysis_late_start(s->an, s->exact, TIMES, s->times, out);
}

static const struct {
    const char *name;
    measurement run;
} list[] = {
    {"identities", identities},
    {"identities to a precision", precise},
    {"clones", clones},
    {"clones to a precision", precise_clones},
    {"clones of a model", model_clones},
    {"last change", last_change},
    {"last change of a model", model_change},
    {"U-turns", uturn},
    {"U-turns of given starts", uturn_of_starts},
    {"branches of a model", model_branch},
    {"paths by the posterior", path_posterior},
    {"paths by clones", path_clones},
    {"regimes", regimes},
    {"generalization", generalization},
    {"log likelihood", likelihood},
    {"log likelihood by probes", likelihood_by_probes},
    {"late start", late_start},
};

int measurement_count(void)
{
    return (int)(sizeof list / sizeof list[0]);
}

const char *measurement_name(int kind)
{
    return list[kind].name;
}

ddn_status measurement_run(const measurement_set *s, int kind, ddn_result **out)
{
    return list[kind].run(s, out);
}

int64_t measurement_numbers(ddn_context *ctx, const ddn_result *r, double *numbers)
{
    int64_t count = 0, rows = ddn_result_rows(r);
    for (int64_t k = 0; k < ddn_result_scalar_count(r) && count + 2 <= MEASUREMENT_NUMBERS; k++) {
        (void)ddn_result_scalar(ctx, r, ddn_result_scalar_name(r, k), &numbers[count],
                                &numbers[count + 1]);
        count += 2;
    }
    for (int64_t k = 0; k < ddn_result_column_count(r) && count + rows <= MEASUREMENT_NUMBERS;
         k++) {
        (void)ddn_result_column(ctx, r, ddn_result_column_name(r, k), rows, numbers + count);
        count += rows;
    }
    return count;
}
