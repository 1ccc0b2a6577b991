/* The drivers' checkpoints: the journal of an analysis in a file, saved while it measures, taken up
 * when the same command is started again. See driver.h.
 *
 * The file is a line with the number of bytes of the job, the job, and the saved journal. Ranks all
 * read it, from a folder that they share, and the first one writes it. */
#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "diffdyn checkpoint 1"

drv_checkpoint_options drv_checkpoint = {NULL, 60};

static struct {
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

static void take_up(void)
{
    struct stat st;
    int64_t size = 0;
    if (stat(drv_checkpoint.path, &st) != 0 && errno == ENOENT) {
        return;
    }
    char *bytes = drv_read("checkpoint", drv_checkpoint.path, INT64_MAX, &size);
    char *end = memchr(bytes, '\n', (size_t)size);
    long long length = -1;
    if (end == NULL || sscanf(bytes, MAGIC " %lld\n", &length) != 1 || length < 0 ||
        length > bytes + size - end - 1) {
        drv_die("--checkpoint: %s is no checkpoint: give another file", drv_checkpoint.path);
    }
    char *there = drv_alloc(length + 1, 1);
    memcpy(there, end + 1, (size_t)length);
    if (strcmp(there, own.job) != 0) {
        refuse(there);
    }
    char *journal = end + 1 + length;
    if (ddn_analysis_restore(own.an, bytes + size - journal, journal) != DDN_OK) {
        drv_die("--checkpoint: %s: %s", drv_checkpoint.path, ddn_context_message(drv.ctx));
    }
    drv_warn("going on from %s", drv_checkpoint.path);
}

/* ---- Writing ------------------------------------------------------------------------------ */

static int write_part(const void *journal, int64_t size)
{
    FILE *file = fopen(own.part, "wb");
    if (file == NULL) {
        return 0;
    }
    int whole = fprintf(file, MAGIC " %lld\n%s", (long long)strlen(own.job), own.job) > 0 &&
                fwrite(journal, 1, (size_t)size, file) == (size_t)size && fflush(file) == 0 &&
                fsync(fileno(file)) == 0;
    whole = fclose(file) == 0 && whole;
    return whole && rename(own.part, drv_checkpoint.path) == 0;
}

/* Inside of a call of the library, which a failure does not end: the last file stays. */
static void save(void)
{
    int64_t size = 0;
    void *journal = NULL;
    if (ddn_analysis_save_size(own.an, &size) != DDN_OK ||
        (journal = malloc((size_t)size)) == NULL ||
        ddn_analysis_save(own.an, size, journal) != DDN_OK || !write_part(journal, size)) {
        const int error = errno;
        unlink(own.part);
        if (!own.warned++) {
            drv_warn("--checkpoint: cannot write %s: %s", drv_checkpoint.path, strerror(error));
        }
    }
    free(journal);
    own.saved = drv_seconds();
}

void drv_checkpoint_look(int last)
{
    if (own.an != NULL && drv_is_first() &&
        (last || drv_seconds() - own.saved >= drv_checkpoint.every)) {
        save();
    }
}

/* ---- Begin and end ------------------------------------------------------------------------ */

void drv_checkpoint_begin(ddn_analysis *an, const ddn_dataset *ds)
{
    if (drv_checkpoint.path == NULL) {
        return;
    }
    if (drv_is_result(drv_checkpoint.path)) {
        drv_die("--checkpoint: %s is where a result goes: give another file", drv_checkpoint.path);
    }
    const char *settings = drv_origin_settings(), *space = strrchr(drv.program, ' ');
    const char *command = space != NULL ? space + 1 : drv.program; /* diffdyn or diffdyn-mpi */
    const size_t room = strlen(settings) + strlen(command) + 128;
    char *job = drv_alloc((int64_t)room, 1);
    int64_t digest = 0;
    if (ds != NULL) {
        drv_try(ddn_dataset_digest(drv.ctx, ds, &digest));
    }
    /* One process stands for ranks that share samples, but not for parts of the data: those have
     * other estimators. */
    const int64_t parts = drv_team_for(DRV_SPLIT_DATA) != NULL ? drv_ranks() : 1;
    snprintf(job, room,
             "\"%s\", %s, \"digest of the data\": \"%016llx\", \"parts of the data\": %lld",
             command, settings, (unsigned long long)digest, (long long)parts);
    own.job = job;
    const size_t size = strlen(drv_checkpoint.path) + 32;
    own.part = drv_alloc((int64_t)size, 1);
    snprintf(own.part, size, "%s.part-%ld", drv_checkpoint.path, (long)getpid());
    own.an = an;
    drv_try(ddn_analysis_keep(an, DDN_KEEP_ALL));
    take_up();
    drv_checkpoint_look(1);
}

void drv_checkpoint_end(void)
{
    if (own.an != NULL && drv_is_first()) {
        unlink(drv_checkpoint.path);
    }
    own.an = NULL;
}
