/* Frechet distance between a reference set and samples in feature space; theory.md (62).
 *
 * Moments are sums over rows in fixed chunks, each entry of the covariance by one worker: the same
 * bits for any number of threads. */
#include <string.h>

#include <diffdyn/theory.h>

#include "analysis/late_start/features_impl.h"
#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "dataset/dataset_impl.h"
#include "numerics/vector.h"

enum {
    CHUNK_ROWS = 128,
    COVARIANCE_ROWS = 16, /* of a tile */
    MOST_FEATURES = 4096
};

/* Moments of k features about a fixed shift. */
typedef struct moments {
    int64_t k;
    double weight;
    double *mean;  /* [k]: sums of f - shift, then the mean */
    double *cov;   /* [k][k]: sums of products, then the covariance; lower triangle, then all */
    double *shift; /* [k] */
} moments;

struct ddn_frechet {
    ddni_handle handle;
    ddn_features *features; /* retained */
    moments reference;
};

static ddn_status moments_create(ddn_context *ctx, int64_t k, moments *mo)
{
    mo->k = k;
    DDNI_TRY(ddni_alloc_for(ctx, "mean of features", k, sizeof(double), &mo->mean));
    DDNI_TRY(ddni_alloc_for(ctx, "covariance of features", k * k, sizeof(double), &mo->cov));
    DDNI_TRY(ddni_alloc_for(ctx, "shift of features", k, sizeof(double), &mo->shift));
    return DDN_OK;
}

static void moments_free(const ddni_allocator *al, moments *mo)
{
    ddni_free(al, mo->mean);
    ddni_free(al, mo->cov);
    ddni_free(al, mo->shift);
}

typedef struct add_job {
    const ddn_context *ctx;
    moments *mo;
    const double *f;      /* [m][k], shifted */
    const double *weight; /* [m] or NULL for ones */
    int64_t m;
} add_job;

static void add_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const add_job *job = arg;
    const int64_t k = job->mo->k, begin = tile * COVARIANCE_ROWS;
    const int64_t end = begin + COVARIANCE_ROWS < k ? begin + COVARIANCE_ROWS : k;
    for (int64_t i = begin; i < end; i++) {
        double *restrict row = job->mo->cov + i * k;
        for (int64_t r = 0; r < job->m && !ddni_stopping(job->ctx); r++) {
            const double *restrict f = job->f + r * k;
            const double v = job->weight != NULL ? job->weight[r] * f[i] : f[i];
            job->mo->mean[i] += v;
            for (int64_t j = 0; v != 0 && j <= i; j++) {
                row[j] += v * f[j];
            }
        }
    }
}

/* Adds f[m][k], already shifted, with weights or NULL. */
static ddn_status moments_add(ddn_context *ctx, moments *mo, const double *f, const double *weight,
                              int64_t m)
{
    add_job job = {ctx, mo, f, weight, m};
    for (int64_t r = 0; r < m; r++) {
        mo->weight += weight != NULL ? weight[r] : 1;
    }
    return ddni_parallel(ctx, (mo->k + COVARIANCE_ROWS - 1) / COVARIANCE_ROWS,
                         0.5 * (double)m * (double)mo->k * (double)mo->k, add_tile, &job);
}

/* Sums to averages; the covariance about the shift becomes the one about the mean. */
static void moments_finish(moments *mo)
{
    const int64_t k = mo->k;
    for (int64_t i = 0; i < k; i++) {
        mo->mean[i] /= mo->weight;
    }
    for (int64_t i = 0; i < k; i++) {
        for (int64_t j = 0; j <= i; j++) {
            const double c = mo->cov[i * k + j] / mo->weight - mo->mean[i] * mo->mean[j];
            mo->cov[i * k + j] = c;
            mo->cov[j * k + i] = c;
        }
    }
    for (int64_t i = 0; i < k; i++) {
        mo->mean[i] += mo->shift[i];
    }
}

/* f[m][k] - shift to out, which may be f. */
static void subtract(int64_t m, int64_t k, const double *f, const double *shift, double *out)
{
    for (int64_t r = 0; r < m; r++) {
        for (int64_t i = 0; i < k; i++) {
            out[r * k + i] = f[r * k + i] - shift[i];
        }
    }
}

static ddn_status measure_reference(ddn_context *ctx, const ddn_features *features,
                                    const ddn_dataset *ds, moments *mo)
{
    const int64_t k = features->k, d = features->d;
    DDNI_STAGE(ctx, "features");
    double *rows = NULL, *f = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "block of points", CHUNK_ROWS * d, sizeof *rows, &rows),
                  done);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "block of features", CHUNK_ROWS * k, sizeof *f, &f), done);
    for (int64_t first = 0; first < ds->n; first += CHUNK_ROWS) {
        const int64_t m = ds->n - first < CHUNK_ROWS ? ds->n - first : CHUNK_ROWS;
        DDNI_TRY_GOTO(ddni_stage_part(ctx, (double)first / (double)ds->n,
                                      (double)(first + m) / (double)ds->n),
                      done);
        ddni_dataset_rows(ds, first, m, rows, d);
        DDNI_TRY_GOTO(ddni_features_apply(ctx, features, m, rows, d, f, k), done);
        if (first == 0) { /* copies of one point then have covariance 0 exactly */
            memcpy(mo->shift, f, (size_t)k * sizeof *f);
        }
        subtract(m, k, f, mo->shift, f);
        DDNI_TRY_GOTO(moments_add(ctx, mo, f, ds->weight == NULL ? NULL : ds->weight + first, m),
                      done);
    }
    moments_finish(mo);
done:
    ddni_free(ddni_context_allocator(ctx), rows);
    ddni_free(ddni_context_allocator(ctx), f);
    return status;
}

static void finish_frechet(void *object)
{
    ddn_frechet *frechet = object;
    moments_free(&frechet->handle.allocator, &frechet->reference);
    ddn_features_destroy(frechet->features);
}

ddn_status ddn_frechet_create(ddn_context *ctx, const ddn_dataset *ds, const ddn_features *features,
                              ddn_frechet **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, features);
    DDNI_CHECK_PTR(ctx, ds);
    DDNI_CHECK(ctx, features->d == ds->d, DDN_E_SHAPE,
               "the features take d = %lld, the dataset has d = %lld", (long long)features->d,
               (long long)ds->d);
    DDNI_CHECK(ctx, features->k <= MOST_FEATURES, DDN_E_RANGE,
               "the number of features, %lld, is above %d", (long long)features->k, MOST_FEATURES);
    ddn_frechet *fr = NULL;
    DDNI_TRY(ddni_handle_create(ctx, DDNI_FRECHET, sizeof *fr, finish_frechet, &fr));
    ddni_retain(features);
    fr->features = (ddn_features *)(uintptr_t)features;
    ddn_status status;
    DDNI_TRY_GOTO(moments_create(ctx, features->k, &fr->reference), fail);
    DDNI_TRY_GOTO(measure_reference(ctx, features, ds, &fr->reference), fail);
    *out = fr;
    return DDN_OK;
fail:
    ddn_frechet_destroy(fr);
    return status;
}

ddn_status ddn_frechet_retain(const ddn_frechet *frechet)
{
    return ddni_handle_retain(frechet, DDNI_FRECHET);
}

void ddn_frechet_destroy(ddn_frechet *frechet)
{
    ddni_drop(frechet, DDNI_FRECHET);
}

/* What one distance needs beside the features. */
typedef struct sample {
    int64_t m;
    const double *f; /* [m][k] */
    double *centred; /* [m][k] */
    double *weight;  /* [m] */
    moments mo;
} sample;

/* Distance of the reference from the features with their weights. They are centred first, so that
 * the covariance is a sum of squares, positive also when all states are nearly the same. */
static ddn_status distance(ddn_context *ctx, const ddn_frechet *fr, sample *s, double *distance2)
{
    moments *mo = &s->mo;
    const int64_t k = mo->k;
    double total = 0;
    memset(mo->shift, 0, (size_t)k * sizeof(double));
    memset(mo->cov, 0, (size_t)(k * k) * sizeof(double));
    for (int64_t r = 0; r < s->m; r++) {
        DDNI_TRY(ddni_poll(ctx));
        total += s->weight[r];
        ddni_axpy(k, s->weight[r], s->f + r * k, mo->shift);
    }
    for (int64_t i = 0; i < k; i++) {
        mo->shift[i] /= total;
    }
    subtract(s->m, k, s->f, mo->shift, s->centred);
    DDNI_TRY(moments_add(ctx, mo, s->centred, s->weight, s->m));
    for (int64_t i = 0; i < k; i++) {
        for (int64_t j = 0; j <= i; j++) {
            mo->cov[i * k + j] /= total;
            mo->cov[j * k + i] = mo->cov[i * k + j];
        }
    }
    return ddn_theory_frechet(ctx, k, fr->reference.mean, fr->reference.cov, mo->shift, mo->cov,
                              distance2);
}

/* How often each of m states appears in bootstrap sample number `replicate`. */
static void draw_weights(int64_t seed, int64_t replicate, int64_t m, double *weight)
{
    const ddni_draws draws = ddni_draws_of(seed, DDNI_USE_BOOTSTRAP, 0);
    memset(weight, 0, (size_t)m * sizeof *weight);
    for (int64_t i = 0; i < m; i++) {
        const double u = ddni_draws_uniform(&draws, replicate, i);
        weight[(int64_t)(u * (double)m)] += 1;
    }
}

/* Fills draws (or NULL) and the standard deviation over the replicates. */
static ddn_status bootstrap(ddn_context *ctx, const ddn_frechet *fr, sample *s, int64_t seed,
                            int64_t replicates, double *standard_error, double *draws)
{
    double mean = 0, m2 = 0, all = (double)replicates;
    DDNI_STAGE(ctx, "bootstrap");
    for (int64_t b = 0; b < replicates; b++) {
        double d2 = 0;
        DDNI_TRY(ddni_stage_part(ctx, (double)b / all, (double)(b + 1) / all));
        draw_weights(seed, b, s->m, s->weight);
        DDNI_TRY(distance(ctx, fr, s, &d2));
        const double delta = d2 - mean;
        mean += delta / (double)(b + 1);
        m2 += delta * (d2 - mean);
        if (draws != NULL) {
            draws[b] = d2;
        }
    }
    *standard_error = sqrt(m2 / (double)(replicates - 1));
    return ddni_stage_part(ctx, 1, 1);
}

ddn_status ddn_frechet_distance(ddn_context *ctx, const ddn_frechet *frechet, int64_t m,
                                int64_t seed, int64_t replicates, const double *x, int64_t ldx,
                                double *distance2, double *standard_error, double *draws)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, frechet);
    DDNI_CHECK_PTR(ctx, distance2);
    DDNI_CHECK_INT(ctx, m, 2, INT64_C(1) << 40);
    DDNI_CHECK_INT(ctx, replicates, 0, INT64_C(1) << 30);
    DDNI_CHECK(ctx, replicates != 1, DDN_E_RANGE, "argument replicates = 1 gives no spread");
    DDNI_TRY(ddni_check_states(ctx, "x", x, m, frechet->features->d, ldx));

    const int64_t k = frechet->features->k;
    double *f = NULL, value = NAN, error = NAN;
    sample s = {m, NULL, NULL, NULL, {0}};
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "features", m * k, sizeof *f, &f), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "features", m * k, sizeof *s.centred, &s.centred), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "weights", m, sizeof *s.weight, &s.weight), fail);
    DDNI_TRY_GOTO(moments_create(ctx, k, &s.mo), fail);
    DDNI_TRY_GOTO(ddni_features_apply(ctx, frechet->features, m, x, ldx, f, k), fail);
    s.f = f;
    for (int64_t r = 0; r < m; r++) {
        s.weight[r] = 1;
    }
    DDNI_TRY_GOTO(distance(ctx, frechet, &s, &value), fail);
    if (replicates > 0) {
        DDNI_TRY_GOTO(bootstrap(ctx, frechet, &s, seed, replicates, &error, draws), fail);
    }
    *distance2 = value;
    if (standard_error != NULL) {
        *standard_error = error;
    }
fail:
    ddni_free(ddni_context_allocator(ctx), f);
    ddni_free(ddni_context_allocator(ctx), s.centred);
    ddni_free(ddni_context_allocator(ctx), s.weight);
    moments_free(ddni_context_allocator(ctx), &s.mo);
    return status;
}
