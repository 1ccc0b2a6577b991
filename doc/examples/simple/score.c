/* The exact score of an array of your own: three points in the plane, noised up to time t = 0.2.
 * Prints a line for each of two states x: x and grad log p_t(x).
 * cc score.c -o score $(pkg-config --cflags --libs diffdyn)
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

int main(void)
{
    const double points[3][2] = {{1, 0}, {-1, 0}, {0, 2}};
    const double x[2][2] = {{0.3, 0.1}, {0, 1}}, t = 0.2;
    double score[2][2];
    ddn_context *ctx = NULL;
    ddn_dataset *ds = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    const int failed =
        ddn_context_create(&ctx) || ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 2, points, 2, &ds) ||
        ddn_schedule_create_ou(ctx, &ou) || ddn_oracle_create_empirical(ctx, ds, ou, &oracle) ||
        ddn_oracle_score(ctx, oracle, t, 2, x[0], 2, score[0], 2);
    if (failed) {
        fprintf(stderr, "%s\n", ddn_context_message(ctx));
    }
    for (int i = 0; i < 2 && !failed; i++) {
        printf("x = (%g, %g): score (%.6f, %.6f)\n", x[i][0], x[i][1], score[i][0], score[i][1]);
    }
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    return failed;
}
