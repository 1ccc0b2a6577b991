/* Speciation and collapse times where measured curves cross their levels (theory.md (23), (30)). */
#include <diffdyn/theory.h>

#include "analysis/analysis_impl.h"
#include "analysis/classes.h"
#include "analysis/result_impl.h"
#include "analysis/transitions/measure.h"
#include "base/check.h"
#include "base/message.h"
#include "base/statistics.h"
#include "theory/theory_impl.h"

/* A definition with a number in it. */
static __attribute__((format(printf, 3, 4))) void say(char *text, int64_t capacity, const char *fmt,
                                                      ...)
{
    va_list args;
    va_start(args, fmt);
    ddni_format(text, capacity, fmt, args);
    va_end(args);
}

/* One scalar: where a column crosses its level; NaN where the curves do not have the column. */
static ddn_status cross(ddn_context *ctx, const ddn_result *curves, const char *column,
                        double level, const char *text, ddn_result *out, const char *name)
{
    char error_name[DDNI_NAME_BYTES];
    ddni_error_name(column, error_name);
    const ddni_entry *t = ddni_result_find_column(curves, "t");
    const ddni_entry *y = ddni_result_find_column(curves, column);
    const ddni_entry *error = ddni_result_find_column(curves, error_name);
    ddni_crossing c = {NAN, NAN, 0};
    if (y == NULL || error == NULL || !isfinite(level)) {
        return ddni_result_add_scalar(ctx, out, name, NAN, NAN, "%s; not measured", text);
    }
    ddni_cross(curves->rows, t->values, y->values, error->values, level, &c);
    const char *which = c.count == 0   ? "no crossing"
                        : c.count == 1 ? "the one crossing"
                                       : "the crossing at the largest time of several";
    return ddni_result_add_scalar(
        ctx, out, name, c.t, c.error,
        "%s, level %.6g; %s on a grid of %lld times, linear interpolation", text, level, which,
        (long long)curves->rows);
}

ddn_status ddni_measure_crossings(const ddn_analysis *an, const ddn_oracle *oracle,
                                  const ddn_result *curves, ddn_result *out)
{
    ddn_context *ctx = an->ctx;
    double infinity, eps = ddni_analysis_f64(an, DDN_ANALYSIS_EXCESS_LEVEL);
    char text[128];
    say(text, sizeof text,
        "speciation time: phi = phi(inf) + %.4f (1 - phi(inf)), phi(inf) = sum pi_c^2",
        ddni_phi_level_share());
    DDNI_TRY(ddni_phi_infinity(ctx, oracle, &infinity));
    DDNI_TRY(cross(ctx, curves, "phi", ddn_theory_phi_level(infinity), text, out, "t_S_phi"));
    DDNI_TRY(cross(ctx, curves, "phi_C", 0.5, "collapse time: phi_C = 1/2", out, "t_C_phi"));
    return cross(ctx, curves, "f_over_alpha", eps, "collapse time: excess entropy f / alpha", out,
                 "t_C_entropy");
}

ddn_status ddn_analysis_crossings(ddn_analysis *an, const ddn_oracle *oracle,
                                  const ddn_result *curves, ddn_result **out)
{
    DDNI_ENTER_OBJECT(an, DDNI_USE);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    DDNI_CHECK_PTR(an->ctx, curves);
    const ddni_entry *t = ddni_result_find_column(curves, "t");
    DDNI_CHECK(an->ctx, t != NULL, DDN_E_KEY, "the result has no column 't' of times");
    for (int64_t k = 2; k < curves->rows; k++) {
        DDNI_CHECK(an->ctx, (t->values[k] > t->values[k - 1]) == (t->values[1] > t->values[0]),
                   DDN_E_RANGE, "column 't' of the result is not monotone at row %lld",
                   (long long)k);
    }
    ddn_result *result;
    DDNI_TRY(ddni_result_create(an->ctx, 0, &result));
    ddn_status status = ddni_measure_crossings(an, oracle, curves, result);
    return ddni_result_hand_out(status, result, out);
}
