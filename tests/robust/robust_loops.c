/* The host's own loop in place of the library's threads: in any order, on any threads, with calls
 * of the library inside it, and hosts that do it wrong: each gives its error or the bits of one
 * thread, and harms nothing. Run under ThreadSanitizer by .ci/run. */
#include <pthread.h>
#include <stdatomic.h>

#include "support/fixtures.h"
#include "support/loops.h"

enum {
    N = 700,
    D = 40,
    M = 80, /* N * D * M is large enough to be worth sharing among threads */
    THREADS = 5
};

typedef struct world {
    double points[N * D], x[M * D], want[M * D], score[M * D];
    ddn_context *ctx;
    ddn_oracle *oracle;
    ddn_query *query;
    /* What a loop does, and what it left: */
    int64_t loops, index;
    _Atomic int32_t nested_wrong;
    ddn_parallel_body_fn body;
    void *arg;
    pthread_t thread[2];
    int32_t started; /* threads that outlive the loop, */
    int32_t answer;  /* which gives this */
} world;

static int make_world(void **state)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    test_normal(11, N * D, w->points);
    test_normal(12, M * D, w->x);
    ddn_context *ctx = w->ctx = test_context(1);
    ddn_dataset *ds = NULL;
    ddn_schedule *sch = NULL;
    OK(ctx, ddn_dataset_create_borrowed(ctx, DDN_TYPE_F64, N, D, w->points, D, NULL, NULL, &ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &w->oracle));
    ddn_dataset_destroy(ds);
    ddn_schedule_destroy(sch);
    OK(ctx, ddn_query_create(ctx, w->oracle, &w->query));
    OK(ctx, ddn_query_bind_f64(w->query, DDN_OUT_SCORE, w->want, D));
    OK(ctx, ddn_query_run(w->query, 0.4, M, w->x, D));
    OK(ctx, ddn_query_bind_f64(w->query, DDN_OUT_SCORE, w->score, D));
    *state = w;
    return 0;
}

static int end_world(void **state)
{
    world *w = *state;
    ddn_query_destroy(w->query);
    ddn_oracle_destroy(w->oracle);
    ddn_context_destroy(w->ctx);
    free(w);
    return 0;
}

static ddn_status query(world *w)
{
    memset(w->score, 0, sizeof w->score);
    return ddn_query_run(w->query, 0.4, M, w->x, D);
}

static void use_loop(world *w, ddn_parallel_for_fn loop, int64_t threads)
{
    OK(w->ctx, ddn_options_set_i64(ddn_context_options(w->ctx), DDN_CONTEXT_THREADS, threads));
    OK(w->ctx, ddn_context_set_parallel_for(w->ctx, loop, loop == NULL ? NULL : w, NULL));
}

/* ---- Loops that do what they are to ---- */

static int32_t in_order(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    world *w = user;
    w->loops++;
    for (int64_t i = 0; i < count; i++) {
        body(arg, i);
    }
    return 0;
}

static int32_t backwards(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    return test_loop_reversed(&((world *)user)->loops, count, body, arg);
}

static int32_t on_threads(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    return test_loop_threads(&((world *)user)->loops, count, body, arg);
}

/* A whole use of the library, with threads, from a task of the host. */
static int32_t use_elsewhere(const world *w)
{
    ddn_context *ctx = NULL;
    double *score = malloc(sizeof w->want);
    ddn_status status = score == NULL ? DDN_E_NOMEM : ddn_context_create(&ctx);
    if (status == DDN_OK) {
        status = ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, 2);
    }
    if (status == DDN_OK) {
        status = ddn_oracle_score(ctx, w->oracle, 0.4, M, w->x, D, score, D);
    }
    int32_t same = status == DDN_OK && memcmp(score, w->want, sizeof w->want) == 0;
    ddn_context_destroy(ctx);
    free(score);
    return same;
}

typedef struct task {
    world *w;
    ddn_parallel_body_fn body;
    void *arg;
} task;

/* A task of the host that runs the library again before it goes on with the loop. */
static void nested_body(void *arg, int64_t index)
{
    task *t = arg;
    if (!use_elsewhere(t->w)) {
        atomic_store(&t->w->nested_wrong, 1);
    }
    t->body(t->arg, index);
}

static int32_t nested_elsewhere(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    task t = {user, body, arg};
    return test_loop_threads(&t.w->loops, count, nested_body, &t);
}

/* The same context, on the thread that made the call: as from any callback. */
static int32_t use_here(world *w)
{
    static double score[M * D], x[8 * D];
    ddn_integrator *it = NULL;
    ddn_status status = ddn_oracle_score(w->ctx, w->oracle, 0.4, M, w->x, D, score, D);
    if (status != DDN_OK || memcmp(score, w->want, sizeof score) != 0) {
        return 0;
    }
    status = ddn_integrator_create(w->ctx, w->oracle, DDN_METHOD_EULER, &it);
    if (status == DDN_OK) {
        status = ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 2);
    }
    memcpy(x, w->x, sizeof x);
    if (status == DDN_OK) {
        status = ddn_integrator_run(it, 8, x, D);
    }
    ddn_integrator_destroy(it);
    return status == DDN_OK && ddn_query_run(w->query, 0.4, M, w->x, D) == DDN_E_STATE;
}

static void *run_body(void *user)
{
    world *w = user;
    w->body(w->arg, w->index);
    return NULL;
}

/* Index 0 on another thread while this one calls the library. */
static int32_t nested_here(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    world *w = user;
    pthread_t thread;
    w->loops++;
    w->body = body;
    w->arg = arg;
    w->index = 0;
    if (pthread_create(&thread, NULL, run_body, w) != 0) {
        return 1;
    }
    if (!use_here(w)) {
        atomic_store(&w->nested_wrong, 1);
    }
    pthread_join(thread, NULL);
    for (int64_t i = 1; i < count; i++) {
        body(arg, i);
    }
    return 0;
}

static void a_loop_gives_the_same_bits(void **state)
{
    world *w = *state;
    static const ddn_parallel_for_fn loops[] = {in_order, backwards, on_threads, nested_elsewhere,
                                                nested_here};
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        for (int64_t threads = 2; threads <= 8; threads += 3) {
            w->loops = 0;
            use_loop(w, loops[i], threads);
            OK(w->ctx, query(w));
            assert_true(w->loops > 0);
            assert_int_equal(w->nested_wrong, 0);
            assert_memory_equal(w->score, w->want, sizeof w->want);
        }
        int64_t before = w->loops;
        use_loop(w, NULL, 3); /* back to the library's threads */
        OK(w->ctx, query(w));
        assert_int_equal(w->loops, before);
        assert_memory_equal(w->score, w->want, sizeof w->want);
    }
}

/* ---- Loops that do not ---- */

static int32_t refuses(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    (void)user;
    (void)count;
    (void)body;
    (void)arg;
    return 7;
}

static int32_t fails_half_way(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    world *w = user;
    in_order(w, count / 2, body, arg);
    ddn_context_fail(w->ctx, "out of tasks");
    return 9;
}

static int32_t stops(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    in_order(user, count / 2, body, arg);
    return DDN_STOPPED;
}

static int32_t cancels(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    ddn_context_cancel(((world *)user)->ctx);
    return in_order(user, count, body, arg);
}

static int32_t runs_nothing(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    (void)count;
    return in_order(user, 0, body, arg);
}

static int32_t runs_the_last(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    (void)user;
    body(arg, count - 1);
    return 0;
}

static int32_t runs_one_twice(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    in_order(user, count, body, arg);
    body(arg, count / 2);
    return 0;
}

/* The scratch of a worker that there is not would lie far outside. */
static int32_t runs_outside(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    body(arg, -1);
    body(arg, count);
    body(arg, INT64_MAX);
    body(arg, INT64_MIN);
    return in_order(user, count, body, arg);
}

/* After the loop is over: it finds nothing to do. */
static int32_t remembers(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    world *w = user;
    w->body = body;
    w->arg = arg;
    return in_order(w, count, body, arg);
}

/* A task of one loop that comes in another. */
static int32_t runs_an_old_one(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    world *w = user;
    w->body(w->arg, 0);
    return in_order(w, count, body, arg);
}

static void a_loop_may_be_wrong(void **state)
{
    world *w = *state;
    static const struct {
        ddn_parallel_for_fn loop;
        ddn_status status;
        const char *text;
    } cases[] = {
        {refuses, DDN_E_CALLBACK, "parallel-for returned 7"},
        {fails_half_way, DDN_E_CALLBACK, "parallel-for returned 9: out of tasks"},
        {stops, DDN_STOPPED, "stopped by the host's parallel-for"},
        {cancels, DDN_STOPPED, "cancelled"},
        {runs_nothing, DDN_E_CALLBACK, "did not run its body"},
        {runs_the_last, DDN_OK, ""}, /* which does the work of all */
        {runs_one_twice, DDN_E_CALLBACK, "twice for one index"},
        {runs_outside, DDN_E_CALLBACK, "outside of [0, "},
        {remembers, DDN_OK, ""},
        {runs_an_old_one, DDN_E_CALLBACK, "twice for one index"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        use_loop(w, cases[i].loop, THREADS);
        ddn_status status = query(w);
        if (status != cases[i].status) {
            fail_msg("case %d gave %s: %s", (int)i, ddn_status_name(status),
                     ddn_context_message(w->ctx));
        }
        if (status != DDN_OK) {
            FAILS(w->ctx, query(w), cases[i].status, cases[i].text);
            use_loop(w, in_order, THREADS);
            OK(w->ctx, query(w));
        }
        assert_memory_equal(w->score, w->want, sizeof w->want);
        if (cases[i].loop == remembers) {
            w->body(w->arg, 0);
            assert_memory_equal(w->score, w->want, sizeof w->want);
        }
    }
    use_loop(w, NULL, 1);
}

typedef struct starting {
    task t;
    int64_t index;
    _Atomic int32_t *running;
} starting;

static void *run_late(void *user)
{
    starting *s = user;
    atomic_fetch_add(s->running, 1);
    s->t.body(s->t.arg, s->index);
    free(s);
    return NULL;
}

/* Returns when its tasks have begun: by failure, as a host that cannot start the third one, or as
 * if all were well. */
static int32_t leaves_tasks(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    world *w = user;
    _Atomic int32_t running = 0;
    (void)count;
    w->loops++;
    for (w->started = 0; w->started < 2; w->started++) {
        starting *s = malloc(sizeof *s);
        if (s == NULL) {
            abort();
        }
        *s = (starting){{w, body, arg}, w->started, &running};
        if (pthread_create(&w->thread[w->started], NULL, run_late, s) != 0) {
            abort();
        }
    }
    while (atomic_load(&running) < 2) {
    }
    return w->answer;
}

static void tasks_may_outlive_their_loop(void **state)
{
    world *w = *state;
    int64_t errors = 0;
    for (int64_t k = 0; k < 20; k++) {
        w->answer = k % 2 == 0 ? 0 : 5;
        w->started = 0;
        use_loop(w, leaves_tasks, THREADS);
        ddn_status status = query(w);
        for (int64_t i = 0; i < w->started; i++) {
            pthread_join(w->thread[i], NULL);
        }
        /* Where the tasks had done the whole work by then, nothing was wrong. */
        assert_true(status == DDN_E_CALLBACK || (status == DDN_OK && w->answer == 0));
        errors += status != DDN_OK;
        use_loop(w, in_order, THREADS);
        if (status != DDN_OK) {
            OK(w->ctx, query(w));
        }
        assert_memory_equal(w->score, w->want, sizeof w->want);
    }
    assert_true(errors >= 10);
    use_loop(w, NULL, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_gives_the_same_bits),
        cmocka_unit_test(a_loop_may_be_wrong),
        cmocka_unit_test(tasks_may_outlive_their_loop),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
