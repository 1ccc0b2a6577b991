/* Memory that runs out, upper layers: integrators with observers, analyses, symmetry breaking. */
#include "robust/oom.h"
#include "support/methods.h"

static int32_t stop_at_two(void *user, const ddn_step *step)
{
    (void)user;
    return ddn_step_index(step) == 2;
}

/* One method with every observer: stopped, saved, restored, resumed, read. */
static ddn_status one_method(ddn_context *ctx, const ddn_oracle *oracle, ddn_method method)
{
    static const int64_t paths[M] = {0, 0, 7, 8};
    double x[M * D] = {0};
    char state[1 << 15];
    int64_t size = 0, released = 0;
    ddn_integrator *it = NULL, *other = NULL;
    ddn_observer *seen[5] = {NULL};
    ddn_status status;
    TRY(ddn_integrator_create(ctx, oracle, method, &it));
    TRY(ddn_integrator_create(ctx, oracle, method, &other));
    if (method != DDN_METHOD_FORWARD) {
        static const double grid[4] = {2, 1, 0.5, 0.1};
        TRY(ddn_integrator_set_times(it, 4, grid));
        TRY(ddn_integrator_set_times(other, 4, grid));
    }
    TRY(ddn_integrator_set_paths(it, M, paths));
    TRY(ddn_integrator_set_paths(other, M, paths));
    TRY(ddn_observer_create_snapshots(ctx, 3, times, &seen[0]));
    TRY(ddn_observer_create_nearest(ctx, &seen[1]));
    TRY(ddn_observer_create_posterior(ctx, &seen[2]));
    TRY(ddn_observer_create_class(ctx, &seen[3]));
    TRY(ddn_observer_create_overlap(ctx, 2, D, points, D, &seen[4]));
    for (int i = 0; i < 5; i++) {
        TRY(ddn_observer_attach(seen[i], it));
    }
    TRY(ddn_integrator_attach_callback(it, INT64_C(1) << DDN_OUT_ENTROPY, stop_at_two, NULL, NULL));
    TRY(ddn_integrator_attach_callback(other, 0, stop_at_two, &released, count_release));
    if (method != DDN_METHOD_FORWARD) {
        TRY(ddn_integrator_draw_start(it, M, x, D));
    }
    status = ddn_integrator_run(it, M, x, D);
    if (status != DDN_STOPPED) {
        assert_int_equal(status, DDN_E_NOMEM);
        goto done;
    }
    TRY(ddn_integrator_save_size(it, &size));
    TRY(ddn_integrator_save(it, (int64_t)sizeof state, state));
    TRY(ddn_integrator_restore(other, size, M, state, x, D));
    TRY(ddn_integrator_resume(other, M, x, D));
done:
    ddn_integrator_destroy(it);
    ddn_integrator_destroy(other);
    for (int i = 0; i < 5; i++) {
        ddn_observer_destroy(seen[i]);
    }
    return status;
}

static ddn_status integrators(ddn_context *ctx, void *arg)
{
    ddn_oracle *oracle = NULL;
    ddn_status status;
    TRY(make_oracle(ctx, &oracle));
    TRY(one_method(ctx, oracle, *(const ddn_method *)arg));
done:
    ddn_oracle_destroy(oracle);
    return status;
}

enum {
    ANALYSES = 8
};

/* Each by itself: what is made once for each allocation that fails is little. */
static ddn_status analyse(ddn_analysis *an, ddn_oracle *oracle, int which, ddn_result **r)
{
    double x[3 * M * D] = {0};
    int32_t regimes[3 * M];
    switch (which) {
    case 0:
        return ddn_analysis_spectrum(an, ddn_oracle_dataset(oracle), r);
    case 1:
        return ddn_analysis_identities(an, oracle, 3, times, r);
    case 2:
        return ddn_analysis_clones(an, oracle, 2, times, r);
    case 3:
        return ddn_analysis_last_change(an, oracle, r);
    case 4:
        return ddn_analysis_regimes(an, oracle, 3, 1, times, times, r);
    case 5:
        return ddn_analysis_uturn(an, oracle, NULL, 2, times, r);
    case 6:
        return ddn_analysis_branch(an, oracle, NULL, 2, times, r);
    default:
        return ddn_analysis_path(an, oracle, DDN_PATH_CLONES, 3, M, times, x, D, regimes, r);
    }
}

static ddn_status analyses(ddn_context *ctx, void *arg)
{
    static const ddn_analysis_key small[] = {DDN_ANALYSIS_SAMPLES, DDN_ANALYSIS_CLONES,
                                             DDN_ANALYSIS_STEPS,   DDN_ANALYSIS_PATHS,
                                             DDN_ANALYSIS_BATCH,   DDN_ANALYSIS_PATH_STEPS};
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    ddn_status status;
    TRY(make_oracle(ctx, &oracle));
    TRY(ddn_analysis_create(ctx, &an));
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        TRY(ddn_options_set_i64(ddn_analysis_options(an), small[i], 3));
    }
    TRY(analyse(an, oracle, *(const int *)arg, &r));
done:
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    return status;
}

static ddn_status symmetries(ddn_context *ctx, void *arg)
{
    (void)arg;
    static const double etas[2] = {0, 1};
    double values[2], vectors[2 * D], found[M * D];
    ddn_oracle *oracle = NULL;
    ddn_symmetry *sy = NULL;
    ddn_diagram *diagram = NULL;
    ddn_result *r[3] = {NULL};
    ddn_status status;
    TRY(make_oracle(ctx, &oracle));
    TRY(ddn_symmetry_create(ctx, oracle, &sy));
    TRY(ddn_options_set_i64(ddn_symmetry_options(sy), DDN_SYMMETRY_POINTS, 20));
    TRY(ddn_symmetry_stability(sy, 0.5, 2, points, values, vectors, D));
    TRY(ddn_symmetry_fixed_points(sy, 0.5, M, points, D, found, D, &r[0]));
    TRY(ddn_symmetry_line(sy, 0.5, 3, NULL, points, times, &r[1]));
    TRY(ddn_symmetry_critical(sy, 2, 2, etas, &r[2]));
    TRY(ddn_symmetry_diagram(sy, 2, 1, 1, 1, points, D, points, D, &diagram));
done:
    ddn_diagram_destroy(diagram);
    for (int i = 0; i < 3; i++) {
        ddn_result_destroy(r[i]);
    }
    ddn_symmetry_destroy(sy);
    ddn_oracle_destroy(oracle);
    return status;
}

static ddn_status late_starts(ddn_context *ctx, void *arg)
{
    (void)arg;
    double x[M * D], distance2, error;
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_features *features = NULL;
    ddn_frechet *frechet = NULL;
    ddn_result *r = NULL;
    ddn_status status;
    TRY(make_oracle(ctx, &oracle));
    TRY(ddn_late_start_draw(ctx, ddn_oracle_dataset(oracle), ddn_oracle_schedule(oracle),
                            DDN_START_GAUSSIAN, 1, 0, 0, M, x, D));
    TRY(ddn_features_create_pca(ctx, ddn_oracle_dataset(oracle), 2, &features));
    TRY(ddn_frechet_create(ctx, ddn_oracle_dataset(oracle), features, &frechet));
    TRY(ddn_frechet_distance(ctx, frechet, M, 0, 2, x, D, &distance2, &error, NULL));
    TRY(ddn_analysis_create(ctx, &an));
    TRY(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, 4));
    TRY(ddn_analysis_late_start(an, oracle, 3, times, &r));
done:
    ddn_result_destroy(r);
    ddn_frechet_destroy(frechet);
    ddn_features_destroy(features);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    return status;
}

static ddn_status memorization(ddn_context *ctx, void *arg)
{
    (void)arg;
    double x[M * D], distance2[3 * M];
    float single[M * D];
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_result *r[3] = {NULL};
    ddn_status status;
    test_normal(5, M * D, x);
    for (int i = 0; i < M * D; i++) {
        single[i] = (float)x[i];
    }
    TRY(make_oracle(ctx, &oracle));
    TRY(ddn_dataset_nearest(ctx, ddn_oracle_dataset(oracle), M, 3, x, D, NULL, distance2));
    TRY(ddn_analysis_create(ctx, &an));
    TRY(ddn_analysis_memorization(an, ddn_oracle_dataset(oracle), M, x, D, &r[0]));
    TRY(ddn_analysis_memorization_f32(an, ddn_oracle_dataset(oracle), M, single, D, &r[1]));
    TRY(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, M));
    TRY(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, M));
    TRY(ddn_analysis_generalization(an, oracle, ddn_oracle_dataset(oracle),
                                    ddn_oracle_dataset(oracle), 2, 1, times, times, &r[2]));
done:
    for (int i = 0; i < 3; i++) {
        ddn_result_destroy(r[i]);
    }
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    return status;
}

static int32_t network(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const float *x, int64_t ldx, float *out, int64_t ldo)
{
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = -x[i / d * ldx + i % d];
    }
    return (void)user, (void)t, (void)a, (void)s, 0;
}

/* Of a model by products and of an exact oracle by probes, with a start of its own. */
static ddn_status likelihoods(ddn_context *ctx, void *arg)
{
    (void)arg;
    double x[M * D];
    ddn_oracle *oracle = NULL, *foreign = NULL, *end = NULL;
    ddn_analysis *an = NULL;
    ddn_model *model = NULL;
    ddn_result *r[2] = {NULL};
    ddn_status status;
    test_normal(5, M * D, x);
    TRY(make_oracle(ctx, &oracle));
    const ddn_schedule *sch = ddn_oracle_schedule(oracle);
    TRY(ddn_model_create(ctx, sch, DDN_PREDICTION_SCORE, D, NULL, NULL, &model));
    TRY(ddn_model_set_predict_f32(model, network));
    TRY(ddn_oracle_create_model(ctx, model, &foreign));
    TRY(ddn_oracle_create_gaussian(ctx, sch, D, 0, 1, NULL, NULL, NULL, D, &end));
    TRY(ddn_analysis_create(ctx, &an));
    TRY(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATH_STEPS, 2));
    TRY(ddn_analysis_log_likelihood(an, foreign, end, 0, M, x, D, &r[0]));
    TRY(ddn_analysis_log_likelihood(an, oracle, NULL, 2, M, x, D, &r[1]));
done:
    ddn_result_destroy(r[0]);
    ddn_result_destroy(r[1]);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(end);
    ddn_oracle_destroy(foreign);
    ddn_model_destroy(model);
    ddn_oracle_destroy(oracle);
    return status;
}

static int32_t cubic(void *user, double parameter, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = parameter * x[0] - x[0] * x[0] * x[0];
    return 0;
}

static ddn_status systems(ddn_context *ctx, void *arg)
{
    (void)arg;
    double x[8], values[8], spectrum[1];
    ddn_stability stability[8];
    int64_t count = 0;
    ddn_system *sys = NULL;
    ddn_status status;
    TRY(ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, cubic, NULL, NULL, NULL, &sys));
    TRY(ddn_system_fixed_points_1d(ctx, sys, 1, -2, 2, 41, 8, x, values, stability, &count));
    TRY(ddn_system_fixed_points(ctx, sys, 1, 3, 8, times, 1, x, &count));
    TRY(ddn_system_eigenvalues(ctx, sys, 1, 1e-9, x, spectrum, NULL, NULL));
done:
    ddn_system_destroy(sys);
    return status;
}

static void integrators_do_not_leak(void **state)
{
    (void)state;
    for (int i = 0; i < TEST_METHODS; i++) {
        ddn_method method = test_methods[i];
        report("integrators", test_every_allocation(integrators, &method));
    }
}

static void analyses_do_not_leak(void **state)
{
    (void)state;
    for (int which = 0; which < ANALYSES; which++) {
        report("analyses", test_every_allocation(analyses, &which));
    }
}

static void symmetries_do_not_leak(void **state)
{
    (void)state;
    report("symmetries", test_every_allocation(symmetries, NULL));
}

static void late_starts_do_not_leak(void **state)
{
    (void)state;
    report("late starts", test_every_allocation(late_starts, NULL));
}

static void memorization_does_not_leak(void **state)
{
    (void)state;
    report("memorization", test_every_allocation(memorization, NULL));
}

static void likelihoods_do_not_leak(void **state)
{
    (void)state;
    report("likelihoods", test_every_allocation(likelihoods, NULL));
}

static void systems_do_not_leak(void **state)
{
    (void)state;
    report("systems", test_every_allocation(systems, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integrators_do_not_leak),    cmocka_unit_test(analyses_do_not_leak),
        cmocka_unit_test(symmetries_do_not_leak),     cmocka_unit_test(late_starts_do_not_leak),
        cmocka_unit_test(memorization_does_not_leak), cmocka_unit_test(systems_do_not_leak),
        cmocka_unit_test(likelihoods_do_not_leak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
