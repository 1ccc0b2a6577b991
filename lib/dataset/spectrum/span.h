/* The axes of a set's affine span; theory.md (80). */
#ifndef DDNI_DATASET_SPECTRUM_SPAN_H
#define DDNI_DATASET_SPECTRUM_SPAN_H

#include "dataset/spectrum/covariance.h"

/* Orthonormal axes in blocks, [(rank + 7) / 8][d][DDNI_BLOCK], zeros beyond the last one, in order
 * of falling variance. Left out are those of a variance up to `tolerance` times the largest, or of
 * what is rounding. rank 0, axes NULL where all points are equal. *axes is the caller's. */
ddn_status ddni_span_axes(ddni_covariance *c, double tolerance, int64_t *rank, double **axes);

#endif
