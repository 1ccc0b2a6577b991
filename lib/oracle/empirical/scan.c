/* Batches in blocks, and for each state the cheapest way that keeps the accuracy promise. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "oracle/empirical/empirical_impl.h"

/* One state and its difference from the centre; a tile function. */
static void gather_state(void *arg, int64_t q, int64_t worker)
{
    (void)worker;
    const ddni_block *b = arg;
    const double *from = b->x + b->todo[q] * b->ldx, *centre = b->o->centre;
    double *state = b->s->state + q * b->d, *relative = b->s->relative + q * b->d;
    double a = b->level->a, a_low = b->level->a_low;
    for (int64_t j = 0; j < b->d; j++) {
        state[j] = from[j];
        relative[j] = (from[j] - a * centre[j]) - a_low * centre[j];
    }
    b->s->verdict[q] = DDNI_RETRY;
    b->s->anchor[q] = -1;
}

ddn_status ddni_block_prepare(ddn_context *ctx, ddni_block *b, int64_t m, const int64_t *todo)
{
    ddni_scan *s = b->s;
    int64_t d = b->d;
    b->m = m;
    b->todo = todo;
    b->lanes = (m + DDNI_LANES - 1) / DDNI_LANES * DDNI_LANES;
    DDNI_TRY(ddni_reserve(ctx, "states", b->lanes * d, 8, &s->state));
    DDNI_TRY(ddni_reserve(ctx, "states", b->lanes * d, 8, &s->relative));
    DDNI_TRY(ddni_reserve(ctx, "sums", b->lanes * d, 8, &s->total));
    DDNI_TRY(ddni_reserve(ctx, "class sums", b->lanes * (b->classes + 1), 8, &s->class_total));
    DDNI_TRY(ddni_reserve(ctx, "posteriors", b->lanes, sizeof *s->posterior, &s->posterior));
    DDNI_TRY(ddni_reserve(ctx, "verdicts", b->lanes, sizeof *s->verdict, &s->verdict));
    DDNI_TRY(ddni_reserve(ctx, "anchors", b->lanes, 8, &s->anchor));
    DDNI_TRY(ddni_reserve(ctx, "points", ddni_workers(ctx) * 2 * d, 8, &s->point));
    return ddni_parallel(ctx, m, (double)(m * d) * 16, gather_state, b);
}

/* |x - a centre| of a batch row; a tile function. */
static void measure_state(void *arg, int64_t row, int64_t worker)
{
    (void)worker;
    const ddni_block *b = arg;
    ddni_point centre = {b->o->centre, 1, 0};
    b->s->far[row] = sqrt(b->kern->distance(DDN_TYPE_F64, b->d, b->x + row * b->ldx, b->level->a,
                                            b->level->a_low, centre));
}

/* Logits that double cannot hold are refused. */
static ddn_status check_range(ddn_context *ctx, ddni_block *b, int64_t m)
{
    double reach = b->level->a * sqrt(b->o->norm_max);
    DDNI_TRY(ddni_reserve(ctx, "distances", m, 8, &b->s->far));
    DDNI_TRY(ddni_parallel(ctx, m, (double)(m * b->d) * 8, measure_state, b));
    for (int64_t r = 0; r < m; r++) {
        double far = b->s->far[r] + reach, limit = sqrt(2 * b->level->s2) * 1e150;
        DDNI_CHECK(ctx, far <= limit && far <= 1e150, DDN_E_RANGE,
                   "x[%lld] is %g away from the farthest point, where s = %g allows %g",
                   (long long)r, far, b->level->s, fmin(limit, 1e150));
    }
    return DDN_OK;
}

/* Whether f32 can hold all that screens and single sums work with: nothing overflows, and what
 * underflows is nothing beside the rest. */
static int32_t fits_single(const ddni_block *b, int64_t m, const int64_t *todo)
{
    double far = 0, reach = sqrt(b->o->norm_max), small = 1e-30, large = 1e18;
    for (int64_t q = 0; q < m; q++) {
        far = fmax(far, b->s->far[todo[q]]);
    }
    double sum = far + reach;
    return (reach == 0 || reach > small) && sum < large && b->gain < 1e30 &&
           b->gain * sum * reach < 1e30 && b->gain * (double)b->d * 1e-44 * (sum + 1) < 1e-9;
}

double ddni_draw_uniform(const ddni_block *b, int64_t q)
{
    return ddni_uniform(b->rq->seed, DDNI_STREAM_DRAW, ddni_request_path(b->rq, b->todo[q]),
                        b->rq->step, 0);
}

void ddni_draw_write(const ddni_block *b, int64_t q, int64_t row)
{
    int64_t to = b->todo[q];
    if (b->rq->i64[DDN_OUT_DRAW_INDEX] != NULL) {
        b->rq->i64[DDN_OUT_DRAW_INDEX][to] = row;
    }
    if (b->rq->f64[DDN_OUT_DRAW] != NULL) {
        int64_t ld = b->rq->ld[DDN_OUT_DRAW];
        ddni_dataset_rows(b->ds, row, 1, b->rq->f64[DDN_OUT_DRAW] + to * ld, ld);
    }
}

static void put(double *out, int64_t row, double value)
{
    if (out != NULL) {
        out[row] = value;
    }
}

void ddni_finish(const ddni_block *b, int64_t q, const ddni_posterior *p)
{
    const ddni_request *rq = b->rq;
    const ddni_level *lv = b->level;
    int64_t d = b->d, row = b->todo[q];
    double total = ddni_posterior_total(p);
    put(rq->f64[DDN_OUT_LOG_P], row,
        ddni_posterior_log_sum(p) - log((double)b->n) -
            0.5 * (double)d * log(6.283185307179586476925 * lv->s2));
    put(rq->f64[DDN_OUT_ENTROPY], row, ddni_posterior_entropy(p));
    put(rq->f64[DDN_OUT_SUM_W2], row, ddni_posterior_sum_w2(p));
    put(rq->f64[DDN_OUT_W_MAX], row, ddni_posterior_w_max(p));
    put(rq->f64[DDN_OUT_ONE_MINUS_W_MAX], row, ddni_posterior_one_minus_w_max(p));
    if (rq->i64[DDN_OUT_ARGMAX] != NULL) {
        rq->i64[DDN_OUT_ARGMAX][row] = p->argmax;
    }
    /* The classes have sums of their own: they add up to 1 when divided by theirs. */
    double class_sum = 0;
    for (int64_t c = 0; b->want_class && c < b->classes; c++) {
        class_sum += b->s->class_total[q * b->classes + c];
    }
    for (int64_t c = 0; b->want_class && c < b->classes; c++) {
        rq->f64[DDN_OUT_CLASS_POSTERIOR][row * rq->ld[DDN_OUT_CLASS_POSTERIOR] + c] =
            b->s->class_total[q * b->classes + c] / class_sum;
    }
    double *mean_out = rq->f64[DDN_OUT_MEAN], *score_out = rq->f64[DDN_OUT_SCORE];
    double *relative = b->s->total + q * d;
    for (int64_t j = 0; b->want_sum && j < d; j++) {
        relative[j] /= total;
    }
    for (int64_t j = 0; mean_out != NULL && j < d; j++) {
        mean_out[row * rq->ld[DDN_OUT_MEAN] + j] = b->o->centre[j] + relative[j];
    }
    const double *x = b->s->state + q * d;
    double *score = score_out == NULL ? NULL : score_out + row * rq->ld[DDN_OUT_SCORE];
    for (int64_t j = 0; score != NULL && j < d; j++) {
        double mean = b->o->centre[j] + relative[j];
        score[j] = ((lv->a * mean - x[j]) + lv->a_low * mean) / lv->s2;
    }
    if (b->track) {
        b->s->track[row].nearest = p->argmax + 1;
    }
    b->s->posterior[q] = *p;
    b->s->verdict[q] = DDNI_DONE;
}

/* One way to evaluate the states of a block. */
typedef ddn_status (*way)(ddn_context *ctx, ddni_block *b);

static ddn_status dense_f32(ddn_context *ctx, ddni_block *b)
{
    return ddni_dense(ctx, b, DDN_TYPE_F32);
}

static ddn_status dense_f64(ddn_context *ctx, ddni_block *b)
{
    return ddni_dense(ctx, b, DDN_TYPE_F64);
}

static ddn_status refine_narrow(ddn_context *ctx, ddni_block *b)
{
    return ddni_refine(ctx, b, ddni_list_length(b));
}

static ddn_status refine_wide(ddn_context *ctx, ddni_block *b)
{
    return ddni_refine(ctx, b, DDNI_WIDE_CANDIDATES);
}

/* Tries a way on the batch rows todo[*m], `width` at a time; those that need another way are moved
 * to the front and counted. */
static ddn_status attempt(ddn_context *ctx, ddni_block *b, way evaluate, int64_t width, int64_t *m,
                          int64_t *todo)
{
    int64_t left = 0;
    for (int64_t first = 0; first < *m; first += width) {
        int64_t count = *m - first < width ? *m - first : width;
        if (!b->fresh || count < *m) {
            DDNI_TRY(ddni_block_prepare(ctx, b, count, todo + first));
        }
        b->fresh = 0;
        DDNI_TRY(evaluate(ctx, b));
        for (int64_t q = 0; q < count; q++) {
            if (b->s->verdict[q] != DDNI_DONE) {
                todo[left++] = todo[first + q];
            }
        }
    }
    *m = left;
    return DDN_OK;
}

static ddn_status run_block(ddn_context *ctx, ddni_block *b, int64_t m, int64_t *todo)
{
    DDNI_TRY(ddni_block_prepare(ctx, b, m, todo));
    b->fresh = 1;
    b->single = fits_single(b, m, todo);
    int32_t prune = b->rq->epsilon > 0 && b->single;
    int32_t single = b->ds->type != DDN_TYPE_F64 && b->single;
    if (b->track && b->single) {
        DDNI_TRY(attempt(ctx, b, ddni_track_follow, m + 1, &m, todo));
        DDNI_TRY(ddni_block_prepare(ctx, b, m, todo));
        b->fresh = 1;
    }
    if (m > 0 && prune) {
        int64_t served = 0;
        DDNI_TRY(ddni_screen_select(ctx, b, todo, &served));
        int64_t left = served, rest = m - served;
        b->fresh = b->fresh && (served == 0 || rest == 0); /* else todo is in another order */
        DDNI_TRY(attempt(ctx, b, refine_narrow, m + 1, &left, todo));
        memmove(todo + left, todo + served, (size_t)rest * sizeof *todo);
        m = left + rest;
    }
    /* Bytes far from shift, compared with their spread, would lose digits before they are centred.
     */
    if (single && (b->ds->type == DDN_TYPE_F32 || b->o->raw_mean <= 16 * b->o->norm_mean)) {
        DDNI_TRY(attempt(ctx, b, dense_f32, m + 1, &m, todo));
    } else if (b->ds->type == DDN_TYPE_F64) {
        DDNI_TRY(attempt(ctx, b, dense_f64, m + 1, &m, todo));
    }
    if (prune && !ddni_takes_all(b)) {
        DDNI_TRY(attempt(ctx, b, refine_wide, DDNI_LANES, &m, todo));
    }
    if (b->ds->type != DDN_TYPE_F64) {
        DDNI_TRY(attempt(ctx, b, dense_f64, m + 1, &m, todo));
    }
    return attempt(ctx, b, ddni_direct, m + 1, &m, todo);
}

/* States worked on together: as many as keep states and sums near the second-level cache. */
static int64_t group_width(int64_t d)
{
    int64_t width = (INT64_C(6) << 16) / d / DDNI_LANES * DDNI_LANES;
    return width < 2 * DDNI_LANES   ? 2 * DDNI_LANES
           : width > DDNI_MAX_LANES ? DDNI_MAX_LANES
                                    : width;
}

ddn_status ddni_scan_run(ddn_context *ctx, const ddni_empirical *o, ddni_scan *s,
                         const ddni_request *rq, const ddni_level *level, int64_t m,
                         const double *x, int64_t ldx, ddni_report *report)
{
    const ddn_dataset *ds = o->base.dataset;
    ddni_block b = {.o = o, .ds = ds, .s = s, .rq = rq, .level = level, .x = x, .ldx = ldx};
    b.kern = ddni_context_kernels(ctx);
    b.d = ds->d;
    b.n = ds->n;
    b.classes = o->base.classes;
    b.gain = level->a / level->s2;
    b.want_trace = rq->f64[DDN_OUT_TRACE_COV] != NULL;
    b.want_cov = rq->f64[DDN_OUT_COV_TIMES_V] != NULL;
    b.want_sum = rq->f64[DDN_OUT_SCORE] != NULL || rq->f64[DDN_OUT_MEAN] != NULL || b.want_trace ||
                 b.want_cov;
    b.want_class = rq->f64[DDN_OUT_CLASS_POSTERIOR] != NULL;
    b.want_rest = rq->f64[DDN_OUT_ENTROPY] != NULL || rq->f64[DDN_OUT_ONE_MINUS_W_MAX] != NULL;
    b.want_draw = rq->f64[DDN_OUT_DRAW] != NULL || rq->i64[DDN_OUT_DRAW_INDEX] != NULL;
    b.group = group_width(b.d);
    b.groups = (m + b.group - 1) / b.group;
    b.groups = b.groups > DDNI_MAX_GROUPS ? DDNI_MAX_GROUPS : b.groups;
    /* Many states make work enough of fewer and longer chunks, whose sums cost less to merge. */
    int64_t most = DDNI_MAX_CHUNKS / b.groups;
    b.chunk_rows = (b.n + most - 1) / most;
    int64_t least = m < DDNI_MAX_LANES                           ? DDNI_CHUNK_ROWS
                    : b.groups == 1 || b.n < 20 * DDNI_TILE_ROWS ? 5 * DDNI_TILE_ROWS
                                                                 : 10 * DDNI_TILE_ROWS;
    b.chunk_rows = b.chunk_rows < least ? least : b.chunk_rows;
    b.chunks = (b.n + b.chunk_rows - 1) / b.chunk_rows;
    b.log_ratio = rq->epsilon > 0 ? log((double)b.n / rq->epsilon) : INFINITY;
    /* Sets that a screen lists whole, and chunks longer than a list counts, have no use for lists.
     */
    b.track = rq->trajectory && rq->epsilon > 0 && b.n > 8 * DDNI_CANDIDATES && b.n < INT32_MAX;
    DDNI_TRY(check_range(ctx, &b, m));
    if (b.track) {
        DDNI_TRY(ddni_track_prepare(ctx, &b, m));
    }
    s->dropped = 0;
    s->touched = 0;
    int64_t width = b.group * b.groups;
    DDNI_TRY(ddni_reserve(ctx, "state list", width, sizeof *s->todo, &s->todo));
    DDNI_TRY(ddni_reserve(ctx, "state list", width, sizeof *s->known, &s->known));
    for (int64_t first = 0; first < m; first += width) {
        int64_t count = m - first < width ? m - first : width;
        for (int64_t q = 0; q < count; q++) {
            s->todo[q] = first + q;
            s->known[q] = -INFINITY;
        }
        b.first = first;
        DDNI_TRY(run_block(ctx, &b, count, s->todo));
    }
    report->dropped = s->dropped;
    report->touched = s->touched / (double)m;
    return DDN_OK;
}
