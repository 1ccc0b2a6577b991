/* What all analyses share: settings, and averages over forward samples.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_ANALYSIS_H
#define DIFFDYN_ANALYSIS_H

#include <diffdyn/oracle.h>
#include <diffdyn/result.h>
#include <diffdyn/team.h>

DDN_BEGIN_DECLS

/** Settings of analyses. One thread at a time.
 *
 * All measurements: results depend on the settings alone, bit for bit for any number of threads.
 * They report progress (stages "identities", "clones", "last change") and stop at cancel or when
 * the progress callback asks for it (DDN_STOPPED, no result). Each use of the seed has random
 * numbers of its own, so identities, clones, last changes, U-turns, branches and clones of paths
 * are independent measurements. Runs of the host with the same seed are independent of them where
 * their path numbers lie in [2^39, 2^40). Common errors: DDN_E_NULL, DDN_E_RANGE and
 * DDN_E_NONFINITE (times: strictly monotone, within the schedule), DDN_E_NOMEM, and those of oracle
 * and integrator.
 *
 * The judge: which point is nearest to a state and which class it is, all measurements ask one
 * judge, which has one rule.
 * - Nearest point: the component of the largest weight at the level of the state. Weights that
 *   points have of themselves count; at the clean end, where the judge is asked, they do not show,
 *   and last changes are judged without them.
 * - Class: what a classifier callback says, if one is set; else the label of the nearest point of
 *   the judging data set, where that has labels (the most probable one of merged copies with
 *   several: phi of the identities counts them all); else the most probable class; else there is
 * none.
 *
 * Ties go to the lowest index. The judge is made from the points that are set
 * (ddn_analysis_set_points); else it is the oracle itself, if it has weights; else the exact oracle
 * of the oracle's own data set, or of the points that the x_0 were taken from; else there is none.
 *
 * The points are also where the x_0 come from for a model that has no data. What cannot be judged
 * is NaN, and the definition says why. States on their way, where no point is near, have the class
 * that the posterior finds most probable (ddn_observer_create_class).
 *
 * The step-size error of simulated paths is measured with them: STEP_SHARE of them run again with
 * half the steps and the same noise (doc/theory.md (47)). Scalars NAME_step: by how much NAME then
 * changes, on average over the times, with its error; 0 for EXACT. The field "step_error" says it
 * in words, with the time of the largest change and, where that is beyond the statistical error,
 * that there should be more steps. */
typedef struct ddn_analysis ddn_analysis;
/** Creates settings, all at their presets. */
DDN_API ddn_status ddn_analysis_create(ddn_context *ctx, ddn_analysis **out);
/** Lets go of the settings. NULL is a no-op. */
DDN_API void ddn_analysis_destroy(ddn_analysis *an);

/** Keys of the settings. */
typedef int32_t ddn_analysis_key;
enum ddn_analysis_key_values {
    DDN_ANALYSIS_NONE = -1,           /**< not a value; keeps the constants signed */
    DDN_ANALYSIS_EXCESS_LEVEL = 4001, /**< level eps of f^e = eps alpha; [1e-12, 1 - 1e-12],
                                           default 0.05 */
    DDN_ANALYSIS_T_START = 4002,      /**< noisy end of simulated paths in the schedule's time;
                                           until it is set (get and preset give NaN): OU time 6,
                                           or the noisy end of the schedule if that comes first */
    DDN_ANALYSIS_T_END = 4003,        /**< clean end of simulated paths; until it is set: OU time
                                           1e-3 */
    DDN_ANALYSIS_ETA = 4004,          /**< eta of the sampler where it has one; default 1 */
    DDN_ANALYSIS_SEED = 4005,         /**< default 0 */
    DDN_ANALYSIS_SAMPLES = 4006, /**< states a time for identities, unless PRECISION is set; >= 2,
                                      default 1024 */
    DDN_ANALYSIS_CLONES = 4007,  /**< clone pairs, U-turns or branches a time; for clones unless
                                      CLONE_PRECISION is set; >= 2, default 512 */
    DDN_ANALYSIS_STEPS = 4008,   /**< steps of simulated continuations; >= 1, or 0, the
                                      default: 12 for EXACT, which has no step-size error, 256
                                      for other methods. The bias of the noisy ones falls as
                                      1/steps: 64 steps were up to 0.02 of phi and 0.042 of phi_C
                                      off, 128 steps 0.012 of phi (theory (47)), beside the
                                      standard error 0.022 of 512 pairs. Results have the number
                                      as a field, and what half as many change (STEP_SHARE) */
    DDN_ANALYSIS_BATCH = 4009,   /**< states evaluated together; >= 1, default 128; results
                                      do not depend on it beyond rounding */
    DDN_ANALYSIS_METHOD = 4010,  /**< a ddn_method for simulated paths, or 0, the default: EXACT
                                      for oracles that can draw, EXPONENTIAL with ETA (ancestral
                                      sampling) for others, as models. Results have the one that
                                      was taken as a field */
    DDN_ANALYSIS_PATHS = 4011,   /**< paths of the last-change measurement; default 256 */
    DDN_ANALYSIS_PATH_STEPS = 4012,   /**< grid of the last-change measurement, and steps
                                           of the flow of log likelihoods; default 64 */
    DDN_ANALYSIS_PRECISION = 4013,    /**< standard error wanted of the identities phi_C and
                                           f_over_alpha, and of phi over 1 - phi(inf), in place of
                                           SAMPLES; [1e-12, 1]; until it is set (get and preset
                                           give NaN): none */
    DDN_ANALYSIS_MOST_SAMPLES = 4014, /**< most states or clone pairs a time where a precision is
                                           wanted; >= 2, default 2^20 */
    DDN_ANALYSIS_NEIGHBOURS = 4015,   /**< close points of each point between which identities look
                                           for rare states; at most 2^22/n are taken, or 8 where
                                           that is less; [0, 256], default 48, 0: plain samples */
    DDN_ANALYSIS_CLONE_PRECISION = 4016, /**< standard error wanted of phi_C of clones, and of phi
                                           over 1 - phi(inf) (1 where it is not known), in
                                           place of CLONES; [1e-12, 1]; until it is set: none */
    DDN_ANALYSIS_KAPPA = 4017,           /**< a sample is memorized where d1 / d2 is below it
                                              (memorization.h); [1e-12, 1], default 1/3 */
    DDN_ANALYSIS_GRID = 4018,            /**< a ddn_grid for simulated paths, or 0, the default: the
                                              method's own, for the last change GEOMETRIC. Those of
                                              whole indices need T_END, and the times asked for, to
                                              be whole; not LEADING, which does not start at the
                                              time of the states */
    DDN_ANALYSIS_STEP_SHARE = 4019       /**< share of the simulated paths that run once more with
                                              half the steps and the same noise, to judge the
                                              step-size error; [0, 1], default 1/4, 0: it is not
                                              judged */
};
/** The settings as options; see ddn_options in base.h.
 * @return borrowed, or NULL for NULL */
DDN_API ddn_options *ddn_analysis_options(ddn_analysis *an);

/** Says to which class each of m clean states belongs, in the units of the data: any numbers but
 * INT32_MIN, and where the points that judge have labels, one of these. INT32_MIN stands in
 * class_out before the call; where it is left the analysis fails with DDN_E_CALLBACK. (Callbacks:
 * base.h.)
 * @param[in] x [m][ldx] ldx >= d
 * @param[out] class_out [m] */
typedef int32_t (*ddn_classify_f64_fn)(void *user, int64_t m, int64_t d, const double *x,
                                       int64_t ldx, int32_t *class_out);
/** As ddn_classify_f64_fn, for states in single precision.
 * @param[in] x [m][ldx] ldx >= d
 * @param[out] class_out [m] */
typedef int32_t (*ddn_classify_f32_fn)(void *user, int64_t m, int64_t d, const float *x,
                                       int64_t ldx, int32_t *class_out);
/** Sets the classifier of clones, U-turns, branches and clones of paths. It sees clean states: with
 * it, clones end with the denoiser. One that was set before, in either precision, goes.
 * release(user) is called when the classifier is replaced or the analysis destroyed; on failure the
 * caller still owns user.
 * @param[in] fn the classifier, or NULL for none */
DDN_API ddn_status ddn_analysis_set_classifier_f64(ddn_analysis *an, ddn_classify_f64_fn fn,
                                                   void *user, ddn_release_fn release);
/** As ddn_analysis_set_classifier_f64, for one that sees states in single precision.
 * @param[in] fn the classifier, or NULL for none */
DDN_API ddn_status ddn_analysis_set_classifier_f32(ddn_analysis *an, ddn_classify_f32_fn fn,
                                                   void *user, ddn_release_fn release);
/** Sets the points that judge in place of the oracle's: clones, last changes, U-turns, branches and
 * clones of paths then tell the nearest of these. d must be the oracle's (DDN_E_SHAPE, when it is
 * used).
 * @param[in] ds retained, or NULL for none */
DDN_API ddn_status ddn_analysis_set_points(ddn_analysis *an, const ddn_dataset *ds);

/* ---- Several processes, and jobs that last ------------------------------------------------- */

/** Shares the samples of measurements out over a team: each rank evaluates batches of its own
 * (DDN_ANALYSIS_BATCH), and all get all of what they find. Each rank has all of the data; or each
 * group of ranks (ddn_team_create_group) has, in parts: with an oracle over its group a rank
 * evaluates batches together with that, and the groups share the samples. Then measurements are
 * calls of the team (team.h): every rank makes the same calls with the same arguments, and gets the
 * same bits, those of one process or one group, and the same status. Ranks whose settings, times,
 * data or kinds of oracles differ get DDN_E_MISMATCH.
 *
 * What goes by batches is shared out: identities, clones, last change, U-turns, branches, paths,
 * the report, generalization, likelihood, late start. Each rank does the rest by itself: the search
 * for neighbours of identities, spectra, crossings, distances of given samples, symmetry.
 * DDN_E_UNSUPPORTED with an oracle over another team: that has to be this one or a group of it.
 * Errors: DDN_E_NULL, DDN_E_HANDLE, DDN_E_STATE (inside a callback of a measurement).
 * @param[in] team of all ranks, or one of its groups, which means the same; retained; or NULL for
 * none */
DDN_API ddn_status ddn_analysis_set_team(ddn_analysis *an, const ddn_team *team);

/** What an analysis keeps of the batches that it has evaluated. */
typedef int32_t ddn_keep;
enum ddn_keep_values {
    DDN_KEEP_NONE = -1,   /**< not a value; keeps the constants signed */
    DDN_KEEP_NOTHING = 0, /**< nothing, the default */
    DDN_KEEP_STOPPED = 1, /**< those of calls that ended with a status other than DDN_OK: stopped,
                               cancelled, failed */
    DDN_KEEP_ALL = 2      /**< all, for jobs of several calls */
};
/** Makes the analysis keep a journal: what it found in each batch of samples, some 100 bytes a
 * sample. A call that was stopped can then be made again, with the same arguments, settings and
 * data: it takes what is in the journal, evaluates the rest, and gives the bits of a call that was
 * never stopped. A batch that was not finished is lost; so is what comes before the first one, such
 * as the search for neighbours. What goes by batches is kept (ddn_analysis_set_team). With another
 * setting, oracle or data nothing of it is taken.
 *
 * The code of callbacks cannot be compared: a network that has been trained further is another one,
 * and so is another classifier. Forget the journal then: DDN_KEEP_NOTHING does. Errors: DDN_E_NULL,
 * DDN_E_KEY, DDN_E_STATE (inside a callback of a measurement). */
DDN_API ddn_status ddn_analysis_keep(ddn_analysis *an, ddn_keep keep);

/** Bytes that ddn_analysis_save needs for the journal.
 * @param[out] size the number of bytes
 * Errors: DDN_E_NULL, DDN_E_STATE (nothing is kept). */
DDN_API ddn_status ddn_analysis_save_size(const ddn_analysis *an, int64_t *size);
/** Saves the journal, also while a measurement runs, from its progress callback. Over a team all
 * ranks have the same journal: one may save it alone.
 * @param[in] capacity bytes of the buffer, at least ddn_analysis_save_size, else DDN_E_CAPACITY
 * @param[out] buffer [capacity] bytes
 * Errors: DDN_E_NULL, DDN_E_STATE (nothing is kept), DDN_E_CAPACITY. */
DDN_API ddn_status ddn_analysis_save(const ddn_analysis *an, int64_t capacity, void *buffer);
/** Takes a saved journal over, in place of the one that there is; from then on at least
 * DDN_KEEP_STOPPED is kept. The number of ranks may be another one. A buffer of another version of
 * the library is refused. On failure nothing has happened.
 * @param[in] size bytes of the buffer
 * @param[in] buffer [size] bytes
 * Errors: DDN_E_NULL, DDN_E_STATE (inside a callback of a measurement), DDN_E_FORMAT (damaged, or
 * no saved journal), DDN_E_MISMATCH (of another version), DDN_E_NOMEM. */
DDN_API ddn_status ddn_analysis_restore(ddn_analysis *an, int64_t size, const void *buffer);

/* ---- Measurements -------------------------------------------------------------------------- */

/** Averages over x ~ p_t by forward samples at times, increasing or decreasing, one evaluation a
 * sample, no trajectories (doc/theory.md (30)-(36)). Samples are independent; the same random
 * numbers serve all times, so the curves are smooth and a value does not depend on the rest of the
 * grid. Where states between close points are rare they are drawn more often, with weights (39):
 * for an empirical oracle, from the NEIGHBOURS nearest points of each point (as many of other
 * classes; 0: plain samples). That search costs about an evaluation at each point; it is made where
 * some time has rare states and it is worth it (up to 16384 points; else where that many
 * evaluations are made). There are SAMPLES samples a time; or, where PRECISION is set, as many as
 * make the standard error of phi_C and f_over_alpha, and that of phi over 1 - phi(inf), the range
 * that it runs through, at most that, by the wider of NAME_se and the interval; DDN_E_CONVERGENCE,
 * before the work is done, if a first look says that MOST_SAMPLES does not allow it: the text says
 * what can be had. Columns "t", "samples" (at this time) and, each with the standard error NAME_se
 * and the 95 % interval NAME_low, NAME_high:
 * - "phi" = E sum_c W_c^2 (NaN without labels), "phi_C" = E sum w^2,
 * - "f" = E S(w)/d, "f_over_alpha" (NaN for n = 1), "df_dt" from E tr Cov by I-MMSE, per unit of
 *   the schedule's time (33), "w_max" = E max w, "mmse" = E tr Cov, "log_p" = E log p.
 *
 * The interval is not symmetric where few samples carry the mean (41): where nothing was seen, it
 * says how much may have been missed, while NAME_se is 0. All but df_dt and log_p also have
 * NAME_rho, the correlation of the error with that at the next larger time (NaN in the last).
 *
 * An output that the oracle does not have makes its columns NaN; DDN_E_UNSUPPORTED where it has
 * none of them, as a model without log p: measure clones of it, or the exact oracle of its data.
 * Scalars: "evaluations" (samples at all times), "searched" (points whose neighbours were looked
 * for), "n" (the components of the oracle), "d", "alpha" = log(n)/d, with weights H(pi)/d,
 * "classes". phi and phi_C are the clone and U-turn probabilities of the reverse SDE (eta = 1) with
 * this very score.
 * @param[in] times [count] */
DDN_API ddn_status ddn_analysis_identities(ddn_analysis *an, const ddn_oracle *oracle,
                                           int64_t count, const double *times, ddn_result **out);

DDN_END_DECLS

#endif
