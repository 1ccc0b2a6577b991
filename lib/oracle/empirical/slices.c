/* The dense way on bytes as they are stored: states and weights as sums of int8 slices, all
 * products exact integers. theory.md (14). */
#include "oracle/empirical/dense.h"

#include <string.h>

static int64_t quads_of(const ddni_block *b)
{
    return (b->d + 3) / 4;
}

/* Bytes from one group of interleaved rows to the next: an odd number of cache lines. */
static int64_t group_bytes(const ddni_block *b)
{
    return ddni_padded_width(b->d) * 4 + 64;
}

int64_t ddni_slices_scratch(const ddni_block *b)
{
    return DDNI_TILE_ROWS / 4 * group_bytes(b) + DDNI_TILE_ROWS * quads_of(b) * 4;
}

/* Bytes of a strip of lanes. */
static int64_t strip_bytes(const ddni_block *b)
{
    return quads_of(b) * DDNI_SLICES * DDNI_LANES * 4;
}

double ddni_slices_rest(const ddni_dense_run *p, int64_t q)
{
    return p->integer && !p->thin ? p->s->lost[q] : 0;
}

/* x . (y - centre) = constant + sum_s scale_s (slice_s . stored), up to 2^-23 of the largest
 * coordinate of x. Gives the factor that takes x to its first slice. */
static double scales_of(const ddni_block *b, int64_t q, double scale[DDNI_SLICES + 1])
{
    const double *x = ddni_relative(b, q);
    double top = b->kern->largest(b->d, x, NULL), part[8] = {0}, constant = 0;
    int64_t j = 0;
    for (; j + 8 <= b->d; j += 8) {
        for (int64_t v = 0; v < 8; v++) {
            part[v] += x[j + v] * (b->ds->shift - b->o->centre[j + v]);
        }
    }
    for (; j < b->d; j++) {
        constant += x[j] * (b->ds->shift - b->o->centre[j]);
    }
    for (int64_t v = 0; v < 8; v++) {
        constant += part[v];
    }
    /* The first scale is a float, so that it is not rounded again, and a normal one: a state within
     * 2^-126 of the centre is rounded to it, which moves no logit that f32 can hold. */
    double first = (double)(float)(b->ds->scale * (top > 0 ? top / 127 : 1) * (1 + 1e-6));
    first = copysign(fmax(0x1p-126, fabs(first)), first);
    for (int64_t i = 0; i < DDNI_SLICES; i++) {
        scale[i] = first * (i == 0 ? 1 : i == 1 ? 1.0 / 254 : 1.0 / (254 * 254));
    }
    scale[DDNI_SLICES] = constant;
    return b->ds->scale / first;
}

/* One state by itself. */
static void fill_thin(const ddni_dense_run *p, int64_t q)
{
    const ddni_block *b = p->b;
    const double *x = ddni_relative(b, q);
    int64_t width = ddni_padded_width(b->d);
    int8_t *out = (int8_t *)p->s->lanes + q * DDNI_SLICES * width;
    double inverse = scales_of(b, q, p->s->thin_scale + q * (DDNI_SLICES + 1));
    memset(out, 0, (size_t)(DDNI_SLICES * width));
    b->kern->slice_state(b->d, x, inverse, out, width);
}

void ddni_slices_fill(void *arg, int64_t strip, int64_t worker)
{
    (void)worker;
    const ddni_dense_run *p = arg;
    const ddni_block *b = p->b;
    if (p->thin) {
        for (int64_t q = 0; q < b->m; q++) {
            fill_thin(p, q);
        }
        return;
    }
    float *scales = p->s->lane_scale + strip * (DDNI_SLICES + 1) * DDNI_LANES;
    double inverse[DDNI_LANES] = {0}, scale[DDNI_SLICES + 1];
    const double *x[DDNI_LANES] = {NULL};
    memset(scales, 0, (DDNI_SLICES + 1) * DDNI_LANES * sizeof *scales);
    for (int64_t v = 0; v < DDNI_LANES && strip * DDNI_LANES + v < b->m; v++) {
        int64_t q = strip * DDNI_LANES + v;
        inverse[v] = scales_of(b, q, scale);
        x[v] = ddni_relative(b, q);
        for (int64_t i = 0; i <= DDNI_SLICES; i++) {
            scales[i * DDNI_LANES + v] = (float)scale[i];
        }
        p->s->lost[q] = scale[DDNI_SLICES] - (double)(float)scale[DDNI_SLICES];
    }
    b->kern->slice_states(b->d, x, inverse, (int8_t *)p->s->lanes + strip * strip_bytes(b));
}

void ddni_slices_multiply(const ddni_dense_run *p, const ddni_dense_part *part,
                          const ddni_tile *tile, char *scratch, ddni_strips g, ddni_ahead *ahead)
{
    const ddni_block *b = p->b;
    uint8_t *copy = (uint8_t *)scratch + DDNI_TILE_ROWS / 4 * group_bytes(b);
    ddni_rows y = ddni_rows_in_fours(b->ds, tile->first, tile->rows, copy);
    int64_t strip = part->lane / DDNI_LANES;
    b->kern->multiply_slices_u8(
        tile->rows, b->d, part->lanes, y, (const int8_t *)p->s->lanes + strip * strip_bytes(b),
        p->s->lane_scale + strip * (DDNI_SLICES + 1) * DDNI_LANES, g, ahead);
}

void ddni_slices_combine(const ddni_dense_run *p, const ddni_dense_part *part,
                         const ddni_tile *tile, char *scratch, ddni_strips weights)
{
    const ddni_block *b = p->b;
    int64_t d = b->d;
    ddni_rows y = {ddni_stored(b->ds, tile->first), b->ds->ld}, groups = {scratch, group_bytes(b)};
    float *sums = (float *)(void *)ddni_dense_sum(p, part->chunk);
    ddni_strips sum = {sums + ddni_dense_at(p, 0, part->lane), ddni_strip(b)};
    b->kern->interleave_u8(tile->rows, d, y, (uint8_t *)scratch, groups.ld);
    b->kern->combine_slices_u8(tile->rows, d, part->lanes, groups, weights, sum,
                               ddni_lane_row(p, part->chunk, DDNI_LANE_MASS) + part->lane);
}

void ddni_slices_dot(const ddni_dense_run *p, const ddni_tile *tile, int64_t q, float *g,
                     ddni_ahead *ahead)
{
    const ddni_block *b = p->b;
    ddni_rows y = {ddni_stored(b->ds, tile->first), b->ds->ld};
    b->kern->dot_slices_u8(tile->rows, b->d, y,
                           (const int8_t *)p->s->lanes + q * DDNI_SLICES * ddni_padded_width(b->d),
                           p->s->thin_scale + q * (DDNI_SLICES + 1), g, ahead);
}

void ddni_slices_add(const ddni_dense_run *p, const ddni_dense_part *part, const ddni_tile *tile,
                     const float *weights, ddni_ahead *ahead)
{
    const ddni_block *b = p->b;
    int64_t chunk = part->chunk, q = part->lane;
    double left = 0, norm = 0;
    /* The final sum of weights is no less than that of the rows so far: what is below this share of
     * it weighs less than epsilon / n. */
    double total = ddni_lane_row(p, chunk, DDNI_LANE_SUMS + DDNI_TOTAL)[q];
    float least = (float)(b->rq->epsilon / (double)b->n * total * (1 - 1e-6));
    for (int64_t r = 0; r < tile->rows; r++) {
        if (weights[r] < least) {
            left += (double)weights[r];
            norm += (double)weights[r] * tile->norm[r];
        }
    }
    ddni_lane_row(p, chunk, DDNI_LANE_LEFT)[q] += left;
    ddni_lane_row(p, chunk, DDNI_LANE_NORM)[q] -= norm;
    ddni_rows y = {ddni_stored(b->ds, tile->first), b->ds->ld};
    b->kern->combine_u8(tile->rows, b->d, y, weights, least,
                        (float *)(void *)ddni_dense_sum(p, chunk) + q * b->d,
                        ddni_lane_row(p, chunk, DDNI_LANE_MASS) + q, ahead);
}
