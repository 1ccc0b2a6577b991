/* What generated calls (gen_hostile.py, gen_pairs.py) run on: one small object of each kind. */
#ifndef TEST_ROBUST_HOSTILE_H
#define TEST_ROBUST_HOSTILE_H

#include "support/fixtures.h"

enum {
    HOSTILE_BUFFERS = 16, /* one per parameter of a call */
    HOSTILE_NUMBERS = 4096,
    HOSTILE_BAD = 16 /* arrays with hostile numbers in the first place, or in all */
};

/* Memory of the host. It refuses large blocks at once, and may free nothing before the end, so that
 * destroyed objects can be looked at. */
typedef struct memory {
    int32_t keep;
    void **blocks;
    int64_t count, capacity;
    int64_t held;  /* blocks that the library has not given back */
    int64_t asked; /* allocations since it was set to 0, of which */
    int64_t fail;  /* the one with this number is refused; 0: none */
} memory;

typedef struct fixture fixture;
struct fixture {
    ddn_context *context;
    ddn_team *team; /* of one */
    ddn_dataset *dataset;
    ddn_span *span;
    ddn_schedule *schedule;
    ddn_oracle *oracle;
    ddn_oracle *parts[2]; /* the oracle twice */
    ddn_model *model;
    ddn_query *query;
    ddn_integrator *integrator;
    ddn_observer *observer;
    ddn_analysis *analysis;
    ddn_result *result;
    ddn_symmetry *symmetry;
    ddn_diagram *diagram;
    ddn_system *system;
    ddn_features *features;
    ddn_frechet *frechet;
    ddn_options *options; /* of the integrator */
    const ddn_step *step; /* of a run on another context, which is going on */
    /* What fixture_...() below makes when it is asked for. */
    ddn_integrator *stopped;
    ddn_analysis *keeping;
    ddn_result *open, *report, *late, *halves[2];
    ddn_system *flow;
    ddn_dataset *many;
    ddn_schedule *indices;
    memory memory;
    char file[1024], label_file[1024]; /* of 128 points */
    const char *paths[1];              /* that of file */
    char written[64], result_file[64]; /* where results may be written; one that was */
    double saved[HOSTILE_NUMBERS];     /* the stopped run, */
    int64_t saved_size;                /* in that many bytes */
    double journal[HOSTILE_NUMBERS];   /* of the analysis that keeps one, */
    int64_t journal_size;              /* in that many bytes */
    /* Numbers > 0; the matrix; 1/2. */
    double falling[HOSTILE_NUMBERS], unit[HOSTILE_NUMBERS], shares[HOSTILE_NUMBERS];
    double bad_numbers[HOSTILE_BAD][HOSTILE_NUMBERS];
    int64_t bad_integers[HOSTILE_BAD][HOSTILE_NUMBERS];
    int32_t bad_ints[HOSTILE_BAD][HOSTILE_NUMBERS];
    float bad_floats[HOSTILE_BAD][HOSTILE_NUMBERS];
    double numbers[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    int64_t integers[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    int32_t ints[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    float floats[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    char text[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    /* Is shown each object that a call has made, before it goes; or NULL. */
    void (*made)(fixture *fx, const char *kind, void *object);
};

/* Memory of the fixture at user. */
void *fixture_allocate(void *user, int64_t bytes, int64_t alignment);
void fixture_deallocate(void *user, void *pointer, int64_t bytes);

typedef struct hostile_case {
    const char *name;
    void (*run)(fixture *fx);
} hostile_case;

extern const hostile_case hostile_cases[];
extern const int64_t hostile_count, hostile_calls;

/* What stands in the pointer that a call gives an object to. */
#define HOSTILE_BEFORE ((void *)(uintptr_t)64)

/* Judges one call: a failure has a known status, no object, and a text in the fixture's context
 * that starts with the function's name where the call could reach that context. */
void seen(fixture *fx, ddn_status status, const char *function, const char *what, int reachable,
          const void *out);
/* Shows what a benign call has made. */
void seen_result(fixture *fx, const char *function, const ddn_result *result);

/* What few calls need, made on the fixture when it is first asked for, from memory that does not
 * fail: a run that was stopped, an analysis with a journal, and their saved bytes, a result that
 * the host fills, a report of regimes, one of late starts, two of the same kind and different
 * seeds, a flow, the points of `file`, and the file of a result. */
ddn_integrator *fixture_stopped(fixture *fx);
void *fixture_saved(fixture *fx);
int64_t fixture_saved_size(fixture *fx);
ddn_analysis *fixture_keeping(fixture *fx);
void *fixture_journal(fixture *fx);
int64_t fixture_journal_size(fixture *fx);
ddn_result *fixture_open(fixture *fx);
ddn_result *fixture_report(fixture *fx);
ddn_result *fixture_late(fixture *fx);
ddn_result *fixture_half(fixture *fx, int64_t i);
ddn_system *fixture_flow(fixture *fx);
ddn_dataset *fixture_many(fixture *fx);
ddn_schedule *fixture_indices(fixture *fx);
const char *fixture_result_file(fixture *fx);

/* A schedule with a = 1, s = t. */
int32_t fixture_levels(void *user, double t, double *a, double *s, double *da, double *ds);

/* Shows the object, unless it is NULL. */
void fixture_made(fixture *fx, const char *kind, void *object);

/* A fixture: NULL members until it is built, buffers filled; whether its memory is kept when the
 * library releases it. */
fixture *fixture_new(int32_t keep);
/* Fills the buffers as they were at first. */
void fixture_fill(fixture *fx);
/* Makes the objects; all but the step. */
void fixture_build(fixture *fx);
/* Calls use(fx) while a run on another context is going on, with its step. */
void fixture_with_step(fixture *fx, void (*use)(fixture *fx));
/* Lets go of the objects: the pointers stay. */
void fixture_tear_down(fixture *fx);
/* Frees the memory; the library must have given all of it back. */
void fixture_free(fixture *fx);

#endif
