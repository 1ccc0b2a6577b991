/* The empirical oracle at its edges: sizes around every block, duplicates, outliers, scales near
 * the ends of the floating range, states far away, memory that ends with the data. Answers agree
 * with long double, or the call is refused with a reason; never a NaN. */
#include "support/exact.h"

typedef struct rig {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    const test_cloud *cloud;
    int ou;
} rig;

static rig rig_make(const test_cloud *c, int ou, int32_t classes)
{
    rig r = {.ctx = test_context(2), .cloud = c, .ou = ou};
    OK(r.ctx, ou ? ddn_schedule_create_ou(r.ctx, &r.sch) : ddn_schedule_create_edm(r.ctx, &r.sch));
    r.ds = test_cloud_dataset(r.ctx, c, classes);
    OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle));
    return r;
}

static void rig_free(rig *r)
{
    ddn_oracle_destroy(r->oracle);
    ddn_schedule_destroy(r->sch);
    ddn_dataset_destroy(r->ds);
    ddn_context_destroy(r->ctx);
}

enum {
    M = 18
};

/* Fails unless score, argmax and draw of m noised points, moved by `away` in all coordinates, are
 * what long double says, up to what rounding and `epsilon` (negative: the preset) allow. */
static void check(rig *r, double t, int64_t m, double away, double epsilon)
{
    const test_cloud *c = r->cloud;
    int64_t d = c->d, argmax[M], draw[M];
    long double a = r->ou ? expl(-(long double)t) : 1;
    long double s2 = r->ou ? -expm1l(-2 * (long double)t) : (long double)t * (long double)t;
    double *x = calloc((size_t)(3 * m * d), sizeof *x), *score = x + m * d, *diff = score + m * d;
    double w_max[M], trace[M];
    test_normal(77, m * d, x);
    for (int64_t k = 0; k < m * d; k++) {
        double y = c->point[k / d * 7 % c->n * d + k % d];
        x[k] = (double)a * y + (double)sqrtl(s2) * x[k] + away;
    }
    ddn_query *q = NULL;
    OK(r->ctx, ddn_query_create(r->ctx, r->oracle, &q));
    if (epsilon >= 0) {
        OK(r->ctx, ddn_options_set_f64(ddn_query_options(q), DDN_QUERY_EPSILON, epsilon));
    }
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, d));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_W_MAX, w_max, 0));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_TRACE_COV, trace, 0));
    OK(r->ctx, ddn_query_bind_i64(q, DDN_OUT_ARGMAX, argmax));
    OK(r->ctx, ddn_query_bind_i64(q, DDN_OUT_DRAW_INDEX, draw));
    OK(r->ctx, ddn_query_run(q, t, m, x, d));
    assert_true(ddn_query_touched(q) >= 0);
    double dropped = ddn_query_dropped(q), reach = c->reach;
    test_exact e = test_exact_make(c);
    for (int64_t k = 0; k < m; k++) {
        test_exact_at(c, a, s2, x + k * d, &e);
        double size = test_score_allowed(c, (double)a, (double)s2, x + k * d, &e);
        for (int64_t j = 0; j < d; j++) {
            diff[j] = score[k * d + j] - e.score[j];
            assert_true(isfinite(diff[j]));
        }
        size += 2 * dropped * reach * (double)(a / s2);
        if (!(test_length(d, diff) <= size)) {
            print_error("type %d, n %ld, d %ld, t %g, batch %ld, state %ld, epsilon %g, %s:\n",
                        c->type, (long)c->n, (long)d, t, (long)m, (long)k, epsilon,
                        ddn_context_kernel(r->ctx));
            CLOSE(test_length(d, diff), 0, 0, size);
        }
        CLOSE(w_max[k], e.w_max, 1e-2, dropped);
        CLOSE(trace[k], e.trace, 1e-2, (4 * dropped + 1e-7) * reach * reach);
        assert_true(e.w[argmax[k]] >= 0.99L * e.w[e.argmax]);
        assert_true(draw[k] >= 0 && draw[k] < c->n && e.w[draw[k]] > 0);
    }
    test_exact_free(&e);
    ddn_query_destroy(q);
    free(x);
}

static void check_all(const test_cloud *c, int ou, const double *times, int count, double away)
{
    static const int64_t batches[] = {1, 2, 3, M};
    rig r = rig_make(c, ou, 0);
    int32_t supported;
    const char *name;
    for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
        if (!supported) {
            continue;
        }
        OK(r.ctx, ddn_context_set_kernel(r.ctx, name));
        for (int k = 0; k < 4 * count; k++) {
            check(&r, times[k / 4], batches[k % 4], away, -1);
            check(&r, times[k / 4], batches[k % 4], away, 0);
        }
        check(&r, times[count / 2], M, away, 1e-2);
        check(&r, times[count / 2], M, away, 1e-300);
    }
    rig_free(&r);
}

static test_cloud cloud(ddn_type type, int64_t n, int64_t d, double size)
{
    double *z = calloc((size_t)(n * d), sizeof *z);
    test_normal(n + d, n * d, z);
    for (int64_t k = 0; k < n * d; k++) {
        z[k] *= size;
    }
    double scale = type == DDN_TYPE_U8 ? size / 50 : 1, shift = -127.5 * scale;
    test_cloud c =
        test_cloud_make(type, n, d, d + n % 2, scale, type == DDN_TYPE_U8 ? shift : 0, z, 1);
    free(z);
    return c;
}

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};

/* Around the blocks of rows and columns; nothing is read beyond the last row. */
static void sizes_around_every_block(void **state)
{
    (void)state;
    static const int64_t sizes[][2] = {{1, 1},   {2, 2},   {3, 5},    {64, 3},  {97, 63},
                                       {65, 65}, {193, 4}, {40, 257}, {511, 2}, {513, 3}};
    static const double times[] = {1e-6, 0.05, 5};
    for (int k = 0; k < 30; k++) {
        test_cloud c = cloud(types[k % 3], sizes[k / 3][0], sizes[k / 3][1], 1);
        check_all(&c, 1, times, 3, 0);
        test_cloud_free(&c);
    }
}

static void states_far_away(void **state)
{
    (void)state;
    static const double times[] = {1e-6, 1, 20}, away[] = {1e4, 1e8, 1e30, 1e60};
    for (int k = 0; k < 12; k++) {
        test_cloud c = cloud(types[k % 3], k % 2 ? 600 : 60, 5, 1);
        check_all(&c, 1, times, 3, away[k / 3]);
        test_cloud_free(&c);
    }
}

static void scales_near_the_ends_of_the_range(void **state)
{
    (void)state;
    static const struct {
        ddn_type type;
        double size, times[3];
    } cases[] = {{DDN_TYPE_F64, 1e145, {1e143, 1e145, 1e147}},
                 {DDN_TYPE_F64, 1e-148, {1e-149, 1e-148, 1e-146}},
                 {DDN_TYPE_F32, 1e30, {1e28, 1e30, 1e32}},
                 {DDN_TYPE_F32, 1e-40, {1e-42, 1e-40, 1e-38}},
                 {DDN_TYPE_U8, 1e-40, {1e-42, 1e-40, 1e-38}},
                 {DDN_TYPE_U8, 1e30, {1e28, 1e30, 1e32}}};
    for (int k = 0; k < 6; k++) {
        test_cloud c = cloud(cases[k].type, 600, 5, cases[k].size);
        check_all(&c, 0, cases[k].times, 3, 0);
        test_cloud_free(&c);
    }
}

static void odd_maps_of_bytes(void **state)
{
    (void)state;
    static const double maps[][2] = {{-0.02, 2.5}, {1e-6, 1e3}, {100, -1e4}, {0.5, -126.8}};
    for (int k = 0; k < 8; k++) {
        double scale = maps[k / 2][0], shift = maps[k / 2][1], size = fabs(scale), z[300 * 7];
        double times[] = {size, 10 * size, 300 * size};
        test_normal(9, 300 * 7, z);
        for (int j = 0; j < 300 * 7; j++) { /* wide, or in a few of the highest bytes */
            z[j] = shift + scale * (k % 2 ? 252 + 1.5 * z[j] : 127 + 30 * z[j]);
        }
        test_cloud c = test_cloud_make(DDN_TYPE_U8, 300, 7, 7, scale, shift, z, 1);
        check_all(&c, 0, times, 3, 0);
        test_cloud_free(&c);
    }
}

static void what_double_cannot_hold_is_refused(void **state)
{
    (void)state;
    test_cloud c = cloud(DDN_TYPE_F64, 5, 2, 1), wide = cloud(DDN_TYPE_F64, 5, 2, 1e160);
    rig r = rig_make(&c, 0, 0);
    double x[4] = {0, 0, 1e152, 0}, score[4] = {7, 7, 7, 7};
    ddn_query *q = NULL;
    OK(r.ctx, ddn_query_create(r.ctx, r.oracle, &q));
    OK(r.ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, 2));
    FAILS(r.ctx, ddn_query_run(q, 1, 2, x, 2), DDN_E_RANGE, "x[1] is 1e+152 away");
    assert_true(score[0] == 7 && score[3] == 7);
    x[2] = 1e147;
    FAILS(r.ctx, ddn_query_run(q, 1e-5, 2, x, 2), DDN_E_RANGE, "s = 1e-05");
    OK(r.ctx, ddn_query_run(q, 1, 2, x, 2));
    ddn_query_destroy(q);
    ddn_dataset *ds = test_cloud_dataset(r.ctx, &wide, 0);
    ddn_oracle *oracle = NULL;
    FAILS(r.ctx, ddn_oracle_create_empirical(r.ctx, ds, r.sch, &oracle), DDN_E_RANGE, "1e300");
    assert_null(oracle);
    ddn_dataset_destroy(ds);
    rig_free(&r);
    test_cloud_free(&c);
    test_cloud_free(&wide);
}

/* A state at the centre, or nearer to it than f32 can say: its slices must not overflow (caught by
 * a sanitizer), and the score is that of the centre, of either sign of the map of bytes. */
static void states_at_the_centre(void **state)
{
    (void)state;
    enum {
        N = 700,
        D = 19
    };
    static const double aways[] = {0, 1e-300, -1e-45, 1e-38, 1e-30};
    for (int sign = -1; sign <= 1; sign += 2) {
        double *z = calloc(N * D, sizeof *z);
        test_normal(5, N * D / 2, z);
        for (int64_t k = 0; k < N * D / 2; k++) { /* each point and its mirror image */
            z[k] = z[k] > 0 ? 1 : -1;
            z[k + N * D / 2] = -z[k];
        }
        test_cloud c = test_cloud_make(DDN_TYPE_U8, N, D, D, sign, -sign, z, 0);
        rig r = rig_make(&c, 1, 0);
        test_exact e = test_exact_make(&c);
        long double a = expl(-1), s2 = -expm1l(-2);
        for (int k = 0; k < 10; k++) {
            int64_t m = k % 2 ? M : 1;
            double x[M * D], score[M * D], diff[D];
            ddn_query *q = NULL;
            for (int64_t j = 0; j < m * D; j++) {
                x[j] = aways[k / 2];
            }
            OK(r.ctx, ddn_query_create(r.ctx, r.oracle, &q));
            OK(r.ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
            OK(r.ctx, ddn_query_run(q, 1, m, x, D));
            test_exact_at(&c, a, s2, x, &e);
            for (int64_t j = 0; j < m * D; j++) {
                diff[j % D] = score[j] - e.score[j % D];
                assert_true(isfinite(score[j]));
            }
            CLOSE(test_length(D, diff), 0, 0, test_score_allowed(&c, (double)a, (double)s2, x, &e));
            ddn_query_destroy(q);
        }
        test_exact_free(&e);
        rig_free(&r);
        test_cloud_free(&c);
        free(z);
    }
}

/* A class whose points weigh some e^-47 of the others, in single precision: its posterior has the
 * digits that are promised, which sums without small weights would not have. */
static void classes_far_below(void **state)
{
    (void)state;
    enum {
        N = 600,
        D = 20
    };
    const double t = 0.5, a = exp(-t), s2 = -expm1(-2 * t), far = sqrt(2 * 47 * s2) / a;
    ddn_context *ctx = test_context(1);
    ddn_dataset *raw = NULL, *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    double z[N * D], x[D] = {0}, posterior[2] = {0};
    float y[N * D];
    int32_t label[N];
    test_normal(5, N * D, z);
    for (int64_t i = 0; i < N * D; i++) {
        label[i / D] = i / D >= N / 2;
        y[i] = (float)(0.05 * z[i] + (i % D == 0 && i / D >= N / 2 ? far : 0));
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F32, N, D, y, D, &raw));
    OK(ctx, ddn_dataset_create_labelled(ctx, raw, N, label, &ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_query_create(ctx, oracle, &query));
    OK(ctx, ddn_options_set_f64(ddn_query_options(query), DDN_QUERY_EPSILON, 0));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_CLASS_POSTERIOR, posterior, 2));
    OK(ctx, ddn_query_run(query, t, 1, x, D));
    long double sum[2] = {0};
    for (int64_t i = 0; i < N; i++) {
        long double square = 0;
        for (int64_t j = 0; j < D; j++) {
            square += powl(a * (long double)y[i * D + j], 2);
        }
        sum[label[i]] += expl(-square / (2 * s2));
    }
    CLOSE(posterior[1], (double)(sum[1] / (sum[0] + sum[1])), 1e-3, 0);
    assert_true(posterior[1] > 0 && posterior[1] < 1e-15);
    ddn_query_destroy(query);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(raw);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_around_every_block),
        cmocka_unit_test(states_far_away),
        cmocka_unit_test(states_at_the_centre),
        cmocka_unit_test(scales_near_the_ends_of_the_range),
        cmocka_unit_test(odd_maps_of_bytes),
        cmocka_unit_test(what_double_cannot_hold_is_refused),
        cmocka_unit_test(classes_far_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
