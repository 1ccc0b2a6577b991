/* Means of weighted samples; theory.md (41). */
#include "analysis/means.h"

#include <math.h>

#include "base/statistics.h"

static const double few = 100;  /* effective samples below which an interval is not symmetric */
static const double hardly = 5; /* and below which nothing is known of contributions to come */

/* Samples with W = 0 that may come though none has been seen: the regression on W reckons with as
 * many, so that it does not lean on weights that hardly differ. */
static const double unseen_zeros = 3;

void ddni_means_add(ddni_means *m, double weight, double most, int quantities, const double *h)
{
    m->count++;
    const double n = (double)m->count, step_w = weight - m->weight;
    m->weight += step_w / n;
    const double off_w = weight - m->weight;
    const double third = (n - 1) * (n - 2) / (n * n);
    m->heaviest = fmax(m->heaviest, weight);
    for (int i = 0; i < quantities; i++) {
        const double v = weight * h[i], step = v - m->of[i].mean;
        const double both = m->of[i].with_weight;
        m->of[i].m3 += step * (third * step * step - 3 * m->of[i].m2 / n);
        m->of[i].with_weight2 +=
            third * step * step_w * step_w - (2 * step_w * both + step * m->weight2) / n;
        m->of[i].squared_with_weight +=
            third * step * step * step_w - (2 * step * both + step_w * m->of[i].m2) / n;
        m->of[i].mean += step / n;
        m->of[i].m2 += step * (v - m->of[i].mean);
        m->of[i].with_weight += step * off_w;
        m->of[i].least = m->count == 1 ? h[i] : fmin(m->of[i].least, h[i]);
        m->of[i].most = m->count == 1 ? h[i] : fmax(m->of[i].most, h[i]);
        m->of[i].largest = fmax(m->of[i].largest, v);
        m->of[i].far += weight > 0.5 * most ? v : 0;
        m->of[i].far2 += weight > 0.5 * most ? v * v : 0;
    }
    m->weight3 += step_w * (third * step_w * step_w - 3 * m->weight2 / n);
    m->weight2 += step_w * off_w;
}

double ddni_means_slope(const ddni_means *m, int quantity)
{
    const double ratio = m->of[quantity].mean / m->weight;
    return m->weight2 > 0
               ? (m->of[quantity].with_weight + unseen_zeros * ratio) / (m->weight2 + unseen_zeros)
               : 0;
}

/* Sums of squares and of third powers of v - b W, about their mean. */
static void residual(const ddni_means *m, int quantity, double *square, double *third)
{
    const double b = ddni_means_slope(m, quantity);
    *square = m->of[quantity].m2 - b * (2 * m->of[quantity].with_weight - b * m->weight2);
    *square = fmax(*square, 0);
    *third = m->of[quantity].m3 - 3 * b * m->of[quantity].squared_with_weight +
             b * b * (3 * m->of[quantity].with_weight2 - b * m->weight3);
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
    const double largest = sign > 0 ? fmin(m->of[quantity].largest, span) : span;
    skewed s = {sign * (mean - from), sum2 / (n * n), largest / n, n * n * off * off / sum2};
    /* The same by the third moment: a sum of k rare events has the skewness 1 / sqrt(k). */
    double m2, m3;
    residual(m, quantity, &m2, &m3);
    m3 *= sign;
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
    const double seen = ddni_events_above(s->mean, s->squares, s->largest);
    *low = ddni_events_below(s->mean, s->squares);
    *high = seen;
    if (!isnan(bound)) {
        const double next = next_of(s, bound * range->weight / n);
        const double any = ddni_events_above(s->mean, s->squares, next);
        *high = fmin(bound, fmin(seen + range->unlisted * bound, any));
    }
}

/* How much more the mean may be by states that the proposal does not know, of which there may have
 * been none: by what one more of these changes, or the points that are not listed. */
static double unseen(const ddni_means *m, int quantity, const ddni_range *range)
{
    const double n = (double)m->count, far = m->of[quantity].far / n;
    const double far2 = m->of[quantity].far2 / (n * n), next = range->bound * range->weight / n;
    const double more = ddni_events_above(far, far2, next) - ddni_events_above(far, far2, 0);
    return range->weight > 1 && !isnan(range->bound) ? fmin(range->unlisted * range->bound, more)
                                                     : 0;
}

/* The interval where few samples carry the mean; `zeros` is what samples with W = 0 may change. */
static void skewed_interval(const ddni_means *m, int quantity, const ddni_range *range,
                            double zeros, ddni_estimate *e)
{
    const double least = m->of[quantity].least, most = m->of[quantity].most;
    const double n = (double)m->count;
    const skewed up = skewed_of(m, quantity, e->mean, least, 1);
    const skewed down = skewed_of(m, quantity, e->mean, most, -1);
    double low, high, below_mean, above_mean;
    if (!(up.effective >= few) && !(up.effective > down.effective)) {
        interval_of(&up, range->bound - least, range, n, &low, &high);
        below_mean = up.mean - low;
        above_mean = high - up.mean;
    } else if (!(down.effective >= few)) {
        const ddni_range any = {range->bound, range->weight, 1, 0};
        interval_of(&down, most, &any, n, &low, &high);
        below_mean = high - down.mean;
        above_mean = down.mean - low;
    } else {
        return;
    }
    e->low = e->mean - hypot(below_mean, zeros);
    e->high = e->mean + hypot(above_mean, zeros);
}

ddni_estimate ddni_means_of(const ddni_means *m, int quantity, const ddni_range *range)
{
    const double n = (double)m->count, slope = ddni_means_slope(m, quantity);
    const double lean = m->weight2 > 0 ? slope - m->of[quantity].mean / m->weight : 0;
    double square, third;
    residual(m, quantity, &square, &third);
    square += unseen_zeros * lean * lean;
    ddni_estimate e;
    e.mean = m->of[quantity].mean - slope * (m->weight - 1);
    e.error = sqrt(square / (n - 1 - (m->weight2 > 0)) / n);
    e.low = e.mean - DDNI_Z95 * e.error;
    e.high = e.mean + DDNI_Z95 * e.error;
    if (m->count > 2 && !isnan(range->unlisted)) {
        skewed_interval(m, quantity, range, DDNI_Z95 * sqrt(unseen_zeros) * lean / n, &e);
        const double none = ddni_events_above(0, 0, range->rare / n); /* of these seen */
        e.high = e.mean + hypot(hypot(e.high - e.mean, none), unseen(m, quantity, range));
        e.low = fmax(e.low, 0);
        e.high = isnan(range->bound) ? e.high : fmin(e.high, range->bound);
    }
    return e;
}
