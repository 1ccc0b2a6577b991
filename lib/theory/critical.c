/* Critical times of spontaneous symmetry breaking, theory.md (52), (53). */
#include "numerics/roots.h"
#include "theory/theory_impl.h"

/* The slope of the drift at the symmetric point, 1 + c (-1/Gamma + s m2/Gamma^2) with c = 1 + eta^2
 * and Gamma = 1 - k s, k = 1 - sigma2, vanishes where
 *     k^2 s^2 + b s - eta^2 = 0,   b = c (k + m2) - 2 k.
 * In u = 1 - s, which near 0 has the digits that s has not, this is
 *     k^2 u^2 - (2 k^2 + b) u + m2 - sigma2 k + eta^2 (m2 - sigma2) = 0.
 * The product of the roots s is not positive: one of them is the time. */
double ddn_theory_ssb_time(double m2, double sigma2, double eta)
{
    if (!ddni_positive(m2) || !ddni_not_negative(sigma2) || !ddni_not_negative(eta)) {
        return NAN;
    }
    double k = 1 - sigma2, e2 = eta * eta;
    /* b with m2 - k in the order in which the first difference is exact where the second cancels.
     */
    double shift = fabs(k) <= 0.5 ? m2 - k : (m2 - 1) + sigma2;
    double b = shift + e2 * (m2 + k), root = hypot(b, 2 * k * eta);
    double s = b > 0 ? 2 * eta / (b + root) * eta : (root - b) / (2 * k * k);
    if (s < 0.5) {
        return s > 0 ? -log(s) / 2 : INFINITY;
    }
    double constant = m2 - sigma2 * k + e2 * (m2 - sigma2), linear = 2 * k * k + b;
    double u = constant == 0 && linear > 0 ? 0 : 2 * constant / (linear + root);
    return u >= 0 ? -log1p(-u) / 2 : NAN;
}

double ddn_theory_hypersphere_time(double dim, double r)
{
    if (!(dim >= 1) || !isfinite(dim) || !ddni_positive(r)) {
        return NAN;
    }
    double root = r / sqrt(dim), ratio = root * root;
    return (isinf(ratio) ? 2 * log(root) + M_LN2 : asinh(ratio)) / 2;
}

/* Gauss' continued fraction k/(D + k^2/(D + 2 + k^2/(D + 4 + ...))), divided by k throughout:
 * 1/(b_0 + 1/(b_1 + ...)), b_i = (D + 2 i)/k, from the back. All terms are positive, and each makes
 * the error of those behind it smaller: by e^-2 asinh(b/2), which is about e^-b for b < 1. */
static double ratio_by_fraction(double dim, double k)
{
    static const double ENOUGH = 40, MORE = 45; /* terms that are enough where b > 1 */
    double last = MORE + ceil(2 * ENOUGH * k / (dim + sqrt(dim * dim + 4 * ENOUGH * k)));
    double value = (dim + 2 * last) / k + 1;
    for (double i = last - 1; i >= 0; i--) {
        value = (dim + 2 * i) / k + 1 / value;
    }
    return 1 / value;
}

/* A' = 1 - A^2 - 2 c A/k, c = (D - 1)/2, solved in powers of 1/k at fixed x = c/k. */
static double ratio_far_out(double dim, double k)
{
    double x = (dim - 1) / (2 * k), w = sqrt(1 + x * x), w2 = w * w;
    double f = 1 / (w + x), slope = -f / w;
    double g = -x * f / (2 * w2);
    double g_slope = -(f + x * slope) / (2 * w2) + x * x * f / (w2 * w2);
    double h = (g + x * g_slope - g * g) / (2 * w);
    return f + (g + h / k) / k;
}

double ddn_theory_bessel_ratio(double dim, double k)
{
    static const double FAR = 262144; /* the next power of 1/k is below a rounding */
    if (!(dim >= 1) || !isfinite(dim) || !ddni_not_negative(k)) {
        return NAN;
    }
    if (k / dim < 1e-9) { /* the next term is (k/D)^2 D/(D + 2) of it */
        return k / dim;
    }
    return k < FAR ? ratio_by_fraction(dim, k) : ratio_far_out(dim, k);
}

typedef struct crossing {
    double dim, w;
} crossing;

static double ratio_excess(void *arg, double a)
{
    const crossing *x = arg;
    double k = a / x->w;
    return (isinf(k) ? 1 : ddn_theory_bessel_ratio(x->dim, k)) - a;
}

/* A(k)/k falls from 1/D to 0, so that there is one k. Amos' bounds (1974), with c = (D - 1)/2,
 *     k/(c + sqrt((c + 1)^2 + k^2)) <= A(k) <= k/(c + sqrt(c^2 + k^2)),
 * enclose it, and with it A = w k. Where rounding hides the change of sign an end is the zero to
 * rounding: A = 1, or w D = 1 to the last digits. */
double ddni_bessel_ratio_at_root(double dim, double w)
{
    if (!(w * dim < 1)) {
        return 0;
    }
    crossing x = {dim, w};
    double lo = sqrt((1 - w * dim) * (1 + w)), hi = fmin(1, sqrt(1 - w * (dim - 1)));
    if (w == 0 || ratio_excess(&x, lo) <= 0) {
        return lo;
    }
    return ratio_excess(&x, hi) >= 0 ? hi : ddni_root(ratio_excess, &x, lo, hi);
}

/* In k = theta r rho/Delta the ring (1 + theta^2) rho = 2 theta r A(k) is A(k) = k sinh(2t)/r^2. */
double ddn_theory_hypersphere_radius(double dim, double r, double t)
{
    if (!(dim >= 1) || !isfinite(dim) || !ddni_positive(r) || !ddni_positive(t)) {
        return NAN;
    }
    if (t > 745) { /* beyond any critical time */
        return 0;
    }
    double a = ddni_bessel_ratio_at_root(dim, 2 * (sinh(t) / r) * (cosh(t) / r));
    return a * r / cosh(t);
}
