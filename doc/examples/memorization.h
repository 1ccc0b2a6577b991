/* The picture of the program memorization: samples beside their nearest points.
 * SPDX-License-Identifier: MIT */
#ifndef MEMORIZATION_H
#define MEMORIZATION_H

#include "driver.h"

/* One set of samples and what was measured of it. */
typedef struct memorized {
    const char *name; /* "samples", "test" */
    const char *csv;  /* its file in OUT: index,d1,d2 */
    int64_t m;
    double *x;          /* [m][d] */
    ddn_result *result; /* of ddn_analysis_memorization */
} memorized;

/* memorization.png, with memorization_images.png if points are images. test may be NULL. */
void draw_memorization(const ddn_dataset *ds, const drv_image *shape, double kappa,
                       const memorized *samples, const memorized *test);

#endif
