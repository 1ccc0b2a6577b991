/* Schedules of indices: tables, scaled linear betas, and what is wrong with a table. */
#include "schedule/schedule_impl.h"
#include "support/fixtures.h"

enum {
    STEPS = 1000
};

static double beta_of(int i)
{
    return 1e-4 + (0.02 - 1e-4) * (double)i / (double)(STEPS - 1);
}

/* The betas of DDPM as a table are DDPM to the bit; its alpha_bar are DDPM as far as 16 digits of
 * them tell. */
static void tables_are_what_they_say(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double beta[STEPS], alpha_bar[STEPS];
    long double product = 1;
    for (int i = 0; i < STEPS; i++) {
        beta[i] = beta_of(i);
        product *= 1 - (long double)beta[i];
        alpha_bar[i] = (double)product;
    }
    ddn_schedule *ddpm = test_schedule(ctx, TEST_DDPM), *by_beta = NULL, *by_alpha_bar = NULL;
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_BETA, STEPS, beta, &by_beta));
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, STEPS, alpha_bar, &by_alpha_bar));
    const double times[] = {-0.9, 0, 0.5, 1, 10.25, 500, 998.75, 999};
    for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
        double a, s, b[2], f[2], g2[2], tau, t;
        OK(ctx, ddn_schedule_eval(ctx, ddpm, times[k], &a, &s));
        OK(ctx, ddn_schedule_eval(ctx, by_beta, times[k], &b[0], &b[1]));
        assert_true(a == b[0] && s == b[1]);
        OK(ctx, ddn_schedule_eval(ctx, by_alpha_bar, times[k], &b[0], &b[1]));
        CLOSE(b[0], a, 1e-15, 0);
        CLOSE(b[1], s, 1e-12, 0);
        OK(ctx, ddn_schedule_rates(ctx, ddpm, times[k], &f[0], &g2[0]));
        OK(ctx, ddn_schedule_rates(ctx, by_alpha_bar, times[k], &f[1], &g2[1]));
        CLOSE(f[1], f[0], 2e-12, 0);
        CLOSE(g2[1], g2[0], 2e-12, 0);
        OK(ctx, ddn_schedule_to_ou(ctx, by_alpha_bar, times[k], &tau));
        OK(ctx, ddn_schedule_from_ou(ctx, by_alpha_bar, tau, &t));
        CLOSE(t, times[k], 1e-11, 1e-11);
    }
    ddn_schedule_destroy(ddpm);
    ddn_schedule_destroy(by_beta);
    ddn_schedule_destroy(by_alpha_bar);
    ddn_context_destroy(ctx);
}

/* Both ends of what double holds: s^2 = 1 - alpha_bar and a^2 = alpha_bar as given. */
static void ends_of_a_table(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double given[5] = {1 - 0x1p-53, 1 - 0x1p-40, 0.7, 1e-8, 1e-300};
    ddn_schedule *sch = NULL;
    double a, s, low, high;
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, 5, given, &sch));
    OK(ctx, ddn_schedule_range(ctx, sch, &low, &high));
    assert_true(low == -1 && high == 4);
    for (int i = 0; i < 5; i++) {
        OK(ctx, ddn_schedule_eval(ctx, sch, i, &a, &s));
        CLOSE(a * a, given[i], 1e-15, 0);
        CLOSE(s * s, 1 - given[i], 1e-15, 0);
    }
    OK(ctx, ddn_schedule_eval(ctx, sch, 2.25, &a, &s)); /* log a is linear between indices */
    CLOSE(log(a), 0.5 * (0.75 * log(0.7) + 0.25 * log(1e-8)), 1e-14, 0);
    FAILS(ctx, ddn_schedule_eval(ctx, sch, -1, &a, &s), DDN_E_RANGE, "there is no noise");
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

static void scaled_linear(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_SCALED);
    long double product = 1;
    assert_string_equal(ddn_schedule_kind(sch), "scaled_linear");
    for (int i = 0; i < STEPS; i++) {
        double a, s;
        long double root = sqrtl(0.00085L) + (sqrtl(0.012L) - sqrtl(0.00085L)) * i / (STEPS - 1);
        product *= 1 - root * root;
        OK(ctx, ddn_schedule_eval(ctx, sch, i, &a, &s));
        CLOSE(a * a, (double)product, 1e-14, 0);
        CLOSE(s * s, (double)(1 - product), 1e-14, 0);
    }
    CLOSE((double)product, 0.0046603, 1e-4, 0); /* alphas_cumprod[999] of Stable Diffusion */
    ddn_schedule_destroy(sch);
    FAILS(ctx, ddn_schedule_create_scaled_linear(ctx, 0, 0.02, 10, &sch), DDN_E_RANGE,
          "beta_first");
    assert_null(sch);
    ddn_context_destroy(ctx);
}

/* An entry that is wrong is named, with its value and the limit. */
static void faults_of_a_table(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
#define TABLE(kind, ...)                                                                           \
    ddn_schedule_create_table(ctx, (kind),                                                         \
                              (int64_t)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)),         \
                              (double[]){__VA_ARGS__}, &sch)
    FAILS(ctx, TABLE(DDN_TABLE_ALPHA_BAR, 0.9, 0.5, 0.5), DDN_E_RANGE,
          "alpha_bar: values[2] = 0.5 does not fall below values[1] = 0.5");
    FAILS(ctx, TABLE(DDN_TABLE_ALPHA_BAR, 1.0, 0.5), DDN_E_RANGE,
          "alpha_bar: values[0] = 1 is outside (0, 1)");
    FAILS(ctx, TABLE(DDN_TABLE_BETA, 0.1, 0.0), DDN_E_RANGE,
          "beta: values[1] = 0 is outside (0, 1)");
    FAILS(ctx, TABLE(DDN_TABLE_BETA, 0.1, 0.2, NAN), DDN_E_NONFINITE, "values[2] = nan");
    FAILS(ctx, TABLE(DDN_TABLE_ALPHA_BAR, 0.9, -INFINITY), DDN_E_NONFINITE, "values[1] = -inf");
    FAILS(ctx, TABLE(DDN_TABLE_BETA, 0.1, 1.5), DDN_E_RANGE, "values[1] = 1.5 is outside (0, 1)");
    FAILS(ctx, TABLE(DDN_TABLE_ALPHA_BAR, 0.9, 1e-306), DDN_E_RANGE, "limit 350");
    FAILS(ctx, TABLE(3, 0.9), DDN_E_KEY, "kind of table 3");
    FAILS(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_BETA, 0, NULL, &sch), DDN_E_RANGE,
          "count = 0");
    FAILS(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_BETA, 1, NULL, &sch), DDN_E_NULL, "values");
    assert_null(sch);
    ddn_context_destroy(ctx);
}

/* The words of a schedule tell tables apart. */
static void tables_are_told_apart(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *one = NULL, *other = NULL, *same = NULL;
    const double values[2][2] = {{0.9, 0.5}, {0.9, 0.25}};
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, 2, values[0], &one));
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, 2, values[1], &other));
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, 2, values[0], &same));
    assert_string_equal(ddn_schedule_kind(one), "table");
    assert_non_null(strstr(ddni_schedule_text(one), "table(alpha_bar, steps=2, digest="));
    assert_string_equal(ddni_schedule_text(one), ddni_schedule_text(same));
    assert_string_not_equal(ddni_schedule_text(one), ddni_schedule_text(other));
    ddn_schedule_destroy(one);
    ddn_schedule_destroy(other);
    ddn_schedule_destroy(same);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_what_they_say),
        cmocka_unit_test(ends_of_a_table),
        cmocka_unit_test(scaled_linear),
        cmocka_unit_test(faults_of_a_table),
        cmocka_unit_test(tables_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
