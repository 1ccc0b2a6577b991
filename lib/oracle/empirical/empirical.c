/* The empirical oracle: the exact score of a dataset. theory.md (11). */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
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
    ddni_block b = {.o = &o->points, .ds = oracle->dataset, .rq = rq, .level = batch->level};
    b.classes = oracle->classes;
    b.x = batch->x;
    b.ldx = batch->ldx;
    ddni_block_init(ctx, &b, batch->m);
    return ddni_ways_run(ctx, &b, scratch, batch->m, report);
}

static void destroy(ddn_oracle *oracle)
{
    ddni_centre_release(&oracle->handle.allocator, &((ddni_empirical *)oracle)->points);
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

typedef struct norms {
    const ddn_context *ctx;
    const ddn_dataset *ds;
    ddni_centred *o;
    const ddni_kernels *kern;
} norms;

/* Squared distances of a chunk of points from the centre. */
static void norms_chunk(void *arg, int64_t chunk, int64_t worker)
{
    (void)worker;
    const norms *p = arg;
    ddni_centred *o = p->o;
    const ddn_dataset *ds = p->ds;
    int64_t end = (chunk + 1) * DDNI_CHUNK_ROWS < ds->n ? (chunk + 1) * DDNI_CHUNK_ROWS : ds->n;
    for (int64_t i = chunk * DDNI_CHUNK_ROWS; i < end && !ddni_stopping(p->ctx); i++) {
        o->norm[i] = p->kern->distance(ds->type, ds->d, o->centre, 1, 0, ddni_point_at(ds, i));
        o->length[i] = (float)(sqrt(o->norm[i]) * (1 + 0x1p-22));
    }
}

/* Centring keeps inner products accurate; f32 points that are centred well enough as they stand
 * keep the origin as their centre, so that their rows can be used in place. */
ddn_status ddni_centre(ddn_context *ctx, const ddn_dataset *ds, int64_t every, ddni_centred *o)
{
    ddn_dataset some = {.data = ds->data,
                        .type = ds->type,
                        .n = ds->n / every,
                        .d = ds->d,
                        .ld = ds->ld * every,
                        .scale = ds->scale,
                        .shift = ds->shift};
    norms p = {ctx, ds, o, ddni_context_kernels(ctx)};
    int64_t n = ds->n, d = ds->d, chunks = (n + DDNI_CHUNK_ROWS - 1) / DDNI_CHUNK_ROWS;
    DDNI_TRY(ddni_alloc_for(ctx, "centre", d, sizeof *o->centre, &o->centre));
    DDNI_TRY(ddni_alloc_for(ctx, "norms", n, sizeof *o->norm, &o->norm));
    DDNI_TRY(ddni_alloc_for(ctx, "lengths", n, sizeof *o->length, &o->length));
    DDNI_TRY(ddni_dataset_mean(ctx, &some, o->centre));
    DDNI_TRY(ddni_parallel(ctx, chunks, (double)n * (double)d, norms_chunk, &p));
    double mean2 = 0, spread = 0;
    for (int64_t j = 0; j < d; j++) {
        mean2 += o->centre[j] * o->centre[j];
    }
    for (int64_t i = 0; i < n; i++) {
        spread += o->norm[i] / (double)n;
    }
    if (ds->type == DDN_TYPE_F32 && ds->scale == 1 && ds->shift == 0 && mean2 <= 4 * spread) {
        o->in_place = 1;
        memset(o->centre, 0, (size_t)d * sizeof *o->centre);
        DDNI_TRY(ddni_parallel(ctx, chunks, (double)n * (double)d, norms_chunk, &p));
    }
    for (int64_t i = 0; i < n; i++) {
        DDNI_CHECK(ctx, o->norm[i] <= 1e300, DDN_E_RANGE,
                   "the squared distance of point %lld from the mean is %g, above the limit 1e300",
                   (long long)i, o->norm[i]);
        o->norm_max = fmax(o->norm_max, o->norm[i]);
        o->norm_mean += o->norm[i] / (double)n;
    }
    double offset2 = 0;
    for (int64_t j = 0; j < d; j++) {
        offset2 += (o->centre[j] - ds->shift) * (o->centre[j] - ds->shift);
    }
    o->raw_mean = o->norm_mean + offset2;
    return DDN_OK;
}

void ddni_centre_release(const ddni_allocator *al, ddni_centred *points)
{
    ddni_free(al, points->centre);
    ddni_free(al, points->norm);
    ddni_free(al, points->length);
}

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
    /* A thousandth, and a ten-thousandth, of what is promised of the score. */
    o->base.epsilon_preset = ds->type == DDN_TYPE_F64 ? 1e-15 : 1e-9;
    ddn_status status = ddni_centre(ctx, ds, 1, &o->points);
    if (status != DDN_OK) {
        ddn_oracle_destroy(&o->base);
        return status;
    }
    *out = &o->base;
    return DDN_OK;
}
