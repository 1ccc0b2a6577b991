/* Speciation and collapse times where measured curves cross their levels (theory.md (23), (30)). */
#include <diffdyn/theory.h>

#include "analysis/analysis_impl.h"
#include "analysis/result_impl.h"
#include "analysis/transitions/measure.h"
#include "base/check.h"
#include "base/statistics.h"
#include "dataset/dataset_impl.h"

/* sum pi_c^2 from the posterior of the classes at noise so late that it has become the prior. */
static ddn_status shares_of_oracle(const ddn_analysis *an, const ddn_oracle *oracle, double *sum)
{
    ddn_context *ctx = an->ctx;
    const ddni_allocator *al = ddni_context_allocator(ctx);
    int64_t classes = ddn_oracle_class_count(oracle), d = ddn_oracle_d(oracle);
    double *share = NULL, *origin = NULL, late;
    ddn_query *query = NULL;
    ddn_status status = ddni_analysis_time_from_ou(ctx, ddn_oracle_schedule(oracle), 18, &late);
    if (status == DDN_OK) {
        status = ddni_alloc_for(ctx, "class shares", classes, sizeof *share, &share);
    }
    if (status == DDN_OK) {
        status = ddni_alloc_for(ctx, "a state", d, sizeof *origin, &origin);
    }
    if (status == DDN_OK) {
        status = ddn_query_create(ctx, oracle, &query);
    }
    if (status == DDN_OK) {
        status = ddn_query_bind_f64(query, DDN_OUT_CLASS_POSTERIOR, share, classes);
    }
    if (status == DDN_OK) {
        status = ddn_query_run(query, late, 1, origin, d);
    }
    *sum = 0;
    for (int64_t c = 0; status == DDN_OK && c < classes; c++) {
        *sum += share[c] * share[c];
    }
    ddn_query_destroy(query);
    ddni_free(al, share);
    ddni_free(al, origin);
    return status;
}

/* phi at infinite time: the chance that two draws from the prior agree. NaN without classes. */
static ddn_status phi_at_infinity(const ddn_analysis *an, const ddn_oracle *oracle, double *sum)
{
    const ddn_dataset *ds = ddn_oracle_dataset(oracle);
    *sum = NAN;
    if (ds != NULL && ds->labels != NULL) {
        *sum = 0;
        for (int64_t c = 0; c < ds->labels->classes; c++) {
            double share = (double)ds->labels->count[c] / (double)ds->n;
            *sum += share * share;
        }
    } else if (ddni_analysis_classes(oracle) > 0) {
        return shares_of_oracle(an, oracle, sum);
    }
    return DDN_OK;
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
    DDNI_TRY(phi_at_infinity(an, oracle, &infinity));
    DDNI_TRY(cross(ctx, curves, "phi", ddn_theory_phi_level(infinity),
                   "speciation time: phi = phi(inf) + 0.5504 (1 - phi(inf)), phi(inf) = sum pi_c^2",
                   out, "t_S_phi"));
    DDNI_TRY(cross(ctx, curves, "phi_C", 0.5, "collapse time: phi_C = 1/2", out, "t_C_phi"));
    return cross(ctx, curves, "f_over_alpha", eps, "collapse time: excess entropy f / alpha", out,
                 "t_C_entropy");
}

ddn_status ddn_analysis_crossings(ddn_analysis *an, const ddn_oracle *oracle,
                                  const ddn_result *curves, ddn_result **out)
{
    DDNI_ENTER(an == NULL ? NULL : an->ctx);
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
