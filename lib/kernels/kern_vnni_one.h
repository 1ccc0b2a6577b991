/* Integer products for one state, by rows; included by kern_avx512vnni.c. */

/* The sums of the 16 numbers of each of 8 registers. */
static inline __attribute__((always_inline)) __m256i sums_of_8(const __m512i *v)
{
    __m512i pair[4], four[2];
    UNROLL(4)
    for (int i = 0; i < 4; i++) {
        pair[i] = _mm512_add_epi32(_mm512_unpacklo_epi32(v[2 * i], v[2 * i + 1]),
                                   _mm512_unpackhi_epi32(v[2 * i], v[2 * i + 1]));
    }
    UNROLL(2)
    for (int i = 0; i < 2; i++) {
        four[i] = _mm512_add_epi32(_mm512_unpacklo_epi64(pair[2 * i], pair[2 * i + 1]),
                                   _mm512_unpackhi_epi64(pair[2 * i], pair[2 * i + 1]));
    }
    __m512i half = _mm512_add_epi32(_mm512_shuffle_i32x4(four[0], four[1], 0x88),
                                    _mm512_shuffle_i32x4(four[0], four[1], 0xDD));
    __m512i all = _mm512_add_epi32(half, _mm512_shuffle_i32x4(half, half, 0xB1));
    return _mm256_inserti128_si256(_mm512_castsi512_si256(all), _mm512_extracti32x4_epi32(all, 2),
                                   1);
}

static inline __attribute__((always_inline)) __m512i load_columns(const int whole, __mmask64 mask,
                                                                  const uint8_t *at)
{
    return whole ? _mm512_loadu_si512(at) : _mm512_maskz_loadu_epi8(mask, at);
}

/* 64 columns from y on, or those under the mask. */
static inline __attribute__((always_inline)) void dot_step(const int rows, const int slices,
                                                           const int whole, __mmask64 mask,
                                                           ddni_rows y, const int8_t *x,
                                                           int64_t width, __m512i (*sum)[8])
{
    const uint8_t *bytes = y.at;
    __m512i xj[DDNI_SLICES];
    UNROLL(3)
    for (int s = 0; s < slices; s++) {
        xj[s] = _mm512_loadu_si512(x + s * width);
    }
    UNROLL(8)
    for (int i = 0; i < rows; i++) {
        __m512i row = load_columns(whole, mask, bytes + i * y.ld);
        UNROLL(3)
        for (int s = 0; s < slices; s++) {
            sum[s][i] = add_quads(sum[s][i], row, xj[s]);
        }
    }
}

/* Up to 8 rows with `slices` vectors, those `width` bytes apart: exact sums. The last partial
 * register is loaded under a mask. */
static inline __attribute__((always_inline)) void dot_rows_u8(const int rows, const int slices,
                                                              int64_t d, ddni_rows y,
                                                              const int8_t *x, int64_t width,
                                                              ddni_ahead *ahead, __m256i *out)
{
    __m512i sum[DDNI_SLICES][8];
    UNROLL(3)
    for (int s = 0; s < slices; s++) {
        UNROLL(8)
        for (int i = 0; i < 8; i++) {
            sum[s][i] = _mm512_setzero_si512();
        }
    }
    int64_t j = 0;
    for (; j + 64 <= d; j += 64) {
        ddni_rows at = {(const uint8_t *)y.at + j, y.ld};
        fetch_lines(ahead, 4);
        dot_step(rows, slices, 1, ~UINT64_C(0), at, x + j, width, sum);
    }
    if (j < d) {
        ddni_rows at = {(const uint8_t *)y.at + j, y.ld};
        dot_step(rows, slices, 0, ~UINT64_C(0) >> (64 - (d - j)), at, x + j, width, sum);
    }
    UNROLL(3)
    for (int s = 0; s < slices; s++) {
        out[s] = sums_of_8(sum[s]);
    }
}

static void dot_u8(int64_t rows, int64_t d, ddni_rows y, const int8_t *x, float *g,
                   ddni_ahead *ahead)
{
    __m256i sum;
    int64_t r = 0;
    for (; r + 8 <= rows; r += 8) {
        dot_rows_u8(8, 1, d, u8_rows_from(y, r), x, 0, ahead, &sum);
        _mm256_storeu_ps(g + r, _mm256_cvtepi32_ps(sum));
    }
    for (; r < rows; r++) {
        dot_rows_u8(1, 1, d, u8_rows_from(y, r), x, 0, ahead, &sum);
        g[r] = _mm256_cvtss_f32(_mm256_cvtepi32_ps(sum));
    }
}

static void dot_slices_u8(int64_t rows, int64_t d, ddni_rows y, const int8_t *x,
                          const double *scale, float *g, ddni_ahead *ahead)
{
    int64_t width = (d + 63) / 64 * 64;
    for (int64_t r = 0; r < rows;) {
        int64_t run = rows - r >= 8 ? 8 : 1;
        __m256i sum[DDNI_SLICES];
        if (run == 8) {
            dot_rows_u8(8, DDNI_SLICES, d, u8_rows_from(y, r), x, width, ahead, sum);
        } else {
            dot_rows_u8(1, DDNI_SLICES, d, u8_rows_from(y, r), x, width, ahead, sum);
        }
        __m512d all = _mm512_set1_pd(scale[DDNI_SLICES]);
        for (int s = DDNI_SLICES; s-- > 0;) {
            all = _mm512_fmadd_pd(_mm512_set1_pd(scale[s]), _mm512_cvtepi32_pd(sum[s]), all);
        }
        __mmask8 mask = run == 8 ? 255 : 1;
        _mm256_mask_storeu_ps(g + r, mask, _mm512_cvtpd_ps(all));
        r += run;
    }
}

/* Rows of a tile whose weights, as DDNI_SLICES multiples of int8, each step 1/254 of the one
 * before, begin with the same slice: those before are zero. A multiple of four can be read; what
 * the last four lack weighs nothing. */
typedef struct byte_rows {
    const uint8_t *row[SLICE_ROWS + 8];
    int8_t slice[DDNI_SLICES][SLICE_ROWS + 16];
    int64_t count;
} byte_rows;

/* More rows, those under the mask, at at[0] and at[1]. */
static inline __attribute__((always_inline)) void
take_rows(byte_rows *to, const int first, __mmask16 mask, const __m512i *whole, const __m512i *at)
{
    const int64_t low = __builtin_popcount(mask & 255);
    UNROLL(3)
    for (int s = first; s < DDNI_SLICES; s++) {
        __m512i some = _mm512_maskz_compress_epi32(mask, whole[s]);
        _mm_storeu_si128((__m128i *)(void *)(to->slice[s] + to->count), _mm512_cvtepi32_epi8(some));
    }
    _mm512_storeu_si512(to->row + to->count,
                        _mm512_maskz_compress_epi64((__mmask8)(mask & 255), at[0]));
    _mm512_storeu_si512(to->row + to->count + low,
                        _mm512_maskz_compress_epi64((__mmask8)(mask >> 8), at[1]));
    to->count += __builtin_popcount(mask);
}

/* Sorts rows with weights p >= least by the first slice that is not zero; gives the sum of what the
 * slices stand for. */
static double sort_rows(int64_t rows, ddni_rows y, const float *p, float least, float top,
                        byte_rows *out)
{
    const __m512 inverse = _mm512_set1_ps(127 / top), further = _mm512_set1_ps(254);
    const __m512i lane = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), eight = _mm512_set1_epi64(8);
    const __m512i stride = _mm512_set1_epi64(y.ld), start = _mm512_set1_epi64((int64_t)y.at);
    __m512i sum[DDNI_SLICES], number = lane;
    UNROLL(3)
    for (int s = 0; s < DDNI_SLICES; s++) {
        sum[s] = _mm512_setzero_si512();
        out[s].count = 0;
    }
    for (int64_t r = 0; r < rows; r += 16) {
        __mmask16 mask = rows - r >= 16 ? 0xFFFF : (__mmask16)(0xFFFF >> (16 - (rows - r)));
        const __m512 weight = _mm512_maskz_loadu_ps(mask, p + r);
        __m512i whole[DDNI_SLICES], at[2];
        UNROLL(2)
        for (int i = 0; i < 2; i++) {
            at[i] = _mm512_add_epi64(start, _mm512_mullo_epi64(number, stride));
            number = _mm512_add_epi64(number, eight);
        }
        mask = _mm512_mask_cmp_ps_mask(mask, weight, _mm512_set1_ps(least), _CMP_GE_OQ);
        __m512 rest = _mm512_maskz_mul_ps(mask, weight, inverse);
        UNROLL(3)
        for (int s = 0; s < DDNI_SLICES; s++) {
            whole[s] = _mm512_cvtps_epi32(rest);
            sum[s] = _mm512_add_epi32(sum[s], whole[s]);
            rest = _mm512_mul_ps(_mm512_sub_ps(rest, _mm512_cvtepi32_ps(whole[s])), further);
        }
        UNROLL(3)
        for (int s = 0; s < DDNI_SLICES; s++) {
            const __mmask16 begin = _mm512_mask_test_epi32_mask(mask, whole[s], whole[s]);
            take_rows(out + s, s, begin, whole, at);
            mask &= (__mmask16)~begin;
        }
    }
    for (int k = 0; k < DDNI_SLICES; k++) {
        for (int s = k; s < DDNI_SLICES; s++) {
            memset(out[k].slice[s] + out[k].count, 0, 4);
        }
        for (int64_t r = 0; r < 3; r++) {
            out[k].row[out[k].count + r] = y.at;
        }
    }
    double first = _mm512_reduce_add_epi32(sum[0]), second = _mm512_reduce_add_epi32(sum[1]);
    double third = _mm512_reduce_add_epi32(sum[2]);
    return (double)top / 127 * (first + (second + third / 254) / 254);
}

/* Adds up 64 columns, or those under the mask, of rows whose weights begin with slice `first`. */
static inline __attribute__((always_inline)) void add_rows(const int first, const int whole,
                                                           __mmask64 mask, const byte_rows *rows,
                                                           int64_t j, ddni_ahead *ahead,
                                                           __m512i (*acc)[4])
{
    for (int64_t r = 0; r < rows->count; r += 4) {
        fetch_lines(ahead, 2);
        __m512i a = load_columns(whole, mask, rows->row[r] + j);
        __m512i b = load_columns(whole, mask, rows->row[r + 1] + j);
        __m512i c = load_columns(whole, mask, rows->row[r + 2] + j);
        __m512i e = load_columns(whole, mask, rows->row[r + 3] + j);
        __m512i ab0 = _mm512_unpacklo_epi8(a, b), ab1 = _mm512_unpackhi_epi8(a, b);
        __m512i ce0 = _mm512_unpacklo_epi8(c, e), ce1 = _mm512_unpackhi_epi8(c, e);
        __m512i four[4] = {_mm512_unpacklo_epi16(ab0, ce0), _mm512_unpackhi_epi16(ab0, ce0),
                           _mm512_unpacklo_epi16(ab1, ce1), _mm512_unpackhi_epi16(ab1, ce1)};
        UNROLL(3)
        for (int i = first; i < DDNI_SLICES; i++) {
            int32_t quad;
            __builtin_memcpy(&quad, &rows->slice[i][r], 4);
            __m512i w = _mm512_set1_epi32(quad);
            UNROLL(4)
            for (int k = 0; k < 4; k++) {
                acc[i][k] = add_quads(acc[i][k], four[k], w);
            }
        }
    }
}

/* Weighted sums of 64 columns, or of those under the mask; step: what a unit of each slice is. */
static inline __attribute__((always_inline)) void combine_step(const int whole, __mmask64 mask,
                                                               const byte_rows *rows, int64_t j,
                                                               const __m512 *step,
                                                               ddni_ahead *ahead, float *column)
{
    __m512i acc[DDNI_SLICES][4];
    UNROLL(3)
    for (int i = 0; i < DDNI_SLICES; i++) {
        UNROLL(4)
        for (int k = 0; k < 4; k++) {
            acc[i][k] = _mm512_setzero_si512();
        }
    }
    UNROLL(3)
    for (int i = 0; i < DDNI_SLICES; i++) {
        add_rows(i, whole, mask, rows + i, j, ahead, acc);
    }
    /* Within each quarter of a register, group k holds columns 4 k .. 4 k + 3. */
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
}

static void combine_u8(int64_t rows, int64_t d, ddni_rows y, const float *p, float least,
                       float *sum, double *mass, ddni_ahead *ahead)
{
    byte_rows sorted[DDNI_SLICES];
    float top = f32_largest(rows, p);
    if (!(top > 0) || top < least) {
        return;
    }
    const __m512 step[DDNI_SLICES] = {_mm512_set1_ps(top / 127), _mm512_set1_ps(top / 127 / 254),
                                      _mm512_set1_ps(top / 127 / 254 / 254)};
    *mass += sort_rows(rows, y, p, least, top, sorted);
    for (int64_t j = 0; j < d; j += 64) {
        float column[64];
        int64_t run = d - j < 64 ? d - j : 64;
        if (run == 64) {
            combine_step(1, 0, sorted, j, step, ahead, column);
        } else {
            combine_step(0, ~UINT64_C(0) >> (64 - run), sorted, j, step, ahead, column);
        }
        for (int64_t k = 0; k < run; k++) {
            sum[j + k] += column[k];
        }
    }
}
