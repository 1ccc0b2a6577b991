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

DDN_END_DECLS

#endif
