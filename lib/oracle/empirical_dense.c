/* All points, inner products in f32 or f64 over lanes of states, with a running softmax. The result
 * shows how far rounding can have moved it; states where that is too far are left to another way.
 * theory.md (11), (14). Layer 4 (oracle). */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical_dense.h"

/* Multiplies the vector sums of the lanes whose reference moved. */
static void rescale_sums(const ddni_dense_run *p, int64_t chunk, const double *factor)
{
    int64_t d = p->b->d, lanes = p->b->lanes;
    if (p->precision == DDN_TYPE_F32) {
        float *sum = (float *)(void *)ddni_dense_sum(p, chunk), f[DDNI_MAX_LANES];
        for (int64_t q = 0; q < lanes; q++) {
            f[q] = (float)factor[q];
        }
        for (int64_t j = 0; j < d; j++) {
            for (int64_t q = 0; q < lanes; q++) {
                sum[j * lanes + q] *= f[q];
            }
        }
    } else {
        double *sum = (double *)(void *)ddni_dense_sum(p, chunk);
        for (int64_t j = 0; j < d; j++) {
            for (int64_t q = 0; q < lanes; q++) {
                sum[j * lanes + q] *= factor[q];
            }
        }
    }
}

/* Mass of each state in a tile, beside the reference it is relative to. */
static void note_mass(const ddni_dense_run *p, int64_t tile, int64_t rows, const void *weights,
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

/* Columns `from` .. of a tile in f32 or f64: unpacked, or as they are stored. */
typedef struct panel {
    const void *at;
    int64_t ld;
} panel;

static panel panel_at(const ddni_dense_run *p, int64_t first, int64_t from, char *scratch)
{
    const ddni_block *b = p->b;
    if (p->precision == DDN_TYPE_F32 && ddni_use_in_place(b->o, b->lanes)) {
        return (panel){(const float *)ddni_stored(b->ds, first) + from, b->ds->ld};
    }
    int64_t ld = ddni_panel_ld(p->size);
    return (panel){scratch + from / DDNI_DEPTH_BLOCK * DDNI_TILE_ROWS * ld * p->size, ld};
}

/* Unpacks columns from .. from + width - 1 of a tile, unless they are used as stored. */
static void unpack_panel(const ddni_dense_run *p, int64_t first, int64_t rows, int64_t from,
                         int64_t width, panel to)
{
    const ddni_block *b = p->b;
    const ddn_dataset *ds = b->ds;
    const char *stored = (const char *)ddni_stored(ds, first) + from * ddni_type_size(ds->type);
    void *out = (void *)(uintptr_t)to.at;
    if (p->precision == DDN_TYPE_F64) {
        b->kern->unpack_f64(ds->type, rows, width, stored, ds->ld, ds->scale, ds->shift,
                            b->o->centre + from, out, to.ld);
    } else if (!ddni_use_in_place(b->o, b->lanes)) {
        b->kern->unpack_f32(ds->type, rows, width, stored, ds->ld, ds->scale, ds->shift,
                            b->o->centre + from, out, to.ld);
    }
}

/* One tile of rows against all lanes. */
static void lanes_tile(const ddni_dense_run *p, int64_t chunk, int64_t first, int64_t rows,
                       char *scratch, const double *term)
{
    const ddni_block *b = p->b;
    const ddni_kernels *k = b->kern;
    int64_t d = b->d, lanes = b->lanes, step = DDNI_DEPTH_BLOCK;
    ddni_lane_sums sums = ddni_lane_sums_of(p, chunk, 0);
    const double *norm = b->o->norm + first;
    const int32_t *class_of = b->want_class ? b->ds->labels->class_index + first : NULL;
    char *weights = scratch + ddni_tile_numbers(d, p->size) * p->size;
    int32_t single = p->precision == DDN_TYPE_F32;
    memset(weights, 0, (size_t)(rows * lanes * p->size));
    for (int64_t from = 0; from < d; from += step) {
        int64_t width = d - from < step ? d - from : step;
        panel y = panel_at(p, first, from, scratch);
        unpack_panel(p, first, rows, from, width, y);
        if (single) {
            k->multiply_f32(rows, width, lanes, y.at, y.ld, 1,
                            (const float *)b->s->lanes + from * lanes, lanes,
                            (float *)(void *)weights, lanes);
        } else {
            k->multiply_f64(rows, width, lanes, y.at, y.ld, 1,
                            (const double *)b->s->lanes + from * lanes, lanes,
                            (double *)(void *)weights, lanes);
        }
    }
    int32_t moved = single ? k->softmax_f32(rows, lanes, (float *)(void *)weights, lanes, b->gain,
                                            term, norm, class_of, b->classes, first, &sums)
                           : k->softmax_f64(rows, lanes, (double *)(void *)weights, lanes, b->gain,
                                            term, norm, class_of, b->classes, first, &sums);
    if (b->want_sum && moved) {
        rescale_sums(p, chunk, sums.rescale);
    }
    for (int64_t from = 0; b->want_sum && from < d; from += step) {
        int64_t width = d - from < step ? d - from : step;
        panel y = panel_at(p, first, from, scratch);
        char *sum = ddni_dense_sum(p, chunk) + from * lanes * p->size;
        if (single) {
            k->multiply_f32(width, rows, lanes, y.at, 1, y.ld, (const float *)(void *)weights,
                            lanes, (float *)(void *)sum, lanes);
        } else {
            k->multiply_f64(width, rows, lanes, y.at, 1, y.ld, (const double *)(void *)weights,
                            lanes, (double *)(void *)sum, lanes);
        }
    }
    if (b->want_draw) {
        int64_t tile = chunk * p->tiles + (first - chunk * b->chunk_rows) / DDNI_TILE_ROWS;
        note_mass(p, tile, rows, weights, sums.reference);
    }
}

/* Columns of an int8 slice. */
static int64_t padded_width(int64_t d)
{
    return (d + 63) / 64 * 64;
}

/* The states as sums of int8 slices: x . (y - centre) = constant + sum_i step_i scale (slice_i .
 * stored), up to 2^-23 of the largest coordinate of x. */
static void fill_slices(const ddni_dense_run *p)
{
    const ddni_block *b = p->b;
    int64_t d = b->d, width = padded_width(d);
    memset(b->s->lanes, 0, (size_t)(b->m * DDNI_SLICES * width));
    for (int64_t q = 0; q < b->m; q++) {
        const double *x = b->s->relative + q * d;
        double *scale = b->s->slice + q * (DDNI_SLICES + 1), top = 0, constant = 0;
        for (int64_t j = 0; j < d; j++) {
            top = fmax(top, fabs(x[j]));
            constant += x[j] * (b->ds->shift - b->o->centre[j]);
        }
        double step = top > 0 ? top / 127 : 1;
        for (int64_t i = 0; i < DDNI_SLICES; i++) {
            scale[i] = b->ds->scale * step * (i == 0 ? 1 : i == 1 ? 1.0 / 254 : 1.0 / (254 * 254));
        }
        scale[DDNI_SLICES] = constant;
        int8_t *out = (int8_t *)b->s->lanes + q * DDNI_SLICES * width;
        for (int64_t j = 0; j < d; j++) {
            double rest = x[j] / step;
            for (int64_t i = 0; i < DDNI_SLICES; i++) {
                double whole = nearbyint(rest);
                out[i * width + j] = (int8_t)whole;
                rest = (rest - whole) * 254;
            }
        }
    }
}

/* One tile of rows against few states, one after the other, in f32. */
static void thin_tile(const ddni_dense_run *p, int64_t chunk, int64_t first, int64_t rows,
                      char *scratch, const double *term)
{
    const ddni_block *b = p->b;
    const ddni_kernels *k = b->kern;
    int64_t d = b->d, ldy = d;
    float *rows32 = (float *)(void *)scratch, g[DDNI_TILE_ROWS];
    const float *y = rows32;
    const void *stored = ddni_stored(b->ds, first);
    if (b->o->in_place) {
        y = stored;
        ldy = b->ds->ld;
    } else if (!p->integer) {
        k->unpack_f32(b->ds->type, rows, d, stored, b->ds->ld, b->ds->scale, b->ds->shift,
                      b->o->centre, rows32, d);
    }
    for (int64_t q = 0; q < b->m; q++) {
        ddni_lane_sums sums = ddni_lane_sums_of(p, chunk, q);
        if (p->integer) {
            k->dot_slices_u8(rows, d, stored, b->ds->ld,
                             (const int8_t *)b->s->lanes + q * DDNI_SLICES * padded_width(d),
                             b->s->slice + q * (DDNI_SLICES + 1), g);
        } else {
            k->dot_f32(rows, d, y, ldy, (const float *)b->s->lanes + q * d, g);
        }
        int32_t moved = k->softmax_rows_f32(
            rows, g, b->gain, term, b->o->norm + first,
            b->want_class ? b->ds->labels->class_index + first : NULL, b->classes, first, &sums);
        float *sum = (float *)(void *)ddni_dense_sum(p, chunk) + q * d;
        for (int64_t j = 0; b->want_sum && moved && j < d; j++) {
            sum[j] *= (float)sums.rescale[0];
        }
        if (b->want_sum && p->integer) {
            k->combine_u8(rows, d, stored, b->ds->ld, g, sum);
        } else if (b->want_sum) {
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
    const ddni_dense_run *p = arg;
    const ddni_block *b = p->b;
    char *scratch = (char *)b->s->tile + worker * p->tile_bytes;
    int64_t lanes = b->lanes, end = ddni_chunk_end(b, chunk);
    memset(ddni_lane_row(p, chunk, 0), 0,
           (size_t)((DDNI_LANE_ROWS + b->classes) * lanes) * sizeof(double));
    ddni_lane_sums sums = ddni_lane_sums_of(p, chunk, 0);
    for (int64_t q = 0; q < lanes; q++) {
        sums.reference[q] = sums.best[q] = -INFINITY;
        sums.index[q] = -1;
    }
    if (b->want_sum) {
        memset(ddni_dense_sum(p, chunk), 0, (size_t)(lanes * b->d * p->size));
    }
    double term[DDNI_TILE_ROWS];
    for (int64_t first = chunk * b->chunk_rows; first < end; first += DDNI_TILE_ROWS) {
        int64_t rows = end - first < DDNI_TILE_ROWS ? end - first : DDNI_TILE_ROWS;
        for (int64_t r = 0; r < rows; r++) {
            term[r] = -0.5 * b->gain * b->level->a * b->o->norm[first + r];
        }
        (p->thin ? thin_tile : lanes_tile)(p, chunk, first, rows, scratch, term);
    }
    for (int64_t q = 0; p->integer && b->want_sum && q < b->m; q++) {
        /* From sums of stored bytes to sums of y - centre. */
        float *sum = (float *)(void *)ddni_dense_sum(p, chunk) + q * b->d;
        for (int64_t j = 0; j < b->d; j++) {
            sum[j] = (float)(b->ds->scale * (double)sum[j] +
                             (b->ds->shift - b->o->centre[j]) * sums.total[q]);
        }
    }
}

/* The states transposed to lanes. */
static void fill_lanes(const ddni_dense_run *p)
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
    ddni_dense_run p = {.b = b, .precision = precision};
    p.size = precision == DDN_TYPE_F32 ? 4 : 8;
    p.thin = precision == DDN_TYPE_F32 && b->m <= DDNI_THIN;
    p.integer = p.thin && b->ds->type == DDN_TYPE_U8 && b->kern->combine_u8 != NULL && d <= 66000;
    p.tiles = (b->chunk_rows + DDNI_TILE_ROWS - 1) / DDNI_TILE_ROWS;
    p.tile_bytes =
        ((ddni_tile_numbers(d, p.size) + DDNI_TILE_ROWS * b->lanes) * p.size + 63) / 64 * 64;
    int64_t lane_rows = b->chunks * (DDNI_LANE_ROWS + b->classes) * b->lanes;
    DDNI_TRY(ddni_reserve(ctx, "lanes", b->lanes * padded_width(d), p.size, &s->lanes));
    DDNI_TRY(ddni_reserve(ctx, "slices", DDNI_THIN * (DDNI_SLICES + 1), 8, &s->slice));
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
    if (p.integer) {
        fill_slices(&p);
    } else {
        fill_lanes(&p);
    }
    double work = (double)b->lanes * (double)b->n * (double)d;
    DDNI_TRY(ddni_parallel(ctx, b->chunks, work, dense_chunk, &p));
    ddni_dense_weigh(&p);
    if (b->want_sum) {
        int64_t blocks = (d + DDNI_MERGE_COLUMNS - 1) / DDNI_MERGE_COLUMNS;
        double adds = (double)b->lanes * (double)d * (double)b->chunks;
        DDNI_TRY(ddni_parallel(ctx, blocks, adds, ddni_dense_add, &p));
    }
    DDNI_TRY(ddni_parallel(ctx, b->m, (double)(b->m * d * 4), ddni_dense_merge, &p));
    int64_t done = 0;
    for (int64_t q = 0; q < b->m; q++) {
        done += s->verdict[q] == DDNI_DONE;
    }
    s->touched += (double)done;
    return b->want_cov ? ddni_moments(ctx, b) : DDN_OK;
}
