/* A discrete label followed along paths: history, last change, number of changes. */
#ifndef DDNI_OBSERVER_TRACK_H
#define DDNI_OBSERVER_TRACK_H

#include "observer/observer_impl.h"

/* Member of observers that follow a label of each row (theory.md (34)). */
typedef struct ddni_track {
    int64_t *history;    /* [count][m] */
    int64_t *changes;    /* [m] */
    double *last_change; /* [m] */
} ddni_track;

ddn_status ddni_track_begin(const ddn_observer *ob, ddni_track *track);
/* Row k of the history has been filled: looks for changes since row k - 1. */
void ddni_track_see(const ddn_observer *ob, ddni_track *track, int64_t k);
ddni_record ddni_track_find(const ddn_observer *ob, const ddni_track *track, ddn_record what);
int64_t ddni_track_arrays(ddn_observer *ob, ddni_track *track, ddni_kept *list);
void ddni_track_free(const ddn_observer *ob, ddni_track *track);

#endif
