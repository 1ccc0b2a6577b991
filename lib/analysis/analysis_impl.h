/* Settings as the analyses see them. Layer 7 (analysis). */
#ifndef DDNI_ANALYSIS_ANALYSIS_IMPL_H
#define DDNI_ANALYSIS_ANALYSIS_IMPL_H

#include <diffdyn/analysis.h>

#include "base/handle.h"
#include "base/options.h"

enum {
    DDNI_ANALYSIS_OPTIONS = 12
};

struct ddn_analysis {
    ddni_handle handle;
    ddn_context *ctx; /* retained */
    ddni_value values[DDNI_ANALYSIS_OPTIONS];
};

double ddni_analysis_f64(const ddn_analysis *an, ddn_analysis_key key);
int64_t ddni_analysis_i64(const ddn_analysis *an, ddn_analysis_key key);

/* The noisy and the clean end of simulated paths in the time of this schedule: what was set, or
 * else the default OU times as far as the schedule reaches. Fails by value unless
 * t_end < t_start are noise levels of the schedule. */
ddn_status ddni_analysis_ends(const ddn_analysis *an, const ddn_schedule *sch, double *t_start,
                              double *t_end);

/* Refuses a grid that is empty, not strictly monotone, or not within the schedule. */
ddn_status ddni_analysis_check_times(ddn_context *ctx, const char *name, const ddn_schedule *sch,
                                     const double *times, int64_t count);

/* Number of labelled classes whose probabilities the oracle can tell; 0 where it has none. */
int64_t ddni_analysis_classes(const ddn_oracle *oracle);

#endif
