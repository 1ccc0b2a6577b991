/* What an oracle implements, and what a query hands to it. */
#ifndef DDNI_ORACLE_ORACLE_IMPL_H
#define DDNI_ORACLE_ORACLE_IMPL_H

#include <stdatomic.h>
#include <stddef.h>

#include <diffdyn/oracle.h>

#include "base/handle.h"
#include "oracle/outputs.h"
#include "oracle/posterior.h"
#include "schedule/schedule_impl.h"

enum {
    DDNI_MOST_WAYS = 8,  /* of evaluation, that a kind of oracle may have */
    DDNI_MAX_D = 1 << 24 /* coordinates, as of a dataset */
};

/* What a way of evaluation knows of a state beside the outputs, and how well. */
typedef struct ddni_evidence {
    ddni_posterior posterior; /* absolute logits */
    double rounding;          /* error of the largest logit, if it is one of differences */
    double spread;            /* size of the errors of logits of sums; 0: all are of differences */
    double weights;           /* error of weights and their sums beside that, relative */
    double mean;              /* error of the mean that those of the logits make, times a */
} ddni_evidence;

/* The outputs of one evaluation: f64[what] / i64[what] is NULL where not wanted. */
typedef struct ddni_request {
    double *f64[DDNI_OUTPUTS];
    int64_t *i64[DDNI_OUTPUTS];
    int64_t ld[DDNI_OUTPUTS];
    const double *v; /* DDN_IN_V */
    int64_t ldv;
    int64_t seed, step; /* noise of DDN_OUT_DRAW */
    ddni_paths paths;
    const double *uniform; /* [m] in [0, 1): what DRAW draws with instead of that noise; or NULL */
    int64_t *nearest_row;  /* [m] gets the row of the nearest point, beside its distance; or NULL */
    ddni_evidence *evidence; /* [m] of ways that have a posterior; or NULL */
    double *mean_rest;       /* [m][ld of MEAN] gets what the mean, which is wanted, rounds off; or
                                NULL */
    int32_t sharp;           /* logits are taken relative to a point wherever several compete */
    double epsilon;
    int32_t trajectory; /* row r of successive runs is one trajectory */
    int64_t forbidden;  /* set of ways that may not be used */
} ddni_request;

/* The states of one evaluation, all at one level. */
typedef struct ddni_batch {
    const ddni_level *level;
    int64_t m;
    const double *x; /* [m][ldx] */
    int64_t ldx;
} ddni_batch;

/* The level as sums over points take it: where a = 0 they want the coordinates x/a of the data, so
 * that a is taken so small that nothing but these can tell it from 0 (26). */
static inline ddni_level ddni_level_of_sums(const ddni_level *level)
{
    ddni_level sums = *level;
    if (sums.a <= 0.0) {
        sums.a = 1e-120;
        sums.a_low = 0.0;
    }
    return sums;
}

/* Path number of a row. */
static inline int64_t ddni_request_path(const ddni_request *rq, int64_t row)
{
    return ddni_path(&rq->paths, row);
}

/* What one way of evaluation did in a run. */
typedef struct ddni_way_tally {
    int64_t tried, served; /* states */
    int64_t rows, bytes;   /* read: see ddn_way_tally */
    const char *note;      /* why it did not serve all states that came to it; static, or NULL */
} ddni_way_tally;

/* What an evaluation reports about itself; it is given one that drops nothing and touches all. */
typedef struct ddni_report {
    double dropped, touched;
    ddni_way_tally way[DDNI_MOST_WAYS];
} ddni_report;
/* Adds the tallies of `ways` ways; a later note replaces an earlier one (query.c). */
void ddni_report_add_ways(ddni_report *sum, const ddni_report *more, int64_t ways);

/* The operations of a kind of oracle. evaluate gets finite states, at least one, and only outputs
 * of `can`; SCORE and MEAN are given together or either alone; query.c derives DIVERGENCE from
 * TRACE_COV and JACOBIAN_TIMES_V from COV_TIMES_V unless the kind lists them in `direct`. All kinds
 * give SCORE, MEAN, JACOBIAN_TIMES_V and DIVERGENCE. */
typedef struct ddni_oracle_ops {
    const char *kind;
    /* Scratch of one query. */
    ddn_status (*scratch_create)(ddn_context *ctx, const ddn_oracle *oracle, void **scratch);
    void (*scratch_destroy)(ddn_context *ctx, void *scratch);
    int64_t (*scratch_bytes)(const void *scratch);
    ddn_status (*evaluate)(ddn_context *ctx, const ddn_oracle *oracle, void *scratch,
                           const ddni_request *rq, const ddni_batch *batch, ddni_report *report);
    ddn_status (*sample_data)(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                              int64_t first_path, int64_t m, double *x, int64_t ldx,
                              int64_t *index);
    int32_t samples_dataset; /* sample_data needs the dataset, which some have not */
    /* Tells it from others of its kind: components, parts, what it asks of a model. NULL: the
     * dataset alone does. */
    ddn_status (*digest)(ddn_context *ctx, const ddn_oracle *oracle, uint64_t *digest);
    /* Ways of evaluation in the order in which they are tried; NULL: there is one, without a name.
     */
    int64_t (*way_count)(void);
    const char *(*way_name)(int64_t way);
    void (*destroy)(ddn_oracle *oracle); /* members of the kind only */
} ddni_oracle_ops;

/* Kinds embed this as their first member. */
struct ddn_oracle {
    ddni_handle handle;
    const ddni_oracle_ops *ops;
    ddn_schedule *schedule; /* retained */
    ddn_dataset *dataset;   /* retained, or NULL */
    ddn_dataset *spread;    /* the set over a team in its place; retained, or NULL */
    int64_t d, components, classes;
    int64_t can;           /* set of outputs it can give, derived ones included */
    int64_t direct;        /* of DIVERGENCE and JACOBIAN_TIMES_V: those it gives itself */
    double epsilon_preset; /* default of DDN_QUERY_EPSILON */
    uint64_t made_of;      /* digest of what its numbers were computed from: they may differ in last
                              digits from machine to machine; or 0 */
    _Atomic int64_t tally[DDNI_MOST_WAYS][DDN_WAY_BYTES]; /* of all queries, by ddn_way_tally - 1 */
};

/* Allocates an oracle of `size` bytes with the common members set; retains schedule and dataset. */
ddn_status ddni_oracle_create(ddn_context *ctx, int64_t size, const ddni_oracle_ops *ops,
                              const ddn_schedule *sch, const ddn_dataset *ds, int64_t d, void *out);

/* Tells oracles apart: kind, shape, outputs, dataset, and what the kind adds. The schedule is not
 * in it. Callbacks of models cannot be compared: only which of them there are. */
ddn_status ddni_oracle_digest(ddn_context *ctx, const ddn_oracle *oracle, uint64_t *digest);

/* The points, which may be spread over a team: for what asks such sets by functions that know them.
 * NULL where there are none. */
static inline const ddn_dataset *ddni_oracle_set(const ddn_oracle *oracle)
{
    return oracle == NULL ? NULL : oracle->spread != NULL ? oracle->spread : oracle->dataset;
}

/* Whether ddn_oracle_sample_data can give anything. */
static inline int ddni_oracle_samples(const ddn_oracle *oracle)
{
    return oracle->ops->sample_data != NULL &&
           (oracle->dataset != NULL || !oracle->ops->samples_dataset);
}

/* The point that a path samples: its number modulo n, or with weights one drawn by them. */
int64_t ddni_oracle_sample_row(const ddn_dataset *ds, int64_t seed, int64_t path);
/* sample_data of the kinds whose data are the points of their dataset. */
ddn_status ddni_oracle_sample_points(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                                     int64_t first_path, int64_t m, double *x, int64_t ldx,
                                     int64_t *index);

#endif
