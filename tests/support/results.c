/* Reading and comparing results. */
#include "support/results.h"

double *test_column(ddn_context *ctx, const ddn_result *result, const char *name)
{
    int64_t rows = ddn_result_rows(result);
    double *values = calloc((size_t)rows + 1, sizeof *values);
    assert_non_null(values);
    OK(ctx, ddn_result_column(ctx, result, name, rows, values));
    return values;
}

double test_element(ddn_context *ctx, const ddn_result *result, const char *name, int64_t row)
{
    assert_true(row >= 0 && row < ddn_result_rows(result));
    double *values = test_column(ctx, result, name), value = values[row];
    free(values);
    return value;
}

double test_scalar(ddn_context *ctx, const ddn_result *result, const char *name)
{
    double value;
    OK(ctx, ddn_result_scalar(ctx, result, name, &value, NULL));
    assert_true(ddn_result_definition(result, name)[0] != '\0');
    return value;
}

static void same_bits(const char *name, double a, double b)
{
    if (memcmp(&a, &b, sizeof a) != 0) {
        fail_msg("%s: %.17g and %.17g", name, a, b);
    }
}

void test_same_results(ddn_context *ctx, const ddn_result *a, const ddn_result *b)
{
    assert_int_equal(ddn_result_rows(a), ddn_result_rows(b));
    assert_int_equal(ddn_result_column_count(a), ddn_result_column_count(b));
    assert_int_equal(ddn_result_scalar_count(a), ddn_result_scalar_count(b));
    for (int64_t i = 0; i < ddn_result_column_count(a); i++) {
        const char *name = ddn_result_column_name(a, i);
        assert_string_equal(name, ddn_result_column_name(b, i));
        for (int64_t k = 0; k < ddn_result_rows(a); k++) {
            same_bits(name, test_element(ctx, a, name, k), test_element(ctx, b, name, k));
        }
    }
    for (int64_t i = 0; i < ddn_result_scalar_count(a); i++) {
        const char *name = ddn_result_scalar_name(a, i);
        double va, vb, ea, eb;
        OK(ctx, ddn_result_scalar(ctx, a, name, &va, &ea));
        OK(ctx, ddn_result_scalar(ctx, b, name, &vb, &eb));
        same_bits(name, va, vb);
        same_bits(name, ea, eb);
    }
}

static void same_entry(const ddn_result *a, const ddn_result *b, const char *name)
{
    assert_string_equal(ddn_result_unit(a, name), ddn_result_unit(b, name));
    assert_string_equal(ddn_result_definition(a, name), ddn_result_definition(b, name));
}

void test_same_texts(ddn_context *ctx, const ddn_result *a, const ddn_result *b)
{
    test_same_results(ctx, a, b);
    assert_int_equal(ddn_result_clock(a), ddn_result_clock(b));
    assert_int_equal(ddn_result_field_count(a), ddn_result_field_count(b));
    for (int64_t i = 0; i < ddn_result_field_count(a); i++) {
        const char *name = ddn_result_field_name(a, i);
        assert_string_equal(name, ddn_result_field_name(b, i));
        assert_string_equal(ddn_result_field(a, name), ddn_result_field(b, name));
    }
    for (int64_t i = 0; i < ddn_result_column_count(a); i++) {
        same_entry(a, b, ddn_result_column_name(a, i));
    }
    for (int64_t i = 0; i < ddn_result_scalar_count(a); i++) {
        same_entry(a, b, ddn_result_scalar_name(a, i));
    }
}
