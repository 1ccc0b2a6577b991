/* The likelihood that a score gives to states: log p along its probability flow.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_LIKELIHOOD_H
#define DIFFDYN_LIKELIHOOD_H

#include <diffdyn/analysis.h>

DDN_BEGIN_DECLS

/** log p of each of m states x, which are at the time t_end = DDN_ANALYSIS_T_END, by the
 * probability flow of any oracle from there to t_start = DDN_ANALYSIS_T_START (doc/theory.md (98)):
 * with x' the state that the flow carries x to,
 *
 *     log p(x) = log q(x') + d log(s(t_start)/s(t_end)) - integral of D dl,
 *     l = log(s/a),   D = d + s^2 div score,
 *
 * D from DDN_OUT_DIVERGENCE where probes = 0 (exact, d Jacobian products a state for a model), else
 * the mean over so many probes of random signs, the same ones for a state along its whole path
 * (DDN_QUERY_PROBES; functions of DDN_ANALYSIS_SEED, the row and the probe). One probe is right on
 * average, two or more also say their error.
 *
 * What density it is: that of x itself, in the coordinates of the process at t_end, which the flow
 * makes of the density q at t_start. q is the density of `end` there: for the model as a generator,
 * what its sampler starts from, which for ddn_integrator_draw_start is a Gaussian oracle with
 * count = 0 and residual = 0; for the exact score of data, the Gaussian of the data
 * (ddn_oracle_create_gaussian_of). NULL: N(0, (a^2 + s^2) I). The states are taken as they are: p
 * is the density of data noised to t_end, so pass noised data, a x_0 + s z (ddn_schedule_forward),
 * for the mean of log p over it; clean data x_0, or a x_0, are points like others, more likely than
 * noised ones by up to about d/2 nats. "bits_per_dim" belongs to x/a, in units of the data: minus
 * (log p + d log a)/(d log 2); for bytes mapped by y = f byte + c subtract log2 f.
 *
 * The flow takes 2 ceil(DDN_ANALYSIS_PATH_STEPS/2) steps of equal length in l by Dormand and
 * Prince's rule of order 5, and again half as many; six evaluations a step. Columns, one row a
 * state, none of them pooled:
 * - "log_p" in nats with "log_p_se", the standard error of the probes (0 where exact, NaN for one
 * probe);
 * - "bits_per_dim" with "bits_per_dim_se", as said;
 * - "step_error": |log p - the one of half the steps|, about thirty times the error of the steps
 * where these resolve the flow; raise PATH_STEPS where it is large;
 * - "log_p_start": log q(x').
 *
 * Scalars, over the rows: "mean_log_p", "mean_bits_per_dim" with the error of their spread (probes
 * are in it) and the ends "_low", "_high" of the 95 % interval; "mean_step_error", the mean of the
 * signed difference to half the steps; "truncation", where `end` is NULL and the oracle has data:
 * by how much the mean of log p over noised data may be too low, at most, because p at t_start is
 * not q, for the exact score of the data (NaN elsewhere); "samples", "probes", "steps", "t_start",
 * "t_end", "d". BATCH states are asked for together. Stage "log likelihood"; can be cancelled.
 *
 * Errors: DDN_E_NULL, DDN_E_RANGE (m < 1, probes, times), DDN_E_SHAPE (ldx; `end` of another d or
 * schedule object), DDN_E_NONFINITE (x, or states on the way), DDN_E_UNSUPPORTED (no Jacobian
 * products, `end` without LOG_P), DDN_E_NOMEM, DDN_STOPPED, and those of the oracle.
 * Example: doc/examples/simple/likelihood.c
 * @param[in] end of the same schedule object, gives LOG_P; or NULL
 * @param[in] probes in [0, 4096]
 * @param[in] x [m][ldx] ldx >= d */
DDN_API ddn_status ddn_analysis_log_likelihood(ddn_analysis *an, const ddn_oracle *oracle,
                                               const ddn_oracle *end, int64_t probes, int64_t m,
                                               const double *x, int64_t ldx, ddn_result **out);

DDN_END_DECLS

#endif
