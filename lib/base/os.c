/* The operating system: POSIX. os_windows.c is the other one. */
#include "base/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/message.h"

void ddni_error_text(int error, char text[DDNI_ERROR_TEXT])
{
    if (strerror_r(error, text, DDNI_ERROR_TEXT) != 0) {
        text[0] = '\0';
    }
}

void ddni_file_close(ddni_file *f)
{
    if (f->fd >= 0) {
        close(f->fd);
        f->fd = -1;
    }
}

ddn_status ddni_file_open(ddn_context *ctx, const char *path, ddni_file *f)
{
    f->name = ddni_end_of_path(path);
    /* O_NONBLOCK: a pipe is refused below instead of being waited for. */
    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (f->fd < 0) {
        return ddni_file_fail(ctx, f->name, "open", errno);
    }
    struct stat st;
    if (fstat(f->fd, &st) != 0) {
        ddn_status status = ddni_file_fail(ctx, f->name, "inspect", errno);
        ddni_file_close(f);
        return status;
    }
    return ddni_file_accept(ctx, f, S_ISREG(st.st_mode), (int64_t)st.st_size);
}

ddn_status ddni_file_read_part(ddn_context *ctx, const ddni_file *f, int64_t offset, void *to,
                               int64_t *count)
{
    ssize_t got;
    do {
        got = pread(f->fd, to, (size_t)*count, (off_t)offset);
    } while (got < 0 && errno == EINTR);
    *count = got;
    return got >= 0 ? DDN_OK : ddni_file_fail(ctx, f->name, "read", errno);
}

static int64_t time_of_change(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

ddn_status ddni_file_map(ddn_context *ctx, const ddni_file *f, ddni_map *map)
{
    struct stat st;
    map->fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
    if (map->fd < 0 || fstat(map->fd, &st) != 0) {
        int error = errno;
        if (map->fd >= 0) {
            close(map->fd);
        }
        return ddni_file_fail(ctx, f->name, "map", error);
    }
    void *at = mmap(NULL, (size_t)f->bytes, PROT_READ, MAP_SHARED, map->fd, 0);
    if (at == MAP_FAILED) {
        int error = errno;
        close(map->fd);
        return ddni_file_fail(ctx, f->name, "map", error);
    }
    map->at = at;
    map->bytes = f->bytes;
    map->modified = time_of_change(&st);
    return DDN_OK;
}

void ddni_file_unmap(ddni_map *map)
{
    if (map->at != NULL) {
        munmap((void *)(uintptr_t)map->at, (size_t)map->bytes);
        close(map->fd);
        map->at = NULL;
    }
}

int32_t ddni_file_changed(const ddni_map *map)
{
    struct stat st;
    return fstat(map->fd, &st) != 0 || (int64_t)st.st_size != map->bytes ||
           time_of_change(&st) != map->modified;
}

void ddni_file_ahead(const ddni_map *map, int64_t first, int64_t count)
{
    int64_t page = sysconf(_SC_PAGESIZE), skip = first % page;
    madvise((void *)(uintptr_t)(map->at + first - skip), (size_t)(count + skip), MADV_WILLNEED);
}

void ddni_memory_is_large(void *block, int64_t bytes)
{
#if defined(MADV_HUGEPAGE)
    const uintptr_t page = 1 << 21;
    const uintptr_t start = ((uintptr_t)block + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)block + (uintptr_t)bytes) / page * page;
    if (end > start) {
        madvise((void *)start, end - start, MADV_HUGEPAGE);
    }
#else
    (void)block;
    (void)bytes;
#endif
}

ddn_status ddni_file_write_part(ddn_context *ctx, const ddni_file *f, const void *from,
                                int64_t *count)
{
    ssize_t done;
    do {
        done = write(f->fd, from, (size_t)*count);
    } while (done < 0 && errno == EINTR);
    *count = done;
    return done >= 0 ? DDN_OK : ddni_file_fail(ctx, f->name, "write", errno);
}

int32_t ddni_is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A link that leads nowhere may have been one to a file or a folder. */
static ddn_status take_entry(ddn_context *ctx, const char *path, int folder, const char *name,
                             ddni_entry_fn fn, void *user)
{
    struct stat st;
    if (name[0] == '.') {
        return DDN_OK;
    }
    if (fstatat(folder, name, &st, 0) == 0) {
        return fn(ctx, name, S_ISDIR(st.st_mode), (int64_t)st.st_size, user);
    }
    char whole[2 * NAME_MAX]; /* the end of a path has at most 240 bytes */
    const int error = errno;
    ddni_say(whole, sizeof whole, "%s/%s", ddni_end_of_path(path), name);
    return ddni_file_fail(ctx, whole, "open", error);
}

ddn_status ddni_folder_read(ddn_context *ctx, const char *path, ddni_entry_fn fn, void *user)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    ddn_status status = DDN_OK;
    if (folder == NULL) {
        return ddni_file_fail(ctx, ddni_end_of_path(path), "open", errno);
    }
    while (status == DDN_OK && (errno = 0, entry = readdir(folder)) != NULL) {
        status = take_entry(ctx, path, dirfd(folder), entry->d_name, fn, user);
    }
    if (status == DDN_OK && errno != 0) {
        status = ddni_file_fail(ctx, ddni_end_of_path(path), "read", errno);
    }
    closedir(folder);
    return status;
}

/* Where a file of that name is to be written: the target of a symbolic link, not the link. Refuses
 * what is no file. *mode: its permissions, or those of a new file. */
static ddn_status find_target(ddn_context *ctx, const char *path, char target[PATH_MAX],
                              mode_t *mode)
{
    struct stat st;
    *mode = 0;
    target[0] = '\0';
    if (lstat(path, &st) != 0) {
        return errno == ENOENT ? DDN_OK : ddni_file_fail(ctx, path, "write", errno);
    }
    if (S_ISLNK(st.st_mode) && (realpath(path, target) == NULL || stat(target, &st) != 0)) {
        return ddni_file_fail(ctx, path, "write", errno);
    }
    DDNI_CHECK(ctx, S_ISREG(st.st_mode), DDN_E_IO, "%.200s: is not a regular file: cannot write it",
               path);
    *mode = st.st_mode & 07777;
    return DDN_OK;
}

/* Opens a new file beside `path`; its name goes to temporary[strlen(path) + DDNI_TEMPORARY]. */
static ddn_status open_beside(ddn_context *ctx, const char *path, char *temporary, ddni_file *f)
{
    uint64_t number = (uint64_t)ddni_nanoseconds();
    for (int attempt = 0; attempt < DDNI_ATTEMPTS; attempt++, number += DDNI_NEXT_NUMBER) {
        ddni_temporary_name(path, number, temporary);
        f->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (f->fd >= 0 || errno != EEXIST) {
            break;
        }
    }
    return f->fd >= 0 ? DDN_OK : ddni_file_fail(ctx, f->name, "write", errno);
}

/* The name of a file is safe when its folder is on the disk. Not all systems can do that. */
static void sync_folder(const char *path, char *folder)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    memcpy(folder, path, length);
    folder[length] = '\0';
    int fd = open(length > 0 ? folder : ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

ddn_status ddni_file_replace(ddn_context *ctx, const char *path, const void *bytes, int64_t count,
                             ddni_look_fn look)
{
    char target[PATH_MAX];
    mode_t mode;
    DDNI_TRY(find_target(ctx, path, target, &mode));
    path = target[0] != '\0' ? target : path;
    char *temporary = NULL;
    ddni_file f = {ddni_end_of_path(path), -1, 0};
    ddn_status status;
    DDNI_TRY(ddni_alloc_for(ctx, "name of a file", (int64_t)strlen(path) + DDNI_TEMPORARY, 1,
                            &temporary));
    DDNI_TRY_GOTO(open_beside(ctx, path, temporary, &f), fail);
    status = ddni_file_write(ctx, &f, bytes, count, look);
    if (status == DDN_OK && fsync(f.fd) != 0) {
        status = ddni_file_fail(ctx, f.name, "write", errno);
    }
    if (status == DDN_OK && mode != 0 && fchmod(f.fd, mode) != 0) {
        status = ddni_file_fail(ctx, f.name, "write", errno);
    }
    if (close(f.fd) != 0 && status == DDN_OK) {
        status = ddni_file_fail(ctx, f.name, "write", errno);
    }
    if (status == DDN_OK && rename(temporary, path) != 0) {
        status = ddni_file_fail(ctx, f.name, "write", errno);
    }
    if (status == DDN_OK) {
        sync_folder(path, temporary);
    } else {
        unlink(temporary);
    }
fail:
    ddni_free(ddni_context_allocator(ctx), temporary);
    return status;
}

int64_t ddni_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void ddni_pause(void)
{
    struct timespec moment = {0, 50000};
    nanosleep(&moment, NULL);
}

int64_t ddni_process(void)
{
    return getpid();
}

int32_t ddni_thread_start(pthread_t *thread, void *(*body)(void *), void *arg)
{
    /* A thread inherits the mask of the one that starts it. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(thread, NULL, body, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0;
}
