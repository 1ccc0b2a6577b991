/* The routines of BLAS and LAPACK themselves, for blas*.c alone. */
#ifndef DDNI_NUMERICS_BLAS_SYMBOLS_H
#define DDNI_NUMERICS_BLAS_SYMBOLS_H

#include <math.h>
#include <stdint.h>

#include <diffdyn/base.h>

/* The integers of the BLAS that the build chose (-Dblas_integers): 64 bits wide in builds of the
 * ilp64 kind, whose functions mostly have other names as well. */
#if DDNI_BLAS_INTEGER_BITS == 64
typedef int64_t blas_int;
#else
typedef int32_t blas_int;
#endif
enum {
    DDNI_BLAS_LARGEST = INT32_MAX
};

/* Fortran interface, hidden lengths of the character arguments last. */
typedef struct ddni_lapack {
    void (*dstev)(const char *jobz, const blas_int *n, double *d, double *e, double *z,
                  const blas_int *ldz, double *work, blas_int *info, int64_t jobz_length);
    void (*dsyevd)(const char *jobz, const char *uplo, const blas_int *n, double *a,
                   const blas_int *lda, double *w, double *work, const blas_int *lwork,
                   blas_int *iwork, const blas_int *liwork, blas_int *info, int64_t jobz_length,
                   int64_t uplo_length);
    void (*dgeev)(const char *jobvl, const char *jobvr, const blas_int *n, double *a,
                  const blas_int *lda, double *wr, double *wi, double *vl, const blas_int *ldvl,
                  double *vr, const blas_int *ldvr, double *work, const blas_int *lwork,
                  blas_int *info, int64_t jobvl_length, int64_t jobvr_length);
    void (*dgetrf)(const blas_int *m, const blas_int *n, double *a, const blas_int *lda,
                   blas_int *pivots, blas_int *info);
    void (*dgetrs)(const char *trans, const blas_int *n, const blas_int *nrhs, const double *a,
                   const blas_int *lda, const blas_int *pivots, double *b, const blas_int *ldb,
                   blas_int *info, int64_t trans_length);
    void (*dgemm)(const char *transa, const char *transb, const blas_int *m, const blas_int *n,
                  const blas_int *k, const double *alpha, const double *a, const blas_int *lda,
                  const double *b, const blas_int *ldb, const double *beta, double *c,
                  const blas_int *ldc, int64_t transa_length, int64_t transb_length);
    void (*dsyevr)(const char *jobz, const char *range, const char *uplo, const blas_int *n,
                   double *a, const blas_int *lda, const double *vl, const double *vu,
                   const blas_int *il, const blas_int *iu, const double *abstol, blas_int *m,
                   double *w, double *z, const blas_int *ldz, blas_int *isuppz, double *work,
                   const blas_int *lwork, blas_int *iwork, const blas_int *liwork, blas_int *info,
                   int64_t jobz_length, int64_t range_length, int64_t uplo_length);
    void (*dsyrk)(const char *uplo, const char *trans, const blas_int *n, const blas_int *k,
                  const double *alpha, const double *a, const blas_int *lda, const double *beta,
                  double *c, const blas_int *ldc, int64_t uplo_length, int64_t trans_length);
    void (*dgemv)(const char *trans, const blas_int *m, const blas_int *n, const double *alpha,
                  const double *a, const blas_int *lda, const double *x, const blas_int *incx,
                  const double *beta, double *y, const blas_int *incy, int64_t trans_length);
    void (*dsymv)(const char *uplo, const blas_int *n, const double *alpha, const double *a,
                  const blas_int *lda, const double *x, const blas_int *incx, const double *beta,
                  double *y, const blas_int *incy, int64_t uplo_length);
    void (*dsyr2k)(const char *uplo, const char *trans, const blas_int *n, const blas_int *k,
                   const double *alpha, const double *a, const blas_int *lda, const double *b,
                   const blas_int *ldb, const double *beta, double *c, const blas_int *ldc,
                   int64_t uplo_length, int64_t trans_length);
    void (*dtrsm)(const char *side, const char *uplo, const char *transa, const char *diag,
                  const blas_int *m, const blas_int *n, const double *alpha, const double *a,
                  const blas_int *lda, double *b, const blas_int *ldb, int64_t side_length,
                  int64_t uplo_length, int64_t transa_length, int64_t diag_length);
    void (*dlaswp)(const blas_int *n, double *a, const blas_int *lda, const blas_int *k1,
                   const blas_int *k2, const blas_int *pivots, const blas_int *incx);
    void (*dlarfg)(const blas_int *n, double *alpha, double *x, const blas_int *incx, double *tau);
    void (*dlarft)(const char *direct, const char *storev, const blas_int *n, const blas_int *k,
                   const double *v, const blas_int *ldv, const double *tau, double *t,
                   const blas_int *ldt, int64_t direct_length, int64_t storev_length);
    void (*dlarfb)(const char *side, const char *trans, const char *direct, const char *storev,
                   const blas_int *m, const blas_int *n, const blas_int *k, const double *v,
                   const blas_int *ldv, const double *t, const blas_int *ldt, double *c,
                   const blas_int *ldc, double *work, const blas_int *ldwork, int64_t side_length,
                   int64_t trans_length, int64_t direct_length, int64_t storev_length);
    void (*dlahr2)(const blas_int *n, const blas_int *k, const blas_int *nb, double *a,
                   const blas_int *lda, double *tau, double *t, const blas_int *ldt, double *y,
                   const blas_int *ldy);
    void (*dgehd2)(const blas_int *n, const blas_int *ilo, const blas_int *ihi, double *a,
                   const blas_int *lda, double *tau, double *work, blas_int *info);
    void (*dhseqr)(const char *job, const char *compz, const blas_int *n, const blas_int *ilo,
                   const blas_int *ihi, double *h, const blas_int *ldh, double *wr, double *wi,
                   double *z, const blas_int *ldz, double *work, const blas_int *lwork,
                   blas_int *info, int64_t job_length, int64_t compz_length);
    void (*dlaqr5)(const blas_int *wantt, const blas_int *wantz, const blas_int *kacc22,
                   const blas_int *n, const blas_int *ktop, const blas_int *kbot,
                   const blas_int *nshfts, double *sr, double *si, double *h, const blas_int *ldh,
                   const blas_int *iloz, const blas_int *ihiz, double *z, const blas_int *ldz,
                   double *v, const blas_int *ldv, double *u, const blas_int *ldu,
                   const blas_int *nv, double *wv, const blas_int *ldwv, const blas_int *nh,
                   double *wh, const blas_int *ldwh);
    void (*dtrmm)(const char *side, const char *uplo, const char *transa, const char *diag,
                  const blas_int *m, const blas_int *n, const double *alpha, const double *a,
                  const blas_int *lda, double *b, const blas_int *ldb, int64_t side_length,
                  int64_t uplo_length, int64_t transa_length, int64_t diag_length);
    void (*daxpy)(const blas_int *n, const double *alpha, const double *x, const blas_int *incx,
                  double *y, const blas_int *incy);
    void (*dlae2)(const double *a, const double *b, const double *c, double *rt1, double *rt2);
    void (*dsteqr)(const char *compz, const blas_int *n, double *d, double *e, double *z,
                   const blas_int *ldz, double *work, blas_int *info, int64_t compz_length);
    void (*dlaed2)(blas_int *k, const blas_int *n, const blas_int *n1, double *d, double *q,
                   const blas_int *ldq, blas_int *indxq, double *rho, double *z, double *dlamda,
                   double *w, double *q2, blas_int *indx, blas_int *indxc, blas_int *indxp,
                   blas_int *coltyp, blas_int *info);
    void (*dlaed4)(const blas_int *n, const blas_int *i, const double *d, const double *z,
                   double *delta, const double *rho, double *dlam, blas_int *info);
    void (*dlamrg)(const blas_int *n1, const blas_int *n2, const double *a, const blas_int *dtrd1,
                   const blas_int *dtrd2, blas_int *index);
    blas_int (*idamax)(const void *n, const double *x, const void *incx); /* to see the integers */
} ddni_lapack;

/* X(name): all of them. */
/* clang-format off */
#define DDNI_LAPACK_ROUTINES(X) \
    X(dstev) X(dsyevd) X(dgeev) X(dgetrf) X(dgetrs) X(dgemm) X(dsyevr) X(dsyrk) X(dgemv) \
    X(dsymv) X(dsyr2k) X(dtrsm) X(dlaswp) X(dlarfg) X(dlarft) X(dlarfb) X(dlahr2) X(dgehd2) \
    X(dhseqr) X(dlaqr5) X(dtrmm) X(daxpy) X(dlae2) X(dsteqr) X(dlaed2) X(dlaed4) X(dlamrg) \
    X(idamax)
/* clang-format on */

/* Every function of blas.h and blas_eigen.h that computes begins with this; what it fails with is
 * DDN_E_UNSUPPORTED: no BLAS, or one of other integers. */
ddn_status ddni_lapack_bind(ddn_context *ctx);
/* Then: the routines. */
const ddni_lapack *ddni_lapack_of(const ddn_context *ctx);

/* A name by which the build's BLAS has what Fortran calls name. */
#define DDNI_BLAS_JOIN(name, suffix) name##suffix
#define DDNI_BLAS_NAME(name, suffix) DDNI_BLAS_JOIN(name, suffix)

/* Row-major elements [i][j], j >= i, are the lower triangle for LAPACK, which counts by columns. */
#define DDNI_BLAS_UPPER "L"

/* Multiply-adds between two looks: some 50 ms of one processor. */
static const double ddni_blas_at_once = 1e9;

/* Columns of n that are worked on between two looks, `work` for each. */
static inline int64_t ddni_blas_columns(double work, int64_t n)
{
    double count = fmax(8, ddni_blas_at_once / work);
    return count < (double)n ? (int64_t)count : n;
}

#endif
