/* Where rounding shows most: midpoints, where the inner products vanish and what the points have in
 * common does not; points at one distance from the centre; clusters that the centre is far from;
 * mapped points. Every kernel variant, several batches, and outputs that take each way. Numbers are
 * short, or the noise level such that long double has the digits. */
#include "support/exact.h"
#include "support/ways.h"

enum {
    MOST = 40 /* states */
};

typedef struct rig {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    const test_cloud *cloud;
    long double a, s2;
    double t;
} rig;

static rig rig_make(const test_cloud *c, int ou, double t)
{
    rig r = {.ctx = test_context(1), .cloud = c, .t = t};
    OK(r.ctx, ou ? ddn_schedule_create_ou(r.ctx, &r.sch) : ddn_schedule_create_edm(r.ctx, &r.sch));
    r.ds = test_cloud_dataset(r.ctx, c, 0);
    OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle));
    r.a = ou ? expl(-(long double)t) : 1;
    r.s2 = ou ? -expm1l(-2 * (long double)t) : (long double)t * (long double)t;
    return r;
}

static void rig_free(rig *r)
{
    ddn_oracle_destroy(r->oracle);
    ddn_schedule_destroy(r->sch);
    ddn_dataset_destroy(r->ds);
    ddn_context_destroy(r->ctx);
}

/* ---- What is promised --------------------------------------------------------------------- */

typedef struct answer {
    double *score; /* [m][d] */
    double rest[MOST], entropy[MOST], sum_w2[MOST], trace[MOST], log_p[MOST];
} answer;

/* Score, and what else a set of wishes asks for. */
enum {
    WANT_SCORE = 1,
    WANT_REST = 2,
    WANT_TRACE = 4,
    WANT_LOG_P = 8
};

static void ask(const rig *r, int wants, int64_t m, const double *x, answer *out)
{
    int64_t d = r->cloud->d;
    ddn_query *q = NULL;
    OK(r->ctx, ddn_query_create(r->ctx, r->oracle, &q));
    OK(r->ctx, ddn_options_set_f64(ddn_query_options(q), DDN_QUERY_EPSILON, 0));
    if (wants & WANT_SCORE) {
        OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, out->score, d));
    }
    if (wants & WANT_REST) {
        OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_ONE_MINUS_W_MAX, out->rest, 0));
        OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_ENTROPY, out->entropy, 0));
    }
    if (wants & WANT_TRACE) {
        OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_TRACE_COV, out->trace, 0));
    }
    if (wants & WANT_LOG_P) {
        OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_LOG_P, out->log_p, 0));
        OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_SUM_W2, out->sum_w2, 0));
    }
    OK(r->ctx, ddn_query_run(q, r->t, m, x, d));
    ddn_query_destroy(q);
}

/* Of one state: a relative error of the score, or eight units of |x| + a |y|; logits to 1e-3 or
 * 1e-9, which weights follow. */
static void judge(const rig *r, int wants, const double *x, int64_t q, const answer *got,
                  const test_exact *e)
{
    const test_cloud *c = r->cloud;
    int64_t d = c->d;
    int f64 = c->type == DDN_TYPE_F64;
    double relative = f64 ? 1e-12 : 1e-5, weights = f64 ? 1e-9 : 1e-3, a = (double)r->a;
    double u = f64 ? 0x1p-53 : 0x1p-24, near = test_length(d, c->point + e->argmax * d);
    double *diff = calloc((size_t)d, sizeof *diff);
    if (wants & WANT_SCORE) {
        for (int64_t j = 0; j < d; j++) {
            diff[j] = got->score[q * d + j] - e->score[j];
        }
        double floor = 8 * u * (test_length(d, x) + a * near) / (double)r->s2;
        CLOSE(test_length(d, diff), 0, 0, relative * test_length(d, e->score) + floor);
    }
    if (wants & WANT_REST) {
        CLOSE(got->rest[q], e->rest, weights, 0);
        CLOSE(got->entropy[q], e->entropy, weights, 0);
    }
    if (wants & WANT_TRACE) {
        CLOSE(got->trace[q], e->trace, weights, 0x1p-100 * c->reach * c->reach);
    }
    if (wants & WANT_LOG_P) {
        CLOSE(got->log_p[q], e->log_p, 0x1p-50, weights + 1e-14 * (double)d);
        CLOSE(got->sum_w2[q], e->sum_w2, f64 ? 0x1p-50 : 0x1p-22, weights * e->rest);
    }
    free(diff);
}

/* All variants, batches and wishes. */
static void check(const rig *r, int64_t m, const double *x)
{
    static const int wishes[] = {WANT_SCORE, WANT_SCORE | WANT_TRACE, WANT_SCORE | WANT_REST,
                                 WANT_REST, WANT_LOG_P};
    const int64_t d = r->cloud->d, batches[] = {1, 2, m};
    answer *got = calloc(1, sizeof *got);
    got->score = calloc((size_t)(m * d), sizeof(double));
    test_exact *e = calloc((size_t)m, sizeof *e);
    for (int64_t q = 0; q < m; q++) {
        e[q] = test_exact_make(r->cloud);
        test_exact_at(r->cloud, r->a, r->s2, x + q * d, &e[q]);
    }
    int32_t supported;
    const char *name;
    for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
        for (int k = 0; supported && k < 15; k++) {
            OK(r->ctx, ddn_context_set_kernel(r->ctx, name));
            int64_t count = batches[k % 3];
            ask(r, wishes[k / 3], count, x, got);
            for (int64_t q = 0; q < count; q++) {
                judge(r, wishes[k / 3], x + q * d, q, got, &e[q]);
            }
        }
    }
    for (int64_t q = 0; q < m; q++) {
        test_exact_free(&e[q]);
    }
    free(e);
    free(got->score);
    free(got);
}

/* ---- Points and states -------------------------------------------------------------------- */

/* Uniform between -1 and 1. */
static double noise(int64_t seed, int64_t i)
{
    uint64_t z = ((uint64_t)seed << 40) + (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)(int64_t)(z ^ (z >> 31)) * 0x1p-63;
}

/* States x = a (y + z)/2 + push s^2/(a |z - y|^2) (z - y) for points 2 k and 2 k + 1: the two have
 * logits that differ by 2 push. */
static void beside_midpoints(const rig *r, int64_t m, double *x)
{
    const test_cloud *c = r->cloud;
    int64_t d = c->d, pairs = c->n / 2;
    for (int64_t q = 0; q < m; q++) {
        const double *y = c->point + q % pairs * 2 * d, *z = y + d;
        double gap2 = 0, push = 0.3 + 0.6 * noise(9, q);
        for (int64_t j = 0; j < d; j++) {
            gap2 += (z[j] - y[j]) * (z[j] - y[j]);
        }
        for (int64_t j = 0; j < d; j++) {
            x[q * d + j] = (double)(r->a * ((long double)y[j] + z[j]) / 2 +
                                    push * r->s2 / (r->a * gap2) * ((long double)z[j] - y[j]));
        }
    }
}

static void check_midpoints(const test_cloud *c, int ou, double t, int64_t m)
{
    rig r = rig_make(c, ou, t);
    double *x = calloc((size_t)(m * c->d), sizeof *x);
    beside_midpoints(&r, m, x);
    check(&r, m, x);
    free(x);
    rig_free(&r);
}

static double rounded(double v)
{
    return nearbyint(v * 0x1p20) * 0x1p-20;
}

/* ---- Tests -------------------------------------------------------------------------------- */

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};

/* The centre is the midpoint: inner products vanish there, |b|^2 does not. */
static void two_points(void **state)
{
    (void)state;
    static const double times[] = {1e-4, 1.4e-3, 0.02, 0.3, 2};
    for (int k = 0; k < 30; k++) {
        int64_t d = k < 15 ? 784 : 5;
        double *v = calloc((size_t)(2 * d), sizeof *v);
        for (int64_t i = 0; i < 2 * d; i++) {
            v[i] = rounded(noise(k, i)) * (d == 5 && i % d == 0 ? 50 : 1);
        }
        int bytes = types[k % 3] == DDN_TYPE_U8;
        double scale = bytes ? (d == 5 ? 0.5 : 1 / 128.) : 1, shift = bytes ? -128 * scale : 0;
        test_cloud c = test_cloud_make(types[k % 3], 2, d, d, scale, shift, v, 0);
        check_midpoints(&c, 0, times[k / 3 % 5], 5);
        test_cloud_free(&c);
        free(v);
    }
}

/* As found: f32 points whose score was 2.9e-4 wrong. */
static void two_points_of_the_plane(void **state)
{
    (void)state;
    static const double points[] = {-0.55498308, 0.03630602, -1.2521520, 0.65201086};
    static const double x[] = {-0.90357323, 0.34416614, -0.90357323, 0.34416614};
    test_cloud c = test_cloud_make(DDN_TYPE_F32, 2, 2, 2, 1, 0, points, 0);
    rig r = rig_make(&c, 1, 2.2173633e-5);
    check(&r, 2, x);
    rig_free(&r);
    test_cloud_free(&c);
}

/* Pairs on a sphere around the centre, opposite each other or side by side. */
static void points_at_one_distance(void **state)
{
    (void)state;
    static const int64_t counts[] = {4, 10, 100};
    for (int k = 0; k < 18; k++) {
        int64_t n = counts[k / 3 % 3], d = 30;
        double *v = calloc((size_t)(n * d), sizeof *v);
        for (int64_t i = 0; i < n / 2; i++) {
            double sum = 0, side = k < 9 ? -1 : 0.9;
            for (int64_t j = 0; j < d; j++) {
                v[2 * i * d + j] = noise(k, i * d + j);
                sum += v[2 * i * d + j] * v[2 * i * d + j];
            }
            for (int64_t j = 0; j < d; j++) {
                v[2 * i * d + j] /= sqrt(sum);
                /* Signs of coordinates change: the length stays. */
                v[(2 * i + 1) * d + j] = v[2 * i * d + j] * (noise(70, j) < side ? 1 : -1);
            }
        }
        int bytes = types[k % 3] == DDN_TYPE_U8;
        test_cloud c =
            test_cloud_make(types[k % 3], n, d, d, bytes ? 1 / 256. : 1, bytes ? -0.5 : 0, v, 0);
        check_midpoints(&c, 0, 0.01, 5);
        check_midpoints(&c, 0, 0.15, 5);
        test_cloud_free(&c);
        free(v);
    }
}

/* A cluster near the origin, and one so far away that the centre is far from both. */
static void clusters(void **state)
{
    (void)state;
    static const double aparts[] = {1e3, 1e5};
    for (int k = 0; k < 8; k++) {
        int64_t n = k < 4 ? 2 : 40, d = 4;
        double *v = calloc((size_t)(n * d), sizeof *v);
        for (int64_t i = 0; i < n * d; i++) {
            int far = i / d >= n / 2;
            v[i] = rounded(noise(k, i)) + (far ? aparts[k % 2] : 0);
        }
        test_cloud c = test_cloud_make(types[1 + k / 2 % 2], n, d, d, 1, 0, v, 0);
        check_midpoints(&c, 0, 0.05, 5);
        test_cloud_free(&c);
        free(v);
    }
}

/* Points are scale * stored + shift, rounded once, for whatever reads them. */
static void mapped_points(void **state)
{
    (void)state;
    static const double maps[][2] = {{82.4, -122}, {-6.49, -101}, {0.0752, 0}, {1, 17.3}};
    for (int k = 0; k < 12; k++) {
        int64_t n = k % 2 ? 3 : 90, d = 12;
        double scale = maps[k / 3][0], shift = maps[k / 3][1];
        double *v = calloc((size_t)(n * d), sizeof *v), row[12];
        for (int64_t i = 0; i < n * d; i++) {
            v[i] = shift + scale * (types[k % 3] == DDN_TYPE_U8 ? 100 : 1) * (1 + noise(k, i));
        }
        test_cloud c = test_cloud_make(types[k % 3], n, d, d, scale, shift, v, 0);
        rig r = rig_make(&c, 1, 0.01);
        for (int64_t i = 0; i < n; i++) {
            OK(r.ctx, ddn_dataset_read(r.ctx, r.ds, i, 1, row, d));
            assert_memory_equal(row, c.point + i * d, sizeof row);
        }
        rig_free(&r);
        check_midpoints(&c, 0, 0.1 * fabs(scale), 5);
        test_cloud_free(&c);
        free(v);
    }
}

/* States so far away that all squared distances are the same number, from two sides of the data:
 * which point is the nearest shows in the differences alone, and those relative to a point on the
 * other side round too. */
static void far_states(void **state)
{
    (void)state;
    static const double points[] = {1,           -1,           1, -1, 1 - 0x1p-53, -1 + 0x1p-53,
                                    1 + 0x1p-52, -1 - 0x1p-52, 1, -1};
    static const double x[] = {3e16, -3e16, 1e16, -2e16, 9e15};
    test_cloud c = test_cloud_make(DDN_TYPE_F64, 10, 1, 1, 1, 0, points, 0);
    rig r = rig_make(&c, 0, 1);
    check(&r, 5, x);
    rig_free(&r);
    test_cloud_free(&c);
}

/* Points far from the origin and states far from them, beside s: what the rounding of a does to all
 * logits alike shows in log p. (Of doubles long double does not have the digits.) */
static void far_from_both(void **state)
{
    (void)state;
    enum {
        N = 30,
        M = 12
    };
    static const int64_t widths[] = {1, 6, 24};
    for (int k = 0; k < 2 * 3 * 4; k++) {
        const int32_t bytes = k % 2;
        const int64_t d = widths[k / 2 % 3];
        const double t = 3e-6 * (1 + k / 6), offset = 7e6;
        double *v = calloc((size_t)(N * d), sizeof *v), *x = calloc((size_t)(M * d), sizeof *x);
        assert_true(v != NULL && x != NULL);
        test_normal(k, N * d, v);
        test_normal(k + 50, M * d, x);
        for (int64_t i = 0; i < N * d; i++) {
            v[i] = offset + 20 * v[i];
        }
        test_cloud c = test_cloud_make(bytes ? DDN_TYPE_U8 : DDN_TYPE_F32, N, d, d, 1,
                                       bytes ? offset - 128 : 0, v, 0);
        rig r = rig_make(&c, 1, t);
        for (int64_t i = 0; i < M * d; i++) {
            const double s = sqrt((double)r.s2), far = i / d % 2 == 0 ? 3e4 : 3e3;
            x[i] = (double)r.a * c.point[i] + far * s * x[i];
        }
        check(&r, M, x);
        rig_free(&r);
        test_cloud_free(&c);
        free(v);
        free(x);
    }
}

/* The covariance beside copies of a point that has nearly all the weight, far from the centre: by
 * direct sums, relative to its size. */
static void covariance_beside_copies(void **state)
{
    (void)state;
    enum {
        NEAR = 49, /* 49 (1/49) is not 1 in double */
        FAR = 100,
        D = 8
    };
    const double t = 0.079;
    double points[(NEAR + FAR) * D], x[D], v[D], cov[D], trace;
    long double step[D], far2 = 0, along = 0; /* y' - y, its square, v . step */
    long double below = 0;                    /* (|x - y'|^2 - |x - y|^2) / 2 */
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    for (int j = 0; j < D; j++) {
        const double near = 20.3 + 0.37 * j, far = near + 0.25 + 0.029 * j;
        step[j] = (long double)far - near;
        x[j] = near + (j % 2 == 0 ? t : -t);
        v[j] = 1;
        far2 += step[j] * step[j];
        along += step[j];
        below += step[j] * ((long double)near - x[j] + step[j] / 2);
        for (int i = 0; i < NEAR + FAR; i++) {
            points[i * D + j] = i % 3 == 1 && i < 3 * NEAR ? near : far;
        }
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, NEAR + FAR, D, points, D, &ds));
    OK(ctx, ddn_schedule_create_edm(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_query_create(ctx, oracle, &query));
    OK(ctx,
       ddn_options_set_i64(ddn_query_options(query), DDN_QUERY_FORBID, test_all_but_last(oracle)));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_TRACE_COV, &trace, 0));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_COV_TIMES_V, cov, D));
    OK(ctx, ddn_query_bind_input(query, DDN_IN_V, v, D));
    OK(ctx, ddn_query_run(query, t, 1, x, D));
    const long double ratio = (long double)FAR / NEAR * expl(-below / ((long double)t * t));
    const long double both = ratio / (1 + ratio) / (1 + ratio);
    CLOSE(trace, (double)(both * far2), 1e-9, 0);
    for (int j = 0; j < D; j++) {
        CLOSE(cov[j], (double)(both * along * step[j]), 1e-9, 0);
    }
    ddn_query_destroy(query);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Copies of a point that have nearly all the weight, and points far from it: Cov v is relative to
 * its size whether or not the trace is asked for beside it. */
static void covariance_alone(ddn_context *ctx, ddn_type type, double allowed)
{
    enum {
        N = 955,
        COPIES = 800,
        D = 24,
        M = 4 /* more than are evaluated one by one */
    };
    static double points[N * D];
    static float single[N * D];
    double x[M * D], v[M * D], cov[2][M * D], trace[M], least2 = INFINITY;
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    test_normal(71, (int64_t)N * D, points);
    test_normal(72, (int64_t)M * D, v);
    for (int64_t i = 0; i < N; i++) {
        double apart2 = 0;
        for (int64_t j = 0; j < D; j++) {
            double *y = points + i * D + j;
            *y = i < COPIES ? points[j] : (double)(float)(100 + 50 * *y);
            *y = i == 0 ? (double)(float)(100 + 50 * *y) : *y;
            single[i * D + j] = (float)*y;
            apart2 += (*y - points[j]) * (*y - points[j]);
        }
        least2 = i < COPIES ? least2 : fmin(least2, apart2);
    }
    const double t = 0.5 * log1p(least2 / (2 * 80)); /* others weigh e^-80 */
    for (int64_t i = 0; i < M * D; i++) {
        x[i] = exp(-t) * points[i % D] * (1 + 0.005 * v[i] * (double)(i / D));
    }
    const void *stored = type == DDN_TYPE_F64 ? (const void *)points : single;
    OK(ctx, ddn_dataset_create(ctx, type, N, D, stored, D, &ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    for (int with_trace = 0; with_trace < 2; with_trace++) {
        ddn_query *query = NULL;
        OK(ctx, ddn_query_create(ctx, oracle, &query));
        OK(ctx, ddn_options_set_f64(ddn_query_options(query), DDN_QUERY_EPSILON, 0));
        OK(ctx, ddn_query_bind_f64(query, DDN_OUT_COV_TIMES_V, cov[with_trace], D));
        OK(ctx, ddn_query_bind_input(query, DDN_IN_V, v, D));
        if (with_trace) {
            OK(ctx, ddn_query_bind_f64(query, DDN_OUT_TRACE_COV, trace, 0));
        }
        OK(ctx, ddn_query_run(query, t, M, x, D));
        ddn_query_destroy(query);
    }
    for (int64_t i = 0; i < M * D; i++) {
        assert_true(trace[i / D] > 0 && trace[i / D] < 1e-20);
        CLOSE(cov[0][i], cov[1][i], 0, allowed * trace[i / D]);
    }
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(ds);
    ddn_schedule_destroy(sch);
}

static void covariance_without_its_trace(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    covariance_alone(ctx, DDN_TYPE_F64, 1e-9);
    covariance_alone(ctx, DDN_TYPE_F32, 1e-3);
    ddn_context_destroy(ctx);
}

/* The mean and tr Cov of the point 0 and of n - 1 copies of y, at x and noise t. */
static void check_copies(int64_t n, double y, double x, double t, int64_t forbid)
{
    double *points = malloc((size_t)n * sizeof *points), mean, trace;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    assert_non_null(points);
    for (int64_t i = 0; i < n; i++) {
        points[i] = i == 0 ? 0 : y;
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, 1, points, 1, &ds));
    OK(ctx, ddn_schedule_create_edm(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_query_create(ctx, oracle, &query));
    OK(ctx, ddn_options_set_i64(ddn_query_options(query), DDN_QUERY_FORBID, forbid));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_MEAN, &mean, 1));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_TRACE_COV, &trace, 0));
    OK(ctx, ddn_query_run(query, t, 1, &x, 1));
    const long double far = (long double)x - y, s2 = (long double)t * t;
    const long double ratio =
        (long double)(n - 1) * expl(((long double)x * x - far * far) / (2 * s2));
    const long double share = ratio / (1 + ratio);
    CLOSE(mean, (double)(share * y), 0, 20 * 0x1p-53 * y);
    CLOSE(trace, (double)(share * (1 - share) * y * y), 1e-9, 0);
    ddn_query_destroy(query);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    free(points);
}

/* Thousands of equal terms round the same way, and what a trace cancels of them is lost. */
static void many_copies(void **state)
{
    (void)state;
    const double y = 1.2345678901;
    check_copies(4096, y, 0.038072799709844674, 0.24564999999999998, 127); /* by direct sums */
    check_copies(131072, y, 0.61119526409508618, 0.14449999999999999, 0);
}

/* States and points whose coordinates alternate between two numbers: the additions of a product
 * round the same way in turns, 31 units up for one of two points that share the weight and as many
 * down for the other, though no coordinate is as large as the one before. One state by itself, and
 * lanes. */
static void coordinates_in_turns(void **state)
{
    (void)state;
    enum {
        N = 48,
        D = 128,
        M = 9
    };
    const double own[2] = {0.82328083736732294, 1.0506822235778239}, t = 7.3299616368532837e-05;
    const double near[2][2] = {{0.82800627219438605, 1.0554474722971212},
                               {0.82801566835299645, 1.0554380761385107}};
    const long double a = expl(-(long double)t), s2 = -expm1l(-2 * (long double)t);
    static double points[N * D], x[M * D], score[M * D];
    double rest[M];
    long double logit[N], most = -INFINITY, others = 0;
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    for (int i = 0; i < N; i++) {
        long double apart2 = 0;
        for (int j = 0; j < D; j++) {
            const int even = i / 2 * 2, sign = i % 2 == 0 ? 1 : -1;
            const double y = even == 0   ? near[0][j % 2]
                             : even == 2 ? near[1][j % 2]
                                         : 0.5 * ((j * 7 + even * 3) % 5 - 2) + 0.01 * even;
            points[i * D + j] = sign * y;
            apart2 += (own[j % 2] - a * sign * y) * (own[j % 2] - a * sign * y);
        }
        logit[i] = -apart2 / (2 * s2);
        most = fmaxl(most, logit[i]);
    }
    for (int i = 0; i < N; i++) {
        others += logit[i] < most ? expl(logit[i] - most) : 0;
    }
    for (int i = 0; i < M * D; i++) {
        x[i] = own[i % 2];
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, points, D, &ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_query_create(ctx, oracle, &query));
    OK(ctx, ddn_options_set_f64(ddn_query_options(query), DDN_QUERY_EPSILON, 0));
    OK(ctx, ddn_options_set_i64(ddn_query_options(query), DDN_QUERY_FORBID,
                                test_all_but_last(oracle) &
                                    ~(INT64_C(1) << test_way(oracle, "dense_f64"))));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_ONE_MINUS_W_MAX, rest, 0));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_SCORE, score, D));
    for (int m = 1; m <= M; m += M - 1) {
        OK(ctx, ddn_query_run(query, t, m, x, D));
        for (int i = 0; i < m; i++) {
            CLOSE(rest[i], (double)(others / (1 + others)), 1e-9, 0);
        }
    }
    ddn_query_destroy(query);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Groups of copies, all coordinates of a point alike, and as many times the same state. */
typedef struct group_case {
    int32_t f64;
    int64_t d, m;
    double t, x;
    int64_t count[3];
    double value[3];
} group_case;

/* As it is stored. */
static double group_value(const group_case *c, int64_t g)
{
    return c->f64 ? c->value[g] : (double)(float)c->value[g];
}

static ddn_dataset *groups_of(ddn_context *ctx, const group_case *c)
{
    const int64_t n = c->count[0] + c->count[1] + c->count[2], size = c->f64 ? 8 : 4;
    char *points = malloc((size_t)(n * c->d * size));
    ddn_dataset *ds = NULL;
    assert_non_null(points);
    for (int64_t g = 0, i = 0; g < 3; g++) {
        for (int64_t end = i + c->count[g] * c->d; i < end; i++) {
            if (c->f64) {
                ((double *)(void *)points)[i] = c->value[g];
            } else {
                ((float *)(void *)points)[i] = (float)c->value[g];
            }
        }
    }
    OK(ctx,
       ddn_dataset_create(ctx, c->f64 ? DDN_TYPE_F64 : DDN_TYPE_F32, n, c->d, points, c->d, &ds));
    free(points);
    return ds;
}

/* A coordinate of the score, and the largest group beside the state. */
static double score_of_groups(const group_case *c, double *nearest)
{
    const long double s2 = (long double)c->t * c->t;
    long double logit[3], top = -INFINITY, total = 0, mean = 0;
    for (int g = 0; g < 3; g++) {
        const long double value = group_value(c, g);
        logit[g] = -(long double)c->d * (c->x - value) * (c->x - value) / (2 * s2);
        if (c->count[g] > 0 && logit[g] > top) {
            top = logit[g];
            *nearest = (double)value;
        }
    }
    for (int g = 0; g < 3; g++) {
        const long double value = group_value(c, g);
        total += (long double)c->count[g] * expl(logit[g] - top);
        mean += (long double)c->count[g] * expl(logit[g] - top) * value;
    }
    return (double)((mean / total - c->x) / s2);
}

static void check_groups(const group_case *c, const char *kernel)
{
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = groups_of(ctx, c);
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    double *x = malloc((size_t)(c->m * c->d) * sizeof *x),
           *score = malloc(sizeof *score * (size_t)(c->m * c->d));
    double nearest = 0;
    const double exact = score_of_groups(c, &nearest);
    const double floor = 8 * (c->f64 ? 0x1p-53 : 0x1p-24) * (fabs(c->x) + fabs(nearest));
    OK(ctx, ddn_context_set_kernel(ctx, kernel));
    OK(ctx, ddn_schedule_create_edm(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    for (int64_t i = 0; i < c->m * c->d; i++) {
        x[i] = c->x;
    }
    OK(ctx, ddn_query_create(ctx, oracle, &query));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_SCORE, score, c->d));
    for (int direct = 0; direct < 2; direct++) {
        OK(ctx, ddn_options_set_i64(ddn_query_options(query), DDN_QUERY_FORBID,
                                    direct ? test_all_but_last(oracle) : 0));
        OK(ctx, ddn_query_run(query, c->t, c->m, x, c->d));
        for (int64_t i = 0; i < c->m * c->d; i++) {
            CLOSE(score[i], exact, c->f64 ? 1e-12 : 1e-5, floor / (c->t * c->t));
        }
    }
    ddn_query_destroy(query);
    free(score);
    free(x);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* One point whose sum swallows those of hundreds of copies, or their weights; products all of whose
 * terms round the same way. Found by searching over such sets. */
static void groups_of_copies(void **state)
{
    (void)state;
    static const group_case cases[] = {
        /* sums of rows one by one, and by tiles */
        {0, 32, 1, 1.7677669234635749, -0.0847424151559244, {1, 399, 0}, {0, 1.2345678901, 0}},
        {0,
         32,
         1,
         0.12144437959920308,
         0.042907398971092733,
         {1, 1268, 0},
         {0.10636543482542038, -0.071126259863376617, 0}},
        {0, 300, 40, 5.2059746, -0.13028242463640438, {4, 1044, 0}, {0, 1.4270853996276855, 0}},
        {1,
         300,
         1,
         2.7710365258902114,
         -0.41067488240314537,
         {1, 1, 268},
         {-0.028263903088248287, -0.42812030179602523, 0.5937619491712457}},
        /* sums of weights */
        {0,
         128,
         3,
         0.01297105967879892,
         0.00055231490630174539,
         {1, 76, 0},
         {0, 0.0072008399292826653, 0}},
        {1,
         33,
         2,
         3.6335069962199387,
         3.1743056344042908,
         {23, 917, 0},
         {3.1501478476116884, -0.28031544957627558, 0}},
        {1,
         128,
         2,
         0.035465961543139204,
         0.021180457404264344,
         {2172, 1, 305},
         {0, 0.021310795609462096, 0.0057742789967141963}},
        /* products */
        {0,
         300,
         40,
         0.49368047791824327,
         -0.16218588194123573,
         {992, 775, 1233},
         {-1.5375627279281616, -0.28093978762626648, -0.055938642472028732}},
        {0,
         17,
         1,
         0.029121935107866363,
         0.044511544388028582,
         {69, 116, 0},
         {-0.00067177560413256288, 0.091804958879947662, 0}},
        {0,
         33,
         40,
         2.5721999306862857,
         -2.7441564379610237,
         {4729, 4065, 1},
         {0, -5.5949912071228027, 0.054057344794273376}},
        /* points that lost digits where they are stored about the centre */
        {0,
         1,
         1,
         0.042397261157035356,
         2.7158136935464063e-05,
         {520, 74, 0},
         {-0.2558289917291455, 0.0, 0}},
        {0, 1, 1, 0.10025052161544128, -0.0002058265642720053, {520, 74, 0}, {1, 0, 0}},
        {1, 1, 1, 0.037429673489003945, 2.0014004901143536e-05, {520, 74, 0}, {0.9, 0, 0}},
        /* rows whose sum stays near one size while they are added up */
        {0,
         24,
         21,
         0.058189030407323802,
         0.058445943391980407,
         {8, 378, 0},
         {0, 0.13978143036365509, 0}},
        {0,
         29,
         13,
         0.56434011097251047,
         0.05544888681365856,
         {4, 116, 0},
         {0.88123685121536255, -0.90965402126312256, 0}},
        /* copies that have most of the weight, in double */
        {1,
         1,
         1,
         0.078814898981384052,
         0.048119008474634205,
         {9, 507, 0},
         {0, 0.31998576283300256, 0}},
        {1,
         1,
         1,
         0.00029301154299793376,
         0.0001320256381593775,
         {5, 165, 0},
         {-0.00042498940021399819, 0.0011380945222028891, 0}},
    };
    int32_t supported;
    const char *name;
    for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
        for (size_t k = 0; supported && k < sizeof cases / sizeof *cases; k++) {
            check_groups(&cases[k], name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_points),
        cmocka_unit_test(two_points_of_the_plane),
        cmocka_unit_test(points_at_one_distance),
        cmocka_unit_test(clusters),
        cmocka_unit_test(mapped_points),
        cmocka_unit_test(far_states),
        cmocka_unit_test(far_from_both),
        cmocka_unit_test(many_copies),
        cmocka_unit_test(covariance_beside_copies),
        cmocka_unit_test(covariance_without_its_trace),
        cmocka_unit_test(coordinates_in_turns),
        cmocka_unit_test(groups_of_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
