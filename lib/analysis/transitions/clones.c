/* Clone probabilities by simulation: two continuations of one state with separate noise, run to
 * the clean end (theory.md (36)). */
#include "analysis/analysis_impl.h"
#include "analysis/judge.h"
#include "analysis/result_impl.h"
#include "analysis/samples.h"
#include "analysis/transitions/measure.h"
#include "base/check.h"
#include "base/parallel.h"
#include "base/statistics.h"

typedef struct clone_work {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    ddn_integrator *it;
    ddni_judge judge;
    int64_t seed, pairs, batch, d; /* batch in pairs */
    double t_end;
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
    DDNI_TRY(ddni_judge_create(w->ctx, &(ddni_judge_of){.oracle = w->oracle}, rows, &w->judge));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", w->batch, row, &w->x0));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", w->batch, row, &w->z));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", rows, row, &w->x));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", rows, sizeof(int64_t), &w->paths));
    DDNI_TRY(ddni_analysis_integrator(an, w->oracle, &w->it));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_STEPS,
                                 ddni_analysis_i64(an, DDN_ANALYSIS_STEPS)));
    return ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_END, w->t_end);
}

static void count(const clone_work *w, int64_t pairs, counts *out)
{
    for (int64_t p = 0; p < pairs; p++) {
        const double *one = w->x + 2 * p * w->d, *other = one + w->d;
        double distance2 = 0;
        for (int64_t j = 0; j < w->d; j++) {
            distance2 += (one[j] - other[j]) * (one[j] - other[j]);
        }
        ddni_mean_add(&out->distance2, distance2);
    }
    ddni_judge_count(&w->judge, pairs, &out->same);
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
    DDNI_TRY(ddn_integrator_run(w->it, 2 * pairs, w->x, w->d));
    return ddni_judge_noisy(&w->judge, w->t_end, 2 * pairs, w->x, w->d);
}

/* All pairs of one time; progress from `from` to `to`. */
static ddn_status measure_time(clone_work *w, const ddni_level *level, int64_t k, double from,
                               double to, counts *out)
{
    ddni_samples samples;
    DDNI_TRY(ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_START, level->t));
    DDNI_TRY(ddni_samples_init(w->ctx, w->oracle, ddn_oracle_dataset(w->oracle), w->seed,
                               DDNI_MEASURE_CLONES, k, w->pairs, &samples));
    ddn_status status = DDN_OK;
    for (int64_t first = 0; status == DDN_OK && first < w->pairs; first += w->batch) {
        int64_t pairs = w->pairs - first < w->batch ? w->pairs - first : w->batch;
        double share = (to - from) / (double)w->pairs, start = from + (double)first * share;
        ddni_progress_within(w->ctx, "clones", start, start + (double)pairs * share);
        status = ddni_progress(w->ctx, "clones", 0);
        if (status == DDN_OK) {
            status = run_clones(w, &samples, level, k, first, pairs);
        }
        ddni_progress_within(w->ctx, NULL, 0, 1);
        if (status == DDN_OK) {
            count(w, pairs, out);
        }
    }
    ddni_samples_free(&samples);
    return status;
}

static ddn_status measure_clones(clone_work *w, const double *times, int64_t times_count,
                                 ddn_result *r)
{
    double *t, *phi, *phi_se, *phi_C, *phi_C_se, *distance2, *distance2_se;
    const char *from = "clone pairs from one x_t by simulation to the clean end";
    long long pairs = (long long)w->pairs;
    const ddn_schedule *sch = ddn_oracle_schedule(w->oracle);
    DDNI_TRY(ddni_result_add_column(w->ctx, r, "t", &t, "time of the oracle's schedule (%s)",
                                    ddn_schedule_kind(sch)));
    DDNI_TRY(ddni_result_add_pair(w->ctx, r, "phi", &phi, &phi_se,
                                  "share of %lld %s t = %g that end in the same class, %s", pairs,
                                  from, w->t_end, ddni_judge_rule(&w->judge)));
    DDNI_TRY(ddni_result_add_pair(w->ctx, r, "phi_C", &phi_C, &phi_C_se,
                                  "share of %lld %s t = %g that end at the same nearest point",
                                  pairs, from, w->t_end));
    DDNI_TRY(ddni_result_add_pair(w->ctx, r, "distance2", &distance2, &distance2_se,
                                  "mean squared distance of %lld %s t = %g", pairs, from,
                                  w->t_end));
    for (int64_t k = 0; k < times_count; k++) {
        ddni_level level;
        counts c = {0};
        DDNI_TRY(ddni_schedule_level(w->ctx, sch, times[k], &level));
        DDNI_TRY(measure_time(w, &level, k, (double)k / (double)times_count,
                              (double)(k + 1) / (double)times_count, &c));
        t[k] = times[k];
        distance2[k] = c.distance2.mean;
        distance2_se[k] = ddni_mean_error(&c.distance2);
        if (w->judge.nearest != NULL) {
            ddni_proportion(c.same.nearest, w->pairs, &phi_C[k], &phi_C_se[k]);
        }
        if (w->judge.class_of != NULL) {
            ddni_proportion(c.same.classes, w->pairs, &phi[k], &phi_se[k]);
        }
    }
    DDNI_TRY(ddni_progress(w->ctx, "clones", 1));
    return ddni_result_add_scalar(w->ctx, r, "clones", (double)w->pairs, 0,
                                  "clone pairs at each time");
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
    DDNI_TRY(ddni_analysis_end(an, ddn_oracle_schedule(oracle), &w.t_end));
    for (int64_t k = 0; k < count_; k++) {
        DDNI_CHECK(an->ctx, times[k] > w.t_end, DDN_E_RANGE,
                   "time %lld of the clones is %g, not above the clean end %g "
                   "(DDN_ANALYSIS_T_END)",
                   (long long)k, times[k], w.t_end);
    }
    ddn_status status = prepare_clones(&w, an);
    if (status == DDN_OK) {
        status = ddni_result_create(an->ctx, count_, &result);
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
