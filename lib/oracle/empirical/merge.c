/* The end of the dense way: chunks merged, the effect of rounding judged, outputs written.
 * theory.md (11), (14). */
#include <string.h>

#include "oracle/empirical/dense.h"
#include "oracle/empirical/finish.h"
#include "oracle/empirical/logit.h"

/* What rounding does to a logit, and how much of it a result may show. "Measured" means the largest
 * value seen over types, times, dimensions and batch sizes, which test_accuracy.c holds. */
static const double
    /* Root mean square error of a product of far points, in units times the lengths: measured, a
     * random walk with rounding errors of at most half a unit. */
    SPREAD_APART = 0.35,
    /* The same of a product with a near point, which grows steadily: half a unit and the
     * conversions at the end (measured), and N additions that each round at the size reached, whose
     * squares add up to N/3 times that of the last; 0.4 of a unit each (measured). */
    SPREAD_END = 0.6, SPREAD_STEP = 0.4,
    /* Largest relative error of the score: half of what is promised of f32 sums, a third of what is
     * promised of f64 data; the rest is for what the estimate leaves out. */
    SCORE_F32 = 5e-6, SCORE_F64 = 3e-13,
    /* Largest error of a logit where a score is wanted (promised in oracle.h), and where the
     * outputs are functions of the logits alone. The first order in it is then good to its square.
     */
    LOGIT_F32 = 4e-4, LOGIT_F64 = 1e-9, LOGIT_ALONE_F32 = 1e-5, LOGIT_ALONE_F64 = 1e-10,
    /* 1 - w_max is a sum of weights beside one of size 1: with 2^-24 (2^-53) of that lost, this
     * share keeps 5 (11) digits. */
    REST_F32 = 1e-2, REST_F64 = 1e-5,
    /* Error of a sum of bytes by the rounding of weights to 22 bits, 2^-22 = 2.4e-7 and the
     * conversion back, in root mean square lengths: measured. */
    WEIGHTS_OF_BYTES = 3.5e-7,
    /* What cancellation takes from a trace, relative to the sum of squares: eight units of either
     * precision; and how much of it may be lost. */
    TRACE_F32 = 4e-7, TRACE_F64 = 1e-15, TRACE_LOST = 1e-4,
    /* Draws and covariances compare logits again: they need them relative to a point from here on.
     */
    LOGIT_RELATIVE = 1e-10;

/* Draws the tile by its mass, then the row within it by direct differences. */
static void draw_tile(const ddni_dense_run *p, int64_t q, double *point)
{
    const ddni_block *b = p->b;
    double max = -INFINITY, total = 0;
    for (int64_t i = 0; i < b->chunks * p->tiles; i++) {
        max = fmax(max, p->s->tile_mass[(i * b->lanes + q) * 2]);
    }
    for (int64_t i = 0; i < b->chunks * p->tiles; i++) {
        const double *mass = p->s->tile_mass + (i * b->lanes + q) * 2;
        total += exp(mass[0] - max) * mass[1];
    }
    double left = total * ddni_draw_uniform(b, q);
    int64_t last = -1;
    for (int64_t i = 0; i < b->chunks * p->tiles; i++) {
        const double *mass = p->s->tile_mass + (i * b->lanes + q) * 2;
        double w = exp(mass[0] - max) * mass[1];
        last = w > 0 ? i : last;
        if (left < w) {
            break;
        }
        left -= w;
    }
    /* Within the tile the weights are computed anew, relative to their largest. */
    int64_t chunk = last / p->tiles, end = ddni_chunk_end(b, chunk);
    int64_t first = chunk * b->chunk_rows + (last - chunk * p->tiles) * DDNI_TILE_ROWS;
    int64_t rows = end - first < DDNI_TILE_ROWS ? end - first : DDNI_TILE_ROWS;
    ddni_fetch_anchor(b, q, point);
    double logit[DDNI_TILE_ROWS], top = -INFINITY, sum = 0;
    for (int64_t r = 0; r < rows; r++) {
        logit[r] = ddni_logit_of(b, q, first + r, point);
        top = fmax(top, logit[r]);
    }
    for (int64_t r = 0; r < rows; r++) {
        logit[r] = exp(logit[r] - top);
        sum += logit[r];
    }
    const double *mass = p->s->tile_mass + (last * b->lanes + q) * 2;
    left *= sum / (exp(mass[0] - max) * mass[1]);
    int64_t chosen = 0;
    for (int64_t r = 0; r < rows; r++) {
        chosen = logit[r] > 0 ? r : chosen;
        left -= logit[r];
        if (left < 0 && chosen == r) {
            break;
        }
    }
    ddni_draw_write(b, q, first + chosen);
}

/* Posterior of a lane of one chunk. */
static ddni_posterior lane_posterior(const ddni_lane_sums *lane)
{
    ddni_lane_sums s = *lane;
    double gap = s.best[0] - s.reference[0], f = exp(-gap), total = s.sum[DDNI_TOTAL][0];
    return (ddni_posterior){
        .max = s.best[0],
        .argmax = s.index[0],
        .rest = fmax(0, total * f - 1),
        .rest_energy = fmax(0, f * (s.sum[DDNI_ENERGY][0] + gap * total)),
        .rest_square = fmax(0, s.sum[DDNI_SQUARE][0] * f * f - 1),
    };
}

/* Factors that take the chunks' sums of state q to ones relative to its largest logit. */
static void weigh_chunks(const ddni_dense_run *p, int64_t q)
{
    double max = -INFINITY, total = 0;
    for (int64_t c = 0; c < p->b->chunks; c++) {
        max = fmax(max, ddni_lane_sums_of(p, c, q).best[0]);
    }
    for (int64_t c = 0; c < p->b->chunks; c++) {
        ddni_lane_sums s = ddni_lane_sums_of(p, c, q);
        double *factor = ddni_lane_row(p, c, DDNI_LANE_FACTOR) + q;
        *factor = exp(s.reference[0] - max);
        total += *factor * ddni_lane_row(p, c, DDNI_LANE_MASS)[q];
    }
    p->s->weight[q] = total;
}

/* Adds up the chunks' vector sums for one block of columns, all states; a tile function. */
void ddni_dense_add(void *arg, int64_t block, int64_t worker)
{
    (void)worker;
    const ddni_dense_run *p = arg;
    const ddni_block *b = p->b;
    int64_t d = b->d, first = block * DDNI_MERGE_COLUMNS;
    int64_t width = d - first < DDNI_MERGE_COLUMNS ? d - first : DDNI_MERGE_COLUMNS;
    /* From sums of stored bytes to sums of y - centre. */
    double scale = p->integer ? b->ds->scale : 1, offset[DDNI_MERGE_COLUMNS];
    for (int64_t j = 0; j < width; j++) {
        offset[j] = p->integer ? b->ds->shift - b->o->centre[first + j] : 0;
    }
    int64_t lane = p->thin ? 1 : DDNI_LANES;
    for (int64_t q = 0; q < b->m; q += lane) {
        double sum[DDNI_MERGE_COLUMNS * DDNI_LANES] = {0};
        for (int64_t c = 0; c < b->chunks; c++) {
            const double *factor = ddni_lane_row(p, c, DDNI_LANE_FACTOR) + q;
            const char *from = ddni_dense_sum(p, c) + ddni_dense_at(p, first, q) * p->size;
            for (int64_t j = 0; p->thin && j < width; j++) {
                sum[j] += factor[0] * (double)((const float *)(const void *)from)[j];
            }
            if (!p->thin) {
                b->kern->add_scaled(p->precision, width, from, factor, sum);
            }
        }
        for (int64_t v = 0; v < lane && q + v < b->m; v++) {
            double *to = b->s->total + (q + v) * d + first;
            for (int64_t j = 0; j < width; j++) {
                to[j] = scale * sum[j * lane + v] + offset[j] * p->s->weight[q + v];
            }
        }
    }
}

void ddni_dense_weigh(const ddni_dense_run *p)
{
    for (int64_t q = 0; q < p->b->m; q++) {
        weigh_chunks(p, q);
    }
}

/* Spread of the rounding errors of logits. The sums of products that lie far from each other walk
 * at random: their errors are about a third of the unit times the two lengths (measured; the worst
 * case is never near). The product with the points that matter grows steadily instead, and each
 * addition rounds at the size it has reached; integers only round at the end. */
static double logit_spread(const ddni_dense_run *p, const ddni_posterior *post, double length)
{
    const ddni_block *b = p->b;
    double unit = p->precision == DDN_TYPE_F32 ? 0x1p-24 : 0x1p-53, a = b->level->a;
    double apart = SPREAD_APART * length * sqrt(p->integer ? b->o->raw_mean : b->o->norm_mean);
    /* From max = gain g - gain a |y|^2 / 2 of the nearest point. */
    double logit = post->max - ddni_log_weight(b, post->argmax);
    double product = fabs(logit / b->gain + 0.5 * a * b->o->norm[post->argmax]);
    /* A state by itself is summed in 32 places (two registers of 16 floats, at most). */
    double run = (double)(p->thin ? b->d / 32 + 1 : b->d), steps = fmin(run, DDNI_DEPTH_BLOCK);
    double growth =
        p->integer ? SPREAD_END : SPREAD_END + SPREAD_STEP * sqrt(steps / 3 * steps / run);
    /* A weight rounds with the logit that it joins. */
    return unit * (b->gain * hypot(apart, growth * product) + b->log_size);
}

/* Whether rounding can have moved the result of state q by more than is promised: an error e of the
 * logits moves the mean by at most e sqrt(tr Cov). */
static int32_t acceptable(const ddni_dense_run *p, int64_t q, const ddni_posterior *post,
                          double trace, double length)
{
    const ddni_block *b = p->b;
    int32_t single = p->precision == DDN_TYPE_F32;
    double error = logit_spread(p, post, length);
    if (b->want_rest && b->n > 1 && post->rest < (single ? REST_F32 : REST_F64)) {
        return 0; /* 1 - w_max would have lost its digits */
    }
    if (!b->want_sum) {
        return error <= (single ? LOGIT_ALONE_F32 : LOGIT_ALONE_F64);
    }
    ddni_point sum = {b->s->total + q * b->d, 1, 0};
    double square = b->kern->distance(DDN_TYPE_F64, b->d, b->s->relative + q * b->d,
                                      b->level->a / ddni_posterior_total(post), 0, sum);
    double limit = b->ds->type == DDN_TYPE_F64 ? SCORE_F64 : SCORE_F32;
    double weights =
        p->integer ? WEIGHTS_OF_BYTES * sqrt(b->o->norm_mean) : 0; /* their own rounding */
    return b->level->a * (error * sqrt(trace) + weights) <= limit * sqrt(square) &&
           error <= (single ? LOGIT_F32 : LOGIT_F64);
}

/* Merges what else the chunks know of one state, judges it and finishes it. */
void ddni_dense_merge(void *arg, int64_t q, int64_t worker)
{
    const ddni_dense_run *p = arg;
    const ddni_block *b = p->b;
    int64_t d = b->d, k = b->classes;
    double length2 = ddni_square(b, b->s->relative + q * d), norm = 0, mean2 = 0;
    double shift = b->gain * ddni_slices_rest(p, q) - length2 / (2 * b->level->s2);
    ddni_posterior post = ddni_posterior_empty;
    const double *total = b->s->total + q * d;
    double *cls = b->s->class_total + q * k;
    memset(cls, 0, (size_t)k * sizeof *cls);
    for (int64_t c = 0; c < b->chunks; c++) {
        ddni_lane_sums s = ddni_lane_sums_of(p, c, q);
        ddni_posterior part = lane_posterior(&s);
        ddni_posterior_merge(&post, &part);
        double factor = ddni_lane_row(p, c, DDNI_LANE_FACTOR)[q];
        norm += factor * s.norm[0];
        for (int64_t j = 0; b->want_class && j < k; j++) {
            cls[j] += factor * s.classes[j * (p->thin ? 1 : b->lanes)];
        }
    }
    double z = ddni_posterior_total(&post);
    if (b->want_sum) {
        mean2 = ddni_square(b, total) / z / z;
    }
    double trace = fmax(0, norm / z - mean2);
    /* What cancellation may have taken from the trace is allowed for. */
    double unsure = (p->precision == DDN_TYPE_F32 ? TRACE_F32 : TRACE_F64) * norm / z;
    if (!acceptable(p, q, &post, trace + unsure, sqrt(length2)) ||
        (b->want_trace && unsure > TRACE_LOST * trace && b->n > 1)) {
        return;
    }
    /* What all logits have in common comes last: it may be much larger than their differences. */
    post.max += shift;
    double relative = post.max;
    if (ddni_logit_error(b, post.max) > LOGIT_RELATIVE) {
        b->s->anchor[q] = post.argmax;
        relative = 0;
    }
    if (b->want_draw) {
        draw_tile(p, q, b->s->point + worker * 2 * d);
    }
    if (b->want_trace) {
        b->rq->f64[DDN_OUT_TRACE_COV][b->todo[q]] = trace;
    }
    ddni_finish(b, q, &post);
    b->s->posterior[q].max = relative;
}
