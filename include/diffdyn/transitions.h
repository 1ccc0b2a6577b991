/* Transitions: speciation and collapse, identities, clones, U-turns, regimes.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_TRANSITIONS_H
#define DIFFDYN_TRANSITIONS_H

#include <diffdyn/analysis.h>
#include <diffdyn/integrator.h>

DDN_BEGIN_DECLS

/* ---- Measurements ------------------------------------------------------------------------ */

/** The probabilities phi and phi_C of ddn_analysis_identities by simulation (of data without
 * copies: merge them first, paths cannot tell them apart): CLONES pairs of continuations of one x_t
 * ~ p_t with separate noise, run from each time (all above T_END) down to T_END by METHOD in STEPS
 * steps; with a classifier they end with the denoiser. Columns "t" and, each with NAME_se: "phi"
 * (same class) and "phi_C" (same nearest point), as the judge (analysis.h) finds them in the states
 * at T_END, with their 95 % intervals NAME_low, NAME_high (theory (45)), "distance2" (E |x1 -
 * x2|^2), the same by theory (46), which allows for partings that are too rare to be seen (not for
 * an oracle without data); "clones", the pairs at each time. Scalar "clone_pairs", all together.
 * The error of a proportion is half its Wilson interval at one standard deviation, which is
 * sqrt(p(1 - p)/N + 1/4N^2)/(1 + 1/N), so it is not 0 at 0 and 1. Scalars "phi_step", "phi_C_step":
 * the step-size error (analysis.h). With CLONE_PRECISION set, pairs
 * are added until the errors of phi_C, and of phi over 1 - phi(inf), are not above it, at most
 * MOST_SAMPLES a time (theory (44)); DDN_E_CONVERGENCE, with the time, the quantity, the pairs
 * needed and the precision that can be had, as soon as that is seen not to do.
 * @param[in] times [count] strictly monotone */
DDN_API ddn_status ddn_analysis_clones(ddn_analysis *an, const ddn_oracle *oracle, int64_t count,
                                       const double *times, ddn_result **out);

/** Last-change time of the judge's nearest point (analysis.h) along reverse paths on a grid of
 * PATH_STEPS steps, geometric in t from T_START to T_END, from x ~ p_t at T_START by METHOD (theory
 * (34), (43)). Scalars "t_C_last_change" (mean) with its 95 % interval "t_C_last_change_low" and
 * "_high", "t_C_last_change_median" with its 95 % interval "t_C_last_change_median_low" and
 * "_high", "paths", "steps". Weights of the points say how often paths end there, not what is
 * near. Methods other than EXACT take STEPS steps or more, evenly between the times of that grid,
 * at which alone points are looked at; "t_C_last_change_step" is the step-size error (analysis.h).
 * The mean is one in the time of the schedule: of another schedule compare the median. A change is
 * known to a step of the grid: the mean takes the middle of it, the median spreads the changes
 * evenly over it. Paths that never change count as T_START; where they are half of all the median
 * is NaN. Columns "t_grid", "changed_after": share of paths whose last change is below t, with
 * "changed_after_se", "_low" and "_high". DDN_E_UNSUPPORTED without a judge: an oracle that has
 * neither components nor data. */
DDN_API ddn_status ddn_analysis_last_change(ddn_analysis *an, const ddn_oracle *oracle,
                                            ddn_result **out);

/** What the spectrum of the data alone says. Scalars "Lambda", "t_S" = log(1 + Lambda)/2,
 * "t_S_asymptotic" = log(Lambda)/2, "t_SSB" = asinh(Lambda)/2, "t_C_spectrum" (root of sum log(1 +
 * lambda_i/(e^2t - 1)) = 2 H(pi), the entropy of the weights of the points, log n without; NaN for
 * n = 1 or Lambda = 0), "alpha" = H(pi)/d, "n", "d", "copies" (points that are equal to an earlier
 * one: merge them with ddn_dataset_create_distinct, else each counts as a point of its own), in OU
 * time.
 */
DDN_API ddn_status ddn_analysis_spectrum(ddn_analysis *an, const ddn_dataset *ds, ddn_result **out);

/** Crossing times of the curves of a result of ddn_analysis_identities, _clones, _regimes, _uturn
 * or _branch (another is DDN_E_MISMATCH, as is one with the times of another schedule than the
 * oracle's): scalars "t_S_phi" (phi = ddn_theory_phi_level(phi(inf)), phi(inf) = sum pi_c^2: of
 * the labels or else of the oracle; for clones, U-turns and branches of what judges, with a
 * classifier and points without labels of what it says of these), "t_C_phi" (phi_C = 1/2),
 * "t_C_entropy" (f = EXCESS_LEVEL alpha), in the time of the grid, by a polynomial through two rows
 * on each side (theory (42)). Where noise makes a curve cross more than once it is the crossing at
 * the largest time, and the definition says so. A time is NaN, and the definition says why, where
 * the curve does not cross on this grid, where its errors are larger than 1 less the level ("not
 * resolved"), and where it cannot: phi_C >= sum pi^2, of two points 1/2. For U-turns and branches
 * the curves are "same_class" and "returned", and there is no entropy. DDN_E_UNSUPPORTED where no
 * curve was measured. The error is made of those of the rows, correlated as the columns NAME_rho
 * say (with the row of the next larger time; clones, U-turns and branches are separate experiments
 * at each time; else an upper bound), and of what the grid leaves open.
 * Example: doc/examples/simple/transitions.c */
DDN_API ddn_status ddn_analysis_crossings(ddn_analysis *an, const ddn_oracle *oracle,
                                          const ddn_result *curves, ddn_result **out);

/** The whole report: spectrum, identities at the times, clones at the clone times, last change,
 * crossings, merged into one result on the union of both grids, ascending, with NaN where not
 * measured. Columns: those of identities and of clones with all that goes with them (NAME_se,
 * NAME_low, NAME_high, NAME_rho), those of clones as "phi_clones", "phi_C_clones",
 * "distance2_clones" and "clones". Scalars: all of the above and "seed"; the crossings are those of
 * the identities (of the clones where no identity was measured), and those of the clones are
 * "t_S_phi_clones" and "t_C_phi_clones". All times are in the oracle's schedule, NaN where it does
 * not reach. Works for every oracle: what it cannot give is NaN, with the reason in the definition;
 * the last change is measured for oracles with weights, and for others where there are clone times.
 * @param[in] times [count]
 * @param[in] clone_times [clone_count] or NULL where clone_count = 0 */
DDN_API ddn_status ddn_analysis_regimes(ddn_analysis *an, const ddn_oracle *oracle, int64_t count,
                                        int64_t clone_count, const double *times,
                                        const double *clone_times, ddn_result **out);

/** The regime of the reverse dynamics at time t. */
typedef int32_t ddn_regime;
enum ddn_regime_values {
    DDN_REGIME_NONE = -1,       /**< not a value; keeps the constants signed */
    DDN_REGIME_RANDOM = 1,      /**< t > t_S */
    DDN_REGIME_FEATURES = 2,    /**< t_C < t <= t_S */
    DDN_REGIME_MEMORIZATION = 3 /**< t <= t_C */
};
/** The regime at time t, from t_S_phi (t_S where that was not measured) and t_C_phi (else
 * t_C_spectrum) of a report (ddn_analysis_regimes), or of the spectrum alone
 * (ddn_analysis_spectrum). If t_C >= t_S regime II does not exist. DDN_E_MISMATCH where clock,
 * which t shows, is not that of the result (the time of an OU schedule is OU time);
 * DDN_E_UNSUPPORTED where it has no boundary, or NaN: for a single point, or copies of one, nothing
 * changes with t.
 * @param[out] regime the regime */
DDN_API ddn_status ddn_regime_at(ddn_context *ctx, const ddn_result *report, ddn_clock clock,
                                 double t, ddn_regime *regime);

/* ---- Branching experiments: U-turns and clones for any oracle and any classifier ------------ */

/** U-turn (Behjoo & Chertkov; doc/theory.md (40)): x_0 -> x_t forward -> x_0' by the reverse
 * dynamics with this oracle, for each time. Settings used: CLONES (U-turns a time), METHOD, ETA,
 * STEPS, T_END, SEED, BATCH. The reverse paths end with the denoiser at T_END. d of oracle and
 * starts must agree (DDN_E_SHAPE). The judge (analysis.h), with the classifier and the points that
 * are set, looks at x_0 and at the denoised end. Columns, each NAME with NAME_se: "t"; "returned",
 * share of paths whose nearest point (component) at the end is that of x_0, and "same_class", each
 * with NAME_low, NAME_high, the 95 % interval (45); "distance2" = E|x_0 - x_0'|^2 with
 * "distance2_low", "_high" (theory (46)) and quantiles
 * "distance2_q05", "_q50", "_q95"; "entropy", mean posterior entropy at x_t. What the posterior at
 * x_t predicts for the reverse SDE with the exact score, by ddn_analysis_identities with CLONES
 * samples of their own, which also give the entropy, where the oracle can tell and the x_0 are its
 * own data: "returned_identity" = E sum w^2, "same_class_identity" = E sum_c W_c^2 (both unless
 * other points judge, this one without a classifier), "distance2_identity" = 2 E tr Cov. They know
 * copies apart, which paths cannot: merge them first (ddn_dataset_create_distinct); and they are
 * those of paths to the data, where points nearer than the noise at T_END are still one. NaN:
 * cannot be measured, for the reason that the definition gives. Scalars: "paths", "n", "d", and the
 * step-size errors "same_class_step", "returned_step" (analysis.h).
 * (36), (40). Stops at cancel.
 * @param[in] starts where the x_0 come from, each point by its probability; or NULL: the data of
 *     the oracle itself, or the points that judge where it has none (DDN_E_UNSUPPORTED without)
 * @param[in] times [count] monotone, all above the clean end T_END */
DDN_API ddn_status ddn_analysis_uturn(ddn_analysis *an, const ddn_oracle *oracle,
                                      const ddn_dataset *starts, int64_t count, const double *times,
                                      ddn_result **out);

/** As ddn_analysis_uturn with two continuations of x_t that are compared with each other instead of
 * one that is compared with x_0: "returned" is then the share of pairs with one nearest point
 * (phi_C), "same_class" is phi, "distance2" = E|x_0' - x_0''|^2.
 * @param[in] starts or NULL, as for ddn_analysis_uturn
 * @param[in] times [count] monotone, all above the clean end T_END */
DDN_API ddn_status ddn_analysis_branch(ddn_analysis *an, const ddn_oracle *oracle,
                                       const ddn_dataset *starts, int64_t count,
                                       const double *times, ddn_result **out);

/* ---- Regimes along given trajectories, for any oracle ---------------------------------------- */

/** How the fate of a state is found. */
typedef int32_t ddn_path_method;
enum ddn_path_method_values {
    DDN_PATH_NONE = -1,     /**< not a value; keeps the constants signed */
    DDN_PATH_AUTO = 0,      /**< POSTERIOR where the oracle has weights, else CLONES */
    DDN_PATH_POSTERIOR = 1, /**< from the posterior of the oracle: what the reverse SDE with this
                                 very score does next, exactly and without simulation */
    DDN_PATH_CLONES = 2     /**< pairs of continuations from the state with the oracle's score */
};

/** Which regime each of m trajectories is in at each time, from the states there, such as an
 * integrator's callback saw them or a foreign sampler wrote them. Two numbers decide for a state x
 * at time t: the probability that two continuations end at the same data point, same_point = sum
 * w^2, and in the same class, same_class = sum_c W_c^2 (doc/theory.md (36)):
 *
 *     same_point >= 1/2                                       memorization,
 *     else same_class >= ddn_theory_phi_level(sum_c pi_c^2)   features (the level of t_S),
 *     else                                                    random.
 *
 * Without two classes the second test is t <= t_S of the data (20), or fails where there is no
 * data.
 *
 * CLONES: CLONES pairs of continuations of every state by METHOD, ETA, STEPS down to T_END, ended
 * with the denoiser; all times must be above T_END. The judge (analysis.h) of the ends takes the
 * points and the classifier that are set, which do not matter to POSTERIOR; DDN_E_UNSUPPORTED where
 * there are no points. The level of same_class is that of the points' labels, or else of what the
 * classifier says of them. Scalars "same_class_step", "same_point_step": the step-size error
 * (analysis.h). No posterior of the oracle is needed. Settings SEED and BATCH are used too; m
 * CLONES <= 2^33 (DDN_E_RANGE).
 *
 * Columns: "t", "t_ou", "regime" (by the means over the trajectories), "same_point", "same_class",
 * each with NAME_se over the trajectories (NaN for m = 1, but binomial there for CLONES);
 * "entropy", "w_max" with _se and "W_0", "W_1", ..., one for each class in ascending order of the
 * labels, its mean posterior: of the oracle, or for CLONES of the one that judges (what an exact
 * model of its points would say); "random", "features", "memorization": shares of the trajectories,
 * with NAME_se, NAME_low, NAME_high. Scalars "paths", "classes", "class_level", "t_S" (in the
 * schedule's time), "clones" (pairs a state; 0: posterior). Stops at cancel.
 * @param[in] times [count] strictly monotone
 * @param[in] x [count][m][ldx]
 * @param[out] regimes [count][m] the ddn_regime of each state, or NULL */
DDN_API ddn_status ddn_analysis_path(ddn_analysis *an, const ddn_oracle *oracle,
                                     ddn_path_method method, int64_t count, int64_t m,
                                     const double *times, const double *x, int64_t ldx,
                                     int32_t *regimes, ddn_result **out);

DDN_END_DECLS

#endif
