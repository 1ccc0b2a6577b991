/* Measurements whose samples are shared out over a team of threads, and one rank that errs: its
 * progress callback, its model, its memory fail at any place, or its times, data or settings are
 * other ones. All ranks end the same call with its status, also where it failed after the last
 * exchange; nothing is left; then all find the bits of one process. */
#include "support/crew.h"
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/measurements.h"

enum {
    RANKS = 3,
    ODD = 1, /* the rank that errs */
    CALLS = 2,
    OPTIONS = 4
};

typedef enum fault {
    PROGRESS_FAILS,
    PROGRESS_STOPS,
    CANCELLED,
    MODEL_FAILS,
    MODEL_GIVES_NAN,
    NO_MEMORY,
    FAULTS
} fault;

typedef enum difference {
    OTHER_TIMES,
    OTHER_DATA,
    OTHER_OPTION,
    DIFFERENCES = OTHER_OPTION + OPTIONS
} difference;

static const ddn_analysis_key option_keys[OPTIONS] = {DDN_ANALYSIS_STEPS, DDN_ANALYSIS_SAMPLES,
                                                      DDN_ANALYSIS_BATCH, DDN_ANALYSIS_PATHS};

typedef struct finding {
    ddn_status status[CALLS];
    char text[CALLS][300];
    int64_t count, left;
    double numbers[MEASUREMENT_NUMBERS];
} finding;

typedef struct trial {
    int kind;
    fault which;
    int64_t at; /* the event at which rank ODD errs: report, call of the model, allocation */
    int32_t reached;
    difference differs;
    finding found[CREW_MOST];
} trial;

typedef struct reporter {
    ddn_context *ctx;
    const trial *of;
    int64_t reports;
} reporter;

static int32_t report(void *user, const char *stage, double fraction)
{
    reporter *r = user;
    (void)stage;
    (void)fraction;
    if (++r->reports != r->of->at) {
        return 0;
    }
    if (r->of->which == PROGRESS_FAILS) {
        return ddn_context_fail(r->ctx, "the screen is gone");
    }
    if (r->of->which == CANCELLED) {
        ddn_context_cancel(r->ctx);
        return 0;
    }
    return DDN_STOPPED;
}

static void measure(measurement_set *set, int kind, int call, finding *f)
{
    ddn_result *r = NULL;
    f->status[call] = measurement_run(set, kind, &r);
    f->count = f->status[call] == DDN_OK ? measurement_numbers(set->ctx, r, f->numbers) : 0;
    snprintf(f->text[call], sizeof f->text[call], "%s", ddn_context_message(set->ctx));
    ddn_result_destroy(r);
}

/* One call in which rank ODD errs, and a good one. */
static void rank_errs(crew_rank *rank)
{
    trial *t = rank->user;
    finding *f = &t->found[rank->rank];
    const int32_t odd = rank->rank == ODD;
    test_memory memory;
    measurement_set set;
    ddn_context *ctx = test_failing_context(&memory, 0);
    reporter r = {.ctx = ctx, .of = t};
    ddn_status status = measurement_set_make(ctx, &set);
    STEP(ddn_analysis_set_team(set.an, rank->team));
    if (odd && t->which <= CANCELLED) {
        STEP(ddn_context_set_progress(ctx, report, &r, NULL));
    }
    set.spoil = t->which == MODEL_GIVES_NAN ? MEASUREMENT_GIVES_NAN : MEASUREMENT_FAILS;
    set.spoil_at = odd && (t->which == MODEL_FAILS || t->which == MODEL_GIVES_NAN) ? t->at : 0;
    memory.fail_at = odd && t->which == NO_MEMORY ? memory.allocations + t->at : 0;
    for (int call = 0; call < CALLS && status == DDN_OK; call++) {
        measure(&set, t->kind, call, f);
        if (odd && call == 0) {
            t->reached = t->which == NO_MEMORY     ? memory.allocations >= memory.fail_at
                         : t->which >= MODEL_FAILS ? set.calls >= t->at
                                                   : r.reports >= t->at;
        }
        memory.fail_at = set.spoil_at = 0;
        (void)ddn_context_set_progress(ctx, NULL, NULL, NULL);
    }
    f->status[0] = status != DDN_OK ? status : f->status[0];
    measurement_set_free(&set);
    ddn_context_destroy(ctx);
    f->left = memory.live;
}

/* What one process finds. */
static void alone(int kind, finding *want)
{
    ddn_context *ctx = test_context(1);
    measurement_set set;
    memset(want, 0, sizeof *want);
    OK(ctx, measurement_set_make(ctx, &set));
    measure(&set, kind, 0, want);
    assert_int_equal(want->status[0], DDN_OK);
    measurement_set_free(&set);
    ddn_context_destroy(ctx);
}

/* Fails the test, with all statuses. */
static void has(const trial *t, int64_t rank, int call, ddn_status want)
{
    char all[400] = "";
    if (t->found[rank].status[call] == want) {
        return;
    }
    for (int k = 0; k < RANKS * CALLS; k++) {
        const size_t length = strlen(all);
        snprintf(all + length, sizeof all - length, "%s%s", k % CALLS == 0 ? "; " : ", ",
                 ddn_status_name(t->found[k / CALLS].status[k % CALLS]));
    }
    fail_msg("%s, fault %d at %d, rank %d, call %d: not %s: %s%s", measurement_name(t->kind),
             (int)t->which, (int)t->at, (int)rank, call, ddn_status_name(want),
             t->found[rank].text[call], all);
}

static void end_together(const trial *t, const finding *want)
{
    const ddn_status status = t->found[ODD].status[0];
    for (int64_t rank = 0; rank < RANKS; rank++) {
        const finding *f = &t->found[rank];
        has(t, rank, 0, status);
        has(t, rank, 1, DDN_OK);
        if (status != DDN_OK && rank != ODD && strstr(f->text[0], "rank 1 of 3: ") == NULL) {
            fail_msg("%s, fault %d at %d: '%s'", measurement_name(t->kind), (int)t->which,
                     (int)t->at, f->text[0]);
        }
        assert_int_equal(f->count, want->count);
        assert_memory_equal(f->numbers, want->numbers, (size_t)want->count * sizeof(double));
        assert_int_equal(f->left, 0);
    }
}

static int32_t all_events; /* else fewer and fewer */

static void one_rank_fails(void **state)
{
    (void)state;
    static const ddn_status expected[FAULTS] = {
        [PROGRESS_FAILS] = DDN_E_CALLBACK,   [PROGRESS_STOPS] = DDN_STOPPED,
        [CANCELLED] = DDN_STOPPED,           [MODEL_FAILS] = DDN_E_CALLBACK,
        [MODEL_GIVES_NAN] = DDN_E_NONFINITE, [NO_MEMORY] = DDN_E_NOMEM};
    static trial t;
    static finding want;
    for (fault which = 0; which < FAULTS; which++) {
        int64_t failed = 0, kinds = 0;
        for (int kind = 0; kind < measurement_count(); kind++) {
            const int64_t before = failed;
            int32_t reached = 1;
            alone(kind, &want);
            for (int64_t at = 1; reached; at += all_events ? 1 : 1 + at / 2) {
                t = (trial){.kind = kind, .which = which, .at = at};
                (void)test_crew(RANKS, rank_errs, &t);
                end_together(&t, &want);
                if (t.found[ODD].status[0] != DDN_OK) {
                    has(&t, ODD, 0, expected[which]);
                    failed++;
                }
                reached = t.reached;
            }
            kinds += failed > before;
        }
        print_message("# fault %d: %lld failures of %lld measurements\n", (int)which,
                      (long long)failed, (long long)kinds);
        assert_true(kinds >=
                    (which == MODEL_FAILS || which == MODEL_GIVES_NAN ? 5 : measurement_count()));
    }
}

static void rank_differs(crew_rank *rank)
{
    trial *t = rank->user;
    finding *f = &t->found[rank->rank];
    const int32_t odd = rank->rank == ODD;
    measurement_set set;
    ddn_status status = odd && t->differs == OTHER_DATA
                            ? measurement_set_make_other(rank->ctx, &set)
                            : measurement_set_make(rank->ctx, &set);
    STEP(ddn_analysis_set_team(set.an, rank->team));
    if (odd && t->differs == OTHER_TIMES) {
        set.times[1] = nextafter(set.times[1], 9);
    }
    if (odd && t->differs >= OTHER_OPTION) {
        STEP(ddn_options_set_i64(ddn_analysis_options(set.an),
                                 option_keys[t->differs - OTHER_OPTION], 5));
    }
    f->status[0] = status;
    if (status == DDN_OK) {
        measure(&set, t->kind, 0, f);
    }
    measurement_set_free(&set);
}

/* All differences are noticed, but for those in what a measurement is not given. */
static void one_rank_has_other_arguments(void **state)
{
    (void)state;
    static trial t;
    static finding want;
    int64_t unused = 0;
    for (int kind = 0; kind < measurement_count(); kind++) {
        alone(kind, &want);
        for (difference differs = 0; differs < DIFFERENCES; differs++) {
            t = (trial){.kind = kind, .differs = differs};
            (void)test_crew(RANKS, rank_differs, &t);
            const int32_t is_unused = differs == OTHER_TIMES && t.found[0].status[0] == DDN_OK;
            unused += is_unused;
            for (int64_t rank = 0; rank < RANKS; rank++) {
                has(&t, rank, 0, is_unused ? DDN_OK : DDN_E_MISMATCH);
                assert_true(!is_unused || memcmp(t.found[rank].numbers, want.numbers,
                                                 (size_t)want.count * sizeof(double)) == 0);
            }
        }
    }
    print_message("# %lld differences noticed, %lld in what is not used\n",
                  (long long)(measurement_count() * DIFFERENCES - unused), (long long)unused);
    assert_int_equal(unused, 4); /* last changes and likelihoods */
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rank_fails),
        cmocka_unit_test(one_rank_has_other_arguments),
    };
    (void)argv;
    all_events = argc > 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
