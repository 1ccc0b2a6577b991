/* Which states a screen is likely to serve: a guess from a sample of points, wrong at the cost of
 * time only. */
#include <math.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/empirical_impl.h"

enum {
    SAMPLE = 64,          /* points of a state */
    TRACKED_SAMPLE = 256, /* points of one on a trajectory, whose nearest point is known */
    STATES = 8            /* of a batch, at most */
};

/* Share of a sample of points whose logits reach the largest one, or that of the point nearest
 * before, less the margin. */
static double share_near(const ddni_block *b, int64_t q, int64_t size, int64_t nearest,
                         double margin)
{
    const double *x = b->s->state + q * b->d;
    double logit[TRACKED_SAMPLE], top = nearest > 0 ? ddni_logit(b, x, nearest - 1) : -INFINITY;
    int64_t near = 0;
    for (int64_t i = 0; i < size; i++) {
        logit[i] = ddni_logit(b, x, i * (b->n / size));
        top = fmax(top, logit[i]);
    }
    for (int64_t i = 0; i < size; i++) {
        near += logit[i] >= top - margin;
    }
    b->s->known[b->todo[q] - b->first] = top;
    return (double)near / (double)size;
}

/* What the bounds of an integer screen add to the margin: twice the effect of the rounding of x. */
static double bounds_width(const ddni_block *b, int64_t q)
{
    if (!ddni_use_integers(b)) {
        return 0;
    }
    double top = ddni_largest(b->d, b->s->relative + q * b->d);
    return 2 * b->gain * top / 127 * sqrt((double)b->d / 12) * sqrt(b->o->norm_mean);
}

typedef struct sampling {
    const ddni_block *b;
    double *share;
} sampling;

/* One of the states that stand for a batch. */
static void sample(void *arg, int64_t k, int64_t worker)
{
    (void)worker;
    const sampling *s = arg;
    int64_t q = s->b->m <= STATES ? k : k * (s->b->m / STATES);
    s->share[k] = share_near(s->b, q, SAMPLE, 0, s->b->log_ratio);
}

/* On a trajectory: whether the lists of a screen would hold the points that can matter. */
static void judge(void *arg, int64_t q, int64_t worker)
{
    (void)worker;
    const ddni_block *b = arg;
    double room = 0.75 * (double)(b->chunks * ddni_list_length(b)) / (double)b->n;
    double share = share_near(b, q, TRACKED_SAMPLE, b->s->track[b->todo[q]].nearest,
                              b->log_ratio + bounds_width(b, q));
    b->s->anchor[q] = share <= room;
}

ddn_status ddni_screen_select(ddn_context *ctx, ddni_block *b, int64_t *todo, int64_t *count)
{
    *count = 0;
    if (ddni_takes_all(b) || b->crowded) {
        return DDN_OK;
    }
    if (!b->track) {
        double near = 0, seen = (double)(b->m < STATES ? b->m : STATES), share[STATES] = {0};
        sampling s = {b, share};
        DDNI_TRY(ddni_parallel(ctx, (int64_t)seen, seen * SAMPLE * (double)b->d * 4, sample, &s));
        for (int64_t k = 0; k < STATES; k++) {
            near += share[k];
        }
        *count = near < 0.5 * seen ? b->m : 0;
        b->crowded = near > 0.9 * seen;
        return DDN_OK;
    }
    double work = (double)(b->m * TRACKED_SAMPLE) * (double)b->d;
    DDNI_TRY(ddni_parallel(ctx, b->m, work, judge, b));
    for (int64_t q = 0; q < b->m; q++) {
        if (b->s->anchor[q]) {
            int64_t row = todo[q];
            todo[q] = todo[*count];
            todo[(*count)++] = row;
        }
        b->s->anchor[q] = -1;
    }
    return DDN_OK;
}
