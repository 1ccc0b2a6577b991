/* Teams: agreement before every exchange, and at the end of every call that exchanged. */
#include "team/team_impl.h"

#include <string.h>

#include <diffdyn/version.h>

#include "base/check.h"
#include "base/context_impl.h"
#include "base/digest.h"
#include "base/message.h"

enum {
    MAX_SIZE = 1 << 20, /* ranks; promised in team.h */
    TEXT = 256          /* bytes of a rank's error text that the others get */
};

static void finish_team(void *object)
{
    ddn_team *team = object;
    ddni_free(&team->handle.allocator, team->headers);
    ddni_free(&team->handle.allocator, team->texts);
    if (team->release != NULL) {
        team->release(team->user);
    }
}

static int32_t run(ddn_team *team, int32_t to_all, int64_t bytes, const void *give, void *take)
{
    return to_all ? team->allgather(team->user, bytes, give, take)
                  : team->alltoall(team->user, bytes, give, take);
}

/* One exchange of bytes. A rank whose exchange has failed has lost the others. */
static ddn_status exchange(ddn_context *ctx, ddn_team *team, int32_t to_all, int64_t bytes,
                           const void *give, void *take)
{
    DDNI_ASSERT(bytes <= DDNI_TEAM_BYTES);
    ddn_status status = DDN_E_CALLBACK;
    if (!team->broken) {
        int32_t answer = run(team, to_all, bytes, give, take);
        status = answer == DDN_OK ? DDN_OK
                                  : ddni_fail(ctx, DDN_E_CALLBACK,
                                              "the team's exchange returned %d", (int)answer);
    } else {
        status = ddni_fail(ctx, DDN_E_CALLBACK, "an exchange of the team has failed before");
    }
    if (status != DDN_OK) {
        team->broken = 1;
        ctx->together.parted = 1;
    }
    return status;
}

ddn_status ddni_team_allgather(ddn_context *ctx, ddn_team *team, int64_t bytes, const void *give,
                               void *take)
{
    return exchange(ctx, team, 1, bytes, give, take);
}

ddn_status ddni_team_alltoall(ddn_context *ctx, ddn_team *team, int64_t bytes, const void *give,
                              void *take)
{
    return exchange(ctx, team, 0, bytes, give, take);
}

void ddni_team_join(ddn_context *ctx, ddn_team *team)
{
    if (team != NULL) {
        ctx->together.bond = &team->bond;
    }
}

ddn_status ddni_team_alone(ddn_context *ctx, int32_t on, ddn_status status)
{
    ctx->together.alone = on;
    return status;
}

/* ---- Agreement ---- */

/* The rank whose status is everybody's: the lowest with an error, else the lowest that stops; -1.
 */
static int64_t spokesman(const ddn_team *team)
{
    int64_t stopped = -1;
    for (int64_t r = 0; r < team->size; r++) {
        if (team->headers[r].status < 0) {
            return r;
        }
        stopped = stopped < 0 && team->headers[r].status != DDN_OK ? r : stopped;
    }
    return stopped;
}

/* A rank that has another library than rank 0, is in another call, or has other arguments; -1. */
static int64_t stranger(const ddn_team *team)
{
    const ddni_team_header *h = team->headers;
    for (int64_t r = 1; r < team->size; r++) {
        if (h[r].library != h[0].library || h[r].ended != h[0].ended ||
            (!h[r].ended && h[r].digest != h[0].digest)) {
            return r;
        }
    }
    return -1;
}

/* Exchanges headers, and where a rank has failed the texts, too. */
static ddn_status meet(ddn_context *ctx, ddn_team *team, const ddni_team_header *mine)
{
    char text[TEXT] = "";
    ddni_say(text, TEXT, "%s", ctx->message); /* before anything else fails */
    DDNI_TRY(exchange(ctx, team, 1, sizeof *mine, mine, team->headers));
    ctx->together.exchanges++;
    if (spokesman(team) >= 0) {
        DDNI_TRY(exchange(ctx, team, 1, TEXT, text, team->texts));
    }
    return DDN_OK;
}

static ddni_team_header header_of(const ddn_context *ctx, ddn_status status)
{
    const uint64_t library = ddni_digest_text(DDN_VERSION_STRING);
    ddni_team_header h = {.status = status, .library = library & INT32_MAX};
    strncat(h.call, ctx->entered != NULL ? ctx->entered : "", DDNI_TEAM_CALL - 1);
    return h;
}

/* What this rank brings: its own failure, or a wish to stop that came from outside. */
static ddn_status own_status(ddn_context *ctx, ddn_status mine)
{
    if (mine == DDN_OK && ctx->together.answer != DDN_OK) {
        return ctx->together.answer; /* its text is the last one */
    }
    if (mine == DDN_OK && atomic_load(&ctx->cancel) != 0) {
        return ddni_fail(ctx, DDN_STOPPED, "cancelled in '%s'", ctx->entered);
    }
    return mine;
}

static ddn_status take_over(ddn_context *ctx, ddn_team *team)
{
    ddn_context *free_one = NULL;
    ddn_context *owner = atomic_load(&team->owner);
    if (owner != ctx && !atomic_compare_exchange_strong(&team->owner, &free_one, ctx)) {
        ctx->together.parted = 1;
        return ddni_fail(ctx, DDN_E_STATE, "the team is in use by a call in another thread");
    }
    return DDN_OK;
}

static ddn_status verdict(ddn_context *ctx, ddn_team *team)
{
    int64_t who = spokesman(team), odd = stranger(team);
    if (who < 0 && odd < 0) {
        ctx->together.failed = DDN_OK;
        return DDN_OK;
    }
    ctx->together.parted = 1;
    if (who >= 0) {
        ddn_status status = team->headers[who].status;
        if (status == DDN_STOPPED) {
            atomic_store(&ctx->cancel, 1);
        }
        return ddni_fail(ctx, status, "rank %lld of %lld: %s", (long long)who,
                         (long long)team->size, team->texts + who * TEXT);
    }
    const ddni_team_header *h = team->headers;
    if (h[odd].library != h[0].library) {
        return ddni_fail(ctx, DDN_E_MISMATCH,
                         "rank %lld of %lld has another version of the library than rank 0, %s "
                         "here: all must have one",
                         (long long)odd, (long long)team->size, DDN_VERSION_STRING);
    }
    if (strcmp(h[odd].call, h[0].call) != 0 || h[odd].ended != h[0].ended) {
        return ddni_fail(ctx, DDN_E_MISMATCH,
                         "the ranks make different calls: rank 0 %s %s, rank %lld %s %s",
                         h[0].ended ? "ended" : "is in", h[0].call, (long long)odd,
                         h[odd].ended ? "ended" : "is in", h[odd].call);
    }
    return ddni_fail(ctx, DDN_E_MISMATCH, "rank %lld of %lld has other arguments than rank 0",
                     (long long)odd, (long long)team->size);
}

ddn_status ddni_team_agree(ddn_context *ctx, ddn_team *team, ddn_status mine, uint64_t digest,
                           const double *number)
{
    ctx->together.bond = &team->bond;
    DDNI_TRY(take_over(ctx, team));
    if (team->owed != DDN_OK) {
        ddn_status owed = team->owed;
        team->owed = DDN_OK;
        ctx->together.parted = 1;
        return ddni_fail(ctx, owed, "%s", team->owed_text);
    }
    ddni_team_header h = header_of(ctx, own_status(ctx, mine));
    h.digest = DDNI_DIGEST_WORDS(digest, ddni_digest_text(h.call));
    for (int32_t i = 0; number != NULL && i < DDNI_TEAM_NUMBERS; i++) {
        h.number[i] = number[i];
    }
    DDNI_TRY(meet(ctx, team, &h));
    return verdict(ctx, team);
}

/* Bytes of a rank in one exchange of collect: a share of what the buffer for all may take. */
static int64_t piece_of(const ddn_team *team, int64_t longest)
{
    int64_t most = DDNI_TEAM_BYTES / team->size;
    most = most < 4096 ? 4096 : most;
    return longest < most ? longest : most;
}

/* Where the rows of a rank begin. */
static int64_t row_of(const int64_t *begin, int64_t rank)
{
    return begin != NULL ? begin[rank] : rank;
}

static int64_t rows_of(const int64_t *begin, int64_t rank)
{
    return row_of(begin, rank + 1) - row_of(begin, rank);
}

ddn_status ddni_team_collect(ddn_context *ctx, ddn_team *team, ddn_status mine, uint64_t digest,
                             const int64_t *begin, int64_t row, const void *rows, void *out)
{
    char *take = NULL, *give = NULL;
    int64_t own = rows_of(begin, team->rank) * row, longest = 0;
    for (int64_t r = 0; r < team->size; r++) {
        longest = rows_of(begin, r) > longest ? rows_of(begin, r) : longest;
    }
    longest *= row;
    const int64_t piece = piece_of(team, longest);
    ddn_status status = mine;
    if (status == DDN_OK) {
        status = ddni_alloc_for(ctx, "what ranks give", team->size + 1, piece, &take);
    }
    if (status == DDN_OK) {
        give = take + team->size * piece;
    }
    const uint64_t rows_digest = begin != NULL ? DDNI_DIGEST_OF(begin, team->size + 1) : 0;
    digest = DDNI_DIGEST_WORDS(digest, rows_digest, (uint64_t)row);
    status = ddni_team_agree(ctx, team, status, digest, NULL);
    for (int64_t at = 0; status == DDN_OK && give != NULL && at < longest; at += piece) {
        int64_t left = own - at < piece ? own - at : piece;
        if (left > 0) {
            memcpy(give, (const char *)rows + at, (size_t)left);
        }
        status = ddni_team_allgather(ctx, team, piece, give, take);
        for (int64_t r = 0; status == DDN_OK && r < team->size; r++) {
            left = rows_of(begin, r) * row - at;
            left = left < piece ? left : piece;
            if (left > 0) {
                memcpy((char *)out + row_of(begin, r) * row + at, take + r * piece, (size_t)left);
            }
        }
    }
    ddni_free(ddni_context_allocator(ctx), take);
    return status;
}

/* The end of a call: ranks that failed by themselves tell so those that wait for them, or that have
 * ended well and will hear of it in their next call. */
static void leave(ddn_context *ctx, ddni_bond *bond)
{
    ddn_team *team = (ddn_team *)(void *)((char *)bond - offsetof(ddn_team, bond));
    ddn_status failed = ctx->together.failed;
    if (!ctx->together.parted && (ctx->together.exchanges > 0 || failed != DDN_OK) &&
        !team->broken && team->owed == DDN_OK && take_over(ctx, team) == DDN_OK) {
        char text[DDNI_MESSAGE_BYTES];
        memcpy(text, ctx->message, sizeof text);
        ddni_team_header h = header_of(ctx, failed);
        h.ended = 1;
        if (meet(ctx, team, &h) == DDN_OK) {
            ddn_status all = verdict(ctx, team);
            int64_t well = 0;
            for (int64_t r = 0; r < team->size; r++) {
                well += team->headers[r].status == DDN_OK;
            }
            /* Where others were still in the call, they know. */
            if (all != DDN_OK && well > 0 && (failed == DDN_OK || stranger(team) < 0)) {
                team->owed = all;
                ddni_say(team->owed_text, TEXT, "%s", ctx->message);
            }
        }
        memcpy(ctx->message, text, sizeof text);
    }
    ddn_context *mine = ctx;
    atomic_compare_exchange_strong(&team->owner, &mine, NULL);
}

/* ---- Public ---- */

ddn_status ddn_team_create(ddn_context *ctx, int64_t rank, int64_t size,
                           ddn_team_allgather_fn allgather, ddn_team_alltoall_fn alltoall,
                           void *user, ddn_release_fn release, ddn_team **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK(ctx, allgather != NULL, DDN_E_NULL, "argument allgather is NULL");
    DDNI_CHECK(ctx, alltoall != NULL, DDN_E_NULL, "argument alltoall is NULL");
    DDNI_CHECK_INT(ctx, size, 1, MAX_SIZE);
    DDNI_CHECK_INT(ctx, rank, 0, size - 1);
    ddn_team *team = NULL;
    ddn_status status;
    DDNI_TRY(ddni_handle_create(ctx, DDNI_TEAM, sizeof *team, finish_team, &team));
    DDNI_TRY_GOTO(
        ddni_alloc_for(ctx, "headers of ranks", size, sizeof *team->headers, &team->headers), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "texts of ranks", size, TEXT, &team->texts), fail);
    team->bond.leave = leave;
    team->handle.bond = &team->bond;
    team->rank = rank;
    team->size = size;
    team->allgather = allgather;
    team->alltoall = alltoall;
    team->user = user;
    team->release = release;
    *out = team;
    return DDN_OK;
fail:
    ddn_team_destroy(team);
    return status;
}

ddn_status ddn_team_retain(const ddn_team *team)
{
    return ddni_handle_retain(team, DDNI_TEAM);
}

void ddn_team_destroy(ddn_team *team)
{
    ddni_drop(team, DDNI_TEAM);
}

int64_t ddn_team_rank(const ddn_team *team)
{
    return DDNI_IS(team) ? team->rank : -1;
}

int64_t ddn_team_size(const ddn_team *team)
{
    return DDNI_IS(team) ? team->size : 0;
}

ddn_status ddn_team_agree(ddn_context *ctx, ddn_team *team, ddn_status mine)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, team);
    if (strcmp(ddn_status_name(mine), "unknown status") == 0) {
        mine = ddni_fail(ctx, DDN_E_RANGE, "argument mine = %d is no status", (int)mine);
    }
    ddn_status status = ddni_team_agree(ctx, team, mine, 0, NULL);
    ctx->together.parted = 1; /* nothing is left to tell */
    return status;
}
