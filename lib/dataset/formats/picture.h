/* Single images, PNG and JPEG, from memory to numbers: one thing in three files (picture.c, png.c,
 * jpeg.c). It is what libpng and libjpeg do, without their ways out (longjmp) and their prints.
 * Both are there, or neither (the build option `images`). */
#ifndef DDNI_DATASET_FORMATS_PICTURE_H
#define DDNI_DATASET_FORMATS_PICTURE_H

#include "base/alloc.h"

enum {
    DDNI_PICTURE_NUMBERS = 1 << 24 /* most of an image, as many as a point can have */
};

/* What an image is: rows of pixels, the numbers of a pixel side by side. */
typedef struct ddni_picture {
    int64_t height, width, channels; /* 1 grey, 3 red, green, blue */
    int64_t size; /* bytes of a number: 1, or 2 with the first above the second */
} ddni_picture;

static inline int64_t ddni_picture_bytes(const ddni_picture *p)
{
    return p->height * p->width * p->channels * p->size;
}

/* What reads them, for people; static text: "libpng 1.6.39, libjpeg 62", or "none". */
const char *ddni_picture_readers(void);

/* Whether these are the first bytes of an image that is read. */
int32_t ddni_picture_recognise(const uint8_t *bytes, int64_t count);

/* The image in bytes[count], named `name` in errors: what it is, and its numbers to out
 * [ddni_picture_bytes(p)]; for `out` NULL only what it is. With `out`, it must be as *p says. */
ddn_status ddni_picture_read(ddn_context *ctx, const char *name, const uint8_t *bytes,
                             int64_t count, ddni_picture *p, uint8_t *out);

/* png.c and jpeg.c: the same of one kind. */
ddn_status ddni_png_read(ddn_context *ctx, const char *name, const uint8_t *bytes, int64_t count,
                         ddni_picture *p, uint8_t *out);
const char *ddni_png_version(void);
ddn_status ddni_jpeg_read(ddn_context *ctx, const char *name, const uint8_t *bytes, int64_t count,
                          ddni_picture *p, uint8_t *out);

/* Refuses an image that is not as *p says, or *p for `out` NULL too large. */
ddn_status ddni_picture_check(ddn_context *ctx, const char *name, const ddni_picture *found,
                              int64_t count, ddni_picture *p, const uint8_t *out);

#endif
