/* What a model generates from noisy states, two clones of each: whether they end at one point of
 * the training data, and how near they are to it; theory.md (94). */
#include "analysis/batches.h"
#include "analysis/memorization/learned_impl.h"
#include "analysis/samples.h"
#include "base/check.h"
#include "base/progress.h"
#include "base/statistics.h"
#include "dataset/dataset_impl.h"
#include "oracle/empirical/nearest.h"

/* Columns, each with its error and interval. */
enum {
    PHI_C,
    F_MEM,
    D1,
    D2,
    COLUMNS
};

typedef struct generated {
    const ddni_learned *of;
    ddn_context *ctx;
    ddn_integrator *it;
    ddni_search *search;
    ddni_batches batches;
    ddni_samples samples; /* of time number k, at its level */
    int64_t k;
    ddni_level level;
    int64_t seed, pairs, batch, d; /* batch in pairs */
    double kappa;
    ddni_level end;
    int64_t same, copies; /* pairs of the last time */
    int32_t second;       /* there are two points that differ */
    double *y, *z, *x;    /* [batch][d], [2 batch][d]: rows 2p and 2p + 1 are clones */
    double *distance2;    /* [2 batch][2] */
    int64_t *index;       /* the same */
    int64_t *paths;       /* [2 batch] */
    double *distance[2];  /* [m]: d1, d2 of the first clones of all pairs, or of test data */
} generated;

static void free_generated(generated *w)
{
    const ddni_allocator *al = ddni_context_allocator(w->ctx);
    ddn_integrator_destroy(w->it);
    ddni_search_free(w->ctx, w->search);
    ddni_batches_close(&w->batches);
    ddni_free(al, w->y);
    ddni_free(al, w->z);
    ddni_free(al, w->x);
    ddni_free(al, w->distance2);
    ddni_free(al, w->index);
    ddni_free(al, w->paths);
    ddni_free(al, w->distance[0]);
    ddni_free(al, w->distance[1]);
}

static ddn_status prepare_generated(generated *w)
{
    const int64_t row = w->d * (int64_t)sizeof(double), rows = 2 * w->batch;
    const int64_t tested = w->of->test != NULL ? w->of->test->n : 0;
    const int64_t most = w->pairs > tested ? w->pairs : tested;
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", w->batch, row, &w->y));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", w->batch, row, &w->z));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", rows, row, &w->x));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", rows, sizeof(int64_t), &w->paths));
    DDNI_TRY(ddni_alloc_for(w->ctx, "nearest points", 2 * rows, sizeof *w->index, &w->index));
    DDNI_TRY(ddni_alloc_for(w->ctx, "distances", 2 * rows, sizeof(double), &w->distance2));
    DDNI_TRY(ddni_alloc_for(w->ctx, "distances", most, sizeof(double), &w->distance[0]));
    DDNI_TRY(ddni_alloc_for(w->ctx, "distances", most, sizeof(double), &w->distance[1]));
    DDNI_TRY(ddni_search_create(w->ctx, w->of->train, &w->search));
    DDNI_TRY(ddni_analysis_integrator(w->of->an, w->of->oracle, &w->it));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_STEPS,
                                 ddni_analysis_steps(w->of->an, w->of->oracle)));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_DENOISE, 1));
    return ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_END, w->end.t);
}

/* The two nearest points of x[m][d]. */
static ddn_status find_nearest(generated *w, int64_t m)
{
    DDNI_TRY(ddni_search_distinct(w->ctx, w->search, m, 2, w->x, w->d, w->index, w->distance2));
    w->second = w->index[1] >= 0;
    return DDN_OK;
}

/* Takes down distances from the two nearest points as number i; whether it is a copy. */
static int note(generated *w, double d1, double d2, int64_t i)
{
    w->distance[0][i] = d1;
    w->distance[1][i] = d2;
    return d1 < w->kappa * d2;
}

/* What is recorded of a pair: whether both clones end at one point, the distances of the first. */
typedef struct clone_record {
    double same, d1, d2, second;
} clone_record;

static ddn_status evaluate_ends(void *user, int64_t first, int64_t m, void *records)
{
    generated *w = user;
    clone_record *pair = records;
    DDNI_TRY(ddni_samples_draw(&w->samples, first, m, w->y, w->z));
    for (int64_t row = 0; row < 2 * m; row++) {
        ddni_samples_at(&w->level, w->d, w->y + row / 2 * w->d, w->z + row / 2 * w->d,
                        w->x + row * w->d);
        w->paths[row] = ddni_path_run(DDNI_MEASURE_GENERATED, w->k, 2 * first + row);
    }
    DDNI_TRY(ddn_integrator_set_paths(w->it, 2 * m, w->paths));
    DDNI_TRY(ddn_integrator_run(w->it, 2 * m, w->x, w->d));
    DDNI_TRY(find_nearest(w, 2 * m));
    for (int64_t p = 0; p < m; p++) {
        pair[p].same = w->index[4 * p] == w->index[4 * p + 2];
        pair[p].d1 = sqrt(w->distance2[4 * p]);
        pair[p].d2 = sqrt(w->distance2[4 * p + 1]);
        pair[p].second = w->second;
    }
    return DDN_OK;
}

static void absorb_ends(void *user, int64_t first, int64_t m, const void *records)
{
    generated *w = user;
    const clone_record *pair = records;
    for (int64_t p = 0; p < m; p++) {
        w->second = pair[p].second != 0;
        w->same += pair[p].same != 0;
        w->copies += note(w, pair[p].d1, pair[p].d2, first + p);
    }
}

/* All pairs of time number k of count. */
static ddn_status generate(generated *w, double t, int64_t k, int64_t count)
{
    const ddn_schedule *sch = ddn_oracle_schedule(w->of->oracle);
    const double share = 1 / (double)count;
    DDNI_TRY(ddni_schedule_level(w->ctx, sch, t, &w->level));
    DDNI_TRY(ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_START, t));
    ddni_samples_init(w->ctx, w->of->oracle, w->of->train, w->seed, DDNI_MEASURE_GENERATED, k,
                      &w->samples);
    w->same = w->copies = 0;
    w->k = k;
    return ddni_batches_run(&w->batches, 0, w->pairs, (double)k * share, (double)(k + 1) * share);
}

/* ---- The result -------------------------------------------------------------------------- */

static ddn_status add_end_columns(const generated *w, ddn_result *r, double *values[COLUMNS][4])
{
    static const struct {
        const char *name, *unit;
        ddn_pooling pooling;
        const char *text;
    } columns[COLUMNS] = {
        {"phi_C", "1", DDN_POOLING_SHARE, "share of pairs that end nearest to the same point"},
        {"f_mem", "1", DDN_POOLING_SHARE, "share of ends with d1/d2 < kappa, one of each pair"},
        {"d1_q50", DDNI_UNIT_DATA, DDN_POOLING_NONE,
         "median distance of the ends from the nearest point, one of each pair"},
        {"d2_q50", DDNI_UNIT_DATA, DDN_POOLING_NONE,
         "median distance of the ends from the second nearest distinct point, one of each pair"},
    };
    for (int i = 0; i < COLUMNS; i++) {
        const ddni_quantity what = {columns[i].name, columns[i].unit, columns[i].pooling, 0};
        DDNI_TRY(ddni_result_add_interval(
            w->ctx, r, what, values[i],
            "%s; clone pairs of the model from one x_t of the training data, by simulation to t = "
            "%g and the denoiser; kappa = %.6g",
            columns[i].text, w->end.t, w->kappa));
        if (what.pooling == DDN_POOLING_SHARE) {
            ddni_result_count_by(r, what.name, "clones");
        }
    }
    return DDN_OK;
}

static void put_share(int64_t hits, int64_t total, int64_t k, double *const to[4])
{
    ddni_proportion(hits, total, &to[0][k], &to[1][k]);
    ddni_wilson_95(hits, total, &to[2][k], &to[3][k]);
}

static void put_row(generated *w, int64_t k, double *values[COLUMNS][4])
{
    put_share(w->same, w->pairs, k, values[PHI_C]);
    if (w->second) {
        put_share(w->copies, w->pairs, k, values[F_MEM]);
    }
    for (int i = 0; i < (w->second ? 2 : 1); i++) {
        ddni_sort(w->distance[i], w->pairs);
        const ddni_quantile q = ddni_quantile_of(w->distance[i], w->pairs, 0.5);
        double *const *to = values[D1 + i];
        to[0][k] = q.value;
        to[1][k] = q.error;
        to[2][k] = q.low;
        to[3][k] = q.high;
    }
}

/* The same of the test data, all of them. */
static ddn_status add_test(generated *w, ddn_result *r)
{
    const ddn_dataset *test = w->of->test;
    const int64_t rows = 2 * w->batch;
    int64_t hits = 0;
    for (int64_t first = 0; first < test->n; first += rows) {
        const int64_t m = test->n - first < rows ? test->n - first : rows;
        ddni_dataset_rows(test, first, m, w->x, w->d);
        DDNI_TRY(find_nearest(w, m));
        for (int64_t row = 0; row < m; row++) {
            hits +=
                note(w, sqrt(w->distance2[2 * row]), sqrt(w->distance2[2 * row + 1]), first + row);
        }
    }
    for (int i = 0; i < (w->second ? 2 : 1); i++) {
        const ddni_distances of = {"points of the test data", i + 1, test->n, w->distance[i]};
        ddni_sort(w->distance[i], test->n);
        DDNI_TRY(ddni_add_distance(w->ctx, r, i == 0 ? "d1_q50_test" : "d2_q50_test", 0.5, &of));
    }
    return !w->second ? DDN_OK
                      : ddni_add_copies(w->ctx, r, "f_mem_test", "points of the test data", hits,
                                        test->n, w->kappa);
}

static ddn_status measure_generated(generated *w, const double *times, int64_t count, ddn_result *r)
{
    double *values[COLUMNS][4], *pairs;
    DDNI_STAGE(w->ctx, "clones");
    DDNI_TRY(add_end_columns(w, r, values));
    DDNI_TRY(ddni_result_add_column(w->ctx, r, (ddni_quantity){"clones", "1", DDN_POOLING_SUM, 0},
                                    &pairs, "clone pairs at each time"));
    for (int64_t k = 0; k < count; k++) {
        DDNI_TRY(generate(w, times[k], k, count));
        put_row(w, k, values);
        pairs[k] = (double)w->pairs;
    }
    DDNI_TRY(ddni_stage_part(w->ctx, 1, 1));
    if (w->of->test != NULL) {
        DDNI_TRY(add_test(w, r));
    }
    return ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"kappa", "1", DDN_POOLING_SAME, 0},
                                  w->kappa, 0, "DDN_ANALYSIS_KAPPA");
}

static ddn_status find_end(generated *w, const double *times, int64_t count)
{
    const ddn_schedule *sch = ddn_oracle_schedule(w->of->oracle);
    double t_end;
    DDNI_TRY(ddni_analysis_end(w->of->an, sch, &t_end));
    for (int64_t k = 0; k < count; k++) {
        DDNI_CHECK(w->ctx, times[k] > t_end, DDN_E_RANGE,
                   "time %lld of the clones is %g, not above the clean end %g "
                   "(DDN_ANALYSIS_T_END)",
                   (long long)k, times[k], t_end);
    }
    return ddni_schedule_level(w->ctx, sch, t_end, &w->end);
}

ddn_status ddni_measure_generated(const ddni_learned *of, const double *times, int64_t count,
                                  ddn_result **out)
{
    generated w = {.of = of, .ctx = of->ctx, .d = of->d};
    ddn_result *result = NULL;
    ddn_status status;
    w.seed = ddni_analysis_i64(of->an, DDN_ANALYSIS_SEED);
    w.kappa = ddni_analysis_f64(of->an, DDN_ANALYSIS_KAPPA);
    w.pairs = ddni_analysis_i64(of->an, DDN_ANALYSIS_CLONES);
    w.batch = (ddni_analysis_i64(of->an, DDN_ANALYSIS_BATCH) + 1) / 2;
    w.batch = w.batch < w.pairs ? w.batch : w.pairs;
    DDNI_TRY_GOTO(find_end(&w, times, count), done);
    DDNI_TRY_GOTO(prepare_generated(&w), done);
    w.batches = (ddni_batches){.batch = w.batch, .size = sizeof(clone_record)};
    w.batches.what = (ddni_measured){.kind = "generated",
                                     .oracle = of->oracle,
                                     .times = times,
                                     .count = count,
                                     .data = {of->train, of->test}};
    w.batches.evaluate = evaluate_ends;
    w.batches.absorb = absorb_ends;
    w.batches.user = &w;
    DDNI_TRY_GOTO(ddni_batches_open(of->an, &w.batches), done);
    DDNI_TRY_GOTO(ddni_result_create(of->ctx, count, &result), done);
    status = measure_generated(&w, times, count, result);
done:
    free_generated(&w);
    return ddni_result_hand_out(status, result, out);
}
