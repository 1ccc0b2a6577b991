/* Schedules given by betas at integer times: DDPM (5) and cosine (6).
 * tau_i = -1/2 sum_{j <= i} log(1 - beta_j), summed in double-double and interpolated linearly, so
 * that a^2 = prod (1 - beta_j) at the indices. */
#include <string.h>

#include "base/check.h"
#include "schedule/kinds.h"

typedef struct discrete {
    ddn_schedule base;
    int64_t steps;
    ddni_dd *tau; /* [steps + 1]: tau[i + 1] belongs to index i, tau[0] = 0 to index -1 */
} discrete;

/* The interval (index - 1, index] that contains t; index in [0, steps - 1]. */
static int64_t interval(const discrete *p, double t)
{
    int64_t index = (int64_t)ceil(t);
    if (index < 0) {
        return 0;
    }
    return index < p->steps ? index : p->steps - 1;
}

static ddni_dd tau_at(const discrete *p, double t)
{
    int64_t index = interval(p, t);
    if (t == (double)index) {
        return p->tau[index + 1];
    }
    ddni_dd rise = dd_add(p->tau[index + 1], dd_neg(p->tau[index]));
    ddni_dd part = dd_two_sum(t, -(double)(index - 1));
    return dd_add(p->tau[index], dd_mul(rise, part));
}

static ddn_status discrete_level(ddn_context *ctx, const ddn_schedule *sch, double t,
                                 ddni_level *level)
{
    (void)ctx;
    ddni_level_from_tau(t, tau_at((const discrete *)sch, t), level);
    return DDN_OK;
}

/* At an index the rate is the one of the interval below it: beta_i belongs to the step i-1 -> i. */
static ddn_status discrete_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f,
                                 double *g2)
{
    (void)ctx;
    const discrete *p = (const discrete *)sch;
    int64_t index = interval(p, t);
    double slope = dd_add(p->tau[index + 1], dd_neg(p->tau[index])).hi;
    *f = -slope;
    *g2 = 2.0 * slope;
    return DDN_OK;
}

static ddn_status discrete_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau)
{
    (void)ctx;
    *tau = tau_at((const discrete *)sch, t).hi;
    return DDN_OK;
}

static ddn_status discrete_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
{
    (void)ctx;
    const discrete *p = (const discrete *)sch;
    int64_t low = 0, high = p->steps; /* tau[low].hi <= tau <= tau[high].hi */
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (p->tau[middle].hi <= tau) {
            low = middle;
        } else {
            high = middle;
        }
    }
    double rise = dd_add(p->tau[high], dd_neg(p->tau[low])).hi;
    double part = ((tau - p->tau[low].hi) - p->tau[low].lo) / rise;
    double index = (double)(low - 1) + fmin(fmax(part, 0.0), 1.0);
    *t = tau == p->tau[low].hi ? (double)(low - 1) : index;
    return DDN_OK;
}

static void discrete_destroy(ddn_schedule *sch)
{
    ddni_free(&sch->handle.allocator, ((discrete *)sch)->tau);
}

static const ddni_schedule_ops ddpm_ops = {
    "ddpm", discrete_level, discrete_rates, discrete_to_ou, discrete_from_ou, discrete_destroy, 1};
static const ddni_schedule_ops cosine_ops = {
    "cosine", discrete_level, discrete_rates, discrete_to_ou, discrete_from_ou, discrete_destroy,
    1};

/* beta_i of a kind with its two parameters. */
typedef double (*beta_fn)(int64_t i, int64_t steps, double p, double q);

static ddn_status discrete_create(ddn_context *ctx, const ddni_schedule_ops *ops, int64_t steps,
                                  beta_fn beta, double p, double q, ddn_schedule **out)
{
    discrete *sch = NULL;
    ddn_status status;
    DDNI_TRY(ddni_schedule_create(ctx, sizeof *sch, ops, -1.0, (double)(steps - 1), 1, &sch));
    sch->steps = steps;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "betas", steps + 1, (int64_t)sizeof *sch->tau, &sch->tau),
                  fail);
    for (int64_t i = 0; i < steps; i++) {
        ddni_dd increment = dd_scale(ddni_dd_log1p(-beta(i, steps, p, q)), -0.5);
        sch->tau[i + 1] = dd_add(sch->tau[i], increment);
        if (!(sch->tau[i + 1].hi > sch->tau[i].hi && sch->tau[i + 1].hi <= DDNI_TAU_MAX)) {
            status =
                ddni_fail(ctx, DDN_E_RANGE, "beta_%lld takes the OU time from %g to %g, limit %g",
                          (long long)i, sch->tau[i].hi, sch->tau[i + 1].hi, DDNI_TAU_MAX);
            goto fail;
        }
    }
    sch->base.tau_max = sch->tau[steps].hi;
    *out = &sch->base;
    return DDN_OK;
fail:
    ddn_schedule_destroy(&sch->base);
    return status;
}

enum {
    STEPS_MAX = 100000000
};

static double linear_beta(int64_t i, int64_t steps, double first, double last)
{
    return steps == 1 ? first : first + (last - first) * (double)i / (double)(steps - 1);
}

ddn_status ddn_schedule_create_ddpm(ddn_context *ctx, double beta_first, double beta_last,
                                    int64_t steps, ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_REAL(ctx, beta_first, 1e-15, 1.0 - 1e-15);
    DDNI_CHECK_REAL(ctx, beta_last, 1e-15, 1.0 - 1e-15);
    DDNI_CHECK_INT(ctx, steps, 1, STEPS_MAX);
    DDNI_TRY(discrete_create(ctx, &ddpm_ops, steps, linear_beta, beta_first, beta_last, out));
    ddni_schedule_say(*out,
                      (ddni_parameter[]){{"beta_first", beta_first},
                                         {"beta_last", beta_last},
                                         {"steps", (double)steps}},
                      3);
    return DDN_OK;
}

/* 1 - cos^2(y)/cos^2(x) = sin(y - x) sin(y + x) / cos^2(x): no cancellation at small i. */
static double cosine_beta(int64_t i, int64_t steps, double offset, double beta_max)
{
    const double half_pi = 1.57079632679489661923;
    double scale = half_pi / (1.0 + offset);
    double x = ((double)i / (double)steps + offset) * scale;
    double y = ((double)(i + 1) / (double)steps + offset) * scale;
    double beta = sin(scale / (double)steps) * sin(x + y) / (cos(x) * cos(x));
    return fmin(beta, beta_max);
}

ddn_status ddn_schedule_create_cosine(ddn_context *ctx, int64_t steps, double offset,
                                      double beta_max, ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_INT(ctx, steps, 1, STEPS_MAX);
    DDNI_CHECK_REAL(ctx, offset, 0.0, 1.0);
    DDNI_CHECK_REAL(ctx, beta_max, 1e-15, 1.0 - 1e-15);
    DDNI_TRY(discrete_create(ctx, &cosine_ops, steps, cosine_beta, offset, beta_max, out));
    ddni_schedule_say(
        *out,
        (ddni_parameter[]){{"steps", (double)steps}, {"offset", offset}, {"beta_max", beta_max}},
        3);
    return DDN_OK;
}
