/* Members of datasets, for the layers that read them. */
#ifndef DDNI_DATASET_DATASET_IMPL_H
#define DDNI_DATASET_DATASET_IMPL_H

#include <diffdyn/dataset.h>

#include "base/handle.h"

/* Labels of n points: the value, and its index among the distinct values in ascending order. A
 * point may have a distribution of labels, as merged copies with several; its label is then the
 * most probable one, the lowest in a tie. Points with the same distribution are a group; where each
 * has one label the groups are the classes. */
typedef struct ddni_labels {
    ddni_handle handle;
    int64_t n, classes;
    int32_t *label;       /* [n] */
    int32_t *class_index; /* [n], in [0, classes) */
    int32_t *value;       /* [classes], ascending */
    int64_t *count;       /* [classes] points with this label */
    int64_t groups;
    int32_t *group_index; /* [n], in [0, groups); class_index itself where groups are classes */
    double
        *group_share; /* [groups][classes] probabilities of the labels; NULL: group g is class g */
} ddni_labels;

/* Probabilities pi_i of n points; theory.md (25). Sets whose points all have the same have none. */
typedef struct ddni_weights {
    ddni_handle handle;
    int64_t n;
    double *pi;                 /* [n] positive, sum 1 */
    double *log;                /* [n] log(n pi_i) */
    double *cumulative;         /* [n] sum of pi_0 .. pi_i, ascending, the last 1 */
    double entropy, square;     /* -sum pi log pi, sum pi^2 */
    double log_least, log_most; /* of log[] */
} ddni_weights;

/* Memory that holds the numbers: copied, borrowed, or a file in place. See storage.h. */
typedef struct ddni_storage ddni_storage;

struct ddn_dataset {
    ddni_handle handle;
    ddni_storage *storage;
    ddni_labels *labels;   /* NULL without labels */
    ddni_weights *weights; /* NULL without weights */
    const double *weight;  /* [n] pi_i, the weights' own; NULL without weights */
    const void *data;      /* [n][ld] of type */
    ddn_type type;
    int64_t n, d, ld;
    int64_t before; /* rows of the whole before these, where they are a part: texts count them */
    double scale, shift;
    double of_byte[256];     /* scale * k + shift, rounded once, as all points are */
    _Atomic uint64_t digest; /* 0: not made yet */
    /* Over a team: no data, labels of all points, and the rows begin[rank] .. as a set of its own.
     */
    struct ddn_team *team; /* retained, or NULL */
    ddn_dataset *part;     /* retained */
    int64_t *begin;        /* [ranks + 1] rows before those of each rank */
};

int64_t ddni_type_size(ddn_type type);
/* "u8", "f32" or "f64". */
const char *ddni_type_name(ddn_type type);

/* Sets the map of a dataset that is being made. */
void ddni_dataset_set_map(ddn_dataset *ds, double scale, double shift);

/* Rows first .. first+count-1, mapped: out[count][ldo]. Any thread. */
void ddni_dataset_rows(const ddn_dataset *ds, int64_t first, int64_t count, double *out,
                       int64_t ldo);

/* Sets whose numbers are those of a file in place (ddn_dataset_open_in_place); all others pass.
 * Refuses a file that has changed since it was opened. */
ddn_status ddni_dataset_unchanged(ddn_context *ctx, const ddn_dataset *ds);
/* The same, and a number that is not finite, which takes a pass over the set the first time. */
ddn_status ddni_dataset_settle(ddn_context *ctx, const ddn_dataset *ds);
/* A pass of another purpose has seen that all numbers are finite. */
void ddni_dataset_is_finite(const ddn_dataset *ds);
int32_t ddni_dataset_in_place(const ddn_dataset *ds);
/* The rows first .. first+rows-1 are read next, in a run from begin to end: has the system fetch
 * what comes behind them. Any thread. */
void ddni_dataset_ahead(const ddn_dataset *ds, int64_t first, int64_t rows, int64_t begin,
                        int64_t end);

/* Rows of about `bytes` bytes, a multiple of `group`. */
int64_t ddni_slab_rows(const ddn_dataset *ds, int64_t bytes, int64_t group);

/* Mean of the points in double: mean[d]. Parallel; the same bits for any number of threads. */
ddn_status ddni_dataset_mean(ddn_context *ctx, const ddn_dataset *ds, double *mean);

/* pi_i. */
static inline double ddni_weight(const ddn_dataset *ds, int64_t i)
{
    return ds->weight != NULL ? ds->weight[i] : 1 / (double)ds->n;
}

/* H(pi) = -sum pi log pi, and sum pi^2: log n and 1/n without weights. */
double ddni_dataset_entropy(const ddn_dataset *ds);
double ddni_dataset_square(const ddn_dataset *ds);

/* The point that a uniform deviate u in (0, 1) draws with its probability. */
int64_t ddni_dataset_point(const ddn_dataset *ds, double u);

/* Probabilities of the classes of a set with labels: share[classes], sum 1. */
void ddni_dataset_class_shares(const ddn_dataset *ds, double *share);
/* The mean as a sum of two doubles, mean + rest: it then is known to a rounding of the differences
 * between points, however far from 0 they are. */
ddn_status ddni_dataset_mean_parts(ddn_context *ctx, const ddn_dataset *ds, double *mean,
                                   double *rest);

/* tr C + |mean|^2, the mean squared norm of the points. */
ddn_status ddni_dataset_second_moment(ddn_context *ctx, const ddn_dataset *ds, double *moment);

/* As ddn_dataset_digest, never 0. */
ddn_status ddni_dataset_digest(ddn_context *ctx, const ddn_dataset *ds, uint64_t *digest);

/* Of a set over a team: the rows index[m], m > 0, which all ranks ask for, in x[m][ldx]. */
ddn_status ddni_team_rows(ddn_context *ctx, const ddn_dataset *ds, int64_t m, const int64_t *index,
                          double *x, int64_t ldx);
/* Rows first .. first+count-1 of the whole, on all ranks: out[count][ldo]. */
ddn_status ddni_team_read(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count,
                          double *out, int64_t ldo);
/* The rank that has a row. */
int64_t ddni_team_owner(const ddn_dataset *ds, int64_t row);
/* What the public functions do with such a set. */
ddn_status ddni_team_mean_parts(ddn_context *ctx, const ddn_dataset *ds, double *mean,
                                double *rest);
ddn_status ddni_team_squared_norms(ddn_context *ctx, const ddn_dataset *ds, const double *centre,
                                   double *norms);

/* Whether two points are equal as numbers; their bytes may differ in the signs of zeros, or where
 * the map rounds the difference away. */
int32_t ddni_same_row(const ddn_dataset *ds, int64_t i, int64_t j);
/* As ddn_dataset_copy_count. */
ddn_status ddni_dataset_copies(ddn_context *ctx, const ddn_dataset *ds, int64_t *copies);

/* All ranks of a set over a team are about to do the same, with arguments of one digest. Nothing
 * for a set of one process. */
ddn_status ddni_dataset_agree(ddn_context *ctx, const ddn_dataset *ds, uint64_t digest);

/* Gives a dataset without weights those of another, if it has any. */
static inline void ddni_dataset_share_weights(ddn_dataset *to, const ddn_dataset *from)
{
    to->weights = from->weights;
    to->weight = from->weight;
    if (to->weights != NULL) {
        ddni_retain(to->weights);
    }
}

/* Gives a dataset without labels those of another, if it has any. */
static inline void ddni_dataset_share_labels(ddn_dataset *to, const ddn_dataset *from)
{
    to->labels = from->labels;
    if (to->labels != NULL) {
        ddni_retain(to->labels);
    }
}

#endif
