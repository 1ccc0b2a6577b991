/* BLAS and LAPACK behind the library's own names and sizes.
 *
 * LAPACK is column-major: it sees the transpose of our matrices, which has the same eigenvalues;
 * its eigenvector columns are our rows. */
#include "numerics/blas.h"

#include "base/alloc.h"
#include "base/check.h"
#include "base/progress.h"
#include "base/sort.h"
#include "numerics/blas_eigen.h"
#include "numerics/blas_symbols.h"

ddn_status ddni_tridiagonal_eigen(ddn_context *ctx, int64_t n, double *diagonal, double *off,
                                  double *vectors, double *work)
{
    DDNI_ASSERT(n >= 1 && n <= DDNI_BLAS_LARGEST);
    DDNI_TRY(ddni_lapack_bind(ctx));
    blas_int size = (blas_int)n, info = 0;
    ddni_lapack_of(ctx)->dstev("V", &size, diagonal, off, vectors, &size, work, &info, 1);
    DDNI_CHECK(ctx, info == 0, DDN_E_CONVERGENCE,
               "the tridiagonal eigenproblem of size %lld did not converge (%d)", (long long)n,
               (int)info);
    return DDN_OK;
}

enum {
    MAX_N = 32768
};

/* What every function here begins with. */
static ddn_status begin(ddn_context *ctx, int64_t n)
{
    DDNI_CHECK(ctx, n <= MAX_N, DDN_E_RANGE, "matrix size %lld is above %d", (long long)n, MAX_N);
    return ddni_lapack_bind(ctx);
}

ddn_status ddni_symmetric_eigen(ddn_context *ctx, int64_t n, double *a, double *values,
                                int32_t vectors)
{
    DDNI_TRY(begin(ctx, n));
    if (n > DDNI_EIGEN_WHOLE) {
        return ddni_eigen_in_parts(ctx, n, a, n, values, vectors ? a : NULL);
    }
    const ddni_allocator *al = ddni_context_allocator(ctx);
    const char *job = vectors ? "V" : "N";
    blas_int size = (blas_int)n, info = 0, query = -1, integers = 0;
    double best = 0;
    ddni_lapack_of(ctx)->dsyevd(job, "U", &size, a, &size, values, &best, &query, &integers, &query,
                                &info, 1, 1);
    /* The count of doubles comes back as one: allow for its rounding. */
    int64_t length = (int64_t)best + 16;
    blas_int doubles = (blas_int)length;
    double *work = NULL;
    blas_int *integer_work = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "eigenvalue workspace", length, sizeof *work, &work), fail);
    DDNI_TRY_GOTO(
        ddni_alloc_for(ctx, "eigenvalue workspace", integers, sizeof *integer_work, &integer_work),
        fail);
    ddni_lapack_of(ctx)->dsyevd(job, "U", &size, a, &size, values, work, &doubles, integer_work,
                                &integers, &info, 1, 1);
    if (info != 0) {
        status = ddni_fail(ctx, DDN_E_CONVERGENCE, "symmetric eigenvalues: LAPACK reports %d",
                           (int)info);
    }
fail:
    ddni_free(al, work);
    ddni_free(al, integer_work);
    return status;
}

typedef struct eigenvalues {
    double *re, *im;
} eigenvalues;

static int32_t is_before(const void *what, int64_t i, int64_t j)
{
    const eigenvalues *e = what;
    return e->re[i] > e->re[j] || (e->re[i] == e->re[j] && e->im[i] > e->im[j]);
}

static void exchange(void *what, int64_t i, int64_t j)
{
    eigenvalues *e = what;
    DDNI_EXCHANGE(double, e->re, i, j);
    DDNI_EXCHANGE(double, e->im, i, j);
}

static ddn_status general_whole(ddn_context *ctx, int64_t n, double *a, double *re, double *im)
{
    blas_int size = (blas_int)n, one = 1, info = 0, length = 16 * size;
    double unused = 0;
    double *work = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "eigenvalue workspace", length, sizeof *work, &work));
    ddni_lapack_of(ctx)->dgeev("N", "N", &size, a, &size, re, im, &unused, &one, &unused, &one,
                               work, &length, &info, 1, 1);
    ddni_free(ddni_context_allocator(ctx), work);
    DDNI_CHECK(ctx, info == 0, DDN_E_CONVERGENCE, "eigenvalues: LAPACK reports %d", (int)info);
    return DDN_OK;
}

ddn_status ddni_general_eigen(ddn_context *ctx, int64_t n, double *a, double *re, double *im)
{
    DDNI_TRY(begin(ctx, n));
    if (n > DDNI_GENERAL_WHOLE) {
        DDNI_TRY(ddni_general_in_parts(ctx, n, a, re, im));
    } else {
        DDNI_TRY(general_whole(ctx, n, a, re, im));
    }
    ddni_sort_by(&(eigenvalues){re, im}, n, is_before, exchange);
    return DDN_OK;
}

enum {
    PANEL = 128 /* columns that dgetrf takes together */
};

/* The columns behind a panel at `first` that is factored: its row exchanges and eliminations. */
static ddn_status eliminate(ddn_context *ctx, int64_t n, double *a, int64_t first, int64_t width,
                            const blas_int *pivots)
{
    const double one = 1, minus = -1;
    int64_t begin = first + width, below = n - begin;
    blas_int ld = (blas_int)n, depth = (blas_int)width, rows = (blas_int)below, step = 1;
    blas_int top = (blas_int)first + 1, last = (blas_int)begin;
    double *left = a + first * n;
    int64_t at_once = ddni_blas_columns((double)(n - first) * (double)width, n);
    for (int64_t c = begin; c < n; c += at_once) {
        blas_int columns = (blas_int)(n - c < at_once ? n - c : at_once);
        double *right = a + c * n;
        DDNI_TRY(ddni_poll(ctx));
        ddni_lapack_of(ctx)->dlaswp(&columns, right, &ld, &top, &last, pivots, &step);
        ddni_lapack_of(ctx)->dtrsm("L", "L", "N", "U", &depth, &columns, &one, left + first, &ld,
                                   right + first, &ld, 1, 1, 1, 1);
        ddni_lapack_of(ctx)->dgemm("N", "N", &rows, &columns, &depth, &minus, left + begin, &ld,
                                   right + first, &ld, &one, right + begin, &ld, 1, 1);
    }
    blas_int before = (blas_int)first;
    ddni_lapack_of(ctx)->dlaswp(&before, a, &ld, &top, &last, pivots, &step);
    return DDN_OK;
}

/* As dgetrf, with looks. *info > 0: singular. */
static ddn_status factor_general(ddn_context *ctx, int64_t n, double *a, blas_int *pivots,
                                 blas_int *info)
{
    blas_int ld = (blas_int)n;
    *info = 0;
    for (int64_t first = 0; first < n && *info == 0; first += PANEL) {
        int64_t width = n - first < PANEL ? n - first : PANEL;
        blas_int rows = (blas_int)(n - first), columns = (blas_int)width;
        ddni_lapack_of(ctx)->dgetrf(&rows, &columns, a + first * n + first, &ld, pivots + first,
                                    info);
        for (int64_t k = first; k < first + width; k++) {
            pivots[k] += (blas_int)first;
        }
        DDNI_TRY(eliminate(ctx, n, a, first, width, pivots));
    }
    return DDN_OK;
}

ddn_status ddni_solve(ddn_context *ctx, int64_t n, double *a, double *x)
{
    DDNI_TRY(begin(ctx, n));
    blas_int size = (blas_int)n, one = 1, info = 0;
    blas_int *pivots = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "pivots", n, sizeof *pivots, &pivots));
    ddn_status status = DDN_OK;
    if (n <= DDNI_EIGEN_WHOLE) {
        ddni_lapack_of(ctx)->dgetrf(&size, &size, a, &size, pivots, &info);
    } else {
        status = factor_general(ctx, n, a, pivots, &info);
    }
    if (status == DDN_OK && info == 0) {
        ddni_lapack_of(ctx)->dgetrs("T", &size, &one, a, &size, pivots, x, &size, &info, 1);
    }
    ddni_free(ddni_context_allocator(ctx), pivots);
    DDNI_CHECK(ctx, info == 0, DDN_E_CONVERGENCE, "the matrix of %lld equations is singular",
               (long long)n);
    return status;
}

ddn_status ddni_matrix_product(ddn_context *ctx, int64_t n, const double *a, const double *b,
                               int32_t transpose_b, double *out)
{
    DDNI_TRY(begin(ctx, n));
    blas_int size = (blas_int)n;
    double one = 1, zero = 0;
    int64_t width = ddni_blas_columns((double)n * (double)n, n);
    for (int64_t first = 0; first < n; first += width) {
        DDNI_TRY(ddni_poll(ctx));
        /* out^T = b^T a^T, where the transposes are what column-major code sees. */
        blas_int columns = (blas_int)(n - first < width ? n - first : width);
        ddni_lapack_of(ctx)->dgemm(transpose_b ? "T" : "N", "N", &size, &columns, &size, &one, b,
                                   &size, a + first * n, &size, &zero, out + first * n, &size, 1,
                                   1);
    }
    return DDN_OK;
}

ddn_status ddni_leading_eigen(ddn_context *ctx, int64_t n, double *matrix, int64_t count,
                              double *values, double *vectors)
{
    /* Workspace of dsyevr: 26 n doubles and 10 n integers at least; larger blocks are faster. */
    enum {
        WORK = 26 + 32,
        INTEGERS = 10
    };
    DDNI_ASSERT(count >= 1 && count <= n && n <= DDNI_BLAS_LARGEST / WORK);
    DDNI_TRY(ddni_lapack_bind(ctx));
    if (n > DDNI_EIGEN_WHOLE) {
        return ddni_eigen_in_parts(ctx, n, matrix, count, values, vectors);
    }
    double *work = NULL, unused = 0;
    blas_int *integers = NULL;
    ddn_status status = ddni_alloc_for(ctx, "an eigenproblem", n, WORK * sizeof *work, &work);
    if (status == DDN_OK) {
        status =
            ddni_alloc_for(ctx, "an eigenproblem", n, (INTEGERS + 2) * sizeof *integers, &integers);
    }
    if (status == DDN_OK) {
        blas_int size = (blas_int)n, first = (blas_int)(n - count + 1),
                 lwork = (blas_int)(WORK * n);
        blas_int liwork = (blas_int)(INTEGERS * n), found = 0, info = 0;
        ddni_lapack_of(ctx)->dsyevr(
            vectors != NULL ? "V" : "N", count < n ? "I" : "A", DDNI_BLAS_UPPER, &size, matrix,
            &size, &unused, &unused, &first, &size, &unused, &found, values,
            vectors != NULL ? vectors : &unused, &size, integers + INTEGERS * n, work, &lwork,
            integers, &liwork, &info, 1, 1, 1);
        if (info != 0 || found != count) {
            status = ddni_fail(ctx, DDN_E_CONVERGENCE,
                               "the symmetric eigenproblem of size %lld did not converge (%d)",
                               (long long)n, (int)info);
        }
    }
    ddni_free(ddni_context_allocator(ctx), integers);
    ddni_free(ddni_context_allocator(ctx), work);
    return status;
}

/* matrix += x x^T, its columns from `first` on, for x[n][k] or, transposed, x[k][n]. */
static void add_columns(const ddni_lapack *lapack, int64_t n, int64_t k, const double *x,
                        int32_t transposed, int64_t first, int64_t count, double *matrix)
{
    const double one = 1;
    const char *as = transposed ? "N" : "T", *other = transposed ? "T" : "N";
    int64_t step = transposed ? 1 : k, behind = n - first - count; /* rows below the square */
    blas_int ld = (blas_int)n, ldx = (blas_int)(transposed ? n : k), depth = (blas_int)k;
    blas_int columns = (blas_int)count, rows = (blas_int)behind;
    double *square = matrix + first * n + first;
    lapack->dsyrk(DDNI_BLAS_UPPER, as, &columns, &depth, &one, x + first * step, &ldx, &one, square,
                  &ld, 1, 1);
    if (behind > 0) {
        lapack->dgemm(as, other, &rows, &columns, &depth, &one, x + (first + count) * step, &ldx,
                      x + first * step, &ldx, &one, square + count, &ld, 1, 1);
    }
}

static ddn_status add_products(ddn_context *ctx, int64_t n, int64_t k, const double *x,
                               int32_t transposed, double *matrix)
{
    int64_t width = ddni_blas_columns((double)n * (double)k, n);
    DDNI_TRY(ddni_lapack_bind(ctx));
    for (int64_t first = 0; first < n; first += width) {
        DDNI_TRY(ddni_poll(ctx));
        add_columns(ddni_lapack_of(ctx), n, k, x, transposed, first,
                    n - first < width ? n - first : width, matrix);
    }
    return DDN_OK;
}

ddn_status ddni_add_inner_products(ddn_context *ctx, int64_t n, int64_t k, const double *x,
                                   double *matrix)
{
    return add_products(ctx, n, k, x, 1, matrix);
}

ddn_status ddni_add_outer_products(ddn_context *ctx, int64_t n, int64_t k, const double *x,
                                   double *matrix)
{
    return add_products(ctx, n, k, x, 0, matrix);
}
