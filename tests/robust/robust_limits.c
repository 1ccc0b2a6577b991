/* What the system can refuse: threads, address space, stacks. A call without the threads that it
 * asked for gives the same bits; one without memory gives DDN_E_NOMEM, and works when there is some
 * again; all functions fit on small stacks.
 *
 * The linker takes pthread_create from here before it takes that of the system. */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "robust/pairs.h"
#include "support/sanitized.h"

enum {
    N = 700,
    MANY = 20000, /* points that take an address space of their own */
    D = 40,
    M = 300, /* enough work for threads */
    THREADS = 8,
    STACK = 128 << 10 /* of threads of musl, the smallest in use */
};

static _Atomic int64_t asked, refuse_from; /* from this number on, 0: none */

#if !TEST_SANITIZED /* which have a pthread_create of their own */
/* Threads of the library, which come without attributes, get small stacks. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*body)(void *), void *arg)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    void *found = dlsym(RTLD_NEXT, "pthread_create");
    memcpy(&real, &found, sizeof real);
    int64_t from = atomic_load(&refuse_from), number = atomic_fetch_add(&asked, 1) + 1;
    if (from != 0 && number >= from) {
        return EAGAIN;
    }
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK);
    int failed = real(thread, attr == NULL ? &small : attr, body, arg);
    pthread_attr_destroy(&small);
    return failed;
}
#endif

static double points[MANY * D], states[M * D];

/* The score of m states and the spectrum of n points. */
static ddn_status measure(ddn_context *ctx, int64_t n, int64_t m, double *score, double *values)
{
    ddn_dataset *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_status status = ddn_dataset_create(ctx, DDN_TYPE_F64, n, D, points, D, &ds);
    status = status == DDN_OK ? ddn_schedule_create_ou(ctx, &sch) : status;
    status = status == DDN_OK ? ddn_oracle_create_empirical(ctx, ds, sch, &oracle) : status;
    status = status == DDN_OK ? ddn_oracle_score(ctx, oracle, 0.4, m, states, D, score, D) : status;
    status = status == DDN_OK ? ddn_dataset_spectrum(ctx, ds, 3, values, NULL, D) : status;
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    return status;
}

static void threads_may_be_refused(void **state)
{
    (void)state;
    static double want[M * D], score[M * D];
    double values[2][3];
    if (TEST_SANITIZED) {
        return; /* nothing to refuse there */
    }
    ddn_context *ctx = test_context(1);
    OK(ctx, measure(ctx, N, M, want, values[0]));
    ddn_context_destroy(ctx);
    for (int64_t from = 0; from <= THREADS; from++) {
        atomic_store(&asked, 0);
        atomic_store(&refuse_from, from);
        ctx = test_context(THREADS);
        for (int round = 0; round < 2; round++) {
            memset(score, 0, sizeof score);
            OK(ctx, measure(ctx, N, M, score, values[1]));
            assert_memory_equal(score, want, sizeof score);
            assert_memory_equal(values[0], values[1], sizeof values[0]);
        }
        assert_in_range(atomic_load(&asked), from == 0 ? THREADS - 1 : 1, THREADS - 1);
        /* With all of them again. */
        atomic_store(&refuse_from, 0);
        OK(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, 3));
        OK(ctx, measure(ctx, N, M, score, values[1]));
        assert_memory_equal(score, want, sizeof score);
        ddn_context_destroy(ctx);
    }
    print_message("# threads refused from the 1st to the %dth on: the same bits\n", THREADS);
}

/* ---- Address space ---- */

static int64_t address_space(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld", &pages) != 1) {
        pages = 0;
    }
    if (file != NULL) {
        fclose(file);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

/* In a process of its own: with `room` bytes more than now, and then without a limit. Its exit
 * status: 0 it did with less, 1 memory was short, more: the fault. */
static int with_room(int64_t room, const double *want)
{
    static double score[M * D];
    double values[3];
    struct rlimit before, limit;
    getrlimit(RLIMIT_AS, &before);
    limit = before;
    limit.rlim_cur = (rlim_t)(address_space() + room);
    setrlimit(RLIMIT_AS, &limit);
    ddn_context *ctx = NULL;
    ddn_status status = ddn_context_create(&ctx);
    if (status == DDN_OK) {
        status = ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, 4);
        status = status == DDN_OK ? measure(ctx, MANY, 8, score, values) : status;
    }
    int text = ctx == NULL || strstr(ddn_context_message(ctx), "memory") != NULL;
    setrlimit(RLIMIT_AS, &before);
    if (status != DDN_OK && (status != DDN_E_NOMEM || !text)) {
        return 2;
    }
    if (ctx == NULL && ddn_context_create(&ctx) != DDN_OK) {
        return 3;
    }
    if (measure(ctx, MANY, 8, score, values) != DDN_OK || memcmp(score, want, sizeof score) != 0) {
        return 4;
    }
    ddn_context_destroy(ctx);
    return status == DDN_OK ? 0 : 1;
}

static void address_space_may_be_short(void **state)
{
    (void)state;
    static double want[M * D];
    double values[3];
    int64_t refused = 0, done = 0;
    if (TEST_SANITIZED || address_space() == 0) {
        return; /* nothing to refuse there */
    }
    ddn_context *ctx = test_context(1);
    OK(ctx, measure(ctx, MANY, 8, want, values)); /* OpenBLAS takes its buffers */
    ddn_context_destroy(ctx);
    for (int64_t room = 0; room < 32 << 20; room += 1 << 20) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            _exit(with_room(room, want));
        }
        int how = 0;
        assert_int_equal(waitpid(child, &how, 0), child);
        if (!WIFEXITED(how) || WEXITSTATUS(how) > 1) {
            fail_msg("with %lld bytes: %s %d", (long long)room,
                     WIFEXITED(how) ? "fault" : "killed by signal",
                     WIFEXITED(how) ? WEXITSTATUS(how) : WTERMSIG(how));
        }
        refused += WEXITSTATUS(how) == 1;
        done += WEXITSTATUS(how) == 0;
    }
    print_message("# RLIMIT_AS: %lld processes short of memory, %lld not\n", (long long)refused,
                  (long long)done);
    assert_true(refused > 0 && done > 0);
}

/* ---- Small stacks ---- */

static _Atomic int64_t called;

static void call_all(fixture *fx)
{
    for (int64_t i = 0; i < pair_count; i++) {
        if (!pair_cases[i].destroys) {
            pair_cases[i].run(fx, -1, NULL);
            called++;
        }
    }
}

static void *on_small_stack(void *fx)
{
    fixture_with_step(fx, call_all);
    return NULL;
}

static void every_function_fits_on_a_small_stack(void **state)
{
    (void)state;
    pthread_t thread;
    fixture *fx = fixture_new(0);
    fixture_build(fx);
    assert_int_equal(pthread_create(&thread, NULL, on_small_stack, fx), 0);
    pthread_join(thread, NULL);
    fixture_tear_down(fx);
    fixture_free(fx);
    print_message("# %lld functions on a stack of %d KB\n", (long long)called, STACK >> 10);
    assert_true(called > 200);
}

static int make_numbers(void **state)
{
    (void)state;
    test_normal(11, MANY * D, points);
    test_normal(12, M * D, states);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_may_be_refused),
        cmocka_unit_test(address_space_may_be_short),
        cmocka_unit_test(every_function_fits_on_a_small_stack),
    };
    return cmocka_run_group_tests(tests, make_numbers, NULL);
}
