/* Sets over a team that are made of one another: each rank makes its part, all know the rest. */
#ifndef DDNI_DATASET_TEAM_SET_H
#define DDNI_DATASET_TEAM_SET_H

#include "dataset/storage.h"

/* What such a set is made of. */
typedef struct ddni_team_made {
    ddn_dataset *part;     /* this rank's, NULL where making it failed */
    ddni_labels *labels;   /* of all points, or NULL */
    ddni_weights *weights; /* of all points, or NULL */
    uint64_t digest;       /* of the arguments, which all ranks have alike */
} ddni_team_made;

/* The set over the team of ds. `mine`: what making its part has come to on this rank. Takes over
 * the references. */
ddn_status ddni_team_remake(ddn_context *ctx, const ddn_dataset *ds, ddn_status mine,
                            ddni_team_made *made, ddn_dataset **out);
/* The same with the labels and weights of ds, which the part has its own of. */
ddn_status ddni_team_remake_part(ddn_context *ctx, const ddn_dataset *ds, ddn_status mine,
                                 ddn_dataset *part, uint64_t digest, ddn_dataset **out);

/* Gives the part, whose rows are first .. of the whole, its own of the labels and weights. */
ddn_status ddni_team_dress(ddn_context *ctx, const ddni_team_made *made, int64_t first);

/* The points of ds with these labels and weights, each NULL for none. Takes over the references. */
ddn_status ddni_team_relabel(ddn_context *ctx, const ddn_dataset *ds, ddni_labels *labels,
                             ddni_weights *weights, uint64_t digest, ddn_dataset **out);

/* The rows rows[count] of ds in this order, in shares as even as can be: rows move between ranks.
 * With these labels and weights; takes over the references. */
ddn_status ddni_team_take(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                          const int64_t *rows, ddni_labels *labels, ddni_weights *weights,
                          ddn_dataset **out);

/* As ddn_dataset_read_f32. */
ddn_status ddni_team_read_f32(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count,
                              float *out, int64_t ldo);

/* The references to the labels and weights of a set, for one that is made of it. */
static inline ddni_labels *ddni_labels_shared(const ddn_dataset *ds)
{
    if (ds->labels != NULL) {
        ddni_retain(ds->labels);
    }
    return ds->labels;
}
static inline ddni_weights *ddni_weights_shared(const ddn_dataset *ds)
{
    if (ds->weights != NULL) {
        ddni_retain(ds->weights);
    }
    return ds->weights;
}

#endif
