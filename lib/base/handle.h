/* The first member of every object: its kind, reference count and allocator. */
#ifndef DDNI_BASE_HANDLE_H
#define DDNI_BASE_HANDLE_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/alloc.h"

/* Kinds of objects, also of views (options, steps) that live inside others. The numbers are not
 * public. Those of a public type are in DDNI_KIND_OF. */
typedef enum ddni_kind {
    DDNI_NO_KIND, /* no handle: plain memory */
    DDNI_CONTEXT,
    DDNI_TEAM,
    DDNI_OPTIONS,
    DDNI_STORAGE,
    DDNI_LABELS,
    DDNI_WEIGHTS,
    DDNI_DATASET,
    DDNI_SPAN,
    DDNI_SCHEDULE,
    DDNI_ORACLE,
    DDNI_MODEL,
    DDNI_MODEL_HOST,
    DDNI_QUERY,
    DDNI_INTEGRATOR,
    DDNI_STEP,
    DDNI_OBSERVER,
    DDNI_RESULT,
    DDNI_ANALYSIS,
    DDNI_SYMMETRY,
    DDNI_DIAGRAM,
    DDNI_FEATURES,
    DDNI_FRECHET,
    DDNI_SYSTEM,
    DDNI_KINDS
} ddni_kind;

/* The kind that the static type of a pointer promises. */
#if defined(__cppcheck__) /* which cannot read _Generic */
#define DDNI_KIND_OF(pointer) DDNI_NO_KIND
#else
#define DDNI_KIND_ROW(type, kind) const struct type * : kind, struct type * : kind
#define DDNI_KIND_OF(pointer)                                                                      \
    _Generic((pointer), DDNI_KIND_ROW(ddn_context, DDNI_CONTEXT),                                  \
             DDNI_KIND_ROW(ddn_team, DDNI_TEAM), DDNI_KIND_ROW(ddn_options, DDNI_OPTIONS),         \
             DDNI_KIND_ROW(ddn_dataset, DDNI_DATASET), DDNI_KIND_ROW(ddn_span, DDNI_SPAN),         \
             DDNI_KIND_ROW(ddn_schedule, DDNI_SCHEDULE), DDNI_KIND_ROW(ddn_oracle, DDNI_ORACLE),   \
             DDNI_KIND_ROW(ddn_model, DDNI_MODEL), DDNI_KIND_ROW(ddn_query, DDNI_QUERY),           \
             DDNI_KIND_ROW(ddn_integrator, DDNI_INTEGRATOR), DDNI_KIND_ROW(ddn_step, DDNI_STEP),   \
             DDNI_KIND_ROW(ddn_observer, DDNI_OBSERVER), DDNI_KIND_ROW(ddn_result, DDNI_RESULT),   \
             DDNI_KIND_ROW(ddn_analysis, DDNI_ANALYSIS),                                           \
             DDNI_KIND_ROW(ddn_symmetry, DDNI_SYMMETRY), DDNI_KIND_ROW(ddn_diagram, DDNI_DIAGRAM), \
             DDNI_KIND_ROW(ddn_features, DDNI_FEATURES), DDNI_KIND_ROW(ddn_frechet, DDNI_FRECHET), \
             DDNI_KIND_ROW(ddn_system, DDNI_SYSTEM), default                                       \
             : DDNI_NO_KIND)
#endif

/* "dataset", ... */
const char *ddni_kind_name(ddni_kind kind);

/* Marks live memory as an object of a kind; it is the first thing in the object. */
typedef struct ddni_tag {
    uint64_t bits;
} ddni_tag;
ddni_tag ddni_tag_of(ddni_kind kind);
/* 1 if pointer leads to a live object of the kind (or is any memory, for DDNI_NO_KIND). */
int32_t ddni_is_kind(const void *pointer, ddni_kind kind);
/* 1 for a live object of the kind that its type promises, 0 for NULL, others and dead ones. */
#define DDNI_IS(pointer) ((pointer) != NULL && ddni_is_kind((pointer), DDNI_KIND_OF(pointer)))

/* What ties the calls of a process to those of others; lib/team. A call that is given an object
 * with a bond is made by all of them together: no look ends it alone, and at its end `leave` is
 * told. */
typedef struct ddni_bond {
    void (*leave)(ddn_context *ctx, struct ddni_bond *bond);
    struct ddni_bond *outer; /* of more processes, these among them, who are told, too; or NULL */
} ddni_bond;

typedef struct ddni_handle {
    ddni_tag tag;
    ddni_allocator allocator;
    _Atomic int64_t references;
    _Atomic int32_t users; /* calls that use it at present, or DDNI_USED_ALONE */
    void (*finish)(void *object);
    /* Of an object that others have a part of, or NULL; the object keeps it alive. */
    ddni_bond *bond;
} ddni_handle;

enum {
    DDNI_USED_ALONE = -1
};

/* Allocates a zeroed object of `size` bytes whose first member is a ddni_handle, with one
 * reference; *out is NULL on failure. finish releases the members, whatever has been set of them,
 * when the last reference goes, or is NULL. */
ddn_status ddni_handle_create(ddn_context *ctx, ddni_kind kind, int64_t size,
                              void (*finish)(void *object), void *out);

/* The handle of a block that was allocated otherwise. */
void ddni_handle_init(ddni_handle *h, ddni_kind kind, const ddni_allocator *al,
                      void (*finish)(void *object));

/* Adds a reference; handle may not be NULL. Objects are retained through const pointers too. */
void ddni_retain(const void *object);

/* Drops a reference; with the last one the object is finished, poisoned and freed. What is not a
 * live object of the kind is left alone: NULL, a stranger, one that is gone. */
void ddni_drop(void *object, ddni_kind kind);
/* The same for an object that is known to be alive. */
void ddni_let_go(ddni_handle *h);

/* What the public functions _retain do. */
ddn_status ddni_handle_retain(const void *object, ddni_kind kind);

#endif
