/* The table of formats as a whole: every file is claimed most surely by its own format alone, plain
 * and compressed, and the sources give the same bytes however they are read. */
#include "dataset/formats/format.h"

#include "support/files.h"
#include "support/fixtures.h"

enum {
    RECORD = 3073,
    IMAGE = 2 * (RECORD + 1)
};

#define ROW(format, name) &(format),
static const ddni_file_format *const FORMATS[] = {DDNI_FORMATS(ROW)}; /* not the readings by name */

enum {
    COUNT = sizeof FORMATS / sizeof FORMATS[0]
};

/* A file of each format, in the order of the ids. */
static size_t write_image(ddn_format id, uint8_t *out)
{
    static const uint8_t idx[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
    static const double six[] = {1, 2, 3, 4, 5, 6};
    switch (id) {
    case DDN_FORMAT_NPY:
        return test_npy_image(out, 1, 64,
                              "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", six,
                              sizeof six);
    case DDN_FORMAT_IDX:
        memcpy(out, idx, sizeof idx);
        return sizeof idx;
    case DDN_FORMAT_CIFAR10:
        memset(out, 7, IMAGE);
        return 2 * RECORD;
    case DDN_FORMAT_CIFAR100:
        memset(out, 7, IMAGE);
        return IMAGE;
    default:
        fail_msg("no file for format %d", (int)id);
        return 0;
    }
}

static void each_file_has_one_format(void **state)
{
    (void)state;
    static uint8_t image[IMAGE];
    for (int k = 0; k < COUNT; k++) {
        size_t size = write_image(FORMATS[k]->id, image);
        int64_t head = size < DDNI_HEAD ? (int64_t)size : DDNI_HEAD;
        for (int j = 0; j < COUNT; j++) {
            int32_t sure = FORMATS[j]->probe(image, head, (int64_t)size);
            assert_true(j == k ? sure >= DDNI_PROBE_LIKELY : sure == DDNI_PROBE_NO);
            assert_true(j == k || FORMATS[j]->id != FORMATS[k]->id);
        }
    }
    /* A dark first picture looks like IDX; a batch whose size is right is the better guess. */
    memset(image, 0, IMAGE);
    image[2] = 8;
    image[3] = 1;
    assert_int_equal(ddni_idx.probe(image, DDNI_HEAD, 2 * RECORD), DDNI_PROBE_PERHAPS);
    assert_int_equal(ddni_cifar10.probe(image, DDNI_HEAD, 2 * RECORD), DDNI_PROBE_LIKELY);
}

/* Probes look at what is there and no further: tools for memory errors watch this. */
static void probes_stay_inside(void **state)
{
    (void)state;
    static uint8_t image[IMAGE];
    for (int k = 0; k < COUNT; k++) {
        write_image(FORMATS[k]->id, image);
        for (int64_t count = 0; count <= DDNI_HEAD; count++) {
            uint8_t *head = malloc((size_t)count + 1);
            assert_non_null(head);
            memcpy(head + 1, image, (size_t)count);
            for (int j = 0; j < COUNT; j++) {
                int32_t sure = FORMATS[j]->probe(head + 1, count, count);
                assert_true(sure >= DDNI_PROBE_NO && sure <= DDNI_PROBE_SURE);
            }
            free(head);
        }
    }
}

static void compressed_files_open_too(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *plain, *ds;
    static uint8_t image[IMAGE];
    double want[6], got[6];
    for (int k = 0; k < COUNT; k++) {
        size_t size = write_image(FORMATS[k]->id, image);
        OK(ctx, ddn_dataset_open(ctx, test_write_file("plain", image, size), 0, &plain));
        if (FORMATS[k]->sized) {
            FAILS(ctx,
                  ddn_dataset_open(ctx, test_write_gzip("gz", image, size), FORMATS[k]->id, &ds),
                  DDN_E_FORMAT, "gz: compressed");
        } else {
            OK(ctx, ddn_dataset_open(ctx, test_write_gzip("gz", image, size), 0, &ds));
            OK(ctx, ddn_dataset_read(ctx, plain, 0, 2, want, 3));
            OK(ctx, ddn_dataset_read(ctx, ds, 0, 2, got, 3));
            assert_memory_equal(want, got, sizeof want);
            ddn_dataset_destroy(ds);
        }
        ddn_dataset_destroy(plain);
    }
    const int64_t labels[2] = {4, -4};
    size_t size =
        test_npy_image(image, 1, 64, "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }",
                       labels, sizeof labels);
    int32_t label[2];
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, 2, 3, image, 3, &plain));
    OK(ctx, ddn_dataset_open_labelled(ctx, plain, test_write_gzip("l", image, size), &ds));
    OK(ctx, ddn_dataset_labels(ctx, ds, 2, label));
    assert_int_equal(label[0], 4);
    assert_int_equal(label[1], -4);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(plain);
    ddn_context_destroy(ctx);
}

static void unknown_files_name_the_formats(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds, *two;
    const uint8_t text[] = "hello\n";
    FAILS(ctx, ddn_dataset_open(ctx, test_write_file("text", text, 6), 0, &ds), DDN_E_FORMAT,
          "text: neither .npy, IDX, CIFAR-10 nor CIFAR-100 (magic 68656c6c)");
    FAILS(ctx, ddn_dataset_open(ctx, test_write_gzip("gz", text, 6), 0, &ds), DDN_E_FORMAT,
          "gz: neither .npy, IDX, CIFAR-10 nor CIFAR-100 (magic 68656c6c)");
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, 2, 3, text, 3, &two));
    FAILS(ctx, ddn_dataset_open_labelled(ctx, two, test_write_file("text", text, 6), &ds),
          DDN_E_FORMAT, "text: neither .npy nor IDX (magic 68656c6c)");
    ddn_dataset_destroy(two);
    ddn_context_destroy(ctx);
}

/* In pieces of any size: across the head that was read ahead, and to the end. */
static void sources_give_all_bytes(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    uint8_t bytes[300], back[310];
    for (int i = 0; i < 300; i++) {
        bytes[i] = (uint8_t)(i * i);
    }
    for (int gzip = 0; gzip < 2; gzip++) {
        const char *path =
            gzip ? test_write_gzip("s", bytes, 300) : test_write_file("s", bytes, 300);
        for (int64_t piece = 1; piece <= 310; piece += piece < 8 ? 1 : 51) {
            ddni_source *s;
            int64_t at = 0, got;
            OK(ctx, ddni_source_open(ctx, path, NULL, 0, &s));
            assert_int_equal(s->size, gzip ? -1 : 300);
            do {
                OK(ctx,
                   ddni_source_read(ctx, s, back + at, piece < 310 - at ? piece : 310 - at, &got));
                at += got;
                assert_int_equal(s->at, at);
            } while (got > 0);
            assert_int_equal(at, 300);
            assert_memory_equal(back, bytes, 300);
            ddni_source_close(s);
        }
    }
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_has_one_format),
        cmocka_unit_test(probes_stay_inside),
        cmocka_unit_test(compressed_files_open_too),
        cmocka_unit_test(unknown_files_name_the_formats),
        cmocka_unit_test(sources_give_all_bytes),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
