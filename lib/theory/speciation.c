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
    return m2 * exp(-2 * t) / ddni_gamma(sigma2, t);
}

double ddn_theory_signal_time(double m2, double sigma2, double r)
{
    if (!ddni_not_negative(m2) || !ddni_not_negative(sigma2) || !ddni_positive(r) ||
        m2 < r * sigma2) {
        return NAN;
    }
    return log1p(m2 / r - sigma2) / 2;
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

/* log cosh y - y^2/2. */
static double log_cosh_excess(double y)
{
    double y2 = y * y;
    if (y2 < 0.0025) {
        return -y2 * y2 * (1.0 / 12 - y2 * (1.0 / 45 - y2 * (17.0 / 2520 - y2 * (31.0 / 14175))));
    }
    double half = sinh(y / 2);
    double log_cosh =
        fabs(y) < 1 ? log1p(2 * half * half) : fabs(y) + log1p(exp(-2 * fabs(y))) - M_LN2;
    return log_cosh - y2 / 2;
}

static double excess_at(void *r, double g)
{
    double root = sqrt(*(double *)r);
    return log_cosh_excess(root * (root + g));
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

/* Sign classifier: given the state u along m and the label, the clean coordinate along m is
 * Gaussian; P_+(u) mixes both labels. */
typedef struct sign_state {
    double m;      /* |m| */
    double mean;   /* e^-t |m| */
    double gamma;  /* variance of u given the label */
    double shrink; /* sigma2 e^-t / Gamma */
    double width;  /* standard deviation of the clean coordinate given u and label; 0: known */
} sign_state;

static double normal_cdf(double x)
{
    return erfc(-x * M_SQRT1_2) / 2;
}

static double same_sign(void *arg, double g)
{
    const sign_state *s = arg;
    double u = s->mean + sqrt(s->gamma) * g;
    double odds = 2 * u * s->mean / s->gamma;
    double p_plus = 1 / (1 + exp(-odds));
    double p_minus = 1 / (1 + exp(odds));
    double up = s->m + s->shrink * (u - s->mean), down = -s->m + s->shrink * (u + s->mean);
    double positive, negative;
    if (s->width > 0) {
        positive = p_plus * normal_cdf(up / s->width) + p_minus * normal_cdf(down / s->width);
        negative = p_plus * normal_cdf(-up / s->width) + p_minus * normal_cdf(-down / s->width);
    } else {
        positive = p_plus;
        negative = p_minus;
    }
    return positive * positive + negative * negative;
}

double ddn_theory_phi_sign(double m2, double sigma2, double t)
{
    if (!ddni_positive(m2) || !ddni_not_negative(sigma2) || !ddni_positive(t)) {
        return NAN;
    }
    double a = exp(-t), delta = ddni_delta(t), gamma = ddni_gamma(sigma2, t);
    sign_state s = {sqrt(m2), a * sqrt(m2), gamma, sigma2 * a / gamma,
                    sqrt(sigma2 * delta / gamma)};
    /* The step resolves the posterior, of width sqrt(r), and the sign, of width sqrt(Delta). */
    double r = m2 * a * a / gamma, sharp = sqrt(sigma2 / delta) * a;
    double step = fmin(0.05, fmin(0.3 / sqrt(r), 0.3 / sharp));
    return ddni_gaussian_mean(same_sign, &s, fmax(step, 2e-5));
}

double ddn_theory_phi_infinity(int64_t count, const double *weights)
{
    double total = 0, sum = 0;
    if (!ddni_is_list(count, weights)) {
        return NAN;
    }
    for (int64_t i = 0; i < count; i++) {
        if (!ddni_not_negative(weights[i])) {
            return NAN;
        }
        total += weights[i];
    }
    for (int64_t i = 0; total > 0 && i < count; i++) {
        sum += (weights[i] / total) * (weights[i] / total);
    }
    return total > 0 ? sum : NAN;
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
