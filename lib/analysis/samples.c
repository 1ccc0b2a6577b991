/* Forward samples, the data points represented fairly.
 *
 * total = q n + r: every point q times, then r points by systematic sampling, position
 * floor((j + u) n / r) of a list that has the classes one after the other, each in random order.
 * Each point has the same chance r / n, none comes twice, and each class comes with its share. */
#include "analysis/samples.h"

#include "base/check.h"
#include "base/progress.h"
#include "dataset/dataset_impl.h"

static int32_t class_of(const ddn_dataset *ds, int64_t i)
{
    return ds->labels == NULL ? 0 : ds->labels->class_index[i];
}

static void shuffle(const ddni_samples *s, int64_t first, int64_t count)
{
    for (int64_t i = count - 1; i > 0; i--) {
        if (ddni_stopping(s->ctx)) {
            return;
        }
        int64_t j = (int64_t)(ddni_draws_uniform(&s->choice, first + i, 1) * (double)(i + 1));
        int64_t other = s->order[first + j];
        s->order[first + j] = s->order[first + i];
        s->order[first + i] = other;
    }
}

static ddn_status make_order(ddni_samples *s, const ddn_dataset *ds)
{
    int64_t classes = ds->labels == NULL ? 1 : ds->labels->classes;
    int64_t *end = NULL; /* of each class in the list */
    DDNI_TRY(ddni_alloc_for(s->ctx, "order of the samples", s->n, sizeof *s->order, &s->order));
    ddn_status status = ddni_alloc_for(s->ctx, "classes", classes, sizeof *end, &end);
    if (status != DDN_OK) {
        ddni_samples_free(s);
        return status;
    }
    for (int64_t c = 1; c < classes; c++) {
        end[c] = end[c - 1] + ds->labels->count[c - 1];
    }
    for (int64_t i = 0; i < s->n; i++) {
        s->order[end[class_of(ds, i)]++] = i;
    }
    for (int64_t c = 0; c < classes; c++) {
        int64_t first = c == 0 ? 0 : end[c - 1];
        shuffle(s, first, end[c] - first);
    }
    ddni_free(ddni_context_allocator(s->ctx), end);
    status = ddni_poll(s->ctx);
    if (status != DDN_OK) {
        ddni_samples_free(s);
    }
    return status;
}

ddn_status ddni_samples_init(ddn_context *ctx, const ddn_oracle *oracle, const ddn_dataset *points,
                             int64_t seed, ddni_measurement what, int64_t item, int64_t total,
                             ddni_samples *samples)
{
    *samples = (ddni_samples){.ctx = ctx, .oracle = oracle, .points = points};
    samples->what = what;
    samples->item = item;
    samples->noise = ddni_draws_samples(seed, what, item);
    samples->choice = ddni_draws_choice(seed, what, item);
    samples->total = total;
    samples->d = ddn_oracle_d(oracle);
    samples->offset = ddni_draws_uniform(&samples->choice, 0, 0);
    if (points == NULL) {
        return DDN_OK;
    }
    samples->n = points->n;
    return make_order(samples, points);
}

void ddni_samples_free(ddni_samples *samples)
{
    if (samples->order != NULL) {
        ddni_free(ddni_context_allocator(samples->ctx), samples->order);
        samples->order = NULL;
    }
}

/* Data point of sample j. */
static int64_t point(const ddni_samples *s, int64_t j)
{
    if (s->points->weight != NULL) {
        return ddni_dataset_point(s->points, ddni_draws_uniform(&s->choice, j, 2));
    }
    int64_t rest = s->total % s->n, whole = s->total - rest;
    if (j < whole) {
        return s->order[j % s->n];
    }
    int64_t at = (int64_t)(((double)(j - whole) + s->offset) * ((double)s->n / (double)rest));
    return s->order[at < s->n ? at : s->n - 1];
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
            ddni_dataset_rows(ds, point(s, first + r), 1, x0 + r * s->d, s->d);
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
