/* A schedule of the host's own: a, s and their derivatives from a callback; theory.md (3), (8). */
#include "base/check.h"
#include "base/progress.h"
#include "schedule/kinds.h"

typedef struct custom {
    ddn_schedule base;
    ddn_schedule_fn eval;
    ddn_release_fn release;
    void *user;
} custom;

typedef struct values {
    double a, s, da, ds;
} values;

static ddn_status evaluate(ddn_context *ctx, const custom *p, double t, values *v)
{
    DDNI_TRY(ddni_poll(ctx));
    *v = (values){NAN, NAN, NAN, NAN}; /* what is not written is not finite */
    DDNI_TRY(ddni_answer(ctx, "the callback of the custom schedule",
                         p->eval(p->user, t, &v->a, &v->s, &v->da, &v->ds)));
    DDNI_CHECK(ctx, isfinite(v->a) && isfinite(v->s), DDN_E_NONFINITE,
               "the custom schedule gave a = %g, s = %g at t = %.17g", v->a, v->s, t);
    const double most = p->base.tau_max; /* 0 while the schedule is made */
    int32_t pure = t == p->base.t_max && v->a == 0.0 && (most == 0.0 || isinf(most));
    DDNI_CHECK(ctx, pure || (v->a >= 1e-150 && v->a <= 1e150), DDN_E_RANGE,
               "the custom schedule gave a = %g, outside [1e-150, 1e150], at t = %.17g", v->a, t);
    int32_t end = p->base.noiseless && t == p->base.t_min;
    DDNI_CHECK(ctx, end ? v->s == 0.0 : v->s >= 1e-150 && v->s <= 1e150, DDN_E_RANGE,
               "the custom schedule gave s = %g, outside [1e-150, 1e150], at t = %.17g", v->s, t);
    return DDN_OK;
}

static ddn_status custom_level(ddn_context *ctx, const ddn_schedule *sch, double t,
                               ddni_level *level)
{
    values v;
    DDNI_TRY(evaluate(ctx, (const custom *)sch, t, &v));
    ddni_dd s2 = dd_two_prod(v.s, v.s);
    *level = (ddni_level){.t = t, .a = v.a, .s2 = s2.hi, .s2_low = s2.lo, .s = v.s};
    return DDN_OK;
}

static ddn_status custom_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f,
                               double *g2)
{
    values v;
    DDNI_TRY(evaluate(ctx, (const custom *)sch, t, &v));
    double rate = v.da / v.a;
    double square = 2.0 * v.s * (v.ds - rate * v.s);
    DDNI_CHECK(ctx, isfinite(rate) && isfinite(square), DDN_E_NONFINITE,
               "the custom schedule gave da/dt = %g, ds/dt = %g at t = %.17g", v.da, v.ds, t);
    DDNI_CHECK(ctx, square >= 0.0, DDN_E_RANGE,
               "the custom schedule's derivatives let s/a fall at t = %.17g (g^2 = %g)", t, square);
    *f = rate;
    *g2 = square;
    return DDN_OK;
}

static ddn_status custom_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau)
{
    values v;
    DDNI_TRY(evaluate(ctx, (const custom *)sch, t, &v));
    double sigma = v.s / v.a;
    *tau = sigma < 1e8 ? 0.5 * log1p(sigma * sigma) : log(sigma);
    return DDN_OK;
}

/* Bisection down to neighbouring doubles: s/a is monotone and nothing else is known of it. */
static ddn_status custom_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
{
    double low = sch->t_min, high = sch->t_max;
    for (;;) {
        double middle = low + 0.5 * (high - low), at;
        if (!(middle > low && middle < high)) {
            break;
        }
        DDNI_TRY(custom_to_ou(ctx, sch, middle, &at));
        if (at < tau) {
            low = middle;
        } else {
            high = middle;
        }
    }
    double tau_low, tau_high;
    DDNI_TRY(custom_to_ou(ctx, sch, low, &tau_low));
    DDNI_TRY(custom_to_ou(ctx, sch, high, &tau_high));
    *t = tau - tau_low < tau_high - tau ? low : high;
    return DDN_OK;
}

static void custom_destroy(ddn_schedule *sch)
{
    custom *p = (custom *)sch;
    if (p->release != NULL) {
        p->release(p->user);
    }
}

static ddn_status custom_slopes(ddn_context *ctx, const ddn_schedule *sch, const ddni_level *level,
                                double *da, double *ds)
{
    values v;
    DDNI_TRY(evaluate(ctx, (const custom *)sch, level->t, &v));
    DDNI_CHECK(ctx, isfinite(v.da) && isfinite(v.ds), DDN_E_NONFINITE,
               "the custom schedule gave da/dt = %g, ds/dt = %g at t = %.17g", v.da, v.ds,
               level->t);
    *da = v.da;
    *ds = v.ds;
    return DDN_OK;
}

static const ddni_schedule_ops custom_ops = {.kind = "custom",
                                             .level = custom_level,
                                             .rates = custom_rates,
                                             .to_ou = custom_to_ou,
                                             .from_ou = custom_from_ou,
                                             .destroy = custom_destroy,
                                             .slopes = custom_slopes};

enum {
    CHECKED = 257
};

/* s/a increases and the derivatives agree with that, at equally spaced times. */
static ddn_status check_monotone(ddn_context *ctx, custom *p)
{
    double before = -1.0;
    for (int k = 0; k < CHECKED; k++) {
        double part = (double)k / (CHECKED - 1);
        double t = k == CHECKED - 1 ? p->base.t_max
                                    : p->base.t_min + part * (p->base.t_max - p->base.t_min);
        double tau, f, g2;
        DDNI_TRY(custom_to_ou(ctx, &p->base, t, &tau));
        DDNI_CHECK(ctx, tau > before, DDN_E_RANGE,
                   "s/a of the custom schedule does not increase before t = %.17g", t);
        before = tau;
        if ((k > 0 || !p->base.noiseless) && isfinite(tau)) {
            DDNI_TRY(custom_rates(ctx, &p->base, t, &f, &g2));
        }
        if (k == 0) {
            p->base.tau_min = tau;
        }
    }
    p->base.tau_max = before;
    return DDN_OK;
}

ddn_status ddn_schedule_create_custom(ddn_context *ctx, double t_min, double t_max,
                                      ddn_schedule_fn eval, void *user, ddn_release_fn release,
                                      ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, eval);
    DDNI_CHECK_REAL(ctx, t_min, -1e300, 1e300);
    DDNI_CHECK_REAL(ctx, t_max, -1e300, 1e300);
    DDNI_CHECK(ctx, t_min < t_max, DDN_E_RANGE, "t_min = %g is not less than t_max = %g", t_min,
               t_max);
    custom *p = NULL;
    DDNI_TRY(ddni_schedule_create(ctx, sizeof *p, &custom_ops, t_min, t_max, 0, &p));
    p->eval = eval;
    p->user = user;
    ddni_schedule_say(&p->base, (ddni_parameter[]){{"t_min", t_min}, {"t_max", t_max}}, 2);
    double a = 0, s = 1, da = 0, ds = 0;
    if (eval(user, t_min, &a, &s, &da, &ds) == 0 && s == 0.0) {
        p->base.noiseless = 1;
    }
    ddn_status status = check_monotone(ctx, p);
    if (status != DDN_OK) {
        ddn_schedule_destroy(&p->base); /* release is not set yet: user stays the caller's */
        return status;
    }
    p->release = release;
    *out = &p->base;
    return DDN_OK;
}
