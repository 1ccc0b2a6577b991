/* The same bits for every number of threads and with the host's own loops, in any order, for each
 * way of evaluation, stored type and size of batch; all outputs at once. Every case is large enough
 * that its loops are shared out, which is checked. Would catch: sums merged in order of arrival,
 * scratch that two workers share, scratch that remembers an earlier run. Also run under
 * ThreadSanitizer.
 *
 * An argument: as many repetitions, with all numbers of threads from 1 to 8. */

#include "support/fixtures.h"
#include "support/loops.h"
#include "support/sanitized.h"
#include "support/ways.h"

enum {
    CLASSES = 3
};

static int64_t repetitions = 0; /* 0: once, with some numbers of threads */
static int64_t runs, cases;
static int64_t way_count, served; /* bits: the ways that served a case */

/* Which way the case is made for. */
typedef enum way {
    NARROW, /* few coordinates */
    REFINE, /* clusters narrower than the noise, far from each other */
    TRACK,  /* the same, along a trajectory: lists that an earlier run left */
    WIDE,   /* clusters too large for short lists, where single precision rounds too much */
    DENSE,  /* late: all points have weight */
    DOUBLE, /* epsilon 0 and logits too large for f32 */
    DIRECT, /* states so far away that all sums round */
    WAYS
} way;

typedef struct shape {
    way how;
    int64_t n, d, clusters;
    int covariance; /* tr Cov and Cov v too: a second pass over the points */
    int types;      /* 1: u8 alone, 2: f32 too, 3: all */
    int64_t batches[4];
} shape;

typedef struct rig {
    ddn_dataset *ds;
    ddn_oracle *oracle;
    double t;
    void *stored;
    double *x, *v; /* [m][d] */
} rig;

static const double scale = 1 / 80., shift = -1.6;

/* Between -1 and 1; cheaper than normal deviates. */
static double noise(uint64_t seed, int64_t i)
{
    uint64_t z = (seed << 40) + (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)(int64_t)(z ^ (z >> 31)) * 0x1p-63;
}

/* Coordinate j of point i: clusters of spread 0.05, or closer; the last one is common. */
static double coordinate(const shape *s, int64_t i, int64_t j)
{
    double spread = s->how == DOUBLE ? 0.006 : s->how == WIDE ? 0.009 : 0.08;
    return j == s->d - 1
               ? 0.25
               : 0.8 * noise(1, i % s->clusters * s->d + j) + spread * noise(2, i * s->d + j);
}

static rig rig_make(ddn_context *ctx, const shape *s, ddn_type type, int64_t m)
{
    static const double times[WAYS] = {0.3, 0.01, 0.01, 1e-4, 1, 5e-5, 1};
    int64_t n = s->n, d = s->d, size = type == DDN_TYPE_U8 ? 1 : type == DDN_TYPE_F32 ? 4 : 8;
    rig r = {.t = s->d > 1000 ? 4 : times[s->how], .stored = malloc((size_t)(n * d * size))};
    int32_t *label = calloc((size_t)n, sizeof *label);
    r.x = calloc((size_t)(2 * m * d), sizeof *r.x);
    r.v = r.x + m * d;
    assert_true(r.stored != NULL && label != NULL && r.x != NULL);
    for (int64_t k = 0; k < n * d; k++) {
        double y = coordinate(s, k / d, k % d);
        if (type == DDN_TYPE_U8) {
            ((uint8_t *)r.stored)[k] = (uint8_t)((y - shift) / scale + 0.5);
        } else if (type == DDN_TYPE_F32) {
            ((float *)r.stored)[k] = (float)y;
        } else {
            ((double *)r.stored)[k] = y;
        }
    }
    for (int64_t i = 0; i < n; i++) {
        label[i] = (int32_t)(i % 7 % CLASSES);
    }
    ddn_dataset *raw = NULL, *mapped = NULL;
    ddn_schedule *sch = NULL;
    int bytes = type == DDN_TYPE_U8;
    OK(ctx, ddn_dataset_create_borrowed(ctx, type, n, d, r.stored, d, NULL, NULL, &raw));
    OK(ctx, ddn_dataset_create_mapped(ctx, raw, bytes ? scale : 1, bytes ? shift : 0, &mapped));
    OK(ctx, ddn_dataset_create_labelled(ctx, mapped, n, label, &r.ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, r.ds, sch, &r.oracle));
    double a = exp(-r.t), sd = sqrt(-expm1(-2 * r.t));
    for (int64_t q = 0; q < m; q++) {
        double *x = r.x + q * d;
        OK(ctx, ddn_dataset_read(ctx, r.ds, (q * 37 + 5) % n, 1, x, d));
        for (int64_t j = 0; j < d; j++) {
            x[j] = a * x[j] + 0.8 * sd * noise(3, q * d + j);
            r.v[q * d + j] = noise(4, q * d + j);
        }
        x[d - 1] += s->how == DIRECT ? 1e9 : 0;
    }
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(raw);
    free(label);
    return r;
}

static void rig_free(rig *r)
{
    ddn_oracle_destroy(r->oracle);
    ddn_dataset_destroy(r->ds);
    free(r->stored);
    free(r->x);
}

/* ---- Outputs ------------------------------------------------------------------------------ */

/* Numbers for m states, all outputs one after the other. */
static int64_t answer_count(const shape *s, int64_t m)
{
    return m * (3 * s->d + CLASSES + 11);
}

static ddn_query *query_make(ddn_context *ctx, const rig *r, const shape *s, int64_t m,
                             double *answer, int64_t *draw)
{
    static const ddn_output single[] = {
        DDN_OUT_LOG_P,           DDN_OUT_ENTROPY,           DDN_OUT_SUM_W2,           DDN_OUT_W_MAX,
        DDN_OUT_ONE_MINUS_W_MAX, DDN_OUT_NEAREST_DISTANCE2, DDN_OUT_SECOND_DISTANCE2,
    };
    int64_t d = s->d;
    ddn_query *q = NULL;
    OK(ctx, ddn_query_create(ctx, r->oracle, &q));
    OK(ctx, ddn_query_set_noise(q, 9, 4, 2, 0, NULL));
    OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_TRAJECTORY, s->how == TRACK));
    if (s->how >= DOUBLE) {
        OK(ctx, ddn_options_set_f64(ddn_query_options(q), DDN_QUERY_EPSILON, 0));
    }
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, answer, d));
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, answer + m * d, d));
    if (s->covariance) {
        OK(ctx, ddn_query_bind_input(q, DDN_IN_V, r->v, d));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_COV_TIMES_V, answer + 2 * m * d, d));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_TRACE_COV, answer + m * (3 * d), 0));
    }
    answer += m * (3 * d + 1);
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_CLASS_POSTERIOR, answer, CLASSES));
    OK(ctx, ddn_query_bind_i64(q, DDN_OUT_DRAW_INDEX, draw));
    answer += m * CLASSES;
    for (int k = 0; k < (s->how == NARROW ? 5 : 7); k++) { /* which gives no distances */
        OK(ctx, ddn_query_bind_f64(q, single[k], answer + m * k, 0));
    }
    OK(ctx, ddn_query_bind_i64(q, DDN_OUT_ARGMAX, draw + m));
    return q;
}

/* One run, or three along a path that ends at the rig's time and states. */
static void run(ddn_context *ctx, ddn_query *q, const rig *r, const shape *s, int64_t m)
{
    if (s->how == TRACK) {
        OK(ctx, ddn_query_run(q, 1.5 * r->t, m, r->x, s->d));
        OK(ctx, ddn_query_run(q, 1.2 * r->t, m, r->x, s->d));
    }
    OK(ctx, ddn_query_run(q, r->t, m, r->x, s->d));
    ddn_type type = ddn_dataset_type(r->ds);
    const char *name = s->how == NARROW   ? "narrow"
                       : s->how == REFINE ? "refine"
                       : s->how == WIDE   ? "refine_wide"
                       : s->how == TRACK  ? "nearby"
                       : s->how == DIRECT ? "direct"
                                          : test_dense_way(type, s->how == DOUBLE);
    test_served_all(q, r->oracle, name, m);
    served |= INT64_C(1) << test_way(r->oracle, name);
}

/* ---- The test ----------------------------------------------------------------------------- */

static void check_same(const shape *s, ddn_type type, int64_t m, const char *who,
                       const double *want, const double *got, const int64_t *want_draw,
                       const int64_t *got_draw)
{
    int64_t count = answer_count(s, m);
    if (memcmp(want, got, (size_t)count * sizeof *want) != 0 ||
        memcmp(want_draw, got_draw, (size_t)(2 * m) * sizeof *want_draw) != 0) {
        int64_t at = 0;
        while (at < count && memcmp(want + at, got + at, sizeof *want) == 0) {
            at++;
        }
        print_error("way %d, type %d, n %ld, d %ld, batch %ld, %s: number %ld of %ld differs\n",
                    (int)s->how, type, (long)s->n, (long)s->d, (long)m, who, (long)at, (long)count);
        fail();
    }
}

/* What one thread gives, in `want`, and room for what others give. */
typedef struct answers {
    double *want, *got;
    int64_t *want_draw, *got_draw;
} answers;

/* One query more, or the same one again, whose scratch has been in use. */
static void run_again(ddn_context *ctx, ddn_query **q, const rig *r, const shape *s, int64_t m,
                      const answers *a, const char *who)
{
    if (*q == NULL || s->how == TRACK) { /* that one has a memory */
        ddn_query_destroy(*q);
        *q = query_make(ctx, r, s, m, a->got, a->got_draw);
    }
    memset(a->got, 0, (size_t)answer_count(s, m) * sizeof *a->got);
    run(ctx, *q, r, s, m);
    check_same(s, ddn_dataset_type(r->ds), m, who, a->want, a->got, a->want_draw, a->got_draw);
    runs++;
}

static void with_own_threads(ddn_context *ctx, const rig *r, const shape *s, int64_t m,
                             const answers *a)
{
    static const int64_t some[] = {3, 7, 2}, all[] = {3, 7, 2, 1, 8, 4, 6, 5};
    ddn_query *q = NULL;
    for (int k = 0; k < (repetitions > 0 ? 8 : 3); k++) {
        int64_t threads = repetitions > 0 ? all[k] : some[k];
        char who[32];
        snprintf(who, sizeof who, "%d threads", (int)threads);
        OK(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, threads));
        run_again(ctx, &q, r, s, m, a, who);
    }
    ddn_query_destroy(q);
}

/* Each loop with another number of threads in each repetition. */
static void with_a_hosts_loop(ddn_context *ctx, const rig *r, const shape *s, int64_t m,
                              const answers *a, int64_t repetition)
{
    static const struct {
        const char *name;
        ddn_parallel_for_fn loop;
    } hosts[] = {{"reversed", test_loop_reversed},
                 {"host's threads", test_loop_threads},
                 {"in any order", test_loop_shuffled}};
    for (int64_t k = 0; k < (repetitions > 0 ? 3 : 2); k++) {
        int64_t used = 0, threads = repetitions > 0 ? 2 + (repetition + 2 * k) % 7 : 5;
        ddn_query *q = NULL;
        OK(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, threads));
        OK(ctx, ddn_context_set_parallel_for(ctx, hosts[k].loop, &used, NULL));
        run_again(ctx, &q, r, s, m, a, hosts[k].name);
        ddn_query_destroy(q);
        if (used == 0) {
            print_error("way %d, batch %ld: nothing was shared out\n", (int)s->how, (long)m);
            fail();
        }
    }
    OK(ctx, ddn_context_set_parallel_for(ctx, NULL, NULL, NULL));
}

static void check_batch(const shape *s, ddn_type type, int64_t m, const char *kernel)
{
    ddn_context *ctx = test_context(1);
    if (kernel != NULL) {
        OK(ctx, ddn_context_set_kernel(ctx, kernel));
    }
    rig r = rig_make(ctx, s, type, m);
    size_t count = (size_t)answer_count(s, m);
    answers a = {.want = calloc(2 * count, sizeof *a.want)};
    a.want_draw = calloc((size_t)(4 * m), sizeof *a.want_draw);
    assert_true(a.want != NULL && a.want_draw != NULL);
    a.got = a.want + count;
    a.got_draw = a.want_draw + 2 * m;
    ddn_query *q = query_make(ctx, &r, s, m, a.want, a.want_draw);
    run(ctx, q, &r, s, m);
    ddn_query_destroy(q);
    for (size_t j = 0; j < (size_t)(m * s->d); j++) {
        assert_true(isfinite(a.want[j]));
    }
    for (int64_t i = 0; i < (repetitions > 0 ? repetitions : 1); i++) {
        with_own_threads(ctx, &r, s, m, &a);
        with_a_hosts_loop(ctx, &r, s, m, &a, i);
    }
    cases++;
    way_count = ddn_oracle_way_count(r.oracle);
    free(a.want);
    free(a.want_draw);
    rig_free(&r);
    ddn_context_destroy(ctx);
}

/* Points of more columns than a tile takes at once are taken in parts, by some kernels alone. */
static void check_wide(const shape *s, ddn_type type, int64_t m)
{
    int32_t supported;
    const char *name;
    for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
        if (supported && strcmp(name, "reference") != 0) {
            check_batch(s, type, m, name);
        }
    }
}

static void check(const shape *shapes, int count)
{
    static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    for (int k = 0; k < count; k++) {
        for (int type = 0; type < shapes[k].types; type++) {
            int fits = shapes[k].how != WIDE || types[type] == DDN_TYPE_F32;
            for (int b = 0; b < 4 && shapes[k].batches[b] > 0 && fits;
                 b += TEST_SANITIZED ? 2 : 1) {
                if (shapes[k].d > 4096) {
                    check_wide(&shapes[k], types[type], shapes[k].batches[b]);
                } else {
                    check_batch(&shapes[k], types[type], shapes[k].batches[b], NULL);
                }
            }
        }
    }
}

static void few_coordinates(void **state)
{
    (void)state;
    static const shape shapes[] = {
        {NARROW, 20000, 3, 2000, 1, 3, {130, 300}},
        {NARROW, 60, 2, 60, 1, 3, {3000, 3001}},
    };
    check(shapes, 2);
}

static void lists(void **state)
{
    (void)state;
    static const shape shapes[] = {
        {REFINE, 2000, 70, 101, 1, 3, {1, 2, 3, 17}}, {REFINE, 2000, 70, 101, 1, 3, {130, 300}},
        {REFINE, 6000, 264, 301, 1, 2, {130}}, /* candidates are shared out, too */
        {TRACK, 2000, 70, 101, 1, 3, {1, 2, 3, 17}},  {TRACK, 1500, 160, 101, 1, 3, {130, 300}},
    };
    check(shapes, 5);
}

static void long_lists(void **state)
{
    (void)state;
    static const shape shapes[] = {
        {WIDE, 8000, 17, 3, 1, 2, {17}},
    };
    check(shapes, 1);
}

static void dense_sums(void **state)
{
    (void)state;
    static const shape shapes[] = {
        {DENSE, 1250, 101, 1250, 1, 3, {1, 2, 3, 17}},
        {DENSE, 1250, 101, 1250, 0, 3, {130, 300}},
        {DENSE, 700, 25, 700, 1, 3, {130}},
        {DENSE, 700, 25, 700, 1, 1, {300}},
        {DENSE, 390, 20900, 390, 0, 1, {17}}, /* merging is shared out, too */
        {DOUBLE, 5100, 25, 101, 1, 2, {1, 2, 3, 17}},
        {DOUBLE, 700, 25, 17, 1, 2, {130, 300}},
    };
    check(shapes, 7);
}

static void differences(void **state)
{
    (void)state;
    static const shape shapes[] = {
        {DIRECT, 2500, 201, 2500, 1, 2, {1, 2, 3}},
        {DIRECT, 1000, 31, 1000, 1, 3, {17}},
        {DIRECT, 490, 17, 490, 1, 3, {130}},
        {DIRECT, 490, 17, 490, 1, 1, {300}},
    };
    check(shapes, 4);
}

/* After all others. */
static void every_way_was_compared(void **state)
{
    (void)state;
    assert_true(way_count > 0);
    assert_int_equal(served, (INT64_C(1) << way_count) - 1);
    print_message("# %lld ways in %lld cases, %s threads, the library's loops and a host's: the "
                  "same bits in %lld runs\n",
                  (long long)way_count, (long long)cases, repetitions > 0 ? "1 to 8" : "1 to 7",
                  (long long)runs);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_coordinates), cmocka_unit_test(lists),
        cmocka_unit_test(long_lists),      cmocka_unit_test(dense_sums),
        cmocka_unit_test(differences),     cmocka_unit_test(every_way_was_compared),
    };
    repetitions = argc > 1 ? atoll(argv[1]) : 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
