#include "support/loops.h"

#include <pthread.h>
#include <stdlib.h>

int32_t test_loop_reversed(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    ++*(int64_t *)user;
    for (int64_t i = count; i-- > 0;) {
        body(arg, i);
    }
    return 0;
}

int32_t test_loop_shuffled(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    static const int64_t primes[] = {1031, 1033, 1039, 1049};
    int64_t calls = ++*(int64_t *)user;
    for (int64_t i = 0; i < count; i++) { /* a prime above all counts: each index once */
        body(arg, (calls + i * primes[calls & 3]) % count);
    }
    return 0;
}

typedef struct piece {
    ddn_parallel_body_fn body;
    void *arg;
    int64_t index;
} piece;

static void *piece_main(void *arg)
{
    piece *p = arg;
    p->body(p->arg, p->index);
    return NULL;
}

int32_t test_loop_threads(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    ++*(int64_t *)user;
    pthread_t thread[16];
    piece pieces[16];
    if (count > 16) {
        return 1;
    }
    for (int64_t i = count; i-- > 0;) {
        pieces[i] = (piece){body, arg, i};
        if (pthread_create(&thread[i], NULL, piece_main, &pieces[i]) != 0) {
            abort();
        }
    }
    for (int64_t i = 0; i < count; i++) {
        pthread_join(thread[i], NULL);
    }
    return 0;
}
