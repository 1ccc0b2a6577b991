/* The only place that allocates: the host's memory functions, sizes checked for overflow. */
#ifndef DDNI_BASE_ALLOC_H
#define DDNI_BASE_ALLOC_H

#include <diffdyn/base.h>

typedef struct ddni_allocator {
    ddn_allocate_fn allocate;
    ddn_deallocate_fn deallocate;
    void *user;
} ddni_allocator;

/* The allocator of a context; objects keep a copy of it. */
const ddni_allocator *ddni_context_allocator(const ddn_context *ctx);

/* count * size bytes, zeroed, 64-byte aligned; NULL on overflow or when memory is short. */
void *ddni_alloc(const ddni_allocator *al, int64_t count, int64_t size);
/* The same without zeroing. */
void *ddni_alloc_raw(const ddni_allocator *al, int64_t count, int64_t size);
/* pointer from ddni_alloc[_raw] or NULL. */
void ddni_free(const ddni_allocator *al, void *pointer);
/* The same for the first `count` members of a struct, which are pointers; NULL is a no-op. */
void ddni_free_each(const ddni_allocator *al, void *pointers, int64_t count);
/* Bytes that were asked for when pointer was allocated; 0 for NULL. */
int64_t ddni_alloc_bytes(const void *pointer);
int64_t ddni_alloc_bytes_each(const void *pointers, int64_t count);

/* Allocates into *pointer, or fails with DDN_E_NOMEM naming `what`. */
ddn_status ddni_alloc_for(ddn_context *ctx, const char *what, int64_t count, int64_t size,
                          void *pointer_to_pointer);

/* Makes *pointer hold at least count * size bytes (contents not kept) for growing scratch. */
ddn_status ddni_reserve(ddn_context *ctx, const char *what, int64_t count, int64_t size,
                        void *pointer_to_pointer);

#endif
