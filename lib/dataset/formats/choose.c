/* The format of a file: by name or by content. */
#include <string.h>

#include "base/check.h"
#include "base/message.h"
#include "dataset/formats/format.h"

#define ROW(format, name) &(format),
static const ddni_file_format *const formats[] = {DDNI_FORMATS(ROW) DDNI_READINGS(ROW)};
#undef ROW
#define ONE(format, name) +1
enum {
    BY_CONTENT = DDNI_FORMATS(ONE) /* the first ones; the others must be named */
};
#undef ONE
#define NAME(format, name) name,
static const char *const format_names[] = {DDNI_FORMATS(NAME) DDNI_READINGS(NAME)};
#undef NAME

enum {
    FORMATS = sizeof formats / sizeof formats[0],
    NAMES = 128, /* characters for a list of formats */
    HINT = 320,  /* characters for what else a file is */
    MAGIC = 4    /* bytes */
};

const char *ddni_format_names(void)
{
#define NAME(format, name) "," name
    return ".npz" DDNI_FORMATS(NAME); /* an archive has one of the others in it */
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
    for (int64_t k = 0; k < BY_CONTENT; k++) {
        if (!labels || formats[k]->labels) {
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
    char names[NAMES], more[HINT];
    list_names(labels, names);
    ddni_foreign_hint(s, more, HINT);
    if (s->size < 0 && !labels && more[0] == '\0') {
        ddni_say(more, HINT, "; compressed CIFAR is not read");
    }
    if (s->head_count < MAGIC) {
        return ddni_fail(ctx, DDN_E_FORMAT, "%s: neither %s (length %lld)%s", s->name, names,
                         (long long)s->head_count, more);
    }
    return ddni_fail(ctx, DDN_E_FORMAT, "%s: neither %s (magic %02x%02x%02x%02x)%s", s->name, names,
                     s->head[0], s->head[1], s->head[2], s->head[3], more);
}

/* By content. */
static ddn_status detect(ddn_context *ctx, const ddni_source *s, int32_t labels,
                         const ddni_file_format **out)
{
    int32_t best = DDNI_PROBE_NO;
    for (int64_t k = 0; k < BY_CONTENT; k++) {
        int32_t sure = labels && !formats[k]->labels
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
    for (int64_t k = 0; k < BY_CONTENT; k++) {
        DDNI_CHECK(ctx, formats[k]->probe(s->head, s->head_count, s->size) != DDNI_PROBE_SURE,
                   DDN_E_FORMAT, "%s: not %s: its first bytes are those of %s", s->name,
                   format_names[named], format_names[k]);
    }
    return DDN_OK;
}

ddn_status ddni_format_choose(ddn_context *ctx, const ddni_source *s, ddn_format named,
                              int32_t labels, const ddni_file_format **out)
{
    if (named == DDN_FORMAT_AUTO) {
        return detect(ctx, s, labels, out);
    }
    int64_t which = 0;
    while (formats[which]->id != named) {
        which++;
    }
    *out = formats[which];
    return check_named(ctx, s, which);
}

ddn_status ddni_format_check(ddn_context *ctx, ddn_format format)
{
    int32_t known = format == DDN_FORMAT_AUTO;
    for (int64_t k = 0; k < FORMATS; k++) {
        known |= formats[k]->id == format;
    }
    DDNI_CHECK(ctx, known, DDN_E_RANGE, "argument format = %d is no ddn_format", (int)format);
    return DDN_OK;
}
