/* Speciation and collapse times where measured curves cross their levels (theory.md (23), (30)). */
#include <string.h>

#include <diffdyn/theory.h>

#include "analysis/analysis_impl.h"
#include "analysis/classes.h"
#include "analysis/result_impl.h"
#include "analysis/transitions/measure.h"
#include "base/check.h"
#include "base/message.h"
#include "base/statistics.h"
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

static int is_measured(const ddn_result *curves, const char *column)
{
    const ddni_entry *y = column == NULL ? NULL : ddni_result_find_column(curves, column);
    for (int64_t k = 0; y != NULL && k < curves->rows; k++) {
        if (!isnan(y->values[k])) {
            return 1;
        }
    }
    return 0;
}

/* Where one column crosses its level. */
typedef struct question {
    const char *name, *column; /* of the scalar; of the curve, or NULL where there is none */
    double level;
    const char *text;
} question;

/* One scalar; NaN where the curves do not have the column. */
static ddn_status cross(ddn_context *ctx, const ddn_result *curves, const question *q,
                        ddn_result *out)
{
    const ddni_quantity what = {q->name, DDNI_UNIT_TIME, 0, 0};
    if (!isfinite(q->level) || !is_measured(curves, q->column)) {
        return ddni_result_add_scalar(ctx, out, what, NAN, NAN, "%s; not measured: %s%s", q->text,
                                      q->column == NULL    ? "there is no such curve"
                                      : isfinite(q->level) ? "no values of "
                                                           : "there are no classes",
                                      q->column != NULL && isfinite(q->level) ? q->column : "");
    }
    char error_name[DDNI_NAME_BYTES];
    ddni_error_name(q->column, error_name);
    const ddni_entry *t = ddni_result_find_column(curves, "t");
    const ddni_entry *y = ddni_result_find_column(curves, q->column);
    const ddni_entry *error = ddni_result_find_column(curves, error_name);
    DDNI_CHECK(ctx, error != NULL, DDN_E_KEY, "the result has no column '%s'", error_name);
    ddni_crossing c = {NAN, NAN, 0};
    ddni_cross(curves->rows, t->values, y->values, error->values, q->level, &c);
    const char *which = c.count == 0   ? "no crossing"
                        : c.count == 1 ? "the one crossing"
                                       : "the crossing at the largest time of several";
    DDNI_TRY(
        ddni_result_add_scalar(ctx, out, what, c.t, c.error,
                               "%s, level %.6g; %s on a grid of %lld times, linear interpolation",
                               q->text, q->level, which, (long long)curves->rows));
    ddni_entry *e = &out->scalars.list[out->scalars.count - 1];
    e->pooling = DDNI_POOL_CROSSING;
    e->level = q->level;
    ddni_say(e->of, sizeof e->of, "%s", q->column);
    return DDN_OK;
}

ddn_status ddni_measure_crossings(const ddn_analysis *an, const ddn_oracle *oracle,
                                  const ddn_result *curves, ddn_result *out)
{
    ddn_context *ctx = an->ctx;
    const ddni_curves *names = ddni_curves_of(curves);
    double infinity, eps = ddni_analysis_f64(an, DDN_ANALYSIS_EXCESS_LEVEL);
    char text[128];
    ddni_say(text, sizeof text,
             "speciation time: phi = phi(inf) + %.4f (1 - phi(inf)), phi(inf) = sum pi_c^2",
             ddni_phi_level_share());
    DDNI_TRY(ddni_phi_infinity(ctx, oracle, &infinity));
    const question list[3] = {
        {"t_S_phi", names->same_class, ddn_theory_phi_level(infinity), text},
        {"t_C_phi", names->same_point, 0.5, "collapse time: phi_C = 1/2"},
        {"t_C_entropy", names->entropy, eps, "collapse time: excess entropy f / alpha"},
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
               is_measured(curves, names->same_class) || is_measured(curves, names->same_point) ||
                   is_measured(curves, names->entropy),
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
