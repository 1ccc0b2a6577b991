/* Means of weighted samples; theory.md (41). */
#include "analysis/means.h"

#include <math.h>

static const double z95 = 1.959963984540054;
static const double few = 100;  /* effective samples below which an interval is not symmetric */
static const double hardly = 5; /* and below which nothing is known of contributions to come */

void ddni_means_add(ddni_means *m, double weight, double most, int quantities, const double *h)
{
    m->count++;
    const double n = (double)m->count, step_w = weight - m->weight;
    m->weight += step_w / n;
    const double off_w = weight - m->weight;
    m->heaviest = fmax(m->heaviest, weight);
    m->weight2 += step_w * off_w;
    for (int i = 0; i < quantities; i++) {
        const double v = weight * h[i], step = v - m->of[i].mean;
        const double third = step / n * step / n * step * (n - 1) * (n - 2);
        m->of[i].m3 += third - 3 * step / n * m->of[i].m2;
        m->of[i].mean += step / n;
        m->of[i].m2 += step * (v - m->of[i].mean);
        m->of[i].with_weight += step * off_w;
        m->of[i].least = m->count == 1 ? h[i] : fmin(m->of[i].least, h[i]);
        m->of[i].most = m->count == 1 ? h[i] : fmax(m->of[i].most, h[i]);
        m->of[i].largest = fmax(m->of[i].largest, v);
        m->of[i].far += weight > 0.5 * most ? v : 0;
        m->of[i].far2 += weight > 0.5 * most ? v * v : 0;
    }
}

double ddni_means_slope(const ddni_means *m, int quantity)
{
    return m->weight2 > 0 ? m->of[quantity].with_weight / m->weight2 : 0;
}

/* Quantile of chi squared at z standard deviations of a normal one (Wilson and Hilferty). */
static double chi_squared(double freedom, double z)
{
    const double u = 2 / (9 * freedom), root = 1 - u + z * sqrt(u);
    return freedom * fmax(root, 0) * fmax(root, 0) * fmax(root, 0);
}

/* The upper end for a mean of which a sample adds v/N, with sum of squares `squares` of these and
 * one more of size `more` to come (Fay and Feuer 1997). */
static double above(double mean, double squares, double more)
{
    const double y = mean + more, v = squares + more * more;
    return y > 0 ? v / (2 * y) * chi_squared(2 * y * y / v, z95) : 0;
}

static double below(double mean, double squares)
{
    return mean > 0 ? squares / (2 * mean) * chi_squared(2 * mean * mean / squares, -z95) : 0;
}

/* Contributions v >= 0 of samples to a mean, of which `effective` carry it. */
typedef struct skewed {
    double mean, squares, largest, effective;
} skewed;

/* Of sign (h - from): v' = sign (v - from W). */
static skewed skewed_of(const ddni_means *m, int quantity, double mean, double from, double sign)
{
    const double n = (double)m->count, fixed = m->of[quantity].with_weight;
    const double off = sign * (m->of[quantity].mean - from * m->weight);
    const double squares = m->of[quantity].m2 - 2 * from * fixed + from * from * m->weight2;
    const double sum2 = fmax(squares, 0) + n * off * off;
    const double span = (m->of[quantity].most - m->of[quantity].least) * m->heaviest;
    const double largest = sign > 0 && from == 0 ? m->of[quantity].largest : span;
    skewed s = {sign * (mean - from), sum2 / (n * n), largest / n, n * n * off * off / sum2};
    /* The same by the third moment: a sum of k rare events has the skewness 1 / sqrt(k). */
    const double m2 = m->of[quantity].m2, m3 = sign * m->of[quantity].m3;
    const double events = m2 * m2 * m2 / (m3 * m3);
    if (m3 > 0 && events < s.effective) {
        s.squares = m2 / n / (n - 1);
        s.mean = sqrt(events * s.squares);
        s.effective = events;
    }
    return s;
}

/* The contribution that may come next: of the size of those seen if they are many, as large as can
 * be if there are hardly any, and in between in proportion of the logs. */
static double next_of(const skewed *s, double most)
{
    const double many = log(s->effective / hardly) / log(few / hardly);
    return most <= s->largest || many >= 1 ? s->largest
           : many > 0 && s->largest > 0    ? s->largest * pow(most / s->largest, 1 - many)
                                           : most;
}

/* Its interval. More than what points that are not listed can add is not allowed for. */
static void interval_of(const skewed *s, double bound, const ddni_range *range, double n,
                        double *low, double *high)
{
    const double seen = above(s->mean, s->squares, s->largest);
    *low = below(s->mean, s->squares);
    *high = seen;
    if (!isnan(bound)) {
        const double next = next_of(s, bound * range->weight / n);
        const double any = above(s->mean, s->squares, next);
        *high = fmin(bound, fmin(seen + range->unlisted * bound, any));
    }
}

/* How much more the mean may be by states that the proposal does not know, of which there may have
 * been none: as many as a rule of three allows for, or the points that are not listed. */
static double unseen(const ddni_means *m, int quantity, const ddni_range *range)
{
    const double n = (double)m->count, far = m->of[quantity].far / n;
    const double any = above(far, m->of[quantity].far2 / (n * n), range->bound * range->weight / n);
    return range->weight > 1 && !isnan(range->bound)
               ? fmin(range->unlisted * range->bound, fmax(any - far, 0))
               : 0;
}

ddni_estimate ddni_means_of(const ddni_means *m, int quantity, const ddni_range *range)
{
    const double n = (double)m->count, slope = ddni_means_slope(m, quantity), b = range->bound;
    const double rest = fmax(m->of[quantity].m2 - slope * m->of[quantity].with_weight, 0);
    ddni_estimate e;
    e.mean = m->of[quantity].mean - slope * (m->weight - 1);
    e.error = sqrt(rest / (n - 1 - (m->weight2 > 0)) / n);
    e.low = e.mean - z95 * e.error;
    e.high = e.mean + z95 * e.error;
    if (!(m->count > 2) || isnan(range->unlisted)) {
        return e;
    }
    const double least = m->of[quantity].least, most = m->of[quantity].most;
    const skewed up = skewed_of(m, quantity, e.mean, least, 1);
    const skewed down = skewed_of(m, quantity, e.mean, most, -1);
    double low, high;
    if (!(up.effective >= few) && !(up.effective > down.effective)) {
        interval_of(&up, b - least, range, n, &low, &high);
        e.low = e.mean - up.mean + low;
        e.high = e.mean - up.mean + high;
    } else if (!(down.effective >= few)) {
        const ddni_range any = {b, range->weight, 1};
        interval_of(&down, most, &any, n, &low, &high);
        e.low = e.mean + down.mean - high;
        e.high = e.mean + down.mean - low;
    }
    e.high = e.mean + hypot(e.high - e.mean, unseen(m, quantity, range));
    e.low = fmax(e.low, 0);
    e.high = isnan(b) ? e.high : fmin(e.high, b);
    return e;
}
