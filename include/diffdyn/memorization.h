/* Memorization: how near generated samples are to the points that a model was made from.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_MEMORIZATION_H
#define DIFFDYN_MEMORIZATION_H

#include <diffdyn/analysis.h>
#include <diffdyn/dataset.h>

DDN_BEGIN_DECLS

/** Distances of samples, wherever they come from, from the points of a data set, and the share that
 * are copies: d1 <= d2 are the Euclidean distances from the nearest and from the second nearest
 * point that differs from it, and a sample is memorized where d1 / d2 < kappa, the setting
 * DDN_ANALYSIS_KAPPA (doc/theory.md (91), (92)). For the exact score the share is 1 for paths that
 * end well below t_C; what generalises has about the share of fresh data, which is measured in the
 * same way. The seed is not used: it stands in the result as that of the samples, and results of
 * equal seeds are not pooled. Stage "nearest points"; can be cancelled.
 *
 * Columns, one row a sample: "index" (row of the nearest point, the first one where copies or
 * others are equally near), "d1", "d2" in data units. Scalars:
 * - "f_mem" with its error (half the Wilson interval at one standard deviation), and "f_mem_low",
 *   "f_mem_high", its 95 % interval (45);
 * - "d1_q05", "d1_q50", "d1_q95", "d2_q05", "d2_q50", "d2_q95": quantiles, with errors from the
 *   order statistics one standard deviation of the rank away, and each with "_low" and "_high", its
 *   95 % interval for any law (92); NaN where there are too few samples for them;
 * - "kappa", "samples", "n", "d".
 *
 * Pooling (ddn_result_merge, for equal numbers of samples): f_mem, its interval, samples; the rest
 * of what the samples say is NaN. Errors: DDN_E_NULL, DDN_E_RANGE (m < 1; a sample or a point is
 * more than 1e150 away from the others), DDN_E_SHAPE (ldx), DDN_E_NONFINITE (x), DDN_E_UNSUPPORTED
 * (all points are equal), DDN_E_NOMEM, DDN_STOPPED.
 * @param[in] ds the points; not kept
 * @param[in] x [m][ldx] samples in data units, ldx >= d of ds */
DDN_API ddn_status ddn_analysis_memorization(ddn_analysis *an, const ddn_dataset *ds, int64_t m,
                                             const double *x, int64_t ldx, ddn_result **out);
/** The same for samples in single precision; takes m rows of doubles of scratch.
 * @param[in] ds the points; not kept
 * @param[in] x [m][ldx] samples in data units, ldx >= d of ds */
DDN_API ddn_status ddn_analysis_memorization_f32(ddn_analysis *an, const ddn_dataset *ds, int64_t m,
                                                 const float *x, int64_t ldx, ddn_result **out);

/** Does a model memorize its training data or generalise? Its denoising errors on training and on
 * test data, time by time, beside those of two denoisers that are known: the exact score of the
 * training data, below which nothing is on the training data, and their Wiener filter, the best
 * linear one (doc/theory.md (93)); and what it generates from noisy training data (94). For any
 * oracle that gives a MEAN.
 *
 * An error is that of a coordinate, (1/d) E |y - D(a y + s z, t)|^2 over the points y of a set by
 * their weights and over the noise z; standard errors and 95 % intervals are those of a mean over
 * SAMPLES states, for the sets as they are: sets of n points that stand for a law add about the
 * spread of the errors of their points over sqrt(n). All three denoisers get the same states, so
 * that differences have small errors; those of training data are drawn and averaged as in
 * ddn_analysis_identities (NEIGHBOURS), so that rare states between close points count. Training
 * and test data have states of their own, and their errors are independent.
 *
 * Columns, one row for each time of both grids, ascending; NaN where it is not of a grid: "t",
 * "samples", "clones" (pairs), and each with NAME_se, NAME_low, NAME_high, in data units^2:
 * - "e_train", "e_test", "gap" = e_test - e_train: errors of the model;
 * - "e_exact_train" (mmse/d of the identities), "e_exact_test", "gap_exact": of the exact score;
 * - "e_wiener_train", "e_wiener_test", "gap_wiener": of the Wiener filter, with up to 512
 *   eigenvectors of the covariance and one variance for the rest ("wiener_axes");
 * - "excess_train" = e_train - e_exact_train >= 0, "excess_test", "gain_train" = e_wiener_train -
 *   e_train, "gain_test", as means of differences;
 * - "gap_paired" = gap - gap_wiener = gain_train - gain_test. Two sets of one law differ in their
 *   spread, which is in the gap of a model that has memorized nothing; it is in that of the Wiener
 *   filter as well, which itself memorizes little where n is well above d.
 * A model that memorizes has a small excess_train where gap_exact is large, and a gap as large; one
 * that generalises has a gap_paired near 0 (below it by what the filter has memorized itself) and a
 * gain_test > 0;
 * and where clones are asked for, of CLONES pairs of the model's paths from one noisy training
 * point, by METHOD and STEPS down to T_END and the denoiser:
 * - "phi_C": share of pairs that end nearest to the same training point; "f_mem": share of ends
 * (one of each pair) with d1/d2 < KAPPA, as in ddn_analysis_memorization; "d1_q50", "d2_q50": their
 *   median distances, in data units. At the noisy end these are samples of the model. f_mem and
 *   d2_q50 are NaN where all training points are equal.
 * Scalars: "n", "n_test", "d", "wiener_axes", "evaluations" (states of denoising that the model was
 * given), with clones "kappa" and, of the test data, "f_mem_test", "d1_q50_test", "d2_q50_test",
 * each with "_low" and "_high". Without test data the columns that need it are NaN, and
 * there are no scalars of it. Stages "denoising",
 * "clones". Pooling: as identities and clones, but for medians.
 *
 * Errors: DDN_E_NULL, DDN_E_SHAPE (d of the sets), DDN_E_RANGE, DDN_E_NONFINITE (times; answers of
 * the model, by state), DDN_E_NOMEM, DDN_STOPPED, and those of the oracle, of
 * ddn_oracle_create_empirical and ddn_oracle_create_gaussian_of, and with clones of the integrator.
 * @param[in] train the points that the model was learned from; not kept
 * @param[in] test points of the same law that it has not seen; not kept; or NULL
 * @param[in] times [count] of the denoising errors, strictly monotone
 * @param[in] clone_times [clone_count] of the clones, strictly monotone, above T_END; clone_count =
 *     0: none */
DDN_API ddn_status ddn_analysis_generalization(ddn_analysis *an, const ddn_oracle *oracle,
                                               const ddn_dataset *train, const ddn_dataset *test,
                                               int64_t count, int64_t clone_count,
                                               const double *times, const double *clone_times,
                                               ddn_result **out);

DDN_END_DECLS

#endif
