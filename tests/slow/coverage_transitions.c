/* Clones, U-turns, branches, last changes, and the times where curves cross. */
#include "coverage.h"

enum {
    PAIRS = 256,
    EXACT = 40000, /* samples of a truth */
    CURVE = 40000, /* of one at FINE times */
    FINE = 49      /* times of a curve that is known */
};

/* ---- Simulated probabilities against the identities -------------------------------------------
 */

static void put_rows(cover_scene *s, const ddn_result *r, int count, const char *const *names,
                     double trials, cover_value *out)
{
    for (int q = 0; q < count; q++) {
        for (int k = 0; k < COVER_TIMES; k++) {
            cover_value *v = &out[q * COVER_TIMES + k];
            *v = cover_row(s, r, names[q], k);
            v->trials = strncmp(names[q], "distance2", 9) == 0 ? 0 : trials;
        }
    }
}

static ddn_result *identities(cover_scene *s, int64_t samples, int64_t count, const double *times)
{
    ddn_result *r = NULL;
    cover_set(s, DDN_ANALYSIS_SEED, COVER_TRUTH_SEED);
    cover_set(s, DDN_ANALYSIS_SAMPLES, samples);
    cover_try(s, ddn_analysis_identities(s->an, s->oracle, count, times, &r));
    return r;
}

static void measure_clones(cover_scene *s, int64_t seed, cover_value *out)
{
    static const char *const names[] = {"phi", "phi_C", "distance2"};
    ddn_result *r = NULL;
    cover_set(s, DDN_ANALYSIS_SEED, seed);
    cover_set(s, DDN_ANALYSIS_CLONES, PAIRS);
    cover_try(s, ddn_analysis_clones(s->an, s->oracle, COVER_TIMES, cover_times, &r));
    put_rows(s, r, 3, names, PAIRS, out);
    ddn_result_destroy(r);
}

static void measure_precise_clones(cover_scene *s, int64_t seed, cover_value *out)
{
    cover_try(s,
              ddn_options_set_f64(ddn_analysis_options(s->an), DDN_ANALYSIS_CLONE_PRECISION, 0.03));
    measure_clones(s, seed, out);
}

static const char *const experiment[] = {"same_class", "returned", "distance2"};

static void measure_uturn(cover_scene *s, int64_t seed, cover_value *out)
{
    ddn_result *r = NULL;
    cover_set(s, DDN_ANALYSIS_SEED, seed);
    cover_set(s, DDN_ANALYSIS_CLONES, PAIRS);
    cover_try(s, ddn_analysis_uturn(s->an, s->oracle, NULL, COVER_TIMES, cover_times, &r));
    put_rows(s, r, 3, experiment, PAIRS, out);
    ddn_result_destroy(r);
}

static void measure_branch(cover_scene *s, int64_t seed, cover_value *out)
{
    ddn_result *r = NULL;
    cover_set(s, DDN_ANALYSIS_SEED, seed);
    cover_set(s, DDN_ANALYSIS_CLONES, PAIRS);
    cover_try(s, ddn_analysis_branch(s->an, s->oracle, NULL, COVER_TIMES, cover_times, &r));
    put_rows(s, r, 3, experiment, PAIRS, out);
    ddn_result_destroy(r);
}

/* phi, phi_C, and the squared distance of two ends: 2 E tr Cov at T_END, where clones stop, and
 * denoised for the others. */
static void exact_at(cover_scene *s, int clones, double *out)
{
    const double end = 1e-3, s2 = -expm1(-2 * end);
    ddn_result *r = identities(s, EXACT, COVER_TIMES, cover_times);
    for (int k = 0; k < COVER_TIMES; k++) {
        out[k] = cover_element(s, r, "phi", k);
        out[COVER_TIMES + k] = cover_element(s, r, "phi_C", k);
        /* the law of x at T_END, given the end point and x_t: theory (13) */
        const double step2 = -expm1(-2 * (cover_times[k] - end));
        const double all2 = -expm1(-2 * cover_times[k]);
        const double share = clones ? step2 * exp(-end) / all2 : 1;
        out[2 * COVER_TIMES + k] = 2 * share * share * cover_element(s, r, "mmse", k) +
                                   (clones ? 2 * COVER_D * s2 * step2 / all2 : 0);
    }
    ddn_result_destroy(r);
}

static void exact_clones(cover_scene *s, double *out)
{
    exact_at(s, 1, out);
}

static void exact_ends(cover_scene *s, double *out)
{
    exact_at(s, 0, out);
}

/* ---- Last changes ------------------------------------------------------------------------------
 */

static void last_change(cover_scene *s, int64_t seed, int64_t paths, cover_value *out)
{
    ddn_result *r = NULL;
    cover_set(s, DDN_ANALYSIS_SEED, seed);
    cover_set(s, DDN_ANALYSIS_PATHS, paths);
    cover_set(s, DDN_ANALYSIS_PATH_STEPS, 64);
    cover_try(s, ddn_analysis_last_change(s->an, s->oracle, &r));
    out[0] = cover_scalar(s, r, "t_C_last_change");
    out[0].low = cover_scalar(s, r, "t_C_last_change_low").value;
    out[0].high = cover_scalar(s, r, "t_C_last_change_high").value;
    out[1] = cover_scalar(s, r, "t_C_last_change_median");
    out[1].low = cover_scalar(s, r, "t_C_last_change_median_low").value;
    out[1].high = cover_scalar(s, r, "t_C_last_change_median_high").value;
    out[2] = cover_row(s, r, "changed_after", 17);
    out[2].trials = (double)paths;
    ddn_result_destroy(r);
}

static void measure_few_paths(cover_scene *s, int64_t seed, cover_value *out)
{
    last_change(s, seed, 16, out);
}

static void measure_paths(cover_scene *s, int64_t seed, cover_value *out)
{
    last_change(s, seed, 100, out);
}

static void many_paths(cover_scene *s, double *out)
{
    cover_value v[3];
    last_change(s, COVER_TRUTH_SEED, 20000, v);
    for (int i = 0; i < 3; i++) {
        out[i] = v[i].value;
    }
}

/* ---- Crossings ----------------------------------------------------------------------------------
 */

/* Even in log t from 4 down to 0.1. */
static void geometric(int64_t count, double *times)
{
    for (int64_t k = 0; k < count; k++) {
        times[k] = 4 * pow(0.1 / 4, (double)k / (double)(count - 1));
    }
}

static void put_crossings(cover_scene *s, const ddn_result *curves, int count, cover_value *out)
{
    static const char *const names[] = {"t_S_phi", "t_C_phi", "t_C_entropy"};
    ddn_result *r = NULL;
    cover_try(s, ddn_analysis_crossings(s->an, s->oracle, curves, &r));
    for (int i = 0; i < count; i++) {
        out[i] = cover_scalar(s, r, names[i]);
    }
    ddn_result_destroy(r);
}

static void measure_crossings(cover_scene *s, int64_t seed, cover_value *out)
{
    double times[28];
    ddn_result *r = NULL;
    geometric(28, times);
    cover_set(s, DDN_ANALYSIS_SEED, seed);
    cover_set(s, DDN_ANALYSIS_SAMPLES, 512);
    cover_try(s, ddn_analysis_identities(s->an, s->oracle, 28, times, &r));
    put_crossings(s, r, 3, out);
    ddn_result_destroy(r);
}

static void measure_clone_crossings(cover_scene *s, int64_t seed, cover_value *out)
{
    double times[14];
    ddn_result *r = NULL;
    geometric(14, times);
    cover_set(s, DDN_ANALYSIS_SEED, seed);
    cover_set(s, DDN_ANALYSIS_CLONES, PAIRS);
    cover_try(s, ddn_analysis_clones(s->an, s->oracle, 14, times, &r));
    put_crossings(s, r, 2, out);
    ddn_result_destroy(r);
}

static void exact_crossings(cover_scene *s, double *out)
{
    double times[FINE];
    cover_value v[3];
    geometric(FINE, times);
    ddn_result *r = identities(s, CURVE, FINE, times);
    put_crossings(s, r, 3, v);
    for (int i = 0; i < 3; i++) {
        out[i] = v[i].value;
    }
    ddn_result_destroy(r);
}

static void exact_two_crossings(cover_scene *s, double *out)
{
    double all[3];
    exact_crossings(s, all);
    out[0] = all[0];
    out[1] = all[1];
}

const cover_group cover_transitions[] = {
    {"clones",
     "256 clone pairs",
     0,
     3,
     {"phi", "phi_C", "distance2"},
     1,
     measure_clones,
     exact_clones},
    {"clone_precision",
     "clones to 0.03",
     0,
     3,
     {"phi", "phi_C", "distance2"},
     1,
     measure_precise_clones,
     exact_clones},
    {"uturn",
     "256 U-turns",
     0,
     3,
     {"same_class", "returned", "distance2"},
     1,
     measure_uturn,
     exact_ends},
    {"branch",
     "256 branches",
     0,
     3,
     {"same_class", "returned", "distance2"},
     1,
     measure_branch,
     exact_ends},
    {"last_change_16",
     "16 paths",
     0,
     3,
     {"t_C_last_change", "t_C_last_change_median", "changed_after"},
     0,
     measure_few_paths,
     many_paths},
    {"last_change",
     "100 paths",
     0,
     3,
     {"t_C_last_change", "t_C_last_change_median", "changed_after"},
     0,
     measure_paths,
     many_paths},
    {"crossings",
     "identities, 28 times, 512 samples",
     0,
     3,
     {"t_S_phi", "t_C_phi", "t_C_entropy"},
     0,
     measure_crossings,
     exact_crossings},
    {"clone_crossings",
     "clones, 14 times, 256 pairs",
     0,
     2,
     {"t_S_phi", "t_C_phi"},
     0,
     measure_clone_crossings,
     exact_two_crossings},
    {.name = NULL},
};
