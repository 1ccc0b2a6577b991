/* Generic dynamics: flows and iterated maps given by a callback, their fixed points, stability,
 * bifurcations and escape.
 * SPDX-License-Identifier: MIT
 *
 * Numbers (k) refer to doc/theory.md. */
#ifndef DIFFDYN_SYSTEM_H
#define DIFFDYN_SYSTEM_H

#include <diffdyn/base.h>

DDN_BEGIN_DECLS

/* ---- Systems ----------------------------------------------------------------------------- */

/** dx/dtau = f(p, x) (a flow) or x' = f(p, x) (a map) in d dimensions with one parameter p.
 * Immutable; may be shared by threads if its callbacks are thread-safe. */
typedef struct ddn_system ddn_system;

/** What f gives. */
typedef int32_t ddn_system_kind;
enum ddn_system_kind_values {
    DDN_SYSTEM_KIND_NONE = -1, /**< not a value; keeps the constants signed */
    DDN_SYSTEM_FLOW = 1,       /**< a flow: f is dx/dtau */
    DDN_SYSTEM_MAP = 2         /**< a map: f is the next x */
};

/** Writes f(p, x) or the Jacobian df_i/dx_j (callbacks: base.h). Values that are not finite are
 * DDN_E_CALLBACK, except in orbits, escapes and trial steps.
 * @param[in] x [d]
 * @param[out] out [d], of the Jacobian [d][d]; does not overlap x */
typedef int32_t (*ddn_system_fn)(void *user, double parameter, int64_t d, const double *x,
                                 double *out);

/** Creates a system, d in [1, 4096]. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_KEY, DDN_E_NOMEM. (70),
 * (71)
 * @param[in] jacobian the Jacobian, or NULL: extrapolated central differences, relative error about
 *     1e-10 where f varies on the scale of max(1, |x|) */
DDN_API ddn_status ddn_system_create(ddn_context *ctx, ddn_system_kind kind, int64_t d,
                                     ddn_system_fn f, ddn_system_fn jacobian, void *user,
                                     ddn_release_fn release, ddn_system **out);
/** Adds a reference to the system: it then takes one more ddn_system_destroy. DDN_E_NULL,
 * DDN_E_HANDLE. */
DDN_API ddn_status ddn_system_retain(const ddn_system *sys);
/** Lets go of the system. NULL is a no-op. */
DDN_API void ddn_system_destroy(ddn_system *sys);

/* ---- Fixed points ------------------------------------------------------------------------ */

/** What perturbations of a fixed point do. */
typedef int32_t ddn_stability;
enum ddn_stability_values {
    DDN_STABILITY_NONE = -1,       /**< not a value; keeps the constants signed */
    DDN_STABILITY_STABLE = 1,      /**< all decay */
    DDN_STABILITY_UNSTABLE = 2,    /**< all grow */
    DDN_STABILITY_SADDLE = 3,      /**< some decay, some grow */
    DDN_STABILITY_HALF_STABLE = 4, /**< d = 1: attracts on one side only (a tangent zero) */
    DDN_STABILITY_NEUTRAL = 5      /**< the linear part does not tell */
};

/** All fixed points in [lo, hi] of a system with d = 1, ascending: zeros of f (map: of f(x) - x)
 * from sign changes between `grid` >= 2 equal cells, and, from local extremes, zeros that touch or
 * cross twice within a cell. An eigenvalue within 1e-6 of neutral (relative to the variation of f
 * on the grid) counts as neutral: the stability is then read off the signs of f on both sides.
 * Poles, where f changes sign and is larger than at the ends of the cell, are no zeros.
 * DDN_E_RANGE where cells are narrower than 8 ulp of the ends. DDN_E_CAPACITY, with the first
 * `capacity` of them, if there are more.
 * @param[out] x [capacity]
 * @param[out] eigenvalue [capacity] f', the multiplier of a map; or NULL
 * @param[out] stability [capacity] or NULL
 * @param[out] count how many are given */
DDN_API ddn_status ddn_system_fixed_points_1d(ddn_context *ctx, const ddn_system *sys,
                                              double parameter, double lo, double hi, int64_t grid,
                                              int64_t capacity, double *x, double *eigenvalue,
                                              ddn_stability *stability, int64_t *count);

/** Distinct fixed points of any d reached by damped Newton iteration from m starts, in the order of
 * the first start that reaches each. Starts that do not converge in 100 steps are left out; two
 * points are one if closer than 1e-6 (1 + |x|). Capacity as for ddn_system_fixed_points_1d.
 * @param[in] starts [m][ldx]
 * @param[out] x [capacity][d]
 * @param[out] count how many are given */
DDN_API ddn_status ddn_system_fixed_points(ddn_context *ctx, const ddn_system *sys,
                                           double parameter, int64_t m, int64_t capacity,
                                           const double *starts, int64_t ldx, double *x,
                                           int64_t *count);

/** Eigenvalues of the Jacobian at x, by descending real part (map: modulus), and what they say;
 * those within `tolerance` >= 0 of the imaginary axis (map: unit circle) are neutral.
 * @param[in] x [d]
 * @param[out] re [d]
 * @param[out] im [d] or NULL
 * @param[out] stability what they say, or NULL */
DDN_API ddn_status ddn_system_eigenvalues(ddn_context *ctx, const ddn_system *sys, double parameter,
                                          double tolerance, const double *x, double *re, double *im,
                                          ddn_stability *stability);

/* ---- Bifurcations ------------------------------------------------------------------------ */

/** Kinds of bifurcations. */
typedef int32_t ddn_system_bifurcation;
enum ddn_system_bifurcation_values {
    DDN_SYSTEM_BIFURCATION_NONE = -1, /**< not a value; keeps the constants signed */
    DDN_SYSTEM_SADDLE_NODE = 1,       /**< two fixed points meet and vanish */
    DDN_SYSTEM_TRANSCRITICAL = 2,     /**< two branches cross and exchange stability */
    DDN_SYSTEM_PITCHFORK_SUPER = 3,   /**< one branch becomes three, the outer ones stable */
    DDN_SYSTEM_PITCHFORK_SUB = 4,     /**< the outer ones unstable */
    DDN_SYSTEM_PERIOD_DOUBLING = 5    /**< map: a multiplier passes -1 */
};

/** Bifurcations of the fixed points of a system with d = 1 in the rectangle [p_lo, p_hi] x [x_lo,
 * x_hi], by ascending parameter. Scans p_grid >= 2 cells in the parameter and x_grid >= 2 cells in
 * x for changes of the number of fixed points and of the stability along branches, then solves the
 * conditions of the bifurcation itself, so that p and x are good to about 1e-9 of the rectangle.
 * Two bifurcations in the same cell may be taken for one or missed. Capacity as for
 * ddn_system_fixed_points_1d.
 * @param[out] p [capacity]
 * @param[out] x [capacity]
 * @param[out] kind [capacity]
 * @param[out] count how many are given */
DDN_API ddn_status ddn_system_bifurcations(ddn_context *ctx, const ddn_system *sys, double p_lo,
                                           double p_hi, int64_t p_grid, double x_lo, double x_hi,
                                           int64_t x_grid, int64_t capacity, double *p, double *x,
                                           ddn_system_bifurcation *kind, int64_t *count);

/* ---- Trajectories ------------------------------------------------------------------------ */

/** Solves a flow by Dormand and Prince's pair of orders 5 and 4 with relative and absolute error
 * `tolerance` in [1e-14, 0.1] a step. Errors: DDN_E_CONVERGENCE where the solution blows up or 10^7
 * steps do not suffice, and as everywhere.
 * @param[in] x0 [d] the state at times[0]
 * @param[in] times [count] strictly monotone, either way
 * @param[out] out [count][ldx] the states; row 0 is x0 */
DDN_API ddn_status ddn_system_trajectory(ddn_context *ctx, const ddn_system *sys, double parameter,
                                         double tolerance, int64_t count, const double *x0,
                                         const double *times, double *out, int64_t ldx);

/** First time > 0 at which a flow from x0 at time 0 has x[coordinate] = level, or, for coordinate =
 * -1, |x| = level. Starting on the level does not count. A blow-up time is that of a large level.
 * @param[in] x0 [d]
 * @param[out] time the time; Infinity if it is not reached by t_max > 0
 * @param[out] x_end [d] the state there (at t_max, if not reached), or NULL */
DDN_API ddn_status ddn_system_passage(ddn_context *ctx, const ddn_system *sys, double parameter,
                                      int64_t coordinate, double level, double t_max,
                                      double tolerance, const double *x0, double *time,
                                      double *x_end);

/** Iterates of a map. Values that overflow stay as they are.
 * @param[in] x0 [d]
 * @param[out] out [steps + 1][ldx]; row 0 is x0 */
DDN_API ddn_status ddn_system_orbit(ddn_context *ctx, const ddn_system *sys, double parameter,
                                    int64_t steps, const double *x0, double *out, int64_t ldx);

/** First k >= 1 at which the k-th iterate of a map has |x| > radius (or is not finite).
 * @param[in] x0 [d]
 * @param[out] count that k; steps + 1 if none of the first `steps` has */
DDN_API ddn_status ddn_system_escape(ddn_context *ctx, const ddn_system *sys, double parameter,
                                     double radius, int64_t steps, const double *x0,
                                     int64_t *count);

DDN_END_DECLS

#endif
