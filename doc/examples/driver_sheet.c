/* Sheets of images as PNG, PGM or PPM: 8 bits, grey for one channel, else red, green and blue. See
 * driver.h. SPDX-License-Identifier: MIT */
#include "driver.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    WHITE = 255,
    NO_FILTER = 1, /* bytes before each row of a PNG, which say that it is stored as it is */
    MOST = 1 << 30 /* bytes of a sheet */
};

typedef struct canvas {
    int64_t width, height, samples; /* bytes of a pixel: 1 or 3 */
    uint8_t *rows;                  /* [height][NO_FILTER + width * samples] */
} canvas;

static int64_t row_bytes(const canvas *c)
{
    return NO_FILTER + c->width * c->samples;
}

int64_t drv_sheet_width(const drv_image *s, int64_t columns)
{
    return columns * (s->width + DRV_IMAGE_GAP) - DRV_IMAGE_GAP;
}

static int64_t sheet_height(const drv_image *s, int64_t rows)
{
    return rows * (s->height + DRV_IMAGE_GAP) - DRV_IMAGE_GAP;
}

static canvas blank(const drv_image *s, int64_t rows, int64_t columns)
{
    canvas c = {drv_sheet_width(s, columns), sheet_height(s, rows), s->channels == 1 ? 1 : 3, NULL};
    if (c.width > MOST / 4 || c.height > MOST / row_bytes(&c)) {
        drv_die("a sheet of %lld x %lld pixels is too large for a picture", (long long)c.width,
                (long long)c.height);
    }
    c.rows = drv_alloc(c.height, row_bytes(&c));
    memset(c.rows, WHITE, (size_t)(c.height * row_bytes(&c)));
    for (int64_t y = 0; y < c.height; y++) {
        c.rows[y * row_bytes(&c)] = 0;
    }
    return c;
}

/* Numbers of a row as 0 .. 255, black to white, cut off at the range. */
static void paint(const drv_image *s, const double *x, double low, double high, int64_t left,
                  int64_t top, canvas *to)
{
    for (int64_t i = 0; i < s->height * s->width; i++) {
        const int64_t row = i / s->width, column = i % s->width;
        uint8_t *pixel =
            to->rows + (top + row) * row_bytes(to) + NO_FILTER + (left + column) * to->samples;
        for (int64_t c = 0; c < to->samples; c++) {
            const double value = x[c * s->plane + row * s->row + column * s->column];
            pixel[c] = (uint8_t)lround(WHITE * fmin(fmax((value - low) / (high - low), 0), 1));
        }
    }
}

/* ---- Files ------------------------------------------------------------------------------- */

static void big_endian(uint8_t *at, uint32_t value)
{
    for (int k = 0; k < 4; k++) {
        at[k] = (uint8_t)(value >> (24 - 8 * k));
    }
}

static void put_chunk(drv_file *file, const char *kind, const uint8_t *bytes, uint32_t count)
{
    uint8_t head[8], tail[4];
    big_endian(head, count);
    memcpy(head + 4, kind, 4);
    uLong sum = crc32(0, head + 4, 4);
    sum = count > 0 ? crc32(sum, bytes, count) : sum; /* of no bytes it would begin anew */
    big_endian(tail, (uint32_t)sum);
    drv_bytes(file, head, sizeof head);
    drv_bytes(file, bytes, count);
    drv_bytes(file, tail, sizeof tail);
}

/* zlib's compress row by row, between which a signal is obeyed; how many bytes of data they took.
 */
static uint32_t pack(const canvas *c, uint8_t *data, uLong capacity, const char *path)
{
    z_stream z = {.next_out = data, .avail_out = (uInt)capacity};
    int status = deflateInit(&z, Z_DEFAULT_COMPRESSION);
    for (int64_t y = 0; y < c->height && status == Z_OK; y++) {
        drv_try(DDN_OK);
        z.next_in = c->rows + y * row_bytes(c);
        z.avail_in = (uInt)row_bytes(c);
        status = deflate(&z, y + 1 == c->height ? Z_FINISH : Z_NO_FLUSH);
    }
    deflateEnd(&z);
    if (status != Z_STREAM_END) {
        drv_die("%s: zlib cannot compress it", path);
    }
    return (uint32_t)z.total_out;
}

static void put_png(drv_file *file, const canvas *c)
{
    static const uint8_t magic[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    uint8_t head[13] = {[8] = 8, [9] = c->samples == 1 ? 0 : 2}; /* bits; grey or colours */
    const uLong most = compressBound((uLong)(c->height * row_bytes(c)));
    uint8_t *data = drv_alloc((int64_t)most, 1);
    big_endian(head, (uint32_t)c->width);
    big_endian(head + 4, (uint32_t)c->height);
    const uint32_t packed = pack(c, data, most, drv_file_path(file));
    drv_bytes(file, magic, sizeof magic);
    put_chunk(file, "IHDR", head, sizeof head);
    put_chunk(file, "IDAT", data, packed);
    put_chunk(file, "IEND", head, 0);
}

static void put_pnm(drv_file *file, const canvas *c)
{
    drv_print(file, "P%d\n%lld %lld\n%d\n", c->samples == 1 ? 5 : 6, (long long)c->width,
              (long long)c->height, WHITE);
    for (int64_t y = 0; y < c->height; y++) {
        drv_bytes(file, c->rows + y * row_bytes(c) + NO_FILTER, (size_t)(c->width * c->samples));
    }
}

double drv_sheet_height(const drv_image *s, int64_t rows, int64_t columns, double wide)
{
    return wide * (double)sheet_height(s, rows) / (double)drv_sheet_width(s, columns);
}

void drv_sheet_axes(drv_file *plot, const drv_image *s, int64_t rows, int64_t columns)
{
    drv_print(plot,
              "unset border\nunset tics\nunset grid\nunset key\nset xrange [-0.5:%lld.5]\n"
              "set yrange [%lld.5:-0.5]\n",
              (long long)drv_sheet_width(s, columns) - 1, (long long)sheet_height(s, rows) - 1);
}

void drv_sheet(const char *path, const drv_image *s, int64_t rows, int64_t columns, int64_t from,
               const double *const *images)
{
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = from * columns; i < rows * columns; i++) {
        drv_try(DDN_OK); /* large sheets end with a signal, too */
        for (int64_t j = 0; images[i] != NULL && j < s->height * s->width * s->channels; j++) {
            low = fmin(low, images[i][j]);
            high = fmax(high, images[i][j]);
        }
    }
    high = high > low ? high : low + 1;
    canvas c = blank(s, rows, columns);
    for (int64_t i = 0; i < rows * columns; i++) {
        drv_try(DDN_OK);
        if (images[i] != NULL) {
            paint(s, images[i], low, high, i % columns * (s->width + DRV_IMAGE_GAP),
                  i / columns * (s->height + DRV_IMAGE_GAP), &c);
        }
    }
    const size_t length = strlen(path);
    drv_file *file = drv_open(path);
    if (length > 4 && strcmp(path + length - 4, ".png") == 0) {
        put_png(file, &c);
    } else {
        put_pnm(file, &c);
    }
    drv_close(file);
}
