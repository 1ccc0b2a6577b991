/* Opening, reading, mapping and recognising files. */
#include "dataset/formats/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"

enum {
    NAME_LENGTH = 240, /* of a path in an error text */
    HEAD = 64          /* bytes that tell the formats apart */
};

static ddn_status fail_errno(ddn_context *ctx, const char *name, const char *verb, int error)
{
    char text[128];
    if (strerror_r(error, text, sizeof text) != 0) {
        text[0] = '\0';
    }
    return ddni_fail(ctx, DDN_E_IO, "%s: cannot %s: %s (error %d)", name, verb, text, error);
}

static void file_close(ddni_file *f)
{
    if (f->fd >= 0) {
        close(f->fd);
        f->fd = -1;
    }
}

/* Opens a regular, non-empty file for reading. */
static ddn_status file_open(ddn_context *ctx, const char *path, ddni_file *f)
{
    size_t length = strlen(path);
    f->name = length > NAME_LENGTH ? path + (length - NAME_LENGTH) : path;
    /* O_NONBLOCK: a pipe is refused below instead of being waited for. */
    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (f->fd < 0) {
        return fail_errno(ctx, f->name, "open", errno);
    }
    struct stat st;
    ddn_status status = DDN_OK;
    if (fstat(f->fd, &st) != 0) {
        status = fail_errno(ctx, f->name, "inspect", errno);
    } else if (!S_ISREG(st.st_mode)) {
        status = ddni_fail(ctx, DDN_E_IO, "%s: not a regular file", f->name);
    } else if (st.st_size == 0) {
        status = ddni_fail(ctx, DDN_E_FORMAT, "%s: the file is empty", f->name);
    } else {
        f->bytes = (int64_t)st.st_size;
    }
    if (status != DDN_OK) {
        file_close(f);
    }
    return status;
}

ddn_status ddni_file_read(ddn_context *ctx, const ddni_file *f, int64_t offset, void *buffer,
                          int64_t count)
{
    char *to = buffer;
    while (count > 0) {
        int64_t part = count < (INT64_C(1) << 30) ? count : INT64_C(1) << 30;
        ssize_t got = pread(f->fd, to, (size_t)part, (off_t)offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail_errno(ctx, f->name, "read", errno);
        }
        DDNI_CHECK(ctx, got > 0, DDN_E_IO, "%s: the file ends at byte %lld", f->name,
                   (long long)offset);
        to += got;
        offset += got;
        count -= got;
    }
    return DDN_OK;
}

ddn_status ddni_file_check_size(ddn_context *ctx, const ddni_file *f, const char *promise,
                                int64_t need, int64_t have)
{
    DDNI_CHECK(ctx, have == need, DDN_E_FORMAT, "%s: %s: %s %lld bytes, the file holds %lld",
               f->name, have < need ? "truncated" : "too long", promise, (long long)need,
               (long long)have);
    return DDN_OK;
}

ddn_status ddni_file_map(ddn_context *ctx, const ddni_file *f, int64_t offset, ddn_type type,
                         int64_t n, int64_t d, int64_t ld, ddn_dataset **out)
{
    *out = NULL;
    void *map = mmap(NULL, (size_t)f->bytes, PROT_READ, MAP_PRIVATE, f->fd, 0);
    if (map == MAP_FAILED) {
        return fail_errno(ctx, f->name, "map", errno);
    }
    ddni_storage *storage;
    ddn_status status = ddni_storage_adopt_map(ctx, map, f->bytes, &storage);
    if (status != DDN_OK) {
        munmap(map, (size_t)f->bytes);
        return status;
    }
    status =
        ddni_dataset_wrap(ctx, f->name, storage, (const char *)map + offset, type, n, d, ld, out);
    if (status != DDN_OK) {
        ddni_storage_release(storage);
    }
    return status;
}

/* By content. The IDX magic is also a possible beginning of a CIFAR batch (a dark first picture),
 * so there the sizes decide. */
static ddn_status detect(ddn_context *ctx, const ddni_file *f, ddn_format *format)
{
    uint8_t head[HEAD];
    int64_t count = f->bytes < HEAD ? f->bytes : HEAD;
    DDNI_TRY(ddni_file_read(ctx, f, 0, head, count));
    int records = f->bytes % DDNI_CIFAR_RECORD == 0;
    if (ddni_npy_looks_like(head, count)) {
        *format = DDN_FORMAT_NPY;
    } else if (ddni_idx_looks_like(head, count) &&
               !(records && head[0] == 0 && !ddni_idx_fits(head, count, f->bytes))) {
        *format = DDN_FORMAT_IDX;
    } else if (records) {
        *format = DDN_FORMAT_CIFAR10;
    } else {
        return ddni_fail(ctx, DDN_E_FORMAT, "%s: neither .npy, IDX, gzip nor CIFAR-10 records",
                         f->name);
    }
    return DDN_OK;
}

ddn_status ddn_dataset_open(ddn_context *ctx, const char *path, ddn_format format,
                            ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, path);
    DDNI_CHECK(ctx, format >= DDN_FORMAT_AUTO && format <= DDN_FORMAT_CIFAR10, DDN_E_RANGE,
               "argument format = %d is no ddn_format", (int)format);
    ddni_file f;
    DDNI_TRY(file_open(ctx, path, &f));
    ddn_status status = DDN_OK;
    if (format == DDN_FORMAT_AUTO) {
        status = detect(ctx, &f, &format);
    }
    if (status == DDN_OK) {
        status = format == DDN_FORMAT_NPY   ? ddni_npy_open(ctx, &f, out)
                 : format == DDN_FORMAT_IDX ? ddni_idx_open(ctx, &f, out)
                                            : ddni_cifar_open(ctx, &f, out);
    }
    file_close(&f);
    return status;
}

static ddn_status read_labels(ddn_context *ctx, const ddni_file *f, int64_t n, int32_t *label)
{
    uint8_t head[HEAD];
    int64_t count = f->bytes < HEAD ? f->bytes : HEAD;
    DDNI_TRY(ddni_file_read(ctx, f, 0, head, count));
    if (ddni_npy_looks_like(head, count)) {
        return ddni_npy_labels(ctx, f, n, label);
    }
    return ddni_idx_labels(ctx, f, n, label);
}

ddn_status ddn_dataset_labelled_from_file(ddn_context *ctx, const ddn_dataset *ds, const char *path,
                                          ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, ds);
    DDNI_CHECK_PTR(ctx, path);
    ddni_file f;
    int32_t *label = NULL;
    DDNI_TRY(file_open(ctx, path, &f));
    ddn_status status = ddni_alloc_for(ctx, "labels", ds->n, sizeof *label, &label);
    if (status == DDN_OK) {
        status = read_labels(ctx, &f, ds->n, label);
    }
    file_close(&f);
    if (status == DDN_OK) {
        status = ddni_dataset_with_labels(ctx, ds, label, out);
    }
    ddni_free(ddni_context_allocator(ctx), label);
    return status;
}
