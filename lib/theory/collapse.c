/* Collapse: excess entropies and the times at which they vanish, theory.md (30)-(32), (35). */
#include "numerics/roots.h"
#include "theory/theory_impl.h"

double ddn_theory_collapse(double n, double d, double sigma2)
{
    if (!(n > 1) || !isfinite(n) || !ddni_positive(d)) {
        return NAN;
    }
    return ddn_theory_collapse_alpha(log(n) / d, sigma2);
}

/* t = log(1 + sigma2/(e^(2 alpha) - 1))/2 and its inverse are the same function. */
double ddn_theory_collapse_alpha(double alpha, double sigma2)
{
    if (!ddni_positive(alpha) || !ddni_not_negative(sigma2)) {
        return NAN;
    }
    return log1p(sigma2 / expm1(2 * alpha)) / 2;
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
    return -log1p(sigma2 / expm1(2 * t)) / 2;
}

double ddn_theory_excess_entropy(double n, double d, double m2, double sigma2, double t)
{
    if (!(n >= 1) || !isfinite(n) || !mixture_ok(d, m2, sigma2) || !ddni_positive(t)) {
        return NAN;
    }
    double information = ddn_theory_label_information(ddn_theory_signal(m2, sigma2, t));
    return log(n) / d + log_ratio(sigma2, t) - information / d;
}

/* d/dt of log(Delta/Gamma)/2 is sigma2 s/(Delta Gamma); dI/dr = 1 - phi and dr/dt = -2 r/Gamma. */
double ddn_theory_excess_entropy_derivative(double d, double m2, double sigma2, double t)
{
    if (!mixture_ok(d, m2, sigma2) || !ddni_positive(t)) {
        return NAN;
    }
    double delta = ddni_delta(t), gamma = ddni_gamma(sigma2, t);
    double r = ddn_theory_signal(m2, sigma2, t);
    return sigma2 * exp(-2 * t) / (delta * gamma) +
           2 * r * ddn_theory_one_minus_phi(r) / (gamma * d);
}

typedef struct mixture {
    double n, d, m2, sigma2;
} mixture;

static double mixture_excess(void *arg, double t)
{
    const mixture *x = arg;
    return ddn_theory_excess_entropy(x->n, x->d, x->m2, x->sigma2, t);
}

double ddn_theory_collapse_two_gaussians(double n, double d, double m2, double sigma2)
{
    if (!(n > 1) || !isfinite(n) || !mixture_ok(d, m2, sigma2)) {
        return NAN;
    }
    /* f grows with t and is below the Gaussian f, so that the Gaussian t_C is a lower bound. */
    mixture x = {n, d, m2, sigma2};
    double lo = fmax(ddn_theory_collapse(n, d, sigma2), 1e-300);
    if (mixture_excess(&x, lo) >= 0) {
        return sigma2 > 0 ? lo : 0;
    }
    double hi = fmax(2 * lo, 1e-3);
    while (mixture_excess(&x, hi) < 0) {
        if (hi > 350) { /* n so close to 1 that f is below 0 to the last digit */
            return INFINITY;
        }
        hi *= 2;
    }
    return ddni_root(mixture_excess, &x, lo, hi);
}

typedef struct spectrum {
    const double *eigenvalues;
    int64_t count;
    double target; /* log n */
} spectrum;

/* sum log(1 + lambda_i/E)/2 at E = e^2t - 1 = e^u, which neither over- nor underflows: falls with
 * u. */
static double log_points(const spectrum *s, double u)
{
    double sum = 0;
    for (int64_t i = 0; i < s->count; i++) {
        double x = log(s->eigenvalues[i]) - u;
        sum += fmax(x, 0) + log1p(exp(-fabs(x)));
    }
    return sum / 2;
}

/* log(e^x - 1), x > 0. */
static double log_expm1(double x)
{
    return x > 40 ? x : log(expm1(x));
}

static double spectrum_excess(void *arg, double u)
{
    const spectrum *s = arg;
    return s->target - log_points(s, u);
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
    double u =
        ddni_root(spectrum_excess, &s, lo - 1e-9 * fabs(lo) - 1e-9, hi + 1e-9 * fabs(hi) + 1e-9);
    return log1p(exp(u)) / 2;
}

double ddn_theory_log_n_for_collapse_spectrum(double t, int64_t count, const double *eigenvalues)
{
    if (isnan(spectrum_top(eigenvalues, count)) || !ddni_positive(t)) {
        return NAN;
    }
    spectrum s = {eigenvalues, count, 0};
    return log_points(&s, log_expm1(2 * t));
}
