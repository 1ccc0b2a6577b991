/* Speciation and collapse times where measured curves cross their levels (theory.md (23), (30)). */
#include <string.h>

#include <diffdyn/theory.h>

#include "analysis/analysis_impl.h"
#include "analysis/classes.h"
#include "analysis/curve.h"
#include "analysis/result_impl.h"
#include "analysis/transitions/measure.h"
#include "base/check.h"
#include "base/message.h"
#include "theory/theory_impl.h"

/* Columns by kind of result. */
static const ddni_curves by_posterior = {"phi", "phi_C", "f_over_alpha"};
static const ddni_curves by_experiment = {"same_class", "returned", NULL};

const ddni_curves *ddni_curves_of(const ddn_result *curves)
{
    const char *kind = ddni_result_text(curves, "kind");
    return strcmp(kind, "uturn") == 0 || strcmp(kind, "branch") == 0 ? &by_experiment
                                                                     : &by_posterior;
}

/* Where one column crosses its level. */
typedef struct question {
    const char *name, *column; /* of the scalar; of the curve, or NULL where there is none */
    double level;
    double least; /* what the curve is nowhere below, or NaN */
    const char *text;
} question;

/* A time that is NaN because no curve was measured; "" where one was. */
static const char *why_not_measured(const ddn_result *curves, const question *q)
{
    if (q->column == NULL) {
        return "there is no such curve";
    }
    if (!isfinite(q->level)) {
        return "there are no classes";
    }
    return ddni_result_is_measured(curves, q->column) ? "" : "no values of ";
}

/* Where the curve is all the time, if it does not cross. */
static void say_where(const ddni_curve *y, double level, char text[160])
{
    int64_t first = 0, last = y->rows - 1;
    while (isnan(y->y[first])) {
        first++;
    }
    while (isnan(y->y[last])) {
        last--;
    }
    ddni_say(text, 160,
             "no crossing: the curve is %s the level at all times, %.3g at %g, %.3g at %g",
             y->y[first] >= level ? "not below" : "below", y->y[first], y->t[first], y->y[last],
             y->t[last]);
}

/* One scalar; NaN where the curves do not have the column, or where it cannot cross. What was
 * measured knows its column. */
static ddn_status cross(ddn_context *ctx, const ddn_result *curves, const question *q,
                        ddn_result *out)
{
    ddni_quantity what = {q->name, DDNI_UNIT_TIME, 0, 0};
    const char *lacking = why_not_measured(curves, q);
    if (lacking[0] != '\0') {
        return ddni_result_add_scalar(ctx, out, what, NAN, NAN, "%s; not measured: %s%s", q->text,
                                      lacking,
                                      q->column != NULL && isfinite(q->level) ? q->column : "");
    }
    ddni_curve y;
    DDNI_CHECK(ctx, ddni_result_curve(curves, q->column, &y), DDN_E_KEY,
               "the result has no column '%s_se'", q->column);
    ddni_crossing c = {NAN, NAN, NAN, 0, 0};
    char where[160] = "the one crossing";
    if (q->least >= q->level) {
        what.pooling = DDN_POOLING_SAME;
        ddni_say(where, sizeof where, "cannot cross: the curve is nowhere below %.6g", q->least);
    } else {
        ddni_cross(&y, q->level, &c);
        if (c.unresolved) {
            ddni_say(where, sizeof where,
                     "not resolved: the errors are larger than what is above the level");
        } else if (c.count == 0) {
            say_where(&y, q->level, where);
        } else if (c.count > 1) {
            ddni_say(where, sizeof where, "the crossing at the largest time of several");
        }
    }
    DDNI_TRY(ddni_result_add_scalar(ctx, out, what, c.t, c.error,
                                    "%s, level %.6g; %s; grid of %lld times, theory (42)", q->text,
                                    q->level, where, (long long)curves->rows));
    ddni_entry *e = &out->scalars.list[out->scalars.count - 1];
    ddni_say(e->of, sizeof e->of, "%s", q->column);
    if (what.pooling != DDN_POOLING_SAME) {
        e->pooling = DDNI_POOL_CROSSING;
        e->level = q->level;
    }
    return DDN_OK;
}

/* phi at infinite time: of the oracle for curves by its posterior, else of the judge of the
 * experiment. */
static ddn_status phi_infinity(const ddn_analysis *an, const ddn_oracle *oracle,
                               const ddn_result *curves, double *phi)
{
    static const char *const experiments[] = {"clones", "uturn", "branch"};
    const char *kind = ddni_result_text(curves, "kind");
    int simulated = 0;
    for (int i = 0; i < 3; i++) {
        simulated |= strcmp(kind, experiments[i]) == 0;
    }
    if (!simulated) {
        return ddni_phi_infinity(an->ctx, oracle, phi);
    }
    ddni_judge judge = {.ctx = NULL};
    ddni_judge_of of = {.oracle = oracle, .points = an->points};
    of.starts = ddni_analysis_starts(an, oracle);
    if (ddn_result_field(curves, "classifier") != NULL) {
        of.classifier = an->classifier;
    }
    ddn_status status =
        ddni_judge_create(an->ctx, &of, ddni_analysis_i64(an, DDN_ANALYSIS_BATCH), &judge);
    if (status == DDN_OK) {
        status = ddni_judge_phi_infinity(&judge, phi);
    }
    ddni_judge_free(&judge);
    return status;
}

/* What the probability of one nearest point is nowhere below: sum pi^2, that of the noisy end. NaN
 * where it is not known: starts of U-turns that are not the oracle's data. */
static ddn_status least_same_point(const ddn_analysis *an, const ddn_oracle *oracle,
                                   const ddn_result *curves, double *least)
{
    const char *kind = ddni_result_text(curves, "kind");
    const int posterior = strcmp(kind, "identities") == 0 || strcmp(kind, "regimes") == 0;
    const ddn_dataset *points = an->points != NULL ? an->points : ddn_oracle_dataset(oracle);
    *least = NAN;
    if (strcmp(kind, "uturn") == 0 && !ddni_result_is_measured(curves, "returned_identity")) {
        return DDN_OK;
    }
    if ((posterior || an->points == NULL) && ddn_oracle_can(oracle, DDN_OUT_SUM_W2)) {
        return ddni_phi_c_infinity(an->ctx, oracle, least);
    }
    if (points != NULL) { /* whatever the chances p of the ends, sum p^2 >= 1/n */
        *least = 1 / (double)ddn_dataset_n(points);
    }
    return DDN_OK;
}

ddn_status ddni_measure_crossings(const ddn_analysis *an, const ddn_oracle *oracle,
                                  const ddn_result *curves, ddn_result *out)
{
    ddn_context *ctx = an->ctx;
    const ddni_curves *names = ddni_curves_of(curves);
    double infinity, least, eps = ddni_analysis_f64(an, DDN_ANALYSIS_EXCESS_LEVEL);
    char text[128];
    ddni_say(text, sizeof text,
             "speciation time: phi = phi(inf) + %.4f (1 - phi(inf)), phi(inf) = sum pi_c^2",
             ddni_phi_level_share());
    DDNI_TRY(phi_infinity(an, oracle, curves, &infinity));
    DDNI_TRY(least_same_point(an, oracle, curves, &least));
    const question list[3] = {
        {"t_S_phi", names->same_class, ddn_theory_phi_level(infinity), infinity, text},
        {"t_C_phi", names->same_point, 0.5, least, "collapse time: phi_C = 1/2"},
        {"t_C_entropy", names->entropy, eps, NAN, "collapse time: excess entropy f / alpha"},
    };
    for (int i = 0; i < 3; i++) {
        DDNI_TRY(cross(ctx, curves, &list[i], out));
    }
    return DDN_OK;
}

/* Kind, clock and data of the curves; times that are monotone; something measured. */
static ddn_status check_curves(ddn_context *ctx, const ddn_oracle *oracle, const ddn_result *curves)
{
    static const char *const kinds[] = {"identities", "clones", "regimes", "uturn", "branch", NULL};
    const ddni_curves *names = ddni_curves_of(curves);
    const char *d = ddn_result_field(curves, "d");
    char own[32];
    DDNI_TRY(ddni_result_check_kind(ctx, curves, kinds, ddn_oracle_schedule(oracle)));
    ddni_say(own, sizeof own, "%lld", (long long)ddn_oracle_d(oracle));
    DDNI_CHECK(ctx, d == NULL || strcmp(d, own) == 0, DDN_E_MISMATCH,
               "the result has d = %s, the oracle %s", d, own);
    const ddni_entry *t = ddni_result_find_column(curves, "t");
    DDNI_CHECK(ctx, t != NULL, DDN_E_KEY, "the result has no column 't' of times");
    for (int64_t k = 2; k < curves->rows; k++) {
        DDNI_CHECK(ctx, (t->values[k] > t->values[k - 1]) == (t->values[1] > t->values[0]),
                   DDN_E_RANGE, "column 't' of the result is not monotone at row %lld",
                   (long long)k);
    }
    DDNI_CHECK(ctx,
               ddni_result_is_measured(curves, names->same_class) ||
                   ddni_result_is_measured(curves, names->same_point) ||
                   ddni_result_is_measured(curves, names->entropy),
               DDN_E_UNSUPPORTED,
               "no curve of the result has values that could cross: for an oracle without weights "
               "set points that judge (ddn_analysis_set_points), and measure clones");
    return DDN_OK;
}

ddn_status ddn_analysis_crossings(ddn_analysis *an, const ddn_oracle *oracle,
                                  const ddn_result *curves, ddn_result **out)
{
    DDNI_ENTER_OBJECT(an, DDNI_USE);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    DDNI_CHECK_PTR(an->ctx, curves);
    DDNI_TRY(check_curves(an->ctx, oracle, curves));
    ddn_result *result;
    DDNI_TRY(ddni_analysis_start(an, "crossings", oracle, 0, &result));
    ddn_status status = ddni_measure_crossings(an, oracle, curves, result);
    return ddni_result_hand_out(status, result, out);
}
