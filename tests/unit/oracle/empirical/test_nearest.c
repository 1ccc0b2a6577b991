/* The k nearest points: all of them against long double, and every smaller number of them against
 * the beginning of that, bit for bit: every kernel and stored type, sizes around the lists of a
 * screen, copies, ties, clusters, offsets, positions on points, between them and far away. Would
 * catch: a point that a screen loses, a tie that goes to another row, a cut list taken for a whole
 * one, sums in order of arrival. */
#include "oracle/empirical/nearest.h"
#include "support/failing.h"
#include "support/two_nearest.h"

/* Positions, and all points in order of distance from each. */
typedef struct answers {
    int64_t m, n, d;
    double *x;        /* [m][d] */
    int64_t *index;   /* [m][n] */
    double *distance; /* [m][n] squared */
} answers;

static int64_t *rows_of(int64_t count)
{
    int64_t *memory = calloc((size_t)count, sizeof *memory);
    assert_non_null(memory);
    return memory;
}

/* Distances ascend, rows in a tie too; each is that of its row, and each row comes once. */
static void all_points_are_right(const test_cloud *c, const answers *a)
{
    int64_t *seen = rows_of(c->n);
    for (int64_t q = 0; q < a->m; q++) {
        const int64_t *index = a->index + q * a->n;
        const double *got = a->distance + q * a->n, *x = a->x + q * a->d;
        double floor = 0x1p-52 * (test_length(c->d, x) + c->reach);
        for (int64_t i = 0; i < a->n; i++) {
            long double want = 0;
            assert_in_range(index[i], 0, a->n - 1);
            seen[index[i]]++;
            for (int64_t j = 0; j < c->d; j++) {
                long double diff = (long double)x[j] - (long double)c->point[index[i] * c->d + j];
                want += diff * diff;
            }
            CLOSE(got[i], (double)want, 1e-14,
                  2 * floor * sqrt((double)want) + floor * floor + 1e-300);
            assert_true(i == 0 || got[i] > got[i - 1] ||
                        (got[i] == got[i - 1] && index[i] > index[i - 1]));
        }
        for (int64_t i = 0; i < a->n; i++) {
            assert_int_equal(seen[i], q + 1);
        }
    }
    free(seen);
}

/* On points, next to them, between two, noised, far away (with far = 1). */
static answers answers_make(const rig *r, int64_t m, int far)
{
    const test_cloud *c = r->cloud;
    answers a = {m, c->n, c->d, numbers(m * c->d), rows_of(m * c->n), numbers(m * c->n)};
    question q = {.s = c->reach / sqrt((double)c->d), .a = 1, .x = a.x};
    for (int64_t row = 0; row < m; row++) {
        place(c, &q, row, 4 + far);
    }
    for (int64_t i = 0; i < m * c->d && c->scale == 1 && c->reach < 10 * sqrt((double)c->d); i++) {
        a.x[i] = nearbyint(64 * a.x[i]) / 64; /* ties on lattices */
    }
    OK(r->ctx, ddn_dataset_nearest(r->ctx, r->ds, m, c->n, a.x, c->d, a.index, a.distance));
    all_points_are_right(c, &a);
    return a;
}

static void answers_free(answers *a)
{
    free(a->x);
    free(a->index);
    free(a->distance);
}

/* The k nearest of the first m positions. */
static void check(const rig *r, const answers *a, int64_t m, int64_t k)
{
    int64_t *index = rows_of(m * k);
    double *distance = numbers(m * k);
    OK(r->ctx, ddn_dataset_nearest(r->ctx, r->ds, m, k, a->x, a->d, index, distance));
    for (int64_t q = 0; q < m; q++) {
        for (int64_t i = 0; i < k; i++) {
            if (index[q * k + i] != a->index[q * a->n + i] ||
                distance[q * k + i] != a->distance[q * a->n + i]) {
                print_error("%s, type %d, n %ld, d %ld, k %ld, state %ld of %ld: %ld. is row %ld, "
                            "%.17g, not %ld, %.17g\n",
                            ddn_context_kernel(r->ctx), r->cloud->type, (long)a->n, (long)a->d,
                            (long)k, (long)q, (long)m, (long)i, (long)index[q * k + i],
                            distance[q * k + i], (long)a->index[q * a->n + i],
                            a->distance[q * a->n + i]);
                fail();
            }
        }
    }
    free(index);
    free(distance);
}

/* The k nearest distinct ones: what the list of all points has first of each. */
static void check_distinct(const rig *r, const answers *a, int64_t m, int64_t k)
{
    ddni_search *search;
    int64_t *index = rows_of(m * k);
    double *distance = numbers(m * k);
    OK(r->ctx, ddni_search_create(r->ctx, r->ds, &search));
    OK(r->ctx, ddni_search_distinct(r->ctx, search, m, k, a->x, a->d, index, distance));
    for (int64_t q = 0; q < m; q++) {
        int64_t found = 0;
        for (int64_t i = 0; i < a->n && found < k; i++) {
            int64_t row = a->index[q * a->n + i], copy = 0;
            for (int64_t f = 0; f < found; f++) {
                copy |= same_point(r->cloud, row, index[q * k + f]);
            }
            if (!copy) {
                assert_int_equal(index[q * k + found], row);
                assert_true(distance[q * k + found] == a->distance[q * a->n + i]);
                found++;
            }
        }
        for (; found < k; found++) {
            assert_true(index[q * k + found] == -1 && distance[q * k + found] == INFINITY);
        }
    }
    ddni_search_free(r->ctx, search);
    free(index);
    free(distance);
}

/* Every kernel; batches and numbers of points in turn. */
static void check_all(test_cloud c, int64_t most, int far)
{
    static const int64_t batches[] = {1, 2, 3, 16, 17, 130, 600}, wanted[] = {1, 2, 10, 100, 7};
    static int64_t turn;
    int32_t supported;
    const char *name;
    rig r = rig_make(&c, TEST_EDM);
    for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
        if (!supported) {
            continue;
        }
        OK(r.ctx, ddn_context_set_kernel(r.ctx, name));
        answers a = answers_make(&r, most, far);
        for (int i = 0; i < 3; i++, turn++) {
            int64_t m = batches[turn % 7], k = wanted[turn % 5];
            check(&r, &a, m < most ? m : most, k < c.n ? k : c.n);
            check_distinct(&r, &a, m < most ? m : most, k < 11 && k < c.n ? k : 1);
        }
        check(&r, &a, most, c.n / 4 + 1);
        answers_free(&a);
    }
    rig_free(&r);
    test_cloud_free(&c);
}

static void sizes_around_every_list(void **state)
{
    (void)state;
    static const int64_t sizes[][3] = {{1, 1, 3},     {2, 2, 17},    {63, 3, 130},  {64, 17, 130},
                                       {65, 3, 600},  {512, 2, 17},  {513, 17, 50}, {3000, 3, 33},
                                       {65, 3000, 3}, {1000, 784, 3}};
    for (int k = 0; k < 10; k++) {
        check_all(cloud(types[k % 3], sizes[k][0], sizes[k][1], NORMAL, 1, 0), sizes[k][2], 0);
    }
}

static void layouts(void **state)
{
    (void)state;
    for (int k = 0; k < 18; k++) {
        layout how = (layout)(k / 3);
        check_all(cloud(types[k % 3], how == CROWD ? 3200 : 700, k % 2 ? 3 : 17, how, 1, 0), 17, 0);
    }
}

/* What points have in common is 1e6 and more times what tells them apart; positions far from all;
 * sizes that a screen's floats do not hold. */
static void offsets_and_sizes(void **state)
{
    (void)state;
    static const double sizes[] = {1, 1e-3, 1e-5, 1e-25, 1e25};
    for (int k = 0; k < 15; k++) {
        double size = sizes[k / 3];
        check_all(cloud(types[k % 3], 700, 7, NORMAL, size, k < 9 ? 1e6 : 0), 17, k % 2);
        check_all(cloud(types[k % 3], 600, 7, CLUSTERS, size, 0), 17, 1);
    }
}

/* Rows of all classes in turn or one class after the other, many points and many positions: lists
 * of several chunks, blocks of several groups. */
static void many_states(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        test_cloud c = cloud(types[k], 4000, 12, k ? CLUSTERS : NORMAL, 1, 0);
        rig r = rig_make(&c, TEST_EDM);
        answers a = answers_make(&r, 40, 0);
        int64_t m = 1200, index[1200 * 9];
        double *x = numbers(m * c.d), distance[1200 * 9];
        for (int64_t q = 0; q < m; q++) {
            memcpy(x + q * c.d, a.x + q % 40 * c.d, (size_t)c.d * 8);
        }
        OK(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, m, 9, x, c.d, index, distance));
        for (int64_t q = 0; q < m; q++) {
            assert_memory_equal(index + q * 9, a.index + q % 40 * c.n, 72);
            assert_memory_equal(distance + q * 9, a.distance + q % 40 * c.n, 72);
        }
        free(x);
        answers_free(&a);
        rig_free(&r);
        test_cloud_free(&c);
    }
}

/* A point far away that the sample for the centre does not see: the bounds still hold, or are not
 * used. */
static void a_stray_point(void **state)
{
    (void)state;
    static const double sizes[] = {1e3, 1e9, 1e25, 1e160};
    enum {
        N = 9000,
        D = 3,
        M = 20
    };
    for (int k = 0; k < 4; k++) {
        double *y = numbers(N * D), x[M * D], want[M], got[M];
        int64_t index[M];
        ddn_context *ctx = test_context(2);
        ddn_dataset *ds = NULL;
        test_normal(4, N * D, y);
        test_normal(5, M * D, x);
        y[D] = sizes[k];
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, y, D, &ds));
        if (k == 3) {
            FAILS(ctx, ddn_dataset_nearest(ctx, ds, M, 1, x, D, index, got), DDN_E_RANGE, "x[");
            FAILS(ctx, ddn_dataset_nearest(ctx, ds, 1, 1, x, D, index, got), DDN_E_RANGE, "x[0]");
        } else {
            for (int q = 0; q < M; q++) { /* by all points */
                OK(ctx, ddn_dataset_nearest(ctx, ds, 1, 1, x + q * D, D, NULL, want + q));
            }
            OK(ctx, ddn_dataset_nearest(ctx, ds, M, 1, x, D, index, got));
            assert_memory_equal(got, want, sizeof got);
        }
        ddn_dataset_destroy(ds);
        ddn_context_destroy(ctx);
        free(y);
    }
}

static void same_bits_for_any_threads(void **state)
{
    (void)state;
    for (int k = 0; k < 6; k++) {
        test_cloud c = cloud(types[k % 3], 3100, k / 3 ? 3 : 20, k / 3 ? CROWD : CLUSTERS, 1, 0);
        rig r = rig_make(&c, TEST_EDM);
        answers a = answers_make(&r, 33, 0);
        for (int64_t threads = 1; threads < 6; threads++) {
            rig other = r;
            other.ctx = test_context(threads);
            check(&other, &a, 33 - 4 * threads, 1 + 3 * threads);
            ddn_context_destroy(other.ctx);
        }
        answers_free(&a);
        rig_free(&r);
        test_cloud_free(&c);
    }
}

static void refuses(void **state)
{
    (void)state;
    test_cloud c = cloud(DDN_TYPE_F64, 20, 3, NORMAL, 1, 0);
    rig r = rig_make(&c, TEST_EDM);
    double x[6] = {0}, d2[40];
    int64_t index[40] = {0};
    FAILS(r.ctx, ddn_dataset_nearest(r.ctx, NULL, 2, 1, x, 3, index, d2), DDN_E_NULL, "ds");
    FAILS(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 1, NULL, 3, index, d2), DDN_E_NULL, "x");
    FAILS(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 0, x, 3, index, d2), DDN_E_RANGE, "k");
    FAILS(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 21, x, 3, index, d2), DDN_E_RANGE, "k");
    FAILS(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, -1, 1, x, 3, index, d2), DDN_E_RANGE, "m");
    FAILS(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 1, x, 2, index, d2), DDN_E_SHAPE, "x");
    x[4] = NAN;
    FAILS(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 1, x, 3, index, d2), DDN_E_NONFINITE,
          "x[1][1]");
    x[4] = 1e160;
    FAILS(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 1, x, 3, index, d2), DDN_E_RANGE, "x[1]");
    x[4] = -1e200; /* squares overflow: the text has what was given, no inf and no level */
    FAILS(
        r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 1, x, 3, index, d2), DDN_E_RANGE,
        "ddn_dataset_nearest: argument x: row x[1], whose largest coordinate is 1e+200, is farther "
        "from the farthest point than 1e150");
    assert_null(strstr(ddn_context_message(r.ctx), "inf"));
    x[4] = 0;
    OK(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 0, 1, NULL, 3, NULL, NULL));
    OK(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 20, x, 3, index, NULL));
    OK(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 20, x, 3, NULL, d2));
    OK(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 20, x, 3, NULL, NULL));
    assert_true(d2[0] <= d2[1] && d2[19] == d2[39] && index[0] == index[20]);
    CANCELLED(r.ctx, ddn_dataset_nearest(r.ctx, r.ds, 2, 20, x, 3, index, d2));
    rig_free(&r);
    test_cloud_free(&c);
}

/* Each allocation fails once: by a screen, by the second one, and by all points. */
typedef struct request {
    ddn_dataset *ds;
    const answers *a;
    int64_t k;
} request;

static ddn_status ask_once(ddn_context *ctx, void *arg)
{
    const request *q = arg;
    double *distance = numbers(q->a->m * q->k);
    int64_t *index = rows_of(q->a->m * q->k);
    ddn_status status =
        ddn_dataset_nearest(ctx, q->ds, q->a->m, q->k, q->a->x, q->a->d, index, distance);
    for (int64_t i = 0; i < q->a->m * q->k && status == DDN_OK; i++) {
        assert_int_equal(index[i], q->a->index[i / q->k * q->a->n + i % q->k]);
    }
    free(distance);
    free(index);
    return status;
}

static void survives_a_lack_of_memory(void **state)
{
    (void)state;
    for (int how = 0; how < 4; how++) {
        test_cloud c = cloud(types[how % 3], 3300, 3, how % 2 ? CROWD : NORMAL, 1, 0);
        rig r = rig_make(&c, TEST_EDM);
        answers a = answers_make(&r, 5, 0);
        request q = {r.ds, &a, how == 3 ? 2000 : 4};
        assert_in_range(test_every_allocation(ask_once, &q), 10, 100);
        answers_free(&a);
        rig_free(&r);
        test_cloud_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_around_every_list),
        cmocka_unit_test(layouts),
        cmocka_unit_test(offsets_and_sizes),
        cmocka_unit_test(many_states),
        cmocka_unit_test(a_stray_point),
        cmocka_unit_test(same_bits_for_any_threads),
        cmocka_unit_test(refuses),
        cmocka_unit_test(survives_a_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
