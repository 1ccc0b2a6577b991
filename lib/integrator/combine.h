/* Linear combinations of batches, with noise: what every step is made of. */
#ifndef DDNI_INTEGRATOR_COMBINE_H
#define DDNI_INTEGRATOR_COMBINE_H

#include "base/rng.h"
#include "oracle/oracle_impl.h"

enum {
    DDNI_TERMS = 16
};

/* coefficient * values, values[m][ld]. */
typedef struct ddni_term {
    double coefficient;
    const double *values;
    int64_t ld;
} ddni_term;

/* A sum of terms, plus spread * z with z = noise(seed, use, path, step, coordinate). */
typedef struct ddni_sum {
    ddni_term term[DDNI_TERMS];
    int32_t terms;
    double spread; /* 0: no noise */
    int64_t seed, step;
    ddni_use use;
    ddni_paths paths;
} ddni_sum;

/* What an oracle predicted at a state: its denoiser or its score there. */
typedef struct ddni_prediction {
    const ddni_level *level;
    const double *x; /* [m][ldx], the state */
    int64_t ldx;
    const double *values; /* [m][ld] */
    int64_t ld;
    ddn_output what; /* DDN_OUT_MEAN or DDN_OUT_SCORE */
} ddni_prediction;

void ddni_sum_add(ddni_sum *sum, double coefficient, const double *values, int64_t ld);
/* coefficient times the denoiser m = E[x_0 | x], the score (a m - x)/s^2, or the noise estimate
 * eps = (x - a m)/s = -s score, whichever of them the oracle gave. */
void ddni_sum_add_mean(ddni_sum *sum, double coefficient, const ddni_prediction *p);
void ddni_sum_add_score(ddni_sum *sum, double coefficient, const ddni_prediction *p);
void ddni_sum_add_noise_estimate(ddni_sum *sum, double coefficient, const ddni_prediction *p);

/* out[m][ldo] := the sum, d columns; out may be one of the terms' arrays. The same bits for any
 * number of threads and any batch. */
ddn_status ddni_sum_evaluate(ddn_context *ctx, const ddni_sum *sum, int64_t m, int64_t d,
                             double *out, int64_t ldo);

#endif
