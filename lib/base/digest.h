/* Digests: 64 bits that tell objects apart, the same on every machine. Not against forgery. */
#ifndef DDNI_BASE_DIGEST_H
#define DDNI_BASE_DIGEST_H

#include <stdint.h>

/* XXH64 with seed 0 of data[bytes]. */
uint64_t ddni_digest(const void *data, int64_t bytes);

/* The same of array[count], of words one after another, and of a text. */
#define DDNI_DIGEST_OF(array, count) ddni_digest((array), (count) * (int64_t)sizeof *(array))
#define DDNI_DIGEST_WORDS(...)                                                                     \
    ddni_digest((const uint64_t[]){__VA_ARGS__}, (int64_t)sizeof((const uint64_t[]){__VA_ARGS__}))
uint64_t ddni_digest_text(const char *text);
/* Of rows[m][ld], d numbers each, that follow on `seed`. */
uint64_t ddni_digest_rows(uint64_t seed, int64_t m, int64_t d, const double *rows, int64_t ld);

/* The bits of a number; -0 differs from 0. */
uint64_t ddni_bits(double x);

#endif
