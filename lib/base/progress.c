/* Looks whether the call that is running is to stop, and tells the host how far it has come. */
#include "base/progress.h"

#include <string.h>

#include "base/check.h"
#include "base/context_impl.h"
#include "base/os.h"

/* The call ends where those of others do, at an exchange, which then tells of the request. */
static int32_t bound(const ddn_context *ctx)
{
    return ctx->together.bond != NULL && !ctx->together.alone;
}

int32_t ddni_stopping(const ddn_context *ctx)
{
    return !bound(ctx) && atomic_load_explicit(&ctx->deferred, memory_order_relaxed) == 0 &&
           atomic_load_explicit(&ctx->cancel, memory_order_relaxed) != 0;
}

void ddni_defer(ddn_context *ctx, int32_t deeper)
{
    atomic_fetch_add_explicit(&ctx->deferred, deeper, memory_order_relaxed);
}

/* Between two reports that no stage makes, in nanoseconds. */
static const int64_t REPORT_EVERY = 100000000;

/* Tells the host, which sees every stage once from its beginning to its end. An answer that ends
 * the call is left as a request to stop, too, so that all threads and all calls around see it. */
static ddn_status report(ddn_context *ctx, const char *stage, double fraction)
{
    double *reached = stage == ctx->entered ? &ctx->ticked : &ctx->reached;
    if (stage != ctx->reported && stage != ctx->entered) {
        ctx->reported = stage;
        ctx->reached = 0;
    }
    *reached = fmin(1, fmax(fraction, *reached));
    ctx->reported_at = ddni_nanoseconds();
    ctx->in_progress = 1;
    int32_t answer = ctx->progress(ctx->progress_user, stage, *reached);
    ctx->in_progress = 0;
    char who[80] = "the progress callback in stage ";
    strncat(who, stage, 40);
    const ddn_status failed = ctx->together.failed;
    ddn_status status = ddni_answer(ctx, who, answer);
    if (status != DDN_OK) {
        atomic_store(&ctx->cancel, 1);
        if (bound(ctx)) { /* no failure before the next exchange, which may be none */
            ctx->together.failed = failed;
            ctx->together.answer = status;
            status = DDN_OK;
        }
    }
    return status;
}

/* As the stage that is open, if there is one. */
static ddn_status report_within(ddn_context *ctx, const char *stage, double fraction)
{
    const ddni_stage *open = &ctx->stage;
    if (open->name == NULL) {
        return report(ctx, stage, fraction);
    }
    return report(ctx, open->name, open->from + (open->to - open->from) * fraction);
}

static ddn_status look(ddn_context *ctx)
{
    if (ddni_stopping(ctx) && ctx->together.answer != DDN_OK) {
        return ctx->together.answer; /* its text is there */
    }
    const char *stage = ctx->stage.name != NULL ? ctx->stage.name : ctx->entered;
    DDNI_CHECK(ctx, !ddni_stopping(ctx), DDN_STOPPED, "cancelled in stage '%s'", stage);
    return DDN_OK;
}

ddn_status ddni_tick(ddn_context *ctx, double fraction)
{
    if (ctx->progress == NULL || ctx->in_progress || atomic_load(&ctx->deferred) != 0) {
        return DDN_OK;
    }
    int64_t now = ddni_nanoseconds();
    if (ctx->reported_at == 0) {
        ctx->reported_at = now;
    }
    return now - ctx->reported_at < REPORT_EVERY ? DDN_OK
                                                 : report_within(ctx, ctx->entered, fraction);
}

ddn_status ddni_poll(ddn_context *ctx)
{
    if (ctx == NULL) {
        return DDN_OK;
    }
    DDNI_TRY(look(ctx));
    return ddni_tick(ctx, 0);
}

ddn_status ddni_progress(ddn_context *ctx, const char *stage, double fraction)
{
    DDNI_TRY(look(ctx));
    if (ctx->progress != NULL && !ctx->in_progress) {
        DDNI_TRY(report_within(ctx, stage, fraction));
    }
    return look(ctx);
}

ddni_scope ddni_stage_open(ddn_context *ctx, const char *name)
{
    ddni_scope scope = {ctx, ctx->stage};
    if (scope.before.name == NULL) {
        ctx->stage = (ddni_stage){name, 0, 1, 0, 1};
    } else {
        ctx->stage.begin = scope.before.from;
        ctx->stage.end = scope.before.to;
    }
    return scope;
}

void ddni_stage_close(ddni_scope *scope)
{
    scope->ctx->stage = scope->before;
}

ddn_status ddni_stage_part(ddn_context *ctx, double from, double to)
{
    ddni_stage *stage = &ctx->stage;
    double length = stage->end - stage->begin;
    stage->from = stage->begin + length * from;
    stage->to = stage->begin + length * to;
    return ddni_progress(ctx, stage->name, 0);
}
