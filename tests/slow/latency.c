/* The longest stretch of work without a look whether the call is to stop, in seconds of the
 * thread's processor time, for every call that can take long, at sizes where one that does not
 * look would show. The linker puts the functions below in place of the library's looks.
 *
 * Times are those of this machine. A call that is late is made again, since a busy neighbour takes
 * part of a processor's time. An argument: the call
 * of that name alone, and where the stretch ended. */
#include <time.h>

#include "robust/long_calls.h"

#include "base/progress.h"

static const double LIMIT = 0.1;

int32_t __real_ddni_stopping(const ddn_context *ctx);
ddn_status __real_ddni_poll(ddn_context *ctx);
ddn_status __real_ddni_progress(ddn_context *ctx, const char *stage, double fraction);
ddn_status __real_ddni_stage_part(ddn_context *ctx, double from, double to);
int32_t __wrap_ddni_stopping(const ddn_context *ctx);
ddn_status __wrap_ddni_poll(ddn_context *ctx);
ddn_status __wrap_ddni_progress(ddn_context *ctx, const char *stage, double fraction);
ddn_status __wrap_ddni_stage_part(ddn_context *ctx, double from, double to);

static _Thread_local int64_t last; /* the last look of this thread, in nanoseconds; 0: none */
static _Atomic int64_t longest;    /* of all threads since it was 0, */
static void *_Atomic ended;        /* by the look at this address */
static _Atomic int64_t looks;

static int64_t used(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void look(void *from)
{
    int64_t now = used(), stretch = now - last, most = atomic_load(&longest);
    if (last != 0 && stretch > most) { /* a race of two threads loses the smaller one, mostly */
        atomic_store(&longest, stretch);
        atomic_store(&ended, from);
    }
    atomic_fetch_add(&looks, 1);
    last = now;
}

int32_t __wrap_ddni_stopping(const ddn_context *ctx)
{
    look(__builtin_return_address(0));
    return __real_ddni_stopping(ctx);
}

ddn_status __wrap_ddni_poll(ddn_context *ctx)
{
    look(__builtin_return_address(0));
    return __real_ddni_poll(ctx);
}

ddn_status __wrap_ddni_progress(ddn_context *ctx, const char *stage, double fraction)
{
    look(__builtin_return_address(0));
    return __real_ddni_progress(ctx, stage, fraction);
}

ddn_status __wrap_ddni_stage_part(ddn_context *ctx, double from, double to)
{
    look(__builtin_return_address(0));
    return __real_ddni_stage_part(ctx, from, to);
}

static const char *only;

/* Does the call; returns its longest stretch, in seconds. */
static double longest_stretch(world *w, const long_call *c)
{
    int64_t before = used();
    last = before;
    atomic_store(&longest, 0);
    atomic_store(&looks, 0);
    OK(w->ctx, c->call(w));
    int64_t whole = used() - before;
    look(NULL); /* the end of the call ends its last stretch */
    double stretch = 1e-9 * (double)atomic_load(&longest);
    print_message("# %-18s %9.4f s of %8.3f s, %lld looks%s\n", c->name, stretch,
                  1e-9 * (double)whole, (long long)atomic_load(&looks),
                  stretch > LIMIT ? " LATE" : "");
    if (only != NULL) {
        print_message("# ended at %p; a function of this file is at %p\n", atomic_load(&ended),
                      (void *)(uintptr_t)longest_stretch);
    }
    return stretch;
}

static void every_call_looks_often(void **state)
{
    double worst = 0;
    int64_t late = 0;
    for (int64_t i = 0; i < long_call_count; i++) {
        const long_call *c = &long_calls[i];
        if (only != NULL && strcmp(only, c->name) != 0) {
            continue;
        }
        double stretch = longest_stretch(*state, c);
        for (int again = 0; again < 2 && stretch > LIMIT; again++) {
            stretch = fmin(stretch, longest_stretch(*state, c));
        }
        worst = fmax(worst, stretch);
        late += stretch > LIMIT;
    }
    print_message("# %lld calls, longest stretch without a look %.4f s\n",
                  (long long)(only == NULL ? long_call_count : 1), worst);
    assert_int_equal(late, 0);
}

int main(int argc, char **argv)
{
    only = argc > 1 ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_looks_often),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
