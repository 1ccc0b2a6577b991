/* A network of unet.h as an oracle: a callback in single precision, which predicts the noise.
 * SPDX-License-Identifier: MIT */
#include "unet_oracle.h"

ddn_oracle *unet_oracle(unet *net, const ddn_schedule *schedule, const ddn_dataset *points)
{
    ddn_model *model = NULL;
    ddn_oracle *oracle = NULL;
    drv_try(
        ddn_model_create(drv.ctx, schedule, DDN_PREDICTION_EPS, UNET_PIXELS, net, NULL, &model));
    drv_keep(model);
    drv_try(ddn_model_set_predict_f32(model, unet_predict));
    if (points != NULL) {
        drv_try(ddn_model_set_dataset(model, points));
    }
    drv_set_f64(ddn_model_options(model), DDN_MODEL_CLIP_LOW, -1);
    drv_set_f64(ddn_model_options(model), DDN_MODEL_CLIP_HIGH, 1);
    drv_try(ddn_oracle_create_model(drv.ctx, model, &oracle));
    drv_keep(oracle);
    return oracle;
}
