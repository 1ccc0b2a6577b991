/* The picture of the program trained_network: samples above their nearest points, clones of the
 * network and of the exact score, distances of samples. SPDX-License-Identifier: MIT */
#include "trained_network.h"

#include <math.h>

enum {
    ROWS = 4 /* of images */
};

/* Samples of both networks, each above the nearest of the points that it learned. */
static void write_sheet(const report *r)
{
    const images *const of[] = {&r->large, &r->small};
    const double *sheet[ROWS * SHOWN] = {NULL};
    const int64_t d = ddn_dataset_d(r->points);
    for (int k = 0; k < 2; k++) {
        const double *index = drv_column(of[k]->distance, "index");
        double *y = drv_alloc(SHOWN * d, sizeof *y);
        for (int64_t i = 0; i < SHOWN && i < of[k]->m; i++) {
            drv_try(ddn_dataset_read(drv.ctx, of[k]->points, (int64_t)index[i], 1, y + i * d, d));
            sheet[2 * k * SHOWN + i] = of[k]->x + i * d;
            sheet[(2 * k + 1) * SHOWN + i] = y + i * d;
        }
    }
    drv_sheet(drv_path("trained_network_images.png"), &r->shape, ROWS, SHOWN, 0, sheet);
}

static void plot_sheet(drv_file *plot, const report *r)
{
    static const char *const labels[ROWS] = {"large network", "nearest point", "small network",
                                             "nearest point"};
    const int64_t step = r->shape.height + DRV_IMAGE_GAP;
    drv_sheet_axes(plot, &r->shape, ROWS, SHOWN);
    for (int i = 0; i < ROWS; i++) {
        drv_print(plot, "set label '%s' at %g,%g right\n", labels[i],
                  -0.01 * (double)drv_sheet_width(&r->shape, SHOWN),
                  (double)(i * step) + 0.5 * (double)r->shape.height);
    }
    drv_print(plot, "plot 'trained_network_images.png' binary filetype=png flipy with rgbimage\n");
}

/* Identity, exact score and network; first: number of the identity's column. */
static void plot_curves(drv_file *plot, int first)
{
    drv_print(plot,
              "plot 'trained_network.csv' using 1:%d:%d:%d with yerrorlines linestyle 1 title "
              "'exact score, by identity',\\\n"
              " '' using 1:%d:%d:%d with yerrorbars linestyle 3 title 'exact score, same "
              "sampler',\\\n"
              " '' using 1:%d:%d:%d with yerrorbars linestyle 2 title 'network'\n",
              first, first + 2, first + 3, first + 8, first + 10, first + 11, first + 16,
              first + 18, first + 19);
}

/* Errors of one network and of the exact score of what it learned. */
static void plot_errors(drv_file *plot, const char *which)
{
    static const struct {
        int column, style;
        const char *title;
    } of[] = {{2, 2, "network, what it learned"},
              {5, 4, "network, test data"},
              {8, 1, "exact score, what it learned"},
              {11, 3, "exact score, test data"},
              {14, 6, "Wiener filter, test data"}};
    drv_log_axis(plot, 1e-4, NAN);
    drv_print(plot,
              "set xrange [0:*]\nset xlabel '" DRV_TIME "'\n"
              "set ylabel 'denoising error a pixel, %s net'\nplot",
              which);
    for (int k = 0; k < DRV_COUNT(of); k++) {
        char from[64], y[16], low[16], high[16];
        snprintf(from, sizeof from, "'%s_errors.csv' using 1", which);
        snprintf(y, sizeof y, "$%d", of[k].column);
        snprintf(low, sizeof low, "$%d", of[k].column + 1);
        snprintf(high, sizeof high, "$%d", of[k].column + 2);
        drv_print(plot, "%s", k ? ",\\\n" : "");
        drv_log_bars(plot, &(drv_bars){from, y, low, high, of[k].style, 1, of[k].title});
    }
    drv_print(plot, "\n");
}

/* Shares of images for which the expression of the columns is below the abscissa. */
static void plot_distances(drv_file *plot, const char *expression)
{
    static const char *const files[] = {"large", "small", "test"};
    static const char *const titles[] = {"large network", "small network", "test data"};
    drv_print(plot, "set yrange [0:1.02]\nset ylabel 'share of images below'\n");
    for (int k = 0; k < DRV_COUNT(files); k++) {
        drv_print(plot,
                  "%s'%s.csv' using (%s):(1) every ::1 smooth cnormal with steps linestyle %d "
                  "linewidth %g dashtype solid title '%s'",
                  k ? ",\\\n " : "plot ", files[k], expression, k + 12, 2 - 0.6 * k, titles[k]);
    }
    drv_print(plot, "\n");
}

static void plot_shares(drv_file *plot, const report *r, int column)
{
    drv_panel(plot, 1, column);
    if (!isnan(r->t_s)) {
        drv_mark(plot, r->t_s, "t_S", r->t_s < r->t_c ? "right" : "left");
    }
    if (!isnan(r->t_c)) {
        drv_mark(plot, r->t_c, "t_C", r->t_s < r->t_c ? "left" : "right");
    }
    drv_print(plot, "set xlabel '" DRV_TIME "'\nset xrange [0:*]\n" DRV_SHARES "set ylabel '%s'\n",
              column ? "φ_C: clones nearest to one point" : "φ: clones in one class");
    plot_curves(plot, column ? 6 : 2);
}

void draw_report(const report *r)
{
    drv_figure figure = {.name = "trained_network",
                         .width = DRV_TWO_COLUMNS,
                         .title = r->caption,
                         .note = DRV_BARS "; " DRV_CUT
                                          "; samples with d_1/d_2 below 1/3 count as memorized",
                         .count = 4,
                         .rows = {{1, 0, .left = 26, .bare = 1},
                                  {2, 50, .legend = 3, .marks = 1},
                                  {2, 50, .legend = 5},
                                  {2, 50, .legend = 2}}};
    figure.rows[0].height = drv_sheet_height(&r->shape, ROWS, SHOWN, drv_panel_width(&figure, 0));
    write_sheet(r);
    drv_file *plot = drv_plot_open(&figure);
    drv_panel(plot, 0, 0);
    plot_sheet(plot, r);
    plot_shares(plot, r, 0);
    plot_shares(plot, r, 1);
    drv_panel(plot, 2, 0);
    plot_errors(plot, "large");
    drv_panel(plot, 2, 1);
    plot_errors(plot, "small");
    drv_panel(plot, 3, 0);
    drv_print(plot, "set xrange [0:*]\nset xlabel 'distance from the nearest point, d_1 (data "
                    "units)'\n");
    plot_distances(plot, "$2");
    drv_panel(plot, 3, 1);
    drv_print(plot, "set xrange [0:1]\nset xlabel 'd_1/d_2 (dimensionless)'\n"
                    "set arrow from 1/3., graph 0 to 1/3., graph 1 nohead linecolor '#999999'\n");
    plot_distances(plot, "$2/$3");
    drv_plot_run(plot);
}
