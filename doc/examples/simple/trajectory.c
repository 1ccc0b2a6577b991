/* A trajectory of your data: from noise back to one of the points, by DDIM in eight steps.
 * cc trajectory.c -o trajectory $(pkg-config --cflags --libs diffdyn)
 * Prints time and state at each grid time, from a callback. SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

static int32_t show(void *user, const ddn_step *step)
{
    const double *x = ddn_step_x(step);
    fprintf(user, "t = %.4f: x = (%.4f, %.4f)\n", ddn_step_time(step), x[0], x[1]);
    return 0; /* go on */
}

int main(void)
{
    const float points[4][2] = {{1, 1}, {-1, 1}, {-1, -1}, {1, -1}};
    double x[2];
    ddn_context *ctx = NULL;
    ddn_dataset *ds = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    ddn_integrator *it = NULL;
    const int failed = ddn_context_create(&ctx) || ddn_schedule_create_ou(ctx, &ou) ||
                       ddn_dataset_create(ctx, DDN_TYPE_F32, 4, 2, points, 2, &ds) ||
                       ddn_oracle_create_empirical(ctx, ds, ou, &oracle) ||
                       ddn_integrator_create(ctx, oracle, DDN_METHOD_EXPONENTIAL, &it) ||
                       ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 0) ||
                       ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 8) ||
                       ddn_integrator_attach_callback(it, 0, show, stdout, NULL) ||
                       ddn_integrator_draw_start(it, 1, x, 2) || ddn_integrator_run(it, 1, x, 2);
    if (failed) {
        fprintf(stderr, "%s\n", ddn_context_message(ctx));
    }
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    return failed;
}
