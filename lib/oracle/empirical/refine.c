/* Certified pruning: a screen bounds every logit, and only points that can matter are evaluated, by
 * direct differences in double. theory.md (14). */
#include "oracle/empirical/refine.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/logit.h"
#include "oracle/empirical/nearby.h"
#include "oracle/empirical/shared.h"

/* Scratch of the ways "refine" and "refine_wide". */
typedef struct refine_scratch {
    ddni_screens screens;
    int32_t *chosen; /* [lanes] 1: a screen is likely to serve this state, ROWS_ALONE: one of the
                        points, not of their shadow */
} refine_scratch;
_Static_assert(sizeof(refine_scratch) % sizeof(void *) == 0, "pointers only");

/* ---- Which states a screen is likely to serve: a guess from a sample of points, wrong at the cost
 * of time only ---- */

/* Room of the lists that a sample may fill: the chunks do not share evenly (Poisson: three standard
 * deviations of 64 are 24, three eighths). Shares of points that matter from which a batch is not
 * screened, and no later block of it either: where half of the points are candidates, evaluating
 * them costs what the dense way does. A typical share of candidates, for sharing out the work. */
static const double ROOM = 0.75, HALF = 0.5, TENTH = 0.1, NEARLY_ALL = 0.9, CANDIDATE_SHARE = 0.01;

enum {
    SAMPLE = 64,          /* points of a state: enough to tell a half from nearly all, */
    SMALL_SAMPLE = 16,    /* and for few states and points so many at least */
    TRACKED_SAMPLE = 256, /* points of one on a trajectory, whose nearest point is known */
    STATES = 8,           /* of a batch, at most */
    ROWS_ALONE = 2
};

/* Shares of a sample of points whose logits reach the largest one, or that of the point nearest
 * before, less each of two margins. */
static void shares_near(const ddni_block *b, int64_t q, int64_t size, int64_t nearest,
                        const double margin[2], double share[2])
{
    const double *x = ddni_state(b, q);
    double logit[TRACKED_SAMPLE], top = nearest > 0 ? ddni_logit(b, x, nearest - 1) : -INFINITY;
    int64_t near[2] = {0};
    for (int64_t i = 0; i < size; i++) {
        logit[i] = ddni_logit(b, x, i * (b->n / size));
        top = fmax(top, logit[i]);
    }
    for (int64_t i = 0; i < size; i++) {
        near[0] += logit[i] >= top - margin[0];
        near[1] += logit[i] >= top - margin[1];
    }
    b->s->known[b->todo[q] - b->first] = top;
    share[0] = (double)near[0] / (double)size;
    share[1] = (double)near[1] / (double)size;
}

/* What the bounds of a screen add to the margin: for integers twice the effect of the rounding of
 * x, and for a shadow twice that of what is left of a row. */
static double bounds_width(const ddni_block *b, int64_t q, int32_t shadow)
{
    const double *x = ddni_relative(b, q);
    const ddni_shadow *copy = &b->o->shadow;
    double width = shadow ? sqrt(b->s->square[q]) * copy->rest_typical : 0, top = 0;
    if (ddni_use_integers(b, shadow ? &copy->rows : b->ds)) {
        top = ddni_largest(b->d, x, shadow ? copy->unit : NULL);
    }
    double steps = sqrt((shadow ? copy->coarse : (double)b->d) / 12);
    return 2 * b->gain * (width + top / 127 * steps * sqrt(b->o->norm_mean));
}

typedef struct sampling {
    const ddni_block *b;
    int64_t size;       /* points of a state */
    double (*share)[2]; /* of each state, by the points and by their shadow */
} sampling;

/* One of the states that stand for a batch. */
static void sample(void *arg, int64_t k, int64_t worker)
{
    (void)worker;
    const sampling *s = arg;
    int64_t q = s->b->m <= STATES ? k : k * (s->b->m / STATES);
    double margin[2] = {s->b->log_ratio, s->b->log_ratio};
    if (s->b->shadow) {
        margin[1] += bounds_width(s->b, q, 1);
    }
    shares_near(s->b, q, s->size, 0, margin, s->share[k]);
}

/* On a trajectory: whether the lists of a screen would hold the points that can matter, a quarter
 * of their room being left for what the chunks do not share evenly; and whether those of a screen
 * of the shadow would. */
static void judge(void *arg, int64_t q, int64_t worker)
{
    (void)worker;
    const ddni_block *b = arg;
    refine_scratch *s = b->own;
    double room = ROOM * (double)(b->chunks * ddni_list_length(b)) / (double)b->n;
    double share[2], margin[2] = {b->log_ratio, b->log_ratio};
    margin[0] += bounds_width(b, q, 0);
    margin[1] += bounds_width(b, q, b->shadow);
    shares_near(b, q, TRACKED_SAMPLE, b->nearby->of[b->todo[q]].nearest, margin, share);
    s->chosen[q] = share[0] > room ? 0 : share[1] > room ? ROWS_ALONE : 1;
}

/* The share of points from which a batch is not screened: lists overflow, and the dense way costs
 * no more. In double that way nearly always serves. There states side by side share what is read of
 * a row, of which each candidate is read by itself, and candidates of few coordinates cost as much
 * as 150 more would, for listing and weighing them. */
static double screened_share(const ddni_block *b)
{
    double d = (double)b->d;
    return b->ds->type != DDN_TYPE_F64 ? HALF : b->m > DDNI_THIN ? TENTH : HALF * d / (d + 150);
}

/* A batch is screened as a whole if few enough points matter to a state on average. By the shadow,
 * if that holds with its bounds. */
static ddn_status select_batch(ddn_context *ctx, ddni_block *b, int64_t *count)
{
    int64_t seen = b->m < STATES ? b->m : STATES;
    double near = 0, near_shadow = 0, share[STATES][2] = {{0}};
    int64_t size = b->n * b->m / seen / 16; /* a small part of the work */
    size = size < SMALL_SAMPLE ? SMALL_SAMPLE : size > SAMPLE ? SAMPLE : size;
    sampling s = {b, size, share};
    DDNI_TRY(ddni_parallel(ctx, seen, (double)(seen * size * b->d) * 4, sample, &s));
    for (int64_t k = 0; k < STATES; k++) {
        near += share[k][0];
        near_shadow += share[k][1];
    }
    ddni_count_rows(b, 1, seen * size);
    double most = screened_share(b) * (double)seen;
    *count = near < most ? b->m : 0;
    b->shadow = b->shadow && near_shadow < most;
    b->crowded = near > NEARLY_ALL * (double)seen;
    return DDN_OK;
}

static ddn_status select_states(ddn_context *ctx, ddni_block *b, int64_t *todo, int64_t *count)
{
    refine_scratch *s = b->own;
    *count = 0;
    if (b->nearby == NULL) {
        return select_batch(ctx, b, count);
    }
    double work = (double)(b->m * TRACKED_SAMPLE) * (double)b->d;
    DDNI_TRY(ddni_reserve(ctx, "choices", b->lanes, sizeof *s->chosen, &s->chosen));
    DDNI_TRY(ddni_parallel(ctx, b->m, work, judge, b));
    ddni_count_rows(b, 1, b->m * TRACKED_SAMPLE);
    for (int64_t q = 0; q < b->m; q++) {
        b->shadow = b->shadow && s->chosen[q] != ROWS_ALONE;
        if (s->chosen[q]) {
            int64_t row = todo[q];
            todo[q] = todo[*count];
            todo[(*count)++] = row;
        }
    }
    return DDN_OK;
}

/* ---- The two ways ---- */

/* Evaluates the candidates of one state, unless some that matter may be missing. */
static void refine_state(void *arg, int64_t q, int64_t worker)
{
    const ddni_screening *p = arg;
    const ddni_block *b = p->b;
    float floor, cut;
    ddni_screen_limits(p, q, &floor, &cut);
    if (cut >= floor - p->margin) {
        return;
    }
    int64_t capacity = b->chunks * p->capacity;
    double *logit = b->shared->lists.logit + worker * capacity;
    int64_t *index = b->shared->lists.index + worker * capacity;
    int64_t count = ddni_screen_collect(p, q, floor - p->margin, index, NULL);
    for (int64_t i = 0; i < count; i++) {
        ddni_fetch_row(b->ds, index[i]);
    }
    for (int64_t i = 0; i < count; i++) {
        if (ddni_leave_off(b, i)) {
            return;
        }
        logit[i] = ddni_logit(b, ddni_state(b, q), index[i]);
    }
    b->shared->lists.count[q] = count;
    ddni_lists_evaluate(b, q, count, index, logit, b->s->point + worker * 4 * b->d);
    ddni_nearby_note(b, q, p, cut);
}

static ddn_status refine(ddn_context *ctx, ddni_block *b, int32_t shadow, int32_t capacity)
{
    refine_scratch *s = b->own;
    ddni_screening p;
    DDNI_TRY(ddni_screen_prepare(ctx, b, &s->screens, shadow, capacity, &p));
    if (!p.usable) {
        return DDN_OK;
    }
    p.log_weight = b->log_weight;
    for (int64_t q = 0; q < b->m; q++) {
        s->screens.margin[q] = ddni_nearby_wanted(b, q) ? INFINITY : p.margin;
    }
    DDNI_TRY(ddni_lists_reserve(ctx, b, b->chunks * p.capacity));
    DDNI_TRY(ddni_screen_run(ctx, &p));
    double work = (double)b->lanes * (double)b->n * (double)b->d;
    DDNI_TRY(ddni_parallel(ctx, b->m, work * CANDIDATE_SHARE, refine_state, &p));
    ddni_count_rows_of(b, p.rows, b->m, b->n);
    ddni_lists_report(b);
    return DDN_OK;
}

static const char *why_not(const ddni_block *b)
{
    /* Few points, and outputs that show the smallest weights: every point counts. */
    return b->rq->epsilon == 0 ? "DDN_QUERY_EPSILON = 0 asks for every point"
           : !b->single        ? "logits or distances are outside the range of f32"
           : b->n < DDNI_CANDIDATES || (b->n <= DDNI_FEW_POINTS && b->want_rest)
               ? "so few points that every one may show"
               : NULL;
}

static const char *why_not_narrow(const ddni_block *b)
{
    const char *why = why_not(b);
    return why == NULL && b->crowded ? "most points matter to the states of this batch" : why;
}

static ddn_status run_narrow(ddn_context *ctx, ddni_block *b)
{
    return refine(ctx, b, b->shadow, ddni_list_length(b));
}

static ddn_status run_wide(ddn_context *ctx, ddni_block *b)
{
    return refine(ctx, b, 0, DDNI_WIDE_CANDIDATES); /* a shadow would make them longer */
}

const ddni_way ddni_way_refine = {
    .name = "refine",
    .why_not = why_not_narrow,
    .select = select_states,
    .unselected = "a sample says that too many points matter to these states",
    .run = run_narrow,
    .failure = "more points can matter than its lists hold, or bounds leave the range of f32",
    .scratch_bytes = sizeof(refine_scratch),
    .pointers = sizeof(refine_scratch) / sizeof(void *),
};

const ddni_way ddni_way_refine_wide = {
    .name = "refine_wide",
    .why_not = why_not,
    .width = DDNI_LANES, /* long lists: 4 MB for this many states */
    .run = run_wide,
    .failure = "more points can matter than its long lists hold, or bounds leave the range of f32",
    .scratch_bytes = sizeof(refine_scratch),
    .pointers = sizeof(refine_scratch) / sizeof(void *),
};
