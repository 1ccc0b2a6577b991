/* Collapse: excess entropies and the times at which they vanish, theory.md (30)-(32), (35). */
#include <float.h>

#include "numerics/roots.h"
#include "theory/theory_impl.h"

/* log(n)/d may be beyond the range of double at either end: then e^(2 alpha) - 1 is infinite, or 2
 * alpha to the last digit. */
double ddn_theory_collapse(double n, double d, double sigma2)
{
    if (!(n > 1) || !isfinite(n) || !ddni_positive(d) || !ddni_not_negative(sigma2)) {
        return NAN;
    }
    double alpha = log(n) / d;
    if (alpha < 1e-290) {
        double level = log(sigma2) + log(d) - log(2 * log(n));
        return level > 40 ? level / 2 : log1p(sigma2 * d / (2 * log(n))) / 2;
    }
    return isinf(alpha) ? 0 : ddn_theory_collapse_alpha(alpha, sigma2);
}

/* t = log(1 + sigma2/(e^(2 alpha) - 1))/2 and its inverse are the same function. */
double ddn_theory_collapse_alpha(double alpha, double sigma2)
{
    if (!ddni_positive(alpha) || !ddni_not_negative(sigma2)) {
        return NAN;
    }
    return ddni_log1p_over_noise(sigma2, alpha) / 2;
}

double ddn_theory_alpha_for_collapse(double t, double sigma2)
{
    return ddn_theory_collapse_alpha(t, sigma2);
}

static int mixture_ok(double d, double m2, double sigma2)
{
    return ddni_positive(d) && ddni_not_negative(m2) && ddni_not_negative(sigma2);
}

/* log(Delta/Gamma)/2 without cancellation at large t. */
static double log_ratio(double sigma2, double t)
{
    return -ddni_log1p_over_noise(sigma2, t) / 2;
}

double ddn_theory_excess_entropy(double n, double d, double m2, double sigma2, double t)
{
    if (!(n >= 1) || !isfinite(n) || !mixture_ok(d, m2, sigma2) || !ddni_positive(t)) {
        return NAN;
    }
    return (log(n) - ddni_information_at(m2, sigma2, t)) / d + log_ratio(sigma2, t);
}

/* d/dt of log(Delta/Gamma)/2 is sigma2 s/(Delta Gamma); dI/dr = 1 - phi and dr/dt = -2 r/Gamma. */
double ddn_theory_excess_entropy_derivative(double d, double m2, double sigma2, double t)
{
    if (!mixture_ok(d, m2, sigma2) || !ddni_positive(t)) {
        return NAN;
    }
    double delta = ddni_delta(t), gamma = ddni_gamma(sigma2, t);
    double r = ddn_theory_signal(m2, sigma2, t);
    double share =
        r < 1500 ? 2 * ddn_theory_one_minus_phi(r) : 0; /* of r/d, which r may be below */
    double labels = share > 0 ? share * (ddni_fade(m2 / d, t) / gamma) / gamma : 0;
    return ddni_fade(sigma2, t) / gamma / delta + labels;
}

typedef struct mixture {
    double log_n, d, m2, sigma2;
} mixture;

/* d f at t = e^u. */
static double mixture_excess(void *arg, double u)
{
    const mixture *x = arg;
    double t = exp(u);
    return x->log_n - ddni_information_at(x->m2, x->sigma2, t) + x->d * log_ratio(x->sigma2, t);
}

/* I(r) - log n at r = e^u. */
static double information_excess(void *arg, double u)
{
    const mixture *x = arg;
    return ddn_theory_label_information(exp(u)) - x->log_n;
}

/* The zero in u of an f that rises from below 0 at lo to above 0 at hi: where rounding hides that,
 * an end is the zero to rounding. */
static double single_zero(ddni_real_fn f, void *arg, double lo, double hi)
{
    if (!(lo < hi) || f(arg, lo) >= 0) {
        return lo;
    }
    return f(arg, hi) <= 0 ? hi : ddni_root(f, arg, lo, hi);
}

double ddn_theory_collapse_two_gaussians(double n, double d, double m2, double sigma2)
{
    if (!(n > 1) || !isfinite(n) || !mixture_ok(d, m2, sigma2)) {
        return NAN;
    }
    mixture x = {log(n), d, m2, sigma2};
    if (sigma2 == 0) { /* log n = I(r), which is at most log 2 and at most r/2 */
        if (m2 == 0 || n >= 2) {
            return 0;
        }
        double r = exp(single_zero(information_excess, &x, log(2 * x.log_n), log(1e4)));
        return ddni_log1p_ratio(m2, r) / 2;
    }
    /* d f grows with t and is below that of one Gaussian of variance sigma2 in d dimensions. I(r)
     * is at most log(1 + r)/2, so that it is above that of variance sigma2 + m2 in d + 1. */
    double lo = fmax(ddn_theory_collapse(n, d, sigma2), DBL_MIN);
    double both = sigma2 + m2, hi = ddn_theory_collapse(n, d + 1, fmin(both, DBL_MAX));
    hi += isinf(both) ? 1 : 0; /* twice the variance is half of 1 away */
    return hi > lo ? exp(single_zero(mixture_excess, &x, log(lo), log(hi))) : lo;
}

typedef struct spectrum {
    const double *eigenvalues;
    int64_t count;
    double target; /* log n */
} spectrum;

/* log(e^x - 1), x > 0. */
static double log_expm1(double x)
{
    return x > 40 ? x : log(expm1(x));
}

/* log n - sum log(1 + lambda_i/E)/2 at E = e^2t - 1 = e^u, which neither over- nor underflows;
 * rises with u. */
static double spectrum_excess(void *arg, double u)
{
    const spectrum *s = arg;
    double sum = 0;
    for (int64_t i = 0; i < s->count; i++) {
        double x = log(s->eigenvalues[i]) - u;
        sum += fmax(x, 0) + log1p(exp(-fabs(x)));
    }
    return s->target - sum / 2;
}

/* Largest eigenvalue, NaN for a spectrum that is not one. */
static double spectrum_top(const double *eigenvalues, int64_t count)
{
    if (!ddni_is_list(count, eigenvalues)) {
        return NAN;
    }
    double top = 0;
    for (int64_t i = 0; i < count; i++) {
        top = ddni_not_negative(eigenvalues[i]) ? fmax(top, eigenvalues[i]) : NAN;
        if (isnan(top)) {
            break;
        }
    }
    return top;
}

double ddn_theory_collapse_spectrum(double n, int64_t count, const double *eigenvalues)
{
    double top = spectrum_top(eigenvalues, count);
    if (!(n > 1) || !isfinite(n) || !(top > 0)) {
        return NAN;
    }
    /* Between one direction and all of them with the largest eigenvalue. */
    spectrum s = {eigenvalues, count, log(n)};
    double lo = log(top) - log_expm1(2 * s.target);
    double hi = log(top) - log_expm1(2 * s.target / (double)count);
    double u = single_zero(spectrum_excess, &s, lo, hi);
    return (fmax(u, 0) + log1p(exp(-fabs(u)))) / 2;
}

double ddn_theory_log_n_for_collapse_spectrum(double t, int64_t count, const double *eigenvalues)
{
    if (isnan(spectrum_top(eigenvalues, count)) || !ddni_positive(t)) {
        return NAN;
    }
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += ddni_log1p_over_noise(eigenvalues[i], t);
    }
    return sum / 2;
}
