/* Memory that runs out: a context whose k-th allocation fails, and a count of what is not freed. */
#ifndef TEST_SUPPORT_FAILING_H
#define TEST_SUPPORT_FAILING_H

#include <diffdyn/diffdyn.h>

typedef struct test_memory {
    int64_t fail_at; /* the allocation with this number (from 1) fails; 0 = none */
    _Atomic int64_t allocations, live;
} test_memory;

/* A context with one thread on this memory. NULL if its own allocation fails. */
ddn_context *test_failing_context(test_memory *memory, int64_t fail_at);

/* Runs body(ctx, arg) with the k-th allocation failing for k = 1, 2, ... until it returns DDN_OK
 * without a failed allocation. Fails the test if a run gives a status other than DDN_E_NOMEM, or
 * leaves a block. Returns how many allocations the whole run made. */
int64_t test_every_allocation(ddn_status (*body)(ddn_context *ctx, void *arg), void *arg);

#endif
