/* The distances of each state from the nearest and the second nearest distinct point. */
#include "oracle/empirical/two_nearest.h"

#include "base/check.h"
#include "oracle/empirical/shared.h"

ddn_status ddni_two_nearest_run(ddn_context *ctx, ddni_block *b)
{
    double *first = b->rq->f64[DDN_OUT_NEAREST_DISTANCE2];
    double *second = b->rq->f64[DDN_OUT_SECOND_DISTANCE2];
    double a2 = b->level->a * b->level->a;
    DDNI_TRY(ddni_nearest_run(ctx, b, &b->shared->nearest, 2, 1));
    for (int64_t q = 0; q < b->m; q++) {
        const ddni_near *best = b->shared->nearest.best + 2 * q;
        if (b->s->verdict[q] != DDNI_DONE) {
            continue;
        }
        if (first != NULL) {
            first[b->todo[q]] = best[0].distance2 / a2;
        }
        if (b->rq->nearest_row != NULL) {
            b->rq->nearest_row[b->todo[q]] = best[0].row;
        }
        if (second != NULL) {
            second[b->todo[q]] = best[1].distance2 / a2;
        }
    }
    return DDN_OK;
}
