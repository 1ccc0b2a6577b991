/* Images of either kind; see picture.h. */
#include "dataset/formats/picture.h"

#include <string.h>

#include "base/check.h"
#include "base/message.h"
#include "dataset/formats/source.h"

static int32_t is_png(const uint8_t *b, int64_t count)
{
    return count >= 8 && memcmp(b, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static int32_t is_jpeg(const uint8_t *b, int64_t count)
{
    return count >= 3 && memcmp(b, "\xff\xd8\xff", 3) == 0;
}

int32_t ddni_picture_recognise(const uint8_t *bytes, int64_t count)
{
    return is_png(bytes, count) || is_jpeg(bytes, count);
}

#ifndef DDNI_IMAGES
const char *ddni_picture_readers(void)
{
    return "none";
}

ddn_status ddni_picture_read(ddn_context *ctx, const char *name, const uint8_t *bytes,
                             int64_t count, ddni_picture *p, uint8_t *out)
{
    (void)bytes;
    (void)count;
    (void)p;
    (void)out;
    return ddni_fail(ctx, DDN_E_UNSUPPORTED,
                     "%s: images are not read by this build of the library, which was made without "
                     "libpng and libjpeg. To convert: import glob, numpy; from PIL import Image; x "
                     "= numpy.stack([numpy.asarray(Image.open(f)) for f in "
                     "sorted(glob.glob(\"folder/*.png\"))]); numpy.save(\"x.npy\", x)",
                     name);
}
#else
const char *ddni_picture_readers(void)
{
    return "libpng " DDNI_PNG ", libjpeg " DDNI_JPEG;
}

static ddn_status check_size(ddn_context *ctx, const char *name, const ddni_picture *p,
                             int64_t count)
{
    DDNI_CHECK(ctx,
               p->height >= 1 && p->width >= 1 && p->height <= DDNI_PICTURE_NUMBERS &&
                   p->width <= DDNI_PICTURE_NUMBERS &&
                   p->height * p->width * p->channels <= DDNI_PICTURE_NUMBERS,
               DDN_E_RANGE, "%s: an image of %lld x %lld pixels; points have at most 2^24 numbers",
               name, (long long)p->height, (long long)p->width);
    DDNI_CHECK(ctx, ddni_picture_bytes(p) / DDNI_DEFLATE_RATIO <= count, DDN_E_FORMAT,
               "%s: truncated: %lld x %lld pixels, more than %lld bytes can hold", name,
               (long long)p->height, (long long)p->width, (long long)count);
    return DDN_OK;
}

/* "28 x 28, grey" */
static void describe(const ddni_picture *p, char *text, int64_t capacity)
{
    ddni_say(text, capacity, "%lld x %lld, %s%s", (long long)p->height, (long long)p->width,
             p->channels == 1 ? "grey" : "colours", p->size == 2 ? ", 16 bits" : "");
}

ddn_status ddni_picture_check(ddn_context *ctx, const char *name, const ddni_picture *found,
                              int64_t count, ddni_picture *p, const uint8_t *out)
{
    if (out == NULL) {
        *p = *found;
        return check_size(ctx, name, p, count);
    }
    if (found->height != p->height || found->width != p->width || found->channels != p->channels ||
        found->size != p->size) {
        char is[64], should[64];
        describe(found, is, sizeof is);
        describe(p, should, sizeof should);
        return ddni_fail(ctx, DDN_E_SHAPE, "%s: an image of %s; the first of the folder has %s",
                         name, is, should);
    }
    return check_size(ctx, name, p, count);
}

ddn_status ddni_picture_read(ddn_context *ctx, const char *name, const uint8_t *bytes,
                             int64_t count, ddni_picture *p, uint8_t *out)
{
    DDNI_CHECK(ctx, ddni_picture_recognise(bytes, count), DDN_E_FORMAT,
               "%s: neither PNG nor JPEG, whatever its name says", name);
    return is_png(bytes, count) ? ddni_png_read(ctx, name, bytes, count, p, out)
                                : ddni_jpeg_read(ctx, name, bytes, count, p, out);
}
#endif
