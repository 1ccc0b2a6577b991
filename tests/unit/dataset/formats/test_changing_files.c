/* Files that others cut short, overwrite or remove: while they are opened that is an error, after
 * that it is no concern of the set. A set that looks into a map of the file instead ends this
 * program with SIGBUS, or sees numbers that nobody has checked. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/files.h"
#include "support/fixtures.h"

enum {
    RECORD = 3073,
    PAGES = 1 << 15 /* bytes: several pages */
};

/* Numbers that are finite in every type: bytes from 1 to 64. */
static const char *write_npy(const char *name, const char *dictionary, int compressed)
{
    static uint8_t data[PAGES], image[PAGES + 256];
    for (int i = 0; i < PAGES; i++) {
        data[i] = (uint8_t)(1 + i % 64);
    }
    size_t size = test_npy_image(image, 1, 64, dictionary, data, sizeof data);
    return compressed ? test_write_gzip(name, image, size) : test_write_file(name, image, size);
}

static const char *npy_bytes(void)
{
    return write_npy("u1.npy", "{'descr': '|u1', 'fortran_order': False, 'shape': (256, 128), }",
                     0);
}

static const char *npy_floats(void)
{
    return write_npy("f4.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (64, 128), }", 0);
}

static const char *npy_doubles(void)
{
    return write_npy("f8.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (32, 128), }", 0);
}

static const char *npy_compressed(void)
{
    return write_npy("f8.npy.gz", "{'descr': '<f8', 'fortran_order': False, 'shape': (32, 128), }",
                     1);
}

static const char *idx(void)
{
    static uint8_t image[12 + PAGES] = {0, 0, 8, 2, 0, 0, 1, 0, 0, 0, 0, 128};
    for (int i = 0; i < PAGES; i++) {
        image[12 + i] = (uint8_t)(1 + i % 64);
    }
    return test_write_file("points.idx", image, sizeof image);
}

static const char *cifar(void)
{
    static uint8_t image[8 * RECORD];
    for (int i = 0; i < 8 * RECORD; i++) {
        image[i] = (uint8_t)(i % RECORD == 0 ? 3 : 1 + i % 64);
    }
    return test_write_file("batch.bin", image, sizeof image);
}

static const char *(*const WRITE[])(void) = {npy_bytes,      npy_floats, npy_doubles,
                                             npy_compressed, idx,        cifar};

static void cut(const char *path)
{
    assert_int_equal(truncate(path, 0), 0);
}

static void cut_half(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size / 2), 0);
}

/* All ones are NaN in every type of float. */
static void overwrite(const char *path)
{
    static uint8_t ones[PAGES];
    memset(ones, 0xff, sizeof ones);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, ones, sizeof ones, 0), sizeof ones);
    assert_int_equal(close(fd), 0);
}

static void remove_file(const char *path)
{
    assert_int_equal(unlink(path), 0);
}

static void (*const CHANGE[])(const char *path) = {cut, cut_half, overwrite, remove_file};

enum {
    FILES = sizeof WRITE / sizeof WRITE[0],
    CHANGES = sizeof CHANGE / sizeof CHANGE[0]
};

/* All points and the score at one state, in out[n * d + d]. */
static void look(ddn_context *ctx, const ddn_dataset *ds, double *out)
{
    int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds);
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    ddn_oracle *oracle;
    OK(ctx, ddn_dataset_read(ctx, ds, 0, n, out, d));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_oracle_score(ctx, oracle, 0.5, 1, out, d, out + n * d, d));
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
}

static void an_open_set_does_not_see_its_file(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int f = 0; f < FILES; f++) {
        for (int c = 0; c < CHANGES; c++) {
            const char *path = WRITE[f]();
            ddn_dataset *ds;
            OK(ctx, ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &ds));
            int64_t count = (ddn_dataset_n(ds) + 1) * ddn_dataset_d(ds);
            double *before = calloc((size_t)count, sizeof *before);
            double *after = calloc((size_t)count, sizeof *after);
            look(ctx, ds, before);
            CHANGE[c](path);
            look(ctx, ds, after);
            assert_memory_equal(before, after, (size_t)count * sizeof *before);
            free(before);
            free(after);
            ddn_dataset_destroy(ds);
        }
    }
    ddn_context_destroy(ctx);
}

/* An allocator that changes the file at its at-th call. */
typedef struct saboteur {
    const char *path;
    void (*change)(const char *path);
    int64_t calls, at;
} saboteur;

static void *allocate(void *user, int64_t bytes, int64_t alignment)
{
    saboteur *s = user;
    if (++s->calls == s->at) {
        s->change(s->path);
    }
    void *memory;
    return posix_memalign(&memory, (size_t)alignment, (size_t)bytes) == 0 ? memory : NULL;
}

static void give_back(void *user, void *pointer, int64_t bytes)
{
    (void)user;
    (void)bytes;
    free(pointer);
}

/* At whatever moment: the set of the old file or a refusal that names the file. */
static int32_t open_changing(int file, int change, int64_t at)
{
    saboteur s = {WRITE[file](), CHANGE[change], 0, 0};
    ddn_context *ctx;
    ddn_dataset *ds;
    assert_int_equal(ddn_context_create_with_allocator(allocate, give_back, &s, &ctx), DDN_OK);
    s.calls = 0;
    s.at = at;
    ddn_status status = ddn_dataset_open(ctx, s.path, DDN_FORMAT_AUTO, &ds);
    int32_t met = s.calls >= at;
    s.at = 0;
    if (status == DDN_OK) {
        double x[RECORD];
        OK(ctx, ddn_dataset_read(ctx, ds, ddn_dataset_n(ds) - 1, 1, x, RECORD));
        assert_true(isfinite(x[ddn_dataset_d(ds) - 1]));
    } else {
        assert_true(status == DDN_E_IO || status == DDN_E_FORMAT || status == DDN_E_NONFINITE);
        assert_non_null(strstr(ddn_context_message(ctx), s.path));
        assert_null(ds);
    }
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    return met ? status : 1;
}

static void a_file_that_changes_while_it_is_opened_is_refused(void **state)
{
    (void)state;
    int refused[CHANGES] = {0};
    for (int f = 0; f < FILES; f++) {
        for (int c = 0; c < CHANGES; c++) {
            int32_t status = 0;
            for (int64_t at = 1; status != 1; at++) {
                status = open_changing(f, c, at);
                refused[c] += status < 0;
            }
        }
    }
    printf("# refused: cut %d, cut to half %d, overwritten %d, removed %d\n", refused[0],
           refused[1], refused[2], refused[3]);
    /* Each change of the bytes must have met one at least, or this test looks at nothing. */
    assert_true(refused[0] >= FILES && refused[1] >= FILES - 1 && refused[2] >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_set_does_not_see_its_file),
        cmocka_unit_test(a_file_that_changes_while_it_is_opened_is_refused),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
