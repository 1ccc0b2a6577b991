/* Exact forward transitions; theory.md (9). */
#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "schedule/schedule_impl.h"

enum {
    CHUNK = 512 /* coordinates per tile: noise is made on the stack */
};

typedef struct forward_job {
    ddni_draws noise;
    int64_t d, ldx, chunks, first_path;
    double scale, spread;
    double *x;
} forward_job;

static void forward_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const forward_job *job = arg;
    double z[CHUNK];
    int64_t row = tile / job->chunks, first = tile % job->chunks * CHUNK;
    int64_t count = job->d - first < CHUNK ? job->d - first : CHUNK;
    ddni_draws_normal(&job->noise, job->first_path + row, first, count, z);
    double *x = job->x + row * job->ldx + first;
    for (int64_t j = 0; j < count; j++) {
        x[j] = job->scale * x[j] + job->spread * z[j];
    }
}

ddn_status ddn_schedule_forward(ddn_context *ctx, const ddn_schedule *sch, double t_from,
                                double t_to, int64_t seed, int64_t first_path, int64_t step,
                                int64_t m, int64_t d, double *x, int64_t ldx)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sch);
    ddni_level from, to;
    DDNI_TRY(ddni_schedule_level_or_end(ctx, sch, t_from, &from));
    DDNI_TRY(ddni_schedule_level(ctx, sch, t_to, &to));
    DDNI_CHECK(ctx, t_to > t_from, DDN_E_RANGE, "t_to = %.17g is not later than t_from = %.17g",
               t_to, t_from);
    DDNI_CHECK_INT(ctx, first_path, 0, INT64_C(1) << 60);
    DDNI_CHECK_INT(ctx, step, 0, INT64_C(1) << 60);
    DDNI_CHECK_INT(ctx, d, 1, INT64_C(1) << 40);
    DDNI_TRY(ddni_check_states(ctx, "x", x, m, d, ldx));
    int64_t chunks = (d + CHUNK - 1) / CHUNK;
    forward_job job = {.noise = ddni_draws_of(seed, DDNI_USE_FORWARD, step),
                       .d = d,
                       .ldx = ldx,
                       .chunks = chunks,
                       .first_path = first_path,
                       .scale = to.a / from.a,
                       .spread = sqrt(ddni_transition_variance(&from, &to)),
                       .x = x};
    return ddni_parallel(ctx, m * chunks, 40.0 * (double)m * (double)d, forward_tile, &job);
}
