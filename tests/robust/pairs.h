/* Calls as they should be, in which one handle can be replaced (gen_pairs.py), for robust_pairs.c
 * and robust_alloc.c. */
#ifndef TEST_ROBUST_PAIRS_H
#define TEST_ROBUST_PAIRS_H

#include "robust/hostile.h"

enum {
    PAIR_HANDLES = 4, /* of one function, at most */
    PAIR_KINDS = 32
};

/* What a call gave: the member of its type is set. */
typedef struct answer {
    ddn_status status;
    double real;
    int64_t integer;
    const void *pointer;
    int32_t made; /* it left an object, which is gone again */
} answer;

typedef enum pair_result {
    PAIR_NOTHING,
    PAIR_STATUS,
    PAIR_VALUE
} pair_result;

typedef struct pair_case {
    const char *name;
    /* Argument number `place` is `other`; -1: all are as they should be. */
    answer (*run)(fixture *fx, int64_t place, void *other);
    pair_result result;
    int32_t destroys;
    int64_t parameters, handles;
    struct {
        int64_t place;
        const char *kind;
    } handle[PAIR_HANDLES];
} pair_case;

typedef struct pair_object {
    const char *kind;
    void *object;
} pair_object;

extern const pair_case pair_cases[];
extern const int64_t pair_count;

/* All objects of a fixture: objects[pair_object_count]. */
void pair_objects(const fixture *fx, pair_object *objects);
extern const int64_t pair_object_count;

#endif
