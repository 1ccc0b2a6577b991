/* Feature maps and the Frechet distance of samples from a reference set. */
#include "support/fixtures.h"

enum {
    N = 300,
    D = 6
};

/* Correlated points with an offset: y = 3 + z + 2 z_0 e_1. */
static void points(int64_t seed, int64_t n, double *y)
{
    test_normal(seed, n * D, y);
    for (int64_t i = 0; i < n; i++) {
        y[i * D + 1] += 2 * y[i * D];
        for (int j = 0; j < D; j++) {
            y[i * D + j] += 3;
        }
    }
}

static double trace_of_covariance(const double *y, int64_t n)
{
    double trace = 0;
    for (int j = 0; j < D; j++) {
        double mean = 0;
        for (int64_t i = 0; i < n; i++) {
            mean += y[i * D + j] / (double)n;
        }
        for (int64_t i = 0; i < n; i++) {
            trace += (y[i * D + j] - mean) * (y[i * D + j] - mean) / (double)n;
        }
    }
    return trace;
}

typedef struct probe {
    int calls, released, failure;
    double poison;
} probe;

static int32_t swap_halves(void *user, int64_t m, int64_t d, const double *x, int64_t ldx,
                           double *f, int64_t ldf)
{
    (void)d;
    probe *p = user;
    p->calls++;
    for (int64_t r = 0; r < m; r++) {
        for (int j = 0; j < D; j++) {
            f[r * ldf + j] = x[r * ldx + (j + D / 2) % D] + p->poison;
        }
    }
    return p->failure;
}

static void count_release(void *user)
{
    ((probe *)user)->released++;
}

static double distance(ddn_context *ctx, const ddn_frechet *fr, int64_t m, const double *x)
{
    double d2 = NAN;
    OK(ctx, ddn_frechet_distance(ctx, fr, m, 0, 0, x, D, &d2, NULL, NULL));
    return d2;
}

static void distances_of_moved_and_scaled_sets(void **state)
{
    (void)state;
    double y[N * D], x[N * D];
    points(1, N, y);
    ddn_context *ctx = test_context(2);
    ddn_dataset *ds = NULL;
    ddn_features *maps[3] = {NULL};
    probe p = {0, 0, 0, 0};
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, y, D, &ds));
    OK(ctx, ddn_features_create_identity(ctx, D, &maps[0]));
    OK(ctx, ddn_features_create_pca(ctx, ds, D, &maps[1]));
    OK(ctx, ddn_features_create_callback(ctx, D, D, swap_halves, &p, count_release, &maps[2]));
    const double trace = trace_of_covariance(y, N);
    for (int k = 0; k < 3; k++) { /* all three keep distances */
        ddn_frechet *fr = NULL;
        OK(ctx, ddn_frechet_create(ctx, ds, maps[k], &fr));
        assert_int_equal(ddn_features_count(maps[k]), D);
        ddn_features_destroy(maps[k]);
        CLOSE(distance(ctx, fr, N, y), 0, 0, 1e-10 * trace);
        for (int i = 0; i < N * D; i++) {
            x[i] = y[i] + (i % D == 2 ? 0.5 : 0) - (i % D == 4 ? 2 : 0);
        }
        CLOSE(distance(ctx, fr, N, x), 4.25, 1e-10, 1e-10 * trace);
        double mean[D];
        OK(ctx, ddn_dataset_mean(ctx, ds, D, mean));
        for (int i = 0; i < N * D; i++) {
            x[i] = mean[i % D] + 0.25 * (y[i] - mean[i % D]);
        }
        CLOSE(distance(ctx, fr, N, x), 0.5625 * trace, 1e-10, 0);
        /* Two equal states: no covariance at all, at the mean. */
        for (int i = 0; i < 2 * D; i++) {
            x[i] = mean[i % D];
        }
        CLOSE(distance(ctx, fr, 2, x), trace, 1e-9, 0);
        /* Nearly equal ones: a covariance of rounding errors. */
        for (int i = 0; i < 7 * D; i++) {
            x[i] = mean[i % D] * (1 + 1e-16 * i);
        }
        CLOSE(distance(ctx, fr, 7, x), trace, 1e-6, 0);
        ddn_frechet_destroy(fr);
    }
    assert_true(p.calls > 4);
    assert_int_equal(p.released, 1);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* A reference without any spread: the distance is the second moment about it. */
static void a_reference_of_copies(void **state)
{
    (void)state;
    double y[7 * D], x[N * D];
    for (int i = 0; i < 7 * D; i++) {
        y[i] = 1.0 / (3 + i % D);
    }
    points(5, N, x);
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    ddn_features *all = NULL;
    ddn_frechet *fr = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 7, D, y, D, &ds));
    OK(ctx, ddn_features_create_identity(ctx, D, &all));
    OK(ctx, ddn_frechet_create(ctx, ds, all, &fr));
    double second = 0;
    for (int i = 0; i < N * D; i++) {
        second += (x[i] - y[i % D]) * (x[i] - y[i % D]) / N;
    }
    CLOSE(distance(ctx, fr, N, x), second, 1e-12, 0);
    ddn_frechet_destroy(fr);
    ddn_features_destroy(all);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static void principal_axes_see_the_largest_variance(void **state)
{
    (void)state;
    double y[N * D], f[N * 2], value[2];
    points(2, N, y);
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    ddn_features *pca = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, y, D, &ds));
    OK(ctx, ddn_features_create_pca(ctx, ds, 2, &pca));
    OK(ctx, ddn_dataset_spectrum(ctx, ds, 2, value, NULL, 0));
    OK(ctx, ddn_features_apply(ctx, pca, N, y, D, f, 2));
    double mean[2] = {0}, var[2] = {0}, cross = 0;
    for (int i = 0; i < N; i++) {
        mean[0] += f[2 * i] / N;
        mean[1] += f[2 * i + 1] / N;
        var[0] += f[2 * i] * f[2 * i] / N;
        var[1] += f[2 * i + 1] * f[2 * i + 1] / N;
        cross += f[2 * i] * f[2 * i + 1] / N;
    }
    CLOSE(mean[0], 0, 0, 1e-12);
    CLOSE(mean[1], 0, 0, 1e-12);
    CLOSE(var[0], value[0], 1e-9, 0);
    CLOSE(var[1], value[1], 1e-9, 0);
    CLOSE(cross, 0, 0, 1e-8);
    ddn_features_destroy(pca);
    ddn_features_destroy(NULL);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* The bootstrap's standard error against the spread over independent sets of samples; the ratio of
 * two standard deviations from 150 values each lies within 0.7 .. 1.4 but for 1e-4. */
static void bootstrap_error_is_the_spread(void **state)
{
    (void)state;
    enum {
        SETS = 150,
        M = 200
    };
    double y[N * D], x[M * D], draws[SETS];
    points(3, N, y);
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    ddn_features *all = NULL;
    ddn_frechet *fr = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, y, D, &ds));
    OK(ctx, ddn_features_create_identity(ctx, D, &all));
    OK(ctx, ddn_frechet_create(ctx, ds, all, &fr));
    double mean = 0, square = 0, error = NAN, value = NAN, spread = 0;
    for (int b = 0; b < SETS; b++) {
        points(100 + b, M, x);
        for (int i = 0; i < M * D; i++) {
            x[i] += 1; /* far from the reference, where the distance is nearly linear */
        }
        const double d2 = distance(ctx, fr, M, x);
        mean += d2 / SETS;
        square += d2 * d2 / SETS;
    }
    OK(ctx, ddn_frechet_distance(ctx, fr, M, 5, SETS, x, D, &value, &error, draws));
    CLOSE(error, sqrt(square - mean * mean), 0.4, 0);
    mean = 0;
    for (int b = 0; b < SETS; b++) {
        mean += draws[b] / SETS;
    }
    for (int b = 0; b < SETS; b++) {
        spread += (draws[b] - mean) * (draws[b] - mean) / (SETS - 1);
    }
    CLOSE(error, sqrt(spread), 1e-9, 0);

    /* Same numbers on three threads and with another start of the seed sequence not. */
    ddn_context *three = test_context(3);
    double again = NAN, other = NAN;
    OK(three, ddn_frechet_distance(three, fr, M, 5, SETS, x, D, &value, &again, NULL));
    assert_memory_equal(&again, &error, sizeof error);
    OK(three, ddn_frechet_distance(three, fr, M, 6, SETS, x, D, &value, &other, NULL));
    assert_true(other < error || other > error);
    ddn_context_destroy(three);
    ddn_frechet_destroy(fr);
    ddn_frechet_destroy(NULL);
    ddn_features_destroy(all);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    double y[N * D], value = 0;
    points(4, N, y);
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    ddn_features *map = NULL, *bad = NULL;
    ddn_frechet *fr = NULL, *none = NULL;
    probe p = {0, 0, 0, 0};
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, y, D, &ds));
    OK(ctx, ddn_features_create_callback(ctx, D, D, swap_halves, &p, count_release, &map));
    OK(ctx, ddn_frechet_create(ctx, ds, map, &fr));
    FAILS(ctx, ddn_features_create_identity(ctx, 0, &bad), DDN_E_RANGE, "d = 0");
    FAILS(ctx, ddn_features_create_pca(ctx, ds, D + 1, &bad), DDN_E_RANGE, "k = 7");
    FAILS(ctx, ddn_features_create_callback(ctx, D, 1, NULL, NULL, NULL, &bad), DDN_E_NULL, "fn");
    FAILS(ctx, ddn_features_create_callback(ctx, D, 0, swap_halves, &p, count_release, &bad),
          DDN_E_RANGE, "k = 0");
    assert_null(bad);
    assert_int_equal(p.released, 0);
    FAILS(ctx, ddn_frechet_distance(ctx, fr, 1, 0, 0, y, D, &value, NULL, NULL), DDN_E_RANGE,
          "m = 1");
    FAILS(ctx, ddn_frechet_distance(ctx, fr, N, 0, 1, y, D, &value, NULL, NULL), DDN_E_RANGE,
          "replicates = 1");
    FAILS(ctx, ddn_frechet_distance(ctx, fr, N, 0, 0, y, D - 1, &value, NULL, NULL), DDN_E_SHAPE,
          "less than");
    p.failure = -3;
    FAILS(ctx, ddn_frechet_distance(ctx, fr, N, 0, 0, y, D, &value, NULL, NULL), DDN_E_CALLBACK,
          "-3");
    FAILS(ctx, ddn_frechet_create(ctx, ds, map, &none), DDN_E_CALLBACK, "-3");
    assert_null(none);
    p.failure = 0;
    p.poison = NAN;
    FAILS(ctx, ddn_frechet_distance(ctx, fr, N, 0, 0, y, D, &value, NULL, NULL), DDN_E_NONFINITE,
          "features");
    assert_true(value >= 0 && value <= 0);
    ddn_features *wide = NULL;
    ddn_dataset *far = NULL;
    double huge[N * D];
    for (int i = 0; i < N * D; i++) {
        huge[i] = y[i] * 1e200;
    }
    OK(ctx, ddn_features_create_identity(ctx, D, &wide));
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, huge, D, &far));
    FAILS(ctx, ddn_frechet_create(ctx, far, wide, &none), DDN_E_NONFINITE,
          "features 0 and 0 is outside the range of double");
    assert_null(none);
    OK(ctx, ddn_frechet_create(ctx, ds, wide, &none));
    FAILS(ctx, ddn_frechet_distance(ctx, none, N, 0, 0, huge, D, &value, NULL, NULL),
          DDN_E_NONFINITE, "features 0 and 0 is outside the range of double");
    ddn_frechet_destroy(none);
    none = NULL;
    ddn_dataset_destroy(far);
    ddn_features_destroy(wide);
    OK(ctx, ddn_features_create_identity(ctx, D + 1, &wide));
    FAILS(ctx, ddn_frechet_create(ctx, ds, wide, &none), DDN_E_SHAPE, "d = 7");
    ddn_features_destroy(wide);
    OK(ctx, ddn_features_create_identity(ctx, 5000, &wide));
    ddn_features_destroy(wide);
    ddn_frechet_destroy(fr);
    assert_int_equal(p.released, 0);
    ddn_features_destroy(map);
    assert_int_equal(p.released, 1);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* The distance of states to the points, whose coordinates are the features. */
static double distance_of(ddn_context *ctx, const ddn_dataset *ds, int64_t m, const double *x)
{
    const int64_t k = ddn_dataset_d(ds);
    ddn_features *features = NULL;
    ddn_frechet *fr = NULL;
    double distance = NAN;
    OK(ctx, ddn_features_create_identity(ctx, k, &features));
    OK(ctx, ddn_frechet_create(ctx, ds, features, &fr));
    OK(ctx, ddn_frechet_distance(ctx, fr, m, 0, 0, x, k, &distance, NULL, NULL));
    ddn_frechet_destroy(fr);
    ddn_features_destroy(features);
    return distance;
}

/* Fewer states than features: the covariance has eigenvalues that are 0 up to rounding, and the
 * root of a rounding error is no small number (4e-9 of the distance). The reference is isotropic,
 * the states +-b_r along three axes of a reflected frame. */
static void fewer_states_than_features(void **state)
{
    (void)state;
    enum {
        K = 24,
        P = 3
    };
    const double b[P] = {2, 1, 0.3}, c = 3;
    double points[2 * K * K] = {0}, x[2 * P * K], v[K], norm2 = 0;
    double want = c * c;
    for (int i = 0; i < K; i++) {
        points[2 * i * K + i] = c;
        points[(2 * i + 1) * K + i] = -c;
        v[i] = 1 + sin(i);
        norm2 += v[i] * v[i];
    }
    for (int r = 0; r < P; r++) {
        for (int i = 0; i < K; i++) {
            x[2 * r * K + i] = b[r] * ((i == r) - 2 * v[r] * v[i] / norm2);
            x[(2 * r + 1) * K + i] = -x[2 * r * K + i];
        }
        want += b[r] * b[r] / P - 2 * c / sqrt(K) * b[r] / sqrt(P);
    }
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2 * K, K, points, K, &ds));
    CLOSE(distance_of(ctx, ds, 2 * P, x), want, 1e-13, 0);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* The feature of the largest variance has no correlation with the others, which together have a
 * larger one: what counts as rounding is measured by that. In all units. */
static void a_feature_apart_from_the_others(void **state)
{
    (void)state;
    enum {
        K = 64
    };
    static double points[2 * K * K], x[4 * K];
    const double first = 1.25, c = 3, rest = K - 1;
    ddn_context *ctx = test_context(1);
    for (int power = -400; power <= 400; power += 200) {
        const double unit = ldexp(1, power);
        double v[K], norm2 = 0;
        for (int i = 0; i < K; i++) {
            v[i] = 1 + sin(i);
            norm2 += v[i] * v[i];
        }
        for (int i = 0; i < K; i++) { /* isotropic, along the axes of a reflected frame */
            for (int j = 0; j < K; j++) {
                points[2 * i * K + j] = unit * c * ((i == j) - 2 * v[i] * v[j] / norm2);
                points[(2 * i + 1) * K + j] = -points[2 * i * K + j];
            }
        }
        for (int r = 0; r < 4; r++) {
            for (int j = 0; j < K; j++) {
                x[r * K + j] = unit * (j == 0 ? (r < 2 ? first : -first) : r % 2 ? 1 : -1);
            }
        }
        ddn_dataset *ds = NULL;
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2 * K, K, points, K, &ds));
        const double want = c * c + first * first + rest - 2 * c / sqrt(K) * (first + sqrt(rest));
        CLOSE(distance_of(ctx, ds, 4, x) / unit / unit, want, 1e-13, 0);
        ddn_dataset_destroy(ds);
    }
    ddn_context_destroy(ctx);
}

/* Whichever point comes first, and however far it is. */
static void a_first_point_that_weighs_nothing(void **state)
{
    (void)state;
    enum {
        POINTS = 700 /* of three chunks */
    };
    ddn_context *ctx = test_context(1);
    double y[POINTS], weight[POINTS], x[2] = {0.5, 1.5};
    test_normal(8, POINTS, y);
    for (double far = 1e2; far < 1e9; far *= 100) {
        long double mean = 0, square = 0, all = 0;
        y[0] = far;
        for (int i = 0; i < POINTS; i++) {
            weight[i] = i == 0 ? 1e-3 / far / far : i % 3 ? 1 : 0.5;
            all += weight[i];
        }
        for (int i = 0; i < POINTS; i++) {
            mean += weight[i] / all * y[i];
        }
        for (int i = 0; i < POINTS; i++) {
            square += weight[i] / all * (y[i] - mean) * (y[i] - mean);
        }
        ddn_dataset *plain = NULL, *ds = NULL;
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, POINTS, 1, y, 1, &plain));
        OK(ctx, ddn_dataset_create_weighted(ctx, plain, POINTS, weight, &ds));
        const double shift = (double)mean - 1, spread = (double)sqrtl(square) - 0.5;
        CLOSE(distance_of(ctx, ds, 2, x), shift * shift + spread * spread, 1e-12, 0);
        ddn_dataset_destroy(ds);
        ddn_dataset_destroy(plain);
    }
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_states_than_features),
        cmocka_unit_test(a_feature_apart_from_the_others),
        cmocka_unit_test(a_first_point_that_weighs_nothing),
        cmocka_unit_test(distances_of_moved_and_scaled_sets),
        cmocka_unit_test(a_reference_of_copies),
        cmocka_unit_test(principal_axes_see_the_largest_variance),
        cmocka_unit_test(bootstrap_error_is_the_spread),
        cmocka_unit_test(bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
