/* Subsets by row and by class. */
#include <string.h>

#include "base/check.h"
#include "base/progress.h"
#include "dataset/mixed.h"
#include "dataset/team_set.h"

/* Probability that the label of a point is one of the chosen classes. */
static double share_of(const ddni_labels *l, int64_t row, const uint8_t *chosen)
{
    double share = 0;
    if (l->group_share == NULL) {
        return chosen[l->class_index[row]];
    }
    for (int64_t c = 0; c < l->classes; c++) {
        share += chosen[c] ? l->group_share[(int64_t)l->group_index[row] * l->classes + c] : 0;
    }
    return share;
}

/* The labels of rows[count] that may have several; chosen: of these classes alone, or NULL. */
static ddn_status take_mixed(ddn_context *ctx, const ddni_labels *from, const int64_t *rows,
                             int64_t count, const uint8_t *chosen, ddni_labels **out)
{
    int64_t *group = NULL, size = from->groups * from->classes;
    double *share = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "labels of a subset", count, sizeof *group, &group), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "labels of a subset", size, sizeof *share, &share), fail);
    for (int64_t k = 0; k < count; k++) {
        group[k] = from->group_index[rows[k]];
    }
    for (int64_t k = 0; k < size; k++) {
        share[k] = chosen == NULL || chosen[k % from->classes] ? from->group_share[k] : 0;
    }
    ddni_label_mix mixture = {count, from->groups, from->classes, group, from->value, share};
    status = ddni_labels_create_mixed(ctx, &mixture, out);
fail:
    ddni_free(ddni_context_allocator(ctx), group);
    ddni_free(ddni_context_allocator(ctx), share);
    return status;
}

/* Copies of the rows, without labels and weights. */
static ddn_status copy_rows(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                            const int64_t *rows, ddn_dataset **out)
{
    ddni_storage *storage;
    void *memory;
    int64_t row_bytes = ds->d * ddni_type_size(ds->type);
    int64_t step = ds->ld * ddni_type_size(ds->type);
    DDNI_TRY(ddni_check_shape(ctx, "the subset", DDN_E_RANGE, ds->type, count, ds->d));
    DDNI_TRY(ddni_dataset_unchanged(ctx, ds));
    DDNI_TRY(ddni_storage_create(ctx, count * row_bytes, &storage, &memory));
    for (int64_t k = 0; k < count; k++) {
        ddn_status status = ddni_poll(ctx);
        if (status != DDN_OK) {
            ddni_storage_release(storage);
            return status;
        }
        memcpy((char *)memory + k * row_bytes, (const char *)ds->data + rows[k] * step,
               (size_t)row_bytes);
    }
    return ddni_subset_wrap(ctx, ds, storage, memory, count, out);
}

ddn_status ddni_subset_wrap(ddn_context *ctx, const ddn_dataset *ds, ddni_storage *storage,
                            const void *memory, int64_t count, ddn_dataset **out)
{
    ddn_status described = ddni_storage_describe(ctx, storage, ddn_dataset_description(ds));
    if (described != DDN_OK) {
        ddni_storage_release(storage);
        return described;
    }
    ddni_array array = {memory, ds->type, count, ds->d, ds->d, 0};
    DDNI_TRY(ddni_dataset_wrap(ctx, "the subset", storage, array, out));
    ddni_dataset_set_map(*out, ds->scale, ds->shift);
    return DDN_OK;
}

ddn_status ddni_dataset_take(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                             const int64_t *rows, ddni_labels *labels, ddni_weights *weights,
                             ddn_dataset **out)
{
    if (ds->team != NULL) {
        return ddni_team_take(ctx, ds, count, rows, labels, weights, out);
    }
    ddn_dataset *sub = NULL;
    ddn_status status = copy_rows(ctx, ds, count, rows, &sub);
    if (status != DDN_OK) {
        ddni_labels_release(labels);
        ddni_weights_release(weights);
        return status;
    }
    sub->labels = labels;
    ddni_dataset_set_weights(sub, weights);
    *out = sub;
    return DDN_OK;
}

ddn_status ddni_labels_take(ddn_context *ctx, const ddni_labels *from, const int64_t *rows,
                            int64_t count, ddni_labels **out)
{
    int32_t *label = NULL;
    *out = NULL;
    if (from->group_share != NULL) {
        return take_mixed(ctx, from, rows, count, NULL, out);
    }
    DDNI_TRY(ddni_alloc_for(ctx, "labels of a subset", count, sizeof *label, &label));
    for (int64_t k = 0; k < count; k++) {
        label[k] = from->label[rows[k]];
    }
    ddn_status status = ddni_labels_create(ctx, label, count, out);
    ddni_free(ddni_context_allocator(ctx), label);
    return status;
}

/* Weights of the rows: their own, times the probability that their label is one of the chosen. */
static ddn_status take_weights(ddn_context *ctx, const ddn_dataset *ds, const int64_t *rows,
                               int64_t count, const uint8_t *chosen, ddni_weights **out)
{
    int32_t mixed = chosen != NULL && ds->labels->group_share != NULL;
    double *weight = NULL;
    *out = NULL;
    if (ds->weight == NULL && !mixed) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_alloc_for(ctx, "weights of a subset", count, sizeof *weight, &weight));
    for (int64_t k = 0; k < count; k++) {
        weight[k] = ddni_weight(ds, rows[k]) * (mixed ? share_of(ds->labels, rows[k], chosen) : 1);
    }
    ddn_status status = ddni_weights_create(ctx, "weights of the subset", count, weight, out);
    ddni_free(ddni_context_allocator(ctx), weight);
    return status;
}

/* The rows with map, labels and weights; of the labels those of the chosen classes, or NULL: all.
 */
static ddn_status take_rows(ddn_context *ctx, const ddn_dataset *ds, const int64_t *rows,
                            int64_t count, const uint8_t *chosen, ddn_dataset **out)
{
    ddni_labels *labels = NULL;
    ddni_weights *weights = NULL;
    DDNI_TRY(take_weights(ctx, ds, rows, count, chosen, &weights));
    ddn_status status = DDN_OK;
    if (ds->labels != NULL) {
        status = chosen != NULL && ds->labels->group_share != NULL
                     ? take_mixed(ctx, ds->labels, rows, count, chosen, &labels)
                     : ddni_labels_take(ctx, ds->labels, rows, count, &labels);
    }
    if (status != DDN_OK) {
        ddni_weights_release(weights);
        return status;
    }
    return ddni_dataset_take(ctx, ds, count, rows, labels, weights, out);
}

ddn_status ddn_dataset_create_subset(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                                     const int64_t *rows, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, rows);
    DDNI_CHECK_INT(ctx, count, 1, INT64_C(1) << 40);
    for (int64_t k = 0; k < count; k++) {
        DDNI_CHECK(ctx, rows[k] >= 0 && rows[k] < ds->n, DDN_E_RANGE,
                   "rows[%lld] = %lld is outside [0, %lld)", (long long)k, (long long)rows[k],
                   (long long)ds->n);
    }
    return take_rows(ctx, ds, rows, count, NULL, out);
}

/* chosen[class] := 1 for each of the wanted label values. */
static ddn_status mark_classes(ddn_context *ctx, const ddni_labels *labels, const int32_t *classes,
                               int64_t count, uint8_t *chosen)
{
    for (int64_t k = 0; k < count; k++) {
        int64_t c = 0;
        while (c < labels->classes && labels->value[c] != classes[k]) {
            c++;
        }
        DDNI_CHECK(ctx, c < labels->classes, DDN_E_KEY,
                   "classes[%lld] = %d: no point has this label", (long long)k, (int)classes[k]);
        chosen[c] = 1;
    }
    return DDN_OK;
}

ddn_status ddn_dataset_create_class_subset(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                                           const int32_t *classes, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, classes);
    DDNI_CHECK_INT(ctx, count, 1, INT64_C(1) << 40);
    DDNI_CHECK(ctx, ds->labels != NULL, DDN_E_UNSUPPORTED, "the dataset has no labels");
    ddn_status status;
    uint8_t *chosen = NULL;
    int64_t *rows = NULL, taken = 0;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "chosen classes", ds->labels->classes, 1, &chosen), fail);
    DDNI_TRY_GOTO(mark_classes(ctx, ds->labels, classes, count, chosen), fail);
    for (int64_t i = 0; i < ds->n; i++) {
        taken += share_of(ds->labels, i, chosen) > 0;
    }
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "rows of a subset", taken, sizeof *rows, &rows), fail);
    taken = 0;
    for (int64_t i = 0; i < ds->n; i++) {
        if (share_of(ds->labels, i, chosen) > 0) {
            rows[taken++] = i;
        }
    }
    status = take_rows(ctx, ds, rows, taken, chosen, out);
fail:
    ddni_free(ddni_context_allocator(ctx), rows);
    ddni_free(ddni_context_allocator(ctx), chosen);
    return status;
}
