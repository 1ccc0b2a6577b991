/* Simulated clones against the identities, and the last change of the nearest point. */
#include <string.h>

#include "support/toy.h"

static const double times[] = {2, 0.8, 0.3, 0.1};
enum {
    TIMES = 4,
    N = 60,
    D = 4
};

static ddn_analysis *analysis(ddn_context *ctx, int64_t clones)
{
    ddn_analysis *an = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, clones));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_STEPS, 5));
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_T_END, 1e-4));
    return an;
}

/* 4 times x 3 numbers at 4 joint standard errors: a correct build fails for 0.1 % of the seeds. */
static void simulation_agrees_with_the_identities(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 2, 1);
    ddn_analysis *an = analysis(ctx, 1500);
    ddn_result *clones = NULL, *exact = NULL;
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, 6000));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, 5));
    OK(ctx, ddn_analysis_clones(an, oracle, TIMES, times, &clones));
    OK(ctx, ddn_analysis_identities(an, oracle, TIMES, times, &exact));
    const char *const names[] = {"phi", "phi_C", "distance2"};
    for (int i = 0; i < 3; i++) {
        char se[32];
        snprintf(se, sizeof se, "%s_se", names[i]);
        for (int64_t k = 0; k < TIMES; k++) {
            double want = test_element(ctx, exact, i < 2 ? names[i] : "mmse", k);
            double error = test_element(ctx, exact, i < 2 ? se : "mmse_se", k);
            if (i == 2) { /* x at T_END is a x_0 + s z: a^2 2 tr Cov + 2 d s^2 */
                want = 2 * exp(-2e-4) * want + 2 * D * -expm1(-2e-4);
                error *= 2;
            }
            CLOSE(test_element(ctx, clones, names[i], k), want, 0,
                  4 * hypot(error, test_element(ctx, clones, se, k)));
            assert_true(test_element(ctx, clones, se, k) > 0);
        }
    }
    assert_true(test_element(ctx, clones, "t", 0) == 2 &&
                test_element(ctx, clones, "clones", 0) == 1500);
    ddn_result_destroy(clones);
    ddn_result_destroy(exact);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Without noise both clones are one path (theory: the identities hold for eta = 1 only). */
static void the_flow_does_not_branch(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 2, 1);
    ddn_analysis *an = analysis(ctx, 20);
    ddn_result *r = NULL;
    OK(ctx,
       ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_METHOD, DDN_METHOD_EXPONENTIAL));
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_ETA, 0));
    OK(ctx, ddn_analysis_clones(an, oracle, 2, times, &r));
    assert_true(test_element(ctx, r, "phi", 0) == 1 && test_element(ctx, r, "phi_C", 0) == 1);
    assert_true(test_element(ctx, r, "distance2", 0) == 0);
    CLOSE(test_element(ctx, r, "phi_se", 0), 1.0 / 42, 1e-12, 0); /* Wilson: 1/(2 (N + 1)) */
    ddn_result_destroy(r);
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_ETA,
                                1)); /* ancestral noise branches */
    OK(ctx, ddn_analysis_clones(an, oracle, 2, times, &r));
    assert_true(test_element(ctx, r, "phi_C", 0) < 0.5 && test_element(ctx, r, "distance2", 0) > 1);
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static void unlabelled_data_have_no_phi(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 2, 0);
    ddn_analysis *an = analysis(ctx, 20);
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_clones(an, oracle, 1, times, &r));
    assert_true(isnan(test_element(ctx, r, "phi", 0)) && isnan(test_element(ctx, r, "phi_se", 0)));
    assert_true(test_element(ctx, r, "phi_C", 0) >= 0);
    ddn_result_destroy(r);
    const double low[] = {0.1, 1e-4};
    FAILS(ctx, ddn_analysis_clones(an, oracle, 2, low, &r), DDN_E_RANGE, "not above the clean end");
    FAILS(ctx, ddn_analysis_clones(an, oracle, 0, times, &r), DDN_E_RANGE, "times");
    FAILS(ctx, ddn_analysis_clones(an, NULL, 1, times, &r), DDN_E_NULL, "oracle");
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_METHOD, 88));
    FAILS(ctx, ddn_analysis_clones(an, oracle, 1, times, &r), DDN_E_KEY, "88");
    assert_null(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* As many pairs as the precision needs and little more, whatever the batches; intervals beside the
 * errors. */
static void a_precision_gives_the_number_of_pairs(void **state)
{
    (void)state;
    const double wanted = 0.03;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 2, 1);
    ddn_analysis *an = analysis(ctx, 2);
    ddn_result *r[2] = {NULL};
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_CLONE_PRECISION, wanted));
    for (int64_t i = 0; i < 2; i++) {
        OK(ctx,
           ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_BATCH, i == 0 ? 10 : 512));
        OK(ctx, ddn_analysis_clones(an, oracle, TIMES, times, &r[i]));
    }
    double total = 0, fewest = 1e9, most = 0;
    for (int64_t k = 0; k < TIMES; k++) {
        const double phi = test_element(ctx, r[0], "phi", k),
                     phi_c = test_element(ctx, r[0], "phi_C", k);
        const double pairs = test_element(ctx, r[0], "clones", k);
        /* that of phi over 1 - phi(inf) = 1/2 */
        const double variance = fmax(4 * phi * (1 - phi), phi_c * (1 - phi_c));
        assert_true(test_element(ctx, r[0], "phi_se", k) <= 0.5 * wanted);
        assert_true(test_element(ctx, r[0], "phi_C_se", k) <= wanted);
        assert_true(pairs >= 64 &&
                    (pairs == 64 || pairs < 1.3 * variance / (wanted * wanted) + 24));
        assert_true(test_element(ctx, r[0], "phi_C_low", k) < phi_c);
        assert_true(test_element(ctx, r[0], "phi_C_high", k) > phi_c);
        assert_true(test_element(ctx, r[1], "clones", k) == pairs);
        assert_true(test_element(ctx, r[1], "phi", k) == phi);
        total += pairs;
        fewest = fmin(fewest, pairs);
        most = fmax(most, pairs);
    }
    assert_true(most > 1.5 * fewest && test_scalar(ctx, r[0], "clone_pairs") == total);
    ddn_result_destroy(r[0]);
    ddn_result_destroy(r[1]);
    ddn_oracle_destroy(oracle);
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
}

/* What cannot be reached is refused by name, before the work is done; the precision that is offered
 * can be had. */
static void a_precision_out_of_reach_is_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 2, 1);
    ddn_analysis *an = analysis(ctx, 2);
    ddn_result *r = NULL;
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_MOST_SAMPLES, 500));
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_CLONE_PRECISION, 1e-3));
    FAILS(ctx, ddn_analysis_clones(an, oracle, TIMES, times, &r), DDN_E_CONVERGENCE,
          "DDN_ANALYSIS_CLONE_PRECISION");
    assert_null(r);
    const char *message = ddn_context_message(ctx);
    double offered = 0;
    assert_non_null(strstr(message, "phi"));
    assert_non_null(strstr(message, "500 (DDN_ANALYSIS_MOST_SAMPLES)"));
    assert_int_equal(sscanf(strrchr(message, ';'), "; %lf", &offered), 1);
    assert_true(offered > 0.03 && offered < 0.05);
    OK(ctx,
       ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_CLONE_PRECISION, 1.1 * offered));
    OK(ctx, ddn_analysis_clones(an, oracle, TIMES, times, &r));
    ddn_result_destroy(r);
    ddn_oracle_destroy(oracle);
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
}

/* No precision is asked of what nothing judges: a Gaussian has neither points nor classes, and the
 * first pairs do, whatever is asked and however few may be had. */
static void a_precision_of_nothing_is_reached(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = analysis(ctx, 2);
    ddn_result *r = NULL;
    OK(ctx, ddn_oracle_create_gaussian(ctx, sch, D, 0, 1, NULL, NULL, NULL, 0, &oracle));
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_CLONE_PRECISION, 1e-6));
    for (int64_t most = 500; most >= 50; most -= 450) {
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_MOST_SAMPLES, most));
        OK(ctx, ddn_analysis_clones(an, oracle, 1, times, &r));
        assert_true(test_element(ctx, r, "clones", 0) == fmin((double)most, 64));
        assert_true(isnan(test_element(ctx, r, "phi", 0)));
        assert_true(isnan(test_element(ctx, r, "phi_C", 0)));
        ddn_result_destroy(r);
    }
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* phi of one class is 1 and runs through nothing: its precision is that of a share. */
static void a_precision_of_one_class(void **state)
{
    (void)state;
    const double wanted = 0.03;
    int32_t labels[N] = {0};
    double x[N * D];
    ddn_context *ctx = test_context(1);
    ddn_analysis *an = analysis(ctx, 2);
    ddn_result *r = NULL;
    test_normal(7, N * D, x);
    ddn_oracle *oracle = toy_oracle(ctx, x, N, D, labels);
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_CLONE_PRECISION, wanted));
    OK(ctx, ddn_analysis_clones(an, oracle, 1, times, &r));
    assert_true(test_element(ctx, r, "phi", 0) == 1);
    assert_true(test_element(ctx, r, "phi_se", 0) <= wanted);
    assert_true(test_element(ctx, r, "phi_C_se", 0) <= wanted);
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Where the first pairs are all that may be had, their own error says whether that is enough. */
static void a_precision_by_the_first_pairs(void **state)
{
    (void)state;
    enum {
        MOST = 50
    };
    const double t = 0.3;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 2, 0);
    ddn_analysis *an = analysis(ctx, MOST);
    ddn_options *o = ddn_analysis_options(an);
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_clones(an, oracle, 1, &t, &r));
    const double error = test_element(ctx, r, "phi_C_se", 0);
    assert_true(error > 0.05);
    ddn_result_destroy(r);
    OK(ctx, ddn_options_set_i64(o, DDN_ANALYSIS_MOST_SAMPLES, MOST));
    OK(ctx, ddn_options_set_f64(o, DDN_ANALYSIS_CLONE_PRECISION, 0.999 * error));
    FAILS(ctx, ddn_analysis_clones(an, oracle, 1, &t, &r), DDN_E_CONVERGENCE,
          "more than 50 (DDN_ANALYSIS_MOST_SAMPLES)");
    OK(ctx, ddn_options_set_f64(o, DDN_ANALYSIS_CLONE_PRECISION, 1.001 * error));
    OK(ctx, ddn_analysis_clones(an, oracle, 1, &t, &r));
    assert_true(test_element(ctx, r, "clones", 0) == MOST);
    assert_true(test_element(ctx, r, "phi_C_se", 0) == error);
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* P(last change < t) >= 1 - E max w(t): the nearest point at t is the final one with probability
 * E max w, and where it is not it must change below t. Each of the grid times is allowed 4
 * standard errors of the measured share. */
static void last_change_obeys_its_bound(void **state)
{
    (void)state;
    enum {
        STEPS = 40,
        PATHS = 600
    };
    ddn_context *ctx = test_context(2);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 2, 1);
    ddn_analysis *an = analysis(ctx, 2);
    ddn_result *changes = NULL, *exact = NULL;
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATHS, PATHS));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATH_STEPS, STEPS));
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_T_START, 5));
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_T_END, 1e-3));
    OK(ctx, ddn_analysis_last_change(an, oracle, &changes));
    assert_int_equal(ddn_result_rows(changes), STEPS + 1);
    double grid[STEPS + 1], share[STEPS + 1], error[STEPS + 1], w_max[STEPS + 1];
    OK(ctx, ddn_result_column(ctx, changes, "t_grid", STEPS + 1, grid));
    OK(ctx, ddn_result_column(ctx, changes, "changed_after", STEPS + 1, share));
    OK(ctx, ddn_result_column(ctx, changes, "changed_after_se", STEPS + 1, error));
    assert_true(grid[0] == 5 && grid[STEPS] == 1e-3);
    CLOSE(grid[20], sqrt(5e-3), 1e-12, 0);
    OK(ctx, ddn_analysis_identities(an, oracle, STEPS + 1, grid, &exact));
    OK(ctx, ddn_result_column(ctx, exact, "w_max", STEPS + 1, w_max));
    double half = 0; /* largest time where E max w > 1/2 */
    for (int64_t k = 0; k <= STEPS; k++) {
        assert_true(k == 0 || share[k] <= share[k - 1]);
        assert_true(share[k] >= 1 - w_max[k] - 4 * error[k] - 0.01);
        half = half == 0 && k > 0 && w_max[k] > 0.5 ? grid[k - 1] : half;
    }
    assert_true(share[STEPS] == 0 && share[0] > 0.95);
    assert_true(test_element(ctx, changes, "changed_after_low", STEPS) == 0);
    CLOSE(test_element(ctx, changes, "changed_after_high", STEPS), 0.00636, 0.01,
          0); /* Wilson: 0 of 600 */
    double median = test_scalar(ctx, changes, "t_C_last_change_median"), median_error, mean_error;
    double mean = test_scalar(ctx, changes, "t_C_last_change");
    OK(ctx, ddn_result_scalar(ctx, changes, "t_C_last_change_median", NULL, &median_error));
    OK(ctx, ddn_result_scalar(ctx, changes, "t_C_last_change", NULL, &mean_error));
    assert_true(median_error > 0 && median <= half + 4 * median_error);
    assert_true(mean_error > 0 && mean_error < 0.1 * mean);
    assert_true(test_scalar(ctx, changes, "paths") == PATHS);
    assert_true(test_scalar(ctx, changes, "steps") == STEPS);
    ddn_result_destroy(changes);
    ddn_result_destroy(exact);
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_T_START, 1e-3));
    FAILS(ctx, ddn_analysis_last_change(an, oracle, &changes), DDN_E_RANGE, "T_END");
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Clones and last changes of the same seed, by number of threads and by batch. */
static void results_depend_on_nothing_but_the_seed(void **state)
{
    (void)state;
    ddn_result *clones[4] = {NULL}, *changes[4] = {NULL};
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 300, 30, 2, 1);
    for (int64_t i = 0; i < 4; i++) {
        ddn_context *threads = test_context(i % 3 + 1);
        ddn_analysis *an = analysis(threads, 30);
        OK(threads, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATHS, 20));
        OK(threads, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATH_STEPS, 10));
        OK(threads,
           ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_BATCH, i == 3 ? 7 : 128));
        OK(threads, ddn_analysis_clones(an, oracle, 2, times, &clones[i]));
        OK(threads, ddn_analysis_last_change(an, oracle, &changes[i]));
        ddn_analysis_destroy(an);
        ddn_context_destroy(threads);
    }
    for (int i = 1; i < 3; i++) {
        test_same_results(ctx, clones[0], clones[i]);
        test_same_results(ctx, changes[0], changes[i]);
    }
    CLOSE(test_element(ctx, clones[3], "distance2", 1),
          test_element(ctx, clones[0], "distance2", 1), 1e-9, 0);
    CLOSE(test_scalar(ctx, changes[3], "t_C_last_change"),
          test_scalar(ctx, changes[0], "t_C_last_change"), 1e-9, 0);
    for (int i = 0; i < 4; i++) {
        ddn_result_destroy(clones[i]);
        ddn_result_destroy(changes[i]);
    }
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Notes the stages: fractions must not fall within one. */
typedef struct watch {
    const char *stage;
    double last, stop;
    int64_t calls;
} watch;

static int32_t follow(void *user, const char *stage, double fraction)
{
    watch *w = user;
    if (w->stage == NULL || strcmp(w->stage, stage) != 0) {
        w->stage = stage;
        w->last = 0;
    }
    assert_true(fraction >= w->last - 1e-12 && fraction <= 1 + 1e-12);
    w->last = fraction;
    w->calls++;
    return fraction > w->stop;
}

static void progress_rises_and_stops(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 2, 1);
    ddn_analysis *an = analysis(ctx, 300);
    ddn_result *r = NULL;
    watch w = {NULL, 0, 2, 0};
    OK(ctx, ddn_context_set_progress(ctx, follow, &w, NULL));
    OK(ctx, ddn_analysis_clones(an, oracle, 2, times, &r));
    assert_string_equal(w.stage, "clones");
    assert_true(w.last == 1 && w.calls > 6);
    ddn_result_destroy(r);
    OK(ctx, ddn_analysis_last_change(an, oracle, &r));
    assert_string_equal(w.stage, "last change");
    ddn_result_destroy(r);
    w.stop = 0.6;
    assert_int_equal(ddn_analysis_clones(an, oracle, 2, times, &r), DDN_STOPPED);
    assert_null(r);
    assert_int_equal(ddn_analysis_last_change(an, oracle, &r), DDN_STOPPED);
    assert_null(r);
    OK(ctx, ddn_context_set_progress(ctx, NULL, NULL, NULL));
    CANCELLED(ctx, ddn_analysis_clones(an, oracle, 2, times, &r));
    OK(ctx, ddn_analysis_clones(an, oracle, 2, times, &r));
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static ddn_status clones(ddn_analysis *an, const ddn_oracle *oracle, ddn_result **out)
{
    return ddn_analysis_clones(an, oracle, 1, times, out);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(
        toy_every_allocation(clones, 12) + toy_every_allocation(ddn_analysis_last_change, 12) > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulation_agrees_with_the_identities),
        cmocka_unit_test(the_flow_does_not_branch),
        cmocka_unit_test(unlabelled_data_have_no_phi),
        cmocka_unit_test(a_precision_gives_the_number_of_pairs),
        cmocka_unit_test(a_precision_out_of_reach_is_refused),
        cmocka_unit_test(a_precision_of_nothing_is_reached),
        cmocka_unit_test(a_precision_of_one_class),
        cmocka_unit_test(a_precision_by_the_first_pairs),
        cmocka_unit_test(last_change_obeys_its_bound),
        cmocka_unit_test(results_depend_on_nothing_but_the_seed),
        cmocka_unit_test(progress_rises_and_stops),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
