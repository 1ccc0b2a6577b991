/* Means, proportions, medians and crossings with standard errors. */
#ifndef DDNI_BASE_STATISTICS_H
#define DDNI_BASE_STATISTICS_H

#include <stdint.h>

#include "base/sort.h" /* what medians are taken of */

/* A normal variable is within so many standard deviations with a probability of 95 %. */
#define DDNI_Z95 1.959963984540054

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
/* The 95 % interval; with up to three hits or misses its limit on that side is Poisson's, because
 * Wilson's covers 84 % where 0.18 are expected (Brown, Cai, DasGupta 2001). */
void ddni_wilson_95(int64_t hits, int64_t total, double *low, double *high);
/* Proportion and its standard error, half the Wilson interval at z = 1: the binomial error, but
 * not 0 when all or none are hits. */
void ddni_proportion(int64_t hits, int64_t total, double *p, double *error);

/* The p-quantile of sorted values, 0 <= p <= 1: value number k (from 0) is that of p = (k +
 * 1/2)/count, linear in between, the ends beyond them (Hazen). Its standard error is half the
 * distance of those one standard deviation of the binomial law away, NaN where one of these is
 * beyond the ends. The 95 % interval, for any law without steps, goes from the value above the true
 * quantile with a probability of 2.5 % to the one below it with the same, between
 * two values by Nyblom (1992); NaN where there is none. */
typedef struct ddni_quantile {
    double value, error, low, high;
} ddni_quantile;
ddni_quantile ddni_quantile_of(const double *sorted, int64_t count, double p);

/* Half the width of the 95 % interval of a mean, in standard errors: Student's t, to 8e-3 from
 * three degrees on. */
double ddni_student_95(int64_t degrees);

/* The 95 % interval of the mean of values of any law: Student's; on the side of their skewness also
 * that of rare events with the spread and the skewness of the values, if it is wider. */
void ddni_mean_95(const double *values, int64_t count, double *low, double *high);

/* 95 % limits of a mean y of rare events of the variance v: sum of the squares of what each adds to
 * it; `more` is what the next one may add (Fay and Feuer 1997). y where nothing is known. */
double ddni_events_below(double y, double v);
double ddni_events_above(double y, double v, double more);

/* A curve y(t) with errors. t is strictly monotone in either direction; rows whose y is NaN are
 * left out. */
typedef struct ddni_curve {
    int64_t rows;
    const double *t, *y, *error;
    const double *rho; /* [rows] correlation of the error of a row with that of the next larger t;
                          or NULL: unknown */
    int32_t apart;     /* rho is NULL because all errors are independent */
    double top;        /* the largest value that it can have; 0: any */
    int32_t decays;    /* towards 0: interpolated in its logarithm, as far as the errors allow */
} ddni_curve;

/* Where a curve crosses a level: the crossing at the largest t; theory.md (42). `count` is the
 * number of crossings; t and error are NaN when there is none. The value is that of a polynomial
 * through two rows on each side (fewer at the end of the curve). Its error has these parts, added
 * in quadrature: that of the rows, with their correlations (an upper bound where they are unknown),
 * divided by the slope; what the next rows say of the polynomial; the bracket itself where most of
 * the change of the curve happens in it; and the distance of several crossings that noise makes.
 * `grid` are the second and third, which would remain without errors of the rows. */
typedef struct ddni_crossing {
    double t, error, grid;
    int64_t count;
    int32_t unresolved; /* the errors do not tell the level from the top: t and error are NaN */
} ddni_crossing;
void ddni_cross(const ddni_curve *curve, double level, ddni_crossing *out);

#endif
