/* Files that are opened over a team: each rank has its share of the rows, the set is that of one
 * process, and a rank takes memory for its share. What is wrong with a file on one rank ends the
 * call on all. */
#include <sys/stat.h>

#include "support/crew.h"
#include "support/failing.h"
#include "support/files.h"
#include "support/fixtures.h"

enum {
    N = 17,
    D = 10,
    FILES = 3,
    IMAGE = 1 << 16,
    RANKS = 3,
    ODD = 1, /* the rank that errs */
    LARGE_N = 2000,
    LARGE_D = 500
};

/* What is opened. */
typedef enum kind {
    DOUBLES,
    HALVES, /* their high bytes first */
    FORTRAN,
    INTEGERS, /* of 64 bits */
    GZIPPED,
    GZIPPED_FORTRAN,
    IDX,
    CIFAR,    /* three files with labels */
    ARCHIVE,  /* with labels, packed */
    SEVERAL,  /* of 17, 1 and 3 rows: some ranks have rows of two */
    ONE_EACH, /* as many rows as ranks */
    IMAGES,   /* a folder with a folder for each class */
    HDF5,     /* compressed chunks */
    KINDS
} kind;

typedef struct seen {
    ddn_status status;
    char text[512], description[500];
    int64_t digest, n, classes, own;
} seen;

typedef struct trial {
    kind which;
    char path[FILES][160], odd_path[160];
    int64_t files;
    const char *path_of[FILES];
    int32_t odd;       /* rank ODD opens odd_path */
    int32_t in_place;  /* the first file alone */
    int64_t fail_at;   /* its allocation that fails */
    int64_t cancel_in; /* its exchange in which it is cancelled */
    int32_t failed;
    seen by[CREW_MOST];
} trial;

/* ---- files ---- */

static uint8_t *noise(size_t bytes)
{
    uint8_t *out = malloc(bytes);
    assert_non_null(out);
    for (size_t i = 0; i < bytes; i++) {
        out[i] = (uint8_t)(i * 7 + i / 13 + i / 101);
    }
    return out;
}

static void write_npy(trial *t, const char *name, const char *type, const char *fortran, int64_t n,
                      const void *data, size_t bytes, int gzipped)
{
    char dictionary[128];
    uint8_t *image = malloc(IMAGE);
    assert_non_null(image);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': %s, 'shape': (%d, 2, 5), }", type, fortran, (int)n);
    size_t size = test_npy_image(image, 1, 64, dictionary, data, bytes);
    snprintf(t->path[t->files++], sizeof t->path[0], "%s",
             gzipped ? test_write_gzip(name, image, size) : test_write_file(name, image, size));
    free(image);
}

static void write_archive(trial *t)
{
    uint8_t *x = malloc(IMAGE), *y = malloc(IMAGE), *zip = malloc(2 * IMAGE), *bytes = noise(N * D);
    uint8_t labels[N];
    assert_true(x != NULL && y != NULL && zip != NULL);
    for (int i = 0; i < N; i++) {
        labels[i] = (uint8_t)(i % 3);
    }
    const test_member members[] = {
        {.name = "x.npy",
         .bytes = x,
         .count = test_npy_image(x, 1, 64,
                                 "{'descr': '|u1', 'fortran_order': False, 'shape': (17, 10), }",
                                 bytes, N * D),
         .deflated = 1},
        {.name = "y.npy",
         .bytes = y,
         .count = test_npy_image(
             y, 1, 64, "{'descr': '|u1', 'fortran_order': False, 'shape': (17,), }", labels, N)}};
    snprintf(t->path[t->files++], sizeof t->path[0], "%s",
             test_write_file("a.npz", zip, test_zip_image(zip, 0, 2, members)));
    free(x);
    free(y);
    free(zip);
    free(bytes);
}

static void write_cifar(trial *t)
{
    const int records[FILES] = {4, 1, 6};
    for (int k = 0; k < FILES; k++) {
        const size_t size = (size_t)records[k] * 3073;
        char name[16];
        uint8_t *bytes = noise(size);
        for (int i = 0; i < records[k]; i++) {
            bytes[(size_t)i * 3073] = (uint8_t)((i + k) % 10);
        }
        snprintf(name, sizeof name, "c%d.bin", k);
        snprintf(t->path[t->files++], sizeof t->path[0], "%s", test_write_file(name, bytes, size));
        free(bytes);
    }
}

static void write_idx(trial *t)
{
    uint8_t *bytes = noise(16 + N * D);
    const uint8_t head[16] = {0, 0, 8, 3, 0, 0, 0, N, 0, 0, 0, 2, 0, 0, 0, 5};
    memcpy(bytes, head, sizeof head);
    snprintf(t->path[t->files++], sizeof t->path[0], "%s",
             test_write_file("a.idx", bytes, 16 + N * D));
    free(bytes);
}

/* Images of tests/data under other names, in two folders. */
static void write_images(trial *t, const char *name, int64_t count)
{
    static const char *const from[] = {"colours.jpg", "progressive.jpg"};
    uint8_t *bytes = malloc(IMAGE);
    char path[1024], folder[64], file[80];
    assert_non_null(bytes);
    assert_int_equal(mkdir(test_path(name), 0755), 0);
    for (int64_t k = 0; k < count; k++) {
        snprintf(folder, sizeof folder, "images/%s", from[k / 2 % 2]);
        FILE *f = fopen(test_data_path(folder, path), "rb");
        assert_non_null(f);
        const size_t size = fread(bytes, 1, IMAGE, f);
        fclose(f);
        snprintf(folder, sizeof folder, "%s/%c", name, k % 2 == 0 ? 'a' : 'b');
        (void)mkdir(test_path(folder), 0755); /* there already, mostly */
        snprintf(file, sizeof file, "%s/%d.jpg", folder, (int)k);
        (void)test_write_file(file, bytes, size);
    }
    free(bytes);
    snprintf(t->path[t->files++], sizeof t->path[0], "%s", test_path(name));
}

static int32_t can_read(kind which)
{
    return (which != IMAGES || strcmp(ddn_feature("images"), "none") != 0) &&
           (which != HDF5 || strcmp(ddn_feature("hdf5"), "none") != 0);
}

static trial *make_trial(kind which)
{
    trial *t = calloc(1, sizeof *t);
    assert_non_null(t);
    double x[(N + 4) * D];
    int64_t whole[N * D];
    t->which = which;
    test_normal(51, (N + 4) * D, x);
    for (int i = 0; i < N * D; i++) {
        whole[i] = (int64_t)(x[i] * 1e6);
    }
    switch (which) {
    case DOUBLES:
    case FORTRAN:
        write_npy(t, "a.npy", "<f8", which == FORTRAN ? "True" : "False", N, x, N * D * 8, 0);
        break;
    case HALVES: {
        uint8_t *bytes = noise(N * D * 2);
        for (int i = 0; i < N * D; i++) {
            bytes[2 * i] &= 0x3f; /* neither NaN nor Inf */
        }
        write_npy(t, "b.npy", ">f2", "False", N, bytes, N * D * 2, 0);
        free(bytes);
        break;
    }
    case INTEGERS:
        write_npy(t, "i.npy", "<i8", "False", N, whole, N * D * 8, 0);
        break;
    case GZIPPED:
    case GZIPPED_FORTRAN:
        write_npy(t, "a.npy.gz", "<f8", which == GZIPPED ? "False" : "True", N, x, N * D * 8, 1);
        break;
    case IDX:
        write_idx(t);
        break;
    case CIFAR:
        write_cifar(t);
        break;
    case ARCHIVE:
        write_archive(t);
        break;
    case SEVERAL:
        write_npy(t, "s0.npy", "<f8", "False", N, x, N * D * 8, 0);
        write_npy(t, "s1.npy", "<f8", "False", 1, x + N * D, D * 8, 0);
        write_npy(t, "s2.npy", "<f8", "True", 3, x + (N + 1) * D, 3 * D * 8, 0);
        break;
    case IMAGES:
        write_images(t, "images", 5);
        break;
    case HDF5: {
        char path[1024];
        snprintf(t->path[t->files++], sizeof t->path[0], "%s:gzip",
                 test_data_path("hdf5/chunks.h5", path));
        break;
    }
    default:
        write_npy(t, "r.npy", "<f8", "False", 4, x, 4 * D * 8, 0);
    }
    for (int64_t k = 0; k < t->files; k++) {
        t->path_of[k] = t->path[k];
    }
    return t;
}

/* ---- opening ---- */

static void note(seen *s, ddn_context *ctx, ddn_status status)
{
    s->status = status;
    snprintf(s->text, sizeof s->text, "%s", ddn_context_message(ctx));
}

static ddn_status look(ddn_context *ctx, const ddn_dataset *ds, seen *s)
{
    s->n = ddn_dataset_n(ds);
    s->classes = ddn_dataset_class_count(ds);
    snprintf(s->description, sizeof s->description, "%s", ddn_dataset_description(ds));
    return ddn_dataset_digest(ctx, ds, &s->digest);
}

static void rank_opens(crew_rank *rank)
{
    trial *t = rank->user;
    seen *s = &t->by[rank->rank];
    const int32_t odd = rank->rank == ODD;
    test_memory memory;
    ddn_context *own = rank->ctx, *ctx = test_failing_context(&memory, 0);
    const char *other = t->odd_path;
    ddn_dataset *ds = NULL;
    rank->ctx = ctx; /* for cancel_in */
    rank->cancel_in = odd ? t->cancel_in : 0;
    memory.fail_at = odd && t->fail_at > 0 ? memory.allocations + t->fail_at : 0;
    ddn_status status =
        t->in_place ? ddn_dataset_open_team_in_place(
                          ctx, rank->team, odd && t->odd ? other : t->path[0], DDN_FORMAT_AUTO, &ds)
        : odd && t->odd
            ? ddn_dataset_open_team(ctx, rank->team, DDN_FORMAT_AUTO, 1, &other, &ds)
            : ddn_dataset_open_team(ctx, rank->team, DDN_FORMAT_AUTO, t->files, t->path_of, &ds);
    note(s, ctx, status);
    if (odd) {
        t->failed = t->fail_at > 0 ? memory.allocations >= memory.fail_at : rank->cancel_in == 0;
    }
    memory.fail_at = rank->cancel_in = 0;
    STEP(look(ctx, ds, s));
    if (s->status == DDN_OK && status != DDN_OK) {
        note(s, ctx, status);
    }
    ddn_dataset_destroy(ds);
    rank->ctx = own;
    ddn_context_destroy(ctx);
    s->status = memory.live > 0 ? DDN_E_STATE : s->status; /* blocks are left */
}

static void files_are_those_of_one_process(void **state)
{
    (void)state;
    for (kind which = 0; which < KINDS; which++) {
        if (!can_read(which)) {
            print_message("# file %d: not in this build\n", (int)which);
            continue;
        }
        trial *t = make_trial(which);
        seen *want = calloc(1, sizeof *want);
        assert_non_null(want);
        ddn_context *ctx = test_context(1);
        ddn_dataset *ds = NULL;
        OK(ctx, ddn_dataset_open_files(ctx, DDN_FORMAT_AUTO, t->files, t->path_of, &ds));
        OK(ctx, look(ctx, ds, want));
        for (int64_t ranks = 1; ranks <= 4; ranks++) {
            memset(t->by, 0, sizeof t->by);
            test_crew(ranks, rank_opens, t);
            for (int64_t r = 0; r < ranks; r++) {
                if (t->by[r].status != DDN_OK) {
                    fail_msg("file %d, rank %d of %d: %s", (int)which, (int)r, (int)ranks,
                             t->by[r].text);
                }
                assert_memory_equal(&t->by[r], want, sizeof *want);
            }
        }
        ddn_dataset_destroy(ds);
        ddn_context_destroy(ctx);
        free(want);
        free(t);
    }
}

/* What one process can use in place, each rank can its share of; what is refused there is refused
 * on all ranks with the same words. */
static void files_in_place(void **state)
{
    (void)state;
    int used = 0;
    for (kind which = 0; which < IMAGES; which++) {
        trial *t = make_trial(which);
        seen *want = calloc(1, sizeof *want);
        assert_non_null(want);
        ddn_context *ctx = test_context(1);
        ddn_dataset *ds = NULL;
        t->in_place = 1;
        const ddn_status status = ddn_dataset_open_in_place(ctx, t->path[0], DDN_FORMAT_AUTO, &ds);
        const char *text = strstr(ddn_context_message(ctx), ": ");
        snprintf(want->text, sizeof want->text, "%s", text != NULL ? text : "");
        if (status == DDN_OK) {
            OK(ctx, look(ctx, ds, want));
            used++;
        }
        for (int64_t ranks = 1; ranks <= 4; ranks++) {
            memset(t->by, 0, sizeof t->by);
            test_crew(ranks, rank_opens, t);
            for (int64_t r = 0; r < ranks; r++) {
                const seen *s = &t->by[r];
                if (s->status != status || s->n != want->n || s->digest != want->digest ||
                    s->classes != want->classes || strstr(s->text, want->text) == NULL ||
                    strcmp(s->description, want->description) != 0) {
                    fail_msg("file %d, rank %d of %d: %s: %s, not %s", (int)which, (int)r,
                             (int)ranks, ddn_status_name(s->status), s->text, want->text);
                }
            }
        }
        ddn_dataset_destroy(ds);
        ddn_context_destroy(ctx);
        free(want);
        free(t);
    }
    assert_int_equal(used, 5); /* DOUBLES, IDX, CIFAR, SEVERAL, ONE_EACH */
}

/* ---- faults ---- */

/* One status on all ranks, and a text that has both. */
static void all_have(const trial *t, ddn_status status, const char *text)
{
    for (int r = 0; r < RANKS; r++) {
        if (t->by[r].status != status || strstr(t->by[r].text, text) == NULL) {
            fail_msg("rank %d: %s: %s, not %s: %s", r, ddn_status_name(t->by[r].status),
                     t->by[r].text, ddn_status_name(status), text);
        }
    }
}

static void other_files_on_one_rank(void **state)
{
    (void)state;
    const struct {
        kind which;
        ddn_status status;
        const char *text;
    } rows[] = {
        {IDX, DDN_E_MISMATCH, "rank 1 sees a file with another header"}, /* of as many points */
        {ONE_EACH, DDN_E_MISMATCH, "rank 1 sees 4 points of d = 10, rank 0 17 of 10"},
        {KINDS, DDN_E_IO, "missing.npy"},
    };
    for (int i = 0; i < 3; i++) {
        trial *t = make_trial(DOUBLES), *other = make_trial(rows[i].which % KINDS);
        t->odd = 1;
        snprintf(t->odd_path, sizeof t->odd_path, "%s",
                 rows[i].which == KINDS ? test_path("missing.npy") : other->path[0]);
        test_crew(RANKS, rank_opens, t);
        all_have(t, rows[i].status, rows[i].text);
        free(other);
        free(t);
    }
    static const double narrow[N * 4];
    trial *t = make_trial(DOUBLES);
    t->odd = 1;
    snprintf(t->odd_path, sizeof t->odd_path, "%s",
             test_write_npy("narrow.npy",
                            "{'descr': '<f8', 'fortran_order': False, 'shape': (17, 4), }", narrow,
                            sizeof narrow));
    test_crew(RANKS, rank_opens, t);
    all_have(t, DDN_E_MISMATCH, "rank 1 sees 17 points of d = 4, rank 0 17 of 10");
    free(t);
}

/* A folder that is not the same everywhere, and an image that is damaged. */
static void other_folder_on_one_rank(void **state)
{
    (void)state;
    if (!can_read(IMAGES)) {
        skip();
    }
    trial *t = calloc(1, sizeof *t), *other = calloc(1, sizeof *other);
    assert_true(t != NULL && other != NULL);
    write_images(t, "five", 5);
    write_images(other, "four", 4);
    t->path_of[0] = t->path[0];
    t->odd = 1;
    snprintf(t->odd_path, sizeof t->odd_path, "%s", other->path[0]);
    test_crew(RANKS, rank_opens, t);
    all_have(t, DDN_E_MISMATCH, "rank 1 sees 4 points");
    t->odd = 0;
    memset(t->by, 0, sizeof t->by);
    (void)test_write_file("five/a/2.jpg", "\xff\xd8\xff\xe0 no image", 13);
    test_crew(RANKS, rank_opens, t);
    all_have(t, DDN_E_FORMAT, "2.jpg");
    free(other);
    free(t);
}

static void bad_contents(void **state)
{
    (void)state;
    double x[N * D];
    test_normal(52, N * D, x);
    x[8 * D + 3] = NAN; /* the third row of rank 1 */
    trial *t = calloc(1, sizeof *t);
    assert_non_null(t);
    write_npy(t, "nan.npy", "<f8", "False", N, x, N * D * 8, 0);
    t->path_of[0] = t->path[0];
    test_crew(RANKS, rank_opens, t);
    all_have(t, DDN_E_NONFINITE, "nan.npy: row 8, column 3 is NaN");
    t->files = 0;
    memset(t->by, 0, sizeof t->by);
    write_npy(t, "few.npy", "<f8", "False", 2, x, 2 * D * 8, 0);
    test_crew(RANKS, rank_opens, t);
    all_have(t, DDN_E_RANGE, "few.npy: 2 points for a team of 3 ranks");
    t->files = 0;
    memset(t->by, 0, sizeof t->by);
    write_npy(t, "cut.npy.gz", "<f8", "False", N, x, (N - 1) * D * 8, 1); /* behind rank 1 */
    test_crew(RANKS, rank_opens, t);
    all_have(t, DDN_E_FORMAT, "truncated");
    free(t);
}

/* ---- rows that are named ---- */

enum {
    IN_PLACE_CALLS = 6,
    NAMING = 9,
    LARGE_ROW = 11 /* of rank 1 of 3, whose first is 6 */
};

/* What the calls said, of a set with NaN that is left in its file, and of one with 1e200. */
typedef struct named {
    char with_nan[160], large[160], text[CREW_MOST][NAMING][300];
} named;

static ddn_status open_named(ddn_context *ctx, ddn_team *team, const char *path, int in_place,
                             ddn_dataset **out)
{
    if (in_place) {
        return team != NULL ? ddn_dataset_open_team_in_place(ctx, team, path, DDN_FORMAT_AUTO, out)
                            : ddn_dataset_open_in_place(ctx, path, DDN_FORMAT_AUTO, out);
    }
    return team != NULL ? ddn_dataset_open_team(ctx, team, DDN_FORMAT_AUTO, 1, &path, out)
                        : ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, out);
}

static ddn_status call_naming(ddn_context *ctx, const ddn_dataset *ds, int call)
{
    double numbers[N * D] = {0};
    float narrow[N * D];
    int64_t integer;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_dataset *other = NULL;
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    switch (call) {
    case 0:
        STEP(ddn_dataset_squared_norms(ctx, ds, N, NULL, numbers));
        break;
    case 1:
        STEP(ddn_dataset_digest(ctx, ds, &integer));
        break;
    case 2:
        STEP(ddn_dataset_nearest(ctx, ds, 1, 1, numbers, D, &integer, numbers + D));
        break;
    case 3:
        STEP(ddn_dataset_create_bytes(ctx, ds, &other));
        break;
    case 4:
        STEP(ddn_dataset_mean(ctx, ds, D, numbers));
        break;
    case IN_PLACE_CALLS:
        STEP(ddn_dataset_create_mapped(ctx, ds, 1e150, 0, &other));
        break;
    case IN_PLACE_CALLS + 1:
        STEP(ddn_dataset_read_f32(ctx, ds, 0, N, narrow, D));
        break;
    default:
        STEP(ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    }
    ddn_dataset_destroy(other);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    return status;
}

static void name_rows(ddn_context *ctx, ddn_team *team, const named *t, char text[NAMING][300])
{
    for (int call = 0; call < NAMING; call++) {
        const int in_place = call < IN_PLACE_CALLS;
        ddn_dataset *ds = NULL;
        ddn_status status = open_named(ctx, team, in_place ? t->with_nan : t->large, in_place, &ds);
        STEP(call_naming(ctx, ds, call));
        snprintf(text[call], sizeof text[call], "%s %s", ddn_status_name(status),
                 status != DDN_OK ? ddn_context_message(ctx) : "");
        ddn_dataset_destroy(ds);
    }
}

static void rank_names(crew_rank *rank)
{
    named *t = rank->user;
    name_rows(rank->ctx, rank->team, t, t->text[rank->rank]);
}

/* Texts that name a row name that of the whole set, as one process does. */
static void rows_of_the_whole_are_named(void **state)
{
    (void)state;
    static named t;
    char alone[NAMING][300];
    double x[N * D];
    trial *files = calloc(1, sizeof *files);
    assert_non_null(files);
    test_normal(53, N * D, x);
    x[LARGE_ROW * D + 3] = NAN;
    write_npy(files, "in_place.npy", "<f8", "False", N, x, N * D * 8, 0);
    x[LARGE_ROW * D + 3] = 1e200;
    write_npy(files, "large.npy", "<f8", "False", N, x, N * D * 8, 0);
    snprintf(t.with_nan, sizeof t.with_nan, "%s", files->path[0]);
    snprintf(t.large, sizeof t.large, "%s", files->path[1]);
    ddn_context *ctx = test_context(1);
    name_rows(ctx, NULL, &t, alone);
    for (int64_t ranks = 1; ranks <= 4; ranks++) {
        memset(t.text, 0, sizeof t.text);
        test_crew(ranks, rank_names, &t);
        for (int64_t r = 0; r < ranks; r++) {
            for (int call = 0; call < NAMING - 1; call++) {
                const char *want = strstr(alone[call], "row 11, column 3"), *got = t.text[r][call];
                if (want == NULL || strstr(got, want) == NULL) {
                    fail_msg("call %d, rank %d of %d: %s, not %s", call, (int)r, (int)ranks, got,
                             alone[call]);
                }
            }
            if (strstr(t.text[r][NAMING - 1], "of point 11 from the mean") == NULL) {
                fail_msg("rank %d: %s", (int)r, t.text[r][NAMING - 1]);
            }
        }
    }
    ddn_context_destroy(ctx);
    free(files);
}

static void no_memory_and_cancelled(void **state)
{
    (void)state;
    const kind kinds[] = {HALVES, ARCHIVE, CIFAR};
    for (int i = 0; i < 6; i++) {
        trial *t = make_trial(kinds[i / 2]);
        int64_t at = 0, ended = 0;
        do {
            at++;
            t->fail_at = i % 2 == 0 ? at : 0;
            t->cancel_in = i % 2 == 0 ? 0 : at;
            test_crew(RANKS, rank_opens, t);
            for (int r = 0; r < RANKS; r++) {
                if (t->by[r].status != t->by[ODD].status) {
                    fail_msg("fault %d: rank %d has %s (%s), rank %d %s", (int)at, r,
                             ddn_status_name(t->by[r].status), t->by[r].text, ODD,
                             ddn_status_name(t->by[ODD].status));
                }
            }
            ended += t->by[0].status == (i % 2 == 0 ? DDN_E_NOMEM : DDN_STOPPED);
        } while (t->failed && at < 200);
        assert_int_equal(t->by[0].status, DDN_OK);
        assert_true(ended > 0);
        free(t);
    }
}

/* ---- memory ---- */

typedef struct tally {
    int64_t now, most;
} tally;

static void *count_in(void *user, int64_t bytes, int64_t alignment)
{
    tally *m = user;
    void *p = NULL;
    m->now += bytes;
    m->most = m->now > m->most ? m->now : m->most;
    return posix_memalign(&p, (size_t)alignment, (size_t)bytes) == 0 ? p : NULL;
}

static void count_out(void *user, void *pointer, int64_t bytes)
{
    ((tally *)user)->now -= bytes;
    free(pointer);
}

static void rank_is_weighed(crew_rank *rank)
{
    trial *t = rank->user;
    tally m = {0, 0};
    ddn_context *ctx = NULL;
    ddn_dataset *ds = NULL;
    if (ddn_context_create_with_allocator(count_in, count_out, &m, &ctx) == DDN_OK) {
        note(&t->by[rank->rank], ctx,
             ddn_dataset_open_team(ctx, rank->team, DDN_FORMAT_AUTO, 1, t->path_of, &ds));
    }
    t->by[rank->rank].own = m.most;
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* No more than the share and 200 kB, however the numbers lie: a quarter of 8 MB on each of 4. */
static void a_rank_takes_memory_for_its_share(void **state)
{
    (void)state;
    const int64_t numbers = (int64_t)LARGE_N * LARGE_D, share = numbers * 8 / 4;
    const char *const orders[] = {"False", "True", "False"};
    uint8_t *image = malloc((size_t)numbers * 8 + 256);
    double *x = malloc((size_t)numbers * 8);
    assert_true(image != NULL && x != NULL);
    test_normal(53, numbers, x);
    for (int i = 0; i < 3; i++) {
        char dictionary[128];
        trial *t = calloc(1, sizeof *t);
        assert_non_null(t);
        snprintf(dictionary, sizeof dictionary,
                 "{'descr': '<f8', 'fortran_order': %s, 'shape': (%d, %d), }", orders[i], LARGE_N,
                 LARGE_D);
        size_t size = test_npy_image(image, 1, 64, dictionary, x, (size_t)numbers * 8);
        snprintf(t->path[0], sizeof t->path[0], "%s",
                 i == 2 ? test_write_gzip("large.npy.gz", image, size)
                        : test_write_file("large.npy", image, size));
        t->path_of[0] = t->path[0];
        test_crew(4, rank_is_weighed, t);
        for (int r = 0; r < 4; r++) {
            assert_int_equal(t->by[r].status, DDN_OK);
            assert_true(t->by[r].own > share);
            if (t->by[r].own > share + 200000) {
                fail_msg("file %d, rank %d: %d bytes for a share of %d", i, r, (int)t->by[r].own,
                         (int)share);
            }
        }
        free(t);
    }
    free(x);
    free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_those_of_one_process),
        cmocka_unit_test(files_in_place),
        cmocka_unit_test(other_files_on_one_rank),
        cmocka_unit_test(other_folder_on_one_rank),
        cmocka_unit_test(bad_contents),
        cmocka_unit_test(rows_of_the_whole_are_named),
        cmocka_unit_test(no_memory_and_cancelled),
        cmocka_unit_test(a_rank_takes_memory_for_its_share),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
