/* Pictures of the command trajectory: paths in the plane of two directions (in one dimension
 * against time), and a strip of images. SPDX-License-Identifier: MIT */
#include "trajectory.h"

#include <math.h>

static int64_t strip_columns(const trajectory *tr)
{
    return tr->count < STRIP_COLUMNS ? tr->count : STRIP_COLUMNS;
}

static int64_t strip_rows(const trajectory *tr)
{
    return tr->m < STRIP_ROWS ? tr->m : STRIP_ROWS;
}

int64_t strip_column(const trajectory *tr, int64_t k)
{
    const int64_t columns = strip_columns(tr);
    for (int64_t c = 0; c < columns; c++) {
        if (k == (columns > 1 ? (c * (tr->count - 1) + (columns - 1) / 2) / (columns - 1) : 0)) {
            return c;
        }
    }
    return -1;
}

/* One path after the other, with empty lines between. */
static void write_projections(const trajectory *tr)
{
    static const drv_meaning meanings[] = {
        {"path", "1", "number of the path, from 0"},
        {"t", "schedule time", "time of the state"},
        {"leg", "1", "0: from data to noise, 1: to data"},
        {"q1", "data units",
         "projection of the state on the first direction: in one and two "
         "dimensions its coordinates, else leading eigenvectors of the data"},
        {"q2", "data units", "projection of the state on the second direction"},
    };
    drv_define(meanings, DRV_COUNT(meanings));
    drv_file *file = drv_csv_open(drv_path("trajectory.csv"),
                                  tr->axes > 1 ? "path,t,leg,q1,q2" : "path,t,leg,q1");
    for (int64_t r = 0; r < tr->drawn; r++) {
        for (int64_t k = 0; k < tr->count; k++) {
            double row[5] = {(double)r, tr->t[k], tr->leg[k]};
            for (int64_t i = 0; i < tr->axes; i++) {
                row[3 + i] = tr->projection[(k * tr->drawn + r) * tr->axes + i];
            }
            drv_csv_row(file, row, 3 + tr->axes);
        }
    }
    drv_close(file);
}

static void draw_paths(drv_file *plot, const trajectory *tr, const ddn_schedule *sch)
{
    if (tr->axes == 1) {
        double low = INFINITY, high = 0;
        for (int64_t k = 0; k < tr->count; k++) {
            low = tr->t[k] > 0 ? fmin(low, tr->t[k]) : low;
            high = fmax(high, tr->t[k]);
        }
        drv_time_axis(plot, sch, low, high);
        drv_print(plot, "set ylabel 'x (data units)'\n");
    } else {
        drv_print(plot, "set xlabel '%s'\nset ylabel '%s'\n",
                  tr->d == 2 ? "x_1 (data units)" : "x · v_1 (data units)",
                  tr->d == 2 ? "x_2 (data units)" : "x · v_2 (data units)");
    }
    const int at = tr->axes == 1 ? 2 : 4;
    int64_t turn = 0; /* the state with which the way to the data begins */
    while (turn + 1 < tr->count && tr->leg[turn + 1] == 0) {
        turn++;
    }
    for (int leg = turn > 0 ? 0 : 1; leg <= 1; leg++) {
        drv_print(plot,
                  "%s for [p=0:%lld] 'trajectory.csv' using ($1 == p && int(column(0)) %% %lld %s "
                  "%lld ? $%d : NaN):%d skip 1 with lines linestyle 1%d linewidth 0.6 title (p == "
                  "0 ? '%s' : '')",
                  turn > 0 && leg == 1 ? ",\\\n" : "plot", (long long)tr->drawn - 1,
                  (long long)tr->count, leg == 0 ? "<=" : ">=", (long long)turn, at,
                  tr->axes == 1 ? 4 : 5, leg + 1, leg == 0 ? "data → noise" : "noise → data");
    }
    drv_print(plot,
              ",\\\n 'trajectory.csv' using (int(column(0)) %% %lld == %lld ? $%d : NaN):%d "
              "skip 1 with points linestyle 3 title 'end'\n",
              (long long)tr->count, (long long)tr->count - 1, at, tr->axes == 1 ? 4 : 5);
}

/* States on their way are cut off at the range of those at the end, which is that of the data. */
static void write_strip(const trajectory *tr, const drv_image *shape)
{
    const int64_t rows = strip_rows(tr), columns = strip_columns(tr);
    const double *images[STRIP_ROWS * STRIP_COLUMNS];
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < rows * tr->d; i++) {
        const double v = tr->strip[(columns - 1) * STRIP_ROWS * tr->d + i];
        low = fmin(low, v);
        high = fmax(high, v);
    }
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t c = 0; c < columns; c++) {
            double *x = tr->strip + (c * STRIP_ROWS + r) * tr->d;
            for (int64_t j = 0; j < tr->d; j++) {
                x[j] = fmin(fmax(x[j], low), high);
            }
            images[r * columns + c] = x;
        }
    }
    drv_sheet(drv_path("trajectory_strip.png"), shape, rows, columns, 0, images);
}

/* With the times above: of the schedule. */
static void plot_strip(drv_file *plot, const trajectory *tr, const ddn_schedule *sch,
                       const drv_image *s)
{
    const int64_t rows = strip_rows(tr), columns = strip_columns(tr);
    const double left = -0.5 - 0.01 * (double)drv_sheet_width(s, columns);
    drv_sheet_axes(plot, s, rows, columns);
    drv_print(plot, "set label '%s' at %g,graph 1 right offset 0,0.6\n", drv_time_symbol(sch),
              left);
    for (int64_t r = 0; r < rows; r++) {
        drv_print(plot, "set label 'path %lld' at %g,%g right\n", (long long)r, left,
                  (double)(r * (s->height + DRV_IMAGE_GAP)) + 0.5 * (double)s->height);
    }
    for (int64_t k = 0; k < tr->count; k++) {
        const int64_t c = strip_column(tr, k);
        if (c >= 0) {
            drv_print(plot, "set label '%.3g' at %g,graph 1 center offset 0,0.6\n", tr->t[k],
                      (double)(c * (s->width + DRV_IMAGE_GAP)) + 0.5 * (double)s->width);
        }
    }
    drv_print(plot, "plot 'trajectory_strip.png' binary filetype=png flipy with rgbimage\n");
}

void draw_trajectory(const trajectory *tr, const ddn_schedule *sch, const drv_image *shape,
                     const char *caption)
{
    const int images = tr->strip != NULL;
    char note[256];
    snprintf(note, sizeof note, "(a) %s %s; shades are cut off at the range of the last images",
             drv_is_ou(sch) ? "times in" : "times", drv_clock(sch));
    drv_figure figure = {.name = "trajectory",
                         .width = DRV_TWO_COLUMNS,
                         .title = caption,
                         .note = images ? note : NULL,
                         .count = images + 1,
                         .rows = {{1, 0, .left = 26, .bare = 1}, {0}}};
    figure.rows[images] = (drv_row){1, 60, .legend = 3};
    write_projections(tr);
    if (images) {
        figure.rows[0].height =
            drv_sheet_height(shape, strip_rows(tr), strip_columns(tr), drv_panel_width(&figure, 0));
        write_strip(tr, shape);
    }
    drv_file *plot = drv_plot_open(&figure);
    if (images) {
        drv_panel(plot, 0, 0);
        plot_strip(plot, tr, sch, shape);
    }
    drv_panel(plot, images, 0);
    draw_paths(plot, tr, sch);
    drv_plot_run(plot);
}
