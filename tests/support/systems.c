/* The saddle-node normal form. */
#include "support/systems.h"

int32_t test_fold(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = p + x[0] * x[0];
    return 0;
}

ddn_system *test_flow(ddn_context *ctx, int64_t d, ddn_system_fn f)
{
    ddn_system *sys = NULL;
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_FLOW, d, f, NULL, NULL, NULL, &sys));
    return sys;
}
