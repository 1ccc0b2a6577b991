/* Subsets by row and by class. */
#include <string.h>

#include "base/check.h"
#include "base/progress.h"
#include "dataset/storage.h"

/* The labels of rows[count] become those of out. */
static ddn_status carry_labels(ddn_context *ctx, const ddni_labels *from, const int64_t *rows,
                               int64_t count, ddn_dataset *out)
{
    int32_t *label = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "labels of a subset", count, sizeof *label, &label));
    for (int64_t k = 0; k < count; k++) {
        label[k] = from->label[rows[k]];
    }
    ddn_status status = ddni_labels_create(ctx, label, count, &out->labels);
    ddni_free(ddni_context_allocator(ctx), label);
    return status;
}

static ddn_status take_rows(ddn_context *ctx, const ddn_dataset *ds, const int64_t *rows,
                            int64_t count, ddn_dataset **out)
{
    ddni_storage *storage;
    void *memory;
    int64_t row_bytes = ds->d * ddni_type_size(ds->type);
    int64_t step = ds->ld * ddni_type_size(ds->type);
    DDNI_TRY(ddni_check_shape(ctx, "the subset", DDN_E_RANGE, ds->type, count, ds->d));
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
    ddn_dataset *sub = NULL;
    ddni_array array = {memory, ds->type, count, ds->d, ds->d};
    DDNI_TRY(ddni_dataset_wrap(ctx, "the subset", storage, array, &sub));
    sub->scale = ds->scale;
    sub->shift = ds->shift;
    ddn_status status =
        ds->labels != NULL ? carry_labels(ctx, ds->labels, rows, count, sub) : DDN_OK;
    if (status != DDN_OK) {
        ddn_dataset_destroy(sub);
        return status;
    }
    *out = sub;
    return DDN_OK;
}

ddn_status ddn_dataset_create_subset(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                                     const int64_t *rows, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, ds);
    DDNI_CHECK_PTR(ctx, rows);
    DDNI_CHECK_INT(ctx, count, 1, INT64_C(1) << 40);
    for (int64_t k = 0; k < count; k++) {
        DDNI_CHECK(ctx, rows[k] >= 0 && rows[k] < ds->n, DDN_E_RANGE,
                   "rows[%lld] = %lld is outside [0, %lld)", (long long)k, (long long)rows[k],
                   (long long)ds->n);
    }
    return take_rows(ctx, ds, rows, count, out);
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
    DDNI_CHECK_PTR(ctx, ds);
    DDNI_CHECK_PTR(ctx, classes);
    DDNI_CHECK_INT(ctx, count, 1, INT64_C(1) << 40);
    DDNI_CHECK(ctx, ds->labels != NULL, DDN_E_UNSUPPORTED, "the dataset has no labels");
    ddn_status status;
    uint8_t *chosen = NULL;
    int64_t *rows = NULL;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "chosen classes", ds->labels->classes, 1, &chosen), fail);
    DDNI_TRY_GOTO(mark_classes(ctx, ds->labels, classes, count, chosen), fail);
    int64_t taken = 0;
    for (int64_t c = 0; c < ds->labels->classes; c++) {
        taken += chosen[c] ? ds->labels->count[c] : 0;
    }
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "rows of a subset", taken, sizeof *rows, &rows), fail);
    taken = 0;
    for (int64_t i = 0; i < ds->n; i++) {
        if (chosen[ds->labels->class_index[i]]) {
            rows[taken++] = i;
        }
    }
    status = take_rows(ctx, ds, rows, taken, out);
fail:
    ddni_free(ddni_context_allocator(ctx), rows);
    ddni_free(ddni_context_allocator(ctx), chosen);
    return status;
}
