/* Bytes in order, wherever they come from: a plain file, a gzip file, a member of a zip archive.
 * Formats read through this alone. Every error text starts with the name of the source. */
#ifndef DDNI_DATASET_FORMATS_SOURCE_H
#define DDNI_DATASET_FORMATS_SOURCE_H

#include "base/alloc.h"
#include "base/os.h"
#include "dataset/storage.h"

enum {
    DDNI_HEAD = 64,           /* bytes that tell the formats apart */
    DDNI_NPY_HEAD = 864,      /* bytes before an array of 32 axes at most */
    DDNI_DEFLATE_RATIO = 1032 /* deflate cannot compress better than this */
};

/* A number of count <= 8 bytes, the least significant first; what is too large becomes INT64_MAX.
 */
static inline int64_t ddni_little(const uint8_t *b, int64_t count)
{
    uint64_t x = 0;
    for (int64_t k = 0; k < count; k++) {
        x |= (uint64_t)b[k] << 8 * k;
    }
    return x <= INT64_MAX ? (int64_t)x : INT64_MAX;
}

typedef struct ddni_source ddni_source;

/* What a kind of source does. A new kind is one of these around a ddni_source of its own, and a
 * line in ddni_source_open (kinds.c) that recognises it. */
typedef struct ddni_source_kind {
    /* The next bytes; *got < count only at the end. */
    ddn_status (*read)(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count, int64_t *got);
    /* Lets go of everything, s itself included. */
    void (*close)(ddni_source *s);
} ddni_source_kind;

struct ddni_source {
    const ddni_source_kind *kind;
    /* Goes `count` bytes on without reading them; NULL for kinds that cannot. */
    void (*skip)(ddni_source *s, int64_t count);
    ddni_allocator allocator;
    const char *name;
    const char *labels; /* the member with the labels of these points, or NULL */
    const char *whence; /* where those are, for people: "the member beside it" */
    uint64_t classes;   /* digest of the names that the labels stand for; 0: numbers have none */
    int64_t stored;     /* bytes of the file that hold it */
    int64_t size;       /* bytes to read; -1 where only the end tells */
    int64_t most;       /* bytes that there can be */
    int64_t at;         /* bytes read so far */
    int64_t head_count;
    uint8_t head[DDNI_HEAD]; /* the first bytes, read ahead */
};

/* Opens a file, plain or compressed, or a member of an archive: `member`, or for NULL what a path
 * as "x.npz:data" names, or without such a name that of the points, or of the labels. */
ddn_status ddni_source_open(ddn_context *ctx, const char *path, const char *member, int32_t labels,
                            ddni_source **out);
/* NULL is a no-op. */
void ddni_source_close(ddni_source *s);

/* Up to count bytes; *got < count only at the end. */
ddn_status ddni_source_read(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count,
                            int64_t *got);

/* Passes over count bytes; *got < count only at the end. */
ddn_status ddni_source_skip(ddn_context *ctx, ddni_source *s, int64_t count, int64_t *got);

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

/* plain.c: the file itself, path[length]. */
ddn_status ddni_plain_open(ddn_context *ctx, const char *path, int64_t length, ddni_source **out);
/* Bytes first .. first+count-1 of a plain file as a source of their own, which ends before it. */
ddn_status ddni_plain_slice(ddn_context *ctx, ddni_source *whole, int64_t first, int64_t count,
                            ddni_source **out);
/* buffer[count] from anywhere in a plain file. */
ddn_status ddni_plain_at(ddn_context *ctx, ddni_source *whole, int64_t first, void *buffer,
                         int64_t count);
/* The path that the file was opened by. */
const char *ddni_plain_path(const ddni_source *whole);
/* The file that a source is from its first byte to its last; NULL for all that is packed. */
const ddni_file *ddni_plain_file(const ddni_source *s);

/* gzip.c: whether these are the first bytes of a gzip file, and what it holds. Takes over `packed`
 * unless it fails. Version of what decompresses: static text. */
const char *ddni_gzip_version(void);
/* The check sum of gzip and zip, gone on with by bytes[count], count < 2^30; it begins with 0. */
uint32_t ddni_gzip_sum(uint32_t sum, const uint8_t *bytes, int64_t count);
int32_t ddni_gzip_recognise(const uint8_t *head, int64_t count);
ddn_status ddni_gzip_open(ddn_context *ctx, ddni_source *packed, ddni_source **out);
/* The same for compressed data without the wrapper, as in zip archives. */
ddn_status ddni_inflate_open(ddn_context *ctx, ddni_source *packed, ddni_source **out);

/* zip.c: whether these are the first bytes of a zip archive, and a member of it: of that name (with
 * or without .npy), or for NULL that of points or labels. Takes over `file`, a plain one, unless it
 * fails. */
int32_t ddni_zip_recognise(const uint8_t *head, int64_t count);
ddn_status ddni_zip_open(ddn_context *ctx, ddni_source *file, const char *member, int32_t labels,
                         ddni_source **out);

/* hdf5.c: the version of what reads HDF5, static text, "none" without. Whether these are the first
 * bytes of an HDF5 file, or of one that MATLAB saved; and a dataset of it, whose bytes are those of
 * an .npy file of the same numbers. As ddni_zip_open. */
const char *ddni_hdf5_version(void);
int32_t ddni_hdf5_recognise(const uint8_t *head, int64_t count);
ddn_status ddni_hdf5_open(ddn_context *ctx, ddni_source *file, const char *member, int32_t labels,
                          ddni_source **out);

/* folder.c: the images in a folder, or in its folders, one for each class, as the bytes of an .npy
 * file of them; or the labels, which are the numbers of those folders. */
ddn_status ddni_folder_open(ddn_context *ctx, const char *path, int32_t labels, ddni_source **out);

/* npy.c: the head of an .npy file of such an array, and its length, to head[DDNI_NPY_HEAD]. */
int64_t ddni_npy_head(const char *type, int32_t fortran, int64_t axes, const int64_t *shape,
                      uint8_t *head);
/* What of such a head is among bytes at .. at + count - 1 of the file, to `to`: so many bytes. */
int64_t ddni_npy_take_head(const uint8_t *head, int64_t bytes, int64_t at, int64_t count,
                           uint8_t *to);

/* For the kinds: reads the head. */
ddn_status ddni_source_begin(ddn_context *ctx, ddni_source *s);

#endif
