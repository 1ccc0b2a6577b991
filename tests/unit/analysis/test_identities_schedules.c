/* The identities are of the noise level s/a, not of the schedule that reaches it: at equal levels
 * all columns are the same numbers, but for the units of time of a derivative and of log p. */
#include "support/results.h"
#include "support/toy.h"

enum {
    D = 4,
    TIMES = 6
};
static const double ou_times[TIMES] = {0.02, 0.1, 0.35, 0.8, 1.6, 3};

/* The times of the schedule that have the levels of ou_times. */
static void times_of(ddn_context *ctx, const ddn_schedule *sch, double *times)
{
    for (int k = 0; k < TIMES; k++) {
        OK(ctx, ddn_schedule_from_ou(ctx, sch, ou_times[k], &times[k]));
    }
}

static ddn_result *measure(ddn_context *ctx, const ddn_dataset *ds, const ddn_schedule *sch,
                           const double *times)
{
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, 300));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, 5));
    OK(ctx, ddn_analysis_identities(an, oracle, TIMES, times, &r));
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    return r;
}

static int begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* rate: d tau / dt at each time; shift: what is added to E log p_t, as x has another scale. */
static void same_but_for_units(ddn_context *ctx, const ddn_result *ou, const ddn_result *other,
                               const double *rate, const double *shift)
{
    int64_t compared = 0;
    assert_int_equal(ddn_result_column_count(other), ddn_result_column_count(ou));
    for (int64_t c = 0; c < ddn_result_column_count(ou); c++) {
        const char *name = ddn_result_column_name(ou, c);
        assert_string_equal(ddn_result_column_name(other, c), name);
        for (int k = 0; k < TIMES && strcmp(name, "t") != 0; k++) {
            double want = test_element(ctx, ou, name, k), got = test_element(ctx, other, name, k);
            const int density = begins(name, "log_p");
            if (begins(name, "df_dt") && strcmp(name, "df_dt_rho") != 0) {
                want *= rate[k];
            } else if (density && strcmp(name, "log_p_se") != 0) {
                want += shift[k];
            }
            assert_int_equal(isnan(got), isnan(want));
            if (!isnan(want)) {
                /* Rounding of times and levels, and of log p where its terms cancel. */
                CLOSE(got, want, 1e-9, density ? 1e-9 * D : 1e-12);
                compared++;
            }
        }
    }
    assert_true(compared > 15 * TIMES); /* values, errors and ends of intervals */
}

/* Variance preserving: tau = (beta_min t + (beta_max - beta_min) t^2/2)/2, and the same states. */
static void variance_preserving(void **state)
{
    (void)state;
    const double least = 0.1, most = 20, none[TIMES] = {0};
    ddn_context *ctx = test_context(1);
    ddn_schedule *ou = NULL, *vp = NULL;
    double times[TIMES], rate[TIMES];
    ddn_oracle *toy = toy_clusters(ctx, 50, D, 1.5, 1);
    const ddn_dataset *ds = ddn_oracle_dataset(toy);
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    OK(ctx, ddn_schedule_create_vp_linear(ctx, least, most, &vp));
    times_of(ctx, vp, times);
    for (int k = 0; k < TIMES; k++) {
        rate[k] = (least + (most - least) * times[k]) / 2;
    }
    ddn_result *a = measure(ctx, ds, ou, ou_times), *b = measure(ctx, ds, vp, times);
    same_but_for_units(ctx, a, b, rate, none);
    ddn_result_destroy(a);
    ddn_result_destroy(b);
    ddn_schedule_destroy(ou);
    ddn_schedule_destroy(vp);
    ddn_oracle_destroy(toy);
    ddn_context_destroy(ctx);
}

/* EDM: its time is the level sigma = s/a, tau = log(1 + sigma^2)/2, and its states are x/a. */
static void exploding_variance(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *ou = NULL, *edm = NULL;
    double times[TIMES], rate[TIMES], shift[TIMES];
    ddn_oracle *toy = toy_clusters(ctx, 50, D, 1.5, 1);
    const ddn_dataset *ds = ddn_oracle_dataset(toy);
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    OK(ctx, ddn_schedule_create_edm(ctx, &edm));
    times_of(ctx, edm, times);
    for (int k = 0; k < TIMES; k++) {
        CLOSE(times[k], sqrt(expm1(2 * ou_times[k])), 1e-12, 0);
        rate[k] = times[k] / (1 + times[k] * times[k]);
        shift[k] = -D * ou_times[k]; /* d log a */
    }
    ddn_result *a = measure(ctx, ds, ou, ou_times), *b = measure(ctx, ds, edm, times);
    same_but_for_units(ctx, a, b, rate, shift);
    ddn_result_destroy(a);
    ddn_result_destroy(b);
    ddn_schedule_destroy(ou);
    ddn_schedule_destroy(edm);
    ddn_oracle_destroy(toy);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variance_preserving),
        cmocka_unit_test(exploding_variance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
