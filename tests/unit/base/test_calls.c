/* Handles and calls: what is no live object is refused, what is in use is left alone, and what a
 * callback destroys ends only when its call has returned. */
#include "support/fixtures.h"

enum {
    D = 2,
    N = 4,
    M = 3
};

static const double points[N * D] = {1, 0, 0, 1, -1, 0, 0, -1};

typedef struct world {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    double x[M * D], out[M * D];
} world;

static void build(world *w)
{
    memset(w, 0, sizeof *w);
    w->ctx = test_context(1);
    w->sch = test_schedule(w->ctx, TEST_OU);
    OK(w->ctx, ddn_dataset_create(w->ctx, DDN_TYPE_F64, N, D, points, D, &w->ds));
    OK(w->ctx, ddn_oracle_create_empirical(w->ctx, w->ds, w->sch, &w->oracle));
    test_normal(1, M * D, w->x);
}

static void tear_down(world *w)
{
    ddn_oracle_destroy(w->oracle);
    ddn_dataset_destroy(w->ds);
    ddn_schedule_destroy(w->sch);
    ddn_context_destroy(w->ctx);
}

static void strangers_are_refused(void **state)
{
    (void)state;
    world w;
    build(&w);
    int64_t memory[64] = {0};
    ddn_oracle *out = NULL;
    FAILS(w.ctx, ddn_oracle_create_empirical(w.ctx, (ddn_dataset *)(void *)w.sch, w.sch, &out),
          DDN_E_HANDLE, "argument ds is not a live dataset");
    FAILS(w.ctx, ddn_oracle_create_empirical(w.ctx, (ddn_dataset *)memory, w.sch, &out),
          DDN_E_HANDLE, "argument ds");
    assert_int_equal(ddn_schedule_create_ou((ddn_context *)(void *)w.ds, &w.sch), DDN_E_HANDLE);
    assert_int_equal(ddn_query_run((ddn_query *)(void *)w.ds, 1, 1, w.x, D), DDN_E_HANDLE);
    assert_int_equal(ddn_options_set_i64((ddn_options *)(void *)w.ctx, DDN_CONTEXT_THREADS, 1),
                     DDN_E_HANDLE);
    assert_int_equal(ddn_dataset_n((ddn_dataset *)(void *)w.ctx), 0);
    assert_null(ddn_oracle_schedule((ddn_oracle *)(void *)w.ctx));
    ddn_dataset_destroy((ddn_dataset *)(void *)w.sch); /* does nothing */
    assert_string_equal(ddn_schedule_kind(w.sch), "ou");
    tear_down(&w);
}

/* Memory that is never used again, so that the dead can be looked at. */
static void *keep(void *user, int64_t bytes, int64_t alignment)
{
    char *heap = user;
    int64_t *used = (int64_t *)(void *)heap;
    int64_t start = (*used + alignment - 1) / alignment * alignment;
    *used = start + bytes;
    return heap + 4096 + start; /* the first page counts */
}

static void forget(void *user, void *pointer, int64_t bytes)
{
    (void)user;
    (void)pointer;
    (void)bytes;
}

static void the_dead_are_refused(void **state)
{
    (void)state;
    void *heap = NULL;
    assert_int_equal(posix_memalign(&heap, 4096, 1 << 20), 0);
    memset(heap, 0, 1 << 20);
    ddn_context *ctx = NULL;
    assert_int_equal(ddn_context_create_with_allocator(keep, forget, heap, &ctx), DDN_OK);
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *q = NULL;
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, points, D, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_query_create(ctx, oracle, &q));
    ddn_options *options = ddn_query_options(q);
    ddn_query_destroy(q);
    ddn_query_destroy(q);
    assert_int_equal(ddn_query_run(q, 1, 0, NULL, D), DDN_E_HANDLE);
    assert_int_equal(ddn_options_set_i64(options, DDN_QUERY_TRAJECTORY, 1), DDN_E_HANDLE);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(ds); /* the oracle's own reference: one too many, and it still works */
    ddn_oracle_destroy(oracle);
    ddn_oracle_destroy(oracle);
    FAILS(ctx, ddn_query_create(ctx, oracle, &q), DDN_E_HANDLE, "oracle");
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
    ddn_context_destroy(ctx);
    assert_int_equal(ddn_schedule_create_ou(ctx, &sch), DDN_E_HANDLE);
    assert_string_equal(ddn_context_message(ctx), "");
    free(heap);
}

static void retained_objects_live_on(void **state)
{
    (void)state;
    world w;
    build(&w);
    OK(w.ctx, ddn_dataset_retain(w.ds));
    assert_int_equal(ddn_dataset_retain(NULL), DDN_E_NULL);
    assert_int_equal(ddn_dataset_retain((ddn_dataset *)(void *)w.sch), DDN_E_HANDLE);
    ddn_dataset_destroy(w.ds);
    ddn_oracle_destroy(w.oracle);
    w.oracle = NULL;
    assert_int_equal(ddn_dataset_n(w.ds), N);
    tear_down(&w);
}

/* ---- Callbacks ---- */

typedef struct visitor {
    world *w;
    ddn_integrator *it;
    ddn_status seen[8];
    int32_t calls, answer;
} visitor;

static int32_t misuse(void *user, const ddn_step *step)
{
    visitor *v = user;
    (void)step;
    if (v->calls++ == 1) {
        ddn_context *ctx = v->w->ctx;
        v->seen[0] = ddn_integrator_run(v->it, M, v->w->out, D);
        v->seen[1] = ddn_options_set_i64(ddn_integrator_options(v->it), DDN_INTEGRATOR_SEED, 1);
        v->seen[2] = ddn_integrator_attach_callback(v->it, 0, misuse, v, NULL);
        v->seen[3] = ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, 2);
        v->seen[4] = ddn_context_set_progress(ctx, NULL, NULL, NULL);
        v->seen[7] = ddn_context_set_kernel(ctx, "reference");
        /* other objects, and reading its own, are allowed */
        v->seen[5] = ddn_oracle_score(ctx, v->w->oracle, 1, M, v->w->x, D, v->w->out, D);
        v->seen[6] = ddn_integrator_time_count(v->it) == 11 ? DDN_OK : DDN_E_INTERNAL;
    }
    return 0;
}

static void nothing_is_entered_twice(void **state)
{
    (void)state;
    world w;
    build(&w);
    visitor v = {.w = &w};
    OK(w.ctx, ddn_integrator_create(w.ctx, w.oracle, DDN_METHOD_EULER, &v.it));
    OK(w.ctx, ddn_options_set_i64(ddn_integrator_options(v.it), DDN_INTEGRATOR_STEPS, 10));
    double x[M * D], plain[M * D];
    memcpy(x, w.x, sizeof x);
    memcpy(plain, w.x, sizeof plain);
    OK(w.ctx, ddn_integrator_run(v.it, M, plain, D));
    OK(w.ctx, ddn_integrator_attach_callback(v.it, 0, misuse, &v, NULL));
    OK(w.ctx, ddn_integrator_run(v.it, M, x, D));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(v.seen[i], DDN_E_STATE);
    }
    assert_int_equal(v.seen[7], DDN_E_STATE);
    assert_int_equal(v.seen[5], DDN_OK);
    assert_int_equal(v.seen[6], DDN_OK);
    assert_memory_equal(x, plain, sizeof x);
    ddn_integrator_destroy(v.it);
    tear_down(&w);
}

static int32_t destroy_everything(void *user, const ddn_step *step)
{
    visitor *v = user;
    if (v->calls++ == 1) {
        ddn_integrator_destroy(v->it);
        tear_down(v->w);
        memset(v->w, 0, sizeof *v->w);
    }
    return ddn_step_m(step) == M ? 0 : -1;
}

static void a_callback_may_destroy_its_own_call(void **state)
{
    (void)state;
    world w;
    build(&w);
    visitor v = {.w = &w};
    double x[M * D];
    memcpy(x, w.x, sizeof x);
    OK(w.ctx, ddn_integrator_create(w.ctx, w.oracle, DDN_METHOD_HEUN, &v.it));
    OK(w.ctx, ddn_integrator_attach_callback(v.it, 0, destroy_everything, &v, NULL));
    assert_int_equal(ddn_integrator_run(v.it, M, x, D), DDN_OK);
    assert_true(v.calls > 50);
}

static int32_t complain(void *user, const char *stage, double fraction)
{
    visitor *v = user;
    (void)stage;
    (void)fraction;
    return v->answer == DDN_E_CALLBACK ? ddn_context_fail(v->w->ctx, "the moon is full")
                                       : v->answer;
}

static int32_t destroy_system(void *user, double parameter, int64_t d, const double *x, double *out)
{
    ddn_system **sys = user;
    (void)d;
    ddn_system_destroy(*sys);
    *sys = NULL;
    out[0] = parameter * x[0];
    return 0;
}

static int32_t destroy_dataset(void *user, const char *stage, double fraction)
{
    ddn_dataset **ds = user;
    (void)stage;
    (void)fraction;
    ddn_dataset_destroy(*ds);
    *ds = NULL;
    return 0;
}

/* Not only the object whose call it is: all that the call was given. */
static void a_callback_may_destroy_arguments(void **state)
{
    (void)state;
    world w;
    build(&w);
    ddn_system *sys = NULL;
    double x = 8, orbit[4] = {0};
    OK(w.ctx, ddn_system_create(w.ctx, DDN_SYSTEM_MAP, 1, destroy_system, NULL, &sys, NULL, &sys));
    OK(w.ctx, ddn_system_orbit(w.ctx, sys, 0.5, 3, &x, orbit, 1));
    assert_null(sys);
    CLOSE(orbit[3], 1, 0, 0);

    ddn_analysis *an = NULL;
    ddn_result *result = NULL;
    const double time = 0.5;
    ddn_dataset *starts = NULL;
    OK(w.ctx, ddn_dataset_create(w.ctx, DDN_TYPE_F64, N, D, points, D, &starts));
    OK(w.ctx, ddn_analysis_create(w.ctx, &an));
    OK(w.ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, 8));
    OK(w.ctx, ddn_context_set_progress(w.ctx, destroy_dataset, &starts, NULL));
    OK(w.ctx, ddn_analysis_uturn(an, w.oracle, starts, 1, &time, &result));
    assert_null(starts);
    ddn_result_destroy(result);
    ddn_analysis_destroy(an);
    tear_down(&w);
}

static void answers_have_one_meaning(void **state)
{
    (void)state;
    world w;
    build(&w);
    visitor v = {.w = &w, .answer = DDN_STOPPED};
    OK(w.ctx, ddn_context_set_progress(w.ctx, complain, &v, NULL));
    ddn_integrator *it = NULL;
    OK(w.ctx, ddn_integrator_create(w.ctx, w.oracle, DDN_METHOD_EULER, &it));
    FAILS(w.ctx, ddn_integrator_run(it, M, w.x, D), DDN_STOPPED, "progress callback");
    v.answer = DDN_E_CALLBACK;
    FAILS(w.ctx, ddn_integrator_run(it, M, w.x, D), DDN_E_CALLBACK, "the moon is full");
    v.answer = 7;
    FAILS(w.ctx, ddn_integrator_run(it, M, w.x, D), DDN_E_CALLBACK, "returned 7");
    assert_null(strstr(ddn_context_message(w.ctx), "moon"));
    v.answer = -100;
    FAILS(w.ctx, ddn_integrator_run(it, M, w.x, D), DDN_E_CALLBACK, "returned -100");
    ddn_integrator_destroy(it);
    tear_down(&w);
}

static void count_release(void *user)
{
    ++*(int32_t *)user;
}

static int32_t go_on(void *user, const char *stage, double fraction)
{
    (void)user;
    (void)stage;
    return fraction >= 0 ? 0 : -1;
}

static void progress_users_are_released_once(void **state)
{
    (void)state;
    int32_t first = 0, second = 0;
    ddn_context *ctx = test_context(1);
    OK(ctx, ddn_context_set_progress(ctx, go_on, &first, count_release));
    OK(ctx, ddn_context_set_progress(ctx, go_on, &second, count_release));
    assert_int_equal(first, 1);
    ddn_context_destroy(ctx);
    assert_int_equal(first, 1);
    assert_int_equal(second, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strangers_are_refused),
        cmocka_unit_test(the_dead_are_refused),
        cmocka_unit_test(retained_objects_live_on),
        cmocka_unit_test(nothing_is_entered_twice),
        cmocka_unit_test(a_callback_may_destroy_its_own_call),
        cmocka_unit_test(a_callback_may_destroy_arguments),
        cmocka_unit_test(answers_have_one_meaning),
        cmocka_unit_test(progress_users_are_released_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
