/* Speciation and collapse times from the covariance spectrum alone. */
#include "support/toy.h"

static void spectral_times_of_known_data(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    ddn_dataset *ds = toy_medium(ctx);
    json_t *root = toy_medium_reference();
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_analysis_spectrum(an, ds, &r));
    double Lambda = ref_element(root, "cov_top_eigenvalues_1_over_n", 0);
    CLOSE(test_scalar(ctx, r, "Lambda"), Lambda, 1e-9, 0);
    CLOSE(test_scalar(ctx, r, "t_S"), ref_number(root, "tS_finite"), 1e-9, 0);
    CLOSE(test_scalar(ctx, r, "t_S_asymptotic"), log(Lambda) / 2, 1e-9, 0);
    CLOSE(test_scalar(ctx, r, "t_SSB"), asinh(Lambda) / 2, 1e-9, 0);
    CLOSE(test_scalar(ctx, r, "t_C_spectrum"), ref_number(root, "tC_gauss_spectrum"), 1e-9, 0);
    ddn_result_destroy(r);
    ddn_dataset_destroy(ds);
    json_decref(root);

    /* collapse_times_spectrum: n = 2 points of each coordinate axis at +-sqrt(n lambda / 2) have
     * the covariance diag(lambda). The reference has other n; the equation is checked instead. */
    enum {
        D = 8
    };
    const double lambda[D] = {4, 2, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125};
    double points[2 * D][D] = {{0}};
    for (int i = 0; i < D; i++) {
        points[2 * i][i] = sqrt(D * lambda[i]);
        points[2 * i + 1][i] = -sqrt(D * lambda[i]);
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2 * D, D, points, D, &ds));
    OK(ctx, ddn_analysis_spectrum(an, ds, &r));
    double c = expm1(2 * test_scalar(ctx, r, "t_C_spectrum")), sum = 0;
    for (int i = 0; i < D; i++) {
        sum += log1p(lambda[i] / c);
    }
    CLOSE(sum, 2 * log(2 * D), 1e-11, 0);
    ddn_result_destroy(r);
    ddn_dataset_destroy(ds);

    const double one[] = {3, 4};
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 1, 2, one, 2, &ds));
    OK(ctx, ddn_analysis_spectrum(an, ds, &r));
    assert_true(test_scalar(ctx, r, "Lambda") == 0 && test_scalar(ctx, r, "t_S") == 0);
    assert_true(isnan(test_scalar(ctx, r, "t_C_spectrum")));
    assert_true(isnan(test_scalar(ctx, r, "t_S_asymptotic")));
    ddn_result_destroy(r);
    ddn_dataset_destroy(ds);
    FAILS(ctx, ddn_analysis_spectrum(an, NULL, &r), DDN_E_NULL, "ds");
    assert_null(r);
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spectral_times_of_known_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
