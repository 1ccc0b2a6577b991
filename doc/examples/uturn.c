/* U-turns and clones: noise a data point up to time t, come back by the reverse dynamics, and see
 * what is left of it: the same point, the same class, the distance; with the posterior's
 * predictions beside the simulation. Writes uturn.csv and uturn.png. Formulas: doc/theory.md (23),
 * (36), (40). SPDX-License-Identifier: MIT */
#include "commands.h"
#include "driver.h"

#include <math.h>

static struct {
    ddn_dataset *ds;
    ddn_schedule *schedule;
    ddn_oracle *oracle;
    ddn_analysis *an;
    ddn_result *result;
} own;

typedef struct settings {
    drv_data data;
    int64_t d, paths, times, steps;
    double mu, t_min, t_max, t_end; /* times in OU time */
    int method, clones, trace;
    const char *stem;    /* of the files */
    double phi_infinity; /* chance of one class for two independent draws; NaN without classes */
    double lambda;       /* largest variance of the data */
} settings;

/* ---- The system -------------------------------------------------------------------------- */

/* Two Gaussians N(+-m, I) with |m|^2 = mu^2 d. */
static void make_gaussians(settings *set)
{
    if (set->trace) {
        drv_die("--trace needs --data FILE: two Gaussians have one way of evaluation");
    }
    own.oracle = drv_two_gaussians(own.schedule, set->d, set->mu);
    set->lambda = 1 + set->mu * set->mu * (double)set->d;
    set->phi_infinity = 0.5;
}

static void make_empirical(settings *set)
{
    own.ds = drv_data_load(&set->data);
    own.oracle = drv_empirical(own.ds, own.schedule);
    set->d = ddn_dataset_d(own.ds);
    set->lambda = drv_lambda(own.ds);
    const int64_t classes = ddn_dataset_class_count(own.ds);
    int64_t *sizes = drv_alloc(classes, sizeof *sizes);
    double *shares = drv_alloc(classes, sizeof *shares);
    if (classes > 0) {
        drv_try(ddn_dataset_classes(drv.ctx, own.ds, classes, NULL, sizes));
    }
    for (int64_t c = 0; c < classes; c++) {
        shares[c] = (double)sizes[c];
    }
    set->phi_infinity = ddn_theory_phi_infinity(classes, shares);
}

static void configure(settings *set)
{
    static const ddn_method methods[] = {DDN_METHOD_EXACT, DDN_METHOD_EXPONENTIAL,
                                         DDN_METHOD_EXPONENTIAL, DDN_METHOD_EULER};
    const double t_s = ddn_theory_speciation(set->lambda);
    const double first = fmin(own.ds ? 0.05 : 1, t_s / 6 + 1e-3), end = 1e-4;
    const double usual = fmin(first, drv_last_ou(own.schedule) / 10);
    const int is_first_given = !isnan(set->t_min);
    drv_preset_range(fmax(usual, isnan(set->t_end) ? 0 : 2 * set->t_end), t_s + 1.5, &set->t_min,
                     &set->t_max);
    if (!is_first_given && set->t_min <= set->t_end) {
        set->t_min = sqrt(set->t_end * set->t_max);
    }
    set->t_end = isnan(set->t_end) ? fmin(end, set->t_min / 10) : set->t_end;
    if (!(set->t_end < set->t_min && set->t_min < set->t_max)) {
        drv_die("the times must obey t-end < t-min < t-max, but are %g, %g, %g", set->t_end,
                set->t_min, set->t_max);
    }
    own.an = drv_analysis();
    drv_set_i64(ddn_analysis_options(own.an), DDN_ANALYSIS_CLONES, set->paths);
    drv_set_i64(ddn_analysis_options(own.an), DDN_ANALYSIS_STEPS, set->steps);
    drv_set_i64(ddn_analysis_options(own.an), DDN_ANALYSIS_METHOD, methods[set->method]);
    drv_set_f64(ddn_analysis_options(own.an), DDN_ANALYSIS_ETA, set->method == 2 ? 0 : 1);
    drv_set_f64(ddn_analysis_options(own.an), DDN_ANALYSIS_T_END,
                drv_clean_end(own.schedule, set->t_end));
}

/* ---- Results ----------------------------------------------------------------------------- */

enum {
    T,
    RETURNED,
    RETURNED_SE,
    RETURNED_LOW,
    RETURNED_HIGH,
    RETURNED_ID,
    RETURNED_ID_SE,
    SAME,
    SAME_SE,
    SAME_LOW,
    SAME_HIGH,
    SAME_ID,
    SAME_ID_SE,
    DISTANCE,
    DISTANCE_SE,
    DISTANCE_ID,
    DISTANCE_ID_SE,
    Q05,
    Q95,
    ENTROPY,
    THEORY,
    COLUMNS
};
static const char *const names[COLUMNS] = {"t",
                                           "returned",
                                           "returned_se",
                                           "returned_low",
                                           "returned_high",
                                           "returned_identity",
                                           "returned_identity_se",
                                           "same_class",
                                           "same_class_se",
                                           "same_class_low",
                                           "same_class_high",
                                           "same_class_identity",
                                           "same_class_identity_se",
                                           "distance2",
                                           "distance2_se",
                                           "distance2_identity",
                                           "distance2_identity_se",
                                           "distance2_q05",
                                           "distance2_q95",
                                           "entropy",
                                           "phi_theory"};

/* Of two Gaussians: Gamma = 1, as the variance is 1. */
static double closed_phi(const settings *set, double t)
{
    return ddn_theory_phi(set->mu * set->mu * (double)set->d *
                          exp(-2 * drv_to_ou(own.schedule, t)));
}

static void read_columns(const settings *set, double **columns)
{
    for (int i = 0; i < COLUMNS; i++) {
        columns[i] = i == THEORY ? drv_alloc(set->times, sizeof **columns)
                                 : drv_column(own.result, names[i]);
    }
    for (int64_t k = 0; k < set->times; k++) {
        columns[THEORY][k] = own.ds == NULL ? closed_phi(set, columns[T][k]) : NAN;
    }
}

static void print_table(const settings *set, double *const *columns)
{
    static const char *const methods[] = {"exact reverse kernel", "ancestral sampler",
                                          "probability flow", "Euler-Maruyama"};
    if (own.ds != NULL) {
        printf("%s: n = %lld, d = %lld", drv_shown(drv_data_name(&set->data)),
               (long long)ddn_dataset_n(own.ds), (long long)set->d);
    } else {
        printf("two Gaussians: d = %lld, |m|^2 = %g", (long long)set->d,
               set->mu * set->mu * (double)set->d);
    }
    printf("; %lld %s a time, %s, %lld steps, seed %lld; times %s\n\n", (long long)set->paths,
           set->clones ? "clone pairs" : "U-turns", methods[set->method], (long long)set->steps,
           (long long)drv.seed, drv_clock(own.schedule));
    printf("  %-10s %-18s %-19s %-18s %-19s %-18s %s\n", "t", "same point", "predicted",
           "same class", "predicted", "distance^2", "predicted");
    for (int64_t k = 0; k < set->times; k++) {
        static const int shown[][2] = {{RETURNED, 18}, {RETURNED_ID, 19}, {SAME, 18},
                                       {SAME_ID, 19},  {DISTANCE, 18},    {DISTANCE_ID, 0}};
        printf("  %-10.4g", columns[T][k]);
        for (int i = 0; i < DRV_COUNT(shown); i++) {
            const int of = shown[i][0]; /* its error stands beside it */
            drv_cell(columns[of][k], columns[of + 1][k], shown[i][1]);
        }
        printf("\n");
    }
    char text[64];
    double t, error;
    drv_crossing(set->times, columns[T], columns[RETURNED], columns[RETURNED_SE], 0.5, &t, &error);
    printf("\n  same point = 1/2 at t = %s", drv_format(t, error, text, sizeof text));
    const double level = (1 + set->phi_infinity) / 2;
    if (!isnan(level)) {
        drv_crossing(set->times, columns[T], columns[SAME], columns[SAME_SE], level, &t, &error);
        printf(";  same class = %.3g at t = %s", level, drv_format(t, error, text, sizeof text));
    }
    printf(";  t_S = %.5g\n", drv_time_of(own.schedule, ddn_theory_speciation(set->lambda)));
}

static const char *caption(const settings *set)
{
    if (own.ds != NULL) {
        return drv_caption(&set->data, own.ds);
    }
    return drv_gaussians(0, set->d, set->mu);
}

/* The closed form of two Gaussians on a grid of its own. */
static void write_closed(const settings *set, double from, double to)
{
    enum {
        GRID = 500
    };
    char name[32];
    snprintf(name, sizeof name, "%s_closed.csv", set->stem);
    drv_file *file = drv_csv_open(drv_path(name), "t,phi_theory");
    for (int i = 0; i <= GRID; i++) {
        const double t = drv_is_time_linear(own.schedule) ? from + (to - from) * i / GRID
                                                          : from * pow(to / from, (double)i / GRID);
        drv_csv_row(file, (const double[]){t, closed_phi(set, t)}, 2);
    }
    drv_close(file);
}

static void draw_shares(drv_file *plot, const settings *set, double *const *columns)
{
    const char *comma = "plot";
    drv_print(plot, DRV_SHARES "set ylabel 'probability'\n");
    if (own.ds == NULL) { /* the two components are the classes */
        write_closed(set, columns[T][0], columns[T][set->times - 1]);
        drv_print(plot, "plot closed using 1:2 with lines linestyle 13 title 'φ: same "
                        "class, closed form'");
        comma = ",\\\n";
    }
    if (!isnan(columns[SAME][0])) {
        drv_print(plot,
                  "%s csv using 1:%d:(low($%d, $%d)):(high($%d, $%d)) with yerrorlines "
                  "linestyle 7 title 'φ: same class, predicted by E Σ W_c²',\\\n"
                  " csv using (beside($1)):%d:%d:%d with yerrorbars linestyle 1 title "
                  "'φ: same class, simulated'",
                  comma, SAME_ID + 1, SAME_ID + 1, SAME_ID + 2, SAME_ID + 1, SAME_ID + 2, SAME + 1,
                  SAME_LOW + 1, SAME_HIGH + 1);
        comma = ",\\\n";
    }
    if (own.ds != NULL) {
        drv_print(plot,
                  "%s csv using 1:%d:(low($%d, $%d)):(high($%d, $%d)) with yerrorlines "
                  "linestyle 6 title 'φ_C: same point, predicted by E Σ w²',\\\n"
                  " csv using (beside($1)):%d:%d:%d with yerrorbars linestyle 2 title "
                  "'φ_C: same point, simulated'",
                  comma, RETURNED_ID + 1, RETURNED_ID + 1, RETURNED_ID + 2, RETURNED_ID + 1,
                  RETURNED_ID + 2, RETURNED + 1, RETURNED_LOW + 1, RETURNED_HIGH + 1);
    }
    drv_print(plot, "\n");
}

static void draw_distances(drv_file *plot, const settings *set)
{
    drv_print(
        plot,
        "set yrange [0:*]\nset ylabel 'squared distance / d (data units²)'\nd = %lld.\n"
        "plot csv using 1:($%d/d):($%d/d) with filledcurves linecolor '#d5e3ee' "
        "title 'band: 5 %% to 95 %% of the simulated pairs',\\\n"
        " csv using 1:($%d/d):(low($%d, $%d)/d):(high($%d, $%d)/d) with yerrorlines "
        "linestyle 7 title 'mean, predicted by 2 E tr Cov(x_0 | x_t)',\\\n"
        " csv using (beside($1)):($%d/d):(low($%d, $%d)/d):(high($%d, $%d)/d) with yerrorbars "
        "linestyle 1 title 'mean, simulated'\n",
        (long long)set->d, Q05 + 1, Q95 + 1, DISTANCE_ID + 1, DISTANCE_ID + 1, DISTANCE_ID_SE + 1,
        DISTANCE_ID + 1, DISTANCE_ID_SE + 1, DISTANCE + 1, DISTANCE + 1, DISTANCE_SE + 1,
        DISTANCE + 1, DISTANCE_SE + 1);
}

static void draw(const settings *set, double *const *columns)
{
    drv_file *plot = drv_plot_open(&(drv_figure){
        .name = set->stem,
        .width = DRV_TWO_COLUMNS,
        .title = caption(set),
        .note = set->clones ? "two continuations of one x_t; " DRV_BARS "; " DRV_BESIDE
                            : "from x_0 to x_t and back to x_0′, compared with x_0; " DRV_BARS
                              "; " DRV_BESIDE,
        .count = 1,
        .rows = {{2, 62, .legend = 4}}});
    drv_print(plot, "csv = '%s.csv'\nclosed = '%s_closed.csv'\n", set->stem, set->stem);
    drv_panel(plot, 0, 0);
    drv_time_axis(plot, own.schedule, columns[T][0], columns[T][set->times - 1]);
    draw_shares(plot, set, columns);
    drv_panel(plot, 0, 1);
    drv_time_axis(plot, own.schedule, columns[T][0], columns[T][set->times - 1]);
    draw_distances(plot, set);
    drv_plot_run(plot);
}

/* What the columns of its files are. */
static const drv_meaning meanings[] = {
    {"phi_theory", "1",
     "same_class of two Gaussians in closed form, doc/theory.md (23); empty for other data"},
};

static void read_options(int argc, char **argv, settings *set)
{
    const drv_option options[] = {
        DRV_DATA_OPTIONS(set->data, 0),
        {"d", "D", "dimension of the two Gaussians that stand in where there is no --data", DRV_INT,
         &set->d, 1, 1 << 20},
        {"mu", "MU", "their means are +-m with |m|^2 = MU^2 D; unit variance", DRV_DOUBLE, &set->mu,
         0, 1e6},
        {"paths", "N", "U-turns (pairs) at each time", DRV_INT, &set->paths, 2, 1e8},
        {"method", "exact|ancestral|ode|euler", "how the way back is run", DRV_CHOICE, &set->method,
         0, 0},
        {"steps", "K", "steps of the way back", DRV_INT, &set->steps, 1, 1e6},
        {"times", "K", "number of times, geometric", DRV_INT, &set->times, 2, 1e4},
        {"t-min", "T", "first time; from the data if not given", DRV_DOUBLE, &set->t_min, 0, 0},
        {"t-max", "T", "last time; from the data if not given", DRV_DOUBLE, &set->t_max, 0, 0},
        {"t-end", "T", "where the way back ends, with the denoiser (default OU time 1e-4)",
         DRV_DOUBLE, &set->t_end, 0, 0},
        DRV_SCHEDULE_OPTION,
        DRV_TRACE_OPTION(set->trace),
        DRV_CHECKPOINT_OPTIONS,
        {"clones", NULL, "compare two continuations of x_t instead of one with x_0, as branch does",
         DRV_FLAG, &set->clones, 0, 0},
    };
    if (set->clones) { /* branch */
        drv_start(
            argc, argv,
            "Clones: data points are noised to time t, and two continuations of that state by "
            "the reverse dynamics\nare compared: how often they end at the same point and in "
            "the same class, and how far apart, against\nwhat the posterior at time t "
            "predicts. Writes branch.csv and branch.png.",
            "branch.csv branch_closed.csv branch.gp branch.png", options, DRV_COUNT(options) - 1);
        drv_define(meanings, DRV_COUNT(meanings));
        return;
    }
    drv_start(argc, argv,
              "U-turns: data points are noised to time t and brought back by the reverse dynamics. "
              "Measures how\noften they return to the same point and the same class, and how far "
              "away, against what the\nposterior at time t predicts. Writes uturn.csv and "
              "uturn.png.",
              "uturn.csv uturn_closed.csv uturn.gp uturn.png", options, DRV_COUNT(options));
    drv_define(meanings, DRV_COUNT(meanings));
}

static int run(int argc, char **argv, const char *stem, int clones)
{
    settings set = {.data = DRV_DATA_DEFAULTS,
                    .stem = stem,
                    .clones = clones,
                    .d = 256,
                    .paths = 512,
                    .times = 16,
                    .steps = 8,
                    .mu = 1,
                    .t_min = NAN,
                    .t_max = NAN,
                    .t_end = NAN};
    read_options(argc, argv, &set);
    const int with_data = drv_data_given(&set.data);
    own.schedule = drv_schedule();
    set.t_min = drv_time_given("t-min", own.schedule, set.t_min);
    set.t_max = drv_time_given("t-max", own.schedule, set.t_max);
    set.t_end = drv_time_given("t-end", own.schedule, set.t_end);
    if (with_data) {
        make_empirical(&set);
    } else if (drv_team_for(DRV_SPLIT_DATA) != NULL) {
        drv_die("--data FILE is missing: two Gaussians are no data that ranks could share; "
                "--split samples");
    } else {
        make_gaussians(&set);
    }
    configure(&set);
    const double *times = drv_times(own.schedule, set.t_min, set.t_max, set.times);
    double *columns[COLUMNS];
    drv_note_range(times, set.times);
    drv_note("t-end", drv_clean_end(own.schedule, set.t_end));
    drv_checkpoint_begin(own.an, own.ds);
    drv_plan(1, &(drv_part){"paths",
                            drv_cost(2 * (double)(set.paths * set.times * set.steps),
                                     own.ds ? ddn_dataset_n(own.ds) : 2, set.d),
                            NULL, 0});
    drv_try((set.clones ? ddn_analysis_branch : ddn_analysis_uturn)(own.an, own.oracle, NULL,
                                                                    set.times, times, &own.result));
    drv_keep(own.result);
    read_columns(&set, columns);
    drv_define_by(own.result);
    char csv[32];
    snprintf(csv, sizeof csv, "%s.csv", set.stem);
    drv_csv(drv_path(csv), drv_header(names, COLUMNS), set.times, COLUMNS,
            (const double *const *)columns);
    print_table(&set, columns);
    draw(&set, columns);
    printf("  results in %s: %s, %s\n", drv_shown(drv.out), csv, drv_picture(set.stem));
    if (set.trace) {
        drv_trace(own.oracle);
    }
    return drv_finish();
}

int uturn_main(int argc, char **argv)
{
    return run(argc, argv, "uturn", 0);
}

int branch_main(int argc, char **argv)
{
    return run(argc, argv, "branch", 1);
}
