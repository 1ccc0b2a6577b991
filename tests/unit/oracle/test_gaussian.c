/* The Gaussian oracle: mixtures of one, samples and draws, bad input. */
#include "support/fixtures.h"
#include "support/outputs.h"
#include "support/zoo.h"

enum {
    D = ZOO_D,
    M = 5
};

/* A full basis along the axes is a mixture of one diagonal component, and so is a partial basis
 * with its residual. */
static void gaussian_is_a_mixture_of_one(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    double values[D] = {4, 2, 1, 0.5, 0.25, 0}, vectors[D * D] = {0}, mean[D], x[M * D];
    const double one = 1;
    test_normal(1, D, mean);
    test_normal(2, M * D, x);
    for (int64_t i = 0; i < D; i++) {
        vectors[i * D + i] = i == 2 ? -1 : 1;
    }
    for (int64_t count = D; count >= 0; count -= 2) {
        double residual = count < D ? 0.3 : 0;
        for (int64_t i = count; i < D; i++) {
            values[i] = residual;
        }
        ddn_oracle *gaussian = NULL, *mixture = NULL;
        OK(s.ctx, ddn_oracle_create_gaussian(s.ctx, s.sch, D, count, residual, mean, values,
                                             vectors, D, &gaussian));
        OK(s.ctx, ddn_oracle_create_mixture(s.ctx, s.sch, DDN_VARIANCE_DIAGONAL, 1, D, &one, mean,
                                            D, values, D, NULL, &mixture));
        static const double times[] = {1e-5, 0.1, 1, 15};
        for (int i = 0; i < 4; i++) {
            test_outputs p = test_evaluate(s.ctx, gaussian, times[i], M, x, D, x);
            test_outputs q = test_evaluate(s.ctx, mixture, times[i], M, x, D, x);
            test_close_outputs(&p, &q, 1e-11, 1e-12);
            test_outputs_free(&p);
            test_outputs_free(&q);
        }
        ddn_oracle_destroy(gaussian);
        ddn_oracle_destroy(mixture);
    }
    test_setup_free(&s);
}

/* Second moments of 20000 samples and draws along the eigenvectors, 4.5 standard errors. */
static void gaussian_samples(void **state)
{
    (void)state;
    enum {
        N = 20000
    };
    test_setup s = test_setup_make(1);
    const double u[D] = {0.6, 0.8, 0, 0, 0, 0}, value = 3, residual = 0.5, t = 0.5;
    ddn_oracle *oracle = NULL;
    OK(s.ctx,
       ddn_oracle_create_gaussian(s.ctx, s.sch, D, 1, residual, NULL, &value, u, D, &oracle));
    double *x = malloc(N * D * sizeof *x), along = 0, rest = 0;
    OK(s.ctx, ddn_oracle_sample_data(s.ctx, oracle, 4, 0, N, x, D, NULL));
    for (int pass = 0; pass < 2; pass++) {
        const double a = exp(-t), s2 = -expm1(-2 * t);
        double want_along = pass ? s2 * value / (s2 + a * a * value) : value;
        double want_rest = pass ? s2 * residual / (s2 + a * a * residual) : residual;
        along = rest = 0;
        for (int64_t r = 0; r < N; r++) {
            double p = 0, n2 = 0;
            for (int64_t j = 0; j < D; j++) {
                p += u[j] * x[r * D + j];
                n2 += x[r * D + j] * x[r * D + j];
            }
            along += p * p / N;
            rest += (n2 - p * p) / ((D - 1.0) * N);
        }
        CLOSE(along, want_along, 4.5 * sqrt(2.0 / N), 0);
        CLOSE(rest, want_rest, 4.5 * sqrt(2.0 / (N * (D - 1.0))), 0);
        if (pass ==
            0) { /* at x = 0 the posterior mean is 0: the draws' moments are its covariance */
            memset(x, 0, N * D * sizeof *x);
            test_outputs o = test_evaluate(s.ctx, oracle, t, N, x, D, NULL);
            for (int64_t r = 0; r < N; r++) {
                memcpy(x + r * D, test_row(&o, DDN_OUT_DRAW, r), D * sizeof *x);
            }
            test_outputs_free(&o);
        }
    }
    free(x);
    ddn_oracle_destroy(oracle);
    test_setup_free(&s);
}

static void gaussian_refuses(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    ddn_context *ctx = s.ctx;
    double v[2] = {1, 2}, u[4] = {1, 0, 0.1, 1}, nan = NAN;
    ddn_oracle *o = NULL;
    FAILS(ctx, ddn_oracle_create_gaussian(ctx, s.sch, 2, 2, 1, NULL, v, u, 2, &o), DDN_E_RANGE,
          "not orthonormal");
    u[2] = 0;
    u[0] = 2;
    FAILS(ctx, ddn_oracle_create_gaussian(ctx, s.sch, 2, 2, 1, NULL, v, u, 2, &o), DDN_E_RANGE,
          "not orthonormal");
    u[0] = 1;
    FAILS(ctx, ddn_oracle_create_gaussian(ctx, s.sch, 2, 2, 1, NULL, v, u, 1, &o), DDN_E_SHAPE,
          "vectors");
    FAILS(ctx, ddn_oracle_create_gaussian(ctx, s.sch, 2, 3, 1, NULL, v, u, 2, &o), DDN_E_RANGE,
          "count = 3");
    FAILS(ctx, ddn_oracle_create_gaussian(ctx, s.sch, 2, 2, -1, NULL, v, u, 2, &o), DDN_E_RANGE,
          "residual");
    FAILS(ctx, ddn_oracle_create_gaussian(ctx, s.sch, 2, 2, 1, NULL, NULL, u, 2, &o), DDN_E_NULL,
          "values");
    FAILS(ctx, ddn_oracle_create_gaussian(ctx, s.sch, 1, 0, 1, &nan, NULL, NULL, 0, &o),
          DDN_E_NONFINITE, "mean");
    v[1] = -2;
    FAILS(ctx, ddn_oracle_create_gaussian(ctx, s.sch, 2, 2, 1, NULL, v, u, 2, &o), DDN_E_RANGE,
          "values[1] = -2");
    assert_null(o);
    test_setup_free(&s);
}

/* The Gaussian of a dataset with its full spectrum has the data's mean and covariance; with a part
 * of it the trace is kept; count = 0 is isotropic. */
static void gaussian_of_data(void **state)
{
    (void)state;
    enum {
        N = 40
    };
    test_setup s = test_setup_make(1);
    double data[N * D], mean[D] = {0}, cov[D][D] = {{0}}, x[D];
    test_normal(8, N * D, data);
    test_normal(9, D, x);
    for (int64_t i = 0; i < N * D; i++) {
        data[i] = data[i] * (double)(1 + i % D) + 3;
        mean[i % D] += data[i] / N;
    }
    for (int64_t i = 0; i < N * D; i++) {
        for (int64_t j = 0; j < D; j++) {
            cov[i % D][j] += (data[i] - mean[i % D]) * (data[i - i % D + j] - mean[j]) / N;
        }
    }
    ddn_dataset *ds = NULL;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, N, D, data, D, &ds));
    const double t = 0.3, a = exp(-t), s2 = -expm1(-2 * t);
    for (int64_t count = 0; count <= D; count++) {
        ddn_oracle *oracle = NULL;
        OK(s.ctx, ddn_oracle_create_gaussian_of(s.ctx, ds, s.sch, count, &oracle));
        double trace = 0, centre[D];
        for (int64_t j = 0; j < D; j++) {
            centre[j] = a * mean[j];
            trace += cov[j][j];
        }
        /* (s^2 + a^2 C) score = a mean - x where C is whole */
        test_outputs o = test_evaluate(s.ctx, oracle, t, 1, x, D, NULL);
        const double *score = test_row(&o, DDN_OUT_SCORE, 0);
        for (int64_t i = 0; count == D && i < D; i++) {
            double sum = s2 * score[i];
            for (int64_t j = 0; j < D; j++) {
                sum += a * a * cov[i][j] * score[j];
            }
            CLOSE(sum, centre[i] - x[i], 1e-9, 1e-9);
        }
        test_outputs_free(&o);
        /* At late times tr Cov(x_0 | x) goes to the trace of C, whatever the split. */
        o = test_evaluate(s.ctx, oracle, 18, 1, x, D, NULL);
        CLOSE(o.f64[DDN_OUT_TRACE_COV][0], trace, 1e-9, 0);
        test_outputs_free(&o);
        ddn_oracle_destroy(oracle);
    }
    ddn_oracle *none = NULL;
    FAILS(s.ctx, ddn_oracle_create_gaussian_of(s.ctx, ds, s.sch, D + 1, &none), DDN_E_RANGE,
          "count");
    FAILS(s.ctx, ddn_oracle_create_gaussian_of(s.ctx, NULL, s.sch, 1, &none), DDN_E_NULL, "ds");
    assert_null(none);
    ddn_dataset_destroy(ds);
    test_setup_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaussian_is_a_mixture_of_one),
        cmocka_unit_test(gaussian_samples),
        cmocka_unit_test(gaussian_refuses),
        cmocka_unit_test(gaussian_of_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
