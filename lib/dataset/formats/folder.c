/* A folder of images as a source: its bytes are those of an .npy file [n][height][width][channels]
 * of them, in the order of their names. Where images lie in folders in the folder, these are
 * classes: 0, 1, ... in the order of their names. */
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/message.h"
#include "base/os.h"
#include "base/progress.h"
#include "base/sort.h"
#include "base/text.h"
#include "dataset/formats/numbers.h"
#include "dataset/formats/picture.h"

enum {
    MOST_BYTES = 1 << 28 /* of a file */
};

/* Names, one after another with their ends. */
typedef struct names {
    ddni_text text;
    int64_t count;
    int64_t *at; /* [count] in order, after sort_names */
} names;

typedef struct folder {
    ddni_source source;
    const ddni_allocator *al; /* the context's */
    names images;             /* "class/name" or "name" */
    int32_t *label;           /* [count], where there are classes */
    int64_t classes;
    int64_t bytes; /* of all files */
    ddni_picture picture;
    int64_t image_bytes, next; /* next: image that comes next */
    int64_t at, head_bytes;    /* of the .npy file */
    uint8_t *image, *file;     /* [image_bytes]; grows */
    uint8_t head[DDNI_NPY_HEAD];
    char path[]; /* without a slash at the end */
} folder;

/* ---- names ---- */

static const char *nth_name(const names *n, int64_t i)
{
    return n->text.bytes + n->at[i];
}

static int32_t before(const void *what, int64_t i, int64_t j)
{
    return strcmp(nth_name(what, i), nth_name(what, j)) < 0;
}

static void swap(void *what, int64_t i, int64_t j)
{
    DDNI_EXCHANGE(int64_t, ((names *)what)->at, i, j);
}

/* By their bytes. */
static ddn_status sort_names(ddn_context *ctx, names *n)
{
    DDNI_TRY(n->text.status);
    DDNI_TRY(ddni_alloc_for(ctx, "names of files", n->count, sizeof *n->at, &n->at));
    for (int64_t i = 0, at = 0; i < n->count; i++) {
        n->at[i] = at;
        at += (int64_t)strlen(n->text.bytes + at) + 1;
    }
    ddni_sort_by(n, n->count, before, swap);
    return DDN_OK;
}

static void free_names(const ddni_allocator *al, names *n)
{
    ddni_text_free(&n->text);
    ddni_free(al, n->at);
}

static int32_t is_image(const char *name)
{
    static const char *const ends[] = {".png", ".jpg", ".jpeg"};
    size_t length = strlen(name);
    for (int k = 0; k < 3; k++) {
        size_t end = strlen(ends[k]), same = 0;
        while (length > end && same < end && (name[length - end + same] | 32) == ends[k][same]) {
            same++;
        }
        if (same == end) {
            return 1;
        }
    }
    return 0;
}

/* What is found in one folder. */
typedef struct finding {
    names *images, *folders; /* folders may be NULL */
    const char *class;       /* what the folder is called within the first, or NULL */
    int64_t *bytes;
} finding;

static void add_name(names *n, const char *class, const char *name)
{
    if (class != NULL) {
        ddni_text_add(&n->text, class);
        ddni_text_add(&n->text, "/");
    }
    ddni_text_bytes(&n->text, name, (int64_t)strlen(name) + 1);
    n->count++;
}

static ddn_status take_found(ddn_context *ctx, const char *name, int32_t is_folder, int64_t bytes,
                             void *user)
{
    finding *f = user;
    DDNI_TRY(ddni_poll(ctx));
    if (is_folder && f->folders != NULL) {
        add_name(f->folders, NULL, name);
    } else if (!is_folder && is_image(name)) {
        add_name(f->images, f->class, name);
        *f->bytes += bytes;
    }
    return f->images->text.status;
}

static ddn_status join(ddn_context *ctx, const char *path, const char *name, char **out)
{
    int64_t size = (int64_t)(strlen(path) + strlen(name)) + 2;
    DDNI_TRY(ddni_alloc_for(ctx, "a path", size, 1, out));
    ddni_say(*out, size, "%s/%s", path, name);
    return DDN_OK;
}

/* ---- classes ---- */

/* The images of the folders in the folder. */
static ddn_status find_classes(ddn_context *ctx, folder *d, const names *folders)
{
    for (int64_t k = 0; k < folders->count; k++) {
        finding f = {.images = &d->images, .class = nth_name(folders, k), .bytes = &d->bytes};
        char *path = NULL;
        DDNI_TRY(join(ctx, d->path, f.class, &path));
        ddn_status status = ddni_folder_read(ctx, path, take_found, &f);
        ddni_free(d->al, path);
        DDNI_TRY(status);
    }
    return DDN_OK;
}

/* The first image at or behind the name: those of a folder stand together. */
static int64_t lower_bound(const names *n, const char *name)
{
    int64_t low = 0, high = n->count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (strcmp(nth_name(n, middle), name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Labels of sorted images. '/' is not before all that names can have, so that folders need not come
 * in the order of their images; those without images are no classes. */
static ddn_status number_classes(ddn_context *ctx, folder *d, const names *folders)
{
    DDNI_TRY(ddni_alloc_for(ctx, "labels", d->images.count, sizeof *d->label, &d->label));
    for (int64_t k = 0; k < folders->count; k++) {
        char *prefix = NULL;
        DDNI_TRY(ddni_poll(ctx));
        DDNI_TRY(join(ctx, nth_name(folders, k), "", &prefix));
        int64_t i = lower_bound(&d->images, prefix), first = i;
        size_t length = strlen(prefix);
        for (; i < d->images.count && strncmp(nth_name(&d->images, i), prefix, length) == 0; i++) {
            d->label[i] = (int32_t)d->classes;
        }
        if (i > first) {
            d->classes++;
            d->source.classes = DDNI_DIGEST_WORDS(d->source.classes, ddni_digest_text(prefix));
        }
        ddni_free(d->al, prefix);
    }
    return DDN_OK;
}

static ddn_status find_images(ddn_context *ctx, folder *d, names *folders)
{
    finding f = {&d->images, folders, NULL, &d->bytes};
    DDNI_TRY(ddni_folder_read(ctx, d->path, take_found, &f));
    int64_t direct = d->images.count;
    DDNI_TRY(sort_names(ctx, folders));
    DDNI_TRY(find_classes(ctx, d, folders));
    DDNI_CHECK(ctx, direct == 0 || d->images.count == direct, DDN_E_FORMAT,
               "%s: has images, and folders with images; which are meant? Name a folder of images "
               "alone, or one of folders, which are classes then",
               d->source.name);
    DDNI_CHECK(ctx, d->images.count > 0, DDN_E_FORMAT,
               "%s: a folder without .png or .jpg images, in it or in its folders", d->source.name);
    DDNI_TRY(sort_names(ctx, &d->images));
    return direct == 0 ? number_classes(ctx, d, folders) : DDN_OK;
}

/* ---- images ---- */

static ddn_status read_file(ddn_context *ctx, folder *d, ddni_source *s, uint8_t *out)
{
    int64_t got;
    DDNI_CHECK(ctx, s->size <= MOST_BYTES, DDN_E_FORMAT,
               "%s: an image of %lld bytes, at most %d are read", s->name, (long long)s->size,
               MOST_BYTES);
    DDNI_TRY(ddni_reserve(ctx, "an image file", s->size, 1, &d->file));
    DDNI_TRY(ddni_source_read(ctx, s, d->file, s->size, &got));
    return ddni_picture_read(ctx, s->name, d->file, got, &d->picture, out);
}

/* Image i to out, or what it is to d->picture. */
static ddn_status read_image(ddn_context *ctx, folder *d, int64_t i, uint8_t *out)
{
    char *path = NULL;
    ddni_source *s = NULL;
    DDNI_TRY(ddni_poll(ctx));
    DDNI_TRY(join(ctx, d->path, nth_name(&d->images, i), &path));
    ddn_status status = ddni_plain_open(ctx, path, (int64_t)strlen(path), &s);
    if (status == DDN_OK) {
        status = read_file(ctx, d, s, out);
    }
    ddni_source_close(s);
    ddni_free(d->al, path);
    return status;
}

static ddn_status folder_read(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count,
                              int64_t *got)
{
    folder *d = (folder *)s;
    uint8_t *to = buffer;
    int64_t left = s->size - d->at;
    *got = count < left ? count : left;
    const int64_t head = ddni_npy_take_head(d->head, d->head_bytes, d->at, *got, to);
    d->at += head;
    for (int64_t done = head, part; done < *got; done += part, d->at += part) {
        int64_t within = (d->at - d->head_bytes) % d->image_bytes;
        if (within == 0) {
            DDNI_TRY(read_image(ctx, d, d->next++, d->image));
        }
        part = d->image_bytes - within < *got - done ? d->image_bytes - within : *got - done;
        memcpy(to + done, d->image + within, (size_t)part);
    }
    return DDN_OK;
}

static ddn_status labels_read(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count,
                              int64_t *got)
{
    folder *d = (folder *)s;
    int64_t left = s->size - d->at;
    (void)ctx;
    *got = count < left ? count : left;
    const int64_t head = ddni_npy_take_head(d->head, d->head_bytes, d->at, *got, buffer);
    memcpy((uint8_t *)buffer + head, (uint8_t *)d->label + d->at + head - d->head_bytes,
           (size_t)(*got - head));
    d->at += *got;
    return DDN_OK;
}

static void folder_close(ddni_source *s)
{
    folder *d = (folder *)s;
    ddni_allocator al = s->allocator;
    free_names(&al, &d->images);
    ddni_free(&al, d->label);
    ddni_free(&al, d->image);
    ddni_free(&al, d->file);
    ddni_free(&al, d);
}

static const ddni_source_kind FOLDER = {folder_read, folder_close};
static const ddni_source_kind LABELS = {labels_read, folder_close};

/* ---- opening ---- */

static ddn_status open_images(ddn_context *ctx, folder *d)
{
    ddni_picture *p = &d->picture;
    DDNI_TRY(read_image(ctx, d, 0, NULL));
    d->image_bytes = ddni_picture_bytes(p);
    DDNI_CHECK(ctx, d->image_bytes / DDNI_DEFLATE_RATIO <= d->bytes / d->images.count, DDN_E_FORMAT,
               "%s: %lld images as large as the first are more than %lld bytes can hold",
               d->source.name, (long long)d->images.count, (long long)d->bytes);
    DDNI_TRY(ddni_alloc_for(ctx, "an image", d->image_bytes, 1, &d->image));
    const int64_t shape[] = {d->images.count, p->height, p->width, p->channels};
    d->head_bytes =
        ddni_npy_head(p->size == 1 ? "|u1" : ">u2", 0, p->channels == 1 ? 3 : 4, shape, d->head);
    d->source.size = d->head_bytes + d->images.count * d->image_bytes;
    d->source.labels = d->classes > 0 ? "" : NULL;
    d->source.whence = "its folders";
    return DDN_OK;
}

static ddn_status open_labels(ddn_context *ctx, folder *d)
{
    DDNI_CHECK(ctx, d->classes > 0, DDN_E_FORMAT,
               "%s: the images are in no folders, so there are no labels", d->source.name);
    d->source.kind = &LABELS;
    d->head_bytes = ddni_npy_head("<i4", 0, 1, &d->images.count, d->head);
    d->source.size = d->head_bytes + d->images.count * (int64_t)sizeof *d->label;
    return DDN_OK;
}

static ddn_status open_folder(ddn_context *ctx, folder *d, int32_t labels)
{
    names folders = {.text = {.ctx = ctx}};
    d->images.text.ctx = ctx;
    ddn_status status = find_images(ctx, d, &folders);
    free_names(d->al, &folders);
    DDNI_TRY(status);
    DDNI_TRY(labels ? open_labels(ctx, d) : open_images(ctx, d));
    d->source.most = d->source.size;
    return ddni_source_begin(ctx, &d->source);
}

ddn_status ddni_folder_open(ddn_context *ctx, const char *path, int32_t labels, ddni_source **out)
{
    folder *d = NULL;
    int64_t length = (int64_t)strlen(path);
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    DDNI_TRY(ddni_alloc_for(ctx, "a folder", 1, (int64_t)sizeof *d + length + 1, &d));
    memcpy(d->path, path, (size_t)length);
    d->source.kind = &FOLDER;
    d->source.allocator = *ddni_context_allocator(ctx);
    d->al = ddni_context_allocator(ctx);
    d->source.name = ddni_end_of_path(d->path);
    ddn_status status = open_folder(ctx, d, labels);
    if (status != DDN_OK) {
        folder_close(&d->source);
        return status;
    }
    *out = &d->source;
    return DDN_OK;
}
