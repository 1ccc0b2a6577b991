/* The second pass over all points, for Cov v and tr Cov. theory.md (18). */
#include "oracle/empirical/moments.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "numerics/vector.h"
#include "oracle/empirical/finish.h"
#include "oracle/empirical/logit.h"
#include "oracle/empirical/shared.h"

double ddni_moments_add(const ddni_block *b, int64_t q, int64_t row, double w, double *diff,
                        double *out)
{
    const double *v = b->want_cov ? b->rq->v + b->todo[q] * b->rq->ldv : NULL;
    const double *mean = b->s->total[q], *from = b->s->from[q];
    ddni_dataset_rows(b->ds, row, 1, diff, b->d);
    for (int64_t j = 0; j < b->d; j++) {
        diff[j] = (diff[j] - from[j]) - mean[j];
    }
    if (v != NULL) {
        ddni_axpy(b->d, w * ddni_dot(b->d, diff, v), diff, out);
    }
    return w * ddni_dot(b->d, diff, diff);
}

/* The rows of a chunk. */
static void moments_chunk(void *arg, int64_t chunk, int64_t worker)
{
    const ddni_block *b = arg;
    const ddni_states *s = b->s;
    int64_t d = b->d;
    double *diff = ddni_point_of(b, worker);
    for (int64_t q = 0; q < b->m; q++) {
        if (s->verdict[q] != DDNI_DONE) {
            continue;
        }
        const ddni_posterior *p = &s->posterior[q];
        double *out = b->shared->moments.part + (chunk * b->m + q) * (d + 1);
        memset(out, 0, (size_t)(d + 1) * sizeof *out);
        ddni_fetch_anchor(b, q, diff);
        for (int64_t i = chunk * b->chunk_rows; i < ddni_chunk_end(b, chunk); i++) {
            if (ddni_leave_off(b, i)) {
                return;
            }
            double w = exp(ddni_logit_of(b, q, i, diff) - p->max) / ddni_posterior_total(p);
            if (w != 0) {
                out[d] += ddni_moments_add(b, q, i, w, diff, out);
            }
        }
    }
}

ddn_status ddni_moments_run(ddn_context *ctx, ddni_block *b)
{
    int64_t d = b->d, done = 0;
    for (int64_t q = 0; q < b->m; q++) {
        done += b->s->verdict[q] == DDNI_DONE;
    }
    if (done == 0) {
        return DDN_OK;
    }
    double work = (double)b->m * (double)b->n * (double)d * 6, **part = &b->shared->moments.part;
    DDNI_TRY(ddni_reserve(ctx, "moments", b->chunks * b->m * (d + 1), sizeof(double), part));
    DDNI_TRY(ddni_parallel(ctx, b->chunks, work, moments_chunk, b));
    for (int64_t q = 0; q < b->m; q++) {
        if (b->s->verdict[q] != DDNI_DONE) {
            continue;
        }
        double *into = *part + q * (d + 1);
        for (int64_t c = 1; c < b->chunks; c++) {
            const double *from = *part + (c * b->m + q) * (d + 1);
            for (int64_t j = 0; j <= d; j++) {
                into[j] += from[j];
            }
        }
        ddni_covariance_write(b, b->todo[q], into[d], into);
        ddni_count_rows(b, 1, b->n); /* a chunk goes through all states, one after the other */
    }
    return DDN_OK;
}
