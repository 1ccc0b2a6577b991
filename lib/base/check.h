/* Failing: every public function starts with DDNI_ENTER and reports through DDNI_FAIL. */
#ifndef DDNI_BASE_CHECK_H
#define DDNI_BASE_CHECK_H

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include <diffdyn/base.h>

/* Records "function: text" in the context and returns status. fmt as printf. ctx may be NULL. */
ddn_status ddni_fail(ddn_context *ctx, ddn_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes which public function is running, for the error text. */
void ddni_enter(ddn_context *ctx, const char *function);

/* First statement of a public function that has a context. */
#define DDNI_ENTER(ctx)                                                                            \
    do {                                                                                           \
        if ((ctx) == NULL) {                                                                       \
            return DDN_E_NULL;                                                                     \
        }                                                                                          \
        ddni_enter((ctx), __func__);                                                               \
    } while (0)

/* The caller's fault unless cond holds: fail with the given text. */
#define DDNI_CHECK(ctx, cond, status, ...)                                                         \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            return ddni_fail((ctx), (status), __VA_ARGS__);                                        \
        }                                                                                          \
    } while (0)

#define DDNI_CHECK_PTR(ctx, pointer)                                                               \
    DDNI_CHECK((ctx), (pointer) != NULL, DDN_E_NULL, "argument %s is NULL", #pointer)

/* Integer and double ranges, both ends included; NaN is refused. */
#define DDNI_CHECK_INT(ctx, value, lo, hi)                                                         \
    DDNI_CHECK((ctx), (value) >= (lo) && (value) <= (hi), DDN_E_RANGE,                             \
               "argument %s = %lld is outside [%lld, %lld]", #value, (long long)(value),           \
               (long long)(lo), (long long)(hi))
#define DDNI_CHECK_REAL(ctx, value, lo, hi)                                                        \
    DDNI_CHECK((ctx), (value) >= (lo) && (value) <= (hi),                                          \
               isfinite(value) ? DDN_E_RANGE : DDN_E_NONFINITE,                                    \
               "argument %s = %.17g is outside [%g, %g]", #value, (double)(value), (double)(lo),   \
               (double)(hi))

/* Forwards anything but DDN_OK (also DDN_STOPPED) to the caller. */
#define DDNI_TRY(call)                                                                             \
    do {                                                                                           \
        ddn_status ddni_try_status = (call);                                                       \
        if (ddni_try_status != DDN_OK) {                                                           \
            return ddni_try_status;                                                                \
        }                                                                                          \
    } while (0)

/* The same inside a function with a `fail:` exit and a variable `status`. */
#define DDNI_TRY_GOTO(call, label)                                                                 \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != DDN_OK) {                                                                    \
            goto label;                                                                            \
        }                                                                                          \
    } while (0)

/* Our own fault; gone in release builds. */
#define DDNI_ASSERT(cond) assert(cond)

/* Refuses NaN and Inf in x[m][ldx] (d columns used) by row and column; checks m, ldx, x. */
ddn_status ddni_check_states(ddn_context *ctx, const char *name, const double *x, int64_t m,
                             int64_t d, int64_t ldx);

#endif
