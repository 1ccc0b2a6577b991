/* What the example drivers share: options, errors, progress, result files, pictures, input data.
 * Uses the public API of libdiffdyn, libc and POSIX only. A driver is one thread, so this helper
 * keeps its state in one global, `drv`.
 *
 * The library's objects that a driver makes are handed to drv_keep, which destroys them at exit;
 * drv_die may then leave from anywhere without a leak.
 *
 * A program may be one of several ranks that make the same calls (drv_join). Whatever is printed or
 * written here is then rank 0's, and all ranks end together.
 * SPDX-License-Identifier: MIT */
#ifndef DRIVER_H
#define DRIVER_H

#include <stdarg.h>
#include <stdio.h>

#include <diffdyn/diffdyn.h>

/* ---- Start, errors, end ------------------------------------------------------------------ */

typedef struct drv_state {
    const char *program; /* last part of argv[0] */
    const char *out;     /* folder of the results; exists and is writable after drv_start */
    int64_t seed;
    int64_t threads;
    ddn_context *ctx;     /* has the threads, shows progress, is cancelled by drv_try's signals */
    const char *example;  /* a command line for --help, or NULL */
    int progress;         /* a drv_progress_kind */
    int is_planned;       /* a plan of the whole job will come (drv_plan) */
    int plot;             /* a drv_plot_kind */
    const char *schedule; /* the text of --schedule */
    int split;            /* a drv_split */
    int64_t shards;       /* ranks that have the data together, with DRV_SPLIT_DATA */
    int shares;           /* what ranks can share here: bits 1 << drv_split */
} drv_state;
typedef enum drv_progress_kind {
    DRV_PROGRESS_AUTO,
    DRV_PROGRESS_JSON,
    DRV_PROGRESS_NONE
} drv_progress_kind;
typedef enum drv_plot_kind {
    DRV_PLOT_PNG,
    DRV_PLOT_PDF,
    DRV_PLOT_SVG,
    DRV_PLOT_NONE
} drv_plot_kind;
extern drv_state drv;

/* Kinds of options, and where their value goes. A default is what is there before. */
typedef enum drv_kind {
    DRV_FLAG,         /* int *: set to 1 */
    DRV_INT,          /* int64_t * */
    DRV_DOUBLE,       /* double *: finite; NaN before means that there is no fixed default */
    DRV_STRING,       /* const char ** */
    DRV_CHOICE,       /* int *: index of the word among those of the metavariable "a|b|c" */
    DRV_INTS,         /* drv_list *: whole numbers separated by commas, each within the range */
    DRV_DOUBLES,      /* drv_list * */
    DRV_FILES,        /* drv_files *: given several times, or with several words behind it */
    DRV_REQUIRED = 64 /* flag, ORed to a kind: must be given */
} drv_kind;

enum {
    DRV_LIST_CAPACITY = 256,
    DRV_FILES_CAPACITY = 1000 /* ddn_dataset_open_files */
};
typedef struct drv_list {
    int64_t count;
    double at[DRV_LIST_CAPACITY];
} drv_list;
/* Names of files, in their order. */
typedef struct drv_files {
    int64_t count;
    const char *at[DRV_FILES_CAPACITY];
} drv_files;
/* The name, or "NAME and 2 more files"; NULL of none. In memory that is freed at exit. */
const char *drv_files_name(const drv_files *files);

/* One row of a driver's table of options, sorted as --help shall show them. */
typedef struct drv_option {
    const char *name; /* without the dashes */
    const char *metavariable;
    const char *help; /* "{NAME:TEXT}" in it: only where the library has that feature */
    int kind;         /* a drv_kind, perhaps | DRV_REQUIRED */
    void *value;
    double minimum, maximum; /* of numbers, inclusive; both 0: any */
} drv_option;
#define DRV_COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Reads the command line (--name value or --name=value; --help and --version print and exit 0),
 * adds the options that all drivers have (--format, --from, --out, --plot, --progress, --quiet,
 * --seed,
 * --threads), creates the folder and the context. Anything wrong: one line on stderr, exit
 * status 2. files: every name that the driver may write in the folder, see drv_own_files; one with
 * = before it is a CSV file that is no table (drv_matrix_open). */
void drv_start(int argc, char **argv, const char *summary, const char *files,
               const drv_option *options, int count);

/* The part of drv_start that reads argv by a whole table, of which the first `own` rows are the
 * driver's (driver_options.c). */
typedef struct drv_table {
    const char *summary, *files;
    const drv_option *const *all;
    int own, total;
} drv_table;
void drv_parse(int argc, char **argv, const drv_table *table);
/* One option of a command line. */
typedef struct drv_given {
    const drv_option *option;
    const char *text; /* NULL: a flag */
} drv_given;
/* Prints what --version says, and ends the program. */
_Noreturn void drv_version(void);

/* Prints "PROGRAM: text" as one line on stderr and exits with status 2. */
_Noreturn void drv_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Goes on if status is not an error, else dies with the context's message. After SIGINT, SIGTERM
 * or SIGHUP it ends the program with status 130, 143 or 129, whether the call was stopped
 * (DDN_STOPPED) or not. */
void drv_try(ddn_status status);

/* One bar for the whole job (driver_progress.c). Where it is made, and how long each part takes
 * beside the others, the program says by a plan, once it knows its data; pictures are a part of
 * every plan. Reports of calls then move the bar, which never goes back, within the part. Without
 * a plan each stage of the library has a bar of its own. */
typedef struct drv_part {
    const char *name;  /* as it is shown */
    double weight;     /* seconds, roughly: drv_cost */
    const char *stage; /* the stage of the library that counts in it; NULL: all do */
    int follows; /* 1: begins by itself when that stage does, in the call of the part before */
} drv_part;
#define DRV_PICTURES "pictures"
void drv_plan(int count, const drv_part *parts);
/* Seconds of the exact score of n points at so many states. */
double drv_cost(double evaluations, int64_t n, int64_t d);
/* The part of that name runs; the next calls are the share of it between from and to. A no-op where
 * no plan has it, and for a picture before the last part. */
void drv_begin(const char *name, double from, double to);
/* For long loops of a driver's own: shows the bar where the library would, and ends the program
 * with status 130 or 143 after a signal. stage NULL: what the plan calls it. */
void drv_progress(const char *stage, double fraction);
/* Shows what was printed so far, which otherwise waits for the end where there is a bar. */
void drv_flush(void);
/* For driver.c: whether anybody sees it; a call's share that is done; the bar goes; the job ends.
 */
int drv_is_progress_shown(void);
void drv_show_progress(const char *stage, double of_call);
void drv_clear_bar(void);
void drv_end_progress(void);
/* Starts a process as fork does, and waits for its end: its status, as wait gives it. A signal ends
 * it at once, and then this program. */
int drv_fork(void);
int drv_wait(int child);
/* Of a clock that only runs on. */
double drv_seconds(void);
/* A remark on stderr that does not end the program. */
void drv_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Memory that is freed at exit; dies when there is none. count * size bytes, zeroed. */
void *drv_alloc(int64_t count, int64_t size);
/* The results take the place of those of before. Called by drv_finish, and where a picture alone is
 * missing. */
void drv_keep_results(void);
/* That, and checks that stdout took everything; returns the exit status for main. */
int drv_finish(void);
/* Creates drv.ctx, if there is none. */
void drv_context(void);

/* ---- What OpenBLAS takes this processor for (driver_core.c) -------------------------------- */

/* Before anything has loaded OpenBLAS: where it would take the kernels of the oldest processor for
 * one that it does not know, and OPENBLAS_CORETYPE says nothing, that is set. Called by drv_start;
 * a program whose process may not fork later calls it before. */
void drv_core_begin(void);
/* The core of that name instead, where this processor can run it and the user has not chosen one;
 * NULL: none. */
void drv_core_choose(const char *core);
/* A line for --version, where there is something to tell. */
void drv_core_tell(void);

/* ---- Ranks (driver_team.c) --------------------------------------------------------------- */

/* What the ranks share: each has a part of the data; each has all of them, and takes a part of the
 * samples. */
typedef enum drv_split {
    DRV_SPLIT_DATA,
    DRV_SPLIT_SAMPLES
} drv_split;
/* The processes that run a command together. The exchanges are those of ddn_team_create. */
typedef struct drv_world {
    int64_t rank, size;
    int64_t processors; /* for the threads of this rank */
    ddn_team_allgather_fn allgather;
    ddn_team_alltoall_fn alltoall;
    void *user;
    void *(*group)(int64_t size); /* the user for the group of `size` consecutive ranks; once */
    void (*leave)(void);          /* at exit, when no rank waits for this one */
    void (*give_up)(int status);  /* ends all ranks, since they cannot agree on their end */
} drv_world;
/* Before drv_start: this program is one of them. */
void drv_join(const drv_world *world);
/* Whether this process writes and prints: rank 0, or the only one. */
int drv_is_first(void);
/* How many there are; 0: the program is alone. */
int64_t drv_ranks(void);
enum {
    DRV_MOST_THREADS = 1024,
    DRV_LINE = 4096 /* bytes of a line of error */
};
/* How many threads shall run here where the machine has so many processors. */
int64_t drv_threads_here(int64_t processors);
/* Dies with the first line that a rank has other than rank 0. */
void drv_team_compare(const char *lines);
/* Of bytes[size], to tell them from others. */
uint64_t drv_digest(const char *bytes, int64_t size);
/* Makes the groups of drv.shards ranks, unless that is all of them. */
void drv_team_groups(void);
/* The team of the ranks that share this, else NULL. With groups they share both, and it is this
 * rank's. */
ddn_team *drv_team_for(drv_split split);
/* Why a rank ends, the gravest last: it is done; another one ends; an error; a signal. */
typedef enum drv_reason {
    DRV_DONE,
    DRV_FOLLOWS,
    DRV_FAILED,
    DRV_INTERRUPTED
} drv_reason;
/* Ends the part of this rank together with the others: the status and the line of the one with the
 * gravest reason; without ranks they stay as they are. */
int drv_team_end(drv_reason reason, int status, char line[DRV_LINE]);

/* ---- Objects of the library (driver_objects.c) ------------------------------------------- */

/* Notes an object that is to be destroyed at exit, before the context; drv_drop destroys it at once
 * (NULL is a no-op), for one that is made anew. */
#define DRV_KINDS(X)                                                                               \
    X(dataset)                                                                                     \
    X(schedule)                                                                                    \
    X(model)                                                                                       \
    X(oracle)                                                                                      \
    X(query)                                                                                       \
    X(integrator)                                                                                  \
    X(analysis)                                                                                    \
    X(result)                                                                                      \
    X(symmetry)                                                                                    \
    X(diagram)                                                                                     \
    X(features)                                                                                    \
    X(frechet)                                                                                     \
    X(system)                                                                                      \
    X(team)
#define DRV_KEEP_DECLARATION(kind) void drv_keep_##kind(ddn_##kind *object);
DRV_KINDS(DRV_KEEP_DECLARATION)
#define DRV_KEEP_CHOICE(kind) ddn_##kind * : drv_keep_##kind,
#define drv_keep(object) _Generic((object), DRV_KINDS(DRV_KEEP_CHOICE) default : NULL)(object)
void drv_drop(void *object);
void drv_drop_all(void);

/* These are kept already: the Ornstein-Uhlenbeck schedule; the empirical oracle of a set; two
 * Gaussians N(+-m, I) with |m|^2 = mu^2 d; an analysis with the seed of --seed. */
ddn_schedule *drv_ou(void);
ddn_oracle *drv_empirical(const ddn_dataset *ds, const ddn_schedule *sch);
ddn_oracle *drv_two_gaussians(const ddn_schedule *sch, int64_t d, double mu);
ddn_analysis *drv_analysis(void);
/* Sets an option of any object. */
void drv_set_i64(ddn_options *options, int32_t key, int64_t value);
void drv_set_f64(ddn_options *options, int32_t key, double value);

/* Times of a schedule in OU time, and back. */
double drv_to_ou(const ddn_schedule *sch, double t);
double drv_from_ou(const ddn_schedule *sch, double tau);
/* Largest eigenvalue of the covariance; 0 for a single point. */
double drv_lambda(const ddn_dataset *ds);
/* Columns and scalars of a result. In memory that is freed at exit. */
double *drv_column(const ddn_result *result, const char *name);
double drv_scalar(const ddn_result *result, const char *name, double *standard_error);
/* Share of hits and its error, half of Wilson's interval at one standard deviation. */
void drv_proportion(int64_t hits, int64_t count, double *share, double *standard_error);

typedef struct drv_file drv_file; /* see result files */

/* ---- Jobs that last (driver_checkpoint.c) ------------------------------------------------ */

typedef struct drv_checkpoint_options {
    const char *path; /* NULL: no checkpoints */
    double every;     /* seconds */
} drv_checkpoint_options;
extern drv_checkpoint_options drv_checkpoint;
/* Rows of an option table. */
#define DRV_CHECKPOINT_OPTIONS                                                                     \
    {"checkpoint",                                                                                 \
     "FILE",                                                                                       \
     "file that keeps what is measured while this runs, and from which the same command goes on; " \
     "removed at the end",                                                                         \
     DRV_STRING,                                                                                   \
     &drv_checkpoint.path,                                                                         \
     0,                                                                                            \
     0},                                                                                           \
    {                                                                                              \
        "every", "SECONDS", "how often it is written", DRV_DOUBLE, &drv_checkpoint.every, 0.01,    \
            1e9                                                                                    \
    }
/* For drv_start: reads the file, if there is one; dies where it is no checkpoint, or where none can
 * be written. */
void drv_checkpoint_start(void);
/* Before the first measurement: takes the file up, if there is one; dies where it is of another
 * job. ds: the data, or NULL. */
void drv_checkpoint_begin(ddn_analysis *an, const ddn_dataset *ds);
/* For driver.c: in a progress callback; last: where the program ends before its time; at its good
 * end. */
void drv_checkpoint_look(int last);
void drv_checkpoint_end(void);

/* ---- Noise schedules (driver_schedule.c) ------------------------------------------------- */

/* Row of an option table. */
#define DRV_SCHEDULE_OPTION                                                                        \
    {                                                                                              \
        "schedule", "ou|vp|ddpm|scaled-linear|cosine|edm|flow|alphas:FILE|betas:FILE|zero-snr:S",  \
            "noise schedule; all times are its own. Numbers may follow: vp:BMIN:BMAX (0.1:20), "   \
            "ddpm:N:FIRST:LAST (1000:1e-4:0.02), scaled-linear:N:FIRST:LAST "                      \
            "(1000:0.00085:0.012), cosine:N:OFFSET:BMAX (1000:0.008:0.999), with BMIN <= BMAX, "   \
            "N <= 1e8, FIRST, LAST, OFFSET and a discrete BMAX below 1; FILE: one number an "      \
            "index",                                                                               \
            DRV_STRING, &drv.schedule, 0, 0                                                        \
    }
/* The schedule that the text of --schedule names, kept. The second dies where that is not the
 * Ornstein-Uhlenbeck schedule, with the reason why no other will do. */
ddn_schedule *drv_schedule(void);
ddn_schedule *drv_schedule_of_ou(const char *why);
int drv_is_ou(const ddn_schedule *sch);

/* Dies where the time from an option is not one of the schedule. */
void drv_check_time(const char *option, const ddn_schedule *sch, double t);
/* The same for one that a grid begins or ends at, so not pure noise; in OU time; NaN stays. */
double drv_time_given(const char *option, const ddn_schedule *sch, double t);
/* The time of the schedule for an OU time, its last one where it does not reach so far. */
double drv_time_of(const ddn_schedule *sch, double tau);
/* The same for the clean end of paths: at least the first index, where there are indices. */
double drv_clean_end(const ddn_schedule *sch, double tau);
/* OU time of the schedule's last time, which may be infinite. */
double drv_last_ou(const ddn_schedule *sch);
/* Times of the schedule, geometric in OU time; ends at the last time of the schedule where that
 * comes first. In memory that is freed at exit. */
const double *drv_times(const ddn_schedule *sch, double tau_min, double tau_max, int64_t count);
/* The ends of times that are NaN: those, but never in the way of the other end where that was given
 * (driver_range.c). A preset must not make an option that the user gave an error. */
void drv_preset_range(double low, double high, double *t_min, double *t_max);
/* Records the ends that are used. */
void drv_note_range(const double *times, int64_t count);
enum {
    DRV_RANGE_STATES = 28 * 48 /* that it evaluates */
};
/* Chooses the ends in OU time that are NaN (driver_range.c), for the oracle of ds. Both transitions
 * must lie well inside for any data set, so a few plain states on a very wide grid find where phi_C
 * and f/alpha leave their values at its ends; the noisy end is also kept 2.3 above t_S, where e^(2
 * t_S - 2 t) is 1/100. */
void drv_choose_range(ddn_analysis *an, const ddn_oracle *oracle, const ddn_dataset *ds,
                      double *t_min, double *t_max);
/* What times are in: "OU units", "of the schedule ddpm:1000"; for single or double quotes. */
const char *drv_clock(const ddn_schedule *sch);
/* What pictures call them: "t", "index" where they are whole numbers, "σ", in data units, of EDM.
 */
const char *drv_time_symbol(const ddn_schedule *sch);
/* Whether pictures have them on a linear axis: indices, and times that end at 1. */
int drv_is_time_linear(const ddn_schedule *sch);

/* ---- The folder of the results (driver_folder.c) ----------------------------------------- */

/* OUT/NAME, in memory that is freed at exit; dies where the name is not in the driver's list. */
const char *drv_path(const char *name);
/* The list of a driver: names separated by spaces, # for a whole number; a picture NAME.png may be
 * NAME.pdf or NAME.svg as well. Called by drv_start. */
void drv_own_files(const char *list);
/* Dies where the file that an option names, NULL for none, is one that the driver may write there.
 */
void drv_check_elsewhere(const char *option, const char *path);
/* Dies where the folder of the results is that one, whose files are the points that an option
 * names, or is in it. A file is no folder. */
void drv_check_outside(const char *option, const char *folder);
/* Whether the name is that of the pattern, which ends at a space or with its text. */
int drv_is_like(const char *name, const char *pattern);
/* Files of these names that were there at the start, and were not written since, are of another
 * run: they become NAME.old, with a remark. Called by drv_finish, so that a run that fails leaves
 * them. */
void drv_set_aside(void);

/* ---- Result files (driver_files.c, driver_output.c) -------------------------------------- */

/* The last part of a path. */
const char *drv_base_name(const char *path);
/* A text of the user's, such as the name of a file, as a terminal and a result can take it: what it
 * would obey or cannot show is \x and two digits, as in messages of the library (its own code,
 * lib/base/utf8.h). In memory that is freed at exit. drv_die and drv_warn do that themselves. */
const char *drv_shown(const char *text);
/* Puts ? in the place of that, and of the characters that are named, for a picture or a script.
 * Returns the text. */
char *drv_plain(char *text, const char *named);
/* Appends to a text of that capacity. */
void drv_append(char *text, size_t capacity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A text file (driver_files.c): all files of a run or none. It goes to a temporary file, and takes
 * the place of what is there when the run has written all (drv_finish); where the program ends
 * before, whatever the reason, the last one stays. A pipe or a device is written itself. Every
 * write is checked: a full disk ends the program with the path in the message and status 2. */
drv_file *drv_open(const char *path);
/* A file beside path for what is read again and discarded; messages name path. */
drv_file *drv_open_aside(const char *path);
void drv_print(drv_file *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Bytes as they are, also from callbacks: a failure is told by drv_close. */
void drv_bytes(drv_file *file, const void *bytes, size_t count);
void drv_close(drv_file *file);
/* Leaves what is there instead; the second, of all that is not in its place, is called at exit. */
void drv_discard(drv_file *file);
void drv_discard_all(void);
/* All that were closed go to their names. Called by drv_finish. */
void drv_put_in_place(void);
/* The folder in which files of the folder of results are until then, under their names. */
const char *drv_stage(void);
#define DRV_PART ".part-" /* a process's number behind it: names of what is temporary */
/* Bytes of the path that name a file that is there, or a folder: of "x.npz:data" those before the
 * member; 0: nothing is there. */
size_t drv_file_part(const char *path);
/* The whole of a regular file that an option names, at most so many bytes, and a zero behind them;
 * dies where it is anything else or cannot be read. In memory that is freed at exit. */
char *drv_read(const char *option, const char *path, int64_t most, int64_t *size);
/* The path as it was given to drv_open, and the stream that takes what is written, for others who
 * write it. */
const char *drv_file_path(const drv_file *file);
FILE *drv_file_stream(const drv_file *file);

/* Where a file is until it is in its place. */
const char *drv_file_temporary(const drv_file *file);
/* drv_try for a call that was given this name: the message has that of drv_open in its place. */
void drv_try_file(ddn_status status, const drv_file *file);
/* When it is closed, the comments of a CSV file come at its end. */
void drv_file_is_csv(drv_file *file, const char *columns);

/* CSV: a header line, then rows of numbers with all their digits; NaN is an empty
 * field; at the end, where they are in no reader's way, comments say where it comes from. */
drv_file *drv_csv_open(const char *path, const char *header);
/* One without a line of names, whose numbers are all of one kind. The comments come first:
 * gnuplot takes what is behind a matrix for more of it. */
drv_file *drv_matrix_open(const char *path, const char *name);
void drv_csv_row(drv_file *file, const double *values, int64_t count);
/* A whole file from columns[count][rows]. */
void drv_csv(const char *path, const char *header, int64_t rows, int64_t count,
             const double *const *columns);
/* "A,B,..." from names[count], in memory that is freed at exit. */
const char *drv_header(const char *const *names, int64_t count);
/* A whole file from the columns of a result that the header names. */
void drv_csv_result(const char *path, const char *header, const ddn_result *result);

/* ---- Other formats of the tables (driver_formats.c) --------------------------------------- */

/* The list of a driver's files with those that --format adds; called by drv_start, as the next. */
const char *drv_formats_files(const char *list);
/* Takes the value of --format, or NULL; dies where it is no list of formats. */
void drv_formats_choose(const char *text);
/* Whether there is more to write than CSV. */
int drv_formats_any(void);
/* What drv_close calls for a CSV file, which is written there: writes what --format asks for. */
void drv_formats_write(const char *path, const char *written, const char *columns);

/* ---- Pictures (driver_plot.c) ------------------------------------------------------------- */

typedef enum drv_width { /* of the columns of a journal: 86 mm, 178 mm */
    DRV_ONE_COLUMN,
    DRV_TWO_COLUMNS
} drv_width;

enum {
    DRV_MOST_ROWS = 4
};
/* Panels side by side. Lengths are in millimetres. */
typedef struct drv_row {
    int panels;
    double height; /* of their axes */
    int legend;    /* lines of the legend above each; 0: none there */
    int marks;     /* 1: drv_mark is used */
    int shared;    /* 1: the legend of the first panel is that of all, tags stand at the axes */
    double left;   /* room left of the axes; 0: what a label and tics need */
    double right;  /* 0: little; else of a legend that stands there */
    double gap;    /* between the panels; 0: what a label and tics need */
    int bare;      /* 1: no tics or label below, such as images */
} drv_row;

typedef struct drv_figure {
    const char *name;
    drv_width width;
    const char *title; /* what data these are, as it is (drv_caption); or NULL */
    const char *note;  /* a line below, enhanced: what bars and bands are; or NULL */
    int count;
    drv_row rows[DRV_MOST_ROWS];
} drv_figure;

/* What bars of all pictures are; where a file has standard errors alone, low(y, se) and
 * high(y, se) in the script are their ends. */
#define DRV_BARS "bars: 95 % confidence intervals"
/* The axis of times. In all pictures t grows to the right, as for the forward process, since all
 * results are functions of this t; generation runs to the left. */
#define DRV_TIME_IN(unit) "t (" unit "), ← generation"
#define DRV_TIME DRV_TIME_IN("OU time, dimensionless")

/* The axis of shares and probabilities: all of 0 to 1, and more where bars need it. */
#define DRV_SHARES "set yrange [*<-0.04:1.04<*] noextend\nset ytics 0.2\n"

/* Starts OUT/NAME.gp, a gnuplot script that draws OUT/NAME.png (or .pdf, .svg: --plot) from files
 * in OUT (the script runs inside that folder). CSV separator, fonts and line styles are set: 1 to 8
 * are measured points (solid, each its shape), 11 to 18 lines (each its dashes) in the same
 * colours. positive(y) is what a logarithmic axis shows by itself. */
drv_file *drv_plot_open(const drv_figure *figure);
/* Goes to the next panel: margins, tag "(a)" where there are several, place of the legend outside
 * of the axes; everything else is as at the start. */
void drv_panel(drv_file *file, int row, int column);
double drv_panel_width(const drv_figure *figure, int row);
/* A dashed vertical line with its name above the axes: "left", "right" or "center" of it. */
void drv_mark(drv_file *file, double x, const char *text, const char *side);
/* The axis of times of a schedule, with a little room at both ends, and its label; linear or
 * logarithmic (drv_is_time_linear). beside(t) in the script is just right of t: for points that
 * others would cover; DRV_BESIDE, for notes. Tics of a logarithmic one alone: set is "set xtics (".
 */
void drv_time_axis(drv_file *file, const ddn_schedule *sch, double from, double to);
#define DRV_BESIDE "simulated points stand beside their t"
/* Widens times to the ends of their axis. */
void drv_time_ends(const ddn_schedule *sch, double *from, double *to);
void drv_log_tics(drv_file *file, const char *set, double low, double high);
/* A logarithmic axis of values from `least` on, to `most` (NAN: as far as they go), for which bars
 * may reach 0 and below. */
void drv_log_axis(drv_file *file, double least, double most);
typedef struct drv_bars {
    const char *from;           /* "'FILE' using X" */
    const char *y, *low, *high; /* expressions of columns */
    int style, lines;           /* 1: between the points, too */
    const char *title;
} drv_bars;
/* The part of a plot command that draws them on it. What is below the axis ends there in a
 * triangle: DRV_CUT, for notes. */
void drv_log_bars(drv_file *file, const drv_bars *bars);
#define DRV_CUT "▼: goes on below the axis"
/* The file that --plot makes of it, or of the script alone: "NAME.png"; in memory that is freed at
 * exit. */
const char *drv_picture(const char *name);
/* Runs it. Without gnuplot on this machine: one remark and the program goes on. */
void drv_plot_run(drv_file *file);

/* ---- Arrays (driver_npy.c) ---------------------------------------------------------------- */

/* Starts an .npy file of doubles of that shape; rows[count][width] of it are written in turn,
 * also by callbacks (drv_bytes). */
drv_file *drv_npy_open(const char *path, int count, const int64_t *shape);
void drv_npy_rows(drv_file *file, int64_t count, int64_t width, const double *values, int64_t ld);
/* A whole one: values[rows][columns], or values[rows] where columns is 0. */
void drv_npy(const char *path, int64_t rows, int64_t columns, const double *values);

/* ---- Where results come from (driver_origin.c), runs that are repeated (driver_from.c) ---- */

/* What a column or number of a driver's files is; # in a name stands for a whole number. That of
 * NAME_se, NAME_low, NAME_high follows from NAME. */
typedef struct drv_meaning {
    const char *name, *unit, *text;
} drv_meaning;
/* For all files that are closed from now on. The second: for what the first does not name, until
 * it is called with NULL. */
void drv_define(const drv_meaning *meanings, int count);
void drv_define_by(const ddn_result *result);
/* A number that the program found and uses where an option left it open: recorded beside the
 * settings; NaN: there is none. The name stays the caller's. */
void drv_note(const char *name, double value);
/* A file that an option names was read: path is the option's pointer, the set what was made of it,
 * NULL where its content is in the digest of another. With --from, other data end the program. */
void drv_note_input(const char *path, const ddn_dataset *ds);
/* The same of several that are one set; a no-op for none. */
void drv_note_files(const drv_files *files, const ddn_dataset *ds);
/* Whether it is one of these files: no result may take its place. */
struct stat;
int drv_is_input(const struct stat *file);
/* OUT/NAME of a result by the ending of the name, with the record in JSON and CSV. members: more
 * of them for JSON, each with a comma behind it; or "". */
void drv_write_result(const ddn_result *result, const char *name, const char *members);
/* A number as JSON, with all its digits; null for NaN. In memory that is freed at exit. */
const char *drv_json_number(double value);
/* A JSON file whose first members are the record and what the names "A,B,..." are; the caller goes
 * on with a comma. */
drv_file *drv_json_open(const char *path, const char *names);
/* Lines "# column" that say what the names "A,B,..." are, each with a line break before it. */
void drv_put_columns(FILE *to, const char *names);
/* What drv_close calls for CSV. */
void drv_put_comments(FILE *to, const char *names);

/* For drv_parse: the command and the settings are recorded; the value of an option as JSON; whether
 * it is about where and how the program runs, and not about what comes out. */
void drv_origin_start(const drv_table *table, const drv_given *given, int count);
const char *drv_option_json(const drv_option *o);
/* The values of all options that say what is measured, as members of JSON. */
const char *drv_origin_settings(void);
/* Dies where ranks have other options, those of the run aside, or another library. */
void drv_compare_options(const drv_option *const *all, int total);
/* Whether an option can have that value: within the range where there is one. */
int drv_can_be(const drv_option *o, double value);
int drv_is_of_run(const drv_option *o);
/* Dies where a list has a number twice: its results would go to one file, or to columns of one
 * name. */
void drv_check_distinct(const char *option, const drv_list *list);

enum {
    DRV_FROM_CAPACITY = 4608 /* two options of DRV_FILES_CAPACITY files, and others */
};
typedef struct drv_from_file {
    const char *path, *absolute;
} drv_from_file;
typedef struct drv_from_input {
    const char *option, *digest;
    drv_from_file at;    /* the only file, or the first */
    drv_from_file *more; /* [count]: all, where there are several */
    int count;
    int is_other; /* the user has named another, or what changes it */
} drv_from_input;
/* What a file says of the run that wrote it. */
typedef struct drv_from {
    const char *path, *version, *kernel, *blas, *blas_core;
    const char *command[DRV_FROM_CAPACITY];
    int words, first; /* first: word behind the program */
    /* Settings; a text NULL: none. That of several files has a name and a text for each. */
    const char *names[DRV_FROM_CAPACITY], *texts[DRV_FROM_CAPACITY];
    int settings;
    drv_from_input input[DRV_FROM_CAPACITY];
    int inputs;
    int has[8]; /* members, by their number in driver_from.c */
} drv_from;
/* Reads it; dies where it is damaged, says nothing of a run, or is another program's. */
drv_from *drv_from_read(const char *path);
/* The text of a setting, which may name a file that was read then: where that is not here, but at
 * the absolute path of then, beside the record or in the folder above, with a remark that path. */
const char *drv_from_find(const char *option, const char *text);
/* The kernel that was used then, and the core of OpenBLAS, for the same bits; remarks where those
 * or BLAS are others. Without a file the core is drv_core_begin's, and the next is a no-op. */
void drv_from_kernel(void);
/* Dies where the data of an option are not those of the file, and the user has named no others. */
void drv_from_check(const char *option, const char *path, int64_t digest);

/* ---- Points as images (driver_images.c, driver_sheet.c) ---------------------------------- */

/* How the coordinates of a point are an image: number of plane c, row y, column x is at c * plane +
 * y * row + x * column. */
typedef struct drv_image {
    int64_t height, width, channels, plane, row, column; /* height 0: no image */
} drv_image;

/* "28x28", "32x32x3" (colours side by side), "3x32x32" (in planes), with a 1 at either end for
 * grey, "none", or "auto": squares of at least 8 x 8, for three colours in the order in which
 * neighbours differ less. */
/* A shape of that many numbers, "4x4". */
const char *drv_image_example(int64_t d);
drv_image drv_image_of(const char *text, const ddn_dataset *ds);
/* The shape before and after "[SHAPE:]HxW" of --pad, the same edge on opposite sides; dies where
 * that cannot be. */
typedef struct drv_padding {
    drv_image from, to;
    int64_t top, left;
} drv_padding;
drv_padding drv_padding_of(const char *text, const ddn_dataset *ds);

enum {
    DRV_IMAGE_GAP = 2 /* white pixels between the images of a sheet */
};
/* Writes a sheet of images[rows][columns], NULL for none, as PNG where the path ends in .png, else
 * as PGM (one channel) or PPM. The range of the rows from `from` on goes from black to white, what
 * is beyond it is cut off. */
void drv_sheet(const char *path, const drv_image *shape, int64_t rows, int64_t columns,
               int64_t from, const double *const *images);
/* Its width in pixels; its height where it shall be so wide, in millimetres; axes of its pixels. */
int64_t drv_sheet_width(const drv_image *shape, int64_t columns);
double drv_sheet_height(const drv_image *shape, int64_t rows, int64_t columns, double wide);
void drv_sheet_axes(drv_file *plot, const drv_image *shape, int64_t rows, int64_t columns);

/* ---- Ways of evaluation ------------------------------------------------------------------ */

/* Row of an option table: an int that says whether to call drv_trace at the end. */
#define DRV_TRACE_OPTION(flag)                                                                     \
    {                                                                                              \
        "trace", NULL, "print at the end which ways of evaluation served how many states",         \
            DRV_FLAG, &(flag), 0, 0                                                                \
    }
/* Prints what each way of an empirical oracle has done so far, and the sums: states tried and
 * served, rows read, their share of all n rows for every state, bytes read. */
void drv_trace(const ddn_oracle *oracle);

/* ---- Tables on the terminal -------------------------------------------------------------- */

/* "12.345 ± 0.067": the value to the two leading digits of its error; six digits where there is no
 * error but that of rounding, "not reached" for NaN. In buffer[size]; returns buffer. */
char *drv_format(double value, double standard_error, char *buffer, size_t size);
/* Prints that padded to `width` places and a space; "-" for NaN, and no error if below 1e-6. */
void drv_cell(double value, double standard_error, int width);
/* Where the curve y(t) passes a level at the largest t, by linear interpolation, with the error
 * that the errors of both ends leave; NaN where it does not. */
void drv_crossing(int64_t rows, const double *t, const double *y, const double *error, double level,
                  double *at, double *at_error);

/* ---- Input data (driver_data.c) ---------------------------------------------------------- */

typedef struct drv_data {
    drv_files files;  /* as one set */
    drv_files labels; /* one for each of the files, or one for all points */
    drv_list classes;
    int scale;       /* index in pm1|unit|raw, -1: by type */
    int64_t n;       /* 0: all */
    int64_t most;    /* where n is 0: so many at most, or one of each class; 0: no limit */
    const char *pad; /* NULL: as they are */
    int in_place;    /* points stay in their file */
    int read_as;     /* index in bf16|coarse, -1: as what it says it is */
} drv_data;
#define DRV_DATA_DEFAULTS                                                                          \
    {                                                                                              \
        {0, {0}}, {0, {0}}, {0, {0}}, -1, 0, 0, NULL, 0, -1                                        \
    }
/* Rows of an option table; required is DRV_REQUIRED or 0, for --data. */
#define DRV_DATA_OPTIONS(data, required)                                                           \
    {"data",                                                                                       \
     "FILE",                                                                                       \
     "points: .npy, .npz, {hdf5:HDF5, }IDX (.gz), CIFAR binary{images:, a folder of .png or "      \
     ".jpg}; several files are one set: --data A B, or --data A --data B",                         \
     DRV_FILES | (required),                                                                       \
     &(data).files,                                                                                \
     0,                                                                                            \
     0},                                                                                           \
        {"labels",                                                                                 \
         "FILE",                                                                                   \
         "labels of the points: .npy, .npz{hdf5:, HDF5} or IDX (.gz); of several files one for "   \
         "each, in the same order, or one for all",                                                \
         DRV_FILES,                                                                                \
         &(data).labels,                                                                           \
         0,                                                                                        \
         0},                                                                                       \
        {"classes",   "A,B,...",       "use only the points with these labels",                    \
         DRV_INTS,    &(data).classes, -2147483648.0,                                              \
         2147483647.0},                                                                            \
        {"scale",                                                                                  \
         "pm1|unit|raw",                                                                           \
         "bytes to [-1,1], to [0,1], or numbers as stored (default: pm1 for bytes, else raw)",     \
         DRV_CHOICE,                                                                               \
         &(data).scale,                                                                            \
         0,                                                                                        \
         0},                                                                                       \
        {"n",     "N",       "use N of the points, spread evenly over the file and the classes",   \
         DRV_INT, &(data).n, 1,                                                                    \
         9e15},                                                                                    \
        {"pad",                                                                                    \
         "[SHAPE:]HxW",                                                                            \
         "give images a black edge: 32x32, or 28x20:32x32 with their SHAPE as for --image "        \
         "where they are no squares",                                                              \
         DRV_STRING,                                                                               \
         &(data).pad,                                                                              \
         0,                                                                                        \
         0},                                                                                       \
        {"read-as",                                                                                \
         "bf16|coarse",                                                                            \
         "bf16: arrays of u2 or i2 hold bfloat16, also those of states; coarse: CIFAR-100 with "   \
         "its "                                                                                    \
         "coarse labels",                                                                          \
         DRV_CHOICE,                                                                               \
         &(data).read_as,                                                                          \
         0,                                                                                        \
         0},                                                                                       \
    {                                                                                              \
        "in-place", NULL,                                                                          \
            "leave the points in their file, which may be larger than memory: a plain .npy of "    \
            "u1, <f4 or <f8, IDX, CIFAR; bytes in disguise stay floats, --classes and --n read "   \
            "what they choose",                                                                    \
            DRV_FLAG, &(data).in_place, 0, 0                                                       \
    }

/* Whether there is a --data, for drivers that have another system without one; dies if an option
 * that speaks of its file stands alone. */
int drv_data_given(const drv_data *data);
/* What its file is called, of several the first; NULL where there is none. */
const char *drv_data_name(const drv_data *data);
/* Opens, labels, selects and scales; the set is kept (drv_keep). Dies with a line that names the
 * file or option at fault. */
ddn_dataset *drv_data_load(const drv_data *data);
/* ddn_dataset_description of the set that was loaded, also where points were padded. */
const char *drv_data_description(const ddn_dataset *ds);
/* "FILE:  n = ..., d = ...,  classes A, B" for the title of a picture, in double quotes and
 * noenhanced. In memory that is freed at exit. */
const char *drv_caption(const drv_data *data, const ddn_dataset *ds);
/* The same for two Gaussians N(+-m, I) with |m|^2 = mu^2 d, and points drawn from them unless 0. */
const char *drv_gaussians(int64_t points, int64_t d, double mu);
/* The rows x[m][d] of the file of another option in the units of the points: bytes like bytes,
 * other numbers as they are, u2 as the points' --read-as says. Memory that is freed at exit. */
double *drv_rows(const char *option, const char *path, const ddn_dataset *points, int64_t *m);
/* The set with its copies merged into weights, kept; ds itself is dropped. How many they were. */
ddn_dataset *drv_data_distinct(ddn_dataset *ds, int64_t *copies);

#endif
