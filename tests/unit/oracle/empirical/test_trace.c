/* The trace of the covariance where points are listed: from the sums relative to the nearest point,
 * and by a second pass over the points where many of them are far from it and have most weight. */
#include "support/exact.h"

enum {
    N = 3000,
    D = 8,
    M = 3,
    WIDE = 5, /* number of the way with long lists */
    ALL_BUT_WIDE = 0x7f & ~(1 << WIDE)
};

/* A point, and all others close together at distance 1 from it. */
static test_cloud cloud_make(ddn_type type)
{
    double *z = calloc(N * D, sizeof *z);
    test_normal(3, N * D, z);
    for (int64_t i = 0; i < N; i++) {
        for (int64_t j = 0; j < D; j++) {
            z[i * D + j] = i == 0 ? 0 : 0.01 * z[i * D + j] + (j == 2 ? 1 : 0);
        }
    }
    test_cloud c = test_cloud_make(type, N, D, D, type == DDN_TYPE_U8 ? 0.01 : 1,
                                   type == DDN_TYPE_U8 ? -0.5 : 0, z, 0);
    free(z);
    return c;
}

/* Gives the rows read. */
static int64_t ask(ddn_context *ctx, const ddn_oracle *o, double t, const double *x, double *trace)
{
    double mean[M * D];
    ddn_query *q = NULL;
    OK(ctx, ddn_query_create(ctx, o, &q));
    OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_FORBID, ALL_BUT_WIDE));
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, mean, D));
    if (trace != NULL) {
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_TRACE_COV, trace, 0));
    }
    OK(ctx, ddn_query_run(q, t, M, x, D));
    assert_int_equal(ddn_query_tally(q, DDN_WAY_SERVED, WIDE), M);
    int64_t rows = ddn_query_tally(q, DDN_WAY_ROWS, WIDE);
    ddn_query_destroy(q);
    return rows;
}

/* Near the point, at a noise level where the others weigh e^-gap of it each. */
static void check(ddn_context *ctx, const ddn_oracle *o, const test_cloud *c, double gap, int again)
{
    const double t = sqrt(0.5 / gap);
    double x[M * D], trace[M];
    test_normal(4, M * D, x);
    for (int64_t k = 0; k < M * D; k++) {
        x[k] *= 1e-3;
    }
    const int64_t once = ask(ctx, o, t, x, NULL), rows = ask(ctx, o, t, x, trace);
    assert_true(again ? rows > once + M * (N / 2) : rows == once);
    test_exact e = test_exact_make(c);
    for (int64_t q = 0; q < M; q++) {
        test_exact_at(c, 1, (long double)t * (long double)t, x + q * D, &e);
        assert_int_equal(e.argmax, 0);
        CLOSE(trace[q], e.trace, 1e-12, 0);
    }
    test_exact_free(&e);
}

static void trace_of_listed_points(void **state)
{
    (void)state;
    static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    int32_t supported;
    const char *name;
    for (int k = 0; k < 3; k++) {
        ddn_context *ctx = test_context(1);
        test_cloud c = cloud_make(types[k]);
        ddn_schedule *sch;
        ddn_oracle *o;
        OK(ctx, ddn_schedule_create_edm(ctx, &sch));
        ddn_dataset *ds = test_cloud_dataset(ctx, &c, 0);
        OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &o));
        for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
            if (supported) {
                OK(ctx, ddn_context_set_kernel(ctx, name));
                check(ctx, o, &c, 2, 1);
                check(ctx, o, &c, 6, 0);
                check(ctx, o, &c, 16, 0);
            }
        }
        ddn_oracle_destroy(o);
        ddn_schedule_destroy(sch);
        ddn_dataset_destroy(ds);
        ddn_context_destroy(ctx);
        test_cloud_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trace_of_listed_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
