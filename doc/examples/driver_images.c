/* Points as images: their shapes. See driver.h.
 * SPDX-License-Identifier: MIT */
#include "driver.h"

#include <math.h>
#include <string.h>

enum {
    SMALLEST = 8,  /* edge of an image that is guessed */
    COMPARED = 100 /* points whose neighbouring numbers are compared */
};

static drv_image planes(int64_t channels, int64_t height, int64_t width)
{
    return (drv_image){height, width, channels, height * width, width, 1};
}

static drv_image interleaved(int64_t height, int64_t width, int64_t channels)
{
    return (drv_image){height, width, channels, 1, width * channels, channels};
}

/* Mean square of the difference of numbers that are so far apart in a row. */
static double unlike(const ddn_dataset *ds, int64_t step)
{
    const int64_t d = ddn_dataset_d(ds), n = ddn_dataset_n(ds);
    double *y = drv_alloc(d, sizeof *y), sum = 0;
    for (int64_t i = 0; i < n && i < COMPARED; i++) {
        drv_try(ddn_dataset_read(drv.ctx, ds, i, 1, y, d));
        for (int64_t j = 0; j + step < d; j++) {
            sum += (y[j + step] - y[j]) * (y[j + step] - y[j]) / (double)(d - step);
        }
    }
    return sum;
}

/* One row below is one width away in planes, three in images of coloured pixels. */
static drv_image guess(const ddn_dataset *ds)
{
    const int64_t d = ddn_dataset_d(ds), grey = llround(sqrt((double)d));
    const int64_t colour = llround(sqrt((double)d / 3));
    if (grey >= SMALLEST && grey * grey == d) {
        return planes(1, grey, grey);
    }
    if (colour >= SMALLEST && 3 * colour * colour == d) {
        return unlike(ds, colour) < unlike(ds, 3 * colour) ? planes(3, colour, colour)
                                                           : interleaved(colour, colour, 3);
    }
    return (drv_image){0, 0, 0, 0, 0, 0};
}

const char *drv_image_example(int64_t d)
{
    char *text = drv_alloc(48, 1);
    int64_t height = (int64_t)sqrt((double)d);
    while (height > 1 && d % height != 0) {
        height--;
    }
    snprintf(text, 48, "%lldx%lld", (long long)height, (long long)(d / height));
    return text;
}

drv_image drv_image_of(const char *text, const ddn_dataset *ds)
{
    long long a = 0, b = 0, c = 1;
    int end = 0;
    if (strcmp(text, "auto") == 0) {
        return guess(ds);
    }
    if (strcmp(text, "none") == 0) {
        return (drv_image){0, 0, 0, 0, 0, 0};
    }
    const int two = sscanf(text, "%9lldx%9lld%n", &a, &b, &end) == 2 && text[end] == '\0';
    const int three = !two && sscanf(text, "%9lldx%9lldx%9lld%n", &a, &b, &c, &end) == 3;
    const int is_grey = three && (a == 1 || c == 1);
    if (!(two || three) || text[end] != '\0' || a < 1 || b < 1 || c < 1 ||
        (three && !is_grey && a != 3 && c != 3)) {
        drv_die("--image %s is not like 28x28, 32x32x3, 3x32x32 or 1x28x28", text);
    }
    if (three && a == 3 && c == 3) {
        drv_die(
            "--image %s may be three planes or pixels of three colours: as edges of 3 cannot be "
            "told from colours, give the points another order",
            text);
    }
    if (a * b * c != ddn_dataset_d(ds)) {
        drv_die("--image %s has %lld numbers, the points have %lld", text, a * b * c,
                (long long)ddn_dataset_d(ds));
    }
    if (is_grey) {
        return c == 1 ? planes(1, a, b) : planes(1, b, c);
    }
    return two ? planes(1, a, b) : a == 3 ? planes(3, b, c) : interleaved(a, b, c);
}
