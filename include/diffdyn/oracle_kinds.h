/* Oracles other than the empirical one: mixtures, Gaussians, foreign scores, combinations.
 * SPDX-License-Identifier: MIT
 *
 * All of these are made once, are immutable, copy the arrays that they are given, retain the
 * schedule, and are destroyed by ddn_oracle_destroy. Common errors: DDN_E_NULL, DDN_E_RANGE,
 * DDN_E_SHAPE (leading dimensions), DDN_E_NONFINITE (NaN or Inf in an array), DDN_E_NOMEM. */
#ifndef DIFFDYN_ORACLE_KINDS_H
#define DIFFDYN_ORACLE_KINDS_H

#include <diffdyn/oracle.h>

DDN_BEGIN_DECLS

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

/** The Gaussian with the mean and the `count` leading eigenpairs of a dataset's covariance, both
 * with the weights of its points (ddn_dataset_spectrum, whose limits and errors it has), the rest
 * of the variance spread evenly: residual = (trace - sum values)/(d - count). count = 0: isotropic.
 * @param[in] ds not kept
 * @param[in] sch retained */
DDN_API ddn_status ddn_oracle_create_gaussian_of(ddn_context *ctx, const ddn_dataset *ds,
                                                 const ddn_schedule *sch, int64_t count,
                                                 ddn_oracle **out);

/* ---- Foreign models ------------------------------------------------------------------------- */

/** What a foreign model predicts at x = a x_0 + s z. Values are pinned. (doc/theory.md (17)) */
typedef int32_t ddn_prediction;
enum ddn_prediction_values {
    DDN_PREDICTION_NONE = -1,   /**< not a value; keeps the constants signed */
    DDN_PREDICTION_SCORE = 1,   /**< grad log p_t(x) */
    DDN_PREDICTION_EPS = 2,     /**< E[z | x] = -s score */
    DDN_PREDICTION_X0 = 3,      /**< E[x_0 | x] = (x + s^2 score)/a */
    DDN_PREDICTION_V = 4,       /**< E[a z - s x_0 | x] */
    DDN_PREDICTION_VELOCITY = 5 /**< E[da/dt x_0 + ds/dt z | x] = f x - g^2/2 score, the velocity
                                     of the probability flow (flow matching), in the schedule's
                                     own time; f and g^2 as in ddn_schedule_rates */
};

/** The prediction at the states, in double. Callbacks of a model get m >= 1 states at time t and
 * noise level (a, s) (callbacks: base.h). The arrays do not overlap; ldx, ldv and ldo are what is
 * passed, and may be d. What is not written to out, and NaN and Inf, is refused by row and column
 * (DDN_E_NONFINITE).
 * @param[in] x [m][ldx]
 * @param[out] out [m][ldo] */
typedef int32_t (*ddn_predict_f64_fn)(void *user, double t, double a, double s, int64_t m,
                                      int64_t d, const double *x, int64_t ldx, double *out,
                                      int64_t ldo);
/** The prediction at the states, in single precision.
 * @param[in] x [m][ldx]
 * @param[out] out [m][ldo] */
typedef int32_t (*ddn_predict_f32_fn)(void *user, double t, double a, double s, int64_t m,
                                      int64_t d, const float *x, int64_t ldx, float *out,
                                      int64_t ldo);
/** Derivative of the prediction along v, row by row: out = (d prediction/dx) v.
 * @param[in] x [m][ldx]
 * @param[in] v [m][ldv]
 * @param[out] out [m][ldo] */
typedef int32_t (*ddn_jvp_f64_fn)(void *user, double t, double a, double s, int64_t m, int64_t d,
                                  const double *x, int64_t ldx, const double *v, int64_t ldv,
                                  double *out, int64_t ldo);
/** The same in single precision.
 * @param[in] x [m][ldx]
 * @param[in] v [m][ldv]
 * @param[out] out [m][ldo] */
typedef int32_t (*ddn_jvp_f32_fn)(void *user, double t, double a, double s, int64_t m, int64_t d,
                                  const float *x, int64_t ldx, const float *v, int64_t ldv,
                                  float *out, int64_t ldo);
/** log p_t at the states, in nats.
 * @param[in] x [m][ldx]
 * @param[out] out [m] */
typedef int32_t (*ddn_log_density_fn)(void *user, double t, double a, double s, int64_t m,
                                      int64_t d, const double *x, int64_t ldx, double *out);

/** A foreign model under construction: what it predicts and the callbacks that do it. Oracles made
 * from it (ddn_oracle_create_model) keep the settings of that moment; it may then be changed, used
 * again or destroyed. One thread at a time. Example: doc/examples/simple/model.c
 * Example: doc/examples/simple/model_f32.c */
typedef struct ddn_model ddn_model;

/** A model without callbacks, d >= 1. It and all oracles made from it share `user`: release(user)
 * is called once, when the last of them goes. On failure the caller still owns user.
 * @param[in] sch retained; gives a and s, and their derivatives where the prediction is VELOCITY */
DDN_API ddn_status ddn_model_create(ddn_context *ctx, const ddn_schedule *sch,
                                    ddn_prediction prediction, int64_t d, void *user,
                                    ddn_release_fn release, ddn_model **out);

/** Lets go of the model; oracles made from it go on. NULL is a no-op. */
DDN_API void ddn_model_destroy(ddn_model *model);

/** Sets the callback that predicts in double. It is the one that is asked where both are set.
 * @param[in] fn the callback, or NULL for none */
DDN_API ddn_status ddn_model_set_predict_f64(ddn_model *model, ddn_predict_f64_fn fn);

/** Sets the callback that predicts in single precision: a network in float belongs here. States are
 * rounded to float for it (those of ddn_query_run_f32 are floats already), its answers are taken
 * exactly. A state beyond the range of float is DDN_E_RANGE.
 * @param[in] fn the callback, or NULL for none */
DDN_API ddn_status ddn_model_set_predict_f32(ddn_model *model, ddn_predict_f32_fn fn);

/** Sets the derivative of the prediction in double; it comes before one in single precision and
 * before differences (DDN_MODEL_STEP).
 * @param[in] fn the callback, or NULL for none */
DDN_API ddn_status ddn_model_set_jvp_f64(ddn_model *model, ddn_jvp_f64_fn fn);

/** Sets the derivative of the prediction in single precision; it comes before differences.
 * @param[in] fn the callback, or NULL for none */
DDN_API ddn_status ddn_model_set_jvp_f32(ddn_model *model, ddn_jvp_f32_fn fn);

/** Sets the log density; without it the oracle cannot give LOG_P.
 * @param[in] fn the callback, or NULL for none */
DDN_API ddn_status ddn_model_set_log_p(ddn_model *model, ddn_log_density_fn fn);

/** Sets the data that the model was learned from, for ddn_oracle_sample_data and what builds on it;
 * ddn_oracle_dataset gives it back. Another d is DDN_E_SHAPE.
 * @param[in] ds retained, or NULL for none */
DDN_API ddn_status ddn_model_set_dataset(ddn_model *model, const ddn_dataset *ds);

/** Keys of the options of a model. */
typedef int32_t ddn_model_key;
enum ddn_model_key_values {
    DDN_MODEL_NONE = -1,        /**< not a value; keeps the constants signed */
    DDN_MODEL_CLIP_LOW = 6001,  /**< double, default -INFINITY; and */
    DDN_MODEL_CLIP_HIGH = 6002, /**< double, default INFINITY: bounds of the denoiser, as
                                     samplers of images have them. The prediction is converted to
                                     x_0; where a coordinate is outside, it becomes the bound,
                                     and the score follows from it: (a bound - x)/s^2. Such a
                                     score is the gradient of nothing. JACOBIAN_TIMES_V takes the
                                     derivative of a clipped coordinate of x_0 as zero: it is
                                     -v/s^2 there. LOW > HIGH is DDN_E_RANGE when the oracle is
                                     made. */
    DDN_MODEL_STEP = 6003,      /**< double, 0 or in [1e-12, 1], default 0: |h v|/s of the symmetric
                                     difference that gives JACOBIAN_TIMES_V where there is no
                                     jvp. 0: what fits the type of predict, cbrt(u (1 + |x|/s)),
                                     u = 2^-53 or 2^-22, at most 2^-5. Set it to about 2^-6 for a
                                     network in float behind a callback in double. */
    DDN_MODEL_MAX_ROWS = 6004   /**< int64 >= 1, default 2^40: callbacks are asked for at most so
                                     many states at once; results do not depend on it */
};

/** The options of a model; see ddn_options in base.h.
 * @return borrowed, or NULL for NULL */
DDN_API ddn_options *ddn_model_options(ddn_model *model);

/** An oracle that asks the model as it is now; without a callback that predicts DDN_E_STATE. Gives
 * SCORE and MEAN; LOG_P if log_p is set; DIVERGENCE by d products with the Jacobian, or by fewer
 * (DDN_QUERY_PROBES); JACOBIAN_TIMES_V by jvp, or by the symmetric difference of
 * the prediction over 2 h v (DDN_MODEL_STEP). The difference has, for 200 images of d = 784 on
 * DDPM, relative to J v: 5e-10 for a model in double; for one in float, rounded once a number,
 * 3e-5, and 4e-4 near index 400, where J varies most; with errors of up to 1e-6 of each number at
 * most 1e-3 at all indices if eps or v is predicted, and from index 100 on if x_0 is, which
 * is 2.4e-2 at index 0 and 8e-3 at 5.5: what is predicted hardly varies there, and a jvp is what
 * helps.
 * @param[in] model not kept: what it has at present is taken over */
DDN_API ddn_status ddn_oracle_create_model(ddn_context *ctx, const ddn_model *model,
                                           ddn_oracle **out);

/** The oracle with score = sum_i factors[i] score_i: guidance ((1 + w) conditional - w
 * unconditional), negation, products of models (doc/theory.md (17)). count in [1, 64]; all parts
 * with one d and one schedule object, else DDN_E_SHAPE. Gives SCORE; MEAN = (x + s^2 score)/a;
 * DIVERGENCE and JACOBIAN_TIMES_V where all parts do. No density belongs to it, so it cannot draw.
 * Queries of it hand DDN_QUERY_EPSILON and DDN_QUERY_TRAJECTORY on to the parts; it has no ways of
 * its own (ddn_oracle_tally of a part tells how that was evaluated). A part whose factor is 0 is
 * not asked. Where a = 0 there is a MEAN if the factors add up to 1.
 * @param[in] parts [count] retained
 * @param[in] factors [count] */
DDN_API ddn_status ddn_oracle_create_combination(ddn_context *ctx, int64_t count,
                                                 ddn_oracle *const *parts, const double *factors,
                                                 ddn_oracle **out);

/** As ddn_oracle_create_combination with factors that depend on the time, constant in intervals of
 * the schedule's time: row 0 of the factors up to ends[0], included, row k in (ends[k - 1],
 * ends[k]], the last row above ends[intervals - 2]. So guidance in an interval (Kynkaanniemi et al.
 * 2024) of a conditional and an unconditional oracle is intervals = 3, factors {1, 0, 1 + g, -g, 1,
 * 0}: a part is not asked where its factor is 0. Samplers lose their order in a step across an end;
 * put ends on grid times. (17)
 * @param[in] count number of parts, 1 to 64
 * @param[in] intervals 1 to 1000000
 * @param[in] parts [count] retained
 * @param[in] ends [intervals - 1] increasing, copied; may be NULL for 1 interval
 * @param[in] factors [intervals][count] copied */
DDN_API ddn_status ddn_oracle_create_timed_combination(ddn_context *ctx, int64_t count,
                                                       int64_t intervals, ddn_oracle *const *parts,
                                                       const double *ends, const double *factors,
                                                       ddn_oracle **out);

DDN_END_DECLS

#endif
