/* Every public function with hostile arguments; the calls are written by gen_hostile.py. */
#include "robust/hostile.h"

static int64_t faults; /* all are shown, not only the first */

static void fault(const char *function, ddn_status status, const char *what)
{
    print_error("%s gave %s %s\n", function, ddn_status_name(status), what);
    faults++;
}

void seen(fixture *fx, ddn_status status, const char *function, int reachable, const void *out)
{
    if (strcmp(ddn_status_name(status), "unknown status") == 0 || status == DDN_E_INTERNAL) {
        fault(function, status, "");
    }
    if (status < 0 && out != NULL) {
        fault(function, status, "and left an object");
    }
    const char *message = ddn_context_message(fx->context);
    if (status < 0 && reachable && strncmp(message, "ddn_", 4) != 0) {
        fault(function, status, message[0] == '\0' ? "without a text" : message);
    }
}

static int32_t halve(void *user, double parameter, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = parameter * x[0] / 2;
    return 0;
}

/* Four labelled points in the plane and everything that stands on them, small enough that even a
 * whole report takes no time. */
static void build(fixture *fx)
{
    static const double points[8] = {1, 0, -1, 0.5, 0.25, 1, -0.5, -1};
    static const int32_t labels[4] = {0, 0, 1, 1};
    static const double times[3] = {0.1, 0.5, 2};
    memset(fx, 0, sizeof *fx);
    for (int b = 0; b < HOSTILE_BUFFERS; b++) {
        for (int i = 0; i < HOSTILE_NUMBERS; i++) {
            fx->numbers[b][i] = 0.25 + 0.001 * i;
            fx->singles[b][i] = 0.25F;
            fx->ints[b][i] = i % 2;
            fx->integers[b][i] = i % 4;
        }
    }
    test_data_path("medium/medium_d16_n128_X.npy", fx->file);
    ddn_context *ctx = fx->context = test_context(1);
    fx->options = ddn_context_options(ctx);
    ddn_dataset *plain = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 4, 2, points, 2, &plain));
    OK(ctx, ddn_dataset_create_labelled(ctx, plain, 4, labels, &fx->dataset));
    ddn_dataset_destroy(plain);
    OK(ctx, ddn_span_create(ctx, fx->dataset, 0, &fx->span));
    OK(ctx, ddn_schedule_create_ou(ctx, &fx->schedule));
    OK(ctx, ddn_oracle_create_empirical(ctx, fx->dataset, fx->schedule, &fx->oracle));
    fx->parts[0] = fx->parts[1] = fx->oracle;
    OK(ctx, ddn_model_create(ctx, fx->schedule, DDN_PREDICTION_X0, 2, NULL, NULL, &fx->model));
    OK(ctx, ddn_query_create(ctx, fx->oracle, &fx->query));
    OK(ctx, ddn_integrator_create(ctx, fx->oracle, DDN_METHOD_EXPONENTIAL, &fx->integrator));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(fx->integrator), DDN_INTEGRATOR_STEPS, 4));
    OK(ctx, ddn_observer_create_nearest(ctx, &fx->observer));
    OK(ctx, ddn_analysis_create(ctx, &fx->analysis));
    static const ddn_analysis_key small[] = {DDN_ANALYSIS_SAMPLES,    DDN_ANALYSIS_CLONES,
                                             DDN_ANALYSIS_STEPS,      DDN_ANALYSIS_PATHS,
                                             DDN_ANALYSIS_PATH_STEPS, DDN_ANALYSIS_BATCH};
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(fx->analysis), small[i], 4));
    }
    OK(ctx, ddn_analysis_identities(fx->analysis, fx->oracle, 3, times, &fx->result));
    OK(ctx, ddn_symmetry_create(ctx, fx->oracle, &fx->symmetry));
    OK(ctx, ddn_options_set_i64(ddn_symmetry_options(fx->symmetry), DDN_SYMMETRY_POINTS, 20));
    OK(ctx, ddn_options_set_i64(ddn_symmetry_options(fx->symmetry), DDN_SYMMETRY_ITERATIONS, 200));
    OK(ctx, ddn_symmetry_diagram(fx->symmetry, 2, 1, 1, 0, points, 2, NULL, 2, &fx->diagram));
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_MAP, 1, halve, NULL, NULL, NULL, &fx->system));
    OK(ctx, ddn_features_create_identity(ctx, 2, &fx->features));
    OK(ctx, ddn_frechet_create(ctx, fx->dataset, fx->features, &fx->frechet));
}

static void tear_down(fixture *fx)
{
    ddn_frechet_destroy(fx->frechet);
    ddn_features_destroy(fx->features);
    ddn_system_destroy(fx->system);
    ddn_diagram_destroy(fx->diagram);
    ddn_symmetry_destroy(fx->symmetry);
    ddn_result_destroy(fx->result);
    ddn_analysis_destroy(fx->analysis);
    ddn_integrator_destroy(fx->integrator);
    ddn_observer_destroy(fx->observer);
    ddn_model_destroy(fx->model);
    ddn_query_destroy(fx->query);
    ddn_oracle_destroy(fx->oracle);
    ddn_schedule_destroy(fx->schedule);
    ddn_span_destroy(fx->span);
    ddn_dataset_destroy(fx->dataset);
    ddn_context_destroy(fx->context);
}

static void every_function_survives(void **state)
{
    (void)state;
    fixture *fx = malloc(sizeof *fx);
    assert_non_null(fx);
    assert_true(hostile_count > 100);
    for (int64_t i = 0; i < hostile_count; i++) {
        build(fx);
        hostile_cases[i].run(fx);
        tear_down(fx);
    }
    free(fx);
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_survives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
