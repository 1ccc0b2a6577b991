/* Integer screens with VPDPBUSD (u8 x s8, exact sums in int32); included by kern_avx512vnni.c.
 * Layer 1 (kernels). */
#include <immintrin.h>

/* rows x (vectors * 16) block. */
static inline __attribute__((always_inline)) void u8_block(const int rows, const int vectors,
                                                           int64_t quads, int64_t lanes,
                                                           const uint8_t *a, int64_t lda,
                                                           const int8_t *b, float *g, int64_t ldg)
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
            bk[v] = _mm512_loadu_si512(b + (k * lanes + v * 16) * 4);
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
                                                           int64_t quads, int64_t lanes,
                                                           const uint8_t *a, int64_t lda,
                                                           const int8_t *b, float *g, int64_t ldg)
{
    int64_t i = 0;
    for (; i + 12 <= rows; i += 12) {
        u8_block(12, vectors, quads, lanes, a + i * lda, lda, b, g + i * ldg, ldg);
    }
    for (; i < rows; i++) {
        u8_block(1, vectors, quads, lanes, a + i * lda, lda, b, g + i * ldg, ldg);
    }
}

static void multiply_u8(int64_t rows, int64_t d, int64_t lanes, const uint8_t *a, int64_t lda,
                        const int8_t *b, float *g, int64_t ldg)
{
    int64_t quads = (d + 3) / 4, q = 0;
    for (; q + 32 <= lanes; q += 32) {
        u8_strip(2, rows, quads, lanes, a, lda, b + q * 4, g + q, ldg);
    }
    for (; q < lanes; q += 16) {
        u8_strip(1, rows, quads, lanes, a, lda, b + q * 4, g + q, ldg);
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
