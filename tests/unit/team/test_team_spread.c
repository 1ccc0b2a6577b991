/* What needs all points in one process refuses a set that is spread over a team. Catches a function
 * that takes the part of its rank for the whole set. */
#include "support/fixtures.h"

enum {
    N = 20,
    D = 3
};

static int32_t copy(void *user, int64_t bytes, const void *give, void *take)
{
    (void)user;
    memcpy(take, give, (size_t)bytes);
    return DDN_OK;
}

typedef struct world {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_team *team; /* of one */
    ddn_dataset *whole, *spread;
    ddn_oracle *oracle;
    ddn_analysis *an;
    ddn_model *model;
    ddn_features *features;
} world;

static int make_world(void **state)
{
    world *w = calloc(1, sizeof *w);
    double x[N * D];
    assert_non_null(w);
    test_normal(1, N * D, x);
    w->ctx = test_context(1);
    w->sch = test_schedule(w->ctx, TEST_OU);
    OK(w->ctx, ddn_team_create(w->ctx, 0, 1, copy, copy, NULL, NULL, &w->team));
    OK(w->ctx, ddn_dataset_create(w->ctx, DDN_TYPE_F64, N, D, x, D, &w->whole));
    OK(w->ctx, ddn_dataset_create_team(w->ctx, w->team, w->whole, &w->spread));
    OK(w->ctx, ddn_oracle_create_empirical(w->ctx, w->whole, w->sch, &w->oracle));
    OK(w->ctx, ddn_analysis_create(w->ctx, &w->an));
    OK(w->ctx, ddn_model_create(w->ctx, w->sch, DDN_PREDICTION_SCORE, D, NULL, NULL, &w->model));
    OK(w->ctx, ddn_features_create_identity(w->ctx, D, &w->features));
    *state = w;
    return 0;
}

static int end_world(void **state)
{
    world *w = *state;
    ddn_features_destroy(w->features);
    ddn_model_destroy(w->model);
    ddn_analysis_destroy(w->an);
    ddn_oracle_destroy(w->oracle);
    ddn_dataset_destroy(w->spread);
    ddn_dataset_destroy(w->whole);
    ddn_team_destroy(w->team);
    ddn_schedule_destroy(w->sch);
    ddn_context_destroy(w->ctx);
    free(w);
    return 0;
}

#define REFUSED(call) FAILS(w->ctx, (call), DDN_E_UNSUPPORTED, "spread over a team")

static void spread_sets_are_refused(void **state)
{
    const world *w = *state;
    const double times[] = {0.5};
    const float single[D] = {0};
    double x[D] = {0};
    ddn_features *features = NULL;
    ddn_frechet *frechet = NULL;
    ddn_result *r = NULL;
    REFUSED(ddn_features_create_pca(w->ctx, w->spread, 2, &features));
    REFUSED(ddn_frechet_create(w->ctx, w->spread, w->features, &frechet));
    REFUSED(ddn_late_start_draw(w->ctx, w->spread, w->sch, DDN_START_GAUSSIAN, 0.5, 1, 0, 1, x, D));
    REFUSED(ddn_analysis_memorization(w->an, w->spread, 1, x, D, &r));
    REFUSED(ddn_analysis_memorization_f32(w->an, w->spread, 1, single, D, &r));
    REFUSED(ddn_analysis_generalization(w->an, w->oracle, w->spread, NULL, 1, 1, times, times, &r));
    REFUSED(
        ddn_analysis_generalization(w->an, w->oracle, w->whole, w->spread, 1, 1, times, times, &r));
    REFUSED(ddn_analysis_uturn(w->an, w->oracle, w->spread, 1, times, &r));
    REFUSED(ddn_analysis_branch(w->an, w->oracle, w->spread, 1, times, &r));
    REFUSED(ddn_analysis_set_points(w->an, w->spread));
    REFUSED(ddn_model_set_dataset(w->model, w->spread));
    assert_null(features);
    assert_null(frechet);
    assert_null(r);
}

/* No rows, and combinations, are those of the whole set. */
static void spread_sets_are_used(void **state)
{
    const world *w = *state;
    ddn_oracle *over = NULL, *mixed = NULL;
    double x[2 * D] = {0.3, -1, 2, 0.1, 0.2, -0.5}, got[2 * D], want[2 * D];
    int64_t index = -1;
    OK(w->ctx, ddn_oracle_create_empirical(w->ctx, w->spread, w->sch, &over));
    OK(w->ctx, ddn_oracle_sample_data(w->ctx, over, 1, 0, 0, x, D, &index));
    assert_int_equal(index, -1);
    OK(w->ctx, ddn_dataset_read(w->ctx, w->spread, N, 0, x, D));
    ddn_oracle *const parts[] = {over, w->oracle};
    OK(w->ctx,
       ddn_oracle_create_combination(w->ctx, 2, parts, (const double[]){1.5, -0.5}, &mixed));
    OK(w->ctx, ddn_oracle_score(w->ctx, mixed, 0.5, 2, x, D, got, D));
    OK(w->ctx, ddn_oracle_score(w->ctx, w->oracle, 0.5, 2, x, D, want, D));
    for (int i = 0; i < 2 * D; i++) {
        CLOSE(got[i], want[i], 1e-11, 1e-12);
    }
    ddn_oracle_destroy(mixed);
    ddn_oracle_destroy(over);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spread_sets_are_refused),
        cmocka_unit_test(spread_sets_are_used),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
