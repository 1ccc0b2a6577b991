/* Frechet distance between a reference set and samples in feature space; theory.md (62).
 *
 * Moments are sums over rows in fixed chunks: the same bits for any number of threads. */
#include <string.h>

#include "analysis/late_start/features_impl.h"
#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "dataset/dataset_impl.h"
#include "numerics/blas.h"
#include "numerics/vector.h"
#include "theory/frechet.h"

enum {
    CHUNK_ROWS = 256,
    COLUMNS = 64, /* of a tile */
    TURNS = 8,    /* of the search for the largest eigenvalue */
    MOST_FEATURES = 4096
};

/* Moments of k features. Each chunk of rows is taken about its own mean, and joins the others with
 * how far its mean is from theirs: nothing cancels, wherever the features are. */
typedef struct moments {
    int64_t k;
    double weight;
    double *mean; /* [k] */
    double *cov;  /* [k][k]: sums of products about the mean, upper triangle; then the covariance */
    double *rows; /* [CHUNK_ROWS + 1][k]: what is added to it, times the roots of weights */
} moments;

struct ddn_frechet {
    ddni_handle handle;
    ddn_features *features; /* retained */
    double *mean;           /* [k] */
    ddni_gaussian_half reference;
};

static ddn_status moments_create(ddn_context *ctx, int64_t k, moments *mo)
{
    mo->k = k;
    DDNI_TRY(ddni_alloc_for(ctx, "mean of features", k, sizeof(double), &mo->mean));
    DDNI_TRY(ddni_alloc_for(ctx, "covariance of features", k * k, sizeof(double), &mo->cov));
    return ddni_alloc_for(ctx, "block of features", (CHUNK_ROWS + 1) * k, sizeof(double),
                          &mo->rows);
}

static void moments_free(const ddni_allocator *al, moments *mo)
{
    ddni_free(al, mo->mean);
    ddni_free(al, mo->cov);
    ddni_free(al, mo->rows);
}

/* Rows f[m][k] of a chunk with their weights, or NULL for ones; `total` of them all, and the first
 * one of the largest. */
typedef struct add_job {
    moments *mo;
    const double *f, *weight;
    int64_t m, heaviest;
    double total;
} add_job;

/* Some columns: the rows less their mean, and that of the chunk less that of those before, behind
 * them. Differences from a row come first, so that copies of it leave nothing. */
static void centre_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const add_job *job = arg;
    const moments *mo = job->mo;
    const int64_t k = mo->k, m = job->m, begin = tile * COLUMNS;
    const int64_t end = begin + COLUMNS < k ? begin + COLUMNS : k;
    const double all = mo->weight + job->total, share = job->total / all;
    const double *base = job->f + job->heaviest * k;
    double mean[COLUMNS] = {0};
    for (int64_t r = 0; r < m; r++) {
        const double weight = (job->weight != NULL ? job->weight[r] : 1) / job->total;
        for (int64_t i = begin; i < end; i++) {
            mo->rows[r * k + i] = job->f[r * k + i] - base[i];
            mean[i - begin] += weight * mo->rows[r * k + i];
        }
    }
    for (int64_t r = 0; r < m; r++) {
        const double root = job->weight != NULL ? sqrt(job->weight[r]) : 1;
        for (int64_t i = begin; i < end; i++) {
            mo->rows[r * k + i] = root * (mo->rows[r * k + i] - mean[i - begin]);
        }
    }
    for (int64_t i = begin; i < end; i++) {
        const double before = mo->weight > 0 ? mo->mean[i] : base[i];
        const double apart = (base[i] - before) + mean[i - begin];
        mo->rows[m * k + i] = sqrt(mo->weight * share) * apart;
        mo->mean[i] = before + share * apart;
    }
}

/* Adds f[m][k] with weights or NULL. */
static ddn_status moments_add(ddn_context *ctx, moments *mo, const double *f, const double *weight,
                              int64_t m)
{
    const int64_t k = mo->k;
    for (int64_t first = 0; first < m; first += CHUNK_ROWS) {
        add_job job = {mo,
                       f + first * k,
                       weight != NULL ? weight + first : NULL,
                       m - first < CHUNK_ROWS ? m - first : CHUNK_ROWS,
                       0,
                       0};
        for (int64_t r = 0; r < job.m; r++) {
            job.total += weight != NULL ? job.weight[r] : 1;
            job.heaviest =
                weight != NULL && job.weight[r] > job.weight[job.heaviest] ? r : job.heaviest;
        }
        if (job.total > 0) {
            DDNI_TRY(ddni_parallel(ctx, (k + COLUMNS - 1) / COLUMNS, 6 * (double)(job.m * k),
                                   centre_tile, &job));
            DDNI_TRY(ddni_add_inner_products(ctx, k, job.m + 1, mo->rows, mo->cov));
            mo->weight += job.total;
        }
    }
    return DDN_OK;
}

/* Sums to averages, of which both triangles are filled. */
static ddn_status moments_finish(ddn_context *ctx, moments *mo)
{
    const int64_t k = mo->k;
    for (int64_t i = 0; i < k; i++) {
        DDNI_TRY(ddni_poll(ctx));
        for (int64_t j = i; j < k; j++) {
            const double c = mo->cov[i * k + j] / mo->weight;
            DDNI_CHECK(ctx, isfinite(c), DDN_E_NONFINITE,
                       "the covariance of features %lld and %lld is outside the range of double",
                       (long long)i, (long long)j);
            mo->cov[i * k + j] = c;
            mo->cov[j * k + i] = c;
        }
    }
    return DDN_OK;
}

static ddn_status measure_reference(ddn_context *ctx, const ddn_features *features,
                                    const ddn_dataset *ds, moments *mo)
{
    const int64_t k = features->k, d = features->d;
    double *rows = NULL, *f = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "block of points", CHUNK_ROWS * d, sizeof *rows, &rows),
                  done);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "block of features", CHUNK_ROWS * k, sizeof *f, &f), done);
    for (int64_t first = 0; first < ds->n; first += CHUNK_ROWS) {
        const int64_t m = ds->n - first < CHUNK_ROWS ? ds->n - first : CHUNK_ROWS;
        const double unit = 0.9 / (double)ds->n; /* the rest for the eigenvectors */
        DDNI_TRY_GOTO(ddni_stage_part(ctx, unit * (double)first, unit * (double)(first + m)), done);
        ddni_dataset_rows(ds, first, m, rows, d);
        DDNI_TRY_GOTO(ddni_features_apply(ctx, features, m, rows, d, f, k), done);
        DDNI_TRY_GOTO(moments_add(ctx, mo, f, ds->weight == NULL ? NULL : ds->weight + first, m),
                      done);
    }
    status = moments_finish(ctx, mo);
done:
    ddni_free(ddni_context_allocator(ctx), rows);
    ddni_free(ddni_context_allocator(ctx), f);
    return status;
}

/* Its mean and what distances need of its covariance, which stay. */
static ddn_status make_reference(ddn_context *ctx, const ddn_dataset *ds, ddn_frechet *fr)
{
    DDNI_STAGE(ctx, "features");
    const int64_t k = fr->features->k;
    ddni_gaussian_half *g = &fr->reference;
    moments mo = {0};
    ddn_status status;
    DDNI_TRY_GOTO(moments_create(ctx, k, &mo), done);
    DDNI_TRY_GOTO(measure_reference(ctx, fr->features, ds, &mo), done);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "variances of features", k, sizeof(double), &g->variance),
                  done);
    fr->mean = mo.mean;
    g->mean = mo.mean;
    g->half = mo.cov;
    mo.mean = mo.cov = NULL;
    DDNI_TRY_GOTO(ddni_stage_part(ctx, 0.9, 1), done);
    status = ddni_halve_gaussian(ctx, "the covariance of the features", k, g);
done:
    moments_free(ddni_context_allocator(ctx), &mo);
    return status;
}

static void finish_frechet(void *object)
{
    ddn_frechet *frechet = object;
    ddni_free(&frechet->handle.allocator, frechet->mean);
    ddni_free(&frechet->handle.allocator, frechet->reference.half);
    ddni_free(&frechet->handle.allocator, frechet->reference.variance);
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
    const ddn_status status = make_reference(ctx, ds, fr);
    if (status != DDN_OK) {
        ddn_frechet_destroy(fr);
        return status;
    }
    *out = fr;
    return DDN_OK;
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
    double *weight;  /* [m] */
    double *work;    /* [2][k][k] */
    moments mo;
} sample;

/* The root of the largest eigenvalue of c[k][k], or a little less, by powers, from a vector with a
 * part of every direction: features that do not correlate at all are apart from each other. At
 * least that of the largest diagonal element. work[2 k]. */
static double largest_root(const ddn_context *ctx, int64_t k, const double *c, double *work)
{
    double *v = work, *next = work + k, size = 0, unit = 0;
    for (int64_t i = 0; i < k; i++) {
        unit = fmax(unit, c[i * k + i]);
    }
    for (int64_t i = 0; i < k; i++) {
        const double place = (double)i * 0.6180339887498949;
        const double part = place - floor(place) - 0.5 + (c[i * k + i] >= unit);
        v[i] = sqrt(fmax(c[i * k + i], 0) / unit) * part;
    }
    for (int turn = 0; turn < TURNS && unit > 0 && !ddni_stopping(ctx); turn++) {
        ddni_scale(k, 1 / ddni_norm(k, v), v);
        for (int64_t i = 0; i < k; i++) {
            next[i] = ddni_dot(k, c + i * k, v) / unit;
        }
        size = ddni_norm(k, next);
        memcpy(v, next, (size_t)k * sizeof *v);
    }
    return sqrt(fmax(size, 1) * unit);
}

/* Distance of the reference from the features with their weights. The covariance is a sum of
 * squares, positive also when all states are nearly the same. */
static ddn_status distance(ddn_context *ctx, const ddn_frechet *fr, sample *s, double *distance2)
{
    DDNI_STAGE(ctx, "Frechet distance");
    moments *mo = &s->mo;
    const int64_t k = mo->k;
    mo->weight = 0;
    memset(mo->cov, 0, (size_t)(k * k) * sizeof(double));
    DDNI_TRY(ddni_stage_part(ctx, 0, 1));
    DDNI_TRY(moments_add(ctx, mo, s->f, s->weight, s->m));
    DDNI_TRY(moments_finish(ctx, mo));
    return ddni_frechet_from(ctx, k, &fr->reference, mo->mean, mo->cov,
                             largest_root(ctx, k, mo->cov, s->work), s->work, distance2);
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
    sample s = {.m = m};
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "features", m * k, sizeof *f, &f), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "covariances", 2 * k * k, sizeof *s.work, &s.work), fail);
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
    ddni_free(ddni_context_allocator(ctx), s.work);
    ddni_free(ddni_context_allocator(ctx), s.weight);
    moments_free(ddni_context_allocator(ctx), &s.mo);
    return status;
}
