/* Leading eigenpairs of the covariance: both methods against known spectra. */
#include "dataset/spectrum/lanczos.h"
#include "dataset/spectrum/log_det.h"
#include "dataset/spectrum/spectrum.h"
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/reference.h"
#include "support/toy.h"

enum {
    MAX = 64
};

/* Points whose covariance has exactly the eigenvalues lambda[rank], rank < n, along random
 * orthonormal directions: an n x rank matrix with orthonormal columns that sum to 0, times
 * sqrt(n lambda), times random directions. The caller frees it. */
static double *points_with_spectrum(int64_t n, int64_t d, const double *lambda, int64_t rank,
                                    double offset)
{
    double *u = malloc((size_t)(n * rank) * sizeof *u), *v = malloc((size_t)(d * rank) * sizeof *v);
    double *x = malloc((size_t)(n * d) * sizeof *x);
    test_normal(11, n * rank, u);
    test_normal(12, d * rank, v);
    /* Gram-Schmidt, twice, on rows; u also against the constant vector. */
    for (int side = 0; side < 2; side++) {
        double *q = side == 0 ? u : v;
        int64_t length = side == 0 ? n : d;
        for (int64_t k = 0; k < rank; k++) {
            double *a = q + k * length;
            for (int pass = 0; pass < 2; pass++) {
                double mean = 0, norm = 0;
                for (int64_t i = 0; i < length; i++) {
                    mean += a[i] / (double)length;
                }
                for (int64_t i = 0; side == 0 && i < length; i++) {
                    a[i] -= mean;
                }
                for (int64_t p = 0; p < k; p++) {
                    double h = 0;
                    for (int64_t i = 0; i < length; i++) {
                        h += q[p * length + i] * a[i];
                    }
                    for (int64_t i = 0; i < length; i++) {
                        a[i] -= h * q[p * length + i];
                    }
                }
                for (int64_t i = 0; i < length; i++) {
                    norm += a[i] * a[i];
                }
                for (int64_t i = 0; i < length; i++) {
                    a[i] /= sqrt(norm);
                }
            }
        }
    }
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < d; j++) {
            x[i * d + j] = offset;
            for (int64_t k = 0; k < rank; k++) {
                x[i * d + j] += sqrt((double)n * lambda[k]) * u[k * n + i] * v[k * d + j];
            }
        }
    }
    free(u);
    free(v);
    return x;
}

/* |C v - lambda v| from the points directly. */
static double residual(ddn_context *ctx, const ddn_dataset *ds, double value, const double *vector)
{
    int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds);
    double *mean = malloc((size_t)d * sizeof *mean), *row = malloc((size_t)d * sizeof *row);
    double *sum = calloc((size_t)d, sizeof *sum), total = 0;
    OK(ctx, ddn_dataset_mean(ctx, ds, d, mean));
    for (int64_t i = 0; i < n; i++) {
        double h = 0;
        OK(ctx, ddn_dataset_read(ctx, ds, i, 1, row, d));
        for (int64_t j = 0; j < d; j++) {
            h += (row[j] - mean[j]) * vector[j];
        }
        for (int64_t j = 0; j < d; j++) {
            sum[j] += h * (row[j] - mean[j]) / (double)n;
        }
    }
    for (int64_t j = 0; j < d; j++) {
        total += pow(sum[j] - value * vector[j], 2);
    }
    free(mean);
    free(row);
    free(sum);
    return sqrt(total);
}

/* Pairs with one method: known values, unit and mutually orthogonal vectors, small residuals. */
static void check_pairs(ddn_context *ctx, const ddn_dataset *ds, ddni_spectrum_method method,
                        int64_t count, const double *want)
{
    int64_t d = ddn_dataset_d(ds);
    double values[MAX], *vectors = malloc((size_t)(count * d) * sizeof *vectors);
    OK(ctx, ddni_spectrum(ctx, ds, method, count, values, vectors, d));
    for (int64_t k = 0; k < count; k++) {
        CLOSE(values[k], want[k], 0, 1e-10 * want[0]);
        assert_true(k == 0 || values[k] <= values[k - 1]);
        for (int64_t p = 0; p <= k; p++) {
            double dot = 0;
            for (int64_t j = 0; j < d; j++) {
                dot += vectors[k * d + j] * vectors[p * d + j];
            }
            CLOSE(dot, p == k, 0, 1e-9);
        }
        CLOSE(residual(ctx, ds, values[k], vectors + k * d), 0, 0, 1e-9 * want[0]);
        double most = 0;
        for (int64_t j = 0; j < d; j++) {
            most = fabs(vectors[k * d + j]) > fabs(most) ? vectors[k * d + j] : most;
        }
        assert_true(most > 0);
    }
    free(vectors);
}

static void known_spectra_are_found(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    const int64_t shapes[2][2] = {{700, 190}, {180, 600}};
    for (int s = 0; s < 2; s++) {
        int64_t n = shapes[s][0], d = shapes[s][1];
        double lambda[150];
        for (int k = 0; k < 150; k++) {
            lambda[k] = 50 * pow(0.9, k);
        }
        double *x = points_with_spectrum(n, d, lambda, 150, 1e4);
        ddn_dataset *ds;
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, x, d, &ds));
        check_pairs(ctx, ds, DDNI_SPECTRUM_MATRIX, 12, lambda);
        check_pairs(ctx, ds, DDNI_SPECTRUM_LANCZOS, 12, lambda);
        check_pairs(ctx, ds, DDNI_SPECTRUM_LANCZOS, 1, lambda);
        ddn_dataset_destroy(ds);
        free(x);
    }
    ddn_context_destroy(ctx);
}

/* By both methods, and log-determinants by all values and by probes: a set with 1 to 3 copies of
 * each point, and the same with weights. The probes of the two differ where there are fewer points
 * than dimensions: five standard errors. */
static void weights_stand_for_copies(void **state)
{
    (void)state;
    enum {
        POINTS = 130,
        PAIRS = 3
    };
    static const ddni_spectrum_method methods[] = {DDNI_SPECTRUM_MATRIX, DDNI_SPECTRUM_LANCZOS};
    const double c = 2;
    ddn_context *ctx = test_context(2);
    for (int64_t d = 120; d <= 300; d += 180) {
        double *x = malloc((size_t)(3 * POINTS * d) * sizeof *x);
        int64_t n = 0;
        test_normal(8, POINTS * d, x);
        for (int64_t k = 0; k < 3 * POINTS; k++) {
            if (k < POINTS || k % POINTS % 3 >= k / POINTS) {
                for (int64_t j = 0; j < d; j++) {
                    double scale = j == 0 ? 3 : j == 1 ? 2 : 1;
                    x[n * d + j] = k < POINTS ? scale * x[k * d + j] : x[k % POINTS * d + j];
                }
                n++;
            }
        }
        ddn_dataset *ds[2];
        double values[2][2][PAIRS], sums[2][2], errors[2];
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, x, d, &ds[0]));
        OK(ctx, ddn_dataset_create_distinct(ctx, ds[0], &ds[1]));
        assert_int_equal(ddn_dataset_n(ds[1]), POINTS);
        for (int i = 0; i < 2; i++) {
            ddni_covariance operator;
            for (int m = 0; m < 2; m++) {
                OK(ctx, ddni_spectrum(ctx, ds[i], methods[m], PAIRS, values[i][m], NULL, 0));
            }
            OK(ctx, ddni_covariance_open(ctx, ds[i], &operator));
            OK(ctx, ddni_log_det_exact(&operator, & c, 1, &sums[i][0]));
            OK(ctx, ddni_log_det_sampled(&operator, 0, &c, 1, &sums[i][1], &errors[i]));
            ddni_covariance_close(&operator);
        }
        for (int k = 0; k < PAIRS; k++) {
            for (int m = 0; m < 4; m++) {
                CLOSE(values[m / 2][m % 2][k], values[0][0][k], 1e-9, 0);
            }
        }
        CLOSE(sums[1][0], sums[0][0], 1e-11, 0);
        CLOSE(sums[1][1], sums[0][0], 0, 5 * errors[1]);
        ddn_dataset_destroy(ds[0]);
        ddn_dataset_destroy(ds[1]);
        free(x);
    }
    ddn_context_destroy(ctx);
}

/* Copies of one point vary by nothing, whether or not their mean is a number of the format. */
static void copies_of_one_point_have_no_variance(void **state)
{
    (void)state;
    enum {
        MOST = 300 * 260
    };
    ddn_context *ctx = test_context(2);
    double *x = malloc(MOST * sizeof *x), values[3];
    assert_true(x != NULL);
    const int64_t shapes[3][2] = {{50, 20}, {300, 260}, {250, 290}};
    for (int64_t k = 0; k < MOST; k++) {
        x[k] = 0.1;
    }
    for (int s = 0; s < 3; s++) {
        ddn_dataset *ds;
        OK(ctx,
           ddn_dataset_create(ctx, DDN_TYPE_F64, shapes[s][0], shapes[s][1], x, shapes[s][1], &ds));
        for (int method = DDNI_SPECTRUM_AUTO; method <= DDNI_SPECTRUM_LANCZOS; method++) {
            if (method != DDNI_SPECTRUM_LANCZOS || s > 0) {
                OK(ctx, ddni_spectrum(ctx, ds, (ddni_spectrum_method)method, 3, values, NULL, 0));
                assert_true(values[0] == 0 && values[1] == 0 && values[2] == 0);
            }
        }
        double level = 1e-3, sum = -1, Lambda = -1, t = -1;
        OK(ctx, ddn_dataset_log_det(ctx, ds, 1, &level, &sum, NULL));
        assert_true(sum == 0);
        ddn_analysis *an;
        ddn_result *r;
        OK(ctx, ddn_analysis_create(ctx, &an));
        OK(ctx, ddn_analysis_spectrum(an, ds, &r));
        OK(ctx, ddn_result_scalar(ctx, r, "Lambda", &Lambda, NULL));
        OK(ctx, ddn_result_scalar(ctx, r, "t_C_spectrum", &t, NULL));
        assert_true(Lambda == 0 && isnan(t));
        ddn_result_destroy(r);
        ddn_analysis_destroy(an);
        ddn_dataset_destroy(ds);
    }
    free(x);
    ddn_context_destroy(ctx);
}

/* A shift by 2^40, 10^12 times the spread, that rounds none of the numbers changes no value. */
static void distance_from_zero_costs_no_digits(void **state)
{
    (void)state;
    enum {
        MOST = 300 * 260
    };
    ddn_context *ctx = test_context(2);
    double *x = malloc(MOST * sizeof *x), *far = malloc(MOST * sizeof *far);
    assert_true(x != NULL && far != NULL);
    test_normal(17, MOST, x);
    for (int64_t k = 0; k < MOST; k++) {
        x[k] = rint(ldexp(x[k], 11)) / 4096;
        far[k] = x[k] + ldexp(1, 40);
        assert_true(far[k] - ldexp(1, 40) == x[k]);
    }
    const int64_t shapes[3][2] = {{90, 20}, {300, 260}, {250, 290}};
    for (int s = 0; s < 3; s++) {
        int64_t n = shapes[s][0], d = shapes[s][1];
        ddn_dataset *near_ds, *far_ds;
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, x, d, &near_ds));
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, far, d, &far_ds));
        for (int method = DDNI_SPECTRUM_MATRIX; method <= DDNI_SPECTRUM_LANCZOS; method++) {
            double want[4], got[4];
            if (method == DDNI_SPECTRUM_LANCZOS && s == 0) {
                continue;
            }
            OK(ctx, ddni_spectrum(ctx, near_ds, (ddni_spectrum_method)method, 4, want, NULL, 0));
            OK(ctx, ddni_spectrum(ctx, far_ds, (ddni_spectrum_method)method, 4, got, NULL, 0));
            for (int k = 0; k < 4; k++) {
                CLOSE(got[k], want[k], 0, 1e-12 * want[0]);
            }
        }
        double level = 0.1, want, got;
        OK(ctx, ddn_dataset_log_det(ctx, near_ds, 1, &level, &want, NULL));
        OK(ctx, ddn_dataset_log_det(ctx, far_ds, 1, &level, &got, NULL));
        CLOSE(got, want, 1e-12, 0);
        ddn_dataset_destroy(near_ds);
        ddn_dataset_destroy(far_ds);
    }
    free(x);
    free(far);
    ddn_context_destroy(ctx);
}

/* More copies than a block is wide, in front of, at and across the end of what is wanted. */
static void repeated_values_are_all_found(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    const int64_t shapes[2][2] = {{500, 260}, {250, 400}};
    for (int s = 0; s < 2; s++) {
        int64_t n = shapes[s][0], d = shapes[s][1];
        double lambda[120];
        for (int k = 0; k < 120; k++) {
            lambda[k] = k < 1 ? 9 : k < 21 ? 4 : k < 24 ? 3.999 : k < 40 ? 2 : 1.0 / (k - 38);
        }
        double *x = points_with_spectrum(n, d, lambda, 120, 0);
        ddn_dataset *ds;
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, x, d, &ds));
        for (int64_t count = 8; count <= 32; count += 12) {
            check_pairs(ctx, ds, DDNI_SPECTRUM_LANCZOS, count, lambda);
            check_pairs(ctx, ds, DDNI_SPECTRUM_MATRIX, count, lambda);
        }
        ddn_dataset_destroy(ds);
        free(x);
    }
    ddn_context_destroy(ctx);
}

/* All eigenvalues equal, fewer than wanted, or none at all. */
static void flat_and_empty_spectra_are_found(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double lambda[199] = {5, 5, 5};
    for (int s = 0; s < 2; s++) {
        int64_t n = s == 0 ? 400 : 190, d = s == 0 ? 200 : 390;
        double *x = points_with_spectrum(n, d, lambda, 3, -7);
        ddn_dataset *ds;
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, x, d, &ds));
        check_pairs(ctx, ds, DDNI_SPECTRUM_LANCZOS, 10, lambda);
        check_pairs(ctx, ds, DDNI_SPECTRUM_MATRIX, 10, lambda);
        ddn_dataset_destroy(ds);
        free(x);
    }
    double full[180];
    for (int k = 0; k < 180; k++) {
        full[k] = 2;
    }
    double *x = points_with_spectrum(300, 180, full, 180, 0);
    ddn_dataset *ds;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 300, 180, x, 180, &ds));
    check_pairs(ctx, ds, DDNI_SPECTRUM_LANCZOS, 20, full);
    ddn_dataset_destroy(ds);
    for (int64_t i = 0; i < 300 * 180; i++) {
        x[i] = 0.1; /* one point, many times */
    }
    memset(full, 0, sizeof full);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 300, 180, x, 180, &ds));
    double values[4], vectors[4 * 180];
    for (int method = DDNI_SPECTRUM_MATRIX; method <= DDNI_SPECTRUM_LANCZOS; method++) {
        OK(ctx, ddni_spectrum(ctx, ds, (ddni_spectrum_method)method, 4, values, vectors, 180));
        for (int k = 0; k < 4; k++) {
            CLOSE(values[k], 0, 0, 1e-25);
        }
    }
    ddn_dataset_destroy(ds);
    free(x);
    ddn_context_destroy(ctx);
}

static void reference_numbers_are_met(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    json_t *late = ref_at("late_start");
    double points[15], want[16], values[16], mean[16];
    ddn_dataset *ds;
    assert_int_equal(ref_numbers(late, "data", points, 15), 15);
    assert_int_equal(ref_numbers(late, "eigenvalues_desc", want, 16), 3);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 5, 3, points, 3, &ds));
    check_pairs(ctx, ds, DDNI_SPECTRUM_AUTO, 3, want);
    OK(ctx, ddn_dataset_mean(ctx, ds, 3, mean));
    for (int j = 0; j < 3; j++) {
        CLOSE(mean[j], ref_element(late, "mean", j), 1e-15, 1e-17);
    }
    ddn_dataset_destroy(ds);
    json_t *medium = toy_medium_reference();
    assert_int_equal(ref_numbers(medium, "cov_top_eigenvalues_1_over_n", want, 16), 16);
    ds = toy_medium(ctx);
    OK(ctx, ddn_dataset_spectrum(ctx, ds, 16, values, NULL, 0));
    for (int k = 0; k < 16; k++) {
        CLOSE(values[k], want[k], 1e-12, 1e-13);
    }
    check_pairs(ctx, ds, DDNI_SPECTRUM_AUTO, 16, want);
    json_decref(medium);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static void bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    enum {
        N = 1500,
        D = 1100,
        COUNT = 3
    };
    uint8_t *x = malloc(N * D);
    double first[COUNT] = {0}, values[COUNT], *first_vectors = malloc(COUNT * D * sizeof(double));
    double *vectors = malloc(COUNT * D * sizeof *vectors);
    for (uint32_t i = 0, r = 1; i < N * D; i++) {
        r = r * 1664525 + 1013904223;
        x[i] = (uint8_t)((r >> 25) + (i / D % 3) * 20 * (i % D % 2));
    }
    for (int64_t threads = 1; threads <= 3; threads++) {
        ddn_context *ctx = test_context(threads);
        ddn_dataset *raw, *ds;
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, N, D, x, D, &raw));
        OK(ctx, ddn_dataset_create_mapped(ctx, raw, 1 / 127.5, -1, &ds));
        OK(ctx, ddn_dataset_spectrum(ctx, ds, COUNT, values, vectors, D));
        if (threads == 1) {
            memcpy(first, values, sizeof first);
            memcpy(first_vectors, vectors, COUNT * D * sizeof *vectors);
        }
        assert_memory_equal(values, first, sizeof first);
        assert_memory_equal(vectors, first_vectors, COUNT * D * sizeof *vectors);
        ddn_dataset_destroy(raw);
        ddn_dataset_destroy(ds);
        ddn_context_destroy(ctx);
    }
    free(x);
    free(vectors);
    free(first_vectors);
}

static int32_t stop(void *user, const char *stage, double fraction)
{
    (void)stage;
    assert_true(fraction >= 0 && fraction <= 1);
    return ++*(int *)user > 3;
}

static void bad_arguments_are_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double x[6] = {1, 2, 4, 8, 16, 32}, values[4], vectors[4];
    ddn_dataset *ds;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 2, x, 2, &ds));
    FAILS(ctx, ddn_dataset_spectrum(ctx, ds, 0, values, NULL, 0), DDN_E_RANGE, "count = 0");
    FAILS(ctx, ddn_dataset_spectrum(ctx, ds, 3, values, NULL, 0), DDN_E_RANGE, "[1, 2]");
    FAILS(ctx, ddn_dataset_spectrum(ctx, ds, 1, NULL, NULL, 0), DDN_E_NULL, "values");
    FAILS(ctx, ddn_dataset_spectrum(ctx, NULL, 1, values, NULL, 0), DDN_E_NULL, "ds");
    FAILS(ctx, ddn_dataset_spectrum(ctx, ds, 1, values, vectors, 1), DDN_E_SHAPE, "less than");
    ddn_dataset_destroy(ds);
    const double one[1] = {0};
    x[0] = -1e200;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 2, x, 2, &ds));
    FAILS(ctx, ddn_dataset_spectrum(ctx, ds, 1, values, NULL, 0), DDN_E_NONFINITE, "covariance");
    ddn_dataset_destroy(ds);
    /* A single point has no spread. */
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 1, 4, x, 4, &ds));
    check_pairs(ctx, ds, DDNI_SPECTRUM_AUTO, 1, one);
    ddn_dataset_destroy(ds);
    /* Lanczos can be stopped. */
    int calls = 0;
    double *many = calloc(300 * 300, sizeof *many);
    test_normal(3, 300 * 300, many);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 300, 300, many, 300, &ds));
    OK(ctx, ddn_context_set_progress(ctx, stop, &calls, NULL));
    assert_int_equal(ddni_spectrum(ctx, ds, DDNI_SPECTRUM_LANCZOS, 1, values, NULL, 0),
                     DDN_STOPPED);
    ddn_dataset_destroy(ds);
    free(many);
    ddn_context_destroy(ctx);
}

/* One run of each method on few points; the memory is what fails. */
static ddn_status all_methods(ddn_context *ctx, void *data)
{
    double values[2], vectors[400], level = 1;
    ddn_dataset *ds = NULL;
    ddni_covariance c;
    ddn_status status = ddn_dataset_create(ctx, DDN_TYPE_F64, 130, 200, data, 200, &ds);
    for (int method = DDNI_SPECTRUM_MATRIX; status == DDN_OK && method <= DDNI_SPECTRUM_LANCZOS;
         method++) {
        status = ddni_spectrum(ctx, ds, (ddni_spectrum_method)method, 2, values, vectors, 200);
    }
    if (status == DDN_OK) {
        status = ddn_dataset_log_det(ctx, ds, 1, &level, values, NULL);
    }
    if (status == DDN_OK && (status = ddni_covariance_open(ctx, ds, &c)) == DDN_OK) {
        status = ddni_log_det_sampled(&c, 0, &level, 1, values, values + 1);
        ddni_covariance_close(&c);
    }
    ddn_dataset_destroy(ds);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    double *x = malloc(130 * 200 * sizeof *x);
    test_normal(4, 130 * 200, x);
    assert_true(test_every_allocation(all_methods, x) > 20);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_spectra_are_found),
        cmocka_unit_test(weights_stand_for_copies),
        cmocka_unit_test(copies_of_one_point_have_no_variance),
        cmocka_unit_test(distance_from_zero_costs_no_digits),
        cmocka_unit_test(repeated_values_are_all_found),
        cmocka_unit_test(flat_and_empty_spectra_are_found),
        cmocka_unit_test(reference_numbers_are_met),
        cmocka_unit_test(bits_do_not_depend_on_threads),
        cmocka_unit_test(bad_arguments_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
