/* Bytes in order, wherever they come from: a plain file, a gzip file. Formats read through this
 * alone. Every error text starts with the name of the source. */
#ifndef DDNI_DATASET_FORMATS_SOURCE_H
#define DDNI_DATASET_FORMATS_SOURCE_H

#include "base/alloc.h"
#include "dataset/storage.h"

enum {
    DDNI_HEAD = 64 /* bytes that tell the formats apart */
};

typedef struct ddni_source ddni_source;

/* What a kind of source does. A new kind (a member of an archive, say) is one of these around a
 * ddni_source of its own, and a line in ddni_source_open (open.c) that recognises it. */
typedef struct ddni_source_kind {
    /* The next bytes; *got < count only at the end. */
    ddn_status (*read)(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count, int64_t *got);
    /* Lets go of everything, s itself included. */
    void (*close)(ddni_source *s);
} ddni_source_kind;

struct ddni_source {
    const ddni_source_kind *kind;
    ddni_allocator allocator;
    const char *name;
    int64_t stored; /* bytes of the file that hold it */
    int64_t size;   /* bytes to read; -1 where only the end tells */
    int64_t most;   /* bytes that there can be */
    int64_t at;     /* bytes read so far */
    int64_t head_count;
    uint8_t head[DDNI_HEAD]; /* the first bytes, read ahead */
};

/* Opens a file, plain or compressed; path must stay valid until it is closed. */
ddn_status ddni_source_open(ddn_context *ctx, const char *path, ddni_source **out);
/* NULL is a no-op. */
void ddni_source_close(ddni_source *s);

/* Up to count bytes; *got < count only at the end. */
ddn_status ddni_source_read(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count,
                            int64_t *got);

/* Refuses a source that holds `have` bytes of data where `promise` ("the IDX header promises") says
 * `need`. */
ddn_status ddni_source_check_size(ddn_context *ctx, const ddni_source *s, const char *promise,
                                  int64_t need, int64_t have);

/* The same for the bytes that are left, as far as their number is known before they are read: it
 * keeps a false header from asking for absurd memory. */
ddn_status ddni_source_expect(ddn_context *ctx, const ddni_source *s, const char *promise,
                              int64_t need);

/* Refuses bytes that go on after the `need` promised ones. */
ddn_status ddni_source_expect_end(ddn_context *ctx, ddni_source *s, const char *promise,
                                  int64_t need);

/* The `need` bytes that are left, in fresh memory. The caller gets a reference to the storage. */
ddn_status ddni_source_rest(ddn_context *ctx, ddni_source *s, const char *promise, int64_t need,
                            ddni_storage **storage, const uint8_t **bytes);

/* plain.c: the file itself. */
ddn_status ddni_plain_open(ddn_context *ctx, const char *path, ddni_source **out);

/* gzip.c: whether these are the first bytes of a gzip file, and what it holds. Takes over `packed`
 * unless it fails. Version of what decompresses: static text. */
const char *ddni_gzip_version(void);
int32_t ddni_gzip_recognise(const uint8_t *head, int64_t count);
ddn_status ddni_gzip_open(ddn_context *ctx, ddni_source *packed, ddni_source **out);

/* For the kinds: reads the head. */
ddn_status ddni_source_begin(ddn_context *ctx, ddni_source *s);

#endif
