/* The digest of a set; its definition is in dataset.h. Blocks of rows in parallel. */
#include <stdatomic.h>
#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "dataset/dataset_impl.h"
#include "team/team_impl.h"

enum {
    BLOCK = 256 /* rows; promised in dataset.h */
};
static const int64_t SLAB_BYTES = INT64_C(1) << 26; /* between two looks for cancellation */

typedef struct digest_job {
    const ddn_dataset *ds;
    uint64_t *block; /* [blocks], or NULL */
    uint64_t *row;   /* [n], or NULL */
    int64_t first;   /* block of tile 0 */
} digest_job;

static void digest_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const digest_job *job = arg;
    const ddn_dataset *ds = job->ds;
    int64_t size = ddni_type_size(ds->type), begin = (job->first + tile) * BLOCK;
    int64_t rows = ds->n - begin < BLOCK ? ds->n - begin : BLOCK;
    const char *data = (const char *)ds->data + begin * ds->ld * size;
    uint64_t row[BLOCK];
    ddni_dataset_ahead(ds, begin, rows, 0, ds->n);
    for (int64_t i = 0; i < rows; i++) {
        row[i] = ddni_digest(data + i * ds->ld * size, ds->d * size);
    }
    if (job->row != NULL) {
        memcpy(job->row + begin, row, (size_t)rows * sizeof *row);
    }
    if (job->block != NULL) {
        job->block[job->first + tile] = DDNI_DIGEST_OF(row, rows);
    }
}

static ddn_status digest_blocks(ddn_context *ctx, const ddn_dataset *ds, int64_t blocks,
                                uint64_t *block, uint64_t *row)
{
    int64_t block_bytes = BLOCK * ds->d * ddni_type_size(ds->type);
    int64_t slab = block_bytes < SLAB_BYTES ? SLAB_BYTES / block_bytes : 1;
    digest_job job = {ds, block, row, 0};
    DDNI_TRY(ddni_dataset_settle(ctx, ds));
    for (; job.first < blocks; job.first += slab) {
        int64_t tiles = blocks - job.first < slab ? blocks - job.first : slab;
        DDNI_TRY(ddni_poll(ctx));
        DDNI_TRY(ddni_parallel(ctx, tiles, (double)tiles * (double)block_bytes, digest_tile, &job));
    }
    return DDN_OK;
}

/* The same blocks from the ranks' rows. */
static ddn_status team_blocks(ddn_context *ctx, const ddn_dataset *ds, int64_t blocks,
                              uint64_t *block)
{
    const ddn_dataset *part = ds->part;
    uint64_t *row = NULL, *own = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "digests", ds->n, sizeof *row, &row), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "digests", part->n, sizeof *own, &own), fail);
    status =
        DDNI_TEAM_ALONE(ctx, digest_blocks(ctx, part, (part->n + BLOCK - 1) / BLOCK, NULL, own));
    DDNI_TRY_GOTO(ddni_team_collect(ctx, ds->team, status, 0, ds->begin, sizeof *row, own, row),
                  fail);
    for (int64_t k = 0; k < blocks; k++) {
        int64_t rows = ds->n - k * BLOCK < BLOCK ? ds->n - k * BLOCK : BLOCK;
        block[k] = DDNI_DIGEST_OF(row + k * BLOCK, rows);
    }
fail:
    ddni_free(ddni_context_allocator(ctx), own);
    ddni_free(ddni_context_allocator(ctx), row);
    return status;
}

ddn_status ddni_dataset_digest(ddn_context *ctx, const ddn_dataset *ds, uint64_t *digest)
{
    _Atomic uint64_t *kept = &((ddn_dataset *)(uintptr_t)ds)->digest;
    *digest = atomic_load(kept);
    if (*digest != 0) {
        return DDN_OK;
    }
    int64_t blocks = (ds->n + BLOCK - 1) / BLOCK;
    uint64_t *block = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "digests", blocks, sizeof *block, &block));
    ddn_status status = ds->team != NULL ? team_blocks(ctx, ds, blocks, block)
                                         : digest_blocks(ctx, ds, blocks, block, NULL);
    if (status == DDN_OK) {
        uint64_t labels = ds->labels == NULL ? 0 : DDNI_DIGEST_OF(ds->labels->label, ds->n);
        *digest = DDNI_DIGEST_WORDS((uint64_t)ds->n, (uint64_t)ds->d, (uint64_t)ds->type,
                                    ddni_bits(ds->scale), ddni_bits(ds->shift), labels,
                                    DDNI_DIGEST_OF(block, blocks));
        if (ds->weight != NULL) {
            *digest = DDNI_DIGEST_WORDS(*digest, DDNI_DIGEST_OF(ds->weight, ds->n));
        }
        if (ds->labels != NULL && ds->labels->group_share != NULL) {
            const ddni_labels *l = ds->labels;
            *digest = DDNI_DIGEST_WORDS(*digest, DDNI_DIGEST_OF(l->group_index, ds->n),
                                        DDNI_DIGEST_OF(l->value, l->classes),
                                        DDNI_DIGEST_OF(l->group_share, l->groups * l->classes));
        }
        *digest += *digest == 0;
        atomic_store(kept, *digest);
    }
    ddni_free(ddni_context_allocator(ctx), block);
    return status;
}

ddn_status ddn_dataset_digest(ddn_context *ctx, const ddn_dataset *ds, int64_t *digest)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, digest);
    uint64_t bits = 0;
    DDNI_TRY(ddni_dataset_digest(ctx, ds, &bits));
    *digest = (int64_t)bits;
    return DDN_OK;
}
