/* One Gaussian with a low-rank-plus-isotropic covariance: the Wiener filter; theory.md (16).
 *
 * C = U diag(lambda) U^T + rho (I - U U^T). With r = x - a mean, p = U r, r' = r - U^T p and
 * Gamma(l) = s^2 + a^2 l: score = -(r'/Gamma(rho) + U^T p/Gamma(lambda)), and the posterior of x_0
 * has covariance s^2 C/Gamma(C). Every output below is such a function of C applied to a vector. */
#include <string.h>

#include <diffdyn/oracle_kinds.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "numerics/vector.h"
#include "oracle/oracle_impl.h"

/* Promised in oracle_kinds.h. Products of vectors that were kept as floats are off by up to 2^-23 =
 * 1.2e-7: these pass and are made orthonormal again. */
static const double ORTHONORMAL_TOLERANCE = 1e-6;

enum {
    ROWS = 8 /* states of a unit of parallel work: each is evaluated by itself */
};

typedef struct gaussian {
    ddn_oracle base;
    int64_t count;
    double *mean;   /* [d] */
    double *value;  /* [count] */
    double *vector; /* [count][d] */
    double residual;
} gaussian;

typedef struct scratch {
    double *rows; /* [workers][2 d + 2 count] */
} scratch;

typedef struct pass {
    const ddn_context *ctx;
    const gaussian *ga;
    const ddni_request *rq;
    double *rows;
    double a, s2;
    const ddni_batch *batch;
} pass;

static void destroy(ddn_oracle *oracle)
{
    gaussian *ga = (gaussian *)oracle;
    const ddni_allocator *al = &oracle->handle.allocator;
    ddni_free(al, ga->mean);
    ddni_free(al, ga->value);
    ddni_free(al, ga->vector);
}

static ddn_status scratch_create(ddn_context *ctx, const ddn_oracle *oracle, void **out)
{
    (void)oracle;
    return ddni_alloc_for(ctx, "Gaussian scratch", 1, sizeof(scratch), out);
}

static void scratch_destroy(ddn_context *ctx, void *pointer)
{
    scratch *sc = pointer;
    ddni_free(ddni_context_allocator(ctx), sc->rows);
    ddni_free(ddni_context_allocator(ctx), sc);
}

static int64_t scratch_bytes(const void *pointer)
{
    const scratch *sc = pointer;
    return (int64_t)sizeof *sc + ddni_alloc_bytes(sc->rows);
}

/* Splits u into its coordinates p[count] along the eigenvectors and what is left of it, in place.
 */
static void split(const gaussian *ga, double *u, double *p)
{
    int64_t d = ga->base.d;
    memset(p, 0, (size_t)ga->count * sizeof *p);
    ddni_take_parts(d, ga->count, ga->vector, d, u, p);
}

/* Functions of an eigenvalue that the outputs are made of. */
typedef double (*spectral_fn)(double value, double a, double s2);

static double minus_precision(double value, double a, double s2)
{
    return -1.0 / (s2 + a * a * value);
}

static double gain(double value, double a, double s2)
{
    return a * value / (s2 + a * a * value);
}

static double posterior_variance(double value, double a, double s2)
{
    return s2 * value / (s2 + a * a * value);
}

static double posterior_deviation(double value, double a, double s2)
{
    return sqrt(posterior_variance(value, a, s2));
}

/* out = f(C) applied to the split vector (rest, p), plus add[d] or nothing. */
static void apply(const pass *q, spectral_fn f, const double *rest, const double *p,
                  const double *add, double *restrict out)
{
    const gaussian *ga = q->ga;
    int64_t d = ga->base.d;
    /* With a full basis the rest is rounding only. */
    const double fr = ga->count < d ? f(ga->residual, q->a, q->s2) : 0;
    for (int64_t j = 0; j < d; j++) {
        out[j] = fr * rest[j];
    }
    for (int64_t i = 0; i < ga->count; i++) {
        ddni_axpy(d, f(ga->value[i], q->a, q->s2) * p[i], ga->vector + i * d, out);
    }
    for (int64_t j = 0; add != NULL && j < d; j++) {
        out[j] += add[j];
    }
}

static double trace(const pass *q, spectral_fn f)
{
    const gaussian *ga = q->ga;
    int64_t rest = ga->base.d - ga->count;
    double sum = rest > 0 ? (double)rest * f(ga->residual, q->a, q->s2) : 0;
    for (int64_t i = 0; i < ga->count; i++) {
        sum += f(ga->value[i], q->a, q->s2);
    }
    return sum;
}

static double log_p(const pass *q, const double *rest, const double *p)
{
    const gaussian *ga = q->ga;
    const double two_pi = 6.283185307179586476925;
    int64_t d = ga->base.d;
    double gamma = q->s2 + q->a * q->a * ga->residual, sum = 0;
    if (ga->count < d) {
        sum = ddni_dot(d, rest, rest) / gamma + (double)(d - ga->count) * log(two_pi * gamma);
    }
    for (int64_t i = 0; i < ga->count; i++) {
        double gi = q->s2 + q->a * q->a * ga->value[i];
        sum += p[i] * p[i] / gi + log(two_pi * gi);
    }
    return -0.5 * sum;
}

static double *out_row(const ddni_request *rq, ddn_output what, int64_t row)
{
    return rq->f64[what] == NULL ? NULL : rq->f64[what] + row * rq->ld[what];
}

static void run_row(const pass *q, int64_t row, double *buffer)
{
    const gaussian *ga = q->ga;
    const ddni_request *rq = q->rq;
    int64_t d = ga->base.d;
    double *rest = buffer, *p = buffer + d, *u = p + ga->count, *pu = u + d;
    const double *x = q->batch->x + row * q->batch->ldx;
    for (int64_t j = 0; j < d; j++) {
        rest[j] = x[j] - q->a * ga->mean[j];
    }
    split(ga, rest, p);
    double *score = out_row(rq, DDN_OUT_SCORE, row), *mean = out_row(rq, DDN_OUT_MEAN, row);
    double *jv = out_row(rq, DDN_OUT_JACOBIAN_TIMES_V, row);
    double *cv = out_row(rq, DDN_OUT_COV_TIMES_V, row), *draw = out_row(rq, DDN_OUT_DRAW, row);
    if (score != NULL) {
        apply(q, minus_precision, rest, p, NULL, score);
    }
    if (mean != NULL) {
        apply(q, gain, rest, p, ga->mean, mean);
    }
    if (rq->f64[DDN_OUT_LOG_P] != NULL) {
        rq->f64[DDN_OUT_LOG_P][row] = log_p(q, rest, p);
    }
    if (rq->f64[DDN_OUT_TRACE_COV] != NULL) {
        rq->f64[DDN_OUT_TRACE_COV][row] = trace(q, posterior_variance);
    }
    if (rq->f64[DDN_OUT_DIVERGENCE] != NULL) {
        rq->f64[DDN_OUT_DIVERGENCE][row] = trace(q, minus_precision);
    }
    if (jv != NULL || cv != NULL) {
        memcpy(u, rq->v + row * rq->ldv, (size_t)d * sizeof *u);
        split(ga, u, pu);
    }
    if (jv != NULL) {
        apply(q, minus_precision, u, pu, NULL, jv);
    }
    if (cv != NULL) {
        apply(q, posterior_variance, u, pu, NULL, cv);
    }
    if (draw != NULL) { /* mean + (posterior covariance)^(1/2) z; the mean takes over rest's room */
        ddni_draws noise = ddni_draws_of(rq->seed, DDNI_USE_DRAW_NORMAL, rq->step);
        ddni_draws_normal(&noise, ddni_request_path(rq, row), 0, d, u);
        split(ga, u, pu);
        apply(q, posterior_deviation, u, pu, ga->mean, draw);
        apply(q, gain, rest, p, NULL, u);
        ddni_axpy(d, 1, u, draw);
    }
}

static void run_tile(void *arg, int64_t tile, int64_t worker)
{
    const pass *q = arg;
    int64_t m = q->batch->m, last = (tile + 1) * ROWS < m ? (tile + 1) * ROWS : m;
    double *buffer = q->rows + worker * 2 * (q->ga->base.d + q->ga->count);
    for (int64_t row = tile * ROWS; row < last && !ddni_stopping(q->ctx); row++) {
        run_row(q, row, buffer);
    }
}

static ddn_status evaluate(ddn_context *ctx, const ddn_oracle *oracle, void *pointer,
                           const ddni_request *rq, const ddni_batch *batch, ddni_report *report)
{
    const gaussian *ga = (const gaussian *)oracle;
    scratch *sc = pointer;
    DDNI_TRY(ddni_reserve(ctx, "Gaussian scratch", ddni_workers(ctx) * 2 * (oracle->d + ga->count),
                          sizeof(double), &sc->rows));
    pass q = {ctx, ga, rq, sc->rows, batch->level->a, batch->level->s2, batch};
    (void)report; /* nothing is dropped, all is touched */
    /* Per eigenvector a product and a subtraction to split x, and a sum for each of two outputs. */
    double work = 4.0 * (double)batch->m * (double)(ga->count + 1) * (double)oracle->d;
    return ddni_parallel(ctx, (batch->m + ROWS - 1) / ROWS, work, run_tile, &q);
}

/* mean + C^(1/2) z, a function of (seed, first_path + row). */
static ddn_status sample_data(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                              int64_t first_path, int64_t m, double *x, int64_t ldx, int64_t *index)
{
    const gaussian *ga = (const gaussian *)oracle;
    int64_t d = oracle->d;
    double *p;
    DDNI_TRY(ddni_alloc_for(ctx, "Gaussian sample", ga->count + d + 1, sizeof *p, &p));
    double *z = p + ga->count;
    ddni_draws noise = ddni_draws_of(seed, DDNI_USE_DATA_NORMAL, 0);
    ddn_status status = DDN_OK;
    for (int64_t r = 0; r < m; r++) {
        double *row = x + r * ldx;
        if ((status = ddni_poll(ctx)) != DDN_OK) {
            break;
        }
        ddni_draws_normal(&noise, first_path + r, 0, d, z);
        split(ga, z, p);
        for (int64_t j = 0; j < d; j++) {
            row[j] = ga->mean[j] + sqrt(ga->residual) * z[j];
        }
        for (int64_t i = 0; i < ga->count; i++) {
            ddni_axpy(d, sqrt(ga->value[i]) * p[i], ga->vector + i * d, row);
        }
        if (index != NULL) {
            index[r] = 0;
        }
    }
    ddni_free(ddni_context_allocator(ctx), p);
    return status;
}

static ddn_status digest(ddn_context *ctx, const ddn_oracle *oracle, uint64_t *out)
{
    (void)ctx;
    const gaussian *ga = (const gaussian *)oracle;
    *out = DDNI_DIGEST_WORDS(
        (uint64_t)ga->count, ddni_bits(ga->residual), DDNI_DIGEST_OF(ga->mean, oracle->d),
        DDNI_DIGEST_OF(ga->value, ga->count), DDNI_DIGEST_OF(ga->vector, ga->count * oracle->d));
    return DDN_OK;
}

static const ddni_oracle_ops gaussian_ops = {
    .kind = "gaussian",
    .scratch_create = scratch_create,
    .scratch_destroy = scratch_destroy,
    .scratch_bytes = scratch_bytes,
    .evaluate = evaluate,
    .sample_data = sample_data,
    .digest = digest,
    .destroy = destroy,
};

/* Gram-Schmidt, twice, after refusing vectors that were not orthonormal to begin with. */
static ddn_status orthonormalise(ddn_context *ctx, const gaussian *ga)
{
    int64_t d = ga->base.d;
    for (int64_t i = 0; i < ga->count; i++) {
        double *u = ga->vector + i * d;
        DDNI_TRY(ddni_progress(ctx, "orthonormal axes", (double)i / (double)ga->count));
        for (int64_t h = 0; h <= i; h++) {
            double product = ddni_dot(d, ga->vector + h * d, u);
            DDNI_CHECK(ctx, fabs(product - (h == i)) <= ORTHONORMAL_TOLERANCE, DDN_E_RANGE,
                       "vectors %lld and %lld have the product %.9g: they are not orthonormal",
                       (long long)h, (long long)i, product);
        }
        ddni_take_parts(d, i, ga->vector, d, u, NULL);
        ddni_take_parts(d, i, ga->vector, d, u, NULL);
        ddni_scale(d, 1 / ddni_norm(d, u), u);
    }
    return DDN_OK;
}

static ddn_status fill(ddn_context *ctx, gaussian *ga, const double *mean, const double *values,
                       const double *vectors, int64_t ldv)
{
    int64_t d = ga->base.d;
    DDNI_TRY(ddni_alloc_for(ctx, "Gaussian mean", d, sizeof(double), &ga->mean));
    DDNI_TRY(ddni_alloc_for(ctx, "Gaussian spectrum", ga->count + 1, sizeof(double), &ga->value));
    DDNI_TRY(
        ddni_alloc_for(ctx, "Gaussian spectrum", ga->count * d + 1, sizeof(double), &ga->vector));
    if (mean != NULL) {
        DDNI_TRY(ddni_check_states(ctx, "mean", mean, 1, d, d));
        memcpy(ga->mean, mean, (size_t)d * sizeof *mean);
    }
    if (ga->count == 0) {
        return DDN_OK;
    }
    DDNI_CHECK_PTR(ctx, values);
    DDNI_TRY(ddni_check_states(ctx, "vectors", vectors, ga->count, d, ldv));
    for (int64_t i = 0; i < ga->count; i++) {
        DDNI_CHECK(ctx, values[i] >= 0 && isfinite(values[i]),
                   isfinite(values[i]) ? DDN_E_RANGE : DDN_E_NONFINITE,
                   "values[%lld] = %g is not a variance", (long long)i, values[i]);
        ga->value[i] = values[i];
        memcpy(ga->vector + i * d, vectors + i * ldv, (size_t)d * sizeof *vectors);
    }
    return orthonormalise(ctx, ga);
}

ddn_status ddn_oracle_create_gaussian(ddn_context *ctx, const ddn_schedule *sch, int64_t d,
                                      int64_t count, double residual, const double *mean,
                                      const double *values, const double *vectors, int64_t ldv,
                                      ddn_oracle **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK_INT(ctx, d, 1, DDNI_MAX_D);
    DDNI_CHECK_INT(ctx, count, 0, d);
    DDNI_CHECK_REAL(ctx, residual, 0, 1e300); /* s^2 + a^2 times it stays finite */
    gaussian *ga;
    DDNI_TRY(ddni_oracle_create(ctx, sizeof *ga, &gaussian_ops, sch, NULL, d, (void *)&ga));
    ga->count = count;
    ga->residual = residual;
    ddn_status status = fill(ctx, ga, mean, values, vectors, ldv);
    if (status != DDN_OK) {
        ddn_oracle_destroy(&ga->base);
        return status;
    }
    static const ddn_output outputs[] = {DDN_OUT_SCORE,
                                         DDN_OUT_MEAN,
                                         DDN_OUT_LOG_P,
                                         DDN_OUT_TRACE_COV,
                                         DDN_OUT_DIVERGENCE,
                                         DDN_OUT_COV_TIMES_V,
                                         DDN_OUT_JACOBIAN_TIMES_V,
                                         DDN_OUT_DRAW};
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        ga->base.can |= ddni_bit(outputs[i]);
    }
    ga->base.direct = ddni_bit(DDN_OUT_DIVERGENCE) | ddni_bit(DDN_OUT_JACOBIAN_TIMES_V);
    *out = &ga->base;
    return DDN_OK;
}
