/* Does a model memorize its training data or generalise? Denoising errors of a model on training
 * and on test data against time, beside the exact score of the training data, which memorizes, and
 * their Wiener filter; and what clones of the model have in common with the training data. The
 * model is one whose answer is known: the law of the data, their exact score, a kernel density of a
 * width between the two, or the filter. Writes generalization.csv, generalization.json and
 * generalization.png. Formulas: doc/theory.md (91), (93), (94). SPDX-License-Identifier: MIT */
#include "commands.h"
#include "driver.h"

#include <math.h>
#include <string.h>

enum {
    LAW,
    EXACT,
    KERNEL,
    WIENER
};
static const char *const models[] = {"the law of the data", "the exact score of the training data",
                                     "a kernel density of the training data", "the Wiener filter"};

typedef struct settings {
    drv_data data;
    int64_t d, points, held, samples, pairs, times, clone_every;
    double mu, width, t_min, t_max;
    int model;
} settings;

static struct {
    ddn_dataset *train, *test;
    ddn_schedule *schedule;
    ddn_oracle *model;
    ddn_result *result;
} own;

/* ---- Data and model ---------------------------------------------------------------------- */

/* Every k-th point is held out. */
static void split(const settings *set, const ddn_dataset *ds)
{
    const int64_t n = ddn_dataset_n(ds), held = set->held;
    int64_t *rows = drv_alloc(n, sizeof *rows), kept = 0;
    if (held >= n) {
        drv_die("--held %lld leaves none of the %lld points to learn from", (long long)held,
                (long long)n);
    }
    for (int64_t i = 0; i < n; i++) { /* test data from the end, training data from the start */
        if ((i + 1) * held / n > i * held / n) {
            rows[n - 1 - (i - kept)] = i;
        } else {
            rows[kept++] = i;
        }
    }
    drv_try(ddn_dataset_create_subset(drv.ctx, ds, kept, rows, &own.train));
    drv_keep(own.train);
    drv_try(ddn_dataset_create_subset(drv.ctx, ds, held, rows + kept, &own.test));
    drv_keep(own.test);
}

/* Points of two Gaussians N(+-m, I). */
static void make_points(const settings *set, const ddn_oracle *law)
{
    const int64_t n = set->points + set->held;
    double *y = drv_alloc(n * set->d, sizeof *y);
    ddn_dataset *ds = NULL;
    drv_try(ddn_oracle_sample_data(drv.ctx, law, drv.seed, 0, n, y, set->d, NULL));
    drv_try(ddn_dataset_create(drv.ctx, DDN_TYPE_F64, n, set->d, y, set->d, &ds));
    drv_keep(ds);
    split(set, ds);
}

static ddn_oracle *kernel_density(double width)
{
    const int64_t n = ddn_dataset_n(own.train), d = ddn_dataset_d(own.train);
    double *y = drv_alloc(n * d, sizeof *y), *weights = drv_alloc(n, sizeof *weights);
    const double variance = width * width;
    ddn_oracle *oracle = NULL;
    drv_try(ddn_dataset_read(drv.ctx, own.train, 0, n, y, d));
    drv_try(ddn_dataset_weights(drv.ctx, own.train, n, weights));
    drv_try(ddn_oracle_create_mixture(drv.ctx, own.schedule, DDN_VARIANCE_SHARED, n, d, weights, y,
                                      d, &variance, 0, NULL, &oracle));
    drv_keep(oracle);
    return oracle;
}

static ddn_oracle *wiener_filter(void)
{
    const int64_t n = ddn_dataset_n(own.train), d = ddn_dataset_d(own.train);
    const int64_t axes = n - 1 < d ? n - 1 : d;
    ddn_oracle *oracle = NULL;
    drv_try(ddn_oracle_create_gaussian_of(drv.ctx, own.train, own.schedule, axes < 512 ? axes : 512,
                                          &oracle));
    drv_keep(oracle);
    return oracle;
}

static void make(settings *set)
{
    ddn_oracle *law = NULL;
    own.schedule = drv_schedule();
    const double least = 2e-3;
    const int is_first_given = !isnan(set->t_min);
    set->t_min = drv_time_given("t-min", own.schedule, set->t_min);
    set->t_max = drv_time_given("t-max", own.schedule, set->t_max);
    drv_preset_range(fmin(0.02, drv_last_ou(own.schedule) / 10), 5, &set->t_min, &set->t_max);
    set->t_min = is_first_given ? set->t_min : fmax(set->t_min, least);
    if (set->t_min < least) {
        drv_die("--t-min is OU time %g, which must be at least %g", set->t_min, least);
    }
    if (set->t_min >= set->t_max) {
        drv_die("--t-max is OU time %g, which is not above the first time, %g", set->t_max,
                set->t_min);
    }
    if (drv_data_given(&set->data)) {
        ddn_dataset *ds = drv_data_load(&set->data);
        set->held = set->held > 0 ? set->held : (ddn_dataset_n(ds) + 5) / 6;
        split(set, ds);
        set->model = set->model < 0 ? KERNEL : set->model;
    } else {
        set->held = set->held > 0 ? set->held : set->points;
        law = drv_two_gaussians(own.schedule, set->d, set->mu);
        make_points(set, law);
        set->model = set->model < 0 ? LAW : set->model;
    }
    if (set->model == LAW && law == NULL) {
        drv_die("--model law: the law of %s is not known", drv_data_name(&set->data));
    }
    own.model = set->model == LAW      ? law
                : set->model == EXACT  ? drv_empirical(own.train, own.schedule)
                : set->model == KERNEL ? kernel_density(set->width)
                                       : wiener_filter();
}

/* ---- Results ----------------------------------------------------------------------------- */

/* The columns of the file, each with its error and its interval, and where they are, from 1. */
static const char *const names[] = {
    "e_train",    "e_test",         "gap",           "gap_paired", "e_exact_train", "e_exact_test",
    "gap_exact",  "e_wiener_train", "e_wiener_test", "gap_wiener", "excess_train",  "excess_test",
    "gain_train", "gain_test",      "phi_C",         "f_mem",      "d1_q50",        "d2_q50"};
enum {
    E_TRAIN,
    E_TEST,
    E_EXACT_TRAIN = 4,
    E_EXACT_TEST,
    E_WIENER_TRAIN = 7,
    E_WIENER_TEST,
    GAIN_TRAIN = 12,
    GAIN_TEST,
    PHI_C,
    F_MEM
};
static int place(int column)
{
    return 2 + 4 * column;
}

static void write_files(void)
{
    static const char *const parts[] = {"", "_se", "_low", "_high"};
    char header[1024] = "t";
    for (int i = 0; i < 4 * DRV_COUNT(names); i++) {
        drv_append(header, sizeof header, ",%s%s", names[i / 4], parts[i % 4]);
    }
    drv_csv_result(drv_path("generalization.csv"), header, own.result);
    drv_write_result(own.result, "generalization.json", "");
}

/* Copies are told from others by the second nearest point: where all are equal there is none. */
static int has_copies(void)
{
    int found = 0;
    for (int64_t i = 0; i < ddn_result_scalar_count(own.result); i++) {
        found |= strcmp(ddn_result_scalar_name(own.result, i), "f_mem_test") == 0;
    }
    return found;
}

static void print_table(const settings *set)
{
    static const char *const shown[] = {"e_train", "e_test", "gap",   "gap_paired",
                                        "phi_C",   "f_mem",  "d1_q50"};
    const double *column[DRV_COUNT(shown)], *error[DRV_COUNT(shown)];
    const double *t = drv_column(own.result, "t");
    printf("%s: n = %lld, d = %lld, %lld test points; the model is %s\n",
           set->data.files.count > 0 ? drv_shown(drv_data_name(&set->data)) : "two Gaussians",
           (long long)ddn_dataset_n(own.train), (long long)ddn_dataset_d(own.train),
           (long long)ddn_dataset_n(own.test), models[set->model]);
    printf("%lld states, %lld clone pairs a time, seed %lld; times %s\n\n  %-9s",
           (long long)set->samples, (long long)set->pairs, (long long)drv.seed,
           drv_clock(own.schedule), "t");
    for (int i = 0; i < DRV_COUNT(shown); i++) {
        char name[64];
        snprintf(name, sizeof name, "%s_se", shown[i]);
        column[i] = drv_column(own.result, shown[i]);
        error[i] = drv_column(own.result, name);
        printf("%-19s", shown[i]);
    }
    printf("\n");
    for (int64_t k = 0; k < ddn_result_rows(own.result); k++) {
        printf("  %-9.4g", t[k]);
        for (int i = 0; i < DRV_COUNT(shown); i++) {
            drv_cell(column[i][k], error[i][k], 18);
        }
        printf("\n");
    }
    if (has_copies()) {
        printf("\n  of the test data: f_mem = %.4g [%.4g, %.4g], median d1 = %.4g\n",
               drv_scalar(own.result, "f_mem_test", NULL),
               drv_scalar(own.result, "f_mem_test_low", NULL),
               drv_scalar(own.result, "f_mem_test_high", NULL),
               drv_scalar(own.result, "d1_q50_test", NULL));
    }
}

/* A curve with its bars; the last part of a plot command. */
static void draw_curve(drv_file *plot, int column, int style, const char *title)
{
    const int at = place(column);
    drv_print(plot,
              " 'generalization.csv' using 1:($%d):%d:%d with yerrorlines linestyle %d title '%s'",
              at, at + 2, at + 3, style, title);
}

/* The same over the error of the Wiener filter on the same states. The model's bars are those of
 * the paired difference of both, column `gain`, where that is known better than the error (gain 0:
 * it is not measured). */
static void draw_ratio(drv_file *plot, int column, int wiener, int gain, int style,
                       const char *title)
{
    const int at = place(column), of = place(wiener), by = place(gain > 0 ? gain : column);
    drv_print(plot,
              ",\\\n 'generalization.csv' using 1:($%d/$%d):"
              "(better($%d, $%d, $%d - $%d, $%d)/$%d):(better($%d, $%d, $%d - $%d, $%d)/$%d) "
              "with yerrorlines linestyle %d title '%s'",
              at, of, by + 1, at + 1, of, by + 3, at + 2, of, by + 1, at + 1, of, by + 2, at + 3,
              of, style, title);
}

static void draw_clones(drv_file *plot)
{
    drv_print(plot, DRV_SHARES "set ylabel 'share of clones of the model'\nplot");
    draw_curve(plot, PHI_C, 1, "φ_C: nearest to one training point");
    if (has_copies()) {
        drv_print(plot, ",\\\n");
        draw_curve(plot, F_MEM, 2, "f_{mem}: ends are copies of it");
        drv_print(plot, ",\\\n %.17g with lines linestyle 14 title 'f_{mem} of the test data'",
                  drv_scalar(own.result, "f_mem_test", NULL));
    }
    drv_print(plot, "\n");
}

static const char *caption(const settings *set)
{
    if (set->data.files.count > 0) {
        return drv_caption(&set->data, own.train);
    }
    return drv_gaussians(set->points, set->d, set->mu);
}

static void draw(const settings *set)
{
    char note[128];
    const double *t = drv_column(own.result, "t");
    const int64_t last = ddn_result_rows(own.result) - 1;
    snprintf(note, sizeof note, "the model is %s; %s", models[set->model], DRV_BARS);
    drv_file *plot =
        drv_plot_open(&(drv_figure){.name = "generalization",
                                    .width = DRV_TWO_COLUMNS,
                                    .title = caption(set),
                                    .note = note,
                                    .count = 1,
                                    .rows = {{set->pairs > 0 ? 2 : 1, 62, .legend = 5}}});
    drv_panel(plot, 0, 0);
    drv_time_axis(plot, own.schedule, t[0], t[last]);
    drv_print(plot, "set ylabel 'denoising error (Wiener filter = 1)'\nset yrange [*<0:*]\n"
                    "better(a, b, x, y) = a < b ? x : y\n"
                    "plot 1 with lines linestyle 15 title 'Wiener filter'");
    draw_ratio(plot, E_TRAIN, E_WIENER_TRAIN, GAIN_TRAIN, 1, "model, training data");
    draw_ratio(plot, E_TEST, E_WIENER_TEST, GAIN_TEST, 2, "model, test data");
    draw_ratio(plot, E_EXACT_TRAIN, E_WIENER_TRAIN, 0, 3, "exact score, training data");
    draw_ratio(plot, E_EXACT_TEST, E_WIENER_TEST, 0, 4, "exact score, test data");
    drv_print(plot, "\n");
    if (set->pairs > 0) {
        drv_panel(plot, 0, 1);
        drv_time_axis(plot, own.schedule, t[0], t[last]);
        draw_clones(plot);
    }
    drv_plot_run(plot);
}

static void measure(const settings *set)
{
    ddn_analysis *an = drv_analysis();
    const int64_t every = set->clone_every, most = (set->times + every - 1) / every;
    const double *times = drv_times(own.schedule, set->t_min, set->t_max, set->times);
    drv_note_range(times, set->times);
    double *clone_times = drv_alloc(most, sizeof *clone_times);
    for (int64_t k = 0; k < most; k++) { /* the last one is among them */
        clone_times[k] = times[set->times - 1 - (most - 1 - k) * every];
    }
    drv_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, set->samples);
    if (set->pairs > 0) {
        drv_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, set->pairs);
    }
    const drv_part parts[] = {
        /* clones: of the few steps that are preset */
        {"denoising", 3 * (double)(set->samples * set->times), "denoising", 0},
        {"clones", 4 * (double)(set->pairs * most), "clones", 1}};
    drv_plan(set->pairs > 0 ? 2 : 1, parts);
    drv_begin("denoising", 0, 1);
    drv_try(ddn_analysis_generalization(an, own.model, own.train, own.test, set->times,
                                        set->pairs > 0 ? most : 0, times, clone_times,
                                        &own.result));
    drv_keep(own.result);
}

int generalization_main(int argc, char **argv)
{
    settings set = {.data = DRV_DATA_DEFAULTS,
                    .d = 32,
                    .points = 512,
                    .samples = 1024,
                    .pairs = 128,
                    .times = 14,
                    .clone_every = 2,
                    .mu = 1,
                    .width = 0.3,
                    .t_min = NAN,
                    .t_max = NAN,
                    .model = -1};
    const drv_option options[] = {
        DRV_DATA_OPTIONS(set.data, 0),
        {"held", "N", "points held out as test data (default: a sixth; without --data as many)",
         DRV_INT, &set.held, 1, 9e15},
        {"model", "law|exact|kernel|wiener",
         "the model (default: kernel, without --data the law of the points)", DRV_CHOICE,
         &set.model, 0, 0},
        {"width", "H", "standard deviation of the kernel in data units", DRV_DOUBLE, &set.width, 0,
         1e6},
        {"d", "D", "dimension of the two Gaussians that stand in where there is no --data", DRV_INT,
         &set.d, 1, 1 << 20},
        {"mu", "MU", "their means are +-m with |m|^2 = MU^2 D; unit variance", DRV_DOUBLE, &set.mu,
         0, 1e6},
        {"points", "N", "training points of them", DRV_INT, &set.points, 2, 1e7},
        {"samples", "N", "noisy states of each set at each time", DRV_INT, &set.samples, 2, 1e8},
        {"pairs", "N", "clone pairs at each time of clones; 0: none", DRV_INT, &set.pairs, 0, 1e8},
        {"times", "K", "number of times, geometric", DRV_INT, &set.times, 2, 1e4},
        {"clone-every", "K", "clones at every K-th of the times, from the last", DRV_INT,
         &set.clone_every, 1, 1e4},
        {"t-min", "T", "first time (default OU time 0.02)", DRV_DOUBLE, &set.t_min, 0, 0},
        {"t-max", "T", "last time (default OU time 5)", DRV_DOUBLE, &set.t_max, 0, 0},
        DRV_SCHEDULE_OPTION,
    };
    drv_start(argc, argv,
              "Does a model memorize? Measures its denoising errors on training and on test data, "
              "beside the exact\nscore of the training data and their Wiener filter, and what its "
              "clones share with the training data.\nWrites generalization.csv, "
              "generalization.json and generalization.png.",
              "generalization.csv generalization.json generalization.gp generalization.png",
              options, DRV_COUNT(options));
    if (set.pairs == 1) {
        drv_die("--pairs 1: a share needs at least 2");
    }
    make(&set);
    measure(&set);
    write_files();
    print_table(&set);
    draw(&set);
    printf("  results in %s: generalization.csv, generalization.json, %s\n", drv_shown(drv.out),
           drv_picture("generalization"));
    return drv_finish();
}
