/* What objects and buffers of a fixture give, as numbers that two runs can compare. */
#ifndef TEST_ROBUST_LOOK_H
#define TEST_ROBUST_LOOK_H

#include "robust/hostile.h"

enum {
    LOOK_NUMBERS = 1 << 16,
    LOOK_BUFFER = 256 /* numbers of each buffer: what calls on a fixture write is shorter */
};

typedef struct look {
    int64_t count;
    double numbers[LOOK_NUMBERS];
} look;

void look_begin(look *l);
/* One object of that kind ("dataset"): its sizes, and what the calls give that stand on it. Fails
 * the test for a kind that it does not know. */
void look_at(fixture *fx, look *l, const char *kind, void *object);
/* The buffers of that many parameters. */
void look_at_buffers(const fixture *fx, look *l, int64_t parameters);
/* All objects of the fixture but the step. */
void look_at_all(fixture *fx, look *l);
/* The first place where they differ; -1: nowhere. */
int64_t look_difference(const look *a, const look *b);

#endif
