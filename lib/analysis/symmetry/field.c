/* Values and derivatives of the scaled field F. See symmetry_impl.h. */
#include <string.h>

#include "analysis/symmetry/symmetry_impl.h"
#include "base/check.h"

ddn_status ddni_field_at(ddn_symmetry *sy, double t, ddni_field *field)
{
    const ddn_schedule *sch = ddn_oracle_schedule(sy->oracle);
    double g2;
    memset(field, 0, sizeof *field);
    DDNI_TRY(ddn_schedule_eval(sy->ctx, sch, t, &field->a, &field->s));
    DDNI_TRY(ddn_schedule_rates(sy->ctx, sch, t, &field->f, &g2));
    field->t = t;
    field->eta = ddni_symmetry_f64(sy, DDN_SYMMETRY_ETA);
    field->s2 = field->s * field->s;
    field->c = 0.5 * (1 + field->eta * field->eta) * g2;
    const double rest = field->c + field->f * field->s2;
    field->big_l = rest / field->s2;
    field->k = field->a * field->c / rest;
    DDNI_CHECK(sy->ctx, rest > 0, DDN_E_RANGE,
               "at t = %g this schedule has f + c/s^2 = %g, not above 0: no stable fixed points", t,
               field->big_l);
    return DDN_OK;
}

ddn_status ddni_field_at_log_tau(ddn_symmetry *sy, double p, ddni_field *field)
{
    double tau = fmin(fmax(exp(p), sy->tau_min), sy->tau_max), t;
    DDNI_TRY(ddn_schedule_from_ou(sy->ctx, ddn_oracle_schedule(sy->oracle), tau, &t));
    return ddni_field_at(sy, t, field);
}

/* One block of at most DDNI_SYMMETRY_ROWS states. */
static ddn_status block_value(ddn_symmetry *sy, const ddni_field *field, int64_t m, const double *x,
                              int64_t ldx, double *out, int64_t ldo)
{
    int64_t d = sy->d;
    DDNI_TRY(ddni_reserve(sy->ctx, "scores", m * d, (int64_t)sizeof(double), &sy->score));
    DDNI_TRY(ddn_query_bind_f64(sy->value, DDN_OUT_MEAN, sy->score, d));
    DDNI_TRY(ddn_query_run(sy->value, field->t, m, x, ldx));
    for (int64_t r = 0; r < m; r++) {
        for (int64_t i = 0; i < d; i++) {
            out[r * ldo + i] = field->k * sy->score[r * d + i] - x[r * ldx + i];
        }
    }
    return DDN_OK;
}

ddn_status ddni_field_value(ddn_symmetry *sy, const ddni_field *field, int64_t m, const double *x,
                            int64_t ldx, double *out, int64_t ldo)
{
    for (int64_t r = 0; r < m; r += DDNI_SYMMETRY_ROWS) {
        int64_t rows = m - r < DDNI_SYMMETRY_ROWS ? m - r : DDNI_SYMMETRY_ROWS;
        DDNI_TRY(block_value(sy, field, rows, x + r * ldx, ldx, out + r * ldo, ldo));
    }
    return DDN_OK;
}

ddn_status ddni_field_slope(ddn_symmetry *sy, const ddni_field *field, const double *x,
                            const double *v, double *out)
{
    int64_t d = sy->d;
    DDNI_TRY(ddn_query_bind_input(sy->slope, DDN_IN_V, v, d));
    DDNI_TRY(ddn_query_run(sy->slope, field->t, 1, x, d));
    double gain = field->c / field->big_l, keep = -field->f / field->big_l;
    if (sy->has_cov) {
        gain *= (field->a / field->s2) * (field->a / field->s2);
        keep = -1;
    }
    for (int64_t i = 0; i < d; i++) {
        out[i] = gain * sy->image[i] + keep * v[i];
    }
    return DDN_OK;
}

ddn_status ddni_field_drift_in_time(ddn_symmetry *sy, double p, const double *x, double *out)
{
    /* Wide enough for scores with the rounding noise of single precision. */
    double h = 1e-4, low = fmax(p - h, log(sy->tau_min)), high = fmin(p + h, log(sy->tau_max));
    double *other = sy->pair;
    ddni_field field;
    DDNI_TRY(ddni_field_at_log_tau(sy, low, &field));
    DDNI_TRY(ddni_field_value(sy, &field, 1, x, sy->d, other, sy->d));
    DDNI_TRY(ddni_field_at_log_tau(sy, high, &field));
    DDNI_TRY(ddni_field_value(sy, &field, 1, x, sy->d, out, sy->d));
    for (int64_t i = 0; i < sy->d; i++) {
        out[i] = (out[i] - other[i]) / (high - low);
    }
    return DDN_OK;
}

double ddni_field_size(const ddn_symmetry *sy, const ddni_field *field, const double *x)
{
    return ddni_norm(sy->d, x) + field->s * sqrt((double)sy->d);
}

double ddni_field_precision(const ddn_symmetry *sy)
{
    double noise = 1e-2 * ddni_symmetry_f64(sy, DDN_SYMMETRY_TOLERANCE);
    return fmax(noise, sy->has_cov ? 1e-12 : 1e-8);
}

typedef struct slope_at {
    ddn_symmetry *sy;
    const ddni_field *field;
    const double *x;
} slope_at;

static ddn_status apply_slope(void *arg, const double *v, double *out)
{
    const slope_at *at = arg;
    return ddni_field_slope(at->sy, at->field, at->x, v, out);
}

ddn_status ddni_field_eigen(ddn_symmetry *sy, const ddni_field *field, const double *x,
                            int64_t count, double tolerance, const double *guess, double *values,
                            double *vectors)
{
    slope_at at = {sy, field, x};
    ddni_operator slope = {sy->d, apply_slope, &at};
    ddni_eigen_plan plan = {count, DDNI_SYMMETRY_KRYLOV, tolerance,
                            ddni_symmetry_i64(sy, DDN_SYMMETRY_SEED), guess};
    ddni_eigenpairs pairs = {values, vectors, sy->d, 0};
    return ddni_leading_eigenpairs(sy->ctx, &sy->krylov, &slope, &plan, &pairs);
}

ddn_status ddni_field_newton(ddn_symmetry *sy, const ddni_field *field, int64_t steps, double *x,
                             double *residual)
{
    int64_t d = sy->d;
    double *now = sy->work, *step = now + d, *trial = step + d, *next = trial + d, relative;
    slope_at at = {sy, field, x};
    ddni_operator slope = {d, apply_slope, &at};
    DDNI_TRY(ddni_field_value(sy, field, 1, x, d, now, d));
    double norm = ddni_norm(d, now);
    for (int64_t i = 0; i < steps && norm > 0; i++) {
        DDNI_TRY(ddni_gmres(sy->ctx, &sy->krylov, &slope, now, DDNI_SYMMETRY_KRYLOV, 1e-10, step,
                            &relative));
        double damp = 1, fresh = INFINITY;
        for (; damp > 1e-4; damp *= 0.5) {
            for (int64_t j = 0; j < d; j++) {
                trial[j] = x[j] - damp * step[j];
            }
            DDNI_TRY(ddni_field_value(sy, field, 1, trial, d, next, d));
            fresh = ddni_norm(d, next);
            if (fresh < norm) {
                break;
            }
        }
        if (!(fresh < norm)) {
            break; /* the floor of rounding, or a minimum of |F| */
        }
        memcpy(x, trial, (size_t)d * sizeof *x);
        memcpy(now, next, (size_t)d * sizeof *now);
        norm = fresh;
    }
    *residual = norm / ddni_field_size(sy, field, x);
    return DDN_OK;
}
