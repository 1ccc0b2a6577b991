/* Error text: the library's only use of stdio formatting. */
#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"
#include "base/context_impl.h"
#include "base/message.h"
#include "base/utf8.h"

void ddni_format(char *text, int64_t capacity, const char *fmt, va_list args)
{
    if (vsnprintf(text, (size_t)capacity, fmt, args) < 0) {
        text[0] = '\0';
    }
}

void ddni_say(char *text, int64_t capacity, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    ddni_format(text, capacity, fmt, args);
    va_end(args);
}

ddn_status ddni_fail(ddn_context *ctx, ddn_status status, const char *fmt, ...)
{
    if (ctx == NULL) {
        return status;
    }
    int used = 0;
    if (ctx->function != NULL) {
        used = snprintf(ctx->message, sizeof ctx->message, "%s: ", ctx->function);
    }
    if (used < 0 || (size_t)used >= sizeof ctx->message) {
        used = 0;
    }
    va_list args;
    va_start(args, fmt);
    ddni_format(ctx->message + used, (int64_t)sizeof ctx->message - used, fmt, args);
    va_end(args);
    ddni_text_clean(ctx->message, sizeof ctx->message);
    ctx->together.failed = status;
    return status;
}

const char *ddn_context_message(const ddn_context *ctx)
{
    return DDNI_IS(ctx) ? ctx->message : "";
}

ddn_status ddni_check_matrix(ddn_context *ctx, const char *name, const void *pointer, int64_t m,
                             int64_t width, int64_t ld)
{
    static const int64_t MOST = INT64_C(1) << 58; /* numbers of 8 bytes */
    int64_t count;
    DDNI_CHECK_INT(ctx, m, 0, INT64_C(1) << 40);
    DDNI_CHECK(ctx, ld >= width, DDN_E_SHAPE, "leading dimension of %s is %lld, less than %lld",
               name, (long long)ld, (long long)width);
    DDNI_CHECK(ctx, !__builtin_mul_overflow(m, ld, &count) && count <= MOST, DDN_E_RANGE,
               "%s[%lld][%lld] is too large: at most 2^58 numbers can be addressed", name,
               (long long)m, (long long)ld);
    DDNI_CHECK(ctx, pointer != NULL || m == 0, DDN_E_NULL, "argument %s is NULL", name);
    return DDN_OK;
}
