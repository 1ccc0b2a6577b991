/* Observers: what is recorded along a run.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_OBSERVER_H
#define DIFFDYN_OBSERVER_H

#include <diffdyn/integrator.h>

DDN_BEGIN_DECLS

/** A recorder that an integrator feeds. One thread at a time; one integrator at a time. A new run
 * (not a resume) starts its record afresh. Records are saved and restored with their run
 * (ddn_integrator_save). An observer whose record begins in the middle of a run, as it was restored
 * without that of the times before, has no INDEX, LAST_CHANGE and CHANGES: DDN_E_STATE. What
 * observers want of the oracle may change the last digits of a run: the same numbers come for the
 * same set of wanted outputs (ddn_integrator_run). */
typedef struct ddn_observer ddn_observer;

/** Keeps the states at the grid times nearest to given times (OU or whatever the schedule's time
 * is); NaN, time and states, where the nearest grid time was not seen (yet).
 * @param[in] times [count] copied */
DDN_API ddn_status ddn_observer_create_snapshots(ddn_context *ctx, int64_t count,
                                                 const double *times, ddn_observer **out);

/** Follows the nearest data point mu*(t) = argmax w of each row (the lowest of equals) and the last
 * time it changed: t_last = t_{j*}, j* = 1 + max{j : mu_{j+1} != mu_j}, the first grid time with
 * the final index; no change gives the first time (doc/theory.md (34)). A model has no weights: for
 * it the exact oracle of its data tells. */
DDN_API ddn_status ddn_observer_create_nearest(ddn_context *ctx, ddn_observer **out);

/** Mean over the rows, at each grid time, of posterior entropy, sum w^2, w_max, tr Cov and log p,
 * with standard errors over the rows. */
DDN_API ddn_status ddn_observer_create_posterior(ddn_context *ctx, ddn_observer **out);

/** Most probable class (argmax of the class posterior, the lowest of equals, as index into the
 * ascending labels) of each row at each grid time, and the last time it changed. Needs a labelled
 * oracle; for a model the exact oracle of its labelled data tells. The states are still noisy on
 * their way: this is what the posterior says of their class, not the judge of the analyses
 * (analysis.h), who asks for the label of the nearest point. */
DDN_API ddn_status ddn_observer_create_class(ddn_context *ctx, ddn_observer **out);

/** Overlaps q_k = x . v_k / sqrt(d) with directions v at each grid time.
 * @param[in] directions [count][ldv] copied */
DDN_API ddn_status ddn_observer_create_overlap(ddn_context *ctx, int64_t count, int64_t d,
                                               const double *directions, int64_t ldv,
                                               ddn_observer **out);

/** Lets go of the observer. NULL is a no-op. */
DDN_API void ddn_observer_destroy(ddn_observer *observer);

/** Attaches it. An oracle that cannot give what the observer needs is DDN_E_UNSUPPORTED; an
 * observer already attached, and an integrator in the middle of a run, is DDN_E_STATE.
 * @param[in] observer retained by the integrator */
DDN_API ddn_status ddn_observer_attach(ddn_observer *observer, ddn_integrator *it);

/** What can be read; [times] = grid times seen so far. Which observer gives which is in brackets.
 */
typedef int32_t ddn_record;
enum ddn_record_values {
    DDN_RECORD_NONE = -1,       /**< not a value; keeps the constants signed */
    DDN_RECORD_TIMES = 1,       /**< f64 [times] (all; snapshots: [count], the times taken) */
    DDN_RECORD_STATES = 2,      /**< f64 [count][m][d] (snapshots) */
    DDN_RECORD_INDEX = 3,       /**< i64 [m] final component (nearest), final class (class) */
    DDN_RECORD_LAST_CHANGE = 4, /**< f64 [m] last-change time (nearest, class) */
    DDN_RECORD_CHANGES = 5,     /**< i64 [m] number of changes (nearest, class) */
    DDN_RECORD_ENTROPY = 6,     /**< f64 [times][2] mean, standard error (posterior) */
    DDN_RECORD_SUM_W2 = 7,      /**< f64 [times][2] (posterior) */
    DDN_RECORD_W_MAX = 8,       /**< f64 [times][2] (posterior) */
    DDN_RECORD_TRACE_COV = 9,   /**< f64 [times][2] (posterior) */
    DDN_RECORD_LOG_P = 10,      /**< f64 [times][2] (posterior) */
    DDN_RECORD_OVERLAP = 11,    /**< f64 [times][m][count] (overlap) */
    DDN_RECORD_HISTORY = 12     /**< i64 [times][m] component or class at each time (nearest,
                                     class) */
};
/** Number of values of a record: what a buffer must hold; 0 if the observer does not have it. */
DDN_API int64_t ddn_observer_size(const ddn_observer *observer, ddn_record what);
/** Copies a record of doubles. DDN_E_KEY if the observer does not have it, DDN_E_TYPE if it has
 * another type, DDN_E_CAPACITY if capacity is smaller than ddn_observer_size.
 * @param[out] out [capacity] */
DDN_API ddn_status ddn_observer_read_f64(const ddn_observer *observer, ddn_record what,
                                         int64_t capacity, double *out);
/** Copies a record of integers; rules as for ddn_observer_read_f64.
 * @param[out] out [capacity] */
DDN_API ddn_status ddn_observer_read_i64(const ddn_observer *observer, ddn_record what,
                                         int64_t capacity, int64_t *out);

DDN_END_DECLS

#endif
