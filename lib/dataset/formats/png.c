/* PNG images by libpng: all its kinds become grey or colours, of 8 bits or, where the file has
 * them, 16. Colours are taken as they are stored: profiles and gamma change nothing. */
#include <png.h>
#include <string.h>

#include "base/check.h"
#include "base/message.h"
#include "dataset/formats/picture.h"

typedef struct png_job {
    png_structp png;
    png_infop info;
    ddni_allocator allocator;
    const uint8_t *at; /* what is not read yet */
    int64_t left;
    int32_t starved; /* memory ran out */
    char text[100];  /* what libpng says is wrong */
    ddni_picture found;
    int64_t alpha; /* 1: pixels have an opacity behind their numbers */
    uint8_t *rows; /* [height][width][channels + alpha], or NULL */
} png_job;

/* ---- what libpng calls ---- */

static void read_bytes(png_structp png, png_bytep to, size_t count)
{
    png_job *j = png_get_io_ptr(png);
    if ((int64_t)count > j->left) {
        png_error(png, "the file is truncated");
    }
    memcpy(to, j->at, count);
    j->at += count;
    j->left -= (int64_t)count;
}

static PNG_NORETURN void on_error(png_structp png, png_const_charp text)
{
    png_job *j = png_get_error_ptr(png);
    ddni_say(j->text, sizeof j->text, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static png_voidp take_memory(png_structp png, png_alloc_size_t size)
{
    png_job *j = png_get_mem_ptr(png);
    void *memory = size <= INT64_MAX ? ddni_alloc_raw(&j->allocator, 1, (int64_t)size) : NULL;
    j->starved |= memory == NULL;
    return memory;
}

static void give_memory(png_structp png, png_voidp pointer)
{
    png_job *j = png_get_mem_ptr(png);
    ddni_free(&j->allocator, pointer);
}

/* ---- steps, each of which an error ends ---- */

static void png_head(png_job *j)
{
    png_set_user_limits(j->png, DDNI_PICTURE_NUMBERS, DDNI_PICTURE_NUMBERS);
    png_set_read_fn(j->png, j, read_bytes);
    png_read_info(j->png, j->info);
    png_set_expand(j->png); /* palettes, fewer than 8 bits, transparent colours */
    png_set_interlace_handling(j->png);
    png_read_update_info(j->png, j->info);
    int64_t all = png_get_channels(j->png, j->info);
    j->alpha = all % 2 == 0;
    j->found = (ddni_picture){.height = png_get_image_height(j->png, j->info),
                              .width = png_get_image_width(j->png, j->info),
                              .channels = all - j->alpha,
                              .size = png_get_bit_depth(j->png, j->info) / 8};
}

static void png_rows(png_job *j)
{
    int64_t row = j->found.width * (j->found.channels + j->alpha) * j->found.size;
    int32_t passes = png_get_interlace_type(j->png, j->info) == PNG_INTERLACE_NONE
                         ? 1
                         : PNG_INTERLACE_ADAM7_PASSES;
    for (int32_t pass = 0; pass < passes; pass++) {
        for (int64_t y = 0; y < j->found.height; y++) {
            png_read_row(j->png, j->rows + y * row, NULL);
        }
    }
    png_read_end(j->png, NULL);
}

/* 0 where an error ended it. */
static int32_t png_guarded(png_job *j, void (*step)(png_job *j))
{
    if (setjmp(png_jmpbuf(j->png)) != 0) {
        return 0;
    }
    step(j);
    return 1;
}

/* ---- the image ---- */

static ddn_status drop_alpha(ddn_context *ctx, const char *name, const png_job *j, uint8_t *out)
{
    int64_t numbers = j->found.channels * j->found.size, all = numbers + j->alpha * j->found.size;
    for (int64_t i = 0; i < j->found.height * j->found.width; i++) {
        const uint8_t *pixel = j->rows + i * all;
        DDNI_CHECK(ctx, j->alpha == 0 || (pixel[numbers] == 255 && pixel[all - 1] == 255),
                   DDN_E_FORMAT,
                   "%s: has transparent pixels, the first in row %lld, column %lld; put the image "
                   "on a background first: convert FILE -background black -flatten FILE",
                   name, (long long)(i / j->found.width), (long long)(i % j->found.width));
        memcpy(out + i * numbers, pixel, (size_t)numbers);
    }
    return DDN_OK;
}

static ddn_status png_failed(ddn_context *ctx, const char *name, const png_job *j)
{
    return ddni_fail(ctx, j->starved ? DDN_E_NOMEM : DDN_E_FORMAT,
                     "%s: the PNG image cannot be read: %s", name, j->text);
}

static ddn_status png_numbers(ddn_context *ctx, const char *name, int64_t count, png_job *j,
                              ddni_picture *p, uint8_t *out)
{
    if (!png_guarded(j, png_head)) {
        return png_failed(ctx, name, j);
    }
    DDNI_TRY(ddni_picture_check(ctx, name, &j->found, count, p, out));
    if (out == NULL) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_alloc_for(ctx, "an image", p->height * p->width,
                            (p->channels + j->alpha) * p->size, &j->rows));
    return png_guarded(j, png_rows) ? drop_alpha(ctx, name, j, out) : png_failed(ctx, name, j);
}

ddn_status ddni_png_read(ddn_context *ctx, const char *name, const uint8_t *bytes, int64_t count,
                         ddni_picture *p, uint8_t *out)
{
    png_job j = {.allocator = *ddni_context_allocator(ctx), .at = bytes, .left = count};
    j.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &j, on_error, on_warning, &j,
                                     take_memory, give_memory);
    j.info = j.png != NULL ? png_create_info_struct(j.png) : NULL;
    ddn_status status = j.info != NULL
                            ? png_numbers(ctx, name, count, &j, p, out)
                            : ddni_fail(ctx, DDN_E_NOMEM, "%s: no memory for a PNG image", name);
    png_destroy_read_struct(&j.png, &j.info, NULL);
    ddni_free(&j.allocator, j.rows);
    return status;
}
