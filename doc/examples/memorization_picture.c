/* Samples beside their nearest points, and how the distances are distributed. See memorization.h.
 * SPDX-License-Identifier: MIT */
#include "memorization.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN = 12,     /* samples in the picture */
    GAP = 2,        /* white pixels between images */
    SMALLEST = 8,   /* edge of an image that is guessed */
    COMPARED = 100, /* points whose neighbouring numbers are compared */
    WHITE = 255,
    WIDTH = 1360, /* of the picture */
    CURVES = 440, /* height of the distributions */
    CAPTION = 55  /* above the images */
};
static const double sheet_left = 0.11,
                    sheet_right = 0.985; /* of the sheet of images, shares of the width */

/* ---- Shapes ------------------------------------------------------------------------------ */

static image_shape planes(int64_t channels, int64_t height, int64_t width)
{
    return (image_shape){height, width, channels, height * width, width, 1};
}

static image_shape interleaved(int64_t height, int64_t width, int64_t channels)
{
    return (image_shape){height, width, channels, 1, width * channels, channels};
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
static image_shape guess(const ddn_dataset *ds)
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
    return (image_shape){0, 0, 0, 0, 0, 0};
}

image_shape image_shape_of(const char *text, const ddn_dataset *ds)
{
    long long a = 0, b = 0, c = 1;
    int end = 0;
    if (strcmp(text, "auto") == 0) {
        return guess(ds);
    }
    if (strcmp(text, "none") == 0) {
        return (image_shape){0, 0, 0, 0, 0, 0};
    }
    const int two = sscanf(text, "%9lldx%9lld%n", &a, &b, &end) == 2 && text[end] == '\0';
    const int three = !two && sscanf(text, "%9lldx%9lldx%9lld%n", &a, &b, &c, &end) == 3;
    if (!(two || three) || text[end] != '\0' || a < 1 || b < 1 || c < 1 ||
        (three && (a == 3) == (c == 3))) {
        drv_die("--image %s is not like 28x28, 32x32x3 or 3x32x32", text);
    }
    if (a * b * c != ddn_dataset_d(ds)) {
        drv_die("--image %s has %lld numbers, the points have %lld", text, a * b * c,
                (long long)ddn_dataset_d(ds));
    }
    return two ? planes(1, a, b) : a == 3 ? planes(3, b, c) : interleaved(a, b, c);
}

/* ---- Images ------------------------------------------------------------------------------ */

/* The samples that are shown: of all ratios d1/d2, the smallest first. */
typedef struct choice {
    int64_t count, row[SHOWN];
    double ratio[SHOWN];
} choice;

static const double *ratio_of; /* what by_ratio compares */

static int by_ratio(const void *a, const void *b)
{
    const double x = ratio_of[*(const int64_t *)a], y = ratio_of[*(const int64_t *)b];
    return (x > y) - (x < y);
}

static choice choose(const memorized *of)
{
    const double *d1 = drv_column(of->result, "d1"), *d2 = drv_column(of->result, "d2");
    int64_t *order = drv_alloc(of->m, sizeof *order);
    double *ratio = drv_alloc(of->m, sizeof *ratio);
    choice c = {of->m < SHOWN ? of->m : SHOWN, {0}, {0}};
    for (int64_t q = 0; q < of->m; q++) {
        order[q] = q;
        ratio[q] = d1[q] / d2[q];
    }
    ratio_of = ratio;
    qsort(order, (size_t)of->m, sizeof *order, by_ratio);
    for (int64_t i = 0; i < c.count; i++) {
        c.row[i] = order[c.count > 1 ? i * (of->m - 1) / (c.count - 1) : 0];
        c.ratio[i] = ratio[c.row[i]];
    }
    return c;
}

/* Numbers of a row as 0 .. 255, black to white, cut off at the range of the points shown. */
static void paint(const image_shape *s, const double *x, double low, double high, int64_t left,
                  int64_t top, int64_t across, double *canvas)
{
    for (int64_t c = 0; c < 3; c++) {
        for (int64_t i = 0; i < s->height * s->width; i++) {
            const int64_t row = i / s->width, column = i % s->width;
            const int64_t plane = c < s->channels ? c : 0;
            const double value = x[plane * s->plane + row * s->row + column * s->column];
            canvas[3 * ((top + row) * across + left + column) + c] =
                WHITE * fmin(fmax((value - low) / (high - low), 0), 1);
        }
    }
}

/* Writes OUT/memorization_images.csv: x,y,red,green,blue of a sheet, samples above their points. */
static void write_images(const ddn_dataset *ds, const image_shape *s, const memorized *of,
                         const choice *c)
{
    const int64_t d = ddn_dataset_d(ds), across = c->count * (s->width + GAP) - GAP;
    const int64_t down = 2 * s->height + GAP;
    const double *index = drv_column(of->result, "index");
    double *canvas = drv_alloc(3 * across * down, sizeof *canvas);
    double *y = drv_alloc(c->count * d, sizeof *y), low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < 3 * across * down; i++) {
        canvas[i] = WHITE;
    }
    for (int64_t i = 0; i < c->count; i++) {
        drv_try(ddn_dataset_read(drv.ctx, ds, (int64_t)index[c->row[i]], 1, y + i * d, d));
        for (int64_t j = 0; j < d; j++) {
            low = fmin(low, y[i * d + j]);
            high = fmax(high, y[i * d + j]);
        }
    }
    high = high > low ? high : low + 1;
    for (int64_t i = 0; i < c->count; i++) {
        const int64_t left = i * (s->width + GAP);
        paint(s, of->x + c->row[i] * d, low, high, left, 0, across, canvas);
        paint(s, y + i * d, low, high, left, s->height + GAP, across, canvas);
    }
    drv_file *file = drv_csv_open(drv_path("memorization_images.csv"), "x,y,red,green,blue");
    for (int64_t i = 0; i < across * down; i++) {
        const double *at = canvas + 3 * i;
        drv_print(file, "%lld,%lld,%.0f,%.0f,%.0f\n", (long long)(i % across),
                  (long long)(i / across), at[0], at[1], at[2]);
    }
    drv_close(file);
}

/* The sheet fills the screen from `bottom` to `top`. */
static void plot_images(drv_file *plot, const image_shape *s, const choice *c, double bottom,
                        double top)
{
    const int64_t across = c->count * (s->width + GAP) - GAP, down = 2 * s->height + GAP;
    const double left = -0.01 * (double)across, height = (double)s->height;
    drv_print(plot,
              "unset border\nunset tics\nunset grid\nunset key\nset size ratio -1\n"
              "set lmargin at screen %g\nset rmargin at screen %g\nset bmargin at screen %g\n"
              "set tmargin at screen %g\nset xrange [-0.5:%lld.5]\nset yrange [%lld.5:-0.5]\n"
              "set label 91 'sample' at %g,%g right\nset label 92 'nearest point' at %g,%g right\n"
              "set label 93 'd_1/d_2' at %g,%g right\n",
              sheet_left, sheet_right, bottom, top, (long long)(across - 1), (long long)(down - 1),
              left, 0.5 * height, left, 1.5 * height, left, -0.14 * height);
    for (int64_t i = 0; i < c->count; i++) {
        drv_print(plot, "set label %lld '%.2f' at %g,%g center\n", (long long)(i + 1), c->ratio[i],
                  (double)(i * (s->width + GAP)) + 0.5 * (double)s->width,
                  -0.14 * (double)s->height);
    }
    drv_print(plot, "plot 'memorization_images.csv' using 1:2:3:4:5 every ::1 with rgbimage\n"
                    "unset label\nset border\nset tics\nset tics nomirror\nset grid\nset key\n"
                    "set size noratio\nset autoscale\n");
}

/* ---- Distributions ----------------------------------------------------------------------- */

/* Cumulated over the rows of the files: expressions of the columns d1 (2) and d2 (3). Few samples
 * are steps; gnuplot does not dash those, so the second expression has lines. */
static void plot_distribution(drv_file *plot, const memorized *samples, const memorized *test,
                              const char *const *expressions, const char *const *titles, int count)
{
    const memorized *sets[] = {samples, test};
    const char *comma = "plot ";
    for (int i = 0; i < 2 && sets[i] != NULL; i++) {
        for (int k = 0; k < count; k++) {
            drv_print(plot,
                      "%s'%s' using (%s):(1) every ::1 smooth cnormal with %s linestyle %d "
                      "dashtype %d title '%s%s'",
                      comma, sets[i]->csv, expressions[k], k == 0 ? "steps" : "lines", i + 1, k + 1,
                      titles[k], sets[i]->name);
            comma = ",\\\n ";
        }
    }
    drv_print(plot, "\n");
}

/* The largest d2 (d1 is less): not 0, since it is measured from a point that differs. */
static double farthest(const memorized *of)
{
    const double *d2 = of != NULL ? drv_column(of->result, "d2") : NULL;
    double most = 0;
    for (int64_t i = 0; d2 != NULL && i < of->m; i++) {
        most = fmax(most, d2[i]);
    }
    return most;
}

void draw_memorization(const ddn_dataset *ds, const image_shape *shape, double kappa,
                       const memorized *samples, const memorized *test)
{
    static const char *const distances[] = {"$2", "$3"}, *const names[] = {"d_1, ", "d_2, "};
    static const char *const ratio[] = {"$2/$3"}, *const nothing[] = {""};
    const choice c = choose(samples);
    const double wide = (sheet_right - sheet_left) * WIDTH;
    double sheet = 0;
    if (shape->height > 0) {
        sheet = fmin(wide * (double)(2 * shape->height + GAP) /
                         (double)(c.count * (shape->width + GAP) - GAP),
                     0.4 * WIDTH);
        sheet += CAPTION;
        write_images(ds, shape, samples, &c);
    }
    const double height = CURVES + sheet, top = (CURVES - 20) / height, bottom = 70 / height;
    drv_file *plot = drv_plot_open("memorization", WIDTH, (int)height);
    drv_print(plot, "set multiplot\n");
    if (sheet > 0) {
        plot_images(plot, shape, &c, (CURVES + 15) / height, 1 - (CAPTION - 15) / height);
    }
    drv_print(plot,
              "set tmargin at screen %g\nset bmargin at screen %g\nset lmargin at screen 0.07\n"
              "set rmargin at screen 0.49\nset xrange [0:%.17g]\nset yrange [0:1]\n"
              "set ylabel 'share of samples'\n"
              "set xlabel 'distance: nearest point d_1, second nearest d_2 (data units)'\nset key "
              "top left Left reverse\n",
              top, bottom, 1.02 * fmax(farthest(samples), farthest(test)));
    plot_distribution(plot, samples, test, distances, names, 2);
    drv_print(plot,
              "set lmargin at screen 0.565\nset rmargin at screen 0.985\nset xrange [0:1]\n"
              "set xlabel 'd_1/d_2; below %.3g: f_{mem} = %.3g (95 %%: %.2g to %.2g)'\n"
              "set arrow from %.17g, graph 0 to %.17g, graph 1 nohead linecolor '#999999'\n",
              kappa, drv_scalar(samples->result, "f_mem", NULL),
              drv_scalar(samples->result, "f_mem_low", NULL),
              drv_scalar(samples->result, "f_mem_high", NULL), kappa, kappa);
    plot_distribution(plot, samples, test, ratio, nothing, 1);
    drv_print(plot, "unset multiplot\n");
    drv_plot_run(plot);
}
