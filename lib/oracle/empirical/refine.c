/* Certified pruning: a screen bounds every logit, and only points that can matter are evaluated, by
 * direct differences in double. theory.md (14).
 *
 * With L_i <= l_i <= U_i from the screen and F = max_i L_i, a point with U_i < F - log(n / epsilon)
 * weighs less than epsilon / n, since the largest logit is at least F. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/empirical_impl.h"

typedef struct refine {
    ddni_block *b;
    int32_t integer;    /* int8 states against u8 rows */
    int32_t capacity;   /* candidates per state and chunk */
    int64_t quads;      /* groups of four coordinates */
    int64_t tile_bytes; /* per worker */
    float margin;
    double slack;   /* rounding of the bounds themselves */
    int32_t usable; /* all bounds are within the range of f32 */
} refine;

/* The states as multiples of int8, and what that leaves out: x = step * whole + rest, so that
 * x . (y - centre) = step * scale * (whole . stored) + step * whole . (shift - centre) + rest . (y
 * - centre), the last term at most |rest| |y - centre|. */
static void quantize(const refine *p, int64_t q)
{
    const ddni_block *b = p->b;
    const double *x = b->s->relative + q * b->d;
    int8_t *out = b->s->lanes;
    int64_t d = b->d;
    int32_t thin = b->m <= DDNI_THIN;
    int64_t padded = ddni_padded_width(d);
    double top = ddni_largest(d, x), constant = 0, rest2 = 0, length2 = ddni_square(b, x);
    double step = top > 0 ? top / 127 : 1;
    for (int64_t j = 0; j < d; j++) {
        double whole = ddni_whole(x[j] / step);
        double rest = x[j] - step * whole;
        constant += whole * (b->ds->shift - b->o->centre[j]);
        rest2 += rest * rest;
        int64_t at =
            thin ? q * padded + j : ((q / 16 * p->quads + j / 4) * 16 + q % 16) * 4 + j % 4;
        out[at] = (int8_t)whole;
    }
    float *slope = b->s->bound, *offset = slope + b->lanes, *radius = offset + b->lanes;
    slope[q] = (float)(b->gain * step * b->ds->scale);
    offset[q] = (float)(b->gain * step * constant);
    /* Conversions to float and the sums in float: some 2^-21 of the largest terms. */
    radius[q] = (float)(b->gain * (sqrt(rest2) * (1 + 1e-5) + sqrt(length2) * 0x1p-21));
}

static void fill(const refine *p, int64_t q)
{
    const ddni_block *b = p->b;
    const double *x = b->s->relative + q * b->d;
    float *out = b->s->lanes;
    int32_t thin = b->m <= DDNI_THIN;
    double length2 = 0;
    for (int64_t j = 0; j < b->d; j++) {
        length2 += x[j] * x[j];
        out[thin ? q * b->d + j : ddni_lane_at(j, q, ddni_strip(b))] = (float)x[j];
    }
    /* Rounding of state and row, and of the sums as multiply_f32 bounds it. */
    double unit = 0x1p-24 * 1.0001;
    double bound =
        unit * (DDNI_DEPTH_BLOCK + (double)b->d / DDNI_DEPTH_BLOCK + 8) * sqrt(length2) * b->gain;
    float *slope = b->s->bound, *offset = slope + b->lanes, *radius = offset + b->lanes;
    slope[q] = (float)b->gain;
    offset[q] = 0;
    radius[q] = (float)(bound * (1 + 1e-5));
}

/* The tile's rows as the screen wants them, and their inner products with the states. */
static float *products(const refine *p, int64_t first, int64_t rows, char *scratch)
{
    const ddni_block *b = p->b;
    const ddni_kernels *k = b->kern;
    const ddn_dataset *ds = b->ds;
    int64_t d = b->d;
    float *g = (float *)(void *)scratch;
    char *tile = scratch + DDNI_TILE_ROWS * b->lanes * 4;
    int32_t thin = b->m <= DDNI_THIN;
    ddni_ahead ahead = ddni_next_rows(b, thin ? DDNI_LANES : b->lanes, first + rows, 1);
    if (p->integer) {
        const uint8_t *y = ddni_stored(ds, first);
        int64_t ldy = ds->ld;
        if (thin) {
            for (int64_t q = 0; q < b->m; q++) {
                k->dot_u8(rows, d, y, ldy, (const int8_t *)b->s->lanes + q * ddni_padded_width(d),
                          g + q * DDNI_TILE_ROWS, &ahead);
            }
            return g;
        }
        y = ddni_rows_in_fours(b, first, rows, (uint8_t *)tile, &ldy);
        k->multiply_u8(rows, d, b->lanes, y, ldy, b->s->lanes, g, DDNI_TILE_STRIP, &ahead);
        return g;
    }
    const float *y = (const float *)(void *)tile;
    int64_t ldy = d;
    if (b->o->in_place) {
        y = ddni_stored(ds, first);
        ldy = ds->ld;
    } else {
        k->unpack_f32(ds->type, rows, d, ddni_stored(ds, first), ds->ld, ds->scale, ds->shift,
                      b->o->centre, (float *)(void *)tile, ldy);
    }
    if (thin) {
        for (int64_t q = 0; q < b->m; q++) {
            k->dot_f32(rows, d, y, ldy, (const float *)b->s->lanes + q * d, g + q * DDNI_TILE_ROWS,
                       &ahead);
        }
        return g;
    }
    memset(g, 0, (size_t)(DDNI_TILE_ROWS * b->lanes) * sizeof *g);
    k->multiply_f32(rows, d, b->lanes, y, ldy, b->s->lanes, ddni_strip(b), g, DDNI_TILE_STRIP,
                    &ahead);
    return g;
}

/* Whether the screen of state q shall leave an active list behind: all that there is room for. */
static int32_t wants_list(const ddni_block *b, int64_t q)
{
    return b->track && b->s->track[b->todo[q]].wait == 0;
}

static void screen_chunk(void *arg, int64_t chunk, int64_t worker)
{
    const refine *p = arg;
    const ddni_block *b = p->b;
    ddni_scan *s = b->s;
    char *scratch = (char *)s->tile + worker * p->tile_bytes;
    float term[DDNI_TILE_ROWS];
    int64_t lists = chunk * b->lanes;
    for (int64_t q = 0; q < b->lanes; q++) {
        s->floor[lists + q] = s->bound[3 * b->lanes + q];
        s->cut[lists + q] = -INFINITY;
        s->count[lists + q] = 0;
    }
    ddni_screen screen = {
        .slope = s->bound,
        .offset = s->bound + b->lanes,
        .radius = s->bound + 2 * b->lanes,
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
        int64_t rows = end - first < DDNI_TILE_ROWS ? end - first : DDNI_TILE_ROWS;
        for (int64_t r = 0; r < rows; r++) {
            term[r] = (float)(-0.5 * b->gain * b->level->a * b->o->norm[first + r]);
        }
        float *g = products(p, first, rows, scratch);
        if (b->m > DDNI_THIN) {
            b->kern->screen_f32(rows, b->lanes, b->m, g, DDNI_TILE_STRIP, term,
                                b->o->length + first, first - start, &screen);
            continue;
        }
        for (int64_t q = 0; q < b->m; q++) {
            ddni_screen one = screen;
            one.slope += q;
            one.offset += q;
            one.radius += q;
            one.floor += q;
            one.cut += q;
            one.margin += q;
            one.count += q;
            one.row += q * p->capacity;
            one.upper += q * p->capacity;
            b->kern->screen_rows_f32(rows, g + q * DDNI_TILE_ROWS, term, b->o->length + first,
                                     first - start, &one);
        }
    }
}

/* Evaluates the candidates of one state, unless some that matter may be missing. */
static void refine_state(void *arg, int64_t q, int64_t worker)
{
    const refine *p = arg;
    const ddni_block *b = p->b;
    ddni_scan *s = b->s;
    float floor = -INFINITY, cut = -INFINITY;
    for (int64_t c = 0; c < b->chunks; c++) {
        cut = fmaxf(cut, s->cut[c * b->lanes + q]);
        floor = fmaxf(floor, s->floor[c * b->lanes + q]);
    }
    if (cut >= floor - p->margin) {
        return;
    }
    double *logit = s->logit + worker * b->list_capacity;
    int64_t *index = s->index + worker * b->list_capacity;
    int64_t count = 0;
    for (int64_t c = 0; c < b->chunks; c++) {
        int64_t list = (c * b->lanes + q) * p->capacity;
        for (int32_t i = 0; i < s->count[c * b->lanes + q]; i++) {
            if (s->upper[list + i] >= floor - p->margin) {
                index[count++] = c * b->chunk_rows + s->row[list + i];
                ddni_fetch_row(b->ds, index[count - 1]);
            }
        }
    }
    for (int64_t i = 0; i < count; i++) {
        logit[i] = ddni_logit(b, s->state + q * b->d, index[i]);
    }
    ddni_candidates_evaluate(b, q, count, index, logit, s->point + worker * 2 * b->d);
    if (wants_list(b, q)) {
        ddni_track_note(b, q, p->capacity, cut, p->slack);
    } else if (b->track) {
        s->track[b->todo[q]].wait--;
    }
}

/* A lower bound of the largest logit as the screen counts them, from a point that was looked at. */
static float known_floor(const refine *p, int64_t q)
{
    const ddni_block *b = p->b;
    double known = b->s->known[b->todo[q] - b->first];
    double shift = ddni_square(b, b->s->relative + q * b->d) / (2 * b->level->s2);
    double rounding = 1e-6 * (shift + fabs(known)) + p->slack;
    return known > -INFINITY ? (float)(known + shift - rounding) : -INFINITY;
}

static ddn_status prepare(ddn_context *ctx, refine *p)
{
    ddni_block *b = p->b;
    ddni_scan *s = b->s;
    int64_t lists = b->chunks * b->lanes, entries = lists * p->capacity;
    int64_t workers = ddni_workers(ctx);
    int64_t width = p->integer ? p->quads * 4 : b->d * 4;
    p->tile_bytes = (DDNI_TILE_ROWS * (b->lanes * 4 + width) + 63) / 64 * 64;
    int64_t state_bytes = b->lanes * ddni_padded_width(b->d) * (p->integer ? 1 : 4);
    DDNI_TRY(ddni_reserve(ctx, "lanes", state_bytes, 1, &s->lanes));
    DDNI_TRY(ddni_reserve(ctx, "row tiles", workers, p->tile_bytes, &s->tile));
    DDNI_TRY(ddni_reserve(ctx, "candidate counts", lists, 4, &s->count));
    DDNI_TRY(ddni_reserve(ctx, "floors", lists, 4, &s->floor));
    DDNI_TRY(ddni_reserve(ctx, "candidates", entries, 4, &s->row));
    DDNI_TRY(ddni_reserve(ctx, "candidates", entries, 4, &s->upper));
    DDNI_TRY(ddni_reserve(ctx, "bounds", 4 * b->lanes, 4, &s->bound));
    DDNI_TRY(ddni_reserve(ctx, "cuts", lists, 4, &s->cut));
    DDNI_TRY(ddni_reserve(ctx, "margins", b->lanes, 4, &s->margin));
    b->list_capacity = b->chunks * p->capacity;
    DDNI_TRY(ddni_candidates_prepare(ctx, b));
    memset(s->lanes, 0, (size_t)state_bytes);
    memset(s->bound, 0, (size_t)(4 * b->lanes) * sizeof *s->bound);
    double reach = 0;
    for (int64_t q = 0; q < b->m; q++) {
        (p->integer ? quantize : fill)(p, q);
        double length2 = ddni_square(b, s->relative + q * b->d);
        /* Bytes round as they are before they are centred. */
        double raw = p->integer || b->ds->type != DDN_TYPE_U8 ? 0 : sqrt(b->o->raw_mean);
        reach = fmax(reach, b->gain * sqrt(length2) * (sqrt(b->o->norm_max) + raw) +
                                fabs((double)s->bound[b->lanes + q]));
    }
    /* Sums of floats of this size round by some 2^-20 of it. */
    reach += 0.5 * b->gain * b->level->a * b->o->norm_max;
    p->slack = reach * 0x1p-20;
    p->margin = (float)((b->log_ratio + p->slack) * (1 + 1e-6));
    p->usable = reach < 1e30;
    for (int64_t q = 0; q < b->lanes; q++) {
        s->margin[q] = q < b->m && wants_list(b, q) ? INFINITY : p->margin;
        s->bound[3 * b->lanes + q] = q < b->m ? known_floor(p, q) : -INFINITY;
    }
    return DDN_OK;
}

ddn_status ddni_refine(ddn_context *ctx, ddni_block *b, int32_t capacity)
{
    refine p = {.b = b, .integer = ddni_use_integers(b), .capacity = capacity};
    if (b->n <= 8 * DDNI_CANDIDATES) { /* few points: all can be listed */
        p.capacity = (int32_t)b->n;
    }
    p.quads = (b->d + 3) / 4;
    DDNI_TRY(prepare(ctx, &p));
    if (!p.usable) {
        return DDN_OK;
    }
    double work = (double)b->lanes * (double)b->n * (double)b->d;
    DDNI_TRY(ddni_parallel(ctx, b->chunks, work, screen_chunk, &p));
    DDNI_TRY(ddni_parallel(ctx, b->m, work * 0.01, refine_state, &p));
    ddni_candidates_report(b);
    return DDN_OK;
}
