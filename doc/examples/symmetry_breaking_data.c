/* Symmetry breaking of a data set: critical time from the leading eigenvalue, the branch of fixed
 * points from late times, the folds in which classes and then single points get branches of their
 * own, projected on the leading eigenvector, and the fixed points as pictures. See
 * symmetry_breaking.c. SPDX-License-Identifier: MIT */
#include "symmetry_breaking.h"

#include <math.h>

static struct {
    ddn_dataset *source, *ds;
    ddn_schedule *ou;
    ddn_symmetry *sy;
    ddn_diagram *coarse, *fine;
} own;

enum {
    MOST_POINTS = 400, /* without --n: every step reads all of them many times */
    PICTURES = 6,
    CURVE = 401 /* points of a potential */
};

typedef struct scene {
    int64_t n, d, classes;
    double *rows;    /* [n][d] */
    int32_t *labels; /* [n], or NULL */
    double *leading; /* [d] */
    double lambda, lambda_error, t_s, t_c, t_c_error, t_start, t_end;
} scene;

double ssb_open_data(const drv_data *data)
{
    const double evaluations = 5000;
    drv_data some = *data;
    some.most = MOST_POINTS;
    own.source = drv_data_load(&some);
    if (ddn_dataset_n(own.source) < 2) {
        drv_die("%s: at least two points are needed", drv_data_name(data));
    }
    if (!(drv_lambda(own.source) > 0)) {
        drv_die("%s: all points are equal, so there is no symmetry that could break",
                drv_data_name(data));
    }
    return drv_cost(evaluations, ddn_dataset_n(own.source), ddn_dataset_d(own.source));
}

/* Points in double, at most MOST_POINTS of them unless --n was given. */
static void load(scene *sc)
{
    sc->n = ddn_dataset_n(own.source);
    sc->d = ddn_dataset_d(own.source);
    sc->classes = ddn_dataset_class_count(own.source);
    sc->rows = drv_alloc(sc->n * sc->d, sizeof *sc->rows);
    drv_try(ddn_dataset_read(drv.ctx, own.source, 0, sc->n, sc->rows, sc->d));
    drv_try(ddn_dataset_create(drv.ctx, DDN_TYPE_F64, sc->n, sc->d, sc->rows, sc->d, &own.ds));
    drv_keep(own.ds);
    if (sc->classes > 0) {
        sc->labels = drv_alloc(sc->n, sizeof *sc->labels);
        drv_try(ddn_dataset_labels(drv.ctx, own.source, sc->n, sc->labels));
    }
}

/* Lambda with its sampling error: it is the mean of the squared projections. */
static void spectrum(scene *sc, double eta)
{
    double *mean = drv_alloc(sc->d, sizeof *mean), m4 = 0;
    sc->leading = drv_alloc(sc->d, sizeof *sc->leading);
    drv_try(ddn_dataset_spectrum(drv.ctx, own.ds, 1, &sc->lambda, sc->leading, sc->d));
    drv_try(ddn_dataset_mean(drv.ctx, own.ds, sc->d, mean));
    for (int64_t i = 0; i < sc->n; i++) {
        double q = 0;
        for (int64_t j = 0; j < sc->d; j++) {
            q += (sc->rows[i * sc->d + j] - mean[j]) * sc->leading[j];
        }
        m4 += q * q * q * q / (double)sc->n;
    }
    sc->lambda_error = sqrt(fmax(m4 - sc->lambda * sc->lambda, 0) / (double)sc->n);
    sc->t_s = ddn_theory_speciation(sc->lambda);
    drv_try(ddn_symmetry_critical_time(drv.ctx, own.ou, eta, sc->lambda, &sc->t_c));
    double high, low;
    drv_try(ddn_symmetry_critical_time(drv.ctx, own.ou, eta, sc->lambda * 1.01, &high));
    drv_try(ddn_symmetry_critical_time(drv.ctx, own.ou, eta, sc->lambda * 0.99, &low));
    sc->t_c_error = (high - low) / 0.02 * sc->lambda_error / sc->lambda;
}

/* a(t) times the mean of each class, or without classes the extreme points along the leading
 * direction. */
static double *class_starts(const scene *sc, double t, int64_t *count)
{
    *count = sc->classes > 1 ? sc->classes : 2;
    double *starts = drv_alloc(*count * sc->d, sizeof *starts);
    int32_t *values = drv_alloc(*count, sizeof *values);
    int64_t *sizes = drv_alloc(*count, sizeof *sizes);
    if (sc->classes > 1) {
        drv_try(ddn_dataset_classes(drv.ctx, own.source, *count, values, sizes));
    }
    double best[2] = {INFINITY, -INFINITY};
    for (int64_t i = 0; i < sc->n; i++) {
        const double *row = sc->rows + i * sc->d;
        double q = 0;
        for (int64_t j = 0; j < sc->d; j++) {
            q += row[j] * sc->leading[j];
        }
        for (int64_t c = 0; c < *count; c++) {
            double *start = starts + c * sc->d;
            const int extreme = sc->classes < 2 && (c == 0 ? q < best[0] : q > best[1]);
            const int member = sc->classes > 1 && sc->labels[i] == values[c];
            for (int64_t j = 0; j < sc->d && (extreme || member); j++) {
                start[j] =
                    extreme ? exp(-t) * row[j] : start[j] + exp(-t) * row[j] / (double)sizes[c];
            }
            if (extreme) {
                best[c] = q;
            }
        }
    }
    return starts;
}

static double *point_starts(const scene *sc, double t, int64_t count)
{
    double *starts = drv_alloc(count * sc->d, sizeof *starts);
    for (int64_t i = 0; i < count; i++) {
        for (int64_t j = 0; j < sc->d; j++) {
            starts[i * sc->d + j] = exp(-t) * sc->rows[i * sc->n / count * sc->d + j];
        }
    }
    return starts;
}

/* Potential along the line through the fixed points of two classes, at several times. */
static void potentials(const scene *sc, const double *ends, const double *times, int count)
{
    double q[CURVE], *v = drv_alloc(sc->d, sizeof *v), *x0 = drv_alloc(sc->d, sizeof *x0);
    drv_file *csv = drv_csv_open(drv_path("data_potential.csv"), "t,q,u");
    for (int i = 0; i < CURVE; i++) {
        q[i] = -3.2 + 6.4 * i / (CURVE - 1);
    }
    for (int k = 0; k < count; k++) {
        const double a = exp(-times[k]);
        for (int64_t j = 0; j < sc->d; j++) {
            x0[j] = a * 0.5 * (ends[j] + ends[sc->d + j]);
            v[j] = a * 0.5 * (ends[sc->d + j] - ends[j]);
        }
        ssb_write_potential(csv, own.sy, times[k], x0, v, q, CURVE);
    }
    drv_close(csv);
}

/* ---- Pictures of fixed points ------------------------------------------------------------ */

/* Fixed points over a(t), the denoised scale: along the first branch at PICTURES times. Returns the
 * side of the square image, 0 if d is no square. */
static int64_t pictures(const scene *sc, double *times)
{
    const int64_t side = (int64_t)(sqrt((double)sc->d) + 0.5);
    if (side * side != sc->d) {
        return 0;
    }
    const ddn_result *points = ddn_diagram_points(own.fine);
    const double *branch = drv_column(points, "branch"), *t = drv_column(points, "t");
    double *x = drv_alloc(sc->d, sizeof *x);
    int64_t last = 0;
    while (last + 1 < ddn_result_rows(points) && branch[last + 1] == 0) {
        last++;
    }
    drv_file *csv = drv_csv_open(drv_path("data_pictures.csv"), "picture,t,row,column,value");
    for (int p = 0; p < PICTURES; p++) {
        const double want = t[0] * pow(t[last] / t[0], (double)p / (PICTURES - 1));
        int64_t best = 0;
        for (int64_t i = 0; i <= last; i++) {
            best = fabs(log(t[i] / want)) < fabs(log(t[best] / want)) ? i : best;
        }
        times[p] = t[best];
        drv_try(ddn_diagram_states(drv.ctx, own.fine, best, 1, x, sc->d));
        for (int64_t j = 0; j < sc->d; j++) {
            const double row[5] = {p, t[best], (double)(j / side), (double)(j % side),
                                   x[j] * exp(t[best])};
            drv_csv_row(csv, row, 5);
        }
    }
    drv_close(csv);
    return side;
}

/* The critical time and t_S as vertical lines. */
static void draw_times(drv_file *plot, const scene *sc)
{
    const int later = !(sc->t_c < sc->t_s);
    if (!isnan(sc->t_c)) {
        drv_mark(plot, sc->t_c, "critical time from Λ", later ? "left" : "right");
    }
    drv_mark(plot, sc->t_s, "t_S", later ? "right" : "left");
}

/* The branches of fixed points of single points and of classes. */
static void draw_branches(drv_file *plot)
{
    const int64_t coarse = (int64_t)drv_scalar(ddn_diagram_points(own.coarse), "branches", NULL);
    const int64_t fine = (int64_t)drv_scalar(ddn_diagram_points(own.fine), "branches", NULL);
    drv_print(
        plot,
        "plot for [b=1:%lld] 'data_branches.csv' using 3:($1 == b && $5 == 0 ? $7*exp($3) : "
        "NaN) with lines linestyle 17 dashtype solid linewidth 0.8 title (b == 1 ? 'single points, "
        "stable' : ''), for [b=1:%lld] 'data_branches.csv' using 3:($1 == b && $5 > 0 ? "
        "$7*exp($3) : NaN) with lines linestyle 16 dashtype (2,2) linewidth 0.8 title (b == 1 ? "
        "'single points, unstable' : ''), for [b=0:%lld] "
        "'data_class_branches.csv' using 3:($1 == b && $5 == 0 ? $7*exp($3) : NaN) with lines "
        "linestyle 11 linewidth 2 title (b == 0 ? 'classes, stable' : ''), for [b=0:%lld] '' "
        "using 3:($1 == b && $5 > 0 ? $7*exp($3) : NaN) with lines linestyle 12 dashtype (2,2) "
        "linewidth 1.8 title (b == 0 ? 'classes, unstable' : '')%s%s\n",
        (long long)fine - 1, (long long)fine - 1, (long long)coarse - 1, (long long)coarse - 1,
        ddn_result_rows(ddn_diagram_events(own.coarse)) == 0
            ? ""
            : ", 'data_class_events.csv' using 4:($6*exp($4)) with points linestyle 2 pointtype 7 "
              "pointsize 1.8*dot title 'saddle-node, classes'",
        ddn_result_rows(ddn_diagram_events(own.fine)) == 0
            ? ""
            : ", 'data_events.csv' using 4:($6*exp($4)) with points linestyle 6 pointtype 7 "
              "pointsize 0.9*dot title 'saddle-node, single points'");
}

/* The potentials, side by side. */
static void draw_potentials(drv_file *plot, const double *times, int curves)
{
    for (int k = 0; k < curves; k++) {
        drv_panel(plot, 1, k);
        drv_print(plot,
                  "set format y ''\nset xtics 1\nset xrange [-3.2:3.2]\nset yrange [0:*]\n"
                  "set label 't = %.2f' at graph 0.5, graph 1 center offset 0,0.6\n"
                  "set xlabel 'position (class means: ±1)'\n%s"
                  "plot 'data_potential.csv' every ::%d::%d using 2:3 with lines linestyle 11 "
                  "notitle\n",
                  times[k], k == 0 ? "set ylabel 'potential (arb. units)'\n" : "", 1 + k * CURVE,
                  (k + 1) * CURVE);
    }
}

/* The fixed points as images of that side. */
static void draw_pictures(drv_file *plot, const scene *sc, const double *shown, int64_t side)
{
    for (int p = 0; p < PICTURES; p++) {
        drv_panel(plot, 2, p);
        drv_print(plot,
                  "unset border\nunset tics\nunset grid\nset palette gray\n"
                  "set xrange [-0.5:%g]\nset yrange [%g:-0.5]\n"
                  "set label 't = %.2f' at graph 0.5, graph 1 center offset 0.8,0.6\n"
                  "plot 'data_pictures.csv' every ::%lld::%lld using 4:3:5 with image notitle\n",
                  (double)side - 0.5, (double)side - 0.5, shown[p],
                  1 + (long long)p * (long long)sc->d, (p + 1) * (long long)sc->d);
    }
}

static void draw(const drv_data *data, const scene *sc, const double *times, int curves,
                 const double *shown, int64_t side)
{
    drv_figure figure = {.name = "symmetry_breaking_data",
                         .width = DRV_TWO_COLUMNS,
                         .title = drv_caption(data, own.ds),
                         .note = "x*: fixed points of the reverse drift, v: leading eigenvector of "
                                 "the covariance, a(t) = e^{−t}; images: x*/a",
                         .count = side > 0 ? 3 : 2,
                         .rows = {{1, 70, .legend = 2, .marks = 1},
                                  {curves, 34, .gap = 4},
                                  {PICTURES, 0, .gap = 4, .bare = 1}}};
    figure.rows[2].height = drv_panel_width(&figure, 2);
    drv_file *plot = drv_plot_open(&figure);
    drv_panel(plot, 0, 0);
    drv_time_axis(plot, own.ou, sc->t_end, sc->t_start);
    drv_print(plot, "set ylabel 'x* · v / a(t) (data units)'\n");
    draw_times(plot, sc);
    draw_branches(plot);
    draw_potentials(plot, times, curves);
    if (side > 0) {
        draw_pictures(plot, sc, shown, side);
    }
    drv_plot_run(plot);
}

/* ---- The two diagrams -------------------------------------------------------------------- */

/* Branches that start at the means of the classes. */
static void class_diagram(const scene *sc, double t_mid)
{
    int64_t count;
    const double *from_classes = class_starts(sc, t_mid, &count);
    drv_try(ddn_symmetry_diagram(own.sy, sc->t_start, t_mid, count, 1, from_classes, sc->d,
                                 sc->leading, sc->d, &own.coarse));
    drv_keep(own.coarse);
    const ddn_result *events = ddn_diagram_events(own.coarse);
    const double *t = drv_column(events, "t"), *kind = drv_column(events, "kind");
    for (int64_t i = 0; i < ddn_result_rows(events); i++) {
        printf("  classes: %s at OU time %.6f\n",
               kind[i] == DDN_BIFURCATION_FOLD ? "saddle-node" : "branch point", t[i]);
    }
    ssb_write_branches("data_class_branches.csv", ddn_diagram_points(own.coarse));
    ssb_write_events("data_class_events.csv", events);
}

/* Branches that start at single points, as many as `starts`. */
static void point_diagram(const scene *sc, int64_t starts)
{
    drv_try(ddn_symmetry_diagram(own.sy, sc->t_start, sc->t_end, starts, 1,
                                 point_starts(sc, sc->t_end, starts), sc->d, sc->leading, sc->d,
                                 &own.fine));
    drv_keep(own.fine);
    ssb_write_branches("data_branches.csv", ddn_diagram_points(own.fine));
    const ddn_result *events = ddn_diagram_events(own.fine);
    ssb_write_events("data_events.csv", events);
    const double *t = drv_column(events, "t"), folds = (double)ddn_result_rows(events);
    double mean = 0, square = 0;
    for (int64_t i = 0; i < ddn_result_rows(events); i++) {
        mean += t[i] / folds;
        square += t[i] * t[i] / folds;
    }
    if (folds > 1) {
        char text[64];
        printf(
            "  single points: %g events, mean OU time %s\n", folds,
            drv_format(mean, sqrt(fmax(square - mean * mean, 0) / (folds - 1)), text, sizeof text));
    }
}

void ssb_data(const drv_data *data, double eta, int64_t starts, double t_end)
{
    scene sc = {0};
    char text[2][64];
    load(&sc);
    own.ou = drv_ou();
    own.sy = ssb_symmetry(drv_empirical(own.ds, own.ou), eta, 0.15);
    drv_set_i64(ddn_symmetry_options(own.sy), DDN_SYMMETRY_EIGENVALUES, 1);
    spectrum(&sc, eta);
    if (isnan(t_end)) {
        t_end = 0.35 * sc.t_s;
    }
    const double t_mid = 0.8 * sc.t_s;
    sc.t_start = fmax(sc.t_s, isnan(sc.t_c) ? 0 : sc.t_c) + 1.5;
    if (t_end >= t_mid) {
        drv_die("--t-end = %g is not below %g, where the classes' branches start", t_end, t_mid);
    }
    sc.t_end = t_end;
    printf("symmetry breaking of %s, n = %lld, d = %lld, eta = %g\n",
           drv_shown(drv_data_name(data)), (long long)sc.n, (long long)sc.d, eta);
    printf("  Lambda = %s,  t_S = %.4f,  critical time from Lambda (OU) = %s\n",
           drv_format(sc.lambda, sc.lambda_error, text[0], sizeof text[0]), sc.t_s,
           drv_format(sc.t_c, sc.t_c_error, text[1], sizeof text[1]));
    drv_begin("class branches", 0, 1);
    class_diagram(&sc, t_mid);
    drv_begin("point branches", 0, 1);
    point_diagram(&sc, starts);
    drv_begin("potentials", 0, 1);
    const double times[4] = {1.3 * sc.t_s, 1.1 * sc.t_s, 0.95 * sc.t_s, t_mid};
    int64_t count;
    const double *ends = class_starts(&sc, 0, &count);
    potentials(&sc, ends, times, 4);
    double shown[PICTURES];
    const int64_t side = pictures(&sc, shown);
    draw(data, &sc, times, 4, shown, side);
    printf("  results in %s: data_*.csv, %s\n", drv_shown(drv.out),
           drv_picture("symmetry_breaking_data"));
}
