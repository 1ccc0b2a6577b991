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

enum {
    ROWS = 16,    /* converted at once */
    COLUMNS = 256 /* converted at once: 32 KiB together */
};

ddn_status ddni_covariance_open(ddn_context *ctx, const ddn_dataset *ds, ddni_covariance *c)
{
    ddn_status status;
    int64_t larger = ds->n > ds->d ? ds->n : ds->d;
    memset(c, 0, sizeof *c);
    c->ctx = ctx;
    c->ds = ds;
    c->kern = ddni_context_kernels(ctx);
    c->by_points = ds->n < ds->d;
    c->size = c->by_points ? ds->n : ds->d;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "a mean", ds->d, sizeof *c->mean, &c->mean), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "a mean", ds->d, sizeof *c->rest, &c->rest), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "a block of vectors", larger, DDNI_BLOCK * sizeof *c->between,
                                 &c->between),
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

/* Centred numbers of one tile, each row times the root of n pi: x[rows][ldx]. */
static void read_centred(const ddni_covariance *c, int64_t row, int64_t rows, int64_t column,
                         int64_t columns, double *x, int64_t ldx)
{
    const ddn_dataset *ds = c->ds;
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
        if (ds->weight != NULL) {
            ddni_scale(columns, sqrt((double)ds->n * ds->weight[row + i]), to);
        }
    }
}

/* ---- the two halves of the product ---- */

typedef struct product_job {
    const ddni_covariance *c;
    const double *in;
    double *out;
    int64_t columns; /* per tile of the transposed product */
    double factor;
} product_job;

static void scale_block(double *x, int64_t count, double factor)
{
    for (int64_t k = 0; k < count * DDNI_BLOCK; k++) {
        x[k] *= factor;
    }
}

/* Rows of out[n] = factor A in[d]. */
static void points_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const product_job *job = arg;
    const ddn_dataset *ds = job->c->ds;
    double x[ROWS * COLUMNS];
    int64_t first = tile * ROWS, rows = ddni_smaller(ROWS, ds->n - first);
    double *out = job->out + first * DDNI_BLOCK;
    memset(out, 0, (size_t)(rows * DDNI_BLOCK) * sizeof *out);
    for (int64_t j = 0; j < ds->d && !ddni_stopping(job->c->ctx); j += COLUMNS) {
        int64_t columns = ddni_smaller(COLUMNS, ds->d - j);
        read_centred(job->c, first, rows, j, columns, x, COLUMNS);
        ddni_block_rows(x, rows, COLUMNS, columns, job->in + j * DDNI_BLOCK, out);
    }
    scale_block(out, rows, job->factor);
}

/* Rows of out[d] = factor A^T in[n]. */
static void columns_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const product_job *job = arg;
    const ddn_dataset *ds = job->c->ds;
    double x[ROWS * COLUMNS];
    int64_t first = tile * job->columns, columns = ddni_smaller(job->columns, ds->d - first);
    double *out = job->out + first * DDNI_BLOCK;
    memset(out, 0, (size_t)(columns * DDNI_BLOCK) * sizeof *out);
    for (int64_t i = 0; i < ds->n && !ddni_stopping(job->c->ctx); i += ROWS) {
        int64_t rows = ddni_smaller(ROWS, ds->n - i);
        read_centred(job->c, i, rows, first, columns, x, COLUMNS);
        ddni_block_columns(x, rows, COLUMNS, columns, job->in + i * DDNI_BLOCK, out);
    }
    scale_block(out, columns, job->factor);
}

static double work_of(const ddn_dataset *ds)
{
    return (double)ds->n * (double)ds->d * DDNI_BLOCK;
}

static ddn_status times_points(ddni_covariance *c, const double *in, double *out, double factor)
{
    product_job job = {c, in, out, 0, factor};
    return ddni_parallel(c->ctx, (c->ds->n + ROWS - 1) / ROWS, work_of(c->ds), points_tile, &job);
}

static ddn_status times_columns(ddni_covariance *c, const double *in, double *out, double factor)
{
    /* Narrow tiles for few columns, so that there are enough of them to share. */
    int64_t columns = c->ds->d < 16 * COLUMNS ? COLUMNS / 4 : COLUMNS;
    product_job job = {c, in, out, columns, factor};
    return ddni_parallel(c->ctx, (c->ds->d + columns - 1) / columns, work_of(c->ds), columns_tile,
                         &job);
}

ddn_status ddni_covariance_apply(ddni_covariance *c, const double *v, double *out)
{
    double factor = 1 / (double)c->ds->n;
    if (c->by_points) {
        DDNI_TRY(times_columns(c, v, c->between, 1));
        return times_points(c, c->between, out, factor);
    }
    DDNI_TRY(times_points(c, v, c->between, 1));
    return times_columns(c, c->between, out, factor);
}

ddn_status ddni_covariance_lift(ddni_covariance *c, const double *u, double *v)
{
    return times_columns(c, u, v, 1);
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
    return ddni_parallel(c->ctx, (job->rows + ROWS - 1) / ROWS,
                         (double)job->rows * (double)job->columns, convert_tile, job);
}

ddn_status ddni_covariance_matrix(ddni_covariance *c, double *matrix)
{
    const ddn_dataset *ds = c->ds;
    int64_t deep = c->by_points ? ds->d : ds->n;
    convert_job job = {.c = c};
    ddn_status status;
    DDNI_TRY(ddni_alloc_for(c->ctx, "centred points", c->size, DEPTH * sizeof *job.x, &job.x));
    memset(matrix, 0, (size_t)(c->size * c->size) * sizeof *matrix);
    for (int64_t at = 0; at < deep; at += DEPTH) {
        int64_t part = ddni_smaller(DEPTH, deep - at);
        job.ldx = c->by_points ? part : ds->d;
        job.row = c->by_points ? 0 : at;
        job.rows = c->by_points ? ds->n : part;
        job.column = c->by_points ? at : 0;
        job.columns = c->by_points ? part : ds->d;
        DDNI_TRY_GOTO(convert(c, &job), fail);
        if (c->by_points) {
            status = ddni_add_outer_products(c->ctx, ds->n, part, job.x, matrix);
        } else {
            status = ddni_add_inner_products(c->ctx, ds->d, part, job.x, matrix);
        }
        DDNI_TRY_GOTO(status, fail);
        DDNI_TRY_GOTO(ddni_progress(c->ctx, "covariance", (double)(at + part) / (double)deep),
                      fail);
    }
    for (int64_t k = 0; k < c->size * c->size; k++) {
        matrix[k] /= (double)ds->n;
    }
    status = DDN_OK;
fail:
    ddni_free(ddni_context_allocator(c->ctx), job.x);
    return status;
}
