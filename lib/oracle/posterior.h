/* The posterior over the data as a monoid: sums over part of the points, and their merge. */
#ifndef DDNI_ORACLE_POSTERIOR_H
#define DDNI_ORACLE_POSTERIOR_H

#include <stdint.h>

/* Sums over a set of points with logits l_i, relative to the largest one, M = l_k. The largest
 * point itself is left out of rest, rest_energy and rest_square (its terms are 1, 0, 1), so that
 * nothing cancels when it has nearly all the weight (theory.md (11)). */
typedef struct ddni_posterior {
    double max;         /* M; -inf for the empty set */
    int64_t argmax;     /* k, the lowest index with l = M; -1 for the empty set */
    double rest;        /* sum_{i != k} e^{l_i - M} */
    double rest_energy; /* sum_{i != k} e^{l_i - M} (M - l_i) */
    double rest_square; /* sum_{i != k} e^{2 (l_i - M)} */
} ddni_posterior;

/* The empty set, the identity of the merge. */
extern const ddni_posterior ddni_posterior_empty;

/* Factors by which vector sums (sum e^{l - M} y and the like) of the two parts of a merge are to be
 * multiplied before they are added; both are 0 or positive and at most 1. */
typedef struct ddni_merge {
    double left, right;
} ddni_merge;

/* left := left merged with right. Empty with empty is empty, never NaN. */
ddni_merge ddni_posterior_merge(ddni_posterior *left, const ddni_posterior *right);

/* Adds one point. Same result as merging a set of one. */
ddni_merge ddni_posterior_add(ddni_posterior *left, double logit, int64_t index);

/* sum of all e^{l - M}. */
double ddni_posterior_total(const ddni_posterior *p);
double ddni_posterior_log_sum(const ddni_posterior *p); /* log sum_i e^{l_i} */
double ddni_posterior_entropy(const ddni_posterior *p);
double ddni_posterior_sum_w2(const ddni_posterior *p);
double ddni_posterior_w_max(const ddni_posterior *p);
double ddni_posterior_one_minus_w_max(const ddni_posterior *p);

/* ---- Classes, from their probabilities share[classes] ---- */

/* The most probable one; ties go to the lowest. */
int64_t ddni_most_probable(const double *share, int64_t classes);
/* sum_c W_c^2: the chance that two draws have one class (theory.md (36)). */
double ddni_same_class(const double *share, int64_t classes);

#endif
