/* A model, the data that it was learned from, and data that it has not seen. */
#ifndef DDNI_ANALYSIS_MEMORIZATION_LEARNED_IMPL_H
#define DDNI_ANALYSIS_MEMORIZATION_LEARNED_IMPL_H

#include "analysis/analysis_impl.h"

typedef struct ddni_learned {
    ddn_context *ctx;
    const ddn_analysis *an;
    const ddn_oracle *oracle;
    const ddn_dataset *train;
    const ddn_dataset *test; /* or NULL */
    int64_t d;
} ddni_learned;

/* Both give a result without fields, a part of a report; *out is NULL and stays so on failure.
 * Denoising errors at times that have been checked; theory.md (93). */
ddn_status ddni_measure_denoising(const ddni_learned *of, const double *times, int64_t count,
                                  ddn_result **out);
/* What the model generates from the states at times that have been checked, beside the training
 * data; theory.md (94). */
ddn_status ddni_measure_generated(const ddni_learned *of, const double *times, int64_t count,
                                  ddn_result **out);

/* The scalars NAME, NAME_low and NAME_high: the share of m states that are copies. `what` says
 * which states. */
ddn_status ddni_add_copies(ddn_context *ctx, ddn_result *r, const char *name, const char *what,
                           int64_t hits, int64_t m, double kappa);

/* The same for a quantile of their distances from the nearest (1) or second nearest (2) point,
 * sorted[m]. */
typedef struct ddni_distances {
    const char *what; /* which states */
    int which;
    int64_t m;
    const double *sorted;
} ddni_distances;
ddn_status ddni_add_distance(ddn_context *ctx, ddn_result *r, const char *name, double level,
                             const ddni_distances *of);

#endif
