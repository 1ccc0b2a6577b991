/* What is measured of samples and of data sets: the share of copies, log-determinants by probes,
 * and log p along the flow by probes. */
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

/* ---- Likelihood ----------------------------------------------------------------------------- */

enum {
    PATHS = 64,
    MANY_PATHS = 40000,
    PROBES = 128,
    FLOW_STEPS = 16
};
static const double clean = 0.1; /* the time of the states */

/* States of the data noised to that time. */
static double *noised(cover_scene *s, int64_t seed, int64_t m)
{
    double *x = malloc((size_t)(m * COVER_D) * sizeof *x), point[COVER_D], a, sd, u;
    cover_try(s, ddn_schedule_eval(s->ctx, s->ou, clean, &a, &sd));
    for (int64_t q = 0; q < m; q++) {
        double *row = x + q * COVER_D;
        cover_try(s, ddn_noise_draw(s->ctx, seed, 65, q, 0, 0, 1, &u));
        cover_try(s, ddn_noise_draw(s->ctx, seed, 65, q, 1, 0, COVER_D, row));
        int64_t i = (int64_t)(0.5 * erfc(u / sqrt(2)) * COVER_POINTS);
        i = i < COVER_POINTS ? i : COVER_POINTS - 1;
        cover_try(s, ddn_dataset_read(s->ctx, s->ds, i, 1, point, COVER_D));
        for (int j = 0; j < COVER_D; j++) {
            row[j] = a * point[j] + sd * row[j];
        }
    }
    return x;
}

static ddn_result *likelihood(cover_scene *s, int64_t seed, int64_t states, int64_t probes,
                              int64_t m)
{
    ddn_result *r = NULL;
    double *x = noised(s, states, m);
    cover_set(s, DDN_ANALYSIS_SEED, seed);
    cover_set(s, DDN_ANALYSIS_PATH_STEPS, FLOW_STEPS);
    ddn_options *of = ddn_analysis_options(s->an);
    cover_try(s, ddn_options_set_f64(of, DDN_ANALYSIS_T_END, clean));
    cover_try(s, ddn_options_set_f64(of, DDN_ANALYSIS_T_START, 3));
    cover_try(s,
              ddn_analysis_log_likelihood(s->an, s->oracle, s->oracle, probes, m, x, COVER_D, &r));
    free(x);
    return r;
}

/* A state that is always the same, by many probes; other states each time, by one probe. */
static void measure_likelihood(cover_scene *s, int64_t seed, cover_value *out)
{
    ddn_result *r = likelihood(s, seed, COVER_TRUTH_SEED, PROBES, 1);
    out[0] = cover_row(s, r, "log_p", 0);
    ddn_result_destroy(r);
    r = likelihood(s, seed, seed, 1, PATHS);
    double unused;
    out[1] = cover_scalar(s, r, "mean_log_p");
    cover_try(s, ddn_result_scalar(s->ctx, r, "mean_log_p_low", &out[1].low, &unused));
    cover_try(s, ddn_result_scalar(s->ctx, r, "mean_log_p_high", &out[1].high, &unused));
    ddn_result_destroy(r);
}

/* The same state without probes; the mean of log p as the oracle knows it. */
static void exact_likelihood(cover_scene *s, double *out)
{
    ddn_result *r = likelihood(s, 0, COVER_TRUTH_SEED, 0, 1);
    ddn_query *q = NULL;
    double *x = noised(s, COVER_TRUTH_SEED, MANY_PATHS);
    double *log_p = malloc(MANY_PATHS * sizeof *log_p);
    out[0] = cover_element(s, r, "log_p", 0);
    out[1] = 0;
    cover_try(s, ddn_query_create(s->ctx, s->oracle, &q));
    cover_try(s, ddn_query_bind_f64(q, DDN_OUT_LOG_P, log_p, 0));
    cover_try(s, ddn_query_run(q, clean, MANY_PATHS, x, COVER_D));
    for (int64_t i = 0; i < MANY_PATHS; i++) {
        out[1] += log_p[i] / MANY_PATHS;
    }
    ddn_query_destroy(q);
    ddn_result_destroy(r);
    free(log_p);
    free(x);
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
    {"likelihood",
     "by probes",
     0,
     2,
     {"log p of a state (128)", "mean log p of 64 states (1)"},
     0,
     measure_likelihood,
     exact_likelihood},
    {"log_det", "24 probes", 0, 1, {"log-determinant"}, 1, measure_probes, exact_log_det},
    {.name = NULL},
};
