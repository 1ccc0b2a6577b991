/* The bytes of a file in order, plain or gzip-compressed, with zlib on the context's allocator. */
#include <zlib.h>

#include "base/check.h"
#include "dataset/formats/file.h"

enum {
    INPUT = 1 << 16,
    GZIP_WINDOW = 15 + 16 /* zlib: largest window, gzip wrapper */
};

struct ddni_stream {
    ddni_allocator allocator;
    const ddni_file *file;
    int64_t offset; /* of the next byte to read from the file */
    int gzip, ended;
    z_stream z;
    uint8_t input[INPUT];
};

static voidpf zlib_alloc(voidpf al, uInt items, uInt size)
{
    return ddni_alloc_raw(al, items, size);
}

static void zlib_free(voidpf al, voidpf pointer)
{
    ddni_free(al, pointer);
}

ddn_status ddni_stream_open(ddn_context *ctx, const ddni_file *f, ddni_stream **out)
{
    *out = NULL;
    ddni_stream *s = NULL;
    uint8_t magic[2] = {0, 0};
    DDNI_TRY(ddni_file_read(ctx, f, 0, magic, f->bytes < 2 ? f->bytes : 2));
    DDNI_TRY(ddni_alloc_for(ctx, "a file's buffer", 1, sizeof *s, &s));
    s->allocator = *ddni_context_allocator(ctx);
    s->file = f;
    s->gzip = magic[0] == 0x1f && magic[1] == 0x8b;
    if (s->gzip) {
        s->z.zalloc = zlib_alloc;
        s->z.zfree = zlib_free;
        s->z.opaque = &s->allocator;
        if (inflateInit2(&s->z, GZIP_WINDOW) != Z_OK) {
            ddni_free(&s->allocator, s);
            return ddni_fail(ctx, DDN_E_NOMEM, "%s: no memory to decompress", f->name);
        }
    }
    *out = s;
    return DDN_OK;
}

void ddni_stream_close(ddni_stream *s)
{
    if (s != NULL) {
        if (s->gzip) {
            inflateEnd(&s->z);
        }
        ddni_allocator al = s->allocator;
        ddni_free(&al, s);
    }
}

int ddni_stream_is_gzip(const ddni_stream *s)
{
    return s->gzip;
}

static ddn_status refill(ddn_context *ctx, ddni_stream *s)
{
    int64_t left = s->file->bytes - s->offset;
    int64_t count = left < INPUT ? left : INPUT;
    DDNI_CHECK(ctx, count > 0, DDN_E_FORMAT, "%s: the compressed data are truncated",
               s->file->name);
    DDNI_TRY(ddni_file_read(ctx, s->file, s->offset, s->input, count));
    s->offset += count;
    s->z.next_in = s->input;
    s->z.avail_in = (uInt)count;
    return DDN_OK;
}

/* One step of zlib; at the end of a gzip member the next one follows, or the end. */
static ddn_status inflate_some(ddn_context *ctx, ddni_stream *s)
{
    if (s->z.avail_in == 0) {
        DDNI_TRY(refill(ctx, s));
    }
    int result = inflate(&s->z, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
        s->ended = s->z.avail_in == 0 && s->offset == s->file->bytes;
        result = s->ended ? Z_OK : inflateReset(&s->z);
    }
    DDNI_CHECK(ctx, result != Z_MEM_ERROR, DDN_E_NOMEM, "%s: no memory to decompress",
               s->file->name);
    DDNI_CHECK(ctx, result == Z_OK || result == Z_BUF_ERROR, DDN_E_FORMAT,
               "%s: the compressed data are damaged: %s", s->file->name,
               s->z.msg != NULL ? s->z.msg : "a dictionary is wanted");
    return DDN_OK;
}

ddn_status ddni_stream_read(ddn_context *ctx, ddni_stream *s, void *buffer, int64_t count,
                            int64_t *got)
{
    *got = 0;
    if (!s->gzip) {
        int64_t left = s->file->bytes - s->offset;
        int64_t part = left < count ? left : count;
        DDNI_TRY(ddni_file_read(ctx, s->file, s->offset, buffer, part));
        s->offset += part;
        *got = part;
        return DDN_OK;
    }
    while (*got < count && !s->ended) {
        int64_t part = count - *got < (1 << 30) ? count - *got : 1 << 30;
        s->z.next_out = (uint8_t *)buffer + *got;
        s->z.avail_out = (uInt)part;
        DDNI_TRY(inflate_some(ctx, s));
        *got += part - (int64_t)s->z.avail_out;
    }
    return DDN_OK;
}
