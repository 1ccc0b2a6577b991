/* What foreign models predict, and combinations of oracles: conversions and algebra. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/outputs.h"
#include "support/zoo.h"

enum {
    D = ZOO_D,
    M = 5
};

static const test_kind kinds[] = {TEST_OU, TEST_VP, TEST_DDPM, TEST_EDM};
enum {
    SCHEDULES = 4
};

/* da/dt and ds/dt of the four, from their definitions; the last for a^2 + s^2 not 1. */
static void rates_vp(double t, double *da, double *ds)
{
    double beta = 0.1 + 19.9 * t, tau = 0.5 * (0.1 * t + 0.5 * 19.9 * t * t), a = exp(-tau);
    *da = -0.5 * beta * a;
    *ds = 0.5 * beta * a * a / sqrt(-expm1(-2 * tau));
}

static void rates_ddpm(double t, double *da, double *ds)
{
    int64_t i = (int64_t)ceil(t); /* log a is linear between indices */
    double tau = 0, beta = 0;
    for (int64_t j = 0; j <= i; j++) {
        beta = 1e-4 + (0.02 - 1e-4) * (double)j / 999;
        tau -= 0.5 * log1p(-beta);
    }
    double slope = -0.5 * log1p(-beta), a = exp(-(tau - ((double)i - t) * slope));
    *da = -slope * a;
    *ds = slope * a * a / sqrt((1 - a) * (1 + a));
}

static void rates_edm(double t, double *da, double *ds)
{
    (void)t;
    *da = 0;
    *ds = 1;
}

static void (*const rates[SCHEDULES])(double, double *, double *) = {NULL, rates_vp, rates_ddpm,
                                                                     rates_edm};
static const double times[SCHEDULES][3] = {
    {0.01, 0.3, 3}, {0.02, 0.4, 1}, {1.25, 300, 998.5}, {0.01, 0.3, 3}};

/* The five predictions of one model give one score: that of N(1, 2 I). */
static void predictions_agree(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double x[M * D], mean[D] = {1, 1, 1, 1, 1, 1};
    test_normal(5, M * D, x);
    for (int k = 0; k < SCHEDULES; k++) {
        ddn_schedule *sch = test_schedule(ctx, kinds[k]);
        ddn_oracle *exact = NULL;
        OK(ctx, ddn_oracle_create_gaussian(ctx, sch, D, 0, 2, mean, NULL, NULL, 0, &exact));
        zoo_model model = {.rates = rates[k]};
        for (int i = 0; i < 2 * 5; i++) {
            int with_jvp = i % 2;
            model.prediction = DDN_PREDICTION_SCORE + i / 2;
            ddn_model *builder = zoo_builder(ctx, sch, with_jvp, &model);
            ddn_oracle *foreign = NULL;
            OK(ctx, ddn_oracle_create_model(ctx, builder, &foreign));
            ddn_model_destroy(builder);
            for (int j = 0; j < 3; j++) {
                test_outputs p = test_evaluate(ctx, foreign, times[k][j], M, x, D, x);
                test_outputs q = test_evaluate(ctx, exact, times[k][j], M, x, D, x);
                double a, noise;
                OK(ctx, ddn_schedule_eval(ctx, sch, times[k][j], &a, &noise));
                test_close_outputs(&p, &q, 1e-11, with_jvp ? 1e-11 : 4e-9 / (noise * noise));
                test_outputs_free(&p);
                test_outputs_free(&q);
            }
            ddn_oracle_destroy(foreign);
        }
        ddn_oracle_destroy(exact);
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

/* Flow matching: a = 1 - u, s = u, v = E[z - x_0 | x]. */
static int32_t straight(void *user, double t, double *a, double *s, double *da, double *ds)
{
    (void)user;
    *a = 1 - t;
    *s = t;
    *da = -1;
    *ds = 1;
    return 0;
}

static int32_t straight_velocity(void *user, double t, double a, double s, int64_t m, int64_t d,
                                 const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)a;
    (void)s;
    (void)d;
    const ddn_oracle *data = user; /* x_0 from the OU oracle of the same data at the same s/a */
    ddn_context *ctx = test_context(1);
    ddn_query *q = NULL;
    double scale = hypot(1 - t, t), tau = 0.5 * log1p(t * t / ((1 - t) * (1 - t)));
    for (int64_t r = 0; r < m; r++) {
        double y[D], x0[D];
        for (int64_t j = 0; j < D; j++) {
            y[j] = x[r * ldx + j] / scale;
        }
        OK(ctx, ddn_query_create(ctx, data, &q));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, x0, D));
        OK(ctx, ddn_query_run(q, tau, 1, y, D));
        ddn_query_destroy(q);
        for (int64_t j = 0; j < D; j++) {
            out[r * ldo + j] = (x[r * ldx + j] - x0[j]) / t;
        }
    }
    ddn_context_destroy(ctx);
    return 0;
}

/* The velocity of the empirical score under flow matching gives that score back, near both ends. */
static void velocity_of_flow_matching(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const char *name = NULL;
    double x[M * D];
    test_normal(7, M * D, x);
    ddn_oracle *ou = zoo_oracle(s.ctx, s.sch, 0, &name), *exact = NULL;
    ddn_schedule *flow = NULL;
    OK(s.ctx, ddn_schedule_create_custom(s.ctx, 0, 0.9999, straight, NULL, NULL, &flow));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, ddn_oracle_dataset(ou), flow, &exact));
    ddn_oracle *foreign =
        test_model(s.ctx, flow, DDN_PREDICTION_VELOCITY, D, straight_velocity, ou, NULL);
    static const double at[] = {0.01, 0.3, 0.5, 0.99};
    for (int i = 0; i < 4; i++) {
        double want[2][M * D], got[2][M * D];
        for (int k = 0; k < 2; k++) {
            ddn_query *q = NULL;
            OK(s.ctx, ddn_query_create(s.ctx, k == 0 ? exact : foreign, &q));
            OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, k == 0 ? want[0] : got[0], D));
            OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, k == 0 ? want[1] : got[1], D));
            OK(s.ctx, ddn_query_run(q, at[i], M, x, D));
            ddn_query_destroy(q);
        }
        for (int j = 0; j < M * D; j++) {
            CLOSE(got[0][j], want[0][j], 1e-11, 1e-12 / (at[i] * at[i]));
            CLOSE(got[1][j], want[1][j], 1e-11, 1e-12);
        }
    }
    ddn_oracle_destroy(foreign);
    ddn_oracle_destroy(exact);
    ddn_oracle_destroy(ou);
    ddn_schedule_destroy(flow);
    test_setup_free(&s);
}

/* At large t nearly all of x is noise, a = 4e-4, yet the denoiser keeps its digits: a - s^2 = a^2
 * must not be formed as 1 - s^2. */
static void velocity_keeps_the_denoiser(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    zoo_model model = {.prediction = DDN_PREDICTION_VELOCITY};
    ddn_model *builder = zoo_builder(s.ctx, s.sch, 0, &model);
    ddn_oracle *foreign = NULL;
    ddn_query *q = NULL;
    double x[D] = {1, 2, 3, -1, 0.5, 0}, mean[D];
    OK(s.ctx, ddn_oracle_create_model(s.ctx, builder, &foreign));
    OK(s.ctx, ddn_query_create(s.ctx, foreign, &q));
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, mean, D));
    OK(s.ctx, ddn_query_run(q, 8, 1, x, D));
    double a = exp(-8), s2 = -expm1(-16);
    for (int j = 0; j < D; j++) {
        CLOSE(mean[j], 1 + a * 2 * (x[j] - a) / (s2 + 2 * a * a), 1e-11, 0);
    }
    ddn_query_destroy(q);
    ddn_oracle_destroy(foreign);
    ddn_model_destroy(builder);
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

static int32_t nothing(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user;
    (void)t;
    (void)a;
    (void)s;
    (void)m;
    (void)d;
    (void)x;
    (void)ldx;
    (void)out;
    (void)ldo;
    return 0;
}

static void count(void *user)
{
    ++*(int64_t *)user;
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
    int64_t released = 0;
    ddn_model *model = NULL;
    OK(ctx, ddn_model_create(ctx, s.sch, DDN_PREDICTION_SCORE, 2, &released, count, &model));
    OK(ctx, ddn_model_set_predict_f64(model, nothing));
    OK(ctx, ddn_oracle_create_model(ctx, model, &parts[2]));
    ddn_model_destroy(model);
    ddn_oracle *pair[2] = {parts[0], parts[2]};
    OK(ctx, ddn_oracle_create_combination(ctx, 2, pair, ok, &o));
    double score[2];
    FAILS(ctx, ddn_oracle_score(ctx, o, 1, 1, m, 2, score, 2), DDN_E_NONFINITE, "prediction[0][0]");
    assert_int_equal(ddn_oracle_can(o, DDN_OUT_DIVERGENCE), 1); /* the callback by products */
    assert_int_equal(ddn_oracle_can(o, DDN_OUT_TRACE_COV), 0);
    ddn_oracle_destroy(parts[0]);
    ddn_oracle_destroy(parts[1]);
    ddn_oracle_destroy(parts[2]);
    assert_int_equal(released, 0);
    ddn_oracle_destroy(o);
    assert_int_equal(released, 1);
    ddn_schedule_destroy(other);
    test_setup_free(&s);
}

static ddn_status whole_life(ddn_context *ctx, void *arg)
{
    (void)arg;
    const double u[2] = {1, 0}, value = 2, factors[2] = {2, -1}, x[4] = {0};
    double out[8];
    static zoo_model host = {.prediction = DDN_PREDICTION_X0};
    ddn_schedule *sch = NULL;
    ddn_model *model = NULL;
    ddn_oracle *parts[2] = {NULL, NULL}, *sum = NULL;
    ddn_query *q = NULL;
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    if (status == DDN_OK) {
        status = ddn_oracle_create_gaussian(ctx, sch, 2, 1, 1, NULL, &value, u, 2, &parts[0]);
    }
    if (status == DDN_OK) {
        status = ddn_model_create(ctx, sch, DDN_PREDICTION_X0, 2, &host, NULL, &model);
    }
    if (status == DDN_OK) {
        status = ddn_model_set_predict_f64(model, zoo_predict);
    }
    if (status == DDN_OK) {
        status = ddn_oracle_create_model(ctx, model, &parts[1]);
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
    ddn_model_destroy(model);
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
        cmocka_unit_test(predictions_agree),           cmocka_unit_test(velocity_of_flow_matching),
        cmocka_unit_test(velocity_keeps_the_denoiser), cmocka_unit_test(guidance),
        cmocka_unit_test(combination_refuses),         cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
