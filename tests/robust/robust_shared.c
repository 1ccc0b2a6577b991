/* Data, schedules and oracles that several threads of a host use at once, each with a context and
 * threads of its own, while others let go of the last reference or ask the calls to stop at any
 * moment: a call is complete and gives the bits of one thread, or is DDN_STOPPED, and all objects
 * are as good as before. Run under ThreadSanitizer by .ci/run, and under helgrind.
 *
 * An argument: so many times as often; 0, for helgrind, which makes all a hundred times as slow:
 * once, with requests as much rarer. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>

#include "support/fixtures.h"

enum {
    N = 500,
    D = 40,
    M = 130, /* N * D * M is large enough to be worth sharing among threads */
    HOSTS = 4,
    SPAN_ROWS = 20,
    KINDS = 7
};

static int64_t repetitions = 1;

static int64_t times(int64_t count)
{
    return repetitions > 0 ? count * repetitions : 1;
}

typedef struct world {
    double points[N * D], x[M * D];
    ddn_dataset *ds;
    ddn_schedule *sch;
    ddn_oracle *oracle;
    ddn_span *span;
    _Atomic int32_t released; /* the points */
    double want[KINDS][M * D];
} world;

/* The calls: each leaves its numbers in out[M * D]. */
static ddn_status take_result(ddn_context *ctx, ddn_status status, ddn_result *r, double *out)
{
    for (int64_t c = 0; r != NULL && c < ddn_result_column_count(r) && status == DDN_OK; c++) {
        int64_t rows = ddn_result_rows(r);
        status = ddn_result_column(ctx, r, ddn_result_column_name(r, c), rows, out + c * rows);
    }
    ddn_result_destroy(r);
    return status;
}

static ddn_status identities(ddn_context *ctx, const world *w, double *out)
{
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    ddn_status status = ddn_analysis_create(ctx, &an);
    if (status == DDN_OK) {
        status = ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, 64);
    }
    if (status == DDN_OK) {
        status = ddn_analysis_identities(an, w->oracle, 2, (double[]){0.4, 1.2}, &r);
    }
    ddn_analysis_destroy(an);
    return take_result(ctx, status, r, out);
}

/* A run that goes on where it was stopped, once. */
static ddn_status integrate(ddn_context *ctx, const world *w, double *out)
{
    ddn_integrator *it = NULL;
    ddn_status status = ddn_integrator_create(ctx, w->oracle, DDN_METHOD_HEUN, &it);
    if (status == DDN_OK) {
        status = ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 3);
    }
    if (status == DDN_OK) {
        status = ddn_integrator_draw_start(it, M, out, D);
    }
    if (status == DDN_OK) {
        status = ddn_integrator_run(it, M, out, D);
        status = status == DDN_STOPPED ? ddn_integrator_resume(it, M, out, D) : status;
    }
    ddn_integrator_destroy(it);
    return status;
}

static ddn_status call(ddn_context *ctx, const world *w, int32_t kind, double *out)
{
    int64_t digest = 0;
    ddn_status status = DDN_OK;
    memset(out, 0, sizeof w->want[0]);
    switch (kind) {
    case 0:
        return ddn_oracle_score(ctx, w->oracle, 0.4, M, w->x, D, out, D);
    case 1:
        return ddn_dataset_spectrum(ctx, w->ds, 3, out, out + 3, D);
    case 2:
        return ddn_span_project(ctx, w->span, 1, SPAN_ROWS, w->x, D, out, D, NULL, 0);
    case 3:
        return ddn_dataset_nearest(ctx, w->ds, M, 5, w->x, D, NULL, out);
    case 4:
        return identities(ctx, w, out);
    case 5:
        return integrate(ctx, w, out);
    default:
        status = ddn_dataset_digest(ctx, w->ds, &digest);
        out[0] = (double)(digest >> 12); /* all bits that a double holds */
        out[1] = (double)(ddn_oracle_tally(w->oracle, DDN_WAY_SERVED, 0) >= 0);
        return status;
    }
}

static void count_release(void *user)
{
    atomic_fetch_add((_Atomic int32_t *)user, 1);
}

static int make_objects(ddn_context *ctx, world *w)
{
    atomic_store(&w->released, 0);
    OK(ctx, ddn_dataset_create_borrowed(ctx, DDN_TYPE_F64, N, D, w->points, D, &w->released,
                                        count_release, &w->ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &w->sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, w->ds, w->sch, &w->oracle));
    OK(ctx, ddn_span_create(ctx, w->ds, 0, &w->span));
    return 0;
}

static void drop_objects(world *w)
{
    ddn_span_destroy(w->span);
    ddn_oracle_destroy(w->oracle);
    ddn_schedule_destroy(w->sch);
    ddn_dataset_destroy(w->ds);
}

static int make_world(void **state)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    test_normal(11, N * D, w->points);
    test_normal(12, M * D, w->x);
    ddn_context *ctx = test_context(1);
    make_objects(ctx, w);
    for (int32_t kind = 0; kind < KINDS; kind++) {
        OK(ctx, call(ctx, w, kind, w->want[kind]));
    }
    drop_objects(w);
    assert_int_equal(w->released, 1);
    ddn_context_destroy(ctx);
    *state = w;
    return 0;
}

static int end_world(void **state)
{
    free(*state);
    return 0;
}

/* ---- Hosts ---- */

typedef struct host {
    world w; /* its own references, or borrowed ones */
    const world *shared;
    ddn_context *ctx;
    pthread_t thread;
    int64_t rounds, seed;
    _Atomic int64_t complete, stopped, wrong;
    _Atomic int32_t done;
    double out[M * D];
} host;

static uint64_t scramble(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9) + UINT64_C(0x9e3779b97f4a7c15);
    return z ^ (z >> 29);
}

/* No assertion here: cmocka's jump must stay on the main thread. */
static void host_rounds(host *h, const world *objects)
{
    uint64_t random = (uint64_t)h->seed + 1;
    for (int64_t i = 0; i < h->rounds * KINDS; i++) {
        random = scramble(random);
        int32_t kind = (int32_t)(random % KINDS);
        ddn_status status = call(h->ctx, objects, kind, h->out);
        if (status == DDN_STOPPED) {
            atomic_fetch_add(&h->stopped, 1);
        } else if (status == DDN_OK && memcmp(h->out, h->shared->want[kind], sizeof h->out) == 0) {
            atomic_fetch_add(&h->complete, 1);
        } else {
            atomic_fetch_add(&h->wrong, 1);
        }
    }
}

static void *host_main(void *user)
{
    host *h = user;
    host_rounds(h, &h->w);
    atomic_store(&h->done, 1);
    return NULL;
}

/* Lets go of its references when it has done its work: the last one ends the objects. */
static void *host_main_and_drop(void *user)
{
    host *h = user;
    host_rounds(h, &h->w);
    drop_objects(&h->w);
    return NULL;
}

static host *make_hosts(world *w, int64_t rounds)
{
    host *hosts = calloc(HOSTS, sizeof *hosts);
    assert_non_null(hosts);
    for (int64_t i = 0; i < HOSTS; i++) {
        hosts[i].shared = w;
        hosts[i].ctx = test_context(1 + i % 3);
        hosts[i].rounds = rounds;
        hosts[i].seed = i;
        hosts[i].w = *w;
    }
    return hosts;
}

static void start_hosts(host *hosts, void *(*body)(void *))
{
    for (int i = 0; i < HOSTS; i++) {
        assert_int_equal(pthread_create(&hosts[i].thread, NULL, body, &hosts[i]), 0);
    }
}

static void free_hosts(host *hosts)
{
    for (int i = 0; i < HOSTS; i++) {
        ddn_context_destroy(hosts[i].ctx);
    }
    free(hosts);
}

/* ---- The tests ---- */

/* Each host has references of its own; who made the objects lets go of his at once, and so may the
 * context that they were made with. Exactly one of them ends the data, and none before the last
 * call has returned. */
static void hosts_share_and_let_go(void **state)
{
    world *w = *state;
    int64_t complete = 0;
    for (int64_t k = 0; k < times(3); k++) {
        ddn_context *ctx = test_context(2);
        make_objects(ctx, w);
        host *hosts = make_hosts(w, 1);
        for (int i = 0; i < HOSTS; i++) {
            hosts[i].seed += k * HOSTS;
            OK(ctx, ddn_dataset_retain(w->ds));
            OK(ctx, ddn_schedule_retain(w->sch));
            OK(ctx, ddn_oracle_retain(w->oracle));
            OK(ctx, ddn_span_retain(w->span));
        }
        start_hosts(hosts, host_main_and_drop);
        drop_objects(w);
        ddn_context_destroy(ctx);
        for (int i = 0; i < HOSTS; i++) {
            pthread_join(hosts[i].thread, NULL);
            assert_int_equal(hosts[i].wrong, 0);
            complete += hosts[i].complete;
        }
        assert_int_equal(w->released, 1);
        free_hosts(hosts);
    }
    assert_int_equal(complete, times(3) * HOSTS * KINDS);
    print_message("# %lld calls on shared objects: the same bits\n", (long long)complete);
}

/* The last reference goes while a call is known to run: its report of progress waits for that. */
typedef struct dropping {
    world *w;
    pthread_t thread;
    int32_t dropped, early;
} dropping;

static void *drop_main(void *user)
{
    drop_objects(((dropping *)user)->w);
    return NULL;
}

static int32_t drop_now(void *user, const char *stage, double fraction)
{
    dropping *d = user;
    (void)stage;
    (void)fraction;
    if (!d->dropped++) {
        if (pthread_create(&d->thread, NULL, drop_main, d) != 0 ||
            pthread_join(d->thread, NULL) != 0) {
            return 1;
        }
        d->early = atomic_load(&d->w->released);
    }
    return 0;
}

static void the_last_reference_goes_during_a_call(void **state)
{
    world *w = *state;
    static const int32_t kinds[] = {1, 3, 4}; /* which report their stages */
    for (int64_t k = 0; k < times(1) * 3; k++) {
        static double out[M * D];
        dropping d = {.w = w};
        ddn_context *ctx = test_context(2);
        make_objects(ctx, w);
        OK(ctx, ddn_context_set_progress(ctx, drop_now, &d, NULL));
        OK(ctx, call(ctx, w, kinds[k % 3], out));
        assert_memory_equal(out, w->want[kinds[k % 3]], sizeof out);
        assert_true(d.dropped > 0);
        assert_int_equal(d.early, 0);
        ddn_context_destroy(ctx);
        assert_int_equal(w->released, 1);
    }
}

static void pause_up_to(uint64_t *random, uint64_t microseconds)
{
    *random = scramble(*random);
    struct timespec moment = {0, (long)(*random % (1000 * microseconds))};
    nanosleep(&moment, NULL);
}

static void a_storm_of_requests(void **state)
{
    world *w = *state;
    ddn_context *ctx = test_context(2);
    uint64_t random = 5;
    int64_t requests = 0, complete = 0, stopped = 0;
    make_objects(ctx, w);
    host *hosts = make_hosts(w, times(6));
    start_hosts(hosts, host_main);
    for (int32_t running = 1; running;) {
        pause_up_to(&random, repetitions > 0 ? 1500 : 600000);
        ddn_context_cancel(hosts[requests++ % HOSTS].ctx);
        running = 0;
        for (int i = 0; i < HOSTS; i++) {
            running = running || !atomic_load(&hosts[i].done);
        }
    }
    for (int i = 0; i < HOSTS; i++) {
        pthread_join(hosts[i].thread, NULL);
        assert_int_equal(hosts[i].wrong, 0);
        complete += hosts[i].complete;
        stopped += hosts[i].stopped;
        for (int32_t kind = 0; kind < KINDS; kind++) { /* the storm is over */
            OK(hosts[i].ctx, call(hosts[i].ctx, w, kind, hosts[i].out));
            assert_memory_equal(hosts[i].out, w->want[kind], sizeof hosts[i].out);
        }
    }
    print_message("# %lld requests to stop from another thread: %lld calls stopped, %lld complete "
                  "with the same bits\n",
                  (long long)requests, (long long)stopped, (long long)complete);
    assert_true(repetitions == 0 || (stopped > 0 && complete > 0));
    free_hosts(hosts);
    drop_objects(w);
    ddn_context_destroy(ctx);
}

/* ---- From a signal handler ---- */

static ddn_context *_Atomic asked; /* by the handler */
static _Atomic int64_t signals;

static void ask(int number)
{
    (void)number;
    atomic_fetch_add(&signals, 1);
    ddn_context_cancel(atomic_load(&asked));
}

static void set_timer(int32_t microseconds)
{
    struct itimerval timer = {{0, microseconds}, {0, microseconds}};
    assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static void a_storm_of_signals(void **state)
{
    world *w = *state;
    ddn_context *ctx = test_context(2);
    struct sigaction act = {.sa_handler = ask}, ignored = {.sa_handler = SIG_IGN}, before;
    make_objects(ctx, w);
    host *hosts = make_hosts(w, times(8));
    atomic_store(&asked, hosts[0].ctx);
    assert_int_equal(sigaction(SIGALRM, &act, &before), 0);
    set_timer(repetitions > 0 ? 1700 : 400000);
    host_rounds(&hosts[0], w);
    set_timer(0);
    /* A signal that is under way still, as it may be under valgrind and sanitizers, is dropped. */
    assert_int_equal(sigaction(SIGALRM, &ignored, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    assert_int_equal(hosts[0].wrong, 0);
    print_message("# %lld requests by signals: %lld calls stopped, %lld complete with the same "
                  "bits\n",
                  (long long)signals, (long long)hosts[0].stopped, (long long)hosts[0].complete);
    assert_true(repetitions == 0 || (signals > 0 && hosts[0].complete > 0));
    for (int32_t kind = 0; kind < KINDS; kind++) {
        OK(hosts[0].ctx, call(hosts[0].ctx, w, kind, hosts[0].out));
        assert_memory_equal(hosts[0].out, w->want[kind], sizeof hosts[0].out);
    }
    free_hosts(hosts);
    drop_objects(w);
    ddn_context_destroy(ctx);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_share_and_let_go),
        cmocka_unit_test(the_last_reference_goes_during_a_call),
        cmocka_unit_test(a_storm_of_requests),
        cmocka_unit_test(a_storm_of_signals),
    };
    repetitions = argc > 1 ? atoll(argv[1]) : 1;
    return cmocka_run_group_tests(tests, make_world, end_world);
}
