/* Closed forms: what theory says about speciation, collapse, symmetry breaking and late starts.
 * SPDX-License-Identifier: MIT
 *
 * Pure functions of numbers: thread-safe, no context, nothing allocated, unless a context is an
 * argument. Those that return a double return NaN for arguments outside the stated range (NaN
 * included). Time t is OU time: a = e^-t, Delta = 1 - e^-2t; s below is e^-2t; Gamma = Delta +
 * sigma2 s is the variance at time t of a Gaussian of variance sigma2. "Two Gaussians" are the
 * balanced mixture of N(m, sigma2 I) and N(-m, sigma2 I) in d dimensions, m2 = |m|^2. Logarithms
 * are natural. Numbers (k) refer to doc/theory.md.
 *
 * Accuracy: where nothing else is said the error is below 1e-12 of the result, to which comes what
 * changes of the arguments by 1e-15 of themselves make (which matters where the formula takes the
 * difference of numbers that are nearly equal). It holds for all arguments in range of which each
 * is 0 or between 1e-100 and 1e100 in magnitude, and t <= 350; results beyond the range of double
 * are infinite, those below 1e-300 have an error of that size. Beyond these arguments nothing is
 * promised of a result, which may be NaN. No function takes longer than some ten milliseconds,
 * whatever its numbers are. tests/slow/theory_random.py compares all of them with numbers of 50
 * digits, tests/fuzz/fuzz_closed.c calls them with any. */
#ifndef DIFFDYN_THEORY_H
#define DIFFDYN_THEORY_H

#include <diffdyn/base.h>

DDN_BEGIN_DECLS

/* ---- Speciation -------------------------------------------------------------------------- */

/** Speciation time log(1 + Lambda)/2 for Lambda >= 0, the largest eigenvalue of the covariance of
 * the data. (20) */
DDN_API double ddn_theory_speciation(double lambda);
/** Its asymptote log(Lambda)/2 for Lambda > 0; negative below 1. (20) */
DDN_API double ddn_theory_speciation_asymptotic(double lambda);

/** Signal to noise of the label, r = m2 s / Gamma; m2, sigma2 >= 0, t > 0 (t >= 0 if sigma2 > 0).
 * At r = 1 labels are being decided. (23) */
DDN_API double ddn_theory_signal(double m2, double sigma2, double t);
/** The time at which ddn_theory_signal has the value r > 0: log(1 + m2/r - sigma2)/2; NaN where it
 * is never reached (m2 < r sigma2). (23) */
DDN_API double ddn_theory_signal_time(double m2, double sigma2, double r);

/** phi: probability that two continuations of the reverse SDE from one state end in the same of two
 * Gaussians, as a function of r >= 0: 1/2 + E tanh(r + sqrt(r) g)/2. Relative error below
 * 1e-13. (23) */
DDN_API double ddn_theory_phi(double r);
/** 1 - phi without cancellation, r >= 0; accurate as ddn_theory_phi. (23) */
DDN_API double ddn_theory_one_minus_phi(double r);
/** d phi/d r, r >= 0; accurate as ddn_theory_phi. (23) */
DDN_API double ddn_theory_phi_derivative(double r);
/** phi where the class is the sign of m.x_0 instead of the mixture label (they differ where the
 * clusters overlap). m2 > 0, sigma2 >= 0, t > 0. Accurate as ddn_theory_phi. (23) */
DDN_API double ddn_theory_phi_sign(double m2, double sigma2, double t);
/** phi at t = infinity: sum of (w / sum w)^2. NaN if count < 1, a weight is negative or not finite,
 * or all are 0. (24)
 * @param[in] weights [count] of the classes, >= 0 */
DDN_API double ddn_theory_phi_infinity(int64_t count, const double *weights);
/** The level of phi that defines t_S from a measured curve: phi(r = 1) of two Gaussians, rescaled
 * to the range [phi_infinity, 1]; 0 < phi_infinity <= 1. (24) */
DDN_API double ddn_theory_phi_level(double phi_infinity);

/** Mutual information I(r) of label and state in nats, r >= 0, from 0 to log 2. Accurate as
 * ddn_theory_phi. (31) */
DDN_API double ddn_theory_label_information(double r);

/* ---- The overlap q = x.m / sqrt(d) of two Gaussians, m2 = mu2 d --------------------------- */

/** The potential V(q, t) of the overlap in the reverse SDE. d > 0, mu2 > 0, sigma2 >= 0, t > 0
 * (t >= 0 if sigma2 > 0), q finite. (21) */
DDN_API double ddn_theory_overlap_potential(double d, double mu2, double sigma2, double t,
                                            double q);
/** V'(q, t); arguments as for ddn_theory_overlap_potential. (21) */
DDN_API double ddn_theory_overlap_slope(double d, double mu2, double sigma2, double t, double q);
/** V''(q, t); arguments as for ddn_theory_overlap_potential. (21) */
DDN_API double ddn_theory_overlap_curvature(double d, double mu2, double sigma2, double t,
                                            double q);
/** All zeros of V' in ascending order, with V'' there (> 0: a well, < 0: a barrier): 3 where V''(0)
 * < 0 and Gamma < 2, else 1. DDN_E_RANGE for arguments that ddn_theory_overlap_potential does not
 * take, DDN_E_NULL.
 * @param[out] q [3]
 * @param[out] curvature [3]
 * @param[out] count how many there are: 1 or 3 */
DDN_API ddn_status ddn_theory_overlap_wells(double d, double mu2, double sigma2, double t,
                                            double *q, double *curvature, int64_t *count);

/** Draws q ~ p_t, number i a function of (seed, first_path + i), first_path in [0, 2^60]. Results
 * do not depend on the number of threads. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_NONFINITE,
 * DDN_E_NOMEM, DDN_STOPPED. (21)
 * @param[out] q [m] */
DDN_API ddn_status ddn_theory_overlap_draw(ddn_context *ctx, double d, double mu2, double sigma2,
                                           double t, int64_t seed, int64_t first_path, int64_t m,
                                           double *q);
/** The exact law of q, dq = -V'(q, t) dtau + sqrt(2 mu2) dW while t falls, by the stochastic Heun
 * scheme (weak order 2). Noise of q[i] in step k is a function of (seed, first_path + i, k). Steps
 * must be small against Gamma. Threads and errors as for ddn_theory_overlap_draw. (21)
 * @param[in] times [count] strictly decreasing; the last may be 0 if sigma2 > 0
 * @param[in,out] q [m] from times[0] down to times[count - 1] */
DDN_API ddn_status ddn_theory_overlap_run(ddn_context *ctx, double d, double mu2, double sigma2,
                                          int64_t seed, int64_t first_path, int64_t count,
                                          int64_t m, const double *times, double *q);
/** phi(t) from the law of q: `pairs` pairs of continuations of q_t ~ p_t from t to t_end (0 if
 * sigma2 > 0) in `steps` steps, geometric in t + tau (tau = 1 for sigma2 >= 1, else sigma2 + 1e-3).
 * Compare with ddn_theory_phi_sign.
 * @param[out] phi share of pairs that end with the same sign
 * @param[out] standard_error half the Wilson interval (binomial, but never 0) */
DDN_API ddn_status ddn_theory_overlap_phi(ddn_context *ctx, double d, double mu2, double sigma2,
                                          double t, double t_end, int64_t steps, int64_t pairs,
                                          int64_t seed, double *phi, double *standard_error);

/* ---- Collapse ---------------------------------------------------------------------------- */

/** Collapse time of n > 1 points from N(., sigma2 I), d > 0, sigma2 >= 0: log(1 + sigma2/(n^(2/d) -
 * 1))/2. (32) */
DDN_API double ddn_theory_collapse(double n, double d, double sigma2);
/** The same from alpha = log(n)/d > 0; n itself may be beyond any number type. (32) */
DDN_API double ddn_theory_collapse_alpha(double alpha, double sigma2);
/** Its inverse: the alpha, hence n = e^(alpha d), that makes t > 0 the collapse time. (32) */
DDN_API double ddn_theory_alpha_for_collapse(double t, double sigma2);
/** Collapse time of the two-Gaussian mixture: the zero of ddn_theory_excess_entropy; 0 if f > 0 at
 * every t. n > 1, d > 0, m2, sigma2 >= 0. (31) */
DDN_API double ddn_theory_collapse_two_gaussians(double n, double d, double m2, double sigma2);
/** Collapse time of Gaussian data of any covariance: the root of sum log(1 + lambda_i/(e^2t - 1)) =
 * 2 log n, n > 1. NaN for bad arguments. (35)
 * @param[in] eigenvalues [count] >= 0, not all 0 */
DDN_API double ddn_theory_collapse_spectrum(double n, int64_t count, const double *eigenvalues);
/** Its inverse: the log n that makes t > 0 the collapse time. NaN for bad arguments. (35)
 * @param[in] eigenvalues [count] >= 0; 0 where all are 0 */
DDN_API double ddn_theory_log_n_for_collapse_spectrum(double t, int64_t count,
                                                      const double *eigenvalues);

/** Excess entropy f(t) of the two-Gaussian mixture: log(n)/d + log(Delta/Gamma)/2 - I(r)/d, n >= 1,
 * d > 0, m2, sigma2 >= 0, t > 0; m2 = 0 is one Gaussian. (30), (31) */
DDN_API double ddn_theory_excess_entropy(double n, double d, double m2, double sigma2, double t);
/** df/dt of ddn_theory_excess_entropy, which does not depend on n. (30), (31) */
DDN_API double ddn_theory_excess_entropy_derivative(double d, double m2, double sigma2, double t);

/** Lower bound max(0, f) on f^e, averaged over data sets of n >= 1 points from N(0, sigma2 I), d >=
 * 1, t > 0. (37) */
DDN_API double ddn_theory_excess_lower(double n, double d, double sigma2, double t);
/** Upper bound E log(1 + e^R)/d on the same average. (37) */
DDN_API double ddn_theory_excess_upper(double n, double d, double sigma2, double t);
/** Lower bound E 1/(1 + e^R) on the average of phi_C over such data sets. (37) */
DDN_API double ddn_theory_phi_c_lower(double n, double d, double sigma2, double t);

/** The random energy model of the n - 1 other points. alpha > 0, sigma2 > 0, t > 0, else
 * DDN_E_RANGE. (38)
 * @param[out] psi_plus lim log(Z_2..n)/d, or NULL
 * @param[out] lambda_c the condensation exponent, 1 where not condensed; or NULL
 * @param[out] f the excess entropy, or NULL
 * @param[out] condensed whether f < 0, equivalently psi_plus < -1/2; or NULL */
DDN_API ddn_status ddn_theory_rem(double alpha, double sigma2, double t, double *psi_plus,
                                  double *lambda_c, double *f, int32_t *condensed);

/* ---- Spontaneous symmetry breaking ------------------------------------------------------- */

/** Time at which the symmetric fixed point of the reverse drift x + (1 + eta^2) score loses its
 * stability, two Gaussians; eta = 1 is the reverse SDE. m2 > 0, sigma2 >= 0, eta >= 0. For centred
 * points of equal norm take sigma2 = 0 and m2 = Lambda: asinh(Lambda)/2 at eta = 1. Infinity if it
 * is stable at no finite time (as at eta = 0, Lambda >= 1), NaN if it never loses stability. The
 * time depends on eta and on the coordinates; in those of VE / EDM (y = e^t x) it is
 * ddn_theory_speciation(Lambda), sigma = sqrt(Lambda), for every eta. (52) */
DDN_API double ddn_theory_ssb_time(double m2, double sigma2, double eta);

/** Data uniform on the sphere of radius r > 0 in D >= 1 dimensions (D = 1: the points +-r), eta =
 * 1: the critical time asinh(r^2/D)/2. (53) */
DDN_API double ddn_theory_hypersphere_time(double dim, double r);
/** Radius of the ring of fixed points of that data at time t > 0; 0 above the critical time. (53)
 */
DDN_API double ddn_theory_hypersphere_radius(double dim, double r, double t);
/** A_D(k) = I_{D/2}(k)/I_{D/2-1}(k) for finite k >= 0. (53) */
DDN_API double ddn_theory_bessel_ratio(double dim, double k);

/* ---- Late start -------------------------------------------------------------------------- */

/** Two Gaussians with sigma2 = 1 at signal r >= 0: KL divergence of p_t from N(0, I), r/2 - I(r),
 * in nats; r^2/4 at small r. (61) */
DDN_API double ddn_theory_kl_plain_start(double r);
/** The same from the Gaussian with mean and covariance of p_t: log(1 + r)/2 - I(r); r^4/12 at small
 * r. (61) */
DDN_API double ddn_theory_kl_gaussian_start(double r);
/** KL(N(e^-t mean, s C + Delta I) | N(0, I)) with mean2 = |mean|^2; t > 0. (61)
 * @param[in] eigenvalues [count] of C, >= 0 */
DDN_API double ddn_theory_kl_gaussian(double mean2, double t, int64_t count,
                                      const double *eigenvalues);

/** Squared Frechet distance of N(mean1, cov1) and N(mean2, cov2), 1 <= d <= 16384, to about 1e-8 of
 * the traces where eigenvalues are near 0, of which roots are taken. O(d^3) work, O(d^2) memory.
 * Eigenvalues below 16 rounding units of the largest, and of cov1 cov2 of the product of the
 * largest ones, count as 0, so that covariances of fewer states than dimensions, or that have no
 * direction in common, do not add the roots of rounding errors. Errors: DDN_E_NULL, DDN_E_RANGE,
 * DDN_E_NONFINITE, DDN_E_NOMEM, DDN_E_CONVERGENCE. (62)
 * @param[in] mean1 [d]
 * @param[in] cov1 [d][d] symmetric (the lower triangle is read), no eigenvalue below -1e-9 of the
 *     largest
 * @param[in] mean2 [d]
 * @param[in] cov2 [d][d] as cov1
 * @param[out] distance2 the distance */
DDN_API ddn_status ddn_theory_frechet(ddn_context *ctx, int64_t d, const double *mean1,
                                      const double *cov1, const double *mean2, const double *cov2,
                                      double *distance2);

/** Knee of a curve y on a grid x, count >= 3: the interior point of largest second difference.
 * Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_NONFINITE, DDN_E_NOMEM. (63)
 * @param[in] draws >= 2 with errors, else not used
 * @param[in] x [count] strictly increasing
 * @param[in] y [count]
 * @param[in] y_se [count] >= 0, or NULL
 * @param[out] second [count] the second differences, NaN at both ends; or NULL
 * @param[out] knee the point
 * @param[out] standard_error that of an even law over half of the steps on either side where the
 *     errors leave one point; NaN where they leave several, whose law is not known (take
 *     ddn_theory_knee_interval), and without errors; or NULL
 * @param[out] share share of the draws y + y_se z that have the same knee, NaN without errors; or
 *     NULL */
DDN_API ddn_status ddn_theory_knee(ddn_context *ctx, int64_t count, int64_t draws, int64_t seed,
                                   const double *x, const double *y, const double *y_se,
                                   double *second, double *knee, double *standard_error,
                                   double *share);

/** Where the knee of the curve without its errors is, with at least 95 %: from half a step before
 * the first to half a step after the last point whose second difference may be the largest. Errors
 * y_se >= 0 that are independent, or correlated as those of neighbours are when they share their
 * noise, which makes it wider than need be. Errors: as ddn_theory_knee. (63)
 * @param[in] x [count] strictly increasing
 * @param[in] y [count]
 * @param[in] y_se [count]
 * @param[out] low
 * @param[out] high */
DDN_API ddn_status ddn_theory_knee_interval(ddn_context *ctx, int64_t count, const double *x,
                                            const double *y, const double *y_se, double *low,
                                            double *high);

DDN_END_DECLS

#endif
