/* A reader of JSON that goes through the text once and keeps nothing: the caller says what it
 * expects. Strict: UTF-8, no comments, no trailing commas, nesting of at most DDNI_JSON_DEPTH, no
 * recursion. What is wrong is DDN_E_FORMAT with the name of the text and the line. */
#ifndef DDNI_BASE_JSON_H
#define DDNI_BASE_JSON_H

#include <diffdyn/base.h>

enum {
    DDNI_JSON_DEPTH = 32
};

typedef struct ddni_json {
    ddn_context *ctx;
    const char *name;     /* of the text, for messages */
    const char *at, *end; /* what is still to be read */
    int64_t line;         /* of `at`, from 1 */
} ddni_json;

/* Fails with the name, the line and fmt (as printf). */
ddn_status ddni_json_fail(const ddni_json *json, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The next character that is not blank, or 0 at the end. */
char ddni_json_peek(ddni_json *json);
/* Takes one character, blanks before it included; fails if it is another. */
ddn_status ddni_json_take(ddni_json *json, char c);

/* The members of an object, the elements of a list: open takes '{' or '['; next is called before
 * each, *more is 0 after the last, when the closing bracket has been taken. *first starts as 1. */
ddn_status ddni_json_next(ddni_json *json, char close, int *first, int *more);
/* The same for an object, with the name of the member and the colon after it. */
ddn_status ddni_json_member(ddni_json *json, int *first, int *more, char *key, int64_t capacity);

/* A string to text[capacity], a terminated string without control characters; a longer one fails.
 */
ddn_status ddni_json_string(ddni_json *json, char *text, int64_t capacity);
/* A number, null for NaN, the strings "inf" and "-inf". */
ddn_status ddni_json_number(ddni_json *json, double *value);
/* A whole number >= 0 and at most 2^53. */
ddn_status ddni_json_count(ddni_json *json, int64_t *value);
/* Any value, which is checked and forgotten. */
ddn_status ddni_json_skip(ddni_json *json);
/* Nothing but blanks may follow. */
ddn_status ddni_json_end(ddni_json *json);

#endif
