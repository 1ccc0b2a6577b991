/* What a gzip file holds, and deflated data without its wrapper, by zlib on the context's
 * allocator. */
#include <zlib.h>

#include "base/check.h"
#include "base/progress.h"
#include "dataset/formats/source.h"

enum {
    INPUT = 1 << 16,
    OUTPUT = 1 << 20,      /* of one step at most */
    GZIP_WINDOW = 15 + 16, /* zlib: largest window, gzip wrapper */
    RAW_WINDOW = -15       /* the same without a wrapper */
};

typedef struct gzip {
    ddni_source source;
    ddni_source *packed;
    int32_t raw; /* no wrapper, so one member */
    int32_t ended;
    z_stream z;
    uint8_t input[INPUT];
} gzip;

static voidpf zlib_alloc(voidpf al, uInt items, uInt size)
{
    return ddni_alloc_raw(al, items, size);
}

static void zlib_free(voidpf al, voidpf pointer)
{
    ddni_free(al, pointer);
}

const char *ddni_gzip_version(void)
{
    return zlibVersion();
}

uint32_t ddni_gzip_sum(uint32_t sum, const uint8_t *bytes, int64_t count)
{
    return (uint32_t)crc32(sum, bytes, (uInt)count);
}

int32_t ddni_gzip_recognise(const uint8_t *head, int64_t count)
{
    return count >= 2 && head[0] == 0x1f && head[1] == 0x8b;
}

/* Reads on where the input is used up; none is left then at the end of the file. */
static ddn_status refill(ddn_context *ctx, gzip *g)
{
    if (g->z.avail_in == 0) {
        int64_t got;
        DDNI_TRY(ddni_source_read(ctx, g->packed, g->input, INPUT, &got));
        g->z.next_in = g->input;
        g->z.avail_in = (uInt)got;
    }
    return DDN_OK;
}

/* After a member: the next one, or the end, before which there may be zeros as from a tape. */
static ddn_status next_member(ddn_context *ctx, gzip *g)
{
    int32_t padded = 0;
    DDNI_TRY(refill(ctx, g));
    while (g->z.avail_in > 0 && *g->z.next_in == 0) {
        padded = 1;
        g->z.next_in++;
        g->z.avail_in--;
        DDNI_TRY(refill(ctx, g));
    }
    g->ended = g->z.avail_in == 0;
    DDNI_CHECK(ctx, g->ended || !padded, DDN_E_FORMAT,
               "%s: the compressed data are damaged: bytes follow the zeros at their end",
               g->source.name);
    inflateReset(&g->z);
    return DDN_OK;
}

/* After data without a wrapper nothing may come. */
static ddn_status end_raw(ddn_context *ctx, gzip *g)
{
    g->ended = 1;
    DDNI_TRY(refill(ctx, g));
    DDNI_CHECK(ctx, g->z.avail_in == 0, DDN_E_FORMAT,
               "%s: the compressed data are damaged: they end before their place does",
               g->source.name);
    return DDN_OK;
}

/* One step of zlib. */
static ddn_status inflate_some(ddn_context *ctx, gzip *g)
{
    DDNI_TRY(refill(ctx, g));
    int result = inflate(&g->z, Z_NO_FLUSH); /* which may hold more than it had room to give */
    if (result == Z_STREAM_END) {
        return g->raw ? end_raw(ctx, g) : next_member(ctx, g);
    }
    DDNI_CHECK(ctx, result != Z_BUF_ERROR, DDN_E_FORMAT, "%s: the compressed data are truncated",
               g->source.name);
    DDNI_CHECK(ctx, result != Z_MEM_ERROR, DDN_E_NOMEM, "%s: no memory to decompress",
               g->source.name);
    DDNI_CHECK(ctx, result == Z_OK, DDN_E_FORMAT, "%s: the compressed data are damaged: %s",
               g->source.name, g->z.msg != NULL ? g->z.msg : "a dictionary is wanted");
    return DDN_OK;
}

static ddn_status gzip_read(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count,
                            int64_t *got)
{
    gzip *g = (gzip *)s;
    *got = 0;
    while (*got < count && !g->ended) {
        int64_t part = count - *got < OUTPUT ? count - *got : OUTPUT;
        DDNI_TRY(ddni_poll(ctx));
        g->z.next_out = (uint8_t *)buffer + *got;
        g->z.avail_out = (uInt)part;
        DDNI_TRY(inflate_some(ctx, g));
        *got += part - (int64_t)g->z.avail_out;
    }
    return DDN_OK;
}

static void gzip_free(gzip *g)
{
    ddni_allocator al = g->source.allocator;
    inflateEnd(&g->z);
    ddni_free(&al, g);
}

static void gzip_close(ddni_source *s)
{
    gzip *g = (gzip *)s;
    ddni_source_close(g->packed);
    gzip_free(g);
}

static const ddni_source_kind GZIP = {gzip_read, gzip_close};

static ddn_status open_packed(ddn_context *ctx, ddni_source *packed, int32_t raw, ddni_source **out)
{
    *out = NULL;
    gzip *g = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "a file's buffer", 1, sizeof *g, &g));
    ddni_source *s = &g->source;
    s->kind = &GZIP;
    s->allocator = *ddni_context_allocator(ctx);
    s->name = packed->name;
    s->stored = packed->size;
    s->size = -1;
    s->most =
        s->stored < INT64_MAX / DDNI_DEFLATE_RATIO ? s->stored * DDNI_DEFLATE_RATIO : INT64_MAX;
    g->packed = packed;
    g->raw = raw;
    g->z.zalloc = zlib_alloc;
    g->z.zfree = zlib_free;
    g->z.opaque = &s->allocator;
    ddn_status status = DDN_OK;
    if (inflateInit2(&g->z, raw ? RAW_WINDOW : GZIP_WINDOW) != Z_OK) {
        status = ddni_fail(ctx, DDN_E_NOMEM, "%s: no memory to decompress", s->name);
    }
    if (status == DDN_OK) {
        status = ddni_source_begin(ctx, s);
    }
    if (status != DDN_OK) {
        gzip_free(g);
        return status;
    }
    *out = s;
    return DDN_OK;
}

ddn_status ddni_gzip_open(ddn_context *ctx, ddni_source *packed, ddni_source **out)
{
    return open_packed(ctx, packed, 0, out);
}

ddn_status ddni_inflate_open(ddn_context *ctx, ddni_source *packed, ddni_source **out)
{
    return open_packed(ctx, packed, 1, out);
}
