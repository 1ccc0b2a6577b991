/* The axes of a set's affine span: eigenvectors of the covariance, made orthonormal in their order;
 * theory.md (80).
 *
 * With A the centred points and u_k all n eigenvectors of K = A A^T / n, the vectors A^T u_k span
 * the rows of A, whatever errors the u_k have, and are almost orthogonal. Gram-Schmidt in the order
 * of falling eigenvalues then tells a direction from rounding by what it leaves of a vector, of
 * length sigma_k: down to 1e-14 of the largest, where the eigenvalue sigma_k^2 is lost at 1e-8.
 *
 * An axis that was made of a vector of length l has an error of e/l, e being the rounding of A^T u,
 * and leaves e L/l of a vector of length L along it: a direction too many, if L is larger by far.
 * Below 1e-8 eigenvectors come in any order and mixture, so there the longest of what is left of
 * all of them is the next axis, and is taken out of the others. */
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
static const double MUCH = 1.0 / 16;  /* shorter, of the square: the axis has errors larger by 4 */

typedef struct builder {
    ddni_covariance *c;
    double *values, *vectors; /* eigenpairs, as ddni_spectrum_blocks */
    double *axes;             /* [blocks of size][d][B] */
    double *w;                /* [d][B]: candidates */
    double *dot;              /* [blocks of size][B][B] */
    int64_t rank;
    double least; /* variance that an axis must exceed */
    /* Vectors whose eigenvalues are rounding, less their parts along the axes, are the last columns
     * of `axes`, which has a block more for them: so they share none with an axis. */
    int64_t columns, rest;
    double *square; /* [columns]: their squared lengths */
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

/* Column k of blocks of vectors. */
static double *column_of(double *blocks, int64_t d, int64_t k)
{
    return blocks + k / B * d * B + k % B;
}

static void copy_column(double *to, const double *from, int64_t d)
{
    for (int64_t j = 0; j < d; j++) {
        to[j * B] = from[j * B];
    }
}

/* The squared length that is more than rounding. */
static double least_square(const builder *u)
{
    return u->c->by_points ? u->least * (double)u->c->ds->n : DEPENDENT;
}

/* Vectors k .. k + B - 1 become the candidates. Returns in *any whether one from `begin` on and
 * before `end` is longer than rounding, and the least squares of those, in least[B]. */
static ddn_status take_block(builder *u, int64_t k, int64_t begin, int64_t end, double *least,
                             int *any)
{
    ddni_covariance *c = u->c;
    int64_t d = c->ds->d;
    const double *block = u->vectors + k * c->size;
    if (c->by_points) {
        DDNI_TRY(ddni_covariance_lift(c, block, u->w));
    } else {
        memcpy(u->w, block, (size_t)(d * B) * sizeof *u->w);
    }
    *any = 0;
    for (int64_t b = 0; b < B; b++) {
        int listed = k + b >= begin && k + b < end;
        least[b] = listed ? least_square(u) : INFINITY;
        *any |= listed && ddni_column_dot(u->w, d, b, b) > least[b];
    }
    return DDN_OK;
}

/* What Gram-Schmidt leaves of the candidates joins the axes. */
static ddn_status add_candidates(builder *u, double *least)
{
    int64_t d = u->c->ds->d;
    int again;
    DDNI_TRY(pass(u, least, &again));
    if (again) {
        for (int64_t b = 0; b < B; b++) {
            least[b] = DEPENDENT;
        }
        DDNI_TRY(pass(u, least, &again));
    }
    for (int64_t b = 0; b < B; b++) {
        if (ddni_column_dot(u->w, d, b, b) > DEPENDENT) {
            copy_column(column_of(u->axes, d, u->rank++), u->w + b, d);
        }
    }
    return DDN_OK;
}

/* ---- vectors whose eigenvalues are rounding ---- */

static void store(builder *u, int64_t b)
{
    const int64_t d = u->c->ds->d, to = u->columns - ++u->rest;
    copy_column(column_of(u->axes, d, to), u->w + b, d);
    u->square[to] = ddni_column_dot(u->w, d, b, b);
}

/* Copies of the longest stored vectors become the candidates, the longest first; at[b] is where
 * they are, the number of columns for none. */
static void take_longest(builder *u, int64_t at[B])
{
    const int64_t d = u->c->ds->d;
    memset(u->w, 0, (size_t)(d * B) * sizeof *u->w);
    for (int64_t b = 0; b < B; b++) {
        at[b] = u->columns;
        for (int64_t k = u->columns - u->rest; k < u->columns; k++) {
            int32_t taken = 0;
            for (int64_t c = 0; c < b; c++) {
                taken |= at[c] == k;
            }
            if (!taken && (at[b] == u->columns || u->square[k] > u->square[at[b]])) {
                at[b] = k;
            }
        }
        if (at[b] < u->columns) {
            copy_column(u->w + b, column_of(u->axes, d, at[b]), d);
        }
    }
}

/* Stored vector at[b] is gone: the first one takes its place and leaves zeros. */
static void drop_stored(builder *u, int64_t at[B], int64_t b)
{
    const int64_t d = u->c->ds->d, first = u->columns - u->rest--;
    double *from = column_of(u->axes, d, first);
    copy_column(column_of(u->axes, d, at[b]), from, d);
    u->square[at[b]] = u->square[first];
    for (int64_t c = 0; c < B; c++) {
        at[c] = at[c] == first ? at[b] : at[c];
    }
    for (int64_t j = 0; j < d; j++) {
        from[j * B] = 0;
    }
    u->square[first] = 0;
}

static void shorten_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const builder *u = arg;
    const int64_t d = u->c->ds->d, block = (u->columns - u->rest) / B + tile;
    double *w = u->axes + block * d * B;
    ddni_project_out(d, u->w, w, NULL);
    for (int64_t b = 0; b < B; b++) {
        u->square[block * B + b] = ddni_column_dot(w, d, b, b);
    }
}

/* The stored vectors less their parts along the axes that the candidates have become. */
static ddn_status shorten(builder *u)
{
    const int64_t blocks = u->columns / B - (u->columns - u->rest) / B;
    return ddni_parallel(u->c->ctx, blocks, (double)blocks * B * B * (double)u->c->ds->d,
                         shorten_tile, u);
}

/* Axes from the longest stored vectors, and from the next ones as far as what is left of them is
 * not shorter by much. */
static ddn_status add_longest(builder *u, double longest)
{
    int64_t at[B];
    double least[B];
    take_longest(u, at);
    for (int64_t b = 0; b < B; b++) {
        least[b] = fmax(least_square(u), b > 0 ? MUCH * longest : 0);
    }
    DDNI_TRY(add_candidates(u, least));
    for (int64_t b = 0; b < B; b++) {
        if (at[b] < u->columns &&
            (b == 0 || ddni_column_dot(u->w, u->c->ds->d, b, b) > DEPENDENT)) {
            drop_stored(u, at, b);
        }
    }
    return shorten(u);
}

/* Vectors from `begin` on, less their parts along the axes, are stored. */
static ddn_status store_rest(builder *u, int64_t begin)
{
    const ddni_covariance *c = u->c;
    double least[B];
    int any;
    for (int64_t k = begin / B * B; k < c->size; k += B) {
        DDNI_TRY(ddni_progress(c->ctx, "span", (double)k / (double)c->size));
        DDNI_TRY(take_block(u, k, begin, c->size, least, &any));
        if (any) {
            DDNI_TRY(project_out(u));
        }
        for (int64_t b = 0; any && b < B; b++) {
            if (ddni_column_dot(u->w, c->ds->d, b, b) > least[b]) {
                store(u, b);
            }
        }
    }
    return DDN_OK;
}

/* Axes from the vectors from `begin` on, the longest first. */
static ddn_status add_rest(builder *u, int64_t begin)
{
    double longest;
    DDNI_TRY(store_rest(u, begin));
    do {
        longest = 0;
        for (int64_t k = u->columns - u->rest; k < u->columns; k++) {
            longest = fmax(longest, u->square[k]);
        }
        if (longest > least_square(u)) {
            DDNI_TRY(ddni_poll(u->c->ctx));
            DDNI_TRY(add_longest(u, longest));
        }
    } while (longest > least_square(u));
    return DDN_OK;
}

/* ---- all of it ---- */

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

/* How many eigenvectors are in the order of their eigenvalues: those of larger ones than rounding
 * makes; where they are the axes, those that exceed the least variance. */
static int64_t in_order(const builder *u)
{
    const double rounding = (double)(u->c->size + MORE) * UNIT * u->values[0];
    int64_t count = 0;
    while (count < u->c->size && u->values[count] > (u->c->by_points ? rounding : u->least)) {
        count++;
    }
    return count;
}

static ddn_status build(builder *u, double tolerance)
{
    ddni_covariance *c = u->c;
    int64_t d = c->ds->d, blocks = (c->size + B - 1) / B;
    double least[B];
    int any;
    DDNI_TRY(ddni_alloc_for(c->ctx, "eigenvalues", c->size, sizeof *u->values, &u->values));
    DDNI_TRY(ddni_alloc_for(c->ctx, "eigenvectors", blocks,
                            c->size * B * (int64_t)sizeof *u->vectors, &u->vectors));
    DDNI_TRY(ddni_spectrum_blocks(c, DDNI_SPECTRUM_MATRIX, c->size, u->values, u->vectors));
    DDNI_TRY(
        ddni_alloc_for(c->ctx, "the axes", blocks + 1, d * B * (int64_t)sizeof *u->axes, &u->axes));
    DDNI_TRY(ddni_alloc_for(c->ctx, "a block of vectors", d, B * sizeof *u->w, &u->w));
    DDNI_TRY(ddni_alloc_for(c->ctx, "products", blocks, B * B * sizeof *u->dot, &u->dot));
    u->columns = (blocks + 1) * B;
    DDNI_TRY(ddni_alloc_for(c->ctx, "squares", u->columns, sizeof *u->square, &u->square));
    u->least = least_variance(u, tolerance);
    const int64_t count = in_order(u);
    for (int64_t k = 0; k < count; k += B) {
        DDNI_TRY(ddni_progress(c->ctx, "span", (double)k / (double)c->size));
        DDNI_TRY(take_block(u, k, 0, count, least, &any));
        if (any) {
            DDNI_TRY(add_candidates(u, least));
        }
    }
    return c->by_points ? add_rest(u, count) : DDN_OK;
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
    ddni_free(al, u.square);
    ddni_free(al, u.dot);
    ddni_free(al, u.w);
    ddni_free(al, u.axes);
    ddni_free(al, u.vectors);
    ddni_free(al, u.values);
    return status;
}
