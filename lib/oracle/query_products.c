/* The divergence of a score by products with its Jacobian J, for oracles that have none of their
 * own and where probes are asked for; theory.md (18).
 *
 * Exact: sum_j e_j.J e_j over the d unit vectors. By probes (Hutchinson): the mean of v.J v over
 * vectors v of random signs, whose expectation it is. Products of several vectors are asked for at
 * once, since callbacks profit from large batches. With query.c, whose evaluation it repeats, it is
 * one thing in two parts. */
#include <string.h>

#include "base/check.h"
#include "base/progress.h"
#include "base/rng.h"
#include "numerics/vector.h"
#include "oracle/query_impl.h"

enum {
    BLOCK = 1 << 20 /* numbers of the states that are asked for at once, unless m alone has more */
};

int32_t ddni_query_by_products(const ddn_query *q)
{
    int64_t own = q->oracle->direct & ddni_bit(DDN_OUT_DIVERGENCE);
    own |= q->oracle->can & ddni_bit(DDN_OUT_TRACE_COV);
    return q->values[DDNI_QUERY_PROBES].i > 0 || own == 0;
}

/* Vector number k of row r: a unit vector, or signs. */
static void make_vector(const ddn_query *q, int64_t r, int64_t k, double *v)
{
    int64_t d = q->oracle->d;
    if (q->values[DDNI_QUERY_PROBES].i == 0) {
        memset(v, 0, (size_t)d * sizeof *v);
        v[k] = 1;
        return;
    }
    const ddni_draws draws = ddni_draws_of(q->rq.seed, DDNI_USE_SIGNS, q->rq.step);
    for (int64_t j = 0; j < d; j++) {
        double u = ddni_draws_uniform(&draws, ddni_request_path(&q->rq, r), k * DDNI_MAX_D + j);
        v[j] = u < 0.5 ? -1 : 1;
    }
}

/* Adds v.J v of vectors first .. first + count - 1 to the sums; row r of vector k is state (k -
 * first) m + r of those that are asked for. */
static ddn_status add(ddn_query *q, const ddni_request *like, const ddni_batch *batch,
                      int64_t first, int64_t count)
{
    int64_t d = q->oracle->d, m = batch->m;
    ddni_query_products *p = &q->products;
    for (int64_t i = 0; i < count * m; i++) {
        memcpy(p->x + i * d, batch->x + (i % m) * batch->ldx, (size_t)d * sizeof *p->x);
        make_vector(q, i % m, first + i / m, p->v + i * d);
    }
    ddni_request rq = *like;
    memset(rq.f64, 0, sizeof rq.f64);
    memset(rq.i64, 0, sizeof rq.i64);
    rq.f64[DDN_OUT_JACOBIAN_TIMES_V] = p->jv;
    rq.ld[DDN_OUT_JACOBIAN_TIMES_V] = d;
    rq.v = p->v;
    rq.ldv = d;
    const ddni_batch states = {batch->level, count * m, p->x, d};
    DDNI_TRY(ddni_query_evaluate(q, &rq, &states));
    for (int64_t i = 0; i < count * m; i++) {
        p->sum[i % m] += ddni_dot(d, p->v + i * d, p->jv + i * d);
    }
    return ddni_poll(q->ctx);
}

ddn_status ddni_query_products_run(ddn_query *q, const ddni_request *rq, const ddni_batch *batch)
{
    const int64_t d = q->oracle->d, m = batch->m, probes = q->values[DDNI_QUERY_PROBES].i;
    const int64_t total = probes > 0 ? probes : d;
    ddni_query_products *p = &q->products;
    int64_t size;
    DDNI_CHECK(q->ctx, !__builtin_mul_overflow(m, d, &size), DDN_E_RANGE,
               "m = %lld states are too many", (long long)m);
    /* Rows of a trajectory must stay what they are. */
    int64_t block = rq->trajectory || size >= BLOCK ? 1 : BLOCK / size;
    block = block < total ? block : total;
    DDNI_TRY(ddni_reserve(q->ctx, "sums of products", m, sizeof *p->sum, &p->sum));
    DDNI_TRY(ddni_reserve(q->ctx, "states of products", block * size, sizeof *p->x, &p->x));
    DDNI_TRY(ddni_reserve(q->ctx, "vectors of products", block * size, sizeof *p->v, &p->v));
    DDNI_TRY(ddni_reserve(q->ctx, "products", block * size, sizeof *p->jv, &p->jv));
    memset(p->sum, 0, (size_t)m * sizeof *p->sum);
    for (int64_t first = 0; first < total; first += block) {
        DDNI_TRY(add(q, rq, batch, first, block < total - first ? block : total - first));
    }
    for (int64_t r = 0; probes > 0 && r < m; r++) {
        p->sum[r] /= (double)probes;
    }
    return DDN_OK;
}
