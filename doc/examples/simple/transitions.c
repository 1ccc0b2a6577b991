/* When generation decides: speciation time t_S and collapse time t_C of your data, with errors.
 * Usage: transitions POINTS LABELS (.npy, IDX). Prints both times with their standard errors.
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    double times[32], t_s, t_s_error, t_c, t_c_error;
    ddn_context *ctx = NULL;
    ddn_dataset *ds = NULL, *labelled = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_result *curves = NULL, *r = NULL;
    const int failed =
        argc != 3 || ddn_context_create(&ctx) ||
        ddn_dataset_open(ctx, argv[1], DDN_FORMAT_AUTO, &ds) ||
        ddn_dataset_labelled_from_file(ctx, ds, argv[2], &labelled) ||
        ddn_schedule_create_ou(ctx, &ou) ||
        ddn_oracle_create_empirical(ctx, labelled, ou, &oracle) ||
        ddn_schedule_grid(ctx, ou, DDN_GRID_GEOMETRIC, 0.01, 5, 32, times) ||
        ddn_analysis_create(ctx, &an) || ddn_analysis_identities(an, oracle, times, 32, &curves) ||
        ddn_analysis_crossings(an, oracle, curves, &r) ||
        ddn_result_scalar(ctx, r, "t_S_phi", &t_s, &t_s_error) ||
        ddn_result_scalar(ctx, r, "t_C_phi", &t_c, &t_c_error) ||
        printf("t_S = %.3f +- %.3f\nt_C = %.3f +- %.3f\n", t_s, t_s_error, t_c, t_c_error) < 0;
    if (failed) {
        fprintf(stderr, "%s\n", argc == 3 ? ddn_context_message(ctx) : "usage: POINTS LABELS");
    }
    ddn_result_destroy(r);
    ddn_result_destroy(curves);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(labelled);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    return failed;
}
