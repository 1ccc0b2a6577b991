/* A result that cannot be written leaves the last good file and nothing beside it, whatever the
 * reason: a table of faults, in every format. And long names can be written. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/files.h"
#include "support/fixtures.h"

enum {
    ROWS = 20000,   /* of a result that the faults have no room for */
    MOST = 1 << 10, /* bytes of the small result's file */
    FOLDER = 64,    /* bytes of a path */
    NOBODY = 65534
};

static char folder[FOLDER], moved[FOLDER]; /* where the file is; where it goes when it vanishes */
static struct rlimit no_limit;

/* ---- Faults: each returns whether this machine can have it ---- */

static int limit_size(void)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit tight = no_limit;
    tight.rlim_cur = 4096;
    return setrlimit(RLIMIT_FSIZE, &tight) == 0;
}

static void unlimit_size(void)
{
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &no_limit), 0);
    signal(SIGXFSZ, SIG_DFL);
}

static int forbid_folder(void)
{
    assert_int_equal(chmod(folder, 0555), 0);
    return getuid() != 0 || seteuid(NOBODY) == 0;
}

static void allow_folder(void)
{
    assert_true(getuid() != 0 || seteuid(0) == 0);
    assert_int_equal(chmod(folder, 0755), 0);
}

static int move_folder(void)
{
    return rename(folder, moved) == 0;
}

static void move_folder_back(void)
{
    assert_int_equal(rename(moved, folder), 0);
}

/* A file system of its own, which needs root. */
static int mount_at_folder(const char *options)
{
    return mount("tmpfs", folder, "tmpfs", 0, options) == 0;
}

static int mount_small(void)
{
    return mount_at_folder("size=16k,mode=755");
}

static int mount_few_files(void)
{
    return mount_at_folder("nr_inodes=2,mode=755"); /* the folder and one file */
}

static int mount_plain(void)
{
    return mount_at_folder("size=1m,mode=755");
}

static int make_read_only(void)
{
    return mount("tmpfs", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL) == 0;
}

static void unmount(void)
{
    assert_int_equal(umount2(folder, MNT_DETACH), 0);
}

static int nothing(void)
{
    return 1;
}

static void no_more(void)
{
}

/* In front of the C library's: a disk that notices an error when it is to keep what was written. */
static int failing;

int fsync(int file)
{
    (void)file;
    errno = EIO;
    return failing ? -1 : 0;
}

static int let_fail(void)
{
    failing = 1;
    return 1;
}

static void no_longer_fail(void)
{
    failing = 0;
}

typedef struct fault {
    const char *name;
    int (*before)(void); /* the last good file is written */
    int (*strike)(void);
    void (*heal)(void);
    void (*after)(void);
    const char *reason; /* in the text */
} fault;

static const fault FAULTS[] = {
    {"limit of size", nothing, limit_size, unlimit_size, no_more, "File too large"},
    {"folder that cannot be written", nothing, forbid_folder, allow_folder, no_more,
     "Permission denied"},
    {"folder that vanishes", nothing, move_folder, move_folder_back, no_more,
     "No such file or directory"},
    {"full disk", mount_small, nothing, no_more, unmount, "No space left"},
    {"no file left", mount_few_files, nothing, no_more, unmount, "No space left"},
    {"disk that loses what was written", nothing, let_fail, no_longer_fail, no_more,
     "Input/output"},
    {"read-only disk", mount_plain, make_read_only, no_more, unmount, "Read-only file system"},
};

/* ---- The file ---- */

static size_t read_file(const char *name, char *bytes)
{
    char path[2 * FOLDER];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t count = fread(bytes, 1, MOST, f);
    fclose(f);
    assert_true(count > 0 && count < MOST);
    return count;
}

static int files_in_folder(void)
{
    int count = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        count += e->d_name[0] != '.';
    }
    closedir(d);
    return count;
}

static ddn_result *zeros(ddn_context *ctx, int64_t rows)
{
    static const double many[ROWS];
    ddn_result *r = NULL;
    OK(ctx, ddn_result_create(ctx, "zeros", DDN_CLOCK_NONE, rows, &r));
    OK(ctx, ddn_result_add_column(ctx, r, "y", NULL, "zeros", many));
    return r;
}

static void suffer(ddn_context *ctx, const fault *f, const char *name)
{
    static char before[MOST], after[MOST];
    char path[2 * FOLDER];
    ddn_result *small = zeros(ctx, 2), *large = zeros(ctx, ROWS);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    OK(ctx, ddn_result_write(ctx, small, path, DDN_RESULT_FORMAT_AUTO));
    size_t count = read_file(name, before);
    assert_true(f->strike());
    ddn_status status = ddn_result_write(ctx, large, path, DDN_RESULT_FORMAT_AUTO);
    f->heal();
    if (status != DDN_E_IO || strstr(ddn_context_message(ctx), name) == NULL ||
        strstr(ddn_context_message(ctx), f->reason) == NULL) {
        fail_msg("%s, %s: status %d, %s", f->name, name, (int)status, ddn_context_message(ctx));
    }
    assert_int_equal(files_in_folder(), 1);
    assert_int_equal(read_file(name, after), count);
    assert_memory_equal(before, after, count);
    ddn_result_destroy(small);
    ddn_result_destroy(large);
    assert_true(unlink(path) == 0 || f->strike == make_read_only);
}

static void the_last_good_file_stays(void **state)
{
    (void)state;
    static const char *const names[3] = {"kept.csv", "kept.json", "kept.npy"};
    ddn_context *ctx = test_context(1);
    snprintf(folder, sizeof folder, "%s", test_path("folder"));
    snprintf(moved, sizeof moved, "%s", test_path("moved"));
    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(chmod(test_path(""), 0755), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &no_limit), 0);
    for (size_t i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++) {
        for (int k = 0; k < 3; k++) {
            if (!FAULTS[i].before()) {
                print_message("# %s: not on this machine\n", FAULTS[i].name);
                break;
            }
            suffer(ctx, &FAULTS[i], names[k]);
            FAULTS[i].after();
        }
    }
    assert_int_equal(rmdir(folder), 0);
    ddn_context_destroy(ctx);
}

/* ---- Names ---- */

/* 255 bytes are the most that a name can have; the temporary file's needs room, too, and shows 100.
 * Names of two bytes a character must not be cut amid one. */
static void names_of_many_lengths(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = zeros(ctx, 2);
    snprintf(folder, sizeof folder, "%s", test_path("names"));
    assert_int_equal(mkdir(folder, 0755), 0);
    for (int length = 1; length <= 256; length = length == 3     ? 98
                                                 : length == 103 ? 230
                                                                 : length + 1) {
        for (int wide = 0; wide < 2; wide++) {
            char path[FOLDER + 300], *name = path + snprintf(path, sizeof path, "%s/", folder);
            for (int i = 0; i < length; i++) {
                int whole = i + 1 < length || i % 2 == 1;
                name[i] = !wide || !whole ? 'n' : i % 2 == 0 ? '\xc3' : '\xa4';
            }
            name[length] = '\0';
            if (length > 255) {
                FAILS(ctx, ddn_result_write(ctx, r, path, DDN_RESULT_FORMAT_CSV), DDN_E_IO,
                      "name too long");
            } else {
                OK(ctx, ddn_result_write(ctx, r, path, DDN_RESULT_FORMAT_CSV));
                assert_int_equal(files_in_folder(), 1);
                assert_int_equal(unlink(path), 0);
            }
        }
    }
    ddn_result_destroy(r);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_good_file_stays),
        cmocka_unit_test(names_of_many_lengths),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
