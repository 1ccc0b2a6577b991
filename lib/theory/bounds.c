/* Sandwich bounds on f^e and phi_C of Gaussian data, theory.md (37).
 *
 * R = log(n - 1) + (d/2) log(Delta/Gamma) + sqrt((1 - Delta/Gamma) chi2_d) g. The mean over the
 * chi-square variable is a trapezoid sum in v = log(chi), where the density is smooth for every d,
 * the one over g a sum whose step resolves the soft step of width 1 in R. */
#include "numerics/quadrature.h"
#include "theory/theory_impl.h"

typedef struct bound {
    double (*of_r)(double r);
    double d, offset, spread; /* R = offset + spread chi g */
    double log_peak;          /* of the density of v */
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

/* log of chi^d e^(-chi^2/2), the density of v up to a factor, below its peak. */
static double log_density(const bound *b, double v)
{
    return b->d * v - exp(2 * v) / 2 - b->log_peak;
}

static double density(void *arg, double v)
{
    return exp(log_density(arg, v));
}

static double over_v(void *arg, double v)
{
    bound *b = arg;
    double weight = density(b, v);
    if (weight < 1e-20) {
        return 0;
    }
    b->chi = exp(v);
    double scale = b->spread * b->chi;
    return weight * ddni_gaussian_mean(over_g, b, scale > 0 ? fmin(0.25, 0.5 / scale) : 0.25);
}

static double mean_over_r(double (*of_r)(double), double n, double d, double sigma2, double t)
{
    double noise = expm1(2 * t); /* Delta/s */
    bound b = {of_r, d, log(n - 1) - d / 2 * log1p(sigma2 / noise), sqrt(sigma2 / (noise + sigma2)),
               0,    0};
    double peak = log(d) / 2, width = 1 / sqrt(2 * d);
    b.log_peak = log_density(&b, peak);
    double lo = peak, hi = peak;
    while (log_density(&b, lo) > -80) {
        lo -= 2 * width;
    }
    while (log_density(&b, hi) > -80) {
        hi += width;
    }
    double step = d < 64 ? width / 6 : width / 2.5;
    return ddni_trapezoid(over_v, &b, lo, hi, step) / ddni_trapezoid(density, &b, lo, hi, step);
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
