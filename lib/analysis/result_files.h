/* The formats of result files: each makes a file's text of a result, and a result of a file's
 * bytes. */
#ifndef DDNI_ANALYSIS_RESULT_FILES_H
#define DDNI_ANALYSIS_RESULT_FILES_H

#include "analysis/result_impl.h"
#include "base/json.h"
#include "base/text.h"

/* Write the result to text; what fails stands in text->status. */
void ddni_result_write_csv(ddni_text *text, const ddn_result *result);
void ddni_result_write_json(ddni_text *text, const ddn_result *result);
void ddni_result_write_npy(ddni_text *text, const ddn_result *result);

/* Read the bytes of a file at its beginning. On failure *out may hold what was read so far, which
 * the caller destroys. */
ddn_status ddni_result_read_csv(ddni_json *file, ddn_result **out);
ddn_status ddni_result_read_json(ddni_json *file, ddn_result **out);
ddn_status ddni_result_read_npy(ddni_json *file, ddn_result **out);

/* What CSV and JSON have in common: "NAME": TEXT of a field; "NAME": {...} of a scalar or column. A
 * column's `values` is where its values are written, where they are. */
void ddni_result_write_entry(ddni_text *text, const ddni_entry *e, int scalar);
ddn_status ddni_result_read_field(ddni_json *json, ddn_result *result);
ddn_status ddni_result_read_entry(ddni_json *json, ddn_result *result, int scalar);
/* The number of rows, where it stands by itself: before the columns. */
ddn_status ddni_result_read_rows(ddni_json *json, ddn_result *result);

/* The field "clock" as the clock of the result, "kind" as it must be; after all fields were read.
 */
ddn_status ddni_result_settle(ddni_json *json, ddn_result *result);
/* Checks the name of something new, and that there are not too many. */
ddn_status ddni_result_read_name(ddni_json *json, const ddn_result *result,
                                 const ddni_entries *entries, const char *name);

#endif
