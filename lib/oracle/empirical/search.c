/* Searches for the nearest points of a dataset: blocks of states at the level a = 1. theory.md
 * (90).
 */
#include <math.h>

#include <diffdyn/dataset.h>

#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "base/sort.h"
#include "oracle/empirical/nearest.h"
#include "team/team_impl.h"

struct ddni_search {
    const ddn_dataset *ds;
    ddni_level level; /* of the block that is searched for */
    int64_t asked;    /* states searched for so far */
    int32_t centred;  /* else the centre is the origin */
    int32_t measured; /* points has norms */
    ddni_centred points;
    ddni_states states;
    ddni_nearest nearest;
    double *key;    /* [m] distances of the states from the centre, ascending */
    int64_t *order; /* [m] and their rows */
};

enum {
    CENTRE_POINTS = 4096, /* any centre will do: the mean of some thousand points */
    SCANNED = 2,          /* so few states cost less by all points than the norms do */
    ALIKE = 8             /* distances of a block's states differ by no more than this factor */
};

ddn_status ddni_search_create(ddn_context *ctx, const ddn_dataset *ds, ddni_search **out)
{
    ddni_search *s = NULL;
    ddn_status status;
    *out = NULL;
    DDNI_TRY(ddni_dataset_settle(ctx, ds));
    DDNI_TRY(ddni_alloc_for(ctx, "nearest points", 1, sizeof *s, &s));
    s->ds = ds;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "centre", ds->d, 8, &s->points.centre), fail);
    *out = s;
    return DDN_OK;
fail:
    ddni_search_free(ctx, s);
    return status;
}

void ddni_search_free(ddn_context *ctx, ddni_search *s)
{
    if (s != NULL) {
        const ddni_allocator *al = ddni_context_allocator(ctx);
        ddni_centre_release(al, &s->points);
        ddni_free_each(al, &s->states, sizeof s->states / sizeof(void *));
        ddni_free_each(al, &s->nearest, sizeof s->nearest / sizeof(void *));
        ddni_free(al, s->key);
        ddni_free(al, s->order);
        ddni_free(al, s);
    }
}

static ddn_status centre(ddn_context *ctx, ddni_search *s, int64_t m)
{
    s->asked += m;
    if (!s->centred && s->asked > SCANNED) {
        ddni_centre_release(ddni_context_allocator(ctx), &s->points);
        s->points = (ddni_centred){0};
        DDNI_TRY(ddni_centre_sampled(ctx, s->ds, 1 + s->ds->n / CENTRE_POINTS, &s->points));
        s->centred = 1;
    }
    return DDN_OK;
}

/* States searched for together: fewer where lists are long. */
static int64_t width_of(ddn_context *ctx, ddni_block *b, int64_t k, int64_t m)
{
    ddni_block_init(ctx, b, m);
    int64_t width = b->group * b->groups;
    while (width > DDNI_LANES && !ddni_nearest_fits(b, width, k)) {
        width = (width / 2 + DDNI_LANES - 1) / DDNI_LANES * DDNI_LANES;
        ddni_block_init(ctx, b, width);
    }
    return width;
}

/* Whether a distance can be squared. It may have overflown itself, so the text has what led to it.
 */
static ddn_status check_reach(ddn_context *ctx, const ddni_block *b, int64_t row, double far)
{
    double largest = 0;
    for (int64_t j = 0; j < b->d && !(far <= 1e150); j++) {
        largest = fmax(largest, fabs(b->x[row * b->ldx + j]));
    }
    DDNI_CHECK(ctx, far <= 1e150, DDN_E_RANGE,
               "argument x: row x[%lld], whose largest coordinate is %g, is farther from the "
               "farthest point than 1e150, and squares of such distances overflow: divide points "
               "and states by one number",
               (long long)row, largest);
    return DDN_OK;
}

/* The states order[m]: distances are told apart at their own scale. */
static ddn_status search_block(ddn_context *ctx, ddni_search *search, ddni_block *b,
                               const int64_t *order, int64_t m, int64_t k, int32_t distinct)
{
    double size = sqrt(search->states.far2[order[m - 1]]) + sqrt(search->points.norm_max);
    double s2 = size * size > 0 ? size * size : 1;
    search->level = (ddni_level){.a = 1, .s2 = s2, .s = sqrt(s2)};
    b->gain = 1 / s2;
    DDNI_TRY(ddni_block_gather(ctx, b, m, order));
    for (int64_t q = 0; q < m; q++) {
        search->states.verdict[q] = DDNI_DONE;
    }
    b->single = search->centred && ddni_block_fits_single(b, m, order);
    b->measure = search->centred && !search->measured ? &search->points : NULL;
    DDNI_TRY(ddni_nearest_run(ctx, b, &search->nearest, k, distinct));
    search->measured = search->centred && b->measure == NULL;
    for (int64_t q = 0; q < m && !search->measured; q++) {
        DDNI_TRY(check_reach(ctx, b, order[q], sqrt(search->nearest.far2[q])));
    }
    return DDN_OK;
}

/* One state far away would cost the others their bounds: those of a block are about equally far. */
static ddn_status sort_states(ddn_context *ctx, ddni_search *search, int64_t m)
{
    DDNI_TRY(ddni_reserve(ctx, "state list", m, sizeof *search->key, &search->key));
    DDNI_TRY(ddni_reserve(ctx, "state list", m, sizeof *search->order, &search->order));
    for (int64_t r = 0; r < m; r++) {
        search->key[r] = sqrt(search->states.far2[r]);
        search->order[r] = r;
    }
    ddni_sort_f64_i64(search->key, search->order, m);
    return DDN_OK;
}

/* How many of the states from `first` on make a block. */
static int64_t block_of(const ddni_search *search, int64_t first, int64_t m, int64_t width)
{
    double reach = sqrt(search->points.norm_max), most = ALIKE * (search->key[first] + reach);
    int64_t count = 1;
    while (count < width && first + count < m && search->key[first + count] + reach <= most) {
        count++;
    }
    return count;
}

static ddn_status search_all(ddn_context *ctx, ddni_search *search, ddni_block *b, int64_t m,
                             int64_t k, int32_t distinct, int64_t *index, double *distance2)
{
    DDNI_STAGE(ctx, "nearest points");
    DDNI_TRY(centre(ctx, search, m));
    int64_t width = width_of(ctx, b, k, m), count;
    DDNI_TRY(ddni_block_measure(ctx, b, m));
    for (int64_t r = 0; r < m; r++) {
        DDNI_TRY(
            check_reach(ctx, b, r, sqrt(search->states.far2[r]) + sqrt(search->points.norm_max)));
    }
    DDNI_TRY(sort_states(ctx, search, m));
    for (int64_t first = 0; first < m; first += count) {
        count = block_of(search, first, m, width);
        DDNI_TRY(
            ddni_stage_part(ctx, (double)first / (double)m, (double)(first + count) / (double)m));
        DDNI_TRY(search_block(ctx, search, b, search->order + first, count, k, distinct));
        for (int64_t i = 0; i < count * k; i++) {
            const ddni_near *near = &search->nearest.best[i];
            int64_t at = search->order[first + i / k] * k + i % k;
            if (index != NULL) {
                index[at] = near->row;
            }
            if (distance2 != NULL) {
                distance2[at] = near->distance2;
            }
        }
    }
    return DDN_OK;
}

static ddn_status run(ddn_context *ctx, ddni_search *search, ddni_batch states, int64_t k,
                      int32_t distinct, int64_t *index, double *distance2)
{
    static const ddni_request nothing = {0};
    ddni_block b = {.o = &search->points, .ds = search->ds, .rq = &nothing};
    search->level = (ddni_level){.a = 1, .s2 = 1, .s = 1};
    b.level = &search->level;
    b.s = &search->states;
    b.x = states.x;
    b.ldx = states.ldx;
    return states.m > 0 ? search_all(ctx, search, &b, states.m, k, distinct, index, distance2)
                        : DDN_OK;
}

ddn_status ddni_search_run(ddn_context *ctx, ddni_search *search, int64_t m, int64_t k,
                           const double *x, int64_t ldx, int64_t *index, double *distance2)
{
    return run(ctx, search, (ddni_batch){NULL, m, x, ldx}, k, 0, index, distance2);
}

ddn_status ddni_search_distinct(ddn_context *ctx, ddni_search *search, int64_t m, int64_t k,
                                const double *x, int64_t ldx, int64_t *index, double *distance2)
{
    return run(ctx, search, (ddni_batch){NULL, m, x, ldx}, k, 1, index, distance2);
}

/* ---- over a team ---- */

/* Of the ranks' k nearest points of a state, near[rank] + state * k, the k nearest; the ranks' are
 * in order, and head[ranks] counts those taken: k of one rank only when all are. What short ranks
 * are filled up with is farther than any point. */
static void merge_nearest(const ddni_near *near, int64_t ranks, int64_t stride, int64_t k,
                          int64_t *head, ddni_near *out)
{
    memset(head, 0, (size_t)ranks * sizeof *head);
    for (int64_t i = 0; i < k; i++) {
        int64_t best = 0;
        for (int64_t r = 1; r < ranks; r++) {
            if (near[r * stride + head[r]].distance2 < near[best * stride + head[best]].distance2) {
                best = r;
            }
        }
        out[i] = near[best * stride + head[best]++];
    }
}

/* The k nearest of this rank's points, rows of the whole set, short ones filled up with none. */
static ddn_status search_part(ddn_context *ctx, const ddn_dataset *ds, int64_t m, int64_t k,
                              const double *x, int64_t ldx, ddni_near *near)
{
    int64_t own = k < ds->part->n ? k : ds->part->n, *index = NULL;
    double *distance2 = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "neighbours", m * own, sizeof *index, &index), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "neighbours", m * own, sizeof *distance2, &distance2), fail);
    DDNI_TRY_GOTO(ddn_dataset_nearest(ctx, ds->part, m, own, x, ldx, index, distance2), fail);
    for (int64_t i = 0; i < m * k; i++) {
        int64_t from = i / k * own + i % k;
        near[i] = i % k < own
                      ? (ddni_near){distance2[from], ds->begin[ds->team->rank] + index[from]}
                      : (ddni_near){INFINITY, -1};
    }
fail:
    ddni_free(ddni_context_allocator(ctx), distance2);
    ddni_free(ddni_context_allocator(ctx), index);
    return status;
}

static ddn_status nearest_of_team(ddn_context *ctx, const ddn_dataset *ds, int64_t m, int64_t k,
                                  const double *x, int64_t ldx, int64_t *index, double *distance2)
{
    const int64_t ranks = ds->team->size, row = m * k * (int64_t)sizeof(ddni_near);
    int64_t *head = NULL;
    ddni_near *near = NULL, *best = NULL;
    const uint64_t digest =
        ddni_digest_rows(DDNI_DIGEST_WORDS((uint64_t)m, (uint64_t)k), m, ds->d, x, ldx);
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "ranks", ranks, sizeof *head, &head), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "neighbours", k, sizeof *best, &best), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "neighbours", ranks + 1, row + 1, &near), fail);
    status = DDNI_TEAM_ALONE(ctx, search_part(ctx, ds, m, k, x, ldx, near + ranks * m * k));
    DDNI_TRY_GOTO(
        ddni_team_collect(ctx, ds->team, status, digest, NULL, row, near + ranks * m * k, near),
        fail);
    for (int64_t q = 0; q < m; q++) {
        merge_nearest(near + q * k, ranks, m * k, k, head, best);
        for (int64_t i = 0; i < k; i++) {
            if (index != NULL) {
                index[q * k + i] = best[i].row;
            }
            if (distance2 != NULL) {
                distance2[q * k + i] = best[i].distance2;
            }
        }
    }
fail:
    ddni_free(ddni_context_allocator(ctx), near);
    ddni_free(ddni_context_allocator(ctx), best);
    ddni_free(ddni_context_allocator(ctx), head);
    return status;
}

ddn_status ddn_dataset_nearest(ddn_context *ctx, const ddn_dataset *ds, int64_t m, int64_t k,
                               const double *x, int64_t ldx, int64_t *index, double *distance2)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_INT(ctx, k, 1, ds->n);
    DDNI_TRY(ddni_check_states(ctx, "x", x, m, ds->d, ldx));
    if (index != NULL) {
        DDNI_TRY(ddni_check_matrix(ctx, "index", index, m, k, k));
    }
    if (distance2 != NULL) {
        DDNI_TRY(ddni_check_matrix(ctx, "distance2", distance2, m, k, k));
    }
    if (ds->team != NULL) {
        return nearest_of_team(ctx, ds, m, k, x, ldx, index, distance2);
    }
    ddni_search *search = NULL;
    DDNI_TRY(ddni_search_create(ctx, ds, &search));
    ddn_status status = ddni_search_run(ctx, search, m, k, x, ldx, index, distance2);
    ddni_search_free(ctx, search);
    return status;
}
