/* The few LAPACK routines that the library uses, on row-major memory. Layer 1 (kernels).
 * lapack.c is the only file that declares LAPACK. */
#ifndef DDNI_KERNELS_LAPACK_H
#define DDNI_KERNELS_LAPACK_H

#include <diffdyn/base.h>

/* Eigenvalues, ascending, of the symmetric tridiagonal matrix with diagonal[n] and off[n - 1], n >=
 * 1: diagonal gets them, off is destroyed (off may be longer; its further elements are scratch),
 * vectors[i][n] is the unit eigenvector of diagonal[i]. work[2 n] is scratch. DDN_E_CONVERGENCE. */
ddn_status ddni_tridiagonal_eigen(ddn_context *ctx, int64_t n, double *diagonal, double *off,
                                  double *vectors, double *work);

#endif
