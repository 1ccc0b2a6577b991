/* Spontaneous symmetry breaking: potential, fixed points, stability, bifurcations of the reverse
 * drift of any oracle. SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_SYMMETRY_H
#define DIFFDYN_SYMMETRY_H

#include <diffdyn/analysis.h>
#include <diffdyn/oracle.h>

DDN_BEGIN_DECLS

/** An oracle, settings and scratch memory. One thread at a time.
 *
 * The reverse dynamics of the eta-family in the schedule's own time (doc/theory.md (12), (50)),
 * with f, g^2 the rates of the schedule (8) and c = (1 + eta^2) g^2 / 2, are
 *
 *     dx = b(x, t) dtau + eta g dW   (tau runs against t),
 *     b = -f x + c grad log p_t(x) = -grad u,   u(x, t) = f |x|^2 / 2 - c log p_t(x).
 *
 * OU: u = -|x|^2/2 - (1 + eta^2) log p; VP, eta = 1: u = -beta (|x|^2/4 + log p); EDM: f = 0. The
 * fixed points and the sign of their stability are the same for OU and VP (the same x, another
 * clock); in EDM coordinates x is rescaled in time, and both differ (52).
 *
 * Works for every oracle that gives MEAN or SCORE and COV_TIMES_V or JACOBIAN_TIMES_V; a potential
 * needs LOG_P, and along a line does without it. Scores of f32 and u8 data carry rounding noise
 * near 1e-6, those of a model in single precision too: fixed points are then known no better
 * (TOLERANCE must say so for a callback), and f64 data gives more. */
typedef struct ddn_symmetry ddn_symmetry;

/** Errors: DDN_E_NULL, DDN_E_NOMEM, DDN_E_UNSUPPORTED (the oracle lacks what is needed).
 * @param[in] oracle retained */
DDN_API ddn_status ddn_symmetry_create(ddn_context *ctx, const ddn_oracle *oracle,
                                       ddn_symmetry **out);
/** Lets go of the object. NULL is a no-op. */
DDN_API void ddn_symmetry_destroy(ddn_symmetry *sy);

/** Keys of its options. */
typedef int32_t ddn_symmetry_key;
enum ddn_symmetry_key_values {
    DDN_SYMMETRY_NONE = -1,          /**< not a value; keeps the constants signed */
    DDN_SYMMETRY_ETA = 5001,         /**< noise level of the family, [0, 10]; default 1 */
    DDN_SYMMETRY_TOLERANCE = 5002,   /**< a fixed point has |b| s^2 / c below this times |x| + s
                                          sqrt(d); [1e-14, 1e-2]; default 1e-10, 1e-5 for f32 and
                                          u8 data */
    DDN_SYMMETRY_MERGE = 5003,       /**< fixed points nearer than this times |x| + s sqrt(d) are
                                          one; [1e-12, 1]; default 1e-6, 1e-3 for f32 and u8 data */
    DDN_SYMMETRY_STEP = 5004,        /**< largest step along a branch, in sqrt(dlog(tau)^2 +
                                          |dx|^2 / (s^2 sqrt(d))); [1e-4, 10]; default 0.1 */
    DDN_SYMMETRY_ITERATIONS = 5005,  /**< of the descent to a fixed point; >= 1, default 10000 */
    DDN_SYMMETRY_EIGENVALUES = 5006, /**< leading eigenvalues that are followed along a branch:
                                          events of the others go unseen; 1 .. 64, default 2, at
                                          most d used */
    DDN_SYMMETRY_DESCEND = 5007,     /**< 1 (default): fixed points by descent in u, then Newton:
                                          stable ones; 0: damped Newton from the starts: of any
                                          kind */
    DDN_SYMMETRY_SEED = 5008,        /**< of the start vectors of Lanczos; default 0 */
    DDN_SYMMETRY_POINTS = 5009,      /**< most points of one branch; >= 10, default 5000 */
    DDN_SYMMETRY_BRANCHES = 5010     /**< most branches of a diagram; >= 1, default 256 */
};
/** The options of a symmetry analysis; see ddn_options in base.h.
 * @return borrowed, or NULL for NULL */
DDN_API ddn_options *ddn_symmetry_options(ddn_symmetry *sy);

/** Drift b(x, t) of states.
 * @param[in] x [m][ldx]
 * @param[out] drift [m][ldo] ldo >= d; may be x itself */
DDN_API ddn_status ddn_symmetry_drift(ddn_symmetry *sy, double t, int64_t m, const double *x,
                                      int64_t ldx, double *drift, int64_t ldo);

/** Potential u(x, t) of states. DDN_E_UNSUPPORTED without LOG_P.
 * @param[in] x [m][ldx]
 * @param[out] u [m] */
DDN_API ddn_status ddn_symmetry_potential(ddn_symmetry *sy, double t, int64_t m, const double *x,
                                          int64_t ldx, double *u);

/** The potential along the line x0 + q v, count >= 2. Columns "q", "u", "slope" = du/dq,
 * "curvature" = d2u/dq2. Without LOG_P u is the integral of the slope from q[0] on (cubic Hermite
 * rule, error O(step^4)), and its definition says so.
 * @param[in] x0 [d] or NULL for 0
 * @param[in] v [d] not 0
 * @param[in] q [count] strictly increasing */
DDN_API ddn_status ddn_symmetry_line(ddn_symmetry *sy, double t, int64_t count, const double *x0,
                                     const double *v, const double *q, ddn_result **out);

/** Leading eigenvalues of the linearised drift -f I + c grad score at x, largest first (OU: I +
 * (1 + eta^2) J), 1 <= count <= min(d, 64); a fixed point is stable if all are negative (51).
 * Matrix-free Lanczos with full reorthogonalisation, one eigenpair after the other with deflation,
 * so repeated ones are found; accurate to about 1e-12 of the largest magnitude.
 * @param[in] x [d]
 * @param[out] values [count]
 * @param[out] vectors [count][ldv] or NULL */
DDN_API ddn_status ddn_symmetry_stability(ddn_symmetry *sy, double t, int64_t count,
                                          const double *x, double *values, double *vectors,
                                          int64_t ldv);

/** Distinct fixed points b = 0 reached from m >= 1 starts: descent x <- k E[x_0 | x], k = a c /
 * (c + f s^2), a majorise-minimise step for u at which u never rises (OU, eta = 1: 2 a/(1 + a^2)),
 * then Newton's iteration with matrix-free solves. Columns: "residual" (as in TOLERANCE), "lambda"
 * (leading eigenvalue of the linearised drift), "unstable" (positive ones among the followed),
 * "norm" = |x|, "u" (NaN without LOG_P), "starts" (how many led there). Scalars "failed" (starts
 * that did not converge), "t", "t_ou".
 * @param[in] starts [m][lds]
 * @param[out] points [m][ldp] the first `rows` rows, in the order of the first start that led there
 */
DDN_API ddn_status ddn_symmetry_fixed_points(ddn_symmetry *sy, double t, int64_t m,
                                             const double *starts, int64_t lds, double *points,
                                             int64_t ldp, ddn_result **out);

/* ---- Bifurcation diagrams ---------------------------------------------------------------- */

/** Branches of fixed points in (x, t) and the points where they meet. Immutable; shared freely. */
typedef struct ddn_diagram ddn_diagram;

/** Follows fixed points between a noisy time t_start and a clean time t_end < t_start (both within
 * the schedule's range): the one reached from 0 at t_start down, then those reached from the starts
 * up (m may be 0). Branches are followed by pseudo-arclength continuation, so they turn at folds
 * and go on with their unstable side; where a followed eigenvalue changes sign without a turn, the
 * crossing branch is followed both ways (54). A start that leads to a known branch is dropped.
 * Stops at cancel. Symmetric data: a pitchfork. Generic data: the branch from t_start never loses
 * stability, and others are born in folds.
 * @param[in] starts [m][lds] states at t_end, such as a(t_end) times data points; or NULL where m =
 *     0
 * @param[in] directions [k][ldv] the columns q_0 .. q_{k-1} hold x . direction; or NULL where k = 0
 */
DDN_API ddn_status ddn_symmetry_diagram(ddn_symmetry *sy, double t_start, double t_end, int64_t m,
                                        int64_t k, const double *starts, int64_t lds,
                                        const double *directions, int64_t ldv, ddn_diagram **out);

/** Adds a reference to the diagram: it then takes one more ddn_diagram_destroy. DDN_E_NULL,
 * DDN_E_HANDLE. */
DDN_API ddn_status ddn_diagram_retain(const ddn_diagram *diagram);
/** Lets go of the diagram. NULL is a no-op. */
DDN_API void ddn_diagram_destroy(ddn_diagram *diagram);

/** Kinds of events. */
typedef int32_t ddn_bifurcation;
enum ddn_bifurcation_values {
    DDN_BIFURCATION_NONE = -1, /**< not a value; keeps the constants signed */
    DDN_BIFURCATION_FOLD = 1,  /**< saddle-node: the branch turns in t */
    DDN_BIFURCATION_BRANCH = 2 /**< another branch crosses: a pitchfork in symmetric data */
};

/** The points, in the order in which each branch was followed. Columns "branch" (0, 1, ...), "t",
 * "t_ou", "lambda" (leading eigenvalue of the linearised drift), "unstable" (number of positive
 * ones among the followed), "norm", "residual", and "q_j". Scalars "branches", "folds",
 * "branch_points", "starts", "dropped" (starts on known branches), "missed" (sign changes of an
 * eigenvalue that could not be located), "truncated" (branches cut by POINTS, or left out by
 * BRANCHES).
 * @return borrowed, or NULL for NULL */
DDN_API const ddn_result *ddn_diagram_points(const ddn_diagram *diagram);
/** The events, likewise. Columns "kind", "branch" (on which it was met), "t", "t_ou", "index"
 * (which eigenvalue vanishes, 0 = leading), "lambda" (its value there), "norm", "residual", and
 * "q_j".
 * @return borrowed, or NULL for NULL */
DDN_API const ddn_result *ddn_diagram_events(const ddn_diagram *diagram);
/** States of rows first .. first+count-1 of the points.
 * @param[out] out [count][ldo] ldo >= d */
DDN_API ddn_status ddn_diagram_states(ddn_context *ctx, const ddn_diagram *diagram, int64_t first,
                                      int64_t count, double *out, int64_t ldo);
/** States of rows first .. first+count-1 of the events.
 * @param[out] out [count][ldo] ldo >= d */
DDN_API ddn_status ddn_diagram_event_states(ddn_context *ctx, const ddn_diagram *diagram,
                                            int64_t first, int64_t count, double *out, int64_t ldo);

/* ---- Critical times ---------------------------------------------------------------------- */

/** Time of sch at which the origin loses stability for centred data of equal norms whose covariance
 * has the top eigenvalue lambda >= 0 (there Cov(x_0 | 0) is that covariance): the largest root of
 * -f - c/s^2 + c a^2 lambda/s^4 = 0 in the schedule's range, by root finding to full precision
 * (52). OU and VP, eta = 1: OU time asinh(lambda)/2; EDM: sigma^2 = lambda for every eta.
 * @param[out] t the time, to the digits of the OU time that it is; NaN: it does not change sign
 *     where s^2 > 1e-300 */
DDN_API ddn_status ddn_symmetry_critical_time(ddn_context *ctx, const ddn_schedule *sch, double eta,
                                              double lambda, double *t);

/** Critical times for each eta, in the oracle's schedule and in OU and EDM coordinates, for
 * lambda >= 0, the top eigenvalue of the data's covariance (ddn_dataset_spectrum). Columns "eta",
 * "t" (from lambda; the schedule's time and coordinates), "t_ou" (the same in OU time),
 * "t_ou_coordinates" (in OU and VP coordinates, OU time), "t_edm_coordinates" (in EDM coordinates,
 * OU time), "theta" = exp(-t_ou_coordinates), "sigma" (EDM sigma of t_edm_coordinates),
 * "t_measured" (where the branch of fixed points from late times really loses stability, in the
 * schedule's time). NaN: it is unstable from the start, or stable down to OU time 1e-3. Scalar
 * "lambda". "t" and "t_measured" agree for centred data of equal norms; in generic data the branch
 * never loses stability. "The" bifurcation time depends on coordinates and eta.
 * @param[in] etas [count] in [0, 10] */
DDN_API ddn_status ddn_symmetry_critical(ddn_symmetry *sy, double lambda, int64_t count,
                                         const double *etas, ddn_result **out);

DDN_END_DECLS

#endif
