/* Bytes as folders of images: each opens, and then can be used, or is refused with a text that
 * names the folder.
 *
 * A head of two bytes: HOW (bits below), number of the allocation that fails. Then files, each with
 * a byte that says what it is (bits below): bytes as they are, with their number before them (two
 * bytes), or a PNG whose check sums are right, of sizes and colours that need not be. */
#define _GNU_SOURCE
#include "fuzz/driver.h"

#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

enum {
    CLASSES = 1, /* bits of HOW: files are in folders, two in each */
    FAILING = 2, /* an allocation fails */
    RAW = 1,     /* bits of a file: bytes as they are */
    JPEG = 2,    /* called .jpg */
    AGAIN = 4,   /* the file before once more */
    FILES = 4,
    MOST = 1 << 16
};

const char *const fuzz_target = "images";
const int fuzz_seconds = 10;

typedef struct file {
    uint8_t bytes[MOST];
    size_t size;
} file;

static int64_t inputs, opened, classes, refused;
static char folder[64];

void fuzz_report(void)
{
    printf("reached: %lld inputs; opened: %lld folders, %lld with classes; %lld refused\n",
           (long long)inputs, (long long)opened, (long long)classes, (long long)refused);
}

/* ---- Files --------------------------------------------------------------------------------- */

static void append(file *f, const void *bytes, size_t size)
{
    size = size < MOST - f->size ? size : MOST - f->size;
    memcpy(f->bytes + f->size, bytes, size);
    f->size += size;
}

static void append_big(file *f, uint64_t value)
{
    append(f,
           (uint8_t[]){(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                       (uint8_t)value},
           4);
}

static void append_chunk(file *f, const char *name, const uint8_t *bytes, size_t size)
{
    size_t begin = f->size + 4;
    append_big(f, size);
    append(f, name, 4);
    append(f, bytes, size);
    append_big(f, crc32(0, f->bytes + begin, (uInt)(f->size - begin)));
}

/* The bytes that are left again and again, `size` of them. */
static void fill(const fuzz_bytes *b, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        out[i] = b->left > 0 ? b->at[i % b->left] : 0;
    }
}

static void append_png(file *f, fuzz_bytes *b)
{
    static const uint8_t depths[] = {8, 8, 8, 16, 1, 2, 4, 3}, colours[] = {0, 0, 2, 2, 3, 4, 6, 5};
    static const int channels[] = {1, 1, 3, 3, 1, 2, 4, 1};
    static uint8_t rows[1 << 15], packed[1 << 15];
    int kind = fuzz_u8(b), odd = kind >> 4, colour = fuzz_u8(b) % 8, table = fuzz_u8(b),
        clear = fuzz_u8(b);
    int64_t width = odd == 15 ? fuzz_any_integer(b) : 1 + fuzz_u8(b) % 20;
    int64_t height = odd == 14 ? fuzz_any_integer(b) : 1 + fuzz_u8(b) % 20;
    int depth = depths[kind & 7];
    uint8_t head[13] = {0}, more[256 * 3];
    for (int k = 0; k < 4; k++) {
        head[k] = (uint8_t)(width >> (24 - 8 * k));
        head[4 + k] = (uint8_t)(height >> (24 - 8 * k));
    }
    head[8] = (uint8_t)depth;
    head[9] = colours[colour];
    head[12] = kind >> 3 & 1; /* interlaced */
    append(f, "\x89PNG\r\n\x1a\n", 8);
    append_chunk(f, "IHDR", head, sizeof head);
    fill(b, more, sizeof more);
    if (table != 0 && head[9] != 0) {
        append_chunk(f, "PLTE", more, (size_t)(table % 86 * 3));
    }
    if (clear % 8 == 1) {
        append_chunk(f, "tRNS", more, (size_t)(clear / 8));
    }
    uint64_t row = 1 + (((uint64_t)width * (uint64_t)(depth * channels[colour]) + 7) >> 3);
    uint64_t size = row * (uint64_t)height;
    size = size < sizeof rows - 64 ? size : sizeof rows - 64;
    size += odd == 13 ? (uint64_t)(fuzz_u8(b) % 64) : 0;
    fill(b, rows, (size_t)size);
    for (uint64_t at = 0; at < size && row > 0; at += row) {
        rows[at] = (uint8_t)(rows[at] % (odd == 12 ? 8 : 5)); /* filters */
    }
    uLongf count = sizeof packed;
    if (compress(packed, &count, rows, (uLong)size) == Z_OK) {
        append_chunk(f, "IDAT", packed, count);
    }
    append_chunk(f, "IEND", (const uint8_t *)"", 0);
}

static void make_file(file *f, fuzz_bytes *b, int kind)
{
    if (kind & AGAIN && f->size > 0) {
        return;
    }
    f->size = 0;
    if (kind & RAW) {
        size_t size = (size_t)fuzz_up_to(b, 65536);
        size = size < b->left ? size : b->left;
        append(f, b->at, size);
        b->at += size;
        b->left -= size;
    } else {
        append_png(f, b);
    }
}

/* ---- The folder ---------------------------------------------------------------------------- */

static void remove_folder(void)
{
    char path[128];
    for (int k = 0; k < FILES; k++) {
        for (int kind = 0; kind < 4; kind++) {
            snprintf(path, sizeof path, "%s/%s%d.%s", folder, kind & 1 ? (k < 2 ? "a/" : "b/") : "",
                     k, kind & 2 ? "jpg" : "png");
            unlink(path);
        }
    }
    for (int k = 0; k < 2; k++) {
        snprintf(path, sizeof path, "%s/%s", folder, k == 0 ? "a" : "b");
        rmdir(path);
    }
    rmdir(folder);
}

static int make_folder(fuzz_bytes *b, int how)
{
    static file f;
    char path[128];
    snprintf(folder, sizeof folder, "%s/fuzz_images.%d",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (int)getpid());
    remove_folder();
    f.size = 0;
    int good = mkdir(folder, 0700) == 0;
    for (int k = 0; how & CLASSES && k < 2; k++) {
        snprintf(path, sizeof path, "%s/%s", folder, k == 0 ? "a" : "b");
        good = good && mkdir(path, 0700) == 0;
    }
    for (int k = 0; good && k < FILES && b->left > 0; k++) {
        int kind = fuzz_u8(b);
        make_file(&f, b, kind);
        snprintf(path, sizeof path, "%s/%s%d.%s", folder,
                 how & CLASSES ? (k < 2 ? "a/" : "b/") : "", k, kind & JPEG ? "jpg" : "png");
        FILE *out = fopen(path, "wb");
        good = out != NULL && fwrite(f.bytes, 1, f.size, out) == f.size;
        good = out != NULL && fclose(out) == 0 && good;
    }
    return good;
}

/* ---- What the library makes of it ---------------------------------------------------------- */

static void use(ddn_context *ctx, const ddn_dataset *ds, int how)
{
    int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds), digest = 0;
    double *row = malloc((size_t)d * sizeof *row);
    fuzz_demand(n >= 1 && n <= FILES && d >= 1 && d <= 1 << 24, "shape", ctx);
    for (int64_t i = 0; i < n; i++) {
        fuzz_demand(ddn_dataset_read(ctx, ds, i, 1, row, d) == DDN_OK, "row", ctx);
        for (int64_t j = 0; j < d; j++) {
            fuzz_demand(row[j] >= 0 && row[j] <= 65535, "pixel", ctx);
        }
    }
    free(row);
    fuzz_demand(ddn_dataset_digest(ctx, ds, &digest) == DDN_OK && digest != 0, "digest", ctx);
    fuzz_demand((ddn_dataset_class_count(ds) > 0) == ((how & CLASSES) != 0), "classes", ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes b = {data, size};
    int how = fuzz_u8(&b);
    int64_t fail = 1 + fuzz_u8(&b) % 32;
    inputs++;
    if (!make_folder(&b, how)) {
        remove_folder();
        return 0;
    }
    fuzz_memory memory;
    ddn_context *ctx = fuzz_context(&memory);
    ddn_dataset *ds = NULL;
    fuzz_doing = "folder";
    memory.fail = how & FAILING ? fail : 0;
    ddn_status status = ddn_dataset_open(ctx, folder, DDN_FORMAT_AUTO, &ds);
    memory.fail = 0;
    if (status == DDN_OK) {
        opened++;
        classes += ddn_dataset_class_count(ds) > 0;
        use(ctx, ds, how);
        ddn_dataset_destroy(ds);
    } else {
        refused++;
        fuzz_demand(ds == NULL, "output of a failed call", ctx);
        fuzz_demand(status == DDN_E_FORMAT || status == DDN_E_SHAPE || status == DDN_E_RANGE ||
                        status == DDN_E_NOMEM || status == DDN_E_UNSUPPORTED,
                    ddn_status_name(status), ctx);
        fuzz_demand(status == DDN_E_NOMEM || strstr(ddn_context_message(ctx), folder) != NULL,
                    "no file name in the text", ctx);
    }
    fuzz_context_end(ctx, &memory);
    remove_folder();
    return 0;
}
