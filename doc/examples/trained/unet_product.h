/* Products of matrices by the BLAS that the build found, whichever it is, as Fortran calls it.
 * SPDX-License-Identifier: MIT */
#ifndef UNET_PRODUCT_H
#define UNET_PRODUCT_H

/* x[rows][ld], and whether what is meant is its transpose. */
typedef struct matrix {
    const float *x;
    int ld, turned;
} matrix;

typedef struct product_shape {
    int rows, columns, depth;
} product_shape;

/* y[rows][ld] = factor a b + keep y, where a is rows x depth and b depth x columns. */
void product(product_shape shape, float factor, matrix a, matrix b, float keep, float *y, int ld);

/* Products by one thread each, where the BLAS can be told so: those of a network are small, and
 * made by threads side by side. */
void product_threads_one(void);

#endif
