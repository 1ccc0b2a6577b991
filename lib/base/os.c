/* The operating system: POSIX. os_windows.c is the other one. */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/check.h"

enum {
    AT_ONCE = 1 << 24, /* bytes read or written between two looks */
    ATTEMPTS = 100     /* at the name of a temporary file */
};

static ddn_status fail_errno(ddn_context *ctx, const char *name, const char *verb, int error)
{
    char text[128];
    if (strerror_r(error, text, sizeof text) != 0) {
        text[0] = '\0';
    }
    return ddni_fail(ctx, DDN_E_IO, "%s: cannot %s: %s (error %d)", name, verb, text, error);
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
        ddni_file_close(f);
    }
    return status;
}

ddn_status ddni_file_read(ddn_context *ctx, const ddni_file *f, int64_t offset, void *buffer,
                          int64_t count, ddni_look_fn look)
{
    char *to = buffer;
    while (count > 0) {
        int64_t part = count < AT_ONCE ? count : AT_ONCE;
        DDNI_TRY(look(ctx));
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

static ddn_status write_all(ddn_context *ctx, const ddni_file *f, const void *bytes, int64_t count,
                            ddni_look_fn look)
{
    const char *from = bytes;
    while (count > 0) {
        int64_t part = count < AT_ONCE ? count : AT_ONCE;
        DDNI_TRY(look(ctx));
        ssize_t done = write(f->fd, from, (size_t)part);
        if (done < 0 && errno != EINTR) {
            return fail_errno(ctx, f->name, "write", errno);
        }
        from += done < 0 ? 0 : done;
        count -= done < 0 ? 0 : done;
    }
    return fsync(f->fd) == 0 ? DDN_OK : fail_errno(ctx, f->name, "write", errno);
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
        return errno == ENOENT ? DDN_OK : fail_errno(ctx, path, "write", errno);
    }
    if (S_ISLNK(st.st_mode) && (realpath(path, target) == NULL || stat(target, &st) != 0)) {
        return fail_errno(ctx, path, "write", errno);
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
    for (int attempt = 0; attempt < ATTEMPTS; attempt++, number += DDNI_NEXT_NUMBER) {
        ddni_temporary_name(path, number, temporary);
        f->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (f->fd >= 0 || errno != EEXIST) {
            break;
        }
    }
    return f->fd >= 0 ? DDN_OK : fail_errno(ctx, f->name, "write", errno);
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
    status = write_all(ctx, &f, bytes, count, look);
    if (status == DDN_OK && mode != 0 && fchmod(f.fd, mode) != 0) {
        status = fail_errno(ctx, f.name, "write", errno);
    }
    if (close(f.fd) != 0 && status == DDN_OK) {
        status = fail_errno(ctx, f.name, "write", errno);
    }
    if (status == DDN_OK && rename(temporary, path) != 0) {
        status = fail_errno(ctx, f.name, "write", errno);
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
