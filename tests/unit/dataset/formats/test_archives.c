/* Zip archives byte by byte: directories of 64 bits that are not there, fields beside the sizes,
 * names that are too long, archives with several arrays, labels of other points. Catches reads
 * beside the records, and an array that is taken for another. */
#include "support/files.h"
#include "support/fixtures.h"

enum {
    ROOM = 1 << 14,
    END = 22,   /* bytes of the record at the end */
    ENTRY = 46, /* of an entry of the directory, without its texts */
    N = 2,
    D = 3
};

static const double SIX[N * D] = {1.5, -2, 3, 0.25, 1e3, -6};
static uint8_t zip[ROOM], array[1024];
static size_t size, array_bytes;

static void make_array(const char *shape)
{
    char dictionary[100];
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }", shape);
    array_bytes = test_npy_image(array, 1, 64, dictionary, SIX, sizeof SIX);
}

static test_member member(const char *name)
{
    return (test_member){.name = name, .bytes = array, .count = array_bytes};
}

/* Where the record PK.third.fourth begins. */
static uint8_t *record(uint8_t third, uint8_t fourth)
{
    const uint8_t wanted[] = {'P', 'K', third, fourth};
    for (size_t at = 0; at + 4 <= size; at++) {
        if (memcmp(zip + at, wanted, 4) == 0) {
            return zip + at;
        }
    }
    fail_msg("no record");
    return NULL;
}

static void refused(ddn_context *ctx, const char *reason)
{
    test_refuse(ctx, test_write_file("a.npz", zip, size), DDN_E_FORMAT, reason);
}

static void directories_of_64_bits(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    make_array("(2, 3)");
    const test_member m = member("data.npy");
    const char *const none = "has no 64-bit directory";
    /* Its own records are damaged. */
    for (int k = 0; k < 2; k++) {
        size = test_zip_image(zip, 1, 1, &m);
        record(6, k == 0 ? 6 : 7)[3] ^= 1;
        refused(ctx, none);
    }
    size = test_zip_image(zip, 1, 1, &m);
    record(6, 7)[8 + 7] = 0x7f; /* said to be far behind the end */
    refused(ctx, none);
    /* The record at the end asks for it by one of its three numbers. */
    for (int k = 0; k < 3; k++) {
        const int at = k == 0 ? 10 : k == 1 ? 12 : 16;
        size = test_zip_image(zip, 0, 1, &m);
        memset(record(5, 6) + at, 0xff, k == 0 ? 2 : 4);
        refused(ctx, none);
        size = test_zip_image(zip, 1, 1, &m);
        uint8_t own[END], *end = record(5, 6);
        memcpy(own, end, END);
        memset(own + 10, 0, 10);
        memset(own + at, 0xff, k == 0 ? 2 : 4);
        memcpy(end, own, END);
        test_expect_points(ctx, test_write_file("a.npz", zip, size), DDN_TYPE_F64, N, D, SIX);
    }
    /* There is no room for it: the end alone, and behind its locator alone. */
    size = test_zip_image(zip, 1, 1, &m);
    const uint8_t *end = record(5, 6), *locator = record(6, 7);
    uint8_t small[END + 20];
    memcpy(small, end, END);
    memcpy(zip, small, END);
    size = END;
    refused(ctx, none);
    size = test_zip_image(zip, 1, 1, &m);
    memcpy(small, locator, 20);
    memcpy(small + 20, end, END);
    memcpy(zip, small, sizeof small);
    memcpy(zip + 4, "PK\3\4", 4); /* so that it is an archive at all */
    size = sizeof small;
    FAILS(ctx,
          ddn_dataset_open(ctx, test_write_file("a.npz", zip, size), DDN_FORMAT_AUTO,
                           &(ddn_dataset *){NULL}),
          DDN_E_FORMAT, "a.npz");
    ddn_context_destroy(ctx);
}

/* Fields of other kinds stand beside the sizes of 64 bits, which replace those that are all ones
 * alone. */
static void fields_beside_the_sizes(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    make_array("(2, 3)");
    test_member m = member("data.npy");
    m.wide = 1;
    size = test_zip_image(zip, 0, 1, &m);
    uint8_t *extra = record(1, 2) + ENTRY + strlen(m.name);
    extra[0] = 0x55; /* a time: the sizes are then not there */
    refused(ctx, "are not there");
    size = test_zip_image(zip, 0, 1, &m);
    extra[2] = 12; /* cut: the size, but not what it takes */
    refused(ctx, "are not there");
    size = test_zip_image(zip, 0, 1, &m);
    uint8_t *entry = record(1, 2);
    memcpy(entry + 20, extra + 4 + 8, 4); /* what it takes has its place: the offset follows */
    memmove(extra + 4 + 8, extra + 4 + 16, 8);
    test_expect_points(ctx, test_write_file("a.npz", zip, size), DDN_TYPE_F64, N, D, SIX);
    ddn_context_destroy(ctx);
}

static void names_and_places(void **state)
{
    (void)state;
    static char longer[600];
    ddn_context *ctx = test_context(1);
    make_array("(2, 3)");
    memset(longer, 'x', sizeof longer - 1);
    test_member m = member(longer);
    size = test_zip_image(zip, 0, 1, &m);
    refused(ctx, "without an array of NumPy"); /* its ending is cut off */
    for (int k = 0; k < 2; k++) {              /* one character too many, and as many as can be */
        strcpy(longer + 195 - k, ".npy");
        m = member(longer);
        size = test_zip_image(zip, 0, 1, &m);
        if (k == 0) {
            refused(ctx, "xxx: the name of the member is too long");
        }
    }
    test_expect_points(ctx, test_write_file("a.npz", zip, size), DDN_TYPE_F64, N, D, SIX);
    test_member two[2] = {member("data.npy"), member("b")};
    size = test_zip_image(zip, 0, 2, two);
    test_expect_points(ctx, test_write_file("a.npz", zip, size), DDN_TYPE_F64, N, D, SIX);
    m = member("data.npy");
    m.inner_name = "data2.npy";
    size = test_zip_image(zip, 0, 1, &m);
    refused(ctx, "contradict each other");
    /* A directory that leaves no room for what stands before a member. */
    m = member("data.npy");
    m.offset = 20;
    size = test_zip_image(zip, 0, 1, &m);
    refused(ctx, "are not there");
    /* The member ends before the bytes that header and directory promise. */
    make_array("(2, 4)");
    m = member("data.npy");
    m.deflated = 1;
    m.size = 2 * sizeof(double);
    size = test_zip_image(zip, 0, 1, &m);
    refused(ctx, "truncated: the zip directory promises");
    ddn_context_destroy(ctx);
}

/* As many names as there is room for, and that there are more. */
static void many_arrays(void **state)
{
    (void)state;
    enum {
        MANY = 7,
        TOLD = 4
    };
    char names[MANY][64], want[300] = "there are ";
    test_member all[MANY];
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    make_array("(2, 3)");
    for (int k = 0; k < MANY; k++) {
        snprintf(names[k], sizeof names[k], "an_array_with_a_name_of_40_characters_%02d.npy", k);
        all[k] = member(names[k]);
        if (k < TOLD) {
            snprintf(want + strlen(want), sizeof want - strlen(want), "%.40s, ", names[k]);
        }
    }
    strcat(want, "...");
    size = test_zip_image(zip, 0, MANY, all);
    FAILS(ctx, ddn_dataset_open(ctx, test_write_file("a.npz", zip, size), DDN_FORMAT_AUTO, &ds),
          DDN_E_FORMAT, want);
    const char *said = ddn_context_message(ctx);
    assert_string_equal(said + strlen(said) - strlen(want), want); /* nothing behind it */
    ddn_context_destroy(ctx);
}

/* What is packed is unpacked once. */
static void packed_in_the_archive(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    test_member m = {.name = "data.npy", .bytes = "\x1f\x8b\x08\0\0", .count = 5};
    size = test_zip_image(zip, 0, 1, &m);
    refused(ctx, "data: compressed twice");
    ddn_context_destroy(ctx);
}

/* Labels beside the points that are as many as the points, or those are to be named. */
static void labels_of_other_points(void **state)
{
    (void)state;
    static const uint8_t labels[] = {7, 8, 9};
    uint8_t one[256];
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    make_array("(2, 3)");
    const test_member two[2] = {
        member("x.npy"),
        {.name = "y.npy",
         .bytes = one,
         .count =
             test_npy_image(one, 1, 64, "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }",
                            labels, sizeof labels)}};
    size = test_zip_image(zip, 0, 2, two);
    FAILS(ctx, ddn_dataset_open(ctx, test_write_file("a.npz", zip, size), DDN_FORMAT_AUTO, &ds),
          DDN_E_SHAPE, "a.npz:x to have the points alone");
    assert_non_null(strstr(ddn_context_message(ctx), "3 labels for n = 2 points; open "));
    ddn_context_destroy(ctx);
}

/* Which of several arrays: one by its name, said or known; else none is guessed. */
static void several_arrays(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    make_array("(2, 3)");
    static const struct {
        const char *first, *second, *asked, *reason;
    } rows[] = {
        {"one.npy", "two.npy", NULL, "which member has the points"},
        {"one.npy", "one.npy", "one", "several members are called 'one'"},
        {"one.npy", "two.npy", "three", "has no member 'three'; there are one"},
        {"one.npy", "two.txt", "three", "has no member 'three'; there is one"},
        {"one.txt", "two.txt", "three", "has no member 'three'; there are no arrays"},
        {"data.npy", "DATA.npy", NULL, "has 'data"},
        {"data.npy", "data.npy", NULL, "several members are called 'data"},
    };
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        const test_member two[2] = {member(rows[k].first), member(rows[k].second)};
        char path[200];
        size = test_zip_image(zip, 0, 2, two);
        snprintf(path, sizeof path, "%s%s%s", test_write_file("a.npz", zip, size),
                 rows[k].asked != NULL ? ":" : "", rows[k].asked != NULL ? rows[k].asked : "");
        FAILS(ctx, ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &ds), DDN_E_FORMAT, rows[k].reason);
    }
    const test_member unnamed[2] = {member("arr_1.npy"), member("arr_0.npy")};
    size = test_zip_image(zip, 0, 2, unnamed); /* as numpy.savez calls them */
    test_expect_points(ctx, test_write_file("a.npz", zip, size), DDN_TYPE_F64, N, D, SIX);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directories_of_64_bits),
        cmocka_unit_test(fields_beside_the_sizes),
        cmocka_unit_test(names_and_places),
        cmocka_unit_test(several_arrays),
        cmocka_unit_test(many_arrays),
        cmocka_unit_test(packed_in_the_archive),
        cmocka_unit_test(labels_of_other_points),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
