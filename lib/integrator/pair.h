/* One step of Dormand and Prince's pair of orders 5 and 4 (15), for states at one place with one
 * step length.
 *
 * Along the probability flow in y = x/a and l = log sigma, dy/dl = y - m(x, t). A row has `width`
 * numbers: the d of y, then any that are integrated beside it and that slopes do not depend on. */
#ifndef DDNI_INTEGRATOR_PAIR_H
#define DDNI_INTEGRATOR_PAIR_H

#include "integrator/combine.h"
#include "numerics/dormand_prince.h"

typedef struct ddni_pair {
    ddn_context *ctx;
    int64_t width;
    /* [count][width] each */
    double *from; /* y at the departure */
    double *x;    /* a y at the stage; after the step at its end */
    double
        *k[DDNI_STAGES]; /* slopes; k[0] at the departure, after the step the last one at its end */
    /* The level where a share of the step is done, and the slopes at the states pair->x there. */
    ddn_status (*level)(void *user, double share, ddni_level *level);
    ddn_status (*slope)(void *user, const ddni_level *level, int64_t count, double *k);
    void *user;
} ddni_pair;

/* Steps `count` rows by h in l; `end` is the level there. */
ddn_status ddni_pair_step(const ddni_pair *pair, int64_t count, double h, ddni_level *end);

/* What the two orders differ by in number i of [count][width], over h. */
double ddni_pair_difference(const ddni_pair *pair, int64_t i);

/* k := x/a - m at the prediction, rows of k at distance ldk. */
ddn_status ddni_flow_slope(ddn_context *ctx, const ddni_prediction *at, int64_t m, int64_t d,
                           double *k, int64_t ldk);

/* The level at l = log sigma. */
ddn_status ddni_flow_level(ddn_context *ctx, const ddn_schedule *sch, double l, ddni_level *level);

#endif
