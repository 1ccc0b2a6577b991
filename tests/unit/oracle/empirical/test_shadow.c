/* A copy of the points in bytes, which screens read in their place (DDN_CONTEXT_SHADOW): the same
 * points enter the sums, whatever the points are, so the bits are those without it where the same
 * way serves, and the promise is kept where another does; and it is read instead of the points.
 * Would catch: bounds that leave out what bytes lose of a point (far ones, columns of other sizes).
 */
#include "support/exact.h"
#include "support/failing.h"
#include "support/ways.h"

enum {
    D = 43, /* no multiple of 8 */
    M = 17
};

/* What is odd about the points. */
typedef enum oddity {
    CLUSTERS,  /* nothing */
    STRAY,     /* one of them is far away */
    CONSTANT,  /* columns that are constant, some far from 0 */
    RANGES,    /* columns of sizes from 1e-4 to 1e4 */
    SUBNORMAL, /* columns of numbers below the smallest normal one */
    ODDITIES
} oddity;

static double odd(oddity how, int64_t n, int64_t k, double y)
{
    int64_t i = k / D, j = k % D;
    return how == STRAY && i == n / 2       ? 1000 * y
           : how == CONSTANT && j % 3 == 0  ? (j == 0 ? 100 : 0.5)
           : how == RANGES                  ? y * pow(10, (double)(j % 9 - 4))
           : how == SUBNORMAL && j % 4 == 0 ? y * 1e-310
                                            : y;
}

typedef struct rig {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle[2]; /* without and with a shadow */
    test_cloud cloud;
} rig;

static rig rig_make(oddity how, ddn_type type, int64_t n, const double *weight)
{
    rig r = {.ctx = test_context(2)};
    double *z = calloc((size_t)(2 * n * D), sizeof *z), *centre = z + n * D;
    test_normal(60 + n, 2 * n * D, z);
    for (int64_t k = 0; k < n * D; k++) {
        z[k] = odd(how, n, k, 0.5 * centre[k / D % 97 * D % (n * D) + k % D] + 0.1 * z[k]);
    }
    r.cloud = test_cloud_make(type, n, D, D + 1, 1, 0, z, 0);
    r.cloud.weight = weight;
    free(z);
    OK(r.ctx, ddn_schedule_create_ou(r.ctx, &r.sch));
    r.ds = test_cloud_dataset(r.ctx, &r.cloud, 0);
    for (int k = 0; k < 2; k++) {
        OK(r.ctx, ddn_options_set_i64(ddn_context_options(r.ctx), DDN_CONTEXT_SHADOW, k));
        OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle[k]));
    }
    return r;
}

static void rig_free(rig *r)
{
    ddn_oracle_destroy(r->oracle[0]);
    ddn_oracle_destroy(r->oracle[1]);
    ddn_dataset_destroy(r->ds);
    ddn_schedule_destroy(r->sch);
    ddn_context_destroy(r->ctx);
    test_cloud_free(&r->cloud);
}

typedef struct answer {
    double score[M * D], nearest[M];
    int64_t refined, bytes; /* by screens */
} answer;

static void ask(const rig *r, int shadow, double t, int64_t m, int trajectory, const double *x,
                answer *out)
{
    ddn_query *q = NULL;
    int64_t way = test_way(r->oracle[shadow], "refine");
    OK(r->ctx, ddn_query_create(r->ctx, r->oracle[shadow], &q));
    OK(r->ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_TRAJECTORY, trajectory));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, out->score, D));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_NEAREST_DISTANCE2, out->nearest, 0));
    for (int k = 0; k <= trajectory; k++) {
        OK(r->ctx, ddn_query_run(q, t, m, x, D));
    }
    out->refined = ddn_query_tally(q, DDN_WAY_SERVED, way);
    out->bytes = ddn_query_tally(q, DDN_WAY_BYTES, way);
    ddn_query_destroy(q);
}

/* Gives how many states a screen of the shadow served. */
static int64_t compare(const rig *r, double t, int64_t m, int trajectory)
{
    double x[M * D], diff[D], a = exp(-t), s2 = -expm1(-2 * t);
    answer plain, got;
    test_exact e = test_exact_make(&r->cloud);
    test_normal(900, M * D, x);
    for (int64_t k = 0; k < m * D; k++) {
        x[k] = a * r->cloud.point[(k / D * 37 + 5) % r->cloud.n * D + k % D] + sqrt(s2) * x[k];
    }
    ask(r, 0, t, m, trajectory, x, &plain);
    ask(r, 1, t, m, trajectory, x, &got);
    assert_memory_equal(plain.nearest, got.nearest, (size_t)m * sizeof *got.nearest);
    if (plain.refined == m && got.refined == m) {
        assert_memory_equal(plain.score, got.score, (size_t)(m * D) * sizeof *got.score);
    }
    for (int64_t q = 0; q < m; q++) {
        test_exact_at(&r->cloud, expl(-(long double)t), -expm1l(-2 * (long double)t), x + q * D,
                      &e);
        for (int64_t j = 0; j < D; j++) {
            diff[j] = got.score[q * D + j] - e.score[j];
        }
        CLOSE(test_length(D, diff), 0, 0,
              test_score_allowed(&r->cloud, a, s2, x + q * D, &e) + 2e-9 * r->cloud.reach * a / s2);
    }
    test_exact_free(&e);
    return got.bytes < plain.bytes ? got.refined : 0;
}

static void the_same_points_count(void **state)
{
    (void)state;
    static const int64_t sizes[] = {1, 65, 1500}, batches[] = {1, 2, M};
    static const double times[] = {0.003, 0.1, 0.7};
    double *weight = test_weights(1500, 4);
    int64_t served[ODDITIES] = {0};
    for (int k = 0; k < ODDITIES * 2 * 3; k++) {
        oddity how = (oddity)(k / 6);
        ddn_type type = k / 3 % 2 ? DDN_TYPE_F32 : DDN_TYPE_F64;
        if (how == SUBNORMAL && type == DDN_TYPE_F32) {
            continue; /* 1e-310 is 0 there */
        }
        rig r = rig_make(how, type, sizes[k % 3], k % 2 ? weight : NULL);
        int32_t supported;
        const char *name;
        for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
            for (int c = 0; supported && c < 9; c++) {
                OK(r.ctx, ddn_context_set_kernel(r.ctx, name));
                served[how] += compare(&r, times[c / 3], batches[c % 3], c == 4);
            }
        }
        rig_free(&r);
    }
    for (int how = 0; how < ODDITIES; how++) {
        assert_true(served[how] > 0);
    }
    free(weight);
}

/* Late, nearly all that is read is the shadow: an eighth. */
static void an_eighth_is_read(void **state)
{
    (void)state;
    rig r = rig_make(CLUSTERS, DDN_TYPE_F64, 20000, NULL);
    double x[D], score[D];
    OK(r.ctx, ddn_dataset_read(r.ctx, r.ds, 3, 1, x, D));
    for (int k = 0; k < 2; k++) {
        ddn_query *q = NULL;
        int64_t way = test_way(r.oracle[k], "refine"), rows = 20000 * D;
        OK(r.ctx, ddn_query_create(r.ctx, r.oracle[k], &q));
        OK(r.ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
        OK(r.ctx, ddn_query_run(q, 0.01, 1, x, D));
        test_served_all(q, r.oracle[k], "refine", 1);
        CLOSE((double)ddn_query_tally(q, DDN_WAY_BYTES, way), (double)rows * (k ? 1 : 8), 0.2, 0);
        ddn_query_destroy(q);
    }
    rig_free(&r);
}

/* Bounds of bytes are wider, and bytes cost less where products of integers are fast: there is a
 * time at which a screen of them pays, and one of the points does not. */
static void a_shadow_alone_may_pay(void **state)
{
    (void)state;
    const double t = 0.07;
    rig r = rig_make(CLUSTERS, DDN_TYPE_F64, 5000, NULL);
    double x[M * D];
    answer plain, got;
    int32_t supported;
    const char *name;
    test_normal(900, M * D, x);
    for (int64_t i = 0; i < M * D; i++) {
        x[i] = exp(-t) * r.cloud.point[(i / D * 37 + 5) * D + i % D] + sqrt(-expm1(-2 * t)) * x[i];
    }
    for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
        if (supported) {
            OK(r.ctx, ddn_context_set_kernel(r.ctx, name));
            ask(&r, 0, t, M, 0, x, &plain);
            ask(&r, 1, t, M, 0, x, &got);
            assert_int_equal(plain.refined, 0);
            assert_int_equal(got.refined > 0, strcmp(name, "avx512vnni") == 0);
        }
    }
    rig_free(&r);
}

/* Allocations of an oracle. */
static int64_t allocations(int32_t shadow, ddn_type type, int64_t d)
{
    static const double zero[100 * D];
    test_memory memory;
    ddn_context *ctx = test_failing_context(&memory, 0);
    ddn_dataset *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_SHADOW, shadow));
    OK(ctx, ddn_dataset_create(ctx, type, 100, d, zero, d, &ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    const int64_t before = memory.allocations;
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    const int64_t count = memory.allocations - before;
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    return count;
}

/* Bytes are their own shadow, and points of few coordinates are gone through in columns. */
static void only_what_screens_read_has_one(void **state)
{
    (void)state;
    static const struct {
        ddn_type type;
        int64_t d;
        int32_t has;
    } cases[] = {{DDN_TYPE_F64, D, 1}, {DDN_TYPE_F32, D, 1}, {DDN_TYPE_U8, D, 0},
                 {DDN_TYPE_F64, 3, 0}, {DDN_TYPE_F32, 3, 0}, {DDN_TYPE_U8, 3, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const int64_t with = allocations(1, cases[k].type, cases[k].d);
        assert_int_equal(with > allocations(0, cases[k].type, cases[k].d), cases[k].has);
    }
}

static void survives_a_lack_of_memory(void **state)
{
    (void)state;
    test_memory memory;
    ddn_context *ctx = test_failing_context(&memory, 0);
    double *y = calloc(100 * D, sizeof *y);
    test_normal(4, 100 * D, y);
    ddn_dataset *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_SHADOW, 1));
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 100, D, y, D, &ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    int64_t live = memory.live, k = 0;
    for (ddn_status status = DDN_E_NOMEM; status != DDN_OK;) {
        memory.fail_at = memory.allocations + ++k;
        status = ddn_oracle_create_empirical(ctx, ds, sch, &oracle);
        assert_true(status == DDN_OK || (status == DDN_E_NOMEM && memory.live == live));
    }
    assert_true(k > 4);
    memory.fail_at = 0;
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    free(y);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_points_count),
        cmocka_unit_test(an_eighth_is_read),
        cmocka_unit_test(a_shadow_alone_may_pay),
        cmocka_unit_test(only_what_screens_read_has_one),
        cmocka_unit_test(survives_a_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
