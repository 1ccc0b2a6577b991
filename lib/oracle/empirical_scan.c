/* The pass over the data: logits by direct differences in double, posterior sums per chunk of rows,
 * merged in the order of the chunks. theory.md (11), (14). Layer 4 (oracle). */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "oracle/empirical_impl.h"

enum {
    TILE_ROWS = 32,
    MAX_CHUNKS = 16
};

/* One block of states against all data. */
typedef struct block {
    const ddni_empirical *o;
    ddni_scan *scan;
    const ddni_request *rq;
    const ddni_level *level;
    const double *x;
    int64_t ldx, m, chunks, chunk_rows, classes;
    int32_t want_sum, want_class, want_trace, want_cov;
    int64_t first; /* row of the batch where the block starts */
} block;

static int64_t chunk_end(const block *b, int64_t chunk)
{
    int64_t n = b->o->base.dataset->n, end = (chunk + 1) * b->chunk_rows;
    return end < n ? end : n;
}

static double logit(const block *b, const double *x, const double *y)
{
    double a = b->level->a, a_low = b->level->a_low, square = 0;
    for (int64_t j = 0; j < b->o->base.d; j++) {
        double diff = (x[j] - a * y[j]) - a_low * y[j];
        square += diff * diff;
    }
    return -square / (2 * b->level->s2);
}

static void scale_add(int64_t d, double *sum, double left, double right, const double *y,
                      const double *centre)
{
    for (int64_t j = 0; j < d; j++) {
        sum[j] = left * sum[j] + right * (y[j] - centre[j]);
    }
}

/* First pass of one chunk. */
static void scan_chunk(void *arg, int64_t chunk, int64_t worker)
{
    const block *b = arg;
    const ddn_dataset *ds = b->o->base.dataset;
    int64_t d = ds->d, k = b->classes;
    double *tile = b->scan->tile + worker * TILE_ROWS * d;
    ddni_posterior *part = b->scan->part + chunk * b->m;
    for (int64_t q = 0; q < b->m; q++) {
        part[q] = ddni_posterior_empty;
    }
    double *sum = b->want_sum ? b->scan->sum + chunk * b->m * d : NULL;
    double *cls = b->want_class ? b->scan->class_sum + chunk * b->m * k : NULL;
    if (b->want_sum) {
        memset(sum, 0, (size_t)(b->m * d) * sizeof *sum);
    }
    if (b->want_class) {
        memset(cls, 0, (size_t)(b->m * k) * sizeof *cls);
    }
    int64_t end = chunk_end(b, chunk);
    for (int64_t i0 = chunk * b->chunk_rows; i0 < end; i0 += TILE_ROWS) {
        int64_t rows = end - i0 < TILE_ROWS ? end - i0 : TILE_ROWS;
        ddni_dataset_rows(ds, i0, rows, tile, d);
        for (int64_t q = 0; q < b->m; q++) {
            for (int64_t r = 0; r < rows; r++) {
                const double *y = tile + r * d;
                ddni_merge f = ddni_posterior_add(&part[q], logit(b, b->x + q * b->ldx, y), i0 + r);
                if (b->want_sum && (f.right > 0)) {
                    scale_add(d, sum + q * d, f.left, f.right, y, b->o->centre);
                }
                if (b->want_class) {
                    for (int64_t c = 0; c < k; c++) {
                        cls[q * k + c] *= f.left;
                    }
                    cls[q * k + ds->labels->class_index[i0 + r]] += f.right;
                }
            }
        }
    }
}

/* Second pass: Cov v and tr Cov with differences from the mean. total[q].max and .rest are final.
 */
static void covariance_chunk(void *arg, int64_t chunk, int64_t worker)
{
    const block *b = arg;
    const ddn_dataset *ds = b->o->base.dataset;
    int64_t d = ds->d, end = chunk_end(b, chunk);
    double *tile = b->scan->tile + worker * TILE_ROWS * d;
    double *moment = b->scan->moment + chunk * b->m * (d + 1);
    memset(moment, 0, (size_t)(b->m * (d + 1)) * sizeof *moment);
    for (int64_t i0 = chunk * b->chunk_rows; i0 < end; i0 += TILE_ROWS) {
        int64_t rows = end - i0 < TILE_ROWS ? end - i0 : TILE_ROWS;
        ddni_dataset_rows(ds, i0, rows, tile, d);
        for (int64_t q = 0; q < b->m; q++) {
            const ddni_posterior *total = &b->scan->part[q];
            const double *mean = b->scan->mean + q * d;
            double *out = moment + q * (d + 1);
            for (int64_t r = 0; r < rows; r++) {
                double *y = tile + r * d;
                double w =
                    exp(logit(b, b->x + q * b->ldx, y) - total->max) / ddni_posterior_total(total);
                if (w == 0) {
                    continue;
                }
                double square = 0, dot = 0;
                const double *v = b->want_cov ? b->rq->v + (b->first + q) * b->rq->ldv : NULL;
                for (int64_t j = 0; j < d; j++) {
                    double diff = (y[j] - b->o->centre[j]) - mean[j];
                    square += diff * diff;
                    dot += v != NULL ? diff * v[j] : 0;
                }
                out[d] += w * square;
                for (int64_t j = 0; v != NULL && j < d; j++) {
                    out[j] += w * dot * ((y[j] - b->o->centre[j]) - mean[j]);
                }
            }
        }
    }
}

/* Draws an index from the weights: the chunk by its mass, then the row within it. */
static int64_t draw(const block *b, int64_t q, const ddni_posterior *chunks, double *row)
{
    const ddn_dataset *ds = b->o->base.dataset;
    double max = -INFINITY, total = 0;
    for (int64_t c = 0; c < b->chunks; c++) {
        max = fmax(max, chunks[c * b->m + q].max);
    }
    for (int64_t c = 0; c < b->chunks; c++) {
        const ddni_posterior *p = &chunks[c * b->m + q];
        total += p->argmax < 0 ? 0 : exp(p->max - max) * ddni_posterior_total(p);
    }
    double left = total * ddni_uniform(b->rq->seed, DDNI_STREAM_DRAW,
                                       ddni_request_path(b->rq, b->first + q), b->rq->step, 0);
    int64_t last = -1;
    for (int64_t c = 0; c < b->chunks; c++) {
        const ddni_posterior *p = &chunks[c * b->m + q];
        double mass = p->argmax < 0 ? 0 : exp(p->max - max) * ddni_posterior_total(p);
        if (left >= mass && c + 1 < b->chunks) {
            left -= mass;
            continue;
        }
        for (int64_t i = c * b->chunk_rows; i < chunk_end(b, c); i++) {
            ddni_dataset_rows(ds, i, 1, row, ds->d);
            double w = exp(logit(b, b->x + q * b->ldx, row) - max);
            last = w > 0 ? i : last;
            left -= w;
            if (left < 0 && last == i) {
                return i;
            }
        }
        left = 0;
    }
    return last;
}

static void finish(const block *b, int64_t q)
{
    const ddni_request *rq = b->rq;
    const ddni_level *lv = b->level;
    const ddni_posterior *p = &b->scan->part[q];
    int64_t d = b->o->base.d, row = b->first + q, n = b->o->base.dataset->n;
    double total = ddni_posterior_total(p);
    if (rq->f64[DDN_OUT_LOG_P] != NULL) {
        rq->f64[DDN_OUT_LOG_P][row] = ddni_posterior_log_sum(p) - log((double)n) -
                                      0.5 * (double)d * log(6.283185307179586476925 * lv->s2);
    }
    if (rq->f64[DDN_OUT_ENTROPY] != NULL) {
        rq->f64[DDN_OUT_ENTROPY][row] = ddni_posterior_entropy(p);
    }
    if (rq->f64[DDN_OUT_SUM_W2] != NULL) {
        rq->f64[DDN_OUT_SUM_W2][row] = ddni_posterior_sum_w2(p);
    }
    if (rq->f64[DDN_OUT_W_MAX] != NULL) {
        rq->f64[DDN_OUT_W_MAX][row] = ddni_posterior_w_max(p);
    }
    if (rq->f64[DDN_OUT_ONE_MINUS_W_MAX] != NULL) {
        rq->f64[DDN_OUT_ONE_MINUS_W_MAX][row] = ddni_posterior_one_minus_w_max(p);
    }
    if (rq->i64[DDN_OUT_ARGMAX] != NULL) {
        rq->i64[DDN_OUT_ARGMAX][row] = p->argmax;
    }
    if (b->want_class) {
        for (int64_t c = 0; c < b->classes; c++) {
            rq->f64[DDN_OUT_CLASS_POSTERIOR][row * rq->ld[DDN_OUT_CLASS_POSTERIOR] + c] =
                b->scan->class_sum[q * b->classes + c] / total;
        }
    }
    for (int64_t j = 0; b->want_sum && j < d; j++) {
        double rel = b->scan->sum[q * d + j] / total;
        double mean = b->o->centre[j] + rel;
        b->scan->mean[q * d + j] = rel;
        if (rq->f64[DDN_OUT_MEAN] != NULL) {
            rq->f64[DDN_OUT_MEAN][row * rq->ld[DDN_OUT_MEAN] + j] = mean;
        }
        if (rq->f64[DDN_OUT_SCORE] != NULL) {
            rq->f64[DDN_OUT_SCORE][row * rq->ld[DDN_OUT_SCORE] + j] =
                ((lv->a * mean - b->x[q * b->ldx + j]) + lv->a_low * mean) / lv->s2;
        }
    }
}

/* Adds the chunks' parts into chunk 0, in order. */
static void merge_chunks(const block *b)
{
    int64_t d = b->o->base.d, k = b->classes;
    ddni_scan *s = b->scan;
    for (int64_t q = 0; q < b->m; q++) {
        for (int64_t c = 1; c < b->chunks; c++) {
            int64_t at = c * b->m + q;
            ddni_merge f = ddni_posterior_merge(&s->part[q], &s->part[at]);
            for (int64_t j = 0; b->want_sum && j < d; j++) {
                s->sum[q * d + j] = f.left * s->sum[q * d + j] + f.right * s->sum[at * d + j];
            }
            for (int64_t j = 0; b->want_class && j < k; j++) {
                s->class_sum[q * k + j] =
                    f.left * s->class_sum[q * k + j] + f.right * s->class_sum[at * k + j];
            }
        }
    }
}

static ddn_status run_block(ddn_context *ctx, block *b)
{
    int64_t d = b->o->base.d;
    const ddni_request *rq = b->rq;
    double work = (double)b->m * (double)b->o->base.dataset->n * (double)d * 3;
    DDNI_TRY(ddni_parallel(ctx, b->chunks, work, scan_chunk, b));
    if (rq->f64[DDN_OUT_DRAW] != NULL || rq->i64[DDN_OUT_DRAW_INDEX] != NULL) {
        for (int64_t q = 0; q < b->m; q++) {
            int64_t i = draw(b, q, b->scan->part, b->scan->tile);
            if (rq->i64[DDN_OUT_DRAW_INDEX] != NULL) {
                rq->i64[DDN_OUT_DRAW_INDEX][b->first + q] = i;
            }
            if (rq->f64[DDN_OUT_DRAW] != NULL) {
                ddni_dataset_rows(b->o->base.dataset, i, 1,
                                  rq->f64[DDN_OUT_DRAW] + (b->first + q) * rq->ld[DDN_OUT_DRAW], d);
            }
        }
    }
    merge_chunks(b);
    for (int64_t q = 0; q < b->m; q++) {
        finish(b, q);
    }
    if (b->want_trace || b->want_cov) {
        DDNI_TRY(ddni_parallel(ctx, b->chunks, work, covariance_chunk, b));
        for (int64_t q = 0; q < b->m; q++) {
            double *into = b->scan->moment + q * (d + 1);
            for (int64_t c = 1; c < b->chunks; c++) {
                for (int64_t j = 0; j <= d; j++) {
                    into[j] += b->scan->moment[(c * b->m + q) * (d + 1) + j];
                }
            }
            if (b->want_trace) {
                rq->f64[DDN_OUT_TRACE_COV][b->first + q] = into[d];
            }
            if (b->want_cov) {
                memcpy(rq->f64[DDN_OUT_COV_TIMES_V] + (b->first + q) * rq->ld[DDN_OUT_COV_TIMES_V],
                       into, (size_t)d * sizeof *into);
            }
        }
    }
    return DDN_OK;
}

ddn_status ddni_scan_run(ddn_context *ctx, const ddni_empirical *o, ddni_scan *s,
                         const ddni_request *rq, const ddni_level *level, int64_t m,
                         const double *x, int64_t ldx, ddni_report *report)
{
    const ddn_dataset *ds = o->base.dataset;
    int64_t d = ds->d, k = o->base.classes;
    block b = {.o = o, .scan = s, .rq = rq, .level = level, .ldx = ldx, .classes = k};
    b.want_trace = rq->f64[DDN_OUT_TRACE_COV] != NULL;
    b.want_cov = rq->f64[DDN_OUT_COV_TIMES_V] != NULL;
    b.want_sum = rq->f64[DDN_OUT_SCORE] != NULL || rq->f64[DDN_OUT_MEAN] != NULL || b.want_trace ||
                 b.want_cov;
    b.want_class = rq->f64[DDN_OUT_CLASS_POSTERIOR] != NULL;
    b.chunk_rows = (ds->n + MAX_CHUNKS - 1) / MAX_CHUNKS;
    b.chunk_rows = b.chunk_rows < TILE_ROWS ? TILE_ROWS : b.chunk_rows;
    b.chunks = (ds->n + b.chunk_rows - 1) / b.chunk_rows;
    int64_t width = (INT64_C(1) << 16) / d;
    width = width < 1 ? 1 : width > 64 ? 64 : width;
    DDNI_TRY(ddni_reserve(ctx, "row tiles", ddni_workers(ctx) * TILE_ROWS * d, 8, &s->tile));
    DDNI_TRY(ddni_reserve(ctx, "posteriors", b.chunks * width, sizeof *s->part, &s->part));
    if (b.want_sum) {
        DDNI_TRY(ddni_reserve(ctx, "weighted sums", b.chunks * width * d, 8, &s->sum));
        DDNI_TRY(ddni_reserve(ctx, "means", width * d, 8, &s->mean));
    }
    if (b.want_class) {
        DDNI_TRY(ddni_reserve(ctx, "class sums", b.chunks * width * k, 8, &s->class_sum));
    }
    if (b.want_trace || b.want_cov) {
        DDNI_TRY(ddni_reserve(ctx, "moments", b.chunks * width * (d + 1), 8, &s->moment));
    }
    for (b.first = 0; b.first < m; b.first += width) {
        b.m = m - b.first < width ? m - b.first : width;
        b.x = x + b.first * ldx;
        DDNI_TRY(run_block(ctx, &b));
    }
    report->dropped = 0;
    report->touched = 1;
    return DDN_OK;
}
