/* Bounded formatting for layers that put numbers into text. */
#ifndef DDNI_BASE_MESSAGE_H
#define DDNI_BASE_MESSAGE_H

#include <stdarg.h>
#include <stdint.h>

/* Writes fmt (as printf) to text[capacity], cut to fit and always terminated; capacity >= 1. */
void ddni_format(char *text, int64_t capacity, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));
void ddni_say(char *text, int64_t capacity, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
