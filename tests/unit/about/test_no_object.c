/* What the functions that cannot fail say of NULL and of an object of another kind: nothing, zeros.
 * Catches a getter that looks into it, or makes something up. */
#include "support/fixtures.h"

#define ZERO(call) assert_true((double)(call) >= 0 && (double)(call) <= 0)

static void look(void *any)
{
    int64_t ld = 7;
    ZERO(ddn_options_count(any));
    ZERO(ddn_options_key(any, 0));
    assert_null(ddn_options_name(any, DDN_QUERY_EPSILON));
    assert_int_equal(ddn_options_find(any, "epsilon"), -1);
    ZERO(ddn_options_type(any, DDN_QUERY_EPSILON));
    assert_null(ddn_dataset_team(any));
    ZERO(ddn_dataset_n(any));
    ZERO(ddn_dataset_d(any));
    ZERO(ddn_dataset_type(any));
    ZERO(ddn_dataset_scale(any));
    ZERO(ddn_dataset_shift(any));
    assert_null(ddn_dataset_description(any));
    ZERO(ddn_dataset_is_weighted(any));
    ZERO(ddn_dataset_class_count(any));
    ZERO(ddn_span_rank(any));
    ZERO(ddn_span_distance(any));
    ZERO(ddn_integrator_time_count(any));
    for (ddn_tally what = 0; what < 5; what++) {
        ZERO(ddn_integrator_tally(any, what));
    }
    ZERO(ddn_step_index(any));
    ZERO(ddn_step_count(any));
    ZERO(ddn_step_m(any));
    ZERO(ddn_step_d(any));
    ZERO(ddn_step_ldx(any));
    assert_null(ddn_step_x(any));
    assert_null(ddn_step_f64(any, DDN_OUT_SCORE, &ld));
    ZERO(ddn_features_d(any));
    ZERO(ddn_features_count(any));
    ZERO(ddn_observer_size(any, DDN_RECORD_TIMES));
    ZERO(ddn_query_scratch_bytes(any));
    ZERO(ddn_query_tally(any, DDN_WAY_SERVED, 0));
    ZERO(ddn_query_tally_total(any, DDN_WAY_SERVED, 0));
    assert_null(ddn_query_way_note(any, 0));
}

static void look_at_oracles_and_results(void *any)
{
    ZERO(ddn_oracle_d(any));
    ZERO(ddn_oracle_components(any));
    ZERO(ddn_oracle_class_count(any));
    ZERO(ddn_oracle_output_width(any, DDN_OUT_SCORE));
    ZERO(ddn_oracle_can(any, DDN_OUT_SCORE));
    ZERO(ddn_oracle_way_count(any));
    ZERO(ddn_oracle_tally(any, DDN_WAY_SERVED, 0));
    assert_null(ddn_oracle_way_name(any, 0));
    assert_null(ddn_oracle_schedule(any));
    assert_null(ddn_oracle_dataset(any));
    ZERO(ddn_result_rows(any));
    ZERO(ddn_result_column_count(any));
    ZERO(ddn_result_scalar_count(any));
    ZERO(ddn_result_field_count(any));
    ZERO(ddn_result_clock(any));
    assert_null(ddn_result_column_name(any, 0));
    assert_null(ddn_result_scalar_name(any, 0));
    assert_null(ddn_result_field_name(any, 0));
    assert_null(ddn_result_field(any, "kind"));
    assert_null(ddn_result_definition(any, "t"));
    assert_null(ddn_result_unit(any, "t"));
    ZERO(ddn_team_size(any));
    assert_int_equal(ddn_team_rank(any), -1);
}

static void nothing_is_said_of_no_object(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds;
    ddn_schedule *sch;
    double x[4] = {1, 2, 3, 4};
    look(NULL);
    look_at_oracles_and_results(NULL);
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    look(sch);
    look_at_oracles_and_results(sch);
    ddn_schedule_destroy(sch);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 2, x, 2, &ds));
    look_at_oracles_and_results(ds);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_said_of_no_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
