/* The score of a batch, against C + OpenBLAS with full logits and against a pure read of the data,
 * in turns within one process; one case or a grid. See README.md.
 * SPDX-License-Identifier: MIT */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    OURS,
    FULL,
    BASELINE,
    READ,
    FMA,
    CONTENDERS,
    CHECKED = 4 /* states compared with the long-double reference, at most */
};

static struct {
    int64_t n, d, rounds;
    drv_list batch, t;
    int type, data, json, quick, peers, shadow;
    double epsilon, budget;
    const char *kernel, *forbid, *python, *folder;
} opt = {.n = 0,
         .rounds = 21,
         .type = -1,
         .epsilon = NAN,
         .budget = 4,
         .kernel = "auto",
         .python = "/usr/bin/python3",
         .folder = BENCH_FOLDER "/peers"};

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
static const char *const type_names[] = {"u8", "f32", "f64"};

typedef struct spec {
    int64_t n, d, batch;
    int type;
    double t;
} spec;

/* ---- Peers ------------------------------------------------------------------------------- */

static void write_raw(const char *path, const void *at, int64_t bytes)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(at, 1, (size_t)bytes, file) != (size_t)bytes || fclose(file) != 0) {
        drv_die("cannot write %s", path);
    }
}

/* Runs one of the Python programs on the same numbers: it reads points and states as raw f32,
 * writes its score, and prints the quartiles of its times in ms. Silent where it is missing. */
static void run_peer(const char *name, const bench_problem *p, const spec *c, const double *x,
                     const double *reference, int64_t checked)
{
    float *states = drv_alloc(c->batch * p->d, 4);
    for (int64_t k = 0; k < c->batch * p->d; k++) {
        states[k] = (float)x[k];
    }
    const char *points_path = drv_path("peer_points.f32"), *states_path = drv_path("peer_x.f32");
    const char *score_path = drv_path("peer_score.f32");
    write_raw(points_path, p->dense, p->n * p->d * 4);
    write_raw(states_path, states, c->batch * p->d * 4);
    char command[2048];
    snprintf(command, sizeof command,
             "%s %s/%s_score.py --n %lld --d %lld --batch %lld --t %.17g --threads %lld "
             "--rounds %lld %s %s %s",
             opt.python, opt.folder, name, (long long)p->n, (long long)p->d, (long long)c->batch,
             c->t, (long long)drv.threads, (long long)opt.rounds, points_path, states_path,
             score_path);
    FILE *pipe = popen(command, "r");
    bench_quartiles ms = {NAN, NAN, NAN};
    int got = pipe ? fscanf(pipe, "%lf %lf %lf", &ms.q1, &ms.median, &ms.q3) : 0;
    int status = pipe ? pclose(pipe) : -1;
    FILE *file = status == 0 && got == 3 ? fopen(score_path, "rb") : NULL;
    if (file && fread(states, 4, (size_t)(c->batch * p->d), file) == (size_t)(c->batch * p->d)) {
        double error = 0;
        double *score = drv_alloc(p->d, 8);
        for (int64_t q = 0; q < checked; q++) {
            for (int64_t j = 0; j < p->d; j++) {
                score[j] = (double)states[q * p->d + j];
            }
            error = fmax(error, bench_error(p->d, score, reference + q * p->d));
        }
        char key[64];
        if (opt.json) {
            snprintf(key, sizeof key, "%s_ms", name);
            bench_json_quartiles(key, ms);
            snprintf(key, sizeof key, "%s_error", name);
            bench_json_number(key, error);
        } else {
            printf("    %-8s %10.3f ms  error %.1e\n", name, ms.median, error);
        }
    }
    if (file) {
        fclose(file);
    }
    unlink(points_path);
    unlink(states_path);
    unlink(score_path);
}

/* ---- A case ------------------------------------------------------------------------------ */

static double worst_error(const bench_problem *p, const double *score, const double *reference,
                          int64_t checked)
{
    double worst = 0;
    for (int64_t q = 0; q < checked; q++) {
        worst = fmax(worst, bench_error(p->d, score + q * p->d, reference + q * p->d));
    }
    return worst;
}

static void report(const bench_problem *p, const spec *c, double (*seconds)[BENCH_ROUNDS],
                   int64_t rounds, const double *error, const ddn_query *query)
{
    const double flops = 4.0 * (double)c->batch * (double)p->n * (double)p->d;
    /* Per second; half as many in double. */
    const double peak = bench_fma_flops() * (p->type == DDN_TYPE_F64 ? 0.5 : 1);
    const bench_quartiles ratio = bench_ratio(1, seconds[BASELINE], seconds[OURS], rounds);
    const bench_quartiles full = bench_ratio(1, seconds[BASELINE], seconds[FULL], rounds);
    const bench_quartiles read = bench_ratio(1, seconds[OURS], seconds[READ], rounds);
    const bench_quartiles share = bench_ratio(flops / peak, seconds[FMA], seconds[FULL], rounds);
    const bench_quartiles ours = bench_ratio(1e3, seconds[OURS], NULL, rounds);
    const bench_quartiles all = bench_ratio(1e3, seconds[FULL], NULL, rounds);
    const bench_quartiles base = bench_ratio(1e3, seconds[BASELINE], NULL, rounds);
    const bench_quartiles gbs = bench_ratio(1e-9 * (double)p->bytes, NULL, seconds[READ], rounds);
    const bench_quartiles gfs = bench_ratio(1e-9 * bench_fma_flops(), NULL, seconds[FMA], rounds);
    bench_served served = {{0}};
    bench_served_add(&served, query, p->oracle);
    if (!opt.json) {
        printf("%7lld %6lld %5lld %-4s %-8g %9.3f %9.3f %9.3f %7.2f [%.2f, %.2f] %7.2f %7.2f "
               "%5.0f%% %6.1f%% %8.1e %8.1e ",
               (long long)p->n, (long long)p->d, (long long)c->batch, type_names[c->type], c->t,
               ours.median, all.median, base.median, ratio.median, ratio.q1, ratio.q3, full.median,
               read.median, 100 * share.median, 100 * ddn_query_touched(query), error[OURS],
               error[BASELINE]);
        bench_served_print(&served, p->oracle);
        printf("\n");
        fflush(stdout);
        return;
    }
    bench_json_number("n", (double)p->n);
    bench_json_number("d", (double)p->d);
    bench_json_number("batch", (double)c->batch);
    bench_json_text("type", type_names[c->type]);
    bench_json_number("t", c->t);
    bench_json_text("data", p->fashion ? "fashion-mnist" : "synthetic");
    bench_json_machine();
    bench_json_number("rounds", (double)rounds);
    bench_json_quartiles("ratio", ratio);
    bench_json_quartiles("full_ratio", full);
    bench_json_quartiles("read_ratio", read);
    bench_json_quartiles("fma_share", share);
    bench_json_number("score_error", error[OURS]);
    bench_json_number("full_error", error[FULL]);
    bench_json_number("baseline_error", error[BASELINE]);
    bench_json_number("touched", ddn_query_touched(query));
    bench_json_number("dropped", ddn_query_dropped(query));
    bench_served_json("ways", &served, p->oracle);
    bench_json_text("forbid", opt.forbid ? opt.forbid : "");
    bench_json_quartiles("ms", ours);
    bench_json_quartiles("full_ms", all);
    bench_json_quartiles("baseline_ms", base);
    bench_json_quartiles("read_gbs", gbs);
    bench_json_quartiles("fma_peak_gflops", gfs);
}

static void run_case(const bench_problem *p, const spec *c)
{
    double seconds[CONTENDERS][BENCH_ROUNDS], error[BASELINE + 1] = {0};
    double *x = drv_alloc(c->batch * p->d, 8);
    bench_states(p, c->t, c->batch, x);
    bench_ours ours, full;
    bench_baseline base;
    bench_ours_make(&ours, p, c->batch, isnan(opt.epsilon) ? -1 : opt.epsilon);
    bench_ours_make(&full, p, c->batch, 0);
    bench_baseline_make(&base, p, c->batch);
    if (opt.forbid) {
        const int64_t ways = bench_ways(opt.forbid, p->oracle);
        drv_try(ddn_options_set_i64(ddn_query_options(ours.query), DDN_QUERY_FORBID, ways));
        drv_try(ddn_options_set_i64(ddn_query_options(full.query), DDN_QUERY_FORBID, ways));
    }
    ours.x = full.x = base.x = x;
    ours.t = full.t = base.t = c->t;
    bench_memory memory = {p->stored, p->bytes};
    const bench_contender contenders[CONTENDERS] = {
        [OURS] = {bench_ours_run, &ours, 0},
        [FULL] = {bench_ours_run, &full, 0},
        [BASELINE] = {bench_baseline_run, &base, 1},
        [READ] = {bench_read, &memory, 0},
        [FMA] = {bench_fma, NULL, 0},
    };
    const int64_t rounds =
        bench_interleave(contenders, CONTENDERS, opt.rounds, opt.budget, seconds);
    const int64_t checked = c->batch < CHECKED ? c->batch : CHECKED;
    double *reference = drv_alloc(checked * p->d, 8);
    for (int64_t q = 0; q < checked; q++) {
        bench_reference_long(p, c->t, x + q * p->d, reference + q * p->d);
    }
    error[OURS] = worst_error(p, ours.score, reference, checked);
    error[FULL] = worst_error(p, full.score, reference, checked);
    error[BASELINE] = worst_error(p, base.score, reference, checked);
    if (opt.json) {
        bench_json_open();
    }
    report(p, c, seconds, rounds, error, ours.query);
    bench_ours_free(&ours);
    bench_ours_free(&full);
    bench_baseline_free(&base);
    if (opt.peers && p->type != DDN_TYPE_F64) {
        run_peer("numpy", p, c, x, reference, checked);
        run_peer("torch", p, c, x, reference, checked);
    }
    if (opt.json) {
        bench_json_close();
    }
}

/* ---- The grid ---------------------------------------------------------------------------- */

typedef struct shape {
    int64_t n, d;
    int64_t batches[5]; /* up to a 0 */
    int types;          /* bit per type */
} shape;
static const shape shapes[] = {
    {60000, 784, {1, 16, 128, 512}, 7},  {10000, 1024, {1, 16, 128, 512}, 3},
    {2000, 3072, {1, 16, 512, 1024}, 3}, {1000, 12288, {1, 16, 512}, 3},
    {12000, 784, {1, 2, 128}, 1},
};
static const shape quick_shapes[] = {{400, 50, {1, 3, 17}, 7}};

static int64_t pick(int64_t given, int64_t otherwise)
{
    return given > 0 ? given : otherwise;
}

/* Every batch at every time. */
static void run_batches(const bench_problem *p, int type, const int64_t *batches, int count)
{
    for (int k = 0; k < count; k++) {
        for (int64_t i = 0; i < opt.t.count; i++) {
            const spec c = {p->n, p->d, batches[k], type, opt.t.at[i]};
            run_case(p, &c);
        }
    }
}

static void run_shape(const shape *s)
{
    int count = 0;
    while (count < 5 && s->batches[count] > 0) {
        count++;
    }
    for (int type = 0; type < 3; type++) {
        if (opt.type >= 0 ? opt.type != type : !(s->types & (1 << type))) {
            continue;
        }
        bench_problem p;
        bench_problem_make(&p, opt.data, s->n, s->d, types[type]);
        run_batches(&p, type, s->batches, count);
        bench_problem_free(&p);
    }
}

/* One set of points, each batch of the list at each time. */
static void run_given(void)
{
    const int type = opt.type < 0 ? 0 : opt.type;
    int64_t batches[DRV_LIST_CAPACITY] = {1};
    for (int64_t k = 0; k < opt.batch.count; k++) {
        batches[k] = (int64_t)opt.batch.at[k];
    }
    bench_problem p;
    bench_problem_make(&p, opt.data, pick(opt.n, 60000), pick(opt.d, 784), types[type]);
    run_batches(&p, type, batches, opt.batch.count > 0 ? (int)opt.batch.count : 1);
    bench_problem_free(&p);
}

int main(int argc, char **argv)
{
    const drv_option options[] = {
        {"n", "N", "points (default: 60000)", DRV_INT, &opt.n, 1, 9e15},
        {"d", "D", "dimensions (default: 784)", DRV_INT, &opt.d, 1, 16777216},
        {"batch", "B,...", "states at a time (default: 1)", DRV_INTS, &opt.batch, 1, 1e6},
        {"type", "u8|f32|f64", "stored type (default: u8, or all in the grid)", DRV_CHOICE,
         &opt.type, 0, 0},
        {"t", "T,...", "OU times (default: 2, and 0.1 in the grid)", DRV_DOUBLES, &opt.t, 1e-6, 20},
        {"epsilon", "E", "posterior mass that may be left out (default: the library's)", DRV_DOUBLE,
         &opt.epsilon, 0, 1e-2},
        {"forbid", "WAYS", "ways of evaluation that may not be used: names separated by commas",
         DRV_STRING, &opt.forbid, 0, 0},
        {"shadow", "", "screens read a copy of the points in bytes (DDN_CONTEXT_SHADOW)", DRV_FLAG,
         &opt.shadow, 0, 0},
        {"kernel", "NAME", "kernel variant", DRV_STRING, &opt.kernel, 0, 0},
        {"data", "auto|fashion|synthetic", "points: Fashion-MNIST where it fits, or made up",
         DRV_CHOICE, &opt.data, 0, 0},
        {"rounds", "R", "turns of each contender", DRV_INT, &opt.rounds, 1, BENCH_ROUNDS},
        {"budget", "S", "seconds after which a case gets no more than three turns", DRV_DOUBLE,
         &opt.budget, 0, 1e6},
        {"peers", "", "numpy and torch as well, where installed", DRV_FLAG, &opt.peers, 0, 0},
        {"python", "FILE", "the Python that has them", DRV_STRING, &opt.python, 0, 0},
        {"quick", "", "a tiny grid", DRV_FLAG, &opt.quick, 0, 0},
        {"json", "", "one JSON object per case", DRV_FLAG, &opt.json, 0, 0},
    };
    drv.out = ".";
    drv_start(argc, argv,
              "Times the score of a batch of states, of a grid of cases, or with any of --n, --d\n"
              "and --batch of each batch at each time on one set.",
              "peer_points.f32 peer_x.f32 peer_score.f32", options, DRV_COUNT(options));
    drv_try(ddn_context_set_kernel(drv.ctx, opt.kernel));
    drv_set_i64(ddn_context_options(drv.ctx), DDN_CONTEXT_SHADOW, opt.shadow);
    drv_try(ddn_context_set_progress(drv.ctx, NULL, NULL, NULL));
    bench_blas_threads(drv.threads);
    if (!opt.json) {
        bench_print_machine();
        printf("\n%7s %6s %5s %-4s %-8s %9s %9s %9s %-21s %6s %7s %6s %7s %8s %8s  %s\n", "n", "d",
               "B", "type", "t", "ours ms", "full ms", "BLAS ms", "  ratio [quartiles]", "full",
               "/read", "FMA", "touched", "error", "BLAS err", "ways");
    }
    const int given = opt.n > 0 || opt.d > 0 || opt.batch.count > 0;
    if (opt.t.count == 0) {
        opt.t = (drv_list){given ? 1 : 2, {2, 0.1}};
    }
    if (given) {
        run_given();
    } else {
        const shape *grid = opt.quick ? quick_shapes : shapes;
        const int count = opt.quick ? DRV_COUNT(quick_shapes) : DRV_COUNT(shapes);
        for (int i = 0; i < count; i++) {
            run_shape(&grid[i]);
        }
    }
    return drv_finish();
}
