/* Times where curves cross: where they cannot, correlated errors, times that are known to a step of
 * a grid. */
#include <string.h>

#include "support/results.h"
#include "support/toy.h"

static ddn_analysis *analysis(ddn_context *ctx, int64_t samples, int64_t clones, int64_t paths)
{
    ddn_analysis *an = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, samples));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, clones));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_STEPS, 4));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATHS, paths));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATH_STEPS, 24));
    return an;
}

/* NaN, and the definition says why. */
static void missing(ddn_context *ctx, const ddn_result *r, const char *name, const char *why)
{
    double value = 0, error = 0;
    OK(ctx, ddn_result_scalar(ctx, r, name, &value, &error));
    assert_true(isnan(value) && isnan(error));
    assert_non_null(strstr(ddn_result_definition(r, name), why));
}

/* Where a class has a weight of 1e-3, phi runs from 0.998 to 1: 64 clones cannot tell where it
 * crosses, and chance made times of it; a precision, in units of what phi runs through, can. */
static void clones_do_not_make_a_time_of_noise(void **state)
{
    (void)state;
    const double points[3] = {0, 1, 2}, weight[3] = {1, 1e-3, 1e-3};
    const int32_t label[3] = {0, 0, 1};
    double times[12];
    for (int k = 0; k < 12; k++) {
        times[k] = 4 * pow(0.05 / 4, k / 11.0);
    }
    ddn_context *ctx = test_context(1);
    ddn_schedule *ou = NULL;
    ddn_dataset *bare = NULL, *labelled = NULL, *ds = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 1, points, 1, &bare));
    OK(ctx, ddn_dataset_create_labelled(ctx, bare, 3, label, &labelled));
    OK(ctx, ddn_dataset_create_weighted(ctx, labelled, 3, weight, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, ou, &oracle));
    ddn_analysis *an = analysis(ctx, 128, 64, 16);
    for (int64_t seed = 0; seed < 6; seed++) {
        ddn_result *curves = NULL, *crossed = NULL;
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, seed));
        OK(ctx, ddn_analysis_clones(an, oracle, 12, times, &curves));
        OK(ctx, ddn_analysis_crossings(an, oracle, curves, &crossed));
        missing(ctx, crossed, "t_S_phi", "not resolved");
        ddn_result_destroy(curves);
        ddn_result_destroy(crossed);
    }
    ddn_result *r = NULL;
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_CLONE_PRECISION, 0.25));
    OK(ctx, ddn_analysis_clones(an, oracle, 1, times, &r));
    assert_true(test_element(ctx, r, "phi_se", 0) <= 0.25 * 2e-3);
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(labelled);
    ddn_dataset_destroy(bare);
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
}

/* Of two points phi_C >= 1/2 at all times: there is no t_C, whatever the noise of clones says
 * (which came as 3.2). */
static void two_points_do_not_collapse(void **state)
{
    (void)state;
    const double points[2] = {-1, 1}, times[6] = {0.05, 0.2, 0.5, 1, 2, 4};
    const double clone_times[8] = {1, 1.5, 2, 2.5, 3, 3.5, 4, 5};
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_oracle(ctx, points, 2, 1, NULL);
    ddn_analysis *an = analysis(ctx, 128, 64, 16);
    ddn_result *r[3] = {NULL};
    for (int64_t seed = 0; seed < 2; seed++) {
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, seed));
        OK(ctx, ddn_analysis_regimes(an, oracle, 6, 8, times, clone_times, &r[seed]));
        missing(ctx, r[seed], "t_C_phi", "cannot cross");
        missing(ctx, r[seed], "t_C_phi_clones", "cannot cross");
    }
    OK(ctx, ddn_result_merge(ctx, r[0], r[1], &r[2]));
    missing(ctx, r[2], "t_C_phi", "cannot cross");
    missing(ctx, r[2], "t_C_phi_clones", "cannot cross");
    for (int i = 0; i < 3; i++) {
        ddn_result_destroy(r[i]);
    }
    ddn_oracle *three = toy_oracle(ctx, (const double[3]){-1, 0, 1}, 3, 1, NULL);
    ddn_result *curves = NULL, *crossed = NULL;
    OK(ctx, ddn_analysis_identities(an, three, 2, (const double[2]){0.01, 0.05},
                                    &curves)); /* all before it collapses */
    OK(ctx, ddn_analysis_crossings(an, three, curves, &crossed));
    missing(ctx, crossed, "t_C_phi", "no crossing: the curve is not below the level at all times");
    ddn_result_destroy(curves);
    ddn_result_destroy(crossed);
    ddn_oracle_destroy(three);
    ddn_oracle_destroy(oracle);
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
}

/* The report has the crossing of the identities or none: clones that reach further do not stand in
 * for them. */
static void clones_do_not_stand_in_for_identities(void **state)
{
    (void)state;
    const double early[3] = {0.01, 0.02, 0.04}, clone_times[4] = {0.05, 0.5, 1.5, 4};
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 12, 3, 2, 1);
    ddn_analysis *an = analysis(ctx, 64, 256, 2);
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_regimes(an, oracle, 3, 4, early, clone_times, &r));
    missing(ctx, r, "t_C_phi", "no crossing");
    assert_true(test_scalar(ctx, r, "t_C_phi_clones") > 0.05);
    ddn_result_destroy(r);
    ddn_oracle_destroy(oracle);
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
}

/* phi_C(t) of a host with errors 0.02 and their correlation, or without it where that is NaN. */
static ddn_result *by_hand(ddn_context *ctx, const char *kind, double correlation)
{
    double t[6], y[6], e[6], rho[6];
    for (int i = 0; i < 6; i++) {
        t[i] = 1 + 0.2 * i;
        y[i] = 0.5 - 0.25 * (t[i] - 1.5);
        e[i] = 0.02;
        rho[i] = i < 5 ? correlation : NAN;
    }
    const struct {
        const char *name;
        const double *values;
    } columns[4] = {{"t", t}, {"phi_C", y}, {"phi_C_se", e}, {"phi_C_rho", rho}};
    ddn_result *r = NULL;
    OK(ctx, ddn_result_create(ctx, kind, DDN_CLOCK_SCHEDULE, 6, &r));
    for (int i = 0; i < (isnan(correlation) ? 3 : 4); i++) {
        OK(ctx, ddn_result_add_column(ctx, r, columns[i].name, "1", "by hand", columns[i].values));
    }
    return r;
}

static double error_by_hand(ddn_context *ctx, const char *kind, double correlation)
{
    ddn_oracle *oracle = toy_clusters(ctx, 12, 3, 2, 1);
    ddn_analysis *an = analysis(ctx, 2, 2, 2);
    ddn_result *curves = by_hand(ctx, kind, correlation), *r = NULL;
    double t, error;
    OK(ctx, ddn_analysis_crossings(an, oracle, curves, &r));
    OK(ctx, ddn_result_scalar(ctx, r, "t_C_phi", &t, &error));
    CLOSE(t, 1.5, 1e-12, 0);
    ddn_result_destroy(curves);
    ddn_result_destroy(r);
    ddn_oracle_destroy(oracle);
    ddn_analysis_destroy(an);
    return error;
}

/* In the middle of a bracket the weights are -1, 9, 9, -1 over 16. */
static void errors_of_neighbours_are_combined_as_they_are_correlated(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double one = 0.02 / 0.25;
    CLOSE(error_by_hand(ctx, "clones", NAN), one * sqrt(164.0) / 16, 1e-9, 0);
    CLOSE(error_by_hand(ctx, "identities", 0), one * sqrt(164.0) / 16, 1e-9, 0);
    CLOSE(error_by_hand(ctx, "identities", 1), one, 1e-9, 0);
    CLOSE(error_by_hand(ctx, "identities", NAN), one * 20 / 16, 1e-9, 0); /* anything is possible */
    ddn_context_destroy(ctx);
}

/* Mean and median of few paths on a grid: spread over reported error. */
static void last_changes_have_honest_errors(void **state)
{
    (void)state;
    enum {
        SEEDS = 250
    };
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 12, 3, 2, 1);
    for (int64_t paths = 16; paths <= 100; paths += 84) {
        ddn_analysis *an = analysis(ctx, 2, 2, paths);
        double sum[2] = {0}, square[2] = {0}, reported[2] = {0}, all = 0, covered = 0, value, error;
        for (int pass = 0; pass < 2; pass++) {
            for (int64_t seed = 0; seed < SEEDS; seed++) {
                ddn_result *r = NULL;
                OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, seed));
                OK(ctx, ddn_analysis_last_change(an, oracle, &r));
                for (int i = 0; pass == 0 && i < 2; i++) {
                    OK(ctx, ddn_result_scalar(ctx, r,
                                              i == 0 ? "t_C_last_change" : "t_C_last_change_median",
                                              &value, &error));
                    sum[i] += value / SEEDS;
                    square[i] += value * value / SEEDS;
                    reported[i] += error / SEEDS;
                }
                if (pass == 1) {
                    all++;
                    covered += test_scalar(ctx, r, "t_C_last_change_median_low") <= sum[1] &&
                               sum[1] <= test_scalar(ctx, r, "t_C_last_change_median_high");
                }
                ddn_result_destroy(r);
            }
        }
        for (int i = 0; i < 2; i++) { /* the ratio of SEEDS values is known to 4.5 % */
            CLOSE(sqrt(square[i] - sum[i] * sum[i]) / reported[i], 1, 0, 0.18);
        }
        CLOSE(covered / all, 0.95, 0, 0.05);
        ddn_analysis_destroy(an);
    }
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* The interval of a mean of few paths is Student's at least: quantiles of 97.5 % for 1, 3 and 15
 * degrees, by mpmath (the library's are good to 8e-3 of them from 3 on). 1.96 errors are up to six
 * times too short. On the side of the skewness it is wider. */
static void the_mean_of_few_paths_has_students_interval(void **state)
{
    (void)state;
    static const struct {
        int64_t paths;
        double quantile;
    } cases[] = {{2, 12.706204736174694}, {4, 3.1824463052842629}, {16, 2.1314495455597742}};
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 12, 3, 2, 1);
    for (int i = 0; i < 3; i++) {
        ddn_analysis *an = analysis(ctx, 2, 2, cases[i].paths);
        ddn_result *r = NULL;
        double mean = NAN, error = NAN;
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, 3));
        OK(ctx, ddn_analysis_last_change(an, oracle, &r));
        OK(ctx, ddn_result_scalar(ctx, r, "t_C_last_change", &mean, &error));
        assert_true(error > 0);
        const double wide = cases[i].quantile * error, off = 8e-3 * wide;
        const double below = mean - test_scalar(ctx, r, "t_C_last_change_low");
        const double above = test_scalar(ctx, r, "t_C_last_change_high") - mean;
        CLOSE(fmin(below, above), wide, 0, off);
        assert_true(fmax(below, above) > (i == 2 ? 1.1 : 0.99) * wide);
        ddn_result_destroy(r);
        ddn_analysis_destroy(an);
    }
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* One point never changes: half of the paths and more count as the start, and there is no median.
 */
static void paths_that_never_change(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_oracle(ctx, (const double[1]){2}, 1, 1, NULL);
    ddn_analysis *an = analysis(ctx, 2, 2, 8);
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_last_change(an, oracle, &r));
    missing(ctx, r, "t_C_last_change_median", "never changed");
    CLOSE(test_scalar(ctx, r, "t_C_last_change"), 6, 1e-15, 0);
    assert_non_null(strstr(ddn_result_definition(r, "t_C_last_change"), "8 never changed"));
    ddn_result_destroy(r);
    ddn_oracle_destroy(oracle);
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
}

/* A result of a host of the kind of identities, whose columns are as said. */
static ddn_result *of_host(ddn_context *ctx, const char *kind, ddn_clock clock, const char *d,
                           const double times[3], const char *curve, const char *error)
{
    const double y[3] = {0.9, 0.6, 0.3}, se[3] = {0.01, 0.01, 0.01};
    ddn_result *r = NULL;
    OK(ctx, ddn_result_create(ctx, kind, clock, 3, &r));
    if (d != NULL) {
        OK(ctx, ddn_result_set_field(ctx, r, "d", d));
    }
    if (times != NULL) {
        OK(ctx, ddn_result_add_column(ctx, r, "t", NULL, "times", times));
    }
    if (curve != NULL) {
        OK(ctx, ddn_result_add_column(ctx, r, curve, NULL, "a curve", y));
    }
    if (error != NULL) {
        OK(ctx, ddn_result_add_column(ctx, r, error, NULL, "its error", se));
    }
    return r;
}

static void curves_of_hosts(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 20, 2, 1.5, 1);
    ddn_analysis *an = NULL;
    ddn_result *crossed = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    const double rising[3] = {0.1, 0.5, 2}, bent[3] = {0.1, 2, 0.5};
    const struct {
        const char *kind, *d;
        const double *times;
        const char *curve, *error, *part;
        ddn_clock clock;
        ddn_status status;
    } cases[] = {
        {"own", NULL, rising, "phi_C", "phi_C_se", "kind 'own'", DDN_CLOCK_SCHEDULE,
         DDN_E_MISMATCH},
        {"identities", NULL, rising, "phi_C", "phi_C_se", "clock", DDN_CLOCK_NONE, DDN_E_MISMATCH},
        {"identities", "3", rising, "phi_C", "phi_C_se", "d = 3", DDN_CLOCK_SCHEDULE,
         DDN_E_MISMATCH},
        {"identities", "2", NULL, "phi_C", "phi_C_se", "no column 't'", DDN_CLOCK_SCHEDULE,
         DDN_E_KEY},
        {"identities", "2", bent, "phi_C", "phi_C_se", "not monotone at row 2", DDN_CLOCK_SCHEDULE,
         DDN_E_RANGE},
        {"identities", "2", rising, "y", "y_se", "could cross", DDN_CLOCK_SCHEDULE,
         DDN_E_UNSUPPORTED},
        {"identities", "2", rising, "phi_C", NULL, "no column 'phi_C_se'", DDN_CLOCK_SCHEDULE,
         DDN_E_KEY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ddn_result *r = of_host(ctx, cases[i].kind, cases[i].clock, cases[i].d, cases[i].times,
                                cases[i].curve, cases[i].error);
        FAILS(ctx, ddn_analysis_crossings(an, oracle, r, &crossed), cases[i].status, cases[i].part);
        assert_null(crossed);
        ddn_result_destroy(r);
    }
    ddn_result *r =
        of_host(ctx, "identities", DDN_CLOCK_SCHEDULE, "2", rising, "phi_C", "phi_C_se");
    OK(ctx, ddn_analysis_crossings(an, oracle, r, &crossed));
    ddn_result_destroy(crossed);
    ddn_result_destroy(r);
    /* The excess entropy alone is a curve, too. */
    r = of_host(ctx, "identities", DDN_CLOCK_SCHEDULE, "2", rising, "f_over_alpha",
                "f_over_alpha_se");
    OK(ctx, ddn_analysis_crossings(an, oracle, r, &crossed));
    missing(ctx, crossed, "t_C_phi", "no values of phi_C");
    assert_non_null(ddn_result_definition(crossed, "t_C_entropy"));
    ddn_result_destroy(crossed);
    ddn_result_destroy(r);
    /* A curve that crosses three times; one that does not where it is known. */
    static const double curves[2][6] = {{0.999, 0.001, 0.999, 0.001, 0.001, 0.001},
                                        {NAN, 0.999, 0.999, 0.999, 0.999, NAN}};
    static const double at[6] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
    static const double se[6] = {1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6};
    for (int i = 0; i < 2; i++) {
        OK(ctx, ddn_result_create(ctx, "identities", DDN_CLOCK_SCHEDULE, 6, &r));
        OK(ctx, ddn_result_add_column(ctx, r, "t", NULL, "times", at));
        OK(ctx, ddn_result_add_column(ctx, r, "phi_C", NULL, "a curve", curves[i]));
        OK(ctx, ddn_result_add_column(ctx, r, "phi_C_se", NULL, "its error", se));
        OK(ctx, ddn_analysis_crossings(an, oracle, r, &crossed));
        const char *text = ddn_result_definition(crossed, "t_C_phi");
        assert_non_null(text);
        assert_non_null(strstr(text, i == 0 ? "largest time of several" : "0.5"));
        const double t = test_scalar(ctx, crossed, "t_C_phi");
        assert_true(i == 0 ? t > 0.3 && t < 0.4 : isnan(t));
        ddn_result_destroy(crossed);
        ddn_result_destroy(r);
    }
    /* Judges of other states than the oracle's. */
    ddn_dataset *wide = NULL;
    OK(ctx,
       ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 3, (const double[6]){0, 0, 0, 1, 1, 1}, 3, &wide));
    OK(ctx, ddn_analysis_set_points(an, wide));
    FAILS(ctx, ddn_analysis_clones(an, oracle, 3, rising, &crossed), DDN_E_SHAPE, "have d = 3");
    ddn_dataset_destroy(wide);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_of_hosts),
        cmocka_unit_test(two_points_do_not_collapse),
        cmocka_unit_test(clones_do_not_make_a_time_of_noise),
        cmocka_unit_test(clones_do_not_stand_in_for_identities),
        cmocka_unit_test(errors_of_neighbours_are_combined_as_they_are_correlated),
        cmocka_unit_test(last_changes_have_honest_errors),
        cmocka_unit_test(the_mean_of_few_paths_has_students_interval),
        cmocka_unit_test(paths_that_never_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
