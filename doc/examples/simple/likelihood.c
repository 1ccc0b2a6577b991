/* log p along a model's flow. Prints the mean of -log2 p per dimension with its error (2.506).
 * cc likelihood.c -o likelihood $(pkg-config --cflags --libs diffdyn)
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

static int32_t network(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = s * x[i / d * ldx + i % d] / (4 * a * a + s * s);
    }
    return (void)user, (void)t, 0; /* that was E[z | x] of N(0, 4) */
}

int main(void)
{
    ddn_context *ctx = NULL;
    ddn_schedule *ou = NULL;
    ddn_model *model = NULL;
    ddn_oracle *net = NULL;
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    double x[3200], bits = 0, error = 0;
    int failed = ddn_context_create(&ctx) || ddn_schedule_create_ou(ctx, &ou) ||
                 ddn_model_create(ctx, ou, DDN_PREDICTION_EPS, 16, NULL, NULL, &model) ||
                 ddn_model_set_predict_f64(model, network) || ddn_analysis_create(ctx, &an) ||
                 ddn_oracle_create_model(ctx, model, &net) ||
                 ddn_noise_draw(ctx, 0, 64, 0, 0, 0, 3200, x) ||
                 ddn_analysis_log_likelihood(an, net, NULL, 4, 200, x, 16, &r) ||
                 ddn_result_scalar(ctx, r, "mean_bits_per_dim", &bits, &error);
    failed ? puts(ddn_context_message(ctx)) : printf("%.3f +- %.3f bits/dim, d=16\n", bits, error);
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(net);
    ddn_model_destroy(model);
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
    return failed;
}
