/* Sorting in place, ascending, without memory (qsort of the C library may allocate behind the
 * allocator's back). One body for everything: heap sort, of what is sorted already a single pass.
 * Equal keys come in no particular order. */
#ifndef DDNI_BASE_SORT_H
#define DDNI_BASE_SORT_H

#include <stdint.h>

void ddni_sort(double *values, int64_t count);
void ddni_sort_i32(int32_t *values, int64_t count);
/* By key, the values go along. */
void ddni_sort_f32_i32(float *key, int32_t *value, int64_t count);
void ddni_sort_f64_i64(double *key, int64_t *value, int64_t count);
void ddni_sort_i64_f64(int64_t *key, double *value, int64_t count);

/* Anything that has places 0 .. count-1: whether that at i comes before that at j, and exchange. */
typedef int32_t (*ddni_before_fn)(const void *what, int64_t i, int64_t j);
typedef void (*ddni_swap_fn)(void *what, int64_t i, int64_t j);

#define DDNI_EXCHANGE(type, array, i, j)                                                           \
    do {                                                                                           \
        type ddni_old_i = (array)[i];                                                              \
        (array)[i] = (array)[j];                                                                   \
        (array)[j] = ddni_old_i;                                                                   \
    } while (0)

/* Restores the heap order of places 0 .. count-1 below `at`: what comes last is on top. */
static inline void ddni_sift(void *what, int64_t at, int64_t count, ddni_before_fn before,
                             ddni_swap_fn swap)
{
    for (int64_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && before(what, child, child + 1);
        if (!before(what, at, child)) {
            return;
        }
        swap(what, at, child);
    }
}

/* Inline, so that with functions known at the call nothing is called. */
static inline void ddni_sort_by(void *what, int64_t count, ddni_before_fn before, ddni_swap_fn swap)
{
    int64_t sorted = 1;
    while (sorted < count && !before(what, sorted, sorted - 1)) {
        sorted++;
    }
    if (sorted >= count) {
        return;
    }
    for (int64_t i = count / 2; i-- > 0;) {
        ddni_sift(what, i, count, before, swap);
    }
    for (int64_t end = count - 1; end > 0; end--) {
        swap(what, 0, end);
        ddni_sift(what, 0, end, before, swap);
    }
}

#endif
