/* Large eigenproblems in parts, with a look between them whether the call is to stop.
 * blas.h has the way in. */
#ifndef DDNI_NUMERICS_BLAS_EIGEN_H
#define DDNI_NUMERICS_BLAS_EIGEN_H

#include <diffdyn/base.h>

enum {
    DDNI_EIGEN_WHOLE = 640,  /* up to this size LAPACK's drivers take well below 0.1 s; */
    DDNI_GENERAL_WHOLE = 320 /* for a general matrix up to this one */
};

/* The `count` largest eigenvalues, ascending, to values[n] and, unless vectors is NULL, their
 * vectors[count][n], for elements [i][j], j >= i, of matrix[n][n], which is destroyed. If count =
 * n, vectors may be the matrix. DDN_E_NOMEM, DDN_E_CONVERGENCE, DDN_STOPPED. */
ddn_status ddni_eigen_in_parts(ddn_context *ctx, int64_t n, double *matrix, int64_t count,
                               double *values, double *vectors);

/* Eigenvalues re + i im of a general matrix, n > 2, in any order but pairs together; overwrites it.
 * DDN_E_NOMEM, DDN_E_CONVERGENCE, DDN_STOPPED. */
ddn_status ddni_general_in_parts(ddn_context *ctx, int64_t n, double *a, double *re, double *im);

/* Eigenvalues of the tridiagonal matrix d[n], e[n - 1], ascending in d; e is destroyed. */
ddn_status ddni_tridiagonal_values(ddn_context *ctx, int64_t n, double *d, double *e);

/* The same with the vectors[count][n] of the `count` largest. */
ddn_status ddni_tridiagonal_vectors(ddn_context *ctx, int64_t n, double *d, double *e,
                                    int64_t count, double *vectors);

#endif
