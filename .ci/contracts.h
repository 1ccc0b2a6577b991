/* What the analyser cannot see across files: a failure returns the status it was given, and memory
 * is there when the status is DDN_OK. Included before every file but those that define these. */
#include "base/alloc.h"
#include "base/check.h"
#include "base/handle.h"

#define ddni_fail(ctx, status, ...) ((void)(ctx), (status))
#define CONTRACT_ALLOCATE(pointer_to_pointer, bytes)                                               \
    __extension__({                                                                                \
        void *contract_memory = __builtin_malloc((unsigned long)(bytes));                          \
        __builtin_memcpy((pointer_to_pointer), &contract_memory, sizeof contract_memory);          \
        contract_memory != (void *)0 ? DDN_OK : DDN_E_NOMEM;                                       \
    })
#define ddni_alloc_for(ctx, what, count, size, out) CONTRACT_ALLOCATE(out, (count) * (size))
#define ddni_handle_create(ctx, kind, size, finish, out)                                           \
    ((void)(finish), CONTRACT_ALLOCATE(out, size))
