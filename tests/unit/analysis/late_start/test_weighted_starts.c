/* Late starts, features and Frechet distances of points with weights: those of the distribution
 * that the weights make. doc/theory.md (25), (60)-(62). */
#include "support/results.h"

/* ---- Draws ------------------------------------------------------------------------------------
 */

/* |got - want| <= 5 standard errors; 9 comparisons: false alarm below 1e-5. */
static void within(double got, double want, double se)
{
    CLOSE(got, want, 0, 5 * se);
}

/* Mean and covariance of Gaussian starts, with weights far from equal. */
static void draws_have_the_moments_of_the_weights(void **state)
{
    (void)state;
    enum {
        N = 40, /* more than one block of points */
        D = 3,
        M = 20000
    };
    static double x[M * D];
    double y[N * D], weight[N], total = 0, mean[D] = {0}, cov[D][D] = {{0}};
    const double t = 0.3, a = exp(-t), s2 = -expm1(-2 * t);
    ddn_context *ctx = test_context(2);
    ddn_schedule *ou;
    ddn_dataset *plain, *ds;
    test_normal(2, N * D, y);
    for (int i = 0; i < N; i++) {
        weight[i] = exp(-0.3 * i);
        total += weight[i];
    }
    for (int k = 0; k < N * D; k++) {
        mean[k % D] += weight[k / D] / total * y[k];
    }
    for (int k = 0; k < N * D * D; k++) {
        int i = k / (D * D), p = k / D % D, q = k % D;
        cov[p][q] +=
            a * a * weight[i] / total * (y[i * D + p] - mean[p]) * (y[i * D + q] - mean[q]);
    }
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, y, D, &plain));
    OK(ctx, ddn_dataset_create_weighted(ctx, plain, N, weight, &ds));
    OK(ctx, ddn_late_start_draw(ctx, ds, ou, DDN_START_GAUSSIAN, t, 7, 0, M, x, D));
    for (int p = 0; p < D; p++) {
        double sum = 0;
        cov[p][p] += s2;
        for (int r = 0; r < M; r++) {
            sum += x[r * D + p] - a * mean[p];
        }
        within(sum / M, 0, sqrt(cov[p][p] / M));
    }
    for (int k = 0; k < D * D; k++) {
        int p = k / D, q = k % D;
        double sum = 0;
        for (int r = 0; r < M && p <= q; r++) {
            sum += (x[r * D + p] - a * mean[p]) * (x[r * D + q] - a * mean[q]);
        }
        double se = sqrt((cov[p][p] * cov[q][q] + cov[p][q] * cov[p][q]) / M);
        within(p <= q ? sum / M : cov[p][q], cov[p][q], se);
    }
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(plain);
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
}

/* ---- Divergences --------------------------------------------------------------------------------
 */

static const double line[3] = {-2, 0.5, 2.5}, line_weight[3] = {0.7, 0.2, 0.1};

/* KL(p_t | N(mean, var)) of the points on a line, by the trapezoidal rule. */
static double line_divergence(double t, double mean, double var)
{
    const double a = exp(-t), s2 = -expm1(-2 * t), step = 1e-3;
    double sum = 0;
    for (double x = -12; x <= 12; x += step) {
        double p = 0;
        for (int i = 0; i < 3; i++) {
            p += line_weight[i] * exp(-(x - a * line[i]) * (x - a * line[i]) / (2 * s2)) /
                 sqrt(2 * M_PI * s2);
        }
        const double q = exp(-(x - mean) * (x - mean) / (2 * var)) / sqrt(2 * M_PI * var);
        sum += p > 1e-300 && q > 1e-300 ? p * log(p / q) * step : 0;
    }
    return sum;
}

/* At 5 standard errors, 8 comparisons: false alarm below 1e-5. Would catch log n in place of the
 * entropy of the weights. */
static void divergences_agree_with_quadrature(void **state)
{
    (void)state;
    const double t[4] = {0.1, 0.4, 1, 1.8};
    double mean = 0, var = 0;
    for (int i = 0; i < 3; i++) {
        mean += line_weight[i] * line[i];
        var += line_weight[i] * line[i] * line[i];
    }
    var -= mean * mean;
    ddn_context *ctx = test_context(2);
    ddn_schedule *ou;
    ddn_dataset *plain, *ds;
    ddn_oracle *oracle;
    ddn_analysis *an;
    ddn_result *r;
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 1, line, 1, &plain));
    OK(ctx, ddn_dataset_create_weighted(ctx, plain, 3, line_weight, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, ou, &oracle));
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, 30000));
    OK(ctx, ddn_analysis_late_start(an, oracle, 4, t, &r));
    for (int k = 0; k < 4; k++) {
        const double a = exp(-t[k]), s2 = -expm1(-2 * t[k]);
        within(test_element(ctx, r, "kl_gaussian", k),
               line_divergence(t[k], a * mean, a * a * var + s2),
               test_element(ctx, r, "kl_gaussian_se", k));
        within(test_element(ctx, r, "kl_noise", k), line_divergence(t[k], 0, 1),
               test_element(ctx, r, "kl_noise_se", k));
    }
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(plain);
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
}

/* ---- Features
 * ------------------------------------------------------------------------------------ */

/* Principal axes and the reference of a Frechet distance, against the set that has copies. */
static void references_are_those_of_the_copies(void **state)
{
    (void)state;
    enum {
        N = 150, /* more than one chunk */
        D = 5,
        M = 60
    };
    static double y[3 * N * D];
    double x[M * D], f[2][M * 2], d2[2][2];
    int64_t n = 0;
    ddn_context *ctx = test_context(2);
    test_normal(3, N * D, y);
    test_normal(4, M * D, x);
    for (int64_t copy = 0; copy < 3; copy++) {
        for (int64_t i = 0; i < N; i++) {
            if (copy <= i % 3) {
                memmove(y + n * D, y + i * D, D * sizeof *y);
                n++;
            }
        }
    }
    ddn_dataset *ds[2];
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, D, y, D, &ds[0]));
    OK(ctx, ddn_dataset_create_distinct(ctx, ds[0], &ds[1]));
    assert_int_equal(ddn_dataset_n(ds[1]), N);
    for (int k = 0; k < 2; k++) {
        ddn_features *pca, *all;
        OK(ctx, ddn_features_create_pca(ctx, ds[k], 2, &pca));
        OK(ctx, ddn_features_create_identity(ctx, D, &all));
        OK(ctx, ddn_features_apply(ctx, pca, M, x, D, f[k], 2));
        for (int i = 0; i < 2; i++) {
            ddn_frechet *fr;
            OK(ctx, ddn_frechet_create(ctx, ds[k], i ? pca : all, &fr));
            OK(ctx, ddn_frechet_distance(ctx, fr, M, 0, 0, x, D, &d2[k][i], NULL, NULL));
            ddn_frechet_destroy(fr);
        }
        ddn_features_destroy(pca);
        ddn_features_destroy(all);
    }
    for (int i = 0; i < M * 2; i++) {
        CLOSE(f[1][i], f[0][i], 0, 1e-10);
    }
    CLOSE(d2[1][0], d2[0][0], 1e-10, 0);
    CLOSE(d2[1][1], d2[0][1], 1e-9, 0);
    ddn_dataset_destroy(ds[0]);
    ddn_dataset_destroy(ds[1]);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_have_the_moments_of_the_weights),
        cmocka_unit_test(divergences_agree_with_quadrature),
        cmocka_unit_test(references_are_those_of_the_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
