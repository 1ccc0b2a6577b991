/* Texts that any terminal and any file of text can take: UTF-8 without control characters. */
#ifndef DDNI_BASE_UTF8_H
#define DDNI_BASE_UTF8_H

#include <stdint.h>

/* 1 if the string is such a text. */
int ddni_text_is_clean(const char *string);

/* Makes text[capacity] one: what it has of other bytes, as names of files can, is shown as \x and
 * two digits each. What then does not fit is cut; capacity >= 1. */
void ddni_text_clean(char *text, int64_t capacity);

#endif
