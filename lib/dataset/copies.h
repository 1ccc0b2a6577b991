/* Things that are equal to an earlier one of a list. */
#ifndef DDNI_DATASET_COPIES_H
#define DDNI_DATASET_COPIES_H

#include "dataset/dataset_impl.h"

/* Whether things i and j are equal; their digests are. */
typedef int32_t (*ddni_same_fn)(const void *what, int64_t i, int64_t j);

/* first[count]: for each thing the lowest one that it is equal to, itself where there is none
 * before it. Equal things have equal digests, digest[count]. */
ddn_status ddni_find_firsts(ddn_context *ctx, int64_t count, const uint64_t *digest,
                            ddni_same_fn same, const void *what, int64_t *first);

/* The same for the points of a set, equal as numbers: first[n]. */
ddn_status ddni_dataset_firsts(ddn_context *ctx, const ddn_dataset *ds, int64_t *first);

#endif
