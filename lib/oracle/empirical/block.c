/* Blocks of states: their sizes, the states gathered, and whether double and single precision hold
 * what follows from them. */
#include "oracle/empirical/block.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"

/* The difference of a state from the centre; a tile function. */
static void gather_state(void *arg, int64_t q, int64_t worker)
{
    (void)worker;
    const ddni_block *b = arg;
    const double *from = b->x + b->todo[q] * b->ldx, *centre = b->o->centre;
    double *relative = b->s->relative + q * b->d;
    b->s->from[q] = centre;
    b->s->verdict[q] = DDNI_RETRY;
    b->s->anchor[q] = -1;
    if (b->o->in_place) {
        b->s->square[q] = b->s->far2 != NULL ? b->s->far2[b->todo[q]] : ddni_square(b, from);
        return;
    }
    b->s->square[q] = b->kern->relate(b->d, from, b->level->a, b->level->a_low, centre, relative);
}

ddn_status ddni_block_gather(ddn_context *ctx, ddni_block *b, int64_t m, const int64_t *todo)
{
    ddni_states *s = b->s;
    int64_t d = b->d;
    b->m = m;
    b->todo = todo;
    b->lanes = (m + DDNI_LANES - 1) / DDNI_LANES * DDNI_LANES;
    DDNI_TRY(ddni_reserve(ctx, "states", b->o->in_place ? 0 : b->lanes * d, 8, &s->relative));
    DDNI_TRY(ddni_reserve(ctx, "states", b->lanes, 8, &s->square));
    DDNI_TRY(ddni_reserve(ctx, "sums", b->lanes, sizeof *s->from, &s->from));
    DDNI_TRY(ddni_reserve(ctx, "sums", b->lanes, sizeof *s->total, &s->total));
    DDNI_TRY(ddni_reserve(ctx, "class sums", b->lanes * (b->classes + 1), 8, &s->class_total));
    DDNI_TRY(ddni_reserve(ctx, "posteriors", b->lanes, sizeof *s->posterior, &s->posterior));
    DDNI_TRY(ddni_reserve(ctx, "verdicts", b->lanes, sizeof *s->verdict, &s->verdict));
    DDNI_TRY(ddni_reserve(ctx, "anchors", b->lanes, 8, &s->anchor));
    DDNI_TRY(ddni_reserve(ctx, "points", ddni_workers(ctx) * DDNI_POINT * d, 8, &s->point));
    return ddni_parallel(ctx, m, (double)(m * d) * 16, gather_state, b);
}

ddn_status ddni_block_sums(ddn_context *ctx, const ddni_block *b)
{
    ddni_states *s = b->s;
    DDNI_TRY(ddni_reserve(ctx, "sums", b->lanes * b->d, 8, &s->sums));
    for (int64_t q = 0; q < b->m; q++) {
        s->total[q] = s->sums + q * b->d;
    }
    return DDN_OK;
}

/* |x - a centre|^2 of a batch row; a tile function. */
static void measure_state(void *arg, int64_t index, int64_t worker)
{
    (void)worker;
    const ddni_block *b = arg;
    int64_t row = b->todo == NULL ? index : b->todo[index];
    ddni_point centre = {b->o->centre, 1, 0};
    b->s->far2[row] = b->kern->distance(DDN_TYPE_F64, b->d, b->x + row * b->ldx, b->level->a,
                                        b->level->a_low, centre);
}

/* Of rows[count] of m, or of all of them. */
static ddn_status measure(ddn_context *ctx, ddni_block *b, int64_t m, int64_t count,
                          const int64_t *rows)
{
    DDNI_TRY(ddni_reserve(ctx, "distances", m, sizeof *b->s->far2, &b->s->far2));
    b->todo = rows;
    return ddni_parallel(ctx, count, (double)(count * b->d) * 8, measure_state, b);
}

ddn_status ddni_block_measure(ddn_context *ctx, ddni_block *b, int64_t m)
{
    return measure(ctx, b, m, m, NULL);
}

ddn_status ddni_block_check_range(ddn_context *ctx, ddni_block *b, int64_t m, int64_t count,
                                  const int64_t *rows)
{
    double reach = b->level->a * sqrt(b->o->norm_max);
    DDNI_TRY(measure(ctx, b, m, count, rows));
    for (int64_t k = 0; k < count; k++) {
        int64_t r = rows == NULL ? k : rows[k];
        double far = sqrt(b->s->far2[r]) + reach, limit = sqrt(2 * b->level->s2) * 1e150;
        DDNI_CHECK(ctx, far <= limit && far <= 1e150, DDN_E_RANGE,
                   "x[%lld] is %g away from the farthest point, where s = %g allows %g",
                   (long long)r, far, b->level->s, fmin(limit, 1e150));
    }
    return DDN_OK;
}

/* Nothing may overflow, and what underflows must be nothing beside the rest: products of lengths
 * and sums of d of them stay far from the ends of the range, 1e-38 and 3e38. */
int32_t ddni_block_fits_single(const ddni_block *b, int64_t m, const int64_t *todo)
{
    /* Far from 1e-38 and 3.4e38 with squares and sums of a million terms; 1e-44 is what f32 loses
     * at least, 1e-9 the least logit that is told apart. */
    double far = 0, reach = sqrt(b->o->norm_max), small = 1e-30, large = 1e18;
    for (int64_t q = 0; q < m; q++) {
        far = fmax(far, sqrt(b->s->far2[todo[q]]));
    }
    double sum = far + reach;
    return (reach == 0 || reach > small) && sum < large && b->gain < 1e30 &&
           b->gain * sum * reach < 1e30 && b->gain * (double)b->d * 1e-44 * (sum + 1) < 1e-9;
}

/* Sizes of groups. Many states share what is read of a row, which counts more than that their own
 * numbers stay in the second-level cache: those are read in order. A block is as many groups as
 * have 1536 K numbers, 6 MB of floats, or one. */
static void set_groups(ddni_block *b, int64_t m)
{
    int64_t most = (INT64_C(6) << 18) / b->d / DDNI_MAX_LANES;
    b->group = DDNI_MAX_LANES;
    b->groups = (m + b->group - 1) / b->group;
    most = most < 1 ? 1 : most > DDNI_MAX_GROUPS ? DDNI_MAX_GROUPS : most;
    b->groups = b->groups > most ? most : b->groups;
}

void ddni_block_init(ddn_context *ctx, ddni_block *b, int64_t m)
{
    const ddni_request *rq = b->rq;
    b->ctx = ctx;
    b->kern = ddni_context_kernels(ctx);
    b->d = b->ds->d;
    b->n = b->ds->n;
    b->classes = b->ds->labels == NULL ? 0 : b->ds->labels->groups;
    if (b->ds->weights != NULL) {
        const ddni_weights *w = b->ds->weights;
        b->log_weight = w->log;
        b->log_most = w->log_most;
        b->log_size = fmax(w->log_most, -w->log_least);
    }
    b->gain = b->level->a / b->level->s2;
    b->want_trace = rq->f64[DDN_OUT_TRACE_COV] != NULL;
    b->want_cov = rq->f64[DDN_OUT_COV_TIMES_V] != NULL;
    b->want_moments = b->want_trace || b->want_cov;
    b->want_sum =
        rq->f64[DDN_OUT_SCORE] != NULL || rq->f64[DDN_OUT_MEAN] != NULL || b->want_moments;
    b->want_class = rq->f64[DDN_OUT_CLASS_POSTERIOR] != NULL;
    b->want_rest = rq->f64[DDN_OUT_ENTROPY] != NULL || rq->f64[DDN_OUT_ONE_MINUS_W_MAX] != NULL;
    b->want_draw = rq->f64[DDN_OUT_DRAW] != NULL || rq->i64[DDN_OUT_DRAW_INDEX] != NULL;
    b->want_nearest =
        rq->f64[DDN_OUT_NEAREST_DISTANCE2] != NULL || rq->f64[DDN_OUT_SECOND_DISTANCE2] != NULL;
    set_groups(b, m);
    /* Many states make work enough of fewer and longer chunks, whose sums cost less to merge: 5 and
     * 10 tiles, where one more merge costs less than a tenth of the products (bench/README.md). */
    int64_t most = DDNI_MAX_CHUNKS / b->groups;
    b->chunk_rows = (b->n + most - 1) / most;
    int64_t least = m < DDNI_MAX_LANES                             ? DDNI_CHUNK_ROWS
                    : b->groups == 1 || b->n < 20 * DDNI_TILE_ROWS ? 5 * DDNI_TILE_ROWS
                                                                   : 10 * DDNI_TILE_ROWS;
    b->chunk_rows = b->chunk_rows < least ? least : b->chunk_rows;
    if (b->o->turned != NULL) { /* whole tiles */
        b->chunk_rows = (b->chunk_rows + DDNI_TILE_ROWS - 1) / DDNI_TILE_ROWS * DDNI_TILE_ROWS;
    }
    b->chunks = (b->n + b->chunk_rows - 1) / b->chunk_rows;
    if (b->chunks == 1 && b->groups == 1 && m > DDNI_MAX_LANES / 2) { /* work for two threads */
        b->group /= 2;
        b->groups = 2;
    }
    b->log_ratio = rq->epsilon > 0 ? log((double)b->n / rq->epsilon) : INFINITY;
}

ddni_block ddni_block_of(ddn_context *ctx, const ddni_empirical *o, const ddni_request *rq,
                         const ddni_level *level, const ddni_batch *batch)
{
    ddni_block b = {.o = &o->points, .ds = o->base.dataset, .rq = rq, .level = level};
    b.columns = &o->columns;
    b.narrow = &o->narrow;
    b.classes = o->base.classes;
    b.x = batch->x;
    b.ldx = batch->ldx;
    ddni_block_init(ctx, &b, batch->m);
    return b;
}

ddni_rows ddni_rows_in_fours(const ddn_dataset *ds, int64_t first, int64_t rows, uint8_t *copy)
{
    const uint8_t *y = ddni_stored(ds, first);
    int64_t width = (ds->d + 3) / 4 * 4, behind = (first + rows - ds->n) * ds->ld + width - ds->d;
    if (behind <= 0) {
        return (ddni_rows){y, ds->ld};
    }
    for (int64_t r = 0; r < rows; r++) {
        memcpy(copy + r * width, y + r * ds->ld, (size_t)ds->d);
    }
    return (ddni_rows){copy, width};
}

/* The states of a strip less the centre, where there are any. */
static void strip_states(const ddni_block *b, int64_t strip, const double *x[DDNI_LANES])
{
    for (int64_t v = 0; v < DDNI_LANES; v++) {
        const int64_t q = strip * DDNI_LANES + v;
        x[v] = q < b->m ? ddni_relative(b, q) : NULL;
    }
}

void ddni_block_lanes_f32(const ddni_block *b, int64_t strip, const double *unit, float *out)
{
    const double *x[DDNI_LANES];
    strip_states(b, strip, x);
    b->kern->to_lanes_f32(b->d, x, unit, out);
}

void ddni_block_lanes_f64(const ddni_block *b, int64_t strip, double *out)
{
    const double *x[DDNI_LANES];
    strip_states(b, strip, x);
    b->kern->to_lanes_f64(b->d, x, NULL, out);
}
