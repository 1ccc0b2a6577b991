/* Numbers and texts as bytes. */
#include "base/bytes.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "saved numbers are little-endian");

void ddni_write(ddni_writer *w, const void *data, int64_t bytes)
{
    static const unsigned char zeros[8] = {0};
    int64_t fill = -bytes & 7;
    if (w->at != NULL) {
        if (bytes > 0) {
            memcpy(w->at, data, (size_t)bytes);
        }
        memcpy(w->at + bytes, zeros, (size_t)fill);
        w->at += bytes + fill;
    }
    w->bytes += bytes + fill;
}

void ddni_write_i64(ddni_writer *w, int64_t value)
{
    ddni_write(w, &value, sizeof value);
}

void ddni_write_f64(ddni_writer *w, double value)
{
    ddni_write(w, &value, sizeof value);
}

void ddni_write_text(ddni_writer *w, const char *text)
{
    int64_t bytes = (int64_t)strlen(text);
    ddni_write_i64(w, bytes);
    ddni_write(w, text, bytes);
}

const unsigned char *ddni_read(ddni_reader *r, int64_t count, int64_t size)
{
    int64_t bytes;
    if (r->bad || count < 0 || size < 0 || __builtin_mul_overflow(count, size, &bytes) ||
        bytes > r->left || (-bytes & 7) > r->left - bytes) {
        r->bad = 1;
        return NULL;
    }
    const unsigned char *at = r->at;
    bytes += -bytes & 7;
    r->at += bytes;
    r->left -= bytes;
    return at;
}

int64_t ddni_read_i64(ddni_reader *r)
{
    int64_t value = 0;
    const unsigned char *at = ddni_read(r, 1, sizeof value);
    if (at != NULL) {
        memcpy(&value, at, sizeof value);
    }
    return value;
}

void ddni_read_text(ddni_reader *r, char text[DDNI_TEXT_BYTES])
{
    int64_t bytes = ddni_read_i64(r);
    memset(text, 0, DDNI_TEXT_BYTES);
    r->bad |= bytes >= DDNI_TEXT_BYTES;
    const unsigned char *at = ddni_read(r, bytes, 1);
    if (at != NULL) {
        memcpy(text, at, (size_t)bytes);
    }
}
