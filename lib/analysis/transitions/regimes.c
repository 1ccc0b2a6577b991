/* The whole report, and the regime of a time. */
#include <string.h>

#include "analysis/analysis_impl.h"
#include "analysis/grids.h"
#include "analysis/result_impl.h"
#include "analysis/transitions/measure.h"
#include "base/check.h"
#include "base/message.h"

enum {
    SPECTRUM,
    IDENTITIES,
    CLONES,
    LAST_CHANGE,
    CROSSINGS,       /* of the curves by identities */
    CLONE_CROSSINGS, /* of the simulated ones */
    PARTS
};

typedef struct report_work {
    const ddn_analysis *an;
    ddn_context *ctx;
    const ddn_oracle *oracle;
    ddni_grids grids;
    ddn_result *part[PARTS]; /* NULL where not measured */
} report_work;

static void free_report(report_work *w)
{
    for (int i = 0; i < PARTS; i++) {
        ddn_result_destroy(w->part[i]);
    }
    ddni_grids_free(w->ctx, &w->grids);
}

static ddn_status crossings(report_work *w, const ddn_result *curves, int part)
{
    DDNI_TRY(ddni_result_create(w->ctx, 0, &w->part[part]));
    return ddni_measure_crossings(w->an, w->oracle, curves, w->part[part]);
}

static ddn_status measure_report(report_work *w)
{
    const ddn_dataset *ds = ddni_analysis_set(w->an, w->oracle);
    if (ds != NULL) {
        DDNI_TRY(ddni_measure_spectrum(w->an, ds, &w->part[SPECTRUM]));
    }
    DDNI_TRY(ddni_measure_identities(w->an, w->oracle, w->grids.times, w->grids.count,
                                     &w->part[IDENTITIES]));
    DDNI_TRY(crossings(w, w->part[IDENTITIES], CROSSINGS));
    if (w->grids.clone_count > 0) {
        DDNI_TRY(ddni_measure_clones(w->an, w->oracle, w->grids.clone_times, w->grids.clone_count,
                                     &w->part[CLONES]));
        DDNI_TRY(crossings(w, w->part[CLONES], CLONE_CROSSINGS));
    }
    /* Without a posterior paths are what costs: they run where clones are asked for. */
    if (ddn_oracle_can(w->oracle, DDN_OUT_ARGMAX) ||
        (w->grids.clone_count > 0 && (ds != NULL || w->an->points != NULL))) {
        DDNI_TRY(ddni_measure_last_change(w->an, w->oracle, &w->part[LAST_CHANGE]));
    }
    return DDN_OK;
}

static ddn_status add_report_columns(const report_work *w, ddn_result *r)
{
    static const char *const both[] = {"phi", "phi_C"};
    static const char *const rest[] = {"f_over_alpha", "f", "df_dt", "w_max", "mmse", "log_p"};
    const ddn_result *identities = w->part[IDENTITIES], *clones = w->part[CLONES];
    double *t;
    DDNI_TRY(ddni_analysis_add_times(w->ctx, r, w->oracle, &t));
    for (int64_t i = 0; i < w->grids.rows; i++) {
        t[i] = w->grids.all[i];
    }
    DDNI_TRY(ddni_result_copy_column(w->ctx, r, "samples", identities, "samples", w->grids.row));
    for (int i = 0; i < 2; i++) {
        DDNI_TRY(ddni_result_copy_pair(w->ctx, r, both[i], identities, both[i], w->grids.row));
        DDNI_TRY(ddni_result_copy_pair(w->ctx, r, i == 0 ? "phi_clones" : "phi_C_clones", clones,
                                       both[i], w->grids.clone_row));
    }
    DDNI_TRY(ddni_result_copy_pair(w->ctx, r, "distance2_clones", clones, "distance2",
                                   w->grids.clone_row));
    DDNI_TRY(ddni_result_copy_column(w->ctx, r, "clones", clones, "clones", w->grids.clone_row));
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        DDNI_TRY(ddni_result_copy_pair(w->ctx, r, rest[i], identities, rest[i], w->grids.row));
    }
    return DDN_OK;
}

/* Why a part is missing. */
static const char *why_missing(int part)
{
    return part == SPECTRUM ? "no data set"
           : part == LAST_CHANGE
               ? "there are no points to be nearest to, or no clone times for an oracle without a "
                 "posterior"
               : "no clone times were given";
}

/* A scalar of one of two parts under a new name: the second where the first has none, or one whose
 * curve was not measured. One that was measured and does not cross stays NaN, with the reason. */
static ddn_status add_scalar(const report_work *w, ddn_result *r, const char *name, int first,
                             int second, const char *from)
{
    const ddni_entry *e = NULL;
    const int parts[2] = {first, second};
    for (int i = 0; i < 2; i++) {
        const ddn_result *part = parts[i] < PARTS ? w->part[parts[i]] : NULL;
        const ddni_entry *found = part == NULL ? NULL : ddni_result_find_scalar(part, from);
        const int measured = found != NULL && (!isnan(found->value) || found->of[0] != '\0');
        e = e == NULL || (isnan(e->value) && e->of[0] == '\0' && measured) ? found : e;
    }
    if (e == NULL) {
        return ddni_result_add_scalar(w->ctx, r, (ddni_quantity){name, "", 0, 0}, NAN, NAN,
                                      "not measured: %s", why_missing(first));
    }
    ddni_entry copy = *e;
    ddni_say(copy.name, sizeof copy.name, "%s", name);
    if (w->part[CLONE_CROSSINGS] != NULL && copy.pooling == DDNI_POOL_CROSSING &&
        e == ddni_result_find_scalar(w->part[CLONE_CROSSINGS], from)) {
        ddni_say(copy.of, sizeof copy.of, "%s_clones", e->of);
    }
    return ddni_result_add_entry(w->ctx, r, &r->scalars, &copy);
}

/* A time of the spectrum, from OU time to the time of the schedule. */
static ddn_status add_spectral_time(const report_work *w, ddn_result *r, const char *name)
{
    const ddn_schedule *sch = ddn_oracle_schedule(w->oracle);
    const ddni_entry *e =
        w->part[SPECTRUM] == NULL ? NULL : ddni_result_find_scalar(w->part[SPECTRUM], name);
    double t = NAN, rate = NAN;
    const ddni_quantity what = {name, DDNI_UNIT_TIME, DDN_POOLING_SAME, 0};
    if (e == NULL) {
        return ddni_result_add_scalar(w->ctx, r, what, NAN, NAN, "not measured: no data set");
    }
    DDNI_TRY(ddni_analysis_reach(w->ctx, sch, e->value, &t, &rate));
    return ddni_result_add_scalar(w->ctx, r, what, t, rate * e->standard_error,
                                  "%s, converted to the time of the schedule (%s)", e->definition,
                                  ddn_schedule_kind(sch));
}

/* How steps were judged, of both simulations. */
static ddn_status add_step_errors(const report_work *w, ddn_result *r)
{
    static const char *const field = "step_error";
    const char *clones = w->part[CLONES] != NULL ? ddni_result_text(w->part[CLONES], field) : "";
    const char *last =
        w->part[LAST_CHANGE] != NULL ? ddni_result_text(w->part[LAST_CHANGE], field) : "";
    return clones[0] == '\0' && last[0] == '\0'
               ? DDN_OK
               : ddni_result_set_field(w->ctx, r, field, "%.300s%s%.200s", clones,
                                       clones[0] != '\0' && last[0] != '\0' ? "; " : "", last);
}

static ddn_status add_report_scalars(const report_work *w, ddn_result *r)
{
    static const char *const spectral[] = {"t_S", "t_S_asymptotic", "t_SSB", "t_C_spectrum"};
    static const char *const crossed[] = {"t_S_phi", "t_C_phi", "t_C_entropy"};
    double seed = (double)ddni_analysis_i64(w->an, DDN_ANALYSIS_SEED);
    DDNI_TRY(add_scalar(w, r, "Lambda", SPECTRUM, PARTS, "Lambda"));
    for (size_t i = 0; i < sizeof spectral / sizeof spectral[0]; i++) {
        DDNI_TRY(add_spectral_time(w, r, spectral[i]));
    }
    for (size_t i = 0; i < sizeof crossed / sizeof crossed[0]; i++) {
        DDNI_TRY(add_scalar(w, r, crossed[i], CROSSINGS, CLONE_CROSSINGS, crossed[i]));
    }
    DDNI_TRY(add_scalar(w, r, "t_S_phi_clones", CLONE_CROSSINGS, PARTS, "t_S_phi"));
    DDNI_TRY(add_scalar(w, r, "t_C_phi_clones", CLONE_CROSSINGS, PARTS, "t_C_phi"));
    DDNI_TRY(add_scalar(w, r, "t_C_last_change", LAST_CHANGE, PARTS, "t_C_last_change"));
    for (int i = 0; i < PARTS; i++) {
        if (w->part[i] != NULL) {
            DDNI_TRY(ddni_result_copy_scalars(w->ctx, r, w->part[i]));
        }
    }
    DDNI_TRY(add_step_errors(w, r));
    return ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"seed", "1", 0, 0}, seed, 0,
                                  "seed of all random numbers");
}

ddn_status ddn_analysis_regimes(ddn_analysis *an, const ddn_oracle *oracle, int64_t count,
                                int64_t clone_count, const double *times, const double *clone_times,
                                ddn_result **out)
{
    DDNI_ENTER_MEASUREMENT(an);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    const ddn_schedule *sch = ddn_oracle_schedule(oracle);
    DDNI_TRY(ddni_analysis_check_times(an->ctx, "times", sch, times, count));
    if (clone_count != 0) {
        DDNI_TRY(ddni_analysis_check_times(an->ctx, "clone_times", sch, clone_times, clone_count));
    }
    report_work w = {.an = an, .ctx = an->ctx, .oracle = oracle};
    w.grids = (ddni_grids){.times = times, .clone_times = clone_times};
    w.grids.count = count;
    w.grids.clone_count = clone_count;
    ddn_result *result = NULL;
    ddn_status status = ddni_grids_unite(w.ctx, &w.grids);
    if (status == DDN_OK) {
        status = measure_report(&w);
    }
    if (status == DDN_OK) {
        status = ddni_analysis_start(an, "regimes", oracle, w.grids.rows, &result);
    }
    if (status == DDN_OK) {
        status = add_report_columns(&w, result);
    }
    if (status == DDN_OK) {
        status = add_report_scalars(&w, result);
    }
    free_report(&w);
    DDNI_LEAVE_MEASUREMENT(an, ddni_result_hand_out(status, result, out), out);
}

/* The first of two scalars that is a number. */
static ddn_status pick(ddn_context *ctx, const ddn_result *report, const char *first,
                       const char *second, double *value)
{
    const ddni_entry *e = ddni_result_find_scalar(report, first);
    if (e == NULL || isnan(e->value)) {
        e = ddni_result_find_scalar(report, second);
    }
    DDNI_CHECK(ctx, e != NULL && !isnan(e->value), DDN_E_UNSUPPORTED,
               "the result (kind '%s') has neither %s nor %s", ddni_result_text(report, "kind"),
               first, second);
    *value = e->value;
    return DDN_OK;
}

/* The time of an OU schedule is OU time. */
static ddn_status check_clock(ddn_context *ctx, const ddn_result *report, ddn_clock clock)
{
    const char *own = ddni_result_text(report, "clock");
    DDNI_CHECK(ctx, clock == DDN_CLOCK_OU || clock == DDN_CLOCK_SCHEDULE, DDN_E_KEY,
               "argument clock = %d is not a clock of times", (int)clock);
    DDNI_CHECK(ctx, clock == report->clock || strcmp(own, "schedule:ou") == 0, DDN_E_MISMATCH,
               "argument clock is '%s', but the times of the result are of clock '%s'",
               ddni_clock_name(clock), own);
    return DDN_OK;
}

ddn_status ddn_regime_at(ddn_context *ctx, const ddn_result *report, ddn_clock clock, double t,
                         ddn_regime *regime)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, report);
    DDNI_CHECK_PTR(ctx, regime);
    double t_S = NAN, t_C = NAN;
    DDNI_TRY(check_clock(ctx, report, clock));
    DDNI_CHECK(ctx, !isnan(t), DDN_E_NONFINITE, "argument t is NaN");
    DDNI_TRY(pick(ctx, report, "t_S_phi", "t_S", &t_S));
    DDNI_TRY(pick(ctx, report, "t_C_phi", "t_C_spectrum", &t_C));
    *regime = t <= t_C   ? DDN_REGIME_MEMORIZATION
              : t <= t_S ? DDN_REGIME_FEATURES
                         : DDN_REGIME_RANDOM;
    return DDN_OK;
}
