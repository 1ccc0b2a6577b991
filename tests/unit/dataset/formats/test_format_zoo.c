/* Files of all kinds as people have them, and as no one should: what happens for each. The test
 * prints it as lines "# | section | file | what happens", of which doc/formats.md is made. */
#include <sys/stat.h>
#include <unistd.h>

#include "support/files.h"
#include "support/fixtures.h"

enum {
    ROOM = 1 << 16,
    N = 2,
    D = 3
};

static uint8_t image[ROOM], zip[ROOM];
static size_t length; /* of image */
static int files;
static ddn_context *ctx;
static ddn_format as;       /* the format that files are opened with */
static const char *section; /* of the page */

/* ---- Outcomes ------------------------------------------------------------------------------ */

static const double SIX[N * D] = {1, 0, 2, 100, 3, 7};
static const double BITS[N * D] = {1, 0, 1, 1, 0, 0};

static const char *type_name(ddn_type type)
{
    return type == DDN_TYPE_U8 ? "u8" : type == DDN_TYPE_F32 ? "f32" : "f64";
}

/* The text without the folders that files are in. */
static void print_row(const char *what, const char *text)
{
    char out[1200], folders[2][1024];
    size_t used = 0, skip = 1;
    snprintf(folders[0], sizeof folders[0], "%s", test_path(""));
    test_data_path("hdf5/", folders[1]);
    for (; *text != '\0'; text += skip) {
        skip = strlen(folders[0]);
        if (strncmp(text, folders[0], skip) != 0) {
            skip = strlen(folders[1]);
            if (strncmp(text, folders[1], skip) != 0) {
                skip = 1;
                assert_true(used + 1 < sizeof out);
                out[used++] = *text;
            }
        }
    }
    out[used] = '\0';
    files++;
    print_message("# | %s | %s | %s\n", section, what, out);
}

/* The file opens as these points, with labels[N] or without. */
static void opens_as(const char *what, const char *path, ddn_type type, const double *want,
                     const int32_t *labels)
{
    ddn_dataset *ds = NULL;
    double x[N * D];
    char text[600];
    OK(ctx, ddn_dataset_open(ctx, path, as, &ds));
    assert_int_equal(ddn_dataset_type(ds), type);
    assert_int_equal(ddn_dataset_n(ds), N);
    assert_int_equal(ddn_dataset_d(ds), D);
    OK(ctx, ddn_dataset_read(ctx, ds, 0, N, x, D));
    assert_memory_equal(x, want, sizeof x);
    assert_int_equal(ddn_dataset_class_count(ds) > 0, labels != NULL);
    if (labels != NULL) {
        int32_t got[N];
        OK(ctx, ddn_dataset_labels(ctx, ds, N, got));
        assert_memory_equal(got, labels, sizeof got);
    }
    snprintf(text, sizeof text, "%s", ddn_dataset_description(ds));
    assert_non_null(strstr(text, type_name(type)));
    print_row(what, text);
    ddn_dataset_destroy(ds);
}

static void refused(const char *what, const char *path, ddn_status status, const char *reason)
{
    ddn_dataset *ds = NULL;
    FAILS(ctx, ddn_dataset_open(ctx, path, as, &ds), status, reason);
    assert_null(ds);
    print_row(what, ddn_context_message(ctx));
}

/* Labels for two points. */
static void labels(const char *what, const char *path, int32_t first, int32_t second)
{
    ddn_dataset *ds = NULL, *plain = NULL;
    int32_t got[N];
    char text[100];
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, SIX, D, &plain));
    OK(ctx, ddn_dataset_open_labelled(ctx, plain, path, &ds));
    OK(ctx, ddn_dataset_labels(ctx, ds, N, got));
    assert_int_equal(got[0], first);
    assert_int_equal(got[1], second);
    snprintf(text, sizeof text, "labels %d, %d", (int)first, (int)second);
    print_row(what, text);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(plain);
}

static void no_labels(const char *what, const char *path, ddn_status status, const char *reason)
{
    ddn_dataset *ds = NULL, *plain = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, SIX, D, &plain));
    FAILS(ctx, ddn_dataset_open_labelled(ctx, plain, path, &ds), status, reason);
    assert_null(ds);
    print_row(what, ddn_context_message(ctx));
    ddn_dataset_destroy(plain);
}

/* ---- Files --------------------------------------------------------------------------------- */

/* The bits of a number of a type such as "<i2"; f2 and bfloat16 for small integers. */
static uint64_t bits_of(const char *type, double x)
{
    float narrow = (float)x;
    uint32_t low;
    uint64_t bits;
    memcpy(&low, &narrow, sizeof low);
    memcpy(&bits, &x, sizeof bits);
    switch (type[1]) {
    case 'f':
        return type[2] == '8'   ? bits
               : type[2] == '4' ? low
               : x == 0
                   ? 0
                   : (low >> 16 & 0x8000) | ((low >> 23 & 255) - 112) << 10 | (low >> 13 & 1023);
    case 'B':
        return low >> 16;
    default:
        return (uint64_t)(int64_t)x;
    }
}

static size_t numbers(uint8_t *out, const char *type, int64_t count, const double *x)
{
    size_t size = (size_t)(type[2] - '0');
    for (int64_t i = 0; i < count; i++) {
        uint64_t bits = bits_of(type, x[i]);
        for (size_t k = 0; k < size; k++) {
            out[(size_t)i * size + k] = (uint8_t)(bits >> 8 * (type[0] == '>' ? size - 1 - k : k));
        }
    }
    return (size_t)count * size;
}

/* image := an .npy file; `descr` is what the header calls the type. */
static void npy_called(const char *descr, const char *type, const char *order, const char *shape,
                       int64_t count, const double *x)
{
    uint8_t data[400];
    char dictionary[200];
    snprintf(dictionary, sizeof dictionary, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }",
             descr, order, shape);
    length = test_npy_image(image, 1, 64, dictionary, data, numbers(data, type, count, x));
}

static void npy(const char *type, const char *order, const char *shape, int64_t count,
                const double *x)
{
    npy_called(type, type, order, shape, count, x);
}

static const char *file(const char *name)
{
    return test_write_file(name, image, length);
}

static const char *archive(const char *name, int wide, int members, const test_member *member)
{
    return test_write_file(name, zip, test_zip_image(zip, wide, members, member));
}

/* ---- The table ----------------------------------------------------------------------------- */

static void numpy_types(void **state)
{
    (void)state;
    section = "arrays";
    static const struct {
        const char *type;
        ddn_type stored;
    } types[] = {{"|u1", DDN_TYPE_U8},  {"|i1", DDN_TYPE_F32}, {"<u2", DDN_TYPE_F32},
                 {"<i2", DDN_TYPE_F32}, {">i2", DDN_TYPE_F32}, {"<u4", DDN_TYPE_F64},
                 {"<i4", DDN_TYPE_F64}, {">i4", DDN_TYPE_F64}, {"<u8", DDN_TYPE_F64},
                 {"<i8", DDN_TYPE_F64}, {">i8", DDN_TYPE_F64}, {"<f2", DDN_TYPE_F32},
                 {">f2", DDN_TYPE_F32}, {"<f4", DDN_TYPE_F32}, {">f4", DDN_TYPE_F32},
                 {"<f8", DDN_TYPE_F64}, {">f8", DDN_TYPE_F64}};
    static const double signs[N * D] = {-1, 0, 2, -100, 3, 127};
    for (size_t k = 0; k < sizeof types / sizeof types[0]; k++) {
        const double *x = types[k].type[1] == 'u' ? SIX : signs;
        char what[80];
        npy(types[k].type, "False", "(2, 3)", 6, x);
        snprintf(what, sizeof what, ".npy, %s", types[k].type);
        opens_as(what, file("x.npy"), types[k].stored, x, NULL);
    }
    npy("|b1", "False", "(2, 3)", 6, BITS);
    opens_as(".npy, truth values", file("x.npy"), DDN_TYPE_U8, BITS, NULL);
    as = DDN_FORMAT_NPY_BF16;
    npy_called("<u2", "<B2", "False", "(2, 3)", 6, SIX);
    opens_as(".npy, u2 as bfloat16", file("x.npy"), DDN_TYPE_F32, SIX, NULL);
    npy_called("<i2", "<B2", "False", "(2, 3)", 6, SIX);
    opens_as(".npy, i2 as bfloat16", file("x.npy"), DDN_TYPE_F32, SIX, NULL);
    npy_called("<V2", "<B2", "False", "(2, 3)", 6, SIX);
    opens_as(".npy, V2 as bfloat16", file("x.npy"), DDN_TYPE_F32, SIX, NULL);
    npy("<f4", "False", "(2, 3)", 6, SIX);
    refused(".npy, f4 as bfloat16", file("x.npy"), DDN_E_FORMAT, "no bfloat16");
    as = DDN_FORMAT_AUTO;
    npy_called("<V2", "<B2", "False", "(2, 3)", 6, SIX);
    refused(".npy, V2 unasked", file("x.npy"), DDN_E_FORMAT, "bfloat16 by its name");
    npy_called("<c8", "<f8", "False", "(2, 3)", 6, SIX);
    refused(".npy, complex", file("x.npy"), DDN_E_FORMAT, "type '<c8'");
    npy_called("<f16", "<f8", "False", "(2, 3)", 6, SIX);
    refused(".npy, long double", file("x.npy"), DDN_E_FORMAT, "type '<f16'");
    const double large[N * D] = {0, 0, 0, 0, 9007199254740992.0, 0};
    npy("<i8", "False", "(2, 3)", 6, large);
    refused(".npy, i8 of 2^53", file("x.npy"), DDN_E_FORMAT, "row 1, column 1");
}

/* Half precision has subnormals, infinities and NaN of its own. */
static void half_precision(void **state)
{
    (void)state;
    section = "arrays";
    static const uint16_t bits[6] = {0x0001, 0x83ff, 0x0400, 0x7bff, 0xbc01, 0x8000};
    static const double want[6] = {0x1p-24, -0x3ffp-24, 0x1p-14, 65504, -(1 + 0x1p-10), 0};
    static const char dictionary[] = "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 3), }";
    uint16_t bad[6] = {0, 0, 0, 0, 0x7c00, 0};
    length = test_npy_image(image, 1, 64, dictionary, bits, sizeof bits);
    ddn_dataset *ds = NULL;
    double x[6];
    OK(ctx, ddn_dataset_open(ctx, file("x.npy"), 0, &ds));
    OK(ctx, ddn_dataset_read(ctx, ds, 0, 2, x, 3));
    for (int i = 0; i < 6; i++) {
        CLOSE(x[i], want[i], 0, 0);
    }
    ddn_dataset_destroy(ds);
    length = test_npy_image(image, 1, 64, dictionary, bad, sizeof bad);
    refused(".npy, f2 with an infinity", file("x.npy"), DDN_E_NONFINITE, "row 1, column 1");
    bad[4] = 0xfe00;
    length = test_npy_image(image, 1, 64, dictionary, bad, sizeof bad);
    refused(".npy, f2 with a NaN", file("x.npy"), DDN_E_NONFINITE, "row 1, column 1");
}

static void orders(void **state)
{
    (void)state;
    section = "arrays";
    const double turned[6] = {1, 100, 0, 3, 2, 7};
    npy("<f8", "True", "(2, 3)", 6, turned);
    opens_as(".npy, Fortran order", file("x.npy"), DDN_TYPE_F64, SIX, NULL);
    npy("|u1", "True", "(2, 3)", 6, turned);
    opens_as(".npy, Fortran order, u1", file("x.npy"), DDN_TYPE_U8, SIX, NULL);
    npy(">f4", "True", "(2, 3, 1)", 6, turned);
    opens_as(".npy, Fortran order, three axes, >f4", file("x.npy"), DDN_TYPE_F32, SIX, NULL);
    opens_as(".npy.gz, Fortran order", test_write_gzip("x.npy.gz", image, length), DDN_TYPE_F32,
             SIX, NULL);
    /* Axes (2, 3, 4): the number at i, j, k is 100 i + 10 j + k. */
    double cube[24], x[24];
    for (int e = 0; e < 24; e++) {
        cube[e] = 100 * (e % 2) + 10 * (e / 2 % 3) + e / 6;
    }
    ddn_dataset *ds = NULL;
    npy("<i2", "True", "(2, 3, 4)", 24, cube);
    OK(ctx, ddn_dataset_open(ctx, file("x.npy"), 0, &ds));
    OK(ctx, ddn_dataset_read(ctx, ds, 0, 2, x, 12));
    for (int e = 0; e < 24; e++) {
        CLOSE(x[e], 100 * (e / 12) + 10 * (e / 4 % 3) + e % 4, 0, 0);
    }
    print_row(".npy, Fortran order, (2, 3, 4), i2", ddn_dataset_description(ds));
    ddn_dataset_destroy(ds);
    /* More numbers than are converted at once, in both orders. */
    enum {
        ROWS = 201,
        COLUMNS = 97
    };
    uint8_t *big = malloc(2 * ROWS * COLUMNS);
    uint8_t *whole = malloc(2 * ROWS * COLUMNS + 200);
    double row[COLUMNS];
    for (int fortran = 0; fortran < 2; fortran++) {
        for (int e = 0; e < ROWS * COLUMNS; e++) {
            int i = fortran ? e % ROWS : e / COLUMNS, j = fortran ? e / ROWS : e % COLUMNS;
            double value = i * COLUMNS + j - 10000;
            numbers(big + 2 * e, ">i2", 1, &value);
        }
        size_t size = test_npy_image(
            whole, 1, 64,
            fortran ? "{'descr': '>i2', 'fortran_order': True, 'shape': (201, 97), }"
                    : "{'descr': '>i2', 'fortran_order': False, 'shape': (201, 97), }",
            big, 2 * ROWS * COLUMNS);
        OK(ctx, ddn_dataset_open(ctx, test_write_gzip("x.npy", whole, size), 0, &ds));
        for (int i = 0; i < ROWS; i++) {
            OK(ctx, ddn_dataset_read(ctx, ds, i, 1, row, COLUMNS));
            for (int j = 0; j < COLUMNS; j++) {
                CLOSE(row[j], i * COLUMNS + j - 10000, 0, 0);
            }
        }
        ddn_dataset_destroy(ds);
    }
    free(big);
    free(whole);
}

static void archives(void **state)
{
    (void)state;
    section = "archives";
    static uint8_t first[1024], second[1024];
    const double two[N] = {7, -2};
    const int32_t seven[N] = {7, -2};
    npy("<i4", "False", "(2,)", 2, two);
    size_t n2 = length;
    memcpy(second, image, length);
    npy("<f4", "False", "(2, 3)", 6, SIX);
    size_t n1 = length;
    memcpy(first, image, length);
    test_member m[4] = {{.name = "arr_0.npy", .bytes = first, .count = n1}};
    opens_as(".npz, stored", archive("x.npz", 0, 1, m), DDN_TYPE_F32, SIX, NULL);
    m[0].wide = 1;
    opens_as(".npz, stored, zip64 sizes", archive("x.npz", 0, 1, m), DDN_TYPE_F32, SIX, NULL);
    opens_as(".npz, zip64 directory", archive("x.npz", 1, 1, m), DDN_TYPE_F32, SIX, NULL);
    m[0].deflated = 1;
    opens_as(".npz, deflated, zip64", archive("x.npz", 1, 1, m), DDN_TYPE_F32, SIX, NULL);
    m[0].wide = 0;
    opens_as(".npz, deflated", archive("x.npz", 0, 1, m), DDN_TYPE_F32, SIX, NULL);
    m[1] = (test_member){.name = "y.npy", .bytes = second, .count = n2};
    m[0].name = "X.npy";
    opens_as(".npz, X and y", archive("x.npz", 0, 2, m), DDN_TYPE_F32, SIX, seven);
    opens_as("the same without .npz in its name", archive("x", 0, 2, m), DDN_TYPE_F32, SIX, seven);
    archive("x.npz", 0, 2, m);
    labels(".npz, y for labels", test_path("x.npz"), 7, -2);
    labels(".npz, x.npz:y", test_path("x.npz:y"), 7, -2);
    opens_as(".npz, x.npz:X alone", test_path("x.npz:X"), DDN_TYPE_F32, SIX, NULL);
    opens_as(".npz, x.npz:X.npy", test_path("x.npz:X.npy"), DDN_TYPE_F32, SIX, NULL);
    refused(".npz, a member that is not there", test_path("x.npz:z"), DDN_E_FORMAT,
            "no member 'z'; there are X.npy, y.npy");
    m[0].name = "train_images.npy";
    m[1].name = "train_labels.npy";
    opens_as(".npz, train_images and train_labels", archive("x.npz", 0, 2, m), DDN_TYPE_F32, SIX,
             seven);
    m[1].name = "test_labels.npy";
    opens_as(".npz, labels of another part", archive("x.npz", 0, 2, m), DDN_TYPE_F32, SIX, NULL);
    m[0].name = "a.npy";
    m[1].name = "b.npy";
    refused(".npz, two members of no known name", archive("x.npz", 0, 2, m), DDN_E_FORMAT,
            "which member has the points? Name it behind a colon, as in x.npz:name; there are "
            "a.npy, b.npy");
    no_labels(".npz, labels of no known name", test_path("x.npz"), DDN_E_FORMAT,
              "which member has the labels?");
    m[0].name = "data.npy";
    m[1] = (test_member){.name = "labels.npy", .bytes = first, .count = n1};
    refused(".npz, labels that are none", archive("x.npz", 0, 2, m), DDN_E_FORMAT,
            "x.npz:data to have the points alone");
    m[0].name = m[1].name = "data.npy";
    refused(".npz, two members of one name", archive("x.npz", 0, 2, m), DDN_E_FORMAT,
            "several members");
    m[0].name = "images-idx";
    m[1].name = "deep/x.npy";
    static const uint8_t idx[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 0, 2, 100, 3, 7};
    m[0].bytes = idx;
    m[0].count = sizeof idx;
    archive("x.zip", 0, 2, m);
    opens_as(".zip with an IDX file", test_path("x.zip:images-idx"), DDN_TYPE_U8, SIX, NULL);
    opens_as(".zip with a folder", test_path("x.zip:deep/x"), DDN_TYPE_F32, SIX, NULL);
    npy("<f4", "False", "(2, 3)", 6, SIX);
    file("x.npy");
    refused("a member of no archive", strcat(strcpy((char *)zip, file("y.npz")), ":x"),
            DDN_E_FORMAT, "neither a zip archive nor HDF5");
}

static void other_formats(void **state)
{
    (void)state;
    section = "idx and cifar";
    static const uint8_t code[] = {0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e};
    static const char *const type[] = {"|u1", "|i1", ">i2", ">i4", ">f4", ">f8"};
    static const ddn_type stored[] = {DDN_TYPE_U8,  DDN_TYPE_F32, DDN_TYPE_F32,
                                      DDN_TYPE_F64, DDN_TYPE_F32, DDN_TYPE_F64};
    for (int k = 0; k < 6; k++) {
        char what[40];
        memcpy(image, (uint8_t[12]){0, 0, code[k], 2, 0, 0, 0, 2, 0, 0, 0, 3}, 12);
        length = 12 + numbers(image + 12, type[k], 6, SIX);
        snprintf(what, sizeof what, "IDX, type 0x%02x", code[k]);
        opens_as(what, file("x.idx"), stored[k], SIX, NULL);
    }
    opens_as("IDX, f8, gzip", test_write_gzip("x.idx.gz", image, length), DDN_TYPE_F64, SIX, NULL);
    length--;
    refused("IDX, f8, truncated", file("x.idx"), DDN_E_FORMAT, "truncated");
    enum {
        RECORD = 3074
    };
    static uint8_t batch[2 * RECORD];
    for (int part = 0; part < 2; part++) {
        batch[part * RECORD] = (uint8_t)(19 * part);
        batch[part * RECORD + 1] = (uint8_t)(99 - part);
        memset(batch + part * RECORD + 2, 200 + part, RECORD - 2);
    }
    for (int coarse = 0; coarse < 2; coarse++) {
        ddn_dataset *ds = NULL;
        int32_t got[2];
        OK(ctx, ddn_dataset_open(ctx, test_write_file("x.bin", batch, sizeof batch),
                                 coarse ? DDN_FORMAT_CIFAR100_COARSE : DDN_FORMAT_AUTO, &ds));
        OK(ctx, ddn_dataset_labels(ctx, ds, 2, got));
        assert_int_equal(got[0], coarse ? 0 : 99);
        assert_int_equal(got[1], coarse ? 19 : 98);
        double x[2];
        assert_int_equal(ddn_dataset_d(ds), 3072);
        ddn_dataset *sub = NULL;
        const int64_t last = 1;
        OK(ctx, ddn_dataset_create_subset(ctx, ds, 1, &last, &sub));
        OK(ctx, ddn_dataset_squared_norms(ctx, sub, 1, NULL, x));
        CLOSE(x[0], 3072.0 * 201 * 201, 0, 0);
        print_row(coarse ? "CIFAR-100, coarse labels" : "CIFAR-100", ddn_dataset_description(ds));
        ddn_dataset_destroy(ds);
        ddn_dataset_destroy(sub);
    }
    batch[RECORD + 1] = 100;
    refused("CIFAR-100 with a label of 100", test_write_file("x.bin", batch, sizeof batch),
            DDN_E_FORMAT, "record 1 has label 100, CIFAR-100 has 0 to 99");
}

static void label_files(void **state)
{
    (void)state;
    section = "labels";
    static const struct {
        const char *what, *type, *order, *shape;
        int64_t count;
        double x[8];
        int32_t want[2];
        const char *reason;
    } rows[] = {
        {"labels, f4", "<f4", "False", "(2,)", 2, {3, -1}, {3, -1}, NULL},
        {"labels, >f8", ">f8", "False", "(2,)", 2, {3, 9}, {3, 9}, NULL},
        {"labels, truth values", "|b1", "False", "(2,)", 2, {1, 0}, {1, 0}, NULL},
        {"labels, u2", "<u2", "False", "(2,)", 2, {65535, 0}, {65535, 0}, NULL},
        {"labels, u8 bytes", "<u8", "False", "(2,)", 2, {5, 6}, {5, 6}, NULL},
        {"labels, (n, 1)", "<i8", "False", "(2, 1)", 2, {4, 5}, {4, 5}, NULL},
        {"labels, (n, 1, 1)", ">i4", "False", "(2, 1, 1)", 2, {4, 5}, {4, 5}, NULL},
        {"one-hot, f4", "<f4", "False", "(2, 3)", 6, {0, 0, 1, 1, 0, 0}, {2, 0}, NULL},
        {"one-hot, Fortran", "|u1", "True", "(2, 3)", 6, {0, 1, 0, 0, 1, 0}, {2, 0}, NULL},
        {"labels, 0.5", "<f4", "False", "(2,)", 2, {0, 0.5}, {0}, "label 1 = 0.5 is no integer"},
        {"labels, 2^31", "<f8", "False", "(2,)", 2, {0, 2147483648.0}, {0}, "does not fit"},
        {"one-hot, two ones", "|u1", "False", "(2, 3)", 6, {1, 0, 0, 0, 1, 1}, {0}, "row 1 has"},
        {"one-hot, no one", "|u1", "False", "(2, 3)", 6, {1, 0, 0, 0, 0, 0}, {0}, "row 1 has no"},
        {"one-hot, shares", "<f4", "False", "(2, 2)", 4, {1, 0, 0.5, 0.5}, {0}, "row 1, column 0"},
        {"labels, (n, 2, 2)", "|u1", "False", "(2, 2, 2)", 8, {0}, {0}, "labels have one axis"},
        {"labels, (n, 0)", "|u1", "False", "(2, 0)", 0, {0}, {0}, "labels in 0 columns"},
    };
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        npy(rows[k].type, rows[k].order, rows[k].shape, rows[k].count, rows[k].x);
        if (rows[k].reason != NULL) {
            no_labels(rows[k].what, file("l.npy"), DDN_E_FORMAT, rows[k].reason);
        } else {
            labels(rows[k].what, file("l.npy"), rows[k].want[0], rows[k].want[1]);
        }
    }
    memcpy(image, (uint8_t[8]){0, 0, 0x0c, 1, 0, 0, 0, 2}, 8);
    const double two[2] = {-5, 70000};
    length = 8 + numbers(image + 8, ">i4", 2, two);
    labels("labels, IDX of i4", file("l.idx"), -5, 70000);
}

/* Archives that lie. */
static void hostile_archives(void **state)
{
    (void)state;
    section = "archives that lie";
    static uint8_t zeros[ROOM - 4096];
    const double *x = SIX;
    npy("<f8", "False", "(2, 3)", 6, x);
    static uint8_t good[1024];
    memcpy(good, image, length);
    const size_t n = length;
    static const char *const what = ".npz: ";
    static const struct {
        const char *what, *reason;
        test_member lie;
    } lies[] = {
        {"directory promises more", "stored ones, which cannot be", {.size = 8}},
        {"directory promises less", "stored ones, which cannot be", {.size = -8}},
        {"deflated, promises more", "the shape needs", {.deflated = 1, .size = 8}},
        {"deflated, promises less", "the shape needs", {.deflated = 1, .size = -8}},
        {"deflated, promises 4 GB", "cannot be", {.deflated = 1, .size = 4000000000}},
        {"deflated, promises 2^60", "cannot be", {.deflated = 1, .wide = 1, .size = 1LL << 60}},
        {"sizes below 0", "are not there", {.wide = 1, .packed = -100000}},
        {"packed bytes beyond the file", "are not there", {.packed = 100000, .size = 100000}},
        {"packed bytes cut", "truncated", {.deflated = 1, .packed = -4}},
        {"packed bytes too many",
         "end before their place",
         {.deflated = 1, .packed = 4, .inner_name = "data.np"}},
        {"begins beyond the file", "are not there", {.offset = 100000}},
        {"begins elsewhere", "no member begins", {.offset = 7}},
        {"offset overflows", "are not there", {.wide = 1, .offset = 0x7fffffffffffff00}},
        {"wrong check sum", "damaged: the check sum", {.sum = 1}},
        {"wrong check sum, deflated", "damaged: the check sum", {.sum = 1, .deflated = 1}},
        {"encrypted", "encrypted", {.flags = 1}},
        {"method 12", "method 12", {.method = 12}},
        {"two names", "contradict", {.inner_name = "beta.npy"}},
    };
    for (size_t k = 0; k < sizeof lies / sizeof lies[0]; k++) {
        char text[100];
        test_member m = lies[k].lie;
        m.name = "data.npy";
        m.bytes = good;
        m.count = n;
        snprintf(text, sizeof text, "%s%s", what, lies[k].what);
        const char *reason = lies[k].reason;
        if (m.inner_name != NULL && m.packed != 0) { /* so that there is a place for them */
            m.inner_name = NULL;
            test_member two[2] = {m, {.name = "y.txt", .bytes = good, .count = 4}};
            refused(text, archive("h.npz", 0, 2, two), DDN_E_FORMAT, reason);
        } else {
            refused(text, archive("h.npz", 0, 1, &m), DDN_E_FORMAT, reason);
        }
    }
    /* A bomb: its header promises what the member does not hold, or the member more than promised.
     */
    static const char *const dictionary[] = {
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000000, 1000), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1), }"};
    static uint8_t bomb[ROOM];
    for (int k = 0; k < 2; k++) {
        size_t size = test_npy_image(bomb, 1, 64, dictionary[k], zeros, sizeof zeros - 200);
        test_member m = {.name = "data.npy", .bytes = bomb, .count = size, .deflated = 1};
        refused(k == 0 ? "bomb: a header of 10^15 bytes" : "bomb: more data than the header",
                archive("h.npz", 0, 1, &m), DDN_E_FORMAT, k == 0 ? "truncated" : "too long");
        m.size = (long long)(128 + 1) - (long long)size;
        refused(k == 0 ? "bomb: both lie" : "bomb: the directory lies, too",
                archive("h.npz", 0, 1, &m), DDN_E_FORMAT, k == 0 ? "truncated" : "too long");
    }
    test_member m = {.name = "data.npy", .bytes = good, .count = n};
    size_t size = test_zip_image(zip, 1, 1, &m);
    for (size_t cut = 4; cut < size; cut++) {
        ddn_dataset *ds = NULL;
        FAILS(ctx, ddn_dataset_open(ctx, test_write_file("cut.npz", zip, cut), 0, &ds),
              DDN_E_FORMAT, "cut.npz");
    }
    print_row(".npz, cut anywhere", "refused each time");
    /* Any one byte changed: refused, or the same points. */
    int64_t same = 0;
    for (size_t at = 0; at < size; at++) {
        ddn_dataset *ds = NULL;
        double got[6];
        zip[at] ^= 0x55;
        if (ddn_dataset_open(ctx, test_write_file("b.npz", zip, size), 0, &ds) == DDN_OK) {
            OK(ctx, ddn_dataset_read(ctx, ds, 0, 2, got, 3));
            assert_memory_equal(got, SIX, sizeof got);
            ddn_dataset_destroy(ds);
            same++;
        }
        zip[at] ^= 0x55;
    }
    assert_true(same < (int64_t)size / 2);
    print_row(".npz, any byte changed", "refused, or the same points");
    m.bytes = "";
    m.count = 0;
    refused(".npz, an empty member", archive("h.npz", 0, 1, &m), DDN_E_FORMAT, "neither .npy");
    refused(".npz without members", archive("h.npz", 0, 0, &m), DDN_E_FORMAT, "without an array");
    m = (test_member){.name = "archive/data.pkl", .bytes = "x", .count = 1};
    refused("PyTorch .pt", archive("h.pt", 0, 1, &m), DDN_E_FORMAT, "torch.load");
    size = test_zip_image(zip, 0, 1, &m);
    refused(".npz.gz", test_write_gzip("h.npz.gz", zip, size), DDN_E_FORMAT, "compressed twice");
}

static void foreign_files(void **state)
{
    (void)state;
    section = "not read";
    static const struct {
        const char *what, *head, *reason;
        size_t count;
    } rows[] = {
        {"MATLAB", "MATLAB 5.0 MAT-file", "scipy.io", 19},
        {"pickle", "\x80\x04\x95\x0a", "pickle.load", 4},
        {"safetensors", "\x40\0\0\0\0\0\0\0{\"x\":{}}", "safetensors", 16},
        {"safetensors, cut short", "\x02\0\0\0\0\0\0\0{\"", "safetensors", 10},
        {"PNG", "\x89PNG\r\n\x1a\n", "from PIL", 8},
        {"JPEG", "\xff\xd8\xff\xe0", "from PIL", 4},
        {"Parquet", "PAR1\1\2", "pandas", 6},
        {"LMDB", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xde\xc0\xef\xbe", "lmdb", 20},
        {"PyTorch before 1.6", "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.",
         "torch.load", 15},
        {"CSV", "1,2,3\n4,5,6\n", "numpy.loadtxt(file, delimiter=\",\")", 12},
        {"text with spaces", "1 2 3\n4 5 6\n", "numpy.loadtxt(file); ", 12},
        {"xz",
         "\xfd"
         "7zXZ\0\0",
         "xz -dk", 7},
    };
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        refused(rows[k].what, test_write_file("f", rows[k].head, rows[k].count), DDN_E_FORMAT,
                rows[k].reason);
    }
}

static void several_files(void **state)
{
    (void)state;
    section = "several files";
    ddn_dataset *ds = NULL;
    double x[12];
    char *path[3];
    npy("<f4", "False", "(2, 3)", 6, SIX);
    path[0] = strdup(file("1.npy"));
    npy("<i2", "False", "(1, 3)", 3, SIX);
    path[1] = strdup(test_write_gzip("2.npy.gz", image, length));
    npy("|u1", "False", "(1, 3)", 3, SIX);
    path[2] = strdup(file("3.npy"));
    const char *const paths[] = {path[0], path[1], path[0], path[2], NULL};
    OK(ctx, ddn_dataset_open_files(ctx, 0, 2, paths, &ds));
    assert_int_equal(ddn_dataset_n(ds), 3);
    assert_int_equal(ddn_dataset_type(ds), DDN_TYPE_F32);
    OK(ctx, ddn_dataset_read(ctx, ds, 0, 3, x, 3));
    assert_memory_equal(x, SIX, sizeof SIX);
    assert_memory_equal(x + 6, SIX, 3 * sizeof *x);
    print_row("two files, f4 and i2", ddn_dataset_description(ds));
    ddn_dataset_destroy(ds);
    FAILS(ctx, ddn_dataset_open_files(ctx, 0, 2, paths + 2, &ds), DDN_E_TYPE, "3.npy");
    print_row("two files, f4 and u1", ddn_context_message(ctx));
    FAILS(ctx, ddn_dataset_open_files(ctx, 0, 5, paths, &ds), DDN_E_NULL, "paths[4]");
    FAILS(ctx, ddn_dataset_open_files(ctx, 0, 0, paths, &ds), DDN_E_RANGE, "count = 0");
    FAILS(ctx, ddn_dataset_open_files(ctx, 0, 1001, paths, &ds), DDN_E_RANGE, "count = 1001");
    FAILS(ctx, ddn_dataset_open_files(ctx, 0, 1, NULL, &ds), DDN_E_NULL, "paths");
    npy("<f4", "False", "(3, 2)", 6, SIX);
    free(path[1]);
    path[1] = strdup(file("4.npy"));
    FAILS(ctx, ddn_dataset_open_files(ctx, 0, 2, (const char *[]){path[0], path[1]}, &ds),
          DDN_E_SHAPE, "4.npy: d = 2, and 3 in the first file");
    print_row("two files of other d", ddn_context_message(ctx));
    /* Batches bring their labels. */
    static uint8_t batch[2][3073];
    int32_t got[2];
    batch[0][0] = 4;
    batch[1][0] = 9;
    free(path[0]);
    free(path[1]);
    path[0] = strdup(test_write_file("b1", batch[0], 3073));
    path[1] = strdup(test_write_file("b2", batch[1], 3073));
    OK(ctx, ddn_dataset_open_files(ctx, 0, 2, (const char *[]){path[0], path[1]}, &ds));
    OK(ctx, ddn_dataset_labels(ctx, ds, 2, got));
    assert_int_equal(got[0], 4);
    assert_int_equal(got[1], 9);
    print_row("two CIFAR-10 batches", ddn_dataset_description(ds));
    ddn_dataset_destroy(ds);
    for (int k = 0; k < 3; k++) {
        free(path[k]);
    }
}

/* ---- Folders and HDF5 ---------------------------------------------------------------------- */

static char folder[600];

static void new_folder(const char *name)
{
    snprintf(folder, sizeof folder, "%s", test_path(name));
    assert_int_equal(mkdir(folder, 0777), 0);
}

/* image := the first bytes of a file of tests/data/images, and the folder has it by this name. */
static void put(const char *name, const char *from, size_t most)
{
    char path[1024], inner[100];
    snprintf(inner, sizeof inner, "images/%s", from);
    FILE *f = fopen(test_data_path(inner, path), "rb");
    assert_non_null(f);
    length = fread(image, 1, most, f);
    assert_int_equal(fclose(f), 0);
    snprintf(path, sizeof path, "%s/%s", strrchr(folder, '/') + 1, name);
    file(path);
}

/* The folder or file opens: this number of points, and of classes. */
static void opens(const char *what, const char *path, int64_t n, int64_t classes)
{
    ddn_dataset *ds = NULL;
    OK(ctx, ddn_dataset_open(ctx, path, as, &ds));
    assert_int_equal(ddn_dataset_n(ds), n);
    assert_int_equal(ddn_dataset_class_count(ds), classes);
    print_row(what, ddn_dataset_description(ds));
    ddn_dataset_destroy(ds);
}

static void folders(void **state)
{
    (void)state;
    char path[1024];
    section = "folders";
    new_folder("grey");
    put("1.jpg", "grey.jpg", ROOM);
    put("2.png", "interlaced.png", ROOM);
    put(".3.png", "colours.jpg", ROOM);
    if (strcmp(ddn_feature("images"), "none") == 0) {
        section = "without libpng and libjpeg";
        refused("a folder of images", folder, DDN_E_UNSUPPORTED, "made without");
        return;
    }
    opens("a grey JPEG, a grey PNG; a hidden file", folder, 2, 0);
    put("3.jpg", "colours.jpg", ROOM);
    refused("a third one with colours", folder, DDN_E_SHAPE, "3.jpg: an image of");
    new_folder("colours");
    put("x.JPEG", "colours.jpg", ROOM);
    opens("a JPEG with colours", folder, 1, 0);
    put("y.jpg", "progressive.jpg", ROOM);
    opens("and a progressive one", folder, 2, 0);
    put("z.jpg", "cmyk.jpg", ROOM);
    refused("and one of four inks", folder, DDN_E_FORMAT, "4 channels");
    new_folder("two");
    assert_int_equal(mkdir(strcat(strcpy(path, folder), "/cats"), 0777), 0);
    assert_int_equal(mkdir(strcat(strcpy(path, folder), "/dogs"), 0777), 0);
    put("cats/1.png", "interlaced.png", ROOM);
    put("cats/2.png", "grey.jpg", ROOM);
    put("dogs/1.png", "interlaced.png", ROOM);
    opens("folders cats and dogs", folder, 3, 2);
    put("1.png", "interlaced.png", ROOM);
    refused("folders cats and dogs, and an image beside them", folder, DDN_E_FORMAT, "which are");
    new_folder("cut");
    put("1.png", "interlaced.png", 60);
    refused("a PNG cut short", folder, DDN_E_FORMAT, "1.png");
    put("1.png", "grey.jpg", 300);
    refused("a JPEG cut short", folder, DDN_E_FORMAT, "1.png");
    put("1.png", "make.py", 100);
    refused("a text that is called .png", folder, DDN_E_FORMAT, "neither PNG nor JPEG");
    put("1.png", "grey.jpg", 0);
    refused("an empty file that is called .png", folder, DDN_E_FORMAT, "empty");
    new_folder("nothing");
    refused("a folder without images", folder, DDN_E_FORMAT, "without .png");
    assert_int_equal(symlink("nowhere", strcat(strcpy(path, folder), "/1.png")), 0);
    refused("a link that leads nowhere", folder, DDN_E_IO, "1.png");
}

static void hdf5(void **state)
{
    (void)state;
    static const struct {
        const char *path, *reason;
        ddn_type type;
    } rows[] = {{"numbers.h5:types/u1", NULL, DDN_TYPE_U8},
                {"numbers.h5:types/bool", NULL, DDN_TYPE_U8},
                {"numbers.h5:types/i2_big", NULL, DDN_TYPE_F32},
                {"numbers.h5:types/f2", NULL, DDN_TYPE_F32},
                {"numbers.h5:types/bf16", NULL, DDN_TYPE_F32},
                {"numbers.h5:types/i8_big", NULL, DDN_TYPE_F64},
                {"numbers.h5:types/f8", NULL, DDN_TYPE_F64},
                {"numbers.h5:types/none", "has no member", 0},
                {"chunks.h5:plain", NULL, DDN_TYPE_F32},
                {"chunks.h5:all", NULL, DDN_TYPE_F64},
                {"latest.h5:deep/group/data", NULL, DDN_TYPE_F32},
                {"train.h5", NULL, DDN_TYPE_U8},
                {"train.h5:x_test", NULL, DDN_TYPE_F64},
                {"matlab.mat", NULL, DDN_TYPE_F64},
                {"other.h5:texts", "no numbers that are read", 0},
                {"other.h5:records", "no numbers that are read", 0},
                {"other.h5:value", "a single value", 0},
                {"other.h5:empty", "has length 0", 0},
                {"other.h5:lzf", "a filter that is not gzip", 0},
                {"other.h5:outside", "in other files", 0},
                {"other.h5:never", "nothing was ever written", 0},
                {"virtual.h5", "which member has the points?", 0},
                {"virtual.h5:virtual", "in other files", 0}};
    const int built = strcmp(ddn_feature("hdf5"), "none") != 0;
    char path[1024], inner[100];
    section = built ? "hdf5" : "without libhdf5";
    for (size_t k = 0; k < (built ? sizeof rows / sizeof rows[0] : 1); k++) {
        snprintf(inner, sizeof inner, "hdf5/%s", rows[k].path);
        test_data_path(inner, path);
        if (!built || rows[k].reason != NULL) {
            refused(rows[k].path, path, DDN_E_FORMAT, built ? rows[k].reason : "HDF5");
            continue;
        }
        ddn_dataset *ds = NULL;
        OK(ctx, ddn_dataset_open(ctx, path, as, &ds));
        assert_int_equal(ddn_dataset_type(ds), rows[k].type);
        print_row(rows[k].path, ddn_dataset_description(ds));
        ddn_dataset_destroy(ds);
    }
    refused("HDF5, its head alone", test_write_file("f", "\x89HDF\r\n\x1a\n\0\0", 10), DDN_E_FORMAT,
            "HDF5");
    refused("MATLAB 7.3, its text alone", test_write_file("f", "MATLAB 7.3 MAT-file", 19),
            DDN_E_FORMAT, "HDF5");
}

static int begin(void **state)
{
    ctx = test_context(1);
    return test_make_folder(state);
}

static int end(void **state)
{
    assert_true(files >= 60);
    ddn_context_destroy(ctx);
    return test_remove_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numpy_types),
        cmocka_unit_test(half_precision),
        cmocka_unit_test(orders),
        cmocka_unit_test(archives),
        cmocka_unit_test(other_formats),
        cmocka_unit_test(label_files),
        cmocka_unit_test(hostile_archives),
        cmocka_unit_test(foreign_files),
        cmocka_unit_test(several_files),
        cmocka_unit_test(folders),
        cmocka_unit_test(hdf5),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
