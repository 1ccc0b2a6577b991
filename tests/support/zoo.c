/* One small oracle of every kind. */
#include "support/zoo.h"

#include "support/fixtures.h"

static const double MEAN = 1, VARIANCE = 2;

/* eps = s (x - a)/Gamma; the others follow from x = a x_0 + s eps. */
static double prediction_of(ddn_prediction kind, double a, double s, double x, double eps)
{
    double x0 = (x - s * eps) / a;
    return kind == DDN_PREDICTION_SCORE ? -eps / s
           : kind == DDN_PREDICTION_EPS ? eps
           : kind == DDN_PREDICTION_X0  ? x0
                                        : a * eps - s * x0;
}

int32_t zoo_predict(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                    double *out)
{
    (void)t;
    for (int64_t i = 0; i < m * d; i++) {
        double eps = s * (x[i] - a * MEAN) / (s * s + a * a * VARIANCE);
        out[i] = prediction_of(*(ddn_prediction *)user, a, s, x[i], eps);
    }
    return 0;
}

int32_t zoo_jvp(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                const double *v, double *out)
{
    (void)t;
    (void)x;
    for (int64_t i = 0; i < m * d; i++) {
        double eps = s * v[i] / (s * s + a * a * VARIANCE);
        out[i] = prediction_of(*(ddn_prediction *)user, a, s, v[i], eps);
    }
    return 0;
}

int32_t zoo_log_p(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                  double *out)
{
    (void)user;
    (void)t;
    const double gamma = s * s + a * a * VARIANCE;
    for (int64_t r = 0; r < m; r++) {
        out[r] = 0;
        for (int64_t j = 0; j < d; j++) {
            double y = x[r * d + j] - a * MEAN;
            out[r] -= 0.5 * (y * y / gamma + log(2 * acos(-1) * gamma));
        }
    }
    return 0;
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
    static ddn_prediction kinds[2] = {DDN_PREDICTION_EPS, DDN_PREDICTION_V};
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_oracle_create_callback(ctx, sch, ZOO_D, kinds[with_jvp], zoo_predict,
                                       with_jvp ? zoo_jvp : NULL, zoo_log_p, NULL, NULL,
                                       &kinds[with_jvp], &oracle));
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
        "empirical",         "mixture, shared",      "mixture, isotropic",
        "mixture, diagonal", "two Gaussians",        "Gaussian",
        "callback, eps, FD", "callback, v, product", "combination"};
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
