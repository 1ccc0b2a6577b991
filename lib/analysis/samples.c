/* Forward samples. */
#include "analysis/samples.h"

#include "base/check.h"
#include "base/progress.h"
#include "dataset/dataset_impl.h"

void ddni_samples_init(ddn_context *ctx, const ddn_oracle *oracle, const ddn_dataset *points,
                       int64_t seed, ddni_measurement what, int64_t item, ddni_samples *samples)
{
    *samples = (ddni_samples){.ctx = ctx, .oracle = oracle, .points = points};
    samples->what = what;
    samples->item = item;
    samples->noise = ddni_draws_samples(seed, what, item);
    samples->choice = ddni_draws_choice(seed, what, item);
    samples->d = ddn_oracle_d(oracle);
}

ddn_status ddni_samples_draw(const ddni_samples *s, int64_t first, int64_t count, double *x0,
                             double *z)
{
    const ddn_dataset *ds = s->points;
    if (ds == NULL) {
        DDNI_TRY(ddn_oracle_sample_data(s->ctx, s->oracle, s->noise.seed,
                                        ddni_path_data(s->what, s->item, first), count, x0, s->d,
                                        NULL));
    }
    for (int64_t r = 0; r < count; r++) {
        DDNI_TRY(ddni_poll(s->ctx));
        if (ds != NULL) {
            const double u = ddni_draws_uniform(&s->choice, first + r, 0);
            ddni_dataset_rows(ds, ddni_dataset_point(ds, u), 1, x0 + r * s->d, s->d);
        }
        ddni_draws_normal(&s->noise, first + r, 0, s->d, z + r * s->d);
    }
    return DDN_OK;
}

void ddni_samples_at(const ddni_level *level, int64_t size, const double *x0, const double *z,
                     double *x)
{
    double a = level->a, s = level->s;
    for (int64_t i = 0; i < size; i++) {
        x[i] = a * x0[i] + s * z[i];
    }
}
