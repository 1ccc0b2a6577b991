/* The one sort: ascending order, nothing lost, values that go along, for lengths around every shape
 * of a heap. */
#include "base/sort.h"

#include "support/fixtures.h"

enum {
    MOST = 200
};

/* A key of few values, so that many are equal. */
static int64_t key_of(int64_t i, int64_t n)
{
    return (i * 7919 + 13 * i * i) % (n / 2 + 1) - n / 5;
}

static void numbers_come_in_order(void **state)
{
    (void)state;
    for (int64_t n = 0; n <= MOST; n++) {
        double x[MOST], sum = 0;
        int32_t k[MOST];
        for (int64_t i = 0; i < n; i++) {
            k[i] = (int32_t)key_of(i, n);
            x[i] = k[i] / 3.0;
            sum += k[i];
        }
        ddni_sort(x, n);
        ddni_sort_i32(k, n);
        for (int64_t i = 0; i < n; i++) {
            assert_true(i == 0 || k[i - 1] <= k[i]);
            assert_true(x[i] == k[i] / 3.0);
            sum -= k[i];
        }
        assert_true(sum == 0);
    }
}

/* Each value is a function of its key and of where it came from: all must still be there. */
static void values_go_along(void **state)
{
    (void)state;
    for (int64_t n = 0; n <= MOST; n++) {
        float f[MOST];
        int32_t from[MOST], seen[MOST] = {0};
        int64_t k[MOST];
        double value[MOST], key[MOST];
        int64_t place[MOST];
        for (int64_t i = 0; i < n; i++) {
            f[i] = (float)key_of(i, n);
            from[i] = (int32_t)i;
            k[i] = key_of(i, n) * (INT64_C(1) << 40);
            value[i] = (double)i;
            key[i] = (double)k[i] / 7;
            place[i] = i;
        }
        ddni_sort_f32_i32(f, from, n);
        ddni_sort_f64_i64(key, place, n);
        ddni_sort_i64_f64(k, value, n);
        for (int64_t i = 0; i < n; i++) {
            assert_true(i == 0 || (f[i - 1] <= f[i] && k[i - 1] <= k[i]));
            assert_true(i == 0 || key[i - 1] <= key[i]);
            assert_true(f[i] == (float)key_of(from[i], n));
            assert_true(key[i] == (double)(key_of(place[i], n) * (INT64_C(1) << 40)) / 7);
            assert_true(k[i] == key_of((int64_t)value[i], n) * (INT64_C(1) << 40));
            seen[from[i]] |= 1;
            seen[place[i]] |= 2;
            seen[(int64_t)value[i]] |= 4;
        }
        for (int64_t i = 0; i < n; i++) {
            assert_int_equal(seen[i], 7);
        }
    }
}

typedef struct counted {
    int64_t value[MOST], swaps;
} counted;

static int32_t larger(const void *what, int64_t i, int64_t j)
{
    const counted *c = what;
    return c->value[i] > c->value[j];
}

static void swap(void *what, int64_t i, int64_t j)
{
    counted *c = what;
    c->swaps++;
    DDNI_EXCHANGE(int64_t, c->value, i, j);
}

/* What is sorted is left alone: eigenvectors need not be moved. */
static void sorted_is_left_alone(void **state)
{
    (void)state;
    counted c = {{0}, 0};
    for (int64_t i = 0; i < MOST; i++) {
        c.value[i] = (MOST - i) / 3;
    }
    ddni_sort_by(&c, MOST, larger, swap);
    assert_int_equal(c.swaps, 0);
    DDNI_EXCHANGE(int64_t, c.value, 0, MOST - 1);
    ddni_sort_by(&c, MOST, larger, swap);
    assert_true(c.swaps > 0);
    for (int64_t i = 0; i < MOST; i++) {
        assert_int_equal(c.value[i], (MOST - i) / 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_in_order),
        cmocka_unit_test(values_go_along),
        cmocka_unit_test(sorted_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
