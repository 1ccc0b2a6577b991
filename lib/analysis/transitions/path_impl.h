/* Working memory of a path's regimes. */
#ifndef DDNI_ANALYSIS_TRANSITIONS_PATH_IMPL_H
#define DDNI_ANALYSIS_TRANSITIONS_PATH_IMPL_H

#include <diffdyn/transitions.h>

#include "analysis/judge.h"
#include "analysis/step_error.h"
#include "base/statistics.h"

/* What is found for one state. */
typedef struct ddni_fate {
    double same_point, same_class, entropy, w_max;
} ddni_fate;

typedef struct ddni_path_work {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    ddni_judge judge; /* of the ends of CLONES; its oracle also tells the posterior */
    ddni_step_error steps;
    ddn_query *query;   /* posterior at the states */
    ddn_integrator *it; /* CLONES */
    ddni_level end;
    int64_t d, classes, batch, pairs; /* pairs 0: from the posterior */
    double level, t_s;                /* of same_class; OU time, NaN if unknown */
    double *entropy, *sum_w2, *w_max; /* [batch] */
    double *share;                    /* [batch][classes], as ddni_path_posterior found them */
    double **share_column;            /* [classes] of the result */
    ddni_mean *share_mean;            /* [classes] at one time */
    double *state;                    /* [batch][d] continuations */
    int64_t *number;                  /* [batch] */
} ddni_path_work;

/* Fates of the states x[m][ldx] at time t, the k-th of the times, m <= batch. */
ddn_status ddni_path_posterior(ddni_path_work *w, double t, int64_t m, const double *x, int64_t ldx,
                               ddni_fate *fate);
/* Replaces same_point and same_class of one state by what pairs of clones do. */
ddn_status ddni_path_clones(ddni_path_work *w, double t, int64_t k, int64_t path, const double *x,
                            ddni_fate *fate);

#endif
