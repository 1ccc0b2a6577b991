/* Oracles other than the empirical one: mixtures, Gaussians, foreign scores, combinations.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_ORACLE_KINDS_H
#define DIFFDYN_ORACLE_KINDS_H

#include <diffdyn/oracle.h>

DDN_BEGIN_DECLS

/* All of these are made once, are immutable, copy the arrays that they are given, retain the
 * schedule, and are destroyed by ddn_oracle_destroy. Common errors: DDN_E_NULL, DDN_E_RANGE,
 * DDN_E_SHAPE (leading dimensions), DDN_E_NONFINITE (NaN or Inf in an array), DDN_E_NOMEM. */

/** Which variances the components of a mixture have. Values are pinned. */
typedef int32_t ddn_variance;
enum ddn_variance_values {
    DDN_VARIANCE_NONE = -1,           /**< not a value; keeps the constants signed */
    DDN_VARIANCE_SHARED = 1,          /**< variances[1]: one number for all */
    DDN_VARIANCE_ISOTROPIC = 2,       /**< variances[K]: one number for each component */
    DDN_VARIANCE_SHARED_DIAGONAL = 3, /**< variances[d]: one diagonal for all */
    DDN_VARIANCE_DIAGONAL = 4         /**< variances[K][ldv], ldv >= d: a diagonal for each */
};

/** Gaussian mixture p_0 = sum_k pi_k N(c_k, diag V_k), K = components >= 1 (doc/theory.md (16)).
 * With Gamma_k = s^2 + a^2 V_k, r = softmax_k(log pi_k + log N(x; a c_k, diag Gamma_k)) and g_k =
 * -(x - a c_k)/Gamma_k: score = sum r_k g_k, mean = sum r_k (c_k - a V_k g_k). Every ddn_output is
 * given; the weights w are the r_k. The error of the score is a small multiple of its rounding
 * floor 2^-53 (|x| + a|c|)/Gamma for all times. An evaluation costs O(K d) a state; two components
 * with opposite means and one variance take a path about twice as fast. Scratch: with diagonals as
 * much as `variances`.
 * @param[in] sch retained
 * @param[in] weights [components] pi_k >= 0, sum 1 to 1e-9 (then normalised)
 * @param[in] means [components][ldm] ldm >= d
 * @param[in] variances [components][ldv] or less, as `kind` says, >= 0; 0 is a point mass (t > 0
 *     keeps p_t smooth)
 * @param[in] labels [components] the class of each component, or NULL for no classes */
DDN_API ddn_status ddn_oracle_create_mixture(ddn_context *ctx, const ddn_schedule *sch,
                                             ddn_variance kind, int64_t components, int64_t d,
                                             const double *weights, const double *means,
                                             int64_t ldm, const double *variances, int64_t ldv,
                                             const int32_t *labels, ddn_oracle **out);

/** The mixture of N(m, sigma2 I) and N(-m, sigma2 I) with equal weights and labels 1 and 0: score =
 * (a m tanh(a m.x/Gamma) - x)/Gamma.
 * @param[in] sch retained
 * @param[in] m [d] */
DDN_API ddn_status ddn_oracle_create_two_gaussians(ddn_context *ctx, const ddn_schedule *sch,
                                                   int64_t d, double sigma2, const double *m,
                                                   ddn_oracle **out);

/** One Gaussian N(mean, U diag(values) U^T + residual (I - U U^T)), the Wiener filter: U has
 * `count` orthonormal rows, 0 <= count <= d (checked to 1e-6, then orthonormalised to rounding);
 * residual >= 0 is the variance of the d - count other directions. Gives SCORE, MEAN, LOG_P,
 * TRACE_COV, DIVERGENCE, COV_TIMES_V, JACOBIAN_TIMES_V and DRAW, O(count d) a state; it has no
 * components or classes.
 * @param[in] sch retained
 * @param[in] mean [d] or NULL for 0
 * @param[in] values [count] >= 0; or NULL with count = 0
 * @param[in] vectors [count][ldv] the rows of U; or NULL with count = 0 */
DDN_API ddn_status ddn_oracle_create_gaussian(ddn_context *ctx, const ddn_schedule *sch, int64_t d,
                                              int64_t count, double residual, const double *mean,
                                              const double *values, const double *vectors,
                                              int64_t ldv, ddn_oracle **out);

/** The Gaussian with the mean and the `count` leading eigenpairs of a dataset's covariance
 * (ddn_dataset_spectrum, whose limits and errors it has), the rest of the variance spread evenly:
 * residual = (trace - sum values)/(d - count). count = 0: isotropic.
 * @param[in] ds not kept
 * @param[in] sch retained */
DDN_API ddn_status ddn_oracle_create_gaussian_of(ddn_context *ctx, const ddn_dataset *ds,
                                                 const ddn_schedule *sch, int64_t count,
                                                 ddn_oracle **out);

/** What a foreign model predicts at x = a x_0 + s z. Values are pinned. (doc/theory.md (17)) */
typedef int32_t ddn_prediction;
enum ddn_prediction_values {
    DDN_PREDICTION_NONE = -1, /**< not a value; keeps the constants signed */
    DDN_PREDICTION_SCORE = 1, /**< grad log p_t(x) */
    DDN_PREDICTION_EPS = 2,   /**< E[z | x] = -s score */
    DDN_PREDICTION_X0 = 3,    /**< E[x_0 | x] = (x + s^2 score)/a */
    DDN_PREDICTION_V = 4      /**< E[a z - s x_0 | x] */
};

/** A foreign model: writes its prediction at the states, time t, noise level (a, s), and returns 0;
 * another value makes the call that needed it fail with DDN_E_CALLBACK. Called only on the thread
 * that made that call, never re-entrantly and never with m = 0. It must return: no exception, panic
 * or longjmp may cross it. NaN and Inf in out are refused by row and column (DDN_E_NONFINITE).
 * @param[in] x [m][d]
 * @param[out] out [m][d] does not overlap x */
typedef int32_t (*ddn_predict_fn)(void *user, double t, double a, double s, int64_t m, int64_t d,
                                  const double *x, double *out);
/** Its derivative along v, row by row: out = (d prediction/dx) v.
 * @param[in] x [m][d]
 * @param[in] v [m][d]
 * @param[out] out [m][d] */
typedef int32_t (*ddn_predict_jvp_fn)(void *user, double t, double a, double s, int64_t m,
                                      int64_t d, const double *x, const double *v, double *out);
/** log p_t at the states, in nats.
 * @param[in] x [m][ldx]
 * @param[out] out [m] */
typedef int32_t (*ddn_log_density_fn)(void *user, double t, double a, double s, int64_t m,
                                      int64_t d, const double *x, double *out);

/** An oracle that asks a foreign model. Gives SCORE and MEAN; LOG_P if log_p is given;
 * JACOBIAN_TIMES_V by jvp, or else by the symmetric difference of the score over 2 h v with h |v| =
 * 2^-13 s: error about 1e-8 |v|/s^2 for a model in double, 1e-3 |v|/s^2 for one in float. On
 * failure the caller still owns user. Example: doc/examples/simple/model.c
 * @param[in] sch retained
 * @param[in] jvp or NULL
 * @param[in] log_p or NULL
 * @param[in] ds retained: the data the model was learned from, for sample_data and what builds on
 *     it (ddn_oracle_dataset gives it back); or NULL */
DDN_API ddn_status ddn_oracle_create_callback(ddn_context *ctx, const ddn_schedule *sch, int64_t d,
                                              ddn_prediction prediction, ddn_predict_fn predict,
                                              ddn_predict_jvp_fn jvp, ddn_log_density_fn log_p,
                                              const ddn_dataset *ds, ddn_release_fn release,
                                              void *user, ddn_oracle **out);

/** The oracle with score = sum_i factors[i] score_i: guidance ((1 + w) conditional - w
 * unconditional), negation, products of models (doc/theory.md (17)). count in [1, 64]; all parts
 * with one d and one schedule object, else DDN_E_SHAPE. Gives SCORE; MEAN = (x + s^2 score)/a;
 * DIVERGENCE and JACOBIAN_TIMES_V where all parts do. No density belongs to it, so it cannot draw.
 * Queries of it hand DDN_QUERY_EPSILON and DDN_QUERY_TRAJECTORY on to the parts; it has no ways of
 * its own (ddn_oracle_tally of a part tells how that was evaluated).
 * @param[in] parts [count] retained
 * @param[in] factors [count] */
DDN_API ddn_status ddn_oracle_create_combination(ddn_context *ctx, int64_t count,
                                                 ddn_oracle *const *parts, const double *factors,
                                                 ddn_oracle **out);

DDN_END_DECLS

#endif
