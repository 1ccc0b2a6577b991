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
    return -m->b / (2 * k) - (1 + m->b) / (2 * k * k);
}

static double zeta(const rem *m, double lambda)
{
    double k = 1 + lambda * m->b;
    return -log1p(lambda * m->b) / 2 - lambda * (1 + m->b) / (2 * k);
}

/* Entropy of the levels that dominate at lambda; its zero is the condensation point. The two terms
 * in (1 + b) are joined to lose no digits. */
static double level_entropy(void *arg, double lambda)
{
    const rem *m = arg;
    double k = 1 + lambda * m->b;
    double joined = -lambda * lambda * m->b * (1 + m->b) / (2 * k * k) + lambda * m->b / (2 * k);
    return m->alpha - log1p(lambda * m->b) / 2 + joined;
}

ddn_status ddn_theory_rem(double alpha, double sigma2, double t, double *psi_plus, double *lambda_c,
                          double *f, int32_t *condensed)
{
    if (!ddni_positive(alpha) || !ddni_positive(sigma2) || !ddni_positive(t)) {
        return DDN_E_RANGE;
    }
    rem m = {alpha, sigma2 / expm1(2 * t)};
    double excess = alpha - log1p(m.b) / 2;
    int32_t is_condensed = excess < 0;
    double lambda = is_condensed ? ddni_root(level_entropy, &m, 0, 1) : 1;
    if (isnan(lambda)) { /* f = 0 to rounding */
        lambda = 1;
    }
    double psi = is_condensed ? zeta_slope(&m, lambda) : alpha + zeta(&m, 1);
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
