/* Leading eigenpairs of the covariance without the matrix. */
#ifndef DDNI_DATASET_SPECTRUM_LANCZOS_H
#define DDNI_DATASET_SPECTRUM_LANCZOS_H

#include "dataset/spectrum/covariance.h"

/* Smallest size of the operator for which ddni_lanczos can find `count` pairs. */
int64_t ddni_lanczos_minimum(int64_t count);

/* values[count], descending, and their unit vectors in blocks: vector k is column k % DDNI_BLOCK of
 * vectors[k / DDNI_BLOCK][size][DDNI_BLOCK], which has room for a whole number of blocks. */
ddn_status ddni_lanczos(ddni_covariance *c, int64_t count, double *values, double *vectors);

#endif
