/* Sandwich bounds on f^e and phi_C of Gaussian data, theory.md (37).
 *
 * R = offset + V, offset = log(n - 1) - (d/2) log(1 + b), V = sqrt(S chi2_d) g, b = sigma2 s/Delta,
 * S = b/(1 + b). V has the generating function E e^(z V) = (1 - S z^2)^(-d/2), so that Mellin's
 * formulas for 1/(1 + e^-R) and log(1 + e^R),
 *     (1/2 pi i) int pi/sin(pi z) e^(z R) dz   and   (1/2 pi i) int pi/(z sin(pi z)) e^(z R) dz,
 * along Re z = c in (0, 1), give both means as one integral for every n, d, t. Along the real axis
 * the integrand has its only minimum at the c that is taken; there it falls off on both sides, and
 * the trapezoid sum has nothing to cancel. Poles at 0 and 1 are farther away than the width of the
 * peak. At z = 1 the exponent is log(n - 1). Only offsets <= 0 are needed, since V is as likely as
 * -V, 1/(1 + e^R) = 1 - 1/(1 + e^-R), log(1 + e^R) = R + log(1 + e^-R). Where R is far below 0 with
 * little spread the residues at 1, 2, ... are a shorter sum. */
#include "numerics/roots.h"
#include "theory/theory_impl.h"

typedef struct contour {
    double d, offset, share, rest; /* S and 1 - S */
    int divided;                   /* by z: log(1 + e^R) */
    double c, height;              /* of the path; exponent at c */
} contour;

/* 1 - S z^2 at real z. */
static double core(const contour *p, double z)
{
    return p->rest + p->share * (1 - z) * (1 + z);
}

/* log E e^(z V). */
static double generating(const contour *p, double z)
{
    double part = p->share * z * z;
    return -p->d / 2 * (part < 0.5 ? log1p(-part) : log(core(p, z)));
}

/* The logarithmic derivative of the integrand on the real axis: rises from -infinity at 0 to
 * infinity at 1. */
static double rise(void *arg, double z)
{
    const contour *p = arg;
    return p->offset + p->d * p->share * z / core(p, z) - M_PI / tan(M_PI * z) -
           (p->divided ? 1 / z : 0);
}

/* Its derivative, which is not negative. */
static double bend(const contour *p, double z)
{
    double q = core(p, z), s = M_PI / sin(M_PI * z);
    return p->d * p->share * (2 - q) / q / q + s * s + (p->divided ? 1 / (z * z) : 0);
}

/* The real part of the integrand at c + i y in units of e^height, and its magnitude. */
static double integrand(const contour *p, double y, double *magnitude)
{
    double q = core(p, p->c), x = p->share * y / q;
    double turn = 2 * p->c * x; /* of 1 - S z^2 = q (1 + x y - i turn) */
    double grown = 1 + x * y;
    double weight = exp(-p->d / 4 * log1p(x * y * (2 + x * y) + turn * turn));
    double angle = p->offset * y + p->d / 2 * atan2(turn, grown);
    double re = sin(M_PI * p->c) * cosh(M_PI * y), im = cos(M_PI * p->c) * sinh(M_PI * y);
    if (p->divided) {
        double whole = p->c * re - y * im;
        im = p->c * im + y * re;
        re = whole;
    }
    double norm = hypot(re, im);
    *magnitude = M_PI * weight / norm;
    return *magnitude * (re / norm * cos(angle) + im / norm * sin(angle));
}

/* The sum of the residues, E e^R - E e^2R (/2) + ..., if a few of them are enough, or NaN. Terms of
 * alternating sign that fall fast lose no digits. */
static double few_residues(const contour *p)
{
    double sum = 0, first = 0;
    for (int k = 1; k <= 12; k++) {
        double exponent = k * p->offset + generating(p, k);
        double term = exp(exponent) / (p->divided ? k : 1);
        if (!(core(p, k) > 0) || !(k == 1 || exponent < first - 3 * (k - 1))) {
            return NAN;
        }
        sum += k % 2 == 1 ? term : -term;
        first = k == 1 ? exponent : first;
        if (exponent < first - 40) {
            return sum;
        }
    }
    return NAN;
}

/* E 1/(1 + e^-R), or E log(1 + e^R), for an offset <= 0. */
static double integrate(contour *p)
{
    static const double NEGLIGIBLE = 1e-18;
    if (p->offset < -2e4) { /* the exponent at 1/2 is below -4000, whatever d and b make of it */
        return 0;
    }
    double sum = few_residues(p), magnitude, top;
    if (!isnan(sum)) {
        return sum;
    }
    p->c = ddni_root(rise, p, 1e-12, 1 - 1e-12);
    p->height = p->c * p->offset + generating(p, p->c);
    double h = 1 / sqrt(bend(p, p->c)) / 8;
    sum = integrand(p, 0, &top) / 2;
    magnitude = top;
    for (double k = 1; magnitude > NEGLIGIBLE * top; k++) {
        sum += integrand(p, k * h, &magnitude);
    }
    return sum * h / M_PI * exp(p->height);
}

static contour contour_of(double n, double d, double sigma2, double t)
{
    double b = ddni_over_noise(sigma2, t);
    return (contour){.d = d,
                     .offset = log(n - 1) - d / 2 * ddni_log1p_over_noise(sigma2, t),
                     .share = b > 1 ? 1 / (1 + 1 / b) : b / (1 + b),
                     .rest = 1 / (1 + b)};
}

static int bad_arguments(double n, double d, double sigma2, double t)
{
    return !(n >= 1) || !isfinite(n) || !(d >= 1) || !isfinite(d) || !ddni_not_negative(sigma2) ||
           !ddni_positive(t);
}

double ddn_theory_excess_lower(double n, double d, double sigma2, double t)
{
    if (bad_arguments(n, d, sigma2, t)) {
        return NAN;
    }
    return fmax(0, ddn_theory_excess_entropy(n, d, 0, sigma2, t));
}

double ddn_theory_excess_upper(double n, double d, double sigma2, double t)
{
    if (bad_arguments(n, d, sigma2, t)) {
        return NAN;
    }
    contour p = contour_of(n, d, sigma2, t);
    double offset = p.offset;
    p.divided = 1;
    p.offset = -fabs(offset);
    return n == 1 ? 0 : (fmax(0, offset) + integrate(&p)) / d;
}

double ddn_theory_phi_c_lower(double n, double d, double sigma2, double t)
{
    if (bad_arguments(n, d, sigma2, t)) {
        return NAN;
    }
    if (n == 1) {
        return 1;
    }
    contour p = contour_of(n, d, sigma2, t);
    double offset = p.offset;
    p.offset = -fabs(offset);
    double mean = integrate(&p);
    return offset <= 0 ? 1 - mean : mean;
}
