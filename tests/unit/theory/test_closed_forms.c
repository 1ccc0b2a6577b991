/* Closed forms of speciation, symmetry breaking and late starts against reference.json. */
#include "support/fixtures.h"
#include "support/reference.h"

static void speciation_times(void **state)
{
    (void)state;
    const json_t *ref = ref_at("speciation_times");
    for (int64_t i = 0; i < ref_length(ref, "Lambda"); i++) {
        double lambda = ref_element(ref, "Lambda", i);
        CLOSE(ddn_theory_speciation(lambda), ref_element(ref, "tS_finite_half_log1p_Lambda", i),
              1e-14, 0);
        CLOSE(ddn_theory_speciation_asymptotic(lambda),
              ref_element(ref, "tS_asymptotic_half_log_Lambda", i), 1e-14, 1e-16);
        CLOSE(ddn_theory_ssb_time(lambda, 0, 1), ref_element(ref, "t_ssb_half_asinh_Lambda", i),
              1e-13, 0);
    }
}

static void clone_probability_tables(void **state)
{
    (void)state;
    const json_t *ref = ref_at("phi_two_gaussians");
    const json_t *tables = ref_get(ref, "tables");
    for (size_t k = 0; k < json_array_size(tables); k++) {
        const json_t *table = json_array_get(tables, k);
        for (int64_t i = 0; i < ref_length(ref, "t"); i++) {
            double r = ddn_theory_signal(ref_number(table, "m2"), ref_number(ref, "sigma2"),
                                         ref_element(ref, "t", i));
            CLOSE(r, ref_element(table, "r", i), 1e-13, 0);
            CLOSE(ddn_theory_phi(r), ref_element(table, "phi", i), 1e-12, 0);
        }
    }
    const json_t *by_r = ref_get(ref, "by_r");
    for (int64_t i = 0; i < ref_length(by_r, "r"); i++) {
        double r = ref_element(by_r, "r", i);
        CLOSE(ddn_theory_phi(r), ref_element(by_r, "phi", i), 1e-12, 0);
        CLOSE(ddn_theory_one_minus_phi(r), ref_element(by_r, "one_minus_phi", i), 1e-12, 0);
        CLOSE(ddn_theory_label_information(r), ref_element(by_r, "mutual_information_I", i), 1e-12,
              0);
    }
    const json_t *rest = ref_get(ref, "sigma_ne_1");
    for (size_t k = 0; k < json_array_size(rest); k++) {
        const json_t *c = json_array_get(rest, k);
        double r =
            ddn_theory_signal(ref_number(c, "m2"), ref_number(c, "sigma2"), ref_number(c, "t"));
        CLOSE(r, ref_number(c, "r"), 1e-13, 0);
        CLOSE(ddn_theory_phi(r), ref_number(c, "phi"), 1e-12, 0);
        CLOSE(ddn_theory_signal_time(ref_number(c, "m2"), ref_number(c, "sigma2"), r),
              ref_number(c, "t"), 1e-12, 0);
    }
    const json_t *sign = ref_get(ref, "sign_classifier");
    double m2 = pow(ref_number(sign, "m_norm"), 2), sigma2 = ref_number(sign, "sigma2");
    for (int64_t i = 0; i < ref_length(sign, "t"); i++) {
        double t = ref_element(sign, "t", i);
        CLOSE(ddn_theory_phi_sign(m2, sigma2, t), ref_element(sign, "phi_sign", i), 1e-10, 0);
        CLOSE(ddn_theory_phi(ddn_theory_signal(m2, sigma2, t)), ref_element(sign, "phi_label", i),
              1e-12, 0);
    }
}

/* Limits, and relations between quantities that come from different integrands. */
static void clone_probability_relations(void **state)
{
    (void)state;
    CLOSE(ddn_theory_phi(1), 0.775200245396663, 1e-14, 0);
    CLOSE(ddn_theory_phi(0), 0.5, 0, 0);
    CLOSE(ddn_theory_label_information(0), 0, 0, 0);
    CLOSE(ddn_theory_phi_derivative(0), 0.5, 0, 0);
    for (double r = 1e-3; r < 300; r *= 3) {
        double h = 1e-4 * r;
        double slope = (ddn_theory_phi(r + h) - ddn_theory_phi(r - h)) / (2 * h);
        CLOSE(ddn_theory_phi_derivative(r), slope, 1e-6, 1e-12 / r);
        double gain =
            (ddn_theory_label_information(r + h) - ddn_theory_label_information(r - h)) / (2 * h);
        CLOSE(ddn_theory_one_minus_phi(r), gain, 1e-6, 1e-12 / r); /* dI/dr = 1 - phi */
    }
    /* Large r: (1 - phi) e^(r/2) sqrt(2 pi r) -> pi/2 from below, in O(1/r). */
    for (double r = 100; r < 1300; r += 100) {
        double scaled = ddn_theory_one_minus_phi(r) * exp(r / 2) * sqrt(2 * M_PI * r);
        CLOSE(scaled, M_PI / 2 * (1 - M_PI * M_PI / (8 * r)), 4 / (r * r), 0);
    }
    CLOSE(ddn_theory_phi(1e300), 1, 0, 0);
    CLOSE(ddn_theory_label_information(1e300), M_LN2, 0, 0);
    /* Far apart clusters: both classifiers agree; without spread they are the same. */
    CLOSE(ddn_theory_phi_sign(400, 1, 3), ddn_theory_phi(ddn_theory_signal(400, 1, 3)), 1e-13, 0);
    CLOSE(ddn_theory_phi_sign(2, 0, 0.7), ddn_theory_phi(ddn_theory_signal(2, 0, 0.7)), 1e-13, 0);
    CLOSE(ddn_theory_phi_sign(1.44, 0.64, 1e-9), 1, 0, 1e-4);
    double weights[3] = {2, 2, 4};
    CLOSE(ddn_theory_phi_infinity(3, weights), 0.375, 1e-15, 0);
    CLOSE(ddn_theory_phi_level(0.5), 0.775200245396663, 1e-14, 0);
    CLOSE(ddn_theory_phi_level(1), 1, 0, 0);
}

static void overlap_potential(void **state)
{
    (void)state;
    const json_t *cases = ref_at("potential_V.cases");
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *c = json_array_get(cases, k);
        double d = ref_number(c, "d"), mu2 = ref_number(c, "mu2"), s2 = ref_number(c, "sigma2");
        double t = ref_number(c, "t"), q = ref_number(c, "q");
        CLOSE(ddn_theory_overlap_potential(d, mu2, s2, t, q), ref_number(c, "V"), 1e-12, 1e-14);
        CLOSE(ddn_theory_overlap_slope(d, mu2, s2, t, q), ref_number(c, "dV"), 1e-12, 1e-14);
        CLOSE(ddn_theory_overlap_curvature(d, mu2, s2, t, q), ref_number(c, "d2V"), 1e-12, 1e-14);
    }
}

/* One well above the critical time, two and a barrier below; the pair leaves 0 as a square root. */
static void overlap_wells(void **state)
{
    (void)state;
    double q[3], curvature[3];
    int64_t count = 0;
    for (double sigma2 = 0; sigma2 < 1.6; sigma2 += 0.5) {
        double critical = ddn_theory_ssb_time(256, sigma2, 1);
        assert_int_equal(
            ddn_theory_overlap_wells(256, 1, sigma2, critical + 1e-9, q, curvature, &count),
            DDN_OK);
        assert_int_equal(count, 1);
        assert_true(q[0] == 0 && curvature[0] > 0);
        for (double below = 1e-7; below < critical - 0.01; below *= 3) {
            double t = critical - below;
            assert_int_equal(ddn_theory_overlap_wells(256, 1, sigma2, t, q, curvature, &count),
                             DDN_OK);
            assert_int_equal(count, 3);
            assert_true(q[0] == -q[2] && q[1] == 0 && q[2] > 0);
            assert_true(curvature[0] > 0 && curvature[1] < 0 && curvature[2] > 0);
            double scale = fabs(ddn_theory_overlap_curvature(256, 1, sigma2, t, 0) * q[2]);
            CLOSE(ddn_theory_overlap_slope(256, 1, sigma2, t, q[2]), 0, 0, 1e-7 * scale + 1e-12);
        }
    }
    assert_int_equal(ddn_theory_overlap_wells(256, 1, 1, 0, q, curvature, &count), DDN_OK);
    CLOSE(q[2], 2 * sqrt(256), 1e-14, 0); /* 2 mu2 kappa/(2/Gamma - 1) */
    assert_int_equal(ddn_theory_overlap_wells(256, 1, 0, 0, q, curvature, &count), DDN_E_RANGE);
    assert_int_equal(ddn_theory_overlap_wells(256, 1, 1, 0, q, curvature, NULL), DDN_E_NULL);
}

static void critical_times(void **state)
{
    (void)state;
    const json_t *ref = ref_at("ssb");
    double t = ddn_theory_ssb_time(1, 0, 1);
    CLOSE(t, ref_number(ref, "t_ou_c"), 1e-12, 0);
    CLOSE(exp(-t), ref_number(ref, "theta_c"), 1e-12, 0);
    CLOSE(exp(-2 * t), M_SQRT2 - 1, 1e-12, 0);
    const json_t *two = ref_at("ssb.two_gaussians_critical_time.cases");
    for (size_t k = 0; k < json_array_size(two); k++) {
        const json_t *c = json_array_get(two, k);
        CLOSE(ddn_theory_ssb_time(ref_number(c, "m2"), ref_number(c, "sigma2"), 1),
              ref_number(c, "t_c"), 1e-12, 0);
    }
    ddn_context *ctx = test_context(1);
    ddn_schedule *vp = NULL;
    double u = 0;
    OK(ctx, ddn_schedule_create_vp_linear(ctx, 0.1, 20, &vp));
    OK(ctx, ddn_schedule_from_ou(ctx, vp, t, &u));
    CLOSE(u, ref_number(ref, "vp_s_c_betas_0.1_20"), 1e-12, 0);
    CLOSE(1 - u, ref_number(ref, "vp_generative_time_1_minus_s_c"), 1e-12, 0);
    ddn_schedule_destroy(vp);
    /* EDM: sigma^2 = Lambda at t_S. */
    double sigma = 0;
    OK(ctx, ddn_time_convert(ctx, DDN_COORDINATE_OU, DDN_COORDINATE_SIGMA, ddn_theory_speciation(7),
                             &sigma));
    CLOSE(sigma, sqrt(7), 1e-13, 0);
    ddn_context_destroy(ctx);
}

/* The slope of x + (1 + eta^2) score at the symmetric point, from the definition. */
static double central_slope(double m2, double sigma2, double eta, double t)
{
    double s = exp(-2 * t), gamma = 1 - s + sigma2 * s;
    return 1 + (1 + eta * eta) * (-1 / gamma + s * m2 / (gamma * gamma));
}

static void critical_times_for_every_eta(void **state)
{
    (void)state;
    for (double m2 = 0.3; m2 < 300; m2 *= 7) {
        for (double sigma2 = 0; sigma2 < 1.3; sigma2 += 0.4) {
            for (double eta = 0; eta < 3; eta += 0.5) {
                double t = ddn_theory_ssb_time(m2, sigma2, eta);
                assert_false(m2 > sigma2 && isnan(t));
                if (isfinite(t) && t > 0) {
                    double h = 1e-6 * t;
                    assert_true(central_slope(m2, sigma2, eta, t - h) > 0);
                    assert_true(central_slope(m2, sigma2, eta, t + h) < 0);
                }
            }
        }
    }
    assert_true(isinf(ddn_theory_ssb_time(1, 0, 0)) && isinf(ddn_theory_ssb_time(40, 0, 0)));
    CLOSE(exp(-2 * ddn_theory_ssb_time(0.4, 0, 0)), 0.6, 1e-14, 0); /* s_c = 1 - Lambda */
    assert_true(isnan(ddn_theory_ssb_time(0.1, 1, 1)));             /* one hump at every time */
}

static void hypersphere(void **state)
{
    (void)state;
    const json_t *cases = ref_at("ssb.hypersphere.cases");
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *c = json_array_get(cases, k);
        double dim = ref_number(c, "D"), r = ref_number(c, "r"), t = -log(0.9);
        CLOSE(ddn_theory_hypersphere_time(dim, r), ref_number(c, "t_ou_c"), 1e-12, 0);
        CLOSE(exp(-ddn_theory_hypersphere_time(dim, r)), ref_number(c, "theta_c"), 1e-12, 0);
        double rho = ddn_theory_hypersphere_radius(dim, r, t);
        if (json_object_get(c, "rho_star_at_theta_0.9") == NULL) {
            assert_true(rho == 0);
            continue;
        }
        CLOSE(rho, ref_number(c, "rho_star_at_theta_0.9"), 1e-12, 0);
        CLOSE(ddn_theory_bessel_ratio(dim, 0.9 * r * rho / (1 - 0.81)),
              ref_number(c, "bessel_ratio_there"), 1e-12, 0);
    }
    const json_t *points = ref_at("ssb.two_point_fixed_points.cases");
    for (size_t k = 0; k < json_array_size(points); k++) {
        const json_t *c = json_array_get(points, k);
        double theta = ref_number(c, "theta"), s = theta * theta, delta = 1 - s;
        double rho = ddn_theory_hypersphere_radius(1, 1, -log(theta));
        CLOSE(0.5 * central_slope(1, 0, 1, -log(theta)),
              ref_number(c, "drift_slope_at_0_over_beta"), 1e-11, 1e-14);
        CLOSE(ref_number(c, "u2_at_0_over_beta"), -ref_number(c, "drift_slope_at_0_over_beta"),
              1e-14, 0);
        if (json_object_get(c, "x_star") == NULL) {
            assert_true(rho == 0);
            continue;
        }
        CLOSE(rho, ref_number(c, "x_star"), 1e-12, 0);
        double m = tanh(theta * rho / delta);
        CLOSE(0.5 - 1 / delta + s / (delta * delta) * (1 - m * m),
              ref_number(c, "drift_slope_at_xstar_over_beta"), 1e-10, 0);
    }
    for (double k = 1e-8; k < 1e5; k *= 10) { /* A_1 = tanh, A_3 = coth k - 1/k */
        CLOSE(ddn_theory_bessel_ratio(1, k), tanh(k), 1e-13, 0);
        CLOSE(ddn_theory_bessel_ratio(3, k), 1 / tanh(k) - 1 / k, 1e-12, 1e-15 / k);
    }
    CLOSE(ddn_theory_bessel_ratio(5, 1e-300), 2e-301, 1e-14, 0);
}

static void late_start(void **state)
{
    (void)state;
    const json_t *ref = ref_at("late_start.two_gaussian_sigma1");
    for (int64_t i = 0; i < ref_length(ref, "r"); i++) {
        double r = ref_element(ref, "r", i);
        CLOSE(ddn_theory_kl_plain_start(r), ref_element(ref, "KL_Pt_vs_N0I = r/2-I(r)", i), 1e-12,
              1e-16);
        CLOSE(ddn_theory_kl_gaussian_start(r),
              ref_element(ref, "KL_Pt_vs_gaussian_late_start = log(1+r)/2-I(r)", i), 1e-12, 2e-16);
    }
    /* The leading terms r^2/4 and r^4/12 at small r. */
    CLOSE(ddn_theory_kl_plain_start(1e-6), 0.25e-12, 1e-5, 0);
    CLOSE(ddn_theory_kl_gaussian_start(1e-3), 1e-12 / 12, 0.01, 0);
    double eigenvalues[8], mean[8], mean2 = 0;
    int64_t d = ref_numbers(ref_at("late_start"), "eigenvalues_desc", eigenvalues, 8);
    ref_numbers(ref_at("late_start"), "mean", mean, 8);
    for (int64_t i = 0; i < d; i++) {
        mean2 += mean[i] * mean[i];
    }
    const json_t *cases = ref_at("late_start.cases");
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *c = json_array_get(cases, k);
        CLOSE(ddn_theory_kl_gaussian(mean2, ref_number(c, "t"), d, eigenvalues),
              ref_number(c, "KL_Nmut_Sigmat_vs_N0I"), 1e-12, 0);
    }
}

static void knee_of_a_curve(void **state)
{
    (void)state;
    double x[16], y[16], second[16], se[16], knee = 0, error = 0, share = 0;
    const json_t *ref = ref_at("late_start_knee");
    int64_t n = ref_numbers(ref, "T_start", x, 16);
    assert_int_equal(ref_numbers(ref, "fid", y, 16), n);
    ddn_context *ctx = test_context(1);
    OK(ctx, ddn_theory_knee(ctx, n, 0, 0, x, y, NULL, second, &knee, &error, &share));
    CLOSE(knee, ref_number(ref, "argmax_T_all"), 0, 0);
    assert_true(isnan(error) && isnan(share) && isnan(second[0]) && isnan(second[n - 1]));
    for (int64_t i = 1; i + 1 < n; i++) {
        CLOSE(second[i], ref_element(ref, "second_derivative_nonuniform", i), 1e-12, 0);
    }
    for (int64_t i = 0; i < n; i++) {
        se[i] = 1;
    }
    OK(ctx, ddn_theory_knee(ctx, n, 200, 1, x, y, se, NULL, &knee, &error, &share));
    CLOSE(share, 1, 0, 0); /* the peak is 37 errors above the next one */
    int64_t at = 1;
    while (x[at] < knee) {
        at++;
    }
    CLOSE(error, (x[at + 1] - x[at - 1]) / 2 / sqrt(12), 1e-12, 0); /* of the grid; 0.1.0: 0 */
    double low = NAN, high = NAN;
    OK(ctx, ddn_theory_knee_interval(ctx, n, x, y, se, &low, &high));
    CLOSE(low, (x[at - 1] + x[at]) / 2, 1e-12, 0);
    CLOSE(high, (x[at] + x[at + 1]) / 2, 1e-12, 0);
    for (int64_t i = 0; i < n; i++) {
        se[i] = 20;
    }
    OK(ctx, ddn_theory_knee_interval(ctx, n, x, y, se, &low, &high));
    assert_true(low < x[at - 1] || high > x[at + 1]);
    OK(ctx, ddn_theory_knee(ctx, n, 400, 1, x, y, se, NULL, &knee, &error, &share));
    assert_true(share > 0.4 && share < 1 && isnan(error));
    FAILS(ctx, ddn_theory_knee(ctx, 2, 0, 0, x, y, NULL, NULL, &knee, NULL, NULL), DDN_E_RANGE,
          "count = 2");
    FAILS(ctx, ddn_theory_knee_interval(ctx, n, x, y, NULL, &low, &high), DDN_E_NULL, "y_se");
    x[3] = x[2];
    FAILS(ctx, ddn_theory_knee(ctx, n, 0, 0, x, y, NULL, NULL, &knee, NULL, NULL), DDN_E_RANGE,
          "x[3]");
    y[1] = NAN;
    FAILS(ctx, ddn_theory_knee(ctx, n, 0, 0, x, y, NULL, NULL, &knee, NULL, NULL), DDN_E_NONFINITE,
          "point 1");
    ddn_context_destroy(ctx);
}

static void frechet_distance(void **state)
{
    (void)state;
    double m1[3], m2[3], c1[9], c2[9], distance = -1, other = -1;
    const json_t *ref = ref_at("frechet");
    ref_numbers(ref, "mean1", m1, 3);
    ref_numbers(ref, "mean2", m2, 3);
    ref_numbers(ref, "cov1", c1, 9);
    ref_numbers(ref, "cov2", c2, 9);
    ddn_context *ctx = test_context(1);
    OK(ctx, ddn_theory_frechet(ctx, 3, m1, c1, m2, c2, &distance));
    CLOSE(distance, ref_number(ref, "d2"), 1e-12, 0);
    OK(ctx, ddn_theory_frechet(ctx, 3, m2, c2, m1, c1, &other));
    CLOSE(other, distance, 1e-13, 0);
    OK(ctx, ddn_theory_frechet(ctx, 3, m1, c1, m1, c1, &distance));
    CLOSE(distance, 0, 0, 1e-14);
    double zero[9] = {0}; /* a point: its distance is |shift|^2 + tr C */
    OK(ctx, ddn_theory_frechet(ctx, 3, m1, zero, m1, c2, &distance));
    CLOSE(distance, c2[0] + c2[4] + c2[8], 1e-14, 0);
    double bad[9] = {1, 0, 0, 2, 1, 0, 0, 0, 1}; /* lower triangle: eigenvalue -1 */
    FAILS(ctx, ddn_theory_frechet(ctx, 3, m1, bad, m2, c2, &distance), DDN_E_RANGE, "cov1");
    FAILS(ctx, ddn_theory_frechet(ctx, 3, m1, c1, m2, bad, &distance), DDN_E_RANGE, "cov2");
    c2[3] = INFINITY;
    FAILS(ctx, ddn_theory_frechet(ctx, 3, m1, c1, m2, c2, &distance), DDN_E_NONFINITE,
          "cov2[1][0]");
    FAILS(ctx, ddn_theory_frechet(ctx, 0, m1, c1, m2, c2, &distance), DDN_E_RANGE, "d = 0");
    FAILS(ctx, ddn_theory_frechet(ctx, 3, m1, c1, m2, NULL, &distance), DDN_E_NULL, "cov2");
    ddn_context_destroy(ctx);
}

static void bad_arguments_give_nan(void **state)
{
    (void)state;
    double weights[2] = {1, -1};
    const double bad[] = {NAN, INFINITY, -1};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double x = bad[i];
        assert_true(isnan(ddn_theory_speciation(x)));
        assert_true(isnan(ddn_theory_speciation_asymptotic(x)));
        assert_true(isnan(ddn_theory_signal(x, 1, 1)) && isnan(ddn_theory_signal(1, x, 1)));
        assert_true(isnan(ddn_theory_signal(1, 1, x)) && isnan(ddn_theory_signal_time(1, 1, x)));
        assert_true(isnan(ddn_theory_phi(x)) && isnan(ddn_theory_one_minus_phi(x)));
        assert_true(isnan(ddn_theory_phi_derivative(x)));
        assert_true(isnan(ddn_theory_label_information(x)));
        assert_true(isnan(ddn_theory_phi_sign(x, 1, 1)) && isnan(ddn_theory_phi_sign(1, x, 1)) &&
                    isnan(ddn_theory_phi_sign(1, 1, x)));
        assert_true(isnan(ddn_theory_phi_level(x)));
        assert_true(isnan(ddn_theory_overlap_potential(x, 1, 1, 1, 0)));
        assert_true(isnan(ddn_theory_overlap_slope(1, x, 1, 1, 0)));
        assert_true(isnan(ddn_theory_overlap_curvature(1, 1, x, 1, 0)));
        assert_true(isnan(ddn_theory_overlap_slope(1, 1, 1, x, 0)));
        assert_true(isnan(ddn_theory_ssb_time(x, 1, 1)) && isnan(ddn_theory_ssb_time(1, x, 1)) &&
                    isnan(ddn_theory_ssb_time(1, 1, x)));
        assert_true(isnan(ddn_theory_hypersphere_time(x, 1)));
        assert_true(isnan(ddn_theory_hypersphere_radius(1, x, 1)));
        assert_true(isnan(ddn_theory_hypersphere_radius(1, 1, x)));
        assert_true(isnan(ddn_theory_bessel_ratio(x, 1)) && isnan(ddn_theory_bessel_ratio(1, x)));
        assert_true(isnan(ddn_theory_kl_plain_start(x)) && isnan(ddn_theory_kl_gaussian_start(x)));
        assert_true(isnan(ddn_theory_kl_gaussian(x, 1, 1, weights)));
        assert_true(isnan(ddn_theory_kl_gaussian(1, x, 1, weights)));
    }
    assert_true(isnan(ddn_theory_signal(1, 0, 0)) && ddn_theory_signal(2, 1, 0) == 2);
    assert_true(isnan(ddn_theory_overlap_slope(1, 1, 1, 1, NAN)));
    assert_true(isnan(ddn_theory_phi_infinity(2, weights)) &&
                isnan(ddn_theory_phi_infinity(1, NULL)) &&
                isnan(ddn_theory_phi_infinity(0, weights)));
    assert_true(isnan(ddn_theory_kl_gaussian(1, 1, 2, weights)));
    CLOSE(ddn_theory_bessel_ratio(2, 1e300), 1, 0, 0); /* at once */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speciation_times),
        cmocka_unit_test(clone_probability_tables),
        cmocka_unit_test(clone_probability_relations),
        cmocka_unit_test(overlap_potential),
        cmocka_unit_test(overlap_wells),
        cmocka_unit_test(critical_times),
        cmocka_unit_test(critical_times_for_every_eta),
        cmocka_unit_test(hypersphere),
        cmocka_unit_test(late_start),
        cmocka_unit_test(knee_of_a_curve),
        cmocka_unit_test(frechet_distance),
        cmocka_unit_test(bad_arguments_give_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
