/* A schedule of your own: the straight line x_t = (1 - t) x_0 + t z of flow matching.
 * Prints a, s and the Ornstein-Uhlenbeck time of the same noise level, for some times.
 * cc schedule.c -o schedule $(pkg-config --cflags --libs diffdyn)
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

static int32_t line(void *user, double t, double *a, double *s, double *da, double *ds)
{
    (void)user;
    *a = 1 - t;
    *s = t;
    *da = -1;
    *ds = 1;
    return 0;
}

int main(void)
{
    ddn_context *ctx = NULL;
    ddn_schedule *sch = NULL;
    int failed = ddn_context_create(&ctx) ||
                 ddn_schedule_create_custom(ctx, 0, 0.999, line, NULL, NULL, &sch);
    for (int k = 1; k < 10 && !failed; k += 2) {
        double a, s, tau, t = 0.1 * k;
        failed = ddn_schedule_eval(ctx, sch, t, &a, &s) || ddn_schedule_to_ou(ctx, sch, t, &tau);
        if (!failed) {
            printf("t = %.1f: a = %.1f, s = %.1f, OU time %.6f\n", t, a, s, tau);
        }
    }
    if (failed) {
        fprintf(stderr, "%s\n", ddn_context_message(ctx));
    }
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
    return failed;
}
