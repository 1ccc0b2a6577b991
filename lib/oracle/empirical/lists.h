/* Lists of points that hold all that can matter, evaluated exactly. theory.md (11), (14), (18). */
#ifndef DDNI_ORACLE_EMPIRICAL_LISTS_H
#define DDNI_ORACLE_EMPIRICAL_LISTS_H

#include "oracle/empirical/block.h"

/* Scratch. */
typedef struct ddni_lists {
    double *logit;  /* [workers][capacity] of the candidates of one state */
    int64_t *index; /* [workers][capacity] */
    int64_t *count; /* [lanes] candidates evaluated */
    int64_t *kept;  /* [lanes] of them, those that went into the sums */
} ddni_lists;

/* Room for lists of up to `capacity` points. */
ddn_status ddni_lists_reserve(ddn_context *ctx, const ddni_block *b, int64_t capacity);

/* All outputs of state q from the points index[count], ascending, and their exact logits; both are
 * overwritten; point[DDNI_POINT d] is scratch. */
void ddni_lists_evaluate(const ddni_block *b, int64_t q, int64_t count, int64_t *index,
                         double *logit, double *point);

/* Counts what was read and left out for the states that are done; `tried` states cost as much. */
void ddni_lists_report(ddni_block *b);

#endif
