/* Products with the covariance: tiles of points become centred doubles and meet a block of vectors.
 */
#include "dataset/spectrum/covariance.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "dataset/storage.h"
#include "numerics/blas.h"
#include "numerics/vector.h"
#include "team/team_impl.h"

enum {
    ROWS = 16,     /* converted at once */
    COLUMNS = 256, /* converted at once: 32 KiB together */
    SLAB = 1 << 24 /* bytes of rows that all columns read one after another, as the mean does */
};

ddn_status ddni_covariance_open(ddn_context *ctx, const ddn_dataset *ds, ddni_covariance *c)
{
    ddn_status status;
    memset(c, 0, sizeof *c);
    c->ctx = ctx;
    c->ds = ds;
    c->own = ds->team != NULL ? ds->part : ds;
    c->first = ds->team != NULL ? ds->begin[ds->team->rank] : 0;
    c->kern = ddni_context_kernels(ctx);
    c->by_points = ds->n < ds->d;
    c->size = c->by_points ? ds->n : ds->d;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "a mean", ds->d, sizeof *c->mean, &c->mean), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "a mean", ds->d, sizeof *c->rest, &c->rest), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "a block of vectors", c->by_points ? ds->d : c->own->n,
                                 DDNI_BLOCK * sizeof *c->between, &c->between),
                  fail);
    DDNI_TRY_GOTO(ddni_dataset_mean_parts(ctx, ds, c->mean, c->rest), fail);
    return DDN_OK;
fail:
    ddni_covariance_close(c);
    return status;
}

void ddni_covariance_close(ddni_covariance *c)
{
    const ddni_allocator *al = ddni_context_allocator(c->ctx);
    ddni_free(al, c->mean);
    ddni_free(al, c->rest);
    ddni_free(al, c->between);
    c->mean = c->rest = c->between = NULL;
}

/* Centred numbers of one tile of this process's rows, each row times the root of n pi:
 * x[rows][ldx]. */
static void read_centred(const ddni_covariance *c, int64_t row, int64_t rows, int64_t column,
                         int64_t columns, double *x, int64_t ldx)
{
    const ddn_dataset *ds = c->own;
    const int64_t size = ddni_type_size(ds->type);
    for (int64_t i = 0; i < rows; i++) {
        double *to = x + i * ldx;
        const char *from = (const char *)ds->data + ((row + i) * ds->ld + column) * size;
        memset(to, 0, (size_t)columns * sizeof *to);
        c->kern->accumulate(ds->type, columns, to, 0, 1, (ddni_point){from, ds->scale, ds->shift},
                            c->mean + column);
        for (int64_t j = 0; j < columns; j++) {
            to[j] -= c->rest[column + j];
        }
        if (c->ds->weight != NULL) {
            double weight = c->ds->weight[c->first + row + i];
            ddni_scale(columns, sqrt((double)c->ds->n * weight), to);
        }
    }
}

/* ---- the two halves of the product ---- */

typedef struct product_job {
    const ddni_covariance *c;
    const double *in;
    double *out;
    double factor;
    int64_t columns;    /* per tile of the transposed product, */
    int64_t blocks;     /* for so many blocks of vectors, which share what is read; */
    int64_t begin, end; /* rows of it that are added */
} product_job;

static void scale_block(double *x, int64_t count, double factor)
{
    for (int64_t k = 0; k < count * DDNI_BLOCK; k++) {
        x[k] *= factor;
    }
}

/* This process's rows of out[n] = factor A in[d]. */
static void points_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const product_job *job = arg;
    const ddn_dataset *ds = job->c->own;
    double x[ROWS * COLUMNS];
    int64_t first = tile * ROWS, rows = ddni_smaller(ROWS, ds->n - first);
    double *out = job->out + first * DDNI_BLOCK;
    memset(out, 0, (size_t)(rows * DDNI_BLOCK) * sizeof *out);
    ddni_dataset_ahead(ds, first, rows, 0, ds->n);
    for (int64_t j = 0; j < ds->d && !ddni_stopping(job->c->ctx); j += COLUMNS) {
        int64_t columns = ddni_smaller(COLUMNS, ds->d - j);
        read_centred(job->c, first, rows, j, columns, x, COLUMNS);
        job->c->kern->block_rows(x, rows, COLUMNS, columns, job->in + j * DDNI_BLOCK, out);
    }
    scale_block(out, rows, job->factor);
}

/* Rows of out[blocks][d] = factor A^T in[blocks][n], of the terms of this process's rows, to which
 * a slab is added; the blocks of in are as far apart as those of all points. */
static void columns_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const product_job *job = arg;
    const ddn_dataset *ds = job->c->own;
    double x[ROWS * COLUMNS];
    int64_t first = tile * job->columns, columns = ddni_smaller(job->columns, ds->d - first);
    const int64_t apart = ds->d * DDNI_BLOCK, given = job->c->ds->n * DDNI_BLOCK;
    double *out = job->out + first * DDNI_BLOCK;
    for (int64_t b = 0; job->begin == 0 && b < job->blocks; b++) {
        memset(out + b * apart, 0, (size_t)(columns * DDNI_BLOCK) * sizeof *out);
    }
    for (int64_t i = job->begin; i < job->end && !ddni_stopping(job->c->ctx); i += ROWS) {
        int64_t rows = ddni_smaller(ROWS, job->end - i);
        read_centred(job->c, i, rows, first, columns, x, COLUMNS);
        for (int64_t b = 0; b < job->blocks; b++) {
            job->c->kern->block_columns(x, rows, COLUMNS, columns,
                                        job->in + b * given + i * DDNI_BLOCK, out + b * apart);
        }
    }
    for (int64_t b = 0; job->end == ds->n && b < job->blocks; b++) {
        scale_block(out + b * apart, columns, job->factor);
    }
}

/* What a rank does by itself may end by a look: an agreement follows. */
static ddn_status by_itself(const ddni_covariance *c, int64_t tiles, double work, ddni_tile_fn fn,
                            void *job)
{
    if (c->ds->team == NULL) {
        return ddni_parallel(c->ctx, tiles, work, fn, job);
    }
    return DDNI_TEAM_ALONE(c->ctx, ddni_parallel(c->ctx, tiles, work, fn, job));
}

static double work_of(const ddn_dataset *ds)
{
    return (double)ds->n * (double)ds->d * DDNI_BLOCK;
}

/* out[rows] = factor A in[d] for this process's rows. */
static ddn_status times_points(ddni_covariance *c, const double *in, double *out, double factor)
{
    product_job job = {.c = c, .in = in, .out = out, .factor = factor};
    DDNI_TRY(ddni_dataset_unchanged(c->ctx, c->own));
    return by_itself(c, (c->own->n + ROWS - 1) / ROWS, work_of(c->own), points_tile, &job);
}

/* out[blocks][d] = factor A^T in[blocks][rows], of all processes. `mine`: what this one has come to
 * so far. */
static ddn_status times_columns(ddni_covariance *c, ddn_status mine, int64_t blocks,
                                const double *in, double *out, double factor)
{
    /* Narrow tiles for few columns, so that there are enough of them to share. */
    int64_t d = c->ds->d, columns = d < 16 * COLUMNS ? COLUMNS / 4 : COLUMNS;
    const int64_t n = c->own->n, slab = ddni_slab_rows(c->own, SLAB, ROWS);
    product_job job = {c, in, out, factor, columns, blocks, 0, 0};
    for (; mine == DDN_OK && job.begin < n; job.begin = job.end) {
        job.end = ddni_smaller(job.begin + slab, n);
        ddni_dataset_ahead(c->own, job.begin, job.end - job.begin, 0, n);
        mine = by_itself(c, (d + columns - 1) / columns,
                         work_of(c->own) * (double)(blocks * (job.end - job.begin)) / (double)n,
                         columns_tile, &job);
    }
    return c->ds->team == NULL
               ? mine
               : ddni_team_sum(c->ctx, c->ds->team, mine, blocks * d * DDNI_BLOCK, out);
}

ddn_status ddni_covariance_apply(ddni_covariance *c, const double *v, double *out)
{
    const double factor = 1 / (double)c->ds->n;
    const int64_t row = DDNI_BLOCK * (int64_t)sizeof *out;
    if (!c->by_points) {
        return times_columns(c, times_points(c, v, c->between, 1), 1, c->between, out, factor);
    }
    double *own = out + c->first * DDNI_BLOCK;
    DDNI_TRY(times_columns(c, DDN_OK, 1, v + c->first * DDNI_BLOCK, c->between, 1));
    ddn_status status = times_points(c, c->between, own, factor);
    return c->ds->team == NULL
               ? status
               : ddni_team_collect(c->ctx, c->ds->team, status, 0, c->ds->begin, row, own, out);
}

ddn_status ddni_covariance_lift(ddni_covariance *c, int64_t blocks, const double *u, double *v)
{
    return times_columns(c, DDN_OK, blocks, u + c->first * DDNI_BLOCK, v, 1);
}

/* ---- the matrix ---- */

enum {
    DEPTH = 256 /* points, or columns of K, that join the matrix at once */
};

typedef struct convert_job {
    const ddni_covariance *c;
    int64_t row, column, columns, rows, ldx;
    double *x;
} convert_job;

static void convert_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const convert_job *job = arg;
    int64_t first = tile * ROWS, rows = ddni_smaller(ROWS, job->rows - first);
    read_centred(job->c, job->row + first, rows, job->column, job->columns,
                 job->x + first * job->ldx, job->ldx);
}

static ddn_status convert(ddni_covariance *c, convert_job *job)
{
    return by_itself(c, (job->rows + ROWS - 1) / ROWS, (double)job->rows * (double)job->columns,
                     convert_tile, job);
}

/* Adds the terms of this process's points to C. */
static ddn_status add_points(ddni_covariance *c, double *x, double *matrix)
{
    const int64_t n = c->own->n, d = c->ds->d;
    for (int64_t at = 0; at < n; at += DEPTH) {
        int64_t rows = ddni_smaller(DEPTH, n - at);
        convert_job job = {.c = c, .row = at, .rows = rows, .columns = d, .ldx = d, .x = x};
        ddni_dataset_ahead(c->own, at, rows, 0, n);
        DDNI_TRY(convert(c, &job));
        DDNI_TRY(ddni_add_inner_products(c->ctx, d, rows, x, matrix));
        DDNI_TRY(ddni_progress(c->ctx, "covariance", (double)(at + rows) / (double)n));
    }
    return DDN_OK;
}

/* Adds the terms of all columns to K, to which each process contributes its points. */
static ddn_status add_columns(ddni_covariance *c, double *x, double *matrix)
{
    const int64_t n = c->ds->n, d = c->ds->d;
    for (int64_t at = 0; at < d; at += DEPTH) {
        int64_t columns = ddni_smaller(DEPTH, d - at);
        double *own = x + c->first * columns;
        convert_job job = {
            .c = c, .rows = c->own->n, .column = at, .columns = columns, .ldx = columns, .x = own};
        ddn_status status = convert(c, &job);
        if (c->ds->team != NULL) {
            status = ddni_team_collect(c->ctx, c->ds->team, status, 0, c->ds->begin,
                                       columns * (int64_t)sizeof *x, own, x);
        }
        DDNI_TRY(status);
        DDNI_TRY(ddni_add_outer_products(c->ctx, n, columns, x, matrix));
        DDNI_TRY(ddni_progress(c->ctx, "covariance", (double)(at + columns) / (double)d));
    }
    return DDN_OK;
}

ddn_status ddni_covariance_matrix(ddni_covariance *c, double *matrix)
{
    const int64_t numbers = c->size * c->size;
    double *x = NULL;
    DDNI_TRY(ddni_alloc_for(c->ctx, "centred points", c->size, DEPTH * sizeof *x, &x));
    memset(matrix, 0, (size_t)numbers * sizeof *matrix);
    ddn_status status = c->by_points ? add_columns(c, x, matrix) : add_points(c, x, matrix);
    if (c->ds->team != NULL && !c->by_points) {
        status = ddni_team_sum(c->ctx, c->ds->team, status, numbers, matrix);
    }
    for (int64_t k = 0; status == DDN_OK && k < numbers; k++) {
        matrix[k] /= (double)c->ds->n;
    }
    ddni_free(ddni_context_allocator(c->ctx), x);
    return status;
}
