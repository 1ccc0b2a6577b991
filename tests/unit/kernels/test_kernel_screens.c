/* Screens and point kernels of every variant that this processor can run, against the reference
 * variant or exact sums. */
#include "support/kernels.h"

/* ---- Screens ----------------------------------------------------------------------------- */

enum {
    CAPACITY = 12,
    SCREEN_LANES = 32
};

typedef struct lists {
    ddni_screen s;
    float floor[SCREEN_LANES], cut[SCREEN_LANES], margin[SCREEN_LANES];
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
                         .margin = l->margin,
                         .count = l->count,
                         .capacity = CAPACITY,
                         .row = l->row,
                         .upper = l->upper};
    for (int q = 0; q < SCREEN_LANES; q++) {
        l->floor[q] = l->cut[q] = -INFINITY;
        l->margin[q] = margin;
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
static void check_lists(const lists *l, int64_t rows, int64_t states, const float *g, int64_t strip,
                        const float *term, const float *length)
{
    int64_t whole = 0;
    for (int64_t q = 0; q < states; q++) {
        double top = -INFINITY, upper[96];
        for (int64_t r = 0; r < rows; r++) {
            double middle = (double)g[ddni_lane_at(r, q, strip)] * (double)l->s.slope[q] +
                            (double)l->s.offset[q] + (double)term[r];
            double half = (double)l->s.radius[q] * (double)length[r];
            top = fmax(top, middle - half);
            upper[r] = middle + half;
        }
        CLOSE((double)l->floor[q], top, 4 * U32, 200 * U32);
        double least = fmax(top - (double)l->margin[q], (double)l->cut[q]);
        for (int64_t r = 0; r < rows; r++) {
            if (upper[r] > least + 400 * U32) {
                assert_true(is_listed(l, q, r));
            }
        }
        assert_true(l->count[q] >= 0 && l->count[q] <= CAPACITY);
        for (int32_t i = 0; i < l->count[q]; i++) {
            int64_t at = q * CAPACITY + i;
            assert_true(i == 0 || l->row[at] > l->row[at - 1]);
            CLOSE((double)l->upper[at], upper[l->row[at]], 4 * U32, 200 * U32);
        }
        whole += l->cut[q] < (double)l->floor[q] - (double)l->margin[q];
    }
    assert_true(whole > 0 || l->margin[0] > 10); /* the narrow margins fit in the lists */
}

static void screen_shape(const ddni_kernels *k, int64_t rows, int64_t states, float margin)
{
    int64_t strip = rows * DDNI_LANES, size = rows * SCREEN_LANES;
    float *g = take(size, 4), *work = take(size, 4), *term = take(rows, 4);
    float *length = take(rows, 4), slope[SCREEN_LANES] = {0}, offset[SCREEN_LANES] = {0};
    float radius[SCREEN_LANES] = {0};
    random_f32(rows, size, g);
    random_f32(8, rows, term);
    for (int64_t r = 0; r < rows; r++) {
        length[r] = 1 + 0.25F * (float)(r % 4);
    }
    for (int64_t q = 0; q < states; q++) {
        slope[q] = 4 + (float)q / 8;
        offset[q] = (float)q - 3;
        radius[q] = 0.1F;
    }
    memcpy(work, g, (size_t)size * sizeof *g);
    lists l;
    lists_start(&l, slope, offset, radius, margin);
    int64_t half = rows / 2; /* as two tiles */
    ddni_strips low = {work, strip}, high = {work + half * DDNI_LANES, strip};
    k->screen_f32(half, states, low, term, length, 0, &l.s);
    k->screen_f32(rows - half, states, high, term + half, length + half, half, &l.s);
    check_lists(&l, rows, states, g, strip, term, length);

    lists one;
    lists_start(&one, slope, offset, radius, margin);
    float *column = take(strip, 4), *copy = take(rows, 4);
    for (int64_t r = 0; r < rows; r++) {
        column[r * DDNI_LANES] = copy[r] = g[r * DDNI_LANES];
    }
    k->screen_rows_f32(rows, copy, term, length, 0, &one.s);
    check_lists(&one, rows, 1, column, strip, term, length);
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

enum {
    EQUAL = CAPACITY + 1
};

/* A row of 4 after EQUAL ones of 3.1, or none, within a margin. */
static void screen_equal(const ddni_kernels *k, int64_t states, int32_t larger, float margin)
{
    const int64_t rows = EQUAL + larger;
    float slope[SCREEN_LANES], zeros[SCREEN_LANES] = {0}, *g = take(rows * SCREEN_LANES, 4);
    lists l;
    lists_start(&l, slope, zeros, zeros, margin);
    for (int64_t q = 0; q < SCREEN_LANES; q++) {
        slope[q] = 1;
        for (int64_t r = 0; r < rows; r++) {
            g[states == 1 ? r : ddni_lane_at(r, q, rows * DDNI_LANES)] = r < EQUAL ? 3.1F : 4;
        }
    }
    if (states == 1) {
        k->screen_rows_f32(rows, g, zeros, zeros, 0, &l.s);
    } else {
        k->screen_f32(rows, states, (ddni_strips){g, rows * DDNI_LANES}, zeros, zeros, 0, &l.s);
    }
    for (int64_t q = 0; q < states; q++) {
        assert_true(l.cut[q] == 3.1F && l.floor[q] == (larger ? 4 : 3.1F));
        assert_int_equal(l.count[q], larger);
        assert_true(!larger || l.row[q * CAPACITY] == EQUAL);
    }
    free(g);
}

/* More candidates of one upper bound than a list holds: none of them is told from the others, so
 * that the cut drops all, and one above them is listed still. At the margin they count as well. */
static void equal_candidates(const ddni_kernels *k)
{
    for (int64_t states = 1; states <= SCREEN_LANES; states += SCREEN_LANES - 1) {
        screen_equal(k, states, 1, 2);
        screen_equal(k, states, 0, 0);
    }
}

static void equal_candidates_are_dropped(void **state)
{
    (void)state;
    each_variant(equal_candidates);
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
    ddni_point first = {stored, scale, shift};
    k->unpack_f32(type, rows, d, first, ld, centre, g32, ldo);
    ref->unpack_f32(type, rows, d, first, ld, centre, w32, ldo);
    k->unpack_f64(type, rows, d, first, ld, centre, g64, ldo);
    ref->unpack_f64(type, rows, d, first, ld, centre, w64, ldo);
    WITHIN(g32, w32, rows * ldo, 8 * U32);
    WITHIN(g64, w64, rows * ldo, 8 * U64 * 8);
    for (int64_t r = 0; r < rows; r++) {
        ddni_point y = {(const char *)stored + r * ld * size, scale, shift};
        double want = ref->distance(type, d, x, 0.9, 1e-18, y);
        CLOSE(k->distance(type, d, x, 0.9, 1e-18, y), want, (double)(d + 8) * U64, 0);
        test_normal(6, d, sum);
        memcpy(sum0, sum, (size_t)d * sizeof *sum);
        double square = k->accumulate(type, d, sum, 0.5, 3, y, centre);
        want = ref->accumulate(type, d, sum0, 0.5, 3, y, centre);
        WITHIN(sum, sum0, d, 100 * U64);
        CLOSE(square, want, (double)(d + 8) * U64, 0);
        CLOSE(want, ref->distance(type, d, centre, 1, 0, y), (double)(d + 8) * U64, 0);
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

/* The centre is far from the origin and the state near a times it: a product that is rounded by
 * itself would show. */
static void check_state(const ddni_kernels *k, int64_t d)
{
    const double a = 0.7071, a_low = 3e-18, factor = 1.3, unit = -2.5;
    double *x = take(d, 8), *from = take(d, 8), *mean = take(d, 8), *out = take(d, 8);
    double *rest = take(d, 8), square = 0, top = 0, scaled = 0;
    test_normal(7, d, x);
    test_normal(8, d, from);
    test_normal(9, d, mean);
    for (int64_t j = 0; j < d; j++) {
        from[j] = 1e6 * from[j];
        x[j] += a * from[j];
        rest[j] = fma(-from[j], a_low, fma(-from[j], a, x[j]));
        square += rest[j] * rest[j];
        top = fmax(top, fabs(x[j]));
        scaled = fmax(scaled, fabs(x[j] * mean[j]));
    }
    CLOSE(k->relate(d, x, a, a_low, from, out), square, (double)(d + 8) * U64, 0);
    for (int64_t j = 0; j < d; j++) {
        assert_true(out[j] == rest[j]);
    }
    assert_true(k->largest(d, x, NULL) == top);
    assert_true(k->largest(d, x, mean) == scaled);
    ddni_scored of = {d, mean, NULL, x, from, factor, a, a_low, unit};
    for (int known = 0; known < 2; known++) {
        of.rest = known ? rest : NULL;
        memset(out, 0, (size_t)d * sizeof *out);
        k->score(&of, out);
        for (int64_t j = 0; j < d; j++) {
            const double want = fma(mean[j], factor, -rest[j]);
            CLOSE(out[j], want * unit, 2 * U64, 0);
        }
    }
    free(x);
    free(from);
    free(mean);
    free(out);
    free(rest);
}

/* To lanes and back: every number is where it belongs, and nothing else is written. */
static void check_lanes(const ddni_kernels *k, int64_t d, int64_t states)
{
    double *x[DDNI_LANES] = {NULL}, *back[DDNI_LANES], weight[DDNI_LANES];
    const double *from[DDNI_LANES] = {NULL};
    double *unit = take(d, 8), *wide = take(d * DDNI_LANES, 8);
    float *single = take(d * DDNI_LANES, 4);
    test_normal(10, d, unit);
    test_normal(11, DDNI_LANES, weight);
    for (int64_t q = 0; q < states; q++) {
        from[q] = x[q] = take(d, 8);
        back[q] = take(d + 1, 8);
        back[q][d] = 3;
        test_normal(20 + (int)q, d, x[q]);
    }
    for (int units = 0; units < 2; units++) {
        k->to_lanes_f32(d, from, units ? unit : NULL, single);
        k->to_lanes_f64(d, from, units ? unit : NULL, wide);
        for (int64_t at = 0; at < d * DDNI_LANES; at++) {
            const int64_t j = at / DDNI_LANES, q = at % DDNI_LANES;
            const double want = q < states ? x[q][j] * (units ? unit[j] : 1) : 0;
            assert_true(wide[at] == want && single[at] == (float)want);
        }
    }
    for (int offset = 0; offset < 2; offset++) {
        const ddni_unlaned of = {states, back, 0.7, weight, offset ? unit : NULL};
        k->from_lanes(d, wide, &of);
        for (int64_t at = 0; at < d * states; at++) {
            const int64_t j = at / states, q = at % states;
            const double in = wide[j * DDNI_LANES + q];
            const double want = offset ? 0.7 * in + unit[j] * weight[q] : in;
            CLOSE(back[q][j], want, offset ? 2 * U64 : 0, offset ? 4 * U64 : 0);
            assert_true(back[q][d] == 3);
        }
    }
    for (int64_t q = 0; q < states; q++) {
        free(x[q]);
        free(back[q]);
    }
    free(unit);
    free(wide);
    free(single);
}

static void check_lengths(const ddni_kernels *k, int64_t d)
{
    double *x = take(d, 8), *sum = take(d, 8);
    const int64_t places[] = {0, k->places, 2 * k->places};
    test_normal(12, d, x);
    test_normal(13, d, sum);
    for (int i = 0; i < 3; i++) {
        double place[64] = {0}, most = 0, sum2 = 0, apart2 = 0;
        for (int64_t j = 0; j < d; j++) {
            const double apart = x[j] - 0.3 * sum[j];
            double *of = &place[places[i] > 0 ? j % places[i] : 0];
            *of = (places[i] == 0 && j % DDNI_DEPTH_BLOCK == 0 ? 0 : *of) + x[j] * x[j];
            most = fmax(most, *of);
            sum2 += sum[j] * sum[j];
            apart2 += apart * apart;
        }
        ddni_lengths out;
        k->lengths(d, x, sum, 0.3, places[i], &out);
        CLOSE(out.place2, most, (double)(d + 8) * U64, 0);
        CLOSE(out.sum2, sum2, (double)(d + 8) * U64, 0);
        CLOSE(out.apart2, apart2, (double)(d + 8) * U64, 0);
    }
    free(x);
    free(sum);
}

static void check_states(const ddni_kernels *k)
{
    static const int64_t widths[] = {1, 3, 8, 15, 16, 33, 100, 600};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        check_state(k, widths[i]);
        check_lengths(k, widths[i]);
        for (int64_t states = 1; states <= DDNI_LANES; states += 5) {
            check_lanes(k, widths[i], states);
        }
    }
}

static void states_and_lanes(void **state)
{
    (void)state;
    each_variant(check_states);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_list_every_candidate),
        cmocka_unit_test(equal_candidates_are_dropped),
        cmocka_unit_test(points_are_unpacked_measured_and_added),
        cmocka_unit_test(states_and_lanes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
