/* Options by pinned key: a table of rows and the values of one object. */
#ifndef DDNI_BASE_OPTIONS_H
#define DDNI_BASE_OPTIONS_H

#include <diffdyn/base.h>

#include "base/handle.h"

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

/* A member of the object that has the options. */
struct ddn_options {
    ddni_tag tag;
    ddn_context *ctx; /* the owner's */
    const ddni_option *table;
    ddni_value *values; /* [count] */
    int32_t count;
    void *owner;
    ddn_status (*changing)(void *owner); /* before a value is stored: may refuse; or NULL */
};

/* o->values := presets. */
void ddni_options_init(const ddn_options *o);
/* Sets a key that is known to be in the table to a value that is known to be allowed, also while
 * the object is in use. */
void ddni_options_put_f64(const ddn_options *o, int32_t key, double value);
/* The value of a key that is known to be in the table. */
double ddni_options_f64(const ddn_options *o, int32_t key);
int64_t ddni_options_i64(const ddn_options *o, int32_t key);

#endif
