/* Small data sets with known answers, and shorthands for reading results. */
#ifndef TEST_SUPPORT_TOY_H
#define TEST_SUPPORT_TOY_H

#include "support/fixtures.h"
#include "support/reference.h"

/* Empirical oracle on points[n][d] with the OU schedule; labels may be NULL. */
ddn_oracle *toy_oracle(ddn_context *ctx, const double *points, int64_t n, int64_t d,
                       const int32_t *labels);
/* Two clusters of n/2 points each around +-shift along the first axis, unit variance, labelled 0
 * and 1 where labelled != 0. */
ddn_oracle *toy_clusters(ddn_context *ctx, int64_t n, int64_t d, double shift, int labelled);

/* The medium data set with its labels, and its reference numbers (to be json_decref'ed). */
ddn_dataset *toy_medium(ddn_context *ctx);
json_t *toy_medium_reference(void);

/* One entry of a column, a scalar; the test fails if there is none. */
double column_at(ddn_context *ctx, const ddn_result *r, const char *name, int64_t row);
double scalar_of(ddn_context *ctx, const ddn_result *r, const char *name);

/* Fails unless both results have the same names and the same bits. */
void same_results(ddn_context *ctx, const ddn_result *a, const ddn_result *b);

#endif
