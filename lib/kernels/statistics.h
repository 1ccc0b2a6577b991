/* The sums that a running softmax keeps for each lane, each in one place: what a row adds, and what
 * becomes of it when the reference moves. A new one is a line in the enum, in the list, in
 * ddni_lane_move, and in the merge of the posterior (oracle/posterior.c). */
#ifndef DDNI_KERNELS_STATISTICS_H
#define DDNI_KERNELS_STATISTICS_H

#include <math.h>
#include <stdint.h>

enum {
    DDNI_TOTAL,  /* sum p, p = e^{l - reference} */
    DDNI_ENERGY, /* sum p (reference - l) */
    DDNI_SQUARE, /* sum p^2 */
    DDNI_STATISTICS
};

/* What a row adds, from p and below = l - reference: numbers, or registers of them. */
#define DDNI_STATISTICS_LIST(X)                                                                    \
    X(DDNI_TOTAL, p)                                                                               \
    X(DDNI_ENERGY, -(p * below))                                                                   \
    X(DDNI_SQUARE, p *p)

enum {
    DDNI_LEEWAY = 16 /* logits above the reference before it moves: e^16 = 9e6, whose square times
                        the number of rows is far from the range of f32, and moves stay rare */
};

/* Sums over the rows of one block of lanes, relative to a reference logit per lane. */
typedef struct ddni_lane_sums {
    double *reference; /* [lanes] -inf before the first row */
    double *best;      /* [lanes] largest logit so far, -inf before the first row */
    int64_t *index;    /* [lanes] its row, the lowest in a tie, -1 before the first row */
    double *sum[DDNI_STATISTICS]; /* [lanes] */
    double *norm;                 /* [lanes] sum p norm[row] */
    double *classes;              /* [class][stride] sum of p by class; NULL if not wanted */
    int64_t stride;               /* of the classes; 1 for a single state */
    double *rescale; /* [lanes] out: factor by which sums kept elsewhere are to be multiplied */
} ddni_lane_sums;

/* Takes the sums of lane q, less the classes, to its largest logit as the reference, where that is
 * above the old one by more than the leeway; 1 if so. */
static inline int32_t ddni_lane_move(const ddni_lane_sums *s, int64_t q)
{
    s->rescale[q] = 1;
    if (!(s->best[q] > s->reference[q] + DDNI_LEEWAY)) {
        return 0;
    }
    double gap = s->best[q] - s->reference[q], f = exp(-gap); /* +inf, 0 at the first row */
    s->rescale[q] = f;
    s->sum[DDNI_ENERGY][q] = f > 0 ? f * (s->sum[DDNI_ENERGY][q] + gap * s->sum[DDNI_TOTAL][q]) : 0;
    s->sum[DDNI_TOTAL][q] *= f;
    s->sum[DDNI_SQUARE][q] *= f * f;
    s->norm[q] *= f;
    s->reference[q] = s->best[q];
    return 1;
}

#endif
