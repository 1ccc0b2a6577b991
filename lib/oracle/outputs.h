/* What the outputs are: the one table of them. A new output is a row here, a constant in oracle.h,
 * and whatever evaluates it. */
#ifndef DDNI_ORACLE_OUTPUTS_H
#define DDNI_ORACLE_OUTPUTS_H

#include <diffdyn/oracle.h>

enum {
    DDNI_OUTPUTS = 32 /* ddn_output values are below this */
};

/* Numbers of a state. */
typedef enum ddni_width {
    DDNI_WIDTH_ONE,     /* [m] */
    DDNI_WIDTH_D,       /* [m][ld], ld >= d */
    DDNI_WIDTH_CLASSES, /* [m][ld], ld >= classes */
} ddni_width;

typedef struct ddni_output {
    const char *name; /* "DDN_OUT_SCORE"; NULL: there is no such output */
    ddni_width width;
    int32_t integer;    /* int64 instead of double */
    int32_t observable; /* callbacks along a run may want it */
} ddni_output;

/* The row of an output; name NULL where there is none. */
ddni_output ddni_output_of(ddn_output what);

/* Numbers of a state for this oracle. */
int64_t ddni_output_width(const ddn_oracle *oracle, ddn_output what);

/* Bit of an output in a set. */
static inline int64_t ddni_bit(ddn_output what)
{
    return INT64_C(1) << what;
}

#endif
