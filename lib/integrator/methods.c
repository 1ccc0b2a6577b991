/* The table of methods. */
#include "integrator/methods.h"

static const ddn_integrator_key ddpm_keys[] = {DDN_INTEGRATOR_VARIANCE, 0};
static const ddn_integrator_key mixing_keys[] = {DDN_INTEGRATOR_GAMMA, DDN_INTEGRATOR_MU, 0};
static const ddn_integrator_key adaptive_keys[] = {DDN_INTEGRATOR_RTOL, DDN_INTEGRATOR_ATOL, 0};

static const ddni_method methods[] = {
    {.id = DDN_METHOD_EXACT,
     .name = "EXACT",
     .needs = DDN_OUT_DRAW,
     .noiseless = 1,
     .grid = DDN_GRID_LOGSNR,
     .eta_min = 1,
     .eta_max = 1,
     .eta = 1,
     .step = ddni_step_exact},
    {.id = DDN_METHOD_EULER,
     .name = "EULER",
     .needs = DDN_OUT_SCORE,
     .noiseless = 1,
     .grid = DDN_GRID_LOGSNR,
     .eta_max = 10,
     .eta = 1,
     .step = ddni_step_euler},
    {.id = DDN_METHOD_HEUN,
     .name = "HEUN",
     .needs = DDN_OUT_SCORE,
     .work = 2,
     .grid = DDN_GRID_LOGSNR,
     .step = ddni_step_heun},
    {.id = DDN_METHOD_EDM_HEUN,
     .name = "EDM_HEUN",
     .needs = DDN_OUT_MEAN,
     .work = 2,
     .noiseless = 1,
     .grid = DDN_GRID_KARRAS,
     .step = ddni_step_edm_heun},
    {.id = DDN_METHOD_EXPONENTIAL,
     .name = "EXPONENTIAL",
     .needs = DDN_OUT_MEAN,
     .noiseless = 1,
     .grid = DDN_GRID_LOGSNR,
     .eta_max = 1,
     .eta = 1,
     .step = ddni_step_exponential},
    {.id = DDN_METHOD_DDPM,
     .name = "DDPM",
     .needs = DDN_OUT_MEAN,
     .noiseless = 1,
     .grid = DDN_GRID_LOGSNR,
     .eta_min = 1,
     .eta_max = 1,
     .eta = 1,
     .keys = ddpm_keys,
     .step = ddni_step_ddpm},
    {.id = DDN_METHOD_PNDM,
     .name = "PNDM",
     .needs = DDN_OUT_MEAN,
     .work = 5,
     .history = 3,
     .noiseless = 1,
     .grid = DDN_GRID_UNIFORM,
     .step = ddni_step_pndm},
    {.id = DDN_METHOD_MULTISTEP2,
     .name = "MULTISTEP2",
     .needs = DDN_OUT_MEAN,
     .history = 1,
     .noiseless = 1,
     .grid = DDN_GRID_LOGSNR,
     .step = ddni_step_multistep2},
    {.id = DDN_METHOD_GRADIENT_ESTIMATION,
     .name = "GRADIENT_ESTIMATION",
     .needs = DDN_OUT_MEAN,
     .history = 1,
     .noiseless = 1,
     .grid = DDN_GRID_LOGSNR,
     .keys = mixing_keys,
     .step = ddni_step_gradient_estimation},
    {.id = DDN_METHOD_ADAPTIVE,
     .name = "ADAPTIVE",
     .needs = DDN_OUT_MEAN,
     .work = 12,
     .row_state = 1,
     .grid = DDN_GRID_LOGSNR,
     .keys = adaptive_keys,
     .step = ddni_step_adaptive},
    {.id = DDN_METHOD_FORWARD,
     .name = "FORWARD",
     .forward = 1,
     .noiseless = 1,
     .grid = DDN_GRID_LOGSNR,
     .eta_min = 1,
     .eta_max = 1,
     .eta = 1,
     .step = ddni_step_forward},
};

const ddni_method *ddni_method_find(ddn_method id)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (methods[i].id == id) {
            return &methods[i];
        }
    }
    return NULL;
}

double ddni_sigma_fall(const ddni_level *from, const ddni_level *to)
{
    double sum = from->s / from->a + to->s / to->a;
    return ddni_transition_variance(to, from) / (from->a * from->a * sum);
}
