/* Gaussian mixtures: construction and sampling of the data; theory.md (16). */
#include "oracle/mixture/mixture_impl.h"

#include <string.h>

#include <diffdyn/oracle_kinds.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "base/rng.h"

/* Promised in oracle_kinds.h. Rounding of a sum of K weights is at most K 2^-53: up to 9 million
 * pass whatever their order. */
static const double WEIGHT_SUM_TOLERANCE = 1e-9;

static void destroy(ddn_oracle *oracle)
{
    ddni_mixture *mix = (ddni_mixture *)oracle;
    const ddni_allocator *al = &oracle->handle.allocator;
    ddni_free(al, mix->log_weight);
    ddni_free(al, mix->cumulative);
    ddni_free(al, mix->mean);
    ddni_free(al, mix->variance);
    ddni_free(al, mix->class_index);
}

/* Row r is a function of (seed, first_path + r): the component by a uniform deviate, the point by
 * normal ones. */
static ddn_status sample_data(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                              int64_t first_path, int64_t m, double *x, int64_t ldx, int64_t *index)
{
    const ddni_mixture *mix = (const ddni_mixture *)oracle;
    ddni_draws choice = ddni_draws_of(seed, DDNI_USE_DATA, 0);
    ddni_draws noise = ddni_draws_of(seed, DDNI_USE_DATA_NORMAL, 0);
    for (int64_t r = 0; r < m; r++) {
        DDNI_TRY(ddni_poll(ctx));
        double u = ddni_draws_uniform(&choice, first_path + r, 0);
        int64_t k = 0;
        while (k < oracle->components - 1 && u > mix->cumulative[k]) {
            k++;
        }
        double *row = x + r * ldx;
        ddni_draws_normal(&noise, first_path + r, 0, oracle->d, row);
        const double *c = mix->mean + k * oracle->d;
        const double *v = mix->variance + k * mix->variance_k;
        for (int64_t j = 0; j < oracle->d; j++) {
            row[j] = c[j] + sqrt(v[j * mix->variance_j]) * row[j];
        }
        if (index != NULL) {
            index[r] = k;
        }
    }
    return DDN_OK;
}

static ddn_status digest(ddn_context *ctx, const ddn_oracle *oracle, uint64_t *out)
{
    (void)ctx;
    const ddni_mixture *mix = (const ddni_mixture *)oracle;
    int64_t count = oracle->components, variances = mix->variance_j != 0 ? oracle->d : 1;
    variances *= mix->variance_k != 0 ? count : 1;
    *out = DDNI_DIGEST_WORDS(
        (uint64_t)mix->variance_k, (uint64_t)mix->variance_j,
        DDNI_DIGEST_OF(mix->cumulative, count), DDNI_DIGEST_OF(mix->mean, count * oracle->d),
        DDNI_DIGEST_OF(mix->variance, variances),
        mix->class_index == NULL ? 0 : DDNI_DIGEST_OF(mix->class_index, count));
    return DDN_OK;
}

static const ddni_oracle_ops mixture_ops = {
    .kind = "mixture",
    .scratch_create = ddni_mixture_scratch_create,
    .scratch_destroy = ddni_mixture_scratch_destroy,
    .scratch_bytes = ddni_mixture_scratch_bytes,
    .evaluate = ddni_mixture_evaluate,
    .sample_data = sample_data,
    .digest = digest,
    .destroy = destroy,
};

static ddn_status copy_weights(ddn_context *ctx, ddni_mixture *mix, const double *weights)
{
    int64_t count = mix->base.components;
    double sum = 0;
    for (int64_t k = 0; k < count; k++) {
        /* What is above 1 by rounding passes, the rest of it up to 2 the sum refuses. */
        DDNI_CHECK(ctx, weights[k] >= 0 && weights[k] <= 2,
                   isfinite(weights[k]) ? DDN_E_RANGE : DDN_E_NONFINITE,
                   "weights[%lld] = %g is outside [0, 1]", (long long)k, weights[k]);
        sum += weights[k];
    }
    DDNI_CHECK(ctx, fabs(sum - 1) <= WEIGHT_SUM_TOLERANCE, DDN_E_RANGE,
               "the weights sum to %.17g, not to 1 within %g", sum, WEIGHT_SUM_TOLERANCE);
    DDNI_TRY(ddni_alloc_for(ctx, "mixture weights", count, sizeof(double), &mix->log_weight));
    DDNI_TRY(ddni_alloc_for(ctx, "mixture weights", count, sizeof(double), &mix->cumulative));
    double running = 0;
    for (int64_t k = 0; k < count; k++) {
        running += weights[k] / sum;
        mix->log_weight[k] = log(weights[k] / sum);
        mix->cumulative[k] = running;
    }
    return DDN_OK;
}

static ddn_status copy_rows(ddn_context *ctx, const char *name, const double *from, int64_t rows,
                            int64_t d, int64_t ld, double **to)
{
    DDNI_TRY(ddni_check_states(ctx, name, from, rows, d, ld));
    int64_t count;
    DDNI_CHECK(ctx, !__builtin_mul_overflow(rows, d, &count), DDN_E_RANGE, "%s has too many rows",
               name);
    DDNI_TRY(ddni_alloc_for(ctx, name, count, sizeof(double), to));
    for (int64_t k = 0; k < rows; k++) {
        DDNI_TRY(ddni_poll(ctx));
        memcpy(*to + k * d, from + k * ld, (size_t)d * sizeof(double));
    }
    return DDN_OK;
}

static ddn_status copy_variances(ddn_context *ctx, ddni_mixture *mix, ddn_variance kind,
                                 const double *variances, int64_t ldv)
{
    int64_t per_component = kind == DDN_VARIANCE_ISOTROPIC || kind == DDN_VARIANCE_DIAGONAL;
    int64_t per_coordinate = kind == DDN_VARIANCE_SHARED_DIAGONAL || kind == DDN_VARIANCE_DIAGONAL;
    int64_t rows = per_component ? mix->base.components : 1;
    int64_t columns = per_coordinate ? mix->base.d : 1;
    mix->variance_k = per_component * columns;
    mix->variance_j = per_coordinate;
    DDNI_TRY(copy_rows(ctx, "variances", variances, rows, columns,
                       kind == DDN_VARIANCE_DIAGONAL ? ldv : columns, &mix->variance));
    for (int64_t i = 0; i < rows * columns; i++) {
        DDNI_CHECK(ctx, mix->variance[i] >= 0, DDN_E_RANGE,
                   "variances[%lld][%lld] = %g is negative", (long long)(i / columns),
                   (long long)(i % columns), mix->variance[i]);
    }
    return DDN_OK;
}

/* Number of values[count], ascending, that are below `label`. */
static int64_t labels_below(const int32_t *value, int64_t count, int32_t label)
{
    int64_t low = 0;
    while (count > 0) {
        int64_t half = count / 2;
        if (value[low + half] < label) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

/* Labels become indices into their ascending distinct values. */
static ddn_status index_labels(ddn_context *ctx, ddni_mixture *mix, const int32_t *labels)
{
    int64_t count = mix->base.components, distinct = 0;
    int32_t *value;
    DDNI_TRY(ddni_alloc_for(ctx, "mixture labels", count, sizeof *labels, &mix->class_index));
    DDNI_TRY(ddni_alloc_for(ctx, "mixture labels", count, sizeof *labels, &value));
    for (int64_t k = 0; k < count && !ddni_stopping(ctx); k++) {
        int64_t at = labels_below(value, distinct, labels[k]);
        if (at == distinct || value[at] != labels[k]) {
            memmove(value + at + 1, value + at, (size_t)(distinct - at) * sizeof *value);
            value[at] = labels[k];
            distinct++;
        }
    }
    for (int64_t k = 0; k < count; k++) {
        mix->class_index[k] = (int32_t)labels_below(value, distinct, labels[k]);
    }
    mix->base.classes = distinct;
    ddni_free(ddni_context_allocator(ctx), value);
    return ddni_poll(ctx);
}

static int32_t is_pair(const ddni_mixture *mix)
{
    int64_t d = mix->base.d;
    if (mix->base.components != 2 || mix->variance_k != 0 || mix->variance_j != 0) {
        return 0;
    }
    for (int64_t j = 0; j < d; j++) {
        if (mix->mean[j] != -mix->mean[d + j]) {
            return 0;
        }
    }
    return 1;
}

ddn_status ddn_oracle_create_mixture(ddn_context *ctx, const ddn_schedule *sch, ddn_variance kind,
                                     int64_t components, int64_t d, const double *weights,
                                     const double *means, int64_t ldm, const double *variances,
                                     int64_t ldv, const int32_t *labels, ddn_oracle **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK_PTR(ctx, weights);
    DDNI_CHECK_PTR(ctx, means);
    DDNI_CHECK_PTR(ctx, variances);
    DDNI_CHECK_INT(ctx, components, 1, INT32_MAX);
    DDNI_CHECK_INT(ctx, d, 1, DDNI_MAX_D);
    DDNI_CHECK(ctx, kind >= DDN_VARIANCE_SHARED && kind <= DDN_VARIANCE_DIAGONAL, DDN_E_KEY,
               "argument kind = %d is not a ddn_variance", (int)kind);

    ddni_mixture *mix;
    ddn_status status =
        ddni_oracle_create(ctx, sizeof *mix, &mixture_ops, sch, NULL, d, (void *)&mix);
    if (status != DDN_OK) {
        return status;
    }
    mix->base.components = components;
    DDNI_TRY_GOTO(copy_weights(ctx, mix, weights), fail);
    DDNI_TRY_GOTO(copy_rows(ctx, "means", means, components, d, ldm, &mix->mean), fail);
    DDNI_TRY_GOTO(copy_variances(ctx, mix, kind, variances, ldv), fail);
    if (labels != NULL) {
        DDNI_TRY_GOTO(index_labels(ctx, mix, labels), fail);
    }
    mix->pair = is_pair(mix);
    for (ddn_output what = DDN_OUT_SCORE; what <= DDN_OUT_DRAW_INDEX; what++) {
        mix->base.can |= what == DDN_OUT_CLASS_POSTERIOR && labels == NULL ? 0 : ddni_bit(what);
    }
    mix->base.direct = ddni_bit(DDN_OUT_DIVERGENCE) | ddni_bit(DDN_OUT_JACOBIAN_TIMES_V);
    *out = &mix->base;
    return DDN_OK;
fail:
    ddn_oracle_destroy(&mix->base);
    return status;
}

ddn_status ddn_oracle_create_two_gaussians(ddn_context *ctx, const ddn_schedule *sch, int64_t d,
                                           double sigma2, const double *m, ddn_oracle **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK_PTR(ctx, m);
    DDNI_CHECK_INT(ctx, d, 1, DDNI_MAX_D);
    DDNI_CHECK_REAL(ctx, sigma2, 0, 1e300);
    const double weights[2] = {0.5, 0.5};
    const int32_t labels[2] = {1, 0};
    double *means;
    DDNI_TRY(ddni_alloc_for(ctx, "two means", 2 * d, sizeof *means, &means));
    for (int64_t j = 0; j < d; j++) {
        means[j] = m[j];
        means[d + j] = -m[j];
    }
    ddn_status status = ddn_oracle_create_mixture(ctx, sch, DDN_VARIANCE_SHARED, 2, d, weights,
                                                  means, d, &sigma2, 0, labels, out);
    ddni_free(ddni_context_allocator(ctx), means);
    return status;
}
