/* Integrators: forward and backward dynamics of batches of states, driven by an oracle.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_INTEGRATOR_H
#define DIFFDYN_INTEGRATOR_H

#include <diffdyn/oracle.h>

DDN_BEGIN_DECLS

/** A method, a time grid and the state of a run. One thread at a time.
 * Example: doc/examples/simple/trajectory.c */
typedef struct ddn_integrator ddn_integrator;

/** A step seen by an observer; an opaque view that dies when the callback returns. */
typedef struct ddn_step ddn_step;

/** Methods; a step goes from t to t' < t with the score at the departure point (t, x). Values are
 * pinned. f, g: rates of the schedule; m: denoiser; sigma = s/a; eps = (x - a m)/s; eta:
 * DDN_INTEGRATOR_ETA. All work on any schedule. A grid may end at the noiseless time (0; index -1)
 * with the methods marked (*); with the others end earlier and use DDN_INTEGRATOR_DENOISE. It may
 * start where a = 0, if the oracle gives the mean there, with all but ADAPTIVE and EULER with eta >
 * 0: EDM_HEUN, PNDM, MULTISTEP2 and GRADIENT_ESTIMATION, for which sigma is infinite there, make
 * their first step by DDIM (EXPONENTIAL with eta = 0; with mu > 0 of eta = 1), and so do EULER and
 * HEUN on schedules of indices, where HEUN started so has order 1.
 * (doc/theory.md (12), (15)) */
typedef int32_t ddn_method;
enum ddn_method_values {
    DDN_METHOD_NONE = -1,                /**< not a value; keeps the constants signed */
    DDN_METHOD_EXACT = 10,               /**< (*) the exact reverse kernel: x_0 drawn from the
                                              posterior, then the bridge; right at any step size.
                                              Oracles that can draw only. (13) */
    DDN_METHOD_EULER = 20,               /**< (*) Euler-Maruyama of the eta-family: eta = 1
                                              reverse SDE, eta = 0 probability flow, order 1 */
    DDN_METHOD_HEUN = 21,                /**< probability flow by Heun's rule in the schedule's
                                              time (ddpm and cosine, whose rates jump at the
                                              indices: in OU time), order 2 on every schedule and
                                              grid, two evaluations a step */
    DDN_METHOD_EDM_HEUN = 22,            /**< (*) Heun's rule in sigma (Karras et al. 2022),
                                              order 2, two evaluations a step; Euler onto sigma =
                                              0; noise by DDN_INTEGRATOR_CHURN. Default grid
                                              KARRAS */
    DDN_METHOD_EXPONENTIAL = 30,         /**< (*) DDIM of the eta-family, eta in [0, 1]: eta = 0
                                              exponential integrator of the probability flow,
                                              order 1; eta = 1 ancestral (DDPM posterior) */
    DDN_METHOD_DDPM = 40,                /**< (*) ancestral sampling (Ho et al. 2020) with the
                                              variance of DDN_INTEGRATOR_VARIANCE; no noise in a
                                              step onto s = 0 */
    DDN_METHOD_PNDM = 50,                /**< (*) pseudo numerical method (Liu et al. 2022):
                                              three pseudo Runge-Kutta steps, then four-step
                                              Adams-Bashforth on eps in the schedule's time,
                                              order 2 (4 where that is sigma). Default grid
                                              UNIFORM */
    DDN_METHOD_MULTISTEP2 = 51,          /**< (*) two-step Adams-Bashforth on the denoiser in
                                              log(a/s), i.e. DPM-Solver++(2M) (Lu et al. 2022),
                                              order 2, one evaluation */
    DDN_METHOD_GRADIENT_ESTIMATION = 52, /**< (*) eps mixed with the one before by
                                              DDN_INTEGRATOR_GAMMA, noise by DDN_INTEGRATOR_MU
                                              (Permenter and Yuan 2023): (gamma, mu) = (1, 0) is
                                              DDIM, (1, 1/2) DDPM, (2, 0) accelerated, order 1;
                                              (3/2, 0) has order 2. */
    DDN_METHOD_ADAPTIVE = 60,            /**< probability flow between the grid times by
                                              Dormand-Prince 5(4) in log sigma with error control
                                              to DDN_INTEGRATOR_RTOL, _ATOL (below 1e-7 with a
                                              smaller DDN_INTEGRATOR_EPSILON); each row has its
                                              own steps, so rows do not affect each other */
    DDN_METHOD_FORWARD = 90              /**< forward process, exact transitions; times increase
                                              and may start at the noiseless time */
};

/** Creates an integrator. The method decides the defaults: backward ones run from t_start down to
 * t_end, DDN_METHOD_FORWARD from t_end up to t_start. Errors: DDN_E_NULL, DDN_E_KEY (method),
 * DDN_E_UNSUPPORTED (the oracle cannot drive this method), DDN_E_NOMEM.
 * @param[in] oracle retained */
DDN_API ddn_status ddn_integrator_create(ddn_context *ctx, const ddn_oracle *oracle,
                                         ddn_method method, ddn_integrator **out);
/** Lets go of the integrator. NULL is a no-op. */
DDN_API void ddn_integrator_destroy(ddn_integrator *it);

/** Keys of the options; those down to MU and of CHURN are double, the others int64. Changing one in
 * the middle of a run is DDN_E_STATE. */
typedef int32_t ddn_integrator_key;
enum ddn_integrator_key_values {
    DDN_INTEGRATOR_NONE = -1,         /**< not a value; keeps the constants signed */
    DDN_INTEGRATOR_T_START = 3001,    /**< the noisy end, in the schedule's time; default: OU
                                           time 3 */
    DDN_INTEGRATOR_T_END = 3002,      /**< the clean end, < T_START; default: OU time 1e-3 */
    DDN_INTEGRATOR_ETA = 3003,        /**< noise level; EULER [0, 10], EXPONENTIAL [0, 1],
                                           default 1; fixed for the others: 1 with noise, 0
                                           without */
    DDN_INTEGRATOR_EPSILON = 3004,    /**< posterior mass an evaluation may leave out:
                                           DDN_QUERY_EPSILON with its bounds and default */
    DDN_INTEGRATOR_RTOL = 3005,       /**< ADAPTIVE: error of a step relative to |x|; default
                                           1e-6 */
    DDN_INTEGRATOR_ATOL = 3006,       /**< ADAPTIVE: and absolute, per coordinate; default 1e-8 */
    DDN_INTEGRATOR_GAMMA = 3007,      /**< GRADIENT_ESTIMATION: in [0, 4]; default 2 */
    DDN_INTEGRATOR_MU = 3008,         /**< GRADIENT_ESTIMATION: in [0, 0.99]; default 0 */
    DDN_INTEGRATOR_STEPS = 3009,      /**< >= 1; default 100 */
    DDN_INTEGRATOR_GRID = 3010,       /**< a ddn_grid; default DDN_GRID_LOGSNR unless the method
                                           says otherwise. Those of whole indices need whole T_START
                                           and T_END, which the defaults are not */
    DDN_INTEGRATOR_SEED = 3011,       /**< any; default 0 */
    DDN_INTEGRATOR_FIRST_PATH = 3012, /**< >= 0; default 0: path number of row 0 */
    DDN_INTEGRATOR_DENOISE = 3013,    /**< 0 or 1; default 0: finish with x = E[x_0 | x] at t_end */
    DDN_INTEGRATOR_FIRST_STEP = 3014, /**< >= 0; default 0: step number of the first step in the
                                           noise function, to continue a path with fresh noise */
    DDN_INTEGRATOR_VARIANCE = 3015,   /**< DDPM: 0 beta = 1 - abar/abar' (default), 1 its
                                           posterior value beta (1 - abar')/(1 - abar), abar =
                                           a^2/(a^2 + s^2) */
    DDN_INTEGRATOR_TRAJECTORY = 3016, /**< 0 or 1; default 0: evaluate with DDN_QUERY_TRAJECTORY.
                                           Faster at late times; results keep the accuracy
                                           promise, but a run that was restored, or stopped other
                                           than by a callback, or that is not the first one of its
                                           integrator agrees with an unbroken first one to that
                                           promise only, not bit for bit */
    DDN_INTEGRATOR_CHURN = 3017,      /**< EDM_HEUN: S_churn of Karras et al. 2022, >= 0; default 0.
                                           Before a step of a run of N sigma rises to (1 + gamma)
                                           sigma, gamma = min(S_churn/N, sqrt(2) - 1), by fresh
                                           noise, where sigma is within CHURN_MIN and _MAX, but not
                                           beyond the schedule's last time. Marginals stay right
                                           with CHURN_NOISE 1. The oracle is then asked between
                                           the grid times, at no whole indices */
    DDN_INTEGRATOR_CHURN_MIN = 3018,  /**< S_tmin, a sigma; default 0 */
    DDN_INTEGRATOR_CHURN_MAX = 3019,  /**< S_tmax, a sigma; default 1e150 */
    DDN_INTEGRATOR_CHURN_NOISE = 3020 /**< S_noise, standard deviation of that noise; [0, 10],
                                           default 1 */
};
/** The options of an integrator; see ddn_options in base.h.
 * @return borrowed, or NULL for NULL */
DDN_API ddn_options *ddn_integrator_options(ddn_integrator *it);

/** A grid of the caller's own, count >= 2; replaces T_START, T_END, STEPS and GRID. count = 0 goes
 * back to the options.
 * @param[in] times [count] copied, strictly monotone in the method's direction; or NULL with
 *     count = 0 */
DDN_API ddn_status ddn_integrator_set_times(ddn_integrator *it, int64_t count, const double *times);

/** Number of grid times of the present options. */
DDN_API int64_t ddn_integrator_time_count(const ddn_integrator *it);
/** The grid times themselves, capacity >= ddn_integrator_time_count (DDN_E_CAPACITY).
 * @param[out] times [capacity] */
DDN_API ddn_status ddn_integrator_times(const ddn_integrator *it, int64_t capacity, double *times);

/** Path numbers per row instead of FIRST_PATH + row; count >= m of later runs. Two rows with the
 * same state and different path numbers are clones. count = 0 goes back to FIRST_PATH.
 * @param[in] paths [count] copied; or NULL with count = 0 */
DDN_API ddn_status ddn_integrator_set_paths(ddn_integrator *it, int64_t count,
                                            const int64_t *paths);

/** Draws starts at the noisy end, the first time of the grid: N(0, (a^2 Lambda0 + s^2) I) with
 * Lambda0 = 0, i.e. pure noise of variance s^2 (1 for OU at late times up to e^-2t).
 * @param[out] x [m][ldx] */
DDN_API ddn_status ddn_integrator_draw_start(ddn_integrator *it, int64_t m, double *x, int64_t ldx);

/** Runs the whole grid on the states x, in place. Noise of row r at step k is a function of (seed,
 * path, step, coordinate) alone, so splitting a batch does not change a trajectory beyond rounding.
 *
 * DDN_STOPPED (cancel, progress or callback) and errors in the middle (a callback or a model that
 * fails, memory, numbers that are not finite) stop the run: x then holds the states after the last
 * completed step, and ddn_integrator_resume repeats what did not succeed and goes on. Until the run
 * is resumed to its end or given up, options, times, paths and callbacks cannot be changed.
 *
 * Which outputs callbacks want is part of a run: it may decide how the score is evaluated, and so
 * its last digits. The same numbers come for the same set of wanted outputs.
 * @param[in,out] it an integrator; a stopped run is given up
 * @param[in] m number of rows, >= 0
 * @param[in,out] x [m][ldx] in: states at the first grid time; out: at the last one
 * @param[in] ldx >= d
 * Errors: DDN_E_NULL, DDN_E_SHAPE, DDN_E_STATE (from inside its own callback), DDN_E_RANGE,
 * DDN_E_UNSUPPORTED (outputs are wanted at the noiseless time), DDN_E_NONFINITE, DDN_E_CALLBACK,
 * DDN_E_CONVERGENCE, DDN_E_NOMEM. */
DDN_API ddn_status ddn_integrator_run(ddn_integrator *it, int64_t m, double *x, int64_t ldx);

/** Continues a stopped or restored run. The result is the one of an unbroken run, bit for bit (but
 * see DDN_INTEGRATOR_TRAJECTORY). A callback that has seen the present time does not see it again,
 * one that failed does.
 * @param[in,out] it an integrator with a stopped run; it stays stopped where this fails
 * @param[in] m as in the run
 * @param[in,out] x [m][ldx] the states that the run left, or others put in their place: the run
 * goes on from these
 * @param[in] ldx >= d
 * Errors: DDN_E_STATE (there is no stopped run), DDN_E_SHAPE, and those of ddn_integrator_run. */
DDN_API ddn_status ddn_integrator_resume(ddn_integrator *it, int64_t m, double *x, int64_t ldx);

/** Gives a stopped run up, so that everything can be changed again.
 * @param[in,out] it an integrator
 * Errors: DDN_E_NULL, DDN_E_STATE (from inside its own callback). */
DDN_API ddn_status ddn_integrator_reset(ddn_integrator *it);

/** What an integrator is doing. */
typedef int32_t ddn_run_phase;
enum ddn_run_phase_values {
    DDN_RUN_NONE = -1,   /**< no phase */
    DDN_RUN_IDLE = 0,    /**< no run yet, or the last one was given up */
    DDN_RUN_RUNNING = 1, /**< inside ddn_integrator_run or _resume: this is a callback */
    DDN_RUN_STOPPED = 2, /**< in the middle of a run: resume, save or reset it */
    DDN_RUN_FINISHED = 3 /**< the last run came to its end */
};

/** Where the run is.
 * @param[in] it an integrator
 * @param[out] phase what it is doing; or NULL
 * @param[out] index number of the grid time that the states are at, 0 the first one; or NULL
 * @param[out] count number of grid times of the run, 0 in phase DDN_RUN_IDLE; or NULL
 * @param[out] t the time there, NaN in phase DDN_RUN_IDLE; or NULL
 * Errors: DDN_E_NULL. */
DDN_API ddn_status ddn_integrator_position(const ddn_integrator *it, ddn_run_phase *phase,
                                           int64_t *index, int64_t *count, double *t);

/** Counts of the last run, summed over its parts if it was resumed. */
typedef int32_t ddn_tally;
enum ddn_tally_values {
    DDN_TALLY_NONE = -1,       /**< not a value; keeps the constants signed */
    DDN_TALLY_EVALUATIONS = 1, /**< states at which the oracle was evaluated */
    DDN_TALLY_ACCEPTED = 2,    /**< ADAPTIVE: steps taken, summed over the rows; else 0 */
    DDN_TALLY_REJECTED = 3     /**< ADAPTIVE: steps tried again shorter, summed over the rows */
};
/** A count of the last run. */
DDN_API int64_t ddn_integrator_tally(const ddn_integrator *it, ddn_tally what);

/** Bytes that ddn_integrator_save needs for the stopped run.
 * @param[in] it an integrator with a stopped run
 * @param[out] size the number of bytes
 * Errors: DDN_E_NULL, DDN_E_STATE (there is no stopped run). */
DDN_API ddn_status ddn_integrator_save_size(const ddn_integrator *it, int64_t *size);

/** Saves a stopped run: the states, where it is, the records of the observers attached (of
 * observer.h, not of other callbacks), and what tells this run from others: method, schedule and
 * its levels at the grid times, digests of the data with their labels and of the oracle, path
 * numbers, wanted outputs, and the options that differ from their presets. The run stays as it is.
 * The bytes mean the same on every machine that the library runs on, and later versions can read
 * them.
 * @param[in] it an integrator with a stopped run
 * @param[in] capacity bytes of the buffer, at least ddn_integrator_save_size, else DDN_E_CAPACITY
 * @param[out] buffer [capacity] bytes
 * Errors: DDN_E_NULL, DDN_E_STATE (there is no stopped run), DDN_E_CAPACITY, DDN_E_NOMEM,
 * DDN_STOPPED (cancelled while the data were read for their digest). */
DDN_API ddn_status ddn_integrator_save(const ddn_integrator *it, int64_t capacity, void *buffer);

/** Number of rows of a saved run, whatever it is a run of.
 * @param[in] it any integrator, for the text of errors
 * @param[in] size bytes of the buffer
 * @param[in] buffer [size] bytes
 * @param[out] m the number of rows
 * Errors: DDN_E_NULL, DDN_E_FORMAT (damaged, no saved run, or of a later version). */
DDN_API ddn_status ddn_integrator_saved_rows(const ddn_integrator *it, int64_t size,
                                             const void *buffer, int64_t *m);

/** Takes a saved run over; ddn_integrator_resume then goes on. The integrator must be the same in
 * everything that is saved, else DDN_E_MISMATCH says what differs: method, kind and digest of the
 * oracle, schedule and levels (to 1e-12), options, times, path numbers. Callbacks may want any of
 * the outputs that the saved run's wanted, which are evaluated in any case.
 * Observers: where observers are attached on both sides, they must be of the same kinds in the same
 * order, made alike, and get their records back. Without observers here the run goes on without
 * them; if there were none when it was saved, those here see the rest of it.
 * On failure nothing has happened: a stopped run of this integrator can still be resumed, and x is
 * untouched.
 * @param[in,out] it an integrator that is not running; a stopped run is given up on success
 * @param[in] size bytes of the buffer
 * @param[in] m rows of x: ddn_integrator_saved_rows, else DDN_E_SHAPE
 * @param[in] buffer [size] bytes
 * @param[out] x [m][ldx] the states
 * @param[in] ldx >= d
 * Errors: DDN_E_NULL, DDN_E_STATE (running), DDN_E_SHAPE, DDN_E_MISMATCH, DDN_E_FORMAT (damaged, no
 * saved run, or of a later version), DDN_E_NOMEM, DDN_STOPPED (cancelled as in save). */
DDN_API ddn_status ddn_integrator_restore(ddn_integrator *it, int64_t size, int64_t m,
                                          const void *buffer, double *x, int64_t ldx);

/** Called at every grid time of a run, the first and the last included (callbacks: base.h). */
typedef int32_t (*ddn_observe_fn)(void *user, const ddn_step *step);

/** Attaches a callback; not in the middle of a stopped run, whose wanted outputs it would change.
 * @param[in,out] it an integrator without a stopped run
 * @param[in] wanted bit (1 << what) for each ddn_output that it wants to see through ddn_step_f64
 * and ddn_step_i64 (only [m] outputs and CLASS_POSTERIOR, MEAN, SCORE); they are computed in the
 * same pass as the step's own score
 * @param[in] fn called at every grid time
 * @param[in] release release(user) is called when the integrator lets go; or NULL. On failure the
 * caller still owns user
 * Errors: DDN_E_NULL, DDN_E_STATE, DDN_E_KEY (wanted), DDN_E_UNSUPPORTED (the oracle cannot give
 * what is wanted), DDN_E_NOMEM. */
DDN_API ddn_status ddn_integrator_attach_callback(ddn_integrator *it, int64_t wanted,
                                                  ddn_observe_fn fn, void *user,
                                                  ddn_release_fn release);

/** Number of the grid time, 0 = first. */
DDN_API int64_t ddn_step_index(const ddn_step *step);
/** Number of grid times. */
DDN_API int64_t ddn_step_count(const ddn_step *step);
/** The time, in the schedule's time. */
DDN_API double ddn_step_time(const ddn_step *step);
/** Number of states. */
DDN_API int64_t ddn_step_m(const ddn_step *step);
/** Dimension of states. */
DDN_API int64_t ddn_step_d(const ddn_step *step);
/** The states.
 * @return [m][ddn_step_ldx] borrowed */
DDN_API const double *ddn_step_x(const ddn_step *step);
/** Leading dimension of the states. */
DDN_API int64_t ddn_step_ldx(const ddn_step *step);
/** A wanted output at this state.
 * @param[out] ld leading dimension of a matrix; or NULL
 * @return [m] or [m][*ld] borrowed, or NULL if it was not asked for */
DDN_API const double *ddn_step_f64(const ddn_step *step, ddn_output what, int64_t *ld);
/** A wanted output of integers at this state.
 * @return [m] borrowed, or NULL if it was not asked for */
DDN_API const int64_t *ddn_step_i64(const ddn_step *step, ddn_output what);

DDN_END_DECLS

#endif
