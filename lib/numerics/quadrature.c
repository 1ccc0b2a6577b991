/* Trapezoid sums. */
#include "numerics/quadrature.h"

#include <math.h>
#include <stdint.h>

double ddni_trapezoid(ddni_real_fn f, void *arg, double lo, double hi, double step)
{
    double count = ceil((hi - lo) / step);
    if (!(count >= 1 && count <= 1e8)) { /* also a range that is not finite */
        return NAN;
    }
    int64_t intervals = (int64_t)count;
    double h = (hi - lo) / (double)intervals;
    double sum = (f(arg, lo) + f(arg, hi)) / 2;
    double lost = 0; /* compensated: up to 10^6 terms are added */
    for (int64_t i = 1; i < intervals; i++) {
        double term = f(arg, lo + h * (double)i) - lost;
        double next = sum + term;
        lost = (next - sum) - term;
        sum = next;
    }
    return sum * h;
}

typedef struct weighted {
    ddni_real_fn f;
    void *arg;
} weighted;

static double weigh(void *arg, double g)
{
    const weighted *w = arg;
    return exp(-g * g / 2) * w->f(w->arg, g);
}

double ddni_gaussian_mean(ddni_real_fn f, void *arg, double step)
{
    static const double INVERSE_SQRT_2PI = 0.39894228040143267794;
    weighted w = {f, arg};
    return INVERSE_SQRT_2PI * ddni_trapezoid(weigh, &w, -13, 13, step);
}
