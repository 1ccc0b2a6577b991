/* Classes of an oracle, phi(infinity). theory.md (24). */
#include "analysis/classes.h"

#include <diffdyn/theory.h>

#include "analysis/analysis_impl.h"
#include "base/check.h"
#include "dataset/dataset_impl.h"

/* OU time at which the posterior of the classes is the prior to rounding: a = 1e-8. */
static const double late = 18;

int64_t ddni_analysis_classes(const ddn_oracle *oracle)
{
    return ddn_oracle_can(oracle, DDN_OUT_CLASS_POSTERIOR) ? ddn_oracle_class_count(oracle) : 0;
}

/* The posterior of the classes at late noise. */
static ddn_status late_shares(ddn_context *ctx, const ddn_oracle *oracle, int64_t classes,
                              double *share)
{
    int64_t d = ddn_oracle_d(oracle);
    double *origin = NULL, t;
    ddn_query *query = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_analysis_time_from_ou(ctx, ddn_oracle_schedule(oracle), late, &t), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "a state", d, sizeof *origin, &origin), fail);
    DDNI_TRY_GOTO(ddn_query_create(ctx, oracle, &query), fail);
    DDNI_TRY_GOTO(ddn_query_bind_f64(query, DDN_OUT_CLASS_POSTERIOR, share, classes), fail);
    DDNI_TRY_GOTO(ddn_query_run(query, t, 1, origin, d), fail);
fail:
    ddn_query_destroy(query);
    ddni_free(ddni_context_allocator(ctx), origin);
    return status;
}

ddn_status ddni_phi_infinity(ddn_context *ctx, const ddn_oracle *oracle, double *phi)
{
    const ddn_dataset *ds = ddn_oracle_dataset(oracle);
    const ddni_labels *labels = ds == NULL ? NULL : ds->labels;
    int64_t classes = labels != NULL ? labels->classes : ddni_analysis_classes(oracle);
    ddn_status status = DDN_OK;
    double *share = NULL;
    *phi = NAN;
    if (classes == 0) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_alloc_for(ctx, "class shares", classes, sizeof *share, &share));
    if (labels != NULL) {
        ddni_dataset_class_shares(ds, share);
    } else {
        DDNI_TRY_GOTO(late_shares(ctx, oracle, classes, share), fail);
    }
    *phi = ddn_theory_phi_infinity(classes, share);
fail:
    ddni_free(ddni_context_allocator(ctx), share);
    return status;
}
