/* The affine span of a set as an object: coordinates in it and back; theory.md (80).
 *
 * Products go through the block kernels in fixed tiles, each number summed in one order: a row has
 * the same bits whatever the batch and the number of threads. */
#include "dataset/spectrum/span.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "dataset/team_set.h"
#include "team/team_impl.h"

enum {
    B = DDNI_BLOCK,
    ROWS = 64,    /* states of a tile: they share what is read of the axes */
    COLUMNS = 64, /* so many columns at a time: 32 KiB */
    DEEP = 8,     /* blocks of axes that states are projected onto by a tile */
    MAX_SIZE = 8192
};

struct ddn_span {
    ddni_handle handle;
    int64_t d, rank;
    double *mean;         /* [d] */
    double *axes;         /* [(rank + 7) / 8][d][B] */
    ddn_dataset *reduced; /* f64 [n][rank] */
    double distance;      /* of the farthest point */
};

/* ---- products ---- */

typedef struct job {
    const ddn_context *ctx;
    const ddn_span *span;
    const ddn_dataset *ds; /* where the rows come from: its points (a = 1), */
    const double *x;       /* or else x[m][ldx] */
    double a;
    int64_t m, ldx, ldc, ldo;
    double *coordinates;  /* to be found, */
    const double *lifted; /* or to be lifted: [m][ldc] */
    double *out; /* lifted rows; what x exceeds them by, if there is x; distances, if there is ds */
} job;

/* Part of row i less a times the mean. */
static void centred(const job *j, int64_t i, int64_t first, int64_t count, double *out)
{
    const double *mean = j->span->mean + first;
    if (j->ds != NULL) {
        ddni_dataset_part(j->ds, i, first, count, out);
    }
    for (int64_t k = 0; k < count; k++) {
        double x = j->ds != NULL ? out[k] : j->x[i * j->ldx + first + k];
        out[k] = x - j->a * mean[k];
    }
}

/* Up to DEEP * B coordinates of up to ROWS rows. */
static void project_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const job *j = arg;
    int64_t d = j->span->d, rank = j->span->rank, parts = (rank + DEEP * B - 1) / (DEEP * B);
    int64_t row = tile / parts * ROWS, rows = ddni_smaller(ROWS, j->m - row);
    int64_t from = tile % parts * DEEP * B, count = ddni_smaller(DEEP * B, rank - from);
    const ddni_kernels *kern = ddni_context_kernels(j->ctx);
    _Alignas(64) double sum[DEEP * ROWS * B] = {0};
    double x[ROWS * COLUMNS];
    for (int64_t first = 0; first < d && !ddni_stopping(j->ctx); first += COLUMNS) {
        int64_t columns = ddni_smaller(COLUMNS, d - first);
        for (int64_t i = 0; i < rows; i++) {
            centred(j, row + i, first, columns, x + i * COLUMNS);
        }
        for (int64_t k = 0; k < count; k += B) {
            kern->block_rows(x, rows, COLUMNS, columns,
                             j->span->axes + ((from + k) * d + first * B), sum + k * ROWS);
        }
    }
    for (int64_t i = 0; i < rows; i++) {
        double *to = j->coordinates + (row + i) * j->ldc + from;
        for (int64_t k = 0; k < count; k++) {
            to[k] = sum[(k / B * ROWS + i) * B + k % B];
        }
    }
}

static ddn_status project(ddn_context *ctx, job *j)
{
    int64_t parts = (j->span->rank + DEEP * B - 1) / (DEEP * B);
    return ddni_parallel(ctx, (j->m + ROWS - 1) / ROWS * parts,
                         (double)j->m * (double)j->span->d * (double)j->span->rank, project_tile,
                         j);
}

/* out[rows / B][columns][B] = V c for up to ROWS rows c, those of a block interleaved. */
static void lift_part(const job *j, int64_t row, int64_t rows, int64_t first, int64_t columns,
                      double *out)
{
    int64_t rank = j->span->rank, d = j->span->d, blocks = (rows + B - 1) / B;
    const ddni_kernels *kern = ddni_context_kernels(j->ctx);
    memset(out, 0, (size_t)(blocks * columns * B) * sizeof *out);
    for (int64_t k = 0; k < rank; k += B) {
        for (int64_t from = 0; from < rows; from += B) {
            _Alignas(64) double c[B * B] = {0};
            for (int64_t i = 0; i < ddni_smaller(B, rows - from); i++) {
                for (int64_t p = 0; p < ddni_smaller(B, rank - k); p++) {
                    c[p * B + i] = j->lifted[(row + from + i) * j->ldc + k + p];
                }
            }
            kern->block_rows(j->span->axes + (k * d + first * B), columns, B, B, c,
                             out + from * columns);
        }
    }
}

/* Column k of row i of what lift_part has made. */
static inline double lifted_at(const double *lifted, int64_t columns, int64_t i, int64_t k)
{
    return lifted[(i / B * columns + k) * B + i % B];
}

/* Some columns of up to ROWS rows. */
static void lift_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const job *j = arg;
    int64_t parts = (j->span->d + COLUMNS - 1) / COLUMNS;
    int64_t row = tile / parts * ROWS, rows = ddni_smaller(ROWS, j->m - row);
    int64_t first = tile % parts * COLUMNS, columns = ddni_smaller(COLUMNS, j->span->d - first);
    _Alignas(64) double lifted[COLUMNS * ROWS];
    double x[COLUMNS];
    lift_part(j, row, rows, first, columns, lifted);
    for (int64_t i = 0; i < rows; i++) {
        double *out = j->out + (row + i) * j->ldo + first;
        if (j->x != NULL) {
            centred(j, row + i, first, columns, x);
        }
        for (int64_t k = 0; k < columns; k++) {
            double v = lifted_at(lifted, columns, i, k);
            out[k] = j->x != NULL ? x[k] - v : j->a * j->span->mean[first + k] + v;
        }
    }
}

static ddn_status lift(ddn_context *ctx, job *j)
{
    int64_t parts = (j->span->d + COLUMNS - 1) / COLUMNS;
    return ddni_parallel(ctx, (j->m + ROWS - 1) / ROWS * parts,
                         (double)j->m * (double)j->span->d * (double)j->span->rank, lift_tile, j);
}

/* Square distances of up to ROWS points from the span. */
static void distance_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const job *j = arg;
    int64_t row = tile * ROWS, rows = ddni_smaller(ROWS, j->m - row), d = j->span->d;
    _Alignas(64) double lifted[COLUMNS * ROWS];
    double x[COLUMNS], sum[ROWS] = {0};
    for (int64_t first = 0; first < d && !ddni_stopping(j->ctx); first += COLUMNS) {
        int64_t columns = ddni_smaller(COLUMNS, d - first);
        lift_part(j, row, rows, first, columns, lifted);
        for (int64_t i = 0; i < rows; i++) {
            centred(j, row + i, first, columns, x);
            for (int64_t k = 0; k < columns; k++) {
                const double rest = x[k] - lifted_at(lifted, columns, i, k);
                sum[i] += rest * rest;
            }
        }
    }
    memcpy(j->out + row, sum, (size_t)rows * sizeof *sum);
}

/* ---- making it ---- */

/* The coordinates of the points, and how far they are from the span, of a set of one process. */
static ddn_status reduce_own(ddn_context *ctx, const ddn_dataset *ds, ddn_span *span,
                             ddn_dataset **out)
{
    ddni_storage *storage = NULL;
    void *memory = NULL;
    job j = {.ctx = ctx, .span = span, .ds = ds, .a = 1, .m = ds->n, .ldc = span->rank};
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "distances", ds->n, sizeof *j.out, &j.out), fail);
    DDNI_TRY_GOTO(ddni_storage_create(ctx, ds->n * span->rank * (int64_t)sizeof *j.coordinates,
                                      &storage, &memory),
                  fail);
    j.coordinates = memory;
    j.lifted = memory;
    DDNI_TRY_GOTO(project(ctx, &j), fail);
    if (span->rank < ds->d) { /* else there is nothing outside */
        DDNI_TRY_GOTO(ddni_parallel(ctx, (ds->n + ROWS - 1) / ROWS,
                                    (double)ds->n * (double)ds->d * (double)span->rank,
                                    distance_tile, &j),
                      fail);
    }
    for (int64_t i = 0; i < ds->n; i++) {
        span->distance = fmax(span->distance, sqrt(j.out[i]));
    }
    ddni_array array = {memory, DDN_TYPE_F64, ds->n, span->rank, span->rank, ds->before};
    status = ddni_dataset_wrap(ctx, "the reduced set", storage, array, out);
    storage = NULL;
    if (status == DDN_OK) {
        ddni_dataset_share_labels(*out, ds);
        ddni_dataset_share_weights(*out, ds);
    }
fail:
    ddni_storage_release(storage);
    ddni_free(ddni_context_allocator(ctx), j.out);
    return status;
}

static ddn_status reduce(ddn_context *ctx, const ddn_dataset *ds, ddn_span *span)
{
    if (ds->team == NULL) {
        return reduce_own(ctx, ds, span, &span->reduced);
    }
    ddn_dataset *part = NULL;
    ddn_status status = DDNI_TEAM_ALONE(ctx, reduce_own(ctx, ds->part, span, &part));
    const double own[DDNI_TEAM_NUMBERS] = {span->distance};
    status = ddni_team_agree(ctx, ds->team, status, 0, own);
    if (status != DDN_OK) {
        ddn_dataset_destroy(part);
        return status;
    }
    for (int64_t r = 0; r < ds->team->size; r++) {
        span->distance = fmax(span->distance, ds->team->headers[r].number[0]);
    }
    return ddni_team_remake_part(ctx, ds, status, part, 0, &span->reduced);
}

static void finish_span(void *object)
{
    ddn_span *span = object;
    ddni_free(&span->handle.allocator, span->mean);
    ddni_free(&span->handle.allocator, span->axes);
    ddn_dataset_destroy(span->reduced);
}

ddn_status ddn_span_create(ddn_context *ctx, const ddn_dataset *ds, double tolerance,
                           ddn_span **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_REAL(ctx, tolerance, 0, 1);
    DDNI_CHECK(ctx, tolerance < 1, DDN_E_RANGE, "argument tolerance = 1 leaves nothing");
    DDNI_CHECK(ctx, ds->n >= 2, DDN_E_RANGE, "n = 1: a span needs 2 points");
    DDNI_CHECK(ctx, ddni_smaller(ds->n, ds->d) <= MAX_SIZE, DDN_E_RANGE,
               "n = %lld and d = %lld are both above %d", (long long)ds->n, (long long)ds->d,
               MAX_SIZE);
    ddn_status status;
    ddn_span *span = NULL;
    ddni_covariance c;
    DDNI_TRY(ddni_covariance_open(ctx, ds, &c));
    DDNI_TRY_GOTO(ddni_handle_create(ctx, DDNI_SPAN, sizeof *span, finish_span, &span), fail);
    span->d = ds->d;
    DDNI_TRY_GOTO(ddni_span_axes(&c, tolerance, &span->rank, &span->axes), fail);
    if (span->rank == 0) {
        status = ddni_fail(ctx, DDN_E_UNSUPPORTED, "all points are equal: they span nothing");
        goto fail;
    }
    span->mean = c.mean;
    c.mean = NULL;
    DDNI_TRY_GOTO(reduce(ctx, ds, span), fail);
    *out = span;
    span = NULL;
fail:
    ddni_covariance_close(&c);
    ddn_span_destroy(span);
    return status;
}

ddn_status ddn_span_retain(const ddn_span *span)
{
    return ddni_handle_retain(span, DDNI_SPAN);
}

void ddn_span_destroy(ddn_span *span)
{
    ddni_drop(span, DDNI_SPAN);
}

/* ---- using it ---- */

int64_t ddn_span_rank(const ddn_span *span)
{
    return DDNI_IS(span) ? span->rank : 0;
}

double ddn_span_distance(const ddn_span *span)
{
    return DDNI_IS(span) ? span->distance : 0;
}

static ddn_status rounded_to_f32(ddn_context *ctx, const ddn_dataset *from, ddn_dataset **out)
{
    if (from->team != NULL) {
        ddn_dataset *part = NULL;
        ddn_status made = rounded_to_f32(ctx, from->part, &part);
        return ddni_team_remake_part(ctx, from, made, part, 0, out);
    }
    ddni_storage *storage;
    void *memory;
    int64_t count = from->n * from->d;
    DDNI_TRY(ddni_storage_create(ctx, count * (int64_t)sizeof(float), &storage, &memory));
    const double *in = from->data;
    for (int64_t k = 0; k < count && !ddni_stopping(ctx); k++) {
        ((float *)memory)[k] = (float)in[k];
    }
    ddni_array array = {memory, DDN_TYPE_F32, from->n, from->d, from->d, from->before};
    DDNI_TRY(ddni_dataset_wrap(ctx, "the reduced set", storage, array, out));
    ddni_dataset_share_labels(*out, from);
    ddni_dataset_share_weights(*out, from);
    return DDN_OK;
}

ddn_status ddn_dataset_create_in_span(ddn_context *ctx, const ddn_span *span, ddn_type type,
                                      ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, span);
    const ddn_dataset *reduced = span->reduced;
    DDNI_CHECK_SET(ctx, reduced); /* over a team, whose ranks are told of what follows */
    DDNI_CHECK(ctx, type == DDN_TYPE_F64 || type == DDN_TYPE_F32, DDN_E_RANGE,
               "argument type = %d is neither DDN_TYPE_F64 nor DDN_TYPE_F32", (int)type);
    return type == DDN_TYPE_F64 ? ddni_dataset_derive(ctx, reduced, out)
                                : rounded_to_f32(ctx, reduced, out);
}

ddn_status ddn_span_project(ddn_context *ctx, const ddn_span *span, double a, int64_t m,
                            const double *x, int64_t ldx, double *coordinates, int64_t ldc,
                            double *residual, int64_t ldr)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, span);
    DDNI_CHECK_REAL(ctx, a, 0, 1e150);
    DDNI_TRY(ddni_check_states(ctx, "x", x, m, span->d, ldx));
    DDNI_TRY(ddni_check_matrix(ctx, "coordinates", coordinates, m, span->rank, ldc));
    if (residual != NULL) {
        DDNI_TRY(ddni_check_matrix(ctx, "residual", residual, m, span->d, ldr));
    }
    job j = {ctx, span, NULL, x, a, m, ldx, ldc, ldr, coordinates, coordinates, residual};
    DDNI_TRY(project(ctx, &j));
    return residual != NULL ? lift(ctx, &j) : DDN_OK;
}

ddn_status ddn_span_lift(ddn_context *ctx, const ddn_span *span, double a, int64_t m,
                         const double *coordinates, int64_t ldc, double *out, int64_t ldo)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, span);
    DDNI_CHECK_REAL(ctx, a, 0, 1e150);
    DDNI_TRY(ddni_check_states(ctx, "coordinates", coordinates, m, span->rank, ldc));
    DDNI_TRY(ddni_check_matrix(ctx, "out", out, m, span->d, ldo));
    job j = {.ctx = ctx, .span = span, .a = a, .m = m, .ldc = ldc, .ldo = ldo};
    j.lifted = coordinates;
    j.out = out;
    return lift(ctx, &j);
}
