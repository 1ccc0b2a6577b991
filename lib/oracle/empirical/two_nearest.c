/* The nearest and the second nearest distinct point of each state: by a screen that lists as many
 * near points as it has room for, or else by direct differences with all points.
 *
 * A listed row is no nearer than its bound says, a row that is not listed no nearer than the cut:
 * read in ascending order of these distances, the list may be left when the next one is beyond the
 * second nearest so far, and holds both if the cut is beyond it too. */
#include "oracle/empirical/two_nearest.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "base/sort.h"
#include "dataset/storage.h"
#include "oracle/empirical/logit.h"
#include "oracle/empirical/shared.h"

static const ddni_pair no_pair = {INFINITY, INFINITY, -1, -1};

/* Adds a point; copies of the nearest one do not count. */
static void add(const ddn_dataset *ds, ddni_pair *pair, int64_t row, double distance2)
{
    if (row < 0 || !(distance2 < pair->second)) {
        return;
    }
    if (distance2 < pair->first) {
        pair->second = pair->first;
        pair->other = pair->row;
        pair->first = distance2;
        pair->row = row;
    } else if (distance2 > pair->first || !ddni_same_row(ds, row, pair->row)) {
        pair->second = distance2;
        pair->other = row;
    }
}

/* |x - a y|^2 */
static double distance2_of(const ddni_block *b, int64_t q, int64_t row)
{
    return b->kern->distance(b->ds->type, b->d, b->s->state + q * b->d, b->level->a,
                             b->level->a_low, ddni_point_at(b->ds, row));
}

static void write(const ddni_block *b, int64_t q, const ddni_pair *pair)
{
    double *first = b->rq->f64[DDN_OUT_NEAREST_DISTANCE2];
    double *second = b->rq->f64[DDN_OUT_SECOND_DISTANCE2];
    double a = b->level->a, a2 = a * a;
    if (first != NULL) {
        first[b->todo[q]] = pair->first / a2;
    }
    if (second != NULL) {
        second[b->todo[q]] = pair->second / a2;
    }
}

/* ---- By a screen ---- */

/* The listed rows of one state as a heap, the largest bound on top. */
typedef struct listed {
    float *upper;
    int64_t *index;
} listed;

static int32_t bound_before(const void *what, int64_t i, int64_t j)
{
    const listed *l = what;
    return l->upper[i] < l->upper[j];
}

static void swap_rows(void *what, int64_t i, int64_t j)
{
    listed *l = what;
    DDNI_EXCHANGE(float, l->upper, i, j);
    DDNI_EXCHANGE(int64_t, l->index, i, j);
}

/* What turns the bounds of a state into distances |x - a y|, none of them too large. */
typedef struct distances {
    double s2, shift, blur;
} distances;

/* At late times, and far from all points, these have nearly the same distance: the square of |x - a
 * centre| is known to some d units in the last place, and x - a centre itself to a few of the
 * numbers that it is the difference of. */
static distances distances_of(const ddni_screening *p, int64_t q)
{
    const ddni_block *b = p->b;
    double s2 = b->level->s2, length2 = ddni_square(b, b->s->relative + q * b->d);
    double shift = ddni_screen_shift(p, q) + (double)(b->d + 8) * 0x1p-52 * length2 / (2 * s2);
    double size = sqrt(ddni_square(b, b->s->state + q * b->d)) + sqrt(length2) +
                  b->level->a * sqrt(b->o->norm_max);
    return (distances){s2, shift, size * 0x1p-50};
}

static double least_distance(const distances *of, float upper)
{
    return sqrt(fmax(0, -2 * of->s2 * ((double)upper + of->shift))) * (1 - 0x1p-50) - of->blur;
}

static void search_list(void *arg, int64_t q, int64_t worker)
{
    const ddni_screening *p = arg;
    const ddni_block *b = p->b;
    ddni_two_nearest *s = &b->shared->two_nearest;
    int64_t capacity = b->chunks * p->capacity;
    int64_t *index = s->index + worker * capacity;
    float *upper = s->upper + worker * capacity, floor, cut;
    ddni_pair pair = no_pair;
    if (b->s->verdict[q] != DDNI_DONE) {
        return;
    }
    distances of = distances_of(p, q);
    int64_t count = ddni_screen_collect(p, q, -INFINITY, index, upper);
    listed heap = {upper, index};
    for (int64_t i = count / 2; i-- > 0;) {
        ddni_sift(&heap, i, count, bound_before, swap_rows);
    }
    while (count > 0 && least_distance(&of, upper[0]) <= sqrt(pair.second)) {
        add(b->ds, &pair, index[0], distance2_of(b, q, index[0]));
        s->read[q]++;
        count--;
        if (ddni_leave_off(b, count)) {
            return;
        }
        upper[0] = upper[count];
        index[0] = index[count];
        ddni_sift(&heap, 0, count, bound_before, swap_rows);
    }
    ddni_screen_limits(p, q, &floor, &cut);
    if (cut == -INFINITY || least_distance(&of, cut) > sqrt(pair.second)) {
        write(b, q, &pair);
        s->found[q] = 1;
    }
}

/* Nothing is left out however far it is: what a list has no room for is beyond its cut. */
static ddn_status by_screen(ddn_context *ctx, ddni_block *b)
{
    ddni_two_nearest *s = &b->shared->two_nearest;
    ddni_screening p;
    DDNI_TRY(ddni_screen_prepare(ctx, b, &s->screens, ddni_list_length(b), &p));
    if (!p.usable) {
        return DDN_OK;
    }
    int64_t entries = ddni_workers(ctx) * b->chunks * p.capacity;
    DDNI_TRY(ddni_reserve(ctx, "nearest points", entries, 8, &s->index));
    DDNI_TRY(ddni_reserve(ctx, "nearest points", entries, 4, &s->upper));
    for (int64_t q = 0; q < b->m; q++) {
        s->screens.margin[q] = INFINITY;
    }
    DDNI_TRY(ddni_screen_run(ctx, &p));
    /* Some hundred points are read for a state. */
    DDNI_TRY(ddni_parallel(ctx, b->m, (double)(b->m * b->d) * 100, search_list, &p));
    ddni_count_rows(b, b->m, b->n);
    for (int64_t q = 0; q < b->m; q++) {
        ddni_count_rows(b, 1, s->read[q]);
    }
    return DDN_OK;
}

/* ---- By all points ---- */

static void search_chunk(void *arg, int64_t chunk, int64_t worker)
{
    (void)worker;
    const ddni_block *b = arg;
    const ddni_two_nearest *s = &b->shared->two_nearest;
    for (int64_t q = 0; q < b->m; q++) {
        ddni_pair *pair = &s->part[chunk * b->m + q];
        *pair = no_pair;
        int32_t wanted = b->s->verdict[q] == DDNI_DONE && !s->found[q];
        for (int64_t i = chunk * b->chunk_rows; wanted && i < ddni_chunk_end(b, chunk); i++) {
            if (ddni_leave_off(b, i)) {
                return;
            }
            add(b->ds, pair, i, distance2_of(b, q, i));
        }
    }
}

static ddn_status by_all(ddn_context *ctx, ddni_block *b)
{
    ddni_two_nearest *s = &b->shared->two_nearest;
    double work = (double)b->m * (double)b->n * (double)b->d * 2;
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->chunks * b->m, sizeof *s->part, &s->part));
    DDNI_TRY(ddni_parallel(ctx, b->chunks, work, search_chunk, b));
    for (int64_t q = 0; q < b->m; q++) {
        if (b->s->verdict[q] != DDNI_DONE || s->found[q]) {
            continue;
        }
        ddni_pair pair = no_pair;
        for (int64_t c = 0; c < b->chunks; c++) {
            const ddni_pair *part = &s->part[c * b->m + q];
            add(b->ds, &pair, part->row, part->first);
            add(b->ds, &pair, part->other, part->second);
        }
        write(b, q, &pair);
        ddni_count_rows(b, 1, b->n);
    }
    return DDN_OK;
}

ddn_status ddni_two_nearest_run(ddn_context *ctx, ddni_block *b)
{
    ddni_two_nearest *s = &b->shared->two_nearest;
    int64_t left = 0;
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->lanes, sizeof *s->found, &s->found));
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->lanes, sizeof *s->read, &s->read));
    memset(s->found, 0, (size_t)b->lanes * sizeof *s->found);
    memset(s->read, 0, (size_t)b->lanes * sizeof *s->read);
    for (int64_t q = 0; q < b->m; q++) {
        left += b->s->verdict[q] == DDNI_DONE;
    }
    if (left > 0 && b->single && b->n > DDNI_CANDIDATES) {
        DDNI_TRY(by_screen(ctx, b));
        for (int64_t q = 0; q < b->m; q++) {
            left -= s->found[q];
        }
    }
    return left > 0 ? by_all(ctx, b) : DDN_OK;
}
