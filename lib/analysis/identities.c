/* Clone probabilities and excess entropy by posterior averages over forward samples, no
 * trajectories: phi = E sum_c W_c^2, phi_C = E sum w^2, f = E S(w) / d (theory.md (30), (33),
 * (36)); between close points by importance (39), (41).
 *
 * Common random numbers: sample j has the same uniform deviates and the same noise z at every time,
 * so the curves are smooth and the value at a time does not depend on the rest of the grid. */
#include <math.h>
#include <string.h>

#include "analysis/analysis_impl.h"
#include "analysis/batches.h"
#include "analysis/classes.h"
#include "analysis/means.h"
#include "analysis/rare.h"
#include "analysis/result_impl.h"
#include "analysis/samples.h"
#include "base/check.h"
#include "base/message.h"
#include "base/progress.h"
#include "base/statistics.h"
#include "dataset/dataset_impl.h"
#include "oracle/outputs.h"
#include "oracle/posterior.h"

/* What is averaged, from the outputs of the oracle: shares as their complements, which keep their
 * digits near 0. */
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

enum {
    PILOT = 128,        /* samples at each time before more are asked for */
    RECORDED = 256,     /* samples that tell how the errors of two times are correlated */
    RECORDS = 1 << 18,  /* most of these, at all times together */
    SEARCHED = 1 << 14, /* up to so many points neighbours are searched for any rare state */
    GROWTH = 4          /* most by which samples are multiplied in one round */
};

typedef struct work {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    const ddn_dataset *ds; /* of an empirical oracle, else NULL */
    ddn_query *query;
    ddni_samples samples;
    ddni_rare rare;
    ddni_batches batches;
    int64_t k; /* number of the time that is sampled */
    int64_t count, batch, d, classes, components;
    int64_t total, most; /* samples a time: fixed, or the least and the most for a precision */
    double precision;    /* NaN: the number is fixed */
    double span;         /* that phi runs through: 1 - phi(inf), NaN without classes */
    double entropy;      /* of the points: H(pi); NaN without components */
    int64_t recorded;    /* samples of which the values are kept, at each time */
    int has[MEANS];      /* which means are measured */
    ddni_level *levels;  /* [count] */
    ddni_means *means;   /* [count] */
    ddni_range *range;   /* [count] without the bound, which a quantity has */
    double *record;      /* [count][recorded][1 + MEANS]: W, and W h */
    double *z, *x;       /* [batch][d] */
    double *weight;      /* [batch] */
    double *value[PHI];  /* [batch], NULL where the oracle has no such output */
    double *one_minus;   /* [batch] 1 - w_max, NULL where the oracle has none */
    double *class_share; /* [batch][classes] */
} work;

static void release(work *w)
{
    const ddni_allocator *al = ddni_context_allocator(w->ctx);
    ddn_query_destroy(w->query);
    ddni_rare_free(&w->rare);
    ddni_batches_close(&w->batches);
    ddni_free(al, w->levels);
    ddni_free(al, w->means);
    ddni_free(al, w->range);
    ddni_free(al, w->record);
    ddni_free(al, w->z);
    ddni_free(al, w->x);
    ddni_free(al, w->weight);
    for (int i = 0; i < PHI; i++) {
        ddni_free(al, w->value[i]);
    }
    ddni_free(al, w->one_minus);
    ddni_free(al, w->class_share);
}

static ddn_status bind(work *w, ddn_output output, double **to)
{
    if (!ddn_oracle_can(w->oracle, output)) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_alloc_for(w->ctx, "statistics", w->batch, sizeof(double), to));
    return ddn_query_bind_f64(w->query, output, *to, 1);
}

/* log p of an empirical oracle follows from the entropy, with less error (30). */
static ddn_status prepare_query(work *w)
{
    DDNI_TRY(ddn_query_create(w->ctx, w->oracle, &w->query));
    for (int i = 0; i < PHI; i++) {
        if (i != LOG_P || w->ds == NULL) {
            DDNI_TRY(bind(w, outputs[i], &w->value[i]));
        }
        w->has[i] = w->value[i] != NULL;
    }
    w->has[LOG_P] |= w->ds != NULL && w->has[ENTROPY];
    DDNI_TRY(bind(w, DDN_OUT_ONE_MINUS_W_MAX, &w->one_minus));
    w->has[PHI] = w->classes > 0;
    if (w->classes > 0) {
        DDNI_TRY(ddni_alloc_for(w->ctx, "class posteriors", w->batch,
                                w->classes * (int64_t)sizeof(double), &w->class_share));
        DDNI_TRY(ddn_query_bind_f64(w->query, DDN_OUT_CLASS_POSTERIOR, w->class_share, w->classes));
    }
    return DDN_OK;
}

static ddn_status prepare(work *w, const ddn_analysis *an, const double *times)
{
    const int64_t row = w->d * (int64_t)sizeof(double);
    const int64_t fair = RECORDS / w->count;
    w->recorded = fair < 16 ? 16 : fair < RECORDED ? fair : RECORDED;
    w->recorded = w->recorded < w->total ? w->recorded : w->total;
    DDNI_TRY(ddni_alloc_for(w->ctx, "times", w->count, sizeof *w->levels, &w->levels));
    DDNI_TRY(ddni_alloc_for(w->ctx, "averages", w->count, sizeof *w->means, &w->means));
    DDNI_TRY(ddni_alloc_for(w->ctx, "averages", w->count, sizeof *w->range, &w->range));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->count * w->recorded,
                            (1 + MEANS) * sizeof *w->record, &w->record));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->batch, row, &w->z));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->batch, row, &w->x));
    DDNI_TRY(ddni_alloc_for(w->ctx, "samples", w->batch, sizeof *w->weight, &w->weight));
    for (int64_t k = 0; k < w->count; k++) {
        DDNI_TRY(
            ddni_schedule_level(w->ctx, ddn_oracle_schedule(w->oracle), times[k], &w->levels[k]));
    }
    ddni_samples_init(w->ctx, w->oracle, ddni_analysis_starts(an, w->oracle),
                      ddni_analysis_i64(an, DDN_ANALYSIS_SEED), DDNI_MEASURE_IDENTITIES, 0,
                      &w->samples);
    return prepare_query(w);
}

/* The search costs about as much as evaluations at all points: for a precision it is made if it
 * replaces them, for a number of samples also where the points are few. */
static ddn_status find_neighbours(work *w, const ddn_analysis *an)
{
    const int64_t wanted = w->ds == NULL ? 0 : ddni_analysis_i64(an, DDN_ANALYSIS_NEIGHBOURS);
    int64_t budget = isnan(w->precision) ? GROWTH * w->total : w->total;
    if (isnan(w->precision) && w->ds != NULL && w->ds->n <= SEARCHED) {
        budget = w->ds->n;
    }
    return ddni_rare_init(w->ctx, &w->samples, wanted, budget, w->count, w->levels, &w->rare);
}

/* ---- Samples ----------------------------------------------------------------------------- */

/* 1 - sum w^2 = e (2 - e) - rest, e = 1 - w_max, rest = sum of the other w^2 <= e^2. */
static double complement_of_squares(const work *w, int64_t r)
{
    const double sum = w->value[SUM_W2][r];
    if (w->one_minus == NULL || w->value[W_MAX] == NULL) {
        return 1 - sum;
    }
    const double e = w->one_minus[r], top = w->value[W_MAX][r];
    return e * (2 - e) - fmin(fmax(sum - top * top, 0), e * e);
}

/* 1 - sum_c W_c^2 = W_1 e + sum of W_c (1 - W_c) over the others, W_1 the largest, e = 1 - W_1. */
static double complement_of_classes(const double *share, int64_t classes)
{
    const int64_t top = ddni_most_probable(share, classes);
    double e = 0, sum = 0;
    for (int64_t c = 0; c < classes; c++) {
        e += c == top ? 0 : share[c];
        sum += c == top ? 0 : share[c] * (1 - share[c]);
    }
    return share[top] * e + sum;
}

/* What is recorded of a sample. */
typedef struct sample_record {
    double weight, h[MEANS];
} sample_record;

static ddn_status evaluate(void *user, int64_t first, int64_t m, void *records)
{
    work *w = user;
    sample_record *sample = records;
    DDNI_TRY(ddni_rare_draw(&w->rare, first, m, w->x, w->z, w->weight));
    DDNI_TRY(ddn_query_run(w->query, w->levels[w->k].t, m, w->x, w->d));
    for (int64_t r = 0; r < m; r++) {
        double *h = sample[r].h;
        sample[r].weight = w->weight[r];
        for (int i = 0; i < PHI; i++) {
            h[i] = w->value[i] == NULL ? 0 : w->value[i][r];
        }
        h[SUM_W2] = w->has[SUM_W2] ? complement_of_squares(w, r) : 0;
        h[W_MAX] = w->one_minus != NULL ? w->one_minus[r] : 1 - h[W_MAX];
        if (w->has[PHI]) {
            h[PHI] = complement_of_classes(w->class_share + r * w->classes, w->classes);
        }
    }
    return DDN_OK;
}

static void absorb(void *user, int64_t first, int64_t m, const void *records)
{
    work *w = user;
    const sample_record *sample = records;
    for (int64_t r = 0; r < m; r++) {
        const double weight = sample[r].weight, *h = sample[r].h;
        ddni_means_add(&w->means[w->k], weight, 1 / w->rare.plain, MEANS, h);
        if (first + r < w->recorded) {
            double *to = w->record + (w->k * w->recorded + first + r) * (1 + MEANS);
            to[0] = weight;
            for (int i = 0; i < MEANS; i++) {
                to[1 + i] = weight * h[i];
            }
        }
    }
}

/* Samples of time number k until there are `total`; progress from `from` to `to`. */
static ddn_status sample(work *w, int64_t k, int64_t total, double from, double to)
{
    w->k = k;
    return ddni_batches_run(&w->batches, w->means[k].count, total, from, to);
}

/* ---- Estimates --------------------------------------------------------------------------- */

/* The mean of what is averaged: of the complement of a share. */
static ddni_estimate estimate(const work *w, int64_t k, int mean)
{
    const double n = (double)w->components, classes = (double)w->classes;
    const double other = n > 0 ? 1 - 1 / n : 1;
    const double bounds[MEANS] = {n > 0 ? log(n) : NAN, other, other, NAN, NAN, 1 - 1 / classes};
    ddni_range range = w->range[k];
    range.bound = bounds[mean];
    range.unlisted = mean == LOG_P ? NAN : range.unlisted;
    range.rare = mean == TRACE_COV ? range.rare : 0;
    return ddni_means_of(&w->means[k], mean, &range);
}

/* What a column shows of a mean: offset + factor * mean. */
static ddni_estimate shown(const ddni_estimate *e, double offset, double factor)
{
    const double low = offset + factor * e->low, high = offset + factor * e->high;
    return (ddni_estimate){offset + factor * e->mean, fabs(factor) * e->error, fmin(low, high),
                           fmax(low, high)};
}

/* The error that a precision is asked of: also where the interval is wider than the error. */
static double uncertain(const ddni_estimate *e)
{
    return fmax(e->error, (e->high - e->low) / (2 * DDNI_Z95));
}

/* The samples that the precision needs at time number k, and for which of its quantities. */
static double needed(const work *w, int64_t k, int *quantity)
{
    const struct {
        int mean;
        double span;
    } asked[] = {{PHI, w->span}, {SUM_W2, 1}, {ENTROPY, w->entropy}};
    double most = 0;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        if (w->has[asked[i].mean] && asked[i].span > 0) {
            const ddni_estimate e = estimate(w, k, asked[i].mean);
            const double ratio = uncertain(&e) / (asked[i].span * w->precision);
            const double need = (double)w->means[k].count * ratio * fmax(ratio, 1);
            *quantity = need > most ? asked[i].mean : *quantity;
            most = fmax(most, need);
        }
    }
    return most;
}

/* Numbers of samples are steps of a quarter of an octave, so that the last digits of an error,
 * which may depend on the batch, do not change them. */
static int64_t round_up(double need)
{
    double size = PILOT;
    while (size < need) {
        size *= sqrt(sqrt(2));
    }
    return (int64_t)ceil(size);
}

static ddn_status out_of_reach(const work *w, int64_t k, int quantity, double need)
{
    static const char *const names[MEANS] = {
        [ENTROPY] = "f_over_alpha", [SUM_W2] = "phi_C", [PHI] = "phi"};
    return ddni_fail(w->ctx, DDN_E_CONVERGENCE,
                     "the precision %g (DDN_ANALYSIS_PRECISION) cannot be reached: at t = %g %s "
                     "needs about %.2g samples, the limit is %lld (DDN_ANALYSIS_MOST_SAMPLES), "
                     "with which %.2g can be had",
                     w->precision, w->levels[k].t, names[quantity], need, (long long)w->most,
                     1.05 * w->precision * sqrt(need / (double)w->most));
}

/* After the first samples: which time needs most, and is that too much? */
static ddn_status check_reach(const work *w)
{
    double most = 0;
    int64_t at = 0;
    int quantity = PHI;
    for (int64_t k = 0; k < w->count; k++) {
        int which = PHI;
        const double need = needed(w, k, &which);
        if (need > most) {
            most = need;
            at = k;
            quantity = which;
        }
    }
    const double sure = 1 + 4 / sqrt(PILOT); /* the error of the first samples has one itself */
    return most > sure * (double)w->most && most > (double)w->means[at].count
               ? out_of_reach(w, at, quantity, most)
               : DDN_OK;
}

/* More samples of time number k, until the precision is there. */
static ddn_status refine(work *w, int64_t k)
{
    for (;;) {
        int quantity = PHI;
        const int64_t have = w->means[k].count;
        const double need = needed(w, k, &quantity);
        if (need <= (double)have) {
            return DDN_OK;
        }
        if (have >= w->most) {
            return out_of_reach(w, k, quantity, need);
        }
        int64_t next = round_up(fmin(need, (double)(GROWTH * have)));
        next = next < w->most ? next : w->most;
        DDNI_TRY(
            sample(w, k, next, (double)k / (double)w->count, (double)(k + 1) / (double)w->count));
    }
}

/* ---- The measurement --------------------------------------------------------------------- */

static ddn_status measure(work *w, const ddn_analysis *an)
{
    int any = 0;
    DDNI_STAGE(w->ctx, "identities");
    for (int i = 0; i < MEANS; i++) {
        any |= w->has[i];
    }
    if (!any) { /* a model, in a report: it is not asked for nothing */
        return DDN_OK;
    }
    DDNI_TRY(ddni_stage_part(w->ctx, 0, 0.1));
    DDNI_TRY(find_neighbours(w, an));
    for (int64_t k = 0; k < w->count; k++) {
        const double part = (isnan(w->precision) ? 0.9 : 0.2) / (double)w->count;
        DDNI_TRY(ddni_rare_level(&w->rare, &w->levels[k]));
        w->range[k] = (ddni_range){NAN, 1 / w->rare.plain, w->rare.unlisted, w->rare.far};
        DDNI_TRY(sample(w, k, w->total, 0.1 + (double)k * part, 0.1 + (double)(k + 1) * part));
    }
    if (!isnan(w->precision)) {
        DDNI_TRY(check_reach(w));
        for (int64_t k = 0; k < w->count; k++) {
            DDNI_TRY(ddni_rare_level(&w->rare, &w->levels[k]));
            DDNI_TRY(refine(w, k));
        }
    }
    return ddni_stage_part(w->ctx, 1, 1);
}

/* Deviation of sample j from the mean, as it enters the error. */
static double deviation(const work *w, int64_t k, int64_t j, int mean, double slope)
{
    const double *at = w->record + (k * w->recorded + j) * (1 + MEANS);
    return at[1 + mean] - w->means[k].of[mean].mean - slope * (at[0] - w->means[k].weight);
}

/* Correlation of the errors of a mean at two times, whose first samples are the same. */
static double correlation(const work *w, int64_t k, int64_t next, int mean)
{
    const double slope = ddni_means_slope(&w->means[k], mean);
    const double next_slope = ddni_means_slope(&w->means[next], mean);
    double both = 0, one = 0, other = 0;
    for (int64_t j = 0; j < w->recorded; j++) {
        const double u = deviation(w, k, j, mean, slope);
        const double v = deviation(w, next, j, mean, next_slope);
        both += u * v;
        one += u * u;
        other += v * v;
    }
    const double n = (double)w->means[k].count, m = (double)w->means[next].count;
    if (!(one * other > 0)) { /* no errors at all */
        return 0;
    }
    return both / sqrt(one * other) * sqrt(fmin(n, m) / fmax(n, m));
}

/* df/dt = (a^2 / s^4) (g^2 / 2) E tr Cov / d, the I-MMSE relation in the schedule's time (33),
 * where a g^2/2 = s (a s' - a' s) also at a = 0. */
static ddn_status derivative_factor(const work *w, int64_t k, double *factor)
{
    const ddni_level *level = &w->levels[k];
    double da, ds;
    DDNI_TRY(ddni_schedule_slopes(w->ctx, ddn_oracle_schedule(w->oracle), level, &da, &ds));
    double gain = level->a / level->s2;
    *factor = gain / level->s2 * level->s * (level->a * ds - da * level->s) / (double)w->d;
    return DDN_OK;
}

/* What to say where a column stays NaN; "" where it was measured. */
static void why_not(const work *w, int mean, char text[128])
{
    text[0] = '\0';
    if (mean == PHI && w->classes == 0) {
        ddni_say(text, 128, "; not measured: the oracle (%s) tells no classes",
                 ddn_oracle_kind(w->oracle));
    } else if (mean != PHI && !w->has[mean]) {
        ddni_say(text, 128, "; not measured: the oracle (%s) has no %s", ddn_oracle_kind(w->oracle),
                 ddni_output_of(outputs[mean]).name);
    } else if (mean == ENTROPY && w->components == 1) {
        ddni_say(text, 128, "; there is one point, log n = 0");
    }
}

static ddn_status add_counts(const work *w, ddn_result *r)
{
    double evaluations = 0;
    for (int64_t k = 0; k < w->count; k++) {
        evaluations += (double)w->means[k].count;
    }
    const struct {
        ddni_quantity what;
        double value, error;
        const char *text;
    } list[] = {
        {{"evaluations", "1", DDN_POOLING_SUM, 0},
         evaluations,
         0,
         "forward samples that were evaluated, at all times together"},
        {{"searched", "1", DDN_POOLING_SUM, 0},
         (double)w->rare.searched,
         0,
         "points whose neighbours were searched, about as much work as an evaluation each"},
        {{"n", "1", DDN_POOLING_SAME, 0},
         w->components > 0 ? (double)w->components : NAN,
         0,
         "components of the oracle: data points of an empirical one"},
        {{"d", "1", DDN_POOLING_SAME, 0}, (double)w->d, 0, "dimensions"},
        {{"alpha", "nats", DDN_POOLING_SAME, 0},
         w->entropy / (double)w->d,
         w->components > 0 ? 0 : NAN,
         "log(n) / d; with weights H(pi) / d"},
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

/* A column: offset + factor * mean at each time. */
typedef struct column {
    const char *name, *unit, *text;
    int mean;
    int32_t correlated; /* with a column _rho */
    double *values[4], *rho;
} column;

static ddn_status add_curve(const work *w, ddn_result *r, column *c)
{
    const ddni_quantity what = {c->name, c->unit, DDN_POOLING_MEAN, 0};
    char lacking[128], name[DDNI_NAME_BYTES];
    why_not(w, c->mean, lacking);
    DDNI_TRY(ddni_result_add_interval(
        w->ctx, r, what, c->values,
        "%s; mean over forward samples (column samples), the same random numbers at each of %lld "
        "times%s%s",
        c->text, (long long)w->count,
        w->rare.listed > 0 ? ", those between close points by importance" : "", lacking));
    ddni_result_count_by(r, c->name, "samples");
    ddni_part_name(c->name, "_rho", name);
    return !c->correlated
               ? DDN_OK
               : ddni_result_add_column(
                     w->ctx, r, (ddni_quantity){name, "1", DDN_POOLING_PART, 0}, &c->rho,
                     "correlation of the error of %s with that at the next larger time", c->name);
}

/* offset and factor of a column at time number k. */
static ddn_status scale_of(const work *w, const column *c, int64_t k, double *offset,
                           double *factor)
{
    const double d = (double)w->d;
    *offset = 0;
    *factor = 1;
    if (c->mean == PHI || c->mean == SUM_W2 || c->mean == W_MAX) {
        *offset = 1;
        *factor = -1;
    } else if (strcmp(c->name, "f") == 0) {
        *factor = 1 / d;
    } else if (strcmp(c->name, "f_over_alpha") == 0) {
        *factor = w->entropy > 0 ? 1 / w->entropy : NAN;
    } else if (strcmp(c->name, "df_dt") == 0) {
        return derivative_factor(w, k, factor);
    } else if (c->mean == LOG_P && w->ds != NULL) { /* (30) */
        *offset = -w->entropy - d / 2 * (1 + log(2 * acos(-1)) + 2 * log(w->levels[k].s));
    }
    return DDN_OK;
}

static ddn_status fill_column(const work *w, column *c)
{
    const int mean = c->mean == LOG_P && w->ds != NULL ? ENTROPY : c->mean;
    const int rising = w->count < 2 || w->levels[1].t > w->levels[0].t;
    for (int64_t k = 0; k < w->count && w->has[c->mean]; k++) {
        const int64_t next = rising ? k + 1 : k - 1;
        double offset, factor;
        DDNI_TRY(scale_of(w, c, k, &offset, &factor));
        const ddni_estimate raw = estimate(w, k, mean), e = shown(&raw, offset, factor);
        const double numbers[4] = {e.mean, e.error, e.low, e.high};
        for (int i = 0; i < 4; i++) {
            c->values[i][k] = numbers[i];
        }
        if (c->correlated && next >= 0 && next < w->count) {
            c->rho[k] = correlation(w, k, next, mean);
        }
    }
    return DDN_OK;
}

static ddn_status report(const work *w, ddn_result *r)
{
    column columns[] = {
        {.name = "phi",
         .unit = "1",
         .text = "probability that two reverse SDE paths from one x_t end in the same class, E "
                 "sum_c W_c^2",
         .mean = PHI,
         .correlated = 1},
        {.name = "phi_C",
         .unit = "1",
         .text = "probability that two reverse SDE paths from one x_t end at the same component, E "
                 "sum w^2",
         .mean = SUM_W2,
         .correlated = 1},
        {.name = "f",
         .unit = "nats",
         .text = "excess entropy per dimension, mean posterior entropy E S(w) / d",
         .mean = ENTROPY,
         .correlated = 1},
        {.name = "f_over_alpha",
         .unit = "1",
         .text = "excess entropy E S(w) / log n, with weights E S(w) / H(pi)",
         .mean = ENTROPY,
         .correlated = 1},
        {.name = "df_dt",
         .unit = "nats/schedule time",
         .text = "derivative of f by the I-MMSE relation, from E tr Cov(x_0 | x)",
         .mean = TRACE_COV},
        {.name = "w_max",
         .unit = "1",
         .text = "E max w, probability that the nearest point now is the final one",
         .mean = W_MAX,
         .correlated = 1},
        {.name = "mmse",
         .unit = DDNI_UNIT_DATA2,
         .text = "E tr Cov(x_0 | x), half the squared distance of two clones",
         .mean = TRACE_COV,
         .correlated = 1},
        {.name = "log_p", .unit = "nats", .text = "E log p_t(x), nats", .mean = LOG_P},
    };
    double *t, *samples;
    DDNI_TRY(ddni_analysis_add_times(w->ctx, r, w->oracle, &t));
    DDNI_TRY(ddni_result_add_column(w->ctx, r, (ddni_quantity){"samples", "1", DDN_POOLING_SUM, 0},
                                    &samples, "forward samples at this time"));
    for (int64_t k = 0; k < w->count; k++) {
        t[k] = w->levels[k].t;
        samples[k] = (double)w->means[k].count;
    }
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        DDNI_TRY(add_curve(w, r, &columns[i]));
        DDNI_TRY(fill_column(w, &columns[i]));
    }
    return add_counts(w, r);
}

static ddn_status run(work *w, const ddn_analysis *an, const double *times, ddn_result **out)
{
    ddn_result *result = NULL;
    const ddn_dataset *ds = ddn_oracle_dataset(w->oracle);
    w->ctx = an->ctx;
    w->d = ddn_oracle_d(w->oracle);
    w->classes = ddni_analysis_classes(w->oracle);
    w->components = ddn_oracle_components(w->oracle);
    w->ds = ds != NULL && w->components == ds->n ? ds : NULL;
    w->entropy = w->ds != NULL ? ddni_dataset_entropy(ds) : NAN;
    w->entropy = w->ds == NULL && w->components > 0 ? log((double)w->components) : w->entropy;
    w->batch = ddni_analysis_i64(an, DDN_ANALYSIS_BATCH);
    const int64_t most = isnan(w->precision) ? w->total : w->most;
    w->batch = w->batch < most ? w->batch : most;
    DDNI_TRY(ddni_phi_infinity(an->ctx, w->oracle, &w->span));
    w->span = 1 - w->span;
    w->batches = (ddni_batches){.batch = w->batch, .size = sizeof(sample_record)};
    w->batches.what = (ddni_measured){.kind = "identities", .oracle = w->oracle, .times = times};
    w->batches.what.count = w->count;
    w->batches.what.more = (uint64_t)w->total;
    w->batches.evaluate = evaluate;
    w->batches.absorb = absorb;
    w->batches.user = w;
    ddn_status status = prepare(w, an, times);
    if (status == DDN_OK) {
        status = ddni_batches_open(an, &w->batches);
    }
    if (status == DDN_OK) {
        status = measure(w, an);
    }
    if (status == DDN_OK) {
        status = ddni_analysis_start(an, "identities", w->oracle, w->count, &result);
    }
    if (status == DDN_OK) {
        status = report(w, result);
    }
    release(w);
    return ddni_result_hand_out(status, result, out);
}

ddn_status ddni_measure_identities(const ddn_analysis *an, const ddn_oracle *oracle,
                                   const double *times, int64_t count, ddn_result **out)
{
    work w = {.oracle = oracle, .count = count};
    w.precision = ddni_analysis_f64(an, DDN_ANALYSIS_PRECISION);
    w.most = ddni_analysis_i64(an, DDN_ANALYSIS_MOST_SAMPLES);
    w.total = isnan(w.precision) ? ddni_analysis_i64(an, DDN_ANALYSIS_SAMPLES)
              : w.most < PILOT   ? w.most
                                 : PILOT;
    return run(&w, an, times, out);
}

ddn_status ddni_measure_identities_fixed(const ddn_analysis *an, const ddn_oracle *oracle,
                                         const double *times, int64_t count, int64_t samples,
                                         ddn_result **out)
{
    work w = {.oracle = oracle, .count = count, .total = samples, .precision = NAN};
    return run(&w, an, times, out);
}

ddn_status ddn_analysis_identities(ddn_analysis *an, const ddn_oracle *oracle, int64_t count,
                                   const double *times, ddn_result **out)
{
    DDNI_ENTER_MEASUREMENT(an);
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
    DDNI_LEAVE_MEASUREMENT(an, ddni_measure_identities(an, oracle, times, count, out), out);
}
