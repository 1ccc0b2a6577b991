/* Identities where the states that carry the averages are rare: values against closed forms and
 * against large plain samples, intervals, weights of 1 at large times, a precision in place of a
 * number of samples. */
#include <math.h>

#include "support/sanitized.h"
#include "support/toy.h"

enum {
    N = 200,
    D = 20
};

static ddn_analysis *analysis(ddn_context *ctx, int64_t samples, int64_t seed)
{
    ddn_analysis *an = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, samples));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, seed));
    return an;
}

/* Two Gaussians around +-1 in all coordinates. */
static ddn_oracle *two_clusters(ddn_context *ctx)
{
    static double x[N * D];
    int32_t label[N];
    OK(ctx, ddn_noise_draw(ctx, 77, 100, 0, 0, 0, N * D, x));
    for (int64_t i = 0; i < N; i++) {
        label[i] = i % 2 != 0;
        for (int64_t j = 0; j < D; j++) {
            x[i * D + j] += label[i] ? 1 : -1;
        }
    }
    return toy_oracle(ctx, x, N, D, label);
}

/* The entropy of two points: E S = E h(g), l_2 - l_1 = 2 rho (g - rho), by the trapezoid rule. */
static double entropy_of_two(double rho)
{
    const double h = 1e-4 / fmax(rho, 1);
    double sum = 0;
    for (int64_t k = -400000; k <= 400000; k++) {
        const double u = 2 * rho * h * (double)k, g = rho + h * (double)k;
        const double entropy = log1p(exp(-fabs(u))) + fabs(u) / (1 + exp(fabs(u)));
        sum += entropy * exp(-g * g / 2);
    }
    return sum * h / sqrt(2 * acos(-1));
}

/* Distance 2 in 3 dimensions. Values down to 1e-30, within 5 standard errors of 2048 samples, which
 * are at most 6 % of them: a correct build fails with probability 3e-6 over the choice of seeds. */
static void two_points_to_any_depth(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double points[6] = {1, 0.5, -2, -1, 0.5, -2}, times[] = {0.004, 0.02, 0.1, 0.3, 1};
    const int32_t labels[2] = {0, 1};
    ddn_oracle *oracle = toy_oracle(ctx, points, 2, 3, labels);
    ddn_analysis *an = analysis(ctx, 2048, 3);
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_identities(an, oracle, 5, times, &r));
    for (int64_t k = 0; k < 5; k++) {
        const double s = sqrt(-expm1(-2 * times[k])), rho = exp(-times[k]) / s;
        const double want = entropy_of_two(rho) / 3, got = test_element(ctx, r, "f", k);
        const double error = test_element(ctx, r, "f_se", k);
        assert_true(error > 0 && error < 0.06 * want);
        CLOSE(got, want, 0, 5 * error);
        assert_true(test_element(ctx, r, "f_low", k) < got &&
                    got < test_element(ctx, r, "f_high", k));
    }
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Sets whose rare states hide behind others, with the truth by the trapezoid rule over each
 * component. */
typedef struct hidden {
    const char *quantity;
    double t, want;
    double most; /* of the spread over the truth, 0: any */
    int n;
    double points[6], weights[6];
    int32_t labels[6];
} hidden;

static const hidden sets[] = {
    /* Near copies, which plain samples see, and far pairs, which carry the mmse. */
    {"mmse", 0.01, 0.000134465, 0.2, 5, {0, 1e-4, 1, 1.0001, 5}, {0}, {0, 1, 0, 0, 1}},
    /* The close pair with a weight of 1e-12 carries nothing, a far one with 0.2 all. */
    {"mmse",
     0.01,
     1.31245466e-06,
     0.2,
     6,
     {0, 0.3, 0.31, 2, -1, 7},
     {1e-12, 1, 1e-3, 1, 0.2, 1e-5},
     {0, 1, 0, 1, 0, 0}},
    /* The points of a pair with 1e-40 are as close as can be; the others carry f. */
    {"f",
     1.18e-5,
     1.18595744235e-24,
     0.2,
     4,
     {0, 0.1, 5, 5 + 1e-9},
     {1, 1, 1e-40, 1e-40},
     {0, 1, 0, 1}},
    /* Close points among which no search seems to be needed, and a far one. */
    {"mmse", 5e-4, 5.59171306622e-07, 0.1, 4, {0, 0.3, 0.301, 0.302}, {0}, {1, 0, 0, 0}},
    /* A point of small weight, which plain samples do not draw. */
    {"f", 7e-4, 0.69302399334, 1e-4, 3, {0, 0.3, 0.301}, {1e-4, 1, 1}, {1, 0, 0}},
    /* Weights that hardly differ, and tell the points apart: the regression on them would be
     * perfect if there were not the states between far pairs. */
    {"phi_C", 0.003, 0.6000001661310426, 0, 5, {0, 1e-4, 1, 1.0001, 5}, {0}, {0, 1, 0, 0, 1}},
    /* Nearly all states have the same value. */
    {"f", 0.0063, 0.69315071992, 1e-5, 4, {0, 1e-3, 1, 1.001}, {0}, {0, 0, 1, 1}},
};

static ddn_oracle *weighted_oracle(ddn_context *ctx, const hidden *h)
{
    ddn_dataset *even = NULL, *weighted = NULL, *ds = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, h->n, 1, h->points, 1, &even));
    OK(ctx, ddn_dataset_create_weighted(ctx, even, h->n, h->weights, &weighted));
    OK(ctx, ddn_dataset_create_labelled(ctx, weighted, h->n, h->labels, &ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, ou, &oracle));
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(weighted);
    ddn_dataset_destroy(even);
    return oracle;
}

/* For 64 seeds of each set: within 5 errors, of which that of the spread is a bound too; at most 10
 * intervals of 95 % miss (1.5e-3 a set, fixed seeds); the mean square of the deviations over their
 * errors is from 0.3 to 1.7 (chi^2 with 64 degrees: 1e-4). */
static void what_hides_behind_others_is_found(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        const hidden *h = &sets[i];
        ddn_oracle *oracle = h->weights[0] > 0 ? weighted_oracle(ctx, h)
                                               : toy_oracle(ctx, h->points, h->n, 1, h->labels);
        double square = 0;
        int missed = 0;
        for (int64_t seed = 0; seed < (TEST_SANITIZED ? 4 : 64); seed++) {
            char part[3][32];
            ddn_analysis *an = analysis(ctx, 1024, seed);
            ddn_result *r = NULL;
            OK(ctx, ddn_analysis_identities(an, oracle, 1, &h->t, &r));
            snprintf(part[0], sizeof part[0], "%s_se", h->quantity);
            snprintf(part[1], sizeof part[1], "%s_low", h->quantity);
            snprintf(part[2], sizeof part[2], "%s_high", h->quantity);
            const double off = test_element(ctx, r, h->quantity, 0) - h->want;
            const double error = test_element(ctx, r, part[0], 0), last = 1e-11 * h->want;
            assert_true(error > 0 && fabs(off) < 5 * error + last);
            assert_true(h->most == 0 || error < h->most * h->want);
            square += off / error * (off / error);
            missed += h->want < test_element(ctx, r, part[1], 0) - last ||
                      h->want > test_element(ctx, r, part[2], 0) + last;
            ddn_result_destroy(r);
            ddn_analysis_destroy(an);
        }
        if (!TEST_SANITIZED) {
            assert_true(missed <= 10);
            assert_true(square / 64 > 0.3 && square / 64 < 1.7);
        }
        ddn_oracle_destroy(oracle);
    }
    ddn_context_destroy(ctx);
}

/* Two clusters of 60 points each, at a distance of 1: all neighbours that are listed first are in
 * the own one. The mmse at this time lives on states between the clusters. */
static void many_copies_hide_no_far_ones(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double points[120];
    const int32_t labels[120] = {0};
    const double t = 0.0105267, want = 0.000238041818609;
    for (int i = 0; i < 120; i++) {
        points[i] = i / 60 + 1e-4 * (i % 60);
    }
    ddn_oracle *oracle = toy_oracle(ctx, points, 120, 1, labels);
    double square = 0;
    for (int64_t seed = 0; seed < 8; seed++) {
        ddn_analysis *an = analysis(ctx, 1024, seed);
        ddn_result *r = NULL;
        OK(ctx, ddn_analysis_identities(an, oracle, 1, &t, &r));
        const double error = test_element(ctx, r, "mmse_se", 0);
        const double off = test_element(ctx, r, "mmse", 0) - want;
        assert_true(error > 0 && error < 0.2 * want && fabs(off) < 4.5 * error);
        square += off / error * (off / error);
        ddn_result_destroy(r);
        ddn_analysis_destroy(an);
    }
    assert_true(square / 8 < 3.5);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* A thousand points within 1e-3 and two far away, at a noise of 10: the states of the first have
 * the entropy log 1000, those of the two none, and 256 samples that are drawn evenly see none of
 * these with a probability of 0.6, and then miss. For 32 seeds: the errors are at most a third of
 * theirs, no interval misses, and the spread is not above the errors (chi^2 with 32 degrees: 1e-4).
 */
static void isolated_points_are_drawn(void **state)
{
    (void)state;
    enum {
        NEAR = 1000,
        ALL = NEAR + 2
    };
    ddn_context *ctx = test_context(1);
    double points[ALL] = {0};
    int32_t labels[ALL] = {0};
    for (int i = 0; i < NEAR; i++) {
        points[i] = 1e-6 * i;
    }
    points[NEAR] = 300;
    points[NEAR + 1] = -500;
    ddn_oracle *oracle = toy_oracle(ctx, points, ALL, 1, labels);
    const double t = 0.5 * log1p(100), want = NEAR * log(NEAR) / ALL;
    const double plain = log(NEAR) * sqrt(2.0 / ALL / 256);
    double square = 0;
    int missed = 0;
    for (int64_t seed = 0; seed < (TEST_SANITIZED ? 2 : 32); seed++) {
        ddn_analysis *an = analysis(ctx, 256, seed);
        ddn_result *r = NULL;
        OK(ctx, ddn_analysis_identities(an, oracle, 1, &t, &r));
        const double error = test_element(ctx, r, "f_se", 0);
        const double off = test_element(ctx, r, "f", 0) - want;
        assert_true(error > 0 && error < plain / 3);
        missed +=
            want < test_element(ctx, r, "f_low", 0) || want > test_element(ctx, r, "f_high", 0);
        square += off / error * (off / error);
        ddn_result_destroy(r);
        ddn_analysis_destroy(an);
    }
    assert_int_equal(missed, 0);
    assert_true(square / 32 < 2.2);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* The truth from runs of their own with 60000 samples, whose plain ones see nothing of it at 0.02:
 * f, phi_C, w_max and mmse at two times, 8 seeds. Of 64 intervals at most 11 miss: a correct build
 * fails with probability 1e-3 even if each misses with 8 %. Spread and errors agree: the mean
 * square of the deviations over their errors is below 2.2 for each (they are correlated, chi^2 with
 * 8 degrees exceeds that with probability 0.025, the mean of all far less). */
static void intervals_hold_the_truth(void **state)
{
    (void)state;
    static const char *const names[] = {"f", "phi_C", "w_max", "mmse"};
    ddn_context *ctx = test_context(2);
    ddn_oracle *oracle = two_clusters(ctx);
    const double times[] = {0.02, 0.1};
    ddn_analysis *an = analysis(ctx, 60000, 1000);
    ddn_result *truth = NULL;
    int missed = 0;
    double square = 0;
    OK(ctx, ddn_analysis_identities(an, oracle, 2, times, &truth));
    ddn_analysis_destroy(an);
    for (int64_t seed = 0; seed < 8; seed++) {
        ddn_result *r = NULL;
        an = analysis(ctx, 1024, seed);
        OK(ctx, ddn_analysis_identities(an, oracle, 2, times, &r));
        for (int i = 0; i < 8; i++) {
            char part[3][32];
            const char *name = names[i / 2];
            const int64_t k = i % 2;
            snprintf(part[0], sizeof part[0], "%s_se", name);
            snprintf(part[1], sizeof part[1], "%s_low", name);
            snprintf(part[2], sizeof part[2], "%s_high", name);
            const double want = test_element(ctx, truth, name, k);
            const double off = (test_element(ctx, r, name, k) - want) /
                               hypot(test_element(ctx, r, part[0], k), 1e-16);
            square += off * off;
            missed += want < test_element(ctx, r, part[1], k) - 1e-15 ||
                      want > test_element(ctx, r, part[2], k) + 1e-15;
        }
        ddn_result_destroy(r);
        ddn_analysis_destroy(an);
    }
    assert_true(missed <= 11);
    assert_true(square / 64 < 2.2);
    ddn_result_destroy(truth);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Importance changes the error, not the value: against plain samples at a time where these see
 * enough, within 4.5 errors of the difference (5 numbers, 4e-5). At large times all samples are
 * plain: the same bits. */
static void importance_changes_no_value(void **state)
{
    (void)state;
    static const char *const names[] = {"f", "phi", "phi_C", "w_max", "mmse", "log_p"};
    ddn_context *ctx = test_context(2);
    ddn_oracle *oracle = two_clusters(ctx);
    const double times[] = {0.25, 2, 5};
    ddn_analysis *an = analysis(ctx, 20000, 8);
    ddn_result *by_importance = NULL, *plain = NULL;
    OK(ctx, ddn_analysis_identities(an, oracle, 3, times, &by_importance));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_NEIGHBOURS, 0));
    OK(ctx, ddn_analysis_identities(an, oracle, 3, times, &plain));
    assert_true(test_scalar(ctx, by_importance, "searched") >= N);
    assert_true(test_scalar(ctx, plain, "searched") == 0);
    for (int i = 0; i < 6; i++) {
        char error[32];
        snprintf(error, sizeof error, "%s_se", names[i]);
        if (i == 1) { /* one of the plain samples in 1e5 sees another class: no error to rely on */
            const double phi = test_element(ctx, by_importance, "phi", 0);
            assert_true(phi >= test_element(ctx, plain, "phi_low", 0) &&
                        phi <= test_element(ctx, plain, "phi_high", 0));
            continue;
        }
        CLOSE(test_element(ctx, by_importance, names[i], 0), test_element(ctx, plain, names[i], 0),
              0,
              4.5 * hypot(test_element(ctx, by_importance, error, 0),
                          test_element(ctx, plain, error, 0)));
        for (int64_t k = 1; k < 3; k++) {
            assert_true(test_element(ctx, by_importance, names[i], k) ==
                        test_element(ctx, plain, names[i], k));
        }
    }
    assert_true(test_element(ctx, by_importance, "phi_C_se", 0) <
                test_element(ctx, plain, "phi_C_se", 0));
    ddn_result_destroy(by_importance);
    ddn_result_destroy(plain);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Where nothing is rare all samples are plain, also those of points with weights, which are drawn
 * evenly in part where neighbours are listed. */
static void weights_alone_call_for_no_importance(void **state)
{
    (void)state;
    static const char *const names[] = {"f", "phi_C", "w_max", "mmse", "phi_C_se"};
    ddn_context *ctx = test_context(1);
    ddn_oracle *even = two_clusters(ctx), *oracle = NULL;
    ddn_dataset *ds = NULL;
    double weights[N];
    const double t = 5;
    for (int64_t i = 0; i < N; i++) {
        weights[i] = 1 + (double)(i % 7);
    }
    OK(ctx, ddn_dataset_create_weighted(ctx, ddn_oracle_dataset(even), N, weights, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, ddn_oracle_schedule(even), &oracle));
    ddn_analysis *an = analysis(ctx, 200, 8);
    ddn_result *searched = NULL, *plain = NULL;
    OK(ctx, ddn_analysis_identities(an, oracle, 1, &t, &searched));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_NEIGHBOURS, 0));
    OK(ctx, ddn_analysis_identities(an, oracle, 1, &t, &plain));
    assert_true(test_scalar(ctx, searched, "searched") > 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_true(test_element(ctx, searched, names[i], 0) ==
                    test_element(ctx, plain, names[i], 0));
    }
    ddn_result_destroy(searched);
    ddn_result_destroy(plain);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_oracle_destroy(even);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Plain samples that see nothing say so: no error of 0 without an interval. */
static void what_was_not_seen_has_a_bound(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = two_clusters(ctx);
    const double t = 0.02;
    ddn_analysis *an = analysis(ctx, 1024, 5);
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_NEIGHBOURS, 0));
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_identities(an, oracle, 1, &t, &r));
    assert_true(test_element(ctx, r, "phi_C", 0) > 1 - 1e-9);
    const double low = test_element(ctx, r, "phi_C_low", 0), rule_of_three = 3.0 / 1024;
    assert_true(low < 1 - rule_of_three && low > 1 - 2 * rule_of_three);
    assert_true(test_element(ctx, r, "phi_C_high", 0) == 1);
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static void a_precision_is_reached(void **state)
{
    (void)state;
    ddn_result *r[3] = {NULL};
    const double times[] = {0.1, 0.4, 0.8, 2, 4}, precision = 0.01;
    const int64_t batch[3] = {128, 128, 50};
    for (int i = 0; i < 3; i++) {
        ddn_context *ctx = test_context(i + 1);
        ddn_oracle *oracle = two_clusters(ctx);
        ddn_analysis *an = analysis(ctx, 7, 2);
        OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_PRECISION, precision));
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_BATCH, batch[i]));
        OK(ctx, ddn_analysis_identities(an, oracle, 5, times, &r[i]));
        double sum = 0;
        for (int64_t k = 0; k < 5; k++) {
            assert_true(test_element(ctx, r[i], "phi_se", k) <= precision / 2);
            assert_true(test_element(ctx, r[i], "phi_C_se", k) <= precision);
            assert_true(test_element(ctx, r[i], "f_over_alpha_se", k) <= precision);
            assert_true(test_element(ctx, r[i], "samples", k) ==
                        test_element(ctx, r[0], "samples", k));
            sum += test_element(ctx, r[i], "samples", k);
            CLOSE(test_element(ctx, r[i], "phi_C", k), test_element(ctx, r[0], "phi_C", k), 1e-12,
                  0);
        }
        assert_true(test_scalar(ctx, r[i], "evaluations") == sum);
        /* More where the curves have spread than where they have none. */
        assert_true(test_element(ctx, r[i], "samples", 1) > test_element(ctx, r[i], "samples", 4));
        if (i == 1) {
            test_same_results(ctx, r[0], r[1]); /* by threads: the same bits */
        }
        ddn_analysis_destroy(an);
        ddn_oracle_destroy(oracle);
        ddn_context_destroy(ctx);
    }
    for (int i = 0; i < 3; i++) {
        ddn_result_destroy(r[i]);
    }
}

/* The precision holds for what has a spread: not for phi of no classes or of one, the entropy of
 * one point, or what a Gaussian lacks, where the first samples do. */
static void a_precision_is_asked_of_what_varies(void **state)
{
    (void)state;
    const double point[3] = {1, -2, 0.5}, precision = 0.005, t = 0.8;
    enum {
        CASES = 4
    };
    ddn_context *ctx = test_context(1);
    int32_t one_class[20] = {0};
    double x[20 * 3];
    test_normal(7, 20 * 3, x);
    ddn_oracle *oracles[CASES] = {toy_oracle(ctx, x, 20, 3, NULL),
                                  toy_oracle(ctx, x, 20, 3, one_class),
                                  toy_oracle(ctx, point, 1, 3, one_class), NULL};
    OK(ctx, ddn_oracle_create_gaussian(ctx, ddn_oracle_schedule(oracles[0]), 3, 0, 1, NULL, NULL,
                                       NULL, 0, &oracles[3]));
    double samples[CASES];
    ddn_analysis *an = analysis(ctx, 7, 2);
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_PRECISION, precision));
    for (int i = 0; i < CASES; i++) {
        ddn_result *r = NULL;
        OK(ctx, ddn_analysis_identities(an, oracles[i], 1, &t, &r));
        samples[i] = test_element(ctx, r, "samples", 0);
        if (i < 2) {
            assert_true(test_element(ctx, r, "phi_C_se", 0) <= precision);
            assert_true(test_element(ctx, r, "f_over_alpha_se", 0) <= precision);
        }
        assert_true(isfinite(test_element(ctx, r, "mmse", 0)));
        assert_true(isnan(test_element(ctx, r, "phi", 0)) == (i == 0 || i == 3));
        assert_true(i == 0 || i == 3 || test_element(ctx, r, "phi", 0) == 1);
        ddn_result_destroy(r);
        ddn_oracle_destroy(oracles[i]);
    }
    assert_true(samples[0] > 128 && samples[1] == samples[0]);
    assert_true(samples[2] == 128 && samples[3] == 128);
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
}

static void one_out_of_reach_is_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = two_clusters(ctx);
    ddn_analysis *an = analysis(ctx, 7, 2);
    ddn_result *r = NULL;
    const double times[] = {0.4, 4};
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_PRECISION, 1e-5));
    FAILS(ctx, ddn_analysis_identities(an, oracle, 2, times, &r), DDN_E_CONVERGENCE,
          "at t = 0.4 phi_C needs about");
    assert_null(r);
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_PRECISION, 0.01));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_MOST_SAMPLES, 300));
    FAILS(ctx, ddn_analysis_identities(an, oracle, 2, times, &r), DDN_E_CONVERGENCE,
          "the limit is 300 (DDN_ANALYSIS_MOST_SAMPLES)");
    /* What the text says can be had, can be had. */
    const char *said = strstr(ddn_context_message(ctx), "with which ");
    assert_non_null(said);
    const double possible = strtod(said + strlen("with which "), NULL);
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_PRECISION, 1.1 * possible));
    OK(ctx, ddn_analysis_identities(an, oracle, 2, times, &r));
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* With the same random numbers f at two near times goes up and down together, far ones less; the
 * last has no next. */
static void correlations_fall_with_the_distance(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = two_clusters(ctx);
    ddn_analysis *an = analysis(ctx, 512, 4);
    const double near[] = {0.5, 0.501}, far[] = {2.5, 0.5};
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_identities(an, oracle, 2, near, &r));
    assert_true(test_element(ctx, r, "f_rho", 0) > 0.95 && isnan(test_element(ctx, r, "f_rho", 1)));
    ddn_result_destroy(r);
    OK(ctx, ddn_analysis_identities(an, oracle, 2, far, &r));
    assert_true(fabs(test_element(ctx, r, "f_rho", 1)) < 0.8 &&
                isnan(test_element(ctx, r, "f_rho", 0)));
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static ddn_status identities(ddn_analysis *an, const ddn_oracle *oracle, ddn_result **out)
{
    static const double times[] = {0.02, 0.1};
    return ddn_analysis_identities(an, oracle, 2, times, out);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(toy_every_allocation(identities, 20) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_points_to_any_depth),
        cmocka_unit_test(what_hides_behind_others_is_found),
        cmocka_unit_test(many_copies_hide_no_far_ones),
        cmocka_unit_test(isolated_points_are_drawn),
        cmocka_unit_test(intervals_hold_the_truth),
        cmocka_unit_test(importance_changes_no_value),
        cmocka_unit_test(weights_alone_call_for_no_importance),
        cmocka_unit_test(what_was_not_seen_has_a_bound),
        cmocka_unit_test(a_precision_is_reached),
        cmocka_unit_test(a_precision_is_asked_of_what_varies),
        cmocka_unit_test(one_out_of_reach_is_refused),
        cmocka_unit_test(correlations_fall_with_the_distance),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
