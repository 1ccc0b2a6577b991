/* Files, as far as they are the same for all systems: one thing in two parts, of which os.c or
 * os_windows.c is the other one. */
#include <string.h>

#include "base/check.h"
#include "base/os.h"

enum {
    AT_ONCE = 1 << 24, /* bytes read or written between two looks */
    NAME_LENGTH = 240, /* of a path in an error text */
    NAME_KEPT = 100    /* bytes of a name of a file that its temporary one shows */
};

const char *ddni_end_of_path(const char *path)
{
    size_t length = strlen(path);
    return length > NAME_LENGTH ? path + (length - NAME_LENGTH) : path;
}

static const char *last_separator(const char *path)
{
    const char *last = strrchr(path, '/');
#if defined(_WIN32)
    const char *other = strrchr(path, '\\');
    last = other != NULL && (last == NULL || other > last) ? other : last;
#endif
    return last;
}

void ddni_temporary_name(const char *path, uint64_t number, char *temporary)
{
    const char *slash = last_separator(path);
    size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1, length = strlen(path);
    if (length > folder + NAME_KEPT) {
        length = folder + NAME_KEPT;
        while (length > folder && ((unsigned char)path[length] & 0xc0) == 0x80) {
            length--; /* not amid a character of UTF-8 */
        }
    }
    for (size_t i = 0; i < length; i++) {
        temporary[i] = path[i];
    }
    memcpy(temporary + length, ".part-0123456789abcdef", DDNI_TEMPORARY);
    for (int i = 0; i < 16; i++) {
        temporary[length + 6 + (size_t)i] = "0123456789abcdef"[number >> (4 * i) & 15];
    }
}

ddn_status ddni_file_fail(ddn_context *ctx, const char *name, const char *verb, int error)
{
    char text[DDNI_ERROR_TEXT];
    ddni_error_text(error, text);
    return ddni_fail(ctx, DDN_E_IO, "%s: cannot %s: %s (error %d)", name, verb, text, error);
}

ddn_status ddni_file_accept(ddn_context *ctx, ddni_file *f, int32_t regular, int64_t bytes)
{
    ddn_status status = DDN_OK;
    f->bytes = bytes;
    if (!regular) {
        status = ddni_fail(ctx, DDN_E_IO, "%s: not a regular file", f->name);
    } else if (bytes == 0) {
        status = ddni_fail(ctx, DDN_E_FORMAT, "%s: the file is empty", f->name);
    }
    if (status != DDN_OK) {
        ddni_file_close(f);
    }
    return status;
}

ddn_status ddni_file_read(ddn_context *ctx, const ddni_file *f, int64_t offset, void *buffer,
                          int64_t count, ddni_look_fn look)
{
    for (char *to = buffer; count > 0;) {
        int64_t part = count < AT_ONCE ? count : AT_ONCE;
        DDNI_TRY(look(ctx));
        DDNI_TRY(ddni_file_read_part(ctx, f, offset, to, &part));
        DDNI_CHECK(ctx, part > 0, DDN_E_IO, "%s: the file ends at byte %lld", f->name,
                   (long long)offset);
        to += part;
        offset += part;
        count -= part;
    }
    return DDN_OK;
}

ddn_status ddni_file_write(ddn_context *ctx, const ddni_file *f, const void *bytes, int64_t count,
                           ddni_look_fn look)
{
    for (const char *from = bytes; count > 0;) {
        int64_t part = count < AT_ONCE ? count : AT_ONCE;
        DDNI_TRY(look(ctx));
        DDNI_TRY(ddni_file_write_part(ctx, f, from, &part));
        from += part;
        count -= part;
    }
    return DDN_OK;
}
