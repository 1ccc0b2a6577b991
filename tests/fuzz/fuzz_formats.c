/* Arbitrary bytes as files of points, labels and results: every one opens or is refused with a
 * text.
 *
 * With -DDIFFDYN_LIBFUZZER it is an entry for libFuzzer. Otherwise a program: `fuzz_formats N`
 * mutates built-in seeds N times, always in the same way; `fuzz_formats FILE...` replays files. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zlib.h>

#include <diffdyn/diffdyn.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int condition, const char *what, const ddn_context *ctx)
{
    if (!condition) {
        fprintf(stderr, "fuzz_formats: %s (%s)\n", what, ddn_context_message(ctx));
        abort();
    }
}

/* What a refusal must look like, and that what opened can be read. */
static void judge(ddn_context *ctx, ddn_status status, const char *path, ddn_dataset *ds)
{
    if (status != DDN_OK) {
        demand(ds == NULL, "output of a failed call", ctx);
        demand(status == DDN_E_FORMAT || status == DDN_E_NONFINITE || status == DDN_E_SHAPE,
               ddn_status_name(status), ctx);
        demand(strstr(ddn_context_message(ctx), path) != NULL, "no file name in the text", ctx);
        return;
    }
    int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds);
    demand(n >= 1 && d >= 1 && d <= 1 << 24, "shape", ctx);
    double *row = malloc((size_t)d * sizeof *row);
    demand(ddn_dataset_read(ctx, ds, 0, 1, row, d) == DDN_OK, "first row", ctx);
    demand(ddn_dataset_read(ctx, ds, n - 1, 1, row, d) == DDN_OK, "last row", ctx);
    free(row);
    ddn_dataset_destroy(ds);
}

/* A result that was read can be read out, copied and merged. */
static void judge_result(ddn_context *ctx, ddn_status status, const char *path, ddn_result *r)
{
    ddn_result *copy = NULL, *merged = NULL;
    if (status != DDN_OK) {
        demand(r == NULL, "result of a failed call", ctx);
        demand(status == DDN_E_FORMAT, ddn_status_name(status), ctx);
        demand(strstr(ddn_context_message(ctx), path) != NULL, "no file name in the text", ctx);
        return;
    }
    int64_t rows = ddn_result_rows(r), columns = ddn_result_column_count(r);
    double *column = malloc((size_t)(rows + 1) * sizeof *column);
    for (int64_t i = 0; i < columns; i++) {
        demand(ddn_result_column(ctx, r, ddn_result_column_name(r, i), rows, column) == DDN_OK,
               "column", ctx);
    }
    demand(ddn_result_field(r, "kind") != NULL && ddn_result_clock(r) != 0, "kind and clock", ctx);
    demand(ddn_result_create_copy(ctx, r, &copy) == DDN_OK, "copy", ctx);
    status = ddn_result_merge(ctx, r, copy, &merged);
    demand(status == DDN_OK || status == DDN_E_MISMATCH || status == DDN_E_RANGE, "merge", ctx);
    free(column);
    ddn_result_destroy(merged);
    ddn_result_destroy(copy);
    ddn_result_destroy(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    const uint8_t points[3] = {1, 2, 3};
    ddn_context *ctx = NULL;
    ddn_dataset *three = NULL, *ds;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || size == 0 || write(fd, data, size) != (ssize_t)size) {
        close(fd);
        return 0;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (ddn_context_create(&ctx) != DDN_OK ||
        ddn_dataset_create(ctx, DDN_TYPE_U8, 3, 1, points, 1, &three) != DDN_OK) {
        abort();
    }
    for (ddn_format format = DDN_FORMAT_AUTO; format <= DDN_FORMAT_CIFAR10; format++) {
        ddn_status status = ddn_dataset_open(ctx, path, format, &ds);
        judge(ctx, status, path, ds);
    }
    ddn_status status = ddn_dataset_open_labelled(ctx, three, path, &ds);
    judge(ctx, status, path, ds);
    for (ddn_result_format format = DDN_RESULT_FORMAT_AUTO; format <= DDN_RESULT_FORMAT_NPY;
         format++) {
        ddn_result *r = NULL;
        status = ddn_result_open(ctx, path, format, &r);
        judge_result(ctx, status, path, r);
    }
    ddn_dataset_destroy(three);
    ddn_context_destroy(ctx);
    close(fd);
    return 0;
}

#ifndef DIFFDYN_LIBFUZZER

#include "replay.h"

enum {
    CAPACITY = 8192,
    SEEDS = 11
};

static uint64_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((random_state >> 33) % limit);
}

static size_t npy_seed(uint8_t *out, int major, const char *dictionary, size_t data)
{
    size_t begin = major == 1 ? 10 : 12, length = strlen(dictionary);
    memset(out, 0, begin + length + data);
    memcpy(out, "\x93NUMPY", 6);
    out[6] = (uint8_t)major;
    out[8] = (uint8_t)length;
    memcpy(out + begin, dictionary, length);
    return begin + length + data;
}

static size_t gzip_seed(uint8_t *out, const uint8_t *plain, size_t count)
{
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        abort();
    }
    z.next_in = (uint8_t *)(uintptr_t)plain;
    z.avail_in = (uInt)count;
    z.next_out = out;
    z.avail_out = CAPACITY;
    deflate(&z, Z_FINISH);
    size_t length = CAPACITY - z.avail_out;
    deflateEnd(&z);
    return length;
}

static size_t text_seed(uint8_t *out, const char *text)
{
    memcpy(out, text, strlen(text));
    return strlen(text);
}

/* A result with all that files of results can have. */
static size_t result_seed(uint8_t *out, uint32_t which)
{
    switch (which) {
    case 0:
        return text_seed(
            out, "# diffdyn result 1\n# field \"kind\": \"k\"\n# field \"clock\": \"ou\"\n"
                 "# scalar \"s\": {\"value\": 1.5, \"standard_error\": null, \"pooling\": "
                 "\"crossing\", \"of\": \"y\", \"level\": 0.5}\n# column \"t\": {\"pooling\": "
                 "\"same\"}\n# column \"y\": {\"pooling\": \"mean\", \"count\": 3}\n# column "
                 "\"y_se\": {}\nt,y,y_se\n1,nan,-inf\n2,1e-300,0.1\n3,-0,inf\n");
    case 1:
        return text_seed(
            out, "{\"format\": \"diffdyn result\", \"version\": 1, \"fields\": {\"kind\": "
                 "\"k\", \"clock\": \"schedule:ou\", \"seed\": \"1, 2\"}, \"scalars\": {\"s\": "
                 "{\"value\": \"inf\", \"definition\": \"\\u00e9 \\\"x\\\"\"}}, \"rows\": 2, "
                 "\"columns\": {\"p\": {\"pooling\": \"share\", \"count\": 4, \"values\": [0.5, "
                 "null]}, \"p_low\": {\"values\": [0, 1]}}, \"more\": [[{\"a\": []}]]}");
    default:
        return npy_seed(out, 2,
                        "{'descr': [('a', '<f8'), ('b', '<f8')], 'fortran_order': False, 'shape': "
                        "(3,), }\n",
                        48);
    }
}

static size_t seed(uint8_t *out, uint32_t which)
{
    static const uint8_t points[] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0,
                                     1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6};
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9};
    switch (which) {
    case 0:
        return npy_seed(out, 1, "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }\n",
                        48);
    case 1:
        return npy_seed(out, 2, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2, 2), }\n",
                        32);
    case 2:
        return npy_seed(out, 3, "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }\n", 24);
    case 3:
        memcpy(out, points, sizeof points);
        return sizeof points;
    case 4:
        memcpy(out, labels, sizeof labels);
        return sizeof labels;
    case 5:
        return gzip_seed(out, points, sizeof points);
    case 6:
        return gzip_seed(out, labels, sizeof labels);
    case 7:
        memset(out, 5, 2 * 3073);
        return 2 * 3073;
    default:
        return result_seed(out, which - 8);
    }
}

/* Flips, overwrites, cuts, repeats: one to four times. */
static size_t mutate(uint8_t *bytes, size_t size)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '(', ')', ',', '\'', '9', '0', 0x08};
    for (uint32_t k = random_below(4) + 1; k > 0 && size > 0; k--) {
        uint32_t at = random_below((uint32_t)size), tail = (uint32_t)size - at;
        switch (random_below(5)) {
        case 0:
            bytes[at] ^= (uint8_t)(1U << random_below(8));
            break;
        case 1:
            bytes[at] = telling[random_below(sizeof telling)];
            break;
        case 2:
            size = at + 1;
            break;
        case 3:
            if (size + tail <= CAPACITY) {
                memmove(bytes + size, bytes + at, tail);
                size += tail;
            }
            break;
        default:
            bytes[at] = (uint8_t)random_below(256);
            break;
        }
    }
    return size;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[CAPACITY];
    char *end = NULL;
    long rounds = argc == 2 ? strtol(argv[1], &end, 10) : 0;
    if (end == NULL || *end != '\0') {
        return replay_all(argc - 1, argv + 1);
    }
    for (long k = 0; k < rounds; k++) {
        size_t size = seed(bytes, (uint32_t)(k % SEEDS));
        LLVMFuzzerTestOneInput(bytes, k < 8 ? size : mutate(bytes, size));
    }
    return 0;
}

#endif
