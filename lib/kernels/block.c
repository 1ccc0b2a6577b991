/* Tiles times blocks of eight vectors. One body, compiled for each vector width; all give the same
 * bits because each lane is its own sum. */
#include "kernels/block.h"

typedef double lanes __attribute__((vector_size(64), may_alias));

#define BODY static inline __attribute__((always_inline)) void

/* Four rows at a time: v is loaded once for them, and four sums hide each other's latency. */
BODY rows_body(const double *x, int64_t rows, int64_t ldx, int64_t count, const double *v,
               double *out)
{
    const lanes *in = (const lanes *)(const void *)v;
    lanes *to = (lanes *)(void *)out;
    int64_t i = 0;
    for (; i + 4 <= rows; i += 4) {
        const double *x0 = x + i * ldx, *x1 = x0 + ldx, *x2 = x1 + ldx, *x3 = x2 + ldx;
        lanes s0 = to[i], s1 = to[i + 1], s2 = to[i + 2], s3 = to[i + 3];
        for (int64_t j = 0; j < count; j++) {
            s0 += x0[j] * in[j];
            s1 += x1[j] * in[j];
            s2 += x2[j] * in[j];
            s3 += x3[j] * in[j];
        }
        to[i] = s0;
        to[i + 1] = s1;
        to[i + 2] = s2;
        to[i + 3] = s3;
    }
    for (; i < rows; i++) {
        lanes s = to[i];
        for (int64_t j = 0; j < count; j++) {
            s += x[i * ldx + j] * in[j];
        }
        to[i] = s;
    }
}

/* Four rows at a time, added in their order, so that out is loaded and stored once for them. */
BODY columns_body(const double *x, int64_t rows, int64_t ldx, int64_t count, const double *w,
                  double *out)
{
    const lanes *in = (const lanes *)(const void *)w;
    lanes *to = (lanes *)(void *)out;
    int64_t i = 0;
    for (; i + 4 <= rows; i += 4) {
        const double *x0 = x + i * ldx, *x1 = x0 + ldx, *x2 = x1 + ldx, *x3 = x2 + ldx;
        lanes w0 = in[i], w1 = in[i + 1], w2 = in[i + 2], w3 = in[i + 3];
        for (int64_t j = 0; j < count; j++) {
            lanes s = to[j];
            s += x0[j] * w0;
            s += x1[j] * w1;
            s += x2[j] * w2;
            s += x3[j] * w3;
            to[j] = s;
        }
    }
    for (; i < rows; i++) {
        for (int64_t j = 0; j < count; j++) {
            to[j] += x[i * ldx + j] * in[i];
        }
    }
}

#define ARGUMENTS                                                                                  \
    const double *x, int64_t rows, int64_t ldx, int64_t count, const double *v, double *out

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void rows_avx2(ARGUMENTS)
{
    rows_body(x, rows, ldx, count, v, out);
}

__attribute__((target("avx512f"))) static void rows_avx512(ARGUMENTS)
{
    rows_body(x, rows, ldx, count, v, out);
}

__attribute__((target("avx2"))) static void columns_avx2(ARGUMENTS)
{
    columns_body(x, rows, ldx, count, v, out);
}

__attribute__((target("avx512f"))) static void columns_avx512(ARGUMENTS)
{
    columns_body(x, rows, ldx, count, v, out);
}
#endif

void ddni_block_rows(ARGUMENTS)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
        rows_avx512(x, rows, ldx, count, v, out);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        rows_avx2(x, rows, ldx, count, v, out);
        return;
    }
#endif
    rows_body(x, rows, ldx, count, v, out);
}

void ddni_block_columns(ARGUMENTS)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
        columns_avx512(x, rows, ldx, count, v, out);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        columns_avx2(x, rows, ldx, count, v, out);
        return;
    }
#endif
    columns_body(x, rows, ldx, count, v, out);
}
