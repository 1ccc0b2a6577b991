/* The scores of whole trajectories from noise to data: the library with memory of the trajectory,
 * without it, reading everything, and C + OpenBLAS with full logits. See README.md.
 *
 * One loop drives x from t = 3 to 1e-3 in log-spaced steps of the exponential integrator (ODE) or
 * of the ancestral sampler (SDE), with the library's score; that score is timed at every step. The
 * other three are timed at every 20th step on the same states, and scaled.
 * SPDX-License-Identifier: MIT */
#include "bench.h"

#include <math.h>
#include <string.h>

enum {
    DECADES = 4, /* of t: [1, 3], [0.1, 1], ... */
    REPEATS = 9,
    METHOD_ODE = 0,
    METHOD_SDE = 1,
    NOISE_STREAM = 91
};

static struct {
    int64_t n, batch, steps, every, repeats;
    int type, method, json, quick, unchecked;
    double t_start, t_end, epsilon;
    const char *kernel;
} opt = {.n = 60000,
         .batch = 1,
         .steps = 1000,
         .every = 20,
         .repeats = 3,
         .t_start = 3,
         .t_end = 1e-3,
         .epsilon = NAN,
         .kernel = "auto"};

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32};
static const char *const type_names[] = {"u8", "f32"};
static const char *const method_names[] = {"ode", "sde"};

/* Seconds of one trajectory, those of the sampled steps scaled to all; shares per decade. */
typedef struct tally {
    double ours, plain, full, baseline, integrator;
    double error, baseline_error;
    double touched;
    double steps_in[DECADES], ours_in[DECADES], full_in[DECADES], baseline_in[DECADES];
    double touched_in[DECADES], sampled_in[DECADES];
    bench_served served, served_in[DECADES];
} tally;

typedef struct rig {
    bench_problem p;
    bench_ours ours, plain, full;
    bench_baseline base;
    double *x, *z, *reference;
    int check; /* measure errors */
} rig;

static double time_of(int64_t k)
{
    return opt.t_start * pow(opt.t_end / opt.t_start, (double)k / (double)opt.steps);
}

static int decade_of(double t)
{
    const int decade = t >= 1 ? 0 : 1 + (int)floor(-log10(t) - 1e-9);
    return decade < DECADES ? decade : DECADES - 1;
}

/* x at t becomes x at t_next by the score at t; step number k of the noise. */
static void advance(rig *r, double t, double t_next, int64_t k, int64_t seed)
{
    double a, s2, a_next, s2_next;
    bench_level(t, &a, &s2);
    bench_level(t_next, &a_next, &s2_next);
    const double back = a / a_next;
    const double variance =
        opt.method == METHOD_SDE ? s2_next / s2 * (s2 - back * back * s2_next) : 0;
    const double keep = sqrt((s2_next - variance) / s2), jump = sqrt(variance);
    const int64_t d = r->p.d;
    for (int64_t q = 0; q < opt.batch; q++) {
        if (opt.method == METHOD_SDE) {
            drv_try(ddn_noise_draw(drv.ctx, seed, NOISE_STREAM, q, k, 0, d, r->z));
        }
        for (int64_t j = 0; j < d; j++) {
            const double x = r->x[q * d + j], mean = (x + s2 * r->ours.score[q * d + j]) / a;
            r->x[q * d + j] = a_next * mean + keep * (x - a * mean) + jump * r->z[j];
        }
    }
}

/* Error of one of the rows, another one at each step. */
static double row_error(rig *r, double t, int64_t k, const double *score)
{
    const int64_t row = k % opt.batch * r->p.d;
    bench_reference(&r->p, t, r->x + row, r->reference);
    return bench_error(r->p.d, score + row, r->reference);
}

static void sample(rig *r, double t, tally *sum)
{
    const bench_contender plain = {bench_ours_run, &r->plain, 0};
    const bench_contender full = {bench_ours_run, &r->full, 0};
    const bench_contender base = {bench_baseline_run, &r->base, 1};
    const int decade = decade_of(t);
    const double weight = (double)opt.every;
    r->plain.t = r->full.t = r->base.t = t;
    const double plain_seconds = bench_turn(&plain), full_seconds = bench_turn(&full);
    const double base_seconds = bench_turn(&base);
    sum->plain += weight * plain_seconds;
    sum->full += weight * full_seconds;
    sum->baseline += weight * base_seconds;
    sum->full_in[decade] += full_seconds;
    sum->baseline_in[decade] += base_seconds;
    sum->sampled_in[decade] += 1;
}

static void start_states(rig *r, int64_t seed)
{
    for (int64_t q = 0; q < opt.batch; q++) {
        drv_try(ddn_noise_draw(drv.ctx, seed, NOISE_STREAM, q, -1, 0, r->p.d, r->x + q * r->p.d));
    }
}

/* The same by the library's own integrator, as a user would run it. */
static double integrate(rig *r, int64_t seed)
{
    ddn_integrator *it = NULL;
    drv_try(ddn_integrator_create(drv.ctx, r->p.oracle, DDN_METHOD_EXPONENTIAL, &it));
    drv_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_START, opt.t_start);
    drv_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, opt.t_end);
    drv_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, opt.method == METHOD_SDE);
    drv_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_GRID, DDN_GRID_GEOMETRIC);
    drv_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, opt.steps);
    drv_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, seed);
    drv_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_TRAJECTORY, 1);
    start_states(r, seed);
    const double start = drv_seconds();
    drv_try(ddn_integrator_run(it, opt.batch, r->x, r->p.d));
    const double spent = drv_seconds() - start;
    ddn_integrator_destroy(it);
    return spent;
}

/* Times the queries of all steps. */
static void time_steps(rig *r, double t, int64_t k, tally *sum)
{
    (void)k;
    const int decade = decade_of(t);
    const double seconds = bench_ours_run(&r->ours);
    const double touched = ddn_query_touched(r->ours.query);
    sum->ours += seconds;
    sum->touched += touched / (double)opt.steps;
    sum->ours_in[decade] += seconds;
    sum->touched_in[decade] += touched;
    bench_served_add(&sum->served, r->ours.query, r->p.oracle);
    bench_served_add(&sum->served_in[decade], r->ours.query, r->p.oracle);
    sum->steps_in[decade] += 1;
}

/* Times the others on some of the states, and measures errors if r->check. */
static void compare(rig *r, double t, int64_t k, tally *sum)
{
    bench_ours_run(&r->ours);
    if (r->check) {
        sum->error = fmax(sum->error, row_error(r, t, k, r->ours.score));
    }
    if (k % opt.every == opt.every / 2) {
        sample(r, t, sum);
        if (r->check) {
            sum->baseline_error = fmax(sum->baseline_error, row_error(r, t, k, r->base.score));
        }
    }
}

/* The trajectories of one seed with one of the above at each step. */
static void follow(rig *r, int64_t seed, tally *sum,
                   void (*at_step)(rig *r, double t, int64_t k, tally *sum))
{
    bench_ours_make(&r->ours, &r->p, opt.batch, opt.epsilon);
    drv_set_i64(ddn_query_options(r->ours.query), DDN_QUERY_TRAJECTORY, 1);
    r->ours.x = r->x;
    start_states(r, seed);
    for (int64_t k = 0; k < opt.steps; k++) {
        const double t = time_of(k);
        r->ours.t = t;
        at_step(r, t, k, sum);
        advance(r, t, time_of(k + 1), k, seed);
    }
    bench_ours_free(&r->ours);
}

static tally run_once(rig *r, int64_t seed, int check)
{
    tally sum;
    memset(&sum, 0, sizeof sum);
    r->check = check;
    follow(r, seed, &sum, time_steps);
    sum.integrator = integrate(r, seed);
    follow(r, seed, &sum, compare);
    return sum;
}

/* The runs by what was timed: [opt.repeats] each. */
typedef struct times {
    double above[BENCH_ROUNDS], ours[BENCH_ROUNDS], plain[BENCH_ROUNDS], full[BENCH_ROUNDS];
    double integrator[BENCH_ROUNDS], touched[BENCH_ROUNDS];
} times;

static void report_json(const rig *r, const tally *one, const times *in)
{
    const int64_t count = opt.repeats;
    bench_json_open();
    bench_json_number("n", (double)r->p.n);
    bench_json_number("d", (double)r->p.d);
    bench_json_number("batch", (double)opt.batch);
    bench_json_text("type", type_names[opt.type]);
    bench_json_text("method", method_names[opt.method]);
    bench_json_number("steps", (double)opt.steps);
    bench_json_number("baseline_every", (double)opt.every);
    bench_json_text("data", r->p.fashion ? "fashion-mnist" : "synthetic");
    bench_json_machine();
    bench_json_number("repeats", (double)count);
    bench_json_quartiles("ratio", bench_ratio(1, in->above, in->ours, count));
    bench_json_quartiles("full_ratio", bench_ratio(1, in->above, in->full, count));
    bench_json_quartiles("plain_ratio", bench_ratio(1, in->above, in->plain, count));
    bench_json_quartiles("integrator_ratio", bench_ratio(1, in->above, in->integrator, count));
    bench_json_quartiles("touched", bench_ratio(1, in->touched, NULL, count));
    bench_served_json("ways", &one->served, r->p.oracle);
    if (!opt.unchecked) {
        bench_json_number("score_error", one->error);
        bench_json_number("baseline_error", one->baseline_error);
    }
    bench_json_quartiles("seconds", bench_ratio(1, in->ours, NULL, count));
    bench_json_quartiles("full_seconds", bench_ratio(1, in->full, NULL, count));
    bench_json_quartiles("baseline_seconds", bench_ratio(1, in->above, NULL, count));
    for (int i = 0; i < DECADES; i++) {
        char key[32];
        snprintf(key, sizeof key, "touched_1e-%d", i);
        bench_json_number(key, one->touched_in[i] / one->steps_in[i]);
        snprintf(key, sizeof key, "ways_1e-%d", i);
        bench_served_json(key, &one->served_in[i], r->p.oracle);
    }
    bench_json_close();
}

static void report_text(const rig *r, const tally *one, const times *in)
{
    const int64_t count = opt.repeats;
    printf("\n%s, B = %lld, %s data, n = %lld, %lld steps, medians of %lld runs\n",
           method_names[opt.method], (long long)opt.batch, type_names[opt.type], (long long)r->p.n,
           (long long)opt.steps, (long long)count);
    const struct {
        const char *name;
        const double *seconds;
    } rows[] = {{"with memory", in->ours},
                {"integrator", in->integrator},
                {"without memory", in->plain},
                {"reading everything", in->full},
                {"C + OpenBLAS", in->above}};
    for (int i = 0; i < DRV_COUNT(rows); i++) {
        const bench_quartiles s = bench_ratio(1, rows[i].seconds, NULL, count);
        const bench_quartiles q = bench_ratio(1, in->above, rows[i].seconds, count);
        printf("  %-20s %9.3f s   ratio %7.2f [%.2f, %.2f]\n", rows[i].name, s.median, q.median,
               q.q1, q.q3);
    }
    printf("  largest error %.1e, of the baseline %.1e%s\n", one->error, one->baseline_error,
           opt.unchecked ? " (not checked)" : "");
    printf("  %-16s %10s %12s %12s %14s  %s\n", "t", "touched", "ours ms", "full ms",
           "C + OpenBLAS ms", "ways");
    for (int i = 0; i < DECADES; i++) {
        printf("  below %-10g %9.3f%% %12.4f %12.3f %14.3f ", i == 0 ? opt.t_start : pow(10, 1 - i),
               100 * one->touched_in[i] / one->steps_in[i],
               1e3 * one->ours_in[i] / one->steps_in[i], 1e3 * one->full_in[i] / one->sampled_in[i],
               1e3 * one->baseline_in[i] / one->sampled_in[i]);
        bench_served_print(&one->served_in[i], r->p.oracle);
        printf("\n");
    }
    printf("  %-16s %9.3f%% %40s ", "all", 100 * bench_ratio(1, in->touched, NULL, count).median,
           "");
    bench_served_print(&one->served, r->p.oracle);
    printf("\n");
}

static void report(const rig *r, const tally *runs)
{
    times in;
    for (int64_t i = 0; i < opt.repeats; i++) {
        in.above[i] = runs[i].baseline;
        in.ours[i] = runs[i].ours;
        in.plain[i] = runs[i].plain;
        in.full[i] = runs[i].full;
        in.integrator[i] = runs[i].integrator;
        in.touched[i] = runs[i].touched;
    }
    (opt.json ? report_json : report_text)(r, runs, &in);
}

static void read_options(int argc, char **argv)
{
    const drv_option options[] = {
        {"batch", "B", "trajectories at a time", DRV_INT, &opt.batch, 1, 1e5},
        {"method", "ode|sde", "probability flow or ancestral sampling", DRV_CHOICE, &opt.method, 0,
         0},
        {"type", "u8|f32", "stored type", DRV_CHOICE, &opt.type, 0, 0},
        {"n", "N", "points of Fashion-MNIST", DRV_INT, &opt.n, 1, 60000},
        {"steps", "K", "log-spaced steps from t = 3 to 1e-3", DRV_INT, &opt.steps, 8, 1e7},
        {"every", "E", "the baseline is timed on every E-th step and scaled", DRV_INT, &opt.every,
         1, 1e7},
        {"repeats", "R", "trajectories with different seeds", DRV_INT, &opt.repeats, 1, REPEATS},
        {"epsilon", "E", "posterior mass that may be left out (default: the library's)", DRV_DOUBLE,
         &opt.epsilon, 0, 1e-2},
        {"kernel", "NAME", "kernel variant", DRV_STRING, &opt.kernel, 0, 0},
        {"unchecked", "", "no comparison with the full scan in double at every step", DRV_FLAG,
         &opt.unchecked, 0, 0},
        {"quick", "", "a few points and steps", DRV_FLAG, &opt.quick, 0, 0},
        {"json", "", "one JSON object", DRV_FLAG, &opt.json, 0, 0},
    };
    drv.out = ".";
    drv_start(argc, argv,
              "Times the scores along trajectories on Fashion-MNIST (synthetic data of its size\n"
              "where the package dataset-fashion-mnist is missing).",
              "", options, DRV_COUNT(options));
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    drv_try(ddn_context_set_kernel(drv.ctx, opt.kernel));
    drv_try(ddn_context_set_progress(drv.ctx, NULL, NULL, NULL));
    bench_blas_threads(drv.threads);
    opt.epsilon = isnan(opt.epsilon) ? -1 : opt.epsilon;
    if (opt.quick) {
        opt.n = 1000;
        opt.steps = 40;
        opt.every = 5;
        opt.repeats = 1;
    }
    if (opt.every > opt.steps / DECADES) {
        drv_die("--every %lld leaves decades of --steps %lld without the baseline",
                (long long)opt.every, (long long)opt.steps);
    }
    if (!opt.json) {
        bench_print_machine();
    }
    rig r = {0};
    bench_problem_make(&r.p, BENCH_AUTO, opt.n, 0, types[opt.type]);
    r.x = drv_alloc(opt.batch * r.p.d, 8);
    r.z = drv_alloc(r.p.d, 8);
    r.reference = drv_alloc(r.p.d, 8);
    bench_ours_make(&r.plain, &r.p, opt.batch, opt.epsilon);
    bench_ours_make(&r.full, &r.p, opt.batch, 0);
    bench_baseline_make(&r.base, &r.p, opt.batch);
    r.plain.x = r.full.x = r.base.x = r.x;
    tally runs[REPEATS];
    for (int64_t i = 0; i < opt.repeats; i++) {
        runs[i] = run_once(&r, drv.seed + i, i == 0 && !opt.unchecked);
    }
    report(&r, runs);
    bench_ours_free(&r.plain);
    bench_ours_free(&r.full);
    bench_baseline_free(&r.base);
    bench_problem_free(&r.p);
    return drv_finish();
}
