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
    LONGEST = 1 << 15 /* of paths that Windows takes */
};

void ddni_error_text(int error, char text[DDNI_ERROR_TEXT])
{
    if (strerror_s(text, DDNI_ERROR_TEXT, error) != 0) {
        text[0] = '\0';
    }
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

static int32_t is_file(const struct _stat64 *st)
{
    return (st->st_mode & _S_IFMT) == _S_IFREG;
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
    if (_wstat64(wide, &st) == 0 && !is_file(&st)) {
        status = ddni_file_accept(ctx, f, 0, 0);
    } else {
        int error = _wsopen_s(&f->fd, wide, _O_RDONLY | _O_BINARY | _O_NOINHERIT, _SH_DENYNO, 0);
        status = error == 0 ? DDN_OK : ddni_file_fail(ctx, f->name, "open", error);
    }
    ddni_free(ddni_context_allocator(ctx), wide);
    DDNI_TRY(status);
    if (_fstat64(f->fd, &st) != 0) {
        status = ddni_file_fail(ctx, f->name, "inspect", errno);
        ddni_file_close(f);
        return status;
    }
    return ddni_file_accept(ctx, f, is_file(&st), (int64_t)st.st_size);
}

ddn_status ddni_file_read_part(ddn_context *ctx, const ddni_file *f, int64_t offset, void *to,
                               int64_t *count)
{
    HANDLE handle = (HANDLE)_get_osfhandle(f->fd); /* which can read at an offset */
    OVERLAPPED at = {0};
    DWORD got = 0;
    at.Offset = (DWORD)(offset & 0xffffffff);
    at.OffsetHigh = (DWORD)(offset >> 32);
    if (!ReadFile(handle, to, (DWORD)*count, &got, &at)) {
        DWORD error = GetLastError();
        DDNI_CHECK(ctx, error == ERROR_HANDLE_EOF, DDN_E_IO, "%s: cannot read: Windows reports %lu",
                   f->name, error);
    }
    *count = got;
    return DDN_OK;
}

ddn_status ddni_file_map(ddn_context *ctx, const ddni_file *f, ddni_map *map)
{
    struct _stat64 st;
    HANDLE whole =
        CreateFileMappingW((HANDLE)_get_osfhandle(f->fd), NULL, PAGE_READONLY, 0, 0, NULL);
    const void *at = whole != NULL ? MapViewOfFile(whole, FILE_MAP_READ, 0, 0, 0) : NULL;
    DWORD error = GetLastError();
    if (whole != NULL) {
        CloseHandle(whole);
    }
    DDNI_CHECK(ctx, at != NULL, DDN_E_IO, "%s: cannot map: Windows reports %lu", f->name, error);
    map->fd = _dup(f->fd);
    if (map->fd < 0 || _fstat64(map->fd, &st) != 0) {
        int failure = errno;
        UnmapViewOfFile(at);
        if (map->fd >= 0) {
            _close(map->fd);
        }
        return ddni_file_fail(ctx, f->name, "map", failure);
    }
    map->at = at;
    map->bytes = f->bytes;
    map->modified = (int64_t)st.st_mtime;
    return DDN_OK;
}

void ddni_file_unmap(ddni_map *map)
{
    if (map->at != NULL) {
        UnmapViewOfFile(map->at);
        _close(map->fd);
        map->at = NULL;
    }
}

int32_t ddni_file_changed(const ddni_map *map)
{
    struct _stat64 st;
    return _fstat64(map->fd, &st) != 0 || (int64_t)st.st_size != map->bytes ||
           (int64_t)st.st_mtime != map->modified;
}

/* The system reads ahead by itself where bytes are looked at in order. */
void ddni_file_ahead(const ddni_map *map, int64_t first, int64_t count)
{
    (void)map;
    (void)first;
    (void)count;
}

/* Large pages need a privilege that users lack. */
void ddni_memory_is_large(void *block, int64_t bytes)
{
    (void)block;
    (void)bytes;
}

ddn_status ddni_file_write_part(ddn_context *ctx, const ddni_file *f, const void *from,
                                int64_t *count)
{
    int done = _write(f->fd, from, (unsigned)*count);
    *count = done;
    return done >= 0 ? DDN_OK : ddni_file_fail(ctx, f->name, "write", errno);
}

int32_t ddni_is_folder(const char *path)
{
    wchar_t wide[LONGEST];
    struct _stat64 st;
    return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, LONGEST) > 0 &&
           _wstat64(wide, &st) == 0 && (st.st_mode & _S_IFMT) == _S_IFDIR;
}

/* What no UTF-8 is becomes U+FFFD, a name that no file has: it cannot be opened, not overlooked. */
static ddn_status take_entry(ddn_context *ctx, const WIN32_FIND_DATAW *found, ddni_entry_fn fn,
                             void *user)
{
    char name[4 * MAX_PATH];
    int64_t bytes = (int64_t)found->nFileSizeHigh << 32 | found->nFileSizeLow;
    if (WideCharToMultiByte(CP_UTF8, 0, found->cFileName, -1, name, sizeof name, NULL, NULL) == 0 ||
        name[0] == '.') {
        return DDN_OK;
    }
    return fn(ctx, name, (found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0, bytes, user);
}

ddn_status ddni_folder_read(ddn_context *ctx, const char *path, ddni_entry_fn fn, void *user)
{
    const ddni_allocator *al = ddni_context_allocator(ctx);
    WIN32_FIND_DATAW found;
    char *all = NULL;
    wchar_t *wide = NULL;
    int64_t length = (int64_t)strlen(path);
    ddn_status status;
    DDNI_TRY(ddni_alloc_for(ctx, "name of a folder", length + 3, 1, &all));
    memcpy(all, path, (size_t)length);
    memcpy(all + length, "/*", 3);
    DDNI_TRY_GOTO(widen(ctx, all, &wide), done);
    HANDLE folder = FindFirstFileW(wide, &found);
    DWORD error = folder == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
    while (status == DDN_OK && error == ERROR_SUCCESS) {
        status = take_entry(ctx, &found, fn, user);
        error = FindNextFileW(folder, &found) ? ERROR_SUCCESS : GetLastError();
    }
    if (status == DDN_OK && error != ERROR_NO_MORE_FILES) {
        status = ddni_fail(ctx, DDN_E_IO, "%s: cannot read: Windows reports %lu",
                           ddni_end_of_path(path), error);
    }
    if (folder != INVALID_HANDLE_VALUE) {
        FindClose(folder);
    }
done:
    ddni_free(al, wide);
    ddni_free(al, all);
    return status;
}

/* Opens a new file beside `path`; its name goes to temporary[strlen(path) +
 * DDNI_TEMPORARY], and to *wide, to be freed. */
static ddn_status open_beside(ddn_context *ctx, const char *path, char *temporary, wchar_t **wide,
                              ddni_file *f)
{
    uint64_t number = (uint64_t)ddni_nanoseconds();
    int error = EEXIST;
    for (int attempt = 0; attempt < DDNI_ATTEMPTS && error == EEXIST; attempt++) {
        ddni_free(ddni_context_allocator(ctx), *wide);
        ddni_temporary_name(path, number, temporary);
        DDNI_TRY(widen(ctx, temporary, wide));
        error = _wsopen_s(&f->fd, *wide, _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT,
                          _SH_DENYNO, _S_IREAD | _S_IWRITE);
        number += DDNI_NEXT_NUMBER;
    }
    return error == 0 ? DDN_OK : ddni_file_fail(ctx, f->name, "write", error);
}

/* Writes and closes the open file, then gives it its name. */
static ddn_status fill(ddn_context *ctx, ddni_file *f, const wchar_t *from, const wchar_t *to,
                       const void *bytes, int64_t count, ddni_look_fn look)
{
    ddn_status status = ddni_file_write(ctx, f, bytes, count, look);
    if (status == DDN_OK && _commit(f->fd) != 0) {
        status = ddni_file_fail(ctx, f->name, "write", errno);
    }
    if (_close(f->fd) != 0 && status == DDN_OK) {
        status = ddni_file_fail(ctx, f->name, "write", errno);
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
    if (_wstat64(target, &st) == 0 && !is_file(&st)) {
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
