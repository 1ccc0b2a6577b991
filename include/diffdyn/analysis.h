/* Settings of the analyses.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_ANALYSIS_H
#define DIFFDYN_ANALYSIS_H

#include <diffdyn/result.h>

DDN_BEGIN_DECLS

/* Settings of analyses. One thread at a time. Retains the context. */
typedef struct ddn_analysis ddn_analysis;
DDN_API ddn_status ddn_analysis_create(ddn_context *ctx, ddn_analysis **out);
DDN_API void ddn_analysis_destroy(ddn_analysis *an);

typedef int32_t ddn_analysis_key;
enum {
    DDN_ANALYSIS_EXCESS_LEVEL = 101, /* level eps of f^e = eps alpha in (0, 1); default 0.05 */
    DDN_ANALYSIS_T_START = 102,   /* noisy end of simulated paths in the schedule's time; until it
                                     is set (get and preset give NaN): OU time 6, or the noisy
                                     end of the schedule if that comes first */
    DDN_ANALYSIS_T_END = 103,     /* clean end of simulated paths; until it is set: OU time 1e-3 */
    DDN_ANALYSIS_ETA = 104,       /* eta of the sampler where it has one; default 1 */
    DDN_ANALYSIS_SEED = 201,      /* default 0 */
    DDN_ANALYSIS_SAMPLES = 202,   /* states a time for identities; >= 2, default 1024 */
    DDN_ANALYSIS_CLONES = 203,    /* clone pairs a time; >= 2, default 512 */
    DDN_ANALYSIS_STEPS = 204,     /* steps of simulated continuations; >= 1, default 12 */
    DDN_ANALYSIS_BATCH = 205,     /* states evaluated together; >= 1, default 128; results do not
                                     depend on it beyond rounding */
    DDN_ANALYSIS_METHOD = 206,    /* a ddn_method for simulated paths; default EXACT */
    DDN_ANALYSIS_PATHS = 207,     /* paths of the last-change measurement; default 256 */
    DDN_ANALYSIS_PATH_STEPS = 208 /* grid of the last-change measurement; default 64 */
};
DDN_API ddn_status ddn_analysis_set_f64(ddn_analysis *an, ddn_analysis_key key, double value);
DDN_API ddn_status ddn_analysis_set_i64(ddn_analysis *an, ddn_analysis_key key, int64_t value);
DDN_API ddn_status ddn_analysis_get_f64(ddn_analysis *an, ddn_analysis_key key, double *value);
DDN_API ddn_status ddn_analysis_get_i64(ddn_analysis *an, ddn_analysis_key key, int64_t *value);
DDN_API ddn_status ddn_analysis_bounds(ddn_analysis *an, ddn_analysis_key key, double *minimum,
                                       double *maximum, double *preset);

DDN_END_DECLS

#endif
