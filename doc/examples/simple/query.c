/* Several outputs in one pass over the data: which point a state most likely comes from.
 * Prints, for a state halfway between two points at falling times: nearest point, its weight, and
 * the entropy of the posterior in nats, which says how many points compete.
 * cc query.c -o query $(pkg-config --cflags --libs diffdyn)
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

int main(void)
{
    const float points[4][2] = {{1, 1}, {-1, 1}, {-1, -1}, {1, -1}};
    const double x[2] = {0.3, 0.4}, times[4] = {2, 0.5, 0.1, 0.02};
    double entropy = 0, weight = 0;
    int64_t nearest = 0;
    ddn_context *ctx = NULL;
    ddn_dataset *ds = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    int failed =
        ddn_context_create(&ctx) || ddn_dataset_create(ctx, DDN_TYPE_F32, 4, 2, points, 2, &ds) ||
        ddn_schedule_create_ou(ctx, &ou) || ddn_oracle_create_empirical(ctx, ds, ou, &oracle) ||
        ddn_query_create(ctx, oracle, &query) ||
        ddn_query_bind_f64(query, DDN_OUT_ENTROPY, &entropy, 1) ||
        ddn_query_bind_f64(query, DDN_OUT_W_MAX, &weight, 1) ||
        ddn_query_bind_i64(query, DDN_OUT_ARGMAX, &nearest);
    for (int k = 0; k < 4 && !failed && !(failed = ddn_query_run(query, times[k], 1, x, 2)); k++) {
        printf("t = %g: point %d, weight %.4f, entropy %.4f\n", times[k], (int)nearest, weight,
               entropy);
    }
    if (failed) {
        fprintf(stderr, "%s\n", ddn_context_message(ctx));
    }
    ddn_query_destroy(query);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    return failed;
}
