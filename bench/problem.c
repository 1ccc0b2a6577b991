/* Data and states of a benchmark case, the library's query, and errors. See bench.h. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

static const char images[] = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz";

enum {
    FASHION_N = 60000,
    FASHION_D = 784,
    RANK = 8,   /* of the synthetic data's smooth part */
    STREAM = 90 /* of the noise function, away from the library's own */
};

void *bench_take(int64_t count, int64_t size)
{
    void *memory = aligned_alloc(64, ((size_t)count * (size_t)size + 191) / 64 * 64);
    if (!memory) {
        drv_die("out of memory (%lld x %lld bytes)", (long long)count, (long long)size);
    }
#if defined(__linux__)
    /* As the library does for its own: neither side shall lose by small pages. */
    const uintptr_t page = 1 << 21, start = ((uintptr_t)memory + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)memory + (uintptr_t)count * (uintptr_t)size) / page * page;
    if (end > start + page) {
        madvise((void *)start, end - start, MADV_HUGEPAGE);
    }
#endif
    return memory;
}

static void store(bench_problem *p, int64_t at, double byte)
{
    const double value = p->type == DDN_TYPE_U8 ? byte : byte / 127.5 - 1;
    if (p->type == DDN_TYPE_U8) {
        ((uint8_t *)p->stored)[at] = (uint8_t)value;
    } else if (p->type == DDN_TYPE_F32) {
        ((float *)p->stored)[at] = (float)value;
    } else {
        ((double *)p->stored)[at] = value;
    }
}

/* Bytes of the first n images, 0 .. 255. */
static int load_images(bench_problem *p, int required)
{
    ddn_dataset *ds = NULL;
    FILE *file = fopen(images, "rb");
    if (!file) {
        if (required) {
            drv_die("no %s (package dataset-fashion-mnist)", images);
        }
        return 0;
    }
    fclose(file);
    drv_try(ddn_dataset_open(drv.ctx, images, DDN_FORMAT_IDX, &ds));
    double row[FASHION_D];
    for (int64_t i = 0; i < p->n; i++) {
        drv_try(ddn_dataset_read(drv.ctx, ds, i, 1, row, FASHION_D));
        for (int64_t j = 0; j < FASHION_D; j++) {
            store(p, i * FASHION_D + j, row[j]);
        }
    }
    ddn_dataset_destroy(ds);
    return 1;
}

/* Something like images: a random smooth part of low rank and noise, cut off at black and white. */
static void synthesize_part(void *arg, int64_t part, int64_t parts)
{
    bench_problem *p = arg;
    int64_t first, end, d = p->d;
    bench_share(p->n, part, parts, &first, &end);
    ddn_context *ctx = NULL;
    double *basis = bench_take(RANK * d, 8), *noise = bench_take(d, 8), factor[RANK];
    if (ddn_context_create(&ctx) != DDN_OK) {
        drv_die("out of memory");
    }
    ddn_noise_draw(ctx, 1, STREAM, 0, 0, 0, RANK * d, basis);
    for (int64_t i = first; i < end; i++) {
        ddn_noise_draw(ctx, 2, STREAM, i, 0, 0, RANK, factor);
        ddn_noise_draw(ctx, 3, STREAM, i, 0, 0, d, noise);
        for (int64_t j = 0; j < d; j++) {
            double value = 127.5 + 20 * noise[j];
            for (int64_t k = 0; k < RANK; k++) {
                value += 25 * factor[k] * basis[k * d + j];
            }
            store(p, i * d + j, nearbyint(fmin(fmax(value, 0), 255)));
        }
    }
    free(basis);
    free(noise);
    ddn_context_destroy(ctx);
}

/* The mapped point i in double. */
static void point(const bench_problem *p, int64_t i, double *y)
{
    drv_try(ddn_dataset_read(drv.ctx, p->ds, i, 1, y, p->d));
}

static void make_dense(bench_problem *p)
{
    p->half_norm = bench_take(p->n, 8);
    p->dense = p->type == DDN_TYPE_U8 ? bench_take(p->n * p->d, 4) : p->stored;
    double *y = bench_take(p->d, 8);
    for (int64_t i = 0; i < p->n; i++) {
        point(p, i, y);
        double norm2 = 0;
        for (int64_t j = 0; j < p->d; j++) {
            norm2 += y[j] * y[j];
            if (p->type == DDN_TYPE_U8) {
                ((float *)p->dense)[i * p->d + j] = (float)y[j];
            }
        }
        p->half_norm[i] = 0.5 * norm2;
    }
    free(y);
}

void bench_problem_make(bench_problem *p, int source, int64_t n, int64_t d, ddn_type type)
{
    *p = (bench_problem){.n = n > 0 ? n : FASHION_N, .d = d > 0 ? d : FASHION_D, .type = type};
    const int fits = p->d == FASHION_D && p->n <= FASHION_N;
    if (source == BENCH_FASHION && !fits) {
        drv_die("Fashion-MNIST has d = %d and n <= %d, not d = %lld, n = %lld", FASHION_D,
                FASHION_N, (long long)p->d, (long long)p->n);
    }
    p->scale = type == DDN_TYPE_U8 ? 1 / 127.5 : 1;
    p->shift = type == DDN_TYPE_U8 ? -1 : 0;
    const int64_t size = type == DDN_TYPE_U8 ? 1 : type == DDN_TYPE_F32 ? 4 : 8;
    p->bytes = p->n * p->d * size;
    p->stored = bench_take(p->n * p->d, size);
    p->fashion = source != BENCH_SYNTHETIC && fits && load_images(p, source == BENCH_FASHION);
    if (!p->fashion) {
        bench_team(synthesize_part, p);
    }
    ddn_dataset *raw = NULL;
    drv_try(
        ddn_dataset_create_borrowed(drv.ctx, type, p->n, p->d, p->stored, p->d, NULL, NULL, &raw));
    drv_try(ddn_dataset_create_mapped(drv.ctx, raw, p->scale, p->shift, &p->ds));
    ddn_dataset_destroy(raw);
    drv_try(ddn_schedule_create_ou(drv.ctx, &p->sch));
    drv_try(ddn_oracle_create_empirical(drv.ctx, p->ds, p->sch, &p->oracle));
    make_dense(p);
}

void bench_problem_free(bench_problem *p)
{
    ddn_oracle_destroy(p->oracle);
    ddn_schedule_destroy(p->sch);
    ddn_dataset_destroy(p->ds);
    if (p->dense != p->stored) {
        free(p->dense);
    }
    free(p->stored);
    free(p->half_norm);
}

void bench_level(double t, double *a, double *s2)
{
    *a = exp(-t);
    *s2 = -expm1(-2 * t);
}

void bench_states(const bench_problem *p, double t, int64_t m, double *x)
{
    double a, s2;
    bench_level(t, &a, &s2);
    const double s = sqrt(s2);
    double *y = bench_take(p->d, 8);
    for (int64_t q = 0; q < m; q++) {
        point(p, (q * 7919 + 17) % p->n, y);
        drv_try(ddn_noise_draw(drv.ctx, drv.seed, STREAM, q, 0, 0, p->d, x + q * p->d));
        for (int64_t j = 0; j < p->d; j++) {
            x[q * p->d + j] = a * y[j] + s * x[q * p->d + j];
        }
    }
    free(y);
}

double bench_error(int64_t d, const double *score, const double *reference)
{
    double difference = 0, size = 0;
    for (int64_t j = 0; j < d; j++) {
        difference += (score[j] - reference[j]) * (score[j] - reference[j]);
        size += reference[j] * reference[j];
    }
    return size > 0 ? sqrt(difference / size) : sqrt(difference);
}

void bench_ours_make(bench_ours *o, const bench_problem *p, int64_t m, double epsilon)
{
    *o = (bench_ours){.m = m, .d = p->d, .score = bench_take(m * p->d, 8)};
    drv_try(ddn_query_create(drv.ctx, p->oracle, &o->query));
    drv_try(ddn_query_bind_f64(o->query, DDN_OUT_SCORE, o->score, p->d));
    if (epsilon >= 0) {
        drv_set_f64(ddn_query_options(o->query), DDN_QUERY_EPSILON, epsilon);
    }
}

double bench_ours_run(void *ours)
{
    const bench_ours *o = ours;
    const double start = drv_seconds();
    drv_try(ddn_query_run(o->query, o->t, o->m, o->x, o->d));
    return drv_seconds() - start;
}

void bench_ours_free(bench_ours *o)
{
    ddn_query_destroy(o->query);
    free(o->score);
}
