/* Starting states at a late time t; theory.md (60).
 *
 * The Gaussian start N(a mean, a^2 C + s^2 I) is drawn as a sum over the data points with normal
 * weights, so that no factor of C is needed; their variance is n pi_i for points with weights.
 * Tiles of ROWS states share one pass over the data; each state is summed in the order of the
 * points by one worker: the same bits for any number of threads. */
#include <diffdyn/late_start.h>

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "dataset/dataset_impl.h"
#include "numerics/vector.h"
#include "schedule/schedule_impl.h"

enum {
    ROWS = 16,
    POINTS = 32 /* converted at once; a multiple of 4 */
};

typedef struct draw_job {
    const ddn_context *ctx;
    const ddn_dataset *ds;
    const double *mean; /* NULL: noise start */
    double spread;      /* of z */
    double weight;      /* a / sqrt(n) */
    double a;
    ddni_draws noise, points; /* coordinates: those of x; data points */
    int64_t first_path, m, d;
    double *x;
    int64_t ldx;
    double *block; /* [workers][POINTS][d] */
} draw_job;

/* x += c[0] b[0] + ... + c[3] b[3] */
static void add_four(int64_t d, const double *restrict c, const double *restrict b,
                     double *restrict x)
{
    const double *b1 = b + d, *b2 = b + 2 * d, *b3 = b + 3 * d;
    for (int64_t j = 0; j < d; j++) {
        x[j] += (c[0] * b[j] + c[1] * b1[j]) + (c[2] * b2[j] + c[3] * b3[j]);
    }
}

static void add_points(const draw_job *job, int64_t first_row, int64_t rows, double *block)
{
    const int64_t n = job->ds->n, d = job->d;
    double xi[POINTS];
    for (int64_t first = 0; first < n && !ddni_stopping(job->ctx); first += POINTS) {
        const int64_t count = n - first < POINTS ? n - first : POINTS;
        ddni_dataset_rows(job->ds, first, count, block, d);
        for (int64_t i = 0; i < count; i++) {
            ddni_axpy(d, -1, job->mean, block + i * d);
        }
        memset(block + count * d, 0, (size_t)((POINTS - count) * d) * sizeof *block);
        memset(xi, 0, sizeof xi);
        for (int64_t r = 0; r < rows; r++) {
            const int64_t path = job->first_path + first_row + r;
            ddni_draws_normal(&job->points, path, first, count, xi);
            ddni_scale(count, job->weight, xi);
            for (int64_t i = 0; i < count && job->ds->weight != NULL; i++) {
                xi[i] *= sqrt((double)n * job->ds->weight[first + i]);
            }
            for (int64_t i = 0; i < count; i += 4) {
                add_four(d, xi + i, block + i * d, job->x + (first_row + r) * job->ldx);
            }
        }
    }
}

static void draw_tile(void *arg, int64_t tile, int64_t worker)
{
    const draw_job *job = arg;
    const int64_t first = tile * ROWS, d = job->d;
    const int64_t rows = job->m - first < ROWS ? job->m - first : ROWS;
    for (int64_t r = 0; r < rows; r++) {
        double *x = job->x + (first + r) * job->ldx;
        ddni_draws_normal(&job->noise, job->first_path + first + r, 0, d, x);
        ddni_scale(d, job->spread, x);
        if (job->mean != NULL) {
            ddni_axpy(d, job->a, job->mean, x);
        }
    }
    if (job->mean != NULL) {
        add_points(job, first, rows, job->block + worker * POINTS * d);
    }
}

ddn_status ddn_late_start_draw(ddn_context *ctx, const ddn_dataset *ds, const ddn_schedule *sch,
                               ddn_start kind, double t, int64_t seed, int64_t first_path,
                               int64_t m, double *x, int64_t ldx)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, ds);
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK(ctx, kind == DDN_START_NOISE || kind == DDN_START_GAUSSIAN, DDN_E_KEY,
               "argument kind = %d is not a ddn_start", (int)kind);
    ddni_level level;
    DDNI_TRY(ddni_schedule_level(ctx, sch, t, &level));
    DDNI_CHECK_INT(ctx, first_path, 0, INT64_C(1) << 60);
    DDNI_TRY(ddni_check_matrix(ctx, "x", x, m, ds->d, ldx));

    ddn_status status = DDN_OK;
    double *mean = NULL, *block = NULL;
    draw_job job = {.ctx = ctx,
                    .ds = ds,
                    .spread = sqrt(level.a * level.a + level.s2),
                    .a = level.a,
                    .noise = ddni_draws_of(seed, DDNI_USE_START, 0),
                    .points = ddni_draws_of(seed, DDNI_USE_START_POINTS, 0),
                    .first_path = first_path,
                    .m = m,
                    .d = ds->d,
                    .x = x,
                    .ldx = ldx};
    double work = 40.0 * (double)m * (double)ds->d;
    if (kind == DDN_START_GAUSSIAN) {
        DDNI_TRY_GOTO(ddni_alloc_for(ctx, "mean", ds->d, sizeof *mean, &mean), fail);
        DDNI_TRY_GOTO(ddni_alloc_for(ctx, "block of points", ddni_workers(ctx) * POINTS,
                                     ds->d * (int64_t)sizeof *block, &block),
                      fail);
        DDNI_TRY_GOTO(ddni_dataset_mean(ctx, ds, mean), fail);
        job.mean = mean;
        job.block = block;
        job.spread = level.s;
        job.weight = level.a / sqrt((double)ds->n);
        work = (double)m * (double)ds->d * (double)ds->n;
    }
    status = ddni_parallel(ctx, (m + ROWS - 1) / ROWS, work, draw_tile, &job);
fail:
    ddni_free(ddni_context_allocator(ctx), block);
    ddni_free(ddni_context_allocator(ctx), mean);
    return status;
}
