/* HDF5 files as h5py and MATLAB write them (tests/data/hdf5): types, layouts, filters, groups, what
 * is refused, and files that are cut short or damaged at any byte. */
#include "support/files.h"
#include "support/fixtures.h"

enum {
    ROWS = 13,
    COLUMNS = 5,
    ROOM = 1 << 20
};

static const double SIX[6] = {1, 0, 2, 100, 3, 7};
static ddn_context *ctx;

static const char *path_of(const char *name)
{
    static char path[1024];
    char folder[100];
    snprintf(folder, sizeof folder, "hdf5/%s", name);
    return test_data_path(folder, path);
}

static ddn_dataset *opened(const char *name)
{
    ddn_dataset *ds = NULL;
    OK(ctx, ddn_dataset_open(ctx, path_of(name), DDN_FORMAT_AUTO, &ds));
    return ds;
}

/* The set of that name has these numbers. */
static void holds(const char *name, ddn_type type, int64_t n, int64_t d, const double *want)
{
    double x[ROWS * COLUMNS];
    ddn_dataset *ds = opened(name);
    assert_int_equal(ddn_dataset_type(ds), type);
    assert_int_equal(ddn_dataset_n(ds), n);
    assert_int_equal(ddn_dataset_d(ds), d);
    OK(ctx, ddn_dataset_read(ctx, ds, 0, n, x, d));
    assert_memory_equal(x, want, (size_t)(n * d) * sizeof *x);
    ddn_dataset_destroy(ds);
}

static void refused(const char *name, const char *reason)
{
    ddn_dataset *ds = NULL;
    FAILS(ctx, ddn_dataset_open(ctx, path_of(name), DDN_FORMAT_AUTO, &ds), DDN_E_FORMAT, reason);
    assert_null(ds);
}

/* As .npy files of the same numbers. */
static void types(void **state)
{
    (void)state;
    static const struct {
        const char *name, *called;
        ddn_type type;
    } rows[] = {{"u1", "'|u1'", DDN_TYPE_U8},       {"i1", "'|i1'", DDN_TYPE_F32},
                {"u2", "'<u2'", DDN_TYPE_F32},      {"u2_big", "'>u2'", DDN_TYPE_F32},
                {"i2", "'<i2'", DDN_TYPE_F32},      {"i2_big", "'>i2'", DDN_TYPE_F32},
                {"u4", "'<u4'", DDN_TYPE_F64},      {"i4_big", "'>i4'", DDN_TYPE_F64},
                {"u8", "'<u8'", DDN_TYPE_F64},      {"i8_big", "'>i8'", DDN_TYPE_F64},
                {"f2", "'<f2'", DDN_TYPE_F32},      {"f2_big", "'>f2'", DDN_TYPE_F32},
                {"f4", "'<f4'", DDN_TYPE_F32},      {"f4_big", "'>f4'", DDN_TYPE_F32},
                {"f8", "'<f8'", DDN_TYPE_F64},      {"f8_big", "'>f8'", DDN_TYPE_F64},
                {"bf16", "bfloat16", DDN_TYPE_F32}, {"enum", "'<i2'", DDN_TYPE_F32}};
    char name[64];
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        snprintf(name, sizeof name, "numbers.h5:types/%s", rows[k].name);
        holds(name, rows[k].type, 2, 3, SIX);
        ddn_dataset *ds = opened(name);
        assert_non_null(strstr(ddn_dataset_description(ds), rows[k].called));
        ddn_dataset_destroy(ds);
    }
    holds("numbers.h5:types/bool", DDN_TYPE_U8, 2, 3, (const double[]){0, 0, 1, 1, 1, 1});
    holds("numbers.h5:/compact", DDN_TYPE_U8, 2, 3, SIX);
}

static void chunks(void **state)
{
    (void)state;
    double count[ROWS * COLUMNS], sparse[ROWS * COLUMNS] = {0};
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        count[i] = i;
        sparse[i] = i >= 4 * COLUMNS && i < 8 * COLUMNS ? i : 0;
    }
    holds("chunks.h5:plain", DDN_TYPE_F32, ROWS, COLUMNS, count);
    holds("chunks.h5:gzip", DDN_TYPE_F32, ROWS, COLUMNS, count);
    holds("chunks.h5:all", DDN_TYPE_F64, ROWS, COLUMNS, count);
    holds("chunks.h5:sum", DDN_TYPE_F32, ROWS, COLUMNS, count);
    holds("chunks.h5:deep", DDN_TYPE_F32, ROWS, COLUMNS, count);
    holds("chunks.h5:many", DDN_TYPE_U8, ROWS, COLUMNS, count);
    holds("chunks.h5:sparse", DDN_TYPE_F32, ROWS, COLUMNS, sparse);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        sparse[i] = i >= 4 * COLUMNS && i < 8 * COLUMNS ? 1 : 3;
    }
    holds("chunks.h5:filled", DDN_TYPE_F32, ROWS, COLUMNS, sparse);
    refused("chunks.h5:never", "nothing was ever written");
}

static void groups(void **state)
{
    (void)state;
    int32_t label[2];
    double count[ROWS * COLUMNS];
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        count[i] = i;
    }
    holds("latest.h5:deep/group/data", DDN_TYPE_F32, 2, 3, SIX);
    holds("latest.h5:chunks", DDN_TYPE_F64, ROWS, COLUMNS, count);
    holds("matlab.mat", DDN_TYPE_F64, 2, 3, SIX);
    holds("virtual.h5:one", DDN_TYPE_U8, 2, 3, SIX);
    holds("virtual.h5:/one", DDN_TYPE_U8, 2, 3, SIX);
    refused("virtual.h5", "which member has the points? Name it behind a colon, as in x.h5:name; "
                          "there are one, virtual");
    refused("numbers.h5:types", "has no member 'types'; there are compact, labels/columns, ");
    ddn_dataset *ds = opened("train.h5"), *plain = NULL;
    OK(ctx, ddn_dataset_labels(ctx, ds, 2, label));
    assert_int_equal(label[0], 4);
    assert_int_equal(label[1], 1);
    assert_non_null(strstr(ddn_dataset_description(ds), "train.h5:x_train: '|u1'"));
    ddn_dataset_destroy(ds);
    plain = opened("train.h5:x_test");
    OK(ctx, ddn_dataset_open_labelled(ctx, plain, path_of("numbers.h5:labels/seven"), &ds));
    OK(ctx, ddn_dataset_labels(ctx, ds, 2, label));
    assert_int_equal(label[0], 7);
    assert_int_equal(label[1], -2);
    ddn_dataset_destroy(ds);
    OK(ctx, ddn_dataset_open_labelled(ctx, plain, path_of("numbers.h5:labels/columns"), &ds));
    OK(ctx, ddn_dataset_labels(ctx, ds, 2, label));
    assert_int_equal(label[0], 1);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(plain);
}

/* The reason, and the Python that converts what Python can. */
static void other(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"texts", "no numbers that are read"},
                                          {"records", "no numbers that are read"},
                                          {"value", "a single value"},
                                          {"empty", "axis 0 has length 0"},
                                          {"references", "no numbers that are read"},
                                          {"named", "nothing was ever written"},
                                          {"lzf", "compressed by a filter that is not gzip"},
                                          {"outside", "its numbers are in other files"},
                                          {"never", "nothing was ever written"},
                                          {"type", "has no member"}};
    char name[64];
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        snprintf(name, sizeof name, "other.h5:%s", rows[k][0]);
        refused(name, rows[k][1]);
    }
    refused("other.h5:lzf", "x = h5py.File(file)[\"lzf\"][:]");
    refused("virtual.h5:virtual", "its numbers are in other files");
    refused("virtual.h5:far",
            "'far' is a link to other.h5:/value, and links are not followed: name "
            "what it leads to");
    refused("links.h5", "an HDF5 file without a dataset of numbers of its own: 'data' is a link to "
                        "other.h5:/value, and links are not followed");
    refused("links.h5:g/soft", "'soft' is a link to /nowhere, and links are not followed");
    refused("links.h5:data/x", "'data' is a link to other.h5:/value, and links are not followed");
    refused("links.h5:dat", "has no member 'dat'; there are no arrays");
}

/* ---- Damage -------------------------------------------------------------------------------- */

static uint8_t image[ROOM], changed[ROOM];

static size_t load(const char *name)
{
    FILE *file = fopen(path_of(name), "rb");
    assert_non_null(file);
    size_t size = fread(image, 1, sizeof image, file);
    fclose(file);
    return size;
}

/* Opens or is refused, with a text that names the file. */
static int survives(size_t size, const char *member)
{
    char path[600];
    ddn_dataset *ds = NULL;
    snprintf(path, sizeof path, "%s%s", test_write_file("d.h5", changed, size), member);
    ddn_status status = ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &ds);
    assert_true(status == DDN_OK || strstr(ddn_context_message(ctx), "d.h5") != NULL);
    ddn_dataset_destroy(ds);
    return status == DDN_OK;
}

/* Every byte that is not 0, and those beside them, in three ways; every length. */
static void damage(void **state)
{
    (void)state;
    static const struct {
        const char *file, *member;
    } rows[] = {{"latest.h5", ":deep/group/data"}, {"train.h5", ""}, {"matlab.mat", ":x"}};
    int64_t opens = 0, refusals = 0;
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        const size_t size = load(rows[k].file);
        for (size_t at = 1; at + 1 < size; at++) {
            if (image[at] == 0 && image[at - 1] == 0 && image[at + 1] == 0) {
                continue;
            }
            memcpy(changed, image, size);
            changed[at] ^= (uint8_t)(at % 3 == 0 ? 0xff : at % 3 == 1 ? 1 : 0x80);
            survives(size, rows[k].member) ? opens++ : refusals++;
        }
        memcpy(changed, image, size);
        for (size_t length = 1; length < size; length += 1 + length / 40) {
            survives(length, rows[k].member);
        }
        assert_true(survives(size, rows[k].member));
    }
    print_message("# %lld damaged files opened, %lld were refused\n", (long long)opens,
                  (long long)refusals);
    assert_true(refusals > 100);
}

static int begin(void **state)
{
    ctx = test_context(1);
    return test_make_folder(state);
}

static int end(void **state)
{
    ddn_context_destroy(ctx);
    return test_remove_folder(state);
}

int main(void)
{
    if (strcmp(ddn_feature("hdf5"), "none") == 0) {
        print_message("1..0 # SKIP the library was built without libhdf5\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types), cmocka_unit_test(chunks), cmocka_unit_test(groups),
        cmocka_unit_test(other), cmocka_unit_test(damage),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
