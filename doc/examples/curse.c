/* The curse of dimensionality: how the collapse time depends on the number of points n and the
 * dimension d, how many points a given collapse time needs, and the random energy model behind it.
 *
 * Writes collapse.csv (d,n,t_C_gaussian,t_C_mixture,t_C_power_law), points.csv
 * (t,d,log10_n_gaussian,log10_n_power_law), condensation.csv (alpha,t,f,psi_plus,lambda_c,
 * t_over_t_C), in blocks with two empty lines between, and
 * curse.png. Equations: doc/theory.md (31), (32), (35), (38).
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "commands.h"
#include "driver.h"

enum {
    MAX_D = 1 << 20,
    POINTS = 401
};

/* The mixture has |m|^2 = d; the power law has eigenvalues i^-3/2 scaled to the same trace d
 * sigma2. */
static const double *power_law(int64_t d, double sigma2)
{
    static double *eigenvalues;
    if (!eigenvalues) {
        eigenvalues = drv_alloc(MAX_D, sizeof *eigenvalues);
    }
    double trace = 0;
    for (int64_t i = 0; i < d; i++) {
        eigenvalues[i] = pow((double)(i + 1), -1.5);
        trace += eigenvalues[i];
    }
    for (int64_t i = 0; i < d; i++) {
        eigenvalues[i] *= (double)d * sigma2 / trace;
    }
    return eigenvalues;
}

static void against_n(const drv_list *dims, double log10_max, double sigma2)
{
    drv_file *file =
        drv_csv_open(drv_path("collapse.csv"), "d,n,t_C_gaussian,t_C_mixture,t_C_power_law");
    for (int64_t k = 0; k < dims->count; k++) {
        const double d = dims->at[k];
        const double *spectrum = power_law((int64_t)d, sigma2);
        drv_begin("curves", (double)k / (double)dims->count, 1);
        for (int i = 0; i < POINTS; i++) {
            const double n = pow(10, 0.5 + (log10_max - 0.5) * i / (POINTS - 1));
            drv_csv_row(file,
                        (const double[]){d, n, ddn_theory_collapse(n, d, sigma2),
                                         ddn_theory_collapse_two_gaussians(n, d, d, sigma2),
                                         ddn_theory_collapse_spectrum(n, (int64_t)d, spectrum)},
                        5);
        }
        drv_print(file, "\n\n"); /* gnuplot: a new block */
    }
    drv_close(file);
}

/* n may be far beyond any number type: its decimal logarithm is written. */
static void points_needed(const drv_list *times, double sigma2)
{
    drv_file *file = drv_csv_open(drv_path("points.csv"), "t,d,log10_n_gaussian,log10_n_power_law");
    for (int64_t k = 0; k < times->count; k++) {
        const double t = times->at[k];
        double last = 0;
        for (int i = 0; i < POINTS; i++) {
            const double d = floor(pow(2, 12.0 * i / (POINTS - 1)) + 0.5);
            if (d == last) {
                continue;
            }
            last = d;
            const double nats = d * ddn_theory_alpha_for_collapse(t, sigma2);
            const double *spectrum = power_law((int64_t)d, sigma2);
            const double power = ddn_theory_log_n_for_collapse_spectrum(t, (int64_t)d, spectrum);
            drv_csv_row(file, (const double[]){t, d, nats / M_LN10, power / M_LN10}, 4);
        }
        drv_print(file, "\n\n");
    }
    drv_close(file);
}

static void condensation(const drv_list *alphas, double sigma2)
{
    drv_file *file =
        drv_csv_open(drv_path("condensation.csv"), "alpha,t,f,psi_plus,lambda_c,t_over_t_C");
    for (int64_t k = 0; k < alphas->count; k++) {
        const double alpha = alphas->at[k], t_c = ddn_theory_collapse_alpha(alpha, sigma2);
        for (int i = 0; i < POINTS; i++) {
            const double t = t_c * (0.1 + 2.4 * i / (POINTS - 1));
            double psi, lambda, f;
            drv_try(ddn_theory_rem(alpha, sigma2, t, &psi, &lambda, &f, NULL));
            drv_csv_row(file, (const double[]){alpha, t, f, psi, lambda, t / t_c}, 6);
        }
        drv_print(file, "\n\n");
    }
    drv_close(file);
}

/* Adds one curve for each block of the file to a plot command; label NULL: no title. */
static void plot_blocks(drv_file *p, int first, const char *file, const char *columns,
                        const drv_list *list, const char *label, const char *style)
{
    for (int64_t k = 0; k < list->count; k++) {
        drv_print(p, "%s'%s' using %s index %lld with lines linestyle %lld %s",
                  first && k == 0 ? "plot " : ", \\\n  ", file, columns, (long long)k,
                  (long long)(k % 8 + 11), style);
        if (label) {
            drv_print(p, " title '%s = %g'", label, list->at[k]);
        } else {
            drv_print(p, " notitle");
        }
    }
}

static void draw(const drv_list *dims, const drv_list *times, const drv_list *alphas, double sigma2)
{
    char title[128];
    snprintf(title, sizeof title, "data of variance %g per coordinate", sigma2);
    const int upper = (int)(dims->count + 1) / 2;
    const int64_t half = (times->count + 1) / 2;
    const int lower = (int)(half > alphas->count ? half : alphas->count);
    drv_file *p = drv_plot_open(&(drv_figure){
        .name = "curse",
        .width = DRV_TWO_COLUMNS,
        .title = title,
        .note = "(a), (c), (d): one Gaussian; (b): eigenvalues ∝ i^{−3/2} of the same sum",
        .count = 2,
        .rows = {{2, 52, .legend = upper}, {2, 52, .legend = lower}}});
    static const char against[] = "set xlabel 'number of points n'\nset ylabel 't_C (OU time, "
                                  "dimensionless)'\nset logscale x\nset format x '10^{%T}'\n"
                                  "set yrange [0:*]\n";
    drv_panel(p, 0, 0);
    drv_print(p, "set datafile commentschars '#dta'\n%s", against); /* names of columns */
    plot_blocks(p, 1, "collapse.csv", "2:3", dims, "d", "");
    drv_print(p, "\n");
    drv_panel(p, 0, 1);
    drv_print(p, "%s", against);
    plot_blocks(p, 1, "collapse.csv", "2:5", dims, "d", "");
    drv_print(p, "\n");
    drv_panel(p, 1, 0);
    drv_print(p, "set xlabel 'dimension d'\nset ylabel 'points needed: log_{10} n = αd/ln 10'\n"
                 "set logscale xy\nset format '10^{%%T}'\n");
    plot_blocks(p, 1, "points.csv", "2:(positive($3))", times, "t_C", "");
    drv_print(p, "\n");
    drv_panel(p, 1, 1);
    drv_print(p,
              "set yrange [*:1.2]\nset xlabel 't/t_C'\nset ylabel 'free energy ψ_+, exponent λ_c'\n"
              "set arrow from 1,graph 0 to 1,graph 1 nohead linecolor '#999999'\n"
              "set arrow from graph 0,first -0.5 to graph 1,first -0.5 nohead "
              "linecolor '#999999'\n"
              "set label 'ψ_1 = −1/2' at graph 0.98,first -0.5 right offset 0,-0.6\n");
    plot_blocks(p, 1, "condensation.csv", "6:4", alphas, "ψ_+, α", "");
    plot_blocks(p, 0, "condensation.csv", "6:5", alphas, "λ_c, α", "linewidth 2.4");
    drv_print(p, "\n");
    drv_plot_run(p);
}

/* What the columns of its files are. */
static const drv_meaning meanings[] = {
    {"d", "1", "dimensions"},
    {"n", "1", "data points"},
    {"t_C_gaussian", "OU time",
     "collapse time of data from one Gaussian N(0, sigma2 I), doc/theory.md (32)"},
    {"t_C_mixture", "OU time",
     "collapse time of data from two Gaussians with |m|^2 = d, doc/theory.md (31)"},
    {"t_C_power_law", "OU time",
     "collapse time of Gaussian data whose covariance has eigenvalues ~ i^-3/2 of the same trace, "
     "doc/theory.md (35)"},
    {"t", "OU time", "time of the forward process"},
    {"log10_n_gaussian", "1",
     "decimal logarithm of the points that collapse at t, one Gaussian, doc/theory.md (32)"},
    {"log10_n_power_law", "1", "the same for the power law of eigenvalues"},
    {"alpha", "nats", "log(n)/d"},
    {"f", "nats", "excess entropy per dimension in the random energy model, doc/theory.md (38)"},
    {"psi_plus", "nats", "lim log(Z_2..n)/d, doc/theory.md (38)"},
    {"lambda_c", "1", "condensation exponent, 1 where not condensed, doc/theory.md (38)"},
    {"t_over_t_C", "1", "t over the collapse time of this alpha"},
};

int curse_main(int argc, char **argv)
{
    drv_list dims = {6, {16, 64, 256, 1024, 4096, 16384}};
    drv_list times = {4, {0.05, 0.2, 0.5, 1}}, alphas = {3, {0.05, 0.2, 0.5}};
    double sigma2 = 1, log10_max = 12;
    const drv_option options[] = {
        {"alpha", "A,B,...", "log(n)/d of the random energy model", DRV_DOUBLES, &alphas, 1e-6, 50},
        {"d", "A,B,...", "dimensions of the curves against n", DRV_INTS, &dims, 1, MAX_D},
        {"log10-n", "X", "curves end at n = 10^X", DRV_DOUBLE, &log10_max, 1, 300},
        DRV_SCHEDULE_OPTION,
        {"sigma2", "V", "variance of the data per coordinate", DRV_DOUBLE, &sigma2, 1e-6, 1e6},
        {"t", "A,B,...", "collapse times to find the number of points for", DRV_DOUBLES, &times,
         1e-6, 50},
    };
    drv_start(argc, argv,
              "Collapse time against the number of points and the dimension, and the number of\n"
              "points that a given collapse time needs.",
              "collapse.csv points.csv condensation.csv curse.gp curse.png", options,
              DRV_COUNT(options));
    drv_define(meanings, DRV_COUNT(meanings));
    drv_schedule_of_ou("all curves are closed forms in OU time");
    drv_plan(1, &(drv_part){"curves", 3, NULL, 0});
    against_n(&dims, log10_max, sigma2);
    points_needed(&times, sigma2);
    condensation(&alphas, sigma2);
    const double d = dims.at[dims.count - 1], t = times.at[0];
    printf("n = 20000, d = %g: t_C = %.6f (Gaussian), %.6f (two Gaussians), exact; t_C = %g needs "
           "n = 10^%.1f\n",
           d, ddn_theory_collapse(20000, d, sigma2),
           ddn_theory_collapse_two_gaussians(20000, d, d, sigma2), t,
           d * ddn_theory_alpha_for_collapse(t, sigma2) / M_LN10);
    draw(&dims, &times, &alphas, sigma2);
    return drv_finish();
}
