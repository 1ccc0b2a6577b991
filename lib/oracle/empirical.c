/* The empirical oracle: the exact score of a dataset. theory.md (11). Layer 4 (oracle). */
#include "base/check.h"
#include "oracle/empirical_impl.h"

static ddn_status scratch_create(ddn_context *ctx, const ddn_oracle *oracle, void **scratch)
{
    (void)oracle;
    return ddni_alloc_for(ctx, "query scratch", 1, sizeof(ddni_scan), scratch);
}

static void scratch_destroy(ddn_context *ctx, void *scratch)
{
    const ddni_allocator *al = ddni_context_allocator(ctx);
    ddni_scan *s = scratch;
    ddni_free(al, s->part);
    ddni_free(al, s->sum);
    ddni_free(al, s->class_sum);
    ddni_free(al, s->moment);
    ddni_free(al, s->tile);
    ddni_free(al, s->mean);
    ddni_free(al, s);
}

static int64_t scratch_bytes(const void *scratch)
{
    const ddni_scan *s = scratch;
    return ddni_alloc_bytes(s->part) + ddni_alloc_bytes(s->sum) + ddni_alloc_bytes(s->class_sum) +
           ddni_alloc_bytes(s->moment) + ddni_alloc_bytes(s->tile) + ddni_alloc_bytes(s->mean);
}

static ddn_status evaluate(ddn_context *ctx, const ddn_oracle *oracle, void *scratch,
                           const ddni_request *rq, const ddni_level *level, int64_t m,
                           const double *x, int64_t ldx, ddni_report *report)
{
    return ddni_scan_run(ctx, (const ddni_empirical *)oracle, scratch, rq, level, m, x, ldx,
                         report);
}

static ddn_status sample_data(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                              int64_t first_path, int64_t m, double *x, int64_t ldx, int64_t *index)
{
    (void)ctx;
    (void)seed;
    for (int64_t r = 0; r < m; r++) {
        int64_t i = (first_path + r) % oracle->dataset->n;
        ddni_dataset_rows(oracle->dataset, i, 1, x + r * ldx, ldx);
        if (index != NULL) {
            index[r] = i;
        }
    }
    return DDN_OK;
}

static void destroy(ddn_oracle *oracle)
{
    ddni_free(&oracle->handle.allocator, ((ddni_empirical *)oracle)->centre);
}

static const ddni_oracle_ops ops = {
    .kind = "empirical",
    .scratch_create = scratch_create,
    .scratch_destroy = scratch_destroy,
    .scratch_bytes = scratch_bytes,
    .evaluate = evaluate,
    .sample_data = sample_data,
    .destroy = destroy,
};

ddn_status ddn_oracle_create_empirical(ddn_context *ctx, const ddn_dataset *ds,
                                       const ddn_schedule *sch, ddn_oracle **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, ds);
    DDNI_CHECK_PTR(ctx, sch);
    ddni_empirical *o = NULL;
    DDNI_TRY(ddni_oracle_create(ctx, sizeof *o, &ops, sch, ds, ds->d, &o));
    o->base.components = ds->n;
    o->base.classes = ds->labels != NULL ? ds->labels->classes : 0;
    o->base.can = ((INT64_C(1) << DDNI_OUTPUTS) - 2) &
                  ~(ds->labels != NULL ? 0 : ddni_bit(DDN_OUT_CLASS_POSTERIOR));
    o->base.epsilon_preset = ds->type == DDN_TYPE_F64 ? 1e-15 : 1e-9;
    ddn_status status = ddni_alloc_for(ctx, "centre", ds->d, sizeof *o->centre, &o->centre);
    if (status == DDN_OK) {
        status = ddni_dataset_mean(ctx, ds, o->centre);
    }
    if (status != DDN_OK) {
        ddn_oracle_destroy(&o->base);
        return status;
    }
    *out = &o->base;
    return DDN_OK;
}
