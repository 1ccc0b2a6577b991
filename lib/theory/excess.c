/* What functions are beyond the first terms of their series, to the last digits: by the series
 * where the difference would cancel. */
#include "theory/theory_impl.h"

double ddni_minus_log1p_excess(double x)
{
    if (fabs(x) > 0.03) {
        return x - log1p(x);
    }
    double sum = 0;
    for (int k = 10; k >= 2; k--) { /* x^2/2 - x^3/3 + ... */
        sum = 1.0 / k - x * sum;
    }
    return x * x * sum;
}

double ddni_expm1_excess(double x)
{
    if (fabs(x) > 0.1) {
        return expm1(x) - x;
    }
    double sum = 1;
    for (int k = 11; k >= 3; k--) { /* x^2/2 (1 + x/3 (1 + x/4 ...)) */
        sum = 1 + x / k * sum;
    }
    return x * x / 2 * sum;
}

/* log cosh y = sum_k log(1 + (y/p_k)^2) with p_k = (k + 1/2) pi, and sum_k p_k^-2 = 1/2: the excess
 * is a sum of terms log(1 + z) - z of one sign. Those with k > 0 make the series. */
double ddni_log_cosh_excess(double y)
{
    static const double coefficient[] = {
        0.0012054752958586518,  3.2110791910706572e-5,  1.0466802081513865e-6,
        3.7267954278188201e-8,  1.3928907203791036e-9,  5.3687041298396487e-11,
        2.1143407489874577e-12, 8.4617721754719740e-14, 3.4292035315557832e-15,
    };
    double y2 = y * y;
    if (fabs(y) > 1) {
        return fabs(y) + log1p(exp(-2 * fabs(y))) - M_LN2 - y2 / 2;
    }
    double sum = 0;
    for (int k = 8; k >= 0; k--) {
        sum = coefficient[k] - y2 * sum;
    }
    return -ddni_minus_log1p_excess(y2 * 4 / (M_PI * M_PI)) - y2 * y2 * sum;
}
