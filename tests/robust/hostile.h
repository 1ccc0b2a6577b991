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
    int64_t held; /* blocks that the library has not given back */
} memory;

typedef struct fixture {
    ddn_context *context;
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
    memory memory;
    char file[1024];
    double bad_numbers[HOSTILE_BAD][HOSTILE_NUMBERS];
    int64_t bad_integers[HOSTILE_BAD][HOSTILE_NUMBERS];
    int32_t bad_ints[HOSTILE_BAD][HOSTILE_NUMBERS];
    float bad_floats[HOSTILE_BAD][HOSTILE_NUMBERS];
    double numbers[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    int64_t integers[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    int32_t ints[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    float floats[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    char text[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
} fixture;

typedef struct hostile_case {
    const char *name;
    void (*run)(fixture *fx);
} hostile_case;

extern const hostile_case hostile_cases[];
extern const int64_t hostile_count, hostile_calls;

/* Judges one call: a failure has a known status, no object, and a text in the fixture's context
 * that starts with the function's name where the call could reach that context. */
void seen(fixture *fx, ddn_status status, const char *function, int reachable, const void *out);

/* A fixture: NULL members until it is built, buffers filled; whether its memory is kept when the
 * library releases it. */
fixture *fixture_new(int32_t keep);
/* Makes the objects; all but the step. */
void fixture_build(fixture *fx);
/* Calls use(fx) while a run on another context is going on, with its step. */
void fixture_with_step(fixture *fx, void (*use)(fixture *fx));
/* Lets go of the objects: the pointers stay. */
void fixture_tear_down(fixture *fx);
/* Frees the memory; the library must have given all of it back. */
void fixture_free(fixture *fx);

#endif
