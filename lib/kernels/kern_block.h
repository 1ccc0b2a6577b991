/* Products with blocks of eight vectors, as block.h has them; included once by each variant, with
 * UNROLL and BLOCK_ROWS: so many rows are taken at a time, what they share is loaded once for them,
 * and their sums hide each other's latency. */
#include "kernels/block.h"

typedef double block_lanes __attribute__((vector_size(64), may_alias));

static inline __attribute__((always_inline)) void some_rows(const int rows, const double *x,
                                                            int64_t ldx, int64_t count,
                                                            const block_lanes *v, block_lanes *out)
{
    block_lanes sum[BLOCK_ROWS];
    UNROLL(8)
    for (int i = 0; i < rows; i++) {
        sum[i] = out[i];
    }
    for (int64_t j = 0; j < count; j++) {
        UNROLL(8)
        for (int i = 0; i < rows; i++) {
            sum[i] += x[i * ldx + j] * v[j];
        }
    }
    UNROLL(8)
    for (int i = 0; i < rows; i++) {
        out[i] = sum[i];
    }
}

static void block_rows(const double *x, int64_t rows, int64_t ldx, int64_t count, const double *v,
                       double *out)
{
    const block_lanes *in = (const block_lanes *)(const void *)v;
    block_lanes *to = (block_lanes *)(void *)out;
    int64_t i = 0;
    for (; i + BLOCK_ROWS <= rows; i += BLOCK_ROWS) {
        some_rows(BLOCK_ROWS, x + i * ldx, ldx, count, in, to + i);
    }
    for (; i < rows; i++) {
        some_rows(1, x + i * ldx, ldx, count, in, to + i);
    }
}

/* Rows are added in their order, and out is loaded and stored once for them. */
static inline __attribute__((always_inline)) void some_columns(const int rows, const double *x,
                                                               int64_t ldx, int64_t count,
                                                               const block_lanes *w,
                                                               block_lanes *out)
{
    block_lanes weight[BLOCK_ROWS];
    UNROLL(8)
    for (int i = 0; i < rows; i++) {
        weight[i] = w[i];
    }
    for (int64_t j = 0; j < count; j++) {
        block_lanes sum = out[j];
        UNROLL(8)
        for (int i = 0; i < rows; i++) {
            sum += x[i * ldx + j] * weight[i];
        }
        out[j] = sum;
    }
}

static void block_columns(const double *x, int64_t rows, int64_t ldx, int64_t count,
                          const double *w, double *out)
{
    const block_lanes *in = (const block_lanes *)(const void *)w;
    block_lanes *to = (block_lanes *)(void *)out;
    int64_t i = 0;
    for (; i + BLOCK_ROWS <= rows; i += BLOCK_ROWS) {
        some_columns(BLOCK_ROWS, x + i * ldx, ldx, count, in + i, to);
    }
    for (; i < rows; i++) {
        some_columns(1, x + i * ldx, ldx, count, in + i, to);
    }
}
