/* Brent's zero finder and minimiser, Ridders' derivative. */
#include "numerics/roots.h"

#include <float.h>
#include <math.h>

enum {
    MAX_CALLS = 200
};

/* The step p/q from b of the secant (where a = c) or of inverse quadratic interpolation; p >= 0. */
static void interpolate(const double x[3], const double fx[3], double *p, double *q)
{
    double ratio = fx[1] / fx[0], half = (x[2] - x[1]) / 2;
    if (x[0] == x[2]) {
        *p = 2 * half * ratio;
        *q = 1 - ratio;
    } else {
        double u = fx[0] / fx[2], v = fx[1] / fx[2];
        *p = ratio * (2 * half * u * (u - v) - (x[1] - x[0]) * (v - 1));
        *q = (u - 1) * (v - 1) * (ratio - 1);
    }
    *q = *p > 0 ? -*q : *q;
    *p = fabs(*p);
}

double ddni_root(ddni_real_fn f, void *arg, double lo, double hi)
{
    double a = lo, b = hi, fa = f(arg, a), fb = f(arg, b);
    if (fa == 0) {
        return a;
    }
    if (fb == 0) {
        return b;
    }
    if (!(fa < 0 && fb > 0) && !(fa > 0 && fb < 0)) {
        return NAN;
    }
    /* b is the best point so far, [b, c] brackets the zero, a is the previous b. */
    double c = a, fc = fa, step = b - a, before = step;
    for (int calls = 2; calls < MAX_CALLS; calls++) {
        if (fabs(fc) < fabs(fb)) {
            a = b, fa = fb;
            b = c, fb = fc;
            c = a, fc = fa;
        }
        double tolerance = DBL_EPSILON * fabs(b) + DBL_TRUE_MIN;
        double half = (c - b) / 2;
        if (fabs(half) <= tolerance || fb == 0) {
            return b;
        }
        double move = half;
        if (fabs(before) >= tolerance && fabs(fa) > fabs(fb)) {
            double p, q;
            interpolate((double[3]){a, b, c}, (double[3]){fa, fb, fc}, &p, &q);
            /* Take the interpolation only where it stays inside and shrinks the steps. */
            if (2 * p < 3 * half * q - fabs(tolerance * q) && 2 * p < fabs(before * q)) {
                move = p / q;
                before = step;
                step = move;
            } else {
                step = before = half;
            }
        } else {
            step = before = half;
        }
        a = b, fa = fb;
        b += fabs(move) > tolerance ? move : copysign(tolerance, half);
        fb = f(arg, b);
        if (isnan(fb)) {
            return NAN;
        }
        if ((fb > 0) == (fc > 0)) {
            c = a, fc = fa;
            step = before = b - a;
        }
    }
    return b;
}

/* The step that is worth taking: of the interval, wherever it lies, as far as double goes. */
static double narrowest(double x, double width)
{
    return 1e-9 * fmin(fabs(x), width) + 1e-10 * width + 4 * DBL_EPSILON * fabs(x);
}

double ddni_minimum(ddni_real_fn f, void *arg, double lo, double hi, double *value)
{
    static const double GOLDEN = 0.38196601125010515180;
    double a = lo, b = hi;
    double x = a + GOLDEN * (b - a), w = x, v = x;
    double fx = f(arg, x), fw = fx, fv = fx;
    double step = 0, before = 0;
    for (int calls = 1; calls < MAX_CALLS && !isnan(fx); calls++) {
        double middle = (a + b) / 2;
        double tolerance = narrowest(x, hi - lo);
        if (fabs(x - middle) <= 2 * tolerance - (b - a) / 2) {
            break;
        }
        int parabola = 0;
        if (fabs(before) > tolerance) {
            double r = (x - w) * (fx - fv), q = (x - v) * (fx - fw);
            double p = (x - v) * q - (x - w) * r;
            q = 2 * (q - r);
            p = q > 0 ? -p : p;
            q = fabs(q);
            double last = before;
            before = step;
            if (fabs(p) < fabs(q * last / 2) && p > q * (a - x) && p < q * (b - x)) {
                step = p / q;
                double u = x + step;
                if (u - a < 2 * tolerance || b - u < 2 * tolerance) {
                    step = copysign(tolerance, middle - x);
                }
                parabola = 1;
            }
        }
        if (!parabola) {
            before = x < middle ? b - x : a - x;
            step = GOLDEN * before;
        }
        double u = x + (fabs(step) >= tolerance ? step : copysign(tolerance, step));
        double fu = f(arg, u);
        if (isnan(fu)) {
            fx = fu;
            break;
        }
        if (fu <= fx) {
            *(u < x ? &b : &a) = x;
            v = w, fv = fw;
            w = x, fw = fx;
            x = u, fx = fu;
        } else {
            *(u < x ? &a : &b) = u;
            if (fu <= fw || w == x) {
                v = w, fv = fw;
                w = u, fw = fu;
            } else if (fu <= fv || v == x || v == w) {
                v = u, fv = fu;
            }
        }
    }
    *value = fx;
    return isnan(fx) ? NAN : x;
}

double ddni_derivative(ddni_real_fn f, void *arg, double x, double h)
{
    enum {
        LEVELS = 12
    };
    static const double SHRINK = 1.4;
    double table[LEVELS][LEVELS];
    double best = NAN, error = INFINITY;
    for (int i = 0; i < LEVELS; i++, h /= SHRINK) {
        double up = x + h, down = x - h; /* what the sums round to is what is divided by */
        table[0][i] = (f(arg, up) - f(arg, down)) / (up - down);
        double factor = 1;
        if (i == 0) {
            best = table[0][0];
        }
        for (int j = 1; j <= i; j++) {
            factor *= SHRINK * SHRINK;
            table[j][i] = (factor * table[j - 1][i] - table[j - 1][i - 1]) / (factor - 1);
            double e =
                fmax(fabs(table[j][i] - table[j - 1][i]), fabs(table[j][i] - table[j - 1][i - 1]));
            if (e <= error) {
                error = e;
                best = table[j][i];
            }
        }
        if (i > 0 && fabs(table[i][i] - table[i - 1][i - 1]) >= 2 * error) {
            break;
        }
    }
    return best;
}
