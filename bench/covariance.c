/* What a set's covariance tells: leading eigenpairs, log det(1 + C/c), the affine span with the
 * coordinates of all points, the Frechet distance of states to the set; against dsyrk and LAPACK in
 * double, in turns within one process. See README.md. SPDX-License-Identifier: MIT */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SPECTRUM,
    LOG_DET,
    SPAN,
    FRECHET,
    TASKS
};

enum {
    OURS,
    BASELINE,
    READ,
    CONTENDERS
};

static const char *const task_names[] = {"spectrum", "log_det", "span", "frechet"};
static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
static const char *const type_names[] = {"u8", "f32", "f64"};

static struct {
    int64_t n, d, k, states, rounds;
    int type, task, data, json, quick;
    double c, budget;
} opt = {.k = 16, .states = 2000, .rounds = 7, .type = 0, .task = -1, .c = 1, .budget = 20};

typedef struct ours {
    const bench_problem *p;
    int task;
    double *values, *vectors, *x;
    ddn_frechet *frechet;
    double answer;
} ours;

static void span_of(ours *o)
{
    ddn_span *span;
    ddn_dataset *reduced;
    drv_try(ddn_span_create(drv.ctx, o->p->ds, 0, &span));
    drv_try(ddn_dataset_create_in_span(drv.ctx, span, DDN_TYPE_F64, &reduced));
    o->answer = (double)ddn_span_rank(span);
    ddn_dataset_destroy(reduced);
    ddn_span_destroy(span);
}

static double run_ours(void *arg)
{
    ours *o = arg;
    const ddn_dataset *ds = o->p->ds;
    const double start = drv_seconds();
    switch (o->task) {
    case SPECTRUM:
        drv_try(ddn_dataset_spectrum(drv.ctx, ds, opt.k, o->values, o->vectors, o->p->d));
        o->answer = o->values[0];
        break;
    case LOG_DET:
        drv_try(ddn_dataset_log_det(drv.ctx, ds, 1, &opt.c, &o->answer, NULL));
        break;
    case SPAN:
        span_of(o);
        break;
    default:
        drv_try(ddn_frechet_distance(drv.ctx, o->frechet, opt.states, 0, 0, o->x, o->p->d,
                                     &o->answer, NULL, NULL));
    }
    return drv_seconds() - start;
}

/* Why a task is not for these sizes, or NULL. */
static const char *why_not(const bench_problem *p, int task)
{
    const int64_t size = p->n < p->d ? p->n : p->d;
    return task == SPECTRUM && opt.k > size ? "--k is more than min(n, d)"
           : task == SPAN && size > 8192    ? "a span takes min(n, d) <= 8192"
           : task == FRECHET && p->d > 4096 ? "a Frechet distance takes d <= 4096"
                                            : NULL;
}

static void report(const bench_problem *p, int task, double (*seconds)[BENCH_ROUNDS],
                   int64_t rounds, double error)
{
    const bench_quartiles ratio = bench_ratio(1, seconds[BASELINE], seconds[OURS], rounds);
    const bench_quartiles read = bench_ratio(1, seconds[OURS], seconds[READ], rounds);
    const bench_quartiles mine = bench_ratio(1e3, seconds[OURS], NULL, rounds);
    const bench_quartiles base = bench_ratio(1e3, seconds[BASELINE], NULL, rounds);
    if (!opt.json) {
        printf("%7lld %6lld %-4s %-8s %10.1f %10.1f %7.2f [%.2f, %.2f] %9.1f %8.1e\n",
               (long long)p->n, (long long)p->d, type_names[opt.type], task_names[task],
               mine.median, base.median, ratio.median, ratio.q1, ratio.q3, read.median, error);
        fflush(stdout);
        return;
    }
    bench_json_open();
    bench_json_text("task", task_names[task]);
    bench_json_number("n", (double)p->n);
    bench_json_number("d", (double)p->d);
    bench_json_number("k", (double)opt.k);
    bench_json_number("states", (double)opt.states);
    bench_json_text("type", type_names[opt.type]);
    bench_json_text("data", p->fashion ? "fashion-mnist" : "synthetic");
    bench_json_machine();
    bench_json_number("rounds", (double)rounds);
    bench_json_quartiles("ratio", ratio);
    bench_json_quartiles("read_ratio", read);
    bench_json_quartiles("ms", mine);
    bench_json_quartiles("baseline_ms", base);
    bench_json_number("difference", error);
    bench_json_close();
}

/* What both have before the clock runs: points in double, and of a distance the set's side. */
static void prepare(const bench_problem *p, int task, ours *o, bench_lapack *l, bench_lapack *set)
{
    const int64_t size = task != FRECHET && p->n < p->d ? p->n : p->d;
    bench_lapack *points = task == FRECHET ? set : l;
    bench_lapack_make(points, p->n, p->d, size);
    drv_try(ddn_dataset_read(drv.ctx, p->ds, 0, p->n, points->points, p->d));
    if (task == FRECHET) {
        ddn_features *all;
        o->x = drv_alloc(opt.states * p->d, 8);
        bench_states(p, 1, opt.states, o->x);
        drv_try(ddn_features_create_identity(drv.ctx, p->d, &all));
        drv_try(ddn_frechet_create(drv.ctx, p->ds, all, &o->frechet));
        ddn_features_destroy(all);
        bench_lapack_make(l, opt.states, p->d, p->d);
        memcpy(l->points, o->x, (size_t)(opt.states * p->d) * sizeof *o->x);
        bench_lapack_reference(l, set);
    }
    l->count = opt.k;
    l->c = opt.c;
}

static void run_task(const bench_problem *p, int task)
{
    static double (*const baselines[])(void *) = {bench_lapack_spectrum, bench_lapack_log_det,
                                                  bench_lapack_span, bench_lapack_frechet};
    double seconds[CONTENDERS][BENCH_ROUNDS];
    ours mine = {.p = p, .task = task};
    bench_lapack lapack = {0}, set = {0};
    bench_memory stored = {p->stored, p->bytes};
    mine.values = drv_alloc(opt.k, 8);
    mine.vectors = drv_alloc(opt.k * p->d, 8);
    prepare(p, task, &mine, &lapack, &set);
    const bench_contender contenders[CONTENDERS] = {
        [OURS] = {run_ours, &mine, 1}, /* it calls LAPACK, too */
        [BASELINE] = {baselines[task], &lapack, 1},
        [READ] = {bench_read, &stored, 0},
    };
    const int64_t rounds =
        bench_interleave(contenders, CONTENDERS, opt.rounds, opt.budget, seconds);
    report(p, task, seconds, rounds, fabs(mine.answer - lapack.answer) / fabs(lapack.answer));
    bench_lapack_free(&lapack);
    bench_lapack_free(&set);
    ddn_frechet_destroy(mine.frechet);
}

int main(int argc, char **argv)
{
    const drv_option options[] = {
        {"n", "N", "points (default: 60000)", DRV_INT, &opt.n, 2, 9e15},
        {"d", "D", "dimensions (default: 784)", DRV_INT, &opt.d, 1, 16777216},
        {"k", "K", "leading eigenpairs", DRV_INT, &opt.k, 1, 512},
        {"c", "C", "of log det(1 + C/c)", DRV_DOUBLE, &opt.c, 1e-6, 1e6},
        {"states", "M", "states, whose distance to the set is wanted", DRV_INT, &opt.states, 2,
         1e9},
        {"type", "u8|f32|f64", "stored type", DRV_CHOICE, &opt.type, 0, 0},
        {"task", "spectrum|log_det|span|frechet", "what to time (default: all)", DRV_CHOICE,
         &opt.task, 0, 0},
        {"data", "auto|fashion|synthetic", "points: Fashion-MNIST where it fits, or made up",
         DRV_CHOICE, &opt.data, 0, 0},
        {"rounds", "R", "turns of each contender", DRV_INT, &opt.rounds, 1, BENCH_ROUNDS},
        {"budget", "S", "seconds after which a task gets no more than three turns", DRV_DOUBLE,
         &opt.budget, 0, 1e6},
        {"quick", "", "a tiny set", DRV_FLAG, &opt.quick, 0, 0},
        {"json", "", "one JSON object per task", DRV_FLAG, &opt.json, 0, 0},
    };
    drv.out = ".";
    drv_start(argc, argv, "Times what a set's covariance tells, against dsyrk and LAPACK.", "",
              options, DRV_COUNT(options));
    drv_try(ddn_context_set_progress(drv.ctx, NULL, NULL, NULL));
    bench_blas_threads(drv.threads);
    bench_problem p;
    bench_problem_make(&p, opt.data, opt.quick ? 400 : opt.n, opt.quick ? 50 : opt.d,
                       types[opt.type]);
    if (opt.task >= 0 && why_not(&p, opt.task)) {
        drv_die("%s", why_not(&p, opt.task));
    }
    if (!opt.json) {
        bench_print_machine();
        printf("\n%7s %6s %-4s %-8s %10s %10s %s %9s %8s\n", "n", "d", "type", "task", "ours ms",
               "LAPACK ms", "  ratio [quartiles]", "x read", "error");
    }
    for (int task = 0; task < TASKS; task++) {
        if (opt.task < 0 ? why_not(&p, task) == NULL : opt.task == task) {
            run_task(&p, task);
        }
    }
    bench_problem_free(&p);
    return drv_finish();
}
