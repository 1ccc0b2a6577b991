/* Every entry of the kernel table of every variant that this processor can run, against the
 * reference variant: random shapes with tails, bounds of rounding as kernels.h states them. */
#include "kernels/kernels.h"

#include "support/fixtures.h"

enum {
    ROWS = 7,
    DEPTHS = 8
};
static const int64_t row_counts[ROWS] = {0, 1, 3, 5, 8, 31, 96};
static const int64_t depths[DEPTHS] = {1, 3, 16, 17, 100, 256, 259, 784};
static const double u32 = 0x1p-24, u64 = 0x1p-53;

/* Fills in a type; f64 keeps all digits. */
static void random_f32(int64_t seed, int64_t count, float *out)
{
    double *z = calloc((size_t)count + 1, sizeof *z);
    test_normal(seed, count, z);
    for (int64_t i = 0; i < count; i++) {
        out[i] = (float)z[i];
    }
    free(z);
}

static void random_u8(int64_t seed, int64_t count, uint8_t *out)
{
    uint64_t state = (uint64_t)seed * 2 + 1;
    for (int64_t i = 0; i < count; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        out[i] = (uint8_t)(state >> 56);
    }
}

static void *take(int64_t count, size_t size)
{
    void *memory = aligned_alloc(64, ((size_t)count * size + 127) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0, ((size_t)count * size + 127) / 64 * 64);
    return memory;
}

/* Calls check for each supported variant, forced through a context whose answer is verified. */
static void each_variant(void (*check)(const ddni_kernels *k))
{
    ddn_context *ctx = test_context(1);
    int32_t supported, tried = 0;
    const char *name;
    for (int32_t i = 0; (name = ddn_kernel_name(i, &supported)) != NULL; i++) {
        if (!supported) {
            continue;
        }
        OK(ctx, ddn_context_set_kernel(ctx, name));
        assert_string_equal(ddn_context_kernel(ctx), name);
        const ddni_kernels *k = ddni_context_kernels(ctx);
        assert_string_equal(k->name, name);
        print_message("# %s\n", name);
        check(k);
        tried++;
    }
    assert_true(tried >= 1);
    ddn_context_destroy(ctx);
}

/* |got - want| <= bound[i], for count numbers. */
#define WITHIN(got, want, count, bound)                                                            \
    for (int64_t at = 0; at < (count); at++) {                                                     \
        CLOSE((double)(got)[at], (double)(want)[at], 0, (bound));                                  \
    }

/* ---- Products ---------------------------------------------------------------------------- */

#define CHECK_MULTIPLY(NAME, REAL, UNIT, FILL)                                                     \
    static void NAME(const ddni_kernels *k, int64_t rows, int64_t depth, int64_t lanes,            \
                     int32_t transposed)                                                           \
    {                                                                                              \
        int64_t lda = (transposed ? rows : depth) + 3, ldb = lanes + 16, ldc = lanes + 16;         \
        int64_t size_a = (transposed ? depth : rows) * lda;                                        \
        REAL *a = take(size_a, sizeof(REAL)), *b = take(depth * ldb, sizeof(REAL));                \
        REAL *c = take(rows * ldc, sizeof(REAL)), *c0 = take(rows * ldc, sizeof(REAL));            \
        FILL(1, size_a, a);                                                                        \
        FILL(2, depth *ldb, b);                                                                    \
        FILL(3, rows *ldc, c0);                                                                    \
        memcpy(c, c0, (size_t)(rows * ldc) * sizeof(REAL));                                        \
        int64_t rs = transposed ? 1 : lda, ds = transposed ? lda : 1;                              \
        k->multiply_##REAL(rows, depth, lanes, a, rs, ds, b, ldb, c, ldc);                         \
        double terms = DDNI_DEPTH_BLOCK + (double)depth / DDNI_DEPTH_BLOCK + 2;                    \
        for (int64_t i = 0; i < rows; i++) {                                                       \
            for (int64_t q = 0; q < ldc; q++) {                                                    \
                if (q >= lanes) { /* beyond the block: not to be touched */                        \
                    assert_true(c[i * ldc + q] == c0[i * ldc + q]);                                \
                    continue;                                                                      \
                }                                                                                  \
                long double sum = (long double)c0[i * ldc + q], aa = 0, bb = 0;                    \
                for (int64_t j = 0; j < depth; j++) {                                              \
                    long double av = (long double)a[i * rs + j * ds];                              \
                    long double bv = (long double)b[j * ldb + q];                                  \
                    sum += av * bv;                                                                \
                    aa += av * av;                                                                 \
                    bb += bv * bv;                                                                 \
                }                                                                                  \
                double bound = terms * (UNIT) * (double)sqrtl(aa * bb) + 2 * (UNIT)*6;             \
                CLOSE((double)c[i * ldc + q], (double)sum, 2 * (UNIT), bound);                     \
            }                                                                                      \
        }                                                                                          \
        free(a);                                                                                   \
        free(b);                                                                                   \
        free(c);                                                                                   \
        free(c0);                                                                                  \
    }
#define multiply_float multiply_f32
#define multiply_double multiply_f64
CHECK_MULTIPLY(check_f32, float, u32, random_f32)
CHECK_MULTIPLY(check_f64, double, u64, test_normal)

static void check_multiply(const ddni_kernels *k)
{
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
                            .total = m + 2 * lanes,
                            .energy = m + 3 * lanes,
                            .square = m + 4 * lanes,
                            .norm = m + 5 * lanes,
                            .classes = m + 7 * lanes,
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
        double total = g->total[q] * f;
        CLOSE(total, w->total[q], 4 * rtol, 0);
        /* sum p (ref_w - l) = f (energy_g - total_g * move) */
        CLOSE(f * (g->energy[q] - move * g->total[q]), w->energy[q], 4 * rtol,
              40 * rtol * w->total[q]);
        CLOSE(g->square[q] * f * f, w->square[q], 8 * rtol, 1e-300);
        CLOSE(g->norm[q] * f, w->norm[q], 8 * rtol, 0);
        double classes = 0;
        for (int64_t c = 0; c < CLASSES; c++) {
            int64_t at = c * lanes + q;
            CLOSE(g->classes[at] * f, w->classes[at], 8 * rtol, 8 * rtol * w->total[q]);
            classes += g->classes[at];
        }
        CLOSE(classes, g->total[q], 8 * rtol, 0);
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
        int32_t a, b;
        if (single) {
            a = k->softmax_f32(rows, lanes, g32, lanes, 2, term, norm, class_of, CLASSES,
                               tile * rows, &got.s);
            b = ref->softmax_f32(rows, lanes, w32, lanes, 2, term, norm, class_of, CLASSES,
                                 tile * rows, &want.s);
        } else {
            a = k->softmax_f64(rows, lanes, g64, lanes, 2, term, norm, class_of, CLASSES,
                               tile * rows, &got.s);
            b = ref->softmax_f64(rows, lanes, w64, lanes, 2, term, norm, class_of, CLASSES,
                                 tile * rows, &want.s);
        }
        assert_int_equal(a, b);
        for (int64_t q = 0; q < lanes; q++) {
            assert_int_equal(got.index[q], want.index[q]);
            CLOSE(got.s.rescale[q], want.s.rescale[q], 1e-6, 0);
        }
        double unit = single ? u32 : u64;
        for (int64_t i = 0; i < count; i++) {
            double x = single ? (double)g32[i] : g64[i], y = single ? (double)w32[i] : w64[i];
            CLOSE(x, y, 8 * unit, single ? 1.5e-38 : 1e-300);
        }
    }
    /* An exponential within 4 u, sums of `rows` terms in the type. */
    sums_compare(&got, &want, lanes, (single ? u32 : u64) * (8 + (double)rows));
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
        int32_t a =
            k->softmax_rows_f32(rows, g, 1.5, term, norm, class_of, CLASSES, tile * rows, &got.s);
        int32_t b = ddni_kernels_reference.softmax_rows_f32(rows, w, 1.5, term, norm, class_of,
                                                            CLASSES, tile * rows, &want.s);
        assert_int_equal(a, b);
        assert_int_equal(got.index[0], want.index[0]);
        for (int64_t r = 0; r < rows; r++) {
            CLOSE((double)g[r], (double)w[r], 8 * u32, 1.5e-38);
        }
    }
    sums_compare(&got, &want, 1, u32 * (8 + (double)rows));
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

/* ---- Screens ----------------------------------------------------------------------------- */

enum {
    CAPACITY = 12,
    SCREEN_LANES = 32
};

typedef struct lists {
    ddni_screen s;
    float floor[SCREEN_LANES], cut[SCREEN_LANES];
    int32_t count[SCREEN_LANES], row[SCREEN_LANES * CAPACITY];
    float upper[SCREEN_LANES * CAPACITY];
} lists;

static void lists_start(lists *l, const float *slope, const float *offset, const float *radius,
                        float margin)
{
    memset(l, 0, sizeof *l);
    l->s = (ddni_screen){.slope = slope,
                         .offset = offset,
                         .radius = radius,
                         .floor = l->floor,
                         .cut = l->cut,
                         .margin = margin,
                         .count = l->count,
                         .capacity = CAPACITY,
                         .row = l->row,
                         .upper = l->upper};
    for (int q = 0; q < SCREEN_LANES; q++) {
        l->floor[q] = l->cut[q] = -INFINITY;
    }
}

static int32_t is_listed(const lists *l, int64_t lane, int64_t row)
{
    for (int32_t i = 0; i < l->count[lane]; i++) {
        if (l->row[lane * CAPACITY + i] == row) {
            return 1;
        }
    }
    return 0;
}

/* What a screen promises: the floor is the largest lower bound, and every row whose upper bound
 * reaches the final floor less the margin and lies above the cut is listed, in ascending order. A
 * few ulps of the bounds are left open for the order of operations. */
static void check_lists(const lists *l, int64_t rows, int64_t states, const float *g, int64_t ldg,
                        const float *term, const float *length)
{
    int64_t whole = 0;
    for (int64_t q = 0; q < states; q++) {
        double top = -INFINITY, upper[96];
        for (int64_t r = 0; r < rows; r++) {
            double middle = (double)g[r * ldg + q] * (double)l->s.slope[q] +
                            (double)l->s.offset[q] + (double)term[r];
            double half = (double)l->s.radius[q] * (double)length[r];
            top = fmax(top, middle - half);
            upper[r] = middle + half;
        }
        CLOSE((double)l->floor[q], top, 4 * u32, 200 * u32);
        double least = fmax(top - (double)l->s.margin, (double)l->cut[q]);
        for (int64_t r = 0; r < rows; r++) {
            if (upper[r] > least + 400 * u32) {
                assert_true(is_listed(l, q, r));
            }
        }
        assert_true(l->count[q] >= 0 && l->count[q] <= CAPACITY);
        for (int32_t i = 0; i < l->count[q]; i++) {
            int64_t at = q * CAPACITY + i;
            assert_true(i == 0 || l->row[at] > l->row[at - 1]);
            CLOSE((double)l->upper[at], upper[l->row[at]], 4 * u32, 200 * u32);
        }
        whole += l->cut[q] < (double)l->floor[q] - (double)l->s.margin;
    }
    assert_true(whole > 0 || l->s.margin > 10); /* the narrow margins fit in the lists */
}

static void screen_shape(const ddni_kernels *k, int64_t rows, int64_t states, float margin)
{
    int64_t ldg = SCREEN_LANES;
    float *g = take(rows * ldg, 4), *work = take(rows * ldg, 4), *term = take(rows, 4);
    float *length = take(rows, 4), slope[SCREEN_LANES] = {0}, offset[SCREEN_LANES] = {0};
    float radius[SCREEN_LANES] = {0};
    random_f32(rows, rows * ldg, g);
    random_f32(8, rows, term);
    for (int64_t r = 0; r < rows; r++) {
        length[r] = 1 + 0.25F * (float)(r % 4);
    }
    for (int64_t q = 0; q < states; q++) {
        slope[q] = 4 + (float)q / 8;
        offset[q] = (float)q - 3;
        radius[q] = 0.1F;
    }
    memcpy(work, g, (size_t)(rows * ldg) * sizeof *g);
    lists l;
    lists_start(&l, slope, offset, radius, margin);
    int64_t half = rows / 2; /* as two tiles */
    k->screen_f32(half, SCREEN_LANES, states, work, ldg, term, length, 0, &l.s);
    k->screen_f32(rows - half, SCREEN_LANES, states, work + half * ldg, ldg, term + half,
                  length + half, half, &l.s);
    check_lists(&l, rows, states, g, ldg, term, length);

    lists one;
    lists_start(&one, slope, offset, radius, margin);
    float *column = take(rows, 4), *copy = take(rows, 4);
    for (int64_t r = 0; r < rows; r++) {
        column[r] = copy[r] = g[r * ldg];
    }
    ddni_screen_rows(rows, copy, term, length, 0, &one.s);
    check_lists(&one, rows, 1, column, 1, term, length);
    free(g);
    free(work);
    free(term);
    free(length);
    free(column);
    free(copy);
}

static void check_screen(const ddni_kernels *k)
{
    for (int i = 1; i < ROWS; i++) {
        screen_shape(k, row_counts[i], SCREEN_LANES, 2);
        screen_shape(k, row_counts[i], 5, 2);
        screen_shape(k, row_counts[i], 17, 0);
        screen_shape(k, row_counts[i], SCREEN_LANES, 100); /* more than a list holds */
    }
}

static void screens_list_every_candidate(void **state)
{
    (void)state;
    each_variant(check_screen);
}

/* ---- Bytes ------------------------------------------------------------------------------- */

static void bytes_shape(const ddni_kernels *k, int64_t rows, int64_t d, int64_t lanes, int32_t full)
{
    int64_t quads = (d + 3) / 4, lda = quads * 4, padded = (d + 63) / 64 * 64;
    uint8_t *a = take(rows * lda, 1), *raw = take(lanes * padded, 1);
    int8_t *b = take(quads * lanes * 4, 1), *x = take(padded, 1);
    float *g = take(rows * lanes, 4), *dot = take(rows, 4);
    random_u8(d, rows * lda, a);
    random_u8(d + 1, lanes * padded, raw);
    if (full) { /* the largest sums that can be */
        memset(a, 255, (size_t)(rows * lda));
        memset(raw, 1, (size_t)(lanes * padded));
    }
    for (int64_t q = 0; q < lanes; q++) {
        for (int64_t j = 0; j < d; j++) {
            b[((q / 16 * quads + j / 4) * 16 + q % 16) * 4 + j % 4] =
                (int8_t)((int)raw[q * padded + j] - 128);
            x[j] = q == 0 ? (int8_t)((int)raw[j] - 128) : x[j];
        }
    }
    k->multiply_u8(rows, d, lanes, a, lda, b, g, lanes);
    k->dot_u8(rows, d, a, lda, x, dot);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t q = 0; q < lanes; q++) {
            int64_t sum = 0;
            for (int64_t j = 0; j < d; j++) {
                sum += (int64_t)a[r * lda + j] * ((int)raw[q * padded + j] - 128);
            }
            assert_true(g[r * lanes + q] == (float)(int32_t)sum);
            assert_true(q > 0 || dot[r] == (float)(int32_t)sum);
        }
    }
    free(a);
    free(raw);
    free(b);
    free(x);
    free(g);
    free(dot);
}

static void check_bytes(const ddni_kernels *k)
{
    if (k->multiply_u8 == NULL) {
        assert_null(k->dot_u8);
        return;
    }
    for (int i = 1; i < ROWS; i++) {
        for (int j = 0; j < DEPTHS; j++) {
            bytes_shape(k, row_counts[i], depths[j], DDNI_LANES * (1 + (i + j) % 3), 0);
        }
    }
    bytes_shape(k, 2, 66000, DDNI_LANES, 1);
}

static void integer_products_are_exact(void **state)
{
    (void)state;
    each_variant(check_bytes);
}

/* ---- Points ------------------------------------------------------------------------------ */

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};

static void points_shape(const ddni_kernels *k, ddn_type type, int64_t rows, int64_t d)
{
    const ddni_kernels *ref = &ddni_kernels_reference;
    int64_t ld = d + 2, ldo = (d + 15) / 16 * 16;
    double scale = type == DDN_TYPE_U8 ? 1 / 127.5 : 1.25, shift = -1;
    int64_t size = type == DDN_TYPE_U8 ? 1 : type == DDN_TYPE_F32 ? 4 : 8;
    void *stored = take(rows * ld, (size_t)size);
    if (type == DDN_TYPE_U8) {
        random_u8(d, rows * ld, stored);
    } else if (type == DDN_TYPE_F32) {
        random_f32(d, rows * ld, stored);
    } else {
        test_normal(d, rows * ld, stored);
    }
    double *x = take(d, 8), *centre = take(d, 8), *sum = take(d, 8), *sum0 = take(d, 8);
    test_normal(4, d, x);
    test_normal(5, d, centre);
    float *g32 = take(rows * ldo, 4), *w32 = take(rows * ldo, 4);
    double *g64 = take(rows * ldo, 8), *w64 = take(rows * ldo, 8);
    memset(g32, 0x55, (size_t)(rows * ldo) * 4);
    k->unpack_f32(type, rows, d, stored, ld, scale, shift, centre, g32, ldo);
    ref->unpack_f32(type, rows, d, stored, ld, scale, shift, centre, w32, ldo);
    k->unpack_f64(type, rows, d, stored, ld, scale, shift, centre, g64, ldo);
    ref->unpack_f64(type, rows, d, stored, ld, scale, shift, centre, w64, ldo);
    WITHIN(g32, w32, rows * ldo, 8 * u32);
    WITHIN(g64, w64, rows * ldo, 8 * u64 * 8);
    for (int64_t r = 0; r < rows; r++) {
        ddni_point y = {(const char *)stored + r * ld * size, scale, shift};
        double want = ref->distance(type, d, x, 0.9, 1e-18, y);
        CLOSE(k->distance(type, d, x, 0.9, 1e-18, y), want, (double)(d + 8) * u64, 0);
        test_normal(6, d, sum);
        memcpy(sum0, sum, (size_t)d * sizeof *sum);
        k->accumulate(type, d, sum, 0.5, 3, y, centre);
        ref->accumulate(type, d, sum0, 0.5, 3, y, centre);
        WITHIN(sum, sum0, d, 100 * u64);
    }
    free(stored);
    free(x);
    free(centre);
    free(sum);
    free(sum0);
    free(g32);
    free(w32);
    free(g64);
    free(w64);
}

static void check_points(const ddni_kernels *k)
{
    for (int type = 0; type < 3; type++) {
        for (int i = 1; i < ROWS - 1; i++) {
            for (int j = 0; j < DEPTHS; j++) {
                points_shape(k, types[type], row_counts[i], depths[j]);
            }
        }
    }
}

static void points_are_unpacked_measured_and_added(void **state)
{
    (void)state;
    each_variant(check_points);
}

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
    k->dot_f32(rows, d, y, ldy, x, g);
    k->combine_f32(rows, d, y, ldy, p, sum);
    double terms = DDNI_DEPTH_BLOCK + (double)d / DDNI_DEPTH_BLOCK + 2;
    for (int64_t r = 0; r < rows; r++) {
        double dot = 0, xx = 0, yy = 0;
        for (int64_t j = 0; j < d; j++) {
            dot += (double)y[r * ldy + j] * (double)x[j];
            xx += (double)x[j] * (double)x[j];
            yy += (double)y[r * ldy + j] * (double)y[r * ldy + j];
        }
        CLOSE((double)g[r], dot, u32, terms * u32 * sqrt(xx * yy));
    }
    for (int64_t j = 0; j < d; j++) {
        double want = (double)sum0[j], size = fabs(want);
        for (int64_t r = 0; r < rows; r++) {
            want += (double)p[r] * (double)y[r * ldy + j];
            size += fabs((double)p[r] * (double)y[r * ldy + j]);
        }
        CLOSE((double)sum[j], want, 0, (double)(rows + 1) * u32 * size);
    }
    free(y);
    free(x);
    free(g);
    free(p);
    free(sum);
    free(sum0);
}

static void check_rows(const ddni_kernels *k)
{
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < DEPTHS; j++) {
            rows_shape(k, row_counts[i], depths[j]);
        }
    }
}

static void rows_of_a_single_state(void **state)
{
    (void)state;
    each_variant(check_rows);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_within_their_bound),
        cmocka_unit_test(running_softmax_agrees),
        cmocka_unit_test(screens_list_every_candidate),
        cmocka_unit_test(integer_products_are_exact),
        cmocka_unit_test(points_are_unpacked_measured_and_added),
        cmocka_unit_test(rows_of_a_single_state),
        cmocka_unit_test(unknown_variants_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
