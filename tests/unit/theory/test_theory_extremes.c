/* Closed forms at arguments where straightforward formulas lose digits, run over, or have roots
 * that rounding hides: numbers of 50 digits (tests/slow/theory_random.py), cases that were wrong
 * once among them. */
#include "support/fixtures.h"

/* Where tanh rounds to 1, next to the critical time, without a pair, beyond Gamma = 2. */
static void wells_are_found(void **state)
{
    (void)state;
    static const struct {
        double d, mu2, sigma2, t, q, curvature;
    } cases[] = {
        {415, 0.8962112342663711, 0, 0.05767500723392838, 18.226887460367214, 17.357753459520208},
        {3.0645645796810714e+35, 3.8989409131663866e-05, 0.1685791840673834, 0.14709619903665666,
         23008689010968.246769, 4.2565067930750687},
        {1000, 1, 1.9, 0.001, 620.66262977124908, 0.053628756048868290},
        {256, 1, 1, 3.1191, 0.027344511016419550, 0.00024922833583288},
    };
    double q[3], curvature[3];
    int64_t count = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ddn_theory_overlap_wells(cases[i].d, cases[i].mu2, cases[i].sigma2,
                                                  cases[i].t, q, curvature, &count),
                         DDN_OK);
        assert_int_equal(count, 3);
        /* the last one is 1e-5 from its critical time */
        CLOSE(q[2], cases[i].q, i == 3 ? 1e-10 : 1e-13, 0);
        CLOSE(curvature[2], cases[i].curvature, i == 3 ? 1e-9 : 1e-12, 0);
        assert_true(q[0] == -q[2] && curvature[0] == curvature[2] && curvature[1] < 0);
    }
    assert_int_equal(ddn_theory_overlap_wells(1e80, 1e-90, 0.5, 1, q, curvature, &count), DDN_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ddn_theory_overlap_wells(1e3, 1, 2.5, 1e-3, q, curvature, &count), DDN_OK);
    assert_int_equal(count, 1); /* Gamma > 2: nothing holds q */
    /* Three zeros at random: wells on both sides of a barrier, V' = 0 to what rounding of q makes.
     */
    double u[4];
    for (int k = 0; k < 20000; k++) {
        test_normal(100 + k, 4, u);
        double d = exp(8 + 3 * u[0]), mu2 = exp(u[1]), sigma2 = k % 3 == 0 ? 0 : 0.5 * fabs(u[2]);
        double t = exp(u[3] - 1);
        ddn_theory_overlap_wells(d, mu2, sigma2, t, q, curvature, &count);
        if (count == 3) {
            assert_true(curvature[0] > 0 && curvature[1] < 0 && curvature[2] > 0);
            double slope = ddn_theory_overlap_slope(d, mu2, sigma2, t, q[2]);
            CLOSE(slope / (fabs(curvature[1]) + curvature[2]), 0, 0, 1e-13 * q[2]);
        }
    }
}

static void critical_times_have_their_digits(void **state)
{
    (void)state;
    CLOSE(ddn_theory_ssb_time(5e-12, 0, 1), 2.4999999999999998487e-12, 1e-15, 0);
    CLOSE(ddn_theory_ssb_time(8.041058903059666e-32, 0, 1e-100), 4.0205294515298330e-32, 1e-14, 0);
    CLOSE(ddn_theory_ssb_time(1e-9, 0, 0.5), 5.0000000015000003e-10, 1e-14, 0);
    CLOSE(ddn_theory_ssb_time(2.1503488456373895e+79, 7.890481545696849e+88, 4.792552975055889e+34),
          22.491616263160247572, 1e-13, 0);
    CLOSE(ddn_theory_ssb_time(7.598218859420608e-63, 1, 2.53370343511768e-97), 150.90359847995822,
          1e-14, 0);
    CLOSE(ddn_theory_ssb_time(1, 5.078468861693618e-22, 8.200721522361336e-65), 123.04787778623748,
          1e-14, 0);
    assert_true(isinf(ddn_theory_ssb_time(3.845149104408849e-19, 1, 0)));
    CLOSE(ddn_theory_hypersphere_time(6.419536635170121, 6.302088763341334e+186),
          429.53860904541122, 1e-14, 0);
    CLOSE(ddn_theory_hypersphere_radius(1, 4.5085038570767543e+83, 5.004472006616801e-24),
          4.5085038570767543e+83, 1e-14, 0);
    CLOSE(ddn_theory_hypersphere_radius(381.03373394931214, 20949.509869523386,
                                        0.0016314825164294043),
          20949.481958934516429, 1e-14, 0);
    CLOSE(ddn_theory_hypersphere_radius(3, 1e5, 1e-4), 99999.999499998002083, 1e-14, 0);
    CLOSE(ddn_theory_bessel_ratio(3, 1e6), 0.999999, 1e-15, 0);
    CLOSE(ddn_theory_bessel_ratio(1000, 1e5), 0.99501745008449840, 1e-14, 0);
    CLOSE(ddn_theory_bessel_ratio(5e9, 1e9), 0.1925824035698098075, 1e-14, 0);
    CLOSE(ddn_theory_bessel_ratio(2, 250000), 0.999997999997999992, 1e-14, 0);
    CLOSE(ddn_theory_bessel_ratio(2, 300000), 0.99999833333194443981, 1e-14, 0);
    CLOSE(ddn_theory_bessel_ratio(1e100, 1e-100), 1e-200, 1e-14, 0);
}

static void divergences_have_their_digits(void **state)
{
    (void)state;
    static const double list[][3] = {
        {1e-70, 8.3333333333333332e-282, 2.5e-141},
        {1e-10, 8.3333333300000012e-42, 2.4999999998333335e-21},
        {1.2472626375807345e-06, 2.0167322316715668e-25, 3.8891569838976808e-13},
        {0.001, 8.3001173176635392e-14, 2.4983354123458978e-7},
        {0.0025, 3.2229410041335854e-12, 1.5599039293415141e-6},
        {0.0466, 3.2995716525941450e-7, 0.00052692247918006572},
        {0.3, 0.00027588843253230572, 0.019093756198786778},
        {2, 0.049234008267209909, 0.49992786393315506},
        {2.5, 0.076777146397331014, 0.70039566214964702},
        {6.6e+34, 39.394334224855021, 3.3e+34},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        CLOSE(ddn_theory_kl_gaussian_start(list[i][0]), list[i][1], 2e-14, 0);
        CLOSE(ddn_theory_kl_plain_start(list[i][0]), list[i][2], 2e-14, 0);
    }
    const double wide[4] = {0.025448592783426992, 4.534693484320971e-25, 148.74598494048465, 0};
    CLOSE(ddn_theory_kl_gaussian(0.08809895332554703, 9.253178905523837e-70, 4, wide),
          178.92204963448689, 1e-14, 0);
    const double plain[3] = {0, 1, 2};
    CLOSE(ddn_theory_kl_gaussian(1, 1e-6, 3, plain), 6.7146080984228584, 1e-14, 0);
}

static void speciation_has_its_digits(void **state)
{
    (void)state;
    CLOSE(ddn_theory_phi_sign(6.636163880520986, 110761492769.4041, 0.9934274635280284),
          0.99999660699517478, 1e-15, 0);
    CLOSE(ddn_theory_phi_sign(1.5061011200839781e-75, 249025937005426.88, 0.13964860864473422),
          0.99999998380780292, 1e-15, 0);
    CLOSE(ddn_theory_phi_sign(1.2989290193761653, 1.4264255980349612e+51, 5e-324), 1, 0, 0);
    CLOSE(ddn_theory_phi_sign(4, 1, 1e-12), 0.99999991384288279, 1e-15, 0);
    CLOSE(ddn_theory_signal(1e90, 0, 345), 2.1717382813898270e-210, 1e-12, 0);
    CLOSE(ddn_theory_signal(1e300, 1, 400), 3.6678745841776874e-48, 1e-12, 0);
    const double weights[2] = {1.5e308, 1.5e308};
    CLOSE(ddn_theory_phi_infinity(2, weights), 0.5, 0, 0);
}

static void collapse_has_its_digits(void **state)
{
    (void)state;
    CLOSE(ddn_theory_collapse_alpha(1.033360529442051e-266, 4.045269102605605e+92),
          412.49852402276733, 1e-14, 0);
    CLOSE(ddn_theory_collapse(1.5, 1e300, 1e-5), 339.73608785420071, 1e-14, 0);
    CLOSE(ddn_theory_collapse(nextafter(1, 2), 1e305, 1), 368.81947978587057, 1e-14, 0);
    CLOSE(ddn_theory_excess_entropy_derivative(1e-100, 3.99603815432225e-74, 0, 318.7948406183475),
          5.0112878177937672e-251, 1e-12, 0);
    CLOSE(ddn_theory_excess_entropy_derivative(1, 1e-100, 1e-100, 1e-100), 2.4915956386832966e99,
          1e-13, 0);
    /* f = 0 there, with labels that are worth something and with hardly any points more than one.
     */
    static const double mixture[][4] = {
        {500, 3, 4, 1}, {1.001, 3, 4, 1}, {1.5, 2, 1e-60, 0}, {1e300, 1e100, 1e50, 1e-50}};
    for (size_t i = 0; i < sizeof mixture / sizeof *mixture; i++) {
        const double *a = mixture[i];
        double t = ddn_theory_collapse_two_gaussians(a[0], a[1], a[2], a[3]);
        double slope = ddn_theory_excess_entropy_derivative(a[1], a[2], a[3], t);
        double step = ddn_theory_excess_entropy(a[0], a[1], a[2], a[3], t) / slope;
        CLOSE(step / t, 0, 0, 1e-11);
    }
    static const double levels[][5] = {
        {2.721907539783859e-53, 0.2660273452320652, 12.665829900982594, -0.50000000000265171113,
         4.5309427692294462e-21},
        {4.586309496079279e-27, 0.14184742651252918, 0.00923567628499321, -8.1086145901409975,
         9.8550055485686682e-15},
        {2.1614949325225766e-56, 2.009155993176995e-06, 3.7892167199811104e-79,
         -2.6511494876796209e+72, 6.4034240472621017e-101},
    };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        double psi = 0, lambda = 0;
        assert_int_equal(
            ddn_theory_rem(levels[i][0], levels[i][1], levels[i][2], &psi, &lambda, NULL, NULL),
            DDN_OK);
        CLOSE(psi, levels[i][3], 1e-13, 0);
        CLOSE(lambda, levels[i][4], 1e-13, 0);
    }
}

/* (37) far below what the first formula resolved, and at both ends. */
static void bounds_have_their_digits(void **state)
{
    (void)state;
    static const double list[][6] = {
        {131338665.06947821, 38680.937702838, 0.050477324994485956, 0.49242693865219866,
         2.3019278020966580e-65, 1},
        {23906.089893317374, 633669.5785779055, 3.539330059939218e-16, 0.004638473355117933,
         1.5910324310200672e-5, 4.1830346515230323e-5},
        {1e300, 3, 1, 0.5, 230.02917172671103, 3.9591344817435084e-300},
        {86946.74500756947, 1e60, 1e-60, 0.3, 1.0764893788676927e-59, 3.8811214497151152e-5},
        {2, 1, 1, 1e-3, 0.071798894799038702, 0.93760081802047495},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const double *a = list[i];
        CLOSE(ddn_theory_excess_upper(a[0], a[1], a[2], a[3]), a[4], 1e-12, 0);
        CLOSE(ddn_theory_phi_c_lower(a[0], a[1], a[2], a[3]), a[5], 1e-12, 0);
    }
}

/* Path numbers that overflow with the number of rows are refused, the largest that does not is
 * taken. */
static void path_numbers_have_an_end(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double times[2] = {1, 0.5};
    double q[2] = {0, 0};
    FAILS(ctx, ddn_theory_overlap_draw(ctx, 4, 1, 1, 1, 0, INT64_MAX, 2, q), DDN_E_RANGE,
          "first_path");
    FAILS(ctx, ddn_theory_overlap_run(ctx, 4, 1, 1, 0, INT64_MAX, 2, 2, times, q), DDN_E_RANGE,
          "first_path");
    FAILS(ctx, ddn_theory_overlap_draw(ctx, 4, 1, 1, 1, 0, -1, 2, q), DDN_E_RANGE, "first_path");
    OK(ctx, ddn_theory_overlap_draw(ctx, 4, 1, 1, 1, 0, INT64_C(1) << 60, 2, q));
    OK(ctx, ddn_theory_overlap_run(ctx, 4, 1, 1, 0, INT64_C(1) << 60, 2, 2, times, q));
    assert_true(isfinite(q[0]) && isfinite(q[1]) && q[0] != q[1]);
    ddn_context_destroy(ctx);
}

/* States beyond the range of double are an error: not numbers, and no pairs that "end alike". */
static void paths_that_are_lost_are_reported(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double times[4] = {1, 1e-150, 1e-151, 1e-152};
    double q[2] = {1, 2}, phi = 7, error = 7;
    FAILS(ctx, ddn_theory_overlap_draw(ctx, 4, 1e300, 1e300, 1, 0, 0, 2, q), DDN_E_NONFINITE,
          "q[0] leaves");
    q[0] = q[1] = 1e150;
    FAILS(ctx, ddn_theory_overlap_run(ctx, 4, 1, 0, 0, 0, 4, 2, times, q), DDN_E_NONFINITE,
          "q[0] leaves");
    FAILS(ctx, ddn_theory_overlap_phi(ctx, 1e300, 1, 1e-300, 1, 1e-300, 4, 3, 0, &phi, &error),
          DDN_E_NONFINITE, "steps small");
    assert_true(phi == 7 && error == 7);
    ddn_context_destroy(ctx);
}

/* alpha = log(n)/d below 1e-290, where it has lost its digits: log(1 + sigma^2/(2 alpha))/2; and
 * variances whose sum is beyond double. */
static void collapse_of_no_alpha(void **state)
{
    (void)state;
    CLOSE(ddn_theory_collapse(2, 1e300, 1e-299), 0.5 * log1p(10 / (2 * log(2))), 1e-14, 0);
    CLOSE(ddn_theory_collapse(2, 1e300, 1), 0.5 * (300 * log(10) - log(2 * log(2))), 1e-14, 0);
    double one = ddn_theory_collapse(100, 3, 1e308);
    double both = ddn_theory_collapse_two_gaussians(100, 3, 1.7e308, 1e308);
    assert_true(both > one && both < ddn_theory_collapse(100, 4, 1.7e308) + 1);
    /* The same at a size at which nothing overflows, and variances scale. */
    CLOSE(both, ddn_theory_collapse_two_gaussians(100, 3, 1.7e200, 1e200) + 54 * log(10), 1e-12, 0);
    /* Nothing is left of the points: k = sigma^2 and m^2 = sigma^2 k at eta = 0. */
    CLOSE(ddn_theory_ssb_time(0.25, 0.5, 0), 0, 0, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collapse_of_no_alpha),
        cmocka_unit_test(wells_are_found),
        cmocka_unit_test(critical_times_have_their_digits),
        cmocka_unit_test(divergences_have_their_digits),
        cmocka_unit_test(speciation_has_its_digits),
        cmocka_unit_test(collapse_has_its_digits),
        cmocka_unit_test(bounds_have_their_digits),
        cmocka_unit_test(path_numbers_have_an_end),
        cmocka_unit_test(paths_that_are_lost_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
