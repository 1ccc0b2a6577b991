/* Options by pinned key: one table per object. */
#ifndef DDNI_BASE_OPTIONS_H
#define DDNI_BASE_OPTIONS_H

#include <diffdyn/base.h>

typedef struct ddni_option {
    int32_t key; /* 1xx double, 2xx int64 */
    const char *name;
    double minimum, maximum, preset;
} ddni_option;

/* The value of an option; keys 1xx use f, 2xx use i. */
typedef union ddni_value {
    double f;
    int64_t i;
} ddni_value;

typedef struct ddni_options {
    const ddni_option *table;
    int32_t count;
} ddni_options;

/* values[count] := presets. */
void ddni_options_init(const ddni_options *o, ddni_value *values);
ddn_status ddni_options_set_f64(ddn_context *ctx, const ddni_options *o, ddni_value *values,
                                int32_t key, double value);
ddn_status ddni_options_set_i64(ddn_context *ctx, const ddni_options *o, ddni_value *values,
                                int32_t key, int64_t value);
ddn_status ddni_options_get_f64(ddn_context *ctx, const ddni_options *o, const ddni_value *values,
                                int32_t key, double *value);
ddn_status ddni_options_get_i64(ddn_context *ctx, const ddni_options *o, const ddni_value *values,
                                int32_t key, int64_t *value);
ddn_status ddni_options_bounds(ddn_context *ctx, const ddni_options *o, int32_t key,
                               double *minimum, double *maximum, double *preset);
/* The value of a key that is known to be in the table. */
double ddni_options_f64(const ddni_options *o, const ddni_value *values, int32_t key);
int64_t ddni_options_i64(const ddni_options *o, const ddni_value *values, int32_t key);

#endif
