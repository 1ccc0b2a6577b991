/* When generation decides: speciation time t_S and collapse time t_C of your data, with errors.
 * cc transitions.c -o transitions $(pkg-config --cflags --libs diffdyn)
 * Usage: transitions POINTS LABELS (.npy, IDX). Prints both times. SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    double times[32], t[2], e[2];
    ddn_context *ctx = NULL;
    ddn_dataset *ds = NULL, *labelled = NULL, *mapped = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_result *phi = NULL, *r = NULL;
    const int failed =
        argc != 3 || ddn_context_create(&ctx) || ddn_schedule_create_ou(ctx, &ou) ||
        ddn_dataset_open(ctx, argv[1], DDN_FORMAT_AUTO, &ds) ||
        ddn_dataset_open_labelled(ctx, ds, argv[2], &labelled) ||
        (ddn_dataset_type(ds) == DDN_TYPE_U8 && /* 0 ... 255 -> -1 ... 1 */
         ddn_dataset_create_mapped(ctx, labelled, 1 / 127.5, -1, &mapped)) ||
        ddn_oracle_create_empirical(ctx, mapped ? mapped : labelled, ou, &oracle) ||
        ddn_schedule_grid(ctx, ou, DDN_GRID_GEOMETRIC, 0.01, 5, 32, times) ||
        ddn_analysis_create(ctx, &an) || ddn_analysis_identities(an, oracle, 32, times, &phi) ||
        ddn_analysis_crossings(an, oracle, phi, &r) || ddn_result_scalar(ctx, r, "t_S_phi", t, e) ||
        ddn_result_scalar(ctx, r, "t_C_phi", &t[1], &e[1]) ||
        printf("t_S = %.3f +- %.3f\nt_C = %.3f +- %.3f\n%s", t[0], e[0], t[1], e[1],
               t[0] > 0 && t[1] > 0 ? "" : "nan: no crossing between t = 0.01 and t = 5\n") < 0;
    fputs(!failed ? "" : argc == 3 ? ddn_context_message(ctx) : "usage: POINTS LABELS", stderr);
    ddn_result_destroy(r);
    ddn_result_destroy(phi);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(labelled);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    return failed;
}
