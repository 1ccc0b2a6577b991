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

static uint8_t *little(uint8_t *out, int count, unsigned long long value)
{
    for (int k = 0; k < count; k++) {
        *out++ = (uint8_t)(k < 8 ? value >> 8 * k : 0);
    }
    return out;
}

/* Without a wrapper, as in zip archives. */
static size_t deflated(uint8_t *out, const test_member *m)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (uint8_t *)(uintptr_t)m->bytes;
    z.avail_in = (uInt)m->count;
    z.next_out = out;
    z.avail_out = 1 << 20;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return (size_t)z.total_out;
}

/* The numbers that stand before a member and in the directory. */
static uint8_t *zip_entry(uint8_t *out, const test_member *m, size_t packed, const char *name,
                          unsigned long long offset, int central)
{
    unsigned long long size = m->count + (central ? (unsigned long long)m->size : 0);
    packed += central ? (size_t)m->packed : 0;
    out = little(out, 4, central ? 0x02014b50 : 0x04034b50);
    out = little(out, central ? 4 : 2, central ? 45 << 16 | 45 : 45);
    out = little(out, 2, m->flags);
    out = little(out, 2, (m->deflated ? 8 : 0) + m->method);
    out = little(out, 4, 0);
    out = little(out, 4, crc32(0, m->bytes, (uInt)m->count) ^ m->sum);
    out = little(out, 4, m->wide ? 0xffffffff : packed);
    out = little(out, 4, m->wide ? 0xffffffff : size);
    out = little(out, 2, strlen(name));
    out = little(out, 2, !m->wide ? 0 : central ? 28 : 20);
    if (central) {
        out = little(out, 10, 0);
        out = little(out, 4, m->wide ? 0xffffffff : offset + (unsigned long long)m->offset);
    }
    memcpy(out, name, strlen(name));
    out += strlen(name);
    if (m->wide) {
        out = little(little(little(out, 2, 1), 2, central ? 24 : 16), 8, size);
        out = little(out, 8, packed);
        out = central ? little(out, 8, offset + (unsigned long long)m->offset) : out;
    }
    return out;
}

size_t test_zip_image(uint8_t *out, int wide, int members, const test_member *member)
{
    unsigned long long offset[16];
    size_t packed[16];
    uint8_t *at = out;
    assert_true(members <= 16);
    for (int k = 0; k < members; k++) {
        const test_member *m = &member[k];
        const char *name = m->inner_name != NULL ? m->inner_name : m->name;
        uint8_t *head = at;
        offset[k] = (unsigned long long)(at - out);
        at = zip_entry(at, m, 0, name, 0, 0);
        packed[k] = m->deflated ? deflated(at, m) : m->count;
        zip_entry(head, m, packed[k], name, 0, 0);
        if (!m->deflated && m->count > 0) {
            memcpy(at, m->bytes, m->count);
        }
        at += packed[k];
    }
    uint8_t *begin = at;
    for (int k = 0; k < members; k++) {
        at = zip_entry(at, &member[k], packed[k], member[k].name, offset[k], 1);
    }
    unsigned long long count = (unsigned long long)(at - begin);
    if (wide) {
        unsigned long long end = (unsigned long long)(at - out);
        at = little(little(little(at, 4, 0x06064b50), 8, 44), 4, 45 << 16 | 45);
        at = little(little(little(at, 8, 0), 8, (unsigned)members), 8, (unsigned)members);
        at = little(little(at, 8, count), 8, (unsigned long long)(begin - out));
        at = little(little(little(little(at, 4, 0x07064b50), 4, 0), 8, end), 4, 1);
    }
    at = little(little(at, 4, 0x06054b50), 4, 0);
    at = little(little(at, 2, wide ? 0xffff : (unsigned)members), 2,
                wide ? 0xffff : (unsigned)members);
    at = little(little(at, 4, wide ? 0xffffffff : count), 4,
                wide ? 0xffffffff : (unsigned long long)(begin - out));
    at = little(at, 2, 0);
    return (size_t)(at - out);
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

ddn_status test_open(ddn_context *ctx, void *path)
{
    ddn_dataset *ds = NULL;
    ddn_status status = ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &ds);
    ddn_dataset_destroy(ds);
    return status;
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
