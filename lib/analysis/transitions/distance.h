/* The mean squared distance of the two ends of pairs, with an interval that knows of the pairs that
 * did not part; theory.md (46). */
#ifndef DDNI_ANALYSIS_TRANSITIONS_DISTANCE_H
#define DDNI_ANALYSIS_TRANSITIONS_DISTANCE_H

#include "analysis/judge.h"
#include "base/statistics.h"

typedef struct ddni_distance {
    double typical;        /* squared distance of two ends that are independent; NaN: unknown */
    ddni_mean all, parted; /* over all pairs; parted: 0 for those that stay together */
    double largest;
    int64_t apart, far; /* pairs that parted; those further than a quarter of its root */
} ddni_distance;

/* The typical squared distance of two independent ends at a level: one at a point of `ends`, the
 * other at one of `starts`, or `ends` too where that is NULL, each with its noise. NaN where the
 * ends are no points. */
ddn_status ddni_distance_typical(ddn_context *ctx, const ddn_dataset *ends,
                                 const ddn_dataset *starts, double a, double s, double *typical);

/* Adds a pair. Where the ends are no points each counts as parted. */
void ddni_distance_add(const ddni_pair_record *pair, ddni_distance *sum);

/* Mean, standard error, ends of the 95 % interval. */
void ddni_distance_put(const ddni_distance *sum, double *mean, double *error, double *low,
                       double *high);

#endif
