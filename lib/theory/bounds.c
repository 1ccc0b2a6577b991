/* Sandwich bounds on f^e and phi_C of Gaussian data, theory.md (37).
 *
 * R = log(n - 1) + (d/2) log(Delta/Gamma) + sqrt((1 - Delta/Gamma) chi2_d) g. The mean over the
 * chi-square variable is a trapezoid sum in u = log(chi/sqrt(d)), where the density is smooth for
 * every d, the one over g a sum whose step resolves the soft step of width 1 in R. With s the
 * deviation of R, its mean is at most log(n - 1) - s^2/2; log(n - 1) is below 710, so where s > 100
 * R is positive with a probability below e^-900, and both bounds are those of R = -infinity. */
#include "numerics/quadrature.h"
#include "theory/theory_impl.h"

typedef struct bound {
    double (*of_r)(double r);
    double d, offset, spread; /* R = offset + spread chi g */
    double chi;               /* fixed during the mean over g */
} bound;

static double soft_plus(double r)
{
    return fmax(r, 0) + log1p(exp(-fabs(r)));
}

static double complement(double r)
{
    return 1 / (1 + exp(r));
}

static double over_g(void *arg, double g)
{
    const bound *b = arg;
    return b->of_r(b->offset + b->spread * b->chi * g);
}

/* log of chi^d e^(-chi^2/2), the density of u up to a factor, below its peak at u = 0. */
static double log_density(const bound *b, double u)
{
    if (fabs(u) > 0.01) {
        return b->d * (u - expm1(2 * u) / 2);
    }
    double series = 1 + u * (2. / 3 + u * (1. / 3 + u * (2. / 15 + u * (2. / 45 + u * 4. / 315))));
    return -(b->d * u) * u * series;
}

static double density(void *arg, double u)
{
    return exp(log_density(arg, u));
}

static double over_u(void *arg, double u)
{
    bound *b = arg;
    double weight = density(b, u);
    if (weight < 1e-20) {
        return 0;
    }
    b->chi = sqrt(b->d) * exp(u);
    double scale = b->spread * b->chi;
    if (scale > 100) {
        return weight * b->of_r(-INFINITY);
    }
    return weight * ddni_gaussian_mean(over_g, b, scale > 0 ? fmin(0.25, 0.5 / scale) : 0.25);
}

static double mean_over_r(double (*of_r)(double), double n, double d, double sigma2, double t)
{
    double noise = expm1(2 * t); /* Delta/s */
    bound b = {of_r, d, log(n - 1) - d / 2 * log1p(sigma2 / noise), sqrt(sigma2 / (noise + sigma2)),
               0};
    double width = 0.7 / sqrt(d), lo = 0, hi = 0;
    while (log_density(&b, lo) > -80) {
        lo -= 2 * width;
    }
    while (log_density(&b, hi) > -80) {
        hi += width;
    }
    double step = d < 64 ? width / 6 : width / 2.5;
    return ddni_trapezoid(over_u, &b, lo, hi, step) / ddni_trapezoid(density, &b, lo, hi, step);
}

static int bad_arguments(double n, double d, double sigma2, double t)
{
    return !(n >= 1) || !isfinite(n) || !(d >= 1) || !isfinite(d) || !ddni_not_negative(sigma2) ||
           !ddni_positive(t);
}

double ddn_theory_excess_lower(double n, double d, double sigma2, double t)
{
    if (bad_arguments(n, d, sigma2, t)) {
        return NAN;
    }
    return fmax(0, ddn_theory_excess_entropy(n, d, 0, sigma2, t));
}

double ddn_theory_excess_upper(double n, double d, double sigma2, double t)
{
    if (bad_arguments(n, d, sigma2, t)) {
        return NAN;
    }
    return n == 1 ? 0 : mean_over_r(soft_plus, n, d, sigma2, t) / d;
}

double ddn_theory_phi_c_lower(double n, double d, double sigma2, double t)
{
    if (bad_arguments(n, d, sigma2, t)) {
        return NAN;
    }
    return n == 1 ? 1 : mean_over_r(complement, n, d, sigma2, t);
}
