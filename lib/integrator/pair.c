/* One step of Dormand and Prince's pair. */
#include "integrator/pair.h"

#include "base/check.h"

static const double node[DDNI_STAGES] = {0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1};
static const double tableau[DDNI_STAGES][DDNI_STAGES - 1] = {
    {0},
    {1. / 5},
    {3. / 40, 9. / 40},
    {44. / 45, -56. / 15, 32. / 9},
    {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
    {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
    {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84}};
static const double difference[DDNI_STAGES] = {
    71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40};

ddn_status ddni_pair_step(const ddni_pair *pair, int64_t count, double h, ddni_level *end)
{
    int64_t width = pair->width;
    for (int32_t s = 1; s < DDNI_STAGES; s++) {
        DDNI_TRY(pair->level(pair->user, node[s], end));
        ddni_sum sum = {.terms = 0};
        ddni_sum_add(&sum, end->a, pair->from, width);
        for (int32_t i = 0; i < s; i++) {
            ddni_sum_add(&sum, end->a * h * tableau[s][i], pair->k[i], width);
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
        sum += difference[s] * pair->k[s][i];
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
