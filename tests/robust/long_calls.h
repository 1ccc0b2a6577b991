/* Every call that can take long, row by row as in the table of doc/threads.md, for tests that stop
 * it or watch it. */
#ifndef TEST_ROBUST_LONG_CALLS_H
#define TEST_ROBUST_LONG_CALLS_H

#include <stdatomic.h>

#include "support/fixtures.h"

#ifdef LONG_CALLS_LARGE /* stretches without a look would show in seconds */
enum {
    N = 2000,
    D = 3072,
    M = 200,
    WIDE = 4000,  /* points and coordinates: eigenpairs by Lanczos */
    DENSE = 2000, /* the same: by the matrix, in parts */
    FEATURES = 600,
    AXES = 512,
    GENERAL = 1500,  /* a matrix without symmetry */
    RECORDS = 20000, /* of CIFAR-10 */
    LARGE = 1 << 23,
    ROWS = 1 << 20, /* of a result */
};
#elif defined LONG_CALLS_SMALL  /* each is done some hundred times in a second */
enum {
    N = 60,
    D = 18, /* more than few: several ways serve, and share their loops out */
    M = 6,
    WIDE = 40,
    DENSE = 40,
    FEATURES = 5,
    GENERAL = 12,
    AXES = D,
    RECORDS = 5,
    LARGE = 1 << 13,
    ROWS = 100,
    SAMPLES = 8,
    CLONES = 2,
    STEPS = 4,
    PATHS = 2,
    ADAPTIVE_STEPS = 2
};
#elif defined LONG_CALLS_MIDDLE /* loops have several tiles */
enum {
    N = 260,
    D = 18,
    M = 140,
    WIDE = 300,
    DENSE = 140,
    FEATURES = 70,
    GENERAL = 100,
    AXES = D,
    RECORDS = 20,
    LARGE = 1 << 17,
    ROWS = 500,
    SAMPLES = 32,
    CLONES = 8,
    STEPS = 4,
    PATHS = 64,
    ADAPTIVE_STEPS = 10
};
#else
enum {
    N = 600,
    D = 12,
    M = 200,
    WIDE = 1100,
    DENSE = 700,
    FEATURES = 60,
    AXES = D,
    GENERAL = 400,
    RECORDS = 20,
    LARGE = 1 << 20,
    ROWS = 5000
};
#endif
#if !defined LONG_CALLS_SMALL && !defined LONG_CALLS_MIDDLE
enum {
    SAMPLES = 64,
    CLONES = 16,
    STEPS = 10,
    PATHS = 256,
    ADAPTIVE_STEPS = 100
};
#endif

/* What an event of a call does: an allocation, a callback; a report of progress where the test sees
 * to it. */
enum {
    QUIET,   /* nothing */
    ASKING,  /* asks the call to stop */
    COUNTING /* asks if it is number stop_at */
};

typedef struct world {
    ddn_context *ctx;
    _Atomic int32_t armed, quit;
    _Atomic int64_t events; /* counted */
    int64_t stop_at;
    double *out; /* [LARGE]: what a call has given */
    double points[N * D], x[M * D], weights[N];
    int64_t rows[N];
    int32_t labels[N];
    ddn_dataset *ds, *plain, *copies, *wide, *dense, *disguised;
    ddn_team *team; /* of one rank, and sets over it */
    ddn_dataset *shared, *shared_copies, *shared_disguised;
    ddn_oracle *together;
    ddn_schedule *ou, *custom;
    ddn_oracle *empirical, *gaussian, *mixture, *model, *guided;
    ddn_span *span;
    ddn_features *pca, *own_features;
    ddn_frechet *frechet;
    ddn_analysis *an;
    ddn_symmetry *sy;
    ddn_system *flow, *map, *coupled;
    ddn_query *query;
    ddn_result *halves[2]; /* of ROWS rows */
    char npy[64], gz[80], cifar[64], label_file[64];
    char csv[64], json[64], table[64]; /* the first half */
} world;

typedef struct long_call {
    const char *name;
    /* Does it, and leaves in out what it gave. */
    ddn_status (*call)(world *w);
} long_call;
extern const long_call long_calls[];
extern const int64_t long_call_count;

/* All objects, on a context with two threads. */
int make_world(void **state);
int end_world(void **state);
/* An event: asks the call that is running to stop, as `armed` says. */
void ask(world *w);
/* Counts an event: whether it is the one. */
int32_t is_event(world *w);

#endif
