/* Sets that stay in their file: the same bits as from the file read, whatever is asked; what cannot
 * be used in place, files that change, numbers that are not finite, and that nothing stays mapped.
 */
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/files.h"
#include "support/fixtures.h"
#include "support/ways.h"

enum {
    N = 700,
    D = 40,
    M = 40,
    RECORD = 3073,
    ROWS = 100, /* of WIDE numbers, of which 16 MB hold fewer than twice 96 rows */
    WIDE = 11264,
    STATES = 65 /* two groups */
};

static const char *write_npy(const char *name, const char *type, int64_t size, const void *data)
{
    static uint8_t image[N * D * 8 + 256];
    char dictionary[128];
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }", type, N, D);
    return test_write_file(name, image,
                           test_npy_image(image, 1, 64, dictionary, data, N * D * size));
}

/* Points about their middle, or far from the origin. */
static double number(int64_t k, double far)
{
    return far + 40 * sin((double)(k * k % 1009)) + (double)(k / D % 7);
}

static const char *floats(double far)
{
    static float x[N * D];
    for (int64_t k = 0; k < N * D; k++) {
        x[k] = (float)number(k, far);
    }
    return write_npy("in_place_f4.npy", "<f4", 4, x);
}

static const char *doubles(double far)
{
    static double x[N * D];
    for (int64_t k = 0; k < N * D; k++) {
        x[k] = number(k, far);
    }
    return write_npy("in_place_f8.npy", "<f8", 8, x);
}

static const char *bytes(double far)
{
    static uint8_t x[N * D];
    (void)far;
    for (int64_t k = 0; k < N * D; k++) {
        x[k] = (uint8_t)(k * k % 251);
    }
    return write_npy("in_place_u1.npy", "|u1", 1, x);
}

static const char *records(double far)
{
    static uint8_t x[64 * RECORD];
    (void)far;
    for (int64_t k = 0; k < 64 * RECORD; k++) {
        x[k] = (uint8_t)(k % RECORD == 0 ? k % 10 : k * k % 251);
    }
    return test_write_file("in_place.bin", x, sizeof x);
}

static int32_t is_mapped(const char *path)
{
    char line[4096];
    const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') : path;
    int32_t found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        found |= strstr(line, name) != NULL;
    }
    if (maps != NULL) {
        fclose(maps);
    }
    return found;
}

/* What is known of a set: numbers of all kinds of calls. */
static int64_t ask_set(ddn_context *ctx, const ddn_dataset *ds, double *out)
{
    int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds), at = 0, digest, copies, index[3 * M];
    double *x = calloc((size_t)(M * d), sizeof *x);
    OK(ctx, ddn_dataset_mean(ctx, ds, d, out));
    OK(ctx, ddn_dataset_squared_norms(ctx, ds, n, NULL, out + d));
    at = d + n;
    OK(ctx, ddn_dataset_digest(ctx, ds, &digest));
    OK(ctx, ddn_dataset_copy_count(ctx, ds, &copies));
    OK(ctx, ddn_dataset_read(ctx, ds, n - M, M, x, d));
    memcpy(out + at, x, (size_t)(M * d) * sizeof *x);
    at += M * d;
    for (int64_t k = 0; k < M * d; k++) {
        x[k] += 3 * cos((double)k);
    }
    OK(ctx, ddn_dataset_nearest(ctx, ds, M, 3, x, d, index, out + at));
    at += 3 * M;
    for (int64_t k = 0; k < 3 * M; k++) {
        out[at++] = (double)index[k];
    }
    OK(ctx, ddn_dataset_spectrum(ctx, ds, 3, out + at, NULL, d));
    at += 3;
    memcpy(out + at, &digest, sizeof digest);
    out[at + 1] = (double)copies;
    free(x);
    return at + 2;
}

/* Every way of evaluation has its time, and outputs. */
static int64_t ask_oracle(ddn_context *ctx, const ddn_dataset *ds, double *out)
{
    static const double times[] = {1e-4, 0.05, 0.5, 2, 8};
    int64_t d = ddn_dataset_d(ds), at = 0;
    double *x = calloc((size_t)(M * d), sizeof *x);
    ddn_schedule *ou;
    ddn_oracle *oracle;
    ddn_query *q;
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, ou, &oracle));
    OK(ctx, ddn_query_create(ctx, oracle, &q));
    for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
        OK(ctx, ddn_dataset_read(ctx, ds, 0, M, x, d));
        for (int64_t j = 0; j < M * d; j++) {
            x[j] = exp(-times[k]) * x[j] + sqrt(1 - exp(-2 * times[k])) * sin((double)j);
        }
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, out + at, d));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_ENTROPY, out + at + M * d, 1));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_TRACE_COV, out + at + M * d + M, 1));
        OK(ctx, ddn_query_run(q, times[k], M, x, d));
        OK(ctx, ddn_query_run(q, times[k], 1, x, d));
        at += M * d + 2 * M;
    }
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou);
    free(x);
    return at;
}

/* One file read, and in place. */
static void compare(ddn_context *ctx, const char *path)
{
    ddn_dataset *copy, *place, *under;
    OK(ctx, ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &copy));
    OK(ctx, ddn_dataset_open_in_place(ctx, path, DDN_FORMAT_AUTO, &place));
    assert_true(is_mapped(path));
    assert_string_equal(ddn_dataset_description(copy), ddn_dataset_description(place));
    assert_int_equal(ddn_dataset_class_count(copy), ddn_dataset_class_count(place));
    int64_t room = 16 * M * (ddn_dataset_d(copy) + 8) + 2 * ddn_dataset_n(copy);
    double *a = calloc((size_t)room, sizeof *a), *b = calloc((size_t)room, sizeof *b);
    int64_t count = ask_set(ctx, copy, a);
    assert_int_equal(ask_set(ctx, place, b), count);
    assert_memory_equal(a, b, (size_t)count * sizeof *a);
    count = ask_oracle(ctx, copy, a);
    assert_int_equal(ask_oracle(ctx, place, b), count);
    assert_memory_equal(a, b, (size_t)count * sizeof *a);
    OK(ctx, ddn_dataset_create_mapped(ctx, place, 0.5, 1, &under));
    ddn_dataset_destroy(place);
    ddn_dataset_destroy(copy);
    assert_true(is_mapped(path)); /* what was made of it has it still */
    assert_int_equal(unlink(path), 0);
    OK(ctx, ddn_dataset_mean(ctx, under, ddn_dataset_d(under), a));
    ddn_dataset_destroy(under);
    assert_false(is_mapped(path));
    free(a);
    free(b);
}

static void same_bits(void **state)
{
    (void)state;
    ddn_context *ctx;
    assert_int_equal(ddn_context_create(&ctx), DDN_OK);
    static const char *(*const write[])(double) = {floats, doubles, bytes, records};
    for (size_t k = 0; k < sizeof write / sizeof *write; k++) {
        compare(ctx, write[k](0));
        compare(ctx, write[k](1000));
    }
    ddn_context_destroy(ctx);
}

/* Scores by the dense way, whose bytes are given. */
static int64_t ask_dense(ddn_context *ctx, const ddn_dataset *ds, const double *x, double *score)
{
    ddn_schedule *ou;
    ddn_oracle *oracle;
    ddn_query *q;
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, ou, &oracle));
    OK(ctx, ddn_query_create(ctx, oracle, &q));
    const int64_t way = test_way(oracle, "dense_f64"), last = ddn_oracle_way_count(oracle) - 1;
    OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_FORBID,
                                ((INT64_C(1) << last) - 1) & ~(INT64_C(1) << way)));
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, WIDE));
    OK(ctx, ddn_query_run(q, 5, STATES, x, WIDE));
    test_served_all(q, oracle, "dense_f64", STATES);
    const int64_t bytes = ddn_query_tally(q, DDN_WAY_BYTES, way);
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou);
    return bytes;
}

/* Both groups read a strip of a file in place before the next strip: it is gone through once, and
 * the bits are those of rows in memory, which each group goes through. */
static void groups_share_strips(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    const int64_t count = ROWS * WIDE, bytes = count * 8, m = STATES;
    double *y = malloc((size_t)bytes), *x = malloc((size_t)(m * WIDE) * sizeof *x);
    double *out = malloc((size_t)(2 * m * WIDE) * sizeof *out);
    uint8_t *image = malloc((size_t)bytes + 256);
    char dictionary[128];
    ddn_dataset *copy, *place;
    test_normal(1, count, y);
    test_normal(2, m * WIDE, x);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }", ROWS, WIDE);
    const char *path = test_write_file("in_place_wide.npy", image,
                                       test_npy_image(image, 1, 64, dictionary, y, (size_t)bytes));
    OK(ctx, ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &copy));
    OK(ctx, ddn_dataset_open_in_place(ctx, path, DDN_FORMAT_AUTO, &place));
    assert_int_equal(ask_dense(ctx, copy, x, out), 2 * bytes);
    assert_int_equal(ask_dense(ctx, place, x, out + m * WIDE), bytes);
    assert_memory_equal(out, out + m * WIDE, (size_t)(m * WIDE) * sizeof *out);
    ddn_dataset_destroy(place);
    ddn_dataset_destroy(copy);
    assert_int_equal(unlink(path), 0);
    free(image);
    free(out);
    free(x);
    free(y);
    ddn_context_destroy(ctx);
}

/* The first call that reads everything names the number. */
static void not_finite(void **state)
{
    (void)state;
    ddn_context *ctx;
    assert_int_equal(ddn_context_create(&ctx), DDN_OK);
    static float x[N * D];
    double out[N];
    int64_t digest, index;
    x[300 * D + 7] = NAN;
    x[500 * D + 1] = INFINITY;
    const char *path = write_npy("in_place_nan.npy", "<f4", 4, x);
    ddn_dataset *ds, *sub;
    ddn_schedule *ou;
    ddn_oracle *oracle;
    OK(ctx, ddn_schedule_create_ou(ctx, &ou));
    for (int call = 0; call < 7; call++) {
        OK(ctx, ddn_dataset_open_in_place(ctx, path, DDN_FORMAT_AUTO, &ds));
        ddn_status status =
            call == 0   ? ddn_dataset_mean(ctx, ds, D, out)
            : call == 1 ? ddn_dataset_squared_norms(ctx, ds, N, NULL, out)
            : call == 2 ? ddn_dataset_digest(ctx, ds, &digest)
            : call == 3 ? ddn_dataset_copy_count(ctx, ds, &digest)
            : call == 4 ? ddn_dataset_nearest(ctx, ds, 1, 1, (double[D]){0}, D, &index, NULL)
            : call == 5 ? ddn_dataset_create_bytes(ctx, ds, &sub)
                        : ddn_oracle_create_empirical(ctx, ds, ou, &oracle);
        assert_int_equal(status, DDN_E_NONFINITE);
        assert_non_null(strstr(ddn_context_message(ctx), "row 300, column 7 is NaN"));
        ddn_dataset_destroy(ds);
    }
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
}

static void changed(void **state)
{
    (void)state;
    ddn_context *ctx;
    assert_int_equal(ddn_context_create(&ctx), DDN_OK);
    double out[N];
    for (int how = 0; how < 3; how++) {
        const char *path = floats(0);
        ddn_dataset *ds;
        OK(ctx, ddn_dataset_open_in_place(ctx, path, DDN_FORMAT_AUTO, &ds));
        OK(ctx, ddn_dataset_mean(ctx, ds, D, out));
        if (how == 0) {
            assert_int_equal(truncate(path, 4096), 0);
        } else if (how == 1) { /* another time of change */
            const struct timespec past[2] = {{1, 0}, {1, 0}};
            assert_int_equal(utimensat(AT_FDCWD, path, past, 0), 0);
        } else { /* another file of that name does no harm */
            char other[4096];
            snprintf(other, sizeof other, "%s.new", path);
            FILE *file = fopen(other, "wb");
            assert_non_null(file);
            fclose(file);
            assert_int_equal(rename(other, path), 0);
        }
        ddn_status wanted = how < 2 ? DDN_E_IO : DDN_OK;
        assert_int_equal(ddn_dataset_mean(ctx, ds, D, out), wanted);
        assert_int_equal(ddn_dataset_squared_norms(ctx, ds, N, NULL, out), wanted);
        assert_int_equal(ddn_dataset_read(ctx, ds, 0, 1, out, D), wanted);
        ddn_dataset_destroy(ds);
        assert_int_equal(unlink(path), 0);
    }
    ddn_context_destroy(ctx);
}

static void refuse(ddn_context *ctx, const char *path, ddn_status status, const char *text)
{
    ddn_dataset *ds;
    assert_int_equal(ddn_dataset_open_in_place(ctx, path, DDN_FORMAT_AUTO, &ds), status);
    assert_null(ds);
    if (strstr(ddn_context_message(ctx), text) == NULL) {
        fail_msg("%s", ddn_context_message(ctx));
    }
    assert_false(is_mapped(path));
}

static void refused(void **state)
{
    (void)state;
    ddn_context *ctx;
    assert_int_equal(ddn_context_create(&ctx), DDN_OK);
    static uint8_t image[N * D * 8 + 256], data[N * D * 8];
    refuse(ctx, write_npy("in_place_big.npy", ">f4", 4, data), DDN_E_UNSUPPORTED, "<f4 in C order");
    refuse(ctx, write_npy("in_place_i2.npy", "<i2", 2, data), DDN_E_UNSUPPORTED, "'<i2' numbers");
    size_t size = test_npy_image(
        image, 1, 64, "{'descr': '<f8', 'fortran_order': True, 'shape': (8, 5), }", data, 320);
    refuse(ctx, test_write_file("in_place_ft.npy", image, size), DDN_E_UNSUPPORTED,
           "Fortran order");
    size = test_npy_image(image, 1, 64,
                          "{'descr': '<f8', 'fortran_order': False, 'shape': (8, 5), }", data, 320);
    refuse(ctx, test_write_gzip("in_place.npy.gz", image, size), DDN_E_UNSUPPORTED, "packed");
    /* Numbers that begin amid one: by one byte more of the header each time, one place of 8 fits.
     */
    int64_t fit = 0;
    for (size_t k = 0; k < 8; k++) {
        char dictionary[100];
        ddn_dataset *ds = NULL;
        snprintf(dictionary, sizeof dictionary,
                 "{'descr': '<f8', 'fortran_order': False, 'shape': (8, 5), }%*s", (int)k, "");
        size = test_npy_image(image, 1, 1, dictionary, data, 320);
        const char *path = test_write_file("in_place_odd.npy", image, size);
        if ((size - 320) % 8 != 0) {
            refuse(ctx, path, DDN_E_UNSUPPORTED, "which is no multiple of their 8 bytes");
            continue;
        }
        OK(ctx, ddn_dataset_open_in_place(ctx, path, DDN_FORMAT_AUTO, &ds));
        ddn_dataset_destroy(ds);
        fit++;
    }
    assert_int_equal(fit, 1);
    size = test_npy_image(image, 1, 64,
                          "{'descr': '<f8', 'fortran_order': False, 'shape': (8, 5), }", data, 320);
    refuse(ctx, test_write_file("in_place_cut.npy", image, size - 1), DDN_E_FORMAT, "truncated");
    image[6] = 9;
    refuse(ctx, test_write_file("in_place_head.npy", image, size), DDN_E_FORMAT, ".npy format");
    refuse(ctx, test_write_file("in_place_none.npy", image, 0), DDN_E_FORMAT, "empty");
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits),  cmocka_unit_test(groups_share_strips),
        cmocka_unit_test(not_finite), cmocka_unit_test(changed),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
