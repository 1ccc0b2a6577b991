/* The regime of the reverse dynamics along given trajectories, for any oracle.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_PATH_H
#define DIFFDYN_PATH_H

#include <diffdyn/analysis.h>

DDN_BEGIN_DECLS

/* How the fate of a state is found. */
typedef int32_t ddn_path_method;
enum {
    DDN_PATH_AUTO = 0,      /* POSTERIOR where the oracle has weights, else CLONES */
    DDN_PATH_POSTERIOR = 1, /* from the posterior of the oracle: what the reverse SDE with this very
                               score does next, exactly and without simulation */
    DDN_PATH_CLONES = 2     /* pairs of continuations from the state with the oracle's score */
};

/* Which regime each of m trajectories is in at each of times[count] (strictly monotone), with the
 * states x[count][m][ldx] there, such as an integrator's callback saw them or a foreign sampler
 * wrote them. Two numbers decide for a state x at time t: the probability that two continuations
 * end at the same data point, same_point = sum w^2, and in the same class, same_class = sum_c
 * W_c^2 (doc/theory.md (36)):
 *     same_point >= 1/2                                       memorization,
 *     else same_class >= p + 0.5504 (1 - p), p = sum_c pi_c^2  features (the level of t_S),
 *     else                                                    random.
 * Without two classes the second test is t <= t_S of the data (20), or fails where there is no
 * data.
 *
 * CLONES: CLONES pairs of continuations of every state by METHOD, ETA, STEPS down to T_END, ended
 * with the denoiser; all times must be above T_END. Nearest points and classes are then those of
 * `points`, else of the oracle's own dataset or components (DDN_E_UNSUPPORTED where there is
 * neither): no posterior of the oracle is needed. Settings SEED and BATCH are used too.
 *
 * regimes[count][m] gets the ddn_regime of each state, or is NULL. Columns: "t", "t_ou", "regime"
 * (by the means over the trajectories), "same_point", "same_class", each with NAME_se over the
 * trajectories (NaN for m = 1, but binomial there for CLONES); "entropy", "w_max" with _se and
 * "W_0" .. "W_7", the mean posterior of the first eight classes: of the oracle, or for CLONES of
 * the one that judges (what an exact model of its points would say; NaN where there is none);
 * "random", "features", "memorization": shares of the trajectories. Scalars "paths", "classes",
 * "class_level", "t_S", "clones" (pairs a state; 0: posterior). Stops at cancel. */
DDN_API ddn_status ddn_analysis_path(ddn_analysis *an, const ddn_oracle *oracle,
                                     const ddn_dataset *points, ddn_path_method method,
                                     const double *times, int64_t count, int64_t m, const double *x,
                                     int64_t ldx, int32_t *regimes, ddn_result **out);

DDN_END_DECLS

#endif
