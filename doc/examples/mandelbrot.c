/* Escape counts of z <- z^2 + c on a grid. Neighbouring points of a row are iterated side by side,
 * so that their chains of dependent operations overlap.
 * SPDX-License-Identifier: MIT */
#include "mandelbrot.h"

#include <math.h>

enum {
    LANES = 8
};

int mandelbrot_interior(double re, double im)
{
    /* Cardioid: q (q + x - 1/4) < y^2/4 with q = (x - 1/4)^2 + y^2. */
    double x = re - 0.25, y2 = im * im, q = x * x + y2;
    if (q * (q + x) < 0.25 * y2) {
        return 1;
    }
    return (re + 1) * (re + 1) + y2 < 0.0625 ? 2 : 0;
}

/* The count beyond the escape at step k from z: goes on until |z| > bailout. */
static double smooth_count(double bailout, double re, double im, double x, double y, int64_t k)
{
    double size = x * x + y * y;
    while (size <= bailout * bailout) {
        double next = x * x - y * y + re;
        y = 2 * x * y + im;
        x = next;
        size = x * x + y * y;
        k++;
    }
    return (double)(k + 1) - log2(log(size) / 2);
}

/* The first `used` of the points c_re + i c_im. A lane without work has c = z = 0 and stays there.
 */
static void iterate_lanes(const mandelbrot_grid *grid, const double *c_re, double c_im,
                          int64_t used, int64_t *counts, double *smooth)
{
    double re[LANES] = {0}, im[LANES] = {0}, x[LANES] = {0}, y[LANES] = {0};
    double out_x[LANES] = {0}, out_y[LANES] = {0};
    int64_t count[LANES], running = 0;
    for (int64_t l = 0; l < used; l++) {
        count[l] = grid->steps + 1;
        if (mandelbrot_interior(c_re[l], c_im) == 0) {
            re[l] = c_re[l];
            im[l] = c_im;
            running++;
        }
    }
    for (int64_t k = 1; k <= grid->steps && running > 0; k++) {
        int escaped = 0;
        for (int l = 0; l < LANES; l++) {
            double next = x[l] * x[l] - y[l] * y[l] + re[l];
            y[l] = 2 * x[l] * y[l] + im[l];
            x[l] = next;
            escaped |= x[l] * x[l] + y[l] * y[l] > 4;
        }
        for (int l = 0; escaped && l < LANES; l++) {
            if (x[l] * x[l] + y[l] * y[l] > 4) {
                count[l] = k;
                out_x[l] = x[l];
                out_y[l] = y[l];
                re[l] = im[l] = x[l] = y[l] = 0;
                running--;
            }
        }
    }
    for (int64_t l = 0; l < used; l++) {
        counts[l] = count[l];
        smooth[l] = count[l] > grid->steps
                        ? NAN
                        : smooth_count(grid->bailout, c_re[l], c_im, out_x[l], out_y[l], count[l]);
    }
}

void mandelbrot_row(const mandelbrot_grid *grid, int64_t row, int64_t *counts, double *smooth)
{
    const double re_step = (grid->re_hi - grid->re_lo) / (double)(grid->width - 1);
    const double im_step = (grid->im_hi - grid->im_lo) / (double)(grid->height - 1);
    for (int64_t i = 0; i < grid->width; i += LANES) {
        const int64_t left = grid->width - i, used = left < LANES ? left : LANES;
        double c_re[LANES];
        for (int64_t l = 0; l < used; l++) {
            c_re[l] = grid->re_lo + re_step * (double)(i + l);
        }
        iterate_lanes(grid, c_re, grid->im_hi - im_step * (double)row, used, counts + i,
                      smooth + i);
    }
}
