/* Schedules given by betas at integer times: DDPM, scaled linear, tables (5) and cosine (6).
 * tau_i = -1/2 sum_{j <= i} log(1 - beta_j), summed in double-double and interpolated linearly, so
 * that a^2 = prod (1 - beta_j) at the indices. */
#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/message.h"
#include "base/progress.h"
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

/* Whether the interval ends in pure noise: there a is linear between the indices, and not log a. */
static int ends_in_noise(const discrete *p, int64_t index)
{
    return isinf(p->tau[index + 1].hi);
}

static ddni_dd tau_at(const discrete *p, double t)
{
    int64_t index = interval(p, t);
    if (t == (double)index) {
        return p->tau[index + 1];
    }
    if (ends_in_noise(p, index)) {
        return dd_add(p->tau[index], dd_neg(ddni_dd_log1p((double)(index - 1) - t)));
    }
    ddni_dd rise = dd_add(p->tau[index + 1], dd_neg(p->tau[index]));
    ddni_dd part = dd_two_sum(t, -(double)(index - 1));
    return dd_add(p->tau[index], dd_mul(rise, part));
}

static ddn_status discrete_level(ddn_context *ctx, const ddn_schedule *sch, double t,
                                 ddni_level *level)
{
    (void)ctx;
    ddni_dd tau = tau_at((const discrete *)sch, t);
    *level = (ddni_level){.t = t, .s2 = 1.0, .s = 1.0};
    if (isfinite(tau.hi)) {
        ddni_level_from_tau(t, tau, level);
    }
    return DDN_OK;
}

/* At an index the rate is the one of the interval below it: beta_i belongs to the step i-1 -> i. */
static ddn_status discrete_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f,
                                 double *g2)
{
    (void)ctx;
    const discrete *p = (const discrete *)sch;
    int64_t index = interval(p, t);
    double slope = ends_in_noise(p, index) ? 1.0 / ((double)index - t)
                                           : dd_add(p->tau[index + 1], dd_neg(p->tau[index])).hi;
    *f = -slope;
    *g2 = 2.0 * slope;
    return DDN_OK;
}

static ddn_status discrete_slopes(ddn_context *ctx, const ddn_schedule *sch,
                                  const ddni_level *level, double *da, double *ds)
{
    const discrete *p = (const discrete *)sch;
    int64_t index = interval(p, level->t);
    double f, g2;
    DDNI_TRY(discrete_rates(ctx, sch, level->t, &f, &g2));
    *da = ends_in_noise(p, index) ? -exp(-p->tau[index].hi) : f * level->a;
    *ds = -level->a * *da / level->s;
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
    if (ends_in_noise(p, high - 1)) {
        *t = (double)(low - 1) - expm1(p->tau[low].hi - tau);
        return DDN_OK;
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

#define DISCRETE(name)                                                                             \
    {                                                                                              \
        .kind = (name), .level = discrete_level, .rates = discrete_rates, .to_ou = discrete_to_ou, \
        .from_ou = discrete_from_ou, .destroy = discrete_destroy, .slopes = discrete_slopes,       \
        .indices = 1                                                                               \
    }
static const ddni_schedule_ops ddpm_ops = DISCRETE("ddpm");
static const ddni_schedule_ops scaled_ops = DISCRETE("scaled_linear");
static const ddni_schedule_ops cosine_ops = DISCRETE("cosine");
static const ddni_schedule_ops table_ops = DISCRETE("table");
static const ddni_schedule_ops zero_snr_ops = DISCRETE("zero_snr");

/* Parameters of a kind, the numbers of a table, or another schedule. */
typedef struct recipe {
    double p, q;
    int64_t steps;
    const double *values;
    const discrete *base;
} recipe;

/* The OU time of index i, where the one of index i - 1 is `before`. */
typedef ddni_dd (*tau_fn)(const recipe *r, int64_t i, ddni_dd before);

static ddni_dd after_beta(ddni_dd before, double beta)
{
    if (beta >= 1.0) {
        return dd_from(INFINITY);
    }
    return dd_add(before, dd_scale(ddni_dd_log1p(-beta), -0.5));
}

static ddn_status discrete_create(ddn_context *ctx, const ddni_schedule_ops *ops, tau_fn tau_of,
                                  const recipe *r, ddn_schedule **out)
{
    discrete *sch = NULL;
    ddn_status status;
    int64_t steps = r->steps;
    DDNI_TRY(ddni_schedule_create(ctx, sizeof *sch, ops, -1.0, (double)(steps - 1), 1, &sch));
    sch->steps = steps;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "betas", steps + 1, (int64_t)sizeof *sch->tau, &sch->tau),
                  fail);
    for (int64_t i = 0; i < steps; i++) {
        sch->tau[i + 1] = tau_of(r, i, sch->tau[i]);
        int pure = i == steps - 1 && isinf(sch->tau[i + 1].hi);
        if (!(sch->tau[i + 1].hi > sch->tau[i].hi &&
              (pure || sch->tau[i + 1].hi <= DDNI_TAU_MAX))) {
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

/* first .. last in equal parts. */
static double between(const recipe *r, int64_t i)
{
    return r->steps == 1 ? r->p : r->p + (r->q - r->p) * (double)i / (double)(r->steps - 1);
}

static ddni_dd linear_tau(const recipe *r, int64_t i, ddni_dd before)
{
    return after_beta(before, between(r, i));
}

static ddni_dd scaled_tau(const recipe *r, int64_t i, ddni_dd before)
{
    double root = between(r, i);
    return after_beta(before, root * root);
}

/* Both kinds of betas between two ends; the recipe is in terms of their roots where tau_of is. */
static ddn_status create_between(ddn_context *ctx, const ddni_schedule_ops *ops, tau_fn tau_of,
                                 double beta_first, double beta_last, int64_t steps,
                                 ddn_schedule **out)
{
    DDNI_CHECK_REAL(ctx, beta_first, 1e-15, 1.0 - 1e-15);
    DDNI_CHECK_REAL(ctx, beta_last, 1e-15, 1.0 - 1e-15);
    DDNI_CHECK_INT(ctx, steps, 1, STEPS_MAX);
    int roots = tau_of == scaled_tau;
    recipe r = {.p = roots ? sqrt(beta_first) : beta_first,
                .q = roots ? sqrt(beta_last) : beta_last,
                .steps = steps};
    DDNI_TRY(discrete_create(ctx, ops, tau_of, &r, out));
    ddni_schedule_say(*out,
                      (ddni_parameter[]){{"beta_first", beta_first},
                                         {"beta_last", beta_last},
                                         {"steps", (double)steps}},
                      3);
    return DDN_OK;
}

ddn_status ddn_schedule_create_ddpm(ddn_context *ctx, double beta_first, double beta_last,
                                    int64_t steps, ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    return create_between(ctx, &ddpm_ops, linear_tau, beta_first, beta_last, steps, out);
}

ddn_status ddn_schedule_create_scaled_linear(ddn_context *ctx, double beta_first, double beta_last,
                                             int64_t steps, ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    return create_between(ctx, &scaled_ops, scaled_tau, beta_first, beta_last, steps, out);
}

/* 1 - cos^2(y)/cos^2(x) = sin(y - x) sin(y + x) / cos^2(x): no cancellation at small i. */
static ddni_dd cosine_tau(const recipe *r, int64_t i, ddni_dd before)
{
    const double half_pi = 1.57079632679489661923, offset = r->p, steps = (double)r->steps;
    double scale = half_pi / (1.0 + offset);
    double x = ((double)i / steps + offset) * scale;
    double y = ((double)(i + 1) / steps + offset) * scale;
    double beta = sin(scale / steps) * sin(x + y) / (cos(x) * cos(x));
    return after_beta(before, fmin(beta, r->q));
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
    recipe r = {.p = offset, .q = beta_max, .steps = steps};
    DDNI_TRY(discrete_create(ctx, &cosine_ops, cosine_tau, &r, out));
    ddni_schedule_say(
        *out,
        (ddni_parameter[]){{"steps", (double)steps}, {"offset", offset}, {"beta_max", beta_max}},
        3);
    return DDN_OK;
}

/* ---- Tables: the numbers as given. */

static ddni_dd alpha_bar_tau(const recipe *r, int64_t i, ddni_dd before)
{
    (void)before;
    return r->values[i] > 0.0 ? dd_scale(ddni_dd_log(r->values[i]), -0.5) : dd_from(INFINITY);
}

static ddni_dd beta_tau(const recipe *r, int64_t i, ddni_dd before)
{
    return after_beta(before, r->values[i]);
}

static const char *const table_names[] = {"", "alpha_bar", "beta"};

/* Each number is one of its kind, and alpha_bar falls; the last one may be that of pure noise. */
static ddn_status check_table(ddn_context *ctx, ddn_table kind, int64_t count, const double *values)
{
    for (int64_t i = 0; i < count; i++) {
        DDNI_TRY(ddni_poll(ctx));
        DDNI_CHECK(ctx, isfinite(values[i]), DDN_E_NONFINITE, "%s: values[%lld] = %g is not finite",
                   table_names[kind], (long long)i, values[i]);
        double noise = kind == DDN_TABLE_BETA ? 1.0 : 0.0;
        int pure = i == count - 1 && values[i] == noise;
        DDNI_CHECK(ctx, pure || (values[i] > 0.0 && values[i] < 1.0), DDN_E_RANGE,
                   "%s: values[%lld] = %.17g is outside (0, 1)%s", table_names[kind], (long long)i,
                   values[i], values[i] == noise ? ": pure noise is for the last entry" : "");
        DDNI_CHECK(ctx, kind != DDN_TABLE_ALPHA_BAR || i == 0 || values[i] < values[i - 1],
                   DDN_E_RANGE,
                   "alpha_bar: values[%lld] = %.17g does not fall below values[%lld] = %.17g",
                   (long long)i, values[i], (long long)i - 1, values[i - 1]);
    }
    return DDN_OK;
}

ddn_status ddn_schedule_create_table(ddn_context *ctx, ddn_table kind, int64_t count,
                                     const double *values, ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK(ctx, kind == DDN_TABLE_ALPHA_BAR || kind == DDN_TABLE_BETA, DDN_E_KEY,
               "there is no kind of table %d", (int)kind);
    DDNI_CHECK_INT(ctx, count, 1, STEPS_MAX);
    DDNI_CHECK_PTR(ctx, values);
    DDNI_TRY(check_table(ctx, kind, count, values));
    recipe r = {.steps = count, .values = values};
    DDNI_TRY(discrete_create(ctx, &table_ops, kind == DDN_TABLE_BETA ? beta_tau : alpha_bar_tau, &r,
                             out));
    /* the numbers are too many to say: their digest tells tables apart */
    ddni_say((*out)->text, sizeof(*out)->text, "table(%s, steps=%lld, digest=%016llx)",
             table_names[kind], (long long)count,
             (unsigned long long)DDNI_DIGEST_OF(values, count));
    return DDN_OK;
}

/* ---- Another schedule, so that it ends in pure noise (27). */

static ddni_dd a_at(const discrete *p, int64_t i)
{
    ddni_dd tau = p->tau[i + 1];
    return isinf(tau.hi) ? dd_from(0.0) : ddni_dd_exp(dd_neg(tau));
}

static ddni_dd zero_snr_tau(const recipe *r, int64_t i, ddni_dd before)
{
    (void)before;
    if (i == 0) {
        return r->base->tau[1];
    }
    if (i == r->steps - 1) {
        return dd_from(INFINITY);
    }
    ddni_dd first = a_at(r->base, 0), last = dd_neg(a_at(r->base, r->steps - 1));
    ddni_dd share = dd_div(dd_add(a_at(r->base, i), last), dd_add(first, last));
    ddni_dd log_share = dd_add(ddni_dd_log(share.hi), dd_from(share.lo / share.hi));
    return dd_add(r->base->tau[1], dd_neg(log_share));
}

ddn_status ddn_schedule_create_zero_snr(ddn_context *ctx, const ddn_schedule *base,
                                        ddn_schedule **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, base);
    DDNI_CHECK(
        ctx, base->ops->indices, DDN_E_UNSUPPORTED,
        "schedule %s has no indices: zero terminal SNR is for ddpm, scaled_linear, table and "
        "cosine",
        base->ops->kind);
    recipe r = {.steps = ((const discrete *)base)->steps, .base = (const discrete *)base};
    DDNI_CHECK(ctx, r.steps >= 2, DDN_E_RANGE,
               "a schedule of 1 index cannot both keep its first level and end in pure noise");
    DDNI_TRY(discrete_create(ctx, &zero_snr_ops, zero_snr_tau, &r, out));
    ddni_say((*out)->text, sizeof(*out)->text, "zero_snr(%s)", base->text);
    return DDN_OK;
}
