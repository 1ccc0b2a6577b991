/* Rows of options as the library sees them: which values are the presets. What is saved with a run
 * are the options that differ. */
#include "base/options.h"

#include "support/fixtures.h"

static void presets_are_known(void **state)
{
    (void)state;
    static const ddni_option table[] = {
        DDNI_OPTION_F64(DDN_ANALYSIS_ETA, 0, 10, 1),
        DDNI_OPTION_F64(DDN_ANALYSIS_T_START, 1e-12, 1e12, NAN), /* until it is set */
        DDNI_OPTION_I64(DDN_ANALYSIS_SEED, INT64_MIN, INT64_MAX, 0),
    };
    ddni_value values[3];
    const ddn_options o = {.table = table, .values = values, .count = 3};
    ddni_options_init(&o);
    for (int32_t i = 0; i < 3; i++) {
        assert_true(ddni_options_is_preset(&o, i));
    }
    values[0].f = nextafter(1, 2);
    values[1].f = 6;
    values[2].i = INT64_MIN; /* as a double it would be -0, equal to 0 */
    for (int32_t i = 0; i < 3; i++) {
        assert_false(ddni_options_is_preset(&o, i));
    }
}

static void keys_have_owners(void **state)
{
    (void)state;
    assert_string_equal(ddni_option_name(DDN_QUERY_EPSILON), "DDN_QUERY_EPSILON");
    assert_string_equal(ddni_option_owners(DDN_QUERY_EPSILON), "queries");
    const int32_t strangers[] = {INT32_MIN, -1, 0, 201, 1000, 7001, INT32_MAX};
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        assert_null(ddni_option_name(strangers[i]));
        assert_non_null(ddni_option_owners(strangers[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_are_known),
        cmocka_unit_test(keys_have_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
