/* Posterior statistics averaged over the rows at each grid time. */
#include "base/check.h"
#include "base/statistics.h"
#include "observer/observer_impl.h"

/* Which outputs become which records. */
static const struct {
    ddn_record record;
    ddn_output output;
} kept[] = {
    {DDN_RECORD_ENTROPY, DDN_OUT_ENTROPY}, {DDN_RECORD_SUM_W2, DDN_OUT_SUM_W2},
    {DDN_RECORD_W_MAX, DDN_OUT_W_MAX},     {DDN_RECORD_TRACE_COV, DDN_OUT_TRACE_COV},
    {DDN_RECORD_LOG_P, DDN_OUT_LOG_P},
};
enum {
    KEPT = sizeof kept / sizeof kept[0]
};

typedef struct posterior {
    ddn_observer base;
    double *means[KEPT]; /* [count][2]: mean, standard error */
} posterior;

static ddn_status begin(ddn_observer *ob)
{
    posterior *self = (posterior *)ob;
    for (int i = 0; i < KEPT; i++) {
        DDNI_TRY(ddni_reserve(ob->ctx, "posterior statistics", ob->count, 2 * sizeof(double),
                              &self->means[i]));
    }
    return DDN_OK;
}

static ddn_status see(ddn_observer *ob, const ddn_step *step, int64_t k)
{
    posterior *self = (posterior *)ob;
    for (int i = 0; i < KEPT; i++) {
        const double *values = ddn_step_f64(step, kept[i].output, NULL);
        ddni_mean acc = {0, 0, 0};
        for (int64_t r = 0; r < ob->m; r++) {
            ddni_mean_add(&acc, values[r]);
        }
        self->means[i][2 * k] = ob->m == 0 ? NAN : acc.mean;
        self->means[i][2 * k + 1] = ddni_mean_error(&acc);
    }
    return DDN_OK;
}

static ddni_record find(const ddn_observer *ob, ddn_record what)
{
    for (int i = 0; i < KEPT; i++) {
        if (kept[i].record == what) {
            return (ddni_record){DDNI_RECORD_F64, ((const posterior *)ob)->means[i], 2 * ob->seen};
        }
    }
    return (ddni_record){DDNI_RECORD_NONE, NULL, 0};
}

static int64_t arrays(ddn_observer *ob, ddni_kept *list)
{
    for (int i = 0; i < KEPT; i++) {
        list[i] = (ddni_kept){&((posterior *)ob)->means[i], ob->seen, ob->count, 2};
    }
    return KEPT;
}

static void destroy(ddn_observer *ob)
{
    for (int i = 0; i < KEPT; i++) {
        ddni_free(&ob->handle.allocator, ((posterior *)ob)->means[i]);
    }
}

static const ddni_observer_ops ops = {
    .kind = "posterior",
    .wanted = INT64_C(1) << DDN_OUT_ENTROPY | INT64_C(1) << DDN_OUT_SUM_W2 |
              INT64_C(1) << DDN_OUT_W_MAX | INT64_C(1) << DDN_OUT_TRACE_COV |
              INT64_C(1) << DDN_OUT_LOG_P,
    .begin = begin,
    .see = see,
    .find = find,
    .arrays = arrays,
    .destroy = destroy,
};

ddn_status ddn_observer_create_posterior(ddn_context *ctx, ddn_observer **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    return ddni_observer_create(ctx, sizeof(posterior), &ops, out);
}
