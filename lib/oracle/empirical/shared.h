/* Scratch of the steps that several ways take. Pointers only, so that it is freed as an array. */
#ifndef DDNI_ORACLE_EMPIRICAL_SHARED_H
#define DDNI_ORACLE_EMPIRICAL_SHARED_H

#include "oracle/empirical/lists.h"
#include "oracle/empirical/moments.h"
#include "oracle/empirical/nearest.h"

typedef struct ddni_shared {
    ddni_states states;
    int64_t *rows; /* [m] of the batch, that need blocks */
    ddni_lists lists;
    ddni_moments moments;
    ddni_nearest nearest;
} ddni_shared;

#endif
