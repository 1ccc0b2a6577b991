/* The sum over the spectrum that the collapse time of a Gaussian surrogate needs.
 *
 * Stochastic Lanczos quadrature (Ubaru, Chen & Saad 2017): for z of independent signs,
 * E z^T f(C) z = tr f(C), and k steps of Lanczos from z give Gauss quadrature with k nodes theta
 * for one z: |z|^2 sum tau^2 f(theta), tau the first components of the eigenvectors of the
 * tridiagonal matrix. Eight vectors z share each pass over the points. */
#include "dataset/spectrum/log_det.h"

#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "base/rng.h"
#include "base/statistics.h"
#include "dataset/spectrum/orthogonal.h"
#include "dataset/spectrum/spectrum.h"
#include "numerics/blas.h"

enum {
    EXACT = 4096, /* largest size for which all eigenvalues are computed */
    B = DDNI_BLOCK,
    MAX_DEPTH = 96, /* Lanczos steps */
    CHECK_EVERY = 8 /* of them */
};

/* Relative change of every estimate over CHECK_EVERY steps at which the quadrature is done: far
 * below the scatter of the random vectors. */
static const double SETTLED = 1e-5;
static const double NOTHING = 1e-12; /* a step this small relative to the norm ends the recursion */

/* log(1 + lambda / c); what rounding made of lambda = 0 may be negative. */
static double log_term(double lambda, double c)
{
    if (!(lambda > 0)) {
        return 0;
    }
    double ratio = lambda / c;
    return isfinite(ratio) ? log1p(ratio) : log(lambda) - log(c);
}

ddn_status ddni_log_det_exact(ddni_covariance *c, const double *levels, int64_t count, double *sums)
{
    double *values = NULL;
    DDNI_TRY(ddni_alloc_for(c->ctx, "eigenvalues", c->size, sizeof *values, &values));
    ddn_status status = ddni_spectrum_blocks(c, DDNI_SPECTRUM_MATRIX, c->size, values, NULL);
    for (int64_t k = 0; status == DDN_OK && k < count; k++) {
        status = ddni_poll(c->ctx);
        sums[k] = 0;
        for (int64_t i = c->size - 1; i >= 0; i--) { /* small ones first */
            sums[k] += log_term(values[i], levels[k]);
        }
    }
    ddni_free(ddni_context_allocator(c->ctx), values);
    return status;
}

typedef struct quadrature {
    ddni_covariance *c;
    int64_t size;
    double *basis;        /* [MAX_DEPTH + 1][size][B] */
    double *matrix;       /* [MAX_DEPTH][MAX_DEPTH]: eigenvectors of a tridiagonal matrix */
    double *now, *before; /* [count][B]: estimates from the latest and the previous check */
    double diagonal[MAX_DEPTH][B], off[MAX_DEPTH][B];
    int64_t depth[B]; /* steps until a recursion ended */
    double norm;
} quadrature;

/* Sums of x[.][b] y[.][b] for each column b. */
static void column_products(const double *x, const double *y, int64_t size, double *dot)
{
    memset(dot, 0, B * sizeof *dot);
    for (int64_t i = 0; i < size; i++) {
        for (int b = 0; b < B; b++) {
            dot[b] += x[i * B + b] * y[i * B + b];
        }
    }
}

static void draw_signs(quadrature *q, int64_t first_probe)
{
    double unit = 1 / sqrt((double)q->size);
    ddni_draws probes = ddni_draws_of(0, DDNI_USE_PROBES, 0);
    for (int64_t b = 0; b < B; b++) {
        q->depth[b] = MAX_DEPTH;
        for (int64_t i = 0; i < q->size; i++) {
            double u = ddni_draws_uniform(&probes, first_probe + b, i);
            q->basis[i * B + b] = u < 0.5 ? -unit : unit;
        }
    }
}

/* Step j of the eight recursions, each orthogonal to all its earlier vectors. */
static ddn_status advance(quadrature *q, int64_t j)
{
    double dot[B], *next = q->basis + (j + 1) * q->size * B;
    DDNI_TRY(ddni_covariance_apply(q->c, q->basis + j * q->size * B, next));
    column_products(next, next, q->size, dot);
    for (int b = 0; b < B; b++) {
        q->norm = fmax(q->norm, sqrt(dot[b]));
        q->diagonal[j][b] = 0;
    }
    DDNI_CHECK(q->c->ctx, isfinite(q->norm), DDN_E_NONFINITE,
               "the covariance is outside the range of double");
    for (int pass = 0; pass < DDNI_PASSES; pass++) {
        for (int64_t p = j; p >= 0 && !ddni_stopping(q->c->ctx); p--) {
            const double *old = q->basis + p * q->size * B;
            column_products(old, next, q->size, dot);
            for (int64_t i = 0; i < q->size * B; i++) {
                next[i] -= dot[i % B] * old[i];
            }
            for (int b = 0; p == j && b < B; b++) {
                q->diagonal[j][b] += dot[b];
            }
        }
    }
    column_products(next, next, q->size, dot);
    for (int b = 0; b < B; b++) {
        double length = sqrt(dot[b]);
        int ended = !(length > NOTHING * q->norm);
        if (ended && q->depth[b] > j + 1) {
            q->depth[b] = j + 1;
        }
        q->off[j][b] = ended ? 0 : length;
        ddni_scale_column(next, q->size, b, ended ? 0 : 1 / length);
    }
    return DDN_OK;
}

/* Estimates of all sums from the first `steps` steps: now[count][B]. */
static ddn_status evaluate(quadrature *q, int64_t steps, const double *levels, int64_t count)
{
    double theta[MAX_DEPTH], off[MAX_DEPTH], work[2 * MAX_DEPTH];
    for (int64_t b = 0; b < B; b++) {
        int64_t m = steps < q->depth[b] ? steps : q->depth[b];
        for (int64_t j = 0; j < m; j++) {
            theta[j] = q->diagonal[j][b];
            off[j] = q->off[j][b];
        }
        DDNI_TRY(ddni_tridiagonal_eigen(q->c->ctx, m, theta, off, q->matrix, work));
        for (int64_t k = 0; k < count; k++) {
            double sum = 0;
            DDNI_TRY(ddni_poll(q->c->ctx));
            for (int64_t j = 0; j < m; j++) {
                double tau = q->matrix[j * m];
                sum += tau * tau * log_term(theta[j], levels[k]);
            }
            q->now[k * B + b] = (double)q->size * sum;
        }
    }
    return DDN_OK;
}

static int settled(const quadrature *q, int64_t count)
{
    for (int64_t k = 0; k < count * B; k++) {
        if (!(fabs(q->now[k] - q->before[k]) <= SETTLED * fabs(q->now[k]))) {
            return 0;
        }
    }
    return 1;
}

/* Eight estimates of each sum in now, and those of CHECK_EVERY steps before in before. */
static ddn_status sample(quadrature *q, int64_t first_probe, const double *levels, int64_t count)
{
    int64_t deepest = q->size < MAX_DEPTH ? q->size : MAX_DEPTH;
    draw_signs(q, first_probe);
    for (int64_t k = 0; k < count * B; k++) {
        q->now[k] = INFINITY;
    }
    for (int64_t j = 0; j < deepest; j++) {
        DDNI_TRY(ddni_poll(q->c->ctx));
        DDNI_TRY(advance(q, j));
        if ((j + 1) % CHECK_EVERY != 0 && j + 1 < deepest) {
            continue;
        }
        memcpy(q->before, q->now, (size_t)(count * B) * sizeof *q->now);
        DDNI_TRY(evaluate(q, j + 1, levels, count));
        if (settled(q, count)) {
            break;
        }
    }
    return DDN_OK;
}

static ddn_status run(quadrature *q, int64_t first_probe, const double *levels, int64_t count,
                      double *moments)
{
    for (int64_t done = 0; done < DDNI_PROBES; done += B) {
        DDNI_TRY(ddni_progress(q->c->ctx, "log-determinant", (double)done / DDNI_PROBES));
        DDNI_TRY(sample(q, first_probe + done, levels, count));
        for (int64_t k = 0; k < count; k++) {
            for (int64_t b = 0; b < B; b++) {
                double x = q->now[k * B + b], change = x - q->before[k * B + b];
                double *m = moments + 3 * k, seen = (double)(done + b + 1), delta = x - m[0];
                m[0] += delta / seen; /* mean, squared deviations, largest change */
                m[1] += delta * (x - m[0]);
                m[2] = fmax(m[2], isfinite(change) ? fabs(change) : 0);
            }
        }
    }
    return DDN_OK;
}

ddn_status ddni_log_det_sampled(ddni_covariance *c, int64_t first_probe, const double *levels,
                                int64_t count, double *sums, double *standard_errors)
{
    ddn_status status;
    double *moments = NULL;
    quadrature *q = NULL;
    DDNI_TRY(ddni_alloc_for(c->ctx, "a quadrature", 1, sizeof *q, &q));
    q->c = c;
    q->size = c->size;
    DDNI_TRY_GOTO(ddni_alloc_for(c->ctx, "the Lanczos basis", MAX_DEPTH + 1,
                                 c->size * B * (int64_t)sizeof(double), &q->basis),
                  fail);
    DDNI_TRY_GOTO(ddni_alloc_for(c->ctx, "a tridiagonal matrix", MAX_DEPTH,
                                 MAX_DEPTH * sizeof(double), &q->matrix),
                  fail);
    DDNI_TRY_GOTO(ddni_alloc_for(c->ctx, "estimates", count, B * sizeof(double), &q->now), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(c->ctx, "estimates", count, B * sizeof(double), &q->before), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(c->ctx, "moments", count, 3 * sizeof(double), &moments), fail);
    DDNI_TRY_GOTO(run(q, first_probe, levels, count, moments), fail);
    /* 1.96 errors shall be the 95 % of few probes. */
    const double student = ddni_student_95(DDNI_PROBES - 1) / DDNI_Z95;
    for (int64_t k = 0; k < count; k++) {
        const double *m = moments + 3 * k;
        sums[k] = m[0];
        /* Where the quadrature has not settled its last change counts as an error, too. */
        standard_errors[k] = hypot(student * sqrt(m[1] / (DDNI_PROBES * (DDNI_PROBES - 1))), m[2]);
    }
fail:
    ddni_free(ddni_context_allocator(c->ctx), moments);
    ddni_free(ddni_context_allocator(c->ctx), q->before);
    ddni_free(ddni_context_allocator(c->ctx), q->now);
    ddni_free(ddni_context_allocator(c->ctx), q->matrix);
    ddni_free(ddni_context_allocator(c->ctx), q->basis);
    ddni_free(ddni_context_allocator(c->ctx), q);
    return status;
}

ddn_status ddn_dataset_log_det(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                               const double *c, double *sums, double *standard_errors)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, c);
    DDNI_CHECK_PTR(ctx, sums);
    DDNI_CHECK_INT(ctx, count, 1, 1 << 20);
    for (int64_t k = 0; k < count; k++) {
        DDNI_CHECK(ctx, isfinite(c[k]), DDN_E_NONFINITE, "c[%lld] = %g is not finite", (long long)k,
                   c[k]);
        DDNI_CHECK(ctx, c[k] > 0, DDN_E_RANGE, "c[%lld] = %g is not positive", (long long)k, c[k]);
    }
    ddni_covariance covariance;
    double *results = NULL;
    DDNI_TRY(ddni_dataset_agree(ctx, ds, DDNI_DIGEST_OF(c, count)));
    DDNI_TRY(ddni_covariance_open(ctx, ds, &covariance));
    ddn_status status = ddni_alloc_for(ctx, "sums", count, 2 * sizeof *results, &results);
    if (status == DDN_OK) {
        status = covariance.size <= EXACT
                     ? ddni_log_det_exact(&covariance, c, count, results)
                     : ddni_log_det_sampled(&covariance, 0, c, count, results, results + count);
    }
    if (status == DDN_OK) {
        memcpy(sums, results, (size_t)count * sizeof *sums);
        if (standard_errors != NULL) {
            memcpy(standard_errors, results + count, (size_t)count * sizeof *sums);
        }
    }
    ddni_free(ddni_context_allocator(ctx), results);
    ddni_covariance_close(&covariance);
    return status;
}
