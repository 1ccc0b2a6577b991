/* Gaussian mixtures: reference numbers, closed forms, bad input. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/outputs.h"
#include "support/reference.h"

enum {
    MAX = 64
};

/* Every number of a reference case, made in double from exact formulas: 1e-12, and at t = 1e-4 the
 * rounding floor 2^-53 (|x| + |c|)/Gamma for what vanishes. */
static void check_case(test_setup *s, const json_t *c)
{
    double pi[MAX], means[MAX], vars[MAX], x[MAX], v[MAX], want[MAX], jacobian[MAX];
    int64_t k = ref_numbers(c, "pi", pi, MAX), d = ref_numbers(c, "x", x, MAX);
    ref_numbers(c, "means", means, MAX);
    ref_numbers(c, "vars_diag", vars, MAX);
    if (json_is_array(ref_get(c, "v"))) {
        ref_numbers(c, "v", v, MAX);
    } else { /* the case has the Jacobian only */
        test_normal(3, d, v);
    }
    const double t = ref_number(c, "t"), floor = 1e-13;
    ddn_oracle *oracle = NULL;
    OK(s->ctx, ddn_oracle_create_mixture(s->ctx, s->sch, DDN_VARIANCE_DIAGONAL, k, d, pi, means, d,
                                         vars, d, NULL, &oracle));
    test_outputs o = test_evaluate(s->ctx, oracle, t, 1, x, d, v);
    CLOSE(o.f64[DDN_OUT_LOG_P][0], ref_number(c, "log_density"), 1e-13, 0);
    ref_numbers(c, "score", want, MAX);
    for (int64_t j = 0; j < d; j++) {
        CLOSE(test_row(&o, DDN_OUT_SCORE, 0)[j], want[j], 1e-12, floor);
    }
    ref_numbers(c, "posterior_mean", want, MAX);
    for (int64_t j = 0; j < d; j++) {
        CLOSE(test_row(&o, DDN_OUT_MEAN, 0)[j], want[j], 1e-12, floor);
    }
    CLOSE(o.f64[DDN_OUT_DIVERGENCE][0], ref_number(c, "div_score"), 1e-12, floor);
    ref_numbers(c, "score_jacobian", jacobian, MAX);
    for (int64_t i = 0; i < d; i++) {
        double jv = 0;
        for (int64_t j = 0; j < d; j++) {
            jv += jacobian[i * d + j] * v[j];
        }
        CLOSE(test_row(&o, DDN_OUT_JACOBIAN_TIMES_V, 0)[i], jv, 1e-12, 1e-12);
    }
    if (json_object_get(c, "jvp_v") != NULL) {
        ref_numbers(c, "jvp_v", want, MAX);
        for (int64_t i = 0; i < d; i++) {
            CLOSE(test_row(&o, DDN_OUT_JACOBIAN_TIMES_V, 0)[i], want[i], 1e-12, floor);
        }
    }
    double w[MAX], rest = 0, sum_w2 = 0, entropy = 0;
    ref_numbers(c, "responsibilities", w, MAX);
    int64_t top = o.i64[DDN_OUT_ARGMAX][0];
    for (int64_t i = 0; i < k; i++) {
        assert_true(w[i] <= w[top]);
        rest += i == top ? 0 : w[i];
        sum_w2 += w[i] * w[i];
        entropy -= w[i] > 0 ? w[i] * log(w[i]) : 0;
    }
    CLOSE(o.f64[DDN_OUT_W_MAX][0], w[top], 1e-12, 0);
    CLOSE(o.f64[DDN_OUT_ONE_MINUS_W_MAX][0], rest, 1e-11, 0);
    CLOSE(o.f64[DDN_OUT_SUM_W2][0], sum_w2, 1e-12, 0);
    CLOSE(o.f64[DDN_OUT_ENTROPY][0], entropy, 1e-11, 1e-15);
    test_outputs_free(&o);
    ddn_oracle_destroy(oracle);
}

static void reference_numbers(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    json_t *cases = ref_at("gmm_score");
    assert_true(json_array_size(cases) >= 14);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        check_case(&s, json_array_get(cases, i));
    }
    test_setup_free(&s);
}

/* score = (a m tanh(a m.x/Gamma) - x)/Gamma, and every output of the fast path equals the general
 * path's, which a third component of weight 0 forces. */
static void two_gaussians(void **state)
{
    (void)state;
    enum {
        D = 37,
        M = 20
    };
    test_setup s = test_setup_make(1);
    double m[D], x[M * D], v[M * D], means[3 * D];
    test_normal(1, D, m);
    test_normal(2, M * D, x);
    test_normal(3, M * D, v);
    for (int64_t j = 0; j < D; j++) {
        means[j] = m[j];
        means[D + j] = -m[j];
        means[2 * D + j] = 1;
    }
    const double weights[3] = {0.5, 0.5, 0}, sigma2 = 0.7;
    const int32_t labels[3] = {1, 0, 0};
    ddn_oracle *fast = NULL, *general = NULL;
    OK(s.ctx, ddn_oracle_create_two_gaussians(s.ctx, s.sch, D, sigma2, m, &fast));
    OK(s.ctx, ddn_oracle_create_mixture(s.ctx, s.sch, DDN_VARIANCE_SHARED, 3, D, weights, means, D,
                                        &sigma2, 0, labels, &general));
    static const double times[] = {1e-6, 0.01, 0.5, 2, 8, 20};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        const double t = times[i], a = exp(-t), gamma = -expm1(-2 * t) + a * a * sigma2;
        test_outputs p = test_evaluate(s.ctx, fast, t, M, x, D, v);
        test_outputs q = test_evaluate(s.ctx, general, t, M, x, D, v);
        test_outputs r = test_evaluate(s.ctx, fast, t, M, x, D, NULL); /* no second moments */
        for (int64_t row = 0; row < M; row++) {
            double dot = 0;
            for (int64_t j = 0; j < D; j++) {
                dot += m[j] * x[row * D + j];
            }
            for (int64_t j = 0; j < D; j++) {
                double score = (a * m[j] * tanh(a * dot / gamma) - x[row * D + j]) / gamma;
                CLOSE(test_row(&r, DDN_OUT_SCORE, row)[j], score, 1e-12, 1e-13);
            }
        }
        for (ddn_output what = 1; what < TEST_OUTPUTS; what++) {
            for (int64_t n = 0; p.f64[what] != NULL && n < M * p.ld[what]; n++) {
                CLOSE(p.f64[what][n], q.f64[what][n], 1e-11, 1e-12);
                if (r.f64[what] != NULL) {
                    CLOSE(r.f64[what][n], q.f64[what][n], 1e-11, 1e-12);
                }
            }
            for (int64_t n = 0; p.i64[what] != NULL && n < M; n++) {
                assert_int_equal(p.i64[what][n], q.i64[what][n]);
            }
        }
        test_outputs_free(&p);
        test_outputs_free(&q);
        test_outputs_free(&r);
    }
    ddn_oracle_destroy(fast);
    ddn_oracle_destroy(general);
    test_setup_free(&s);
}

/* With V = 0 and equal weights a mixture is the empirical oracle of its means. */
static void point_masses_are_data(void **state)
{
    (void)state;
    enum {
        N = 11,
        D = 5,
        M = 12
    };
    test_setup s = test_setup_make(1);
    double data[N * D], x[M * D], v[M * D], weights[N];
    int32_t labels[N];
    test_normal(4, N * D, data);
    test_normal(6, M * D, v);
    for (int64_t i = 0; i < N; i++) {
        weights[i] = 1.0 / N;
        labels[i] = (int32_t)(i % 3) * 7 - 4;
    }
    const double zero = 0;
    ddn_dataset *plain = NULL, *ds = NULL;
    ddn_oracle *mixture = NULL, *empirical = NULL;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, N, D, data, D, &plain));
    OK(s.ctx, ddn_dataset_create_labelled(s.ctx, plain, N, labels, &ds));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, ds, s.sch, &empirical));
    OK(s.ctx, ddn_oracle_create_mixture(s.ctx, s.sch, DDN_VARIANCE_SHARED, N, D, weights, data, D,
                                        &zero, 0, labels, &mixture));
    static const double times[] = {1e-4, 0.02, 0.3, 1, 4};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        const double a = exp(-times[i]), s2 = -expm1(-2 * times[i]);
        test_normal(5, M * D, x);
        for (int64_t n = 0; n < M * D; n++) {
            x[n] = a * data[n % (N * D)] + sqrt(s2) * x[n];
        }
        test_outputs p = test_evaluate(s.ctx, mixture, times[i], M, x, D, v);
        test_outputs q = test_evaluate(s.ctx, empirical, times[i], M, x, D, v);
        for (ddn_output what = 1; what < TEST_OUTPUTS; what++) {
            /* The distances of points are asked of data alone. */
            int far = what == DDN_OUT_NEAREST_DISTANCE2 || what == DDN_OUT_SECOND_DISTANCE2;
            assert_true((p.f64[what] == NULL) == (q.f64[what] == NULL || far));
            double scale = 0;
            for (int64_t n = 0; p.f64[what] != NULL && n < M * p.ld[what]; n++) {
                scale = fmax(scale, fabs(q.f64[what][n]));
            }
            for (int64_t n = 0; p.f64[what] != NULL && n < M * p.ld[what]; n++) {
                CLOSE(p.f64[what][n], q.f64[what][n], 1e-10, 1e-11 * scale);
            }
            for (int64_t n = 0; p.i64[what] != NULL && n < M; n++) {
                assert_int_equal(p.i64[what][n], q.i64[what][n]);
            }
        }
        test_outputs_free(&p);
        test_outputs_free(&q);
    }
    ddn_oracle_destroy(mixture);
    ddn_oracle_destroy(empirical);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(plain);
    test_setup_free(&s);
}

static void bad_input(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    ddn_context *ctx = s.ctx;
    double w[2] = {0.5, 0.5}, c[4] = {0, 1, 2, 3}, v[2] = {1, 1};
    ddn_oracle *o = (ddn_oracle *)&s;
#define TRY(k, d, w, c, ldm, kind, v, ldv)                                                         \
    ddn_oracle_create_mixture(ctx, s.sch, kind, k, d, w, c, ldm, v, ldv, NULL, &o)
    FAILS(ctx, TRY(0, 2, w, c, 2, DDN_VARIANCE_SHARED, v, 0), DDN_E_RANGE, "components = 0");
    assert_null(o);
    FAILS(ctx, TRY(2, 0, w, c, 2, DDN_VARIANCE_SHARED, v, 0), DDN_E_RANGE, "d = 0");
    FAILS(ctx, TRY(2, 2, w, c, 1, DDN_VARIANCE_SHARED, v, 0), DDN_E_SHAPE, "means");
    FAILS(ctx, TRY(2, 2, w, c, 2, 9, v, 0), DDN_E_KEY, "kind = 9");
    FAILS(ctx, TRY(2, 2, NULL, c, 2, DDN_VARIANCE_SHARED, v, 0), DDN_E_NULL, "weights");
    FAILS(ctx, TRY(2, 2, w, NULL, 2, DDN_VARIANCE_SHARED, v, 0), DDN_E_NULL, "means");
    FAILS(ctx, TRY(2, 2, w, c, 2, DDN_VARIANCE_SHARED, NULL, 0), DDN_E_NULL, "variances");
    FAILS(ctx, TRY(2, 2, w, c, 2, DDN_VARIANCE_DIAGONAL, c, 1), DDN_E_SHAPE, "variances");
    w[0] = 0.500001;
    FAILS(ctx, TRY(2, 2, w, c, 2, DDN_VARIANCE_SHARED, v, 0), DDN_E_RANGE, "sum to 1.000001");
    w[0] = 1.5;
    w[1] = -0.5;
    FAILS(ctx, TRY(2, 2, w, c, 2, DDN_VARIANCE_SHARED, v, 0), DDN_E_RANGE, "weights[1] = -0.5");
    w[0] = NAN;
    FAILS(ctx, TRY(2, 2, w, c, 2, DDN_VARIANCE_SHARED, v, 0), DDN_E_NONFINITE, "weights[0]");
    w[0] = w[1] = 0.5;
    v[1] = -1e-3;
    FAILS(ctx, TRY(2, 2, w, c, 2, DDN_VARIANCE_ISOTROPIC, v, 0), DDN_E_RANGE,
          "variances[1][0] = -0.001");
    FAILS(ctx, TRY(2, 2, w, c, 2, DDN_VARIANCE_SHARED_DIAGONAL, v, 0), DDN_E_RANGE,
          "variances[0][1] = -0.001");
    v[1] = INFINITY;
    FAILS(ctx, TRY(2, 2, w, c, 2, DDN_VARIANCE_ISOTROPIC, v, 0), DDN_E_NONFINITE, "variances");
    c[3] = NAN;
    FAILS(ctx, TRY(2, 2, w, c, 2, DDN_VARIANCE_SHARED, v, 0), DDN_E_NONFINITE, "means[1][1]");
    FAILS(ctx, ddn_oracle_create_two_gaussians(ctx, s.sch, 2, -1, c, &o), DDN_E_RANGE, "sigma2");
    FAILS(ctx, ddn_oracle_create_two_gaussians(ctx, s.sch, 2, 1, NULL, &o), DDN_E_NULL, "m");
#undef TRY
    /* Without labels there is no class posterior. */
    c[3] = 3;
    v[1] = 1;
    OK(ctx,
       ddn_oracle_create_mixture(ctx, s.sch, DDN_VARIANCE_SHARED, 2, 2, w, c, 2, v, 0, NULL, &o));
    assert_int_equal(ddn_oracle_can(o, DDN_OUT_CLASS_POSTERIOR), 0);
    assert_string_equal(ddn_oracle_kind(o), "mixture");
    ddn_oracle_destroy(o);
    test_setup_free(&s);
}

static ddn_status whole_life(ddn_context *ctx, void *arg)
{
    (void)arg;
    const double m[3] = {1, 2, 3}, x[6] = {0};
    double score[6];
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    if (status == DDN_OK) {
        status = ddn_oracle_create_two_gaussians(ctx, sch, 3, 1, m, &oracle);
    }
    if (status == DDN_OK) {
        status = ddn_oracle_score(ctx, oracle, 1, 2, x, 3, score, 3);
    }
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    return status;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    assert_true(test_every_allocation(whole_life, NULL) > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_numbers),     cmocka_unit_test(two_gaussians),
        cmocka_unit_test(point_masses_are_data), cmocka_unit_test(bad_input),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
