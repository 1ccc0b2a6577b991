/* Symmetric eigenproblems in parts: to tridiagonal form and back by panels of Householder
 * reflections, as LAPACK's dsytrd and dormtr do it, with looks in between.
 *
 * All matrices here are LAPACK's, by columns: element (i, j) of a is a[i + j n], and the lower
 * triangle is used. */
#include "numerics/blas_eigen.h"

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/progress.h"
#include "numerics/blas_symbols.h"

enum {
    PANEL = 32 /* reflections applied together */
};

/* Shares of the work, roughly, for progress. */
static const double FORWARD = 0.6, MIDDLE = 0.8;

typedef struct reduction {
    ddn_context *ctx;
    int64_t n;
    double *a;     /* reflection j below the diagonal of its column */
    double *d, *e; /* [n] */
    double *tau;   /* [n] */
    double *w;     /* [PANEL][n]: what updates the rest of the matrix */
    double *t;     /* [PANEL][PANEL] */
} reduction;

/* y = factor a x + beta y for columns of n numbers, of which `rows` count; or with a^T. */
typedef struct product {
    const ddni_lapack *lapack;
    const char *trans;
    int64_t n, rows, columns;
    double factor, beta;
} product;

static void multiply(const product *p, const double *a, const double *x, int64_t incx, double *y)
{
    blas_int m = (blas_int)p->rows, k = (blas_int)p->columns, ld = (blas_int)p->n;
    blas_int inc = (blas_int)incx, one = 1;
    if (m > 0 && k > 0) {
        p->lapack->dgemv(p->trans, &m, &k, &p->factor, a, &ld, x, &inc, &p->beta, y, &one, 1);
    }
}

/* Column c + i of the matrix, i-th of the panel that begins at c, is brought up to date with the
 * reflections of the panel so far and reduced; w gets its share of the update of the rest. */
static void reduce_column(const reduction *r, int64_t c, int64_t i)
{
    int64_t n = r->n, rows = n - c - i, below = rows - 1;
    double *block = r->a + c + i + c * n;        /* rows of the panel from its diagonal on */
    double *column = r->a + c + i + (c + i) * n; /* its i-th column */
    double *w = r->w + c + i, *own = w + i * n;  /* the same rows of w */
    const ddni_lapack *lapack = ddni_lapack_of(r->ctx);
    const product refresh = {lapack, "N", n, rows, i, -1, 1};
    const product take = {lapack, "N", n, below, i, -1, 1}, meet = {lapack, "T", n, below, i, 1, 0};
    multiply(&refresh, block, w, n, column);
    multiply(&refresh, w, block, n, column);
    r->d[c + i] = column[0];
    r->e[c + i] = r->tau[c + i] = 0;
    if (below == 0) {
        return;
    }
    blas_int size = (blas_int)below, ld = (blas_int)n, one = 1;
    const double unit = 1, zero = 0;
    double *v = column + 1, *p = own + 1, *scratch = r->w + c + i * n, dot = 0;
    lapack->dlarfg(&size, v, v + (below > 1), &one, &r->tau[c + i]);
    r->e[c + i] = v[0];
    v[0] = 1;
    lapack->dsymv(DDNI_BLAS_UPPER, &size, &unit, v + n, &ld, v, &one, &zero, p, &one, 1);
    multiply(&meet, w + 1, v, 1, scratch);
    multiply(&take, block + 1, scratch, 1, p);
    multiply(&meet, block + 1, v, 1, scratch);
    multiply(&take, w + 1, scratch, 1, p);
    for (int64_t k = 0; k < below; k++) {
        p[k] *= r->tau[c + i];
        dot += p[k] * v[k];
    }
    for (int64_t k = 0; k < below; k++) {
        p[k] -= 0.5 * r->tau[c + i] * dot * v[k];
    }
}

/* The rest of the matrix after `width` reflections from c on. */
static ddn_status update_rest(const reduction *r, int64_t c, int64_t width)
{
    int64_t n = r->n, begin = c + width;
    int64_t at_once = ddni_blas_columns(2 * (double)(n - begin) * (double)width, n);
    blas_int depth = (blas_int)width, ld = (blas_int)n;
    const double minus = -1, one = 1;
    const double *v = r->a + c * n, *w = r->w;
    for (int64_t first = begin; first < n; first += at_once) {
        int64_t count = n - first < at_once ? n - first : at_once, end = first + count;
        blas_int columns = (blas_int)count, rows = (blas_int)(n - end);
        double *square = r->a + first + first * n;
        DDNI_TRY(ddni_poll(r->ctx));
        ddni_lapack_of(r->ctx)->dsyr2k(DDNI_BLAS_UPPER, "N", &columns, &depth, &minus, v + first,
                                       &ld, w + first, &ld, &one, square, &ld, 1, 1);
        if (rows > 0) {
            ddni_lapack_of(r->ctx)->dgemm("N", "T", &rows, &columns, &depth, &minus, v + end, &ld,
                                          w + first, &ld, &one, square + count, &ld, 1, 1);
            ddni_lapack_of(r->ctx)->dgemm("N", "T", &rows, &columns, &depth, &minus, w + end, &ld,
                                          v + first, &ld, &one, square + count, &ld, 1, 1);
        }
    }
    return DDN_OK;
}

static ddn_status reduce(const reduction *r)
{
    int64_t n = r->n;
    for (int64_t c = 0; c < n; c += PANEL) {
        double left = (double)(n - c) / (double)n;
        DDNI_TRY(ddni_progress(r->ctx, "eigenvalues", FORWARD * (1 - left * left * left)));
        int64_t width = n - c < PANEL ? n - c : PANEL;
        for (int64_t i = 0; i < width; i++) {
            DDNI_TRY(ddni_poll(r->ctx));
            reduce_column(r, c, i);
        }
        if (c + width < n) {
            DDNI_TRY(update_rest(r, c, width));
        }
    }
    return DDN_OK;
}

/* Vectors of the tridiagonal matrix become those of the matrix: the reflections, last ones first.
 */
static ddn_status transform_back(const reduction *r, int64_t count, double *vectors)
{
    int64_t n = r->n, last = (n - 2) / PANEL * PANEL;
    for (int64_t c = last; c >= 0; c -= PANEL) {
        int64_t below = n - c - 1, width = below < PANEL ? below : PANEL;
        int64_t at_once = ddni_blas_columns(2 * (double)below * (double)width, count);
        blas_int rows = (blas_int)below, depth = (blas_int)width, ld = (blas_int)n, ldt = PANEL;
        const double *v = r->a + c + 1 + c * n;
        double done = 1 - (double)c / (double)n;
        DDNI_TRY(ddni_progress(r->ctx, "eigenvalues", MIDDLE + (1 - MIDDLE) * done * done));
        ddni_lapack_of(r->ctx)->dlarft("F", "C", &rows, &depth, v, &ld, r->tau + c, r->t, &ldt, 1,
                                       1);
        for (int64_t first = 0; first < count; first += at_once) {
            blas_int columns = (blas_int)(count - first < at_once ? count - first : at_once);
            DDNI_TRY(ddni_poll(r->ctx));
            ddni_lapack_of(r->ctx)->dlarfb("L", "N", "F", "C", &rows, &columns, &depth, v, &ld,
                                           r->t, &ldt, vectors + c + 1 + first * n, &ld, r->w, &ld,
                                           1, 1, 1, 1);
        }
    }
    return DDN_OK;
}

/* Makes the largest element of the triangle 1/2 to 1, by a power of two: no square then leaves the
 * range. *exponent is taken out. */
static ddn_status scale(ddn_context *ctx, int64_t n, double *a, int *exponent)
{
    double largest = 0;
    for (int64_t j = 0; j < n; j++) {
        DDNI_TRY(ddni_poll(ctx));
        for (int64_t i = j; i < n; i++) {
            largest = fmax(largest, fabs(a[i + j * n]));
        }
    }
    frexp(largest, exponent);
    for (int64_t j = 0; *exponent != 0 && j < n; j++) {
        DDNI_TRY(ddni_poll(ctx));
        for (int64_t i = j; i < n; i++) {
            a[i + j * n] = ldexp(a[i + j * n], -*exponent);
        }
    }
    return DDN_OK;
}

static ddn_status solve(const reduction *r, int64_t count, double *values, double *vectors)
{
    int64_t n = r->n;
    int exponent = 0;
    DDNI_TRY(scale(r->ctx, n, r->a, &exponent));
    DDNI_TRY(reduce(r));
    DDNI_TRY(ddni_progress(r->ctx, "eigenvalues", FORWARD));
    if (vectors == NULL) {
        DDNI_TRY(ddni_tridiagonal_values(r->ctx, n, r->d, r->e));
    } else {
        DDNI_TRY(ddni_tridiagonal_vectors(r->ctx, n, r->d, r->e, count, vectors));
        DDNI_TRY(transform_back(r, count, vectors));
    }
    for (int64_t k = 0; k < count; k++) {
        values[k] = ldexp(r->d[n - count + k], exponent);
    }
    return DDN_OK;
}

ddn_status ddni_eigen_in_parts(ddn_context *ctx, int64_t n, double *matrix, int64_t count,
                               double *values, double *vectors)
{
    reduction r = {.ctx = ctx, .n = n, .a = matrix};
    double *own = NULL, *work = NULL;
    ddn_status status;
    DDNI_ASSERT(n > 1 && count >= 1 && count <= n);
    DDNI_TRY(ddni_lapack_bind(ctx));
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "an eigenproblem", n * (PANEL + 3) + PANEL * PANEL,
                                 sizeof *work, &work),
                  done);
    r.d = work;
    r.e = r.d + n;
    r.tau = r.e + n;
    r.w = r.tau + n;
    r.t = r.w + n * PANEL;
    if (vectors == matrix) {
        DDNI_TRY_GOTO(ddni_alloc_for(ctx, "eigenvectors", n, n * (int64_t)sizeof *own, &own), done);
    }
    DDNI_TRY_GOTO(solve(&r, count, values, own != NULL ? own : vectors), done);
    for (int64_t k = 0; own != NULL && k < n; k++) {
        DDNI_TRY_GOTO(ddni_poll(ctx), done);
        memcpy(vectors + k * n, own + k * n, (size_t)n * sizeof *own);
    }
done:
    ddni_free(ddni_context_allocator(ctx), own);
    ddni_free(ddni_context_allocator(ctx), work);
    return status;
}
