/* How likely a model finds data: log p along the probability flow, by probes, with its errors. */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

enum {
    D = 16,
    M = 200
};

/* eps = E[z | x] of N(0, 4 I); here a network would be. */
static int32_t network(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = s * x[i / d * ldx + i % d] / (4 * a * a + s * s);
    }
    return (void)user, (void)t, 0;
}

int main(void)
{
    ddn_context *ctx = NULL;
    ddn_schedule *sch;
    ddn_model *model;
    ddn_oracle *oracle;
    ddn_analysis *an;
    ddn_result *r;
    double x[M * D], mean, error;
    if (ddn_context_create(&ctx) || ddn_schedule_create_ou(ctx, &sch) ||
        ddn_model_create(ctx, sch, DDN_PREDICTION_EPS, D, NULL, NULL, &model) ||
        ddn_model_set_predict_f64(model, network) || ddn_oracle_create_model(ctx, model, &oracle) ||
        ddn_noise_draw(ctx, 0, 64, 0, 0, 0, M * D, x) || ddn_analysis_create(ctx, &an) ||
        ddn_analysis_log_likelihood(an, oracle, NULL, 8, M, x, D, &r) ||
        ddn_result_scalar(ctx, r, "mean_bits_per_dim", &mean, &error)) {
        return printf("%s\n", ddn_context_message(ctx)), 1;
    }
    printf("%.4f +- %.4f bits per dimension\n", mean, error);
    return 0;
}
