/* A team of threads of one process. Threads may not use cmocka: they fill in what the test asserts
 * when they are done. */
#ifndef TEST_SUPPORT_CREW_H
#define TEST_SUPPORT_CREW_H

#include <diffdyn/diffdyn.h>

enum {
    CREW_MOST = 8
};

/* Makes a call unless an earlier one has failed; `status` is a local variable. */
#define STEP(call)                                                                                 \
    do {                                                                                           \
        if (status == DDN_OK) {                                                                    \
            status = (call);                                                                       \
        }                                                                                          \
    } while (0)

/* A rank: its number, a context with one thread, the team. */
typedef struct crew_rank {
    int64_t rank, size;
    ddn_context *ctx;
    ddn_team *team, *group; /* group: NULL, or the one that it is in */
    void *user;
    /* Its calls are cancelled in this of its exchanges, counted down to 0: none. */
    int64_t cancel_in;
} crew_rank;

/* What a crew exchanged. */
typedef struct crew_count {
    int64_t exchanges, bytes; /* of one rank; bytes that it gave to others */
} crew_count;

/* Runs fn on `size` threads. A rank that has returned makes the exchanges of the others fail, so
 * that a mistake ends the test instead of hanging it. */
crew_count test_crew(int64_t size, void (*fn)(crew_rank *rank), void *user);

/* The same in groups of `group` ranks; what the whole team exchanged. */
crew_count test_crew_of_groups(int64_t size, int64_t group, void (*fn)(crew_rank *rank),
                               void *user);

#endif
