/* Large symmetric eigenproblems in parts, with a look between them whether the call is to stop.
 * blas.h has the way in. */
#ifndef DDNI_NUMERICS_BLAS_EIGEN_H
#define DDNI_NUMERICS_BLAS_EIGEN_H

#include <diffdyn/base.h>

enum {
    DDNI_EIGEN_WHOLE = 640 /* up to this size LAPACK's drivers take well below 0.1 s */
};

/* The `count` largest eigenvalues, ascending, to values[n] and, unless vectors is NULL, their
 * vectors[count][n], for elements [i][j], j >= i, of matrix[n][n], which is destroyed. If count =
 * n, vectors may be the matrix. DDN_E_NOMEM, DDN_E_CONVERGENCE, DDN_STOPPED. */
ddn_status ddni_eigen_in_parts(ddn_context *ctx, int64_t n, double *matrix, int64_t count,
                               double *values, double *vectors);

/* Eigenvalues of the tridiagonal matrix d[n], e[n - 1], ascending in d; e is destroyed. */
ddn_status ddni_tridiagonal_values(ddn_context *ctx, int64_t n, double *d, double *e);

/* The same with the vectors[count][n] of the `count` largest. */
ddn_status ddni_tridiagonal_vectors(ddn_context *ctx, int64_t n, double *d, double *e,
                                    int64_t count, double *vectors);

#endif
