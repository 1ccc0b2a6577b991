/* Mean and squared norms in double, with the same bits for any number of threads.
 *
 * The mean is summed by column blocks, each by one worker at a time over all rows in a fixed order:
 * no partial results to merge, and no memory beyond the result. The rows come in slabs, so that a
 * file in place is read once and in order, and not once for each block. Bytes are summed as they
 * are, without rounding, and their mean is mapped. For a mean in two parts the differences from the
 * first point are summed: they do not round where the points lie close together far from 0, and are
 * 0 where the points are copies of one. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "dataset/storage.h"
#include "numerics/vector.h"

enum {
    NARROW = 64,      /* columns of a block of the mean, at least; */
    COLUMNS = 1024,   /* at most: pieces of rows that are fetched as fast as whole ones */
    SLAB = 1 << 24,   /* bytes of rows that all blocks read one after another */
    GROUP = 128,      /* rows summed before they join the total: keeps rounding errors low */
    NORM_ROWS = 16,   /* of a tile of the norms */
    NORM_CHUNK = 1024 /* columns converted at once */
};

typedef struct mean_job {
    const ddn_context *ctx;
    const ddn_dataset *ds;
    double *mean, *rest;  /* rest may be NULL */
    int64_t first, count; /* rows of the slab */
    int64_t columns;      /* of a block, a multiple of NARROW */
    int32_t stored;       /* numbers are summed as they are */
} mean_job;

/* Blocks for all workers, twice over where there are as many; sums do not depend on them. */
static int64_t columns_of_block(const ddn_context *ctx, int64_t d)
{
    const int64_t even = (d / (2 * ddni_workers(ctx)) + NARROW - 1) / NARROW * NARROW;
    return even < NARROW ? NARROW : even < COLUMNS ? even : COLUMNS;
}

/* Adds a group of rows as they are stored; bytes without rounding. */
static void add_bytes(const uint8_t *in, int64_t ld, int64_t rows, int64_t count, double *total)
{
    uint16_t group[COLUMNS];
    memset(group, 0, (size_t)count * sizeof *group);
    for (int64_t i = 0; i < rows; i++, in += ld) {
        for (int64_t j = 0; j < count; j++) {
            group[j] = (uint16_t)(group[j] + in[j]);
        }
    }
    for (int64_t j = 0; j < count; j++) {
        total[j] += group[j];
    }
}
_Static_assert(GROUP <= UINT16_MAX / UINT8_MAX, "the sums of a group of bytes fit");

static void add_stored(const ddn_dataset *ds, int64_t begin, int64_t rows, int64_t first,
                       int64_t count, double *total)
{
    double group[COLUMNS];
    const int64_t at = begin * ds->ld + first;
    if (ds->type == DDN_TYPE_U8) {
        add_bytes((const uint8_t *)ds->data + at, ds->ld, rows, count, total);
        return;
    }
    memset(group, 0, (size_t)count * sizeof *group);
    for (int64_t i = 0; ds->type == DDN_TYPE_F32 && i < rows; i++) {
        const float *in = (const float *)ds->data + at + i * ds->ld;
        for (int64_t j = 0; j < count; j++) {
            group[j] += (double)in[j];
        }
    }
    for (int64_t i = 0; ds->type == DDN_TYPE_F64 && i < rows; i++) {
        const double *in = (const double *)ds->data + at + i * ds->ld;
        for (int64_t j = 0; j < count; j++) {
            group[j] += in[j];
        }
    }
    for (int64_t j = 0; j < count; j++) {
        total[j] += group[j];
    }
}

/* Adds it under the map, less a pivot. */
static void add_mapped(const ddn_dataset *ds, int64_t begin, int64_t rows, int64_t first,
                       int64_t count, const double *pivot, double *total)
{
    double group[COLUMNS], x[COLUMNS];
    memset(group, 0, (size_t)count * sizeof *group);
    for (int64_t i = begin; i < begin + rows; i++) {
        ddni_dataset_part(ds, i, first, count, x);
        double weight = ds->weight != NULL ? ds->weight[i] : 1;
        for (int64_t j = 0; j < count; j++) {
            group[j] += weight * (x[j] - pivot[j]);
        }
    }
    for (int64_t j = 0; j < count; j++) {
        total[j] += group[j];
    }
}

/* Adds the rows of a slab to a block of columns of job->mean. */
static void mean_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const mean_job *job = arg;
    const ddn_dataset *ds = job->ds;
    int64_t first = tile * job->columns, last = job->first + job->count;
    int64_t count = ds->d - first < job->columns ? ds->d - first : job->columns;
    double *total = job->mean + first, pivot[COLUMNS] = {0};
    if (job->rest != NULL) {
        ddni_dataset_part(ds, 0, first, count, pivot);
    }
    for (int64_t begin = job->first; begin < last && !ddni_stopping(job->ctx); begin += GROUP) {
        int64_t rows = last - begin < GROUP ? last - begin : GROUP;
        if (job->stored) {
            add_stored(ds, begin, rows, first, count, total);
        } else {
            add_mapped(ds, begin, rows, first, count, pivot, total);
        }
    }
}

/* Sums to means. */
static void finish_mean(const mean_job *job)
{
    const ddn_dataset *ds = job->ds;
    double share = ds->weight != NULL ? 1 : (double)ds->n; /* what the rows add up to */
    for (int64_t j = 0; j < ds->d; j++) {
        double pivot = 0, rest;
        if (job->stored) {
            job->mean[j] = fma(ds->scale, job->mean[j] / share, ds->shift);
            continue;
        }
        if (job->rest != NULL) {
            ddni_dataset_part(ds, 0, j, 1, &pivot);
        }
        ddni_two_parts(pivot, job->mean[j] / share, &job->mean[j], &rest);
        if (job->rest != NULL) {
            job->rest[j] = rest;
        }
    }
}

ddn_status ddni_dataset_mean_parts(ddn_context *ctx, const ddn_dataset *ds, double *mean,
                                   double *rest)
{
    if (ds->team != NULL) {
        return ddni_team_mean_parts(ctx, ds, mean, rest);
    }
    mean_job job = {ctx, ds, mean, rest, 0, 0, columns_of_block(ctx, ds->d), 0};
    job.stored = ds->weight == NULL && rest == NULL &&
                 (ds->type == DDN_TYPE_U8 || (ds->scale == 1 && ds->shift == 0));
    const int64_t slab = ddni_slab_rows(ds, SLAB, GROUP);
    DDNI_TRY(ddni_dataset_unchanged(ctx, ds));
    memset(mean, 0, (size_t)ds->d * sizeof *mean);
    for (; job.first < ds->n; job.first += slab) {
        job.count = ds->n - job.first < slab ? ds->n - job.first : slab;
        ddni_dataset_ahead(ds, job.first, job.count, 0, ds->n);
        DDNI_TRY(ddni_parallel(ctx, (ds->d + job.columns - 1) / job.columns,
                               (double)job.count * (double)ds->d, mean_tile, &job));
    }
    finish_mean(&job);
    int64_t column = 0;
    while (column < ds->d && isfinite(mean[column])) {
        column++;
    }
    if (column == ds->d) {
        ddni_dataset_is_finite(ds);
        return DDN_OK;
    }
    DDNI_TRY(ddni_dataset_settle(ctx, ds)); /* the first number that is not, in a file in place */
    return ddni_fail(ctx, DDN_E_NONFINITE, "the sum of column %lld is outside the range of double",
                     (long long)column);
}

ddn_status ddni_dataset_mean(ddn_context *ctx, const ddn_dataset *ds, double *mean)
{
    return ddni_dataset_mean_parts(ctx, ds, mean, NULL);
}

ddn_status ddn_dataset_mean(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, double *mean)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, mean);
    DDNI_CHECK_CAPACITY(ctx, capacity, ds->d);
    return ddni_dataset_mean(ctx, ds, mean);
}

typedef struct norm_job {
    const ddn_dataset *ds;
    const double *centre; /* or NULL */
    double *norms;
} norm_job;

static void norm_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const norm_job *job = arg;
    const ddn_dataset *ds = job->ds;
    double x[NORM_CHUNK];
    int64_t end = (tile + 1) * NORM_ROWS < ds->n ? (tile + 1) * NORM_ROWS : ds->n;
    ddni_dataset_ahead(ds, tile * NORM_ROWS, end - tile * NORM_ROWS, 0, ds->n);
    for (int64_t i = tile * NORM_ROWS; i < end; i++) {
        double sum = 0;
        for (int64_t first = 0; first < ds->d; first += NORM_CHUNK) {
            int64_t count = ds->d - first < NORM_CHUNK ? ds->d - first : NORM_CHUNK;
            ddni_dataset_part(ds, i, first, count, x);
            if (job->centre != NULL) {
                ddni_axpy(count, -1, job->centre + first, x);
            }
            sum += ddni_dot(count, x, x);
        }
        job->norms[i] = sum;
    }
}

ddn_status ddn_dataset_squared_norms(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity,
                                     const double *centre, double *norms)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, norms);
    DDNI_CHECK_CAPACITY(ctx, capacity, ds->n);
    if (centre != NULL) {
        DDNI_TRY(ddni_check_states(ctx, "centre", centre, 1, ds->d, ds->d));
    }
    if (ds->team != NULL) {
        return ddni_team_squared_norms(ctx, ds, centre, norms);
    }
    DDNI_TRY(ddni_dataset_settle(ctx, ds));
    norm_job job = {ds, centre, norms};
    return ddni_parallel(ctx, (ds->n + NORM_ROWS - 1) / NORM_ROWS, (double)ds->n * (double)ds->d,
                         norm_tile, &job);
}

ddn_status ddni_dataset_second_moment(ddn_context *ctx, const ddn_dataset *ds, double *moment)
{
    double *norms = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "norms", ds->n, sizeof *norms, &norms));
    ddn_status status = ddn_dataset_squared_norms(ctx, ds, ds->n, NULL, norms);
    double sum = 0;
    for (int64_t i = 0; status == DDN_OK && i < ds->n; i++) {
        sum += ds->weight == NULL ? norms[i] : ds->weight[i] * norms[i];
    }
    ddni_free(ddni_context_allocator(ctx), norms);
    *moment = ds->weight == NULL ? sum / (double)ds->n : sum;
    return status;
}
