/* File formats: what one is, and the list of them. */
#ifndef DDNI_DATASET_FORMATS_FORMAT_H
#define DDNI_DATASET_FORMATS_FORMAT_H

#include "dataset/formats/source.h"

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
    /* A set of the points in the source, which is at its beginning. */
    ddn_status (*open)(ddn_context *ctx, ddni_source *s, ddn_dataset **out);
    /* label[n]; NULL where the format has no files of labels. */
    ddn_status (*labels)(ddn_context *ctx, ddni_source *s, int64_t n, int32_t *label);
    int32_t sized; /* whether it needs the size, which compressed sources do not tell */
} ddni_file_format;

/* X(format, name): a new format is one file that defines its ddni_file_format, a row here, and its
 * id in dataset.h. */
#define DDNI_FORMATS(X)                                                                            \
    X(ddni_npy, ".npy")                                                                            \
    X(ddni_idx, "IDX")                                                                             \
    X(ddni_cifar, "CIFAR-10")

#define DDNI_FORMAT_DECLARE(format, name) extern const ddni_file_format format;
DDNI_FORMATS(DDNI_FORMAT_DECLARE)
#undef DDNI_FORMAT_DECLARE

/* The names of all formats, with commas; static text. */
const char *ddni_format_names(void);

#endif
