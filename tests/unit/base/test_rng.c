/* Counter-based noise: known answers, splits, moments and tails. */
#include "base/rng.h"

#include "support/fixtures.h"

static void splits_do_not_matter(void **state)
{
    (void)state;
    double whole[101], part[101];
    ddni_normal(7, 1, 2, 3, 5, 101, whole);
    for (int64_t cut = 0; cut <= 101; cut++) {
        ddni_normal(7, 1, 2, 3, 5, cut, part);
        ddni_normal(7, 1, 2, 3, 5 + cut, 101 - cut, part + cut);
        assert_memory_equal(whole, part, sizeof whole);
    }
}

/* Mean, variance, kurtosis and tail count of 10^6 deviates, each within 4.5 standard errors: false
 * alarm below 1e-4 for a random seed; the seed is fixed. */
static void deviates_are_normal(void **state)
{
    (void)state;
    enum {
        N = 1000000
    };
    double *z = malloc(N * sizeof *z);
    assert_non_null(z);
    ddni_normal(1, 0, 0, 0, 0, N, z);
    double m1 = 0, m2 = 0, m4 = 0, tail = 0, lag = 0;
    for (int64_t i = 0; i < N; i++) {
        m1 += z[i];
        m2 += z[i] * z[i];
        m4 += z[i] * z[i] * z[i] * z[i];
        tail += fabs(z[i]) > 3;
        lag += i > 0 ? z[i] * z[i - 1] : 0;
    }
    CLOSE(m1 / N, 0, 0, 4.5 / sqrt(N));
    CLOSE(m2 / N, 1, 0, 4.5 * sqrt(2.0 / N));
    CLOSE(m4 / N, 3, 0, 4.5 * sqrt(96.0 / N));
    CLOSE(lag / N, 0, 0, 4.5 / sqrt(N));
    CLOSE(tail, 2699.796, 0, 4.5 * sqrt(2699.796));
    free(z);
}

static void arguments_matter(void **state)
{
    (void)state;
    double base = ddni_uniform(1, 2, 3, 4, 5);
    assert_true(base > 0 && base < 1);
    assert_true(base != ddni_uniform(2, 2, 3, 4, 5));
    assert_true(base != ddni_uniform(1, 3, 3, 4, 5));
    assert_true(base != ddni_uniform(1, 2, 4, 4, 5));
    assert_true(base != ddni_uniform(1, 2, 3, 5, 5));
    assert_true(base != ddni_uniform(1, 2, 3, 4, 6));
    assert_true(base == ddni_uniform(1, 2, 3, 4, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_do_not_matter),
        cmocka_unit_test(deviates_are_normal),
        cmocka_unit_test(arguments_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
