/* sum_i log(1 + lambda_i / c) by either method, for log_det.c and the tests. */
#ifndef DDNI_DATASET_SPECTRUM_LOG_DET_H
#define DDNI_DATASET_SPECTRUM_LOG_DET_H

#include "dataset/spectrum/covariance.h"

enum {
    DDNI_PROBES = 24 /* random vectors of one estimate */
};

/* From all eigenvalues: sums[count]. */
ddn_status ddni_log_det_exact(ddni_covariance *c, const double *levels, int64_t count,
                              double *sums);

/* By stochastic Lanczos quadrature with the random vectors first_probe .. first_probe +
 * DDNI_PROBES - 1: sums[count], standard_errors[count]. */
ddn_status ddni_log_det_sampled(ddni_covariance *c, int64_t first_probe, const double *levels,
                                int64_t count, double *sums, double *standard_errors);

#endif
