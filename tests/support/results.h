/* Reading results in tests. */
#ifndef TEST_SUPPORT_RESULTS_H
#define TEST_SUPPORT_RESULTS_H

#include "support/fixtures.h"

/* A column in memory that the caller frees; one element of it; a scalar. All fail the test when
 * there is none of that name. */
double *test_column(ddn_context *ctx, const ddn_result *result, const char *name);
double test_element(ddn_context *ctx, const ddn_result *result, const char *name, int64_t row);
double test_scalar(ddn_context *ctx, const ddn_result *result, const char *name);

/* Fails unless both results have the same names and the same bits. */
void test_same_results(ddn_context *ctx, const ddn_result *a, const ddn_result *b);
/* Fails unless they also have the same clock, fields, units and definitions. */
void test_same_texts(ddn_context *ctx, const ddn_result *a, const ddn_result *b);

#endif
