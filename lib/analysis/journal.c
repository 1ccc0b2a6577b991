/* Records of measurements that go on later: kept, saved, restored. */
#include "analysis/journal.h"

#include <string.h>

#include <diffdyn/version.h>

#include "analysis/analysis_impl.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/saved.h"

static const ddni_saved journal_kind = {"ddnjrn1", 1, "saved journal"};

enum {
    LEAST = 4096 /* bytes of notes that have any */
};

/* ---- Notes ---- */

static void free_notes(ddn_context *ctx, ddni_notes *notes)
{
    ddni_free(ddni_context_allocator(ctx), notes->records);
    ddni_free(ddni_context_allocator(ctx), notes);
}

static ddn_status add_notes(ddn_context *ctx, ddni_journal *j, uint64_t key, ddni_notes **out)
{
    DDNI_TRY(ddni_alloc_for(ctx, "a journal", 1, sizeof **out, out));
    (*out)->key = key;
    (*out)->next = j->first;
    j->first = *out;
    return DDN_OK;
}

ddn_status ddni_journal_open(ddn_context *ctx, ddni_journal *j, uint64_t key, ddni_notes **out)
{
    ddni_notes *notes = j->first;
    while (notes != NULL && notes->key != key) {
        notes = notes->next;
    }
    *out = NULL;
    if (notes != NULL && notes->busy) {
        return DDN_OK;
    }
    if (notes == NULL) {
        DDNI_TRY(add_notes(ctx, j, key, &notes));
    }
    notes->busy = notes->touched = 1;
    *out = notes;
    return DDN_OK;
}

void ddni_notes_close(ddni_notes *notes)
{
    if (notes != NULL) {
        notes->busy = 0;
    }
}

ddn_status ddni_notes_add(ddn_context *ctx, ddni_notes *notes, const void *records, int64_t bytes)
{
    const int64_t needed = notes->bytes + bytes;
    if (needed > ddni_alloc_bytes(notes->records)) {
        const int64_t room = 2 * needed > LEAST ? 2 * needed : LEAST;
        unsigned char *more = NULL;
        DDNI_TRY(ddni_alloc_for(ctx, "a journal", room, 1, &more));
        if (notes->bytes > 0) {
            memcpy(more, notes->records, (size_t)notes->bytes);
        }
        ddni_free(ddni_context_allocator(ctx), notes->records);
        notes->records = more;
    }
    if (bytes > 0) {
        memcpy(notes->records + notes->bytes, records, (size_t)bytes);
    }
    notes->bytes = needed;
    return DDN_OK;
}

/* Frees the notes that are not busy; touched: only those that were touched. */
static void forget(ddn_context *ctx, ddni_journal *j, int32_t touched)
{
    ddni_notes **at = &j->first;
    while (*at != NULL) {
        ddni_notes *notes = *at;
        if (!notes->busy && (!touched || notes->touched)) {
            *at = notes->next;
            free_notes(ctx, notes);
        } else {
            at = &notes->next;
        }
    }
}

void ddni_journal_clear(ddn_context *ctx, ddni_journal *j)
{
    forget(ctx, j, 0);
}

void ddni_journal_end(ddn_context *ctx, ddni_journal *j, ddn_status status)
{
    int busy = 0;
    for (const ddni_notes *notes = j->first; notes != NULL; notes = notes->next) {
        busy |= notes->busy;
    }
    if (status != DDN_OK || busy) { /* or a call around this one goes on */
        return;
    }
    if (j->keep == DDN_KEEP_STOPPED) {
        forget(ctx, j, 1);
    }
    for (ddni_notes *notes = j->first; notes != NULL; notes = notes->next) {
        notes->touched = 0;
    }
}

ddn_status ddn_analysis_keep(ddn_analysis *an, ddn_keep keep)
{
    DDNI_ENTER_OBJECT(an, DDNI_ALONE);
    DDNI_CHECK(an->ctx, keep >= DDN_KEEP_NOTHING && keep <= DDN_KEEP_ALL, DDN_E_KEY,
               "argument keep = %d is not a ddn_keep", (int)keep);
    an->journal.keep = keep;
    if (keep == DDN_KEEP_NOTHING) {
        ddni_journal_clear(an->ctx, &an->journal);
    }
    return DDN_OK;
}

/* ---- Saving ---- */

static void write_journal(const ddni_journal *j, ddni_writer *w)
{
    int64_t count = 0;
    for (const ddni_notes *notes = j->first; notes != NULL; notes = notes->next) {
        count++;
    }
    ddni_write_text(w, DDN_VERSION_STRING);
    ddni_write_i64(w, count);
    for (const ddni_notes *notes = j->first; notes != NULL; notes = notes->next) {
        ddni_write_i64(w, (int64_t)notes->key);
        ddni_write_i64(w, notes->bytes);
        ddni_write(w, notes->records, notes->bytes);
    }
}

static ddn_status measure_journal(const ddn_analysis *an, int64_t *size)
{
    ddni_writer w = {NULL, 0};
    DDNI_CHECK(an->ctx, an->journal.keep != DDN_KEEP_NOTHING, DDN_E_STATE,
               "the analysis keeps nothing: call ddn_analysis_keep before the measurement");
    write_journal(&an->journal, &w);
    *size = DDNI_SAVED_HEAD + w.bytes;
    return DDN_OK;
}

ddn_status ddn_analysis_save_size(const ddn_analysis *an, int64_t *size)
{
    DDNI_ENTER_OBJECT(an, DDNI_READ);
    DDNI_CHECK_PTR(an->ctx, size);
    return measure_journal(an, size);
}

ddn_status ddn_analysis_save(const ddn_analysis *an, int64_t capacity, void *buffer)
{
    DDNI_ENTER_OBJECT(an, DDNI_READ);
    int64_t size = 0;
    DDNI_TRY(measure_journal(an, &size));
    DDNI_CHECK_CAPACITY(an->ctx, capacity, size);
    DDNI_CHECK_PTR(an->ctx, buffer);
    ddni_writer w = {(unsigned char *)buffer + DDNI_SAVED_HEAD, 0};
    write_journal(&an->journal, &w);
    ddni_saved_head(&journal_kind, size, buffer);
    return DDN_OK;
}

/* ---- Restoring ---- */

static ddn_status read_journal(ddn_context *ctx, ddni_reader *r, ddni_journal *j)
{
    char version[DDNI_TEXT_BYTES];
    ddni_read_text(r, version);
    const int64_t count = ddni_read_i64(r);
    DDNI_CHECK(ctx, r->bad || strcmp(version, DDN_VERSION_STRING) == 0, DDN_E_MISMATCH,
               "the saved journal is of version %s of the library, this is %s: start anew", version,
               DDN_VERSION_STRING);
    for (int64_t i = 0; !r->bad && i < count; i++) {
        const uint64_t key = (uint64_t)ddni_read_i64(r);
        const int64_t bytes = ddni_read_i64(r);
        const unsigned char *records = ddni_read(r, bytes, 1);
        ddni_notes *notes = NULL;
        if (records != NULL) {
            DDNI_TRY(add_notes(ctx, j, key, &notes));
            DDNI_TRY(ddni_notes_add(ctx, notes, records, bytes));
        }
    }
    DDNI_CHECK(ctx, !r->bad && count >= 0 && r->left == 0, DDN_E_FORMAT,
               "the saved journal is damaged: its parts do not fit together");
    return DDN_OK;
}

ddn_status ddn_analysis_restore(ddn_analysis *an, int64_t size, const void *buffer)
{
    DDNI_ENTER_OBJECT(an, DDNI_ALONE);
    DDNI_CHECK_PTR(an->ctx, buffer);
    DDNI_TRY(ddni_saved_check(an->ctx, &journal_kind, size, buffer));
    ddni_reader r = {(const unsigned char *)buffer + DDNI_SAVED_HEAD, size - DDNI_SAVED_HEAD, 0};
    ddni_journal journal = {.keep = an->journal.keep};
    if (journal.keep == DDN_KEEP_NOTHING) {
        journal.keep = DDN_KEEP_STOPPED;
    }
    ddn_status status = read_journal(an->ctx, &r, &journal);
    if (status == DDN_OK) {
        const ddni_journal old = an->journal;
        an->journal = journal;
        journal = old;
    }
    ddni_journal_clear(an->ctx, &journal);
    return status;
}
