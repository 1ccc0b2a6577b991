/* Stopping long calls: from another thread, from the progress callback, and going on afterwards. */
#include <pthread.h>
#include <stdatomic.h>

#include "support/fixtures.h"

enum {
    N = 200,
    D = 8,
    M = 64
};

typedef struct world {
    ddn_context *ctx;
    ddn_oracle *oracle;
    pthread_t caller;
    _Atomic int64_t calls;
    _Atomic int32_t elsewhere; /* calls of progress on another thread */
    int64_t stop_at;           /* call number at which progress asks to stop; 0 never */
    double last;               /* last fraction seen */
    int32_t backwards;         /* a fraction went back or left [0, 1] */
} world;

static int make_world(void **state)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    double points[N * D];
    test_normal(21, N * D, points);
    ddn_context *ctx = w->ctx = test_context(2);
    ddn_dataset *ds = NULL;
    ddn_schedule *sch = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, points, D, &ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &w->oracle));
    ddn_dataset_destroy(ds);
    ddn_schedule_destroy(sch);
    w->caller = pthread_self();
    *state = w;
    return 0;
}

static int end_world(void **state)
{
    world *w = *state;
    ddn_oracle_destroy(w->oracle);
    ddn_context_destroy(w->ctx);
    free(w);
    return 0;
}

static int32_t progress(void *user, const char *stage, double fraction)
{
    world *w = user;
    int64_t call = atomic_fetch_add(&w->calls, 1) + 1;
    w->elsewhere += !pthread_equal(pthread_self(), w->caller);
    w->backwards += !(fraction >= w->last && fraction <= 1) || stage == NULL;
    w->last = fraction;
    return w->stop_at != 0 && call >= w->stop_at;
}

static void listen(world *w, int64_t stop_at)
{
    w->calls = 0;
    w->last = 0;
    w->backwards = 0;
    w->stop_at = stop_at;
    OK(w->ctx, ddn_context_set_progress(w->ctx, progress, w, NULL));
}

static ddn_integrator *make_run(world *w, int64_t steps, double *x)
{
    ddn_integrator *it = NULL;
    OK(w->ctx, ddn_integrator_create(w->ctx, w->oracle, DDN_METHOD_EULER, &it));
    OK(w->ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, steps));
    OK(w->ctx, ddn_integrator_draw_start(it, M, x, D));
    return it;
}

/* A run stopped by progress and resumed ends in the bits of an unbroken one. */
static void progress_stops_and_resume_continues(void **state)
{
    world *w = *state;
    double whole[M * D], x[M * D];
    OK(w->ctx, ddn_context_set_progress(w->ctx, NULL, NULL, NULL));
    ddn_integrator *it = make_run(w, 40, whole);
    OK(w->ctx, ddn_integrator_run(it, M, whole, D));
    ddn_integrator_destroy(it);

    it = make_run(w, 40, x);
    listen(w, 7);
    FAILS(w->ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "progress callback");
    assert_true(memcmp(x, whole, sizeof x) != 0);
    assert_int_equal(w->calls, 7);
    listen(w, 0);
    OK(w->ctx, ddn_integrator_resume(it, M, x, D));
    assert_memory_equal(x, whole, sizeof x);
    assert_int_equal(w->elsewhere, 0);
    FAILS(w->ctx, ddn_integrator_resume(it, M, x, D), DDN_E_STATE, "");
    ddn_integrator_destroy(it);
    OK(w->ctx, ddn_context_set_progress(w->ctx, NULL, NULL, NULL));
}

/* A request made while nothing runs stops nothing. */
static void a_cancel_without_a_call_does_nothing(void **state)
{
    world *w = *state;
    double x[M * D];
    ddn_integrator *it = make_run(w, 10, x);
    ddn_context_cancel(w->ctx);
    OK(w->ctx, ddn_integrator_run(it, M, x, D));
    CANCELLED(w->ctx, ddn_integrator_run(it, M, x, D));
    OK(w->ctx, ddn_integrator_resume(it, M, x, D)); /* the request ended with the call */
    ddn_integrator_destroy(it);
    ddn_context_cancel(NULL);
}

static void *cancel_main(void *arg)
{
    world *w = arg;
    while (atomic_load(&w->calls) < 3) { /* the run is on its way */
    }
    ddn_context_cancel(w->ctx);
    return NULL;
}

static void another_thread_cancels(void **state)
{
    world *w = *state;
    double *x = malloc(M * D * sizeof *x);
    assert_non_null(x);
    ddn_integrator *it = make_run(w, 200000, x); /* minutes, if nobody stopped it */
    listen(w, 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_main, w), 0);
    FAILS(w->ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "cancelled");
    pthread_join(thread, NULL);
    assert_int_equal(w->elsewhere, 0);
    assert_int_equal(w->backwards, 0);
    ddn_integrator_destroy(it);
    free(x);
    OK(w->ctx, ddn_context_set_progress(w->ctx, NULL, NULL, NULL));
}

/* Analyses stop too, give no result, and work when asked again. */
static void analyses_stop(void **state)
{
    world *w = *state;
    const double times[3] = {0.2, 0.6, 1.8};
    ddn_analysis *an = NULL;
    ddn_result *result = NULL;
    OK(w->ctx, ddn_analysis_create(w->ctx, &an));
    OK(w->ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, 64));
    OK(w->ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, 32));
    listen(w, 2);
    FAILS(w->ctx, ddn_analysis_clones(an, w->oracle, 3, times, &result), DDN_STOPPED, "");
    assert_null(result);
    listen(w, 1);
    FAILS(w->ctx, ddn_analysis_identities(an, w->oracle, 3, times, &result), DDN_STOPPED, "");
    assert_null(result);
    listen(w, 0);
    OK(w->ctx, ddn_analysis_identities(an, w->oracle, 3, times, &result));
    assert_true(w->calls > 0);
    assert_int_equal(w->elsewhere, 0);
    ddn_result_destroy(result);
    ddn_analysis_destroy(an);
    OK(w->ctx, ddn_context_set_progress(w->ctx, NULL, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress_stops_and_resume_continues),
        cmocka_unit_test(a_cancel_without_a_call_does_nothing),
        cmocka_unit_test(another_thread_cancels),
        cmocka_unit_test(analyses_stop),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
