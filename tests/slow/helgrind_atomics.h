/* Included before each file of a build that helgrind watches (helgrind.py). Helgrind knows the
 * locks of POSIX threads, but takes what C11's atomics do for plain reads and writes. Here each
 * operation on one tells it what the operation orders by the rules of C11: those with release come
 * before those with acquire on the same variable; relaxed ones order nothing. The variable itself
 * is no race.
 *
 * Meant for lib and tests, which use the generic functions of <stdatomic.h> alone where no lock is
 * held. */
#ifndef HELGRIND_ATOMICS_H
#define HELGRIND_ATOMICS_H

#include <stdatomic.h>
#include <stddef.h>
#include <valgrind/helgrind.h>

/* Both are called for each operation, before and after it. */
static inline void hg_before(const volatile void *p, size_t size, memory_order order)
{
    VALGRIND_HG_DISABLE_CHECKING(p, size);
    if (order != memory_order_relaxed && order != memory_order_acquire) {
        ANNOTATE_HAPPENS_BEFORE(p);
    }
}

static inline void hg_after(const volatile void *p, memory_order order)
{
    if (order != memory_order_relaxed && order != memory_order_release) {
        ANNOTATE_HAPPENS_AFTER(p);
    }
}

/* The operation between its two notes; its value. */
#define HG_READ(p, order, operation)                                                               \
    __extension__({                                                                                \
        hg_before((p), sizeof *(p), memory_order_relaxed);                                         \
        __auto_type hg_value = (operation);                                                        \
        hg_after((p), (order));                                                                    \
        hg_value;                                                                                  \
    })
#define HG_CHANGE(p, order, operation)                                                             \
    __extension__({                                                                                \
        hg_before((p), sizeof *(p), (order));                                                      \
        __auto_type hg_value = (operation);                                                        \
        hg_after((p), (order));                                                                    \
        hg_value;                                                                                  \
    })
#define HG_WRITE(p, order, operation)                                                              \
    do {                                                                                           \
        hg_before((p), sizeof *(p), (order));                                                      \
        (operation);                                                                               \
    } while (0)

#undef atomic_load
#undef atomic_load_explicit
#undef atomic_store
#undef atomic_store_explicit
#undef atomic_exchange
#undef atomic_fetch_add
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub
#undef atomic_fetch_sub_explicit
#undef atomic_fetch_or
#undef atomic_compare_exchange_strong
#undef atomic_compare_exchange_weak

#define HG_STRONG memory_order_seq_cst
#define atomic_load_explicit(p, order) HG_READ((p), (order), __atomic_load_n((p), (order)))
#define atomic_load(p) atomic_load_explicit((p), HG_STRONG)
#define atomic_store_explicit(p, value, order)                                                     \
    HG_WRITE((p), (order), __atomic_store_n((p), (value), (order)))
#define atomic_store(p, value) atomic_store_explicit((p), (value), HG_STRONG)
#define atomic_exchange(p, value)                                                                  \
    HG_CHANGE((p), HG_STRONG, __atomic_exchange_n((p), (value), HG_STRONG))
#define atomic_fetch_add_explicit(p, value, order)                                                 \
    HG_CHANGE((p), (order), __atomic_fetch_add((p), (value), (order)))
#define atomic_fetch_add(p, value) atomic_fetch_add_explicit((p), (value), HG_STRONG)
#define atomic_fetch_sub_explicit(p, value, order)                                                 \
    HG_CHANGE((p), (order), __atomic_fetch_sub((p), (value), (order)))
#define atomic_fetch_sub(p, value) atomic_fetch_sub_explicit((p), (value), HG_STRONG)
#define atomic_fetch_or(p, value)                                                                  \
    HG_CHANGE((p), HG_STRONG, __atomic_fetch_or((p), (value), HG_STRONG))
#define atomic_compare_exchange_strong(p, old, value)                                              \
    HG_CHANGE((p), HG_STRONG,                                                                      \
              __atomic_compare_exchange_n((p), (old), (value), 0, HG_STRONG, HG_STRONG))
#define atomic_compare_exchange_weak(p, old, value)                                                \
    HG_CHANGE((p), HG_STRONG,                                                                      \
              __atomic_compare_exchange_n((p), (old), (value), 1, HG_STRONG, HG_STRONG))

#endif
