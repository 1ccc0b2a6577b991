/* The Frechet distance in two steps, so that what one of two Gaussians adds is found once. */
#ifndef DDNI_THEORY_FRECHET_H
#define DDNI_THEORY_FRECHET_H

#include <diffdyn/base.h>

/* What a distance needs of a Gaussian: half[d][d] has the eigenvectors of its covariance as rows,
 * times the roots of their eigenvalues, over `unit`. */
typedef struct ddni_gaussian_half {
    const double *mean;
    double *half, *variance; /* variance[d]: the diagonal of the covariance */
    double unit;             /* a power of two, such that squares of half stay in the range */
    double top;              /* the root of the largest eigenvalue, over unit: 1/2 to 1, or 0 */
} ddni_gaussian_half;

/* From the covariance in g->half, of which the lower triangle counts and which is overwritten;
 * `what` names it in errors. Fills variance, unit and top. */
ddn_status ddni_halve_gaussian(ddn_context *ctx, const char *what, int64_t d,
                               ddni_gaussian_half *g);

/* Squared distance to a Gaussian with the covariance cov[d][d], all elements given, whose largest
 * eigenvalue is about top^2: rounding is measured by it. work[2][d][d]. */
ddn_status ddni_frechet_from(ddn_context *ctx, int64_t d, const ddni_gaussian_half *g,
                             const double *mean, const double *cov, double top, double *work,
                             double *result);

#endif
