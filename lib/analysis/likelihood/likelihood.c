/* log p of states along the probability flow; theory.md (98).
 *
 * The flow is that of the adaptive method, in y = x/a and l = log sigma, with the integral of D = d
 * + s^2 div score beside it: what the volume d l would add is known, so that D alone, which is 0
 * where the posterior is a point, has a step error. With probes there is an integral for each. */
#include <diffdyn/likelihood.h>

#include <string.h>

#include "analysis/analysis_impl.h"
#include "analysis/batches.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/message.h"
#include "base/progress.h"
#include "base/statistics.h"
#include "dataset/dataset_impl.h"
#include "integrator/pair.h"
#include "numerics/vector.h"
#include "oracle/oracle_impl.h"

static const double TWO_PI = 6.283185307179586476925, EPSILON = 1e-12;

enum {
    MOST_PROBES = 4096
};

typedef struct work {
    ddn_context *ctx;
    const ddn_oracle *oracle, *end;
    ddn_query *flow, *probe,
        *last;       /* probe: NULL where D is exact; last: log p of `end`, or NULL */
    ddn_output what; /* MEAN or SCORE */
    int64_t d, m, batch, probes, parts, steps, seed;
    ddni_level early, late;
    double from, length; /* l of x, and on to the noisy end */
    /* The states that are on their way, their number in all, and the step that they take. */
    int64_t first, count, step, of;
    ddni_pair pair;
    ddni_batches batches;
    const double *x; /* [m][ldx] the states of the caller */
    int64_t ldx;
    double *values, *divergence, *log_end;       /* [batch][d], [batch], [batch] */
    double *log_p, *error, *difference, *at_end; /* [m] */
} work;

static void release(work *w)
{
    const ddni_allocator *al = ddni_context_allocator(w->ctx);
    ddn_query_destroy(w->flow);
    ddn_query_destroy(w->probe);
    ddn_query_destroy(w->last);
    ddni_batches_close(&w->batches);
    ddni_free(al, w->pair.from);
    ddni_free(al, w->pair.x);
    ddni_free_each(al, w->pair.k, DDNI_STAGES);
    double *rest[] = {w->values, w->divergence, w->log_end, w->log_p,
                      w->error,  w->difference, w->at_end};
    ddni_free_each(al, rest, sizeof rest / sizeof *rest);
}

/* ---- The flow ---- */

static ddn_status level_at(void *user, double share, ddni_level *level)
{
    const work *w = user;
    const double done = ((double)w->step + share) / (double)w->of;
    if (done >= 1) {
        *level = w->late;
        return DDN_OK;
    }
    return ddni_flow_level(w->ctx, ddn_oracle_schedule(w->oracle), w->from + w->length * done,
                           level);
}

/* The velocity of y, then D, or what each probe says of it. */
static ddn_status slope_at(void *user, const ddni_level *level, int64_t count, double *k)
{
    work *w = user;
    const int64_t d = w->d, width = w->pair.width;
    DDNI_TRY(ddn_query_run(w->flow, level->t, count, w->pair.x, width));
    const ddni_prediction at = {level, w->pair.x, width, w->values, d, w->what};
    DDNI_TRY(ddni_flow_slope(w->ctx, &at, count, d, k, width));
    for (int64_t p = 0; p < w->parts; p++) {
        if (w->probe != NULL) {
            DDNI_TRY(ddn_query_set_noise(w->probe, w->seed, w->first, p, 0, NULL));
            DDNI_TRY(ddn_query_run(w->probe, level->t, count, w->pair.x, width));
        }
        for (int64_t r = 0; r < count; r++) {
            k[r * width + d + p] = (double)d + level->s2 * w->divergence[r];
        }
    }
    return DDN_OK;
}

/* What carries the states x[count][ldx] through `of` steps: they are in pair.x at the noisy end,
 * pair.from has the integrals. */
static ddn_status carry(work *w, int64_t of, const double *x, int64_t ldx)
{
    const int64_t d = w->d, width = w->pair.width;
    ddni_level level = w->early;
    w->of = of;
    w->step = 0;
    for (int64_t r = 0; r < w->count; r++) {
        memset(w->pair.x + r * width, 0, (size_t)width * sizeof *w->pair.x);
        memcpy(w->pair.x + r * width, x + r * ldx, (size_t)d * sizeof *x);
    }
    DDNI_TRY(slope_at(w, &level, w->count, w->pair.k[0]));
    DDNI_STAGE(w->ctx, "log likelihood");
    for (; w->step < of; w->step++) {
        const double done = (double)w->step / (double)of;
        DDNI_TRY(ddni_stage_part(w->ctx, done, done + 1 / (double)of));
        if (w->step > 0) { /* the slopes at the end of the last step are those of this one */
            double *first = w->pair.k[0];
            w->pair.k[0] = w->pair.k[DDNI_STAGES - 1];
            w->pair.k[DDNI_STAGES - 1] = first;
        }
        for (int64_t i = 0; i < w->count * width; i++) {
            w->pair.from[i] = w->pair.x[i] / level.a;
        }
        DDNI_TRY(ddni_pair_step(&w->pair, w->count, w->length / (double)of, &level));
    }
    for (int64_t i = 0; i < w->count * width; i++) {
        w->pair.from[i] = w->pair.x[i] / level.a;
    }
    return DDN_OK;
}

/* log q of the states at the noisy end, in log_end. */
static ddn_status log_start(work *w)
{
    const int64_t d = w->d;
    const double variance = w->late.a * w->late.a + w->late.s2;
    if (w->last != NULL) {
        return ddn_query_run(w->last, w->late.t, w->count, w->pair.x, w->pair.width);
    }
    for (int64_t r = 0; r < w->count; r++) {
        const double *x = w->pair.x + r * w->pair.width;
        w->log_end[r] = -0.5 * (ddni_dot(d, x, x) / variance + (double)d * log(TWO_PI * variance));
    }
    return DDN_OK;
}

/* What is recorded of a state. */
typedef struct state_record {
    double log_p, coarse, error, at_end; /* coarse: log p from half the steps */
} state_record;

/* The rows of the batch, from `of` steps; coarse: half of them. */
static ddn_status estimate(work *w, int64_t of, int coarse, state_record *state)
{
    const double volume = (double)w->d * log(w->late.s / w->early.s);
    DDNI_TRY(carry(w, of, w->x + w->first * w->ldx, w->ldx));
    DDNI_TRY(log_start(w));
    for (int64_t r = 0; r < w->count; r++) {
        ddni_mean mean = {0, 0, 0};
        for (int64_t p = 0; p < w->parts; p++) {
            ddni_mean_add(&mean, w->pair.from[r * w->pair.width + w->d + p]);
        }
        const double log_p = w->log_end[r] + (volume - mean.mean);
        state[r].at_end = w->log_end[r];
        state[r].error = w->probes == 0 ? 0 : ddni_mean_error(&mean);
        *(coarse ? &state[r].coarse : &state[r].log_p) = log_p;
    }
    return DDN_OK;
}

static ddn_status evaluate(void *user, int64_t first, int64_t m, void *records)
{
    work *w = user;
    w->first = first;
    w->count = m;
    DDNI_TRY(ddni_batches_part(&w->batches, 0, 1.0 / 3));
    DDNI_TRY(estimate(w, w->steps / 2, 1, records));
    DDNI_TRY(ddni_batches_part(&w->batches, 1.0 / 3, 1));
    return estimate(w, w->steps, 0, records);
}

static void absorb(void *user, int64_t first, int64_t m, const void *records)
{
    work *w = user;
    const state_record *state = records;
    for (int64_t r = 0; r < m; r++) {
        w->log_p[first + r] = state[r].log_p;
        w->error[first + r] = state[r].error;
        w->at_end[first + r] = state[r].at_end;
        w->difference[first + r] = state[r].log_p - state[r].coarse;
    }
}

static ddn_status measure(work *w)
{
    DDNI_STAGE(w->ctx, "log likelihood");
    return ddni_batches_run(&w->batches, 0, w->m, 0, 1);
}

/* ---- Before and after ---- */

static ddn_status query(work *w, const ddn_oracle *oracle, ddn_query **out)
{
    double preset;
    DDNI_TRY(ddn_query_create(w->ctx, oracle, out));
    ddn_options *options = ddn_query_options(*out);
    DDNI_TRY(ddn_options_get_f64(options, DDN_QUERY_EPSILON, &preset));
    return ddn_options_set_f64(options, DDN_QUERY_EPSILON, fmin(preset, EPSILON));
}

static ddn_status queries(work *w)
{
    DDNI_TRY(query(w, w->oracle, &w->flow));
    DDNI_TRY(ddn_query_bind_f64(w->flow, w->what, w->values, w->d));
    ddn_query *counting = w->flow;
    if (w->probes > 0) {
        DDNI_TRY(query(w, w->oracle, &w->probe));
        DDNI_TRY(ddn_options_set_i64(ddn_query_options(w->probe), DDN_QUERY_PROBES, 1));
        counting = w->probe;
    }
    DDNI_TRY(ddn_query_bind_f64(counting, DDN_OUT_DIVERGENCE, w->divergence, 0));
    if (w->end == NULL) {
        return DDN_OK;
    }
    DDNI_TRY(query(w, w->end, &w->last));
    return ddn_query_bind_f64(w->last, DDN_OUT_LOG_P, w->log_end, 0);
}

static ddn_status rows(work *w, const char *what, int64_t count, int64_t width, double **out)
{
    int64_t size;
    DDNI_CHECK(w->ctx, !__builtin_mul_overflow(count, width, &size), DDN_E_RANGE,
               "%lld states are too many", (long long)count);
    return ddni_alloc_for(w->ctx, what, size, sizeof **out, out);
}

static ddn_status prepare(work *w, const ddn_analysis *an)
{
    const ddn_schedule *sch = ddn_oracle_schedule(w->oracle);
    double t_start, t_end;
    DDNI_TRY(ddni_analysis_ends(an, sch, &t_start, &t_end));
    DDNI_TRY(ddni_schedule_level(w->ctx, sch, t_end, &w->early));
    DDNI_TRY(ddni_schedule_level(w->ctx, sch, t_start, &w->late));
    w->from = log(w->early.s / w->early.a);
    w->length = log(w->late.s / w->late.a) - w->from;
    const int64_t batch = ddni_analysis_i64(an, DDN_ANALYSIS_BATCH);
    w->batch = batch < w->m ? batch : w->m;
    w->steps = 2 * ((ddni_analysis_i64(an, DDN_ANALYSIS_PATH_STEPS) + 1) / 2);
    w->seed = ddni_analysis_i64(an, DDN_ANALYSIS_SEED);
    w->parts = w->probes > 0 ? w->probes : 1;
    w->what = ddn_oracle_can(w->oracle, DDN_OUT_MEAN) ? DDN_OUT_MEAN : DDN_OUT_SCORE;
    const int64_t width = w->d + w->parts;
    w->pair.ctx = w->ctx;
    w->pair.width = width;
    w->pair.level = level_at;
    w->pair.slope = slope_at;
    w->pair.user = w;
    DDNI_TRY(rows(w, "states of the flow", w->batch, width, &w->pair.from));
    DDNI_TRY(rows(w, "states of the flow", w->batch, width, &w->pair.x));
    for (int i = 0; i < DDNI_STAGES; i++) {
        DDNI_TRY(rows(w, "slopes of the flow", w->batch, width, &w->pair.k[i]));
    }
    DDNI_TRY(rows(w, "predictions", w->batch, w->d, &w->values));
    DDNI_TRY(rows(w, "divergences", w->batch, 1, &w->divergence));
    DDNI_TRY(rows(w, "log densities", w->batch, 1, &w->log_end));
    double **const list[] = {&w->log_p, &w->error, &w->difference, &w->at_end};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        DDNI_TRY(rows(w, "log densities", w->m, 1, list[i]));
    }
    DDNI_TRY(queries(w));
    w->batches = (ddni_batches){.batch = w->batch, .size = sizeof(state_record)};
    w->batches.what = (ddni_measured){.kind = "log likelihood", .oracle = w->oracle};
    w->batches.what.end = w->end;
    w->batches.what.more = ddni_digest_rows((uint64_t)w->probes, w->m, w->d, w->x, w->ldx);
    w->batches.evaluate = evaluate;
    w->batches.absorb = absorb;
    w->batches.user = w;
    return ddni_batches_open(an, &w->batches);
}

/* KL(p_t | N(0, (a^2 + s^2) I)) at the noisy end is at most its mean over the points, as it is
 * convex. */
static ddn_status truncation(const work *w, double *bound)
{
    const ddn_dataset *ds = ddni_oracle_set(w->oracle);
    const double ratio = w->late.s2 / (w->late.a * w->late.a), q = 1 / (1 + ratio);
    double moment;
    *bound = NAN;
    if (ds == NULL || w->end != NULL) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_dataset_second_moment(w->ctx, ds, &moment));
    const double d = (double)w->d, log_rest = q < 0.5 ? log1p(-q) : -log1p(1 / ratio);
    *bound = 0.5 * (q * moment - d * q - d * log_rest);
    return DDN_OK;
}

static ddn_status add_columns(const work *w, ddn_result *r, double **bits)
{
    char probes[64], end[96];
    ddni_say(probes, sizeof probes, w->probes > 0 ? "%lld probes" : "the exact divergence",
             (long long)w->probes);
    ddni_say(end, sizeof end, w->end == NULL ? "N(0, (a^2 + s^2) I)" : "the oracle of kind %s",
             w->end == NULL ? "" : ddn_oracle_kind(w->end));
    double *log_p, *log_p_se, *per_dim, *per_dim_se, *step, *start;
    const ddni_quantity nats = {"log_p", "nats", 0, 0}, unit = {"bits_per_dim", "bits", 0, 0};
    DDNI_TRY(ddni_result_add_pair(w->ctx, r, nats, &log_p, &log_p_se,
                                  "log p of the state at t_end = %.9g that the probability flow "
                                  "makes of %s at t_start = %.9g, with %s and %lld steps",
                                  w->early.t, end, w->late.t, probes, (long long)w->steps));
    DDNI_TRY(ddni_result_add_pair(w->ctx, r, unit, &per_dim, &per_dim_se,
                                  "-(log p + d log a)/(d log 2), of x/a in units of the data, a = "
                                  "%.9g",
                                  w->early.a));
    DDNI_TRY(ddni_result_add_column(w->ctx, r, (ddni_quantity){"step_error", "nats", 0, 0}, &step,
                                    "|log p - log p from %lld steps|, an upper estimate of the "
                                    "error of the steps",
                                    (long long)w->steps / 2));
    DDNI_TRY(ddni_result_add_column(w->ctx, r, (ddni_quantity){"log_p_start", "nats", 0, 0}, &start,
                                    "log density of %s at t_start where the flow carries the state",
                                    end));
    const double scale = (double)w->d * log(2);
    for (int64_t i = 0; i < w->m; i++) {
        log_p[i] = w->log_p[i];
        log_p_se[i] = w->error[i];
        per_dim[i] = -(w->log_p[i] + (double)w->d * log(w->early.a)) / scale;
        per_dim_se[i] = w->error[i] / scale;
        step[i] = fabs(w->difference[i]);
        start[i] = w->at_end[i];
    }
    *bits = per_dim;
    return DDN_OK;
}

/* The mean of m values with its error, and the ends of its interval. */
static ddn_status add_mean(const work *w, ddn_result *r, const char *name, const char *unit,
                           const double *values)
{
    static const char *const parts[] = {"", "_low", "_high"};
    double ends[3] = {0};
    ddni_mean mean = {0, 0, 0};
    for (int64_t i = 0; i < w->m; i++) {
        ddni_mean_add(&mean, values[i]);
    }
    ends[0] = mean.mean;
    ddni_mean_95(values, w->m, &ends[1], &ends[2]);
    for (int i = 0; i < 3; i++) {
        char full[DDNI_NAME_BYTES];
        ddni_part_name(name, parts[i], full);
        const ddni_quantity what = {full, unit, i == 0 ? DDN_POOLING_MEAN : DDN_POOLING_PART,
                                    i == 0 ? w->m : 0};
        DDNI_TRY(ddni_result_add_scalar(
            w->ctx, r, what, ends[i], i == 0 ? ddni_mean_error(&mean) : NAN,
            "mean over %lld states, the noise of probes in its error%s", (long long)w->m,
            i == 0   ? ""
            : i == 1 ? ": lower end of its 95 % interval"
                     : ": upper end of that interval"));
    }
    return DDN_OK;
}

static ddn_status report(work *w, ddn_result *r)
{
    double *bits, bound;
    DDNI_TRY(add_columns(w, r, &bits));
    DDNI_TRY(add_mean(w, r, "mean_log_p", "nats", w->log_p));
    DDNI_TRY(add_mean(w, r, "mean_bits_per_dim", "bits", bits));
    ddni_mean step = {0, 0, 0};
    for (int64_t i = 0; i < w->m; i++) {
        ddni_mean_add(&step, w->difference[i]);
    }
    DDNI_TRY(truncation(w, &bound));
    const struct {
        ddni_quantity what;
        double value;
        const char *text;
    } list[] = {
        {{"mean_step_error", "nats", DDN_POOLING_MEAN, w->m},
         step.mean,
         "mean of log p - log p from half the steps, by states"},
        {{"truncation", "nats", DDN_POOLING_SAME, 0},
         bound,
         "most by which the mean of log p over noised data is too low since the exact score's "
         "density at t_start is not N(0, (a^2 + s^2) I): (q E|x_0|^2 - d q - d log(1 - q))/2, q = "
         "a^2/(a^2 + s^2); not known with another start or without data"},
        {{"samples", "1", DDN_POOLING_SUM, 0}, (double)w->m, "states"},
        {{"probes", "1", DDN_POOLING_SAME, 0}, (double)w->probes, "probes a state; 0: exact"},
        {{"steps", "1", DDN_POOLING_SAME, 0}, (double)w->steps, "steps in log(s/a)"},
        {{"t_start", DDNI_UNIT_TIME, DDN_POOLING_SAME, 0}, w->late.t, "DDN_ANALYSIS_T_START"},
        {{"t_end", DDNI_UNIT_TIME, DDN_POOLING_SAME, 0}, w->early.t, "DDN_ANALYSIS_T_END"},
        {{"d", "1", DDN_POOLING_SAME, 0}, (double)w->d, "dimension"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        DDNI_TRY(ddni_result_add_scalar(w->ctx, r, list[i].what, list[i].value,
                                        i == 0 ? ddni_mean_error(&step) : 0, "%s", list[i].text));
    }
    return DDN_OK;
}

static ddn_status check(const ddn_analysis *an, const work *w, const double *x, int64_t ldx)
{
    ddn_context *ctx = an->ctx;
    DDNI_CHECK(ctx, w->probes >= 0 && w->probes <= MOST_PROBES, DDN_E_RANGE,
               "argument probes = %lld is outside [0, %d]", (long long)w->probes, MOST_PROBES);
    DDNI_CHECK(ctx, w->m >= 1, DDN_E_RANGE, "argument m = %lld is less than 1", (long long)w->m);
    if (w->end != NULL) {
        DDNI_CHECK(ctx, ddn_oracle_d(w->end) == w->d, DDN_E_SHAPE,
                   "argument end has d = %lld, the oracle %lld", (long long)ddn_oracle_d(w->end),
                   (long long)w->d);
        DDNI_CHECK(ctx, ddn_oracle_schedule(w->end) == ddn_oracle_schedule(w->oracle), DDN_E_SHAPE,
                   "argument end was made with another schedule object than the oracle");
        DDNI_CHECK(ctx, ddn_oracle_can(w->end, DDN_OUT_LOG_P), DDN_E_UNSUPPORTED,
                   "argument end, an oracle of kind %s, cannot give LOG_P",
                   ddn_oracle_kind(w->end));
    }
    return ddni_check_states(ctx, "x", x, w->m, w->d, ldx);
}

ddn_status ddn_analysis_log_likelihood(ddn_analysis *an, const ddn_oracle *oracle,
                                       const ddn_oracle *end, int64_t probes, int64_t m,
                                       const double *x, int64_t ldx, ddn_result **out)
{
    DDNI_ENTER_MEASUREMENT(an);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    DDNI_CHECK_OPTIONAL(an->ctx, end);
    work w = {.ctx = an->ctx,
              .oracle = oracle,
              .end = end,
              .d = ddn_oracle_d(oracle),
              .m = m,
              .probes = probes,
              .x = x,
              .ldx = ldx};
    ddn_result *result = NULL;
    ddn_status status;
    DDNI_TRY(check(an, &w, x, ldx));
    DDNI_TRY_GOTO(prepare(&w, an), done);
    DDNI_TRY_GOTO(measure(&w), done);
    DDNI_TRY_GOTO(ddni_analysis_start(an, "log_likelihood", oracle, m, &result), done);
    status = report(&w, result);
done:
    release(&w);
    DDNI_LEAVE_MEASUREMENT(an, ddni_result_hand_out(status, result, out), out);
}
