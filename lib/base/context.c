/* Contexts. */
#include <string.h>

#include "base/check.h"
#include "base/context_impl.h"

extern const ddni_allocator ddni_default_allocator;

static const ddni_option option_table[] = {
    {DDN_CONTEXT_THREADS, "DDN_CONTEXT_THREADS", 1, 1024, 1},
};

/* The threads are made anew with the next loop, as many as are wanted then. */
static ddn_status drop_threads(void *owner)
{
    ddn_context *ctx = owner;
    ddni_pool_destroy(ctx->pool);
    ctx->pool = NULL;
    return DDN_OK;
}

ddn_status ddn_context_create_with_allocator(ddn_allocate_fn allocate, ddn_deallocate_fn deallocate,
                                             void *user, ddn_context **out)
{
    if (out == NULL) {
        return DDN_E_NULL;
    }
    *out = NULL;
    if (allocate == NULL || deallocate == NULL) {
        return DDN_E_NULL;
    }
    ddni_allocator allocator = {allocate, deallocate, user};
    ddn_context *ctx = ddni_alloc(&allocator, 1, sizeof *ctx);
    if (ctx == NULL) {
        return DDN_E_NOMEM;
    }
    ctx->handle.allocator = allocator;
    atomic_init(&ctx->handle.references, 1);
    atomic_init(&ctx->cancel, 0);
    ctx->options = (ddn_options){ctx, option_table, &ctx->threads, 1, ctx, drop_threads};
    ddni_options_init(&ctx->options);
    ctx->kernel = -1;
    *out = ctx;
    return DDN_OK;
}

ddn_status ddn_context_create(ddn_context **out)
{
    return ddn_context_create_with_allocator(ddni_default_allocator.allocate,
                                             ddni_default_allocator.deallocate, NULL, out);
}

void ddn_context_destroy(ddn_context *ctx)
{
    if (ddni_release(ctx)) {
        ddni_pool_destroy(ctx->pool);
        ddni_handle_free(ctx);
    }
}

ddn_options *ddn_context_options(ddn_context *ctx)
{
    return ctx == NULL ? NULL : &ctx->options;
}

ddn_status ddn_context_set_parallel_for(ddn_context *ctx, ddn_parallel_for_fn parallel_for,
                                        void *user)
{
    DDNI_ENTER(ctx);
    ctx->parallel_for = parallel_for;
    ctx->parallel_user = user;
    return DDN_OK;
}

ddn_status ddn_context_set_progress(ddn_context *ctx, ddn_progress_fn progress, void *user)
{
    DDNI_ENTER(ctx);
    ctx->progress = progress;
    ctx->progress_user = user;
    return DDN_OK;
}

void ddn_context_cancel(ddn_context *ctx)
{
    if (ctx != NULL) {
        atomic_store(&ctx->cancel, 1);
    }
}

void ddni_progress_within(ddn_context *ctx, const char *stage, double from, double to)
{
    ctx->stage = stage;
    ctx->stage_from = from;
    ctx->stage_to = to;
}

ddn_status ddni_progress(ddn_context *ctx, const char *stage, double fraction)
{
    if (ctx->stage != NULL) {
        stage = ctx->stage;
        fraction = ctx->stage_from + (ctx->stage_to - ctx->stage_from) * fraction;
    }
    if (ctx->progress != NULL && ctx->progress(ctx->progress_user, stage, fraction) != 0) {
        return ddni_fail(ctx, DDN_STOPPED, "stopped by the progress callback in stage '%s'", stage);
    }
    if (atomic_exchange(&ctx->cancel, 0) != 0) {
        return ddni_fail(ctx, DDN_STOPPED, "cancelled in stage '%s'", stage);
    }
    return DDN_OK;
}
