/* Runs: cancel and resume bit for bit; batches, threads and path numbers. */
#include <pthread.h>
#include <stdatomic.h>

#include "support/fixtures.h"
#include "support/methods.h"

enum {
    N = 11,
    D = 5,
    M = 7,
    STEPS = 12
};

static ddn_oracle *make_oracle(ddn_context *ctx, int64_t n, int64_t d)
{
    double *points = malloc((size_t)(n * d) * sizeof *points);
    assert_non_null(points);
    test_normal(21, n * d, points);
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, points, d, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    free(points);
    return oracle;
}

static ddn_integrator *make(ddn_context *ctx, ddn_method method, int64_t n, int64_t d)
{
    ddn_oracle *oracle = make_oracle(ctx, n, d);
    ddn_integrator *it = NULL;
    OK(ctx, ddn_integrator_create(ctx, oracle, method, &it));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, STEPS));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, 99));
    ddn_oracle_destroy(oracle);
    return it;
}

typedef struct progress {
    int64_t calls, stop_at;
    double last;
} progress;

static int32_t on_progress(void *user, const char *stage, double fraction)
{
    progress *p = user;
    assert_string_equal(stage, "integrate");
    assert_true(fraction >= p->last && fraction <= 1);
    p->last = fraction;
    return p->calls++ == p->stop_at;
}

static void cancel_by_progress(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double start[M * D], whole[M * D], x[M * D];
    test_normal(5, M * D, start);
    for (int k = 0; k < TEST_METHODS; k++) {
        ddn_integrator *it = make(ctx, test_methods[k], N, D);
        progress p = {0, -1, 0};
        OK(ctx, ddn_context_set_progress(ctx, on_progress, &p, NULL));
        memcpy(whole, start, sizeof x);
        OK(ctx, ddn_integrator_run(it, M, whole, D));
        assert_true(p.last == 1 && p.calls >= STEPS + 1);
        /* stop at every report */
        for (int64_t at = 0; at < p.calls; at += 1 + p.calls / 20) {
            progress q = {0, at, 0};
            OK(ctx, ddn_context_set_progress(ctx, on_progress, &q, NULL));
            memcpy(x, start, sizeof x);
            FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "integrate");
            q.last = 0;
            OK(ctx, ddn_integrator_resume(it, M, x, D));
            assert_memory_equal(x, whole, sizeof x);
        }
        OK(ctx, ddn_context_set_progress(ctx, NULL, NULL, NULL));
        /* a cancellation before the first step */
        memcpy(x, start, sizeof x);
        CANCELLED(ctx, ddn_integrator_run(it, M, x, D));
        assert_memory_equal(x, start, sizeof x);
        OK(ctx, ddn_integrator_resume(it, M, x, D));
        assert_memory_equal(x, whole, sizeof x);
        ddn_integrator_destroy(it);
    }
    ddn_context_destroy(ctx);
}

/* Which methods step onto s = 0, and that they end near the data there. */
static void noiseless_ends(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double times[4] = {1, 0.3, 0.1, 0};
    for (int k = 0; k + 1 < TEST_METHODS; k++) {
        ddn_integrator *it = make(ctx, test_methods[k], N, D);
        double x[M * D];
        OK(ctx, ddn_integrator_set_times(it, 4, times));
        OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_DENOISE,
                                    1)); /* x/a at s = 0 */
        test_normal(2, M * D, x);
        if (test_methods[k] == DDN_METHOD_HEUN || test_methods[k] == DDN_METHOD_ADAPTIVE) {
            FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_RANGE, "noiseless");
        } else {
            OK(ctx, ddn_integrator_run(it, M, x, D));
            for (int64_t j = 0; j < M * D; j++) {
                assert_true(fabs(x[j]) < 4);
            }
        }
        ddn_integrator_destroy(it);
    }
    ddn_context_destroy(ctx);
}

typedef struct rendezvous {
    ddn_context *ctx;
    _Atomic int32_t reached, cancelled;
    int64_t seen;
} rendezvous;

static void *canceller(void *arg)
{
    rendezvous *r = arg;
    while (!atomic_load(&r->reached)) {
    }
    ddn_context_cancel(r->ctx);
    atomic_store(&r->cancelled, 1);
    return NULL;
}

/* At step 3 waits for the other thread to have cancelled. */
static int32_t meet(void *user, const ddn_step *step)
{
    rendezvous *r = user;
    r->seen = ddn_step_index(step);
    if (r->seen == 3) {
        atomic_store(&r->reached, 1);
        while (!atomic_load(&r->cancelled)) {
        }
    }
    return 0;
}

static void cancel_from_another_thread(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    ddn_integrator *it = make(ctx, DDN_METHOD_EULER, N, D);
    double whole[M * D], x[M * D];
    test_normal(5, M * D, whole);
    memcpy(x, whole, sizeof x);
    OK(ctx, ddn_integrator_run(it, M, whole, D));
    rendezvous r = {.ctx = ctx};
    pthread_t thread;
    OK(ctx, ddn_integrator_attach_callback(it, 0, meet, &r, NULL));
    assert_int_equal(pthread_create(&thread, NULL, canceller, &r), 0);
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "cancelled");
    assert_int_equal(r.seen, 3);
    pthread_join(thread, NULL);
    OK(ctx, ddn_integrator_resume(it, M, x, D));
    assert_int_equal(r.seen, STEPS);
    assert_memory_equal(x, whole, sizeof x);
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* One row at a time, in padded rows, by path numbers: the rows of the batch to rounding. */
static void batches_do_not_matter(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double start[M * D], whole[M * D], row[D + 3];
    test_normal(5, M * D, start);
    for (int k = 0; k < TEST_METHODS; k++) {
        ddn_integrator *it = make(ctx, test_methods[k], N, D);
        OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_FIRST_PATH, 40));
        memcpy(whole, start, sizeof whole);
        OK(ctx, ddn_integrator_run(it, M, whole, D));
        for (int64_t r = 0; r < M; r++) {
            memcpy(row, start + r * D, D * sizeof *row);
            if (r % 2 == 0) {
                OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_FIRST_PATH,
                                            40 + r));
            } else {
                const int64_t path[1] = {40 + r};
                OK(ctx, ddn_integrator_set_paths(it, 1, path));
            }
            OK(ctx, ddn_integrator_run(it, 1, row, D + 3));
            for (int64_t j = 0; j < D; j++) {
                CLOSE(row[j], whole[r * D + j], 1e-9, 1e-9);
            }
            OK(ctx, ddn_integrator_set_paths(it, 0, NULL));
        }
        ddn_integrator_destroy(it);
    }
    ddn_context_destroy(ctx);
}

/* Clones: the same state twice. The same path number gives the same trajectory; another number,
 * another seed or another first step gives another one where there is noise. */
static void path_numbers(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const int64_t paths[4] = {3, 3, 8, 3};
    for (int k = 0; k < TEST_METHODS; k++) {
        ddn_integrator *it = make(ctx, test_methods[k], N, D);
        double x[4 * D], other[4 * D];
        for (int64_t i = 0; i < 4 * D; i++) {
            x[i] = other[i] = 0.1 * (double)(i % D);
        }
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, 0.2));
        OK(ctx, ddn_integrator_set_paths(it, 4, paths));
        OK(ctx, ddn_integrator_run(it, 4, x, D));
        assert_memory_equal(x, x + D, D * sizeof *x);
        assert_memory_equal(x, x + 3 * D, D * sizeof *x);
        assert_int_equal(memcmp(x, x + 2 * D, D * sizeof *x) != 0,
                         test_method_is_random(test_methods[k]));
        OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_FIRST_STEP, STEPS));
        OK(ctx, ddn_integrator_run(it, 4, other, D));
        assert_int_equal(memcmp(x, other, D * sizeof *x) != 0,
                         test_method_is_random(test_methods[k]));
        ddn_integrator_destroy(it);
    }
    ddn_context_destroy(ctx);
}

/* Large enough for the loops to go parallel. */
static void threads_do_not_matter(void **state)
{
    (void)state;
    enum {
        WIDE = 600,
        ROWS = 40
    };
    static double x[3][ROWS * WIDE];
    for (int k = 0; k < TEST_METHODS; k++) {
        for (int64_t threads = 1; threads <= 3; threads++) {
            ddn_context *ctx = test_context(threads);
            ddn_integrator *it = make(ctx, test_methods[k], 30, WIDE);
            OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 4));
            OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, 0.3));
            test_normal(5, ROWS * WIDE, x[threads - 1]);
            OK(ctx, ddn_integrator_run(it, ROWS, x[threads - 1], WIDE));
            ddn_integrator_destroy(it);
            ddn_context_destroy(ctx);
        }
        assert_memory_equal(x[0], x[1], sizeof x[0]);
        assert_memory_equal(x[0], x[2], sizeof x[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cancel_by_progress),    cmocka_unit_test(cancel_from_another_thread),
        cmocka_unit_test(batches_do_not_matter), cmocka_unit_test(path_numbers),
        cmocka_unit_test(threads_do_not_matter), cmocka_unit_test(noiseless_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
