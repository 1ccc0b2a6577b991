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
    int32_t *chosen;   /* [lanes] 1: a screen is likely to serve this state, ROWS_ALONE: one of the
                          points, not of their shadow */
    int64_t *together; /* [lanes] states of the block that are judged as one, by some of them */
} refine_scratch;
_Static_assert(sizeof(refine_scratch) % sizeof(void *) == 0, "pointers only");

/* ---- Which states a screen is likely to serve: a guess from a sample of points, wrong at the cost
 * of time only ---- */

/* Room of the lists that a sample may fill: the chunks do not share evenly (Poisson: three standard
 * deviations of 64 are 24, three eighths). The share
 * of points that matter from which no later block of a batch is screened, nor with long lists. A
 * typical share of candidates, for sharing out the work. */
static const double ROOM = 0.75, NEARLY_ALL = 0.9, CANDIDATE_SHARE = 0.01;

enum {
    SAMPLE = 64,        /* points of a state: enough to tell a half from nearly all, */
    SMALL_SAMPLE = 16,  /* and for few states and points so many at least; the first look is at no
                           more, and is enough where it shows too many for lists */
    LARGE_SAMPLE = 256, /* of large sets, and of a state on a trajectory, whose nearest point is
                           known: enough to tell what lists hold */
    STATES = 16,        /* of a batch, at most, */
    FEW_STATES = 4,     /* where the work is little, and one where it is tiny, */
    LONG_ROW = 1 << 14, /* bytes, of which SAMPLE rows are 1 MB */
    LITTLE = 1 << 18,   /* pairs of a state and a point, at most: */
    TINY = 1 << 12,
    ROWS_ALONE = 2,
    PART = 8,        /* of the chunks, an eighth is screened first, */
    MANY_CHUNKS = 16 /* if that is enough for several threads */
};

/* Logits of some points. */
typedef struct points_seen {
    int64_t size;
    double logit[LARGE_SAMPLE], top; /* the largest, or that of the point nearest before */
    double least2;                   /* the least squared distance from the centre */
} points_seen;

/* Point i < size of a sample: one of each of `size` runs of points, at places that follow no
 * period, as points of classes in turns do. The places of LARGE_SAMPLE runs are so far before the
 * ends of these, by a thousandth of a run, that n is not reached. */
static int64_t sampled_row(int64_t n, int64_t size, int64_t i)
{
    const double golden = 0.6180339887498949, place = (double)i * golden;
    const double part = place - (double)(int64_t)place;
    return (int64_t)(((double)i + part) * (double)n / (double)size);
}

static void look(const ddni_block *b, int64_t q, int64_t size, int64_t nearest, points_seen *seen)
{
    const double *x = ddni_state(b, q);
    seen->size = size;
    seen->least2 = INFINITY;
    seen->top = nearest > 0 ? ddni_logit_about(b, x, nearest - 1) : -INFINITY;
    for (int64_t i = 0; i < size && !ddni_stays_cached(b->ds); i++) {
        ddni_fetch_row(b->ds, sampled_row(b->n, size, i));
    }
    for (int64_t i = 0; i < size; i++) {
        const int64_t row = sampled_row(b->n, size, i);
        seen->logit[i] = ddni_logit_about(b, x, row);
        seen->top = fmax(seen->top, seen->logit[i]);
        seen->least2 = fmin(seen->least2, b->o->norm[row]);
    }
    b->s->known[b->todo[q] - b->first] = seen->top;
}

static double share_above(const points_seen *seen, double least)
{
    int64_t above = 0;
    for (int64_t i = 0; i < seen->size; i++) {
        above += seen->logit[i] >= least;
    }
    return (double)above / (double)seen->size;
}

/* Standard error of a share of them. */
static double uncertainty(const points_seen *seen, double share)
{
    return sqrt(share * (1 - share) / (double)seen->size);
}

/* A noised point x = a y + s z has a logit that a sample does not tell of, its own: -|z|^2/2, here
 * less two standard deviations; or by |x - a centre|^2, of which that is the rest beside the length
 * of y and a cross term, less two of its deviations, if that is more. So has what is as far from
 * the centre as one may be, by as much as that of the cross term too; else -inf. */
static double own_logit(const ddni_block *b, int64_t q, double least_norm)
{
    const double d = (double)b->d, a = b->level->a, s2 = b->level->s2, noise = sqrt(2 * d);
    const double rest = b->s->square[q] - s2 * d, least2 = a * a * least_norm;
    const double most2 = a * a * b->o->norm_max;
    const int32_t may_be = rest >= least2 - 2 * (s2 * noise + 2 * sqrt(s2 * least2)) &&
                           rest <= most2 + 2 * (s2 * noise + 2 * sqrt(s2 * most2));
    const double by_length =
        -(b->s->square[q] - least2) / (2 * s2) - 2 * sqrt(a * a * b->o->norm_mean / s2);
    return may_be ? fmax(-0.5 * d - noise, by_length) : -INFINITY;
}

/* The largest logits seen, ascending: top[count]. */
static void largest_seen(const points_seen *seen, int64_t count, double *top)
{
    for (int64_t i = 0; i < count; i++) {
        top[i] = -INFINITY;
    }
    for (int64_t i = 0; i < seen->size; i++) {
        int64_t k = 0;
        for (; k < count && top[k] < seen->logit[i]; k++) {
            top[k] = k + 1 < count ? top[k + 1] : seen->logit[i];
        }
        if (k > 0) {
            top[k - 1] = seen->logit[i];
        }
    }
}

/* What the largest of all logits may be, by the tail of those seen. Where it falls off like an
 * exponential of mean excess e, that is e times the log of how many more there are above the
 * largest seen; logits are bounded from above and have about half of it (so for images of clothes
 * and points of low rank, at all times). */
static double top_of_all(const ddni_block *b, int64_t q, const points_seen *seen)
{
    const double bounded = 0.5;
    const int64_t most = seen->size / 16 < 4 ? 4 : seen->size / 16;
    double excess = 0, tail[LARGE_SAMPLE / 16 + 1] = {0};
    largest_seen(seen, most + 1, tail);
    for (int64_t k = most; k > 0; k--) {
        excess += (tail[k] - tail[0]) / (double)most;
    }
    const double more = log((double)b->n / (double)seen->size);
    return fmax(own_logit(b, q, seen->least2), seen->top + bounded * excess * more);
}

/* What the bounds of a screen add to the margin: for integers twice the effect of the rounding of
 * x, and for a shadow twice that of what is left of a row. */
static double bounds_width(const ddni_block *b, int64_t q, int32_t shadow)
{
    const double *x = ddni_relative(b, q);
    const ddni_shadow *copy = &b->o->shadow;
    double width = shadow ? sqrt(b->s->square[q]) * copy->rest_typical : 0, top = 0;
    if (ddni_use_integers(b, shadow ? &copy->rows : b->ds)) {
        top = b->kern->largest(b->d, x, shadow ? copy->unit : NULL);
    }
    double steps = sqrt((shadow ? copy->coarse : (double)b->d) / 12);
    return 2 * b->gain * (width + top / 127 * steps * sqrt(b->o->norm_mean));
}

/* The share of points that lists of this block have room for. */
static double room_of_lists(const ddni_block *b)
{
    return ROOM * (double)(b->chunks * ddni_list_length(b)) / (double)b->n;
}

/* Of one state: the share of points that may matter, of those seen; and by the points and by their
 * shadow, what lists are likely to save, of what the dense way costs. */
typedef struct guess {
    double near, saved[2];
    int64_t rows; /* looked at */
} guess;

/* What evaluating a candidate costs of what the dense way does for a point and a state: states side
 * by side share what is read of a row, of which each candidate is read by itself, in double; lanes
 * without a state cost as much as others. States by themselves pay for each alike. Candidates of
 * few coordinates cost as much as 150 more would, for listing and weighing them, and as 800 beside
 * the points of the dense way that a state by itself is multiplied with in double; in single
 * precision and by themselves, those points cost as little more. */
static double candidate_price(const ddni_block *b)
{
    const int32_t f64 = b->ds->type == DDN_TYPE_F64;
    const double shared = 10, single = 3, few = 1 + 150 / (double)b->d;
    return !ddni_by_themselves(b, f64 ? 8 : 4) ? shared * few * (double)b->m / (double)b->lanes
           : f64                               ? 1 + 800 / (double)b->d
                                               : single;
}

/* What a screen costs of what the dense way does: of bytes a third, else one of its two products;
 * or most of it, where states by themselves share the reading of more than the second-level cache
 * holds between both, or doubles lie side by side for them. */
static double screen_price(const ddni_block *b, const ddn_dataset *rows)
{
    const double third = 1.0 / 3, half = 0.5, most = 0.8;
    const int64_t size = ddni_type_size(rows->type), cached = 1 << 21;
    const int32_t less = b->n * rows->ld * size > cached || (b->o->turned != NULL && size == 8);
    return ddni_use_integers(b, rows) ? third : ddni_by_themselves(b, size) && less ? most : half;
}

typedef struct sampling {
    const ddni_block *b;
    const int64_t *together; /* the states of a batch; NULL: all */
    int64_t apart;           /* of these, from one that is looked at to the next */
    int64_t size;            /* points of each */
    guess *of;
} sampling;

/* One of the states that stand for a batch. */
static void sample(void *arg, int64_t k, int64_t worker)
{
    (void)worker;
    const sampling *s = arg;
    const ddni_block *b = s->b;
    const int64_t at = k * s->apart, q = s->together == NULL ? at : s->together[at];
    const double room = room_of_lists(b);
    points_seen seen;
    s->of[k].rows = s->size < SMALL_SAMPLE ? s->size : SMALL_SAMPLE;
    look(b, q, s->of[k].rows, 0, &seen);
    double all = top_of_all(b, q, &seen);
    const double share = share_above(&seen, all - b->log_ratio);
    if (s->size > seen.size && share - uncertainty(&seen, share) <= room) {
        const double first = seen.top;
        s->of[k].rows += s->size;
        look(b, q, s->size, 0, &seen);
        seen.top = fmax(seen.top, first);
        b->s->known[b->todo[q] - b->first] = seen.top;
        all = top_of_all(b, q, &seen);
    }
    s->of[k].near = share_above(&seen, seen.top - b->log_ratio);
    for (int32_t shadow = 0; shadow < (b->shadow ? 2 : 1); shadow++) {
        const double likely = share_above(&seen, all - b->log_ratio - bounds_width(b, q, shadow));
        /* Lists that run over cost all of the screen: they had better hold an error more. */
        s->of[k].saved[shadow] = likely + uncertainty(&seen, likely) <= room
                                     ? fmax(0, 1 - candidate_price(b) * likely)
                                     : 0;
    }
}

/* On a trajectory that a list may follow: whether the lists of a screen would hold the points that
 * can matter, a quarter of their room being left for what the chunks do not share evenly; and
 * whether those of a screen of the shadow would. */
static void judge(void *arg, int64_t q, int64_t worker)
{
    (void)worker;
    const ddni_block *b = arg;
    refine_scratch *s = b->own;
    const double room = room_of_lists(b);
    points_seen seen;
    if (!ddni_nearby_wanted(b, q)) {
        return;
    }
    look(b, q, LARGE_SAMPLE, b->nearby->of[b->todo[q]].nearest, &seen);
    const double least = seen.top - b->log_ratio;
    s->chosen[q] = share_above(&seen, least - bounds_width(b, q, 0)) > room           ? 0
                   : share_above(&seen, least - bounds_width(b, q, b->shadow)) > room ? ROWS_ALONE
                                                                                      : 1;
}

/* Points to look at of each of `seen` states that stand for so many: a small part of the work, of
 * which rows that do not stay in the second-level cache for the next state are more. */
static int64_t sample_size(const ddni_block *b, int64_t states, int64_t seen)
{
    const int64_t row = b->d * ddni_type_size(b->ds->type);
    const int64_t work = b->n * states / seen, part = work / (row > LONG_ROW ? 128 : 32);
    const int64_t few = part > SAMPLE ? SAMPLE : part, many = work / 512;
    const int64_t size = few > many ? few : many;
    return size < SMALL_SAMPLE ? SMALL_SAMPLE : size > LARGE_SAMPLE ? LARGE_SAMPLE : size;
}

/* States are screened together if what lists are likely to save pays for that, and by the shadow if
 * with its bounds that gains more: then 1, ROWS_ALONE without the shadow, else 0. */
static ddn_status judge_together(ddn_context *ctx, ddni_block *b, int64_t count,
                                 const int64_t *together, int32_t *chosen)
{
    const int64_t pairs = b->n * count;
    const int64_t most = pairs <= TINY ? 1 : pairs <= LITTLE ? FEW_STATES : STATES;
    const int64_t seen = count < most ? count : most;
    double near = 0, saved[2] = {0}, gain[2];
    guess of[STATES] = {{0}};
    sampling s = {b, together, count / seen, sample_size(b, count, seen), of};
    DDNI_TRY(ddni_parallel(ctx, seen, (double)(seen * s.size * b->d) * 4, sample, &s));
    for (int64_t k = 0; k < seen; k++) {
        ddni_count_rows(b, 1, of[k].rows);
        near += of[k].near;
        saved[0] += of[k].saved[0];
        saved[1] += of[k].saved[1];
    }
    for (int32_t shadow = 0; shadow < 2; shadow++) {
        const ddn_dataset *rows = shadow ? &b->o->shadow.rows : b->ds;
        gain[shadow] = saved[shadow] - screen_price(b, rows) * (double)seen;
    }
    *chosen = gain[1] > 0 && gain[1] >= gain[0] ? 1 : gain[0] > 0 ? ROWS_ALONE : 0;
    b->crowded = b->nearby == NULL && near > NEARLY_ALL * (double)seen;
    return DDN_OK;
}

/* A batch as a whole; on trajectories each state for itself, but for those that move too far for
 * lists: they have nothing of a screen but what it saves at once. */
static ddn_status select_states(ddn_context *ctx, ddni_block *b, int64_t *todo, int64_t *count)
{
    refine_scratch *s = b->own;
    int64_t waiting = 0;
    int32_t all = 0;
    *count = 0;
    if (b->nearby == NULL) {
        DDNI_TRY(judge_together(ctx, b, b->m, NULL, &all));
        b->shadow = b->shadow && all == 1;
        *count = all ? b->m : 0;
        return DDN_OK;
    }
    DDNI_TRY(ddni_reserve(ctx, "choices", b->lanes, sizeof *s->chosen, &s->chosen));
    DDNI_TRY(ddni_reserve(ctx, "choices", b->lanes, sizeof *s->together, &s->together));
    for (int64_t q = 0; q < b->m; q++) {
        if (!ddni_nearby_wanted(b, q)) {
            s->together[waiting++] = q;
        }
    }
    if (waiting > 0) {
        DDNI_TRY(judge_together(ctx, b, waiting, s->together, &all));
    }
    const int64_t points = (b->m - waiting) * LARGE_SAMPLE;
    DDNI_TRY(ddni_parallel(ctx, b->m, (double)points * (double)b->d, judge, b));
    ddni_count_rows(b, 1, points);
    for (int64_t k = 0; k < waiting; k++) {
        s->chosen[s->together[k]] = all;
    }
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

/* Whether a part of the points, which is screened first, says that the rest will pay: lists that
 * have run over below what the largest logit may be will not do, and states that they will not do
 * for are evaluated anew. On trajectories lists serve later steps, too. */
static int32_t goes_on(const ddni_screening *p)
{
    const ddni_block *b = p->b;
    const double left = (double)(b->chunks - p->end) / (double)b->chunks;
    int64_t serve = 0;
    for (int64_t q = 0; q < b->m; q++) {
        float floor, cut;
        ddni_screen_limits(p, q, &floor, &cut);
        const double own = own_logit(b, q, b->o->norm_mean) + b->s->square[q] / (2 * b->level->s2);
        serve += ddni_nearby_wanted(b, q) || (double)cut < fmax((double)floor, own) - p->margin;
    }
    return (double)serve >= left * screen_price(b, p->rows) * (double)b->m;
}

/* A screen of all points, or of the first of them if that says enough; gives how many. */
static ddn_status run_screen(ddn_context *ctx, ddni_screening *p, int64_t *rows)
{
    const ddni_block *b = p->b;
    p->end = b->chunks < MANY_CHUNKS ? b->chunks : b->chunks / PART;
    DDNI_TRY(ddni_screen_run(ctx, p));
    *rows = ddni_chunk_end(b, p->end - 1);
    if (p->end == b->chunks || !goes_on(p)) {
        return DDN_OK;
    }
    p->begin = p->end;
    p->end = b->chunks;
    DDNI_TRY(ddni_screen_run(ctx, p));
    p->begin = 0;
    *rows = b->n;
    return DDN_OK;
}

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
    ddni_lists_evaluate(b, q, count, index, logit, ddni_point_of(b, worker));
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
    int64_t rows;
    DDNI_TRY(run_screen(ctx, &p, &rows));
    ddni_count_rows_of(b, p.rows, b->m, rows);
    double work = (double)b->lanes * (double)b->n * (double)b->d;
    if (rows == b->n) {
        DDNI_TRY(ddni_parallel(ctx, b->m, work * CANDIDATE_SHARE, refine_state, &p));
    }
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
           : b->crowded ? "most points matter to the states of this batch"
                        : NULL;
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
    .why_not = why_not,
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
