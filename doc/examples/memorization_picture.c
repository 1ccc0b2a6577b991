/* Samples beside their nearest points, and how the distances are distributed. See memorization.h.
 * SPDX-License-Identifier: MIT */
#include "memorization.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN = 12 /* samples in the picture */
};

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

static void plot_images(drv_file *plot, const drv_image *s, const choice *c)
{
    const double left = -0.5 - 0.01 * (double)drv_sheet_width(s, c->count),
                 height = (double)s->height;
    drv_sheet_axes(plot, s, 2, c->count);
    drv_print(plot,
              "set label 'sample' at %g,%g right\nset label 'nearest point' at %g,%g right\n"
              "set label 'd_1/d_2' at %g,graph 1 right offset 0,0.6\n",
              left, 0.5 * height, left, 1.5 * height, left);
    for (int64_t i = 0; i < c->count; i++) {
        drv_print(plot, "set label '%.2f' at %g,graph 1 center offset 0,0.6\n", c->ratio[i],
                  (double)(i * (s->width + DRV_IMAGE_GAP)) + 0.5 * (double)s->width);
    }
    drv_print(plot, "plot 'memorization_images.png' binary filetype=png flipy with rgbimage\n");
}

/* ---- Distributions ----------------------------------------------------------------------- */

/* Those of one panel: the distances d1 and d2, or their ratio. */
static double number(const memorized *of, int64_t i, int count, int which)
{
    const double *d1 = drv_column(of->result, "d1"), *d2 = drv_column(of->result, "d2");
    return count == 1 ? d1[i] / d2[i] : which == 0 ? d1[i] : d2[i];
}

/* One number alone, such as 0 where all samples are copies, is one point for gnuplot, and no line.
 */
static void draw_step(drv_file *plot, const memorized *of, int count, int which, const char *style)
{
    const double at = number(of, 0, count, which);
    for (int64_t i = 1; i < of->m; i++) {
        const double next = number(of, i, count, which);
        if (next < at || next > at) {
            return;
        }
    }
    drv_print(plot,
              "set arrow from %.17g,0 to %.17g,1 nohead front %s\n"
              "set arrow from %.17g,1 to graph 1,first 1 nohead front %s\n",
              at, at, style, at, style);
}

/* Cumulated over the rows of the files: expressions of the columns d1 (2) and d2 (3). Few samples
 * are steps; gnuplot does not dash those, so the second expression has lines. */
static void plot_distribution(drv_file *plot, const memorized *samples, const memorized *test,
                              const char *const *expressions, const char *const *titles, int count)
{
    const memorized *sets[] = {samples, test};
    for (int j = 0; j < 4 * count; j++) { /* the steps, then the command */
        const int i = j % (2 * count) / count, k = j % count;
        char style[64];
        snprintf(style, sizeof style, "linestyle %d linewidth %g dashtype %s", i + 11,
                 i == 0 ? 1.8 : 1.0, k == 0 ? "solid" : "(10,3)");
        if (sets[i] == NULL) {
            continue;
        }
        if (j < 2 * count) {
            draw_step(plot, sets[i], count, k, style);
            continue;
        }
        drv_print(plot, "%s'%s' using (%s):(1) every ::1 smooth cnormal with %s %s title '%s%s'",
                  j == 2 * count ? "plot " : ",\\\n ", sets[i]->csv, expressions[k],
                  k == 0 ? "steps" : "lines", style, titles[k], sets[i]->name);
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
    const int images = shape->height > 0;
    char note[160], text[64];
    snprintf(note, sizeof note,
             "share below %.3g: f_{mem} = %.3g (95 %% confidence interval: %.2g to %.2g)", kappa,
             drv_scalar(samples->result, "f_mem", NULL),
             drv_scalar(samples->result, "f_mem_low", NULL),
             drv_scalar(samples->result, "f_mem_high", NULL));
    drv_figure figure = {.name = "memorization",
                         .width = DRV_TWO_COLUMNS,
                         .note = note,
                         .count = images + 1,
                         .rows = {{1, 0, .left = 26, .bare = 1}, {0}}};
    figure.rows[images] = (drv_row){2, 52, .legend = 2, .marks = 1};
    if (images) {
        figure.rows[0].height = drv_sheet_height(shape, 2, c.count, drv_panel_width(&figure, 0));
        write_images(ds, shape, samples, &c);
    }
    drv_file *plot = drv_plot_open(&figure);
    if (images) {
        drv_panel(plot, 0, 0);
        plot_images(plot, shape, &c);
    }
    drv_panel(plot, images, 0);
    drv_print(plot,
              "set xrange [0:%.17g]\nset yrange [0:1.02]\nset ylabel 'share of samples below'\n"
              "set xlabel 'distance d (data units): nearest d_1, second d_2'\n",
              1.02 * fmax(farthest(samples), farthest(test)));
    plot_distribution(plot, samples, test, distances, names, 2);
    drv_panel(plot, images, 1);
    drv_print(plot, "set xrange [0:1]\nset yrange [0:1.02]\nset xlabel 'd_1/d_2 (dimensionless)'\n"
                    "set ylabel 'share of samples below'\n");
    snprintf(text, sizeof text, "κ = %.3g", kappa);
    drv_mark(plot, kappa, text, "left");
    plot_distribution(plot, samples, test, ratio, nothing, 1);
    drv_plot_run(plot);
}
