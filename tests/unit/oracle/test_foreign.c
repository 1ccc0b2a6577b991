/* Callback and combined oracles: conversions, algebra, hostile hosts. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/outputs.h"
#include "support/zoo.h"

enum {
    D = ZOO_D,
    M = 5
};

/* The four predictions of one model give one score: that of N(1, 2 I). */
static void predictions_agree(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    double x[M * D], mean[D] = {1, 1, 1, 1, 1, 1};
    test_normal(5, M * D, x);
    ddn_schedule *schedules[2] = {s.sch, NULL};
    OK(s.ctx, ddn_schedule_create_edm(s.ctx, &schedules[1])); /* a^2 + s^2 is not 1 there */
    for (int k = 0; k < 2; k++) {
        ddn_oracle *exact = NULL;
        OK(s.ctx,
           ddn_oracle_create_gaussian(s.ctx, schedules[k], D, 0, 2, mean, NULL, NULL, 0, &exact));
        for (ddn_prediction kind = DDN_PREDICTION_SCORE; kind <= DDN_PREDICTION_V; kind++) {
            for (int with_jvp = 0; with_jvp < 2; with_jvp++) {
                ddn_oracle *foreign = NULL;
                OK(s.ctx, ddn_oracle_create_callback(s.ctx, schedules[k], D, kind, zoo_predict,
                                                     with_jvp ? zoo_jvp : NULL, zoo_log_p, NULL,
                                                     NULL, &kind, &foreign));
                static const double times[] = {0.01, 0.3, 3};
                for (int i = 0; i < 3; i++) {
                    test_outputs p = test_evaluate(s.ctx, foreign, times[i], M, x, D, x);
                    test_outputs q = test_evaluate(s.ctx, exact, times[i], M, x, D, x);
                    double a, noise;
                    OK(s.ctx, ddn_schedule_eval(s.ctx, schedules[k], times[i], &a, &noise));
                    test_close_outputs(&p, &q, 1e-11, with_jvp ? 1e-11 : 1e-9 / (noise * noise));
                    test_outputs_free(&p);
                    test_outputs_free(&q);
                }
                ddn_oracle_destroy(foreign);
            }
        }
        ddn_oracle_destroy(exact);
    }
    ddn_schedule_destroy(schedules[1]);
    test_setup_free(&s);
}

/* A host that misbehaves on request, and notes what it was given. */
typedef struct host {
    int32_t returns;
    int64_t poison; /* entry of out that becomes NaN, or -1 */
    int64_t calls, released, m;
    double first, second; /* x[0][0] and x[1][0] as seen */
} host;

static int32_t host_predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                            const double *x, double *out)
{
    (void)t;
    (void)a;
    (void)s;
    host *h = user;
    h->calls++;
    h->m = m;
    h->first = x[0];
    h->second = m > 1 ? x[d] : 0;
    for (int64_t i = 0; i < m * d; i++) {
        out[i] = i == h->poison ? NAN : -x[i];
    }
    return h->returns;
}

static void host_release(void *user)
{
    ((host *)user)->released++;
}

static void hostile_callbacks(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    host h = {.poison = -1};
    double x[2 * 5] = {1, 2, 3, 0, 0, 4, 5, 6, 0, 0}, score[6] = {9, 9, 9, 9, 9, 9};
    ddn_oracle *o = NULL;
    OK(s.ctx, ddn_oracle_create_callback(s.ctx, s.sch, 3, DDN_PREDICTION_SCORE, host_predict, NULL,
                                         NULL, NULL, host_release, &h, &o));
    OK(s.ctx, ddn_oracle_score(s.ctx, o, 1, 2, x, 5, score, 3));
    assert_true(h.calls == 1 && h.m == 2 && h.first == 1 && h.second == 4);
    assert_true(score[0] == -1 && score[5] == -6);
    h.returns = 42;
    FAILS(s.ctx, ddn_oracle_score(s.ctx, o, 1, 2, x, 5, score, 3), DDN_E_CALLBACK, "returned 42");
    h.returns = 0;
    h.poison = 4;
    score[0] = 9;
    FAILS(s.ctx, ddn_oracle_score(s.ctx, o, 1, 2, x, 5, score, 3), DDN_E_NONFINITE,
          "prediction[1][1]");
    assert_true(score[0] == 9);
    h.poison = -1;
    OK(s.ctx, ddn_oracle_score(s.ctx, o, 1, 0, NULL, 5, score, 3));
    assert_int_equal(h.calls, 3); /* not with m = 0 */
    FAILS(s.ctx, ddn_oracle_sample_data(s.ctx, o, 0, 0, 1, x, 3, NULL), DDN_E_UNSUPPORTED,
          "without a dataset");
    assert_int_equal(h.released, 0);
    ddn_oracle_destroy(o);
    assert_int_equal(h.released, 1);

    ddn_dataset *ds = NULL;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, 2, 3, x, 5, &ds));
    FAILS(s.ctx,
          ddn_oracle_create_callback(s.ctx, s.sch, 4, DDN_PREDICTION_SCORE, host_predict, NULL,
                                     NULL, ds, host_release, &h, &o),
          DDN_E_SHAPE, "d = 3");
    FAILS(s.ctx,
          ddn_oracle_create_callback(s.ctx, s.sch, 3, 0, host_predict, NULL, NULL, NULL,
                                     host_release, &h, &o),
          DDN_E_KEY, "prediction = 0");
    FAILS(s.ctx,
          ddn_oracle_create_callback(s.ctx, s.sch, 3, DDN_PREDICTION_EPS, NULL, NULL, NULL, NULL,
                                     host_release, &h, &o),
          DDN_E_NULL, "predict");
    assert_null(o);
    assert_int_equal(h.released, 1); /* a failed create leaves user to its owner */
    OK(s.ctx, ddn_oracle_create_callback(s.ctx, s.sch, 3, DDN_PREDICTION_SCORE, host_predict, NULL,
                                         NULL, ds, NULL, &h, &o));
    double y[3];
    int64_t index;
    OK(s.ctx, ddn_oracle_sample_data(s.ctx, o, 0, 7, 1, y, 3, &index));
    assert_true(index == 1 && y[0] == 4 && y[2] == 6 && ddn_oracle_dataset(o) == ds);
    ddn_oracle_destroy(o);
    ddn_dataset_destroy(ds);
    test_setup_free(&s);
}

/* One part with factor 1 is that part; guidance (1 + w) c - w u at w = 0 is c; the difference of an
 * oracle with itself is 0, and its mean is x/a; factors are linear. */
static void guidance(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const char *name = NULL;
    double x[M * D];
    test_normal(6, M * D, x);
    ddn_oracle *parts[3] = {zoo_oracle(s.ctx, s.sch, 0, &name), zoo_oracle(s.ctx, s.sch, 3, &name),
                            NULL};
    parts[2] = parts[0];
    static const double factors[][3] = {{1, 0, 0}, {1.7, -0.7, 0}, {1, 0, -1}, {0.25, 0.5, 0.25}};
    test_outputs c = test_evaluate(s.ctx, parts[0], 0.8, M, x, D, x);
    test_outputs u = test_evaluate(s.ctx, parts[1], 0.8, M, x, D, x);
    for (int i = 0; i < 4; i++) {
        ddn_oracle *sum = NULL;
        OK(s.ctx, ddn_oracle_create_combination(s.ctx, 3, parts, factors[i], &sum));
        test_outputs o = test_evaluate(s.ctx, sum, 0.8, M, x, D, x);
        const double fc = factors[i][0] + factors[i][2], fu = factors[i][1];
        for (int64_t r = 0; r < M; r++) {
            for (int64_t j = 0; j < D; j++) {
                CLOSE(test_row(&o, DDN_OUT_SCORE, r)[j],
                      fc * test_row(&c, DDN_OUT_SCORE, r)[j] +
                          fu * test_row(&u, DDN_OUT_SCORE, r)[j],
                      1e-13, 1e-13);
                CLOSE(test_row(&o, DDN_OUT_JACOBIAN_TIMES_V, r)[j],
                      fc * test_row(&c, DDN_OUT_JACOBIAN_TIMES_V, r)[j] +
                          fu * test_row(&u, DDN_OUT_JACOBIAN_TIMES_V, r)[j],
                      1e-12, 1e-12);
                if (i == 2) {
                    CLOSE(test_row(&o, DDN_OUT_MEAN, r)[j], exp(0.8) * x[r * D + j], 1e-13, 0);
                }
            }
            CLOSE(o.f64[DDN_OUT_DIVERGENCE][r],
                  fc * c.f64[DDN_OUT_DIVERGENCE][r] + fu * u.f64[DDN_OUT_DIVERGENCE][r], 1e-12,
                  1e-12);
        }
        test_outputs_free(&o);
        ddn_oracle_destroy(sum);
    }
    test_outputs_free(&c);
    test_outputs_free(&u);
    ddn_oracle_destroy(parts[0]);
    ddn_oracle_destroy(parts[1]);
    test_setup_free(&s);
}

static void combination_refuses(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    ddn_context *ctx = s.ctx;
    const double m[2] = {1, 2}, ok[2] = {1, 1}, bad[2] = {1, NAN};
    ddn_schedule *other = NULL;
    ddn_oracle *parts[4] = {NULL}, *o = NULL;
    OK(ctx, ddn_schedule_create_ou(ctx, &other));
    OK(ctx, ddn_oracle_create_two_gaussians(ctx, s.sch, 2, 1, m, &parts[0]));
    OK(ctx, ddn_oracle_create_two_gaussians(ctx, s.sch, 1, 1, m, &parts[1]));
    FAILS(ctx, ddn_oracle_create_combination(ctx, 2, parts, ok, &o), DDN_E_SHAPE, "d = 1");
    ddn_oracle_destroy(parts[1]);
    OK(ctx, ddn_oracle_create_two_gaussians(ctx, other, 2, 1, m, &parts[1]));
    FAILS(ctx, ddn_oracle_create_combination(ctx, 2, parts, ok, &o), DDN_E_SHAPE, "schedule");
    FAILS(ctx, ddn_oracle_create_combination(ctx, 0, parts, ok, &o), DDN_E_RANGE, "count = 0");
    FAILS(ctx, ddn_oracle_create_combination(ctx, 1, parts + 2, ok, &o), DDN_E_NULL, "parts[0]");
    FAILS(ctx, ddn_oracle_create_combination(ctx, 2, parts, bad, &o), DDN_E_NONFINITE,
          "factors[1]");
    assert_null(o);
    /* A part that fails makes the combination fail, with its own words. */
    host h = {.poison = 0};
    OK(ctx, ddn_oracle_create_callback(ctx, s.sch, 2, DDN_PREDICTION_SCORE, host_predict, NULL,
                                       NULL, NULL, host_release, &h, &parts[2]));
    ddn_oracle *pair[2] = {parts[0], parts[2]};
    OK(ctx, ddn_oracle_create_combination(ctx, 2, pair, ok, &o));
    double score[2];
    FAILS(ctx, ddn_oracle_score(ctx, o, 1, 1, m, 2, score, 2), DDN_E_NONFINITE, "prediction[0][0]");
    assert_int_equal(ddn_oracle_can(o, DDN_OUT_DIVERGENCE), 0); /* the callback has none */
    ddn_oracle_destroy(parts[0]);
    ddn_oracle_destroy(parts[1]);
    ddn_oracle_destroy(parts[2]);
    assert_int_equal(h.released, 0);
    ddn_oracle_destroy(o);
    assert_int_equal(h.released, 1);
    ddn_schedule_destroy(other);
    test_setup_free(&s);
}

static ddn_status whole_life(ddn_context *ctx, void *arg)
{
    (void)arg;
    const double u[2] = {1, 0}, value = 2, factors[2] = {2, -1}, x[4] = {0};
    double out[8];
    ddn_prediction kind = DDN_PREDICTION_X0;
    ddn_schedule *sch = NULL;
    ddn_oracle *parts[2] = {NULL, NULL}, *sum = NULL;
    ddn_query *q = NULL;
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    if (status == DDN_OK) {
        status = ddn_oracle_create_gaussian(ctx, sch, 2, 1, 1, NULL, &value, u, 2, &parts[0]);
    }
    if (status == DDN_OK) {
        status = ddn_oracle_create_callback(ctx, sch, 2, DDN_PREDICTION_X0, zoo_predict, NULL, NULL,
                                            NULL, NULL, &kind, &parts[1]);
    }
    if (status == DDN_OK) {
        status = ddn_oracle_create_combination(ctx, 2, parts, factors, &sum);
    }
    if (status == DDN_OK) {
        status = ddn_query_create(ctx, sum, &q);
    }
    if (status == DDN_OK) {
        status = ddn_query_bind_f64(q, DDN_OUT_SCORE, out, 2);
    }
    if (status == DDN_OK) {
        status = ddn_query_bind_f64(q, DDN_OUT_JACOBIAN_TIMES_V, out + 4, 2);
    }
    if (status == DDN_OK) {
        status = ddn_query_bind_input(q, DDN_IN_V, x, 2);
    }
    if (status == DDN_OK) {
        status = ddn_query_run(q, 1, 2, x, 2);
    }
    ddn_query_destroy(q);
    ddn_oracle_destroy(sum);
    ddn_oracle_destroy(parts[0]);
    ddn_oracle_destroy(parts[1]);
    ddn_schedule_destroy(sch);
    return status;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    assert_true(test_every_allocation(whole_life, NULL) > 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predictions_agree),  cmocka_unit_test(hostile_callbacks),
        cmocka_unit_test(guidance),           cmocka_unit_test(combination_refuses),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
