/* Active lists: what a screen found near a trajectory serves as long as it provably holds every
 * point that matters. theory.md (14).
 *
 * In the coordinates y = x / a, with sigma = s / a, a list holds all points within R of y0, by
 * distance. At a later (y, sigma) with nearest distance D, a point further than
 * |y - y0| + sqrt(D^2 + 2 log(n / epsilon) sigma^2) from y0 weighs less than epsilon / n. Points of
 * the list beyond that are not even looked at. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/empirical_impl.h"

ddn_status ddni_track_prepare(ddn_context *ctx, const ddni_block *b, int64_t rows)
{
    ddni_scan *s = b->s;
    if (rows == s->track_rows) {
        return DDN_OK;
    }
    s->track_rows = 0;
    DDNI_TRY(ddni_reserve(ctx, "active lists", rows, sizeof *s->track, &s->track));
    DDNI_TRY(ddni_reserve(ctx, "active lists", rows * b->d, 8, &s->track_centre));
    DDNI_TRY(ddni_reserve(ctx, "active lists", rows * DDNI_TRACKED, 4, &s->track_distance));
    DDNI_TRY(ddni_reserve(ctx, "active lists", rows * DDNI_TRACKED, 4, &s->track_index));
    memset(s->track, 0, (size_t)rows * sizeof *s->track);
    s->track_rows = rows;
    return DDN_OK;
}

/* Restores the heap order below `at`; carries the indices along. */
static void sink(float *key, int32_t *value, int64_t at, int64_t count)
{
    for (int64_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && key[child + 1] > key[child];
        if (key[at] >= key[child]) {
            return;
        }
        float k = key[at];
        int32_t v = value[at];
        key[at] = key[child];
        value[at] = value[child];
        key[child] = k;
        value[child] = v;
    }
}

static void sort_by_key(float *key, int32_t *value, int64_t count)
{
    for (int64_t i = count / 2; i-- > 0;) {
        sink(key, value, i, count);
    }
    for (int64_t end = count - 1; end > 0; end--) {
        float k = key[0];
        int32_t v = value[0];
        key[0] = key[end];
        value[0] = value[end];
        key[end] = k;
        value[end] = v;
        sink(key, value, 0, end);
    }
}

void ddni_track_note(const ddni_block *b, int64_t q, int32_t capacity, float cut, double slack)
{
    ddni_scan *s = b->s;
    int64_t row = b->todo[q], count = 0;
    ddni_track *track = &s->track[row];
    float *distance = s->track_distance + row * DDNI_TRACKED;
    int32_t *index = s->track_index + row * DDNI_TRACKED;
    double length2 = 0, a = b->level->a, sigma2 = b->level->s2 / (a * a);
    for (int64_t j = 0; j < b->d; j++) {
        double x = s->relative[q * b->d + j];
        length2 += x * x;
        s->track_centre[row * b->d + j] = s->state[q * b->d + j] / a;
    }
    /* A logit of at most u is a distance of at least sqrt(-2 u) sigma; rounded towards 0. */
    double shift = slack - length2 / (2 * b->level->s2);
    track->radius = 0;
    track->followed = 0;
    for (int64_t c = 0; c < b->chunks; c++) {
        int64_t list = (c * b->lanes + q) * capacity;
        for (int32_t i = 0; i < s->count[c * b->lanes + q]; i++) {
            if (s->upper[list + i] > cut) {
                if (count == DDNI_TRACKED) {
                    return; /* no room for a whole list */
                }
                double far2 = -2 * sigma2 * ((double)s->upper[list + i] + shift);
                distance[count] = (float)(sqrt(fmax(0, far2)) * (1 - 1e-6));
                index[count++] = (int32_t)(c * b->chunk_rows + s->row[list + i]);
            }
        }
    }
    sort_by_key(distance, index, count);
    track->count = count;
    track->radius = cut == -INFINITY
                        ? INFINITY
                        : sqrt(fmax(0, -2 * sigma2 * ((double)cut + shift))) * (1 - 1e-6);
}

static void sort_by_index(int64_t *index, double *logit, int64_t count)
{
    for (int64_t gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) {
        for (int64_t i = gap; i < count; i++) {
            int64_t v = index[i], at = i;
            double l = logit[i];
            for (; at >= gap && index[at - gap] > v; at -= gap) {
                index[at] = index[at - gap];
                logit[at] = logit[at - gap];
            }
            index[at] = v;
            logit[at] = l;
        }
    }
}

/* The list no longer holds. If it never did, noise moves the state too far at each step: the next
 * screens leave none. */
static void give_up(ddni_track *track)
{
    track->radius = 0;
    track->pause = track->followed > 0 ? 0 : track->pause < 8 ? 2 * track->pause + 1 : 15;
    track->wait = track->pause;
}

static void follow_state(void *arg, int64_t q, int64_t worker)
{
    const ddni_block *b = arg;
    ddni_scan *s = b->s;
    int64_t row = b->todo[q], count = 0;
    ddni_track *track = &s->track[row];
    if (!(track->radius > 0)) {
        return;
    }
    const double *x = s->state + q * b->d, *centre = s->track_centre + row * b->d;
    const float *distance = s->track_distance + row * DDNI_TRACKED;
    double a = b->level->a, sigma2 = b->level->s2 / (a * a), moved2 = 0, nearest2 = INFINITY;
    for (int64_t j = 0; j < b->d; j++) {
        double step = x[j] / a - centre[j];
        moved2 += step * step;
    }
    double moved = sqrt(moved2) * (1 + 1e-9), reach = INFINITY;
    double *logit = s->logit + worker * b->list_capacity;
    int64_t *index = s->index + worker * b->list_capacity;
    for (int64_t i = 0; i < track->count && (double)distance[i] <= reach; i++) {
        if (count == b->list_capacity) {
            give_up(track); /* a new screen costs less */
            return;
        }
        index[count] = s->track_index[row * DDNI_TRACKED + i];
        logit[count] = ddni_logit(b, x, index[count]);
        nearest2 = fmin(nearest2, -2 * sigma2 * logit[count]);
        reach = moved + sqrt(nearest2 + 2 * b->log_ratio * sigma2) * (1 + 1e-9);
        count++;
    }
    if (!(reach < track->radius)) {
        give_up(track);
        return;
    }
    track->followed++;
    sort_by_index(index, logit, count);
    ddni_candidates_evaluate(b, q, count, index, logit, s->point + worker * 2 * b->d);
}

ddn_status ddni_track_follow(ddn_context *ctx, ddni_block *b)
{
    b->list_capacity = b->n / 32 < DDNI_TRACKED ? b->n / 32 + 1 : DDNI_TRACKED;
    DDNI_TRY(ddni_candidates_prepare(ctx, b));
    double work = (double)b->m * (double)b->d * 100;
    DDNI_TRY(ddni_parallel(ctx, b->m, work, follow_state, b));
    ddni_candidates_report(b);
    return DDN_OK;
}
