/* Files for the tests of formats. */
#include "support/files.h"

#include <unistd.h>

#include <zlib.h>

#include "support/fixtures.h"

static char folder[64];

/* Path of a file in the test's folder; the buffer lives until the next call. */
const char *test_path(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

const char *test_write_file(const char *name, const void *bytes, size_t count)
{
    const char *path = test_path(name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, count, f), count);
    assert_int_equal(fclose(f), 0);
    return path;
}

const char *test_write_gzip(const char *name, const void *bytes, size_t count)
{
    const char *path = test_path(name);
    gzFile f = gzopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(gzwrite(f, bytes, (unsigned)count), count);
    assert_int_equal(gzclose(f), Z_OK);
    return path;
}

/* An .npy image of format major.0: the dictionary padded so that the data start at a multiple of
 * `align`. Returns its length. */
size_t test_npy_image(uint8_t *out, int major, size_t align, const char *dictionary,
                      const void *data, size_t bytes)
{
    size_t begin = major == 1 ? 10 : 12, length = strlen(dictionary) + 1;
    while ((begin + length) % align != 0) {
        length++;
    }
    memcpy(out, "\x93NUMPY", 6);
    out[6] = (uint8_t)major;
    out[7] = 0;
    for (size_t k = 8; k < begin; k++) {
        out[k] = (uint8_t)(length >> 8 * (k - 8));
    }
    memset(out + begin, ' ', length);
    memcpy(out + begin, dictionary, strlen(dictionary));
    out[begin + length - 1] = '\n';
    memcpy(out + begin + length, data, bytes);
    return begin + length + bytes;
}

const char *test_write_npy(const char *name, const char *dictionary, const void *data, size_t bytes)
{
    uint8_t image[4096];
    return test_write_file(name, image, test_npy_image(image, 1, 64, dictionary, data, bytes));
}

void test_expect_points(ddn_context *ctx, const char *path, ddn_type type, int64_t n, int64_t d,
                        const double *want)
{
    ddn_dataset *ds;
    double x[64];
    OK(ctx, ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &ds));
    assert_int_equal(ddn_dataset_type(ds), type);
    assert_int_equal(ddn_dataset_n(ds), n);
    assert_int_equal(ddn_dataset_d(ds), d);
    OK(ctx, ddn_dataset_read(ctx, ds, 0, n, x, d));
    for (int64_t i = 0; i < n * d; i++) {
        CLOSE(x[i], want[i], 0, 0);
    }
    ddn_dataset_destroy(ds);
}

void test_refuse(ddn_context *ctx, const char *path, ddn_status status, const char *reason)
{
    ddn_dataset *ds = (ddn_dataset *)&ctx;
    FAILS(ctx, ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &ds), status, reason);
    assert_null(ds);
    assert_non_null(strstr(ddn_context_message(ctx), path));
}

int test_make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/diffdyn-formats-XXXXXX");
    return mkdtemp(folder) == NULL;
}

int test_remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}
