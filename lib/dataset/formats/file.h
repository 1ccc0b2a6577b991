/* Files as the format readers see them. Every error text starts with the file's name. */
#ifndef DDNI_DATASET_FORMATS_FILE_H
#define DDNI_DATASET_FORMATS_FILE_H

#include "dataset/storage.h"

typedef struct ddni_file {
    const char *name; /* the path, or the end of a long one */
    int fd;
    int64_t bytes; /* size when it was opened */
} ddni_file;

/* Exactly buffer[count] from offset. */
ddn_status ddni_file_read(ddn_context *ctx, const ddni_file *f, int64_t offset, void *buffer,
                          int64_t count);

/* Refuses a file that holds `have` bytes of data where `promise` ("the IDX header promises") says
 * `need`. */
ddn_status ddni_file_check_size(ddn_context *ctx, const ddni_file *f, const char *promise,
                                int64_t need, int64_t have);

/* A set of the numbers from offset on, [n][ld], through a memory map. The caller has checked that
 * they lie inside the file. */
ddn_status ddni_file_map(ddn_context *ctx, const ddni_file *f, int64_t offset, ddn_type type,
                         int64_t n, int64_t d, int64_t ld, ddn_dataset **out);

/* The bytes of a file in order, decompressed if it is a gzip file. */
typedef struct ddni_stream ddni_stream;
ddn_status ddni_stream_open(ddn_context *ctx, const ddni_file *f, ddni_stream **out);
void ddni_stream_close(ddni_stream *s);
int ddni_stream_is_gzip(const ddni_stream *s);
/* Up to count bytes; *got < count only at the end of the file. */
ddn_status ddni_stream_read(ddn_context *ctx, ddni_stream *s, void *buffer, int64_t count,
                            int64_t *got);

/* The formats: does the beginning of the file look like it, points, labels[n]. */
int ddni_npy_looks_like(const uint8_t *head, int64_t count);
ddn_status ddni_npy_open(ddn_context *ctx, const ddni_file *f, ddn_dataset **out);
ddn_status ddni_npy_labels(ddn_context *ctx, const ddni_file *f, int64_t n, int32_t *label);
/* head: the first bytes of the file. */
int ddni_idx_looks_like(const uint8_t *head, int64_t count);
/* Whether the sizes in the header of an uncompressed file give the size of the file. */
int ddni_idx_fits(const uint8_t *head, int64_t count, int64_t file_bytes);
ddn_status ddni_idx_open(ddn_context *ctx, const ddni_file *f, ddn_dataset **out);
ddn_status ddni_idx_labels(ddn_context *ctx, const ddni_file *f, int64_t n, int32_t *label);

enum {
    DDNI_CIFAR_RECORD = 3073 /* a label and 3 x 32 x 32 pixels */
};
ddn_status ddni_cifar_open(ddn_context *ctx, const ddni_file *f, ddn_dataset **out);

#endif
