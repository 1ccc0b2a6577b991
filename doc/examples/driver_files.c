/* The drivers' one way to write a file: all of it or nothing. It goes to a temporary file in the
 * same folder, onto the disk, and only then to its name, so that whatever ends the program leaves
 * the last good one. See driver.h. */
#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME_KEPT = 100 /* bytes of a name that its temporary one shows */
};

struct drv_file {
    FILE *stream;
    const char *path;   /* as the caller named it */
    const char *target; /* the same behind symbolic links */
    char *temporary;    /* NULL: target is no regular file, such as a pipe, and is written itself */
    int exists;         /* before, with these permissions: */
    mode_t mode;
    const char *columns; /* of a CSV, else NULL */
    drv_file *next;
};
static drv_file *unfinished; /* those that are open */

static _Noreturn void write_failed(const drv_file *file)
{
    drv_die("cannot write %s: %s", file->path, strerror(errno));
}

/* Beside target; short whatever the name, and another one in each process. */
static char *temporary_name(const char *target)
{
    const char *name = drv_base_name(target);
    const size_t folder = (size_t)(name - target), size = strlen(target) + 32;
    size_t kept = strlen(name) < NAME_KEPT ? strlen(name) : NAME_KEPT;
    while (kept > 0 && ((unsigned char)name[kept] & 0xc0) == 0x80) {
        kept--; /* not amid a character of UTF-8 */
    }
    char *temporary = drv_alloc((int64_t)size, 1);
    snprintf(temporary, size, "%.*s.part-%ld", (int)(folder + kept), target, (long)getpid());
    return temporary;
}

drv_file *drv_open(const char *path)
{
    drv_file *file = drv_alloc(1, sizeof *file);
    struct stat st;
    file->path = file->target = path;
    file->exists = stat(path, &st) == 0;
    if (!file->exists && errno != ENOENT) {
        write_failed(file);
    }
    if (file->exists && drv_is_input(&st)) {
        drv_die("%s is read by this run, which would replace it: take another folder by --out",
                path);
    }
    if (file->exists && S_ISREG(st.st_mode)) {
        char *target = drv_alloc(PATH_MAX, 1);
        if (!realpath(path, target)) {
            write_failed(file);
        }
        file->target = target;
        file->mode = st.st_mode & 07777;
    }
    if (!file->exists || S_ISREG(st.st_mode)) {
        file->temporary = temporary_name(file->target);
        file->stream = fopen(file->temporary, "w+");
    } else {
        file->stream = fopen(path, "w");
    }
    if (!file->stream) {
        write_failed(file);
    }
    file->next = unfinished;
    unfinished = file;
    return file;
}

drv_file *drv_open_aside(const char *path)
{
    const size_t size = strlen(path) + sizeof ".aside";
    char *name = drv_alloc((int64_t)size, 1);
    snprintf(name, size, "%s.aside", path);
    return drv_open(name);
}

const char *drv_file_path(const drv_file *file)
{
    return file->path;
}

FILE *drv_file_stream(const drv_file *file)
{
    return file->stream;
}

const char *drv_file_temporary(const drv_file *file)
{
    return file->temporary ? file->temporary : file->target;
}

void drv_file_is_csv(drv_file *file, const char *columns)
{
    file->columns = columns;
}

void drv_print(drv_file *file, const char *format, ...)
{
    drv_try(DDN_OK); /* a long file ends with a signal, too */
    va_list args;
    va_start(args, format);
    const int written = vfprintf(file->stream, format, args);
    va_end(args);
    if (written < 0) {
        write_failed(file);
    }
}

/* Takes it from the list of those that are open. */
static int end_of(drv_file *file)
{
    drv_file **at = &unfinished;
    while (*at != file) {
        at = &(*at)->next;
    }
    *at = file->next;
    return fclose(file->stream);
}

void drv_discard(drv_file *file)
{
    const int error = errno;
    end_of(file);
    if (file->temporary) {
        unlink(file->temporary);
    }
    errno = error;
}

void drv_discard_all(void)
{
    while (unfinished) {
        drv_discard(unfinished);
    }
}

void drv_close(drv_file *file)
{
    const int descriptor = fileno(file->stream);
    if (file->columns) {
        drv_put_comments(file->stream, file->columns);
    }
    int whole = fflush(file->stream) == 0 && !ferror(file->stream);
    if (file->temporary) { /* a pipe has nothing to synchronise */
        whole = whole && fsync(descriptor) == 0 &&
                (!file->exists || fchmod(descriptor, file->mode) == 0) &&
                rename(file->temporary, file->target) == 0;
    }
    if (!whole || end_of(file) != 0) {
        write_failed(file);
    }
    if (file->columns && file->temporary) {
        drv_formats_write(file->path, file->columns);
    }
}
