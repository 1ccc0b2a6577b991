/* A command that several processes run together: each makes the same calls, rank 0 alone writes and
 * prints, and all end together, with one status and one line of error. See driver.h.
 *
 * The end is the hard part. A rank that fails by itself (its file is missing, the disk is full)
 * must tell those that wait for it in an exchange of the library. It enters their next exchange
 * with an error, and again until all ranks are at their end; a note of who is there goes before the
 * bytes of each short exchange, of which the library makes one before any other. */
#include "driver.h"

#include <stdlib.h>
#include <string.h>

enum {
    NOTED = 1024, /* bytes of an exchange that has notes, at most */
    LINES = 8192, /* bytes of a rank's lines that are compared */
    IDLE = 8      /* calls without an exchange after which there will be none */
};

typedef struct note {
    int64_t at_end; /* this rank is in drv_team_end */
    uint64_t lines; /* digest of what it compares */
} note;

typedef struct last_word {
    int32_t reason, status;
    char line[DRV_LINE];
} last_word;

static struct {
    drv_world world; /* size 0: there are no ranks */
    ddn_team *team;  /* of all */
    ddn_team *group; /* that has the data together; NULL: all of them, if they do */
    int64_t shards;  /* its ranks */
    note note;
    char *give, *take;                       /* of exchanges with notes */
    int64_t exchanges;                       /* of those */
    int all_at_end, others_at_end, is_other; /* in the last of them; is_other: lines differ */
    int parted;
} own;

/* What the ranks have noted in an exchange, `first` .. of all. The end is that of all: each
 * agreement of a group is followed by one of theirs. */
static void read_notes(int64_t first, int64_t count, int64_t bytes, char *take)
{
    const int64_t whole = (int64_t)sizeof(note) + bytes;
    uint64_t lines = 0;
    own.exchanges++;
    own.all_at_end = count == own.world.size;
    own.others_at_end = own.is_other = 0;
    for (int64_t r = 0; r < count; r++) {
        note n;
        memcpy(&n, own.take + r * whole, sizeof n);
        memcpy(take + r * bytes, own.take + r * whole + sizeof n, (size_t)bytes);
        lines = r == 0 ? n.lines : lines;
        own.is_other |= n.lines != lines;
        own.all_at_end &= n.at_end == 1;
        own.others_at_end |= first + r != own.world.rank && n.at_end == 1;
    }
}

static int32_t allgather(void *user, int64_t bytes, const void *give, void *take)
{
    if (bytes > NOTED) {
        return own.world.allgather(user, bytes, give, take);
    }
    memcpy(own.give, &own.note, sizeof own.note);
    memcpy(own.give + sizeof own.note, give, (size_t)bytes);
    const int32_t status =
        own.world.allgather(user, (int64_t)sizeof own.note + bytes, own.give, own.take);
    if (status == DDN_OK && user == own.world.user) {
        read_notes(0, own.world.size, bytes, take);
    } else if (status == DDN_OK) {
        read_notes(own.world.rank - own.world.rank % own.shards, own.shards, bytes, take);
    }
    return status;
}

/* No object is left, and no rank waits. */
static void leave_world(void)
{
    if (own.parted) {
        own.world.leave();
    } else {
        own.world.give_up(2);
    }
}

void drv_join(const drv_world *world)
{
    own.world = *world;
    atexit(leave_world);
    drv_context();
    own.give = drv_alloc(1, NOTED + (int64_t)sizeof(note));
    own.take = drv_alloc(world->size, NOTED + (int64_t)sizeof(note));
    if (!drv_is_first() && freopen("/dev/null", "w", stdout) == NULL) {
        drv_die("cannot open /dev/null");
    }
    drv_try(ddn_team_create(drv.ctx, world->rank, world->size, allgather, world->alltoall,
                            world->user, NULL, &own.team));
    drv_keep(own.team);
}

int drv_is_first(void)
{
    return own.world.rank == 0;
}

void drv_team_groups(void)
{
    if (own.team == NULL || drv.split != DRV_SPLIT_DATA || drv.shards == own.world.size) {
        return;
    }
    drv_try(ddn_team_agree(drv.ctx, own.team, DDN_OK)); /* all are here */
    void *user = own.world.group(drv.shards);
    ddn_team *group = NULL;
    own.shards = drv.shards;
    drv_try(ddn_team_create_group(drv.ctx, own.team, drv.shards, user != NULL ? allgather : NULL,
                                  own.world.alltoall, user, NULL, &group));
    drv_keep(group);
    own.group = group; /* on all ranks, or none: they end by it */
}

ddn_team *drv_team_for(drv_split split)
{
    if (own.group != NULL) {
        return own.group;
    }
    return own.team != NULL && drv.split == (int)split ? own.team : NULL;
}

int64_t drv_ranks(void)
{
    return own.world.size;
}

int64_t drv_threads_here(int64_t processors)
{
    const int64_t share = own.world.size > 0 ? own.world.processors : processors;
    return share < 1 ? 1 : share > DRV_MOST_THREADS ? DRV_MOST_THREADS : share;
}

/* ---- The end ----------------------------------------------------------------------------- */

/* The others cannot be reached. */
static _Noreturn void give_up(const char *line, int status)
{
    fprintf(stderr, "%s: %s\n", drv.program, drv_shown(line));
    own.world.give_up(status);
    abort();
}

/* The gravest reason counts, of the lowest rank that has it. */
static int choose(const last_word *words, char line[DRV_LINE])
{
    int64_t best = 0;
    for (int64_t r = 1; r < own.world.size; r++) {
        best = words[r].reason > words[best].reason ? r : best;
    }
    line[0] = 0;
    if (best > 0 && words[best].reason == DRV_FAILED) {
        drv_append(line, DRV_LINE, "rank %lld of %lld: ", (long long)best,
                   (long long)own.world.size);
    }
    drv_append(line, DRV_LINE, "%s", words[best].line);
    return words[best].status;
}

int drv_team_end(drv_reason reason, int status, char line[DRV_LINE])
{
    if (own.world.size == 0 || own.parted) {
        return status;
    }
    if (own.team == NULL) {
        give_up(line, status);
    }
    last_word mine = {reason == DRV_FAILED && own.others_at_end ? DRV_FOLLOWS : reason, status, ""};
    snprintf(mine.line, sizeof mine.line, "%s", line);
    own.parted = 1;
    own.note.at_end = 1;
    own.all_at_end = 0;
    for (int idle = 0; !own.all_at_end; idle++) {
        const int64_t before = own.exchanges;
        ddn_team_agree(drv.ctx, own.group != NULL ? own.group : own.team,
                       status == 0 ? DDN_OK : DDN_E_STATE);
        idle = own.exchanges > before ? 0 : idle;
        if (idle == IDLE) {
            give_up(line, status);
        }
    }
    last_word *words = calloc((size_t)own.world.size, sizeof *words);
    if (words == NULL || own.world.allgather(own.world.user, sizeof mine, &mine, words) != DDN_OK) {
        give_up(line, status);
    }
    status = choose(words, line);
    free(words);
    return status;
}

/* ---- What must be the same --------------------------------------------------------------- */

uint64_t drv_digest(const char *bytes, int64_t size)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (int64_t i = 0; i < size; i++) {
        h = (h ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    }
    return h;
}

/* The first lines that differ, without their ends. */
static void find_difference(const char **a, int *a_length, const char **b, int *b_length)
{
    const char *x = *a, *y = *b;
    while (*x != 0 && *x == *y) {
        if (*x == '\n') {
            *a = x + 1;
            *b = y + 1;
        }
        x++;
        y++;
    }
    *a_length = (int)strcspn(*a, "\n");
    *b_length = (int)strcspn(*b, "\n");
}

static _Noreturn void tell_difference(const char *lines)
{
    char *mine = drv_alloc(1, LINES), *all = drv_alloc(own.world.size, LINES);
    snprintf(mine, LINES, "%s", lines);
    if (own.world.allgather(own.world.user, LINES, mine, all) != DDN_OK) {
        give_up("the ranks cannot be reached", 2);
    }
    for (int64_t r = 1; r < own.world.size; r++) {
        const char *first = all, *other = all + r * LINES;
        int first_length = 0, other_length = 0;
        find_difference(&first, &first_length, &other, &other_length);
        if (first_length > 0 || other_length > 0) {
            drv_die("rank %lld of %lld has %.*s, rank 0 has %.*s: all ranks must run the same "
                    "command on the same data",
                    (long long)r, (long long)own.world.size, other_length, other, first_length,
                    first);
        }
    }
    drv_die("the ranks have other options: all must run the same command");
}

void drv_team_compare(const char *lines)
{
    if (own.team == NULL) {
        return;
    }
    own.note.lines = drv_digest(lines, (int64_t)strlen(lines));
    drv_try(ddn_team_agree(drv.ctx, own.team, DDN_OK));
    if (own.others_at_end) {
        drv_die("a rank ended before the others");
    }
    if (own.is_other) {
        tell_difference(lines);
    }
}
