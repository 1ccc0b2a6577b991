/* What the exact score says of states of your own at one time: score, denoiser, log density and
 * posterior. score.npy and denoiser.npy [m][d], classes.npy [m][classes], log_p.npy and entropy.npy
 * [m], and score.csv with a row for each state. Formulas: doc/theory.md (11), (25), (30).
 * SPDX-License-Identifier: MIT */
#include "commands.h"
#include "driver.h"

#include <math.h>

enum {
    BATCH = 256, /* states that are evaluated together */
    SHOWN = 10   /* rows of the table on the terminal */
};

typedef struct settings {
    drv_data data;
    const char *states;
    double t;
    int trace;
} settings;

/* A number for each state. */
enum {
    LOG_P,
    ENTROPY,
    W_MAX,
    SUM_W2,
    DISTANCE2,
    NUMBERS
};
static const ddn_output outputs[NUMBERS] = {DDN_OUT_LOG_P, DDN_OUT_ENTROPY, DDN_OUT_W_MAX,
                                            DDN_OUT_SUM_W2, DDN_OUT_NEAREST_DISTANCE2};
static const drv_meaning meanings[] = {
    {"row", "1", "number of the state in its file, from 0"},
    {"nearest", "1", "point of the largest posterior weight, from 0 in the data that were taken"},
    {"log_p", "nats", "log density of the noised data at the state"},
    {"entropy", "nats", "posterior entropy of the points given the state"},
    {"w_max", "1", "largest posterior weight"},
    {"sum_w2", "1", "sum of squared weights: two draws of the origin are the same point"},
    {"distance2", "data units^2", "squared distance of the state over a(t) from the nearest point"},
};

typedef struct arrays {
    int64_t m, d, classes;
    double *x, *score, *mean, *posterior; /* [m][d], ..., [m][classes] */
    double *number[NUMBERS];              /* [m] */
    int64_t *nearest;                     /* [m] */
} arrays;

static void bind(ddn_query *query, const arrays *of, int64_t first)
{
    drv_try(ddn_query_bind_f64(query, DDN_OUT_SCORE, of->score + first * of->d, of->d));
    drv_try(ddn_query_bind_f64(query, DDN_OUT_MEAN, of->mean + first * of->d, of->d));
    drv_try(ddn_query_bind_i64(query, DDN_OUT_ARGMAX, of->nearest + first));
    for (int i = 0; i < NUMBERS; i++) {
        drv_try(ddn_query_bind_f64(query, outputs[i], of->number[i] + first, 1));
    }
    if (of->classes > 0) {
        drv_try(ddn_query_bind_f64(query, DDN_OUT_CLASS_POSTERIOR,
                                   of->posterior + first * of->classes, of->classes));
    }
}

static void evaluate(const ddn_oracle *oracle, double t, arrays *of)
{
    ddn_query *query = NULL;
    of->score = drv_alloc(of->m * of->d, sizeof *of->score);
    of->mean = drv_alloc(of->m * of->d, sizeof *of->mean);
    of->posterior = drv_alloc(of->m * of->classes, sizeof *of->posterior);
    of->nearest = drv_alloc(of->m, sizeof *of->nearest);
    for (int i = 0; i < NUMBERS; i++) {
        of->number[i] = drv_alloc(of->m, sizeof(double));
    }
    drv_try(ddn_query_create(drv.ctx, oracle, &query));
    drv_keep(query);
    drv_plan(1, &(drv_part){.name = "states", .weight = 1});
    for (int64_t first = 0; first < of->m; first += BATCH) {
        drv_begin("states", (double)first / (double)of->m, (double)(first + BATCH) / (double)of->m);
        bind(query, of, first);
        drv_try(ddn_query_run(query, t, of->m - first < BATCH ? of->m - first : BATCH,
                              of->x + first * of->d, of->d));
    }
}

static void write(const arrays *of)
{
    drv_npy(drv_path("score.npy"), of->m, of->d, of->score);
    drv_npy(drv_path("denoiser.npy"), of->m, of->d, of->mean);
    drv_npy(drv_path("log_p.npy"), of->m, 0, of->number[LOG_P]);
    drv_npy(drv_path("entropy.npy"), of->m, 0, of->number[ENTROPY]);
    if (of->classes > 0) {
        drv_npy(drv_path("classes.npy"), of->m, of->classes, of->posterior);
    }
    drv_define(meanings, DRV_COUNT(meanings));
    drv_file *file =
        drv_csv_open(drv_path("score.csv"), "row,nearest,log_p,entropy,w_max,sum_w2,distance2");
    for (int64_t r = 0; r < of->m; r++) {
        double row[2 + NUMBERS] = {(double)r, (double)of->nearest[r]};
        for (int i = 0; i < NUMBERS; i++) {
            row[2 + i] = of->number[i][r];
        }
        drv_csv_row(file, row, DRV_COUNT(row));
    }
    drv_close(file);
}

static void print_table(const arrays *of)
{
    printf("  %-8s %-10s %-14s %-12s %-10s %s\n", "state", "nearest", "log p", "entropy", "w_max",
           "distance^2");
    for (int64_t r = 0; r < of->m && r < SHOWN; r++) {
        printf("  %-8lld %-10lld %-14.8g %-12.5g %-10.4g %.5g\n", (long long)r,
               (long long)of->nearest[r], of->number[LOG_P][r], of->number[ENTROPY][r],
               of->number[W_MAX][r], of->number[DISTANCE2][r]);
    }
    if (of->m > SHOWN) {
        printf("  ... %lld states, all in score.csv\n", (long long)of->m);
    }
}

int score_main(int argc, char **argv)
{
    settings set = {.data = DRV_DATA_DEFAULTS, .t = NAN};
    const drv_option options[] = {
        DRV_DATA_OPTIONS(set.data, DRV_REQUIRED),
        {"states", "FILE", "noisy states x_t: .npy [m][d], in the units of the points",
         DRV_STRING | DRV_REQUIRED, &set.states, 0, 0},
        {"t", "T", "time of the states", DRV_DOUBLE | DRV_REQUIRED, &set.t, 0, 0},
        DRV_SCHEDULE_OPTION,
        DRV_TRACE_OPTION(set.trace),
    };
    drv_start(argc, argv,
              "Evaluates the exact score of the noised data at states of your own: score, denoiser "
              "E[x_0 | x], log\ndensity, posterior of points and classes. Writes score.npy, "
              "denoiser.npy, log_p.npy, entropy.npy,\nclasses.npy (with labels) and score.csv.",
              "score.npy denoiser.npy log_p.npy entropy.npy classes.npy score.csv", options,
              DRV_COUNT(options));
    const ddn_schedule *sch = drv_schedule();
    drv_check_time("t", sch, set.t);
    ddn_dataset *ds = drv_data_load(&set.data);
    const ddn_oracle *oracle = drv_empirical(ds, sch);
    arrays of = {.d = ddn_dataset_d(ds), .classes = ddn_dataset_class_count(ds)};
    of.x = drv_rows("states", set.states, ds, &of.m);
    evaluate(oracle, set.t, &of);
    write(&of);
    printf("%s: n = %lld, d = %lld; %lld states at t = %.6g (%s)\n\n",
           drv_shown(drv_data_name(&set.data)), (long long)ddn_dataset_n(ds), (long long)of.d,
           (long long)of.m, set.t, drv_clock(sch));
    print_table(&of);
    printf("\n  results in %s: score.npy, denoiser.npy, log_p.npy, entropy.npy%s, score.csv\n",
           drv_shown(drv.out), of.classes > 0 ? ", classes.npy" : "");
    if (set.trace) {
        drv_trace(oracle);
    }
    return drv_finish();
}
