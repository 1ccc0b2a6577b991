/* Reading JSON. */
#include "base/json.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/check.h"
#include "base/message.h"
#include "base/number.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/utf8.h"

/* Whether the call is to stop, asked once in 64 KB: the text then ends here, for any reader. */
static int stopping(const ddni_json *json)
{
    return ((uintptr_t)json->at & 0xffff) == 0 && ddni_stopping(json->ctx);
}

ddn_status ddni_json_fail(const ddni_json *json, const char *fmt, ...)
{
    DDNI_TRY(ddni_poll(json->ctx)); /* what is missing may be what was not read */
    char text[160];
    va_list args;
    va_start(args, fmt);
    ddni_format(text, sizeof text, fmt, args);
    va_end(args);
    return ddni_fail(json->ctx, DDN_E_FORMAT, "%s, line %lld: %s", json->name,
                     (long long)json->line, text);
}

char ddni_json_peek(ddni_json *json)
{
    while (json->at < json->end && *json->at != '\0' && strchr(" \t\r\n", *json->at) != NULL) {
        if (stopping(json)) {
            return '\0';
        }
        json->line += *json->at++ == '\n';
    }
    return json->at < json->end ? *json->at : '\0';
}

static ddn_status wanted(const ddni_json *json, const char *what)
{
    if (json->at >= json->end) {
        return ddni_json_fail(json, "%s expected, but the text ends", what);
    }
    unsigned char c = (unsigned char)*json->at;
    return c > 0x20 && c < 0x7f ? ddni_json_fail(json, "%s expected, not '%c'", what, c)
                                : ddni_json_fail(json, "%s expected, not byte 0x%02x", what, c);
}

ddn_status ddni_json_take(ddni_json *json, char c)
{
    const char what[] = {'\'', c, '\'', '\0'};
    if (ddni_json_peek(json) != c || json->at >= json->end) {
        return wanted(json, what);
    }
    json->at++;
    return DDN_OK;
}

ddn_status ddni_json_next(ddni_json *json, char close, int *first, int *more)
{
    *more = 1;
    DDNI_TRY(ddni_poll(json->ctx));
    if (ddni_json_peek(json) == close) {
        *more = 0;
    } else if (!*first) {
        DDNI_TRY(ddni_json_take(json, ','));
    }
    if (*more && !*first && ddni_json_peek(json) == close) {
        return ddni_json_fail(json, "there is a comma before '%c'", close);
    }
    *first = 0;
    return *more ? DDN_OK : ddni_json_take(json, close);
}

ddn_status ddni_json_member(ddni_json *json, int *first, int *more, char *key, int64_t capacity)
{
    DDNI_TRY(ddni_json_next(json, '}', first, more));
    if (*more) {
        DDNI_TRY(ddni_json_string(json, key, capacity));
        return ddni_json_take(json, ':');
    }
    return DDN_OK;
}

/* ---- Strings ---- */

static ddn_status take_hex(ddni_json *json, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        char c = json->at < json->end ? *json->at : '\0';
        c = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
        const char *digit = c != '\0' ? strchr(digits, c) : NULL;
        if (digit == NULL) {
            return wanted(json, "a hexadecimal digit");
        }
        *value = *value << 4 | (uint32_t)(digit - digits);
        json->at++;
    }
    return DDN_OK;
}

/* A code point as UTF-8; returns the number of bytes. */
static int64_t encode(uint32_t point, char out[4])
{
    static const unsigned char lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    int64_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (int64_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    out[0] = (char)(lead[length] | point);
    return length;
}

/* What follows a backslash. */
static ddn_status take_escape(ddni_json *json, char out[4], int64_t *length)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char c = json->at < json->end ? *json->at : '\0';
    const char *name = c != '\0' ? strchr(names, c) : NULL;
    if (name != NULL) {
        json->at++;
        out[0] = values[name - names];
        *length = 1;
        return DDN_OK;
    }
    uint32_t point, low = 0;
    if (c != 'u') {
        return wanted(json, "an escape");
    }
    json->at++;
    DDNI_TRY(take_hex(json, &point));
    if (point >= 0xd800 && point < 0xdc00) { /* the other half of a pair follows */
        if (json->end - json->at < 2 || json->at[0] != '\\' || json->at[1] != 'u') {
            return wanted(json, "the second half of a pair");
        }
        json->at += 2;
        DDNI_TRY(take_hex(json, &low));
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    if (point == 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ||
        (low != 0 && (low < 0xdc00 || low > 0xdfff))) {
        return ddni_json_fail(json, "an escape is no character");
    }
    *length = encode(point, out);
    return DDN_OK;
}

ddn_status ddni_json_string(ddni_json *json, char *text, int64_t capacity)
{
    int64_t count = 0;
    if (ddni_json_peek(json) != '"') {
        return wanted(json, "a string");
    }
    json->at++;
    for (;;) {
        char bytes[4];
        int64_t length = 1;
        if (json->at >= json->end || *json->at == '\n') {
            return ddni_json_fail(json, "a string does not end");
        }
        bytes[0] = *json->at++;
        if (bytes[0] == '"') {
            break;
        }
        if (bytes[0] == '\\') {
            DDNI_TRY(take_escape(json, bytes, &length));
        }
        if (count + length >= capacity) {
            return ddni_json_fail(json, "a string is longer than %lld bytes",
                                  (long long)capacity - 1);
        }
        memcpy(text + count, bytes, (size_t)length);
        count += length;
    }
    text[count] = '\0';
    return (int64_t)strlen(text) == count && ddni_text_is_clean(text)
               ? DDN_OK
               : ddni_json_fail(json, "a string has control characters or is not UTF-8");
}

/* ---- Other values ---- */

/* Takes a word if it is next. */
static int word(ddni_json *json, const char *what)
{
    int64_t length = (int64_t)strlen(what);
    if (json->end - json->at < length || memcmp(json->at, what, (size_t)length) != 0) {
        return 0;
    }
    json->at += length;
    return 1;
}

ddn_status ddni_json_number(ddni_json *json, double *value)
{
    ddni_json_peek(json);
    if (word(json, "null")) {
        *value = NAN;
    } else if (word(json, "\"inf\"")) {
        *value = INFINITY;
    } else if (word(json, "\"-inf\"")) {
        *value = -INFINITY;
    } else {
        int64_t taken = ddni_number_read(json->at, json->end - json->at, value);
        if (taken == 0) {
            return wanted(json, "a number");
        }
        json->at += taken;
    }
    return DDN_OK;
}

ddn_status ddni_json_count(ddni_json *json, int64_t *value)
{
    double number;
    DDNI_TRY(ddni_json_number(json, &number));
    if (!(number >= 0 && number <= 0x1p53 && number == floor(number))) {
        return ddni_json_fail(json, "a number is not a count");
    }
    *value = (int64_t)number;
    return DDN_OK;
}

/* A string of any length. */
static ddn_status skip_string(ddni_json *json)
{
    for (json->at++; json->at < json->end && *json->at != '"' && *json->at != '\n'; json->at++) {
        if (stopping(json)) {
            return ddni_poll(json->ctx);
        }
        json->at += *json->at == '\\' && json->end - json->at > 1;
    }
    if (json->at >= json->end || *json->at != '"') {
        return ddni_json_fail(json, "a string does not end");
    }
    json->at++;
    return DDN_OK;
}

static ddn_status skip_plain(ddni_json *json)
{
    double ignored;
    if (ddni_json_peek(json) == '"') {
        return skip_string(json);
    }
    return word(json, "true") || word(json, "false") ? DDN_OK : ddni_json_number(json, &ignored);
}

ddn_status ddni_json_skip(ddni_json *json)
{
    char close[DDNI_JSON_DEPTH];
    int first[DDNI_JSON_DEPTH], depth = 0;
    do {
        if (depth > 0) {
            int more;
            DDNI_TRY(ddni_json_next(json, close[depth - 1], &first[depth - 1], &more));
            if (!more) {
                depth--;
                continue;
            }
            if (close[depth - 1] == '}') {
                if (ddni_json_peek(json) != '"') {
                    return wanted(json, "a string");
                }
                DDNI_TRY(skip_string(json));
                DDNI_TRY(ddni_json_take(json, ':'));
            }
        }
        char c = ddni_json_peek(json);
        if (c != '{' && c != '[') {
            DDNI_TRY(skip_plain(json));
        } else if (depth == DDNI_JSON_DEPTH) {
            return ddni_json_fail(json, "brackets are nested deeper than %d", DDNI_JSON_DEPTH);
        } else {
            json->at++;
            close[depth] = c == '{' ? '}' : ']';
            first[depth++] = 1;
        }
    } while (depth > 0);
    return DDN_OK;
}

ddn_status ddni_json_end(ddni_json *json)
{
    ddni_json_peek(json);
    return json->at == json->end ? DDN_OK : wanted(json, "the end");
}
