/* Kinds, reference counts and the end of objects. */
#include "base/handle.h"

#include <string.h>

#include "base/check.h"

static const char *const kind_names[DDNI_KINDS] = {
    [DDNI_NO_KIND] = "memory",    [DDNI_CONTEXT] = "context",   [DDNI_TEAM] = "team",
    [DDNI_OPTIONS] = "options",   [DDNI_STORAGE] = "storage",   [DDNI_LABELS] = "labels",
    [DDNI_WEIGHTS] = "weights",   [DDNI_DATASET] = "dataset",   [DDNI_SPAN] = "span",
    [DDNI_SCHEDULE] = "schedule", [DDNI_ORACLE] = "oracle",     [DDNI_MODEL] = "model",
    [DDNI_MODEL_HOST] = "host",   [DDNI_QUERY] = "query",       [DDNI_INTEGRATOR] = "integrator",
    [DDNI_STEP] = "step",         [DDNI_OBSERVER] = "observer", [DDNI_RESULT] = "result",
    [DDNI_ANALYSIS] = "analysis", [DDNI_SYMMETRY] = "symmetry", [DDNI_DIAGRAM] = "diagram",
    [DDNI_FEATURES] = "features", [DDNI_FRECHET] = "Frechet",   [DDNI_SYSTEM] = "system",
};

const char *ddni_kind_name(ddni_kind kind)
{
    return kind_names[kind];
}

/* No pointer, no count and no double of common size looks like this. */
static const uint64_t MARK = UINT64_C(0xdd1ffd9aa5c3e100);

ddni_tag ddni_tag_of(ddni_kind kind)
{
    return (ddni_tag){MARK + (uint64_t)kind};
}

int32_t ddni_is_kind(const void *pointer, ddni_kind kind)
{
    if (kind == DDNI_NO_KIND) {
        return 1;
    }
    uint64_t bits;
    memcpy(&bits, pointer, sizeof bits); /* a stranger's memory need not be aligned */
    return bits == MARK + (uint64_t)kind;
}

void ddni_handle_init(ddni_handle *h, ddni_kind kind, const ddni_allocator *al,
                      void (*finish)(void *object))
{
    h->tag = ddni_tag_of(kind);
    h->allocator = *al;
    h->finish = finish;
    h->bond = NULL;
    atomic_init(&h->references, 1);
    atomic_init(&h->users, 0);
}

ddn_status ddni_handle_create(ddn_context *ctx, ddni_kind kind, int64_t size,
                              void (*finish)(void *object), void *out)
{
    ddni_handle *h = NULL;
    ddn_status status = ddni_alloc_for(ctx, kind_names[kind], 1, size, &h);
    if (h != NULL) {
        ddni_handle_init(h, kind, ddni_context_allocator(ctx), finish);
    }
    memcpy(out, &h, sizeof h);
    return status;
}

void ddni_retain(const void *object)
{
    /* The count is one of the few members that change in an otherwise immutable object. */
    ddni_handle *h = (ddni_handle *)(uintptr_t)object;
    atomic_fetch_add_explicit(&h->references, 1, memory_order_relaxed);
}

void ddni_let_go(ddni_handle *h)
{
    if (atomic_fetch_sub_explicit(&h->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    ddni_allocator allocator = h->allocator;
    if (h->finish != NULL) {
        h->finish(h);
    }
    /* A caller who looks at freed memory finds neither the object there nor a view inside it, as
     * long as the memory has no new owner. The barrier keeps the compiler, which knows that nobody
     * may look, from leaving this out. */
    memset((void *)h, 0, (size_t)ddni_alloc_bytes(h));
    __asm__ volatile("" ::: "memory");
    ddni_free(&allocator, h);
}

void ddni_drop(void *object, ddni_kind kind)
{
    if (object != NULL && ddni_is_kind(object, kind)) {
        ddni_let_go(object);
    }
}

ddn_status ddni_handle_retain(const void *object, ddni_kind kind)
{
    if (object == NULL) {
        return DDN_E_NULL;
    }
    if (!ddni_is_kind(object, kind)) {
        return DDN_E_HANDLE;
    }
    ddni_retain(object);
    return DDN_OK;
}
