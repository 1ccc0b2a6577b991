/* Results by name: a curve with its standard errors, and what exactly was measured.
 * Prints phi_C, the probability that two paths from x_t end at one point, for 64 random points;
 * then its definition.
 * cc error_bars.c -o error_bars $(pkg-config --cflags --libs diffdyn)
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

int main(void)
{
    const double times[4] = {0.1, 0.2, 0.4, 0.8};
    double points[64 * 8], phi[4], error[4];
    ddn_context *ctx = NULL;
    ddn_dataset *ds = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    const int failed = ddn_context_create(&ctx) || ddn_schedule_create_ou(ctx, &ou) ||
                       ddn_noise_draw(ctx, 1, 64, 0, 0, 0, 64 * 8, points) ||
                       ddn_dataset_create(ctx, DDN_TYPE_F64, 64, 8, points, 8, &ds) ||
                       ddn_oracle_create_empirical(ctx, ds, ou, &oracle) ||
                       ddn_analysis_create(ctx, &an) ||
                       ddn_analysis_identities(an, oracle, 4, times, &r) ||
                       ddn_result_column(ctx, r, "phi_C", 4, phi) ||
                       ddn_result_column(ctx, r, "phi_C_se", 4, error);
    for (int k = 0; k < 4 && !failed; k++) {
        printf("t = %g: phi_C = %.3f +- %.3f\n", times[k], phi[k], error[k]);
    }
    fprintf(failed ? stderr : stdout, "%s\n",
            failed ? ddn_context_message(ctx) : ddn_result_definition(r, "phi_C"));
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    return failed;
}
