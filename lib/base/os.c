/* The operating system: POSIX. */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

enum {
    NAME_LENGTH = 240 /* of a path in an error text */
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
        ddni_file_close(f);
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

ddn_status ddni_file_map(ddn_context *ctx, const ddni_file *f, void **map)
{
    *map = mmap(NULL, (size_t)f->bytes, PROT_READ, MAP_PRIVATE, f->fd, 0);
    if (*map == MAP_FAILED) {
        *map = NULL;
        return fail_errno(ctx, f->name, "map", errno);
    }
    return DDN_OK;
}

void ddni_file_unmap(void *map, int64_t bytes)
{
    munmap(map, (size_t)bytes);
}

int64_t ddni_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
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
