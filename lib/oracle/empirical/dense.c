/* All points, inner products in f32 or f64 over lanes of states, with a running softmax. The result
 * shows how far rounding can have moved it; states where that is too far are left to another way.
 * theory.md (11), (14). */
#include "oracle/empirical/dense.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/moments.h"

enum {
    STRIP = 1 << 24 /* bytes of a file in place that all groups of states read */
};

/* Multiplies the vector sums of the lanes whose reference moved. */
static void rescale_sums(const ddni_dense_run *p, const ddni_dense_part *part)
{
    int64_t d = p->b->d;
    const double *factor = ddni_lane_row(p, part->chunk, DDNI_LANE_RESCALE);
    double *mass = ddni_lane_row(p, part->chunk, DDNI_LANE_MASS);
    char *sums = ddni_dense_sum(p, part->chunk);
    for (int64_t q = part->lane; q < part->lane + part->lanes; q += DDNI_LANES) {
        int64_t at = ddni_dense_at(p, 0, q);
        float f[DDNI_LANES];
        for (int64_t v = 0; v < DDNI_LANES; v++) {
            mass[q + v] *= factor[q + v];
            f[v] = (float)factor[q + v];
        }
        for (int64_t j = at; j < at + d * DDNI_LANES; j += DDNI_LANES) {
            for (int64_t v = 0; v < DDNI_LANES && p->precision == DDN_TYPE_F32; v++) {
                ((float *)(void *)sums)[j + v] *= f[v];
            }
            for (int64_t v = 0; v < DDNI_LANES && p->precision == DDN_TYPE_F64; v++) {
                ((double *)(void *)sums)[j + v] *= factor[q + v];
            }
        }
    }
}

/* Mass and the reference it is relative to of state q in a tile. */
static double *tile_mass(const ddni_dense_run *p, int64_t chunk, const ddni_tile *tile, int64_t q)
{
    int64_t from = tile->first - chunk * p->b->chunk_rows;
    int64_t number = chunk * p->tiles + from / p->tile_rows;
    return p->s->tile_mass + (number * p->b->lanes + q) * 2;
}

static void note_mass(const ddni_dense_run *p, const ddni_dense_part *part, const ddni_tile *tile,
                      const void *weights)
{
    const double *reference = ddni_lane_row(p, part->chunk, DDNI_LANE_REFERENCE);
    for (int64_t q = part->lane; q < part->lane + part->lanes && q < p->b->m; q++) {
        double *mass = tile_mass(p, part->chunk, tile, q), sum = 0;
        for (int64_t r = 0; r < tile->rows; r++) {
            int64_t at = ddni_lane_at(r, q - part->lane, DDNI_TILE_STRIP);
            sum += p->precision == DDN_TYPE_F32 ? (double)((const float *)weights)[at]
                                                : ((const double *)weights)[at];
        }
        mass[0] = reference[q];
        mass[1] = sum;
    }
}

/* Columns `from` .. of a tile in f32 or f64: unpacked, or as they are stored. */
static ddni_rows panel_at(const ddni_dense_run *p, int64_t first, int64_t from, char *scratch)
{
    const ddni_block *b = p->b;
    if (ddni_rows_in_place(b, p->precision)) {
        return (ddni_rows){(const char *)ddni_stored(b->ds, first) + from * p->size, b->ds->ld};
    }
    int64_t ld = ddni_panel_ld(p->size);
    return (ddni_rows){scratch + from / DDNI_DEPTH_BLOCK * DDNI_TILE_ROWS * ld * p->size, ld};
}

/* Unpacks columns from .. from + width - 1 of a tile, unless they are used as stored. */
static void unpack_panel(const ddni_dense_run *p, const ddni_tile *tile, int64_t from,
                         int64_t width, ddni_rows to)
{
    const ddni_block *b = p->b;
    const ddn_dataset *ds = b->ds;
    ddni_point y = ddni_point_at(ds, tile->first);
    void *out = (void *)(uintptr_t)to.at;
    y.stored = (const char *)y.stored + from * ddni_type_size(ds->type);
    if (ddni_rows_in_place(b, p->precision)) {
        return;
    }
    if (p->precision == DDN_TYPE_F64) {
        b->kern->unpack_f64(ds->type, tile->rows, width, y, ds->ld, b->o->centre + from, out,
                            to.ld);
    } else {
        b->kern->unpack_f32(ds->type, tile->rows, width, y, ds->ld, b->o->centre + from, out,
                            to.ld);
    }
}

/* Of states or vector sums, from a column and a lane on. */
static ddni_strips strips_at(const ddni_dense_run *p, void *numbers, int64_t column, int64_t lane)
{
    int64_t at = ddni_dense_at(p, column, lane);
    return (ddni_strips){(char *)numbers + at * p->size, ddni_strip(p->b)};
}

/* The rows beside those of a panel that are used in place, or of the next tile: columns of rows
 * that long are far from each other, and the processor does not foresee them. */
static ddni_ahead next_panel(const ddni_dense_run *p, const ddni_dense_part *part,
                             const ddni_tile *tile, int64_t from)
{
    enum {
        STEP_ROWS = 12,  /* of the kernels with the widest registers: */
        STEP_BYTES = 128 /* so many products are a step */
    };
    const ddn_dataset *ds = p->b->ds;
    const int64_t next = from + DDNI_DEPTH_BLOCK, at = next < ds->d ? next : 0;
    const int64_t first = tile->first + (at > 0 ? 0 : tile->rows), left = ds->n - first;
    const int64_t rows = left < DDNI_TILE_ROWS ? left : DDNI_TILE_ROWS, rest = ds->d - at;
    const int64_t columns = rest < DDNI_DEPTH_BLOCK ? rest : DDNI_DEPTH_BLOCK;
    const int64_t lines = columns * p->size / 64, stride = ds->ld * p->size;
    if (rows <= 0 || lines == 0) {
        return ddni_nothing_ahead;
    }
    const int64_t steps =
        DDNI_DEPTH_BLOCK * DDNI_TILE_ROWS / STEP_ROWS * part->lanes * p->size / STEP_BYTES;
    int64_t every = 1;
    while (every * 2 * lines * rows <= steps) {
        every *= 2;
    }
    const char *start = (const char *)ddni_stored(ds, first) + at * p->size;
    return (ddni_ahead){.next = start,
                        .end = start + (rows - 1) * stride + lines * 64,
                        .mask = every - 1,
                        .stop = start + lines * 64,
                        .gap = stride - lines * 64,
                        .stride = stride};
}

/* What to fetch while a panel is multiplied: the next tile, if it is worth it, goes on. */
static ddni_ahead *panel_ahead(const ddni_dense_run *p, const ddni_dense_part *part,
                               const ddni_tile *tile, int64_t from, ddni_ahead *going_on,
                               ddni_ahead *panel)
{
    enum {
        LONG = 1 << 20 /* bytes of a tile that would not stay in the second-level cache */
    };
    if (ddni_rows_in_place(p->b, p->precision) && p->b->d * p->size * DDNI_TILE_ROWS > LONG) {
        *panel = next_panel(p, part, tile, from);
        return panel;
    }
    return p->precision == DDN_TYPE_F32 ? going_on : NULL;
}

/* Inner products of a tile of rows with the lanes of a part. */
static void multiply_tile(const ddni_dense_run *p, const ddni_dense_part *part,
                          const ddni_tile *tile, char *scratch, ddni_strips g, ddni_ahead *ahead)
{
    const ddni_block *b = p->b;
    int64_t d = b->d, step = DDNI_DEPTH_BLOCK;
    int32_t single = p->precision == DDN_TYPE_F32;
    ddni_multiply_fn multiply = single ? b->kern->multiply_f32 : b->kern->multiply_f64;
    ddni_ahead panel;
    if (p->integer) {
        ddni_slices_multiply(p, part, tile, scratch, g, ahead);
        return;
    }
    for (int64_t q = 0; q < part->lanes; q += DDNI_LANES) {
        memset((char *)g.at + ddni_lane_at(0, q, g.strip) * p->size, 0,
               (size_t)(tile->rows * DDNI_LANES * p->size));
    }
    for (int64_t from = 0; from < d && !ddni_stopping(b->ctx); from += step) {
        int64_t width = d - from < step ? d - from : step;
        ddni_rows y = panel_at(p, tile->first, from, scratch);
        unpack_panel(p, tile, from, width, y);
        multiply(tile->rows, width, part->lanes, y, strips_at(p, p->s->lanes, from, part->lane), g,
                 panel_ahead(p, part, tile, from, ahead, &panel));
    }
}

/* Rows in place that many states share and that lie a page or more apart are copied before they are
 * added up: columns of rows that far apart compete for the same places in the first-level cache,
 * and for pages. */
static int32_t copies(const ddni_dense_run *p, const ddni_dense_part *part)
{
    enum {
        PAGE = 4096
    };
    return ddni_rows_in_place(p->b, p->precision) && part->lanes >= 2 * DDNI_LANES &&
           p->b->d * p->size >= PAGE;
}

static ddni_rows copy_panel(const ddni_dense_run *p, const ddni_tile *tile, ddni_rows from,
                            int64_t width, char *scratch)
{
    int64_t ld = ddni_panel_ld(p->size);
    for (int64_t r = 0; r < tile->rows; r++) {
        memcpy(scratch + r * ld * p->size, (const char *)from.at + r * from.ld * p->size,
               (size_t)(width * p->size));
    }
    return (ddni_rows){scratch, ld};
}

/* Adds the rows of a tile, as multiply_tile left them, to the vector sums. */
static void combine_tile(const ddni_dense_run *p, const ddni_dense_part *part,
                         const ddni_tile *tile, char *scratch, ddni_strips weights,
                         ddni_ahead *ahead)
{
    const ddni_block *b = p->b;
    int64_t d = b->d, step = DDNI_DEPTH_BLOCK;
    int32_t single = p->precision == DDN_TYPE_F32;
    ddni_multiply_fn multiply =
        single ? b->kern->multiply_transposed_f32 : b->kern->multiply_transposed_f64;
    void *sum = ddni_dense_sum(p, part->chunk);
    ddni_ahead panel;
    if (p->integer) {
        ddni_slices_combine(p, part, tile, scratch, weights);
        return;
    }
    for (int64_t from = 0; from < d && !ddni_stopping(b->ctx); from += step) {
        int64_t width = d - from < step ? d - from : step;
        ddni_rows y = panel_at(p, tile->first, from, scratch);
        y = copies(p, part) ? copy_panel(p, tile, y, width, scratch) : y;
        multiply(width, tile->rows, part->lanes, y, weights, strips_at(p, sum, from, part->lane),
                 panel_ahead(p, part, tile, from, ahead, &panel));
    }
}

/* One tile of rows against the lanes of a part. */
static void lanes_tile(const ddni_dense_run *p, const ddni_dense_part *part, const ddni_tile *tile,
                       char *scratch)
{
    const ddni_block *b = p->b;
    ddni_lane_sums sums = ddni_lane_sums_of(p, part->chunk, part->lane);
    ddni_strips weights = {scratch, DDNI_TILE_STRIP};
    scratch += DDNI_TILE_ROWS * part->lanes * p->size;
    ddni_ahead ahead = ddni_next_rows(b->ds, part->lanes, tile->first + tile->rows, 2);
    multiply_tile(p, part, tile, scratch, weights, &ahead);
    int32_t moved = p->precision == DDN_TYPE_F32
                        ? b->kern->softmax_f32(tile, part->lanes, weights, &sums)
                        : b->kern->softmax_f64(tile, part->lanes, weights, &sums);
    if (b->want_sum) {
        if (moved && tile->first > part->chunk * b->chunk_rows) { /* else nothing is summed yet */
            rescale_sums(p, part);
        }
        combine_tile(p, part, tile, scratch, weights, &ahead);
    }
    if (b->want_draw) {
        note_mass(p, part, tile, weights.at);
    }
}

/* The vector sums of a state by itself, to its new reference, as in lanes_tile. */
static void thin_rescale(const ddni_dense_run *p, int64_t chunk, int64_t q)
{
    const ddni_block *b = p->b;
    const double factor = ddni_lane_row(p, chunk, DDNI_LANE_RESCALE)[q];
    char *sum = ddni_dense_sum(p, chunk) + q * b->d * p->size;
    if (factor == 1) {
        return;
    }
    ddni_lane_row(p, chunk, DDNI_LANE_MASS)[q] *= factor;
    ddni_lane_row(p, chunk, DDNI_LANE_LEFT)[q] *= factor;
    for (int64_t j = 0; p->precision == DDN_TYPE_F32 && j < b->d; j++) {
        ((float *)(void *)sum)[j] *= (float)factor;
    }
    for (int64_t j = 0; p->precision == DDN_TYPE_F64 && j < b->d; j++) {
        ((double *)(void *)sum)[j] *= factor;
    }
}

/* Inner products of a tile with states by themselves: g[q][DDNI_TILE_ROWS]. */
static void alone_products(const ddni_dense_run *p, const ddni_tile *tile, ddni_rows y, void *g,
                           ddni_ahead *ahead)
{
    const ddni_block *b = p->b;
    ddni_ahead none = ddni_nothing_ahead;
    for (int64_t q = 0; p->integer && q < b->m; q++) {
        ddni_slices_dot(p, tile, q, (float *)g + q * DDNI_TILE_ROWS, q == 0 ? ahead : &none);
    }
    ddni_few of = {.states = p->integer ? 0 : b->m};
    for (int64_t q = 0; q < of.states; q++) {
        of.from[q] = (const char *)p->s->lanes + q * b->d * p->size;
        of.to[q] = (char *)g + q * DDNI_TILE_ROWS * p->size;
    }
    if (p->turned) {
        (p->precision == DDN_TYPE_F64 ? b->kern->dot_turned_f64
                                      : b->kern->dot_turned_f32)(tile->rows, b->d, y.at, &of);
    } else if (p->precision == DDN_TYPE_F64) {
        b->kern->dot_f64(tile->rows, b->d, y, &of, ahead);
    } else if (!p->integer) {
        b->kern->dot_f32(tile->rows, b->d, y, &of, ahead);
    }
}

/* Adds up the rows of a tile by their weights, as g holds them. */
static void thin_combine(const ddni_dense_run *p, int64_t chunk, const ddni_tile *tile, ddni_rows y,
                         const void *g, ddni_ahead *ahead)
{
    const ddni_block *b = p->b;
    ddni_ahead none = ddni_nothing_ahead;
    for (int64_t q = 0; q < b->m; q++) {
        const ddni_dense_part part = {chunk, q, 1};
        if (tile->first > chunk * b->chunk_rows) { /* else nothing is summed yet */
            thin_rescale(p, chunk, q);
        }
        if (p->integer) {
            ddni_slices_add(p, &part, tile, (const float *)g + q * DDNI_TILE_ROWS,
                            q == 0 ? ahead : &none);
        }
    }
    ddni_few of = {.states = p->integer ? 0 : b->m};
    for (int64_t q = 0; q < of.states; q++) {
        of.from[q] = (const char *)g + q * DDNI_TILE_ROWS * p->size;
        of.to[q] = ddni_dense_sum(p, chunk) + q * b->d * p->size;
    }
    if (p->turned) {
        (p->precision == DDN_TYPE_F64 ? b->kern->combine_turned_f64
                                      : b->kern->combine_turned_f32)(tile->rows, b->d, y.at, &of);
    } else if (p->precision == DDN_TYPE_F64) {
        b->kern->combine_f64(tile->rows, b->d, y, &of, ahead);
    } else if (!p->integer) {
        b->kern->combine_f32(tile->rows, b->d, y, &of, ahead);
    }
}

/* The rows of a tile for states by themselves, unpacked where they are not used as stored. */
static ddni_rows thin_rows(const ddni_dense_run *p, const ddni_tile *tile, char *scratch)
{
    const ddni_block *b = p->b;
    ddni_point from = ddni_point_at(b->ds, tile->first);
    if (p->turned) {
        return (ddni_rows){(const char *)b->o->turned + tile->first * b->d * p->size, 0};
    }
    if (ddni_rows_in_place(b, p->precision)) {
        return (ddni_rows){from.stored, b->ds->ld};
    }
    if (p->precision == DDN_TYPE_F64) {
        b->kern->unpack_f64(b->ds->type, tile->rows, b->d, from, b->ds->ld, b->o->centre,
                            (double *)(void *)scratch, b->d);
    } else if (!p->integer) {
        b->kern->unpack_f32(b->ds->type, tile->rows, b->d, from, b->ds->ld, b->o->centre,
                            (float *)(void *)scratch, b->d);
    }
    return (ddni_rows){scratch, b->d};
}

/* One tile of rows against few states. */
static void thin_tile(const ddni_dense_run *p, int64_t chunk, const ddni_tile *tile, char *scratch)
{
    const ddni_block *b = p->b;
    double room[DDNI_TURNED_STATES * DDNI_TILE_ROWS]; /* or as many floats */
    const int32_t drops = ddni_drops_fetches();
    ddni_ahead none = ddni_nothing_ahead;
    float *single = (float *)(void *)room;
    ddni_rows y = thin_rows(p, tile, scratch);
    ddni_ahead next =
        ddni_next_rows(b->ds, DDNI_LANES, tile->first + tile->rows, b->want_sum ? 2 : 1);
    const int64_t bytes = p->tile_rows * b->ds->ld * ddni_type_size(b->ds->type);
    if (next.next != NULL && next.end - next.next > bytes) {
        next.end = next.next + bytes;
    }
    /* Lines that are dropped would be missing from rows that come in order. */
    alone_products(p, tile, y, room, drops ? &none : &next);
    for (int64_t q = 0; q < b->m; q++) {
        ddni_lane_sums sums = ddni_lane_sums_of(p, chunk, q);
        double *g = room + q * DDNI_TILE_ROWS, *mass = NULL;
        float *g32 = single + q * DDNI_TILE_ROWS;
        if (p->precision == DDN_TYPE_F64) {
            b->kern->softmax_rows_f64(tile, g, &sums);
        } else {
            b->kern->softmax_rows_f32(tile, g32, &sums);
        }
        if (b->want_draw) {
            mass = tile_mass(p, chunk, tile, q);
            mass[0] = sums.reference[0];
            mass[1] = 0;
        }
        for (int64_t r = 0; mass != NULL && r < tile->rows; r++) {
            mass[1] += p->precision == DDN_TYPE_F64 ? g[r] : (double)g32[r];
        }
    }
    if (b->want_sum) {
        next.mask = drops && p->integer ? 0 : next.mask;
        thin_combine(p, chunk, tile, y, room, &next);
    }
}

/* Nothing summed yet. */
static void clear_part(const ddni_dense_run *p, const ddni_dense_part *part)
{
    const ddni_block *b = p->b;
    for (int64_t row = 0; row < DDNI_LANE_ROWS + b->classes; row++) {
        double *lane = ddni_lane_row(p, part->chunk, row) + part->lane;
        for (int64_t q = 0; q < part->lanes; q++) {
            lane[q] = row == DDNI_LANE_REFERENCE || row == DDNI_LANE_BEST ? -INFINITY : 0;
        }
    }
    ddni_lane_sums sums = ddni_lane_sums_of(p, part->chunk, part->lane);
    for (int64_t q = 0; q < part->lanes; q++) {
        sums.index[q] = -1;
    }
    if (b->want_sum) { /* states by themselves leave lanes empty */
        memset(ddni_dense_sum(p, part->chunk) + part->lane * b->d * p->size, 0,
               (size_t)((p->thin ? b->m : part->lanes) * b->d * p->size));
    }
}

static void dense_part(void *arg, int64_t task, int64_t worker)
{
    const ddni_dense_run *p = arg;
    const ddni_block *b = p->b;
    char *scratch = (char *)p->s->tile + worker * p->tile_bytes;
    int64_t chunk = p->chunk + task / p->groups, begin = chunk * b->chunk_rows, left;
    int64_t start = begin + p->from, end = ddni_chunk_end(b, chunk);
    int64_t stop = start + p->strip < end ? start + p->strip : end;
    ddni_dense_part part = {chunk, task % p->groups * b->group, b->group};
    left = b->lanes - part.lane;
    part.lanes = left < part.lanes ? left : part.lanes;
    if (p->from == 0) {
        clear_part(p, &part);
    }
    ddni_tile tile = {
        .gain = b->gain, .by_norm = -0.5 * b->gain * b->level->a, .classes = b->classes};
    for (int64_t first = start; first < stop; first += p->tile_rows) {
        if (ddni_stopping(b->ctx)) {
            return;
        }
        tile.rows = stop - first < p->tile_rows ? stop - first : p->tile_rows;
        tile.first = first;
        ddni_dataset_ahead(b->ds, first, tile.rows, begin, end);
        tile.norm = b->o->norm + first;
        tile.class_of = b->want_class ? b->ds->labels->group_index + first : NULL;
        tile.log_weight = b->log_weight == NULL ? NULL : b->log_weight + first;
        if (p->thin) {
            thin_tile(p, chunk, &tile, scratch);
        } else {
            lanes_tile(p, &part, &tile, scratch);
        }
    }
}

/* All chunks with all groups of states. Of a file in place a strip is what all groups read before
 * the next one is: the file is gone through once, in order, and the bits are the same. */
static ddn_status run_parts(ddn_context *ctx, ddni_dense_run *p)
{
    const ddni_block *b = p->b;
    const int32_t shared = p->groups > 1 && ddni_dataset_in_place(b->ds);
    const int64_t together = ddni_workers(ctx) / p->groups;
    const int64_t wave = !shared ? b->chunks : together > 1 ? together : 1;
    const double work = (double)b->lanes * (double)b->n * (double)b->d;
    p->strip = shared ? ddni_slab_rows(b->ds, STRIP, p->tile_rows) : b->chunk_rows;
    p->reads = shared ? 1 : p->groups;
    for (p->chunk = 0; p->chunk < b->chunks; p->chunk += wave) {
        int64_t left = b->chunks - p->chunk, count = left < wave ? left : wave;
        for (p->from = 0; p->from < b->chunk_rows; p->from += p->strip) {
            double share = (double)(count * p->strip) / (double)b->n;
            DDNI_TRY(ddni_parallel(ctx, count * p->groups, work * share, dense_part, p));
        }
    }
    return DDN_OK;
}

/* The states of one strip transposed to lanes, or as they are if thin; a tile function. */
static void fill_lanes(void *arg, int64_t strip, int64_t worker)
{
    (void)worker;
    const ddni_dense_run *p = arg;
    const ddni_block *b = p->b;
    int64_t d = b->d, at = strip * ddni_strip(b);
    float *single = (float *)p->s->lanes + at;
    double *wide = (double *)p->s->lanes + at;
    if (!p->thin && p->precision == DDN_TYPE_F32) {
        ddni_block_lanes_f32(b, strip, NULL, single);
    } else if (!p->thin) {
        ddni_block_lanes_f64(b, strip, wide);
    }
    for (int64_t q = 0; p->thin && q < b->m; q++) {
        const double *x = ddni_relative(b, q);
        for (int64_t j = 0; j < d && p->precision == DDN_TYPE_F32; j++) {
            single[q * d + j] = (float)x[j];
        }
        for (int64_t j = 0; j < d && p->precision == DDN_TYPE_F64; j++) {
            wide[q * d + j] = x[j];
        }
    }
}

static ddn_status reserve_dense(ddn_context *ctx, const ddni_dense_run *p)
{
    const ddni_block *b = p->b;
    ddni_dense *s = p->s;
    int64_t lane_rows = b->chunks * (DDNI_LANE_ROWS + b->classes) * b->lanes;
    DDNI_TRY(ddni_block_sums(ctx, b));
    DDNI_TRY(ddni_reserve(ctx, "lanes", b->lanes * ddni_padded_width(b->d), p->size, &s->lanes));
    DDNI_TRY(ddni_reserve(ctx, "slices", b->lanes * (DDNI_SLICES + 1), 4, &s->lane_scale));
    DDNI_TRY(ddni_reserve(ctx, "slices", DDNI_THIN * (DDNI_SLICES + 1), 8, &s->thin_scale));
    DDNI_TRY(ddni_reserve(ctx, "slices", b->lanes, 8, &s->lost));
    DDNI_TRY(ddni_reserve(ctx, "weights", b->lanes, 8, &s->weight));
    DDNI_TRY(ddni_reserve(ctx, "weights", b->lanes, 8, &s->left));
    DDNI_TRY(ddni_reserve(ctx, "row tiles", ddni_workers(ctx), p->tile_bytes, &s->tile));
    DDNI_TRY(ddni_reserve(ctx, "lane sums", lane_rows, 8, &s->lane));
    DDNI_TRY(ddni_reserve(ctx, "nearest rows", b->chunks * b->lanes, 8, &s->index));
    if (b->want_sum) {
        DDNI_TRY(ddni_reserve(ctx, "partial sums", b->chunks * b->lanes * b->d, p->size, &s->sum));
    }
    if (b->want_draw) {
        int64_t masses = b->chunks * p->tiles * b->lanes * 2;
        DDNI_TRY(ddni_reserve(ctx, "tile masses", masses, 8, &s->tile_mass));
        for (int64_t i = 0; i < masses; i++) {
            s->tile_mass[i] = i % 2 == 0 ? -INFINITY : 0;
        }
    }
    return DDN_OK;
}

/* What was left out for the states that are done. */
static void report(ddni_block *b, const ddni_dense_run *p)
{
    for (int64_t q = 0; q < b->m; q++) {
        if (b->s->verdict[q] == DDNI_DONE) {
            b->dropped = fmax(b->dropped, p->s->left[q]);
        }
    }
    b->rows += b->m * b->n;
    b->bytes += p->reads * b->n * b->d * (p->turned ? p->size : ddni_type_size(b->ds->type));
}

/* The end of a run for a strip of states, whose sums stay in the cache. */
static void finish_strip(void *arg, int64_t strip, int64_t worker)
{
    const ddni_dense_run *p = arg;
    const int64_t first = strip * DDNI_LANES, blocks = p->b->want_sum ? ddni_merge_blocks(p->b) : 0;
    for (int64_t k = 0; k < blocks && !ddni_leave_off(p->b, k); k++) {
        ddni_dense_add(arg, strip * blocks + k, worker);
    }
    for (int64_t q = first; q < p->b->m && q < first + DDNI_LANES; q++) {
        if (ddni_stopping(p->b->ctx)) {
            return;
        }
        ddni_dense_merge(arg, q, worker);
    }
}

/* By strips, unless there are so few that threads would have nothing to do. */
static ddn_status finish_states(ddn_context *ctx, ddni_dense_run *p)
{
    const ddni_block *b = p->b;
    const int64_t strips = p->thin ? b->m : b->lanes / DDNI_LANES;
    const double numbers = (double)b->lanes * (double)b->d;
    const double adds = numbers * (double)(b->chunks + 4), rest = numbers * 32;
    if (!p->thin && strips >= ddni_workers(ctx)) {
        return ddni_parallel(ctx, strips, adds + rest, finish_strip, p);
    }
    if (b->want_sum) {
        DDNI_TRY(ddni_parallel(ctx, strips * ddni_merge_blocks(b), adds, ddni_dense_add, p));
    }
    return ddni_parallel(ctx, b->m, rest, ddni_dense_merge, p);
}

/* Rows that few states take together: as many as stay in the second-level cache beside the next
 * ones, which are fetched meanwhile, from the first product to the second. */
static int64_t thin_tile_rows(const ddni_dense_run *p)
{
    const ddni_block *b = p->b;
    enum {
        TOGETHER = 1 << 19 /* bytes, of 1 or 2 MB */
    };
    const int32_t stored = p->integer || ddni_rows_in_place(b, p->precision); /* else unpacked */
    const int64_t rows =
        TOGETHER / (stored ? b->ds->ld * ddni_type_size(b->ds->type) : b->d * p->size);
    const int64_t runs = rows / DDNI_SHORT_RUN * DDNI_SHORT_RUN;
    return runs < DDNI_SHORT_RUN ? DDNI_SHORT_RUN : runs > DDNI_TILE_ROWS ? DDNI_TILE_ROWS : runs;
}

/* Whether there are tiles with rows side by side that states by themselves can take. */
static int32_t is_turned(const ddni_dense_run *p)
{
    const ddni_block *b = p->b;
    const ddn_type type = b->ds->type == DDN_TYPE_F64 ? DDN_TYPE_F64 : DDN_TYPE_F32;
    return b->m <= DDNI_TURNED_STATES && b->o->turned != NULL && p->precision == type;
}

static ddn_status dense(ddn_context *ctx, ddni_block *b, ddn_type precision)
{
    int64_t d = b->d;
    ddni_dense_run p = {.b = b, .s = b->own, .precision = precision};
    p.size = precision == DDN_TYPE_F32 ? 4 : 8;
    p.turned = is_turned(&p);
    p.thin = p.turned || ddni_by_themselves(b, p.size);
    p.integer = precision == DDN_TYPE_F32 && ddni_use_integers(b, b->ds) && !p.turned;
    p.tile_rows = p.thin && !p.turned ? thin_tile_rows(&p) : DDNI_TILE_ROWS;
    p.tiles = (b->chunk_rows + p.tile_rows - 1) / p.tile_rows;
    int64_t tile = p.integer ? ddni_slices_scratch(b) : ddni_tile_numbers(d, p.size) * p.size;
    p.tile_bytes = (tile + DDNI_TILE_ROWS * b->group * p.size + 63) / 64 * 64;
    p.groups = (b->lanes + b->group - 1) / b->group;
    DDNI_TRY(reserve_dense(ctx, &p));
    double numbers = (double)b->lanes * (double)d;
    DDNI_TRY(ddni_parallel(ctx, b->lanes / DDNI_LANES, numbers * 16,
                           p.integer ? ddni_slices_fill : fill_lanes, &p));
    DDNI_TRY(run_parts(ctx, &p));
    ddni_dense_weigh(&p);
    DDNI_TRY(finish_states(ctx, &p));
    report(b, &p);
    return b->want_cov ? ddni_moments_run(ctx, b) : DDN_OK;
}

/* ---- The three ways ---- */

/* Bytes far from shift, compared with their spread, would lose digits before they are centred: with
 * four times the distance two bits, as many as the limits of acceptance leave. */
static const double FAR_FROM_SHIFT2 = 4 * 4;

static const char *why_not_f32(const ddni_block *b)
{
    return b->ds->type == DDN_TYPE_F64 ? "f64 data need sums in double"
           : !b->single                ? "logits or distances are outside the range of f32"
           : b->ds->type == DDN_TYPE_U8 && !(b->o->raw_mean <= FAR_FROM_SHIFT2 * b->o->norm_mean)
               ? "bytes whose spread is small beside their distance from shift"
               : NULL;
}

static const char *why_not_f64(const ddni_block *b)
{
    return b->ds->type != DDN_TYPE_F64 ? "for f64 data only" : NULL;
}

static const char *why_not_wide(const ddni_block *b)
{
    return b->ds->type == DDN_TYPE_F64 ? "for f64 data it would repeat dense_f64" : NULL;
}

static ddn_status run_f32(ddn_context *ctx, ddni_block *b)
{
    return dense(ctx, b, DDN_TYPE_F32);
}

static ddn_status run_f64(ddn_context *ctx, ddni_block *b)
{
    return dense(ctx, b, DDN_TYPE_F64);
}

#define SCRATCH                                                                                    \
    .failure = "rounding of inner products might show in the result",                              \
    .scratch_bytes = sizeof(ddni_dense), .pointers = sizeof(ddni_dense) / sizeof(void *)

const ddni_way ddni_way_dense_f32 = {
    .name = "dense_f32", .why_not = why_not_f32, .run = run_f32, SCRATCH};
const ddni_way ddni_way_dense_f64 = {
    .name = "dense_f64", .why_not = why_not_f64, .run = run_f64, SCRATCH};
const ddni_way ddni_way_dense_wide = {
    .name = "dense_wide", .why_not = why_not_wide, .run = run_f64, SCRATCH};
