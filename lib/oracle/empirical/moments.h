/* The second pass over all points, for Cov v and tr Cov. theory.md (18). */
#ifndef DDNI_ORACLE_EMPIRICAL_MOMENTS_H
#define DDNI_ORACLE_EMPIRICAL_MOMENTS_H

#include "oracle/empirical/block.h"

typedef struct ddni_moments {
    double *part; /* [chunks][lanes][d + 1] */
} ddni_moments;

/* Adds w (y - mean) (y - mean) . v of point `row` to out[d], v the vector of state q (nothing where
 * none is wanted); gives w |y - mean|^2. diff[d] is scratch. */
double ddni_moments_add(const ddni_block *b, int64_t q, int64_t row, double w, double *diff,
                        double *out);

/* For the states that are done: their posterior and mean (total) are known. */
ddn_status ddni_moments_run(ddn_context *ctx, ddni_block *b);

#endif
