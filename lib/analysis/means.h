/* Means of weighted samples with the weights' mean known: value, error, interval; theory.md (41).
 */
#ifndef DDNI_ANALYSIS_MEANS_H
#define DDNI_ANALYSIS_MEANS_H

#include <stdint.h>

/* Several quantities on the same samples. */
enum {
    DDNI_MOST_MEANS = 6
};

/* Running moments of v = W h and W (Welford); deterministic in the order of adding. */
typedef struct ddni_means {
    int64_t count;
    double weight, weight2, weight3; /* mean of W, sums of powers of its deviations */
    double heaviest;                 /* W */
    struct {
        double mean, m2, with_weight; /* of v; sum of products of the deviations of v and W */
        double m3;                    /* sum of third powers of the deviations of v, */
        double squared_with_weight;   /* of v v W */
        double with_weight2;          /* and of v W W */
        double least, most;           /* h */
        double largest;               /* v */
        double far, far2;             /* sums of v and v^2 where W is near its largest */
    } of[DDNI_MOST_MEANS];
} ddni_means;

/* `most`: the largest weight that there can be. */
void ddni_means_add(ddni_means *m, double weight, double most, int quantities, const double *h);

/* What is known of h: in [0, bound], bound NaN where there is none; W at most `weight`; what points
 * that the proposal does not know can add to the mean, relative to the bound (1: anything); the
 * size of W h of a rare sample, 0 where none are known. */
typedef struct ddni_range {
    double bound, weight, unlisted, rare;
} ddni_range;

typedef struct ddni_estimate {
    double mean, error, low, high;
} ddni_estimate;

/* The mean of h by v = W h, corrected by what the mean of W is off 1; its standard error; a 95 %
 * interval, which is not symmetric where few samples carry what lies above the least h, or below
 * the most. */
ddni_estimate ddni_means_of(const ddni_means *m, int quantity, const ddni_range *range);

/* How much of W - 1 is taken from v: its regression on W. */
double ddni_means_slope(const ddni_means *m, int quantity);

#endif
