/* The overlap of a state with the axis of two Gaussians: potential and wells, theory.md (21).
 *
 * V = (1/Gamma - 1/2) q^2 - 2 mu2 log cosh(kappa q),  kappa = e^-t sqrt(d)/Gamma. */
#include "theory/overlap.h"

#include "numerics/roots.h"
#include "theory/theory_impl.h"

static int overlap_ok(double d, double mu2, double sigma2, double t)
{
    return ddni_positive(d) && ddni_positive(mu2) && ddni_not_negative(sigma2) &&
           ddni_time_ok(sigma2, t);
}

ddni_overlap ddni_overlap_at(double d, double mu2, double sigma2, double t)
{
    double gamma = ddni_gamma(sigma2, t);
    return (ddni_overlap){mu2, 2 / gamma - 1, exp(-t) * sqrt(d) / gamma};
}

double ddni_overlap_slope(const ddni_overlap *v, double q)
{
    return v->stiffness * q - 2 * v->mu2 * v->kappa * tanh(v->kappa * q);
}

double ddn_theory_overlap_potential(double d, double mu2, double sigma2, double t, double q)
{
    if (!overlap_ok(d, mu2, sigma2, t) || !isfinite(q)) {
        return NAN;
    }
    ddni_overlap v = ddni_overlap_at(d, mu2, sigma2, t);
    double y = fabs(v.kappa * q), half = sinh(y / 2);
    double log_cosh = y < 1 ? log1p(2 * half * half) : y + log1p(exp(-2 * y)) - M_LN2;
    return v.stiffness / 2 * q * q - 2 * mu2 * log_cosh;
}

double ddn_theory_overlap_slope(double d, double mu2, double sigma2, double t, double q)
{
    if (!overlap_ok(d, mu2, sigma2, t) || !isfinite(q)) {
        return NAN;
    }
    ddni_overlap v = ddni_overlap_at(d, mu2, sigma2, t);
    return ddni_overlap_slope(&v, q);
}

static double curvature_at(const ddni_overlap *v, double q)
{
    double e = exp(-fabs(v->kappa * q)), sech = 2 * e / (1 + e * e);
    return v->stiffness - 2 * v->mu2 * v->kappa * v->kappa * sech * sech;
}

double ddn_theory_overlap_curvature(double d, double mu2, double sigma2, double t, double q)
{
    if (!overlap_ok(d, mu2, sigma2, t) || !isfinite(q)) {
        return NAN;
    }
    ddni_overlap v = ddni_overlap_at(d, mu2, sigma2, t);
    return curvature_at(&v, q);
}

static double slope(void *arg, double q)
{
    return ddni_overlap_slope(arg, q);
}

ddn_status ddn_theory_overlap_wells(double d, double mu2, double sigma2, double t, double *q,
                                    double *curvature, int64_t *count)
{
    if (q == NULL || curvature == NULL || count == NULL) {
        return DDN_E_NULL;
    }
    if (!overlap_ok(d, mu2, sigma2, t)) {
        return DDN_E_RANGE;
    }
    ddni_overlap v = ddni_overlap_at(d, mu2, sigma2, t);
    double pull = 2 * mu2 * v.kappa * v.kappa;
    double outer = 0;
    if (v.stiffness > 0 && pull > v.stiffness) {
        /* tanh y >= y - y^3/3 puts the zero of the cubic below the well, tanh y < 1 puts pull above
         * it. */
        double lo = sqrt(3 * (1 - v.stiffness / pull)) / v.kappa;
        double hi = pull / (v.kappa * v.stiffness);
        outer = ddni_root(slope, &v, fmin(lo, hi), hi);
        outer = isnan(outer) ? fmin(lo, hi) : outer; /* the ends agree to rounding */
    }
    int64_t n = 0;
    if (outer > 0) {
        q[n++] = -outer;
    }
    q[n++] = 0;
    if (outer > 0) {
        q[n++] = outer;
    }
    for (int64_t i = 0; i < n; i++) {
        curvature[i] = curvature_at(&v, q[i]);
    }
    *count = n;
    return DDN_OK;
}
