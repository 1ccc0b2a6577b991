/* Spectra with a chosen method, for log_det.c and the tests. */
#ifndef DDNI_DATASET_SPECTRUM_SPECTRUM_H
#define DDNI_DATASET_SPECTRUM_SPECTRUM_H

#include "dataset/spectrum/covariance.h"

typedef enum ddni_spectrum_method {
    DDNI_SPECTRUM_AUTO,
    DDNI_SPECTRUM_MATRIX,
    DDNI_SPECTRUM_LANCZOS /* needs size >= ddni_lanczos_minimum(count) */
} ddni_spectrum_method;

/* values[count], not clipped at 0, and vectors in the layout of ddni_lanczos; with the matrix,
 * vectors may be NULL. */
ddn_status ddni_spectrum_blocks(ddni_covariance *c, ddni_spectrum_method method, int64_t count,
                                double *values, double *vectors);

/* As ddn_dataset_spectrum, without its checks. */
ddn_status ddni_spectrum(ddn_context *ctx, const ddn_dataset *ds, ddni_spectrum_method method,
                         int64_t count, double *values, double *vectors, int64_t ldv);

#endif
