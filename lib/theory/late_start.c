/* Divergences of late starts and the knee of a quality curve, theory.md (61), (63). */
#include "base/alloc.h"
#include "base/check.h"
#include "base/progress.h"
#include "base/rng.h"
#include "numerics/quadrature.h"
#include "theory/theory_impl.h"

/* KL(p | q) = E_q (p/q) (e^x - 1 - x), x = log(q/p), for the law p of the state along m, in units
 * of its deviation in one class, and q = N(0, 1 + r); at u = sqrt(1 + r) g. */
static double gaussian_start_term(void *arg, double g)
{
    double r = *(double *)arg, u2 = (1 + r) * g * g;
    double x =
        ddni_minus_log1p_excess(r) / 2 - r * r * g * g / 2 - ddni_log_cosh_excess(sqrt(r * u2));
    return exp(-x) * ddni_expm1_excess(x);
}

/* log(1 + r)/2 - I(r) = r^4/12 at small r. The terms of the mean are not negative, and x, of order
 * r^2, is made of parts of that order. */
double ddn_theory_kl_gaussian_start(double r)
{
    if (!ddni_not_negative(r)) {
        return NAN;
    }
    return r > 2 ? log1p(r) / 2 - ddn_theory_label_information(r)
                 : ddni_gaussian_mean(gaussian_start_term, &r, 0.1);
}

double ddn_theory_kl_gaussian(double mean2, double t, int64_t count, const double *eigenvalues)
{
    if (!ddni_not_negative(mean2) || !ddni_is_list(count, eigenvalues) || !ddni_positive(t)) {
        return NAN;
    }
    double sum = ddni_fade(mean2, t);
    for (int64_t i = 0; i < count; i++) {
        if (!ddni_not_negative(eigenvalues[i])) {
            return NAN;
        }
        /* The variance less 1, from which the variance does not follow where it is small. */
        double x = ddni_fade(eigenvalues[i] - 1, t);
        sum += x > -0.5 ? ddni_minus_log1p_excess(x) : x - log(ddni_gamma(eigenvalues[i], t));
    }
    return sum / 2;
}

/* Second difference of y at interior point i of a grid that need not be uniform. */
static double second_difference(const double *x, const double *y, int64_t i)
{
    double left = x[i] - x[i - 1], right = x[i + 1] - x[i];
    return 2 * ((y[i + 1] - y[i]) / right - (y[i] - y[i - 1]) / left) / (left + right);
}

static int64_t largest_second_difference(const double *x, const double *y, int64_t count)
{
    int64_t best = 1;
    double top = -INFINITY;
    for (int64_t i = 1; i + 1 < count; i++) {
        double value = second_difference(x, y, i);
        if (value > top) {
            top = value;
            best = i;
        }
    }
    return best;
}

/* The weight of y_k in the second difference at i. */
static double weight_of(const double *x, int64_t i, int64_t k)
{
    const double left = x[i] - x[i - 1], right = x[i + 1] - x[i];
    switch (k - i) {
    case -1:
        return 2 / (left * (left + right));
    case 0:
        return -2 / (left * right);
    case 1:
        return 2 / (right * (left + right));
    default:
        return 0;
    }
}

/* Standard error of the difference of the second differences at i and at j: near ones have rows in
 * common. */
static double error_of_difference(const double *x, const double *y_se, int64_t i, int64_t j)
{
    double sum = 0;
    for (int64_t k = i - 1; k <= i + 1; k++) {
        const double part = (weight_of(x, i, k) - weight_of(x, j, k)) * y_se[k];
        sum += part * part;
    }
    for (int64_t k = j - 1; k <= j + 1; k++) {
        const double part = weight_of(x, i, k) == 0 ? weight_of(x, j, k) * y_se[k] : 0;
        sum += part * part;
    }
    return sqrt(sum);
}

/* The first and the last point that may be the knee: those whose second difference is not less than
 * the largest one by z errors of the difference, where z leaves 5 % to all others together. */
static void find_candidates(int64_t count, const double *x, const double *y, const double *y_se,
                            int64_t *first, int64_t *last)
{
    const int64_t best = largest_second_difference(x, y, count);
    double from = 0, to = 40;
    for (int i = 0; i < 60; i++) {
        const double z = (from + to) / 2;
        if (erfc(z / sqrt(2)) / 2 * (double)(count - 3) > 0.05) {
            from = z;
        } else {
            to = z;
        }
    }
    *first = *last = best;
    for (int64_t i = 1; i + 1 < count; i++) {
        const double less = second_difference(x, y, best) - second_difference(x, y, i);
        if (less <= to * error_of_difference(x, y_se, best, i)) {
            *first = i < *first ? i : *first;
            *last = i > *last ? i : *last;
        }
    }
}

static ddn_status check_curve(ddn_context *ctx, int64_t count, const double *x, const double *y,
                              const double *y_se)
{
    DDNI_CHECK_INT(ctx, count, 3, INT64_C(1) << 40);
    DDNI_CHECK_PTR(ctx, x);
    DDNI_CHECK_PTR(ctx, y);
    for (int64_t i = 0; i < count; i++) {
        DDNI_CHECK(ctx, isfinite(x[i]) && isfinite(y[i]), DDN_E_NONFINITE,
                   "point %lld of the curve, (%g, %g), is not finite", (long long)i, x[i], y[i]);
        DDNI_CHECK(ctx, i == 0 || x[i] > x[i - 1], DDN_E_RANGE, "x[%lld] = %g does not increase",
                   (long long)i, x[i]);
        DDNI_CHECK(ctx, y_se == NULL || ddni_not_negative(y_se[i]), DDN_E_RANGE,
                   "y_se[%lld] = %g is not a standard error", (long long)i, y_se[i]);
    }
    return DDN_OK;
}

/* The share of draws y + y_se z whose knee is that of y. */
static ddn_status agreement(ddn_context *ctx, int64_t count, int64_t draws, int64_t seed,
                            const double *x, const double *y, const double *y_se, double *share)
{
    double *noisy = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "noisy curve", count, sizeof *noisy, &noisy));
    const ddni_draws noise = ddni_draws_of(seed, DDNI_USE_KNEE, 0);
    const int64_t best = largest_second_difference(x, y, count);
    int64_t same = 0;
    ddn_status status = DDN_OK;
    for (int64_t k = 0; k < draws && status == DDN_OK; k++) {
        ddni_draws_normal(&noise, k, 0, count, noisy);
        for (int64_t i = 0; i < count; i++) {
            noisy[i] = y[i] + y_se[i] * noisy[i];
        }
        same += largest_second_difference(x, noisy, count) == best;
        status = ddni_poll(ctx);
    }
    ddni_free(ddni_context_allocator(ctx), noisy);
    *share = (double)same / (double)draws;
    return status;
}

ddn_status ddn_theory_knee(ddn_context *ctx, int64_t count, int64_t draws, int64_t seed,
                           const double *x, const double *y, const double *y_se, double *second,
                           double *knee, double *standard_error, double *share)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, knee);
    DDNI_TRY(check_curve(ctx, count, x, y, y_se));
    double error = NAN, agree = NAN;
    if (y_se != NULL) {
        int64_t first, last;
        DDNI_CHECK_INT(ctx, draws, 2, 100000000);
        DDNI_TRY(agreement(ctx, count, draws, seed, x, y, y_se, &agree));
        find_candidates(count, x, y, y_se, &first, &last);
        error = first == last ? (x[first + 1] - x[first - 1]) / 2 / sqrt(12) : NAN;
    }
    for (int64_t i = 0; second != NULL && i < count; i++) {
        second[i] = i == 0 || i + 1 == count ? NAN : second_difference(x, y, i);
    }
    *knee = x[largest_second_difference(x, y, count)];
    if (standard_error != NULL) {
        *standard_error = error;
    }
    if (share != NULL) {
        *share = agree;
    }
    return DDN_OK;
}

ddn_status ddn_theory_knee_interval(ddn_context *ctx, int64_t count, const double *x,
                                    const double *y, const double *y_se, double *low, double *high)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, y_se);
    DDNI_CHECK_PTR(ctx, low);
    DDNI_CHECK_PTR(ctx, high);
    DDNI_TRY(check_curve(ctx, count, x, y, y_se));
    int64_t first, last;
    find_candidates(count, x, y, y_se, &first, &last);
    *low = (x[first - 1] + x[first]) / 2;
    *high = (x[last] + x[last + 1]) / 2;
    return DDN_OK;
}
