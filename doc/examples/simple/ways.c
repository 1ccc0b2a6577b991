/* Which way of evaluation serves a state: cheap ones where few points matter, dense ones in noise.
 * cc ways.c -o ways $(pkg-config --cflags --libs diffdyn)
 * Prints for 16 states how many each way served, and why not all. SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

int main(void)
{
    static double points[4000 * 20], x[16 * 20], score[16 * 20], times[4] = {1, 0.05, 0.01, 0.009};
    ddn_context *ctx = NULL;
    ddn_dataset *ds = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    int failed = ddn_context_create(&ctx) || ddn_noise_draw(ctx, 0, 99, 0, 0, 0, 80000, points) ||
                 ddn_noise_draw(ctx, 0, 99, 1, 0, 0, 320, x) || ddn_schedule_create_ou(ctx, &ou) ||
                 ddn_dataset_create(ctx, DDN_TYPE_F64, 4000, 20, points, 20, &ds) ||
                 ddn_oracle_create_empirical(ctx, ds, ou, &oracle) ||
                 ddn_query_create(ctx, oracle, &query) ||
                 ddn_options_set_i64(ddn_query_options(query), DDN_QUERY_TRAJECTORY, 1) ||
                 ddn_query_bind_f64(query, DDN_OUT_SCORE, score, 20);
    for (int k = 0; k < 4 && !failed && !(failed = ddn_query_run(query, times[k], 16, x, 20));
         k++) {
        for (int64_t way = 0; way < ddn_oracle_way_count(oracle); way++) {
            const int served = (int)ddn_query_tally(query, DDN_WAY_SERVED, way);
            const char *note = ddn_query_way_note(query, way);
            if (served || note) {
                printf("t = %g: %d by %s%s%s\n", times[k], served, ddn_oracle_way_name(oracle, way),
                       note ? ": " : "", note ? note : "");
            }
        }
    }
    fputs(failed ? ddn_context_message(ctx) : "", stderr);
    ddn_query_destroy(query);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    return failed;
}
