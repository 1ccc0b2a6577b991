/* What is measured of samples and of data sets: the share of copies, and log-determinants by
 * probes. */
#include "coverage.h"

#include "dataset/spectrum/log_det.h"

/* ---- Copies --------------------------------------------------------------------------------- */

enum {
    COPIES = 100,
    MANY_COPIES = 50000,
    SHARES = 3
};

/* Points drawn at random plus noise of these deviations, in units of one class: from nearly all
 * copies to nearly none. */
static const double spreads[SHARES] = {0.25, 0.4, 0.6};

static ddn_result *compare(cover_scene *s, int64_t seed, int which, int64_t m)
{
    double *x = malloc((size_t)(m * COVER_D) * sizeof *x), point[COVER_D], u;
    ddn_result *r = NULL;
    for (int64_t q = 0; x != NULL && q < m; q++) {
        const int64_t path = which * m + q;
        cover_try(s, ddn_noise_draw(s->ctx, seed, 64, path, 0, 0, 1, &u));
        cover_try(s, ddn_noise_draw(s->ctx, seed, 64, path, 1, 0, COVER_D, x + q * COVER_D));
        int64_t row = (int64_t)(0.5 * erfc(u / sqrt(2)) * COVER_POINTS);
        row = row < COVER_POINTS ? row : COVER_POINTS - 1;
        cover_try(s, ddn_dataset_read(s->ctx, s->ds, row, 1, point, COVER_D));
        for (int j = 0; j < COVER_D; j++) {
            x[q * COVER_D + j] = point[j] + spreads[which] * x[q * COVER_D + j];
        }
    }
    cover_try(s, ddn_analysis_memorization(s->an, s->ds, m, x, COVER_D, &r));
    free(x);
    return r;
}

static void measure_copies(cover_scene *s, int64_t seed, cover_value *out)
{
    for (int which = 0; which < SHARES; which++) {
        ddn_result *r = compare(s, seed, which, COPIES);
        double unused;
        out[which] = cover_scalar(s, r, "f_mem");
        cover_try(s, ddn_result_scalar(s->ctx, r, "f_mem_low", &out[which].low, &unused));
        cover_try(s, ddn_result_scalar(s->ctx, r, "f_mem_high", &out[which].high, &unused));
        out[which].trials = COPIES;
        ddn_result_destroy(r);
    }
}

static void many_copies(cover_scene *s, double *out)
{
    for (int which = 0; which < SHARES; which++) {
        ddn_result *r = compare(s, COVER_TRUTH_SEED, which, MANY_COPIES);
        out[which] = cover_scalar(s, r, "f_mem").value;
        ddn_result_destroy(r);
    }
}

/* ---- Probes --------------------------------------------------------------------------------- */

/* c = s^2/a^2 at the times. */
static void make_levels(double *c)
{
    for (int k = 0; k < COVER_TIMES; k++) {
        c[k] = expm1(2 * cover_times[k]);
    }
}

static void measure_probes(cover_scene *s, int64_t seed, cover_value *out)
{
    double c[COVER_TIMES], sums[COVER_TIMES], errors[COVER_TIMES];
    ddni_covariance covariance;
    make_levels(c);
    cover_try(s, ddni_covariance_open(s->ctx, s->ds, &covariance));
    cover_try(s,
              ddni_log_det_sampled(&covariance, seed * DDNI_PROBES, c, COVER_TIMES, sums, errors));
    ddni_covariance_close(&covariance);
    for (int k = 0; k < COVER_TIMES; k++) {
        out[k] = cover_plain(sums[k], errors[k]);
    }
}

static void exact_log_det(cover_scene *s, double *out)
{
    double c[COVER_TIMES];
    make_levels(c);
    cover_try(s, ddn_dataset_log_det(s->ctx, s->ds, COVER_TIMES, c, out, NULL));
}

const cover_group cover_data[] = {
    {"copies",
     "100 samples",
     0,
     SHARES,
     {"f_mem, noise 0.25", "f_mem, noise 0.4", "f_mem, noise 0.6"},
     0,
     measure_copies,
     many_copies},
    {"log_det", "24 probes", 0, 1, {"log-determinant"}, 1, measure_probes, exact_log_det},
    {.name = NULL},
};
