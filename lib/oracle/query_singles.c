/* What a query has in single precision, around a run in double: states and vectors are promoted
 * exactly, outputs are rounded once. */
#include <float.h>

#include "base/check.h"
#include "oracle/query_impl.h"

ddn_status ddni_query_promote(ddn_context *ctx, const char *name, int64_t m, int64_t d,
                              const float *rows, int64_t ld, double **copy)
{
    DDNI_TRY(ddni_check_matrix(ctx, name, rows, m, d, ld));
    DDNI_TRY(ddni_reserve(ctx, name, m * d, sizeof **copy, copy));
    for (int64_t r = 0; r < m; r++) {
        for (int64_t j = 0; j < d; j++) {
            (*copy)[r * d + j] = (double)rows[r * ld + j];
        }
    }
    return DDN_OK;
}

ddn_status ddni_query_singles_open(ddn_query *q, int64_t m, ddni_request *rq)
{
    ddni_query_singles *si = &q->singles;
    for (ddn_output what = 1; si->set != 0 && what < DDNI_OUTPUTS; what++) {
        if (si->out[what] != NULL) {
            int64_t width = ddni_output_width(q->oracle, what), count;
            DDNI_CHECK(q->ctx, !__builtin_mul_overflow(m, width, &count), DDN_E_RANGE,
                       "m = %lld states are too many", (long long)m);
            DDNI_TRY(ddni_reserve(q->ctx, "outputs", count, sizeof(double), &si->wide[what]));
            rq->f64[what] = si->wide[what];
            rq->ld[what] = width;
        }
    }
    int used = rq->f64[DDN_OUT_COV_TIMES_V] != NULL || rq->f64[DDN_OUT_JACOBIAN_TIMES_V] != NULL;
    if (si->v != NULL && used) {
        DDNI_TRY(ddni_query_promote(q->ctx, "v", m, q->oracle->d, si->v, si->ldv, &si->wide_v));
        rq->v = si->wide_v;
        rq->ldv = q->oracle->d;
    }
    return DDN_OK;
}

/* An infinite distance (there is no second point) stays one. */
static ddn_status check_range(ddn_query *q, ddn_output what, int64_t m)
{
    int64_t width = ddni_output_width(q->oracle, what);
    const double *wide = q->singles.wide[what];
    for (int64_t i = 0; i < m * width; i++) {
        DDNI_CHECK(q->ctx, !(fabs(wide[i]) > FLT_MAX) || isinf(wide[i]), DDN_E_RANGE,
                   "output %s: [%lld][%lld] = %g is outside the range of float",
                   ddni_output_of(what).name, (long long)(i / width), (long long)(i % width),
                   wide[i]);
    }
    return DDN_OK;
}

ddn_status ddni_query_singles_close(ddn_query *q, int64_t m)
{
    const ddni_query_singles *si = &q->singles;
    if (si->set == 0) {
        return DDN_OK;
    }
    for (ddn_output what = 1; what < DDNI_OUTPUTS; what++) {
        if (si->out[what] != NULL) {
            DDNI_TRY(check_range(q, what, m));
        }
    }
    for (ddn_output what = 1; what < DDNI_OUTPUTS; what++) {
        int64_t width = si->out[what] == NULL ? 0 : ddni_output_width(q->oracle, what);
        for (int64_t r = 0; width > 0 && r < m; r++) {
            for (int64_t j = 0; j < width; j++) {
                si->out[what][r * si->ld[what] + j] = (float)si->wide[what][r * width + j];
            }
        }
    }
    return DDN_OK;
}

void ddni_query_singles_free(ddn_query *q)
{
    const ddni_allocator *al = &q->handle.allocator;
    ddni_free_each(al, q->singles.wide, DDNI_OUTPUTS);
    ddni_free(al, q->singles.wide_v);
    ddni_free(al, q->singles.wide_x);
}

int64_t ddni_query_singles_bytes(const ddn_query *q)
{
    return ddni_alloc_bytes_each(q->singles.wide, DDNI_OUTPUTS) +
           ddni_alloc_bytes(q->singles.wide_v) + ddni_alloc_bytes(q->singles.wide_x);
}
