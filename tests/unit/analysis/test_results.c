/* Results and the statistics behind them: what is stored comes back, errors have known values. */
#include "analysis/result_impl.h"
#include "base/rng.h"
#include "base/statistics.h"
#include "support/failing.h"
#include "support/fixtures.h"

static ddn_status build(ddn_context *ctx, ddn_result **out)
{
    double *t = NULL, *y = NULL, *error = NULL;
    ddn_status status = ddni_result_create(ctx, 3, out);
    if (status == DDN_OK) {
        status = ddni_result_add_column(ctx, *out, (ddni_quantity){"t", "s", 0, 0}, &t,
                                        "time on %d points", 3);
    }
    if (status == DDN_OK) {
        status =
            ddni_result_add_pair(ctx, *out, (ddni_quantity){"y", "1", 0, 0}, &y, &error, "a curve");
    }
    for (int i = 0; status == DDN_OK && i < 40; i++) { /* beyond the first capacity */
        char name[16];
        snprintf(name, sizeof name, "s%d", i);
        status = ddni_result_add_scalar(ctx, *out, (ddni_quantity){name, "1", 0, 0}, i, 0.5 * i,
                                        "number %d", i);
    }
    for (int i = 0; status == DDN_OK && i < 3; i++) {
        t[i] = i;
        y[i] = i == 1 ? NAN : 10.0 * i;
        error[i] = 0.1;
    }
    return status;
}

static void what_is_stored_comes_back(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = NULL;
    OK(ctx, build(ctx, &r));
    assert_int_equal(ddn_result_rows(r), 3);
    assert_int_equal(ddn_result_column_count(r), 3);
    assert_string_equal(ddn_result_column_name(r, 0), "t");
    assert_string_equal(ddn_result_column_name(r, 2), "y_se");
    assert_null(ddn_result_column_name(r, 3));
    assert_null(ddn_result_column_name(r, -1));
    assert_int_equal(ddn_result_scalar_count(r), 40);
    assert_string_equal(ddn_result_scalar_name(r, 39), "s39");
    assert_null(ddn_result_scalar_name(r, 40));
    double y[3], value, error;
    OK(ctx, ddn_result_column(ctx, r, "y", 3, y));
    assert_true(y[0] == 0 && isnan(y[1]) && y[2] == 20);
    OK(ctx, ddn_result_scalar(ctx, r, "s39", &value, &error));
    assert_true(value == 39 && error == 19.5);
    OK(ctx, ddn_result_scalar(ctx, r, "s39", NULL, NULL));
    assert_string_equal(ddn_result_definition(r, "t"), "time on 3 points");
    assert_string_equal(ddn_result_definition(r, "y_se"), "standard error of y");
    assert_string_equal(ddn_result_definition(r, "s7"), "number 7");
    assert_null(ddn_result_definition(r, "nothing"));
    FAILS(ctx, ddn_result_column(ctx, r, "z", 3, y), DDN_E_KEY,
          "ddn_result_column: the result has no column 'z'");
    FAILS(ctx, ddn_result_column(ctx, r, "y", 2, y), DDN_E_CAPACITY, "capacity = 2");
    FAILS(ctx, ddn_result_column(ctx, r, NULL, 3, y), DDN_E_NULL, "name");
    FAILS(ctx, ddn_result_column(ctx, NULL, "y", 3, y), DDN_E_NULL, "result");
    FAILS(ctx, ddn_result_scalar(ctx, r, "y", &value, &error), DDN_E_KEY, "no scalar 'y'");
    assert_int_equal(ddn_result_column(NULL, r, "y", 3, y), DDN_E_NULL);
    assert_int_equal(ddn_result_rows(NULL), 0);
    ddn_result_destroy(r);
    ddn_result_destroy(NULL);
    ddn_context_destroy(ctx);
}

static void results_merge_by_row_and_name(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = NULL, *wide = NULL;
    OK(ctx, build(ctx, &r));
    OK(ctx, ddni_result_create(ctx, 5, &wide));
    OK(ctx, ddni_result_add_scalar(ctx, wide, (ddni_quantity){"s3", "", 0, 0}, -1, 0, "kept"));
    const int64_t rows[] = {4, 1, 0};
    OK(ctx, ddni_result_copy_pair(ctx, wide, "y_other", r, "y", rows));
    OK(ctx, ddni_result_copy_scalars(ctx, wide, r));
    OK(ctx, ddni_result_copy_pair(ctx, wide, "none", NULL, "y", rows));
    FAILS(ctx, ddni_result_copy_pair(ctx, wide, "x", r, "x", rows), DDN_E_KEY, "'x'");
    ddn_result_destroy(r); /* nothing is shared */
    double y[5], value;
    OK(ctx, ddn_result_column(ctx, wide, "y_other", 5, y));
    assert_true(y[0] == 20 && isnan(y[1]) && isnan(y[2]) && isnan(y[3]) && y[4] == 0);
    OK(ctx, ddn_result_column(ctx, wide, "y_other_se", 5, y));
    assert_true(y[0] == 0.1 && isnan(y[2]));
    OK(ctx, ddn_result_column(ctx, wide, "none", 5, y));
    assert_true(isnan(y[0]) && isnan(y[4]));
    OK(ctx, ddn_result_column(ctx, wide, "none_high", 5, y)); /* as any may have that is there */
    assert_true(isnan(y[0]) && isnan(y[4]));
    assert_int_equal(ddn_result_column_count(wide), 6);
    assert_int_equal(ddn_result_scalar_count(wide), 40);
    OK(ctx, ddn_result_scalar(ctx, wide, "s3", &value, NULL));
    assert_true(value == -1);
    ddn_result_destroy(wide);
    ddn_context_destroy(ctx);
}

static ddn_status build_and_drop(ddn_context *ctx, void *arg)
{
    (void)arg;
    ddn_result *r = NULL;
    ddn_status status = build(ctx, &r);
    ddn_result_destroy(r);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(test_every_allocation(build_and_drop, NULL) > 5);
}

static void means_are_stable(void **state)
{
    (void)state;
    /* 1e9 + {0, 1, 2, ..., 9}: mean 1e9 + 4.5, variance 55/6; the sum of squares would lose it. */
    ddni_mean acc = {0, 0, 0};
    ddni_mean_add(&acc, 1e9);
    assert_true(isnan(ddni_mean_error(&acc)));
    for (int i = 1; i < 10; i++) {
        ddni_mean_add(&acc, 1e9 + i);
    }
    CLOSE(acc.mean, 1e9 + 4.5, 1e-15, 0);
    CLOSE(ddni_mean_error(&acc), sqrt(55.0 / 6 / 10), 1e-12, 0);
}

static void proportions_have_errors_at_the_ends(void **state)
{
    (void)state;
    double low, high, p, error;
    ddni_wilson(5, 10, 1.959963984540054, &low, &high); /* Wilson 1927 */
    CLOSE(low, 0.236593090512564, 1e-12, 0);
    CLOSE(high, 0.763406909487436, 1e-12, 0);
    ddni_wilson(0, 10, 1.959963984540054, &low, &high);
    assert_true(low == 0);
    CLOSE(high, 0.277532799862889, 1e-12, 0);
    for (int64_t hits = 0; hits <= 400; hits += 100) {
        ddni_proportion(hits, 400, &p, &error);
        ddni_wilson(hits, 400, 1, &low, &high);
        assert_true(p == (double)hits / 400 && error > 0);
        CLOSE(error,
              hits == 0     ? high / 2
              : hits == 400 ? (1 - low) / 2
                            : (high - low) / 2,
              1e-13, 0);
    }
    ddni_proportion(5000, 10000, &p, &error);
    CLOSE(error, 0.005, 1e-4, 0);
}

/* How often the 95 % interval of 512 trials has p, summed over the binomial law: Wilson's alone
 * falls to 0.84 at p = 3e-4, and +-1.96 standard errors of no hit at all would be less. */
static void intervals_of_rare_events_cover(void **state)
{
    (void)state;
    enum {
        N = 512
    };
    double least = 1;
    for (double p = 2e-5; p < 0.5; p *= 1.05) {
        double chance = pow(1 - p, N), covered = 0;
        for (int64_t hits = 0; hits <= N; hits++) {
            double low, high, of_misses[2];
            ddni_wilson_95(hits, N, &low, &high);
            ddni_wilson_95(N - hits, N, &of_misses[0], &of_misses[1]);
            CLOSE(of_misses[0], 1 - high, 0, 1e-14);
            covered += low <= p && p <= high ? chance : 0;
            chance *= (double)(N - hits) / (double)(hits + 1) * p / (1 - p);
        }
        least = fmin(least, covered);
    }
    assert_true(least > 0.92);
}

static void medians_come_from_order_statistics(void **state)
{
    (void)state;
    enum {
        N = 1001
    };
    double v[N];
    for (int64_t i = 0; i < N; i++) {
        v[i] = (double)((i * 376) % N); /* a permutation: 376 and 1001 have no common factor */
    }
    ddni_sort(v, N);
    for (int64_t i = 0; i < N; i++) {
        assert_true(v[i] == (double)i);
    }
    ddni_quantile m = ddni_quantile_of(v, N, 0.5);
    assert_true(m.value == 500);
    CLOSE(m.error, sqrt(N) / 2, 1e-12, 0); /* uniform: sd of the median = n / (2 sqrt n) */
    CLOSE(ddni_student_95(1), 12.7062, 1e-4, 0);
    CLOSE(ddni_student_95(3), 3.18245, 8e-3, 0);
    CLOSE(ddni_student_95(15), 2.13145, 3e-5, 0);
    /* By exact sums of binomials in another program, and Nyblom's formula. */
    CLOSE(m.low, 469.00222230964704, 1e-10, 0);
    CLOSE(m.high, 530.9977776903529, 1e-10, 0);
    m = ddni_quantile_of(v, 6, 0.5); /* 2^-6 is below 0.025, 2^-5 is not */
    CLOSE(m.value, 2.5, 0, 0);
    CLOSE(m.low, 5 / 14.0, 1e-12, 0);
    CLOSE(m.high, 65 / 14.0, 1e-12, 0);
    m = ddni_quantile_of(v, 5, 0.5);
    assert_true(m.value == 2 && isnan(m.low) && isnan(m.high));
    m = ddni_quantile_of(v, 72, 0.05); /* 0.95^72 = 0.0249, 0.95^71 = 0.0262 */
    CLOSE(m.low, 0.004174946384714939, 1e-10, 0);
    m = ddni_quantile_of(v, 71, 0.05);
    assert_true(isnan(m.low));
    CLOSE(m.high, 7.005351535471483, 1e-10, 0);
    m = ddni_quantile_of(v, 1, 0.5);
    assert_true(m.value == 0 && isnan(m.error));
    /* Hazen: 0, 1, 2, 3 are at 1/8, 3/8, 5/8, 7/8. */
    CLOSE(ddni_quantile_of(v, 4, 0.5).value, 1.5, 1e-15, 0);
    CLOSE(ddni_quantile_of(v, 4, 0.7).value, 2.3, 1e-15, 0);
    assert_true(ddni_quantile_of(v, 4, 0.1).value == 0 && ddni_quantile_of(v, 4, 1).value == 3);
    ddni_sort(v, 0);
}

/* Means of 16 values of a skew law: Student's interval covers 90 % of exponential ones. Four
 * standard deviations of 4000 runs are 0.014. */
static void means_of_skew_values_are_covered(void **state)
{
    (void)state;
    enum {
        N = 16,
        RUNS = 4000
    };
    const ddni_draws draws = ddni_draws_of(8, DDNI_USE_BOOTSTRAP, 0);
    int64_t below = 0, above = 0;
    double v[N], low, high;
    for (int64_t r = 0; r < RUNS; r++) {
        for (int64_t i = 0; i < N; i++) {
            v[i] = -log(ddni_draws_uniform(&draws, r, i));
        }
        ddni_mean_95(v, N, &low, &high);
        below += high < 1;
        above += low > 1;
        for (int64_t i = 0; i < N; i++) {
            v[i] = -v[i];
        }
        double down, up;
        ddni_mean_95(v, N, &down, &up);
        CLOSE(down, -high, 1e-12, 0);
        CLOSE(up, -low, 1e-12, 0);
    }
    CLOSE((double)(below + above) / RUNS, 0.046, 0, 0.014);
    const double even[] = {1, 2, 3, 4, 5}; /* Student's for four degrees */
    ddni_mean_95(even, 5, &low, &high);
    CLOSE(high - 3, 2.7764451051977987 * sqrt(0.5), 8e-3, 0);
    CLOSE(3 - low, high - 3, 1e-12, 0);
}

/* Spread over reported error of the median of few values, and how often its interval covers: ranks
 * that are rounded inward gave 1.36. */
static void medians_of_few_values_have_honest_errors(void **state)
{
    (void)state;
    enum {
        N = 16,
        RUNS = 4000
    };
    ddni_mean median = {0}, error = {0};
    const ddni_draws draws = ddni_draws_of(7, DDNI_USE_BOOTSTRAP, 0);
    int64_t covered = 0;
    for (int64_t r = 0; r < RUNS; r++) {
        double v[N];
        for (int64_t i = 0; i < N; i++) {
            v[i] = -log(ddni_draws_uniform(&draws, r, i));
        }
        ddni_sort(v, N);
        ddni_quantile m = ddni_quantile_of(v, N, 0.5);
        ddni_mean_add(&median, m.value);
        ddni_mean_add(&error, m.error);
        covered += m.low <= log(2) && log(2) <= m.high;
    }
    CLOSE(ddni_mean_error(&median) * sqrt(RUNS) / error.mean, 1, 0, 0.1);
    /* Four standard deviations of 4000 runs are 0.0138. */
    CLOSE((double)covered / RUNS, 0.95, 0, 0.0138);
}

static void crossings_are_found_from_the_noisy_end(void **state)
{
    (void)state;
    const double t[] = {1, 2, 3, 4, 5, 6}, y[] = {1, 0.4, 0.7, NAN, 0.2, 0.1};
    const double e[] = {0.01, 0.01, 0.02, NAN, 0.04, 0.01};
    ddni_curve curve = {.rows = 6, .t = t, .y = y, .error = e, .apart = 1};
    ddni_crossing c, r;
    ddni_cross(&curve, 0.5, &c); /* between 3 and 5; two more below, and no noise */
    assert_true(c.t > 3.5 && c.t < 4.2 && c.error > 0.05 && c.error < 1);
    assert_int_equal(c.count, 3);
    double tr[6], yr[6], er[6];
    for (int i = 0; i < 6; i++) {
        tr[i] = t[5 - i];
        yr[i] = y[5 - i];
        er[i] = e[5 - i];
    }
    const ddni_curve falling = {.rows = 6, .t = tr, .y = yr, .error = er, .apart = 1};
    ddni_cross(&falling, 0.5, &r);
    CLOSE(r.t, c.t, 1e-14, 0);
    CLOSE(r.error, c.error, 1e-13, 0);
    curve.rows = 2;
    ddni_cross(&curve, 0.7, &c); /* a bracket alone: known to its width */
    CLOSE(c.t, 1.5, 1e-14, 0);
    CLOSE(c.error, hypot(0.01 * sqrt(0.5) / 0.6, 1 / sqrt(12)), 1e-12, 0);
    curve.rows = 6;
    ddni_cross(&curve, 2, &c);
    assert_true(isnan(c.t) && isnan(c.error) && c.count == 0);
    ddni_cross(&curve, 0.1, &c); /* at least the level is above it: touching is no crossing */
    assert_int_equal(c.count, 0);
    curve.rows = 1;
    ddni_cross(&curve, 0.5, &c);
    assert_true(isnan(c.t));
}

/* Noise that makes several crossings tells how little is known. */
static void several_crossings_widen_the_error(void **state)
{
    (void)state;
    const double t[] = {1, 2, 3, 4, 5, 6, 7, 8}, e[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    const double y[] = {0.9, 0.8, 0.49, 0.51, 0.49, 0.51, 0.2, 0.1};
    const ddni_curve curve = {.rows = 8, .t = t, .y = y, .error = e, .apart = 1};
    ddni_crossing c;
    ddni_cross(&curve, 0.5, &c);
    assert_int_equal(c.count, 5);
    assert_true(c.error > 1.5 && c.error < 4);
}

/* Polynomials of degree 3 are exact, and then the error is that of the rows, with their
 * correlations: rows that err together move the whole curve. */
static void crossings_know_correlations(void **state)
{
    (void)state;
    double t[9], y[9], e[9], rho[9], falling_rho[9];
    for (int i = 0; i < 9; i++) {
        t[i] = 1 + 0.5 * i + 0.02 * i * i;
        const double x = t[i] - 3;
        y[i] = 0.5 - 0.2 * x + 0.01 * x * x - 0.003 * x * x * x;
        e[i] = 0.02;
        rho[i] = i < 8 ? 0.9 : NAN;
    }
    ddni_curve curve = {.rows = 9, .t = t, .y = y, .error = e, .apart = 1};
    ddni_crossing apart, together, known, unknown;
    ddni_cross(&curve, 0.5, &apart);
    CLOSE(apart.t, 3, 1e-13, 0);
    assert_true(apart.error > 0.06 && apart.error < 0.1);
    for (int i = 0; i < 9; i++) {
        falling_rho[i] = i < 8 ? 1 : NAN;
    }
    curve.rho = falling_rho;
    ddni_cross(&curve, 0.5, &together);
    CLOSE(together.error, 0.1, 0.01, 0); /* 0.02 over the slope 0.2 */
    curve.rho = rho;
    ddni_cross(&curve, 0.5, &known);
    assert_true(known.error > apart.error && known.error < together.error);
    curve.rho = NULL;
    curve.apart = 0;
    ddni_cross(&curve, 0.5, &unknown);
    assert_true(unknown.error >= together.error);
}

/* Logistic curves, sampled from finely to coarsely: the interpolation errs by what the error says,
 * with no noise. */
static void the_bend_is_known(void **state)
{
    (void)state;
    const double none[9] = {0}, levels[2] = {0.5, 0.05};
    for (int l = 0; l < 2; l++) {
        for (double step = 0.25; step <= 8; step *= 2) {
            double worst = 0, far = 0, all = 0;
            for (int shift = 0; shift < 40; shift++) {
                double t[9], y[9], root = log(levels[l] / (1 - levels[l]));
                for (int i = 0; i < 9; i++) {
                    t[i] = root + step * (i - 4 + (shift + 0.5) / 40);
                    y[i] = 1 / (1 + exp(-t[i]));
                }
                const ddni_curve curve = {.rows = 9, .t = t, .y = y, .error = none, .decays = l};
                ddni_crossing c;
                ddni_cross(&curve, levels[l], &c);
                all += pow(c.t - root, 2);
                far += pow(c.error, 2);
                worst = fmax(worst, fabs(c.t - root));
            }
            assert_true(sqrt(all) < 1.6 * sqrt(far));
            assert_true(step > 1 || worst < 0.02 * step);
        }
    }
}

static void numbered_names(void **state)
{
    (void)state;
    char name[DDNI_NAME_BYTES];
    static const struct {
        int64_t number;
        const char *name;
    } cases[] = {
        {0, "W_0"}, {9, "W_9"}, {10, "W_10"}, {107, "W_107"}, {INT64_MAX, "W_9223372036854775807"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ddni_numbered_name("W_", cases[i].number, name);
        assert_string_equal(name, cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbered_names),
        cmocka_unit_test(what_is_stored_comes_back),
        cmocka_unit_test(results_merge_by_row_and_name),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(means_are_stable),
        cmocka_unit_test(proportions_have_errors_at_the_ends),
        cmocka_unit_test(intervals_of_rare_events_cover),
        cmocka_unit_test(medians_come_from_order_statistics),
        cmocka_unit_test(means_of_skew_values_are_covered),
        cmocka_unit_test(medians_of_few_values_have_honest_errors),
        cmocka_unit_test(crossings_are_found_from_the_noisy_end),
        cmocka_unit_test(several_crossings_widen_the_error),
        cmocka_unit_test(crossings_know_correlations),
        cmocka_unit_test(the_bend_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
