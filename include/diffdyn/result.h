/* Results: named curves and numbers with standard errors and definitions.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_RESULT_H
#define DIFFDYN_RESULT_H

#include <diffdyn/base.h>

DDN_BEGIN_DECLS

/** An immutable result: named columns of equal length (curves on a grid) and named scalars, each
 * with a standard error and a sentence that says which definition it is. Shared freely.
 * Example: doc/examples/simple/error_bars.c */
typedef struct ddn_result ddn_result;

/** Adds a reference to the result: it then takes one more ddn_result_destroy. DDN_E_NULL,
 * DDN_E_HANDLE. */
DDN_API ddn_status ddn_result_retain(const ddn_result *result);
/** Lets go of the result. NULL is a no-op. */
DDN_API void ddn_result_destroy(ddn_result *result);

/** Number of rows of the columns; 0 for NULL. */
DDN_API int64_t ddn_result_rows(const ddn_result *result);
/** Number of columns; 0 for NULL. */
DDN_API int64_t ddn_result_column_count(const ddn_result *result);
/** Name of column number i, from 0.
 * @return borrowed from the result, or NULL past the last */
DDN_API const char *ddn_result_column_name(const ddn_result *result, int64_t i);
/** Number of scalars; 0 for NULL. */
DDN_API int64_t ddn_result_scalar_count(const ddn_result *result);
/** Name of scalar number i, from 0.
 * @return borrowed from the result, or NULL past the last */
DDN_API const char *ddn_result_scalar_name(const ddn_result *result, int64_t i);
/** Copies a column, capacity >= rows (DDN_E_CAPACITY). NaN marks "not measured".
 * @param[out] out [capacity] */
DDN_API ddn_status ddn_result_column(ddn_context *ctx, const ddn_result *result, const char *name,
                                     int64_t capacity, double *out);
/** A scalar. A crossing that does not exist on the grid has value NaN.
 * @param[out] value the value, or NULL
 * @param[out] standard_error its standard error, 0 where exact, NaN where unknown; or NULL */
DDN_API ddn_status ddn_result_scalar(ddn_context *ctx, const ddn_result *result, const char *name,
                                     double *value, double *standard_error);
/** Which definition a column or scalar is, with grid and sample count.
 * @return borrowed from the result, or NULL if there is no such name */
DDN_API const char *ddn_result_definition(const ddn_result *result, const char *name);

DDN_END_DECLS

#endif
