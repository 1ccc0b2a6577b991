/* What is kept of measurements that were stopped: the records of their finished batches, in their
 * order, one list for each measurement. Saved, it is
 *
 *     head       base/saved.h, "ddnjrn1"
 *     library    version, a text: records mean what they mean to that version
 *     count, then of each measurement its key (digest), bytes, records */
#ifndef DDNI_ANALYSIS_JOURNAL_H
#define DDNI_ANALYSIS_JOURNAL_H

#include <diffdyn/analysis.h>

#include "base/alloc.h"

/* Of one measurement. */
typedef struct ddni_notes {
    struct ddni_notes *next;
    uint64_t key;
    int32_t busy;    /* a call adds to it; one inside a callback of that call does without */
    int32_t touched; /* by a call since the last one that ended well */
    int64_t bytes;
    unsigned char *records;
} ddni_notes;

typedef struct ddni_journal {
    ddn_keep keep;
    ddni_notes *first;
} ddni_journal;

/* The notes of that key, which may be empty; NULL where they are busy. */
ddn_status ddni_journal_open(ddn_context *ctx, ddni_journal *j, uint64_t key, ddni_notes **out);
ddn_status ddni_notes_add(ddn_context *ctx, ddni_notes *notes, const void *records, int64_t bytes);
void ddni_notes_close(ddni_notes *notes);

/* A call of the analysis has ended: forgets its notes where they are not to be kept. */
void ddni_journal_end(ddn_context *ctx, ddni_journal *j, ddn_status status);
void ddni_journal_clear(ddn_context *ctx, ddni_journal *j);

#endif
