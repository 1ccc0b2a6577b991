/* The overlap of a state with the axis of two Gaussians: potential and wells, theory.md (21).
 *
 * V = (1/Gamma - 1/2) q^2 - 2 mu2 log cosh(kappa q),  kappa = e^-t sqrt(d)/Gamma. */
#include "theory/overlap.h"

#include "theory/theory_impl.h"

static int overlap_ok(double d, double mu2, double sigma2, double t)
{
    return ddni_positive(d) && ddni_positive(mu2) && ddni_not_negative(sigma2) &&
           ddni_time_ok(sigma2, t);
}

/* 2 - Gamma. */
static double room(double sigma2, double t)
{
    return 1 + exp(-2 * t) - ddni_fade(sigma2, t);
}

ddni_overlap ddni_overlap_at(double d, double mu2, double sigma2, double t)
{
    double gamma = ddni_gamma(sigma2, t);
    return (ddni_overlap){mu2, room(sigma2, t) / gamma, exp(-t) * sqrt(d) / gamma};
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

/* V'' where kappa |q| is y. */
static double curvature_at(const ddni_overlap *v, double y)
{
    double e = exp(-y), part = v->kappa * (2 * e / (1 + e * e));
    return e > 0 ? v->stiffness - 2 * v->mu2 * part * part : v->stiffness;
}

double ddn_theory_overlap_curvature(double d, double mu2, double sigma2, double t, double q)
{
    if (!overlap_ok(d, mu2, sigma2, t) || !isfinite(q)) {
        return NAN;
    }
    ddni_overlap v = ddni_overlap_at(d, mu2, sigma2, t);
    return curvature_at(&v, fabs(v.kappa * q));
}

/* V' = 0 is tanh(y) = w y with y = kappa q and w = (2 - Gamma)/(2 r), r = mu2 d e^-2t/Gamma; then
 * q = tanh(y) 2 mu2 sqrt(d) e^-t/(2 - Gamma). With 2 - Gamma <= 0 nothing holds q, and there is the
 * zero in the middle alone. */
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
    double space = room(sigma2, t), outer = 0, y = 0;
    if (space > 0) {
        double root_r = sqrt(mu2 / ddni_gamma(sigma2, t)) * (sqrt(d) * exp(-t));
        double w = space / root_r / (2 * root_r), a = ddni_bessel_ratio_at_root(1, w);
        outer = a * (2 * mu2 * sqrt(d) * exp(-t) / space);
        y = a / w;
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
        curvature[i] = curvature_at(&v, q[i] == 0 ? 0 : y);
    }
    *count = n;
    return DDN_OK;
}
