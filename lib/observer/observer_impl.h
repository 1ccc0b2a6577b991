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

/* The operations of a kind. Grid time number k of the record is row k of everything kept. */
typedef struct ddni_observer_ops {
    int64_t wanted; /* outputs it looks at, as bits (1 << what) */
    /* Checks the oracle and learns from it; NULL where there is nothing to learn. */
    ddn_status (*meet)(ddn_observer *ob, const ddn_oracle *oracle);
    /* Makes room for ob->count times of ob->m states in ob->d dimensions; may keep old memory. */
    ddn_status (*begin)(ddn_observer *ob);
    ddn_status (*see)(ddn_observer *ob, const ddn_step *step, int64_t k);
    /* Records of the kind; DDN_RECORD_TIMES only if they are not simply the times seen. */
    ddni_record (*find)(const ddn_observer *ob, ddn_record what);
    void (*destroy)(ddn_observer *ob); /* members of the kind only */
} ddni_observer_ops;

/* Kinds embed this as their first member. */
struct ddn_observer {
    ddni_handle handle;
    const ddni_observer_ops *ops;
    ddn_context *ctx;   /* retained */
    ddn_integrator *it; /* that it is attached to, not retained; or NULL */
    int64_t first;      /* step index of the first time of the record */
    int64_t count;      /* times that the record has room for */
    int64_t seen;       /* times seen */
    int64_t m, d;
    double *times; /* [count] */
};

/* Allocates an observer of `size` bytes with the common members set. */
ddn_status ddni_observer_create(ddn_context *ctx, int64_t size, const ddni_observer_ops *ops,
                                void *out);

#endif
