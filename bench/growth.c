/* How the cost of a score grows with n, d, B and the number of threads: a table, a CSV file, slopes
 * on a log-log scale and a picture. See README.md.
 * SPDX-License-Identifier: MIT */
#include "bench.h"

#include <math.h>
#include <string.h>

enum {
    AXES = 3, /* n, d, B; threads are a table of their own */
    POINTS = 16,
    SERIES = 3
};

static struct {
    int64_t n, d, batch, n_max, rounds;
    int json, quick;
    double t, late, budget;
    const char *kernel;
} opt = {.n = 20000,
         .d = 784,
         .batch = 16,
         .n_max = 240000,
         .rounds = 9,
         .t = 2,
         .late = 0.1,
         .budget = 1.5,
         .kernel = "auto"};

/* One axis of the picture: median ms of the library early and late, and of the baseline. */
typedef struct axis {
    const char *name;
    int64_t count;
    double at[POINTS], ms[SERIES][POINTS];
} axis;

/* Ways that served the library's states, early and late, over all cases. */
static bench_served served_early, served_late;

static const char *const series_names[SERIES] = {"ours", "ours_late", "baseline"};

/* Median times of one case into point number k of the axis. */
static void measure(axis *ax, double at, const bench_problem *p, int64_t batch)
{
    double seconds[SERIES][BENCH_ROUNDS];
    double *x = drv_alloc(batch * p->d, 8), *late = drv_alloc(batch * p->d, 8);
    bench_states(p, opt.t, batch, x);
    bench_states(p, opt.late, batch, late);
    bench_ours ours, after;
    bench_baseline base;
    bench_ours_make(&ours, p, batch, -1);
    bench_ours_make(&after, p, batch, -1);
    bench_baseline_make(&base, p, batch);
    ours.x = base.x = x;
    ours.t = base.t = opt.t;
    after.x = late;
    after.t = opt.late;
    const bench_contender contenders[SERIES] = {
        {bench_ours_run, &ours, 0}, {bench_ours_run, &after, 0}, {bench_baseline_run, &base, 1}};
    const int64_t rounds = bench_interleave(contenders, SERIES, opt.rounds, opt.budget, seconds);
    const int64_t k = ax->count++;
    ax->at[k] = at;
    for (int i = 0; i < SERIES; i++) {
        ax->ms[i][k] = bench_ratio(1e3, seconds[i], NULL, rounds).median;
    }
    bench_served now = {{0}}, then = {{0}};
    bench_served_add(&now, ours.query, p->oracle);
    bench_served_add(&then, after.query, p->oracle);
    bench_served_add(&served_early, ours.query, p->oracle);
    bench_served_add(&served_late, after.query, p->oracle);
    if (!opt.json) {
        printf("  %-8s %9.0f %12.4f %12.4f %12.4f %9.2f %9.2f ", ax->name, at, ax->ms[0][k],
               ax->ms[1][k], ax->ms[2][k], ax->ms[2][k] / ax->ms[0][k],
               ax->ms[2][k] / ax->ms[1][k]);
        bench_served_print(&now, p->oracle);
        printf(", late");
        bench_served_print(&then, p->oracle);
        printf("\n");
        fflush(stdout);
    }
    bench_ours_free(&ours);
    bench_ours_free(&after);
    bench_baseline_free(&base);
}

/* Least-squares slope of log ms against log at over the upper half of the points. */
static double slope(const axis *ax, int series)
{
    const int64_t first = ax->count > 3 ? ax->count / 2 - 1 : 0;
    double sx = 0, sy = 0, sxx = 0, sxy = 0, count = (double)(ax->count - first);
    for (int64_t k = first; k < ax->count; k++) {
        const double x = log(ax->at[k]), y = log(ax->ms[series][k]);
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
    }
    const double spread = count * sxx - sx * sx;
    return spread > 0 ? (count * sxy - sx * sy) / spread : NAN;
}

/* The case that all axes have in common, with one quantity replaced. */
static void run_axis(axis *ax, const double *values, int64_t count)
{
    for (int64_t k = 0; k < count && k < POINTS; k++) {
        const int64_t value = (int64_t)values[k];
        const int64_t n = ax->name[0] == 'n' ? value : opt.n;
        const int64_t d = ax->name[0] == 'd' ? value : opt.d;
        const int64_t batch = ax->name[0] == 'B' ? value : opt.batch;
        bench_problem p;
        bench_problem_make(&p, BENCH_SYNTHETIC, n, d, DDN_TYPE_U8);
        measure(ax, values[k], &p, batch);
        bench_problem_free(&p);
    }
}

static void run_threads(axis *ax, const bench_problem *p)
{
    for (int64_t threads = 1; threads <= drv.threads && ax->count < POINTS; threads *= 2) {
        drv_set_i64(ddn_context_options(drv.ctx), DDN_CONTEXT_THREADS, threads);
        bench_blas_threads(threads);
        measure(ax, (double)threads, p, opt.batch);
    }
}

/* Slopes, and in JSON what the threads gave and the ways of all cases. */
static void report(const axis *axes, const axis *threads, const ddn_oracle *oracle)
{
    if (opt.json) {
        bench_json_open();
        bench_json_machine();
    }
    for (int i = 0; i < AXES; i++) {
        for (int k = 0; k < SERIES; k++) {
            char key[64];
            snprintf(key, sizeof key, "slope_%s_%s", axes[i].name, series_names[k]);
            if (opt.json) {
                bench_json_number(key, slope(&axes[i], k));
            } else {
                printf("%-24s %.3f\n", key, slope(&axes[i], k));
            }
        }
    }
    if (opt.json) {
        bench_json_number("speedup_threads",
                          threads->ms[0][0] / threads->ms[0][threads->count - 1]);
        bench_served_json("ways", &served_early, oracle);
        bench_served_json("ways_late", &served_late, oracle);
        bench_json_close();
    }
}

/* 1, 2, 5, 10, ... from first to last, and last itself. */
static int64_t ladder(double first, double last, double *values)
{
    static const double steps[] = {2, 2.5, 2};
    int64_t count = 0;
    for (double v = first; v < last && count < POINTS - 1; v *= steps[count++ % 3]) {
        values[count] = v;
    }
    values[count++] = last;
    return count;
}

static void draw(const axis *axes)
{
    drv_file *plot = drv_plot_open(&(drv_figure){
        .name = "growth", .width = DRV_TWO_COLUMNS, .count = 1, .rows = {{AXES, 45, .legend = 3}}});
    for (int i = 0; i < AXES; i++) {
        drv_panel(plot, 0, i);
        drv_print(plot,
                  "set logscale xy\nset format '10^{%%T}'\nset ylabel 'time per evaluation (ms)'\n"
                  "set xlabel '%s (dimensionless)'\n"
                  "plot 'growth_%s.csv' skip 1 using 1:2 with linespoints linestyle 1 title "
                  "'t = %g', '' skip 1 using 1:3 with linespoints linestyle 2 title 't = %g', "
                  "'' skip 1 using 1:4 with linespoints linestyle 3 title 'C + OpenBLAS'\n",
                  axes[i].name, axes[i].name, opt.t, opt.late);
    }
    drv_plot_run(plot);
}

static void read_options(int argc, char **argv)
{
    const drv_option options[] = {
        {"n", "N", "points, where another quantity varies", DRV_INT, &opt.n, 100, 9e15},
        {"d", "D", "dimensions", DRV_INT, &opt.d, 1, 16777216},
        {"batch", "B", "states at a time", DRV_INT, &opt.batch, 1, 1e5},
        {"n-max", "N", "largest n", DRV_INT, &opt.n_max, 2000, 9e15},
        {"t", "T", "OU time at which all points matter", DRV_DOUBLE, &opt.t, 1e-6, 20},
        {"late", "T", "and at which few do", DRV_DOUBLE, &opt.late, 1e-6, 20},
        {"kernel", "NAME", "kernel variant", DRV_STRING, &opt.kernel, 0, 0},
        {"rounds", "R", "turns of each contender", DRV_INT, &opt.rounds, 1, BENCH_ROUNDS},
        {"quick", "", "a few small cases", DRV_FLAG, &opt.quick, 0, 0},
        {"json", "", "one JSON object", DRV_FLAG, &opt.json, 0, 0},
    };
    drv_start(argc, argv,
              "Times the score against n, d, B and threads on synthetic u8 data; writes\n"
              "growth_n.csv, growth_d.csv, growth_B.csv and growth.png.",
              "growth_n.csv growth_d.csv growth_B.csv growth.gp growth.png", options,
              DRV_COUNT(options));
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    drv_try(ddn_context_set_kernel(drv.ctx, opt.kernel));
    drv_try(ddn_context_set_progress(drv.ctx, NULL, NULL, NULL));
    bench_blas_threads(drv.threads);
    double last_d = 12288, last_batch = 1024;
    if (opt.quick) {
        opt.n = 300;
        opt.d = 20;
        opt.batch = 4;
        opt.n_max = 2000;
        last_d = 50;
        last_batch = 20;
    }
    if (!opt.json) {
        bench_print_machine();
        printf("\nn = %lld, d = %lld, B = %lld, synthetic u8 data\n", (long long)opt.n,
               (long long)opt.d, (long long)opt.batch);
        printf("  %-8s %9s %12s %12s %12s %9s %9s  %s\n", "", "", "ours ms", "late ms", "BLAS ms",
               "ratio", "late", "ways");
    }
    static axis axes[AXES] = {{.name = "n"}, {.name = "d"}, {.name = "B"}};
    const double first[AXES] = {1000, 10, 1}, last[AXES] = {(double)opt.n_max, last_d, last_batch};
    for (int i = 0; i < AXES; i++) {
        double values[POINTS];
        run_axis(&axes[i], values, ladder(first[i], last[i], values));
        char name[32];
        snprintf(name, sizeof name, "growth_%s.csv", axes[i].name);
        const double *columns[1 + SERIES] = {axes[i].at, axes[i].ms[0], axes[i].ms[1],
                                             axes[i].ms[2]};
        drv_csv(drv_path(name), "value,ours_ms,ours_late_ms,baseline_ms", axes[i].count, 1 + SERIES,
                columns);
    }
    static axis threads = {.name = "threads"};
    bench_problem p;
    bench_problem_make(&p, BENCH_SYNTHETIC, opt.n, opt.d, DDN_TYPE_U8);
    run_threads(&threads, &p);
    draw(axes);
    report(axes, &threads, p.oracle);
    bench_problem_free(&p);
    return drv_finish();
}
