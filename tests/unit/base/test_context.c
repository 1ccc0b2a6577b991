/* Contexts: options, error text, cancellation, allocators. */
#include "support/fixtures.h"

static void options_are_checked(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    int64_t threads = 0;
    OK(ctx, ddn_options_get_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, &threads));
    assert_int_equal(threads, 2);
    FAILS(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, 0), DDN_E_RANGE,
          "ddn_options_set_i64: option DDN_CONTEXT_THREADS = 0 is outside [1, 1024]");
    FAILS(ctx, ddn_options_set_i64(ddn_context_options(ctx), 777, 1), DDN_E_KEY, "777");
    OK(ctx, ddn_options_get_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, &threads));
    assert_int_equal(threads, 2);
    /* What is no context takes no text, and the answer is the same. */
    assert_int_equal(ddn_context_fail(NULL, "text"), ddn_context_fail(ctx, "text"));
    assert_int_equal(ddn_context_fail((ddn_context *)(void *)ddn_context_options(ctx), "text"),
                     ddn_context_fail(ctx, "text"));
    ddn_context_destroy(ctx);
    ddn_context_destroy(NULL);
    assert_int_equal(ddn_context_create(NULL), DDN_E_NULL);
}

static void every_status_has_a_name(void **state)
{
    (void)state;
#define ROW(name, value, text)                                                                     \
    assert_int_equal(name, value);                                                                 \
    assert_string_equal(ddn_status_name(name), #name);                                             \
    assert_string_equal(ddn_status_text(name), text);
    DDN_STATUS_LIST(ROW)
#undef ROW
    assert_string_equal(ddn_status_name(-9999), "unknown status");
    assert_string_equal(ddn_status_text(-9999), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(every_status_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
