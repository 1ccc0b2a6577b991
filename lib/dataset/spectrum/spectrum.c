/* Leading eigenpairs of the covariance: the matrix where it is small, Lanczos where it is not. */
#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "base/rng.h"
#include "dataset/spectrum/lanczos.h"
#include "dataset/spectrum/spectrum.h"
#include "numerics/blas.h"
#include "numerics/vector.h"

enum {
    MAX_COUNT = 512,
    SMALL = 1024,  /* up to this size the matrix is cheaper than Lanczos, */
    MEDIUM = 2048, /* and up to this one when many pairs are wanted, */
    MANY = 64,     /* that is more than these */
    B = DDNI_BLOCK
};

/* A value below this share of the largest is rounding: K has no vector for it. */
static const double NULL_VALUE = 1e-13;

/* Pairs from the matrix, into the same layout as ddni_lanczos. */
static ddn_status from_matrix(ddni_covariance *c, int64_t count, double *values, double *vectors)
{
    ddn_status status;
    double *matrix = NULL, *ascending = NULL, *rows = NULL;
    int64_t size = c->size;
    DDNI_TRY_GOTO(ddni_alloc_for(c->ctx, "the covariance", size, size * sizeof *matrix, &matrix),
                  fail);
    DDNI_TRY_GOTO(ddni_alloc_for(c->ctx, "eigenvalues", size, sizeof *ascending, &ascending), fail);
    if (vectors != NULL) {
        DDNI_TRY_GOTO(ddni_alloc_for(c->ctx, "eigenvectors", count, size * sizeof *rows, &rows),
                      fail);
    }
    DDNI_TRY_GOTO(ddni_covariance_matrix(c, matrix), fail);
    for (int64_t k = 0; k < size; k++) {
        if (!isfinite(matrix[k * size + k])) {
            status =
                ddni_fail(c->ctx, DDN_E_NONFINITE, "the covariance is outside the range of double");
            goto fail;
        }
    }
    DDNI_TRY_GOTO(ddni_leading_eigen(c->ctx, size, matrix, count, ascending, rows), fail);
    for (int64_t k = 0; k < count; k++) {
        DDNI_TRY_GOTO(ddni_poll(c->ctx), fail);
        values[k] = ascending[count - 1 - k];
        for (int64_t i = 0; vectors != NULL && i < size; i++) {
            vectors[(k / B * size + i) * B + k % B] = rows[(count - 1 - k) * size + i];
        }
    }
fail:
    ddni_free(ddni_context_allocator(c->ctx), rows);
    ddni_free(ddni_context_allocator(c->ctx), ascending);
    ddni_free(ddni_context_allocator(c->ctx), matrix);
    return status;
}

ddn_status ddni_spectrum_blocks(ddni_covariance *c, ddni_spectrum_method method, int64_t count,
                                double *values, double *vectors)
{
    if (method == DDNI_SPECTRUM_AUTO) {
        method = c->size <= SMALL || (c->size <= MEDIUM && count > MANY) ? DDNI_SPECTRUM_MATRIX
                                                                         : DDNI_SPECTRUM_LANCZOS;
    }
    return method == DDNI_SPECTRUM_MATRIX ? from_matrix(c, count, values, vectors)
                                          : ddni_lanczos(c, count, values, vectors);
}

/* ---- vectors as the caller wants them ---- */

/* Vector k becomes a unit vector orthogonal to those before it, twice for rounding. Eigenvectors
 * of K lifted to d dimensions carry traces of the larger ones. */
static void orthonormal(double *vectors, int64_t ldv, int64_t d, int64_t k)
{
    double *v = vectors + k * ldv;
    for (int pass = 0; pass < 2; pass++) {
        ddni_scale(d, 1 / ddni_norm(d, v), v);
        ddni_take_parts(d, k, vectors, ldv, v, NULL);
    }
    ddni_scale(d, 1 / ddni_norm(d, v), v);
}

/* The component of largest magnitude, the first one of equals, becomes positive. */
static void fix_sign(double *v, int64_t d)
{
    int64_t largest = 0;
    for (int64_t j = 1; j < d; j++) {
        largest = fabs(v[j]) > fabs(v[largest]) ? j : largest;
    }
    ddni_scale(d, v[largest] < 0 ? -1 : 1, v);
}

static ddn_status write_vectors(ddni_covariance *c, int64_t count, const double *values,
                                const double *blocks, double *lifted, double *vectors, int64_t ldv)
{
    int64_t d = c->ds->d;
    ddni_draws directions = ddni_draws_of(0, DDNI_USE_NULL_VECTORS, 0);
    for (int64_t k = 0; k < count; k++) {
        const double *block = blocks + k / B * c->size * B;
        DDNI_TRY(ddni_progress(c->ctx, "eigenvectors", (double)k / (double)count));
        if (c->by_points) {
            if (k % B == 0) {
                DDNI_TRY(ddni_covariance_lift(c, 1, block, lifted));
            }
            block = lifted;
        }
        double *v = vectors + k * ldv;
        for (int64_t j = 0; j < d; j++) {
            v[j] = block[j * B + k % B];
        }
        if (c->by_points && !(values[k] > NULL_VALUE * values[0])) {
            /* Any direction that no point has; the larger pairs span all that have one. */
            ddni_draws_normal(&directions, k, 0, d, v);
        }
        orthonormal(vectors, ldv, d, k);
        fix_sign(v, d);
    }
    return DDN_OK;
}

ddn_status ddni_spectrum(ddn_context *ctx, const ddn_dataset *ds, ddni_spectrum_method method,
                         int64_t count, double *values, double *vectors, int64_t ldv)
{
    ddn_status status;
    ddni_covariance c;
    double *blocks = NULL, *lifted = NULL, *found = NULL;
    DDNI_TRY(ddni_covariance_open(ctx, ds, &c));
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "eigenvalues", count, sizeof *found, &found), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "eigenvectors", (count + B - 1) / B,
                                 c.size * B * (int64_t)sizeof *blocks, &blocks),
                  fail);
    DDNI_TRY_GOTO(ddni_spectrum_blocks(&c, method, count, found, blocks), fail);
    for (int64_t k = 0; k < count; k++) {
        found[k] = fmax(found[k], 0); /* what rounding made of 0 */
    }
    if (vectors != NULL) {
        if (c.by_points) {
            DDNI_TRY_GOTO(ddni_alloc_for(ctx, "eigenvectors", ds->d, B * sizeof *lifted, &lifted),
                          fail);
        }
        DDNI_TRY_GOTO(write_vectors(&c, count, found, blocks, lifted, vectors, ldv), fail);
    }
    memcpy(values, found, (size_t)count * sizeof *values);
fail:
    ddni_free(ddni_context_allocator(ctx), lifted);
    ddni_free(ddni_context_allocator(ctx), blocks);
    ddni_free(ddni_context_allocator(ctx), found);
    ddni_covariance_close(&c);
    return status;
}

ddn_status ddn_dataset_spectrum(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                                double *values, double *vectors, int64_t ldv)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, values);
    int64_t most = ds->n < ds->d ? ds->n : ds->d;
    DDNI_CHECK_INT(ctx, count, 1, most < MAX_COUNT ? most : MAX_COUNT);
    if (vectors != NULL) {
        DDNI_TRY(ddni_check_matrix(ctx, "vectors", vectors, count, ds->d, ldv));
    }
    DDNI_TRY(ddni_dataset_agree(ctx, ds, DDNI_DIGEST_WORDS((uint64_t)count, vectors != NULL)));
    return ddni_spectrum(ctx, ds, DDNI_SPECTRUM_AUTO, count, values, vectors, ldv);
}
