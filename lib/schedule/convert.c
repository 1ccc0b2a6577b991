/* Conversions between coordinates of the noise level; theory.md (2), (3).
 *
 * Everything goes through v = (s/a)^2 = e^{2 tau} - 1, which has full relative accuracy at both
 * ends. */
#include "base/check.h"
#include "schedule/kinds.h"

static const double ROUNDINGS = 1e-14;

static const char *const names[] = {"", "OU time", "logSNR", "sigma", "alpha_bar", "theta"};

static ddn_status check_inside(ddn_context *ctx, ddn_coordinate what, double value, double low,
                               double high)
{
    DDNI_CHECK(ctx, isfinite(value), DDN_E_NONFINITE, "%s = %g is not finite", names[what], value);
    DDNI_CHECK(ctx, value > low && value < high, DDN_E_RANGE, "%s = %.17g is outside (%g, %g)",
               names[what], value, low, high);
    return DDN_OK;
}

static ddn_status to_square(ddn_context *ctx, ddn_coordinate from, double value, double *square)
{
    switch (from) {
    case DDN_COORDINATE_OU:
        DDNI_TRY(check_inside(ctx, from, value, 0.0, INFINITY));
        *square = expm1(2.0 * value);
        break;
    case DDN_COORDINATE_LOGSNR:
        DDNI_TRY(check_inside(ctx, from, value, -INFINITY, INFINITY));
        *square = exp(-value);
        break;
    case DDN_COORDINATE_SIGMA:
        DDNI_TRY(check_inside(ctx, from, value, 0.0, INFINITY));
        *square = value * value;
        break;
    case DDN_COORDINATE_ALPHA_BAR:
        DDNI_TRY(check_inside(ctx, from, value, 0.0, 1.0));
        *square = (1.0 - value) / value;
        break;
    case DDN_COORDINATE_THETA:
        DDNI_TRY(check_inside(ctx, from, value, 0.0, 1.0));
        *square = (1.0 - value) * (1.0 + value) / (value * value);
        break;
    default:
        return ddni_fail(ctx, DDN_E_KEY, "there is no coordinate %d", (int)from);
    }
    DDNI_CHECK(ctx, *square >= DDNI_S2_MIN && *square <= 1.0 / DDNI_S2_MIN, DDN_E_RANGE,
               "%s = %.17g gives (s/a)^2 = %g, outside [%g, %g]", names[from], value, *square,
               DDNI_S2_MIN, 1.0 / DDNI_S2_MIN);
    return DDN_OK;
}

ddn_status ddn_time_convert(ddn_context *ctx, ddn_coordinate from, ddn_coordinate to, double value,
                            double *result)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, result);
    double square = 0.0;
    DDNI_TRY(to_square(ctx, from, value, &square));
    switch (to) {
    case DDN_COORDINATE_OU:
        *result = from == to ? value : 0.5 * log1p(square);
        return DDN_OK;
    case DDN_COORDINATE_LOGSNR:
        *result = from == to ? value : -log(square);
        return DDN_OK;
    case DDN_COORDINATE_SIGMA:
        *result = from == to ? value : sqrt(square);
        return DDN_OK;
    case DDN_COORDINATE_ALPHA_BAR:
        *result = from == to ? value : 1.0 / (1.0 + square);
        return DDN_OK;
    case DDN_COORDINATE_THETA:
        *result = from == to ? value : 1.0 / sqrt(1.0 + square);
        return DDN_OK;
    default:
        return ddni_fail(ctx, DDN_E_KEY, "there is no coordinate %d", (int)to);
    }
}

ddn_status ddni_schedule_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau)
{
    ddni_level level;
    DDNI_TRY(ddni_schedule_level_or_end(ctx, sch, t, &level));
    return sch->ops->to_ou(ctx, sch, t, tau);
}

ddn_status ddni_schedule_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
{
    DDNI_CHECK(ctx, isfinite(tau) || tau == sch->tau_max, DDN_E_NONFINITE,
               "OU time %g is not finite", tau);
    /* the ends may come from another schedule's conversion, a few roundings off */
    DDNI_CHECK(ctx,
               tau >= sch->tau_min - ROUNDINGS * fabs(sch->tau_min) &&
                   tau <= sch->tau_max * (1.0 + ROUNDINGS),
               DDN_E_RANGE, "OU time %.17g is outside %s%.15g, %.15g] of schedule %s", tau,
               sch->noiseless ? "(" : "[", sch->tau_min, sch->tau_max, sch->ops->kind);
    tau = fmin(fmax(tau, sch->tau_min), sch->tau_max);
    DDNI_TRY(sch->ops->from_ou(ctx, sch, tau, t));
    *t = fmin(fmax(*t, sch->t_min), sch->t_max);
    return DDN_OK;
}

ddn_status ddni_schedule_rates_in_step(ddn_context *ctx, const ddn_schedule *sch, double t,
                                       double u, double at, double *f, double *g2)
{
    if (!sch->ops->indices) {
        return ddni_schedule_rates(ctx, sch, at, f, g2);
    }
    double tau[2]; /* these schedules have a = e^-tau, a^2 + s^2 = 1 */
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, t, &tau[0]));
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, u, &tau[1]));
    *f = -(tau[1] - tau[0]) / (u - t);
    *g2 = -2 * *f;
    return DDN_OK;
}

ddn_status ddn_schedule_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK_PTR(ctx, tau);
    ddni_level level;
    DDNI_TRY(ddni_schedule_level(ctx, sch, t, &level));
    return sch->ops->to_ou(ctx, sch, t, tau);
}

ddn_status ddn_schedule_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK_PTR(ctx, t);
    DDNI_CHECK(ctx, !sch->noiseless || !(tau <= 0.0), DDN_E_RANGE,
               "OU time %.17g is outside (0, %.15g] of schedule %s", tau, sch->tau_max,
               sch->ops->kind);
    return ddni_schedule_from_ou(ctx, sch, tau, t);
}
