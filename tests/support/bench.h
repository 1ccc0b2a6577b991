/* An empirical oracle with its symmetry object. */
#ifndef TEST_SUPPORT_BENCH_H
#define TEST_SUPPORT_BENCH_H

#include "support/fixtures.h"

typedef struct test_bench {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    ddn_symmetry *sy;
} test_bench;

/* data[n][d] in double, copied. */
test_bench test_bench_make(int64_t threads, test_kind kind, const double *data, int64_t n,
                           int64_t d);
void test_bench_free(test_bench *b);

#endif
