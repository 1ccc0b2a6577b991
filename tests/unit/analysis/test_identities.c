/* Clone probabilities and excess entropy by identities: exact quadrature in one dimension, limits,
 * invariances, determinism, and what is refused. */
#include "support/course.h"
#include "support/reference.h"
#include "support/toy.h"

static ddn_analysis *analysis(ddn_context *ctx, int64_t samples)
{
    ddn_analysis *an = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, samples));
    return an;
}

/* A mean over samples in [0, bound] against its exact value: within 4 standard errors where the
 * sample can see the variance, else within 4 standard errors of the worst variance that a mean of
 * this size allows. */
static void within(ddn_context *ctx, const ddn_result *r, const char *name, const char *error_name,
                   double exact, double complement, double bound, double samples)
{
    double got = test_element(ctx, r, name, 0), error = test_element(ctx, r, error_name, 0);
    double small = fmin(exact, fabs(complement));
    if (small * samples < 1000 * bound) {
        error = fmax(error, sqrt(small * bound / samples) + 2.5 * bound * (small > 0) / samples);
    }
    CLOSE(got, exact, 0, 4 * error + 1e-12);
}

/* exact_1d: 15 cases of 6 numbers; at 4 standard errors a correct build fails with probability
 * 90 x 6.3e-5 = 0.6 % over the choice of seeds. The seed is fixed. */
static void quadrature_in_one_dimension(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    json_t *cases = ref_at("exact_1d.cases");
    const int64_t samples = 30000;
    for (size_t i = 0; i < json_array_size(cases); i++) {
        json_t *c = json_array_get(cases, i);
        double points[8], labels[8], t = ref_number(c, "t");
        int32_t label[8];
        int64_t n = ref_numbers(c, "data", points, 8);
        assert_int_equal(ref_numbers(c, "labels", labels, 8), n);
        for (int64_t j = 0; j < n; j++) {
            label[j] = (int32_t)labels[j];
        }
        ddn_oracle *oracle = toy_oracle(ctx, points, n, 1, label);
        ddn_analysis *an = analysis(ctx, samples);
        ddn_result *r = NULL;
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, 11));
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_BATCH, 4096));
        OK(ctx, ddn_analysis_identities(an, oracle, 1, &t, &r));
        double N = (double)samples, fe = ref_number(c, "fe"), phi = ref_number(c, "phi");
        double phi_C = ref_number(c, "phi_C"), w_max = ref_number(c, "E_max_w");
        double top = log((double)n), mmse = ref_number(c, "mmse"), slope = ref_number(c, "dfe_dt");
        within(ctx, r, "f", "f_se", fe, fe, top, N);
        within(ctx, r, "f_over_alpha", "f_over_alpha_se", fe / top, fe / top, 1, N);
        within(ctx, r, "phi", "phi_se", phi, 1 - phi, 1, N);
        within(ctx, r, "phi_C", "phi_C_se", phi_C, 1 - phi_C, 1, N);
        within(ctx, r, "w_max", "w_max_se", w_max, 1 - w_max, 1, N);
        within(ctx, r, "mmse", "mmse_se", mmse, mmse, 6.25, N);
        within(ctx, r, "df_dt", "df_dt_se", slope, slope, 6.25 * slope / mmse, N);
        /* E log p = -(entropy of p_t) */
        CLOSE(test_element(ctx, r, "log_p", 0), -ref_number(c, "entropy_Pt"), 0,
              4 * test_element(ctx, r, "log_p_se", 0));
        assert_true(test_scalar(ctx, r, "n") == (double)n && test_scalar(ctx, r, "d") == 1);
        assert_true(test_element(ctx, r, "samples", 0) == N && test_scalar(ctx, r, "classes") == 2);
        assert_true(test_scalar(ctx, r, "evaluations") == N);
        CLOSE(test_scalar(ctx, r, "alpha"), top, 1e-15, 0);
        ddn_result_destroy(r);
        ddn_analysis_destroy(an);
        ddn_oracle_destroy(oracle);
    }
    ddn_context_destroy(ctx);
}

static const double grid[] = {1e-3, 0.01, 0.03, 0.06, 0.1, 0.2, 0.4, 0.7, 1.2, 2, 3, 5, 8};
enum {
    GRID = sizeof grid / sizeof grid[0]
};

static void excess_entropy_rises_from_0_to_alpha(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 60, 4, 2, 1);
    ddn_analysis *an = analysis(ctx, 600);
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_identities(an, oracle, GRID, grid, &r));
    double alpha = test_scalar(ctx, r, "alpha");
    for (int64_t k = 0; k < GRID; k++) {
        double f = test_element(ctx, r, "f", k);
        assert_true(f >= 0 && f <= alpha);
        assert_true(k == 0 || f > test_element(ctx, r, "f", k - 1));
        assert_true(test_element(ctx, r, "df_dt", k) >= 0);
        double phi = test_element(ctx, r, "phi", k), phi_C = test_element(ctx, r, "phi_C", k);
        assert_true(phi_C <= phi && phi <= 1 && phi >= 0.5 - 1e-12 && phi_C >= 1.0 / 60 - 1e-12);
        assert_true(test_element(ctx, r, "w_max", k) >= phi_C);
    }
    CLOSE(test_element(ctx, r, "f_over_alpha", GRID - 1), 1, 1e-4, 0);
    CLOSE(test_element(ctx, r, "phi", GRID - 1), 0.5, 1e-4, 0);
    CLOSE(test_element(ctx, r, "phi_C", GRID - 1), 1.0 / 60, 1e-3, 0);
    CLOSE(test_element(ctx, r, "phi_C", 0), 1, 0.02, 0);
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* With the same noise at all times the difference of f over a short step has little noise, but
 * equals the I-MMSE derivative only in the mean: 4 errors of each, and the curvature over h. */
static void derivative_follows_from_the_mmse(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    ddn_oracle *oracle = toy_clusters(ctx, 60, 4, 2, 1);
    ddn_analysis *an = analysis(ctx, 6000);
    for (int i = 0; i < 2; i++) {
        double t = i == 0 ? 0.15 : 0.6, h = 0.01 * t;
        const double times[] = {t - h, t, t + h};
        ddn_result *r = NULL;
        OK(ctx, ddn_analysis_identities(an, oracle, 3, times, &r));
        double slope = (test_element(ctx, r, "f", 2) - test_element(ctx, r, "f", 0)) / (2 * h);
        double want = test_element(ctx, r, "df_dt", 1), error = test_element(ctx, r, "df_dt_se", 1);
        assert_true(error < 0.03 * want);
        CLOSE(slope, want, 0.002, 8 * error);
        ddn_result_destroy(r);
    }
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Each point twice: every weight is halved, the density stays. */
static void duplication_adds_log_2(void **state)
{
    (void)state;
    enum {
        N = 12,
        D = 3
    };
    ddn_context *ctx = test_context(1);
    double points[2 * N * D];
    int32_t labels[2 * N];
    test_normal(3, N * D, points);
    memcpy(points + N * D, points, N * D * sizeof *points);
    for (int i = 0; i < 2 * N; i++) {
        labels[i] = i % N % 3;
    }
    ddn_oracle *once = toy_oracle(ctx, points, N, D, labels);
    ddn_oracle *twice = toy_oracle(ctx, points, 2 * N, D, labels);
    ddn_analysis *an = analysis(ctx, 24000);
    ddn_result *a = NULL, *b = NULL;
    const double times[] = {0.02, 0.2, 1};
    OK(ctx, ddn_analysis_identities(an, once, 3, times, &a));
    OK(ctx, ddn_analysis_identities(an, twice, 3, times, &b));
    for (int64_t k = 0; k < 3; k++) {
        double fa = test_element(ctx, a, "f", k), fb = test_element(ctx, b, "f", k);
        double e = 4 * hypot(test_element(ctx, a, "f_se", k), test_element(ctx, b, "f_se", k));
        CLOSE(fb, fa + log(2) / D, 0, e);
        CLOSE(test_element(ctx, b, "phi_C", k), test_element(ctx, a, "phi_C", k) / 2, 0,
              6 * test_element(ctx, a, "phi_C_se", k));
        CLOSE(test_element(ctx, b, "phi", k), test_element(ctx, a, "phi", k), 0,
              6 * test_element(ctx, a, "phi_se", k) + 1e-12);
        CLOSE(test_element(ctx, b, "log_p", k), test_element(ctx, a, "log_p", k), 0,
              6 * test_element(ctx, a, "log_p_se", k));
    }
    ddn_result_destroy(a);
    ddn_result_destroy(b);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(once);
    ddn_oracle_destroy(twice);
    ddn_context_destroy(ctx);
}

static void trivial_data_give_trivial_answers(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_analysis *an = analysis(ctx, 64);
    const double point[] = {1, -2, 0.5}, t = 0.3;
    const int32_t label = 4;
    ddn_result *r = NULL;
    ddn_oracle *one = toy_oracle(ctx, point, 1, 3, &label);
    OK(ctx, ddn_analysis_identities(an, one, 1, &t, &r));
    CLOSE(test_element(ctx, r, "phi", 0), 1, 0, 1e-15);
    CLOSE(test_element(ctx, r, "phi_C", 0), 1, 0, 1e-15);
    CLOSE(test_element(ctx, r, "f", 0), 0, 0, 1e-15);
    CLOSE(test_element(ctx, r, "mmse", 0), 0, 0, 1e-15);
    assert_true(isnan(test_element(ctx, r, "f_over_alpha", 0)));
    assert_true(test_scalar(ctx, r, "alpha") == 0 && test_scalar(ctx, r, "classes") == 1);
    ddn_result_destroy(r);
    ddn_oracle_destroy(one);

    ddn_oracle *unlabelled = toy_clusters(ctx, 20, 3, 2, 0);
    OK(ctx, ddn_analysis_identities(an, unlabelled, 1, &t, &r));
    assert_true(isnan(test_element(ctx, r, "phi", 0)) && isnan(test_element(ctx, r, "phi_se", 0)));
    assert_true(test_element(ctx, r, "phi_C", 0) > 0 && test_scalar(ctx, r, "classes") == 0);
    ddn_result_destroy(r);
    ddn_oracle_destroy(unlabelled);
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
}

/* A class of 25 copies of a point and 75 points far from all: sum w^2 is 1/25 or 1, so that phi_C
 * counts how many samples came from which. Independent draws make that binomial: over 400 seeds the
 * variance is within 4.5 standard errors of it (a correct build fails with probability 7e-6), and
 * so is the mean; a choice that takes points equally often has next to none. */
static void samples_are_independent_draws(void **state)
{
    (void)state;
    enum {
        N = 100,
        SEEDS = 400,
        SAMPLES = 40
    };
    ddn_context *ctx = test_context(1);
    double points[N], sum = 0, square = 0;
    for (int i = 0; i < N; i++) {
        points[i] = i < 25 ? 0 : 1000.0 * i;
    }
    ddn_oracle *oracle = toy_oracle(ctx, points, N, 1, NULL);
    ddn_analysis *an = analysis(ctx, SAMPLES);
    const double t = 1e-3, error = sqrt(0.25 * 0.75 / SAMPLES);
    for (int64_t seed = 0; seed < SEEDS; seed++) {
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, seed));
        ddn_result *r = NULL;
        OK(ctx, ddn_analysis_identities(an, oracle, 1, &t, &r));
        double share = (1 - test_element(ctx, r, "phi_C", 0)) / (1 - 1.0 / 25);
        double off = (share - 0.25) / error;
        sum += off;
        square += off * off;
        ddn_result_destroy(r);
    }
    CLOSE(sum / SEEDS, 0, 0, 4.5 / sqrt(SEEDS));
    CLOSE(square / SEEDS, 1, 0, 4.5 * sqrt(2.0 / SEEDS));
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static void results_depend_on_nothing_but_the_seed(void **state)
{
    (void)state;
    ddn_result *by_threads[3] = {NULL}, *sub = NULL, *batched = NULL, *other = NULL;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 300, 40, 2, 1);
    for (int64_t i = 0; i < 3; i++) {
        ddn_context *threads = test_context(i + 1);
        ddn_analysis *an = analysis(threads, 200);
        OK(threads, ddn_analysis_identities(an, oracle, GRID, grid, &by_threads[i]));
        ddn_analysis_destroy(an);
        ddn_context_destroy(threads);
    }
    test_same_results(ctx, by_threads[0], by_threads[1]);
    test_same_results(ctx, by_threads[0], by_threads[2]);
    ddn_analysis *an = analysis(ctx, 200);
    OK(ctx, ddn_analysis_identities(an, oracle, 2, grid + 4, &sub)); /* the same bits alone */
    assert_true(test_element(ctx, sub, "f", 1) == test_element(ctx, by_threads[0], "f", 5));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_BATCH, 7));
    test_course course = {0, {0}};
    OK(ctx, ddn_context_set_progress(ctx, test_follow, &course, NULL));
    OK(ctx, ddn_analysis_identities(an, oracle, GRID, grid, &batched));
    OK(ctx, ddn_context_set_progress(ctx, NULL, NULL, NULL));
    for (int k = 0; k < 3; k++) { /* of 29 batches */
        assert_in_range(course.count[k], 8, 1000);
    }
    for (int64_t i = 0; i < ddn_result_column_count(batched); i++) {
        const char *name = ddn_result_column_name(batched, i);
        for (int64_t k = 0; k < GRID; k++) {
            double one = test_element(ctx, batched, name, k);
            double want = test_element(ctx, by_threads[0], name, k);
            if (!isnan(one) || !isnan(want)) { /* a correlation at the last time */
                CLOSE(one, want, 1e-9, 1e-11);
            }
        }
    }
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, 1));
    OK(ctx, ddn_analysis_identities(an, oracle, GRID, grid, &other));
    assert_true(test_element(ctx, other, "f", 5) != test_element(ctx, by_threads[0], "f", 5));
    for (int i = 0; i < 3; i++) {
        ddn_result_destroy(by_threads[i]);
    }
    ddn_result_destroy(sub);
    ddn_result_destroy(batched);
    ddn_result_destroy(other);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static int32_t stop_halfway(void *user, const char *stage, double fraction)
{
    (void)user;
    assert_string_equal(stage, "identities");
    return fraction > 0.5;
}

/* Two Gaussians: phi and the label information have closed forms in r = |m|^2 a^2 / Gamma. */
static void two_gaussians_have_closed_forms(void **state)
{
    (void)state;
    enum {
        D = 16
    };
    ddn_context *ctx = test_context(1);
    double m[D];
    for (int i = 0; i < D; i++) {
        m[i] = 1;
    }
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_result *r = NULL;
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_two_gaussians(ctx, sch, D, 1, m, &oracle));
    ddn_analysis *an = analysis(ctx, 20000);
    const double times[] = {0.5, 0.5 * log(D), 2.2, 4};
    OK(ctx, ddn_analysis_identities(an, oracle, 4, times, &r));
    for (int64_t k = 0; k < 4; k++) {
        double strength = D * exp(-2 * times[k]);
        double phi = ddn_theory_phi(strength), information = ddn_theory_label_information(strength);
        CLOSE(test_element(ctx, r, "phi", k), phi, 0, 4 * test_element(ctx, r, "phi_se", k));
        CLOSE(test_element(ctx, r, "phi_C", k), phi, 0, 4 * test_element(ctx, r, "phi_C_se", k));
        CLOSE(test_element(ctx, r, "f", k), (log(2) - information) / D, 0,
              4 * test_element(ctx, r, "f_se", k));
        assert_true(test_element(ctx, r, "phi_se", k) < 0.003);
    }
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

static void bad_input_and_cancellation(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 20, 3, 2, 1);
    ddn_analysis *an = analysis(ctx, 200);
    ddn_result *r = NULL;
    const double bad[] = {0.1, 0.3, 0.2}, zero[] = {0, 1}, nan_time[] = {0.1, NAN};
    FAILS(ctx, ddn_analysis_identities(an, oracle, 3, bad, &r), DDN_E_RANGE, "times[2]");
    FAILS(ctx, ddn_analysis_identities(an, oracle, 2, zero, &r), DDN_E_RANGE, "0");
    FAILS(ctx, ddn_analysis_identities(an, oracle, 2, nan_time, &r), DDN_E_NONFINITE, "times[1]");
    FAILS(ctx, ddn_analysis_identities(an, oracle, 0, bad, &r), DDN_E_RANGE, "number of times");
    FAILS(ctx, ddn_analysis_identities(an, oracle, 1, NULL, &r), DDN_E_NULL, "times");
    FAILS(ctx, ddn_analysis_identities(an, NULL, 1, bad, &r), DDN_E_NULL, "oracle");
    FAILS(ctx, ddn_analysis_identities(an, oracle, 1, bad, NULL), DDN_E_NULL, "out");
    assert_int_equal(ddn_analysis_identities(NULL, oracle, 1, bad, &r), DDN_E_NULL);
    FAILS(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, 1), DDN_E_RANGE,
          "SAMPLES");
    FAILS(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_T_START, NAN),
          DDN_E_NONFINITE, "T_START");
    FAILS(ctx, ddn_options_set_f64(ddn_analysis_options(an), 999, 1), DDN_E_KEY, "999");
    CANCELLED(ctx, ddn_analysis_identities(an, oracle, GRID, grid, &r));
    assert_null(r);
    OK(ctx, ddn_context_set_progress(ctx, stop_halfway, NULL, NULL));
    assert_int_equal(ddn_analysis_identities(an, oracle, GRID, grid, &r), DDN_STOPPED);
    assert_null(r);
    OK(ctx, ddn_context_set_progress(ctx, NULL, NULL, NULL));
    OK(ctx, ddn_analysis_identities(an, oracle, GRID, grid, &r));
    ddn_result_destroy(r);
    int64_t preset;
    OK(ctx,
       ddn_options_bounds_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, NULL, NULL, &preset));
    assert_int_equal(preset, 1024);
    ddn_analysis_destroy(an);
    ddn_analysis_destroy(NULL);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static ddn_status identities(ddn_analysis *an, const ddn_oracle *oracle, ddn_result **out)
{
    return ddn_analysis_identities(an, oracle, 2, grid, out);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(toy_every_allocation(identities, 20) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quadrature_in_one_dimension),
        cmocka_unit_test(excess_entropy_rises_from_0_to_alpha),
        cmocka_unit_test(derivative_follows_from_the_mmse),
        cmocka_unit_test(duplication_adds_log_2),
        cmocka_unit_test(trivial_data_give_trivial_answers),
        cmocka_unit_test(samples_are_independent_draws),
        cmocka_unit_test(results_depend_on_nothing_but_the_seed),
        cmocka_unit_test(two_gaussians_have_closed_forms),
        cmocka_unit_test(bad_input_and_cancellation),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
