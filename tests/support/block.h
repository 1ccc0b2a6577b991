/* Memory for allocators of tests. */
#ifndef TEST_SUPPORT_BLOCK_H
#define TEST_SUPPORT_BLOCK_H

#include <stdint.h>
#include <stdlib.h>

/* A block of so many bytes and not one more, so that valgrind and sanitizers see what is read or
 * written beyond it: aligned_alloc would want multiples of the alignment. NULL without memory. */
static inline void *test_block(int64_t bytes, int64_t alignment)
{
    const int64_t least = sizeof(void *);
    void *block = NULL;
    size_t a = (size_t)(alignment > least ? alignment : least);
    return posix_memalign(&block, a, (size_t)bytes) == 0 ? block : NULL;
}

#endif
