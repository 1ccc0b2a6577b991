/* The random energy model of the posterior weights, theory.md (38). */
#include "numerics/roots.h"
#include "theory/theory_impl.h"

/* b = sigma2 s/Delta. zeta(lambda) = -log(1 + lambda b)/2 - lambda (1 + b)/(2 (1 + lambda b)). */
typedef struct rem {
    double alpha, b;
} rem;

static double zeta_slope(const rem *m, double lambda)
{
    double k = 1 + lambda * m->b;
    return -m->b / k / 2 - (1 + m->b) / k / k / 2;
}

/* Entropy of the levels that dominate at lambda = e^u, which falls with u; its zero is the
 * condensation point. With y = lambda b/(1 + lambda b) the terms in log(1 + lambda b) and in lambda
 * b join to -y - log(1 - y) >= 0, which loses no digits. */
static double level_entropy(void *arg, double u)
{
    const rem *m = arg;
    double lambda = exp(u), x = lambda * m->b, y = x / (1 + x);
    double joined = x < 0.03 ? ddni_minus_log1p_excess(-y) : log1p(x) - y;
    return m->alpha - joined / 2 - y / 2 * (lambda * (1 + m->b) / (1 + x));
}

/* joined <= x^2/2 and the last term is at most lambda^2 b (1 + b)/2: the entropy is positive up to
 * the lambda that follows. At lambda = 1 it is alpha - log(1 + b)/2 = f < 0. */
static double condensation_point(rem *m)
{
    double lo = sqrt(m->alpha / m->b) / sqrt(m->b * 0.75 + 0.5);
    if (!(lo < 1) || level_entropy(m, log(lo)) <= 0) {
        return fmin(lo, 1);
    }
    return level_entropy(m, 0) >= 0 ? 1 : exp(ddni_root(level_entropy, m, log(lo), 0));
}

ddn_status ddn_theory_rem(double alpha, double sigma2, double t, double *psi_plus, double *lambda_c,
                          double *f, int32_t *condensed)
{
    if (!ddni_positive(alpha) || !ddni_positive(sigma2) || !ddni_positive(t)) {
        return DDN_E_RANGE;
    }
    rem m = {alpha, fmin(ddni_over_noise(sigma2, t), 1e300)};
    double excess = alpha - ddni_log1p_over_noise(sigma2, t) / 2;
    int32_t is_condensed = excess < 0;
    double lambda = is_condensed ? condensation_point(&m) : 1;
    double psi = is_condensed ? zeta_slope(&m, lambda) : excess - 0.5;
    if (psi_plus != NULL) {
        *psi_plus = psi;
    }
    if (lambda_c != NULL) {
        *lambda_c = lambda;
    }
    if (f != NULL) {
        *f = excess;
    }
    if (condensed != NULL) {
        *condensed = is_condensed;
    }
    return DDN_OK;
}
