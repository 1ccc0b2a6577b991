/* Whole runs of the integrator on toys: two points on a line, a few on a circle, against the same
 * loops by hand (plain.c), with the same noise; the ends of the paths are compared. See README.md.
 * SPDX-License-Identifier: MIT */
#include "bench.h"

#include <math.h>
#include <string.h>

static struct {
    int64_t n, d, batch, steps, rounds;
    int type, method, json;
    double t_start, t_end;
    const char *kernel;
} opt = {.n = 2,
         .d = 1,
         .batch = 1000,
         .steps = 1000,
         .rounds = 7,
         .type = 2,
         .method = 0,
         .t_start = 3,
         .t_end = 1e-2,
         .kernel = "auto"};

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
static const char *const type_names[] = {"u8", "f32", "f64"};
static const char *const method_names[] = {"ode", "sde"};

typedef struct rig {
    ddn_integrator *it;
    bench_plain plain;
    const double *start; /* [batch][d] */
    double *x;           /* of the integrator */
} rig;

static double run_ours(void *arg)
{
    const rig *r = arg;
    memcpy(r->x, r->start, (size_t)(opt.batch * opt.d) * sizeof *r->x);
    const double start = drv_seconds();
    drv_try(ddn_integrator_run(r->it, opt.batch, r->x, opt.d));
    return drv_seconds() - start;
}

static double run_plain(void *arg)
{
    const rig *r = arg;
    memcpy(r->plain.x, r->start, (size_t)(opt.batch * opt.d) * sizeof *r->x);
    return bench_plain_run((void *)&r->plain);
}

/* Points at equal distances on a line through 0, or on a circle in the first two coordinates. */
static ddn_dataset *make_points(double *points)
{
    const int64_t size = opt.type == 0 ? 1 : opt.type == 1 ? 4 : 8;
    void *stored = drv_alloc(opt.n * opt.d, size);
    for (int64_t i = 0; i < opt.n; i++) {
        const double turn = 6.283185307179586 * (double)i / (double)opt.n;
        for (int64_t j = 0; j < opt.d; j++) {
            double at = opt.d > 1 ? (j == 0   ? cos(turn)
                                     : j == 1 ? sin(turn)
                                              : 0)
                                  : 2 * ((double)i + 0.5) / (double)opt.n - 1;
            const int64_t k = i * opt.d + j;
            const double byte = nearbyint((at + 1) * 127.5);
            if (opt.type == 0) {
                ((uint8_t *)stored)[k] = (uint8_t)byte;
                at = byte / 127.5 - 1;
            } else if (opt.type == 1) {
                ((float *)stored)[k] = (float)at;
                at = (double)(float)at;
            } else {
                ((double *)stored)[k] = at;
            }
            points[k] = at;
        }
    }
    ddn_dataset *raw = NULL, *ds = NULL;
    drv_try(ddn_dataset_create_borrowed(drv.ctx, types[opt.type], opt.n, opt.d, stored, opt.d, NULL,
                                        NULL, &raw));
    drv_try(ddn_dataset_create_mapped(drv.ctx, raw, opt.type == 0 ? 1 / 127.5 : 1,
                                      opt.type == 0 ? -1 : 0, &ds));
    ddn_dataset_destroy(raw);
    drv_keep(ds);
    return ds;
}

static void make(rig *r)
{
    double *points = drv_alloc(opt.n * opt.d, 8), *times = drv_alloc(opt.steps + 1, 8);
    double *start = drv_alloc(opt.batch * opt.d, 8);
    ddn_oracle *oracle = drv_empirical(make_points(points), drv_ou());
    drv_try(ddn_integrator_create(drv.ctx, oracle, DDN_METHOD_EXPONENTIAL, &r->it));
    drv_keep(r->it);
    ddn_options *options = ddn_integrator_options(r->it);
    drv_set_f64(options, DDN_INTEGRATOR_T_START, opt.t_start);
    drv_set_f64(options, DDN_INTEGRATOR_T_END, opt.t_end);
    drv_set_f64(options, DDN_INTEGRATOR_ETA, opt.method);
    drv_set_i64(options, DDN_INTEGRATOR_GRID, DDN_GRID_GEOMETRIC);
    drv_set_i64(options, DDN_INTEGRATOR_STEPS, opt.steps);
    drv_set_i64(options, DDN_INTEGRATOR_SEED, drv.seed);
    drv_try(ddn_integrator_times(r->it, opt.steps + 1, times));
    drv_try(ddn_integrator_draw_start(r->it, opt.batch, start, opt.d));
    r->start = start;
    r->x = drv_alloc(opt.batch * opt.d, 8);
    r->plain = (bench_plain){.n = opt.n,
                             .d = opt.d,
                             .m = opt.batch,
                             .steps = opt.steps,
                             .seed = drv.seed,
                             .eta = opt.method,
                             .points = points,
                             .times = times,
                             .x = drv_alloc(opt.batch * opt.d, 8),
                             .logit = drv_alloc(opt.n * drv.threads, 8)};
}

int main(int argc, char **argv)
{
    const drv_option options[] = {
        {"n", "N", "points (default: 2)", DRV_INT, &opt.n, 1, 4096},
        {"d", "D", "dimensions: on a line, or on a circle (default: 1)", DRV_INT, &opt.d, 1, 16},
        {"batch", "B", "paths", DRV_INT, &opt.batch, 1, 1e6},
        {"steps", "K", "steps of a path", DRV_INT, &opt.steps, 1, 1e6},
        {"method", "ode|sde", "probability flow or ancestral sampling", DRV_CHOICE, &opt.method, 0,
         0},
        {"type", "u8|f32|f64", "stored type", DRV_CHOICE, &opt.type, 0, 0},
        {"kernel", "NAME", "kernel variant", DRV_STRING, &opt.kernel, 0, 0},
        {"rounds", "R", "turns of each contender", DRV_INT, &opt.rounds, 1, BENCH_ROUNDS},
        {"json", "", "a JSON object", DRV_FLAG, &opt.json, 0, 0},
    };
    drv.out = ".";
    drv_start(argc, argv, "Times whole runs of the integrator on a toy against loops by hand.", "",
              options, DRV_COUNT(options));
    drv_try(ddn_context_set_kernel(drv.ctx, opt.kernel));
    drv_try(ddn_context_set_progress(drv.ctx, NULL, NULL, NULL));
    rig r;
    make(&r);
    double seconds[2][BENCH_ROUNDS], difference = 0;
    const bench_contender contenders[2] = {{run_ours, &r, 0}, {run_plain, &r, 0}};
    const int64_t rounds = bench_interleave(contenders, 2, opt.rounds, 60, seconds);
    for (int64_t k = 0; k < opt.batch * opt.d; k++) {
        difference = fmax(difference, fabs(r.x[k] - r.plain.x[k]));
    }
    const bench_quartiles ratio = bench_ratio(1, seconds[1], seconds[0], rounds);
    const bench_quartiles ms = bench_ratio(1e3, seconds[0], NULL, rounds);
    if (!opt.json) {
        bench_print_machine();
        printf(
            "%lld points, d = %lld, %lld paths of %lld steps (%s, %s): %.2f ms, by hand %.2f ms, "
            "ratio %.2f [%.2f, %.2f], largest difference of an end %.1e\n",
            (long long)opt.n, (long long)opt.d, (long long)opt.batch, (long long)opt.steps,
            method_names[opt.method], type_names[opt.type], ms.median,
            bench_ratio(1e3, seconds[1], NULL, rounds).median, ratio.median, ratio.q1, ratio.q3,
            difference);
        return drv_finish();
    }
    bench_json_open();
    bench_json_number("n", (double)opt.n);
    bench_json_number("d", (double)opt.d);
    bench_json_number("batch", (double)opt.batch);
    bench_json_number("steps", (double)opt.steps);
    bench_json_text("method", method_names[opt.method]);
    bench_json_text("type", type_names[opt.type]);
    bench_json_machine();
    bench_json_quartiles("ratio", ratio);
    bench_json_quartiles("ms", ms);
    bench_json_number("difference", difference);
    bench_json_close();
    return drv_finish();
}
