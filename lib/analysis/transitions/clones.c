/* Clone probabilities by simulation: two continuations of one state with separate noise, run to
 * the clean end (theory.md (36)). */
#include "analysis/analysis_impl.h"
#include "analysis/batches.h"
#include "analysis/classes.h"
#include "analysis/judge.h"
#include "analysis/result_impl.h"
#include "analysis/samples.h"
#include "analysis/step_error.h"
#include "analysis/transitions/distance.h"
#include "analysis/transitions/measure.h"
#include "base/check.h"
#include "base/progress.h"
#include "base/statistics.h"
#include "numerics/vector.h"

enum {
    PILOT = 64 /* pairs of each time before a precision is judged */
};

/* What the pairs of one time found. */
typedef struct tally {
    ddni_level level;
    int64_t pairs;
    ddni_agreement same;
    ddni_distance distance;
} tally;

typedef struct clone_work {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    ddn_integrator *it;
    ddni_judge judge;
    ddni_step_error steps;
    ddni_batches batches;
    ddni_samples samples; /* of time number k */
    int64_t k;
    const ddn_dataset *starts;     /* where the x_0 come from; NULL: the oracle samples them */
    int64_t seed, pairs, batch, d; /* batch in pairs */
    double precision;              /* wanted, in place of pairs; or NaN */
    double span;                   /* that phi runs through, the unit of its precision */
    int64_t most;                  /* pairs of a time for it */
    tally *tallies;                /* [count] */
    int64_t count;
    ddni_level end;
    int32_t clean;      /* clones end with the denoiser, for a classifier */
    double *x0, *z, *x; /* [2 batch][d]: rows 2p and 2p + 1 are clones */
    int64_t *paths;     /* [2 batch] */
} clone_work;

static void free_clones(clone_work *w)
{
    const ddni_allocator *al = ddni_context_allocator(w->ctx);
    ddn_integrator_destroy(w->it);
    ddni_judge_free(&w->judge);
    ddni_step_error_free(&w->steps);
    ddni_batches_close(&w->batches);
    ddni_free(al, w->x0);
    ddni_free(al, w->z);
    ddni_free(al, w->x);
    ddni_free(al, w->paths);
    ddni_free(al, w->tallies);
}

static ddn_status judge_ends(clone_work *w, int64_t pairs)
{
    return w->clean ? ddni_judge_clean(&w->judge, &w->end, 2 * pairs, w->x)
                    : ddni_judge_noisy(&w->judge, w->end.t, 2 * pairs, w->x, w->d);
}

/* Runs one batch of pairs from level->t, time number k, down to the end. */
static ddn_status run_clones(clone_work *w, const ddni_level *level, int64_t k, int64_t first,
                             int64_t pairs)
{
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

/* How many of the pairs run once more. */
static int64_t run_again(const clone_work *w, int64_t first, int64_t pairs)
{
    return ddni_step_error_count(&w->steps, first, pairs, isnan(w->precision) ? w->pairs : PILOT);
}

/* They do, with half the steps. */
static ddn_status judge_clone_steps(clone_work *w, int64_t first, int64_t m, ddni_pair_record *pair)
{
    if (m == 0) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_step_error_halve(&w->steps, 1));
    DDNI_TRY(run_clones(w, &w->tallies[w->k].level, w->k, first, m));
    DDNI_TRY(judge_ends(w, m));
    for (int64_t p = 0; p < m; p++) {
        ddni_step_error_compare(&w->judge, p, pair[p].same, pair[p].change);
    }
    return ddni_step_error_halve(&w->steps, 0);
}

/* Distances first: the judge takes clean states back to the level of the end. */
static ddn_status evaluate_pairs(void *user, int64_t first, int64_t m, void *records)
{
    clone_work *w = user;
    ddni_pair_record *pair = records;
    DDNI_TRY(ddni_samples_draw(&w->samples, first, m, w->x0, w->z));
    DDNI_TRY(run_clones(w, &w->tallies[w->k].level, w->k, first, m));
    for (int64_t p = 0; p < m; p++) {
        const double *one = w->x + 2 * p * w->d;
        pair[p].distance2 = ddni_distance2(w->d, one, one + w->d);
    }
    DDNI_TRY(judge_ends(w, m));
    for (int64_t p = 0; p < m; p++) {
        ddni_judge_same(&w->judge, p, pair[p].same);
    }
    DDNI_TRY(ddni_batches_part(&w->batches, 1, 1));
    return judge_clone_steps(w, first, run_again(w, first, m), pair);
}

static void absorb_pairs(void *user, int64_t first, int64_t m, const void *records)
{
    clone_work *w = user;
    tally *of = &w->tallies[w->k];
    const ddni_pair_record *pair = records;
    const int64_t again = run_again(w, first, m);
    for (int64_t p = 0; p < m; p++) {
        ddni_agreement_add(pair[p].same, &of->same);
        ddni_distance_add(&pair[p], &of->distance);
        if (p < again) {
            ddni_step_error_add(&w->steps, w->k, pair[p].change);
        }
    }
    of->pairs += m;
}

static ddn_status prepare_clones(clone_work *w, const ddn_analysis *an, const double *times)
{
    int64_t row = w->d * (int64_t)sizeof(double), rows = 2 * w->batch;
    w->starts = ddni_analysis_starts(an, w->oracle);
    const ddni_judge_of of = {.oracle = w->oracle,
                              .points = an->points,
                              .starts = w->starts,
                              .classifier = an->classifier};
    DDNI_TRY(ddni_judge_create(w->ctx, &of, rows, &w->judge));
    w->clean = w->judge.rule == DDNI_CLASSIFIER;
    w->span = 1;
    if (!isnan(w->precision)) {
        double phi;
        DDNI_TRY(ddni_judge_phi_infinity(&w->judge, &phi));
        w->span = phi < 1 ? 1 - phi : 1;
    }
    double typical;
    DDNI_TRY(ddni_distance_typical(w->ctx, w->starts, NULL, w->clean ? 1 : w->end.a,
                                   w->clean ? 0 : w->end.s, &typical));
    for (int64_t k = 0; k < w->count; k++) {
        w->tallies[k].distance.typical = typical;
    }
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", w->batch, row, &w->x0));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", w->batch, row, &w->z));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", rows, row, &w->x));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", rows, sizeof(int64_t), &w->paths));
    DDNI_TRY(ddni_analysis_integrator(an, w->oracle, &w->it));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_STEPS,
                                 ddni_analysis_steps(an, w->oracle)));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_DENOISE, w->clean));
    DDNI_TRY(ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_END, w->end.t));
    DDNI_TRY(ddni_step_error_create(an, w->oracle, w->it, w->count, &w->steps));
    w->batches = (ddni_batches){.batch = w->batch, .size = sizeof(ddni_pair_record)};
    w->batches.what = (ddni_measured){.kind = "clones", .oracle = w->oracle, .times = times};
    w->batches.what.count = w->count;
    w->batches.evaluate = evaluate_pairs;
    w->batches.absorb = absorb_pairs;
    w->batches.user = w;
    return ddni_batches_open(an, &w->batches);
}

/* Adds the pairs of time number k up to `pairs` in all; progress from `from` to `to`. */
static ddn_status add_pairs(clone_work *w, int64_t k, int64_t pairs, double from, double to)
{
    const tally *of = &w->tallies[k];
    DDNI_TRY(
        ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_START, of->level.t));
    ddni_samples_init(w->ctx, w->oracle, w->starts, w->seed, DDNI_MEASURE_CLONES, k, &w->samples);
    w->k = k;
    return ddni_batches_run(&w->batches, of->pairs, pairs, from, to);
}

/* ---- As many pairs as a precision asks for; theory.md (44) ---- */

/* Least error of a proportion that so many pairs can have, if these found so many hits: with the
 * end of the 95 % interval that is further from 1/2, or nearer to it where `sure`. */
static double error_of(int64_t hits, int64_t pairs, int64_t most, int sure)
{
    double low, high;
    ddni_wilson_95(hits, pairs, &low, &high);
    double far = fabs(low - 0.5) > fabs(high - 0.5) ? low : high;
    double near = low <= 0.5 && high >= 0.5 ? 0.5 : low + high - far;
    double p = sure ? near : far, n = (double)most;
    return sqrt(p * (1 - p) / n + 1 / (4 * n * n)) / (1 + 1 / n);
}

/* Pairs for the precision, by a proportion that is kept from 0 and 1. */
static double needed(double error, int64_t hits, int64_t pairs)
{
    const double p = ((double)hits + 2) / ((double)pairs + 4);
    return p * (1 - p) / (error * error);
}

/* How many pairs in all the next round of a proportion goes to: where it should reach the
 * precision, but not beyond four times as many, because few pairs tell little. What has reached it
 * stays. */
static int64_t next_round(const clone_work *w, double asked, int64_t hits, int64_t pairs)
{
    double p, error;
    ddni_proportion(hits, pairs, &p, &error);
    if (error <= asked) {
        return pairs;
    }
    const int64_t least = pairs + 1 + pairs / 16;
    const double wanted = fmin(ceil(needed(asked, hits, pairs)), 4 * (double)pairs);
    return (int64_t)fmin(fmax(wanted, (double)least), (double)w->most);
}

typedef struct proportion {
    const char *name;
    int64_t hits;
    int32_t judged;
    double asked; /* its error */
} proportion;

static void proportions(const clone_work *w, const tally *of, proportion list[2])
{
    list[0] =
        (proportion){"phi", of->same.classes, w->judge.class_of != NULL, w->span * w->precision};
    list[1] = (proportion){"phi_C", of->same.nearest, w->judge.nearest != NULL, w->precision};
}

static ddn_status out_of_reach(const clone_work *w, const tally *worst, const proportion *of)
{
    return ddni_fail(
        w->ctx, DDN_E_CONVERGENCE,
        "time %g: %s of clones needs about %.3g pairs for the precision %g "
        "(DDN_ANALYSIS_CLONE_PRECISION), more than %lld (DDN_ANALYSIS_MOST_SAMPLES); %.2g "
        "can be had",
        worst->level.t, of->name, needed(of->asked, of->hits, worst->pairs), w->precision,
        (long long)w->most,
        error_of(of->hits, worst->pairs, w->most, 1) * w->precision / of->asked);
}

/* Fails by name where the pairs so far show that one of the times cannot reach the precision. */
static ddn_status check_reach(const clone_work *w)
{
    double best = 0;
    const tally *worst = NULL;
    proportion list[2], of = {"", 0, 0, NAN};
    for (int64_t k = 0; k < w->count; k++) {
        const tally *now = &w->tallies[k];
        proportions(w, now, list);
        for (int i = 0; i < 2; i++) {
            int64_t most = now->pairs > w->most ? now->pairs : w->most;
            double least = list[i].judged ? error_of(list[i].hits, now->pairs, most, 0) : 0;
            if (now->pairs >= w->most && list[i].judged) {
                double p;
                ddni_proportion(list[i].hits, now->pairs, &p, &least);
            }
            if (least > list[i].asked && least / list[i].asked > best) {
                best = least / list[i].asked;
                worst = now;
                of = list[i];
            }
        }
    }
    return worst == NULL ? DDN_OK : out_of_reach(w, worst, &of);
}

/* Rounds of one time until its proportions are precise enough; progress up to `to`. */
static ddn_status refine(clone_work *w, int64_t k, double from, double to)
{
    for (;;) {
        const tally *of = &w->tallies[k];
        int64_t next = of->pairs;
        proportion list[2];
        proportions(w, of, list);
        for (int i = 0; i < 2; i++) {
            int64_t pairs =
                list[i].judged ? next_round(w, list[i].asked, list[i].hits, of->pairs) : of->pairs;
            next = pairs > next ? pairs : next;
        }
        if (next <= of->pairs) {
            return DDN_OK;
        }
        DDNI_TRY(add_pairs(w, k, next, from, from + 0.75 * (to - from)));
        from += 0.75 * (to - from);
        DDNI_TRY(check_reach(w));
    }
}

static ddn_status add_all_pairs(clone_work *w)
{
    const double all = (double)w->count;
    const int asked = !isnan(w->precision);
    const double share = asked ? 0.2 : 1;
    const int64_t first = asked ? (w->most < PILOT ? w->most : PILOT) : w->pairs;
    DDNI_STAGE(w->ctx, "clones");
    for (int64_t k = 0; k < w->count; k++) {
        DDNI_TRY(add_pairs(w, k, first, share * (double)k / all, share * (double)(k + 1) / all));
    }
    if (asked) {
        DDNI_TRY(check_reach(w));
        for (int64_t k = 0; k < w->count; k++) {
            DDNI_TRY(refine(w, k, share + (1 - share) * (double)k / all,
                            share + (1 - share) * (double)(k + 1) / all));
        }
    }
    return ddni_stage_part(w->ctx, 1, 1);
}

/* ---- The result ---- */

typedef struct clone_columns {
    double *t, *pairs, *share[2][4], *distance2[4];
} clone_columns;

static ddn_status add_columns(const clone_work *w, ddn_result *r, clone_columns *c)
{
    const ddni_quantity pairs = {"clones", "1", DDN_POOLING_SUM, 0};
    const ddni_quantity what[2] = {{"phi", "1", DDN_POOLING_SHARE, 0},
                                   {"phi_C", "1", DDN_POOLING_SHARE, 0}};
    const ddni_quantity distance2 = {"distance2", DDNI_UNIT_DATA2, DDN_POOLING_MEAN, 0};
    static const char *const texts[2] = {"share that end in the same class, ",
                                         "share that end at the same nearest point"};
    const char *const how =
        "%s%s; clone pairs from one x_t by simulation to the clean end t = %g%s%s";
    const char *const end = w->clean ? " and the denoiser" : "";
    DDNI_TRY(ddni_analysis_add_times(w->ctx, r, w->oracle, &c->t));
    for (int i = 0; i < 2; i++) {
        DDNI_TRY(ddni_result_add_interval(w->ctx, r, what[i], c->share[i], how, texts[i],
                                          i == 0 ? ddni_judge_rule(&w->judge) : "", w->end.t, end,
                                          i == 0 ? ddni_judge_no_class(&w->judge)
                                                 : ddni_judge_no_point(&w->judge)));
        ddni_result_count_by(r, what[i].name, "clones");
    }
    DDNI_TRY(ddni_result_add_interval(w->ctx, r, distance2, c->distance2, how,
                                      "mean squared distance", "", w->end.t, end, ""));
    ddni_result_count_by(r, distance2.name, "clones");
    return ddni_result_add_column(w->ctx, r, pairs, &c->pairs, "clone pairs at each time");
}

static void put_row(const clone_work *w, const clone_columns *c, int64_t k)
{
    const tally *of = &w->tallies[k];
    proportion list[2];
    proportions(w, of, list);
    c->t[k] = of->level.t;
    c->pairs[k] = (double)of->pairs;
    for (int i = 0; i < 2; i++) {
        double *const *to = c->share[i];
        if (list[i].judged) {
            ddni_proportion(list[i].hits, of->pairs, &to[0][k], &to[1][k]);
            ddni_wilson_95(list[i].hits, of->pairs, &to[2][k], &to[3][k]);
        }
    }
    double *const *to = c->distance2;
    ddni_distance_put(&of->distance, &to[0][k], &to[1][k], &to[2][k], &to[3][k]);
}

static ddn_status measure_clones(clone_work *w, ddn_result *r)
{
    clone_columns c;
    double total = 0;
    DDNI_TRY(add_columns(w, r, &c));
    DDNI_TRY(add_all_pairs(w));
    for (int64_t k = 0; k < w->count; k++) {
        put_row(w, &c, k);
        total += (double)w->tallies[k].pairs;
    }
    DDNI_TRY(ddni_progress(w->ctx, "clones", 1));
    const ddni_step_names names = {{"phi", "phi_C"}, "1"};
    DDNI_TRY(ddni_step_error_report(&w->steps, &names, r));
    return ddni_result_add_scalar(w->ctx, r,
                                  (ddni_quantity){"clone_pairs", "1", DDN_POOLING_SUM, 0}, total, 0,
                                  "clone pairs at all times together");
}

static ddn_status find_levels(clone_work *w, const ddn_analysis *an, const double *times)
{
    const ddn_schedule *sch = ddn_oracle_schedule(w->oracle);
    double t_end;
    DDNI_TRY(ddni_analysis_end(an, sch, &t_end));
    DDNI_TRY(ddni_schedule_level(an->ctx, sch, t_end, &w->end));
    DDNI_TRY(ddni_alloc_for(w->ctx, "times", w->count, sizeof *w->tallies, &w->tallies));
    for (int64_t k = 0; k < w->count; k++) {
        DDNI_CHECK(an->ctx, times[k] > t_end, DDN_E_RANGE,
                   "time %lld of the clones is %g, not above the clean end %g "
                   "(DDN_ANALYSIS_T_END)",
                   (long long)k, times[k], t_end);
        DDNI_TRY(ddni_schedule_level(w->ctx, sch, times[k], &w->tallies[k].level));
    }
    return DDN_OK;
}

ddn_status ddni_measure_clones(const ddn_analysis *an, const ddn_oracle *oracle,
                               const double *times, int64_t count_, ddn_result **out)
{
    clone_work w = {.ctx = an->ctx, .oracle = oracle, .count = count_};
    ddn_result *result = NULL;
    w.seed = ddni_analysis_i64(an, DDN_ANALYSIS_SEED);
    w.pairs = ddni_analysis_i64(an, DDN_ANALYSIS_CLONES);
    w.precision = ddni_analysis_f64(an, DDN_ANALYSIS_CLONE_PRECISION);
    w.most = ddni_analysis_i64(an, DDN_ANALYSIS_MOST_SAMPLES);
    int64_t least = isnan(w.precision) ? w.pairs : w.most;
    w.batch = (ddni_analysis_i64(an, DDN_ANALYSIS_BATCH) + 1) / 2;
    w.batch = w.batch < least ? w.batch : least;
    w.d = ddn_oracle_d(oracle);
    ddn_status status = find_levels(&w, an, times);
    if (status == DDN_OK) {
        status = prepare_clones(&w, an, times);
    }
    if (status == DDN_OK) {
        status = ddni_analysis_start(an, "clones", oracle, count_, &result);
    }
    if (status == DDN_OK) {
        status = measure_clones(&w, result);
    }
    free_clones(&w);
    return ddni_result_hand_out(status, result, out);
}

ddn_status ddn_analysis_clones(ddn_analysis *an, const ddn_oracle *oracle, int64_t count,
                               const double *times, ddn_result **out)
{
    DDNI_ENTER_MEASUREMENT(an);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    DDNI_TRY(
        ddni_analysis_check_times(an->ctx, "times", ddn_oracle_schedule(oracle), times, count));
    DDNI_LEAVE_MEASUREMENT(an, ddni_measure_clones(an, oracle, times, count, out), out);
}
