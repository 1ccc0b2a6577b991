/* A copy of the points in bytes, a column at a time, that screens may read in place of them; and
 * how far each point is from its copy. theory.md (14). */
#ifndef DDNI_ORACLE_EMPIRICAL_SHADOW_H
#define DDNI_ORACLE_EMPIRICAL_SHADOW_H

#include "oracle/empirical/empirical.h"

/* Makes the shadow of points whose centre is known; `points` is let go of also after a failure. */
ddn_status ddni_shadow_create(ddn_context *ctx, const ddn_dataset *ds, ddni_centred *points);

#endif
