/* The vector variants of all kernels; each instruction set includes this once with VECTOR_BYTES,
 * ROWS_PER_TILE, KERNEL_NAME, KERNEL_NEEDS and KERNEL_TABLE defined. Compiled with contraction, so
 * that x - a * y is one fused operation. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "kernels/kernels.h"

#define TILE_ROWS ROWS_PER_TILE

/* Loops of constant length over register arrays must vanish. */
#define PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define UNROLL(n) PRAGMA(clang loop unroll(full))
#else
#define UNROLL(n) PRAGMA(GCC unroll n)
#endif

/* A pointer that the compiler shall advance rather than derive from others: with one per row it
 * would run out of registers. */
#define KEEP_POINTER(p) __asm__("" : "+r"(p))

/* A register of floating numbers from bytes or floats. The generic conversions of small vectors are
 * taken apart into single elements by gcc 12. */
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#if defined(__x86_64__) && VECTOR_BYTES == 64
#define F32_OF_BYTES(p)                                                                            \
    ((f32_vec)_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)(p)))))
#define F64_OF_BYTES(p)                                                                            \
    ((f64_vec)_mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)(p)))))
#define F64_OF_FLOATS(p) ((f64_vec)_mm512_cvtps_pd(_mm256_loadu_ps(p)))
#elif defined(__x86_64__) && VECTOR_BYTES == 32
static inline int32_t four_of(const uint8_t *p)
{
    int32_t four;
    __builtin_memcpy(&four, p, 4);
    return four;
}
#define F32_OF_BYTES(p)                                                                            \
    ((f32_vec)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)(p)))))
#define F64_OF_BYTES(p)                                                                            \
    ((f64_vec)_mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(four_of(p)))))
#define F64_OF_FLOATS(p) ((f64_vec)_mm256_cvtps_pd(_mm_loadu_ps(p)))
#else
typedef uint8_t bytes4 __attribute__((vector_size(VECTOR_BYTES / 4), aligned(1), may_alias));
typedef uint8_t bytes8 __attribute__((vector_size(VECTOR_BYTES / 8), aligned(1), may_alias));
typedef float floats8 __attribute__((vector_size(VECTOR_BYTES / 2), aligned(4), may_alias));
#define F32_OF_BYTES(p) __builtin_convertvector(*(const bytes4 *)(const void *)(p), f32_vec)
#define F64_OF_BYTES(p) __builtin_convertvector(*(const bytes8 *)(const void *)(p), f64_vec)
#define F64_OF_FLOATS(p) __builtin_convertvector(*(const floats8 *)(const void *)(p), f64_vec)
#endif

/* What is left of an exponential: a tenth of the rounding unit of either type, or 2e-10. */
enum {
    EXP_FLOAT,
    EXP_DOUBLE,
    EXP_COARSE
};

/* Terms of a polynomial for powers of two. */
typedef struct ddni_powers {
    int terms;
    double of[11];
} ddni_powers;

#if defined(__x86_64__) && VECTOR_BYTES == 64
#define EXP_STEPS 16

/* (e^r - 1) / r = of[0] + of[1] r + ..., interpolated at the zeros of a Chebyshev polynomial on |r|
 * <= log(2) / 32. */
static const struct {
    int terms;
    double of[6];
} EXP_QUOTIENT[] = {
    {3, {1, 0.50001466243437431, 0.16666959914371368}},
    {6,
     {1.0000000000000007, 0.50000000000000011, 0.16666666664209706, 0.041666666663595475,
      0.0083334729749512288, 0.0013889063440655327}},
    {4, {0.99999999977068332, 0.49999999996178068, 0.16667057664152260, 0.041667318327550183}}};

/* 2^{i / 16} */
#define ROOTS_OF_TWO(type)                                                                         \
    {                                                                                              \
        (type)1, (type)1.0442737824274138, (type)1.0905077326652577, (type)1.1387886347566916,     \
            (type)1.189207115002721, (type)1.241857812073484, (type)1.2968395546510096,            \
            (type)1.3542555469368927, (type)1.4142135623730951, (type)1.4768261459394993,          \
            (type)1.5422108254079407, (type)1.6104903319492543, (type)1.681792830507429,           \
            (type)1.7562521603732995, (type)1.8340080864093424, (type)1.9152065613971474           \
    }
static const float ROOTS_F32[16] = ROOTS_OF_TWO(float);
static const double ROOTS_F64[16] = ROOTS_OF_TWO(double);

/* 2^{i / 32} */
static const float ROOTS32[32] = {
    1.0F,        1.02189715F, 1.04427378F, 1.0671404F,  1.09050773F, 1.11438674F, 1.13878863F,
    1.16372486F, 1.18920712F, 1.21524736F, 1.24185781F, 1.26905096F, 1.29683955F, 1.32523664F,
    1.35425555F, 1.38390988F, 1.41421356F, 1.44518081F, 1.47682615F, 1.50916443F, 1.54221083F,
    1.57598085F, 1.61049033F, 1.64575548F, 1.68179283F, 1.7186193F,  1.75625216F, 1.79470908F,
    1.83400809F, 1.87416763F, 1.91520656F, 1.95714412F};

/* (2^r - 1) / r on |r| <= 1/64 for floats and 1/32 for doubles, by minimax polynomials: relative
 * errors of 2^r of 5.3e-8 and 5.5e-15, or, fine, of 1e-10 and 7e-18. */
static const ddni_powers POWERS[2][2] = {
    {{2, {0.693157339133970901, 0.240228855144271316}},
     {3, {0.693147180527020312, 0.240228452258618499, 0.0555045690528308944}}},
    {{5,
      {0.693147180559947351, 0.240226506895818502, 0.0555041086492213653, 0.00961833854717314897,
       0.00133338454364553841}},
     {6,
      {0.693147180559946861, 0.240226506959101101, 0.0555041086520991694, 0.00961812910571818234,
       0.00133338187751235764, 0.000154038143618045412}}}};
#else
#define EXP_STEPS 1

/* So many terms of the series, 1/k!: |r|^8/8! and |r|^14/14! and |r|^9/9! are left for |r| <=
 * log(2)/2. */
static const int EXP_TERMS[] = {7, 13, 8};
static const double INVERSE_FACTORIAL[] = {1,
                                           1,
                                           1 / 2.,
                                           1 / 6.,
                                           1 / 24.,
                                           1 / 120.,
                                           1 / 720.,
                                           1 / 5040.,
                                           1 / 40320.,
                                           1 / 362880.,
                                           1 / 3628800.,
                                           1 / 39916800.,
                                           1 / 479001600.,
                                           1 / 6227020800.};

/* 2^r on |r| <= 1/2, likewise: relative errors of 1.9e-9 and 1.4e-14, or, fine, of 1.9e-9 and
 * 2.1e-16. */
#define POWER_F32                                                                                  \
    {                                                                                              \
        7,                                                                                         \
        {                                                                                          \
            1.0000000005541648, 0.693147205737195751, 0.240226468906455206, 0.0555032877710532457, \
                0.00961848895633119952, 0.00133999311772398297, 0.000153458121613061961            \
        }                                                                                          \
    }
static const ddni_powers POWERS[2][2] = {
    {POWER_F32, POWER_F32},
    {{10,
      {1.00000000000001276, 0.693147180559870971, 0.240226506956496531, 0.0555041086686855791,
       0.00961812919206720184, 0.00133335576176098782, 0.000154034349480814239,
       0.0000152529848355783857, 1.32594056112042518e-6, 1.0150337260972844e-7}},
     {11,
      {1.00000000000000007, 0.693147180559949775, 0.240226506959087678, 0.0555041086644588332,
       0.00961812910803458869, 0.00133335582285614755, 0.000154035299611359554,
       0.0000152526581165613841, 1.32156628318461172e-6, 1.02085379045522052e-7,
       7.03727953058032934e-9}}}};
#endif

/* What the rows of a tile have of themselves. */
static inline void tile_terms(const ddni_tile *t, double *term)
{
    const double by_norm = t->by_norm, *norm = t->norm, *weight = t->log_weight;
    for (int64_t r = 0; weight == NULL && r < t->rows; r++) {
        term[r] = by_norm * norm[r];
    }
    for (int64_t r = 0; weight != NULL && r < t->rows; r++) {
        term[r] = by_norm * norm[r] + weight[r];
    }
}

static void terms(int64_t rows, double by_norm, const double *norm, const double *log_weight,
                  float *term)
{
    for (int64_t r = 0; r < rows; r++) {
        term[r] = (float)(by_norm * norm[r]);
    }
    for (int64_t r = 0; log_weight != NULL && r < rows; r++) {
        term[r] += (float)log_weight[r];
    }
}

/* What a row adds to the register sum[which]. */
#define ADD_STEP(which, step) sum[which] += step;

enum {
    MEANS_BYTES = 7 << 12 /* of narrow points that stay in a first-level cache of 32 KB for one
                             state after another */
};

#define REAL float
#define OF_BYTES F32_OF_BYTES
#define INTEGER int32_t
#define LANES (VECTOR_BYTES / 4)
#define NAME(x) f32_##x
#define EXP_DIGITS EXP_FLOAT
#include "kernels/kern_lanes.h"
#include "kernels/kern_narrow_means.h"
#undef REAL
#undef OF_BYTES
#undef INTEGER
#undef LANES
#undef NAME
#undef EXP_DIGITS

#define REAL double
#define OF_BYTES F64_OF_BYTES
#define INTEGER int64_t
#define LANES (VECTOR_BYTES / 8)
#define NAME(x) f64_##x
#define EXP_DIGITS EXP_DOUBLE
#include "kernels/kern_lanes.h"
#include "kernels/kern_narrow_means.h"
#undef REAL
#undef OF_BYTES
#undef INTEGER
#undef LANES
#undef NAME
#undef EXP_DIGITS

enum {
    LANES32 = VECTOR_BYTES / 4,
    LANES64 = VECTOR_BYTES / 8
};

/* LANES64 stored numbers from position j, as doubles. */
static inline __attribute__((always_inline)) f64_vec stored_vec(ddn_type type, const void *p,
                                                                int64_t j)
{
    if (type == DDN_TYPE_U8) {
        return F64_OF_BYTES((const uint8_t *)p + j);
    }
    if (type == DDN_TYPE_F32) {
        return F64_OF_FLOATS((const float *)p + j);
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

static inline __attribute__((always_inline)) void
add_scaled_of(ddn_type type, int64_t columns, const void *from, const double *factor, double *sum)
{
    for (int64_t q = 0; q < DDNI_LANES; q += LANES64) {
        f64_vec f = f64_load(factor + q);
        for (int64_t at = q; at < columns * DDNI_LANES; at += DDNI_LANES) {
            f64_store(sum + at, f64_load(sum + at) + f * stored_vec(type, from, at));
        }
    }
}

static void add_scaled(ddn_type type, int64_t columns, const void *from, const double *factor,
                       double *sum)
{
    if (type == DDN_TYPE_F32) {
        add_scaled_of(DDN_TYPE_F32, columns, from, factor, sum);
    } else {
        add_scaled_of(DDN_TYPE_F64, columns, from, factor, sum);
    }
}

/* The sum of a register: of its halves, theirs and so on where there is an instruction for it. */
static inline __attribute__((always_inline)) double f64_sum(f64_vec x)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return _mm512_reduce_add_pd((__m512d)x);
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    const __m128d two = _mm256_castpd256_pd128((__m256d)x) + _mm256_extractf128_pd((__m256d)x, 1);
    return two[0] + two[1];
#else
    double total = 0;
    for (int v = 0; v < LANES64; v++) {
        total += x[v];
    }
    return total;
#endif
}

/* The sums of four registers, side by side, all in the same order. */
static inline __attribute__((always_inline)) void f32_sums(const f32_vec *x, float *out)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    const __m512 *v = (const __m512 *)x;
    const __m512 low = _mm512_unpacklo_ps(v[0], v[1]) + _mm512_unpackhi_ps(v[0], v[1]);
    const __m512 high = _mm512_unpacklo_ps(v[2], v[3]) + _mm512_unpackhi_ps(v[2], v[3]);
    const __m512 all = _mm512_shuffle_ps(low, high, 0x44) + _mm512_shuffle_ps(low, high, 0xEE);
    const __m256 half = _mm512_castps512_ps256(all) + _mm512_extractf32x8_ps(all, 1);
    _mm_storeu_ps(out, _mm256_castps256_ps128(half) + _mm256_extractf128_ps(half, 1));
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    const __m256 *v = (const __m256 *)x;
    const __m256 low = _mm256_unpacklo_ps(v[0], v[1]) + _mm256_unpackhi_ps(v[0], v[1]);
    const __m256 high = _mm256_unpacklo_ps(v[2], v[3]) + _mm256_unpackhi_ps(v[2], v[3]);
    const __m256 all = _mm256_shuffle_ps(low, high, 0x44) + _mm256_shuffle_ps(low, high, 0xEE);
    _mm_storeu_ps(out, _mm256_castps256_ps128(all) + _mm256_extractf128_ps(all, 1));
#else
    for (int i = 0; i < 4; i++) {
        out[i] = 0;
        for (int v = 0; v < LANES32; v++) {
            out[i] += x[i][v];
        }
    }
#endif
}

static inline __attribute__((always_inline)) void f64_sums(const f64_vec *x, double *out)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    const __m512d *v = (const __m512d *)x;
    const __m512d first = _mm512_unpacklo_pd(v[0], v[1]) + _mm512_unpackhi_pd(v[0], v[1]);
    const __m512d second = _mm512_unpacklo_pd(v[2], v[3]) + _mm512_unpackhi_pd(v[2], v[3]);
    const __m256d low = _mm512_castpd512_pd256(first) + _mm512_extractf64x4_pd(first, 1);
    const __m256d high = _mm512_castpd512_pd256(second) + _mm512_extractf64x4_pd(second, 1);
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    const __m256d *v = (const __m256d *)x;
    const __m256d low = _mm256_unpacklo_pd(v[0], v[1]) + _mm256_unpackhi_pd(v[0], v[1]);
    const __m256d high = _mm256_unpacklo_pd(v[2], v[3]) + _mm256_unpackhi_pd(v[2], v[3]);
#endif
#if defined(__x86_64__) && VECTOR_BYTES >= 32
    _mm256_storeu_pd(out, _mm256_permute2f128_pd(low, high, 0x20) +
                              _mm256_permute2f128_pd(low, high, 0x31));
#else
    for (int i = 0; i < 4; i++) {
        out[i] = f64_sum(x[i]);
    }
#endif
}

/* Plain: coordinates are what is stored; not fine: a_low is 0. Neither changes a bit. */
static inline __attribute__((always_inline)) double
distance_of(const ddn_type type, const int plain, const int fine, int64_t d, const double *x,
            double a, double a_low, ddni_point y)
{
    f64_vec sum[4] = {{0}, {0}, {0}, {0}};
    int64_t j = 0;
    for (; j + 4 * LANES64 <= d; j += 4 * LANES64) {
        UNROLL(4)
        for (int v = 0; v < 4; v++) {
            f64_vec p = stored_vec(type, y.stored, j + v * LANES64);
            p = plain ? p : p * y.scale + y.shift;
            f64_vec diff = f64_load(x + j + v * LANES64) - p * a;
            diff = fine ? diff - p * a_low : diff;
            sum[v] += diff * diff;
        }
    }
    for (; j + LANES64 <= d; j += LANES64) {
        f64_vec p = stored_vec(type, y.stored, j) * y.scale + y.shift;
        f64_vec diff = f64_load(x + j) - p * a;
        diff = diff - p * a_low;
        sum[0] += diff * diff;
    }
    double tail = 0;
    for (; j < d; j++) {
        double p = stored_one(type, y.stored, j) * y.scale + y.shift;
        double diff = x[j] - p * a;
        diff = diff - p * a_low;
        tail += diff * diff;
    }
    return f64_sum((sum[0] + sum[1]) + (sum[2] + sum[3])) + tail;
}

static double distance(ddn_type type, int64_t d, const double *x, double a, double a_low,
                       ddni_point y)
{
#define DISTANCE(type, plain, fine) distance_of(type, plain, fine, d, x, a, a_low, y)
    const int plain = y.scale == 1 && y.shift == 0, fine = a_low != 0;
    if (type == DDN_TYPE_U8) {
        return fine ? DISTANCE(DDN_TYPE_U8, 0, 1) : DISTANCE(DDN_TYPE_U8, 0, 0);
    }
    if (type == DDN_TYPE_F32) {
        return !plain ? DISTANCE(DDN_TYPE_F32, 0, 1)
               : fine ? DISTANCE(DDN_TYPE_F32, 1, 1)
                      : DISTANCE(DDN_TYPE_F32, 1, 0);
    }
    return !plain ? DISTANCE(DDN_TYPE_F64, 0, 1)
           : fine ? DISTANCE(DDN_TYPE_F64, 1, 1)
                  : DISTANCE(DDN_TYPE_F64, 1, 0);
#undef DISTANCE
}

static double relate(int64_t d, const double *x, double a, double a_low, const double *centre,
                     double *out)
{
    f64_vec sum[2] = {{0}, {0}};
    int64_t j = 0;
    for (; j + 2 * LANES64 <= d; j += 2 * LANES64) {
        UNROLL(2)
        for (int v = 0; v < 2; v++) {
            const f64_vec c = f64_load(centre + j + v * LANES64);
            const f64_vec diff = (f64_load(x + j + v * LANES64) - c * a) - c * a_low;
            f64_store(out + j + v * LANES64, diff);
            sum[v] += diff * diff;
        }
    }
    double tail = 0;
    for (; j < d; j++) {
        out[j] = (x[j] - centre[j] * a) - centre[j] * a_low;
        tail += out[j] * out[j];
    }
    return f64_sum(sum[0] + sum[1]) + tail;
}

static inline __attribute__((always_inline)) void score_of(const int known, const ddni_scored *of,
                                                           double *out)
{
    const int64_t d = of->d;
    int64_t j = 0;
    for (; j + LANES64 <= d; j += LANES64) {
        f64_vec rest;
        if (known) {
            rest = f64_load(of->rest + j);
        } else {
            const f64_vec from = f64_load(of->from + j);
            rest = (f64_load(of->x + j) - from * of->a) - from * of->a_low;
        }
        f64_store(out + j, (f64_load(of->mean + j) * of->factor - rest) * of->unit);
    }
    for (; j < d; j++) {
        double rest =
            known ? of->rest[j] : (of->x[j] - of->from[j] * of->a) - of->from[j] * of->a_low;
        out[j] = (of->mean[j] * of->factor - rest) * of->unit;
    }
}

static void score(const ddni_scored *of, double *out)
{
    if (of->rest != NULL) {
        score_of(1, of, out);
    } else {
        score_of(0, of, out);
    }
}

static double largest(int64_t d, const double *x, const double *unit)
{
    f64_vec top[2] = {{0}, {0}};
    int64_t j = 0;
    for (; j + 2 * LANES64 <= d; j += 2 * LANES64) {
        UNROLL(2)
        for (int v = 0; v < 2; v++) {
            f64_vec size = f64_load(x + j + v * LANES64);
            size = unit == NULL ? size : size * f64_load(unit + j + v * LANES64);
            size = f64_select(size < 0, -size, size);
            top[v] = f64_larger(size, top[v]);
        }
    }
    double all = f64_top(f64_larger(top[1], top[0]));
    for (; j < d; j++) {
        const double size = fabs(unit == NULL ? x[j] : x[j] * unit[j]);
        all = size > all ? size : all;
    }
    return all;
}

static inline __attribute__((always_inline)) double accumulate_of(ddn_type type, int64_t d,
                                                                  double *sum, double left,
                                                                  double right, ddni_point y,
                                                                  const double *centre)
{
    f64_vec square[2] = {{0}, {0}};
    int64_t j = 0;
    for (; j + 2 * LANES64 <= d; j += 2 * LANES64) {
        UNROLL(2)
        for (int v = 0; v < 2; v++) {
            int64_t at = j + v * LANES64;
            f64_vec p = stored_vec(type, y.stored, at) * y.scale + y.shift - f64_load(centre + at);
            f64_store(sum + at, f64_load(sum + at) * left + p * right);
            square[v] += p * p;
        }
    }
    double tail = 0;
    for (; j < d; j++) {
        double p = stored_one(type, y.stored, j) * y.scale + y.shift - centre[j];
        sum[j] = sum[j] * left + p * right;
        tail += p * p;
    }
    return f64_sum(square[0] + square[1]) + tail;
}

static double accumulate(ddn_type type, int64_t d, double *sum, double left, double right,
                         ddni_point y, const double *centre)
{
    return type == DDN_TYPE_U8    ? accumulate_of(DDN_TYPE_U8, d, sum, left, right, y, centre)
           : type == DDN_TYPE_F32 ? accumulate_of(DDN_TYPE_F32, d, sum, left, right, y, centre)
                                  : accumulate_of(DDN_TYPE_F64, d, sum, left, right, y, centre);
}

/* Fetches the next lines of what is to be read soon, `lines` being half of what a step reads: twice
 * as many if in every step. */
static inline __attribute__((always_inline)) void fetch_lines(ddni_ahead *ahead, const int lines)
{
    if (ahead->next < ahead->end) {
        UNROLL(8)
        for (int i = 0; i < lines; i++) {
            __builtin_prefetch(ahead->next + 64 * i, 0, 2);
        }
        if (ahead->mask == 0) {
            UNROLL(8)
            for (int i = lines; i < 2 * lines; i++) {
                __builtin_prefetch(ahead->next + 64 * i, 0, 2);
            }
            ahead->next += 64 * lines;
        }
        ahead->next += 64 * lines;
    }
}

/* The first `some` numbers from p on, and zeros; LANES of them where that is known when this is
 * compiled. */
static inline __attribute__((always_inline)) f32_vec f32_load_some(const float *p, int64_t some)
{
    if (some >= LANES32) {
        return f32_load(p);
    }
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return (f32_vec)_mm512_maskz_loadu_ps((__mmask16)((1U << some) - 1), p);
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    static const int32_t mask[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    const void *from = mask + LANES32 - some;
    return (f32_vec)_mm256_maskload_ps(p, _mm256_loadu_si256(from));
#else
    f32_vec x = {0};
    for (int64_t v = 0; v < some; v++) {
        x[v] = p[v];
    }
    return x;
#endif
}

static inline __attribute__((always_inline)) f64_vec f64_load_some(const double *p, int64_t some)
{
    if (some >= LANES64) {
        return f64_load(p);
    }
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return (f64_vec)_mm512_maskz_loadu_pd((__mmask8)((1U << some) - 1), p);
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    static const int64_t mask[8] = {-1, -1, -1, -1};
    const void *from = mask + LANES64 - some;
    return (f64_vec)_mm256_maskload_pd(p, _mm256_loadu_si256(from));
#else
    f64_vec x = {0};
    for (int64_t v = 0; v < some; v++) {
        x[v] = p[v];
    }
    return x;
#endif
}

/* The compiler reads it from memory once, and fuses no product in it with what it is added to. */
#if defined(__x86_64__)
#define IN_REGISTER(x) __asm__("" : "+v"(x))
#else
#define IN_REGISTER(x) __asm__("" : "+w"(x))
#endif

/* a b + c, rounded once wherever the compiler moves it. */
static inline __attribute__((always_inline)) f32_vec f32_fused(f32_vec a, f32_vec b, f32_vec c)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return (f32_vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    return (f32_vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
    return a * b + c;
#endif
}

static inline __attribute__((always_inline)) f64_vec f64_fused(f64_vec a, f64_vec b, f64_vec c)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return (f64_vec)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    return (f64_vec)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
    return a * b + c;
#endif
}

enum {
    PAIR = VECTOR_BYTES == 64 ? 2 : 1, /* states side by side in registers, if there are enough */
    QUAD = VECTOR_BYTES == 64          /* or four */
};

#define REAL float
#define LANES LANES32
#define TYPE DDN_TYPE_F32
#define NAME(x) f32_##x
#include "kernels/kern_rows.h"
#include "kernels/kern_turned.h"
#undef REAL
#undef LANES
#undef TYPE
#undef NAME

#define REAL double
#define LANES LANES64
#define TYPE DDN_TYPE_F64
#define NAME(x) f64_##x
#include "kernels/kern_rows.h"
#include "kernels/kern_turned.h"
#undef REAL
#undef LANES
#undef TYPE
#undef NAME

/* a * b - c rounded once, and what hides how a register came about. */
#if defined(__x86_64__) && VECTOR_BYTES == 64
#define WIDE_FMS(a, b, c) ((f64_vec)_mm512_fmsub_pd((__m512d)(a), (__m512d)(b), (__m512d)(c)))
#elif defined(__x86_64__) && VECTOR_BYTES == 32
#define WIDE_FMS(a, b, c) ((f64_vec)_mm256_fmsub_pd((__m256d)(a), (__m256d)(b), (__m256d)(c)))
#else
static inline __attribute__((always_inline)) f64_vec fused_less(f64_vec a, f64_vec b, f64_vec c)
{
    f64_vec all = c;
    for (int v = 0; v < LANES64; v++) {
        all[v] = __builtin_fma(a[v], b[v], -c[v]);
    }
    return all;
}
#define WIDE_FMS(a, b, c) fused_less(a, b, c)
#endif
#define WIDE_KEEP(x) IN_REGISTER(x)
#define WIDE f64_vec
#define WIDE_LANES LANES64
#define WIDE_LOAD(p) f64_load(p)
#include "kernels/kern_beside.h"

#include "kernels/kern_narrow.h"
#include "kernels/kern_screen.h"
#include "kernels/kern_transpose.h"
#if defined(KERNEL_INTEGER)
#include KERNEL_INTEGER
#include KERNEL_INTEGER_ONE
#endif

#define BLOCK_ROWS                                                                                 \
    (VECTOR_BYTES == 64 ? 8 : 4) /* of eight doubles, for which registers are there */
#include "kernels/kern_block.h"

const ddni_kernels KERNEL_TABLE = {
    .name = KERNEL_NAME,
    .needs = KERNEL_NEEDS,
    .places = 2 * VECTOR_BYTES / 8,
    .multiply_f32 = f32_multiply,
    .multiply_f64 = f64_multiply,
    .multiply_transposed_f32 = f32_multiply_transposed,
    .multiply_transposed_f64 = f64_multiply_transposed,
    .softmax_f32 = f32_softmax,
    .softmax_f64 = f64_softmax,
    .softmax_rows_f32 = f32_softmax_rows,
    .softmax_rows_f64 = f64_softmax_rows,
    .terms = terms,
    .screen_f32 = screen_f32,
    .screen_rows_f32 = screen_rows_f32,
#if defined(KERNEL_INTEGER)
    .multiply_u8 = multiply_u8,
    .multiply_slices_u8 = multiply_slices_u8,
    .slice_states = slice_states,
    .slice_state = slice_state,
    .round_state = round_state,
    .interleave_u8 = interleave_u8,
    .combine_slices_u8 = combine_slices_u8,
    .dot_u8 = dot_u8,
    .dot_slices_u8 = dot_slices_u8,
    .combine_u8 = combine_u8,
#endif
    .unpack_f32 = f32_unpack,
    .unpack_f64 = f64_unpack,
    .add_scaled = add_scaled,
    .relate = relate,
    .score = score,
    .largest = largest,
    .to_lanes_f32 = to_lanes_f32,
    .to_lanes_f64 = to_lanes_f64,
    .from_lanes = from_lanes,
    .lengths = lengths,
    .distance = distance,
    .accumulate = accumulate,
    .beside = beside,
    .narrow = narrow,
    .narrow_means_f32 = f32_narrow_means,
    .narrow_means_f64 = f64_narrow_means,
    .dot_f32 = f32_dot,
    .combine_f32 = f32_combine,
    .dot_f64 = f64_dot,
    .combine_f64 = f64_combine,
    .dot_turned_f32 = f32_dot_turned,
    .dot_turned_f64 = f64_dot_turned,
    .combine_turned_f32 = f32_combine_turned,
    .combine_turned_f64 = f64_combine_turned,
    .block_rows = block_rows,
    .block_columns = block_columns,
};
