/* Arrays of a run and evaluations of the oracle into them. */
#include "integrator/integrator_impl.h"

#include "base/rng.h"

/* Outputs that a run writes to its own arrays. */
static int64_t outputs_of(const ddn_integrator *it)
{
    int64_t set = it->run.asked;
    if (it->method->needs == DDN_OUT_DRAW) {
        set |= ddni_bit(DDN_OUT_DRAW);
    } else if (it->method->needs != 0) {
        set |= ddni_bit(it->prediction);
    }
    if (ddni_integrator_i64(it, DDN_INTEGRATOR_DENOISE) != 0) {
        set |= ddni_bit(it->prediction);
    }
    return set;
}

ddn_status ddni_integrator_reserve(ddn_integrator *it, int64_t m)
{
    const int64_t real = (int64_t)sizeof(double), row = it->d * real;
    it->bound = -1; /* arrays may move */
    int64_t set = outputs_of(it);
    for (ddn_output what = 1; what < DDNI_OUTPUTS; what++) {
        if ((set & ddni_bit(what)) == 0) {
            continue;
        }
        if (ddni_output_of(what).integer) {
            DDNI_TRY(
                ddni_reserve(it->ctx, "outputs", m, (int64_t)sizeof(int64_t), &it->run.i64[what]));
        } else {
            DDNI_TRY(ddni_reserve(it->ctx, "outputs", m, ddni_output_width(it->oracle, what) * real,
                                  &it->run.f64[what]));
        }
    }
    DDNI_TRY(ddni_reserve(it->ctx, "new states", m, row, &it->run.next));
    for (int32_t i = 0; i < it->method->work; i++) {
        DDNI_TRY(ddni_reserve(it->ctx, "stages", m, row, &it->run.work[i]));
    }
    for (int32_t i = 0; i <= it->method->history && it->method->history > 0; i++) {
        DDNI_TRY(ddni_reserve(it->ctx, "history", m, row, &it->run.history[i]));
    }
    if (it->method->row_state) {
        DDNI_TRY(ddni_reserve(it->ctx, "step sizes", m, real, &it->run.row_state));
        DDNI_TRY(ddni_reserve(it->ctx, "step sizes", m, real, &it->run.row_fresh));
    }
    return DDN_OK;
}

void ddni_run_free(const ddni_allocator *al, ddni_run *run)
{
    for (int32_t i = 0; i < DDNI_OUTPUTS; i++) {
        ddni_free(al, run->f64[i]);
        ddni_free(al, run->i64[i]);
    }
    ddni_free(al, run->times);
    ddni_free(al, run->next);
    for (int32_t i = 0; i < DDNI_WORK; i++) {
        ddni_free(al, run->work[i]);
    }
    for (int32_t i = 0; i <= DDNI_HISTORY; i++) {
        ddni_free(al, run->history[i]);
    }
    ddni_free(al, run->row_state);
    ddni_free(al, run->row_fresh);
}

/* Binds the outputs of `set`, and no others. */
static ddn_status bind(ddn_integrator *it, int64_t set, double *values)
{
    if (set == it->bound && values == it->bound_values) {
        return DDN_OK;
    }
    it->bound = -1;
    for (ddn_output what = 1; what < DDNI_OUTPUTS; what++) {
        if (!ddn_oracle_can(it->oracle, what)) {
            continue;
        }
        int bound = (set & ddni_bit(what)) != 0;
        if (ddni_output_of(what).integer) {
            DDNI_TRY(ddn_query_bind_i64(it->query, what, bound ? it->run.i64[what] : NULL));
        } else {
            double *own = what == it->prediction && values != NULL ? values : it->run.f64[what];
            DDNI_TRY(ddn_query_bind_f64(it->query, what, bound ? own : NULL,
                                        ddni_output_width(it->oracle, what)));
        }
    }
    it->bound = set;
    it->bound_values = values;
    return DDN_OK;
}

ddn_status ddni_integrator_evaluate(ddn_integrator *it, double t, int64_t m, const double *x,
                                    int64_t ldx, int64_t set, double *values)
{
    DDNI_TRY(bind(it, set, values));
    it->run.evaluations += m;
    return ddn_query_run(it->query, t, m, x, ldx);
}

ddn_status ddni_integrator_stage(ddn_integrator *it, const ddni_level *level, int64_t m,
                                 const double *x, double *values, ddni_prediction *out)
{
    int64_t set = ddni_bit(it->prediction);
    DDNI_TRY(ddni_integrator_evaluate(it, level->t, m, x, it->d, set, values));
    *out = (ddni_prediction){level, x, it->d, values, it->d, it->prediction};
    return DDN_OK;
}

/* sigma grows by gamma = min(S_churn/N, sqrt(2) - 1) within its bounds (15). */
ddn_status ddni_integrator_churn(const ddn_integrator *it, const ddni_level *from,
                                 ddni_level *raised)
{
    double sigma = from->s / from->a, t_max, most, t;
    *raised = *from;
    if (!it->method->churns || !(ddni_integrator_f64(it, DDN_INTEGRATOR_CHURN) > 0.0) ||
        !(sigma >= ddni_integrator_f64(it, DDN_INTEGRATOR_CHURN_MIN)) ||
        !(sigma <= ddni_integrator_f64(it, DDN_INTEGRATOR_CHURN_MAX))) {
        return DDN_OK;
    }
    double steps = (double)(it->run.count - 1);
    double gamma = fmin(ddni_integrator_f64(it, DDN_INTEGRATOR_CHURN) / steps, 0.41421356237309505);
    DDNI_TRY(ddn_schedule_range(it->ctx, it->schedule, NULL, &t_max));
    DDNI_TRY(ddni_schedule_to_ou(it->ctx, it->schedule, t_max, &most));
    sigma *= 1.0 + gamma;
    DDNI_TRY(
        ddni_schedule_from_ou(it->ctx, it->schedule, fmin(0.5 * log1p(sigma * sigma), most), &t));
    return t > from->t ? ddni_schedule_level(it->ctx, it->schedule, t, raised) : DDN_OK;
}

ddni_sum ddni_integrator_sum(const ddn_integrator *it, const ddni_span *span, double spread)
{
    return (ddni_sum){.spread = spread,
                      .seed = ddni_integrator_i64(it, DDN_INTEGRATOR_SEED),
                      .step = ddni_integrator_i64(it, DDN_INTEGRATOR_FIRST_STEP) + span->k,
                      .use = DDNI_USE_STEP,
                      .paths = ddni_integrator_paths(it)};
}

ddn_status ddni_integrator_write(ddn_integrator *it, const ddni_sum *sum, double *out)
{
    return ddni_sum_evaluate(it->ctx, sum, it->run.m, it->d, out, it->d);
}

double ddni_sigma_share(const ddni_level *from, const ddni_level *to)
{
    double rest = from->a * to->s / (to->a * from->s);
    return ddni_transition_variance(to, from) / (from->s2 * (1.0 + rest));
}

double ddni_sigma_fall(const ddni_level *from, const ddni_level *to)
{
    double sum = from->s / from->a + to->s / to->a;
    return ddni_transition_variance(to, from) / (from->a * from->a * sum);
}

void ddni_integrator_add_ddim(ddni_sum *sum, const ddni_span *span)
{
    ddni_sum_add(sum, span->to.s / span->from.s, span->x, span->ldx);
    ddni_sum_add_mean(sum, span->to.a * ddni_sigma_share(&span->from, &span->to), &span->at);
}
