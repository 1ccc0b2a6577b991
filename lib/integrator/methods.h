/* The step functions of the methods; equations in their files. */
#ifndef DDNI_INTEGRATOR_METHODS_H
#define DDNI_INTEGRATOR_METHODS_H

#include "integrator/integrator_impl.h"

ddn_status ddni_step_exact(ddn_integrator *it, const ddni_span *span);
ddn_status ddni_step_forward(ddn_integrator *it, const ddni_span *span);
ddn_status ddni_step_euler(ddn_integrator *it, const ddni_span *span);
ddn_status ddni_step_heun(ddn_integrator *it, const ddni_span *span);
ddn_status ddni_step_edm_heun(ddn_integrator *it, const ddni_span *span);
ddn_status ddni_step_exponential(ddn_integrator *it, const ddni_span *span);
ddn_status ddni_step_ddpm(ddn_integrator *it, const ddni_span *span);
ddn_status ddni_step_pndm(ddn_integrator *it, const ddni_span *span);
ddn_status ddni_step_multistep2(ddn_integrator *it, const ddni_span *span);
ddn_status ddni_step_gradient_estimation(ddn_integrator *it, const ddni_span *span);
ddn_status ddni_step_adaptive(ddn_integrator *it, const ddni_span *span);

#endif
