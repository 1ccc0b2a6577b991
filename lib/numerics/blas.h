/* The few routines of BLAS and LAPACK that the library uses, on row-major memory; blas.c alone
 * declares them. */
#ifndef DDNI_NUMERICS_BLAS_H
#define DDNI_NUMERICS_BLAS_H

#include <diffdyn/base.h>

/* Eigenvalues, ascending, of the symmetric tridiagonal matrix with diagonal[n] and off[n - 1], n >=
 * 1: diagonal gets them, off is destroyed (off may be longer; its further elements are scratch),
 * vectors[i][n] is the unit eigenvector of diagonal[i]. work[2 n] is scratch. DDN_E_CONVERGENCE. */
ddn_status ddni_tridiagonal_eigen(ddn_context *ctx, int64_t n, double *diagonal, double *off,
                                  double *vectors, double *work);

/* Below, matrices are [n][n] with n <= 32768 and scratch comes from the context's allocator. What
 * takes long looks whether the call is to stop. */

/* Eigenvalues of a symmetric matrix, all of whose elements are given, ascending; overwrites a: with
 * unit eigenvectors as rows if vectors is not 0. */
ddn_status ddni_symmetric_eigen(ddn_context *ctx, int64_t n, double *a, double *values,
                                int32_t vectors);

/* Eigenvalues re + i im of a general matrix, in descending order of re (then of im). Overwrites
 * a. */
ddn_status ddni_general_eigen(ddn_context *ctx, int64_t n, double *a, double *re, double *im);

/* Solves a y = x in place of x; overwrites a. A singular matrix is DDN_E_CONVERGENCE. */
ddn_status ddni_solve(ddn_context *ctx, int64_t n, double *a, double *x);

/* out = a b, or a b^T; out overlaps neither. */
ddn_status ddni_matrix_product(ddn_context *ctx, int64_t n, const double *a, const double *b,
                               int32_t transpose_b, double *out);

/* The `count` largest eigenvalues of the symmetric matrix[n][n], ascending, 1 <= count <= n; with
 * vectors != NULL also vectors[i][n], the unit eigenvector of values[i]. matrix is destroyed, of
 * which only elements [i][j] with j >= i are read; values needs room for n numbers.
 * DDN_E_NOMEM, DDN_E_CONVERGENCE. */
ddn_status ddni_leading_eigen(ddn_context *ctx, int64_t n, double *matrix, int64_t count,
                              double *values, double *vectors);

/* Elements [i][j], j >= i, of matrix[n][n] += x^T x for x[k][n]. Runs on the host's BLAS threads.
 */
ddn_status ddni_add_inner_products(ddn_context *ctx, int64_t n, int64_t k, const double *x,
                                   double *matrix);
/* Elements [i][j], j >= i, of matrix[n][n] += x x^T for x[n][k]. */
ddn_status ddni_add_outer_products(ddn_context *ctx, int64_t n, int64_t k, const double *x,
                                   double *matrix);

/* The BLAS in use, as base.h says of "blas", "blas_core", "blas_threading" and "blas_integer_bits".
 * Static texts. */
const char *ddni_blas_config(void);
const char *ddni_blas_core(void);
const char *ddni_blas_threading(void);
const char *ddni_blas_integer_bits(void);

#endif
