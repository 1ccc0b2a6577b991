/* Clone probabilities by simulation: two continuations of one state with separate noise, run to
 * the clean end (theory.md (36)). */
#include "analysis/analysis_impl.h"
#include "analysis/judge.h"
#include "analysis/result_impl.h"
#include "analysis/samples.h"
#include "analysis/transitions/measure.h"
#include "base/check.h"
#include "base/progress.h"
#include "base/statistics.h"

typedef struct clone_work {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    ddn_integrator *it;
    ddni_judge judge;
    int64_t seed, pairs, batch, d; /* batch in pairs */
    ddni_level end;
    int32_t clean;      /* clones end with the denoiser, for a classifier */
    double *x0, *z, *x; /* [2 batch][d]: rows 2p and 2p + 1 are clones */
    int64_t *paths;     /* [2 batch] */
} clone_work;

typedef struct counts {
    ddni_agreement same;
    ddni_mean distance2;
} counts;

static void free_clones(clone_work *w)
{
    const ddni_allocator *al = ddni_context_allocator(w->ctx);
    ddn_integrator_destroy(w->it);
    ddni_judge_free(&w->judge);
    ddni_free(al, w->x0);
    ddni_free(al, w->z);
    ddni_free(al, w->x);
    ddni_free(al, w->paths);
}

static ddn_status prepare_clones(clone_work *w, const ddn_analysis *an)
{
    int64_t row = w->d * (int64_t)sizeof(double), rows = 2 * w->batch;
    const ddni_judge_of of = {
        .oracle = w->oracle, .points = an->points, .classifier = an->classifier};
    DDNI_TRY(ddni_judge_create(w->ctx, &of, rows, &w->judge));
    w->clean = w->judge.rule == DDNI_CLASSIFIER;
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", w->batch, row, &w->x0));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", w->batch, row, &w->z));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", rows, row, &w->x));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", rows, sizeof(int64_t), &w->paths));
    DDNI_TRY(ddni_analysis_integrator(an, w->oracle, &w->it));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_STEPS,
                                 ddni_analysis_steps(an)));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_DENOISE, w->clean));
    return ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_END, w->end.t);
}

/* Distances first: the judge takes clean states back to the level of the end. */
static ddn_status count(clone_work *w, int64_t pairs, counts *out)
{
    for (int64_t p = 0; p < pairs; p++) {
        const double *one = w->x + 2 * p * w->d, *other = one + w->d;
        double distance2 = 0;
        for (int64_t j = 0; j < w->d; j++) {
            distance2 += (one[j] - other[j]) * (one[j] - other[j]);
        }
        ddni_mean_add(&out->distance2, distance2);
    }
    DDNI_TRY(w->clean ? ddni_judge_clean(&w->judge, &w->end, 2 * pairs, w->x)
                      : ddni_judge_noisy(&w->judge, w->end.t, 2 * pairs, w->x, w->d));
    ddni_judge_count(&w->judge, pairs, &out->same);
    return DDN_OK;
}

/* Runs one batch of pairs from level->t, time number k, down to the end. */
static ddn_status run_clones(clone_work *w, const ddni_samples *samples, const ddni_level *level,
                             int64_t k, int64_t first, int64_t pairs)
{
    DDNI_TRY(ddni_samples_draw(samples, first, pairs, w->x0, w->z));
    for (int64_t p = 0; p < pairs; p++) {
        for (int64_t clone = 0; clone < 2; clone++) {
            int64_t row = 2 * p + clone;
            ddni_samples_at(level, w->d, w->x0 + p * w->d, w->z + p * w->d, w->x + row * w->d);
            w->paths[row] = ddni_path_run(DDNI_MEASURE_CLONES, k, 2 * first + row);
        }
    }
    DDNI_TRY(ddn_integrator_set_paths(w->it, 2 * pairs, w->paths));
    return ddn_integrator_run(w->it, 2 * pairs, w->x, w->d);
}

/* All pairs of one time; progress from `from` to `to`. */
static ddn_status measure_time(clone_work *w, const ddni_level *level, int64_t k, double from,
                               double to, counts *out)
{
    ddni_samples samples;
    DDNI_TRY(ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_START, level->t));
    DDNI_TRY(ddni_samples_init(w->ctx, w->oracle, ddn_oracle_dataset(w->oracle), w->seed,
                               DDNI_MEASURE_CLONES, k, w->pairs, &samples));
    DDNI_STAGE(w->ctx, "clones");
    ddn_status status = DDN_OK;
    for (int64_t first = 0; status == DDN_OK && first < w->pairs; first += w->batch) {
        int64_t pairs = w->pairs - first < w->batch ? w->pairs - first : w->batch;
        double share = (to - from) / (double)w->pairs, start = from + (double)first * share;
        status = ddni_stage_part(w->ctx, start, start + (double)pairs * share);
        if (status == DDN_OK) {
            status = run_clones(w, &samples, level, k, first, pairs);
        }
        if (status == DDN_OK) {
            status = count(w, pairs, out);
        }
    }
    ddni_samples_free(&samples);
    return status;
}

static ddn_status add_columns(const clone_work *w, ddn_result *r, double *values[3],
                              double *errors[3])
{
    const ddni_quantity what[3] = {
        {"phi", "1", DDN_POOLING_SHARE, w->pairs},
        {"phi_C", "1", DDN_POOLING_SHARE, w->pairs},
        {"distance2", DDNI_UNIT_DATA2, DDN_POOLING_MEAN, w->pairs},
    };
    static const char *const texts[3] = {"share that end in the same class, ",
                                         "share that end at the same nearest point",
                                         "mean squared distance"};
    for (int i = 0; i < 3; i++) {
        DDNI_TRY(ddni_result_add_pair(
            w->ctx, r, what[i], &values[i], &errors[i],
            "%s%s; %lld clone pairs from one x_t by simulation to the clean end t = %g%s", texts[i],
            i == 0 ? ddni_judge_rule(&w->judge) : "", (long long)w->pairs, w->end.t,
            w->clean ? " and the denoiser" : ""));
    }
    return DDN_OK;
}

static ddn_status measure_clones(clone_work *w, const double *times, int64_t times_count,
                                 ddn_result *r)
{
    double *t, *values[3], *errors[3];
    const ddn_schedule *sch = ddn_oracle_schedule(w->oracle);
    DDNI_TRY(ddni_analysis_add_times(w->ctx, r, w->oracle, &t));
    DDNI_TRY(add_columns(w, r, values, errors));
    for (int64_t k = 0; k < times_count; k++) {
        ddni_level level;
        counts c = {0};
        DDNI_TRY(ddni_schedule_level(w->ctx, sch, times[k], &level));
        DDNI_TRY(measure_time(w, &level, k, (double)k / (double)times_count,
                              (double)(k + 1) / (double)times_count, &c));
        t[k] = times[k];
        if (w->judge.class_of != NULL) {
            ddni_proportion(c.same.classes, w->pairs, &values[0][k], &errors[0][k]);
        }
        if (w->judge.nearest != NULL) {
            ddni_proportion(c.same.nearest, w->pairs, &values[1][k], &errors[1][k]);
        }
        values[2][k] = c.distance2.mean;
        errors[2][k] = ddni_mean_error(&c.distance2);
    }
    DDNI_TRY(ddni_progress(w->ctx, "clones", 1));
    return ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"clones", "1", DDN_POOLING_SUM, 0},
                                  (double)w->pairs, 0, "clone pairs at each time");
}

ddn_status ddni_measure_clones(const ddn_analysis *an, const ddn_oracle *oracle,
                               const double *times, int64_t count_, ddn_result **out)
{
    clone_work w = {.ctx = an->ctx, .oracle = oracle};
    ddn_result *result = NULL;
    w.seed = ddni_analysis_i64(an, DDN_ANALYSIS_SEED);
    w.pairs = ddni_analysis_i64(an, DDN_ANALYSIS_CLONES);
    w.batch = (ddni_analysis_i64(an, DDN_ANALYSIS_BATCH) + 1) / 2;
    w.batch = w.batch < w.pairs ? w.batch : w.pairs;
    w.d = ddn_oracle_d(oracle);
    double t_end;
    DDNI_TRY(ddni_analysis_end(an, ddn_oracle_schedule(oracle), &t_end));
    DDNI_TRY(ddni_schedule_level(an->ctx, ddn_oracle_schedule(oracle), t_end, &w.end));
    for (int64_t k = 0; k < count_; k++) {
        DDNI_CHECK(an->ctx, times[k] > t_end, DDN_E_RANGE,
                   "time %lld of the clones is %g, not above the clean end %g "
                   "(DDN_ANALYSIS_T_END)",
                   (long long)k, times[k], t_end);
    }
    ddn_status status = prepare_clones(&w, an);
    if (status == DDN_OK) {
        status = ddni_analysis_start(an, "clones", oracle, count_, &result);
    }
    if (status == DDN_OK) {
        status = measure_clones(&w, times, count_, result);
    }
    free_clones(&w);
    return ddni_result_hand_out(status, result, out);
}

ddn_status ddn_analysis_clones(ddn_analysis *an, const ddn_oracle *oracle, int64_t count,
                               const double *times, ddn_result **out)
{
    DDNI_ENTER_OBJECT(an, DDNI_USE);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    DDNI_TRY(
        ddni_analysis_check_times(an->ctx, "times", ddn_oracle_schedule(oracle), times, count));
    return ddni_measure_clones(an, oracle, times, count, out);
}
