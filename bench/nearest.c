/* The k nearest points of a batch of positions (ddn_dataset_nearest, all that it prepares
 * included), against all distances by C + OpenBLAS in double, in turns within one process; one case
 * or a grid. See README.md. SPDX-License-Identifier: MIT */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    OURS,
    BASELINE,
    CONTENDERS
};

enum {
    NOISED, /* points at an OU time */
    POINTS, /* as they are: the neighbours of a point */
    FRESH   /* images that are not in the set */
};

static const char fresh_images[] = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";

static struct {
    int64_t n, d, batch, k, rounds;
    int type, queries, data, json, quick;
    double t, budget;
    const char *kernel;
} opt = {.rounds = 21, .type = -1, .queries = -1, .t = 0.1, .budget = 6, .kernel = "auto"};

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
static const char *const type_names[] = {"u8", "f32", "f64"};
static const char *const query_names[] = {"noised", "points", "fresh"};

typedef struct spec {
    int64_t batch, k;
    int type, queries;
} spec;

typedef struct ours {
    const bench_problem *p;
    const spec *c;
    const double *x;
    double *distance2;
    int64_t *index;
} ours;

static double run_ours(void *arg)
{
    const ours *o = arg;
    const double start = drv_seconds();
    drv_try(ddn_dataset_nearest(drv.ctx, o->p->ds, o->c->batch, o->c->k, o->x, o->p->d, o->index,
                                o->distance2));
    return drv_seconds() - start;
}

static void fresh(const bench_problem *p, int64_t m, double *x)
{
    ddn_dataset *raw, *ds;
    if (!p->fashion) {
        drv_die("--queries fresh are those of Fashion-MNIST");
    }
    drv_try(ddn_dataset_open(drv.ctx, fresh_images, DDN_FORMAT_IDX, &raw));
    drv_try(ddn_dataset_create_mapped(drv.ctx, raw, 1 / 127.5, -1, &ds));
    for (int64_t q = 0; q < m; q++) {
        drv_try(ddn_dataset_read(drv.ctx, ds, q * 7 % ddn_dataset_n(ds), 1, x + q * p->d, p->d));
    }
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(raw);
}

static void positions(const bench_problem *p, const spec *c, double *x)
{
    if (c->queries == FRESH) {
        fresh(p, c->batch, x);
    } else if (c->queries == NOISED) {
        bench_states(p, opt.t, c->batch, x);
    }
    for (int64_t q = 0; q < c->batch && c->queries == POINTS; q++) {
        drv_try(ddn_dataset_read(drv.ctx, p->ds, q * 7919 % p->n, 1, x + q * p->d, p->d));
    }
}

/* Largest difference of the distances, relative to the largest square that the baseline adds up. */
static double difference(const ours *o, const bench_scan *scan)
{
    double worst = 0, size = 0;
    for (int64_t i = 0; i < o->p->n; i++) {
        size = fmax(size, 2 * o->p->half_norm[i]);
    }
    for (int64_t i = 0; i < o->c->batch * o->c->k; i++) {
        worst = fmax(worst, fabs(o->distance2[i] - scan->distance2[i]) / size);
    }
    return worst;
}

static void report(const bench_problem *p, const spec *c, double (*seconds)[BENCH_ROUNDS],
                   int64_t rounds, double error)
{
    const bench_quartiles ratio = bench_ratio(1, seconds[BASELINE], seconds[OURS], rounds);
    const bench_quartiles mine = bench_ratio(1e3, seconds[OURS], NULL, rounds);
    const bench_quartiles base = bench_ratio(1e3, seconds[BASELINE], NULL, rounds);
    if (!opt.json) {
        printf("%7lld %6lld %5lld %5lld %-4s %-7s %10.3f %10.3f %7.2f [%.2f, %.2f] %8.1e\n",
               (long long)p->n, (long long)p->d, (long long)c->batch, (long long)c->k,
               type_names[c->type], query_names[c->queries], mine.median, base.median, ratio.median,
               ratio.q1, ratio.q3, error);
        fflush(stdout);
        return;
    }
    bench_json_open();
    bench_json_number("n", (double)p->n);
    bench_json_number("d", (double)p->d);
    bench_json_number("batch", (double)c->batch);
    bench_json_number("k", (double)c->k);
    bench_json_text("type", type_names[c->type]);
    bench_json_text("queries", query_names[c->queries]);
    bench_json_text("data", p->fashion ? "fashion-mnist" : "synthetic");
    bench_json_machine();
    bench_json_number("rounds", (double)rounds);
    bench_json_quartiles("ratio", ratio);
    bench_json_quartiles("ms", mine);
    bench_json_quartiles("baseline_ms", base);
    bench_json_number("difference", error);
    bench_json_close();
}

static void run_case(const bench_problem *p, const spec *c)
{
    double seconds[CONTENDERS][BENCH_ROUNDS];
    double *x = drv_alloc(c->batch * p->d, 8);
    if (c->k > p->n) {
        drv_die("--k %lld is more than the %lld points", (long long)c->k, (long long)p->n);
    }
    positions(p, c, x);
    ours mine = {p, c, x, drv_alloc(c->batch * c->k, 8), drv_alloc(c->batch * c->k, 8)};
    bench_scan scan;
    bench_scan_make(&scan, p, c->batch, c->k);
    scan.x = x;
    const bench_contender contenders[CONTENDERS] = {
        [OURS] = {run_ours, &mine, 0},
        [BASELINE] = {bench_scan_run, &scan, 1},
    };
    const int64_t rounds =
        bench_interleave(contenders, CONTENDERS, opt.rounds, opt.budget, seconds);
    report(p, c, seconds, rounds, difference(&mine, &scan));
    bench_scan_free(&scan);
}

static int64_t pick(int64_t given, int64_t otherwise)
{
    return given > 0 ? given : otherwise;
}

/* All batches, numbers of points and kinds of positions that the options leave open. */
static void run_type(int type, int64_t n, int64_t d)
{
    static const int64_t batches[] = {1, 16, 1000}, wanted[] = {1, 10, 100};
    bench_problem p;
    bench_problem_make(&p, opt.data, n, d, types[type]);
    for (int i = 0; i < (opt.batch > 0 ? 1 : 3); i++) {
        for (int j = 0; j < (opt.k > 0 ? 1 : 3); j++) {
            for (int queries = NOISED; queries <= FRESH; queries++) {
                const spec c = {pick(opt.batch, batches[i]), pick(opt.k, wanted[j]), type, queries};
                if (opt.queries < 0 ? p.fashion || queries != FRESH : opt.queries == queries) {
                    run_case(&p, &c);
                }
            }
        }
    }
    bench_problem_free(&p);
}

int main(int argc, char **argv)
{
    const drv_option options[] = {
        {"n", "N", "points (default: 60000)", DRV_INT, &opt.n, 1, 9e15},
        {"d", "D", "dimensions (default: 784)", DRV_INT, &opt.d, 1, 16777216},
        {"batch", "B", "positions at a time (default: 1, 16 and 1000)", DRV_INT, &opt.batch, 1,
         1e6},
        {"k", "K", "nearest points wanted (default: 1, 10 and 100)", DRV_INT, &opt.k, 1, 1e6},
        {"type", "u8|f32|f64", "stored type (default: all)", DRV_CHOICE, &opt.type, 0, 0},
        {"queries", "noised|points|fresh",
         "positions: noised points, points themselves, or test images of Fashion-MNIST (default: "
         "all)",
         DRV_CHOICE, &opt.queries, 0, 0},
        {"t", "T", "OU time of noised points (default: 0.1)", DRV_DOUBLE, &opt.t, 1e-6, 20},
        {"kernel", "NAME", "kernel variant", DRV_STRING, &opt.kernel, 0, 0},
        {"data", "auto|fashion|synthetic", "points: Fashion-MNIST where it fits, or made up",
         DRV_CHOICE, &opt.data, 0, 0},
        {"rounds", "R", "turns of each contender", DRV_INT, &opt.rounds, 1, BENCH_ROUNDS},
        {"budget", "S", "seconds after which a case gets no more than three turns", DRV_DOUBLE,
         &opt.budget, 0, 1e6},
        {"quick", "", "a tiny set", DRV_FLAG, &opt.quick, 0, 0},
        {"json", "", "one JSON object per case", DRV_FLAG, &opt.json, 0, 0},
    };
    drv.out = ".";
    drv_start(argc, argv, "Times the search of the k nearest points, for one case or a grid.", "",
              options, DRV_COUNT(options));
    drv_try(ddn_context_set_kernel(drv.ctx, opt.kernel));
    drv_try(ddn_context_set_progress(drv.ctx, NULL, NULL, NULL));
    bench_blas_threads(drv.threads);
    if (!opt.json) {
        bench_print_machine();
        printf("\n%7s %6s %5s %5s %-4s %-7s %10s %10s %s %8s\n", "n", "d", "B", "k", "type",
               "queries", "ours ms", "BLAS ms", "  ratio [quartiles]", "error");
    }
    for (int type = 0; type < 3; type++) {
        if (opt.type < 0 || opt.type == type) {
            run_type(type, opt.quick ? 400 : opt.n, opt.quick ? 50 : opt.d);
        }
    }
    return drv_finish();
}
