/* The nearest and the second nearest distinct point of each state. */
#ifndef DDNI_ORACLE_EMPIRICAL_TWO_NEAREST_H
#define DDNI_ORACLE_EMPIRICAL_TWO_NEAREST_H

#include "oracle/empirical/screen.h"

/* The two nearest of a set of points to x/a: squared distances |x - a y|^2, rows. */
typedef struct ddni_pair {
    double first, second; /* INFINITY where there is none */
    int64_t row, other;   /* -1 where there is none */
} ddni_pair;

/* Scratch. */
typedef struct ddni_two_nearest {
    ddni_screens screens;
    int64_t *index;  /* [workers][capacity] rows listed for one state */
    float *upper;    /* [workers][capacity] */
    ddni_pair *part; /* [chunks][states] */
    int32_t *found;  /* [lanes] 1: the list held both */
    int64_t *read;   /* [lanes] points of the list that were looked at */
} ddni_two_nearest;

/* Writes NEAREST_DISTANCE2 and SECOND_DISTANCE2 of the states of a block. */
ddn_status ddni_two_nearest_run(ddn_context *ctx, ddni_block *b);

#endif
