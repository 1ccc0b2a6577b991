/* The three regimes of a diffusion model that has learned a data set perfectly: from an image file
 * to the speciation time t_S and the collapse time t_C, each by several definitions with its
 * standard error; a table, regimes.json, phi.csv, entropy.csv and regimes.png.
 * Formulas: doc/theory.md (20), (23), (24), (30), (33) to (36). Which time is which: doc/times.md.
 * SPDX-License-Identifier: MIT */
#include "commands.h"
#include "driver.h"

#include <math.h>
#include <string.h>

static struct {
    ddn_dataset *ds;
    ddn_schedule *schedule;
    ddn_oracle *oracle;
    ddn_analysis *an;
    ddn_result *report;
    int keep_copies;
    int64_t copies; /* merged into weights */
} own;

typedef struct settings {
    drv_data data;
    int64_t samples, clones, steps, times, clone_times, paths, path_steps;
    double t_min, t_max; /* in OU time */
    double from, to;     /* the same in the time of the schedule */
    double level, precision, clone_precision;
    int trace;
} settings;

/* ---- The report -------------------------------------------------------------------------- */

typedef struct quantity {
    const char *name;
    const char *text;
} quantity;

static const quantity quantities[] = {
    {"Lambda", "largest eigenvalue of the data covariance (1/n)"},
    {"t_S", "speciation: ½ log(1 + Λ)"},
    {"t_S_asymptotic", "speciation for large Λ: ½ log Λ"},
    {"t_S_phi", "speciation: φ crosses its value at r = 1"},
    {"t_C_phi", "collapse: φ_C = ½"},
    {"t_C_entropy", "collapse: f^e/α = level"},
    {"t_C_last_change", "collapse: mean last change of the nearest point"},
    {"t_C_last_change_median", "collapse: median of these last changes"},
    {"t_C_spectrum", "collapse: Gaussian of the same covariance"},
};

/* How much is measured: to a precision, unless numbers were given. */
static void choose_work(const settings *set)
{
    ddn_options *work = ddn_analysis_options(own.an);
    if (set->samples > 0) {
        drv_set_i64(work, DDN_ANALYSIS_SAMPLES, set->samples);
    } else {
        drv_set_f64(work, DDN_ANALYSIS_PRECISION, set->precision);
    }
    if (set->clones > 0) {
        drv_set_i64(work, DDN_ANALYSIS_CLONES, set->clones);
    } else if (set->clones < 0) {
        drv_set_f64(work, DDN_ANALYSIS_CLONE_PRECISION, set->clone_precision);
    }
    drv_set_i64(work, DDN_ANALYSIS_STEPS, set->steps);
    drv_set_i64(work, DDN_ANALYSIS_PATHS, set->paths);
    drv_set_i64(work, DDN_ANALYSIS_PATH_STEPS, set->path_steps);
}

static void make_report(settings *set)
{
    const double *times = drv_times(own.schedule, set->t_min, set->t_max, set->times);
    set->from = times[0];
    set->to = times[set->times - 1];
    const int64_t clone_count = set->clones != 0 ? set->clone_times : 0;
    double *clone_times = drv_alloc(clone_count, sizeof *clone_times);
    for (int64_t k = 0; k < clone_count; k++) {
        clone_times[k] = times[k * (set->times - 1) / (clone_count > 1 ? clone_count - 1 : 1)];
    }
    /* Simulated paths must end deep in the regime where the nearest point is decided. */
    const double end = drv_clean_end(own.schedule, fmin(1e-3, set->t_min / 4));
    drv_set_f64(ddn_analysis_options(own.an), DDN_ANALYSIS_T_END, end);
    if (!drv_is_ou(own.schedule) && end <= 0) { /* an index, which no ratio reaches */
        drv_set_i64(ddn_analysis_options(own.an), DDN_ANALYSIS_GRID, DDN_GRID_LOGSNR);
    }
    drv_set_f64(ddn_analysis_options(own.an), DDN_ANALYSIS_T_START,
                drv_time_of(own.schedule, fmax(6, set->t_max)));
    drv_set_f64(ddn_analysis_options(own.an), DDN_ANALYSIS_EXCESS_LEVEL, set->level);
    choose_work(set);
    drv_checkpoint_begin(own.an, own.ds);
    drv_begin("curves", 0, 1);
    drv_try(ddn_analysis_regimes(own.an, own.oracle, set->times, clone_count, times, clone_times,
                                 &own.report));
    drv_keep(own.report);
}

/* The two boundaries as ddn_regime_at sees them. */
static void boundaries(double *t_s, double *t_c)
{
    *t_s = drv_scalar(own.report, "t_S_phi", NULL);
    *t_c = drv_scalar(own.report, "t_C_phi", NULL);
    *t_s = isnan(*t_s) ? drv_scalar(own.report, "t_S", NULL) : *t_s;
    *t_c = isnan(*t_c) ? drv_scalar(own.report, "t_C_spectrum", NULL) : *t_c;
}

/* ---- Files ------------------------------------------------------------------------------- */

/* A note that a file can hold; a very long one is left out. */
static void note(ddn_result *report, const char *name, const char *text)
{
    if (text != NULL && ddn_result_set_field(drv.ctx, report, name, text)) {
        drv_warn("regimes.json lacks %s: %s", name, ddn_context_message(drv.ctx));
    }
}

/* The flat members that version 0.1.0 had, by which scripts know the file. labels: "A, B". */
static const char *flat_members(const char *labels)
{
    const size_t size = strlen(labels) + 4096;
    char *text = drv_alloc((int64_t)size, 1);
    drv_append(text, size, " \"n\": %lld, \"d\": %lld, \"alpha\": %s, \"classes\": [%s],\n",
               (long long)ddn_dataset_n(own.ds), (long long)ddn_dataset_d(own.ds),
               drv_json_number(drv_scalar(own.report, "alpha", NULL)), labels);
    for (int i = 0; i < DRV_COUNT(quantities); i++) {
        double error = NAN;
        const double value = drv_scalar(own.report, quantities[i].name, &error);
        drv_append(text, size, " \"%s\": {\"value\": %s, \"stderr\": %s},\n", quantities[i].name,
                   drv_json_number(value), drv_json_number(error));
    }
    drv_append(text, size, " \"seed\": %lld,\n", (long long)drv.seed);
    return text;
}

/* The whole report, with what the library cannot know of the data. */
static void write_json(const settings *set)
{
    enum {
        DIGITS = 14 /* of a label, with a comma */
    };
    const int64_t count = ddn_dataset_class_count(own.ds);
    int32_t *labels = drv_alloc(count, sizeof *labels);
    const size_t size = (size_t)count * DIGITS + 1;
    char *list = drv_alloc((int64_t)size, 1);
    if (count > 0) {
        drv_try(ddn_dataset_classes(drv.ctx, own.ds, count, labels, NULL));
    }
    for (int64_t c = 0; c < count; c++) {
        drv_append(list, size, "%s%d", c ? ", " : "", (int)labels[c]);
    }
    ddn_result *report = NULL;
    drv_try(ddn_result_create_copy(drv.ctx, own.report, &report));
    drv_keep(report);
    note(report, "data_path", drv_shown(drv_data_name(&set->data)));
    note(report, "data_description", drv_data_description(own.ds));
    note(report, "labels_path",
         set->data.labels.count > 0 ? drv_shown(drv_files_name(&set->data.labels)) : NULL);
    note(report, "labels", list);
    char copies[32];
    snprintf(copies, sizeof copies, "%lld", (long long)own.copies);
    note(report, "copies_merged", copies);
    drv_write_result(report, "regimes.json", flat_members(list));
}

enum {
    PHI_COLUMNS = 17,
    ENTROPY_COLUMNS = 5
};
static const char *const phi_names[PHI_COLUMNS] = {"t",
                                                   "phi",
                                                   "phi_se",
                                                   "phi_clones",
                                                   "phi_clones_se",
                                                   "phi_C",
                                                   "phi_C_se",
                                                   "phi_C_clones",
                                                   "phi_C_clones_se",
                                                   "phi_low",
                                                   "phi_high",
                                                   "phi_clones_low",
                                                   "phi_clones_high",
                                                   "phi_C_low",
                                                   "phi_C_high",
                                                   "phi_C_clones_low",
                                                   "phi_C_clones_high"};
static const char *const entropy_names[ENTROPY_COLUMNS] = {"t", "f_over_alpha", "f_over_alpha_se",
                                                           "f_over_alpha_low", "f_over_alpha_high"};

/* The named columns of the report, leaving out the times at which all of them are empty. */
static void write_csv(const char *file_name, const char *const *names, int64_t count)
{
    const int64_t rows = ddn_result_rows(own.report);
    const double *columns[PHI_COLUMNS];
    drv_define_by(own.report);
    for (int64_t i = 0; i < count; i++) {
        columns[i] = drv_column(own.report, names[i]);
    }
    drv_file *csv = drv_csv_open(drv_path(file_name), drv_header(names, count));
    for (int64_t r = 0; r < rows; r++) {
        double row[PHI_COLUMNS];
        int filled = 0;
        for (int64_t i = 0; i < count; i++) {
            row[i] = columns[i][r];
            filled += i > 0 && !isnan(row[i]);
        }
        if (filled) {
            drv_csv_row(csv, row, count);
        }
    }
    drv_close(csv);
}

/* ---- Terminal ---------------------------------------------------------------------------- */

/* What was asked for, and what it took. */
static void print_work(const settings *set)
{
    const int64_t clone_times = set->clones != 0 ? set->clone_times : 0;
    printf("\n  %lld times from %.3g to %.3g: ", (long long)set->times, set->from, set->to);
    if (set->samples > 0) {
        printf("%lld states each", (long long)set->samples);
    } else {
        printf("curves to %.2g of their range by %.0f states", set->precision,
               drv_scalar(own.report, "evaluations", NULL));
    }
    printf("; clones at %lld times: ", (long long)clone_times);
    if (set->clones >= 0) {
        printf("%lld pairs each", (long long)set->clones);
    } else {
        printf("to %.2g of their range", set->clone_precision);
    }
    printf("; %lld paths of %lld steps; seed %lld\n\n", (long long)set->paths,
           (long long)set->path_steps, (long long)drv.seed);
}

static void print_table(const settings *set)
{
    const int64_t n = ddn_dataset_n(own.ds), d = ddn_dataset_d(own.ds);
    const int64_t count = ddn_dataset_class_count(own.ds);
    const int weighted = ddn_dataset_is_weighted(own.ds);
    printf("%s\n  n = %lld points, d = %lld", drv_shown(drv_data_name(&set->data)), (long long)n,
           (long long)d);
    printf(", α = %s/d = %.6g", weighted ? "H(π)" : "log(n)",
           drv_scalar(own.report, "alpha", NULL));
    if (count > 0) {
        int32_t *labels = drv_alloc(count, sizeof *labels);
        int64_t *sizes = drv_alloc(count, sizeof *sizes);
        drv_try(ddn_dataset_classes(drv.ctx, own.ds, count, labels, sizes));
        printf(", classes");
        for (int64_t c = 0; c < count; c++) {
            printf("%s %d (%lld)", c ? "," : "", (int)labels[c], (long long)sizes[c]);
        }
    }
    printf("\n  read from %s", drv_data_description(own.ds));
    if (own.copies > 0) {
        printf("\n  %lld copies were merged into weights of the points (--keep-copies counts each)",
               (long long)own.copies);
    }
    print_work(set);
    printf("  %-22s  %18s   definition (times %s%s)\n", "", "value ± std. error",
           drv_is_ou(own.schedule) ? "in " : "", drv_clock(own.schedule));
    for (int i = 0; i < DRV_COUNT(quantities); i++) {
        char text[64];
        double error = NAN;
        const double value = drv_scalar(own.report, quantities[i].name, &error);
        drv_format(value, error, text, sizeof text);
        if (isnan(value) && strcmp(quantities[i].name, "t_S_phi") == 0 && count < 2) {
            snprintf(text, sizeof text, "%s", count == 0 ? "no labels" : "one class");
        }
        const int wide = strstr(text, "±") ? 19 : 18; /* two bytes, one place */
        printf("  %-22s  %*s   %s", quantities[i].name, wide, text, quantities[i].text);
        if (strcmp(quantities[i].name, "t_C_entropy") == 0) {
            printf(" %g", set->level);
        }
        printf("\n");
    }
    double t_s = NAN, t_c = NAN;
    boundaries(&t_s, &t_c);
    if (isnan(t_c)) { /* a single point, or copies of one */
        printf("\n  No regimes: the clone probability φ_C does not change with t\n\n");
        return;
    }
    printf("\n  I    random noise     t > %.4g\n", fmax(t_c, t_s));
    if (t_c < t_s) {
        printf("  II   features         %.4g < t <= %.4g\n", t_c, t_s);
    } else {
        printf("  II   features         does not exist: t_C >= t_S\n");
    }
    printf("  III  memorization     t <= %.4g\n\n", t_c);
}

/* ---- Picture ----------------------------------------------------------------------------- */

/* One shaded band with its name on top; edges in t, clipped to the axis. */
static void shade(drv_file *plot, const settings *set, double from, double to, const char *colour,
                  const char *name)
{
    double low = set->from, high = set->to;
    drv_time_ends(own.schedule, &low, &high);
    from = fmax(from, low);
    to = fmin(to, high);
    if (!(to > from)) {
        return;
    }
    drv_print(plot,
              "set object rectangle from %.17g, graph 0 to %.17g, graph 1 behind fillcolor '%s' "
              "fillstyle solid noborder\n",
              from, to, colour);
    const int linear = drv_is_time_linear(own.schedule);
    if (linear ? to - from > 0.1 * (high - low) : log(to / from) > 0.1 * log(high / low)) {
        drv_print(plot, "set label \"%s\" at %.17g, graph 0.96 center front\n", name,
                  linear ? (from + to) / 2 : sqrt(from * to));
    }
}

/* A boundary with its value above the axes; two that are near each other point apart. */
static void mark(drv_file *plot, const settings *set, double t, double other, const char *name)
{
    if (t > set->from && t < set->to) {
        char text[64];
        snprintf(text, sizeof text, t < 100 ? "%s = %#.3g" : "%s = %.0f", name, t);
        drv_mark(plot, t, text, t < other ? "right" : t > other ? "left" : "center");
    }
}

static void draw_curves(drv_file *plot, const settings *set)
{
    const int with_phi = ddn_dataset_class_count(own.ds) > 0;
    drv_print(plot, "plot");
    if (with_phi) {
        drv_print(plot, " 'phi.csv' using 1:2:10:11 with yerrorlines linestyle 1 title "
                        "'φ: two clones in one class',\\\n");
    }
    drv_print(plot, " 'phi.csv' using 1:6:14:15 with yerrorlines linestyle 2 title "
                    "'φ_C: at one training point'");
    if (ddn_dataset_n(own.ds) > 1) { /* alpha = 0 of a single point leaves no f/alpha */
        drv_print(plot, ",\\\n 'entropy.csv' using 1:2:4:5 with yerrorlines linestyle 3 title "
                        "'f^e/α: excess entropy'");
    }
    if (set->clones != 0 && with_phi) {
        drv_print(
            plot,
            ",\\\n 'phi.csv' using (beside($1)):4:12:13 with yerrorbars linestyle 1 pointtype 6 "
            "pointsize 2*dot title 'φ, simulated clones'");
    }
    if (set->clones != 0) {
        drv_print(
            plot,
            ",\\\n 'phi.csv' using (beside($1)):8:16:17 with yerrorbars linestyle 2 pointtype 4 "
            "pointsize 2*dot title 'φ_C, simulated clones'");
    }
    drv_print(plot, "\n");
}

static void draw(const settings *set)
{
    double t_s = NAN, t_c = NAN;
    boundaries(&t_s, &t_c);
    drv_file *plot =
        drv_plot_open(&(drv_figure){.name = "regimes",
                                    .width = DRV_TWO_COLUMNS,
                                    .title = drv_caption(&set->data, own.ds),
                                    .note = set->clones == 0 ? DRV_BARS : DRV_BARS "; " DRV_BESIDE,
                                    .count = 1,
                                    .rows = {{1, 78, .legend = 2, .marks = 1}}});
    drv_panel(plot, 0, 0);
    drv_time_axis(plot, own.schedule, set->from, set->to);
    drv_print(plot, "set yrange [*<-0.04:1.12<*] noextend\nset ytics 0.2\n"
                    "set ylabel 'probability; f^e/α'\n");
    if (!isnan(t_c)) { /* else there are no regimes */
        shade(plot, set, -INFINITY, t_c, "#f6dcd2", "III  memorization");
        shade(plot, set, t_c, t_s, "#e3f1e6", "II  features");
        shade(plot, set, fmax(t_c, t_s), INFINITY, "#e6ebf5", "I  random noise");
    }
    mark(plot, set, t_s, t_c, "t_S");
    mark(plot, set, t_c, t_s, "t_C");
    draw_curves(plot, set);
    drv_plot_run(plot);
}

/* ---- Settings ------------------------------------------------------------------------------ */

static settings given = {.data = DRV_DATA_DEFAULTS,
                         .clones = -1,
                         .steps = 4,
                         .paths = 256,
                         .path_steps = 64,
                         .t_min = NAN,
                         .t_max = NAN,
                         .level = 0.05,
                         .precision = NAN,
                         .clone_precision = NAN};
static const drv_option options[] = {
    DRV_DATA_OPTIONS(given.data, DRV_REQUIRED),
    {"precision", "P",
     "standard error of each curve, in units of the range it runs through (default 0.01)",
     DRV_DOUBLE, &given.precision, 1e-6, 0.5},
    {"clone-precision", "P",
     "standard error of φ_C, and of φ over 1 - φ(∞), of clones (default 0.08)", DRV_DOUBLE,
     &given.clone_precision, 1e-4, 0.5},
    {"samples", "S", "states at each time in place of a precision; 0: as that needs", DRV_INT,
     &given.samples, 0, 1e9},
    {"clones", "C", "pairs of clones at each of their times; 0: none, -1: as the precision needs",
     DRV_INT, &given.clones, -1, 1e9},
    {"steps", "K", "steps of each simulated clone (the exact reverse kernel)", DRV_INT,
     &given.steps, 1, 1e6},
    {"t-min", "T", "first time; both ends are found from the data if not given", DRV_DOUBLE,
     &given.t_min, 0, 0},
    {"t-max", "T", "last time", DRV_DOUBLE, &given.t_max, 0, 0},
    {"times", "K", "number of times between them (default 32, or --clone-times where that is more)",
     DRV_INT, &given.times, 4, 1e5},
    {"clone-times", "K",
     "number of times with simulated clones (default 10, or all where --times are fewer)", DRV_INT,
     &given.clone_times, 2, 1e5},
    {"paths", "P", "paths that measure the last change of the nearest point", DRV_INT, &given.paths,
     2, 1e9},
    {"path-steps", "K", "steps of these paths", DRV_INT, &given.path_steps, 2, 1e6},
    {"level", "E", "f^e/α at which t_C_entropy is taken", DRV_DOUBLE, &given.level, 1e-6, 0.999999},
    {"keep-copies", NULL, "count copies of a point as points, instead of as its weight", DRV_FLAG,
     &own.keep_copies, 0, 0},
    DRV_SCHEDULE_OPTION,
    DRV_TRACE_OPTION(given.trace),
    DRV_CHECKPOINT_OPTIONS,
};

/* What the table of options cannot say: one number that is too few, and two that say the same. */
static void check_work(settings *set)
{
    if (set->samples == 1) {
        drv_die(
            "--samples = 1 gives no standard error: at least 2, or 0 for as many as --precision "
            "needs");
    }
    if (set->clones == 1) {
        drv_die(
            "--clones = 1 gives no standard error: at least 2, 0 for none, or -1 for as many as "
            "--clone-precision needs");
    }
    if (set->samples > 0 && !isnan(set->precision)) {
        drv_die("--precision = %g and --samples = %lld both say how many states are drawn: drop "
                "--samples to reach the precision, or --precision for that number",
                set->precision, (long long)set->samples);
    }
    if (set->clones >= 0 && !isnan(set->clone_precision)) {
        drv_die(
            "--clone-precision = %g and --clones = %lld both say how many clones are made: drop "
            "--clones to reach the precision, or --clone-precision for that number",
            set->clone_precision, (long long)set->clones);
    }
    set->precision = isnan(set->precision) ? 0.01 : set->precision;
    set->clone_precision = isnan(set->clone_precision) ? 0.08 : set->clone_precision;
}

/* Those that were not given follow those that were. */
static void choose_times(settings *set)
{
    const int64_t usual = 10, most = 32;
    if (set->times == 0) {
        set->times = set->clone_times > most ? set->clone_times : most;
        drv_note("times", (double)set->times);
    }
    if (set->clone_times > set->times) {
        drv_die("--clone-times = %lld exceeds --times = %lld", (long long)set->clone_times,
                (long long)set->times);
    }
    if (set->clone_times == 0) {
        set->clone_times = set->times < usual ? set->times : usual;
        drv_note("clone-times", set->clones != 0 ? (double)set->clone_times : NAN);
    }
}

/* A precision needs about so many states at each time, the inverse square of it. */
static void plan(const settings *set)
{
    const int64_t n = ddn_dataset_n(own.ds), d = ddn_dataset_d(own.ds);
    const double states = set->samples > 0 ? (double)set->samples : 0.25 / pow(set->precision, 2);
    const double pairs =
        set->clones >= 0 ? (double)set->clones : 0.4 / pow(set->clone_precision, 2);
    const drv_part parts[] = {
        {"range of times", drv_cost(DRV_RANGE_STATES, n, d), "identities", 0},
        {"curves", drv_cost(states * (double)set->times, n, d), "identities", 0},
        {"clones", drv_cost(2 * pairs * (double)(set->clone_times * set->steps), n, d), "clones",
         1},
        {"paths", drv_cost((double)(set->paths * set->path_steps), n, d), "last change", 1}};
    drv_plan(DRV_COUNT(parts), parts);
    drv_begin("range of times", 0, 1);
}

int regimes_main(int argc, char **argv)
{
    drv_start(argc, argv,
              "Measures the three regimes of the exact diffusion model of a data set: speciation "
              "time t_S,\ncollapse time t_C, cloning probabilities φ(t), φ_C(t) and excess entropy "
              "f(t)/α.\nWrites regimes.json, phi.csv, entropy.csv and regimes.png.",
              "regimes.json phi.csv entropy.csv regimes.gp regimes.png", options,
              DRV_COUNT(options));
    if (given.t_min >= given.t_max) {
        drv_die("--t-min = %g is not below --t-max = %g", given.t_min, given.t_max);
    }
    choose_times(&given);
    check_work(&given);
    own.schedule = drv_schedule();
    given.t_min = drv_time_given("t-min", own.schedule, given.t_min);
    given.t_max = drv_time_given("t-max", own.schedule, given.t_max);
    own.ds = drv_data_load(&given.data);
    if (!own.keep_copies) {
        own.ds = drv_data_distinct(own.ds, &own.copies);
    }
    own.oracle = drv_empirical(own.ds, own.schedule);
    own.an = drv_analysis();

    plan(&given);
    drv_choose_range(own.an, own.oracle, own.ds, &given.t_min, &given.t_max);
    drv_note("precision", given.samples > 0 ? NAN : given.precision);
    drv_note("clone-precision", given.clones >= 0 ? NAN : given.clone_precision);
    make_report(&given);
    drv_note("t-min", given.from);
    drv_note("t-max", given.to);
    write_json(&given);
    write_csv("phi.csv", phi_names, PHI_COLUMNS);
    write_csv("entropy.csv", entropy_names, ENTROPY_COLUMNS);
    print_table(&given);
    draw(&given);
    printf("  results in %s: regimes.json, phi.csv, entropy.csv, %s\n", drv_shown(drv.out),
           drv_picture("regimes"));
    if (given.trace) {
        drv_trace(own.oracle);
    }
    return drv_finish();
}
