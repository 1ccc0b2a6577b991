/* Settings of analyses, and what they mean for a given schedule. Layer 7 (analysis). */
#include "analysis/analysis_impl.h"
#include "base/check.h"
#include "schedule/schedule_impl.h"

static const double default_start = 6, default_end = 1e-3; /* OU times */

/* NaN as preset of the ends: they follow the schedule until they are set. */
static const ddni_option option_table[DDNI_ANALYSIS_OPTIONS] = {
    {DDN_ANALYSIS_EXCESS_LEVEL, "DDN_ANALYSIS_EXCESS_LEVEL", 1e-12, 1 - 1e-12, 0.05},
    {DDN_ANALYSIS_T_START, "DDN_ANALYSIS_T_START", 1e-12, 1e12, NAN},
    {DDN_ANALYSIS_T_END, "DDN_ANALYSIS_T_END", 0, 1e12, NAN},
    {DDN_ANALYSIS_ETA, "DDN_ANALYSIS_ETA", 0, 10, 1},
    {DDN_ANALYSIS_SEED, "DDN_ANALYSIS_SEED", -0x1p63, 0x1p63, 0},
    {DDN_ANALYSIS_SAMPLES, "DDN_ANALYSIS_SAMPLES", 2, 1e9, 1024},
    {DDN_ANALYSIS_CLONES, "DDN_ANALYSIS_CLONES", 2, 1e9, 512},
    {DDN_ANALYSIS_STEPS, "DDN_ANALYSIS_STEPS", 1, 1e6, 12},
    {DDN_ANALYSIS_BATCH, "DDN_ANALYSIS_BATCH", 1, 1e6, 128},
    {DDN_ANALYSIS_METHOD, "DDN_ANALYSIS_METHOD", 1, 89, DDN_METHOD_EXACT},
    {DDN_ANALYSIS_PATHS, "DDN_ANALYSIS_PATHS", 2, 1e9, 256},
    {DDN_ANALYSIS_PATH_STEPS, "DDN_ANALYSIS_PATH_STEPS", 1, 1e6, 64},
};
static const ddni_options options = {option_table, DDNI_ANALYSIS_OPTIONS};

ddn_status ddn_analysis_create(ddn_context *ctx, ddn_analysis **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    DDNI_TRY(ddni_handle_create(ctx, "analysis", sizeof(ddn_analysis), out));
    ddni_retain(ctx);
    (*out)->ctx = ctx;
    ddni_options_init(&options, (*out)->values);
    return DDN_OK;
}

void ddn_analysis_destroy(ddn_analysis *an)
{
    if (ddni_release(an)) {
        ddn_context *ctx = an->ctx;
        ddni_handle_free(an);
        ddn_context_destroy(ctx);
    }
}

ddn_status ddn_analysis_set_f64(ddn_analysis *an, ddn_analysis_key key, double value)
{
    DDNI_ENTER(an == NULL ? NULL : an->ctx);
    return ddni_options_set_f64(an->ctx, &options, an->values, key, value);
}

ddn_status ddn_analysis_set_i64(ddn_analysis *an, ddn_analysis_key key, int64_t value)
{
    DDNI_ENTER(an == NULL ? NULL : an->ctx);
    return ddni_options_set_i64(an->ctx, &options, an->values, key, value);
}

ddn_status ddn_analysis_get_f64(ddn_analysis *an, ddn_analysis_key key, double *value)
{
    DDNI_ENTER(an == NULL ? NULL : an->ctx);
    return ddni_options_get_f64(an->ctx, &options, an->values, key, value);
}

ddn_status ddn_analysis_get_i64(ddn_analysis *an, ddn_analysis_key key, int64_t *value)
{
    DDNI_ENTER(an == NULL ? NULL : an->ctx);
    return ddni_options_get_i64(an->ctx, &options, an->values, key, value);
}

ddn_status ddn_analysis_bounds(ddn_analysis *an, ddn_analysis_key key, double *minimum,
                               double *maximum, double *preset)
{
    DDNI_ENTER(an == NULL ? NULL : an->ctx);
    return ddni_options_bounds(an->ctx, &options, key, minimum, maximum, preset);
}

double ddni_analysis_f64(const ddn_analysis *an, ddn_analysis_key key)
{
    return ddni_options_f64(&options, an->values, key);
}

int64_t ddni_analysis_i64(const ddn_analysis *an, ddn_analysis_key key)
{
    return ddni_options_i64(&options, an->values, key);
}

/* OU time tau in the schedule's time, or the end of the schedule that it lies beyond. */
static ddn_status from_ou_within(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
{
    double t_min, t_max, tau_max;
    DDNI_TRY(ddn_schedule_range(ctx, sch, &t_min, &t_max));
    if (isfinite(t_max)) {
        DDNI_TRY(ddn_schedule_to_ou(ctx, sch, t_max, &tau_max));
        if (tau >= tau_max) {
            *t = t_max;
            return DDN_OK;
        }
    }
    return ddn_schedule_from_ou(ctx, sch, tau, t);
}

ddn_status ddni_analysis_ends(const ddn_analysis *an, const ddn_schedule *sch, double *t_start,
                              double *t_end)
{
    ddn_context *ctx = an->ctx;
    ddni_level level;
    *t_start = ddni_analysis_f64(an, DDN_ANALYSIS_T_START);
    *t_end = ddni_analysis_f64(an, DDN_ANALYSIS_T_END);
    if (isnan(*t_start)) {
        DDNI_TRY(from_ou_within(ctx, sch, default_start, t_start));
    }
    if (isnan(*t_end)) {
        DDNI_TRY(from_ou_within(ctx, sch, default_end, t_end));
    }
    DDNI_TRY(ddni_schedule_level(ctx, sch, *t_start, &level));
    DDNI_TRY(ddni_schedule_level(ctx, sch, *t_end, &level));
    DDNI_CHECK(ctx, *t_end < *t_start, DDN_E_RANGE,
               "option DDN_ANALYSIS_T_END = %g is not below DDN_ANALYSIS_T_START = %g", *t_end,
               *t_start);
    return DDN_OK;
}

ddn_status ddni_analysis_check_times(ddn_context *ctx, const char *name, const ddn_schedule *sch,
                                     const double *times, int64_t count)
{
    ddni_level level;
    DDNI_CHECK(ctx, count >= 1 && count <= 1000000, DDN_E_RANGE,
               "the number of %s is %lld, outside [1, 1000000]", name, (long long)count);
    DDNI_CHECK(ctx, times != NULL, DDN_E_NULL, "argument %s is NULL", name);
    for (int64_t k = 0; k < count; k++) {
        DDNI_CHECK(ctx, isfinite(times[k]), DDN_E_NONFINITE, "%s[%lld] is %g", name, (long long)k,
                   times[k]);
        DDNI_TRY(ddni_schedule_level(ctx, sch, times[k], &level));
    }
    for (int64_t k = 1; k < count; k++) {
        int up = times[k] > times[k - 1];
        DDNI_CHECK(ctx, times[k] != times[k - 1] && up == (times[1] > times[0]), DDN_E_RANGE,
                   "%s are not strictly monotone: %s[%lld] = %.17g after %.17g", name, name,
                   (long long)k, times[k], times[k - 1]);
    }
    return DDN_OK;
}

int64_t ddni_analysis_classes(const ddn_oracle *oracle)
{
    return ddn_oracle_can(oracle, DDN_OUT_CLASS_POSTERIOR) ? ddn_oracle_class_count(oracle) : 0;
}
