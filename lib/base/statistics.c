/* Means, proportions, medians and crossings with standard errors. */
#include "base/statistics.h"

#include <math.h>
#include <stddef.h>

void ddni_mean_add(ddni_mean *acc, double value)
{
    acc->count++;
    double step = value - acc->mean;
    acc->mean += step / (double)acc->count;
    acc->m2 += step * (value - acc->mean);
}

double ddni_mean_error(const ddni_mean *acc)
{
    double n = (double)acc->count;
    return acc->count < 2 ? NAN : sqrt(fmax(acc->m2, 0) / (n - 1) / n);
}

void ddni_wilson(int64_t hits, int64_t total, double z, double *low, double *high)
{
    double n = (double)total, p = (double)hits / n, z2 = z * z / n;
    double centre = (p + z2 / 2) / (1 + z2);
    double half = z / (1 + z2) * sqrt(p * (1 - p) / n + z2 / (4 * n));
    *low = hits == 0 ? 0 : fmax(centre - half, 0);
    *high = hits == total ? 1 : fmin(centre + half, 1);
}

void ddni_wilson_95(int64_t hits, int64_t total, double *low, double *high)
{
    /* The 5 % quantiles of how many hits one must expect to see 1, 2, 3 (half of chi-squared of 2,
     * 4, 6 degrees). */
    static const double rare[4] = {0, 0.0512932943875505, 0.355361510698662, 0.817691447218559};
    const double n = (double)total;
    ddni_wilson(hits, total, DDNI_Z95, low, high);
    if (hits <= 3) {
        *low = fmin(*low, rare[hits] / n);
    }
    if (total - hits <= 3) {
        *high = fmax(*high, 1 - rare[total - hits] / n);
    }
}

void ddni_proportion(int64_t hits, int64_t total, double *p, double *error)
{
    double n = (double)total;
    *p = (double)hits / n;
    *error = sqrt(*p * (1 - *p) / n + 1 / (4 * n * n)) / (1 + 1 / n);
}

/* The quantile without its error. */
static double quantile(const double *sorted, int64_t count, double p)
{
    double at = fmin(fmax(p * (double)count - 0.5, 0), (double)(count - 1));
    int64_t k = (int64_t)at, next = k + 1 < count ? k + 1 : k;
    return sorted[k] + (at - (double)k) * (sorted[next] - sorted[k]);
}

/* log((k - 1)!), k >= 1. The plain function writes the sign to a variable of the process. */
static double log_factorial(double k)
{
#if defined(_WIN32)
    return lgamma(k); /* there is no other */
#else
    int sign;
    return lgamma_r(k, &sign);
#endif
}

static double binomial(int64_t count, double p, int64_t k)
{
    const double n = (double)count, i = (double)k;
    const double choose = log_factorial(n + 1) - log_factorial(i + 1) - log_factorial(n - i + 1);
    return exp(choose + i * log(p) + (n - i) * log1p(-p));
}

/* Where, among the ranks 1 to count, the p-quantile is above with a probability of 1 - tail: k with
 * P(Bin(count, p) < k) = tail, between two ranks by Nyblom (1992); 0: not above any. */
static double safe_rank(int64_t count, double p, double tail)
{
    const double n = (double)count;
    if (!(p > 0 && p < 1)) {
        return p > 0 ? n : 0;
    }
    /* From where the probability is far too small to matter. */
    int64_t k = (int64_t)fmax(floor(n * p - 9 * sqrt(n * p * (1 - p)) - 9), 0);
    double sum = 0, next = binomial(count, p, k);
    while (k < count && sum + next <= tail) {
        sum += next;
        next = binomial(count, p, ++k);
    }
    const double r = (double)k;
    const double over = r * (1 - p) * (sum + next - tail), under = (n - r) * p * (tail - sum);
    return k == 0 ? 0 : r + under / (under + over);
}

ddni_quantile ddni_quantile_of(const double *sorted, int64_t count, double p)
{
    const double n = (double)count, sd = sqrt(p * (1 - p) / n), tail = 0.025;
    const double below = safe_rank(count, p, tail), above = safe_rank(count, 1 - p, tail);
    const int known = p - sd >= 0.5 / n && p + sd <= 1 - 0.5 / n;
    return (ddni_quantile){
        .value = quantile(sorted, count, p),
        .error =
            known ? 0.5 * (quantile(sorted, count, p + sd) - quantile(sorted, count, p - sd)) : NAN,
        .low = below > 0 ? quantile(sorted, count, (below - 0.5) / n) : NAN,
        .high = above > 0 ? quantile(sorted, count, (n - above + 0.5) / n) : NAN,
    };
}

double ddni_student_95(int64_t degrees)
{
    const double z = DDNI_Z95, z2 = z * z, n = (double)degrees;
    if (degrees < 3) {
        return degrees < 2 ? 12.706204736174694 : 4.302652729749464;
    }
    return z * (1 + (z2 + 1) / (4 * n) + ((5 * z2 + 16) * z2 + 3) / (96 * n * n) +
                (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * n * n * n));
}

/* Quantile of chi squared at z standard deviations of a normal law (Wilson and Hilferty 1931). */
static double chi_squared(double freedom, double z)
{
    const double u = 2 / (9 * freedom), root = fmax(1 - u + z * sqrt(u), 0);
    return freedom * root * root * root;
}

double ddni_events_below(double y, double v)
{
    return y > 0 && v > 0 ? v / (2 * y) * chi_squared(2 * y * y / v, -DDNI_Z95) : y;
}

double ddni_events_above(double y, double v, double more)
{
    y += more;
    v += more * more;
    return y > 0 && v > 0 ? v / (2 * y) * chi_squared(2 * y * y / v, DDNI_Z95) : y;
}

void ddni_mean_95(const double *values, int64_t count, double *low, double *high)
{
    const double n = (double)count;
    ddni_mean mean = {0, 0, 0};
    double least = INFINITY, most = -INFINITY, third = 0;
    for (int64_t i = 0; i < count; i++) {
        ddni_mean_add(&mean, values[i]);
        least = fmin(least, values[i]);
        most = fmax(most, values[i]);
    }
    for (int64_t i = 0; i < count; i++) {
        const double off = values[i] - mean.mean;
        third += off * off * off;
    }
    const double error = ddni_mean_error(&mean), wide = ddni_student_95(count - 1) * error;
    /* A sum of k rare events has the skewness 1/sqrt(k), and y^2/v = k. */
    const double events = third != 0 ? mean.m2 * (mean.m2 / third) * (mean.m2 / third) : INFINITY;
    const double y = sqrt(events) * error, more = third > 0 ? most - mean.mean : mean.mean - least;
    const double skewed = isfinite(y) ? ddni_events_above(y, error * error, more / n) - y : wide;
    *low = mean.mean - (third < 0 ? fmax(wide, skewed) : wide);
    *high = mean.mean + (third > 0 ? fmax(wide, skewed) : wide);
}

/* ---- Crossings ---- */

enum {
    SIDE =
        3, /* rows on each side of a bracket: two that are interpolated, one that tells how well */
    WINDOW = 2 * SIDE
};

/* The rows around the bracket [SIDE - 1, SIDE], from large t to small; those from `first` to below
 * `end` are there. */
typedef struct window {
    int first, end;
    int64_t row[WINDOW];
    double t[WINDOW], y[WINDOW], error[WINDOW];
    double rho[WINDOW]; /* with the one before; NaN: unknown */
    double level;
} window;

/* Lagrange's weights at t of the rows from `from` to below `to`, and their derivatives or NULL. */
static void weights(const window *w, int from, int to, double t, double *value, double *slope)
{
    for (int i = from; i < to; i++) {
        value[i] = 1;
        double sum = 0;
        for (int j = from; j < to; j++) {
            if (j == i) {
                continue;
            }
            double one = 1;
            for (int k = from; slope != NULL && k < to; k++) {
                one *= k == i || k == j ? 1 : (t - w->t[k]) / (w->t[i] - w->t[k]);
            }
            sum += one / (w->t[i] - w->t[j]);
            value[i] *= (t - w->t[j]) / (w->t[i] - w->t[j]);
        }
        if (slope != NULL) {
            slope[i] = sum;
        }
    }
}

static double combine(const window *w, int from, int to, const double *weight)
{
    double sum = 0;
    for (int i = from; i < to; i++) {
        sum += weight[i] * w->y[i];
    }
    return sum;
}

/* Value of the polynomial through these rows. */
static double polynomial(const window *w, int from, int to, double t)
{
    double weight[WINDOW];
    weights(w, from, to, t, weight, NULL);
    return combine(w, from, to, weight);
}

/* Where the polynomial crosses the level within the bracket: it does, because its ends are rows. */
static double bisect(const window *w, int from, int to)
{
    double above = w->t[SIDE - 1], below = w->t[SIDE];
    int side = w->y[SIDE - 1] >= w->level;
    for (int i = 0; i < 60; i++) {
        double middle = above + (below - above) / 2;
        if ((polynomial(w, from, to, middle) >= w->level) == side) {
            above = middle;
        } else {
            below = middle;
        }
    }
    return above + (below - above) / 2;
}

/* Standard deviation of a combination of the rows. The correlation of rows further apart is the
 * product of those in between; where one is unknown, the worst. */
static double noise_of(const window *w, int from, int to, const double *weight)
{
    double sum = 0;
    for (int i = from; i < to; i++) {
        double vi = weight[i] * w->error[i], rho = 1;
        sum += vi * vi;
        for (int j = i + 1; j < to; j++) {
            double both = vi * weight[j] * w->error[j];
            rho *= w->rho[j];
            sum += 2 * (isnan(rho) ? fabs(both) : rho * both);
        }
    }
    return sqrt(fmax(sum, 0));
}

/* What one more row on either side would change at t; without one, what the last of these rows
 * changes. */
static double bend_of(const window *w, int from, int to, double t)
{
    double value = polynomial(w, from, to, t), bend = 0;
    int left = from > w->first, right = to < w->end;
    if (left) {
        bend = fabs(polynomial(w, from - 1, to, t) - value);
    }
    if (right) {
        bend = fmax(bend, fabs(polynomial(w, from, to + 1, t) - value));
    }
    if (!left && !right && to - from > 2) {
        bend = fabs(value - (from < SIDE - 1 ? polynomial(w, from + 1, to, t)
                                             : polynomial(w, from, to - 1, t)));
    }
    return bend;
}

/* Where nearly all the change happens in the bracket the crossing is known to the bracket alone: an
 * even law has width over sqrt(12); it fades out as the neighbouring steps are like this one. */
static double jump_of(const window *w, int from, int to)
{
    double all = 0, here = fabs(w->y[SIDE] - w->y[SIDE - 1]), steps = to - from - 1;
    for (int i = from; i + 1 < to; i++) {
        all += fabs(w->y[i + 1] - w->y[i]);
    }
    double share = steps > 1 ? fmax((here / all - 1 / steps) / (1 - 1 / steps), 0) : 1;
    return fabs(w->t[SIDE] - w->t[SIDE - 1]) / sqrt(12.0) * share * share;
}

/* Takes a decaying curve to its logarithm; asinh, which is linear where y is not above its error,
 * so that noise around 0 stays harmless. */
static void take_logarithms(window *w)
{
    double scale = 2 * fmax(w->error[SIDE - 1], w->error[SIDE]);
    for (int i = w->first; i < w->end; i++) {
        if (!(w->y[i] > 0) && !(scale > 0)) {
            return;
        }
    }
    for (int i = w->first; i < w->end; i++) {
        w->error[i] /= scale > 0 ? hypot(w->y[i], scale) : w->y[i];
        w->y[i] = scale > 0 ? asinh(w->y[i] / scale) : log(w->y[i]);
    }
    w->level = scale > 0 ? asinh(w->level / scale) : log(w->level);
}

static void interpolate(window *w, const ddni_curve *c, double level, ddni_crossing *out)
{
    w->level = level;
    for (int i = w->first; i < w->end; i++) {
        int64_t row = w->row[i];
        w->t[i] = c->t[row];
        w->y[i] = c->y[row];
        w->error[i] = c->error[row];
        w->rho[i] = c->rho != NULL ? c->rho[row] : c->apart ? 0 : NAN;
    }
    if (c->decays && level > 0) {
        take_logarithms(w);
    }
    double value[WINDOW], slope[WINDOW];
    int from = w->first > 1 ? w->first : 1, to = w->end < WINDOW - 1 ? w->end : WINDOW - 1;
    out->t = bisect(w, from, to);
    weights(w, from, to, out->t, value, slope);
    double rise = fabs(combine(w, from, to, slope));
    out->grid = hypot(bend_of(w, from, to, out->t) / rise, jump_of(w, from, to));
    out->error = hypot(noise_of(w, from, to, value) / rise, out->grid);
}

/* Finds the rows around the first crossing and counts all. `noisy` is where the last crossing is,
 * if the curve stays within three errors of the level up to there; else NaN. */
static int64_t find_window(const ddni_curve *c, double level, window *w, double *noisy)
{
    int down =
        c->rows > 1 && c->t[0] > c->t[c->rows - 1]; /* walk from the largest t to the smallest */
    int64_t last = -1, crossings = 0;
    int near = 1;
    *w = (window){.first = SIDE, .end = SIDE};
    *noisy = NAN;
    for (int64_t k = 0; k < c->rows; k++) {
        int64_t i = down ? k : c->rows - 1 - k;
        if (isnan(c->y[i])) {
            continue;
        }
        int crosses = last >= 0 && (c->y[last] >= level) != (c->y[i] >= level);
        if (crossings == 0 && !crosses) { /* the last SIDE rows before */
            for (int j = 1; j < SIDE; j++) {
                w->row[j - 1] = w->row[j];
            }
            w->row[SIDE - 1] = i;
            w->first = w->first > 0 ? w->first - 1 : 0;
        } else if (w->end < WINDOW) {
            w->row[w->end++] = i;
        }
        if (crosses) {
            double share = (level - c->y[last]) / (c->y[i] - c->y[last]);
            *noisy = crossings > 0 && near ? c->t[last] + share * (c->t[i] - c->t[last]) : *noisy;
            crossings++;
        }
        near = near && (crossings == 0 || fabs(c->y[i] - level) <= 3 * c->error[i]);
        last = i;
    }
    return crossings;
}

/* Whether the errors at the bracket, or at all rows where there is none, are larger than what is
 * above the level. */
static int is_unresolved(const ddni_curve *c, double level, const window *w, int64_t crossings)
{
    if (!(c->top > level)) {
        return 0;
    }
    double error = INFINITY;
    if (crossings > 0) {
        error = fmax(c->error[w->row[SIDE - 1]], c->error[w->row[SIDE]]);
    }
    for (int64_t k = 0; k < c->rows && crossings == 0; k++) {
        error = isnan(c->y[k]) ? error : fmin(error, c->error[k]);
    }
    return error > c->top - level;
}

void ddni_cross(const ddni_curve *curve, double level, ddni_crossing *out)
{
    window w;
    double noisy;
    *out = (ddni_crossing){NAN, NAN, NAN, find_window(curve, level, &w, &noisy), 0};
    out->unresolved = is_unresolved(curve, level, &w, out->count);
    if (out->count > 0 && !out->unresolved) {
        interpolate(&w, curve, level, out);
        if (!isnan(noisy)) {
            out->error = hypot(out->error, fabs(out->t - noisy) / 2);
        }
    }
}
