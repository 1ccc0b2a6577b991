/* The experiment of the talks with a trained network: two U-Nets, one that learned all points and
 * one that learned a few, beside the exact score of the same points. Clones of the network and of
 * the exact score by the same sampler, and by identity; how near the samples are to the points; a
 * table, trained_network.json, trained_network.csv and trained_network.png. The networks come from
 * train.py, run in unet.c, and are plain callbacks to the library. Formulas: doc/theory.md (17),
 * (20), (36), (91). SPDX-License-Identifier: MIT */
#include "trained_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unet_oracle.h"

#ifndef WEIGHTS
#define WEIGHTS "."
#endif

typedef struct settings {
    drv_data data, test;
    const char *weights;
    int64_t pairs, times, steps, samples, few;
} settings;

static struct {
    ddn_dataset *points, *few, *test;
    ddn_schedule *schedule;
    ddn_oracle *exact;
    unet *large, *small;
    unet_classifier *classifier;
    struct {
        double start, begin, seconds, in_networks;
    } watch; /* over what is done with nothing but networks */
} own;

typedef struct row {
    const char *key, *text;
    double value, error;
} row;

static void close_networks(void)
{
    unet_close(own.large);
    unet_close(own.small);
    unet_classifier_close(own.classifier);
}

/* ---- Time -------------------------------------------------------------------------------- */

static double in_networks(void)
{
    int64_t count;
    return unet_seconds(own.large, &count) + unet_seconds(own.small, &count);
}

static void start_watch(void)
{
    own.watch.start = drv_seconds();
    own.watch.begin = in_networks();
}

static void stop_watch(void)
{
    own.watch.seconds += drv_seconds() - own.watch.start;
    own.watch.in_networks += in_networks() - own.watch.begin;
}

/* ---- Data and networks ------------------------------------------------------------------- */

/* The points that the small network learned: of both classes the first ones, as in train.py. */
static ddn_dataset *first_points(int64_t few)
{
    const int64_t n = ddn_dataset_n(own.points);
    int32_t *labels = drv_alloc(n, sizeof *labels), classes[2];
    int64_t *rows = drv_alloc(few, sizeof *rows), taken[2] = {0, 0}, count = 0;
    ddn_dataset *part = NULL;
    drv_try(ddn_dataset_labels(drv.ctx, own.points, n, labels));
    drv_try(ddn_dataset_classes(drv.ctx, own.points, 2, classes, NULL));
    for (int64_t i = 0; i < n && count < few; i++) {
        const int which = labels[i] == classes[1];
        if (taken[which] < few / 2) {
            taken[which]++;
            rows[count++] = i;
        }
    }
    drv_try(ddn_dataset_create_subset(drv.ctx, own.points, count, rows, &part));
    drv_keep(part);
    return part;
}

static const char *weights_of(const settings *set, const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", set->weights, name);
    return path;
}

static unet *network(const settings *set, const char *name)
{
    char error[512];
    unet *net = unet_open(weights_of(set, name), (int)drv.threads, error, sizeof error);
    if (net == NULL) {
        drv_die("%s (--weights)", error);
    }
    return net;
}

static void load(settings *set)
{
    char error[512];
    int32_t classes[2];
    own.points = drv_data_load(&set->data);
    own.test = drv_data_load(&set->test);
    if (ddn_dataset_class_count(own.points) != 2 || ddn_dataset_d(own.points) != UNET_PIXELS ||
        ddn_dataset_d(own.test) != UNET_PIXELS) {
        drv_die("the networks know two classes of images of %d pixels; %s has %lld classes, d = "
                "%lld (--data, --labels, --classes, --test)",
                UNET_PIXELS, drv_data_name(&set->data),
                (long long)ddn_dataset_class_count(own.points),
                (long long)ddn_dataset_d(own.points));
    }
    drv_try(ddn_dataset_classes(drv.ctx, own.points, 2, classes, NULL));
    own.few = first_points(set->few);
    own.large = network(set, "large.npy");
    own.small = network(set, "small.npy");
    own.classifier = unet_classifier_open(weights_of(set, "classifier.npy"), error, sizeof error);
    if (own.classifier == NULL) {
        drv_die("%s (--weights)", error);
    }
    unet_classifier_name(own.classifier, classes[0], classes[1]);
    drv_try(ddn_schedule_create_ddpm(drv.ctx, 1e-4, 0.02, 1000, &own.schedule));
    drv_keep(own.schedule);
    own.exact = drv_empirical(own.points, own.schedule);
}

/* ---- Clones ------------------------------------------------------------------------------ */

/* Value, error and interval of a column; drv_column gives memory that is freed at exit. */
static void take(const ddn_result *result, const char *name, double **columns)
{
    static const char *const endings[4] = {"", "_se", "_low", "_high"};
    for (int i = 0; i < 4; i++) {
        char full[64];
        snprintf(full, sizeof full, "%s%s", name, endings[i]);
        columns[i] = drv_column(result, full);
    }
}

static curves curves_of(const ddn_result *result, int64_t rows)
{
    curves c = {rows, drv_column(result, "t"), {NULL}, {NULL}};
    take(result, "phi", c.phi);
    take(result, "phi_C", c.phi_c);
    for (int64_t k = 0; k < rows; k++) {
        c.t[k] = drv_to_ou(own.schedule, c.t[k]);
    }
    return c;
}

static ddn_analysis *clone_settings(const settings *set)
{
    ddn_analysis *an = drv_analysis();
    ddn_options *options = ddn_analysis_options(an);
    drv_set_i64(options, DDN_ANALYSIS_CLONES, set->pairs);
    drv_set_i64(options, DDN_ANALYSIS_STEPS, set->steps);
    drv_set_i64(options, DDN_ANALYSIS_METHOD, DDN_METHOD_EXPONENTIAL);
    drv_try(ddn_analysis_set_classifier_f32(an, unet_classify, own.classifier, NULL));
    return an;
}

typedef struct crossing {
    double t, error;
} crossing;

/* Where a curve of the result crosses its level, in OU time. */
static crossing crossing_of(ddn_analysis *an, const ddn_oracle *oracle, const ddn_result *result,
                            const char *name)
{
    ddn_result *times = NULL;
    crossing c = {NAN, NAN};
    drv_try(ddn_analysis_crossings(an, oracle, result, &times));
    drv_keep(times);
    const double t = drv_scalar(times, name, &c.error);
    if (!isnan(t)) {
        const double lower = fmax(t - c.error, 0), upper = fmin(t + c.error, 999);
        c.t = drv_to_ou(own.schedule, t);
        c.error *=
            (drv_to_ou(own.schedule, upper) - drv_to_ou(own.schedule, lower)) / (upper - lower);
    }
    return c;
}

/* ---- Denoising errors -------------------------------------------------------------------- */

/* On the points that the network learned and on test data; in OUT/name. */
static errors measure_errors(const settings *set, const ddn_oracle *network,
                             const ddn_dataset *learned_from, const double *times, const char *name)
{
    static const char *const names[] = {"t_ou",
                                        "e_train",
                                        "e_train_low",
                                        "e_train_high",
                                        "e_test",
                                        "e_test_low",
                                        "e_test_high",
                                        "e_exact_train",
                                        "e_exact_train_low",
                                        "e_exact_train_high",
                                        "e_exact_test",
                                        "e_exact_test_low",
                                        "e_exact_test_high",
                                        "e_wiener_test",
                                        "e_wiener_test_low",
                                        "e_wiener_test_high"};
    const double *columns[DRV_COUNT(names)];
    errors e = {set->times, NULL, NULL};
    ddn_analysis *an = drv_analysis();
    drv_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, set->samples);
    drv_try(ddn_analysis_generalization(an, network, learned_from, own.test, set->times, 0, times,
                                        NULL, &e.of));
    drv_keep(e.of);
    e.t = drv_column(e.of, "t");
    for (int64_t k = 0; k < e.rows; k++) {
        e.t[k] = drv_to_ou(own.schedule, e.t[k]);
    }
    columns[0] = e.t;
    for (int i = 1; i < DRV_COUNT(names); i++) {
        columns[i] = drv_column(e.of, names[i]);
    }
    drv_csv(drv_path(name), drv_header(names, DRV_COUNT(names)), e.rows, DRV_COUNT(names), columns);
    return e;
}

/* A column at the time that is nearest to tau. */
static row error_row(const char *key, const char *text, const errors *e, const char *column,
                     double tau)
{
    char se[64];
    int64_t best = 0;
    for (int64_t k = 1; k < e->rows; k++) {
        best = fabs(e->t[k] - tau) < fabs(e->t[best] - tau) ? k : best;
    }
    snprintf(se, sizeof se, "%s_se", column);
    return (row){key, text, drv_column(e->of, column)[best], drv_column(e->of, se)[best]};
}

/* ---- Samples ----------------------------------------------------------------------------- */

/* By the probability flow (DDIM) from pure noise. */
static void sample(const settings *set, const ddn_oracle *oracle, images *of)
{
    ddn_integrator *it = NULL;
    of->x = drv_alloc(of->m * UNET_PIXELS, sizeof *of->x);
    drv_try(ddn_integrator_create(drv.ctx, oracle, DDN_METHOD_EXPONENTIAL, &it));
    drv_keep(it);
    ddn_options *options = ddn_integrator_options(it);
    drv_set_f64(options, DDN_INTEGRATOR_ETA, 0);
    drv_set_f64(options, DDN_INTEGRATOR_T_START, 999);
    drv_set_f64(options, DDN_INTEGRATOR_T_END, -1);
    drv_set_i64(options, DDN_INTEGRATOR_GRID, DDN_GRID_UNIFORM);
    drv_set_i64(options, DDN_INTEGRATOR_STEPS, set->steps);
    drv_set_i64(options, DDN_INTEGRATOR_SEED, drv.seed);
    drv_try(ddn_integrator_draw_start(it, of->m, of->x, UNET_PIXELS));
    drv_try(ddn_integrator_run(it, of->m, of->x, UNET_PIXELS));
}

static void measure_distance(images *of)
{
    drv_try(ddn_analysis_memorization(drv_analysis(), of->points, of->m, of->x, UNET_PIXELS,
                                      &of->distance));
    drv_keep(of->distance);
}

static images test_images(void)
{
    images of = {"test data", ddn_dataset_n(own.test), NULL, own.points, NULL};
    of.x = drv_alloc(of.m * UNET_PIXELS, sizeof *of.x);
    drv_try(ddn_dataset_read(drv.ctx, own.test, 0, of.m, of.x, UNET_PIXELS));
    return of;
}

/* ---- Results ----------------------------------------------------------------------------- */

enum {
    COLUMNS = 25,
    SCALARS = 15 /* of summarize() */
};

static void write_csv(const report *r)
{
    static const char *const names[COLUMNS] = {"t",
                                               "phi_identity",
                                               "phi_identity_se",
                                               "phi_identity_low",
                                               "phi_identity_high",
                                               "phi_C_identity",
                                               "phi_C_identity_se",
                                               "phi_C_identity_low",
                                               "phi_C_identity_high",
                                               "phi_exact",
                                               "phi_exact_se",
                                               "phi_exact_low",
                                               "phi_exact_high",
                                               "phi_C_exact",
                                               "phi_C_exact_se",
                                               "phi_C_exact_low",
                                               "phi_C_exact_high",
                                               "phi_network",
                                               "phi_network_se",
                                               "phi_network_low",
                                               "phi_network_high",
                                               "phi_C_network",
                                               "phi_C_network_se",
                                               "phi_C_network_low",
                                               "phi_C_network_high"};
    static const drv_meaning meanings[] = {
        {"t", "OU time", "time of the forward process at which the clones part"},
        {"phi_identity", "1",
         "probability that two clones end in one class, from the posterior of the exact score"},
        {"phi_C_identity", "1", "probability that they end at one training point, from the same"},
        {"phi_exact", "1",
         "share of simulated pairs of clones of the exact score that end in one class"},
        {"phi_C_exact", "1", "share of these that end at one training point"},
        {"phi_network", "1",
         "share of simulated pairs of clones of the network that end in one class"},
        {"phi_C_network", "1", "share of these that end at one training point"}};
    const double *columns[COLUMNS] = {r->identity.t};
    drv_define(meanings, DRV_COUNT(meanings));
    const curves *const all[] = {&r->identity, &r->exact, &r->network};
    for (int k = 0; k < 24; k++) {
        const curves *c = all[k / 8];
        columns[1 + k] = k % 8 < 4 ? c->phi[k % 4] : c->phi_c[k % 4];
    }
    drv_csv(drv_path("trained_network.csv"), drv_header(names, COLUMNS), r->identity.rows, COLUMNS,
            columns);
}

static void print_json(const row *rows, int count)
{
    drv_meaning *meanings = drv_alloc(count, sizeof *meanings);
    const char **keys = drv_alloc(count, sizeof *keys);
    for (int i = 0; i < count; i++) {
        meanings[i] = (drv_meaning){rows[i].key, "", rows[i].text};
        keys[i] = rows[i].key;
    }
    drv_define(meanings, count);
    drv_file *file = drv_json_open(drv_path("trained_network.json"), drv_header(keys, count));
    for (int i = 0; i < count; i++) {
        drv_print(file, ",\n  \"%s\": ", rows[i].key);
        const char *value = drv_json_number(rows[i].value);
        if (isnan(rows[i].value) || isnan(rows[i].error)) {
            drv_print(file, "%s", value);
        } else {
            drv_print(file, "{\"value\": %s, \"stderr\": %s}", value,
                      drv_json_number(rows[i].error));
        }
    }
    drv_print(file, "\n}\n");
    drv_close(file);
}

static row distance_row(const char *key, const char *text, const images *of, const char *scalar)
{
    row r = {key, text, NAN, NAN};
    r.value = drv_scalar(of->distance, scalar, &r.error);
    return r;
}

static void print_table(const settings *set, const report *r)
{
    char a[64];
    printf("%s: n = %lld, d = %d; %lld pairs a time, %lld steps; the small network learned %lld "
           "points\n\n",
           drv_shown(drv_data_name(&set->data)), (long long)ddn_dataset_n(own.points), UNET_PIXELS,
           (long long)set->pairs, (long long)set->steps, (long long)ddn_dataset_n(own.few));
    printf("  %-8s %-19s %-19s %-19s %-19s %s\n", "t", "phi, identity", "phi, exact score",
           "phi, network", "phi_C, exact score", "phi_C, network");
    for (int64_t k = 0; k < r->identity.rows; k++) {
        printf("  %-9.4g", r->identity.t[k]);
        drv_cell(r->identity.phi[0][k], r->identity.phi[1][k], 19);
        drv_cell(r->exact.phi[0][k], r->exact.phi[1][k], 19);
        drv_cell(r->network.phi[0][k], r->network.phi[1][k], 19);
        drv_cell(r->exact.phi_c[0][k], r->exact.phi_c[1][k], 19);
        printf("%s\n", drv_format(r->network.phi_c[0][k], r->network.phi_c[1][k], a, sizeof a));
    }
    printf("\n");
}

static void read_options(int argc, char **argv, settings *set)
{
    const drv_option options[] = {
        DRV_DATA_OPTIONS(set->data, DRV_REQUIRED),
        {"few", "N", "points that the small network learned: the first of both classes", DRV_INT,
         &set->few, 2, 1e6},
        {"pairs", "N", "pairs of clones a time", DRV_INT, &set->pairs, 2, 1e6},
        {"samples", "N", "samples of each network", DRV_INT, &set->samples, 2, 1e6},
        {"steps", "N", "steps of the sampler", DRV_INT, &set->steps, 2, 1000},
        {"test", "FILE", "points that no network has seen", DRV_FILES | DRV_REQUIRED,
         &set->test.files, 0, 0},
        {"test-labels", "FILE", "their labels", DRV_FILES, &set->test.labels, 0, 0},
        {"times", "K", "times of the clones, evenly from 0.1 to 4 in OU time", DRV_INT, &set->times,
         4, 100},
        {"weights", "FOLDER", "large.npy, small.npy and classifier.npy, as train.py writes them",
         DRV_STRING, &set->weights, 0, 0},
        DRV_CHECKPOINT_OPTIONS,
    };
    drv_start(
        argc, argv,
        "Measures two trained networks, which learned all points and a few of them, beside "
        "the exact score of\nall points: clones, and distances of samples from the points. "
        "Writes trained_network.json,\ntrained_network.csv and trained_network.png.",
        "trained_network.json trained_network.csv trained_network.gp trained_network.png "
        "trained_network_images.png large.csv small.csv test.csv large_errors.csv small_errors.csv",
        options, DRV_COUNT(options));
    set->test.classes = set->data.classes;
    set->test.scale = set->data.scale;
}

/* Clones of both scores at the same times, and where the curves cross their levels. */
static void measure_clones(const settings *set, const ddn_oracle *large, const double *times,
                           report *r, crossing crossings[4])
{
    ddn_analysis *an = clone_settings(set);
    drv_checkpoint_begin(an, own.points);
    ddn_result *identities = NULL, *exact = NULL, *network = NULL;
    drv_try(ddn_analysis_identities(an, own.exact, set->times, times, &identities));
    drv_keep(identities);
    drv_try(ddn_analysis_clones(an, own.exact, set->times, times, &exact));
    drv_keep(exact);
    start_watch();
    drv_try(ddn_analysis_clones(an, large, set->times, times, &network));
    stop_watch();
    drv_keep(network);
    r->identity = curves_of(identities, set->times);
    r->exact = curves_of(exact, set->times);
    r->network = curves_of(network, set->times);
    crossings[0] = crossing_of(an, own.exact, identities, "t_S_phi");
    crossings[1] = crossing_of(an, own.exact, exact, "t_S_phi");
    crossings[2] = crossing_of(an, large, network, "t_S_phi");
    crossings[3] = crossing_of(an, own.exact, identities, "t_C_phi");
}

static void measure_samples(const settings *set, const ddn_oracle *large, const ddn_oracle *small,
                            const double *times, report *r)
{
    start_watch();
    sample(set, large, &r->large);
    sample(set, small, &r->small);
    stop_watch();
    r->large_errors = measure_errors(set, large, own.points, times, "large_errors.csv");
    r->small_errors = measure_errors(set, small, own.few, times, "small_errors.csv");
    measure_distance(&r->large);
    measure_distance(&r->small);
    measure_distance(&r->test);
}

/* The numbers of trained_network.json; returns how many. */
static int summarize(const report *r, const crossing c[4], row *rows)
{
    const row all[] = {
        {"t_S", "t_S of the spectrum", r->t_s, NAN},
        {"t_S_phi_identity", "t_S_phi, identity", c[0].t, c[0].error},
        {"t_S_phi_exact", "t_S_phi, exact score", c[1].t, c[1].error},
        {"t_S_phi_network", "t_S_phi, network", c[2].t, c[2].error},
        {"t_S_phi_difference", "network - exact", c[2].t - c[1].t, hypot(c[2].error, c[1].error)},
        {"t_C_phi_identity", "t_C_phi, identity", c[3].t, c[3].error},
        distance_row("f_mem_large", "f_mem, large network", &r->large, "f_mem"),
        distance_row("f_mem_small", "f_mem, small network", &r->small, "f_mem"),
        distance_row("f_mem_test", "f_mem, test data", &r->test, "f_mem"),
        error_row("gap_large", "e_test - e_train at t = 0.5, large", &r->large_errors, "gap", 0.5),
        error_row("gap_small", "e_test - e_train at t = 0.5, small", &r->small_errors, "gap", 0.5),
        error_row("gap_exact", "the same, exact score", &r->large_errors, "gap_exact", 0.5),
        distance_row("d1_large", "median d1, large network", &r->large, "d1_q50"),
        distance_row("d1_small", "median d1, small network", &r->small, "d1_q50"),
        distance_row("d1_test", "median d1, test data", &r->test, "d1_q50"),
    };
    memcpy(rows, all, sizeof all);
    return DRV_COUNT(all);
}

int main(int argc, char **argv)
{
    settings set = {DRV_DATA_DEFAULTS, DRV_DATA_DEFAULTS, WEIGHTS, 128, 10, 48, 256, 20};
    read_options(argc, argv, &set);
    atexit(close_networks);
    load(&set);
    const ddn_oracle *large = unet_oracle(own.large, own.schedule, own.points),
                     *small = unet_oracle(own.small, own.schedule, own.few);
    double *times = drv_alloc(set.times, sizeof *times);
    for (int64_t k = 0; k < set.times; k++) {
        times[k] = drv_from_ou(own.schedule, 0.1 + 3.9 * (double)k / (double)(set.times - 1));
    }
    report r = {.points = own.points,
                .shape = drv_image_of("28x28", own.points),
                .caption = drv_caption(&set.data, own.points),
                .t_s = ddn_theory_speciation(drv_lambda(own.points)),
                .large = {"large network", set.samples, NULL, own.points, NULL},
                .small = {"small network", set.samples, NULL, own.few, NULL},
                .test = test_images()};
    crossing crossings[4];
    row rows[SCALARS];
    measure_clones(&set, large, times, &r, crossings);
    measure_samples(&set, large, small, times, &r);
    r.t_c = crossings[3].t;
    const int count = summarize(&r, crossings, rows);
    print_table(&set, &r);
    for (int i = 0; i < count; i++) {
        const double error = isnan(rows[i].error) ? 0 : rows[i].error;
        char text[64];
        printf("  %-34s %s\n", rows[i].text, drv_format(rows[i].value, error, text, sizeof text));
    }
    print_json(rows, count);
    write_csv(&r);
    drv_csv_result(drv_path("large.csv"), "index,d1,d2", r.large.distance);
    drv_csv_result(drv_path("small.csv"), "index,d1,d2", r.small.distance);
    drv_csv_result(drv_path("test.csv"), "index,d1,d2", r.test.distance);
    draw_report(&r);
    printf("  the network's clones and the samples took %.1f s, %.2f %% of their time in the "
           "networks\n",
           own.watch.seconds, 100 * own.watch.in_networks / own.watch.seconds);
    printf("  results in %s: trained_network.json, trained_network.csv, %s\n", drv_shown(drv.out),
           drv_picture("trained_network"));
    return drv_finish();
}
