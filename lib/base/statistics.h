/* Means, proportions, medians and crossings with standard errors. */
#ifndef DDNI_BASE_STATISTICS_H
#define DDNI_BASE_STATISTICS_H

#include <stdint.h>

#include "base/sort.h" /* what medians are taken of */

/* Running mean and sum of squared deviations (Welford). Deterministic in the order of adding. */
typedef struct ddni_mean {
    int64_t count;
    double mean, m2;
} ddni_mean;

void ddni_mean_add(ddni_mean *acc, double value);
/* Standard error of the mean, NaN for fewer than two values. */
double ddni_mean_error(const ddni_mean *acc);

/* Wilson interval of a proportion at z standard deviations; total >= 1. */
void ddni_wilson(int64_t hits, int64_t total, double z, double *low, double *high);
/* The 95 % interval. */
void ddni_wilson_95(int64_t hits, int64_t total, double *low, double *high);
/* Proportion and its standard error, half the Wilson interval at z = 1: the binomial error, but
 * not 0 when all or none are hits. */
void ddni_proportion(int64_t hits, int64_t total, double *p, double *error);

/* Median of sorted values and its standard error, half the distance of the order statistics of
 * ranks n/2 +- sqrt(n)/2. */
void ddni_median(const double *sorted, int64_t count, double *median, double *error);

/* Quantile of sorted values, 0 < p < 1, by interpolation between order statistics; its standard
 * error (or NULL) is half the distance of those one standard deviation of the rank away, NaN where
 * one of them is missing. */
double ddni_quantile(const double *sorted, int64_t count, double p, double *error);

/* Where a curve y(t) crosses a level: the crossing at the largest t. t is strictly monotone in
 * either direction; rows whose y is NaN are left out. `count` is the number of crossings; t and
 * error are NaN when there is none. The value is that of linear interpolation between the ends of
 * the bracket. Its error has two parts, added in quadrature and divided by |slope|: the weighted
 * sum of the errors of the ends (an upper bound when they are correlated), and what the curve may
 * bend in between, from the larger of the two second divided differences with the next rows. */
typedef struct ddni_crossing {
    double t, error;
    int64_t count;
} ddni_crossing;
void ddni_cross(int64_t rows, const double *t, const double *y, const double *error, double level,
                ddni_crossing *out);

#endif
