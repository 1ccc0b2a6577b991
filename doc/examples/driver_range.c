/* The times between which both transitions of a data set lie, found from the data. See driver.h. */
#include "driver.h"

#include <math.h>

enum {
    PILOT_TIMES = 28,
    PILOT_SAMPLES = DRV_RANGE_STATES / PILOT_TIMES
};

/* A few plain states at each of these times. */
static ddn_result *pilot(ddn_analysis *an, const ddn_oracle *oracle, const double *times)
{
    ddn_options *of = ddn_analysis_options(an);
    ddn_result *result = NULL;
    int64_t samples = 0, neighbours = 0;
    drv_try(ddn_options_get_i64(of, DDN_ANALYSIS_SAMPLES, &samples));
    drv_try(ddn_options_get_i64(of, DDN_ANALYSIS_NEIGHBOURS, &neighbours));
    drv_set_i64(of, DDN_ANALYSIS_SAMPLES, PILOT_SAMPLES);
    drv_set_i64(of, DDN_ANALYSIS_NEIGHBOURS, 0);
    drv_try(ddn_analysis_identities(an, oracle, PILOT_TIMES, times, &result));
    drv_keep(result);
    drv_set_i64(of, DDN_ANALYSIS_SAMPLES, samples);
    drv_set_i64(of, DDN_ANALYSIS_NEIGHBOURS, neighbours);
    return result;
}

void drv_choose_range(ddn_analysis *an, const ddn_oracle *oracle, const ddn_dataset *ds,
                      double *t_min, double *t_max)
{
    if (!isnan(*t_min) && !isnan(*t_max)) {
        return;
    }
    const ddn_schedule *sch = ddn_oracle_schedule(oracle);
    const double t_s = ddn_theory_speciation(drv_lambda(ds));
    const double top = fmin(fmin(fmax(t_s + 3, 4), 20), drv_last_ou(sch));
    const double *times = drv_times(sch, 1e-6, top, PILOT_TIMES);
    ddn_result *curves = pilot(an, oracle, times);
    const double *phi_c = drv_column(curves, "phi_C"), *f = drv_column(curves, "f_over_alpha");
    drv_drop(curves);
    int first = 0, last = PILOT_TIMES - 1;
    while (first < last && fabs(phi_c[first + 1] - phi_c[0]) < 0.01 &&
           fabs(f[first + 1] - f[0]) < 0.002) {
        first++;
    }
    while (last > 0 && f[last - 1] > 0.98 && phi_c[last - 1] < 0.02) {
        last--;
    }
    if (first >= PILOT_TIMES - 2) { /* flat: a single point, or copies of one */
        first = PILOT_TIMES / 2;
    }
    const double low = drv_to_ou(sch, times[first]);
    const double high = fmin(fmax(t_s + 2.3, drv_to_ou(sch, times[last])), top);
    drv_preset_range(low, high, t_min, t_max);
}

void drv_preset_range(double low, double high, double *t_min, double *t_max)
{
    if (isnan(*t_min)) {
        *t_min = isnan(*t_max) ? low : fmin(low, *t_max / 10);
    }
    if (isnan(*t_max)) {
        *t_max = fmax(high, *t_min * 10);
    }
}

void drv_note_range(const double *times, int64_t count)
{
    drv_note("t-min", times[0]);
    drv_note("t-max", times[count - 1]);
}
