/* What a callback sees of a step. */
#include "integrator/integrator_impl.h"

int64_t ddn_step_index(const ddn_step *step)
{
    return !DDNI_IS(step) ? 0 : step->it->run.index;
}

int64_t ddn_step_count(const ddn_step *step)
{
    return !DDNI_IS(step) ? 0 : step->it->run.count;
}

double ddn_step_time(const ddn_step *step)
{
    return !DDNI_IS(step) ? 0.0 : step->it->run.times[step->it->run.index];
}

int64_t ddn_step_m(const ddn_step *step)
{
    return !DDNI_IS(step) ? 0 : step->it->run.m;
}

int64_t ddn_step_d(const ddn_step *step)
{
    return !DDNI_IS(step) ? 0 : step->it->d;
}

const double *ddn_step_x(const ddn_step *step)
{
    return !DDNI_IS(step) ? NULL : step->x;
}

int64_t ddn_step_ldx(const ddn_step *step)
{
    return !DDNI_IS(step) ? 0 : step->ldx;
}

static int available(const ddn_step *step, ddn_output what)
{
    return DDNI_IS(step) && what > 0 && what < DDNI_OUTPUTS &&
           (step->available & ddni_bit(what)) != 0;
}

const double *ddn_step_f64(const ddn_step *step, ddn_output what, int64_t *ld)
{
    if (!available(step, what)) {
        return NULL;
    }
    if (ld != NULL) {
        *ld = ddni_output_width(step->it->oracle, what);
    }
    return step->it->run.f64[what];
}

const int64_t *ddn_step_i64(const ddn_step *step, ddn_output what)
{
    return available(step, what) ? step->it->run.i64[what] : NULL;
}
