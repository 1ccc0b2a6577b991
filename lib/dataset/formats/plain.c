/* Plain files as a source: read at an offset; and parts of them. */
#include <string.h>

#include "base/check.h"
#include "base/os.h"
#include "base/progress.h"
#include "dataset/formats/source.h"

typedef struct plain {
    ddni_source source;
    ddni_file file;
    int32_t borrowed;    /* the file is another source's */
    int64_t offset, end; /* of the next byte to read, and behind the last */
    char path[];         /* the file's own */
} plain;

static ddn_status plain_read(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count,
                             int64_t *got)
{
    plain *p = (plain *)s;
    int64_t left = p->end - p->offset;
    int64_t part = left < count ? left : count;
    DDNI_TRY(ddni_file_read(ctx, &p->file, p->offset, buffer, part, ddni_poll));
    p->offset += part;
    *got = part;
    return DDN_OK;
}

static void plain_skip(ddni_source *s, int64_t count)
{
    ((plain *)s)->offset += count;
}

static void plain_close(ddni_source *s)
{
    plain *p = (plain *)s;
    ddni_allocator al = s->allocator;
    if (!p->borrowed) {
        ddni_file_close(&p->file);
    }
    ddni_free(&al, p);
}

static const ddni_source_kind PLAIN = {plain_read, plain_close};

/* Reads the head, or lets go of everything. */
static ddn_status begin(ddn_context *ctx, plain *p, ddn_status status, ddni_source **out)
{
    p->source.name = p->file.name;
    p->source.skip = plain_skip;
    p->source.stored = p->source.size = p->source.most = p->end - p->offset;
    if (status == DDN_OK) {
        status = ddni_source_begin(ctx, &p->source);
    }
    if (status != DDN_OK) {
        plain_close(&p->source);
        return status;
    }
    *out = &p->source;
    return DDN_OK;
}

ddn_status ddni_plain_open(ddn_context *ctx, const char *path, int64_t length, ddni_source **out)
{
    plain *p = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "a file", 1, (int64_t)sizeof *p + length + 1, &p));
    p->source.kind = &PLAIN;
    p->source.allocator = *ddni_context_allocator(ctx);
    memcpy(p->path, path, (size_t)length);
    ddn_status status = ddni_file_open(ctx, p->path, &p->file);
    p->end = p->file.bytes;
    return begin(ctx, p, status, out);
}

ddn_status ddni_plain_slice(ddn_context *ctx, ddni_source *whole, int64_t first, int64_t count,
                            ddni_source **out)
{
    plain *p = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "a file", 1, sizeof *p, &p));
    p->source.kind = &PLAIN;
    p->source.allocator = *ddni_context_allocator(ctx);
    p->file = ((plain *)whole)->file;
    p->borrowed = 1;
    p->offset = first;
    p->end = first + count;
    return begin(ctx, p, DDN_OK, out);
}

ddn_status ddni_plain_at(ddn_context *ctx, ddni_source *whole, int64_t first, void *buffer,
                         int64_t count)
{
    return ddni_file_read(ctx, &((plain *)whole)->file, first, buffer, count, ddni_poll);
}

const char *ddni_plain_path(const ddni_source *whole)
{
    return ((const plain *)whole)->path;
}

const ddni_file *ddni_plain_file(const ddni_source *s)
{
    const plain *p = (const plain *)s;
    return s->kind == &PLAIN && !p->borrowed ? &p->file : NULL;
}
