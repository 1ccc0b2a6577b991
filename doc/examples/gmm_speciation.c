/* Speciation of two Gaussians N(+-m, I), |m|^2 = d: the probability phi(t) that two continuations
 * of the reverse SDE from one x_t end in the same cluster.
 *
 *   closed    phi(r) by quadrature, r = d e^-2t                          doc/theory.md (23)
 *   reduced   pairs of paths of the overlap q, whose law closes in one dimension        (21)
 *   simulate  pairs of paths in d dimensions, driven by the exact score of the mixture
 *
 * Writes gmm_speciation_dD.csv (t,phi,se) for each D and gmm_speciation.png.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "commands.h"
#include "driver.h"

enum {
    CLOSED,
    REDUCED,
    SIMULATE
};
enum {
    MAX_TIMES = 200,
    BATCH = 128 /* pairs that run together */
};
static const double SIGMA2 = 1; /* as drv_two_gaussians has it */

static struct {
    ddn_schedule *schedule;
    ddn_oracle *oracle;
} own;

typedef struct settings {
    int method, sampler;
    int64_t pairs, steps;
    int64_t curve, curves; /* the one that is measured, of so many */
} settings;

/* Pairs in d dimensions: forward to t, two continuations each, cluster = sign of m.x. */
static void simulate(const settings *set, int64_t d, double t, int64_t first_path, double *phi,
                     double *se)
{
    static const ddn_method methods[] = {DDN_METHOD_EXACT, DDN_METHOD_EXPONENTIAL,
                                         DDN_METHOD_EULER};
    double *x = drv_alloc(2 * BATCH * d, sizeof *x);
    ddn_integrator *it = NULL;
    drv_try(ddn_integrator_create(drv.ctx, own.oracle, methods[set->sampler], &it));
    drv_keep(it);
    drv_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, drv.seed);
    drv_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, set->steps);
    drv_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_START, t);
    drv_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, 1e-3);
    if (set->sampler != 0) { /* the score is smooth down to t = 0: no need for small steps there */
        drv_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_GRID, DDN_GRID_UNIFORM);
    }
    int64_t same = 0;
    for (int64_t done = 0; done < set->pairs; done += BATCH) {
        const int64_t pairs = set->pairs - done < BATCH ? set->pairs - done : BATCH;
        const int64_t path = first_path + done;
        /* Clean points, noised in place, then each row twice: rows 2i and 2i + 1 are clones. */
        drv_try(ddn_oracle_sample_data(drv.ctx, own.oracle, drv.seed, path, pairs, x, d, NULL));
        drv_try(
            ddn_schedule_forward(drv.ctx, own.schedule, 0, t, drv.seed, path, 0, pairs, d, x, d));
        for (int64_t i = pairs - 1; i >= 0; i--) {
            for (int64_t j = 0; j < d; j++) {
                x[(2 * i + 1) * d + j] = x[2 * i * d + j] = x[i * d + j];
            }
        }
        drv_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_FIRST_PATH, 2 * path);
        drv_try(ddn_integrator_run(it, 2 * pairs, x, d));
        for (int64_t i = 0; i < pairs; i++) {
            double overlap[2] = {0, 0};
            for (int64_t j = 0; j < d; j++) {
                overlap[0] += x[2 * i * d + j];
                overlap[1] += x[(2 * i + 1) * d + j];
            }
            same += (overlap[0] > 0) == (overlap[1] > 0);
        }
    }
    drv_drop(it);
    drv_proportion(same, set->pairs, phi, se);
}

static void measure(const settings *set, int64_t d, int64_t count, const double *t, double *phi,
                    double *se)
{
    if (set->method == SIMULATE) {
        own.oracle = drv_two_gaussians(own.schedule, d, 1);
    }
    const double one = 1 / (double)(count * set->curves);
    for (int64_t k = 0; k < count; k++) {
        const double done = (double)set->curve / (double)set->curves;
        drv_begin("curves", done + (double)k * one, done + (double)(k + 1) * one);
        if (set->method == CLOSED) {
            phi[k] = ddn_theory_phi(ddn_theory_signal((double)d, SIGMA2, t[k]));
            se[k] = 0;
        } else if (set->method == REDUCED) {
            drv_try(ddn_theory_overlap_phi(drv.ctx, (double)d, 1, SIGMA2, t[k], 0, set->steps,
                                           set->pairs, drv.seed + k + 1000 * d, &phi[k], &se[k]));
        } else {
            simulate(set, d, t[k], k * set->pairs, &phi[k], &se[k]);
        }
    }
    drv_drop(own.oracle);
    own.oracle = NULL;
}

/* log r that gives phi in (1/2, 1), by bisection. */
static double log_signal(double phi)
{
    double lo = -40, hi = 8;
    for (int i = 0; i < 60; i++) {
        const double middle = (lo + hi) / 2;
        *(ddn_theory_phi(exp(middle)) < phi ? &lo : &hi) = middle;
    }
    return (lo + hi) / 2;
}

/* Where the curve crosses phi(r = 1) = 0.7752: between its two times log r(phi), which falls as
 * -2t, is interpolated. The error is that of phi carried through. NaN if there is no crossing. */
static double crossing(int64_t count, const double *t, const double *phi, const double *se,
                       double *error)
{
    const double level = ddn_theory_phi(1);
    *error = NAN;
    for (int64_t k = count - 1; k > 0; k--) {
        if (phi[k - 1] >= level && phi[k] < level && phi[k] > 0.5 && phi[k - 1] < 1) {
            const double a = log_signal(phi[k - 1]), b = log_signal(phi[k]),
                         slope = (b - a) / (t[k] - t[k - 1]);
            const double part = a / (a - b);
            *error = hypot((1 - part) * se[k - 1] / (exp(a) * ddn_theory_phi_derivative(exp(a))),
                           part * se[k] / (exp(b) * ddn_theory_phi_derivative(exp(b)))) /
                     fabs(slope);
            return t[k - 1] + part * (t[k] - t[k - 1]);
        }
    }
    return NAN;
}

static void draw(const settings *set, const drv_list *dims)
{
    static const char *const titles[] = {"two Gaussians N(±m, 1), |m|² = d",
                                         "two Gaussians N(±m, 1), |m|² = d: paths of the overlap",
                                         "two Gaussians N(±m, 1), |m|² = d: paths in d dimensions"};
    const double pairs = (double)set->pairs, z2 = 1.96 * 1.96 / pairs;
    const int lines = (int)(dims->count + 1) / 2;
    drv_file *p = drv_plot_open(&(drv_figure){
        .name = "gmm_speciation",
        .width = DRV_ONE_COLUMN,
        .title = titles[set->method],
        .note = set->method == CLOSED ? "closed form" : "lines: closed form; " DRV_BARS,
        .count = 1,
        .rows = {{1, 60, .legend = lines}}});
    drv_panel(p, 0, 0);
    drv_print(p,
              "# Wilson's 95 %% interval of a share p of %.0f pairs\n"
              "middle(p) = (p + %.17g)/%.17g\nhalf(p) = sqrt(%.17g*(p*(1 - p) + %.17g))/%.17g\n",
              pairs, z2 / 2, 1 + z2, z2, z2 / 4, 1 + z2);
    drv_print(p,
              "set xlabel '" DRV_TIME "'\nset ylabel 'φ: two clones of x_t in one class'\n"
              "set yrange [*<0.48:1.02<*] noextend\n"
              "set arrow from graph 0,first %.6f to graph 1,first %.6f nohead dashtype (4,3) "
              "linecolor '#777777'\n"
              "set label 'φ(t_S) = 0.775' at graph 0.99,first %.6f right offset 0,0.6\n",
              ddn_theory_phi(1), ddn_theory_phi(1), ddn_theory_phi(1));
    for (int64_t k = 0; k < dims->count; k++) {
        const int style = (int)(k % 8 + 1);
        drv_print(p, "%s'gmm_speciation_closed.csv' using 1:%lld skip 1 with lines linestyle %d %s",
                  k ? ", \\\n  " : "plot ", (long long)(k + 2), style + 10,
                  set->method == CLOSED ? "" : "notitle");
        if (set->method != CLOSED) {
            drv_print(p,
                      ", \\\n  'gmm_speciation_d%.0f.csv' using "
                      "1:2:(middle($2) - half($2)):(middle($2) + half($2)) skip 1 with yerrorbars "
                      "linestyle %d",
                      dims->at[k], style);
        }
        drv_print(p, " title 'd = %.0f'", dims->at[k]);
    }
    drv_print(p, "\n");
    drv_plot_run(p);
}

/* Smooth curves for the picture: t, then one column for each d. */
static void write_closed(const drv_list *dims, double t_max)
{
    char header[2 + 24 * DRV_LIST_CAPACITY] = "t";
    for (int64_t k = 0; k < dims->count; k++) {
        drv_append(header, sizeof header, ",phi_d%.0f", dims->at[k]);
    }
    drv_file *file = drv_csv_open(drv_path("gmm_speciation_closed.csv"), header);
    for (int i = 0; i <= 600; i++) {
        double row[1 + DRV_LIST_CAPACITY] = {0.8 + (t_max - 0.6) * i / 600};
        for (int64_t k = 0; k < dims->count; k++) {
            row[1 + k] = ddn_theory_phi(ddn_theory_signal(dims->at[k], SIGMA2, row[0]));
        }
        drv_csv_row(file, row, 1 + dims->count);
    }
    drv_close(file);
}

/* Measures and writes the curve of one dimension; csv: also there, or NULL. Prints t_S. */
static void one_curve(const settings *set, int64_t d, int64_t count, const double *t,
                      const char *csv)
{
    double phi[MAX_TIMES], se[MAX_TIMES], chi2 = 0, error;
    char name[64], text[64];
    measure(set, d, count, t, phi, se);
    snprintf(name, sizeof name, "gmm_speciation_d%lld.csv", (long long)d);
    const double *columns[] = {t, phi, se};
    drv_csv(drv_path(name), "t,phi,se", count, 3, columns);
    if (csv) {
        drv_csv(csv, "t,phi,se", count, 3, columns);
    }
    for (int64_t i = 0; i < count && set->method != CLOSED; i++) {
        const double exact = ddn_theory_phi(ddn_theory_signal((double)d, SIGMA2, t[i]));
        chi2 += pow((phi[i] - exact) / se[i], 2);
    }
    const double t_s = crossing(count, t, phi, se, &error);
    printf("d = %lld: t_S = %s (exact %.4f)", (long long)d,
           drv_format(t_s, error, text, sizeof text), ddn_theory_signal_time((double)d, SIGMA2, 1));
    if (set->method != CLOSED) {
        printf(", chi2 against the closed form %.1f at %lld times", chi2, (long long)count);
    }
    printf("\n");
    drv_flush();
}

/* What the columns of its files are. */
static const drv_meaning meanings[] = {
    {"t", "OU time", "time of the forward process at which the clones part"},
    {"phi", "1", "probability that two clones of x_t end in one class, by --method"},
    {"se", "1", "its standard error"},
    {"phi_d#", "1",
     "that probability in closed form, with the number of dimensions, doc/theory.md (23)"},
};

int gmm_speciation_main(int argc, char **argv)
{
    drv_list dims = {4, {256, 1024, 4096, 16384}};
    settings set = {REDUCED, 0, 10000, 0, 0, 1};
    double t_max = 10;
    const char *csv = NULL;
    const drv_option options[] = {
        {"csv", "FILE", "also write t,phi,se of a single --d here", DRV_STRING, &csv, 0, 0},
        {"d", "A,B,...", "dimensions", DRV_INTS, &dims, 1, 1 << 20},
        {"method", "closed|reduced|simulate",
         "quadrature, paths of the overlap, or paths in d dimensions", DRV_CHOICE, &set.method, 0,
         0},
        {"pairs", "K", "clone pairs at each time", DRV_INT, &set.pairs, 2, 1e9},
        {"sampler", "exact|ancestral|euler", "of --method simulate", DRV_CHOICE, &set.sampler, 0,
         0},
        DRV_SCHEDULE_OPTION,
        {"steps", "K", "steps of a path (0: 200, exact sampler 8)", DRV_INT, &set.steps, 0, 1e6},
        {"t-max", "T", "times are 1, 1.5, ... up to T", DRV_DOUBLE, &t_max, 1, 100},
    };
    drv_start(
        argc, argv,
        "Clone probability of two Gaussians against time, for several dimensions.\nBy its presets "
        "it takes 20 s of a core of a Xeon (Sapphire Rapids class).",
        "gmm_speciation_d#.csv gmm_speciation_closed.csv gmm_speciation.gp gmm_speciation.png",
        options, DRV_COUNT(options));
    drv_define(meanings, DRV_COUNT(meanings));
    if (csv && dims.count != 1) {
        drv_die("--csv needs a single --d");
    }
    drv_check_elsewhere("csv", csv);
    drv_check_distinct("d", &dims);
    if (set.steps == 0) {
        set.steps = set.method == SIMULATE && set.sampler == 0 ? 8 : 200;
    }
    own.schedule = drv_schedule_of_ou("the closed forms beside the curves are those of OU time");

    double t[MAX_TIMES];
    int64_t count = 0;
    for (; count < MAX_TIMES && 1 + 0.5 * (double)count <= t_max + 1e-9; count++) {
        t[count] = 1 + 0.5 * (double)count;
    }
    set.curves = dims.count;
    const double steps = (double)(set.pairs * count * dims.count * set.steps);
    const double seconds = set.method == CLOSED    ? 0.1
                           : set.method == REDUCED ? 1e-7 * steps
                                                   : drv_cost(2 * steps, 2, (int64_t)dims.at[0]);
    drv_plan(1, &(drv_part){"curves", seconds, NULL, 0});
    for (int64_t k = 0; k < dims.count; k++) {
        set.curve = k;
        one_curve(&set, (int64_t)dims.at[k], count, t, csv);
    }
    write_closed(&dims, t_max);
    draw(&set, &dims);
    return drv_finish();
}
