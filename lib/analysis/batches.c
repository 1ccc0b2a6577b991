/* Batches of samples: evaluated, then absorbed in their order. */
#include "analysis/batches.h"

#include <string.h>

#include "analysis/analysis_impl.h"
#include "base/check.h"
#include "base/progress.h"

ddn_status ddni_batches_open(const ddn_analysis *an, ddni_batches *b)
{
    b->ctx = an->ctx;
    return ddni_alloc_for(b->ctx, "records of samples", b->batch, b->size, &b->records);
}

void ddni_batches_close(ddni_batches *b)
{
    if (b->ctx != NULL) {
        ddni_free(ddni_context_allocator(b->ctx), b->records);
    }
}

ddn_status ddni_batches_part(const ddni_batches *b, double from, double to)
{
    const double length = b->to - b->from;
    return ddni_stage_part(b->ctx, b->from + from * length, b->from + to * length);
}

ddn_status ddni_batches_run(ddni_batches *b, int64_t first, int64_t total, double from, double to)
{
    const double share = (to - from) / (double)(total - first);
    for (int64_t at = first; at < total; at += b->batch) {
        const int64_t m = total - at < b->batch ? total - at : b->batch;
        b->from = from + (double)(at - first) * share;
        b->to = b->from + (double)m * share;
        DDNI_TRY(ddni_batches_part(b, 0, 1));
        memset(b->records, 0, (size_t)(m * b->size));
        DDNI_TRY(b->evaluate(b->user, at, m, b->records));
        b->absorb(b->user, at, m, b->records);
    }
    return DDN_OK;
}
