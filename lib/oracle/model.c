/* The builder of foreign models, and the oracle made from it; theory.md (17). */
#include "base/check.h"
#include "base/options.h"
#include "oracle/model_impl.h"

enum {
    CLIP_LOW, /* rows of the table of options */
    CLIP_HIGH,
    STEP,
    MAX_ROWS,
    MODEL_OPTIONS
};

struct ddn_model {
    ddni_handle handle;
    ddn_context *ctx;       /* retained */
    ddn_schedule *schedule; /* retained */
    ddn_dataset *dataset;   /* retained, or NULL */
    int64_t d;
    ddni_model_setup setup; /* but for what is in the options */
    ddni_model_host *host;
    ddn_options options;
    ddni_value values[MODEL_OPTIONS];
};

static const ddni_option option_table[MODEL_OPTIONS] = {
    DDNI_OPTION_F64(DDN_MODEL_CLIP_LOW, -INFINITY, INFINITY, -INFINITY),
    DDNI_OPTION_F64(DDN_MODEL_CLIP_HIGH, -INFINITY, INFINITY, INFINITY),
    DDNI_OPTION_F64(DDN_MODEL_STEP, 0, 1, 0),
    DDNI_OPTION_I64(DDN_MODEL_MAX_ROWS, 1, INT64_C(1) << 40, INT64_C(1) << 40),
};

static void finish_host(void *object)
{
    const ddni_model_host *host = object;
    if (host->release != NULL) {
        host->release(host->user);
    }
}

static void finish_model(void *object)
{
    ddn_model *model = object;
    ddni_drop(model->host, DDNI_MODEL_HOST);
    ddn_dataset_destroy(model->dataset);
    ddn_schedule_destroy(model->schedule);
    ddn_context_destroy(model->ctx);
}

ddn_status ddn_model_create(ddn_context *ctx, const ddn_schedule *sch, ddn_prediction prediction,
                            int64_t d, void *user, ddn_release_fn release, ddn_model **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK(ctx, prediction >= DDN_PREDICTION_SCORE && prediction <= DDN_PREDICTION_VELOCITY,
               DDN_E_KEY, "argument prediction = %d is not a ddn_prediction", (int)prediction);
    DDNI_CHECK_INT(ctx, d, 1, DDNI_MAX_D);
    ddn_model *model = NULL;
    DDNI_TRY(ddni_handle_create(ctx, DDNI_MODEL, sizeof *model, finish_model, &model));
    ddn_status status =
        ddni_handle_create(ctx, DDNI_MODEL_HOST, sizeof *model->host, finish_host, &model->host);
    if (status != DDN_OK) {
        ddn_model_destroy(model);
        return status;
    }
    model->host->user = user;
    model->host->release = release;
    ddni_retain(ctx);
    model->ctx = ctx;
    ddni_retain(sch);
    model->schedule = (ddn_schedule *)(uintptr_t)sch;
    model->d = d;
    model->setup.prediction = prediction;
    model->options = (ddn_options){.tag = ddni_tag_of(DDNI_OPTIONS),
                                   .ctx = ctx,
                                   .table = option_table,
                                   .values = model->values,
                                   .count = MODEL_OPTIONS,
                                   .owner = model};
    ddni_options_init(&model->options);
    *out = model;
    return DDN_OK;
}

void ddn_model_destroy(ddn_model *model)
{
    ddni_drop(model, DDNI_MODEL);
}

ddn_options *ddn_model_options(ddn_model *model)
{
    return !DDNI_IS(model) ? NULL : &model->options;
}

/* A public function that sets one callback. */
#define SETTER(name, type)                                                                         \
    ddn_status ddn_model_set_##name(ddn_model *model, type fn)                                     \
    {                                                                                              \
        DDNI_ENTER_OBJECT(model, DDNI_ALONE);                                                      \
        model->setup.name = fn;                                                                    \
        return DDN_OK;                                                                             \
    }

SETTER(predict_f64, ddn_predict_f64_fn)
SETTER(predict_f32, ddn_predict_f32_fn)
SETTER(jvp_f64, ddn_jvp_f64_fn)
SETTER(jvp_f32, ddn_jvp_f32_fn)
SETTER(log_p, ddn_log_density_fn)

ddn_status ddn_model_set_dataset(ddn_model *model, const ddn_dataset *ds)
{
    DDNI_ENTER_OBJECT(model, DDNI_ALONE);
    DDNI_CHECK_OPTIONAL(model->ctx, ds);
    if (ds != NULL) {
        DDNI_CHECK(model->ctx, ddn_dataset_d(ds) == model->d, DDN_E_SHAPE,
                   "the dataset has d = %lld, the model %lld", (long long)ddn_dataset_d(ds),
                   (long long)model->d);
        ddni_retain(ds);
    }
    ddn_dataset_destroy(model->dataset);
    model->dataset = (ddn_dataset *)(uintptr_t)ds;
    return DDN_OK;
}

ddn_status ddn_oracle_create_model(ddn_context *ctx, const ddn_model *model, ddn_oracle **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, model);
    ddni_model_setup setup = model->setup;
    setup.low = model->values[CLIP_LOW].f;
    setup.high = model->values[CLIP_HIGH].f;
    setup.step = model->values[STEP].f;
    setup.max_rows = model->values[MAX_ROWS].i;
    DDNI_CHECK(ctx, setup.predict_f64 != NULL || setup.predict_f32 != NULL, DDN_E_STATE,
               "the model has no callback that predicts: ddn_model_set_predict_f64 or _f32");
    DDNI_CHECK(ctx, setup.low < INFINITY && setup.high > -INFINITY, DDN_E_RANGE,
               "DDN_MODEL_CLIP_LOW = %g and DDN_MODEL_CLIP_HIGH = %g leave no number", setup.low,
               setup.high);
    DDNI_CHECK(ctx, setup.step == 0 || setup.step >= 1e-12, DDN_E_RANGE,
               "DDN_MODEL_STEP = %g is neither 0 nor in [1e-12, 1]", setup.step);
    DDNI_CHECK(ctx, setup.low <= setup.high, DDN_E_RANGE,
               "DDN_MODEL_CLIP_LOW = %g is above DDN_MODEL_CLIP_HIGH = %g", setup.low, setup.high);
    ddni_foreign *fo;
    DDNI_TRY(ddni_oracle_create(ctx, sizeof *fo, &ddni_foreign_ops, model->schedule, model->dataset,
                                model->d, (void *)&fo));
    fo->setup = setup;
    ddni_retain(model->host);
    fo->host = model->host;
    fo->base.can = ddni_bit(DDN_OUT_SCORE) | ddni_bit(DDN_OUT_MEAN) |
                   ddni_bit(DDN_OUT_JACOBIAN_TIMES_V) | ddni_bit(DDN_OUT_DIVERGENCE);
    fo->base.can |= setup.log_p != NULL ? ddni_bit(DDN_OUT_LOG_P) : 0;
    fo->base.direct = ddni_bit(DDN_OUT_JACOBIAN_TIMES_V);
    *out = &fo->base;
    return DDN_OK;
}
