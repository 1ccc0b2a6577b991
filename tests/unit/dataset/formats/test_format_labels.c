/* Labels from files, the allocations on the way, and a real data set. */
#include <unistd.h>

#include "support/failing.h"
#include "support/files.h"
#include "support/fixtures.h"

static const double SIX[6] = {1.5, -2, 3, 0.25, 1e3, -6};

static const uint8_t IDX[] = {0, 0, 8, 3, 0, 0, 0, 2, 0,   0,   0,
                              1, 0, 0, 0, 3, 0, 1, 2, 253, 254, 255};

static void labels_come_from_files(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *plain, *ds;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 2, SIX, 2, &plain));
    const uint8_t idx[] = {0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 200};
    const int8_t i1[] = {-1, 5, 127};
    const int16_t i2[] = {-300, 5, 300};
    const int32_t i4[] = {INT32_MIN, 5, INT32_MAX};
    const int64_t i8[] = {INT32_MIN, 5, INT32_MAX};
    const int64_t wide[] = {0, INT64_C(1) << 31, 0};
    const struct {
        const char *path;
        int32_t want[3];
    } good[] = {
        {strdup(test_write_file("l.idx", idx, sizeof idx)), {9, 0, 200}},
        {strdup(test_write_gzip("l.gz", idx, sizeof idx)), {9, 0, 200}},
        {strdup(test_write_npy(
             "l0.npy", "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", idx + 8, 3)),
         {9, 0, 200}},
        {strdup(test_write_npy(
             "l1.npy", "{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }", i1, sizeof i1)),
         {-1, 5, 127}},
        {strdup(test_write_npy(
             "l2.npy", "{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }", i2, sizeof i2)),
         {-300, 5, 300}},
        {strdup(test_write_npy(
             "l4.npy", "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }", i4, sizeof i4)),
         {INT32_MIN, 5, INT32_MAX}},
        {strdup(test_write_npy(
             "l8.npy", "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", i8, sizeof i8)),
         {INT32_MIN, 5, INT32_MAX}},
    };
    for (size_t k = 0; k < sizeof good / sizeof good[0]; k++) {
        int32_t got[3];
        OK(ctx, ddn_dataset_open_labelled(ctx, plain, good[k].path, &ds));
        OK(ctx, ddn_dataset_labels(ctx, ds, 3, got));
        assert_memory_equal(got, good[k].want, sizeof got);
        ddn_dataset_destroy(ds);
        free((char *)good[k].path);
    }
#define REFUSE(path, status, reason)                                                               \
    FAILS(ctx, ddn_dataset_open_labelled(ctx, plain, path, &ds), status, reason);                  \
    assert_null(ds)
    REFUSE(test_path("none"), DDN_E_IO, "none: cannot open");
    REFUSE(test_write_file("m.idx", (uint8_t[]){0, 0, 8, 1, 0, 0, 0, 2, 1, 2}, 10), DDN_E_SHAPE,
           "m.idx: 2 labels for n = 3 points");
    REFUSE(test_write_file("m.idx", IDX, sizeof IDX), DDN_E_FORMAT, "m.idx: labels have one axis");
    REFUSE(test_write_file("m.idx", idx, sizeof idx - 1), DDN_E_FORMAT, "truncated");
    REFUSE(test_write_gzip("m.gz", idx, sizeof idx - 1), DDN_E_FORMAT, "truncated");
    REFUSE(
        test_write_npy("m.npy", "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }", i4, 8),
        DDN_E_SHAPE, "m.npy: 2 labels");
    REFUSE(test_write_npy("m.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", i8,
                          sizeof i8),
           DDN_E_FORMAT, "is no integer");
    REFUSE(test_write_npy("m.npy", "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }",
                          wide, sizeof wide),
           DDN_E_FORMAT, "label 1 = 2147483648 does not fit");
    REFUSE(test_write_npy("m.npy", "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", i8,
                          23),
           DDN_E_FORMAT, "truncated");
    REFUSE(test_write_npy("m.npy",
                          "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 3000000000), }",
                          i4, 3),
           DDN_E_FORMAT, "m.npy: labels in 3000000000 columns");
    ddn_dataset_destroy(plain);
    ddn_context_destroy(ctx);
}

static ddn_status open_label_subset(ddn_context *ctx, void *folder_files)
{
    const char *const *path = folder_files;
    ddn_dataset *ds = NULL, *labelled = NULL, *sub = NULL;
    const int32_t wanted[1] = {7};
    ddn_status status = ddn_dataset_open(ctx, path[0], DDN_FORMAT_AUTO, &ds);
    if (status == DDN_OK) {
        status = ddn_dataset_open_labelled(ctx, ds, path[1], &labelled);
    }
    if (status == DDN_OK) {
        status = ddn_dataset_create_class_subset(ctx, labelled, 1, wanted, &sub);
    }
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(labelled);
    ddn_dataset_destroy(sub);
    return status;
}

/* Of more than zlib takes at once: it asks for its window amid the file. */
static void every_allocation_of_long_packed_files(void **state)
{
    (void)state;
    enum {
        BYTES = 1 << 18
    };
    uint8_t *bytes = malloc(2 * BYTES);
    uint32_t number = 1;
    assert_non_null(bytes);
    for (int64_t i = 0; i < BYTES; i++) {
        number = number * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(number >> 24);
    }
    size_t size = test_npy_image(bytes + BYTES / 2, 1, 64,
                                 "{'descr': '|u1', 'fortran_order': False, 'shape': (512, 256), }",
                                 bytes, BYTES / 2);
    char *path = strdup(test_write_gzip("long.npy.gz", bytes + BYTES / 2, size));
    assert_in_range(test_every_allocation(test_open, path), 6, 100);
    free(path);
    free(bytes);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    const uint8_t idx[] = {0, 0, 8, 1, 0, 0, 0, 2, 7, 0};
    const int32_t i4[] = {7, 1};
    char *points[3], *labels[2];
    points[0] = strdup(test_write_file("p.idx", IDX, sizeof IDX));
    points[1] = strdup(test_write_gzip("p.gz", IDX, sizeof IDX));
    points[2] = strdup(test_write_npy(
        "p.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", SIX, sizeof SIX));
    labels[0] = strdup(test_write_gzip("q.gz", idx, sizeof idx));
    labels[1] = strdup(test_write_npy(
        "q.npy", "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }", i4, sizeof i4));
    for (int k = 0; k < 6; k++) {
        const char *path[2] = {points[k % 3], labels[k / 3]};
        assert_true(test_every_allocation(open_label_subset, path) > 10);
    }
    for (int k = 0; k < 3; k++) {
        free(points[k]);
    }
    free(labels[0]);
    free(labels[1]);
}

/* The real thing, where it is installed. */
static void fashion_mnist_opens(void **state)
{
    (void)state;
    const char *points = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz";
    const char *labels = "/usr/share/datasets/fashion-mnist/train-labels-idx1-ubyte.gz";
    if (access(points, R_OK) != 0) {
        skip();
    }
    ddn_context *ctx = test_context(1);
    ddn_dataset *raw, *ds, *two;
    int32_t values[10];
    int64_t counts[10];
    OK(ctx, ddn_dataset_open(ctx, points, DDN_FORMAT_AUTO, &raw));
    OK(ctx, ddn_dataset_open_labelled(ctx, raw, labels, &ds));
    assert_int_equal(ddn_dataset_n(ds), 60000);
    assert_int_equal(ddn_dataset_d(ds), 784);
    assert_int_equal(ddn_dataset_class_count(ds), 10);
    OK(ctx, ddn_dataset_classes(ctx, ds, 10, values, counts));
    for (int k = 0; k < 10; k++) {
        assert_int_equal(values[k], k);
        assert_int_equal(counts[k], 6000);
    }
    const int32_t wanted[2] = {1, 7};
    OK(ctx, ddn_dataset_create_class_subset(ctx, ds, 2, wanted, &two));
    assert_int_equal(ddn_dataset_n(two), 12000);
    ddn_dataset_destroy(raw);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(two);
    ddn_context_destroy(ctx);
}

/* A label below int32, and a header that is longer than any. */
static void more_bad_files(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *plain = NULL, *ds = NULL;
    const int64_t low[] = {0, INT32_MIN - INT64_C(1), 0};
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 2, SIX, 2, &plain));
    FAILS(ctx,
          ddn_dataset_open_labelled(
              ctx, plain,
              test_write_npy("low.npy", "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }",
                             low, sizeof low),
              &ds),
          DDN_E_FORMAT, "does not fit in 32 bits");
    const size_t length = 65536;
    uint8_t *image = calloc(1, length + 12);
    assert_non_null(image);
    memcpy(image, "\x93NUMPY\x02\x00\x00\x00\x01\x00", 12);
    memset(image + 12, ' ', length);
    FAILS(
        ctx,
        ddn_dataset_open(ctx, test_write_file("long.npy", image, length + 12), DDN_FORMAT_NPY, &ds),
        DDN_E_FORMAT, "header of 65536 bytes");
    free(image);
    assert_null(ds);
    ddn_dataset_destroy(plain);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_bad_files),
        cmocka_unit_test(labels_come_from_files),
        cmocka_unit_test(every_allocation_of_long_packed_files),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(fashion_mnist_opens),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
