/* Escape counts of z_0 = 0, z_k = z_{k-1}^2 + c on a grid of c; doc/theory.md (71).
 * SPDX-License-Identifier: MIT */
#ifndef MANDELBROT_H
#define MANDELBROT_H

#include <stdint.h>

/* c = re_i + i im_j: `width` >= 2 columns from re_lo to re_hi, `height` >= 2 rows from im_hi (row
 * 0) down to im_lo, ends included. */
typedef struct mandelbrot_grid {
    double re_lo, re_hi, im_lo, im_hi;
    int64_t width, height;
    int64_t steps;  /* >= 1: without escape until then a point counts as inside */
    double bailout; /* >= 16, of the smooth counts */
} mandelbrot_grid;

/* One row. counts[width]: first k with |z_k| > 2, steps + 1 if there is none up to k = steps.
 * smooth[width]: a continuous count, k + 1 - log2(log |z_k|) at the first k with |z_k| > bailout,
 * NaN where counts is steps + 1. Points that are inside for certain are not iterated. */
void mandelbrot_row(const mandelbrot_grid *grid, int64_t row, int64_t *counts, double *smooth);

/* 1 inside the main cardioid |1 - sqrt(1 - 4c)| < 1, 2 inside the disc |c + 1| < 1/4 of period 2,
 * 0 elsewhere (also on their boundaries, to rounding). */
int mandelbrot_interior(double re, double im);

#endif
