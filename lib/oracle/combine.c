/* Weighted sums of scores on one schedule: guidance; theory.md (17).
 *
 * score = sum f_i score_i; with F = sum f_i the Tweedie mean (x + s^2 score)/a is
 * sum f_i mean_i + (1 - F) x/a, which keeps the digits of the parts' means. */
#include <string.h>

#include <diffdyn/oracle_kinds.h>

#include "base/check.h"
#include "base/digest.h"
#include "numerics/vector.h"
#include "oracle/oracle_impl.h"
#include "team/team_impl.h"

enum {
    MAX_PARTS = 64,         /* promised in oracle_kinds.h; guidance has two or three */
    MAX_INTERVALS = 1000000 /* as well; one for each index of a schedule is a use */
};

/* The outputs that a combination has, all linear in the parts'; every oracle has them. */
static const ddn_output linear[] = {DDN_OUT_SCORE, DDN_OUT_MEAN, DDN_OUT_DIVERGENCE,
                                    DDN_OUT_JACOBIAN_TIMES_V};
enum {
    LINEAR = sizeof linear / sizeof *linear
};

typedef struct combination {
    ddn_oracle base;
    int64_t count;
    ddn_oracle *part[MAX_PARTS]; /* retained */
    int64_t intervals;
    double *end;    /* [intervals - 1]: the last times of all intervals but the last */
    double *factor; /* [intervals][count] */
} combination;

/* The factors at time t. */
static const double *factors_at(const combination *co, double t)
{
    int64_t low = 0, high = co->intervals - 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (t <= co->end[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return co->factor + low * co->count;
}

typedef struct scratch {
    int64_t count;
    ddn_query *query[MAX_PARTS];
    double *part[LINEAR], *sum[LINEAR]; /* [m][width] */
} scratch;

static void destroy(ddn_oracle *oracle)
{
    combination *co = (combination *)oracle;
    for (int64_t i = 0; i < co->count; i++) {
        ddn_oracle_destroy(co->part[i]);
    }
    ddni_free(&oracle->handle.allocator, co->end);
    ddni_free(&oracle->handle.allocator, co->factor);
}

static void scratch_destroy(ddn_context *ctx, void *pointer)
{
    scratch *sc = pointer;
    const ddni_allocator *al = ddni_context_allocator(ctx);
    for (int64_t i = 0; i < sc->count; i++) {
        ddn_query_destroy(sc->query[i]);
    }
    for (int64_t o = 0; o < LINEAR; o++) {
        ddni_free(al, sc->part[o]);
        ddni_free(al, sc->sum[o]);
    }
    ddni_free(al, sc);
}

static ddn_status scratch_create(ddn_context *ctx, const ddn_oracle *oracle, void **out)
{
    const combination *co = (const combination *)oracle;
    scratch *sc;
    *out = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "combination scratch", 1, sizeof *sc, &sc));
    sc->count = co->count;
    for (int64_t i = 0; i < co->count; i++) {
        ddn_status status = ddn_query_create(ctx, co->part[i], &sc->query[i]);
        if (status != DDN_OK) {
            scratch_destroy(ctx, sc);
            return status;
        }
    }
    *out = sc;
    return DDN_OK;
}

static int64_t scratch_bytes(const void *pointer)
{
    const scratch *sc = pointer;
    int64_t bytes = (int64_t)sizeof *sc;
    for (int64_t o = 0; o < LINEAR; o++) {
        bytes += ddni_alloc_bytes(sc->part[o]) + ddni_alloc_bytes(sc->sum[o]);
    }
    for (int64_t i = 0; i < sc->count; i++) {
        bytes += ddn_query_scratch_bytes(sc->query[i]);
    }
    return bytes;
}

/* Sums of factors that are meant to be 1 are so up to this. */
static const double ROUNDED = 0x1p-50;

static int64_t width(const ddn_oracle *oracle, int64_t o)
{
    return linear[o] == DDN_OUT_DIVERGENCE ? 1 : oracle->d;
}

/* Evaluates part i and adds `factor` times that to the sums. */
static ddn_status add_part(const combination *co, scratch *sc, int64_t i, double factor,
                           const ddni_request *rq, const ddni_batch *batch)
{
    ddn_query *q = sc->query[i];
    DDNI_TRY(ddn_query_bind_input(q, DDN_IN_V, rq->v, rq->v == NULL ? co->base.d : rq->ldv));
    DDNI_TRY(ddn_options_set_f64(ddn_query_options(q), DDN_QUERY_EPSILON, rq->epsilon));
    DDNI_TRY(ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_TRAJECTORY, rq->trajectory));
    for (int64_t o = 0; o < LINEAR; o++) {
        double *to = rq->f64[linear[o]] == NULL ? NULL : sc->part[o];
        DDNI_TRY(ddn_query_bind_f64(q, linear[o], to, width(&co->base, o)));
    }
    DDNI_TRY(ddn_query_run(q, batch->level->t, batch->m, batch->x, batch->ldx));
    for (int64_t o = 0; o < LINEAR; o++) {
        if (rq->f64[linear[o]] != NULL) {
            ddni_axpy(batch->m * width(&co->base, o), factor, sc->part[o], sc->sum[o]);
        }
    }
    return DDN_OK;
}

static ddn_status evaluate(ddn_context *ctx, const ddn_oracle *oracle, void *pointer,
                           const ddni_request *rq, const ddni_batch *batch, ddni_report *report)
{
    const combination *co = (const combination *)oracle;
    scratch *sc = pointer;
    int64_t d = oracle->d, m = batch->m, size;
    DDNI_CHECK(ctx, !__builtin_mul_overflow(m, d, &size), DDN_E_RANGE,
               "m = %lld states are too many", (long long)m);
    for (int64_t o = 0; o < LINEAR; o++) {
        if (rq->f64[linear[o]] != NULL) {
            size = m * width(oracle, o);
            DDNI_TRY(ddni_reserve(ctx, "combination scratch", size, sizeof(double), &sc->part[o]));
            DDNI_TRY(ddni_reserve(ctx, "combination scratch", size, sizeof(double), &sc->sum[o]));
            memset(sc->sum[o], 0, (size_t)size * sizeof(double));
        }
    }
    const double *factor = factors_at(co, batch->level->t);
    double total = 0, absolute = 0;
    report->dropped = report->touched = 0;
    for (int64_t i = 0; i < co->count; i++) {
        if (factor[i] == 0) { /* not asked: it may be a network */
            continue;
        }
        DDNI_TRY(add_part(co, sc, i, factor[i], rq, batch));
        total += factor[i];
        absolute += fabs(factor[i]);
        double dropped = ddn_query_dropped(sc->query[i]);
        report->dropped = dropped > report->dropped ? dropped : report->dropped;
        report->touched += ddn_query_touched(sc->query[i]) / (double)co->count;
    }
    const double rest = fabs(1 - total) <= ROUNDED * absolute ? 0 : 1 - total;
    DDNI_CHECK(ctx, batch->level->a > 0 || rest == 0 || rq->f64[DDN_OUT_MEAN] == NULL, DDN_E_RANGE,
               "a combination whose factors add up to %.17g has no mean at t = %.17g, where a = 0: "
               "let them add up to 1, or start earlier",
               total, batch->level->t);
    const double keep = rest == 0 ? 0 : rest / batch->level->a;
    for (int64_t o = 0; o < LINEAR; o++) {
        double *out = rq->f64[linear[o]];
        for (int64_t r = 0; out != NULL && r < m; r++) {
            int64_t w = width(oracle, o);
            double *row = out + r * (linear[o] == DDN_OUT_DIVERGENCE ? 1 : rq->ld[linear[o]]);
            memcpy(row, sc->sum[o] + r * w, (size_t)w * sizeof *row);
            if (linear[o] == DDN_OUT_MEAN) {
                ddni_axpy(d, keep, batch->x + r * batch->ldx, row);
            }
        }
    }
    return DDN_OK;
}

static ddn_status digest(ddn_context *ctx, const ddn_oracle *oracle, uint64_t *out)
{
    const combination *co = (const combination *)oracle;
    uint64_t part[MAX_PARTS];
    for (int64_t i = 0; i < co->count; i++) {
        DDNI_TRY(ddni_oracle_digest(ctx, co->part[i], &part[i]));
    }
    *out =
        DDNI_DIGEST_WORDS(DDNI_DIGEST_OF(part, co->count), DDNI_DIGEST_OF(co->factor, co->count));
    if (co->intervals > 1) {
        *out = DDNI_DIGEST_WORDS(*out, DDNI_DIGEST_OF(co->end, co->intervals - 1),
                                 DDNI_DIGEST_OF(co->factor, co->intervals * co->count));
    }
    return DDN_OK;
}

static const ddni_oracle_ops combination_ops = {
    .kind = "combination",
    .scratch_create = scratch_create,
    .scratch_destroy = scratch_destroy,
    .scratch_bytes = scratch_bytes,
    .evaluate = evaluate,
    .digest = digest,
    .destroy = destroy,
};

static ddn_status check_parts(ddn_context *ctx, ddn_oracle *const *parts, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        DDNI_CHECK(ctx, parts[i] != NULL, DDN_E_NULL, "parts[%lld] is NULL", (long long)i);
        DDNI_CHECK(ctx, DDNI_IS(parts[i]), DDN_E_HANDLE, "parts[%lld] is not a live oracle",
                   (long long)i);
        DDNI_CHECK(ctx, parts[i]->d == parts[0]->d, DDN_E_SHAPE,
                   "parts[%lld] has d = %lld, parts[0] has %lld", (long long)i,
                   (long long)parts[i]->d, (long long)parts[0]->d);
        DDNI_CHECK(ctx, parts[i]->schedule == parts[0]->schedule, DDN_E_SHAPE,
                   "parts[%lld] was made with another schedule object than parts[0]", (long long)i);
    }
    return DDN_OK;
}

static ddn_status check_numbers(ddn_context *ctx, int64_t factor_count, const double *factors,
                                int64_t end_count, const double *ends)
{
    for (int64_t i = 0; i < factor_count; i++) {
        DDNI_CHECK(ctx, isfinite(factors[i]), DDN_E_NONFINITE, "factors[%lld] is %g", (long long)i,
                   factors[i]);
    }
    for (int64_t k = 0; k < end_count; k++) {
        DDNI_CHECK(ctx, isfinite(ends[k]), DDN_E_NONFINITE, "ends[%lld] is %g", (long long)k,
                   ends[k]);
        DDNI_CHECK(ctx, k == 0 || ends[k] > ends[k - 1], DDN_E_RANGE,
                   "ends[%lld] = %.17g does not exceed ends[%lld] = %.17g", (long long)k, ends[k],
                   (long long)(k - 1), ends[k - 1]);
    }
    return DDN_OK;
}

static ddn_status create_combination(ddn_context *ctx, int64_t count, int64_t intervals,
                                     ddn_oracle *const *parts, const double *ends,
                                     const double *factors, ddn_oracle **out)
{
    combination *co;
    ddn_status status;
    const int64_t real = (int64_t)sizeof(double);
    DDNI_CHECK_PTR(ctx, parts);
    DDNI_CHECK_PTR(ctx, factors);
    DDNI_CHECK_INT(ctx, count, 1, MAX_PARTS);
    DDNI_TRY(check_numbers(ctx, intervals * count, factors, intervals - 1, ends));
    DDNI_TRY(check_parts(ctx, parts, count));
    DDNI_TRY(ddni_oracle_create(ctx, sizeof *co, &combination_ops, parts[0]->schedule, NULL,
                                parts[0]->d, (void *)&co));
    co->intervals = intervals;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "factors", intervals * count, real, &co->factor), fail);
    memcpy(co->factor, factors, (size_t)(intervals * count * real));
    if (intervals > 1) {
        DDNI_TRY_GOTO(ddni_alloc_for(ctx, "intervals", intervals - 1, real, &co->end), fail);
        memcpy(co->end, ends, (size_t)((intervals - 1) * real));
    }
    for (int64_t o = 0; o < LINEAR; o++) {
        co->base.can |= ddni_bit(linear[o]);
    }
    for (int64_t i = 0; i < count; i++) {
        ddni_retain(parts[i]);
        if (parts[i]->handle.bond != NULL) {
            ddni_bind_as(co, parts[i]);
        }
        co->part[i] = parts[i];
        co->count++;
        DDNI_ASSERT((co->base.can & ~parts[i]->can) == 0);
        if (parts[i]->epsilon_preset > co->base.epsilon_preset) {
            co->base.epsilon_preset = parts[i]->epsilon_preset;
        }
    }
    co->base.direct = ddni_bit(DDN_OUT_DIVERGENCE) | ddni_bit(DDN_OUT_JACOBIAN_TIMES_V);
    *out = &co->base;
    return DDN_OK;
fail:
    ddn_oracle_destroy(&co->base);
    return status;
}

ddn_status ddn_oracle_create_combination(ddn_context *ctx, int64_t count, ddn_oracle *const *parts,
                                         const double *factors, ddn_oracle **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    return create_combination(ctx, count, 1, parts, NULL, factors, out);
}

ddn_status ddn_oracle_create_timed_combination(ddn_context *ctx, int64_t count, int64_t intervals,
                                               ddn_oracle *const *parts, const double *ends,
                                               const double *factors, ddn_oracle **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_INT(ctx, intervals, 1, MAX_INTERVALS);
    DDNI_CHECK(ctx, ends != NULL || intervals == 1, DDN_E_NULL, "argument ends is NULL");
    return create_combination(ctx, count, intervals, parts, ends, factors, out);
}
