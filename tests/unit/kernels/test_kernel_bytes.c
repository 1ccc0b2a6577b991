/* Integer products of every variant that this processor can run, against exact sums. */
#include "support/kernels.h"

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
    ddni_ahead ahead = {
        .next = (const char *)a, .end = (const char *)(a + rows * lda), .mask = rows % 2};
    k->multiply_u8(rows, d, lanes, (ddni_rows){a, lda}, b, (ddni_strips){g, rows * DDNI_LANES},
                   &ahead);
    ddni_ahead none = {0};
    k->dot_u8(rows, d, (ddni_rows){a, lda}, x, dot, &none);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t q = 0; q < lanes; q++) {
            int64_t sum = 0;
            for (int64_t j = 0; j < d; j++) {
                sum += (int64_t)a[r * lda + j] * ((int)raw[q * padded + j] - 128);
            }
            assert_true(g[ddni_lane_at(r, q, rows * DDNI_LANES)] == (float)(int32_t)sum);
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

/* States and weights in slices: sums against exact integers, weights to 2^-22 of the largest. */
static void slices_shape(const ddni_kernels *k, int64_t rows, int64_t d, int64_t lanes)
{
    int64_t quads = (d + 3) / 4, lda = quads * 4, ldo = (d + 15) / 16 * 64;
    int64_t size_b = lanes * quads * 4 * DDNI_SLICES, strip = (rows + 1) * DDNI_LANES;
    uint8_t *a = take(rows * lda, 1), *raw = take(size_b, 1),
            *groups = take((rows + 3) / 4 * ldo, 1);
    int8_t *b = take(size_b, 1);
    float *scale = take(lanes * (DDNI_SLICES + 1), 4), *g = take(lanes * (rows + 1), 4);
    float *p = take(lanes * (rows + 1), 4), *sum = take(lanes * d, 4);
    random_u8(d, rows * lda, a);
    random_u8(d + 1, size_b, raw);
    for (int64_t i = 0; i < size_b; i++) {
        int64_t j = i / (DDNI_SLICES * 64) % quads * 4 + i % 4;
        b[i] = j < d ? (int8_t)((int)raw[i] - 128) : 0;
    }
    random_f32(3, lanes * (DDNI_SLICES + 1), scale);
    random_f32(4, lanes * (rows + 1), p);
    for (int64_t i = 0; i < lanes * (rows + 1); i++) {
        p[i] = i / DDNI_LANES % 3 == 0 ? 0 : fabsf(p[i]);
    }
    for (int64_t i = 0; i < lanes * d; i++) {
        sum[i] = 1;
    }
    ddni_ahead ahead = {
        .next = (const char *)a, .end = (const char *)(a + rows * lda), .mask = rows % 2};
    k->multiply_slices_u8(rows, d, lanes, (ddni_rows){a, lda}, b, scale, (ddni_strips){g, strip},
                          &ahead);
    k->interleave_u8(rows, d, (ddni_rows){a, lda}, groups, ldo);
    double *mass = take(lanes, 8);
    k->combine_slices_u8(rows, d, lanes, (ddni_rows){groups, ldo}, (ddni_strips){p, strip},
                         (ddni_strips){sum, d * DDNI_LANES}, mass);
    for (int64_t q = 0; q < lanes; q++) {
        const float *sq = scale + q / 16 * (DDNI_SLICES + 1) * 16 + q % 16;
        double top = 0, bytes = 0;
        for (int64_t r = 0; r < rows; r++) {
            double want = (double)sq[DDNI_SLICES * 16], size = fabs(want);
            for (int64_t i = 0; i < DDNI_SLICES; i++) {
                int64_t whole = 0;
                for (int64_t j = 0; j < d; j++) {
                    int64_t quad = q / 16 * quads + j / 4;
                    whole += (int64_t)a[r * lda + j] *
                             b[((quad * DDNI_SLICES + i) * 16 + q % 16) * 4 + j % 4];
                }
                want += (double)sq[i * 16] * (double)whole;
                size += fabs((double)sq[i * 16] * (double)whole);
            }
            CLOSE((double)g[ddni_lane_at(r, q, strip)], want, 0, 4 * U32 * size);
            top = fmax(top, (double)p[ddni_lane_at(r, q, strip)]);
        }
        double used = 0;
        for (int64_t r = 0; r < rows; r++) {
            used += (double)p[ddni_lane_at(r, q, strip)];
        }
        CLOSE(mass[q], used, 0, 0x1p-22 * top * (double)rows);
        for (int64_t j = 0; j < d; j++) {
            double want = 1;
            bytes = 0;
            for (int64_t r = 0; r < rows; r++) {
                want += (double)p[ddni_lane_at(r, q, strip)] * (double)a[r * lda + j];
                bytes += (double)a[r * lda + j];
            }
            double bound = 0x1p-22 * top * bytes + 6 * U32 * want;
            CLOSE((double)sum[ddni_lane_at(j, q, d * DDNI_LANES)], want, 0, bound);
        }
    }
    free(a);
    free(raw);
    free(groups);
    free(b);
    free(scale);
    free(g);
    free(p);
    free(sum);
    free(mass);
}

static void check_slices(const ddni_kernels *k)
{
    if (k->multiply_u8 == NULL) {
        assert_null(k->multiply_slices_u8);
        assert_null(k->interleave_u8);
        assert_null(k->combine_slices_u8);
        return;
    }
    for (int i = 1; i < ROWS; i++) {
        for (int j = 0; j < DEPTHS; j++) {
            slices_shape(k, row_counts[i], depths[j], DDNI_LANES * (1 + (i + j) % 2));
        }
    }
}

static void slices_are_exact_but_for_their_rounding(void **state)
{
    (void)state;
    each_variant(check_slices);
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

/* ---- One state ----------------------------------------------------------------------------- */

/* A state in slices, and weights of which some have three slices, some two or one after others of
 * zero, and some are left out. */
static void single_shape(const ddni_kernels *k, int64_t rows, int64_t d)
{
    int64_t width = (d + 63) / 64 * 64;
    uint8_t *y = take(rows * d + 64, 1), *raw = take(DDNI_SLICES * width, 1);
    int8_t *x = take(DDNI_SLICES * width, 1);
    float *g = take(rows, 4), *p = take(rows, 4), *sum = take(d, 4);
    double scale[DDNI_SLICES + 1] = {0.5, 0.5 / 254, 0.5 / (254 * 254), -3}, mass = 1, used = 1;
    const float least = 2e-3F;
    ddni_ahead ahead = {
        .next = (const char *)y, .end = (const char *)(y + rows * d), .mask = rows % 2};
    random_u8(d, rows * d, y);
    random_u8(d + 1, DDNI_SLICES * width, raw);
    random_f32(4, rows, p);
    for (int64_t i = 0; i < DDNI_SLICES; i++) {
        for (int64_t j = 0; j < d; j++) {
            x[i * width + j] = (int8_t)((int)raw[i * width + j] - 128);
        }
    }
    double top = 0;
    for (int64_t r = 0; r < rows; r++) {
        const float sizes[] = {1, 1e-2F, 1, 1e-4F, 1e-8F, 1e-2F, 1e-4F};
        p[r] = r == 3 ? least : fabsf(p[r]) * sizes[(r * r + rows) % 7];
        top = fmax(top, (double)p[r]);
        used += p[r] < least ? 0 : (double)p[r];
    }
    k->dot_slices_u8(rows, d, (ddni_rows){y, d}, x, scale, g, &ahead);
    k->combine_u8(rows, d, (ddni_rows){y, d}, p, least, sum, &mass, &ahead);
    for (int64_t r = 0; r < rows; r++) {
        double want = scale[DDNI_SLICES];
        for (int64_t i = 0; i < DDNI_SLICES; i++) {
            int64_t whole = 0;
            for (int64_t j = 0; j < d; j++) {
                whole += (int64_t)y[r * d + j] * x[i * width + j];
            }
            want += scale[i] * (double)whole;
        }
        CLOSE((double)g[r], want, U32, 0);
    }
    CLOSE(mass, used, 1e-15, 0x1p-22 * top * (double)rows);
    for (int64_t j = 0; j < d; j++) {
        double want = 0, bytes = 0;
        for (int64_t r = 0; r < rows; r++) {
            want += p[r] < least ? 0 : (double)p[r] * (double)y[r * d + j];
            bytes += p[r] < least ? 0 : (double)y[r * d + j];
        }
        CLOSE((double)sum[j], want, 6 * U32, 0x1p-22 * top * bytes);
    }
    free(y);
    free(raw);
    free(x);
    free(g);
    free(p);
    free(sum);
}

static void check_single(const ddni_kernels *k)
{
    if (k->multiply_u8 == NULL) {
        assert_null(k->dot_slices_u8);
        assert_null(k->combine_u8);
        return;
    }
    for (int i = 1; i < ROWS; i++) {
        for (int j = 0; j < DEPTHS; j++) {
            single_shape(k, row_counts[i], depths[j]);
        }
    }
}

/* 17 rows of a tile weigh something, 14 of them in one register, after a call in which all did. */
static void check_last_four(const ddni_kernels *k)
{
    enum {
        N = 96
    };
    uint8_t y[N] = {0};
    float p[N] = {0}, sum[1] = {0};
    double mass = 0;
    ddni_ahead none = {0};
    if (k->multiply_u8 == NULL) {
        return;
    }
    for (int r = 0; r < N; r++) {
        y[r] = 255;
        p[r] = 1;
    }
    k->combine_u8(N, 1, (ddni_rows){y, 1}, p, 0, sum, &mass, &none);
    assert_true(sum[0] == 255.0F * N);
    for (int r = 0; r < N; r++) {
        p[r] = r < 3 || (r >= 16 && r < 30) ? 1 : 0;
    }
    sum[0] = 0;
    k->combine_u8(32, 1, (ddni_rows){y, 1}, p, 1e-9F, sum, &mass, &none);
    assert_true(sum[0] == 255.0F * 17);
}

static void single_states_go_by_rows(void **state)
{
    (void)state;
    each_variant(check_single);
    each_variant(check_last_four);
}

/* ---- States to slices ------------------------------------------------------------------------ */

/* What the slices stand for is x to within half of the last one's step; unused lanes are zero. */
static void check_states(const ddni_kernels *k)
{
    if (k->multiply_u8 == NULL) {
        assert_null(k->slice_states);
        return;
    }
    for (int i = 0; i < DEPTHS; i++) {
        int64_t d = depths[i], quads = (d + 3) / 4, used = 1 + i * 2 % DDNI_LANES;
        double *x = take(DDNI_LANES * d, 8), inverse[DDNI_LANES] = {0};
        const double *state[DDNI_LANES] = {NULL};
        int8_t *out = take(quads * DDNI_SLICES * 64, 1);
        memset(out, 77, (size_t)(quads * DDNI_SLICES * 64));
        test_normal(9, DDNI_LANES * d, x);
        for (int64_t q = 0; q < used; q++) {
            double top = 0;
            for (int64_t j = 0; j < d; j++) {
                top = fmax(top, fabs(x[q * d + j]));
            }
            state[q] = x + q * d;
            inverse[q] = 127 / top;
        }
        k->slice_states(d, state, inverse, out);
        for (int64_t q = 0; q < DDNI_LANES; q++) {
            for (int64_t j = 0; j < quads * 4; j++) {
                double sum = 0, step = 1;
                for (int64_t s = 0; s < DDNI_SLICES; s++, step /= 254) {
                    sum += step * out[((j / 4 * DDNI_SLICES + s) * 16 + q) * 4 + j % 4];
                }
                double want = q < used && j < d ? x[q * d + j] * inverse[q] : 0;
                CLOSE(sum, want, 0, q < used && j < d ? 0.5001 / (254 * 254) : 0);
            }
        }
        free(x);
        free(out);
    }
}

/* A state by itself likewise. */
static void check_one_state(const ddni_kernels *k)
{
    if (k->multiply_u8 == NULL) {
        assert_null(k->slice_state);
        return;
    }
    for (int i = 0; i < DEPTHS; i++) {
        const int64_t d = depths[i], width = (d + 63) / 64 * 64;
        double *x = take(d, 8), top = 0;
        int8_t *out = take(DDNI_SLICES * width, 1);
        memset(out, 0, (size_t)(DDNI_SLICES * width));
        test_normal(9, d, x);
        for (int64_t j = 0; j < d; j++) {
            top = fmax(top, fabs(x[j]));
        }
        k->slice_state(d, x, 127 / top, out, width);
        for (int64_t j = 0; j < width; j++) {
            double sum = 0, step = 1;
            for (int64_t s = 0; s < DDNI_SLICES; s++, step /= 254) {
                sum += step * out[s * width + j];
            }
            CLOSE(sum, j < d ? x[j] * (127 / top) : 0, 0, j < d ? 0.5001 / (254 * 254) : 0);
        }
        free(x);
        free(out);
    }
}

static void states_are_sliced_to_22_bits(void **state)
{
    (void)state;
    each_variant(check_states);
    each_variant(check_one_state);
}

/* ---- States to whole numbers ----------------------------------------------------------------- */

static void check_rounded(const ddni_kernels *k, int64_t d, int32_t units, int64_t apart)
{
    const int64_t quads = (d + 3) / 4;
    double *x = take(d, 8), *unit = take(d, 8), *centre = take(d, 8);
    int8_t *out = take(quads * apart, 1);
    memset(out, 77, (size_t)(quads * apart));
    test_normal(10, d, x);
    test_normal(11, d, unit);
    test_normal(12, d, centre);
    const ddni_rounding how = {units ? unit : NULL, centre, -1.5, 0.05, apart};
    double constant = 0, rest2 = 0;
    for (int64_t j = 0; j < d; j++) {
        unit[j] = j % 5 == 3 ? 0 : fabs(unit[j]); /* a constant column */
    }
    const ddni_rounded got = k->round_state(d, x, &how, out);
    for (int64_t j = 0; j < quads * 4; j++) {
        const double number = j >= d ? 0 : units ? x[j] * unit[j] : x[j];
        const double whole = out[j / 4 * apart + j % 4], rest = number - 0.05 * whole;
        assert_true(j < d || whole == 0);
        CLOSE(number / 0.05, whole, 0, 0.5001);
        constant += j < d ? whole * (-1.5 - centre[j]) : 0;
        rest2 += j >= d || (units && unit[j] == 0) ? 0 : pow(units ? rest / unit[j] : rest, 2);
    }
    for (int64_t at = 4; at < quads * apart; at++) {
        assert_true(at % apart < 4 || out[at] == 77); /* what belongs to other states */
    }
    CLOSE(got.constant, constant, 1e-13, 1e-12 * (double)d);
    CLOSE(got.rest2, rest2, 1e-12, 0);
    free(x);
    free(unit);
    free(centre);
    free(out);
}

static void check_all_rounded(const ddni_kernels *k)
{
    if (k->multiply_u8 == NULL) {
        assert_null(k->round_state);
        return;
    }
    for (int i = 0; i < DEPTHS; i++) {
        for (int units = 0; units < 2; units++) {
            check_rounded(k, depths[i], units, 4);
            check_rounded(k, depths[i], units, 64);
        }
    }
}

static void states_are_rounded_to_whole_numbers(void **state)
{
    (void)state;
    each_variant(check_all_rounded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integer_products_are_exact),
        cmocka_unit_test(slices_are_exact_but_for_their_rounding),
        cmocka_unit_test(single_states_go_by_rows),
        cmocka_unit_test(states_are_sliced_to_22_bits),
        cmocka_unit_test(states_are_rounded_to_whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
