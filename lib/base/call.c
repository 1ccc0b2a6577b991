/* Calls of public functions while they run: what they keep alive, and who may call what meanwhile.
 */
#include <string.h>

#include "base/check.h"
#include "base/context_impl.h"

ddn_status ddni_enter(ddni_call *call, ddn_context *ctx, const char *function)
{
    if (!DDNI_IS(ctx)) {
        return ctx == NULL ? DDN_E_NULL : DDN_E_HANDLE;
    }
    if (ctx->depth++ == 0) {
        /* A request to stop is for the call that is running: older ones found none. */
        atomic_store_explicit(&ctx->cancel, 0, memory_order_relaxed);
        ctx->complaint[0] = '\0';
        ctx->entered = function;
        ctx->reported = NULL;
        ctx->ticked = 0;
        ctx->reported_at = 0;
        ctx->together = (ddni_together){.bond = NULL};
    }
    call->outer = ctx->function;
    ctx->function = function;
    ddni_retain(ctx);
    call->ctx = ctx;
    return DDN_OK;
}

/* The inner one stays, by which the outer one is found. */
void ddni_join(ddn_context *ctx, ddni_bond *bond)
{
    const ddni_bond *own = ctx->together.bond;
    if (own == NULL || own->outer != bond) {
        ctx->together.bond = bond;
    }
}

/* The call concerns what others have a part of. */
static void join(ddn_context *ctx, const ddni_handle *h)
{
    if (ctx != NULL && h->bond != NULL) {
        ddni_join(ctx, h->bond);
    }
}

static ddn_status in_use(ddn_context *ctx)
{
    return ddni_fail(ctx, DDN_E_STATE,
                     "the object is in use: a call of it has not returned, of which this is a "
                     "callback or another thread");
}

ddn_status ddni_check_unused(ddn_context *ctx, const void *object)
{
    const ddni_handle *h = object;
    return atomic_load_explicit(&h->users, memory_order_relaxed) == 0 ? DDN_OK : in_use(ctx);
}

ddn_status ddni_check_outermost(ddn_context *ctx)
{
    DDNI_CHECK(ctx, ctx->depth == 1, DDN_E_STATE,
               "the context is in use: its settings cannot change inside a callback");
    return DDN_OK;
}

ddn_status ddni_enter_object(ddni_call *call, const void *object, ddn_context *ctx, ddni_usage use,
                             const char *function)
{
    ddni_handle *h = (ddni_handle *)(uintptr_t)object;
    DDNI_TRY(ddni_enter(call, ctx, function));
    int32_t users = 0;
    if (use == DDNI_ALONE) {
        if (!atomic_compare_exchange_strong(&h->users, &users, DDNI_USED_ALONE)) {
            return in_use(ctx);
        }
    } else if (use == DDNI_USE) {
        users = atomic_load(&h->users);
        do {
            if (users == DDNI_USED_ALONE) {
                return in_use(ctx);
            }
        } while (!atomic_compare_exchange_weak(&h->users, &users, users + 1));
    }
    call->use = use;
    ddni_retain(h);
    call->object = h;
    join(ctx, h);
    return DDN_OK;
}

void ddni_keep(ddni_call *call, const void *object, ddni_kind kind)
{
    DDNI_ASSERT(call == NULL || call->kept_count < DDNI_KEPT);
    if (call == NULL || kind == DDNI_NO_KIND || kind == DDNI_OPTIONS || kind == DDNI_STEP ||
        call->kept_count == DDNI_KEPT) {
        return;
    }
    join(call->ctx, object);
    ddni_retain(object);
    call->kept[call->kept_count++] = (ddni_handle *)(uintptr_t)object;
}

void ddni_leave(ddni_call *call)
{
    if (call->ctx == NULL) {
        return;
    }
    call->ctx->function = call->outer;
    call->ctx->depth--;
    ddni_bond *bond = call->ctx->together.bond;
    if (call->ctx->depth == 0 && bond != NULL) {
        bond->leave(call->ctx, bond);
    }
    for (int32_t i = 0; i < call->kept_count; i++) {
        ddni_let_go(call->kept[i]);
    }
    if (call->object != NULL) {
        if (call->use == DDNI_ALONE) {
            atomic_store(&call->object->users, 0);
        } else if (call->use == DDNI_USE) {
            atomic_fetch_sub(&call->object->users, 1);
        }
        ddni_let_go(call->object);
    }
    ddni_let_go(&call->ctx->handle);
}

ddn_status ddni_answer(ddn_context *ctx, const char *who, int32_t answer)
{
    if (answer == DDN_OK) {
        return DDN_OK;
    }
    DDNI_CHECK(ctx, answer != DDN_STOPPED, DDN_STOPPED, "stopped by %s", who);
    char complaint[sizeof ctx->complaint];
    memcpy(complaint, ctx->complaint, sizeof complaint);
    ctx->complaint[0] = '\0';
    return ddni_fail(ctx, DDN_E_CALLBACK, "%s returned %d%s%s", who, (int)answer,
                     complaint[0] == '\0' ? "" : ": ", complaint);
}
