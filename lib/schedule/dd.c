/* Exponential and logarithm in double-double arithmetic. */
#include "schedule/dd.h"

enum {
    HALVINGS = 3, /* the series runs at |y| <= log(2)/16 */
    EXACT = 8 /* terms in double-double: |y|^8/9! is 2^-55 of the first one, and in double the rest
                 of the series rounds at 2^-108 of it */
};

/* 1/n! for n = 2 .. EXACT, and for what follows up to 18: y^18/18! < 1e-40. */
static const ddni_dd EXACT_FACTOR[] = {
    {0.5, 0},
    {0x1.5555555555555p-3, 0x1.5555555555555p-57},
    {0x1.5555555555555p-5, 0x1.5555555555555p-59},
    {0x1.1111111111111p-7, 0x1.1111111111111p-63},
    {0x1.6c16c16c16c17p-10, -0x1.f49f49f49f49fp-65},
    {0x1.a01a01a01a01ap-13, 0x1.a01a01a01a01ap-73},
    {0x1.a01a01a01a01ap-16, 0x1.a01a01a01a01ap-76},
};
static const double FACTOR[] = {1.0 / 362880,          1.0 / 3628800,        1.0 / 39916800,
                                1.0 / 479001600,       1.0 / 6227020800,     1.0 / 87178291200,
                                1.0 / 1307674368000,   1.0 / 20922789888000, 1.0 / 355687428096000,
                                1.0 / 6402373705728000};
enum {
    REST = sizeof FACTOR / sizeof *FACTOR
};

static const ddni_dd LOG2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/* e^x - 1 for |x| <= log(2)/2: Taylor series by Horner's rule at x/8, then doublings
 * e^2y - 1 = z (z + 2), which keep the accuracy relative to a small result. */
static ddni_dd expm1_reduced(ddni_dd x)
{
    ddni_dd y = {ldexp(x.hi, -HALVINGS), ldexp(x.lo, -HALVINGS)};
    double rest = FACTOR[REST - 1];
    for (int i = REST - 2; i >= 0; i--) {
        rest = rest * y.hi + FACTOR[i];
    }
    ddni_dd z = dd_from(rest);
    for (int i = EXACT - 2; i >= 0; i--) {
        z = dd_add(EXACT_FACTOR[i], dd_mul(y, z));
    }
    z = dd_mul(y, dd_add(dd_from(1.0), dd_mul(y, z)));
    for (int i = 0; i < HALVINGS; i++) {
        z = dd_mul(z, dd_add(z, dd_from(2.0)));
    }
    return z;
}

/* x = k log 2 + remainder. */
static ddni_dd reduce(ddni_dd x, int *k)
{
    double multiple = rint(x.hi / LOG2.hi);
    *k = (int)multiple;
    return dd_add(x, dd_neg(dd_scale(LOG2, multiple)));
}

ddni_dd ddni_dd_exp(ddni_dd x)
{
    int k;
    ddni_dd e = dd_add(expm1_reduced(reduce(x, &k)), dd_from(1.0));
    e.hi = ldexp(e.hi, k);
    e.lo = ldexp(e.lo, k);
    return e;
}

ddni_dd ddni_dd_expm1(ddni_dd x)
{
    if (fabs(x.hi) <= 0.5 * LOG2.hi) {
        return expm1_reduced(x);
    }
    return dd_add(ddni_dd_exp(x), dd_from(-1.0));
}

ddni_dd ddni_dd_log1p(double x)
{
    /* One Newton step from the double result l: log(1 + x) = l + log(1 + r),
     * r = (1 + x) e^-l - 1 = E + x + x E with E = e^-l - 1, tiny. */
    double l = log1p(x);
    ddni_dd e = ddni_dd_expm1(dd_from(-l));
    ddni_dd r = dd_add(dd_add(e, dd_from(x)), dd_scale(e, x));
    return dd_two_sum(l, r.hi - 0.5 * r.hi * r.hi);
}

ddni_dd ddni_dd_log(double x)
{
    int k;
    double part = frexp(x, &k); /* in [1/2, 1); next to 1 no power of two is split off */
    if (part < 0.70710678118654752) {
        part *= 2.0;
        k--;
    }
    return dd_add(ddni_dd_log1p(part - 1.0), dd_scale(LOG2, k));
}
