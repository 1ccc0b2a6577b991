/* Which member of an archive is meant: by its name, or by the names that points and labels go by.
 */
#ifndef DDNI_DATASET_FORMATS_NAMES_H
#define DDNI_DATASET_FORMATS_NAMES_H

#include <diffdyn/base.h>

enum {
    DDNI_MEMBER_NAME = 200, /* bytes of a name that is told from others, with its end */
    DDNI_MEMBER_ARRAY = 1,  /* what next gives for members that hold numbers, and for others */
    DDNI_MEMBER_OTHER = 2
};

/* The members of an archive in order. */
typedef struct ddni_names {
    const char *file;    /* begins messages */
    const char *example; /* "x.npz": a name of such files */
    const char *nothing; /* what is said of an archive without arrays */
    const void *of;
    /* The member at *at, which moves on; 0 at the end. */
    int32_t (*next)(const void *of, int64_t *at, char name[DDNI_MEMBER_NAME]);
} ddni_names;

/* Where the member of that name is, with or without its .npy. */
ddn_status ddni_names_find(ddn_context *ctx, const ddni_names *n, const char *name, int64_t *at);

/* Where that of the points is, or of the labels; *beside: that of labels beside points, or -1. */
ddn_status ddni_names_choose(ddn_context *ctx, const ddni_names *n, int32_t labels, int64_t *at,
                             int64_t *beside);

#endif
