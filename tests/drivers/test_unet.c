/* The networks of the program trained_network in C against what torch computed from the same
 * weights, and files of weights that are none. */
#include "support/files.h"
#include "support/fixtures.h"
#include "unet.h"

enum {
    ROWS = 4 /* of the references of train.py */
};

static const double indices[ROWS] = {0, 10, 250, 999};

/* The inputs of train.py's references. */
static void fill(float *x, int64_t ldx)
{
    for (int k = 0; k < ROWS; k++) {
        for (int j = 0; j < UNET_PIXELS; j++) {
            x[k * ldx + j] = (float)(1.5 * sin(0.37 * j + k));
        }
    }
}

static void read_reference(const char *name, int64_t width, double *want)
{
    char path[1024];
    ddn_context *ctx = test_context(1);
    ddn_dataset *set = NULL;
    snprintf(path, sizeof path, "%s/%s_reference.npy", WEIGHTS, name);
    OK(ctx, ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &set));
    assert_int_equal(ddn_dataset_n(set), ROWS);
    assert_int_equal(ddn_dataset_d(set), width);
    OK(ctx, ddn_dataset_read(ctx, set, 0, ROWS, want, width));
    ddn_dataset_destroy(set);
    ddn_context_destroy(ctx);
}

static unet *opened(const char *name, int threads)
{
    char path[1024], error[256];
    snprintf(path, sizeof path, "%s/%s.npy", WEIGHTS, name);
    unet *net = unet_open(path, threads, error, sizeof error);
    assert_non_null(net);
    return net;
}

static void as_torch(const char *name)
{
    static double want[ROWS * UNET_PIXELS];
    static float x[ROWS * UNET_PIXELS], y[UNET_PIXELS];
    unet *net = opened(name, 1);
    fill(x, UNET_PIXELS);
    read_reference(name, UNET_PIXELS, want);
    double worst = 0, largest = 0;
    for (int k = 0; k < ROWS; k++) {
        assert_int_equal(unet_predict(net, indices[k], 1, 0, 1, UNET_PIXELS, x + k * UNET_PIXELS,
                                      UNET_PIXELS, y, UNET_PIXELS),
                         0);
        for (int j = 0; j < UNET_PIXELS; j++) {
            const double w = want[k * UNET_PIXELS + j];
            worst = fmax(worst, fabs(y[j] - w));
            largest = fmax(largest, fabs(w));
        }
    }
    print_message("# %s: largest difference from torch %.1e, largest answer %.2f\n", name, worst,
                  largest);
    assert_true(largest > 0.5);
    assert_true(worst < 1e-5 * largest); /* 1e-4 is promised */
    unet_close(net);
}

static void networks(void **state)
{
    (void)state;
    as_torch("large");
    as_torch("small");
}

static void classifier(void **state)
{
    (void)state;
    double want[ROWS * 2];
    float x[ROWS * UNET_PIXELS], y[ROWS * 2];
    char error[256];
    int32_t class[ROWS];
    unet_classifier *net = unet_classifier_open(WEIGHTS "/classifier.npy", error, sizeof error);
    assert_non_null(net);
    fill(x, UNET_PIXELS);
    read_reference("classifier", 2, want);
    assert_int_equal(unet_logits(net, ROWS, x, UNET_PIXELS, y), 0);
    unet_classifier_name(net, 1, 7);
    assert_int_equal(unet_classify(net, ROWS, UNET_PIXELS, x, UNET_PIXELS, class), 0);
    for (int k = 0; k < ROWS; k++) {
        assert_true(fabs(y[2 * k] - want[2 * k]) < 1e-4);
        assert_true(fabs(y[2 * k + 1] - want[2 * k + 1]) < 1e-4);
        assert_int_equal(class[k], want[2 * k + 1] > want[2 * k] ? 7 : 1);
    }
    assert_int_equal(unet_classify(net, 1, UNET_PIXELS - 1, x, UNET_PIXELS, class), -1);
    unet_classifier_close(net);
}

/* Any number of images and threads, rows apart: each image gets the answer that it gets alone. */
static void batches(void **state)
{
    (void)state;
    enum {
        IMAGES = 35,
        LDX = UNET_PIXELS + 3,
        LDO = UNET_PIXELS + 1
    };
    static float x[IMAGES * LDX], y[IMAGES * LDO], same[IMAGES * LDO], alone[UNET_PIXELS];
    unet *net = opened("large", 3), *single = opened("large", 1);
    for (int i = 0; i < IMAGES * LDX; i++) {
        x[i] = (float)sin(0.01 * i);
    }
    y[UNET_PIXELS] = 7;
    same[UNET_PIXELS] = 7;
    assert_int_equal(unet_predict(net, 40.5, 1, 0, IMAGES, UNET_PIXELS, x, LDX, y, LDO), 0);
    assert_true(y[UNET_PIXELS] == 7);
    assert_int_equal(unet_predict(single, 40.5, 1, 0, IMAGES, UNET_PIXELS, x, LDX, same, LDO), 0);
    assert_memory_equal(same, y, sizeof y);
    unet_close(single);
    for (int i = 0; i < IMAGES; i += 17) {
        assert_int_equal(
            unet_predict(net, 40.5, 1, 0, 1, UNET_PIXELS, x + i * LDX, LDX, alone, UNET_PIXELS), 0);
        for (int j = 0; j < UNET_PIXELS; j++) {
            assert_true(fabsf(alone[j] - y[i * LDO + j]) < 1e-4F);
        }
    }
    int64_t images = 0;
    assert_true(unet_seconds(net, &images) > 0);
    assert_int_equal(images, IMAGES + 3);
    assert_int_equal(unet_predict(net, 0, 1, 0, 1, 1, x, 1, y, 1), -1);
    unet_close(net);
}

static void refused(const char *path, const char *text)
{
    char error[256] = "";
    assert_null(unet_open(path, 1, error, sizeof error));
    assert_non_null(strstr(error, text));
    assert_null(unet_classifier_open(path, error, sizeof error));
    assert_non_null(strstr(error, text));
}

static void bad_files(void **state)
{
    static const char none[] = "is not one row of weights";
    static const struct {
        const char *type, *shape, *text;
    } cases[] = {{"<f2", "(5,)", "has 5 weights, the "},
                 {"<f2", "(6,)", "truncated"},
                 {"<f4", "(5,)", "truncated"},
                 {"<f2", "(-1,)", "bad.npy: "},
                 {"<f2", "(99999999999,)", "truncated"},
                 {"<f2", "(1, 5)", none},
                 {"<f2", "()", "bad.npy: "}};
    const uint16_t halves[5] = {0x3c00, 0, 0x8001, 1, 0x7bff};
    (void)state;
    refused(test_path("missing.npy"), "No such file");
    refused(WEIGHTS "/large_reference.npy", none);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char head[128];
        snprintf(head, sizeof head, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }",
                 cases[i].type, cases[i].shape);
        refused(test_write_npy("bad.npy", head, halves, sizeof halves), cases[i].text);
    }
    refused(test_write_file("empty.npy", halves, 0), "empty");
    const uint16_t not_finite[5] = {0x3c00, 0, 0xfc00, 1, 0x7e00};
    refused(test_write_npy("bad.npy", "{'descr': '<f2', 'fortran_order': False, 'shape': (5,), }",
                           not_finite, sizeof not_finite),
            "row 2, column 0 is infinite");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks),
        cmocka_unit_test(classifier),
        cmocka_unit_test(batches),
        cmocka_unit_test(bad_files),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
