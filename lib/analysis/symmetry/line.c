/* The potential along a line, for pictures. theory.md (50). */
#include "analysis/result_impl.h"
#include "analysis/symmetry/symmetry_impl.h"
#include "base/check.h"
#include "base/progress.h"

/* What is measured at the points x0 + q v. */
typedef struct profile {
    int64_t count;
    double *q, *u, *slope, *curvature;
} profile;

/* u' and u'' along v, and u itself where the oracle has log p. */
static ddn_status fill_rows(ddn_symmetry *sy, const ddni_field *field, const double *x0,
                            const double *v, const profile *row)
{
    int64_t d = sy->d;
    double *x = sy->work, *f = x + d, *u = row->u, *slope = row->slope, *curvature = row->curvature;
    const double *q = row->q;
    DDNI_STAGE(sy->ctx, "potential");
    for (int64_t r = 0; r < row->count; r++) {
        for (int64_t i = 0; i < d; i++) {
            x[i] = (x0 != NULL ? x0[i] : 0) + q[r] * v[i];
        }
        DDNI_TRY(ddni_field_value(sy, field, 1, x, d, f, d));
        slope[r] = -field->big_l * ddni_dot(d, v, f);
        DDNI_TRY(ddni_field_slope(sy, field, x, v, f));
        curvature[r] = -field->big_l * ddni_dot(d, v, f);
        if (sy->has_log_p) {
            DDNI_TRY(ddni_symmetry_potential(sy, field, 1, x, d, &u[r]));
        } else {
            double h = r > 0 ? q[r] - q[r - 1] : 0;
            u[r] = r == 0 ? 0
                          : u[r - 1] + h * (0.5 * (slope[r - 1] + slope[r]) +
                                            h * (curvature[r - 1] - curvature[r]) / 12);
        }
        double done = (double)(r + 1) / (double)row->count;
        DDNI_TRY(ddni_stage_part(sy->ctx, done, done));
    }
    return DDN_OK;
}

ddn_status ddn_symmetry_line(ddn_symmetry *sy, double t, int64_t count, const double *x0,
                             const double *v, const double *q, ddn_result **out)
{
    DDNI_ENTER_OBJECT(sy, DDNI_ALONE);
    ddn_context *ctx = sy->ctx;
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, q);
    DDNI_TRY(ddni_check_states(ctx, "v", v, 1, sy->d, sy->d));
    DDNI_CHECK(ctx, ddni_norm(sy->d, v) > 0, DDN_E_RANGE, "argument v is the zero vector");
    if (x0 != NULL) {
        DDNI_TRY(ddni_check_states(ctx, "x0", x0, 1, sy->d, sy->d));
    }
    DDNI_CHECK_INT(ctx, count, 2, INT64_C(1) << 40);
    for (int64_t i = 0; i < count; i++) {
        DDNI_CHECK(ctx, isfinite(q[i]), DDN_E_NONFINITE, "q[%lld] = %g is not finite", (long long)i,
                   q[i]);
        DDNI_CHECK(ctx, i == 0 || q[i] > q[i - 1], DDN_E_RANGE,
                   "q[%lld] = %g is not above q[%lld] = %g", (long long)i, q[i], (long long)i - 1,
                   q[i - 1]);
    }
    ddni_field field;
    DDNI_TRY(ddni_field_at(sy, t, &field));
    ddn_result *result = NULL;
    ddn_status status;
    profile row = {.count = count};
    DDNI_TRY_GOTO(ddni_symmetry_start(sy, "line", count, &result), fail);
    DDNI_TRY_GOTO(ddni_result_add_column(ctx, result, (ddni_quantity){"q", "", 0, 0}, &row.q,
                                         "position on x0 + q v"),
                  fail);
    DDNI_TRY_GOTO(ddni_result_add_column(ctx, result,
                                         (ddni_quantity){"u", DDNI_UNIT_POTENTIAL, 0, 0}, &row.u,
                                         "%s; eta = %g, schedule time %g",
                                         sy->has_log_p ? "potential f |x|^2/2 - c log p"
                                                       : "potential minus its value at q[0], "
                                                         "integrated from the slope",
                                         field.eta, t),
                  fail);
    DDNI_TRY_GOTO(ddni_result_add_column(ctx, result, (ddni_quantity){"slope", "", 0, 0},
                                         &row.slope, "du/dq, minus drift . v"),
                  fail);
    DDNI_TRY_GOTO(ddni_result_add_column(ctx, result, (ddni_quantity){"curvature", "", 0, 0},
                                         &row.curvature, "d2u/dq2"),
                  fail);
    for (int64_t i = 0; i < count; i++) {
        row.q[i] = q[i];
    }
    DDNI_TRY_GOTO(fill_rows(sy, &field, x0, v, &row), fail);
    *out = result;
    return DDN_OK;
fail:
    ddn_result_destroy(result);
    return status;
}
