/* Oracles: the score of the noised data and everything that follows from the posterior.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_ORACLE_H
#define DIFFDYN_ORACLE_H

#include <diffdyn/dataset.h>
#include <diffdyn/schedule.h>

DDN_BEGIN_DECLS

/** An immutable model of the density p_t of x_t = a x_0 + s z, where a = a(t), s = s(t) come from
 * its schedule and t is that schedule's time. Shared freely between threads and contexts, except
 * oracles with callbacks, whose callbacks run on the calling thread. */
typedef struct ddn_oracle ddn_oracle;

/** The exact score of the empirical measure of a dataset, p_t = sum_i pi_i N(a y_i, s^2 I), pi_i =
 * 1/n or the weights of the points: l_i = -|x - a y_i|^2 / (2 s^2) + log(n pi_i), w = softmax(l),
 * mean = sum w_i y_i, score = (a mean - x)/s^2. (doc/theory.md (11), (25); Biroli et al. 2024, eq.
 * 2 and 9.) Weights are part of every output: a set with weights has the p_t, the score and the
 * class posterior of the set that has copies in their place, and the entropy, sum w^2, w_max and
 * components of its n points. The dataset's numbers are read in place,
 * in their stored type; d + 2 n doubles at most are kept beside them, and of sets of up to 2^18
 * numbers and 128 coordinates copies of 5 MB at most.
 *
 * Accuracy, for every t from 1e-6 to 20 and d up to 12288: relative error of the score at most
 * 1e-12 for f64 data and 1e-5 for f32 and u8 data; where the score nearly vanishes (midpoints
 * between points), up to the rounding floor (16 + n/128 + L) u (|x| + a |y|) / s^2 more, y the
 * farthest of the points that share the weight, L the largest |log(pi_i/pi_k)| of two of them (0
 * without weights), u = 2^-53 or 2^-24. Errors of the mean are s^2/a times
 * those. Logits relative to the largest, and with them weights relative to their size, are good to
 * 1e-9 for f64 data and 1e-3 for f32 and u8 data: so are ENTROPY, ONE_MINUS_W_MAX and TRACE_COV
 * relative to theirs, COV_TIMES_V relative to tr Cov |v|, CLASS_POSTERIOR relative to W (1 - W) (of
 * f32 and u8 data where W is above 1e-36), W_MAX and SUM_W2 relative to 1 - w_max
 * (and 32 roundings of 1 in f64 or f32), LOG_P absolutely (and to (8 + d/8) 2^-53 of |x - a y|^2/(2
 * s^2) + 100). All outputs move with the mass that DDN_QUERY_EPSILON lets drop: see there.
 *
 * Range: points are at most 1e150 from their mean (DDN_E_RANGE), and a state is refused by row
 * (DDN_E_RANGE) where |x - a y| / s can exceed 1e150; its logits would not fit in a double.
 * @param[in] ds retained
 * @param[in] sch retained */
DDN_API ddn_status ddn_oracle_create_empirical(ddn_context *ctx, const ddn_dataset *ds,
                                               const ddn_schedule *sch, ddn_oracle **out);

/** Adds a reference to the oracle: it then takes one more ddn_oracle_destroy. DDN_E_NULL,
 * DDN_E_HANDLE. */
DDN_API ddn_status ddn_oracle_retain(const ddn_oracle *oracle);
/** Lets go of the oracle. NULL is a no-op. */
DDN_API void ddn_oracle_destroy(ddn_oracle *oracle);

/** Dimension of the states that the oracle takes; 0 for NULL. */
DDN_API int64_t ddn_oracle_d(const ddn_oracle *oracle);
/** Number of components that DDN_OUT_ARGMAX and DDN_OUT_DRAW_INDEX refer to: data points of an
 * empirical oracle, whatever their weights, components of a mixture, 0 where there are none. */
DDN_API int64_t ddn_oracle_components(const ddn_oracle *oracle);
/** Number of classes; 0 where there are none. */
DDN_API int64_t ddn_oracle_class_count(const ddn_oracle *oracle);
/** "empirical", ...
 * @return static */
DDN_API const char *ddn_oracle_kind(const ddn_oracle *oracle);
/** The schedule.
 * @return borrowed from the oracle */
DDN_API const ddn_schedule *ddn_oracle_schedule(const ddn_oracle *oracle);
/** The dataset of an empirical oracle.
 * @return borrowed from the oracle, or NULL where it has none */
DDN_API const ddn_dataset *ddn_oracle_dataset(const ddn_oracle *oracle);

/** What an evaluation can produce. m states at a time; w are the posterior weights of the
 * components given x. Values are pinned. [m][ld] outputs and inputs take ld >= d (>= number of
 * classes for CLASS_POSTERIOR), [m] ones ignore ld. */
typedef int32_t ddn_output;
enum ddn_output_values {
    DDN_OUT_NONE = -1,              /**< not a value; keeps the constants signed */
    DDN_OUT_SCORE = 1,              /**< f64 [m][ld]: grad log p_t(x) */
    DDN_OUT_MEAN = 2,               /**< f64 [m][ld]: E[x_0 | x], the denoiser */
    DDN_OUT_LOG_P = 3,              /**< f64 [m]: log p_t(x), nats */
    DDN_OUT_ENTROPY = 4,            /**< f64 [m]: -sum w log w, nats; relative accuracy near 0
                                         with DDN_QUERY_EPSILON = 0, else down to what that drops
                                         */
    DDN_OUT_SUM_W2 = 5,             /**< f64 [m]: sum w^2 = 1 / participation ratio */
    DDN_OUT_W_MAX = 6,              /**< f64 [m]: largest weight */
    DDN_OUT_ONE_MINUS_W_MAX = 7,    /**< f64 [m]: its complement, summed, not subtracted; near 0
                                         as ENTROPY */
    DDN_OUT_ARGMAX = 8,             /**< i64 [m]: component of largest weight = nearest point to
                                         x/a, unless points have weights of their own; ties:
                                         lowest index */
    DDN_OUT_CLASS_POSTERIOR = 9,    /**< f64 [m][ld]: W_c = sum of w over class c (ascending
                                         labels); of points with several labels the share */
    DDN_OUT_TRACE_COV = 10,         /**< f64 [m]: tr Cov(x_0 | x) */
    DDN_OUT_DIVERGENCE = 11,        /**< f64 [m]: div score = -d/s^2 + (a/s^2)^2 tr Cov; of models
                                         exact by d Jacobian products a state, unless probes are
                                         asked for (DDN_QUERY_PROBES) */
    DDN_OUT_COV_TIMES_V = 12,       /**< f64 [m][ld]: Cov(x_0 | x) v; needs DDN_IN_V */
    DDN_OUT_JACOBIAN_TIMES_V = 13,  /**< f64 [m][ld]: (grad score) v; needs DDN_IN_V */
    DDN_OUT_DRAW = 14,              /**< f64 [m][ld]: a draw of x_0 ~ p(x_0 | x); needs the noise
                                         of ddn_query_set_noise */
    DDN_OUT_DRAW_INDEX = 15,        /**< i64 [m]: its component */
    DDN_OUT_NEAREST_DISTANCE2 = 16, /**< f64 [m]: squared distance of x/a to the nearest point */
    DDN_OUT_SECOND_DISTANCE2 = 17   /**< f64 [m]: squared distance of x/a to the second nearest
                                         distinct point: copies of the nearest one do not count;
                                         INFINITY where there is none. The two decide whether x
                                         is a copy (arXiv:2310.02664: nearest < second / 9). Both
                                         from differences in double, whatever DDN_QUERY_EPSILON
                                         says; they cost about one more screen of the data, also
                                         where a trajectory (DDN_QUERY_TRAJECTORY) would read a
                                         few points alone. */
};
/** Name of an output, such as "DDN_OUT_SCORE".
 * @return static, or NULL for a number that is none */
DDN_API const char *ddn_output_name(ddn_output what);
/** Type of its numbers: DDN_TYPE_F64 (ddn_query_bind_f64) or DDN_TYPE_I64 (ddn_query_bind_i64); 0
 * for a number that is none. */
DDN_API ddn_type ddn_output_type(ddn_output what);
/** How many numbers of an output a state has: 1, d, or the number of classes; 0 where this oracle
 * cannot give it. */
DDN_API int64_t ddn_oracle_output_width(const ddn_oracle *oracle, ddn_output what);
/** What an evaluation can be given besides the states. */
typedef int32_t ddn_input;
enum ddn_input_values {
    DDN_IN_NONE = -1, /**< not a value; keeps the constants signed */
    DDN_IN_V = 101    /**< f64 [m][ld]: vectors for COV_TIMES_V and JACOBIAN_TIMES_V */
};

/** A query: which outputs of an oracle are wanted, where they go, and the scratch memory that one
 * evaluation needs. One thread at a time. Example: doc/examples/simple/query.c */
typedef struct ddn_query ddn_query;

/** Creates a query that wants nothing yet.
 * @param[in] oracle retained */
DDN_API ddn_status ddn_query_create(ddn_context *ctx, const ddn_oracle *oracle, ddn_query **out);
/** Lets go of the query. NULL is a no-op. */
DDN_API void ddn_query_destroy(ddn_query *query);

/** Binds an output of doubles. The memory is the caller's, is written by ddn_query_run for its m
 * rows, and may not overlap x or other outputs. An output that this kind of oracle cannot give is
 * DDN_E_UNSUPPORTED, one of integers DDN_E_TYPE.
 * @param[out] out [m][ld] or [m], as `what` says; borrowed until it is bound anew, or NULL to
 *     unbind */
DDN_API ddn_status ddn_query_bind_f64(ddn_query *query, ddn_output what, double *out, int64_t ld);
/** Binds an output of integers; rules as for ddn_query_bind_f64.
 * @param[out] out [m] borrowed until it is bound anew, or NULL to unbind */
DDN_API ddn_status ddn_query_bind_i64(ddn_query *query, ddn_output what, int64_t *out);
/** Binds an input; rules as for ddn_query_bind_f64.
 * @param[in] in [m][ld] borrowed until it is bound anew, or NULL to unbind */
DDN_API ddn_status ddn_query_bind_input(ddn_query *query, ddn_input what, const double *in,
                                        int64_t ld);

/** Binds a real output in single precision: what ddn_query_bind_f64 would give, rounded once. The
 * last binding of an output, of either type, is the one that counts. A number beyond the range of
 * float is DDN_E_RANGE, by row and column, and nothing is written then (an infinite
 * SECOND_DISTANCE2 stays one). Costs m rows of doubles of scratch.
 * @param[out] out [m][ld] or [m], as `what` says; borrowed until it is bound anew, or NULL to
 *     unbind */
DDN_API ddn_status ddn_query_bind_f32(ddn_query *query, ddn_output what, float *out, int64_t ld);

/** Binds an input in single precision, which is promoted exactly. The last binding counts.
 * @param[in] in [m][ld] borrowed until it is bound anew, or NULL to unbind */
DDN_API ddn_status ddn_query_bind_input_f32(ddn_query *query, ddn_input what, const float *in,
                                            int64_t ld);

/** 1 if this oracle can give `what`, else 0. */
DDN_API int32_t ddn_oracle_can(const ddn_oracle *oracle, ddn_output what);

/** Randomness of DDN_OUT_DRAW: row r uses (seed, first_path + r, step), or paths[r] where these are
 * given.
 * @param[in] paths [count] copied, count >= m of later runs; or NULL */
DDN_API ddn_status ddn_query_set_noise(ddn_query *query, int64_t seed, int64_t first_path,
                                       int64_t step, int64_t count, const int64_t *paths);

/** Keys of the options of a query. */
typedef int32_t ddn_query_key;
enum ddn_query_key_values {
    DDN_QUERY_NONE = -1,         /**< not a value; keeps the constants signed */
    DDN_QUERY_EPSILON = 2001,    /**< double: posterior mass that may be left out, per state, in
                                      [0, 1e-2]; 0 reads everything; default 1e-9, and 1e-15 for
                                      f64 data. The mass really left out is at most
                                      ddn_query_dropped, and points left out weigh less than
                                      epsilon/n each. With e for epsilon, D for the diameter of
                                      the data, and up to rounding: LOG_P is low by at most
                                      e/(1 - e), W_MAX high and ONE_MINUS_W_MAX low by as much;
                                      ENTROPY is off by at most e (1 + log(n/e)), CLASS_POSTERIOR
                                      by e/(1 - e), SUM_W2 by 2.1 e, MEAN by e D, SCORE by e D
                                      a/s^2, TRACE_COV low by at most e D^2 and high by e times
                                      itself. So ENTROPY and ONE_MINUS_W_MAX may come as 0 where
                                      they are of that size (for the preset below 3e-8 and 1e-9
                                      at n = 10^4): 0 keeps their digits, and reads all points.
                                      */
    DDN_QUERY_TRAJECTORY = 2002, /**< int64, 0 or 1, default 0: row r of successive runs is the
                                      same trajectory. The query then remembers which points are
                                      near each row and reads only those for as long as that is
                                      provably enough. The results keep the accuracy promise, but
                                      not bit for bit those of a query without memory. Costs
                                      about 8 d + 16 kB per row. */
    DDN_QUERY_FORBID = 2003,     /**< int64, default 0: set of ways of evaluation that may not be
                                      used, bit i for way number i; all but the last can be
                                      forbidden. For tests and measurements: the result keeps the
                                      promise. */
    DDN_QUERY_PROBES = 2004      /**< int64 in [0, 10^6], default 0, the exact DIVERGENCE; else it
                                      is the mean of v.(grad score) v over so many vectors v of
                                      random signs (Hutchinson), of any oracle that has
                                      JACOBIAN_TIMES_V: unbiased, variance 2 sum_(i != j)
                                      J_ij^2/PROBES. Probe k of row r is a function of (seed, path,
                                      step, k), which ddn_query_set_noise sets as for draws: values
                                      of several steps or seeds are independent, and their spread
                                      is the error. Of a combination by products with its own J. */
};
/** The options of a query; see ddn_options in base.h.
 * @return borrowed, or NULL for NULL */
DDN_API ddn_options *ddn_query_options(ddn_query *query);

/** Evaluates at states (ldx >= d, m >= 0) at time t: fills every bound output in one pass over the
 * data. NaN or Inf in x is refused by row and column, a time out of range by value; outputs are
 * then untouched. Results do not depend on the number of threads, bit for bit.
 * @param[in] x [m][ldx] */
DDN_API ddn_status ddn_query_run(ddn_query *query, double t, int64_t m, const double *x,
                                 int64_t ldx);

/** ddn_query_run for states in single precision, promoted exactly: outputs are those of the same
 * numbers in double, bit for bit. Outputs may be of either type.
 * @param[in] x [m][ldx]; may be NULL where m = 0 */
DDN_API ddn_status ddn_query_run_f32(ddn_query *query, double t, int64_t m, const float *x,
                                     int64_t ldx);

/** Of the last run: largest bound over the states on the posterior mass left out. */
DDN_API double ddn_query_dropped(const ddn_query *query);
/** Of the last run: how often the data were read for a state, on average; 1 is every point once. A
 * screen reads every point, to find which few matter; a trajectory's own list far fewer. */
DDN_API double ddn_query_touched(const ddn_query *query);
/* ---- Ways of evaluation ------------------------------------------------------------------- */

/** An empirical oracle has several ways to evaluate a state, from cheap ones that serve some states
 * to one that serves all (doc/design.md, "How the empirical score is computed"). They are tried in
 * this order for each state. How many there are; 0 for kinds that have one way only. A later
 * version may have more ways, and other numbers for them; their names stay.
 * Example: doc/examples/simple/ways.c */
DDN_API int64_t ddn_oracle_way_count(const ddn_oracle *oracle);
/** Name of a way: "narrow", "nearby", "refine", "dense_f32", "dense_f64", "refine_wide",
 * "dense_wide", "direct".
 * @return static, or NULL where there is no such way */
DDN_API const char *ddn_oracle_way_name(const ddn_oracle *oracle, int64_t way);

/** What a way did. */
typedef int32_t ddn_way_tally;
enum ddn_way_tally_values {
    DDN_WAY_NONE = -1,  /**< not a value; keeps the constants signed */
    DDN_WAY_TRIED = 1,  /**< states that it was asked to serve */
    DDN_WAY_SERVED = 2, /**< of them, those whose outputs it wrote */
    DDN_WAY_ROWS = 3,   /**< rows read: one that is compared with several states counts for each,
                             and again for a second pass (covariances); the few that a draw looks
                             at once more do not */
    DDN_WAY_BYTES = 4   /**< bytes of data read: those of a row count once for the states that
                             share the reading */
};
/** What a way did in the last run of a query, also one that failed; 0 where there is no such way.
 */
DDN_API int64_t ddn_query_tally(const ddn_query *query, ddn_way_tally what, int64_t way);
/** What a way did in all runs of a query. */
DDN_API int64_t ddn_query_tally_total(const ddn_query *query, ddn_way_tally what, int64_t way);
/** What a way did in all runs of all queries of an oracle, also those inside integrators and
 * analyses, which threads may still be adding to. */
DDN_API int64_t ddn_oracle_tally(const ddn_oracle *oracle, ddn_way_tally what, int64_t way);
/** Why, in the last run, the way did not serve all states that came to it.
 * @return static, or NULL if it served them all, or none came */
DDN_API const char *ddn_query_way_note(const ddn_query *query, int64_t way);

/** Bytes of scratch memory that the query holds at present. */
DDN_API int64_t ddn_query_scratch_bytes(const ddn_query *query);

/** The score alone, in one call. Example: doc/examples/simple/score.c
 * @param[in] x [m][ldx]
 * @param[out] score [m][lds] */
DDN_API ddn_status ddn_oracle_score(ddn_context *ctx, const ddn_oracle *oracle, double t, int64_t m,
                                    const double *x, int64_t ldx, double *score, int64_t lds);

/** Samples of the data, row r a function of (seed, first_path + r). For an empirical oracle row r
 * is point (first_path + r) modulo n, each in turn, and one drawn by the weights where points have
 * them. Averages over points in turn spread less than independent draws, which analyses take.
 * @param[out] x [m][ldx]
 * @param[out] index [m] the component of each, or NULL */
DDN_API ddn_status ddn_oracle_sample_data(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                                          int64_t first_path, int64_t m, double *x, int64_t ldx,
                                          int64_t *index);

DDN_END_DECLS

#endif
