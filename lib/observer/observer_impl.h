/* What a kind of observer implements. */
#ifndef DDNI_OBSERVER_OBSERVER_IMPL_H
#define DDNI_OBSERVER_OBSERVER_IMPL_H

#include <diffdyn/observer.h>

#include "base/handle.h"

/* A record: data[count] of the type, or DDNI_RECORD_NONE where the observer does not have it. */
enum {
    DDNI_RECORD_NONE = 0,
    DDNI_RECORD_F64 = 1,
    DDNI_RECORD_I64 = 2
};
typedef struct ddni_record {
    int32_t type;
    const void *data; /* may be NULL when count is 0 */
    int64_t count;
} ddni_record;

/* An array of a record, of numbers of eight bytes: rows filled, room made by begin, width of a row.
 */
typedef struct ddni_kept {
    void *at; /* address of the pointer to it */
    int64_t rows, room, width;
} ddni_kept;

enum {
    DDNI_KEPT_ARRAYS = 8 /* arrays of a kind, at most */
};

/* A record that is ready to take the place of the present one. */
typedef struct ddni_loaded {
    int64_t first, count, seen, m, d;
    double *times;
    int64_t arrays;
    void *array[DDNI_KEPT_ARRAYS];
} ddni_loaded;

/* The operations of a kind. Grid time number k of the record is row k of everything kept. */
typedef struct ddni_observer_ops {
    const char *kind;
    int64_t wanted;     /* outputs it looks at, as bits (1 << what) */
    ddn_output of_data; /* the one of them, if it is one, that the exact oracle of the data may tell
                           where that of the run cannot; or 0 */
    /* Checks the oracle and learns from it; NULL where there is nothing to learn. */
    ddn_status (*meet)(ddn_observer *ob, const ddn_oracle *oracle);
    /* Makes room for ob->count times of ob->m states in ob->d dimensions; may keep old memory. */
    ddn_status (*begin)(ddn_observer *ob);
    ddn_status (*see)(ddn_observer *ob, const ddn_step *step, int64_t k);
    /* Records of the kind; DDN_RECORD_TIMES only if they are not simply the times seen. */
    ddni_record (*find)(const ddn_observer *ob, ddn_record what);
    /* All that begin and see write: list[DDNI_KEPT_ARRAYS], returns how many; rows are 0 where
     * nothing has been seen. */
    int64_t (*arrays)(ddn_observer *ob, ddni_kept *list);
    /* Tells it from others of its kind; NULL where all are alike. */
    uint64_t (*digest)(const ddn_observer *ob);
    void (*destroy)(ddn_observer *ob); /* members of the kind only */
} ddni_observer_ops;

/* The exact oracle of the data of one that has no posterior, and what it says of the states. */
typedef struct ddni_told {
    ddn_oracle *oracle; /* NULL: the run tells */
    ddn_query *query;
    double *f64;
    int64_t *i64;
    int64_t width;
} ddni_told;

/* Kinds embed this as their first member. */
struct ddn_observer {
    ddni_handle handle;
    const ddni_observer_ops *ops;
    ddn_context *ctx;   /* retained */
    ddn_integrator *it; /* that it is attached to, not retained; or NULL */
    ddni_told told;
    int64_t first; /* step index of the first time of the record */
    int64_t count; /* times that the record has room for */
    int64_t seen;  /* times seen */
    int64_t m, d;
    double *times;       /* [count] */
    ddni_loaded *loaded; /* by a restore that has not succeeded yet, or NULL */
};

/* An output that was wanted, of the step or of the data: ddn_step_f64 and _i64. */
const double *ddni_observed_f64(const ddn_observer *ob, const ddn_step *step, ddn_output what,
                                int64_t *ld);
const int64_t *ddni_observed_i64(const ddn_observer *ob, const ddn_step *step, ddn_output what);

/* Allocates an observer of `size` bytes with the common members set. */
ddn_status ddni_observer_create(ddn_context *ctx, int64_t size, const ddni_observer_ops *ops,
                                void *out);

#endif
