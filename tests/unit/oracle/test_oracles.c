/* What every kind of oracle must satisfy: derivatives, identities of the posterior, shapes,
 * batches, threads, refusals. */
#include "support/fixtures.h"
#include "support/outputs.h"
#include "support/zoo.h"

enum {
    D = ZOO_D,
    M = 7,
    LDX = D + 2
};

typedef void (*check_fn)(ddn_context *ctx, const ddn_oracle *oracle, double t);

/* Runs a check over every kind, two schedules and three times. */
static void for_every_oracle(check_fn check)
{
    ddn_context *ctx = test_context(1);
    for (int edm = 0; edm < 2; edm++) {
        ddn_schedule *sch = NULL;
        OK(ctx, edm ? ddn_schedule_create_edm(ctx, &sch) : ddn_schedule_create_ou(ctx, &sch));
        for (int kind = 0; kind < ZOO_KINDS; kind++) {
            const char *name = NULL;
            ddn_oracle *oracle = zoo_oracle(ctx, sch, kind, &name);
            static const double times[3] = {0.2, 0.7, 2};
            for (int i = 0; i < 3; i++) {
                print_message("# %s, %s, t = %g\n", name, edm ? "edm" : "ou", times[i]);
                check(ctx, oracle, times[i]);
            }
            ddn_oracle_destroy(oracle);
        }
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

static void states(const ddn_oracle *oracle, double t, double *x, double *a, double *s)
{
    ddn_context *ctx = test_context(1);
    OK(ctx, ddn_schedule_eval(ctx, ddn_oracle_schedule(oracle), t, a, s));
    test_normal(21, M * LDX, x);
    ddn_context_destroy(ctx);
}

static double total_log_p(ddn_context *ctx, const ddn_oracle *oracle, double t, const double *x)
{
    test_outputs o = test_evaluate(ctx, oracle, t, 1, x, D, NULL);
    double value = o.f64[DDN_OUT_LOG_P][0];
    test_outputs_free(&o);
    return value;
}

/* score = grad log p by symmetric differences: truncation h^2 ~ 1e-8, rounding 1e-11. */
static void check_gradient(ddn_context *ctx, const ddn_oracle *oracle, double t)
{
    double x[M * LDX], a, s;
    states(oracle, t, x, &a, &s);
    test_outputs o = test_evaluate(ctx, oracle, t, 1, x, LDX, NULL);
    for (int64_t j = 0; ddn_oracle_can(oracle, DDN_OUT_LOG_P) && j < D; j++) {
        const double h = 1e-4 * s, keep = x[j];
        x[j] = keep + h;
        double slope = total_log_p(ctx, oracle, t, x);
        x[j] = keep - h;
        slope = (slope - total_log_p(ctx, oracle, t, x)) / (2 * h);
        x[j] = keep;
        CLOSE(slope, test_row(&o, DDN_OUT_SCORE, 0)[j], 1e-6, 1e-6 / s);
    }
    test_outputs_free(&o);
}

/* The Jacobian by columns: differences of the score give it, it is symmetric, its trace is the
 * divergence, and -1/s^2 + (a/s^2)^2 Cov is the same matrix. */
static void check_jacobian(ddn_context *ctx, const ddn_oracle *oracle, double t)
{
    double x[D * D], v[D * D] = {0}, moved[2 * D * D], jacobian[D][D], a, s;
    double start[M * LDX];
    states(oracle, t, start, &a, &s);
    const double h = 1e-4 * s, scale = 1 / (s * s);
    for (int64_t i = 0; i < D; i++) {
        memcpy(x + i * D, start, D * sizeof *x);
        v[i * D + i] = 1;
        memcpy(moved + 2 * i * D, start, D * sizeof *x);
        memcpy(moved + (2 * i + 1) * D, start, D * sizeof *x);
        moved[2 * i * D + i] += h;
        moved[(2 * i + 1) * D + i] -= h;
    }
    test_outputs o = test_evaluate(ctx, oracle, t, D, x, D, v);
    test_outputs p = test_evaluate(ctx, oracle, t, 2 * D, moved, D, NULL);
    double trace = 0, cov_trace = 0;
    for (int64_t i = 0; i < D; i++) {
        memcpy(jacobian[i], test_row(&o, DDN_OUT_JACOBIAN_TIMES_V, i), sizeof jacobian[i]);
        trace += jacobian[i][i];
        for (int64_t j = 0; j < D; j++) {
            double slope = (test_row(&p, DDN_OUT_SCORE, 2 * i)[j] -
                            test_row(&p, DDN_OUT_SCORE, 2 * i + 1)[j]) /
                           (2 * h);
            CLOSE(jacobian[i][j], slope, 1e-6, 1e-6 * scale);
            if (o.f64[DDN_OUT_COV_TIMES_V] != NULL) {
                double cov = test_row(&o, DDN_OUT_COV_TIMES_V, i)[j];
                CLOSE(jacobian[i][j], (a * a * scale * cov - (i == j)) * scale, 1e-11,
                      1e-11 * scale);
                cov_trace += i == j ? cov : 0;
            }
        }
    }
    for (int64_t i = 0; i < D; i++) {
        for (int64_t j = 0; j < i; j++) {
            CLOSE(jacobian[i][j], jacobian[j][i], 1e-7, 1e-7 * scale);
        }
    }
    if (o.f64[DDN_OUT_DIVERGENCE] != NULL) {
        CLOSE(o.f64[DDN_OUT_DIVERGENCE][0], trace, 1e-7, 1e-7 * scale);
    }
    if (o.f64[DDN_OUT_TRACE_COV] != NULL) {
        CLOSE(o.f64[DDN_OUT_TRACE_COV][0], cov_trace, 1e-11, 0);
        CLOSE(o.f64[DDN_OUT_DIVERGENCE][0], (a * a * scale * cov_trace - D) * scale, 1e-11, 0);
    }
    test_outputs_free(&o);
    test_outputs_free(&p);
}

/* Tweedie, and what is true of any set of weights. */
static void check_identities(ddn_context *ctx, const ddn_oracle *oracle, double t)
{
    double x[M * LDX], a, s;
    states(oracle, t, x, &a, &s);
    test_outputs o = test_evaluate(ctx, oracle, t, M, x, LDX, x);
    for (int64_t r = 0; r < M; r++) {
        for (int64_t j = 0; j < D; j++) {
            double tweedie = (x[r * LDX + j] + s * s * test_row(&o, DDN_OUT_SCORE, r)[j]) / a;
            CLOSE(test_row(&o, DDN_OUT_MEAN, r)[j], tweedie, 1e-11, 1e-12 / a);
        }
        if (o.f64[DDN_OUT_CLASS_POSTERIOR] != NULL) {
            double sum = 0;
            for (int64_t c = 0; c < ddn_oracle_class_count(oracle); c++) {
                sum += test_row(&o, DDN_OUT_CLASS_POSTERIOR, r)[c];
            }
            CLOSE(sum, 1, 1e-14, 0);
        }
        if (o.f64[DDN_OUT_W_MAX] != NULL) {
            double w = o.f64[DDN_OUT_W_MAX][r], y2 = o.f64[DDN_OUT_SUM_W2][r];
            CLOSE(w + o.f64[DDN_OUT_ONE_MINUS_W_MAX][r], 1, 1e-14, 0);
            assert_true(w * w <= y2 * (1 + 1e-14) && y2 <= w * (1 + 1e-14));
            double k = (double)ddn_oracle_components(oracle), e = o.f64[DDN_OUT_ENTROPY][r];
            assert_true(e >= -log(y2) * (1 - 1e-12) && e <= log(k) * (1 + 1e-14));
            assert_in_range(o.i64[DDN_OUT_ARGMAX][r], 0, (uintmax_t)k - 1);
        }
    }
    test_outputs_free(&o);
}

/* Rows do not know of each other; x and outputs may have longer rows (test_evaluate pads them). */
static void check_batches(ddn_context *ctx, const ddn_oracle *oracle, double t)
{
    double x[M * LDX], reversed[M * LDX], a, s;
    states(oracle, t, x, &a, &s);
    for (int64_t r = 0; r < M; r++) {
        memcpy(reversed + r * LDX, x + (M - 1 - r) * LDX, LDX * sizeof *x);
    }
    test_outputs o = test_evaluate(ctx, oracle, t, M, x, LDX, x);
    test_outputs p = test_evaluate(ctx, oracle, t, M, reversed, LDX, reversed);
    for (ddn_output what = 1; what < TEST_OUTPUTS; what++) {
        for (int64_t r = 0; r < M; r++) {
            if (o.f64[what] != NULL && what != DDN_OUT_DRAW) {
                for (int64_t j = 0; j < o.ld[what]; j++) {
                    CLOSE(test_row(&o, what, r)[j], test_row(&p, what, M - 1 - r)[j], 1e-12, 1e-12);
                }
            }
            if (what == DDN_OUT_ARGMAX && o.i64[what] != NULL) {
                assert_int_equal(o.i64[what][r], p.i64[what][M - 1 - r]);
            }
        }
    }
    test_outputs_free(&o);
    test_outputs_free(&p);
    o = test_evaluate(ctx, oracle, t, 0, x, LDX, x);
    test_outputs_free(&o);
    OK(ctx, ddn_oracle_score(ctx, oracle, t, 0, NULL, D, NULL, D));
}

/* Every kind refuses the same things with the same words, and outputs stay untouched. */
static void check_refusals(ddn_context *ctx, const ddn_oracle *oracle, double t)
{
    double x[M * LDX], score[M * LDX], a, s;
    states(oracle, t, x, &a, &s);
    memset(score, 0, sizeof score);
    x[2 * LDX + 3] = NAN;
    FAILS(ctx, ddn_oracle_score(ctx, oracle, t, M, x, LDX, score, LDX), DDN_E_NONFINITE, "x[2][3]");
    x[2 * LDX + 3] = INFINITY;
    FAILS(ctx, ddn_oracle_score(ctx, oracle, t, M, x, LDX, score, LDX), DDN_E_NONFINITE, "x[2][3]");
    x[2 * LDX + 3] = 0;
    FAILS(ctx, ddn_oracle_score(ctx, oracle, 0, M, x, LDX, score, LDX), DDN_E_RANGE, "0");
    FAILS(ctx, ddn_oracle_score(ctx, oracle, NAN, M, x, LDX, score, LDX), DDN_E_NONFINITE, "nan");
    FAILS(ctx, ddn_oracle_score(ctx, oracle, t, M, x, D - 1, score, LDX), DDN_E_SHAPE, "x");
    FAILS(ctx, ddn_oracle_score(ctx, oracle, t, M, x, LDX, score, D - 1), DDN_E_SHAPE, "ld");
    for (int64_t i = 0; i < M * LDX; i++) {
        assert_true(score[i] == 0);
    }
    ddn_query *q = NULL;
    OK(ctx, ddn_query_create(ctx, oracle, &q));
    for (ddn_output what = 1; what < TEST_OUTPUTS; what++) {
        if (!ddn_oracle_can(oracle, what)) {
            ddn_status status = test_is_integer(what) ? ddn_query_bind_i64(q, what, NULL)
                                                      : ddn_query_bind_f64(q, what, score, LDX);
            assert_int_equal(status, DDN_E_UNSUPPORTED);
        }
    }
    if (ddn_oracle_can(oracle, DDN_OUT_JACOBIAN_TIMES_V)) {
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_JACOBIAN_TIMES_V, score, LDX));
        FAILS(ctx, ddn_query_run(q, t, M, x, LDX), DDN_E_STATE, "DDN_IN_V");
    }
    ddn_query_destroy(q);
}

/* Samples of the data: a function of (seed, path) alone, or a clear refusal. */
static void check_data(ddn_context *ctx, const ddn_oracle *oracle, double t)
{
    (void)t;
    double x[M * LDX], part[2 * D];
    int64_t index[M];
    if (ddn_oracle_sample_data(ctx, oracle, 3, 10, M, x, LDX, index) != DDN_OK) {
        FAILS(ctx, ddn_oracle_sample_data(ctx, oracle, 3, 10, M, x, LDX, index), DDN_E_UNSUPPORTED,
              "sample");
        return;
    }
    OK(ctx, ddn_oracle_sample_data(ctx, oracle, 3, 14, 2, part, D, NULL));
    assert_memory_equal(part, x + 4 * LDX, D * sizeof *x);
    assert_memory_equal(part + D, x + 5 * LDX, D * sizeof *x);
}

static void gradients(void **state)
{
    (void)state;
    for_every_oracle(check_gradient);
}

static void jacobians(void **state)
{
    (void)state;
    for_every_oracle(check_jacobian);
}

static void identities(void **state)
{
    (void)state;
    for_every_oracle(check_identities);
}

static void batches(void **state)
{
    (void)state;
    for_every_oracle(check_batches);
}

static void refusals(void **state)
{
    (void)state;
    for_every_oracle(check_refusals);
}

static void data(void **state)
{
    (void)state;
    for_every_oracle(check_data);
}

/* The same bits with 1, 2 and 3 threads, on a batch large enough to be shared out. */
static void threads_do_not_matter(void **state)
{
    (void)state;
    enum {
        MANY = 30000
    };
    double *x = malloc(MANY * D * sizeof *x);
    test_normal(31, MANY * D, x);
    for (int kind = 0; kind < ZOO_KINDS; kind++) {
        test_outputs first = {0};
        for (int64_t threads = 1; threads <= 3; threads++) {
            const char *name = NULL;
            ddn_context *ctx = test_context(threads);
            ddn_schedule *sch = NULL;
            OK(ctx, ddn_schedule_create_ou(ctx, &sch));
            ddn_oracle *oracle = zoo_oracle(ctx, sch, kind, &name);
            test_outputs o = test_evaluate(ctx, oracle, 0.4, MANY, x, D, x);
            for (ddn_output what = 1; threads > 1 && what < TEST_OUTPUTS; what++) {
                if (o.f64[what] != NULL) {
                    assert_memory_equal(o.f64[what], first.f64[what],
                                        (size_t)(MANY * o.ld[what]) * sizeof(double));
                }
                if (o.i64[what] != NULL) {
                    assert_memory_equal(o.i64[what], first.i64[what], MANY * sizeof(int64_t));
                }
            }
            if (threads == 1) {
                first = o;
            } else {
                test_outputs_free(&o);
            }
            ddn_oracle_destroy(oracle);
            ddn_schedule_destroy(sch);
            ddn_context_destroy(ctx);
        }
        test_outputs_free(&first);
    }
    free(x);
}

/* Names, types and widths of the outputs, by which a binding can make its buffers. */
static void outputs_describe_themselves(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    assert_string_equal(ddn_output_name(DDN_OUT_SCORE), "DDN_OUT_SCORE");
    assert_string_equal(ddn_output_name(DDN_OUT_SECOND_DISTANCE2), "DDN_OUT_SECOND_DISTANCE2");
    static const ddn_output none[] = {0,         -1,       DDN_OUT_SECOND_DISTANCE2 + 1, 31, 32,
                                      INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_null(ddn_output_name(none[i]));
        assert_int_equal(ddn_output_type(none[i]), 0);
    }
    for (int kind = 0; kind < ZOO_KINDS; kind++) {
        const char *name = NULL;
        ddn_oracle *oracle = zoo_oracle(ctx, sch, kind, &name);
        for (ddn_output what = 1; what < TEST_OUTPUTS; what++) {
            int64_t width = what == DDN_OUT_CLASS_POSTERIOR ? ddn_oracle_class_count(oracle)
                            : test_is_matrix(what)          ? D
                                                            : 1;
            assert_int_equal(ddn_oracle_output_width(oracle, what),
                             ddn_oracle_can(oracle, what) ? width : 0);
            assert_int_equal(ddn_output_type(what),
                             test_is_integer(what) ? DDN_TYPE_I64 : DDN_TYPE_F64);
        }
        assert_int_equal(ddn_oracle_output_width(oracle, 0), 0);
        ddn_oracle_destroy(oracle);
    }
    assert_int_equal(ddn_oracle_output_width(NULL, DDN_OUT_SCORE), 0);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

static void scratch_of(ddn_context *ctx, const ddn_oracle *oracle, double t)
{
    double x[M * LDX], a, s, score[M * D], jv[M * D];
    int64_t index[M];
    ddn_query *q = NULL;
    states(oracle, t, x, &a, &s);
    OK(ctx, ddn_query_create(ctx, oracle, &q));
    int64_t before = ddn_query_scratch_bytes(q);
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
    OK(ctx, ddn_query_run(q, t, 1, x, LDX));
    int64_t one = ddn_query_scratch_bytes(q);
    OK(ctx, ddn_query_run(q, t, M, x, LDX));
    int64_t all = ddn_query_scratch_bytes(q);
    assert_true(one > 0 && one >= before && all >= one);
    OK(ctx, ddn_query_run(q, t, 1, x, LDX)); /* kept for the next one */
    assert_true(ddn_query_scratch_bytes(q) == all);
    /* Types are said, and what is not needed of no states. */
    FAILS(ctx, ddn_query_bind_i64(q, DDN_OUT_SCORE, index), DDN_E_TYPE, "is of type double");
    FAILS(ctx, ddn_query_bind_f64(q, DDN_OUT_DRAW_INDEX, score, 0), DDN_E_TYPE, "is of type int64");
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_JACOBIAN_TIMES_V, jv, D));
    FAILS(ctx, ddn_query_run(q, t, 1, x, LDX), DDN_E_STATE, "need the input DDN_IN_V");
    OK(ctx, ddn_query_run(q, t, 0, x, LDX));
    if (ddn_oracle_can(oracle, DDN_OUT_DRAW)) { /* a path number for each state */
        const int64_t path = 3;
        double draw[M * D];
        OK(ctx, ddn_query_bind_input(q, DDN_IN_V, x, LDX));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_DRAW, draw, D));
        OK(ctx, ddn_query_set_noise(q, 5, 0, 1, 1, &path));
        FAILS(ctx, ddn_query_run(q, t, 2, x, LDX), DDN_E_SHAPE, "1 path numbers were set");
        OK(ctx, ddn_query_run(q, t, 1, x, LDX));
    }
    assert_int_equal(ddn_query_tally(q, DDN_WAY_BYTES + 1, 0), 0);
    assert_int_equal(ddn_query_tally(q, 0, 0), 0);
    ddn_query_destroy(q);
}

static void queries_know_their_scratch(void **state)
{
    (void)state;
    for_every_oracle(scratch_of);
    assert_int_equal(ddn_query_scratch_bytes(NULL), 0);
}

/* Parts that are no oracles, states that are too far away for squares, options that say nothing. */
static void what_oracles_refuse(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    OK(ctx, ddn_schedule_create_edm(ctx, &sch));
    const char *name = NULL;
    const double factors[2] = {1, 1};
    ddn_oracle *one = zoo_oracle(ctx, sch, 0, &name), *out = NULL;
    ddn_oracle *parts[2] = {one, (ddn_oracle *)(uintptr_t)sch};
    FAILS(ctx, ddn_oracle_create_combination(ctx, 2, parts, factors, &out), DDN_E_HANDLE,
          "parts[1] is not a live oracle");
    ddn_oracle_destroy(one);

    const double points[4] = {0, 1, 2, 3};
    double far[2] = {1e151, 0}, score[2];
    ddn_dataset *ds = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 2, points, 2, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &one));
    FAILS(ctx, ddn_oracle_score(ctx, one, 80, 1, far, 2, score, 2), DDN_E_RANGE, "farthest point");
    far[0] = 1e148;
    FAILS(ctx, ddn_oracle_score(ctx, one, 1e-4, 1, far, 2, score, 2), DDN_E_RANGE,
          "farthest point");
    OK(ctx, ddn_oracle_score(ctx, one, 80, 1, far, 2, score, 2));
    CLOSE(score[0], -1e148 / 6400, 1e-13, 0);
    ddn_oracle_destroy(one);
    ddn_dataset_destroy(ds);

    static const struct {
        double low, high, step;
        const char *part;
    } options[] = {{INFINITY, INFINITY, 0, "leave no number"},
                   {-INFINITY, -INFINITY, 0, "leave no number"},
                   {1, 0, 0, "is above"},
                   {0, 1, 1e-13, "neither 0 nor in"}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        zoo_model user = {.prediction = DDN_PREDICTION_SCORE};
        ddn_model *model = zoo_builder(ctx, sch, 0, &user);
        ddn_options *o = ddn_model_options(model);
        OK(ctx, ddn_options_set_f64(o, DDN_MODEL_CLIP_LOW, options[i].low));
        OK(ctx, ddn_options_set_f64(o, DDN_MODEL_CLIP_HIGH, options[i].high));
        OK(ctx, ddn_options_set_f64(o, DDN_MODEL_STEP, options[i].step));
        FAILS(ctx, ddn_oracle_create_model(ctx, model, &out), DDN_E_RANGE, options[i].part);
        assert_null(out);
        ddn_model_destroy(model);
    }
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* Each output that is asked for alone is what it is beside all others. */
static void alone(ddn_context *ctx, const ddn_oracle *oracle, double t)
{
    double x[M * LDX], v[M * LDX], a, s;
    states(oracle, t, x, &a, &s);
    test_normal(33, M * LDX, v);
    test_outputs all = test_evaluate(ctx, oracle, t, M, x, LDX, v);
    for (ddn_output what = 1; what < TEST_OUTPUTS; what++) {
        if (!ddn_oracle_can(oracle, what)) {
            continue;
        }
        double real[M * 16];
        int64_t integer[M], ld = test_is_matrix(what) ? all.ld[what] : 1;
        ddn_query *q = NULL;
        assert_true(ld <= 16);
        OK(ctx, ddn_query_create(ctx, oracle, &q));
        OK(ctx, ddn_query_set_noise(q, 5, 0, 1, 0, NULL));
        if (what == DDN_OUT_COV_TIMES_V || what == DDN_OUT_JACOBIAN_TIMES_V) {
            OK(ctx, ddn_query_bind_input(q, DDN_IN_V, v, LDX));
        }
        OK(ctx, test_is_integer(what) ? ddn_query_bind_i64(q, what, integer)
                                      : ddn_query_bind_f64(q, what, real, ld));
        OK(ctx, ddn_query_run(q, t, M, x, LDX));
        for (int64_t r = 0; r < M; r++) {
            if (test_is_integer(what)) {
                assert_int_equal(integer[r], all.i64[what][r]);
                continue;
            }
            int64_t width = test_is_matrix(what) ? ld - TEST_PAD : 1;
            for (int64_t j = 0; j < width; j++) {
                double want = all.f64[what][r * all.ld[what] + j];
                if (real[r * ld + j] != want) {
                    CLOSE(real[r * ld + j], want, 1e-9, 1e-9);
                }
            }
        }
        ddn_query_destroy(q);
    }
    test_outputs_free(&all);
}

static void outputs_alone(void **state)
{
    (void)state;
    for_every_oracle(alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_alone),
        cmocka_unit_test(queries_know_their_scratch),
        cmocka_unit_test(what_oracles_refuse),
        cmocka_unit_test(gradients),
        cmocka_unit_test(jacobians),
        cmocka_unit_test(identities),
        cmocka_unit_test(batches),
        cmocka_unit_test(refusals),
        cmocka_unit_test(data),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(outputs_describe_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
