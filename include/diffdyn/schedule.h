/* Noise schedules: x_t = a(t) x_0 + s(t) z, and grids of times.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_SCHEDULE_H
#define DIFFDYN_SCHEDULE_H

#include <diffdyn/base.h>

DDN_BEGIN_DECLS

/** An immutable pair of functions a(t) > 0 and s(t) > 0 of the schedule's own time t, such that
 * x_t = a x_0 + s z with z ~ N(0, I) and s/a increasing. At the last time a may be 0 (flow,
 * zero_snr; tables and custom schedules that say so): pure noise, with OU time infinity. Oracles
 * know it: p = N(0, s^2 I), all points have their own weights, the mean is that of the data;
 * distances of x/a are infinite. Grids LOGSNR and KARRAS do not reach it. (26) Any schedule
 * describes the same family of distributions as the Ornstein-Uhlenbeck process up to a factor
 * (doc/theory.md (3)): with the OU time tau = log(1 + s^2/a^2)/2,  x_t = sqrt(a^2 + s^2) *
 * x_OU(tau). May be shared between threads and contexts; a custom schedule's callbacks must then be
 * thread-safe. */
typedef struct ddn_schedule ddn_schedule;

/** Ornstein-Uhlenbeck dx = -x dt + sqrt(2) dW: a = e^-t, s^2 = 1 - e^-2t, t > 0. (1) */
DDN_API ddn_status ddn_schedule_create_ou(ddn_context *ctx, ddn_schedule **out);

/** Continuous variance-preserving schedule with linear beta: time u in (0, 1], tau = (beta_min u +
 * (beta_max - beta_min) u^2 / 2) / 2, a = e^-tau. 0 <= beta_min <= beta_max, beta_max > 0; usual
 * values 0.1 and 20. (4) */
DDN_API ddn_status ddn_schedule_create_vp_linear(ddn_context *ctx, double beta_min, double beta_max,
                                                 ddn_schedule **out);

/** DDPM (Ho et al. 2020): time is the index i <= steps - 1 of beta_i, linear from beta_first to
 * beta_last; a^2 = prod_{j <= i} (1 - beta_j). Between indices log a is interpolated linearly, and
 * index -1 means a = 1, s = 0: times are in (-1, steps - 1], and -1 itself is valid as the end of a
 * grid only. Usual values 1e-4, 0.02, 1000. (5) */
DDN_API ddn_status ddn_schedule_create_ddpm(ddn_context *ctx, double beta_first, double beta_last,
                                            int64_t steps, ddn_schedule **out);

/** Scaled linear betas (latent diffusion, Rombach et al. 2021): as DDPM with the square roots of
 * beta_i linear from sqrt(beta_first) to sqrt(beta_last). Usual values 0.00085, 0.012, 1000. (5) */
DDN_API ddn_status ddn_schedule_create_scaled_linear(ddn_context *ctx, double beta_first,
                                                     double beta_last, int64_t steps,
                                                     ddn_schedule **out);

/** What the numbers of a table are. */
typedef int32_t ddn_table;
enum ddn_table_values {
    DDN_TABLE_NONE = -1,     /**< not a value; keeps the constants signed */
    DDN_TABLE_ALPHA_BAR = 1, /**< a^2 at each index, with s^2 = 1 - a^2 */
    DDN_TABLE_BETA = 2       /**< beta_i as in DDPM */
};
/** A schedule given by its numbers at the indices 0 .. count - 1, as a trained network has them
 * (alphas_cumprod or betas of its scheduler); all else as for DDPM: index -1 is clean data, between
 * indices log a is linear. Every number is in (0, 1), and alpha_bar falls with the index, else
 * DDN_E_RANGE with the entry, its value and the limit. The last one may be that of pure noise,
 * alpha_bar = 0 or beta = 1: between the last two indices a is linear then. (5)
 * @param[in] values [count] copied */
DDN_API ddn_status ddn_schedule_create_table(ddn_context *ctx, ddn_table kind, int64_t count,
                                             const double *values, ddn_schedule **out);

/** Cosine betas (Nichol & Dhariwal 2021): as DDPM with beta_i = min(1 - g((i+1)/steps)/g(i/steps),
 * beta_max), g(u) = cos^2((u + offset)/(1 + offset) pi/2). Usual values 1000, 0.008, 0.999. (6) */
DDN_API ddn_status ddn_schedule_create_cosine(ddn_context *ctx, int64_t steps, double offset,
                                              double beta_max, ddn_schedule **out);

/** Zero terminal SNR (Lin et al. 2023, arXiv:2305.08891): the levels of another schedule of
 * indices, their a shifted and scaled so that the first one stays and the last one is 0. (27)
 * DDN_E_UNSUPPORTED if the other one has no indices.
 * @param[in] base not kept: its numbers are copied */
DDN_API ddn_status ddn_schedule_create_zero_snr(ddn_context *ctx, const ddn_schedule *base,
                                                ddn_schedule **out);

/** Variance-exploding / EDM (Karras et al. 2022): time is sigma > 0, a = 1, s = sigma. (7) */
DDN_API ddn_status ddn_schedule_create_edm(ddn_context *ctx, ddn_schedule **out);

/** Flow matching / rectified flow: time u in (0, 1], a = 1 - u, s = u. At u = 1 nothing is left of
 * the data: a = 0. (26) */
DDN_API ddn_status ddn_schedule_create_flow(ddn_context *ctx, ddn_schedule **out);

/** A schedule of the host's own: writes a, s and their derivatives at t (callbacks: base.h; a
 * schedule that is shared is asked by several threads at a time).
 * @param[out] a a(t)
 * @param[out] s s(t)
 * @param[out] da da/dt
 * @param[out] ds ds/dt */
typedef int32_t (*ddn_schedule_fn)(void *user, double t, double *a, double *s, double *da,
                                   double *ds);
/** A schedule of the host's own on [t_min, t_max]. s/a must increase with t (checked at 257 points;
 * DDN_E_RANGE); a may be 0 at t_max. Example: doc/examples/simple/schedule.c */
DDN_API ddn_status ddn_schedule_create_custom(ddn_context *ctx, double t_min, double t_max,
                                              ddn_schedule_fn eval, void *user,
                                              ddn_release_fn release, ddn_schedule **out);

/** Adds a reference to the schedule: it then takes one more ddn_schedule_destroy. DDN_E_NULL,
 * DDN_E_HANDLE. */
DDN_API ddn_status ddn_schedule_retain(const ddn_schedule *sch);
/** Lets go of the schedule. NULL is a no-op. */
DDN_API void ddn_schedule_destroy(ddn_schedule *sch);

/** "ou", "vp_linear", "ddpm", "scaled_linear", "table", "cosine", "zero_snr", "edm", "flow" or
 * "custom".
 * @return static */
DDN_API const char *ddn_schedule_kind(const ddn_schedule *sch);

/** Smallest and largest time it accepts (t_min itself excluded where s would be 0).
 * @param[out] t_min smallest
 * @param[out] t_max largest */
DDN_API ddn_status ddn_schedule_range(ddn_context *ctx, const ddn_schedule *sch, double *t_min,
                                      double *t_max);

/** a(t) and s(t). Times must be finite and in range: t <= 0 is DDN_E_RANGE for OU.
 * @param[out] a a(t)
 * @param[out] s s(t) */
DDN_API ddn_status ddn_schedule_eval(ddn_context *ctx, const ddn_schedule *sch, double t, double *a,
                                     double *s);

/** Rates of the forward SDE dx = f x dt + g dW that has these a and s. (8) Where a = 0 they are
 * infinite: DDN_E_RANGE.
 * @param[out] f d log a/dt
 * @param[out] g2 g^2 = d(s^2)/dt - 2 f s^2 */
DDN_API ddn_status ddn_schedule_rates(ddn_context *ctx, const ddn_schedule *sch, double t,
                                      double *f, double *g2);

/** From the schedule's time to OU time.
 * @param[out] tau log(1 + s^2/a^2)/2 */
DDN_API ddn_status ddn_schedule_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t,
                                      double *tau);
/** From OU time to the schedule's time, the inverse of ddn_schedule_to_ou; infinity is the last
 * time of a schedule that has a = 0 there.
 * @param[out] t the schedule's time */
DDN_API ddn_status ddn_schedule_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau,
                                        double *t);

/** Coordinates for one noise level. */
typedef int32_t ddn_coordinate;
enum ddn_coordinate_values {
    DDN_COORDINATE_NONE = -1,     /**< not a value; keeps the constants signed */
    DDN_COORDINATE_OU = 1,        /**< tau > 0 */
    DDN_COORDINATE_LOGSNR = 2,    /**< log(a^2/s^2), any real */
    DDN_COORDINATE_SIGMA = 3,     /**< s/a > 0, the EDM sigma */
    DDN_COORDINATE_ALPHA_BAR = 4, /**< a^2/(a^2 + s^2) in (0, 1) */
    DDN_COORDINATE_THETA = 5      /**< e^-tau in (0, 1) */
};
/** Converts a noise level between coordinates without loss near either end. (2)
 * @param[out] result the level in coordinate `to` */
DDN_API ddn_status ddn_time_convert(ddn_context *ctx, ddn_coordinate from, ddn_coordinate to,
                                    double value, double *result);

/** Grids of times from t_first to t_last, both included exactly (LEADING: t_last alone). Those of
 * whole indices are for networks that were trained at the indices alone: schedules of indices only
 * (ddpm, scaled_linear, table, cosine, zero_snr), with whole ends, of which -1 is clean data, and
 * at most as many steps as there are indices. They are given from F = max(t_first, t_last) down to
 * L = min(t_first, t_last) in N = count - 1 steps, k = 0 .. N; upwards they are the same times.
 * With F = steps - 1 and L = -1 they are the time steps of that name of DDIM and its successors
 * (arXiv:2305.08891, table 2), then -1. Ties round to the even distance from the clean end. (19) */
typedef int32_t ddn_grid;
enum ddn_grid_values {
    DDN_GRID_NONE = -1,     /**< not a value; keeps the constants signed */
    DDN_GRID_UNIFORM = 1,   /**< uniform in the schedule's time */
    DDN_GRID_GEOMETRIC = 2, /**< geometric in the schedule's time; both ends > 0 */
    DDN_GRID_LOGSNR = 3,    /**< uniform in log(a^2/s^2) */
    DDN_GRID_KARRAS = 4,    /**< uniform in (s/a)^(1/7) */
    DDN_GRID_LEADING = 5,   /**< t_k = L + 1 + (N - 1 - k) r, t_N = L, with the largest whole r <=
                                 (F + 1)/N that does not start beyond F; may start below F */
    DDN_GRID_TRAILING = 6,  /**< t_k = L + round((N - k)(F - L)/N) */
    DDN_GRID_LINSPACE = 7   /**< t_k = L + 1 + round((N - 1 - k)(F - L - 1)/(N - 1)), t_N = L;
                                 F, L for N = 1 */
};
/** A grid of count >= 2 times, increasing or decreasing as t_first, t_last are; t_first != t_last.
 * @param[out] times [count] */
DDN_API ddn_status ddn_schedule_grid(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind,
                                     double t_first, double t_last, int64_t count, double *times);

/** Forward transition: states at time t_from become samples at t_to > t_from, exactly: x' = (a'/a)
 * x + sqrt(s'^2 - (a'/a)^2 s^2) z. t_from = 0 (or, for DDPM, -1) means clean data where the
 * schedule has a = 1, s = 0 there. Row r uses noise(seed, first_path + r, step, coordinate). (9)
 * @param[in,out] x [m][ldx] */
DDN_API ddn_status ddn_schedule_forward(ddn_context *ctx, const ddn_schedule *sch, double t_from,
                                        double t_to, int64_t seed, int64_t first_path, int64_t step,
                                        int64_t m, int64_t d, double *x, int64_t ldx);

/** The noise itself: standard normal deviates for coordinates first .. first+count-1 of (seed,
 * path, step): Philox 4x64-10 and Box-Muller, a pure function of its arguments. `stream` separates
 * uses. Hosts take streams 64 and above; smaller ones are the library's, and what comes of them may
 * equal numbers of a run. (10)
 * @param[out] z [count] */
DDN_API ddn_status ddn_noise_draw(ddn_context *ctx, int64_t seed, int32_t stream, int64_t path,
                                  int64_t step, int64_t first, int64_t count, double *z);

DDN_END_DECLS

#endif
