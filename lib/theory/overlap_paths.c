/* Exact reverse Langevin dynamics of the overlap of two Gaussians, theory.md (21).
 *
 * dq = -V'(q, t) dtau + sqrt(2 mu2) dW closes in one dimension for every d. The stochastic Heun
 * scheme has weak order 2 here because the noise does not depend on q. */
#include "base/alloc.h"
#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/statistics.h"
#include "theory/overlap.h"
#include "theory/theory_impl.h"

enum {
    TILE = 64,         /* paths of a tile */
    NOISE_BLOCK = 32,  /* steps whose noise is made together */
    WORK_PER_STEP = 60 /* multiply-adds that a step of one path is worth */
};

#define LOST "leaves the range of double: are the steps small against Gamma?"

/* What a step needs: potential at both ends, length, size of the noise. */
typedef struct heun_step {
    ddni_overlap before, after;
    double h, noise;
} heun_step;

typedef struct job {
    const ddn_context *ctx;
    const heun_step *step;
    int64_t steps;
    ddni_draws kicks, starts, signs;
    int64_t first_path, m;
    double *q;
    /* Start states, where the job draws them: mean +- and standard deviation. */
    double mean, deviation;
    /* Pairs: path 2i and 2i + 1 start from state i; same[tile] counts agreements, -1 where a path
     * was lost. */
    int64_t *same;
} job;

/* Prepares steps from times[count]. */
static ddn_status prepare(ddn_context *ctx, double d, double mu2, double sigma2,
                          const double *times, int64_t count, heun_step **out)
{
    *out = NULL;
    heun_step *step = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "steps", count - 1, sizeof *step, &step));
    for (int64_t k = 0; k + 1 < count && !ddni_stopping(ctx); k++) {
        double h = times[k] - times[k + 1];
        step[k] = (heun_step){ddni_overlap_at(d, mu2, sigma2, times[k]),
                              ddni_overlap_at(d, mu2, sigma2, times[k + 1]), h, sqrt(2 * mu2 * h)};
    }
    ddn_status status = ddni_poll(ctx);
    if (status != DDN_OK) {
        ddni_free(ddni_context_allocator(ctx), step);
        return status;
    }
    *out = step;
    return DDN_OK;
}

static double run_path(const job *j, int64_t path, double q)
{
    double z[NOISE_BLOCK];
    for (int64_t k = 0; k < j->steps; k++) {
        if (k % NOISE_BLOCK == 0) {
            int64_t left = j->steps - k;
            if (ddni_stopping(j->ctx)) {
                break;
            }
            ddni_draws_normal(&j->kicks, path, k, left < NOISE_BLOCK ? left : NOISE_BLOCK, z);
        }
        const heun_step *s = &j->step[k];
        double kick = s->noise * z[k % NOISE_BLOCK];
        double slope = ddni_overlap_slope(&s->before, q);
        double guess = q - s->h * slope + kick;
        q += kick - s->h / 2 * (slope + ddni_overlap_slope(&s->after, guess));
    }
    return q;
}

static double draw_state(const job *j, int64_t path)
{
    double z;
    ddni_draws_normal(&j->starts, path, 0, 1, &z);
    double sign = ddni_draws_uniform(&j->signs, path, 0) < 0.5 ? -1 : 1;
    return sign * j->mean + j->deviation * z;
}

static int64_t tile_end(const job *j, int64_t tile)
{
    int64_t end = (tile + 1) * TILE;
    return end < j->m ? end : j->m;
}

static void run_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const job *j = arg;
    for (int64_t i = tile * TILE; i < tile_end(j, tile); i++) {
        j->q[i] = run_path(j, j->first_path + i, j->q[i]);
    }
}

static void pair_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const job *j = arg;
    int64_t same = 0;
    for (int64_t i = tile * TILE; i < tile_end(j, tile); i++) {
        double q = draw_state(j, i);
        double one = run_path(j, 2 * i, q), two = run_path(j, 2 * i + 1, q);
        if (!isfinite(one) || !isfinite(two)) {
            same = -1;
            break;
        }
        same += (one >= 0) == (two >= 0);
    }
    j->same[tile] = same;
}

static ddn_status add_tiles(ddn_context *ctx, int64_t tiles, const int64_t *same, int64_t *total)
{
    for (int64_t i = 0; i < tiles; i++) {
        DDNI_CHECK(ctx, same[i] >= 0, DDN_E_NONFINITE, "q %s", LOST);
        *total += same[i];
    }
    return DDN_OK;
}

static ddn_status check_model(ddn_context *ctx, double d, double mu2, double sigma2)
{
    DDNI_CHECK_REAL(ctx, d, 1e-300, 1e300);
    DDNI_CHECK_REAL(ctx, mu2, 1e-300, 1e300);
    DDNI_CHECK_REAL(ctx, sigma2, 0, 1e300);
    return DDN_OK;
}

static ddn_status check_time(ddn_context *ctx, double sigma2, double t)
{
    DDNI_CHECK(ctx, isfinite(t), DDN_E_NONFINITE, "time %g is not finite", t);
    DDNI_CHECK(ctx, ddni_time_ok(sigma2, t), DDN_E_RANGE,
               "time %g is not positive (0 is allowed where sigma2 > 0)", t);
    return DDN_OK;
}

/* Numbers may be too large, or the steps so large that paths run away. */
static ddn_status check_paths(ddn_context *ctx, int64_t m, const double *q)
{
    for (int64_t i = 0; i < m; i++) {
        DDNI_TRY(ddni_poll(ctx));
        DDNI_CHECK(ctx, isfinite(q[i]), DDN_E_NONFINITE, "q[%lld] %s", (long long)i, LOST);
    }
    return DDN_OK;
}

/* Coordinate: the step for kicks. */
static void set_seed(job *j, int64_t seed)
{
    j->kicks = ddni_draws_of(seed, DDNI_USE_OVERLAP_STEP, 0);
    j->starts = ddni_draws_of(seed, DDNI_USE_OVERLAP_START, 0);
    j->signs = ddni_draws_of(seed, DDNI_USE_OVERLAP_SIGN, 0);
}

/* Mean (of one class) and standard deviation of q at time t. */
static void set_start(job *j, double d, double mu2, double sigma2, double t)
{
    j->mean = mu2 * sqrt(d) * exp(-t);
    j->deviation = sqrt(mu2 * ddni_gamma(sigma2, t));
}

ddn_status ddn_theory_overlap_draw(ddn_context *ctx, double d, double mu2, double sigma2, double t,
                                   int64_t seed, int64_t first_path, int64_t m, double *q)
{
    DDNI_ENTER(ctx);
    DDNI_TRY(check_model(ctx, d, mu2, sigma2));
    DDNI_TRY(check_time(ctx, sigma2, t));
    DDNI_CHECK_INT(ctx, first_path, 0, INT64_C(1) << 60);
    DDNI_CHECK_INT(ctx, m, 0, INT64_C(1) << 40);
    DDNI_CHECK(ctx, m == 0 || q != NULL, DDN_E_NULL, "argument q is NULL");
    job j = {.ctx = ctx, .m = m};
    set_seed(&j, seed);
    set_start(&j, d, mu2, sigma2, t);
    for (int64_t i = 0; i < m; i++) {
        DDNI_TRY(ddni_poll(ctx));
        q[i] = draw_state(&j, first_path + i);
    }
    return check_paths(ctx, m, q);
}

ddn_status ddn_theory_overlap_run(ddn_context *ctx, double d, double mu2, double sigma2,
                                  int64_t seed, int64_t first_path, int64_t count, int64_t m,
                                  const double *times, double *q)
{
    DDNI_ENTER(ctx);
    DDNI_TRY(check_model(ctx, d, mu2, sigma2));
    DDNI_CHECK_PTR(ctx, times);
    DDNI_CHECK_INT(ctx, count, 2, INT64_C(1) << 40);
    for (int64_t k = 0; k < count; k++) {
        DDNI_TRY(check_time(ctx, sigma2, times[k]));
        DDNI_CHECK(ctx, k == 0 || times[k] < times[k - 1], DDN_E_RANGE,
                   "times[%lld] = %g does not decrease", (long long)k, times[k]);
    }
    DDNI_CHECK_INT(ctx, first_path, 0, INT64_C(1) << 60);
    DDNI_CHECK_INT(ctx, m, 0, INT64_C(1) << 40);
    DDNI_CHECK(ctx, m == 0 || q != NULL, DDN_E_NULL, "argument q is NULL");
    for (int64_t i = 0; i < m; i++) {
        DDNI_CHECK(ctx, isfinite(q[i]), DDN_E_NONFINITE, "q[%lld] is not finite", (long long)i);
    }
    heun_step *step;
    DDNI_TRY(prepare(ctx, d, mu2, sigma2, times, count, &step));
    job j = {.ctx = ctx, .step = step, .steps = count - 1};
    j.first_path = first_path;
    j.m = m;
    j.q = q;
    set_seed(&j, seed);
    ddn_status status = ddni_parallel(ctx, (m + TILE - 1) / TILE,
                                      (double)m * (double)count * WORK_PER_STEP, run_tile, &j);
    ddni_free(ddni_context_allocator(ctx), step);
    return status == DDN_OK ? check_paths(ctx, m, q) : status;
}

ddn_status ddn_theory_overlap_phi(ddn_context *ctx, double d, double mu2, double sigma2, double t,
                                  double t_end, int64_t steps, int64_t pairs, int64_t seed,
                                  double *phi, double *standard_error)
{
    DDNI_ENTER(ctx);
    DDNI_TRY(check_model(ctx, d, mu2, sigma2));
    DDNI_TRY(check_time(ctx, sigma2, t));
    DDNI_TRY(check_time(ctx, sigma2, t_end));
    DDNI_CHECK(ctx, t_end < t, DDN_E_RANGE, "argument t_end = %g is not below t = %g", t_end, t);
    DDNI_CHECK_INT(ctx, steps, 1, 100000000);
    DDNI_CHECK_INT(ctx, pairs, 1, INT64_C(1) << 40);
    DDNI_CHECK_PTR(ctx, phi);
    DDNI_CHECK_PTR(ctx, standard_error);

    const ddni_allocator *al = ddni_context_allocator(ctx);
    int64_t tiles = (pairs + TILE - 1) / TILE;
    double *times = NULL;
    heun_step *step = NULL;
    int64_t *same = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "times", steps + 1, sizeof *times, &times), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "tile counts", tiles, sizeof *same, &same), fail);
    double tau = sigma2 >= 1 ? 1 : sigma2 + 1e-3;
    double ratio = log((t_end + tau) / (t + tau)) / (double)steps;
    for (int64_t k = 0; k <= steps && !ddni_stopping(ctx); k++) {
        times[k] = (t + tau) * exp(ratio * (double)k) - tau;
    }
    times[0] = t;
    times[steps] = t_end;
    DDNI_TRY_GOTO(prepare(ctx, d, mu2, sigma2, times, steps + 1, &step), fail);
    job j = {.ctx = ctx, .step = step, .steps = steps, .m = pairs, .same = same};
    set_seed(&j, seed);
    set_start(&j, d, mu2, sigma2, t);
    DDNI_TRY_GOTO(ddni_parallel(ctx, tiles, 2.0 * (double)pairs * (double)steps * WORK_PER_STEP,
                                pair_tile, &j),
                  fail);
    int64_t total = 0;
    DDNI_TRY_GOTO(add_tiles(ctx, tiles, same, &total), fail);
    ddni_proportion(total, pairs, phi, standard_error);
fail:
    ddni_free(al, times);
    ddni_free(al, same);
    ddni_free(al, step);
    return status;
}
