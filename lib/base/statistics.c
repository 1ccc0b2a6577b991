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
    ddni_wilson(hits, total, 1.959963984540054, low, high);
}

void ddni_proportion(int64_t hits, int64_t total, double *p, double *error)
{
    double n = (double)total;
    *p = (double)hits / n;
    *error = sqrt(*p * (1 - *p) / n + 1 / (4 * n * n)) / (1 + 1 / n);
}

void ddni_median(const double *sorted, int64_t count, double *median, double *error)
{
    double n = (double)count;
    *median = 0.5 * (sorted[(count - 1) / 2] + sorted[count / 2]);
    int64_t low = (int64_t)floor((n - sqrt(n)) / 2), high = count - 1 - low;
    *error = 0.5 * (sorted[high] - sorted[low]);
}

/* The value at a rank that need not be whole. */
static double at_rank(const double *sorted, int64_t count, double rank)
{
    int64_t i = (int64_t)rank;
    double next = sorted[i + 1 < count ? i + 1 : i];
    return sorted[i] + (rank - (double)i) * (next - sorted[i]);
}

double ddni_quantile(const double *sorted, int64_t count, double p, double *error)
{
    double rank = p * (double)(count - 1), step = sqrt((double)count * p * (1 - p));
    if (error != NULL) {
        int32_t known = rank - step >= 0 && rank + step <= (double)(count - 1);
        *error =
            !known
                ? NAN
                : 0.5 * (at_rank(sorted, count, rank + step) - at_rank(sorted, count, rank - step));
    }
    return at_rank(sorted, count, rank);
}

/* |Second divided difference| through three rows; 0 where one is missing. */
static double curvature(const double *t, const double *y, int64_t a, int64_t b, int64_t c)
{
    if (a < 0 || c < 0) {
        return 0;
    }
    double first = (y[b] - y[a]) / (t[b] - t[a]), second = (y[c] - y[b]) / (t[c] - t[b]);
    return fabs((second - first) / (t[c] - t[a]));
}

/* The four rows around a bracket [b, c]; -1 where there is none. */
static void interpolate(const double *t, const double *y, const double *error, double level,
                        const int64_t row[4], ddni_crossing *out)
{
    int64_t b = row[1], c = row[2];
    double share = (level - y[b]) / (y[c] - y[b]), slope = fabs((y[c] - y[b]) / (t[c] - t[b]));
    double noise = (1 - share) * error[b] + share * error[c];
    double bend = fmax(curvature(t, y, row[0], b, c), curvature(t, y, b, c, row[3]));
    out->t = t[b] + share * (t[c] - t[b]);
    out->error = hypot(noise, bend * fabs((out->t - t[b]) * (t[c] - out->t))) / slope;
}

void ddni_cross(int64_t rows, const double *t, const double *y, const double *error, double level,
                ddni_crossing *out)
{
    *out = (ddni_crossing){NAN, NAN, 0};
    int down = rows > 1 && t[0] > t[rows - 1]; /* walk from the largest t to the smallest */
    int64_t before = -1, last = -1, bracket[4] = {-1, -1, -1, -1};
    for (int64_t k = 0; k < rows; k++) {
        int64_t i = down ? k : rows - 1 - k;
        if (isnan(y[i])) {
            continue;
        }
        if (bracket[2] >= 0 && bracket[3] < 0) {
            bracket[3] = i;
        }
        if (last >= 0 && (y[last] >= level) != (y[i] >= level)) {
            if (out->count == 0) {
                bracket[0] = before;
                bracket[1] = last;
                bracket[2] = i;
            }
            out->count++;
        }
        before = last;
        last = i;
    }
    if (out->count > 0) {
        interpolate(t, y, error, level, bracket, out);
    }
}
