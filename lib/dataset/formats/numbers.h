/* From an array of numbers that fills the rest of a source to points, or to labels. */
#ifndef DDNI_DATASET_FORMATS_NUMBERS_H
#define DDNI_DATASET_FORMATS_NUMBERS_H

#include "dataset/formats/source.h"

/* What the header of a file says: numbers [n][lead + d], little-endian. */
typedef struct ddni_numbers {
    const char *promise; /* begins what is said of their length: "the IDX header promises" */
    char kind;           /* 'u' or 'i', integers without and with sign; 'f' */
    int64_t size;        /* bytes of one number */
    int64_t axes;        /* of the array in the file; d is the product of all but the first */
    int64_t n, d;
    int64_t lead; /* numbers before each point that are no part of it */
} ddni_numbers;

/* The ddn_type of such numbers; 0 for those that points cannot have. */
ddn_type ddni_numbers_type(const ddni_numbers *a);

/* A set of the points, mapped where the source can be; the type must not be 0. */
ddn_status ddni_numbers_points(ddn_context *ctx, ddni_source *s, const ddni_numbers *a,
                               ddn_dataset **out);

/* label[n] from an array of n integers. */
ddn_status ddni_numbers_labels(ddn_context *ctx, ddni_source *s, const ddni_numbers *a, int64_t n,
                               int32_t *label);

#endif
