/* Active lists: what a screen found near a trajectory serves as long as it provably holds every
 * point that matters. theory.md (14). */
#include "oracle/empirical/nearby.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "base/sort.h"
#include "oracle/empirical/logit.h"
#include "oracle/empirical/shared.h"

ddn_status ddni_nearby_reserve(ddn_context *ctx, const ddni_block *b, ddni_nearby *s, int64_t rows)
{
    if (rows == s->rows) {
        return DDN_OK;
    }
    s->rows = 0;
    DDNI_TRY(ddni_reserve(ctx, "active lists", rows, sizeof *s->of, &s->of));
    DDNI_TRY(ddni_reserve(ctx, "active lists", rows * b->d, 8, &s->centre));
    DDNI_TRY(ddni_reserve(ctx, "active lists", rows * DDNI_NEARBY_POINTS, 4, &s->distance));
    DDNI_TRY(ddni_reserve(ctx, "active lists", rows * DDNI_NEARBY_POINTS, 4, &s->index));
    memset(s->of, 0, (size_t)rows * sizeof *s->of);
    s->rows = rows;
    return DDN_OK;
}

int32_t ddni_nearby_wanted(const ddni_block *b, int64_t q)
{
    return b->nearby != NULL && b->nearby->of[b->todo[q]].wait == 0;
}

/* Takes over a screen's list, less what is not above the cut. */
static void keep_list(const ddni_block *b, int64_t q, const ddni_screening *p, float cut)
{
    ddni_nearby *s = b->nearby;
    int64_t row = b->todo[q], count = 0;
    ddni_neighbourhood *of = &s->of[row];
    float *distance = s->distance + row * DDNI_NEARBY_POINTS;
    int32_t *index = s->index + row * DDNI_NEARBY_POINTS;
    double a = b->level->a;
    for (int64_t j = 0; j < b->d; j++) {
        s->centre[row * b->d + j] = ddni_state(b, q)[j] / a;
    }
    of->radius = 0;
    of->followed = 0;
    double shift = ddni_screen_shift(p, q);
    for (int64_t c = 0; c < b->chunks; c++) {
        int64_t list = (c * b->lanes + q) * p->capacity;
        for (int32_t i = 0; i < p->s->count[c * b->lanes + q]; i++) {
            if (p->s->upper[list + i] > cut) {
                if (count == DDNI_NEARBY_POINTS) {
                    return; /* no room for a whole list */
                }
                int64_t point = c * b->chunk_rows + p->s->row[list + i];
                double upper = (double)p->s->upper[list + i] - ddni_log_weight(b, point);
                distance[count] = (float)ddni_screen_distance(b, upper, shift);
                index[count++] = (int32_t)point;
            }
        }
    }
    ddni_sort_f32_i32(distance, index, count);
    of->count = count;
    /* A row that is not listed may have the least weight. */
    double least = b->ds->weights == NULL ? 0 : b->ds->weights->log_least;
    of->radius = cut == -INFINITY ? INFINITY : ddni_screen_distance(b, (double)cut - least, shift);
}

void ddni_nearby_note(const ddni_block *b, int64_t q, const ddni_screening *p, float cut)
{
    if (ddni_nearby_wanted(b, q)) {
        keep_list(b, q, p, cut);
    } else if (b->nearby != NULL) {
        b->nearby->of[b->todo[q]].wait--;
    }
}

enum {
    LONGEST_PAUSE = 15 /* screens without a list: a list costs less than a tenth of a screen */
};

/* The list no longer holds. If it never did, noise moves the state too far at each step: the next
 * screens leave none. */
static void give_up(ddni_neighbourhood *of)
{
    of->radius = 0;
    of->pause = of->followed > 0                 ? 0
                : of->pause <= LONGEST_PAUSE / 2 ? 2 * of->pause + 1
                                                 : LONGEST_PAUSE;
    of->wait = of->pause;
}

/* Points that are worth reading before a new screen costs less: a difference in double costs some
 * 32 times what a screen spends on a row (eight times the bytes of int8, four times the work). */
static int64_t worthwhile(const ddni_block *b)
{
    return b->n / 32 < DDNI_NEARBY_POINTS ? b->n / 32 + 1 : DDNI_NEARBY_POINTS;
}

/* Whether a list will not serve, as far as its first points tell, among which the nearest one is
 * likely to be: points beyond it matter, or more of its own than are worth reading. */
static int32_t hopeless(const ddni_neighbourhood *of, const float *distance, double reach,
                        int64_t capacity)
{
    return !(reach < of->radius) || (capacity < of->count && (double)distance[capacity] <= reach);
}

enum {
    FIRST_POINTS = 32 /* of a list, see hopeless */
};

static void follow_state(void *arg, int64_t q, int64_t worker)
{
    const ddni_block *b = arg;
    const ddni_nearby *s = b->nearby;
    int64_t row = b->todo[q], count = 0, capacity = worthwhile(b);
    ddni_neighbourhood *of = &s->of[row];
    if (!(of->radius > 0)) {
        return;
    }
    const double *x = ddni_state(b, q), *centre = s->centre + row * b->d;
    const float *distance = s->distance + row * DDNI_NEARBY_POINTS;
    double a = b->level->a, sigma2 = b->level->s2 / (a * a), moved2 = 0, nearest2 = INFINITY;
    for (int64_t j = 0; j < b->d; j++) {
        double step = x[j] / a - centre[j];
        moved2 += step * step;
    }
    double moved = sqrt(moved2) * (1 + 1e-9), reach = INFINITY;
    /* nearest2: the least of |y - y_i|^2 - 2 sigma^2 log(n pi_i). */
    double margin = b->log_ratio + b->log_most;
    double *logit = b->shared->lists.logit + worker * capacity;
    int64_t *index = b->shared->lists.index + worker * capacity;
    for (int64_t i = 0; i < of->count && count < capacity && (double)distance[i] <= reach; i++) {
        index[count] = s->index[row * DDNI_NEARBY_POINTS + i];
        logit[count] = ddni_logit(b, x, index[count]);
        nearest2 = fmin(nearest2, -2 * sigma2 * logit[count]);
        reach = moved + sqrt(nearest2 + 2 * margin * sigma2) * (1 + 1e-9);
        count++;
        if (count == FIRST_POINTS && hopeless(of, distance, reach, capacity)) {
            break;
        }
    }
    b->shared->lists.count[q] = count;
    int32_t whole = count == of->count || (double)distance[count] > reach;
    if (!whole || !(reach < of->radius)) {
        give_up(of);
        return;
    }
    of->followed++;
    ddni_sort_i64_f64(index, logit, count);
    ddni_lists_evaluate(b, q, count, index, logit, ddni_point_of(b, worker));
}

static const char *why_not(const ddni_block *b)
{
    return b->nearby == NULL ? "no memory: not asked for trajectories, or the set or the tolerance "
                               "has no use for lists"
           : !b->single      ? "logits or distances are outside the range of f32"
                             : NULL;
}

static ddn_status run(ddn_context *ctx, ddni_block *b)
{
    DDNI_TRY(ddni_lists_reserve(ctx, b, worthwhile(b)));
    double work = (double)b->m * (double)b->d * 100; /* some 100 points are read, or a few */
    DDNI_TRY(ddni_parallel(ctx, b->m, work, follow_state, b));
    ddni_lists_report(b);
    return DDN_OK;
}

const ddni_way ddni_way_nearby = {
    .name = "nearby",
    .why_not = why_not,
    .run = run,
    .failure = "no list, or it may lack points that matter by now",
    .scratch_bytes = sizeof(ddni_nearby),
    .pointers = 4,
};
