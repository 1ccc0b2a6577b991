/* One small oracle of every kind. */
#include "support/zoo.h"

#include "support/fixtures.h"

static const double MEAN = 1, VARIANCE = 2;

/* The prediction for x, or its derivative along x: eps = s (x - a mean)/Gamma, which is linear in
 * x; the others follow from x = a x_0 + s eps. */
static double predict(const zoo_model *model, double t, double a, double s, double mean, double x)
{
    double eps = s * (x - a * mean) / (s * s + a * a * VARIANCE);
    double x0 = mean + a * VARIANCE * (x - a * mean) / (s * s + a * a * VARIANCE);
    double da = -a, ds = a * a / s;
    if (model->rates != NULL) {
        model->rates(t, &da, &ds);
    }
    switch (model->prediction) {
    case DDN_PREDICTION_SCORE:
        return -eps / s;
    case DDN_PREDICTION_EPS:
        return eps;
    case DDN_PREDICTION_X0:
        return x0;
    case DDN_PREDICTION_V:
        return a * eps - s * x0;
    default:
        return da * x0 + ds * eps;
    }
}

int32_t zoo_predict(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                    int64_t ldx, double *out, int64_t ldo)
{
    for (int64_t i = 0; i < m * d; i++) {
        int64_t r = i / d, j = i % d;
        out[r * ldo + j] = predict(user, t, a, s, MEAN, x[r * ldx + j]);
    }
    return 0;
}

int32_t zoo_jvp(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                int64_t ldx, const double *v, int64_t ldv, double *out, int64_t ldo)
{
    (void)x;
    (void)ldx;
    for (int64_t i = 0; i < m * d; i++) {
        int64_t r = i / d, j = i % d;
        out[r * ldo + j] = predict(user, t, a, s, 0, v[r * ldv + j]);
    }
    return 0;
}

int32_t zoo_predict_f32(void *user, double t, double a, double s, int64_t m, int64_t d,
                        const float *x, int64_t ldx, float *out, int64_t ldo)
{
    for (int64_t i = 0; i < m * d; i++) {
        int64_t r = i / d, j = i % d;
        out[r * ldo + j] = (float)predict(user, t, a, s, MEAN, (double)x[r * ldx + j]);
    }
    return 0;
}

int32_t zoo_jvp_f32(void *user, double t, double a, double s, int64_t m, int64_t d, const float *x,
                    int64_t ldx, const float *v, int64_t ldv, float *out, int64_t ldo)
{
    (void)x;
    (void)ldx;
    for (int64_t i = 0; i < m * d; i++) {
        int64_t r = i / d, j = i % d;
        out[r * ldo + j] = (float)predict(user, t, a, s, 0, (double)v[r * ldv + j]);
    }
    return 0;
}

int32_t zoo_log_p(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                  int64_t ldx, double *out)
{
    (void)user;
    (void)t;
    const double gamma = s * s + a * a * VARIANCE;
    for (int64_t r = 0; r < m; r++) {
        out[r] = 0;
        for (int64_t j = 0; j < d; j++) {
            double y = x[r * ldx + j] - a * MEAN;
            out[r] -= 0.5 * (y * y / gamma + log(2 * acos(-1) * gamma));
        }
    }
    return 0;
}

ddn_model *zoo_builder(ddn_context *ctx, const ddn_schedule *sch, int with_jvp, zoo_model *model)
{
    ddn_model *builder = NULL;
    OK(ctx, ddn_model_create(ctx, sch, model->prediction, ZOO_D, model, NULL, &builder));
    OK(ctx, ddn_model_set_predict_f64(builder, zoo_predict));
    OK(ctx, ddn_model_set_jvp_f64(builder, with_jvp ? zoo_jvp : NULL));
    OK(ctx, ddn_model_set_log_p(builder, zoo_log_p));
    return builder;
}

static ddn_oracle *empirical(ddn_context *ctx, const ddn_schedule *sch)
{
    enum {
        N = 9
    };
    double data[N * ZOO_D];
    int32_t labels[N];
    test_normal(11, N * ZOO_D, data);
    for (int i = 0; i < N; i++) {
        labels[i] = i % 2;
    }
    ddn_dataset *ds = NULL, *labelled = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, ZOO_D, data, ZOO_D, &ds));
    OK(ctx, ddn_dataset_create_labelled(ctx, ds, N, labels, &labelled));
    OK(ctx, ddn_oracle_create_empirical(ctx, labelled, sch, &oracle));
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(labelled);
    return oracle;
}

static ddn_oracle *mixture(ddn_context *ctx, const ddn_schedule *sch, ddn_variance kind)
{
    static const double weights[3] = {0.2, 0.5, 0.3};
    static const int32_t labels[3] = {5, 3, 5};
    double means[3 * ZOO_D], variances[3 * ZOO_D];
    test_normal(12, 3 * ZOO_D, means);
    test_normal(13, 3 * ZOO_D, variances);
    for (int i = 0; i < 3 * ZOO_D; i++) {
        variances[i] = variances[i] * variances[i] + 0.1;
    }
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_oracle_create_mixture(ctx, sch, kind, 3, ZOO_D, weights, means, ZOO_D, variances,
                                      ZOO_D, labels, &oracle));
    return oracle;
}

static ddn_oracle *two_gaussians(ddn_context *ctx, const ddn_schedule *sch)
{
    double m[ZOO_D];
    test_normal(14, ZOO_D, m);
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_oracle_create_two_gaussians(ctx, sch, ZOO_D, 0.4, m, &oracle));
    return oracle;
}

static ddn_oracle *gaussian(ddn_context *ctx, const ddn_schedule *sch)
{
    /* Two orthonormal directions over the coordinates (0, 1) and (2, 3). */
    const double vectors[2 * ZOO_D] = {0.6, 0.8, 0, 0, 0, 0, 0, 0, -0.8, 0.6, 0, 0};
    const double values[2] = {3, 0.2}, mean[ZOO_D] = {1, -1, 2, 0, 0.5, 0.25};
    ddn_oracle *oracle = NULL;
    OK(ctx,
       ddn_oracle_create_gaussian(ctx, sch, ZOO_D, 2, 0.7, mean, values, vectors, ZOO_D, &oracle));
    return oracle;
}

static ddn_oracle *foreign(ddn_context *ctx, const ddn_schedule *sch, int with_jvp)
{
    static zoo_model models[2] = {{DDN_PREDICTION_EPS, NULL}, {DDN_PREDICTION_V, NULL}};
    ddn_model *builder = zoo_builder(ctx, sch, with_jvp, &models[with_jvp]);
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_oracle_create_model(ctx, builder, &oracle));
    ddn_model_destroy(builder);
    return oracle;
}

static ddn_oracle *guided(ddn_context *ctx, const ddn_schedule *sch)
{
    ddn_oracle *parts[2] = {two_gaussians(ctx, sch), gaussian(ctx, sch)}, *oracle = NULL;
    const double factors[2] = {1.5, -0.25};
    OK(ctx, ddn_oracle_create_combination(ctx, 2, parts, factors, &oracle));
    ddn_oracle_destroy(parts[0]);
    ddn_oracle_destroy(parts[1]);
    return oracle;
}

ddn_oracle *zoo_oracle(ddn_context *ctx, const ddn_schedule *sch, int kind, const char **name)
{
    static const char *const names[ZOO_KINDS] = {
        "empirical", "mixture, shared", "mixture, isotropic", "mixture, diagonal", "two Gaussians",
        "Gaussian",  "model, eps, FD",  "model, v, product",  "combination"};
    *name = names[kind];
    switch (kind) {
    case 0:
        return empirical(ctx, sch);
    case 1:
        return mixture(ctx, sch, DDN_VARIANCE_SHARED);
    case 2:
        return mixture(ctx, sch, DDN_VARIANCE_ISOTROPIC);
    case 3:
        return mixture(ctx, sch, DDN_VARIANCE_DIAGONAL);
    case 4:
        return two_gaussians(ctx, sch);
    case 5:
        return gaussian(ctx, sch);
    case 6:
    case 7:
        return foreign(ctx, sch, kind == 7);
    default:
        return guided(ctx, sch);
    }
}
