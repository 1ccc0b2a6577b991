/* Failing: every public function starts with DDNI_ENTER and reports through DDNI_FAIL. */
#ifndef DDNI_BASE_CHECK_H
#define DDNI_BASE_CHECK_H

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include <diffdyn/base.h>

#include "base/handle.h"

/* Records "function: text" in the context and returns status. fmt as printf. ctx may be NULL. */
ddn_status ddni_fail(ddn_context *ctx, ddn_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* How a call uses its object. */
typedef enum ddni_usage {
    DDNI_READ, /* reads what no call changes */
    DDNI_USE,  /* several calls at a time, one inside a callback of the other */
    DDNI_ALONE /* DDN_E_STATE while any call uses it, so also from its own callbacks */
} ddni_usage;

enum {
    DDNI_KEPT = 4
};

/* A call of a public function while it runs: it keeps its context and the objects that it was given
 * alive, also if a callback destroys them, and remembers which function to name again when it has
 * returned. */
typedef struct ddni_call {
    ddn_context *ctx;    /* retained; NULL before the entry */
    ddni_handle *object; /* retained, or NULL */
    ddni_usage use;
    ddni_handle *kept[DDNI_KEPT]; /* retained; other arguments */
    int32_t kept_count;
    const char *outer; /* the public function that called this one, or NULL */
} ddni_call;

ddn_status ddni_enter(ddni_call *call, ddn_context *ctx, const char *function);
ddn_status ddni_enter_object(ddni_call *call, const void *object, ddn_context *ctx, ddni_usage use,
                             const char *function);
void ddni_leave(ddni_call *call);
/* Keeps an argument alive until the call returns; nothing for views and plain memory. */
void ddni_keep(ddni_call *call, const void *object, ddni_kind kind);

/* Refuses while a call uses the object. */
ddn_status ddni_check_unused(ddn_context *ctx, const void *object);
/* Refuses inside of a callback, where the settings of the context are in use. */
ddn_status ddni_check_outermost(ddn_context *ctx);

/* The call of a public function is its variable ddni_this_call. In other functions the name leads
 * to this function, which does not exist. */
void ddni_this_call(void);
#if defined(__cppcheck__) /* which cannot read _Generic */
#define DDNI_CALL_OR_NULL ((ddni_call *)NULL)
#else
#define DDNI_CALL_OR_NULL                                                                          \
    _Generic(ddni_this_call, ddni_call : &ddni_this_call, default : (ddni_call *)NULL)
#endif

#define DDNI_THIS_CALL ddni_call ddni_this_call __attribute__((cleanup(ddni_leave))) = {0}

/* First statement of a public function that has a context. */
#define DDNI_ENTER(context)                                                                        \
    DDNI_THIS_CALL;                                                                                \
    DDNI_TRY(ddni_enter(&ddni_this_call, (context), __func__))

/* First statement of a public function of an object that has a context. */
#define DDNI_ENTER_OBJECT(object, use)                                                             \
    DDNI_THIS_CALL;                                                                                \
    do {                                                                                           \
        if (!DDNI_IS(object)) {                                                                    \
            return (object) == NULL ? DDN_E_NULL : DDN_E_HANDLE;                                   \
        }                                                                                          \
        DDNI_TRY(ddni_enter_object(&ddni_this_call, (object), (object)->ctx, (use), __func__));    \
    } while (0)

/* The same for a view, which lives in its owner. */
#define DDNI_ENTER_VIEW(view)                                                                      \
    DDNI_THIS_CALL;                                                                                \
    do {                                                                                           \
        if (!DDNI_IS(view)) {                                                                      \
            return (view) == NULL ? DDN_E_NULL : DDN_E_HANDLE;                                     \
        }                                                                                          \
        DDNI_TRY(ddni_enter(&ddni_this_call, (view)->ctx, __func__));                              \
    } while (0)

/* What a callback's answer means for the running call: DDN_OK for 0, DDN_STOPPED for that, else
 * DDN_E_CALLBACK, with what the callback gave to ddn_context_fail. `who` as "the progress
 * callback". */
ddn_status ddni_answer(ddn_context *ctx, const char *who, int32_t answer);

/* The caller's fault unless cond holds: fail with the given text. */
#define DDNI_CHECK(ctx, cond, status, ...)                                                         \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            return ddni_fail((ctx), (status), __VA_ARGS__);                                        \
        }                                                                                          \
    } while (0)

/* What an output object is after a failure, where something else is checked before its pointer. */
#define DDNI_CLEAR(out)                                                                            \
    do {                                                                                           \
        if ((out) != NULL) {                                                                       \
            *(out) = NULL;                                                                         \
        }                                                                                          \
    } while (0)

/* A pointer that may not be NULL; and, if its type is that of an object, a live one, which stays
 * alive until the public function that says this has returned. */
#define DDNI_CHECK_PTR(ctx, pointer)                                                               \
    do {                                                                                           \
        DDNI_CHECK_SET(ctx, pointer);                                                              \
        DDNI_CHECK_WHOLE(ctx, pointer);                                                            \
    } while (0)
/* The same, a dataset over a team included, of which this process has a part of the points. */
#define DDNI_CHECK_SET(ctx, pointer)                                                               \
    do {                                                                                           \
        DDNI_CHECK((ctx), (pointer) != NULL, DDN_E_NULL, "argument %s is NULL", #pointer);         \
        DDNI_CHECK_ALIVE(ctx, pointer);                                                            \
    } while (0)
/* Not a dataset over a team: the one place that refuses them to all that does not know them. */
#define DDNI_CHECK_WHOLE(ctx, pointer)                                                             \
    DDNI_CHECK((ctx),                                                                              \
               DDNI_KIND_OF(pointer) != DDNI_DATASET ||                                            \
                   ((const ddni_handle *)(uintptr_t)(pointer))->bond == NULL,                      \
               DDN_E_UNSUPPORTED,                                                                  \
               "argument %s is spread over a team: this needs all points in one process",          \
               #pointer)
/* An object that may be NULL. */
#define DDNI_CHECK_OPTIONAL(ctx, object)                                                           \
    do {                                                                                           \
        if ((object) != NULL) {                                                                    \
            DDNI_CHECK_ALIVE(ctx, object);                                                         \
            DDNI_CHECK_WHOLE(ctx, object);                                                         \
        }                                                                                          \
    } while (0)
#define DDNI_CHECK_ALIVE(ctx, pointer)                                                             \
    do {                                                                                           \
        DDNI_CHECK((ctx),                                                                          \
                   DDNI_KIND_OF(pointer) == DDNI_NO_KIND ||                                        \
                       ddni_is_kind((const void *)(uintptr_t)(pointer), DDNI_KIND_OF(pointer)),    \
                   DDN_E_HANDLE, "argument %s is not a live %s", #pointer,                         \
                   ddni_kind_name(DDNI_KIND_OF(pointer)));                                         \
        ddni_keep(DDNI_CALL_OR_NULL, (const void *)(uintptr_t)(pointer), DDNI_KIND_OF(pointer));   \
    } while (0)

/* Integer and double ranges, both ends included; NaN is refused. Ends are printed with all digits
 * of a decimal constant, so that 1 - 1e-15 does not look like an included 1. */
#define DDNI_CHECK_INT(ctx, value, lo, hi)                                                         \
    DDNI_CHECK((ctx), (value) >= (lo) && (value) <= (hi), DDN_E_RANGE,                             \
               "argument %s = %lld is outside [%lld, %lld]", #value, (long long)(value),           \
               (long long)(lo), (long long)(hi))
#define DDNI_CHECK_REAL(ctx, value, lo, hi)                                                        \
    DDNI_CHECK((ctx), (value) >= (lo) && (value) <= (hi),                                          \
               isfinite(value) ? DDN_E_RANGE : DDN_E_NONFINITE,                                    \
               "argument %s = %.17g is outside [%.15g, %.15g]", #value, (double)(value),           \
               (double)(lo), (double)(hi))

/* Room for what is to be written. */
#define DDNI_CHECK_CAPACITY(ctx, capacity, needed)                                                 \
    DDNI_CHECK((ctx), (capacity) >= (needed), DDN_E_CAPACITY,                                      \
               "argument %s = %lld is less than the %lld that are needed", #capacity,              \
               (long long)(capacity), (long long)(needed))

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

/* Refuses a matrix name[m][ld] of which width columns are used: m out of range, ld < width, too
 * many bytes to address, NULL unless m = 0. */
ddn_status ddni_check_matrix(ddn_context *ctx, const char *name, const void *pointer, int64_t m,
                             int64_t width, int64_t ld);

/* Whether all of x[count] are finite. */
int32_t ddni_all_finite(int64_t count, const double *x);
/* Refuses NaN and Inf in x[m][ldx] (d columns used) by row and column; checks m, ldx, x. */
ddn_status ddni_check_states(ddn_context *ctx, const char *name, const double *x, int64_t m,
                             int64_t d, int64_t ldx);

#endif
