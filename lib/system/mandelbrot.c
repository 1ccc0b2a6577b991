/* Escape counts of z <- z^2 + c on a grid, theory.md (71).
 *
 * Neighbouring points of a row are iterated side by side, so that their chains of dependent
 * operations overlap; a row is a tile. */
#include <diffdyn/system.h>

#include "base/check.h"
#include "base/parallel.h"

enum {
    LANES = 8,
    ROWS_AT_ONCE = 64 /* between two looks at cancellation */
};

int32_t ddn_mandelbrot_interior(double re, double im)
{
    /* Cardioid: q (q + x - 1/4) < y^2/4 with q = (x - 1/4)^2 + y^2. */
    double x = re - 0.25, y2 = im * im, q = x * x + y2;
    if (q * (q + x) < 0.25 * y2) {
        return 1;
    }
    return (re + 1) * (re + 1) + y2 < 0.0625 ? 2 : 0;
}

typedef struct picture {
    double re_lo, re_step, im_hi, im_step;
    int64_t width, steps;
    double bailout2;
    int64_t first_row;
    int64_t *counts;
    double *smooth;
} picture;

/* The count beyond the escape at step k from z: goes on until |z| > bailout. */
static double smooth_count(const picture *pic, double re, double im, double x, double y, int64_t k)
{
    double size = x * x + y * y;
    while (size <= pic->bailout2) {
        double next = x * x - y * y + re;
        y = 2 * x * y + im;
        x = next;
        size = x * x + y * y;
        k++;
    }
    return (double)(k + 1) - log2(log(size) / 2);
}

/* Points i .. i + lanes - 1 of a row. A lane without work has c = z = 0 and stays there. */
static void iterate_lanes(const picture *pic, int64_t row, int64_t i, int64_t lanes)
{
    double re[LANES] = {0}, im[LANES] = {0}, x[LANES] = {0}, y[LANES] = {0};
    double c_re[LANES], out_x[LANES] = {0}, out_y[LANES] = {0};
    int64_t count[LANES], running = 0;
    double c_im = pic->im_hi - pic->im_step * (double)row;
    for (int64_t l = 0; l < lanes; l++) {
        c_re[l] = pic->re_lo + pic->re_step * (double)(i + l);
        count[l] = pic->steps + 1;
        if (ddn_mandelbrot_interior(c_re[l], c_im) == 0) {
            re[l] = c_re[l];
            im[l] = c_im;
            running++;
        }
    }
    for (int64_t k = 1; k <= pic->steps && running > 0; k++) {
        int32_t escaped = 0;
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
    for (int64_t l = 0; l < lanes; l++) {
        int64_t at = row * pic->width + i + l;
        if (pic->counts != NULL) {
            pic->counts[at] = count[l];
        }
        if (pic->smooth != NULL) {
            pic->smooth[at] = count[l] > pic->steps
                                  ? NAN
                                  : smooth_count(pic, c_re[l], c_im, out_x[l], out_y[l], count[l]);
        }
    }
}

static void draw_row(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const picture *pic = arg;
    for (int64_t i = 0; i < pic->width; i += LANES) {
        int64_t left = pic->width - i;
        iterate_lanes(pic, pic->first_row + tile, i, left < LANES ? left : LANES);
    }
}

ddn_status ddn_mandelbrot(ddn_context *ctx, double re_lo, double re_hi, double im_lo, double im_hi,
                          int64_t width, int64_t height, int64_t steps, double bailout,
                          int64_t *counts, double *smooth)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_REAL(ctx, re_lo, -1e6, 1e6);
    DDNI_CHECK_REAL(ctx, re_hi, re_lo, 1e6);
    DDNI_CHECK_REAL(ctx, im_lo, -1e6, 1e6);
    DDNI_CHECK_REAL(ctx, im_hi, im_lo, 1e6);
    DDNI_CHECK_INT(ctx, width, 1, 1000000);
    DDNI_CHECK_INT(ctx, height, 1, 1000000);
    DDNI_CHECK_INT(ctx, steps, 1, 1000000000);
    DDNI_CHECK_REAL(ctx, bailout, 16, 1e100);
    picture pic = {.re_lo = re_lo,
                   .re_step = width > 1 ? (re_hi - re_lo) / (double)(width - 1) : 0,
                   .im_hi = im_hi,
                   .im_step = height > 1 ? (im_hi - im_lo) / (double)(height - 1) : 0,
                   .width = width,
                   .steps = steps,
                   .bailout2 = bailout * bailout,
                   .counts = counts,
                   .smooth = smooth};
    for (int64_t row = 0; row < height; row += ROWS_AT_ONCE) {
        DDNI_TRY(ddni_progress(ctx, "Mandelbrot set", (double)row / (double)height));
        int64_t rows = height - row < ROWS_AT_ONCE ? height - row : ROWS_AT_ONCE;
        pic.first_row = row;
        DDNI_TRY(
            ddni_parallel(ctx, rows, (double)(rows * width) * (double)steps * 0.3, draw_row, &pic));
    }
    return ddni_progress(ctx, "Mandelbrot set", 1);
}
