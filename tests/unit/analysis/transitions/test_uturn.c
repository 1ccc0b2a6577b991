/* U-turns and clones: simulation against the posterior's predictions and closed forms, classifiers,
 * foreign scores, starts, refusals. Statistical comparisons allow 4.5 standard errors: false alarm
 * below 1e-5 each for a random seed; seeds are fixed. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/toy.h"

enum {
    N = 24,
    D = 3,
    TIMES = 4
};
static const double times[TIMES] = {0.03, 0.3, 0.9, 2.5};

static ddn_analysis *settings(ddn_context *ctx, int64_t paths)
{
    ddn_analysis *an = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, paths));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_STEPS, 4));
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_T_END, 1e-5));
    return an;
}

/* |column - column_identity| within the errors of both. */
static void agrees(ddn_context *ctx, const ddn_result *r, const char *name, int64_t row)
{
    char other[64], error[64], other_error[80];
    snprintf(other, sizeof other, "%s_identity", name);
    snprintf(error, sizeof error, "%s_se", name);
    snprintf(other_error, sizeof other_error, "%s_se", other);
    double se = hypot(test_element(ctx, r, error, row), test_element(ctx, r, other_error, row));
    print_message("# %s row %d: %g, %g +- %g\n", name, (int)row, test_element(ctx, r, name, row),
                  test_element(ctx, r, other, row), se);
    CLOSE(test_element(ctx, r, name, row), test_element(ctx, r, other, row), 0, 4.5 * se + 1e-9);
}

/* Where no pair parts the mean distance is not known to be 0: the interval has the 3.69 events that
 * may have been missed (chi squared of 2 degrees), each of the typical size; where all part it is
 * that of the error, and one pair more above. */
static void unseen_distances_are_allowed_for(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 1.5, 1);
    ddn_analysis *an = settings(ctx, 100);
    const double at[] = {5e-4, 3};
    for (int clones = 1; clones <= 2; clones++) {
        ddn_result *r = NULL;
        OK(ctx,
           (clones == 1 ? ddn_analysis_uturn : ddn_analysis_branch)(an, oracle, NULL, 2, at, &r));
        assert_true(test_element(ctx, r, "returned", 0) == 1);
        const double rare = 100 * test_element(ctx, r, "distance2_se", 0); /* the typical size */
        const double far = test_element(ctx, r, "distance2", 1);
        CLOSE(rare, far, 0.3, 0);
        CLOSE(100 * test_element(ctx, r, "distance2_high", 0), 3.69 * rare, 0.01, 0);
        assert_true(test_element(ctx, r, "distance2_low", 0) < 1e-20);
        assert_true(test_element(ctx, r, "distance2_identity", 0) <=
                    test_element(ctx, r, "distance2_high", 0));
        const double half = 1.96 * test_element(ctx, r, "distance2_se", 1);
        CLOSE(far - test_element(ctx, r, "distance2_low", 1), half, 0.1, 0);
        const double up = test_element(ctx, r, "distance2_high", 1) - far;
        assert_true(up > half && up < 1.6 * half);
        ddn_result_destroy(r);
    }
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* The exact reverse kernel does what the posterior predicts, for both experiments. */
static void simulation_is_identity(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 1.5, 1);
    ddn_analysis *an = settings(ctx, 3000);
    for (int clones = 1; clones <= 2; clones++) {
        ddn_result *r = NULL;
        OK(ctx, (clones == 1 ? ddn_analysis_uturn : ddn_analysis_branch)(an, oracle, NULL, TIMES,
                                                                         times, &r));
        assert_int_equal(ddn_result_rows(r), TIMES);
        CLOSE(test_scalar(ctx, r, "paths"), 3000, 0, 0);
        for (int64_t k = 0; k < TIMES; k++) {
            agrees(ctx, r, "returned", k);
            agrees(ctx, r, "same_class", k);
            agrees(ctx, r, "distance2", k);
            static const char *const shares[2] = {"returned", "same_class"};
            for (int i = 0; i < 2; i++) {
                char low[64], high[64];
                snprintf(low, sizeof low, "%s_low", shares[i]);
                snprintf(high, sizeof high, "%s_high", shares[i]);
                double p = test_element(ctx, r, shares[i], k);
                assert_true(0 <= test_element(ctx, r, low, k) && test_element(ctx, r, low, k) <= p);
                assert_true(p <= test_element(ctx, r, high, k) &&
                            test_element(ctx, r, high, k) <= 1);
                assert_true(test_element(ctx, r, low, k) < test_element(ctx, r, high, k));
            }
            double median = test_element(ctx, r, "distance2_q50", k);
            assert_true(test_element(ctx, r, "distance2_q05", k) <= median);
            assert_true(median <= test_element(ctx, r, "distance2_q95", k));
            double entropy = test_element(ctx, r, "entropy", k);
            assert_true(entropy >= 0 && entropy <= log(N));
        }
        assert_true(test_element(ctx, r, "returned", 0) > 0.8);
        assert_true(test_element(ctx, r, "returned", 3) < 0.2);
        ddn_result_destroy(r);
    }
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Two well-separated Gaussians: same class has the closed form phi(r), by every sampler. */
static void two_gaussians_by_every_method(void **state)
{
    (void)state;
    enum {
        DIM = 16
    };
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    double m[DIM];
    for (int j = 0; j < DIM; j++) {
        m[j] = 1.5;
    }
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_two_gaussians(ctx, sch, DIM, 1, m, &oracle));
    static const ddn_method methods[2] = {DDN_METHOD_EXACT, DDN_METHOD_EULER};
    static const double at[2] = {1.6, 2.2};
    for (int i = 0; i < 2; i++) {
        ddn_analysis *an = settings(ctx, 2000);
        ddn_result *r = NULL;
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_METHOD, methods[i]));
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_STEPS, i == 0 ? 2 : 80));
        OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_T_END, 1e-2));
        OK(ctx, ddn_analysis_branch(an, oracle, NULL, 2, at, &r));
        for (int64_t k = 0; k < 2; k++) {
            double phi = ddn_theory_phi(DIM * 2.25 * exp(-2 * at[k]));
            double se = sqrt(phi * (1 - phi) / 2000);
            CLOSE(test_element(ctx, r, "same_class", k), phi, 0, 4.5 * se + (i == 0 ? 0 : 0.01));
            CLOSE(test_element(ctx, r, "same_class_identity", k), phi, 0,
                  4.5 * test_element(ctx, r, "same_class_identity_se", k));
        }
        ddn_result_destroy(r);
        ddn_analysis_destroy(an);
    }
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

typedef struct classifier {
    int32_t returns;
    int64_t calls, states;
    int inside;
} classifier;

static int32_t by_sign(void *user, int64_t m, int64_t d, const double *x, int64_t ldx,
                       int32_t *class_out)
{
    classifier *c = user;
    assert_false(c->inside);
    c->inside = 1;
    c->calls++;
    c->states += m;
    assert_true(ldx >= d);
    for (int64_t r = 0; r < m; r++) {
        assert_true(class_out[r] == INT32_MIN);
        class_out[r] = x[r * ldx] > 0 ? 1 : 0;
    }
    c->inside = 0;
    return c->returns;
}

/* Far clusters: the sign of the first coordinate is the label, so the classifier's answer is the
 * default's; the prediction is then not known. */
static void classifiers(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 6, 1);
    ddn_analysis *an = settings(ctx, 500);
    ddn_result *plain = NULL, *own = NULL;
    classifier c = {0};
    OK(ctx, ddn_analysis_uturn(an, oracle, NULL, TIMES, times, &plain));
    OK(ctx, ddn_analysis_set_classifier_f64(an, by_sign, &c, NULL));
    OK(ctx, ddn_analysis_uturn(an, oracle, NULL, TIMES, times, &own));
    assert_int_equal(c.states, 2 * 500 * TIMES);
    for (int64_t k = 0; k < TIMES; k++) {
        CLOSE(test_element(ctx, own, "same_class", k), test_element(ctx, plain, "same_class", k), 0,
              0);
        CLOSE(test_element(ctx, own, "returned", k), test_element(ctx, plain, "returned", k), 0, 0);
        assert_true(isnan(test_element(ctx, own, "same_class_identity", k)));
    }
    assert_non_null(strstr(ddn_result_definition(own, "same_class"), "caller's classifier"));
    ddn_result_destroy(plain);
    ddn_result_destroy(own);
    c.returns = 3;
    FAILS(ctx, ddn_analysis_uturn(an, oracle, NULL, TIMES, times, &own), DDN_E_CALLBACK,
          "classifier returned 3");
    assert_null(own);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* A foreign model of two points +-1 in d = 1: x_0 = tanh(a x/s^2). */
static int32_t two_points(void *user, double t, double a, double s, int64_t m, int64_t d,
                          const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user;
    (void)t;
    (void)d;
    for (int64_t r = 0; r < m; r++) {
        out[r * ldo] = tanh(a * x[r * ldx] / (s * s));
    }
    return 0;
}

/* The foreign model knows no weights: nearest points are those of its dataset, or of the starts. It
 * returns as often as the empirical oracle of the same points predicts. */
static void foreign_scores(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double points[2] = {1, -1};
    const int32_t labels[2] = {0, 1};
    ddn_oracle *exact = toy_oracle(ctx, points, 2, 1, labels), *foreign = NULL;
    const ddn_schedule *sch = ddn_oracle_schedule(exact);
    const ddn_dataset *ds = ddn_oracle_dataset(exact);
    ddn_analysis *an = settings(ctx, 1500);
    ddn_result *want = NULL, *got = NULL;
    OK(ctx,
       ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_METHOD, DDN_METHOD_EXPONENTIAL));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_STEPS, 60));
    OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_T_END, 1e-3));
    OK(ctx, ddn_analysis_uturn(an, exact, NULL, TIMES, times, &want));
    for (int with_data = 0; with_data < 2; with_data++) {
        foreign =
            test_model(ctx, sch, DDN_PREDICTION_X0, 1, two_points, NULL, with_data ? ds : NULL);
        if (!with_data) {
            FAILS(ctx, ddn_analysis_uturn(an, foreign, NULL, TIMES, times, &got), DDN_E_UNSUPPORTED,
                  "no data of its own");
        }
        OK(ctx, ddn_analysis_uturn(an, foreign, with_data ? NULL : ds, TIMES, times, &got));
        for (int64_t k = 0; k < TIMES; k++) {
            double p = test_element(ctx, want, "returned_identity", k);
            CLOSE(test_element(ctx, got, "returned", k), p, 0,
                  4.5 * test_element(ctx, got, "returned_se", k) + 0.02);
            CLOSE(test_element(ctx, got, "same_class", k), test_element(ctx, got, "returned", k), 0,
                  0);
            assert_true(isnan(test_element(ctx, got, "returned_identity", k)));
            assert_true(isnan(test_element(ctx, got, "entropy", k)));
        }
        ddn_result_destroy(got);
        ddn_oracle_destroy(foreign);
    }
    ddn_result_destroy(want);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(exact);
    ddn_context_destroy(ctx);
}

/* One point, one class: everything returns, and the interval still has a width. */
static void trivial_cases(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double point[2] = {0.5, -2};
    const int32_t label = 4;
    ddn_oracle *oracle = toy_oracle(ctx, point, 1, 2, &label);
    ddn_analysis *an = settings(ctx, 50);
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_uturn(an, oracle, NULL, TIMES, times, &r));
    for (int64_t k = 0; k < TIMES; k++) {
        CLOSE(test_element(ctx, r, "returned", k), 1, 0, 0);
        CLOSE(test_element(ctx, r, "same_class", k), 1, 0, 0);
        CLOSE(test_element(ctx, r, "distance2", k), 0, 0, 1e-20);
        CLOSE(test_element(ctx, r, "entropy", k), 0, 0, 0);
        /* Wilson at 50 of 50: 1/(1 + z^2/50) */
        CLOSE(test_element(ctx, r, "returned_low", k), 1 / (1 + 1.9599639845 * 1.9599639845 / 50),
              1e-8, 0);
        CLOSE(test_element(ctx, r, "returned_high", k), 1, 1e-12, 0);
    }
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* A Gaussian has no points that could judge: distances are measured alone. Those of N(0, I) with
 * itself are 2 tr Cov(x_0 | x_t) = 2 d s^2. */
static void nothing_to_judge_by(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = settings(ctx, 500);
    ddn_result *r = NULL;
    OK(ctx, ddn_oracle_create_gaussian(ctx, sch, D, 0, 1, NULL, NULL, NULL, 0, &oracle));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_STEPS, 64));
    OK(ctx, ddn_analysis_uturn(an, oracle, NULL, TIMES, times, &r));
    for (int64_t k = 0; k < TIMES; k++) {
        CLOSE(test_element(ctx, r, "distance2", k), -2 * D * expm1(-2 * times[k]), 0.01,
              4.5 * test_element(ctx, r, "distance2_se", k));
        assert_true(isnan(test_element(ctx, r, "returned", k)));
        assert_true(isnan(test_element(ctx, r, "returned_se", k)));
        assert_true(isnan(test_element(ctx, r, "same_class", k)));
    }
    assert_non_null(strstr(ddn_result_definition(r, "returned"), "no points to be nearest to"));
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* The same bits for 1 and 3 threads; other starts leave the predictions for own data out. */
static void threads_and_starts(void **state)
{
    (void)state;
    ddn_result *r[2] = {NULL, NULL};
    ddn_context *ctx[2];
    for (int i = 0; i < 2; i++) {
        ctx[i] = test_context(1 + 2 * i);
        ddn_oracle *oracle = toy_clusters(ctx[i], N, D, 1.5, 1);
        ddn_analysis *an = settings(ctx[i], 300);
        OK(ctx[i], ddn_analysis_uturn(an, oracle, NULL, TIMES, times, &r[i]));
        if (i == 1) {
            const double held_out[2 * D] = {1.4, 0.2, -0.3, -1.6, 0.1, 0.4};
            ddn_dataset *starts = NULL;
            ddn_result *other = NULL;
            OK(ctx[i], ddn_dataset_create(ctx[i], DDN_TYPE_F64, 2, D, held_out, D, &starts));
            OK(ctx[i], ddn_analysis_uturn(an, oracle, starts, TIMES, times, &other));
            assert_true(test_element(ctx[i], other, "same_class", 0) > 0.9);
            assert_true(isnan(test_element(ctx[i], other, "same_class_identity", 0)));
            assert_true(test_element(ctx[i], other, "entropy", 3) > 1);
            ddn_result_destroy(other);
            ddn_dataset_destroy(starts);
        }
        ddn_analysis_destroy(an);
        ddn_oracle_destroy(oracle);
    }
    test_same_results(ctx[0], r[0], r[1]);
    for (int i = 0; i < 2; i++) {
        ddn_result_destroy(r[i]);
        ddn_context_destroy(ctx[i]);
    }
}

static void refusals(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, N, D, 1.5, 0), *sum = NULL;
    ddn_analysis *an = settings(ctx, 10);
    ddn_result *r = NULL;
    const double low[2] = {1e-6, 1}, one = 1, twice[2] = {1, 1}, bad = NAN;
    ddn_dataset *narrow = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 1, 1, &one, 1, &narrow));
#define TURN(o, starts, t, count) ddn_analysis_uturn(an, o, starts, count, t, &r)
    FAILS(ctx, TURN(oracle, NULL, low, 2), DDN_E_RANGE, "times[0]");
    FAILS(ctx, TURN(oracle, NULL, &bad, 1), DDN_E_NONFINITE, "times[0]");
    FAILS(ctx, TURN(oracle, NULL, twice, 2), DDN_E_RANGE, "monotone");
    FAILS(ctx, TURN(oracle, NULL, NULL, 2), DDN_E_NULL, "times");
    FAILS(ctx, TURN(oracle, NULL, &one, 0), DDN_E_RANGE, "0");
    FAILS(ctx, TURN(NULL, NULL, &one, 1), DDN_E_NULL, "oracle");
    FAILS(ctx, TURN(oracle, narrow, &one, 1), DDN_E_SHAPE, "d = 1");
    assert_int_equal(ddn_analysis_uturn(NULL, oracle, NULL, 1, &one, &r), DDN_E_NULL);
    OK(ctx, ddn_oracle_create_combination(ctx, 1, &oracle, &one, &sum));
    FAILS(ctx, TURN(sum, NULL, &one, 1), DDN_E_UNSUPPORTED, "give starts");
    /* A combination cannot draw: the preset fits it, the exact kernel does not. */
    OK(ctx, TURN(sum, ddn_oracle_dataset(oracle), &one, 1));
    assert_string_equal(ddn_result_field(r, "DDN_ANALYSIS_METHOD"), "30");
    ddn_result_destroy(r);
    ddn_options *method = ddn_analysis_options(an);
    OK(ctx, ddn_options_set_i64(method, DDN_ANALYSIS_METHOD, DDN_METHOD_EXACT));
    FAILS(ctx, TURN(sum, ddn_oracle_dataset(oracle), &one, 1), DDN_E_UNSUPPORTED, "");
    OK(ctx, ddn_options_set_i64(method, DDN_ANALYSIS_METHOD, 0));
    assert_null(r);
#undef TURN
    /* Without labels there are no classes, but points still return. */
    OK(ctx, ddn_analysis_uturn(an, oracle, NULL, 1, &one, &r));
    assert_true(isnan(test_element(ctx, r, "same_class", 0)));
    assert_false(isnan(test_element(ctx, r, "returned", 0)));
    ddn_result_destroy(r);
    CANCELLED(ctx, ddn_analysis_uturn(an, oracle, NULL, 1, &one, &r));
    assert_null(r);
    ddn_dataset_destroy(narrow);
    ddn_oracle_destroy(sum);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static ddn_status whole_life(ddn_context *ctx, void *arg)
{
    (void)arg;
    const double m[2] = {1, 2}, t = 1;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    if (status == DDN_OK) {
        status = ddn_oracle_create_two_gaussians(ctx, sch, 2, 1, m, &oracle);
    }
    if (status == DDN_OK) {
        status = ddn_analysis_create(ctx, &an);
    }
    if (status == DDN_OK) {
        status = ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, 4);
    }
    if (status == DDN_OK) {
        status = ddn_analysis_uturn(an, oracle, NULL, 1, &t, &r);
    }
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    return status;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    assert_true(test_every_allocation(whole_life, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulation_is_identity),
        cmocka_unit_test(unseen_distances_are_allowed_for),
        cmocka_unit_test(two_gaussians_by_every_method),
        cmocka_unit_test(classifiers),
        cmocka_unit_test(foreign_scores),
        cmocka_unit_test(trivial_cases),
        cmocka_unit_test(nothing_to_judge_by),
        cmocka_unit_test(threads_and_starts),
        cmocka_unit_test(refusals),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
