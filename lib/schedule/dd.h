/* Double-double arithmetic: an unevaluated sum hi + lo of about 106 bits, for noise levels whose
 * rounding would show in the weights (theory.md (14)). */
#ifndef DDNI_SCHEDULE_DD_H
#define DDNI_SCHEDULE_DD_H

#include <math.h>

typedef struct ddni_dd {
    double hi, lo;
} ddni_dd;

static inline ddni_dd dd_from(double x)
{
    ddni_dd r = {x, 0.0};
    return r;
}

/* a + b exactly (Knuth). */
static inline ddni_dd dd_two_sum(double a, double b)
{
    double s = a + b;
    double t = s - a;
    ddni_dd r = {s, (a - (s - t)) + (b - t)};
    return r;
}

/* a * b exactly. */
static inline ddni_dd dd_two_prod(double a, double b)
{
    double p = a * b;
    ddni_dd r = {p, fma(a, b, -p)};
    return r;
}

static inline ddni_dd dd_add(ddni_dd a, ddni_dd b)
{
    ddni_dd s = dd_two_sum(a.hi, b.hi);
    ddni_dd t = dd_two_sum(a.lo, b.lo);
    s = dd_two_sum(s.hi, s.lo + t.hi);
    return dd_two_sum(s.hi, s.lo + t.lo);
}

static inline ddni_dd dd_scale(ddni_dd a, double b)
{
    ddni_dd p = dd_two_prod(a.hi, b);
    return dd_two_sum(p.hi, p.lo + a.lo * b);
}

static inline ddni_dd dd_neg(ddni_dd a)
{
    ddni_dd r = {-a.hi, -a.lo};
    return r;
}

static inline ddni_dd dd_mul(ddni_dd a, ddni_dd b)
{
    ddni_dd p = dd_two_prod(a.hi, b.hi);
    return dd_two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline ddni_dd dd_div(ddni_dd a, ddni_dd b)
{
    double q1 = a.hi / b.hi;
    ddni_dd r = dd_add(a, dd_neg(dd_scale(b, q1)));
    double q2 = r.hi / b.hi;
    r = dd_add(r, dd_neg(dd_scale(b, q2)));
    return dd_add(dd_two_sum(q1, q2), dd_from(r.hi / b.hi));
}

/* e^x - 1 with about 100 bits relative to the result, and e^x; |x| <= 700. */
ddni_dd ddni_dd_expm1(ddni_dd x);
ddni_dd ddni_dd_exp(ddni_dd x);

/* log(1 + x) for a double x > -1, relative to the result. */
ddni_dd ddni_dd_log1p(double x);

/* log(x) for a normal double x > 0, likewise. */
ddni_dd ddni_dd_log(double x);

#endif
