/* All methods of the integrator. */
#include "support/methods.h"

const ddn_method test_methods[TEST_METHODS] = {
    DDN_METHOD_EXACT,    DDN_METHOD_EULER,       DDN_METHOD_HEUN,
    DDN_METHOD_EDM_HEUN, DDN_METHOD_EXPONENTIAL, DDN_METHOD_DDPM,
    DDN_METHOD_PNDM,     DDN_METHOD_MULTISTEP2,  DDN_METHOD_GRADIENT_ESTIMATION,
    DDN_METHOD_ADAPTIVE, DDN_METHOD_FORWARD};

int test_method_is_random(ddn_method method)
{
    return method == DDN_METHOD_EXACT || method == DDN_METHOD_EULER ||
           method == DDN_METHOD_EXPONENTIAL || method == DDN_METHOD_DDPM ||
           method == DDN_METHOD_FORWARD;
}
