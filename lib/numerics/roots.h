/* Zeros, minima and derivatives of functions of one variable. */
#ifndef DDNI_NUMERICS_ROOTS_H
#define DDNI_NUMERICS_ROOTS_H

/* A function of one variable; a failure is passed by NaN. */
typedef double (*ddni_real_fn)(void *arg, double x);

/* Zero of f between lo and hi, where f has opposite signs or is 0 (Brent 1973: bisection, secant
 * and inverse quadratic steps), to about 2 ulp of x. NaN if the ends do not bracket a zero or f
 * gives NaN. At most 200 calls. */
double ddni_root(ddni_real_fn f, void *arg, double lo, double hi);

/* Point of [lo, hi] where f has a local minimum (Brent 1973: golden section and parabolas), to
 * about sqrt(epsilon) of the interval; *value gets f there. NaN if f gives NaN. At most 200 calls.
 */
double ddni_minimum(ddni_real_fn f, void *arg, double lo, double hi, double *value);

/* f'(x) by central differences at h, h/1.4, ... extrapolated to 0 (Ridders 1982); the difference
 * of smallest estimated error is taken. Calls f within [x - h, x + h], at most 24 times. */
double ddni_derivative(ddni_real_fn f, void *arg, double x, double h);

#endif
