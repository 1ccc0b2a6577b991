/* Collapse of two Gaussians N(+-m, I), |m|^2 = d, learned from n points: the excess entropy f(t) of
 * the empirical score over alpha = log(n)/d, and the clone probability phi_C(t).
 *
 * The estimator is E S(w)/d, the mean posterior entropy of the n points (doc/theory.md (30));
 * theory is f with the label information and without (31), the bounds are those of (37) for this
 * very mixture, averaged over fresh samples of it.
 *
 * Writes gmm_collapse_dD.csv for each D and gmm_collapse.png.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "driver.h"

enum {
    MAX_TIMES = 200,
    BATCH = 64,
    BOUND_SAMPLES = 1024,
    DATA_STREAM = 64, /* of the noise function; the library's own streams end at 63 */
    COLUMNS = 12
};
static const double FIRST = 0.3, LAST = 2.5; /* times, in units of t_C */
static const char HEADER[] = "t,f_over_alpha,f_over_alpha_se,f_exact_over_alpha,"
                             "f_gauss_over_alpha,lower_over_alpha,upper_over_alpha,"
                             "upper_over_alpha_se,phi_C,phi_C_se,phi_C_lower,phi_C_lower_se";
enum {
    T,
    F,
    F_SE,
    F_EXACT,
    F_GAUSS,
    LOWER,
    UPPER,
    UPPER_SE,
    PHI,
    PHI_SE,
    PHI_LOWER,
    PHI_LOWER_SE
};

static struct {
    ddn_schedule *schedule;
    ddn_dataset *data;
    ddn_oracle *empirical, *mixture;
    ddn_query *query;
    double *x, *x0; /* a batch of states, noised and clean */
} own;

/* n points of the mixture, alternately from either cluster, as floats. */
static void make_data(int64_t n, int64_t d)
{
    const double bytes = (double)n * (double)d * sizeof(float);
    const double memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (bytes > 0.9 * memory) {
        drv_die("--n = %lld points in --d = %lld dimensions need %.3g GB, this machine has %.3g",
                (long long)n, (long long)d, bytes / 1e9, memory / 1e9);
    }
    double *z = drv_alloc(d, sizeof *z);
    float *points = malloc((size_t)n * (size_t)d * sizeof *points);
    if (!points) {
        drv_die("out of memory: %lld points in %lld dimensions", (long long)n, (long long)d);
    }
    for (int64_t i = 0; i < n; i++) {
        const double sign = i % 2 ? -1 : 1;
        drv_try(ddn_noise_draw(drv.ctx, drv.seed, DATA_STREAM, i, d, 0, d, z));
        for (int64_t j = 0; j < d; j++) {
            points[i * d + j] = (float)(sign + z[j]);
        }
    }
    const ddn_status status = ddn_dataset_create_borrowed(drv.ctx, DDN_TYPE_F32, n, d, points, d,
                                                          points, free, &own.data);
    if (status != DDN_OK) {
        free(points);
    }
    drv_try(status);
    drv_keep(own.data);
    own.empirical = drv_empirical(own.data, own.schedule);
    own.mixture = drv_two_gaussians(own.schedule, d, 1);
}

/* Running mean and variance (Welford). */
typedef struct average {
    int64_t count;
    double mean, m2;
} average;

static void add(average *a, double value)
{
    const double shift = value - a->mean;
    a->count++;
    a->mean += shift / (double)a->count;
    a->m2 += shift * (value - a->mean);
}

static double error_of(const average *a)
{
    return a->count > 1 ? sqrt(a->m2 / (double)(a->count * (a->count - 1))) : NAN;
}

static void new_query(const ddn_oracle *oracle)
{
    drv_drop(own.query);
    own.query = NULL;
    drv_try(ddn_query_create(drv.ctx, oracle, &own.query));
    drv_keep(own.query);
}

/* Clean points own.x0[m][d] of an oracle and their noised states own.x[m][d] at t. */
static void draw_states(const ddn_oracle *oracle, double t, int64_t path, int64_t m, int64_t d)
{
    drv_try(ddn_oracle_sample_data(drv.ctx, oracle, drv.seed, path, m, own.x, d, NULL));
    memcpy(own.x0, own.x, (size_t)(m * d) * sizeof *own.x);
    drv_try(ddn_schedule_forward(drv.ctx, own.schedule, 0, t, drv.seed, path, 0, m, d, own.x, d));
}

/* E S(w) and E sum w^2 over states of the empirical measure. */
static void estimate(double t, int64_t samples, int64_t first, int64_t d, average *entropy,
                     average *same)
{
    double s[BATCH], w2[BATCH];
    new_query(own.empirical);
    drv_try(ddn_query_bind_f64(own.query, DDN_OUT_ENTROPY, s, 1));
    drv_try(ddn_query_bind_f64(own.query, DDN_OUT_SUM_W2, w2, 1));
    for (int64_t done = 0; done < samples; done += BATCH) {
        const int64_t m = samples - done < BATCH ? samples - done : BATCH;
        draw_states(own.empirical, t, first + done, m, d);
        drv_try(ddn_query_run(own.query, t, m, own.x, d));
        for (int64_t i = 0; i < m; i++) {
            add(entropy, s[i]);
            add(same, w2[i]);
        }
    }
}

/* E log(1 + e^R) and E 1/(1 + e^R), R = log(n - 1) + (d/2) log(2 pi Delta) + log p_t(x) + |z|^2/2.
 */
static void bounds(double t, int64_t n, int64_t d, int64_t first, average *upper, average *phi)
{
    const double *x = own.x, *x0 = own.x0;
    double log_p[BATCH];
    const double delta = -expm1(-2 * t), a = exp(-t);
    new_query(own.mixture);
    drv_try(ddn_query_bind_f64(own.query, DDN_OUT_LOG_P, log_p, 1));
    for (int64_t done = 0; done < BOUND_SAMPLES; done += BATCH) {
        draw_states(own.mixture, t, first + done, BATCH, d);
        drv_try(ddn_query_run(own.query, t, BATCH, x, d));
        for (int64_t i = 0; i < BATCH; i++) {
            double z2 = 0;
            for (int64_t j = i * d; j < (i + 1) * d; j++) {
                z2 += (x[j] - a * x0[j]) * (x[j] - a * x0[j]);
            }
            const double r = log((double)(n - 1)) + (double)d / 2 * log(2 * M_PI * delta) +
                             log_p[i] + z2 / (2 * delta);
            add(upper, fmax(r, 0) + log1p(exp(-fabs(r))));
            add(phi, 1 / (1 + exp(r)));
        }
    }
}

/* from, to: the share of the whole that this is. */
static void measure(int64_t n, int64_t d, int64_t samples, int64_t times, const double span[2],
                    double (*rows)[COLUMNS])
{
    const double dims = (double)d, alpha = log((double)n) / dims;
    const double t_c = ddn_theory_collapse_two_gaussians((double)n, dims, dims, 1);
    own.x = drv_alloc(BATCH * d, sizeof *own.x);
    own.x0 = drv_alloc(BATCH * d, sizeof *own.x0);
    for (int64_t k = 0; k < times; k++) {
        double *row = rows[k];
        const double t = t_c * (FIRST + (LAST - FIRST) * (double)k / (double)(times - 1));
        average entropy = {0}, same = {0}, upper = {0}, phi = {0};
        const double one = (span[1] - span[0]) / (double)times;
        drv_begin("curves", span[0] + (double)k * one, span[0] + (double)(k + 1) * one);
        estimate(t, samples, k * samples, d, &entropy, &same);
        bounds(t, n, d, k * BOUND_SAMPLES, &upper, &phi);
        const double unit = alpha * dims; /* entropies to shares of alpha */
        row[T] = t;
        row[F] = entropy.mean / unit;
        row[F_SE] = error_of(&entropy) / unit;
        row[F_EXACT] = ddn_theory_excess_entropy((double)n, dims, dims, 1, t) / alpha;
        row[F_GAUSS] = ddn_theory_excess_entropy((double)n, dims, 0, 1, t) / alpha;
        row[LOWER] = fmax(0, row[F_EXACT]);
        row[UPPER] = upper.mean / unit;
        row[UPPER_SE] = error_of(&upper) / unit;
        row[PHI] = same.mean;
        row[PHI_SE] = error_of(&same);
        row[PHI_LOWER] = phi.mean;
        row[PHI_LOWER_SE] = error_of(&phi);
    }
}

/* Closed forms on a grid of their own, for the picture. */
static void write_closed(int64_t n, int64_t d)
{
    enum {
        GRID = 500
    };
    char name[64];
    const double dims = (double)d, alpha = log((double)n) / dims;
    const double t_c = ddn_theory_collapse_two_gaussians((double)n, dims, dims, 1);
    snprintf(name, sizeof name, "gmm_collapse_closed_d%lld.csv", (long long)d);
    drv_file *file = drv_csv_open(drv_path(name), "t,f_exact_over_alpha,f_gauss_over_alpha");
    for (int i = 0; i <= GRID; i++) {
        const double t = t_c * (FIRST + (LAST - FIRST) * i / GRID);
        drv_csv_row(file,
                    (const double[]){t,
                                     ddn_theory_excess_entropy((double)n, dims, dims, 1, t) / alpha,
                                     ddn_theory_excess_entropy((double)n, dims, 0, 1, t) / alpha},
                    3);
    }
    drv_close(file);
}

/* Measured points over lines and bands: the colour is the dimension, the kind of line what it is.
 */
static void draw_entropy(drv_file *p, const drv_list *dims)
{
    drv_print(p, "set xlabel '" DRV_TIME "'\nset ylabel 'f/α, α = log(n)/d'\n"
                 "set yrange [-0.4:1.05<*] noextend\nset xzeroaxis linecolor '#333333'\nplot ");
    for (int64_t k = 0; k < dims->count; k++) {
        const int style = (int)(k % 8 + 1);
        drv_print(p,
                  "'gmm_collapse_d%.0f.csv' using 1:6:7 skip 1 with filledcurves linestyle %d "
                  "fillstyle transparent solid 0.2 noborder notitle, \\\n  "
                  "'gmm_collapse_closed_d%.0f.csv' using 1:2 skip 1 with lines linestyle %d "
                  "dashtype solid notitle, \\\n  '' using 1:3 skip 1 with lines linestyle %d "
                  "dashtype (2,2) notitle, \\\n  ",
                  dims->at[k], style, dims->at[k], style + 10, style + 10);
    }
    for (int64_t k = 0; k < dims->count; k++) {
        drv_print(p,
                  "'gmm_collapse_d%.0f.csv' using 1:2:(low($2, $3)):(high($2, $3)) skip 1 with "
                  "yerrorbars linestyle %d title 'd = %.0f', \\\n  ",
                  dims->at[k], (int)(k % 8 + 1), dims->at[k]);
    }
    drv_print(p, "NaN with lines linestyle 15 dashtype solid title 'closed form, two Gaussians', "
                 "\\\n  NaN with lines linestyle 15 dashtype (2,2) title 'closed form, one "
                 "Gaussian', \\\n  NaN with filledcurves linecolor '#999999' fillstyle solid "
                 "0.4 noborder title 'between the bounds'\n");
}

static void draw_clones(drv_file *p, const drv_list *dims)
{
    drv_print(p, "set xlabel '" DRV_TIME "'\nset ylabel 'φ_C: two clones at one training "
                 "point'\n" DRV_SHARES "plot ");
    for (int64_t k = 0; k < dims->count; k++) {
        const int style = (int)(k % 8 + 1);
        drv_print(p,
                  "'gmm_collapse_d%.0f.csv' using 1:11 skip 1 smooth mcsplines with lines "
                  "linestyle %d dashtype (10,3) notitle, \\\n  '' using "
                  "1:9:(low($9, $10)):(high($9, $10)) skip 1 with yerrorbars linestyle %d title "
                  "'d = %.0f', \\\n  ",
                  dims->at[k], style + 10, style, dims->at[k]);
    }
    drv_print(p, "NaN with lines linestyle 15 dashtype (10,3) title 'lower bound'\n");
}

static void draw(const drv_list *dims, int64_t n)
{
    char title[128];
    snprintf(title, sizeof title, "two Gaussians N(±m, 1), |m|² = d, learned from n = %lld points",
             (long long)n);
    drv_file *p = drv_plot_open(&(drv_figure){.name = "gmm_collapse",
                                              .width = DRV_TWO_COLUMNS,
                                              .title = title,
                                              .note = DRV_BARS,
                                              .count = 1,
                                              .rows = {{2, 62, .legend = (int)dims->count + 3}}});
    drv_panel(p, 0, 0);
    draw_entropy(p, dims);
    drv_panel(p, 0, 1);
    draw_clones(p, dims);
    drv_plot_run(p);
}

/* One line: collapse times, and how far the estimator leaves the bounds at worst. */
static void report(int64_t n, int64_t d, int64_t samples, int64_t times, double (*rows)[COLUMNS])
{
    double half = NAN, half_se = NAN, outside = 0;
    for (int64_t k = 0; k + 1 < times; k++) {
        if (rows[k][PHI] >= 0.5 && rows[k + 1][PHI] < 0.5) {
            const double part = (rows[k][PHI] - 0.5) / (rows[k][PHI] - rows[k + 1][PHI]);
            const double step = rows[k + 1][T] - rows[k][T];
            half = rows[k][T] + part * step;
            half_se = hypot((1 - part) * rows[k][PHI_SE], part * rows[k + 1][PHI_SE]) * step /
                      (rows[k][PHI] - rows[k + 1][PHI]);
        }
    }
    for (int64_t k = 0; k < times; k++) {
        const double *r = rows[k];
        const double out = fmax(r[LOWER] - r[F], r[F] - r[UPPER]) / hypot(r[F_SE], r[UPPER_SE]);
        outside = fmax(outside, out);
    }
    char text[64];
    printf("d = %lld, n = %lld: t_C = %.5f with label information, %.5f Gaussian, phi_C = 1/2 at "
           "%s; f leaves the bounds by at most %.1f standard errors; %lld samples a time\n",
           (long long)d, (long long)n,
           ddn_theory_collapse_two_gaussians((double)n, (double)d, (double)d, 1),
           ddn_theory_collapse((double)n, (double)d, 1),
           drv_format(half, half_se, text, sizeof text), outside, (long long)samples);
    drv_flush();
}

/* What the columns of its files are. */
static const drv_meaning meanings[] = {
    {"t", "OU time", "time of the forward process"},
    {"f_over_alpha", "1",
     "excess entropy of the empirical score over alpha = log(n)/d: E S(w)/log n, the mean "
     "posterior entropy of the points over its maximum, doc/theory.md (30)"},
    {"se", "1", "its standard error"},
    {"f_exact_over_alpha", "1", "closed form with the label information, doc/theory.md (31)"},
    {"f_gauss_over_alpha", "1",
     "closed form of one Gaussian, without the label information, doc/theory.md (31)"},
    {"lower_over_alpha", "1", "lower bound, doc/theory.md (37)"},
    {"upper_over_alpha", "1",
     "upper bound, a mean over fresh samples of the mixture, doc/theory.md (37)"},
    {"phi_C", "1", "probability that two clones of x_t end at one training point"},
    {"phi_C_lower", "1", "lower bound of it, a mean over fresh samples of the mixture"},
};

/* csv: three of the columns also there, or NULL. */
static void write_curve(int64_t d, int64_t times, double (*rows)[COLUMNS], const char *csv)
{
    char name[64];
    snprintf(name, sizeof name, "gmm_collapse_d%lld.csv", (long long)d);
    drv_file *file = drv_csv_open(drv_path(name), HEADER);
    drv_file *brief = csv ? drv_csv_open(csv, "t,f_over_alpha,se") : NULL;
    for (int64_t i = 0; i < times; i++) {
        drv_csv_row(file, rows[i], COLUMNS);
        if (brief) {
            drv_csv_row(brief, rows[i], 3);
        }
    }
    drv_close(file);
    if (brief) {
        drv_close(brief);
    }
}

int gmm_collapse_main(int argc, char **argv)
{
    drv_list dims = {3, {256, 1024, 4096}};
    int64_t n = 20000, wanted = 0, times = 24;
    const char *csv = NULL;
    const drv_option options[] = {
        {"csv", "FILE", "also write t,f_over_alpha,se of a single --d here", DRV_STRING, &csv, 0,
         0},
        {"d", "A,B,...", "dimensions", DRV_INTS, &dims, 1, 65536},
        {"n", "N", "points of the data set", DRV_INT, &n, 2, 10000000},
        DRV_SCHEDULE_OPTION,
        {"samples", "S", "states at each time (0: 262144/d, at least 64)", DRV_INT, &wanted, 0,
         1e9},
        {"times", "K", "times from 0.3 t_C to 2.5 t_C", DRV_INT, &times, 2, MAX_TIMES},
    };
    drv_start(argc, argv,
              "Excess entropy and clone probability of the empirical score of two Gaussians,\n"
              "against theory. By its presets it takes 26 s of a core of a Xeon (Sapphire Rapids "
              "class).",
              "gmm_collapse_d#.csv gmm_collapse_closed_d#.csv gmm_collapse.gp gmm_collapse.png",
              options, DRV_COUNT(options));
    drv_define(meanings, DRV_COUNT(meanings));
    if (csv && dims.count != 1) {
        drv_die("--csv needs a single --d");
    }
    drv_check_elsewhere("csv", csv);
    drv_check_distinct("d", &dims);
    if (wanted == 1) {
        drv_die("--samples = 1 gives no standard error");
    }
    own.schedule = drv_schedule_of_ou("the closed forms beside the curves are those of OU time");
    double(*rows)[COLUMNS] = drv_alloc(times, sizeof *rows);
    drv_plan(1, &(drv_part){.name = "curves", .weight = (double)(n * dims.count * times) / 1e5});
    for (int64_t k = 0; k < dims.count; k++) {
        const int64_t d = (int64_t)dims.at[k];
        const int64_t scaled = 262144 / d < 64 ? 64 : 262144 / d;
        const int64_t samples = wanted ? wanted : scaled;
        make_data(n, d);
        const double span[2] = {(double)k / (double)dims.count,
                                (double)(k + 1) / (double)dims.count};
        measure(n, d, samples, times, span, rows);
        void *const made[] = {own.query, own.empirical, own.mixture, own.data};
        for (int i = 0; i < DRV_COUNT(made); i++) {
            drv_drop(made[i]);
        }
        own.query = NULL;
        write_curve(d, times, rows, csv);
        write_closed(n, d);
        report(n, d, samples, times, rows);
    }
    draw(&dims, n);
    return drv_finish();
}
