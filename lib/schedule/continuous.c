/* Schedules in closed form: Ornstein-Uhlenbeck (1), variance-preserving with linear beta (4),
 * EDM / variance-exploding (7), flow matching (26). */
#include "base/check.h"
#include "schedule/kinds.h"

/* ---- Ornstein-Uhlenbeck: t is the OU time itself. */

static ddn_status ou_level(ddn_context *ctx, const ddn_schedule *sch, double t, ddni_level *level)
{
    (void)ctx;
    (void)sch;
    ddni_level_from_tau(t, dd_from(t), level);
    return DDN_OK;
}

static ddn_status ou_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f,
                           double *g2)
{
    (void)ctx;
    (void)sch;
    (void)t;
    *f = -1.0;
    *g2 = 2.0;
    return DDN_OK;
}

static ddn_status ou_same(ddn_context *ctx, const ddn_schedule *sch, double from, double *to)
{
    (void)ctx;
    (void)sch;
    *to = from;
    return DDN_OK;
}

static const ddni_schedule_ops ou_ops = {
    .kind = "ou", .level = ou_level, .rates = ou_rates, .to_ou = ou_same, .from_ou = ou_same};

ddn_status ddn_schedule_create_ou(ddn_context *ctx, ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    DDNI_TRY(ddni_schedule_create(ctx, sizeof(ddn_schedule), &ou_ops, 0.0, DDNI_TAU_MAX, 1, out));
    (*out)->tau_max = DDNI_TAU_MAX;
    return DDN_OK;
}

/* ---- Variance-preserving: tau = (beta_min u + (beta_max - beta_min) u^2 / 2) / 2. */

typedef struct vp {
    ddn_schedule base;
    double beta_min, slope;
} vp;

static ddni_dd vp_tau(const vp *p, double u)
{
    ddni_dd linear = dd_two_prod(p->beta_min, u);
    ddni_dd square = dd_scale(dd_two_prod(u, u), 0.5 * p->slope);
    return dd_scale(dd_add(linear, square), 0.5);
}

static ddn_status vp_level(ddn_context *ctx, const ddn_schedule *sch, double t, ddni_level *level)
{
    (void)ctx;
    ddni_level_from_tau(t, vp_tau((const vp *)sch, t), level);
    return DDN_OK;
}

static ddn_status vp_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f,
                           double *g2)
{
    (void)ctx;
    const vp *p = (const vp *)sch;
    *g2 = p->beta_min + p->slope * t;
    *f = -0.5 * *g2;
    return DDN_OK;
}

static ddn_status vp_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau)
{
    (void)ctx;
    *tau = vp_tau((const vp *)sch, t).hi;
    return DDN_OK;
}

static ddn_status vp_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
{
    (void)ctx;
    const vp *p = (const vp *)sch;
    /* The root of the quadratic, written without the difference of two near numbers. */
    double root = sqrt(p->beta_min * p->beta_min + 4.0 * p->slope * tau);
    *t = tau > 0.0 ? 4.0 * tau / (p->beta_min + root) : 0.0;
    return DDN_OK;
}

static const ddni_schedule_ops vp_ops = {.kind = "vp_linear",
                                         .level = vp_level,
                                         .rates = vp_rates,
                                         .to_ou = vp_to_ou,
                                         .from_ou = vp_from_ou};

ddn_status ddn_schedule_create_vp_linear(ddn_context *ctx, double beta_min, double beta_max,
                                         ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_REAL(ctx, beta_min, 0.0, 2.0 * DDNI_TAU_MAX);
    DDNI_CHECK_REAL(ctx, beta_max, beta_min, 2.0 * DDNI_TAU_MAX);
    DDNI_CHECK(ctx, beta_max > 0.0, DDN_E_RANGE, "argument beta_max = 0 is not positive");
    vp *p;
    DDNI_TRY(ddni_schedule_create(ctx, sizeof *p, &vp_ops, 0.0, 1.0, 1, &p));
    p->beta_min = beta_min;
    p->slope = beta_max - beta_min;
    p->base.tau_max = vp_tau(p, 1.0).hi;
    ddni_schedule_say(&p->base, (ddni_parameter[]){{"beta_min", beta_min}, {"beta_max", beta_max}},
                      2);
    *out = &p->base;
    return DDN_OK;
}

/* ---- EDM: t is sigma, a = 1. */

static ddn_status edm_level(ddn_context *ctx, const ddn_schedule *sch, double t, ddni_level *level)
{
    (void)ctx;
    (void)sch;
    ddni_dd s2 = dd_two_prod(t, t);
    *level = (ddni_level){.t = t, .a = 1.0, .s2 = s2.hi, .s2_low = s2.lo, .s = t};
    return DDN_OK;
}

static ddn_status edm_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f,
                            double *g2)
{
    (void)ctx;
    (void)sch;
    *f = 0.0;
    *g2 = 2.0 * t;
    return DDN_OK;
}

static ddn_status edm_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau)
{
    (void)ctx;
    (void)sch;
    *tau = 0.5 * log1p(t * t);
    return DDN_OK;
}

static ddn_status edm_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
{
    (void)ctx;
    (void)sch;
    *t = sqrt(expm1(2.0 * tau));
    return DDN_OK;
}

static ddn_status edm_slopes(ddn_context *ctx, const ddn_schedule *sch, const ddni_level *level,
                             double *da, double *ds)
{
    (void)ctx;
    (void)sch;
    (void)level;
    *da = 0.0;
    *ds = 1.0;
    return DDN_OK;
}

static const ddni_schedule_ops edm_ops = {.kind = "edm",
                                          .level = edm_level,
                                          .rates = edm_rates,
                                          .to_ou = edm_to_ou,
                                          .from_ou = edm_from_ou,
                                          .slopes = edm_slopes};

ddn_status ddn_schedule_create_edm(ddn_context *ctx, ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    double sigma_max = sqrt(expm1(2.0 * DDNI_TAU_MAX));
    DDNI_TRY(ddni_schedule_create(ctx, sizeof(ddn_schedule), &edm_ops, 0.0, sigma_max, 1, out));
    (*out)->tau_max = 0.5 * log1p(sigma_max * sigma_max);
    return DDN_OK;
}

/* ---- Flow matching: a = 1 - u, s = u, to u = 1, where a = 0. */

static ddn_status flow_level(ddn_context *ctx, const ddn_schedule *sch, double t, ddni_level *level)
{
    (void)ctx;
    (void)sch;
    ddni_dd a = dd_two_sum(1.0, -t), s2 = dd_two_prod(t, t);
    *level = (ddni_level){.t = t, .a = a.hi, .a_low = a.lo, .s2 = s2.hi, .s2_low = s2.lo, .s = t};
    return DDN_OK;
}

static ddn_status flow_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f,
                             double *g2)
{
    (void)ctx;
    (void)sch;
    *f = -1.0 / (1.0 - t);
    *g2 = 2.0 * t / (1.0 - t);
    return DDN_OK;
}

static ddn_status flow_slopes(ddn_context *ctx, const ddn_schedule *sch, const ddni_level *level,
                              double *da, double *ds)
{
    (void)ctx;
    (void)sch;
    (void)level;
    *da = -1.0;
    *ds = 1.0;
    return DDN_OK;
}

static ddn_status flow_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau)
{
    (void)ctx;
    (void)sch;
    double sigma = t / (1.0 - t);
    *tau = 0.5 * log1p(sigma * sigma);
    return DDN_OK;
}

/* u = sigma/(1 + sigma), also for sigma = 0 and infinity. */
static ddn_status flow_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
{
    (void)ctx;
    (void)sch;
    double sigma = sqrt(expm1(2.0 * tau));
    *t = sigma < 1.0 ? sigma / (1.0 + sigma) : 1.0 / (1.0 + 1.0 / sigma);
    return DDN_OK;
}

static const ddni_schedule_ops flow_ops = {.kind = "flow",
                                           .level = flow_level,
                                           .rates = flow_rates,
                                           .to_ou = flow_to_ou,
                                           .from_ou = flow_from_ou,
                                           .slopes = flow_slopes};

ddn_status ddn_schedule_create_flow(ddn_context *ctx, ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    DDNI_TRY(ddni_schedule_create(ctx, sizeof(ddn_schedule), &flow_ops, 0.0, 1.0, 1, out));
    (*out)->tau_max = INFINITY;
    return DDN_OK;
}
