/* Speciation: clone probability and label information of two Gaussians.
 *
 * Given its label the state along m, in suitable units, is y ~ N(r, r), with posterior odds e^2y.
 * An average over y of a function that the posterior weight turns into an even F(y) is
 *     e^(-r/2) E F(sqrt(r) g),   g ~ N(0, 1)
 * (theory.md (23), (31)): all terms are positive and small results keep their relative accuracy. */
#include "numerics/quadrature.h"
#include "theory/theory_impl.h"

double ddn_theory_speciation(double lambda)
{
    return ddni_not_negative(lambda) ? log1p(lambda) / 2 : NAN;
}

double ddn_theory_speciation_asymptotic(double lambda)
{
    return ddni_positive(lambda) ? log(lambda) / 2 : NAN;
}

double ddn_theory_signal(double m2, double sigma2, double t)
{
    if (!ddni_not_negative(m2) || !ddni_not_negative(sigma2) || !ddni_time_ok(sigma2, t)) {
        return NAN;
    }
    return ddni_fade(m2, t) / ddni_gamma(sigma2, t);
}

double ddn_theory_signal_time(double m2, double sigma2, double r)
{
    if (!ddni_not_negative(m2) || !ddni_not_negative(sigma2) || !ddni_positive(r) ||
        m2 < r * sigma2) {
        return NAN;
    }
    double ratio = m2 / r, excess = fma(-r, sigma2, m2) / r;
    if (isinf(ratio)) {
        return log(m2) / 2 - log(r) / 2;
    }
    return log1p(fmax(0, ratio > 2 * sigma2 ? ratio - sigma2 : excess)) / 2;
}

/* e^(-r/2) E F(sqrt(r) g) for even F that falls at least as fast as e^-|y|. */
typedef struct even_mean {
    double (*f)(double y);
    double r;
} even_mean;

static double even_mean_term(void *arg, double y)
{
    const even_mean *e = arg;
    return exp(-(y / e->r) * (y / 2)) * e->f(y);
}

static double average(double (*f)(double y), double r)
{
    static const double SQRT_2PI = 2.50662827463100050242;
    if (r < 1e-30) {
        return f(0);
    }
    even_mean e = {f, r};
    double width = sqrt(r);
    double limit = fmin(13 * width, 42);
    return exp(-r / 2) / (SQRT_2PI * width) *
           ddni_trapezoid(even_mean_term, &e, -limit, limit, fmin(width / 2, 0.2));
}

/* 1/(2 cosh y), from P(other label | y). */
static double half_sech(double y)
{
    double e = exp(-fabs(y));
    return e / (1 + e * e);
}

static double half_sech_cubed(double y)
{
    double h = half_sech(y);
    return 4 * h * h * h;
}

/* cosh(y) times the entropy of the label given y. */
static double weighted_label_entropy(double y)
{
    y = fabs(y);
    double e2 = exp(-2 * y);
    /* cosh(y) (log1p(e2) + 2 y e2/(1 + e2)) with e^y taken into the bracket. */
    return exp(-y) / 2 * ((1 + e2) * (e2 > 0 ? log1p(e2) / e2 : 1) + 2 * y);
}

double ddn_theory_one_minus_phi(double r)
{
    return ddni_not_negative(r) ? average(half_sech, r) : NAN;
}

double ddn_theory_phi(double r)
{
    return 1 - ddn_theory_one_minus_phi(r);
}

double ddn_theory_phi_derivative(double r)
{
    return ddni_not_negative(r) ? average(half_sech_cubed, r) : NAN;
}

static double excess_at(void *r, double g)
{
    double root = sqrt(*(double *)r);
    return ddni_log_cosh_excess(root * (root + g));
}

/* I(r) = r - E log cosh y, y ~ N(r, r): hence r/2 - I = r^2/2 + E(log cosh y - y^2/2). */
double ddn_theory_kl_plain_start(double r)
{
    if (!ddni_not_negative(r)) {
        return NAN;
    }
    if (r > 0.5) {
        return r / 2 - ddn_theory_label_information(r);
    }
    return r * r / 2 + ddni_gaussian_mean(excess_at, &r, 0.1);
}

double ddn_theory_label_information(double r)
{
    if (!ddni_not_negative(r)) {
        return NAN;
    }
    /* Near 0 the entropy is close to log 2: use the part of I beyond its linear term. */
    return r < 0.5 ? r / 2 - ddn_theory_kl_plain_start(r)
                   : M_LN2 - average(weighted_label_entropy, r);
}

double ddni_information_at(double m2, double sigma2, double t)
{
    double r = ddn_theory_signal(m2, sigma2, t);
    return r > 1e4 ? M_LN2 : ddn_theory_label_information(r);
}

/* The sign of m.x_0. Let g be the state along m in units of its deviation sqrt(Gamma) in one class,
 * rho = sqrt(r) and beta = e^-t sqrt(sigma2/Delta). The posterior probability of a positive sign is
 *     P(g) = (e^(rho g) Phi(rho/beta + beta g) + e^(-rho g) Phi(-rho/beta + beta g))/(2 cosh(rho
 * g)), and P(-g) that of a negative one, so that 1 - phi = 2 e^(-r/2) E cosh(rho g) P(g) P(-g). */
typedef struct sign_state {
    double rho, beta, split; /* split = rho/beta */
} sign_state;

static double normal_cdf(double x)
{
    return erfc(-x * M_SQRT1_2) / 2;
}

/* P(g) e^-|rho g| 2 cosh(rho g). */
static double sign_weight(const sign_state *s, double g)
{
    double y = s->rho * g, up = exp(y - fabs(y)), down = exp(-y - fabs(y));
    return up * normal_cdf(s->split + s->beta * g) + down * normal_cdf(s->beta * g - s->split);
}

static double other_sign(void *arg, double g)
{
    const sign_state *s = arg;
    double y = fabs(s->rho * g), e = exp(-2 * y);
    /* e^(-(g^2 + r)/2) e^2y/(4 cosh y) of it in one exponent, which is never above 0. */
    double weight = exp(-(g * g + s->rho * s->rho) / 2 + y) / (2 * (1 + e));
    return weight * sign_weight(s, g) * sign_weight(s, -g);
}

double ddn_theory_phi_sign(double m2, double sigma2, double t)
{
    if (!ddni_positive(m2) || !ddni_not_negative(sigma2) || !ddni_positive(t)) {
        return NAN;
    }
    double r = ddn_theory_signal(m2, sigma2, t), beta = sqrt(ddni_over_noise(sigma2, t));
    sign_state s = {sqrt(r), beta, sqrt(m2 / sigma2) * sqrt(ddni_delta(t) / ddni_gamma(sigma2, t))};
    if (r > 3000 || beta > 1e30) { /* beta: what differs falls as 1/beta */
        return 1;
    }
    if (beta < 1e-150) { /* points, but for what no double shows */
        return ddn_theory_phi(r);
    }
    /* The terms fall as e^-(rho g) up to g = rho/beta^2, and as e^-(beta g)^2/2 from the start
     * where rho/beta is not large; the step resolves both. */
    double range = fmin(42 / s.rho, s.split / beta + 9 / beta);
    range = fmin(13, fmax(range, s.split < 9 ? 9 / beta : 0));
    double step = fmin(0.25, fmin(0.25 / s.rho, 0.4 / beta));
    return 1 - 2 * ddni_trapezoid(other_sign, &s, -range, range, step) / sqrt(2 * M_PI);
}

double ddn_theory_phi_infinity(int64_t count, const double *weights)
{
    double top = 0, total = 0, sum = 0;
    if (!ddni_is_list(count, weights)) {
        return NAN;
    }
    for (int64_t i = 0; i < count; i++) {
        if (!ddni_not_negative(weights[i])) {
            return NAN;
        }
        top = fmax(top, weights[i]);
    }
    for (int64_t i = 0; top > 0 && i < count; i++) {
        total += weights[i] / top; /* at least 1, at most count */
        sum += (weights[i] / top) * (weights[i] / top);
    }
    return top > 0 ? sum / total / total : NAN;
}

double ddni_phi_level_share(void)
{
    return 1 - 2 * ddn_theory_one_minus_phi(1);
}

double ddn_theory_phi_level(double phi_infinity)
{
    if (!(phi_infinity > 0 && phi_infinity <= 1)) {
        return NAN;
    }
    return phi_infinity + (1 - phi_infinity) * ddni_phi_level_share();
}
