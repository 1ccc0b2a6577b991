/* A process forks after its threads have been used: in the child everything works, with threads of
 * its own, and everything can be destroyed. What hangs is ended by an alarm, and the test fails. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixtures.h"
#include "support/sanitized.h"

enum {
    N = 700,
    D = 40,
    M = 300, /* N * D * 128 is large enough to be worth sharing among threads */
    GUARD = 60
};

/* One of each kind, made with one context. */
typedef struct objects {
    ddn_context *ctx;
    ddn_dataset *ds;
    ddn_span *span;
    ddn_schedule *sch;
    ddn_oracle *oracle;
    ddn_query *query;
    ddn_integrator *it;
    ddn_observer *observer;
    ddn_analysis *an;
    ddn_result *result;
    ddn_symmetry *sy;
    ddn_features *features;
    ddn_frechet *frechet;
    double x[M * D], score[M * D];
} objects;

static double points[N * D];
static int64_t forks = 5; /* or the argument */
static const double times[2] = {0.4, 1.2};

/* Statuses, since a failed assertion must not let the child go on with the tests of its parent. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) != DDN_OK) {                                                                    \
            return __LINE__;                                                                       \
        }                                                                                          \
    } while (0)

static int make(objects *o)
{
    TRY(ddn_context_create(&o->ctx));
    TRY(ddn_options_set_i64(ddn_context_options(o->ctx), DDN_CONTEXT_THREADS, 3));
    TRY(ddn_dataset_create(o->ctx, DDN_TYPE_F64, N, D, points, D, &o->ds));
    TRY(ddn_span_create(o->ctx, o->ds, 0, &o->span));
    TRY(ddn_schedule_create_ou(o->ctx, &o->sch));
    TRY(ddn_oracle_create_empirical(o->ctx, o->ds, o->sch, &o->oracle));
    TRY(ddn_query_create(o->ctx, o->oracle, &o->query));
    TRY(ddn_query_bind_f64(o->query, DDN_OUT_SCORE, o->score, D));
    TRY(ddn_integrator_create(o->ctx, o->oracle, DDN_METHOD_EULER, &o->it));
    TRY(ddn_options_set_i64(ddn_integrator_options(o->it), DDN_INTEGRATOR_STEPS, 3));
    TRY(ddn_observer_create_nearest(o->ctx, &o->observer));
    TRY(ddn_observer_attach(o->observer, o->it));
    TRY(ddn_analysis_create(o->ctx, &o->an));
    TRY(ddn_options_set_i64(ddn_analysis_options(o->an), DDN_ANALYSIS_SAMPLES, 300));
    TRY(ddn_symmetry_create(o->ctx, o->oracle, &o->sy));
    TRY(ddn_features_create_pca(o->ctx, o->ds, 3, &o->features));
    TRY(ddn_frechet_create(o->ctx, o->ds, o->features, &o->frechet));
    return 0;
}

/* Uses everything; a hash of what came out to *sum. */
static int use(objects *o, double *sum)
{
    double values[4], vectors[4 * D], distance2;
    TRY(ddn_query_run(o->query, 0.4, M, o->x, D));
    *sum = 0;
    for (int64_t i = 0; i < M * D; i++) {
        *sum += o->score[i] * (double)(i % 7);
    }
    double *moved = o->score;
    TRY(ddn_integrator_draw_start(o->it, M, moved, D));
    TRY(ddn_integrator_run(o->it, M, moved, D));
    TRY(ddn_dataset_spectrum(o->ctx, o->ds, 4, values, vectors, D));
    ddn_result_destroy(o->result);
    TRY(ddn_analysis_identities(o->an, o->oracle, 2, times, &o->result));
    TRY(ddn_symmetry_drift(o->sy, 0.4, M, o->x, D, o->score, D));
    TRY(ddn_span_lift(o->ctx, o->span, 1, 4, o->x, D, vectors, D));
    TRY(ddn_frechet_distance(o->ctx, o->frechet, M, 0, 0, o->x, D, &distance2, NULL, NULL));
    *sum += moved[5] + values[0] + vectors[3] + distance2;
    return 0;
}

static void destroy(objects *o)
{
    ddn_frechet_destroy(o->frechet);
    ddn_features_destroy(o->features);
    ddn_symmetry_destroy(o->sy);
    ddn_result_destroy(o->result);
    ddn_analysis_destroy(o->an);
    ddn_observer_destroy(o->observer);
    ddn_integrator_destroy(o->it);
    ddn_query_destroy(o->query);
    ddn_oracle_destroy(o->oracle);
    ddn_schedule_destroy(o->sch);
    ddn_span_destroy(o->span);
    ddn_dataset_destroy(o->ds);
    ddn_context_destroy(o->ctx);
}

static void expect_child(pid_t child)
{
    int status = 0;
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));           /* else the alarm ended it: it hung */
    assert_int_equal(WEXITSTATUS(status), 0); /* else a line of this file, modulo 256 */
}

static objects *new_objects(int64_t seed)
{
    objects *o = calloc(1, sizeof *o);
    assert_non_null(o);
    test_normal(11, N * D, points);
    test_normal(seed, M * D, o->x);
    assert_int_equal(make(o), 0);
    return o;
}

/* The parent's threads are not in the child: waiting for them, or for a lock that one held, is for
 * ever. */
static void a_child_uses_and_destroys_everything(void **state)
{
    (void)state;
    objects *o = new_objects(12);
    double want = 0, again = 0;
    assert_int_equal(use(o, &want), 0);
    pid_t child = fork();
    if (child == 0) {
        double sum = 0;
        alarm(GUARD);
        int line = use(o, &sum);
        line = line == 0 && sum != want ? __LINE__ : line;
        if (line == 0 &&
            ddn_options_set_i64(ddn_context_options(o->ctx), DDN_CONTEXT_THREADS, 2) != DDN_OK) {
            line = __LINE__;
        }
        line = line == 0 ? use(o, &sum) : line;
        line = line == 0 && sum != want ? __LINE__ : line;
        destroy(o);
        _exit(line & 255);
    }
    expect_child(child);
    assert_int_equal(use(o, &again), 0); /* the parent's threads are as they were */
    assert_true(again == want);
    destroy(o);
    free(o);
}

static void a_child_destroys_at_once(void **state)
{
    (void)state;
    objects *o = new_objects(12);
    double sum = 0;
    assert_int_equal(use(o, &sum), 0);
    for (int first = 0; first < 2; first++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(GUARD);
            if (first) { /* ends the old threads */
                ddn_options_set_i64(ddn_context_options(o->ctx), DDN_CONTEXT_THREADS, 4);
            }
            destroy(o);
            _exit(0);
        }
        expect_child(child);
    }
    destroy(o);
    free(o);
}

typedef struct busy {
    objects *o;
    _Atomic int64_t runs;
    _Atomic int32_t quit;
} busy;

static void *run_and_run(void *arg)
{
    busy *b = arg;
    while (!atomic_load(&b->quit)) {
        if (ddn_query_run(b->o->query, 0.4, M, b->o->x, D) != DDN_OK) {
            break;
        }
        atomic_fetch_add(&b->runs, 1);
    }
    return NULL;
}

/* Whether a thread that goes on while another one forks may have locked AddressSanitizer's own
 * allocator, on which the child waits for ever. */
static int sanitized(void)
{
    if (TEST_SANITIZED) {
        print_message("# not under a sanitizer\n");
    }
    return TEST_SANITIZED;
}

/* One thread is inside a loop of its context when another one forks: the context of the latter
 * works, that of the former can be let go. */
static void a_fork_during_a_loop(void **state)
{
    (void)state;
    if (sanitized()) {
        return;
    }
    objects *mine = new_objects(12);
    busy b = {.o = new_objects(13)};
    double want = 0;
    pthread_t thread;
    assert_int_equal(use(mine, &want), 0);
    assert_int_equal(pthread_create(&thread, NULL, run_and_run, &b), 0);
    for (int64_t k = 0; k < 2 * forks; k++) {
        while (atomic_load(&b.runs) < k) {
        }
        pid_t child = fork();
        if (child == 0) {
            double sum = 0;
            alarm(GUARD);
            int line = use(mine, &sum);
            line = line == 0 && sum != want ? __LINE__ : line;
            destroy(mine);
            destroy(b.o);
            _exit(line & 255);
        }
        expect_child(child);
    }
    atomic_store(&b.quit, 1);
    pthread_join(thread, NULL);
    assert_true(b.runs >= 2 * forks - 1);
    destroy(mine);
    destroy(b.o);
    free(mine);
    free(b.o);
}

/* Its own context, and the objects of another one that can be shared. */
static void *share_and_share(void *arg)
{
    busy *b = arg;
    static double score[M * D];
    double values[3], lifted[4 * D];
    ddn_context *ctx = NULL;
    ddn_status status = ddn_context_create(&ctx);
    if (status == DDN_OK) {
        status = ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, 2);
    }
    while (status == DDN_OK && !atomic_load(&b->quit)) {
        const objects *o = b->o;
        status = ddn_oracle_score(ctx, o->oracle, 0.4, M, o->x, D, score, D);
        status = status == DDN_OK ? ddn_dataset_spectrum(ctx, o->ds, 3, values, NULL, D) : status;
        status = status == DDN_OK ? ddn_span_lift(ctx, o->span, 1, 4, o->x, D, lifted, D) : status;
        atomic_fetch_add(&b->runs, 1);
    }
    ddn_context_destroy(ctx);
    atomic_store(&b->runs, status == DDN_OK ? INT64_MAX / 2 : INT64_MIN);
    return NULL;
}

/* The child, and a child of its own: the objects work, and let go of what they can. */
static int use_twice(objects *o, double want)
{
    double sum = 0;
    int status = 0;
    TRY(use(o, &sum));
    pid_t child = fork();
    if (child == 0) {
        alarm(GUARD);
        int line = use(o, &sum);
        destroy(o);
        _exit(line != 0 || sum != want);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0 || sum != want) {
        return __LINE__;
    }
    destroy(o);
    return 0;
}

/* Data, oracle and span are inside of calls of another thread at the moment of the fork: those who
 * share them go on, since nothing of them is locked. */
static void a_fork_while_another_thread_shares(void **state)
{
    (void)state;
    if (sanitized()) {
        return;
    }
    objects *mine = new_objects(12);
    busy b = {.o = mine};
    double want = 0;
    pthread_t thread;
    assert_int_equal(use(mine, &want), 0);
    assert_int_equal(pthread_create(&thread, NULL, share_and_share, &b), 0);
    for (int64_t k = 0; k < forks; k++) {
        while (atomic_load(&b.runs) < k) {
        }
        pid_t child = fork();
        if (child == 0) {
            alarm(GUARD);
            _exit(use_twice(mine, want) & 255);
        }
        expect_child(child);
    }
    atomic_store(&b.quit, 1);
    pthread_join(thread, NULL);
    assert_true(b.runs > 0); /* no call of it failed */
    print_message("# %lld forks while another thread used the same data, oracle and span\n",
                  (long long)forks);
    destroy(mine);
    free(mine);
}

int main(int argc, char **argv)
{
    /* OpenBLAS with threads of its own may hang in fork (doc/threads.md), and reads this before
     * main. */
    if (getenv("OPENBLAS_NUM_THREADS") == NULL) {
        setenv("OPENBLAS_NUM_THREADS", "1", 1);
        execv("/proc/self/exe", argv);
    }
    forks = argc > 1 ? atoll(argv[1]) : forks;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_uses_and_destroys_everything),
        cmocka_unit_test(a_child_destroys_at_once),
        cmocka_unit_test(a_fork_during_a_loop),
        cmocka_unit_test(a_fork_while_another_thread_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
