/* Bytes as files of points and labels: every one opens, and then can be used, or is refused with a
 * text that names the file.
 *
 * A head of five bytes says what is made of the rest, so that mutants get past lengths and
 * checksums: HOW (bits below), n - 1 of the set that gets labels, zeros to append (two bytes),
 * number of the allocation that fails. */
#define _GNU_SOURCE
#include "fuzz/driver.h"

#include <sys/mman.h>
#include <unistd.h>

#include <zlib.h>

#include "support/crew.h"

enum {
    GZIP = 3,     /* bits: compressed as 0 not, 1 one member, 2 two, 3 one and a byte behind it */
    ZEROS = 4,    /* bit: zeros are appended */
    NPY = 8,      /* bit: the rest is a dictionary of .npy and what comes after its line */
    RECORDS = 16, /* bit: every byte is a record of CIFAR-10, with the bit NPY of CIFAR-100 */
    FAILING = 32, /* bit: an allocation fails */
    MADE = 64,    /* bit: the rest says what head a file has, and how much comes after it */
    ZIP = 128,    /* bit: the file is the member of an archive, data.npy, and stands in it once more
                     as labels.npy with the bit ZEROS */
    RECORD = 3073,
    MOST = 1 << 17
};

const char *const fuzz_target = "points";
const int fuzz_seconds = 10;

typedef struct file {
    uint8_t bytes[MOST];
    size_t size;
} file;

enum {
    LABELS = DDN_FORMAT_NPY_BF16 + 1 /* rows of the counts */
};

static int64_t inputs, opened[LABELS + 1], refused, in_place, shared;

void fuzz_report(void)
{
    printf("reached: %lld inputs; opened: %lld npy, %lld IDX, %lld CIFAR, %lld bfloat16, %lld by "
           "content, %lld labels, %lld in place, %lld by ranks; %lld refused\n",
           (long long)inputs, (long long)opened[DDN_FORMAT_NPY], (long long)opened[DDN_FORMAT_IDX],
           (long long)(opened[DDN_FORMAT_CIFAR10] + opened[DDN_FORMAT_CIFAR100] +
                       opened[DDN_FORMAT_CIFAR100_COARSE]),
           (long long)opened[DDN_FORMAT_NPY_BF16], (long long)opened[DDN_FORMAT_AUTO],
           (long long)opened[LABELS], (long long)in_place, (long long)shared, (long long)refused);
}

/* ---- The file ------------------------------------------------------------------------------ */

static void append(file *f, const void *bytes, size_t size)
{
    size = size < MOST - f->size ? size : MOST - f->size;
    memcpy(f->bytes + f->size, bytes, size);
    f->size += size;
}

/* All bytes of a record are its label; those of CIFAR-100 have a coarse one before it. */
static void append_records(file *f, const fuzz_bytes *b, int coarse)
{
    static uint8_t record[RECORD];
    for (size_t i = 0; i < b->left && i < 8; i++) {
        memset(record, b->at[i], sizeof record);
        append(f, (uint8_t[]){(uint8_t)(b->at[i] / 5)}, (size_t)coarse);
        append(f, record, sizeof record);
    }
}

/* Magic, version and length before the dictionary, which ends with its line. */
static void append_npy(file *f, const fuzz_bytes *b, int major)
{
    uint8_t head[12];
    append(f, head, fuzz_npy_head(b, major, head));
    append(f, b->at, b->left);
}

/* A number of elements, mostly small. */
static int64_t some_size(fuzz_bytes *b)
{
    return fuzz_u8(b) % 8 == 0 ? fuzz_any_integer(b) : fuzz_u8(b) % 6;
}

/* A good head for nearly every byte, and about as much data as it says. */
static void append_made(file *f, fuzz_bytes *b)
{
    static const char *const types[] = {"<f8", "<f4", "|u1", "|i1", "<i2", "<i4",
                                        "<i8", ">f8", "|b1", "<u2", "u1",  "<f2"};
    static const int width[] = {8, 4, 1, 1, 2, 4, 8, 8, 1, 2, 1, 2};
    int kind = fuzz_u8(b) % 4, dims = 1 + fuzz_u8(b) % 3, type = fuzz_u8(b) % 12;
    int64_t n[3], count = kind == 0 ? 1 : width[type];
    char head[200] = {0, 0, 8, (char)dims}, shape[100] = "";
    for (int i = 0; i < dims; i++) {
        size_t used = strlen(shape);
        n[i] = some_size(b);
        snprintf(shape + used, sizeof shape - used, "%lld,", (long long)n[i]);
        count = (int64_t)((uint64_t)count * (uint64_t)n[i] % MOST);
        for (int k = 0; k < 4; k++) {
            head[4 + 4 * i + k] = (char)(n[i] >> (24 - 8 * k));
        }
    }
    if (kind == 0) {
        append(f, head, 4 + 4 * (size_t)dims);
    } else {
        snprintf(head, sizeof head, "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }\n",
                 types[type], kind == 1 && dims > 1 ? "True" : "False", shape);
        append_npy(f, &(fuzz_bytes){(const uint8_t *)head, strlen(head)}, kind);
    }
    int64_t more = fuzz_u8(b) % 8 == 0 ? fuzz_u8(b) % 5 - 2 : 0;
    for (int64_t i = 0; i < count + more && i < 1 << 12; i++) {
        append(f, b->left > 0 ? b->at + i % (int64_t)b->left : (const uint8_t *)"", 1);
    }
}

/* With the wrapper of gzip, or raw. */
static void append_packed(file *f, const uint8_t *plain, size_t size, int raw)
{
    z_stream z = {0};
    if (deflateInit2(&z, 1, Z_DEFLATED, raw ? -15 : 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        abort();
    }
    z.next_in = (uint8_t *)(uintptr_t)plain;
    z.avail_in = (uInt)size;
    z.next_out = f->bytes + f->size;
    z.avail_out = (uInt)(MOST - f->size);
    deflate(&z, Z_FINISH);
    f->size = MOST - z.avail_out;
    deflateEnd(&z);
}

static void append_little(file *f, int count, uint64_t value)
{
    append(f, &value, (size_t)count);
}

/* The head of a member, or its entry in the directory. */
static void append_entry(file *f, const char *name, const file *plain, size_t packed, size_t offset,
                         int method, int central)
{
    append_little(f, 4, central ? 0x02014b50 : 0x04034b50);
    append_little(f, central ? 6 : 4, central ? (20 << 16 | 20) : 20);
    append_little(f, 2, (uint64_t)method);
    append_little(f, 4, 0);
    append_little(f, 4, crc32(0, plain->bytes, (uInt)plain->size));
    append_little(f, 4, packed);
    append_little(f, 4, plain->size);
    append_little(f, 4, strlen(name));
    append_little(f, central ? 8 : 0, 0);
    append_little(f, central ? 6 : 0, (uint64_t)offset << 16);
    append(f, name, strlen(name));
}

static void append_zip(file *f, const file *plain, int method, int members)
{
    static const char *const names[2] = {"data.npy", "labels.npy"};
    static file packed;
    size_t offset[2] = {0, 0};
    packed.size = 0;
    if (method == 0) {
        append(&packed, plain->bytes, plain->size);
    } else {
        append_packed(&packed, plain->bytes, plain->size, 1);
    }
    for (int k = 0; k < members; k++) {
        offset[k] = f->size;
        append_entry(f, names[k], plain, packed.size, 0, method, 0);
        append(f, packed.bytes, packed.size);
    }
    size_t begin = f->size;
    for (int k = 0; k < members; k++) {
        append_entry(f, names[k], plain, packed.size, offset[k], method, 1);
    }
    size_t end = f->size;
    append_little(f, 8, 0x06054b50);
    append_little(f, 4, (uint64_t)members << 16 | (uint64_t)members);
    append_little(f, 4, end - begin);
    append_little(f, 4, begin);
    append_little(f, 2, 0);
}

static void make_file(file *f, fuzz_bytes *b, int how, size_t zeros)
{
    static file plain;
    static const uint8_t nothing[1 << 16];
    plain.size = 0;
    if (how & MADE) {
        append_made(&plain, b);
    } else if (how & RECORDS) {
        append_records(&plain, b, (how & NPY) != 0);
    } else if (how & NPY) {
        append_npy(&plain, b, 1 + (int)(zeros % 3));
    } else {
        append(&plain, b->at, b->left);
    }
    if (how & ZEROS) {
        append(&plain, nothing, zeros);
    }
    f->size = 0;
    if (how & ZIP) {
        append_zip(f, &plain, (how & GZIP) == 0 ? 0 : 8, how & ZEROS ? 2 : 1);
    } else if ((how & GZIP) == 0) {
        append(f, plain.bytes, plain.size);
    } else {
        size_t first = (how & GZIP) == 2 ? plain.size / 2 : plain.size;
        append_packed(f, plain.bytes, first, 0);
        if ((how & GZIP) == 2) {
            append_packed(f, plain.bytes + first, plain.size - first, 0);
        }
        append(f, "x", (how & GZIP) == 3);
    }
}

/* ---- What the library makes of it ---------------------------------------------------------- */

/* A set that was opened can be read, counted and told from others. */
static void use(ddn_context *ctx, const ddn_dataset *ds)
{
    int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds), classes = ddn_dataset_class_count(ds);
    fuzz_demand(n >= 1 && d >= 1 && d <= 1 << 24, "shape", ctx);
    double *row = malloc((size_t)d * sizeof *row);
    fuzz_demand(ddn_dataset_read(ctx, ds, 0, 1, row, d) == DDN_OK, "first row", ctx);
    fuzz_demand(ddn_dataset_read(ctx, ds, n - 1, 1, row, d) == DDN_OK, "last row", ctx);
    free(row);
    int64_t digest = 0;
    fuzz_demand(ddn_dataset_digest(ctx, ds, &digest) == DDN_OK && digest != 0, "digest", ctx);
    if (classes > 0) {
        int32_t *labels = malloc((size_t)n * sizeof *labels);
        int64_t *counts = malloc((size_t)classes * sizeof *counts), sum = 0;
        fuzz_demand(ddn_dataset_labels(ctx, ds, n, labels) == DDN_OK, "labels", ctx);
        fuzz_demand(ddn_dataset_classes(ctx, ds, classes, NULL, counts) == DDN_OK, "classes", ctx);
        for (int64_t i = 0; i < classes; i++) {
            sum += counts[i];
        }
        fuzz_demand(sum == n, "counts of classes", ctx);
        free(labels);
        free(counts);
    }
}

/* A set is bytes under a map, to a few roundings of its largest number, or refused with the place.
 */
static void use_bytes(ddn_context *ctx, const ddn_dataset *ds)
{
    ddn_dataset *bytes = NULL;
    ddn_status status = ddn_dataset_create_bytes(ctx, ds, &bytes);
    if (status != DDN_OK) {
        fuzz_demand(status == DDN_E_UNSUPPORTED && bytes == NULL &&
                        strstr(ddn_context_message(ctx), "row ") != NULL,
                    "no bytes", ctx);
        return;
    }
    fuzz_demand(ddn_dataset_type(bytes) == DDN_TYPE_U8, "type of bytes", ctx);
    use(ctx, bytes);
    ddn_dataset_destroy(bytes);
}

static void judge(ddn_context *ctx, ddn_status status, const char *path, ddn_dataset *ds,
                  fuzz_memory *memory)
{
    const char *text = ddn_context_message(ctx);
    if (status == DDN_OK) {
        memory->fail = 0; /* failures while it is used are for another target */
        use(ctx, ds);
        use_bytes(ctx, ds);
        ddn_dataset_destroy(ds);
        return;
    }
    refused++;
    fuzz_demand(ds == NULL, "output of a failed call", ctx);
    if (status == DDN_E_NOMEM && memory->failed) {
        return;
    }
    fuzz_demand(status == DDN_E_FORMAT || status == DDN_E_NONFINITE || status == DDN_E_SHAPE,
                ddn_status_name(status), ctx);
    fuzz_demand(strstr(text, path) != NULL, "no file name in the text", ctx);
}

/* As it was read, or refused; that a number is not finite may be seen only when all are read. */
static void judge_in_place(ddn_context *ctx, const char *path, int64_t digest)
{
    ddn_dataset *ds = NULL;
    int64_t own = 0;
    ddn_status status = ddn_dataset_open_in_place(ctx, path, DDN_FORMAT_AUTO, &ds);
    if (status == DDN_OK) {
        status = ddn_dataset_digest(ctx, ds, &own);
        fuzz_demand(status == DDN_OK || status == DDN_E_NONFINITE, ddn_status_name(status), ctx);
        fuzz_demand(own == digest, "another digest than that of the set that was read", ctx);
        in_place += status == DDN_OK;
        ddn_dataset_destroy(ds);
        return;
    }
    fuzz_demand(ds == NULL && (status == DDN_E_UNSUPPORTED || digest == 0), ddn_status_name(status),
                ctx);
}

/* What the ranks of a team make of a path. */
typedef struct ranks {
    const char *path;
    ddn_status status[CREW_MOST];
    int64_t digest[CREW_MOST], n[CREW_MOST];
} ranks;

static void open_by_rank(crew_rank *rank)
{
    ranks *all = rank->user;
    ddn_dataset *ds = NULL;
    ddn_status status = ddn_dataset_open_team(rank->ctx, rank->team, DDN_FORMAT_AUTO, 1,
                                              (const char *const[]){all->path}, &ds);
    all->n[rank->rank] = ddn_dataset_n(ds);
    STEP(ddn_dataset_digest(rank->ctx, ds, &all->digest[rank->rank]));
    all->status[rank->rank] = status;
    ddn_dataset_destroy(ds);
}

/* The set of one process, on every rank, or the same refusal. */
static void judge_team(ddn_context *ctx, const char *path, int64_t size, ddn_status alone,
                       int64_t digest, int64_t n)
{
    ranks all = {.path = path};
    test_crew(size, open_by_rank, &all);
    for (int64_t r = 0; r < size; r++) {
        ddn_status wanted = alone == DDN_OK && n < size ? DDN_E_RANGE : alone;
        fuzz_demand(all.status[r] == wanted || (alone != DDN_OK && all.status[r] == DDN_E_RANGE),
                    ddn_status_name(all.status[r]), ctx);
        fuzz_demand(wanted != DDN_OK || (all.digest[r] == digest && all.n[r] == n),
                    "another set over a team", ctx);
        shared += all.status[r] == DDN_OK;
    }
}

/* The same file left where it is, and over ranks, if any. */
static void open_otherwise(ddn_context *ctx, const char *path, int64_t size)
{
    ddn_dataset *ds = NULL;
    int64_t digest = 0, n = 0;
    fuzz_doing = "whole";
    ddn_status status = ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &ds);
    if (status == DDN_OK) {
        n = ddn_dataset_n(ds);
        fuzz_demand(ddn_dataset_digest(ctx, ds, &digest) == DDN_OK, "digest", ctx);
    }
    ddn_dataset_destroy(ds);
    fuzz_doing = "in place";
    judge_in_place(ctx, path, digest);
    fuzz_doing = "team";
    if (size > 0) {
        judge_team(ctx, path, size, status, digest, n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t points[256];
    static file f;
    char path[64];
    fuzz_bytes b = {data, size};
    int how = fuzz_u8(&b);
    int64_t n = 1 + fuzz_u8(&b), zeros = fuzz_up_to(&b, 65536), fail = 1 + fuzz_u8(&b) % 16;
    inputs++;
    make_file(&f, &b, how, (size_t)zeros);
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    if (f.size == 0 || write(fd, f.bytes, f.size) != (ssize_t)f.size) {
        close(fd);
        return 0;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    fuzz_memory memory;
    ddn_context *ctx = fuzz_context(&memory);
    ddn_dataset *some = NULL, *ds = NULL;
    fuzz_demand(ddn_dataset_create(ctx, DDN_TYPE_U8, n, 1, points, 1, &some) == DDN_OK, "set", ctx);
    for (ddn_format format = DDN_FORMAT_AUTO; format <= DDN_FORMAT_NPY_BF16; format++) {
        fuzz_doing = "points";
        memory.fail = how & FAILING ? fail : 0;
        ddn_status status = ddn_dataset_open(ctx, path, format, &ds);
        opened[format] += status == DDN_OK;
        judge(ctx, status, path, ds, &memory);
    }
    fuzz_doing = "several files";
    memory.fail = how & FAILING ? fail : 0;
    ddn_status both =
        ddn_dataset_open_files(ctx, DDN_FORMAT_AUTO, 2, (const char *const[]){path, path}, &ds);
    judge(ctx, both, path, ds, &memory);
    fuzz_doing = "labels";
    memory.fail = how & FAILING ? fail : 0;
    ddn_status status = ddn_dataset_open_labelled(ctx, some, path, &ds);
    opened[LABELS] += status == DDN_OK;
    judge(ctx, status, path, ds, &memory);
    ddn_dataset_destroy(some);
    memory.fail = 0;
    open_otherwise(ctx, path, n % 4 == 3 ? 1 + n / 4 % 3 : 0); /* threads take their time */
    fuzz_context_end(ctx, &memory);
    close(fd);
    return 0;
}
