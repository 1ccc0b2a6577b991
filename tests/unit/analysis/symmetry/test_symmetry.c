/* Spontaneous symmetry breaking in small data sets: potential, fixed points, stability, critical
 * times, against reference numbers, closed forms and dense linear algebra. */
#include "support/bench.h"
#include "support/reference.h"
#include "support/results.h"

/* ---- One dimension, two points ---- */

static void two_points(void **state)
{
    (void)state;
    const double data[2] = {-1, 1};
    const json_t *cases = ref_at("ssb.two_point_fixed_points.cases");
    test_bench b = test_bench_make(1, TEST_OU, data, 2, 1);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        double t = -log(ref_number(c, "theta")), zero = 0, lambda, points[2];
        OK(b.ctx, ddn_symmetry_stability(b.sy, t, 1, &zero, &lambda, NULL, 0));
        /* du/dt of VP is beta/2 times that of OU. */
        double want = 2 * ref_number(c, "drift_slope_at_0_over_beta");
        CLOSE(lambda, want, 2e-13, 1e-13);
        ddn_result *r = NULL;
        OK(b.ctx, ddn_symmetry_fixed_points(b.sy, t, 2, data, 1, points, 1, &r));
        const json_t *known = json_object_get(c, "x_star");
        assert_int_equal(ddn_result_rows(r), known != NULL ? 2 : 1);
        assert_true(test_scalar(b.ctx, r, "failed") == 0);
        for (int64_t j = 0; j < ddn_result_rows(r); j++) {
            double x = known != NULL ? (j == 0 ? -1 : 1) * json_number_value(known) : 0;
            CLOSE(points[j], x, 1e-12, 1e-9);
            if (known != NULL) {
                CLOSE(test_element(b.ctx, r, "lambda", j),
                      2 * ref_number(c, "drift_slope_at_xstar_over_beta"), 1e-11, 0);
                CLOSE(points[j], x, 1e-12, 0);
                assert_true(test_element(b.ctx, r, "unstable", j) == 0);
            }
        }
        ddn_result_destroy(r);
    }
    test_bench_free(&b);
}

static void potential_of_the_talk(void **state)
{
    (void)state;
    const double data[2] = {-1, 1};
    const json_t *cases = ref_at("ssb.raya_potential.cases");
    test_bench b = test_bench_make(1, TEST_VP, data, 2, 1);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        double s = ref_number(c, "s"), x = ref_number(c, "x"), u, drift;
        OK(b.ctx, ddn_symmetry_potential(b.sy, s, 1, &x, 1, &u));
        OK(b.ctx, ddn_symmetry_drift(b.sy, s, 1, &x, 1, &drift, 1));
        CLOSE(u, ref_number(c, "u"), 1e-12, 0);
        CLOSE(-drift, ref_number(c, "u_prime"), 1e-11, 1e-12);
        /* The same along a line through x. */
        double v = 2, q[3] = {-0.01, 0, 0.01};
        ddn_result *r = NULL;
        OK(b.ctx, ddn_symmetry_line(b.sy, s, 3, &x, &v, q, &r));
        CLOSE(test_element(b.ctx, r, "u", 1), u, 1e-14, 0);
        CLOSE(test_element(b.ctx, r, "slope", 1), -2 * drift, 1e-13, 1e-12);
        double lambda;
        OK(b.ctx, ddn_symmetry_stability(b.sy, s, 1, &x, &lambda, NULL, 0));
        CLOSE(test_element(b.ctx, r, "curvature", 1), -4 * lambda, 1e-12, 1e-12);
        ddn_result_destroy(r);
    }
    test_bench_free(&b);
}

/* theta_c^2 = sqrt(2) - 1, by the criterion, by bisection on the measured stability, and by
 * continuation of the branch. */
static void critical_time_of_two_points(void **state)
{
    (void)state;
    const double data[2] = {-1, 1}, eta = 1, zero = 0;
    test_bench b = test_bench_make(1, TEST_OU, data, 2, 1);
    double t, low = 0.3, high = 0.6, want = sqrt(2) - 1;
    CLOSE(want, json_number_value(ref_at("ssb.theta_c_sq")), 1e-13, 0);
    OK(b.ctx, ddn_symmetry_critical_time(b.ctx, b.sch, eta, 1, &t));
    CLOSE(exp(-2 * t), want, 1e-14, 0);
    while (high - low > 1e-15) {
        double middle = 0.5 * (low + high), lambda;
        OK(b.ctx, ddn_symmetry_stability(b.sy, middle, 1, &zero, &lambda, NULL, 0));
        *(lambda > 0 ? &low : &high) = middle;
        if (!(middle > low) && !(middle < high)) {
            break;
        }
    }
    CLOSE(exp(-2 * low), want, 0, 1e-12);
    const double etas[4] = {0, 0.5, 1, 3};
    ddn_result *r = NULL;
    OK(b.ctx, ddn_symmetry_critical(b.sy, 1, 4, etas, &r));
    CLOSE(exp(-2 * test_element(b.ctx, r, "t_measured", 2)), want, 0, 1e-12);
    for (int i = 0; i < 4; i++) {
        double c = 1 + etas[i] * etas[i], half = 1 - c; /* s^2 + s (2 c - 2) + 1 - c = 0 */
        double s = half + sqrt(half * half + c - 1);
        if (i > 0) {
            CLOSE(test_element(b.ctx, r, "t_ou_coordinates", i), -0.5 * log(s), 1e-13, 0);
            CLOSE(test_element(b.ctx, r, "t_measured", i), -0.5 * log(s), 1e-12, 0);
            CLOSE(test_element(b.ctx, r, "theta", i), sqrt(s), 1e-13, 0);
        } else { /* the probability flow's origin is unstable at all times */
            assert_true(isnan(test_element(b.ctx, r, "t", i)));
            assert_true(isnan(test_element(b.ctx, r, "theta", i)));
        }
        CLOSE(test_element(b.ctx, r, "t_edm_coordinates", i), 0.5 * log(2), 1e-13, 0);
        CLOSE(test_element(b.ctx, r, "sigma", i), 1, 1e-13, 0);
    }
    ddn_result_destroy(r);
    test_bench_free(&b);
    /* VP: the same noise level on another clock; EDM: another time. */
    for (int kind = TEST_VP; kind <= TEST_EDM; kind += TEST_EDM - TEST_VP) {
        b = test_bench_make(1, (test_kind)kind, data, 2, 1);
        OK(b.ctx, ddn_symmetry_critical(b.sy, 1, 1, &eta, &r));
        double wanted = kind == TEST_VP ? ref_number(ref_at("ssb"), "vp_s_c_betas_0.1_20") : 1;
        CLOSE(test_element(b.ctx, r, "t", 0), wanted, 1e-12, 0);
        CLOSE(test_element(b.ctx, r, "t_measured", 0), wanted, 1e-11, 0);
        ddn_result_destroy(r);
        test_bench_free(&b);
    }
}

/* The whole range of lambda: eigenvalues far below and above those of images too. */
static void critical_times_of_any_size(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *ou = test_schedule(ctx, TEST_OU), *edm = test_schedule(ctx, TEST_EDM);
    double t;
    for (double lambda = 1e-290; lambda < 1e291; lambda *= 1e10) {
        OK(ctx, ddn_symmetry_critical_time(ctx, ou, 1, lambda, &t));
        CLOSE(t, asinh(lambda) / 2, 1e-14, 0);
        /* The root has the digits of OU time, log(sigma) where that is large. */
        OK(ctx, ddn_symmetry_critical_time(ctx, edm, 1, lambda, &t));
        CLOSE(t, sqrt(lambda), 1e-14 + 4e-16 * fmax(0, log(lambda)), 0);
    }
    OK(ctx, ddn_symmetry_critical_time(ctx, ou, 1, 0, &t));
    assert_true(isnan(t));
    OK(ctx, ddn_symmetry_critical_time(ctx, ou, 0, 1, &t)); /* unstable at every time */
    assert_true(isnan(t));
    FAILS(ctx, ddn_symmetry_critical_time(ctx, ou, 1, NAN, &t), DDN_E_NONFINITE, "lambda");
    FAILS(ctx, ddn_symmetry_critical_time(ctx, ou, 1, -1, &t), DDN_E_RANGE, "lambda");
    ddn_schedule_destroy(ou);
    ddn_schedule_destroy(edm);
    ddn_context_destroy(ctx);
}

/* Gaussian clusters: by bisection on the stability of the origin under the mixture oracle. */
static void critical_times_of_two_gaussians(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *ou = test_schedule(ctx, TEST_OU);
    const json_t *cases = ref_at("ssb.two_gaussians_critical_time.cases");
    enum {
        D = 3
    };
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        double length = sqrt(ref_number(c, "m2")), low = 1e-3, high = 8, zero[D] = {0, 0, 0};
        double m[D] = {length / 3, -2 * length / 3, 2 * length / 3}, vector[D], lambda;
        ddn_oracle *oracle = NULL;
        ddn_symmetry *sy = NULL;
        OK(ctx, ddn_oracle_create_two_gaussians(ctx, ou, D, ref_number(c, "sigma2"), m, &oracle));
        OK(ctx, ddn_symmetry_create(ctx, oracle, &sy));
        for (int j = 0; j < 60; j++) {
            double middle = 0.5 * (low + high);
            OK(ctx, ddn_symmetry_stability(sy, middle, 1, zero, &lambda, vector, D));
            *(lambda > 0 ? &low : &high) = middle;
        }
        CLOSE(low, ref_number(c, "t_c"), 1e-11, 0);
        OK(ctx, ddn_symmetry_stability(sy, low, 1, zero, &lambda, vector, D));
        double along = fabs(vector[0] * m[0] + vector[1] * m[1] + vector[2] * m[2]) / length;
        CLOSE(along, 1, 1e-12, 0);
        ddn_symmetry_destroy(sy);
        ddn_oracle_destroy(oracle);
    }
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
}

/* ---- Spheres ---- */

/* Points evenly around a circle: the trapezoidal rule, exponentially close to the uniform measure.
 * Its covariance has a double eigenvalue r^2/2, and the fixed points form a circle. */
static void circle(void **state)
{
    (void)state;
    enum {
        N = 64
    };
    double data[2 * N], lambda[2], start[2] = {0.3, -0.2}, x[2], zero[2] = {0, 0};
    for (int i = 0; i < N; i++) {
        data[2 * i] = cos(2 * M_PI * i / N);
        data[2 * i + 1] = sin(2 * M_PI * i / N);
    }
    const json_t *c = json_array_get(ref_at("ssb.hypersphere.cases"), 1);
    assert_true(ref_number(c, "D") == 2 && ref_number(c, "r") == 1);
    test_bench b = test_bench_make(1, TEST_OU, data, N, 2);
    double t_c = ref_number(c, "t_ou_c"), t;
    OK(b.ctx, ddn_symmetry_critical_time(b.ctx, b.sch, 1, 0.5, &t));
    CLOSE(t, t_c, 1e-13, 0);
    OK(b.ctx, ddn_symmetry_stability(b.sy, t_c, 2, zero, lambda, NULL, 0));
    CLOSE(lambda[0], 0, 0, 1e-12);
    CLOSE(lambda[1], 0, 0, 1e-12);
    ddn_result *r = NULL;
    OK(b.ctx, ddn_symmetry_fixed_points(b.sy, -log(0.9), 1, start, 2, x, 2, &r));
    CLOSE(hypot(x[0], x[1]), ref_number(c, "rho_star_at_theta_0.9"), 1e-11, 0);
    CLOSE(test_element(b.ctx, r, "norm", 0), hypot(x[0], x[1]), 1e-15, 0);
    CLOSE(test_element(b.ctx, r, "lambda", 0), 0, 0, 1e-8); /* along the circle it is neutral */
    ddn_result_destroy(r);
    test_bench_free(&b);
}

/* Random antipodal pairs on a sphere: the fixed radius within the sampling error. With n pairs the
 * norm of the mean posterior fluctuates by about 1/sqrt(n): 4 standard errors, fixed seed. */
static void sampled_sphere(void **state)
{
    (void)state;
    enum {
        N = 4000,
        D = 3
    };
    const json_t *c = json_array_get(ref_at("ssb.hypersphere.cases"), 3);
    double r = ref_number(c, "r"), *data = malloc(2 * N * D * sizeof *data), x[D];
    assert_true(ref_number(c, "D") == D && r == 2);
    test_normal(5, N * D, data);
    for (int i = 0; i < N; i++) {
        double *p = data + i * D, norm = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
        for (int j = 0; j < D; j++) {
            p[j] *= r / norm;
            data[(N + i) * D + j] = -p[j];
        }
    }
    test_bench b = test_bench_make(1, TEST_OU, data, 2 * N, D);
    ddn_result *fixed = NULL;
    const double start[D] = {1, 1, -1};
    OK(b.ctx, ddn_symmetry_fixed_points(b.sy, -log(0.9), 1, start, D, x, D, &fixed));
    CLOSE(test_element(b.ctx, fixed, "norm", 0), ref_number(c, "rho_star_at_theta_0.9"),
          4 / sqrt(N), 0);
    ddn_result_destroy(fixed);
    test_bench_free(&b);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_points),
        cmocka_unit_test(potential_of_the_talk),
        cmocka_unit_test(critical_time_of_two_points),
        cmocka_unit_test(critical_times_of_two_gaussians),
        cmocka_unit_test(critical_times_of_any_size),
        cmocka_unit_test(circle),
        cmocka_unit_test(sampled_sphere),
    };
    return cmocka_run_group_tests_name("symmetry", tests, NULL, NULL);
}
