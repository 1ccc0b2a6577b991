/* Forward samples x_t = a x_0 + s z, the data points represented fairly. */
#ifndef DDNI_ANALYSIS_SAMPLES_H
#define DDNI_ANALYSIS_SAMPLES_H

#include <diffdyn/oracle.h>

#include "schedule/schedule_impl.h"

/* Uses of the forward samples of one seed: separate uses are statistically independent. */
enum {
    DDNI_DRAW_IDENTITIES = 0,
    DDNI_DRAW_LAST_CHANGE = 1,
    DDNI_DRAW_CLONES = 16 /* and up: one for each time */
};

/* `total` samples of one use. Sample j is a function of (seed, use, j), whatever batches they are
 * drawn in. Data points are taken equally often as far as total allows; what is left over is a
 * random subset without replacement in which each class has its share of the data up to one. */
typedef struct ddni_samples {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    const ddn_dataset *points; /* where x_0 comes from; NULL: samples of the oracle */
    int64_t seed, use, total, n, d;
    int64_t *order; /* [n]: classes one after the other, each in random order; or NULL */
    double offset;  /* of the systematic choice, in (0, 1) */
} ddni_samples;

ddn_status ddni_samples_init(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed, int64_t use,
                             int64_t total, ddni_samples *samples);
/* The same with x_0 from other points than the oracle's. */
ddn_status ddni_samples_init_points(ddn_context *ctx, const ddn_oracle *oracle,
                                    const ddn_dataset *points, int64_t seed, int64_t use,
                                    int64_t total, ddni_samples *samples);
void ddni_samples_free(ddni_samples *samples);

/* Samples first .. first+count-1: x0[count][d] and their noise z[count][d]. */
ddn_status ddni_samples_draw(const ddni_samples *samples, int64_t first, int64_t count, double *x0,
                             double *z);

/* x = a x0 + s z for size numbers; x may be x0 or z. */
void ddni_samples_at(const ddni_level *level, int64_t size, const double *x0, const double *z,
                     double *x);

#endif
