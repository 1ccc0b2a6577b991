/* Combinations whose factors depend on the time. */
#include "oracle/oracle_impl.h"
#include "support/fixtures.h"

enum {
    D = 2,
    M = 3
};

static const double states[M * D] = {0.4, -1.1, 0.2, 2.5, -0.3, 0.7};

static ddn_oracle *normal(ddn_context *ctx, const ddn_schedule *sch, double at)
{
    const double mean[D] = {at, -at}, value[1] = {0.5}, axis[D] = {1, 0};
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_oracle_create_gaussian(ctx, sch, D, 1, 0.5, mean, value, axis, D, &oracle));
    return oracle;
}

/* In each interval it is the combination with the factors of that interval, ends included from
 * below, for all outputs. */
static void intervals(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    ddn_oracle *parts[2] = {normal(ctx, sch, 2), normal(ctx, sch, -1)}, *timed = NULL;
    const double ends[2] = {0.3, 1.5}, factors[6] = {1, 0, 3, -2, 0.5, 0.25};
    OK(ctx, ddn_oracle_create_timed_combination(ctx, 2, 3, parts, ends, factors, &timed));
    static const struct {
        double t;
        int row;
    } cases[] = {{1e-3, 0}, {0.3, 0}, {0.3 + 1e-15, 1}, {1, 1}, {1.5, 1}, {1.6, 2}, {20, 2}};
    static const ddn_output outputs[] = {DDN_OUT_SCORE, DDN_OUT_MEAN, DDN_OUT_DIVERGENCE,
                                         DDN_OUT_JACOBIAN_TIMES_V};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        ddn_oracle *plain = NULL;
        OK(ctx, ddn_oracle_create_combination(ctx, 2, parts, factors + 2 * cases[c].row, &plain));
        for (size_t o = 0; o < sizeof outputs / sizeof *outputs; o++) {
            double got[2][M * D] = {{0}};
            const ddn_oracle *both[2] = {timed, plain};
            for (int i = 0; i < 2; i++) {
                ddn_query *q = NULL;
                OK(ctx, ddn_query_create(ctx, both[i], &q));
                OK(ctx, ddn_query_bind_input(q, DDN_IN_V, states, D));
                OK(ctx, ddn_query_bind_f64(q, outputs[o], got[i],
                                           outputs[o] == DDN_OUT_DIVERGENCE ? 1 : D));
                OK(ctx, ddn_query_run(q, cases[c].t, M, states, D));
                ddn_query_destroy(q);
            }
            assert_memory_equal(got[0], got[1], sizeof got[0]);
            assert_true(got[0][0] != 0);
        }
        ddn_oracle_destroy(plain);
    }
    ddn_oracle_destroy(timed);
    ddn_oracle_destroy(parts[0]);
    ddn_oracle_destroy(parts[1]);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)t;
    ++*(int *)user;
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = -x[i / d * ldx + i % d] / (a * a + s * s);
    }
    return 0;
}

/* The unconditional network is asked in the interval alone, and a run is one of two Gaussian flows
 * that meet at the end of it. */
static void guidance_in_an_interval(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_EDM);
    int calls = 0;
    ddn_oracle *parts[2] = {normal(ctx, sch, 2), NULL}, *timed = NULL, *early = NULL, *late = NULL;
    parts[1] = test_model(ctx, sch, DDN_PREDICTION_SCORE, D, predict, &calls, NULL);
    const double ends[2] = {0.5, 5}, factors[6] = {1, 0, 2, -1, 1, 0};
    OK(ctx, ddn_oracle_create_timed_combination(ctx, 2, 3, parts, ends, factors, &timed));
    OK(ctx, ddn_oracle_create_combination(ctx, 2, parts, factors, &early));
    OK(ctx, ddn_oracle_create_combination(ctx, 2, parts, factors + 2, &late));
    const double times[9] = {20, 10, 5.5, 5, 3, 1, 0.5, 0.2, 0.1};
    double x[M * D], y[M * D];
    ddn_integrator *it = NULL;
    memcpy(x, states, sizeof x);
    memcpy(y, states, sizeof y);
    OK(ctx, ddn_integrator_create(ctx, timed, DDN_METHOD_EXPONENTIAL, &it));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 0));
    OK(ctx, ddn_integrator_set_times(it, 9, times));
    OK(ctx, ddn_integrator_run(it, M, x, D));
    ddn_integrator_destroy(it);
    assert_int_equal(calls, 3); /* at 5, 3 and 1 */
    static const int first[3] = {0, 3, 6}, count[3] = {4, 4, 3};
    for (int k = 0; k < 3; k++) {
        OK(ctx, ddn_integrator_create(ctx, k == 1 ? late : early, DDN_METHOD_EXPONENTIAL, &it));
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 0));
        OK(ctx, ddn_integrator_set_times(it, count[k], times + first[k]));
        OK(ctx, ddn_integrator_run(it, M, y, D));
        ddn_integrator_destroy(it);
    }
    assert_memory_equal(x, y, sizeof x);
    ddn_oracle_destroy(timed);
    ddn_oracle_destroy(early);
    ddn_oracle_destroy(late);
    ddn_oracle_destroy(parts[0]);
    ddn_oracle_destroy(parts[1]);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* Factors and ends tell combinations apart; one interval is the plain one. */
static void digests(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    ddn_oracle *parts[2] = {normal(ctx, sch, 2), normal(ctx, sch, -1)}, *made[5] = {NULL};
    const double ends[2] = {0.3, 0.4}, f[3][4] = {{1, 0, 3, -2}, {1, 0, 3, -2.5}, {1, 0, 1, 0}};
    OK(ctx, ddn_oracle_create_timed_combination(ctx, 2, 2, parts, ends, f[0], &made[0]));
    OK(ctx, ddn_oracle_create_timed_combination(ctx, 2, 2, parts, ends + 1, f[0], &made[1]));
    OK(ctx, ddn_oracle_create_timed_combination(ctx, 2, 2, parts, ends, f[1], &made[2]));
    OK(ctx, ddn_oracle_create_timed_combination(ctx, 2, 1, parts, NULL, f[0], &made[3]));
    OK(ctx, ddn_oracle_create_combination(ctx, 2, parts, f[0], &made[4]));
    uint64_t digest[5];
    for (int i = 0; i < 5; i++) {
        OK(ctx, ddni_oracle_digest(ctx, made[i], &digest[i]));
        assert_string_equal(ddn_oracle_kind(made[i]), "combination");
        for (int j = 0; j < i; j++) {
            assert_int_equal(digest[i] == digest[j], i == 4 && j == 3);
        }
    }
    for (int i = 0; i < 5; i++) {
        ddn_oracle_destroy(made[i]);
    }
    ddn_oracle *none = NULL;
    const double falls[2] = {0.4, 0.4}, wrong[2] = {NAN, 1};
    FAILS(ctx, ddn_oracle_create_timed_combination(ctx, 1, 3, parts, falls, f[0], &none),
          DDN_E_RANGE, "ends[1] = 0.40000000000000002 does not exceed ends[0]");
    FAILS(ctx, ddn_oracle_create_timed_combination(ctx, 1, 3, parts, wrong, f[0], &none),
          DDN_E_NONFINITE, "ends[0] is nan");
    FAILS(ctx, ddn_oracle_create_timed_combination(ctx, 2, 1, parts, NULL, wrong, &none),
          DDN_E_NONFINITE, "factors[0] is nan");
    FAILS(ctx, ddn_oracle_create_timed_combination(ctx, 2, 2, parts, NULL, f[0], &none), DDN_E_NULL,
          "ends");
    FAILS(ctx, ddn_oracle_create_timed_combination(ctx, 2, 0, parts, NULL, f[0], &none),
          DDN_E_RANGE, "intervals = 0");
    assert_null(none);
    ddn_oracle_destroy(parts[0]);
    ddn_oracle_destroy(parts[1]);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals),
        cmocka_unit_test(guidance_in_an_interval),
        cmocka_unit_test(digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
