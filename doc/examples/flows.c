/* Generic dynamics: the flow dx/dt = x^2 - 1, the saddle-node dx/dt = r + x^2, the Mandelbrot set.
 *
 * Writes flow.csv (trajectories), saddle_node.csv (fixed points against r), passage.csv (time spent
 * in the ghost of the fold), mandelbrot.csv (smooth escape counts) and the pictures flows.png and
 * mandelbrot.png. Equations: doc/theory.md (70), (71).
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "commands.h"
#include "driver.h"
#include "mandelbrot.h"

enum {
    STARTS = 9,
    TIMES = 201,
    GRID = 400,
    CAPACITY = 8
};

static ddn_system *fold;

/* dx/dt = r + x^2; r = -1 is the flow of the first figure. */
static int32_t fold_flow(void *user, double r, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = r + x[0] * x[0];
    return 0;
}

static int32_t fold_slope(void *user, double r, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    (void)r;
    out[0] = 2 * x[0];
    return 0;
}

static const char *stability_name(ddn_stability s)
{
    return s == DDN_STABILITY_STABLE     ? "stable"
           : s == DDN_STABILITY_UNSTABLE ? "unstable"
                                         : "half-stable";
}

/* Trajectories of dx/dt = x^2 - 1 from several x0; those above 1 end when they pass 4. Returns the
 * largest deviation from x = -tanh(t - atanh x0) among those that start between the fixed points.
 */
static double trajectories(double tolerance)
{
    const double start[STARTS] = {-3, -2, -1.4, -0.5, 0, 0.5, 0.9, 0.999, 1.1};
    double times[TIMES], x[TIMES], worst = 0;
    drv_file *file = drv_csv_open(drv_path("flow.csv"), "x0,t,x");
    for (int i = 0; i < STARTS; i++) {
        double end = 4, unused;
        drv_try(
            ddn_system_passage(drv.ctx, fold, -1, 0, 4, 4, tolerance, &start[i], &end, &unused));
        end = fmin(end, 4);
        for (int k = 0; k < TIMES; k++) {
            times[k] = end * k / (TIMES - 1);
        }
        drv_try(ddn_system_trajectory(drv.ctx, fold, -1, tolerance, TIMES, &start[i], times, x, 1));
        for (int k = 0; k < TIMES; k++) {
            drv_csv_row(file, (const double[]){start[i], times[k], x[k]}, 3);
            if (fabs(start[i]) < 1) {
                worst = fmax(worst, fabs(x[k] + tanh(times[k] - atanh(start[i]))));
            }
        }
        drv_print(file, "\n"); /* gnuplot: a new curve */
    }
    drv_close(file);
    return worst;
}

static void bifurcation_diagram(void)
{
    drv_file *file = drv_csv_open(drv_path("saddle_node.csv"), "r,x_stable,x_unstable");
    for (int k = 0; k <= GRID; k++) {
        const double root = 2.0 * (GRID - k) / GRID, r = -root * root; /* even in x* */
        double x[CAPACITY], row[3] = {r, NAN, NAN};
        ddn_stability kind[CAPACITY];
        int64_t count = 0;
        drv_try(ddn_system_fixed_points_1d(drv.ctx, fold, r, -3, 3, 301, CAPACITY, x, NULL, kind,
                                           &count));
        for (int64_t i = 0; i < count; i++) {
            row[1] = kind[i] != DDN_STABILITY_UNSTABLE ? x[i] : row[1];
            row[2] = kind[i] != DDN_STABILITY_STABLE ? x[i] : row[2];
        }
        drv_csv_row(file, row, 3);
    }
    drv_close(file);
}

/* Time from -10 to 10 for r > 0; returns the largest relative deviation from 2 atan(10/sqrt r)/sqrt
 * r. */
static double passages(double tolerance)
{
    double worst = 0;
    drv_file *file = drv_csv_open(drv_path("passage.csv"), "r,time,exact,ghost");
    for (int k = 0; k <= 40; k++) {
        double r = pow(10, -4 + 0.1 * k), from = -10, time = NAN;
        drv_try(ddn_system_passage(drv.ctx, fold, r, 0, 10, 1e4, tolerance, &from, &time, NULL));
        double exact = 2 * atan(10 / sqrt(r)) / sqrt(r);
        worst = fmax(worst, fabs(time / exact - 1));
        drv_csv_row(file, (const double[]){r, time, exact, M_PI / sqrt(r)}, 4);
    }
    drv_close(file);
    return worst;
}

/* Area of the set from the share of pixels that stay. Those that would leave after more than K
 * steps make it too large by about 1/K, so the value is 2 A(K) - A(K/2); its error is that of the
 * pixels on the rim and a quarter of this correction, as the law is not exact. */
static double mandelbrot(int64_t height, int64_t steps, double *error)
{
    const int64_t width = height * 30 / 23;
    int64_t *counts = drv_alloc(width * height, sizeof *counts);
    double *smooth = drv_alloc(width * height, sizeof *smooth);
    const mandelbrot_grid grid = {-2.25, 0.75, -1.15, 1.15, width, height, steps, 1e4};
    for (int64_t j = 0; j < height; j++) {
        drv_begin("Mandelbrot set", (double)j / (double)height, 1);
        mandelbrot_row(&grid, j, counts + j * width, smooth + j * width);
    }
    drv_file *file = drv_matrix_open(drv_path("mandelbrot.csv"), "log_steps");
    int64_t inside = 0, inside_half = 0, rim = 0;
    for (int64_t j = 0; j < height; j++) {
        for (int64_t i = 0; i < width; i++) {
            const int64_t at = j * width + i;
            const int in = counts[at] > steps;
            inside += in;
            inside_half += counts[at] > steps / 2;
            rim += i > 0 && in != (counts[at - 1] > steps);
            /* Inside is marked -1; the count is compressed for the colours. */
            drv_print(file, "%s%.4g", i ? "," : "", in ? -1 : log(fmax(smooth[at], 1)));
        }
        drv_print(file, "\n");
    }
    drv_close(file);
    const double pixel = 3.0 / (double)(width - 1) * 2.3 / (double)(height - 1);
    const double late = pixel * (double)(inside_half - inside);
    *error = hypot(pixel * sqrt((double)rim), late / 4);
    return pixel * (double)inside - late;
}

static void draw_phase_line(drv_file *p)
{
    drv_print(p, "set xlabel 'x (dimensionless)'\nset ylabel 'dx/dt = x^2 − 1'\n"
                 "set xrange [-2:2]\nset yrange [-1.5:3]\nset xzeroaxis linecolor '#333333'\n");
    static const double arrows[][2] = {{-1.9, -1.25}, {0.35, -0.35}, {1.25, 1.9}};
    for (int i = 0; i < DRV_COUNT(arrows); i++) {
        drv_print(p,
                  "set arrow from %g,0 to %g,0 size screen 0.012,20 filled linewidth 1.6 linecolor "
                  "'#555555' front\n",
                  arrows[i][0], arrows[i][1]);
    }
    drv_print(
        p, "plot x**2 - 1 linestyle 11 notitle, \\\n"
           "  '+' using (-1):(0) every ::0::0 with points linestyle 3 pointtype 7 pointsize "
           "2*dot title 'stable fixed point', \\\n"
           "  '+' using (1):(0) every ::0::0 with points linestyle 2 pointtype 6 pointsize 2*dot "
           "title 'unstable fixed point'\n");
}

static void draw_flows(void)
{
    drv_file *p =
        drv_plot_open(&(drv_figure){.name = "flows",
                                    .width = DRV_TWO_COLUMNS,
                                    .count = 2,
                                    .rows = {{2, 50, .legend = 2}, {2, 50, .legend = 3}}});
    drv_panel(p, 0, 0);
    draw_phase_line(p);
    drv_panel(p, 0, 1);
    drv_print(p, "set xlabel 't (dimensionless)'\nset ylabel 'x(t), dx/dt = x^2 − 1'\n"
                 "set xrange [0:4]\nset yrange [-3:4]\n"
                 "plot 'flow.csv' using 2:3 skip 1 with lines linestyle 11 title 'trajectories', "
                 "\\\n  -1 linestyle 13 title 'stable', 1 linestyle 12 title 'unstable'\n");
    drv_panel(p, 1, 0);
    drv_print(p, "set xlabel 'r (dimensionless)'\nset ylabel 'fixed points of dx/dt = r + x^2'\n"
                 "set xrange [-4:1]\nset yrange [-2.5:2.5]\n"
                 "plot 'saddle_node.csv' using 1:2 skip 1 with lines linestyle 11 linewidth 1.8 "
                 "title 'stable', \\\n"
                 "  '' using 1:3 skip 1 with lines linestyle 12 linewidth 1.8 title 'unstable', "
                 "\\\n  '+' using (0):(0) every ::0::0 with points linestyle 5 pointtype 7 "
                 "pointsize 1.8*dot title 'saddle-node'\n");
    drv_panel(p, 1, 1);
    drv_print(p, "set xlabel 'r (dimensionless)'\nset ylabel 'time from x = −10 to 10'\n"
                 "set logscale xy\nset xrange [1e-4:1]\nset format '10^{%%T}'\n"
                 "plot pi/sqrt(x) linestyle 12 title 'limit of small r: π/√r', \\\n"
                 "  2*atan(10/sqrt(x))/sqrt(x) linestyle 11 title 'exact: 2 atan(10/√r)/√r', \\\n"
                 "  'passage.csv' using 1:2 skip 1 with points linestyle 1 title 'integrated'\n");
    drv_plot_run(p);
}

static void draw_mandelbrot(int64_t height)
{
    const int64_t width = height * 30 / 23;
    drv_file *p =
        drv_plot_open(&(drv_figure){.name = "mandelbrot",
                                    .width = DRV_TWO_COLUMNS,
                                    .note = "steps of z² + c until |z| is large; black: never",
                                    .count = 1,
                                    .rows = {{1, 105, .right = 26}}});
    drv_panel(p, 0, 0);
    drv_print(p,
              "set xlabel 'Re c'\nset ylabel 'Im c'\nunset grid\nset colorbox\n"
              "set xrange [-2.25:0.75]\nset yrange [-1.15:1.15]\nset cblabel 'natural logarithm of "
              "the smooth count of steps'\n"
              "set palette defined (0 '#000764', 0.25 '#206bcb', 0.45 '#edffff', 0.7 '#ffaa00', "
              "1 '#330011')\n"
              "set cbrange [0:5]\n"
              "plot 'mandelbrot.csv' matrix using (-2.25 + 3.0*$1/%lld):(1.15 - 2.3*$2/%lld):"
              "($3 < 0 ? NaN : $3) with image notitle, \\\n"
              "  '' matrix using (-2.25 + 3.0*$1/%lld):(1.15 - 2.3*$2/%lld):(0):(0):(0):"
              "($3 < 0 ? 255 : 0) with rgbalpha notitle\n",
              (long long)(width - 1), (long long)(height - 1), (long long)(width - 1),
              (long long)(height - 1));
    drv_plot_run(p);
}

/* What the columns of its files are. */
static const drv_meaning meanings[] = {
    {"x0", "1", "where the trajectory of dx/dt = x^2 - 1 starts"},
    {"t", "1", "time of the flow"},
    {"x", "1", "state at t"},
    {"r", "1", "parameter of dx/dt = x^2 + r"},
    {"x_stable", "1", "stable fixed point"},
    {"x_unstable", "1", "unstable fixed point"},
    {"time", "1", "measured time from x = -10 to 10"},
    {"exact", "1", "the same in closed form, 2 atan(10/sqrt(r))/sqrt(r)"},
    {"ghost", "1", "its limit pi/sqrt(r)"},
    {"log_steps", "nats",
     "pixel of the Mandelbrot set: log of the smooth number of steps to leave, -1 inside; rows "
     "from -1.15i to 1.15i, columns from -2.25 to 0.75"},
};

int flows_main(int argc, char **argv)
{
    int64_t height = 600, steps = 1000;
    double tolerance = 1e-11;
    const drv_option options[] = {
        {"height", "PIXELS", "rows of the Mandelbrot picture (30/23 as many columns)", DRV_INT,
         &height, 16, 8192},
        {"steps", "K", "iterations after which a point counts as inside", DRV_INT, &steps, 1, 1e6},
        {"tolerance", "TOL", "error of a step of the flows", DRV_DOUBLE, &tolerance, 1e-14, 1e-3},
    };
    drv_start(argc, argv,
              "Fixed points, trajectories and bifurcation of dx/dt = x^2 - 1 and r + x^2, and the\n"
              "Mandelbrot set.",
              "flow.csv saddle_node.csv passage.csv =mandelbrot.csv flows.gp flows.png "
              "mandelbrot.gp mandelbrot.png",
              options, DRV_COUNT(options));
    drv_define(meanings, DRV_COUNT(meanings));
    const drv_part parts[] = {
        {"flows", 0.05, NULL, 0},
        {"Mandelbrot set", 1e-9 * (double)(height * height * steps), NULL, 0}};
    drv_plan(DRV_COUNT(parts), parts);
    drv_try(
        ddn_system_create(drv.ctx, DDN_SYSTEM_FLOW, 1, fold_flow, fold_slope, NULL, NULL, &fold));
    drv_keep(fold);

    double x[CAPACITY], slope[CAPACITY], p[CAPACITY], at[CAPACITY];
    ddn_stability kind[CAPACITY];
    ddn_system_bifurcation event[CAPACITY];
    int64_t count = 0, events = 0;
    drv_try(
        ddn_system_fixed_points_1d(drv.ctx, fold, -1, -3, 3, 97, CAPACITY, x, slope, kind, &count));
    drv_try(ddn_system_bifurcations(drv.ctx, fold, -4, 1.1, 20, -3, 3, 61, CAPACITY, p, at, event,
                                    &events));
    const double path_error = trajectories(tolerance), passage_error = passages(tolerance);
    bifurcation_diagram();
    double area_error = NAN;
    const double area = mandelbrot(height, steps, &area_error);

    printf("x^2 - 1:");
    for (int64_t i = 0; i < count; i++) {
        printf(" x* = %g (%s, f' = %g)%s", x[i], stability_name(kind[i]), slope[i],
               i + 1 < count ? "," : "");
    }
    char text[64];
    printf("; largest error of x(t) %.1e; r + x^2: saddle-node at r = %.9f ± 1e-09, relative error "
           "of passage times %.1e; Mandelbrot area %s\n",
           path_error, events > 0 ? p[0] : NAN, passage_error,
           drv_format(area, area_error, text, sizeof text));
    draw_flows();
    draw_mandelbrot(height);
    return drv_finish();
}
