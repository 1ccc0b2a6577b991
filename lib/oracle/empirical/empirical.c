/* The empirical oracle: the exact score of a dataset. theory.md (11). */
#include "base/check.h"
#include "base/context_impl.h"
#include "oracle/empirical/narrow.h"
#include "oracle/empirical/shadow.h"
#include "oracle/empirical/team.h"
#include "oracle/empirical/ways.h"

static ddn_status scratch_create(ddn_context *ctx, const ddn_oracle *oracle, void **scratch)
{
    (void)oracle;
    ddni_scratch *s = NULL;
    DDNI_TRY(ddni_scratch_create(ctx, &s));
    *scratch = s;
    return DDN_OK;
}

static void scratch_destroy(ddn_context *ctx, void *scratch)
{
    ddni_scratch_destroy(ctx, scratch);
}

static int64_t scratch_bytes(const void *scratch)
{
    return ddni_scratch_bytes(scratch);
}

static ddn_status evaluate(ddn_context *ctx, const ddn_oracle *oracle, void *scratch,
                           const ddni_request *rq, const ddni_batch *batch, ddni_report *report)
{
    const ddni_empirical *o = (const ddni_empirical *)oracle;
    const ddni_level level = ddni_level_of_sums(batch->level);
    ddni_block b = ddni_block_of(ctx, o, rq, &level, batch);
    return ddni_ways_run(ctx, &b, scratch, batch->m, report);
}

static void destroy(ddn_oracle *oracle)
{
    ddni_empirical *o = (ddni_empirical *)oracle;
    ddni_centre_release(&oracle->handle.allocator, &o->points);
    ddni_narrow_release(&oracle->handle.allocator, o);
}

static const ddni_oracle_ops ops = {
    .kind = "empirical",
    .scratch_create = scratch_create,
    .scratch_destroy = scratch_destroy,
    .scratch_bytes = scratch_bytes,
    .evaluate = evaluate,
    .way_count = ddni_way_count,
    .way_name = ddni_way_name,
    .sample_data = ddni_oracle_sample_points,
    .destroy = destroy,
};

ddn_status ddn_oracle_create_empirical(ddn_context *ctx, const ddn_dataset *ds,
                                       const ddn_schedule *sch, ddn_oracle **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, sch);
    if (ds->team != NULL) {
        return ddni_team_oracle_create(ctx, ds, sch, out);
    }
    ddni_empirical *o = NULL;
    DDNI_TRY(ddni_oracle_create(ctx, sizeof *o, &ops, sch, ds, ds->d, &o));
    o->base.components = ds->n;
    o->base.classes = ds->labels != NULL ? ds->labels->classes : 0;
    o->base.can = ((INT64_C(1) << DDNI_OUTPUTS) - 2) &
                  ~(ds->labels != NULL ? 0 : ddni_bit(DDN_OUT_CLASS_POSTERIOR));
    /* A thousandth, and a ten-thousandth, of what is promised of the score. */
    o->base.epsilon_preset = ds->type == DDN_TYPE_F64 ? 1e-15 : 1e-9;
    ddn_status status = ddni_centre(ctx, ds, &o->points);
    if (status == DDN_OK) {
        status = ddni_narrow_create(ctx, o);
    }
    if (status == DDN_OK && o->columns.at == NULL) {
        status = ddni_centre_turn(ctx, ds, &o->points);
    }
    if (status == DDN_OK && ctx->shadow.i && ds->type != DDN_TYPE_U8 && o->columns.at == NULL) {
        status = ddni_shadow_create(ctx, ds, &o->points);
    }
    if (status != DDN_OK) {
        ddn_oracle_destroy(&o->base);
        return status;
    }
    *out = &o->base;
    return DDN_OK;
}
