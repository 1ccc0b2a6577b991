/* Loops of a host, for ddn_context_set_parallel_for. `user` is an int64_t that counts the calls. */
#ifndef TEST_SUPPORT_LOOPS_H
#define TEST_SUPPORT_LOOPS_H

#include <diffdyn/diffdyn.h>

/* One index after the other, the last one first. */
int32_t test_loop_reversed(void *user, int64_t count, ddn_parallel_body_fn body, void *arg);
/* One after the other, in an order that changes with each call. */
int32_t test_loop_shuffled(void *user, int64_t count, ddn_parallel_body_fn body, void *arg);
/* A thread for each index, the last one first; 16 at most. */
int32_t test_loop_threads(void *user, int64_t count, ddn_parallel_body_fn body, void *arg);

#endif
