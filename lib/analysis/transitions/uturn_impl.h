/* A branching experiment: what it holds and what it counts. */
#ifndef DDNI_ANALYSIS_TRANSITIONS_UTURN_IMPL_H
#define DDNI_ANALYSIS_TRANSITIONS_UTURN_IMPL_H

#include <diffdyn/transitions.h>

#include "analysis/batches.h"
#include "analysis/judge.h"
#include "analysis/samples.h"
#include "analysis/step_error.h"
#include "analysis/transitions/distance.h"
#include "base/statistics.h"
#include "schedule/schedule_impl.h"

typedef struct ddni_branch {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    const ddn_dataset *points; /* of the x_0, or NULL */
    ddni_judge judge;          /* of both rows of a pair */
    ddni_step_error steps;
    ddni_batches batches;
    ddn_integrator *it;
    ddn_query *query; /* of the entropy, or NULL */
    int64_t seed, paths, batch, d;
    int64_t clones;    /* 1: U-turn, 2 */
    int32_t own_data;  /* the x_0 are the oracle's own */
    int32_t own_judge; /* and so are the points that judge */
    ddni_level end;
    double *x0, *z, *pair; /* [batch][d], pair [2 batch][d] */
    int64_t *path;         /* [2 batch] */
    double *entropy;       /* [batch] of starts that are not the oracle's; NULL where it has none */
    double *distance2;     /* [paths] */
    double typical;        /* squared distance of independent ends, or NaN */
    ddni_samples samples;  /* of the time that is measured: its number, its level, */
    int64_t k;
    ddni_level level;
    struct ddni_tally *found; /* what its pairs found */
} ddni_branch;

typedef struct ddni_tally {
    ddni_agreement same;
    ddni_distance distance;
    ddni_mean entropy;
} ddni_tally;

ddn_status ddni_branch_prepare(ddni_branch *w, const ddn_analysis *an, const double *times,
                               int64_t count);
void ddni_branch_release(ddni_branch *w);

/* All paths of time number k of `times`, at that level. */
ddn_status ddni_branch_measure(ddni_branch *w, const ddni_level *level, int64_t k, int64_t times,
                               ddni_tally *out);

#endif
