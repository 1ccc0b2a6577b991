/* Results and the statistics behind them: what is stored comes back, errors have known values. */
#include "analysis/result_impl.h"
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
    assert_int_equal(ddn_result_column_count(wide), 4);
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

static void medians_come_from_order_statistics(void **state)
{
    (void)state;
    enum {
        N = 1001
    };
    double v[N], median, error;
    for (int64_t i = 0; i < N; i++) {
        v[i] = (double)((i * 376) % N); /* a permutation: 376 and 1001 have no common factor */
    }
    ddni_sort(v, N);
    for (int64_t i = 0; i < N; i++) {
        assert_true(v[i] == (double)i);
    }
    ddni_median(v, N, &median, &error);
    assert_true(median == 500);
    CLOSE(error, sqrt(N) / 2, 0, 1); /* uniform: sd of the median = n / (2 sqrt n) */
    ddni_median(v, 2, &median, &error);
    assert_true(median == 0.5 && error == 0.5);
    ddni_median(v, 1, &median, &error);
    assert_true(median == 0 && error == 0);
    ddni_sort(v, 0);
}

static void crossings_are_found_from_the_noisy_end(void **state)
{
    (void)state;
    const double t[] = {1, 2, 3, 4, 5, 6}, y[] = {1, 0.4, 0.7, NAN, 0.2, 0.1};
    const double e[] = {0.1, 0.1, 0.2, NAN, 0.4, 0.1};
    ddni_crossing c;
    ddni_cross(6, t, y, e, 0.5, &c); /* between 3 and 5, slope -1/4; two more below */
    CLOSE(c.t, 3.8, 1e-14, 0);
    /* noise of both ends, and the bend of the rows 2, 3, 5: |-0.25 - 0.3| / 3 */
    CLOSE(c.error, hypot(0.6 * 0.2 + 0.4 * 0.4, 0.55 / 3 * 0.8 * 1.2) * 4, 1e-13, 0);
    assert_int_equal(c.count, 3);
    double tr[6], yr[6], er[6];
    for (int i = 0; i < 6; i++) {
        tr[i] = t[5 - i];
        yr[i] = y[5 - i];
        er[i] = e[5 - i];
    }
    ddni_crossing r;
    ddni_cross(6, tr, yr, er, 0.5, &r);
    CLOSE(r.t, c.t, 1e-14, 0);
    CLOSE(r.error, c.error, 1e-13, 0);
    ddni_cross(2, t, y, e, 0.7, &c); /* a bracket alone */
    CLOSE(c.t, 1.5, 1e-14, 0);
    CLOSE(c.error, 0.1 / 0.6, 1e-13, 0);
    ddni_cross(6, t, y, e, 2, &c);
    assert_true(isnan(c.t) && isnan(c.error) && c.count == 0);
    ddni_cross(1, t, y, e, 0.5, &c);
    assert_true(isnan(c.t));
    ddni_cross(6, t, y, e, 0.1, &c); /* at least the level is above it: touching is no crossing */
    assert_int_equal(c.count, 0);
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
        cmocka_unit_test(medians_come_from_order_statistics),
        cmocka_unit_test(crossings_are_found_from_the_noisy_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
