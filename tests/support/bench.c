/* An empirical oracle with its symmetry object. */
#include "support/bench.h"

test_bench test_bench_make(int64_t threads, test_kind kind, const double *data, int64_t n,
                           int64_t d)
{
    test_bench b = {test_context(threads), NULL, NULL, NULL, NULL};
    b.sch = test_schedule(b.ctx, kind);
    OK(b.ctx, ddn_dataset_create(b.ctx, DDN_TYPE_F64, n, d, data, d, &b.ds));
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
