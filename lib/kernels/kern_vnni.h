/* Integer screens with VPDPBUSD (u8 x s8, exact sums in int32); included by kern_avx512vnni.c.
 * Layer 1 (kernels). */
#include <immintrin.h>

/* rows x (vectors * 16) block. */
static inline __attribute__((always_inline)) void u8_block(const int rows, const int vectors,
                                                           int64_t quads, const uint8_t *a,
                                                           int64_t lda, const int8_t *b, float *g,
                                                           int64_t ldg)
{
    __m512i sum[12][2];
    UNROLL(12)
    for (int i = 0; i < rows; i++) {
        UNROLL(2)
        for (int v = 0; v < vectors; v++) {
            sum[i][v] = _mm512_setzero_si512();
        }
    }
    for (int64_t k = 0; k < quads; k++) {
        __m512i bk[2];
        UNROLL(2)
        for (int v = 0; v < vectors; v++) {
            bk[v] = _mm512_loadu_si512(b + (v * quads + k) * 64);
        }
        UNROLL(12)
        for (int i = 0; i < rows; i++) {
            int32_t four;
            __builtin_memcpy(&four, a + i * lda + 4 * k, 4);
            __m512i aik = _mm512_set1_epi32(four);
            UNROLL(2)
            for (int v = 0; v < vectors; v++) {
                sum[i][v] = _mm512_dpbusd_epi32(sum[i][v], aik, bk[v]);
            }
        }
    }
    UNROLL(12)
    for (int i = 0; i < rows; i++) {
        UNROLL(2)
        for (int v = 0; v < vectors; v++) {
            _mm512_storeu_ps(g + i * ldg + v * 16, _mm512_cvtepi32_ps(sum[i][v]));
        }
    }
}

static inline __attribute__((always_inline)) void u8_strip(const int vectors, int64_t rows,
                                                           int64_t quads, const uint8_t *a,
                                                           int64_t lda, const int8_t *b, float *g,
                                                           int64_t ldg)
{
    int64_t i = 0;
    for (; i + 12 <= rows; i += 12) {
        u8_block(12, vectors, quads, a + i * lda, lda, b, g + i * ldg, ldg);
    }
    for (; i < rows; i++) {
        u8_block(1, vectors, quads, a + i * lda, lda, b, g + i * ldg, ldg);
    }
}

static void multiply_u8(int64_t rows, int64_t d, int64_t lanes, const uint8_t *a, int64_t lda,
                        const int8_t *b, float *g, int64_t ldg)
{
    int64_t quads = (d + 3) / 4, q = 0;
    for (; q + 32 <= lanes; q += 32) {
        u8_strip(2, rows, quads, a, lda, b + q * quads * 4, g + q, ldg);
    }
    for (; q < lanes; q += 16) {
        u8_strip(1, rows, quads, a, lda, b + q * quads * 4, g + q, ldg);
    }
}

/* Four rows at a time; the last partial register is loaded under a mask. */
static inline __attribute__((always_inline)) void
u8_dot_rows(const int rows, int64_t d, const uint8_t *y, int64_t ldy, const int8_t *x, float *g)
{
    __m512i sum[8];
    UNROLL(8)
    for (int i = 0; i < rows; i++) {
        sum[i] = _mm512_setzero_si512();
    }
    int64_t j = 0;
    for (; j + 64 <= d; j += 64) {
        __m512i xj = _mm512_loadu_si512(x + j);
        UNROLL(8)
        for (int i = 0; i < rows; i++) {
            sum[i] = _mm512_dpbusd_epi32(sum[i], _mm512_loadu_si512(y + i * ldy + j), xj);
        }
    }
    if (j < d) {
        __mmask64 mask = ~UINT64_C(0) >> (64 - (d - j));
        __m512i xj = _mm512_loadu_si512(x + j);
        UNROLL(8)
        for (int i = 0; i < rows; i++) {
            sum[i] =
                _mm512_dpbusd_epi32(sum[i], _mm512_maskz_loadu_epi8(mask, y + i * ldy + j), xj);
        }
    }
    UNROLL(8)
    for (int i = 0; i < rows; i++) {
        g[i] = (float)_mm512_reduce_add_epi32(sum[i]);
    }
}

static void dot_u8(int64_t rows, int64_t d, const uint8_t *y, int64_t ldy, const int8_t *x,
                   float *g)
{
    int64_t r = 0;
    for (; r + 8 <= rows; r += 8) {
        u8_dot_rows(8, d, y + r * ldy, ldy, x, g + r);
    }
    for (; r < rows; r++) {
        u8_dot_rows(1, d, y + r * ldy, ldy, x, g + r);
    }
}

static void dot_slices_u8(int64_t rows, int64_t d, const uint8_t *y, int64_t ldy, const int8_t *x,
                          const double *scale, float *g)
{
    int64_t padded = (d + 63) / 64 * 64;
    float part[DDNI_SLICES][8];
    for (int64_t r = 0; r < rows; r += 8) {
        int64_t run = rows - r < 8 ? rows - r : 8;
        for (int64_t i = 0; i < DDNI_SLICES; i++) {
            dot_u8(run, d, y + r * ldy, ldy, x + i * padded, part[i]);
        }
        for (int64_t k = 0; k < run; k++) {
            double sum = scale[DDNI_SLICES];
            for (int64_t i = DDNI_SLICES; i-- > 0;) {
                sum += scale[i] * (double)part[i][k];
            }
            g[r + k] = (float)sum;
        }
    }
}

/* Weights of a tile as DDNI_SLICES multiples of int8, each step 1/254 of the one before. */
static void slice_weights(int64_t rows, const float *p, float top, int8_t out[DDNI_SLICES][128])
{
    for (int64_t r = 0; r < 128; r++) {
        float rest = r < rows ? p[r] / top * 127 : 0;
        for (int64_t i = 0; i < DDNI_SLICES; i++) {
            float whole = nearbyintf(rest);
            out[i][r] = (int8_t)whole;
            rest = (rest - whole) * 254;
        }
    }
}

static void combine_u8(int64_t rows, int64_t d, const uint8_t *y, int64_t ldy, const float *p,
                       float *sum)
{
    int8_t weight[DDNI_SLICES][128];
    float top = 0;
    for (int64_t r = 0; r < rows; r++) {
        top = p[r] > top ? p[r] : top;
    }
    if (top == 0) {
        return;
    }
    slice_weights(rows, p, top, weight);
    __m512 step[DDNI_SLICES];
    for (int64_t i = 0; i < DDNI_SLICES; i++) {
        step[i] = _mm512_set1_ps(i == 0   ? top / 127
                                 : i == 1 ? top / 127 / 254
                                          : top / 127 / 254 / 254);
    }
    for (int64_t j = 0; j < d; j += 64) {
        __mmask64 mask = d - j >= 64 ? ~UINT64_C(0) : ~UINT64_C(0) >> (64 - (d - j));
        __m512i acc[DDNI_SLICES][4];
        UNROLL(3)
        for (int i = 0; i < DDNI_SLICES; i++) {
            UNROLL(4)
            for (int k = 0; k < 4; k++) {
                acc[i][k] = _mm512_setzero_si512();
            }
        }
        for (int64_t r = 0; r < rows; r += 4) {
            /* Rows past the end have weight 0; any row may stand in for them. */
            const uint8_t *at = y + r * ldy + j;
            __m512i a = _mm512_maskz_loadu_epi8(mask, at);
            __m512i b = _mm512_maskz_loadu_epi8(mask, at + (r + 1 < rows ? ldy : 0));
            __m512i c = _mm512_maskz_loadu_epi8(mask, at + (r + 2 < rows ? 2 * ldy : 0));
            __m512i e = _mm512_maskz_loadu_epi8(mask, at + (r + 3 < rows ? 3 * ldy : 0));
            __m512i ab0 = _mm512_unpacklo_epi8(a, b), ab1 = _mm512_unpackhi_epi8(a, b);
            __m512i ce0 = _mm512_unpacklo_epi8(c, e), ce1 = _mm512_unpackhi_epi8(c, e);
            __m512i four[4] = {_mm512_unpacklo_epi16(ab0, ce0), _mm512_unpackhi_epi16(ab0, ce0),
                               _mm512_unpacklo_epi16(ab1, ce1), _mm512_unpackhi_epi16(ab1, ce1)};
            UNROLL(3)
            for (int i = 0; i < DDNI_SLICES; i++) {
                int32_t quad;
                __builtin_memcpy(&quad, &weight[i][r], 4);
                __m512i w = _mm512_set1_epi32(quad);
                UNROLL(4)
                for (int k = 0; k < 4; k++) {
                    acc[i][k] = _mm512_dpbusd_epi32(acc[i][k], four[k], w);
                }
            }
        }
        /* Within each quarter of a register, group k holds columns 4 k .. 4 k + 3. */
        float column[64];
        UNROLL(4)
        for (int k = 0; k < 4; k++) {
            __m512 f = _mm512_mul_ps(step[0], _mm512_cvtepi32_ps(acc[0][k]));
            f = _mm512_fmadd_ps(step[1], _mm512_cvtepi32_ps(acc[1][k]), f);
            f = _mm512_fmadd_ps(step[2], _mm512_cvtepi32_ps(acc[2][k]), f);
            _mm_storeu_ps(column + 4 * k, _mm512_extractf32x4_ps(f, 0));
            _mm_storeu_ps(column + 16 + 4 * k, _mm512_extractf32x4_ps(f, 1));
            _mm_storeu_ps(column + 32 + 4 * k, _mm512_extractf32x4_ps(f, 2));
            _mm_storeu_ps(column + 48 + 4 * k, _mm512_extractf32x4_ps(f, 3));
        }
        int64_t run = d - j < 64 ? d - j : 64;
        for (int64_t k = 0; k < run; k++) {
            sum[j + k] += column[k];
        }
    }
}
