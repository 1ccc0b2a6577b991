/* What the generated calls of gen_hostile.py run on: one small object of each kind. */
#ifndef TEST_ROBUST_HOSTILE_H
#define TEST_ROBUST_HOSTILE_H

#include "support/fixtures.h"

enum {
    HOSTILE_BUFFERS = 16, /* one per parameter of a call */
    HOSTILE_NUMBERS = 4096
};

typedef struct fixture {
    ddn_context *context;
    ddn_options *options; /* the context's */
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
    char file[1024];
    double numbers[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    float singles[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    int64_t integers[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
    int32_t ints[HOSTILE_BUFFERS][HOSTILE_NUMBERS];
} fixture;

typedef struct hostile_case {
    const char *name;
    void (*run)(fixture *fx);
} hostile_case;

extern const hostile_case hostile_cases[];
extern const int64_t hostile_count;

/* Judges one call: a failure has a known status, no object, and a text in the fixture's context
 * that starts with the function's name where the call could reach that context. */
void seen(fixture *fx, ddn_status status, const char *function, int reachable, const void *out);

#endif
