/* What is remembered of trajectories: the points near each, as a screen found them.
 *
 * In the coordinates y = x / a, with sigma = s / a, a list holds all points within R of y0, by
 * distance. At a later (y, sigma) with nearest distance D, a point further than
 * |y - y0| + sqrt(D^2 + 2 log(n / epsilon) sigma^2) from y0 weighs less than epsilon / n. Points of
 * the list beyond that are not even looked at. With weights D^2 is the least of
 * |y - y_i|^2 - 2 sigma^2 log(n pi_i), and the largest log(n pi_i) joins log(n / epsilon).
 * theory.md (14), (25). */
#ifndef DDNI_ORACLE_EMPIRICAL_NEARBY_H
#define DDNI_ORACLE_EMPIRICAL_NEARBY_H

#include "oracle/empirical/screen.h"
#include "oracle/empirical/ways.h"

enum {
    DDNI_NEARBY_POINTS = DDNI_MAX_CHUNKS * DDNI_CANDIDATES /* of a list: what one screen lists */
};

/* The points within `radius` of where a trajectory was, in the coordinates y = x / a. */
typedef struct ddni_neighbourhood {
    double radius; /* 0: no list */
    int64_t count;
    int64_t nearest;  /* row of the largest weight at the last evaluation, plus 1; 0: not known */
    int64_t followed; /* evaluations that the list has served */
    int64_t wait, pause; /* screens to do without a new list, now and after the next useless one */
} ddni_neighbourhood;

/* Scratch of the way "nearby": lives as long as the query. */
typedef struct ddni_nearby {
    ddni_neighbourhood *of; /* [rows of the batch] */
    double *centre;         /* [rows][d] */
    float *distance;        /* [rows][DDNI_NEARBY_POINTS] ascending */
    int32_t *index;         /* [rows][DDNI_NEARBY_POINTS] */
    int64_t rows;
} ddni_nearby;

extern const ddni_way ddni_way_nearby;

/* Room for the trajectories of a batch; a batch of another size starts anew. */
ddn_status ddni_nearby_reserve(ddn_context *ctx, const ddni_block *b, ddni_nearby *nearby,
                               int64_t rows);

/* Whether the screen of state q shall leave a list behind: all that there is room for. */
int32_t ddni_nearby_wanted(const ddni_block *b, int64_t q);
/* Keeps what a screen listed for state q beyond `cut`, or counts a screen that left nothing. */
void ddni_nearby_note(const ddni_block *b, int64_t q, const ddni_screening *p, float cut);

#endif
