/* The builder of foreign models, and hosts that misbehave. */
#include "support/failing.h"
#include "support/fixtures.h"

enum {
    D = 3,
    M = 5
};

/* A host that misbehaves on request, and notes what it was given. */
typedef struct host {
    int32_t returns; /* in call number `call` and later ones, if that is not 0 */
    int64_t call;
    int64_t left_out; /* entry that is not written, -1: none, -2: all */
    int64_t poison;   /* entry that becomes NaN, or -1 */
    int64_t calls, most, singles, released;
    double last[M * D]; /* states of the last call */
    ddn_context *ctx;   /* if given, the callbacks fail with a text */
    ddn_query *inner;   /* run by the callback, and what came of it */
    ddn_status inner_status;
} host;

static const host benign = {.call = 1, .left_out = -1, .poison = -1};

static int32_t answer(host *h, int64_t m, int64_t numbers)
{
    h->calls++;
    h->most = m > h->most ? m : h->most;
    assert_true(m >= 1 && numbers <= M * D);
    if (h->ctx != NULL) {
        return ddn_context_fail(h->ctx, "the device is gone");
    }
    return h->calls >= h->call ? h->returns : 0;
}

static int writes(const host *h, int64_t i)
{
    return h->left_out != -2 && h->left_out != i;
}

/* score = -x: that of N(0, 1) where a^2 + s^2 = 1; log p and the derivative are its. */
static int32_t host_predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                            const double *x, int64_t ldx, double *out, int64_t ldo)
{
    host *h = user;
    (void)t;
    (void)a;
    (void)s;
    int32_t returned = answer(h, m, m * d);
    for (int64_t i = 0; i < m * d; i++) {
        int64_t r = i / d, j = i % d;
        h->last[i] = x[r * ldx + j];
        if (writes(h, i)) {
            out[r * ldo + j] = i == h->poison ? NAN : -x[r * ldx + j];
        }
    }
    if (h->inner != NULL && h->calls == 1) {
        h->inner_status = ddn_query_run(h->inner, t, m, x, ldx);
    }
    return returned;
}

static int32_t host_predict_f32(void *user, double t, double a, double s, int64_t m, int64_t d,
                                const float *x, int64_t ldx, float *out, int64_t ldo)
{
    host *h = user;
    (void)t;
    (void)a;
    (void)s;
    int32_t returned = answer(h, m, m * d);
    h->singles++;
    for (int64_t i = 0; i < m * d; i++) {
        int64_t r = i / d, j = i % d;
        if (writes(h, i)) {
            out[r * ldo + j] = i == h->poison ? NAN : -x[r * ldx + j];
        }
    }
    return returned;
}

static int32_t host_jvp(void *user, double t, double a, double s, int64_t m, int64_t d,
                        const double *x, int64_t ldx, const double *v, int64_t ldv, double *out,
                        int64_t ldo)
{
    (void)x;
    (void)ldx;
    return host_predict(user, t, a, s, m, d, v, ldv, out, ldo);
}

static int32_t host_jvp_f32(void *user, double t, double a, double s, int64_t m, int64_t d,
                            const float *x, int64_t ldx, const float *v, int64_t ldv, float *out,
                            int64_t ldo)
{
    (void)x;
    (void)ldx;
    return host_predict_f32(user, t, a, s, m, d, v, ldv, out, ldo);
}

static int32_t host_log_p(void *user, double t, double a, double s, int64_t m, int64_t d,
                          const double *x, int64_t ldx, double *out)
{
    host *h = user;
    (void)t;
    (void)a;
    (void)s;
    int32_t returned = answer(h, m, m);
    for (int64_t r = 0; r < m; r++) {
        double sum = 0;
        for (int64_t j = 0; j < d; j++) {
            sum -= 0.5 * (x[r * ldx + j] * x[r * ldx + j] + log(2 * acos(-1)));
        }
        if (writes(h, r)) {
            out[r] = r == h->poison ? INFINITY : sum;
        }
    }
    return returned;
}

static void host_release(void *user)
{
    ((host *)user)->released++;
}

/* What a host does, in this order; bits. */
enum {
    JVP = 1,
    LOG_P = 2,
    SINGLE = 4
};

static ddn_model *builder(const test_setup *s, host *h, int has)
{
    ddn_model *model = NULL;
    OK(s->ctx, ddn_model_create(s->ctx, s->sch, DDN_PREDICTION_SCORE, D, h, host_release, &model));
    if ((has & SINGLE) != 0) {
        OK(s->ctx, ddn_model_set_predict_f32(model, host_predict_f32));
        OK(s->ctx, ddn_model_set_jvp_f32(model, (has & JVP) != 0 ? host_jvp_f32 : NULL));
    } else {
        OK(s->ctx, ddn_model_set_predict_f64(model, host_predict));
        OK(s->ctx, ddn_model_set_jvp_f64(model, (has & JVP) != 0 ? host_jvp : NULL));
    }
    OK(s->ctx, ddn_model_set_log_p(model, (has & LOG_P) != 0 ? host_log_p : NULL));
    return model;
}

static ddn_oracle *oracle(const test_setup *s, const ddn_model *model)
{
    ddn_oracle *o = NULL;
    OK(s->ctx, ddn_oracle_create_model(s->ctx, model, &o));
    return o;
}

/* States with gaps between the rows. */
static const double states[2 * 5] = {1, 2, 3, 0, 0, 4, 5, 6, 0, 0};

/* 42 was the only failure that a callback could report; -1 and 1 now mean fail and stop. Outputs
 * are untouched, and the next call works. */
static void callbacks_fail_and_stop(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    static const ddn_output outputs[3] = {DDN_OUT_SCORE, DDN_OUT_JACOBIAN_TIMES_V, DDN_OUT_LOG_P};
    for (int has = 0; has < 8; has += SINGLE) {
        for (int k = 0; k < 3; k++) {
            host h = benign;
            ddn_model *model = builder(&s, &h, has | JVP | LOG_P);
            ddn_oracle *o = oracle(&s, model);
            ddn_query *q = NULL;
            double out[2 * D] = {9, 9, 9, 9, 9, 9};
            OK(s.ctx, ddn_query_create(s.ctx, o, &q));
            OK(s.ctx, ddn_query_bind_f64(q, outputs[k], out, D));
            OK(s.ctx, ddn_query_bind_input(q, DDN_IN_V, states, 5));
            h.returns = 42;
            FAILS(s.ctx, ddn_query_run(q, 1, 2, states, 5), DDN_E_CALLBACK, "returned 42");
            h.returns = -1;
            FAILS(s.ctx, ddn_query_run(q, 1, 2, states, 5), DDN_E_CALLBACK, "returned -1");
            h.returns = DDN_STOPPED;
            FAILS(s.ctx, ddn_query_run(q, 1, 2, states, 5), DDN_STOPPED, "stopped by the callback");
            h.ctx = s.ctx;
            FAILS(s.ctx, ddn_query_run(q, 1, 2, states, 5), DDN_E_CALLBACK, "the device is gone");
            h.ctx = NULL;
            assert_true(out[0] == 9 && out[1] == 9 && out[5] == 9);
            h.returns = 0;
            OK(s.ctx, ddn_query_run(q, 1, 2, states, 5));
            assert_true(h.calls == 5 && h.most == 2 && out[1] != 9);
            OK(s.ctx, ddn_query_run(q, 1, 0, NULL, 5));
            assert_int_equal(h.calls, 5); /* not with m = 0 */
            ddn_query_destroy(q);
            ddn_oracle_destroy(o);
            ddn_model_destroy(model);
        }
    }
    test_setup_free(&s);
}

/* A callback that returns 0 and writes nothing passed with the numbers of the call before. Rows are
 * those of the caller, also where they are asked one at a time. */
static void what_is_not_written(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    static const ddn_output outputs[3] = {DDN_OUT_SCORE, DDN_OUT_JACOBIAN_TIMES_V, DDN_OUT_LOG_P};
    static const char *const names[3] = {"prediction", "Jacobian product", "log density"};
    for (int i = 0; i < 2 * 2 * 3; i++) {
        int k = i % 3, has = i / 3 % 2 * SINGLE, rows = i < 6 ? 2 : 1;
        host h = benign;
        ddn_model *model = builder(&s, &h, has | JVP | LOG_P);
        OK(s.ctx, ddn_options_set_i64(ddn_model_options(model), DDN_MODEL_MAX_ROWS, rows));
        ddn_oracle *o = oracle(&s, model);
        ddn_query *q = NULL;
        double out[2 * D];
        char text[64];
        OK(s.ctx, ddn_query_create(s.ctx, o, &q));
        OK(s.ctx, ddn_query_bind_f64(q, outputs[k], out, D));
        OK(s.ctx, ddn_query_bind_input(q, DDN_IN_V, states, 5));
        OK(s.ctx, ddn_query_run(q, 1, 2, states, 5));
        out[0] = 9;
        h.left_out = -2;
        snprintf(text, sizeof text, "%s[0][0] was not written", names[k]);
        FAILS(s.ctx, ddn_query_run(q, 1, 2, states, 5), DDN_E_NONFINITE, text);
        /* The last number of the second row (the one number of log p). */
        h.left_out = k == 2 ? rows - 1 : rows * D - 1;
        snprintf(text, sizeof text, "%s[%d][%d] was not written", names[k], rows - 1,
                 k == 2 ? 0 : D - 1);
        FAILS(s.ctx, ddn_query_run(q, 1, 2, states, 5), DDN_E_NONFINITE, text);
        h.left_out = -1;
        h.poison = k == 2 ? rows - 1 : rows * D - 1;
        snprintf(text, sizeof text, "%s[%d][%d] is ", names[k], rows - 1, k == 2 ? 0 : D - 1);
        FAILS(s.ctx, ddn_query_run(q, 1, 2, states, 5), DDN_E_NONFINITE, text);
        assert_true(out[0] == 9);
        ddn_query_destroy(q);
        ddn_oracle_destroy(o);
        ddn_model_destroy(model);
    }
    test_setup_free(&s);
}

/* A fault in the second batch names the row of the whole call. */
static int32_t second_batch(void *user, double t, double a, double s, int64_t m, int64_t d,
                            const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)t;
    (void)a;
    (void)s;
    int64_t *call = user;
    ++*call;
    for (int64_t i = 0; i < m * d; i++) {
        if (*call != 2 || i != 4) {
            out[i / d * ldo + i % d] = x[i / d * ldx + i % d];
        }
    }
    return 0;
}

static void rows_of_later_batches(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    int64_t calls = 0;
    ddn_model *model = NULL;
    OK(s.ctx, ddn_model_create(s.ctx, s.sch, DDN_PREDICTION_X0, D, &calls, NULL, &model));
    OK(s.ctx, ddn_model_set_predict_f64(model, second_batch));
    OK(s.ctx, ddn_options_set_i64(ddn_model_options(model), DDN_MODEL_MAX_ROWS, 2));
    ddn_oracle *o = oracle(&s, model);
    double x[M * D] = {0}, out[M * D];
    FAILS(s.ctx, ddn_oracle_score(s.ctx, o, 1, M, x, D, out, D), DDN_E_NONFINITE,
          "prediction[3][1] was not written");
    ddn_oracle_destroy(o);
    ddn_model_destroy(model);
    test_setup_free(&s);
}

/* Batches of 1, 2, 3 rows and one of all give the same bits, and none is larger than allowed. */
static void batches(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    double x[M * D], v[M * D], out[4][4][M * D] = {{{0}}};
    test_normal(3, M * D, x);
    test_normal(4, M * D, v);
    static const ddn_output outputs[4] = {DDN_OUT_SCORE, DDN_OUT_MEAN, DDN_OUT_JACOBIAN_TIMES_V,
                                          DDN_OUT_LOG_P};
    static const int64_t rows[4] = {INT64_C(1) << 40, 1, 2, 3}, calls[4] = {1, 5, 3, 2};
    for (int has = LOG_P; has < 8; has++) {
        if ((has & LOG_P) == 0) {
            continue;
        }
        for (int k = 0; k < 4; k++) {
            host h = benign;
            ddn_model *model = builder(&s, &h, has);
            OK(s.ctx, ddn_options_set_i64(ddn_model_options(model), DDN_MODEL_MAX_ROWS, rows[k]));
            ddn_oracle *o = oracle(&s, model);
            ddn_query *q = NULL;
            OK(s.ctx, ddn_query_create(s.ctx, o, &q));
            for (int i = 0; i < 4; i++) {
                OK(s.ctx, ddn_query_bind_f64(q, outputs[i], out[k][i], D));
            }
            OK(s.ctx, ddn_query_bind_input(q, DDN_IN_V, v, D));
            OK(s.ctx, ddn_query_run(q, 0.5, M, x, D));
            assert_int_equal(h.most, rows[k] < M ? rows[k] : M);
            assert_int_equal(h.calls, calls[k] * ((has & JVP) != 0 ? 3 : 4));
            assert_memory_equal(out[k], out[0], sizeof out[0]);
            CLOSE(out[k][0][M * D - 1], -x[M * D - 1], 1e-6, 0);
            ddn_query_destroy(q);
            ddn_oracle_destroy(o);
            ddn_model_destroy(model);
        }
    }
    host h = benign;
    ddn_model *model = builder(&s, &h, 0);
    ddn_options *options = ddn_model_options(model);
    FAILS(s.ctx, ddn_options_set_i64(options, DDN_MODEL_MAX_ROWS, 0), DDN_E_RANGE, "MAX_ROWS");
    ddn_model_destroy(model);
    assert_null(ddn_model_options(NULL));
    test_setup_free(&s);
}

/* One bound alone; the score alone. */
static void clipping_on_one_side(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const double t = 0.5, a = exp(-t), s2 = -expm1(-2 * t), x[D] = {-2, 0.1, 2};
    for (int high = 0; high < 2; high++) {
        host h = benign;
        double score[D];
        ddn_model *model = builder(&s, &h, 0);
        OK(s.ctx,
           ddn_options_set_f64(ddn_model_options(model),
                               high ? DDN_MODEL_CLIP_HIGH : DDN_MODEL_CLIP_LOW, high ? 0.5 : -0.2));
        ddn_oracle *o = oracle(&s, model);
        OK(s.ctx, ddn_oracle_score(s.ctx, o, t, 1, x, D, score, D));
        for (int j = 0; j < D; j++) {
            const double bound = high ? fmin(a * x[j], 0.5) : fmax(a * x[j], -0.2);
            CLOSE(score[j], (a * bound - x[j]) / s2, 1e-13, 1e-15);
        }
        ddn_oracle_destroy(o);
        ddn_model_destroy(model);
    }
    test_setup_free(&s);
}

/* E[x_0 | x] = a x here. Outside [-0.2, 0.5] it is the bound, and the score and J v are those of a
 * constant; inside nothing changes, bit for bit. */
static void clipping(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const double t = 0.5, a = exp(-t), s2 = -expm1(-2 * t), low = -0.2, high = 0.5;
    const double x[2 * D] = {-1, -0.1, 0.3, 0.7, 0.9, 2}, v[2 * D] = {1, 2, 3, 4, 5, 6};
    for (int has = 0; has <= JVP; has++) {
        double out[2][3][2 * D];
        for (int clipped = 0; clipped < 2; clipped++) {
            host h = benign;
            ddn_model *model = builder(&s, &h, has);
            ddn_options *options = ddn_model_options(model);
            if (clipped) {
                OK(s.ctx, ddn_options_set_f64(options, DDN_MODEL_CLIP_LOW, low));
                OK(s.ctx, ddn_options_set_f64(options, DDN_MODEL_CLIP_HIGH, high));
            }
            ddn_oracle *o = oracle(&s, model);
            ddn_query *q = NULL;
            OK(s.ctx, ddn_query_create(s.ctx, o, &q));
            OK(s.ctx, ddn_query_bind_input(q, DDN_IN_V, v, D));
            OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_JACOBIAN_TIMES_V, out[clipped][2], D));
            OK(s.ctx, ddn_query_run(q, t, 2, x, D)); /* J v alone must know what is clipped */
            OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, out[clipped][0], D));
            OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, out[clipped][1], D));
            double jv[2 * D];
            memcpy(jv, out[clipped][2], sizeof jv);
            OK(s.ctx, ddn_query_run(q, t, 2, x, D));
            assert_memory_equal(jv, out[clipped][2], sizeof jv);
            ddn_query_destroy(q);
            ddn_oracle_destroy(o);
            ddn_model_destroy(model);
        }
        int outside = 0;
        for (int i = 0; i < 2 * D; i++) {
            double x0 = a * x[i], bound = fmin(fmax(x0, low), high);
            CLOSE(out[1][1][i], bound, 1e-13, 1e-15);
            CLOSE(out[1][0][i], (a * bound - x[i]) / s2, 1e-13, 1e-15);
            CLOSE(out[1][2][i], bound == x0 ? -v[i] : -v[i] / s2, 1e-8, 0);
            outside += bound != x0;
            for (int k = 0; k < 3 && bound == x0; k++) {
                assert_true(out[1][k][i] == out[0][k][i]);
            }
        }
        assert_int_equal(outside, 3);
    }
    host h = benign;
    ddn_model *model = builder(&s, &h, 0);
    ddn_options *options = ddn_model_options(model);
    ddn_oracle *o = NULL;
    double value = 0;
    OK(s.ctx, ddn_options_get_f64(options, DDN_MODEL_CLIP_HIGH, &value));
    assert_true(value == INFINITY);
    FAILS(s.ctx, ddn_options_set_f64(options, DDN_MODEL_CLIP_HIGH, NAN), DDN_E_NONFINITE, "CLIP");
    OK(s.ctx, ddn_options_set_f64(options, DDN_MODEL_CLIP_HIGH, -1));
    OK(s.ctx, ddn_options_set_f64(options, DDN_MODEL_CLIP_LOW, 1));
    FAILS(s.ctx, ddn_oracle_create_model(s.ctx, model, &o), DDN_E_RANGE, "is above");
    OK(s.ctx, ddn_options_set_f64(options, DDN_MODEL_CLIP_LOW, -INFINITY));
    o = oracle(&s, model);
    ddn_oracle_destroy(o);
    ddn_model_destroy(model);
    test_setup_free(&s);
}

/* The user data belong to the model and all its oracles together, in every order of destruction. */
static void released_once(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    for (int order = 0; order < 6; order++) {
        static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        host h = benign;
        ddn_model *model = builder(&s, &h, 0);
        ddn_oracle *o[2] = {oracle(&s, model), oracle(&s, model)};
        for (int k = 0; k < 3; k++) {
            assert_int_equal(h.released, 0);
            if (orders[order][k] == 2) {
                ddn_model_destroy(model);
            } else {
                ddn_oracle_destroy(o[orders[order][k]]);
            }
        }
        assert_int_equal(h.released, 1);
    }
    host h = benign;
    ddn_model *model = builder(&s, &h, 0);
    ddn_model_destroy(model);
    assert_int_equal(h.released, 1);
    ddn_model_destroy(NULL);
    test_setup_free(&s);
}

/* A query keeps the host alive when model and oracle are gone. */
static void queries_keep_the_host(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    host h = benign;
    ddn_model *model = builder(&s, &h, 0);
    ddn_oracle *o = oracle(&s, model);
    ddn_query *q = NULL;
    double score[D];
    OK(s.ctx, ddn_query_create(s.ctx, o, &q));
    ddn_oracle_destroy(o);
    ddn_model_destroy(model);
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
    OK(s.ctx, ddn_query_run(q, 1, 1, states, D));
    assert_true(h.released == 0 && score[2] == -3);
    ddn_query_destroy(q);
    assert_int_equal(h.released, 1);
    test_setup_free(&s);
}

static void refused(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    host h = benign;
    ddn_context *ctx = s.ctx;
    ddn_model *model = NULL;
    ddn_oracle *o = NULL;
    FAILS(ctx, ddn_model_create(ctx, NULL, DDN_PREDICTION_X0, D, &h, host_release, &model),
          DDN_E_NULL, "sch");
    FAILS(ctx, ddn_model_create(ctx, s.sch, 0, D, &h, host_release, &model), DDN_E_KEY,
          "prediction = 0");
    FAILS(ctx, ddn_model_create(ctx, s.sch, 6, D, &h, host_release, &model), DDN_E_KEY,
          "prediction = 6");
    FAILS(ctx, ddn_model_create(ctx, s.sch, DDN_PREDICTION_X0, 0, &h, host_release, &model),
          DDN_E_RANGE, "d = 0");
    assert_null(model);
    assert_int_equal(h.released, 0); /* it still belongs to its owner */
    OK(ctx, ddn_model_create(ctx, s.sch, DDN_PREDICTION_SCORE, D, &h, host_release, &model));
    FAILS(ctx, ddn_oracle_create_model(ctx, model, &o), DDN_E_STATE, "no callback that predicts");
    OK(ctx, ddn_model_set_predict_f64(model, host_predict));
    OK(ctx, ddn_model_set_predict_f64(model, NULL));
    FAILS(ctx, ddn_oracle_create_model(ctx, model, &o), DDN_E_STATE, "no callback that predicts");
    FAILS(ctx, ddn_oracle_create_model(ctx, NULL, &o), DDN_E_NULL, "model");
    assert_null(o);
    ddn_dataset *ds = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2, D + 1, states, 5, &ds));
    FAILS(ctx, ddn_model_set_dataset(model, ds), DDN_E_SHAPE, "d = 4");
    assert_int_equal(ddn_model_set_dataset(NULL, ds), DDN_E_NULL);
    assert_int_equal(ddn_model_set_log_p(NULL, host_log_p), DDN_E_NULL);
    assert_int_equal(h.released, 0);
    ddn_model_destroy(model);
    assert_int_equal(h.released, 1);
    ddn_dataset_destroy(ds);
    test_setup_free(&s);
}

/* An oracle keeps what the model was when it was made: callbacks, options, data. */
static void oracles_are_snapshots(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    host h = benign;
    ddn_model *model = builder(&s, &h, LOG_P);
    ddn_dataset *ds = NULL;
    double y[D], score[2 * D];
    int64_t index;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, 2, D, states, 5, &ds));
    OK(s.ctx, ddn_model_set_dataset(model, ds));
    OK(s.ctx, ddn_model_set_dataset(model, ds)); /* again: the count stays right */
    ddn_oracle *first = oracle(&s, model);
    OK(s.ctx, ddn_model_set_dataset(model, NULL));
    OK(s.ctx, ddn_model_set_log_p(model, NULL));
    OK(s.ctx, ddn_model_set_predict_f64(model, NULL));
    OK(s.ctx, ddn_model_set_predict_f32(model, host_predict_f32));
    OK(s.ctx, ddn_options_set_i64(ddn_model_options(model), DDN_MODEL_MAX_ROWS, 1));
    ddn_oracle *second = oracle(&s, model);
    ddn_model_destroy(model);
    ddn_dataset_destroy(ds);
    assert_true(ddn_oracle_dataset(first) == ds && ddn_oracle_dataset(second) == NULL);
    assert_int_equal(ddn_oracle_can(first, DDN_OUT_LOG_P), 1);
    assert_int_equal(ddn_oracle_can(second, DDN_OUT_LOG_P), 0);
    assert_string_equal(ddn_oracle_kind(first), "model");
    OK(s.ctx, ddn_oracle_score(s.ctx, first, 1, 2, states, 5, score, D));
    assert_true(h.calls == 1 && h.singles == 0 && score[5] == -6);
    OK(s.ctx, ddn_oracle_score(s.ctx, second, 1, 2, states, 5, score, D));
    assert_true(h.calls == 3 && h.singles == 2 && score[5] == -6);
    OK(s.ctx, ddn_oracle_sample_data(s.ctx, first, 0, 7, 1, y, D, &index));
    assert_true(index == 1 && y[0] == 4 && y[2] == 6);
    FAILS(s.ctx, ddn_oracle_sample_data(s.ctx, second, 0, 0, 1, y, D, NULL), DDN_E_UNSUPPORTED,
          "without a dataset");
    ddn_oracle_destroy(first);
    ddn_oracle_destroy(second);
    assert_int_equal(h.released, 1);
    test_setup_free(&s);
}

/* Where both types are set, double is asked. */
static void double_comes_first(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    host h = benign;
    ddn_model *model = builder(&s, &h, JVP | SINGLE);
    OK(s.ctx, ddn_model_set_predict_f64(model, host_predict));
    ddn_oracle *o = oracle(&s, model);
    double score[2 * D];
    OK(s.ctx, ddn_oracle_score(s.ctx, o, 1, 2, states, 5, score, D));
    assert_true(h.calls == 1 && h.singles == 0);
    ddn_oracle_destroy(o);
    ddn_model_destroy(model);
    test_setup_free(&s);
}

/* A query may not be run by the model that it is asking; this gave wrong scores and wrote past the
 * ends of its scratch. Another query of the same oracle may. */
static void reentered(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    host h = benign;
    ddn_model *model = builder(&s, &h, 0);
    ddn_oracle *o = oracle(&s, model);
    ddn_query *q[2] = {NULL, NULL};
    double score[2][2 * D] = {{0}};
    for (int k = 0; k < 2; k++) {
        OK(s.ctx, ddn_query_create(s.ctx, o, &q[k]));
        OK(s.ctx, ddn_query_bind_f64(q[k], DDN_OUT_SCORE, score[k], D));
    }
    for (int k = 0; k < 2; k++) {
        h.calls = 0;
        h.inner = q[k];
        h.inner_status = DDN_E_INTERNAL;
        OK(s.ctx, ddn_query_run(q[0], 1, 2, states, 5));
        assert_int_equal(h.inner_status, k == 0 ? DDN_E_STATE : DDN_OK);
        for (int i = 0; i < 2 * D; i++) {
            assert_true(score[0][i] == -states[i / D * 5 + i % D]);
        }
    }
    ddn_query_destroy(q[0]);
    ddn_query_destroy(q[1]);
    ddn_oracle_destroy(o);
    ddn_model_destroy(model);
    test_setup_free(&s);
}

/* A run that a model stops in any of its calls goes on to the same bits: Heun asks twice a step. */
static void stopped_runs_go_on(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    static const ddn_method methods[2] = {DDN_METHOD_EXPONENTIAL, DDN_METHOD_HEUN};
    for (int k = 0; k < 2; k++) {
        double want[M * D];
        int64_t total = 0;
        for (int64_t stop = 0; stop <= total; stop++) {
            host h = benign;
            ddn_model *model = builder(&s, &h, 0);
            ddn_oracle *o = oracle(&s, model);
            ddn_integrator *it = NULL;
            double x[M * D];
            test_normal(8, M * D, x);
            OK(s.ctx, ddn_integrator_create(s.ctx, o, methods[k], &it));
            OK(s.ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 4));
            h.returns = stop > 0 ? DDN_STOPPED : 0;
            h.call = stop;
            if (stop == 0) {
                OK(s.ctx, ddn_integrator_run(it, M, x, D));
                memcpy(want, x, sizeof want);
                total = h.calls;
            } else {
                FAILS(s.ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "callback");
                h.returns = 0;
                OK(s.ctx, ddn_integrator_resume(it, M, x, D));
                assert_memory_equal(x, want, sizeof want);
            }
            ddn_integrator_destroy(it);
            ddn_oracle_destroy(o);
            ddn_model_destroy(model);
        }
        assert_true(total >= 4);
    }
    test_setup_free(&s);
}

/* A state that no float can hold is refused by row for a model in float; v likewise. */
static void states_beyond_float(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    host h = benign;
    ddn_model *model = builder(&s, &h, SINGLE | JVP);
    ddn_oracle *o = oracle(&s, model);
    ddn_query *q = NULL;
    double x[2 * D] = {0, 0, 0, 0, 1e39, 0}, small[2 * D] = {0}, out[2 * D];
    FAILS(s.ctx, ddn_oracle_score(s.ctx, o, 1, 2, x, D, out, D), DDN_E_RANGE, "x[1][1] = 1e+39");
    OK(s.ctx, ddn_query_create(s.ctx, o, &q));
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_JACOBIAN_TIMES_V, out, D));
    OK(s.ctx, ddn_query_bind_input(q, DDN_IN_V, x, D));
    FAILS(s.ctx, ddn_query_run(q, 1, 2, small, D), DDN_E_RANGE, "v[1][1] = 1e+39");
    assert_int_equal(h.calls, 0);
    ddn_query_destroy(q);
    ddn_oracle_destroy(o);
    ddn_model_destroy(model);
    test_setup_free(&s);
}

static ddn_status whole_life(ddn_context *ctx, void *arg)
{
    static host h;
    const int single = *(int *)arg;
    double out[4 * D];
    h = benign;
    ddn_schedule *sch = NULL;
    ddn_model *model = NULL;
    ddn_oracle *o = NULL;
    ddn_query *q = NULL;
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    if (status == DDN_OK) {
        status = ddn_model_create(ctx, sch, DDN_PREDICTION_V, D, &h, host_release, &model);
    }
    if (status == DDN_OK) {
        status = single ? ddn_model_set_predict_f32(model, host_predict_f32)
                        : ddn_model_set_predict_f64(model, host_predict);
    }
    if (status == DDN_OK) {
        status = ddn_options_set_i64(ddn_model_options(model), DDN_MODEL_MAX_ROWS, 1);
    }
    if (status == DDN_OK) {
        status = ddn_oracle_create_model(ctx, model, &o);
    }
    if (status == DDN_OK) {
        status = ddn_query_create(ctx, o, &q);
    }
    if (status == DDN_OK) {
        status = ddn_query_bind_f64(q, DDN_OUT_MEAN, out, D);
    }
    if (status == DDN_OK) {
        status = ddn_query_bind_f64(q, DDN_OUT_JACOBIAN_TIMES_V, out + 2 * D, D);
    }
    if (status == DDN_OK) {
        status = ddn_query_bind_input(q, DDN_IN_V, states, 5);
    }
    if (status == DDN_OK) {
        status = ddn_query_run(q, 1, 2, states, 5);
    }
    ddn_model_destroy(model);
    ddn_oracle_destroy(o);
    ddn_query_destroy(q);
    assert_int_equal(h.released, model != NULL);
    ddn_schedule_destroy(sch);
    return status;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    for (int single = 0; single < 2; single++) {
        assert_true(test_every_allocation(whole_life, &single) > 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callbacks_fail_and_stop),
        cmocka_unit_test(what_is_not_written),
        cmocka_unit_test(rows_of_later_batches),
        cmocka_unit_test(batches),
        cmocka_unit_test(clipping_on_one_side),
        cmocka_unit_test(clipping),
        cmocka_unit_test(released_once),
        cmocka_unit_test(queries_keep_the_host),
        cmocka_unit_test(refused),
        cmocka_unit_test(oracles_are_snapshots),
        cmocka_unit_test(double_comes_first),
        cmocka_unit_test(reentered),
        cmocka_unit_test(stopped_runs_go_on),
        cmocka_unit_test(states_beyond_float),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
