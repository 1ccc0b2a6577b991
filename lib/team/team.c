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
    ddn_team_destroy(team->whole);
    if (team->release != NULL) {
        team->release(team->user);
    }
}

static int32_t run(ddn_team *team, int32_t to_all, int64_t bytes, const void *give, void *take)
{
    return to_all ? team->allgather(team->user, bytes, give, take)
                  : team->alltoall(team->user, bytes, give, take);
}

/* Whether a rank has its own bytes back: an exchange without them has not taken place. */
static int32_t is_own(const ddn_team *team, int32_t to_all, int64_t bytes, const void *give,
                      const void *take)
{
    const int64_t own = team->rank * bytes;
    return memcmp((const char *)take + own, (const char *)give + (to_all ? 0 : own),
                  (size_t)bytes) == 0;
}

/* One exchange of bytes. A rank whose exchange has failed has lost the others. */
static ddn_status exchange(ddn_context *ctx, ddn_team *team, int32_t to_all, int64_t bytes,
                           const void *give, void *take)
{
    DDNI_ASSERT(bytes <= DDNI_TEAM_BYTES);
    ddn_status status = DDN_E_CALLBACK;
    if (!team->broken) {
        int32_t answer = run(team, to_all, bytes, give, take);
        status =
            answer != DDN_OK
                ? ddni_fail(ctx, DDN_E_CALLBACK, "the team's exchange returned %d", (int)answer)
            : is_own(team, to_all, bytes, give, take)
                ? DDN_OK
                : ddni_fail(ctx, DDN_E_CALLBACK,
                            "after the team's exchange take[%lld], of this rank itself, is not "
                            "what it gave",
                            (long long)team->rank);
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
        ddni_join(ctx, &team->bond);
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
        if (h[r].version != h[0].version || h[r].ended != h[0].ended ||
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
    const uint64_t version = ddni_digest_text(DDN_VERSION_STRING);
    ddni_team_header h = {.status = status, .version = version & DDNI_TEAM_VERSION};
    h.named = ctx->together.group_parted != 0;
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

/* The text of a rank that failed, without the function that it heard of it in. */
static const char *text_of(const ddn_team *team, int64_t rank)
{
    const char *text = team->texts + rank * TEXT;
    const char *end = team->headers[rank].named ? strstr(text, ": ") : NULL;
    return end != NULL && strncmp(text, "ddn_", 4) == 0 ? end + 2 : text;
}

/* In a group, the others of the whole are still to be told. */
static void part(ddn_context *ctx, const ddn_team *team)
{
    if (team->whole != NULL) {
        ctx->together.group_parted = 1;
    } else {
        ctx->together.parted = 1;
    }
}

/* Ranks bear the numbers that they have in the whole. */
static ddn_status verdict(ddn_context *ctx, ddn_team *team)
{
    const int64_t who = spokesman(team), odd = stranger(team);
    const ddn_team *whole = ddni_team_whole(team);
    const long long base = whole->rank - team->rank, size = whole->size;
    const ddni_team_header *h = team->headers;
    if (who < 0 && odd < 0) {
        ctx->together.failed = DDN_OK;
        return DDN_OK;
    }
    part(ctx, team);
    if (who >= 0) {
        if (h[who].status == DDN_STOPPED) {
            atomic_store(&ctx->cancel, 1);
        }
        return h[who].named ? ddni_fail(ctx, h[who].status, "%s", text_of(team, who))
                            : ddni_fail(ctx, h[who].status, "rank %lld of %lld: %s", base + who,
                                        size, text_of(team, who));
    }
    if (h[odd].version != h[0].version) {
        return ddni_fail(ctx, DDN_E_MISMATCH,
                         "rank %lld of %lld has another version of the library than rank %lld, %s "
                         "here: all must have one",
                         base + odd, size, base, DDN_VERSION_STRING);
    }
    if (strcmp(h[odd].call, h[0].call) != 0 || h[odd].ended != h[0].ended) {
        return ddni_fail(ctx, DDN_E_MISMATCH,
                         "the ranks make different calls: rank %lld %s %s, rank %lld %s %s", base,
                         h[0].ended ? "ended" : "is in", h[0].call, base + odd,
                         h[odd].ended ? "ended" : "is in", h[odd].call);
    }
    return ddni_fail(ctx, DDN_E_MISMATCH, "rank %lld of %lld has other arguments than rank %lld",
                     base + odd, size, base);
}

/* What others of the last call have left to this one. All ranks of the whole owe it. */
static ddn_status pay(ddn_context *ctx, ddn_team *team)
{
    ddn_team *whole = ddni_team_whole(team);
    const ddn_status owed = whole->owed;
    whole->owed = DDN_OK;
    if (owed == DDN_OK) {
        return DDN_OK;
    }
    ctx->together.parted = 1;
    return ddni_fail(ctx, owed, "%s", whole->owed_text);
}

static ddn_status agree(ddn_context *ctx, ddn_team *team, ddn_status mine, uint64_t digest,
                        const double *number)
{
    DDNI_TRY(take_over(ctx, team));
    ddni_team_header h = header_of(ctx, own_status(ctx, mine));
    h.digest = DDNI_DIGEST_WORDS(digest, ddni_digest_text(h.call));
    for (int32_t i = 0; number != NULL && i < DDNI_TEAM_NUMBERS; i++) {
        h.number[i] = number[i];
    }
    DDNI_TRY(meet(ctx, team, &h));
    return verdict(ctx, team);
}

/* That has the bond. */
static ddn_team *team_of(ddni_bond *bond)
{
    return (ddn_team *)(void *)((char *)bond - offsetof(ddn_team, bond));
}

ddn_status ddni_team_agree(ddn_context *ctx, ddn_team *team, ddn_status mine, uint64_t digest,
                           const double *number)
{
    ddni_join(ctx, &team->bond);
    ddn_team *group = team_of(ctx->together.bond);
    DDNI_TRY(pay(ctx, group));
    if (group != team && !ctx->together.group_parted) {
        mine = agree(ctx, group, mine, digest, NULL);
        if (ctx->together.parted) {
            return mine;
        }
    }
    return agree(ctx, team, mine, digest, number);
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

/* Tells the ranks of a team that the call has ended here, and hears how elsewhere. */
static ddn_status tell_end(ddn_context *ctx, ddn_team *team, ddn_status status, int32_t well)
{
    DDNI_TRY(take_over(ctx, team));
    ddni_team_header h = header_of(ctx, status);
    h.ended = 1;
    h.well = well != 0;
    DDNI_TRY(meet(ctx, team, &h));
    return verdict(ctx, team);
}

/* The end of a call: ranks that failed by themselves tell so those that wait for them, or that have
 * ended well and will hear of it in their next call. */
static void tell_all(ddn_context *ctx, ddn_team *team)
{
    ddn_team *whole = ddni_team_whole(team);
    const int32_t well = ctx->together.failed == DDN_OK;
    ddn_status status = ctx->together.failed;
    if (whole != team && !ctx->together.group_parted) {
        status = tell_end(ctx, team, status, well);
    }
    if (ctx->together.parted) { /* an exchange has failed, or another call has the team */
        return;
    }
    status = tell_end(ctx, whole, status, well);
    int64_t others = 0;
    for (int64_t r = 0; r < whole->size; r++) {
        others += whole->headers[r].well;
    }
    /* Where others were still in the call, they know. */
    if (status != DDN_OK && others > 0 && (well || stranger(whole) < 0)) {
        whole->owed = status;
        ddni_say(whole->owed_text, TEXT, "%s", ctx->message);
    }
}

static void let_go(ddn_context *ctx, ddn_team *team)
{
    ddn_context *mine = ctx;
    atomic_compare_exchange_strong(&team->owner, &mine, NULL);
}

static void leave(ddn_context *ctx, ddni_bond *bond)
{
    ddn_team *team = team_of(bond), *whole = ddni_team_whole(team);
    if (!ctx->together.parted && (ctx->together.exchanges > 0 || ctx->together.failed != DDN_OK) &&
        !team->broken && !whole->broken && whole->owed == DDN_OK) {
        char text[DDNI_MESSAGE_BYTES];
        memcpy(text, ctx->message, sizeof text);
        tell_all(ctx, team);
        memcpy(ctx->message, text, sizeof text);
    }
    let_go(ctx, team);
    let_go(ctx, whole);
}

/* ---- Public ---- */

static ddn_status create(ddn_context *ctx, int64_t rank, int64_t size, ddn_team **out)
{
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
    *out = team;
    return DDN_OK;
fail:
    ddn_team_destroy(team);
    return status;
}

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
    DDNI_TRY(create(ctx, rank, size, out));
    (*out)->allgather = allgather;
    (*out)->alltoall = alltoall;
    (*out)->user = user;
    (*out)->release = release;
    return DDN_OK;
}

static ddn_status create_group(ddn_context *ctx, ddn_team *whole, int64_t size, ddn_team **out)
{
    DDNI_CHECK(ctx, whole->whole == NULL, DDN_E_UNSUPPORTED,
               "argument whole is itself a group of a team: groups have no groups");
    DDNI_CHECK_INT(ctx, size, 1, whole->size);
    DDNI_CHECK(ctx, whole->size % size == 0, DDN_E_RANGE,
               "argument size = %lld does not divide the %lld ranks of the whole", (long long)size,
               (long long)whole->size);
    DDNI_TRY(create(ctx, whole->rank % size, size, out));
    (*out)->bond.outer = &whole->bond;
    ddni_retain(whole);
    (*out)->whole = whole;
    return DDN_OK;
}

ddn_status ddn_team_create_group(ddn_context *ctx, ddn_team *whole, int64_t size,
                                 ddn_team_allgather_fn allgather, ddn_team_alltoall_fn alltoall,
                                 void *user, ddn_release_fn release, ddn_team **out)
{
    DDNI_ENTER(ctx);
    DDNI_CLEAR(out);
    DDNI_CHECK_PTR(ctx, whole); /* first: the other ranks are told of what follows */
    DDNI_CHECK_PTR(ctx, out);
    DDNI_CHECK(ctx, allgather != NULL, DDN_E_NULL, "argument allgather is NULL");
    DDNI_CHECK(ctx, alltoall != NULL, DDN_E_NULL, "argument alltoall is NULL");
    ddn_team *group = NULL;
    ddn_status status = create_group(ctx, whole, size, &group);
    status = ddni_team_agree(ctx, whole, status, (uint64_t)size, NULL);
    if (status != DDN_OK || group == NULL) {
        ddn_team_destroy(group);
        return status;
    }
    group->allgather = allgather;
    group->alltoall = alltoall;
    group->user = user;
    group->release = release;
    *out = group;
    return DDN_OK;
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

const ddn_team *ddn_team_whole(const ddn_team *team)
{
    return DDNI_IS(team) ? team->whole : NULL;
}

ddn_status ddn_team_agree(ddn_context *ctx, ddn_team *team, ddn_status mine)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, team);
    if (strcmp(ddn_status_name(mine), "unknown status") == 0) {
        mine = ddni_fail(ctx, DDN_E_RANGE, "argument mine = %d is no status", (int)mine);
    }
    ddn_status status = ddni_team_agree(ctx, ddni_team_whole(team), mine, 0, NULL);
    ctx->together.parted = 1; /* nothing is left to tell */
    return status;
}
