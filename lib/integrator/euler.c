/* Rules of Euler and Heun for the backward dynamics (12).
 *
 * With h = t - t' > 0:  x' = x - h [f x - (1 + eta^2)/2 g^2 score] + eta g sqrt(h) z.
 * Heun: eta = 0, the slope averaged over (t, x) and the Euler point at t'; in OU time where the
 * rates jump. EDM: the same in y = x/a, where dy/dsigma = eps. */
#include "integrator/methods.h"

/* sum += coefficient * (the slope dx/dt of the eta-family at the prediction, with rates f, g^2). */
static void add_slope(ddni_sum *sum, double coefficient, double eta, const ddni_prediction *at,
                      double f, double g2)
{
    ddni_sum_add(sum, coefficient * f, at->x, at->ldx);
    ddni_sum_add_score(sum, -coefficient * 0.5 * (1.0 + eta * eta) * g2, at);
}

/* The probability flow at a = 0, where f and g^2 are infinite: dx/dt = a' m + s' x/s. */
static ddn_status add_slope_of_noise(const ddn_integrator *it, ddni_sum *sum, double coefficient,
                                     const ddni_prediction *at)
{
    double da, ds;
    DDNI_TRY(ddni_schedule_slopes(it->ctx, it->schedule, at->level, &da, &ds));
    ddni_sum_add(sum, coefficient * ds / at->level->s, at->x, at->ldx);
    ddni_sum_add_mean(sum, coefficient * da, at);
    return DDN_OK;
}

/* A step from a = 0 of methods whose variable is sigma, or indices, which are far apart there. */
static ddn_status ddim_step(ddn_integrator *it, const ddni_span *span)
{
    ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
    ddni_integrator_add_ddim(&sum, span);
    return ddni_integrator_write(it, &sum, it->run.next);
}

/* The same step as below, of the flow alone. */
static ddn_status euler_from_noise(ddn_integrator *it, const ddni_span *span)
{
    double h = span->from.t - span->to.t;
    ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
    DDNI_CHECK(it->ctx, ddni_integrator_f64(it, DDN_INTEGRATOR_ETA) == 0.0, DDN_E_RANGE,
               "method EULER with noise has no step from t = %.17g, where a = 0 and g^2 is "
               "infinite: set DDN_INTEGRATOR_ETA to 0, or take method EXPONENTIAL, DDPM or EXACT",
               span->from.t);
    if (ddni_schedule_indexed(it->schedule)) {
        return ddim_step(it, span);
    }
    ddni_sum_add(&sum, 1.0, span->x, span->ldx);
    DDNI_TRY(add_slope_of_noise(it, &sum, -h, &span->at));
    return ddni_integrator_write(it, &sum, it->run.next);
}

ddn_status ddni_step_euler(ddn_integrator *it, const ddni_span *span)
{
    if (span->from.a <= 0.0) {
        return euler_from_noise(it, span);
    }
    double eta = ddni_integrator_f64(it, DDN_INTEGRATOR_ETA), f, g2;
    double h = span->from.t - span->to.t;
    ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
    ddni_sum_add(&sum, 1.0, span->x, span->ldx);
    DDNI_TRY(ddni_schedule_rates(it->ctx, it->schedule, span->from.t, &f, &g2));
    add_slope(&sum, -h, eta, &span->at, f, g2);
    sum.spread = eta * sqrt(g2 * h);
    return ddni_integrator_write(it, &sum, it->run.next);
}

static ddn_status add_departure(const ddn_integrator *it, ddni_sum *sum, double coefficient,
                                const ddni_span *span, double f, double g2)
{
    if (span->from.a <= 0.0) {
        return add_slope_of_noise(it, sum, coefficient, &span->at);
    }
    add_slope(sum, coefficient, 0.0, &span->at, f, g2);
    return DDN_OK;
}

ddn_status ddni_step_heun(ddn_integrator *it, const ddni_span *span)
{
    const double t[2] = {span->from.t, span->to.t}, h = t[0] - t[1];
    double *stage = it->run.work[0], f[2] = {0}, g2[2] = {0};
    const int noise = span->from.a <= 0.0;
    if (noise && ddni_schedule_indexed(it->schedule)) {
        return ddim_step(it, span);
    }
    for (int k = noise; k < 2; k++) {
        DDNI_TRY(
            ddni_schedule_rates_in_step(it->ctx, it->schedule, t[0], t[1], t[k], &f[k], &g2[k]));
    }
    ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
    ddni_sum_add(&sum, 1.0, span->x, span->ldx);
    DDNI_TRY(add_departure(it, &sum, -h, span, f[0], g2[0]));
    DDNI_TRY(ddni_integrator_write(it, &sum, stage));
    ddni_prediction arrival;
    DDNI_TRY(ddni_integrator_stage(it, &span->to, it->run.m, stage, it->run.work[1], &arrival));
    sum.terms = 0;
    ddni_sum_add(&sum, 1.0, span->x, span->ldx);
    DDNI_TRY(add_departure(it, &sum, -0.5 * h, span, f[0], g2[0]));
    add_slope(&sum, -0.5 * h, 0.0, &arrival, f[1], g2[1]);
    return ddni_integrator_write(it, &sum, it->run.next);
}

/* Heun's rule in sigma; the states may be in it->run.next. */
static ddn_status heun_in_sigma(ddn_integrator *it, const ddni_span *span)
{
    const ddni_level *from = &span->from, *to = &span->to;
    double fall = ddni_sigma_fall(from, to);
    double *stage = to->s2 > 0.0 ? it->run.work[0] : it->run.next;
    ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
    ddni_sum_add(&sum, to->a / from->a, span->x, span->ldx);
    ddni_sum_add_noise_estimate(&sum, -to->a * fall, &span->at);
    DDNI_TRY(ddni_integrator_write(it, &sum, stage));
    if (to->s2 <= 0.0) {
        return DDN_OK;
    }
    ddni_prediction arrival;
    DDNI_TRY(ddni_integrator_stage(it, to, it->run.m, stage, it->run.work[1], &arrival));
    sum.terms = 0;
    ddni_sum_add(&sum, to->a / from->a, span->x, span->ldx);
    ddni_sum_add_noise_estimate(&sum, -0.5 * to->a * fall, &span->at);
    ddni_sum_add_noise_estimate(&sum, -0.5 * to->a * fall, &arrival);
    return ddni_integrator_write(it, &sum, it->run.next);
}

ddn_status ddni_step_edm_heun(ddn_integrator *it, const ddni_span *span)
{
    const ddni_level *from = &span->from;
    if (from->a <= 0.0) {
        return ddim_step(it, span);
    }
    ddni_span high = *span; /* after the churn */
    DDNI_TRY(ddni_integrator_churn(it, from, &high.from));
    if (high.from.t <= from->t) {
        return heun_in_sigma(it, span);
    }
    double spread = sqrt(ddni_transition_variance(from, &high.from));
    ddni_sum sum =
        ddni_integrator_sum(it, span, spread * ddni_integrator_f64(it, DDN_INTEGRATOR_CHURN_NOISE));
    ddni_sum_add(&sum, high.from.a / from->a, span->x, span->ldx);
    DDNI_TRY(ddni_integrator_write(it, &sum, it->run.next));
    high.x = it->run.next;
    high.ldx = it->d;
    DDNI_TRY(
        ddni_integrator_stage(it, &high.from, it->run.m, it->run.next, it->run.work[2], &high.at));
    return heun_in_sigma(it, &high);
}
