/* JPEG images by libjpeg, as it decodes them without being told anything: grey or colours of 8
 * bits. What its memory manager needs comes from the C library. */
#include <stdio.h> /* jpeglib.h wants it */
#include <string.h>

#include <jpeglib.h>
#include <setjmp.h>

#include "base/check.h"
#include "base/progress.h"
#include "dataset/formats/picture.h"

enum {
    MOST_SCANS = 500 /* a file can ask for any number, and each takes as long as an image */
};

typedef struct jpeg_job {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr error;
    struct jpeg_progress_mgr progress;
    jmp_buf way_out;
    char text[JMSG_LENGTH_MAX]; /* what libjpeg says is wrong */
    ddni_picture found;
    const uint8_t *bytes;
    int64_t count;
    uint8_t *out;
} jpeg_job;

/* ---- what libjpeg calls ---- */

static void jump_out(j_common_ptr jpeg)
{
    jpeg_job *j = jpeg->client_data;
    jpeg->err->format_message(jpeg, j->text);
    longjmp(j->way_out, 1);
}

/* Level -1: the data are damaged, and what would be shown is a guess. */
static void on_message(j_common_ptr jpeg, int level)
{
    if (level < 0) {
        jump_out(jpeg);
    }
}

static void print_nothing(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void on_progress(j_common_ptr jpeg)
{
    jpeg_job *j = jpeg->client_data;
    if (j->jpeg.input_scan_number > MOST_SCANS) {
        memcpy(j->text, "too many scans", sizeof "too many scans");
        longjmp(j->way_out, 1);
    }
}

/* ---- steps, each of which an error ends ---- */

static void jpeg_head(jpeg_job *j)
{
    jpeg_create_decompress(&j->jpeg);
    j->jpeg.progress = &j->progress;
    jpeg_mem_src(&j->jpeg, j->bytes, (unsigned long)j->count);
    jpeg_read_header(&j->jpeg, TRUE);
    j->found = (ddni_picture){.height = j->jpeg.image_height,
                              .width = j->jpeg.image_width,
                              .channels = j->jpeg.num_components,
                              .size = 1};
}

static void jpeg_rows(jpeg_job *j)
{
    j->jpeg.out_color_space = j->found.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&j->jpeg);
    while (j->jpeg.output_scanline < j->jpeg.output_height) {
        JSAMPROW row =
            j->out + (int64_t)j->jpeg.output_scanline * j->found.width * j->found.channels;
        jpeg_read_scanlines(&j->jpeg, &row, 1);
    }
    jpeg_finish_decompress(&j->jpeg);
}

/* 0 where an error ended it. */
static int32_t jpeg_guarded(jpeg_job *j, void (*step)(jpeg_job *j))
{
    if (setjmp(j->way_out) != 0) {
        return 0;
    }
    step(j);
    return 1;
}

static ddn_status jpeg_failed(ddn_context *ctx, const char *name, const jpeg_job *j)
{
    return ddni_fail(ctx, DDN_E_FORMAT, "%s: the JPEG image cannot be read: %s", name, j->text);
}

static ddn_status jpeg_numbers(ddn_context *ctx, const char *name, jpeg_job *j, ddni_picture *p)
{
    if (!jpeg_guarded(j, jpeg_head)) {
        return jpeg_failed(ctx, name, j);
    }
    DDNI_CHECK(ctx, j->found.channels == 1 || j->found.channels == 3, DDN_E_FORMAT,
               "%s: a JPEG image of %lld channels; grey and red, green, blue are read", name,
               (long long)j->found.channels);
    DDNI_TRY(ddni_picture_check(ctx, name, &j->found, j->count, p, j->out));
    return j->out == NULL || jpeg_guarded(j, jpeg_rows) ? DDN_OK : jpeg_failed(ctx, name, j);
}

ddn_status ddni_jpeg_read(ddn_context *ctx, const char *name, const uint8_t *bytes, int64_t count,
                          ddni_picture *p, uint8_t *out)
{
    jpeg_job *j = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "a JPEG image", 1, sizeof *j, &j));
    j->bytes = bytes;
    j->count = count;
    j->out = out;
    j->jpeg.err = jpeg_std_error(&j->error);
    j->jpeg.client_data = j;
    j->error.error_exit = jump_out;
    j->error.emit_message = on_message;
    j->error.output_message = print_nothing;
    j->progress.progress_monitor = on_progress;
    ddn_status status = jpeg_numbers(ctx, name, j, p);
    jpeg_destroy_decompress(&j->jpeg); /* also where making it failed: it then is all zeros */
    ddni_free(ddni_context_allocator(ctx), j);
    return status;
}
