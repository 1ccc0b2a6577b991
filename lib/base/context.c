/* Contexts. */
#include <string.h>

#include "base/check.h"
#include "base/context_impl.h"

extern const ddni_allocator ddni_default_allocator;

static const ddni_option option_table[] = {
    DDNI_OPTION_I64(DDN_CONTEXT_THREADS, 1, DDNI_MOST_WORKERS, 1),
    DDNI_OPTION_I64(DDN_CONTEXT_SHADOW, 0, 1, 0),
};

/* The threads are made anew with the next loop, as many as are wanted then. */
static ddn_status drop_threads(void *owner)
{
    ddn_context *ctx = owner;
    DDNI_TRY(ddni_check_outermost(ctx));
    ddni_pool_destroy(ctx->pool);
    ctx->pool = NULL;
    return DDN_OK;
}

static void let_go(ddn_release_fn release, void *user)
{
    if (release != NULL) {
        release(user);
    }
}

static void finish_context(void *object)
{
    ddn_context *ctx = object;
    ddni_pool_destroy(ctx->pool);
    ddni_free(&ctx->handle.allocator, ctx->lapack);
    let_go(ctx->progress_release, ctx->progress_user);
    let_go(ctx->parallel_release, ctx->parallel_user);
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
    ddni_handle_init(&ctx->handle, DDNI_CONTEXT, &allocator, finish_context);
    atomic_init(&ctx->cancel, 0);
    ctx->options = (ddn_options){.tag = ddni_tag_of(DDNI_OPTIONS),
                                 .ctx = ctx,
                                 .table = option_table,
                                 .values = &ctx->threads,
                                 .count = sizeof option_table / sizeof *option_table,
                                 .owner = ctx,
                                 .changing = drop_threads};
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
    ddni_drop(ctx, DDNI_CONTEXT);
}

ddn_options *ddn_context_options(ddn_context *ctx)
{
    return DDNI_IS(ctx) ? &ctx->options : NULL;
}

ddn_status ddn_context_set_parallel_for(ddn_context *ctx, ddn_parallel_for_fn parallel_for,
                                        void *user, ddn_release_fn release)
{
    DDNI_ENTER(ctx);
    DDNI_TRY(ddni_check_outermost(ctx));
    let_go(ctx->parallel_release, ctx->parallel_user);
    ctx->parallel_for = parallel_for;
    ctx->parallel_user = user;
    ctx->parallel_release = release;
    return DDN_OK;
}

ddn_status ddn_context_set_progress(ddn_context *ctx, ddn_progress_fn progress, void *user,
                                    ddn_release_fn release)
{
    DDNI_ENTER(ctx);
    DDNI_TRY(ddni_check_outermost(ctx));
    let_go(ctx->progress_release, ctx->progress_user);
    ctx->progress = progress;
    ctx->progress_user = user;
    ctx->progress_release = release;
    return DDN_OK;
}

void ddn_context_cancel(ddn_context *ctx)
{
    if (DDNI_IS(ctx)) {
        atomic_store(&ctx->cancel, 1);
    }
}

ddn_status ddn_context_fail(ddn_context *ctx, const char *text)
{
    if (DDNI_IS(ctx)) {
        strncpy(ctx->complaint, text == NULL ? "" : text, sizeof ctx->complaint - 1);
    }
    return DDN_E_CALLBACK;
}
