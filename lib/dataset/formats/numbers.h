/* From an array of numbers that fills the rest of a source to points, or to labels. */
#ifndef DDNI_DATASET_FORMATS_NUMBERS_H
#define DDNI_DATASET_FORMATS_NUMBERS_H

#include "dataset/formats/source.h"

enum {
    DDNI_AXES = 32,      /* of an array at most, as in NumPy 1 */
    DDNI_TYPE_NAME = 16, /* bytes of a type's name */
    DDNI_NO_LABELS = -1
};

/* What the header of a file says: numbers [n][lead + d]. */
typedef struct ddni_numbers {
    const char *promise;       /* begins what is said of their length: "the IDX header promises" */
    char type[DDNI_TYPE_NAME]; /* as the file calls it; for texts */
    char kind;    /* 'u', 'i' integers without and with sign; 'b' truth values; 'f'; 'B' bfloat16 */
    int64_t size; /* bytes of one number */
    int32_t big;  /* their most significant byte comes first */
    int32_t fortran;          /* the first axis runs fastest */
    int64_t axes;             /* of the array in the file; d is the product of all but the first */
    int64_t shape[DDNI_AXES]; /* [axes] */
    int64_t n, d;
    int64_t lead;       /* bytes before each point that are no part of it; only with bytes */
    int64_t label_at;   /* which of them is its label; DDNI_NO_LABELS */
    int32_t label_most; /* the largest label there is */
} ddni_numbers;

/* The ddn_type that holds such numbers as they are; 0 for those that points cannot have. */
ddn_type ddni_numbers_type(const ddni_numbers *a);
/* Whether they are stored as they come, byte for byte. */
int32_t ddni_numbers_direct(const ddni_numbers *a);

/* Some of the points of a file, or all. */
typedef struct ddni_file_rows {
    int64_t first, count;
} ddni_file_rows;

/* The numbers of these rows to memory[count][lead + d], converted block by block, and then the end
 * of the source. The others are passed over, or where their numbers lie between read and dropped.
 */
ddn_status ddni_numbers_read(ddn_context *ctx, ddni_source *s, const ddni_numbers *a,
                             ddni_file_rows rows, void *memory);

/* label[n] from n numbers, or from n rows of zeros with a one at the label. */
ddn_status ddni_numbers_labels(ddn_context *ctx, ddni_source *s, const ddni_numbers *a, int64_t n,
                               int32_t *label);

#endif
