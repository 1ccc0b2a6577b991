/* What the accuracy tests share: data sets, their scores by direct differences in long double, the
 * error that is allowed. */
#ifndef TEST_SUPPORT_ACCURACY_H
#define TEST_SUPPORT_ACCURACY_H

#include "support/fixtures.h"
#include "support/ways.h"

enum {
    MAX_BATCH = 130,
    TIMES = 9
};
static const double times[TIMES] = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.6, 3, 20};
static const int64_t batches[] = {1, 2, 3, 17, 130};
static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};

/* A data set, and its points in double exactly as the library is to see them. */
typedef struct problem {
    int64_t n, d;
    ddn_type type;
    double *point;              /* [n][d] */
    double scale, shift, reach; /* reach: largest |y| */
    ddn_context *ctx;
    ddn_dataset *ds;
    ddn_schedule *sch;
    ddn_oracle *oracle;
} problem;

static inline double *numbers(int64_t count)
{
    double *memory = calloc((size_t)count, sizeof *memory);
    assert_non_null(memory);
    return memory;
}

static inline double norm(int64_t d, const double *x)
{
    double sum = 0;
    for (int64_t j = 0; j < d; j++) {
        sum += x[j] * x[j];
    }
    return sqrt(sum);
}

/* Stores point[n][d] (taken over) in the type; u8 through the map [0, 255] -> [-1, 1]. */
static inline problem make(ddn_type type, double *point, int64_t n, int64_t d)
{
    problem p = {n, d, type, point, 1, 0, 0, test_context(2), NULL, NULL, NULL};
    int64_t size = type == DDN_TYPE_U8 ? 1 : type == DDN_TYPE_F32 ? 4 : 8;
    void *stored = malloc((size_t)(n * d * size));
    assert_non_null(stored);
    if (type == DDN_TYPE_U8) {
        p.scale = 1 / 127.5;
        p.shift = -1;
    }
    for (int64_t i = 0; i < n * d; i++) {
        if (type == DDN_TYPE_U8) {
            double byte = nearbyint(fmin(fmax((point[i] + 1) * 127.5, 0), 255));
            ((uint8_t *)stored)[i] = (uint8_t)byte;
            point[i] = fma(byte, p.scale, p.shift);
        } else if (type == DDN_TYPE_F32) {
            ((float *)stored)[i] = (float)point[i];
            point[i] = (double)((float *)stored)[i];
        } else {
            ((double *)stored)[i] = point[i];
        }
    }
    for (int64_t i = 0; i < n; i++) {
        p.reach = fmax(p.reach, norm(d, point + i * d));
    }
    ddn_dataset *raw = NULL;
    OK(p.ctx, ddn_dataset_create(p.ctx, type, n, d, stored, d, &raw));
    OK(p.ctx, ddn_dataset_create_mapped(p.ctx, raw, p.scale, p.shift, &p.ds));
    OK(p.ctx, ddn_schedule_create_ou(p.ctx, &p.sch));
    OK(p.ctx, ddn_oracle_create_empirical(p.ctx, p.ds, p.sch, &p.oracle));
    ddn_dataset_destroy(raw);
    free(stored);
    return p;
}

static inline void drop(problem *p)
{
    ddn_oracle_destroy(p->oracle);
    ddn_schedule_destroy(p->sch);
    ddn_dataset_destroy(p->ds);
    ddn_context_destroy(p->ctx);
    free(p->point);
}

/* What is known of a state without rounding that matters. */
typedef struct truth {
    double *score;  /* [d] */
    double *weight; /* [n] */
    double trace, entropy;
} truth;

static inline void truth_of(const problem *p, double t, const double *x, truth *out)
{
    int64_t n = p->n, d = p->d;
    long double a = expl(-(long double)t), s2 = -expm1l(-2 * (long double)t), top = -INFINITY;
    long double *l = calloc((size_t)n, sizeof *l), *mean = calloc((size_t)d, sizeof *mean);
    for (int64_t i = 0; i < n; i++) {
        long double r2 = 0;
        for (int64_t j = 0; j < d; j++) {
            long double diff = (long double)x[j] - a * (long double)p->point[i * d + j];
            r2 += diff * diff;
        }
        l[i] = -r2 / (2 * s2);
        top = fmaxl(top, l[i]);
    }
    long double total = 0, energy = 0, second = 0;
    for (int64_t i = 0; i < n; i++) {
        long double w = expl(l[i] - top);
        total += w;
        energy += w * (top - l[i]);
        out->weight[i] = (double)w;
        if (w > 1e-25L) {
            for (int64_t j = 0; j < d; j++) {
                mean[j] += w * (long double)p->point[i * d + j];
            }
        }
    }
    for (int64_t j = 0; j < d; j++) {
        mean[j] /= total;
        out->score[j] = (double)((a * mean[j] - (long double)x[j]) / s2);
    }
    for (int64_t i = 0; i < n; i++) {
        if (out->weight[i] > 1e-25) {
            long double r2 = 0;
            for (int64_t j = 0; j < d; j++) {
                long double diff = (long double)p->point[i * d + j] - mean[j];
                r2 += diff * diff;
            }
            second += (long double)out->weight[i] * r2;
        }
        out->weight[i] /= (double)total;
    }
    out->trace = (double)(second / total);
    out->entropy = (double)(logl(total) + energy / total);
    free(l);
    free(mean);
}

/* What the promise leaves for the Euclidean norm of the score's error: a relative error, or the
 * rounding floor u (|x| + a |y|) / s^2; where the posterior answers to a change of x more than x
 * itself does, i.e. (a^2 / s^2) tr Cov > 1, by that factor more (physics of the Jacobian:
 * d score = (-1 + (a^2 / s^2) Cov) dx / s^2). */
static inline double allowed(const problem *p, double t, const double *x, const truth *tr)
{
    double a = exp(-t), s2 = -expm1(-2 * t), u = p->type == DDN_TYPE_F64 ? 0x1p-53 : 0x1p-24;
    double relative = p->type == DDN_TYPE_F64 ? 1e-12 : 1e-5;
    double floor = u * (norm(p->d, x) + a * p->reach) / s2;
    return relative * norm(p->d, tr->score) + floor * fmax(1, a * a / s2 * tr->trace);
}

/* Noised points; the rows that are 1 modulo 3 are midpoints of a point and its nearest neighbour,
 * those that are 2 modulo 3 the same with the noise of a much earlier time. */
static inline void states(const problem *p, double t, int64_t m, double *x)
{
    int64_t n = p->n, d = p->d;
    double a = exp(-t), s = sqrt(-expm1(-2 * t));
    for (int64_t q = 0; q < m; q++) {
        const double *y = p->point + (q * 37 + 5) % n * d, *near = y;
        double least = INFINITY;
        for (int64_t i = 0; q % 3 != 0 && i < n; i++) {
            const double *z = p->point + i * d;
            double r2 = 0;
            for (int64_t j = 0; j < d && r2 < least; j++) {
                r2 += (z[j] - y[j]) * (z[j] - y[j]);
            }
            if (r2 < least && r2 > 0) {
                least = r2;
                near = z;
            }
        }
        double *at = x + q * d, size = q % 3 == 0 ? s : q % 3 == 1 ? 0 : 1e-3 * s;
        test_normal(100 + q, d, at);
        for (int64_t j = 0; j < d; j++) {
            at[j] = 0.5 * a * (y[j] + near[j]) + size * at[j];
        }
    }
}

typedef struct answer {
    double *score; /* [m][d] */
    double entropy[MAX_BATCH], dropped;
    int64_t listed; /* states whose candidates a screen had listed */
} answer;

static inline void ask(const problem *p, double t, int64_t m, const double *x, double epsilon,
                       answer *out)
{
    ddn_query *query = NULL;
    OK(p->ctx, ddn_query_create(p->ctx, p->oracle, &query));
    OK(p->ctx, ddn_query_bind_f64(query, DDN_OUT_SCORE, out->score, p->d));
    OK(p->ctx, ddn_query_bind_f64(query, DDN_OUT_ENTROPY, out->entropy, 0));
    if (epsilon >= 0) {
        OK(p->ctx, ddn_options_set_f64(ddn_query_options(query), DDN_QUERY_EPSILON, epsilon));
    }
    OK(p->ctx, ddn_query_run(query, t, m, x, p->d));
    out->dropped = ddn_query_dropped(query);
    out->listed =
        test_served(query, p->oracle, "refine") + test_served(query, p->oracle, "refine_wide");
    assert_true(ddn_query_touched(query) > 0);
    ddn_query_destroy(query);
}

/* Largest error in units of what is allowed. */
static inline double worst(const problem *p, double t, int64_t m, const double *x,
                           const double *score, const truth *tr)
{
    double top = 0, *diff = numbers(p->d);
    for (int64_t q = 0; q < m; q++) {
        for (int64_t j = 0; j < p->d; j++) {
            diff[j] = score[q * p->d + j] - tr[q].score[j];
        }
        double ratio = norm(p->d, diff) / allowed(p, t, x + q * p->d, &tr[q]);
        top = ratio >= top ? ratio : top; /* not NaN */
        if (!(ratio <= 1)) {
            print_error(
                "type %d, n %ld, d %ld, t = %g, batch %ld, row %ld: error %.3g, score %.3g, "
                "allowed %.3g (%s)\n",
                p->type, (long)p->n, (long)p->d, t, (long)m, (long)q, norm(p->d, diff),
                norm(p->d, tr[q].score), allowed(p, t, x + q * p->d, &tr[q]),
                ddn_context_kernel(p->ctx));
            fail();
        }
    }
    free(diff);
    return top;
}

/* All variants and batch sizes at one time, with the default tolerance and, if wanted, with 0. */
static inline double check_time(problem *p, double t, int64_t batch_limit, int whole)
{
    double *x = numbers(batch_limit * p->d), top = 0;
    answer got = {.score = numbers(batch_limit * p->d)};
    truth *tr = calloc((size_t)batch_limit, sizeof *tr);
    states(p, t, batch_limit, x);
    for (int64_t q = 0; q < batch_limit; q++) {
        tr[q].score = numbers(p->d);
        tr[q].weight = numbers(p->n);
        truth_of(p, t, x + q * p->d, &tr[q]);
    }
    int32_t supported;
    const char *name;
    for (int32_t k = 0; (name = ddn_kernel_name(k, &supported)) != NULL; k++) {
        if (!supported) {
            continue;
        }
        OK(p->ctx, ddn_context_set_kernel(p->ctx, name));
        for (size_t b = 0; b < sizeof batches / sizeof batches[0]; b++) {
            int64_t m = batches[b];
            for (int exact = 0; m <= batch_limit && exact < 1 + whole; exact++) {
                ask(p, t, m, x, exact ? 0 : -1, &got);
                top = fmax(top, worst(p, t, m, x, got.score, tr));
                double epsilon = p->type == DDN_TYPE_F64 ? 1e-15 : 1e-9;
                assert_true(got.dropped >= 0 && got.dropped <= (exact ? 0 : epsilon));
                assert_true(!exact || got.listed == 0);
            }
        }
    }
    for (int64_t q = 0; q < batch_limit; q++) {
        free(tr[q].score);
        free(tr[q].weight);
    }
    free(tr);
    free(x);
    free(got.score);
    return top;
}

static inline double *normal_points(int64_t n, int64_t d, double size)
{
    double *point = numbers(n * d);
    test_normal(n + d, n * d, point);
    for (int64_t i = 0; i < n * d; i++) {
        point[i] *= size;
    }
    return point;
}

#endif
