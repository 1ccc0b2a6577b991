/* Labels of which a point may have several, each with a probability. */
#ifndef DDNI_DATASET_MIXED_H
#define DDNI_DATASET_MIXED_H

#include "dataset/dataset_impl.h"

/* Labels of n points by groups: point i has label value[c] in proportion to
 * share[group[i]][c]. Groups and classes that are not used, and groups that are the same, are
 * allowed. */
typedef struct ddni_label_mix {
    int64_t n, groups, classes;
    const int64_t *group; /* [n] in [0, groups) */
    const int32_t *value; /* [classes] ascending */
    double *share;        /* [groups][classes] not negative; divided by the sums of the rows */
} ddni_label_mix;

/* The labels; the same as without shares where each point has one label only. */
ddn_status ddni_labels_create_mixed(ddn_context *ctx, const ddni_label_mix *from,
                                    ddni_labels **out);

/* Probabilities of the labels of a point: share[classes]. */
void ddni_label_shares(const ddni_labels *l, int64_t i, double *share);

#endif
