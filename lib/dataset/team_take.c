/* Rows of a set over a team, chosen anew and dealt out in even shares: each rank gives the others,
 * as they are stored, those that fall to them. */
#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "dataset/team_set.h"
#include "team/team_impl.h"

enum {
    LEAST = 4096 /* bytes for one rank in an exchange, unless there are fewer */
};

/* Rows on their way. A rank's new rows come in order; so do, of each rank, those that it gives. */
typedef struct deal {
    ddn_context *ctx;
    const ddn_dataset *ds;
    ddn_team *team;
    const int64_t *rows; /* [count] */
    int64_t count, row;  /* bytes of a row */
    int64_t *give_begin; /* [ranks + 1] rows for each rank in give_row */
    int64_t *give_row;   /* of the part */
    int64_t *take_begin; /* [ranks + 1] rows of each rank in take_row */
    int64_t *take_row;   /* of the new part */
    int64_t longest;     /* rows that any rank gives to another one */
    int64_t piece;       /* bytes for a rank in one exchange */
    char *give, *take;   /* [ranks][piece] */
    ddni_storage *storage;
    char *memory; /* of the new part */
} deal;

static int64_t begin_of(const deal *d, int64_t rank)
{
    return ddni_team_share(d->count, d->team->size, rank);
}

/* What goes where: counts, then rows. `begin` counts up to the next rank on the way. */
static ddn_status list_rows(deal *d)
{
    const int64_t ranks = d->team->size, me = d->team->rank, first = d->ds->begin[me];
    int64_t given = 0, *of = d->take_begin; /* of: rows that each rank gives to the one in turn */
    for (int64_t to = 0; to < ranks; to++) {
        const int64_t begin = begin_of(d, to), end = begin_of(d, to + 1);
        DDNI_TRY(ddni_poll(d->ctx));
        for (int64_t k = begin; k < end; k++) {
            int64_t owner = ddni_team_owner(d->ds, d->rows[k]), so_many = ++of[owner];
            d->longest = owner != to && so_many > d->longest ? so_many : d->longest;
            if (owner == me) {
                d->give_row[given++] = d->rows[k] - first;
            }
        }
        d->give_begin[to + 1] = given;
        for (int64_t k = begin; k < end; k++) {
            of[ddni_team_owner(d->ds, d->rows[k])] = 0;
        }
    }
    const int64_t begin = begin_of(d, me), end = begin_of(d, me + 1);
    for (int64_t k = begin; k < end; k++) {
        d->take_begin[ddni_team_owner(d->ds, d->rows[k]) + 1]++;
    }
    for (int64_t r = 0; r < ranks; r++) {
        d->take_begin[r + 1] += d->take_begin[r];
    }
    for (int64_t k = begin; k < end; k++) {
        d->take_row[d->take_begin[ddni_team_owner(d->ds, d->rows[k])]++] = k - begin;
    }
    memmove(d->take_begin + 1, d->take_begin, (size_t)ranks * sizeof *d->take_begin);
    d->take_begin[0] = 0;
    return DDN_OK;
}

static int64_t count_own(const deal *d)
{
    int64_t own = 0;
    for (int64_t k = 0; k < d->count; k++) {
        own += ddni_team_owner(d->ds, d->rows[k]) == d->team->rank;
    }
    return own;
}

static ddn_status prepare(deal *d)
{
    const int64_t ranks = d->team->size, me = d->team->rank;
    const int64_t mine = begin_of(d, me + 1) - begin_of(d, me);
    DDNI_CHECK(d->ctx, d->count >= ranks, DDN_E_RANGE,
               "%lld points for a team of %lld ranks, each of which needs one", (long long)d->count,
               (long long)ranks);
    DDNI_TRY(ddni_check_shape(d->ctx, "the subset", DDN_E_RANGE, d->ds->type, d->count, d->ds->d));
    DDNI_TRY(ddni_dataset_unchanged(d->ctx, d->ds->part));
    const char *const what = "rows of a subset";
    DDNI_TRY(ddni_alloc_for(d->ctx, what, ranks + 1, sizeof *d->give_begin, &d->give_begin));
    DDNI_TRY(ddni_alloc_for(d->ctx, what, ranks + 1, sizeof *d->take_begin, &d->take_begin));
    DDNI_TRY(ddni_alloc_for(d->ctx, what, count_own(d) + 1, sizeof *d->give_row, &d->give_row));
    DDNI_TRY(ddni_alloc_for(d->ctx, what, mine, sizeof *d->take_row, &d->take_row));
    DDNI_TRY(list_rows(d));
    const int64_t most = DDNI_TEAM_BYTES / ranks;
    d->piece = most < LEAST ? LEAST : most;
    d->piece = d->longest * d->row < d->piece ? d->longest * d->row : d->piece;
    DDNI_TRY(ddni_alloc_for(d->ctx, "what ranks give", ranks, d->piece + 1, &d->give));
    DDNI_TRY(ddni_alloc_for(d->ctx, "what ranks give", ranks, d->piece + 1, &d->take));
    void *memory;
    DDNI_TRY(ddni_storage_create(d->ctx, mine * d->row, &d->storage, &memory));
    d->memory = memory;
    return DDN_OK;
}

/* Bytes at, at + 1, ... of the rows of a list, one after another, up to `piece` of them: from the
 * part to `packed` where they are given, else from there to the new part. */
static void copy_stream(const deal *d, const int64_t *list, int64_t rows, int64_t at, char *packed,
                        int32_t given)
{
    const int64_t step = d->ds->part->ld * ddni_type_size(d->ds->type);
    int64_t left = rows * d->row - at;
    left = left < d->piece ? left : d->piece;
    for (int64_t done = 0; done < left;) {
        int64_t k = (at + done) / d->row, in = (at + done) % d->row;
        int64_t bytes = d->row - in < left - done ? d->row - in : left - done;
        if (given) {
            memcpy(packed + done, (const char *)d->ds->part->data + list[k] * step + in,
                   (size_t)bytes);
        } else {
            memcpy(d->memory + list[k] * d->row + in, packed + done, (size_t)bytes);
        }
        done += bytes;
    }
}

/* Rows that stay where they are. */
static void keep_own(const deal *d)
{
    const int64_t me = d->team->rank, step = d->ds->part->ld * ddni_type_size(d->ds->type);
    const int64_t *from = d->give_row + d->give_begin[me], *to = d->take_row + d->take_begin[me];
    for (int64_t k = 0; k < d->take_begin[me + 1] - d->take_begin[me]; k++) {
        memcpy(d->memory + to[k] * d->row, (const char *)d->ds->part->data + from[k] * step,
               (size_t)d->row);
    }
}

static ddn_status exchange(const deal *d)
{
    for (int64_t at = 0; at < d->longest * d->row; at += d->piece) {
        for (int64_t r = 0; r < d->team->size; r++) {
            if (r != d->team->rank) {
                copy_stream(d, d->give_row + d->give_begin[r],
                            d->give_begin[r + 1] - d->give_begin[r], at, d->give + r * d->piece, 1);
            }
        }
        DDNI_TRY(ddni_team_alltoall(d->ctx, d->team, d->piece, d->give, d->take));
        for (int64_t r = 0; r < d->team->size; r++) {
            if (r != d->team->rank) {
                copy_stream(d, d->take_row + d->take_begin[r],
                            d->take_begin[r + 1] - d->take_begin[r], at, d->take + r * d->piece, 0);
            }
        }
    }
    return DDN_OK;
}

/* The new part without labels and weights, once its rows are there. */
static ddn_status wrap(deal *d, ddn_dataset **part)
{
    const int64_t me = d->team->rank;
    ddni_storage *storage = d->storage;
    d->storage = NULL;
    return ddni_subset_wrap(d->ctx, d->ds->part, storage, d->memory,
                            begin_of(d, me + 1) - begin_of(d, me), part);
}

static void free_lists(deal *d)
{
    const ddni_allocator *al = ddni_context_allocator(d->ctx);
    ddni_storage_release(d->storage);
    ddni_free(al, d->give_begin);
    ddni_free(al, d->give_row);
    ddni_free(al, d->take_begin);
    ddni_free(al, d->take_row);
    ddni_free(al, d->give);
    ddni_free(al, d->take);
}

ddn_status ddni_team_take(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                          const int64_t *rows, ddni_labels *labels, ddni_weights *weights,
                          ddn_dataset **out)
{
    deal d = {.ctx = ctx, .ds = ds, .team = ds->team, .rows = rows, .count = count};
    d.row = ds->d * ddni_type_size(ds->type);
    ddni_team_made made = {NULL, labels, weights, 0};
    ddn_status status = DDNI_TEAM_ALONE(ctx, prepare(&d));
    DDNI_TRY_GOTO(ddni_team_agree(ctx, ds->team, status, DDNI_DIGEST_OF(rows, count), NULL), fail);
    keep_own(&d);
    DDNI_TRY_GOTO(exchange(&d), fail);
    status = wrap(&d, &made.part);
    free_lists(&d);
    if (status == DDN_OK) {
        status = ddni_team_dress(ctx, &made, begin_of(&d, ds->team->rank));
    }
    return ddni_team_remake(ctx, ds, status, &made, out);
fail:
    free_lists(&d);
    ddni_labels_release(labels);
    ddni_weights_release(weights);
    return status;
}
