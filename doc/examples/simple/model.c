/* A score model of your own, here of N(0, 1/4): the library asks it for a batch at a time.
 * Prints where the probability flow from N(0, 1) to N(0, 1/4) takes -1, 0.5, 2: to their halves.
 * cc model.c -o model $(pkg-config --cflags --libs diffdyn)
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    const double variance = *(const double *)user;
    (void)t;
    for (int64_t i = 0; i < m * d; i++) { /* E[z | x] where x = a x_0 + s z */
        out[i / d * ldo + i % d] = s * x[i / d * ldx + i % d] / (s * s + a * a * variance);
    }
    return 0;
}

int main(void)
{
    double variance = 0.25, x[3] = {-1, 0.5, 2};
    ddn_context *ctx = NULL;
    ddn_schedule *ou = NULL;
    ddn_model *model = NULL;
    ddn_oracle *oracle = NULL;
    ddn_integrator *it = NULL;
    const int failed =
        ddn_context_create(&ctx) || ddn_schedule_create_ou(ctx, &ou) ||
        ddn_model_create(ctx, ou, DDN_PREDICTION_EPS, 1, &variance, NULL, &model) ||
        ddn_model_set_predict_f64(model, predict) || ddn_oracle_create_model(ctx, model, &oracle) ||
        ddn_integrator_create(ctx, oracle, DDN_METHOD_ADAPTIVE, &it) ||
        ddn_integrator_run(it, 3, x, 1) || printf("%.3f %.3f %.3f\n", x[0], x[1], x[2]) < 0;
    fprintf(stderr, "%s", ddn_context_message(ctx)); /* "" where all went well */
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(oracle);
    ddn_model_destroy(model);
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
    return failed;
}
