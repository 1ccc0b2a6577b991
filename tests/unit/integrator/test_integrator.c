/* Integrators as objects: options, grids, input that must be refused, callbacks. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/methods.h"

enum {
    N = 9,
    D = 4,
    M = 3
};

static ddn_status make_oracle(ddn_context *ctx, ddn_oracle **out)
{
    static double points[N * D];
    test_normal(11, N * D, points);
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = NULL;
    *out = NULL;
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    if (status == DDN_OK) {
        status = ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, points, D, &ds);
    }
    if (status == DDN_OK) {
        status = ddn_oracle_create_empirical(ctx, ds, sch, out);
    }
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    return status;
}

static ddn_integrator *make(ddn_context *ctx, ddn_method method)
{
    ddn_oracle *oracle = NULL;
    ddn_integrator *it = NULL;
    OK(ctx, make_oracle(ctx, &oracle));
    OK(ctx, ddn_integrator_create(ctx, oracle, method, &it));
    ddn_oracle_destroy(oracle); /* the integrator keeps it */
    return it;
}

static void options_of_each_method(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double low, high, preset, value;
    for (int k = 0; k < TEST_METHODS; k++) {
        ddn_method method = test_methods[k];
        ddn_integrator *it = make(ctx, method);
        OK(ctx, ddn_options_get_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_START, &value));
        CLOSE(value, 3, 1e-15, 0);
        OK(ctx, ddn_options_get_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, &value));
        CLOSE(value, 1e-3, 1e-15, 0);
        OK(ctx, ddn_options_bounds_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, &low, &high,
                                       &preset));
        assert_true(preset == test_method_is_random(method));
        int free_eta = method == DDN_METHOD_EULER || method == DDN_METHOD_EXPONENTIAL;
        assert_true((low < high) == free_eta);
        FAILS(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, high + 0.1),
              DDN_E_RANGE, "ETA");
        FAILS(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, NAN),
              DDN_E_NONFINITE, "ETA");
        FAILS(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, -1.0),
              DDN_E_RANGE, "T_END");
        FAILS(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_EPSILON, 0.5),
              DDN_E_RANGE, "EPSILON");
        FAILS(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 0),
              DDN_E_RANGE, "STEPS");
        FAILS(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_GRID, 9),
              DDN_E_RANGE, "GRID");
        FAILS(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_FIRST_PATH, -1),
              DDN_E_RANGE, "PATH");
        FAILS(ctx, ddn_options_set_i64(ddn_integrator_options(it), 999, 1), DDN_E_KEY, "999");
        FAILS(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, 1),
              DDN_E_TYPE, "int64");
        OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, INT64_MIN));
        OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, INT64_MAX));
        /* options of one method are unknown to the others */
        ddn_status want = method == DDN_METHOD_DDPM ? DDN_OK : DDN_E_UNSUPPORTED;
        assert_int_equal(
            ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_VARIANCE, 1), want);
        want = method == DDN_METHOD_GRADIENT_ESTIMATION ? DDN_OK : DDN_E_UNSUPPORTED;
        assert_int_equal(ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_MU, 0.5),
                         want);
        want = method == DDN_METHOD_ADAPTIVE ? DDN_OK : DDN_E_UNSUPPORTED;
        assert_int_equal(ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_RTOL, 1e-3),
                         want);
        if (method == DDN_METHOD_FORWARD) {
            FAILS(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_DENOISE, 1),
                  DDN_E_RANGE, "NOISE");
        }
        ddn_integrator_destroy(it);
    }
    ddn_integrator_destroy(NULL);
    assert_int_equal(ddn_options_set_i64(ddn_integrator_options(NULL), DDN_INTEGRATOR_STEPS, 1),
                     DDN_E_NULL);
    ddn_context_destroy(ctx);
}

static void creation_is_checked(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = NULL;
    OK(ctx, make_oracle(ctx, &oracle));
    ddn_integrator *it = (ddn_integrator *)(void *)ctx;
    FAILS(ctx, ddn_integrator_create(ctx, oracle, 11, &it), DDN_E_KEY, "method 11");
    assert_null(it);
    FAILS(ctx, ddn_integrator_create(ctx, NULL, DDN_METHOD_HEUN, &it), DDN_E_NULL, "oracle");
    FAILS(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_HEUN, NULL), DDN_E_NULL, "out");
    assert_int_equal(ddn_integrator_create(NULL, oracle, DDN_METHOD_HEUN, &it), DDN_E_NULL);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static void grids_are_checked(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double times[8], x[M * D];
    test_normal(1, M * D, x);
    ddn_integrator *it = make(ctx, DDN_METHOD_HEUN);
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 7));
    assert_int_equal(ddn_integrator_time_count(it), 8);
    OK(ctx, ddn_integrator_times(it, 8, times));
    CLOSE(times[0], 3, 1e-15, 0);
    CLOSE(times[7], 1e-3, 1e-15, 0);
    FAILS(ctx, ddn_integrator_times(it, 7, times), DDN_E_CAPACITY, "capacity");
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, 3.0));
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_RANGE, "T_END");
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END,
                                0.0)); /* LOGSNR cannot get there */
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_RANGE, "reach");
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_GRID, DDN_GRID_UNIFORM));
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_RANGE, "noiseless");
    const double up[3] = {1, 0.5, 0.6}, low[3] = {1, 0.5, -0.1}, nan[3] = {1, NAN, 0.1},
                 clean[3] = {1, 0.5, 0}, early[3] = {0.1, 0, 1};
    FAILS(ctx, ddn_integrator_set_times(it, 3, up), DDN_E_RANGE, "times[2]");
    FAILS(ctx, ddn_integrator_set_times(it, 3, low), DDN_E_RANGE, "-0.1");
    FAILS(ctx, ddn_integrator_set_times(it, 3, nan), DDN_E_NONFINITE, "nan");
    FAILS(ctx, ddn_integrator_set_times(it, 1, up), DDN_E_RANGE, "count = 1");
    FAILS(ctx, ddn_integrator_set_times(it, 3, NULL), DDN_E_NULL, "times");
    FAILS(ctx, ddn_integrator_set_times(it, 3, early), DDN_E_RANGE, "times[2]");
    assert_int_equal(ddn_integrator_time_count(it), 8); /* nothing of that was taken */
    OK(ctx, ddn_integrator_set_times(it, 3, clean));
    assert_int_equal(ddn_integrator_time_count(it), 3);
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_RANGE, "HEUN cannot step to the noiseless");
    OK(ctx, ddn_integrator_set_times(it, 0, NULL));
    assert_int_equal(ddn_integrator_time_count(it), 8);
    ddn_integrator_destroy(it);
    it = make(ctx, DDN_METHOD_FORWARD);
    FAILS(ctx, ddn_integrator_set_times(it, 3, clean), DDN_E_RANGE, "exceed");
    const double forward[3] = {0, 0.5, 1}, twice[3] = {-0.0, 0.5, 0.5};
    OK(ctx, ddn_integrator_set_times(it, 3, forward));
    OK(ctx, ddn_integrator_run(it, M, x, D));
    FAILS(ctx, ddn_integrator_set_times(it, 3, twice), DDN_E_RANGE, "exceed");
    FAILS(ctx, ddn_integrator_draw_start(it, M, x, D), DDN_E_UNSUPPORTED, "forward");
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

static void states_are_checked(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double x[M * D];
    for (int k = 0; k < TEST_METHODS; k++) {
        ddn_integrator *it = make(ctx, test_methods[k]);
        OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 3));
        test_normal(1, M * D, x);
        OK(ctx, ddn_integrator_run(it, 0, NULL, D));
        FAILS(ctx, ddn_integrator_run(it, M, NULL, D), DDN_E_NULL, "x");
        FAILS(ctx, ddn_integrator_run(it, M, x, D - 1), DDN_E_SHAPE, "less than");
        FAILS(ctx, ddn_integrator_run(it, -1, x, D), DDN_E_RANGE, "m = -1");
        FAILS(ctx, ddn_integrator_resume(it, M, x, D), DDN_E_STATE, "no stopped run");
        x[D + 2] = NAN;
        FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_NONFINITE, "x[1][2]");
        x[D + 2] = 0;
        const int64_t two[2] = {4, 5}, negative[1] = {-4};
        OK(ctx, ddn_integrator_set_paths(it, 2, two));
        FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_SHAPE, "2 path numbers");
        FAILS(ctx, ddn_integrator_set_paths(it, 1, negative), DDN_E_RANGE, "paths[0]");
        FAILS(ctx, ddn_integrator_set_paths(it, 1, NULL), DDN_E_NULL, "paths");
        OK(ctx, ddn_integrator_set_paths(it, 0, NULL));
        OK(ctx, ddn_integrator_run(it, M, x, D));
        ddn_integrator_destroy(it);
    }
    /* a state that the oracle refuses stays as it was */
    ddn_integrator *it = make(ctx, DDN_METHOD_EDM_HEUN);
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 3));
    for (int j = 0; j < M * D; j++) {
        x[j] = 1.7e308;
    }
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_RANGE, "away from the farthest point");
    for (int j = 0; j < M * D; j++) {
        assert_true(x[j] == 1.7e308);
    }
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

typedef struct watcher {
    ddn_integrator *it;
    ddn_query *query; /* an independent evaluation */
    int64_t calls, fail_at, stop_at, released;
    int32_t nested;
    double before[M * D]; /* states at the last call */
} watcher;

static int32_t watch(void *user, const ddn_step *step)
{
    watcher *w = user;
    assert_int_equal(ddn_step_index(step), w->calls);
    assert_int_equal(ddn_step_count(step), ddn_integrator_time_count(w->it));
    assert_int_equal(ddn_step_m(step), M);
    assert_int_equal(ddn_step_d(step), D);
    const double *x = ddn_step_x(step);
    int64_t ldx = ddn_step_ldx(step), ld = 0;
    for (int64_t r = 0; r < M; r++) {
        memcpy(w->before + r * D, x + r * ldx, D * sizeof *x);
    }
    if (w->query != NULL) {
        static double entropy[M], mean[M * D];
        static int64_t nearest[M];
        assert_int_equal(ddn_query_bind_f64(w->query, DDN_OUT_ENTROPY, entropy, 1), DDN_OK);
        assert_int_equal(ddn_query_bind_f64(w->query, DDN_OUT_MEAN, mean, D), DDN_OK);
        assert_int_equal(ddn_query_bind_i64(w->query, DDN_OUT_ARGMAX, nearest), DDN_OK);
        assert_int_equal(ddn_query_run(w->query, ddn_step_time(step), M, x, ldx), DDN_OK);
        const double *seen = ddn_step_f64(step, DDN_OUT_MEAN, &ld);
        assert_true(ld >= D);
        for (int64_t r = 0; r < M; r++) {
            CLOSE(ddn_step_f64(step, DDN_OUT_ENTROPY, NULL)[r], entropy[r], 1e-7, 1e-7);
            assert_int_equal(ddn_step_i64(step, DDN_OUT_ARGMAX)[r], nearest[r]);
            for (int64_t j = 0; j < D; j++) {
                CLOSE(seen[r * ld + j], mean[r * D + j], 1e-7, 1e-7);
            }
        }
        assert_null(ddn_step_f64(step, DDN_OUT_LOG_P, &ld));
        assert_null(ddn_step_i64(step, DDN_OUT_ENTROPY));
        assert_null(ddn_step_f64(step, 99, &ld));
    }
    if (w->nested) {
        double other[M * D] = {0};
        int64_t size = 0;
        ddn_run_phase phase = DDN_RUN_NONE;
        w->nested =
            ddn_integrator_run(w->it, M, other, D) == DDN_E_STATE &&
            ddn_integrator_resume(w->it, M, other, D) == DDN_E_STATE &&
            ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_SEED, 1) ==
                DDN_E_STATE &&
            ddn_integrator_reset(w->it) == DDN_E_STATE &&
            ddn_integrator_save_size(w->it, &size) == DDN_E_STATE &&
            ddn_integrator_save(w->it, sizeof other, other) == DDN_E_STATE &&
            ddn_integrator_restore(w->it, sizeof other, M, other, other, D) == DDN_E_STATE &&
            ddn_integrator_position(w->it, &phase, &size, NULL, NULL) == DDN_OK &&
            phase == DDN_RUN_RUNNING && size == w->calls &&
            ddn_integrator_attach_callback(w->it, 0, watch, w, NULL) == DDN_E_STATE;
    }
    int64_t call = w->calls++;
    return call == w->fail_at ? -3 : call == w->stop_at;
}

static void unwatch(void *user)
{
    ((watcher *)user)->released++;
}

static void callbacks(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const int64_t wanted =
        INT64_C(1) << DDN_OUT_ENTROPY | INT64_C(1) << DDN_OUT_ARGMAX | INT64_C(1) << DDN_OUT_MEAN;
    double x[M][D + 2];
    for (int k = 0; k < TEST_METHODS; k++) {
        ddn_oracle *oracle = NULL;
        OK(ctx, make_oracle(ctx, &oracle));
        ddn_integrator *it = make(ctx, test_methods[k]);
        watcher w = {.it = it, .fail_at = -1, .stop_at = -1, .nested = 1};
        OK(ctx, ddn_query_create(ctx, oracle, &w.query));
        OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 5));
        OK(ctx, ddn_integrator_attach_callback(it, wanted, watch, &w, unwatch));
        test_normal(1, M * (D + 2), x[0]);
        OK(ctx, ddn_integrator_run(it, M, x[0], D + 2));
        assert_int_equal(w.calls, 6);
        assert_true(w.nested);
        w.nested = 0;
        w.calls = 0;
        w.fail_at = 3;
        FAILS(ctx, ddn_integrator_run(it, M, x[0], D + 2), DDN_E_CALLBACK, "returned -3");
        for (int64_t r = 0; r < M; r++) {
            assert_memory_equal(w.before + r * D, x[r], D * sizeof(double));
        }
        w.calls = 3; /* the callback that failed is asked again */
        w.fail_at = -1;
        OK(ctx, ddn_integrator_resume(it, M, x[0], D + 2));
        assert_int_equal(w.calls, 6);
        ddn_query_destroy(w.query);
        ddn_oracle_destroy(oracle);
        assert_int_equal(w.released, 0);
        ddn_integrator_destroy(it);
        assert_int_equal(w.released, 1);
    }
    ddn_integrator *it = make(ctx, DDN_METHOD_EXACT);
    watcher w = {.it = it};
#define ATTACH(fn, bits) ddn_integrator_attach_callback(it, (bits), (fn), &w, unwatch)
    FAILS(ctx, ATTACH(NULL, 0), DDN_E_NULL, "fn");
    FAILS(ctx, ATTACH(watch, 1), DDN_E_KEY, "there is no output 0");
    FAILS(ctx, ATTACH(watch, INT64_MIN), DDN_E_KEY, "wanted has bit 63, but there is no output 63");
    FAILS(ctx, ATTACH(watch, INT64_C(1) << DDN_OUT_DRAW), DDN_E_KEY,
          "wanted has the bit of DDN_OUT_DRAW");
    FAILS(ctx, ATTACH(watch, INT64_C(1) << DDN_OUT_COV_TIMES_V), DDN_E_KEY,
          "wanted has the bit of DDN_OUT_COV_TIMES_V");
    FAILS(ctx, ATTACH(watch, INT64_C(1) << DDN_OUT_CLASS_POSTERIOR), DDN_E_UNSUPPORTED,
          "DDN_OUT_CLASS_POSTERIOR");
    OK(ctx, ATTACH(watch, INT64_C(1) << DDN_OUT_ENTROPY));
    const double clean[2] = {1, 0};
    OK(ctx, ddn_integrator_set_times(it, 2, clean));
    FAILS(ctx, ddn_integrator_run(it, M, x[0], D), DDN_E_UNSUPPORTED, "noiseless time 0");
    ddn_integrator_destroy(it);
    assert_int_equal(w.released, 1);
    ddn_context_destroy(ctx);
}

/* The last state replaced by E[x_0 | x]; nothing else changes. */
static void denoising(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = NULL;
    OK(ctx, make_oracle(ctx, &oracle));
    for (int k = 0; k + 1 < TEST_METHODS; k++) {
        ddn_integrator *it = make(ctx, test_methods[k]);
        ddn_query *query = NULL;
        double x[2][M * D], mean[M * D];
        OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 5));
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, 0.5));
        for (int64_t on = 0; on < 2; on++) {
            OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_DENOISE, on));
            OK(ctx, ddn_integrator_draw_start(it, M, x[on], D));
            OK(ctx, ddn_integrator_run(it, M, x[on], D));
        }
        OK(ctx, ddn_query_create(ctx, oracle, &query));
        OK(ctx, ddn_query_bind_f64(query, DDN_OUT_MEAN, mean, D));
        OK(ctx, ddn_query_run(query, 0.5, M, x[0], D));
        for (int64_t j = 0; j < M * D; j++) {
            CLOSE(x[1][j], mean[j], 1e-12, 1e-12);
            assert_true(x[0][j] != x[1][j]);
        }
        ddn_query_destroy(query);
        ddn_integrator_destroy(it);
    }
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static int32_t stop_at_two(void *user, const ddn_step *step)
{
    (void)user;
    return ddn_step_index(step) == 2;
}

/* A whole life with every allocation failing once. */
static ddn_status life(ddn_context *ctx, void *arg)
{
    ddn_method method = *(ddn_method *)arg;
    double x[M * D];
    test_normal(3, M * D, x);
    const int64_t paths[M] = {5, 6, 7};
    ddn_oracle *oracle = NULL;
    ddn_integrator *it = NULL;
    ddn_status status = make_oracle(ctx, &oracle);
#define THEN(call) status = status == DDN_OK ? (call) : status
    THEN(ddn_integrator_create(ctx, oracle, method, &it));
    THEN(ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 4));
    THEN(ddn_integrator_set_paths(it, M, paths));
    THEN(ddn_integrator_attach_callback(it, INT64_C(1) << DDN_OUT_ARGMAX, stop_at_two, NULL, NULL));
    if (status == DDN_OK) {
        status = ddn_integrator_run(it, M, x, D);
        status = status == DDN_STOPPED ? DDN_OK : status;
    }
    THEN(ddn_integrator_resume(it, M, x, D));
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(oracle);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    for (int k = 0; k < TEST_METHODS; k++) {
        ddn_method method = test_methods[k];
        assert_true(test_every_allocation(life, &method) > 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_of_each_method),
        cmocka_unit_test(creation_is_checked),
        cmocka_unit_test(grids_are_checked),
        cmocka_unit_test(states_are_checked),
        cmocka_unit_test(callbacks),
        cmocka_unit_test(denoising),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
