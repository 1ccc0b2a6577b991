/* Texts that any terminal can take; see utf8.h. */
#include "base/utf8.h"

#include <string.h>

enum {
    ESCAPE = 4, /* characters of "\\x1b" */
    LONGEST = 512
};

/* Bytes of the UTF-8 sequence at c, 0 if there is none: no overlong forms, surrogates, or values
 * above U+10FFFF. */
static int64_t sequence(const unsigned char *c)
{
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

/* Bytes of the character at c that can be shown; 0 for a control character, and what is none. */
static int64_t shown_bytes(const unsigned char *c)
{
    return *c >= 0x20 && *c != 0x7f ? sequence(c) : 0;
}

int ddni_text_is_clean(const char *string)
{
    const unsigned char *c = (const unsigned char *)string;
    int64_t length;
    while ((length = shown_bytes(c)) > 0) {
        c += length;
    }
    return *c == '\0';
}

void ddni_text_clean(char *text, int64_t capacity)
{
    static const char digits[] = "0123456789abcdef";
    char out[LONGEST];
    int64_t room = capacity < LONGEST ? capacity : LONGEST, used = 0;
    if (ddni_text_is_clean(text)) {
        return;
    }
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0';) {
        int64_t length = shown_bytes(c);
        if (used + (length > 0 ? length : ESCAPE) >= room) {
            break;
        }
        if (length > 0) {
            memcpy(out + used, c, (size_t)length);
        } else {
            const char escape[ESCAPE] = {'\\', 'x', digits[*c >> 4], digits[*c & 15]};
            memcpy(out + used, escape, ESCAPE);
        }
        used += length > 0 ? length : ESCAPE;
        c += length > 0 ? length : 1;
    }
    memcpy(text, out, (size_t)used);
    text[used] = '\0';
}
