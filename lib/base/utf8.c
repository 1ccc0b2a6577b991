/* Texts that any terminal can take; see utf8.h. */
#include "base/utf8.h"

#include <string.h>

enum {
    ESCAPE = 4 /* characters of "\\x1b" */
};

int64_t ddni_text_sequence(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    int64_t length = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
    if (c[0] > 0xf4) {
        return 0;
    }
    for (int64_t i = 1; i < length; i++) {
        if ((c[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    int bad = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
              (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f);
    return bad ? 0 : length;
}

/* What a terminal obeys in place of showing it: control characters (U+0000 to U+001F, U+007F to
 * U+009F), and what reorders or breaks a line: U+2028 to U+202E, U+2066 to U+2069. */
static int is_command(const unsigned char *c, int64_t length)
{
    if (length == 1) {
        return c[0] < 0x20 || c[0] == 0x7f;
    }
    if (length == 2) {
        return c[0] == 0xc2 && c[1] < 0xa0;
    }
    return length == 3 && c[0] == 0xe2 &&
           ((c[1] == 0x80 && c[2] >= 0xa8 && c[2] <= 0xae) ||
            (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
}

int64_t ddni_text_shown(const char *text)
{
    int64_t length = ddni_text_sequence(text);
    return is_command((const unsigned char *)text, length) ? 0 : length;
}

int ddni_text_is_clean(const char *string)
{
    int64_t length;
    while ((length = ddni_text_shown(string)) > 0) {
        string += length;
    }
    return *string == '\0';
}

void ddni_text_clean(char *text, int64_t capacity)
{
    static const char digits[] = "0123456789abcdef";
    int64_t taken = 0, used = 0, step = 0;
    if (ddni_text_is_clean(text)) {
        return;
    }
    for (; text[taken] != '\0'; taken += step) { /* what of it fits */
        int64_t length = ddni_text_shown(text + taken);
        step = length > 0 ? length : 1;
        if (used + (length > 0 ? length : ESCAPE) >= capacity) {
            break;
        }
        used += length > 0 ? length : ESCAPE;
    }
    /* From the end of the room, where what is still to be read stays ahead of what is written. */
    char *from = text + capacity - 1 - taken, *to = text;
    memmove(from, text, (size_t)taken);
    text[capacity - 1] = '\0';
    while (from < text + capacity - 1) {
        int64_t length = ddni_text_shown(from);
        if (length > 0) {
            memmove(to, from, (size_t)length);
        } else {
            const unsigned char c = (unsigned char)*from;
            const char escape[ESCAPE] = {'\\', 'x', digits[c >> 4], digits[c & 15]};
            memcpy(to, escape, ESCAPE);
        }
        to += length > 0 ? length : ESCAPE;
        from += length > 0 ? length : 1;
    }
    *to = '\0';
}
