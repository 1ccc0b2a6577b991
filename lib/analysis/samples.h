/* Forward samples x_t = a x_0 + s z. */
#ifndef DDNI_ANALYSIS_SAMPLES_H
#define DDNI_ANALYSIS_SAMPLES_H

#include <diffdyn/oracle.h>

#include "base/rng.h"
#include "schedule/schedule_impl.h"

/* Samples of one item (time number) of a measurement: independent draws of p_t. Sample j is a
 * function of (seed, measurement, item, j), whatever batches they are drawn in and however many
 * there are. Each takes a data point by its probability. */
typedef struct ddni_samples {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    const ddn_dataset *points; /* where x_0 comes from; NULL: samples of the oracle */
    ddni_measurement what;
    int64_t item, d;
    ddni_draws noise, choice;
} ddni_samples;

/* points: where x_0 comes from, such as ddn_oracle_dataset(oracle); NULL: samples of the oracle. */
void ddni_samples_init(ddn_context *ctx, const ddn_oracle *oracle, const ddn_dataset *points,
                       int64_t seed, ddni_measurement what, int64_t item, ddni_samples *samples);

/* Samples first .. first+count-1: x0[count][d] and their noise z[count][d]. */
ddn_status ddni_samples_draw(const ddni_samples *samples, int64_t first, int64_t count, double *x0,
                             double *z);

/* x = a x0 + s z for size numbers; x may be x0 or z. */
void ddni_samples_at(const ddni_level *level, int64_t size, const double *x0, const double *z,
                     double *x);

#endif
