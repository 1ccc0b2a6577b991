#define _GNU_SOURCE
#include "support/exact.h"

#include <sys/mman.h>
#include <unistd.h>

static int64_t size_of(ddn_type type)
{
    return type == DDN_TYPE_U8 ? 1 : type == DDN_TYPE_F32 ? 4 : 8;
}

static char *guarded_memory(int64_t bytes, int64_t *mapped)
{
    int64_t page = sysconf(_SC_PAGESIZE), pages = (bytes + page - 1) / page;
    char *base = mmap(NULL, (size_t)((pages + 1) * page), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(base != MAP_FAILED);
    assert_int_equal(mprotect(base + pages * page, (size_t)page, PROT_NONE), 0);
    *mapped = (pages + 1) * page;
    return base + pages * page - bytes;
}

test_cloud test_cloud_make(ddn_type type, int64_t n, int64_t d, int64_t ld, double scale,
                           double shift, const double *values, int guarded)
{
    test_cloud c = {type, n, d, ld, scale, shift, 0, NULL, NULL, NULL, 0};
    int64_t bytes = ((n - 1) * ld + d) * size_of(type);
    c.stored = guarded ? guarded_memory(bytes, &c.bytes) : calloc(1, (size_t)bytes);
    c.point = calloc((size_t)(n * d), sizeof *c.point);
    assert_true(c.stored != NULL && c.point != NULL);
    for (int64_t k = 0; k < n * d; k++) {
        int64_t at = k / d * ld + k % d;
        double raw = (values[k] - shift) / scale;
        if (type == DDN_TYPE_U8) {
            raw = fmin(255, fmax(0, nearbyint(raw)));
            ((uint8_t *)c.stored)[at] = (uint8_t)raw;
        } else if (type == DDN_TYPE_F32) {
            ((float *)c.stored)[at] = (float)raw;
            raw = (double)((float *)c.stored)[at];
        } else {
            ((double *)c.stored)[at] = raw;
        }
        c.point[k] = fma(raw, scale, shift);
    }
    for (int64_t i = 0; i < n; i++) {
        c.reach = fmax(c.reach, test_length(d, c.point + i * d));
    }
    return c;
}

void test_cloud_free(test_cloud *c)
{
    if (c->bytes > 0) {
        char *end = (char *)c->stored + ((c->n - 1) * c->ld + c->d) * size_of(c->type);
        munmap(end + sysconf(_SC_PAGESIZE) - c->bytes, (size_t)c->bytes);
    } else {
        free(c->stored);
    }
    free(c->point);
}

ddn_dataset *test_cloud_dataset(ddn_context *ctx, const test_cloud *c, int32_t classes)
{
    ddn_dataset *raw = NULL, *mapped = NULL;
    OK(ctx,
       ddn_dataset_create_borrowed(ctx, c->type, c->n, c->d, c->stored, c->ld, NULL, NULL, &raw));
    if (c->scale != 1 || c->shift != 0) {
        OK(ctx, ddn_dataset_create_mapped(ctx, raw, c->scale, c->shift, &mapped));
        ddn_dataset_destroy(raw);
        raw = mapped;
    }
    if (c->weight != NULL) {
        OK(ctx, ddn_dataset_create_weighted(ctx, raw, c->n, c->weight, &mapped));
        ddn_dataset_destroy(raw);
        raw = mapped;
    }
    if (classes > 0) {
        int32_t *label = calloc((size_t)c->n, sizeof *label);
        for (int64_t i = 0; i < c->n; i++) {
            label[i] = (int32_t)(i % classes);
        }
        OK(ctx, ddn_dataset_create_labelled(ctx, raw, c->n, label, &mapped));
        ddn_dataset_destroy(raw);
        raw = mapped;
        free(label);
    }
    return raw;
}

double *test_weights(int64_t n, double decades)
{
    double *weight = calloc((size_t)n, sizeof *weight);
    assert_non_null(weight);
    test_normal(77 + n, n, weight);
    for (int64_t i = 0; i < n; i++) {
        weight[i] = pow(10, -decades * 0.5 * erfc(weight[i] / sqrt(2)));
    }
    return weight;
}

double test_length(int64_t d, const double *x)
{
    double top = 0, sum = 0;
    for (int64_t j = 0; j < d; j++) {
        top = fmax(top, fabs(x[j]));
    }
    for (int64_t j = 0; top > 0 && j < d; j++) {
        sum += (x[j] / top) * (x[j] / top);
    }
    return top * sqrt(sum);
}

test_exact test_exact_make(const test_cloud *c)
{
    test_exact e = {.w = calloc((size_t)c->n, sizeof *e.w),
                    .score = calloc((size_t)c->d, sizeof *e.score),
                    .mean = calloc((size_t)c->d, sizeof *e.mean)};
    assert_true(e.w != NULL && e.score != NULL && e.mean != NULL);
    return e;
}

void test_exact_free(test_exact *e)
{
    free(e->w);
    free(e->score);
    free(e->mean);
}

/* (|x - a z|^2 - |x - a y|^2) without cancellation. */
static long double nearer(int64_t d, long double a, const double *x, const double *y,
                          const double *z)
{
    long double sum = 0;
    for (int64_t j = 0; j < d; j++) {
        long double p = (long double)y[j], q = (long double)z[j];
        sum += a * (p - q) * (2 * (long double)x[j] - a * (p + q));
    }
    return sum;
}

/* Logarithm of the ratio of the weights of two points. */
static long double log_ratio(const test_cloud *c, int64_t i, int64_t k)
{
    return c->weight == NULL ? 0
                             : logl((long double)c->weight[i]) - logl((long double)c->weight[k]);
}

/* pi_i */
static long double share(const test_cloud *c, int64_t i)
{
    long double sum = 0;
    for (int64_t k = 0; k < c->n; k++) {
        sum += c->weight == NULL ? 1 : (long double)c->weight[k];
    }
    return (c->weight == NULL ? 1 : (long double)c->weight[i]) / sum;
}

void test_exact_at(const test_cloud *c, long double a, long double s2, const double *x,
                   test_exact *e)
{
    int64_t n = c->n, d = c->d, top = 0;
    for (int64_t i = 1; i < n; i++) {
        if (nearer(d, a, x, c->point + i * d, c->point + top * d) / (2 * s2) +
                log_ratio(c, i, top) >
            0) {
            top = i;
        }
    }
    long double total = 0, energy = 0, square = 0, rest = 0, trace = 0, far2 = 0;
    for (int64_t i = 0; i < n; i++) {
        long double l =
            nearer(d, a, x, c->point + i * d, c->point + top * d) / (2 * s2) + log_ratio(c, i, top);
        e->w[i] = expl(l);
        total += e->w[i];
        rest += i == top ? 0 : e->w[i];
        square += e->w[i] * e->w[i];
        energy -= e->w[i] > 0 ? e->w[i] * l : 0;
    }
    for (int64_t j = 0; j < d; j++) {
        long double diff = (long double)x[j] - a * (long double)c->point[top * d + j], mean = 0;
        far2 += diff * diff;
        /* Relative to the nearest point, so that nothing is lost of a mean that is close to it. */
        for (int64_t i = 0; i < n; i++) {
            mean += e->w[i] / total *
                    ((long double)c->point[i * d + j] - (long double)c->point[top * d + j]);
        }
        for (int64_t i = 0; i < n; i++) {
            long double off =
                (long double)c->point[i * d + j] - (long double)c->point[top * d + j] - mean;
            trace += e->w[i] / total * off * off;
        }
        e->score[j] = (double)((a * mean - diff) / s2);
        e->mean[j] = (double)((long double)c->point[top * d + j] + mean);
    }
    for (int64_t i = 0; i < n; i++) {
        e->w[i] /= total;
    }
    e->argmax = top;
    e->rest = (double)(rest / total);
    e->w_max = (double)(1 / total);
    e->sum_w2 = (double)(square / (total * total));
    e->entropy = (double)(log1pl(rest) + energy / total);
    e->trace = (double)trace;
    e->log_p = (double)(-far2 / (2 * s2) + log1pl(rest) + logl(share(c, top)) -
                        0.5L * (long double)d * logl(6.283185307179586476925L * s2));
}

double test_score_allowed(const test_cloud *c, double a, double s2, const double *x,
                          const test_exact *e)
{
    double u = c->type == DDN_TYPE_F64 ? 0x1p-53 : 0x1p-24;
    double relative = c->type == DDN_TYPE_F64 ? 1e-12 : 1e-5;
    double floor = u * (test_length(c->d, x) + a * c->reach) / s2;
    return relative * test_length(c->d, e->score) + floor * fmax(1, a * (a / s2) * e->trace);
}
