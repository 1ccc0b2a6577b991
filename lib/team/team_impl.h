/* Exchanges of a team. Every one starts with an agreement: a header from each rank with its status
 * and a digest of what it is about to do; data follow only where all are well and the digests
 * equal. doc/design.md, "Teams". */
#ifndef DDNI_TEAM_TEAM_IMPL_H
#define DDNI_TEAM_TEAM_IMPL_H

#include <stdatomic.h>

#include <diffdyn/team.h>

#include "base/handle.h"

enum {
    DDNI_TEAM_BYTES = 1 << 26, /* of one rank in an exchange, at most */
    DDNI_TEAM_CALL = 48,
    DDNI_TEAM_NUMBERS = 2,
    DDNI_TEAM_VERSION = (1 << 29) - 1
};

/* What a rank tells the others before they exchange anything. */
typedef struct ddni_team_header {
    uint64_t digest;                  /* of the call and its arguments */
    int32_t status;                   /* of this rank: what it has done since the last exchange */
    uint32_t ended : 1;               /* it is at the end of its call, */
    uint32_t well : 1;                /* which has ended well on this rank */
    uint32_t named : 1;               /* its text names the rank that failed */
    uint32_t version : 29;            /* digest of that of its library */
    double number[DDNI_TEAM_NUMBERS]; /* whatever the call likes */
    char call[DDNI_TEAM_CALL];        /* the public function */
} ddni_team_header;

struct ddn_team {
    ddni_handle handle;
    ddni_bond bond;
    struct ddn_team *whole; /* retained: this one is a group of its ranks; or NULL */
    int64_t rank, size;
    ddn_team_allgather_fn allgather;
    ddn_team_alltoall_fn alltoall;
    void *user;
    ddn_release_fn release;
    ddni_team_header *headers;    /* [size] of the last agreement */
    char *texts;                  /* [size][..] of the last one that failed */
    _Atomic(ddn_context *) owner; /* whose call is exchanging */
    int32_t broken;               /* an exchange has failed: there are no more */
    ddn_status owed; /* what the next call ends with: others failed at the end of the last */
    char owed_text[256];
};

/* Gives all ranks one status, with the text of the rank that has it: `mine` where one failed, else
 * DDN_E_MISMATCH where they are in different calls, or their digests differ, else DDN_OK. Requests
 * to stop and answers of progress callbacks count. number[2] goes into the headers; may be NULL.
 * Where the call is one of a group, its ranks agree before those of the whole do. */
ddn_status ddni_team_agree(ddn_context *ctx, ddn_team *team, ddn_status mine, uint64_t digest,
                           const double *number);
/* After an agreement: exchanges of data. What they need was allocated before it. */
ddn_status ddni_team_allgather(ddn_context *ctx, ddn_team *team, int64_t bytes, const void *give,
                               void *take);
ddn_status ddni_team_alltoall(ddn_context *ctx, ddn_team *team, int64_t bytes, const void *give,
                              void *take);

/* Agrees, with `mine` for what this rank has done so far, and puts the ranks' rows side by side:
 * rank r gives rows[begin[r + 1] - begin[r]] of `row` bytes, which become out[begin[r]] and so on;
 * NULL: each gives one. */
ddn_status ddni_team_collect(ddn_context *ctx, ddn_team *team, ddn_status mine, uint64_t digest,
                             const int64_t *begin, int64_t row, const void *rows, void *out);

/* Agrees likewise, and adds up x[count] of all ranks, in rank order: all get the sum. */
ddn_status ddni_team_sum(ddn_context *ctx, ddn_team *team, ddn_status mine, int64_t count,
                         double *x);

/* The team of all ranks of which this one is a group, or itself; NULL for NULL. */
static inline ddn_team *ddni_team_whole(const ddn_team *team)
{
    return team != NULL && team->whole != NULL ? team->whole : (ddn_team *)(uintptr_t)team;
}

/* The call that is running is one of the team; nothing for NULL. */
void ddni_team_join(ddn_context *ctx, ddn_team *team);

/* The status of the part of a call that a rank does by itself: looks may end it, since the
 * agreement that follows tells the others. */
#define DDNI_TEAM_ALONE(ctx, part) (ddni_team_alone(ctx, 1, DDN_OK), ddni_team_alone(ctx, 0, part))
ddn_status ddni_team_alone(ddn_context *ctx, int32_t on, ddn_status status); /* for it */

/* The first of `count` things that falls to a rank, in shares as even as can be. */
static inline int64_t ddni_team_share(int64_t count, int64_t size, int64_t rank)
{
    const int64_t more = count % size;
    return count / size * rank + (rank < more ? rank : more);
}

/* Makes later calls of an object calls of the team. */
static inline void ddni_team_bind(void *object, const ddn_team *team)
{
    ((ddni_handle *)object)->bond = &((ddn_team *)(uintptr_t)team)->bond;
}
/* The team of an object, or NULL. */
static inline ddn_team *ddni_team_of(const void *object)
{
    ddni_bond *bond = ((const ddni_handle *)object)->bond;
    return bond == NULL ? NULL : (ddn_team *)(void *)((char *)bond - offsetof(ddn_team, bond));
}
/* As another object. */
static inline void ddni_bind_as(void *object, const void *other)
{
    ((ddni_handle *)object)->bond = ((const ddni_handle *)other)->bond;
}

#endif
