/* Columns of results as curves that cross levels. */
#ifndef DDNI_ANALYSIS_CURVE_H
#define DDNI_ANALYSIS_CURVE_H

#include "analysis/result_impl.h"
#include "base/statistics.h"

/* The column NAME over "t", with its errors NAME_se and their correlations NAME_rho, if there are
 * any: without them the errors of shares are those of separate experiments at each time, and
 * nothing is known of others. 0 where the result has no such columns. */
int32_t ddni_result_curve(const ddn_result *result, const char *name, ddni_curve *out);

/* The values of the column NAME with that ending, such as "_low"; NULL where there is none. */
double *ddni_result_part(const ddn_result *result, const char *name, const char *ending);

/* Whether a column of that name has a number in some row. */
int32_t ddni_result_is_measured(const ddn_result *result, const char *name);

#endif
