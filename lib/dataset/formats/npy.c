/* NumPy .npy files, formats 1.0 to 3.0: the header is a Python dictionary with the keys descr,
 * fortran_order and shape. */
#include <string.h>

#include "base/check.h"
#include "dataset/formats/format.h"
#include "dataset/formats/numbers.h"

enum {
    MAGIC = 6,
    MAX_HEADER = 65535,
    TYPE_LENGTH = 16
};

typedef struct npy_header {
    char type[TYPE_LENGTH]; /* "<f8" */
    int structured;         /* descr is a list of fields */
    int fortran;
    int64_t axes, n, d; /* d: product of all axes but the first */
} npy_header;

/* ---- a reader for the few Python literals that occur ---- */

typedef struct cursor {
    const char *at, *end;
} cursor;

static void skip_space(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t')) {
        c->at++;
    }
}

/* Takes the character if it comes next. */
static int take(cursor *c, char wanted)
{
    skip_space(c);
    if (c->at < c->end && *c->at == wanted) {
        c->at++;
        return 1;
    }
    return 0;
}

static int take_word(cursor *c, const char *word)
{
    size_t length = strlen(word);
    skip_space(c);
    if ((size_t)(c->end - c->at) >= length && memcmp(c->at, word, length) == 0) {
        c->at += length;
        return 1;
    }
    return 0;
}

/* A quoted string without escapes, cut to fit. */
static int take_string(cursor *c, char *out, int64_t capacity)
{
    skip_space(c);
    if (c->at == c->end || (*c->at != '\'' && *c->at != '"')) {
        return 0;
    }
    char quote = *c->at++;
    int64_t length = 0;
    for (; c->at < c->end && *c->at != quote; c->at++) {
        if (*c->at == '\\' || *c->at < ' ' || *c->at > '~') {
            return 0;
        }
        if (length + 1 < capacity) {
            out[length++] = *c->at;
        }
    }
    out[length] = '\0';
    return take(c, quote);
}

/* A decimal number, at most INT64_MAX; Python 2 may have put an L behind it. */
static int take_number(cursor *c, int64_t *out)
{
    skip_space(c);
    const char *first = c->at;
    *out = 0;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
        int64_t digit = *c->at - '0';
        *out = *out <= (INT64_MAX - digit) / 10 ? *out * 10 + digit : INT64_MAX;
    }
    if (c->at == first) {
        return 0;
    }
    take(c, 'L');
    return 1;
}

static int take_shape(cursor *c, npy_header *h)
{
    if (!take(c, '(')) {
        return 0;
    }
    h->axes = 0;
    h->n = h->d = 1;
    while (!take(c, ')')) {
        int64_t size;
        if (!take_number(c, &size)) {
            return 0;
        }
        if (h->axes++ == 0) {
            h->n = size;
        } else if (__builtin_mul_overflow(h->d, size, &h->d)) {
            h->d = INT64_MAX; /* far outside the limits, and said so later */
        }
        if (!take(c, ',')) {
            /* (5) is a number in Python; a tuple of one has a comma. */
            return h->axes > 1 && take(c, ')');
        }
    }
    return 1;
}

/* The value of one key; found collects which keys have been seen. */
static int take_entry(cursor *c, npy_header *h, int *found)
{
    char key[TYPE_LENGTH];
    if (!take_string(c, key, sizeof key) || !take(c, ':')) {
        return 0;
    }
    int bit = strcmp(key, "descr") == 0           ? 1
              : strcmp(key, "fortran_order") == 0 ? 2
              : strcmp(key, "shape") == 0         ? 4
                                                  : 0;
    if (bit == 0 || (*found & bit) != 0) {
        return 0;
    }
    *found |= bit;
    if (bit == 4) {
        return take_shape(c, h);
    }
    if (bit == 2) {
        h->fortran = take_word(c, "True");
        return h->fortran || take_word(c, "False");
    }
    skip_space(c);
    h->structured = c->at < c->end && *c->at == '[';
    /* Nothing else matters then: the type is refused. */
    return h->structured || take_string(c, h->type, sizeof h->type);
}

static int parse_dictionary(cursor *c, npy_header *h)
{
    int found = 0;
    if (!take(c, '{')) {
        return 0;
    }
    while (!take(c, '}')) {
        if (!take_entry(c, h, &found)) {
            return 0;
        }
        if (h->structured) {
            return 1;
        }
        if (!take(c, ',')) {
            if (!take(c, '}')) {
                return 0;
            }
            break;
        }
    }
    skip_space(c);
    return found == 7 && c->at == c->end;
}

/* ---- the header ---- */

static int32_t npy_is_magic(const uint8_t *head, int64_t count)
{
    return count >= MAGIC && memcmp(head, "\x93NUMPY", MAGIC) == 0;
}

static int32_t npy_probe(const uint8_t *head, int64_t count, int64_t size)
{
    (void)size;
    return npy_is_magic(head, count) ? DDNI_PROBE_SURE : DDNI_PROBE_NO;
}

/* Up to the dictionary, whose length it gives. */
static ddn_status read_length(ddn_context *ctx, ddni_source *s, int64_t *length)
{
    uint8_t head[12] = {0};
    int64_t got, more = 0;
    DDNI_TRY(ddni_source_read(ctx, s, head, 10, &got));
    DDNI_CHECK(ctx, npy_is_magic(head, got), DDN_E_FORMAT, "%s: not an .npy file: wrong magic",
               s->name);
    DDNI_CHECK(ctx, got == 10, DDN_E_FORMAT, "%s: truncated in the .npy header", s->name);
    DDNI_CHECK(ctx, head[6] >= 1 && head[6] <= 3 && head[7] == 0, DDN_E_FORMAT,
               "%s: .npy format %d.%d, only 1.0, 2.0 and 3.0 are read", s->name, head[6], head[7]);
    *length = head[8] | head[9] << 8;
    if (head[6] > 1) {
        DDNI_TRY(ddni_source_read(ctx, s, head + 10, 2, &more));
        DDNI_CHECK(ctx, more == 2, DDN_E_FORMAT, "%s: truncated in the .npy header", s->name);
        *length |= (int64_t)head[10] << 16 | (int64_t)head[11] << 24;
    }
    DDNI_CHECK(ctx, *length <= s->most - s->at, DDN_E_FORMAT, "%s: truncated in the .npy header",
               s->name);
    DDNI_CHECK(ctx, *length <= MAX_HEADER, DDN_E_FORMAT,
               "%s: an .npy header of %lld bytes, at most %d are read", s->name, (long long)*length,
               MAX_HEADER);
    return DDN_OK;
}

/* 1 if the dictionary says all that is needed. */
static ddn_status read_dictionary(ddn_context *ctx, ddni_source *s, npy_header *h,
                                  int32_t *understood)
{
    int64_t length = 0, got = 0;
    char *text = NULL;
    DDNI_TRY(read_length(ctx, s, &length));
    DDNI_TRY(ddni_alloc_for(ctx, "an .npy header", length, 1, &text));
    ddn_status status = ddni_source_read(ctx, s, text, length, &got);
    if (status == DDN_OK && got < length) {
        status = ddni_fail(ctx, DDN_E_FORMAT, "%s: truncated in the .npy header", s->name);
    }
    cursor c = {text, text + length};
    *understood = status == DDN_OK && parse_dictionary(&c, h);
    ddni_free(ddni_context_allocator(ctx), text);
    return status;
}

static ddn_status npy_read_header(ddn_context *ctx, ddni_source *s, npy_header *h, ddni_numbers *a)
{
    int32_t understood;
    memset(h, 0, sizeof *h);
    DDNI_TRY(read_dictionary(ctx, s, h, &understood));
    DDNI_CHECK(ctx, understood, DDN_E_FORMAT, "%s: the .npy header is malformed", s->name);
    DDNI_CHECK(ctx, !h->structured, DDN_E_FORMAT, "%s: an array of records, not of numbers",
               s->name);
    DDNI_CHECK(ctx, strchr(h->type, 'O') == NULL, DDN_E_FORMAT,
               "%s: an array of Python objects ('%s'), not of numbers", s->name, h->type);
    DDNI_CHECK(ctx, h->type[0] != '>', DDN_E_FORMAT,
               "%s: big-endian numbers ('%s'), only little-endian ones are read", s->name, h->type);
    DDNI_CHECK(ctx, h->axes >= 1, DDN_E_FORMAT, "%s: a single number, not an array of points",
               s->name);
    *a = (ddni_numbers){"the shape needs", 0, 0, h->axes, h->n, h->d, 0};
    /* A byte order, a kind and one digit, as in "<f8"; single bytes have no order. */
    if (strlen(h->type) == 3 && h->type[0] == (h->type[2] == '1' ? '|' : '<')) {
        a->kind = h->type[1];
        a->size = h->type[2] - '0';
    }
    return DDN_OK;
}

static ddn_status npy_open(ddn_context *ctx, ddni_source *s, ddn_dataset **out)
{
    npy_header h;
    ddni_numbers a;
    DDNI_TRY(npy_read_header(ctx, s, &h, &a));
    DDNI_CHECK(ctx, ddni_numbers_type(&a) != 0, DDN_E_FORMAT,
               "%s: numbers of type '%s', only '|u1', '<f4' and '<f8' are read", s->name, h.type);
    DDNI_CHECK(ctx, !h.fortran, DDN_E_FORMAT,
               "%s: the array is in Fortran order, only C order is read", s->name);
    return ddni_numbers_points(ctx, s, &a, out);
}

static ddn_status npy_labels(ddn_context *ctx, ddni_source *s, int64_t n, int32_t *label)
{
    npy_header h;
    ddni_numbers a;
    DDNI_TRY(npy_read_header(ctx, s, &h, &a));
    int is_byte = (a.kind == 'u' || a.kind == 'i') && a.size == 1;
    int is_wide = a.kind == 'i' && (a.size == 2 || a.size == 4 || a.size == 8);
    DDNI_CHECK(ctx, is_byte || is_wide, DDN_E_FORMAT,
               "%s: labels of type '%s', only u1, i1, i2, i4 and i8 are read", s->name, h.type);
    return ddni_numbers_labels(ctx, s, &a, n, label);
}

const ddni_file_format ddni_npy = {DDN_FORMAT_NPY, npy_probe, npy_open, npy_labels, 0};
