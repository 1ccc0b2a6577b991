/* One curve of a data set and the time at which it crosses its level, by one evaluation a state:
 * phi and speciation, or the excess entropy with phi_C and collapse. phi_curve.csv, .json and .png;
 * collapse_curve.csv, .json and .png. `regimes` measures both, and clones beside them. Formulas:
 * doc/theory.md (20), (30), (35), (36). SPDX-License-Identifier: MIT */
#include "commands.h"
#include "driver.h"

#include <math.h>
#include <string.h>

/* What the two commands differ in. */
typedef struct curve_kind {
    const char *stem, *title, *header;
    const char *crossings[4]; /* NULL-terminated; those of the spectrum stand beside them */
} curve_kind;
static const curve_kind phi = {"phi_curve",
                               "φ: two clones of a state at t end in one class",
                               "t,phi,phi_se,phi_low,phi_high",
                               {"t_S_phi", "t_S", NULL}};
static const curve_kind collapse = {
    "collapse_curve",
    "Collapse: excess entropy, and φ_C: two clones end at one point",
    "t,f_over_alpha,f_over_alpha_se,f_over_alpha_low,f_over_alpha_high,phi_C,phi_C_se,phi_C_low,"
    "phi_C_high,df_dt",
    {"t_C_phi", "t_C_entropy", "t_C_spectrum", NULL}};

typedef struct settings {
    drv_data data;
    int64_t samples, times;
    double t_min, t_max; /* in OU time */
    double precision, level;
    int trace;
} settings;

static struct {
    ddn_schedule *schedule;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    ddn_analysis *an;
    ddn_result *curves, *report;
    int64_t copies;
} own;

/* Takes over the scalars of another result that are wanted; times of the spectrum are in OU time.
 */
static void add_scalars(const curve_kind *kind, const ddn_result *from)
{
    for (int64_t i = 0; i < ddn_result_scalar_count(from); i++) {
        const char *name = ddn_result_scalar_name(from, i);
        for (int k = 0; kind->crossings[k] != NULL; k++) {
            if (strcmp(kind->crossings[k], name) == 0) {
                double error = NAN, value = drv_scalar(from, name, &error);
                char text[512] = "";
                drv_append(text, sizeof text, "%s", ddn_result_definition(from, name));
                if (ddn_result_clock(from) == DDN_CLOCK_OU && !isnan(value)) {
                    value = drv_time_of(own.schedule, value);
                    drv_append(text, sizeof text, "%s",
                               drv_is_ou(own.schedule) ? "" : ", here that of the schedule");
                }
                drv_try(ddn_result_add_scalar(drv.ctx, own.report, name,
                                              ddn_result_unit(own.curves, "t"), text, value,
                                              error));
            }
        }
    }
}

static void measure(const curve_kind *kind, settings *set)
{
    own.an = drv_analysis();
    const int64_t n = ddn_dataset_n(own.ds), d = ddn_dataset_d(own.ds);
    const double states = set->samples > 0 ? (double)set->samples : 0.25 / pow(set->precision, 2);
    const drv_part parts[] = {
        {"range of times", drv_cost(DRV_RANGE_STATES, n, d), "identities", 0},
        {"curve", drv_cost(states * (double)set->times, n, d), "identities", 0}};
    drv_plan(DRV_COUNT(parts), parts);
    drv_begin("range of times", 0, 1);
    drv_choose_range(own.an, own.oracle, own.ds, &set->t_min, &set->t_max);
    if (set->samples > 0) {
        drv_set_i64(ddn_analysis_options(own.an), DDN_ANALYSIS_SAMPLES, set->samples);
    } else {
        drv_set_f64(ddn_analysis_options(own.an), DDN_ANALYSIS_PRECISION, set->precision);
    }
    drv_set_f64(ddn_analysis_options(own.an), DDN_ANALYSIS_EXCESS_LEVEL, set->level);
    const double *times = drv_times(own.schedule, set->t_min, set->t_max, set->times);
    drv_note_range(times, set->times);
    ddn_result *crossings = NULL, *spectrum = NULL;
    drv_begin("curve", 0, 1);
    drv_try(ddn_analysis_identities(own.an, own.oracle, set->times, times, &own.curves));
    drv_keep(own.curves);
    drv_try(ddn_analysis_crossings(own.an, own.oracle, own.curves, &crossings));
    drv_keep(crossings);
    drv_try(ddn_analysis_spectrum(own.an, own.ds, &spectrum));
    drv_keep(spectrum);
    drv_try(ddn_result_create_copy(drv.ctx, own.curves, &own.report));
    drv_keep(own.report);
    add_scalars(kind, crossings);
    add_scalars(kind, spectrum);
}

/* ---- Results ----------------------------------------------------------------------------- */

/* The columns behind t that are shown: each with its error behind it. */
static void print_table(const curve_kind *kind, const settings *set)
{
    static const char *const shown[2][2] = {{"phi", NULL}, {"f_over_alpha", "phi_C"}};
    const char *const *names = shown[kind == &collapse];
    const double *t = drv_column(own.curves, "t");
    printf("%s: n = %lld, d = %lld", drv_shown(drv_data_name(&set->data)),
           (long long)ddn_dataset_n(own.ds), (long long)ddn_dataset_d(own.ds));
    if (own.copies > 0) {
        printf(", %lld copies merged into weights", (long long)own.copies);
    }
    printf("; times %s; seed %lld\n\n  %-10s", drv_clock(own.schedule), (long long)drv.seed, "t");
    for (int i = 0; i < 2 && names[i] != NULL; i++) {
        printf(" %-22s", names[i]);
    }
    printf("\n");
    for (int64_t k = 0; k < set->times; k++) {
        printf("  %-10.4g ", t[k]);
        for (int i = 0; i < 2 && names[i] != NULL; i++) {
            char se[64];
            snprintf(se, sizeof se, "%s_se", names[i]);
            drv_cell(drv_column(own.curves, names[i])[k], drv_column(own.curves, se)[k], 22);
        }
        printf("\n");
    }
    printf("\n");
    for (int k = 0; kind->crossings[k] != NULL; k++) {
        char text[64];
        double error = NAN;
        const double value = drv_scalar(own.report, kind->crossings[k], &error);
        printf("  %-14s %-20s %s\n", kind->crossings[k],
               drv_format(value, error, text, sizeof text),
               ddn_result_definition(own.report, kind->crossings[k]));
    }
}

static void draw(const curve_kind *kind, const settings *set)
{
    const double *t = drv_column(own.curves, "t");
    const double first = t[0], last = t[set->times - 1];
    drv_file *plot = drv_plot_open(&(drv_figure){.name = kind->stem,
                                                 .width = DRV_TWO_COLUMNS,
                                                 .title = drv_caption(&set->data, own.ds),
                                                 .note = DRV_BARS,
                                                 .count = 1,
                                                 .rows = {{1, 50, .legend = 2, .marks = 1}}});
    drv_panel(plot, 0, 0);
    drv_time_axis(plot, own.schedule, first, last);
    drv_print(plot, DRV_SHARES "set ylabel '%s'\n",
              kind == &phi ? "φ: two clones in one class" : "share");
    for (int k = 0; k < 2; k++) {
        const double at = drv_scalar(own.report, kind->crossings[k], NULL);
        if (at > first && at < last && (kind == &collapse || k == 0)) {
            drv_mark(plot, at,
                     kind == &phi ? "t_S"
                     : k == 0     ? "t_C"
                                  : "t_C^f",
                     k == 0 ? "left" : "right");
        }
    }
    drv_print(plot, "plot '%s.csv' using 1:2:4:5 with yerrorlines linestyle 1 title '%s'",
              kind->stem, kind == &phi ? "φ" : "f^e/α: excess entropy");
    if (kind == &collapse) {
        drv_print(plot,
                  ",\\\n '%s.csv' using 1:6:8:9 with yerrorlines linestyle 2 title "
                  "'φ_C: two clones at one point'",
                  kind->stem);
    }
    drv_print(plot, "\n");
    drv_plot_run(plot);
}

static const char *named(const char *stem, const char *ending)
{
    char *name = drv_alloc(64, 1);
    snprintf(name, 64, "%s.%s", stem, ending);
    return name;
}

static int run(int argc, char **argv, const curve_kind *kind, const char *summary,
               const char *files)
{
    settings set = {.data = DRV_DATA_DEFAULTS,
                    .times = 24,
                    .t_min = NAN,
                    .t_max = NAN,
                    .precision = 0.01,
                    .level = 0.05};
    const drv_option options[] = {
        DRV_DATA_OPTIONS(set.data, DRV_REQUIRED),
        {"precision", "P", "standard error of each curve, in units of the range it runs through",
         DRV_DOUBLE, &set.precision, 1e-6, 0.5},
        {"samples", "S", "states at each time in place of a precision; 0: as that needs", DRV_INT,
         &set.samples, 0, 1e9},
        {"times", "K", "number of times, geometric in OU time", DRV_INT, &set.times, 4, 1e5},
        {"t-min", "T", "first time; both ends are found from the data if not given", DRV_DOUBLE,
         &set.t_min, 0, 0},
        {"t-max", "T", "last time", DRV_DOUBLE, &set.t_max, 0, 0},
        DRV_SCHEDULE_OPTION,
        DRV_TRACE_OPTION(set.trace),
        {"level", "E", "f^e/α at which t_C_entropy is taken", DRV_DOUBLE, &set.level, 1e-6,
         0.999999},
    };
    drv_start(argc, argv, summary, files, options,
              DRV_COUNT(options) - (kind == &phi)); /* the level is one of collapse */
    if (set.samples == 1) {
        drv_die("--samples = 1 gives no standard error: at least 2, or 0 for as many as "
                "--precision needs");
    }
    if (set.t_min >= set.t_max) {
        drv_die("--t-min = %g is not below --t-max = %g", set.t_min, set.t_max);
    }
    own.schedule = drv_schedule();
    set.t_min = drv_time_given("t-min", own.schedule, set.t_min);
    set.t_max = drv_time_given("t-max", own.schedule, set.t_max);
    own.ds = drv_data_distinct(drv_data_load(&set.data), &own.copies);
    if (kind == &phi && ddn_dataset_class_count(own.ds) < 2) {
        drv_die("%s has no labels of two or more classes, of which φ speaks: give --labels FILE",
                drv_data_name(&set.data));
    }
    own.oracle = drv_empirical(own.ds, own.schedule);
    measure(kind, &set);
    drv_csv_result(drv_path(named(kind->stem, "csv")), kind->header, own.curves);
    drv_write_result(own.report, named(kind->stem, "json"), "");
    print_table(kind, &set);
    draw(kind, &set);
    printf("\n  results in %s: %s.csv, %s.json, %s\n", drv_shown(drv.out), kind->stem, kind->stem,
           drv_picture(kind->stem));
    if (set.trace) {
        drv_trace(own.oracle);
    }
    return drv_finish();
}

int phi_main(int argc, char **argv)
{
    return run(argc, argv, &phi,
               "Measures φ(t), the probability that two clones of a state at time t end in the "
               "same class, and\nthe speciation time t_S_phi at which it crosses its value at r = "
               "1. Writes phi_curve.csv,\nphi_curve.json and phi_curve.png.",
               "phi_curve.csv phi_curve.json phi_curve.gp phi_curve.png");
}

int collapse_main(int argc, char **argv)
{
    return run(argc, argv, &collapse,
               "Measures the excess entropy f(t)/α and φ_C(t), the probability that two clones "
               "of a state end at\nthe same point, and the collapse times at which they cross "
               "their levels. Writes\ncollapse_curve.csv, collapse_curve.json and "
               "collapse_curve.png.",
               "collapse_curve.csv collapse_curve.json collapse_curve.gp collapse_curve.png");
}
