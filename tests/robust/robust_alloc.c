/* The k-th allocation of every public function that can allocate fails, for every k, on a fixture
 * of its own: the call gives DDN_E_NOMEM with a text and no object, the same call afterwards gives
 * what it gives where memory never ran out, all objects too, and nothing is left behind.
 *
 * The calls come from the headers (gen_pairs.py), so a new function is covered the moment it is
 * declared, and fails here until tests/robust/calls.py has arguments with which it succeeds. What
 * gives no status cannot report that memory is short: it may not allocate.
 *
 * With ROBUST_STEPS (robust_steps): the same of every step (steps.h), which finds the errors that
 * no shortage of memory brings about.
 *
 * With an argument: the function of that name alone. */
#include "robust/look.h"
#include "robust/pairs.h"

#if defined(ROBUST_STEPS)
#include "robust/steps.h"
#else
static void steps_start(fixture *fx)
{
    (void)fx;
}

static void steps_end(void)
{
}

static const char *step_failed(void)
{
    return "";
}
#endif

static const char *only; /* a name, or NULL for all */
static int64_t faults;   /* all are shown, not only the first */

/* A call on a fixture. */
typedef struct attempt {
    answer gave;
    int64_t asked;   /* its allocations, */
    int64_t refused; /* of which the one with this number failed; 0: none */
    look *seen;      /* the objects that it made, and the buffers */
} attempt;

/* What is tried with one function, for fixture_with_step, which passes nothing on. */
static struct trial {
    const pair_case *call;
    attempt whole, again;   /* where nothing fails, on a fresh fixture; and once more there */
    look *objects, *after;  /* all objects after that, and after the failures */
    attempt refused, later; /* one that fails, and the next one */
    int64_t from, to;       /* the allocations that fail on one fixture */
} trial;
static look *looking; /* where made() writes */

static void made(fixture *fx, const char *kind, void *object)
{
    int64_t asked = fx->memory.asked, fail = fx->memory.fail;
    fx->memory.fail = 0; /* looking is not a part of the call */
    look_at(fx, looking, kind, object);
    fx->memory.asked = asked;
    fx->memory.fail = fail;
}

static void call_once(fixture *fx, attempt *a)
{
    fixture_fill(fx);
    looking = a->seen;
    look_begin(a->seen);
    fx->made = made;
    fx->memory.asked = 0;
    fx->memory.fail = a->refused;
    steps_start(fx);
    a->gave = trial.call->run(fx, -1, NULL);
    steps_end();
    a->asked = fx->memory.asked;
    fx->memory.fail = 0;
    fx->made = NULL;
    look_at_buffers(fx, a->seen, trial.call->parameters);
}

static void fault(const char *what, ddn_status status, const char *text)
{
    print_error("%s, allocation %lld %s: %s %s: %s\n", trial.call->name,
                (long long)trial.refused.refused, step_failed(), what, ddn_status_name(status),
                text);
    faults++;
}

static int same(const attempt *a, const attempt *b)
{
    return a->gave.status == b->gave.status && a->gave.made == b->gave.made &&
           look_difference(a->seen, b->seen) < 0;
}

static void call_whole(fixture *fx)
{
    call_once(fx, &trial.whole);
    call_once(fx, &trial.again);
}

/* The context that is made has its allocations refused before it can hold a text, and a call that
 * may not begin has no name. */
static int has_text(const char *text)
{
    return strncmp(step_failed(), "ddni_enter", 10) == 0 ||
           strcmp(trial.call->name, "ddn_context_create_with_allocator") == 0 ||
           (strncmp(text, "ddn_", 4) == 0 && strstr(text, "memory") != NULL);
}

static void refuse_each(fixture *fx)
{
    for (int64_t k = trial.from; k <= trial.to; k++) {
        trial.refused.refused = k;
        call_once(fx, &trial.refused);
        const char *text = ddn_context_message(fx->context);
        if (trial.refused.gave.status != DDN_E_NOMEM || trial.refused.gave.made ||
            !has_text(text)) {
            fault(trial.refused.gave.made ? "left an object and gave" : "gave",
                  trial.refused.gave.status, text);
        }
        call_once(fx, &trial.later);
        if (!same(&trial.later, &trial.whole)) {
            fault("gave afterwards something else, with", trial.later.gave.status,
                  ddn_context_message(fx->context));
        }
    }
}

/* Runs use on a fresh fixture, looks at all its objects, and holds that nothing is left. */
static void on_fresh_fixture(void (*use)(fixture *fx), look *objects)
{
    fixture *fx = fixture_new(0);
    fixture_build(fx);
    fixture_with_step(fx, use);
    look_begin(objects);
    look_at_all(fx, objects);
    fx->memory.asked = 0;
    fixture_tear_down(fx);
    assert_int_equal(fx->memory.asked, 0); /* an end has no status either */
    if (fx->memory.held != 0) {
        fault("left blocks", DDN_OK, "");
    }
    fixture_free(fx);
}

static void refuse_on_fresh_fixture(int64_t from, int64_t to)
{
    trial.from = from;
    trial.to = to;
    on_fresh_fixture(refuse_each, trial.after);
    if (look_difference(trial.after, trial.objects) >= 0) {
        fault("damaged an object", DDN_OK, "");
    }
}

/* Returns how many allocations failed. */
static int64_t try_function(const pair_case *c)
{
    trial.call = c;
    trial.refused.refused = 0;
    on_fresh_fixture(call_whole, trial.objects);
    const attempt *whole = &trial.whole;
    if (c->result != PAIR_STATUS) {
        if (whole->asked > 0) {
            fault("allocates without a status", DDN_OK, "");
        }
        return 0;
    }
    if (whole->gave.status != DDN_OK) {
        fault("does not succeed with the arguments of calls.py:", whole->gave.status, "");
        return 0;
    }
    if (whole->asked == 0) {
        return 0;
    }
    if (same(whole, &trial.again) && whole->asked == trial.again.asked) {
        refuse_on_fresh_fixture(1, whole->asked); /* the object keeps nothing of a call */
    } else {
        for (int64_t k = 1; k <= whole->asked; k++) {
            refuse_on_fresh_fixture(k, k);
        }
    }
    return whole->asked;
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    int64_t functions = 0, allocations = 0;
    look *looks = malloc(6 * sizeof *looks);
    assert_non_null(looks);
    trial.whole.seen = &looks[0];
    trial.again.seen = &looks[1];
    trial.refused.seen = &looks[2];
    trial.later.seen = &looks[3];
    trial.objects = &looks[4];
    trial.after = &looks[5];
    for (int64_t i = 0; i < pair_count; i++) {
        if (!pair_cases[i].destroys && (only == NULL || strcmp(only, pair_cases[i].name) == 0)) {
            int64_t failed = try_function(&pair_cases[i]);
            functions += failed > 0;
            allocations += failed;
        }
    }
    free(looks);
    print_message("# %lld functions allocate: each of %lld allocations failed once\n",
                  (long long)functions, (long long)allocations);
    assert_int_equal(faults, 0);
    assert_true(only != NULL || functions > 60);
}

int main(int argc, char **argv)
{
    only = argc > 1 ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
