/* NumPy .npy files, formats 1.0 to 3.0: the header is a Python dictionary with the keys descr,
 * fortran_order and shape. */
#include <string.h>

#include "base/check.h"
#include "base/message.h"
#include "dataset/formats/format.h"

enum {
    MAGIC = 6,
    MAX_HEADER = 65535
};
static const uint8_t magic[MAGIC] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

typedef struct npy_header {
    char type[DDNI_TYPE_NAME]; /* "<f8" */
    int structured;            /* descr is a list of fields */
    int fortran;
    int64_t axes, n, d; /* d: product of all axes but the first */
    int64_t shape[DDNI_AXES];
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
        if (h->axes < DDNI_AXES) {
            h->shape[h->axes] = size;
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
    char key[DDNI_TYPE_NAME];
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
    return count >= MAGIC && memcmp(head, magic, MAGIC) == 0;
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

/* A byte order, a kind and the bytes of a number, as in "<f8"; single bytes have no order. */
static void parse_descr(const npy_header *h, int32_t bf16, ddni_numbers *a)
{
    const char *t = h->type;
    int32_t ordered = t[0] == '<' || t[0] == '>';
    memcpy(a->type, t, sizeof a->type);
    t += ordered || t[0] == '|' || t[0] == '=';
    if (strlen(t) != 2 || t[1] < '1' || t[1] > '8') {
        return;
    }
    a->kind = t[0];
    a->size = t[1] - '0';
    a->big = h->type[0] == '>' && a->size > 1;
    if (bf16 && a->size == 2 && strchr("uiV", a->kind) != NULL) {
        a->kind = 'B';
    }
}

static ddn_status describe_array(ddn_context *ctx, ddni_source *s, int32_t bf16, ddni_numbers *a)
{
    npy_header h;
    int32_t understood;
    memset(&h, 0, sizeof h);
    DDNI_TRY(read_dictionary(ctx, s, &h, &understood));
    DDNI_CHECK(ctx, understood, DDN_E_FORMAT, "%s: the .npy header is malformed", s->name);
    DDNI_CHECK(ctx, !h.structured, DDN_E_FORMAT, "%s: an array of records, not of numbers",
               s->name);
    DDNI_CHECK(ctx, strchr(h.type, 'O') == NULL, DDN_E_FORMAT,
               "%s: an array of Python objects ('%s'), not of numbers", s->name, h.type);
    DDNI_CHECK(ctx, h.axes >= 1, DDN_E_FORMAT, "%s: a single number, not an array of points",
               s->name);
    DDNI_CHECK(ctx, h.axes <= DDNI_AXES, DDN_E_FORMAT, "%s: %lld axes, at most %d are read",
               s->name, (long long)h.axes, DDNI_AXES);
    *a = (ddni_numbers){.promise = "the shape needs",
                        .axes = h.axes,
                        .n = h.n,
                        .d = h.d,
                        .fortran = h.fortran,
                        .label_at = DDNI_NO_LABELS};
    memcpy(a->shape, h.shape, sizeof a->shape);
    parse_descr(&h, bf16, a);
    DDNI_CHECK(ctx, ddni_numbers_type(a) != 0, DDN_E_FORMAT,
               "%s: numbers of type '%s'; b1, u1 to u8, i1 to i8, f2, f4 and f8 are read%s",
               s->name, h.type, a->size == 2 && a->kind == 'V' ? ", bfloat16 by its name" : "");
    DDNI_CHECK(ctx, !bf16 || a->kind == 'B', DDN_E_FORMAT,
               "%s: numbers of type '%s', which are no bfloat16: those are u2, i2 or V2", s->name,
               h.type);
    return DDN_OK;
}

int64_t ddni_npy_head(const char *type, int32_t fortran, int64_t axes, const int64_t *shape,
                      uint8_t *head)
{
    enum {
        BEFORE = 10 /* bytes before the dictionary */
    };
    char *text = (char *)head + BEFORE;
    int64_t room = DDNI_NPY_HEAD - BEFORE, used;
    ddni_say(text, room, "{'descr': '%s', 'fortran_order': %s, 'shape': (", type,
             fortran ? "True" : "False");
    for (int64_t k = 0; k < axes; k++) {
        used = (int64_t)strlen(text);
        ddni_say(text + used, room - used, "%lld,", (long long)shape[k]);
    }
    used = (int64_t)strlen(text);
    ddni_say(text + used, room - used, ")}\n");
    used = (int64_t)strlen(text);
    memcpy(head, magic, MAGIC);
    head[MAGIC] = 1; /* version 1.0 */
    head[MAGIC + 1] = 0;
    head[8] = (uint8_t)(used & 255);
    head[9] = (uint8_t)(used >> 8);
    return BEFORE + used;
}

int64_t ddni_npy_take_head(const uint8_t *head, int64_t bytes, int64_t at, int64_t count,
                           uint8_t *to)
{
    int64_t part = bytes - at < count ? bytes - at : count;
    if (part <= 0) {
        return 0;
    }
    memcpy(to, head + at, (size_t)part);
    return part;
}

static ddn_status npy_describe(ddn_context *ctx, ddni_source *s, ddni_numbers *a)
{
    return describe_array(ctx, s, 0, a);
}

static ddn_status bf16_describe(ddn_context *ctx, ddni_source *s, ddni_numbers *a)
{
    return describe_array(ctx, s, 1, a);
}

const ddni_file_format ddni_npy = {DDN_FORMAT_NPY, npy_probe, npy_describe, 1, 0};
const ddni_file_format ddni_npy_bf16 = {DDN_FORMAT_NPY_BF16, npy_probe, bf16_describe, 1, 0};
