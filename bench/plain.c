/* Paths of a small set as they are written by hand: loops over steps, paths and points. Compiled
 * for this machine and with fast mathematics, as its user would. See bench.h.
 * SPDX-License-Identifier: MIT */
#include "bench.h"

#include <math.h>

#include <Random123/philox.h>

enum {
    MOST_D = 16
};

/* Coordinates k and k + 1 of a step's noise, those of the library: Philox 4x64-10, Box-Muller. */
static void normal_pair(int64_t seed, int64_t path, int64_t step, int64_t k, double *z)
{
    philox4x64_ctr_t counter = {{(uint64_t)path, (uint64_t)step, (uint64_t)(k / 4), 0}};
    philox4x64_key_t key = {{(uint64_t)seed, 0}};
    philox4x64_ctr_t r = philox4x64(counter, key);
    double radius =
        sqrt(-2 * log(((double)(r.v[k % 4] >> 11) + 0.5) * 0x1p-53)); /* of the pair's first */
    double angle = 6.283185307179586476925 * (((double)(r.v[k % 4 + 1] >> 11) + 0.5) * 0x1p-53);
    z[0] = radius * cos(angle);
    z[1] = radius * sin(angle);
}

/* E[x_0 | x] of one path. */
static void mean_of(const bench_plain *p, double a, double slope, const double *x, double *logit,
                    double *mean)
{
    double top = -INFINITY, sum = 0;
    for (int64_t i = 0; i < p->n; i++) {
        double square = 0;
        for (int64_t j = 0; j < p->d; j++) {
            double diff = x[j] - a * p->points[i * p->d + j];
            square += diff * diff;
        }
        logit[i] = -slope * square;
        top = logit[i] > top ? logit[i] : top;
    }
    for (int64_t j = 0; j < p->d; j++) {
        mean[j] = 0;
    }
    for (int64_t i = 0; i < p->n; i++) {
        double w = exp(logit[i] - top);
        sum += w;
        for (int64_t j = 0; j < p->d; j++) {
            mean[j] += w * p->points[i * p->d + j];
        }
    }
    for (int64_t j = 0; j < p->d; j++) {
        mean[j] /= sum;
    }
}

/* DDIM (eta = 0) or its ancestral form (eta = 1) along times[steps + 1]. */
static void paths_part(void *arg, int64_t part, int64_t parts)
{
    const bench_plain *p = arg;
    int64_t first, end;
    double *logit = p->logit + part * p->n;
    bench_share(p->m, part, parts, &first, &end);
    for (int64_t k = 0; k < p->steps; k++) {
        double a, s2, to_a, to_s2;
        bench_level(p->times[k], &a, &s2);
        bench_level(p->times[k + 1], &to_a, &to_s2);
        double noise = p->eta * p->eta * (s2 - a * a / (to_a * to_a) * to_s2) / s2;
        double kept = sqrt(to_s2 / s2 * (1 - noise)), pull = to_a - a * kept;
        double spread = sqrt(to_s2 * noise), slope = 1 / (2 * s2);
        for (int64_t r = first; r < end; r++) {
            double mean[MOST_D], z[MOST_D + 1], *x = p->x + r * p->d;
            mean_of(p, a, slope, x, logit, mean);
            for (int64_t j = 0; j < p->d && spread > 0; j += 2) {
                normal_pair(p->seed, r, k, j, z + j);
            }
            for (int64_t j = 0; j < p->d; j++) {
                x[j] = kept * x[j] + pull * mean[j] + (spread > 0 ? spread * z[j] : 0);
            }
        }
    }
}

double bench_plain_run(void *plain)
{
    return bench_team(paths_part, plain);
}
