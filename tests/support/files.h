/* Files for the tests of formats, written to a temporary folder. */
#ifndef TEST_SUPPORT_FILES_H
#define TEST_SUPPORT_FILES_H

#include <stddef.h>

#include <diffdyn/diffdyn.h>

/* Group fixtures: make the folder, and remove it with all that is in it. */
int test_make_folder(void **state);
int test_remove_folder(void **state);

/* Path of a file in the folder ("" for the folder itself), valid until the next call. */
const char *test_path(const char *name);

/* Write a file, plain or compressed; each returns its path, valid until the next call. */
const char *test_write_file(const char *name, const void *bytes, size_t count);
const char *test_write_gzip(const char *name, const void *bytes, size_t count);

/* An .npy image of format major.0 with a header of the given text, padded so that the data start
 * at a multiple of `align`. Returns its length. */
size_t test_npy_image(uint8_t *out, int major, size_t align, const char *dictionary,
                      const void *data, size_t bytes);
/* The same, format 1.0, to a file; at most 3 KiB. */
const char *test_write_npy(const char *name, const char *dictionary, const void *data,
                           size_t bytes);

/* A member of a zip archive, and how it lies. */
typedef struct test_member {
    const char *name;
    const void *bytes;
    size_t count;
    int deflated, wide;          /* wide: sizes in 64 bits */
    const char *inner_name;      /* what the member itself says, if not name */
    long long size, packed;      /* added to what the directory says */
    long long offset;            /* the same */
    unsigned sum, flags, method; /* the same by exclusive or, or, addition */
} test_member;

/* A zip archive of these members, written to out; its length. wide: a 64-bit directory. */
size_t test_zip_image(uint8_t *out, int wide, int members, const test_member *member);

/* The file opens and holds these numbers, n * d <= 64. */
void test_expect_points(ddn_context *ctx, const char *path, ddn_type type, int64_t n, int64_t d,
                        const double *want);
/* Opens and closes it: for what may fail on the way. */
ddn_status test_open(ddn_context *ctx, void *path);
/* Opening fails with the status and a text that holds path and reason. */
void test_refuse(ddn_context *ctx, const char *path, ddn_status status, const char *reason);

#endif
