/* Closed forms that are also simulated. */
#include "coverage.h"

static void measure_overlap(cover_scene *s, int64_t seed, cover_value *out)
{
    for (int k = 0; k < COVER_TIMES; k++) {
        out[k] = cover_plain(NAN, NAN);
        cover_try(s, ddn_theory_overlap_phi(s->ctx, COVER_D, 1, 1, cover_times[k], 0, 100, 200,
                                            seed, &out[k].value, &out[k].se));
        out[k].trials = 200;
    }
}

static void exact_overlap(cover_scene *s, double *out)
{
    (void)s;
    for (int k = 0; k < COVER_TIMES; k++) {
        out[k] = ddn_theory_phi_sign(COVER_D, 1, cover_times[k]);
    }
}

const cover_group cover_theory[] = {
    {"overlap_phi",
     "200 pairs",
     1,
     1,
     {"ddn_theory_overlap_phi"},
     1,
     measure_overlap,
     exact_overlap},
    {.name = NULL},
};
