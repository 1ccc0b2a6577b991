/* One step of Dormand and Prince's pair. */
#include "integrator/pair.h"

#include "base/check.h"

ddn_status ddni_pair_step(const ddni_pair *pair, int64_t count, double h, ddni_level *end)
{
    int64_t width = pair->width;
    for (int32_t s = 1; s < DDNI_STAGES; s++) {
        DDNI_TRY(pair->level(pair->user, ddni_stage_node[s], end));
        ddni_sum sum = {.terms = 0};
        ddni_sum_add(&sum, end->a, pair->from, width);
        for (int32_t i = 0; i < s; i++) {
            ddni_sum_add(&sum, end->a * h * ddni_stage_weight[s][i], pair->k[i], width);
        }
        DDNI_TRY(ddni_sum_evaluate(pair->ctx, &sum, count, width, pair->x, width));
        DDNI_TRY(pair->slope(pair->user, end, count, pair->k[s]));
    }
    return DDN_OK;
}

double ddni_pair_difference(const ddni_pair *pair, int64_t i)
{
    double sum = 0.0;
    for (int32_t s = 0; s < DDNI_STAGES; s++) {
        sum += ddni_stage_difference[s] * pair->k[s][i];
    }
    return sum;
}

ddn_status ddni_flow_slope(ddn_context *ctx, const ddni_prediction *at, int64_t m, int64_t d,
                           double *k, int64_t ldk)
{
    ddni_sum sum = {.terms = 0};
    ddni_sum_add(&sum, 1.0 / at->level->a, at->x, at->ldx);
    ddni_sum_add_mean(&sum, -1.0, at);
    return ddni_sum_evaluate(ctx, &sum, m, d, k, ldk);
}

ddn_status ddni_flow_level(ddn_context *ctx, const ddn_schedule *sch, double l, ddni_level *level)
{
    double t;
    DDNI_TRY(ddni_schedule_from_ou(ctx, sch, 0.5 * log1p(exp(2.0 * l)), &t));
    return ddni_schedule_level(ctx, sch, t, level);
}
