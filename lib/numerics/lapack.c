/* LAPACK behind the library's own names and sizes.
 *
 * LAPACK is column-major: it sees the transpose of our matrices, which has the same eigenvalues;
 * its eigenvector columns are our rows. */
#include "numerics/lapack.h"

#include "base/alloc.h"
#include "base/check.h"

/* Fortran interface, integers of 32 bits, hidden lengths of the character arguments last. */
void dstev_(const char *jobz, const int32_t *n, double *d, double *e, double *z, const int32_t *ldz,
            double *work, int32_t *info, int64_t jobz_length);
void dsyevd_(const char *jobz, const char *uplo, const int32_t *n, double *a, const int32_t *lda,
             double *w, double *work, const int32_t *lwork, int32_t *iwork, const int32_t *liwork,
             int32_t *info, int64_t jobz_length, int64_t uplo_length);
void dgeev_(const char *jobvl, const char *jobvr, const int32_t *n, double *a, const int32_t *lda,
            double *wr, double *wi, double *vl, const int32_t *ldvl, double *vr,
            const int32_t *ldvr, double *work, const int32_t *lwork, int32_t *info,
            int64_t jobvl_length, int64_t jobvr_length);
void dgetrf_(const int32_t *m, const int32_t *n, double *a, const int32_t *lda, int32_t *pivots,
             int32_t *info);
void dgetrs_(const char *trans, const int32_t *n, const int32_t *nrhs, const double *a,
             const int32_t *lda, const int32_t *pivots, double *b, const int32_t *ldb,
             int32_t *info, int64_t trans_length);
void dgemm_(const char *transa, const char *transb, const int32_t *m, const int32_t *n,
            const int32_t *k, const double *alpha, const double *a, const int32_t *lda,
            const double *b, const int32_t *ldb, const double *beta, double *c, const int32_t *ldc,
            int64_t transa_length, int64_t transb_length);
void dsyevr_(const char *jobz, const char *range, const char *uplo, const int32_t *n, double *a,
             const int32_t *lda, const double *vl, const double *vu, const int32_t *il,
             const int32_t *iu, const double *abstol, int32_t *m, double *w, double *z,
             const int32_t *ldz, int32_t *isuppz, double *work, const int32_t *lwork,
             int32_t *iwork, const int32_t *liwork, int32_t *info, int64_t jobz_length,
             int64_t range_length, int64_t uplo_length);
void dsyrk_(const char *uplo, const char *trans, const int32_t *n, const int32_t *k,
            const double *alpha, const double *a, const int32_t *lda, const double *beta, double *c,
            const int32_t *ldc, int64_t uplo_length, int64_t trans_length);

ddn_status ddni_tridiagonal_eigen(ddn_context *ctx, int64_t n, double *diagonal, double *off,
                                  double *vectors, double *work)
{
    DDNI_ASSERT(n >= 1 && n <= INT32_MAX);
    int32_t size = (int32_t)n, info = 0;
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
    int32_t size = (int32_t)n, info = 0, query = -1, integers = 0;
    double best = 0;
    dsyevd_(job, "U", &size, a, &size, values, &best, &query, &integers, &query, &info, 1, 1);
    /* The count of doubles comes back as one: allow for its rounding. */
    int64_t length = (int64_t)best + 16;
    DDNI_CHECK(ctx, length <= INT32_MAX, DDN_E_RANGE,
               "matrix size %lld needs too large a workspace", (long long)n);
    int32_t doubles = (int32_t)length;
    double *work = NULL;
    int32_t *integer_work = NULL;
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

/* Insertion sort by descending real, then imaginary part: the lists are short. */
static void sort_eigenvalues(int64_t n, double *re, double *im)
{
    for (int64_t i = 1; i < n; i++) {
        double r = re[i], c = im[i];
        int64_t j = i;
        for (; j > 0 && (re[j - 1] < r || (re[j - 1] == r && im[j - 1] < c)); j--) {
            re[j] = re[j - 1];
            im[j] = im[j - 1];
        }
        re[j] = r;
        im[j] = c;
    }
}

ddn_status ddni_general_eigen(ddn_context *ctx, int64_t n, double *a, double *re, double *im)
{
    DDNI_TRY(check_size(ctx, n));
    int32_t size = (int32_t)n, one = 1, info = 0, length = 16 * size;
    double unused = 0;
    double *work = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "eigenvalue workspace", length, sizeof *work, &work));
    dgeev_("N", "N", &size, a, &size, re, im, &unused, &one, &unused, &one, work, &length, &info, 1,
           1);
    ddni_free(ddni_context_allocator(ctx), work);
    DDNI_CHECK(ctx, info == 0, DDN_E_CONVERGENCE, "eigenvalues: LAPACK reports %d", (int)info);
    sort_eigenvalues(n, re, im);
    return DDN_OK;
}

ddn_status ddni_solve(ddn_context *ctx, int64_t n, double *a, double *x)
{
    DDNI_TRY(check_size(ctx, n));
    int32_t size = (int32_t)n, one = 1, info = 0;
    int32_t *pivots = NULL;
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
    int32_t size = (int32_t)n;
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
    DDNI_ASSERT(count >= 1 && count <= n && n <= INT32_MAX / WORK);
    double *work = NULL, unused = 0;
    int32_t *integers = NULL;
    ddn_status status = ddni_alloc_for(ctx, "an eigenproblem", n, WORK * sizeof *work, &work);
    if (status == DDN_OK) {
        status =
            ddni_alloc_for(ctx, "an eigenproblem", n, (INTEGERS + 2) * sizeof *integers, &integers);
    }
    if (status == DDN_OK) {
        int32_t size = (int32_t)n, first = (int32_t)(n - count + 1), lwork = (int32_t)(WORK * n);
        int32_t liwork = (int32_t)(INTEGERS * n), found = 0, info = 0;
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
    int32_t size = (int32_t)n, depth = (int32_t)k;
    dsyrk_(UPPER, "N", &size, &depth, &one, x, &size, &one, matrix, &size, 1, 1);
}

void ddni_add_outer_products(int64_t n, int64_t k, const double *x, double *matrix)
{
    const double one = 1;
    int32_t size = (int32_t)n, depth = (int32_t)k;
    dsyrk_(UPPER, "T", &size, &depth, &one, x, &depth, &one, matrix, &size, 1, 1);
}
