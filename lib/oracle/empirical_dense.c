/* All points, inner products in f32 or f64 over lanes of states, with a running softmax. The result
 * shows how far rounding can have moved it; states where that is too far are left to another way.
 * theory.md (11), (14). Layer 4 (oracle). */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical_impl.h"

/* Rows of s->lane per chunk, each [lanes]; the class sums follow. */
enum {
    REFERENCE,
    BEST,
    INDEX,
    TOTAL,
    ENERGY,
    SQUARE,
    NORM,
    RESCALE,
    LANE_ROWS
};

/* What the tile loop of one precision needs to know. */
typedef struct dense {
    ddni_block *b;
    ddn_type precision;
    int64_t size;       /* bytes of a number */
    int64_t tile_bytes; /* per worker: rows, inner products, terms */
    int64_t tiles;      /* per chunk, at most */
    int32_t thin;       /* row by row, one lane per state */
} dense;

static double *lane_row(const dense *p, int64_t chunk, int64_t row)
{
    return p->b->s->lane + (chunk * (LANE_ROWS + p->b->classes) + row) * p->b->lanes;
}

static ddni_lane_sums lane_sums(const dense *p, int64_t chunk, int64_t q)
{
    const ddni_block *b = p->b;
    return (ddni_lane_sums){
        .reference = lane_row(p, chunk, REFERENCE) + q,
        .best = lane_row(p, chunk, BEST) + q,
        .index = (int64_t *)(void *)lane_row(p, chunk, INDEX) + q,
        .total = lane_row(p, chunk, TOTAL) + q,
        .energy = lane_row(p, chunk, ENERGY) + q,
        .square = lane_row(p, chunk, SQUARE) + q,
        .norm = lane_row(p, chunk, NORM) + q,
        .classes =
            b->want_class ? lane_row(p, chunk, LANE_ROWS) + q * (p->thin ? b->classes : 1) : NULL,
        .rescale = lane_row(p, chunk, RESCALE) + q,
    };
}

static char *sum_of(const dense *p, int64_t chunk)
{
    return (char *)p->b->s->sum + chunk * p->b->lanes * p->b->d * p->size;
}

/* Multiplies the vector sums of the lanes whose reference moved. */
static void rescale_sums(const dense *p, int64_t chunk, const double *factor)
{
    int64_t d = p->b->d, lanes = p->b->lanes;
    if (p->precision == DDN_TYPE_F32) {
        float *sum = (float *)(void *)sum_of(p, chunk), f[DDNI_MAX_LANES];
        for (int64_t q = 0; q < lanes; q++) {
            f[q] = (float)factor[q];
        }
        for (int64_t j = 0; j < d; j++) {
            for (int64_t q = 0; q < lanes; q++) {
                sum[j * lanes + q] *= f[q];
            }
        }
    } else {
        double *sum = (double *)(void *)sum_of(p, chunk);
        for (int64_t j = 0; j < d; j++) {
            for (int64_t q = 0; q < lanes; q++) {
                sum[j * lanes + q] *= factor[q];
            }
        }
    }
}

/* Mass of each state in a tile, beside the reference it is relative to. */
static void note_mass(const dense *p, int64_t tile, int64_t rows, const void *weights,
                      const double *reference)
{
    int64_t lanes = p->b->lanes;
    double *mass = p->b->s->tile_mass + tile * lanes * 2;
    for (int64_t q = 0; q < p->b->m; q++) {
        double sum = 0;
        for (int64_t r = 0; r < rows; r++) {
            sum += p->precision == DDN_TYPE_F32 ? (double)((const float *)weights)[r * lanes + q]
                                                : ((const double *)weights)[r * lanes + q];
        }
        mass[2 * q] = reference[q];
        mass[2 * q + 1] = sum;
    }
}

/* One tile of rows against all lanes. */
static void lanes_tile(const dense *p, int64_t chunk, int64_t first, int64_t rows, char *scratch,
                       const double *term)
{
    const ddni_block *b = p->b;
    const ddni_kernels *k = b->kern;
    int64_t d = b->d, lanes = b->lanes, ldy = d;
    ddni_lane_sums sums = lane_sums(p, chunk, 0);
    const double *norm = b->o->norm + first;
    const int32_t *class_of = b->want_class ? b->ds->labels->class_index + first : NULL;
    char *weights = scratch + DDNI_TILE_ROWS * d * p->size;
    memset(weights, 0, (size_t)(rows * lanes * p->size));
    int32_t moved;
    if (p->precision == DDN_TYPE_F32) {
        float *rows32 = (float *)(void *)scratch, *g = (float *)(void *)weights;
        const float *y = rows32;
        if (b->o->in_place) {
            y = ddni_stored(b->ds, first);
            ldy = b->ds->ld;
        } else {
            k->unpack_f32(b->ds->type, rows, d, ddni_stored(b->ds, first), b->ds->ld, b->ds->scale,
                          b->ds->shift, b->o->centre, rows32, d);
        }
        k->multiply_f32(rows, d, lanes, y, ldy, 1, b->s->lanes, lanes, g, lanes);
        moved = k->softmax_f32(rows, lanes, g, lanes, b->gain, term, norm, class_of, b->classes,
                               first, &sums);
        if (b->want_sum) {
            if (moved) {
                rescale_sums(p, chunk, sums.rescale);
            }
            k->multiply_f32(d, rows, lanes, y, 1, ldy, g, lanes, (float *)(void *)sum_of(p, chunk),
                            lanes);
        }
    } else {
        double *y = (double *)(void *)scratch, *g = (double *)(void *)weights;
        k->unpack_f64(b->ds->type, rows, d, ddni_stored(b->ds, first), b->ds->ld, b->ds->scale,
                      b->ds->shift, b->o->centre, y, d);
        k->multiply_f64(rows, d, lanes, y, d, 1, b->s->lanes, lanes, g, lanes);
        moved = k->softmax_f64(rows, lanes, g, lanes, b->gain, term, norm, class_of, b->classes,
                               first, &sums);
        if (b->want_sum) {
            if (moved) {
                rescale_sums(p, chunk, sums.rescale);
            }
            k->multiply_f64(d, rows, lanes, y, 1, d, g, lanes, (double *)(void *)sum_of(p, chunk),
                            lanes);
        }
    }
    if (b->want_draw) {
        int64_t tile = chunk * p->tiles + (first - chunk * b->chunk_rows) / DDNI_TILE_ROWS;
        note_mass(p, tile, rows, weights, sums.reference);
    }
}

/* One tile of rows against few states, one after the other, in f32. */
static void thin_tile(const dense *p, int64_t chunk, int64_t first, int64_t rows, char *scratch,
                      const double *term)
{
    const ddni_block *b = p->b;
    const ddni_kernels *k = b->kern;
    int64_t d = b->d, ldy = d;
    float *rows32 = (float *)(void *)scratch, g[DDNI_TILE_ROWS];
    const float *y = rows32;
    if (b->o->in_place) {
        y = ddni_stored(b->ds, first);
        ldy = b->ds->ld;
    } else {
        k->unpack_f32(b->ds->type, rows, d, ddni_stored(b->ds, first), b->ds->ld, b->ds->scale,
                      b->ds->shift, b->o->centre, rows32, d);
    }
    for (int64_t q = 0; q < b->m; q++) {
        ddni_lane_sums sums = lane_sums(p, chunk, q);
        k->dot_f32(rows, d, y, ldy, (const float *)b->s->lanes + q * d, g);
        int32_t moved = k->softmax_rows_f32(
            rows, g, b->gain, term, b->o->norm + first,
            b->want_class ? b->ds->labels->class_index + first : NULL, b->classes, first, &sums);
        float *sum = (float *)(void *)sum_of(p, chunk) + q * d;
        if (b->want_sum) {
            for (int64_t j = 0; moved && j < d; j++) {
                sum[j] *= (float)sums.rescale[0];
            }
            k->combine_f32(rows, d, y, ldy, g, sum);
        }
        if (b->want_draw) {
            int64_t tile = chunk * p->tiles + (first - chunk * b->chunk_rows) / DDNI_TILE_ROWS;
            double *mass = b->s->tile_mass + (tile * b->lanes + q) * 2;
            mass[0] = sums.reference[0];
            mass[1] = 0;
            for (int64_t r = 0; r < rows; r++) {
                mass[1] += (double)g[r];
            }
        }
    }
}

static void dense_chunk(void *arg, int64_t chunk, int64_t worker)
{
    const dense *p = arg;
    const ddni_block *b = p->b;
    char *scratch = (char *)b->s->tile + worker * p->tile_bytes;
    int64_t lanes = b->lanes, end = ddni_chunk_end(b, chunk);
    memset(lane_row(p, chunk, 0), 0, (size_t)((LANE_ROWS + b->classes) * lanes) * sizeof(double));
    ddni_lane_sums sums = lane_sums(p, chunk, 0);
    for (int64_t q = 0; q < lanes; q++) {
        sums.reference[q] = sums.best[q] = -INFINITY;
        sums.index[q] = -1;
    }
    if (b->want_sum) {
        memset(sum_of(p, chunk), 0, (size_t)(lanes * b->d * p->size));
    }
    double term[DDNI_TILE_ROWS];
    for (int64_t first = chunk * b->chunk_rows; first < end; first += DDNI_TILE_ROWS) {
        int64_t rows = end - first < DDNI_TILE_ROWS ? end - first : DDNI_TILE_ROWS;
        for (int64_t r = 0; r < rows; r++) {
            term[r] = -0.5 * b->gain * b->level->a * b->o->norm[first + r];
        }
        (p->thin ? thin_tile : lanes_tile)(p, chunk, first, rows, scratch, term);
    }
}

/* Draws the tile by its mass, then the row within it by direct differences. */
static void draw(const dense *p, int64_t q)
{
    const ddni_block *b = p->b;
    double max = -INFINITY, total = 0;
    for (int64_t i = 0; i < b->chunks * p->tiles; i++) {
        max = fmax(max, b->s->tile_mass[(i * b->lanes + q) * 2]);
    }
    for (int64_t i = 0; i < b->chunks * p->tiles; i++) {
        const double *mass = b->s->tile_mass + (i * b->lanes + q) * 2;
        total += exp(mass[0] - max) * mass[1];
    }
    double left = total * ddni_draw_uniform(b, q);
    int64_t last = -1;
    for (int64_t i = 0; i < b->chunks * p->tiles; i++) {
        const double *mass = b->s->tile_mass + (i * b->lanes + q) * 2;
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
    double logit[DDNI_TILE_ROWS], top = -INFINITY, sum = 0;
    for (int64_t r = 0; r < rows; r++) {
        logit[r] = ddni_logit(b, b->s->state + q * b->d, first + r);
        top = fmax(top, logit[r]);
    }
    for (int64_t r = 0; r < rows; r++) {
        logit[r] = exp(logit[r] - top);
        sum += logit[r];
    }
    const double *mass = b->s->tile_mass + (last * b->lanes + q) * 2;
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

/* Posterior of a lane of one chunk; *factor takes sums relative to the lane's reference to ones
 * relative to its largest logit. */
static ddni_posterior lane_posterior(const dense *p, int64_t chunk, int64_t q, double shift,
                                     double *factor)
{
    ddni_lane_sums s = lane_sums(p, chunk, q);
    double gap = s.best[0] - s.reference[0], f = exp(-gap);
    *factor = f;
    return (ddni_posterior){
        .max = s.best[0] + shift,
        .argmax = s.index[0],
        .rest = fmax(0, s.total[0] * f - 1),
        .rest_energy = fmax(0, f * (s.energy[0] + gap * s.total[0])),
        .rest_square = fmax(0, s.square[0] * f * f - 1),
    };
}

static double sum_at(const dense *p, int64_t chunk, int64_t q, int64_t j)
{
    int64_t at = p->thin ? q * p->b->d + j : j * p->b->lanes + q;
    return p->precision == DDN_TYPE_F32 ? (double)((const float *)(void *)sum_of(p, chunk))[at]
                                        : ((const double *)(void *)sum_of(p, chunk))[at];
}

/* Whether rounding can have moved the result of state q by more than is promised: an error e of the
 * logits moves the mean by at most e sqrt(tr Cov). */
static int32_t acceptable(const dense *p, int64_t q, const ddni_posterior *post, double trace,
                          double length)
{
    const ddni_block *b = p->b;
    int32_t single = p->precision == DDN_TYPE_F32;
    double unit = single ? 0x1p-24 : 0x1p-53;
    double error = unit * b->gain * length * sqrt(b->o->norm_max);
    if (b->n > 1 && post->rest < (single ? 1e-2 : 1e-5)) {
        return 0; /* 1 - w_max would have lost its digits */
    }
    if (!b->want_sum) {
        return error <= (single ? 1e-5 : 1e-10);
    }
    const double *mean = b->s->total + q * b->d, *x = b->s->relative + q * b->d;
    double total = ddni_posterior_total(post), square = 0;
    for (int64_t j = 0; j < b->d; j++) {
        double diff = x[j] - b->level->a * mean[j] / total;
        square += diff * diff;
    }
    double limit = b->ds->type == DDN_TYPE_F64 ? 2e-13 : 2e-6;
    return b->level->a * error * sqrt(trace) <= limit * sqrt(square) && error < 1e-2;
}

/* Merges the chunks of one state, judges it and finishes it. */
static void merge_state(void *arg, int64_t q, int64_t worker)
{
    (void)worker;
    const dense *p = arg;
    const ddni_block *b = p->b;
    int64_t d = b->d, k = b->classes;
    double length2 = 0, norm = 0, mean2 = 0;
    for (int64_t j = 0; j < d; j++) {
        length2 += b->s->relative[q * d + j] * b->s->relative[q * d + j];
    }
    double shift = -length2 / (2 * b->level->s2);
    ddni_posterior post = ddni_posterior_empty;
    double *total = b->s->total + q * d, *cls = b->s->class_total + q * k;
    memset(total, 0, (size_t)d * sizeof *total);
    memset(cls, 0, (size_t)k * sizeof *cls);
    for (int64_t c = 0; c < b->chunks; c++) {
        double f;
        ddni_posterior part = lane_posterior(p, c, q, shift, &f);
        ddni_merge merge = ddni_posterior_merge(&post, &part);
        ddni_lane_sums s = lane_sums(p, c, q);
        norm = merge.left * norm + merge.right * f * s.norm[0];
        for (int64_t j = 0; b->want_sum && j < d; j++) {
            total[j] = merge.left * total[j] + merge.right * f * sum_at(p, c, q, j);
        }
        for (int64_t j = 0; b->want_class && j < k; j++) {
            cls[j] =
                merge.left * cls[j] + merge.right * f * s.classes[j * (p->thin ? 1 : b->lanes)];
        }
    }
    double z = ddni_posterior_total(&post);
    for (int64_t j = 0; j < d; j++) {
        mean2 += total[j] / z * (total[j] / z);
    }
    double trace = fmax(0, norm / z - mean2);
    /* What cancellation may have taken from the trace is allowed for. */
    double unsure = (p->precision == DDN_TYPE_F32 ? 4e-7 : 1e-15) * norm / z;
    if (!acceptable(p, q, &post, trace + unsure, sqrt(length2)) ||
        (b->want_trace && unsure > 1e-4 * trace && b->n > 1)) {
        return;
    }
    if (b->want_draw) {
        draw(p, q);
    }
    if (b->want_trace) {
        b->rq->f64[DDN_OUT_TRACE_COV][b->todo[q]] = trace;
    }
    ddni_finish(b, q, &post);
}

/* The states transposed to lanes. */
static void fill_lanes(const dense *p)
{
    const ddni_block *b = p->b;
    int64_t d = b->d;
    memset(b->s->lanes, 0, (size_t)(b->lanes * d * p->size));
    for (int64_t q = 0; q < b->m; q++) {
        for (int64_t j = 0; j < d; j++) {
            double value = b->s->relative[q * d + j];
            int64_t at = p->thin ? q * d + j : j * b->lanes + q;
            if (p->precision == DDN_TYPE_F32) {
                ((float *)b->s->lanes)[at] = (float)value;
            } else {
                ((double *)b->s->lanes)[at] = value;
            }
        }
    }
}

ddn_status ddni_dense(ddn_context *ctx, ddni_block *b, ddn_type precision)
{
    ddni_scan *s = b->s;
    int64_t d = b->d;
    dense p = {.b = b, .precision = precision};
    p.size = precision == DDN_TYPE_F32 ? 4 : 8;
    p.thin = precision == DDN_TYPE_F32 && b->m <= DDNI_THIN;
    p.tiles = (b->chunk_rows + DDNI_TILE_ROWS - 1) / DDNI_TILE_ROWS;
    p.tile_bytes = (DDNI_TILE_ROWS * (d + b->lanes) * p.size + 63) / 64 * 64;
    int64_t lane_rows = b->chunks * (LANE_ROWS + b->classes) * b->lanes;
    DDNI_TRY(ddni_reserve(ctx, "lanes", b->lanes * d, p.size, &s->lanes));
    DDNI_TRY(ddni_reserve(ctx, "row tiles", ddni_workers(ctx), p.tile_bytes, &s->tile));
    DDNI_TRY(ddni_reserve(ctx, "lane sums", lane_rows, 8, &s->lane));
    if (b->want_sum) {
        DDNI_TRY(ddni_reserve(ctx, "partial sums", b->chunks * b->lanes * d, p.size, &s->sum));
    }
    if (b->want_draw) {
        int64_t masses = b->chunks * p.tiles * b->lanes * 2;
        DDNI_TRY(ddni_reserve(ctx, "tile masses", masses, 8, &s->tile_mass));
        for (int64_t i = 0; i < masses; i++) {
            s->tile_mass[i] = i % 2 == 0 ? -INFINITY : 0;
        }
    }
    fill_lanes(&p);
    double work = (double)b->lanes * (double)b->n * (double)d;
    DDNI_TRY(ddni_parallel(ctx, b->chunks, work, dense_chunk, &p));
    DDNI_TRY(ddni_parallel(ctx, b->m, (double)(b->m * d * b->chunks), merge_state, &p));
    int64_t done = 0;
    for (int64_t q = 0; q < b->m; q++) {
        done += s->verdict[q] == DDNI_DONE;
    }
    s->touched += (double)done;
    return b->want_cov ? ddni_moments(ctx, b) : DDN_OK;
}
