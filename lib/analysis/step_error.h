/* How much the step size of simulated paths changes what they say: a share of them runs once more,
 * from the same states with the same noise and half as many steps; theory.md (47). */
#ifndef DDNI_ANALYSIS_STEP_ERROR_H
#define DDNI_ANALYSIS_STEP_ERROR_H

#include <diffdyn/integrator.h>

#include "analysis/judge.h"
#include "base/statistics.h"

/* One that is all zero may be freed. */
typedef struct ddni_step_error {
    ddn_context *ctx;
    ddn_integrator *it; /* borrowed */
    ddn_method method;
    int64_t steps, times;
    double share;       /* of the paths; 0: none is judged */
    int32_t exact;      /* the method has no such error */
    int32_t same_noise; /* halved by the integrator; else by the number of steps */
    ddni_mean *change;  /* [times][SAMES] of half the steps less all; of paths that are no pairs
                           the first alone */
} ddni_step_error;

/* What the numbers that it may bias are called. */
typedef struct ddni_step_names {
    const char *curve[DDNI_SAMES]; /* columns, or scalars, with NAME_se; or NULL */
    const char *unit;
} ddni_step_names;

/* For paths of `it` at so many times. */
ddn_status ddni_step_error_create(const struct ddn_analysis *an, const ddn_oracle *oracle,
                                  ddn_integrator *it, int64_t times, ddni_step_error *e);
void ddni_step_error_free(ddni_step_error *e);

/* How many of the `m` paths or pairs from number `first` on run once more, of `all` of a time. */
int64_t ddni_step_error_count(const ddni_step_error *e, int64_t first, int64_t m, int64_t all);

/* The runs that follow have half the steps; or all of them again. */
ddn_status ddni_step_error_halve(ddni_step_error *e, int32_t on);

/* What half the steps changed of pair p, which a judge has just seen. */
void ddni_step_error_compare(const ddni_judge *judge, int64_t p, const double same[DDNI_SAMES],
                             double change[DDNI_SAMES]);
/* Adds that to the pairs of time number k. */
void ddni_step_error_add(ddni_step_error *e, int64_t k, const double change[DDNI_SAMES]);

/* Adds the scalars NAME_step, and the field "step_error", which says in words how the steps were
 * judged, and whether there should be more. */
ddn_status ddni_step_error_report(const ddni_step_error *e, const ddni_step_names *names,
                                  ddn_result *r);

#endif
