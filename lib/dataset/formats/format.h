/* File formats: what one is, and the list of them. */
#ifndef DDNI_DATASET_FORMATS_FORMAT_H
#define DDNI_DATASET_FORMATS_FORMAT_H

#include "dataset/formats/numbers.h"

/* What a format says to the first bytes of a source. The surest wins, so formats need not know one
 * another: an IDX file whose sizes do not fit may be a CIFAR-10 batch with a dark first picture. */
enum {
    DDNI_PROBE_NO = 0,
    DDNI_PROBE_PERHAPS = 1, /* the magic is right, the sizes in the header are not */
    DDNI_PROBE_LIKELY = 2,  /* no magic, but the size is right */
    DDNI_PROBE_SURE = 3
};

typedef struct ddni_file_format {
    ddn_format id;
    /* head[count]: the first bytes, up to DDNI_HEAD; size: of the source, or -1. */
    int32_t (*probe)(const uint8_t *head, int64_t count, int64_t size);
    /* Reads the header of a source that is at its beginning: what numbers follow. */
    ddn_status (*describe)(ddn_context *ctx, ddni_source *s, ddni_numbers *a);
    int32_t labels; /* whether it has files of labels */
    int32_t sized;  /* whether it needs the size, which compressed sources do not tell */
} ddni_file_format;

/* X(format, name): a new format is one file that defines its ddni_file_format, a row here, and its
 * id in dataset.h. */
#define DDNI_FORMATS(X)                                                                            \
    X(ddni_npy, ".npy")                                                                            \
    X(ddni_idx, "IDX")                                                                             \
    X(ddni_cifar10, "CIFAR-10")                                                                    \
    X(ddni_cifar100, "CIFAR-100")

/* Other readings of the same files, which the caller must name. */
#define DDNI_READINGS(X)                                                                           \
    X(ddni_npy_bf16, ".npy of bfloat16")                                                           \
    X(ddni_cifar100_coarse, "CIFAR-100 with coarse labels")

#define DDNI_FORMAT_DECLARE(format, name) extern const ddni_file_format format;
DDNI_FORMATS(DDNI_FORMAT_DECLARE)
DDNI_READINGS(DDNI_FORMAT_DECLARE)
#undef DDNI_FORMAT_DECLARE

/* The format of a source: the one that the caller names, unless the file is certainly of another
 * one; with DDN_FORMAT_AUTO by content, of those that have files of labels where `labels` is set.
 */
ddn_status ddni_format_choose(ddn_context *ctx, const ddni_source *s, ddn_format named,
                              int32_t labels, const ddni_file_format **out);

/* Refuses what is no ddn_format. */
ddn_status ddni_format_check(ddn_context *ctx, ddn_format format);

/* Writes what the file is, if it is a known one that is not read, and how to convert it: "; a
 * pickle: ...", or nothing. */
void ddni_foreign_hint(const ddni_source *s, char *text, int64_t capacity);

/* The names of all formats, with commas; static text. */
const char *ddni_format_names(void);

#endif
