/* Weights of points: what they become, what is refused, and what is known from them alone. */
#include "dataset/dataset_impl.h"
#include "support/fixtures.h"

enum {
    N = 5
};

static ddn_dataset *points(ddn_context *ctx)
{
    static const float x[N] = {0, 1, 2, 3, 4};
    ddn_dataset *ds;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F32, N, 1, x, 1, &ds));
    return ds;
}

/* The set of points() with these weights. */
static ddn_dataset *weighted(ddn_context *ctx, const double weights[N])
{
    ddn_dataset *plain = points(ctx), *ds;
    OK(ctx, ddn_dataset_create_weighted(ctx, plain, N, weights, &ds));
    ddn_dataset_destroy(plain);
    return ds;
}

/* Would catch weights that are not divided by their sum, sums that overflow, and a second
 * normalisation that changes bits. */
static void weights_are_normalised_once(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    static const double weights[N] = {1, 2, 3, 4, 0.7};
    double got[N], again[N], large[N];
    ddn_dataset *ds = weighted(ctx, weights);
    OK(ctx, ddn_dataset_weights(ctx, ds, N, got));
    for (int i = 0; i < N; i++) {
        CLOSE(got[i], weights[i] / 10.7, 4e-16, 0);
        large[i] = ldexp(weights[i], 1020);
    }
    assert_int_equal(ddn_dataset_is_weighted(ds), 1);
    ddn_dataset *second = weighted(ctx, got), *third = weighted(ctx, large);
    OK(ctx, ddn_dataset_weights(ctx, second, N, again));
    assert_memory_equal(got, again, sizeof got);
    OK(ctx, ddn_dataset_weights(ctx, third, N, again));
    assert_memory_equal(got, again, sizeof got);
    ddn_dataset_destroy(third);
    ddn_dataset_destroy(second);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Would catch equal weights that make another set, whose numbers might differ in last digits. */
static void equal_weights_are_none(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    static const double weights[N] = {0.3, 0.3, 0.3, 0.3, 0.3};
    double got[N];
    ddn_dataset *ds = weighted(ctx, weights);
    assert_int_equal(ddn_dataset_is_weighted(ds), 0);
    OK(ctx, ddn_dataset_weights(ctx, ds, N, got));
    assert_true(got[2] == 1.0 / N && ddni_weight(ds, 2) == 1.0 / N);
    assert_true(ddni_dataset_entropy(ds) == log(N) && ddni_dataset_square(ds) == 1.0 / N);
    assert_int_equal(ddni_dataset_point(ds, 0.1), 0);
    assert_int_equal(ddni_dataset_point(ds, 1 - 0x1p-53), N - 1);
    assert_int_equal(ddn_dataset_is_weighted(NULL), 0);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Entropy, sum of squares and draws; the class shares are those of the weights. */
static void what_follows_from_weights(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    static const double weights[N] = {0.5, 0.25, 0.125, 0.0625, 0.0625};
    static const int32_t labels[N] = {3, 1, 1, 3, 2};
    ddn_dataset *ds = weighted(ctx, weights), *labelled, *mapped;
    OK(ctx, ddn_dataset_create_labelled(ctx, ds, N, labels, &labelled));
    OK(ctx, ddn_dataset_create_mapped(ctx, labelled, 2, 1, &mapped));
    CLOSE(ddni_dataset_entropy(mapped), 1.875 * log(2), 1e-15, 0);
    CLOSE(ddni_dataset_square(mapped), 0.3359375, 1e-15, 0);
    static const struct {
        double u;
        int64_t point;
    } draws[] = {{1e-16, 0}, {0.4999, 0}, {0.5001, 1}, {0.76, 2}, {0.93, 3}, {1 - 0x1p-53, 4}};
    for (size_t i = 0; i < sizeof draws / sizeof *draws; i++) {
        assert_int_equal(ddni_dataset_point(mapped, draws[i].u), draws[i].point);
    }
    double share[3];
    ddni_dataset_class_shares(mapped, share);
    CLOSE(share[0], 0.375, 1e-15, 0);
    CLOSE(share[1], 0.0625, 1e-15, 0);
    CLOSE(share[2], 0.5625, 1e-15, 0);
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(labelled);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static void bad_weights_are_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    static const struct {
        double bad;
        ddn_status status;
        const char *text;
    } cases[] = {
        {0, DDN_E_RANGE, "weights[2] = 0 is not positive"},
        {-1, DDN_E_RANGE, "weights[2] = -1 is not positive"},
        {INFINITY, DDN_E_NONFINITE, "weights[2] = inf is not finite"},
        {NAN, DDN_E_NONFINITE, "weights[2]"},
        {1e-251, DDN_E_RANGE, "the least, 1e-251"},
    };
    ddn_dataset *ds = points(ctx), *out = ds;
    double weights[N] = {1, 1, 1, 1, 1}, got[N];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weights[2] = cases[i].bad;
        FAILS(ctx, ddn_dataset_create_weighted(ctx, ds, N, weights, &out), cases[i].status,
              cases[i].text);
        assert_null(out);
    }
    FAILS(ctx, ddn_dataset_create_weighted(ctx, ds, N - 1, weights, &out), DDN_E_SHAPE,
          "4 weights");
    FAILS(ctx, ddn_dataset_weights(ctx, ds, N - 1, got), DDN_E_CAPACITY, "capacity");
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* The share of each class in the set, in its weights, and where copies of several classes are one
 * point. */
static void shares_of_classes(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    static const float x[N] = {7, 8, 7, 9, 8};
    static const int32_t labels[N] = {3, 3, 5, 5, 5};
    static const double weights[N] = {1, 2, 3, 4, 10};
    ddn_dataset *plain, *labelled, *heavy, *merged[2];
    double share[2];
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F32, N, 1, x, 1, &plain));
    OK(ctx, ddn_dataset_create_labelled(ctx, plain, N, labels, &labelled));
    OK(ctx, ddn_dataset_create_weighted(ctx, labelled, N, weights, &heavy));
    OK(ctx, ddn_dataset_create_distinct(ctx, labelled, &merged[0]));
    OK(ctx, ddn_dataset_create_distinct(ctx, heavy, &merged[1]));
    assert_int_equal(ddn_dataset_n(merged[0]), 3);
    const ddn_dataset *sets[4] = {labelled, merged[0], heavy, merged[1]};
    for (int i = 0; i < 4; i++) {
        ddni_dataset_class_shares(sets[i], share);
        CLOSE(share[0], i < 2 ? 0.4 : 0.15, 1e-15, 0);
        CLOSE(share[1], i < 2 ? 0.6 : 0.85, 1e-15, 0);
    }
    ddn_dataset_destroy(merged[1]);
    ddn_dataset_destroy(merged[0]);
    ddn_dataset_destroy(labelled);
    ddn_dataset_destroy(plain);
    /* As many copies of each point: no weights, but classes in parts all the same. */
    static const float twice[4] = {1, 1, 2, 2};
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F32, 4, 1, twice, 1, &plain));
    OK(ctx, ddn_dataset_create_labelled(ctx, plain, 4, labels + 1, &labelled));
    OK(ctx, ddn_dataset_create_distinct(ctx, labelled, &merged[0]));
    assert_int_equal(ddn_dataset_is_weighted(merged[0]), 0);
    ddni_dataset_class_shares(merged[0], share);
    assert_true(share[0] == 0.25 && share[1] == 0.75);
    ddn_dataset_destroy(merged[0]);
    ddn_dataset_destroy(heavy);
    ddn_dataset_destroy(labelled);
    ddn_dataset_destroy(plain);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_classes),       cmocka_unit_test(weights_are_normalised_once),
        cmocka_unit_test(equal_weights_are_none),  cmocka_unit_test(what_follows_from_weights),
        cmocka_unit_test(bad_weights_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
