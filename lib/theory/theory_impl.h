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

/* x e^-2t, which is not 0 before the product is. */
static inline double ddni_fade(double x, double t)
{
    double a = exp(-t);
    return x * a * a;
}

static inline double ddni_gamma(double sigma2, double t)
{
    return ddni_delta(t) + ddni_fade(sigma2, t);
}

/* log(1 + x/y) for x >= 0, y > 0, also where x/y is beyond the range of double. */
static inline double ddni_log1p_ratio(double x, double y)
{
    double ratio = x / y;
    return isinf(ratio) ? log(x) - log(y) : log1p(ratio);
}

/* x/(e^2t - 1), and log(1 + that), for x >= 0, t > 0. */
static inline double ddni_over_noise(double x, double t)
{
    return t < 300 ? x / expm1(2 * t) : ddni_fade(x, t);
}

static inline double ddni_log1p_over_noise(double x, double t)
{
    return t < 300 ? ddni_log1p_ratio(x, expm1(2 * t)) : log1p(ddni_fade(x, t));
}

/* x - log(1 + x) >= 0, x > -1. */
double ddni_minus_log1p_excess(double x);

/* e^x - 1 - x >= 0. */
double ddni_expm1_excess(double x);

/* log cosh y - y^2/2 <= 0. */
double ddni_log_cosh_excess(double y);

/* I(r) of theory.md (31) at the signal of ddn_theory_signal, which may be infinite. */
double ddni_information_at(double m2, double sigma2, double t);

/* A(k) of theory.md (53) at the k > 0 with A(k) = w k, w >= 0; 0 if there is none (w dim >= 1).
 * Two Gaussians have wells at such k in dimension 1. */
double ddni_bessel_ratio_at_root(double dim, double w);

/* 0.5504004908...: phi of two Gaussians at r = 1, from [1/2, 1] to [0, 1]; theory.md (24). */
double ddni_phi_level_share(void);

#endif
