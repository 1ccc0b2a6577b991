/* What the closed forms share: argument tests and variances in OU time. */
#ifndef DDNI_THEORY_THEORY_IMPL_H
#define DDNI_THEORY_THEORY_IMPL_H

#include <math.h>
#include <stddef.h>

#include <diffdyn/theory.h>

static inline int ddni_positive(double x)
{
    return x > 0 && isfinite(x);
}

static inline int ddni_not_negative(double x)
{
    return x >= 0 && isfinite(x);
}

/* Whether there can be as many numbers. */
static inline int ddni_is_list(int64_t count, const double *numbers)
{
    return count >= 1 && count <= INT64_C(1) << 40 && numbers != NULL;
}

/* A time at which the noised mixture has a density with variance sigma2 at t = 0. */
static inline int ddni_time_ok(double sigma2, double t)
{
    return ddni_positive(t) || (t == 0 && sigma2 > 0);
}

/* Delta = 1 - e^-2t and Gamma = Delta + sigma2 e^-2t; theory.md (1). */
static inline double ddni_delta(double t)
{
    return -expm1(-2 * t);
}

static inline double ddni_gamma(double sigma2, double t)
{
    return ddni_delta(t) + sigma2 * exp(-2 * t);
}

/* 0.5504004908...: phi of two Gaussians at r = 1, from [1/2, 1] to [0, 1]; theory.md (24). */
double ddni_phi_level_share(void);

#endif
