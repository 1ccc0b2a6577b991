/* A schedule as the oracle and the integrators see it. Layer 3 (schedule). */
#ifndef DDNI_SCHEDULE_IMPL_H
#define DDNI_SCHEDULE_IMPL_H

#include <diffdyn/schedule.h>

#include "base/handle.h"

/* The noise level at one time. a + a_low is a(t) to about twice double precision: at small s the
 * rounding of a alone would show in the weights (theory.md (14)); a_low is 0 where unknown. */
typedef struct ddni_level {
    double t;
    double a, a_low;
    double s2, s; /* s2 = s * s, each correctly rounded or nearly so */
} ddni_level;

/* Level at time t; fails by value when t is not finite, out of range, or gives s = 0. */
ddn_status ddni_schedule_level(ddn_context *ctx, const ddn_schedule *sch, double t,
                               ddni_level *level);

/* As ddni_schedule_level, but also accepts the noiseless end (t = 0; index -1 for DDPM), where it
 * gives a = 1, s = 0: for the last time of a grid. */
ddn_status ddni_schedule_level_or_end(ddn_context *ctx, const ddn_schedule *sch, double t,
                                      ddni_level *level);

/* Conditional variance of x at `late` given x at `early` (s/a smaller): s'^2 - (a'/a)^2 s^2,
 * without cancellation when the two are close. */
double ddni_transition_variance(const ddni_level *early, const ddni_level *late);

#endif
