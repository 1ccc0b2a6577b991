/* What the analyser cannot see across files: a failure returns the status it was given, memory is
 * there when the status is DDN_OK, and ranks do not agree on DDN_OK where one's own is an error.
 * Included before every file but those that define these. */
#include "base/alloc.h"
#include "base/check.h"
#include "base/handle.h"
#include "team/team_impl.h"

static inline void contract_read(const char *format, ...)
{
    (void)format;
}
#define ddni_fail(ctx, status, ...) ((void)(ctx), contract_read(__VA_ARGS__), (status))
#define CONTRACT_ALLOCATE(pointer_to_pointer, bytes)                                               \
    __extension__({                                                                                \
        void *contract_memory = __builtin_malloc((unsigned long)(bytes));                          \
        __builtin_memcpy((pointer_to_pointer), &contract_memory, sizeof contract_memory);          \
        contract_memory != (void *)0 ? DDN_OK : DDN_E_NOMEM;                                       \
    })
#define ddni_alloc_for(ctx, what, count, size, out) CONTRACT_ALLOCATE(out, (count) * (size))
#define ddni_handle_create(ctx, kind, size, finish, out)                                           \
    ((void)(finish), CONTRACT_ALLOCATE(out, size))
#define ddni_team_agree(ctx, team, mine, ...)                                                      \
    __extension__({                                                                                \
        ddn_status contract_mine = (mine);                                                         \
        ddn_status contract_ours = (ddni_team_agree)(ctx, team, contract_mine, __VA_ARGS__);       \
        contract_mine == DDN_OK ? contract_ours : contract_mine;                                   \
    })
#define ddni_team_alone(ctx, on, status) ((void)(ddni_team_alone)(ctx, on, DDN_OK), (status))
