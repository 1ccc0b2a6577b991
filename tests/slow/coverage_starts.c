/* Late starts: the choice of one, the Frechet distance, and knees of curves. */
#include "coverage.h"

enum {
    SCAN = 24,
    FINE = 61,
    STATES = 128,
    FEATURES = 8
};

/* ---- The choice
 * ---------------------------------------------------------------------------------- */

static const double levels[4] = {1, 0.1, 0.03, 0.01};

/* Linear from 0.2 to 5. */
static ddn_result *scan(cover_scene *s, int64_t count, int64_t samples, int64_t seed)
{
    double times[FINE];
    ddn_result *r = NULL;
    for (int64_t k = 0; k < count; k++) {
        times[k] = 0.2 + 4.8 * (double)k / (double)(count - 1);
    }
    cover_set(s, DDN_ANALYSIS_SEED, seed);
    cover_set(s, DDN_ANALYSIS_SAMPLES, samples);
    cover_try(s, ddn_analysis_late_start(s->an, s->oracle, count, times, &r));
    return r;
}

static void choose(cover_scene *s, const ddn_result *r, cover_value *out)
{
    for (int i = 0; i < 8; i++) {
        out[i] = cover_plain(NAN, NAN);
        const ddn_start kind = i < 4 ? DDN_START_GAUSSIAN : DDN_START_NOISE;
        cover_try(s,
                  ddn_late_start_choose(s->ctx, r, kind, levels[i % 4], &out[i].value, &out[i].se));
        cover_try(
            s, ddn_late_start_interval(s->ctx, r, kind, levels[i % 4], &out[i].low, &out[i].high));
    }
}

static void measure_choice(cover_scene *s, int64_t seed, cover_value *out)
{
    ddn_result *r = scan(s, SCAN, 1024, seed);
    choose(s, r, out);
    ddn_result_destroy(r);
}

static void exact_choice(cover_scene *s, double *out)
{
    cover_value v[8];
    ddn_result *r = scan(s, FINE, 100000, COVER_TRUTH_SEED);
    choose(s, r, v);
    for (int i = 0; i < 8; i++) {
        out[i] = v[i].value;
    }
    ddn_result_destroy(r);
}

/* ---- Frechet distance
 * ----------------------------------------------------------------------------- */

/* Of Gaussian starts at t = 0.5 from the data, in their coordinates along principal axes. */
static double distance(cover_scene *s, const ddn_frechet *fr, int64_t first_path,
                       int64_t replicates, double *se)
{
    double x[STATES * COVER_D], value = NAN;
    cover_try(s, ddn_late_start_draw(s->ctx, s->ds, s->ou, DDN_START_GAUSSIAN, 0.5, 3, first_path,
                                     STATES, x, COVER_D));
    cover_try(s, ddn_frechet_distance(s->ctx, fr, STATES, first_path, replicates, x, COVER_D,
                                      &value, se, NULL));
    return value;
}

static ddn_frechet *reference(cover_scene *s)
{
    ddn_features *features = NULL;
    ddn_frechet *fr = NULL;
    cover_try(s, ddn_features_create_pca(s->ctx, s->ds, FEATURES, &features));
    cover_try(s, ddn_frechet_create(s->ctx, s->ds, features, &fr));
    ddn_features_destroy(features);
    return fr;
}

static void measure_frechet(cover_scene *s, int64_t seed, cover_value *out)
{
    ddn_frechet *fr = reference(s);
    out[0] = cover_plain(NAN, NAN);
    out[0].value = distance(s, fr, seed * STATES, 100, &out[0].se);
    ddn_frechet_destroy(fr);
}

static void mean_frechet(cover_scene *s, double *out)
{
    ddn_frechet *fr = reference(s);
    out[0] = 0;
    for (int64_t i = 0; i < 4000; i++) {
        out[0] += distance(s, fr, (COVER_TRUTH_SEED + i) * STATES, 0, NULL) / 4000;
    }
    ddn_frechet_destroy(fr);
}

/* ---- Knees
 * ----------------------------------------------------------------------------------------- */

enum {
    KNEES = 5,
    KNEE_ROWS = 16
};

/* Flat, then linear, with a corner of that width at 0.45; errors; the exponent of the grid's steps.
 */
static const struct {
    double width, error, bend;
} knees[KNEES] = {
    {0.01, 0.002, 1}, {0.01, 0.03, 1}, {0.1, 0.002, 1}, {0.1, 0.01, 1}, {0.1, 0.01, 2}};

static void knee_curve(int which, double *x, double *y)
{
    for (int i = 0; i < KNEE_ROWS; i++) {
        x[i] = pow((i + 1) / (double)KNEE_ROWS, knees[which].bend);
        y[i] = knees[which].width * log1p(exp((x[i] - 0.45) / knees[which].width));
    }
}

static void measure_knees(cover_scene *s, int64_t seed, cover_value *out)
{
    double x[KNEE_ROWS], y[KNEE_ROWS], se[KNEE_ROWS], z[KNEE_ROWS];
    for (int which = 0; which < KNEES; which++) {
        cover_value *v = &out[which];
        *v = cover_plain(NAN, NAN);
        v->trials = 1;
        knee_curve(which, x, y);
        cover_try(s, ddn_noise_draw(s->ctx, 17, 64, seed, which, 0, KNEE_ROWS, z));
        for (int i = 0; i < KNEE_ROWS; i++) {
            se[i] = knees[which].error * (1 + (i % 3)) / 2;
            y[i] += se[i] * z[i];
        }
        cover_try(s, ddn_theory_knee(s->ctx, KNEE_ROWS, 2, seed, x, y, se, NULL, &v->value, &v->se,
                                     NULL));
        cover_try(s, ddn_theory_knee_interval(s->ctx, KNEE_ROWS, x, y, se, &v->low, &v->high));
    }
}

static void exact_knees(cover_scene *s, double *out)
{
    double x[KNEE_ROWS], y[KNEE_ROWS];
    for (int which = 0; which < KNEES; which++) {
        knee_curve(which, x, y);
        cover_try(
            s, ddn_theory_knee(s->ctx, KNEE_ROWS, 0, 0, x, y, NULL, NULL, &out[which], NULL, NULL));
    }
}

const cover_group cover_starts[] = {
    {"late_start",
     "24 times, 1024 samples",
     0,
     8,
     {"Gaussian start, 1 nat", "Gaussian start, 0.1 nat", "Gaussian start, 0.03 nat",
      "Gaussian start, 0.01 nat", "noise start, 1 nat", "noise start, 0.1 nat",
      "noise start, 0.03 nat", "noise start, 0.01 nat"},
     0,
     measure_choice,
     exact_choice},
    {"frechet",
     "128 states, 8 features, 100 replicates",
     0,
     1,
     {"Frechet distance"},
     0,
     measure_frechet,
     mean_frechet},
    {"knee",
     "16 points",
     1,
     KNEES,
     {"knee, sharp", "knee, sharp, much noise", "knee, round", "knee, round, noise",
      "knee, round, noise, uneven grid"},
     0,
     measure_knees,
     exact_knees},
    {.name = NULL},
};
