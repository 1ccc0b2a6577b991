/* The drivers' command line, errors, progress and exit. See driver.h. */
#define _GNU_SOURCE
#include "driver.h"

#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

drv_state drv = {.program = "driver", .out = "out", .schedule = "ou"};

/* ---- Errors and exit --------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted; /* the signal that ends the program, or 0 */
static volatile sig_atomic_t helper;      /* process that drv_fork started, or 0 */

/* One line, whatever the text: a line break in it (from a path) must not make two. */
static void print_line(char text[DRV_LINE])
{
    ddni_text_clean(text, DRV_LINE);
    drv_clear_bar();
    fflush(stdout);
    fprintf(stderr, "%s: %s\n", drv.program, text);
}

/* With the other ranks, if there are some: the status of the program. */
static int end_together(drv_reason reason, int status, char text[DRV_LINE])
{
    status = drv_team_end(reason, status, text);
    if (status != 0 && drv_is_first()) {
        print_line(text);
    }
    return status;
}

_Noreturn void drv_die(const char *format, ...)
{
    char text[DRV_LINE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    exit(end_together(DRV_FAILED, 2, text));
}

void drv_warn(const char *format, ...)
{
    char text[DRV_LINE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (drv_is_first()) {
        print_line(text);
    }
}

static void end_if_interrupted(void)
{
    if (interrupted) { /* with a process that drv_fork started just before */
        char text[DRV_LINE] = "interrupted";
        if (helper > 0) {
            kill(helper, SIGKILL);
        }
        drv_checkpoint_look(1);
        exit(end_together(DRV_INTERRUPTED, 128 + interrupted, text));
    }
}

void drv_try(ddn_status status)
{
    end_if_interrupted();
    if (status == DDN_STOPPED) { /* by another rank, whose signal counts */
        char text[DRV_LINE] = "interrupted";
        drv_checkpoint_look(1);
        exit(end_together(DRV_FOLLOWS, 128 + SIGINT, text));
    }
    if (status < 0) {
        char text[DRV_LINE];
        snprintf(text, sizeof text, "%s", ddn_context_message(drv.ctx));
        drv_checkpoint_look(1); /* of which nothing is wrong */
        drv_die("%s", *text ? text : ddn_status_text(status));
    }
}

/* Blocks handed out by drv_alloc, in a chain for the exit. */
typedef struct block {
    struct block *next;
    void *memory;
} block;
static block *blocks;

static void free_blocks(void)
{
    while (blocks) {
        block *next = blocks->next;
        free(blocks->memory);
        free(blocks);
        blocks = next;
    }
}

void *drv_alloc(int64_t count, int64_t size)
{
    block *b = malloc(sizeof *b);
    void *memory = count >= 0 ? calloc((size_t)(count ? count : 1), (size_t)size) : NULL;
    if (!b || !memory) {
        free(b);
        free(memory);
        drv_die("out of memory (%lld x %lld bytes)", (long long)count, (long long)size);
    }
    b->memory = memory;
    b->next = blocks;
    blocks = b;
    return memory;
}

static void let_go(void)
{
    drv_discard_all();
    drv_drop_all();
    ddn_context_destroy(drv.ctx);
    drv.ctx = NULL;
}

void drv_keep_results(void)
{
    drv_put_in_place();
    drv_set_aside();
}

int drv_finish(void)
{
    end_if_interrupted();
    drv_clear_bar();
    drv_keep_results();
    drv_end_progress();
    drv_checkpoint_end();
    if (fflush(stdout) != 0 || ferror(stdout)) {
        drv_die("cannot write standard output: %s", strerror(errno));
    }
    char text[DRV_LINE] = "";
    return end_together(DRV_DONE, 0, text);
}

/* ---- Progress and signals ---------------------------------------------------------------- */

/* A request to cancel is for the call that is running; the answer here stops one that began just
 * after the signal. */
static int32_t on_progress(void *user, const char *stage, double fraction)
{
    if (user != NULL) {
        drv_show_progress(stage, fraction);
    }
    drv_checkpoint_look(0);
    return interrupted ? DDN_STOPPED : DDN_OK;
}

void drv_progress(const char *stage, double fraction)
{
    end_if_interrupted();
    if (drv_is_progress_shown()) {
        drv_show_progress(stage, fraction);
    }
}

/* The first signal ends a program that draws and asks the library to stop, which it soon does, and
 * is remembered where nothing runs that could stop; a second one ends at once. */
static void on_signal(int number)
{
    signal(number, SIG_DFL);
    interrupted = number;
    if (helper > 0) {
        kill(helper, SIGKILL);
    }
    if (drv.ctx) {
        ddn_context_cancel(drv.ctx);
    }
}

/* No signal may come between the start of the process and the note of its number. */
int drv_fork(void)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    drv_flush();
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
    } else if (child > 0) {
        helper = child;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (child != 0) {
        end_if_interrupted();
    }
    return child;
}

int drv_wait(int child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    helper = 0;
    end_if_interrupted();
    return status;
}

/* ---- Start -------------------------------------------------------------------------------- */

/* Creates path and its parents as far as they are missing, where this process is to write there. */
static void make_folder(const char *path)
{
    if (!drv_is_first()) {
        return;
    }
    char *part = drv_alloc((int64_t)strlen(path) + 1, 1);
    for (size_t i = 0;; i++) {
        if ((path[i] == '/' && i > 0) || path[i] == 0) {
            if (mkdir(part, 0777) != 0 && errno != EEXIST && path[i] == 0) {
                drv_die("--out: cannot create folder %s: %s", path, strerror(errno));
            }
        }
        if (path[i] == 0) {
            break;
        }
        part[i] = path[i];
    }
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        drv_die("--out: %s is not a folder", path);
    }
    if (access(path, W_OK | X_OK) != 0) {
        drv_die("--out: cannot write in folder %s: %s", path, strerror(errno));
    }
}

/* A stream that was closed before stays closed to writing, but its number is taken: no file of
 * results may get it, and then the tables. */
static void hold_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd) {
            exit(2);
        }
    }
}

enum {
    COMMON_OPTIONS = 10,
    RANKS_OPTIONS = 2 /* the last of them: for ranks alone */
};

void drv_context(void)
{
    if (drv.ctx == NULL && ddn_context_create(&drv.ctx) != DDN_OK) {
        drv_die("out of memory");
    }
}

/* With the threads, the kernel of --from, and signals that end what it does. */
static void start_context(void)
{
    drv_context();
    drv_try(ddn_options_set_i64(ddn_context_options(drv.ctx), DDN_CONTEXT_THREADS, drv.threads));
    drv_from_kernel();
    static char lines[1 << 18]; /* printed beside a bar, shown when it is away */
    void *shown = drv_is_progress_shown() ? &drv : NULL;
    if (shown != NULL && drv.progress == DRV_PROGRESS_AUTO) {
        setvbuf(stdout, lines, _IOFBF, sizeof lines);
    }
    drv_try(ddn_context_set_progress(drv.ctx, on_progress, shown, NULL));
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    if (signal(SIGHUP, on_signal) == SIG_IGN) {
        signal(SIGHUP, SIG_IGN); /* nohup */
    }
    signal(SIGPIPE, SIG_IGN); /* so shall a pipe that nobody reads */
    signal(SIGXFSZ, SIG_IGN); /* a file size limit shall be a write error with a message */
}

static void check_split(void)
{
    if (drv_ranks() > 0 && !(drv.shares & 1 << drv.split)) {
        drv_die("--split %s: here ranks can share the %s alone",
                drv.split == DRV_SPLIT_DATA ? "data" : "samples",
                drv.split == DRV_SPLIT_DATA ? "samples" : "data");
    }
    if (drv.shards == drv_ranks()) {
        return;
    }
    if (drv.split != DRV_SPLIT_DATA) {
        drv_die("--shards %lld: with --split samples each rank has all of the data",
                (long long)drv.shards);
    }
    if (!(drv.shares & 1 << DRV_SPLIT_SAMPLES)) {
        drv_die("--shards %lld: here ranks can share the data alone, so groups would all do the "
                "same: leave it out",
                (long long)drv.shards);
    }
    if (drv_ranks() % drv.shards != 0) {
        drv_die("--shards %lld does not divide the %lld ranks into groups of so many",
                (long long)drv.shards, (long long)drv_ranks());
    }
}

/* Where results go, and the groups of ranks. */
static void start_output(int quiet, const char *files)
{
    if (quiet && freopen("/dev/null", "w", stdout) == NULL) {
        drv_die("--quiet: cannot open /dev/null: %s", strerror(errno));
    }
    make_folder(drv.out);
    drv_team_groups();
    drv_own_files(files);
    drv_checkpoint_start();
}

/* Whether a driver that writes these files has the common option: what writes no table has no
 * --format; what writes no file that tells how it was made cannot be repeated, and draws without a
 * script pictures that --plot would not change. */
static int is_for(const char *files, const char *option)
{
    const int has_table = strstr(files, ".csv") != NULL;
    if (strcmp(option, "format") == 0) {
        return has_table;
    }
    if (strcmp(option, "from") == 0 || strcmp(option, "plot") == 0) {
        return has_table || strstr(files, ".json") != NULL;
    }
    return 1;
}

void drv_start(int argc, char **argv, const char *summary, const char *files,
               const drv_option *options, int count)
{
    if (argc > 0) {
        drv.program = drv_shown(drv_base_name(argv[0]));
    }
    atexit(free_blocks);
    atexit(let_go);
    int quiet = 0;
    hold_streams();
    drv.threads = drv_threads_here(sysconf(_SC_NPROCESSORS_ONLN));
    drv.shards = drv_ranks();

    const char *from = NULL, *formats = NULL;
    const drv_option common[COMMON_OPTIONS] = {
        {"format", "csv,json,npy",
         "tables also as NAME.json, NAME.npy; always as NAME.csv, which pictures are drawn from "
         "(default csv)",
         DRV_STRING, &formats, 0, 0},
        {"from", "FILE", "repeats the run that wrote this JSON or CSV file; options beside it win",
         DRV_STRING, &from, 0, 0},
        {"out", "DIR",
         "folder of the results, created if need be; files of an earlier run are replaced, or "
         "become "
         "NAME.old",
         DRV_STRING, &drv.out, 0, 0},
        {"plot", "png|pdf|svg|none", "kind of the pictures; none: their scripts alone", DRV_CHOICE,
         &drv.plot, 0, 0},
        {"progress", "auto|json|none", "a bar on a terminal, a line of JSON a step, or nothing",
         DRV_CHOICE, &drv.progress, 0, 0},
        {"quiet", NULL, "print no table, the files alone", DRV_FLAG, &quiet, 0, 0},
        {"seed", "S", "seed of all randomness", DRV_INT, &drv.seed, 0, 0},
        {"threads", "T",
         "threads (default: one for each processor); the results do not depend on it", DRV_INT,
         &drv.threads, 1, DRV_MOST_THREADS},
        {"split", "data|samples",
         "what each rank has: a part of the points, or all of them and a part of the samples",
         DRV_CHOICE, &drv.split, 0, 0},
        {"shards", "S",
         "with --split data: S ranks have the points together, and groups of S share the samples",
         DRV_INT, &drv.shards, 1, (double)drv_ranks()},
    };
    int total = count;
    const drv_option **all = drv_alloc(count + COMMON_OPTIONS, sizeof *all);
    for (int i = 0; i < count; i++) {
        all[i] = &options[i];
    }
    for (int i = 0; i < COMMON_OPTIONS - (drv_ranks() == 0 ? RANKS_OPTIONS : 0); i++) {
        if (is_for(files, common[i].name)) {
            all[total++] = &common[i];
        }
    }
    files = drv_formats_files(files);
    drv_parse(argc, argv, &(drv_table){summary, files, all, count, total});
    drv_compare_options(all, total);
    check_split();
    drv_formats_choose(formats);
    start_output(quiet, files);
    start_context();
}

char *drv_format(double value, double standard_error, char *buffer, size_t size)
{
    const double least = 1e-12 * fabs(value); /* an error below is that of rounding */
    if (isnan(value)) {
        snprintf(buffer, size, "not reached");
    } else if (!(standard_error > least) || isinf(standard_error)) {
        snprintf(buffer, size, "%.6g", value);
    } else {
        /* Of an error of 9.96 the leading digits are 10. */
        char text[32];
        snprintf(text, sizeof text, "%.1e", standard_error);
        const double error = strtod(text, NULL);
        const int digits = 1 - (int)floor(log10(error) + 1e-9);
        if (digits > 12) {
            const int places = value == 0 ? 1 : digits + (int)floor(log10(fabs(value)));
            snprintf(buffer, size, "%.*e ± %.1e", places < 0 ? 0 : places, value, error);
        } else if (digits < 0) {
            const double unit = pow(10, -digits);
            snprintf(buffer, size, "%.0f ± %.0f", round(value / unit) * unit, error);
        } else {
            snprintf(buffer, size, "%.*f ± %.*f", digits, value, digits, error);
        }
    }
    return buffer;
}

void drv_cell(double value, double standard_error, int width)
{
    char text[64];
    drv_format(value, standard_error < 1e-6 ? 0 : standard_error, text, sizeof text);
    if (isnan(value)) {
        snprintf(text, sizeof text, "-");
    }
    /* The sign is two bytes long and one place wide. */
    printf("%-*s ", strstr(text, "±") ? width + 1 : width, text);
}

void drv_crossing(int64_t rows, const double *t, const double *y, const double *error, double level,
                  double *at, double *at_error)
{
    *at = *at_error = NAN;
    for (int64_t k = 0; k + 1 < rows; k++) {
        const double y0 = y[k] - level, y1 = y[k + 1] - level;
        if (y0 != y1 && y0 * y1 <= 0) {
            const double w = y0 / (y0 - y1), h = t[k + 1] - t[k];
            *at = t[k] + w * h;
            *at_error = ((1 - w) * error[k] + w * error[k + 1]) * h / fabs(y0 - y1);
        }
    }
}
