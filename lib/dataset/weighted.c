/* Datasets with weights: giving them, and asking for them. */
#include "base/check.h"
#include "base/digest.h"
#include "dataset/team_set.h"

ddn_status ddn_dataset_create_weighted(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                                       const double *weights, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, weights);
    DDNI_CHECK(ctx, count == ds->n, DDN_E_SHAPE,
               "argument count = %lld weights for n = %lld points", (long long)count,
               (long long)ds->n);
    ddni_weights *w;
    DDNI_TRY(ddni_weights_create(ctx, "weights", count, weights, &w));
    if (ds->team != NULL) {
        return ddni_team_relabel(ctx, ds, ddni_labels_shared(ds), w, DDNI_DIGEST_OF(weights, count),
                                 out);
    }
    ddn_status status = ddni_dataset_derive(ctx, ds, out);
    if (status != DDN_OK) {
        ddni_weights_release(w);
        return status;
    }
    ddni_dataset_set_weights(*out, w);
    return DDN_OK;
}

ddn_status ddni_dataset_drop_weights(ddn_context *ctx, const ddn_dataset *ds, ddn_dataset **out)
{
    if (ds->team != NULL) {
        return ddni_team_relabel(ctx, ds, ddni_labels_shared(ds), NULL, 0, out);
    }
    DDNI_TRY(ddni_dataset_derive(ctx, ds, out));
    ddni_dataset_set_weights(*out, NULL);
    return DDN_OK;
}

int32_t ddn_dataset_is_weighted(const ddn_dataset *ds)
{
    return DDNI_IS(ds) && ds->weight != NULL;
}

ddn_status ddn_dataset_weights(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity,
                               double *weights)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, weights);
    DDNI_CHECK_CAPACITY(ctx, capacity, ds->n);
    for (int64_t i = 0; i < ds->n; i++) {
        weights[i] = ddni_weight(ds, i);
    }
    return DDN_OK;
}
