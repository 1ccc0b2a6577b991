/* Reference counts. */
#include "base/handle.h"

#include <string.h>

#include "base/check.h"

ddn_status ddni_handle_create(ddn_context *ctx, const char *what, int64_t size, void *out)
{
    ddni_handle *h = NULL;
    ddn_status status = ddni_alloc_for(ctx, what, 1, size, &h);
    if (h != NULL) {
        h->allocator = *ddni_context_allocator(ctx);
        atomic_init(&h->references, 1);
    }
    memcpy(out, &h, sizeof h);
    return status;
}

void ddni_retain(const void *object)
{
    /* The count is the one member that changes in an otherwise immutable object. */
    ddni_handle *h = (ddni_handle *)(uintptr_t)object;
    atomic_fetch_add_explicit(&h->references, 1, memory_order_relaxed);
}

int ddni_release(void *object)
{
    ddni_handle *h = object;
    return h != NULL && atomic_fetch_sub_explicit(&h->references, 1, memory_order_acq_rel) == 1;
}

void ddni_handle_free(void *object)
{
    ddni_handle *h = object;
    ddni_allocator allocator = h->allocator;
    ddni_free(&allocator, h);
}
