/* The end of the dense way: chunks merged, the effect of rounding judged, outputs written.
 * theory.md (11), (14). */
#include <string.h>

#include "oracle/empirical/dense.h"
#include "oracle/empirical/finish.h"
#include "oracle/empirical/logit.h"

/* What rounding does to a logit, and how much of it a result may show. "Measured" means the largest
 * value seen over types, times, dimensions and batch sizes, which test_accuracy.c holds. */
static const double
    /* Root mean square error of a product of far points, in units times the lengths in one place:
     * measured, a random walk with rounding errors of at most half a unit. */
    SPREAD_APART = 0.35,
    /* The same of a product with a near point, which grows steadily: half a unit and the
     * conversions at the end (measured), and N additions that each round at the size reached, whose
     * squares add up to N/3 times that of the last; 0.4 of a unit each (measured). */
    SPREAD_END = 0.6, SPREAD_STEP = 0.4,
    /* and N additions that all round the same way, by half a unit in the mean, at half of the size
     * in the mean. */
    SPREAD_ALIKE = 0.25,
    /* A number that is rounded once: at most a unit, root mean square 0.3 to 0.6 of it. Two of them
     * (term and logit), of any sizes, are then at most twice what is allowed for. */
    ROUNDED = 0.7,
    /* A squared distance in double: d/8 additions in each of eight places, as above; and how far
     * below the largest logit a point may be whose rounding counts. */
    SQUARE_PLACES = 8, RIVAL = 20,
    /* Error of a sum of vectors, in units of their weighted root mean square length; and in units
     * of its own for each row of a tile, or tile, that matters, where coordinates of all rows are
     * the same and round the same way (half a unit at most, of a half of the sum in the mean), or
     * rows are, whose sum may stay near one size, so that the next power of two is all below it. */
    SUM_UNITS = 2, SUM_STEADY = 0.25, SUM_ALIKE = 0.75,
    /* Largest relative error of the score: half of what is promised of f32 sums, a third of what is
     * promised of f64 data; the rest is for what the estimate leaves out. */
    SCORE_F32 = 5e-6, SCORE_F64 = 3e-13,
    /* Largest error of a logit where a score is wanted (promised in oracle.h), and where the
     * outputs are functions of the logits alone. The first order in it is then good to its square.
     */
    LOGIT_F32 = 5e-4, LOGIT_F64 = 3e-10, LOGIT_ALONE_F32 = 2e-5, LOGIT_ALONE_F64 = 2e-10,
    /* 1 - w_max is a sum of weights beside one of size 1: with 2^-24 (2^-53) of that lost, this
     * share keeps 5 (11) digits. */
    REST_F32 = 1e-2, REST_F64 = 1e-5,
    /* Error of a sum of bytes by the rounding of weights to 22 bits, 2^-22 = 2.4e-7 and the
     * conversion back, in root mean square lengths: measured. */
    WEIGHTS_OF_BYTES = 3.5e-7,
    /* What cancellation takes from a trace, relative to the sum of squares: eight units of either
     * precision; and how much of it may be lost. */
    TRACE_F32 = 4e-7, TRACE_F64 = 1e-15, TRACE_LOST_F32 = 1e-4, TRACE_LOST_F64 = 1e-10,
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
    double left = total * ddni_draw_uniform(b, b->todo[q]);
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
    int64_t first = chunk * b->chunk_rows + (last - chunk * p->tiles) * p->tile_rows;
    int64_t rows = end - first < p->tile_rows ? end - first : p->tile_rows;
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
    ddni_draw_write(b, b->todo[q], first + chosen);
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

/* sum[j] += factor from[j] for a state by itself, whose columns take the place of lanes. */
static void add_alone(const ddni_dense_run *p, int64_t width, const char *from, double factor,
                      double *sum)
{
    const int64_t whole = width / DDNI_LANES;
    double same[DDNI_LANES];
    for (int64_t v = 0; v < DDNI_LANES; v++) {
        same[v] = factor;
    }
    p->b->kern->add_scaled(p->precision, whole, from, same, sum);
    for (int64_t j = whole * DDNI_LANES; j < width; j++) {
        sum[j] +=
            factor * (p->precision == DDN_TYPE_F32 ? (double)((const float *)(const void *)from)[j]
                                                   : ((const double *)(const void *)from)[j]);
    }
}

/* The sum of a state by itself; sums of stored bytes become those of y - centre. */
static void write_alone(const ddni_dense_run *p, int64_t q, int64_t first, int64_t width,
                        const double *sum)
{
    const ddni_block *b = p->b;
    const double scale = b->ds->scale, shift = b->ds->shift, weight = p->s->weight[q];
    const double *centre = b->o->centre + first;
    double *to = b->s->total[q] + first;
    for (int64_t j = 0; j < width; j++) {
        to[j] = p->integer ? scale * sum[j] + (shift - centre[j]) * weight : sum[j];
    }
}

/* Of a strip of states from q on, likewise. */
static void write_lanes(const ddni_dense_run *p, int64_t q, int64_t first, int64_t width,
                        const double *sum)
{
    const ddni_block *b = p->b;
    double *to[DDNI_LANES], offset[DDNI_MERGE_COLUMNS];
    ddni_unlaned of = {.to = to, .scale = b->ds->scale, .weight = p->s->weight + q};
    for (; of.states < DDNI_LANES && q + of.states < b->m; of.states++) {
        to[of.states] = b->s->total[q + of.states] + first;
    }
    for (int64_t j = 0; p->integer && j < width; j++) {
        offset[j] = b->ds->shift - b->o->centre[first + j];
    }
    of.offset = p->integer ? offset : NULL;
    b->kern->from_lanes(width, sum, &of);
}

/* Adds up the chunks' vector sums for one strip of states and block of columns; a tile function. */
void ddni_dense_add(void *arg, int64_t task, int64_t worker)
{
    (void)worker;
    const ddni_dense_run *p = arg;
    const ddni_block *b = p->b;
    int64_t d = b->d, blocks = ddni_merge_blocks(b);
    int64_t first = task % blocks * DDNI_MERGE_COLUMNS;
    int64_t width = d - first < DDNI_MERGE_COLUMNS ? d - first : DDNI_MERGE_COLUMNS;
    int64_t lane = p->thin ? 1 : DDNI_LANES, q = task / blocks * lane;
    double sum[DDNI_MERGE_COLUMNS * DDNI_LANES];
    memset(sum, 0, (size_t)(width * lane) * sizeof *sum);
    for (int64_t c = 0; c < b->chunks; c++) {
        const double *factor = ddni_lane_row(p, c, DDNI_LANE_FACTOR) + q;
        const char *from = ddni_dense_sum(p, c) + ddni_dense_at(p, first, q) * p->size;
        if (p->thin) {
            add_alone(p, width, from, factor[0], sum);
        } else {
            b->kern->add_scaled(p->precision, width, from, factor, sum);
        }
    }
    (p->thin ? write_alone : write_lanes)(p, q, first, width, sum);
}

void ddni_dense_weigh(const ddni_dense_run *p)
{
    for (int64_t q = 0; q < p->b->m; q++) {
        weigh_chunks(p, q);
    }
}

/* What is known of a state when its result is judged. */
typedef struct judged {
    const ddni_posterior *post; /* max: relative to what all logits have in common */
    double length, place;       /* |x - a centre|, the most of it that is added up in one place */
    double apart;               /* |x - a mean|, where sums are wanted */
    double repeats;             /* share of the coordinates of that that are as large as the last */
    double top;                 /* the largest logit */
    double norm, trace, mean2;  /* weighted mean of |y - centre|^2, tr Cov or more, |mean -
                                   centre|^2 */
    double error;               /* of the logits */
} judged;

/* Errors of the sum of N terms that grows to one, in units: rounded at the end, and in each step.
 */
static double growth(double terms)
{
    return SPREAD_END + SPREAD_STEP * sqrt(terms / 3);
}

/* Places in which a product is added up, in turns; 1: runs of DDNI_DEPTH_BLOCK in one. */
static int64_t places_of(const ddni_dense_run *p)
{
    return !p->thin || p->turned ? 1 : p->b->kern->places * (p->precision == DDN_TYPE_F32 ? 2 : 1);
}

/* What a state and its sum are long, where sums are wanted, and the largest part of it whose
 * products with a row are added up in one place. Where they are of integers, it is the state that
 * is rounded, as a whole. */
static ddni_lengths lengths_of(const ddni_dense_run *p, int64_t q, double z)
{
    const ddni_block *b = p->b;
    const double *x = ddni_relative(b, q), *sum = b->want_sum ? b->s->total[q] : x;
    ddni_lengths of;
    const int64_t places = places_of(p);
    b->kern->lengths(b->d, x, sum, b->level->a / z, places > 1 ? places : 0, &of);
    of.place2 = p->integer ? b->s->square[q] : of.place2;
    return of;
}

/* Share of the coordinates of x that are as large as one of the few before them, but for what a sum
 * of them does not see, `unit` being that of its rounding: products with them may round all alike,
 * also in turns. Of the first ones, which stand for the others. */
static double repeated(int64_t d, const double *x, double unit)
{
    enum {
        SOME = 64,
        PERIOD = 6
    };
    const int64_t run = d < SOME ? d : SOME;
    const double near = 4 * unit * (double)d;
    double size[SOME + PERIOD], least[SOME]; /* from PERIOD places before the first on */
    int64_t count = 0;
    for (int64_t j = 0; j < PERIOD; j++) {
        size[j] = INFINITY;
    }
    for (int64_t j = 0; j < run; j++) {
        size[PERIOD + j] = fabs(x[j]);
        least[j] = INFINITY;
    }
    for (int64_t back = 1; back <= PERIOD; back++) {
        for (int64_t j = 0; j < run; j++) {
            const double apart = fabs(size[PERIOD + j] - size[PERIOD + j - back]);
            least[j] = apart < least[j] ? apart : least[j];
        }
    }
    for (int64_t j = 0; j < run; j++) {
        count += (least[j] <= near * size[PERIOD + j]) & (size[PERIOD + j] > 0);
    }
    return (double)count / (double)run;
}

/* Size of the errors of logits l = gain g - term, term = a gain |y - centre|^2 / 2, as the weights
 * see them; theory.md (14). Sums g of products that lie far from each other walk at random, about a
 * third of the unit times the two lengths (measured; the worst case is never near). The product
 * with a point that matters grows steadily, and each addition rounds at the size it has reached,
 * while integers round at the end. The term and the logit round once each, at sizes that do not
 * vanish with g. In double the squared distance has errors of its own. */
static double logit_spread(const ddni_dense_run *p, const judged *of)
{
    const ddni_block *b = p->b;
    int32_t single = p->precision == DDN_TYPE_F32;
    double unit = single ? 0x1p-24 : 0x1p-53, a = b->level->a;
    /* Weights join the term and the logit, and round with them. */
    double largest = of->post->max - ddni_log_weight(b, of->post->argmax);
    /* Points that matter: a |y - centre| is at most |x - a centre| + |x - a y|. */
    double nearest2 = 2 * b->level->s2 * (b->log_most - of->top);
    double reach = (of->length + sqrt(nearest2 + 2 * RIVAL * b->level->s2)) / a;
    double most = fmax(of->norm, fmin(b->o->norm_max, reach * reach)), scale = 0.5 * a * b->gain;
    double term = scale * sqrt(of->norm * most);
    /* Their products: gain g = l + term, where l is near the largest for all of them. These differ
     * as the terms do, and no more than the products with y - y'. */
    double differ =
        fmin(scale * sqrt(of->norm * (most - of->norm)), b->gain * of->length * sqrt(of->trace));
    double product = hypot(largest + scale * of->norm, differ) + b->log_size;
    double lengths = sqrt(fmax(p->integer ? b->o->raw_mean : b->o->norm_mean, of->norm));
    if (b->ds->scale != 1 || b->ds->shift != 0) { /* points are rounded before they are centred, */
        lengths += b->o->centre_length * (0x1p-53 / unit); /* in double, whatever is made of them */
    }
    const int64_t places = places_of(p);
    const int64_t turns = (b->d + places - 1) / places;
    double run = (double)turns, steps = places > 1 ? run : fmin(run, DDNI_DEPTH_BLOCK);
    double grown = p->integer ? growth(0)
                              : fmax(growth(steps * steps / run),
                                     SPREAD_END + SPREAD_ALIKE * of->repeats * steps);
    double sum = hypot(SPREAD_APART * b->gain * of->place * lengths, grown * product);
    double square = single ? ROUNDED : ROUNDED + growth((double)b->d / SQUARE_PLACES);
    /* x - a centre is rounded once, the same way for all points: the mean answers with gain Cov
     * times that. */
    double common = 0x1p-53 * of->length;
    double logits = ROUNDED * (fabs(largest) + 2 * b->log_size);
    return unit * hypot(hypot(sum, square * term), logits) + b->gain * common * sqrt(of->trace);
}

/* How wrong the largest logit is, which is done again by differences in double. It is more so than
 * the law says where the terms of a product are alike, as of states halfway between corners of a
 * cube: then every addition rounds the same way. */
static double error_seen(const ddni_dense_run *p, int64_t q, const judged *of)
{
    const ddni_block *b = p->b;
    if (p->precision == DDN_TYPE_F64) {
        return 0; /* nothing is known better */
    }
    double exact = ddni_logit(b, ddni_state(b, q), of->post->argmax);
    return fmax(0, fabs(of->top - exact) - 2 * ddni_logit_error(b, exact)); /* of either */
}

/* Additions to a vector sum that may all round the same way: of the rows of a tile that are at one
 * distance, as far as they are added one by one, and of tiles that are full of them. */
static double alike(const ddni_dense_run *p)
{
    const double rows = (double)p->b->o->alike, tile = (double)p->tile_rows;
    const double alone = p->integer ? 0 /* sums over a tile are exact */
                         : p->thin  ? DDNI_SHORT_RUN + tile / DDNI_SHORT_RUN
                                    : tile;
    return fmin(rows, alone) + rows / DDNI_TILE_ROWS * (double)p->tiles;
}

/* Whether sums of vectors, and the centre that their mean is added to, round too much for a score
 * of this size; its floor is at least what |x| >= ||x - a centre| - a |centre|| gives. Roundings
 * that are all alike happen while the sum, or that of the weights, grows from its largest term. */
static int32_t sums_show(const ddni_dense_run *p, const judged *of, double limit)
{
    const ddni_block *b = p->b;
    double unit = p->precision == DDN_TYPE_F32 ? 0x1p-24 : 0x1p-53, a = b->level->a;
    double floor = b->ds->type == DDN_TYPE_F64 ? 0x1p-53 : 0x1p-24;
    double added =
        p->thin ? fmax(DDNI_TILE_ROWS, /* to one place */
                       DDNI_SHORT_RUN + (double)p->tile_rows / DDNI_SHORT_RUN + (double)p->tiles)
                : fmax(DDNI_TILE_ROWS, (double)p->tiles);
    double rows = fmin(added, 1 / ddni_posterior_sum_w2(of->post));
    double steady = SUM_STEADY * rows + SUM_ALIKE * (1 + ddni_posterior_w_max(of->post)) * alike(p);
    double sums = unit * (SUM_UNITS * sqrt(of->norm) + steady * sqrt(of->mean2)) +
                  0x1p-53 * b->o->centre_length;
    return a * sums > limit + floor * fabs(of->length - a * b->o->centre_length);
}

/* Error of the mean by the rounding of weights themselves. */
static double weights_of_bytes(const ddni_dense_run *p)
{
    return p->integer ? WEIGHTS_OF_BYTES * sqrt(p->b->o->norm_mean) : 0;
}

/* Whether rounding can have moved the result of a state by more than is promised: an error e of the
 * logits moves the mean by at most e sqrt(tr Cov). */
static int32_t acceptable(const ddni_dense_run *p, const judged *of)
{
    const ddni_block *b = p->b;
    int32_t single = p->precision == DDN_TYPE_F32;
    double error = of->error;
    if (b->want_rest && b->n > 1 && of->post->rest < (single ? REST_F32 : REST_F64)) {
        return 0; /* 1 - w_max would have lost its digits */
    }
    if (!b->want_sum) {
        return error <= (single ? LOGIT_ALONE_F32 : LOGIT_ALONE_F64);
    }
    double limit = (b->ds->type == DDN_TYPE_F64 ? SCORE_F64 : SCORE_F32) * of->apart;
    return b->level->a * (error * sqrt(of->trace) + weights_of_bytes(p)) <= limit &&
           !sums_show(p, of, limit) && error <= (single ? LOGIT_F32 : LOGIT_F64);
}

/* Merges what the chunks know of one state besides its vector sum. Gives the mean of |y - centre|^2
 * over what that sum has not left out. */
static double merge_masses(const ddni_dense_run *p, int64_t q, ddni_posterior *post)
{
    const ddni_block *b = p->b;
    const int64_t k = b->classes;
    double norm = 0, left = 0, *cls = b->s->class_total + q * k;
    *post = ddni_posterior_empty;
    memset(cls, 0, (size_t)k * sizeof *cls);
    for (int64_t c = 0; c < b->chunks; c++) {
        ddni_lane_sums s = ddni_lane_sums_of(p, c, q);
        ddni_posterior part = lane_posterior(&s);
        ddni_posterior_merge(post, &part);
        double factor = ddni_lane_row(p, c, DDNI_LANE_FACTOR)[q];
        norm += factor * s.norm[0];
        left += factor * ddni_lane_row(p, c, DDNI_LANE_LEFT)[q];
        for (int64_t j = 0; b->want_class && j < k; j++) {
            cls[j] += factor * s.classes[j * (p->thin ? 1 : b->lanes)];
        }
    }
    p->s->left[q] = left / ddni_posterior_total(post);
    return norm / (ddni_posterior_total(post) - left);
}

/* Judges one state and finishes it. */
void ddni_dense_merge(void *arg, int64_t q, int64_t worker)
{
    const ddni_dense_run *p = arg;
    const ddni_block *b = p->b;
    int64_t d = b->d;
    double length2 = b->s->square[q];
    double shift = b->gain * ddni_slices_rest(p, q) - length2 / (2 * b->level->s2);
    ddni_posterior post;
    double *total = b->s->total[q];
    const double norm = merge_masses(p, q, &post), z = ddni_posterior_total(&post);
    const double kept = 1 - p->s->left[q];
    for (int64_t j = 0; kept < 1 && j < d; j++) { /* a mean of what is not left out */
        total[j] /= kept;
    }
    const ddni_lengths lengths = lengths_of(p, q, z);
    const double mean2 = b->want_sum ? lengths.sum2 / z / z : 0;
    double trace = fmax(0, norm - mean2);
    /* What cancellation may have taken from the trace is allowed for. */
    double unsure = (p->precision == DDN_TYPE_F32 ? TRACE_F32 : TRACE_F64) * norm;
    double lost = b->ds->type == DDN_TYPE_F64 ? TRACE_LOST_F64 : TRACE_LOST_F32;
    double top = fmin(b->log_most, post.max + shift);
    double repeats =
        repeated(d, ddni_relative(b, q), p->precision == DDN_TYPE_F32 ? 0x1p-24 : 0x1p-53);
    judged of = {.post = &post,
                 .length = sqrt(length2),
                 .place = sqrt(lengths.place2),
                 .apart = sqrt(lengths.apart2),
                 .repeats = repeats,
                 .top = top,
                 .norm = norm,
                 .trace = trace + unsure,
                 .mean2 = mean2};
    of.error = fmax(logit_spread(p, &of), error_seen(p, q, &of));
    if (!acceptable(p, &of) || (b->want_moments && unsure > lost * trace && b->n > 1)) {
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
        draw_tile(p, q, ddni_point_of(b, worker));
    }
    if (b->want_trace) {
        b->rq->f64[DDN_OUT_TRACE_COV][b->todo[q]] = trace;
    }
    ddni_finish(b, q, &post);
    ddni_evidence *known = ddni_evidence_of(b, q);
    if (known != NULL) {
        known->spread = of.error;
        known->weights = p->precision == DDN_TYPE_F32 ? 0x1p-22 : 0x1p-51;
        known->mean = b->level->a * (of.error * sqrt(of.trace) + weights_of_bytes(p));
    }
    b->s->posterior[q].max = relative;
}
