/* Text that grows as it is written. */
#include "base/text.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/message.h"
#include "base/number.h"
#include "base/progress.h"

enum {
    LOOK_EVERY = 1 << 16 /* bytes: some thousand numbers */
};

void ddni_text_free(ddni_text *text)
{
    ddni_free(ddni_context_allocator(text->ctx), text->bytes);
    text->bytes = NULL;
}

static ddn_status grow(ddni_text *text, int64_t count)
{
    int64_t capacity =
        2 * text->capacity > text->count + count ? 2 * text->capacity : text->count + count + 4096;
    char *bytes = NULL;
    DDNI_TRY(ddni_alloc_for(text->ctx, "text of a file", capacity, 1, &bytes));
    if (text->count > 0) {
        memcpy(bytes, text->bytes, (size_t)text->count);
    }
    ddni_free(ddni_context_allocator(text->ctx), text->bytes);
    text->bytes = bytes;
    text->capacity = capacity;
    return DDN_OK;
}

void ddni_text_bytes(ddni_text *text, const void *bytes, int64_t count)
{
    if (text->status == DDN_OK && text->count - text->looked >= LOOK_EVERY) {
        text->looked = text->count;
        text->status = ddni_poll(text->ctx);
    }
    if (text->status == DDN_OK && text->capacity - text->count < count) {
        text->status = grow(text, count);
    }
    if (text->status == DDN_OK && count > 0) {
        memcpy(text->bytes + text->count, bytes, (size_t)count);
        text->count += count;
    }
}

void ddni_text_add(ddni_text *text, const char *string)
{
    ddni_text_bytes(text, string, (int64_t)strlen(string));
}

void ddni_text_number(ddni_text *text, double value)
{
    char number[DDNI_NUMBER_BYTES];
    ddni_number_write(value, number);
    ddni_text_add(text, number);
}

void ddni_text_integer(ddni_text *text, int64_t value)
{
    char number[DDNI_NUMBER_BYTES];
    ddni_say(number, sizeof number, "%lld", (long long)value);
    ddni_text_add(text, number);
}

void ddni_text_json_string(ddni_text *text, const char *string)
{
    ddni_text_add(text, "\"");
    for (const char *c = string; *c != '\0'; c++) {
        char escape[8] = {'\\', *c, '\0'};
        if ((unsigned char)*c < 0x20) {
            ddni_say(escape, sizeof escape, "\\u%04x", (unsigned)*c);
        }
        int plain = (unsigned char)*c >= 0x20 && *c != '"' && *c != '\\';
        ddni_text_bytes(text, plain ? c : escape, plain ? 1 : (int64_t)strlen(escape));
    }
    ddni_text_add(text, "\"");
}

void ddni_text_json_number(ddni_text *text, double value)
{
    if (isinf(value)) {
        ddni_text_add(text, value < 0 ? "\"-inf\"" : "\"inf\"");
    } else if (isnan(value)) {
        ddni_text_add(text, "null");
    } else {
        ddni_text_number(text, value);
    }
}
