/* Methods that remember earlier evaluations (15).
 *
 * All rest on the exact solution for a constant eps, x' = a' (x/a - (sigma - sigma') eps), called
 * transfer below. */
#include "integrator/methods.h"

static void add_transfer(ddni_sum *sum, const ddni_span *span, const ddni_level *to)
{
    ddni_sum_add(sum, to->a / span->from.a, span->x, span->ldx);
}

/* Weights of the Adams-Bashforth step from t[0] to `end` on values at t[0], t[1], ..: the mean over
 * [end, t[0]] of each Lagrange polynomial; equal steps give (55, -59, 37, -9)/24. */
static void adams_weights(const double *t, int32_t count, double end, double *weight)
{
    double h = end - t[0];
    for (int32_t i = 0; i < count; i++) {
        double poly[DDNI_HISTORY + 1] = {1.0, 0.0, 0.0, 0.0}; /* in u = (time - t[0])/h */
        int32_t degree = 0;
        for (int32_t j = 0; j < count; j++) {
            if (j == i) {
                continue;
            }
            double root = (t[j] - t[0]) / h, scale = h / (t[i] - t[j]);
            for (int32_t k = ++degree; k >= 0; k--) {
                poly[k] = scale * ((k > 0 ? poly[k - 1] : 0.0) - root * poly[k]);
            }
        }
        weight[i] = 0.0;
        for (int32_t k = 0; k <= degree; k++) {
            weight[i] += poly[k] / (double)(k + 1);
        }
    }
}

/* Three pseudo Runge-Kutta steps start the method: eps at the departure, twice at the middle of the
 * time step, and at the arrival, each reached by a transfer. */
static ddn_status pndm_start(ddn_integrator *it, const ddni_span *span, const double *first)
{
    static const double weight[4] = {1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0};
    ddni_level middle;
    DDNI_TRY(
        ddni_schedule_level(it->ctx, it->schedule, 0.5 * (span->from.t + span->to.t), &middle));
    double *stage = it->run.work[0], *values = it->run.work[4];
    const double *eps[4] = {first, it->run.work[1], it->run.work[2], it->run.work[3]};
    for (int32_t i = 1; i < 4; i++) {
        const ddni_level *to = i < 3 ? &middle : &span->to;
        ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
        add_transfer(&sum, span, to);
        ddni_sum_add(&sum, -to->a * ddni_sigma_fall(&span->from, to), eps[i - 1], it->d);
        DDNI_TRY(ddni_integrator_write(it, &sum, stage));
        ddni_prediction at;
        DDNI_TRY(ddni_integrator_stage(it, to, it->run.m, stage, values, &at));
        ddni_sum estimate = ddni_integrator_sum(it, span, 0.0);
        ddni_sum_add_noise_estimate(&estimate, 1.0, &at);
        DDNI_TRY(ddni_integrator_write(it, &estimate, it->run.work[i]));
    }
    double fall = span->to.a * ddni_sigma_fall(&span->from, &span->to);
    ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
    add_transfer(&sum, span, &span->to);
    for (int32_t i = 0; i < 4; i++) {
        ddni_sum_add(&sum, -fall * weight[i], eps[i], it->d);
    }
    return ddni_integrator_write(it, &sum, it->run.next);
}

ddn_status ddni_step_pndm(ddn_integrator *it, const ddni_span *span)
{
    double *eps = it->run.history[it->method->history];
    ddni_sum estimate = ddni_integrator_sum(it, span, 0.0);
    ddni_sum_add_noise_estimate(&estimate, 1.0, &span->at);
    DDNI_TRY(ddni_integrator_write(it, &estimate, eps));
    if (span->from.a <= 0.0) { /* eps is x/s there, and sigma infinite */
        ddni_sum start = ddni_integrator_sum(it, span, 0.0);
        ddni_integrator_add_ddim(&start, span);
        return ddni_integrator_write(it, &start, it->run.next);
    }
    int end = span->to.s2 <= 0.0; /* a step unlike the others: no memory, no stages */
    if (!end && it->run.remembered < DDNI_HISTORY) {
        return pndm_start(it, span, eps);
    }
    double weight[DDNI_HISTORY + 1] = {1.0};
    if (!end) {
        double t[DDNI_HISTORY + 1] = {span->from.t};
        for (int32_t i = 0; i < DDNI_HISTORY; i++) {
            t[i + 1] = it->run.history_time[i];
        }
        adams_weights(t, DDNI_HISTORY + 1, span->to.t, weight);
    }
    double fall = span->to.a * ddni_sigma_fall(&span->from, &span->to);
    ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
    add_transfer(&sum, span, &span->to);
    ddni_sum_add(&sum, -fall * weight[0], eps, it->d);
    for (int32_t i = 0; i < DDNI_HISTORY && !end; i++) {
        ddni_sum_add(&sum, -fall * weight[i + 1], it->run.history[i], it->d);
    }
    return ddni_integrator_write(it, &sum, it->run.next);
}

/* D = m + (m - m_before) h/(2 h_before), h = change of log(a/s);
 * x' = (s'/s) x + a' (1 - sigma'/sigma) D. */
ddn_status ddni_step_multistep2(ddn_integrator *it, const ddni_span *span)
{
    const ddni_level *from = &span->from, *to = &span->to;
    double *mean = it->run.history[it->method->history], extra = 0.0;
    ddni_sum denoiser = ddni_integrator_sum(it, span, 0.0);
    ddni_sum_add_mean(&denoiser, 1.0, &span->at);
    DDNI_TRY(ddni_integrator_write(it, &denoiser, mean));
    double relative = ddni_sigma_share(from, to); /* 1 - sigma'/sigma */
    if (it->run.remembered > 0 && to->s2 > 0.0) {
        ddni_level before;
        DDNI_TRY(ddni_schedule_level(it->ctx, it->schedule, it->run.history_time[0], &before));
        double past = ddni_sigma_share(&before, from); /* 1 after a = 0: then extra is 0 */
        extra = 0.5 * log1p(-relative) / log1p(-past);
    }
    ddni_sum sum = ddni_integrator_sum(it, span, 0.0);
    ddni_sum_add(&sum, to->s / from->s, span->x, span->ldx);
    ddni_sum_add(&sum, to->a * relative * (1.0 + extra), mean, it->d);
    if (extra != 0.0) {
        ddni_sum_add(&sum, -to->a * relative * extra, it->run.history[0], it->d);
    }
    return ddni_integrator_write(it, &sum, it->run.next);
}

/* eps* = gamma eps + (1 - gamma) eps_before, sigma_p = (sigma'/sigma^mu)^(1/(1 - mu)),
 * y' = y - (sigma - sigma_p) eps* + sqrt(sigma'^2 - sigma_p^2) z in y = x/a. */
ddn_status ddni_step_gradient_estimation(ddn_integrator *it, const ddni_span *span)
{
    const ddni_level *from = &span->from, *to = &span->to;
    double gamma = ddni_integrator_f64(it, DDN_INTEGRATOR_GAMMA);
    double mu = ddni_integrator_f64(it, DDN_INTEGRATOR_MU);
    double *eps = it->run.history[it->method->history];
    ddni_sum estimate = ddni_integrator_sum(it, span, 0.0);
    ddni_sum_add_noise_estimate(&estimate, 1.0, &span->at);
    DDNI_TRY(ddni_integrator_write(it, &estimate, eps));
    double sigma = from->s / from->a, next = to->s / to->a;
    if (from->a <= 0.0) { /* sigma is infinite: sigma_p = sigma' for mu = 0, else 0 */
        ddni_sum start = ddni_integrator_sum(it, span, mu > 0.0 ? to->s : 0.0);
        ddni_sum_add_mean(&start, to->a, &span->at);
        ddni_sum_add(&start, mu > 0.0 ? 0.0 : to->s / from->s, span->x, span->ldx);
        return ddni_integrator_write(it, &start, it->run.next);
    }
    double aim = mu > 0.0 ? next * pow(next / sigma, mu / (1.0 - mu)) : next;
    double fall = mu > 0.0 ? sigma - aim : ddni_sigma_fall(from, to);
    double weight = it->run.remembered > 0 ? gamma : 1.0;
    ddni_sum sum = ddni_integrator_sum(it, span, to->a * sqrt((next - aim) * (next + aim)));
    ddni_sum_add(&sum, to->a / from->a, span->x, span->ldx);
    ddni_sum_add(&sum, -to->a * fall * weight, eps, it->d);
    if (weight != 1.0) {
        ddni_sum_add(&sum, -to->a * fall * (1.0 - weight), it->run.history[0], it->d);
    }
    return ddni_integrator_write(it, &sum, it->run.next);
}
