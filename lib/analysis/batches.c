/* Batches of samples: taken from the journal or evaluated, by one process or by the ranks of a
 * team, then absorbed in their order. */
#include "analysis/batches.h"

#include <string.h>

#include "analysis/analysis_impl.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "dataset/dataset_impl.h"
#include "oracle/oracle_impl.h"
#include "schedule/schedule_impl.h"
#include "team/team_impl.h"

/* ---- Which measurement it is ---- */

static ddn_status digest_of_set(ddn_context *ctx, const ddn_dataset *ds, uint64_t *digest)
{
    *digest = 0;
    return ds == NULL ? DDN_OK : ddni_dataset_digest(ctx, ds, digest);
}

static ddn_status digest_of_objects(const ddn_analysis *an, const ddni_measured *what,
                                    uint64_t *digest)
{
    const ddn_schedule *sch = ddn_oracle_schedule(what->oracle);
    uint64_t oracle, end = 0, points, data[2];
    DDNI_TRY(ddni_oracle_digest(an->ctx, what->oracle, &oracle));
    if (what->end != NULL) {
        DDNI_TRY(ddni_oracle_digest(an->ctx, what->end, &end));
    }
    DDNI_TRY(digest_of_set(an->ctx, an->points, &points));
    DDNI_TRY(digest_of_set(an->ctx, what->data[0], &data[0]));
    DDNI_TRY(digest_of_set(an->ctx, what->data[1], &data[1]));
    *digest = DDNI_DIGEST_WORDS(ddni_digest_text(ddni_schedule_text(sch)), oracle, end, points,
                                data[0], data[1], (uint64_t)ddni_has_classifier(&an->classifier));
    return DDN_OK;
}

/* Levels in single precision: exp and log may round differently elsewhere. */
static ddn_status digest_of_times(const ddn_analysis *an, const ddni_measured *what,
                                  uint64_t *digest)
{
    *digest = 0;
    for (int64_t k = 0; k < what->count; k++) {
        ddni_level level;
        DDNI_TRY(ddni_schedule_level(an->ctx, ddn_oracle_schedule(what->oracle), what->times[k],
                                     &level));
        *digest = DDNI_DIGEST_WORDS(*digest, ddni_bits(level.t), ddni_bits((double)(float)level.a),
                                    ddni_bits((double)(float)level.s));
    }
    return DDN_OK;
}

static ddn_status key_of(const ddn_analysis *an, const ddni_batches *b, uint64_t *key)
{
    uint64_t objects, times, settings = 0;
    DDNI_TRY(digest_of_objects(an, &b->what, &objects));
    DDNI_TRY(digest_of_times(an, &b->what, &times));
    for (int32_t i = 0; i < an->options.count; i++) {
        uint64_t value;
        memcpy(&value, &an->values[i], sizeof value);
        settings = DDNI_DIGEST_WORDS(settings, (uint64_t)an->options.table[i].key, value);
    }
    *key = DDNI_DIGEST_WORDS(ddni_digest_text(b->what.kind), objects, times, settings, b->what.more,
                             (uint64_t)b->batch, (uint64_t)b->size);
    return DDN_OK;
}

/* ---- Before and after ---- */

static int64_t ranks_of(const ddni_batches *b)
{
    return b->team == NULL ? 1 : b->team->size;
}

/* Batches of a round. */
static int64_t round_of(const ddni_batches *b)
{
    return ranks_of(b) / b->together;
}

/* Key, room for records, notes: what a rank does by itself, or its group. */
static ddn_status prepare_alone(const ddn_analysis *an, ddni_batches *b)
{
    ddni_journal *journal = (ddni_journal *)(uintptr_t)&an->journal;
    const int64_t apart = b->team == NULL ? 0 : round_of(b) * b->batch;
    if (b->team != NULL || journal->keep != DDN_KEEP_NOTHING) {
        DDNI_TRY(key_of(an, b, &b->digest));
    }
    DDNI_TRY(ddni_alloc_for(b->ctx, "records of samples", apart + b->batch, b->size, &b->all));
    DDNI_TRY(ddni_alloc_for(b->ctx, "ranks", ranks_of(b) + 1, sizeof *b->begin, &b->begin));
    b->own = b->all + apart * b->size;
    return journal->keep == DDN_KEEP_NOTHING
               ? DDN_OK
               : ddni_journal_open(b->ctx, journal, b->digest, &b->notes);
}

/* The ranks that evaluate together are those of an oracle over a team, which has to be that of the
 * analysis, or a group of it. */
static ddn_status find_group(ddni_batches *b)
{
    const ddn_team *of = ddni_team_of(b->what.oracle), *end = NULL;
    if (b->what.end != NULL) {
        end = ddni_team_of(b->what.end);
    }
    b->together = of != NULL ? of->size : end != NULL ? end->size : 1;
    DDNI_CHECK(
        b->ctx,
        (of == NULL || ddni_team_whole(of) == b->team) &&
            (end == NULL || ddni_team_whole(end) == b->team) &&
            (of == NULL || end == NULL || of == end),
        DDN_E_UNSUPPORTED,
        "the oracle is spread over another team than the one that shares the samples: groups "
        "of its ranks can have the data together (ddn_team_create_group)");
    return DDN_OK;
}

/* All ranks measure the same, from the same notes: as many as all have. */
static ddn_status agree_on_notes(ddni_batches *b, ddn_status status)
{
    const double noted[DDNI_TEAM_NUMBERS] = {b->notes == NULL ? 0 : (double)b->notes->bytes};
    double least = noted[0];
    DDNI_TRY(ddni_team_agree(b->ctx, b->team, status, b->digest, noted));
    for (int64_t r = 0; r < b->team->size; r++) {
        least = fmin(least, b->team->headers[r].number[0]);
    }
    const unsigned char *records = NULL; /* none where a rank keeps none */
    if (b->notes != NULL) {
        b->notes->bytes = (int64_t)least;
        records = b->notes->records;
    }
    b->digest = DDNI_DIGEST_WORDS(b->digest, ddni_digest(records, (int64_t)least));
    return DDN_OK;
}

ddn_status ddni_batches_open(const ddn_analysis *an, ddni_batches *b)
{
    b->ctx = an->ctx;
    b->team = ddni_team_whole(an->team);
    b->together = 1;
    if (b->team == NULL) {
        return prepare_alone(an, b);
    }
    DDNI_TRY(find_group(b));
    return agree_on_notes(b, prepare_alone(an, b));
}

void ddni_batches_close(ddni_batches *b)
{
    if (b->ctx != NULL) {
        ddni_notes_close(b->notes);
        ddni_free(ddni_context_allocator(b->ctx), b->all);
        ddni_free(ddni_context_allocator(b->ctx), b->begin);
    }
}

/* ---- The loop ---- */

static int64_t batch_at(const ddni_batches *b, int64_t at, int64_t total)
{
    return total - at < b->batch ? total - at : b->batch;
}

ddn_status ddni_batches_part(const ddni_batches *b, double from, double to)
{
    const double length = b->to - b->from;
    return ddni_stage_part(b->ctx, b->from + from * length, b->from + to * length);
}

/* Absorbs what the notes have of the samples; returns where they end. Notes that do not fit are
 * none. */
static int64_t replay(ddni_batches *b, int64_t first, int64_t total)
{
    int64_t at = first;
    while (b->notes != NULL && b->taken < b->notes->bytes && at < total) {
        const int64_t m = batch_at(b, at, total), bytes = m * b->size;
        if (bytes > b->notes->bytes - b->taken) {
            b->notes->bytes = b->taken;
            return at;
        }
        memcpy(b->own, b->notes->records + b->taken, (size_t)bytes); /* they may move, aligned */
        b->taken += bytes;
        b->absorb(b->user, at, m, b->own);
        at += m;
    }
    return at;
}

/* Who gives what of the samples at .. end - 1 to all: each group has the records of its batch on
 * all its ranks, which give a share each. */
static void share_out(ddni_batches *b, int64_t count)
{
    for (int64_t r = 0; r < ranks_of(b); r++) {
        const int64_t group = r / b->together;
        const int64_t first = group * b->batch < count ? group * b->batch : count;
        const int64_t m = b->batch < count - first ? b->batch : count - first;
        b->begin[r] = first + ddni_team_share(m, b->together, r % b->together);
    }
    b->begin[ranks_of(b)] = count;
}

/* This rank's batch of a round: samples first .. first + m - 1 of the whole. */
static ddn_status evaluate_own(ddni_batches *b, int64_t first, int64_t m)
{
    memset(b->own, 0, (size_t)(m * b->size));
    if (b->team == NULL) {
        return b->evaluate(b->user, first, m, b->own);
    }
    if (m == 0) {
        return DDN_OK;
    }
    return b->together > 1 ? b->evaluate(b->user, first, m, b->own)
                           : DDNI_TEAM_ALONE(b->ctx, b->evaluate(b->user, first, m, b->own));
}

/* One batch of each rank or group, samples at .. end - 1: all have all records. */
static ddn_status evaluate_round(ddni_batches *b, int64_t at, int64_t end)
{
    const int64_t rank = b->team == NULL ? 0 : b->team->rank;
    share_out(b, end - at);
    const int64_t lead = rank - rank % b->together, first = b->begin[lead];
    const ddn_status status = evaluate_own(b, at + first, b->begin[lead + b->together] - first);
    if (b->team == NULL) {
        return status;
    }
    return ddni_team_collect(b->ctx, b->team, status,
                             DDNI_DIGEST_WORDS(b->digest, (uint64_t)at, (uint64_t)end), b->begin,
                             b->size, b->own + (b->begin[rank] - first) * b->size, b->all);
}

ddn_status ddni_batches_run(ddni_batches *b, int64_t first, int64_t total, double from, double to)
{
    const double share = (to - from) / (double)(total - first);
    int64_t at = replay(b, first, total), end;
    for (; at < total; at = end) {
        end = at + round_of(b) * b->batch;
        end = end < total ? end : total;
        b->from = from + (double)(at - first) * share;
        b->to = from + (double)(end - first) * share;
        DDNI_TRY(ddni_batches_part(b, 0, 1));
        DDNI_TRY(evaluate_round(b, at, end));
        if (b->notes != NULL) {
            DDNI_TRY(ddni_notes_add(b->ctx, b->notes, b->all, (end - at) * b->size));
            b->taken = b->notes->bytes;
        }
        for (int64_t of = at; of < end; of += b->batch) {
            b->absorb(b->user, of, batch_at(b, of, end), b->all + (of - at) * b->size);
        }
    }
    return DDN_OK;
}
