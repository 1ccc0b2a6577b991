/* Files of points: what opens, and what is refused with a text that names the file and the reason.
 */
#include "support/files.h"
#include "support/fixtures.h"

static const double SIX[6] = {1.5, -2, 3, 0.25, 1e3, -6};

static void npy_opens_in_all_versions(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    float six[6];
    for (int i = 0; i < 6; i++) {
        six[i] = (float)SIX[i];
    }
    const uint8_t bytes[6] = {0, 1, 2, 253, 254, 255};
    const double want[6] = {0, 1, 2, 253, 254, 255};
    uint8_t image[4096];
    for (int major = 1; major <= 3; major++) {
        /* Aligned as NumPy writes it, and not, as others may. */
        for (size_t align = 64; align > 0; align = align == 64 ? 3 : 0) {
            size_t n = test_npy_image(image, major, align,
                                      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
                                      SIX, sizeof SIX);
            test_expect_points(ctx, test_write_file("a.npy", image, n), DDN_TYPE_F64, 2, 3, SIX);
            n = test_npy_image(image, major, align,
                               "{\"shape\": (3L,1,2),'fortran_order':False,'descr':'<f4'}", six,
                               sizeof six);
            test_expect_points(ctx, test_write_file("a.npy", image, n), DDN_TYPE_F32, 3, 2, SIX);
            n = test_npy_image(image, major, align,
                               "{'descr': '|u1', 'fortran_order': False, 'shape': (6,), }", bytes,
                               6);
            test_expect_points(ctx, test_write_file("a.npy", image, n), DDN_TYPE_U8, 6, 1, want);
        }
    }
    ddn_context_destroy(ctx);
}

static void bad_npy_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *dictionary, *reason;
    } bad[] = {
        {"{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }", "Python objects"},
        {"{'descr': '<f3', 'fortran_order': False, 'shape': (2, 3), }", "type '<f3'"},
        {"{'descr': '<M8', 'fortran_order': False, 'shape': (2, 3), }", "type '<M8'"},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3), }", "type '<c8'"},
        {"{'descr': '<U4', 'fortran_order': False, 'shape': (2, 3), }", "type '<U4'"},
        {"{'descr': '<m2', 'fortran_order': False, 'shape': (2, 3), }", "type '<m2'"},
        {"{'descr': '|V2', 'fortran_order': False, 'shape': (2, 3), }", "bfloat16 by its name"},
        {"{'descr': '<f0', 'fortran_order': False, 'shape': (2, 3), }", "type '<f0'"},
        {"{'descr': '<f9', 'fortran_order': False, 'shape': (2, 3), }", "type '<f9'"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,"
         "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,6), }",
         "34 axes, at most 32 are read"},
        {"{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (6,), }", "records"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 3), }",
         "truncated: the shape needs 72 bytes, the file holds 48"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }",
         "too long: the shape needs 32 bytes, the file holds 48"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }", "n = 0"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 0), }", "d = 0"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (), }", "a single number"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000000, 1), }",
         "too large"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000000, 1), }",
         "truncated"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999999, 1), }",
         "too large"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 4294967296, 4294967296), }",
         "is outside [1, 16777216]"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (-2, 3), }", "malformed"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (6), }", "malformed"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)", "malformed"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), } x", "malformed"},
        {"{'descr': '<f8', 'fortran_order': Maybe, 'shape': (2, 3), }", "malformed"},
        {"{'descr': '<f8', 'shape': (2, 3), }", "malformed"},
        {"{'descr': '<f8', 'descr': '<f8', 'shape': (2, 3), }", "malformed"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), 'x': 1}", "malformed"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': [2, 3], }", "malformed"},
        {"", "malformed"},
        {"{'descr': ", "malformed"},
    };
    ddn_context *ctx = test_context(1);
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        test_refuse(ctx, test_write_npy("bad.npy", bad[k].dictionary, SIX, sizeof SIX),
                    DDN_E_FORMAT, bad[k].reason);
    }
    uint8_t image[4096];
    size_t n =
        test_npy_image(image, 1, 64, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
                       SIX, sizeof SIX);
    /* Every way to cut the file off is noticed. */
    for (size_t cut = 1; cut < n; cut++) {
        ddn_dataset *ds;
        FAILS(ctx,
              ddn_dataset_open(ctx, test_write_file("cut.npy", image, cut), DDN_FORMAT_NPY, &ds),
              DDN_E_FORMAT, "cut.npy: ");
    }
    uint8_t second[4096]; /* its length has four bytes */
    (void)test_npy_image(second, 2, 64,
                         "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", SIX,
                         sizeof SIX);
    test_refuse(ctx, test_write_file("cut.npy", second, 11), DDN_E_FORMAT,
                "truncated in the .npy header");
    image[6] = 4;
    test_refuse(ctx, test_write_file("bad.npy", image, n), DDN_E_FORMAT, "format 4.0");
    double x[6] = {0, 1, 2, 3, -INFINITY, NAN};
    test_refuse(ctx,
                test_write_npy("nan.npy",
                               "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", x,
                               sizeof x),
                DDN_E_NONFINITE, "row 1, column 1 is infinite");
    ddn_context_destroy(ctx);
}

/* What a header may leave out or say for nothing: the order of bytes, that of axes, axes of 1. */
static void headers_may_say_it_otherwise(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {3, 1, 4, 1, 5, 9};
    static const double want[] = {3, 1, 4, 1, 5, 9};
    static const struct {
        const char *type, *order, *shape, *said;
        int64_t n, d;
    } rows[] = {
        {"=f8", "False", "(2, 3)", "numbers stored as f64", 2, 3},
        {">u1", "False", "(2, 3)", "numbers stored as u8", 2, 3},
        {"u1", "False", "(2, 3)", "numbers stored as u8", 2, 3},
        {"|u1", "True", "(6, 1)", "numbers stored as u8, from Fortran order", 6, 1},
        {"|u1", "True", "(1, 6)", "numbers stored as u8, from Fortran order", 1, 6},
        {"|u1", "True", "(6,)", "numbers stored as u8", 6, 1},
        {"|u1", "False", "(1, 1, 2, 3)", "", 1, 6},
        {"|u1", "False", "(1, 1, 6, 1)", "[1][6][1] stored", 1, 6},
        {"|u1", "False", "(1, 3, 2, 1)", "[3][2][1] stored", 1, 6},
        {"|u1", "False", "(1, 2, 1, 3)", "[2][1][3] (NHWC)", 1, 6},
        {"|u1", "False", "(1, 1, 3, 2)", "[1][3][2] (NCHW)", 1, 6},
        {"|u1", "False", "(1, 3, 1, 2)", "[3][1][2] (NCHW)", 1, 6},
        {"|u1", "False", "(1, 2, 3, 1)", "[2][3][1] (NHWC)", 1, 6},
        {"|u1", "False", "(3, 2, 1)", "[2][1] stored", 3, 2},
    };
    ddn_context *ctx = test_context(1);
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        char dictionary[120];
        ddn_dataset *ds = NULL;
        const int wide = strchr(rows[k].type, 'f') != NULL;
        snprintf(dictionary, sizeof dictionary,
                 "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", rows[k].type, rows[k].order,
                 rows[k].shape);
        const char *path = test_write_npy("o.npy", dictionary, wide ? (const void *)SIX : bytes,
                                          wide ? sizeof SIX : sizeof bytes);
        test_expect_points(ctx, path, wide ? DDN_TYPE_F64 : DDN_TYPE_U8, rows[k].n, rows[k].d,
                           wide ? SIX : want);
        OK(ctx, ddn_dataset_open(ctx, test_path("o.npy"), DDN_FORMAT_AUTO, &ds));
        if (strstr(ddn_dataset_description(ds), rows[k].said) == NULL) {
            fail_msg("%s: '%s'", rows[k].shape, ddn_dataset_description(ds));
        }
        ddn_dataset_destroy(ds);
    }
    ddn_context_destroy(ctx);
}

/* In what is said of a file its name breaks no terminal and no JSON; whole characters stay. */
static void names_are_shown_clean(void **state)
{
    (void)state;
    static const uint8_t bytes[2] = {1, 2};
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    FAILS(ctx, ddn_dataset_open(ctx, "none/a\x1b[2J\n\"\xff\xc3\xa9", DDN_FORMAT_AUTO, &ds),
          DDN_E_IO, "none/a\\x1b[2J\\x0a\"\\xff\xc3\xa9: cannot open");
    OK(ctx,
       ddn_dataset_open(
           ctx,
           test_write_npy("b\x7f\x80.npy",
                          "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1), }", bytes, 2),
           DDN_FORMAT_AUTO, &ds));
    assert_non_null(strstr(ddn_dataset_description(ds), "b\\x7f\\x80.npy: '|u1'"));
    ddn_dataset_destroy(ds);
    char longest[1200];
    memset(longest, 0x1b, sizeof longest);
    longest[sizeof longest - 1] = '\0';
    FAILS(ctx, ddn_dataset_open(ctx, longest, DDN_FORMAT_AUTO, &ds), DDN_E_IO, "\\x1b\\x1b");
    assert_null(strchr(ddn_context_message(ctx), 0x1b));
    ddn_context_destroy(ctx);
}

static void missing_files_are_named(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds;
    test_refuse(ctx, test_path("no such file"), DDN_E_IO, "No such file");
    FAILS(ctx, ddn_dataset_open(ctx, test_path(""), DDN_FORMAT_AUTO, &ds), DDN_E_FORMAT,
          "a folder without .png or .jpg images");
    test_refuse(ctx, test_write_file("empty", "", 0), DDN_E_FORMAT, "empty");
    test_refuse(ctx, test_write_file("text", "hello\n", 6), DDN_E_FORMAT, "neither .npy");
    test_refuse(ctx, test_write_file("one", "h", 1), DDN_E_FORMAT, "CIFAR-100 (length 1)");
    test_refuse(ctx, test_write_file("brace", "a header{\"x\"}", 13), DDN_E_FORMAT, "this is text");
    FAILS(ctx, ddn_dataset_open(ctx, NULL, DDN_FORMAT_AUTO, &ds), DDN_E_NULL, "path");
    FAILS(ctx, ddn_dataset_open(ctx, "x", 7, &ds), DDN_E_RANGE, "format = 7");
    FAILS(ctx, ddn_dataset_open(ctx, test_path("text"), DDN_FORMAT_NPY, &ds), DDN_E_FORMAT,
          "text: not an .npy file");
    FAILS(ctx, ddn_dataset_open(ctx, test_path("text"), DDN_FORMAT_IDX, &ds), DDN_E_FORMAT,
          "text: wrong IDX magic 68656c6c");
    FAILS(ctx, ddn_dataset_open(ctx, test_path("one"), DDN_FORMAT_IDX, &ds), DDN_E_FORMAT,
          "one: too short");
    FAILS(ctx, ddn_dataset_open(ctx, test_path("text"), DDN_FORMAT_CIFAR10, &ds), DDN_E_FORMAT,
          "text: 6 bytes are no whole number of CIFAR-10 records");
    /* A file of another format, plain and compressed, is called what it is. */
    static const double six[] = {1, 2, 3, 4, 5, 6};
    uint8_t image[512];
    size_t size =
        test_npy_image(image, 1, 64, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
                       six, sizeof six);
    test_write_file("x.npy", image, size);
    test_write_gzip("x.npy.gz", image, size);
    FAILS(ctx, ddn_dataset_open(ctx, test_path("x.npy"), DDN_FORMAT_IDX, &ds), DDN_E_FORMAT,
          "x.npy: not IDX: its first bytes are those of .npy");
    FAILS(ctx, ddn_dataset_open(ctx, test_path("x.npy.gz"), DDN_FORMAT_IDX, &ds), DDN_E_FORMAT,
          "x.npy.gz: not IDX: its first bytes are those of .npy");
    FAILS(ctx, ddn_dataset_open(ctx, test_path("x.npy.gz"), DDN_FORMAT_CIFAR10, &ds), DDN_E_FORMAT,
          "x.npy.gz: not CIFAR-10: its first bytes are those of .npy");
    char *path = malloc(2001);
    memset(path, 'p', 2000);
    strcpy(path + 1990, "/the_end");
    FAILS(ctx, ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &ds), DDN_E_IO,
          "/the_end: cannot open");
    free(path);
    ddn_context_destroy(ctx);
}

static const uint8_t IDX[] = {0, 0, 8, 3, 0, 0, 0, 2, 0,   0,   0,
                              1, 0, 0, 0, 3, 0, 1, 2, 253, 254, 255};

static void idx_opens_plain_and_compressed(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double want[6] = {0, 1, 2, 253, 254, 255};
    test_expect_points(ctx, test_write_file("a.idx", IDX, sizeof IDX), DDN_TYPE_U8, 2, 3, want);
    test_expect_points(ctx, test_write_gzip("a.gz", IDX, sizeof IDX), DDN_TYPE_U8, 2, 3, want);
    /* A gzip file of two members is the concatenation of both. */
    uint8_t two[256];
    FILE *f = fopen(test_write_gzip("a.gz", IDX, 9), "rb");
    size_t n = fread(two, 1, sizeof two, f);
    fclose(f);
    f = fopen(test_write_gzip("a.gz", IDX + 9, sizeof IDX - 9), "rb");
    n += fread(two + n, 1, sizeof two - n, f);
    fclose(f);
    test_expect_points(ctx, test_write_file("two.gz", two, n), DDN_TYPE_U8, 2, 3, want);
    /* More than one buffer of compressed and of plain bytes. */
    enum {
        N = 700,
        D = 1000
    };
    uint8_t *big = malloc(16 + N * D);
    memcpy(big, (uint8_t[12]){0, 0, 8, 2, 0, 0, N >> 8, N & 255, 0, 0, D >> 8, D & 255}, 12);
    for (uint32_t i = 0, r = 1; i < N * D; i++) {
        r = r * 1664525 + 1013904223;
        big[12 + i] = (uint8_t)(r >> 24);
    }
    ddn_dataset *ds;
    OK(ctx, ddn_dataset_open(ctx, test_write_gzip("big.gz", big, 12 + N * D), DDN_FORMAT_IDX, &ds));
    double row[D];
    for (int64_t i = 0; i < N; i++) {
        OK(ctx, ddn_dataset_read(ctx, ds, i, 1, row, D));
        for (int64_t j = 0; j < D; j++) {
            assert_int_equal((int)row[j], big[12 + i * D + j]);
        }
    }
    ddn_dataset_destroy(ds);
    free(big);
    ddn_context_destroy(ctx);
}

static void bad_idx_is_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    static const struct {
        int at;
        uint8_t byte;
        const char *reason;
    } bad[] = {
        {2, 0x0d, "truncated"}, {2, 0x0a, "type 0x0a"}, {7, 3, "truncated"},
        {7, 1, "too long"},     {7, 0, "n = 0"},        {11, 0, "d = 0"},
        {8, 0xff, "outside"},   {4, 0xff, "truncated"}, {3, 2, "too long"},
        {3, 8, "truncated"},
    };
    uint8_t image[sizeof IDX];
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        memcpy(image, IDX, sizeof IDX);
        image[bad[k].at] = bad[k].byte;
        test_refuse(ctx, test_write_file("bad.idx", image, sizeof image), DDN_E_FORMAT,
                    bad[k].reason);
        test_refuse(ctx, test_write_gzip("bad.gz", image, sizeof image), DDN_E_FORMAT,
                    bad[k].reason);
    }
    const uint8_t foreign[] = {3, 8, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3, 4, 5, 6};
    ddn_dataset *ds;
    FAILS(ctx,
          ddn_dataset_open(ctx, test_write_file("le.idx", foreign, sizeof foreign), DDN_FORMAT_IDX,
                           &ds),
          DDN_E_FORMAT, "le.idx: wrong IDX magic 03080000");
    test_refuse(ctx, test_write_gzip("le.gz", foreign, sizeof foreign), DDN_E_FORMAT,
                "magic 03080000");
    const uint8_t absurd[] = {0, 0, 8, 3, 0xff, 0xff, 0xff, 0xff, 0, 0x10, 0, 0, 0, 0, 0, 1};
    test_refuse(ctx, test_write_file("absurd.idx", absurd, sizeof absurd), DDN_E_FORMAT,
                "truncated");
    test_refuse(ctx, test_write_gzip("absurd.gz", absurd, sizeof absurd), DDN_E_FORMAT,
                "truncated");
    for (size_t cut = 4; cut < sizeof IDX; cut++) {
        test_refuse(ctx, test_write_file("cut.idx", IDX, cut), DDN_E_FORMAT, "truncated");
        test_refuse(ctx, test_write_gzip("cut.gz", IDX, cut), DDN_E_FORMAT, "truncated");
    }
    /* Damage to the compressed file itself, the check sum included. */
    uint8_t packed[256];
    FILE *f = fopen(test_write_gzip("whole.gz", IDX, sizeof IDX), "rb");
    size_t n = fread(packed, 1, sizeof packed, f);
    fclose(f);
    for (size_t cut = 2; cut < n; cut++) {
        test_refuse(ctx, test_write_file("cut.gz", packed, cut), DDN_E_FORMAT, "truncated");
    }
    packed[n - 6] ^= 1;
    test_refuse(ctx, test_write_file("sum.gz", packed, n), DDN_E_FORMAT, "incorrect data check");
    packed[n - 6] ^= 1;
    packed[n] = 'x';
    test_refuse(ctx, test_write_file("tail.gz", packed, n + 1), DDN_E_FORMAT, "tail.gz");
    ddn_context_destroy(ctx);
}

/* A gzip file may end in zeros, and a text says what else a compressed file is. */
static void compressed_files_say_what_they_are(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double want[6] = {0, 1, 2, 253, 254, 255};
    enum {
        ZEROS = 70000 /* more than one buffer */
    };
    uint8_t *packed = calloc(256 + ZEROS + 1, 1);
    FILE *f = fopen(test_write_gzip("a.gz", IDX, sizeof IDX), "rb");
    size_t n = fread(packed, 1, 256, f);
    fclose(f);
    test_expect_points(ctx, test_write_file("pad.gz", packed, n + 1), DDN_TYPE_U8, 2, 3, want);
    test_expect_points(ctx, test_write_file("pad.gz", packed, n + ZEROS), DDN_TYPE_U8, 2, 3, want);
    packed[n + ZEROS] = 0x1f;
    test_refuse(ctx, test_write_file("pad.gz", packed, n + ZEROS + 1), DDN_E_FORMAT,
                "bytes follow the zeros");
    test_refuse(ctx, test_write_gzip("twice.gz", packed, n), DDN_E_FORMAT,
                "twice.gz: compressed twice");
    free(packed);
    test_refuse(ctx, test_write_gzip("short.gz", "hey", 3), DDN_E_FORMAT,
                "(length 3); this is text");
    uint8_t *batch = calloc(1, 3073);
    batch[0] = 7;
    test_refuse(ctx, test_write_gzip("batch.gz", batch, 3073), DDN_E_FORMAT,
                "(magic 07000000); compressed CIFAR is not read");
    free(batch);
    ddn_context_destroy(ctx);
}

static void cifar_brings_its_labels(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    enum {
        N = 3,
        RECORD = 3073
    };
    uint8_t *image = calloc(N, RECORD);
    for (int i = 0; i < N; i++) {
        image[i * RECORD] = (uint8_t)(3 * i);
        for (int j = 1; j < RECORD; j++) {
            image[i * RECORD + j] = (uint8_t)(i + j);
        }
    }
    ddn_dataset *ds;
    double row[RECORD - 1];
    int32_t labels[N];
    OK(ctx,
       ddn_dataset_open(ctx, test_write_file("c.bin", image, N * RECORD), DDN_FORMAT_AUTO, &ds));
    assert_int_equal(ddn_dataset_n(ds), N);
    assert_int_equal(ddn_dataset_d(ds), RECORD - 1);
    OK(ctx, ddn_dataset_labels(ctx, ds, N, labels));
    for (int i = 0; i < N; i++) {
        assert_int_equal(labels[i], 3 * i);
        OK(ctx, ddn_dataset_read(ctx, ds, i, 1, row, RECORD - 1));
        for (int j = 1; j < RECORD; j++) {
            CLOSE(row[j - 1], (uint8_t)(i + j), 0, 0);
        }
    }
    ddn_dataset_destroy(ds);
    /* A first picture that begins like an IDX file. */
    image[1] = 0;
    image[2] = 8;
    image[3] = 1;
    OK(ctx,
       ddn_dataset_open(ctx, test_write_file("c.bin", image, N * RECORD), DDN_FORMAT_AUTO, &ds));
    assert_int_equal(ddn_dataset_d(ds), RECORD - 1);
    ddn_dataset_destroy(ds);
    image[2 * RECORD] = 10;
    test_refuse(ctx, test_write_file("c.bin", image, N * RECORD), DDN_E_FORMAT,
                "record 2 has label 10");
    FAILS(ctx,
          ddn_dataset_open(ctx, test_write_file("c.bin", image, N * RECORD - 1), DDN_FORMAT_CIFAR10,
                           &ds),
          DDN_E_FORMAT, "c.bin: 9218 bytes");
    /* Records beside points of as many bytes, and labels that only one kind of record has. */
    char records[128], points[128];
    snprintf(records, sizeof records, "%s", test_write_file("c.bin", image, RECORD));
    snprintf(points, sizeof points, "%s",
             test_write_npy("p.npy",
                            "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 3072), }", image,
                            RECORD - 1));
    const char *const both[] = {records, points};
    FAILS(ctx, ddn_dataset_open_files(ctx, DDN_FORMAT_AUTO, 2, both, &ds), DDN_E_TYPE,
          "are not stored alike");
    static const uint8_t pairs[][2] = {{19, 99}, {20, 99}, {19, 100}};
    uint8_t *record = calloc(1, RECORD + 1);
    for (int k = 0; k < 3; k++) {
        memcpy(record, pairs[k], 2);
        ddn_status status =
            ddn_dataset_open(ctx, test_write_file("h.bin", record, RECORD + 1), 0, &ds);
        assert_int_equal(status, k == 0 ? DDN_OK : DDN_E_FORMAT);
        ddn_dataset_destroy(ds);
    }
    free(record);
    test_refuse(ctx, test_write_file("none.bin", image, 0), DDN_E_FORMAT, "none.bin");
    free(image);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(npy_opens_in_all_versions),
        cmocka_unit_test(bad_npy_is_refused),
        cmocka_unit_test(headers_may_say_it_otherwise),
        cmocka_unit_test(names_are_shown_clean),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(idx_opens_plain_and_compressed),
        cmocka_unit_test(bad_idx_is_refused),
        cmocka_unit_test(compressed_files_say_what_they_are),
        cmocka_unit_test(cifar_brings_its_labels),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
