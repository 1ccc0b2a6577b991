/* Where outputs may go: sizes that can be addressed, no memory twice. */
#include "support/fixtures.h"

enum {
    D = 3,
    N = 4,
    M = 4,
    LD = 2 * D
};

typedef struct world {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    ddn_query *q;
    double x[M * LD], out[M * LD];
} world;

static void build(world *w)
{
    double points[N * D];
    memset(w, 0, sizeof *w);
    test_normal(1, N * D, points);
    test_normal(2, M * LD, w->x);
    w->ctx = test_context(1);
    w->sch = test_schedule(w->ctx, TEST_OU);
    OK(w->ctx, ddn_dataset_create(w->ctx, DDN_TYPE_F64, N, D, points, D, &w->ds));
    OK(w->ctx, ddn_oracle_create_empirical(w->ctx, w->ds, w->sch, &w->oracle));
    OK(w->ctx, ddn_query_create(w->ctx, w->oracle, &w->q));
}

static void tear_down(world *w)
{
    ddn_query_destroy(w->q);
    ddn_oracle_destroy(w->oracle);
    ddn_dataset_destroy(w->ds);
    ddn_schedule_destroy(w->sch);
    ddn_context_destroy(w->ctx);
}

/* Leading dimensions whose products do not fit in 64 bits were taken for small ones. */
static void sizes_that_wrap_are_refused(void **state)
{
    (void)state;
    world w;
    build(&w);
    const int64_t huge[] = {INT64_MAX, INT64_C(1) << 62, INT64_C(1) << 61, INT64_C(1) << 58};
    for (int i = 0; i < 4; i++) {
        OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_SCORE, w.out, D));
        FAILS(w.ctx, ddn_query_run(w.q, 1, 2, w.x, huge[i]), DDN_E_RANGE, "x[2]");
        OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_SCORE, w.out, huge[i]));
        FAILS(w.ctx, ddn_query_run(w.q, 1, 2, w.x, D), DDN_E_RANGE, "DDN_OUT_SCORE[2]");
    }
    for (int i = 0; i < M * LD; i++) {
        assert_true(w.out[i] == 0);
    }
    tear_down(&w);
}

static void memory_is_written_once(void **state)
{
    (void)state;
    world w;
    build(&w);
    /* two outputs in one place; one that reaches into the other; one over the states */
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_SCORE, w.out, D));
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_MEAN, w.out, D));
    FAILS(w.ctx, ddn_query_run(w.q, 1, M, w.x, D), DDN_E_OVERLAP, "DDN_OUT_MEAN");
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_MEAN, NULL, D));
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_LOG_P, w.out + M * D - 1, 1));
    FAILS(w.ctx, ddn_query_run(w.q, 1, M, w.x, D), DDN_E_OVERLAP, "DDN_OUT_LOG_P");
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_LOG_P, w.out + M * D, 1)); /* just behind */
    OK(w.ctx, ddn_query_run(w.q, 1, M, w.x, D));
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_SCORE, w.x + D, D));
    FAILS(w.ctx, ddn_query_run(w.q, 1, 2, w.x, D), DDN_E_OVERLAP, "that of x");
    OK(w.ctx, ddn_query_run(w.q, 1, 1, w.x, D)); /* one row does not reach there */
    tear_down(&w);
}

/* Score and mean side by side in the rows of one matrix are what they are apart. */
static void columns_of_one_matrix_are_no_overlap(void **state)
{
    (void)state;
    world w;
    build(&w);
    double score[M * D], mean[M * D];
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_SCORE, score, D));
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_MEAN, mean, D));
    OK(w.ctx, ddn_query_run(w.q, 1, M, w.x, D));
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_SCORE, w.out, LD));
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_MEAN, w.out + D, LD));
    OK(w.ctx, ddn_query_run(w.q, 1, M, w.x, D));
    for (int r = 0; r < M; r++) {
        assert_memory_equal(w.out + r * LD, score + r * D, D * sizeof(double));
        assert_memory_equal(w.out + r * LD + D, mean + r * D, D * sizeof(double));
    }
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_MEAN, w.out + D - 1, LD));
    FAILS(w.ctx, ddn_query_run(w.q, 1, M, w.x, D), DDN_E_OVERLAP, "DDN_OUT_MEAN");
    OK(w.ctx, ddn_query_bind_f64(w.q, DDN_OUT_MEAN, w.out + D + 1, LD));
    FAILS(w.ctx, ddn_query_run(w.q, 1, M, w.x, D), DDN_E_OVERLAP, "DDN_OUT_MEAN");
    tear_down(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_that_wrap_are_refused),
        cmocka_unit_test(memory_is_written_once),
        cmocka_unit_test(columns_of_one_matrix_are_no_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
