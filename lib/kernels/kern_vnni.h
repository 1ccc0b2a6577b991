/* Integer screens with VPDPBUSD (u8 x s8, exact sums in int32); included by kern_avx512vnni.c. */
#include <immintrin.h>

/* sum += u8 . s8 in groups of four. gcc 12 spills around the intrinsic. */
static inline __attribute__((always_inline)) __m512i add_quads(__m512i sum, __m512i bytes,
                                                               __m512i integers)
{
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(bytes), "v"(integers));
    return sum;
}

static inline __attribute__((always_inline)) __m512i four_bytes(const uint8_t *at)
{
    int32_t four;
    __builtin_memcpy(&four, at, 4);
    return _mm512_set1_epi32(four);
}

/* Bytes in groups of four: group k of row (or vector) i at at[i * step + k * quad]. */
typedef struct quads_of {
    const void *at;
    int64_t step, quad;
} quads_of;

/* rows x (vectors * 16) block of exact sums over `quads` groups. Of 32 registers 12 x 2 or 8 x 3
 * are for sums, two or three for vectors, one for a row. */
static inline __attribute__((always_inline)) void u8_block(const int rows, const int vectors,
                                                           int64_t quads, quads_of a, quads_of b,
                                                           ddni_ahead *ahead,
                                                           __m512i (*sum)[DDNI_SLICES])
{
    const uint8_t *bytes = a.at;
    const int8_t *integers = b.at;
    const char *next = ahead->next, *last = ahead->end;
    const int64_t mask = ahead->mask;
    UNROLL(12)
    for (int i = 0; i < rows; i++) {
        UNROLL(3)
        for (int v = 0; v < vectors; v++) {
            sum[i][v] = _mm512_setzero_si512();
        }
    }
    for (int64_t k = 0; k < quads; k++) {
        __m512i bk[DDNI_SLICES];
        if ((k & mask) == 0 && next < last) {
            __builtin_prefetch(next, 0, 2);
            next += 64;
        }
        UNROLL(3)
        for (int v = 0; v < vectors; v++) {
            bk[v] = _mm512_loadu_si512(integers + v * b.step + k * b.quad);
        }
        UNROLL(12)
        for (int i = 0; i < rows; i++) {
            __m512i aik = four_bytes(bytes + i * a.step + k * a.quad);
            UNROLL(3)
            for (int v = 0; v < vectors; v++) {
                sum[i][v] = add_quads(sum[i][v], aik, bk[v]);
            }
        }
    }
    ahead->next = next;
}

/* Rows of bytes from row i on. */
static inline __attribute__((always_inline)) ddni_rows u8_rows_from(ddni_rows a, int64_t i)
{
    return (ddni_rows){(const uint8_t *)a.at + i * a.ld, a.ld};
}

/* g is that of the first row. */
static inline __attribute__((always_inline)) void u8_rows(const int rows, const int vectors,
                                                          int64_t quads, ddni_rows a,
                                                          const int8_t *b, ddni_strips g,
                                                          ddni_ahead *ahead)
{
    __m512i sum[12][DDNI_SLICES];
    u8_block(rows, vectors, quads, (quads_of){a.at, a.ld, 4}, (quads_of){b, quads * 64, 64}, ahead,
             sum);
    UNROLL(12)
    for (int i = 0; i < rows; i++) {
        UNROLL(2)
        for (int v = 0; v < vectors; v++) {
            float *to = (float *)g.at + i * DDNI_LANES + v * g.strip;
            _mm512_storeu_ps(to, _mm512_cvtepi32_ps(sum[i][v]));
        }
    }
}

static inline __attribute__((always_inline)) void u8_columns(const int vectors, int64_t rows,
                                                             int64_t quads, ddni_rows a,
                                                             const int8_t *b, ddni_strips g,
                                                             ddni_ahead *ahead)
{
    int64_t i = 0;
    for (; i + 12 <= rows; i += 12) {
        u8_rows(12, vectors, quads, u8_rows_from(a, i), b, f32_strips_from(g, i, 0), ahead);
    }
    for (; i + 4 <= rows; i += 4) {
        u8_rows(4, vectors, quads, u8_rows_from(a, i), b, f32_strips_from(g, i, 0), ahead);
    }
    for (; i < rows; i++) {
        u8_rows(1, vectors, quads, u8_rows_from(a, i), b, f32_strips_from(g, i, 0), ahead);
    }
}

static void multiply_u8(int64_t rows, int64_t d, int64_t lanes, ddni_rows a, const int8_t *b,
                        ddni_strips g, ddni_ahead *ahead)
{
    int64_t quads = (d + 3) / 4, q = 0;
    for (; q + 32 <= lanes; q += 32) {
        u8_columns(2, rows, quads, a, b + q * quads * 4, f32_strips_from(g, 0, q), ahead);
    }
    for (; q < lanes; q += 16) {
        u8_columns(1, rows, quads, a, b + q * quads * 4, f32_strips_from(g, 0, q), ahead);
    }
}

/* ---- States and weights in slices ------------------------------------------------------------ */

enum {
    SLICE_BYTES = 64 * DDNI_SLICES, /* of a quad of a strip */
    SLICE_ROWS = 128 /* of a tile of weights at most, as kernels.h has it; a multiple of 16 */
};

static inline __attribute__((always_inline)) void slices_rows(const int rows, int64_t quads,
                                                              ddni_rows a, const int8_t *b,
                                                              const float *scale, float *g,
                                                              ddni_ahead *ahead)
{
    __m512i sum[8][DDNI_SLICES];
    u8_block(rows, DDNI_SLICES, quads, (quads_of){a.at, a.ld, 4}, (quads_of){b, 64, SLICE_BYTES},
             ahead, sum);
    __m512 s0 = _mm512_loadu_ps(scale), s1 = _mm512_loadu_ps(scale + 16);
    __m512 s2 = _mm512_loadu_ps(scale + 32), constant = _mm512_loadu_ps(scale + 48);
    UNROLL(8)
    for (int i = 0; i < rows; i++) {
        /* The first sum as two floats, so that the constant cancels before anything is rounded. */
        __m512 high = _mm512_cvtepi32_ps(sum[i][0]);
        __m512i low = _mm512_sub_epi32(sum[i][0], _mm512_cvtps_epi32(high));
        __m512 small = _mm512_mul_ps(s2, _mm512_cvtepi32_ps(sum[i][2]));
        small = _mm512_fmadd_ps(s1, _mm512_cvtepi32_ps(sum[i][1]), small);
        small = _mm512_fmadd_ps(s0, _mm512_cvtepi32_ps(low), small);
        _mm512_storeu_ps(g + i * DDNI_LANES,
                         _mm512_add_ps(_mm512_fmadd_ps(s0, high, constant), small));
    }
}

static void multiply_slices_u8(int64_t rows, int64_t d, int64_t lanes, ddni_rows a, const int8_t *b,
                               const float *scale, ddni_strips g, ddni_ahead *ahead)
{
    int64_t quads = (d + 3) / 4;
    for (int64_t q = 0; q < lanes / DDNI_LANES; q++) {
        const int8_t *bq = b + q * quads * SLICE_BYTES;
        const float *scale_q = scale + q * (DDNI_SLICES + 1) * DDNI_LANES;
        float *at = (float *)g.at + q * g.strip;
        int64_t i = 0;
        for (; i + 8 <= rows; i += 8) {
            slices_rows(8, quads, u8_rows_from(a, i), bq, scale_q, at + i * DDNI_LANES, ahead);
        }
        for (; i < rows; i++) {
            slices_rows(1, quads, u8_rows_from(a, i), bq, scale_q, at + i * DDNI_LANES, ahead);
        }
    }
}

/* The nearest whole numbers to eight that fit bytes; in their place 254 times what remains. Added
 * to 3 * 2^51 a number has its units in the last places. */
static inline __attribute__((always_inline)) __m128i take_slice(__m512d *rest)
{
    const __m512d units = _mm512_set1_pd(0x1.8p52), further = _mm512_set1_pd(254);
    __m512d sum = _mm512_add_pd(*rest, units);
    IN_REGISTER(sum);
    *rest = _mm512_mul_pd(_mm512_sub_pd(*rest, _mm512_sub_pd(sum, units)), further);
    IN_REGISTER(*rest);
    return _mm512_cvtepi64_epi8(_mm512_castpd_si512(sum));
}

/* Eight columns of a state, or zeros where its factor is. */
static inline __attribute__((always_inline)) __m512d scaled(const double *x, int64_t k, int64_t d,
                                                            double factor)
{
    const __mmask8 mask = d - k >= 8 ? 255 : (__mmask8)(255 >> (8 - (d - k)));
    __m512d rest = _mm512_setzero_pd();
    if (factor != 0) {
        rest = _mm512_mul_pd(_mm512_maskz_loadu_pd(mask, x + k), _mm512_set1_pd(factor));
        IN_REGISTER(rest);
    }
    return rest;
}

static void slice_states(int64_t d, const double *const *x, const double *inverse, int8_t *out)
{
    for (int64_t q = 0; q < DDNI_LANES; q += 4) {
        int8_t *to = out + 4 * q;
        for (int64_t k = 0; k < d; k += 8, to += 2 * SLICE_BYTES) {
            __m512d rest[4];
            UNROLL(4)
            for (int i = 0; i < 4; i++) {
                rest[i] = scaled(x[q + i], k, d, inverse[q + i]);
            }
            UNROLL(3)
            for (int v = 0; v < DDNI_SLICES; v++) {
                const __m128i a = take_slice(&rest[0]), b = take_slice(&rest[1]);
                const __m128i c = take_slice(&rest[2]), e = take_slice(&rest[3]);
                const __m128i ab = _mm_unpacklo_epi32(a, b), ce = _mm_unpacklo_epi32(c, e);
                _mm_storeu_si128((__m128i *)(void *)(to + 64 * v), _mm_unpacklo_epi64(ab, ce));
                if (k + 4 < d) {
                    _mm_storeu_si128((__m128i *)(void *)(to + SLICE_BYTES + 64 * v),
                                     _mm_unpackhi_epi64(ab, ce));
                }
            }
        }
    }
}

static void slice_state(int64_t d, const double *x, double inverse, int8_t *out, int64_t width)
{
    for (int64_t k = 0; k < d; k += 8) {
        __m512d rest = scaled(x, k, d, inverse);
        UNROLL(3)
        for (int s = 0; s < DDNI_SLICES; s++) {
            _mm_storel_epi64((__m128i *)(void *)(out + s * width + k), take_slice(&rest));
        }
    }
}

static ddni_rounded round_state(int64_t d, const double *x, const ddni_rounding *how, int8_t *out)
{
    const __m512d step = _mm512_set1_pd(how->step), inverse = _mm512_set1_pd(1 / how->step);
    const __m512d shift = _mm512_set1_pd(how->shift);
    __m512d constant = _mm512_setzero_pd(), rest2 = constant;
    for (int64_t j = 0; j < d; j += 8, out += 2 * how->apart) {
        const __mmask8 mask = d - j >= 8 ? 255 : (__mmask8)(255 >> (8 - (d - j)));
        __m512d number = _mm512_maskz_loadu_pd(mask, x + j), unit = _mm512_setzero_pd();
        if (how->unit != NULL) {
            unit = _mm512_maskz_loadu_pd(mask, how->unit + j);
            number = _mm512_mul_pd(number, unit);
        }
        const __m256i near = _mm512_cvtpd_epi32(_mm512_mul_pd(number, inverse));
        const __m512d whole = _mm512_cvtepi32_pd(near);
        __m512d rest = _mm512_fnmadd_pd(step, whole, number);
        if (how->unit != NULL) { /* a constant column is its centre */
            rest = _mm512_maskz_div_pd(_mm512_test_epi64_mask((__m512i)unit, (__m512i)unit), rest,
                                       unit);
        }
        const __m512d off = _mm512_sub_pd(shift, _mm512_maskz_loadu_pd(mask, how->centre + j));
        constant = _mm512_fmadd_pd(whole, off, constant);
        rest2 = _mm512_fmadd_pd(rest, rest, rest2);
        const int64_t bytes = _mm_cvtsi128_si64(_mm256_cvtepi32_epi8(near));
        const int32_t low = (int32_t)bytes, high = (int32_t)(bytes >> 32);
        __builtin_memcpy(out, &low, 4);
        if (d - j > 4) {
            __builtin_memcpy(out + how->apart, &high, 4);
        }
    }
    return (ddni_rounded){_mm512_reduce_add_pd(constant), _mm512_reduce_add_pd(rest2)};
}

static void interleave_u8(int64_t rows, int64_t d, ddni_rows y, uint8_t *out, int64_t ldo)
{
    for (int64_t r = 0; r < rows; r += 4) {
        const uint8_t *from = (const uint8_t *)y.at + r * y.ld;
        uint8_t *to = out + r / 4 * ldo;
        for (int64_t j = 0; j < d; j += 16) {
            __mmask16 mask = d - j >= 16 ? 0xFFFF : (__mmask16)(0xFFFF >> (16 - (d - j)));
            __m128i row[4];
            UNROLL(4)
            for (int i = 0; i < 4; i++) {
                row[i] = _mm_maskz_loadu_epi8(r + i < rows ? mask : 0,
                                              from + (r + i < rows ? i * y.ld : 0) + j);
            }
            __m128i low01 = _mm_unpacklo_epi8(row[0], row[1]);
            __m128i high01 = _mm_unpackhi_epi8(row[0], row[1]);
            __m128i low23 = _mm_unpacklo_epi8(row[2], row[3]);
            __m128i high23 = _mm_unpackhi_epi8(row[2], row[3]);
            __m128i *at = (__m128i *)(void *)(to + 4 * j);
            _mm_storeu_si128(at, _mm_unpacklo_epi16(low01, low23));
            _mm_storeu_si128(at + 1, _mm_unpackhi_epi16(low01, low23));
            _mm_storeu_si128(at + 2, _mm_unpacklo_epi16(high01, high23));
            _mm_storeu_si128(at + 3, _mm_unpackhi_epi16(high01, high23));
        }
    }
}

/* The weights of a strip in slices, each step 1/254 of the one before, and their sums; gives the
 * first step. */
static __m512 slice_strip(int64_t rows, const float *p, int8_t *out, double *mass)
{
    __m512i whole_sum[DDNI_SLICES];
    UNROLL(3)
    for (int v = 0; v < DDNI_SLICES; v++) {
        whole_sum[v] = _mm512_setzero_si512();
    }
    /* What is smaller counts as 0; 127 / top and top / (127 * 254^2) are normal numbers. */
    __m512 top = _mm512_set1_ps(1e-30F);
    for (int64_t r = 0; r < rows; r++) {
        top = _mm512_max_ps(top, _mm512_loadu_ps(p + r * DDNI_LANES));
    }
    __m512 inverse = _mm512_div_ps(_mm512_set1_ps(127), top);
    for (int64_t r = 0; r < rows; r += 4) {
        __m512i quad[DDNI_SLICES];
        UNROLL(3)
        for (int v = 0; v < DDNI_SLICES; v++) {
            quad[v] = _mm512_setzero_si512();
        }
        for (int64_t i = 0; i < 4 && r + i < rows; i++) {
            __m512 rest = _mm512_mul_ps(_mm512_loadu_ps(p + (r + i) * DDNI_LANES), inverse);
            __m512i place = _mm512_set1_epi32((int32_t)(8 * i));
            UNROLL(3)
            for (int v = 0; v < DDNI_SLICES; v++) {
                __m512i whole = _mm512_cvtps_epi32(rest);
                __m512i byte = _mm512_and_si512(whole, _mm512_set1_epi32(255));
                quad[v] = _mm512_or_si512(quad[v], _mm512_sllv_epi32(byte, place));
                whole_sum[v] = _mm512_add_epi32(whole_sum[v], whole);
                rest = _mm512_sub_ps(rest, _mm512_cvtepi32_ps(whole));
                rest = _mm512_mul_ps(rest, _mm512_set1_ps(254));
            }
        }
        UNROLL(3)
        for (int v = 0; v < DDNI_SLICES; v++) {
            _mm512_storeu_si512(out + r / 4 * SLICE_BYTES + v * 64, quad[v]);
        }
    }
    __m512 step = _mm512_mul_ps(top, _mm512_set1_ps(1 / 127.0F));
    float first[16];
    int32_t sums[DDNI_SLICES][16];
    _mm512_storeu_ps(first, step);
    UNROLL(3)
    for (int v = 0; v < DDNI_SLICES; v++) {
        _mm512_storeu_si512(sums[v], whole_sum[v]);
    }
    for (int q = 0; q < 16; q++) {
        mass[q] += (double)first[q] * (sums[0][q] + (sums[1][q] + sums[2][q] / 254.0) / 254.0);
    }
    return step;
}

/* y is that of the first column. */
static inline __attribute__((always_inline)) void combine_columns(const int columns, int64_t quads,
                                                                  const uint8_t *y, int64_t ldy,
                                                                  const int8_t *weight, __m512 step,
                                                                  float *sum)
{
    __m512i acc[8][DDNI_SLICES];
    ddni_ahead none = ddni_nothing_ahead;
    u8_block(columns, DDNI_SLICES, quads, (quads_of){y, 4, ldy},
             (quads_of){weight, 64, SLICE_BYTES}, &none, acc);
    __m512 step1 = _mm512_mul_ps(step, _mm512_set1_ps(1 / 254.0F));
    __m512 step2 = _mm512_mul_ps(step1, _mm512_set1_ps(1 / 254.0F));
    UNROLL(8)
    for (int i = 0; i < columns; i++) {
        __m512 f = _mm512_mul_ps(step2, _mm512_cvtepi32_ps(acc[i][2]));
        f = _mm512_fmadd_ps(step1, _mm512_cvtepi32_ps(acc[i][1]), f);
        f = _mm512_fmadd_ps(step, _mm512_cvtepi32_ps(acc[i][0]), f);
        float *at = sum + i * DDNI_LANES;
        _mm512_storeu_ps(at, _mm512_add_ps(_mm512_loadu_ps(at), f));
    }
}

static void combine_slices_u8(int64_t rows, int64_t d, int64_t lanes, ddni_rows y, ddni_strips p,
                              ddni_strips sum, double *mass)
{
    int8_t weight[SLICE_ROWS / 4 * SLICE_BYTES];
    int64_t quads = (rows + 3) / 4;
    const uint8_t *groups = y.at;
    for (int64_t q = 0; q < lanes / DDNI_LANES; q++) {
        const float *pq = (const float *)p.at + q * p.strip;
        float *at = (float *)sum.at + q * sum.strip;
        __m512 step = slice_strip(rows, pq, weight, mass + q * DDNI_LANES);
        int64_t j = 0;
        for (; j + 8 <= d; j += 8) {
            combine_columns(8, quads, groups + 4 * j, y.ld, weight, step, at + j * DDNI_LANES);
        }
        for (; j < d; j++) {
            combine_columns(1, quads, groups + 4 * j, y.ld, weight, step, at + j * DDNI_LANES);
        }
    }
}
