/* The accuracy that oracle.h promises, for every kernel variant, stored type and batch size,
 * against direct differences in long double: noised points, midpoints of near neighbours,
 * near-duplicates, data far from the origin, many dimensions; what pruning leaves out; bits and
 * threads. */
#include "support/fixtures.h"

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

static double *numbers(int64_t count)
{
    double *memory = calloc((size_t)count, sizeof *memory);
    assert_non_null(memory);
    return memory;
}

static double norm(int64_t d, const double *x)
{
    double sum = 0;
    for (int64_t j = 0; j < d; j++) {
        sum += x[j] * x[j];
    }
    return sqrt(sum);
}

/* Stores point[n][d] (taken over) in the type; u8 through the map [0, 255] -> [-1, 1]. */
static problem make(ddn_type type, double *point, int64_t n, int64_t d)
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
    OK(p.ctx, ddn_dataset_create(p.ctx, stored, type, n, d, d, &raw));
    OK(p.ctx, ddn_dataset_mapped(p.ctx, raw, p.scale, p.shift, &p.ds));
    OK(p.ctx, ddn_schedule_create_ou(p.ctx, &p.sch));
    OK(p.ctx, ddn_oracle_create_empirical(p.ctx, p.ds, p.sch, &p.oracle));
    ddn_dataset_destroy(raw);
    free(stored);
    return p;
}

static void drop(problem *p)
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

static void truth_of(const problem *p, double t, const double *x, truth *out)
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
static double allowed(const problem *p, double t, const double *x, const truth *tr)
{
    double a = exp(-t), s2 = -expm1(-2 * t), u = p->type == DDN_TYPE_F64 ? 0x1p-53 : 0x1p-24;
    double relative = p->type == DDN_TYPE_F64 ? 1e-12 : 1e-5;
    double floor = u * (norm(p->d, x) + a * p->reach) / s2;
    return relative * norm(p->d, tr->score) + floor * fmax(1, a * a / s2 * tr->trace);
}

/* Noised points; the rows that are 1 modulo 3 are midpoints of a point and its nearest neighbour,
 * those that are 2 modulo 3 the same with the noise of a much earlier time. */
static void states(const problem *p, double t, int64_t m, double *x)
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
    double entropy[MAX_BATCH], dropped, touched;
} answer;

static void ask(const problem *p, double t, int64_t m, const double *x, double epsilon, answer *out)
{
    ddn_query *query = NULL;
    OK(p->ctx, ddn_query_create(p->ctx, p->oracle, &query));
    OK(p->ctx, ddn_query_bind_f64(query, DDN_OUT_SCORE, out->score, p->d));
    OK(p->ctx, ddn_query_bind_f64(query, DDN_OUT_ENTROPY, out->entropy, 0));
    if (epsilon >= 0) {
        OK(p->ctx, ddn_query_set_f64(query, DDN_QUERY_EPSILON, epsilon));
    }
    OK(p->ctx, ddn_query_run(query, t, m, x, p->d));
    out->dropped = ddn_query_dropped(query);
    out->touched = ddn_query_touched(query);
    ddn_query_destroy(query);
}

/* Largest error in units of what is allowed. */
static double worst(const problem *p, double t, int64_t m, const double *x, const double *score,
                    const truth *tr)
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
static double check_time(problem *p, double t, int64_t batch_limit, int whole)
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
                assert_true(got.touched > 0 && got.touched <= (exact ? 1 : 1.0000001));
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

static double *normal_points(int64_t n, int64_t d, double size)
{
    double *point = numbers(n * d);
    test_normal(n + d, n * d, point);
    for (int64_t i = 0; i < n * d; i++) {
        point[i] *= size;
    }
    return point;
}

static void every_variant_type_time_and_batch(void **state)
{
    (void)state;
    for (int type = 0; type < 3; type++) {
        problem p = make(types[type], normal_points(700, 19, 0.4), 700, 19);
        for (int k = 0; k < TIMES; k++) {
            double top = check_time(&p, times[k], MAX_BATCH, 1);
            print_message("# type %d, t = %g: %.3f of what is allowed\n", types[type], times[k],
                          top);
        }
        drop(&p);
    }
}

/* Thirty points, each with twenty copies at a distance of sigma = 0.03 per coordinate. */
static void near_duplicates(void **state)
{
    (void)state;
    enum {
        N = 600,
        D = 300
    };
    for (int type = 0; type < 3; type++) {
        double *point = normal_points(N, D, 0.03), *centre = normal_points(30, D, 0.3);
        for (int64_t i = 0; i < N; i++) {
            for (int64_t j = 0; j < D; j++) {
                point[i * D + j] += centre[i % 30 * D + j];
            }
        }
        free(centre);
        problem p = make(types[type], point, N, D);
        for (int k = 0; k < TIMES; k += 2) {
            check_time(&p, times[k], 3, types[type] != DDN_TYPE_U8);
        }
        check_time(&p, 0.01, 17, types[type] != DDN_TYPE_U8);
        drop(&p);
    }
}

static void far_from_the_origin(void **state)
{
    (void)state;
    for (int type = 1; type < 3; type++) { /* bytes have their map: nothing new there */
        double *point = normal_points(200, 7, 1);
        for (int64_t i = 0; i < 200 * 7; i++) {
            point[i] += 1e6;
        }
        problem p = make(types[type], point, 200, 7);
        for (int k = 0; k < TIMES; k++) {
            check_time(&p, times[k], 17, 1);
        }
        drop(&p);
    }
}

static void many_dimensions(void **state)
{
    (void)state;
    for (int type = 0; type < 3; type++) {
        problem p = make(types[type], normal_points(24, 12288, 0.4), 24, 12288);
        for (int k = 0; k < TIMES; k += 2) {
            check_time(&p, times[k], 3, 1);
        }
        drop(&p);
    }
}

/* The mass left out is below the bound reported: with the points in ascending order of weight, the
 * touched share s means that at most (1 - s) n of them are missing, and the entropy, to which each
 * missing weight adds -w log w, shows it. */
static void what_is_left_out_is_bounded(void **state)
{
    (void)state;
    static const double epsilons[] = {1e-2, 1e-3, 1e-6, 1e-9};
    int pruned = 0;
    for (int type = 0; type < 3; type++) {
        problem p = make(types[type], normal_points(3000, 12, 0.4), 3000, 12);
        double *x = numbers(p.d);
        answer got = {.score = numbers(p.d)}, full = {.score = numbers(p.d)};
        truth tr = {numbers(p.d), numbers(p.n), 0, 0};
        for (int k = 4; k < TIMES; k++) {
            states(&p, times[k], 1, x);
            truth_of(&p, times[k], x, &tr);
            ask(&p, times[k], 1, x, 0, &full);
            assert_true(full.dropped == 0);
            for (int e = 0; e < 4; e++) {
                double epsilon = epsilons[e];
                ask(&p, times[k], 1, x, epsilon, &got);
                assert_true(got.dropped <= epsilon);
                pruned += got.touched < 0.5;
                /* Weights w with a sum of at most delta add at most delta log(n / delta) + delta to
                 * the entropy; leaving them out and dividing by 1 - delta changes it by no more
                 * than that and H delta. */
                double delta = got.dropped, slack = 1e-5 * tr.entropy + 1e-7;
                double bound = delta > 0 ? delta * (log((double)p.n / delta) + 1 + tr.entropy) : 0;
                CLOSE(got.entropy[0], tr.entropy, 0, 2 * bound + slack);
                /* The mean moves by at most 2 delta times the reach of the data. */
                double a = exp(-times[k]), s2 = -expm1(-2 * times[k]), *diff = numbers(p.d);
                for (int64_t j = 0; j < p.d; j++) {
                    diff[j] = got.score[j] - tr.score[j];
                }
                double limit = 2 * delta * p.reach * a / s2 + allowed(&p, times[k], x, &tr);
                if (!(norm(p.d, diff) <= limit)) {
                    print_error("type %d, t = %g, epsilon %g: error %.3g, limit %.3g\n", p.type,
                                times[k], epsilon, norm(p.d, diff), limit);
                    fail();
                }
                free(diff);
            }
        }
        free(x);
        free(got.score);
        free(full.score);
        free(tr.score);
        free(tr.weight);
        drop(&p);
    }
    assert_true(pruned > 0);
}

/* The same bits for 1, 2 and 3 threads, every variant, type, and way through the engine. */
static void bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    enum {
        N = 2500,
        D = 40
    };
    for (int type = 0; type < 3; type++) {
        problem p = make(types[type], normal_points(N, D, 0.4), N, D);
        double *x = numbers(MAX_BATCH * D);
        answer got = {.score = numbers(MAX_BATCH * D)}, one = {.score = numbers(MAX_BATCH * D)};
        int32_t supported;
        const char *name;
        for (int32_t k = 0; (name = ddn_kernel_name(k, &supported)) != NULL; k++) {
            static const double some[] = {2, 0.05};
            for (int i = 0; supported && i < 8; i++) {
                double t = some[i & 1];
                int64_t m = i & 2 ? 20 : 1;
                states(&p, t, m, x);
                OK(p.ctx, ddn_context_set_kernel(p.ctx, name));
                OK(p.ctx, ddn_context_set_i64(p.ctx, DDN_CONTEXT_THREADS, 1));
                ask(&p, t, m, x, i & 4 ? 0 : -1, &one);
                for (int64_t threads = 2; threads <= 3; threads++) {
                    OK(p.ctx, ddn_context_set_i64(p.ctx, DDN_CONTEXT_THREADS, threads));
                    ask(&p, t, m, x, i & 4 ? 0 : -1, &got);
                    assert_memory_equal(got.score, one.score, (size_t)(m * D) * sizeof(double));
                    assert_memory_equal(got.entropy, one.entropy, (size_t)m * sizeof(double));
                }
            }
        }
        free(x);
        free(got.score);
        free(one.score);
        drop(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_type_time_and_batch),
        cmocka_unit_test(near_duplicates),
        cmocka_unit_test(far_from_the_origin),
        cmocka_unit_test(many_dimensions),
        cmocka_unit_test(what_is_left_out_is_bounded),
        cmocka_unit_test(bits_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
