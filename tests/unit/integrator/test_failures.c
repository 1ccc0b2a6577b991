/* Runs that something stops: callbacks, models and memory that fail, and steps that are too long.
 * Whatever it was, the run can go on, and comes to the same end. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/methods.h"

enum {
    D = 3,
    M = 3,
    STEPS = 6
};

typedef struct host {
    int64_t calls, fail_at, seen[STEPS + 1];
    double bad; /* what the model writes into its first number when it "fails"; 0: it returns -7 */
} host;

/* The prediction of N(0, 2 I): -x / (2 a^2 + s^2), not quite, so that methods have something to do.
 */
static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    host *h = user;
    (void)t, (void)ldx, (void)ldo; /* m rows without gaps */
    for (int64_t i = 0; i < m * d; i++) {
        out[i] = -x[i] / (2 * a * a + s * s) - 0.1 * sin(x[i]);
    }
    if (h->calls++ != h->fail_at) {
        return 0;
    }
    out[0] = h->bad != 0 ? h->bad : out[0];
    return h->bad != 0 ? 0 : -7;
}

static ddn_integrator *make(ddn_context *ctx, ddn_method method, host *h)
{
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    ddn_oracle *oracle = NULL;
    ddn_integrator *it = NULL;
    ddn_model *model = NULL;
    OK(ctx, ddn_model_create(ctx, sch, DDN_PREDICTION_SCORE, D, h, NULL, &model));
    OK(ctx, ddn_model_set_predict_f64(model, predict));
    OK(ctx, ddn_oracle_create_model(ctx, model, &oracle));
    ddn_model_destroy(model);
    OK(ctx, ddn_integrator_create(ctx, oracle, method, &it));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, STEPS));
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    return it;
}

/* The model fails once at each of its calls in turn, also in the middle of steps. */
static void models_that_fail(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double bad[2] = {0, INFINITY};
    for (int k = 0; k < 2 * TEST_METHODS; k++) {
        ddn_method method = test_methods[k / 2];
        if (method == DDN_METHOD_EXACT || method == DDN_METHOD_FORWARD) {
            continue; /* they ask no model */
        }
        host h = {.fail_at = -1, .bad = bad[k % 2]};
        double whole[M * D], start[M * D], x[M * D], y[M * D];
        ddn_integrator *it = make(ctx, method, &h);
        test_normal(2, M * D, start);
        memcpy(whole, start, sizeof x);
        OK(ctx, ddn_integrator_run(it, M, whole, D));
        int64_t calls = h.calls, accepted = ddn_integrator_tally(it, DDN_TALLY_ACCEPTED);
        for (int64_t at = 0; at < calls; at += 1 + calls / 25) {
            int64_t size = 0, index = -1, count = 0;
            ddn_run_phase phase = DDN_RUN_NONE;
            memcpy(x, start, sizeof x);
            h.calls = 0;
            h.fail_at = at;
            FAILS(ctx, ddn_integrator_run(it, M, x, D),
                  h.bad != 0 ? DDN_E_NONFINITE : DDN_E_CALLBACK, "prediction");
            OK(ctx, ddn_integrator_position(it, &phase, &index, &count, NULL));
            assert_int_equal(phase, DDN_RUN_STOPPED);
            assert_true(index >= 0 && index <= STEPS && count == STEPS + 1);
            /* saved and gone on with elsewhere, then here */
            unsigned char bytes[4096];
            OK(ctx, ddn_integrator_save_size(it, &size));
            OK(ctx, ddn_integrator_save(it, sizeof bytes, bytes));
            ddn_integrator *other = make(ctx, method, &h);
            OK(ctx, ddn_integrator_restore(other, size, M, bytes, y, D));
            assert_memory_equal(x, y, sizeof x);
            OK(ctx, ddn_integrator_resume(other, M, y, D));
            assert_memory_equal(y, whole, sizeof y);
            ddn_integrator_destroy(other);
            OK(ctx, ddn_integrator_resume(it, M, x, D));
            assert_memory_equal(x, whole, sizeof x);
            assert_int_equal(ddn_integrator_tally(it, DDN_TALLY_ACCEPTED), accepted);
            h.fail_at = -1;
        }
        ddn_integrator_destroy(it);
    }
    ddn_context_destroy(ctx);
}

static int32_t look(void *user, const ddn_step *step)
{
    host *h = user;
    h->seen[ddn_step_index(step)]++;
    return h->calls++ == h->fail_at ? -3 : 0;
}

/* The second of three callbacks fails at each time in turn: it alone is asked twice. */
static void callbacks_that_fail(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int64_t at = 0; at <= STEPS; at++) {
        host model = {.fail_at = -1}, h[3] = {{.fail_at = -1}, {.fail_at = at}, {.fail_at = -1}};
        double x[M * D] = {1, 2, 3}, whole[M * D] = {1, 2, 3}, t = 0, passed = 0;
        int64_t index = -1;
        ddn_integrator *it = make(ctx, DDN_METHOD_HEUN, &model);
        OK(ctx, ddn_integrator_run(it, M, whole, D));
        for (int i = 0; i < 3; i++) {
            OK(ctx, ddn_integrator_attach_callback(it, 0, look, &h[i], NULL));
        }
        FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_CALLBACK,
              "callback 1 of the integrator returned -3");
        OK(ctx, ddn_integrator_position(it, NULL, &index, NULL, &t));
        double times[STEPS + 1];
        OK(ctx, ddn_integrator_times(it, STEPS + 1, times));
        assert_true(index == at && t == times[at] && t != passed);
        OK(ctx, ddn_integrator_resume(it, M, x, D));
        assert_memory_equal(x, whole, sizeof x);
        for (int i = 0; i < 3; i++) {
            for (int64_t k = 0; k <= STEPS; k++) {
                assert_int_equal(h[i].seen[k], 1 + (i == 1 && k == at));
            }
        }
        ddn_integrator_destroy(it);
    }
    ddn_context_destroy(ctx);
}

/* Phases from the beginning to the end, and what is asked of NULL. */
static void position(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    host h = {.fail_at = -1};
    double x[M * D] = {0.5}, t = 0;
    int64_t index = -1, count = -1;
    ddn_run_phase phase = DDN_RUN_NONE;
    ddn_integrator *it = make(ctx, DDN_METHOD_HEUN, &h);
    OK(ctx, ddn_integrator_position(it, &phase, &index, &count, &t));
    assert_true(phase == DDN_RUN_IDLE && index == 0 && count == 0 && isnan(t));
    OK(ctx, ddn_integrator_run(it, M, x, D));
    OK(ctx, ddn_integrator_position(it, &phase, &index, &count, &t));
    assert_true(phase == DDN_RUN_FINISHED && index == STEPS && count == STEPS + 1);
    assert_true(fabs(t - 1e-3) < 1e-12);
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, 5));
    OK(ctx, ddn_integrator_reset(it));
    OK(ctx, ddn_integrator_position(it, &phase, NULL, NULL, NULL));
    assert_int_equal(phase, DDN_RUN_IDLE);
    assert_int_equal(ddn_integrator_position(NULL, &phase, NULL, NULL, NULL), DDN_E_NULL);
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* States that the caller moved while the run was stopped are evaluated where they are now. */
static void states_that_were_moved(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int stop = 0; stop < 2; stop++) { /* the score was known there; it failed there */
        host h = {.fail_at = stop ? 2 : -1}, seen = {.fail_at = stop ? -1 : 2};
        const double times[4] = {1, 0.5, 0.3, 0.2};
        double x[D] = {1, 2, 3}, y[D] = {0.1, -0.5, 7};
        ddn_integrator *it = make(ctx, DDN_METHOD_EULER, &h), *rest;
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 0));
        OK(ctx, ddn_integrator_set_times(it, 4, times));
        OK(ctx, ddn_integrator_attach_callback(it, 0, look, &seen, NULL));
        FAILS(ctx, ddn_integrator_run(it, 1, x, D), DDN_E_CALLBACK, "returned");
        x[1] = NAN;
        FAILS(ctx, ddn_integrator_resume(it, 1, x, D), DDN_E_NONFINITE, "x[0][1]");
        memcpy(x, y, sizeof x);
        OK(ctx, ddn_integrator_resume(it, 1, x, D));
        rest = make(ctx, DDN_METHOD_EULER, &h);
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(rest), DDN_INTEGRATOR_ETA, 0));
        OK(ctx, ddn_integrator_set_times(rest, 2, times + 2));
        OK(ctx, ddn_integrator_run(rest, 1, y, D));
        assert_memory_equal(x, y, sizeof x);
        ddn_integrator_destroy(rest);
        ddn_integrator_destroy(it);
    }
    ddn_context_destroy(ctx);
}

/* Steps that lead out of the range of double stop the run where it is. */
static void steps_that_are_too_long(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    host h = {.fail_at = -1};
    const double times[3] = {300, 299, 0.1};
    double x[M * D], before[M * D];
    int64_t index = -1;
    ddn_run_phase phase = DDN_RUN_NONE;
    ddn_integrator *it = make(ctx, DDN_METHOD_EULER, &h);
    OK(ctx, ddn_integrator_set_times(it, 3, times));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 10));
    for (int i = 0; i < M * D; i++) {
        x[i] = before[i] = 1e307;
    }
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_NONFINITE, "steps are too long");
    OK(ctx, ddn_integrator_position(it, &phase, &index, NULL, NULL));
    assert_true(phase == DDN_RUN_STOPPED);
    assert_true(index > 0 || memcmp(x, before, sizeof x) == 0);
    FAILS(ctx, ddn_integrator_resume(it, M, x, D), DDN_E_NONFINITE, "steps are too long");
    FAILS(ctx, ddn_integrator_set_times(it, 0, NULL), DDN_E_STATE, "ddn_integrator_reset");
    OK(ctx, ddn_integrator_reset(it));
    for (int i = 0; i < M * D; i++) {
        x[i] = i / D == 1 ? 1e307 : 1;
    }
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_NONFINITE, "row 1 is not finite");
    OK(ctx, ddn_integrator_reset(it));
    OK(ctx, ddn_integrator_set_times(it, 0, NULL));
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* Memory that runs out in the middle, each allocation in turn: the same call once more goes on. */
static void memory_that_runs_out(void **state)
{
    (void)state;
    for (int k = 0; k < TEST_METHODS; k++) {
        ddn_method method = test_methods[k];
        if (method == DDN_METHOD_EXACT || method == DDN_METHOD_FORWARD) {
            continue;
        }
        double whole[M * D];
        int64_t stopped = 0;
        for (int64_t at = 0;; at++) {
            test_memory memory;
            host h = {.fail_at = -1};
            double x[M * D] = {1, 2, 3};
            ddn_context *ctx = test_failing_context(&memory, 0);
            ddn_integrator *it = make(ctx, method, &h);
            int64_t before = memory.allocations;
            memory.fail_at = at == 0 ? 0 : before + at;
            ddn_status status = ddn_integrator_run(it, M, x, D);
            int32_t failed = status == DDN_E_NOMEM;
            assert_true(status == DDN_OK || failed);
            memory.fail_at = 0;
            if (failed) {
                ddn_run_phase phase = DDN_RUN_NONE;
                OK(ctx, ddn_integrator_position(it, &phase, NULL, NULL, NULL));
                stopped += phase == DDN_RUN_STOPPED;
                OK(ctx, phase == DDN_RUN_STOPPED ? ddn_integrator_resume(it, M, x, D)
                                                 : ddn_integrator_run(it, M, x, D));
            }
            if (at == 0) {
                memcpy(whole, x, sizeof x);
            }
            assert_memory_equal(x, whole, sizeof x);
            ddn_integrator_destroy(it);
            ddn_context_destroy(ctx);
            assert_int_equal(memory.live, 0);
            if (at > 0 && !failed) {
                break;
            }
        }
        assert_true(stopped > 0);
    }
}

/* A stopped run is restored into no run of other times or of fewer path numbers. */
static void runs_of_other_times_and_paths(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    host h = {.fail_at = 2}, good = {.fail_at = -1};
    const double times[4] = {1, 0.5, 0.3, 0.2}, bad[3] = {1, 0.5, 0.5};
    const int64_t paths[M] = {4, 2, 9};
    double x[M * D] = {1, 2, 3};
    int64_t size = 0;
    ddn_integrator *it = make(ctx, DDN_METHOD_EULER, &h), *other = NULL;
    FAILS(ctx, ddn_integrator_set_times(it, 3, bad), DDN_E_RANGE, "times[2] = 0.5 does not fall");
    OK(ctx, ddn_integrator_set_times(it, 4, times));
    OK(ctx, ddn_integrator_set_paths(it, M, paths));
    FAILS(ctx, ddn_integrator_draw_start(it, M + 1, x, D), DDN_E_SHAPE, "3 path numbers");
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_CALLBACK, "returned");
    OK(ctx, ddn_integrator_save_size(it, &size));
    void *saved = malloc((size_t)size);
    assert_non_null(saved);
    OK(ctx, ddn_integrator_save(it, size, saved));
    other = make(ctx, DDN_METHOD_EULER, &good);
    OK(ctx, ddn_integrator_set_paths(other, M, paths));
    FAILS(ctx, ddn_integrator_restore(other, size, M, saved, x, D), DDN_E_MISMATCH,
          "times were set for the saved run only");
    OK(ctx, ddn_integrator_set_times(other, 3, times));
    FAILS(ctx, ddn_integrator_restore(other, size, M, saved, x, D), DDN_E_MISMATCH,
          "has 4 times, this integrator 3");
    OK(ctx, ddn_integrator_set_times(other, 4, times));
    OK(ctx, ddn_integrator_set_paths(other, M - 1, paths));
    FAILS(ctx, ddn_integrator_restore(other, size, M, saved, x, D), DDN_E_MISMATCH,
          "2 path numbers were set, but the saved run has m = 3");
    OK(ctx, ddn_integrator_set_paths(other, M, paths));
    OK(ctx, ddn_integrator_restore(other, size, M, saved, x, D));
    double y[M * D];
    memcpy(y, x, sizeof y);
    h.fail_at = -1;
    OK(ctx, ddn_integrator_resume(other, M, x, D));
    OK(ctx, ddn_integrator_resume(it, M, y, D));
    assert_memory_equal(x, y, sizeof x);
    free(saved);
    ddn_integrator_destroy(other);
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_other_times_and_paths), cmocka_unit_test(models_that_fail),
        cmocka_unit_test(callbacks_that_fail),           cmocka_unit_test(position),
        cmocka_unit_test(states_that_were_moved),        cmocka_unit_test(memory_that_runs_out),
        cmocka_unit_test(steps_that_are_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
