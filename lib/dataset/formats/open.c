/* Files of points and of labels: one file or several as one set, read straight into its memory. */
#include <string.h>

#include "base/check.h"
#include "base/context_impl.h"
#include "base/digest.h"
#include "base/message.h"
#include "base/progress.h"
#include "base/utf8.h"
#include "dataset/formats/format.h"
#include "team/team_impl.h"

enum {
    MOST_FILES = 1000,
    DESCRIPTION = 400, /* characters */
    SHAPE = 80
};

/* A file that has been opened, and what its header says. */
typedef struct part {
    const char *path;
    ddni_source *source;
    ddni_numbers numbers;
} part;

/* Files that are one set. */
typedef struct files {
    part *part; /* [count] */
    int64_t count, n;
    int32_t labelled; /* each brings labels */
} files;

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
    const uint64_t names = p->source->classes, others = first->source->classes;
    DDNI_CHECK(ctx, names == others || names == 0 || others == 0, DDN_E_FORMAT,
               "%s: its folders are classes of other names than those of the first, so that one "
               "number would be two classes: put all folders in one",
               p->source->name);
    return DDN_OK;
}

/* ---- labels ---- */

/* Of rows that have been read. */
static ddn_status labels_in_rows(ddn_context *ctx, const part *p, ddni_file_rows rows,
                                 const uint8_t *memory, int32_t *label)
{
    const ddni_numbers *a = &p->numbers;
    for (int64_t i = 0; i < rows.count; i++) {
        DDNI_TRY(ddni_poll(ctx));
        label[i] = memory[i * (a->lead + a->d) + a->label_at];
        DDNI_CHECK(ctx, label[i] <= a->label_most, DDN_E_FORMAT,
                   "%s: record %lld has label %d, CIFAR-%d has 0 to %d", p->source->name,
                   (long long)(rows.first + i), (int)label[i], a->lead == 1 ? 10 : 100,
                   (int)a->label_most);
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

/* Of some of the points: labels are few bytes, so all are read. */
static ddn_status some_labels_beside(ddn_context *ctx, const part *p, ddni_file_rows rows,
                                     int32_t *label)
{
    int32_t *all = NULL;
    if (rows.count == p->numbers.n) {
        return labels_beside(ctx, p, label);
    }
    DDNI_TRY(ddni_alloc_for(ctx, "labels", p->numbers.n, sizeof *all, &all));
    ddn_status status = labels_beside(ctx, p, all);
    if (status == DDN_OK) {
        memcpy(label, all + rows.first, (size_t)rows.count * sizeof *all);
    }
    ddni_free(ddni_context_allocator(ctx), all);
    return status;
}

/* ---- points ---- */

/* Reads rows of all files into memory, and their labels; labels is NULL where they bring none. */
static ddn_status read_rows(ddn_context *ctx, const files *f, ddni_file_rows rows, uint8_t *memory,
                            int32_t *labels)
{
    int64_t before = 0; /* rows of earlier files */
    for (int64_t k = 0; k < f->count; k++) {
        const part *p = &f->part[k];
        const ddni_numbers *a = &p->numbers;
        const int64_t low = rows.first > before ? rows.first - before : 0;
        const int64_t end = rows.first + rows.count - before, high = end < a->n ? end : a->n;
        const ddni_file_rows own = {low, high - low};
        before += a->n;
        if (own.count <= 0) {
            continue;
        }
        DDNI_TRY(ddni_numbers_read(ctx, p->source, a, own, memory));
        if (labels != NULL) {
            DDNI_TRY(p->source->labels != NULL ? some_labels_beside(ctx, p, own, labels)
                                               : labels_in_rows(ctx, p, own, memory, labels));
            labels += own.count;
        }
        memory += own.count * (a->lead + a->d) * ddni_type_size(ddni_numbers_type(a));
    }
    return DDN_OK;
}

/* " [28][28]", the axes of a point, where they are more than one; three of images are named. */
static void say_shape(const ddni_numbers *a, char text[SHAPE])
{
    text[0] = '\0';
    for (int64_t k = 1; a->axes > 2 && k < a->axes; k++) {
        size_t used = strlen(text);
        ddni_say(text + used, (int64_t)(SHAPE - used), "%s[%lld]", k == 1 ? " " : "",
                 (long long)a->shape[k]);
    }
    int64_t first = a->axes == 4 ? a->shape[1] : 0, last = a->axes == 4 ? a->shape[3] : 0;
    int32_t before = first == 1 || first == 3, behind = last == 1 || last == 3;
    if (before != behind) {
        size_t used = strlen(text);
        ddni_say(text + used, (int64_t)(SHAPE - used), " (%s)", before ? "NCHW" : "NHWC");
    }
}

/* "x.npz:data: '>f4' numbers [28][28] stored as f32, Fortran order; labels from x.npz:y". */
static ddn_status describe_set(ddn_context *ctx, const part *parts, int64_t count, int32_t labelled,
                               ddni_storage *storage)
{
    const ddni_numbers *a = &parts[0].numbers;
    const ddni_source *s = parts[0].source;
    ddn_type type = ddni_numbers_type(a);
    char text[DESCRIPTION], more[32] = "", shape[SHAPE];
    say_shape(a, shape);
    if (count > 1) {
        ddni_say(more, sizeof more, " and %lld more file%s", (long long)(count - 1),
                 count > 2 ? "s" : "");
    }
    ddni_say(text, sizeof text, "%s%s: %s'%s' numbers%s stored as %s%s%s%s%s", s->name, more,
             a->kind == 'B' ? "bfloat16 in " : "", a->type, shape, ddni_type_name(type),
             ddni_numbers_direct(a) ? "" : ", converted",
             a->fortran && a->axes > 1 ? ", from Fortran order" : "",
             labelled ? "; labels from " : "",
             !labelled           ? ""
             : s->labels != NULL ? s->whence
                                 : "its records");
    ddni_text_clean(text, sizeof text);
    return ddni_storage_describe(ctx, storage, text);
}

static ddn_status make_points(ddn_context *ctx, const files *f, ddni_file_rows rows,
                              int32_t *labels, ddn_dataset **out)
{
    const ddni_numbers *a = &f->part[0].numbers;
    ddni_array array = {NULL, ddni_numbers_type(a), rows.count, a->d, a->lead + a->d, rows.first};
    int64_t size = ddni_type_size(array.type);
    ddni_storage *storage = NULL;
    void *memory;
    ddn_status status;
    DDNI_TRY(ddni_storage_create(ctx, rows.count * array.ld * size, &storage, &memory));
    DDNI_TRY_GOTO(read_rows(ctx, f, rows, memory, labels), fail);
    DDNI_TRY_GOTO(describe_set(ctx, f->part, f->count, f->labelled, storage), fail);
    array.data = (uint8_t *)memory + a->lead * size;
    return ddni_dataset_wrap(ctx, f->part[0].source->name, storage, array, out);
fail:
    ddni_storage_release(storage);
    return status;
}

/* A set of rows of the files, with their labels where each brings some. */
static ddn_status make_set(ddn_context *ctx, const files *f, ddni_file_rows rows, ddn_dataset **out)
{
    int32_t *labels = NULL;
    ddn_dataset *points = NULL;
    if (!f->labelled) {
        return make_points(ctx, f, rows, NULL, out);
    }
    DDNI_TRY(ddni_alloc_for(ctx, "labels", rows.count, sizeof *labels, &labels));
    ddn_status status = make_points(ctx, f, rows, labels, &points);
    if (status == DDN_OK) {
        status = ddni_dataset_with_labels(ctx, points, labels, out);
    }
    ddn_dataset_destroy(points);
    ddni_free(ddni_context_allocator(ctx), labels);
    return status;
}

static void close_files(ddn_context *ctx, files *f)
{
    for (int64_t k = 0; f->part != NULL && k < f->count; k++) {
        ddni_source_close(f->part[k].source);
    }
    ddni_free(ddni_context_allocator(ctx), f->part);
}

/* Opens all and reads their headers. */
static ddn_status look_at(ddn_context *ctx, ddn_format format, int64_t count,
                          const char *const *paths, files *f)
{
    int64_t labelled = 0;
    DDNI_TRY(ddni_format_check(ctx, format));
    DDNI_TRY(ddni_alloc_for(ctx, "files", count, sizeof *f->part, &f->part));
    f->count = count;
    for (int64_t k = 0; k < count; k++) {
        part *p = &f->part[k];
        p->path = paths[k];
        DDNI_TRY(open_part(ctx, format, NULL, 0, p));
        DDNI_TRY(check_part(ctx, p, &f->part[0]));
        f->n += p->numbers.n;
        labelled += brings_labels(p);
    }
    f->labelled = labelled == count;
    return ddni_check_shape(ctx, "the files together", DDN_E_RANGE,
                            ddni_numbers_type(&f->part[0].numbers), f->n, f->part[0].numbers.d);
}

static ddn_status open_files(ddn_context *ctx, ddn_format format, int64_t count,
                             const char *const *paths, ddn_dataset **out)
{
    files f = {NULL, 0, 0, 0};
    ddn_status status = look_at(ctx, format, count, paths, &f);
    if (status == DDN_OK) {
        status = make_set(ctx, &f, (ddni_file_rows){0, f.n}, out);
    }
    close_files(ctx, &f);
    return status;
}

/* ---- over a team ---- */

/* What a rank has seen of the files. */
typedef struct sight {
    int64_t n, d;
    uint64_t digest; /* of all that their headers say, and of their sizes */
} sight;

static sight sight_of(const files *f)
{
    sight s = {f->n, f->part[0].numbers.d, (uint64_t)f->labelled};
    for (int64_t k = 0; k < f->count; k++) {
        const ddni_numbers *a = &f->part[k].numbers;
        const uint64_t type = DDNI_DIGEST_OF(a->type, DDNI_TYPE_NAME);
        s.digest = DDNI_DIGEST_WORDS(
            s.digest, type, (uint64_t)a->kind, (uint64_t)a->fortran, (uint64_t)a->n, (uint64_t)a->d,
            (uint64_t)a->label_at, (uint64_t)f->part[k].source->stored, f->part[k].source->classes);
    }
    return s;
}

/* Refuses files that are others on another rank, and fewer points than ranks. */
static ddn_status check_sights(ddn_context *ctx, const ddn_team *team, const files *f,
                               const sight *all)
{
    const char *name = f->part[0].source->name;
    for (int64_t r = 1; r < team->size; r++) {
        DDNI_CHECK(ctx, all[r].n == all[0].n && all[r].d == all[0].d, DDN_E_MISMATCH,
                   "%s: rank %lld sees %lld points of d = %lld, rank 0 %lld of %lld", name,
                   (long long)r, (long long)all[r].n, (long long)all[r].d, (long long)all[0].n,
                   (long long)all[0].d);
        DDNI_CHECK(ctx, all[r].digest == all[0].digest, DDN_E_MISMATCH,
                   "%s: rank %lld sees a file with another header or of another size than rank 0",
                   name, (long long)r);
    }
    DDNI_CHECK(ctx, f->n >= team->size, DDN_E_RANGE,
               "%s: %lld points for a team of %lld ranks, each of which needs one", name,
               (long long)f->n, (long long)team->size);
    return DDN_OK;
}

static ddn_status agree_on_files(ddn_context *ctx, ddn_team *team, const files *f)
{
    const sight own = sight_of(f);
    sight *all = NULL;
    ddn_status status = ddni_alloc_for(ctx, "what ranks see", team->size, sizeof *all, &all);
    status = ddni_team_collect(ctx, team, status, 0, NULL, sizeof own, &own, all);
    if (status == DDN_OK) {
        status = check_sights(ctx, team, f, all);
    }
    ddni_free(ddni_context_allocator(ctx), all);
    return status;
}

/* ---- in place ---- */

/* Why the numbers behind a header cannot stay where they are, and what to do. */
static ddn_status check_in_place(ddn_context *ctx, const part *p)
{
    const ddni_numbers *a = &p->numbers;
    DDNI_CHECK(ctx, ddni_plain_file(p->source) != NULL, DDN_E_UNSUPPORTED,
               "%s: packed, and only plain files can be used in place: unpack it, or read it",
               p->source->name);
    DDNI_CHECK(ctx, ddni_numbers_direct(a), DDN_E_UNSUPPORTED,
               "%s: '%s' numbers%s would have to be converted to %s, which a file in place cannot "
               "be: write it anew, or read it",
               p->source->name, a->type, a->fortran ? " in Fortran order" : "",
               ddni_numbers_type(a) == DDN_TYPE_U8    ? "u1"
               : ddni_numbers_type(a) == DDN_TYPE_F32 ? "<f4 in C order"
                                                      : "<f8 in C order");
    DDNI_CHECK(
        ctx, p->source->at % a->size == 0, DDN_E_UNSUPPORTED,
        "%s: the numbers begin at byte %lld, which is no multiple of their %lld bytes: write "
        "it anew, or read it",
        p->source->name, (long long)p->source->at, (long long)a->size);
    return DDN_OK;
}

/* A set of rows of the numbers as they are in the file, and labels where its records have some. */
static ddn_status wrap_map(ddn_context *ctx, const part *p, ddni_file_rows rows, ddn_dataset **out)
{
    const ddni_numbers *a = &p->numbers;
    ddni_storage *storage = NULL;
    int32_t *labels = NULL;
    ddn_dataset *points = NULL;
    ddn_status status;
    DDNI_TRY(ddni_storage_map(ctx, ddni_plain_file(p->source), &storage));
    const int64_t ld = a->lead + a->d; /* only bytes have a lead */
    const uint8_t *memory = storage->map.at + p->source->at + rows.first * ld * a->size;
    ddni_array array = {memory + a->lead, ddni_numbers_type(a), rows.count, a->d, ld, rows.first};
    if (brings_labels(p)) {
        DDNI_TRY_GOTO(ddni_alloc_for(ctx, "labels", rows.count, sizeof *labels, &labels), fail);
        DDNI_TRY_GOTO(labels_in_rows(ctx, p, rows, memory, labels), fail);
    }
    DDNI_TRY_GOTO(describe_set(ctx, p, 1, labels != NULL, storage), fail);
    status = ddni_dataset_wrap(ctx, p->source->name, storage, array, &points);
    storage = NULL;
    if (status == DDN_OK && labels != NULL) {
        status = ddni_dataset_with_labels(ctx, points, labels, out);
        ddn_dataset_destroy(points);
    } else {
        *out = points;
    }
fail:
    ddni_free(ddni_context_allocator(ctx), labels);
    ddni_storage_release(storage);
    return status;
}

static ddn_status open_in_place(ddn_context *ctx, ddn_format format, part *p, ddn_dataset **out)
{
    DDNI_TRY(ddni_format_check(ctx, format));
    DDNI_TRY(open_part(ctx, format, NULL, 0, p));
    DDNI_TRY(check_in_place(ctx, p));
    DDNI_TRY(check_part(ctx, p, p));
    return wrap_map(ctx, p, (ddni_file_rows){0, p->numbers.n}, out);
}

/* ---- the share of a rank ---- */

static ddn_status make_own(ddn_context *ctx, const files *f, ddni_file_rows rows, int32_t in_place,
                           ddn_dataset **out)
{
    if (!in_place) {
        return make_set(ctx, f, rows, out);
    }
    DDNI_TRY(check_in_place(ctx, &f->part[0]));
    return wrap_map(ctx, &f->part[0], rows, out);
}

static ddn_status open_share(ddn_context *ctx, ddn_team *team, const files *f, int32_t in_place,
                             ddn_dataset **out)
{
    const int64_t first = ddni_team_share(f->n, team->size, team->rank);
    const ddni_file_rows rows = {first, ddni_team_share(f->n, team->size, team->rank + 1) - first};
    ddn_dataset *own = NULL;
    DDNI_TRY(agree_on_files(ctx, team, f));
    ddn_status status = DDNI_TEAM_ALONE(ctx, make_own(ctx, f, rows, in_place, &own));
    status = ddni_team_agree(ctx, team, status, 0, NULL);
    if (status == DDN_OK) {
        status = ddn_dataset_create_team(ctx, team, own, out);
    }
    ddn_dataset_destroy(own);
    return status;
}

static ddn_status open_team(ddn_context *ctx, ddn_team *team, ddn_format format, int64_t count,
                            const char *const *paths, int32_t in_place, ddn_dataset **out)
{
    files f = {NULL, 0, 0, 0};
    ddn_status status = look_at(ctx, format, count, paths, &f);
    if (status == DDN_OK) {
        status = open_share(ctx, team, &f, in_place, out);
    }
    close_files(ctx, &f);
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

ddn_status ddn_dataset_open_in_place(ddn_context *ctx, const char *path, ddn_format format,
                                     ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, path);
    part p = {.path = path, .source = NULL};
    ddn_status status = open_in_place(ctx, format, &p, out);
    ddni_source_close(p.source);
    return status;
}

static ddn_status check_paths(ddn_context *ctx, int64_t count, const char *const *paths)
{
    DDNI_CHECK_INT(ctx, count, 1, MOST_FILES);
    DDNI_CHECK_PTR(ctx, paths);
    for (int64_t k = 0; k < count; k++) {
        DDNI_CHECK(ctx, paths[k] != NULL, DDN_E_NULL, "argument paths[%lld] is NULL", (long long)k);
    }
    return DDN_OK;
}

ddn_status ddn_dataset_open_files(ddn_context *ctx, ddn_format format, int64_t count,
                                  const char *const *paths, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_TRY(check_paths(ctx, count, paths));
    return open_files(ctx, format, count, paths, out);
}

ddn_status ddn_dataset_open_team(ddn_context *ctx, ddn_team *team, ddn_format format, int64_t count,
                                 const char *const *paths, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CLEAR(out);
    DDNI_CHECK_PTR(ctx, team); /* first: the other ranks are told of what follows */
    DDNI_CHECK_PTR(ctx, out);
    DDNI_TRY(check_paths(ctx, count, paths));
    return open_team(ctx, team, format, count, paths, 0, out);
}

ddn_status ddn_dataset_open_team_in_place(ddn_context *ctx, ddn_team *team, const char *path,
                                          ddn_format format, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CLEAR(out);
    DDNI_CHECK_PTR(ctx, team); /* first: the other ranks are told of what follows */
    DDNI_CHECK_PTR(ctx, out);
    DDNI_CHECK_PTR(ctx, path);
    return open_team(ctx, team, format, 1, &path, 1, out);
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
