/* States, vectors and outputs in single precision: exact on the way in, rounded once on the way
 * out. */
#include <float.h>

#include "support/fixtures.h"
#include "support/outputs.h"
#include "support/zoo.h"

enum {
    D = ZOO_D,
    M = 7,
    LD = D + 2
};

static int is_real(ddn_output what)
{
    return what != DDN_OUT_ARGMAX && what != DDN_OUT_DRAW_INDEX;
}

static int64_t width(const ddn_oracle *oracle, ddn_output what)
{
    switch (what) {
    case DDN_OUT_SCORE:
    case DDN_OUT_MEAN:
    case DDN_OUT_COV_TIMES_V:
    case DDN_OUT_JACOBIAN_TIMES_V:
    case DDN_OUT_DRAW:
        return D;
    case DDN_OUT_CLASS_POSTERIOR:
        return ddn_oracle_class_count(oracle);
    default:
        return 1;
    }
}

/* Every real output of every kind of oracle is that of the same numbers in double, rounded once,
 * and nothing is written between the rows. */
static void outputs_are_rounded_once(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    double x[M * LD], v[M * LD], wide[DDN_OUT_SECOND_DISTANCE2 + 1][M * D];
    float x32[M * LD], v32[M * LD], narrow[DDN_OUT_SECOND_DISTANCE2 + 1][M * LD];
    test_normal(1, M * LD, x);
    test_normal(2, M * LD, v);
    for (int i = 0; i < M * LD; i++) {
        x[i] = (double)(x32[i] = (float)x[i]);
        v[i] = (double)(v32[i] = (float)v[i]);
    }
    int compared = 0;
    for (int kind = 0; kind < ZOO_KINDS; kind++) {
        const char *name = NULL;
        ddn_oracle *o = zoo_oracle(s.ctx, s.sch, kind, &name);
        ddn_query *q[2] = {NULL, NULL};
        OK(s.ctx, ddn_query_create(s.ctx, o, &q[0]));
        OK(s.ctx, ddn_query_create(s.ctx, o, &q[1]));
        for (int i = 0; i < M * LD; i++) {
            for (int what = 0; what <= DDN_OUT_SECOND_DISTANCE2; what++) {
                narrow[what][i] = 77;
            }
        }
        for (ddn_output what = 1; what <= DDN_OUT_SECOND_DISTANCE2; what++) {
            if (is_real(what) && ddn_oracle_can(o, what)) {
                OK(s.ctx, ddn_query_bind_f64(q[0], what, wide[what], D));
                OK(s.ctx, ddn_query_bind_f32(q[1], what, narrow[what], LD));
            }
        }
        OK(s.ctx, ddn_query_bind_input(q[0], DDN_IN_V, v, LD));
        OK(s.ctx, ddn_query_bind_input_f32(q[1], DDN_IN_V, v32, LD));
        for (int k = 0; k < 2; k++) {
            if (ddn_oracle_can(o, DDN_OUT_DRAW)) {
                OK(s.ctx, ddn_query_set_noise(q[k], 5, 0, 3, 0, NULL));
            }
        }
        OK(s.ctx, ddn_query_run(q[0], 0.4, M, x, LD));
        OK(s.ctx, ddn_query_run_f32(q[1], 0.4, M, x32, LD));
        for (ddn_output what = 1; what <= DDN_OUT_SECOND_DISTANCE2; what++) {
            int64_t w = width(o, what), ld = w == 1 ? 1 : LD;
            if (!is_real(what) || !ddn_oracle_can(o, what)) {
                continue;
            }
            ld = what == DDN_OUT_CLASS_POSTERIOR ? LD : ld;
            int64_t ldw = ld == 1 ? 1 : D;
            for (int64_t r = 0; r < M; r++) {
                for (int64_t j = 0; j < w; j++) {
                    assert_true(narrow[what][r * ld + j] == (float)wide[what][r * ldw + j]);
                    compared++;
                }
                for (int64_t j = w; j < ld; j++) {
                    assert_true(narrow[what][r * ld + j] == 77);
                }
            }
        }
        ddn_query_destroy(q[0]);
        ddn_query_destroy(q[1]);
        ddn_oracle_destroy(o);
    }
    assert_true(compared > 1000);
    test_setup_free(&s);
}

/* A model in float gets and gives the very floats: nothing is lost between it and its caller. */
static float seen[M * D], said[M * D];

static int32_t predict_f32(void *user, double t, double a, double s, int64_t m, int64_t d,
                           const float *x, int64_t ldx, float *out, int64_t ldo)
{
    (void)user;
    (void)t;
    (void)a;
    (void)s;
    for (int64_t i = 0; i < m * d; i++) {
        seen[i] = x[i / d * ldx + i % d];
        out[i / d * ldo + i % d] = said[i];
    }
    return 0;
}

static void models_in_float(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    double numbers[2 * M * D];
    float x[M * D], mean[M * D];
    test_normal(3, 2 * M * D, numbers);
    for (int i = 0; i < M * D; i++) {
        x[i] = (float)(numbers[i] * pow(10, i % 60 - 30)); /* of all sizes */
        said[i] = (float)(numbers[M * D + i] * pow(10, 30 - i % 60));
    }
    said[3] = FLT_TRUE_MIN;
    said[4] = -FLT_MAX;
    x[5] = FLT_MAX;
    x[6] = -FLT_TRUE_MIN;
    ddn_model *model = NULL;
    ddn_oracle *o = NULL;
    ddn_query *q = NULL;
    OK(s.ctx, ddn_model_create(s.ctx, s.sch, DDN_PREDICTION_X0, D, NULL, NULL, &model));
    OK(s.ctx, ddn_model_set_predict_f32(model, predict_f32));
    OK(s.ctx, ddn_oracle_create_model(s.ctx, model, &o));
    OK(s.ctx, ddn_query_create(s.ctx, o, &q));
    OK(s.ctx, ddn_query_bind_f32(q, DDN_OUT_MEAN, mean, D));
    OK(s.ctx, ddn_query_run_f32(q, 0.7, M, x, D));
    assert_memory_equal(seen, x, sizeof x);
    assert_memory_equal(mean, said, sizeof mean);
    ddn_query_destroy(q);
    ddn_oracle_destroy(o);
    ddn_model_destroy(model);
    test_setup_free(&s);
}

/* The last binding of an output, of either type, is the one that is written; so with inputs. */
static void the_last_binding_counts(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const char *name = NULL;
    ddn_oracle *o = zoo_oracle(s.ctx, s.sch, 0, &name);
    ddn_query *q = NULL;
    double x[D] = {0.5, -1, 2, 0, 0.25, 1}, wide[D], v[D] = {1, 0, 0, 0, 0, 0}, jv[2][D];
    float narrow[D], v32[D] = {0, 1, 0, 0, 0, 0};
    OK(s.ctx, ddn_query_create(s.ctx, o, &q));
    for (int k = 0; k < 4; k++) {
        memset(wide, 0, sizeof wide);
        memset(narrow, 0, sizeof narrow);
        if (k == 1 || k == 3) {
            OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, wide, D));
        }
        OK(s.ctx, ddn_query_bind_f32(q, DDN_OUT_SCORE, k == 3 ? NULL : narrow, D));
        if (k == 0 || k == 2) {
            OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, k == 2 ? NULL : wide, D));
        }
        OK(s.ctx, ddn_query_run(q, 1, 1, x, D));
        assert_int_equal(wide[0] != 0, k == 0);
        assert_int_equal(narrow[0] != 0, k == 1);
    }
    for (int k = 0; k < 2; k++) {
        OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_JACOBIAN_TIMES_V, jv[k], D));
        if (k == 1) {
            OK(s.ctx, ddn_query_bind_input_f32(q, DDN_IN_V, v32, D));
        }
        OK(s.ctx, ddn_query_bind_input(q, DDN_IN_V, v, D));
        OK(s.ctx, ddn_query_run(q, 1, 1, x, D));
    }
    assert_memory_equal(jv[0], jv[1], sizeof jv[0]);
    OK(s.ctx, ddn_query_bind_input_f32(q, DDN_IN_V, v32, D));
    OK(s.ctx, ddn_query_run(q, 1, 1, x, D));
    assert_true(memcmp(jv[0], jv[1], sizeof jv[0]) != 0);
    OK(s.ctx, ddn_query_bind_input_f32(q, DDN_IN_V, NULL, D));
    FAILS(s.ctx, ddn_query_run(q, 1, 1, x, D), DDN_E_STATE, "DDN_IN_V");
    ddn_query_destroy(q);
    ddn_oracle_destroy(o);
    test_setup_free(&s);
}

/* What cannot be rounded is refused by row and column, with all outputs as they were; an infinite
 * distance is one. */
static void beyond_the_range(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const double points[2] = {0, 1e30};
    const float x[2] = {0, 2};
    float score[2] = {9, 9}, log_p[2] = {9, 9}, second[2] = {9, 9};
    double same[2] = {9, 9};
    ddn_dataset *ds = NULL;
    ddn_oracle *o = NULL;
    ddn_query *q = NULL;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, 1, 2, points, 2, &ds));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, ds, s.sch, &o));
    OK(s.ctx, ddn_query_create(s.ctx, o, &q));
    OK(s.ctx, ddn_query_bind_f32(q, DDN_OUT_SECOND_DISTANCE2, second, 1));
    OK(s.ctx, ddn_query_run_f32(q, 1e-12, 1, x, 2));
    assert_true(isinf(second[0]) && second[1] == 9);
    second[0] = 9;
    OK(s.ctx, ddn_query_bind_f32(q, DDN_OUT_SCORE, score, 2));
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_LOG_P, same, 1));
    FAILS(s.ctx, ddn_query_run_f32(q, 1e-12, 1, x, 2), DDN_E_RANGE, "SCORE: [0][1] = 5e+41");
    assert_true(score[0] == 9 && score[1] == 9 && log_p[0] == 9 && second[0] == 9);
    ddn_query_destroy(q);
    ddn_oracle_destroy(o);
    ddn_dataset_destroy(ds);
    test_setup_free(&s);
}

static void refused(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const char *name = NULL;
    ddn_oracle *o = zoo_oracle(s.ctx, s.sch, 6, &name); /* a model: no entropy */
    ddn_query *q = NULL;
    float x[2 * D] = {0}, out[2 * D];
    OK(s.ctx, ddn_query_create(s.ctx, o, &q));
    FAILS(s.ctx, ddn_query_bind_f32(q, DDN_OUT_ENTROPY, out, 1), DDN_E_UNSUPPORTED, "ENTROPY");
    FAILS(s.ctx, ddn_query_bind_f32(q, DDN_OUT_SCORE, out, D - 1), DDN_E_SHAPE, "ld = 5");
    FAILS(s.ctx, ddn_query_bind_f32(q, 31, out, D), DDN_E_KEY, "31");
    FAILS(s.ctx, ddn_query_bind_input_f32(q, DDN_IN_V, x, D - 1), DDN_E_SHAPE, "ld = 5");
    FAILS(s.ctx, ddn_query_bind_input_f32(q, 1, x, D), DDN_E_KEY, "input 1");
    OK(s.ctx, ddn_query_bind_f32(q, DDN_OUT_SCORE, out, D));
    FAILS(s.ctx, ddn_query_run_f32(q, 1, -1, x, D), DDN_E_RANGE, "m = -1");
    FAILS(s.ctx, ddn_query_run_f32(q, 1, 2, NULL, D), DDN_E_NULL, "x");
    FAILS(s.ctx, ddn_query_run_f32(q, 1, 2, x, D - 1), DDN_E_SHAPE, "of x is 5");
    FAILS(s.ctx, ddn_query_run_f32(q, -1, 2, x, D), DDN_E_RANGE, "t = -1");
    x[D + 2] = NAN;
    FAILS(s.ctx, ddn_query_run_f32(q, 1, 2, x, D), DDN_E_NONFINITE, "x[1][2]");
    OK(s.ctx, ddn_query_run_f32(q, 1, 0, NULL, D));
    x[D + 2] = 0;
    OK(s.ctx, ddn_query_run_f32(q, 1, 2, x, D));
    /* The last float of the score is where log p would begin. */
    OK(s.ctx, ddn_query_bind_f32(q, DDN_OUT_LOG_P, out + 2 * D - 1, 1));
    FAILS(s.ctx, ddn_query_run_f32(q, 1, 2, x, D), DDN_E_OVERLAP, "LOG_P");
    OK(s.ctx, ddn_query_bind_f32(q, DDN_OUT_LOG_P, NULL, 1));
    assert_int_equal(ddn_query_run_f32(NULL, 1, 0, NULL, D), DDN_E_NULL);
    assert_int_equal(ddn_query_bind_f32(NULL, DDN_OUT_SCORE, out, D), DDN_E_NULL);
    assert_int_equal(ddn_query_bind_input_f32(NULL, DDN_IN_V, x, D), DDN_E_NULL);
    assert_true(ddn_query_scratch_bytes(q) >= 2 * 2 * D * (int64_t)sizeof(double));
    ddn_query_destroy(q);
    ddn_oracle_destroy(o);
    test_setup_free(&s);
}

/* Outputs of both types in one run, and integers beside them. */
static void types_may_be_mixed(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const char *name = NULL;
    ddn_oracle *o = zoo_oracle(s.ctx, s.sch, 0, &name);
    ddn_query *q = NULL;
    float x[M * D], divergence[M];
    double wide[M * D], mean[M * D], trace[M];
    int64_t nearest[M];
    test_normal(4, M * D, wide);
    for (int i = 0; i < M * D; i++) {
        x[i] = (float)wide[i];
    }
    OK(s.ctx, ddn_query_create(s.ctx, o, &q));
    OK(s.ctx, ddn_query_bind_f32(q, DDN_OUT_DIVERGENCE, divergence, 0)); /* made from the trace */
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, mean, D));
    OK(s.ctx, ddn_query_bind_i64(q, DDN_OUT_ARGMAX, nearest));
    OK(s.ctx, ddn_query_run_f32(q, 0.5, M, x, D));
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_TRACE_COV, trace, 1));
    OK(s.ctx, ddn_query_run_f32(q, 0.5, M, x, D));
    double s2 = -expm1(-1.0);
    for (int r = 0; r < M; r++) {
        CLOSE((double)divergence[r], -D / s2 + exp(-1) / (s2 * s2) * trace[r], 1e-6, 0);
        assert_true(nearest[r] >= 0 && nearest[r] < 9);
    }
    ddn_query_destroy(q);
    ddn_oracle_destroy(o);
    test_setup_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_are_rounded_once),
        cmocka_unit_test(models_in_float),
        cmocka_unit_test(the_last_binding_counts),
        cmocka_unit_test(beyond_the_range),
        cmocka_unit_test(refused),
        cmocka_unit_test(types_may_be_mixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
