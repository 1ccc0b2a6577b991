/* Sums in the fixed order, and Gram-Schmidt. */
#include "numerics/vector.h"

#include "support/fixtures.h"

enum {
    MOST = 67
};

/* The order that the header promises, written out: lane j % 8 adds in turn, then the lanes in
 * pairs. Bits of results hang on it. */
static void sums_have_one_order(void **state)
{
    (void)state;
    double x[MOST], y[MOST];
    test_normal(1, MOST, x);
    test_normal(2, MOST, y);
    for (int64_t n = 0; n <= MOST; n++) {
        double lane[8] = {0}, other[8] = {0};
        for (int64_t j = 0; j < n; j++) {
            lane[j % 8] += x[j] * y[j];
            other[j % 8] += (x[j] - y[j]) * (x[j] - y[j]);
        }
        double want = ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
                      ((lane[1] + lane[5]) + (lane[3] + lane[7]));
        double apart = ((other[0] + other[4]) + (other[2] + other[6])) +
                       ((other[1] + other[5]) + (other[3] + other[7]));
        assert_true(ddni_dot(n, x, y) == want);
        assert_true(ddni_distance2(n, x, y) == apart);
        assert_true(ddni_norm(n, x) == sqrt(ddni_dot(n, x, x)));
    }
}

static void axpy_and_scale_touch_their_part(void **state)
{
    (void)state;
    double x[MOST], y[MOST], before[MOST];
    test_normal(1, MOST, x);
    test_normal(2, MOST, before);
    for (int64_t n = 0; n < MOST; n++) {
        memcpy(y, before, sizeof y);
        ddni_axpy(n, -0.5, x, y);
        ddni_scale(n, 3, y);
        for (int64_t j = 0; j < MOST; j++) {
            assert_true(y[j] == (j < n ? (before[j] + -0.5 * x[j]) * 3 : before[j]));
        }
    }
}

static void parts_are_taken_and_counted(void **state)
{
    (void)state;
    enum {
        N = 20,
        ROWS = 4,
        LD = 23
    };
    double rows[ROWS * LD], x[N], whole[N], part[ROWS] = {0};
    test_normal(3, ROWS * LD, rows);
    test_normal(4, N, x);
    memcpy(whole, x, sizeof x);
    for (int64_t i = 0; i < ROWS; i++) {
        for (int pass = 0; pass < 2; pass++) {
            ddni_take_parts(N, i, rows, LD, rows + i * LD, NULL);
        }
        ddni_scale(N, 1 / ddni_norm(N, rows + i * LD), rows + i * LD);
    }
    for (int pass = 0; pass < 2; pass++) {
        ddni_take_parts(N, ROWS, rows, LD, x, part);
    }
    for (int64_t i = 0; i < ROWS; i++) {
        CLOSE(ddni_dot(N, rows + i * LD, x), 0, 0, 1e-15);
        CLOSE(part[i], ddni_dot(N, rows + i * LD, whole), 1e-14, 1e-15);
        ddni_axpy(N, part[i], rows + i * LD, x);
    }
    CLOSE(sqrt(ddni_distance2(N, x, whole)), 0, 0, 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_have_one_order),
        cmocka_unit_test(axpy_and_scale_touch_their_part),
        cmocka_unit_test(parts_are_taken_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
