/* Late starts of the reverse dynamics: how to start, how wrong a start is, and how good the
 * samples are that come of it.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_LATE_START_H
#define DIFFDYN_LATE_START_H

#include <diffdyn/analysis.h>
#include <diffdyn/oracle.h>

DDN_BEGIN_DECLS

/* ---- Starts ------------------------------------------------------------------------------ */

/** Distributions to start from at time t, with a = a(t), s = s(t). (doc/theory.md (60)) */
typedef int32_t ddn_start;
enum ddn_start_values {
    DDN_START_NONE = -1,   /**< not a value; keeps the constants signed */
    DDN_START_NOISE = 1,   /**< N(0, (a^2 + s^2) I): what the process has forgotten everything in */
    DDN_START_GAUSSIAN = 2 /**< N(a mean, a^2 C + s^2 I) with mean and covariance of the data */
};

/** Draws states from a start at time t. The Gaussian one is exact and needs no d x d matrix: x = a
 * mean + a sum_i xi_i sqrt(pi_i) (y_i - mean) + s z, pi_i = 1/n or the weights of the points, one
 * pass over the data for every 16 rows. Row r is a function of (seed, first_path + r); results do
 * not depend on the number of threads. m >= 0, first_path >= 0, ldx >= d. Errors: DDN_E_NULL,
 * DDN_E_KEY (kind), DDN_E_RANGE, DDN_E_SHAPE, DDN_E_NOMEM.
 * @param[out] x [m][ldx] */
DDN_API ddn_status ddn_late_start_draw(ddn_context *ctx, const ddn_dataset *ds,
                                       const ddn_schedule *sch, ddn_start kind, double t,
                                       int64_t seed, int64_t first_path, int64_t m, double *x,
                                       int64_t ldx);

/** How far each start is from p_t, before any sampling: Kullback-Leibler divergences in nats, for
 * an empirical oracle; for a model with the p_t of the exact score of its data, or of the points
 * that are set (ddn_analysis_set_points). By data processing they bound the error of the end result
 * of an exact reverse run. (61) Columns with partners NAME_se: "t", "kl_gaussian" = KL(p_t |
 * Gaussian start), "kl_between" = KL(Gaussian start | noise start), "kl_noise" = KL(p_t | noise
 * start), the sum of the two; "kl_gaussian_low", "kl_gaussian_high", "kl_noise_low" and
 * "kl_noise_high", the ends of their 95 % intervals, which are not symmetric where few samples
 * carry the entropy (41); where they are known, "kl_gaussian_rho" and "kl_noise_rho", the
 * correlations of their errors with those at the next larger time. The posterior entropy in them is
 * measured by ddn_analysis_identities (SAMPLES, or PRECISION), with "samples" states at each time,
 * and may make a divergence near 0 negative within its error. Scalars "n", "d".
 * @param[in] times [count] strictly monotone */
DDN_API ddn_status ddn_analysis_late_start(ddn_analysis *an, const ddn_oracle *oracle,
                                           int64_t count, const double *times, ddn_result **out);

/** The latest start that is good enough: the smallest t from which on the divergence of that start
 * stays <= level (nats, > 0), by interpolation on the grid of a result of ddn_analysis_late_start:
 * of log KL as far as it is above its error, else of KL (theory (42)).
 * @param[out] t NaN where it never does; the first grid time if it always does
 * @param[out] standard_error from the errors of the rows and their correlations (columns NAME_rho;
 * an upper bound where there are none), 0 at the end of the grid; or NULL. Where the level is not
 * far above the errors of the rows t is not normal: take ddn_late_start_interval for limits
 */
DDN_API ddn_status ddn_late_start_choose(ddn_context *ctx, const ddn_result *result, ddn_start kind,
                                         double level, double *t, double *standard_error);

/** The 95 % interval of that time, of the times whose divergence the level may be: as
 * ddn_late_start_choose with the lower, and the upper, ends of the rows' intervals (columns
 * NAME_low and NAME_high, or 1.96 standard errors where there are none). It need not be symmetric.
 * From `high` on the start is good enough, but for 2.5 %. (61)
 * @param[out] low not before the first grid time; the last one where the divergence is above the
 * level there for certain
 * @param[out] high infinite where the divergence may be above the level at the last grid time */
DDN_API ddn_status ddn_late_start_interval(ddn_context *ctx, const ddn_result *result,
                                           ddn_start kind, double level, double *low, double *high);

/* ---- Features ---------------------------------------------------------------------------- */

/** An immutable map from states in d dimensions to k features. Shared freely between threads and
 * contexts, except one with a callback, which runs on the calling thread. */
typedef struct ddn_features ddn_features;

/** The coordinates themselves, k = d. */
DDN_API ddn_status ddn_features_create_identity(ddn_context *ctx, int64_t d, ddn_features **out);

/** Coordinates along the k leading principal axes of a dataset, relative to its mean; 1 <= k <=
 * min(n, d, 512). Errors: also those of ddn_dataset_spectrum.
 * @param[in] ds not kept */
DDN_API ddn_status ddn_features_create_pca(ddn_context *ctx, const ddn_dataset *ds, int64_t k,
                                           ddn_features **out);

/** The host's own map, such as a network: writes the features of states (callbacks: base.h).
 * @param[in] x [m][ldx]
 * @param[out] features [m][ldf] */
typedef int32_t (*ddn_features_fn)(void *user, int64_t m, int64_t d, const double *x, int64_t ldx,
                                   double *features, int64_t ldf);
/** Features by a callback. */
DDN_API ddn_status ddn_features_create_callback(ddn_context *ctx, int64_t d, int64_t k,
                                                ddn_features_fn fn, void *user,
                                                ddn_release_fn release, ddn_features **out);

/** Adds a reference to the features: it then takes one more ddn_features_destroy. DDN_E_NULL,
 * DDN_E_HANDLE. */
DDN_API ddn_status ddn_features_retain(const ddn_features *features);
/** Lets go of the features. NULL is a no-op. */
DDN_API void ddn_features_destroy(ddn_features *features);

/** Dimension of the states that the features are made of; 0 for NULL. */
DDN_API int64_t ddn_features_d(const ddn_features *features);
/** Number of features; 0 for NULL. */
DDN_API int64_t ddn_features_count(const ddn_features *features);

/** Features of states. Those that are not finite are DDN_E_NONFINITE.
 * @param[in] x [m][ldx] ldx >= d
 * @param[out] out [m][ldo] ldo >= k; may not overlap x */
DDN_API ddn_status ddn_features_apply(ddn_context *ctx, const ddn_features *features, int64_t m,
                                      const double *x, int64_t ldx, double *out, int64_t ldo);

/* ---- Frechet distance -------------------------------------------------------------------- */

/** The mean and covariance (1/n, or the weights of the points) of a reference set in feature space.
 * Immutable. */
typedef struct ddn_frechet ddn_frechet;

/** The reference is every point of ds, with its weight; d of both must agree; at most 4096
 * features.
 * @param[in] ds not kept
 * @param[in] features retained */
DDN_API ddn_status ddn_frechet_create(ddn_context *ctx, const ddn_dataset *ds,
                                      const ddn_features *features, ddn_frechet **out);
/** Adds a reference to the frechet: it then takes one more ddn_frechet_destroy. DDN_E_NULL,
 * DDN_E_HANDLE. */
DDN_API ddn_status ddn_frechet_retain(const ddn_frechet *frechet);
/** Lets go of the reference. NULL is a no-op. */
DDN_API void ddn_frechet_destroy(ddn_frechet *frechet);

/** Squared Frechet distance |m1 - m2|^2 + tr(C1 + C2) - 2 tr (C1^1/2 C2 C1^1/2)^1/2 between the
 * reference and states, m >= 2, in the units of the features squared (62). Both covariances are
 * sums over the states divided by their number; programs for images divide by one less (numpy.cov),
 * which changes the distance by about tr C / m. A finite m makes it too large by about tr C / m and
 * more: compare curves at equal m. With replicates >= 2 the states are drawn anew with replacement
 * that many times (bootstrap; a function of seed).
 * @param[in] x [m][ldx]
 * @param[out] distance2 the distance
 * @param[out] standard_error standard deviation over the replicates, NaN for replicates = 0; or
 *     NULL
 * @param[out] draws [replicates] each distance; or NULL */
DDN_API ddn_status ddn_frechet_distance(ddn_context *ctx, const ddn_frechet *frechet, int64_t m,
                                        int64_t seed, int64_t replicates, const double *x,
                                        int64_t ldx, double *distance2, double *standard_error,
                                        double *draws);

DDN_END_DECLS

#endif
