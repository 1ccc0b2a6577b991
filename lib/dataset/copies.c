/* Copies: points that are equal as numbers to an earlier one. Rows are told apart by digests of
 * their numbers, kept in a table with open addresses, and compared where these agree: O(n d). Over
 * a team, where they cannot be compared, by two digests of 64 bits. */
#include "dataset/copies.h"

#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "dataset/storage.h"
#include "team/team_impl.h"

enum {
    COLUMNS = 256, /* converted at once */
    ROWS = 64      /* of a tile */
};
static const int64_t SLAB = INT64_C(1) << 24; /* numbers between two looks for cancellation */

/* ---- equal as numbers ---- */

int32_t ddni_same_row(const ddn_dataset *ds, int64_t i, int64_t j)
{
    double y[COLUMNS], z[COLUMNS];
    int64_t size = ddni_type_size(ds->type);
    const char *data = ds->data;
    if (memcmp(data + i * ds->ld * size, data + j * ds->ld * size, (size_t)(ds->d * size)) == 0) {
        return 1;
    }
    for (int64_t first = 0; first < ds->d; first += COLUMNS) {
        int64_t count = ds->d - first < COLUMNS ? ds->d - first : COLUMNS;
        ddni_dataset_part(ds, i, first, count, y);
        ddni_dataset_part(ds, j, first, count, z);
        for (int64_t k = 0; k < count; k++) {
            if (y[k] != z[k]) {
                return 0;
            }
        }
    }
    return 1;
}

static int32_t same_row(const void *what, int64_t i, int64_t j)
{
    return ddni_same_row(what, i, j);
}

/* Whether points are equal just where their bytes are: bytes that the map tells apart. */
static int32_t bytes_tell(const ddn_dataset *ds)
{
    int32_t tell = ds->type == DDN_TYPE_U8;
    for (int k = 0; k < 255 && tell; k++) {
        double y = ds->scale * k + ds->shift, next = ds->scale * (k + 1) + ds->shift;
        tell = y != next;
    }
    return tell;
}

/* Of the numbers, -0 as 0; or of the bytes. Two salts give two digests. */
static uint64_t row_digest(const ddn_dataset *ds, int64_t row, int32_t bytes, uint64_t salt)
{
    double y[COLUMNS + 1] = {0};
    uint64_t digest = salt;
    if (bytes && salt == 0) {
        return ddni_digest((const uint8_t *)ds->data + row * ds->ld, ds->d);
    }
    for (int64_t first = 0; first < ds->d; first += COLUMNS) {
        int64_t count = ds->d - first < COLUMNS ? ds->d - first : COLUMNS;
        ddni_dataset_part(ds, row, first, count, y);
        for (int64_t k = 0; k < count; k++) {
            y[k] += 0.0;
        }
        memcpy(y + count, &digest, sizeof digest);
        digest = ddni_digest(y, (count + 1) * (int64_t)sizeof *y);
    }
    return digest;
}

typedef struct hash_job {
    const ddn_dataset *ds;
    uint64_t *digest; /* [n] */
    int64_t first;    /* row of tile 0 */
    int32_t bytes;    /* digests of bytes will do */
    uint64_t salt;
} hash_job;

static void hash_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const hash_job *job = arg;
    int64_t begin = job->first + tile * ROWS;
    int64_t end = begin + ROWS < job->ds->n ? begin + ROWS : job->ds->n;
    ddni_dataset_ahead(job->ds, begin, end - begin, 0, job->ds->n);
    for (int64_t i = begin; i < end; i++) {
        job->digest[i] = row_digest(job->ds, i, job->bytes, job->salt);
    }
}

static ddn_status digest_rows(ddn_context *ctx, const ddn_dataset *ds, uint64_t salt,
                              uint64_t *digest)
{
    int64_t slab = SLAB / ds->d / ROWS * ROWS;
    hash_job job = {ds, digest, 0, bytes_tell(ds), salt};
    slab = slab < ROWS ? ROWS : slab;
    DDNI_TRY(ddni_dataset_settle(ctx, ds));
    for (; job.first < ds->n; job.first += slab) {
        int64_t rows = ds->n - job.first < slab ? ds->n - job.first : slab;
        DDNI_TRY(ddni_poll(ctx));
        DDNI_TRY(ddni_parallel(ctx, (rows + ROWS - 1) / ROWS, (double)rows * (double)ds->d * 8,
                               hash_tile, &job));
    }
    return DDN_OK;
}

/* ---- the table ---- */

ddn_status ddni_find_firsts(ddn_context *ctx, int64_t count, const uint64_t *digest,
                            ddni_same_fn same, const void *what, int64_t *first)
{
    int64_t slots = 16, *table = NULL; /* thing + 1 in each slot, 0: free */
    while (slots < 2 * count) {
        slots *= 2;
    }
    DDNI_TRY(ddni_alloc_for(ctx, "a table of rows", slots, sizeof *table, &table));
    ddn_status status = DDN_OK;
    for (int64_t i = 0; status == DDN_OK && i < count; i++) {
        int64_t at = (int64_t)(digest[i] & (uint64_t)(slots - 1));
        status = ddni_poll(ctx);
        while (table[at] > 0 &&
               (digest[table[at] - 1] != digest[i] || !same(what, table[at] - 1, i))) {
            at = (at + 1) & (slots - 1);
        }
        first[i] = table[at] > 0 ? table[at] - 1 : i;
        table[at] = first[i] + 1;
    }
    ddni_free(ddni_context_allocator(ctx), table);
    return status;
}

/* Digests of all ranks' rows: digest[n]. */
static ddn_status team_digests(ddn_context *ctx, const ddn_dataset *ds, uint64_t salt,
                               uint64_t *own, uint64_t *digest)
{
    ddn_status status = DDNI_TEAM_ALONE(ctx, digest_rows(ctx, ds->part, salt, own));
    return ddni_team_collect(ctx, ds->team, status, 0, ds->begin, sizeof *own, own, digest);
}

static int32_t same_digest(const void *what, int64_t i, int64_t j)
{
    const uint64_t *digest = what;
    return digest[i] == digest[j];
}

static ddn_status team_firsts(ddn_context *ctx, const ddn_dataset *ds, int64_t *first)
{
    ddn_status status;
    uint64_t *digest = NULL, *second = NULL, *own = NULL;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "digests", ds->n, sizeof *digest, &digest), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "digests", ds->n, sizeof *second, &second), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "digests", ds->part->n, sizeof *own, &own), fail);
    DDNI_TRY_GOTO(team_digests(ctx, ds, 0, own, digest), fail);
    DDNI_TRY_GOTO(team_digests(ctx, ds, 1, own, second), fail);
    DDNI_TRY_GOTO(ddni_find_firsts(ctx, ds->n, digest, same_digest, second, first), fail);
fail:
    ddni_free(ddni_context_allocator(ctx), own);
    ddni_free(ddni_context_allocator(ctx), second);
    ddni_free(ddni_context_allocator(ctx), digest);
    return status;
}

ddn_status ddni_dataset_firsts(ddn_context *ctx, const ddn_dataset *ds, int64_t *first)
{
    if (ds->team != NULL) {
        return team_firsts(ctx, ds, first);
    }
    uint64_t *digest = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "digests", ds->n, sizeof *digest, &digest));
    ddn_status status = digest_rows(ctx, ds, 0, digest);
    if (status == DDN_OK) {
        status = ddni_find_firsts(ctx, ds->n, digest, same_row, ds, first);
    }
    ddni_free(ddni_context_allocator(ctx), digest);
    return status;
}

ddn_status ddni_dataset_copies(ddn_context *ctx, const ddn_dataset *ds, int64_t *copies)
{
    int64_t *first = NULL, count = 0;
    DDNI_TRY(ddni_alloc_for(ctx, "first copies", ds->n, sizeof *first, &first));
    ddn_status status = ddni_dataset_firsts(ctx, ds, first);
    for (int64_t i = 0; status == DDN_OK && i < ds->n; i++) {
        count += first[i] != i;
    }
    ddni_free(ddni_context_allocator(ctx), first);
    if (status == DDN_OK) {
        *copies = count;
    }
    return status;
}

ddn_status ddn_dataset_copy_count(ddn_context *ctx, const ddn_dataset *ds, int64_t *copies)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, copies);
    return ddni_dataset_copies(ctx, ds, copies);
}
