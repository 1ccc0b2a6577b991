/* Where memory ends: nothing is read beyond the last row of the data, or of the states, when the
 * next page may not be touched, and what lies there makes no difference. Where 32 bits end: more
 * columns than sums of products of bytes hold, and as many as they just hold, all bytes extreme. */
#include "support/exact.h"

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};

/* Between -1 and 1; cheaper than normal deviates. */
static double noise(int64_t seed, int64_t i)
{
    uint64_t z = ((uint64_t)seed << 40) + (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)(int64_t)(z ^ (z >> 31)) * 0x1p-63;
}

static double *doubles(int64_t count)
{
    double *p = calloc((size_t)count, sizeof *p);
    assert_non_null(p);
    return p;
}

/* Sets the next variant of the kernels that the processor supports; 0 after the last. */
static int next_kernel(ddn_context *ctx, int32_t *v)
{
    int32_t supported = 0;
    const char *name = NULL;
    while (!supported && (name = ddn_kernel_name(*v, &supported)) != NULL) {
        ++*v;
    }
    if (name != NULL) {
        OK(ctx, ddn_context_set_kernel(ctx, name));
    }
    return name != NULL;
}

/* ---- Pages that end ----------------------------------------------------------------------- */

enum {
    MOST = 130,
    CLASSES = 3
};

typedef struct side {
    test_cloud cloud, states;
    ddn_dataset *ds;
    ddn_oracle *oracle;
} side;

static side side_make(ddn_context *ctx, const ddn_schedule *sch, ddn_type type, int64_t n,
                      int64_t d, int guarded)
{
    double *z = doubles((n + MOST) * d), *x = z + n * d;
    for (int64_t k = 0; k < n * d; k++) {
        z[k] = 0.8 * noise(1, k / d % 41 * d + k % d) + 0.08 * noise(2, k);
    }
    for (int64_t k = 0; k < MOST * d; k++) {
        x[k] = z[k / d * 37 % n * d + k % d] + 0.1 * noise(3, k);
    }
    int bytes = type == DDN_TYPE_U8;
    side s = {.cloud =
                  test_cloud_make(type, n, d, d, bytes ? 1 / 80. : 1, bytes ? -1.6 : 0, z, guarded),
              .states = test_cloud_make(DDN_TYPE_F64, MOST, d, d, 1, 0, x, guarded)};
    s.ds = test_cloud_dataset(ctx, &s.cloud, CLASSES);
    OK(ctx, ddn_oracle_create_empirical(ctx, s.ds, sch, &s.oracle));
    free(z);
    return s;
}

static void side_free(side *s)
{
    ddn_oracle_destroy(s->oracle);
    ddn_dataset_destroy(s->ds);
    test_cloud_free(&s->cloud);
    test_cloud_free(&s->states);
}

/* Different ways to evaluate: lists, their memory, dense in f32 and f64, differences. */
typedef struct mode {
    double t, epsilon; /* negative: the preset */
    int memory, rest, covariance;
    int64_t most; /* states */
} mode;

static int64_t answer_count(int64_t m, int64_t d)
{
    return m * (2 * d + CLASSES + 3);
}

/* Evaluates the last m states, in the end of their memory. */
static void evaluate(ddn_context *ctx, const side *s, const mode *how, int64_t m, double *answer)
{
    int64_t d = s->cloud.d, *index = calloc((size_t)(2 * m), sizeof *index);
    const double *x = (const double *)s->states.stored + (MOST - m) * d;
    double *at = answer + m * 2 * d;
    ddn_query *q = NULL;
    OK(ctx, ddn_query_create(ctx, s->oracle, &q));
    OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_TRAJECTORY, how->memory));
    if (how->epsilon >= 0) {
        OK(ctx, ddn_options_set_f64(ddn_query_options(q), DDN_QUERY_EPSILON, how->epsilon));
    }
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, answer, d));
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_CLASS_POSTERIOR, at, CLASSES));
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_LOG_P, at + m * CLASSES, 0));
    if (how->rest) {
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_ENTROPY, at + m * (CLASSES + 1), 0));
    }
    if (how->covariance) {
        OK(ctx, ddn_query_bind_input(q, DDN_IN_V, x, d));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_COV_TIMES_V, answer + m * d, d));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_TRACE_COV, at + m * (CLASSES + 2), 0));
    }
    OK(ctx, ddn_query_bind_i64(q, DDN_OUT_ARGMAX, index));
    OK(ctx, ddn_query_bind_i64(q, DDN_OUT_DRAW_INDEX, index + m));
    for (int k = 0; k <= how->memory; k++) {
        OK(ctx, ddn_query_run(q, how->t, m, x, d));
    }
    for (int64_t k = 0; k < 2 * m; k++) {
        assert_true(index[k] >= 0 && index[k] < s->cloud.n);
    }
    ddn_query_destroy(q);
    free(index);
}

static void check_ends(int64_t n, int64_t d)
{
    static const int64_t batches[] = {1, 2, 17, MOST};
    static const mode modes[] = {{0.005, -1, 0, 0, 1, 17},  {0.005, -1, 1, 0, 0, 17},
                                 {1e-5, -1, 0, 0, 0, MOST}, {1, 0, 0, 0, 0, MOST},
                                 {1, 0, 0, 1, 1, 2},        {5e-5, 0, 0, 0, 0, 17},
                                 {1e-9, 0, 0, 1, 1, 1}};
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    for (int k = 0; k < 3; k++) {
        side guarded = side_make(ctx, sch, types[k], n, d, 1);
        side plain = side_make(ctx, sch, types[k], n, d, 0);
        int64_t most = answer_count(MOST, d);
        double *got = doubles(2 * most), *want = got + most;
        for (int32_t v = 0; next_kernel(ctx, &v);) {
            for (int j = 0; j < 28; j++) {
                const mode *how = &modes[j / 4];
                int64_t m = batches[j % 4], count = answer_count(m, d);
                if (m > how->most) {
                    continue;
                }
                memset(got, 0, (size_t)(2 * most) * sizeof *got);
                evaluate(ctx, &guarded, how, m, got);
                evaluate(ctx, &plain, how, m, want);
                for (int64_t i = 0; i < count; i++) {
                    assert_true(isfinite(want[i]));
                }
                if (memcmp(got, want, (size_t)count * sizeof *got) != 0) {
                    print_error("type %d, n %ld, d %ld, mode %d, batch %ld, %s: not the same\n",
                                types[k], (long)n, (long)d, j / 4, (long)m,
                                ddn_context_kernel(ctx));
                    fail();
                }
            }
        }
        free(got);
        side_free(&guarded);
        side_free(&plain);
    }
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* One to three rows beyond whole tiles of 96 rows and groups of four. */
static void nothing_is_read_beyond_the_end(void **state)
{
    (void)state;
    check_ends(578, 3);
    check_ends(579, 63);
    check_ends(194, 65);
    check_ends(98, 784);
}

/* Four columns of the last row of a tile are rows of the next tile, which may be too short. */
static void nor_of_a_single_column(void **state)
{
    (void)state;
    check_ends(577, 1);
}

/* ---- Sums that end ------------------------------------------------------------------------ */

enum {
    BATCH = 17,
    STATES = 2
};

/* Every second point has bytes near 255, the others near 0, so that the state, near one of them,
 * has all coordinates of one sign and nearly one size: sums of products of bytes are as large as
 * they can be. All variants of the kernels at the first `variants` times. */
static void check_wide(int64_t n, int64_t d, const double *times, int count, int variants)
{
    double *z = doubles(n * d), *x = doubles(BATCH * d), *score = doubles(BATCH * d);
    double *diff = doubles(d), w_max[BATCH];
    int64_t argmax[BATCH], draw[BATCH];
    for (int64_t k = 0; k < n * d; k++) {
        double inwards = k % 13 == 0 ? 8 / 127.5 * fabs(noise(5, k)) : 0;
        z[k] = k / d % 2 ? inwards - 1 : 1 - inwards;
    }
    for (int64_t k = 0; k < BATCH * d; k++) {
        x[k] = z[k / d % STATES * d + k % d] + 0.03 * noise(6, k % (STATES * d));
    }
    test_cloud c = test_cloud_make(DDN_TYPE_U8, n, d, d, 1 / 127.5, -1, z, 1);
    ddn_context *ctx = test_context(2);
    ddn_dataset *ds = test_cloud_dataset(ctx, &c, 0);
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_schedule_create_edm(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    ddn_query *query = NULL;
    OK(ctx, ddn_query_create(ctx, oracle, &query));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_SCORE, score, d));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_W_MAX, w_max, 0));
    OK(ctx, ddn_query_bind_i64(query, DDN_OUT_ARGMAX, argmax));
    OK(ctx, ddn_query_bind_i64(query, DDN_OUT_DRAW_INDEX, draw));
    test_exact e[STATES];
    for (int k = 0; k < count; k++) {
        long double s2 = (long double)times[k] * (long double)times[k];
        for (int64_t q = 0; q < STATES; q++) {
            e[q] = test_exact_make(&c);
            test_exact_at(&c, 1, s2, x + q * d, &e[q]);
        }
        OK(ctx, ddn_context_set_kernel(ctx, "auto"));
        for (int32_t v = 0; k < variants ? next_kernel(ctx, &v) : v++ == 0;) {
            for (int64_t m = 1; m <= BATCH; m += BATCH - 1) {
                OK(ctx, ddn_query_run(query, times[k], m, x, d));
                for (int64_t q = 0; q < m; q++) {
                    const test_exact *want = &e[q % STATES];
                    for (int64_t j = 0; j < d; j++) {
                        diff[j] = score[q * d + j] - want->score[j];
                    }
                    CLOSE(test_length(d, diff), 0, 0,
                          test_score_allowed(&c, 1, (double)s2, x + q * d, want) +
                              2 * ddn_query_dropped(query) * c.reach / (double)s2);
                    CLOSE(w_max[q], want->w_max, 1e-3, 1e-9);
                    assert_true(want->w[argmax[q]] >= 0.999L * want->w[want->argmax]);
                    assert_true(draw[q] >= 0 && draw[q] < n && want->w[draw[q]] > 1e-12L);
                }
            }
        }
        for (int64_t q = 0; q < STATES; q++) {
            test_exact_free(&e[q]);
        }
    }
    ddn_query_destroy(query);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    test_cloud_free(&c);
    free(z);
    free(x);
    free(score);
    free(diff);
}

static void more_columns_than_integers_hold(void **state)
{
    (void)state;
    check_wide(40, 66001, (double[]){500, 3}, 2, 1);   /* both groups have weight, or one of them */
    check_wide(70, 70000, (double[]){500, 0.5}, 2, 0); /* a screen; the sums would overflow */
}

static void as_many_columns_as_integers_hold(void **state)
{
    (void)state;
    check_wide(66, 66000, (double[]){500, 0.5}, 2, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_read_beyond_the_end),
        cmocka_unit_test(more_columns_than_integers_hold),
        cmocka_unit_test(as_many_columns_as_integers_hold),
        cmocka_unit_test(nor_of_a_single_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
