/* Classes of an oracle, phi(infinity). theory.md (24). */
#include "analysis/classes.h"

#include <diffdyn/theory.h>

#include "analysis/analysis_impl.h"
#include "base/check.h"
#include "dataset/dataset_impl.h"
#include "oracle/oracle_impl.h"

/* OU time at which the posterior of the classes is the prior to rounding: a = 1e-8. */
static const double late = 18;

int64_t ddni_analysis_classes(const ddn_oracle *oracle)
{
    return ddn_oracle_can(oracle, DDN_OUT_CLASS_POSTERIOR) ? ddn_oracle_class_count(oracle) : 0;
}

/* An output of one state at late noise, where the posterior is the prior. */
static ddn_status late_output(ddn_context *ctx, const ddn_oracle *oracle, ddn_output what,
                              int64_t count, double *values)
{
    int64_t d = ddn_oracle_d(oracle);
    double *origin = NULL, t;
    ddn_query *query = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_analysis_time_from_ou(ctx, ddn_oracle_schedule(oracle), late, &t), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "a state", d, sizeof *origin, &origin), fail);
    DDNI_TRY_GOTO(ddn_query_create(ctx, oracle, &query), fail);
    DDNI_TRY_GOTO(ddn_query_bind_f64(query, what, values, count), fail);
    DDNI_TRY_GOTO(ddn_query_run(query, t, 1, origin, d), fail);
fail:
    ddn_query_destroy(query);
    ddni_free(ddni_context_allocator(ctx), origin);
    return status;
}

ddn_status ddni_phi_c_infinity(ddn_context *ctx, const ddn_oracle *oracle, double *phi_c)
{
    const ddn_dataset *ds = ddni_oracle_set(oracle);
    if (ds == NULL) {
        return late_output(ctx, oracle, DDN_OUT_SUM_W2, 1, phi_c);
    }
    *phi_c = ddni_dataset_square(ds);
    return DDN_OK;
}

ddn_status ddni_phi_infinity(ddn_context *ctx, const ddn_oracle *oracle, double *phi)
{
    const ddn_dataset *ds = ddni_oracle_set(oracle);
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
        DDNI_TRY_GOTO(late_output(ctx, oracle, DDN_OUT_CLASS_POSTERIOR, classes, share), fail);
    }
    *phi = ddn_theory_phi_infinity(classes, share);
fail:
    ddni_free(ddni_context_allocator(ctx), share);
    return status;
}
