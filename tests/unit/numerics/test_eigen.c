/* Dense eigenproblems: those that are done in parts against their definition. */
#include "base/progress.h"
#include "base/sort.h"
#include "numerics/blas.h"
#include "numerics/blas_eigen.h"
#include "support/course.h"
#include "support/fixtures.h"

enum {
    N = 203
};

/* Kinds of spectra that are hard in different ways. */
enum {
    RANDOM,
    LOW_RANK,  /* most eigenvalues are 0 up to rounding */
    GRADED,    /* over thirty orders of magnitude */
    EQUAL,     /* all but three are the same */
    WILKINSON, /* pairs that agree to rounding, no couplings far apart */
    ZERO,
    KINDS
};

static void fill(int kind, int64_t n, double *a)
{
    double *z = malloc((size_t)(n * n) * sizeof *z);
    assert_non_null(z);
    test_normal(kind + 5, n * n, z);
    memset(a, 0, (size_t)(n * n) * sizeof *a);
    int64_t vectors = kind == LOW_RANK ? 12 : kind == EQUAL ? 3 : n;
    vectors = vectors < n ? vectors : n;
    for (int64_t i = 0; i < n && kind != ZERO; i++) {
        for (int64_t j = 0; j < n; j++) {
            double sum = i == j && kind == EQUAL ? 2 : 0;
            for (int64_t k = 0; k < vectors && kind != WILKINSON && kind != RANDOM; k++) {
                double size = kind == GRADED ? pow(10, -30.0 * (double)k / (double)n) : 1;
                sum += size * z[i * n + k] * z[j * n + k];
            }
            a[i * n + j] = kind == RANDOM ? z[i < j ? i * n + j : j * n + i] : sum;
        }
        for (int64_t j = 0; j < n && kind == WILKINSON; j++) {
            a[i * n + j] = i == j ? fabs((double)(i - n / 2)) : i - j == 1 || j - i == 1;
        }
    }
    free(z);
}

static double largest(int64_t n, const double *a)
{
    double top = 0;
    for (int64_t i = 0; i < n * n; i++) {
        top = fmax(top, fabs(a[i]));
    }
    return top;
}

/* |A v - lambda v|, and products of the vectors, in units of rounding. */
static void check(int64_t n, const double *a, int64_t count, const double *values,
                  const double *vectors)
{
    double size = largest(n, a) * (double)n, residual = 0, product = 0;
    for (int64_t k = 0; k < count; k++) {
        const double *v = vectors + k * n;
        for (int64_t i = 0; i < n; i++) {
            double sum = -values[k] * v[i];
            for (int64_t j = 0; j < n; j++) {
                sum += a[i * n + j] * v[j];
            }
            residual = fmax(residual, fabs(sum));
        }
        for (int64_t l = 0; l <= k; l++) {
            double dot = k == l ? -1 : 0;
            for (int64_t j = 0; j < n; j++) {
                dot += v[j] * vectors[l * n + j];
            }
            product = fmax(product, fabs(dot));
        }
        assert_true(k == 0 || values[k] >= values[k - 1]);
    }
    assert_true(residual <= 1e-14 * size);
    assert_true(product <= 1e-14);
}

/* Two halves with one coupling between them: of all poles of the whole two are left, or one where
 * they are equal, and none where the coupling is lost in rounding. */
static void halves_with_one_coupling(void **state)
{
    (void)state;
    enum {
        SIZE = 64 /* cut once */
    };
    static const struct {
        double slope, off;
    } cases[] = {{1, 0.5}, {1, -3}, {-1, 0.5}, {0, 0.25}, {0, -2}, {1, 1e-18}};
    ddn_context *ctx = test_context(1);
    double *a = malloc(2 * SIZE * SIZE * sizeof *a), *vectors = a + SIZE * SIZE;
    assert_non_null(a);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const double off = cases[c].off;
        double d[SIZE], e[SIZE] = {0}, got[SIZE];
        memset(a, 0, SIZE * SIZE * sizeof *a);
        for (int i = 0; i < SIZE; i++) {
            d[i] = a[i * SIZE + i] = 70 + cases[c].slope * i;
        }
        e[SIZE / 2 - 1] = a[(SIZE / 2 - 1) * SIZE + SIZE / 2] = off;
        a[SIZE / 2 * SIZE + SIZE / 2 - 1] = off;
        memcpy(got, d, sizeof d);
        OK(ctx, ddni_tridiagonal_vectors(ctx, SIZE, got, e, SIZE, vectors));
        check(SIZE, a, SIZE, got, vectors);
        const double far = hypot(cases[c].slope / 2, off); /* from the middle of the two */
        d[SIZE / 2 - 1] += cases[c].slope / 2 - far;
        d[SIZE / 2] += far - cases[c].slope / 2;
        ddni_sort(d, SIZE);
        for (int i = 0; i < SIZE; i++) {
            CLOSE(got[i], d[i], 1e-14, 0);
        }
    }
    free(a);
    ddn_context_destroy(ctx);
}

/* Wrong deflation, a wrong order of vectors, a part left out of the reduction or of the way back.
 */
static void pairs_in_parts_are_eigenpairs(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double *a = malloc(3 * N * N * sizeof *a), *b = a + N * N, *vectors = b + N * N, values[N];
    double all[N];
    assert_non_null(a);
    const int64_t sizes[] = {2, 3, 33, 64, 65, 97, N}, counts[] = {1, 2, 40};
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            int64_t n = sizes[s];
            fill(kind, n, a);
            memcpy(b, a, (size_t)(n * n) * sizeof *a);
            OK(ctx, ddni_eigen_in_parts(ctx, n, b, n, all, vectors));
            check(n, a, n, all, vectors);
            memcpy(b, a, (size_t)(n * n) * sizeof *a);
            OK(ctx, ddni_eigen_in_parts(ctx, n, b, n, values, b));
            check(n, a, n, values, b);
            memcpy(b, a, (size_t)(n * n) * sizeof *a);
            OK(ctx, ddni_eigen_in_parts(ctx, n, b, n, values, NULL));
            double unit = 1e-14 * (double)n * largest(n, a);
            for (int64_t k = 0; k < n; k++) {
                assert_true(fabs(values[k] - all[k]) <= unit);
            }
            for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
                int64_t count = counts[c] < n ? counts[c] : n;
                memcpy(b, a, (size_t)(n * n) * sizeof *a);
                OK(ctx, ddni_eigen_in_parts(ctx, n, b, count, values, vectors));
                check(n, a, count, values, vectors);
                for (int64_t k = 0; k < count; k++) {
                    assert_true(fabs(values[k] - all[n - count + k]) <= unit);
                }
            }
        }
    }
    free(a);
    ddn_context_destroy(ctx);
}

/* Squares of these would leave the range of double. */
static void any_scale(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double *a = malloc(3 * N * N * sizeof *a), *b = a + N * N, *vectors = b + N * N;
    double values[N], scaled[N];
    const double scales[] = {0x1p+900, 0x1p-900};
    assert_non_null(a);
    fill(RANDOM, N, a);
    memcpy(b, a, N * N * sizeof *a);
    OK(ctx, ddni_eigen_in_parts(ctx, N, b, N, values, vectors));
    for (int s = 0; s < 2; s++) {
        for (int64_t i = 0; i < N * N; i++) {
            b[i] = a[i] * scales[s];
        }
        OK(ctx, ddni_eigen_in_parts(ctx, N, b, N, scaled, vectors));
        for (int64_t k = 0; k < N; k++) {
            assert_true(scaled[k] == values[k] * scales[s]);
        }
    }
    free(a);
    ddn_context_destroy(ctx);
}

/* The sizes from which on the drivers of LAPACK are left: both sides agree. */
static void whole_and_in_parts_agree(void **state)
{
    (void)state;
    enum {
        SIZE = DDNI_EIGEN_WHOLE + 1,
        FEW = 10
    };
    ddn_context *ctx = test_context(1);
    size_t bytes = (size_t)SIZE * SIZE * sizeof(double);
    double *a = malloc(bytes), *b = malloc(bytes), *x = malloc(SIZE * sizeof *x);
    double *values = malloc(3 * SIZE * sizeof *values), *vectors = malloc(bytes);
    assert_true(a != NULL && b != NULL && x != NULL && values != NULL && vectors != NULL);
    fill(LOW_RANK, SIZE, a);
    memcpy(b, a, bytes);
    OK(ctx, ddni_symmetric_eigen(ctx, SIZE, b, values, 1));
    check(SIZE, a, SIZE, values, b);
    memcpy(b, a, bytes);
    OK(ctx, ddni_symmetric_eigen(ctx, SIZE, b, values + SIZE, 0));
    for (int64_t k = 0; k < SIZE; k++) {
        assert_true(fabs(values[SIZE + k] - values[k]) <= 1e-11 * values[SIZE - 1]);
    }
    memcpy(b, a, bytes);
    OK(ctx, ddni_leading_eigen(ctx, SIZE, b, FEW, values + SIZE, vectors));
    check(SIZE, a, FEW, values + SIZE, vectors);
    for (int64_t k = 0; k < FEW; k++) {
        assert_true(fabs(values[SIZE + k] - values[SIZE - FEW + k]) <= 1e-12 * values[SIZE - 1]);
    }
    /* Linear equations. */
    test_normal(77, SIZE * SIZE, a);
    test_normal(78, SIZE, x);
    memcpy(b, a, bytes);
    memcpy(values, x, SIZE * sizeof *x);
    OK(ctx, ddni_solve(ctx, SIZE, b, x));
    for (int64_t i = 0; i < SIZE; i++) {
        double sum = 0;
        for (int64_t j = 0; j < SIZE; j++) {
            sum += a[i * SIZE + j] * x[j];
        }
        assert_true(fabs(sum - values[i]) <= 1e-8);
    }
    memset(a, 0, bytes);
    FAILS(ctx, ddni_solve(ctx, SIZE, a, x), DDN_E_CONVERGENCE, "singular");
    free(a);
    free(b);
    free(x);
    free(values);
    free(vectors);
    ddn_context_destroy(ctx);
}

/* ---- General matrices ---- */

enum {
    G = DDNI_GENERAL_WHOLE
};

/* Kinds that are hard in different ways. */
enum {
    DENSE,
    ROTATION,   /* a cyclic shift: all of modulus 1, and shifts that do not help */
    COMPANION,  /* of x^n - 2 */
    TRIANGULAR, /* splits at once */
    BLOCKS,     /* splits in the middle */
    SCALED,     /* rows and columns over thirty orders of magnitude */
    REAL,       /* symmetric */
    NOTHING,
    GENERALS
};

static double element(int kind, const double *z, int64_t n, int64_t i, int64_t j)
{
    double x = z[i * n + j];
    switch (kind) {
    case ROTATION:
        return j == (i + 1) % n;
    case COMPANION:
        return j == i + 1 ? 1 : i == n - 1 && j == 0 ? 2 : 0;
    case TRIANGULAR:
        return j >= i ? x : 0;
    case BLOCKS:
        return (i < n / 2) == (j < n / 2) || i < n / 2 ? x : 0;
    case SCALED:
        return x * pow(10, 30 * (double)(i - j) / (double)n);
    case REAL:
        return z[i < j ? i * n + j : j * n + i];
    default:
        return kind == NOTHING ? 0 : x;
    }
}

/* The distance from each of the one list to the nearest in the other that is not taken; the other
 * list is used up. */
static double apart(int64_t n, const double *re, const double *im, double *re2, double *im2)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t best = i;
        for (int64_t j = i; j < n; j++) {
            best =
                hypot(re[i] - re2[j], im[i] - im2[j]) < hypot(re[i] - re2[best], im[i] - im2[best])
                    ? j
                    : best;
        }
        double r = re2[best], m = im2[best];
        re2[best] = re2[i];
        im2[best] = im2[i];
        most = fmax(most, hypot(re[i] - r, im[i] - m));
    }
    return most;
}

/* Eigenvalues of a general matrix in parts against those of LAPACK's driver: as far apart as
 * rounding of the matrix moves them. */
static void general_eigenvalues_in_parts(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const int64_t sizes[] = {G, 257, 20, 3};
    double *z = malloc(3 * G * G * sizeof *z), *a = z + G * G, *b = a + G * G;
    double re[G], im[G], re2[G], im2[G];
    assert_non_null(z);
    for (int kind = 0; kind < GENERALS; kind++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            int64_t n = sizes[s];
            double norm = 0, trace = 0, sum = 0;
            test_normal(50 + kind, n * n, z);
            for (int64_t i = 0; i < n * n; i++) {
                a[i] = b[i] = element(kind, z, n, i / n, i % n);
                norm += kind == SCALED ? z[i] * z[i] : a[i] * a[i];
                trace += i / n == i % n ? a[i] : 0;
            }
            OK(ctx, ddni_general_eigen(ctx, n, a, re, im));
            OK(ctx, ddni_general_in_parts(ctx, n, b, re2, im2));
            for (int64_t i = 0; i < n; i++) {
                sum += re2[i];
            }
            double sensitive = kind == TRIANGULAR || kind == BLOCKS ? 1e-9 : 1e-12;
            double far = apart(n, re, im, re2, im2);
            if (!(far <= sensitive * sqrt(norm))) {
                fail_msg("kind %d, n = %lld: %g apart, norm %g", kind, (long long)n, far,
                         sqrt(norm));
            }
            if (!(fabs(sum - trace) <= 1e-12 * (double)n * sqrt(norm))) {
                fail_msg("kind %d, n = %lld: trace %g, not %g", kind, (long long)n, sum, trace);
            }
        }
    }
    free(z);
    ddn_context_destroy(ctx);
}

/* Of reduction and sweeps alike. */
static void general_eigenvalues_report_progress(void **state)
{
    (void)state;
    enum {
        SIZE = 257
    };
    ddn_context *ctx = test_context(1);
    double *a = malloc(SIZE * SIZE * sizeof *a), re[SIZE], im[SIZE];
    test_course c = {0, {0}};
    assert_non_null(a);
    test_normal(50, SIZE * SIZE, a);
    OK(ctx, ddn_context_set_progress(ctx, test_follow, &c, NULL));
    OK(ctx, ddni_general_in_parts(ctx, SIZE, a, re, im));
    for (int k = 0; k < 3; k++) {
        assert_in_range(c.count[k], 3, SIZE);
    }
    free(a);
    ddn_context_destroy(ctx);
}

static int32_t stop_at(void *user, const char *stage, double fraction)
{
    const double *at = user;
    (void)stage;
    return fraction >= *at;
}

static void eigenproblems_stop_anywhere(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double *a = malloc(3 * N * N * sizeof *a), *b = a + N * N, *vectors = b + N * N;
    double values[N];
    assert_non_null(a);
    fill(RANDOM, N, a);
    for (double at = 0; at < 0.99; at += 0.09) {
        memcpy(b, a, N * N * sizeof *a);
        OK(ctx, ddn_context_set_progress(ctx, stop_at, &at, NULL));
        assert_int_equal(ddni_eigen_in_parts(ctx, N, b, N, values, vectors), DDN_STOPPED);
        OK(ctx, ddn_context_set_progress(ctx, NULL, NULL, NULL));
    }
    memcpy(b, a, N * N * sizeof *a);
    OK(ctx, ddni_eigen_in_parts(ctx, N, b, N, values, vectors));
    check(N, a, N, values, vectors);
    free(a);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_with_one_coupling),
        cmocka_unit_test(pairs_in_parts_are_eigenpairs),
        cmocka_unit_test(any_scale),
        cmocka_unit_test(whole_and_in_parts_agree),
        cmocka_unit_test(general_eigenvalues_in_parts),
        cmocka_unit_test(general_eigenvalues_report_progress),
        cmocka_unit_test(eigenproblems_stop_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
