/* A schedule as the oracle and the integrators see it. */
#ifndef DDNI_SCHEDULE_SCHEDULE_IMPL_H
#define DDNI_SCHEDULE_SCHEDULE_IMPL_H

#include <stddef.h>

#include <diffdyn/schedule.h>

#include "base/handle.h"

/* The noise level at one time. a + a_low is a(t) to about twice double precision: at small s the
 * rounding of a alone would show in the weights (theory.md (14)); a_low is 0 where unknown. */
typedef struct ddni_level {
    double t; /* a = 0: pure noise, at the last time of some schedules alone */
    double a, a_low;
    double s2, s;  /* s2 = s * s, each correctly rounded or nearly so */
    double s2_low; /* s2 + s2_low is s(t)^2 to about twice double precision */
} ddni_level;

/* Kind and parameters of a schedule in words, owned by it: "ddpm(steps=1000, beta_first=0.0001,
 * beta_last=0.02)". */
const char *ddni_schedule_text(const ddn_schedule *sch);

/* Level at time t; fails by value when t is not finite, out of range, or gives s = 0. */
ddn_status ddni_schedule_level(ddn_context *ctx, const ddn_schedule *sch, double t,
                               ddni_level *level);

/* As ddni_schedule_level, but also accepts the noiseless end (t = 0; index -1 for DDPM), where it
 * gives a = 1, s = 0: for the last time of a grid. */
ddn_status ddni_schedule_level_or_end(ddn_context *ctx, const ddn_schedule *sch, double t,
                                      ddni_level *level);

/* Whether it ends in pure noise: a = 0 at its last time. */
int32_t ddni_schedule_pure(const ddn_schedule *sch);
/* Whether its times are indices, between which rates jump. */
int32_t ddni_schedule_indexed(const ddn_schedule *sch);

/* da/dt and ds/dt at a level of the schedule, also where a = 0 and f and g^2 are infinite. */
ddn_status ddni_schedule_slopes(ddn_context *ctx, const ddn_schedule *sch, const ddni_level *level,
                                double *da, double *ds);

/* f and g^2 as ddn_schedule_rates. */
ddn_status ddni_schedule_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f,
                               double *g2);

/* The rates at `at`, one of the ends of a step between times t and u, for a rule that is exact for
 * rates which vary smoothly. Where they jump between the ends (ddpm, cosine) it is their mean over
 * the step, which makes the rule one in OU time, where nothing jumps. */
ddn_status ddni_schedule_rates_in_step(ddn_context *ctx, const ddn_schedule *sch, double t,
                                       double u, double at, double *f, double *g2);

/* Time <-> OU time, the noiseless end included. */
ddn_status ddni_schedule_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau);
ddn_status ddni_schedule_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t);

/* The first time of a grid of whole indices, and a grid as ddn_schedule_grid, without checks of
 * count and pointers. */
ddn_status ddni_schedule_grid_first(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind,
                                    double t_first, double t_last, int64_t count, double *t);
ddn_status ddni_schedule_grid(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind,
                              double t_first, double t_last, int64_t count, double *times);

/* Conditional variance of x at `late` given x at `early` (s/a smaller): s'^2 - (a'/a)^2 s^2,
 * without cancellation when the two are close. */
double ddni_transition_variance(const ddni_level *early, const ddni_level *late);

/* Path numbers of the rows of a batch: list[row], or first + row where list is NULL. */
typedef struct ddni_paths {
    const int64_t *list;
    int64_t first;
} ddni_paths;

static inline int64_t ddni_path(const ddni_paths *paths, int64_t row)
{
    return paths->list != NULL ? paths->list[row] : paths->first + row;
}

#endif
