/* Folders of images: every kind of PNG and JPEG, the order of names, folders as classes, what is
 * refused and by which name, damaged files, odd names, links. */
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "support/failing.h"
#include "support/files.h"
#include "support/fixtures.h"

enum {
    ROOM = 4096,
    WIDTH = 16, /* of the images in tests/data/images */
    HEIGHT = 8,
    GREY = 0, /* colour types of PNG */
    COLOURS = 2,
    PALETTE = 3,
    GREY_ALPHA = 4,
    COLOURS_ALPHA = 6
};

static ddn_context *ctx;
static uint8_t image[ROOM];
static size_t size; /* of image */

/* ---- Images -------------------------------------------------------------------------------- */

static size_t big(uint8_t *out, uint64_t value)
{
    for (int k = 0; k < 4; k++) {
        out[k] = (uint8_t)(value >> 8 * (3 - k));
    }
    return 4;
}

static void chunk(const char *name, const void *bytes, size_t count)
{
    uint8_t *at = image + size;
    size += big(at, count);
    memcpy(at + 4, name, 4);
    memcpy(at + 8, bytes, count);
    size += 4 + count;
    size += big(at + 8 + count, crc32(0, at + 4, (uInt)(4 + count)));
}

/* A part that comes before the rows: "PLTE" or "tRNS". */
typedef struct extra {
    const char *name;
    const void *bytes;
    size_t count;
} extra;

/* image := a PNG of these rows, each of `row` bytes. */
static void png_with(uint64_t width, uint64_t height, int depth, int colour, const void *rows,
                     size_t row, int extras, const extra *more)
{
    uint8_t head[13] = {0}, plain[ROOM], packed[ROOM];
    uLongf count = sizeof packed;
    size_t used = 0;
    big(head, width);
    big(head + 4, height);
    head[8] = (uint8_t)depth;
    head[9] = (uint8_t)colour;
    memcpy(image, "\x89PNG\r\n\x1a\n", 8);
    size = 8;
    chunk("IHDR", head, sizeof head);
    for (int k = 0; k < extras; k++) {
        chunk(more[k].name, more[k].bytes, more[k].count);
    }
    for (uint64_t y = 0; row > 0 && y < height; y++) {
        plain[used++] = 0; /* no filter */
        memcpy(plain + used, (const uint8_t *)rows + y * row, row);
        used += row;
    }
    assert_int_equal(compress(packed, &count, plain, used), Z_OK);
    chunk("IDAT", packed, count);
    chunk("IEND", "", 0);
}

static void png(uint64_t width, uint64_t height, int depth, int colour, const void *rows,
                size_t row)
{
    png_with(width, height, depth, colour, rows, row, 0, NULL);
}

/* image := one grey pixel. */
static void dot(uint8_t value)
{
    png(1, 1, 8, GREY, &value, 1);
}

static void load(const char *name)
{
    char path[1024], inner[100];
    snprintf(inner, sizeof inner, "images/%s", name);
    FILE *file = fopen(test_data_path(inner, path), "rb");
    assert_non_null(file);
    size = fread(image, 1, sizeof image, file);
    fclose(file);
}

/* ---- Folders ------------------------------------------------------------------------------- */

static int made; /* folders so far */
static char folder[512];

static const char *inside(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s%s%s", folder, name[0] == '\0' ? "" : "/", name);
    return path;
}

static void make(const char *name)
{
    assert_int_equal(mkdir(inside(name), 0777), 0);
}

/* A new empty one. */
static void begin_folder(void)
{
    char name[32];
    snprintf(name, sizeof name, "folder%d", made++);
    snprintf(folder, sizeof folder, "%s", test_path(name));
    make("");
}

static void put_bytes(const char *name, const void *bytes, size_t count)
{
    FILE *file = fopen(inside(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    fclose(file);
}

/* image, or its first bytes. */
static void put(const char *name)
{
    put_bytes(name, image, size);
}

static void put_dot(const char *name, uint8_t value)
{
    dot(value);
    put(name);
}

static ddn_dataset *opened(void)
{
    ddn_dataset *ds = NULL;
    OK(ctx, ddn_dataset_open(ctx, folder, DDN_FORMAT_AUTO, &ds));
    return ds;
}

/* The folder has these points; `said`: a part of the description. */
static void holds(int64_t n, int64_t d, const double *want, double within, const char *said)
{
    double x[ROOM];
    ddn_dataset *ds = opened();
    assert_int_equal(ddn_dataset_n(ds), n);
    assert_int_equal(ddn_dataset_d(ds), d);
    OK(ctx, ddn_dataset_read(ctx, ds, 0, n, x, d));
    for (int64_t i = 0; i < n * d; i++) {
        CLOSE(x[i], want[i], 0, within);
    }
    if (strstr(ddn_dataset_description(ds), said) == NULL) {
        fail_msg("'%s' is not in '%s'", said, ddn_dataset_description(ds));
    }
    ddn_dataset_destroy(ds);
}

/* Points of one number each, in this order. */
static void holds_dots(int64_t n, const double *want)
{
    holds(n, 1, want, 0, "");
}

static void refused(ddn_status status, const char *reason)
{
    ddn_dataset *ds = NULL;
    FAILS(ctx, ddn_dataset_open(ctx, folder, DDN_FORMAT_AUTO, &ds), status, reason);
    assert_null(ds);
}

/* The only image in a new folder. */
static void alone(const char *name)
{
    begin_folder();
    put(name);
}

/* ---- Kinds of images ----------------------------------------------------------------------- */

/* Two rows of three pixels, as each kind of PNG stores them. */
static void kinds_of_png(void **state)
{
    (void)state;
    static const uint8_t bits[] = {0xa0, 0x40}, twos[] = {0x1c, 0xe4},
                         fours[] = {0x01, 0xf0, 0xab, 0xc0};
    static const uint8_t bytes[] = {1, 0, 2, 100, 3, 255};
    static const uint8_t wide[] = {0, 1, 0, 0, 1, 2, 255, 255, 0, 7, 1, 0};
    static const uint8_t colours[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,
                                      10, 11, 12, 13, 14, 15, 16, 17, 18};
    static const uint8_t places[] = {0, 1, 2, 2, 1, 0}, table[] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    const extra palette = {"PLTE", table, sizeof table};
    png(3, 2, 1, GREY, bits, 1);
    alone("x.png");
    holds(1, 6, (const double[]){255, 0, 255, 0, 255, 0}, 0, "'|u1' numbers [2][3] stored as u8");
    png(3, 2, 2, GREY, twos, 1);
    alone("x.png");
    holds(1, 6, (const double[]){0, 85, 255, 255, 170, 85}, 0, "u8");
    png(3, 2, 4, GREY, fours, 2);
    alone("x.png");
    holds(1, 6, (const double[]){0, 17, 255, 170, 187, 204}, 0, "u8");
    png(3, 2, 8, GREY, bytes, 3);
    alone("x.png");
    holds(1, 6, (const double[]){1, 0, 2, 100, 3, 255}, 0, "u8");
    png(3, 2, 16, GREY, wide, 6);
    alone("x.png");
    holds(1, 6, (const double[]){1, 0, 258, 65535, 7, 256}, 0,
          "'>u2' numbers [2][3] stored as f32");
    png(3, 2, 8, COLOURS, colours, 9);
    alone("x.png");
    double want[18];
    for (int i = 0; i < 18; i++) {
        want[i] = i + 1;
    }
    holds(1, 18, want, 0, "[2][3][3] (NHWC)");
    png(1, 1, 16, COLOURS, wide, 6);
    alone("x.png");
    holds(1, 3, (const double[]){1, 0, 258}, 0, "'>u2' numbers [1][1][3]");
    png_with(3, 2, 8, PALETTE, places, 3, 1, &palette);
    alone("x.png");
    holds(1, 18, (const double[]){9, 8, 7, 6, 5, 4, 3, 2, 1, 3, 2, 1, 6, 5, 4, 9, 8, 7}, 0, "u8");
    load("interlaced.png");
    alone("x.png");
    double count[WIDTH * HEIGHT];
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        count[i] = i;
    }
    holds(1, WIDTH * HEIGHT, count, 0, "[8][16]");
}

/* An opacity that is full everywhere is left out; else the pixel is named. */
static void transparent_images(void **state)
{
    (void)state;
    static const uint8_t opaque[] = {1, 255, 2, 255}, glass[] = {1, 255, 2, 254};
    static const uint8_t full[] = {1, 2, 3, 255, 4, 5, 6, 255},
                         wide[] = {1, 2, 255, 255, 3, 4, 255, 254};
    static const uint8_t places[] = {0, 1}, table[] = {9, 8, 7, 6, 5, 4}, clear[] = {255, 0};
    const extra extras[] = {{"PLTE", table, 6}, {"tRNS", clear, 2}};
    png(2, 1, 8, GREY_ALPHA, opaque, 4);
    alone("x.png");
    holds(1, 2, (const double[]){1, 2}, 0, "[1][2]");
    png(1, 2, 8, COLOURS_ALPHA, full, 4);
    alone("x.png");
    holds(1, 6, (const double[]){1, 2, 3, 4, 5, 6}, 0, "[2][1][3]");
    png(2, 1, 8, GREY_ALPHA, glass, 4);
    alone("x.png");
    refused(DDN_E_FORMAT, "x.png: has transparent pixels, the first in row 0, column 1; put the");
    png(1, 2, 16, GREY_ALPHA, wide, 4);
    alone("x.png");
    refused(DDN_E_FORMAT, "the first in row 1, column 0");
    png_with(2, 1, 8, PALETTE, places, 2, 2, extras);
    alone("x.png");
    refused(DDN_E_FORMAT, "the first in row 0, column 1");
    png_with(1, 1, 8, PALETTE, places, 1, 2, extras);
    alone("x.png");
    holds(1, 3, (const double[]){9, 8, 7}, 0, "u8");
}

static void kinds_of_jpeg(void **state)
{
    (void)state;
    static const double grey[] = {40, 200};
    static const double colours[2][3] = {{200, 40, 90}, {20, 120, 250}};
    double want[WIDTH * HEIGHT * 3];
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        want[i] = grey[i % WIDTH >= WIDTH / 2];
    }
    load("grey.jpg");
    alone("x.jpg");
    holds(1, WIDTH * HEIGHT, want, 2, "'|u1' numbers [8][16] stored as u8");
    for (int i = 0; i < WIDTH * HEIGHT * 3; i++) {
        want[i] = colours[i / 3 % WIDTH >= WIDTH / 2][i % 3];
    }
    load("colours.jpg");
    alone("x.JPEG");
    holds(1, WIDTH * HEIGHT * 3, want, 3, "[8][16][3] (NHWC)");
    load("progressive.jpg");
    put("y.Jpg");
    double both[2 * WIDTH * HEIGHT * 3];
    memcpy(both, want, sizeof want);
    memcpy(both + WIDTH * HEIGHT * 3, want, sizeof want);
    holds(2, WIDTH * HEIGHT * 3, both, 3, "");
    load("cmyk.jpg");
    alone("ink.jpg");
    refused(DDN_E_FORMAT, "ink.jpg: a JPEG image of 4 channels; grey and red, green, blue are");
}

/* ---- Names and classes --------------------------------------------------------------------- */

static void order_of_names(void **state)
{
    (void)state;
    begin_folder();
    put_dot("b.png", 3);
    put_dot("10.png", 1);
    put_dot("2.png", 2);
    put_dot("\xc3\xa9.png", 4);
    put_dot(".hidden.png", 9);
    put_bytes("notes.txt", "x", 1);
    put_bytes("png", "x", 1);
    put_bytes("b.png.bak", "x", 1);
    holds_dots(4, (const double[]){1, 2, 3, 4});
    strcat(folder, "//");
    holds_dots(4, (const double[]){1, 2, 3, 4});
    /* A path of one character. */
    char before[1024];
    assert_non_null(getcwd(before, sizeof before));
    begin_folder();
    make("f");
    put_dot("f/1.png", 5);
    assert_int_equal(chdir(folder), 0);
    strcpy(folder, "f");
    holds_dots(1, (const double[]){5});
    assert_int_equal(chdir(before), 0);
}

/* "a-b/" is before "a/" as bytes, but class a before a-b. */
static void classes(void **state)
{
    (void)state;
    int32_t label[4];
    begin_folder();
    make("a");
    make("a-b");
    make("empty");
    make("c");
    make("c/deeper");
    put_dot("a/2.png", 30);
    put_dot("a-b/1.png", 10);
    put_dot("a/1.png", 20);
    put_dot("c/1.png", 40);
    put_dot("c/deeper/1.png", 50);
    put_bytes("notes.txt", "x", 1);
    holds_dots(4, (const double[]){10, 20, 30, 40});
    ddn_dataset *ds = opened(), *plain = NULL, *again = NULL;
    assert_non_null(strstr(ddn_dataset_description(ds), "; labels from its folders"));
    assert_int_equal(ddn_dataset_class_count(ds), 3);
    OK(ctx, ddn_dataset_labels(ctx, ds, 4, label));
    assert_memory_equal(label, ((const int32_t[]){1, 0, 0, 2}), sizeof label);
    /* The labels alone, for points from elsewhere. */
    static const double x[4] = {0};
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 4, 1, x, 1, &plain));
    OK(ctx, ddn_dataset_open_labelled(ctx, plain, folder, &again));
    OK(ctx, ddn_dataset_labels(ctx, again, 4, label));
    assert_memory_equal(label, ((const int32_t[]){1, 0, 0, 2}), sizeof label);
    ddn_dataset_destroy(again);
    ddn_dataset_destroy(ds);
    put_dot("1.png", 9);
    refused(DDN_E_FORMAT, ": has images, and folders with images; which are meant?");
    begin_folder();
    put_dot("1.png", 9);
    FAILS(ctx, ddn_dataset_open_labelled(ctx, plain, folder, &again), DDN_E_FORMAT,
          "the images are in no folders, so there are no labels");
    ddn_dataset_destroy(plain);
}

static void odd_names(void **state)
{
    (void)state;
    char longest[256];
    memset(longest, 'z', sizeof longest);
    memcpy(longest + 251, ".png", 5);
    begin_folder();
    put_dot(" .png", 1);
    put_dot("%s%n.png", 2);
    put_dot("'\".png", 3);
    put_dot("-rf.png", 4);
    put_dot("a\nb.png", 5);
    put_dot("x.npz:data.png", 6);
    put_dot(longest, 7);
    put_dot("\xff\xfe.png", 8);
    holds_dots(8, (const double[]){1, 2, 3, 4, 5, 6, 7, 8});
    make("x.png"); /* a folder, whatever it is called */
    holds_dots(8, (const double[]){1, 2, 3, 4, 5, 6, 7, 8});
    begin_folder();
    make("x.png");
    put_dot("x.png/1.png", 1);
    holds_dots(1, (const double[]){1});
}

/* Several folders are one set; a folder's path can look like that of a member. */
static void several(void **state)
{
    (void)state;
    ddn_dataset *ds = NULL;
    double x[2];
    char first[512];
    begin_folder();
    put_dot("1.png", 1);
    snprintf(first, sizeof first, "%s", folder);
    begin_folder();
    put_dot("1.png", 2);
    const char *const both[] = {first, folder};
    OK(ctx, ddn_dataset_open_files(ctx, DDN_FORMAT_AUTO, 2, both, &ds));
    OK(ctx, ddn_dataset_read(ctx, ds, 0, 2, x, 1));
    assert_true(x[0] == 1 && x[1] == 2);
    ddn_dataset_destroy(ds);
    make("x.npz:data");
    strcat(folder, "/x.npz:data");
    put_dot("1.png", 7);
    holds_dots(1, (const double[]){7});
}

/* Numbers that are converted come in blocks of 2^13, which end within images. */
static void blocks_end_within_images(void **state)
{
    (void)state;
    enum {
        SIDE = 40,
        NUMBERS = SIDE * SIDE,
        IMAGES = 6
    };
    double x[NUMBERS];
    begin_folder();
    for (int i = 0; i < IMAGES; i++) {
        uint8_t wide[2 * NUMBERS];
        char name[16];
        for (int j = 0; j < NUMBERS; j++) {
            wide[2 * j] = (uint8_t)((i * NUMBERS + j) >> 8);
            wide[2 * j + 1] = (uint8_t)(i * NUMBERS + j);
        }
        png(SIDE, SIDE, 16, GREY, wide, sizeof wide / SIDE);
        snprintf(name, sizeof name, "%d.png", i);
        put(name);
    }
    ddn_dataset *ds = opened();
    assert_int_equal(ddn_dataset_n(ds), IMAGES);
    for (int i = 0; i < IMAGES; i++) {
        OK(ctx, ddn_dataset_read(ctx, ds, i, 1, x, NUMBERS));
        for (int j = 0; j < NUMBERS; j++) {
            assert_true(x[j] == i * NUMBERS + j);
        }
    }
    ddn_dataset_destroy(ds);
}

/* cats, dogs and dogs, foxes would be the labels 0, 1 and 0, 1. */
static void several_with_classes(void **state)
{
    static const char *const names[3][2] = {{"cats", "dogs"}, {"dogs", "foxes"}, {"cats", "dogs"}};
    ddn_dataset *ds = NULL;
    char root[3][512];
    int32_t label[4];
    (void)state;
    for (int k = 0; k < 3; k++) {
        begin_folder();
        snprintf(root[k], sizeof root[k], "%s", folder);
        for (int c = 0; c < 2; c++) {
            char image_of[32];
            make(names[k][c]);
            snprintf(image_of, sizeof image_of, "%s/1.png", names[k][c]);
            put_dot(image_of, (uint8_t)(2 * k + c));
        }
    }
    const char *const alike[] = {root[0], root[2]}, *const others[] = {root[0], root[1]};
    OK(ctx, ddn_dataset_open_files(ctx, DDN_FORMAT_AUTO, 2, alike, &ds));
    OK(ctx, ddn_dataset_labels(ctx, ds, 4, label));
    assert_memory_equal(label, ((const int32_t[]){0, 1, 0, 1}), sizeof label);
    ddn_dataset_destroy(ds);
    assert_int_equal(ddn_dataset_open_files(ctx, DDN_FORMAT_AUTO, 2, others, &ds), DDN_E_FORMAT);
    assert_non_null(strstr(ddn_context_message(ctx), "classes of other names"));
    /* Beside images in no folder there are no labels, whichever come first. */
    begin_folder();
    put_dot("1.png", 9);
    for (int k = 0; k < 2; k++) {
        const char *const mixed[] = {k == 0 ? folder : root[1], k == 0 ? root[1] : folder};
        double x[3];
        OK(ctx, ddn_dataset_open_files(ctx, DDN_FORMAT_AUTO, 2, mixed, &ds));
        assert_int_equal(ddn_dataset_class_count(ds), 0);
        OK(ctx, ddn_dataset_read(ctx, ds, 0, 3, x, 1));
        assert_true(x[0] == (k == 0 ? 9 : 2) && x[1] == (k == 0 ? 2 : 3) &&
                    x[2] == (k == 0 ? 3 : 9));
        ddn_dataset_destroy(ds);
    }
}

static void links(void **state)
{
    (void)state;
    char target[1024];
    begin_folder();
    make("a");
    put_dot("a/1.png", 1);
    snprintf(target, sizeof target, "%s", inside("a/1.png"));
    assert_int_equal(symlink("..", inside("a/up")), 0); /* a circle */
    assert_int_equal(symlink(target, inside("a/2.png")), 0);
    assert_int_equal(symlink(".", inside("self")), 0);
    holds_dots(2, (const double[]){1, 1});
    assert_int_equal(symlink("a", inside("b")), 0); /* a class of its own */
    holds_dots(4, (const double[]){1, 1, 1, 1});
    assert_int_equal(symlink("nowhere", inside("a/3.png")), 0);
    refused(DDN_E_IO, "a/3.png: cannot open: No such file");
    assert_int_equal(unlink(inside("a/3.png")), 0);
    assert_int_equal(symlink("3.png", inside("a/3.png")), 0);
    refused(DDN_E_IO, "a/3.png: cannot open: Too many levels of symbolic links");
    assert_int_equal(unlink(inside("a/3.png")), 0);
    assert_int_equal(symlink("nowhere", inside("c")), 0); /* which may have been a class */
    refused(DDN_E_IO, "c: cannot open: No such file");
    begin_folder();
    assert_int_equal(mkfifo(inside("pipe.png"), 0666), 0);
    refused(DDN_E_IO, "pipe.png: not a regular file");
}

/* ---- What is refused ----------------------------------------------------------------------- */

static void nothing_to_read(void **state)
{
    (void)state;
    begin_folder();
    refused(DDN_E_FORMAT, ": a folder without .png or .jpg images, in it or in its folders");
    put_bytes("notes.txt", "x", 1);
    make("deep");
    make("deep/er");
    dot(1);
    put("deep/er/1.png");
    refused(DDN_E_FORMAT, "a folder without .png or .jpg images");
    begin_folder();
    put_bytes("x.png", "", 0);
    refused(DDN_E_FORMAT, "x.png: the file is empty");
    put_bytes("x.png", "no image", 8);
    refused(DDN_E_FORMAT, "x.png: neither PNG nor JPEG, whatever its name says");
    begin_folder();
    put_dot("1.png", 1);
    put_bytes("2.png", "GIF89a", 6);
    refused(DDN_E_FORMAT, "2.png: neither PNG nor JPEG");
    begin_folder(); /* the content counts, not the name */
    load("grey.jpg");
    put("x.png");
    ddn_dataset_destroy(opened());
}

static void mixed(void **state)
{
    (void)state;
    static const uint8_t x[8] = {0};
    begin_folder();
    png(2, 1, 8, GREY, x, 2);
    put("1.png");
    png(1, 2, 8, GREY, x, 1);
    put("2.png");
    refused(DDN_E_SHAPE, "2.png: an image of 2 x 1, grey; the first of the folder has 1 x 2, grey");
    png(2, 1, 8, COLOURS, x, 6);
    put("2.png");
    refused(DDN_E_SHAPE,
            "2.png: an image of 1 x 2, colours; the first of the folder has 1 x 2, grey");
    png(2, 1, 16, GREY, x, 4);
    put("2.png");
    refused(DDN_E_SHAPE, "2.png: an image of 1 x 2, grey, 16 bits; the first");
    png(2, 1, 8, GREY, x, 2);
    put("2.png");
    holds(2, 2, (const double[]){0, 0, 0, 0}, 0, "");
}

/* Sizes that the bytes cannot hold ask for no memory. */
static void absurd_sizes(void **state)
{
    (void)state;
    static const uint8_t x[8] = {0};
    png(1 << 12, 1 << 12, 8, GREY, x, 0);
    alone("x.png");
    refused(DDN_E_FORMAT, "x.png: truncated: 4096 x 4096 pixels, more than");
    png(1 << 20, 1 << 20, 8, GREY, x, 0);
    alone("x.png");
    refused(DDN_E_RANGE, "x.png: an image of 1048576 x 1048576 pixels; points have at most 2^24");
    png(0x7fffffff, 1, 8, GREY, x, 0);
    alone("x.png");
    refused(DDN_E_FORMAT, "x.png: the PNG image cannot be read");
    png(0, 1, 8, GREY, x, 0);
    alone("x.png");
    refused(DDN_E_FORMAT, "x.png: the PNG image cannot be read");
}

/* ---- Damage -------------------------------------------------------------------------------- */

/* Opens, or is refused by a text with the file's name. */
static int survives(const char *name)
{
    ddn_dataset *ds = NULL;
    ddn_status status = ddn_dataset_open(ctx, folder, DDN_FORMAT_AUTO, &ds);
    if (status != DDN_OK && strstr(ddn_context_message(ctx), name) == NULL) {
        fail_msg("no %s in '%s'", name, ddn_context_message(ctx));
    }
    ddn_dataset_destroy(ds);
    return status == DDN_OK;
}

/* Every length is refused; every byte that is changed gives an image of any numbers, or a reason.
 */
static void damage_of(const char *name, int64_t *opens, int64_t *refusals)
{
    uint8_t good[ROOM];
    size_t length = size;
    memcpy(good, image, size);
    begin_folder();
    for (size = 1; size < length; size++) {
        put(name);
        if (survives(name) && size + 12 < length) { /* PNG: all but the end is there */
            fail_msg("%s opens with %zu bytes of %zu", name, size, length);
        }
    }
    for (size_t at = 0; at < length; at++) {
        for (int k = 0; k < 3; k++) {
            image[at] = good[at] ^ (uint8_t)(k == 0 ? 1 : k == 1 ? 0x80 : 0xff);
            put(name);
            survives(name) ? ++*opens : ++*refusals;
        }
        image[at] = good[at];
    }
    put(name);
    assert_true(survives(name));
}

static void damage(void **state)
{
    (void)state;
    static const char *const names[] = {"grey.jpg", "colours.jpg", "progressive.jpg",
                                        "interlaced.png"};
    int64_t opens = 0, refusals = 0;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        load(names[k]);
        damage_of(names[k], &opens, &refusals);
    }
    print_message("# %lld damaged images opened, %lld were refused\n", (long long)opens,
                  (long long)refusals);
    assert_true(refusals > 1000);
}

/* ---- Memory and stops ---------------------------------------------------------------------- */

static void without_memory(void **state)
{
    (void)state;
    begin_folder();
    make("a");
    make("b");
    load("colours.jpg");
    put("a/1.jpg");
    put("b/1.jpg");
    test_every_allocation(test_open, folder);
    load("interlaced.png");
    alone("x.png");
    test_every_allocation(test_open, folder);
}

static int begin(void **state)
{
    ctx = test_context(1);
    return test_make_folder(state);
}

static int end(void **state)
{
    ddn_context_destroy(ctx);
    return test_remove_folder(state);
}

int main(void)
{
    if (strcmp(ddn_feature("images"), "none") == 0) {
        print_message("1..0 # SKIP the library was built without libpng and libjpeg\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_png),    cmocka_unit_test(transparent_images),
        cmocka_unit_test(kinds_of_jpeg),   cmocka_unit_test(order_of_names),
        cmocka_unit_test(classes),         cmocka_unit_test(odd_names),
        cmocka_unit_test(several),         cmocka_unit_test(blocks_end_within_images),
        cmocka_unit_test(links),           cmocka_unit_test(several_with_classes),
        cmocka_unit_test(nothing_to_read), cmocka_unit_test(mixed),
        cmocka_unit_test(absurd_sizes),    cmocka_unit_test(damage),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
