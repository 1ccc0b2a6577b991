/* The distances of each state from the nearest and the second nearest distinct point. */
#ifndef DDNI_ORACLE_EMPIRICAL_TWO_NEAREST_H
#define DDNI_ORACLE_EMPIRICAL_TWO_NEAREST_H

#include "oracle/empirical/block.h"

/* Writes NEAREST_DISTANCE2 and SECOND_DISTANCE2 of the states of a block that are done. */
ddn_status ddni_two_nearest_run(ddn_context *ctx, ddni_block *b);

#endif
