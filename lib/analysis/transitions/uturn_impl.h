/* A branching experiment: what it holds and what it counts. */
#ifndef DDNI_ANALYSIS_TRANSITIONS_UTURN_IMPL_H
#define DDNI_ANALYSIS_TRANSITIONS_UTURN_IMPL_H

#include <diffdyn/transitions.h>

#include "analysis/judge.h"
#include "base/statistics.h"
#include "schedule/schedule_impl.h"

/* What the posterior at x_t predicts; the first three are outputs of the oracle. */
enum {
    DDNI_PREDICT_ENTROPY,
    DDNI_PREDICT_SUM_W2,
    DDNI_PREDICT_TRACE_COV,
    DDNI_PREDICT_CLASS_W2,
    DDNI_PREDICTIONS
};

typedef struct ddni_branch {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    const ddn_dataset *points; /* of the x_0, or NULL */
    ddni_judge judge;          /* of both rows of a pair */
    ddn_integrator *it;
    ddn_query *query;
    int64_t seed, paths, batch, d;
    int64_t clones;    /* 1: U-turn, 2 */
    int32_t own_data;  /* the x_0 are the oracle's own */
    int32_t predicts;  /* some output of the query is wanted */
    int32_t own_judge; /* and so are the points that judge */
    ddni_level end;
    double *x0, *z, *pair; /* [batch][d], pair [2 batch][d] */
    int64_t *path;         /* [2 batch] */
    double *value[DDNI_PREDICT_CLASS_W2], *class_share;
    double *distance2; /* [paths] */
} ddni_branch;

typedef struct ddni_tally {
    ddni_agreement same;
    ddni_mean distance2, predicted[DDNI_PREDICTIONS];
} ddni_tally;

ddn_status ddni_branch_prepare(ddni_branch *w, const ddn_analysis *an);
void ddni_branch_release(ddni_branch *w);

/* All paths of time number k of `times`, at that level. */
ddn_status ddni_branch_measure(ddni_branch *w, const ddni_level *level, int64_t k, int64_t times,
                               ddni_tally *out);

#endif
