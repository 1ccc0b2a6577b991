/* Every public function with hostile arguments; the calls are written by gen_hostile.py.
 *
 * With an argument: the function of that name alone; "print": all of them, a line for each call
 * with what was hostile, its status and its text. */
#include <sys/time.h>

#include "robust/hostile.h"

static int64_t faults; /* all are shown, not only the first */

static void fault(const char *function, ddn_status status, const char *what)
{
    print_error("%s gave %s %s\n", function, ddn_status_name(status), what);
    faults++;
}

static int print; /* what each call gives */

static void show(fixture *fx, ddn_status status, const char *function, const char *what)
{
    if (print) {
        printf("%s|%s|%s|%s\n", function, what, ddn_status_name(status),
               status < 0 ? ddn_context_message(fx->context) : "");
    }
}

void seen(fixture *fx, ddn_status status, const char *function, const char *what, int reachable,
          const void *out)
{
    show(fx, status, function, what);
    if (strcmp(ddn_status_name(status), "unknown status") == 0 || status == DDN_E_INTERNAL) {
        fault(function, status, "");
    }
    if (status < 0 && out != NULL) {
        fault(function, status,
              out == HOSTILE_BEFORE ? "and left the pointer as it was" : "and left an object");
    }
    const char *message = ddn_context_message(fx->context);
    if (status < 0 && reachable && strncmp(message, "ddn_", 4) != 0) {
        fault(function, status, message[0] == '\0' ? "without a text" : message);
    }
}

/* What a result is made of. */
void seen_result(fixture *fx, const char *function, const ddn_result *result)
{
    static char text[1 << 20];
    if (!print || result == NULL) {
        return;
    }
    OK(fx->context, ddn_result_write(fx->context, result, fx->written, DDN_RESULT_FORMAT_JSON));
    FILE *file = fopen(fx->written, "r");
    assert_non_null(file);
    const size_t size = fread(text, 1, sizeof text - 1, file);
    assert_true(size > 0 && feof(file));
    fclose(file);
    text[size] = '\0';
    for (char *line = strchr(text, '\n'); line != NULL; line = strchr(line, '\n')) {
        *line = ' ';
    }
    printf("%s|result|%s\n", function, text);
}

static const char *only; /* a name, or NULL for all */
static int64_t running;  /* number of the function */

/* What takes so many seconds of processor time hangs; 0: no limit. A busy machine does not count.
 */
static void limit(int seconds)
{
    const struct itimerval until = {{0, 0}, {seconds, 0}};
    setitimer(ITIMER_PROF, &until, NULL);
}

static void run(fixture *fx)
{
    hostile_cases[running].run(fx);
}

static void every_function_survives(void **state)
{
    (void)state;
    assert_true(hostile_count > 100);
    for (running = 0; running < hostile_count; running++) {
        const char *name = hostile_cases[running].name;
        if (only != NULL && strcmp(only, name) != 0) {
            continue;
        }
        fixture *fx = fixture_new(0);
        fixture_build(fx);
        limit(300); /* a minute for the longest under valgrind */
        fixture_with_step(fx, run);
        limit(0);
        fixture_tear_down(fx);
        if (fx->memory.held != 0) {
            print_error("%s: %lld blocks are not released\n", name, (long long)fx->memory.held);
        }
        fixture_free(fx);
    }
    print_message("# %lld functions, %lld calls\n", (long long)hostile_count,
                  (long long)hostile_calls);
    assert_int_equal(faults, 0);
}

/* ---- Options ----------------------------------------------------------------------------- */

/* What stands on the options of each object. */
static void use_all(fixture *fx)
{
    static const double times[3] = {0.1, 0.5, 2};
    double x[4] = {0.5, 0.25, -0.5, 1}, points[4];
    ddn_result *result[4] = {NULL, NULL, NULL, NULL};
    ddn_status status[8] = {
        ddn_query_bind_f64(fx->query, DDN_OUT_SCORE, points, 2),
        ddn_query_run(fx->query, 0.5, 2, x, 2),
        ddn_integrator_draw_start(fx->integrator, 2, x, 2),
        ddn_integrator_run(fx->integrator, 2, x, 2),
        ddn_analysis_identities(fx->analysis, fx->oracle, 3, times, &result[0]),
        ddn_analysis_clones(fx->analysis, fx->oracle, 3, times, &result[1]),
        ddn_analysis_last_change(fx->analysis, fx->oracle, &result[2]),
        ddn_symmetry_fixed_points(fx->symmetry, 0.5, 2, x, 2, points, 2, &result[3])};
    for (int i = 0; i < 8; i++) {
        seen(fx, status[i], "a call after hostile options", "", 1, i < 4 ? NULL : result[i - 4]);
    }
    for (int i = 0; i < 4; i++) {
        ddn_result_destroy(result[i]);
    }
}

static ddn_options *options_number(const fixture *fx, int which)
{
    switch (which) {
    case 0:
        return ddn_context_options(fx->context);
    case 1:
        return ddn_query_options(fx->query);
    case 2:
        return ddn_integrator_options(fx->integrator);
    case 3:
        return ddn_analysis_options(fx->analysis);
    case 4:
        return ddn_symmetry_options(fx->symmetry);
    default:
        return NULL;
    }
}

enum {
    VALUES = 12
};

/* Whether an option was taken; says so. */
static int is_taken(fixture *fx, ddn_status status, int32_t key, const char *kind, double value)
{
    char what[64];
    snprintf(what, sizeof what, "option %d %s|%g", key, kind, value);
    if (status != DDN_E_TYPE) {
        show(fx, status, "ddn_options_set", what);
    }
    return status == DDN_OK;
}

/* Sets option number i to hostile value number v; 1 if the library took it. */
static int set_hostile(fixture *fx, ddn_options *options, int64_t i, int v)
{
    static const int64_t integers[VALUES] = {INT64_MIN,
                                             -1,
                                             0,
                                             1,
                                             99,
                                             INT32_MAX,
                                             INT64_C(1) << 32,
                                             INT64_C(1) << 40,
                                             INT64_C(1) << 60,
                                             INT64_MAX,
                                             INT64_MAX - 1,
                                             2};
    static const double reals[VALUES] = {NAN,  INFINITY, -INFINITY, 0.0,    -0.0, -1,
                                         1e15, 1e308,    5e-324,    1e-300, 1,    0.5};
    int32_t key = ddn_options_key(options, i);
    ddn_status whole = ddn_options_set_i64(options, key, integers[v]);
    int taken = is_taken(fx, whole, key, "i64", (double)integers[v]);
    ddn_status real = ddn_options_set_f64(options, key, reals[v]);
    return is_taken(fx, real, key, "f64", reals[v]) || taken;
}

/* An option that is taken can be used: the calls after it succeed or say why not. */
static void every_option_survives(void **state)
{
    (void)state;
    int64_t tried = 0, taken = 0;
    for (int which = 0; which < 5; which++) {
        for (int64_t k = 0, count = 1; k < count * VALUES; k++) {
            fixture *fx = fixture_new(0);
            fixture_build(fx);
            ddn_options *options = options_number(fx, which);
            count = ddn_options_count(options);
            assert_true(count > 0);
            limit(300); /* a minute for the longest under valgrind */
            if (set_hostile(fx, options, k / VALUES, (int)(k % VALUES))) {
                use_all(fx);
                taken++;
            }
            limit(0);
            tried++;
            fixture_tear_down(fx);
            fixture_free(fx);
        }
    }
    print_message("# %lld values of options, %lld are taken\n", (long long)tried, (long long)taken);
    assert_true(tried > 300 && taken > 50);
    assert_int_equal(faults, 0);
}

int main(int argc, char **argv)
{
    print = argc > 1 && strcmp(argv[1], "print") == 0;
    only = argc > 1 && !print ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_survives),
        cmocka_unit_test(every_option_survives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
