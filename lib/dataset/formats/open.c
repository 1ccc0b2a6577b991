/* Files of points and of labels: one file or several as one set, read straight into its memory. */
#include <string.h>

#include "base/check.h"
#include "base/context_impl.h"
#include "base/message.h"
#include "base/progress.h"
#include "dataset/formats/format.h"

enum {
    MOST_FILES = 1000,
    DESCRIPTION = 400 /* characters */
};

/* A file that has been opened, and what its header says. */
typedef struct part {
    const char *path;
    ddni_source *source;
    ddni_numbers numbers;
} part;

/* ---- what a file says ---- */

static ddn_status open_part(ddn_context *ctx, ddn_format format, const char *member, int32_t labels,
                            part *p)
{
    const ddni_file_format *chosen = NULL;
    DDNI_TRY(ddni_source_open(ctx, p->path, member, labels, &p->source));
    DDNI_TRY(ddni_format_choose(ctx, p->source, format, labels, &chosen));
    return chosen->describe(ctx, p->source, &p->numbers);
}

/* All checks before memory is asked for: it then is what the files can hold. */
static ddn_status check_part(ddn_context *ctx, const part *p, const part *first)
{
    const ddni_numbers *a = &p->numbers, *b = &first->numbers;
    ddn_type type = ddni_numbers_type(a);
    DDNI_TRY(ddni_check_shape(ctx, p->source->name, DDN_E_FORMAT, type, a->n, a->d));
    DDNI_TRY(ddni_source_expect(ctx, p->source, a->promise, a->n * (a->lead + a->d) * a->size));
    DDNI_CHECK(ctx, a->d == b->d, DDN_E_SHAPE, "%s: d = %lld, and %lld in the first file",
               p->source->name, (long long)a->d, (long long)b->d);
    DDNI_CHECK(ctx, type == ddni_numbers_type(b) && a->lead == b->lead, DDN_E_TYPE,
               "%s: numbers of type '%s', and '%s' in the first file, are not stored alike",
               p->source->name, a->type, b->type);
    return DDN_OK;
}

/* ---- labels ---- */

static ddn_status labels_in_rows(ddn_context *ctx, const part *p, const uint8_t *rows,
                                 int32_t *label)
{
    const ddni_numbers *a = &p->numbers;
    for (int64_t i = 0; i < a->n; i++) {
        DDNI_TRY(ddni_poll(ctx));
        label[i] = rows[i * (a->lead + a->d) + a->label_at];
        DDNI_CHECK(ctx, label[i] <= a->label_most, DDN_E_FORMAT,
                   "%s: record %lld has label %d, CIFAR-%d has 0 to %d", p->source->name,
                   (long long)i, (int)label[i], a->lead == 1 ? 10 : 100, (int)a->label_most);
    }
    return DDN_OK;
}

static ddn_status labels_of_file(ddn_context *ctx, const char *path, const char *member, int64_t n,
                                 int32_t *label)
{
    part p = {.path = path, .source = NULL};
    ddn_status status = open_part(ctx, DDN_FORMAT_AUTO, member, 1, &p);
    if (status == DDN_OK) {
        status = ddni_numbers_labels(ctx, p.source, &p.numbers, n, label);
    }
    ddni_source_close(p.source);
    return status;
}

static int32_t brings_labels(const part *p)
{
    return p->numbers.label_at != DDNI_NO_LABELS || p->source->labels != NULL;
}

/* Those beside points that no one asked for by name can be left out by naming the points. */
static ddn_status labels_beside(ddn_context *ctx, const part *p, int32_t *label)
{
    char text[DDNI_MESSAGE_BYTES];
    ddn_status status = labels_of_file(ctx, p->path, p->source->labels, p->numbers.n, label);
    if (status != DDN_E_FORMAT && status != DDN_E_SHAPE) {
        return status;
    }
    const char *said = ddn_context_message(ctx), *behind = strstr(said, ": ");
    ddni_say(text, sizeof text, "%s", behind != NULL ? behind + 2 : said);
    return ddni_fail(ctx, status, "%s; open %s to have the points alone", text, p->source->name);
}

/* ---- points ---- */

/* Reads all parts into memory, and their labels where each brings some; labels is NULL otherwise.
 */
static ddn_status read_parts(ddn_context *ctx, const part *parts, int64_t count, uint8_t *memory,
                             int32_t *labels)
{
    for (int64_t k = 0; k < count; k++) {
        const part *p = &parts[k];
        const ddni_numbers *a = &p->numbers;
        DDNI_TRY(ddni_numbers_read(ctx, p->source, a, memory));
        if (labels != NULL) {
            DDNI_TRY(p->source->labels != NULL ? labels_beside(ctx, p, labels)
                                               : labels_in_rows(ctx, p, memory, labels));
            labels += a->n;
        }
        memory += a->n * (a->lead + a->d) * ddni_type_size(ddni_numbers_type(a));
    }
    return DDN_OK;
}

/* "x.npz:data: '>f4' numbers stored as f32, Fortran order; labels from x.npz:y". */
static ddn_status describe_set(ddn_context *ctx, const part *parts, int64_t count, int32_t labelled,
                               ddni_storage *storage)
{
    const ddni_numbers *a = &parts[0].numbers;
    const char *beside = parts[0].source->labels;
    ddn_type type = ddni_numbers_type(a);
    char text[DESCRIPTION], more[32] = "";
    if (count > 1) {
        ddni_say(more, sizeof more, " and %lld more files", (long long)(count - 1));
    }
    ddni_say(text, sizeof text, "%s%s: %s'%s' numbers stored as %s%s%s%s", parts[0].source->name,
             more, a->kind == 'B' ? "bfloat16 in " : "", a->type,
             type == DDN_TYPE_U8    ? "u8"
             : type == DDN_TYPE_F32 ? "f32"
                                    : "f64",
             ddni_numbers_direct(a) ? "" : ", converted",
             a->fortran && a->axes > 1 ? ", from Fortran order" : "",
             !labelled        ? ""
             : beside != NULL ? "; labels from the member beside it"
                              : "; labels from its records");
    return ddni_storage_describe(ctx, storage, text);
}

static ddn_status make_set(ddn_context *ctx, const part *parts, int64_t count, int64_t n,
                           int32_t *labels, ddn_dataset **out)
{
    const ddni_numbers *a = &parts[0].numbers;
    ddni_array array = {NULL, ddni_numbers_type(a), n, a->d, a->lead + a->d};
    int64_t size = ddni_type_size(array.type);
    ddni_storage *storage = NULL;
    ddn_dataset *points = NULL;
    void *memory;
    ddn_status status;
    DDNI_TRY(ddni_storage_create(ctx, n * array.ld * size, &storage, &memory));
    DDNI_TRY_GOTO(read_parts(ctx, parts, count, memory, labels), fail);
    DDNI_TRY_GOTO(describe_set(ctx, parts, count, labels != NULL, storage), fail);
    array.data = (uint8_t *)memory + a->lead * size;
    status = ddni_dataset_wrap(ctx, parts[0].source->name, storage, array, &points);
    storage = NULL;
    if (status == DDN_OK && labels != NULL) {
        status = ddni_dataset_with_labels(ctx, points, labels, out);
        ddn_dataset_destroy(points);
    } else {
        *out = points;
    }
fail:
    ddni_storage_release(storage);
    return status;
}

static ddn_status open_all(ddn_context *ctx, part *parts, int64_t count, ddn_format format,
                           const char *const *paths, ddn_dataset **out)
{
    int64_t n = 0, labelled = 0;
    int32_t *labels = NULL;
    for (int64_t k = 0; k < count; k++) {
        parts[k].path = paths[k];
        DDNI_TRY(open_part(ctx, format, NULL, 0, &parts[k]));
        DDNI_TRY(check_part(ctx, &parts[k], &parts[0]));
        n += parts[k].numbers.n;
        labelled += brings_labels(&parts[k]);
    }
    DDNI_TRY(ddni_check_shape(ctx, "the files together", DDN_E_RANGE,
                              ddni_numbers_type(&parts[0].numbers), n, parts[0].numbers.d));
    if (labelled == count) {
        DDNI_TRY(ddni_alloc_for(ctx, "labels", n, sizeof *labels, &labels));
    }
    ddn_status status = make_set(ctx, parts, count, n, labels, out);
    ddni_free(ddni_context_allocator(ctx), labels);
    return status;
}

static ddn_status open_files(ddn_context *ctx, ddn_format format, int64_t count,
                             const char *const *paths, ddn_dataset **out)
{
    part *parts = NULL;
    DDNI_TRY(ddni_format_check(ctx, format));
    DDNI_TRY(ddni_alloc_for(ctx, "files", count, sizeof *parts, &parts));
    ddn_status status = open_all(ctx, parts, count, format, paths, out);
    for (int64_t k = 0; k < count; k++) {
        ddni_source_close(parts[k].source);
    }
    ddni_free(ddni_context_allocator(ctx), parts);
    return status;
}

/* ---- the interface ---- */

ddn_status ddn_dataset_open(ddn_context *ctx, const char *path, ddn_format format,
                            ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, path);
    return open_files(ctx, format, 1, &path, out);
}

ddn_status ddn_dataset_open_files(ddn_context *ctx, ddn_format format, int64_t count,
                                  const char *const *paths, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_INT(ctx, count, 1, MOST_FILES);
    DDNI_CHECK_PTR(ctx, paths);
    for (int64_t k = 0; k < count; k++) {
        DDNI_CHECK(ctx, paths[k] != NULL, DDN_E_NULL, "argument paths[%lld] is NULL", (long long)k);
    }
    return open_files(ctx, format, count, paths, out);
}

ddn_status ddn_dataset_open_labelled(ddn_context *ctx, const ddn_dataset *ds, const char *path,
                                     ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_PTR(ctx, path);
    int32_t *label = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "labels", ds->n, sizeof *label, &label));
    ddn_status status = labels_of_file(ctx, path, NULL, ds->n, label);
    if (status == DDN_OK) {
        status = ddni_dataset_with_labels(ctx, ds, label, out);
    }
    ddni_free(ddni_context_allocator(ctx), label);
    return status;
}
