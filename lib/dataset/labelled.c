/* Datasets with labels: giving them, and asking for them. */
#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "dataset/team_set.h"

ddn_status ddni_dataset_with_labels(ddn_context *ctx, const ddn_dataset *ds, const int32_t *label,
                                    ddn_dataset **out)
{
    *out = NULL;
    ddni_labels *l;
    DDNI_TRY(ddni_labels_create(ctx, label, ds->n, &l));
    if (ds->team != NULL) {
        return ddni_team_relabel(ctx, ds, l, ddni_weights_shared(ds), DDNI_DIGEST_OF(label, ds->n),
                                 out);
    }
    ddn_status status = ddni_dataset_derive(ctx, ds, out);
    if (status != DDN_OK) {
        ddni_labels_release(l);
        return status;
    }
    ddni_labels_release((*out)->labels);
    (*out)->labels = l;
    return DDN_OK;
}

ddn_status ddn_dataset_create_labelled(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                                       const int32_t *labels, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, labels);
    DDNI_CHECK(ctx, count == ds->n, DDN_E_SHAPE, "argument count = %lld labels for n = %lld points",
               (long long)count, (long long)ds->n);
    return ddni_dataset_with_labels(ctx, ds, labels, out);
}

int64_t ddn_dataset_class_count(const ddn_dataset *ds)
{
    return DDNI_IS(ds) && ds->labels != NULL ? ds->labels->classes : 0;
}

ddn_status ddn_dataset_classes(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity,
                               int32_t *values, int64_t *counts)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    int64_t classes = ddn_dataset_class_count(ds);
    DDNI_CHECK_CAPACITY(ctx, capacity, classes);
    for (int64_t k = 0; k < classes; k++) {
        if (values != NULL) {
            values[k] = ds->labels->value[k];
        }
        if (counts != NULL) {
            counts[k] = ds->labels->count[k];
        }
    }
    return DDN_OK;
}

ddn_status ddn_dataset_labels(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity,
                              int32_t *labels)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, labels);
    DDNI_CHECK(ctx, ds->labels != NULL, DDN_E_UNSUPPORTED, "the dataset has no labels");
    DDNI_CHECK_CAPACITY(ctx, capacity, ds->n);
    memcpy(labels, ds->labels->label, (size_t)ds->n * sizeof *labels);
    return DDN_OK;
}
