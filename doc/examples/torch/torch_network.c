/* Every experiment of the library with a network of the user's: any TorchScript module, beside the
 * exact score of the same data. Clones and last changes with the times of speciation and collapse,
 * denoising errors on training and test data, copies among its samples, and the likelihood that it
 * gives to the data. A table, torch_network.csv and .png, and the results as JSON. How a network
 * gets here: doc/torch.md. Formulas: doc/theory.md (17), (20), (36), (91), (93), (98).
 * SPDX-License-Identifier: MIT */
#include "torch_network.h"

#include <math.h>

/* ---- Measurements ------------------------------------------------------------------------ */

/* Of the last change, which is simulated in twice as many steps, and at least in those of --steps.
 */
static int64_t whole_path_steps(const settings *set, const network *net)
{
    const int64_t usual = 64, room = (int64_t)(net->noisy - net->clean) / 2;
    const int64_t wanted = set->steps > 2 * usual ? (set->steps + 1) / 2 : usual;
    return wanted < room ? wanted : room;
}

static ddn_analysis *analysis_of(const settings *set, const network *net)
{
    ddn_analysis *an = drv_analysis();
    ddn_options *options = ddn_analysis_options(an);
    drv_set_f64(options, DDN_ANALYSIS_T_START, net->noisy);
    drv_set_f64(options, DDN_ANALYSIS_T_END, net->clean);
    drv_set_i64(options, DDN_ANALYSIS_STEPS, set->steps);
    drv_set_i64(options, DDN_ANALYSIS_PATHS, set->paths);
    if (set->pairs > 0) {
        drv_set_i64(options, DDN_ANALYSIS_CLONES, set->pairs);
    }
    if (set->samples > 0) {
        drv_set_i64(options, DDN_ANALYSIS_SAMPLES, set->samples);
    }
    if (set->clock == TORCH_CLOCK_INDEX) {
        drv_set_i64(options, DDN_ANALYSIS_GRID, DDN_GRID_TRAILING);
        drv_set_i64(options, DDN_ANALYSIS_PATH_STEPS, whole_path_steps(set, net));
    }
    if (net->classifier != NULL) {
        drv_try(ddn_analysis_set_classifier_f64(an, torch_classes, net->classifier, NULL));
    }
    return an;
}

/* Clones of the network, what the exact score says at the same times, and where its curves cross
 * their levels. */
static void measure_regimes(const settings *set, const network *net, report *r)
{
    ddn_analysis *an = analysis_of(set, net);
    drv_try(ddn_analysis_regimes(an, net->oracle, net->count, net->count, net->times, net->times,
                                 &r->regimes));
    drv_keep(r->regimes);
    ddn_analysis *exact = drv_analysis();
    drv_try(ddn_analysis_identities(exact, net->exact, net->count, net->times, &r->identities));
    drv_keep(r->identities);
    drv_try(ddn_analysis_crossings(exact, net->exact, r->identities, &r->crossings));
    drv_keep(r->crossings);
}

/* With pairs, also what the network generates from noise. */
static void measure_errors(const settings *set, const network *net, report *r)
{
    drv_try(ddn_analysis_generalization(analysis_of(set, net), net->oracle, net->train, net->test,
                                        net->count, set->pairs > 0, net->times, &net->noisy,
                                        &r->generalization));
    drv_keep(r->generalization);
}

/* Of points that are spread evenly over the set, under the noise of the clean end. */
static ddn_result *likelihood_of(const settings *set, const network *net, const ddn_dataset *ds)
{
    enum {
        FORWARD = 65
    };
    const int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds),
                  m = n < set->states ? n : set->states;
    double *x = drv_alloc(m * d, sizeof *x), *z = drv_alloc(d, sizeof *z), a = NAN, s = NAN;
    ddn_analysis *an = analysis_of(set, net);
    ddn_result *result = NULL;
    drv_try(ddn_schedule_eval(drv.ctx, net->schedule, net->clean, &a, &s));
    for (int64_t r = 0; r < m; r++) {
        drv_try(ddn_dataset_read(drv.ctx, ds, r * n / m, 1, x + r * d, d));
        drv_try(ddn_noise_draw(drv.ctx, drv.seed, FORWARD, r, 0, 0, d, z));
        for (int64_t j = 0; j < d; j++) {
            x[r * d + j] = a * x[r * d + j] + s * z[j];
        }
    }
    drv_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATH_STEPS, set->flow_steps);
    drv_try(ddn_analysis_log_likelihood(an, net->oracle, NULL, set->probes, m, x, d, &result));
    drv_keep(result);
    return result;
}

static void measure_likelihood(const settings *set, const network *net, report *r)
{
    if (set->clock == TORCH_CLOCK_INDEX) {
        drv_warn("no likelihood: its flow goes between the whole indices that --clock index takes");
        return;
    }
    r->train = likelihood_of(set, net, net->train);
    r->test = net->test != NULL ? likelihood_of(set, net, net->test) : NULL;
}

static void measure(const settings *set, const network *net, report *r)
{
    const double start = drv_seconds();
    if (set->pairs > 0) {
        measure_regimes(set, net, r);
    }
    if (set->samples > 0) {
        measure_errors(set, net, r);
    }
    if (set->states > 0) {
        measure_likelihood(set, net, r);
    }
    r->seconds = drv_seconds() - start;
}

/* ---- Files ------------------------------------------------------------------------------- */

static void write_result(const ddn_result *result, const char *name)
{
    if (result != NULL) {
        drv_write_result(result, name, "");
    }
}

/* Columns of a result under the names `as`, each with its error and interval; OU time first. */
static int64_t add_columns(const ddn_result *result, const char *const *from, const char *const *as,
                           int count, const double **columns, char *header, size_t size)
{
    static const char *const parts[] = {"", "_se", "_low", "_high"};
    int64_t added = 0;
    for (int i = 0; i < 4 * count; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", from[i / 4], parts[i % 4]);
        drv_append(header, size, ",%s%s", as[i / 4], parts[i % 4]);
        columns[added++] = drv_column(result, name);
    }
    return added;
}

enum {
    MOST_COLUMNS = 1 + 4 * 6
};

static const double *ou_times(const network *net, const ddn_result *result)
{
    double *t = drv_column(result, "t");
    for (int64_t k = 0; k < ddn_result_rows(result); k++) {
        t[k] = drv_to_ou(net->schedule, t[k]);
    }
    return t;
}

static void write_curves(const network *net, const report *r)
{
    static const char *const clones[] = {"phi_clones", "phi_C_clones"},
                             *const of[] = {"phi", "phi_C"},
                             *const exact[] = {"phi_exact", "phi_C_exact"};
    static const char *const errors[] = {"e_train",      "e_test",         "e_exact_train",
                                         "e_exact_test", "e_wiener_train", "e_wiener_test"};
    const double *columns[MOST_COLUMNS];
    if (r->regimes != NULL) {
        char header[1024] = "t_ou";
        int64_t count = 1;
        columns[0] = ou_times(net, r->regimes);
        count += add_columns(r->regimes, clones, of, 2, columns + count, header, sizeof header);
        count += add_columns(r->identities, of, exact, 2, columns + count, header, sizeof header);
        drv_csv(drv_path("torch_network.csv"), header, net->count, count, columns);
    }
    if (r->generalization != NULL) {
        char header[1024] = "t_ou";
        columns[0] = ou_times(net, r->generalization);
        const int64_t count = 1 + add_columns(r->generalization, errors, errors, DRV_COUNT(errors),
                                              columns + 1, header, sizeof header);
        drv_csv(drv_path("torch_network_errors.csv"), header, ddn_result_rows(r->generalization),
                count, columns);
    }
}

/* ---- Terminal ---------------------------------------------------------------------------- */

/* A time of a result in OU time; prints "-" where it has none. */
static void print_time(const network *net, const ddn_result *result, const char *name)
{
    double error = NAN, t = drv_scalar(result, name, &error), low, high;
    drv_try(ddn_schedule_range(drv.ctx, net->schedule, &low, &high));
    if (t <= low) { /* t_S of points that are all one */
        t = NAN;
    }
    if (!isnan(t)) {
        const double to = fmin(t + 0.01 * fabs(t) + 1e-6, high), from = to - 1e-3 * fabs(to) - 1e-7;
        const double rate =
            (drv_to_ou(net->schedule, to) - drv_to_ou(net->schedule, from)) / (to - from);
        t = drv_to_ou(net->schedule, t);
        error *= rate;
    }
    drv_cell(t, error, 20);
}

static void print_times(const network *net, const report *r)
{
    static const struct {
        const char *name, *network, *exact, *text;
    } rows[] = {
        {"t_S", "t_S", NULL, "speciation: ½ log(1 + Λ) of the data"},
        {"t_S_phi", "t_S_phi_clones", "t_S_phi", "speciation: φ crosses its value at r = 1"},
        {"t_C_phi", "t_C_phi_clones", "t_C_phi", "collapse: φ_C = ½"},
        {"t_C_change", "t_C_last_change_median", NULL, "collapse: median last change"}};
    printf("\n  %-12s %-20s %-20s\n", "OU time", "network", "exact score");
    for (int i = 0; i < DRV_COUNT(rows); i++) {
        printf("  %-13s", rows[i].name);
        print_time(net, r->regimes, rows[i].network);
        if (rows[i].exact != NULL) {
            print_time(net, r->crossings, rows[i].exact);
        } else {
            drv_cell(NAN, NAN, 20);
        }
        printf("%s\n", rows[i].text);
    }
}

static void print_curves(const network *net, const report *r)
{
    static const char *const names[] = {"phi_clones", "phi", "phi_C_clones", "phi_C"};
    const double *t = ou_times(net, r->regimes), *value[4], *error[4];
    printf("  %-9s %-20s %-20s %-20s %s\n", "t, OU", "phi, network", "phi, exact", "phi_C, network",
           "phi_C, exact");
    for (int i = 0; i < 4; i++) {
        char name[64];
        const ddn_result *from = i % 2 == 0 ? r->regimes : r->identities;
        snprintf(name, sizeof name, "%s_se", names[i]);
        value[i] = drv_column(from, names[i]);
        error[i] = drv_column(from, name);
    }
    for (int64_t k = 0; k < net->count; k++) {
        printf("  %-10.4g", t[k]);
        for (int i = 0; i < 4; i++) {
            drv_cell(value[i][k], error[i][k], 20);
        }
        printf("\n");
    }
    print_times(net, r);
}

/* The error in the row of the smallest time. */
static void print_error(const ddn_result *result, const char *name)
{
    char se[64];
    snprintf(se, sizeof se, "%s_se", name);
    drv_cell(drv_column(result, name)[0], drv_column(result, se)[0], 20);
}

/* Copies among samples: of the network in the last row, where clones begin in pure noise. */
static void print_errors(const settings *set, const network *net, const report *r)
{
    const ddn_result *g = r->generalization;
    const int64_t last = ddn_result_rows(g) - 1;
    const int test = net->test != NULL;
    static const char *const of[3][2] = {{"e_train", "e_test"},
                                         {"e_exact_train", "e_exact_test"},
                                         {"e_wiener_train", "e_wiener_test"}};
    static const char *const names[3] = {"network", "exact score", "Wiener filter"};
    printf("\n  denoising error at t = %-10.3g%-20s %s\n", ou_times(net, g)[0], "training data",
           "test data");
    for (int i = 0; i < 3; i++) {
        printf("  %-33s", names[i]);
        print_error(g, of[i][0]);
        print_error(g, of[i][1]);
        printf("\n");
    }
    if (set->pairs > 0) {
        printf("\n  %-33s%-20s %s\n", "copies", "samples of network", "test data");
        printf("  %-33s", "share with d1/d2 < kappa, f_mem");
        drv_cell(drv_column(g, "f_mem")[last], drv_column(g, "f_mem_se")[last], 20);
        drv_cell(test ? drv_scalar(g, "f_mem_test", NULL) : NAN, 0, 20);
        printf("\n  %-33s", "median distance d1");
        drv_cell(drv_column(g, "d1_q50")[last], drv_column(g, "d1_q50_se")[last], 20);
        drv_cell(test ? drv_scalar(g, "d1_q50_test", NULL) : NAN, 0, 20);
        printf("\n");
    }
}

static void print_likelihood(const settings *set, const report *r)
{
    static const char *const names[] = {"mean_log_p", "mean_bits_per_dim", "mean_step_error"};
    static const char *const texts[] = {"log p, nats", "bits per dimension", "step error, nats"};
    printf("\n  likelihood, %-4lld probes %14s%-20s %s\n", (long long)set->probes, "",
           "training data", "test data");
    for (int i = 0; i < 3; i++) {
        printf("  %-33s", texts[i]);
        for (int k = 0; k < 2; k++) {
            const ddn_result *of = k == 0 ? r->train : r->test;
            double error = NAN;
            const double value = of != NULL ? drv_scalar(of, names[i], &error) : NAN;
            drv_cell(value, error, 20);
        }
        printf("\n");
    }
}

static void print_all(const settings *set, const network *net, const report *r)
{
    int64_t states, classified = 0;
    double seconds = torch_module_seconds(net->module, &states);
    if (net->classifier != NULL) {
        seconds += torch_module_seconds(net->classifier, &classified);
    }
    printf("%s: n = %lld, d = %lld; %s: %lld pairs, %lld steps, Jacobian by %s\n\n",
           drv_shown(drv_data_name(&set->data)), (long long)ddn_dataset_n(net->train),
           (long long)ddn_dataset_d(net->train), drv_base_name(set->network), (long long)set->pairs,
           (long long)set->steps, torch_module_has_jvp(net->module) ? "autograd" : "differences");
    if (r->regimes != NULL) {
        print_curves(net, r);
    }
    if (r->generalization != NULL) {
        print_errors(set, net, r);
    }
    if (r->train != NULL) {
        print_likelihood(set, r);
    }
    printf("\n  %.1f s, of which %.1f %% in torch for %lld states; the rest is the exact score "
           "and nearest points\n",
           r->seconds, 100 * seconds / r->seconds, (long long)states);
}

/* ---- Command line ------------------------------------------------------------------------ */

static const char summary[] =
    "Measures a network of your own beside the exact score of its data: clones, speciation and "
    "collapse,\ndenoising errors on training and test data, copies, likelihood. The network is a "
    "TorchScript module.\nWrites torch_network.csv, torch_network.png and results as JSON.";

static void read_options(int argc, char **argv, settings *set)
{
    const drv_option options[] = {
        DRV_DATA_OPTIONS(set->data, DRV_REQUIRED),
        {"network", "FILE", "the network: a TorchScript module, see doc/torch.md",
         DRV_STRING | DRV_REQUIRED, &set->network, 0, 0},
        {"predicts", NETWORK_PREDICTIONS, "what it answers (default: eps)", DRV_CHOICE,
         &set->prediction, 0, 0},
        {"clock", NETWORK_CLOCKS,
         "what it is told of the noise: the time of the schedule (default), this as a whole "
         "number, "
         "s/a, log(a^2/s^2), nothing",
         DRV_CHOICE, &set->clock, 0, 0},
        {"time-scale", "F", "that number times F", DRV_DOUBLE, &set->time_scale, 0, 0},
        {"time-shift", "B", "and then plus B", DRV_DOUBLE, &set->time_shift, 0, 0},
        {"answer-scale", "F", "its answers are to be multiplied by F", DRV_DOUBLE,
         &set->answer_scale, 0, 0},
        {"shape", "C,H,W", "sizes of a state as the network takes it (default: d numbers)",
         DRV_INTS, &set->shape, 1, 1e9},
        {"schedule", NETWORK_SCHEDULES, "that it was trained with (default: ou)", DRV_CHOICE,
         &set->schedule, 0, 0},
        {"beta-first", "B", "of vp, ddpm, scaled (default: the usual one)", DRV_DOUBLE,
         &set->beta_first, 0, 1000},
        {"beta-last", "B", "of vp, ddpm, scaled (default: the usual one)", DRV_DOUBLE,
         &set->beta_last, 0, 1000},
        {"indices", "N", "number of indices of ddpm, scaled, cosine", DRV_INT, &set->indices, 2,
         1e6},
        {"table", "FILE", "alpha_bar at each index, .npy, for --schedule table", DRV_STRING,
         &set->table, 0, 0},
        {"test", "FILE", "points that the network has not seen", DRV_FILES, &set->test.files, 0, 0},
        {"test-labels", "FILE", "their labels, where --classes chooses", DRV_FILES,
         &set->test.labels, 0, 0},
        {"classifier", "FILE",
         "a TorchScript module that tells classes, in place of the label of "
         "the nearest point",
         DRV_STRING, &set->classifier, 0, 0},
        {"classifier-labels", "A,B,...", "the label of each number that it gives", DRV_INTS,
         &set->classifier_labels, -2147483647.0, 2147483647.0},
        {"pairs", "N", "pairs of clones a time; 0: no clones", DRV_INT, &set->pairs, 0, 1e8},
        {"steps", "K", "steps of the sampler", DRV_INT, &set->steps, 2, 1e6},
        {"times", "K", "number of times, geometric", DRV_INT, &set->times, 4, 1e4},
        {"paths", "N", "paths of the last change", DRV_INT, &set->paths, 2, 1e8},
        {"samples", "N", "noisy states a time for denoising errors; 0: none", DRV_INT,
         &set->samples, 0, 1e8},
        {"states", "N", "points whose likelihood is taken, of each set; 0: none", DRV_INT,
         &set->states, 0, 1e8},
        {"probes", "N", "probes of the divergence; 0: exact, d products a state", DRV_INT,
         &set->probes, 0, 4096},
        {"flow-steps", "K", "steps of its flow", DRV_INT, &set->flow_steps, 2, 1e6},
        {"t-min", "T", "first time, OU time; from --t-end if not given", DRV_DOUBLE, &set->t_min,
         1e-5, 20},
        {"t-max", "T", "last time, OU time; from the data if not given", DRV_DOUBLE, &set->t_max,
         1e-5, 20},
        {"t-end", "T", "where paths end, OU time; --clock index: at index 0", DRV_DOUBLE,
         &set->t_end, 1e-6, 20},
    };
    drv_start(argc, argv, summary, NETWORK_FILES, options, DRV_COUNT(options));
}

int main(int argc, char **argv)
{
    settings set = {.data = DRV_DATA_DEFAULTS,
                    .test = DRV_DATA_DEFAULTS,
                    .time_scale = 1,
                    .answer_scale = 1,
                    .beta_first = NAN,
                    .beta_last = NAN,
                    .indices = 1000,
                    .pairs = 128,
                    .steps = 64,
                    .times = 12,
                    .paths = 64,
                    .samples = 256,
                    .states = 32,
                    .probes = 4,
                    .flow_steps = 32,
                    .t_min = NAN,
                    .t_max = NAN,
                    .t_end = 1e-3};
    network net = {0};
    report r = {0};
    read_options(argc, argv, &set);
    if (set.pairs == 1 || set.samples == 1) {
        drv_die("--%s 1: an error needs at least 2", set.pairs == 1 ? "pairs" : "samples");
    }
    network_open(&set, &net);
    measure(&set, &net, &r);
    write_result(r.regimes, "regimes.json");
    write_result(r.identities, "exact.json");
    write_result(r.crossings, "exact_times.json");
    write_result(r.generalization, "generalization.json");
    write_result(r.train, "likelihood_train.json");
    write_result(r.test, "likelihood_test.json");
    write_curves(&net, &r);
    print_all(&set, &net, &r);
    network_draw(&set, &net, &r);
    printf("  results in %s\n", drv_shown(drv.out));
    return drv_finish();
}
