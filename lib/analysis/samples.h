/* Forward samples x_t = a x_0 + s z, the data points represented fairly. */
#ifndef DDNI_ANALYSIS_SAMPLES_H
#define DDNI_ANALYSIS_SAMPLES_H

#include <diffdyn/oracle.h>

#include "base/rng.h"
#include "schedule/schedule_impl.h"

/* `total` samples of one item (time number) of a measurement. Sample j is a function of (seed,
 * measurement, item, j), whatever batches they are drawn in. Data points are taken equally often as
 * far as total allows; what is left over is a random subset without replacement in which each class
 * has its share of the data up to one. */
typedef struct ddni_samples {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    const ddn_dataset *points; /* where x_0 comes from; NULL: samples of the oracle */
    ddni_measurement what;
    int64_t item, total, n, d;
    ddni_draws noise, choice;
    int64_t *order; /* [n]: classes one after the other, each in random order; or NULL */
    double offset;  /* of the systematic choice, in (0, 1) */
} ddni_samples;

/* points: where x_0 comes from, such as ddn_oracle_dataset(oracle); NULL: samples of the oracle. */
ddn_status ddni_samples_init(ddn_context *ctx, const ddn_oracle *oracle, const ddn_dataset *points,
                             int64_t seed, ddni_measurement what, int64_t item, int64_t total,
                             ddni_samples *samples);
void ddni_samples_free(ddni_samples *samples);

/* Samples first .. first+count-1: x0[count][d] and their noise z[count][d]. */
ddn_status ddni_samples_draw(const ddni_samples *samples, int64_t first, int64_t count, double *x0,
                             double *z);

/* x = a x0 + s z for size numbers; x may be x0 or z. */
void ddni_samples_at(const ddni_level *level, int64_t size, const double *x0, const double *z,
                     double *x);

#endif
