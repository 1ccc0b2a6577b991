/* Denoising errors of a Gaussian model on the points and on other points of their law. */
#include "coverage.h"

enum {
    TESTED = 100,
    STATES = 256,
    MANY_STATES = 100000,
    QUANTITIES = 8
};
static const char *const names[QUANTITIES] = {"e_train",       "e_test",     "gap",
                                              "e_exact_train", "gap_paired", "excess_train",
                                              "excess_test",   "gain_test"};

/* The test data: every point is the mirror image of one of the points, and a step. */
static ddn_dataset *make_test(cover_scene *s)
{
    static double y[TESTED * COVER_D];
    double step[COVER_D];
    ddn_dataset *ds = NULL;
    cover_try(s, ddn_dataset_read(s->ctx, s->ds, 0, TESTED, y, COVER_D));
    for (int64_t i = 0; i < TESTED; i++) {
        cover_try(s, ddn_noise_draw(s->ctx, 12, 64, i, 0, 0, COVER_D, step));
        for (int j = 0; j < COVER_D; j++) {
            y[i * COVER_D + j] = 0.5 * step[j] - y[i * COVER_D + j];
        }
    }
    cover_try(s, ddn_dataset_create(s->ctx, DDN_TYPE_F64, TESTED, COVER_D, y, COVER_D, &ds));
    return ds;
}

static void denoise(cover_scene *s, int64_t seed, int64_t states, cover_value *out)
{
    ddn_dataset *test = make_test(s);
    ddn_oracle *model = NULL;
    ddn_result *r = NULL;
    cover_set(s, DDN_ANALYSIS_SEED, seed);
    cover_set(s, DDN_ANALYSIS_SAMPLES, states);
    cover_try(s, ddn_oracle_create_gaussian_of(s->ctx, s->ds, s->ou, 2, &model));
    cover_try(s, ddn_analysis_generalization(s->an, model, s->ds, test, COVER_TIMES, 0, cover_times,
                                             NULL, &r));
    for (int q = 0; q < QUANTITIES; q++) {
        for (int k = 0; k < COVER_TIMES; k++) {
            out[q * COVER_TIMES + k] = cover_row(s, r, names[q], k);
            out[q * COVER_TIMES + k].truth = NAN;
        }
    }
    ddn_result_destroy(r);
    ddn_oracle_destroy(model);
    ddn_dataset_destroy(test);
}

static void measure(cover_scene *s, int64_t seed, cover_value *out)
{
    denoise(s, seed, STATES, out);
}

static void many_states(cover_scene *s, double *out)
{
    cover_value values[QUANTITIES * COVER_TIMES];
    denoise(s, COVER_TRUTH_SEED, MANY_STATES, values);
    for (int i = 0; i < QUANTITIES * COVER_TIMES; i++) {
        out[i] = values[i].value;
    }
}

const cover_group cover_denoising[] = {
    {"denoising",
     "256 states",
     0,
     QUANTITIES,
     {"e_train", "e_test", "gap", "e_exact_train", "gap_paired", "excess_train", "excess_test",
      "gain_test"},
     1,
     measure,
     many_states},
    {.name = NULL},
};
