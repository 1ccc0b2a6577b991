/* Features of states: coordinates, principal axes, or the host's own. */
#include "analysis/late_start/features_impl.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "dataset/dataset_impl.h"
#include "numerics/vector.h"

static void finish_features(void *object)
{
    ddn_features *features = object;
    if (features->release != NULL) {
        features->release(features->user);
    }
    ddni_free(&features->handle.allocator, features->axes);
    ddni_free(&features->handle.allocator, features->mean);
}

static ddn_status create(ddn_context *ctx, int64_t d, int64_t k, ddn_features **out)
{
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_INT(ctx, d, 1, INT64_C(1) << 24);
    DDNI_CHECK_INT(ctx, k, 1, INT64_C(1) << 24);
    DDNI_TRY(ddni_handle_create(ctx, DDNI_FEATURES, sizeof(ddn_features), finish_features, out));
    (*out)->d = d;
    (*out)->k = k;
    return DDN_OK;
}

ddn_status ddn_features_create_identity(ddn_context *ctx, int64_t d, ddn_features **out)
{
    DDNI_ENTER(ctx);
    return create(ctx, d, d, out);
}

ddn_status ddn_features_create_pca(ddn_context *ctx, const ddn_dataset *ds, int64_t k,
                                   ddn_features **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, ds);
    const int64_t most = ds->n < ds->d ? ds->n : ds->d;
    DDNI_CHECK_INT(ctx, k, 1, most < 512 ? most : 512);
    ddn_features *f = NULL;
    double *values = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(create(ctx, ds->d, k, &f), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "eigenvalues", k, sizeof *values, &values), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "principal axes", k * ds->d, sizeof *f->axes, &f->axes),
                  fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "mean", ds->d, sizeof *f->mean, &f->mean), fail);
    DDNI_TRY_GOTO(ddni_dataset_mean(ctx, ds, f->mean), fail);
    DDNI_TRY_GOTO(ddn_dataset_spectrum(ctx, ds, k, values, f->axes, ds->d), fail);
fail:
    ddni_free(ddni_context_allocator(ctx), values);
    if (status == DDN_OK) {
        *out = f;
    } else {
        ddn_features_destroy(f);
    }
    return status;
}

ddn_status ddn_features_create_callback(ddn_context *ctx, int64_t d, int64_t k, ddn_features_fn fn,
                                        void *user, ddn_release_fn release, ddn_features **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, fn);
    DDNI_TRY(create(ctx, d, k, out));
    (*out)->fn = fn;
    (*out)->release = release;
    (*out)->user = user;
    return DDN_OK;
}

ddn_status ddn_features_retain(const ddn_features *features)
{
    return ddni_handle_retain(features, DDNI_FEATURES);
}

void ddn_features_destroy(ddn_features *features)
{
    ddni_drop(features, DDNI_FEATURES);
}

int64_t ddn_features_d(const ddn_features *features)
{
    return DDNI_IS(features) ? features->d : 0;
}

int64_t ddn_features_count(const ddn_features *features)
{
    return DDNI_IS(features) ? features->k : 0;
}

typedef struct apply_job {
    const ddn_features *f;
    const double *x;
    int64_t ldx;
    double *out;
    int64_t ldo;
} apply_job;

static void apply_tile(void *arg, int64_t row, int64_t worker)
{
    (void)worker;
    const apply_job *job = arg;
    const ddn_features *f = job->f;
    const double *x = job->x + row * job->ldx;
    double *out = job->out + row * job->ldo;
    if (f->axes == NULL) {
        memcpy(out, x, (size_t)f->d * sizeof *out);
        return;
    }
    for (int64_t c = 0; c < f->k; c++) {
        const double *axis = f->axes + c * f->d;
        DDNI_SUM(out[c], f->d, (x[j] - f->mean[j]) * axis[j]);
    }
}

ddn_status ddni_features_apply(ddn_context *ctx, const ddn_features *f, int64_t m, const double *x,
                               int64_t ldx, double *out, int64_t ldo)
{
    if (f->fn == NULL) {
        apply_job job = {f, x, ldx, out, ldo};
        const double cost = f->axes != NULL ? (double)f->k : 1;
        return ddni_parallel(ctx, m, cost * (double)m * (double)f->d, apply_tile, &job);
    }
    DDNI_TRY(ddni_poll(ctx));
    if (m == 0) {
        return DDN_OK;
    }
    for (int64_t r = 0; r < m; r++) { /* what is not written is not finite */
        ddni_fill(f->k, NAN, out + r * ldo);
    }
    DDNI_TRY(ddni_answer(ctx, "the callback of the features",
                         f->fn(f->user, m, f->d, x, ldx, out, ldo)));
    DDNI_TRY(ddni_poll(ctx)); /* it may have taken long */
    return ddni_check_states(ctx, "features", out, m, f->k, ldo);
}

ddn_status ddn_features_apply(ddn_context *ctx, const ddn_features *features, int64_t m,
                              const double *x, int64_t ldx, double *out, int64_t ldo)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, features);
    DDNI_TRY(ddni_check_states(ctx, "x", x, m, features->d, ldx));
    DDNI_TRY(ddni_check_matrix(ctx, "out", out, m, features->k, ldo));
    return ddni_features_apply(ctx, features, m, x, ldx, out, ldo);
}
