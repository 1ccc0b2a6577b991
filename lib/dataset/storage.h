/* Making datasets: the memory behind them and the step from memory to a checked set. */
#ifndef DDNI_DATASET_STORAGE_H
#define DDNI_DATASET_STORAGE_H

#include "base/os.h"
#include "dataset/dataset_impl.h"

struct ddni_storage {
    ddni_handle handle;
    void *memory;           /* the allocator's, or NULL */
    ddni_map map;           /* a file in place; at is NULL without */
    _Atomic int32_t finite; /* all numbers of the map were seen to be */
    ddn_release_fn release; /* the host's, or NULL */
    void *user;
    char *description; /* the allocator's, or NULL */
};

/* With nothing in it yet. */
ddn_status ddni_storage_new(ddn_context *ctx, ddni_storage **out);

/* `bytes` of the allocator's memory, not zeroed. */
ddn_status ddni_storage_create(ddn_context *ctx, int64_t bytes, ddni_storage **out, void **memory);

/* The bytes of a file where they are; they stay when f is closed. */
ddn_status ddni_storage_map(ddn_context *ctx, const ddni_file *f, ddni_storage **out);

/* Says where the numbers come from and what was done to them, for all sets that share the storage.
 */
ddn_status ddni_storage_describe(ddn_context *ctx, ddni_storage *s, const char *text);

/* Drops a reference; NULL is a no-op. */
void ddni_storage_release(ddni_storage *s);

/* Refuses shapes outside the limits of dataset.h with `bad`; the text starts with `what`. */
ddn_status ddni_check_shape(ddn_context *ctx, const char *what, ddn_status bad, ddn_type type,
                            int64_t n, int64_t d);

/* Numbers in memory: data[n][ld], d of each row used; `before` as in a set. */
typedef struct ddni_array {
    const void *data;
    ddn_type type;
    int64_t n, d, ld, before;
} ddni_array;

/* Makes a fresh set of an array after checking that every number is finite, unless they are a
 * file's in place; errors start with `what`. Takes over the caller's reference to the storage, also
 * where it fails. */
ddn_status ddni_dataset_wrap(ddn_context *ctx, const char *what, ddni_storage *storage,
                             ddni_array array, ddn_dataset **out);

/* A set with nothing in it yet. */
ddn_status ddni_dataset_new(ddn_context *ctx, ddn_dataset **out);

/* A new set that shares storage, labels, weights and everything else with ds. */
ddn_status ddni_dataset_derive(ddn_context *ctx, const ddn_dataset *ds, ddn_dataset **out);

/* Fails with DDN_E_NONFINITE at the first row and column that is not finite under the map. */
ddn_status ddni_check_finite(ddn_context *ctx, const char *what, const ddn_dataset *ds);

/* Fails with DDN_E_RANGE at the first of the rows that float cannot hold. */
ddn_status ddni_check_f32(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count);

/* Columns first .. first+count-1 of one row, mapped: out[count]. Any thread. */
void ddni_dataset_part(const ddn_dataset *ds, int64_t row, int64_t first, int64_t count,
                       double *out);

/* Labels from label[n] (copied), with the table of distinct values. */
ddn_status ddni_labels_create(ddn_context *ctx, const int32_t *label, int64_t n, ddni_labels **out);
/* Labels without anything in them yet. */
ddn_status ddni_labels_new(ddn_context *ctx, ddni_labels **out);
/* The labels of rows[count]. */
ddn_status ddni_labels_take(ddn_context *ctx, const ddni_labels *from, const int64_t *rows,
                            int64_t count, ddni_labels **out);
void ddni_labels_release(ddni_labels *l);

/* Weights from weight[n] (not kept), which are positive and finite; NULL where all are equal.
 * Errors start with `what`. */
ddn_status ddni_weights_create(ddn_context *ctx, const char *what, int64_t n, const double *weight,
                               ddni_weights **out);
void ddni_weights_release(ddni_weights *w);
/* Gives a fresh set its weights, or none: NULL. Takes over the reference. */
void ddni_dataset_set_weights(ddn_dataset *ds, ddni_weights *w);
/* The same points without weights. */
ddn_status ddni_dataset_drop_weights(ddn_context *ctx, const ddn_dataset *ds, ddn_dataset **out);

/* A new set of the rows rows[count] under the map of ds, with these labels and weights, each NULL
 * for none. Takes over the references. */
ddn_status ddni_dataset_take(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                             const int64_t *rows, ddni_labels *labels, ddni_weights *weights,
                             ddn_dataset **out);

/* A new set of count rows like those of ds, packed, in memory of the storage; its map and text, no
 * labels, no weights. Takes over the reference to the storage. */
ddn_status ddni_subset_wrap(ddn_context *ctx, const ddn_dataset *ds, ddni_storage *storage,
                            const void *memory, int64_t count, ddn_dataset **out);

/* pivot + shift as the sum of two doubles. */
static inline void ddni_two_parts(double pivot, double shift, double *mean, double *rest)
{
    double sum = pivot + shift, part = sum - pivot;
    *mean = sum;
    *rest = (pivot - (sum - part)) + (shift - part); /* exact */
}

/* A new set: ds with label[n] in place of its labels. */
ddn_status ddni_dataset_with_labels(ddn_context *ctx, const ddn_dataset *ds, const int32_t *label,
                                    ddn_dataset **out);

#endif
