/* Late starts: the distributions to start from. */
#include "support/fixtures.h"
#include "support/reference.h"

static ddn_dataset *reference_points(ddn_context *ctx)
{
    double points[15];
    ddn_dataset *ds = NULL;
    assert_int_equal(ref_numbers(ref_at("late_start"), "data", points, 15), 15);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 5, 3, points, 3, &ds));
    return ds;
}

/* |got - want| <= 5 standard errors; 54 comparisons: false alarm below 1e-4. */
static void within(double got, double want, double se)
{
    CLOSE(got, want, 0, 5 * se);
}

static void draws_have_the_moments_of_their_start(void **state)
{
    (void)state;
    enum {
        M = 20000
    };
    ddn_context *ctx = test_context(2);
    ddn_dataset *ds = reference_points(ctx);
    ddn_schedule *ou = NULL;
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    double *x = malloc(M * 3 * sizeof *x);
    assert_non_null(x);
    const json_t *cases = ref_get(ref_at("late_start"), "cases");
    for (size_t c = 0; c < json_array_size(cases); c++) {
        const json_t *one = json_array_get(cases, c);
        for (ddn_start kind = DDN_START_NOISE; kind <= DDN_START_GAUSSIAN; kind++) {
            double mean[3] = {0}, cov[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
            if (kind == DDN_START_GAUSSIAN) {
                ref_numbers(one, "mean_t", mean, 3);
                ref_numbers(one, "cov_t", cov, 9);
            }
            OK(ctx, ddn_late_start_draw(ctx, ds, ou, kind, ref_number(one, "t"), 7, 0, M, x, 3));
            for (int i = 0; i < 3; i++) {
                double sum = 0;
                for (int r = 0; r < M; r++) {
                    sum += x[3 * r + i];
                }
                within(sum / M, mean[i], sqrt(cov[4 * i] / M));
                for (int j = 0; j <= i; j++) {
                    double product = 0;
                    for (int r = 0; r < M; r++) {
                        product += (x[3 * r + i] - mean[i]) * (x[3 * r + j] - mean[j]);
                    }
                    const double var = cov[4 * i] * cov[4 * j] + cov[3 * i + j] * cov[3 * i + j];
                    within(product / M, cov[3 * i + j], sqrt(var / M));
                }
            }
        }
    }
    free(x);
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user, (void)t, (void)a, (void)s, (void)m, (void)d, (void)x, (void)ldx, (void)out;
    return (int32_t)ldo;
}

static void draws_are_functions_of_seed_and_path(void **state)
{
    (void)state;
    enum {
        N = 101,
        D = 37,
        M = 40
    };
    double points[N * D], all[M * D], part[M * (D + 3)], sigma[M * D];
    test_normal(3, N * D, points);
    ddn_context *one = test_context(1), *three = test_context(3);
    ddn_dataset *ds = NULL;
    ddn_schedule *ou = NULL, *edm = NULL;
    OK(one, ddn_dataset_create(one, DDN_TYPE_F64, N, D, points, D, &ds));
    OK(one, ddn_schedule_create_ou(one, &ou));
    OK(one, ddn_schedule_create_edm(one, &edm));
    for (ddn_start kind = DDN_START_NOISE; kind <= DDN_START_GAUSSIAN; kind++) {
        OK(one, ddn_late_start_draw(one, ds, ou, kind, 0.4, 11, 0, M, all, D));
        OK(three, ddn_late_start_draw(three, ds, ou, kind, 0.4, 11, 0, M, part, D));
        assert_memory_equal(all, part, sizeof all);
        /* Rows 17 .. 39 drawn alone, with padded rows. */
        OK(three, ddn_late_start_draw(three, ds, ou, kind, 0.4, 11, 17, M - 17, part, D + 3));
        for (int r = 17; r < M; r++) {
            assert_memory_equal(all + r * D, part + (r - 17) * (D + 3), D * sizeof *all);
        }
        /* Another seed gives other numbers. */
        OK(one, ddn_late_start_draw(one, ds, ou, kind, 0.4, 12, 0, M, part, D));
        assert_true(part[0] < all[0] || part[0] > all[0]);
        /* The same level in another schedule is the same state, scaled by e^t. */
        OK(one, ddn_late_start_draw(one, ds, edm, kind, sqrt(expm1(0.8)), 11, 0, M, sigma, D));
        for (int i = 0; i < M * D; i++) {
            CLOSE(sigma[i], exp(0.4) * all[i], 1e-12, 1e-12);
        }
    }
    OK(one, ddn_late_start_draw(one, ds, ou, DDN_START_NOISE, 0.4, 0, 0, 0, NULL, D));
    FAILS(one, ddn_late_start_draw(one, ds, ou, 3, 0.4, 0, 0, 1, all, D), DDN_E_KEY, "kind = 3");
    FAILS(one, ddn_late_start_draw(one, ds, ou, 1, 0, 0, 0, 1, all, D), DDN_E_RANGE, "t");
    FAILS(one, ddn_late_start_draw(one, ds, ou, 1, NAN, 0, 0, 1, all, D), DDN_E_NONFINITE, "t");
    FAILS(one, ddn_late_start_draw(one, ds, ou, 1, 0.4, 0, -1, 1, all, D), DDN_E_RANGE,
          "first_path = -1");
    FAILS(one, ddn_late_start_draw(one, ds, ou, 1, 0.4, 0, 0, 1, all, D - 1), DDN_E_SHAPE,
          "less than");
    FAILS(one, ddn_late_start_draw(one, NULL, ou, 1, 0.4, 0, 0, 1, all, D), DDN_E_NULL, "ds");
    FAILS(one, ddn_late_start_draw(one, ds, ou, 1, 0.4, 0, 0, 1, NULL, D), DDN_E_NULL, "x");
    /* Points that judge are points of the oracle's space. */
    const double time = 0.4;
    ddn_dataset *line = NULL;
    ddn_oracle *o = NULL;
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    o = test_model(one, ou, DDN_PREDICTION_SCORE, D, predict, NULL, NULL);
    OK(one, ddn_dataset_create(one, DDN_TYPE_F64, N, 1, points, 1, &line));
    OK(one, ddn_analysis_create(one, &an));
    OK(one, ddn_analysis_set_points(an, line));
    FAILS(one, ddn_analysis_late_start(an, o, 1, &time, &r), DDN_E_SHAPE, "d = 1");
    ddn_analysis_destroy(an);
    ddn_dataset_destroy(line);
    ddn_oracle_destroy(o);
    ddn_schedule_destroy(edm);
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(three);
    ddn_context_destroy(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_have_the_moments_of_their_start),
        cmocka_unit_test(draws_are_functions_of_seed_and_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
