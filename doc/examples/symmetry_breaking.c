/* Spontaneous symmetry breaking (Raya & Ambrogioni 2023). In one dimension: the potential u(x, t)
 * of the reverse dynamics at several times, stochastic trajectories with the critical time as a red
 * line, and the bifurcation diagram of the fixed points. With --data: the same for a data set, such
 * as two classes of images (symmetry_breaking_data.c).
 * Formulas: doc/theory.md (50) to (54). SPDX-License-Identifier: MIT */
#include "symmetry_breaking.h"
#include "commands.h"

#include <math.h>

static struct {
    ddn_schedule *vp;
    ddn_oracle *oracle;
    ddn_symmetry *sy;
} own;

typedef struct settings {
    drv_data data;
    drv_list points;
    double eta, t_end;
    int64_t paths, steps, starts;
} settings;

enum {
    PANELS = 5,
    DRAWN = 40, /* trajectories in the picture */
    CURVE = 401
};

ddn_symmetry *ssb_symmetry(const ddn_oracle *oracle, double eta, double step)
{
    ddn_symmetry *sy = NULL;
    drv_try(ddn_symmetry_create(drv.ctx, oracle, &sy));
    drv_keep(sy);
    drv_set_f64(ddn_symmetry_options(sy), DDN_SYMMETRY_ETA, eta);
    drv_set_f64(ddn_symmetry_options(sy), DDN_SYMMETRY_STEP, step);
    return sy;
}

void ssb_write_potential(drv_file *csv, ddn_symmetry *sy, double t, const double *x0,
                         const double *v, const double *q, int64_t count)
{
    ddn_result *line = NULL;
    drv_try(ddn_symmetry_line(sy, t, count, x0, v, q, &line));
    drv_keep(line);
    const double *u = drv_column(line, "u");
    double least = u[0];
    for (int64_t i = 1; i < count; i++) {
        least = fmin(least, u[i]);
    }
    for (int64_t i = 0; i < count; i++) {
        const double row[3] = {t, q[i], u[i] - least};
        drv_csv_row(csv, row, 3);
    }
    drv_drop(line);
}

void ssb_write_branches(const char *name, const ddn_result *points)
{
    drv_csv_result(drv_path(name), "branch,t,t_ou,lambda,unstable,norm,q_0", points);
}

void ssb_write_events(const char *name, const ddn_result *events)
{
    drv_csv_result(drv_path(name), "kind,branch,t,t_ou,norm,q_0", events);
}

/* ---- One dimension ----------------------------------------------------------------------- */

typedef struct picture {
    double largest;       /* |point| */
    double lambda;        /* variance of the points */
    double t_c, tau_c;    /* criterion, in VP and OU time; NaN if there is none */
    double t_found;       /* largest time of an event of the diagram, NaN if there is none */
    double panel[PANELS]; /* times of the potentials */
    int64_t branches;
    double start;
    char fate[4 * DRAWN]; /* line style of each drawn trajectory: by the point where it ends */
} picture;

/* Potentials, each shifted to minimum 0, on one grid of x. */
static void potentials(picture *pic)
{
    double q[CURVE], v = 1, anchor = isnan(pic->t_found) ? 0.3 : pic->t_found;
    const double share[PANELS] = {2.4, 1.4, 1, 0.7, 0.35};
    drv_file *csv = drv_csv_open(drv_path("potential.csv"), "t,x,u");
    for (int i = 0; i < CURVE; i++) {
        q[i] = (pic->largest + 1) * (2.0 * i / (CURVE - 1) - 1);
    }
    for (int p = 0; p < PANELS; p++) {
        pic->panel[p] = fmin(share[p] * anchor, 0.999);
        ssb_write_potential(csv, own.sy, pic->panel[p], NULL, &v, q, CURVE);
    }
    drv_close(csv);
}

/* Records every path at every step, and the nearest point of each at the step next to t_c. */
typedef struct recorder {
    drv_file *csv;
    double t_c;
    int64_t *at_critical, *at_end;
} recorder;

static int32_t record(void *user, const ddn_step *step)
{
    recorder *rec = user;
    const int64_t m = ddn_step_m(step);
    const double t = ddn_step_time(step), *x = ddn_step_x(step);
    const int64_t *nearest = ddn_step_i64(step, DDN_OUT_ARGMAX);
    double row[DRAWN + 1];
    row[0] = t;
    for (int64_t i = 0; i < DRAWN; i++) {
        row[i + 1] = i < m ? x[i * ddn_step_ldx(step)] : NAN;
    }
    drv_csv_row(rec->csv, row, DRAWN + 1);
    for (int64_t i = 0; i < m; i++) {
        if (t >= rec->t_c) {
            rec->at_critical[i] = nearest[i];
        }
        rec->at_end[i] = nearest[i];
    }
    return 0;
}

/* Simulates the reverse dynamics; prints how many paths keep the point that is nearest at t_c,
 * beside its exact probability E max w for eta = 1. */
static void trajectories(const settings *set, picture *pic)
{
    const int exact = set->eta == 1;
    const double t_end = 1e-3, t_c = isnan(pic->t_found) ? 0.3 : pic->t_found;
    double *x = drv_alloc(set->paths, sizeof *x), share, share_error;
    ddn_integrator *it = NULL;
    char header[16 * DRAWN] = "t";
    for (int i = 0; i < DRAWN; i++) {
        drv_append(header, sizeof header, ",x_%d", i);
    }
    recorder rec = {drv_csv_open(drv_path("paths.csv"), header), t_c,
                    drv_alloc(set->paths, sizeof(int64_t)), drv_alloc(set->paths, sizeof(int64_t))};
    drv_try(ddn_integrator_create(drv.ctx, own.oracle, exact ? DDN_METHOD_EXACT : DDN_METHOD_EULER,
                                  &it));
    drv_keep(it);
    drv_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_START, pic->start);
    drv_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, t_end);
    drv_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, set->eta);
    drv_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, drv.seed);
    /* Half of the steps end at t_c exactly. */
    const int64_t half = set->steps / 2;
    double *times = drv_alloc(2 * half + 1, sizeof *times);
    drv_try(ddn_schedule_grid(drv.ctx, own.vp, DDN_GRID_UNIFORM, pic->start, t_c, half + 1, times));
    drv_try(ddn_schedule_grid(drv.ctx, own.vp, exact ? DDN_GRID_UNIFORM : DDN_GRID_GEOMETRIC, t_c,
                              t_end, half + 1, times + half));
    drv_try(ddn_integrator_set_times(it, 2 * half + 1, times));
    drv_try(ddn_integrator_attach_callback(it, INT64_C(1) << DDN_OUT_ARGMAX, record, &rec, NULL));
    drv_try(ddn_integrator_draw_start(it, set->paths, x, 1));
    drv_try(ddn_integrator_run(it, set->paths, x, 1));
    drv_close(rec.csv);
    int64_t kept = 0;
    for (int64_t i = 0; i < set->paths; i++) {
        kept += rec.at_critical[i] == rec.at_end[i];
        if (i < DRAWN) {
            drv_append(pic->fate, sizeof pic->fate, "%d ", (int)(rec.at_end[i] % 6) + 1);
        }
    }
    drv_proportion(kept, set->paths, &share, &share_error);
    printf("  paths whose nearest point at VP time %.4f is their last: %.4f ± %.4f of %lld", t_c,
           share, share_error, (long long)set->paths);
    if (exact) {
        ddn_analysis *an = drv_analysis();
        ddn_result *result = NULL;
        drv_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, 20000);
        drv_try(ddn_analysis_identities(an, own.oracle, 1, &t_c, &result));
        drv_keep(result);
        printf(";  E max w there: %.4f ± %.4f", drv_column(result, "w_max")[0],
               drv_column(result, "w_max_se")[0]);
    }
    printf("\n");
}

static void diagram(const settings *set, picture *pic)
{
    const double one = 1, t_end = 1e-3;
    double a, s, starts[DRV_LIST_CAPACITY];
    ddn_diagram *found = NULL;
    drv_try(ddn_schedule_eval(drv.ctx, own.vp, t_end, &a, &s));
    for (int64_t i = 0; i < set->points.count; i++) {
        starts[i] = a * set->points.at[i];
    }
    drv_try(ddn_symmetry_diagram(own.sy, pic->start, t_end, set->points.count, 1, starts, 1, &one,
                                 1, &found));
    drv_keep(found);
    const ddn_result *points = ddn_diagram_points(found);
    const ddn_result *events = ddn_diagram_events(found);
    ssb_write_branches("branches.csv", points);
    ssb_write_events("events.csv", events);
    const double *t = drv_column(events, "t"), *x = drv_column(events, "q_0");
    const double *kind = drv_column(events, "kind"), *tau = drv_column(events, "t_ou");
    pic->branches = (int64_t)drv_scalar(points, "branches", NULL);
    pic->t_found = NAN;
    for (int64_t i = 0; i < ddn_result_rows(events); i++) {
        printf("  %s at VP time %.10f  (OU time %.10f)  x = %.6f\n",
               kind[i] == DDN_BIFURCATION_FOLD ? "saddle-node" : "pitchfork", t[i], tau[i], x[i]);
        pic->t_found = fmax(t[i], isnan(pic->t_found) ? t[i] : pic->t_found);
    }
}

/* Critical times for several eta: OU, VP and EDM coordinates, and measured. */
static void critical(const settings *set, picture *pic)
{
    ddn_result *result = NULL;
    const double etas[6] = {0, 0.25, 0.5, 1, 2, set->eta};
    const int count = set->eta == 0 || set->eta == 1 ? 5 : 6;
    drv_try(ddn_symmetry_critical(own.sy, pic->lambda, count, etas, &result));
    drv_keep(result);
    drv_csv_result(drv_path("critical.csv"),
                   "eta,t,t_ou,t_ou_coordinates,t_edm_coordinates,theta,sigma,t_measured", result);
    const double *t = drv_column(result, "t"), *tau = drv_column(result, "t_ou");
    const double *edm = drv_column(result, "t_edm_coordinates");
    const double *sigma = drv_column(result, "sigma");
    const double *found = drv_column(result, "t_measured");
    printf("  critical times from Λ = %.6g (centred points of equal size; -: none)\n"
           "    eta   VP time     OU time    theta^2    measured     EDM: sigma, OU time\n",
           pic->lambda);
    for (int i = 0; i < count; i++) {
        char text[4][24];
        const double shown[4] = {t[i], tau[i], exp(-2 * tau[i]), found[i]};
        for (int j = 0; j < 4; j++) {
            snprintf(text[j], sizeof text[j], isnan(shown[j]) ? "-" : "%.8f", shown[j]);
        }
        printf("    %-5g %-11s %-10s %-10s %-12s %.6f, %.6f\n", etas[i], text[0], text[1], text[2],
               text[3], sigma[i], edm[i]);
        if (etas[i] == set->eta) {
            pic->t_c = t[i];
            pic->tau_c = tau[i];
        }
    }
}

static void draw_potentials(drv_file *plot, const picture *pic, double top)
{
    for (int p = 0; p < PANELS; p++) {
        drv_panel(plot, 0, p);
        drv_print(plot,
                  "set xrange [%g:%g]\nset yrange [0:*]\nset xtics -1000,%g\nset format y ''\n"
                  "set label 't = %.3f' at graph 0.5, graph 1 center offset 0,0.6\n"
                  "set xlabel 'x (data units)'\n%s"
                  "plot 'potential.csv' every ::%d::%d using 2:3 with lines linestyle 11 notitle\n",
                  -top, top, pow(2, ceil(log2(top / 2.5))), pic->panel[p],
                  p == 0 ? "set ylabel 'potential (arb. units)'\n" : "", 1 + p * CURVE,
                  (p + 1) * CURVE);
    }
}

static void set_time_axis(drv_file *plot, const picture *pic)
{
    drv_print(plot,
              "set xrange [0:%g]\nset xtics 0.1\n"
              "set xlabel 't (VP time, dimensionless; β from 0.1 to 20), ← generation'\n",
              pic->start);
    if (!isnan(pic->t_c)) {
        char text[64];
        snprintf(text, sizeof text, "critical time %.4f", pic->t_c);
        drv_mark(plot, pic->t_c, text, "left");
    }
}

static void draw_branches(drv_file *plot, const picture *pic)
{
    drv_print(plot, "set ylabel 'fixed points x* (data units)'\nset yrange [%g:%g]\n",
              -pic->largest - 0.4, pic->largest + 0.4);
    drv_print(
        plot,
        "plot for [b=0:%lld] 'branches.csv' using 2:($1 == b && $5 == 0 ? $7 : NaN) with "
        "lines linestyle 11 linewidth 1.8 title (b == 0 ? 'stable' : ''), for [b=0:%lld] '' "
        "using 2:($1 == b && $5 > 0 ? $7 : NaN) with lines linestyle 12 dashtype (2,2) linewidth "
        "1.6 title (b == 0 ? 'unstable' : '')%s\n",
        (long long)pic->branches - 1, (long long)pic->branches - 1,
        isnan(pic->t_found) ? ""
                            : ", 'events.csv' using 3:6 with points linestyle 2 pointtype 7 "
                              "pointsize 1.8*dot title "
                              "'bifurcation'");
}

static void draw(const settings *set, const picture *pic)
{
    char title[1024] = "points on the line at";
    for (int64_t i = 0; i < set->points.count; i++) {
        drv_append(title, 100, "%s %g", i > 0 ? "," : "", set->points.at[i]);
    }
    drv_append(title, sizeof title, ";  noise of the reverse dynamics η = %g", set->eta);
    const drv_row wide = {1, 48, .marks = 1};
    drv_figure figure = {.name = "symmetry_breaking",
                         .width = DRV_TWO_COLUMNS,
                         .title = title,
                         .note = "trajectories are coloured by the point where they end",
                         .count = 3,
                         .rows = {{PANELS, 34, .gap = 4}, wide, wide}};
    figure.rows[2].legend = 1;
    drv_file *plot = drv_plot_open(&figure);
    const double top = pic->largest + 0.9;
    draw_potentials(plot, pic, top);
    drv_panel(plot, 1, 0);
    set_time_axis(plot, pic);
    drv_print(plot,
              "set ylabel 'trajectories x(t) (data units)'\n"
              "fate = '%s'\nplot for [i=2:%d] 'paths.csv' using 1:(column(i)) with lines linestyle "
              "10 + int(word(fate, i - 1)) dashtype solid linewidth 0.5 notitle\n",
              pic->fate, (int)(set->paths < DRAWN ? set->paths : DRAWN) + 1);
    drv_panel(plot, 2, 0);
    set_time_axis(plot, pic);
    draw_branches(plot, pic);
    drv_plot_run(plot);
}

static void one_dimension(const settings *set)
{
    const int64_t n = set->points.count;
    picture pic = {0};
    double mean = 0;
    pic.start = 1;
    for (int64_t i = 0; i < n; i++) {
        mean += set->points.at[i] / (double)n;
        pic.largest = fmax(pic.largest, fabs(set->points.at[i]));
    }
    for (int64_t i = 0; i < n; i++) {
        pic.lambda += (set->points.at[i] - mean) * (set->points.at[i] - mean) / (double)n;
    }
    ddn_dataset *ds = NULL;
    drv_try(ddn_dataset_create(drv.ctx, DDN_TYPE_F64, n, 1, set->points.at, 1, &ds));
    drv_keep(ds);
    drv_try(ddn_schedule_create_vp_linear(drv.ctx, 0.1, 20, &own.vp));
    drv_keep(own.vp);
    own.oracle = drv_empirical(ds, own.vp);
    own.sy = ssb_symmetry(own.oracle, set->eta, 0.03);
    printf("symmetry breaking of %lld points in one dimension, eta = %g\n", (long long)n, set->eta);
    critical(set, &pic);
    diagram(set, &pic);
    potentials(&pic);
    trajectories(set, &pic);
    draw(set, &pic);
    printf("  results in %s: critical.csv, branches.csv, events.csv, potential.csv, paths.csv, "
           "%s\n",
           drv_shown(drv.out), drv_picture("symmetry_breaking"));
}

/* What the columns of its files are. */
static const drv_meaning meanings[] = {
    {"t", "schedule time", "time of the schedule vp"},
    {"x", "data units", "coordinate"},
    {"q", "1", "coordinate on the line: -1 and 1 are the fixed points of two classes"},
    {"u", "1", "potential of the reverse drift along the line, 0 at its minimum"},
    {"x_#", "data units", "state of a simulated path, the first of them"},
    {"picture", "1", "number of the picture"},
    {"row", "1", "row of the pixel"},
    {"column", "1", "column of the pixel"},
    {"value", "data units", "fixed point over a(t)"},
};

int symmetry_breaking_main(int argc, char **argv)
{
    settings set = {DRV_DATA_DEFAULTS, {2, {-1, 1}}, 1, NAN, 4000, 400, 12};
    const drv_option options[] = {
        {"points", "A,B,...", "points on the line", DRV_DOUBLES, &set.points, -1000, 1000},
        {"eta", "E", "noise of the reverse dynamics: 1 SDE, 0 probability flow", DRV_DOUBLE,
         &set.eta, 0, 10},
        {"paths", "P", "trajectories on the line", DRV_INT, &set.paths, 2, 1e7},
        {"steps", "K", "steps of a trajectory", DRV_INT, &set.steps, 10, 1e6},
        DRV_DATA_OPTIONS(set.data, 0),
        {"starts", "S", "data points whose branches are followed", DRV_INT, &set.starts, 0, 1e6},
        DRV_SCHEDULE_OPTION,
        {"t-end", "T", "OU time where these start (default 0.35 t_S)", DRV_DOUBLE, &set.t_end, 1e-4,
         20},
    };
    drv_start(argc, argv,
              "Symmetry breaking in the reverse dynamics: potential, trajectories, critical times "
              "and\nbifurcations of fixed points of a few points on a line (symmetry_breaking.png) "
              "and, with\n--data, of a data set (symmetry_breaking_data.png).",
              "critical.csv branches.csv events.csv potential.csv paths.csv symmetry_breaking.gp "
              "symmetry_breaking.png data_branches.csv data_events.csv data_class_branches.csv "
              "data_class_events.csv data_potential.csv data_pictures.csv "
              "symmetry_breaking_data.gp symmetry_breaking_data.png",
              options, DRV_COUNT(options));
    drv_define(meanings, DRV_COUNT(meanings));
    if (set.points.count < 2) {
        drv_die("--points needs at least two points");
    }
    const int with_data = drv_data_given(&set.data);
    double start = 0; /* seconds of a branch */
    drv_schedule_of_ou("the line runs on vp:0.1:20, a data set on ou; no other is offered");
    if (with_data) { /* what is wrong with it, and its digest, come first */
        start = ssb_open_data(&set.data);
    }
    const double line = 2e-8 * (double)(set.paths * set.steps * set.points.count);
    const drv_part parts[] = {
        {"line", line, "integrate", 0},
        {"class branches", 10 * start, "bifurcation diagram", 0},
        {"point branches", (double)set.starts * start, "bifurcation diagram", 0},
        {"potentials", 2 * start, "potential", 0}};
    drv_plan(with_data ? 4 : 1, parts);
    one_dimension(&set);
    if (with_data) {
        ssb_data(&set.data, set.eta, set.starts, set.t_end);
    }
    return drv_finish();
}
