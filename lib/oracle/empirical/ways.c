/* The table of ways, and batches that go down it: for each state the cheapest way that keeps the
 * accuracy promise. theory.md (14). */
#include "oracle/empirical/ways.h"

#include <string.h>

#include "base/check.h"
#include "base/progress.h"
#include "oracle/empirical/dense.h"
#include "oracle/empirical/direct.h"
#include "oracle/empirical/narrow.h"
#include "oracle/empirical/nearby.h"
#include "oracle/empirical/refine.h"
#include "oracle/empirical/shared.h"
#include "oracle/empirical/two_nearest.h"

/* Price ascending. The last one always serves. */
static const ddni_way *const ways[] = {
    &ddni_way_narrow,      /* all points, few coordinates side by side, in double */
    &ddni_way_nearby,      /* a few points */
    &ddni_way_refine,      /* a screen of all points, and the candidates */
    &ddni_way_dense_f32,   /* all points, in single precision */
    &ddni_way_dense_f64,   /* all points, in double: f64 data */
    &ddni_way_refine_wide, /* a screen of all points, and many candidates */
    &ddni_way_dense_wide,  /* all points, in double, for other data */
    &ddni_way_direct,      /* all points, by differences in double */
};

enum {
    WAYS = sizeof ways / sizeof *ways
};
_Static_assert((int)WAYS <= (int)DDNI_MOST_WAYS, "a tally for each way");

int64_t ddni_way_count(void)
{
    return WAYS;
}

const char *ddni_way_name(int64_t way)
{
    return ways[way]->name;
}

const char *ddni_way_names(void)
{
    return "narrow,nearby,refine,dense_f32,dense_f64,refine_wide,dense_wide,direct";
}

/* ---- Scratch ---- */

ddn_status ddni_scratch_create(ddn_context *ctx, ddni_scratch **out)
{
    ddni_scratch *s = NULL;
    ddn_status status;
    DDNI_TRY(ddni_alloc_for(ctx, "query scratch", 1, sizeof *s, &s));
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "query scratch", 1, sizeof *s->shared, &s->shared), fail);
    for (int64_t i = 0; i < WAYS; i++) {
        DDNI_TRY_GOTO(ddni_alloc_for(ctx, "query scratch", 1, ways[i]->scratch_bytes, &s->own[i]),
                      fail);
    }
    *out = s;
    return DDN_OK;
fail:
    ddni_scratch_destroy(ctx, s);
    return status;
}

void ddni_scratch_destroy(ddn_context *ctx, ddni_scratch *s)
{
    const ddni_allocator *al = ddni_context_allocator(ctx);
    for (int64_t i = 0; i < WAYS; i++) {
        ddni_free_each(al, s->own[i], ways[i]->pointers);
        ddni_free(al, s->own[i]);
    }
    ddni_free_each(al, s->shared, sizeof *s->shared / sizeof(void *));
    ddni_free(al, s->shared);
    ddni_free(al, s);
}

int64_t ddni_scratch_bytes(const ddni_scratch *s)
{
    int64_t bytes = ddni_alloc_bytes_each(s->shared, sizeof *s->shared / sizeof(void *));
    for (int64_t i = 0; i < WAYS; i++) {
        bytes += ddni_alloc_bytes_each(s->own[i], ways[i]->pointers);
    }
    return bytes;
}

/* ---- Batches ---- */

/* States on their way down the table. */
typedef struct descent {
    ddni_block *b;
    int64_t m;     /* states that are left: todo[m] */
    int64_t *todo; /* batch rows */
    int32_t fresh; /* the block holds just these, in this order, untouched */
} descent;

/* Makes the block hold the states todo[count] of those that are left. */
static ddn_status gather(ddn_context *ctx, descent *left, int64_t *todo, int64_t count)
{
    if (!left->fresh || count < left->m) {
        DDNI_TRY(ddni_block_gather(ctx, left->b, count, todo));
    }
    return DDN_OK;
}

/* Asks a way to serve the states that it selects. Those that need another one stay in todo[m], in
 * front. */
static ddn_status attempt(ddn_context *ctx, const ddni_way *way, descent *left,
                          ddni_way_tally *tally)
{
    ddni_block *b = left->b;
    int64_t asked = left->m, kept = 0, all = left->m;
    if (way->select != NULL) {
        DDNI_TRY(gather(ctx, left, left->todo, all));
        left->fresh = 1;
        DDNI_TRY(way->select(ctx, b, left->todo, &asked));
        left->fresh = asked == 0 || asked == all; /* else todo is in another order */
    }
    if (asked == 0) {
        tally->note = way->unselected;
        return DDN_OK;
    }
    int64_t width = way->width > 0 ? way->width : asked;
    for (int64_t first = 0; first < asked; first += width) {
        int64_t count = asked - first < width ? asked - first : width;
        DDNI_TRY(gather(ctx, left, left->todo + first, count));
        left->fresh = 0;
        DDNI_TRY(way->run(ctx, b));
        if (b->want_nearest) {
            DDNI_TRY(ddni_two_nearest_run(ctx, b));
        }
        for (int64_t q = 0; q < count; q++) {
            if (b->s->verdict[q] != DDNI_DONE) {
                left->todo[kept++] = left->todo[first + q];
            }
        }
    }
    memmove(left->todo + kept, left->todo + asked, (size_t)(all - asked) * sizeof *left->todo);
    left->m = kept + all - asked;
    tally->tried += asked;
    tally->served += asked - kept;
    tally->note = kept > 0 ? way->failure : asked < all ? way->unselected : tally->note;
    return DDN_OK;
}

/* Why a way may not be asked, or NULL. */
static const char *refused(const ddni_block *b, int64_t way)
{
    return (b->rq->forbidden >> way & 1) != 0 ? "forbidden by DDN_QUERY_FORBID"
                                              : ways[way]->why_not(b);
}

static ddn_status run_block(ddn_context *ctx, ddni_block *b, ddni_scratch *s, int64_t m,
                            ddni_report *report)
{
    descent left = {b, m, b->s->todo, 1};
    DDNI_TRY(ddni_block_gather(ctx, b, m, left.todo));
    b->shadow = b->o->shadow.at != NULL;
    b->single = ddni_block_fits_single(b, m, left.todo);
    for (int64_t i = 0; i < WAYS && left.m > 0; i++) {
        ddni_way_tally *tally = &report->way[i];
        if (ways[i]->run_batch != NULL) {
            continue;
        }
        const char *why = refused(b, i);
        if (why != NULL) {
            tally->note = why;
            continue;
        }
        b->own = s->own[i];
        b->rows = b->bytes = 0;
        ddn_status status = attempt(ctx, ways[i], &left, tally);
        tally->rows += b->rows;
        tally->bytes += b->bytes;
        DDNI_TRY(status);
    }
    return DDN_OK;
}

/* What is remembered of trajectories is the scratch of the first way. Sets that a screen lists
 * whole, and row numbers that a list does not hold, have no use for it. */
static ddn_status remember(ddn_context *ctx, ddni_block *b, ddni_scratch *s, int64_t m)
{
    if (b->rq->trajectory && b->rq->epsilon > 0 && b->n > DDNI_FEW_POINTS && b->n < INT32_MAX) {
        for (int64_t i = 0; i < WAYS; i++) {
            if (ways[i] == &ddni_way_nearby) {
                b->nearby = s->own[i];
                return ddni_nearby_reserve(ctx, b, b->nearby, m);
            }
        }
    }
    return DDN_OK;
}

/* Asks the first way, if it takes whole batches; the states that are left are rows[left], all of
 * them in order where rows is NULL. */
static ddn_status run_batch(ddn_context *ctx, ddni_block *b, ddni_scratch *s, int64_t m,
                            ddni_report *report, int64_t *left)
{
    ddni_way_tally *tally = &report->way[0];
    *left = m;
    if (ways[0]->run_batch == NULL) {
        return DDN_OK;
    }
    tally->note = refused(b, 0);
    if (tally->note != NULL) {
        return DDN_OK;
    }
    *left = 0;
    b->own = s->own[0];
    DDNI_TRY(ddni_reserve(ctx, "state list", m, sizeof *s->shared->rows, &s->shared->rows));
    DDNI_TRY(ways[0]->run_batch(ctx, b, m, s->shared->rows, left));
    tally->tried = m;
    tally->served = m - *left;
    tally->rows = b->rows;
    tally->bytes = b->bytes;
    tally->note = *left > 0 ? ways[0]->failure : NULL;
    return DDN_OK;
}

static ddn_status run_blocks(ddn_context *ctx, ddni_block *b, ddni_scratch *s, int64_t m,
                             ddni_report *report)
{
    int64_t left, width = b->group * b->groups;
    b->shared = s->shared;
    b->s = &s->shared->states;
    DDNI_TRY(ddni_dataset_unchanged(ctx, b->ds));
    DDNI_STAGE(ctx, "query");
    DDNI_TRY(ddni_stage_part(ctx, 0, 1));
    DDNI_TRY(run_batch(ctx, b, s, m, report, &left));
    if (left == 0) {
        return DDN_OK;
    }
    const int64_t *rows = left < m ? s->shared->rows : NULL;
    DDNI_TRY(ddni_block_check_range(ctx, b, m, left, rows));
    DDNI_TRY(remember(ctx, b, s, m));
    DDNI_TRY(ddni_reserve(ctx, "state list", width, sizeof *b->s->todo, &b->s->todo));
    DDNI_TRY(ddni_reserve(ctx, "state list", rows == NULL ? width : m, sizeof *b->s->known,
                          &b->s->known));
    for (int64_t first = 0; first < left; first += width) {
        int64_t count = left - first < width ? left - first : width;
        b->first = rows == NULL ? first : rows[first];
        for (int64_t q = 0; q < count; q++) {
            b->s->todo[q] = rows == NULL ? first + q : rows[first + q];
            b->s->known[b->s->todo[q] - b->first] = -INFINITY;
        }
        DDNI_TRY(ddni_stage_part(ctx, (double)first / (double)left,
                                 (double)(first + count) / (double)left));
        DDNI_TRY(run_block(ctx, b, s, count, report));
    }
    return DDN_OK;
}

ddn_status ddni_ways_run(ddn_context *ctx, ddni_block *b, ddni_scratch *s, int64_t m,
                         ddni_report *report)
{
    ddn_status status = run_blocks(ctx, b, s, m, report);
    int64_t rows = 0;
    for (int64_t i = 0; i < WAYS; i++) {
        rows += report->way[i].rows;
    }
    report->dropped = b->dropped;
    report->touched = (double)rows / ((double)m * (double)b->n);
    return status;
}
