/* Stored numbers as doubles, and the check that all of them are finite. */
#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "dataset/team_set.h"

/* A point is scale * stored + shift rounded once, for all that read it: two that differ in the last
 * digit are told apart at small s. */
void ddni_dataset_set_map(ddn_dataset *ds, double scale, double shift)
{
    ds->scale = scale;
    ds->shift = shift;
    for (int64_t k = 0; k < 256; k++) {
        ds->of_byte[k] = fma(scale, (double)k, shift);
    }
}

/* Doubles under the map. A product with 1 does not round. */
static void map_doubles(const ddn_dataset *ds, int64_t count, double *x)
{
    const double scale = ds->scale, shift = ds->shift;
    for (int64_t j = 0; scale == 1 && shift != 0 && j < count; j++) {
        x[j] += shift;
    }
    for (int64_t j = 0; scale != 1 && j < count; j++) {
        x[j] = fma(scale, x[j], shift);
    }
}

void ddni_dataset_part(const ddn_dataset *ds, int64_t row, int64_t first, int64_t count,
                       double *out)
{
    int64_t at = row * ds->ld + first;
    if (ds->type == DDN_TYPE_U8) {
        const uint8_t *in = (const uint8_t *)ds->data + at;
        for (int64_t j = 0; j < count; j++) {
            out[j] = ds->of_byte[in[j]];
        }
    } else if (ds->type == DDN_TYPE_F32) {
        const float *in = (const float *)ds->data + at;
        for (int64_t j = 0; j < count; j++) {
            out[j] = (double)in[j];
        }
        map_doubles(ds, count, out);
    } else {
        const double *in = (const double *)ds->data + at;
        for (int64_t j = 0; j < count; j++) {
            out[j] = in[j];
        }
        map_doubles(ds, count, out);
    }
}

void ddni_dataset_rows(const ddn_dataset *ds, int64_t first, int64_t count, double *out,
                       int64_t ldo)
{
    for (int64_t i = 0; i < count; i++) {
        ddni_dataset_part(ds, first + i, 0, ds->d, out + i * ldo);
    }
}

/* What both functions that read refuse. */
static ddn_status check_read(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count,
                             const void *out, int64_t ldo)
{
    DDNI_CHECK_INT(ctx, first, 0, ds->n);
    DDNI_CHECK_INT(ctx, count, 0, ds->n - first);
    return ddni_check_matrix(ctx, "out", out, count, ds->d, ldo);
}

ddn_status ddn_dataset_read(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count,
                            double *out, int64_t ldo)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_TRY(check_read(ctx, ds, first, count, out, ldo));
    if (ds->team != NULL) {
        return ddni_team_read(ctx, ds, first, count, out, ldo);
    }
    DDNI_TRY(ddni_dataset_unchanged(ctx, ds));
    for (int64_t i = 0; i < count; i++) {
        DDNI_TRY(ddni_poll(ctx));
        ddni_dataset_rows(ds, first + i, 1, out + i * ldo, ldo);
    }
    return DDN_OK;
}

enum {
    CHUNK = 1024 /* columns converted at once */
};

/* First column of a row whose number is beyond the range of float, or d. */
static int64_t first_wide_column(const ddn_dataset *ds, int64_t row)
{
    double x[CHUNK];
    for (int64_t first = 0; first < ds->d; first += CHUNK) {
        int64_t count = ds->d - first < CHUNK ? ds->d - first : CHUNK;
        ddni_dataset_part(ds, row, first, count, x);
        for (int64_t j = 0; j < count; j++) {
            if (fabs(x[j]) > FLT_MAX) {
                return first + j;
            }
        }
    }
    return ds->d;
}

static void row_f32(const ddn_dataset *ds, int64_t row, float *out)
{
    if (ds->type == DDN_TYPE_F32 && ds->scale == 1 && ds->shift == 0) {
        memcpy(out, (const float *)ds->data + row * ds->ld, (size_t)ds->d * sizeof *out);
        return;
    }
    double x[CHUNK];
    for (int64_t first = 0; first < ds->d; first += CHUNK) {
        int64_t count = ds->d - first < CHUNK ? ds->d - first : CHUNK;
        ddni_dataset_part(ds, row, first, count, x);
        for (int64_t j = 0; j < count; j++) {
            out[first + j] = (float)x[j];
        }
    }
}

ddn_status ddni_check_f32(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count)
{
    /* Bytes and floats fit unless their map is extreme. */
    int fits = ds->type == DDN_TYPE_F32 && ds->scale == 1 && ds->shift == 0;
    fits |= ds->type == DDN_TYPE_U8 && 255 * fabs(ds->scale) + fabs(ds->shift) <= FLT_MAX;
    for (int64_t i = first; !fits && i < first + count; i++) {
        DDNI_TRY(ddni_poll(ctx));
        int64_t column = first_wide_column(ds, i);
        DDNI_CHECK(ctx, column == ds->d, DDN_E_RANGE,
                   "row %lld, column %lld is outside the range of float",
                   (long long)(ds->before + i), (long long)column);
    }
    return DDN_OK;
}

ddn_status ddn_dataset_read_f32(ddn_context *ctx, const ddn_dataset *ds, int64_t first,
                                int64_t count, float *out, int64_t ldo)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_TRY(check_read(ctx, ds, first, count, out, ldo));
    if (ds->team != NULL) {
        return ddni_team_read_f32(ctx, ds, first, count, out, ldo);
    }
    DDNI_TRY(ddni_dataset_unchanged(ctx, ds));
    DDNI_TRY(ddni_check_f32(ctx, ds, first, count));
    for (int64_t i = 0; i < count; i++) {
        DDNI_TRY(ddni_poll(ctx));
        row_f32(ds, first + i, out + i * ldo);
    }
    return DDN_OK;
}

/* ---- finite? ---- */

enum {
    ROWS_PER_TILE = 64
};

typedef struct finite_job {
    const ddn_context *ctx;
    const ddn_dataset *ds;
    _Atomic int64_t first_bad; /* lowest bad row found so far */
} finite_job;

/* An exponent of all ones marks NaN and Inf; integer tests vectorise. */
static int stored_row_is_finite(const ddn_dataset *ds, int64_t row)
{
    uint64_t bad = 0;
    if (ds->type == DDN_TYPE_F32) {
        const float *x = (const float *)ds->data + row * ds->ld;
        uint32_t bad32 = 0;
        for (int64_t j = 0; j < ds->d; j++) {
            uint32_t bits;
            memcpy(&bits, &x[j], sizeof bits);
            bad32 |= (bits & UINT32_C(0x7f800000)) == UINT32_C(0x7f800000);
        }
        bad = bad32;
    } else {
        const double *x = (const double *)ds->data + row * ds->ld;
        for (int64_t j = 0; j < ds->d; j++) {
            uint64_t bits;
            memcpy(&bits, &x[j], sizeof bits);
            bad |= (bits & UINT64_C(0x7ff0000000000000)) == UINT64_C(0x7ff0000000000000);
        }
    }
    return bad == 0;
}

/* First column whose mapped number is not finite, or d. */
static int64_t first_bad_column(const ddn_dataset *ds, int64_t row)
{
    double x[CHUNK];
    for (int64_t first = 0; first < ds->d; first += CHUNK) {
        int64_t count = ds->d - first < CHUNK ? ds->d - first : CHUNK;
        ddni_dataset_part(ds, row, first, count, x);
        for (int64_t j = 0; j < count; j++) {
            if (!isfinite(x[j])) {
                return first + j;
            }
        }
    }
    return ds->d;
}

static void finite_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    finite_job *job = arg;
    const ddn_dataset *ds = job->ds;
    int64_t begin = tile * ROWS_PER_TILE;
    int64_t end = begin + ROWS_PER_TILE < ds->n ? begin + ROWS_PER_TILE : ds->n;
    int identity = ds->scale == 1 && ds->shift == 0;
    ddni_dataset_ahead(ds, begin, end - begin, 0, ds->n);
    for (int64_t i = begin; i < end && i < atomic_load(&job->first_bad); i++) {
        if (ddni_stopping(job->ctx)) {
            return;
        }
        if (identity ? stored_row_is_finite(ds, i) : first_bad_column(ds, i) == ds->d) {
            continue;
        }
        int64_t seen = atomic_load(&job->first_bad);
        while (i < seen && !atomic_compare_exchange_weak(&job->first_bad, &seen, i)) {
        }
        return;
    }
}

ddn_status ddni_check_finite(ddn_context *ctx, const char *what, const ddn_dataset *ds)
{
    if (ds->type == DDN_TYPE_U8 && ds->scale == 1 && ds->shift == 0) {
        return DDN_OK;
    }
    finite_job job = {ctx, ds, ds->n};
    DDNI_TRY(ddni_parallel(ctx, (ds->n + ROWS_PER_TILE - 1) / ROWS_PER_TILE,
                           (double)ds->n * (double)ds->d, finite_tile, &job));
    int64_t row = atomic_load(&job.first_bad);
    if (row == ds->n) {
        return DDN_OK;
    }
    int64_t column = first_bad_column(ds, row);
    double value;
    ddni_dataset_part(ds, row, column, 1, &value);
    return ddni_fail(ctx, DDN_E_NONFINITE, "%s: row %lld, column %lld is %s", what,
                     (long long)(ds->before + row), (long long)column,
                     isnan(value) ? "NaN" : "infinite");
}
