/* The trapezoid rule on the line, which converges faster than any power of the step for the
 * smooth, decaying integrands of theory.md (23), (31), (37). */
#ifndef DDNI_NUMERICS_QUADRATURE_H
#define DDNI_NUMERICS_QUADRATURE_H

#include "numerics/roots.h"

/* Integral of f over [lo, hi] by steps of at most `step`; f must be negligible at both ends. */
double ddni_trapezoid(ddni_real_fn f, void *arg, double lo, double hi, double step);

/* E f(g), g ~ N(0, 1), with steps of at most `step` on [-13, 13]. */
double ddni_gaussian_mean(ddni_real_fn f, void *arg, double step);

#endif
