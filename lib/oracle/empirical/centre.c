/* The centre of the points, and their distances from it. theory.md (14). */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/empirical.h"

typedef struct norms {
    const ddn_context *ctx;
    const ddn_dataset *ds;
    ddni_centred *o;
    const ddni_kernels *kern;
} norms;

void ddni_centre_rows(const ddn_dataset *ds, const ddni_kernels *kern, int64_t first, int64_t end,
                      ddni_centred *o)
{
    for (int64_t i = first; i < end; i++) {
        o->norm[i] = kern->distance(ds->type, ds->d, o->centre, 1, 0, ddni_point_at(ds, i));
        o->length[i] = (float)(sqrt(o->norm[i]) * (1 + 0x1p-22));
    }
}

/* Squared distances of a chunk of points from the centre. */
static void norms_chunk(void *arg, int64_t chunk, int64_t worker)
{
    (void)worker;
    const norms *p = arg;
    int64_t first = chunk * DDNI_CHUNK_ROWS, end = first + DDNI_CHUNK_ROWS;
    end = end < p->ds->n ? end : p->ds->n;
    ddni_dataset_ahead(p->ds, first, end - first, 0, p->ds->n);
    for (int64_t i = first; i < end && !ddni_stopping(p->ctx); i++) {
        ddni_centre_rows(p->ds, p->kern, i, i + 1, p->o);
    }
}

static ddn_status reserve_centre(ddn_context *ctx, const ddn_dataset *ds, ddni_centred *o)
{
    DDNI_TRY(ddni_alloc_for(ctx, "centre", ds->d, sizeof *o->centre, &o->centre));
    DDNI_TRY(ddni_alloc_for(ctx, "norms", ds->n, sizeof *o->norm, &o->norm));
    return ddni_alloc_for(ctx, "lengths", ds->n, sizeof *o->length, &o->length);
}

/* Whether floating-point points are centred well enough as they stand, for their mean square from
 * the centre. */
static int32_t stands_well(const ddn_dataset *ds, const ddni_centred *o, double spread)
{
    double mean2 = 0;
    for (int64_t j = 0; j < ds->d; j++) {
        mean2 += o->centre[j] * o->centre[j];
    }
    return ds->type != DDN_TYPE_U8 && ds->scale == 1 && ds->shift == 0 && mean2 <= 4 * spread;
}

/* How far the centre is from the origin, and the points from the shift. */
static void measure_centre(const ddn_dataset *ds, ddni_centred *o)
{
    double offset2 = 0, centre2 = 0;
    for (int64_t j = 0; j < ds->d; j++) {
        offset2 += (o->centre[j] - ds->shift) * (o->centre[j] - ds->shift);
        centre2 += o->centre[j] * o->centre[j];
    }
    o->centre_length = sqrt(centre2);
    o->raw_mean = o->norm_mean + offset2;
}

/* How often the commonest of so many norms occurs; at most DDNI_TILE_ROWS of them. */
static int64_t commonest(const double *norm, int64_t count)
{
    enum {
        BITS = 8, /* of places, twice as many as there are norms or more */
        NOBODY = -1
    };
    int64_t first[1 << BITS], times[DDNI_TILE_ROWS], most = 0;
    for (int64_t at = 0; at < 1 << BITS; at++) {
        first[at] = NOBODY;
    }
    for (int64_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, norm + i, sizeof bits);
        int64_t at = (int64_t)(bits * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BITS));
        while (first[at] != NOBODY && norm[first[at]] != norm[i]) {
            at = (at + 1) % (1 << BITS);
        }
        if (first[at] == NOBODY) {
            first[at] = i;
            times[i] = 0;
        }
        times[first[at]]++;
        most = times[first[at]] > most ? times[first[at]] : most;
    }
    return most;
}

/* A tile, wherever it begins, has rows of two that lie side by side. */
static int64_t most_alike(const double *norm, int64_t n)
{
    int64_t most = 0;
    for (int64_t i = 0; i < n; i += DDNI_TILE_ROWS) {
        int64_t times = commonest(norm + i, n - i < DDNI_TILE_ROWS ? n - i : DDNI_TILE_ROWS);
        most = times > most ? times : most;
    }
    return most < 2 ? 0 : 2 * most < DDNI_TILE_ROWS ? 2 * most : DDNI_TILE_ROWS;
}

/* Centring keeps inner products accurate; floating-point points that are centred well enough as
 * they stand keep the origin as their centre, so that their rows can be used in place. */
ddn_status ddni_centre(ddn_context *ctx, const ddn_dataset *ds, ddni_centred *o)
{
    norms p = {ctx, ds, o, ddni_context_kernels(ctx)};
    int64_t n = ds->n, d = ds->d, chunks = (n + DDNI_CHUNK_ROWS - 1) / DDNI_CHUNK_ROWS;
    DDNI_TRY(reserve_centre(ctx, ds, o));
    DDNI_TRY(ddni_dataset_mean(ctx, ds, o->centre));
    DDNI_TRY(ddni_parallel(ctx, chunks, (double)n * (double)d, norms_chunk, &p));
    double spread = 0;
    for (int64_t i = 0; i < n; i++) {
        spread += o->norm[i] / (double)n;
    }
    if (stands_well(ds, o, spread)) {
        o->in_place = 1;
        memset(o->centre, 0, (size_t)d * sizeof *o->centre);
        DDNI_TRY(ddni_parallel(ctx, chunks, (double)n * (double)d, norms_chunk, &p));
    }
    for (int64_t i = 0; i < n; i++) {
        DDNI_CHECK(ctx, o->norm[i] <= 1e300, DDN_E_RANGE,
                   "the squared distance of point %lld from the mean is %g, above the limit 1e300",
                   (long long)(ds->before + i), o->norm[i]);
        o->norm_max = fmax(o->norm_max, o->norm[i]);
        o->norm_mean += o->norm[i] / (double)n;
    }
    o->alike = most_alike(o->norm, n);
    measure_centre(ds, o);
    return DDN_OK;
}

/* Mean squared distance of some points from the centre, and twice the largest: if all points keep
 * below that, bounds stay as they are. */
static void sample_norms(const ddn_dataset *some, const ddni_kernels *kern, ddni_centred *o)
{
    o->norm_mean = o->norm_max = 0;
    for (int64_t i = 0; i < some->n; i++) {
        double norm = kern->distance(some->type, some->d, o->centre, 1, 0, ddni_point_at(some, i));
        o->norm_mean += norm / (double)some->n;
        o->norm_max = fmax(o->norm_max, 2 * norm);
    }
}

ddn_status ddni_centre_sampled(ddn_context *ctx, const ddn_dataset *ds, int64_t every,
                               ddni_centred *o)
{
    const ddni_kernels *kern = ddni_context_kernels(ctx);
    ddn_dataset some = {
        .data = ds->data, .type = ds->type, .n = ds->n / every, .d = ds->d, .ld = ds->ld * every};
    ddni_dataset_set_map(&some, ds->scale, ds->shift);
    DDNI_TRY(reserve_centre(ctx, ds, o));
    DDNI_TRY(ddni_dataset_mean(ctx, &some, o->centre));
    sample_norms(&some, kern, o);
    if (stands_well(ds, o, o->norm_mean)) {
        o->in_place = 1;
        memset(o->centre, 0, (size_t)ds->d * sizeof *o->centre);
        sample_norms(&some, kern, o);
    }
    measure_centre(ds, o);
    return DDN_OK;
}

/* One tile after the other, by way of its rows. */
static void turn(const ddn_dataset *ds, const ddni_kernels *kern, const double *centre, void *rows,
                 void *out)
{
    const int64_t n = ds->n, d = ds->d;
    for (int64_t first = 0; first < n; first += DDNI_TILE_ROWS) {
        const int64_t some = n - first < DDNI_TILE_ROWS ? n - first : DDNI_TILE_ROWS;
        const ddni_point y = ddni_point_at(ds, first);
        if (ds->type == DDN_TYPE_F64) {
            kern->unpack_f64(ds->type, some, d, y, ds->ld, centre, rows, d);
        } else {
            kern->unpack_f32(ds->type, some, d, y, ds->ld, centre, rows, d);
        }
        for (int64_t j = 0; j < d; j++) {
            const int64_t to = first * d + j * DDNI_TILE_ROWS;
            for (int64_t r = 0; r < DDNI_TILE_ROWS; r++) {
                const int64_t from = r * d + j;
                if (ds->type == DDN_TYPE_F64) {
                    ((double *)out)[to + r] = r < some ? ((const double *)rows)[from] : 0;
                } else {
                    ((float *)out)[to + r] = r < some ? ((const float *)rows)[from] : 0;
                }
            }
        }
    }
}

ddn_status ddni_centre_turn(ddn_context *ctx, const ddn_dataset *ds, ddni_centred *o)
{
    enum {
        NUMBERS = 1 << 18 /* at most: 1 MB of floats, 2 MB of doubles */
    };
    const int64_t size = ds->type == DDN_TYPE_F64 ? 8 : 4;
    const int64_t padded = (ds->n + DDNI_TILE_ROWS - 1) / DDNI_TILE_ROWS * DDNI_TILE_ROWS;
    void *rows = NULL;
    if (ds->d > DDNI_TURNED || padded > NUMBERS / ds->d || ds->n < DDNI_TILE_ROWS / 2) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_alloc_for(ctx, "rows", DDNI_TILE_ROWS * ds->d, size, &rows));
    ddn_status status = ddni_alloc_for(ctx, "tiles", padded * ds->d, size, &o->turned);
    if (status == DDN_OK) {
        turn(ds, ddni_context_kernels(ctx), o->centre, rows, o->turned);
    }
    ddni_free(ddni_context_allocator(ctx), rows);
    return status;
}

void ddni_centre_release(const ddni_allocator *al, ddni_centred *points)
{
    ddni_free(al, points->centre);
    ddni_free(al, points->turned);
    ddni_free(al, points->norm);
    ddni_free(al, points->length);
    ddni_free(al, points->shadow.at);
    ddni_free(al, points->shadow.rest);
    ddni_free(al, points->shadow.unit);
    ddni_free(al, points->shadow.origin);
}
