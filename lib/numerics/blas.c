/* BLAS and LAPACK behind the library's own names and sizes.
 *
 * LAPACK is column-major: it sees the transpose of our matrices, which has the same eigenvalues;
 * its eigenvector columns are our rows. */
#include "numerics/blas.h"

#include "base/alloc.h"
#include "base/check.h"
#include "base/sort.h"

/* The integers of the BLAS that is linked: 64 bits wide in builds of the ilp64 kind, whose
 * functions mostly have other names as well. */
typedef int32_t blas_int;
static const int64_t LARGEST = INT32_MAX;

/* Fortran interface, hidden lengths of the character arguments last. */
void dstev_(const char *jobz, const blas_int *n, double *d, double *e, double *z,
            const blas_int *ldz, double *work, blas_int *info, int64_t jobz_length);
void dsyevd_(const char *jobz, const char *uplo, const blas_int *n, double *a, const blas_int *lda,
             double *w, double *work, const blas_int *lwork, blas_int *iwork,
             const blas_int *liwork, blas_int *info, int64_t jobz_length, int64_t uplo_length);
void dgeev_(const char *jobvl, const char *jobvr, const blas_int *n, double *a, const blas_int *lda,
            double *wr, double *wi, double *vl, const blas_int *ldvl, double *vr,
            const blas_int *ldvr, double *work, const blas_int *lwork, blas_int *info,
            int64_t jobvl_length, int64_t jobvr_length);
void dgetrf_(const blas_int *m, const blas_int *n, double *a, const blas_int *lda, blas_int *pivots,
             blas_int *info);
void dgetrs_(const char *trans, const blas_int *n, const blas_int *nrhs, const double *a,
             const blas_int *lda, const blas_int *pivots, double *b, const blas_int *ldb,
             blas_int *info, int64_t trans_length);
void dgemm_(const char *transa, const char *transb, const blas_int *m, const blas_int *n,
            const blas_int *k, const double *alpha, const double *a, const blas_int *lda,
            const double *b, const blas_int *ldb, const double *beta, double *c,
            const blas_int *ldc, int64_t transa_length, int64_t transb_length);
void dsyevr_(const char *jobz, const char *range, const char *uplo, const blas_int *n, double *a,
             const blas_int *lda, const double *vl, const double *vu, const blas_int *il,
             const blas_int *iu, const double *abstol, blas_int *m, double *w, double *z,
             const blas_int *ldz, blas_int *isuppz, double *work, const blas_int *lwork,
             blas_int *iwork, const blas_int *liwork, blas_int *info, int64_t jobz_length,
             int64_t range_length, int64_t uplo_length);
void dsyrk_(const char *uplo, const char *trans, const blas_int *n, const blas_int *k,
            const double *alpha, const double *a, const blas_int *lda, const double *beta,
            double *c, const blas_int *ldc, int64_t uplo_length, int64_t trans_length);

/* OpenBLAS alone has these. */
char *openblas_get_config(void);
char *openblas_get_corename(void);
int openblas_get_parallel(void);

ddn_status ddni_tridiagonal_eigen(ddn_context *ctx, int64_t n, double *diagonal, double *off,
                                  double *vectors, double *work)
{
    DDNI_ASSERT(n >= 1 && n <= LARGEST);
    blas_int size = (blas_int)n, info = 0;
    dstev_("V", &size, diagonal, off, vectors, &size, work, &info, 1);
    DDNI_CHECK(ctx, info == 0, DDN_E_CONVERGENCE,
               "the tridiagonal eigenproblem of size %lld did not converge (%d)", (long long)n,
               (int)info);
    return DDN_OK;
}

enum {
    MAX_N = 32768
};

static ddn_status check_size(ddn_context *ctx, int64_t n)
{
    DDNI_CHECK(ctx, n >= 1 && n <= MAX_N, DDN_E_RANGE, "matrix size %lld is outside [1, %d]",
               (long long)n, MAX_N);
    return DDN_OK;
}

ddn_status ddni_symmetric_eigen(ddn_context *ctx, int64_t n, double *a, double *values,
                                int32_t vectors)
{
    DDNI_TRY(check_size(ctx, n));
    const ddni_allocator *al = ddni_context_allocator(ctx);
    const char *job = vectors ? "V" : "N";
    blas_int size = (blas_int)n, info = 0, query = -1, integers = 0;
    double best = 0;
    dsyevd_(job, "U", &size, a, &size, values, &best, &query, &integers, &query, &info, 1, 1);
    /* The count of doubles comes back as one: allow for its rounding. */
    int64_t length = (int64_t)best + 16;
    DDNI_CHECK(ctx, length <= LARGEST, DDN_E_RANGE, "matrix size %lld needs too large a workspace",
               (long long)n);
    blas_int doubles = (blas_int)length;
    double *work = NULL;
    blas_int *integer_work = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "eigenvalue workspace", length, sizeof *work, &work), fail);
    DDNI_TRY_GOTO(
        ddni_alloc_for(ctx, "eigenvalue workspace", integers, sizeof *integer_work, &integer_work),
        fail);
    dsyevd_(job, "U", &size, a, &size, values, work, &doubles, integer_work, &integers, &info, 1,
            1);
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

ddn_status ddni_general_eigen(ddn_context *ctx, int64_t n, double *a, double *re, double *im)
{
    DDNI_TRY(check_size(ctx, n));
    blas_int size = (blas_int)n, one = 1, info = 0, length = 16 * size;
    double unused = 0;
    double *work = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "eigenvalue workspace", length, sizeof *work, &work));
    dgeev_("N", "N", &size, a, &size, re, im, &unused, &one, &unused, &one, work, &length, &info, 1,
           1);
    ddni_free(ddni_context_allocator(ctx), work);
    DDNI_CHECK(ctx, info == 0, DDN_E_CONVERGENCE, "eigenvalues: LAPACK reports %d", (int)info);
    ddni_sort_by(&(eigenvalues){re, im}, n, is_before, exchange);
    return DDN_OK;
}

ddn_status ddni_solve(ddn_context *ctx, int64_t n, double *a, double *x)
{
    DDNI_TRY(check_size(ctx, n));
    blas_int size = (blas_int)n, one = 1, info = 0;
    blas_int *pivots = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "pivots", n, sizeof *pivots, &pivots));
    dgetrf_(&size, &size, a, &size, pivots, &info);
    if (info == 0) {
        dgetrs_("T", &size, &one, a, &size, pivots, x, &size, &info, 1);
    }
    ddni_free(ddni_context_allocator(ctx), pivots);
    DDNI_CHECK(ctx, info == 0, DDN_E_CONVERGENCE, "the matrix of %lld equations is singular",
               (long long)n);
    return DDN_OK;
}

ddn_status ddni_matrix_product(ddn_context *ctx, int64_t n, const double *a, const double *b,
                               int32_t transpose_b, double *out)
{
    DDNI_TRY(check_size(ctx, n));
    blas_int size = (blas_int)n;
    double one = 1, zero = 0;
    /* out^T = b^T a^T, where the transposes are what column-major code sees. */
    dgemm_(transpose_b ? "T" : "N", "N", &size, &size, &size, &one, b, &size, a, &size, &zero, out,
           &size, 1, 1);
    return DDN_OK;
}

/* Row-major elements [i][j], j >= i, are the lower triangle for LAPACK, which counts by columns. */
static const char UPPER[] = "L";

ddn_status ddni_leading_eigen(ddn_context *ctx, int64_t n, double *matrix, int64_t count,
                              double *values, double *vectors)
{
    /* Workspace of dsyevr: 26 n doubles and 10 n integers at least; larger blocks are faster. */
    enum {
        WORK = 26 + 32,
        INTEGERS = 10
    };
    DDNI_ASSERT(count >= 1 && count <= n && n <= LARGEST / WORK);
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
        dsyevr_(vectors != NULL ? "V" : "N", count < n ? "I" : "A", UPPER, &size, matrix, &size,
                &unused, &unused, &first, &size, &unused, &found, values,
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

void ddni_add_inner_products(int64_t n, int64_t k, const double *x, double *matrix)
{
    const double one = 1;
    blas_int size = (blas_int)n, depth = (blas_int)k;
    dsyrk_(UPPER, "N", &size, &depth, &one, x, &size, &one, matrix, &size, 1, 1);
}

void ddni_add_outer_products(int64_t n, int64_t k, const double *x, double *matrix)
{
    const double one = 1;
    blas_int size = (blas_int)n, depth = (blas_int)k;
    dsyrk_(UPPER, "T", &size, &depth, &one, x, &depth, &one, matrix, &size, 1, 1);
}

const char *ddni_blas_config(void)
{
    return openblas_get_config();
}

const char *ddni_blas_core(void)
{
    return openblas_get_corename();
}

const char *ddni_blas_threading(void)
{
    switch (openblas_get_parallel()) {
    case 0:
        return "serial";
    case 1:
        return "pthreads";
    default:
        return "openmp";
    }
}

const char *ddni_blas_integer_bits(void)
{
    return sizeof(blas_int) == sizeof(int64_t) ? "64" : "32";
}
