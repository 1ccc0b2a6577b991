/* A team of threads: exchanges through memory, between two barriers. */
#include "support/crew.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct crew {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int64_t size, waiting, turn, gone;
    const void *give[CREW_MOST];
    int64_t bytes[CREW_MOST];
    crew_count count;
} crew;

typedef struct member {
    crew *c;
    crew_rank rank;
    void (*fn)(crew_rank *rank);
} member;

/* Waits for all; 0 if one has left. */
static int meet(crew *c)
{
    pthread_mutex_lock(&c->lock);
    int64_t turn = c->turn;
    if (++c->waiting == c->size) {
        c->waiting = 0;
        c->turn++;
        pthread_cond_broadcast(&c->moved);
    }
    while (turn == c->turn && c->gone == 0) {
        pthread_cond_wait(&c->moved, &c->lock);
    }
    int all = turn != c->turn;
    pthread_mutex_unlock(&c->lock);
    return all;
}

static int32_t exchange(member *m, int64_t bytes, const void *give, void *take, int to_all)
{
    crew *c = m->c;
    int64_t own = m->rank.rank;
    if (m->rank.cancel_in > 0 && --m->rank.cancel_in == 0) {
        ddn_context_cancel(m->rank.ctx);
    }
    c->give[own] = give;
    c->bytes[own] = bytes;
    if (!meet(c)) {
        return -1;
    }
    int32_t answer = 0;
    for (int64_t r = 0; r < c->size; r++) {
        answer = c->bytes[r] == bytes ? answer : -2;
    }
    for (int64_t r = 0; answer == 0 && r < c->size; r++) {
        const char *from = (const char *)c->give[r] + (to_all ? 0 : own * bytes);
        memcpy((char *)take + r * bytes, from, (size_t)bytes);
    }
    if (own == 0) {
        c->count.exchanges++;
        c->count.bytes += (c->size - 1) * bytes;
    }
    return meet(c) ? answer : -1;
}

static int32_t allgather(void *user, int64_t bytes, const void *give, void *take)
{
    return exchange(user, bytes, give, take, 1);
}

static int32_t alltoall(void *user, int64_t bytes, const void *give, void *take)
{
    return exchange(user, bytes, give, take, 0);
}

static void *run(void *arg)
{
    member *m = arg;
    if (ddn_context_create(&m->rank.ctx) != DDN_OK ||
        ddn_team_create(m->rank.ctx, m->rank.rank, m->rank.size, allgather, alltoall, m, NULL,
                        &m->rank.team) != DDN_OK) {
        abort();
    }
    m->fn(&m->rank);
    ddn_team_destroy(m->rank.team);
    ddn_context_destroy(m->rank.ctx);
    pthread_mutex_lock(&m->c->lock);
    m->c->gone++;
    pthread_cond_broadcast(&m->c->moved);
    pthread_mutex_unlock(&m->c->lock);
    return NULL;
}

crew_count test_crew(int64_t size, void (*fn)(crew_rank *rank), void *user)
{
    crew c = {.size = size};
    member members[CREW_MOST];
    pthread_t threads[CREW_MOST];
    pthread_mutex_init(&c.lock, NULL);
    pthread_cond_init(&c.moved, NULL);
    for (int64_t r = 0; r < size; r++) {
        members[r] = (member){&c, {.rank = r, .size = size, .user = user}, fn};
        if (pthread_create(&threads[r], NULL, run, &members[r]) != 0) {
            abort();
        }
    }
    for (int64_t r = 0; r < size; r++) {
        pthread_join(threads[r], NULL);
    }
    pthread_cond_destroy(&c.moved);
    pthread_mutex_destroy(&c.lock);
    return c.count;
}
