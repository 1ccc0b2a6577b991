/* Digests of datasets: their definition, equal sets by different ways, and what tells sets apart.
 */
#include "support/fixtures.h"

enum {
    N = 600, /* three blocks of 256 rows */
    D = 37
};

static int64_t digest_of(ddn_context *ctx, const ddn_dataset *ds)
{
    int64_t digest = 0, again = 0;
    OK(ctx, ddn_dataset_digest(ctx, ds, &digest));
    OK(ctx, ddn_dataset_digest(ctx, ds, &again));
    assert_int_equal(digest, again);
    assert_int_not_equal(digest, 0);
    return digest;
}

static int64_t digest_and_destroy(ddn_context *ctx, ddn_dataset *ds)
{
    int64_t digest = digest_of(ctx, ds);
    ddn_dataset_destroy(ds);
    return digest;
}

/* Numbers of python3-xxhash, by the sentence in dataset.h. Would catch any change of the
 * definition. */
static void the_definition_is_fixed(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    static uint8_t bytes[N][D];
    static double reals[N][D];
    static int32_t labels[N];
    for (int i = 0; i < N; i++) {
        labels[i] = i % 5 - 2;
        for (int j = 0; j < D; j++) {
            bytes[i][j] = (uint8_t)((7 * i + 3 * j) % 251);
            reals[i][j] = bytes[i][j] / 8.0 - 3;
        }
    }
    ddn_dataset *ds, *mapped, *labelled;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, N, D, bytes, D, &ds));
    assert_int_equal(digest_of(ctx, ds), INT64_C(348713532238953227));
    OK(ctx, ddn_dataset_create_mapped(ctx, ds, 0.125, -3, &mapped));
    OK(ctx, ddn_dataset_create_labelled(ctx, mapped, N, labels, &labelled));
    assert_int_equal(digest_of(ctx, labelled), INT64_C(2885720530809466221));
    ddn_dataset_destroy(labelled);
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(ds);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, reals, D, &ds));
    assert_int_equal(digest_and_destroy(ctx, ds), INT64_C(-6843651524496091712));
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, 1, 3, bytes, 3, &ds));
    assert_int_equal(digest_and_destroy(ctx, ds), INT64_C(-483296757174074036));
    ddn_context_destroy(ctx);
}

/* Copied, borrowed with gaps between the rows, cut out of a larger set, by any number of threads.
 */
static void equal_sets_are_equal(void **state)
{
    (void)state;
    enum {
        LD = D + 3
    };
    static float x[N + 2][LD];
    static double normal[(N + 2) * LD];
    static int64_t rows[N];
    int64_t first = 0;
    test_normal(3, (N + 2) * LD, normal);
    for (int64_t i = 0; i < (N + 2) * LD; i++) {
        x[i / LD][i % LD] = (float)normal[i];
    }
    for (int64_t threads = 1; threads <= 3; threads++) {
        ddn_context *ctx = test_context(threads);
        ddn_dataset *ds, *all;
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F32, N, D, x[1], LD, &ds));
        int64_t digest = digest_and_destroy(ctx, ds);
        first = threads == 1 ? digest : first;
        assert_int_equal(digest, first);
        OK(ctx, ddn_dataset_create_borrowed(ctx, DDN_TYPE_F32, N, D, x[1], LD, NULL, NULL, &ds));
        assert_int_equal(digest_and_destroy(ctx, ds), first);
        OK(ctx, ddn_dataset_create_borrowed(ctx, DDN_TYPE_F32, N + 2, D, x, LD, NULL, NULL, &all));
        for (int64_t i = 0; i < N; i++) {
            rows[i] = i + 1;
        }
        OK(ctx, ddn_dataset_create_subset(ctx, all, N, rows, &ds));
        assert_int_equal(digest_and_destroy(ctx, ds), first);
        ddn_dataset_destroy(all);
        ddn_context_destroy(ctx);
    }
}

/* One bit of one number, the order of rows, the shape, the map, one label. */
static void other_sets_differ(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    static double x[N * D];
    test_normal(4, N * D, x);
    int32_t labels[N] = {0};
    int64_t rows[N], digest[8];
    for (int64_t i = 0; i < N; i++) {
        rows[i] = i;
    }
    ddn_dataset *ds, *other;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, x, D, &ds));
    digest[0] = digest_of(ctx, ds);
    rows[598] = 599;
    rows[599] = 598;
    OK(ctx, ddn_dataset_create_subset(ctx, ds, N, rows, &other));
    digest[1] = digest_and_destroy(ctx, other);
    OK(ctx, ddn_dataset_create_mapped(ctx, ds, 1, 0x1p-40, &other));
    digest[2] = digest_and_destroy(ctx, other);
    OK(ctx, ddn_dataset_create_labelled(ctx, ds, N, labels, &other));
    digest[3] = digest_and_destroy(ctx, other);
    labels[N - 1] = 1;
    OK(ctx, ddn_dataset_create_labelled(ctx, ds, N, labels, &other));
    digest[4] = digest_and_destroy(ctx, other);
    ddn_dataset_destroy(ds);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, D, N, x, N, &ds));
    digest[5] = digest_and_destroy(ctx, ds);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, N, D * 8, x, D * 8, &ds));
    digest[6] = digest_and_destroy(ctx, ds);
    x[N * D - 1] = nextafter(x[N * D - 1], 9);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, x, D, &ds));
    digest[7] = digest_of(ctx, ds);
    for (int i = 0; i < 8; i++) {
        for (int k = 0; k < i; k++) {
            assert_int_not_equal(digest[i], digest[k]);
        }
    }
    int64_t untouched = 5;
    FAILS(ctx, ddn_dataset_digest(ctx, NULL, &untouched), DDN_E_NULL, "ds");
    FAILS(ctx, ddn_dataset_digest(ctx, ds, NULL), DDN_E_NULL, "digest");
    assert_int_equal(untouched, 5);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_definition_is_fixed),
        cmocka_unit_test(equal_sets_are_equal),
        cmocka_unit_test(other_sets_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
