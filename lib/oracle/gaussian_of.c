/* The Gaussian with the leading spectrum of a dataset; theory.md (16). */
#include <diffdyn/oracle_kinds.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/digest.h"
#include "dataset/dataset_impl.h"
#include "oracle/oracle_impl.h"

typedef struct moments {
    double *mean, *norms, *values, *vectors;
} moments;

static ddn_status measure(ddn_context *ctx, const ddn_dataset *ds, int64_t count, moments *mo,
                          double *residual)
{
    int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds);
    DDNI_TRY(ddni_alloc_for(ctx, "Gaussian moments", d, sizeof(double), &mo->mean));
    DDNI_TRY(ddni_alloc_for(ctx, "Gaussian moments", n, sizeof(double), &mo->norms));
    DDNI_TRY(ddn_dataset_mean(ctx, ds, d, mo->mean));
    DDNI_TRY(ddn_dataset_squared_norms(ctx, ds, n, mo->mean, mo->norms));
    double trace = 0, leading = 0;
    for (int64_t i = 0; i < n; i++) {
        trace += ds->weight == NULL ? mo->norms[i] / (double)n : mo->norms[i] * ds->weight[i];
    }
    if (count > 0) {
        DDNI_TRY(ddni_alloc_for(ctx, "Gaussian moments", count, sizeof(double), &mo->values));
        DDNI_TRY(ddni_alloc_for(ctx, "Gaussian moments", count * d, sizeof(double), &mo->vectors));
        DDNI_TRY(ddn_dataset_spectrum(ctx, ds, count, mo->values, mo->vectors, d));
    }
    for (int64_t i = 0; i < count; i++) {
        mo->values[i] = mo->values[i] > 0 ? mo->values[i] : 0; /* rounding of a null direction */
        leading += mo->values[i];
    }
    *residual = count < d && trace > leading ? (trace - leading) / (double)(d - count) : 0;
    return DDN_OK;
}

ddn_status ddn_oracle_create_gaussian_of(ddn_context *ctx, const ddn_dataset *ds,
                                         const ddn_schedule *sch, int64_t count, ddn_oracle **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK_INT(ctx, count, 0, ddn_dataset_d(ds));
    moments mo = {0};
    double residual = 0;
    uint64_t data = 0;
    ddn_status status = measure(ctx, ds, count, &mo, &residual);
    if (status == DDN_OK) {
        status = ddni_dataset_digest(ctx, ds, &data);
    }
    if (status == DDN_OK) {
        status = ddn_oracle_create_gaussian(ctx, sch, ddn_dataset_d(ds), count, residual, mo.mean,
                                            mo.values, mo.vectors, ddn_dataset_d(ds), out);
    }
    if (status == DDN_OK) {
        (*out)->made_of = DDNI_DIGEST_WORDS(data, (uint64_t)count);
    }
    const ddni_allocator *al = ddni_context_allocator(ctx);
    ddni_free(al, mo.mean);
    ddni_free(al, mo.norms);
    ddni_free(al, mo.values);
    ddni_free(al, mo.vectors);
    return status;
}
