/* Pictures of the command trajectory: paths in the plane of two directions (in one dimension
 * against time), and a strip of images. SPDX-License-Identifier: MIT */
#include "trajectory.h"

#include <math.h>

int64_t strip_column(const trajectory *tr, int64_t k)
{
    const int64_t columns = tr->count < STRIP_COLUMNS ? tr->count : STRIP_COLUMNS;
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

static void draw_paths(const trajectory *tr, const ddn_schedule *sch, const char *caption)
{
    drv_file *plot = drv_plot_open(&(drv_figure){.name = "trajectory",
                                                 .width = DRV_TWO_COLUMNS,
                                                 .title = caption,
                                                 .count = 1,
                                                 .rows = {{1, 60, .legend = 3}}});
    drv_panel(plot, 0, 0);
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
    drv_plot_run(plot);
}

/* States on their way are cut off at the range of those at the end, which is that of the data. */
static void write_strip(const trajectory *tr, const drv_image *shape)
{
    const int64_t rows = tr->m < STRIP_ROWS ? tr->m : STRIP_ROWS;
    const int64_t columns = tr->count < STRIP_COLUMNS ? tr->count : STRIP_COLUMNS;
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

void draw_trajectory(const trajectory *tr, const ddn_schedule *sch, const drv_image *shape,
                     const char *caption)
{
    write_projections(tr);
    draw_paths(tr, sch, caption);
    if (tr->strip != NULL) {
        write_strip(tr, shape);
    }
}
