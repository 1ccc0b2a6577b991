/* Posteriors of one state over the parts of a team, and their merge. theory.md (99). */
#ifndef DDNI_ORACLE_EMPIRICAL_TEAM_MERGE_H
#define DDNI_ORACLE_EMPIRICAL_TEAM_MERGE_H

#include "oracle/oracle_impl.h"

/* A record: what a rank knows of a state from its points, and what is made of all of them. Numbers
 * first, then those vectors that are wanted. */
enum {
    DDNI_PART_LOGIT,   /* of its likeliest point; merged: log sum of all */
    DDNI_PART_WEIGHT,  /* log(n pi) of that point, which the logit has in it */
    DDNI_PART_ENTROPY, /* of the posterior within the part, as the next ones */
    DDNI_PART_SQUARE,  /* sum w^2 */
    DDNI_PART_SUM,     /* log of its sum less that logit: -log w_max; merged: 1 - w_max */
    DDNI_PART_ARGMAX,  /* row in the whole set */
    DDNI_PART_ERROR,   /* of the logarithm of the part's sum; merged: 1 to ask again */
    DDNI_PART_MARK,    /* bits of a digest of the nearest point, which tell copies */
    DDNI_PART_NEAREST, /* squared distances */
    DDNI_PART_SECOND,
    DDNI_PART_TRACE,
    DDNI_PART_DRAW,    /* error of the score, or of the mean where it is not wanted; merged: the
                          part that is drawn, */
    DDNI_PART_UNIFORM, /* and the deviate for the draw within it; of the part: the one given */
    DDNI_PART_NUMBERS
};

typedef struct ddni_records {
    int64_t d, classes, ranks, width;                      /* numbers of a record */
    int64_t class_at, score_at, mean_at, cov_at, point_at; /* 0: not there */
    int64_t rest_at; /* what the means round off, which their differences need; merged: nothing */
    double epsilon;
    double tolerance, floor; /* error of a score by that of logits: relative, and in units of
                                |x|/s^2 */
    double logs;             /* error of a part's log sum; infinite where no weights show */
    int32_t trace;           /* is wanted */
    int32_t rest;            /* 1 - w_max is, also where one part has all the weight */
    int32_t point_exact;     /* logits of the likeliest points are taken beside each other */
} ddni_records;

/* Scratch: [ranks] each, and anchor[3 d]. */
typedef struct ddni_merge_room {
    double *log_sum, *weight, *anchor;
} ddni_merge_room;

/* Merges the ranks' records of state x, part[rank] + offset apart by `stride`, into out[width]. v
 * may be NULL. */
void ddni_records_merge(const ddni_records *r, const ddni_merge_room *room, const ddni_level *level,
                        const double *x, const double *v, const double *parts, int64_t stride,
                        double *out);

#endif
