/* The axes of a set's affine span: eigenvectors of the covariance, made orthonormal in their order;
 * theory.md (80).
 *
 * With A the centred points and u_k all n eigenvectors of K = A A^T / n, the vectors A^T u_k span
 * the rows of A, whatever errors the u_k have, and are almost orthogonal. Gram-Schmidt in the order
 * of falling eigenvalues then tells a direction from rounding by what it leaves of a vector, of
 * length sigma_k: down to 1e-14 of the largest, where the eigenvalue sigma_k^2 is lost at 1e-8. */
#include "dataset/spectrum/span.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "dataset/spectrum/orthogonal.h"
#include "dataset/spectrum/spectrum.h"
#include "numerics/vector.h"

enum {
    B = DDNI_BLOCK,
    ROWS = 256, /* of a tile of the second half of a projection */
    MORE = 16   /* units of rounding beside those per dimension */
};

static const double ROUNDING = 1e-28; /* variance, of the mean square of the points */
static const double UNIT = 0x1p-52;   /* error of an eigenvalue, of the largest, per dimension */
static const double ENOUGH = 0.5;     /* of the square of a vector: then one pass will do */
static const double DEPENDENT = 0.5;  /* a unit vector shorter than this after projection is out */

typedef struct builder {
    ddni_covariance *c;
    double *values, *vectors; /* eigenpairs, as ddni_spectrum_blocks */
    double *axes;             /* [blocks of size][d][B] */
    double *w;                /* [d][B]: candidates */
    double *dot;              /* [blocks of size][B][B] */
    int64_t rank;
    double least; /* variance that an axis must exceed */
} builder;

/* ---- w -= Q (Q^T w) for all axes Q so far ---- */

static void dot_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const builder *u = arg;
    int64_t d = u->c->ds->d;
    double *dot = u->dot + tile * B * B;
    memset(dot, 0, B * B * sizeof *dot);
    ddni_block_columns(u->axes + tile * d * B, d, B, B, u->w, dot);
    for (int k = 0; k < B * B; k++) {
        dot[k] = -dot[k];
    }
}

static void subtract_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const builder *u = arg;
    int64_t d = u->c->ds->d, first = tile * ROWS, rows = d - first < ROWS ? d - first : ROWS;
    for (int64_t p = 0; p * B < u->rank; p++) {
        ddni_block_rows(u->axes + (p * d + first) * B, rows, B, B, u->dot + p * B * B,
                        u->w + first * B);
    }
}

static ddn_status project_out(builder *u)
{
    int64_t d = u->c->ds->d;
    double work = (double)d * B * (double)u->rank;
    DDNI_TRY(ddni_parallel(u->c->ctx, (u->rank + B - 1) / B, work, dot_tile, u));
    return ddni_parallel(u->c->ctx, (d + ROWS - 1) / ROWS, work, subtract_tile, u);
}

/* ---- the axes ---- */

/* One pass of Gram-Schmidt over the candidates, which become unit vectors; those with a square
 * length of at most least[b] become 0. Returns in *again whether it took so much of one that
 * rounding shows. */
static ddn_status pass(builder *u, const double *least, int *again)
{
    int64_t d = u->c->ds->d;
    double unused[B * B] = {0}, before[B];
    for (int64_t b = 0; b < B; b++) {
        before[b] = ddni_column_dot(u->w, d, b, b);
    }
    DDNI_TRY(project_out(u));
    *again = 0;
    for (int64_t b = 0; b < B; b++) {
        ddni_orthogonal_column(u->w, d, b, unused);
        double square = ddni_column_dot(u->w, d, b, b);
        int kept = square > least[b];
        ddni_scale_column(u->w, d, b, kept ? 1 / sqrt(square) : 0);
        *again |= kept && square < ENOUGH * before[b];
    }
    return DDN_OK;
}

/* Candidates from eigenvectors k .. k + B - 1 join the axes. */
static ddn_status add_block(builder *u, int64_t k)
{
    ddni_covariance *c = u->c;
    int64_t d = c->ds->d;
    const double *block = u->vectors + k * c->size;
    double least[B];
    int any = 0, again;
    if (c->by_points) {
        DDNI_TRY(ddni_covariance_lift(c, block, u->w));
    } else {
        memcpy(u->w, block, (size_t)(d * B) * sizeof *u->w);
    }
    for (int64_t b = 0; b < B; b++) {
        int listed = k + b < c->size && (c->by_points || u->values[k + b] > u->least);
        least[b] = !listed ? INFINITY : c->by_points ? u->least * (double)c->ds->n : DEPENDENT;
        any |= listed && ddni_column_dot(u->w, d, b, b) > least[b];
    }
    if (!any) {
        return DDN_OK;
    }
    DDNI_TRY(pass(u, least, &again));
    if (again) {
        for (int64_t b = 0; b < B; b++) {
            least[b] = DEPENDENT;
        }
        DDNI_TRY(pass(u, least, &again));
    }
    for (int64_t b = 0; b < B; b++) {
        if (ddni_column_dot(u->w, d, b, b) > DEPENDENT) {
            double *to = u->axes + u->rank / B * d * B + u->rank % B;
            for (int64_t j = 0; j < d; j++) {
                to[j * B] = u->w[j * B + b];
            }
            u->rank++;
        }
    }
    return DDN_OK;
}

/* The variance that tells an axis from rounding, or from what the caller does not want. */
static double least_variance(const builder *u, double tolerance)
{
    const ddni_covariance *c = u->c;
    double square = 0, largest = fmax(u->values[0], 0);
    for (int64_t k = 0; k < c->size; k++) {
        square += fmax(u->values[k], 0);
    }
    square += ddni_dot(c->ds->d, c->mean, c->mean);
    double least = fmax(tolerance * largest, ROUNDING * square);
    return c->by_points ? least : fmax(least, (double)(c->size + MORE) * UNIT * largest);
}

static ddn_status build(builder *u, double tolerance)
{
    ddni_covariance *c = u->c;
    int64_t d = c->ds->d, blocks = (c->size + B - 1) / B;
    DDNI_TRY(ddni_alloc_for(c->ctx, "eigenvalues", c->size, sizeof *u->values, &u->values));
    DDNI_TRY(ddni_alloc_for(c->ctx, "eigenvectors", blocks,
                            c->size * B * (int64_t)sizeof *u->vectors, &u->vectors));
    DDNI_TRY(ddni_spectrum_blocks(c, DDNI_SPECTRUM_MATRIX, c->size, u->values, u->vectors));
    DDNI_TRY(
        ddni_alloc_for(c->ctx, "the axes", blocks, d * B * (int64_t)sizeof *u->axes, &u->axes));
    DDNI_TRY(ddni_alloc_for(c->ctx, "a block of vectors", d, B * sizeof *u->w, &u->w));
    DDNI_TRY(ddni_alloc_for(c->ctx, "products", blocks, B * B * sizeof *u->dot, &u->dot));
    u->least = least_variance(u, tolerance);
    for (int64_t k = 0; k < c->size; k += B) {
        DDNI_TRY(ddni_progress(c->ctx, "span", (double)k / (double)c->size));
        DDNI_TRY(add_block(u, k));
    }
    return DDN_OK;
}

ddn_status ddni_span_axes(ddni_covariance *c, double tolerance, int64_t *rank, double **axes)
{
    *axes = NULL;
    *rank = 0;
    builder u = {.c = c};
    ddn_status status;
    DDNI_TRY_GOTO(build(&u, tolerance), fail);
    int64_t count = (u.rank + B - 1) / B, bytes = c->ds->d * B * (int64_t)sizeof *u.axes;
    if (count > 0) { /* no more memory than they need */
        DDNI_TRY_GOTO(ddni_alloc_for(c->ctx, "the axes", count, bytes, axes), fail);
        memcpy(*axes, u.axes, (size_t)(count * bytes));
    }
    *rank = u.rank;
fail:;
    const ddni_allocator *al = ddni_context_allocator(c->ctx);
    ddni_free(al, u.dot);
    ddni_free(al, u.w);
    ddni_free(al, u.axes);
    ddni_free(al, u.vectors);
    ddni_free(al, u.values);
    return status;
}
