/* Counter-based noise: every number is a function of (seed, stream, path, step, coordinate).
 * Philox 4x64-10 (Salmon et al. 2011) from Random123; theory.md (10).
 *
 * The two tables below are the one place that says which numbers each use of a seed takes, so that
 * separate uses are independent by construction: a new use gets a row, and test_rng.c fails where
 * two rows meet. Rows are pinned: results depend on them. */
#ifndef DDNI_BASE_RNG_H
#define DDNI_BASE_RNG_H

#include <stdint.h>

/* ---- Streams ------------------------------------------------------------------------------ */

/* All paths and coordinates at steps first .. first + steps - 1 of a stream. Step s of a use with
 * DDNI_ANY_STEPS is step s of the run. Streams 0..63 are the library's, the host has the rest. */
#define DDNI_ANY_STEPS INT64_MAX
#define DDNI_USES(X)                                                                               \
    /* name            stream first steps */                                                       \
    X(STEP, 0, 0, DDNI_ANY_STEPS)         /* noise of integrator steps */                          \
    X(START, 1, 0, 1)                     /* noise of the starting state of a path */              \
    X(START_POINTS, 1, 1, 1)              /* and, by late starts, weights of the data points */    \
    X(FORWARD, 2, 0, DDNI_ANY_STEPS)      /* single forward transitions */                         \
    X(DRAW, 3, 0, DDNI_ANY_STEPS)         /* which component is drawn (uniform) */                 \
    X(DRAW_NORMAL, 4, 0, DDNI_ANY_STEPS)  /* Gaussian part of a posterior draw */                  \
    X(DATA, 5, 0, 1)                      /* data of an oracle: the component (uniform) */         \
    X(DATA_NORMAL, 5, 1, 1)               /* and the Gaussian part */                              \
    X(LANCZOS, 6, 0, 1)                   /* start vectors for covariances */                      \
    X(NULL_VECTORS, 6, 1, 1)              /* directions that no point has */                       \
    X(PROBES, 6, 2, 1)                    /* signs of the probes of a trace (uniform) */           \
    X(KRYLOV, 6, 3, 1)                    /* start vectors for operators; path: the pair */        \
    X(BOOTSTRAP, 8, 0, 1)                 /* Frechet distance; path: the replicate (uniform) */    \
    X(KNEE, 9, 0, 1)                      /* noisy copies of a curve; path: the copy */            \
    X(OVERLAP_STEP, 10, 0, 1)             /* one-dimensional law of the overlap: kicks, */         \
    X(OVERLAP_START, 11, 0, 1)            /* start states */                                       \
    X(OVERLAP_SIGN, 12, 0, 1)             /* and their class (uniform) */                          \
    X(FORWARD_RUN, 13, 0, DDNI_ANY_STEPS) /* noise of forward runs of the integrator */            \
    X(SIGNS, 14, 0, DDNI_ANY_STEPS)       /* signs of the probes of a divergence (uniform) */

typedef enum ddni_use {
#define DDNI_ROW(name, stream, first, steps) DDNI_USE_##name,
    DDNI_USES(DDNI_ROW)
#undef DDNI_ROW
    DDNI_USE_COUNT
} ddni_use;

enum {
#define DDNI_ROW(name, stream, first, steps) DDNI_STREAM_##name = stream,
    DDNI_USES(DDNI_ROW)
#undef DDNI_ROW
    DDNI_STREAM_ANALYSIS = 7 /* the measurements below */
};

/* ---- Measurements ------------------------------------------------------------------------- */

/* Measurements of one analysis that take forward samples (noise and choice of points at step and
 * -1 - step of stream 7), data that an oracle draws and runs of the integrator, for each of `items`
 * times. Item i of data and of runs has 2^bits path numbers, one range after the other from block
 * number `data` or `runs` of 2^40. -1: takes none. Path numbers end at 2^60 = block 2^20, where the
 * public functions end. */
enum {
    DDNI_TIMES = 1000000, /* most times of an analysis */
    DDNI_BLOCK_BITS = 40
};
#define DDNI_MEASUREMENTS(X)                                                                       \
    /* name         items       step     data     runs  bits */                                    \
    X(IDENTITIES, 1, 0, 0, -1, 40)                                                                 \
    X(LAST_CHANGE, 1, 1, 1, 0, 40) /* runs as a host would number its own */                       \
    X(CLONES, DDNI_TIMES, 16, 16, 1, 40)                                                           \
    X(UTURN, DDNI_TIMES, 2000000, 1010000, 1010000, 32)                                            \
    X(BRANCH, DDNI_TIMES, 4000000, 1020000, 1020000, 32)                                           \
    X(PATH, DDNI_TIMES, -1, -1, 1030000, 34)                                                       \
    X(DENOISING, 2, 2, -1, -1, 40) /* training data, test data */                                  \
    X(GENERATED, DDNI_TIMES, 6000000, -1, 1014000, 32)

typedef enum ddni_measurement {
#define DDNI_ROW(name, items, step, data, runs, bits) DDNI_MEASURE_##name,
    DDNI_MEASUREMENTS(DDNI_ROW)
#undef DDNI_ROW
    DDNI_MEASURE_COUNT
} ddni_measurement;

/* Number i of the path numbers of an item, for ddn_oracle_sample_data and for runs. */
int64_t ddni_path_data(ddni_measurement what, int64_t item, int64_t i);
int64_t ddni_path_run(ddni_measurement what, int64_t item, int64_t i);
/* How many an item has. */
int64_t ddni_path_count(ddni_measurement what);

/* ---- Numbers ------------------------------------------------------------------------------ */

/* Where the numbers of one use, or one item of it, are. */
typedef struct ddni_draws {
    int64_t seed, step;
    int32_t stream;
} ddni_draws;

/* Step `step` of a use, below its steps. */
ddni_draws ddni_draws_of(int64_t seed, ddni_use use, int64_t step);
/* Noise of the forward samples of an item, and the choice of their points. */
ddni_draws ddni_draws_samples(int64_t seed, ddni_measurement what, int64_t item);
ddni_draws ddni_draws_choice(int64_t seed, ddni_measurement what, int64_t item);

/* z[count]: standard normal deviates of coordinates first .. first+count-1. */
void ddni_draws_normal(const ddni_draws *draws, int64_t path, int64_t first, int64_t count,
                       double *z);
/* A uniform deviate in (0, 1), 53 bits, of one coordinate. */
double ddni_draws_uniform(const ddni_draws *draws, int64_t path, int64_t coordinate);

/* The same by numbers, for ddn_noise_draw and for tests. */
void ddni_normal(int64_t seed, int32_t stream, int64_t path, int64_t step, int64_t first,
                 int64_t count, double *z);
double ddni_uniform(int64_t seed, int32_t stream, int64_t path, int64_t step, int64_t coordinate);

#endif
