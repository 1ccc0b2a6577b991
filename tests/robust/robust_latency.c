/* The longest stretch of work without a look whether the call is to stop, for every call that can
 * take long: counted (work.h), so it is the same on every machine, however busy.
 *
 * No stretch may be longer than 0.1 s of a modest processor. The fast test's calls are small, and
 * one that never looked might still be shorter; so none may be much longer than it was when
 * latency.txt was written, either. That this notices a look that is gone is counted, too: for each
 * place that looks, what the stretches would be if it did not.
 *
 * robust_latency write: prints latency.txt anew. robust_latency CALL: that call alone, and the
 * places whose looks it needs (addr2line -e robust_latency knows them). */
#include "robust/long_calls.h"
#include "robust/work.h"

extern char __executable_start;

static const double LIMIT = 1e9; /* units: 0.1 s */
static const char *only;
static int32_t writes;

/* What the stretch of a call may be: large ones show by themselves. */
static double bound_of(const char *name)
{
#ifdef LONG_CALLS_LARGE
    (void)name;
    return LIMIT;
#else
    static char line[200];
    char known[64];
    double longest = -1, found = -1;
    FILE *list = fopen(TEST_DATA "/latency.txt", "r");
    assert_non_null(list);
    while (fgets(line, sizeof line, list) != NULL) {
        if (line[0] != '#' && sscanf(line, "%63s %lf", known, &longest) == 2 &&
            strcmp(known, name) == 0) {
            found = fmin(LIMIT, 1.5 * 1e-3 * LIMIT * longest + 1e4); /* and 1 us */
        }
    }
    fclose(list);
    return found;
#endif
}

/* Places whose looks a call needs by far (what a look costs is counted, too); `needed` has one of
 * each. */
static int64_t count_needed(double bound, int32_t needed[WORK_SITES])
{
    int64_t count = 0, places = 0;
    const work_site *sites = work_sites(&places);
    for (int64_t i = 0; i < places; i++) {
        if ((double)sites[i].longest > 2 * bound) {
            needed[i] = 1;
            count++;
            if (only != NULL) {
                print_message("# %#lx: %.3f\n",
                              (unsigned long)((char *)sites[i].address - &__executable_start - 1),
                              1e3 * (double)sites[i].longest / LIMIT);
            }
        }
    }
    return count;
}

/* Whether it is late, or says something else of its progress than a share of 1. */
static int32_t look_at_call(world *w, const long_call *c, int32_t needed[WORK_SITES])
{
    work_begin();
    OK(w->ctx, c->call(w));
    work_seen seen = work_end();
    double longest = (double)seen.longest, bound = bound_of(c->name);
    if (writes) {
        printf("%s %.3f\n", c->name, 1e3 * longest / LIMIT);
        return 0;
    }
    if (seen.astray > 0) {
        print_error("%s reports progress outside [0, 1]\n", c->name);
    }
    print_message("# %-20s %8.3f of %9.3f, %lld looks, needs those of %lld places%s\n", c->name,
                  1e3 * longest / LIMIT, 1e3 * (double)seen.whole / LIMIT, (long long)seen.looks,
                  (long long)count_needed(bound, needed), longest > bound ? " LATE" : "");
    return longest > bound || seen.astray > 0;
}

static void every_call_looks_often(void **state)
{
    world *w = *state;
    static int32_t needed[WORK_SITES];
    int64_t late = 0, places = 0, shows = 0;
    OK(w->ctx, ddn_options_set_i64(ddn_context_options(w->ctx), DDN_CONTEXT_THREADS, 1));
    OK(w->ctx, ddn_context_set_kernel(w->ctx, "reference"));
    for (int64_t i = 0; i < long_call_count; i++) {
        if (only == NULL || strcmp(only, long_calls[i].name) == 0) {
            late += look_at_call(w, &long_calls[i], needed);
        }
    }
    work_sites(&places);
    for (int64_t i = 0; i < places; i++) {
        shows += needed[i];
    }
    if (!writes) {
        print_message("# in thousandths of 0.1 s; %lld of %lld places that look would be missed\n",
                      (long long)shows, (long long)places);
        assert_true(only != NULL || shows >= 25);
    }
    assert_int_equal(late, 0);
}

int main(int argc, char **argv)
{
    writes = argc > 1 && strcmp(argv[1], "write") == 0;
    only = argc > 1 && !writes ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_looks_often),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
