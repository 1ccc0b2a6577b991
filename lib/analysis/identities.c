/* Clone probabilities and excess entropy by posterior averages over forward samples, no
 * trajectories: phi = E sum_c W_c^2, phi_C = E sum w^2, f = E S(w) / d (theory.md (30), (33),
 * (36)).
 *
 * Common random numbers: sample j has the same data point and the same noise z at every time, so
 * the curves are smooth and the value at a time does not depend on the rest of the grid. */
#include "analysis/analysis_impl.h"
#include "analysis/classes.h"
#include "analysis/result_impl.h"
#include "analysis/samples.h"
#include "base/check.h"
#include "base/message.h"
#include "base/progress.h"
#include "base/statistics.h"
#include "oracle/outputs.h"
#include "oracle/posterior.h"

/* What is averaged. The first ones are outputs of the oracle as they are. */
enum {
    ENTROPY,
    SUM_W2,
    W_MAX,
    TRACE_COV,
    LOG_P,
    PHI,
    MEANS
};
static const ddn_output outputs[PHI] = {DDN_OUT_ENTROPY, DDN_OUT_SUM_W2, DDN_OUT_W_MAX,
                                        DDN_OUT_TRACE_COV, DDN_OUT_LOG_P};

typedef struct work {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    ddn_query *query;
    ddni_samples samples;
    int64_t count, batch, d, classes;
    int64_t measured;    /* outputs that the oracle has */
    ddni_level *levels;  /* [count] */
    ddni_mean *means;    /* [count][MEANS] */
    double *x0, *z, *x;  /* [batch][d] */
    double *value[PHI];  /* [batch], NULL where the oracle has no such output */
    double *class_share; /* [batch][classes] */
} work;

static void release(work *w)
{
    const ddni_allocator *al = ddni_context_allocator(w->ctx);
    ddn_query_destroy(w->query);
    ddni_samples_free(&w->samples);
    ddni_free(al, w->levels);
    ddni_free(al, w->means);
    ddni_free(al, w->x0);
    ddni_free(al, w->z);
    ddni_free(al, w->x);
    for (int i = 0; i < PHI; i++) {
        ddni_free(al, w->value[i]);
    }
    ddni_free(al, w->class_share);
}

static ddn_status prepare(work *w, const ddn_analysis *an, const double *times)
{
    int64_t total = ddni_analysis_i64(an, DDN_ANALYSIS_SAMPLES);
    int64_t row = w->d * (int64_t)sizeof(double);
    DDNI_TRY(ddni_alloc_for(w->ctx, "times", w->count, sizeof *w->levels, &w->levels));
    DDNI_TRY(ddni_alloc_for(w->ctx, "averages", w->count, MEANS * sizeof *w->means, &w->means));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->batch, row, &w->x0));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->batch, row, &w->z));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->batch, row, &w->x));
    for (int64_t k = 0; k < w->count; k++) {
        DDNI_TRY(
            ddni_schedule_level(w->ctx, ddn_oracle_schedule(w->oracle), times[k], &w->levels[k]));
    }
    DDNI_TRY(ddni_samples_init(w->ctx, w->oracle, ddn_oracle_dataset(w->oracle),
                               ddni_analysis_i64(an, DDN_ANALYSIS_SEED), DDNI_MEASURE_IDENTITIES, 0,
                               total, &w->samples));
    DDNI_TRY(ddn_query_create(w->ctx, w->oracle, &w->query));
    for (int i = 0; i < PHI; i++) {
        if (ddn_oracle_can(w->oracle, outputs[i])) {
            DDNI_TRY(ddni_alloc_for(w->ctx, "statistics", w->batch, sizeof(double), &w->value[i]));
            DDNI_TRY(ddn_query_bind_f64(w->query, outputs[i], w->value[i], 1));
            w->measured++;
        }
    }
    if (w->classes > 0) {
        DDNI_TRY(ddni_alloc_for(w->ctx, "class posteriors", w->batch,
                                w->classes * (int64_t)sizeof(double), &w->class_share));
        DDNI_TRY(ddn_query_bind_f64(w->query, DDN_OUT_CLASS_POSTERIOR, w->class_share, w->classes));
        w->measured++;
    }
    return DDN_OK;
}

/* Adds the rows of one evaluated batch, in their order. */
static void add(const work *w, ddni_mean *means, int64_t m)
{
    for (int64_t r = 0; r < m; r++) {
        for (int i = 0; i < PHI; i++) {
            if (w->value[i] != NULL) {
                ddni_mean_add(&means[i], w->value[i][r]);
            }
        }
        if (w->classes > 0) {
            ddni_mean_add(&means[PHI],
                          ddni_same_class(w->class_share + r * w->classes, w->classes));
        }
    }
}

static ddn_status measure(work *w)
{
    DDNI_STAGE(w->ctx, "identities");
    int64_t total = w->samples.total;
    double all = (double)total * (double)w->count;
    for (int64_t first = 0; first < total; first += w->batch) {
        int64_t m = total - first < w->batch ? total - first : w->batch;
        DDNI_TRY(ddni_samples_draw(&w->samples, first, m, w->x0, w->z));
        for (int64_t k = 0; k < w->count; k++) {
            double done = (double)first * (double)w->count + (double)(m * k);
            DDNI_TRY(ddni_stage_part(w->ctx, done / all, (done + (double)m) / all));
            ddni_samples_at(&w->levels[k], m * w->d, w->x0, w->z, w->x);
            if (w->measured > 0) { /* a network is not asked for nothing */
                DDNI_TRY(ddn_query_run(w->query, w->levels[k].t, m, w->x, w->d));
            }
            add(w, w->means + k * MEANS, m);
        }
    }
    return ddni_stage_part(w->ctx, 1, 1);
}

/* A mean times a factor, to a pair of columns; NaN where it was not measured. */
static void put(const ddni_mean *acc, double factor, int64_t k, double *values, double *errors)
{
    if (acc->count > 0) {
        values[k] = factor * acc->mean;
        errors[k] = fabs(factor) * ddni_mean_error(acc);
    }
}

/* df/dt = (a^2 / s^4) (g^2 / 2) E tr Cov / d, the I-MMSE relation in the schedule's time (33). */
static ddn_status derivative_factor(const work *w, int64_t k, double *factor)
{
    const ddni_level *level = &w->levels[k];
    double f, g2;
    DDNI_TRY(ddn_schedule_rates(w->ctx, ddn_oracle_schedule(w->oracle), level->t, &f, &g2));
    double gain = level->a / level->s2;
    *factor = gain * gain * g2 / 2 / (double)w->d;
    return DDN_OK;
}

/* What to say where a column stays NaN; "" where it was measured. */
static void why_not(const work *w, int mean, int64_t n, char text[128])
{
    text[0] = '\0';
    if (mean == PHI && w->classes == 0) {
        ddni_say(text, 128, "; not measured: the oracle (%s) tells no classes",
                 ddn_oracle_kind(w->oracle));
    } else if (mean != PHI && w->value[mean] == NULL) {
        ddni_say(text, 128, "; not measured: the oracle (%s) has no %s", ddn_oracle_kind(w->oracle),
                 ddni_output_of(outputs[mean]).name);
    } else if (mean == ENTROPY && n == 1) {
        ddni_say(text, 128, "; there is one point, log n = 0");
    }
}

static ddn_status add_counts(const work *w, int64_t n, double alpha, ddn_result *r)
{
    const struct {
        ddni_quantity what;
        double value, error;
        const char *text;
    } list[] = {
        {{"samples", "1", DDN_POOLING_SUM, 0},
         (double)w->samples.total,
         0,
         "forward samples at each time"},
        {{"n", "1", DDN_POOLING_SAME, 0},
         n > 0 ? (double)n : NAN,
         0,
         "components of the oracle: data points of an empirical one"},
        {{"d", "1", DDN_POOLING_SAME, 0}, (double)w->d, 0, "dimensions"},
        {{"alpha", "nats", DDN_POOLING_SAME, 0}, alpha, n > 0 ? 0 : NAN, "log(n) / d"},
        {{"classes", "1", DDN_POOLING_SAME, 0},
         (double)w->classes,
         0,
         "classes of the oracle, 0 without labels"},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        DDNI_TRY(ddni_result_add_scalar(w->ctx, r, list[i].what, list[i].value, list[i].error, "%s",
                                        list[i].text));
    }
    return DDN_OK;
}

static ddn_status report(const work *w, ddn_result *r)
{
    struct {
        const char *name, *unit, *text;
        int mean;
        double *values, *errors;
    } columns[] = {
        {"phi", "1",
         "probability that two reverse SDE paths from one x_t end in the same class, E sum_c "
         "W_c^2",
         PHI, NULL, NULL},
        {"phi_C", "1",
         "probability that two reverse SDE paths from one x_t end at the same component, E "
         "sum w^2",
         SUM_W2, NULL, NULL},
        {"f", "nats", "excess entropy per dimension, mean posterior entropy E S(w) / d", ENTROPY,
         NULL, NULL},
        {"f_over_alpha", "1", "excess entropy E S(w) / log n, with weights E S(w) / H(pi)", ENTROPY,
         NULL, NULL},
        {"df_dt", "nats/schedule time",
         "derivative of f by the I-MMSE relation, from E tr Cov(x_0 | x)", TRACE_COV, NULL, NULL},
        {"w_max", "1", "E max w, probability that the nearest point now is the final one", W_MAX,
         NULL, NULL},
        {"mmse", DDNI_UNIT_DATA2, "E tr Cov(x_0 | x), half the squared distance of two clones",
         TRACE_COV, NULL, NULL},
        {"log_p", "nats", "E log p_t(x), nats", LOG_P, NULL, NULL},
    };
    enum {
        COLUMNS = sizeof columns / sizeof columns[0]
    };
    int64_t n = ddn_oracle_components(w->oracle), total = w->samples.total;
    double d = (double)w->d, alpha = n > 0 ? log((double)n) / d : NAN, *t;
    if (ddn_oracle_dataset(w->oracle) != NULL) {
        alpha = ddni_dataset_entropy(ddn_oracle_dataset(w->oracle)) / d;
    }
    DDNI_TRY(ddni_analysis_add_times(w->ctx, r, w->oracle, &t));
    for (int i = 0; i < COLUMNS; i++) {
        const ddni_quantity what = {columns[i].name, columns[i].unit, DDN_POOLING_MEAN, total};
        char lacking[128];
        why_not(w, columns[i].mean, n, lacking);
        DDNI_TRY(ddni_result_add_pair(w->ctx, r, what, &columns[i].values, &columns[i].errors,
                                      "%s; mean over %lld forward samples, the same data points "
                                      "and noise at each of %lld times%s",
                                      columns[i].text, (long long)total, (long long)w->count,
                                      lacking));
    }
    for (int64_t k = 0; k < w->count; k++) {
        double slope;
        DDNI_TRY(derivative_factor(w, k, &slope));
        const double factors[COLUMNS] = {1,     1, 1 / d, n > 1 ? 1 / (alpha * d) : NAN,
                                         slope, 1, 1,     1};
        t[k] = w->levels[k].t;
        for (int i = 0; i < COLUMNS; i++) {
            put(&w->means[k * MEANS + columns[i].mean], factors[i], k, columns[i].values,
                columns[i].errors);
        }
    }
    return add_counts(w, n, alpha, r);
}

ddn_status ddni_measure_identities(const ddn_analysis *an, const ddn_oracle *oracle,
                                   const double *times, int64_t count, ddn_result **out)
{
    work w = {.ctx = an->ctx, .oracle = oracle, .samples = {.ctx = an->ctx}};
    ddn_result *result = NULL;
    int64_t total = ddni_analysis_i64(an, DDN_ANALYSIS_SAMPLES);
    w.count = count;
    w.d = ddn_oracle_d(oracle);
    w.classes = ddni_analysis_classes(oracle);
    w.batch = ddni_analysis_i64(an, DDN_ANALYSIS_BATCH);
    w.batch = w.batch < total ? w.batch : total;
    ddn_status status = prepare(&w, an, times);
    if (status == DDN_OK) {
        status = measure(&w);
    }
    if (status == DDN_OK) {
        status = ddni_analysis_start(an, "identities", oracle, count, &result);
    }
    if (status == DDN_OK) {
        status = report(&w, result);
    }
    release(&w);
    return ddni_result_hand_out(status, result, out);
}

ddn_status ddn_analysis_identities(ddn_analysis *an, const ddn_oracle *oracle, int64_t count,
                                   const double *times, ddn_result **out)
{
    DDNI_ENTER_OBJECT(an, DDNI_USE);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    DDNI_TRY(
        ddni_analysis_check_times(an->ctx, "times", ddn_oracle_schedule(oracle), times, count));
    int can = ddni_analysis_classes(oracle) > 0;
    for (int i = 0; i < PHI; i++) {
        can |= ddn_oracle_can(oracle, outputs[i]) != 0;
    }
    DDNI_CHECK(
        an->ctx, can, DDN_E_UNSUPPORTED,
        "an oracle of kind %s has no posterior and no log p to average: measure clones of it "
        "(ddn_analysis_clones), or the exact oracle of its data "
        "(ddn_oracle_create_empirical)",
        ddn_oracle_kind(oracle));
    return ddni_measure_identities(an, oracle, times, count, out);
}
