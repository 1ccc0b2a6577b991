/* Results: named curves and numbers with standard errors, definitions and where they come from.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_RESULT_H
#define DIFFDYN_RESULT_H

#include <diffdyn/base.h>

DDN_BEGIN_DECLS

/** Named columns of equal length (curves on a grid) and named scalars, each with a standard error,
 * a unit and a sentence that says which definition it is; and fields, texts that say where they
 * come from. What the library measures is immutable and shared freely. What a host makes
 * (ddn_result_create, ddn_result_create_copy) is open: one thread at a time adds to it, and may
 * share it when it is complete. Names have 1 to 47 letters, digits and "_.:+-"; other texts are
 * UTF-8 without control characters, ends of lines and changes of direction (bidirectional text).
 * Example: doc/examples/simple/error_bars.c */
typedef struct ddn_result ddn_result;

/** Adds a reference to the result: it then takes one more ddn_result_destroy. DDN_E_NULL,
 * DDN_E_HANDLE. */
DDN_API ddn_status ddn_result_retain(const ddn_result *result);
/** Lets go of the result. NULL is a no-op. */
DDN_API void ddn_result_destroy(ddn_result *result);

/* ---- Reading ------------------------------------------------------------------------------- */

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
/** Which definition a scalar or column is, with grid and sample count.
 * @param[in] name of a scalar or column, or NULL
 * @return borrowed from the result, or NULL if there is no such name */
DDN_API const char *ddn_result_definition(const ddn_result *result, const char *name);
/** Its unit: "1", "nats", "data units^2", "schedule time", "OU time" ...; "" where none was given.
 * @param[in] name of a scalar or column, or NULL
 * @return borrowed from the result, or NULL if there is no such name */
DDN_API const char *ddn_result_unit(const ddn_result *result, const char *name);

/** Which clock the times of a result show: each result has one. */
typedef int32_t ddn_clock;
enum ddn_clock_values {
    DDN_CLOCK_NONE = -1,   /**< the result has no times */
    DDN_CLOCK_OU = 1,      /**< OU time, log(1 + s^2/a^2)/2 */
    DDN_CLOCK_SCHEDULE = 2 /**< the time of a schedule: the field "schedule" says which */
};
/** The clock; 0 for NULL. Numbers that follow another clock say so in name and unit (t_ou). */
DDN_API ddn_clock ddn_result_clock(const ddn_result *result);

/** Number of fields; 0 for NULL. Those of measurements: "kind" ("identities", "clones",
 * "last_change", "spectrum", "crossings", "regimes", "uturn", "branch", "path", "late_start",
 * "memorization", "generalization", "log_likelihood", "line", "fixed_points", "critical",
 * "diagram", "events"), "clock" ("ou", "schedule:ddpm", "none"), "library" (its version), and where
 * they apply "seed", "oracle" (kind), "schedule" (kind and parameters), "data" (type, points and
 * dimensions), "n", "d", "points" (data set that judged, if one was given), "test" (data that a
 * model has not seen), "classifier", "step_error" (how the steps of simulated paths were judged),
 * and every setting under the name of its key, such as "DDN_ANALYSIS_SAMPLES". */
DDN_API int64_t ddn_result_field_count(const ddn_result *result);
/** Name of field number i, from 0.
 * @return borrowed from the result, or NULL past the last */
DDN_API const char *ddn_result_field_name(const ddn_result *result, int64_t i);
/** The text of a field.
 * @param[in] name of the field, or NULL
 * @return borrowed from the result, or NULL if there is none of that name */
DDN_API const char *ddn_result_field(const ddn_result *result, const char *name);

/* ---- Making -------------------------------------------------------------------------------- */

/** An open result with the fields "kind", "clock" and "library", and no columns yet. kind says what
 * it is; kinds of the library mean what they mean there. Errors: DDN_E_KEY (kind is not a name,
 * clock not a ddn_clock), DDN_E_RANGE (rows). */
DDN_API ddn_status ddn_result_create(ddn_context *ctx, const char *kind, ddn_clock clock,
                                     int64_t rows, ddn_result **out);
/** An open result with everything that another one has: to add notes or columns to a measurement.
 * @param[in] result not kept */
DDN_API ddn_status ddn_result_create_copy(ddn_context *ctx, const ddn_result *result,
                                          ddn_result **out);
/** Adds a column to an open result (another is DDN_E_STATE, a name that is taken too). NAME_se is
 * the standard error of NAME; the definition is a sentence of at most 511 bytes.
 * @param[in] unit of the numbers, at most 23 bytes, or NULL
 * @param[in] values [rows] */
DDN_API ddn_status ddn_result_add_column(ddn_context *ctx, ddn_result *result, const char *name,
                                         const char *unit, const char *definition,
                                         const double *values);
/** Adds a scalar to an open result, as ddn_result_add_column.
 * @param[in] unit of the number, or NULL */
DDN_API ddn_status ddn_result_add_scalar(ddn_context *ctx, ddn_result *result, const char *name,
                                         const char *unit, const char *definition, double value,
                                         double standard_error);
/** Sets a field of an open result, such as "data_path", to a text of at most 511 bytes; one that is
 * there gets the new text. "kind" and "clock" stay as they are (DDN_E_KEY). */
DDN_API ddn_status ddn_result_set_field(ddn_context *ctx, ddn_result *result, const char *name,
                                        const char *text);

/** What ddn_result_merge makes of a column or scalar of two independent halves. */
typedef int32_t ddn_pooling;
enum ddn_pooling_values {
    DDN_POOLING_NONE = -1, /**< nothing: NaN, as medians, quantiles and what is derived */
    DDN_POOLING_SAME = 1,  /**< must be equal in both: grids, n, d */
    DDN_POOLING_MEAN = 2,  /**< mean of `count` samples; error NAME_se: sd/sqrt(count) */
    DDN_POOLING_SHARE = 3, /**< share of `count` trials; NAME_se, and NAME_low, NAME_high, its 95
                                % interval (theory (45)), are made anew */
    DDN_POOLING_SUM = 4,   /**< both added up: numbers of samples */
    DDN_POOLING_PART = 5   /**< _se, _low, _high or _rho of a mean or share: made with it */
};
/** Says how a column or scalar of an open result is pooled; NONE until it is said. count: samples
 * behind each value of a mean or share, >= 1; else not used. */
DDN_API ddn_status ddn_result_set_pooling(ddn_context *ctx, ddn_result *result, const char *name,
                                          ddn_pooling pooling, int64_t count);

/* ---- Files --------------------------------------------------------------------------------- */

/** Formats of result files. */
typedef int32_t ddn_result_format;
enum ddn_result_format_values {
    DDN_RESULT_FORMAT_NONE = -1, /**< no format */
    DDN_RESULT_FORMAT_AUTO = 0,  /**< to write: by the ending of the name; to read: by content */
    DDN_RESULT_FORMAT_CSV = 1,   /**< everything: lines "# field", "# scalar", "# column" with
                                      JSON after them, then a line of names, then the rows */
    DDN_RESULT_FORMAT_JSON = 2,  /**< everything: "fields", "scalars", "rows", "columns" by name;
                                      NaN is null, infinities are the strings "inf" and "-inf" */
    DDN_RESULT_FORMAT_NPY = 3    /**< the columns alone, as a NumPy array with named fields */
};
/** Writes a result to a file. Numbers have up to 17 digits and read back as they are, in every
 * locale. What was there stays whole until the new file is complete on the disk, and for good where
 * that fails: it is written beside it (PATH.part-...) and renamed. Permissions stay, the target of
 * a symbolic link is replaced, and what is no regular file is refused. Errors: DDN_E_KEY (format),
 * DDN_E_IO, DDN_E_UNSUPPORTED (NPY without columns). */
DDN_API ddn_status ddn_result_write(ddn_context *ctx, const ddn_result *result, const char *path,
                                    ddn_result_format format);
/** Reads a result file. From CSV and JSON it comes back as it was, immutable; from NPY, and from
 * CSV files of other programs (names in the first line, empty or "nan" for NaN, comments behind
 * #), the columns come, with kind "table" and no clock. At most 16384 columns. Errors: DDN_E_IO,
 * DDN_E_KEY (format), DDN_E_FORMAT with the line. */
DDN_API ddn_status ddn_result_open(ddn_context *ctx, const char *path, ddn_result_format format,
                                   ddn_result **out);

/** Pools two independent measurements of one thing to that of all their samples: means and shares
 * with the errors that one run of all samples gives, crossings of a report from the pooled curves;
 * what does not follow from two halves is NaN, and its definition says so. Kind, clock, grid, data,
 * schedule, oracle and settings must agree (DDN_E_MISMATCH names what does not), but for SEED,
 * BATCH and the numbers of samples SAMPLES, CLONES, PATHS. The seeds must differ: equal ones mean
 * the same random numbers, which would count twice. Fields of the host stay where they agree. The
 * whole is immutable. Example: doc/examples/simple/pooled.c */
DDN_API ddn_status ddn_result_merge(ddn_context *ctx, const ddn_result *a, const ddn_result *b,
                                    ddn_result **out);

DDN_END_DECLS

#endif
