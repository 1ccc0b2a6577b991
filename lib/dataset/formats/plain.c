/* Plain files as a source: read at an offset. */
#include "base/check.h"
#include "base/os.h"
#include "base/progress.h"
#include "dataset/formats/source.h"

typedef struct plain {
    ddni_source source;
    ddni_file file;
    int64_t offset; /* of the next byte to read */
} plain;

static ddn_status plain_read(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count,
                             int64_t *got)
{
    plain *p = (plain *)s;
    int64_t left = p->file.bytes - p->offset;
    int64_t part = left < count ? left : count;
    DDNI_TRY(ddni_file_read(ctx, &p->file, p->offset, buffer, part, ddni_poll));
    p->offset += part;
    *got = part;
    return DDN_OK;
}

static void plain_close(ddni_source *s)
{
    plain *p = (plain *)s;
    ddni_allocator al = s->allocator;
    ddni_file_close(&p->file);
    ddni_free(&al, p);
}

static const ddni_source_kind PLAIN = {plain_read, plain_close};

ddn_status ddni_plain_open(ddn_context *ctx, const char *path, ddni_source **out)
{
    plain *p = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "a file", 1, sizeof *p, &p));
    p->source.kind = &PLAIN;
    p->source.allocator = *ddni_context_allocator(ctx);
    ddn_status status = ddni_file_open(ctx, path, &p->file);
    p->source.name = p->file.name;
    p->source.stored = p->source.size = p->source.most = p->file.bytes;
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
