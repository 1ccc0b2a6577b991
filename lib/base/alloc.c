/* The only file that calls malloc. Each block carries its size in a header of one alignment unit.
 */
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#if defined(_WIN32)
#include <malloc.h>
#endif

#include "base/check.h"
#include "base/context_impl.h"
#include "base/os.h"

enum {
    ALIGNMENT = 64,
    LARGE = 1 << 22 /* bytes of a block that has at least one huge page */
};

static void *default_allocate(void *user, int64_t bytes, int64_t alignment)
{
    (void)user;
#if defined(_WIN32)
    return _aligned_malloc((size_t)bytes, (size_t)alignment);
#else
    void *p = NULL;
    if (posix_memalign(&p, (size_t)alignment, (size_t)bytes) != 0) {
        return NULL;
    }
    if (bytes >= LARGE) {
        ddni_memory_is_large(p, bytes);
    }
    return p;
#endif
}

static void default_deallocate(void *user, void *pointer, int64_t bytes)
{
    (void)user;
    (void)bytes;
#if defined(_WIN32)
    _aligned_free(pointer);
#else
    free(pointer);
#endif
}

const ddni_allocator ddni_default_allocator = {default_allocate, default_deallocate, NULL};

const ddni_allocator *ddni_context_allocator(const ddn_context *ctx)
{
    return &ctx->handle.allocator;
}

void *ddni_alloc_raw(const ddni_allocator *al, int64_t count, int64_t size)
{
    int64_t bytes;
    if (count < 0 || size <= 0 || __builtin_mul_overflow(count, size, &bytes) ||
        bytes > INT64_MAX / 2) {
        return NULL;
    }
    char *block = al->allocate(al->user, bytes + ALIGNMENT, ALIGNMENT);
    if (block == NULL) {
        return NULL;
    }
    memcpy(block, &bytes, sizeof bytes);
    return block + ALIGNMENT;
}

void *ddni_alloc(const ddni_allocator *al, int64_t count, int64_t size)
{
    void *p = ddni_alloc_raw(al, count, size);
    if (p != NULL) {
        memset(p, 0, (size_t)(count * size));
    }
    return p;
}

int64_t ddni_alloc_bytes(const void *pointer)
{
    int64_t bytes = 0;
    if (pointer != NULL) {
        memcpy(&bytes, (const char *)pointer - ALIGNMENT, sizeof bytes);
    }
    return bytes;
}

void ddni_free(const ddni_allocator *al, void *pointer)
{
    if (pointer != NULL) {
        al->deallocate(al->user, (char *)pointer - ALIGNMENT,
                       ddni_alloc_bytes(pointer) + ALIGNMENT);
    }
}

void ddni_free_each(const ddni_allocator *al, void *pointers, int64_t count)
{
    for (int64_t i = 0; pointers != NULL && i < count; i++) {
        void *pointer;
        memcpy(&pointer, (const char *)pointers + i * (int64_t)sizeof pointer, sizeof pointer);
        ddni_free(al, pointer);
    }
}

int64_t ddni_alloc_bytes_each(const void *pointers, int64_t count)
{
    int64_t bytes = 0;
    for (int64_t i = 0; pointers != NULL && i < count; i++) {
        void *pointer;
        memcpy(&pointer, (const char *)pointers + i * (int64_t)sizeof pointer, sizeof pointer);
        bytes += ddni_alloc_bytes(pointer);
    }
    return bytes;
}

ddn_status ddni_alloc_for(ddn_context *ctx, const char *what, int64_t count, int64_t size,
                          void *pointer_to_pointer)
{
    void *p = ddni_alloc(ddni_context_allocator(ctx), count, size);
    memcpy(pointer_to_pointer, &p, sizeof p);
    DDNI_CHECK(ctx, p != NULL, DDN_E_NOMEM, "no memory for %s (%lld x %lld bytes)", what,
               (long long)count, (long long)size);
    return DDN_OK;
}

ddn_status ddni_reserve(ddn_context *ctx, const char *what, int64_t count, int64_t size,
                        void *pointer_to_pointer)
{
    void *old;
    memcpy(&old, pointer_to_pointer, sizeof old);
    if (old != NULL && ddni_alloc_bytes(old) / size >= count) {
        return DDN_OK;
    }
    ddni_free(ddni_context_allocator(ctx), old);
    return ddni_alloc_for(ctx, what, count, size, pointer_to_pointer);
}
