/* Passes over whole states: to lanes and back, and their lengths. */

/* A square of LANES64 registers, transposed. */
static inline __attribute__((always_inline)) void f64_transpose(f64_vec *r)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    __m512d t[8], u[8];
    UNROLL(4)
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm512_unpacklo_pd((__m512d)r[i], (__m512d)r[i + 1]);
        t[i + 1] = _mm512_unpackhi_pd((__m512d)r[i], (__m512d)r[i + 1]);
    }
    UNROLL(4)
    for (int i = 0; i < 4; i++) { /* quarters of rows i and i + 2 of each half */
        const int at = i / 2 * 4 + i % 2;
        u[at] = _mm512_shuffle_f64x2(t[at], t[at + 2], 0x88);
        u[at + 2] = _mm512_shuffle_f64x2(t[at], t[at + 2], 0xDD);
    }
    UNROLL(4)
    for (int i = 0; i < 4; i++) {
        r[i] = (f64_vec)_mm512_shuffle_f64x2(u[i], u[i + 4], 0x88);
        r[i + 4] = (f64_vec)_mm512_shuffle_f64x2(u[i], u[i + 4], 0xDD);
    }
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    __m256d t[4];
    UNROLL(2)
    for (int i = 0; i < 4; i += 2) {
        t[i] = _mm256_unpacklo_pd((__m256d)r[i], (__m256d)r[i + 1]);
        t[i + 1] = _mm256_unpackhi_pd((__m256d)r[i], (__m256d)r[i + 1]);
    }
    UNROLL(2)
    for (int i = 0; i < 2; i++) {
        r[i] = (f64_vec)_mm256_permute2f128_pd(t[i], t[i + 2], 0x20);
        r[i + 2] = (f64_vec)_mm256_permute2f128_pd(t[i], t[i + 2], 0x31);
    }
#else
    for (int i = 0; i < LANES64; i++) {
        for (int v = 0; v < i; v++) {
            const double one = r[i][v];
            r[i][v] = r[v][i];
            r[v][i] = one;
        }
    }
#endif
}

/* A register as floats. */
static inline __attribute__((always_inline)) void f64_store_single(float *p, f64_vec x)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    _mm256_storeu_ps(p, _mm512_cvtpd_ps((__m512d)x));
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    _mm_storeu_ps(p, _mm256_cvtpd_ps((__m256d)x));
#else
    for (int v = 0; v < LANES64; v++) {
        p[v] = (float)x[v];
    }
#endif
}

/* Columns j .. j + some - 1 of LANES64 states from q on. */
static inline __attribute__((always_inline)) void lanes_square(const int single, int64_t j,
                                                               int64_t some, int64_t q,
                                                               const double *const *x, f64_vec unit,
                                                               void *out)
{
    f64_vec r[LANES64];
    UNROLL(8)
    for (int v = 0; v < LANES64; v++) {
        r[v] = x[q + v] == NULL ? f64_splat(0) : f64_load_some(x[q + v] + j, some) * unit;
    }
    f64_transpose(r);
    UNROLL(8)
    for (int v = 0; v < LANES64; v++) {
        const int64_t at = (j + v) * DDNI_LANES + q;
        if (v >= some) {
            return;
        }
        if (single) {
            f64_store_single((float *)out + at, r[v]);
        } else {
            f64_store((double *)out + at, r[v]);
        }
    }
}

static inline __attribute__((always_inline)) void
to_lanes_of(const int single, int64_t d, const double *const *x, const double *unit, void *out)
{
    int64_t j = 0;
    for (; j + LANES64 <= d; j += LANES64) {
        const f64_vec u = unit == NULL ? f64_splat(1) : f64_load(unit + j);
        for (int64_t q = 0; q < DDNI_LANES; q += LANES64) {
            lanes_square(single, j, LANES64, q, x, u, out);
        }
    }
    const f64_vec u = unit == NULL ? f64_splat(1) : f64_load_some(unit + j, d - j);
    for (int64_t q = 0; q < DDNI_LANES && j < d; q += LANES64) {
        lanes_square(single, j, d - j, q, x, u, out);
    }
}

static void to_lanes_f32(int64_t d, const double *const *x, const double *unit, float *out)
{
    to_lanes_of(1, d, x, unit, out);
}

static void to_lanes_f64(int64_t d, const double *const *x, const double *unit, double *out)
{
    to_lanes_of(0, d, x, unit, out);
}

/* Of one register of columns, of which there are `some`. */
static inline __attribute__((always_inline)) void
states_square(const ddni_unlaned *of, int64_t j, int64_t some, int64_t q, const double *in)
{
    f64_vec r[LANES64];
    UNROLL(8)
    for (int v = 0; v < LANES64; v++) {
        r[v] = v < some ? f64_load(in + (j + v) * DDNI_LANES + q) : f64_splat(0);
    }
    f64_transpose(r);
    const f64_vec offset = of->offset == NULL ? f64_splat(0) : f64_load_some(of->offset + j, some);
    UNROLL(8)
    for (int v = 0; v < LANES64; v++) {
        if (q + v >= of->states) {
            return;
        }
        if (of->offset != NULL) {
            r[v] = r[v] * of->scale + offset * of->weight[q + v];
        }
        double *to = of->to[q + v] + j;
        if (some == LANES64) {
            f64_store(to, r[v]);
        } else {
            for (int64_t i = 0; i < some; i++) {
                to[i] = r[v][i];
            }
        }
    }
}

static void from_lanes(int64_t d, const double *in, const ddni_unlaned *of)
{
    for (int64_t q = 0; q < of->states; q += LANES64) {
        int64_t j = 0;
        for (; j + LANES64 <= d; j += LANES64) {
            states_square(of, j, LANES64, q, in);
        }
        if (j < d) {
            states_square(of, j, d - j, q, in);
        }
    }
}

/* The largest of what places have added up: four registers of them, two or one. */
static inline __attribute__((always_inline)) double top_place(const f64_vec *square, int64_t places)
{
    const f64_vec even = square[0] + square[2], odd = square[1] + square[3];
    if (places == 4 * LANES64) {
        const f64_vec a = f64_larger(square[0], square[1]);
        const f64_vec b = f64_larger(square[2], square[3]);
        return f64_top(f64_larger(a, b));
    }
    return places == 2 * LANES64 ? f64_top(f64_larger(even, odd)) : f64_sum(even + odd);
}

/* What has been added up of a state and a sum. */
typedef struct length_sums {
    f64_vec square[4], sum2[2], apart2[2];
} length_sums;

/* Adds `width` columns, or four registers of them where that is known when this is compiled. */
static inline __attribute__((always_inline)) void
add_lengths(int64_t width, const double *x, const double *sum, double factor, length_sums *to)
{
    UNROLL(4)
    for (int v = 0; v < 4; v++) {
        const int64_t at = v * LANES64, some = width - at;
        if (some > 0) {
            const f64_vec p = f64_load_some(x + at, some), s = f64_load_some(sum + at, some);
            const f64_vec apart = p - s * factor;
            to->square[v] += p * p;
            to->sum2[v % 2] += s * s;
            to->apart2[v % 2] += apart * apart;
        }
    }
}

static void lengths(int64_t d, const double *x, const double *sum, double factor, int64_t places,
                    ddni_lengths *out)
{
    const int64_t run = places > 0 ? d : DDNI_DEPTH_BLOCK;
    length_sums all = {.sum2 = {{0}, {0}}, .apart2 = {{0}, {0}}};
    double most = 0;
    for (int64_t from = 0; from < d; from += run) {
        const int64_t end = d - from < run ? d : from + run;
        int64_t j = from;
        UNROLL(4)
        for (int v = 0; v < 4; v++) {
            all.square[v] = (f64_vec){0};
        }
        for (; j + 4 * LANES64 <= end; j += 4 * LANES64) {
            add_lengths(4 * LANES64, x + j, sum + j, factor, &all);
        }
        add_lengths(end - j, x + j, sum + j, factor, &all);
        const double here = top_place(all.square, places);
        most = here > most ? here : most;
    }
    *out = (ddni_lengths){f64_sum(all.sum2[0] + all.sum2[1]),
                          f64_sum(all.apart2[0] + all.apart2[1]), most};
}
