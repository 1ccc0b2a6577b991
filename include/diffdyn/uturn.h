/* Branching experiments: U-turns and clones for any oracle and any classifier.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_UTURN_H
#define DIFFDYN_UTURN_H

#include <diffdyn/analysis.h>

DDN_BEGIN_DECLS

/* Says to which class each of the states x[m][d] belongs (denoised, contiguous, in the units of the
 * data): class_out[m], any numbers. Returns 0; another value makes the analysis fail with
 * DDN_E_CALLBACK. Called on the thread that runs the analysis, never re-entrantly; must return. */
typedef int32_t (*ddn_classify_fn)(void *user, int64_t m, int64_t d, const double *x,
                                   int32_t *class_out);

/* U-turn (Behjoo & Chertkov; doc/theory.md (40)): x_0 -> x_t forward -> x_0' by the reverse
 * dynamics with this oracle, for each of times[count] (monotone, all above the clean end T_END).
 * Settings used: CLONES (U-turns a time), METHOD, ETA, STEPS, T_END, SEED, BATCH. The reverse paths
 * end with the denoiser at T_END. starts: where the x_0 come from, each point equally often; NULL:
 * the data of the oracle itself (DDN_E_UNSUPPORTED where it has none, as a combination). d must
 * agree (DDN_E_SHAPE). classify, user: the classifier; NULL: the label of the nearest point where
 * the oracle has labelled data, else its most probable class, else (an oracle without weights) the
 * label of the nearest of its dataset or of starts. Columns, each NAME with NAME_se: "t";
 * "returned", share of paths whose nearest point (component) at the end is that of x_0, and
 * "same_class", each with NAME_low, NAME_high, the 95 % Wilson interval; "distance2" = E|x_0 -
 * x_0'|^2 with quantiles "distance2_q05", "_q50", "_q95"; "entropy", mean posterior entropy at x_t.
 * What the posterior at x_t predicts for the reverse SDE with the exact score, on the same x_t,
 * where the oracle can tell and the x_0 are its own data: "returned_identity" = E sum w^2,
 * "same_class_identity" = E sum_c W_c^2 (without classify), "distance2_identity" = 2 E tr Cov
 * (without what is left at T_END). NaN: cannot be measured. Scalars: "paths", "n", "d". (36), (40).
 * Stops at cancel. */
DDN_API ddn_status ddn_analysis_uturn(ddn_analysis *an, const ddn_oracle *oracle,
                                      const ddn_dataset *starts, const double *times, int64_t count,
                                      ddn_classify_fn classify, void *user, ddn_result **out);

/* The same with two continuations of x_t that are compared with each other instead of one that is
 * compared with x_0: "returned" is then the share of pairs with one nearest point (phi_C),
 * "same_class" is phi, "distance2" = E|x_0' - x_0''|^2. */
DDN_API ddn_status ddn_analysis_branch(ddn_analysis *an, const ddn_oracle *oracle,
                                       const ddn_dataset *starts, const double *times,
                                       int64_t count, ddn_classify_fn classify, void *user,
                                       ddn_result **out);

DDN_END_DECLS

#endif
