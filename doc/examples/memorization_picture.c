/* Samples beside their nearest points, and how the distances are distributed. See memorization.h.
 * SPDX-License-Identifier: MIT */
#include "memorization.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN = 12,   /* samples in the picture */
    WIDTH = 1360, /* of the picture */
    CURVES = 440, /* height of the distributions */
    CAPTION = 55  /* above the images */
};
static const double sheet_left = 0.11,
                    sheet_right = 0.985; /* of the sheet of images, shares of the width */

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

/* Writes OUT/memorization_images.png: samples above their points. */
static void write_images(const ddn_dataset *ds, const drv_image *s, const memorized *of,
                         const choice *c)
{
    const int64_t d = ddn_dataset_d(ds);
    const double *index = drv_column(of->result, "index"), *images[2 * SHOWN];
    double *y = drv_alloc(c->count * d, sizeof *y);
    for (int64_t i = 0; i < c->count; i++) {
        drv_try(ddn_dataset_read(drv.ctx, ds, (int64_t)index[c->row[i]], 1, y + i * d, d));
        images[i] = of->x + c->row[i] * d;
        images[c->count + i] = y + i * d;
    }
    drv_sheet(drv_path("memorization_images.png"), s, 2, c->count, 1, images);
}

/* The sheet fills the screen from `bottom` to `top`. */
static void plot_images(drv_file *plot, const drv_image *s, const choice *c, double bottom,
                        double top)
{
    const int64_t across = c->count * (s->width + DRV_IMAGE_GAP) - DRV_IMAGE_GAP,
                  down = 2 * s->height + DRV_IMAGE_GAP;
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
                  (double)(i * (s->width + DRV_IMAGE_GAP)) + 0.5 * (double)s->width,
                  -0.14 * (double)s->height);
    }
    drv_print(plot, "plot 'memorization_images.png' binary filetype=png flipy with rgbimage\n"
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

void draw_memorization(const ddn_dataset *ds, const drv_image *shape, double kappa,
                       const memorized *samples, const memorized *test)
{
    static const char *const distances[] = {"$2", "$3"}, *const names[] = {"d_1, ", "d_2, "};
    static const char *const ratio[] = {"$2/$3"}, *const nothing[] = {""};
    const choice c = choose(samples);
    const double wide = (sheet_right - sheet_left) * WIDTH;
    double sheet = 0;
    if (shape->height > 0) {
        sheet = fmin(wide * (double)(2 * shape->height + DRV_IMAGE_GAP) /
                         (double)(c.count * (shape->width + DRV_IMAGE_GAP) - DRV_IMAGE_GAP),
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
