/* Exact transitions: the reverse kernel (13) and the forward process (9).
 *
 * Reverse: y ~ p(x_0 | x), then x' given x and y. With v = s^2 - (a/a')^2 s'^2, the variance of x
 * given x',
 *     x' = [(a/a') s'^2 x + a' v y] / s^2 + sqrt(v s'^2 / s^2) z.
 * At s' = 0 this is a' y without rounding. */
#include "integrator/methods.h"

ddn_status ddni_step_exact(ddn_integrator *it, const ddni_span *span)
{
    const ddni_level *from = &span->from, *to = &span->to;
    double v = ddni_transition_variance(to, from);
    ddni_sum sum = ddni_integrator_sum(it, span, sqrt(v * (to->s2 / from->s2)));
    ddni_sum_add(&sum, from->a / to->a * (to->s2 / from->s2), span->x, span->ldx);
    ddni_sum_add(&sum, to->a * (v / from->s2), span->at.values, span->at.ld);
    return ddni_integrator_write(it, &sum, it->run.next);
}

ddn_status ddni_step_forward(ddn_integrator *it, const ddni_span *span)
{
    ddni_sum sum =
        ddni_integrator_sum(it, span, sqrt(ddni_transition_variance(&span->from, &span->to)));
    sum.use = DDNI_USE_FORWARD_RUN;
    ddni_sum_add(&sum, span->to.a / span->from.a, span->x, span->ldx);
    return ddni_integrator_write(it, &sum, it->run.next);
}
