/* The measurements without their argument checks, as the report uses them. */
#ifndef DDNI_ANALYSIS_TRANSITIONS_MEASURE_H
#define DDNI_ANALYSIS_TRANSITIONS_MEASURE_H

#include <diffdyn/transitions.h>

/* As the public functions of these names; oracle and times have been checked; *out is NULL and
 * stays so on failure. */
ddn_status ddni_measure_clones(const ddn_analysis *an, const ddn_oracle *oracle,
                               const double *times, int64_t count, ddn_result **out);
ddn_status ddni_measure_last_change(const ddn_analysis *an, const ddn_oracle *oracle,
                                    ddn_result **out);
ddn_status ddni_measure_spectrum(const ddn_analysis *an, const ddn_dataset *ds, ddn_result **out);

/* The names of the columns of a result that cross levels; NULL where there is none. */
typedef struct ddni_curves {
    const char *same_class, *same_point, *entropy;
} ddni_curves;
const ddni_curves *ddni_curves_of(const ddn_result *curves);

/* Adds the scalars of ddn_analysis_crossings to a result. */
ddn_status ddni_measure_crossings(const ddn_analysis *an, const ddn_oracle *oracle,
                                  const ddn_result *curves, ddn_result *out);

#endif
