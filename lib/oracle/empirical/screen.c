/* A pass over all data that bounds every logit and lists the points that can matter; theory.md
 * (14).
 */
#include "oracle/empirical/screen.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/logit.h"

enum {
    /* Columns between two looks, sums are not cut by them: as they are stored; unpacked, when they
     * stay in the second-level cache. */
    STORED_DEPTH = 16 * DDNI_DEPTH_BLOCK,
    UNPACKED_DEPTH = 2 * DDNI_DEPTH_BLOCK,
    FEW_NUMBERS =
        1 << 15,      /* of whole rows for few states, as many fours of them: 128 kB of floats */
    FEW_OF_BYTES = 2, /* states that are taken by themselves where products are of bytes: more are
                         faster in lanes */
    LEVELS = 128      /* the largest byte of a shadow, less 128 */
};
static const float LEAST_RADIUS = 1e-30F;

/* The states as multiples of int8, and what that leaves out: x = step * whole + rest, so that
 * x . (y - centre) = step * scale * (whole . stored) + step * whole . (shift - centre) + rest . (y
 * - centre), the last term at most |rest| |y - centre|. In units of a shadow the rest is divided by
 * them. */
static void quantize(const ddni_screening *p, int64_t q)
{
    const ddni_block *b = p->b;
    const double *x = ddni_relative(b, q);
    const int64_t d = b->d;
    const int32_t thin = b->m <= FEW_OF_BYTES;
    const double top = b->kern->largest(d, x, p->unit);
    const ddni_rounding how = {.unit = p->unit,
                               .centre = p->centre,
                               .shift = p->rows->shift,
                               .step = top > 0 ? top / 127 : 1,
                               .apart = thin ? 4 : 64};
    int8_t *out = p->s->lanes;
    out += thin ? q * ddni_padded_width(d) : (q / 16 * p->quads * 16 + q % 16) * 4;
    const ddni_rounded of = b->kern->round_state(d, x, &how, out);
    p->s->slope[q] = (float)(b->gain * how.step * p->rows->scale);
    p->s->offset[q] = (float)(b->gain * how.step * of.constant);
    /* Conversions to float and the sums in float: some 2^-21 of the largest terms. */
    p->s->radius[q] =
        (float)(b->gain * (sqrt(of.rest2) * (1 + 1e-5) + sqrt(b->s->square[q]) * 0x1p-21));
}

/* Whether rows are multiplied where they are stored. */
static int32_t in_place(const ddni_screening *p)
{
    return p->rows == p->b->ds && ddni_rows_in_place(p->b, DDN_TYPE_F32);
}

/* Whether they are doubles, which few states are multiplied with as they are: rows are read at the
 * limit then, and the products are better than those that the bounds are for. */
static int32_t as_doubles(const ddni_screening *p)
{
    return p->rows == p->b->ds && p->b->m <= DDNI_FEW && p->b->ds->type == DDN_TYPE_F64 &&
           ddni_rows_in_place(p->b, DDN_TYPE_F64);
}

/* Whether states are by themselves, and rows taken one by one. */
static int32_t row_by_row(const ddni_screening *p)
{
    return p->b->m <= (p->integer ? FEW_OF_BYTES : DDNI_FEW);
}

/* The rounding of a state in f32, of the rows, and of the sums as multiply_f32 bounds it. */
static void bound(const ddni_screening *p, int64_t q)
{
    const ddni_block *b = p->b;
    double unit = 0x1p-24 * 1.0001;
    double bound = unit * (DDNI_DEPTH_BLOCK + (double)b->d / DDNI_DEPTH_BLOCK + 8) *
                   sqrt(b->s->square[q]) * b->gain;
    p->s->slope[q] = (float)b->gain;
    p->s->offset[q] = 0;
    p->s->radius[q] = (float)(bound * (1 + 1e-5));
}

/* The states of one strip as the products take them, and their bounds; a tile function. */
static void fill(void *arg, int64_t strip, int64_t worker)
{
    (void)worker;
    const ddni_screening *p = arg;
    const ddni_block *b = p->b;
    float *out = p->s->lanes;
    int64_t d = b->d, end = (strip + 1) * DDNI_LANES < b->m ? (strip + 1) * DDNI_LANES : b->m;
    for (int64_t q = strip * DDNI_LANES; q < end; q++) {
        (p->integer ? quantize : bound)(p, q);
    }
    if (!p->integer && !row_by_row(p)) {
        ddni_block_lanes_f32(b, strip, p->unit, out + strip * ddni_strip(b));
    }
    for (int64_t q = 0; !p->integer && row_by_row(p) && !as_doubles(p) && q < b->m; q++) {
        const double *x = ddni_relative(b, q);
        for (int64_t j = 0; j < d; j++) {
            out[q * d + j] = (float)(p->unit == NULL ? x[j] : x[j] * p->unit[j]);
        }
    }
}

/* With a shadow a bound is wider by gain |x| times what is left of the row, and the radius is of
 * the copy, which may be longer than the point. Lengths that are longer by the largest share of all
 * states say so; a radius that floats hardly hold may be larger. */
static void widen(ddni_screening *p)
{
    const ddni_block *b = p->b;
    p->spread = 0;
    for (int64_t q = 0; p->unit != NULL && q < b->m; q++) {
        double slope = b->gain * sqrt(b->s->square[q]);
        p->s->radius[q] = fmaxf(p->s->radius[q], LEAST_RADIUS);
        p->spread = fmax(p->spread, 1 + slope / (double)p->s->radius[q]);
    }
}

/* Lengths of the rows of a tile, for the bounds; room[rows]. */
static const float *lengths(const ddni_screening *p, int64_t first, int64_t rows, float *room)
{
    const float *own = p->b->o->length + first;
    if (p->unit == NULL) {
        return own;
    }
    const float *rest = p->b->o->shadow.rest + first;
    const float spread = (float)(p->spread * (1 + 1e-6));
    for (int64_t r = 0; r < rows; r++) {
        room[r] = (own[r] + spread * rest[r]) * (1 + 1e-6F);
    }
    return room;
}

/* Columns from .. from + width - 1 of a tile in f32 to `to`, unless they are used as stored. What a
 * row of `to` has beyond the width becomes 0: ld is the width where there is nothing. */
static void unpack(const ddni_screening *p, int64_t first, int64_t rows, int64_t from,
                   int64_t width, ddni_rows to)
{
    const ddni_block *b = p->b;
    const ddn_dataset *ds = p->rows;
    ddni_point y = ddni_point_at(ds, first);
    y.stored = (const char *)y.stored + from * ddni_type_size(ds->type);
    if (!in_place(p)) {
        b->kern->unpack_f32(ds->type, rows, width, y, ds->ld, p->centre + from,
                            (float *)(uintptr_t)to.at, to.ld);
    }
}

/* Rows that few states are multiplied with together, while they are in the cache. */
static int64_t few_rows(int64_t d)
{
    const int64_t fours = FEW_NUMBERS / d / 4 * 4;
    return fours < 4 ? 4 : fours;
}

/* Inner products of a tile with few states, row by row, of doubles. */
static void double_products(const ddni_screening *p, int64_t first, int64_t rows, float *g,
                            ddni_ahead *ahead)
{
    const ddni_block *b = p->b;
    const ddni_rows y = {ddni_stored(p->rows, first), p->rows->ld};
    double product[DDNI_FEW][DDNI_TILE_ROWS];
    ddni_few of = {.states = b->m};
    for (int64_t q = 0; q < b->m; q++) {
        of.from[q] = ddni_relative(b, q);
        of.to[q] = product[q];
    }
    b->kern->dot_f64(rows, b->d, y, &of, ahead);
    for (int64_t q = 0; q < b->m; q++) {
        for (int64_t r = 0; r < rows; r++) {
            g[q * DDNI_TILE_ROWS + r] = (float)product[q][r];
        }
    }
}

/* The same in f32. Rows that have to be unpacked are so a few at a time: all of long ones would not
 * stay in the cache until they are multiplied. */
static void thin_products(const ddni_screening *p, int64_t first, int64_t rows, float *scratch,
                          float *g, ddni_ahead *ahead)
{
    const ddni_block *b = p->b;
    const int64_t d = b->d, together = in_place(p) ? rows : few_rows(d);
    for (int64_t r = 0; r < rows; r += together) {
        const int64_t some = rows - r < together ? rows - r : together;
        ddni_rows y = {scratch, d};
        if (in_place(p)) {
            y = (ddni_rows){ddni_stored(p->rows, first + r), p->rows->ld};
        }
        unpack(p, first + r, some, 0, d, y);
        ddni_few of = {.states = b->m};
        for (int64_t q = 0; q < b->m; q++) {
            of.from[q] = (const float *)p->s->lanes + q * d;
            of.to[q] = g + q * DDNI_TILE_ROWS + r;
        }
        b->kern->dot_f32(some, d, y, &of, ahead);
    }
}

/* The tile's rows as the screen wants them, and their inner products with the states. */
static float *products(const ddni_screening *p, int64_t first, int64_t rows, char *scratch)
{
    const ddni_block *b = p->b;
    const ddni_kernels *k = b->kern;
    const ddn_dataset *ds = p->rows;
    int64_t d = b->d;
    float *g = (float *)(void *)scratch;
    char *tile = scratch + DDNI_TILE_ROWS * b->lanes * 4;
    int32_t thin = row_by_row(p);
    ddni_ahead ahead = thin && ddni_drops_fetches()
                           ? ddni_nothing_ahead
                           : ddni_next_rows(ds, thin ? DDNI_LANES : b->lanes, first + rows, 1);
    ddni_rows y = {ddni_stored(ds, first), ds->ld};
    ddni_strips to = {g, DDNI_TILE_STRIP};
    if (p->integer) {
        if (thin) {
            for (int64_t q = 0; q < b->m; q++) {
                k->dot_u8(rows, d, y, (const int8_t *)p->s->lanes + q * ddni_padded_width(d),
                          g + q * DDNI_TILE_ROWS, &ahead);
            }
            return g;
        }
        y = ddni_rows_in_fours(ds, first, rows, (uint8_t *)tile);
        k->multiply_u8(rows, d, b->lanes, y, p->s->lanes, to, &ahead);
        return g;
    }
    if (as_doubles(p)) {
        double_products(p, first, rows, g, &ahead);
        return g;
    }
    if (thin) {
        thin_products(p, first, rows, (float *)(void *)tile, g, &ahead);
        return g;
    }
    memset(g, 0, (size_t)(DDNI_TILE_ROWS * b->lanes) * sizeof *g);
    const int64_t depth = in_place(p) ? STORED_DEPTH : UNPACKED_DEPTH;
    for (int64_t from = 0; from < d && !ddni_stopping(b->ctx); from += depth) {
        int64_t width = d - from < depth ? d - from : depth;
        /* As stored, or in the tile's memory, one part after the other. */
        ddni_rows part = {tile, width};
        if (in_place(p)) {
            part = (ddni_rows){(const float *)y.at + from, y.ld};
        }
        unpack(p, first, rows, from, width, part);
        ddni_strips lanes = {(float *)p->s->lanes + from * DDNI_LANES, ddni_strip(b)};
        k->multiply_f32(rows, width, b->lanes, part, lanes, to, &ahead);
    }
    return g;
}

/* A screen of many lanes as one of lane q alone. */
static ddni_screen screen_of(const ddni_screen *all, int64_t q)
{
    ddni_screen one = *all;
    one.slope += q;
    one.offset += q;
    one.radius += q;
    one.floor += q;
    one.cut += q;
    one.margin += q;
    one.count += q;
    one.row += q * all->capacity;
    one.upper += q * all->capacity;
    return one;
}

static void screen_chunk(void *arg, int64_t tile, int64_t worker)
{
    const ddni_screening *p = arg;
    const ddni_block *b = p->b;
    int64_t chunk = p->begin + tile;
    ddni_screens *s = p->s;
    char *scratch = (char *)s->tile + worker * p->tile_bytes;
    const double by_norm = -0.5 * b->gain * b->level->a;
    float term[DDNI_TILE_ROWS], room[DDNI_TILE_ROWS];
    int64_t lists = chunk * b->lanes;
    for (int64_t q = 0; q < b->lanes; q++) {
        s->floor[lists + q] = s->least[q];
        s->cut[lists + q] = s->start[q];
        s->count[lists + q] = 0;
    }
    ddni_screen screen = {
        .slope = s->slope,
        .offset = s->offset,
        .radius = s->radius,
        .floor = s->floor + lists,
        .cut = s->cut + lists,
        .margin = s->margin,
        .count = s->count + lists,
        .capacity = p->capacity,
        .row = s->row + lists * p->capacity,
        .upper = s->upper + lists * p->capacity,
    };
    int64_t start = chunk * b->chunk_rows, end = ddni_chunk_end(b, chunk);
    for (int64_t first = start; first < end; first += DDNI_TILE_ROWS) {
        if (ddni_stopping(b->ctx)) {
            return;
        }
        int64_t rows = end - first < DDNI_TILE_ROWS ? end - first : DDNI_TILE_ROWS;
        ddni_dataset_ahead(b->ds, first, rows, start, end);
        if (b->measure != NULL) {
            ddni_centre_rows(b->ds, b->kern, first, first + rows, b->measure);
        }
        b->kern->terms(rows, by_norm, b->o->norm + first,
                       p->log_weight == NULL ? NULL : p->log_weight + first, term);
        float *g = products(p, first, rows, scratch);
        const float *length = lengths(p, first, rows, room);
        if (!row_by_row(p)) {
            b->kern->screen_f32(rows, b->m, (ddni_strips){g, DDNI_TILE_STRIP}, term, length,
                                first - start, &screen);
            continue;
        }
        for (int64_t q = 0; q < b->m; q++) {
            ddni_screen one = screen_of(&screen, q);
            b->kern->screen_rows_f32(rows, g + q * DDNI_TILE_ROWS, term, length, first - start,
                                     &one);
        }
    }
}

/* A lower bound of the largest logit as the screen counts them, from a point that was looked at. */
static float known_floor(const ddni_screening *p, int64_t q)
{
    const ddni_block *b = p->b;
    double known = b->s->known != NULL ? b->s->known[b->todo[q] - b->first] : -INFINITY;
    double shift = b->s->square[q] / (2 * b->level->s2);
    /* Sixteen roundings of f32. */
    double rounding = 1e-6 * (shift + fabs(known) + b->log_size) + p->slack;
    return known > -INFINITY ? (float)(known + shift - rounding) : -INFINITY;
}

static ddn_status reserve_screen(ddn_context *ctx, const ddni_screening *p)
{
    const ddni_block *b = p->b;
    ddni_screens *s = p->s;
    int64_t lists = b->chunks * b->lanes, entries = lists * p->capacity;
    int64_t state_bytes = b->lanes * ddni_padded_width(b->d) * (p->integer ? 1 : 4);
    DDNI_TRY(ddni_reserve(ctx, "lanes", state_bytes, 1, &s->lanes));
    DDNI_TRY(ddni_reserve(ctx, "row tiles", ddni_workers(ctx), p->tile_bytes, &s->tile));
    DDNI_TRY(ddni_reserve(ctx, "candidate counts", lists, 4, &s->count));
    DDNI_TRY(ddni_reserve(ctx, "floors", lists, 4, &s->floor));
    DDNI_TRY(ddni_reserve(ctx, "cuts", lists, 4, &s->cut));
    DDNI_TRY(ddni_reserve(ctx, "candidates", entries, 4, &s->row));
    DDNI_TRY(ddni_reserve(ctx, "candidates", entries, 4, &s->upper));
    float **const bounds[] = {&s->slope, &s->offset, &s->radius, &s->least, &s->margin, &s->start};
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        DDNI_TRY(ddni_reserve(ctx, "bounds", b->lanes, 4, bounds[i]));
        memset(*bounds[i], 0, (size_t)b->lanes * sizeof **bounds[i]);
    }
    if (p->integer) { /* columns and lanes that there are none of */
        memset(s->lanes, 0, (size_t)state_bytes);
    }
    return DDN_OK;
}

ddn_status ddni_screen_prepare(ddn_context *ctx, const ddni_block *b, ddni_screens *s,
                               int32_t shadow, int32_t capacity, ddni_screening *p)
{
    const ddni_shadow *copy = &b->o->shadow;
    *p = (ddni_screening){.b = b, .s = s, .capacity = capacity};
    p->rows = shadow ? &copy->rows : b->ds;
    p->centre = shadow ? copy->origin : b->o->centre;
    p->unit = shadow ? copy->unit : NULL;
    p->integer = ddni_use_integers(b, p->rows);
    p->end = b->chunks;
    if (b->n <= DDNI_FEW_POINTS) {
        p->capacity = (int32_t)b->n;
    }
    p->quads = (b->d + 3) / 4;
    const int64_t tile = p->integer              ? DDNI_TILE_ROWS * p->quads * 4
                         : row_by_row(p)         ? few_rows(b->d) * b->d * 4
                         : b->d < UNPACKED_DEPTH ? DDNI_TILE_ROWS * b->d * 4
                                                 : DDNI_TILE_ROWS * UNPACKED_DEPTH * 4;
    p->tile_bytes = (DDNI_TILE_ROWS * b->lanes * 4 + tile + 63) / 64 * 64;
    DDNI_TRY(reserve_screen(ctx, p));
    double numbers = (double)b->lanes * (double)b->d;
    DDNI_TRY(ddni_parallel(ctx, b->lanes / DDNI_LANES, numbers * 8, fill, p));
    widen(p);
    ddni_screen_slack(p);
    p->margin = (float)((b->log_ratio + p->slack) * (1 + 1e-6));
    for (int64_t q = 0; q < b->lanes; q++) {
        s->margin[q] = p->margin;
        s->start[q] = -INFINITY;
        s->least[q] = q < b->m ? known_floor(p, q) : -INFINITY;
    }
    return DDN_OK;
}

/* What bounds of nearly nothing lose as floats, which have no numbers between 0 and 2^-149: states,
 * rows and their products in each place, the terms of a bound, the factor of integer products,
 * which are below 2^15 in each place, and states in units of their own. */
static double underflow(const ddni_screening *p, double state)
{
    const ddni_block *b = p->b;
    const double lengths = 1 + state + sqrt(b->o->norm_max), d = (double)b->d;
    return 0x1p-148 * (b->gain * (d + 8) * lengths + (p->integer ? d * 0x1p15 : 0) + 8 * lengths +
                       (p->unit != NULL ? b->gain * d * LEVELS : 0));
}

void ddni_screen_slack(ddni_screening *p)
{
    const ddni_block *b = p->b;
    double reach = 0, longest = 0;
    for (int64_t q = 0; q < b->m; q++) {
        const double length = sqrt(b->s->square[q]);
        longest = fmax(longest, length);
        /* Bytes round as they are before they are centred; those of a shadow are whole numbers, and
         * longer than the points by what is left of these at most. */
        double raw = p->unit != NULL                            ? b->o->shadow.rest_max
                     : p->integer || b->ds->type != DDN_TYPE_U8 ? 0
                                                                : sqrt(b->o->raw_mean);
        reach = fmax(reach, b->gain * length * (sqrt(b->o->norm_max) + raw) +
                                fabs((double)p->s->offset[q]));
    }
    /* Sums of floats of this size round by some 2^-20 of it: sixteen roundings. */
    reach += 0.5 * b->gain * b->level->a * b->o->norm_max + b->log_size;
    p->slack = reach * 0x1p-20 + underflow(p, longest);
    p->usable = reach < 1e30;
}

ddn_status ddni_screen_run(ddn_context *ctx, ddni_screening *p)
{
    double work = (double)p->b->lanes * (double)p->b->n * (double)p->b->d;
    double share = (double)(p->end - p->begin) / (double)p->b->chunks;
    return ddni_parallel(ctx, p->end - p->begin, work * share, screen_chunk, p);
}

void ddni_screen_limits(const ddni_screening *p, int64_t q, float *floor, float *cut)
{
    *floor = *cut = -INFINITY;
    for (int64_t c = 0; c < p->end; c++) {
        *cut = fmaxf(*cut, p->s->cut[c * p->b->lanes + q]);
        *floor = fmaxf(*floor, p->s->floor[c * p->b->lanes + q]);
    }
}

int64_t ddni_screen_collect(const ddni_screening *p, int64_t q, float least, int64_t *index,
                            float *upper)
{
    const ddni_block *b = p->b;
    int64_t count = 0;
    for (int64_t c = p->begin; c < p->end; c++) {
        int64_t list = (c * b->lanes + q) * p->capacity;
        for (int32_t i = 0; i < p->s->count[c * b->lanes + q]; i++) {
            if (p->s->upper[list + i] >= least) {
                if (upper != NULL) {
                    upper[count] = p->s->upper[list + i];
                }
                index[count++] = c * b->chunk_rows + p->s->row[list + i];
            }
        }
    }
    return count;
}

double ddni_screen_shift(const ddni_screening *p, int64_t q)
{
    return p->slack - p->b->s->square[q] / (2 * p->b->level->s2);
}

double ddni_screen_distance(const ddni_block *b, double upper, double shift)
{
    double a = b->level->a, sigma2 = b->level->s2 / (a * a);
    return sqrt(fmax(0, -2 * sigma2 * (upper + shift))) * (1 - 1e-6);
}
