/* Points as images: their shapes. See driver.h.
 * SPDX-License-Identifier: MIT */
#include "driver.h"

#include <math.h>
#include <string.h>

enum {
    SMALLEST = 8,           /* edge of an image that is guessed */
    MOST_NUMBERS = 1 << 24, /* of a point */
    COMPARED = 100          /* points whose neighbouring numbers are compared */
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

static drv_image shape_of(const char *option, const char *text, const ddn_dataset *ds)
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
        drv_die("--%s %s is not like 28x28, 32x32x3, 3x32x32 or 1x28x28", option, text);
    }
    if (three && a == 3 && c == 3) {
        drv_die("--%s %s may be three planes or pixels of three colours: as edges of 3 cannot be "
                "told from colours, give the points another order",
                option, text);
    }
    if (a * b * c != ddn_dataset_d(ds)) {
        drv_die("--%s %s has %lld numbers, the points have %lld", option, text, a * b * c,
                (long long)ddn_dataset_d(ds));
    }
    if (is_grey) {
        return c == 1 ? planes(1, a, b) : planes(1, b, c);
    }
    return two ? planes(1, a, b) : a == 3 ? planes(3, b, c) : interleaved(a, b, c);
}

drv_image drv_image_of(const char *text, const ddn_dataset *ds)
{
    return shape_of("image", text, ds);
}

/* ---- Padding ------------------------------------------------------------------------------ */

/* Rows or columns before the image, as many as behind it. */
static int64_t edge(const char *text, int64_t from, int64_t to, const char *what, const char *sides)
{
    if (to < from) {
        drv_die("--pad %s: the images have %lld %s, more than %lld", text, (long long)from, what,
                (long long)to);
    }
    if ((to - from) % 2 != 0) {
        drv_die("--pad %s: %lld more %s than %lld cannot be as many at the %s: take %lld or %lld",
                text, (long long)(to - from), what, (long long)from, sides, (long long)to - 1,
                (long long)to + 1);
    }
    return (to - from) / 2;
}

drv_padding drv_padding_of(const char *text, const ddn_dataset *ds)
{
    const char *colon = strchr(text, ':'), *target = colon != NULL ? colon + 1 : text;
    char shape[48] = "auto";
    long long height = 0, width = 0;
    int end = 0;
    if (colon != NULL) {
        snprintf(shape, sizeof shape, "%.*s", (int)(colon - text), text);
    }
    if (sscanf(target, "%9lldx%9lld%n", &height, &width, &end) != 2 || target[end] != '\0' ||
        height < 1 || width < 1) {
        drv_die("--pad %s is not like 32x32 or 28x20:32x32", text);
    }
    const drv_image from = shape_of("pad", shape, ds);
    if (from.height == 0) {
        drv_die(
            "--pad %s: points of %lld numbers are no squares of 8 x 8 or more, grey or of three "
            "colours: say their height and width before it, such as --pad %s:%s",
            text, (long long)ddn_dataset_d(ds), drv_image_example(ddn_dataset_d(ds)), target);
    }
    drv_padding p = {.from = from,
                     .top = edge(text, from.height, height, "rows", "top and the bottom"),
                     .left = edge(text, from.width, width, "columns", "left and the right")};
    if ((double)height * (double)width * (double)from.channels > MOST_NUMBERS) {
        drv_die("--pad %s: images of more than 2^24 numbers", text);
    }
    const int is_pixels = from.channels > 1 && from.plane == 1;
    p.to = is_pixels ? interleaved(height, width, from.channels)
                     : planes(from.channels, height, width);
    return p;
}
