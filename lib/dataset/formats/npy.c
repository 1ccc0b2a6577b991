/* NumPy .npy files, formats 1.0 to 3.0: the header is a Python dictionary with the keys descr,
 * fortran_order and shape; points are memory-mapped. */
#include <string.h>

#include "base/check.h"
#include "dataset/formats/file.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the stored numbers are little-endian");

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
    int64_t offset;     /* of the first number */
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

int ddni_npy_looks_like(const uint8_t *head, int64_t count)
{
    return count >= MAGIC && memcmp(head, "\x93NUMPY", MAGIC) == 0;
}

static ddn_status locate(ddn_context *ctx, const ddni_file *f, int64_t *begin, int64_t *length)
{
    uint8_t head[12] = {0};
    DDNI_TRY(ddni_file_read(ctx, f, 0, head, f->bytes < 12 ? f->bytes : 12));
    DDNI_CHECK(ctx, ddni_npy_looks_like(head, f->bytes), DDN_E_FORMAT,
               "%s: not an .npy file: wrong magic", f->name);
    DDNI_CHECK(ctx, f->bytes >= 12, DDN_E_FORMAT, "%s: truncated in the .npy header", f->name);
    DDNI_CHECK(ctx, head[6] >= 1 && head[6] <= 3 && head[7] == 0, DDN_E_FORMAT,
               "%s: .npy format %d.%d, only 1.0, 2.0 and 3.0 are read", f->name, head[6], head[7]);
    *begin = head[6] == 1 ? 10 : 12;
    *length = head[8] | head[9] << 8;
    if (head[6] > 1) {
        *length |= (int64_t)head[10] << 16 | (int64_t)head[11] << 24;
    }
    DDNI_CHECK(ctx, *length <= f->bytes - *begin, DDN_E_FORMAT, "%s: truncated in the .npy header",
               f->name);
    DDNI_CHECK(ctx, *length <= MAX_HEADER, DDN_E_FORMAT,
               "%s: an .npy header of %lld bytes, at most %d are read", f->name, (long long)*length,
               MAX_HEADER);
    return DDN_OK;
}

static ddn_status read_header(ddn_context *ctx, const ddni_file *f, npy_header *h)
{
    int64_t begin = 0, length = 0;
    char *text = NULL;
    memset(h, 0, sizeof *h);
    DDNI_TRY(locate(ctx, f, &begin, &length));
    h->offset = begin + length;
    DDNI_TRY(ddni_alloc_for(ctx, "an .npy header", length, 1, &text));
    ddn_status status = ddni_file_read(ctx, f, begin, text, length);
    cursor c = {text, text + length};
    int understood = status == DDN_OK && parse_dictionary(&c, h);
    ddni_free(ddni_context_allocator(ctx), text);
    DDNI_TRY(status);
    DDNI_CHECK(ctx, understood, DDN_E_FORMAT, "%s: the .npy header is malformed", f->name);
    DDNI_CHECK(ctx, !h->structured, DDN_E_FORMAT, "%s: an array of records, not of numbers",
               f->name);
    DDNI_CHECK(ctx, strchr(h->type, 'O') == NULL, DDN_E_FORMAT,
               "%s: an array of Python objects ('%s'), not of numbers", f->name, h->type);
    DDNI_CHECK(ctx, h->type[0] != '>', DDN_E_FORMAT,
               "%s: big-endian numbers ('%s'), only little-endian ones are read", f->name, h->type);
    DDNI_CHECK(ctx, h->axes >= 1, DDN_E_FORMAT, "%s: a single number, not an array of points",
               f->name);
    return DDN_OK;
}

/* The numbers must fill the rest of the file exactly. */
static ddn_status check_size(ddn_context *ctx, const ddni_file *f, const npy_header *h,
                             int64_t size)
{
    int64_t have = f->bytes - h->offset, need = h->n * h->d * size;
    return ddni_file_check_size(ctx, f, "the shape needs", need, have);
}

/* ---- points ---- */

/* Numbers that are not aligned in the file are copied. */
static ddn_status read_points(ddn_context *ctx, const ddni_file *f, const npy_header *h,
                              ddn_type type, ddn_dataset **out)
{
    ddni_storage *storage;
    void *memory;
    int64_t bytes = h->n * h->d * ddni_type_size(type);
    DDNI_TRY(ddni_storage_create(ctx, bytes, &storage, &memory));
    ddn_status status = ddni_file_read(ctx, f, h->offset, memory, bytes);
    if (status == DDN_OK) {
        status = ddni_dataset_wrap(ctx, f->name, storage, memory, type, h->n, h->d, h->d, out);
    }
    if (status != DDN_OK) {
        ddni_storage_release(storage);
    }
    return status;
}

ddn_status ddni_npy_open(ddn_context *ctx, const ddni_file *f, ddn_dataset **out)
{
    npy_header h;
    DDNI_TRY(read_header(ctx, f, &h));
    ddn_type type = strcmp(h.type, "|u1") == 0   ? DDN_TYPE_U8
                    : strcmp(h.type, "<f4") == 0 ? DDN_TYPE_F32
                    : strcmp(h.type, "<f8") == 0 ? DDN_TYPE_F64
                                                 : 0;
    DDNI_CHECK(ctx, type != 0, DDN_E_FORMAT,
               "%s: numbers of type '%s', only '|u1', '<f4' and '<f8' are read", f->name, h.type);
    DDNI_CHECK(ctx, !h.fortran, DDN_E_FORMAT,
               "%s: the array is in Fortran order, only C order is read", f->name);
    DDNI_TRY(ddni_check_shape(ctx, f->name, DDN_E_FORMAT, type, h.n, h.d));
    DDNI_TRY(check_size(ctx, f, &h, ddni_type_size(type)));
    if (h.offset % ddni_type_size(type) != 0) {
        return read_points(ctx, f, &h, type, out);
    }
    return ddni_file_map(ctx, f, h.offset, type, h.n, h.d, h.d, out);
}

/* ---- labels ---- */

static int64_t label_at(const char *type, const uint8_t *bytes, int64_t i)
{
    int16_t i2;
    int32_t i4;
    int64_t i8;
    switch (type[2]) {
    case '2':
        memcpy(&i2, bytes + 2 * i, sizeof i2);
        return i2;
    case '4':
        memcpy(&i4, bytes + 4 * i, sizeof i4);
        return i4;
    case '8':
        memcpy(&i8, bytes + 8 * i, sizeof i8);
        return i8;
    default:
        return type[1] == 'u' ? (int64_t)bytes[i] : (int64_t)(int8_t)bytes[i];
    }
}

ddn_status ddni_npy_labels(ddn_context *ctx, const ddni_file *f, int64_t n, int32_t *label)
{
    enum {
        PART = 512
    };
    npy_header h;
    DDNI_TRY(read_header(ctx, f, &h));
    DDNI_CHECK(ctx,
               strcmp(h.type, "|u1") == 0 || strcmp(h.type, "|i1") == 0 ||
                   strcmp(h.type, "<i2") == 0 || strcmp(h.type, "<i4") == 0 ||
                   strcmp(h.type, "<i8") == 0,
               DDN_E_FORMAT, "%s: labels of type '%s', only u1, i1, i2, i4 and i8 are read",
               f->name, h.type);
    DDNI_CHECK(ctx, h.axes == 1, DDN_E_FORMAT, "%s: labels have one axis, the file has %lld",
               f->name, (long long)h.axes);
    DDNI_CHECK(ctx, h.n == n, DDN_E_SHAPE, "%s: %lld labels for n = %lld points", f->name,
               (long long)h.n, (long long)n);
    int64_t size = h.type[2] - '0';
    DDNI_TRY(check_size(ctx, f, &h, size));
    uint8_t bytes[PART * 8];
    for (int64_t first = 0; first < n; first += PART) {
        int64_t count = n - first < PART ? n - first : PART;
        DDNI_TRY(ddni_file_read(ctx, f, h.offset + first * size, bytes, count * size));
        for (int64_t i = 0; i < count; i++) {
            int64_t value = label_at(h.type, bytes, i);
            DDNI_CHECK(ctx, value >= INT32_MIN && value <= INT32_MAX, DDN_E_FORMAT,
                       "%s: label %lld = %lld does not fit in 32 bits", f->name,
                       (long long)(first + i), (long long)value);
            label[first + i] = (int32_t)value;
        }
    }
    return DDN_OK;
}
