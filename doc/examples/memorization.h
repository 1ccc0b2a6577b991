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

/* How the coordinates of a point are an image: number of plane c, row y, column x is at c * plane +
 * y * row + x * column. */
typedef struct image_shape {
    int64_t height, width, channels, plane, row, column; /* height 0: no image */
} image_shape;

/* "28x28", "32x32x3" (colours side by side), "3x32x32" (in planes), "none", or "auto": squares of
 * at least 8 x 8, for three colours in the order in which neighbours differ less. */
image_shape image_shape_of(const char *text, const ddn_dataset *ds);

/* memorization.png, with memorization_images.csv if points are images. test may be NULL. */
void draw_memorization(const ddn_dataset *ds, const image_shape *shape, double kappa,
                       const memorized *samples, const memorized *test);

#endif
