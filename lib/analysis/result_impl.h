/* How analyses fill a result before they hand it out. */
#ifndef DDNI_ANALYSIS_RESULT_IMPL_H
#define DDNI_ANALYSIS_RESULT_IMPL_H

#include <diffdyn/result.h>

#include "base/handle.h"

enum {
    DDNI_NAME_BYTES = 48,
    DDNI_DEFINITION_BYTES = 512
};

/* A column (values[rows]) or a scalar (value, standard_error; values is NULL). */
typedef struct ddni_entry {
    char name[DDNI_NAME_BYTES];
    char definition[DDNI_DEFINITION_BYTES];
    double *values;
    double value, standard_error;
} ddni_entry;

typedef struct ddni_entries {
    ddni_entry *list;
    int64_t count, capacity;
} ddni_entries;

struct ddn_result {
    ddni_handle handle;
    int64_t rows;
    ddni_entries columns, scalars;
};

/* An empty result whose columns will have `rows` rows. */
ddn_status ddni_result_create(ddn_context *ctx, int64_t rows, ddn_result **out);

/* The end of an analysis: *out = result where status is DDN_OK, else the result (which may be NULL)
 * is destroyed and *out stays as it is. Returns status. */
ddn_status ddni_result_hand_out(ddn_status status, ddn_result *result, ddn_result **out);

/* Adds a column of NaN with the definition fmt (as printf). *values (which may be NULL) is where
 * to fill it; the memory stays where it is when more columns are added. */
ddn_status ddni_result_add_column(ddn_context *ctx, ddn_result *result, const char *name,
                                  double **values, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds the columns NAME and NAME_se, a measured mean and its standard error. */
ddn_status ddni_result_add_pair(ddn_context *ctx, ddn_result *result, const char *name,
                                double **values, double **errors, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

ddn_status ddni_result_add_scalar(ddn_context *ctx, ddn_result *result, const char *name,
                                  double value, double standard_error, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* The stem and a number >= 0: "W_12". */
void ddni_numbered_name(const char *stem, int64_t number, char out[DDNI_NAME_BYTES]);

/* "NAME_se". */
void ddni_error_name(const char *name, char out[DDNI_NAME_BYTES]);

/* The entry of that name, or NULL. */
const ddni_entry *ddni_result_find_column(const ddn_result *result, const char *name);
const ddni_entry *ddni_result_find_scalar(const ddn_result *result, const char *name);

/* Adds the columns `from` and `from`_se of another result under a new name; its row i becomes row
 * rows[i], the others stay NaN. source NULL: nothing was measured. */
ddn_status ddni_result_copy_pair(ddn_context *ctx, ddn_result *result, const char *name,
                                 const ddn_result *source, const char *from, const int64_t *rows);

/* Adds the scalars of another result that this one does not have yet. */
ddn_status ddni_result_copy_scalars(ddn_context *ctx, ddn_result *result, const ddn_result *source);

#endif
