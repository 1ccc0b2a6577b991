/* Samplers that integrate the linear part exactly (15).
 *
 * DDIM of the eta-family: with v = s^2 - (a/a')^2 s'^2 and q = eta^2 v s'^2/s^2,
 *     x' = a' m + sqrt(s'^2 - q) (x - a m)/s + sqrt(q) z.
 * DDPM: x' = (a'/a)(x + v score) + sqrt(u) z, the mean of eta = 1; in variance-preserving
 * coordinates (x / sqrt(a^2 + s^2)) u is beta = v or beta v'/v. */
#include "integrator/methods.h"

ddn_status ddni_step_exponential(ddn_integrator *it, const ddni_span *span)
{
    const ddni_level *from = &span->from, *to = &span->to;
    double eta = ddni_integrator_f64(it, DDN_INTEGRATOR_ETA);
    double noise = eta * eta * (ddni_transition_variance(to, from) / from->s2);
    double step = from->a / to->a;
    ddni_sum ddim = ddni_integrator_sum(it, span, 0.0);
    if (noise <= 0.0) {
        ddni_integrator_add_ddim(&ddim, span);
        return ddni_integrator_write(it, &ddim, it->run.next);
    }
    /* 1 - noise, with v/s^2 = 1 - (a/a')^2 s'^2/s^2 put in so that nothing cancels */
    double rest = (1.0 - eta) * (1.0 + eta) + eta * eta * step * step * (to->s2 / from->s2);
    ddni_sum sum = ddni_integrator_sum(it, span, to->s * sqrt(noise));
    double kept = to->s / from->s * sqrt(rest);
    ddni_sum_add(&sum, kept, span->x, span->ldx);
    ddni_sum_add_mean(&sum, to->a - from->a * kept, &span->at);
    return ddni_integrator_write(it, &sum, it->run.next);
}

ddn_status ddni_step_ddpm(ddn_integrator *it, const ddni_span *span)
{
    const ddni_level *from = &span->from, *to = &span->to;
    double v = ddni_transition_variance(to, from);
    double narrow = v * (to->s2 / from->s2), spread = 0.0;
    if (to->s2 > 0.0) {
        double size = (to->a * to->a + to->s2) / (from->a * from->a + from->s2);
        spread = sqrt(ddni_integrator_i64(it, DDN_INTEGRATOR_VARIANCE) == 0 ? v * size : narrow);
    }
    ddni_sum sum = ddni_integrator_sum(it, span, spread);
    ddni_sum_add(&sum, from->a / to->a * (to->s2 / from->s2), span->x, span->ldx);
    ddni_sum_add_mean(&sum, to->a * (v / from->s2), &span->at);
    return ddni_integrator_write(it, &sum, it->run.next);
}
