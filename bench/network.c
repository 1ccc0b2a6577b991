/* What the library adds to the time of a network: the sampler with the U-Net of
 * doc/examples/trained, for batches of several sizes. See README.md.
 * SPDX-License-Identifier: MIT */
#include "bench.h"

#include "unet_oracle.h"

enum {
    SIZES = 8,
    ROUNDS = 9
};

static struct {
    int64_t batch, steps, rounds;
    int method, json;
} opt = {.batch = 128, .steps = 20, .rounds = 5};

static const char *const method_names[] = {"ode", "sde"};

/* Of one run of the sampler, in seconds per image and step. */
typedef struct cost {
    double network, rest;
} cost;

static cost cost_of(unet *net, ddn_integrator *it, int64_t batch, double *x)
{
    int64_t before, after;
    drv_try(ddn_integrator_draw_start(it, batch, x, UNET_PIXELS));
    const double network = unet_seconds(net, &before), begin = drv_seconds();
    drv_try(ddn_integrator_run(it, batch, x, UNET_PIXELS));
    const double all = drv_seconds() - begin, in_network = unet_seconds(net, &after) - network;
    const double images = (double)(after - before);
    return (cost){in_network / images, (all - in_network) / images};
}

static void report(unet *net, ddn_integrator *it, int64_t batch, double *x)
{
    double network[ROUNDS], rest[ROUNDS], share[ROUNDS];
    cost_of(net, it, batch, x);
    for (int64_t i = 0; i < opt.rounds; i++) {
        const cost c = cost_of(net, it, batch, x);
        network[i] = 1e6 * c.network;
        rest[i] = 1e6 * c.rest;
        share[i] = c.rest / c.network;
    }
    const bench_quartiles n = bench_quartiles_of(network, opt.rounds);
    const bench_quartiles l = bench_quartiles_of(rest, opt.rounds);
    const bench_quartiles s = bench_quartiles_of(share, opt.rounds);
    if (!opt.json) {
        printf("%6lld %12.0f %12.2f %9.2f %% (%.2f to %.2f)\n", (long long)batch, n.median,
               l.median, 100 * s.median, 100 * s.q1, 100 * s.q3);
    } else if (batch == opt.batch) {
        bench_json_open();
        bench_json_number("batch", (double)batch);
        bench_json_text("method", method_names[opt.method]);
        bench_json_quartiles("network_us", n);
        bench_json_quartiles("library_us", l);
        bench_json_quartiles("share", s);
        bench_json_machine();
        bench_json_close();
    }
}

static ddn_integrator *sampler(const ddn_oracle *oracle)
{
    ddn_integrator *it = NULL;
    drv_try(ddn_integrator_create(drv.ctx, oracle, DDN_METHOD_EXPONENTIAL, &it));
    drv_keep(it);
    ddn_options *options = ddn_integrator_options(it);
    drv_set_f64(options, DDN_INTEGRATOR_ETA, opt.method);
    drv_set_f64(options, DDN_INTEGRATOR_T_START, 999);
    drv_set_f64(options, DDN_INTEGRATOR_T_END, -1);
    drv_set_i64(options, DDN_INTEGRATOR_GRID, DDN_GRID_UNIFORM);
    drv_set_i64(options, DDN_INTEGRATOR_STEPS, opt.steps);
    return it;
}

int main(int argc, char **argv)
{
    const drv_option options[] = {
        {"batch", "B", "images at a time, at most", DRV_INT, &opt.batch, 1, 1e4},
        {"json", "", "one JSON object, of the largest batch", DRV_FLAG, &opt.json, 0, 0},
        {"method", "ode|sde", "probability flow or ancestral sampling", DRV_CHOICE, &opt.method, 0,
         0},
        {"rounds", "R", "runs of which the median is shown", DRV_INT, &opt.rounds, 1, ROUNDS},
        {"steps", "K", "steps of the sampler", DRV_INT, &opt.steps, 1, 1000},
    };
    char error[512];
    ddn_schedule *schedule = NULL;
    drv.out = ".";
    drv_start(argc, argv,
              "Times the sampler with a trained network: the network's share and the library's.",
              "", options, DRV_COUNT(options));
    drv_try(ddn_context_set_progress(drv.ctx, NULL, NULL, NULL));
    unet *net = unet_open(WEIGHTS "/large.npy", (int)drv.threads, error, sizeof error);
    if (net == NULL) {
        drv_die("%s", error);
    }
    drv_try(ddn_schedule_create_ddpm(drv.ctx, 1e-4, 0.02, 1000, &schedule));
    drv_keep(schedule);
    ddn_integrator *it = sampler(unet_oracle(net, schedule, NULL));
    double *x = drv_alloc(opt.batch * UNET_PIXELS, sizeof *x);
    if (!opt.json) {
        bench_print_machine();
        printf("%6s %12s %12s %11s\n", "batch", "network, us", "library, us", "its share");
    }
    for (int64_t batch = opt.json ? opt.batch : 1; batch < opt.batch; batch *= 2) {
        report(net, it, batch, x);
    }
    report(net, it, opt.batch, x);
    unet_close(net);
    return drv_finish();
}
