/* Options by key, the same for every object that has them: what is set is what is read, within the
 * bounds that can be asked for, by the right type only. */
#include <string.h>

#include "support/fixtures.h"

static void check_real(ddn_context *ctx, ddn_options *o, int32_t key)
{
    double low, high, preset, value;
    int64_t whole = 0;
    OK(ctx, ddn_options_bounds(o, key, &low, &high, &preset));
    OK(ctx, ddn_options_bounds(o, key, NULL, NULL, NULL));
    const double tries[3] = {low, high, 0.5 * (low + high)};
    for (int i = 0; i < 3; i++) {
        OK(ctx, ddn_options_set_f64(o, key, tries[i]));
        OK(ctx, ddn_options_get_f64(o, key, &value));
        assert_true(value == tries[i]);
    }
    FAILS(ctx, ddn_options_set_f64(o, key, nextafter(high, INFINITY)), DDN_E_RANGE, "is outside");
    FAILS(ctx, ddn_options_set_f64(o, key, nextafter(low, -INFINITY)), DDN_E_RANGE, "is outside");
    FAILS(ctx, ddn_options_set_f64(o, key, NAN), DDN_E_NONFINITE, "is outside");
    FAILS(ctx, ddn_options_set_i64(o, key, 1), DDN_E_KEY, "takes a double");
    FAILS(ctx, ddn_options_get_i64(o, key, &whole), DDN_E_KEY, "takes a double");
    FAILS(ctx, ddn_options_get_f64(o, key, NULL), DDN_E_NULL, "value is NULL");
    OK(ctx, ddn_options_get_f64(o, key, &value));
    assert_true(value == tries[2]); /* what was refused changed nothing */
}

static void check_integer(ddn_context *ctx, ddn_options *o, int32_t key)
{
    double low, high, preset, real = 0;
    int64_t value;
    OK(ctx, ddn_options_bounds(o, key, &low, &high, &preset));
    assert_true(preset >= low && preset <= high);
    OK(ctx, ddn_options_get_i64(o, key, &value));
    assert_true((double)value == preset);
    OK(ctx, ddn_options_set_i64(o, key, (int64_t)low));
    OK(ctx, ddn_options_get_i64(o, key, &value));
    assert_true(value == (int64_t)low);
    if (high < 0x1p53) { /* bounds are doubles */
        FAILS(ctx, ddn_options_set_i64(o, key, (int64_t)high + 1), DDN_E_RANGE, "is outside");
        FAILS(ctx, ddn_options_set_i64(o, key, (int64_t)low - 1), DDN_E_RANGE, "is outside");
    }
    FAILS(ctx, ddn_options_set_f64(o, key, 1), DDN_E_KEY, "takes an int64");
    FAILS(ctx, ddn_options_get_f64(o, key, &real), DDN_E_KEY, "takes an int64");
    FAILS(ctx, ddn_options_get_i64(o, key, NULL), DDN_E_NULL, "value is NULL");
    OK(ctx, ddn_options_get_i64(o, key, &value));
    assert_true(value == (int64_t)low);
}

/* All that are listed, as many as there should be; names begin with the object's. */
static void check(ddn_context *ctx, ddn_options *o, const char *prefix, int64_t reals,
                  int64_t integers)
{
    double low;
    int64_t value = 0, seen = 0;
    assert_int_equal(ddn_options_count(o), reals + integers);
    for (int64_t i = 0; i < reals + integers; i++) {
        int32_t key = ddn_options_key(o, i);
        const char *name = ddn_options_name(o, key);
        assert_memory_equal(name, prefix, strlen(prefix));
        seen += key < 200;
        if (key < 200) {
            check_real(ctx, o, key);
        } else {
            check_integer(ctx, o, key);
        }
    }
    assert_int_equal(seen, reals);
    const int32_t strangers[4] = {0, 100, 299, -7};
    for (int i = 0; i < 4; i++) {
        FAILS(ctx, ddn_options_bounds(o, strangers[i], &low, NULL, NULL), DDN_E_KEY, "no option");
        FAILS(ctx, ddn_options_set_i64(o, strangers[i], 1), DDN_E_KEY, "no option");
        FAILS(ctx, ddn_options_get_i64(o, strangers[i], &value), DDN_E_KEY, "no option");
        assert_null(ddn_options_name(o, strangers[i]));
    }
    assert_int_equal(ddn_options_key(o, -1), 0);
    assert_int_equal(ddn_options_key(o, ddn_options_count(o)), 0);
}

static void every_object(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const double points[4] = {-1, 0, 1, 0};
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    ddn_integrator *it = NULL;
    ddn_analysis *an = NULL;
    ddn_symmetry *sy = NULL;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, 2, 2, points, 2, &ds));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, ds, s.sch, &oracle));
    OK(s.ctx, ddn_query_create(s.ctx, oracle, &query));
    OK(s.ctx, ddn_integrator_create(s.ctx, oracle, DDN_METHOD_EULER, &it));
    OK(s.ctx, ddn_analysis_create(s.ctx, &an));
    OK(s.ctx, ddn_symmetry_create(s.ctx, oracle, &sy));
    check(s.ctx, ddn_context_options(s.ctx), "DDN_CONTEXT_", 0, 1);
    check(s.ctx, ddn_query_options(query), "DDN_QUERY_", 1, 2);
    /* EULER has no options of other methods: 105 to 108 and 207. */
    check(s.ctx, ddn_integrator_options(it), "DDN_INTEGRATOR_", 4, 7);
    check(s.ctx, ddn_analysis_options(an), "DDN_ANALYSIS_", 4, 8);
    check(s.ctx, ddn_symmetry_options(sy), "DDN_SYMMETRY_", 4, 6);
    ddn_symmetry_destroy(sy);
    ddn_analysis_destroy(an);
    ddn_integrator_destroy(it);
    ddn_query_destroy(query);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(ds);
    test_setup_free(&s);
}

static void no_object(void **state)
{
    (void)state;
    ddn_options *const all[5] = {ddn_context_options(NULL), ddn_query_options(NULL),
                                 ddn_integrator_options(NULL), ddn_analysis_options(NULL),
                                 ddn_symmetry_options(NULL)};
    double real = 0;
    int64_t value = 0;
    for (int i = 0; i < 5; i++) {
        assert_null(all[i]);
    }
    assert_int_equal(ddn_options_set_i64(NULL, 201, 1), DDN_E_NULL);
    assert_int_equal(ddn_options_get_i64(NULL, 201, &value), DDN_E_NULL);
    assert_int_equal(ddn_options_set_f64(NULL, 101, 1), DDN_E_NULL);
    assert_int_equal(ddn_options_get_f64(NULL, 101, &real), DDN_E_NULL);
    assert_int_equal(ddn_options_bounds(NULL, 201, &real, NULL, NULL), DDN_E_NULL);
    assert_int_equal(ddn_options_count(NULL), 0);
    assert_int_equal(ddn_options_key(NULL, 0), 0);
    assert_null(ddn_options_name(NULL, 201));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_object),
        cmocka_unit_test(no_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
