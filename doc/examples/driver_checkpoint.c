/* The drivers' checkpoints: the journal of an analysis in a file, saved while it measures, taken up
 * when the same command is started again. See driver.h.
 *
 * The file is a line with the number of bytes of the job, the job, and the saved journal. Ranks all
 * read it, from a folder that they share, and the first one writes it. */
#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAGIC "diffdyn checkpoint 1"
#define PART ".diffdyn-part" /* behind the name of the checkpoint: until it is whole */

drv_checkpoint_options drv_checkpoint = {NULL, 60};

static struct {
    char *there;      /* the file as the program found it; NULL: there was none */
    int64_t size;     /* of that */
    ddn_analysis *an; /* whose journal it is; NULL: none */
    const char *job;  /* what tells this run from others */
    char *part;       /* where a file is until it is whole */
    double saved;     /* when the last one was */
    int warned;
} own;

/* ---- Reading ------------------------------------------------------------------------------ */

/* Length of the setting that the text begins with. */
static int setting_length(const char *text)
{
    const char *end = strstr(text, ", \"");
    return (int)(end != NULL ? (size_t)(end - text) : strlen(text));
}

/* Names the first setting in which the jobs differ. */
static _Noreturn void refuse(const char *there)
{
    const char *here = own.job;
    int begin = 0;
    for (int i = 0; there[i] != 0 && there[i] == here[i]; i++) {
        begin = strncmp(there + i, ", \"", 3) == 0 ? i + 2 : begin;
    }
    drv_die("--checkpoint: %s is of another job: it has %.*s, this one %.*s; give its options, or "
            "another file",
            drv_checkpoint.path, setting_length(there + begin), there + begin,
            setting_length(here + begin), here + begin);
}

/* Where the job begins, and its length: -1 where the file is no checkpoint. */
static char *find_job(long long *length)
{
    char *end = memchr(own.there, '\n', (size_t)own.size);
    if (end == NULL || sscanf(own.there, MAGIC " %lld\n", length) != 1 ||
        *length > own.there + own.size - end - 1) {
        *length = -1;
    }
    return end == NULL ? NULL : end + 1;
}

/* Dies where ranks found other files, or one none: they would go on from other places. */
static void compare_ranks(void)
{
    char line[DRV_LINE];
    if (own.there == NULL) {
        snprintf(line, sizeof line, "no checkpoint %s\n", drv_checkpoint.path);
    } else {
        snprintf(line, sizeof line, "a checkpoint %s of %lld bytes with the digest %016llx\n",
                 drv_checkpoint.path, (long long)own.size,
                 (unsigned long long)drv_digest(own.there, own.size));
    }
    drv_team_compare(line);
}

static void take_up(ddn_analysis *an)
{
    long long length = -1;
    char *job = own.there == NULL ? NULL : find_job(&length);
    if (job == NULL) {
        return;
    }
    char *there = drv_alloc(length + 1, 1);
    memcpy(there, job, (size_t)length);
    if (strcmp(there, own.job) != 0) {
        refuse(there);
    }
    char *journal = job + length;
    if (ddn_analysis_restore(an, own.there + own.size - journal, journal) != DDN_OK) {
        drv_die("--checkpoint: %s: %s", drv_checkpoint.path, ddn_context_message(drv.ctx));
    }
    drv_warn("going on from %s", drv_checkpoint.path);
}

/* ---- Writing ------------------------------------------------------------------------------ */

/* Whether it is the file that has the name now: one that another process wrote has got the name of
 * the checkpoint since it was opened. */
static int is_part(int fd)
{
    struct stat st, named;
    return fstat(fd, &st) == 0 && lstat(own.part, &named) == 0 && S_ISREG(st.st_mode) &&
           st.st_dev == named.st_dev && st.st_ino == named.st_ino;
}

/* The part, empty, for this process alone, as long as it is open: it has one name, so that a
 * process that was killed leaves one file, which the next one takes over. -1: errno says why; one
 * that is being killed may take a while to let go of it. */
static int open_part(void)
{
    const struct timespec pause = {0, 50000000};
    for (int i = 0; i < 100; i++) {
        const int fd =
            open(own.part, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
        if (fd < 0) {
            return -1;
        }
        /* Where there are no locks, nobody is kept out. */
        const int locked = flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
        if (locked && is_part(fd) && ftruncate(fd, 0) == 0) {
            return fd;
        }
        close(fd);
        if (!locked) {
            nanosleep(&pause, NULL);
        }
    }
    errno = EBUSY; /* another process is writing it, or it is no file */
    return -1;
}

/* The job and a journal; becomes: its name then, or NULL if it is a trial. errno says why not. */
static int write_part(const char *job, const void *journal, int64_t size, const char *becomes)
{
    const int fd = open_part();
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (file == NULL) {
        return 0;
    }
    const int whole = fprintf(file, MAGIC " %lld\n%s", (long long)strlen(job), job) > 0 &&
                      fwrite(journal, 1, (size_t)size, file) == (size_t)size && fflush(file) == 0 &&
                      fsync(fileno(file)) == 0 &&
                      (becomes == NULL || rename(own.part, becomes) == 0);
    const int error = errno;
    if (!whole || becomes == NULL) {
        unlink(own.part); /* while no other process has it */
    }
    fclose(file);
    errno = error;
    return whole;
}

static _Noreturn void cannot_write(void)
{
    drv_die("--checkpoint: cannot write %s: %s: give a file that can be written",
            drv_checkpoint.path, strerror(errno));
}

static int save(void)
{
    int64_t size = 0;
    void *journal = NULL;
    errno = ENOMEM;
    const int whole = ddn_analysis_save_size(own.an, &size) == DDN_OK &&
                      (journal = malloc((size_t)size)) != NULL &&
                      ddn_analysis_save(own.an, size, journal) == DDN_OK &&
                      write_part(own.job, journal, size, drv_checkpoint.path);
    const int error = errno;
    free(journal);
    own.saved = drv_seconds();
    errno = error;
    return whole;
}

/* Inside of a call of the library, which a failure does not end: the last file stays. */
void drv_checkpoint_look(int last)
{
    if (own.an != NULL && drv_is_first() &&
        (last || drv_seconds() - own.saved >= drv_checkpoint.every) && !save() && !own.warned++) {
        drv_warn(
            "--checkpoint: cannot write %s: %s: what is measured is kept in memory alone until "
            "it can be written",
            drv_checkpoint.path, strerror(errno));
    }
}

/* ---- Begin and end ------------------------------------------------------------------------ */

void drv_checkpoint_start(void)
{
    struct stat st;
    long long length = 0;
    if (drv_checkpoint.path == NULL) {
        return;
    }
    drv_check_elsewhere("checkpoint", drv_checkpoint.path);
    if (stat(drv_checkpoint.path, &st) == 0 || errno != ENOENT) {
        own.there = drv_read("checkpoint", drv_checkpoint.path, INT64_MAX, &own.size);
    }
    if (own.there != NULL && (find_job(&length) == NULL || length < 0)) {
        drv_die("--checkpoint: %s is no checkpoint: give another file", drv_checkpoint.path);
    }
    const size_t size = strlen(drv_checkpoint.path) + sizeof PART;
    own.part = drv_alloc((int64_t)size, 1);
    snprintf(own.part, size, "%s" PART, drv_checkpoint.path);
    if (drv_is_first() && !write_part("", "", 0, NULL)) {
        cannot_write();
    }
}

void drv_checkpoint_begin(ddn_analysis *an, const ddn_dataset *ds)
{
    if (drv_checkpoint.path == NULL) {
        return;
    }
    const char *settings = drv_origin_settings(), *space = strrchr(drv.program, ' ');
    const char *command = space != NULL ? space + 1 : drv.program; /* diffdyn or diffdyn-mpi */
    const size_t room = strlen(settings) + strlen(command) + 128;
    char *job = drv_alloc((int64_t)room, 1);
    int64_t digest = 0;
    if (ds != NULL) {
        drv_try(ddn_dataset_digest(drv.ctx, ds, &digest));
    }
    /* One process stands for ranks that share samples, one group for all of them; but not for other
     * parts of the data: those have other estimators. */
    const int64_t parts = drv_team_for(DRV_SPLIT_DATA) != NULL ? drv.shards : 1;
    snprintf(job, room,
             "\"%s\", %s, \"digest of the data\": \"%016llx\", \"parts of the data\": %lld",
             command, settings, (unsigned long long)digest, (long long)parts);
    own.job = job;
    compare_ranks();
    drv_try(ddn_analysis_keep(an, DDN_KEEP_ALL));
    take_up(an);
    own.an = an;
    if (drv_is_first() && !save()) {
        cannot_write();
    }
}

void drv_checkpoint_end(void)
{
    if (own.an != NULL && drv_is_first()) {
        unlink(drv_checkpoint.path);
    }
    own.an = NULL;
}
