/* Two runs with two seeds, as of two machines, pooled to one.
 * Prints phi_C at t = 0.3 of both and of the whole, which is written to pooled.csv and read back.
 * cc pooled.c -o pooled $(pkg-config --cflags --libs diffdyn)
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

int main(void)
{
    double t = 0.3, points[64 * 8], phi, error;
    ddn_context *ctx = NULL;
    ddn_dataset *ds = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_result *r[4] = {NULL};
    int bad = ddn_context_create(&ctx) || ddn_schedule_create_ou(ctx, &ou) ||
              ddn_noise_draw(ctx, 1, 64, 0, 0, 0, 64 * 8, points) ||
              ddn_dataset_create(ctx, DDN_TYPE_F64, 64, 8, points, 8, &ds) ||
              ddn_oracle_create_empirical(ctx, ds, ou, &oracle) || ddn_analysis_create(ctx, &an);
    for (int i = 0; i < 2 && !bad; i++) {
        bad = ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, i) ||
              ddn_analysis_identities(an, oracle, 1, &t, &r[i]);
    }
    bad = bad || ddn_result_merge(ctx, r[0], r[1], &r[2]) ||
          ddn_result_write(ctx, r[2], "pooled.csv", DDN_RESULT_FORMAT_AUTO) ||
          ddn_result_open(ctx, "pooled.csv", DDN_RESULT_FORMAT_AUTO, &r[3]);
    for (int i = 0; i < 4; i++) {
        bad = bad || ddn_result_column(ctx, r[i], "phi_C", 1, &phi) ||
              ddn_result_column(ctx, r[i], "phi_C_se", 1, &error) ||
              printf("seed %s: %.4f +- %.4f\n", ddn_result_field(r[i], "seed"), phi, error) < 0;
        ddn_result_destroy(r[i]);
    }
    fprintf(stderr, "%s", bad ? ddn_context_message(ctx) : "");
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou), ddn_dataset_destroy(ds), ddn_context_destroy(ctx);
    return bad;
}
