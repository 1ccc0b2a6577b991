/* Gram-Schmidt on interleaved blocks of vectors, w[size][DDNI_BLOCK]. */
#ifndef DDNI_DATASET_SPECTRUM_ORTHOGONAL_H
#define DDNI_DATASET_SPECTRUM_ORTHOGONAL_H

#include "kernels/block.h"
#include "kernels/kernels.h"

enum {
    DDNI_PASSES = 2 /* Gram-Schmidt twice is enough for rounding */
};

/* w -= q (q^T w), and h[DDNI_BLOCK][DDNI_BLOCK] += q^T w unless NULL. */
void ddni_project_out(const ddni_kernels *kern, int64_t size, const double *q, double *w,
                      double *h);

/* Product of the columns a and b of w. */
double ddni_column_dot(const double *w, int64_t size, int64_t a, int64_t b);

/* Column b of w becomes orthogonal to the unit columns before it; the coefficients join
 * r[.][b] of r[DDNI_BLOCK][DDNI_BLOCK]. */
void ddni_orthogonal_column(double *w, int64_t size, int64_t b, double *r);

void ddni_scale_column(double *w, int64_t size, int64_t b, double factor);

#endif
