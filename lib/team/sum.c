/* Sums over the ranks of a team, the same bits on all of them. */
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/digest.h"
#include "team/team_impl.h"

enum {
    LEAST = 512 /* numbers of a slice, unless there are fewer */
};

/* Numbers of one rank's slice in an exchange: the buffers have two for each rank. */
static int64_t slice_of(const ddn_team *team, int64_t count)
{
    int64_t even = (count + team->size - 1) / team->size;
    int64_t most = DDNI_TEAM_BYTES / (int64_t)sizeof(double) / team->size;
    most = most < LEAST ? LEAST : most;
    return even < most ? even : most;
}

/* x[count] of this rank in slices, rank after rank; what is beyond the end is 0. */
static void cut(const double *x, int64_t count, int64_t numbers, double *give)
{
    int64_t left = count < numbers ? count : numbers;
    memcpy(give, x, (size_t)left * sizeof *x);
    memset(give + left, 0, (size_t)(numbers - left) * sizeof *x);
}

/* Each rank adds up one slice, in rank order, and gives the sum to all. */
static ddn_status add_slices(ddn_context *ctx, ddn_team *team, int64_t count, double *x,
                             int64_t slice, double *give, double *take)
{
    const int64_t all = team->size * slice, bytes = slice * (int64_t)sizeof *x;
    for (int64_t at = 0; at < count; at += all) {
        cut(x + at, count - at, all, give);
        DDNI_TRY(ddni_team_alltoall(ctx, team, bytes, give, take));
        memcpy(give, take, (size_t)bytes);
        for (int64_t k = slice; k < all; k++) {
            give[k % slice] += take[k];
        }
        DDNI_TRY(ddni_team_allgather(ctx, team, bytes, give, take));
        memcpy(x + at, take, (size_t)(count - at < all ? count - at : all) * sizeof *x);
    }
    return DDN_OK;
}

ddn_status ddni_team_sum(ddn_context *ctx, ddn_team *team, ddn_status mine, int64_t count,
                         double *x)
{
    const int64_t slice = slice_of(team, count);
    double *give = NULL;
    ddn_status status = mine;
    if (status == DDN_OK) {
        status = ddni_alloc_for(ctx, "what ranks give", 2 * team->size, slice * 8, &give);
    }
    status = ddni_team_agree(ctx, team, status, DDNI_DIGEST_WORDS((uint64_t)count), NULL);
    if (status == DDN_OK && give != NULL) {
        status = add_slices(ctx, team, count, x, slice, give, give + team->size * slice);
    }
    ddni_free(ddni_context_allocator(ctx), give);
    return status;
}
