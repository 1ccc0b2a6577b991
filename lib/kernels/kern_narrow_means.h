/* Softmax and mean over points of few coordinates about their centre, which lie side by side in
 * registers: half the work of kern_narrow.h, for states that need no more. Included by kern_body.h
 * for each type, which defines REAL, LANES, NAME(x). */

/* Points of a part, at most. */
#define MEANS_MOST (MEANS_BYTES / (5 * sizeof(REAL)) + DDNI_RUN)

/* What a state has come to: sums relative to a whole number that is no less than its largest logit,
 * so that they are taken to another one without rounding. */
typedef struct NAME(means) {
    REAL whole;
    NAME(vec) total, norms, sum[DDNI_NARROW];
} NAME(means);

/* Points that the first-level cache has for one state after another, with their logits. */
typedef struct NAME(means_part) {
    _Alignas(VECTOR_BYTES) REAL constant[MEANS_MOST];
    _Alignas(VECTOR_BYTES) REAL logit[MEANS_MOST];
    const REAL *at; /* [count / DDNI_LANES][d + 2][DDNI_LANES] */
    int64_t count;
} NAME(means_part);

/* A state in all lanes: x, or what the products are taken with. */
typedef struct NAME(means_state) {
    REAL a, slope;
    NAME(vec) at[DDNI_NARROW];
} NAME(means_state);

static inline __attribute__((always_inline)) void NAME(means_take)(const int d, const double *x,
                                                                   const ddni_narrow_states *level,
                                                                   NAME(means_state) * to)
{
    to->a = (REAL)level->a;
    to->slope = (REAL)level->slope;
    UNROLL(16)
    for (int j = 0; j < d; j++) {
        to->at[j] = NAME(splat)((REAL)x[j]);
    }
}

/* Adds a run of points from a place in a part on, whose logits are no larger than to->whole. d is
 * known when this is compiled, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void
NAME(means_run)(const int d, const int products, const NAME(means_part) * part, int64_t from,
                const NAME(means_state) * x, NAME(means) * to)
{
    const int apart = ddni_narrow_apart(d, products, sizeof(REAL));
    const int plain = ddni_narrow_plain(products, sizeof(REAL));
    const int fine = ddni_narrow_fine(d, sizeof(REAL));
    const int64_t left = part->count - from;
    const int64_t end = from + (left < DDNI_RUN ? left : DDNI_RUN);
    NAME(vec) total = {0}, norms = {0}, sum[DDNI_NARROW];
    UNROLL(16)
    for (int j = 0; j < d; j++) {
        sum[j] = (NAME(vec)){0};
    }
    for (int64_t i = from; i < end; i += DDNI_LANES) {
        const REAL *at = part->at + i * (d + 2);
        UNROLL(16)
        for (int v = 0; v < DDNI_LANES; v += LANES) {
            NAME(vec) w = NAME(power_from_least)(fine, NAME(load)(part->logit + i + v) - to->whole);
            total += w;
            if (!plain) {
                norms += w * NAME(load)(at + d * DDNI_LANES + v);
            }
            UNROLL(16)
            for (int j = 0; j < d; j++) {
                NAME(vec) step = NAME(load)(at + j * DDNI_LANES + v);
                sum[j] += w * (apart ? x->at[j] - step * x->a : step);
            }
        }
    }
    to->total += total;
    to->norms += norms;
    UNROLL(16)
    for (int j = 0; j < d; j++) {
        to->sum[j] += sum[j];
    }
}

static inline __attribute__((always_inline)) double NAME(means_together)(NAME(vec) x)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return sizeof(REAL) == 4 ? _mm512_reduce_add_pd(
                                   _mm512_cvtps_pd(_mm512_castps512_ps256((__m512)x)) +
                                   _mm512_cvtps_pd((__m256)_mm512_extractf64x4_pd((__m512d)x, 1)))
                             : _mm512_reduce_add_pd((__m512d)x);
#else
    double sum[LANES];
    for (int v = 0; v < LANES; v++) {
        sum[v] = (double)x[v];
    }
    for (int half = LANES / 2; half > 0; half /= 2) {
        for (int v = 0; v < half; v++) {
            sum[v] += sum[v + half];
        }
    }
    return sum[0];
#endif
}

/* The logits of a register of points, by products or by differences. */
static inline __attribute__((always_inline)) NAME(vec)
    NAME(means_logit)(const int d, const int products, const NAME(means_state) * x, const REAL *at,
                      const REAL *constant)
{
    if (products) {
        NAME(vec) l = NAME(load)(constant);
        UNROLL(16)
        for (int j = 0; j < d; j++) {
            l += x->at[j] * NAME(load)(at + j * DDNI_LANES);
        }
        return l;
    }
    NAME(vec) square = {0};
    UNROLL(16)
    for (int j = 0; j < d; j++) {
        NAME(vec) diff = x->at[j] - NAME(load)(at + j * DDNI_LANES) * x->a;
        square += diff * diff;
    }
    return square * x->slope + NAME(load)(at + (d + 1) * DDNI_LANES);
}

/* Those of the DDNI_LANES points at `at`, from i on, and the largest so far in each lane. */
static inline __attribute__((always_inline)) void
NAME(means_block)(const int d, const int products, const NAME(means_state) * x,
                  NAME(means_part) * part, const REAL *at, int64_t i, NAME(vec) * top)
{
    UNROLL(16)
    for (int v = 0; v < DDNI_LANES; v += LANES) {
        const NAME(vec) l = NAME(means_logit)(d, products, x, at + v, part->constant + i + v);
        NAME(store)(part->logit + i + v, l);
        *top = NAME(larger)(l, *top);
    }
}

/* The largest logit of a part, found in several registers that do not wait for each other. */
static inline __attribute__((always_inline)) REAL NAME(means_logits)(const int d,
                                                                     const int products,
                                                                     const NAME(means_state) * x,
                                                                     NAME(means_part) * part)
{
    const int apart = d <= 4 ? 4 : 1, block = (d + 2) * DDNI_LANES;
    const REAL *at = part->at;
    const int64_t count = part->count;
    NAME(vec) top[4];
    UNROLL(4)
    for (int k = 0; k < 4; k++) {
        top[k] = NAME(splat)((REAL)-INFINITY);
    }
    int64_t i = 0;
    for (; i + (apart - 1) * DDNI_LANES < count; i += apart * DDNI_LANES) {
        UNROLL(4)
        for (int k = 0; k < apart; k++) {
            NAME(means_block)
            (d, products, x, part, at + k * block, i + k * DDNI_LANES, &top[k]);
        }
        at += apart * block;
        KEEP_POINTER(at);
    }
    for (; i < count; i += DDNI_LANES, at += block) {
        NAME(means_block)(d, products, x, part, at, i, &top[0]);
    }
    return NAME(top)(NAME(larger)(NAME(larger)(top[0], top[1]), NAME(larger)(top[2], top[3])));
}

/* What products begin at. */
static inline __attribute__((always_inline)) void NAME(means_constants)(const int d, double by_norm,
                                                                        NAME(means_part) * part)
{
    const int64_t count = part->count;
    for (int64_t i = 0; i < count; i += LANES) {
        const REAL *norm = part->at + (i / DDNI_LANES * (d + 2) + d) * DDNI_LANES + i % DDNI_LANES;
        NAME(store)
        (part->constant + i, NAME(load)(norm) * (REAL)by_norm + NAME(load)(norm + DDNI_LANES));
    }
}

/* Sums relative to a number that is no less than this logit. */
static inline __attribute__((always_inline)) void NAME(means_raise)(const int d, REAL top,
                                                                    NAME(means) * to)
{
    const REAL whole = (REAL)ceil((double)top);
    if (whole <= to->whole) {
        return;
    }
    if (to->whole > (REAL)-INFINITY) {
        const REAL factor = (REAL)exp2((double)(to->whole - whole));
        to->total *= factor;
        to->norms *= factor;
        UNROLL(16)
        for (int j = 0; j < d; j++) {
            to->sum[j] *= factor;
        }
    }
    to->whole = whole;
}

/* One state and a part. */
static inline __attribute__((always_inline)) void
NAME(means_take_part)(const int d, const int products, const ddni_narrow_states *x, int64_t q,
                      NAME(means_part) * part, NAME(means) * to)
{
    NAME(means_state) of;
    NAME(means_take)(d, (products ? x->along : x->x) + q * d, x, &of);
    NAME(means_raise)(d, NAME(means_logits)(d, products, &of, part), to);
    NAME(means_take)(d, x->x + q * d, x, &of);
    for (int64_t i = 0; i < part->count; i += DDNI_RUN) {
        NAME(means_run)(d, products, part, i, &of, to);
    }
}

/* States of number `from` to `to`, a few. */
static inline __attribute__((always_inline)) void
NAME(means_of)(const int d, const int products, const ddni_narrow_points *y,
               const ddni_narrow_states *x, int64_t from, int64_t to, ddni_narrow_mean *out)
{
    const int64_t ld = y->ld, numbers = MEANS_BYTES / (int64_t)sizeof(REAL);
    const int64_t step = (numbers / (d + 4) + DDNI_RUN - 1) / DDNI_RUN * DDNI_RUN;
    NAME(means_part) part;
    NAME(means) sums[DDNI_NARROW_STATES];
    for (int64_t q = from; q < to; q++) {
        NAME(means) *s = &sums[q - from];
        s->whole = (REAL)-INFINITY;
        s->total = s->norms = NAME(splat)(0);
        UNROLL(16)
        for (int j = 0; j < d; j++) {
            s->sum[j] = NAME(splat)(0);
        }
    }
    for (int64_t first = 0; first < ld; first += step) {
        part.at = (const REAL *)y->at + first * (d + 2);
        part.count = ld - first < step ? ld - first : step;
        if (products) {
            NAME(means_constants)(d, x->by_norm, &part);
        }
        for (int64_t q = from; q < to; q++) {
            NAME(means_take_part)(d, products, x, q, &part, &sums[q - from]);
        }
    }
    for (int64_t q = from; q < to; q++) {
        const NAME(means) *s = &sums[q - from];
        const double all = NAME(means_together)(s->total), inverse = 1 / all;
        out[q].max = (double)s->whole;
        out[q].total = all;
        out[q].norm = NAME(means_together)(s->norms) * inverse;
        for (int j = 0; j < d; j++) {
            out[q].mean[j] = NAME(means_together)(s->sum[j]) * inverse;
        }
    }
}

#define NARROW_MEANS(width)                                                                        \
    static void NAME(means_##width)(const ddni_narrow_points *y, const ddni_narrow_states *x,      \
                                    ddni_narrow_mean *out)                                         \
    {                                                                                              \
        for (int64_t q = 0; q < x->count; q += DDNI_NARROW_STATES) {                               \
            const int64_t end =                                                                    \
                x->count - q < DDNI_NARROW_STATES ? x->count : q + DDNI_NARROW_STATES;             \
            if (x->along != NULL) {                                                                \
                NAME(means_of)(width, 1, y, x, q, end, out);                                       \
            } else {                                                                               \
                NAME(means_of)(width, 0, y, x, q, end, out);                                       \
            }                                                                                      \
        }                                                                                          \
    }
NARROW_MEANS(1)
NARROW_MEANS(2)
NARROW_MEANS(3)
NARROW_MEANS(4)
NARROW_MEANS(5)
NARROW_MEANS(6)
NARROW_MEANS(7)
NARROW_MEANS(8)
NARROW_MEANS(9)
NARROW_MEANS(10)
NARROW_MEANS(11)
NARROW_MEANS(12)
NARROW_MEANS(13)
NARROW_MEANS(14)
NARROW_MEANS(15)
NARROW_MEANS(16)
#undef NARROW_MEANS

static void NAME(narrow_means)(const ddni_narrow_points *y, const ddni_narrow_states *x,
                               ddni_narrow_mean *out)
{
    typedef void (*means_fn)(const ddni_narrow_points *y, const ddni_narrow_states *x,
                             ddni_narrow_mean *out);
    static const means_fn cases[DDNI_NARROW] = {
        NAME(means_1),  NAME(means_2),  NAME(means_3),  NAME(means_4),
        NAME(means_5),  NAME(means_6),  NAME(means_7),  NAME(means_8),
        NAME(means_9),  NAME(means_10), NAME(means_11), NAME(means_12),
        NAME(means_13), NAME(means_14), NAME(means_15), NAME(means_16)};
    cases[y->d - 1](y, x, out);
}
#undef MEANS_MOST
