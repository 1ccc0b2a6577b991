/* Working memory of a path's regimes. */
#ifndef DDNI_ANALYSIS_TRANSITIONS_PATH_IMPL_H
#define DDNI_ANALYSIS_TRANSITIONS_PATH_IMPL_H

#include <diffdyn/transitions.h>

#include "analysis/batches.h"
#include "analysis/judge.h"
#include "analysis/step_error.h"
#include "base/statistics.h"

/* What is found for one state. */
typedef struct ddni_fate {
    double same_point, same_class, entropy, w_max;
} ddni_fate;

/* How many of the clone pairs of a state agreed. */
typedef struct ddni_clones {
    double same[DDNI_SAMES];
} ddni_clones;

/* What the caller gave: states x[count][m][ldx], and where their regimes go (or NULL). */
typedef struct ddni_trajectories {
    const double *times, *x;
    int64_t count, m, ldx;
    int32_t *regimes; /* [count][m] */
} ddni_trajectories;

typedef struct ddni_path_work {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    ddni_judge judge; /* of the ends of CLONES; its oracle also tells the posterior */
    ddni_step_error steps;
    ddni_batches states, clones; /* of states by the posterior, of one state by CLONES */
    ddn_query *query;            /* posterior at the states */
    ddn_integrator *it;          /* CLONES */
    ddni_level end;
    int64_t d, classes, batch, pairs; /* pairs 0: from the posterior */
    double level, t_s;                /* of same_class; OU time, NaN if unknown */
    double *entropy, *sum_w2, *w_max; /* [batch] */
    double *share;                    /* [batch][classes] */
    double **share_column;            /* [classes] of the result */
    ddni_mean *share_mean;            /* [classes] at one time */
    double *state;                    /* [batch][d] continuations */
    int64_t *number;                  /* [batch] */
    const ddni_trajectories *of;
    int64_t k;       /* number of the time; */
    ddni_fate *fate; /* [m] of its states */
} ddni_path_work;

/* Evaluates fates of states by the posterior: records of 4 + classes numbers, a ddni_fate and the
 * posterior of each class. */
ddn_status ddni_path_posterior(void *user, int64_t first, int64_t m, void *records);
/* What pairs of clones of one state do: a ddni_clones and, of the pairs that run once more, what
 * half the steps change. */
ddn_status ddni_path_clones(void *user, int64_t first, int64_t m, void *records);

#endif
