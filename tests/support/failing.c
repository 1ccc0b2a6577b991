/* An allocator that fails on demand and counts what is not freed. */
#include "support/failing.h"

#include "support/fixtures.h"

static void *allocate(void *user, int64_t bytes, int64_t alignment)
{
    test_memory *memory = user;
    if (++memory->allocations == memory->fail_at) {
        return NULL;
    }
    void *p = NULL;
    if (posix_memalign(&p, (size_t)alignment, (size_t)bytes) != 0) {
        return NULL;
    }
    memset(p, 0xA5, (size_t)bytes);
    memory->live++;
    return p;
}

static void deallocate(void *user, void *pointer, int64_t bytes)
{
    test_memory *memory = user;
    memory->live--;
    memset(pointer, 0x5A, (size_t)bytes);
    free(pointer);
}

ddn_context *test_failing_context(test_memory *memory, int64_t fail_at)
{
    ddn_context *ctx = NULL;
    memory->fail_at = fail_at;
    memory->allocations = 0;
    memory->live = 0;
    ddn_status status = ddn_context_create_with_allocator(allocate, deallocate, memory, &ctx);
    assert_int_equal(status, fail_at == 1 ? DDN_E_NOMEM : DDN_OK);
    return ctx;
}

int64_t test_every_allocation(ddn_status (*body)(ddn_context *ctx, void *arg), void *arg)
{
    test_memory memory;
    for (int64_t k = 1;; k++) {
        ddn_context *ctx = test_failing_context(&memory, k);
        ddn_status status = DDN_E_NOMEM;
        if (ctx != NULL) {
            status = body(ctx, arg);
            if (status == DDN_E_NOMEM) {
                assert_non_null(strstr(ddn_context_message(ctx), "memory"));
            }
            ddn_context_destroy(ctx);
        }
        if (memory.live != 0) {
            fail_msg("%lld blocks left when allocation %lld failed", (long long)memory.live,
                     (long long)k);
        }
        if (memory.allocations < k) { /* nothing failed any more */
            assert_int_equal(status, DDN_OK);
            return memory.allocations;
        }
        if (status != DDN_E_NOMEM) {
            fail_msg("status %s when allocation %lld failed", ddn_status_name(status),
                     (long long)k);
        }
    }
}
