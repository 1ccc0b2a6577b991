/* What the tests share: a context that must not fail, comparisons that say both numbers, and seeded
 * data. cmocka is included here in the order it needs. */
#ifndef TEST_SUPPORT_FIXTURES_H
#define TEST_SUPPORT_FIXTURES_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <diffdyn/diffdyn.h>

/* A fresh context with that many threads. */
ddn_context *test_context(int64_t threads);

/* Fails the test with the context's message unless status is DDN_OK. */
#define OK(ctx, call) test_ok((ctx), (call), #call, __FILE__, __LINE__)
void test_ok(ddn_context *ctx, ddn_status status, const char *call, const char *file, int line);

/* Fails unless the call returns `status` and the message contains `part`. */
#define FAILS(ctx, call, status, part)                                                             \
    test_fails((ctx), (call), (status), (part), #call, __FILE__, __LINE__)
void test_fails(ddn_context *ctx, ddn_status got, ddn_status want, const char *part,
                const char *call, const char *file, int line);

/* |got - want| <= rtol |want| + atol; NaN never passes. */
#define CLOSE(got, want, rtol, atol)                                                               \
    test_close((got), (want), (rtol), (atol), #got, __FILE__, __LINE__)
void test_close(double got, double want, double rtol, double atol, const char *what,
                const char *file, int line);

/* out[count] standard normal deviates, a function of seed. */
void test_normal(int64_t seed, int64_t count, double *out);

/* tests/data/NAME in buffer[1024]; returns buffer. */
char *test_data_path(const char *name, char *buffer);

#endif
