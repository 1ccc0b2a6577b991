/* The operating system: Windows. Paths are UTF-8. Symbolic links are not
 * followed where a file is replaced: the link becomes the file. */
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <string.h>
#include <sys/stat.h>

#include <windows.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/os.h"

enum {
    AT_ONCE = 1 << 24, /* bytes read or written between two looks */
    ATTEMPTS = 100     /* at the name of a temporary file */
};

static ddn_status fail_errno(ddn_context *ctx, const char *name, const char *verb, int error)
{
    char text[128];
    if (strerror_s(text, sizeof text, error) != 0) {
        text[0] = '\0';
    }
    return ddni_fail(ctx, DDN_E_IO, "%s: cannot %s: %s (error %d)", name, verb, text, error);
}

/* The path as Windows takes it; to be freed. */
static ddn_status widen(ddn_context *ctx, const char *path, wchar_t **out)
{
    *out = NULL;
    int count = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0);
    DDNI_CHECK(ctx, count > 0, DDN_E_IO, "%s: the name is not UTF-8", ddni_end_of_path(path));
    DDNI_TRY(ddni_alloc_for(ctx, "name of a file", count, sizeof **out, out));
    MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, *out, count);
    return DDN_OK;
}

void ddni_file_close(ddni_file *f)
{
    if (f->fd >= 0) {
        _close(f->fd);
        f->fd = -1;
    }
}

ddn_status ddni_file_open(ddn_context *ctx, const char *path, ddni_file *f)
{
    wchar_t *wide = NULL;
    struct _stat64 st;
    f->name = ddni_end_of_path(path);
    f->fd = -1;
    ddn_status status;
    DDNI_TRY(widen(ctx, path, &wide));
    /* First, since a folder cannot be opened. */
    if (_wstat64(wide, &st) == 0 && (st.st_mode & _S_IFMT) != _S_IFREG) {
        status = ddni_fail(ctx, DDN_E_IO, "%s: not a regular file", f->name);
    } else {
        int error = _wsopen_s(&f->fd, wide, _O_RDONLY | _O_BINARY | _O_NOINHERIT, _SH_DENYNO, 0);
        status = error == 0 ? DDN_OK : fail_errno(ctx, f->name, "open", error);
    }
    ddni_free(ddni_context_allocator(ctx), wide);
    DDNI_TRY(status);
    if (_fstat64(f->fd, &st) != 0) {
        status = fail_errno(ctx, f->name, "inspect", errno);
    } else if ((st.st_mode & _S_IFMT) != _S_IFREG) {
        status = ddni_fail(ctx, DDN_E_IO, "%s: not a regular file", f->name);
    } else if (st.st_size == 0) {
        status = ddni_fail(ctx, DDN_E_FORMAT, "%s: the file is empty", f->name);
    } else {
        f->bytes = (int64_t)st.st_size;
    }
    if (status != DDN_OK) {
        ddni_file_close(f);
    }
    return status;
}

ddn_status ddni_file_read(ddn_context *ctx, const ddni_file *f, int64_t offset, void *buffer,
                          int64_t count, ddni_look_fn look)
{
    char *to = buffer;
    HANDLE handle = (HANDLE)_get_osfhandle(f->fd); /* which can read at an offset */
    while (count > 0) {
        int64_t part = count < AT_ONCE ? count : AT_ONCE;
        OVERLAPPED at = {0};
        DWORD got = 0;
        at.Offset = (DWORD)(offset & 0xffffffff);
        at.OffsetHigh = (DWORD)(offset >> 32);
        DDNI_TRY(look(ctx));
        if (!ReadFile(handle, to, (DWORD)part, &got, &at)) {
            DWORD error = GetLastError();
            DDNI_CHECK(ctx, error == ERROR_HANDLE_EOF, DDN_E_IO,
                       "%s: cannot read: Windows reports %lu", f->name, error);
        }
        DDNI_CHECK(ctx, got > 0, DDN_E_IO, "%s: the file ends at byte %lld", f->name,
                   (long long)offset);
        to += got;
        offset += got;
        count -= got;
    }
    return DDN_OK;
}

static ddn_status write_all(ddn_context *ctx, const ddni_file *f, const void *bytes, int64_t count,
                            ddni_look_fn look)
{
    const char *from = bytes;
    while (count > 0) {
        int64_t part = count < AT_ONCE ? count : AT_ONCE;
        DDNI_TRY(look(ctx));
        int done = _write(f->fd, from, (unsigned)part);
        if (done < 0) {
            return fail_errno(ctx, f->name, "write", errno);
        }
        from += done;
        count -= done;
    }
    return _commit(f->fd) == 0 ? DDN_OK : fail_errno(ctx, f->name, "write", errno);
}

/* Opens a new file beside `path`; its name goes to temporary[strlen(path) +
 * DDNI_TEMPORARY], and to *wide, to be freed. */
static ddn_status open_beside(ddn_context *ctx, const char *path, char *temporary, wchar_t **wide,
                              ddni_file *f)
{
    uint64_t number = (uint64_t)ddni_nanoseconds();
    int error = EEXIST;
    for (int attempt = 0; attempt < ATTEMPTS && error == EEXIST; attempt++) {
        ddni_free(ddni_context_allocator(ctx), *wide);
        ddni_temporary_name(path, number, temporary);
        DDNI_TRY(widen(ctx, temporary, wide));
        error = _wsopen_s(&f->fd, *wide, _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT,
                          _SH_DENYNO, _S_IREAD | _S_IWRITE);
        number += DDNI_NEXT_NUMBER;
    }
    return error == 0 ? DDN_OK : fail_errno(ctx, f->name, "write", error);
}

/* Writes and closes the open file, then gives it its name. */
static ddn_status fill(ddn_context *ctx, ddni_file *f, const wchar_t *from, const wchar_t *to,
                       const void *bytes, int64_t count, ddni_look_fn look)
{
    ddn_status status = write_all(ctx, f, bytes, count, look);
    if (_close(f->fd) != 0 && status == DDN_OK) {
        status = fail_errno(ctx, f->name, "write", errno);
    }
    if (status == DDN_OK &&
        !MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
        status = ddni_fail(ctx, DDN_E_IO, "%s: cannot write: Windows reports %lu", f->name,
                           GetLastError());
    }
    if (status != DDN_OK) {
        _wunlink(from);
    }
    return status;
}

ddn_status ddni_file_replace(ddn_context *ctx, const char *path, const void *bytes, int64_t count,
                             ddni_look_fn look)
{
    const ddni_allocator *al = ddni_context_allocator(ctx);
    wchar_t *target = NULL, *wide = NULL;
    char *temporary = NULL;
    ddni_file f = {ddni_end_of_path(path), -1, 0};
    struct _stat64 st;
    ddn_status status;
    DDNI_TRY_GOTO(widen(ctx, path, &target), done);
    if (_wstat64(target, &st) == 0 && (st.st_mode & _S_IFMT) != _S_IFREG) {
        status = ddni_fail(ctx, DDN_E_IO, "%.200s: is not a regular file: cannot write it", path);
        goto done;
    }
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "name of a file", (int64_t)strlen(path) + DDNI_TEMPORARY, 1,
                                 &temporary),
                  done);
    DDNI_TRY_GOTO(open_beside(ctx, path, temporary, &wide, &f), done);
    status = fill(ctx, &f, wide, target, bytes, count, look);
done:
    ddni_free(al, temporary);
    ddni_free(al, wide);
    ddni_free(al, target);
    return status;
}

int64_t ddni_nanoseconds(void)
{
    LARGE_INTEGER now, second;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&second);
    int64_t whole = now.QuadPart / second.QuadPart, rest = now.QuadPart % second.QuadPart;
    return whole * 1000000000 + rest * 1000000000 / second.QuadPart;
}

void ddni_pause(void)
{
    Sleep(1); /* there is nothing shorter that lets time pass */
}

int64_t ddni_process(void)
{
    return (int64_t)GetCurrentProcessId();
}

int32_t ddni_thread_start(pthread_t *thread, void *(*body)(void *), void *arg)
{
    return pthread_create(thread, NULL, body, arg) == 0;
}
