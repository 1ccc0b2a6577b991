/* IDX files (MNIST): 00 00 08 axes, the sizes as big-endian 32-bit numbers, then unsigned bytes;
 * plain (memory-mapped) or gzip-compressed (read). */
#include <string.h>

#include "base/check.h"
#include "dataset/formats/file.h"

enum {
    UNSIGNED_BYTES = 0x08,
    MAX_AXES = 8,
    MAX_HEADER = 4 + 4 * MAX_AXES,
    MAX_RATIO = 1032 /* deflate cannot compress better than this */
};

static const char PROMISE[] = "the IDX header promises";

typedef struct idx_header {
    int64_t axes, n, d;
    int64_t bytes; /* length of the header itself */
} idx_header;

static int64_t big_endian(const uint8_t *b)
{
    return (int64_t)b[0] << 24 | (int64_t)b[1] << 16 | (int64_t)b[2] << 8 | b[3];
}

/* Sizes from a header that is long enough; 0 if their product is beyond all bounds. */
static int parse_sizes(const uint8_t *head, idx_header *h)
{
    h->axes = head[3];
    h->bytes = 4 + 4 * h->axes;
    h->n = big_endian(head + 4);
    h->d = 1;
    for (int64_t k = 1; k < h->axes; k++) {
        if (__builtin_mul_overflow(h->d, big_endian(head + 4 + 4 * k), &h->d)) {
            return 0;
        }
    }
    int64_t all;
    return !__builtin_mul_overflow(h->n, h->d, &all) && all < INT64_MAX / 4;
}

int ddni_idx_looks_like(const uint8_t *head, int64_t count)
{
    int gzip = count >= 2 && head[0] == 0x1f && head[1] == 0x8b;
    int plain = count >= 4 && head[0] == 0 && head[1] == 0 && head[2] >= 0x08 && head[2] <= 0x0e &&
                head[3] >= 1 && head[3] <= MAX_AXES;
    return gzip || plain;
}

int ddni_idx_fits(const uint8_t *head, int64_t count, int64_t file_bytes)
{
    idx_header h;
    return ddni_idx_looks_like(head, count) && head[0] == 0 && head[2] == UNSIGNED_BYTES &&
           4 + 4 * head[3] <= count && parse_sizes(head, &h) && h.bytes + h.n * h.d == file_bytes;
}

static ddn_status read_header(ddn_context *ctx, const ddni_file *f, ddni_stream *s, idx_header *h)
{
    uint8_t head[MAX_HEADER];
    int64_t got;
    DDNI_TRY(ddni_stream_read(ctx, s, head, 4, &got));
    DDNI_CHECK(ctx, got == 4, DDN_E_FORMAT, "%s: too short for an IDX header", f->name);
    DDNI_CHECK(ctx, head[0] == 0 && head[1] == 0 && head[2] >= 0x08 && head[2] <= 0x0e,
               DDN_E_FORMAT, "%s: wrong IDX magic %02x%02x%02x%02x", f->name, head[0], head[1],
               head[2], head[3]);
    DDNI_CHECK(ctx, head[2] == UNSIGNED_BYTES, DDN_E_FORMAT,
               "%s: IDX numbers of type 0x%02x, only unsigned bytes (0x08) are read", f->name,
               head[2]);
    DDNI_CHECK(ctx, head[3] >= 1 && head[3] <= MAX_AXES, DDN_E_FORMAT,
               "%s: %d axes in the IDX header, 1 to %d are read", f->name, head[3], MAX_AXES);
    DDNI_TRY(ddni_stream_read(ctx, s, head + 4, 4 * head[3], &got));
    DDNI_CHECK(ctx, got == 4 * head[3], DDN_E_FORMAT, "%s: the IDX header is truncated", f->name);
    DDNI_CHECK(ctx, parse_sizes(head, h), DDN_E_FORMAT, "%s: the sizes in the IDX header overflow",
               f->name);
    return ddni_check_shape(ctx, f->name, DDN_E_FORMAT, DDN_TYPE_U8, h->n, h->d);
}

/* The numbers must fill the rest of the file. Of a compressed file only an upper bound is known
 * before it is read; it keeps a false header from asking for absurd memory. */
static ddn_status check_size(ddn_context *ctx, const ddni_file *f, const ddni_stream *s,
                             const idx_header *h)
{
    int64_t need = h->n * h->d, have = f->bytes - h->bytes;
    if (ddni_stream_is_gzip(s)) {
        int64_t most = f->bytes < INT64_MAX / MAX_RATIO ? f->bytes * MAX_RATIO : INT64_MAX;
        DDNI_CHECK(ctx, need <= most, DDN_E_FORMAT,
                   "%s: truncated: the IDX header promises %lld bytes, more than %lld compressed "
                   "bytes can hold",
                   f->name, (long long)need, (long long)f->bytes);
        return DDN_OK;
    }
    return ddni_file_check_size(ctx, f, PROMISE, need, have);
}

/* bytes[need], and then the end of the stream. */
static ddn_status read_all(ddn_context *ctx, const ddni_file *f, ddni_stream *s, void *bytes,
                           int64_t need)
{
    int64_t got;
    uint8_t more;
    DDNI_TRY(ddni_stream_read(ctx, s, bytes, need, &got));
    DDNI_TRY(ddni_file_check_size(ctx, f, PROMISE, need, got));
    DDNI_TRY(ddni_stream_read(ctx, s, &more, 1, &got));
    DDNI_CHECK(ctx, got == 0, DDN_E_FORMAT,
               "%s: too long: data go on after the %lld bytes the IDX header promises", f->name,
               (long long)need);
    return DDN_OK;
}

static ddn_status read_points(ddn_context *ctx, const ddni_file *f, ddni_stream *s,
                              const idx_header *h, ddn_dataset **out)
{
    ddni_storage *storage;
    void *memory;
    DDNI_TRY(ddni_storage_create(ctx, h->n * h->d, &storage, &memory));
    ddn_status status = read_all(ctx, f, s, memory, h->n * h->d);
    if (status == DDN_OK) {
        status =
            ddni_dataset_wrap(ctx, f->name, storage, memory, DDN_TYPE_U8, h->n, h->d, h->d, out);
    }
    if (status != DDN_OK) {
        ddni_storage_release(storage);
    }
    return status;
}

ddn_status ddni_idx_open(ddn_context *ctx, const ddni_file *f, ddn_dataset **out)
{
    ddni_stream *s;
    idx_header h;
    ddn_status status;
    DDNI_TRY(ddni_stream_open(ctx, f, &s));
    DDNI_TRY_GOTO(read_header(ctx, f, s, &h), fail);
    DDNI_TRY_GOTO(check_size(ctx, f, s, &h), fail);
    status = ddni_stream_is_gzip(s)
                 ? read_points(ctx, f, s, &h, out)
                 : ddni_file_map(ctx, f, h.bytes, DDN_TYPE_U8, h.n, h.d, h.d, out);
fail:
    ddni_stream_close(s);
    return status;
}

ddn_status ddni_idx_labels(ddn_context *ctx, const ddni_file *f, int64_t n, int32_t *label)
{
    ddni_stream *s;
    idx_header h;
    ddn_status status;
    DDNI_TRY(ddni_stream_open(ctx, f, &s));
    DDNI_TRY_GOTO(read_header(ctx, f, s, &h), fail);
    if (h.axes != 1) {
        status = ddni_fail(ctx, DDN_E_FORMAT, "%s: labels have one axis, the file has %lld",
                           f->name, (long long)h.axes);
        goto fail;
    }
    if (h.n != n) {
        status = ddni_fail(ctx, DDN_E_SHAPE, "%s: %lld labels for n = %lld points", f->name,
                           (long long)h.n, (long long)n);
        goto fail;
    }
    DDNI_TRY_GOTO(check_size(ctx, f, s, &h), fail);
    /* The bytes go to the end of label[n] and are widened from there, front to back. */
    uint8_t *bytes = (uint8_t *)(label + n) - n;
    DDNI_TRY_GOTO(read_all(ctx, f, s, bytes, n), fail);
    for (int64_t i = 0; i < n; i++) {
        int32_t wide = bytes[i];
        memcpy(&label[i], &wide, sizeof wide);
    }
fail:
    ddni_stream_close(s);
    return status;
}
