/* Options by key, the same for every object that has them: what is set is what is read, within the
 * bounds that can be asked for, by the right type only. */
#include "support/fixtures.h"

typedef struct option_calls {
    const char *name;
    ddn_status (*set_f64)(void *object, int32_t key, double value);
    ddn_status (*get_f64)(void *object, int32_t key, double *value);
    ddn_status (*set_i64)(void *object, int32_t key, int64_t value);
    ddn_status (*get_i64)(void *object, int32_t key, int64_t *value);
    ddn_status (*bounds)(void *object, int32_t key, double *low, double *high, double *preset);
    int reals, integers; /* keys 101 .. 100 + reals and 201 .. 200 + integers */
} option_calls;

#define CALLS(object)                                                                              \
    static ddn_status object##_set_f64(void *o, int32_t key, double v)                             \
    {                                                                                              \
        return ddn_##object##_set_f64(o, key, v);                                                  \
    }                                                                                              \
    static ddn_status object##_get_f64(void *o, int32_t key, double *v)                            \
    {                                                                                              \
        return ddn_##object##_get_f64(o, key, v);                                                  \
    }                                                                                              \
    INTEGER_CALLS(object)
#define INTEGER_CALLS(object)                                                                      \
    static ddn_status object##_set_i64(void *o, int32_t key, int64_t v)                            \
    {                                                                                              \
        return ddn_##object##_set_i64(o, key, v);                                                  \
    }                                                                                              \
    static ddn_status object##_get_i64(void *o, int32_t key, int64_t *v)                           \
    {                                                                                              \
        return ddn_##object##_get_i64(o, key, v);                                                  \
    }                                                                                              \
    static ddn_status object##_bounds(void *o, int32_t key, double *low, double *high, double *p)  \
    {                                                                                              \
        return ddn_##object##_bounds(o, key, low, high, p);                                        \
    }
CALLS(query)
CALLS(integrator)
CALLS(analysis)
CALLS(symmetry)
INTEGER_CALLS(context)

static const option_calls context_calls = {"context",       NULL,           NULL, context_set_i64,
                                           context_get_i64, context_bounds, 0,    1};
#define OBJECT_CALLS(object, reals, integers)                                                      \
    {                                                                                              \
#object, object##_set_f64, object##_get_f64, object##_set_i64, object##_get_i64,           \
            object##_bounds, reals, integers                                                       \
    }
static const option_calls query_calls = OBJECT_CALLS(query, 1, 1);
/* EULER has no options of other methods: 105 to 108 and 207. */
static const option_calls integrator_calls = OBJECT_CALLS(integrator, 4, 6);
static const option_calls analysis_calls = OBJECT_CALLS(analysis, 4, 8);
static const option_calls symmetry_calls = OBJECT_CALLS(symmetry, 4, 6);

static void check_real(ddn_context *ctx, const option_calls *c, void *object, int32_t key)
{
    double low, high, preset, value;
    int64_t whole = 0;
    OK(ctx, c->bounds(object, key, &low, &high, &preset));
    OK(ctx, c->bounds(object, key, NULL, NULL, NULL));
    const double tries[3] = {low, high, 0.5 * (low + high)};
    for (int i = 0; i < 3; i++) {
        OK(ctx, c->set_f64(object, key, tries[i]));
        OK(ctx, c->get_f64(object, key, &value));
        assert_true(value == tries[i]);
    }
    FAILS(ctx, c->set_f64(object, key, nextafter(high, INFINITY)), DDN_E_RANGE, "is outside");
    FAILS(ctx, c->set_f64(object, key, nextafter(low, -INFINITY)), DDN_E_RANGE, "is outside");
    FAILS(ctx, c->set_f64(object, key, NAN), DDN_E_NONFINITE, "is outside");
    FAILS(ctx, c->set_i64(object, key, 1), DDN_E_KEY, "takes a double");
    FAILS(ctx, c->get_i64(object, key, &whole), DDN_E_KEY, "takes a double");
    FAILS(ctx, c->get_f64(object, key, NULL), DDN_E_NULL, "value is NULL");
    OK(ctx, c->get_f64(object, key, &value));
    assert_true(value == tries[2]); /* what was refused changed nothing */
}

static void check_integer(ddn_context *ctx, const option_calls *c, void *object, int32_t key)
{
    double low, high, preset, real = 0;
    int64_t value;
    OK(ctx, c->bounds(object, key, &low, &high, &preset));
    assert_true(preset >= low && preset <= high);
    OK(ctx, c->get_i64(object, key, &value));
    assert_true((double)value == preset);
    OK(ctx, c->set_i64(object, key, (int64_t)low));
    OK(ctx, c->get_i64(object, key, &value));
    assert_true(value == (int64_t)low);
    if (high < 0x1p53) { /* bounds are doubles */
        FAILS(ctx, c->set_i64(object, key, (int64_t)high + 1), DDN_E_RANGE, "is outside");
        FAILS(ctx, c->set_i64(object, key, (int64_t)low - 1), DDN_E_RANGE, "is outside");
    }
    if (c->set_f64 != NULL) {
        FAILS(ctx, c->set_f64(object, key, 1), DDN_E_KEY, "takes an int64");
        FAILS(ctx, c->get_f64(object, key, &real), DDN_E_KEY, "takes an int64");
    }
    FAILS(ctx, c->get_i64(object, key, NULL), DDN_E_NULL, "value is NULL");
    OK(ctx, c->get_i64(object, key, &value));
    assert_true(value == (int64_t)low);
}

static void check(ddn_context *ctx, const option_calls *c, void *object)
{
    double low;
    int64_t value = 0;
    for (int i = 1; i <= c->reals; i++) {
        check_real(ctx, c, object, 100 + i);
    }
    for (int i = 1; i <= c->integers; i++) {
        check_integer(ctx, c, object, 200 + i);
    }
    const int32_t strangers[5] = {0, 100, 101 + c->reals, 201 + c->integers, -7};
    for (int i = 0; i < 5; i++) {
        FAILS(ctx, c->bounds(object, strangers[i], &low, NULL, NULL), DDN_E_KEY, "no option");
        FAILS(ctx, c->set_i64(object, strangers[i], 1), DDN_E_KEY, "no option");
        FAILS(ctx, c->get_i64(object, strangers[i], &value), DDN_E_KEY, "no option");
    }
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
    OK(s.ctx, ddn_dataset_create(s.ctx, points, DDN_TYPE_F64, 2, 2, 2, &ds));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, ds, s.sch, &oracle));
    OK(s.ctx, ddn_query_create(s.ctx, oracle, &query));
    OK(s.ctx, ddn_integrator_create(s.ctx, oracle, DDN_METHOD_EULER, &it));
    OK(s.ctx, ddn_analysis_create(s.ctx, &an));
    OK(s.ctx, ddn_symmetry_create(s.ctx, oracle, &sy));
    check(s.ctx, &context_calls, s.ctx);
    check(s.ctx, &query_calls, query);
    check(s.ctx, &integrator_calls, it);
    check(s.ctx, &analysis_calls, an);
    check(s.ctx, &symmetry_calls, sy);
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
    const option_calls *const all[5] = {&context_calls, &query_calls, &integrator_calls,
                                        &analysis_calls, &symmetry_calls};
    double real = 0;
    int64_t value = 0;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(all[i]->set_i64(NULL, 201, 1), DDN_E_NULL);
        assert_int_equal(all[i]->get_i64(NULL, 201, &value), DDN_E_NULL);
        assert_int_equal(all[i]->bounds(NULL, 201, &real, NULL, NULL), DDN_E_NULL);
        if (all[i]->set_f64 != NULL) {
            assert_int_equal(all[i]->set_f64(NULL, 101, 1), DDN_E_NULL);
            assert_int_equal(all[i]->get_f64(NULL, 101, &real), DDN_E_NULL);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_object),
        cmocka_unit_test(no_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
