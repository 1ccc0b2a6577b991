/* Settings of analyses, and what they mean for a given schedule. */
#include <string.h>

#include "analysis/analysis_impl.h"
#include "base/check.h"
#include "base/context_impl.h"
#include "base/rng.h"
#include "oracle/oracle_impl.h"
#include "schedule/schedule_impl.h"
#include "team/team_impl.h"

static const double default_start = 6, default_end = 1e-3; /* OU times */

enum {
    EXACT_STEPS = 12,   /* of a kernel without step-size error */
    SAMPLER_STEPS = 256 /* the bias of phi and phi_C is well below the error of 512 pairs */
};

/* NaN as preset of the ends: they follow the schedule until they are set; of precisions: none is
 * asked for. */
static const ddni_option option_table[DDNI_ANALYSIS_OPTIONS] = {
    DDNI_OPTION_F64(DDN_ANALYSIS_EXCESS_LEVEL, 1e-12, 1 - 1e-12, 0.05),
    DDNI_OPTION_F64(DDN_ANALYSIS_T_START, 1e-12, 1e12, NAN),
    DDNI_OPTION_F64(DDN_ANALYSIS_T_END, 0, 1e12, NAN),
    DDNI_OPTION_F64(DDN_ANALYSIS_ETA, 0, 10, 1),
    DDNI_OPTION_I64(DDN_ANALYSIS_SEED, INT64_MIN, INT64_MAX, 0),
    DDNI_OPTION_I64(DDN_ANALYSIS_SAMPLES, 2, 1000000000, 1024),
    DDNI_OPTION_I64(DDN_ANALYSIS_CLONES, 2, 1000000000, 512),
    DDNI_OPTION_I64(DDN_ANALYSIS_STEPS, 0, 1000000, 0),
    DDNI_OPTION_I64(DDN_ANALYSIS_BATCH, 1, 1000000, 128),
    DDNI_OPTION_I64(DDN_ANALYSIS_METHOD, 0, 89, 0),
    DDNI_OPTION_I64(DDN_ANALYSIS_PATHS, 2, 1000000000, 256),
    DDNI_OPTION_I64(DDN_ANALYSIS_PATH_STEPS, 1, 1000000, 64),
    DDNI_OPTION_F64(DDN_ANALYSIS_PRECISION, 1e-12, 1, NAN),
    DDNI_OPTION_I64(DDN_ANALYSIS_MOST_SAMPLES, 2, 1000000000, 1 << 20),
    DDNI_OPTION_I64(DDN_ANALYSIS_NEIGHBOURS, 0, 256, 48),
    DDNI_OPTION_F64(DDN_ANALYSIS_CLONE_PRECISION, 1e-12, 1, NAN),
    DDNI_OPTION_F64(DDN_ANALYSIS_KAPPA, 1e-12, 1, 1 / 3.0),
    DDNI_OPTION_I64(DDN_ANALYSIS_GRID, 0, DDN_GRID_LINSPACE, 0),
    DDNI_OPTION_F64(DDN_ANALYSIS_STEP_SHARE, 0, 1, 0.25),
};

static void forget_classifier(ddn_analysis *an)
{
    ddni_classifier old = an->classifier;
    an->classifier = (ddni_classifier){NULL, NULL, NULL, NULL};
    if (old.release != NULL) {
        old.release(old.user);
    }
}

static void finish_analysis(void *object)
{
    ddn_analysis *an = object;
    forget_classifier(an);
    ddn_dataset_destroy(an->points);
    ddn_team_destroy(an->team);
    ddni_journal_clear(an->ctx, &an->journal);
    ddn_context_destroy(an->ctx);
}

ddn_status ddn_analysis_create(ddn_context *ctx, ddn_analysis **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    DDNI_TRY(ddni_handle_create(ctx, DDNI_ANALYSIS, sizeof(ddn_analysis), finish_analysis, out));
    ddni_retain(ctx);
    (*out)->ctx = ctx;
    ddn_analysis *an = *out;
    an->options = (ddn_options){.tag = ddni_tag_of(DDNI_OPTIONS),
                                .ctx = ctx,
                                .table = option_table,
                                .values = an->values,
                                .count = DDNI_ANALYSIS_OPTIONS,
                                .owner = an};
    ddni_options_init(&an->options);
    return DDN_OK;
}

/* ---- The judge ---- */

ddn_status ddn_analysis_set_classifier_f64(ddn_analysis *an, ddn_classify_f64_fn fn, void *user,
                                           ddn_release_fn release)
{
    DDNI_ENTER_OBJECT(an, DDNI_ALONE);
    forget_classifier(an);
    an->classifier = (ddni_classifier){fn, NULL, user, release};
    return DDN_OK;
}

ddn_status ddn_analysis_set_classifier_f32(ddn_analysis *an, ddn_classify_f32_fn fn, void *user,
                                           ddn_release_fn release)
{
    DDNI_ENTER_OBJECT(an, DDNI_ALONE);
    forget_classifier(an);
    an->classifier = (ddni_classifier){NULL, fn, user, release};
    return DDN_OK;
}

ddn_status ddn_analysis_set_points(ddn_analysis *an, const ddn_dataset *ds)
{
    DDNI_ENTER_OBJECT(an, DDNI_ALONE);
    DDNI_CHECK_OPTIONAL(an->ctx, ds);
    ddn_dataset *old = an->points;
    if (ds != NULL) {
        ddni_retain(ds);
    }
    an->points = (ddn_dataset *)(uintptr_t)ds;
    ddn_dataset_destroy(old);
    return DDN_OK;
}

/* ---- Teams and journals ---- */

ddn_status ddn_analysis_set_team(ddn_analysis *an, const ddn_team *team)
{
    DDNI_ENTER_OBJECT(an, DDNI_ALONE);
    DDNI_CHECK(an->ctx, team == NULL || DDNI_IS(team), DDN_E_HANDLE,
               "argument team is not a live team");
    ddn_team *old = an->team;
    if (team != NULL) {
        ddni_retain(team);
    }
    an->team = (ddn_team *)(uintptr_t)team;
    ddn_team_destroy(old);
    return DDN_OK;
}

/* What a rank has failed in since the last batch ends the call on all of them. */
ddn_status ddni_analysis_done(ddn_analysis *an, ddn_status status, ddn_result **out)
{
    if (an->team != NULL && !an->ctx->together.parted) {
        status = ddni_team_agree(an->ctx, ddni_team_whole(an->team), status, 0, NULL);
        if (status != DDN_OK) {
            ddn_result_destroy(*out);
            *out = NULL;
        }
    }
    ddni_journal_end(an->ctx, &an->journal, status);
    return status;
}

/* ---- Results ---- */

/* A result names the method and the number of steps that are taken, not the 0 that leaves them
 * open. */
static ddn_status start(const ddn_analysis *an, const ddni_origin *origin, int64_t rows,
                        ddn_result **out)
{
    DDNI_TRY(ddni_result_start(an->ctx, origin, rows, out));
    ddn_status status = ddni_result_set_field(an->ctx, *out, "DDN_ANALYSIS_STEPS", "%lld",
                                              (long long)ddni_analysis_steps(an, origin->oracle));
    if (status == DDN_OK) {
        status = ddni_result_set_field(an->ctx, *out, "DDN_ANALYSIS_METHOD", "%d",
                                       (int)ddni_analysis_method(an, origin->oracle));
    }
    if (status != DDN_OK) {
        ddn_result_destroy(*out);
        *out = NULL;
    }
    return status;
}

ddn_status ddni_analysis_start(const ddn_analysis *an, const char *kind, const ddn_oracle *oracle,
                               int64_t rows, ddn_result **out)
{
    const ddni_origin origin = {.kind = kind,
                                .clock = DDN_CLOCK_SCHEDULE,
                                .oracle = oracle,
                                .options = &an->options,
                                .points = an->points,
                                .classifier = ddni_has_classifier(&an->classifier)};
    return start(an, &origin, rows, out);
}

ddn_status ddni_analysis_start_of(const ddn_analysis *an, const char *kind, const ddn_dataset *ds,
                                  ddn_clock clock, int64_t rows, ddn_result **out)
{
    const ddni_origin origin = {.kind = kind, .clock = clock, .ds = ds, .options = &an->options};
    return start(an, &origin, rows, out);
}

ddn_status ddni_analysis_start_learned(const ddn_analysis *an, const char *kind,
                                       const ddn_oracle *oracle, const ddn_dataset *train,
                                       const ddn_dataset *test, int64_t rows, ddn_result **out)
{
    const ddni_origin origin = {.kind = kind,
                                .clock = DDN_CLOCK_SCHEDULE,
                                .oracle = oracle,
                                .ds = train,
                                .test = test,
                                .options = &an->options};
    return start(an, &origin, rows, out);
}

ddn_status ddni_analysis_add_times(ddn_context *ctx, ddn_result *r, const ddn_oracle *oracle,
                                   double **t)
{
    return ddni_result_add_column(ctx, r, (ddni_quantity){"t", DDNI_UNIT_TIME, DDN_POOLING_SAME, 0},
                                  t, "time of the oracle's schedule (%s)",
                                  ddn_schedule_kind(ddn_oracle_schedule(oracle)));
}

/* ---- The object ---- */

void ddn_analysis_destroy(ddn_analysis *an)
{
    ddni_drop(an, DDNI_ANALYSIS);
}

ddn_options *ddn_analysis_options(ddn_analysis *an)
{
    return !DDNI_IS(an) ? NULL : &an->options;
}

double ddni_analysis_f64(const ddn_analysis *an, ddn_analysis_key key)
{
    return ddni_options_f64(&an->options, key);
}

int64_t ddni_analysis_i64(const ddn_analysis *an, ddn_analysis_key key)
{
    return ddni_options_i64(&an->options, key);
}

/* OU times of the ends of a schedule. */
static ddn_status reach_of(ddn_context *ctx, const ddn_schedule *sch, double *tau_min,
                           double *tau_max, double *t_max)
{
    double t_min;
    DDNI_TRY(ddn_schedule_range(ctx, sch, &t_min, t_max));
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, t_min, tau_min));
    return ddni_schedule_to_ou(ctx, sch, *t_max, tau_max);
}

ddn_status ddni_analysis_time_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau,
                                      double *t)
{
    double tau_min, tau_max;
    DDNI_TRY(reach_of(ctx, sch, &tau_min, &tau_max, t));
    return tau >= tau_max ? DDN_OK : ddni_schedule_from_ou(ctx, sch, tau, t);
}

ddn_status ddni_analysis_reach(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t,
                               double *rate)
{
    double tau_min, tau_max, t_max, f, g2;
    ddni_level level;
    DDNI_TRY(reach_of(ctx, sch, &tau_min, &tau_max, &t_max));
    *t = *rate = NAN;
    if (strcmp(ddn_schedule_kind(sch), "ou") == 0) { /* also those that are 0 or negative */
        *t = tau;
        *rate = 1;
        return DDN_OK;
    }
    if (!(tau > tau_min && tau <= tau_max)) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_schedule_from_ou(ctx, sch, tau, t));
    DDNI_TRY(ddni_schedule_level(ctx, sch, *t, &level));
    DDNI_TRY(ddn_schedule_rates(ctx, sch, *t, &f, &g2));
    *rate = 2 * (level.a * level.a + level.s2) / g2;
    return DDN_OK;
}

/* A time that was set, or else an OU time; it must be a noise level of the schedule. */
static ddn_status end_time(const ddn_analysis *an, const ddn_schedule *sch, ddn_analysis_key key,
                           double preset, double *t)
{
    ddni_level level;
    *t = ddni_analysis_f64(an, key);
    if (isnan(*t)) {
        DDNI_TRY(ddni_analysis_time_from_ou(an->ctx, sch, preset, t));
    }
    return ddni_schedule_level(an->ctx, sch, *t, &level);
}

ddn_status ddni_analysis_end(const ddn_analysis *an, const ddn_schedule *sch, double *t_end)
{
    return end_time(an, sch, DDN_ANALYSIS_T_END, default_end, t_end);
}

ddn_status ddni_analysis_ends(const ddn_analysis *an, const ddn_schedule *sch, double *t_start,
                              double *t_end)
{
    DDNI_TRY(end_time(an, sch, DDN_ANALYSIS_T_START, default_start, t_start));
    DDNI_TRY(ddni_analysis_end(an, sch, t_end));
    DDNI_CHECK(an->ctx, *t_end < *t_start, DDN_E_RANGE,
               "option DDN_ANALYSIS_T_END = %g is not below DDN_ANALYSIS_T_START = %g", *t_end,
               *t_start);
    return DDN_OK;
}

/* eta goes to the methods that leave a choice of it. */
static ddn_status configure(const ddn_analysis *an, ddn_integrator *it)
{
    double low, high;
    int64_t grid = ddni_analysis_i64(an, DDN_ANALYSIS_GRID);
    DDNI_CHECK(an->ctx, grid != DDN_GRID_LEADING, DDN_E_UNSUPPORTED,
               "DDN_GRID_LEADING starts later than the states that an analysis continues: set "
               "DDN_ANALYSIS_GRID to DDN_GRID_TRAILING or DDN_GRID_LINSPACE");
    if (grid != 0) {
        DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_GRID, grid));
    }
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED,
                                 ddni_analysis_i64(an, DDN_ANALYSIS_SEED)));
    DDNI_TRY(
        ddn_options_bounds_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, &low, &high, NULL));
    return low < high ? ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA,
                                            ddni_analysis_f64(an, DDN_ANALYSIS_ETA))
                      : DDN_OK;
}

ddn_method ddni_analysis_method(const ddn_analysis *an, const ddn_oracle *oracle)
{
    const ddn_method method = (ddn_method)ddni_analysis_i64(an, DDN_ANALYSIS_METHOD);
    const int draws = oracle == NULL || ddn_oracle_can(oracle, DDN_OUT_DRAW);
    return method != 0 ? method : draws ? DDN_METHOD_EXACT : DDN_METHOD_EXPONENTIAL;
}

int64_t ddni_analysis_steps(const ddn_analysis *an, const ddn_oracle *oracle)
{
    const int64_t steps = ddni_analysis_i64(an, DDN_ANALYSIS_STEPS);
    const int exact = ddni_analysis_method(an, oracle) == DDN_METHOD_EXACT;
    return steps != 0 ? steps : exact ? EXACT_STEPS : SAMPLER_STEPS;
}

const ddn_dataset *ddni_analysis_starts(const ddn_analysis *an, const ddn_oracle *oracle)
{
    const ddn_dataset *own = ddn_oracle_dataset(oracle);
    return own != NULL || ddni_oracle_samples(oracle) ? own : an->points;
}

const ddn_dataset *ddni_analysis_set(const ddn_analysis *an, const ddn_oracle *oracle)
{
    const ddn_dataset *own = ddni_oracle_set(oracle);
    return own != NULL ? own : ddni_analysis_starts(an, oracle);
}

ddn_status ddni_analysis_integrator(const ddn_analysis *an, const ddn_oracle *oracle,
                                    ddn_integrator **out)
{
    DDNI_TRY(ddn_integrator_create(an->ctx, oracle, ddni_analysis_method(an, oracle), out));
    ddn_status status = configure(an, *out);
    if (status != DDN_OK) {
        ddn_integrator_destroy(*out);
        *out = NULL;
    }
    return status;
}

ddn_status ddni_analysis_check_times(ddn_context *ctx, const char *name, const ddn_schedule *sch,
                                     const double *times, int64_t count)
{
    ddni_level level;
    DDNI_CHECK(ctx, count >= 1 && count <= DDNI_TIMES, DDN_E_RANGE,
               "the number of %s is %lld, outside [1, %d]", name, (long long)count, DDNI_TIMES);
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
