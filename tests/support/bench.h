/* An empirical oracle with its symmetry object, and reading of results. */
#ifndef TEST_SUPPORT_BENCH_H
#define TEST_SUPPORT_BENCH_H

#include "support/fixtures.h"

typedef enum test_kind {
    TEST_OU,
    TEST_VP, /* betas 0.1 .. 20 */
    TEST_EDM
} test_kind;

typedef struct test_bench {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    ddn_symmetry *sy;
} test_bench;

ddn_schedule *test_schedule(ddn_context *ctx, test_kind kind);

/* data[n][d] in double, copied. */
test_bench test_bench_make(int64_t threads, test_kind kind, const double *data, int64_t n,
                           int64_t d);
void test_bench_free(test_bench *b);

/* A column in memory that the caller frees; one element of it; a scalar. All fail the test when
 * there is none of that name. */
double *test_column(ddn_context *ctx, const ddn_result *result, const char *name);
double test_element(ddn_context *ctx, const ddn_result *result, const char *name, int64_t row);
double test_scalar(ddn_context *ctx, const ddn_result *result, const char *name);

#endif
