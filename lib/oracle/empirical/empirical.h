/* The empirical oracle and its rows as the ways of evaluation read them. */
#ifndef DDNI_ORACLE_EMPIRICAL_EMPIRICAL_H
#define DDNI_ORACLE_EMPIRICAL_EMPIRICAL_H

#include <math.h>

#include "dataset/dataset_impl.h"
#include "kernels/kernels.h"
#include "oracle/oracle_impl.h"

enum {
    DDNI_CHUNK_ROWS = 192 /* rows of a unit of parallel work, at least: two tiles */
};

/* A copy of the points in bytes, see shadow.h: y_j - centre_j is unit[j] (byte - 128), but for a
 * vector that is no longer than rest. */
typedef struct ddni_shadow {
    uint8_t *at;                   /* [n][d]; NULL: there is none */
    float *rest;                   /* [n] */
    double *unit;                  /* [d] 0: the column counts as constant */
    double *origin;                /* [d] zeros, what bytes less 128 are relative to */
    double rest_max, rest_typical; /* which a few stray points do not move */
    double coarse;                 /* the sum of 1 / unit^2 */
    ddn_dataset rows;              /* the bytes, less 128 */
} ddni_shadow;

/* The points about a centre, as screens and sums take them. */
typedef struct ddni_centred {
    double *centre; /* [d] inner products and sums are taken relative to it */
    double *norm;   /* [n] |y - centre|^2 */
    float *length;  /* [n] its root, rounded up */
    double norm_max, norm_mean;
    double raw_mean;      /* mean of |y - shift|^2, what integer products are made of */
    double centre_length; /* |centre| */
    int64_t alike;    /* the most rows of a tile at one distance from the centre, as copies are; 0:
                         no two of a window are (centre.c) */
    int32_t in_place; /* rows are f32 or f64 and equal to y - centre as stored */
    void *turned; /* y - centre of small sets, in f64 of f64 data and else in f32: tiles [d][row] of
                     DDNI_TILE_ROWS rows, zeros behind the last; NULL: none */
    ddni_shadow shadow;
} ddni_centred;

typedef struct ddni_empirical {
    ddn_oracle base;
    ddni_centred points;
    ddni_columns columns;      /* see narrow.h; members NULL where there are none */
    ddni_narrow_points narrow; /* likewise, about their centre */
} ddni_empirical;

/* Chooses the centre, the mean of all points, and measures the points' distances from it; `out` is
 * zeroed before, and let go of also after a failure. */
ddn_status ddni_centre(ddn_context *ctx, const ddn_dataset *ds, ddni_centred *out);
/* The same from one of `every` so many points: norms are 0 until ddni_centre_rows takes them, and
 * norm_max is twice that of the sample. */
ddn_status ddni_centre_sampled(ddn_context *ctx, const ddn_dataset *ds, int64_t every,
                               ddni_centred *out);
void ddni_centre_rows(const ddn_dataset *ds, const ddni_kernels *kern, int64_t first, int64_t end,
                      ddni_centred *out);
void ddni_centre_release(const ddni_allocator *al, ddni_centred *points);

/* Makes points->turned of a set that stays in the second-level cache; call after ddni_centre. */
ddn_status ddni_centre_turn(ddn_context *ctx, const ddn_dataset *ds, ddni_centred *points);

static inline const void *ddni_stored(const ddn_dataset *ds, int64_t row)
{
    return (const char *)ds->data + row * ds->ld * ddni_type_size(ds->type);
}

static inline ddni_point ddni_point_at(const ddn_dataset *ds, int64_t row)
{
    return (ddni_point){ddni_stored(ds, row), ds->scale, ds->shift};
}

/* Whether a set is so small that it stays in the second-level cache: nothing of it is fetched. */
static inline int32_t ddni_stays_cached(const ddn_dataset *ds)
{
    enum {
        CACHED = 1 << 20 /* bytes, of 2 MB */
    };
    return ds->n * ds->ld * ddni_type_size(ds->type) <= CACHED;
}

/* Fetches a row that will be read soon, or its beginning: of long rows the processor fetches the
 * rest by itself, while all of some of them would not stay in the cache. */
static inline void ddni_fetch_row(const ddn_dataset *ds, int64_t row)
{
    const char *at = ddni_stored(ds, row);
    int64_t size = ds->d * ddni_type_size(ds->type);
    for (int64_t k = 0; k < size && k < 4096; k += 64) {
        __builtin_prefetch(at + k);
    }
}

#endif
