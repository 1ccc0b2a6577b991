/* Products, softmax and single-state kernels of every variant that this processor can run, against
 * the reference variant: random shapes with tails, bounds of rounding as kernels.h states them. */
#include "support/kernels.h"

/* ---- Products ---------------------------------------------------------------------------- */

#define CHECK_MULTIPLY(NAME, REAL, UNIT, FILL)                                                     \
    static void NAME(const ddni_kernels *k, int64_t rows, int64_t depth, int64_t lanes,            \
                     int32_t transposed)                                                           \
    {                                                                                              \
        int64_t lda = (transposed ? rows : depth) + 3, size_a = (transposed ? depth : rows) * lda; \
        int64_t strip_b = depth * DDNI_LANES, strip_c = (rows + 2) * DDNI_LANES;                   \
        int64_t size_b = lanes * depth, size_c = lanes * (rows + 2);                               \
        REAL *a = take(size_a, sizeof(REAL)), *b = take(size_b, sizeof(REAL));                     \
        REAL *c = take(size_c, sizeof(REAL)), *c0 = take(size_c, sizeof(REAL));                    \
        FILL(1, size_a, a);                                                                        \
        FILL(2, size_b, b);                                                                        \
        FILL(3, size_c, c0);                                                                       \
        memcpy(c, c0, (size_t)size_c * sizeof(REAL));                                              \
        int64_t rs = transposed ? 1 : lda, ds = transposed ? lda : 1;                              \
        ddni_ahead ahead = {                                                                       \
            .next = (const char *)a, .end = (const char *)(a + size_a), .mask = 1};                \
        (transposed ? k->multiply_transposed_##REAL : k->multiply_##REAL)(                         \
            rows, depth, lanes, (ddni_rows){a, lda}, (ddni_strips){b, strip_b},                    \
            (ddni_strips){c, strip_c}, &ahead);                                                    \
        double terms = DDNI_DEPTH_BLOCK + (double)depth / DDNI_DEPTH_BLOCK + 2;                    \
        for (int64_t i = 0; i < rows + 2; i++) {                                                   \
            for (int64_t q = 0; q < lanes; q++) {                                                  \
                int64_t at = ddni_lane_at(i, q, strip_c);                                          \
                if (i >= rows) { /* beyond the block: not to be touched */                         \
                    assert_true(c[at] == c0[at]);                                                  \
                    continue;                                                                      \
                }                                                                                  \
                long double sum = (long double)c0[at], aa = 0, bb = 0;                             \
                for (int64_t j = 0; j < depth; j++) {                                              \
                    long double av = (long double)a[i * rs + j * ds];                              \
                    long double bv = (long double)b[ddni_lane_at(j, q, strip_b)];                  \
                    sum += av * bv;                                                                \
                    aa += av * av;                                                                 \
                    bb += bv * bv;                                                                 \
                }                                                                                  \
                double bound = terms * (UNIT) * (double)sqrtl(aa * bb) + 2 * (UNIT)*6;             \
                CLOSE((double)c[at], (double)sum, 2 * (UNIT), bound);                              \
            }                                                                                      \
        }                                                                                          \
        free(a);                                                                                   \
        free(b);                                                                                   \
        free(c);                                                                                   \
        free(c0);                                                                                  \
    }
#define multiply_float multiply_f32
#define multiply_double multiply_f64
#define multiply_transposed_float multiply_transposed_f32
#define multiply_transposed_double multiply_transposed_f64
CHECK_MULTIPLY(check_f32, float, U32, random_f32)
CHECK_MULTIPLY(check_f64, double, U64, test_normal)

/* Lines in runs are fetched run by run, and no more than there are. */
static void check_runs_ahead(const ddni_kernels *k)
{
    enum {
        LINES = 3,
        GAP = 5,
        RUNS = 4,
        LINE = 64
    };
    static float a[ROWS * 256], b[DDNI_LANES * 256], c[DDNI_LANES * ROWS];
    static const char memory[(LINES + GAP) * RUNS * LINE];
    ddni_ahead ahead = {.next = memory,
                        .end = memory + ((LINES + GAP) * (RUNS - 1) + LINES) * LINE,
                        .mask = 1,
                        .stop = memory + LINES * LINE,
                        .gap = GAP * LINE,
                        .stride = (LINES + GAP) * LINE};
    const ddni_strips to = {c, ROWS * DDNI_LANES};
    k->multiply_f32(1, 4, DDNI_LANES, (ddni_rows){a, 256}, (ddni_strips){b, 0}, to, &ahead);
    const int64_t some = ahead.next - memory;
    assert_true(some % LINE == 0 && (some / LINE) % (LINES + GAP) < LINES);
    k->multiply_f32(ROWS, 256, DDNI_LANES, (ddni_rows){a, 256}, (ddni_strips){b, 0}, to, &ahead);
    assert_true(some == 0 ||
                ahead.next == ahead.end + GAP * LINE); /* 0: a kernel that fetches none */
}

static void check_multiply(const ddni_kernels *k)
{
    check_runs_ahead(k);
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < DEPTHS; j++) {
            int64_t lanes = DDNI_LANES * (1 + (i + j) % 4);
            check_f32(k, row_counts[i], depths[j], lanes, (i ^ j) & 1);
            check_f64(k, row_counts[i], depths[j], lanes, (i ^ j) & 1);
        }
    }
}

static void products_are_within_their_bound(void **state)
{
    (void)state;
    each_variant(check_multiply);
}

/* ---- Softmax ----------------------------------------------------------------------------- */

typedef struct sums {
    ddni_lane_sums s;
    double *memory;
    int64_t index[64];
} sums;

enum {
    CLASSES = 3
};

static void sums_make(sums *t, int64_t lanes)
{
    t->memory = take(lanes * (7 + CLASSES), 8);
    double *m = t->memory;
    t->s = (ddni_lane_sums){.reference = m,
                            .best = m + lanes,
                            .index = t->index,
                            .sum[DDNI_TOTAL] = m + 2 * lanes,
                            .sum[DDNI_ENERGY] = m + 3 * lanes,
                            .sum[DDNI_SQUARE] = m + 4 * lanes,
                            .norm = m + 5 * lanes,
                            .classes = m + 7 * lanes,
                            .stride = lanes,
                            .rescale = m + 6 * lanes};
    for (int64_t q = 0; q < lanes; q++) {
        t->s.reference[q] = t->s.best[q] = -INFINITY;
        t->index[q] = -1;
    }
}

/* Sums relative to the largest logit, so that they do not depend on the reference chosen. */
static void sums_compare(const sums *got, const sums *want, int64_t lanes, double rtol)
{
    for (int64_t q = 0; q < lanes; q++) {
        const ddni_lane_sums *g = &got->s, *w = &want->s;
        CLOSE(g->best[q], w->best[q], rtol, rtol);
        double move = g->reference[q] - w->reference[q], f = exp(move);
        double total = g->sum[DDNI_TOTAL][q] * f;
        CLOSE(total, w->sum[DDNI_TOTAL][q], 4 * rtol, 0);
        /* sum p (ref_w - l) = f (energy_g - total_g * move) */
        CLOSE(f * (g->sum[DDNI_ENERGY][q] - move * g->sum[DDNI_TOTAL][q]), w->sum[DDNI_ENERGY][q],
              4 * rtol, 40 * rtol * w->sum[DDNI_TOTAL][q]);
        CLOSE(g->sum[DDNI_SQUARE][q] * f * f, w->sum[DDNI_SQUARE][q], 8 * rtol, 1e-300);
        CLOSE(g->norm[q] * f, w->norm[q], 8 * rtol, 0);
        double classes = 0;
        for (int64_t c = 0; c < CLASSES; c++) {
            int64_t at = c * lanes + q;
            CLOSE(g->classes[at] * f, w->classes[at], 8 * rtol, 8 * rtol * w->sum[DDNI_TOTAL][q]);
            classes += g->classes[at];
        }
        CLOSE(classes, g->sum[DDNI_TOTAL][q], 8 * rtol, 0);
    }
}

/* Three tiles with growing logits: the reference has to move. Logits are multiples of 1/8, so that
 * each variant gets exactly the same ones. */
static void softmax_shape(const ddni_kernels *k, int64_t rows, int64_t lanes, int32_t single)
{
    const ddni_kernels *ref = &ddni_kernels_reference;
    sums got, want;
    sums_make(&got, lanes);
    sums_make(&want, lanes);
    int64_t count = rows * lanes;
    float *g32 = take(count, 4), *w32 = take(count, 4);
    double *g64 = take(count, 8), *w64 = take(count, 8), *term = take(rows, 8);
    double *norm = take(rows, 8);
    uint8_t *bytes = take(count + rows, 1);
    int32_t *class_of = take(rows, 4);
    for (int tile = 0; tile < 3; tile++) {
        random_u8(tile + 5, count + rows, bytes);
        for (int64_t r = 0; r < rows; r++) {
            term[r] = -(double)bytes[count + r] / 8;
            norm[r] = 1 + (double)(r % 7);
            class_of[r] = (int32_t)(r % CLASSES);
        }
        for (int64_t i = 0; i < count; i++) {
            g64[i] = w64[i] = ((double)bytes[i] + 200 * tile) / 16;
            g32[i] = w32[i] = (float)g64[i];
        }
        ddni_tile t = {rows, tile * rows, 2, -0.25, norm, term, class_of, CLASSES};
        ddni_strips g = {single ? (void *)g32 : g64, rows * DDNI_LANES};
        ddni_strips w = {single ? (void *)w32 : w64, rows * DDNI_LANES};
        int32_t a = (single ? k->softmax_f32 : k->softmax_f64)(&t, lanes, g, &got.s);
        int32_t b = (single ? ref->softmax_f32 : ref->softmax_f64)(&t, lanes, w, &want.s);
        assert_int_equal(a, b);
        for (int64_t q = 0; q < lanes; q++) {
            assert_int_equal(got.index[q], want.index[q]);
            CLOSE(got.s.rescale[q], want.s.rescale[q], 1e-6, 0);
        }
        double unit = single ? U32 : U64;
        for (int64_t i = 0; i < count; i++) {
            double x = single ? (double)g32[i] : g64[i], y = single ? (double)w32[i] : w64[i];
            CLOSE(x, y, 8 * unit, single ? 1.7e-38 : 1e-300);
        }
    }
    /* An exponential within 4 u, sums of `rows` terms in the type. */
    sums_compare(&got, &want, lanes, (single ? U32 : U64) * (8 + (double)rows));
    free(g32);
    free(w32);
    free(g64);
    free(w64);
    free(term);
    free(norm);
    free(bytes);
    free(class_of);
    free(got.memory);
    free(want.memory);
}

static void softmax_rows_shape(const ddni_kernels *k, int64_t rows)
{
    sums got, want;
    sums_make(&got, 1);
    sums_make(&want, 1);
    float *g = take(rows, 4), *w = take(rows, 4);
    double *term = take(rows, 8);
    uint8_t *bytes = take(rows, 1);
    int32_t *class_of = take(rows, 4);
    for (int tile = 0; tile < 2; tile++) {
        random_u8(tile + 50, rows, bytes);
        for (int64_t r = 0; r < rows; r++) {
            g[r] = w[r] = (float)(bytes[r] + 100 * tile) / 8;
            term[r] = -(double)(r % 5);
            class_of[r] = (int32_t)(r % CLASSES);
        }
        double norm[96];
        for (int64_t r = 0; r < rows; r++) {
            norm[r] = 2;
        }
        ddni_tile t = {rows,     tile * rows, 1.5, 0.125, norm, tile > 0 ? term : NULL,
                       class_of, CLASSES};
        int32_t a = k->softmax_rows_f32(&t, g, &got.s);
        int32_t b = ddni_kernels_reference.softmax_rows_f32(&t, w, &want.s);
        assert_int_equal(a, b);
        assert_int_equal(got.index[0], want.index[0]);
        for (int64_t r = 0; r < rows; r++) {
            CLOSE((double)g[r], (double)w[r], 8 * U32, 1.7e-38);
        }
    }
    sums_compare(&got, &want, 1, U32 * (8 + (double)rows));
    free(g);
    free(w);
    free(term);
    free(bytes);
    free(class_of);
    free(got.memory);
    free(want.memory);
}

static void check_softmax(const ddni_kernels *k)
{
    for (int i = 1; i < ROWS; i++) {
        for (int64_t lanes = DDNI_LANES; lanes <= 48; lanes += DDNI_LANES) {
            softmax_shape(k, row_counts[i], lanes, 1);
            softmax_shape(k, row_counts[i], lanes, 0);
        }
        softmax_rows_shape(k, row_counts[i]);
    }
}

static void running_softmax_agrees(void **state)
{
    (void)state;
    each_variant(check_softmax);
}

/* ---- What rows have of themselves ------------------------------------------------------- */

static void check_terms(const ddni_kernels *k)
{
    enum {
        MOST = 96
    };
    double norm[MOST], weight[MOST];
    float got[MOST], want[MOST];
    test_normal(61, MOST, norm);
    test_normal(62, MOST, weight);
    for (int64_t rows = 0; rows <= MOST; rows++) {
        for (int weighted = 0; weighted < 2; weighted++) {
            const double *log_weight = weighted ? weight : NULL;
            k->terms(rows, -0.3, norm, log_weight, got);
            ddni_kernels_reference.terms(rows, -0.3, norm, log_weight, want);
            for (int64_t r = 0; r < rows; r++) {
                assert_true(got[r] == want[r]);
                const double sum = -0.3 * norm[r] + (weighted ? weight[r] : 0);
                CLOSE((double)got[r], sum, 0, 4 * U32 * (fabs(norm[r]) + fabs(weight[r])));
            }
        }
    }
}

static void terms_agree(void **state)
{
    (void)state;
    each_variant(check_terms);
}

/* ---- Rows side by side -------------------------------------------------------------------- */

/* Doubles to as many floats, where they are. */
static void narrow_in_place(int64_t count, double *x)
{
    for (int64_t i = 0; i < count; i++) {
        const float one = (float)x[i];
        memcpy((char *)x + i * (int64_t)sizeof one, &one, sizeof one);
    }
}

static double number(const double *x, int64_t i, int single)
{
    float one;
    memcpy(&one, (const char *)x + i * (int64_t)sizeof one, sizeof one);
    return single ? (double)one : x[i];
}

static void turned_shape(const ddni_kernels *k, int64_t rows, int64_t d, int64_t states, int single)
{
    const ddni_kernels *ref = &ddni_kernels_reference;
    const double unit = single ? U32 : U64;
    double *y = take(DDNI_TILE_ROWS * d, 8), *x = take(states * d, 8), *p = take(states * 96, 8);
    double *sum[2] = {take(states * d, 8), take(states * d, 8)};
    double *g[2] = {take(states * 96, 8), take(states * 96, 8)};
    test_normal(81, DDNI_TILE_ROWS * d, y);
    test_normal(82, states * d, x);
    test_normal(83, states * 96, p);
    for (int64_t i = 0; i < DDNI_TILE_ROWS * d; i++) {
        y[i] = i % DDNI_TILE_ROWS < rows ? y[i] : 0;
    }
    for (int64_t i = 0; i < states * 96; i++) {
        p[i] = i % 96 < rows ? fabs(p[i]) : 0;
    }
    if (single) {
        narrow_in_place(DDNI_TILE_ROWS * d, y);
        narrow_in_place(states * d, x);
        narrow_in_place(states * 96, p);
    }
    const int64_t size = single ? 4 : 8;
    for (int i = 0; i < 2; i++) {
        const ddni_kernels *with = i == 0 ? k : ref;
        ddni_few dot = {.states = states}, add = {.states = states};
        for (int64_t q = 0; q < states; q++) {
            dot.from[q] = (const char *)x + q * d * size;
            dot.to[q] = (char *)g[i] + q * 96 * size;
            add.from[q] = (const char *)p + q * 96 * size;
            add.to[q] = (char *)sum[i] + q * d * size;
        }
        (single ? with->dot_turned_f32 : with->dot_turned_f64)(rows, d, y, &dot);
        (single ? with->combine_turned_f32 : with->combine_turned_f64)(rows, d, y, &add);
        (single ? with->combine_turned_f32 : with->combine_turned_f64)(rows, d, y, &add);
    }
    const int64_t written = (rows + DDNI_LANES - 1) / DDNI_LANES * DDNI_LANES;
    for (int64_t q = 0; q < states; q++) {
        for (int64_t r = 0; r < written; r++) {
            CLOSE(number(g[0], q * 96 + r, single), number(g[1], q * 96 + r, single), 0,
                  (r < rows ? 1 : 0) * unit * 8 * ((double)d + 4));
        }
        for (int64_t j = 0; j < d; j++) {
            CLOSE(number(sum[0], q * d + j, single), number(sum[1], q * d + j, single), 0,
                  unit * 8 * ((double)rows + 4));
        }
    }
    for (int i = 0; i < 2; i++) {
        free(sum[i]);
        free(g[i]);
    }
    free(y);
    free(x);
    free(p);
}

static void check_turned(const ddni_kernels *k)
{
    const int64_t row_count[] = {0, 1, 15, 16, 17, 40, 95, 96}, depth[] = {1, 2, 3, 4, 17, 64, 128};
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 7; j++) {
            for (int64_t states = 1; states <= DDNI_TURNED_STATES; states++) {
                turned_shape(k, row_count[i], depth[j], states, 1);
                turned_shape(k, row_count[i], depth[j], states, 0);
            }
        }
    }
}

static void rows_side_by_side(void **state)
{
    (void)state;
    each_variant(check_turned);
}

/* ---- Single states ----------------------------------------------------------------------- */

static void rows_shape(const ddni_kernels *k, int64_t rows, int64_t d)
{
    int64_t ldy = d + 1;
    float *y = take(rows * ldy, 4), *x = take(d, 4), *g = take(rows, 4), *p = take(rows, 4);
    float *sum = take(d, 4), *sum0 = take(d, 4);
    random_f32(1, rows * ldy, y);
    random_f32(2, d, x);
    random_f32(3, rows, p);
    random_f32(4, d, sum0);
    memcpy(sum, sum0, (size_t)d * sizeof *sum);
    ddni_ahead ahead = {
        .next = (const char *)y, .end = (const char *)(y + rows * ldy), .mask = rows % 2};
    k->dot_f32(rows, d, (ddni_rows){y, ldy}, &(ddni_few){1, {x}, {g}}, &ahead);
    k->combine_f32(rows, d, (ddni_rows){y, ldy}, &(ddni_few){1, {p}, {sum}}, &ahead);
    double terms = DDNI_DEPTH_BLOCK + (double)d / DDNI_DEPTH_BLOCK + 2;
    for (int64_t r = 0; r < rows; r++) {
        double dot = 0, xx = 0, yy = 0;
        for (int64_t j = 0; j < d; j++) {
            dot += (double)y[r * ldy + j] * (double)x[j];
            xx += (double)x[j] * (double)x[j];
            yy += (double)y[r * ldy + j] * (double)y[r * ldy + j];
        }
        CLOSE((double)g[r], dot, U32, terms * U32 * sqrt(xx * yy));
    }
    for (int64_t j = 0; j < d; j++) {
        double want = (double)sum0[j], size = fabs(want);
        for (int64_t r = 0; r < rows; r++) {
            want += (double)p[r] * (double)y[r * ldy + j];
            size += fabs((double)p[r] * (double)y[r * ldy + j]);
        }
        CLOSE((double)sum[j], want, 0, (double)(rows + 1) * U32 * size);
    }
    free(y);
    free(x);
    free(g);
    free(p);
    free(sum);
    free(sum0);
}

/* In double: products and sums within the bound, the softmax that of the reference. */
static void rows_shape_f64(const ddni_kernels *k, int64_t rows, int64_t d)
{
    int64_t ldy = d + 1, room = rows > d ? rows : d;
    double *y = take(rows * ldy, 8), *x = take(d, 8), *g = take(room, 8), *w = take(room, 8);
    double *norm = take(rows, 8), *term = take(rows, 8);
    int32_t *class_of = take(rows, sizeof *class_of);
    sums got, want;
    sums_make(&got, 1);
    sums_make(&want, 1);
    for (int64_t r = 0; r < rows; r++) {
        class_of[r] = (int32_t)(r % CLASSES);
    }
    test_normal(1, rows * ldy, y);
    test_normal(2, d, x);
    test_normal(3, rows, term);
    test_normal(4, rows, norm);
    ddni_ahead ahead = {
        .next = (const char *)y, .end = (const char *)(y + rows * ldy), .mask = rows % 2};
    ddni_tile t = {rows, 0, 0.3, -0.5, norm, term, class_of, CLASSES};
    double terms = (double)(d + rows) + 4;
    k->dot_f64(rows, d, (ddni_rows){y, ldy}, &(ddni_few){1, {x}, {g}}, &ahead);
    ddni_kernels_reference.dot_f64(rows, d, (ddni_rows){y, ldy}, &(ddni_few){1, {x}, {w}}, &ahead);
    for (int64_t r = 0; r < rows; r++) {
        CLOSE(g[r], w[r], 0, terms * U64 * (4 + 3 * (double)d));
        w[r] = g[r];
    }
    assert_int_equal(k->softmax_rows_f64(&t, g, &got.s),
                     ddni_kernels_reference.softmax_rows_f64(&t, w, &want.s));
    for (int64_t r = 0; r < rows; r++) {
        CLOSE(g[r], w[r], (32 + 32 * sqrt((double)d)) * U64, 1e-300);
        term[r] = w[r];
    }
    /* Logits round at their size, the root of d at most some times. */
    sums_compare(&got, &want, 1, U64 * (64 + (double)rows + 32 * sqrt((double)d)));
    memset(g, 0, (size_t)room * sizeof *g);
    memset(w, 0, (size_t)room * sizeof *w);
    k->combine_f64(rows, d, (ddni_rows){y, ldy}, &(ddni_few){1, {term}, {g}}, &ahead);
    ddni_kernels_reference.combine_f64(rows, d, (ddni_rows){y, ldy}, &(ddni_few){1, {term}, {w}},
                                       &ahead);
    for (int64_t j = 0; j < d; j++) {
        CLOSE(g[j], w[j], 0, terms * U64 * 6 * (double)(rows + 1));
    }
    free(y);
    free(x);
    free(g);
    free(w);
    free(norm);
    free(term);
    free(class_of);
    free(got.memory);
    free(want.memory);
}

static void check_rows(const ddni_kernels *k)
{
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < DEPTHS; j++) {
            rows_shape(k, row_counts[i], depths[j]);
            if (row_counts[i] > 0) { /* else there is no largest logit */
                rows_shape_f64(k, row_counts[i], depths[j]);
            }
        }
    }
}

/* Copies of a point have the same product with a state to the bit, whichever row they are: else the
 * first of them would not be the nearest one. */
static void check_copies(const ddni_kernels *k)
{
    enum {
        N = 7,
        MOST = 100
    };
    float y[N * MOST], x[MOST], g[N];
    double yy[N * MOST], xx[MOST], gg[N];
    for (int64_t d = 1; d <= MOST; d += 9) {
        ddni_ahead none = ddni_nothing_ahead;
        random_f32(d, d, y);
        random_f32(d + 1, d, x);
        test_normal(d, d, yy);
        test_normal(d + 1, d, xx);
        for (int64_t r = 1; r < N; r++) {
            memcpy(y + r * d, y, (size_t)d * sizeof *y);
            memcpy(yy + r * d, yy, (size_t)d * sizeof *yy);
        }
        k->dot_f32(N, d, (ddni_rows){y, d}, &(ddni_few){1, {x}, {g}}, &none);
        k->dot_f64(N, d, (ddni_rows){yy, d}, &(ddni_few){1, {xx}, {gg}}, &none);
        for (int64_t r = 1; r < N; r++) {
            assert_true(g[r] == g[0]);
            assert_true(gg[r] == gg[0]);
        }
    }
}

/* What comes of a state is the same to the bit whatever states are beside it. */
static void check_few_shape(const ddni_kernels *k, int64_t rows, int64_t d)
{
    const int64_t most = rows > d ? rows : d;
    float *y = take(rows * d, 4), *x = take(DDNI_FEW * most, 4), *alone = take(most, 4);
    float *to = take(DDNI_FEW * most, 4);
    double *yy = take(rows * d, 8), *xx = take(DDNI_FEW * most, 8), *alone64 = take(most, 8);
    double *to64 = take(DDNI_FEW * most, 8);
    random_f32(1, rows * d, y);
    random_f32(2, DDNI_FEW * most, x);
    test_normal(3, rows * d, yy);
    test_normal(4, DDNI_FEW * most, xx);
    for (int64_t states = 1; states <= DDNI_FEW; states++) {
        ddni_few of = {.states = states}, of64 = of;
        for (int64_t q = 0; q < states; q++) {
            of.from[q] = x + q * most;
            of.to[q] = to + q * most;
            of64.from[q] = xx + q * most;
            of64.to[q] = to64 + q * most;
        }
        for (int combine = 0; combine < 2; combine++) {
            ddni_ahead none = ddni_nothing_ahead;
            memset(to, 0, (size_t)(DDNI_FEW * most) * sizeof *to);
            memset(to64, 0, (size_t)(DDNI_FEW * most) * sizeof *to64);
            (combine ? k->combine_f32 : k->dot_f32)(rows, d, (ddni_rows){y, d}, &of, &none);
            (combine ? k->combine_f64 : k->dot_f64)(rows, d, (ddni_rows){yy, d}, &of64, &none);
            for (int64_t q = 0; q < states; q++) {
                const ddni_few one = {1, {of.from[q]}, {alone}};
                const ddni_few one64 = {1, {of64.from[q]}, {alone64}};
                memset(alone, 0, (size_t)most * sizeof *alone);
                memset(alone64, 0, (size_t)most * sizeof *alone64);
                (combine ? k->combine_f32 : k->dot_f32)(rows, d, (ddni_rows){y, d}, &one, &none);
                (combine ? k->combine_f64 : k->dot_f64)(rows, d, (ddni_rows){yy, d}, &one64, &none);
                for (int64_t j = 0; j < most; j++) {
                    assert_true(to[q * most + j] == alone[j]);
                    assert_true(to64[q * most + j] == alone64[j]);
                }
            }
        }
    }
    free(y);
    free(x);
    free(alone);
    free(to);
    free(yy);
    free(xx);
    free(alone64);
    free(to64);
}

static void check_few(const ddni_kernels *k)
{
    static const int64_t widths[] = {1, 7, 16, 31, 33, 48, 100, 5000};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        for (int64_t rows = 1; rows <= 11; rows += 5) {
            check_few_shape(k, rows, widths[i]);
        }
    }
}

static void rows_of_a_single_state(void **state)
{
    (void)state;
    each_variant(check_rows);
    each_variant(check_copies);
    each_variant(check_few);
}

/* ---- Few coordinates ----------------------------------------------------------------------- */

/* Points by columns, in clusters, of which the last is far from the states; theirs are weights. */
static ddni_columns columns_make(int64_t n, int64_t d)
{
    ddni_columns c = {.n = n, .d = d, .ld = (n + DDNI_LANES - 1) / DDNI_LANES * DDNI_LANES};
    c.at = take(c.ld * d, sizeof *c.at);
    c.term = take(c.ld, sizeof *c.term);
    test_normal(7, c.ld, c.term);
    for (int64_t j = 0; j < d; j++) {
        test_normal(8 + j, n, c.at + j * c.ld);
        for (int64_t i = 0; i < c.ld; i++) {
            c.at[j * c.ld + i] = i < n ? c.at[j * c.ld + i] + (i % 5 == 4 ? 20 : 0) : 0;
        }
    }
    for (int64_t i = n; i < c.ld; i++) {
        c.term[i] = DDNI_NOWHERE;
    }
    return c;
}

/* All that is made of the weights of single points. */
typedef struct wish {
    ddni_narrow_more more;
    int32_t *group;
    double *uniform, *v;
} wish;

static wish wish_make(int64_t n, int64_t d, int64_t states)
{
    wish w = {.group = take(n, sizeof *w.group), .uniform = take(states, sizeof *w.uniform)};
    int64_t groups = n < 40 ? 3 : n / 8;
    w.v = take(states * (d + 2), sizeof *w.v);
    test_normal(17, states * (d + 2), w.v);
    for (int64_t i = 0; i < n; i++) {
        w.group[i] = (int32_t)(i * i % groups);
    }
    for (int64_t q = 0; q < states; q++) {
        w.uniform[q] = q == 0 ? 0 : fmod(0.618 * (double)q, 1);
    }
    w.more = (ddni_narrow_more){.group = w.group,
                                .groups = groups,
                                .group_sum = take(states * groups, 8),
                                .room = take(DDNI_LANES * groups, 8),
                                .uniform = w.uniform,
                                .drawn = take(states, 8),
                                .v = w.v,
                                .ldv = d + 2,
                                .cov = take(states * d, 8)};
    return w;
}

/* Against the reference, of which out weigh up to `out` less; frees both. */
static void wish_compare(wish *got, wish *want, int64_t d, int64_t states,
                         const ddni_narrow_sums *of, double unit, double out)
{
    int64_t groups = want->more.groups;
    for (int64_t q = 0; q < states; q++) {
        double total = 0, spread = of[q].spread / (1 + of[q].rest), length = 0;
        for (int64_t g = 0; g < groups; g++) {
            double sum = got->more.group_sum[q * groups + g];
            CLOSE(sum, want->more.group_sum[q * groups + g], 10 * unit, 1e-300 + out);
            total += sum;
        }
        CLOSE(total, 1 + of[q].rest, 10 * unit, out);
        assert_int_equal(got->more.drawn[q], want->more.drawn[q]);
        for (int64_t j = 0; j < d; j++) {
            length += fabs(got->v[q * (d + 2) + j]);
        }
        for (int64_t j = 0; j < d; j++) {
            CLOSE(got->more.cov[q * d + j], want->more.cov[q * d + j], 10 * unit,
                  10 * unit * spread * length + out * 5000 * length);
        }
    }
    for (wish *w = got; w != NULL; w = w == got ? want : NULL) {
        free(w->group);
        free(w->uniform);
        free(w->v);
        free(w->more.group_sum);
        free(w->more.room);
        free(w->more.drawn);
        free(w->more.cov);
    }
}

/* Would catch: points behind the last one that weigh, lanes that mix, the nearest point counted
 * twice or not the lowest of equals, points left out that matter. */
static void check_narrow(const ddni_kernels *k, int64_t n, int64_t d, int64_t states, int fine,
                         double least)
{
    ddni_columns c = columns_make(n, d);
    int64_t ldx = d + 1,
            room = c.ld > DDNI_NARROW_FEW * DDNI_LANES ? c.ld : DDNI_NARROW_FEW * DDNI_LANES;
    double *x = take(states * ldx, sizeof *x), *logit = take(room, sizeof *logit);
    ddni_narrow_sums *got = take(states, sizeof *got), *want = take(states, sizeof *want);
    ddni_narrow_level lv = {0.7, fine ? 1e-17 : 0, -0.4, least, fine};
    double unit = fine ? 1e-14 : 1e-8, part = fine ? 1e-14 : 1e-9;
    test_normal(5, states * ldx, x);
    for (int64_t i = 0; i < n && n > 3; i++) { /* equals */
        c.term[i] = i == 3 ? c.term[2] : c.term[i];
        for (int64_t j = 0; i == 3 && j < d; j++) {
            c.at[j * c.ld + i] = c.at[j * c.ld + 2];
        }
    }
    wish mine = wish_make(n, d, states), theirs = wish_make(n, d, states);
    k->narrow(&c, &lv, states, x, ldx, logit, NULL, want);
    k->narrow(&c, &lv, states, x, ldx, logit, &mine.more, got);
    /* whatever else is asked for */
    assert_int_equal(memcmp(got, want, (size_t)states * sizeof *got), 0);
    ddni_kernels_reference.narrow(&c, &lv, states, x, ldx, logit, &theirs.more, want);
    wish_compare(&mine, &theirs, d, states, want, unit, isinf(least) ? 0 : (double)n * exp(least));
    for (int64_t q = 0; q < states; q++) {
        double out = isinf(least) ? 0 : (double)n * exp(least), big = out * 5000;
        CLOSE(got[q].max, want[q].max, 1e-14, 1e-14);
        assert_int_equal(got[q].argmax, want[q].argmax);
        CLOSE(got[q].rest, want[q].rest, unit, part + out);
        CLOSE(got[q].rest_energy, want[q].rest_energy, unit, part + big);
        CLOSE(got[q].rest_square, want[q].rest_square, unit, part + out);
        CLOSE(got[q].spread, want[q].spread, unit, part + big);
        for (int64_t j = 0; j < d; j++) {
            CLOSE(got[q].sum[j], want[q].sum[j], unit,
                  part + big + unit * sqrt(want[q].spread * (1 + want[q].rest)));
        }
        assert_true(got[q].skipped == 0 || !isinf(least));
        assert_true(got[q].rest <= want[q].rest * (1 + unit) + part);
    }
    free(c.at);
    free(c.term);
    free(x);
    free(logit);
    free(got);
    free(want);
}

static void check_narrow_shapes(const ddni_kernels *k)
{
    static const int64_t points[] = {1, 2, 7, 16, 33, 127, 128, 129, 500};
    static const int64_t columns[] = {1, 2, 3, 4, 7, 16}, states[] = {1, 3, 8, 17};
    for (int i = 0; i < 9 * 6 * 4; i++) {
        int64_t n = points[i / 24], d = columns[i / 4 % 6], m = states[i % 4];
        check_narrow(k, n, d, m, 1, -INFINITY);
        check_narrow(k, n, d, m, 0, -INFINITY);
        check_narrow(k, n, d, m, 1, -40);
    }
}

static void few_coordinates(void **state)
{
    (void)state;
    each_variant(check_narrow_shapes);
}

/* Would catch: points behind the last one that weigh, lanes that mix, sums of another state. */
static void check_means(const ddni_kernels *k, ddn_type type, int products, int64_t n, int64_t d)
{
    enum {
        FEW = DDNI_NARROW_STATES + 1
    };
    const double a = type == DDN_TYPE_F32 ? (double)0.7F : 0.7, slope = -0.375;
    const double close = type == DDN_TYPE_F32 ? 1e-5 : 4e-14;
    const int apart = ddni_narrow_apart(d, products, type == DDN_TYPE_F32 ? 4 : 8);
    const int plain = ddni_narrow_plain(products, type == DDN_TYPE_F32 ? 4 : 8);
    int64_t ld = (n + DDNI_LANES - 1) / DDNI_LANES * DDNI_LANES, count = ld * (d + 2);
    float *single = take(count, 4);
    double *y = take(count, 8), *x = take(FEW * d, 8);
    double *along = take(FEW * d, 8);
    ddni_narrow_mean got[FEW];
    random_f32(21, count, single);
    test_normal(22, FEW * d, x);
    for (int64_t i = n; i < ld; i++) {
        single[(d + 1) * ld + i] = -1e30F;
    }
    for (int64_t i = 0; i < count; i++) {
        y[i] = (double)single[i];
    }
    for (int64_t i = 0; i < FEW * d; i++) {
        x[i] = type == DDN_TYPE_F32 ? (double)(float)x[i] : x[i];
        along[i] = -0.625 * x[i];
    }
    double *side = take(count, 8);
    for (int64_t i = 0; i < ld; i++) {
        for (int64_t j = 0; j < d + 2; j++) {
            side[ddni_narrow_at(d, j, i)] = y[j * ld + i];
        }
    }
    for (int64_t i = 0; i < count; i++) {
        single[i] = (float)side[i];
    }
    const ddni_narrow_points points = {type == DDN_TYPE_F32 ? (void *)single : side, d, ld};
    const ddni_narrow_states of = {FEW, x, products ? along : NULL, a, slope, -0.5};
    (type == DDN_TYPE_F32 ? k->narrow_means_f32 : k->narrow_means_f64)(&points, &of, got);
    for (int64_t q = 0; q < FEW; q++) {
        double total = 0, norm = 0, mean[DDNI_NARROW] = {0}, max = -INFINITY;
        for (int64_t i = 0; i < n; i++) {
            double square = 0, product = 0;
            for (int64_t j = 0; j < d; j++) {
                double diff = x[q * d + j] - a * y[j * ld + i];
                square += diff * diff;
                product += along[q * d + j] * y[j * ld + i];
            }
            double l =
                (products ? product - 0.5 * y[d * ld + i] : slope * square) + y[(d + 1) * ld + i];
            double w = exp2(l);
            max = fmax(max, l);
            total += w;
            norm += w * y[d * ld + i];
            for (int64_t j = 0; j < d; j++) {
                double at = y[j * ld + i];
                mean[j] += w * (apart ? x[q * d + j] - a * at : at);
            }
        }
        assert_true(got[q].max >= max - close && got[q].max < max + 1 + close);
        CLOSE(got[q].total * exp2(got[q].max - max), total / exp2(max), close, close);
        CLOSE(got[q].norm, plain ? 0 : norm / total, close, close);
        for (int64_t j = 0; j < d; j++) {
            CLOSE(got[q].mean[j], mean[j] / total, close, close);
        }
    }
    free(single);
    free(y);
    free(x);
    free(along);
    free(side);
}

static void check_means_of_all_sizes(const ddni_kernels *k)
{
    for (int64_t d = 1; d <= DDNI_NARROW && k->narrow_means_f32 != NULL; d++) {
        for (int64_t n = 1; n < 700; n += 299) {
            for (int products = 0; products < 2; products++) {
                check_means(k, DDN_TYPE_F32, products, n, d);
                check_means(k, DDN_TYPE_F64, products, n, d);
            }
        }
    }
}

static void few_coordinates_about_the_centre(void **state)
{
    (void)state;
    each_variant(check_means_of_all_sizes);
}

/* ---- Logits relative to a point ------------------------------------------------------------- */

enum {
    MOST_BESIDE = 101
};

/* Every second term takes back nearly all of the one before: of a sum in double 1e-16 of the terms
 * would be wrong, which is what remains. */
static void check_beside(const ddni_kernels *k)
{
    const double a = 0.9, a_low = 3e-17;
    for (int64_t d = 1; d <= MOST_BESIDE; d++) {
        double y[MOST_BESIDE], z[MOST_BESIDE], high[MOST_BESIDE], low[MOST_BESIDE];
        long double sum = 0, size = 0;
        test_normal(11, d, y);
        test_normal(12, d, z);
        test_normal(13, d, high);
        test_normal(14, d, low);
        for (int64_t j = 0; j < d; j++) {
            if (j % 2 == 1) {
                y[j] = z[j - 1];
                z[j] = y[j - 1];
                high[j] = high[j - 1] - 2 * a * (y[j - 1] - z[j - 1]);
            }
            low[j] *= 0x1p-55;
            long double diff = (long double)y[j] - (long double)z[j];
            long double rest = (long double)high[j] + (long double)low[j];
            long double term = diff * (rest - (long double)a * diff - (long double)a_low * diff);
            sum += term;
            size += fabsl(term);
        }
        double got = k->beside(d, y, z, high, low, a, a_low);
        CLOSE(got, (double)sum, 0, U64 * fabs((double)sum) + 1e-18 * (double)size);
    }
}

static void sums_to_twice_the_precision(void **state)
{
    (void)state;
    each_variant(check_beside);
}

/* A forced variant stays forced, an unknown one is refused and changes nothing. */
static void unknown_variants_are_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    OK(ctx, ddn_context_set_kernel(ctx, "reference"));
    FAILS(ctx, ddn_context_set_kernel(ctx, "sse9"), DDN_E_UNSUPPORTED, "sse9");
    assert_string_equal(ddn_context_kernel(ctx), "reference");
    OK(ctx, ddn_context_set_kernel(ctx, "auto"));
    int32_t supported, last = -1;
    const char *name;
    for (int32_t i = 0; (name = ddn_kernel_name(i, &supported)) != NULL; i++) {
        last = supported ? i : last;
    }
    assert_string_equal(ddn_context_kernel(ctx), ddn_kernel_name(last, NULL));
    ddn_context_destroy(ctx);
}

/* Products of equal terms, all of which round the same way, are as good as is said of long rows,
 * too: screens that leave points out count on it. */
static void check_long_rows(const ddni_kernels *k)
{
    enum {
        LONGEST = 1 << 21
    };
    float *x = malloc(LONGEST * sizeof *x), *y = malloc(LONGEST * sizeof *y), got = 0;
    assert_non_null(x);
    assert_non_null(y);
    for (int64_t j = 0; j < LONGEST; j++) {
        x[j] = 1.1371F;
        y[j] = 1.2345678F;
    }
    for (int64_t d = 1 << 12; d < LONGEST; d = 4 * d + 13) {
        ddni_ahead none = {0};
        k->dot_f32(1, d, (ddni_rows){y, d}, &(ddni_few){1, {x}, {&got}}, &none);
        const double exact = (double)x[0] * (double)y[0] * (double)d;
        const double terms = DDNI_DEPTH_BLOCK + (double)d / DDNI_DEPTH_BLOCK + 2;
        CLOSE((double)got, exact, terms * 0x1p-24, 0);
    }
    free(x);
    free(y);
}

static void long_rows(void **state)
{
    (void)state;
    each_variant(check_long_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_within_their_bound),
        cmocka_unit_test(terms_agree),
        cmocka_unit_test(running_softmax_agrees),
        cmocka_unit_test(rows_side_by_side),
        cmocka_unit_test(rows_of_a_single_state),
        cmocka_unit_test(long_rows),
        cmocka_unit_test(few_coordinates),
        cmocka_unit_test(few_coordinates_about_the_centre),
        cmocka_unit_test(sums_to_twice_the_precision),
        cmocka_unit_test(unknown_variants_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
