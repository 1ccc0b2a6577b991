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
    ROWS = 256,   /* of a tile of a projection */
    TOGETHER = 4, /* blocks of candidates that share what is read of points and axes */
    MORE = 16     /* units of rounding beside those per dimension */
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
    double *w, *group;        /* [d][B]: candidates, a block of group[TOGETHER][d][B] */
    double *dot;              /* [blocks of size][TOGETHER][B][B] */
    int64_t rank;
    double least; /* variance that an axis must exceed */
    /* Vectors whose eigenvalues are rounding, less their parts along the axes, are the last columns
     * of `axes`, which has a block more for them: so they share none with an axis. */
    int64_t columns, rest;
    double *square; /* [columns]: their squared lengths */
} builder;

/* ---- w -= Q (Q^T w) for the axes Q so far ---- */

typedef struct projection {
    const builder *u;
    double *w;            /* [blocks][d][B] */
    int64_t blocks, from; /* blocks of axes before this one are left out */
} projection;

/* Where the products of block p of the axes with block b of the candidates are. */
static double *products(const projection *j, int64_t p, int64_t b)
{
    return j->u->dot + (p * TOGETHER + b) * B * B;
}

static void dot_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const projection *j = arg;
    const int64_t d = j->u->c->ds->d, p = j->from + tile;
    memset(products(j, p, 0), 0, TOGETHER * B * B * sizeof(double));
    for (int64_t first = 0; first < d && !ddni_stopping(j->u->c->ctx); first += ROWS) {
        const int64_t rows = d - first < ROWS ? d - first : ROWS;
        for (int64_t b = 0; b < j->blocks; b++) {
            j->u->c->kern->block_columns(j->u->axes + (p * d + first) * B, rows, B, B,
                                         j->w + (b * d + first) * B, products(j, p, b));
        }
    }
    for (int64_t k = 0; k < j->blocks * B * B; k++) {
        products(j, p, 0)[k] *= -1;
    }
}

static void subtract_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const projection *j = arg;
    const int64_t d = j->u->c->ds->d, first = tile * ROWS;
    const int64_t rows = d - first < ROWS ? d - first : ROWS;
    for (int64_t p = j->from; p * B < j->u->rank; p++) {
        for (int64_t b = 0; b < j->blocks; b++) {
            j->u->c->kern->block_rows(j->u->axes + (p * d + first) * B, rows, B, B,
                                      products(j, p, b), j->w + (b * d + first) * B);
        }
    }
}

/* Of w[blocks][d][B] the parts along the axes, from block `from` of these on. */
static ddn_status project_out(builder *u, int64_t blocks, double *w, int64_t from)
{
    const int64_t d = u->c->ds->d, count = (u->rank + B - 1) / B - from;
    const double work = (double)(d * B * blocks) * (double)(count * B);
    projection j = {u, w, blocks, from};
    DDNI_TRY(ddni_parallel(u->c->ctx, count, work, dot_tile, &j));
    return ddni_parallel(u->c->ctx, (d + ROWS - 1) / ROWS, work, subtract_tile, &j);
}

/* ---- the axes ---- */

/* Squares of the lengths of candidates: what they are at first, and what is more than rounding. */
typedef struct lengths {
    double square[B], least[B];
} lengths;

/* Of w[d][B]. */
static void measure(const builder *u, const double *w, double square[B])
{
    for (int64_t b = 0; b < B; b++) {
        square[b] = ddni_column_dot(w, u->c->ds->d, b, b);
    }
}

static int any_longer(const lengths *of)
{
    int any = 0;
    for (int64_t b = 0; b < B; b++) {
        any |= of->square[b] > of->least[b];
    }
    return any;
}

/* One pass of Gram-Schmidt over the candidates, which become unit vectors; those of at most
 * `least` become 0. Blocks of axes before `from` have been taken out of them. Returns in *again
 * whether so much of one was taken that rounding shows. */
static ddn_status pass(builder *u, const lengths *of, int64_t from, int *again)
{
    int64_t d = u->c->ds->d;
    double unused[B * B] = {0};
    DDNI_TRY(project_out(u, 1, u->w, from));
    *again = 0;
    for (int64_t b = 0; b < B; b++) {
        ddni_orthogonal_column(u->w, d, b, unused);
        double square = ddni_column_dot(u->w, d, b, b);
        int kept = square > of->least[b];
        ddni_scale_column(u->w, d, b, kept ? 1 / sqrt(square) : 0);
        *again |= kept && square < ENOUGH * of->square[b];
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

/* Block number b of the group. */
static double *block_of(const builder *u, int64_t b)
{
    return u->group + b * u->c->ds->d * B;
}

/* Vectors from k on become the group, up to TOGETHER blocks of them; gives how many, and their
 * lengths, in which those before `begin` and from `end` on do not count. */
static ddn_status take_group(builder *u, int64_t k, int64_t begin, int64_t end, int64_t *blocks,
                             lengths of[TOGETHER])
{
    ddni_covariance *c = u->c;
    const int64_t left = (end - k + B - 1) / B;
    const double *from = u->vectors + k * c->size;
    *blocks = left < TOGETHER ? left : TOGETHER;
    if (c->by_points) {
        DDNI_TRY(ddni_covariance_lift(c, *blocks, from, u->group));
    } else {
        memcpy(u->group, from, (size_t)(*blocks * c->ds->d * B) * sizeof *from);
    }
    for (int64_t i = 0; i < *blocks; i++) {
        measure(u, block_of(u, i), of[i].square);
        for (int64_t b = 0; b < B; b++) {
            const int64_t at = k + i * B + b;
            of[i].least[b] = at >= begin && at < end ? least_square(u) : INFINITY;
        }
    }
    return DDN_OK;
}

/* What Gram-Schmidt leaves of the candidates joins the axes; `from` as for a pass. */
static ddn_status add_candidates(builder *u, lengths *of, int64_t from)
{
    int64_t d = u->c->ds->d;
    int again;
    DDNI_TRY(pass(u, of, from, &again));
    if (again) {
        for (int64_t b = 0; b < B; b++) {
            of->least[b] = DEPENDENT;
        }
        measure(u, u->w, of->square);
        DDNI_TRY(pass(u, of, 0, &again));
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
    ddni_project_out(u->c->kern, d, u->w, w, NULL);
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
    lengths of;
    take_longest(u, at);
    measure(u, u->w, of.square);
    for (int64_t b = 0; b < B; b++) {
        of.least[b] = fmax(least_square(u), b > 0 ? MUCH * longest : 0);
    }
    DDNI_TRY(add_candidates(u, &of, 0));
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
    lengths of[TOGETHER];
    int64_t blocks;
    for (int64_t k = begin / B * B; k < c->size; k += B * TOGETHER) {
        DDNI_TRY(ddni_progress(c->ctx, "span", (double)k / (double)c->size));
        DDNI_TRY(take_group(u, k, begin, c->size, &blocks, of));
        DDNI_TRY(project_out(u, blocks, u->group, 0));
        for (int64_t i = 0; i < blocks; i++) {
            u->w = block_of(u, i);
            measure(u, u->w, of[i].square);
            for (int64_t b = 0; b < B; b++) {
                if (of[i].square[b] > of[i].least[b]) {
                    store(u, b);
                }
            }
        }
    }
    u->w = u->group;
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

/* Axes from the first `count` vectors: the parts of a group along the axes so far are taken out
 * together, those along one another block by block. */
static ddn_status add_in_order(builder *u, int64_t count)
{
    const ddni_covariance *c = u->c;
    lengths of[TOGETHER];
    int64_t blocks;
    for (int64_t k = 0; k < count; k += B * TOGETHER) {
        DDNI_TRY(ddni_progress(c->ctx, "span", (double)k / (double)c->size));
        DDNI_TRY(take_group(u, k, 0, count, &blocks, of));
        const int64_t from = u->rank / B;
        DDNI_TRY(project_out(u, blocks, u->group, 0));
        for (int64_t i = 0; i < blocks; i++) {
            u->w = block_of(u, i);
            if (any_longer(&of[i])) {
                DDNI_TRY(add_candidates(u, &of[i], from));
            }
        }
    }
    return DDN_OK;
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
        ddni_alloc_for(c->ctx, "the axes", blocks + 1, d * B * (int64_t)sizeof *u->axes, &u->axes));
    DDNI_TRY(ddni_alloc_for(c->ctx, "blocks of vectors", blocks < TOGETHER ? blocks : TOGETHER,
                            d * B * (int64_t)sizeof *u->group, &u->group));
    DDNI_TRY(
        ddni_alloc_for(c->ctx, "products", blocks, TOGETHER * B * B * sizeof *u->dot, &u->dot));
    u->columns = (blocks + 1) * B;
    DDNI_TRY(ddni_alloc_for(c->ctx, "squares", u->columns, sizeof *u->square, &u->square));
    u->least = least_variance(u, tolerance);
    const int64_t count = in_order(u);
    DDNI_TRY(add_in_order(u, count));
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
    ddni_free(al, u.group);
    ddni_free(al, u.axes);
    ddni_free(al, u.vectors);
    ddni_free(al, u.values);
    return status;
}
