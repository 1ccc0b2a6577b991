/* The head of saved objects: what they are, and a checksum. */
#ifndef DDNI_BASE_SAVED_H
#define DDNI_BASE_SAVED_H

#include <diffdyn/base.h>

enum {
    DDNI_SAVED_HEAD = 32 /* bytes: magic, version (int32), order mark (int32), size, XXH64 of all
                            that follows */
};

/* A kind of saved object. */
typedef struct ddni_saved {
    char magic[8];
    int32_t version;  /* the last one */
    const char *what; /* "saved run" */
} ddni_saved;

/* Completes out[size], of which all but the head has been written. */
void ddni_saved_head(const ddni_saved *kind, int64_t size, unsigned char *out);
/* Refuses what is damaged, is something else or comes from a later version. */
ddn_status ddni_saved_check(ddn_context *ctx, const ddni_saved *kind, int64_t size,
                            const unsigned char *in);

#endif
