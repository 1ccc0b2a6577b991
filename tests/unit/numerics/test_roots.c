/* Zeros, minima, derivatives and integrals of functions whose answers are known. */
#include "numerics/roots.h"

#include "numerics/quadrature.h"
#include "support/fixtures.h"

/* x^3 - arg, counting calls. */
typedef struct cubic {
    double shift;
    int calls;
} cubic;

static double cube(void *arg, double x)
{
    cubic *c = arg;
    c->calls++;
    return x * x * x - c->shift;
}

static double nothing(void *arg, double x)
{
    (void)arg;
    return x > 0.25 ? NAN : x - 1;
}

static double step(void *arg, double x)
{
    return x < *(double *)arg ? -1 : 1;
}

static double beside(void *arg, double x)
{
    double y = x / *(double *)arg;
    return (y - 1) * (y * y + 1);
}

static void zeros_are_found(void **state)
{
    (void)state;
    for (double shift = 1e-9; shift < 1e10; shift *= 10) {
        cubic c = {shift, 0};
        CLOSE(ddni_root(cube, &c, -1, 1e5), cbrt(shift), 1e-15, 0);
        assert_true(c.calls <= 200);
        CLOSE(ddni_root(cube, &c, 1e5, -1), cbrt(shift), 1e-15, 0);
    }
    for (double shift = 0.5; shift < 100; shift *= 3) { /* 23 and more by halving alone */
        cubic smooth = {shift, 0};
        ddni_root(cube, &smooth, 0, 8);
        assert_in_range(smooth.calls, 5, 18);
    }
    cubic c = {8, 0};
    CLOSE(ddni_root(cube, &c, 2, 3), 2, 0, 0); /* a zero at an end */
    CLOSE(ddni_root(cube, &c, 1, 2), 2, 0, 0);
    assert_true(isnan(ddni_root(cube, &c, 3, 4))); /* no bracket */
    assert_true(isnan(ddni_root(nothing, NULL, 0, 2)));
    for (double size = 1e-300; size < 1e301; size *= 1e50) { /* two ulp of a zero of any size */
        CLOSE(ddni_root(beside, &size, -3 * size, 2 * size), size, 1e-15, 0);
    }
    double edge = 0.7; /* a jump is located as well */
    CLOSE(ddni_root(step, &edge, 0, 1), edge, 1e-15, 0);
}

/* A function, and the bracket of its zero that its values so far leave. */
typedef struct watched {
    int kind;
    double below, above; /* where it was negative and positive last */
    int calls, outside;
} watched;

static double hard(int kind, double x)
{
    switch (kind) {
    case 0:
        return pow(x, 9);
    case 1:
        return atan(50 * x) + 1e-3 * x;
    case 2:
        return exp(20 * x) - 1;
    case 3:
        return x / (x * x + 1e-3);
    case 4:
        return cbrt(x) + 0.1 * sin(40 * x);
    default:
        return x * exp(-30 * x * x) + 1e-6 * x;
    }
}

static double watch(void *arg, double x)
{
    watched *w = arg;
    double y = hard(w->kind, x - 0.1234);
    w->calls++;
    w->outside += !isnan(w->below) && !isnan(w->above) &&
                  (x < fmin(w->below, w->above) || x > fmax(w->below, w->above));
    *(y < 0 ? &w->below : &w->above) = x;
    return y;
}

/* Whatever interpolation proposes. */
static void zeros_stay_in_their_bracket(void **state)
{
    (void)state;
    for (int kind = 0; kind < 6; kind++) {
        static const int most[6] = {165, 14, 18, 17, 48, 14}; /* measured, and a few more */
        int calls = 0;
        for (double lo = -1; lo < 0.1; lo += 0.03) {
            for (double hi = 0.17; hi < 2; hi += 0.11) {
                watched w = {kind, NAN, NAN, 0, 0};
                CLOSE(ddni_root(watch, &w, lo, hi), 0.1234, 0, kind == 0 ? 1e-2 : 1e-15);
                assert_int_equal(w.outside, 0);
                calls = w.calls > calls ? w.calls : calls;
            }
        }
        assert_in_range(calls, 8, most[kind]);
    }
}

static double bowl(void *arg, double x)
{
    double at = *(double *)arg;
    return cosh(x - at) + 2;
}

static void minima_are_found(void **state)
{
    (void)state;
    double at = 0.3, value;
    for (double far = 1; far < 1e13; far *= 10) { /* of the interval, however far it is from 0 */
        double there = far + 0.3;
        CLOSE(ddni_minimum(bowl, &there, far - 2, far + 5, &value), there, 0, 1e-7 + 1e-14 * far);
    }
    CLOSE(ddni_minimum(bowl, &at, -2, 5, &value), at, 0, 1e-7);
    CLOSE(value, 3, 1e-14, 0);
    at = 9; /* outside: the end that is nearest */
    CLOSE(ddni_minimum(bowl, &at, -2, 5, &value), 5, 1e-8, 0);
    assert_true(isnan(ddni_minimum(nothing, NULL, 0, 1, &value)) && isnan(value));
}

static double wave(void *arg, double x)
{
    return sin(*(double *)arg * x);
}

static void derivatives_are_accurate(void **state)
{
    (void)state;
    for (double k = 1e-2; k < 1e3; k *= 10) {
        CLOSE(ddni_derivative(wave, &k, 0.3, 0.5 / k), k * cos(k * 0.3), 1e-9, 1e-10 * k);
    }
}

/* E g^power, which is 1, 0, 1, 0, 3, 0, 15. */
static double power(void *arg, double g)
{
    return pow(g, *(double *)arg);
}

static double gauss(void *arg, double x)
{
    (void)arg;
    return exp(-x * x);
}

static void integrals_converge(void **state)
{
    (void)state;
    static const double MOMENT[] = {1, 0, 1, 0, 3, 0, 15};
    CLOSE(ddni_trapezoid(gauss, NULL, -8, 9, 0.4), sqrt(acos(-1)), 1e-14, 0);
    for (double k = 0; k < 7; k++) {
        CLOSE(ddni_gaussian_mean(power, &k, 0.25), MOMENT[(int)k], 1e-13, 1e-13);
    }
    assert_true(isnan(ddni_trapezoid(gauss, NULL, 0, INFINITY, 0.1)));
    assert_true(isnan(ddni_trapezoid(gauss, NULL, 0, 1, 0)));
}

/* A parabola that is no number at its minimum; and from there on. */
static double pierced(void *arg, double x)
{
    return fabs(x - 0.3) < *(double *)arg ? NAN : (x - 0.3) * (x - 0.3);
}

static void what_is_no_number_is_passed_on(void **state)
{
    (void)state;
    double least = 7, hole = 0.05;
    assert_true(isnan(ddni_minimum(pierced, &hole, 0, 1, &least)) && isnan(least));
    hole = 2;
    least = 7;
    assert_true(isnan(ddni_minimum(pierced, &hole, 0, 1, &least)) && isnan(least));
    hole = 0;
    CLOSE(ddni_minimum(pierced, &hole, 0, 1, &least), 0.3, 1e-7, 0);
    /* Sums of too many terms, of none, of an interval that has no end. */
    assert_true(isnan(ddni_trapezoid(pierced, &hole, 0, 1, 1e-9)));
    assert_true(isnan(ddni_trapezoid(pierced, &hole, 0, 0, 0.1)));
    assert_true(isnan(ddni_trapezoid(pierced, &hole, 0, INFINITY, 0.1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_number_is_passed_on), cmocka_unit_test(zeros_are_found),
        cmocka_unit_test(zeros_stay_in_their_bracket),    cmocka_unit_test(minima_are_found),
        cmocka_unit_test(derivatives_are_accurate),       cmocka_unit_test(integrals_converge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
