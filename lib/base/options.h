/* Options by pinned key: a table of rows and the values of one object. */
#ifndef DDNI_BASE_OPTIONS_H
#define DDNI_BASE_OPTIONS_H

#include <diffdyn/base.h>

#include "base/handle.h"

/* A value, a bound or a preset; the type of the row says which member it is. */
typedef union ddni_value {
    double f;
    int64_t i;
} ddni_value;

/* An option that an object has. Keys are unique over all objects, and each has its name in
 * base/option_names.c. */
typedef struct ddni_option {
    int32_t key;
    ddn_type type; /* DDN_TYPE_F64 or DDN_TYPE_I64 */
    ddni_value minimum, maximum, preset;
} ddni_option;

/* Rows of a table; real bounds may not be NaN, a real preset may (for "until it is set"). */
#define DDNI_OPTION_F64(key, minimum, maximum, preset)                                             \
    {                                                                                              \
        (key), DDN_TYPE_F64, {.f = (minimum)}, {.f = (maximum)},                                   \
        {                                                                                          \
            .f = (preset)                                                                          \
        }                                                                                          \
    }
#define DDNI_OPTION_I64(key, minimum, maximum, preset)                                             \
    {                                                                                              \
        (key), DDN_TYPE_I64, {.i = (minimum)}, {.i = (maximum)},                                   \
        {                                                                                          \
            .i = (preset)                                                                          \
        }                                                                                          \
    }

/* A member of the object that has the options. */
struct ddn_options {
    ddni_tag tag;
    ddn_context *ctx; /* the owner's */
    const ddni_option *table;
    ddni_value *values; /* [count] */
    int32_t count;
    void *owner;
    ddn_status (*changing)(void *owner); /* before values are stored: may refuse; or NULL */
    const char *method; /* name of the owner's method where it decides which options there are */
};

/* Name of a key of any object of the library, static text; NULL for a number that is none. */
const char *ddni_option_name(int32_t key);
/* The objects that a key belongs to, in the plural ("queries"); "" where there are none. */
const char *ddni_option_owners(int32_t key);

/* o->values := presets. */
void ddni_options_init(const ddn_options *o);
/* Whether the value in a row of the table, 0 <= row < o->count, is its preset; NaN is NaN. */
int32_t ddni_options_is_preset(const ddn_options *o, int32_t row);
/* Sets a key that is known to be in the table to a value that is known to be allowed, also while
 * the object is in use. */
void ddni_options_put_f64(const ddn_options *o, int32_t key, double value);
/* The value of a key that is known to be in the table. */
double ddni_options_f64(const ddn_options *o, int32_t key);
int64_t ddni_options_i64(const ddn_options *o, int32_t key);

#endif
