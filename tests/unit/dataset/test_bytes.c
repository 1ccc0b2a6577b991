/* Floating-point numbers that are bytes under an affine map, found and made bytes again. */
#include <float.h>

#include "support/failing.h"
#include "support/fixtures.h"

enum {
    N = 64,
    D = 24
};

static uint8_t pixels[N][D];
static float narrow[N][D];
static double wide[N][D];

/* Every byte from `first` to `last` occurs. */
static void fill(int first, int last)
{
    uint32_t r = 1;
    for (int i = 0; i < N * D; i++) {
        r = r * 1664525 + 1013904223;
        int k = i <= last - first ? i : (int)((r >> 8) % (uint32_t)(last - first + 1));
        (&pixels[0][0])[i] = (uint8_t)(first + k);
    }
}

/* (x / over - mean) / deviation, step by step in each type, as people write it. */
static void normalise(double over, double mean, double deviation)
{
    float over_f = (float)over, mean_f = (float)mean, deviation_f = (float)deviation;
    for (int i = 0; i < N * D; i++) {
        double x = (&pixels[0][0])[i];
        volatile double a = x / over;
        volatile double b = a - mean;
        volatile float c = (float)x / over_f;
        volatile float e = c - mean_f;
        (&wide[0][0])[i] = b / deviation;
        (&narrow[0][0])[i] = e / deviation_f;
    }
}

/* The set is bytes, and the same numbers to 4 roundings of the largest; the bytes are the pixels
 * less the least of them. */
static void expect_bytes(ddn_context *ctx, ddn_type type, int first)
{
    ddn_dataset *ds = NULL, *bytes = NULL;
    double was[D], is[D], largest = 0, worst = 0;
    const void *data = type == DDN_TYPE_F32 ? (const void *)narrow : (const void *)wide;
    OK(ctx, ddn_dataset_create(ctx, type, N, D, data, D, &ds));
    OK(ctx, ddn_dataset_create_bytes(ctx, ds, &bytes));
    assert_int_equal(ddn_dataset_type(bytes), DDN_TYPE_U8);
    assert_non_null(strstr(ddn_dataset_description(bytes), "bytes k in disguise"));
    double scale = ddn_dataset_scale(bytes), shift = ddn_dataset_shift(bytes);
    for (int i = 0; i < N; i++) {
        OK(ctx, ddn_dataset_read(ctx, ds, i, 1, was, D));
        OK(ctx, ddn_dataset_read(ctx, bytes, i, 1, is, D));
        for (int j = 0; j < D; j++) {
            largest = fmax(largest, fabs(was[j]));
            worst = fmax(worst, fabs(was[j] - is[j]));
            assert_true(is[j] == fma(scale, pixels[i][j] - first, shift));
        }
    }
    assert_true(worst <= ldexp(largest, type == DDN_TYPE_F32 ? -22 : -51));
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(bytes);
}

/* What image sets are divided by, and the means and deviations that are usual. */
static void usual_maps_are_found(void **state)
{
    (void)state;
    static const double maps[][3] = {
        {255, 0, 1},           {127.5, 1, 1},         {256, 0, 1},           {1, 0, 1},
        {255, 0.1307, 0.3081}, {255, 0.2860, 0.3530}, {255, 0.5, 0.5},       {255, 0.485, 0.229},
        {255, 0.456, 0.224},   {255, 0.406, 0.225},   {255, 0.4914, 0.2470}, {255, 0.4465, 0.2616},
        {128, 1, 1},           {1, 33.3184, 78.5675}};
    ddn_context *ctx = test_context(1);
    for (size_t k = 0; k < sizeof maps / sizeof maps[0]; k++) {
        for (int part = 0; part < 3; part++) {
            int first = part == 1 ? 7 : 0, last = part == 2 ? 251 : 255;
            fill(first, last);
            normalise(maps[k][0], maps[k][1], maps[k][2]);
            expect_bytes(ctx, DDN_TYPE_F32, first);
            expect_bytes(ctx, DDN_TYPE_F64, first);
        }
    }
    ddn_context_destroy(ctx);
}

static void others_are_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL, *bytes = NULL;
    fill(0, 255);
    normalise(255, 0, 1);
#define REFUSE(type, data, reason)                                                                 \
    OK(ctx, ddn_dataset_create(ctx, type, N, D, data, D, &ds));                                    \
    FAILS(ctx, ddn_dataset_create_bytes(ctx, ds, &bytes), DDN_E_UNSUPPORTED, reason);              \
    assert_null(bytes);                                                                            \
    ddn_dataset_destroy(ds)
    narrow[63][5] += 1e-6F; /* half a thousandth of a step */
    REFUSE(DDN_TYPE_F32, narrow, "row 63, column 5 = ");
    wide[40][3] += 1e-14;
    REFUSE(DDN_TYPE_F64, wide, "row 40, column 3 = ");
    for (int i = 0; i < N * D; i++) {
        (&wide[0][0])[i] = sqrt(i);
        (&narrow[0][0])[i] = (float)(i % 257); /* one level too many */
    }
    REFUSE(DDN_TYPE_F64, wide, "row 42, column 16 = 32 is the 1025th different number");
    REFUSE(DDN_TYPE_F32, narrow, "no bytes: row ");
    /* Steps that the numbers hardly resolve. */
    for (int i = 0; i < N * D; i++) {
        (&narrow[0][0])[i] = 1e6F + (float)(i % 7) * 0.0625F;
    }
    REFUSE(DDN_TYPE_F32, narrow, "no bytes");
    FAILS(ctx, ddn_dataset_create_bytes(ctx, NULL, &bytes), DDN_E_NULL, "ds");
    FAILS(ctx, ddn_dataset_create_bytes(ctx, ds, NULL), DDN_E_NULL, "out");
    ddn_context_destroy(ctx);
}

/* Few levels, one level, bytes already, integers stored as doubles; labels, weights and a map. */
static void special_sets(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL, *bytes = NULL, *labelled = NULL, *mapped = NULL, *weighted = NULL;
    const double two[4] = {-1, 3, 3, -1}, one[4] = {0.1, 0.1, 0.1, 0.1}, zeros[4] = {0, -0.0, 0, 0};
    const int32_t label[2] = {4, 5};
    const double weight[2] = {1, 3};
    double x[4];
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 2, two, 2, &ds));
    OK(ctx, ddn_dataset_create_labelled(ctx, ds, 2, label, &labelled));
    OK(ctx, ddn_dataset_create_weighted(ctx, labelled, 2, weight, &weighted));
    OK(ctx, ddn_dataset_create_mapped(ctx, weighted, 0.5, 10, &mapped));
    OK(ctx, ddn_dataset_create_bytes(ctx, mapped, &bytes));
    CLOSE(ddn_dataset_scale(bytes), 2, 0, 0);
    CLOSE(ddn_dataset_shift(bytes), 9.5, 0, 0);
    assert_int_equal(ddn_dataset_class_count(bytes), 2);
    assert_int_equal(ddn_dataset_is_weighted(bytes), 1);
    OK(ctx, ddn_dataset_read(ctx, bytes, 0, 2, x, 2));
    CLOSE(x[0], 9.5, 0, 0);
    CLOSE(x[1], 11.5, 0, 0);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(labelled);
    ddn_dataset_destroy(weighted);
    ddn_dataset_destroy(mapped);
    OK(ctx, ddn_dataset_create_bytes(ctx, bytes, &ds)); /* bytes again */
    CLOSE(ddn_dataset_scale(ds), 2, 0, 0);
    ddn_dataset_destroy(bytes);
    ddn_dataset_destroy(ds);
    for (int k = 0; k < 2; k++) {
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 2, k ? zeros : one, 2, &ds));
        OK(ctx, ddn_dataset_create_bytes(ctx, ds, &bytes));
        OK(ctx, ddn_dataset_read(ctx, bytes, 0, 2, x, 2));
        for (int i = 0; i < 4; i++) {
            CLOSE(x[i], k ? 0 : 0.1, 0, 0);
        }
        ddn_dataset_destroy(bytes);
        ddn_dataset_destroy(ds);
    }
    /* As far apart as doubles can be. */
    const double far[4] = {-DBL_MAX, DBL_MAX, 0, DBL_MAX};
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 2, far, 2, &ds));
    ddn_status status = ddn_dataset_create_bytes(ctx, ds, &bytes);
    assert_true(status == DDN_OK || status == DDN_E_UNSUPPORTED);
    ddn_dataset_destroy(bytes);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static ddn_status make_bytes(ddn_context *ctx, void *unused)
{
    (void)unused;
    ddn_dataset *ds = NULL, *bytes = NULL;
    ddn_status status = ddn_dataset_create(ctx, DDN_TYPE_F32, N, D, narrow, D, &ds);
    if (status == DDN_OK) {
        status = ddn_dataset_create_bytes(ctx, ds, &bytes);
    }
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(bytes);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fill(0, 255);
    normalise(255, 0.5, 0.5);
    assert_true(test_every_allocation(make_bytes, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_maps_are_found),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(special_sets),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
