/* The promise of oracle.h, kept by teams of every size: scores, logs of densities, weights and
 * covariances against long double, where the parts of the ranks compete most: midpoints between
 * points of different ranks, near ties, data far from the origin, states far from the data; and
 * that states of usual data are asked once. */
#include "support/crew.h"
#include "support/exact.h"

enum {
    M = 20,
    MOST_D = 784
};

typedef struct problem {
    test_cloud cloud;
    double t, x[M * MOST_D], score[M * MOST_D], mean[M * MOST_D];
    double log_p[M], rest[M], entropy[M];
    int32_t numbers; /* what weights show in is asked for too */
    int32_t whole;   /* no mass is left out */
    int32_t far;     /* states so far away that their distances round more than points differ */
    int32_t spread;  /* covariances are asked for, and their products with v */
    double v[M * MOST_D], cov[M * MOST_D], trace[M];
    int64_t runs;
    const char *kernel;
    ddn_status failed;
    char text[512];
} problem;

static ddn_dataset *borrow(ddn_context *ctx, const test_cloud *c, int64_t first, int64_t end,
                           ddn_status *status)
{
    const size_t size = c->type == DDN_TYPE_U8 ? 1 : c->type == DDN_TYPE_F32 ? 4 : 8;
    const char *from = (const char *)c->stored + (size_t)(first * c->ld) * size;
    ddn_dataset *raw = NULL, *mapped = NULL;
    *status =
        ddn_dataset_create_borrowed(ctx, c->type, end - first, c->d, from, c->ld, NULL, NULL, &raw);
    if (*status == DDN_OK) {
        *status = ddn_dataset_create_mapped(ctx, raw, c->scale, c->shift, &mapped);
    }
    ddn_dataset_destroy(raw);
    return mapped;
}

static ddn_status ask(ddn_context *ctx, problem *p, const ddn_oracle *oracle, double *out)
{
    const int64_t d = p->cloud.d;
    ddn_query *q = NULL;
    ddn_status status = ddn_query_create(ctx, oracle, &q);
    STEP(ddn_query_bind_f64(q, DDN_OUT_SCORE, out, d));
    if (p->numbers) {
        double *n = out + M * d;
        STEP(ddn_query_bind_f64(q, DDN_OUT_MEAN, n, d));
        STEP(ddn_query_bind_f64(q, DDN_OUT_LOG_P, n + M * d, 0));
        STEP(ddn_query_bind_f64(q, DDN_OUT_ONE_MINUS_W_MAX, n + M * d + M, 0));
        STEP(ddn_query_bind_f64(q, DDN_OUT_ENTROPY, n + M * d + 2 * M, 0));
    }
    if (p->spread) {
        double *c = out + M * (2 * d + 3);
        STEP(ddn_query_bind_input(q, DDN_IN_V, p->v, d));
        STEP(ddn_query_bind_f64(q, DDN_OUT_COV_TIMES_V, c, d));
        STEP(ddn_query_bind_f64(q, DDN_OUT_TRACE_COV, c + M * d, 0));
    }
    if (p->whole) {
        STEP(ddn_options_set_f64(ddn_query_options(q), DDN_QUERY_EPSILON, 0));
    }
    for (int64_t i = 0; i < p->runs; i++) {
        STEP(ddn_query_run(q, p->t, M, p->x, d));
    }
    ddn_query_destroy(q);
    return status;
}

static void rank_asks(crew_rank *rank)
{
    problem *p = rank->user;
    const int64_t n = p->cloud.n, d = p->cloud.d, r = rank->rank, count = M * (3 * d + 4);
    double *out = calloc((size_t)count, sizeof *out);
    ddn_schedule *sch = NULL;
    ddn_dataset *part = NULL, *ds = NULL;
    ddn_oracle *oracle = NULL;
    ddn_status status = DDN_OK;
    part = borrow(rank->ctx, &p->cloud, n * r / rank->size, n * (r + 1) / rank->size, &status);
    STEP(ddn_context_set_kernel(rank->ctx, p->kernel));
    STEP(ddn_dataset_create_team(rank->ctx, rank->team, part, &ds));
    STEP(ddn_schedule_create_ou(rank->ctx, &sch));
    STEP(ddn_oracle_create_empirical(rank->ctx, ds, sch, &oracle));
    STEP(ask(rank->ctx, p, oracle, out));
    if (r == 0 && status == DDN_OK) {
        const double *numbers = out + 2 * M * d;
        memcpy(p->score, out, (size_t)(M * d) * sizeof *out);
        memcpy(p->mean, out + M * d, (size_t)(M * d) * sizeof *out);
        memcpy(p->log_p, numbers, sizeof p->log_p);
        memcpy(p->rest, numbers + M, sizeof p->rest);
        memcpy(p->entropy, numbers + 2 * M, sizeof p->entropy);
        memcpy(p->cov, numbers + 3 * M, (size_t)(M * d) * sizeof *out);
        memcpy(p->trace, numbers + 3 * M + M * d, sizeof p->trace);
    } else if (r == 0) {
        p->failed = status;
        snprintf(p->text, sizeof p->text, "%s", ddn_context_message(rank->ctx));
    }
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(part);
    free(out);
}

/* Noised points; points at, and a little off, the middle between two of different ranks, nearly
 * tied; states far from all. */
static void make_states(problem *p)
{
    const test_cloud *c = &p->cloud;
    const int64_t n = c->n, d = c->d;
    const double a = exp(-p->t), s2 = -expm1(-2 * p->t), s = sqrt(s2);
    test_normal(n, M * d, p->x);
    for (int64_t q = 0; q < M; q++) {
        const double *y = c->point + q * 7 % (n / 2) * d,
                     *z = c->point + (n - 1 - q * 3 % (n / 4)) * d;
        double gap2 = 0, push = q % 5 == 2 ? 0 : q % 5 == 3 ? 0.7 : -3;
        for (int64_t j = 0; j < d; j++) {
            gap2 += (z[j] - y[j]) * (z[j] - y[j]);
        }
        push *= gap2 > 0 ? s2 / (a * gap2) : 0;
        for (int64_t j = 0; j < d; j++) {
            double *x = p->x + q * d + j;
            *x = q % 5 == 0   ? a * y[j] + s * *x
                 : q % 5 == 1 ? a * z[j] + 30 * s * *x
                              : a * 0.5 * (y[j] + z[j]) + push * (z[j] - y[j]);
        }
    }
}

/* States whose weights differ by e^2 or so, however near each other the points are. */
static void make_far_states(problem *p, double spread)
{
    const test_cloud *c = &p->cloud;
    const double a = exp(-p->t), s2 = -expm1(-2 * p->t);
    test_normal(c->n, M * c->d, p->x);
    for (int64_t i = 0; i < M * c->d; i++) {
        p->x[i] = a * c->point[i] + p->x[i] * 2 * s2 / (a * spread * sqrt((double)c->d));
    }
}

/* Of Cov v, the size of tr Cov |v|. */
static void judge_covariance(const problem *p, int64_t q, const test_exact *e, double weights)
{
    const int64_t n = p->cloud.n, d = p->cloud.d;
    const double *point = p->cloud.point, *v = p->v + q * d;
    double error2 = 0;
    for (int64_t j = 0; j < d; j++) {
        long double sum = 0;
        for (int64_t i = 0; i < n; i++) {
            long double along = 0;
            for (int64_t k = 0; k < d; k++) {
                along +=
                    ((long double)point[i * d + k] - (long double)e->mean[k]) * (long double)v[k];
            }
            sum += e->w[i] * ((long double)point[i * d + j] - (long double)e->mean[j]) * along;
        }
        const double error = p->cov[q * d + j] - (double)sum;
        error2 += error * error;
    }
    CLOSE(p->trace[q], e->trace, weights, 0);
    /* Where one point has nearly all the weight, rounding of the mean shows, squared. */
    CLOSE(sqrt(error2), 0, 0, (weights * e->trace + 1e-14) * test_length(d, v));
}

/* All that is promised of one state; `ranks` for the message. */
static void judge(const problem *p, int64_t ranks, int64_t q, const test_exact *e)
{
    const test_cloud *c = &p->cloud;
    const int64_t d = c->d;
    const double *x = p->x + q * d, a = exp(-p->t), s2 = -expm1(-2 * p->t);
    const int f64 = c->type == DDN_TYPE_F64;
    const double weights = f64 ? 1e-9 : 1e-3, u = f64 ? 0x1p-53 : 0x1p-24;
    double diff[MOST_D], reach = test_length(d, x) + a * test_length(d, c->point + e->argmax * d);
    const double allowed =
        (f64 ? 1e-12 : 1e-5) * test_length(d, e->score) + (8 + (double)c->n / 128) * u * reach / s2;
    for (int64_t j = 0; j < d; j++) {
        diff[j] = p->score[q * d + j] - e->score[j];
    }
    if (!(test_length(d, diff) <= allowed)) {
        fail_msg("type %d, t = %g, %s, %d ranks: the score of state %d is off by %g, allowed %g",
                 (int)c->type, p->t, p->kernel, (int)ranks, (int)q, test_length(d, diff), allowed);
    }
    if (p->spread) {
        judge_covariance(p, q, e, weights);
    }
    if (!p->numbers || p->spread) { /* whose reference has no more digits so far from the origin */
        return;
    }
    CLOSE(p->rest[q], e->rest, 2 * weights, p->whole ? 1e-290 : 1e-8);
    CLOSE(p->entropy[q], e->entropy, 2 * weights, p->whole ? 1e-290 : 1e-7);
    CLOSE(p->log_p[q], e->log_p, (8 + (double)d / 8) * 0x1p-53, weights + 1e-14 * (double)d);
}

static void check(problem *p)
{
    test_exact e[M];
    const int64_t d = p->cloud.d, sizes[] = {1, 2, 3, 5};
    int32_t supported;
    if (!p->far) {
        make_states(p);
    }
    for (int64_t q = 0; q < M; q++) {
        e[q] = test_exact_make(&p->cloud);
        test_exact_at(&p->cloud, expl(-(long double)p->t), -expm1l(-2 * (long double)p->t),
                      p->x + q * d, &e[q]);
    }
    for (int32_t v = 0; (p->kernel = ddn_kernel_name(v, &supported)) != NULL; v++) {
        for (int k = 0; supported && k < 8; k++) {
            p->numbers = k / 4;
            test_crew(sizes[k % 4], rank_asks, p);
            if (p->failed != DDN_OK) {
                fail_msg("%s", p->text);
            }
            for (int64_t q = 0; q < M; q++) {
                judge(p, sizes[k % 4], q, &e[q]);
            }
        }
    }
    for (int64_t q = 0; q < M; q++) {
        test_exact_free(&e[q]);
    }
}

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};

/* Coordinates with the standard deviation `spread`, around `offset`. */
static problem *make_problem(ddn_type type, const int64_t *size, double spread, double offset,
                             double t)
{
    const int64_t n = size[0], d = size[1];
    problem *p = calloc(1, sizeof *p);
    double *v = calloc((size_t)(n * d), sizeof *v);
    assert_true(p != NULL && v != NULL);
    test_normal(n + d, n * d, v);
    for (int64_t i = 0; i < n * d; i++) {
        v[i] = offset + spread * v[i];
    }
    const double scale = type == DDN_TYPE_U8 ? fmin(1, spread) / 32 : 1;
    const double shift = type == DDN_TYPE_U8 ? offset - 128 * scale : 0;
    p->cloud = test_cloud_make(type, n, d, d, scale, shift, v, 0);
    p->t = t;
    p->runs = 1;
    free(v);
    return p;
}

static void free_problem(problem *p)
{
    test_cloud_free(&p->cloud);
    free(p);
}

static void promises_are_kept(void **state)
{
    (void)state;
    static const double times[] = {1e-4, 1e-3, 0.03, 0.3, 1, 2.5, 5}, offsets[] = {0, 100};
    static const int64_t sizes[][2] = {{60, 24}, {300, 5}, {90, 200}};
    for (int k = 0; k < 3 * 7 * 2; k++) {
        const int64_t *size = sizes[(k + k / 6) % 3];
        problem *p = make_problem(types[k % 3], size, 1, offsets[k / 3 % 2], times[k / 6]);
        check(p);
        free_problem(p);
    }
}

/* Weights and what follows from them, also where scores are asked for that need them less: far
 * away, where the distances of all points are large and the rounding of their squares is more than
 * their differences; of few coordinates far from the origin; and where little is not at the nearest
 * point. */
static void weights_are_kept(void **state)
{
    (void)state;
    static const int64_t sizes[][2] = {{60, 24}, {90, 3}, {300, 40}};
    for (int k = 0; k < 9; k++) {
        const double spread = types[k % 3] == DDN_TYPE_F64 ? 1e-6 : 1e-9;
        problem *p = make_problem(types[k % 3], sizes[k / 3], spread, 0, 0.3);
        p->far = p->whole = 1;
        make_far_states(p, spread);
        check(p);
        free_problem(p);
    }
    for (int k = 0; k < 9; k++) {
        problem *p = make_problem(types[k % 3], sizes[k / 3], 1, 0, 0.03);
        p->whole = 1;
        check(p);
        free_problem(p);
    }
    for (int k = 0; k < 2; k++) {
        problem *p = make_problem(DDN_TYPE_F64, sizes[1], 1, 1e6, k == 0 ? 0.003 : 0.1);
        p->whole = 1;
        check(p);
        free_problem(p);
    }
}

/* Covariances are made of differences, however far from the origin the points are: the means of the
 * ranks round there more than what they differ by is promised to. */
static void covariances_are_kept(void **state)
{
    (void)state;
    static const int64_t size[] = {40, 6};
    for (int k = 0; k < 6; k++) {
        problem *p = make_problem(types[k % 3], size, 1, k % 3 == 2 ? 3e8 : 1e5, k / 3 ? 2 : 0.5);
        p->whole = p->spread = 1;
        test_normal(k, M * p->cloud.d, p->v);
        check(p);
        free_problem(p);
    }
}

enum {
    PAIRS = 20,
    TIE_D = 7,
    TIE_ROWS = 2 * PAIRS + 1 /* of a rank: pairs, and one that no state is near */
};

/* Copies of the same pairs on all ranks, in another order on each, and states in the middle of
 * each pair. */
typedef struct ties {
    double point[3 * TIE_ROWS * TIE_D], weight[3 * TIE_ROWS], x[PAIRS * TIE_D], t;
    int64_t argmax[PAIRS];
    ddn_status failed;
} ties;

static ties *make_ties(int64_t seed)
{
    ties *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->t = 0.002 * (double)(1 + seed % 7);
    test_normal(seed, sizeof p->point / sizeof(double), p->point);
    for (int64_t i = 0; i < TIE_ROWS * TIE_D; i++) { /* partners are near each other */
        double *y = p->point + i;
        *y = i / TIE_D % 2 == 0 ? 20 * *y : *(y - TIE_D) + *y;
    }
    for (int64_t i = 0; i < 3 * TIE_ROWS; i++) {
        const int64_t rank = i / TIE_ROWS, row = i % TIE_ROWS;
        p->weight[i] = row == TIE_ROWS - 1 ? 1.7 + (double)(rank + seed) : 1;
        if (rank > 0 && row < TIE_ROWS - 1) {
            const int64_t of =
                rank == 1 ? 2 * PAIRS - 1 - row : (row + 2 * PAIRS - 1) % (2 * PAIRS);
            memcpy(p->point + i * TIE_D, p->point + of * TIE_D, TIE_D * sizeof *p->point);
        }
    }
    for (int64_t i = 0; i < PAIRS * TIE_D; i++) {
        const double *y = p->point + i / TIE_D * 2 * TIE_D + i % TIE_D;
        p->x[i] = exp(-p->t) * 0.5 * (y[0] + y[TIE_D]);
    }
    return p;
}

static void rank_ties(crew_rank *rank)
{
    ties *p = rank->user;
    int64_t argmax[PAIRS];
    const double *from = p->point + rank->rank * TIE_ROWS * TIE_D;
    ddn_schedule *sch = NULL;
    ddn_dataset *part = NULL, *even = NULL, *ds = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *q = NULL;
    ddn_status status =
        ddn_dataset_create(rank->ctx, DDN_TYPE_F64, TIE_ROWS, TIE_D, from, TIE_D, &part);
    STEP(ddn_dataset_create_team(rank->ctx, rank->team, part, &even));
    STEP(ddn_dataset_create_weighted(rank->ctx, even, rank->size * TIE_ROWS, p->weight, &ds));
    STEP(ddn_schedule_create_ou(rank->ctx, &sch));
    STEP(ddn_oracle_create_empirical(rank->ctx, ds, sch, &oracle));
    STEP(ddn_query_create(rank->ctx, oracle, &q));
    STEP(ddn_query_bind_i64(q, DDN_OUT_ARGMAX, argmax));
    STEP(ddn_query_run(q, p->t, PAIRS, p->x, TIE_D));
    if (rank->rank == 0) {
        p->failed = status;
        memcpy(p->argmax, argmax, sizeof argmax);
    }
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(even);
    ddn_dataset_destroy(part);
}

/* Of copies on several ranks the lowest row is the likeliest point, also where another point is as
 * likely to rounding, so that each rank may choose either. */
static void lowest_of_copies(void **state)
{
    (void)state;
    for (int64_t seed = 1; seed <= 40; seed++) {
        ties *p = make_ties(seed);
        test_crew(2 + seed % 2, rank_ties, p);
        assert_int_equal(p->failed, DDN_OK);
        for (int64_t q = 0; q < PAIRS; q++) {
            if (p->argmax[q] / 2 != q) {
                fail_msg("%d ranks, state %d: row %d, not %d or the next", (int)(2 + seed % 2),
                         (int)q, (int)p->argmax[q], (int)(2 * q));
            }
        }
        free(p);
    }
}

/* A score of usual states takes one pass: an agreement, an exchange of records, the end. At t = 1
 * most points have weight, of whose logits a poor bound on the errors asks again. */
static void states_are_asked_once(void **state)
{
    (void)state;
    static const double times[] = {0.01, 0.3, 1, 3};
    static const int64_t size[] = {200, 784};
    for (int k = 0; k < 12; k++) {
        problem *p = make_problem(types[k % 3], size, 0.3, 0, times[k / 3]);
        const double a = exp(-p->t), s = sqrt(-expm1(-2 * p->t));
        p->kernel = "auto";
        test_normal(k, M * p->cloud.d, p->x);
        for (int64_t i = 0; i < M * p->cloud.d; i++) {
            p->x[i] = a * p->cloud.point[i] + s * p->x[i];
        }
        const crew_count once = test_crew(2, rank_asks, p);
        p->runs = 2;
        const crew_count twice = test_crew(2, rank_asks, p);
        assert_int_equal(p->failed, DDN_OK);
        assert_int_equal(twice.exchanges - once.exchanges, 3);
        free_problem(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promises_are_kept),     cmocka_unit_test(weights_are_kept),
        cmocka_unit_test(covariances_are_kept),  cmocka_unit_test(lowest_of_copies),
        cmocka_unit_test(states_are_asked_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
