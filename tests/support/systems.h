/* The saddle-node normal form, for tests of generic dynamics. */
#ifndef TEST_SUPPORT_SYSTEMS_H
#define TEST_SUPPORT_SYSTEMS_H

#include "support/fixtures.h"

/* dx/dt = x^2 + p */
int32_t test_fold(void *user, double p, int64_t d, const double *x, double *out);

/* A flow without Jacobian and user data. */
ddn_system *test_flow(ddn_context *ctx, int64_t d, ddn_system_fn f);

#endif
