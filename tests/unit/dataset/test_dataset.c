/* Datasets from memory: limits, ownership, maps, labels, subsets, moments. */
#include "support/exact.h"
#include "support/fixtures.h"

static const double POINTS[5][3] = {{1.25, -0.5, 0.75},
                                    {-1, 0.25, 0.5},
                                    {0.5, 1.5, -1.25},
                                    {1.375, -0.4375, 0.8125},
                                    {-0.75, -1.5, 0}};

static ddn_dataset *five(ddn_context *ctx)
{
    ddn_dataset *ds = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 5, 3, POINTS, 3, &ds));
    return ds;
}

static void count_release(void *user)
{
    ++*(int *)user;
}

static void limits_are_checked(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double x[6] = {1, 2, 3, 4, 5, 6};
    ddn_dataset *ds = (ddn_dataset *)x;
    FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 1, 1, NULL, 1, &ds), DDN_E_NULL, "data");
    assert_null(ds);
    FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 1, 1, x, 1, NULL), DDN_E_NULL, "out");
    FAILS(ctx, ddn_dataset_create(ctx, 7, 1, 1, x, 1, &ds), DDN_E_KEY, "type = 7");
    FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 0, 1, x, 1, &ds), DDN_E_RANGE, "n = 0");
    FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 1, 0, x, 1, &ds), DDN_E_RANGE, "d = 0");
    FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, 1, 1 << 25, x, 1 << 25, &ds), DDN_E_RANGE,
          "d = 33554432");
    FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, INT64_MAX, 2, x, 2, &ds), DDN_E_RANGE,
          "too large");
    FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 2, x, INT64_MAX / 2, &ds), DDN_E_RANGE,
          "ld");
    FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 3, x, 2, &ds), DDN_E_SHAPE,
          "ld = 2 is below d = 3");
    FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 1, 1, (char *)x + 1, 1, &ds), DDN_E_RANGE,
          "aligned");
    assert_null(ds);
    assert_int_equal(ddn_dataset_create(NULL, DDN_TYPE_F64, 1, 1, x, 1, &ds), DDN_E_NULL);
    assert_int_equal(ddn_dataset_n(NULL) + ddn_dataset_d(NULL) + ddn_dataset_type(NULL), 0);
    ddn_dataset_destroy(NULL);
    ddn_context_destroy(ctx);
}

/* Kilobytes of this process that may lie in huge pages; -1: the system does not say. */
static int64_t room_in_huge_pages(void)
{
    char line[512];
    int64_t size = 0, sum = -1;
    FILE *f = fopen("/proc/self/smaps", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "Size:", 5) == 0) {
            size = strtoll(line + 5, NULL, 10);
        } else if (strncmp(line, "VmFlags:", 8) == 0) {
            sum += (sum < 0) + (strstr(line, " hg") != NULL ? size : 0);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return sum;
}

static void large_sets_may_lie_in_huge_pages(void **state)
{
    (void)state;
    enum {
        N = 1 << 12,
        D = 1 << 12
    };
    ddn_context *ctx = test_context(1);
    uint8_t *x = calloc(N, D);
    ddn_dataset *small, *large;
    assert_non_null(x);
    FILE *f = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    const int64_t before = f == NULL ? -1 : room_in_huge_pages();
    if (f != NULL) {
        fclose(f);
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, N / 16, D, x, D, &small));
    assert_int_equal(before < 0 ? before : room_in_huge_pages(), before);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, N, D, x, D, &large));
    assert_true(before < 0 || room_in_huge_pages() > before);
    ddn_dataset_destroy(small);
    ddn_dataset_destroy(large);
    free(x);
    ddn_context_destroy(ctx);
}

static void nonfinite_numbers_are_named(void **state)
{
    (void)state;
    enum {
        N = 200,
        D = 5
    };
    for (int64_t threads = 1; threads <= 3; threads++) {
        ddn_context *ctx = test_context(threads);
        double *x = calloc(N * D, sizeof *x);
        float *y = calloc(N * D, sizeof *y);
        ddn_dataset *ds;
        x[150 * D + 4] = NAN;
        x[180 * D + 1] = INFINITY;
        y[199 * D] = -INFINITY;
        FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, x, D, &ds), DDN_E_NONFINITE,
              "row 150, column 4 is NaN");
        FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F32, N, D, y, D, &ds), DDN_E_NONFINITE,
              "row 199, column 0 is infinite");
        int released = 0;
        FAILS(ctx,
              ddn_dataset_create_borrowed(ctx, DDN_TYPE_F32, N, D, y, D, &released, count_release,
                                          &ds),
              DDN_E_NONFINITE, "row 199");
        assert_int_equal(released, 0);
        /* Padding columns are not data. */
        x[150 * D + 4] = 0;
        x[180 * D + 1] = 0;
        for (int i = 0; i < N; i++) {
            x[i * D + 4] = NAN;
        }
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D - 1, x, D, &ds));
        ddn_dataset_destroy(ds);
        free(x);
        free(y);
        ddn_context_destroy(ctx);
    }
}

static void borrowed_data_is_released_once_and_last(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double x[4] = {1, 2, 3, 4};
    int32_t labels[2] = {4, -4};
    int64_t rows[1] = {1};
    int released = 0;
    ddn_dataset *ds, *mapped, *labelled, *sub;
    OK(ctx,
       ddn_dataset_create_borrowed(ctx, DDN_TYPE_F64, 2, 2, x, 2, &released, count_release, &ds));
    OK(ctx, ddn_dataset_create_mapped(ctx, ds, 2, 1, &mapped));
    OK(ctx, ddn_dataset_create_labelled(ctx, mapped, 2, labels, &labelled));
    OK(ctx, ddn_dataset_create_subset(ctx, labelled, 1, rows, &sub));
    ddn_context_destroy(ctx); /* sets outlive their context */
    ctx = test_context(1);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(mapped);
    assert_int_equal(released, 0);
    double row[2];
    OK(ctx, ddn_dataset_read(ctx, labelled, 1, 1, row, 2));
    CLOSE(row[0], 7, 0, 0);
    ddn_dataset_destroy(labelled);
    assert_int_equal(released, 1);
    x[2] = 99; /* the subset is a copy */
    OK(ctx, ddn_dataset_read(ctx, sub, 0, 1, row, 2));
    CLOSE(row[0], 7, 0, 0);
    CLOSE(row[1], 9, 0, 0);
    ddn_dataset_destroy(sub);
    assert_int_equal(released, 1);
    OK(ctx, ddn_dataset_create_borrowed(ctx, DDN_TYPE_F64, 2, 2, x, 2, NULL, NULL, &ds));
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* A map that only shifts, or only scales, is one in every type. */
static void maps_of_one_number(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const uint8_t b[4] = {0, 3, 255, 7};
    const float f[4] = {0, 3, 255, 7};
    const double x[4] = {0, 3, 255, 7};
    const void *const data[3] = {b, f, x};
    const ddn_type types[3] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    for (int k = 0; k < 6; k++) {
        const double scale = k < 3 ? 1 : 0.5, shift = k < 3 ? 0.25 : 0;
        ddn_dataset *raw, *ds, *far = NULL;
        double got[4], mean[2];
        float single[4];
        OK(ctx, ddn_dataset_create(ctx, types[k % 3], 2, 2, data[k % 3], 2, &raw));
        OK(ctx, ddn_dataset_create_mapped(ctx, raw, scale, shift, &ds));
        OK(ctx, ddn_dataset_read(ctx, ds, 0, 2, got, 2));
        OK(ctx, ddn_dataset_read_f32(ctx, ds, 0, 2, single, 2));
        OK(ctx, ddn_dataset_mean(ctx, ds, 2, mean));
        for (int i = 0; i < 4; i++) {
            CLOSE(got[i], scale * x[i] + shift, 0, 0);
            CLOSE(single[i], (float)got[i], 0, 0);
        }
        CLOSE(mean[0], (got[0] + got[2]) / 2, 1e-15, 0);
        OK(ctx, ddn_dataset_create_mapped(ctx, raw, scale, 1e39, &far)); /* no float is so large */
        FAILS(ctx, ddn_dataset_read_f32(ctx, far, 0, 2, single, 2), DDN_E_RANGE, "row 0, column 0");
        ddn_dataset_destroy(far);
        ddn_dataset_destroy(ds);
        ddn_dataset_destroy(raw);
    }
    ddn_context_destroy(ctx);
}

static void read_applies_the_map(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    uint8_t pixels[2][4] = {{0, 255, 51, 9}, {102, 1, 2, 9}};
    ddn_dataset *raw, *ds, *again;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, 2, 3, pixels, 4, &raw));
    memset(pixels, 0, sizeof pixels); /* create copied them */
    OK(ctx, ddn_dataset_create_mapped(ctx, raw, 1 / 127.5, -1, &ds));
    double out[8];
    OK(ctx, ddn_dataset_read(ctx, ds, 0, 2, out, 4));
    CLOSE(out[0], -1, 0, 0);
    CLOSE(out[1], 1, 0, 1e-15);
    CLOSE(out[2], -0.6, 1e-15, 0);
    CLOSE(out[4], -0.2, 1e-15, 0);
    assert_int_equal(ddn_dataset_type(ds), DDN_TYPE_U8);
    CLOSE(ddn_dataset_scale(ds), 1 / 127.5, 0, 0);
    CLOSE(ddn_dataset_shift(ds), -1, 0, 0);
    OK(ctx, ddn_dataset_create_mapped(ctx, ds, 1, 0, &again)); /* replaces, does not compose */
    OK(ctx, ddn_dataset_read(ctx, again, 1, 1, out, 3));
    CLOSE(out[0], 102, 0, 0);
    OK(ctx, ddn_dataset_read(ctx, again, 2, 0, NULL, 3));
    ddn_dataset_destroy(again);
    FAILS(ctx, ddn_dataset_read(ctx, ds, 0, 3, out, 4), DDN_E_RANGE, "count = 3");
    FAILS(ctx, ddn_dataset_read(ctx, ds, -1, 1, out, 4), DDN_E_RANGE, "first = -1");
    FAILS(ctx, ddn_dataset_read(ctx, ds, 0, 1, out, 2), DDN_E_SHAPE, "less than");
    FAILS(ctx, ddn_dataset_create_mapped(ctx, ds, 0, 0, &again), DDN_E_RANGE, "scale is 0");
    FAILS(ctx, ddn_dataset_create_mapped(ctx, raw, NAN, 0, &again), DDN_E_NONFINITE, "scale");
    FAILS(ctx, ddn_dataset_create_mapped(ctx, raw, 1, INFINITY, &again), DDN_E_NONFINITE, "shift");
    assert_null(again);
    ddn_dataset_destroy(raw);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Floats come back as they are, all else as the double rounded once; gaps are not written. */
static void reads_singles(void **state)
{
    (void)state;
    enum {
        ROWS = 3,
        COLUMNS = 1500, /* more than is converted at once */
        LD = COLUMNS + 1
    };
    static double numbers[ROWS * COLUMNS], wide[ROWS * COLUMNS];
    static float singles[ROWS * COLUMNS], out[ROWS * LD];
    static uint8_t bytes[ROWS * COLUMNS];
    static const ddn_type types[3] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    const void *const data[3] = {bytes, singles, numbers};
    ddn_context *ctx = test_context(1);
    test_normal(21, ROWS * COLUMNS, numbers);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        singles[i] = (float)numbers[i];
        bytes[i] = (uint8_t)(i * 7);
    }
    for (int k = 0; k < 2 * 3; k++) {
        ddn_dataset *plain = NULL, *ds = NULL;
        OK(ctx, ddn_dataset_create(ctx, types[k / 2], ROWS, COLUMNS, data[k / 2], COLUMNS, &plain));
        OK(ctx, ddn_dataset_create_mapped(ctx, plain, k % 2 ? 1.0 / 3 : 1, k % 2 ? -0.7 : 0, &ds));
        OK(ctx, ddn_dataset_read(ctx, ds, 1, 2, wide, COLUMNS));
        for (int i = 0; i < ROWS * LD; i++) {
            out[i] = 77;
        }
        OK(ctx, ddn_dataset_read_f32(ctx, ds, 1, 2, out, LD));
        for (int i = 0; i < 2 * COLUMNS; i++) {
            assert_true(out[i / COLUMNS * LD + i % COLUMNS] == (float)wide[i]);
            assert_true(k != 2 || out[i / COLUMNS * LD + i % COLUMNS] == singles[COLUMNS + i]);
        }
        assert_true(out[COLUMNS] == 77 && out[2 * LD] == 77);
        FAILS(ctx, ddn_dataset_read_f32(ctx, ds, 2, 2, out, LD), DDN_E_RANGE, "count = 2");
        FAILS(ctx, ddn_dataset_read_f32(ctx, ds, 0, 1, out, 9), DDN_E_SHAPE, "of out is 9");
        FAILS(ctx, ddn_dataset_read_f32(ctx, ds, 0, 1, NULL, LD), DDN_E_NULL, "out");
        OK(ctx, ddn_dataset_read_f32(ctx, ds, 3, 0, NULL, LD));
        ddn_dataset_destroy(ds);
        ddn_dataset_destroy(plain);
    }
    numbers[2 * COLUMNS + 1400] = 1e39;
    ddn_dataset *ds = NULL, *mapped = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, ROWS, COLUMNS, numbers, COLUMNS, &ds));
    out[0] = 77;
    FAILS(ctx, ddn_dataset_read_f32(ctx, ds, 0, 3, out, LD), DDN_E_RANGE, "row 2, column 1400");
    assert_true(out[0] == 77);
    ddn_dataset_destroy(ds);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, ROWS, COLUMNS, bytes, COLUMNS, &ds));
    OK(ctx, ddn_dataset_create_mapped(ctx, ds, 1e37, 0, &mapped));
    FAILS(ctx, ddn_dataset_read_f32(ctx, mapped, 0, 3, out, LD), DDN_E_RANGE, "row 0, column 5");
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static void a_map_that_overflows_is_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double x[3] = {1, 2, 1e200};
    ddn_dataset *ds, *out;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 1, x, 1, &ds));
    FAILS(ctx, ddn_dataset_create_mapped(ctx, ds, 1e200, 0, &out), DDN_E_NONFINITE,
          "row 2, column 0");
    assert_null(out);
    OK(ctx, ddn_dataset_create_mapped(ctx, ds, 1e100, 0, &out));
    ddn_dataset_destroy(out);
    ddn_dataset_destroy(ds);
    /* The shift alone may be what is too much. */
    x[2] = 1e308;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 1, x, 1, &ds));
    FAILS(ctx, ddn_dataset_create_mapped(ctx, ds, 1, 1e308, &out), DDN_E_NONFINITE,
          "row 2, column 0");
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static void labels_have_classes(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *plain = five(ctx), *ds = (ddn_dataset *)plain;
    const int32_t labels[5] = {7, -3, 7, 0, -3};
    int32_t values[3], back[5];
    int64_t counts[3];
    assert_int_equal(ddn_dataset_class_count(plain), 0);
    FAILS(ctx, ddn_dataset_labels(ctx, plain, 5, back), DDN_E_UNSUPPORTED, "no labels");
    FAILS(ctx, ddn_dataset_create_class_subset(ctx, plain, 1, labels, &ds), DDN_E_UNSUPPORTED,
          "no labels");
    FAILS(ctx, ddn_dataset_create_labelled(ctx, plain, 4, labels, &ds), DDN_E_SHAPE,
          "4 labels for n = 5 points");
    assert_null(ds);
    OK(ctx, ddn_dataset_create_labelled(ctx, plain, 5, labels, &ds));
    assert_int_equal(ddn_dataset_class_count(plain), 0);
    assert_int_equal(ddn_dataset_class_count(ds), 3);
    OK(ctx, ddn_dataset_classes(ctx, ds, 3, values, counts));
    const int32_t want_values[3] = {-3, 0, 7};
    const int64_t want_counts[3] = {2, 1, 2};
    assert_memory_equal(values, want_values, sizeof values);
    assert_memory_equal(counts, want_counts, sizeof counts);
    OK(ctx, ddn_dataset_classes(ctx, ds, 3, NULL, NULL));
    FAILS(ctx, ddn_dataset_classes(ctx, ds, 2, values, counts), DDN_E_CAPACITY, "capacity = 2");
    OK(ctx, ddn_dataset_labels(ctx, ds, 5, back));
    assert_memory_equal(back, labels, sizeof back);
    FAILS(ctx, ddn_dataset_labels(ctx, ds, 4, back), DDN_E_CAPACITY, "capacity");
    ddn_dataset_destroy(plain);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

static void many_classes_are_sorted(void **state)
{
    (void)state;
    enum {
        N = 200000 /* more than are sorted at once */
    };
    ddn_context *ctx = test_context(1);
    uint8_t *x = calloc(N, 1);
    int32_t *labels = malloc(N * sizeof *labels), *values = malloc(N * sizeof *values);
    int64_t *counts = malloc(N * sizeof *counts);
    for (int64_t i = 0; i < N; i++) {
        labels[i] = (int32_t)((i * 7919) % 150001) * 10000 - 1000000000;
    }
    ddn_dataset *raw, *ds;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, N, 1, x, 1, &raw));
    OK(ctx, ddn_dataset_create_labelled(ctx, raw, N, labels, &ds));
    assert_int_equal(ddn_dataset_class_count(ds), 150001);
    OK(ctx, ddn_dataset_classes(ctx, ds, N, values, counts));
    int64_t total = 0;
    for (int64_t k = 0; k < 150001; k++) {
        assert_int_equal(values[k], k * 10000 - 1000000000);
        total += counts[k];
    }
    assert_int_equal(total, N);
    ddn_dataset_destroy(raw);
    ddn_dataset_destroy(ds);
    free(x);
    free(labels);
    free(values);
    free(counts);
    ddn_context_destroy(ctx);
}

static void subsets_keep_order_map_and_labels(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *plain = five(ctx), *mapped, *ds, *sub;
    const int32_t labels[5] = {7, -3, 7, 0, -3};
    OK(ctx, ddn_dataset_create_mapped(ctx, plain, 2, 1, &mapped));
    OK(ctx, ddn_dataset_create_labelled(ctx, mapped, 5, labels, &ds));
    const int64_t rows[4] = {4, 0, 4, 3};
    OK(ctx, ddn_dataset_create_subset(ctx, ds, 4, rows, &sub));
    double out[5][3];
    int32_t back[5];
    OK(ctx, ddn_dataset_read(ctx, sub, 0, 4, out[0], 3));
    OK(ctx, ddn_dataset_labels(ctx, sub, 4, back));
    assert_int_equal(ddn_dataset_n(sub), 4);
    for (int k = 0; k < 4; k++) {
        assert_int_equal(back[k], labels[rows[k]]);
        for (int j = 0; j < 3; j++) {
            CLOSE(out[k][j], 2 * POINTS[rows[k]][j] + 1, 0, 0);
        }
    }
    ddn_dataset_destroy(sub);
    const int32_t wanted[3] = {0, 7, 7};
    OK(ctx, ddn_dataset_create_class_subset(ctx, ds, 3, wanted, &sub));
    assert_int_equal(ddn_dataset_n(sub), 3);
    assert_int_equal(ddn_dataset_class_count(sub), 2);
    OK(ctx, ddn_dataset_labels(ctx, sub, 3, back));
    const int32_t want[3] = {7, 7, 0}; /* the set's order, not that of the classes */
    assert_memory_equal(back, want, sizeof want);
    OK(ctx, ddn_dataset_read(ctx, sub, 1, 1, out[0], 3));
    CLOSE(out[0][2], 2 * POINTS[2][2] + 1, 0, 0);
    ddn_dataset_destroy(sub);
    const int32_t absent[2] = {7, 5};
    FAILS(ctx, ddn_dataset_create_class_subset(ctx, ds, 2, absent, &sub), DDN_E_KEY,
          "classes[1] = 5: no point has this label");
    assert_null(sub);
    FAILS(ctx, ddn_dataset_create_class_subset(ctx, ds, 0, absent, &sub), DDN_E_RANGE, "count = 0");
    const int64_t outside[2] = {0, 5};
    FAILS(ctx, ddn_dataset_create_subset(ctx, ds, 2, outside, &sub), DDN_E_RANGE, "rows[1] = 5");
    FAILS(ctx, ddn_dataset_create_subset(ctx, ds, 0, outside, &sub), DDN_E_RANGE, "count = 0");
    ddn_dataset_destroy(plain);
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Means of all types in rows of any width: those of bytes round once, of any the same bits for any
 * number of threads, which have blocks of other widths. */
static void means_of_any_width(void **state)
{
    (void)state;
    enum {
        N = 300,
        LD = 3000
    };
    static const int64_t widths[] = {1, 63, 64, 65, 500, 1023, 1025, 2999};
    static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    double *z = calloc(N * LD, sizeof *z), first[LD], mean[LD];
    assert_non_null(z);
    test_normal(6, N * LD, z);
    for (int k = 0; k < 3 * 8; k++) {
        const int64_t d = widths[k / 3];
        const double scale = k % 3 == 0 ? 0.3 : 1, shift = k % 3 == 0 ? -7 : 0;
        test_cloud c = test_cloud_make(types[k % 3], N, d, LD, scale, shift, z, 1);
        for (int64_t threads = 1; threads <= 3; threads++) {
            ddn_context *ctx = test_context(threads);
            ddn_dataset *ds = test_cloud_dataset(ctx, &c, 0);
            OK(ctx, ddn_dataset_mean(ctx, ds, d, mean));
            for (int64_t j = 0; j < d; j++) {
                long double sum = 0;
                int64_t bytes = 0;
                for (int64_t i = 0; i < N; i++) {
                    sum += (long double)c.point[i * d + j];
                    bytes += k % 3 == 0 ? ((const uint8_t *)c.stored)[i * LD + j] : 0;
                }
                CLOSE(mean[j], (double)(sum / N), 1e-15, 1e-15);
                assert_true(k % 3 != 0 || mean[j] == fma(scale, (double)bytes / N, shift));
            }
            assert_true(threads == 1 || memcmp(mean, first, (size_t)d * sizeof *mean) == 0);
            memcpy(first, mean, (size_t)d * sizeof *mean);
            ddn_dataset_destroy(ds);
            ddn_context_destroy(ctx);
        }
        test_cloud_free(&c);
    }
    free(z);
}

static void moments_match_direct_sums(void **state)
{
    (void)state;
    enum {
        N = 301,
        D = 1031,
        LD = 1040
    };
    double *x = calloc(N * LD, sizeof *x), *mean = malloc(D * sizeof *mean), *norms;
    double *first_mean = malloc(D * sizeof *mean), *first_norms = malloc(N * sizeof *norms);
    norms = malloc(N * sizeof *norms);
    test_normal(5, N * LD, x);
    for (int64_t i = 0; i < N * LD; i++) {
        x[i] += 1e6;
    }
    for (int64_t threads = 1; threads <= 3; threads++) {
        ddn_context *ctx = test_context(threads);
        ddn_dataset *raw, *ds;
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, x, LD, &raw));
        OK(ctx, ddn_dataset_create_mapped(ctx, raw, -3, 2e6, &ds));
        OK(ctx, ddn_dataset_mean(ctx, ds, D, mean));
        for (int64_t j = 0; j < D; j++) {
            long double sum = 0;
            for (int64_t i = 0; i < N; i++) {
                sum += -3 * (long double)x[i * LD + j] + 2e6L;
            }
            CLOSE(mean[j], (double)(sum / N), 1e-15, 0);
        }
        OK(ctx, ddn_dataset_squared_norms(ctx, ds, N, mean, norms));
        for (int64_t i = 0; i < N; i++) {
            long double sum = 0;
            for (int64_t j = 0; j < D; j++) {
                long double r = -3 * (long double)x[i * LD + j] + 2e6L - mean[j];
                sum += r * r;
            }
            CLOSE(norms[i], (double)sum, 1e-10, 0); /* what rounding of the points leaves */
        }
        if (threads == 1) {
            memcpy(first_mean, mean, D * sizeof *mean);
            memcpy(first_norms, norms, N * sizeof *norms);
        }
        assert_memory_equal(mean, first_mean, D * sizeof *mean);
        assert_memory_equal(norms, first_norms, N * sizeof *norms);
        FAILS(ctx, ddn_dataset_mean(ctx, ds, D - 1, mean), DDN_E_CAPACITY, "capacity");
        FAILS(ctx, ddn_dataset_squared_norms(ctx, ds, N - 1, NULL, norms), DDN_E_CAPACITY,
              "capacity");
        mean[7] = NAN;
        FAILS(ctx, ddn_dataset_squared_norms(ctx, ds, N, mean, norms), DDN_E_NONFINITE, "centre");
        ddn_dataset_destroy(raw);
        ddn_dataset_destroy(ds);
        ddn_context_destroy(ctx);
    }
    free(x);
    free(mean);
    free(norms);
    free(first_mean);
    free(first_norms);
}

static void small_moments_are_exact(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = five(ctx);
    double mean[3], norms[5];
    OK(ctx, ddn_dataset_mean(ctx, ds, 3, mean));
    CLOSE(mean[0], 0.275, 1e-15, 0);
    CLOSE(mean[1], -0.1375, 1e-15, 0);
    CLOSE(mean[2], 0.1625, 1e-15, 0);
    OK(ctx, ddn_dataset_squared_norms(ctx, ds, 5, NULL, norms));
    CLOSE(norms[0], 2.375, 1e-15, 0);
    CLOSE(norms[4], 2.8125, 1e-15, 0);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Sizes that no memory has, before anything is read; sums and squares that no double has. */
static void what_memory_cannot_have(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double huge[6] = {1.5e308, 1, 1.5e308, 2, 0, 3};
    ddn_dataset *ds = NULL;
    const struct {
        int64_t n, ld;
    } sizes[] = {{2, INT64_C(1) << 60},
                 {1 << 20, INT64_C(1) << 50},
                 {1 << 12, INT64_C(1) << 48},
                 {2, INT64_C(1) << 58}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        FAILS(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, sizes[i].n, 1, huge, sizes[i].ld, &ds),
              DDN_E_RANGE, "too large");
    }
    double mean[2], value;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 2, huge, 2, &ds));
    FAILS(ctx, ddn_dataset_mean(ctx, ds, 2, mean), DDN_E_NONFINITE, "sum of column 0");
    FAILS(ctx, ddn_dataset_spectrum(ctx, ds, 1, &value, NULL, 0), DDN_E_NONFINITE, "");
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_memory_cannot_have),
        cmocka_unit_test(reads_singles),
        cmocka_unit_test(limits_are_checked),
        cmocka_unit_test(large_sets_may_lie_in_huge_pages),
        cmocka_unit_test(nonfinite_numbers_are_named),
        cmocka_unit_test(borrowed_data_is_released_once_and_last),
        cmocka_unit_test(maps_of_one_number),
        cmocka_unit_test(read_applies_the_map),
        cmocka_unit_test(a_map_that_overflows_is_refused),
        cmocka_unit_test(labels_have_classes),
        cmocka_unit_test(many_classes_are_sorted),
        cmocka_unit_test(subsets_keep_order_map_and_labels),
        cmocka_unit_test(means_of_any_width),
        cmocka_unit_test(moments_match_direct_sums),
        cmocka_unit_test(small_moments_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
