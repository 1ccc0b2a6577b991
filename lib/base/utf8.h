/* Texts that any terminal and any file of text can take: UTF-8 without control characters (U+0000
 * to U+001F, U+007F to U+009F) and without what reorders or breaks a line (U+2028 to U+202E, U+2066
 * to U+2069). It needs nothing else of the library: the command is compiled with it, too. */
#ifndef DDNI_BASE_UTF8_H
#define DDNI_BASE_UTF8_H

#include <stdint.h>

/* Bytes of the UTF-8 sequence that the text begins with, 0 if there is none: no overlong forms,
 * surrogates, or values above U+10FFFF. */
int64_t ddni_text_sequence(const char *text);

/* The same for a character that such a text can have, 0 for any other. */
int64_t ddni_text_shown(const char *text);

/* 1 if the string is such a text. */
int ddni_text_is_clean(const char *string);

/* Makes text[capacity] one: what it has of other bytes, as names of files can, is shown as \x and
 * two digits each. What then does not fit is cut; capacity >= 1. */
void ddni_text_clean(char *text, int64_t capacity);

#endif
