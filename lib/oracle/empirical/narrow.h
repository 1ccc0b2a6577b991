/* Points of few coordinates: all of them in double by differences, side by side in registers, for
 * whole batches as they come. */
#ifndef DDNI_ORACLE_EMPIRICAL_NARROW_H
#define DDNI_ORACLE_EMPIRICAL_NARROW_H

#include "oracle/empirical/ways.h"

extern const ddni_way ddni_way_narrow;

/* The points by columns, where there are so few numbers that copies cost little; else none. */
ddn_status ddni_narrow_create(ddn_context *ctx, ddni_empirical *o);
void ddni_narrow_release(const ddni_allocator *al, ddni_empirical *o);

#endif
