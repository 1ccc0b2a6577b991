/* The columns of a result as a NumPy array with named fields of doubles. */
#include <string.h>

#include "analysis/result_files.h"
#include "base/check.h"
#include "base/progress.h"

enum {
    ALIGNMENT = 64,
    PREFIX = 12 /* of version 2: magic, version, four bytes of length */
};
static const char npy_magic[] = "\x93NUMPY";

/* ---- Writing ---- */

static void little_endian(ddni_text *text, uint64_t value, int64_t bytes)
{
    char out[8];
    for (int64_t i = 0; i < bytes; i++) {
        out[i] = (char)(value >> (8 * i) & 0xff);
    }
    ddni_text_bytes(text, out, bytes);
}

void ddni_result_write_npy(ddni_text *text, const ddn_result *r)
{
    ddni_text header = {.ctx = text->ctx};
    ddni_text_add(&header, "{'descr': [");
    for (int64_t i = 0; i < r->columns.count; i++) {
        ddni_text_add(&header, i == 0 ? "('" : ", ('");
        ddni_text_add(&header, r->columns.list[i].name);
        ddni_text_add(&header, "', '<f8')");
    }
    ddni_text_add(&header, "], 'fortran_order': False, 'shape': (");
    ddni_text_integer(&header, r->rows);
    ddni_text_add(&header, ",), }");
    while ((PREFIX + header.count + 1) % ALIGNMENT != 0 && header.status == DDN_OK) {
        ddni_text_add(&header, " ");
    }
    ddni_text_add(&header, "\n");
    ddni_text_bytes(text, npy_magic, 6);
    ddni_text_bytes(text, "\2\0", 2);
    little_endian(text, (uint64_t)header.count, 4);
    ddni_text_bytes(text, header.bytes, header.count);
    text->status = text->status != DDN_OK ? text->status : header.status;
    ddni_text_free(&header);
    for (int64_t k = 0; k < r->rows && text->status == DDN_OK; k++) {
        for (int64_t i = 0; i < r->columns.count; i++) {
            uint64_t bits;
            memcpy(&bits, &r->columns.list[i].values[k], sizeof bits);
            little_endian(text, bits, 8);
        }
    }
}

/* ---- Reading ---- */

/* A quoted string of Python without escapes. */
static ddn_status take_quoted(ddni_json *h, char *text, int64_t capacity)
{
    char quote = ddni_json_peek(h);
    if (quote != '\'' && quote != '"') {
        return ddni_json_fail(h, "a string is missing in the header");
    }
    const char *from = h->at + 1;
    const char *end = memchr(from, quote, (size_t)(h->end - from));
    if (end == NULL || end - from >= capacity || memchr(from, '\0', (size_t)(end - from)) != NULL) {
        return ddni_json_fail(h,
                              "a string of the header does not end, is too long or has a byte 0");
    }
    memcpy(text, from, (size_t)(end - from));
    text[end - from] = '\0';
    h->at = end + 1;
    return DDN_OK;
}

/* The list of ('name', '<f8'). */
static ddn_status take_columns(ddni_json *h, ddn_result *r)
{
    int64_t more = 1;
    if (ddni_json_peek(h) != '[') {
        return ddni_json_fail(h, "the array has no named columns");
    }
    h->at++;
    while (more && ddni_json_peek(h) != ']') {
        ddni_entry e = {.pooling = DDN_POOLING_NONE};
        char type[8];
        DDNI_TRY(ddni_json_take(h, '('));
        DDNI_TRY(take_quoted(h, e.name, sizeof e.name));
        DDNI_TRY(ddni_json_take(h, ','));
        DDNI_TRY(take_quoted(h, type, sizeof type));
        DDNI_TRY(ddni_json_take(h, ')'));
        if (strcmp(type, "<f8") != 0) {
            return ddni_json_fail(h, "column '%s' is of type %s, not <f8", e.name, type);
        }
        DDNI_TRY(ddni_result_read_name(h, r, &r->columns, e.name));
        DDNI_TRY(ddni_result_add_entry(h->ctx, r, &r->columns, &e));
        more = ddni_json_peek(h) == ',';
        h->at += more;
    }
    return ddni_json_take(h, ']');
}

static ddn_status take_shape(ddni_json *h, ddn_result *r)
{
    DDNI_TRY(ddni_json_take(h, '('));
    DDNI_TRY(ddni_json_count(h, &r->rows));
    DDNI_TRY(ddni_json_take(h, ','));
    return ddni_json_take(h, ')');
}

static ddn_status take_order(ddni_json *h)
{
    static const char word[] = "False";
    ddni_json_peek(h);
    int64_t length = (int64_t)strlen(word);
    if (h->end - h->at < length || memcmp(h->at, word, (size_t)length) != 0) {
        return ddni_json_fail(h, "the array is in Fortran order");
    }
    h->at += length;
    return DDN_OK;
}

static ddn_status take_header(ddni_json *h, ddn_result *r)
{
    int64_t seen = 0, more = 1;
    DDNI_TRY(ddni_json_take(h, '{'));
    while (more && ddni_json_peek(h) != '}') {
        char key[16];
        DDNI_TRY(take_quoted(h, key, sizeof key));
        DDNI_TRY(ddni_json_take(h, ':'));
        int which = strcmp(key, "descr") == 0           ? 1
                    : strcmp(key, "shape") == 0         ? 2
                    : strcmp(key, "fortran_order") == 0 ? 4
                                                        : 0;
        if (which == 0 || (seen & which) != 0) {
            return ddni_json_fail(h, "the header has '%s', or has it twice", key);
        }
        seen |= which;
        DDNI_TRY(which == 1 ? take_columns(h, r) : which == 2 ? take_shape(h, r) : take_order(h));
        more = ddni_json_peek(h) == ',';
        h->at += more;
    }
    DDNI_TRY(ddni_json_take(h, '}'));
    return seen == 7 ? ddni_json_end(h) : ddni_json_fail(h, "the header is not complete");
}

static uint64_t from_little_endian(const char *bytes, int64_t count)
{
    uint64_t value = 0;
    for (int64_t i = 0; i < count; i++) {
        value |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
    }
    return value;
}

ddn_status ddni_result_read_npy(ddni_json *file, ddn_result **out)
{
    int64_t size = file->end - file->at, major = size > 6 ? file->at[6] : 0;
    int64_t width = major == 1 ? 2 : 4, prefix = 8 + width;
    if (size < PREFIX || major < 1 || major > 3) {
        return ddni_json_fail(file, "this is no .npy file of version 1 to 3");
    }
    int64_t length = (int64_t)from_little_endian(file->at + 8, width);
    if (length > size - prefix) {
        return ddni_json_fail(file, "the header does not end");
    }
    ddni_json header = *file;
    header.at += prefix;
    header.end = header.at + length;
    DDNI_TRY(ddni_result_table(file->ctx, 0, out));
    ddn_result *r = *out;
    DDNI_TRY(take_header(&header, r));
    int64_t columns = r->columns.count, data = size - prefix - length;
    if (columns == 0 || data % (8 * columns) != 0 || data / (8 * columns) != r->rows) {
        return ddni_json_fail(file, "%lld rows of %lld columns do not make %lld bytes",
                              (long long)r->rows, (long long)columns, (long long)data);
    }
    for (int64_t i = 0; i < columns; i++) {
        double **values = &r->columns.list[i].values;
        ddni_free(&r->handle.allocator, *values);
        *values = NULL;
        DDNI_TRY(ddni_alloc_for(file->ctx, "result column", r->rows, sizeof **values, values));
        for (int64_t k = 0; k < r->rows; k++) {
            DDNI_TRY(ddni_poll(file->ctx));
            uint64_t bits = from_little_endian(header.end + 8 * (k * columns + i), 8);
            memcpy(&(*values)[k], &bits, sizeof bits);
        }
    }
    return DDN_OK;
}
