/* What a far-field expansion of the score could give at late noise, where the weights are nearly
 * uniform: how far the exponents spread, and how many terms a polynomial of the leading directions
 * would need so that what it leaves out provably stays below a tolerance. See README.md.
 * SPDX-License-Identifier: MIT */
#include "bench.h"

#include <math.h>
#include <stdlib.h>

enum {
    STATES = 16,
    MAX_RANK = 256
};

static struct {
    int64_t n, d;
    double tolerance;
    int data, json;
} opt = {.tolerance = 1e-6};

/* Exponents z_i = (a/s^2) x . (y_i - mean) - a^2 |y_i - mean|^2 / (2 s^2), about their mean. */
typedef struct exponents {
    double spread, largest; /* standard deviation; largest |z - mean| */
    double outside;         /* largest part that lies outside the leading directions */
    double certified;       /* what Cauchy-Schwarz can say of it */
} exponents;

static double dot(int64_t d, const double *u, const double *v)
{
    double sum = 0;
    for (int64_t j = 0; j < d; j++) {
        sum += u[j] * v[j];
    }
    return sum;
}

/* Removes the components along vectors[rank][d]; returns v . v of what is left. */
static double project_out(int64_t d, int64_t rank, const double *vectors, double *v)
{
    for (int64_t k = 0; k < rank; k++) {
        double c = dot(d, v, vectors + k * d);
        for (int64_t j = 0; j < d; j++) {
            v[j] -= c * vectors[k * d + j];
        }
    }
    return dot(d, v, v);
}

/* One pass over the points for all states and one rank; the largest over the states. */
static exponents measure(const bench_problem *p, double t, const double *x, int64_t rank,
                         const double *vectors, const double *mean)
{
    double a, s2;
    bench_level(t, &a, &s2);
    int64_t d = p->d, n = p->n;
    double *y = drv_alloc(d, sizeof *y), *xc = drv_alloc(STATES * d, sizeof *xc);
    double *xo = drv_alloc(STATES * d, sizeof *xo), *z = drv_alloc(STATES * n, sizeof *z);
    exponents e = {0, 0, 0, 0};
    double rest_x = 0, rest_y = 0;
    for (int64_t q = 0; q < STATES; q++) {
        for (int64_t j = 0; j < d; j++) {
            xc[q * d + j] = xo[q * d + j] = x[q * d + j] - a * mean[j];
        }
        rest_x = fmax(rest_x, project_out(d, rank, vectors, xo + q * d));
    }
    for (int64_t i = 0; i < n; i++) {
        drv_try(ddn_dataset_read(drv.ctx, p->ds, i, 1, y, d));
        for (int64_t j = 0; j < d; j++) {
            y[j] -= mean[j];
        }
        double term = -a * a * dot(d, y, y) / (2 * s2);
        for (int64_t q = 0; q < STATES; q++) {
            z[q * n + i] = a / s2 * dot(d, xc + q * d, y) + term;
            e.outside = fmax(e.outside, fabs(a / s2 * dot(d, xo + q * d, y)));
        }
        rest_y = fmax(rest_y, project_out(d, rank, vectors, y));
    }
    for (int64_t q = 0; q < STATES; q++) {
        double sum = 0, square = 0;
        for (int64_t i = 0; i < n; i++) {
            sum += z[q * n + i] / (double)n;
        }
        for (int64_t i = 0; i < n; i++) {
            double off = z[q * n + i] - sum;
            square += off * off / (double)n;
            e.largest = fmax(e.largest, fabs(off));
        }
        e.spread = fmax(e.spread, sqrt(square));
    }
    e.certified = a / s2 * sqrt(rest_x * rest_y);
    return e;
}

/* Order at which the remainder of the exponential series over |z| <= reach, relative to the
 * smallest possible sum, is below the tolerance. */
static int64_t order_needed(double reach, double tolerance)
{
    double term = 1;
    for (int64_t order = 1;; order++) {
        term *= reach / (double)order;
        if ((double)order > 2 * reach && 2 * term * exp(reach) < tolerance) {
            return order;
        }
    }
}

/* log10 of the number of monomials of `rank` variables up to an order. */
static double log10_monomials(int64_t rank, int64_t order)
{
    double r = (double)rank, o = (double)order;
    return (lgamma(r + o + 1) - lgamma(r + 1) - lgamma(o + 1)) / log(10);
}

/* The ways that serve the score of the states. */
static bench_served serve(const bench_problem *p, double t, const double *x)
{
    bench_served served = {{0}};
    bench_ours ours;
    bench_ours_make(&ours, p, STATES, -1);
    ours.t = t;
    ours.x = x;
    bench_ours_run(&ours);
    bench_served_add(&served, ours.query, p->oracle);
    bench_ours_free(&ours);
    return served;
}

static void report(const bench_problem *p, double t, int64_t rank, exponents e,
                   const bench_served *served)
{
    const int64_t order = order_needed(e.largest, opt.tolerance);
    const double terms = log10_monomials(rank, order);
    printf("%5g %5lld %8.3f %9.2f %9.3f %10.2f %6lld %14.1f ", t, (long long)rank, e.spread,
           e.largest, e.outside, e.certified, (long long)order, terms);
    bench_served_print(served, p->oracle);
    printf("\n");
    if (!opt.json) {
        return;
    }
    bench_json_open();
    bench_json_machine();
    bench_json_number("t", t);
    bench_json_number("rank", (double)rank);
    bench_json_number("spread", e.spread);
    bench_json_number("largest", e.largest);
    bench_json_number("outside", e.outside);
    bench_json_number("certified", e.certified);
    bench_json_number("order", (double)order);
    bench_json_number("log10_terms", terms);
    bench_served_json("ways", served, p->oracle);
    bench_json_close();
}

int main(int argc, char **argv)
{
    const drv_option options[] = {
        {"n", "N", "points; 0: all of Fashion-MNIST", DRV_INT, &opt.n, 0, 1e7},
        {"d", "D", "dimensions of synthetic data; 0: Fashion-MNIST", DRV_INT, &opt.d, 0, 1e5},
        {"data", "auto|fashion|synthetic", "which data", DRV_CHOICE, &opt.data, 0, 0},
        {"tolerance", "E", "remainder relative to the sum", DRV_DOUBLE, &opt.tolerance, 1e-15, 0.1},
        {"json", NULL, "end with a JSON line for each case", DRV_FLAG, &opt.json, 0, 0},
    };
    drv_start(
        argc, argv,
        "What a far-field expansion of the score could give where weights are nearly uniform.", "",
        options, DRV_COUNT(options));
    bench_problem p;
    bench_problem_make(&p, opt.data, opt.n, opt.d, DDN_TYPE_F32);
    int64_t d = p.d, most = p.n < d ? p.n : d;
    int64_t ranks[] = {0, 16, 64, MAX_RANK};
    most = most < MAX_RANK ? most : MAX_RANK;
    double *values = drv_alloc(most, sizeof *values),
           *vectors = drv_alloc(most * d, sizeof *vectors);
    double *mean = drv_alloc(d, sizeof *mean), *x = drv_alloc(STATES * d, sizeof *x);
    drv_try(ddn_dataset_mean(drv.ctx, p.ds, d, mean));
    drv_try(ddn_dataset_spectrum(drv.ctx, p.ds, most, values, vectors, d));
    printf("processor: %s\n", bench_cpu());
    printf("n = %lld, d = %lld: a full scan costs 10^%.1f multiply-adds a state\n", (long long)p.n,
           (long long)d, log10(2 * (double)p.n * (double)d));
    printf("%5s %5s %8s %9s %9s %10s %6s %14s  %s\n", "t", "rank", "sd z", "max |z|", "outside",
           "certified", "order", "log10 terms", "ways");
    const double times[] = {5, 4, 3, 2.5, 2, 1.5, 1.2};
    for (int64_t i = 0; i < (int64_t)(sizeof times / sizeof times[0]); i++) {
        bench_states(&p, times[i], STATES, x);
        const bench_served served = serve(&p, times[i], x);
        for (int64_t k = 0; k < 4 && ranks[k] <= most; k++) {
            report(&p, times[i], ranks[k], measure(&p, times[i], x, ranks[k], vectors, mean),
                   &served);
        }
    }
    bench_problem_free(&p);
    return drv_finish();
}
