/* Memorization: known distances, copies, ties, the interval of the share, the law of the quantiles'
 * errors, copies of data against fresh data, pooling, what is refused. Would catch: copies taken
 * for a second point, a share of d1^2 / d2^2, quantiles whose errors are not those of their spread.
 */
#include "support/fixtures.h"
#include "support/results.h"

static ddn_dataset *dataset(ddn_context *ctx, int64_t n, int64_t d, const double *y)
{
    ddn_dataset *ds = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, y, d, &ds));
    return ds;
}

static ddn_result *measure(ddn_context *ctx, const ddn_dataset *ds, double kappa, int64_t m,
                           const double *x)
{
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    if (kappa > 0) {
        OK(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_KAPPA, kappa));
    }
    OK(ctx, ddn_analysis_memorization(an, ds, m, x, ddn_dataset_d(ds), &r));
    ddn_analysis_destroy(an);
    return r;
}

/* Points 0, 0, 1, 3, 0, 10 on a line. */
static void known_distances(void **state)
{
    (void)state;
    static const double y[] = {0, 0, 1, 3, -0.0, 10};
    static const double x[] = {0, 0.2, 0.25, 0.5, 2, 4, 9, 1e9};
    static const double want[][3] = {
        {0, 0, 1}, {0, 0.2, 0.8}, {0, 0.25, 0.75}, {0, 0.5, 0.5},
        {2, 1, 1}, {3, 1, 3},     {5, 1, 6},       {5, 1e9 - 10, 1e9 - 3}};
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = dataset(ctx, 6, 1, y);
    ddn_result *r = measure(ctx, ds, 0, 8, x);
    for (int q = 0; q < 8; q++) {
        CLOSE(test_element(ctx, r, "index", q), want[q][0], 0, 0);
        CLOSE(test_element(ctx, r, "d1", q), want[q][1], 1e-15, 0);
        CLOSE(test_element(ctx, r, "d2", q), want[q][2], 1e-15, 0);
    }
    /* 0 / 1, 0.2 / 0.8 and 1 / 6 are below a third; 0.25 / 0.75 and 1 / 3 are not: exact numbers.
     */
    double share, error;
    OK(ctx, ddn_result_scalar(ctx, r, "f_mem", &share, &error));
    CLOSE(share, 3 / 8.0, 0, 0);
    CLOSE(error, sqrt(share * (1 - share) / 8 + 1 / 256.0) / (1 + 1 / 8.0), 1e-15, 0);
    /* Wilson's high end is a root of (p - 3/8)^2 = z^2 p (1 - p) / 8; the low end of so few hits is
     * that of Poisson's law: chi-squared of six degrees of freedom is below 2 * 0.8177 in 5 %. */
    double p = test_scalar(ctx, r, "f_mem_high"), z = 1.959963984540054;
    CLOSE((p - share) * (p - share), z * z * p * (1 - p) / 8, 1e-12, 0);
    assert_true(p > share);
    CLOSE(test_scalar(ctx, r, "f_mem_low"), 0.8176914472 / 8, 1e-9, 0);
    CLOSE(test_scalar(ctx, r, "kappa"), 1 / 3.0, 0, 0);
    CLOSE(test_scalar(ctx, r, "samples"), 8, 0, 0);
    CLOSE(test_scalar(ctx, r, "d1_q50"), 0.75, 1e-15, 0);
    CLOSE(test_scalar(ctx, r, "d2_q50"), 1, 1e-15, 0);
    OK(ctx, ddn_result_scalar(ctx, r, "d1_q05", &share, &error));
    CLOSE(share, 0, 0, 0);
    assert_true(isnan(error)); /* eight samples say nothing of it, */
    assert_true(isnan(test_scalar(ctx, r, "d1_q05_low")));
    /* The distances are 0, 0.2, 0.25, ..., and the value wanted is number 1.2095 from 0. */
    CLOSE(test_scalar(ctx, r, "d1_q05_high"), 0.2 + 0.209490665220324 * 0.05, 1e-10, 0);
    ddn_result_destroy(r);
    r = measure(ctx, ds, 1, 8, x);
    CLOSE(test_scalar(ctx, r, "f_mem"), 6 / 8.0, 0, 0); /* not the two in the middle */
    ddn_result_destroy(r);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static double test_part(ddn_context *ctx, ddn_result *r, const char *name, const char *part)
{
    char full[32];
    snprintf(full, sizeof full, "%s_%s", name, part);
    return test_scalar(ctx, r, full);
}

/* Distances with a known law: the spread of each quantile over many sets is its error. Ratios of
 * two spreads of 500 values are within 0.9 .. 1.1 but for 1 in 10^3; the seed is fixed. Intervals
 * miss the true quantile in 5 % of the sets: 6 to 46 of 500 but for 1e-4. */
static void errors_of_quantiles(void **state)
{
    (void)state;
    enum {
        SETS = 500,
        M = 400
    };
    static const char *const names[] = {"d1_q05", "d1_q50", "d1_q95"};
    static const double y[] = {0, 1e6};
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = dataset(ctx, 2, 1, y);
    static const double exact[] = {0.0627068, 0.6744898, 1.9599640}; /* of |z| */
    double sum[3] = {0}, square[3] = {0}, errors[3] = {0}, x[M];
    int missed[3] = {0};
    for (int set = 0; set < SETS; set++) {
        test_normal(1000 + set, M, x);
        ddn_result *r = measure(ctx, ds, 0, M, x);
        for (int i = 0; i < 3; i++) {
            double value, error;
            OK(ctx, ddn_result_scalar(ctx, r, names[i], &value, &error));
            sum[i] += value / SETS;
            square[i] += value * value / SETS;
            errors[i] += error * error / SETS;
            missed[i] += !(test_part(ctx, r, names[i], "low") <= exact[i] &&
                           exact[i] <= test_part(ctx, r, names[i], "high"));
        }
        ddn_result_destroy(r);
    }
    for (int i = 0; i < 3; i++) {
        double spread = sqrt(square[i] - sum[i] * sum[i]);
        CLOSE(sum[i], exact[i], 0, 4 * spread / sqrt(SETS) + 2.0 / M);
        CLOSE(sqrt(errors[i]) / spread, 1, 0, 0.1);
        assert_in_range(missed[i], 6, 46);
    }
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Points with noise of a tenth of their distances are copies, fresh points are not. */
static void copies_and_fresh_points(void **state)
{
    (void)state;
    enum {
        N = 700,
        M = 300,
        D = 10
    };
    static double y[N * D], x[M * D];
    static float single[M * D];
    ddn_context *ctx = test_context(2);
    test_normal(1, N * D, y);
    test_normal(2, M * D, x);
    ddn_dataset *ds = dataset(ctx, N, D, y);
    ddn_result *fresh = measure(ctx, ds, 0, M, x);
    for (int i = 0; i < M * D; i++) {
        x[i] = y[i] + 0.05 * x[i];
        single[i] = (float)x[i];
        x[i] = (double)single[i];
    }
    ddn_result *copies = measure(ctx, ds, 0, M, x), *same = NULL;
    assert_true(test_scalar(ctx, fresh, "f_mem_high") < 0.05);
    assert_true(test_scalar(ctx, copies, "f_mem_low") > 0.95);
    for (int q = 0; q < M; q++) {
        CLOSE(test_element(ctx, copies, "index", q), q, 0, 0);
    }
    ddn_analysis *an = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_analysis_memorization_f32(an, ds, M, single, D, &same));
    test_same_texts(ctx, copies, same);
    ddn_result_destroy(same);
    ddn_analysis_destroy(an);
    ddn_result_destroy(copies);
    ddn_result_destroy(fresh);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Two halves: the share of all samples and its interval; what each sample says does not pool. */
static void halves(void **state)
{
    (void)state;
    static const double y[] = {0, 1}, x[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.1, 0.1};
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = dataset(ctx, 2, 1, y);
    ddn_analysis *an = NULL;
    ddn_result *r[2] = {NULL}, *both = NULL, *whole = measure(ctx, ds, 0, 8, x);
    OK(ctx, ddn_analysis_create(ctx, &an));
    for (int h = 0; h < 2; h++) {
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, h));
        OK(ctx, ddn_analysis_memorization(an, ds, 4, x + 4 * h, 1, &r[h]));
    }
    OK(ctx, ddn_result_merge(ctx, r[0], r[1], &both));
    static const char *const names[] = {"f_mem", "f_mem_low", "f_mem_high", "samples", "kappa"};
    for (int i = 0; i < 5; i++) {
        CLOSE(test_scalar(ctx, both, names[i]), test_scalar(ctx, whole, names[i]), 0, 0);
    }
    assert_true(isnan(test_scalar(ctx, both, "d1_q50")) && isnan(test_element(ctx, both, "d1", 0)));
    ddn_result_destroy(both);
    FAILS(ctx, ddn_result_merge(ctx, r[0], r[0], &both), DDN_E_MISMATCH, "seed");
    ddn_result_destroy(r[0]);
    ddn_result_destroy(r[1]);
    ddn_result_destroy(whole);
    ddn_analysis_destroy(an);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static void refuses(void **state)
{
    (void)state;
    double y[] = {2, 2, 2, 2}, x[] = {1, 0, 3, 1};
    float single[] = {1, 0, INFINITY, 1};
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = dataset(ctx, 2, 2, y), *two;
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    FAILS(ctx, ddn_analysis_memorization(an, ds, 2, x, 2, &r), DDN_E_UNSUPPORTED, "equal");
    y[3] = 4;
    two = dataset(ctx, 2, 2, y);
    FAILS(ctx, ddn_analysis_memorization(an, two, 0, x, 2, &r), DDN_E_RANGE, "m = 0");
    FAILS(ctx, ddn_analysis_memorization(an, two, 2, x, 1, &r), DDN_E_SHAPE, "x");
    FAILS(ctx, ddn_analysis_memorization(an, two, 2, NULL, 2, &r), DDN_E_NULL, "x");
    FAILS(ctx, ddn_analysis_memorization(an, NULL, 2, x, 2, &r), DDN_E_NULL, "ds");
    FAILS(ctx, ddn_analysis_memorization_f32(an, two, 2, single, 2, &r), DDN_E_NONFINITE,
          "x[1][0]");
    FAILS(ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_KAPPA, 1.5), DDN_E_RANGE,
          "KAPPA");
    assert_null(r);
    CANCELLED(ctx, ddn_analysis_memorization(an, two, 2, x, 2, &r));
    assert_null(r);
    ddn_analysis_destroy(an);
    ddn_dataset_destroy(two);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_distances),
        cmocka_unit_test(errors_of_quantiles),
        cmocka_unit_test(copies_and_fresh_points),
        cmocka_unit_test(halves),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
