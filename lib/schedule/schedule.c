/* Schedules: handle, range checks, levels and rates of any kind; theory.md (1)-(9). */
#include <string.h>

#include "base/check.h"
#include "base/message.h"
#include "base/number.h"
#include "schedule/kinds.h"

static void finish_schedule(void *object)
{
    ddn_schedule *sch = object;
    if (sch->ops->destroy != NULL) {
        sch->ops->destroy(sch);
    }
}

ddn_status ddni_schedule_create(ddn_context *ctx, int64_t size, const ddni_schedule_ops *ops,
                                double t_min, double t_max, int32_t noiseless, void *out)
{
    DDNI_TRY(ddni_handle_create(ctx, DDNI_SCHEDULE, size, finish_schedule, out));
    ddn_schedule *sch = *(ddn_schedule **)out;
    sch->ops = ops;
    sch->t_min = t_min;
    sch->t_max = t_max;
    sch->noiseless = noiseless;
    ddni_say(sch->text, sizeof sch->text, "%s", ops->kind);
    return DDN_OK;
}

ddn_status ddn_schedule_retain(const ddn_schedule *sch)
{
    return ddni_handle_retain(sch, DDNI_SCHEDULE);
}

void ddni_schedule_say(ddn_schedule *sch, const ddni_parameter *list, int64_t count)
{
    const int64_t capacity = (int64_t)sizeof sch->text;
    for (int64_t i = 0; i < count; i++) {
        char number[DDNI_NUMBER_BYTES];
        int64_t used = (int64_t)strlen(sch->text);
        ddni_number_write(list[i].value, number);
        ddni_say(sch->text + used, capacity - used, "%s%s=%s%s", i == 0 ? "(" : ", ", list[i].name,
                 number, i + 1 == count ? ")" : "");
    }
}

const char *ddni_schedule_text(const ddn_schedule *sch)
{
    return sch->text;
}

void ddn_schedule_destroy(ddn_schedule *sch)
{
    ddni_drop(sch, DDNI_SCHEDULE);
}

const char *ddn_schedule_kind(const ddn_schedule *sch)
{
    return !DDNI_IS(sch) ? "" : sch->ops->kind;
}

ddn_status ddn_schedule_range(ddn_context *ctx, const ddn_schedule *sch, double *t_min,
                              double *t_max)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sch);
    if (t_min != NULL) {
        *t_min = sch->t_min;
    }
    if (t_max != NULL) {
        *t_max = sch->t_max;
    }
    return DDN_OK;
}

static ddn_status check_time(ddn_context *ctx, const ddn_schedule *sch, double t)
{
    DDNI_CHECK(ctx, isfinite(t), DDN_E_NONFINITE, "time t = %g is not finite", t);
    DDNI_CHECK(ctx, t >= sch->t_min && t <= sch->t_max, DDN_E_RANGE,
               "time t = %.17g is outside %s%.15g, %.15g] of schedule %s", t,
               sch->noiseless ? "(" : "[", sch->t_min, sch->t_max, sch->ops->kind);
    return DDN_OK;
}

void ddni_level_from_tau(double t, ddni_dd tau, ddni_level *level)
{
    /* s^2 = 1 - a^2, early from e = a - 1, which keeps its digits there: -e (e + 2). */
    const double early = 0.25;
    ddni_dd a, s2;
    if (tau.hi <= early) {
        ddni_dd e = ddni_dd_expm1(dd_neg(tau));
        a = dd_add(e, dd_from(1.0));
        s2 = dd_neg(dd_mul(e, dd_add(e, dd_from(2.0))));
    } else {
        a = ddni_dd_exp(dd_neg(tau));
        s2 = dd_add(dd_from(1.0), dd_neg(dd_mul(a, a)));
    }
    level->t = t;
    level->a = a.hi;
    level->a_low = a.lo;
    level->s2 = s2.hi;
    level->s2_low = s2.lo;
    level->s = sqrt(s2.hi);
}

ddn_status ddni_schedule_level_or_end(ddn_context *ctx, const ddn_schedule *sch, double t,
                                      ddni_level *level)
{
    DDNI_TRY(check_time(ctx, sch, t));
    return sch->ops->level(ctx, sch, t, level);
}

ddn_status ddni_schedule_level(ddn_context *ctx, const ddn_schedule *sch, double t,
                               ddni_level *level)
{
    DDNI_TRY(check_time(ctx, sch, t));
    DDNI_CHECK(ctx, !sch->noiseless || t > sch->t_min, DDN_E_RANGE,
               "time t = %.17g is outside (%.15g, %.15g] of schedule %s: there is no noise", t,
               sch->t_min, sch->t_max, sch->ops->kind);
    DDNI_TRY(sch->ops->level(ctx, sch, t, level));
    DDNI_CHECK(ctx, level->s2 >= DDNI_S2_MIN, DDN_E_RANGE,
               "time t = %g is too close to the noiseless end: s^2 = %g is less than %g", t,
               level->s2, DDNI_S2_MIN);
    return DDN_OK;
}

double ddni_transition_variance(const ddni_level *early, const ddni_level *late)
{
    ddni_dd a = {early->a, early->a_low}, s2 = {early->s2, early->s2_low};
    ddni_dd a_late = {late->a, late->a_low}, s2_late = {late->s2, late->s2_low};
    ddni_dd ratio = dd_div(a_late, a);
    ddni_dd v = dd_add(s2_late, dd_neg(dd_mul(dd_mul(ratio, ratio), s2)));
    return v.hi > 0.0 ? v.hi : 0.0;
}

ddn_status ddn_schedule_eval(ddn_context *ctx, const ddn_schedule *sch, double t, double *a,
                             double *s)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK_PTR(ctx, a);
    DDNI_CHECK_PTR(ctx, s);
    ddni_level level;
    DDNI_TRY(ddni_schedule_level(ctx, sch, t, &level));
    *a = level.a;
    *s = level.s;
    return DDN_OK;
}

ddn_status ddni_schedule_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f,
                               double *g2)
{
    ddni_level level;
    DDNI_TRY(ddni_schedule_level(ctx, sch, t, &level));
    DDNI_CHECK(ctx, level.a > 0.0, DDN_E_RANGE,
               "f and g^2 of schedule %s are infinite at t = %.17g, where a = 0", sch->ops->kind,
               t);
    return sch->ops->rates(ctx, sch, t, f, g2);
}

int32_t ddni_schedule_pure(const ddn_schedule *sch)
{
    return isinf(sch->tau_max);
}

int32_t ddni_schedule_indexed(const ddn_schedule *sch)
{
    return sch->ops->indices;
}

ddn_status ddni_schedule_slopes(ddn_context *ctx, const ddn_schedule *sch, const ddni_level *level,
                                double *da, double *ds)
{
    double f, g2;
    if (sch->ops->slopes != NULL) {
        return sch->ops->slopes(ctx, sch, level, da, ds);
    }
    DDNI_TRY(sch->ops->rates(ctx, sch, level->t, &f, &g2));
    *da = f * level->a;
    *ds = -level->a * *da / level->s;
    return DDN_OK;
}

ddn_status ddn_schedule_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f,
                              double *g2)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK_PTR(ctx, f);
    DDNI_CHECK_PTR(ctx, g2);
    return ddni_schedule_rates(ctx, sch, t, f, g2);
}
