/* Result files and their merging: any bytes are a result or are refused with a text; what was read
 * or made can be read out, copied, merged with another seed's, and comes back from its own files.
 *
 * A head of three bytes: HOW (bits below), number of the allocation that fails, version of .npy. */
#define _GNU_SOURCE
#include "fuzz/driver.h"

#include <math.h>
#include <unistd.h>

enum {
    MADE = 1,     /* bit: the bytes are calls that make a result and its other half; else a file */
    NPY = 2,      /* bit: the file is a dictionary of .npy and what comes after its line */
    WRITTEN = 4,  /* bit: the bytes say what stands in the file, mostly what may stand there */
    FAILING = 32, /* bit: an allocation fails */
    MOST = 1 << 16
};

const char *const fuzz_target = "results";
const int fuzz_seconds = 10;

static char folder[64], in_path[80], out_path[80];
static int64_t inputs, read_as[4], refused, merged, same;

void fuzz_report(void)
{
    printf("reached: %lld inputs; read: %lld CSV, %lld JSON, %lld npy, %lld by content; %lld "
           "refused; %lld merged, %lld came back from their files\n",
           (long long)inputs, (long long)read_as[DDN_RESULT_FORMAT_CSV],
           (long long)read_as[DDN_RESULT_FORMAT_JSON], (long long)read_as[DDN_RESULT_FORMAT_NPY],
           (long long)read_as[DDN_RESULT_FORMAT_AUTO], (long long)refused, (long long)merged,
           (long long)same);
}

static void remove_folder(void)
{
    unlink(in_path);
    unlink(out_path);
    rmdir(folder);
}

/* In memory where there is such a folder: results are written to the disk before they count. */
static void make_folder(void)
{
    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "%s/fuzz_results_XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        fuzz_demand(mkdtemp(folder) != NULL, folder, NULL);
        snprintf(in_path, sizeof in_path, "%s/in", folder);
        snprintf(out_path, sizeof out_path, "%s/out", folder);
        atexit(remove_folder);
    }
}

/* ---- What holds of any result -------------------------------------------------------------- */

static int equal(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

static int equal_texts(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void same_columns(ddn_context *ctx, const ddn_result *a, const ddn_result *b, int all)
{
    int64_t rows = ddn_result_rows(a);
    double *x = malloc((size_t)(2 * rows + 1) * sizeof *x), *y = x + rows;
    fuzz_demand(rows == ddn_result_rows(b), "rows", ctx);
    fuzz_demand(ddn_result_column_count(a) == ddn_result_column_count(b), "columns", ctx);
    for (int64_t i = 0; i < ddn_result_column_count(a); i++) {
        const char *name = ddn_result_column_name(a, i);
        fuzz_demand(equal_texts(name, ddn_result_column_name(b, i)), "name of a column", ctx);
        fuzz_demand(ddn_result_column(ctx, a, name, rows, x) == DDN_OK &&
                        ddn_result_column(ctx, b, name, rows, y) == DDN_OK,
                    "column", ctx);
        for (int64_t k = 0; k < rows; k++) {
            fuzz_demand(equal(x[k], y[k]), "a number of a column", ctx);
        }
        fuzz_demand(
            !all || (equal_texts(ddn_result_unit(a, name), ddn_result_unit(b, name)) &&
                     equal_texts(ddn_result_definition(a, name), ddn_result_definition(b, name))),
            "unit or definition", ctx);
    }
    free(x);
}

static void same_rest(ddn_context *ctx, const ddn_result *a, const ddn_result *b)
{
    double u[2], v[2];
    fuzz_demand(ddn_result_clock(a) == ddn_result_clock(b), "clock", ctx);
    fuzz_demand(ddn_result_scalar_count(a) == ddn_result_scalar_count(b), "scalars", ctx);
    for (int64_t i = 0; i < ddn_result_scalar_count(a); i++) {
        const char *name = ddn_result_scalar_name(a, i);
        fuzz_demand(ddn_result_scalar(ctx, a, name, &u[0], &u[1]) == DDN_OK &&
                        ddn_result_scalar(ctx, b, name, &v[0], &v[1]) == DDN_OK,
                    "scalar", ctx);
        fuzz_demand(equal(u[0], v[0]) && equal(u[1], v[1]), "a number of a scalar", ctx);
        fuzz_demand(equal_texts(ddn_result_definition(a, name), ddn_result_definition(b, name)),
                    "definition", ctx);
    }
    fuzz_demand(ddn_result_field_count(a) == ddn_result_field_count(b), "fields", ctx);
    for (int64_t i = 0; i < ddn_result_field_count(a); i++) {
        const char *name = ddn_result_field_name(a, i);
        fuzz_demand(equal_texts(ddn_result_field(a, name), ddn_result_field(b, name)), "field",
                    ctx);
    }
}

/* Written and read, it is what it was. */
static void comes_back(ddn_context *ctx, const ddn_result *r)
{
    for (ddn_result_format format = DDN_RESULT_FORMAT_CSV; format <= DDN_RESULT_FORMAT_NPY;
         format++) {
        static const char *const names[] = {"", "back from CSV", "back from JSON", "back from npy"};
        ddn_result *back = NULL;
        fuzz_doing = names[format];
        if (format == DDN_RESULT_FORMAT_NPY && ddn_result_column_count(r) == 0) {
            continue;
        }
        fuzz_demand(ddn_result_write(ctx, r, out_path, format) == DDN_OK, "write", ctx);
        fuzz_demand(ddn_result_open(ctx, out_path, format, &back) == DDN_OK, "open", ctx);
        same_columns(ctx, r, back, format != DDN_RESULT_FORMAT_NPY);
        if (format != DDN_RESULT_FORMAT_NPY) {
            same_rest(ctx, r, back);
        }
        same++;
        ddn_result_destroy(back);
    }
}

/* Both halves merged, if they fit: that is a result too. */
static void merge(ddn_context *ctx, const ddn_result *a, const ddn_result *b)
{
    ddn_result *whole = NULL;
    fuzz_doing = "merge";
    ddn_status status = ddn_result_merge(ctx, a, b, &whole);
    fuzz_demand(status == DDN_OK || status == DDN_E_MISMATCH || status == DDN_E_RANGE,
                ddn_status_name(status), ctx);
    if (status == DDN_OK) {
        merged++;
        fuzz_demand(ddn_result_rows(whole) == ddn_result_rows(a), "rows of the whole", ctx);
        comes_back(ctx, whole);
    }
    ddn_result_destroy(whole);
}

/* ---- Files whose text is made -------------------------------------------------------------- */

typedef struct draft {
    FILE *file;
    fuzz_bytes b;
    int csv, half; /* the first or the second, whose seed and some numbers are others */
    int64_t rows, first, columns, scalars;
    int64_t same; /* bits: of columns that are the same in both halves */
} draft;

/* One of the list, of whose end there is one for a byte in 32. */
static const char *mostly(draft *t, int64_t moved, int64_t good, int64_t odd,
                          const char *const *list)
{
    int rare = fuzz_u8(&t->b) % 32 == 31;
    return list[rare ? good + fuzz_up_to(&t->b, odd) : (fuzz_up_to(&t->b, good) + moved) % good];
}

static const char *some_number(draft *t, int64_t moved)
{
    static const char *const list[] = {
        "0.5",   "0.25", "0.75",   "1",       "0",        "2",     "1e-3", "9",  "-1",
        "1e300", "-0",   "5e-324", "\"inf\"", "\"-inf\"", "1e999", "",     "{}", "9007199254740992",
    };
    return mostly(t, moved, 9, 9, list);
}

/* Where names come one after the other, they do not stand twice. */
static const char *name_of(draft *t, int64_t i)
{
    static const char *const list[] = {"t",       "phi",     "phi_se", "phi_low", "phi_high",
                                       "phi_rho", "x",       "x_se",   "x_low",   "x_high",
                                       "x_rho",   "samples", "a,b\\n", "",        "\\u00e9"};
    int rare = fuzz_u8(&t->b) % 32 == 31;
    return list[rare ? fuzz_up_to(&t->b, 15) : i % 12];
}

/* The description of entry i, without its closing bracket. */
static void describe(draft *t, int64_t i, int scalar)
{
    static const char *const poolings[] = {"same", "mean", "share",    "part",
                                           "sum",  "none", "crossing", ""};
    int which = fuzz_u8(&t->b);
    const char *name = name_of(t, i), *pooling = mostly(t, 0, 7, 1, poolings);
    int equal_halves = pooling == poolings[0];
    fprintf(t->file, "\"%s%s\": {\"pooling\": \"%s\"", scalar ? "s_" : "", name, pooling);
    if (scalar) {
        fprintf(t->file, ", \"value\": %s", some_number(t, equal_halves ? 0 : t->half));
        fprintf(t->file, ", \"standard_error\": %s", some_number(t, 0));
    } else {
        t->same |= (int64_t)equal_halves << i;
    }
    if (which & 3) {
        fprintf(t->file, ", \"count\": %d", fuzz_u8(&t->b));
    }
    if (which & 4) {
        fprintf(t->file, ", \"%s\": \"%s\"", which & 8 ? "of" : "counts",
                name_of(t, fuzz_up_to(&t->b, 12)));
    }
    if (which & 16) {
        fprintf(t->file, ", \"level\": %s", some_number(t, 0));
    }
}

static void write_fields(draft *t, const char *before, const char *between)
{
    static const char *const kinds[] = {"clones", "identities", "a kind", ""};
    static const char *const clocks[] = {"ou", "schedule:edm", "none", "schedule", "OU"};
    const char *kind = mostly(t, 0, 3, 1, kinds), *clock = mostly(t, 0, 3, 2, clocks);
    fprintf(t->file, "%s\"kind\": \"%s\"%s%s\"clock\": \"%s\"", before, kind, between, before,
            clock);
    if (fuzz_u8(&t->b) % 8 != 7) {
        fprintf(t->file, "%s%s\"seed\": \"%d\"", between, before, 1 + t->half);
    }
    if (fuzz_u8(&t->b) % 2) {
        fprintf(t->file, "%s%s\"DDN_ANALYSIS_SAMPLES\": \"%s\"", between, before,
                some_number(t, t->half));
    }
}

/* One of column i; CSV has no quotes around words. */
static void write_number(draft *t, int64_t i, const char *before)
{
    const char *number = some_number(t, t->same >> i & 1 ? 0 : t->half);
    int bare = t->csv && number[0] == '"';
    fprintf(t->file, "%s%.*s", before, bare ? (int)strlen(number) - 2 : 99, number + bare);
}

static void write_csv(draft *t)
{
    int64_t end = t->first + t->columns;
    fprintf(t->file, "# diffdyn result 1\n");
    write_fields(t, "# field ", "\n");
    for (int64_t i = 0; i < t->scalars; i++) {
        fprintf(t->file, "\n# scalar ");
        describe(t, i, 1);
        fprintf(t->file, "}");
    }
    for (int64_t i = t->first; i < end; i++) {
        fprintf(t->file, "\n# column ");
        describe(t, i, 0);
        fprintf(t->file, "}");
    }
    for (int64_t i = t->first; i < end; i++) {
        fprintf(t->file, "%s%s", i == t->first ? "\n" : ",", name_of(t, i));
    }
    for (int64_t k = 0; k < t->rows && t->columns > 0; k++) {
        int64_t more = fuzz_u8(&t->b) == 255;
        for (int64_t i = t->first; i < end + more; i++) {
            write_number(t, i, i == t->first ? "\n" : ",");
        }
    }
    fprintf(t->file, fuzz_u8(&t->b) == 255 ? "\n" : "\n# end\n");
}

static void write_json(draft *t)
{
    fprintf(t->file, "{\"format\": \"diffdyn result\", \"version\": 1, \"fields\": {");
    write_fields(t, "", ", ");
    fprintf(t->file, "}, \"scalars\": {");
    for (int64_t i = 0; i < t->scalars; i++) {
        fprintf(t->file, i == 0 ? "" : ", ");
        describe(t, i, 1);
        fprintf(t->file, "}");
    }
    fprintf(t->file, "}, \"rows\": %lld, \"columns\": {", (long long)t->rows);
    for (int64_t i = t->first; i < t->first + t->columns; i++) {
        int64_t more = fuzz_u8(&t->b) == 255;
        fprintf(t->file, i == t->first ? "" : ", ");
        describe(t, i, 0);
        fprintf(t->file, ", \"values\": [");
        for (int64_t k = 0; k < t->rows + more; k++) {
            write_number(t, i, k == 0 ? "" : ", ");
        }
        fprintf(t->file, "]}");
    }
    fprintf(t->file, "}}\n");
}

static void write_draft(FILE *file, fuzz_bytes b, int half)
{
    draft t = {.file = file, .half = half};
    t.csv = fuzz_u8(&b) % 2;
    t.rows = fuzz_up_to(&b, 6);
    t.first = fuzz_up_to(&b, 12);
    t.columns = fuzz_up_to(&b, 13);
    t.scalars = fuzz_up_to(&b, 6);
    t.b = b;
    if (t.csv) {
        write_csv(&t);
    } else {
        write_json(&t);
    }
}

/* ---- A file -------------------------------------------------------------------------------- */

static void write_file(const fuzz_bytes *b, int how, int major, int half)
{
    FILE *file = fopen(in_path, "wb");
    fuzz_demand(file != NULL, in_path, NULL);
    if (how & WRITTEN) {
        write_draft(file, *b, half);
        fclose(file);
        return;
    }
    if (how & NPY) {
        uint8_t head[12];
        fwrite(head, 1, fuzz_npy_head(b, major, head), file);
    }
    fwrite(b->at, 1, b->left, file);
    fclose(file);
}

static void use_file(ddn_context *ctx, ddn_status status, ddn_result *r, const fuzz_memory *memory)
{
    if (status != DDN_OK) {
        refused++;
        fuzz_demand(r == NULL, "result of a failed call", ctx);
        fuzz_demand(status == DDN_E_FORMAT || (status == DDN_E_NOMEM && memory->failed),
                    ddn_status_name(status), ctx);
        fuzz_demand(status == DDN_E_NOMEM || strstr(ddn_context_message(ctx), in_path) != NULL,
                    "no file name in the text", ctx);
        return;
    }
    ddn_result *copy = NULL;
    fuzz_demand(ddn_result_field(r, "kind") != NULL && ddn_result_clock(r) != 0, "kind and clock",
                ctx);
    fuzz_demand(ddn_result_create_copy(ctx, r, &copy) == DDN_OK, "copy", ctx);
    same_columns(ctx, r, copy, 1);
    same_rest(ctx, r, copy);
    comes_back(ctx, r);
    if (ddn_result_field(r, "seed") != NULL) {
        fuzz_demand(ddn_result_set_field(ctx, copy, "seed", "-77") == DDN_OK, "seed", ctx);
    }
    merge(ctx, r, copy);
    ddn_result_destroy(copy);
    ddn_result_destroy(r);
}

static void read_file(ddn_context *ctx, fuzz_memory *memory, int64_t fail)
{
    for (ddn_result_format format = DDN_RESULT_FORMAT_AUTO; format <= DDN_RESULT_FORMAT_NPY;
         format++) {
        ddn_result *r = NULL;
        fuzz_doing = "read";
        memory->fail = fail;
        ddn_status status = ddn_result_open(ctx, in_path, format, &r);
        memory->fail = 0;
        read_as[format] += status == DDN_OK;
        use_file(ctx, status, r, memory);
    }
}

/* Both halves of a text that is made: the same but for the seed and some numbers. */
static void merge_written(ddn_context *ctx, const fuzz_bytes *b, int how)
{
    ddn_result *halves[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        write_file(b, how, 1, i);
        fuzz_doing = "read a half";
        ddn_status status = ddn_result_open(ctx, in_path, DDN_RESULT_FORMAT_AUTO, &halves[i]);
        fuzz_demand(status == DDN_OK || status == DDN_E_FORMAT, ddn_status_name(status), ctx);
    }
    if (halves[0] != NULL && halves[1] != NULL) {
        merge(ctx, halves[0], halves[1]);
    }
    ddn_result_destroy(halves[0]);
    ddn_result_destroy(halves[1]);
}

/* ---- Calls --------------------------------------------------------------------------------- */

/* A name that means something, an odd one, or any text. */
static const char *some_name(fuzz_bytes *b)
{
    static const char *const names[] = {"t",
                                        "phi",
                                        "phi_se",
                                        "phi_low",
                                        "phi_high",
                                        "phi_rho",
                                        "samples",
                                        "x",
                                        "x_se",
                                        "seed",
                                        "kind",
                                        "clock",
                                        "",
                                        "\"",
                                        "a,b",
                                        "\xc3\xa9",
                                        "DDN_ANALYSIS_SAMPLES",
                                        "DDN_ANALYSIS_SEED"};
    static char text[8][64];
    static int next;
    int64_t which = fuzz_up_to(b, 24);
    if (which < (int64_t)(sizeof names / sizeof *names)) {
        return names[which];
    }
    char *out = text[next++ % 8];
    int64_t length = fuzz_up_to(b, 60);
    for (int64_t i = 0; i < length; i++) {
        out[i] = (char)fuzz_u8(b);
    }
    out[length] = '\0';
    return out;
}

static ddn_status one_call(ddn_context *ctx, ddn_result *r, fuzz_bytes *b, int half)
{
    double values[8];
    const char *name = some_name(b);
    switch (fuzz_up_to(b, 5)) {
    case 0:
    case 1:
        for (int64_t k = 0; k < ddn_result_rows(r); k++) {
            values[k] = fuzz_any_real(b);
        }
        if (ddn_result_rows(r) > 0 && fuzz_u8(b) % 4 == 0) {
            values[0] += half;
        }
        return ddn_result_add_column(ctx, r, name, some_name(b), some_name(b), values);
    case 2:
        values[0] = fuzz_any_real(b);
        values[1] = fuzz_any_real(b);
        return ddn_result_add_scalar(ctx, r, name, some_name(b), some_name(b), values[0],
                                     values[1]);
    case 3:
        return ddn_result_set_field(ctx, r, name, some_name(b));
    default: {
        int32_t pooling = (int32_t)fuzz_up_to(b, 8) - 1;
        return ddn_result_set_pooling(ctx, r, name, pooling, fuzz_any_integer(b));
    }
    }
}

/* Both halves come of the same bytes, but for seed and some numbers. */
static ddn_result *make(ddn_context *ctx, fuzz_bytes b, int half)
{
    static const char *const kinds[] = {"clones", "regimes", "identities", "memorization",
                                        "",       "table",   "a kind"};
    ddn_result *r = NULL;
    const char *kind = kinds[fuzz_up_to(&b, 7)];
    int32_t clock = (int32_t)fuzz_up_to(&b, 6) - 2;
    int64_t rows = fuzz_up_to(&b, 9);
    fuzz_doing = "make";
    if (ddn_result_create(ctx, kind, clock, rows, &r) != DDN_OK) {
        fuzz_demand(r == NULL, "result of a failed call", ctx);
        return NULL;
    }
    while (b.left > 0) {
        ddn_status status = one_call(ctx, r, &b, half);
        fuzz_demand(status == DDN_OK || status == DDN_E_KEY || status == DDN_E_STATE ||
                        status == DDN_E_FORMAT || status == DDN_E_RANGE ||
                        status == DDN_E_NONFINITE,
                    ddn_status_name(status), ctx);
    }
    if (ddn_result_field(r, "seed") != NULL && half) {
        fuzz_demand(ddn_result_set_field(ctx, r, "seed", "-77") == DDN_OK, "seed", ctx);
    }
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_memory memory;
    fuzz_bytes b = {data, size < MOST ? size : MOST};
    int how = fuzz_u8(&b), fail = 1 + fuzz_u8(&b) % 64, major = 1 + fuzz_u8(&b) % 3;
    inputs++;
    make_folder();
    ddn_context *ctx = fuzz_context(&memory);
    if (how & MADE) {
        ddn_result *one = make(ctx, b, 0), *other = make(ctx, b, 1);
        if (one != NULL && other != NULL) {
            comes_back(ctx, one);
            merge(ctx, one, other);
        }
        ddn_result_destroy(one);
        ddn_result_destroy(other);
    } else {
        write_file(&b, how, major, 0);
        read_file(ctx, &memory, how & FAILING ? fail : 0);
        if (how & WRITTEN) {
            merge_written(ctx, &b, how);
        }
    }
    fuzz_context_end(ctx, &memory);
    return 0;
}
