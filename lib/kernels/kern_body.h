/* The vector variants of all kernels; each instruction set includes this once with VECTOR_BYTES,
 * ROWS_PER_TILE, KERNEL_NAME, KERNEL_NEEDS and KERNEL_TABLE defined. Compiled with contraction, so
 * that x - a * y is one fused operation. Layer 1 (kernels). */
#include <math.h>
#include <stddef.h>

#include "kernels/kernels.h"

#define TILE_ROWS ROWS_PER_TILE

/* Loops of constant length over register arrays must vanish. */
#define PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define UNROLL(n) PRAGMA(clang loop unroll(full))
#else
#define UNROLL(n) PRAGMA(GCC unroll n)
#endif

#define REAL float
#define INTEGER int32_t
#define LANES (VECTOR_BYTES / 4)
#define NAME(x) f32_##x
#define EXP_TERMS 7
#include "kernels/kern_lanes.h"
#undef REAL
#undef INTEGER
#undef LANES
#undef NAME
#undef EXP_TERMS

#define REAL double
#define INTEGER int64_t
#define LANES (VECTOR_BYTES / 8)
#define NAME(x) f64_##x
#define EXP_TERMS 13
#include "kernels/kern_lanes.h"
#undef REAL
#undef INTEGER
#undef LANES
#undef NAME
#undef EXP_TERMS

enum {
    LANES32 = VECTOR_BYTES / 4,
    LANES64 = VECTOR_BYTES / 8
};

/* LANES64 stored numbers from position j, as doubles. */
typedef uint8_t bytes_vec __attribute__((vector_size(LANES64), aligned(1), may_alias));
typedef float half_vec __attribute__((vector_size(LANES64 * 4), aligned(4), may_alias));
typedef int32_t int_vec __attribute__((vector_size(LANES64 * 4)));

static inline __attribute__((always_inline)) f64_vec stored_vec(ddn_type type, const void *p,
                                                                int64_t j)
{
    if (type == DDN_TYPE_U8) {
        int_vec wide =
            __builtin_convertvector(*(const bytes_vec *)((const uint8_t *)p + j), int_vec);
        return __builtin_convertvector(wide, f64_vec);
    }
    if (type == DDN_TYPE_F32) {
        return __builtin_convertvector(*(const half_vec *)((const float *)p + j), f64_vec);
    }
    return f64_load((const double *)p + j);
}

static inline __attribute__((always_inline)) double stored_one(ddn_type type, const void *p,
                                                               int64_t j)
{
    return type == DDN_TYPE_U8    ? (double)((const uint8_t *)p)[j]
           : type == DDN_TYPE_F32 ? (double)((const float *)p)[j]
                                  : ((const double *)p)[j];
}

static inline __attribute__((always_inline)) double
distance_of(ddn_type type, int64_t d, const double *x, double a, double a_low, ddni_point y)
{
    f64_vec sum[4] = {{0}, {0}, {0}, {0}};
    int64_t j = 0;
    for (; j + 4 * LANES64 <= d; j += 4 * LANES64) {
        UNROLL(4)
        for (int v = 0; v < 4; v++) {
            f64_vec p = stored_vec(type, y.stored, j + v * LANES64) * y.scale + y.shift;
            f64_vec diff = f64_load(x + j + v * LANES64) - p * a;
            diff = diff - p * a_low;
            sum[v] += diff * diff;
        }
    }
    double tail = 0;
    for (; j < d; j++) {
        double p = stored_one(type, y.stored, j) * y.scale + y.shift;
        double diff = x[j] - p * a;
        diff = diff - p * a_low;
        tail += diff * diff;
    }
    f64_vec all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    double total = 0;
    for (int v = 0; v < LANES64; v++) {
        total += all[v];
    }
    return total + tail;
}

static double distance(ddn_type type, int64_t d, const double *x, double a, double a_low,
                       ddni_point y)
{
    return type == DDN_TYPE_U8    ? distance_of(DDN_TYPE_U8, d, x, a, a_low, y)
           : type == DDN_TYPE_F32 ? distance_of(DDN_TYPE_F32, d, x, a, a_low, y)
                                  : distance_of(DDN_TYPE_F64, d, x, a, a_low, y);
}

static inline __attribute__((always_inline)) void accumulate_of(ddn_type type, int64_t d,
                                                                double *sum, double left,
                                                                double right, ddni_point y,
                                                                const double *centre)
{
    int64_t j = 0;
    for (; j + LANES64 <= d; j += LANES64) {
        f64_vec p = stored_vec(type, y.stored, j) * y.scale + y.shift - f64_load(centre + j);
        f64_store(sum + j, f64_load(sum + j) * left + p * right);
    }
    for (; j < d; j++) {
        double p = stored_one(type, y.stored, j) * y.scale + y.shift - centre[j];
        sum[j] = sum[j] * left + p * right;
    }
}

static void accumulate(ddn_type type, int64_t d, double *sum, double left, double right,
                       ddni_point y, const double *centre)
{
    if (type == DDN_TYPE_U8) {
        accumulate_of(DDN_TYPE_U8, d, sum, left, right, y, centre);
    } else if (type == DDN_TYPE_F32) {
        accumulate_of(DDN_TYPE_F32, d, sum, left, right, y, centre);
    } else {
        accumulate_of(DDN_TYPE_F64, d, sum, left, right, y, centre);
    }
}

static inline __attribute__((always_inline)) void
dot_rows(const int rows, int64_t d, const float *y, int64_t ldy, const float *x, float *g)
{
    f32_vec sum[4][2];
    UNROLL(4)
    for (int i = 0; i < rows; i++) {
        sum[i][0] = sum[i][1] = (f32_vec){0};
    }
    int64_t j = 0;
    for (; j + 2 * LANES32 <= d; j += 2 * LANES32) {
        f32_vec x0 = f32_load(x + j), x1 = f32_load(x + j + LANES32);
        UNROLL(4)
        for (int i = 0; i < rows; i++) {
            sum[i][0] += f32_load(y + i * ldy + j) * x0;
            sum[i][1] += f32_load(y + i * ldy + j + LANES32) * x1;
        }
    }
    for (int i = 0; i < rows; i++) {
        f32_vec both = sum[i][0] + sum[i][1];
        float total = 0;
        for (int v = 0; v < LANES32; v++) {
            total += both[v];
        }
        for (int64_t k = j; k < d; k++) {
            total += y[i * ldy + k] * x[k];
        }
        g[i] = total;
    }
}

static void dot_f32(int64_t rows, int64_t d, const float *y, int64_t ldy, const float *x, float *g)
{
    int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
        dot_rows(4, d, y + r * ldy, ldy, x, g + r);
    }
    for (; r < rows; r++) {
        dot_rows(1, d, y + r * ldy, ldy, x, g + r);
    }
}

static inline __attribute__((always_inline)) void
combine_rows(const int rows, int64_t d, const float *y, int64_t ldy, const float *p, float *sum)
{
    int64_t j = 0;
    for (; j + LANES32 <= d; j += LANES32) {
        f32_vec s = f32_load(sum + j);
        UNROLL(8)
        for (int i = 0; i < rows; i++) {
            s += f32_load(y + i * ldy + j) * p[i];
        }
        f32_store(sum + j, s);
    }
    for (; j < d; j++) {
        for (int i = 0; i < rows; i++) {
            sum[j] += y[i * ldy + j] * p[i];
        }
    }
}

static void combine_f32(int64_t rows, int64_t d, const float *y, int64_t ldy, const float *p,
                        float *sum)
{
    int64_t r = 0;
    for (; r + 8 <= rows; r += 8) {
        combine_rows(8, d, y + r * ldy, ldy, p + r, sum);
    }
    for (; r < rows; r++) {
        combine_rows(1, d, y + r * ldy, ldy, p + r, sum);
    }
}

#include "kernels/kern_screen.h"
#if defined(KERNEL_INTEGER)
#include KERNEL_INTEGER
#endif

const ddni_kernels KERNEL_TABLE = {
    .name = KERNEL_NAME,
    .needs = KERNEL_NEEDS,
    .multiply_f32 = f32_multiply,
    .multiply_f64 = f64_multiply,
    .softmax_f32 = f32_softmax,
    .softmax_f64 = f64_softmax,
    .softmax_rows_f32 = softmax_rows_f32,
    .screen_f32 = screen_f32,
#if defined(KERNEL_INTEGER)
    .multiply_u8 = multiply_u8,
    .dot_u8 = dot_u8,
    .dot_slices_u8 = dot_slices_u8,
    .combine_u8 = combine_u8,
#endif
    .unpack_f32 = f32_unpack,
    .unpack_f64 = f64_unpack,
    .distance = distance,
    .accumulate = accumulate,
    .dot_f32 = dot_f32,
    .combine_f32 = combine_f32,
};
