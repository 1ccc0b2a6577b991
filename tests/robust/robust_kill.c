/* Jobs that keep what they have done in files, killed at random moments (SIGKILL) and started
 * again: the end is that of a job that nobody disturbed, to the bit. A run of the integrator with
 * observers saves itself every few steps, a set of analyses writes a result file for each seed.
 * And on a disk that is full, which grows while they are tried again and again.
 *
 * The job is this program again: robust_kill job NUMBER FOLDER. Without arguments three kills are
 * tried for each job, with one argument that many. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/files.h"
#include "support/toy.h"

enum {
    POINTS = 300,
    D = 8,
    M = 40,
    EVERY = 8, /* steps between two saves */
    SEEDS = 6,
    KINDS = 3,
    ROOM = 1 << 20,
    PATH = 160,
    KILLED = -1, /* ends of a job */
    FULL = 5     /* no space left on the disk */
};

static void join(char *path, const char *folder, const char *name)
{
    assert_true(snprintf(path, PATH, "%s/%s", folder, name) < PATH);
}

/* The host's part: a file is the old one or the new one, whatever happens. */
static void write_file(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[PATH], temporary[PATH];
    join(path, folder, name);
    join(temporary, folder, "temporary");
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    errno = ENOSPC; /* when only a part is written */
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || fsync(fd) != 0 || close(fd) != 0 ||
        rename(temporary, path) != 0) {
        int why = errno;
        if (why != ENOSPC) {
            perror(path);
        }
        unlink(temporary);
        _exit(why == ENOSPC ? FULL : 3);
    }
}

/* Its size, or -1 if there is none. */
static int64_t read_file(const char *folder, const char *name, void *bytes)
{
    char path[PATH];
    join(path, folder, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return -1;
    }
    size_t size = fread(bytes, 1, ROOM, f);
    fclose(f);
    return (int64_t)size;
}

/* ---- The jobs: each leaves FOLDER/end ---- */

static unsigned char bytes[ROOM];

static int32_t stop_sometimes(void *user, const ddn_step *step)
{
    (void)user;
    int64_t at = ddn_step_index(step);
    return at > 0 && at % EVERY == 0 ? DDN_STOPPED : DDN_OK;
}

static int32_t never_stop(void *user, const ddn_step *step)
{
    (void)user;
    (void)step;
    return DDN_OK;
}

static void write_end(ddn_context *ctx, const char *folder, const double *x, ddn_observer **ob)
{
    size_t size = M * D * sizeof *x;
    memcpy(bytes, x, size);
    for (int k = 0; k < KINDS; k++) {
        for (ddn_record what = DDN_RECORD_TIMES; what <= DDN_RECORD_HISTORY; what++) {
            int64_t count = ddn_observer_size(ob[k], what);
            if (count > 0 && ddn_observer_read_f64(ob[k], what, count,
                                                   (double *)(void *)(bytes + size)) != DDN_OK) {
                OK(ctx,
                   ddn_observer_read_i64(ob[k], what, count, (int64_t *)(void *)(bytes + size)));
            }
            size += (size_t)count * 8;
        }
    }
    write_file(folder, "end", bytes, size);
}

static void run_job(ddn_context *ctx, const ddn_oracle *oracle, ddn_method method,
                    int32_t disturbed, const char *folder)
{
    static const double wishes[3] = {3.5, 0.5, 0.02}, direction[D] = {1, 2, 3};
    double x[M * D];
    ddn_integrator *it = NULL;
    ddn_observer *ob[KINDS];
    OK(ctx, ddn_integrator_create(ctx, oracle, method, &it));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 12 * EVERY));
    OK(ctx,
       ddn_integrator_attach_callback(it, 0, disturbed ? stop_sometimes : never_stop, NULL, NULL));
    OK(ctx, ddn_observer_create_snapshots(ctx, 3, wishes, &ob[0]));
    OK(ctx, ddn_observer_create_class(ctx, &ob[1]));
    OK(ctx, ddn_observer_create_overlap(ctx, 1, D, direction, D, &ob[2]));
    for (int k = 0; k < KINDS; k++) {
        OK(ctx, ddn_observer_attach(ob[k], it));
    }
    ddn_status status;
    int64_t size = read_file(folder, "saved", bytes);
    if (size > 0) {
        OK(ctx, ddn_integrator_restore(it, size, M, bytes, x, D));
        status = ddn_integrator_resume(it, M, x, D);
    } else {
        OK(ctx, ddn_integrator_draw_start(it, M, x, D));
        status = ddn_integrator_run(it, M, x, D);
    }
    while (status == DDN_STOPPED) {
        OK(ctx, ddn_integrator_save_size(it, &size));
        OK(ctx, ddn_integrator_save(it, ROOM, bytes));
        write_file(folder, "saved", bytes, (size_t)size);
        status = ddn_integrator_resume(it, M, x, D);
    }
    OK(ctx, status);
    write_end(ctx, folder, x, ob);
    for (int k = 0; k < KINDS; k++) {
        ddn_observer_destroy(ob[k]);
    }
    ddn_integrator_destroy(it);
}

static void write_result(ddn_context *ctx, const ddn_result *result, const char *path)
{
    ddn_status status = ddn_result_write(ctx, result, path, DDN_RESULT_FORMAT_JSON);
    if (status == DDN_E_IO && strstr(ddn_context_message(ctx), "No space left") != NULL) {
        _exit(FULL);
    }
    OK(ctx, status);
}

/* One result for each seed, those that are there are not made again; all pooled. */
static void analyse_job(ddn_context *ctx, const ddn_oracle *oracle, const char *folder)
{
    static const double times[3] = {0.2, 0.6, 1.8};
    char path[PATH], name[32];
    ddn_analysis *an = NULL;
    ddn_result *all = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, 400));
    for (int64_t seed = 0; seed < SEEDS; seed++) {
        ddn_result *one = NULL, *sum = NULL;
        snprintf(name, sizeof name, "seed%d.json", (int)seed);
        join(path, folder, name);
        if (ddn_result_open(ctx, path, DDN_RESULT_FORMAT_JSON, &one) != DDN_OK) {
            OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, seed));
            OK(ctx, ddn_analysis_identities(an, oracle, 3, times, &one));
            write_result(ctx, one, path);
        }
        if (all == NULL) {
            all = one;
            continue;
        }
        OK(ctx, ddn_result_merge(ctx, all, one, &sum));
        ddn_result_destroy(all);
        ddn_result_destroy(one);
        all = sum;
    }
    join(path, folder, "end");
    write_result(ctx, all, path);
    ddn_result_destroy(all);
    ddn_analysis_destroy(an);
}

static const struct {
    const char *name;
    ddn_method method; /* NONE: analyses */
} JOBS[] = {{"EULER", DDN_METHOD_EULER},
            {"EXACT", DDN_METHOD_EXACT},
            {"PNDM", DDN_METHOD_PNDM},
            {"ADAPTIVE", DDN_METHOD_ADAPTIVE},
            {"analyses", DDN_METHOD_NONE}};

static int do_job(size_t number, int32_t disturbed, const char *folder)
{
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, POINTS, D, 1.5, 1);
    if (JOBS[number].method == DDN_METHOD_NONE) {
        analyse_job(ctx, oracle, folder);
    } else {
        run_job(ctx, oracle, JOBS[number].method, disturbed, folder);
    }
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
    return 0;
}

/* ---- Who kills them ---- */

static int64_t kills_wanted = 3;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint64_t random_below(uint64_t limit)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33) % limit;
}

/* Starts a job; after that many microseconds (none: -1) it is killed. KILLED, or how it ended. */
static int32_t start(size_t number, const char *how, const char *folder, int64_t kill_after)
{
    char text[8];
    snprintf(text, sizeof text, "%d", (int)number);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", "robust_kill", how, text, folder, (char *)NULL);
        _exit(4);
    }
    if (kill_after >= 0) {
        nanosleep(&(struct timespec){kill_after / 1000000, kill_after % 1000000 * 1000}, NULL);
        kill(child, SIGKILL);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
        return KILLED;
    }
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void empty_folder(const char *folder)
{
    char command[PATH + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(mkdir(folder, 0755), 0);
}

static void kill_job(size_t number, const char *folder)
{
    static unsigned char want[ROOM], got[ROOM];
    empty_folder(folder);
    int64_t begin = now(), kills = 0, late = 0, ends = 0;
    assert_int_equal(start(number, "undisturbed", folder, -1), 0);
    int64_t length = 3 * (now() - begin) / 2; /* saving costs time, too */
    int64_t size = read_file(folder, "end", want);
    assert_true(size > 0);
    empty_folder(folder);
    for (int32_t last = 0; !last;) {
        last = kills == kills_wanted;
        int64_t moment = (int64_t)random_below((uint64_t)length * 3 / 4);
        int32_t end = start(number, "job", folder, last ? -1 : moment);
        if (end == KILLED) {
            kills++;
            late += read_file(folder, "saved", got) > 0 || read_file(folder, "seed0.json", got) > 0;
            continue;
        }
        assert_int_equal(end, 0);
        assert_int_equal(read_file(folder, "end", got), size);
        assert_memory_equal(got, want, (size_t)size);
        empty_folder(folder);
        ends++;
    }
    assert_true(kills < 20 || 2 * late > kills);
    print_message("# %s: %lld kills, %lld of them after something was saved; %lld ends, the same "
                  "bits\n",
                  JOBS[number].name, (long long)kills, (long long)late, (long long)ends);
}

static void killed_jobs_end_the_same(void **state)
{
    (void)state;
    char folder[PATH];
    snprintf(folder, sizeof folder, "%s", test_path("job"));
    assert_int_equal(mkdir(folder, 0755), 0);
    for (size_t i = 0; i < sizeof JOBS / sizeof *JOBS; i++) {
        kill_job(i, folder);
    }
}

/* ---- A disk that is full ---- */

/* A view of the file systems of this process's own, where it may mount. */
static int32_t may_mount(void)
{
    int how = CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER);
    return unshare(how) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void mount_disk(const char *folder, int64_t pages, unsigned long how)
{
    char options[48];
    snprintf(options, sizeof options, "size=%lldk,mode=755", (long long)(4 * pages));
    if (mount("tmpfs", folder, "tmpfs", how, options) != 0) {
        fail_msg("mount %s: %s", options, strerror(errno));
    }
}

/* Every file is a good one: nothing that is half written lies about. */
static void no_rubbish(ddn_context *ctx, const char *folder)
{
    char path[PATH];
    DIR *list = opendir(folder);
    assert_non_null(list);
    for (const struct dirent *e = readdir(list); e != NULL; e = readdir(list)) {
        size_t length = strlen(e->d_name);
        if (length > 5 && strcmp(e->d_name + length - 5, ".json") == 0) {
            ddn_result *result = NULL;
            join(path, folder, e->d_name);
            OK(ctx, ddn_result_open(ctx, path, DDN_RESULT_FORMAT_JSON, &result));
            ddn_result_destroy(result);
        } else if (e->d_name[0] != '.' && strcmp(e->d_name, "saved") != 0) {
            fail_msg("%s was left on the full disk", e->d_name);
        }
    }
    closedir(list);
}

static void fill_disk(ddn_context *ctx, size_t number, const char *folder)
{
    static unsigned char want[ROOM], got[ROOM];
    int64_t pages = 1, full = 0, late = 0;
    empty_folder(folder);
    assert_int_equal(start(number, "undisturbed", folder, -1), 0);
    int64_t size = read_file(folder, "end", want);
    empty_folder(folder);
    mount_disk(folder, pages, 0);
    for (int32_t end = FULL; end == FULL; full += end == FULL) {
        end = start(number, "job", folder, -1);
        if (end == FULL) {
            no_rubbish(ctx, folder);
            late += read_file(folder, "saved", got) > 0 || read_file(folder, "seed0.json", got) > 0;
            pages += 1 + pages;
            mount_disk(folder, pages, MS_REMOUNT);
        } else {
            assert_int_equal(end, 0);
        }
    }
    assert_int_equal(read_file(folder, "end", got), size);
    assert_memory_equal(got, want, (size_t)size);
    assert_int_equal(umount2(folder, MNT_DETACH), 0);
    assert_true(full > 0 && late > 0);
    print_message("# %s: %lld times no space left, %lld of them after something was saved; then "
                  "the same bits\n",
                  JOBS[number].name, (long long)full, (long long)late);
}

static void full_disks_lose_nothing(void **state)
{
    (void)state;
    char folder[PATH];
    if (!may_mount()) {
        print_message("# no file system can be mounted here\n");
        skip();
    }
    ddn_context *ctx = test_context(1);
    snprintf(folder, sizeof folder, "%s", test_path("job"));
    for (size_t i = 0; i < sizeof JOBS / sizeof *JOBS; i++) {
        fill_disk(ctx, i, folder);
    }
    ddn_context_destroy(ctx);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_jobs_end_the_same),
        cmocka_unit_test(full_disks_lose_nothing),
    };
    if (argc == 4) {
        return do_job((size_t)atoi(argv[2]), strcmp(argv[1], "job") == 0, argv[3]);
    }
    kills_wanted = argc > 1 ? atoi(argv[1]) : kills_wanted;
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
