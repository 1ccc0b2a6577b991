/* Denoising errors of a model on training and test data, beside those of the exact score of the
 * training data and of its Wiener filter; theory.md (93).
 *
 * All three denoise the same states. Given a state of the training data, the exact posterior knows
 * the mean of the squared error: no noise of the point that was drawn is left, and what the model
 * is off the exact denoiser is a sum of squares. The states are those of the identities, with
 * importance where the ones that count are rare (39). On test data errors are taken as they come.
 */
#include "analysis/batches.h"
#include "analysis/means.h"
#include "analysis/memorization/learned_impl.h"
#include "analysis/rare.h"
#include "analysis/samples.h"
#include "base/check.h"
#include "base/progress.h"
#include "base/statistics.h"
#include "dataset/dataset_impl.h"
#include "numerics/vector.h"

#include <diffdyn/oracle_kinds.h>

/* Who is asked. */
enum {
    MODEL,
    EXACT,
    WIENER,
    DENOISERS
};

/* What is averaged: the errors of the three in their order, and differences with signs. */
enum {
    EXCESS = DENOISERS, /* of the model over the exact score: not negative on training data */
    LINEAR_EXCESS,      /* of the Wiener filter over the exact score, on training data */
    GAIN,               /* of the model over the Wiener filter */
    QUANTITIES
};

enum {
    MOST_AXES = 512,    /* of the Wiener filter; what ddn_dataset_spectrum finds */
    SEARCHED = 1 << 14, /* as the identities do */
    GROWTH = 4
};
static const double largest = 1e150; /* error whose square a double holds */

typedef struct denoising {
    const ddni_learned *of;
    ddn_context *ctx;
    int64_t count, total, batch, d, axes;
    ddn_oracle *made[DENOISERS]; /* EXACT, WIENER */
    ddn_query *query[DENOISERS];
    ddni_samples train, test;
    ddni_rare rare;
    ddni_batches batches;
    int64_t k; /* number of the time that is sampled, and on which set: 0 training, 1 test data */
    int side;
    ddni_level *levels;        /* [count] */
    ddni_means *means[2];      /* [count] on training data, on test data */
    ddni_range *range;         /* [count] of training data */
    double *answer[DENOISERS]; /* [batch][d] */
    double *trace, *weight;    /* [batch] */
    double *y, *z, *x;         /* [batch][d] */
} denoising;

static void free_denoising(denoising *w)
{
    const ddni_allocator *al = ddni_context_allocator(w->ctx);
    double *const arrays[] = {w->trace, w->weight, w->y, w->z, w->x};
    ddni_rare_free(&w->rare);
    ddni_batches_close(&w->batches);
    for (int i = 0; i < DENOISERS; i++) {
        ddn_query_destroy(w->query[i]);
        ddn_oracle_destroy(w->made[i]);
        ddni_free(al, w->answer[i]);
    }
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        ddni_free(al, arrays[i]);
    }
    ddni_free(al, w->levels);
    ddni_free(al, w->range);
    ddni_free(al, w->means[0]);
    ddni_free(al, w->means[1]);
}

static ddn_status prepare_denoisers(denoising *w)
{
    const ddn_schedule *sch = ddn_oracle_schedule(w->of->oracle);
    const int64_t row = w->d * (int64_t)sizeof(double), points = w->of->train->n - 1;
    w->axes = points < w->d ? points : w->d;
    w->axes = w->axes < MOST_AXES ? w->axes : MOST_AXES;
    DDNI_TRY(ddn_oracle_create_empirical(w->ctx, w->of->train, sch, &w->made[EXACT]));
    DDNI_TRY(ddn_oracle_create_gaussian_of(w->ctx, w->of->train, sch, w->axes, &w->made[WIENER]));
    for (int i = 0; i < DENOISERS; i++) {
        const ddn_oracle *oracle = i == MODEL ? w->of->oracle : w->made[i];
        DDNI_TRY(ddn_query_create(w->ctx, oracle, &w->query[i]));
        DDNI_TRY(ddni_alloc_for(w->ctx, "denoised states", w->batch, row, &w->answer[i]));
        DDNI_TRY(ddn_query_bind_f64(w->query[i], DDN_OUT_MEAN, w->answer[i], w->d));
    }
    return DDN_OK;
}

static ddn_status prepare_denoising(denoising *w, const double *times)
{
    const int64_t row = w->d * (int64_t)sizeof(double);
    const int64_t seed = ddni_analysis_i64(w->of->an, DDN_ANALYSIS_SEED);
    const ddn_schedule *sch = ddn_oracle_schedule(w->of->oracle);
    DDNI_TRY(ddni_alloc_for(w->ctx, "times", w->count, sizeof *w->levels, &w->levels));
    DDNI_TRY(ddni_alloc_for(w->ctx, "averages", w->count, sizeof *w->range, &w->range));
    DDNI_TRY(ddni_alloc_for(w->ctx, "averages", w->count, sizeof(ddni_means), &w->means[0]));
    DDNI_TRY(ddni_alloc_for(w->ctx, "averages", w->count, sizeof(ddni_means), &w->means[1]));
    DDNI_TRY(ddni_alloc_for(w->ctx, "traces", w->batch, sizeof(double), &w->trace));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->batch, sizeof(double), &w->weight));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->batch, row, &w->y));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->batch, row, &w->z));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->batch, row, &w->x));
    for (int64_t k = 0; k < w->count; k++) {
        DDNI_TRY(ddni_schedule_level(w->ctx, sch, times[k], &w->levels[k]));
    }
    DDNI_TRY(prepare_denoisers(w));
    ddni_samples_init(w->ctx, w->made[EXACT], w->of->train, seed, DDNI_MEASURE_DENOISING, 0,
                      &w->train);
    ddni_samples_init(w->ctx, w->made[EXACT], w->of->test, seed, DDNI_MEASURE_DENOISING, 1,
                      &w->test);
    const int64_t n = w->of->train->n;
    return ddni_rare_init(w->ctx, &w->train, ddni_analysis_i64(w->of->an, DDN_ANALYSIS_NEIGHBOURS),
                          n <= SEARCHED ? n : GROWTH * w->total, w->count, w->levels, &w->rare);
}

/* ---- Samples ----------------------------------------------------------------------------- */

/* By the exact posterior at the state. */
static void train_errors(const denoising *w, int64_t r, double h[QUANTITIES])
{
    const double *const mean = w->answer[EXACT] + r * w->d;
    const double off = ddni_distance2(w->d, w->answer[MODEL] + r * w->d, mean);
    const double linear = ddni_distance2(w->d, w->answer[WIENER] + r * w->d, mean);
    h[EXACT] = w->trace[r];
    h[MODEL] = w->trace[r] + off;
    h[WIENER] = w->trace[r] + linear;
    h[EXCESS] = off;
    h[LINEAR_EXCESS] = linear;
    h[GAIN] = linear - off;
}

static void test_errors(const denoising *w, int64_t r, double h[QUANTITIES])
{
    for (int i = 0; i < DENOISERS; i++) {
        h[i] = ddni_distance2(w->d, w->answer[i] + r * w->d, w->y + r * w->d);
    }
    h[EXCESS] = h[MODEL] - h[EXACT];
    h[LINEAR_EXCESS] = h[WIENER] - h[EXACT];
    h[GAIN] = h[WIENER] - h[MODEL];
}

/* What is recorded of a sample. */
typedef struct error_record {
    double weight, h[QUANTITIES];
} error_record;

static ddn_status find_errors(const denoising *w, int64_t m, error_record *sample)
{
    for (int64_t r = 0; r < m; r++) {
        double *h = sample[r].h;
        sample[r].weight = w->weight[r];
        if (w->side == 0) {
            train_errors(w, r, h);
        } else {
            test_errors(w, r, h);
        }
        for (int i = 0; i < QUANTITIES; i++) {
            h[i] /= (double)w->d;
            DDNI_CHECK(w->ctx, fabs(h[i]) < largest, DDN_E_RANGE,
                       "at t = %g a denoised state is too far away: its squared error is %g",
                       w->levels[w->k].t, h[i]);
        }
    }
    return DDN_OK;
}

static ddn_status draw(denoising *w, int64_t k, int side, int64_t first, int64_t m)
{
    if (side == 0) {
        return ddni_rare_draw(&w->rare, first, m, w->x, w->z, w->weight);
    }
    DDNI_TRY(ddni_samples_draw(&w->test, first, m, w->y, w->z));
    ddni_samples_at(&w->levels[k], m * w->d, w->y, w->z, w->x);
    for (int64_t r = 0; r < m; r++) {
        w->weight[r] = 1;
    }
    return DDN_OK;
}

static ddn_status evaluate_errors(void *user, int64_t first, int64_t m, void *records)
{
    denoising *w = user;
    DDNI_TRY(draw(w, w->k, w->side, first, m));
    for (int i = 0; i < DENOISERS; i++) {
        DDNI_TRY(ddn_query_run(w->query[i], w->levels[w->k].t, m, w->x, w->d));
    }
    return find_errors(w, m, records);
}

static void absorb_errors(void *user, int64_t first, int64_t m, const void *records)
{
    denoising *w = user;
    const error_record *sample = records;
    (void)first;
    for (int64_t r = 0; r < m; r++) {
        ddni_means_add(&w->means[w->side][w->k], sample[r].weight,
                       w->side == 0 ? 1 / w->rare.plain : 1, QUANTITIES, sample[r].h);
    }
}

/* All samples of time number k on one of the two sets; progress from `from` to `to`. */
static ddn_status sample(denoising *w, int64_t k, int side, double from, double to)
{
    w->k = k;
    w->side = side;
    DDNI_TRY(
        ddn_query_bind_f64(w->query[EXACT], DDN_OUT_TRACE_COV, side == 0 ? w->trace : NULL, 1));
    return ddni_batches_run(&w->batches, 0, w->total, from, to);
}

static ddn_status measure_denoising(denoising *w, const double *times)
{
    const int sides = w->of->test != NULL ? 2 : 1;
    DDNI_STAGE(w->ctx, "denoising");
    DDNI_TRY(ddni_stage_part(w->ctx, 0, 0.1));
    DDNI_TRY(prepare_denoising(w, times));
    w->batches = (ddni_batches){.batch = w->batch, .size = sizeof(error_record)};
    w->batches.what = (ddni_measured){.kind = "denoising",
                                      .oracle = w->of->oracle,
                                      .times = times,
                                      .count = w->count,
                                      .data = {w->of->train, w->of->test}};
    w->batches.evaluate = evaluate_errors;
    w->batches.absorb = absorb_errors;
    w->batches.user = w;
    DDNI_TRY(ddni_batches_open(w->of->an, &w->batches));
    for (int64_t k = 0; k < w->count; k++) {
        DDNI_TRY(ddni_rare_level(&w->rare, &w->levels[k]));
        w->range[k] =
            (ddni_range){NAN, 1 / w->rare.plain, w->rare.unlisted, w->rare.far / (double)w->d};
        for (int side = 0; side < sides; side++) {
            const double part = 0.9 / (double)(w->count * sides);
            const double from = 0.1 + (double)(k * sides + side) * part;
            DDNI_TRY(sample(w, k, side, from, from + part));
        }
    }
    return ddni_stage_part(w->ctx, 1, 1);
}

/* ---- The result -------------------------------------------------------------------------- */

/* Differences have both signs: nothing is known of what they may add. */
static ddni_estimate mean_of(const denoising *w, int64_t k, int side, int quantity)
{
    ddni_range range = side == 0 ? w->range[k] : (ddni_range){NAN, 1, 1, 0};
    const int has_sign = quantity == GAIN || (side == 1 && quantity >= DENOISERS);
    range.unlisted = has_sign ? NAN : range.unlisted;
    range.rare = side == 0 && quantity == EXACT ? range.rare : 0;
    return ddni_means_of(&w->means[side][k], quantity, &range);
}

/* On training data an error is the exact one, which few states may carry, and an excess, which all
 * do: their sum has the ends of both, in quadrature, and no less than its own error says. */
static ddni_estimate estimate(const denoising *w, int64_t k, int side, int quantity)
{
    ddni_estimate e = mean_of(w, k, side, quantity);
    if (side == 0 && (quantity == MODEL || quantity == WIENER)) {
        const ddni_estimate exact = mean_of(w, k, side, EXACT);
        const ddni_estimate more = mean_of(w, k, side, quantity == MODEL ? EXCESS : LINEAR_EXCESS);
        const double least = DDNI_Z95 * e.error;
        e.low = e.mean - fmax(least, hypot(exact.mean - exact.low, more.mean - more.low));
        e.low = fmax(e.low, 0);
        e.high = e.mean + fmax(least, hypot(exact.high - exact.mean, more.high - more.mean));
    }
    return e;
}

static void put(const ddni_estimate *e, int64_t k, double *const values[4])
{
    values[0][k] = e->mean;
    values[1][k] = e->error;
    values[2][k] = e->low;
    values[3][k] = e->high;
}

/* The difference of two independent estimates: its interval ends where theirs do, in quadrature. */
static ddni_estimate difference(const ddni_estimate *a, const ddni_estimate *b)
{
    const double mean = a->mean - b->mean;
    return (ddni_estimate){mean, hypot(a->error, b->error),
                           mean - hypot(a->mean - a->low, b->high - b->mean),
                           mean + hypot(a->high - a->mean, b->mean - b->low)};
}

enum {
    TRAIN,
    TEST,
    GAP,   /* TEST - TRAIN */
    MISSED /* TRAIN - TEST */
};

static const struct {
    const char *name;
    int of, quantity;
    const char *text;
} columns[] = {
    {"e_train", TRAIN, MODEL, "error of the model on the training data"},
    {"e_test", TEST, MODEL, "error of the model on the test data"},
    {"gap", GAP, MODEL, "e_test - e_train"},
    {"e_exact_train", TRAIN, EXACT, "error of the exact score on the training data, mmse / d"},
    {"e_exact_test", TEST, EXACT, "error of the exact score of the training data on the test data"},
    {"gap_exact", GAP, EXACT, "e_exact_test - e_exact_train"},
    {"e_wiener_train", TRAIN, WIENER, "error of the Wiener filter on the training data"},
    {"e_wiener_test", TEST, WIENER,
     "error of the Wiener filter of the training data on the test data"},
    {"gap_wiener", GAP, WIENER, "e_wiener_test - e_wiener_train"},
    {"excess_train", TRAIN, EXCESS, "e_train - e_exact_train, paired: E |D - m|^2 / d"},
    {"excess_test", TEST, EXCESS, "e_test - e_exact_test, paired"},
    {"gain_train", TRAIN, GAIN, "e_wiener_train - e_train, paired"},
    {"gain_test", TEST, GAIN, "e_wiener_test - e_test, paired"},
    {"gap_paired", MISSED, GAIN,
     "gap - gap_wiener, as gain_train - gain_test: without what the spreads of the two sets differ "
     "by"},
};

static ddn_status add_error_columns(const denoising *w, ddn_result *r)
{
    const int tested = w->of->test != NULL;
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        const int of = columns[c].of, measured = tested || of == TRAIN;
        const ddni_quantity what = {columns[c].name, DDNI_UNIT_DATA2, DDN_POOLING_MEAN, 0};
        double *values[4];
        DDNI_TRY(ddni_result_add_interval(
            w->ctx, r, what, values,
            "denoising: %s, a coordinate, squared; mean over points of the set as it is and over "
            "noise (column samples), the same random numbers at each of %lld times%s",
            columns[c].text, (long long)w->count,
            measured ? "" : "; not measured: there is no test data"));
        ddni_result_count_by(r, what.name, "samples");
        for (int64_t k = 0; k < w->count && measured; k++) {
            const ddni_estimate train = estimate(w, k, TRAIN, columns[c].quantity);
            ddni_estimate e = train;
            if (of != TRAIN) {
                e = estimate(w, k, TEST, columns[c].quantity);
                e = of == GAP ? difference(&e, &train) : of == MISSED ? difference(&train, &e) : e;
            }
            put(&e, k, values);
        }
    }
    return DDN_OK;
}

static ddn_status report_errors(const denoising *w, ddn_result *r)
{
    const int tested = w->of->test != NULL;
    double *samples;
    DDNI_TRY(ddni_result_add_column(w->ctx, r, (ddni_quantity){"samples", "1", DDN_POOLING_SUM, 0},
                                    &samples, "noisy states of each of the sets at this time"));
    for (int64_t k = 0; k < w->count; k++) {
        samples[k] = (double)w->total;
    }
    DDNI_TRY(add_error_columns(w, r));
    const struct {
        ddni_quantity what;
        double value;
        const char *text;
    } list[] = {
        {{"evaluations", "1", DDN_POOLING_SUM, 0},
         (double)(w->total * w->count * (tested ? 2 : 1)),
         "states that the model was asked to denoise"},
        {{"n", "1", DDN_POOLING_SAME, 0}, (double)w->of->train->n, "points of the training data"},
        {{"n_test", "1", DDN_POOLING_SAME, 0},
         tested ? (double)w->of->test->n : 0,
         "points of the test data"},
        {{"d", "1", DDN_POOLING_SAME, 0}, (double)w->d, "dimension"},
        {{"wiener_axes", "1", DDN_POOLING_SAME, 0},
         (double)w->axes,
         "leading eigenvectors of the covariance that the Wiener filter has, the rest is one "
         "variance"},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        DDNI_TRY(
            ddni_result_add_scalar(w->ctx, r, list[i].what, list[i].value, 0, "%s", list[i].text));
    }
    return DDN_OK;
}

ddn_status ddni_measure_denoising(const ddni_learned *of, const double *times, int64_t count,
                                  ddn_result **out)
{
    denoising w = {.of = of, .ctx = of->ctx, .count = count, .d = of->d};
    ddn_result *result = NULL;
    ddn_status status;
    w.total = ddni_analysis_i64(of->an, DDN_ANALYSIS_SAMPLES);
    w.batch = ddni_analysis_i64(of->an, DDN_ANALYSIS_BATCH);
    w.batch = w.batch < w.total ? w.batch : w.total;
    DDNI_TRY_GOTO(measure_denoising(&w, times), done);
    DDNI_TRY_GOTO(ddni_result_create(of->ctx, count, &result), done);
    status = report_errors(&w, result);
done:
    free_denoising(&w);
    return ddni_result_hand_out(status, result, out);
}
