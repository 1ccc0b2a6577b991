/* Text that grows as it is written, for files that are made in memory. */
#ifndef DDNI_BASE_TEXT_H
#define DDNI_BASE_TEXT_H

#include <diffdyn/base.h>

/* The first failure stays in status, and what follows is not written: check it once, at the end,
 * and in loops that are long. */
typedef struct ddni_text {
    ddn_context *ctx;
    char *bytes; /* [count], not terminated */
    int64_t count, capacity;
    int64_t looked; /* count at the last look whether the call is to stop */
    ddn_status status;
} ddni_text;

void ddni_text_free(ddni_text *text);

void ddni_text_bytes(ddni_text *text, const void *bytes, int64_t count);
void ddni_text_add(ddni_text *text, const char *string);
/* A double as base/number.h writes it. */
void ddni_text_number(ddni_text *text, double value);
void ddni_text_integer(ddni_text *text, int64_t value);

/* JSON: a string with its quotes; a number, where NaN is null and infinities are the strings "inf"
 * and "-inf". */
void ddni_text_json_string(ddni_text *text, const char *string);
void ddni_text_json_number(ddni_text *text, double value);

#endif
