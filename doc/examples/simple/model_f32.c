/* A network in single precision, here that of N(3, 1/4), its E[x_0 | x] kept below 3.4 as samplers
 * of images do. Prints E[x_0 | x] of the states 0, 2, 4 at t = 0.5.
 * cc model_f32.c -o model_f32 $(pkg-config --cflags --libs diffdyn)
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

static int32_t network(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const float *x, int64_t ldx, float *out, int64_t ldo)
{
    const float gain = (float)(a / 4 / (s * s + a * a / 4)), shift = (float)(3 * a);
    for (int64_t r = 0; r < m; r++) {
        out[r * ldo] = 3 + gain * (x[r * ldx] - shift);
    }
    return d == 1 && t > 0 && user == NULL ? 0 : -1;
}

int main(void)
{
    float x[3] = {0, 2, 4}, x0[3] = {0};
    ddn_context *ctx = NULL;
    ddn_schedule *ou = NULL;
    ddn_model *model = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *q = NULL;
    int failed = ddn_context_create(&ctx) || ddn_schedule_create_ou(ctx, &ou) ||
                 ddn_model_create(ctx, ou, DDN_PREDICTION_X0, 1, NULL, NULL, &model) ||
                 ddn_model_set_predict_f32(model, network) ||
                 ddn_options_set_f64(ddn_model_options(model), DDN_MODEL_CLIP_HIGH, 3.4) ||
                 ddn_oracle_create_model(ctx, model, &oracle) ||
                 ddn_query_create(ctx, oracle, &q) || ddn_query_bind_f32(q, DDN_OUT_MEAN, x0, 1) ||
                 ddn_query_run_f32(q, 0.5, 3, x, 1);
    printf("%.3f %.3f %.3f%s\n", x0[0], x0[1], x0[2], ddn_context_message(ctx));
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    ddn_model_destroy(model);
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
    return failed;
}
