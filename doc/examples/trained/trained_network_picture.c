/* The picture of the program trained_network: samples above their nearest points, clones of the
 * network and of the exact score, distances of samples. SPDX-License-Identifier: MIT */
#include "trained_network.h"

#include <math.h>

enum {
    WIDTH = 1360,
    CURVES = 430, /* height of a row of curves */
    CAPTION = 60, /* above the images */
    ROWS = 4,     /* of images */
    MARGIN = 190  /* left of the images */
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

static void plot_sheet(drv_file *plot, const report *r, double bottom, double top)
{
    static const char *const labels[ROWS] = {"large network", "nearest point", "small network",
                                             "nearest point"};
    const int64_t step = r->shape.height + DRV_IMAGE_GAP;
    const int64_t across = SHOWN * (r->shape.width + DRV_IMAGE_GAP) - DRV_IMAGE_GAP;
    drv_print(plot,
              "unset border\nunset tics\nunset grid\nunset key\nset size ratio -1\n"
              "set title \"%s\" noenhanced\n"
              "set lmargin at screen %g\nset rmargin at screen 0.985\nset bmargin at screen %g\n"
              "set tmargin at screen %g\nset xrange [-0.5:%lld.5]\nset yrange [%lld.5:-0.5]\n",
              r->caption, (double)MARGIN / WIDTH, bottom, top, (long long)(across - 1),
              (long long)(ROWS * step - DRV_IMAGE_GAP - 1));
    for (int i = 0; i < ROWS; i++) {
        drv_print(plot, "set label %d '%s' at %g,%g right\n", i + 1, labels[i],
                  -0.01 * (double)across, (double)(i * step) + 0.5 * (double)r->shape.height);
    }
    drv_print(plot, "plot 'trained_network_images.png' binary filetype=png flipy with rgbimage\n"
                    "unset label\nunset title\nset border\nset tics\nset tics nomirror\nset grid\n"
                    "set key\nset size noratio\nset autoscale\n");
}

/* Identity, exact score and network; first: number of the identity's column. */
static void plot_curves(drv_file *plot, int first)
{
    drv_print(plot,
              "plot 'trained_network.csv' using 1:%d:%d:%d with yerrorlines linestyle 1 pointsize "
              "0.4 title 'exact score, by identity',\\\n"
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
    drv_print(plot, "set ylabel 'denoising error a pixel, %s net'\nplot", which);
    for (int k = 0; k < DRV_COUNT(of); k++) {
        drv_print(plot,
                  "%s '%s_errors.csv' using 1:%d:%d:%d with yerrorlines linestyle %d pointsize 0.4 "
                  "title '%s'",
                  k ? ",\\\n" : "", which, of[k].column, of[k].column + 1, of[k].column + 2,
                  of[k].style, of[k].title);
    }
    drv_print(plot, "\n");
}

/* Shares of images for which the expression of the columns is below the abscissa. */
static void plot_distances(drv_file *plot, const char *expression)
{
    static const char *const files[] = {"large", "small", "test"};
    static const char *const titles[] = {"large network", "small network", "test data"};
    for (int k = 0; k < DRV_COUNT(files); k++) {
        drv_print(plot,
                  "%s'%s.csv' using (%s):(1) every ::1 smooth cnormal with steps linestyle %d "
                  "title '%s'",
                  k ? ",\\\n " : "plot ", files[k], expression, k + 2, titles[k]);
    }
    drv_print(plot, "\n");
}

static void place(drv_file *plot, int column, double bottom, double top)
{
    drv_print(plot,
              "set lmargin at screen %g\nset rmargin at screen %g\nset bmargin at screen %g\n"
              "set tmargin at screen %g\n",
              column ? 0.565 : 0.07, column ? 0.985 : 0.49, bottom, top);
}

static void mark(drv_file *plot, double t, const char *name, int tag)
{
    if (!isnan(t)) {
        drv_print(plot,
                  "set arrow %d from %.17g, graph 0 to %.17g, graph 1 nohead linecolor '#999999'\n"
                  "set label %d '%s' at %.17g, graph 0.95 offset 0.5,0 textcolor '#666666'\n",
                  tag, t, t, tag, name, t);
    }
}

void draw_report(const report *r)
{
    const double wide = WIDTH - MARGIN - 20;
    const double sheet = wide * ROWS / SHOWN * 1.0 + CAPTION, height = 3 * CURVES + sheet;
    write_sheet(r);
    drv_file *plot = drv_plot_open("trained_network", WIDTH, (int)height);
    drv_print(plot, "set multiplot\n");
    plot_sheet(plot, r, (3 * CURVES + 10) / height, 1 - (CAPTION - 10) / height);
    double top[3], bottom[3];
    for (int k = 0; k < 3; k++) {
        top[k] = ((3 - k) * CURVES - 20) / height;
        bottom[k] = ((2 - k) * CURVES + 75) / height;
    }
    place(plot, 0, bottom[0], top[0]);
    mark(plot, r->t_s, "t_S", 1);
    mark(plot, r->t_c, "t_C", 2);
    drv_print(plot, "set xlabel 'time t at which the clones part (OU units)'\nset xrange [0:*]\n"
                    "set ylabel 'same class, φ (bars: 95 %%)'\nset key bottom left reverse Left\n"
                    "set yrange [*:1.05]\n");
    plot_curves(plot, 2);
    place(plot, 1, bottom[0], top[0]);
    drv_print(plot, "set ylabel 'same nearest point, φ_C (bars: 95 %%)'\nset key center right\n"
                    "set yrange [0:1.05]\n");
    plot_curves(plot, 6);
    drv_print(plot, "unset arrow\nunset label\nset autoscale\nset xrange [0:*]\nset logscale y\n"
                    "set yrange [1e-4:*]\nset format y '10^{%%T}'\n"
                    "set xlabel 'time t (OU units)'\nset key bottom right\n");
    place(plot, 0, bottom[1], top[1]);
    plot_errors(plot, "large");
    place(plot, 1, bottom[1], top[1]);
    plot_errors(plot, "small");
    drv_print(plot, "unset logscale y\nset format y\nset key bottom right\nset autoscale\n"
                    "set yrange [0:1]\nset xrange [0:*]\nset ylabel 'share of images'\n"
                    "set xlabel 'distance from the nearest point, d_1'\n");
    place(plot, 0, bottom[2], top[2]);
    plot_distances(plot, "$2");
    drv_print(plot, "set xrange [0:1]\nset xlabel 'd_1/d_2 (memorized below 1/3)'\nset key center\n"
                    "set arrow from 1/3., graph 0 to 1/3., graph 1 nohead linecolor '#999999'\n");
    place(plot, 1, bottom[2], top[2]);
    plot_distances(plot, "$2/$3");
    drv_print(plot, "unset multiplot\n");
    drv_plot_run(plot);
}
