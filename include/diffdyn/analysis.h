/* Analyses: speciation, collapse, clones, and the regimes they bound.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_ANALYSIS_H
#define DIFFDYN_ANALYSIS_H

#include <diffdyn/observer.h>

DDN_BEGIN_DECLS

/* ---- Results ----------------------------------------------------------------------------- */

/* An immutable result: named columns of equal length (curves on a grid) and named scalars, each
 * with a standard error and a sentence that says which definition it is. Shared freely. */
typedef struct ddn_result ddn_result;

DDN_API void ddn_result_destroy(ddn_result *result);

DDN_API int64_t ddn_result_rows(const ddn_result *result);
DDN_API int64_t ddn_result_column_count(const ddn_result *result);
/* Name of column / scalar number i (0-based), NULL past the last; text owned by the result. */
DDN_API const char *ddn_result_column_name(const ddn_result *result, int64_t i);
DDN_API int64_t ddn_result_scalar_count(const ddn_result *result);
DDN_API const char *ddn_result_scalar_name(const ddn_result *result, int64_t i);
/* Copies a column to out[capacity], capacity >= rows. NaN marks "not measured". */
DDN_API ddn_status ddn_result_column(ddn_context *ctx, const ddn_result *result, const char *name,
                                     double *out, int64_t capacity);
/* A scalar and its standard error (0 where exact, NaN where unknown); either pointer may be NULL. A
 * crossing that does not exist on the grid has value NaN. */
DDN_API ddn_status ddn_result_scalar(ddn_context *ctx, const ddn_result *result, const char *name,
                                     double *value, double *standard_error);
/* Which definition a column or scalar is, with grid and sample count; NULL if there is no such
 * name. Text owned by the result. */
DDN_API const char *ddn_result_definition(const ddn_result *result, const char *name);

/* ---- Settings ---------------------------------------------------------------------------- */

/* Settings of analyses. One thread at a time. Retains the context. */
typedef struct ddn_analysis ddn_analysis;
DDN_API ddn_status ddn_analysis_create(ddn_context *ctx, ddn_analysis **out);
DDN_API void ddn_analysis_destroy(ddn_analysis *an);

typedef int32_t ddn_analysis_key;
enum {
    DDN_ANALYSIS_EXCESS_LEVEL = 101, /* level eps of f^e = eps alpha in (0, 1); default 0.05 */
    DDN_ANALYSIS_T_START = 102,   /* noisy end of simulated paths in the schedule's time; until it
                                     is set (get and preset give NaN): OU time 6, or the noisy
                                     end of the schedule if that comes first */
    DDN_ANALYSIS_T_END = 103,     /* clean end of simulated paths; until it is set: OU time 1e-3 */
    DDN_ANALYSIS_ETA = 104,       /* eta of the sampler where it has one; default 1 */
    DDN_ANALYSIS_SEED = 201,      /* default 0 */
    DDN_ANALYSIS_SAMPLES = 202,   /* states a time for identities; >= 2, default 1024 */
    DDN_ANALYSIS_CLONES = 203,    /* clone pairs a time; >= 2, default 512 */
    DDN_ANALYSIS_STEPS = 204,     /* steps of simulated continuations; >= 1, default 12 */
    DDN_ANALYSIS_BATCH = 205,     /* states evaluated together; >= 1, default 128; results do not
                                     depend on it beyond rounding */
    DDN_ANALYSIS_METHOD = 206,    /* a ddn_method for simulated paths; default EXACT */
    DDN_ANALYSIS_PATHS = 207,     /* paths of the last-change measurement; default 256 */
    DDN_ANALYSIS_PATH_STEPS = 208 /* grid of the last-change measurement; default 64 */
};
DDN_API ddn_status ddn_analysis_set_f64(ddn_analysis *an, ddn_analysis_key key, double value);
DDN_API ddn_status ddn_analysis_set_i64(ddn_analysis *an, ddn_analysis_key key, int64_t value);
DDN_API ddn_status ddn_analysis_get_f64(ddn_analysis *an, ddn_analysis_key key, double *value);
DDN_API ddn_status ddn_analysis_get_i64(ddn_analysis *an, ddn_analysis_key key, int64_t *value);
DDN_API ddn_status ddn_analysis_bounds(ddn_analysis *an, ddn_analysis_key key, double *minimum,
                                       double *maximum, double *preset);

/* ---- Measurements ------------------------------------------------------------------------ */

/* All measurements: results depend on the settings alone, bit for bit for any number of threads.
 * They report progress (stages "identities", "clones", "last change") and stop at cancel or when
 * the progress callback asks for it (DDN_STOPPED, no result). Each use of the seed has random
 * numbers of its own, so identities, clones and last changes are independent measurements. Common
 * errors: DDN_E_NULL, DDN_E_RANGE and DDN_E_NONFINITE (times: strictly monotone, within the
 * schedule), DDN_E_NOMEM, and those of oracle and integrator. */

/* Averages over x ~ p_t by forward samples at times[count], increasing or decreasing, one
 * evaluation a sample, no trajectories (doc/theory.md (30)-(36)). Data points are taken equally
 * often, the remainder as a random subset without replacement with its share of each class; the
 * same points and noise serve all times, so the curves are smooth and a value does not depend on
 * the rest of the grid. Columns "t" and, each with a standard error NAME_se (sd/sqrt(SAMPLES)):
 *   "phi" = E sum_c W_c^2 (NaN without labels), "phi_C" = E sum w^2,
 *   "f" = E S(w)/d, "f_over_alpha" (NaN for n = 1), "df_dt" from E tr Cov by I-MMSE, per unit of
 *   the schedule's time (33), "w_max" = E max w, "mmse" = E tr Cov, "log_p" = E log p.
 * An output that the oracle does not have makes its columns NaN. Scalars: "samples", "n" (the
 * components of the oracle), "d", "alpha" = log(n)/d, "classes". phi and phi_C are the clone and
 * U-turn probabilities of the reverse SDE (eta = 1) with this very score. */
DDN_API ddn_status ddn_analysis_identities(ddn_analysis *an, const ddn_oracle *oracle,
                                           const double *times, int64_t count, ddn_result **out);

/* The same probabilities by simulation: CLONES pairs of continuations of one x_t ~ p_t with
 * separate noise, run from each time (all above T_END) down to T_END by METHOD in STEPS steps.
 * Columns "t" and, each with NAME_se: "phi" (same class: the label of the nearest point; without a
 * data set the most probable class; the nearest of its dataset for an oracle without weights),
 * "phi_C" (same nearest point), "distance2" (E |x1 - x2|^2). Scalar "clones". The error of a
 * proportion is half its Wilson interval at one standard deviation, sqrt(p(1 - p)/N + 1/4N^2)/(1 +
 * 1/N), so it is not 0 at 0 and 1. */
DDN_API ddn_status ddn_analysis_clones(ddn_analysis *an, const ddn_oracle *oracle,
                                       const double *times, int64_t count, ddn_result **out);

/* Last-change time of the nearest point along reverse paths on a grid of PATH_STEPS steps,
 * geometric in t from T_START to T_END, from x ~ p_t at T_START by METHOD (theory (34)). Scalars
 * "t_C_last_change" (mean), "t_C_last_change_median" (error from order statistics, at least the
 * grid's own), "paths", "steps". Columns "t_grid", "changed_after": share of paths whose last
 * change is below t, with "changed_after_se". DDN_E_UNSUPPORTED for oracles without components. */
DDN_API ddn_status ddn_analysis_last_change(ddn_analysis *an, const ddn_oracle *oracle,
                                            ddn_result **out);

/* What the spectrum of the data alone says. Scalars "Lambda", "t_S" = log(1 + Lambda)/2,
 * "t_S_asymptotic" = log(Lambda)/2, "t_SSB" = asinh(Lambda)/2, "t_C_spectrum" (root of
 * sum log(1 + lambda_i/(e^2t - 1)) = 2 log n; NaN for n = 1 or Lambda = 0), "alpha", "n", "d", in
 * OU time. */
DDN_API ddn_status ddn_analysis_spectrum(ddn_analysis *an, const ddn_dataset *ds, ddn_result **out);

/* Crossing times from a result of ddn_analysis_identities or ddn_analysis_clones: scalars
 * "t_S_phi" (phi at the level phi(inf) + (1 - phi(inf)) 0.5504, phi(inf) = sum pi_c^2), "t_C_phi"
 * (phi_C = 1/2), "t_C_entropy" (f = EXCESS_LEVEL alpha), in the time of the grid, by local linear
 * interpolation. Where noise makes a curve cross more than once it is the crossing at the largest
 * time, and the definition says so. The error is, over |slope| and in quadrature, the weighted
 * sum of those at both ends of the bracket (an upper bound as they are correlated) and the bend
 * of the curve in between, estimated from the neighbouring rows. */
DDN_API ddn_status ddn_analysis_crossings(ddn_analysis *an, const ddn_oracle *oracle,
                                          const ddn_result *curves, ddn_result **out);

/* The whole report: spectrum, identities at times[count], clones at clone_times[clone_count] (0 for
 * none), last change, crossings, merged into one result on the union of both grids, ascending,
 * with NaN where not measured. Columns "t" and, each with NAME_se, those of identities,
 * "phi_clones", "phi_C_clones" and "distance2_clones". Scalars: all of the above and "seed"; the
 * crossings are those of the identities (of the clones where these have none), and those of the
 * clones are "t_S_phi_clones" and "t_C_phi_clones". All times are in the oracle's schedule, NaN
 * where it does not reach. Works for every oracle: what it cannot give is NaN. */
DDN_API ddn_status ddn_analysis_regimes(ddn_analysis *an, const ddn_oracle *oracle,
                                        const double *times, int64_t count,
                                        const double *clone_times, int64_t clone_count,
                                        ddn_result **out);

/* The regime of the reverse dynamics at time t. */
typedef int32_t ddn_regime;
enum {
    DDN_REGIME_RANDOM = 1,      /* t > t_S */
    DDN_REGIME_FEATURES = 2,    /* t_C < t <= t_S */
    DDN_REGIME_MEMORIZATION = 3 /* t <= t_C */
};
/* From t_S_phi (t_S where that was not measured) and t_C_phi (else t_C_spectrum) of a report. If
 * t_C >= t_S regime II does not exist. DDN_E_UNSUPPORTED where a boundary is NaN in both: for a
 * single point, or copies of one, nothing changes with t. */
DDN_API ddn_status ddn_analysis_regime_at(ddn_context *ctx, const ddn_result *report, double t,
                                          ddn_regime *regime);

DDN_END_DECLS

#endif
