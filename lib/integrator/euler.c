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

ddn_status ddni_step_euler(ddn_integrator *it, const ddni_span *span)
{
    double eta = ddni_integrator_f64(it, DDN_INTEGRATOR_ETA), f, g2;
    double h = span->from.t - span->to.t;
    ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
    ddni_sum_add(&sum, 1.0, span->x, span->ldx);
    DDNI_TRY(ddni_schedule_rates(it->ctx, it->schedule, span->from.t, &f, &g2));
    add_slope(&sum, -h, eta, &span->at, f, g2);
    sum.spread = eta * sqrt(g2 * h);
    return ddni_integrator_write(it, &sum, it->run.next);
}

ddn_status ddni_step_heun(ddn_integrator *it, const ddni_span *span)
{
    const double t[2] = {span->from.t, span->to.t}, h = t[0] - t[1];
    double *stage = it->run.work[0], f[2], g2[2];
    for (int k = 0; k < 2; k++) {
        DDNI_TRY(
            ddni_schedule_rates_in_step(it->ctx, it->schedule, t[0], t[1], t[k], &f[k], &g2[k]));
    }
    ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
    ddni_sum_add(&sum, 1.0, span->x, span->ldx);
    add_slope(&sum, -h, 0.0, &span->at, f[0], g2[0]);
    DDNI_TRY(ddni_integrator_write(it, &sum, stage));
    ddni_prediction arrival;
    DDNI_TRY(ddni_integrator_stage(it, &span->to, it->run.m, stage, it->run.work[1], &arrival));
    sum.terms = 0;
    ddni_sum_add(&sum, 1.0, span->x, span->ldx);
    add_slope(&sum, -0.5 * h, 0.0, &span->at, f[0], g2[0]);
    add_slope(&sum, -0.5 * h, 0.0, &arrival, f[1], g2[1]);
    return ddni_integrator_write(it, &sum, it->run.next);
}

ddn_status ddni_step_edm_heun(ddn_integrator *it, const ddni_span *span)
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
