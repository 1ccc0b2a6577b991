/* The posterior of an empirical oracle in long double, from differences of points: what answers at
 * the edges are held against. */
#ifndef TEST_SUPPORT_EXACT_H
#define TEST_SUPPORT_EXACT_H

#include "support/fixtures.h"

/* Data as stored, and as the library is to see them: point = fma(stored, scale, shift). */
typedef struct test_cloud {
    ddn_type type;
    int64_t n, d, ld;
    double scale, shift, reach; /* reach: largest |y| */
    void *stored;               /* [n][ld], the last row ends where it ends */
    double *point;              /* [n][d] */
    const double *weight;       /* [n], borrowed; NULL: all equal */
    int64_t bytes;              /* of the mapping that `stored` ends in; 0: plain memory */
} test_cloud;

/* Values in double are rounded into the type (bytes: through scale and shift). With `guarded` the
 * last row ends at the end of a page that nothing may read beyond. */
test_cloud test_cloud_make(ddn_type type, int64_t n, int64_t d, int64_t ld, double scale,
                           double shift, const double *values, int guarded);
void test_cloud_free(test_cloud *c);
/* The dataset on the cloud's own memory, mapped, labelled by i mod classes if classes > 0. */
ddn_dataset *test_cloud_dataset(ddn_context *ctx, const test_cloud *c, int32_t classes);

/* weight[n] = 10^(-decades u) with u uniform in (0, 1); to be freed. */
double *test_weights(int64_t n, double decades);

/* The answer for one state. a and s2 in long double. */
typedef struct test_exact {
    long double *w; /* [n] */
    double *score;  /* [d] */
    double *mean;   /* [d] */
    double log_p, entropy, sum_w2, w_max, rest, trace;
    int64_t argmax;
} test_exact;

test_exact test_exact_make(const test_cloud *c);
void test_exact_free(test_exact *e);
void test_exact_at(const test_cloud *c, long double a, long double s2, const double *x,
                   test_exact *e);

/* Euclidean error of a score that rounding allows: relative, or `factor. times the floor
 * u (|x| + a |y|) / s^2, by the posterior's own response (a^2 / s^2) tr Cov more where that
 * exceeds 1. */
double test_score_allowed(const test_cloud *c, double a, double s2, const double *x,
                          const test_exact *e);
double test_length(int64_t d, const double *x);

#endif
