/* Nearest points as they are usually found: all squared distances of a block of positions by one
 * matrix product in double, and the least of them. Compiled for this machine. See bench.h. */
#include "bench.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 128 /* positions of a product */
};

void bench_scan_make(bench_scan *s, const bench_problem *p, int64_t m, int64_t k)
{
    if (p->n > 2147483647 || p->d > 2147483647) {
        drv_die("n = %lld is beyond OpenBLAS's 32-bit sizes", (long long)p->n);
    }
    *s = (bench_scan){.p = p, .m = m, .k = k};
    s->points = bench_take(p->n * p->d, 8);
    s->product = bench_take((m < BLOCK ? m : BLOCK) * p->n, 8);
    s->distance2 = bench_take(m * k, 8);
    s->index = drv_alloc(m * k, sizeof *s->index);
    drv_try(ddn_dataset_read(drv.ctx, p->ds, 0, p->n, s->points, p->d));
}

/* The k least of |y|^2 / 2 - x . y, by insertion behind a bound that nearly all exceed. */
static void select_least(bench_scan *s, int64_t q, double *g)
{
    const bench_problem *p = s->p;
    double *best = s->distance2 + q * s->k, norm2 = 0;
    int64_t *index = s->index + q * s->k, count = 0;
    for (int64_t i = 0; i < p->n; i++) {
        g[i] = p->half_norm[i] - g[i];
    }
    for (int64_t i = 0; i < p->n; i++) {
        if (count == s->k && g[i] >= best[count - 1]) {
            continue;
        }
        int64_t at = count < s->k ? count++ : count - 1;
        for (; at > 0 && best[at - 1] > g[i]; at--) {
            best[at] = best[at - 1];
            index[at] = index[at - 1];
        }
        best[at] = g[i];
        index[at] = i;
    }
    for (int64_t j = 0; j < p->d; j++) {
        norm2 += s->x[q * p->d + j] * s->x[q * p->d + j];
    }
    for (int64_t i = 0; i < count; i++) {
        best[i] = 2 * best[i] + norm2;
    }
}

static void select_part(void *arg, int64_t part, int64_t parts)
{
    bench_scan *s = arg;
    int64_t first, end;
    bench_share(s->count, part, parts, &first, &end);
    for (int64_t q = first; q < end; q++) {
        select_least(s, s->first + q, s->product + q * s->p->n);
    }
}

double bench_scan_run(void *scan)
{
    bench_scan *s = scan;
    const double start = drv_seconds();
    const blasint n = (blasint)s->p->n, d = (blasint)s->p->d;
    for (s->first = 0; s->first < s->m; s->first += BLOCK) {
        const double *x = s->x + s->first * d;
        s->count = s->m - s->first < BLOCK ? s->m - s->first : BLOCK;
        if (s->count == 1) {
            cblas_dgemv(CblasRowMajor, CblasNoTrans, n, d, 1, s->points, d, x, 1, 0, s->product, 1);
            select_part(s, 0, 1);
        } else {
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)s->count, n, d, 1, x, d,
                        s->points, d, 0, s->product, n);
            bench_team(select_part, s);
        }
    }
    return drv_seconds() - start;
}

void bench_scan_free(bench_scan *s)
{
    free(s->points);
    free(s->product);
    free(s->distance2);
}
