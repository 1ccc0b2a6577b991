/* Closed forms of collapse, bounds, condensation, and the simulated overlap. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/reference.h"

static void gaussian_collapse(void **state)
{
    (void)state;
    const json_t *cases = ref_at("collapse_times_gaussian");
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *c = json_array_get(cases, k);
        double n = ref_number(c, "n"), d = ref_number(c, "d"), s2 = ref_number(c, "sigma2");
        double t = ddn_theory_collapse(n, d, s2), alpha = ref_number(c, "alpha");
        CLOSE(t, ref_number(c, "tC"), 1e-12, 0);
        CLOSE(ddn_theory_collapse_alpha(alpha, s2), ref_number(c, "tC"), 1e-12, 0);
        CLOSE(ddn_theory_alpha_for_collapse(t, s2), alpha, 1e-12, 0);
        CLOSE(ddn_theory_excess_entropy(n, d, 0, s2, t), 0, 0, 1e-14);
    }
}

static void spectrum_collapse(void **state)
{
    (void)state;
    const json_t *cases = ref_at("collapse_times_spectrum.cases");
    double lambda[64];
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *c = json_array_get(cases, k);
        int64_t count = ref_numbers(c, "eigenvalues", lambda, 64);
        double t = ddn_theory_collapse_spectrum(ref_number(c, "n"), count, lambda);
        CLOSE(t, ref_number(c, "tC"), 1e-12, 0);
        CLOSE(ddn_theory_log_n_for_collapse_spectrum(t, count, lambda), log(ref_number(c, "n")),
              1e-12, 0);
    }
    for (int64_t i = 0; i < 64; i++) { /* equal eigenvalues: the isotropic formula */
        lambda[i] = 0.3;
    }
    for (double n = 1.001; n < 1e300; n *= 1e10) {
        CLOSE(ddn_theory_collapse_spectrum(n, 64, lambda), ddn_theory_collapse(n, 64, 0.3), 1e-11,
              0);
        CLOSE(ddn_theory_collapse_spectrum(n, 1, lambda), ddn_theory_collapse(n, 1, 0.3), 1e-11,
              1e-300);
    }
    lambda[0] = -1;
    assert_true(isnan(ddn_theory_collapse_spectrum(10, 2, lambda)));
    assert_true(isnan(ddn_theory_log_n_for_collapse_spectrum(1, 2, lambda)));
    lambda[0] = 0;
    assert_true(isnan(ddn_theory_collapse_spectrum(10, 1, lambda)));
    assert_true(isnan(ddn_theory_collapse_spectrum(1, 2, lambda)));
    assert_true(isnan(ddn_theory_collapse_spectrum(10, 2, NULL)));
    assert_true(isnan(ddn_theory_log_n_for_collapse_spectrum(0, 2, lambda)));
}

static void mixture_excess_entropy(void **state)
{
    (void)state;
    const json_t *cases = ref_at("excess_entropy_gmm.cases");
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *c = json_array_get(cases, k);
        double n = ref_number(c, "n"), d = ref_number(c, "d");
        double s2 = ref_number(c, "sigma2"), m2 = ref_number(c, "m2");
        CLOSE(log(n) / d, ref_number(c, "alpha"), 1e-14, 0);
        for (int64_t i = 0; i < ref_length(c, "t"); i++) {
            double t = ref_element(c, "t", i), h = 1e-4 * t;
            CLOSE(ddn_theory_excess_entropy(n, d, 0, s2, t), ref_element(c, "f_gauss", i), 1e-12,
                  1e-15);
            CLOSE(ddn_theory_excess_entropy(n, d, m2, s2, t), ref_element(c, "f_exact", i), 1e-12,
                  1e-15);
            double slope = (ddn_theory_excess_entropy(n, d, m2, s2, t + h) -
                            ddn_theory_excess_entropy(n, d, m2, s2, t - h)) /
                           (2 * h);
            CLOSE(ddn_theory_excess_entropy_derivative(d, m2, s2, t), slope, 1e-6, 1e-11);
        }
        CLOSE(ddn_theory_collapse_two_gaussians(n, d, 0, s2), ref_number(c, "tC_gauss"), 1e-12, 0);
        double t = ddn_theory_collapse_two_gaussians(n, d, m2, s2);
        CLOSE(t, ref_number(c, "tC_exact_zero"), 1e-11, 0);
        CLOSE(ddn_theory_excess_entropy(n, d, m2, s2, t), 0, 0, 1e-14);
    }
    /* No spread: f = alpha - I/d, positive at every t from n = 2 on. */
    CLOSE(ddn_theory_collapse_two_gaussians(2, 10, 4, 0), 0, 0, 0);
    double t = ddn_theory_collapse_two_gaussians(1.5, 10, 4, 0);
    CLOSE(ddn_theory_label_information(ddn_theory_signal(4, 0, t)), log(1.5), 1e-12, 0);
}

static void sandwich_bounds(void **state)
{
    (void)state;
    const json_t *cases = ref_at("collapse_finite_size_bounds.cases");
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *c = json_array_get(cases, k);
        double n = ref_number(c, "n"), d = ref_number(c, "d"), t = ref_number(c, "t");
        double alpha = log(n) / d; /* the reference holds f to its cancellation */
        CLOSE(ddn_theory_excess_entropy(n, d, 0, 1, t), ref_number(c, "f"), 1e-12, 1e-15 * alpha);
        CLOSE(ddn_theory_excess_lower(n, d, 1, t), ref_number(c, "fe_lower"), 1e-12, 1e-15);
        CLOSE(ddn_theory_excess_upper(n, d, 1, t), ref_number(c, "fe_upper"), 2e-10, 0);
        CLOSE(ddn_theory_phi_c_lower(n, d, 1, t), ref_number(c, "phiC_lower"), 2e-10, 0);
    }
    for (double d = 1; d < 2e4; d *= 3) { /* every dimension: order, limits */
        for (double t = 0.05; t < 8; t *= 2) {
            double low = ddn_theory_excess_lower(500, d, 0.7, t);
            double high = ddn_theory_excess_upper(500, d, 0.7, t);
            assert_true(low <= high && high <= log(500) / d + 1e-12);
            double phi = ddn_theory_phi_c_lower(500, d, 0.7, t);
            assert_true(phi >= 1.0 / 500 - 1e-12 && phi <= 1 + 1e-12);
        }
    }
    for (double d = 1e6; d < 1e308;
         d = d < 1e306 ? 1e6 * d : 9e307) { /* at once, however large d is */
        CLOSE(ddn_theory_excess_upper(500, d, 0.7, 0.3), 0, 0, 0);
        CLOSE(ddn_theory_phi_c_lower(500, d, 0.7, 0.3), 1, 1e-14, 0);
        CLOSE(ddn_theory_phi_c_lower(1e300, d, 0.7, 0.3), 1, 1e-14, 0);
        /* Wide enough that R is nearly a constant. */
        double t = log(d);
        CLOSE(ddn_theory_phi_c_lower(500, d, 0.7, t), 1.0 / 500, 1e-5, 0);
    }
    CLOSE(ddn_theory_excess_upper(500, 3, 0, 1), log(500) / 3, 1e-12, 0); /* points coincide */
    CLOSE(ddn_theory_phi_c_lower(500, 3, 0, 1), 1.0 / 500, 1e-12, 0);
    CLOSE(ddn_theory_excess_upper(1, 3, 1, 1), 0, 0, 0);
    CLOSE(ddn_theory_phi_c_lower(1, 3, 1, 1), 1, 0, 0);
}

static void condensation(void **state)
{
    (void)state;
    const json_t *cases = ref_at("rem.cases");
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *c = json_array_get(cases, k);
        double psi = 0, lambda = 0, f = 0;
        int32_t condensed = -1;
        assert_int_equal(ddn_theory_rem(ref_number(c, "alpha"), 1, ref_number(c, "t"), &psi,
                                        &lambda, &f, &condensed),
                         DDN_OK);
        CLOSE(psi, ref_number(c, "psi_plus"), 1e-12, 0);
        /* d lambda_c is of order (rounding of alpha)/(1 - lambda_c) near the transition. */
        CLOSE(lambda, ref_number(c, "lambda_c"), 1e-12, fmin(1e-8, 1e-15 / fabs(f)));
        CLOSE(f, ref_number(c, "f"), 1e-12, 1e-15);
        assert_int_equal(condensed, json_is_true(ref_get(c, "condensed")));
        assert_true((psi < -0.5) == (condensed != 0));
    }
    assert_int_equal(ddn_theory_rem(0.1, 1, 1, NULL, NULL, NULL, NULL), DDN_OK);
    assert_int_equal(ddn_theory_rem(0, 1, 1, NULL, NULL, NULL, NULL), DDN_E_RANGE);
    assert_int_equal(ddn_theory_rem(0.1, NAN, 1, NULL, NULL, NULL, NULL), DDN_E_RANGE);
    assert_int_equal(ddn_theory_rem(0.1, 1, -1, NULL, NULL, NULL, NULL), DDN_E_RANGE);
}

static void bad_arguments_give_nan(void **state)
{
    (void)state;
    const double bad[] = {NAN, INFINITY, -1};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double x = bad[i];
        assert_true(isnan(ddn_theory_collapse(x, 1, 1)) && isnan(ddn_theory_collapse(2, x, 1)) &&
                    isnan(ddn_theory_collapse(2, 1, x)));
        assert_true(isnan(ddn_theory_collapse_alpha(x, 1)));
        assert_true(isnan(ddn_theory_alpha_for_collapse(x, 1)));
        assert_true(isnan(ddn_theory_collapse_two_gaussians(x, 1, 1, 1)));
        assert_true(isnan(ddn_theory_collapse_two_gaussians(2, 1, x, 1)));
        assert_true(isnan(ddn_theory_excess_entropy(2, x, 1, 1, 1)));
        assert_true(isnan(ddn_theory_excess_entropy(2, 1, 1, 1, x)));
        assert_true(isnan(ddn_theory_excess_entropy_derivative(1, x, 1, 1)));
        assert_true(isnan(ddn_theory_excess_lower(x, 1, 1, 1)));
        assert_true(isnan(ddn_theory_excess_upper(2, x, 1, 1)));
        assert_true(isnan(ddn_theory_phi_c_lower(2, 1, x, 1)));
        assert_true(isnan(ddn_theory_phi_c_lower(2, 1, 1, x)));
    }
    assert_true(isnan(ddn_theory_collapse(1, 4, 1)));
    assert_true(isnan(ddn_theory_excess_entropy(2, 1, 1, 1, 0)));
}

/* Simulated phi against the closed form within 4 standard errors at 9 settings: false alarm about
 * 6e-4 for a random seed; the seed is fixed. */
static void overlap_paths_give_phi(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    double phi = 0, se = 0;
    for (double t = 2; t <= 4; t += 1) {
        OK(ctx, ddn_theory_overlap_phi(ctx, 256, 1, 1, t, 0, 100, 10000, 5, &phi, &se));
        CLOSE(phi, ddn_theory_phi_sign(256, 1, t), 0, 4 * se);
        assert_true(se < 0.0051);
    }
    for (double t = 0.2; t < 1; t += 0.3) { /* overlapping clusters: |m|^2 = 1.44, d = 4 */
        OK(ctx, ddn_theory_overlap_phi(ctx, 4, 0.36, 0.64, t, 0, 100, 10000, 5, &phi, &se));
        CLOSE(phi, ddn_theory_phi_sign(1.44, 0.64, t), 0, 4 * se);
        OK(ctx,
           ddn_theory_overlap_phi(ctx, 9, 1, 0, t, 1e-3, 200, 10000, 5, &phi, &se)); /* points */
        CLOSE(phi, ddn_theory_phi(ddn_theory_signal(9, 0, t)), 0, 4 * se + 1e-4);
    }
    ddn_context_destroy(ctx);
}

/* The law of q is carried from time to time: moments of q^2 within 4.5 standard errors. */
static void overlap_paths_carry_the_law(void **state)
{
    (void)state;
    enum {
        M = 20000,
        STEPS = 60
    };
    ddn_context *ctx = test_context(1);
    double times[STEPS + 1], *q = malloc(M * sizeof *q), *other = malloc(M * sizeof *other);
    assert_true(q != NULL && other != NULL);
    for (int k = 0; k <= STEPS; k++) {
        times[k] = 2 - 1.5 * k / STEPS;
    }
    OK(ctx, ddn_theory_overlap_draw(ctx, 16, 0.5, 0.5, times[0], 3, 0, M, q));
    memcpy(other, q, M * sizeof *q);
    OK(ctx, ddn_theory_overlap_run(ctx, 16, 0.5, 0.5, 3, 0, STEPS + 1, M, times, q));
    double m2 = 0, m4 = 0;
    for (int i = 0; i < M; i++) {
        m2 += q[i] * q[i] / M;
        m4 += pow(q[i], 4) / M;
    }
    double s = exp(-1), mean2 = 0.25 * 16 * s, variance = 0.5 * (1 - s / 2);
    double want4 = mean2 * mean2 + 6 * mean2 * variance + 3 * variance * variance;
    CLOSE(m2, mean2 + variance, 0, 4.5 * sqrt((want4 - pow(mean2 + variance, 2)) / M));
    CLOSE(m4, want4, 0.06, 0);

    /* Threads and the split of a batch do not change a path. */
    ddn_context *two = test_context(3);
    OK(two, ddn_theory_overlap_run(two, 16, 0.5, 0.5, 3, 0, STEPS + 1, 7777, times, other));
    OK(two, ddn_theory_overlap_run(two, 16, 0.5, 0.5, 3, 7777, STEPS + 1, M - 7777, times,
                                   other + 7777));
    assert_memory_equal(q, other, M * sizeof *q);
    ddn_context_destroy(two);

    FAILS(ctx, ddn_theory_overlap_run(ctx, 16, 0.5, 0.5, 3, 0, 1, M, times, q), DDN_E_RANGE,
          "count = 1");
    times[2] = times[1];
    FAILS(ctx, ddn_theory_overlap_run(ctx, 16, 0.5, 0.5, 3, 0, STEPS + 1, M, times, q), DDN_E_RANGE,
          "times[2]");
    times[1] = 0;
    FAILS(ctx, ddn_theory_overlap_run(ctx, 16, 0.5, 0, 3, 0, 2, M, times, q), DDN_E_RANGE,
          "time 0");
    q[5] = NAN;
    FAILS(ctx, ddn_theory_overlap_run(ctx, 16, 0.5, 1, 3, 0, 2, M, times, q), DDN_E_NONFINITE,
          "q[5]");
    FAILS(ctx, ddn_theory_overlap_run(ctx, 16, 0.5, 1, 3, 0, 2, M, times, NULL), DDN_E_NULL, "q");
    FAILS(ctx, ddn_theory_overlap_draw(ctx, -1, 0.5, 1, 1, 3, 0, M, q), DDN_E_RANGE, "d = -1");
    double phi, se;
    FAILS(ctx, ddn_theory_overlap_phi(ctx, 4, 1, 1, 1, 1, 10, 10, 0, &phi, &se), DDN_E_RANGE,
          "t_end");
    FAILS(ctx, ddn_theory_overlap_phi(ctx, 4, 1, 1, 1, 0, 10, 0, 0, &phi, &se), DDN_E_RANGE,
          "pairs = 0");
    free(q);
    free(other);
    ddn_context_destroy(ctx);
}

static ddn_status everything_that_allocates(ddn_context *ctx, void *arg)
{
    (void)arg;
    double phi, se, mean[2] = {0, 0}, cov[4] = {1, 0, 0.5, 1};
    double times[2] = {1, 0.5}, q[3] = {0, 1, 2}, ones[3] = {1, 1, 1};
    ddn_status status = ddn_theory_overlap_phi(ctx, 4, 1, 1, 1, 0, 5, 10, 0, &phi, &se);
    if (status == DDN_OK) {
        status = ddn_theory_overlap_run(ctx, 4, 1, 1, 0, 0, 2, 3, times, q);
    }
    if (status == DDN_OK) {
        status = ddn_theory_frechet(ctx, 2, mean, cov, mean, cov, &phi);
    }
    if (status == DDN_OK) {
        q[0] = 0, q[1] = 1, q[2] = 2;
        status = ddn_theory_knee(ctx, 3, 2, 0, q, ones, ones, NULL, &phi, NULL, NULL);
    }
    return status;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    assert_true(test_every_allocation(everything_that_allocates, NULL) > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaussian_collapse),      cmocka_unit_test(spectrum_collapse),
        cmocka_unit_test(mixture_excess_entropy), cmocka_unit_test(sandwich_bounds),
        cmocka_unit_test(condensation),           cmocka_unit_test(bad_arguments_give_nan),
        cmocka_unit_test(overlap_paths_give_phi), cmocka_unit_test(overlap_paths_carry_the_law),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
