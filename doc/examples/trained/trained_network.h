/* What the program trained_network measures, and its picture.
 * SPDX-License-Identifier: MIT */
#ifndef TRAINED_NETWORK_H
#define TRAINED_NETWORK_H

#include "../driver.h"

enum {
    SHOWN = 12 /* samples of each network in the picture */
};

/* The curves of two clones, a column each with its error and 95 % interval, over OU time. */
typedef struct curves {
    int64_t rows;
    double *t, *phi[4], *phi_c[4]; /* value, standard error, low, high */
} curves;

/* Images that were made by a network, or test data: their distances from the points. */
typedef struct images {
    const char *name;
    int64_t m;
    double *x;            /* [m][d] */
    ddn_dataset *points;  /* from which the distances are */
    ddn_result *distance; /* of ddn_analysis_memorization */
} images;

/* Denoising errors of a network on the points that it learned and on those that nobody saw. */
typedef struct errors {
    int64_t rows;
    double *t;
    ddn_result *of;
} errors;

typedef struct report {
    const ddn_dataset *points;
    drv_image shape;
    const char *caption;
    double t_s, t_c; /* marked: of the spectrum, and where phi_C of the identity is 1/2 */
    curves identity, exact, network;
    images large, small, test;
    errors large_errors, small_errors;
} report;

/* trained_network.png from the files in OUT, and the sheet of images that it needs. */
void draw_report(const report *r);

#endif
