/* Counter-based noise: every number is a function of (seed, stream, path, step, coordinate).
 * Philox 4x64-10 (Salmon et al. 2011) from Random123; theory.md (10). */
#ifndef DDNI_BASE_RNG_H
#define DDNI_BASE_RNG_H

#include <stdint.h>

/* Streams keep different uses of one seed apart. Pinned: results depend on them. */
enum {
    DDNI_STREAM_STEP = 0,        /* noise of integrator steps */
    DDNI_STREAM_START = 1,       /* starting states */
    DDNI_STREAM_FORWARD = 2,     /* forward transitions */
    DDNI_STREAM_DRAW = 3,        /* which component is drawn (uniform) */
    DDNI_STREAM_DRAW_NORMAL = 4, /* Gaussian part of a posterior draw */
    DDNI_STREAM_DATA = 5,        /* sampling of data */
    DDNI_STREAM_LANCZOS = 6,     /* start vectors of iterations */
    DDNI_STREAM_ANALYSIS = 7,    /* forward samples of analyses */
    DDNI_STREAM_BOOTSTRAP = 8
};

/* z[count]: standard normal deviates of coordinates first .. first+count-1. */
void ddni_normal(int64_t seed, int32_t stream, int64_t path, int64_t step, int64_t first,
                 int64_t count, double *z);
/* A uniform deviate in (0, 1), 53 bits, of one coordinate. */
double ddni_uniform(int64_t seed, int32_t stream, int64_t path, int64_t step, int64_t coordinate);

#endif
