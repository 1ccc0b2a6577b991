/* The drivers' one way to write files, and to read a whole one. They are written all or none. Each
 * goes to a temporary file, onto the disk, and to its name when all of the run are there, so that
 * whatever ends the program leaves what was there before. Those of the folder of results have their
 * names in a folder within it, where gnuplot finds them. See driver.h. */
#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
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
    int error;           /* of the first drv_bytes that failed */
    drv_file *next;
};
static drv_file *unfinished; /* those that are open */
static drv_file *finished;   /* those that are whole, the last one first */
static char *stage;          /* the folder of those of the folder of results; NULL: none yet */
static char **links;         /* in it, to files elsewhere */
static int link_count;

static _Noreturn void write_failed(const drv_file *file)
{
    drv_die("cannot write %s: %s", file->path, strerror(errno));
}

const char *drv_stage(void)
{
    if (stage == NULL) {
        const size_t size = strlen(drv.out) + 32;
        stage = drv_alloc((int64_t)size, 1);
        snprintf(stage, size, "%s/" DRV_PART "%ld", drv.out, (long)getpid());
        if (mkdir(stage, 0777) != 0 && errno != EEXIST) {
            drv_die("cannot create folder %s: %s", stage, strerror(errno));
        }
    }
    return stage;
}

static char *in_stage(const char *path)
{
    const char *name = drv_base_name(path);
    const size_t size = strlen(drv_stage()) + strlen(name) + 2;
    char *text = drv_alloc((int64_t)size, 1);
    snprintf(text, size, "%s/%s", stage, name);
    return text;
}

/* Whether the path is one of the folder of results. */
static int is_result(const char *path)
{
    const size_t length = strlen(drv.out);
    return strncmp(path, drv.out, length) == 0 && path[length] == '/' &&
           strchr(path + length + 1, '/') == NULL;
}

/* A result that is written elsewhere is in the stage by a link, which is no loss where it fails. */
static void link_to(const char *path, const char *elsewhere)
{
    enum {
        MOST = 256
    };
    char *absolute = drv_alloc(PATH_MAX, 1), *name = in_stage(path);
    links = links ? links : drv_alloc(MOST, sizeof *links);
    unlink(name);
    if (link_count < MOST && realpath(elsewhere, absolute) != NULL &&
        symlink(absolute, name) == 0) {
        links[link_count++] = name;
    }
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
    snprintf(temporary, size, "%.*s" DRV_PART "%ld", (int)(folder + kept), target, (long)getpid());
    return temporary;
}

static drv_file *note_open(drv_file *file)
{
    if (!file->stream) {
        write_failed(file);
    }
    file->next = unfinished;
    unfinished = file;
    return file;
}

/* What takes all that is written, for ranks whose results are those of rank 0. */
static drv_file *open_nothing(drv_file *file)
{
    file->stream = fopen("/dev/null", "w");
    return note_open(file);
}

/* Opens what is no regular file. A pipe is waited for until somebody reads it, or a signal comes.
 */
static FILE *open_as_it_is(const char *path)
{
    int fd;
    while ((fd = open(path, O_WRONLY | O_TRUNC | O_NONBLOCK)) < 0 && errno == ENXIO) {
        drv_try(DDN_OK);
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    if (fd < 0 || fcntl(fd, F_SETFL, 0) != 0) {
        return NULL;
    }
    return fdopen(fd, "w");
}

/* shown: what messages call it. */
static drv_file *open_file(const char *path, const char *shown)
{
    drv_file *file = drv_alloc(1, sizeof *file);
    struct stat st;
    file->path = shown;
    file->target = path;
    if (!drv_is_first()) {
        return open_nothing(file);
    }
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
    const int is_linked = file->exists && lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
    if (!file->exists || stat(path, &st) != 0 || S_ISREG(st.st_mode)) {
        file->temporary =
            is_result(path) && !is_linked ? in_stage(path) : temporary_name(file->target);
        file->stream = fopen(file->temporary, "w+");
    } else {
        file->stream = open_as_it_is(path);
    }
    note_open(file);
    if (is_result(path) && is_linked) {
        link_to(path, drv_file_temporary(file));
    }
    return file;
}

drv_file *drv_open(const char *path)
{
    return open_file(path, path);
}

drv_file *drv_open_aside(const char *path)
{
    const size_t size = strlen(path) + sizeof ".aside";
    char *name = drv_alloc((int64_t)size, 1);
    snprintf(name, size, "%s.aside", path);
    return open_file(name, path);
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

/* A message may have the end of a long path alone. */
void drv_try_file(ddn_status status, const drv_file *file)
{
    drv_try(DDN_OK); /* a signal counts more */
    const char *message = status < 0 ? ddn_context_message(drv.ctx) : "";
    const char *temporary = drv_shown(drv_file_temporary(file));
    const char *name = drv_base_name(temporary), *at = NULL;
    for (const char *end = temporary; at == NULL && end <= name; end++) {
        at = strstr(message, end);
        if (at != NULL) {
            drv_die("%.*s%s%s", (int)(at - message), message, file->path, at + strlen(end));
        }
    }
    drv_try(status);
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

void drv_bytes(drv_file *file, const void *bytes, size_t count)
{
    errno = 0;
    if (count > 0 && fwrite(bytes, 1, count, file->stream) != count && file->error == 0) {
        file->error = errno;
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
    for (; finished != NULL; finished = finished->next) {
        unlink(finished->temporary);
    }
    while (link_count > 0) {
        unlink(links[--link_count]);
    }
    if (stage != NULL) {
        rmdir(stage);
        stage = NULL;
    }
}

void drv_close(drv_file *file)
{
    const int descriptor = fileno(file->stream);
    errno = file->error;
    if (file->columns) {
        drv_put_comments(file->stream, file->columns);
    }
    int whole = fflush(file->stream) == 0 && !ferror(file->stream);
    if (file->temporary) { /* a pipe has nothing to synchronise */
        whole = whole && fsync(descriptor) == 0 &&
                (!file->exists || chmod(file->temporary, file->mode) == 0);
    }
    if (!whole || end_of(file) != 0) {
        const int error = file->error != 0 ? file->error : errno;
        if (file->temporary) {
            unlink(file->temporary);
        }
        errno = error != 0 ? error : EIO; /* it failed long before */
        write_failed(file);
    }
    if (file->temporary) {
        file->next = finished;
        finished = file;
    }
    if (file->columns && file->temporary) {
        drv_formats_write(file->path, file->temporary, file->columns);
    }
}

/* In the order in which they were written. No signal comes between two of them. */
void drv_put_in_place(void)
{
    sigset_t all, before;
    drv_file *ordered = NULL, *next = NULL;
    for (; finished != NULL; finished = next) {
        next = finished->next;
        finished->next = ordered;
        ordered = finished;
    }
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    finished = ordered;
    while (finished != NULL) {
        drv_file *file = finished;
        if (rename(file->temporary, file->target) != 0) {
            write_failed(file); /* the others are discarded */
        }
        finished = file->next;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* ---- Reading ------------------------------------------------------------------------------ */

size_t drv_file_part(const char *path)
{
    struct stat st;
    char *part = drv_alloc((int64_t)strlen(path) + 1, 1);
    memcpy(part, path, strlen(path));
    if (stat(part, &st) == 0) {
        return strlen(part);
    }
    for (char *colon; (colon = strrchr(part, ':')) != NULL;) {
        *colon = 0;
        if (stat(part, &st) == 0 && S_ISREG(st.st_mode)) {
            return strlen(part);
        }
    }
    return 0;
}

static _Noreturn void cannot_read(const char *option, const char *path, const char *why)
{
    drv_die("--%s %s: cannot read it: %s", option, path, why);
}

/* Nothing that has no end or waits for another process, such as a device or a pipe, is opened to be
 * read. */
char *drv_read(const char *option, const char *path, int64_t most, int64_t *size)
{
    struct stat st;
    const int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &st) != 0) {
        cannot_read(option, path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        cannot_read(option, path,
                    S_ISDIR(st.st_mode) ? "it is a folder, no regular file"
                                        : "it is no regular file");
    }
    if (st.st_size > most) {
        drv_die("--%s %s has %lld bytes, more than the %lld that are read", option, path,
                (long long)st.st_size, (long long)most);
    }
    *size = st.st_size;
    char *bytes = drv_alloc(*size + 1, 1);
    for (int64_t at = 0; at < *size;) {
        const ssize_t count = read(descriptor, bytes + at, (size_t)(*size - at));
        if (count < 0 && errno == EINTR) {
            drv_try(DDN_OK); /* a signal that ends the program */
        } else if (count <= 0) {
            cannot_read(option, path, count < 0 ? strerror(errno) : "it has become shorter");
        } else {
            at += count;
        }
    }
    close(descriptor);
    return bytes;
}
