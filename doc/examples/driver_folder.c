/* What in the folder of results belongs to a driver: the names that it may write. Those that stand
 * there when it starts and that it does not write anew are of another run, with other options or
 * without gnuplot, and would pass for results of this one; they are set aside as NAME.old. A file
 * of any other name is never touched. See driver.h. */
#define _GNU_SOURCE
#include "driver.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *names; /* separated by spaces, # for a whole number; NULL before drv_start */

/* A file as it was when the driver started; written anew it is another. */
typedef struct earlier {
    const char *path;
    struct stat was;
    struct earlier *next;
} earlier;
static earlier *all;

int drv_is_like(const char *name, const char *pattern)
{
    for (; *pattern != 0 && *pattern != ' '; pattern++) {
        if (*pattern == '#') {
            const size_t digits = strspn(name, "0123456789");
            if (digits == 0) {
                return 0;
            }
            name += digits;
        } else if (strncmp(pattern, ".png", 4) == 0 && (pattern[4] == 0 || pattern[4] == ' ')) {
            return strcmp(name, ".png") == 0 || strcmp(name, ".pdf") == 0 ||
                   strcmp(name, ".svg") == 0;
        } else if (*name++ != *pattern) {
            return 0;
        }
    }
    return *name == 0;
}

static int is_own(const char *name)
{
    for (const char *pattern = names; pattern != NULL; pattern = strchr(pattern, ' ')) {
        pattern += *pattern == ' ';
        if (drv_is_like(name, pattern)) {
            return 1;
        }
    }
    return 0;
}

static int is_result(const char *path)
{
    struct stat out, folder;
    const char *slash = strrchr(path, '/');
    char *where = drv_alloc((int64_t)strlen(path) + 2, 1);
    snprintf(where, strlen(path) + 2, "%.*s", slash != NULL ? (int)(slash - path) + 1 : 1,
             slash != NULL ? path : ".");
    return is_own(slash != NULL ? slash + 1 : path) && stat(where, &folder) == 0 &&
           stat(drv.out, &out) == 0 && folder.st_dev == out.st_dev && folder.st_ino == out.st_ino;
}

void drv_check_elsewhere(const char *option, const char *path)
{
    if (path != NULL && is_result(path)) {
        drv_die("--%s: %s is where a result goes: give another file", option, path);
    }
}

void drv_check_outside(const char *option, const char *folder)
{
    char *out = drv_alloc(PATH_MAX, 1), *data = drv_alloc(PATH_MAX, 1);
    struct stat st;
    if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode) || realpath(drv.out, out) == NULL ||
        realpath(folder, data) == NULL) {
        return;
    }
    const size_t length = strlen(data);
    if (strncmp(out, data, length) == 0 && (out[length] == '/' || out[length] == 0)) {
        drv_die("--out: %s is in the folder %s of --%s, where its pictures would be taken for "
                "points: take another one",
                drv.out, folder, option);
    }
}

static const char *in_folder(const char *name, const char *more)
{
    const int64_t size = (int64_t)(strlen(drv.out) + strlen(name) + strlen(more) + 2);
    char *path = drv_alloc(size, 1);
    snprintf(path, (size_t)size, "%s/%s%s", drv.out, name, more);
    return path;
}

const char *drv_path(const char *name)
{
    if (!is_own(name)) {
        drv_die("%s is missing in the list of files that this program writes", name);
    }
    return in_folder(name, "");
}

/* Nobody else would know that it may go. */
static void warn_of_killed(const char *name)
{
    const size_t length = strlen(DRV_PART);
    const long process = strncmp(name, DRV_PART, length) == 0 ? strtol(name + length, NULL, 10) : 0;
    if (process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH) {
        drv_warn("%s/%s is of a run that was killed, and can be removed", drv.out, name);
    }
}

void drv_own_files(const char *list)
{
    names = list;
    DIR *folder = drv_is_first()
                      ? opendir(drv.out)
                      : NULL; /* one that cannot be listed has no file that can be found */
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        struct stat st;
        warn_of_killed(entry->d_name);
        if (is_own(entry->d_name) && stat(drv_path(entry->d_name), &st) == 0 &&
            S_ISREG(st.st_mode)) {
            earlier *e = drv_alloc(1, sizeof *e);
            *e = (earlier){drv_path(entry->d_name), st, all};
            all = e;
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
}

static int is_as_it_was(const earlier *e)
{
    struct stat now;
    return stat(e->path, &now) == 0 && now.st_dev == e->was.st_dev && now.st_ino == e->was.st_ino &&
           now.st_mtim.tv_sec == e->was.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == e->was.st_mtim.tv_nsec;
}

void drv_set_aside(void)
{
    for (const earlier *e = all; e != NULL; e = e->next) {
        if (is_as_it_was(e)) {
            const char *aside = in_folder(drv_base_name(e->path), ".old");
            if (rename(e->path, aside) != 0) {
                drv_warn("%s is of an earlier run and cannot be renamed to %s: %s", e->path, aside,
                         strerror(errno));
            } else {
                drv_warn("%s is of an earlier run: renamed to %s", e->path, drv_base_name(aside));
            }
        }
    }
    all = NULL;
}
