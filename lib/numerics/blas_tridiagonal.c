/* Symmetric tridiagonal eigenproblems, with looks in between.
 *
 * Eigenvalues alone: the QL iteration without square roots of Pal, Walker and Kahan (LAPACK's
 * dsterf). With vectors: divide and conquer (Cuppen 1981; Gu & Eisenstat 1995; LAPACK's dstedc),
 * whose deflation and secular equation are LAPACK's; the last merge multiplies out only the vectors
 * wanted. */
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/progress.h"
#include "base/sort.h"
#include "numerics/blas_eigen.h"
#include "numerics/blas_symbols.h"

static const double UNIT = 0x1p-53;

/* ---- eigenvalues ---- */

/* One sweep over rows l..m of d and the squares e2, from m down. */
static void sweep(double *d, double *e2, int64_t l, int64_t m)
{
    double root = sqrt(e2[l]), half = (d[l + 1] - d[l]) / (2 * root), shift = d[l];
    shift -= root / (half + copysign(hypot(half, 1), half));
    double c = 1, s = 0, gamma = d[m] - shift, p = gamma * gamma;
    for (int64_t i = m - 1; i >= l; i--) {
        double square = e2[i], r = p + square, old_c = c, old_gamma = gamma, alpha = d[i];
        if (i != m - 1) {
            e2[i + 1] = s * r;
        }
        c = p / r;
        s = square / r;
        gamma = c * (alpha - shift) - s * old_gamma;
        d[i + 1] = old_gamma + (alpha - gamma);
        p = c != 0 ? gamma * gamma / c : old_c * square;
    }
    e2[l] = s * p;
    d[l] = shift + gamma;
}

/* End of the unreduced block that begins at l. */
static int64_t block_end(const double *d, double *e2, int64_t l, int64_t end)
{
    int64_t m = l;
    while (m < end && fabs(e2[m]) > UNIT * UNIT * fabs(d[m] * d[m + 1])) {
        m++;
    }
    if (m < end) {
        e2[m] = 0;
    }
    return m;
}

/* The same block from its other end. */
static void turn(double *d, double *e2, int64_t l, int64_t m)
{
    for (int64_t i = l, j = m; i < j; i++, j--) {
        DDNI_EXCHANGE(double, d, i, j);
    }
    for (int64_t i = l, j = m - 1; i < j; i++, j--) {
        DDNI_EXCHANGE(double, e2, i, j);
    }
}

ddn_status ddni_tridiagonal_values(ddn_context *ctx, int64_t n, double *d, double *e)
{
    DDNI_TRY(ddni_lapack_bind(ctx));
    for (int64_t i = 0; i + 1 < n; i++) {
        e[i] *= e[i];
    }
    int64_t sweeps = 0;
    for (int64_t l = 0; l < n;) {
        int64_t end = block_end(d, e, l, n - 1), top = l;
        if (fabs(d[end]) < fabs(d[l])) {
            turn(d, e, l, end);
        }
        while (l <= end) {
            int64_t m = block_end(d, e, l, end);
            if (m == l) {
                l++;
            } else if (m == l + 1) {
                double off = sqrt(e[l]), first = d[l], second = d[m];
                ddni_lapack_of(ctx)->dlae2(&first, &off, &second, &d[l], &d[m]);
                l += 2;
            } else {
                DDNI_TRY(ddni_poll(ctx));
                DDNI_CHECK(ctx, sweeps++ < 30 * n, DDN_E_CONVERGENCE,
                           "the tridiagonal eigenproblem of size %lld did not converge",
                           (long long)n);
                sweep(d, e, l, m);
            }
        }
        DDNI_ASSERT(l > top);
        (void)top;
    }
    ddni_sort(d, n);
    return DDN_OK;
}

/* ---- with vectors ---- */

enum {
    LEAF = 32 /* solved whole */
};

/* Two neighbouring blocks that become one: columns of q[n] from `first` on. */
typedef struct merge {
    ddn_context *ctx;
    int64_t n;           /* of the whole matrix: leading dimension of q */
    int64_t size, upper; /* of both blocks, of the first one */
    int64_t wanted;      /* vectors of the largest eigenvalues that are multiplied out */
    double *d, *q;
    blas_int *order;   /* [size], from 1: columns by ascending d */
    double *work;      /* [size][size + 4] */
    blas_int *integer; /* [4 size] */
} merge;

/* The k roots of the secular equation to d, and in column j of q the differences of the poles from
 * root j. */
static ddn_status find_roots(const merge *g, int64_t k, const double *poles, const double *z,
                             double rho)
{
    blas_int count = (blas_int)k, info = 0;
    for (int64_t j = 0; j < k; j++) {
        blas_int which = (blas_int)j + 1;
        DDNI_TRY(ddni_poll(g->ctx));
        ddni_lapack_of(g->ctx)->dlaed4(&count, &which, poles, z, g->q + j * g->n, &rho, &g->d[j],
                                       &info);
        DDNI_CHECK(g->ctx, info == 0, DDN_E_CONVERGENCE, "a secular equation did not converge");
    }
    return DDN_OK;
}

/* Eigenvectors of the secular equation's own problem to the columns of q, their rows in the order
 * that indices[k] give. z[k] is recomputed from the roots first (Gu & Eisenstat), which makes them
 * orthogonal; scratch[k]. */
static ddn_status secular_vectors(const merge *g, int64_t k, const double *poles, double *z,
                                  const blas_int *indices, double *scratch)
{
    double *q = g->q;
    int64_t n = g->n;
    if (k == 1) {
        return DDN_OK;
    }
    if (k == 2) { /* dlaed4 gave the vectors themselves */
        for (int64_t j = 0; j < 2; j++) {
            const double both[2] = {q[j * n], q[1 + j * n]};
            q[j * n] = both[indices[0] - 1];
            q[1 + j * n] = both[indices[1] - 1];
        }
        return DDN_OK;
    }
    for (int64_t i = 0; i < k; i++) {
        scratch[i] = q[i + i * n];
    }
    for (int64_t j = 0; j < k; j++) {
        DDNI_TRY(ddni_poll(g->ctx));
        for (int64_t i = 0; i < k; i++) {
            scratch[i] *= i == j ? 1 : q[i + j * n] / (poles[i] - poles[j]);
        }
    }
    for (int64_t i = 0; i < k; i++) {
        z[i] = copysign(sqrt(-scratch[i]), z[i]);
    }
    for (int64_t j = 0; j < k; j++) {
        double square = 0;
        DDNI_TRY(ddni_poll(g->ctx));
        for (int64_t i = 0; i < k; i++) {
            scratch[i] = z[i] / q[i + j * n];
            square += scratch[i] * scratch[i];
        }
        for (int64_t i = 0; i < k; i++) {
            q[i + j * n] = scratch[indices[i] - 1] / sqrt(square);
        }
    }
    return DDN_OK;
}

/* Rows of one of the two blocks: left[rows][inner] times rows `from`.. of the same columns of q. */
typedef struct half {
    int64_t row, rows, from, inner;
    const double *left;
} half;

/* For the columns from `first` to k; right[columns][inner] gets a copy of what is multiplied. */
static ddn_status multiply_out(const merge *g, const half *h, int64_t first, int64_t k,
                               double *right)
{
    const double one = 1, zero = 0;
    int64_t at_once = ddni_blas_columns((double)h->rows * (double)h->inner, k);
    blas_int m = (blas_int)h->rows, depth = (blas_int)h->inner, ld = (blas_int)g->n;
    for (int64_t j = first; j < k; j++) {
        memcpy(right + (j - first) * h->inner, g->q + h->from + j * g->n,
               (size_t)h->inner * sizeof *right);
    }
    for (int64_t j = first; j < k; j += at_once) {
        blas_int columns = (blas_int)(k - j < at_once ? k - j : at_once);
        double *out = g->q + h->row + j * g->n;
        DDNI_TRY(ddni_poll(g->ctx));
        for (int64_t c = 0; h->inner == 0 && c < columns; c++) {
            memset(out + c * g->n, 0, (size_t)h->rows * sizeof *out);
        }
        if (h->inner > 0) {
            ddni_lapack_of(g->ctx)->dgemm("N", "N", &m, &columns, &depth, &one, h->left, &m,
                                          right + (j - first) * h->inner, &depth, &zero, out, &ld,
                                          1, 1);
        }
    }
    return DDN_OK;
}

/* Both blocks, whose d and q are known, with the element `off` between them. */
static ddn_status join(const merge *g, double off)
{
    int64_t size = g->size, upper = g->upper, lower = size - upper, n = g->n;
    double *z = g->work, *poles = z + size, *w = poles + size, *packed = w + size, rho = off;
    blas_int *sorted = g->integer, *indices = sorted + size, *types = indices + size;
    blas_int *places = types + size, k = 0, info = 0;
    blas_int whole = (blas_int)size, cut = (blas_int)upper, ld = (blas_int)n;
    for (int64_t j = 0; j < size; j++) { /* last row of the first block, first of the second */
        z[j] = g->q[(j < upper ? upper - 1 : upper) + j * n];
    }
    ddni_lapack_of(g->ctx)->dlaed2(&k, &whole, &cut, g->d, g->q, &ld, g->order, &rho, z, poles, w,
                                   packed, sorted, indices, places, types, &info);
    DDNI_CHECK(g->ctx, info == 0, DDN_E_CONVERGENCE, "eigenvalues: LAPACK reports %d", (int)info);
    if (k == 0) {
        for (int64_t j = 0; j < size; j++) {
            g->order[j] = (blas_int)j + 1;
        }
        return DDN_OK;
    }
    int64_t first_rows = types[0] + types[1], second_rows = types[1] + types[2];
    double *second = packed + upper * first_rows, *room = second + lower * second_rows;
    int64_t skipped = k > g->wanted ? k - g->wanted : 0;
    DDNI_TRY(find_roots(g, k, poles, w, rho));
    DDNI_TRY(secular_vectors(g, k, poles, w, indices, z));
    const half below = {upper, lower, types[0], second_rows, second};
    const half above = {0, upper, 0, first_rows, packed};
    DDNI_TRY(multiply_out(g, &below, skipped, k, room));
    DDNI_TRY(multiply_out(g, &above, skipped, k, room));
    blas_int rest = whole - k, up = 1, down = -1;
    ddni_lapack_of(g->ctx)->dlamrg(&k, &rest, g->d, &up, &down, g->order);
    return DDN_OK;
}

/* A small block by itself. */
static ddn_status leaf(const merge *g, double *e)
{
    blas_int size = (blas_int)g->size, ld = (blas_int)g->n, info = 0;
    ddni_lapack_of(g->ctx)->dsteqr("I", &size, g->d, e, g->q, &ld, g->work, &info, 1);
    DDNI_CHECK(g->ctx, info == 0, DDN_E_CONVERGENCE, "eigenvalues: LAPACK reports %d", (int)info);
    for (int64_t j = 0; j < g->size; j++) {
        g->order[j] = (blas_int)j + 1;
    }
    return DDN_OK;
}

/* The block of d[size], e[size - 1] cut in two, which differ from it by a matrix of rank 1. */
static ddn_status conquer(merge g, double *e)
{
    if (g.size <= LEAF) {
        return leaf(&g, e);
    }
    int64_t at = g.upper = g.size / 2;
    double off = e[at - 1];
    merge part = g;
    part.size = part.wanted = at;
    g.d[at - 1] -= fabs(off);
    g.d[at] -= fabs(off);
    DDNI_TRY(conquer(part, e));
    part.size = part.wanted = g.size - at;
    part.d += at;
    part.q += at + at * g.n;
    part.order += at;
    DDNI_TRY(conquer(part, e + at));
    return join(&g, off);
}

ddn_status ddni_tridiagonal_vectors(ddn_context *ctx, int64_t n, double *d, double *e,
                                    int64_t count, double *vectors)
{
    merge g = {.ctx = ctx, .n = n, .size = n, .wanted = count, .d = d};
    double *own = NULL;
    const ddni_allocator *al = ddni_context_allocator(ctx);
    ddn_status status;
    DDNI_TRY(ddni_lapack_bind(ctx));
    DDNI_TRY_GOTO(
        ddni_alloc_for(ctx, "an eigenproblem", n, (n + 4) * (int64_t)sizeof *g.work, &g.work),
        done);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "an eigenproblem", n, 5 * sizeof *g.integer, &g.integer),
                  done);
    if (count < n) {
        DDNI_TRY_GOTO(ddni_alloc_for(ctx, "eigenvectors", n, n * (int64_t)sizeof *own, &own), done);
    }
    g.order = g.integer + 4 * n;
    g.q = own != NULL ? own : vectors;
    memset(g.q, 0, (size_t)(n * n) * sizeof *g.q);
    DDNI_TRY_GOTO(conquer(g, e), done);
    for (int64_t k = 0; k < n; k++) {
        g.work[k] = d[g.order[k] - 1];
    }
    memcpy(d, g.work, (size_t)n * sizeof *d);
    double *sorted = own != NULL ? vectors : g.work;
    for (int64_t k = 0; k < count; k++) {
        DDNI_TRY_GOTO(ddni_poll(ctx), done);
        memcpy(sorted + k * n, g.q + (g.order[n - count + k] - 1) * n, (size_t)n * sizeof *sorted);
    }
    if (own == NULL) {
        memcpy(vectors, g.work, (size_t)(n * n) * sizeof *vectors);
    }
done:
    ddni_free(al, own);
    ddni_free(al, g.integer);
    ddni_free(al, g.work);
    return status;
}
