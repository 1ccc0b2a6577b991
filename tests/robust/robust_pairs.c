/* Every handle argument of every function with a live object of each other kind in its place, and
 * with dead objects of every kind. Calls with a status give DDN_E_HANDLE and name the function in
 * the text of the context if that was the right one; others give what they give for NULL; destroy
 * leaves the object as it was. A library that trusts its handles dies here.
 *
 * With an argument: the function of that name alone. */
#include <unistd.h>

#include "robust/pairs.h"

enum {
    SECONDS = 60 /* a test that takes longer hangs */
};

static const char *only;             /* a name, or NULL for all */
static int64_t calls, faults;        /* all are shown, not only the first */
static pair_object with[PAIR_KINDS]; /* what replaces handles */

static int chosen(const pair_case *c)
{
    return only == NULL || strcmp(only, c->name) == 0;
}

static int same_value(const answer *a, const answer *b)
{
    int texts = a->pointer != NULL && b->pointer != NULL && *(const char *)b->pointer == '\0' &&
                *(const char *)a->pointer == '\0';
    return (a->real == b->real || (isnan(a->real) && isnan(b->real))) && a->integer == b->integer &&
           (a->pointer == b->pointer || texts);
}

static void judge(fixture *fx, const pair_case *c, int64_t h, const char *kind, const answer *a)
{
    int64_t place = c->handle[h].place;
    if (c->result == PAIR_STATUS && (a->status != DDN_E_HANDLE || a->made)) {
        print_error("%s gave %s for a %s as %s\n", c->name, ddn_status_name(a->status), kind,
                    c->handle[h].kind);
        faults++;
    }
    if (c->result == PAIR_STATUS && a->status == DDN_E_HANDLE && place > 0 &&
        c->handle[0].place == 0 &&
        strncmp(ddn_context_message(fx->context), c->name, strlen(c->name)) != 0) {
        print_error("%s left the text '%s'\n", c->name, ddn_context_message(fx->context));
        faults++;
    }
    if (c->result == PAIR_VALUE) {
        answer none = c->run(fx, place, NULL);
        if (!same_value(a, &none)) {
            print_error("%s gave another value for a %s as %s than for NULL\n", c->name, kind,
                        c->handle[h].kind);
            faults++;
        }
    }
}

/* Replaces each handle of a call by each of `with`; those of its own kind only if `dead`. */
static void replace(fixture *fx, const pair_case *c, int dead)
{
    for (int64_t h = 0; h < c->handles; h++) {
        for (int64_t k = 0; k < pair_object_count; k++) {
            if (with[k].object == NULL || (!dead && strcmp(with[k].kind, c->handle[h].kind) == 0)) {
                continue;
            }
            int64_t held = fx->memory.held;
            answer a = c->run(fx, c->handle[h].place, with[k].object);
            calls++;
            judge(fx, c, h, with[k].kind, &a);
            if (c->destroys && fx->memory.held != held) {
                print_error("%s released a %s\n", c->name, with[k].kind);
                faults++;
            }
        }
    }
}

static void replace_all(fixture *fx)
{
    for (int64_t i = 0; i < pair_count; i++) {
        if (chosen(&pair_cases[i])) {
            replace(fx, &pair_cases[i], 0);
        }
    }
}

static void replace_living(fixture *fx)
{
    pair_objects(fx, with);
    replace_all(fx);
}

static void live_objects_of_other_kinds(void **state)
{
    (void)state;
    assert_true(pair_count > 100 && pair_object_count <= PAIR_KINDS);
    calls = faults = 0;
    alarm(SECONDS);
    fixture *fx = fixture_new(1);
    fixture_build(fx);
    fixture_with_step(fx, replace_living);
    fixture_tear_down(fx);
    fixture_free(fx);
    alarm(0);
    print_message("# %lld functions, %lld calls with objects of other kinds\n",
                  (long long)pair_count, (long long)calls);
    assert_int_equal(faults, 0);
}

static void dead_objects(void **state)
{
    (void)state;
    calls = faults = 0;
    alarm(SECONDS);
    fixture *gone = fixture_new(1), *fx = fixture_new(1);
    fixture_build(gone);
    pair_objects(gone, with);
    fixture_tear_down(gone);
    assert_int_equal(gone->memory.held, 0);
    fixture_build(fx);
    for (int64_t i = 0; i < pair_count; i++) {
        if (chosen(&pair_cases[i])) {
            replace(fx, &pair_cases[i], 1);
        }
    }
    assert_int_equal(gone->memory.held, 0);
    fixture_tear_down(fx);
    fixture_free(fx);
    fixture_free(gone);
    alarm(0);
    print_message("# %lld functions, %lld calls with dead objects\n", (long long)pair_count,
                  (long long)calls);
    assert_int_equal(faults, 0);
}

static ddn_status *statuses; /* of all calls, as they should be */

static void call_all(fixture *fx)
{
    for (int64_t i = 0; i < pair_count; i++) {
        statuses[i] = pair_cases[i].destroys ? DDN_OK : pair_cases[i].run(fx, -1, NULL).status;
    }
}

static void destroy_all(fixture *fx)
{
    pair_objects(fx, with);
    for (int64_t i = 0; i < pair_count; i++) {
        if (pair_cases[i].destroys) {
            replace(fx, &pair_cases[i], 0);
        }
    }
    call_all(fx);
}

/* After destroy with all the wrong objects every function does what it did. */
static void objects_work_after_a_wrong_destroy(void **state)
{
    (void)state;
    calls = faults = 0;
    ddn_status *before = calloc((size_t)pair_count, sizeof *before);
    statuses = calloc((size_t)pair_count, sizeof *statuses);
    assert_true(before != NULL && statuses != NULL);
    alarm(SECONDS);
    for (int round = 0; round < 2; round++) {
        fixture *fx = fixture_new(0);
        fixture_build(fx);
        fixture_with_step(fx, round == 0 ? call_all : destroy_all);
        fixture_tear_down(fx);
        fixture_free(fx);
        if (round == 0) {
            memcpy(before, statuses, (size_t)pair_count * sizeof *before);
        }
    }
    alarm(0);
    int64_t good = 0;
    for (int64_t i = 0; i < pair_count; i++) {
        good += before[i] >= 0;
        if (statuses[i] != before[i]) {
            print_error("%s gives %s, not %s\n", pair_cases[i].name, ddn_status_name(statuses[i]),
                        ddn_status_name(before[i]));
            faults++;
        }
        if (before[i] < 0 && only != NULL) {
            print_message("# %s gives %s\n", pair_cases[i].name, ddn_status_name(before[i]));
        }
    }
    print_message("# %lld of %lld functions succeed as called\n", (long long)good,
                  (long long)pair_count);
    free(before);
    free(statuses);
    assert_int_equal(faults, 0);
    assert_true(4 * good > 3 * pair_count);
}

int main(int argc, char **argv)
{
    only = argc > 1 ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_objects_of_other_kinds),
        cmocka_unit_test(dead_objects),
        cmocka_unit_test(objects_work_after_a_wrong_destroy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
