/* Critical times of spontaneous symmetry breaking, theory.md (52), (53). */
#include "numerics/roots.h"
#include "theory/theory_impl.h"

/* The slope of the drift at the symmetric point, 1 + c (-1/Gamma + s m2/Gamma^2) with c = 1 + eta^2
 * and Gamma = 1 - k s, k = 1 - sigma2, vanishes where
 *     k^2 s^2 + (c (k + m2) - 2 k) s - eta^2 = 0. */
double ddn_theory_ssb_time(double m2, double sigma2, double eta)
{
    if (!ddni_positive(m2) || !ddni_not_negative(sigma2) || !ddni_not_negative(eta)) {
        return NAN;
    }
    double k = 1 - sigma2, e2 = eta * eta;
    double b = (1 + e2) * (k + m2) - 2 * k;
    double root = sqrt(b * b + 4 * k * k * e2);
    double s;
    if (b > 0) {
        s = 2 * e2 / (b + root);
    } else if (k != 0) {
        s = (root - b) / (2 * k * k);
    } else { /* b = c m2 > 0 at k = 0 */
        return NAN;
    }
    if (s > 1) {
        return NAN;
    }
    return s > 0 ? fmax(0, -log(s) / 2) : INFINITY;
}

double ddn_theory_hypersphere_time(double dim, double r)
{
    if (!(dim >= 1) || !isfinite(dim) || !ddni_positive(r)) {
        return NAN;
    }
    return asinh(r * r / dim) / 2;
}

/* Gauss' continued fraction k/(D + k^2/(D + 2 + k^2/(D + 4 + ...))), from the front by Lentz's
 * method: all terms are positive. It needs about k terms. */
double ddn_theory_bessel_ratio(double dim, double k)
{
    if (!(dim >= 1) || !isfinite(dim) || !ddni_not_negative(k)) {
        return NAN;
    }
    if (k == 0) {
        return 0;
    }
    /* Divided by k throughout: 1/(D/k + 1/((D + 2)/k + ...)), which cannot overflow. */
    double front = dim / k;
    double value = front, c = front, d = 0;
    for (int64_t i = 1; i <= 10000000; i++) {
        double term = (dim + 2 * (double)i) / k;
        d = 1 / (term + d);
        c = term + 1 / c;
        value *= c * d;
        if (fabs(c * d - 1) < 1e-16) {
            return 1 / value;
        }
    }
    return NAN;
}

typedef struct ring {
    double dim, r;
    double theta, delta; /* e^-t and 1 - e^-2t */
} ring;

/* (1 + theta^2) rho - 2 theta r A_D(theta r rho/Delta). */
static double ring_balance(void *arg, double rho)
{
    const ring *g = arg;
    double a = ddn_theory_bessel_ratio(g->dim, g->theta * g->r * rho / g->delta);
    return (1 + g->theta * g->theta) * rho - 2 * g->theta * g->r * a;
}

double ddn_theory_hypersphere_radius(double dim, double r, double t)
{
    double critical = ddn_theory_hypersphere_time(dim, r);
    if (isnan(critical) || !ddni_positive(t)) {
        return NAN;
    }
    if (t >= critical) {
        return 0;
    }
    ring g = {dim, r, exp(-t), ddni_delta(t)};
    double hi = 2 * g.theta * r / (1 + g.theta * g.theta); /* A < 1 */
    /* A_D(k) >= k/D - k^3/(D^2 (D + 2)) puts the zero of the cubic below the ring. */
    double unit = g.theta * r / g.delta; /* k = unit rho */
    double gain = 2 * g.theta * r * unit / dim;
    double excess = 1 - (1 + g.theta * g.theta) / gain;
    double lo = excess > 0 ? sqrt(excess * dim * (dim + 2)) / unit : 0;
    lo = fmin(lo, hi);
    double end = ring_balance(&g, hi);
    if (end <= 0) { /* A = 1 to rounding */
        return hi;
    }
    double rho = ddni_root(ring_balance, &g, lo, hi);
    return isnan(rho) && end > 0 ? lo : rho; /* so close to critical that the ends agree */
}
