/* Schedules: reference numbers, conversions, bad parameters. */
#include "support/fixtures.h"
#include "support/reference.h"

/* tau, sigma and alpha-bar of time t against the reference. */
static void check_level(ddn_context *ctx, const ddn_schedule *sch, double t, double tau)
{
    double a, s, got;
    OK(ctx, ddn_schedule_eval(ctx, sch, t, &a, &s));
    CLOSE(a, exp(-tau), 1e-12, 0);
    CLOSE(s * s, -expm1(-2 * tau), 1e-12, 0);
    OK(ctx, ddn_schedule_to_ou(ctx, sch, t, &got));
    CLOSE(got, tau, 1e-12, 0);
    OK(ctx, ddn_schedule_from_ou(ctx, sch, tau, &got));
    CLOSE(got, t, 1e-12, 1e-9);
}

static void reference_discrete(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const char *names[2] = {"schedules.ddpm_linear_T1000", "schedules.cosine_T1000"};
    for (int k = 0; k < 2; k++) {
        ddn_schedule *sch = test_schedule(ctx, k == 0 ? TEST_DDPM : TEST_COSINE);
        json_t *ref = ref_at(names[k]);
        for (int64_t j = 0; j < ref_length(ref, "i"); j++) {
            double i = ref_element(ref, "i", j), tau = ref_element(ref, "t_ou", j), a, s, value;
            check_level(ctx, sch, i, tau);
            OK(ctx, ddn_schedule_eval(ctx, sch, i, &a, &s));
            CLOSE(a * a, ref_element(ref, "alphabar", j), 1e-12, 0);
            CLOSE(s / a, ref_element(ref, "sigma_edm", j), 1e-12, 0);
            OK(ctx,
               ddn_time_convert(ctx, DDN_COORDINATE_OU, DDN_COORDINATE_ALPHA_BAR, tau, &value));
            CLOSE(value, ref_element(ref, "alphabar", j), 1e-12, 0);
        }
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

static void reference_continuous(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *vp = test_schedule(ctx, TEST_VP), *ou = test_schedule(ctx, TEST_OU),
                 *edm = test_schedule(ctx, TEST_EDM);
    json_t *ref = ref_at("schedules.vp_continuous");
    for (int64_t j = 0; j < ref_length(ref, "s"); j++) {
        double u = ref_element(ref, "s", j), a, s;
        check_level(ctx, vp, u, ref_element(ref, "t_ou", j));
        OK(ctx, ddn_schedule_eval(ctx, vp, u, &a, &s));
        CLOSE(a, ref_element(ref, "theta", j), 1e-12, 0);
    }
    ref = ref_at("schedules.ou");
    for (int64_t j = 0; j < ref_length(ref, "t"); j++) {
        double t = ref_element(ref, "t", j), a, s, value;
        double sigma = ref_element(ref, "sigma_edm", j), logsnr = ref_element(ref, "logSNR", j);
        OK(ctx, ddn_schedule_eval(ctx, ou, t, &a, &s));
        CLOSE(a, ref_element(ref, "exp_mt", j), 1e-15, 0);
        CLOSE(s * s, ref_element(ref, "Delta", j), 1e-15, 0);
        OK(ctx, ddn_time_convert(ctx, DDN_COORDINATE_OU, DDN_COORDINATE_SIGMA, t, &value));
        CLOSE(value, sigma, 1e-12, 0);
        OK(ctx, ddn_time_convert(ctx, DDN_COORDINATE_OU, DDN_COORDINATE_LOGSNR, t, &value));
        CLOSE(value, logsnr, 1e-12, 0);
        OK(ctx, ddn_time_convert(ctx, DDN_COORDINATE_LOGSNR, DDN_COORDINATE_OU, logsnr, &value));
        CLOSE(value, t, 1e-12, 0);
        OK(ctx, ddn_schedule_from_ou(ctx, edm, t, &value));
        CLOSE(value, sigma, 1e-12, 0);
        OK(ctx, ddn_schedule_to_ou(ctx, edm, sigma, &value));
        CLOSE(value, t, 1e-12, 0);
    }
    ref = ref_at("schedules.karras_sigmas");
    double sigma[8];
    OK(ctx, ddn_schedule_grid(ctx, edm, DDN_GRID_KARRAS, 80.0, 0.002, 8, sigma));
    for (int64_t k = 0; k < 8; k++) {
        CLOSE(sigma[k], ref_element(ref, "sigma", k), 1e-12, 0);
    }
    ddn_schedule_destroy(vp);
    ddn_schedule_destroy(ou);
    ddn_schedule_destroy(edm);
    ddn_context_destroy(ctx);
}

/* A grid that cannot reach an end says which ones can, and those can. */
static void grids_name_the_cure(void **state)
{
    (void)state;
    static const char *const names[] = {"",
                                        "DDN_GRID_UNIFORM",
                                        "DDN_GRID_GEOMETRIC",
                                        "DDN_GRID_LOGSNR",
                                        "DDN_GRID_KARRAS",
                                        "DDN_GRID_LEADING",
                                        "DDN_GRID_TRAILING",
                                        "DDN_GRID_LINSPACE"};
    ddn_context *ctx = test_context(1);
    ddn_schedule *ddpm = NULL, *ou = NULL;
    double times[5];
    OK(ctx, ddn_schedule_create_ddpm(ctx, 1e-4, 0.02, 1000, &ddpm));
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    FAILS(ctx, ddn_schedule_grid(ctx, ddpm, DDN_GRID_LOGSNR, 999, -1, 5, times), DDN_E_RANGE,
          "DDN_GRID_LOGSNR cannot reach from 999 to -1, but DDN_GRID_UNIFORM, DDN_GRID_KARRAS, "
          "DDN_GRID_LEADING, DDN_GRID_TRAILING and DDN_GRID_LINSPACE can");
    const struct {
        ddn_schedule *sch;
        double first, last;
    } cases[] = {{ddpm, 999, -1}, {ddpm, 999, 0}, {ou, 3, 0}, {ou, 0, 3}, {ou, 3, 1e-3}};
    int refused = 0;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        for (ddn_grid kind = DDN_GRID_UNIFORM; kind <= DDN_GRID_LINSPACE; kind++) {
            ddn_status status =
                ddn_schedule_grid(ctx, cases[c].sch, kind, cases[c].first, cases[c].last, 5, times);
            if (status == DDN_OK) {
                continue;
            }
            refused++;
            const char *text = strstr(ddn_context_message(ctx), "but ");
            assert_int_equal(status, DDN_E_RANGE);
            assert_non_null(text);
            for (ddn_grid k = DDN_GRID_UNIFORM; k <= DDN_GRID_LINSPACE; k++) {
                if (strstr(text, names[k]) != NULL) {
                    assert_true(k != kind);
                    OK(ctx, ddn_schedule_grid(ctx, cases[c].sch, k, cases[c].first, cases[c].last,
                                              5, times));
                    (void)ddn_schedule_grid(ctx, cases[c].sch, kind, cases[c].first, cases[c].last,
                                            5, times);
                    text = strstr(ddn_context_message(ctx), "but ");
                }
            }
        }
    }
    assert_int_equal(refused,
                     16); /* LOGSNR at the noiseless time, GEOMETRIC at times <= 0, OU by indices */
    ddn_schedule_destroy(ou);
    ddn_schedule_destroy(ddpm);
    ddn_context_destroy(ctx);
}

/* Bounds that are no included ends do not look like them, and names stand where numbers stood. */
static void bounds_are_honest(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    double value;
    FAILS(ctx, ddn_schedule_create_ddpm(ctx, 1e-4, 1, 1000, &sch), DDN_E_RANGE,
          "beta_last = 1 is outside [1e-15, 0.999999999999999]");
    FAILS(ctx, ddn_time_convert(ctx, DDN_COORDINATE_SIGMA, DDN_COORDINATE_OU, 1e-160, &value),
          DDN_E_RANGE, "sigma = ");
    FAILS(ctx, ddn_time_convert(ctx, DDN_COORDINATE_THETA, DDN_COORDINATE_OU, 1, &value),
          DDN_E_RANGE, "theta = 1 is outside (0, 1)");
    ddn_context_destroy(ctx);
}

/* Every pair of coordinates there and back, from the clean end to the noisy one. alpha_bar and
 * theta cannot hold a clean level better than their spacing below 1: that is the tolerance. */
static void conversions_round_trip(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (double logsnr = -600; logsnr <= 600; logsnr += 12.5) {
        for (ddn_coordinate from = 1; from <= 5; from++) {
            double value, there, back;
            if (logsnr > 25 && from >= DDN_COORDINATE_ALPHA_BAR) {
                continue; /* equal to 1 in double precision */
            }
            OK(ctx, ddn_time_convert(ctx, DDN_COORDINATE_LOGSNR, from, logsnr, &value));
            for (ddn_coordinate to = 1; to <= 5; to++) {
                if (logsnr > 25 && to >= DDN_COORDINATE_ALPHA_BAR) {
                    continue;
                }
                OK(ctx, ddn_time_convert(ctx, from, to, value, &there));
                OK(ctx, ddn_time_convert(ctx, to, from, there, &back));
                double lossy = to >= DDN_COORDINATE_ALPHA_BAR && logsnr > 0
                                   ? 4e-16 * exp(logsnr) * (1 + 0 * value)
                                   : 0;
                /* e^x amplifies the rounding of a large |x| */
                double wide = 4e-16 * fabs(logsnr);
                CLOSE(back, value, 4e-15 + lossy + wide, 4e-15 + lossy);
            }
        }
    }
    double r = 7;
    FAILS(ctx, ddn_time_convert(ctx, 9, 1, 1.0, &r), DDN_E_KEY, "9");
    FAILS(ctx, ddn_time_convert(ctx, 1, 0, 1.0, &r), DDN_E_KEY, "0");
    FAILS(ctx, ddn_time_convert(ctx, 1, 2, 0.0, &r), DDN_E_RANGE, "OU time");
    FAILS(ctx, ddn_time_convert(ctx, 1, 2, 400.0, &r), DDN_E_RANGE, "400");
    FAILS(ctx, ddn_time_convert(ctx, 2, 1, NAN, &r), DDN_E_NONFINITE, "logSNR");
    FAILS(ctx, ddn_time_convert(ctx, 3, 1, -1.0, &r), DDN_E_RANGE, "sigma");
    FAILS(ctx, ddn_time_convert(ctx, 4, 1, 1.0, &r), DDN_E_RANGE, "alpha_bar");
    FAILS(ctx, ddn_time_convert(ctx, 5, 1, 1.5, &r), DDN_E_RANGE, "theta");
    FAILS(ctx, ddn_time_convert(ctx, 1, 2, 1.0, NULL), DDN_E_NULL, "result");
    assert_true(r == 7);
    ddn_context_destroy(ctx);
}

/* Between DDPM indices log a is linear, and below index 0 it goes to log 1. */
static void discrete_interpolation(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (test_kind kind = TEST_DDPM; kind <= TEST_COSINE; kind++) {
        ddn_schedule *sch = test_schedule(ctx, kind);
        double low = 0;
        for (double i = 0; i < 999; i += 111) {
            double high, mid, f, g2;
            OK(ctx, ddn_schedule_to_ou(ctx, sch, i, &high));
            if (i > 0) {
                OK(ctx, ddn_schedule_to_ou(ctx, sch, i - 1, &low));
            }
            OK(ctx, ddn_schedule_to_ou(ctx, sch, i - 0.25, &mid));
            CLOSE(mid, 0.25 * low + 0.75 * high, 1e-14, 0);
            OK(ctx, ddn_schedule_rates(ctx, sch, i, &f, &g2));
            CLOSE(f, low - high, 1e-12, 0);
            CLOSE(g2, 2 * (high - low), 1e-12, 0);
        }
        ddn_schedule_destroy(sch);
    }
    ddn_schedule *one = NULL;
    double a, s;
    OK(ctx, ddn_schedule_create_ddpm(ctx, 0.25, 0.5, 1, &one));
    OK(ctx, ddn_schedule_eval(ctx, one, 0.0, &a, &s));
    CLOSE(a * a, 0.75, 1e-15, 0);
    ddn_schedule_destroy(one);
    ddn_context_destroy(ctx);
}

static void bad_parameters(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = (ddn_schedule *)(void *)ctx;
    FAILS(ctx, ddn_schedule_create_vp_linear(ctx, -0.1, 20, &sch), DDN_E_RANGE, "beta_min");
    assert_null(sch);
    FAILS(ctx, ddn_schedule_create_vp_linear(ctx, 2, 1, &sch), DDN_E_RANGE, "beta_max");
    FAILS(ctx, ddn_schedule_create_vp_linear(ctx, 0, 0, &sch), DDN_E_RANGE, "not positive");
    FAILS(ctx, ddn_schedule_create_vp_linear(ctx, NAN, 1, &sch), DDN_E_NONFINITE, "beta_min");
    FAILS(ctx, ddn_schedule_create_ddpm(ctx, 0, 0.02, 1000, &sch), DDN_E_RANGE, "beta_first");
    FAILS(ctx, ddn_schedule_create_ddpm(ctx, 1e-4, 1, 1000, &sch), DDN_E_RANGE, "beta_last");
    FAILS(ctx, ddn_schedule_create_ddpm(ctx, 1e-4, 0.02, 0, &sch), DDN_E_RANGE, "steps = 0");
    /* tau_i = -(i + 1) log(0.1)/2 passes 350 at i = 304. */
    FAILS(ctx, ddn_schedule_create_ddpm(ctx, 0.9, 0.9, 1000, &sch), DDN_E_RANGE,
          "beta_304 takes the OU time from 349.993 to 351.144, limit 350");
    FAILS(ctx, ddn_schedule_create_cosine(ctx, 0, 0.008, 0.999, &sch), DDN_E_RANGE, "steps = 0");
    FAILS(ctx, ddn_schedule_create_cosine(ctx, 10, -1, 0.999, &sch), DDN_E_RANGE, "offset");
    FAILS(ctx, ddn_schedule_create_cosine(ctx, 10, 0.008, 1, &sch), DDN_E_RANGE, "beta_max");
    FAILS(ctx, ddn_schedule_create_ou(ctx, NULL), DDN_E_NULL, "out");
    assert_int_equal(ddn_schedule_create_ou(NULL, &sch), DDN_E_NULL);
    assert_null(sch);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_discrete),     cmocka_unit_test(reference_continuous),
        cmocka_unit_test(grids_name_the_cure),    cmocka_unit_test(bounds_are_honest),
        cmocka_unit_test(conversions_round_trip), cmocka_unit_test(discrete_interpolation),
        cmocka_unit_test(bad_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
