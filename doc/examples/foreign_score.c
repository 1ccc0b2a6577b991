/* A score from outside the library: this program plays the host of a trained network. Its model, a
 * Gaussian with the leading spectrum of each class (a Wiener filter per class), predicts the noise
 * eps through a callback; the library runs its reverse dynamics and measures clones with it,
 * against the exact score of the same data. Both speciate at the same time; only the exact one
 * collapses. Writes foreign_score.csv and foreign_score.png. Formulas: doc/theory.md (16), (17),
 * (36). SPDX-License-Identifier: MIT */
#include "commands.h"
#include "driver.h"

#include <math.h>

static struct {
    ddn_dataset *ds;
    ddn_schedule *schedule;
    ddn_oracle *exact, *foreign;
    ddn_analysis *an;
    ddn_result *curves, *clones;
} own;

typedef struct settings {
    drv_data data;
    int64_t d, points, rank, pairs, times, steps, samples;
    double mu, t_min, t_max, lambda, phi_infinity;
} settings;

/* ---- The foreign model: plain C that knows nothing of the library ------------------------- */

/* A class: share of the data, mean[d], leading eigenpairs values[rank], vectors[rank][d], and the
 * mean variance of the other directions. */
typedef struct class_model {
    double share, *mean, *values, *vectors, residual;
} class_model;

typedef struct model {
    int64_t classes, rank, d, calls, states;
    class_model *of;
    double *weight; /* [classes] */
    double *along;  /* [classes][rank] coordinates along the eigenvectors */
} model;

/* log pi + log N(x; a mean, s^2 + a^2 C) up to a constant; keeps the coordinates along[rank]. */
static double class_log_p(const class_model *c, const model *mo, double a, double s2,
                          const double *x, double *along)
{
    const double gamma = s2 + a * a * c->residual;
    double norm2 = 0, sum = (double)(mo->d - mo->rank) * log(gamma);
    for (int64_t j = 0; j < mo->d; j++) {
        const double r = x[j] - a * c->mean[j];
        norm2 += r * r;
    }
    for (int64_t i = 0; i < mo->rank; i++) {
        const double gi = s2 + a * a * c->values[i], *u = c->vectors + i * mo->d;
        along[i] = 0;
        for (int64_t j = 0; j < mo->d; j++) {
            along[i] += u[j] * (x[j] - a * c->mean[j]);
        }
        norm2 -= along[i] * along[i];
        sum += along[i] * along[i] / gi + log(gi);
    }
    return log(c->share) - 0.5 * (sum + norm2 / gamma);
}

/* eps = s sum_c w_c (s^2 + a^2 C_c)^-1 (x - a mean_c) for one state. */
static void predict_state(const model *mo, double a, double s, const double *x, double *eps)
{
    double top = -INFINITY, total = 0;
    for (int64_t c = 0; c < mo->classes; c++) {
        mo->weight[c] = class_log_p(&mo->of[c], mo, a, s * s, x, mo->along + c * mo->rank);
        top = fmax(top, mo->weight[c]);
    }
    for (int64_t c = 0; c < mo->classes; c++) {
        mo->weight[c] = exp(mo->weight[c] - top);
        total += mo->weight[c];
    }
    for (int64_t j = 0; j < mo->d; j++) {
        eps[j] = 0;
    }
    for (int64_t c = 0; c < mo->classes; c++) {
        const class_model *k = &mo->of[c];
        const double w = s * mo->weight[c] / total, precision = 1 / (s * s + a * a * k->residual);
        if (mo->weight[c] / total < 1e-18) {
            continue;
        }
        for (int64_t j = 0; j < mo->d; j++) {
            eps[j] += w * precision * (x[j] - a * k->mean[j]);
        }
        for (int64_t i = 0; i < mo->rank; i++) {
            const double *u = k->vectors + i * mo->d;
            const double f =
                w * mo->along[c * mo->rank + i] * (1 / (s * s + a * a * k->values[i]) - precision);
            for (int64_t j = 0; j < mo->d; j++) {
                eps[j] += f * u[j];
            }
        }
    }
}

/* What the library calls: a batch, on this thread. */
static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)t;
    (void)d;
    model *mo = user;
    mo->calls++;
    mo->states += m;
    for (int64_t r = 0; r < m; r++) {
        predict_state(mo, a, s, x + r * ldx, out + r * ldo);
    }
    return 0;
}

/* ---- Its training ------------------------------------------------------------------------ */

static void train_class(const settings *set, model *mo, int32_t label, class_model *c)
{
    ddn_dataset *part = NULL;
    drv_try(ddn_dataset_create_class_subset(drv.ctx, own.ds, 1, &label, &part));
    drv_keep(part);
    const int64_t n = ddn_dataset_n(part), d = mo->d;
    double *norms = drv_alloc(n, sizeof *norms), trace = 0;
    if (mo->rank >= (n < d ? n : d)) {
        drv_die("--rank = %lld is too large: class %d has %lld points in d = %lld",
                (long long)set->rank, (int)label, (long long)n, (long long)d);
    }
    c->share = (double)n / (double)ddn_dataset_n(own.ds);
    c->mean = drv_alloc(d, sizeof *c->mean);
    c->values = drv_alloc(mo->rank, sizeof *c->values);
    c->vectors = drv_alloc(mo->rank * d, sizeof *c->vectors);
    drv_try(ddn_dataset_mean(drv.ctx, part, d, c->mean));
    drv_try(ddn_dataset_squared_norms(drv.ctx, part, n, c->mean, norms));
    for (int64_t i = 0; i < n; i++) {
        trace += norms[i] / (double)n;
    }
    if (mo->rank > 0) {
        drv_try(ddn_dataset_spectrum(drv.ctx, part, mo->rank, c->values, c->vectors, d));
    }
    for (int64_t i = 0; i < mo->rank; i++) {
        trace -= c->values[i];
    }
    c->residual = fmax(trace, 0) / (double)(d - mo->rank);
    drv_drop(part);
}

/* A class of a single point has no eigenvectors. */
static void choose_rank(settings *set, int64_t classes)
{
    int64_t *sizes = drv_alloc(classes, sizeof *sizes);
    drv_try(ddn_dataset_classes(drv.ctx, own.ds, classes, NULL, sizes));
    set->rank = ddn_dataset_d(own.ds) > 1;
    for (int64_t c = 0; c < classes; c++) {
        set->rank = sizes[c] > 1 ? set->rank : 0;
    }
    drv_note("rank", (double)set->rank);
}

static void train(settings *set, model *mo)
{
    mo->classes = ddn_dataset_class_count(own.ds);
    mo->d = ddn_dataset_d(own.ds);
    if (mo->classes < 2) {
        drv_die("%s has no labels of two or more classes: give --labels FILE",
                set->data.files.count > 0 ? drv_data_name(&set->data) : "the data");
    }
    if (set->rank < 0) {
        choose_rank(set, mo->classes);
    }
    mo->rank = set->rank;
    int32_t *labels = drv_alloc(mo->classes, sizeof *labels);
    drv_try(ddn_dataset_classes(drv.ctx, own.ds, mo->classes, labels, NULL));
    mo->of = drv_alloc(mo->classes, sizeof *mo->of);
    mo->weight = drv_alloc(mo->classes, sizeof *mo->weight);
    mo->along = drv_alloc(mo->classes * (mo->rank + 1), sizeof *mo->along);
    for (int64_t c = 0; c < mo->classes; c++) {
        train_class(set, mo, labels[c], &mo->of[c]);
        mo->weight[c] = mo->of[c].share;
    }
    set->phi_infinity = ddn_theory_phi_infinity(mo->classes, mo->weight);
    set->lambda = drv_lambda(own.ds);
}

/* The trained model as an oracle. */
static void make_foreign(const settings *set, model *mo)
{
    ddn_model *builder = NULL;
    drv_try(
        ddn_model_create(drv.ctx, own.schedule, DDN_PREDICTION_EPS, set->d, mo, NULL, &builder));
    drv_keep(builder);
    drv_try(ddn_model_set_predict_f64(builder, predict));
    drv_try(ddn_model_set_dataset(builder, own.ds));
    drv_try(ddn_oracle_create_model(drv.ctx, builder, &own.foreign));
    drv_keep(own.foreign);
}

/* Points of two Gaussians N(+-m, I), |m|^2 = mu^2 d, where there is no data file. */
static void invent_data(const settings *set)
{
    const int64_t d = set->d, n = set->points;
    double *x = drv_alloc(n * d, sizeof *x);
    int64_t *index = drv_alloc(n, sizeof *index);
    int32_t *labels = drv_alloc(n, sizeof *labels);
    const ddn_oracle *population = drv_two_gaussians(own.schedule, d, set->mu);
    drv_try(ddn_oracle_sample_data(drv.ctx, population, drv.seed, 0, n, x, d, index));
    for (int64_t i = 0; i < n; i++) {
        labels[i] = (int32_t)index[i];
    }
    ddn_dataset *bare = NULL;
    drv_try(ddn_dataset_create(drv.ctx, DDN_TYPE_F64, n, d, x, d, &bare));
    drv_keep(bare);
    drv_try(ddn_dataset_create_labelled(drv.ctx, bare, n, labels, &own.ds));
    drv_keep(own.ds);
}

/* ---- Measurement ------------------------------------------------------------------------- */

enum {
    T,
    PHI,
    PHI_SE,
    MMSE,
    MMSE_SE,
    SAME,
    SAME_SE,
    SAME_LOW,
    SAME_HIGH,
    DISTANCE,
    DISTANCE_SE,
    COLUMNS
};
static const char *const names[COLUMNS] = {"t",
                                           "phi_exact",
                                           "phi_exact_se",
                                           "distance2_exact",
                                           "distance2_exact_se",
                                           "phi_foreign",
                                           "phi_foreign_se",
                                           "phi_foreign_low",
                                           "phi_foreign_high",
                                           "distance2_foreign",
                                           "distance2_foreign_se"};
/* The columns of the two results that they are. */
static const char *const from[COLUMNS] = {"t",
                                          "phi",
                                          "phi_se",
                                          "mmse",
                                          "mmse_se",
                                          "same_class",
                                          "same_class_se",
                                          "same_class_low",
                                          "same_class_high",
                                          "distance2",
                                          "distance2_se"};

static void measure(settings *set, double **columns)
{
    const double t_s = ddn_theory_speciation(set->lambda);
    const double usual = fmin(fmin(0.05, t_s / 20 + 1e-3), drv_last_ou(own.schedule) / 10);
    drv_preset_range(usual, t_s + 1.5, &set->t_min, &set->t_max);
    if (set->t_min >= set->t_max) {
        drv_die("--t-min = %g is not below --t-max = %g", set->t_min, set->t_max);
    }
    const double *times = drv_times(own.schedule, set->t_min, set->t_max, set->times);
    drv_note_range(times, set->times);
    own.an = drv_analysis();
    drv_set_i64(ddn_analysis_options(own.an), DDN_ANALYSIS_SAMPLES, set->samples);
    drv_set_i64(ddn_analysis_options(own.an), DDN_ANALYSIS_CLONES, set->pairs);
    drv_set_i64(ddn_analysis_options(own.an), DDN_ANALYSIS_STEPS, set->steps);
    drv_set_f64(ddn_analysis_options(own.an), DDN_ANALYSIS_T_END,
                drv_clean_end(own.schedule, fmin(1e-3, set->t_min / 4)));
    const double states = (double)(set->samples * set->times);
    const double steps = 2 * (double)(set->pairs * set->times * set->steps);
    const drv_part parts[] = {
        /* the foreign score has a few components alone */
        {"curves", drv_cost(states, 2 * ddn_dataset_n(own.ds), set->d), "identities", 0},
        {"clones", drv_cost(0.2 * steps, 2 * set->rank, set->d), "U-turns", 0}};
    drv_plan(DRV_COUNT(parts), parts);
    drv_begin("curves", 0, 1);
    drv_try(ddn_analysis_identities(own.an, own.exact, set->times, times, &own.curves));
    drv_keep(own.curves);
    drv_set_i64(ddn_analysis_options(own.an), DDN_ANALYSIS_METHOD, DDN_METHOD_EXPONENTIAL);
    drv_begin("clones", 0, 1);
    drv_try(ddn_analysis_branch(own.an, own.foreign, NULL, set->times, times, &own.clones));
    drv_keep(own.clones);
    for (int i = 0; i < COLUMNS; i++) {
        columns[i] = drv_column(i < SAME ? own.curves : own.clones, from[i]);
    }
    for (int64_t k = 0; k < set->times; k++) { /* E |x1 - x2|^2 of two clones, per dimension */
        for (int i = MMSE; i <= MMSE_SE; i++) {
            columns[i][k] *= 2 / (double)set->d;
        }
        for (int i = DISTANCE; i <= DISTANCE_SE; i++) {
            columns[i][k] /= (double)set->d;
        }
    }
}

static void print_results(const settings *set, const model *mo, double *const *columns)
{
    char a[64], b[64], c[64];
    printf("%s: n = %lld, d = %lld, %lld classes; foreign model: rank %lld per class, asked %lld "
           "times for %lld states; times %s\n\n",
           set->data.files.count > 0 ? drv_shown(drv_data_name(&set->data)) : "two Gaussians",
           (long long)ddn_dataset_n(own.ds), (long long)mo->d, (long long)mo->classes,
           (long long)mo->rank, (long long)mo->calls, (long long)mo->states,
           drv_clock(own.schedule));
    printf("  %-9s %-20s %-20s %-20s %s\n", "t", "phi, exact", "phi, foreign",
           "distance^2/d, exact", "distance^2/d, foreign");
    for (int64_t k = 0; k < set->times; k++) {
        static const int shown[] = {PHI, SAME, MMSE, DISTANCE};
        printf("  %-10.4g", columns[T][k]);
        for (int i = 0; i < DRV_COUNT(shown); i++) {
            drv_cell(columns[shown[i]][k], columns[shown[i] + 1][k], 20);
        }
        printf("\n");
    }
    /* Speciation: phi at its value at r = 1; collapse: the exact clones are half as far apart as
     * the foreign ones. */
    const double level = ddn_theory_phi_level(set->phi_infinity);
    double t[3], se[3], *ratio = drv_alloc(set->times, sizeof *ratio);
    double *ratio_se = drv_alloc(set->times, sizeof *ratio_se);
    for (int64_t k = 0; k < set->times; k++) {
        ratio[k] = columns[MMSE][k] / columns[DISTANCE][k];
        ratio_se[k] =
            hypot(columns[MMSE_SE][k], ratio[k] * columns[DISTANCE_SE][k]) / columns[DISTANCE][k];
    }
    drv_crossing(set->times, columns[T], columns[PHI], columns[PHI_SE], level, &t[0], &se[0]);
    drv_crossing(set->times, columns[T], columns[SAME], columns[SAME_SE], level, &t[1], &se[1]);
    drv_crossing(set->times, columns[T], ratio, ratio_se, 0.5, &t[2], &se[2]);
    printf("\n  t_S exact = %s, foreign = %s;  exact clones half as far apart at t = %s\n",
           drv_format(t[0], se[0], a, sizeof a), drv_format(t[1], se[1], b, sizeof b),
           drv_format(t[2], se[2], c, sizeof c));
}

static void draw(const settings *set, const double *t)
{
    drv_file *plot = drv_plot_open(&(drv_figure){
        .name = "foreign_score",
        .width = DRV_TWO_COLUMNS,
        .title = set->data.files.count > 0 ? drv_caption(&set->data, own.ds)
                                           : drv_gaussians(set->points, set->d, set->mu),
        .note = "two clones of x_t part at t; exact score: from its posterior; foreign "
                "score: simulated; " DRV_BARS,
        .count = 1,
        .rows = {{2, 62, .legend = 2}}});
    drv_panel(plot, 0, 0);
    drv_time_axis(plot, own.schedule, t[0], t[set->times - 1]);
    drv_print(plot, DRV_SHARES "set ylabel 'φ: two clones in one class'\n"
                               "plot 'foreign_score.csv' using 1:2:(low($2, $3)):(high($2, $3)) "
                               "with yerrorlines linestyle 1 title 'exact score',\\\n"
                               " 'foreign_score.csv' using 1:6:8:9 with yerrorlines linestyle 2 "
                               "title 'foreign score, by callback'\n");
    drv_panel(plot, 0, 1);
    drv_time_axis(plot, own.schedule, t[0], t[set->times - 1]);
    drv_print(plot, "set yrange [0:*]\n"
                    "set ylabel 'squared distance / d (data units²)'\n"
                    "plot 'foreign_score.csv' using 1:4:(low($4, $5)):(high($4, $5)) with "
                    "yerrorlines linestyle 1 title 'exact score: clones fall onto one point',\\\n"
                    " 'foreign_score.csv' using 1:10:(low($10, $11)):(high($10, $11)) with "
                    "yerrorlines linestyle 2 title 'foreign score: they do not'\n");
    drv_plot_run(plot);
}

/* What the columns of its files are. */
static const drv_meaning meanings[] = {
    {"phi_exact", "1",
     "probability that two clones of x_t end in one class, from the posterior of the exact score"},
    {"distance2_exact", "data units^2",
     "squared distance of two clones over d: 2 E tr Cov(x_0 | x_t) / d, exact score"},
    {"phi_foreign", "1",
     "share of simulated pairs of clones of the foreign score that end in one class"},
    {"distance2_foreign", "data units^2", "mean squared distance of these over d"},
};

static void read_options(int argc, char **argv, settings *set)
{
    const drv_option options[] = {
        DRV_DATA_OPTIONS(set->data, 0),
        {"d", "D", "dimension of the two Gaussians that stand in where there is no --data", DRV_INT,
         &set->d, 2, 1 << 16},
        {"points", "N", "points drawn from them", DRV_INT, &set->points, 8, 1 << 24},
        {"mu", "MU", "their means are +-m with |m|^2 = MU^2 D; unit variance", DRV_DOUBLE, &set->mu,
         0, 1e6},
        {"rank", "K",
         "leading eigenvectors of each class that the foreign model has (default 1, or 0 where a "
         "class is a single point)",
         DRV_INT, &set->rank, 0, 512},
        {"pairs", "N", "clone pairs at each time", DRV_INT, &set->pairs, 2, 1e8},
        {"steps", "K", "steps of the foreign model's ancestral sampler, whose bias falls as 1/K",
         DRV_INT, &set->steps, 1, 1e6},
        {"samples", "S", "states at each time for the exact score", DRV_INT, &set->samples, 2, 1e9},
        {"times", "K", "number of times, geometric", DRV_INT, &set->times, 2, 1e4},
        {"t-min", "T", "first time; from the data if not given", DRV_DOUBLE, &set->t_min, 0, 0},
        {"t-max", "T", "last time; from the data if not given", DRV_DOUBLE, &set->t_max, 0, 0},
        DRV_SCHEDULE_OPTION,
    };
    drv_start(argc, argv,
              "Plugs a score from outside into the library by callback and measures clones with "
              "it, beside the exact\nscore of the same data. The foreign model is a Gaussian with "
              "the leading spectrum of each class.\nWrites foreign_score.csv and "
              "foreign_score.png.\nBy its presets it takes 11 s of a core of a Xeon (Sapphire "
              "Rapids class).",
              "foreign_score.csv foreign_score.gp foreign_score.png", options, DRV_COUNT(options));
    drv_define(meanings, DRV_COUNT(meanings));
}

int foreign_score_main(int argc, char **argv)
{
    settings set = {.data = DRV_DATA_DEFAULTS,
                    .d = 64,
                    .points = 512,
                    .rank = -1,
                    .pairs = 512,
                    .times = 14,
                    .steps = 300,
                    .samples = 1024,
                    .mu = 1,
                    .t_min = NAN,
                    .t_max = NAN};
    model mo = {0};
    read_options(argc, argv, &set);
    const int with_data = drv_data_given(&set.data);
    own.schedule = drv_schedule();
    set.t_min = drv_time_given("t-min", own.schedule, set.t_min);
    set.t_max = drv_time_given("t-max", own.schedule, set.t_max);
    if (with_data) {
        own.ds = drv_data_load(&set.data);
        set.d = ddn_dataset_d(own.ds);
    } else {
        invent_data(&set);
    }
    train(&set, &mo);
    own.exact = drv_empirical(own.ds, own.schedule);
    make_foreign(&set, &mo);
    double *columns[COLUMNS];
    measure(&set, columns);
    drv_define_by(own.curves);
    drv_csv(drv_path("foreign_score.csv"), drv_header(names, COLUMNS), set.times, COLUMNS,
            (const double *const *)columns);
    print_results(&set, &mo, columns);
    draw(&set, columns[T]);
    printf("  results in %s: foreign_score.csv, %s\n", drv_shown(drv.out),
           drv_picture("foreign_score"));
    return drv_finish();
}
