/* Files of points and of labels: the format by name or by content. */
#include <string.h>

#include "base/check.h"
#include "dataset/formats/format.h"

#define ROW(format, name) &(format),
static const ddni_file_format *const formats[] = {DDNI_FORMATS(ROW)};
#undef ROW
#define NAME(format, name) name,
static const char *const format_names[] = {DDNI_FORMATS(NAME)};
#undef NAME

enum {
    FORMATS = sizeof formats / sizeof formats[0],
    NAMES = 128, /* characters for a list of formats */
    MAGIC = 4    /* bytes */
};

const char *ddni_format_names(void)
{
#define NAME(format, name) "," name
    return &DDNI_FORMATS(NAME)[1];
#undef NAME
}

static void append(char *text, const char *more)
{
    size_t used = strlen(text), count = strlen(more), room = NAMES - 1 - used;
    count = count < room ? count : room;
    memcpy(text + used, more, count);
    text[used + count] = '\0';
}

/* ".npy, IDX nor CIFAR-10": the formats of points or of labels. */
static void list_names(int32_t labels, char *text)
{
    const char *name[FORMATS];
    int64_t count = 0;
    for (int64_t k = 0; k < FORMATS; k++) {
        if (!labels || formats[k]->labels != NULL) {
            name[count++] = format_names[k];
        }
    }
    text[0] = '\0';
    for (int64_t k = 0; k < count; k++) {
        append(text, k == 0 ? "" : k + 1 < count ? ", " : " nor ");
        append(text, name[k]);
    }
}

/* Refuses what no format recognises, by its first bytes where there are that many. */
static ddn_status unknown(ddn_context *ctx, const ddni_source *s, int32_t labels)
{
    char names[NAMES], sized[NAMES] = "";
    list_names(labels, names);
    for (int64_t k = 0; k < FORMATS && s->size < 0 && !labels; k++) {
        if (formats[k]->sized) {
            append(sized, "; compressed ");
            append(sized, format_names[k]);
            append(sized, " is not read");
        }
    }
    if (s->head_count < MAGIC) {
        return ddni_fail(ctx, DDN_E_FORMAT, "%s: neither %s (length %lld)%s", s->name, names,
                         (long long)s->head_count, sized);
    }
    return ddni_fail(ctx, DDN_E_FORMAT, "%s: neither %s (magic %02x%02x%02x%02x)%s", s->name, names,
                     s->head[0], s->head[1], s->head[2], s->head[3], sized);
}

/* By content. */
static ddn_status detect(ddn_context *ctx, const ddni_source *s, int32_t labels,
                         const ddni_file_format **out)
{
    int32_t best = DDNI_PROBE_NO;
    for (int64_t k = 0; k < FORMATS; k++) {
        int32_t sure = labels && formats[k]->labels == NULL
                           ? DDNI_PROBE_NO
                           : formats[k]->probe(s->head, s->head_count, s->size);
        if (sure > best) {
            best = sure;
            *out = formats[k];
        }
    }
    if (best == DDNI_PROBE_NO) {
        return unknown(ctx, s, labels);
    }
    return DDN_OK;
}

/* The format that the caller names, unless the file is certainly of another one. */
static ddn_status check_named(ddn_context *ctx, const ddni_source *s, int64_t named)
{
    if (formats[named]->probe(s->head, s->head_count, s->size) != DDNI_PROBE_NO) {
        return DDN_OK;
    }
    for (int64_t k = 0; k < FORMATS; k++) {
        DDNI_CHECK(ctx, formats[k]->probe(s->head, s->head_count, s->size) != DDNI_PROBE_SURE,
                   DDN_E_FORMAT, "%s: not %s: its first bytes are those of %s", s->name,
                   format_names[named], format_names[k]);
    }
    return DDN_OK;
}

/* The kind of source is in its first bytes. */
ddn_status ddni_source_open(ddn_context *ctx, const char *path, ddni_source **out)
{
    *out = NULL;
    ddni_source *file;
    DDNI_TRY(ddni_plain_open(ctx, path, &file));
    if (!ddni_gzip_recognise(file->head, file->head_count)) {
        *out = file;
        return DDN_OK;
    }
    ddn_status status = ddni_gzip_open(ctx, file, out);
    if (status != DDN_OK) {
        ddni_source_close(file);
    } else if (ddni_gzip_recognise((*out)->head, (*out)->head_count)) {
        status = ddni_fail(ctx, DDN_E_FORMAT, "%s: compressed twice", path);
        ddni_source_close(*out);
        *out = NULL;
    }
    return status;
}

ddn_status ddn_dataset_open(ddn_context *ctx, const char *path, ddn_format format,
                            ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, path);
    const ddni_file_format *chosen = NULL;
    int64_t named = -1;
    for (int64_t k = 0; k < FORMATS; k++) {
        named = formats[k]->id == format ? k : named;
    }
    DDNI_CHECK(ctx, format == DDN_FORMAT_AUTO || named >= 0, DDN_E_RANGE,
               "argument format = %d is no ddn_format", (int)format);
    ddni_source *s;
    DDNI_TRY(ddni_source_open(ctx, path, &s));
    ddn_status status = named < 0 ? detect(ctx, s, 0, &chosen) : check_named(ctx, s, named);
    if (status == DDN_OK) {
        chosen = named < 0 ? chosen : formats[named];
        status = chosen->open(ctx, s, out);
    }
    ddni_source_close(s);
    return status;
}

ddn_status ddn_dataset_open_labelled(ddn_context *ctx, const ddn_dataset *ds, const char *path,
                                     ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, ds);
    DDNI_CHECK_PTR(ctx, path);
    const ddni_file_format *format = NULL;
    ddni_source *s = NULL;
    int32_t *label = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_source_open(ctx, path, &s), fail);
    DDNI_TRY_GOTO(detect(ctx, s, 1, &format), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "labels", ds->n, sizeof *label, &label), fail);
    DDNI_TRY_GOTO(format->labels(ctx, s, ds->n, label), fail);
    status = ddni_dataset_with_labels(ctx, ds, label, out);
fail:
    ddni_source_close(s);
    ddni_free(ddni_context_allocator(ctx), label);
    return status;
}
