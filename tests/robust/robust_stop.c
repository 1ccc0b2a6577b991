/* Every call that can take long stops when it is asked to, at whatever place, and does the same
 * work as ever when it is asked again. The table of doc/threads.md, row by row.
 *
 * A request comes from the allocator and from the callbacks, where a call uses them, and all the
 * time from a second thread. A call that does not look at the request would never be stopped. */
#include <pthread.h>
#include <sched.h>

#include "robust/long_calls.h"

enum {
    TRIES = 20000
};

static void *ask_all_the_time(void *user)
{
    world *w = user;
    while (!atomic_load(&w->quit)) {
        if (atomic_load(&w->armed) == ASKING) {
            ask(w);
        }
        sched_yield();
    }
    return NULL;
}

static void every_call_stops_and_works_again(void **state)
{
    world *w = *state;
    double *want = malloc(LARGE * sizeof *want);
    pthread_t thread;
    assert_non_null(want);
    assert_int_equal(pthread_create(&thread, NULL, ask_all_the_time, w), 0);
    for (int64_t i = 0; i < long_call_count; i++) {
        memset(w->out, 0, LARGE * sizeof *w->out);
        OK(w->ctx, long_calls[i].call(w));
        memcpy(want, w->out, LARGE * sizeof *want);
        ddn_status status = DDN_OK;
        for (int64_t k = 0; k < TRIES && status == DDN_OK; k++) {
            atomic_store(&w->armed, ASKING);
            status = long_calls[i].call(w);
            atomic_store(&w->armed, QUIET);
        }
        if (status != DDN_STOPPED || strstr(ddn_context_message(w->ctx), "cancelled") == NULL) {
            fail_msg("%s gave %s: %s", long_calls[i].name, ddn_status_name(status),
                     ddn_context_message(w->ctx));
        }
        memset(w->out, 0, LARGE * sizeof *w->out);
        OK(w->ctx, long_calls[i].call(w));
        if (memcmp(w->out, want, LARGE * sizeof *want) != 0) {
            fail_msg("%s gives something else after it was stopped", long_calls[i].name);
        }
    }
    atomic_store(&w->quit, 1);
    pthread_join(thread, NULL);
    free(want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_stops_and_works_again),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
