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

/* Of a crew, the whole one or that of a group. */
typedef struct member {
    crew *c;
    int64_t own;
    crew_rank *rank;
} member;

typedef struct person {
    crew_rank rank;
    member whole, group; /* group: its crew is NULL, or that */
    void (*fn)(crew_rank *rank);
} person;

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
    const int64_t own = m->own;
    if (m->rank->cancel_in > 0 && --m->rank->cancel_in == 0) {
        ddn_context_cancel(m->rank->ctx);
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

static void go_away(crew *c)
{
    pthread_mutex_lock(&c->lock);
    c->gone++;
    pthread_cond_broadcast(&c->moved);
    pthread_mutex_unlock(&c->lock);
}

static void *run(void *arg)
{
    person *p = arg;
    crew_rank *rank = &p->rank;
    crew *group = p->group.c;
    if (ddn_context_create(&rank->ctx) != DDN_OK ||
        ddn_team_create(rank->ctx, rank->rank, rank->size, allgather, alltoall, &p->whole, NULL,
                        &rank->team) != DDN_OK ||
        (group != NULL &&
         ddn_team_create_group(rank->ctx, rank->team, group->size, allgather, alltoall, &p->group,
                               NULL, &rank->group) != DDN_OK)) {
        abort();
    }
    p->fn(rank);
    ddn_team_destroy(rank->group);
    ddn_team_destroy(rank->team);
    ddn_context_destroy(rank->ctx);
    go_away(p->whole.c);
    if (group != NULL) {
        go_away(group);
    }
    return NULL;
}

static void open_crew(crew *c, int64_t size)
{
    *c = (crew){.size = size};
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->moved, NULL);
}

static void close_crew(crew *c)
{
    pthread_cond_destroy(&c->moved);
    pthread_mutex_destroy(&c->lock);
}

crew_count test_crew_of_groups(int64_t size, int64_t group, void (*fn)(crew_rank *rank), void *user)
{
    crew whole, groups[CREW_MOST];
    person people[CREW_MOST];
    pthread_t threads[CREW_MOST];
    open_crew(&whole, size);
    for (int64_t r = 0; r < size; r++) {
        person *p = &people[r];
        open_crew(&groups[r], group);
        *p = (person){.rank = {.rank = r, .size = size, .user = user}, .fn = fn};
        p->whole = (member){&whole, r, &p->rank};
        p->group =
            (member){group > 0 ? &groups[r / group] : NULL, group > 0 ? r % group : 0, &p->rank};
    }
    for (int64_t r = 0; r < size; r++) {
        if (pthread_create(&threads[r], NULL, run, &people[r]) != 0) {
            abort();
        }
    }
    for (int64_t r = 0; r < size; r++) {
        pthread_join(threads[r], NULL);
    }
    for (int64_t r = 0; r < size; r++) {
        close_crew(&groups[r]);
    }
    close_crew(&whole);
    return whole.count;
}

crew_count test_crew(int64_t size, void (*fn)(crew_rank *rank), void *user)
{
    return test_crew_of_groups(size, 0, fn, user);
}
