/* Sorting of numbers, alone or with others that go along. */
#include "base/sort.h"

#define SORT(function, type)                                                                       \
    static int32_t function##_before(const void *what, int64_t i, int64_t j)                       \
    {                                                                                              \
        const type *values = what;                                                                 \
        return values[i] < values[j];                                                              \
    }                                                                                              \
    static void function##_swap(void *what, int64_t i, int64_t j)                                  \
    {                                                                                              \
        type *values = what;                                                                       \
        DDNI_EXCHANGE(type, values, i, j);                                                         \
    }                                                                                              \
    void function(type *values, int64_t count)                                                     \
    {                                                                                              \
        ddni_sort_by(values, count, function##_before, function##_swap);                           \
    }

#define SORT_PAIRS(function, key_type, value_type)                                                 \
    typedef struct function##_pairs {                                                              \
        key_type *key;                                                                             \
        value_type *value;                                                                         \
    } function##_pairs;                                                                            \
    static int32_t function##_before(const void *what, int64_t i, int64_t j)                       \
    {                                                                                              \
        const function##_pairs *p = what;                                                          \
        return p->key[i] < p->key[j];                                                              \
    }                                                                                              \
    static void function##_swap(void *what, int64_t i, int64_t j)                                  \
    {                                                                                              \
        function##_pairs *p = what;                                                                \
        DDNI_EXCHANGE(key_type, p->key, i, j);                                                     \
        DDNI_EXCHANGE(value_type, p->value, i, j);                                                 \
    }                                                                                              \
    void function(key_type *key, value_type *value, int64_t count)                                 \
    {                                                                                              \
        function##_pairs p = {key, value};                                                         \
        ddni_sort_by(&p, count, function##_before, function##_swap);                               \
    }

SORT(ddni_sort, double)
SORT(ddni_sort_i32, int32_t)
SORT_PAIRS(ddni_sort_f32_i32, float, int32_t)
SORT_PAIRS(ddni_sort_f64_i64, double, int64_t)
SORT_PAIRS(ddni_sort_i64_f64, int64_t, double)
