/* Every long call can be stopped at each of its events in turn: at the k-th report of progress by
 * its answer, at the k-th allocation or callback by a request. It then gives what it always gives
 * when it is called again, and a run when it is resumed. An answer that is a failure does no harm
 * either. */
#include "robust/long_calls.h"

enum {
    HOST_FAILED = 7
};

static int32_t
    answer;         /* of a report: 0, none stops the call; DDN_STOPPED or HOST_FAILED, one does */
static int32_t all; /* events are tried, not only the first three and some later ones */

static int32_t report(void *user, const char *stage, double fraction)
{
    world *w = user;
    (void)stage;
    (void)fraction;
    if (answer == DDN_OK) {
        ask(w);
        return DDN_OK;
    }
    return is_event(w) ? answer : DDN_OK;
}

/* Whether the call ended early; its output is then what it is after all. */
static int32_t stop_once(world *w, const long_call *row, const double *want)
{
    memset(w->out, 0, LARGE * sizeof *w->out);
    atomic_store(&w->events, 0);
    atomic_store(&w->armed, answer == DDN_OK ? COUNTING : QUIET);
    ddn_status status = row->call(w);
    atomic_store(&w->armed, QUIET);
    if (status != DDN_OK && status != (answer == HOST_FAILED ? DDN_E_CALLBACK : DDN_STOPPED)) {
        fail_msg("%s, stopped at event %lld: %s", row->name, (long long)w->stop_at,
                 ddn_context_message(w->ctx));
    }
    int64_t events = atomic_load(&w->events);
    if (status != DDN_OK && strncmp(row->name, "run_", 4) != 0) { /* which resumes by itself */
        memset(w->out, 0, LARGE * sizeof *w->out);
        OK(w->ctx, row->call(w));
    }
    if (memcmp(w->out, want, LARGE * sizeof *want) != 0) {
        fail_msg("%s gives something else after it was stopped at event %lld", row->name,
                 (long long)w->stop_at);
    }
    atomic_store(&w->events, events);
    return status != DDN_OK;
}

/* How often it was stopped. */
static int64_t stop_at_each(world *w, const long_call *row, const double *want)
{
    int64_t stopped = 0;
    w->stop_at = 1;
    while (1) {
        stopped += stop_once(w, row, want);
        if (atomic_load(&w->events) < w->stop_at) {
            return stopped;
        }
        w->stop_at += all ? 1 : 1 + w->stop_at / 4;
    }
}

static void every_call_stops_anywhere(void **state)
{
    world *w = *state;
    int64_t requests = 0, reports = 0, failures = 0;
    double *want = malloc(LARGE * sizeof *want);
    assert_non_null(want);
    OK(w->ctx, ddn_context_set_progress(w->ctx, report, w, NULL));
    for (int64_t i = 0; i < long_call_count; i++) {
        const long_call *row = &long_calls[i];
        memset(w->out, 0, LARGE * sizeof *w->out);
        w->stop_at = 0;
        OK(w->ctx, row->call(w));
        memcpy(want, w->out, LARGE * sizeof *want);
        answer = DDN_OK;
        requests += stop_at_each(w, row, want);
        answer = DDN_STOPPED;
        reports += stop_at_each(w, row, want);
        answer = HOST_FAILED;
        failures += stop_at_each(w, row, want);
        answer = DDN_OK;
    }
    print_message("# %lld calls: stopped by %lld requests at different events, by %lld reports; "
                  "failed in %lld reports\n",
                  (long long)long_call_count, (long long)requests, (long long)reports,
                  (long long)failures);
    assert_true(requests > 500 && reports > 100 && failures > 100);
    free(want);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_stops_anywhere),
    };
    all = argc > 1 && strcmp(argv[1], "all") == 0;
    return cmocka_run_group_tests(tests, make_world, end_world);
}
