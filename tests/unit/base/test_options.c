/* Options by key, the same for every object that has them: what is set is what is read, within the
 * bounds that can be asked for, by the right type only; a key means one thing in the whole library.
 */
#include <string.h>

#include "support/fixtures.h"

/* Every object that has options. Methods of integrators: one without options of its own, one with.
 */
enum {
    CONTEXT,
    QUERY,
    EULER,
    ADAPTIVE,
    ANALYSIS,
    SYMMETRY,
    KINDS
};

typedef struct zoo {
    test_setup s;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    ddn_query *query;
    ddn_integrator *euler, *adaptive;
    ddn_analysis *an;
    ddn_symmetry *sy;
    ddn_options *all[KINDS];
} zoo;

static zoo make(ddn_type type)
{
    zoo z = {.s = test_setup_make(1)};
    ddn_context *ctx = z.s.ctx;
    const double points[4] = {-1, 0, 1, 0};
    const float floats[4] = {-1, 0, 1, 0};
    const void *data = type == DDN_TYPE_F32 ? (const void *)floats : (const void *)points;
    OK(ctx, ddn_dataset_create(ctx, type, 2, 2, data, 2, &z.ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, z.ds, z.s.sch, &z.oracle));
    OK(ctx, ddn_query_create(ctx, z.oracle, &z.query));
    OK(ctx, ddn_integrator_create(ctx, z.oracle, DDN_METHOD_EULER, &z.euler));
    OK(ctx, ddn_integrator_create(ctx, z.oracle, DDN_METHOD_ADAPTIVE, &z.adaptive));
    OK(ctx, ddn_analysis_create(ctx, &z.an));
    OK(ctx, ddn_symmetry_create(ctx, z.oracle, &z.sy));
    z.all[CONTEXT] = ddn_context_options(ctx);
    z.all[QUERY] = ddn_query_options(z.query);
    z.all[EULER] = ddn_integrator_options(z.euler);
    z.all[ADAPTIVE] = ddn_integrator_options(z.adaptive);
    z.all[ANALYSIS] = ddn_analysis_options(z.an);
    z.all[SYMMETRY] = ddn_symmetry_options(z.sy);
    return z;
}

static void drop(zoo *z)
{
    ddn_symmetry_destroy(z->sy);
    ddn_analysis_destroy(z->an);
    ddn_integrator_destroy(z->euler);
    ddn_integrator_destroy(z->adaptive);
    ddn_query_destroy(z->query);
    ddn_oracle_destroy(z->oracle);
    ddn_dataset_destroy(z->ds);
    test_setup_free(&z->s);
}

static void check_real(ddn_context *ctx, ddn_options *o, int32_t key)
{
    double low, high, preset, value;
    int64_t whole = 0;
    OK(ctx, ddn_options_bounds_f64(o, key, &low, &high, &preset));
    OK(ctx, ddn_options_bounds_f64(o, key, NULL, NULL, NULL));
    const double tries[3] = {low, high, 0.5 * (low + high)};
    for (int i = 0; i < 3; i++) {
        OK(ctx, ddn_options_set_f64(o, key, tries[i]));
        OK(ctx, ddn_options_get_f64(o, key, &value));
        assert_true(value == tries[i]);
    }
    FAILS(ctx, ddn_options_set_f64(o, key, nextafter(high, INFINITY)), DDN_E_RANGE, "is outside");
    FAILS(ctx, ddn_options_set_f64(o, key, nextafter(low, -INFINITY)), DDN_E_RANGE, "is outside");
    FAILS(ctx, ddn_options_set_f64(o, key, NAN), DDN_E_NONFINITE, "is outside");
    FAILS(ctx, ddn_options_set_i64(o, key, 1), DDN_E_TYPE, "is a double, not an int64");
    FAILS(ctx, ddn_options_get_i64(o, key, &whole), DDN_E_TYPE, "is a double");
    FAILS(ctx, ddn_options_bounds_i64(o, key, &whole, NULL, NULL), DDN_E_TYPE, "is a double");
    FAILS(ctx, ddn_options_get_f64(o, key, NULL), DDN_E_NULL, "value is NULL");
    OK(ctx, ddn_options_get_f64(o, key, &value));
    assert_true(value == tries[2]); /* what was refused changed nothing */
}

static void check_integer(ddn_context *ctx, ddn_options *o, int32_t key)
{
    int64_t low, high, preset, value;
    double real = 0;
    OK(ctx, ddn_options_bounds_i64(o, key, &low, &high, &preset));
    OK(ctx, ddn_options_bounds_i64(o, key, NULL, NULL, NULL));
    assert_true(preset >= low && preset <= high);
    OK(ctx, ddn_options_get_i64(o, key, &value));
    assert_int_equal(value, preset);
    const int64_t tries[2] = {high, low};
    for (int i = 0; i < 2; i++) {
        OK(ctx, ddn_options_set_i64(o, key, tries[i]));
        OK(ctx, ddn_options_get_i64(o, key, &value));
        assert_int_equal(value, tries[i]);
    }
    if (high < INT64_MAX) {
        FAILS(ctx, ddn_options_set_i64(o, key, high + 1), DDN_E_RANGE, "is outside");
        FAILS(ctx, ddn_options_set_i64(o, key, INT64_MAX), DDN_E_RANGE, "is outside");
    }
    if (low > INT64_MIN) {
        FAILS(ctx, ddn_options_set_i64(o, key, low - 1), DDN_E_RANGE, "is outside");
        FAILS(ctx, ddn_options_set_i64(o, key, INT64_MIN), DDN_E_RANGE, "is outside");
    }
    FAILS(ctx, ddn_options_set_f64(o, key, 1), DDN_E_TYPE, "is an int64, not a double");
    FAILS(ctx, ddn_options_get_f64(o, key, &real), DDN_E_TYPE, "is an int64");
    FAILS(ctx, ddn_options_bounds_f64(o, key, &real, NULL, NULL), DDN_E_TYPE, "is an int64");
    FAILS(ctx, ddn_options_get_i64(o, key, NULL), DDN_E_NULL, "value is NULL");
    OK(ctx, ddn_options_get_i64(o, key, &value));
    assert_int_equal(value, low);
}

/* All that are listed, as many as there should be; names begin with the object's, and find the key
 * again. */
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
        assert_int_equal(ddn_options_find(o, name), key);
        seen += ddn_options_type(o, key) == DDN_TYPE_F64;
        if (ddn_options_type(o, key) == DDN_TYPE_F64) {
            check_real(ctx, o, key);
        } else {
            assert_int_equal(ddn_options_type(o, key), DDN_TYPE_I64);
            check_integer(ctx, o, key);
        }
    }
    assert_int_equal(seen, reals);
    const int32_t strangers[6] = {0, 101, 999, 7001, -7, INT32_MIN};
    for (int i = 0; i < 6; i++) {
        FAILS(ctx, ddn_options_bounds_f64(o, strangers[i], &low, NULL, NULL), DDN_E_KEY,
              "no option");
        FAILS(ctx, ddn_options_set_i64(o, strangers[i], 1), DDN_E_KEY, "no option");
        FAILS(ctx, ddn_options_get_i64(o, strangers[i], &value), DDN_E_KEY, "no option");
        assert_null(ddn_options_name(o, strangers[i]));
        assert_int_equal(ddn_options_type(o, strangers[i]), 0);
    }
    assert_int_equal(ddn_options_key(o, -1), 0);
    assert_int_equal(ddn_options_key(o, ddn_options_count(o)), 0);
    assert_int_equal(ddn_options_find(o, "DDN_NO_SUCH_OPTION"), -1);
    assert_int_equal(ddn_options_find(o, ""), -1);
    assert_int_equal(ddn_options_find(o, NULL), -1);
}

static void every_object(void **state)
{
    (void)state;
    zoo z = make(DDN_TYPE_F64);
    check(z.s.ctx, z.all[CONTEXT], "DDN_CONTEXT_", 0, 2);
    check(z.s.ctx, z.all[QUERY], "DDN_QUERY_", 1, 3);
    check(z.s.ctx, z.all[EULER], "DDN_INTEGRATOR_", 4, 7); /* none of RTOL to MU, VARIANCE */
    check(z.s.ctx, z.all[ADAPTIVE], "DDN_INTEGRATOR_", 6, 7);
    check(z.s.ctx, z.all[ANALYSIS], "DDN_ANALYSIS_", 8, 11);
    check(z.s.ctx, z.all[SYMMETRY], "DDN_SYMMETRY_", 4, 6);
    drop(&z);
}

/* In 0.1.0 key 201 was the number of threads of a context, the trajectory switch of a query and the
 * steps of an integrator: options handed to the wrong object were taken. Now no key of one kind of
 * object is taken by another kind, and the text says whose it is. */
static void keys_mean_one_thing(void **state)
{
    (void)state;
    zoo z = make(DDN_TYPE_F64);
    static const char *const owners[KINDS] = {"contexts",    "queries",  "integrators",
                                              "integrators", "analyses", "symmetry objects"};
    int64_t pairs = 0;
    for (int from = 0; from < KINDS; from++) {
        for (int to = 0; to < KINDS; to++) {
            for (int64_t i = 0; i < ddn_options_count(z.all[from]) && owners[from] != owners[to];
                 i++) {
                int32_t key = ddn_options_key(z.all[from], i);
                char text[160];
                snprintf(text, sizeof text, "%s is an option of %s, not of %s",
                         ddn_options_name(z.all[from], key), owners[from], owners[to]);
                FAILS(z.s.ctx, ddn_options_set_i64(z.all[to], key, 1), DDN_E_KEY, text);
                FAILS(z.s.ctx, ddn_options_set_f64(z.all[to], key, 1), DDN_E_KEY, text);
                assert_null(ddn_options_name(z.all[to], key));
                assert_int_equal(ddn_options_find(z.all[to], ddn_options_name(z.all[from], key)),
                                 -1);
                pairs++;
            }
        }
    }
    assert_true(pairs > 150);
    drop(&z);
}

static void methods_lack_options(void **state)
{
    (void)state;
    zoo z = make(DDN_TYPE_F64);
    double value;
    FAILS(z.s.ctx, ddn_options_set_f64(z.all[EULER], DDN_INTEGRATOR_RTOL, 1e-6), DDN_E_UNSUPPORTED,
          "ddn_options_set_f64: method EULER has no option DDN_INTEGRATOR_RTOL");
    FAILS(z.s.ctx, ddn_options_get_f64(z.all[EULER], DDN_INTEGRATOR_GAMMA, &value),
          DDN_E_UNSUPPORTED, "method EULER has no option DDN_INTEGRATOR_GAMMA");
    FAILS(z.s.ctx, ddn_options_set_i64(z.all[ADAPTIVE], DDN_INTEGRATOR_VARIANCE, 1),
          DDN_E_UNSUPPORTED, "method ADAPTIVE has no option DDN_INTEGRATOR_VARIANCE");
    assert_int_equal(ddn_options_find(z.all[EULER], "DDN_INTEGRATOR_RTOL"), -1);
    assert_int_equal(ddn_options_find(z.all[ADAPTIVE], "DDN_INTEGRATOR_RTOL"), DDN_INTEGRATOR_RTOL);
    drop(&z);
}

/* Bounds were doubles: 2^63 - 1 is none, and seeds above 2^53 could not be told from neighbours. */
static void integers_are_exact(void **state)
{
    (void)state;
    zoo z = make(DDN_TYPE_F64);
    static const struct {
        int object;
        int32_t key;
    } seeds[] = {
        {EULER, DDN_INTEGRATOR_SEED}, {ANALYSIS, DDN_ANALYSIS_SEED}, {SYMMETRY, DDN_SYMMETRY_SEED}};
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        int64_t low, high, value;
        OK(z.s.ctx,
           ddn_options_bounds_i64(z.all[seeds[i].object], seeds[i].key, &low, &high, NULL));
        assert_true(low == INT64_MIN && high == INT64_MAX);
        OK(z.s.ctx, ddn_options_set_i64(z.all[seeds[i].object], seeds[i].key, INT64_MAX - 1));
        OK(z.s.ctx, ddn_options_get_i64(z.all[seeds[i].object], seeds[i].key, &value));
        assert_true(value == INT64_MAX - 1);
    }
    const int64_t most = INT64_C(1) << 59;
    OK(z.s.ctx, ddn_options_set_i64(z.all[EULER], DDN_INTEGRATOR_FIRST_PATH, most));
    /* As doubles the two are the same number. */
    FAILS(z.s.ctx, ddn_options_set_i64(z.all[EULER], DDN_INTEGRATOR_FIRST_PATH, most + 1),
          DDN_E_RANGE, "= 576460752303423489 is outside [0, 576460752303423488]");
    drop(&z);
}

/* After a reset everything is as in a new object, also where the presets follow the data. */
static void reset_gives_presets(void **state)
{
    (void)state;
    zoo z = make(DDN_TYPE_F32), fresh = make(DDN_TYPE_F32);
    for (int k = 0; k < KINDS; k++) {
        ddn_options *o = z.all[k];
        for (int64_t i = 0; i < ddn_options_count(o); i++) {
            int32_t key = ddn_options_key(o, i);
            double real;
            int64_t whole;
            if (ddn_options_type(o, key) == DDN_TYPE_F64) {
                OK(z.s.ctx, ddn_options_bounds_f64(o, key, NULL, &real, NULL));
                OK(z.s.ctx, ddn_options_set_f64(o, key, real));
            } else {
                OK(z.s.ctx, ddn_options_bounds_i64(o, key, NULL, &whole, NULL));
                OK(z.s.ctx, ddn_options_set_i64(o, key, whole));
            }
        }
        OK(z.s.ctx, ddn_options_reset(o));
        for (int64_t i = 0; i < ddn_options_count(o); i++) {
            int32_t key = ddn_options_key(o, i);
            double real, new_real, preset;
            int64_t whole, new_whole;
            if (ddn_options_type(o, key) == DDN_TYPE_F64) {
                OK(z.s.ctx, ddn_options_get_f64(o, key, &real));
                OK(z.s.ctx, ddn_options_get_f64(fresh.all[k], key, &new_real));
                OK(z.s.ctx, ddn_options_bounds_f64(o, key, NULL, NULL, &preset));
                assert_true(real == new_real || (isnan(real) && isnan(new_real)));
                assert_true(real == preset || (isnan(real) && isnan(preset)));
            } else {
                OK(z.s.ctx, ddn_options_get_i64(o, key, &whole));
                OK(z.s.ctx, ddn_options_get_i64(fresh.all[k], key, &new_whole));
                assert_int_equal(whole, new_whole);
            }
        }
    }
    double tolerance;
    OK(z.s.ctx, ddn_options_get_f64(z.all[SYMMETRY], DDN_SYMMETRY_TOLERANCE, &tolerance));
    assert_true(tolerance == 1e-5);
    drop(&fresh);
    drop(&z);
}

static int32_t stop(void *user, const ddn_step *step)
{
    (void)user;
    return ddn_step_index(step) == 1;
}

/* A run keeps its options. */
static void reset_waits_for_the_run(void **state)
{
    (void)state;
    zoo z = make(DDN_TYPE_F64);
    double x[2] = {0.1, 0.2};
    int64_t steps;
    OK(z.s.ctx, ddn_options_set_i64(z.all[EULER], DDN_INTEGRATOR_STEPS, 7));
    OK(z.s.ctx, ddn_integrator_attach_callback(z.euler, 0, stop, NULL, NULL));
    assert_int_equal(ddn_integrator_run(z.euler, 1, x, 2), DDN_STOPPED);
    FAILS(z.s.ctx, ddn_options_reset(z.all[EULER]), DDN_E_STATE, "stopped run");
    OK(z.s.ctx, ddn_options_get_i64(z.all[EULER], DDN_INTEGRATOR_STEPS, &steps));
    assert_int_equal(steps, 7);
    OK(z.s.ctx, ddn_integrator_reset(z.euler));
    OK(z.s.ctx, ddn_options_reset(z.all[EULER]));
    OK(z.s.ctx, ddn_options_get_i64(z.all[EULER], DDN_INTEGRATOR_STEPS, &steps));
    assert_int_equal(steps, 100);
    drop(&z);
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
    assert_int_equal(ddn_options_set_i64(NULL, DDN_CONTEXT_THREADS, 1), DDN_E_NULL);
    assert_int_equal(ddn_options_get_i64(NULL, DDN_CONTEXT_THREADS, &value), DDN_E_NULL);
    assert_int_equal(ddn_options_set_f64(NULL, DDN_QUERY_EPSILON, 1), DDN_E_NULL);
    assert_int_equal(ddn_options_get_f64(NULL, DDN_QUERY_EPSILON, &real), DDN_E_NULL);
    assert_int_equal(ddn_options_bounds_f64(NULL, DDN_QUERY_EPSILON, &real, NULL, NULL),
                     DDN_E_NULL);
    assert_int_equal(ddn_options_bounds_i64(NULL, DDN_CONTEXT_THREADS, &value, NULL, NULL),
                     DDN_E_NULL);
    assert_int_equal(ddn_options_reset(NULL), DDN_E_NULL);
    assert_int_equal(ddn_options_count(NULL), 0);
    assert_int_equal(ddn_options_key(NULL, 0), 0);
    assert_null(ddn_options_name(NULL, DDN_CONTEXT_THREADS));
    assert_int_equal(ddn_options_find(NULL, "DDN_CONTEXT_THREADS"), -1);
    assert_int_equal(ddn_options_type(NULL, DDN_CONTEXT_THREADS), 0);
}

/* DDN_TYPE_I64 is a type of options alone. */
static void points_are_not_int64(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const int64_t points[4] = {-1, 0, 1, 0};
    ddn_dataset *ds = NULL;
    FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_I64, 2, 2, points, 2, &ds), DDN_E_KEY,
          "argument type = 4 is none of DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64");
    assert_null(ds);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_object),
        cmocka_unit_test(keys_mean_one_thing),
        cmocka_unit_test(methods_lack_options),
        cmocka_unit_test(integers_are_exact),
        cmocka_unit_test(reset_gives_presets),
        cmocka_unit_test(reset_waits_for_the_run),
        cmocka_unit_test(no_object),
        cmocka_unit_test(points_are_not_int64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
