/* An empirical oracle with its symmetry object, and reading of results. */
#include "support/bench.h"

ddn_schedule *test_schedule(ddn_context *ctx, test_kind kind)
{
    ddn_schedule *sch = NULL;
    OK(ctx, kind == TEST_OU   ? ddn_schedule_create_ou(ctx, &sch)
            : kind == TEST_VP ? ddn_schedule_create_vp_linear(ctx, 0.1, 20, &sch)
                              : ddn_schedule_create_edm(ctx, &sch));
    return sch;
}

test_bench test_bench_make(int64_t threads, test_kind kind, const double *data, int64_t n,
                           int64_t d)
{
    test_bench b = {test_context(threads), NULL, NULL, NULL, NULL};
    b.sch = test_schedule(b.ctx, kind);
    OK(b.ctx, ddn_dataset_create(b.ctx, data, DDN_TYPE_F64, n, d, d, &b.ds));
    OK(b.ctx, ddn_oracle_create_empirical(b.ctx, b.ds, b.sch, &b.oracle));
    OK(b.ctx, ddn_symmetry_create(b.ctx, b.oracle, &b.sy));
    return b;
}

void test_bench_free(test_bench *b)
{
    ddn_symmetry_destroy(b->sy);
    ddn_oracle_destroy(b->oracle);
    ddn_dataset_destroy(b->ds);
    ddn_schedule_destroy(b->sch);
    ddn_context_destroy(b->ctx);
}

double *test_column(ddn_context *ctx, const ddn_result *result, const char *name)
{
    int64_t rows = ddn_result_rows(result);
    double *values = calloc((size_t)rows + 1, sizeof *values);
    assert_non_null(values);
    OK(ctx, ddn_result_column(ctx, result, name, values, rows));
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
    return value;
}
