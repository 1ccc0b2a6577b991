/* Every long call gives the bits of one thread on 2 to 8 threads, its own or those of a host whose
 * loop runs backwards, on threads, or in an order that changes; and DDN_E_CALLBACK where any of its
 * loops fails in the host, after which it works as before. The linker puts a function here in place
 * of the library's loop, which calls every loop large: all that have two tiles are shared out.
 *
 * An argument: as many repetitions, and all numbers of threads; or "pinned": all on one processor,
 * where another process works all the time. */
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "robust/long_calls.h"

#include "base/parallel.h"
#include "support/loops.h"

enum {
    MOST_THREADS = 8,
    FAILURE = 7
};

ddn_status __real_ddni_parallel(ddn_context *ctx, int64_t tiles, double work, ddni_tile_fn fn,
                                void *arg);
ddn_status __wrap_ddni_parallel(ddn_context *ctx, int64_t tiles, double work, ddni_tile_fn fn,
                                void *arg);

static int64_t shared; /* loops of two tiles or more; the caller's thread alone makes them */
static int64_t repetitions = 1, step = 3;

ddn_status __wrap_ddni_parallel(ddn_context *ctx, int64_t tiles, double work, ddni_tile_fn fn,
                                void *arg)
{
    (void)work;
    shared += tiles > 1;
    return __real_ddni_parallel(ctx, tiles, INFINITY, fn, arg);
}

static void set_threads(world *w, int64_t threads)
{
    OK(w->ctx, ddn_options_set_i64(ddn_context_options(w->ctx), DDN_CONTEXT_THREADS, threads));
}

static void compare(world *w, const long_call *row, const double *want, const char *how,
                    int64_t threads)
{
    memset(w->out, 0, LARGE * sizeof *w->out);
    OK(w->ctx, row->call(w));
    if (memcmp(w->out, want, LARGE * sizeof *want) != 0) {
        fail_msg("%s gives other bits with %lld threads, %s", row->name, (long long)threads, how);
    }
}

static int64_t compare_all(world *w, const long_call *row, const double *want)
{
    static const struct {
        const char *name;
        ddn_parallel_for_fn loop;
    } hosts[] = {{"the library's own", NULL},
                 {"a host's backwards", test_loop_reversed},
                 {"a host's", test_loop_threads},
                 {"a host's in any order", test_loop_shuffled}};
    int64_t calls = 0, used = 0;
    for (size_t k = 0; k < sizeof hosts / sizeof *hosts; k++) {
        OK(w->ctx, ddn_context_set_parallel_for(w->ctx, hosts[k].loop, &used, NULL));
        for (int64_t threads = 2; threads <= MOST_THREADS; threads += step) {
            set_threads(w, threads);
            for (int64_t i = 0; i < repetitions; i++, calls++) {
                compare(w, row, want, hosts[k].name, threads);
            }
        }
    }
    OK(w->ctx, ddn_context_set_parallel_for(w->ctx, NULL, NULL, NULL));
    return calls;
}

/* By rows alone what they give can be compared: not with a call before. */
static void expect(world *w, const long_call *row, double *want)
{
    set_threads(w, 1);
    memset(w->out, 0, LARGE * sizeof *w->out);
    OK(w->ctx, row->call(w));
    memcpy(want, w->out, LARGE * sizeof *want);
}

static void every_call_gives_the_same_bits(void **state)
{
    world *w = *state;
    int64_t calls = 0, rows = 0;
    double *want = malloc(LARGE * sizeof *want);
    assert_non_null(want);
    for (int64_t i = 0; i < long_call_count; i++) {
        expect(w, &long_calls[i], want);
        int64_t before = shared;
        calls += compare_all(w, &long_calls[i], want);
        rows += shared > before;
    }
    print_message("# %lld functions, %lld of them with loops that are shared out: the same bits in "
                  "%lld calls\n",
                  (long long)long_call_count, (long long)rows, (long long)calls);
    assert_true(rows >= 35); /* small problems need no threads */
    free(want);
}

/* ---- Loops that fail in the host ---- */

typedef struct failing {
    world *w; /* whose calls do not want their preparations to fail */
    int64_t loops, fail_at;
} failing;

/* Does half of its work before it fails. */
static int32_t fails_once(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    failing *f = user;
    f->loops += atomic_load(&f->w->armed) == COUNTING;
    int32_t fails = atomic_load(&f->w->armed) == COUNTING && f->loops == f->fail_at;
    for (int64_t i = fails ? count / 2 : 0; i < count; i++) {
        body(arg, i);
    }
    return fails ? FAILURE : 0;
}

/* How often the call failed. */
static int64_t fail_at_each(world *w, const long_call *row, const double *want)
{
    failing f = {w, 0, 0};
    int64_t failures = 0;
    w->stop_at = 0; /* no event is one */
    set_threads(w, 4);
    OK(w->ctx, ddn_context_set_parallel_for(w->ctx, fails_once, &f, NULL));
    do {
        f = (failing){w, 0, f.fail_at + 1 + (repetitions > 1 ? 0 : f.fail_at / 2)};
        atomic_store(&w->armed, COUNTING);
        ddn_status status = row->call(w);
        atomic_store(&w->armed, QUIET);
        if (f.loops < f.fail_at) {
            OK(w->ctx, status);
            break;
        }
        if (status != DDN_E_CALLBACK ||
            strstr(ddn_context_message(w->ctx), "parallel-for returned 7") == NULL) {
            fail_msg("%s, where loop %lld fails, gave %s: %s", row->name, (long long)f.fail_at,
                     ddn_status_name(status), ddn_context_message(w->ctx));
        }
        failures++;
        compare(w, row, want, "after a loop that failed", 4);
    } while (1);
    OK(w->ctx, ddn_context_set_parallel_for(w->ctx, NULL, NULL, NULL));
    return failures;
}

static void a_loop_may_fail(void **state)
{
    world *w = *state;
    int64_t failures = 0;
    double *want = malloc(LARGE * sizeof *want);
    assert_non_null(want);
    for (int64_t i = 0; i < long_call_count; i++) {
        expect(w, &long_calls[i], want);
        failures += fail_at_each(w, &long_calls[i], want);
    }
    print_message("# %lld loops failed in the host: each call said so and worked again\n",
                  (long long)failures);
    assert_true(failures > 150);
    free(want);
}

/* This process and a busy one on one processor; the other's number. */
static pid_t pin(void)
{
    cpu_set_t one;
    int processor = sched_getcpu();
    CPU_ZERO(&one);
    CPU_SET(processor < 0 ? 0 : processor, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0) {
        return -1;
    }
    pid_t neighbour = fork();
    if (neighbour == 0) {
        alarm(600); /* in case nobody ends it */
        for (volatile int64_t i = 0;; i++) {
        }
    }
    return neighbour;
}

static int run_pinned(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_gives_the_same_bits),
    };
    pid_t neighbour = pin();
    step = MOST_THREADS - 2;
    if (neighbour < 0) {
        print_message("1..0 # SKIP the system does not pin processes\n");
        return 0;
    }
    int failed = cmocka_run_group_tests(tests, make_world, end_world);
    kill(neighbour, SIGKILL);
    waitpid(neighbour, NULL, 0);
    return failed;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_gives_the_same_bits),
        cmocka_unit_test(a_loop_may_fail),
    };
    if (argc > 1 && strcmp(argv[1], "pinned") == 0) {
        return run_pinned();
    }
    if (argc > 1) {
        repetitions = atoll(argv[1]);
        step = 1;
    }
    return cmocka_run_group_tests(tests, make_world, end_world);
}
