/* The affine span of a set: axes, rank, coordinates and back. Catches a span that misses directions
 * or has some of rounding, points that do not come back, and bits that depend on the batch. */
#include "support/fixtures.h"

enum {
    NUMBERS = 300000 /* of a set, at most */
};

/* n points in d dimensions: `offset` + sum over rank directions of length fall^k. */
static ddn_dataset *planted_by(ddn_context *ctx, int64_t seed, int64_t n, int64_t d, int64_t rank,
                               double fall, double offset)
{
    double *x = malloc((size_t)(n * d) * sizeof *x), *v = malloc((size_t)(rank * d) * sizeof *v);
    double *c = malloc((size_t)(n * rank) * sizeof *c);
    ddn_dataset *ds;
    test_normal(2 * seed + 1, rank * d, v);
    test_normal(2 * seed + 2, n * rank, c);
    for (int64_t i = 0; i < n * d; i++) {
        x[i] = offset;
        for (int64_t k = 0; k < rank; k++) {
            x[i] += c[i / d * rank + k] * pow(fall, (double)k) * v[k * d + i % d];
        }
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, x, d, &ds));
    free(x);
    free(v);
    free(c);
    return ds;
}

static ddn_dataset *planted(ddn_context *ctx, int64_t n, int64_t d, int64_t rank, double fall,
                            double offset)
{
    return planted_by(ctx, 0, n, d, rank, fall, offset);
}

/* Random points in general position as they may be stored; bytes come under a map. */
static ddn_dataset *cloud(ddn_context *ctx, ddn_type type, int64_t n, int64_t d)
{
    static double x[NUMBERS];
    static float f[NUMBERS];
    static uint8_t b[NUMBERS];
    const void *data[3] = {b, f, x};
    ddn_dataset *raw, *ds;
    test_normal(5, n * d, x);
    for (int64_t i = 0; i < n * d; i++) {
        f[i] = (float)(x[i] + (double)(i % d) / 50);
        b[i] = (uint8_t)fmin(fmax(128 + 40 * x[i], 0), 255);
        x[i] = f[i];
    }
    int which = type == DDN_TYPE_U8 ? 0 : type == DDN_TYPE_F32 ? 1 : 2;
    OK(ctx, ddn_dataset_create(ctx, type, n, d, data[which], d, &raw));
    OK(ctx, ddn_dataset_create_mapped(ctx, raw, which == 0 ? 1 / 127.5 : 1, which == 0 ? -1 : 0.25,
                                      &ds));
    ddn_dataset_destroy(raw);
    return ds;
}

static double length(int64_t d, const double *x)
{
    double sum = 0;
    for (int64_t j = 0; j < d; j++) {
        sum += x[j] * x[j];
    }
    return sqrt(sum);
}

static double distance(int64_t d, const double *x, const double *y)
{
    double sum = 0;
    for (int64_t j = 0; j < d; j++) {
        sum += (x[j] - y[j]) * (x[j] - y[j]);
    }
    return sqrt(sum);
}

/* Axes orthonormal, points and reduced set consistent: what holds for every span. */
static void check_span(ddn_context *ctx, const ddn_dataset *ds, const ddn_span *span, int64_t rank)
{
    int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds), r = ddn_span_rank(span);
    assert_int_equal(r, rank);
    double *unit = calloc((size_t)(r * r), sizeof *unit), *axes = malloc((size_t)(r * d) * 8);
    double *x = malloc((size_t)(n * d) * 8), *c = malloc((size_t)(n * r) * 8);
    double *back = malloc((size_t)(n * d) * 8), *read = malloc((size_t)(n * r) * 8);
    for (int64_t k = 0; k < r; k++) {
        unit[k * r + k] = 1;
    }
    OK(ctx, ddn_span_lift(ctx, span, 0, r, unit, r, axes, d));
    for (int64_t k = 0; k < r; k++) {
        for (int64_t l = 0; l <= k; l++) {
            double dot = 0;
            for (int64_t j = 0; j < d; j++) {
                dot += axes[k * d + j] * axes[l * d + j];
            }
            CLOSE(dot, k == l, 0, 1e-14);
        }
    }
    ddn_dataset *reduced;
    OK(ctx, ddn_dataset_create_in_span(ctx, span, DDN_TYPE_F64, &reduced));
    assert_int_equal(ddn_dataset_n(reduced), n);
    assert_int_equal(ddn_dataset_d(reduced), r);
    OK(ctx, ddn_dataset_read(ctx, ds, 0, n, x, d));
    OK(ctx, ddn_dataset_read(ctx, reduced, 0, n, read, r));
    OK(ctx, ddn_span_project(ctx, span, 1, n, x, d, c, r, back, d));
    assert_memory_equal(c, read, (size_t)(n * r) * sizeof *c);
    double largest = 0, reach = 0;
    for (int64_t i = 0; i < n; i++) {
        largest = fmax(largest, length(d, back + i * d));
        reach = fmax(reach, length(d, x + i * d));
    }
    if (r == d) { /* nothing is outside */
        CLOSE(ddn_span_distance(span), 0, 0, 0);
        CLOSE(largest, 0, 0, 1e-13 * reach);
    } else {
        CLOSE(ddn_span_distance(span), largest, 1e-12, 0);
    }
    OK(ctx, ddn_span_lift(ctx, span, 1, n, c, r, back, d));
    for (int64_t i = 0; i < n; i++) {
        CLOSE(distance(d, back + i * d, x + i * d), 0, 0, largest + 1e-14 * reach);
    }
    for (int64_t k = 0; k < r; k++) {
        double sum = 0;
        for (int64_t i = 0; i < n; i++) {
            sum += c[i * r + k];
        }
        CLOSE(sum / (double)n, 0, 0, 1e-14 * reach);
    }
    ddn_dataset_destroy(reduced);
    free(unit);
    free(axes);
    free(x);
    free(c);
    free(back);
    free(read);
}

/* Points in general position: n - 1 axes, or d. */
static void points_come_back(void **state)
{
    (void)state;
    static const int64_t shape[][2] = {{40, 100}, {2, 5},  {9, 9},     {17, 160},
                                       {150, 20}, {30, 1}, {100, 101}, {160, 159}};
    static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    ddn_context *ctx = test_context(1);
    for (size_t k = 0; k < sizeof shape / sizeof *shape; k++) {
        int64_t n = shape[k][0], d = shape[k][1];
        for (int type = 0; type < 3; type++) {
            ddn_span *span;
            ddn_dataset *ds = cloud(ctx, types[type], n, d);
            OK(ctx, ddn_span_create(ctx, ds, 0, &span));
            check_span(ctx, ds, span, n - 1 < d ? n - 1 : d);
            assert_true(ddn_span_distance(span) < 1e-12);
            ddn_dataset_destroy(ds); /* the span keeps what it needs */
            assert_true(ddn_span_rank(span) >= 1);
            ddn_span_destroy(span);
        }
    }
    ddn_context_destroy(ctx);
}

/* Points in few of their dimensions, far from the origin, with variances that fall to 1e-20 of the
 * largest: every direction is found, and nothing else. */
static void ranks_are_found(void **state)
{
    (void)state;
    static const struct {
        int64_t n, d, rank;
        double fall, offset;
    } cases[] = {{60, 120, 7, 1, 0},     {60, 120, 7, 1, 100}, {60, 120, 11, 0.1, 0},
                 {120, 150, 3, 0.5, -3}, {150, 60, 7, 1, 100}, {150, 60, 7, 0.5, 0},
                 {3, 160, 1, 1, 1}};
    ddn_context *ctx = test_context(1);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        ddn_span *span;
        ddn_dataset *ds =
            planted(ctx, cases[k].n, cases[k].d, cases[k].rank, cases[k].fall, cases[k].offset);
        OK(ctx, ddn_span_create(ctx, ds, 0, &span));
        check_span(ctx, ds, span, cases[k].rank);
        assert_true(ddn_span_distance(span) < 1e-12 * (20 + fabs(cases[k].offset)));
        ddn_span_destroy(span);
        ddn_dataset_destroy(ds);
    }
    /* Variances 1, 1/100, ...: a tolerance of 1e-5 keeps those above it, and says what it lost. */
    for (int wide = 0; wide < 2; wide++) {
        ddn_span *span;
        ddn_dataset *ds = planted(ctx, wide ? 60 : 150, wide ? 120 : 60, 6, 0.1, 0);
        OK(ctx, ddn_span_create(ctx, ds, 1e-5, &span));
        check_span(ctx, ds, span, 3);
        assert_true(ddn_span_distance(span) > 1e-3 && ddn_span_distance(span) < 0.1);
        ddn_span_destroy(span);
        ddn_dataset_destroy(ds);
    }
    /* Whole blocks of axes are below a large tolerance. */
    double values[20];
    int64_t wanted = 0;
    ddn_span *span;
    ddn_dataset *ds = planted(ctx, 60, 120, 20, 0.5, 0);
    OK(ctx, ddn_dataset_spectrum(ctx, ds, 20, values, NULL, 0));
    for (int k = 0; k < 20; k++) {
        wanted += values[k] > 1e-2 * values[0];
    }
    OK(ctx, ddn_span_create(ctx, ds, 1e-2, &span));
    assert_true(wanted >= 2 && wanted <= 8);
    check_span(ctx, ds, span, wanted);
    ddn_span_destroy(span);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Where eigenvalues are lost in rounding their vectors come in any order, that of the BLAS and its
 * threads: what is a direction does not depend on it. One made too early left traces of longer
 * ones, which were taken for a direction too many in a part of these. */
static void order_does_not_matter(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int64_t seed = 0; seed < 100; seed++) {
        const int64_t n = 14 + seed % 47, rank = 9 + seed % 5;
        ddn_span *span;
        ddn_dataset *ds = planted_by(ctx, seed, n, 120, rank, rank < 12 ? 0.1 : 0.15, 0);
        OK(ctx, ddn_span_create(ctx, ds, 0, &span));
        check_span(ctx, ds, span, rank);
        ddn_span_destroy(span);
        ddn_dataset_destroy(ds);
    }
    ddn_context_destroy(ctx);
}

/* Repeated points add no axis; their labels stay with them. */
static void duplicates_and_labels_are_kept(void **state)
{
    (void)state;
    enum {
        N = 30,
        D = 50
    };
    ddn_context *ctx = test_context(1);
    int64_t rows[N];
    int32_t labels[N], seen[N];
    for (int i = 0; i < N; i++) {
        rows[i] = i * i % 12;
        labels[i] = i % 3 - 7;
    }
    ddn_dataset *points = cloud(ctx, DDN_TYPE_F32, 12, D), *repeated, *ds, *reduced[2];
    OK(ctx, ddn_dataset_create_subset(ctx, points, N, rows, &repeated));
    OK(ctx, ddn_dataset_create_labelled(ctx, repeated, N, labels, &ds));
    ddn_span *span;
    OK(ctx, ddn_span_create(ctx, ds, 0, &span));
    int used[12] = {0}, different = 0;
    for (int i = 0; i < N; i++) {
        different += !used[rows[i]];
        used[rows[i]] = 1;
    }
    check_span(ctx, ds, span, different - 1);
    OK(ctx, ddn_dataset_create_in_span(ctx, span, DDN_TYPE_F64, &reduced[0]));
    OK(ctx, ddn_dataset_create_in_span(ctx, span, DDN_TYPE_F32, &reduced[1]));
    ddn_span_destroy(span);
    ddn_dataset_destroy(points);
    ddn_dataset_destroy(repeated);
    ddn_dataset_destroy(ds);
    double c[2][N * N];
    for (int k = 0; k < 2; k++) {
        OK(ctx, ddn_dataset_labels(ctx, reduced[k], N, seen));
        assert_memory_equal(seen, labels, sizeof labels);
        OK(ctx, ddn_dataset_read(ctx, reduced[k], 0, N, c[k], different - 1));
        ddn_dataset_destroy(reduced[k]);
    }
    for (int i = 0; i < N * (different - 1); i++) {
        assert_true(c[1][i] == (double)(float)c[0][i]);
    }
    ddn_context_destroy(ctx);
}

/* Bits depend neither on threads nor on the batch; a residual may take the place of its state. */
static void bits_are_kept(void **state)
{
    (void)state;
    enum {
        N = 150,
        D = 2000, /* large enough that every loop is shared */
        M = 21
    };
    static double x[M * D], c[2][M * N], q[2][M * D], back[2][M * D];
    for (int threads = 1; threads <= 2; threads++) {
        ddn_context *ctx = test_context(threads);
        ddn_dataset *ds = cloud(ctx, DDN_TYPE_U8, N, D);
        ddn_span *span;
        int k = threads - 1;
        OK(ctx, ddn_span_create(ctx, ds, 0, &span));
        int64_t r = ddn_span_rank(span);
        test_normal(8, M * D, x);
        OK(ctx, ddn_span_project(ctx, span, 0.5, M, x, D, c[k], r, q[k], D));
        OK(ctx, ddn_span_lift(ctx, span, 0.5, M, c[k], r, back[k], D));
        assert_memory_equal(c[0], c[k], sizeof c[0]);
        assert_memory_equal(q[0], q[k], sizeof q[0]);
        assert_memory_equal(back[0], back[k], sizeof back[0]);
        for (int i = 0; i < M; i++) {
            double one[N], wide[D + 1];
            OK(ctx, ddn_span_project(ctx, span, 0.5, 1, x + i * D, D, one, N, NULL, 0));
            assert_memory_equal(one, c[0] + i * r, (size_t)r * sizeof *one);
            OK(ctx, ddn_span_lift(ctx, span, 0.5, 1, one, N, wide, D + 1));
            assert_memory_equal(wide, back[0] + i * D, D * sizeof *wide);
            for (int j = 0; j < D; j++) {
                CLOSE(back[0][i * D + j] + q[0][i * D + j], x[i * D + j], 0, 1e-13);
            }
        }
        OK(ctx, ddn_span_project(ctx, span, 0.5, M, x, D, c[k], r, x, D));
        assert_memory_equal(x, q[0], sizeof x);
        OK(ctx, ddn_span_project(ctx, span, 0.5, 0, NULL, D, NULL, r, NULL, 0));
        OK(ctx, ddn_span_lift(ctx, span, 0.5, 0, NULL, r, NULL, D));
        ddn_span_destroy(span);
        ddn_dataset_destroy(ds);
        ddn_context_destroy(ctx);
    }
}

/* The kernel that a context is given is the one that is used: the bits are then those of any
 * processor. Here of sums in their order, each product and sum rounded by itself. */
static void the_kernel_that_is_asked_for(void **state)
{
    (void)state;
    enum {
        N = 12,
        D = 70
    };
    ddn_context *ctx = test_context(1);
    OK(ctx, ddn_context_set_kernel(ctx, "reference"));
    ddn_dataset *ds = cloud(ctx, DDN_TYPE_F64, N, D);
    ddn_span *span;
    double x[D], unit[(N - 1) * (N - 1)] = {0}, axes[(N - 1) * D], c[N - 1];
    OK(ctx, ddn_span_create(ctx, ds, 0, &span));
    assert_int_equal(ddn_span_rank(span), N - 1);
    test_normal(9, D, x);
    for (int k = 0; k < N - 1; k++) {
        unit[k * N] = 1;
    }
    OK(ctx, ddn_span_lift(ctx, span, 0, N - 1, unit, N - 1, axes, D));
    OK(ctx, ddn_span_project(ctx, span, 0, 1, x, D, c, N - 1, NULL, 0));
    for (int k = 0; k < N - 1; k++) {
        double sum = 0;
        for (int j = 0; j < D; j++) {
            const double product = x[j] * axes[k * D + j];
            sum += product;
        }
        CLOSE(c[k], sum, 0, 0);
    }
    ddn_span_destroy(span);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static void bad_arguments_are_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = cloud(ctx, DDN_TYPE_F64, 3, 5), *other, *reduced;
    ddn_span *span;
    double x[10] = {0}, c[10] = {0}, q[10] = {7};
    FAILS(ctx, ddn_span_create(ctx, NULL, 0, &span), DDN_E_NULL, "ds");
    assert_null(span);
    FAILS(ctx, ddn_span_create(ctx, ds, 0, NULL), DDN_E_NULL, "out");
    FAILS(ctx, ddn_span_create(ctx, ds, -1, &span), DDN_E_RANGE, "tolerance = -1");
    FAILS(ctx, ddn_span_create(ctx, ds, 1, &span), DDN_E_RANGE, "tolerance");
    FAILS(ctx, ddn_span_create(ctx, ds, NAN, &span), DDN_E_NONFINITE, "tolerance");
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 1, 5, x, 5, &other));
    FAILS(ctx, ddn_span_create(ctx, other, 0, &span), DDN_E_RANGE, "n = 1");
    ddn_dataset_destroy(other);
    for (int wide = 0; wide < 2; wide++) {
        static const double same[10] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, wide ? 2 : 5, wide ? 5 : 2, same,
                                   wide ? 5 : 2, &other));
        FAILS(ctx, ddn_span_create(ctx, other, 0, &span), DDN_E_UNSUPPORTED,
              "all points are equal");
        ddn_dataset_destroy(other);
    }
    static const double far[4] = {-1e200, 1, 1e200, 2};
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 2, far, 2, &other));
    FAILS(ctx, ddn_span_create(ctx, other, 0, &span), DDN_E_NONFINITE, "covariance");
    ddn_dataset_destroy(other);
    uint8_t *many = calloc(8193, 8193);
    OK(ctx,
       ddn_dataset_create_borrowed(ctx, DDN_TYPE_U8, 8193, 8193, many, 8193, NULL, NULL, &other));
    FAILS(ctx, ddn_span_create(ctx, other, 0, &span), DDN_E_RANGE, "both above 8192");
    ddn_dataset_destroy(other);
    free(many);
    CANCELLED(ctx, ddn_span_create(ctx, ds, 0, &span));
    assert_null(span);
    OK(ctx, ddn_span_create(ctx, ds, 0, &span));
    FAILS(ctx, ddn_dataset_create_in_span(ctx, NULL, DDN_TYPE_F64, &reduced), DDN_E_NULL, "span");
    FAILS(ctx, ddn_dataset_create_in_span(ctx, span, DDN_TYPE_F64, NULL), DDN_E_NULL, "out");
    FAILS(ctx, ddn_dataset_create_in_span(ctx, span, DDN_TYPE_U8, &reduced), DDN_E_RANGE, "type");
    FAILS(ctx, ddn_span_project(ctx, NULL, 1, 2, x, 5, c, 2, q, 5), DDN_E_NULL, "span");
    FAILS(ctx, ddn_span_project(ctx, span, 1, 2, NULL, 5, c, 2, q, 5), DDN_E_NULL, "x");
    FAILS(ctx, ddn_span_project(ctx, span, 1, 2, x, 5, NULL, 2, q, 5), DDN_E_NULL, "coordinates");
    FAILS(ctx, ddn_span_project(ctx, span, 1, 2, x, 4, c, 2, q, 5), DDN_E_SHAPE, "x is 4");
    FAILS(ctx, ddn_span_project(ctx, span, 1, 2, x, 5, c, 1, q, 5), DDN_E_SHAPE,
          "coordinates is 1");
    FAILS(ctx, ddn_span_project(ctx, span, 1, 2, x, 5, c, 2, q, 4), DDN_E_SHAPE, "residual is 4");
    FAILS(ctx, ddn_span_project(ctx, span, 1, -1, x, 5, c, 2, q, 5), DDN_E_RANGE, "m = -1");
    FAILS(ctx, ddn_span_project(ctx, span, -1, 2, x, 5, c, 2, q, 5), DDN_E_RANGE, "a = -1");
    FAILS(ctx, ddn_span_project(ctx, span, NAN, 2, x, 5, c, 2, q, 5), DDN_E_NONFINITE, "a = nan");
    FAILS(ctx, ddn_span_lift(ctx, NULL, 1, 2, c, 2, q, 5), DDN_E_NULL, "span");
    FAILS(ctx, ddn_span_lift(ctx, span, 1, 2, NULL, 2, q, 5), DDN_E_NULL, "coordinates");
    FAILS(ctx, ddn_span_lift(ctx, span, 1, 2, c, 2, NULL, 5), DDN_E_NULL, "out");
    FAILS(ctx, ddn_span_lift(ctx, span, 1, 2, c, 1, q, 5), DDN_E_SHAPE, "coordinates is 1");
    FAILS(ctx, ddn_span_lift(ctx, span, 1, 2, c, 2, q, 4), DDN_E_SHAPE, "out is 4");
    x[7] = NAN;
    c[3] = INFINITY;
    FAILS(ctx, ddn_span_project(ctx, span, 1, 2, x, 5, c, 2, q, 5), DDN_E_NONFINITE, "x[1][2]");
    FAILS(ctx, ddn_span_lift(ctx, span, 1, 2, c, 2, q, 5), DDN_E_NONFINITE, "coordinates[1][1]");
    assert_true(q[0] == 7);
    assert_int_equal(ddn_span_rank(NULL), 0);
    assert_true(ddn_span_distance(NULL) == 0);
    ddn_span_destroy(NULL);
    ddn_span_destroy(span);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_come_back),
        cmocka_unit_test(ranks_are_found),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(duplicates_and_labels_are_kept),
        cmocka_unit_test(the_kernel_that_is_asked_for),
        cmocka_unit_test(bits_are_kept),
        cmocka_unit_test(bad_arguments_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
