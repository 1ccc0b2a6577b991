/* Small data sets with known answers, and measurements on them. */
#ifndef TEST_SUPPORT_TOY_H
#define TEST_SUPPORT_TOY_H

#include "support/fixtures.h"
#include "support/reference.h"
#include "support/results.h"

/* Empirical oracle on points[n][d] with the OU schedule; labels may be NULL. */
ddn_oracle *toy_oracle(ddn_context *ctx, const double *points, int64_t n, int64_t d,
                       const int32_t *labels);
/* Two clusters of n/2 points each around +-shift along the first axis, unit variance, labelled 0
 * and 1 where labelled != 0. */
ddn_oracle *toy_clusters(ddn_context *ctx, int64_t n, int64_t d, double shift, int labelled);

/* The medium data set with its labels, and its reference numbers (to be json_decref'ed). */
ddn_dataset *toy_medium(ddn_context *ctx);
json_t *toy_medium_reference(void);

/* Small simulations of everything that is measured, for tests of memory. */
typedef ddn_status (*toy_measurement)(ddn_analysis *an, const ddn_oracle *oracle, ddn_result **out);
/* Two labelled clusters of n/2 points in d = 3: measure() gives either DDN_OK and a result or an
 * error and none, whichever allocation fails. Returns how many there are. */
int64_t toy_every_allocation(toy_measurement measure, int64_t n);

#endif
