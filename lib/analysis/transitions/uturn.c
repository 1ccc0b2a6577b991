/* U-turns and clones as results, with 95 % intervals and the posterior's predictions beside the
 * simulation; theory.md (36), (40). */
#include <diffdyn/transitions.h>

#include "analysis/analysis_impl.h"
#include "analysis/classes.h"
#include "analysis/result_impl.h"
#include "analysis/transitions/uturn_impl.h"
#include "base/check.h"
#include "base/progress.h"
#include "oracle/oracle_impl.h"

/* ---- Results ----------------------------------------------------------------------------- */

enum {
    T,
    RETURNED,
    RETURNED_LOW,
    RETURNED_HIGH,
    SAME,
    SAME_LOW,
    SAME_HIGH,
    DISTANCE2,
    DISTANCE2_LOW,
    DISTANCE2_HIGH,
    Q05,
    Q50,
    Q95,
    ENTROPY, /* from here on by identities, where the x_0 are the oracle's */
    RETURNED_IDENTITY,
    DISTANCE2_IDENTITY,
    SAME_IDENTITY,
    COLUMNS
};

static const struct {
    const char *name, *unit;
    ddn_pooling pooling; /* with a standard error: MEAN, SHARE */
    const char *text;
} columns[COLUMNS] = {
    {"t", DDNI_UNIT_TIME, DDN_POOLING_SAME, "time of the turn"},
    {"returned", "1", DDN_POOLING_SHARE, "share that end at the same nearest point"},
    {"returned_low", "1", DDN_POOLING_PART, "lower end of the 95 % interval of returned"},
    {"returned_high", "1", DDN_POOLING_PART, "upper end of the 95 % interval of returned"},
    {"same_class", "1", DDN_POOLING_SHARE, "share that end in the same class"},
    {"same_class_low", "1", DDN_POOLING_PART, "lower end of the 95 % interval of same_class"},
    {"same_class_high", "1", DDN_POOLING_PART, "upper end of the 95 % interval of same_class"},
    {"distance2", DDNI_UNIT_DATA2, DDN_POOLING_MEAN, "mean squared distance of the two ends"},
    {"distance2_low", DDNI_UNIT_DATA2, DDN_POOLING_PART,
     "lower end of the 95 % interval of distance2"},
    {"distance2_high", DDNI_UNIT_DATA2, DDN_POOLING_PART,
     "upper end of the 95 % interval of distance2"},
    {"distance2_q05", DDNI_UNIT_DATA2, DDN_POOLING_NONE, "5 % quantile of the squared distance"},
    {"distance2_q50", DDNI_UNIT_DATA2, DDN_POOLING_NONE, "median of the squared distance"},
    {"distance2_q95", DDNI_UNIT_DATA2, DDN_POOLING_NONE, "95 % quantile of the squared distance"},
    {"entropy", "nats", DDN_POOLING_MEAN, "mean posterior entropy at x_t, nats"},
    {"returned_identity", "1", DDN_POOLING_MEAN,
     "E sum w^2 at x_t: chance of two draws of one component"},
    {"distance2_identity", DDNI_UNIT_DATA2, DDN_POOLING_MEAN, "2 E tr Cov(x_0 | x_t)"},
    {"same_class_identity", "1", DDN_POOLING_MEAN,
     "E sum_c W_c^2 at x_t: chance of two draws of one class"},
};

/* Why a column is NaN, as the end of its definition; "" where it is measured. */
static const char *why_nan(const ddni_branch *w, int column)
{
    static const char *const no_posterior = "; NaN: the oracle has no posterior";
    static const char *const other = "; NaN: the x_0 or the points that judge are not its own";
    const int posterior = ddn_oracle_can(w->oracle, DDN_OUT_ENTROPY);
    if (column >= RETURNED && column <= RETURNED_HIGH) {
        return ddni_judge_no_point(&w->judge);
    }
    if (column >= SAME && column <= SAME_HIGH) {
        return ddni_judge_no_class(&w->judge);
    }
    if (column < ENTROPY) {
        return "";
    }
    if (!posterior) {
        return no_posterior;
    }
    if (column == SAME_IDENTITY && w->own_data && w->own_judge) {
        return ddni_analysis_classes(w->oracle) == 0 ? "; NaN: the points have no labels"
               : w->judge.rule == DDNI_CLASSIFIER    ? "; NaN: a classifier judges"
                                                     : "";
    }
    const int fits =
        column == ENTROPY || (w->own_data && (column == DISTANCE2_IDENTITY || w->own_judge));
    return fits ? "" : other;
}

static ddn_status add_uturn_columns(const ddni_branch *w, ddn_result *r, double **values,
                                    double **errors)
{
    const char *what = w->clones == 1 ? "U-turns, x_0 against the end of the way back"
                                      : "pairs of continuations of one x_t";
    for (int i = 0; i < COLUMNS; i++) {
        const char *format = "%s; %lld %s, clean end t = %g; class: %s%s";
        const char *classes = ddni_judge_rule(&w->judge);
        const ddni_quantity of = {columns[i].name, columns[i].unit, columns[i].pooling, w->paths};
        if (of.pooling == DDN_POOLING_MEAN || of.pooling == DDN_POOLING_SHARE) {
            DDNI_TRY(ddni_result_add_pair(w->ctx, r, of, &values[i], &errors[i], format,
                                          columns[i].text, (long long)w->paths, what, w->end.t,
                                          classes, why_nan(w, i)));
        } else {
            DDNI_TRY(ddni_result_add_column(w->ctx, r, of, &values[i], format, columns[i].text,
                                            (long long)w->paths, what, w->end.t, classes,
                                            why_nan(w, i)));
        }
    }
    return DDN_OK;
}

static void put_share(int64_t hits, int64_t total, int64_t k, double **values, double *error)
{
    ddni_proportion(hits, total, &values[0][k], &error[k]);
    ddni_wilson_95(hits, total, &values[1][k], &values[2][k]);
}

static void put(const ddni_branch *w, const ddni_tally *out, int64_t k, double **values,
                double **errors)
{
    if (w->judge.nearest != NULL) {
        put_share(out->same.nearest, w->paths, k, values + RETURNED, errors[RETURNED]);
    }
    if (w->judge.class_of != NULL) {
        put_share(out->same.classes, w->paths, k, values + SAME, errors[SAME]);
    }
    ddni_distance_put(&out->distance, &values[DISTANCE2][k], &errors[DISTANCE2][k],
                      &values[DISTANCE2_LOW][k], &values[DISTANCE2_HIGH][k]);
    ddni_sort(w->distance2, w->paths);
    values[Q05][k] = ddni_quantile_of(w->distance2, w->paths, 0.05).value;
    values[Q50][k] = ddni_quantile_of(w->distance2, w->paths, 0.5).value;
    values[Q95][k] = ddni_quantile_of(w->distance2, w->paths, 0.95).value;
    if (out->entropy.count > 0) {
        values[ENTROPY][k] = out->entropy.mean;
        errors[ENTROPY][k] = ddni_mean_error(&out->entropy);
    }
}

/* What the identities say at the same times, of as many samples of their own as there are paths. */
static void add_identities(const ddni_branch *w, const ddn_result *from, double **values,
                           double **errors)
{
    const struct {
        int to, wanted;
        const char *name;
        double factor;
    } list[] = {
        {ENTROPY, 1, "f", (double)w->d},
        {RETURNED_IDENTITY, w->own_judge, "phi_C", 1},
        {DISTANCE2_IDENTITY, 1, "mmse", 2},
        {SAME_IDENTITY, w->own_judge && w->judge.rule != DDNI_CLASSIFIER, "phi", 1},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        char error_name[DDNI_NAME_BYTES];
        ddni_error_name(list[i].name, error_name);
        const ddni_entry *e = ddni_result_find_column(from, list[i].name);
        const ddni_entry *se = ddni_result_find_column(from, error_name);
        DDNI_ASSERT(e != NULL && se != NULL);
        for (int64_t k = 0; k < from->rows && list[i].wanted; k++) {
            values[list[i].to][k] = list[i].factor * e->values[k];
            errors[list[i].to][k] = list[i].factor * se->values[k];
        }
    }
}

static ddn_status measure_uturn(const ddn_analysis *an, ddni_branch *w, const double *times,
                                int64_t count, ddn_result *r)
{
    double *values[COLUMNS], *errors[COLUMNS] = {NULL};
    DDNI_STAGE(w->ctx, "U-turns");
    DDNI_TRY(add_uturn_columns(w, r, values, errors));
    if (w->own_data) {
        ddn_result *identities = NULL;
        DDNI_TRY(ddni_stage_part(w->ctx, 0, 0.1));
        DDNI_TRY(ddni_measure_identities_fixed(an, w->oracle, times, count, w->paths, &identities));
        add_identities(w, identities, values, errors);
        ddn_result_destroy(identities);
        DDNI_TRY(ddni_stage_part(w->ctx, 0.1, 1));
    }
    for (int64_t k = 0; k < count; k++) {
        ddni_level level;
        ddni_tally out = {0};
        DDNI_TRY(ddni_schedule_level(w->ctx, ddn_oracle_schedule(w->oracle), times[k], &level));
        DDNI_TRY(ddni_branch_measure(w, &level, k, count, &out));
        values[T][k] = times[k];
        put(w, &out, k, values, errors);
    }
    DDNI_TRY(ddni_progress(w->ctx, "U-turns", 1));
    const ddni_step_names names = {{"same_class", "returned"}, "1"};
    DDNI_TRY(ddni_step_error_report(&w->steps, &names, r));
    DDNI_TRY(ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"paths", "1", DDN_POOLING_SUM, 0},
                                    (double)w->paths, 0, "experiments at each time"));
    DDNI_TRY(ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"n", "1", DDN_POOLING_SAME, 0},
                                    (double)ddn_oracle_components(w->oracle), 0,
                                    "components of the oracle"));
    return ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"d", "1", DDN_POOLING_SAME, 0},
                                  (double)w->d, 0, "dimension");
}

/* ---- Front ends -------------------------------------------------------------------------- */

static ddn_status check(ddni_branch *w, const ddn_dataset *starts, const double *times,
                        int64_t count)
{
    DDNI_CHECK(w->ctx, starts == NULL || ddn_dataset_d(starts) == w->d, DDN_E_SHAPE,
               "the starts have d = %lld, the oracle %lld", (long long)ddn_dataset_d(starts),
               (long long)w->d);
    DDNI_CHECK(w->ctx, starts != NULL || ddni_oracle_samples(w->oracle), DDN_E_UNSUPPORTED,
               "an oracle of kind %s has no data of its own: give starts, or points that judge "
               "(ddn_analysis_set_points)",
               ddn_oracle_kind(w->oracle));
    for (int64_t k = 0; k < count; k++) {
        DDNI_CHECK(w->ctx, times[k] > w->end.t, DDN_E_RANGE,
                   "times[%lld] = %g is not above the clean end %g (DDN_ANALYSIS_T_END)",
                   (long long)k, times[k], w->end.t);
    }
    w->own_data = starts == NULL;
    w->points = starts != NULL ? starts : ddn_oracle_dataset(w->oracle);
    return DDN_OK;
}

/* w: oracle, number of clones. */
static ddn_status branch(ddn_analysis *an, ddni_branch w, const ddn_dataset *starts,
                         const double *times, int64_t count, ddn_result **out)
{
    ddn_context *ctx = w.ctx = an->ctx;
    const ddn_oracle *oracle = w.oracle;
    int64_t clones = w.clones;
    const ddn_schedule *sch = ddn_oracle_schedule(oracle);
    DDNI_TRY(ddni_analysis_check_times(ctx, "times", sch, times, count));
    ddn_result *result = NULL;
    double t_end;
    w.d = ddn_oracle_d(oracle);
    w.seed = ddni_analysis_i64(an, DDN_ANALYSIS_SEED);
    w.paths = ddni_analysis_i64(an, DDN_ANALYSIS_CLONES);
    w.batch = (ddni_analysis_i64(an, DDN_ANALYSIS_BATCH) + clones - 1) / clones;
    w.batch = w.batch < w.paths ? w.batch : w.paths;
    DDNI_TRY(ddni_analysis_end(an, sch, &t_end));
    DDNI_TRY(ddni_schedule_level(ctx, sch, t_end, &w.end));
    starts = starts == NULL && !ddni_oracle_samples(oracle) ? an->points : starts;
    DDNI_TRY(check(&w, starts, times, count));
    ddn_status status = ddni_branch_prepare(&w, an, times, count);
    if (status == DDN_OK) {
        status = ddni_analysis_start(an, clones == 1 ? "uturn" : "branch", oracle, count, &result);
    }
    if (status == DDN_OK) {
        status = measure_uturn(an, &w, times, count, result);
    }
    ddni_branch_release(&w);
    return ddni_result_hand_out(status, result, out);
}

ddn_status ddn_analysis_uturn(ddn_analysis *an, const ddn_oracle *oracle, const ddn_dataset *starts,
                              int64_t count, const double *times, ddn_result **out)
{
    DDNI_ENTER_MEASUREMENT(an);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    DDNI_CHECK_OPTIONAL(an->ctx, starts);
    ddni_branch w = {.oracle = oracle, .clones = 1};
    DDNI_LEAVE_MEASUREMENT(an, branch(an, w, starts, times, count, out), out);
}

ddn_status ddn_analysis_branch(ddn_analysis *an, const ddn_oracle *oracle,
                               const ddn_dataset *starts, int64_t count, const double *times,
                               ddn_result **out)
{
    DDNI_ENTER_MEASUREMENT(an);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    DDNI_CHECK_OPTIONAL(an->ctx, starts);
    ddni_branch w = {.oracle = oracle, .clones = 2};
    DDNI_LEAVE_MEASUREMENT(an, branch(an, w, starts, times, count, out), out);
}
