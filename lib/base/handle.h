/* The first member of every object: reference count and allocator. */
#ifndef DDNI_BASE_HANDLE_H
#define DDNI_BASE_HANDLE_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/alloc.h"

typedef struct ddni_handle {
    ddni_allocator allocator;
    _Atomic int64_t references;
} ddni_handle;

/* Allocates a zeroed object of `size` bytes whose first member is a ddni_handle, with one
 * reference; *out is NULL on failure. */
ddn_status ddni_handle_create(ddn_context *ctx, const char *what, int64_t size, void *out);

/* Adds a reference; handle may not be NULL. Objects are retained through const pointers too. */
void ddni_retain(const void *object);

/* Drops a reference; returns 1 if it was the last one: the caller then releases the members and
 * calls ddni_handle_free. NULL gives 0. */
int ddni_release(void *object);

/* Frees the object's own memory. */
void ddni_handle_free(void *object);

#endif
