/* How analyses fill a result before they hand it out. */
#ifndef DDNI_ANALYSIS_RESULT_IMPL_H
#define DDNI_ANALYSIS_RESULT_IMPL_H

#include <diffdyn/oracle.h>
#include <diffdyn/result.h>

#include "base/handle.h"
#include "base/options.h"

enum {
    DDNI_NAME_BYTES = 48,
    DDNI_UNIT_BYTES = 24,
    DDNI_DEFINITION_BYTES = 512,
    DDNI_RESULT_ROWS_LOG2 = 40,
    DDNI_RESULT_NAMES = 16384, /* most columns, scalars, fields that a host gives or a file has */
    DDNI_POOL_CROSSING = 6     /* beyond the ddn_pooling of hosts: where a column crosses a level */
};

/* A column (values[rows]) or a scalar (value, standard_error; values is NULL). */
typedef struct ddni_entry {
    char name[DDNI_NAME_BYTES];
    char unit[DDNI_UNIT_BYTES];
    char definition[DDNI_DEFINITION_BYTES];
    ddn_pooling pooling;
    int64_t count; /* of samples behind each value, for MEAN and SHARE */
    double *values;
    double value, standard_error;
    char of[DDNI_NAME_BYTES]; /* CROSSING: the column, and the level; MEAN, SHARE: the column of
                                 counts by row, in place of count */
    double level;
} ddni_entry;

typedef struct ddni_entries {
    ddni_entry *list;
    int64_t count, capacity;
} ddni_entries;

/* A result's columns, scalars and fields; a field is an entry whose definition is its text. */
struct ddn_result {
    ddni_handle handle;
    int64_t rows;
    ddn_clock clock;
    int32_t open; /* may still be added to by the host */
    ddni_entries columns, scalars, fields;
};

/* Where a result comes from; what does not apply is NULL. */
typedef struct ddni_origin {
    const char *kind;
    ddn_clock clock; /* SCHEDULE: that of sch or of the oracle */
    const ddn_oracle *oracle;
    const ddn_schedule *sch;
    const ddn_dataset *ds;      /* else the oracle's */
    const ddn_dataset *test;    /* data that the oracle has not seen */
    const ddn_options *options; /* the settings, the seed among them */
    const ddn_dataset *points;  /* that judge, if they were given */
    int32_t classifier;         /* a classifier was given */
} ddni_origin;

/* What a column or scalar is. Units are those of result.h; pooling 0 is NONE. */
typedef struct ddni_quantity {
    const char *name, *unit;
    ddn_pooling pooling;
    int64_t count;
} ddni_quantity;

/* The units of times: of a schedule, of the Ornstein-Uhlenbeck process. */
#define DDNI_UNIT_TIME "schedule time"
#define DDNI_UNIT_OU "OU time"
#define DDNI_UNIT_DATA "data units"
#define DDNI_UNIT_DATA2 "data units^2"

/* A result of that origin whose columns will have `rows` rows: its fields are set. */
ddn_status ddni_result_start(ddn_context *ctx, const ddni_origin *origin, int64_t rows,
                             ddn_result **out);
/* A table whose file says nothing of it: kind "table", no clock. */
ddn_status ddni_result_table(ddn_context *ctx, int64_t rows, ddn_result **out);
/* One without fields, as part of another. */
ddn_status ddni_result_create(ddn_context *ctx, int64_t rows, ddn_result **out);

/* The end of an analysis: *out = result where status is DDN_OK, else the result (which may be NULL)
 * is destroyed and *out stays as it is. Returns status. */
ddn_status ddni_result_hand_out(ddn_status status, ddn_result *result, ddn_result **out);

/* Adds a column of NaN with the definition fmt (as printf). *values (which may be NULL) is where
 * to fill it; the memory stays where it is when more columns are added. */
ddn_status ddni_result_add_column(ddn_context *ctx, ddn_result *result, ddni_quantity what,
                                  double **values, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds the columns NAME and NAME_se, a measured mean and its standard error. */
ddn_status ddni_result_add_pair(ddn_context *ctx, ddn_result *result, ddni_quantity what,
                                double **values, double **errors, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* The same, values[4], with the ends of the 95 % interval of the mean, NAME_low and NAME_high. */
ddn_status ddni_result_add_interval(ddn_context *ctx, ddn_result *result, ddni_quantity what,
                                    double *values[4], const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

ddn_status ddni_result_add_scalar(ddn_context *ctx, ddn_result *result, ddni_quantity what,
                                  double value, double standard_error, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* The samples of each row of a mean or share are in the column `counts`. */
void ddni_result_count_by(ddn_result *result, const char *name, const char *counts);

/* Sets a field; one that is there gets the new text. */
ddn_status ddni_result_set_field(ddn_context *ctx, ddn_result *result, const char *name,
                                 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Adds an entry as it is, with room for the values of a column. */
ddn_status ddni_result_add_entry(ddn_context *ctx, ddn_result *result, ddni_entries *entries,
                                 const ddni_entry *entry);

/* The stem and a number >= 0: "W_12". */
void ddni_numbered_name(const char *stem, int64_t number, char out[DDNI_NAME_BYTES]);

/* "NAME_se", or with another ending; "" where that is too long for a name. */
void ddni_part_name(const char *name, const char *part, char out[DDNI_NAME_BYTES]);
void ddni_error_name(const char *name, char out[DDNI_NAME_BYTES]);

/* The entry of that name, or NULL. */
const ddni_entry *ddni_result_find_column(const ddn_result *result, const char *name);
const ddni_entry *ddni_result_find_scalar(const ddn_result *result, const char *name);
ddni_entry *ddni_entries_find(const ddni_entries *entries, const char *name);
/* The text of a field, "" where there is none. */
const char *ddni_result_text(const ddn_result *result, const char *name);

/* Adds a column of another result under a new name; its row i becomes row rows[i], the others stay
 * NaN. source NULL: nothing was measured, all are NaN. */
ddn_status ddni_result_copy_column(ddn_context *ctx, ddn_result *result, const char *name,
                                   const ddn_result *source, const char *from, const int64_t *rows);
/* The same with what belongs to it: _se, and _low, _high and _rho where the source has them, an
 * interval where it is NULL. */
ddn_status ddni_result_copy_pair(ddn_context *ctx, ddn_result *result, const char *name,
                                 const ddn_result *source, const char *from, const int64_t *rows);

/* Adds the scalars of another result that this one does not have yet. */
ddn_status ddni_result_copy_scalars(ddn_context *ctx, ddn_result *result, const ddn_result *source);

/* Refuses a result that is not of one of the kinds (a list that ends with NULL), or whose clock is
 * not that of the schedule (NULL: any schedule's). */
ddn_status ddni_result_check_kind(ddn_context *ctx, const ddn_result *result,
                                  const char *const *kinds, const ddn_schedule *sch);

/* Refuses names and texts that files cannot hold. */
ddn_status ddni_result_check_name(ddn_context *ctx, const char *what, const char *name);
ddn_status ddni_result_check_text(ddn_context *ctx, const char *what, const char *text,
                                  int64_t capacity);

/* Names of poolings and clocks as they stand in files (clocks may go on: "schedule:ddpm"), NULL for
 * a number that is none; and back: 0 for a name that is none. */
const char *ddni_pooling_name(ddn_pooling pooling);
int32_t ddni_pooling_of(const char *name, ddn_pooling *pooling);
const char *ddni_clock_name(ddn_clock clock);
int32_t ddni_clock_of(const char *text, ddn_clock *clock);

#endif
