/* What the tests share: a context that must not fail, comparisons that say both numbers, the
 * schedules, and seeded data. cmocka is included here in the order it needs. */
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

/* Fails unless the call, asked to stop while it runs (at its first report of progress), does so. */
#define CANCELLED(ctx, call)                                                                       \
    do {                                                                                           \
        OK((ctx), ddn_context_set_progress((ctx), test_cancel, (ctx), NULL));                      \
        FAILS((ctx), (call), DDN_STOPPED, "cancelled");                                            \
        OK((ctx), ddn_context_set_progress((ctx), NULL, NULL, NULL));                              \
    } while (0)
int32_t test_cancel(void *ctx, const char *stage, double fraction);

/* |got - want| <= rtol |want| + atol; NaN never passes. */
#define CLOSE(got, want, rtol, atol)                                                               \
    test_close((got), (want), (rtol), (atol), #got, __FILE__, __LINE__)
void test_close(double got, double want, double rtol, double atol, const char *what,
                const char *file, int line);

typedef enum test_kind {
    TEST_OU,
    TEST_VP,     /* betas 0.1 .. 20 */
    TEST_DDPM,   /* 1000 betas, 1e-4 .. 0.02 */
    TEST_COSINE, /* 1000 steps, offset 0.008, betas up to 0.999 */
    TEST_EDM,
    TEST_SCALED, /* 1000 betas, 0.00085 .. 0.012, their roots linear */
    TEST_TABLE,  /* alpha_bar of TEST_DDPM */
    TEST_FLOW,
    TEST_ZERO_SNR /* of TEST_SCALED */
} test_kind;
ddn_schedule *test_schedule(ddn_context *ctx, test_kind kind);

/* A context with that many threads, and the OU schedule. */
typedef struct test_setup {
    ddn_context *ctx;
    ddn_schedule *sch;
} test_setup;
test_setup test_setup_make(int64_t threads);
void test_setup_free(test_setup *s);

/* An oracle that asks fn(user, ...) for a prediction in d dimensions; ds as its data, or NULL. */
ddn_oracle *test_model(ddn_context *ctx, const ddn_schedule *sch, ddn_prediction prediction,
                       int64_t d, ddn_predict_f64_fn fn, void *user, const ddn_dataset *ds);

/* out[count] standard normal deviates, a function of seed. */
void test_normal(int64_t seed, int64_t count, double *out);

/* tests/data/NAME in buffer[1024]; returns buffer. */
char *test_data_path(const char *name, char *buffer);

#endif
