/* The squared distances of x/a to the two nearest points, against long double: every way, kernel
 * and stored type, sizes around the lists of a screen, copies, ties, states on points, between them
 * and far away. Would catch: a point that a screen loses, copies that count as a second point, ties
 * that do not, sums in order of arrival. */
#include "support/sanitized.h"
#include "support/two_nearest.h"

enum {
    MOST = 600 /* states */
};
static const int64_t batches[] = {1, 2, 3, 16, 17, 130, 600};

/* The first m states; on trajectories twice, the second time from memory. */
static void check(const rig *r, const question *q, int64_t m, const options *o)
{
    double first[MOST], second[MOST], *score = numbers(m * r->cloud->d);
    char how[100];
    snprintf(how, sizeof how, ", forbidden %ld, epsilon %g, trajectory %d", (long)o->forbid,
             o->epsilon, o->trajectory);
    ddn_query *query = ask(r, o, first, second, score);
    for (int again = 0; again <= o->trajectory; again++) {
        memset(first, 0xff, sizeof first);
        memset(second, 0xff, sizeof second);
        OK(r->ctx, ddn_query_run(query, q->t, m, q->x, r->cloud->d));
        all_right(r, q, m, first, second, how);
    }
    ddn_query_destroy(query);
    free(score);
}

/* Every kernel and every second way, tried first; the other ways, batches and options in turn. */
static void check_all(rig *r, double t, int64_t most, int kinds)
{
    static const double epsilons[] = {-1, 0, 1e-2};
    static int64_t turn, calls;
    question q = question_make(r, t, most, kinds);
    int64_t ways = ddn_oracle_way_count(r->oracle);
    int32_t supported;
    const char *name;
    for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
        if (!supported) {
            continue;
        }
        OK(r->ctx, ddn_context_set_kernel(r->ctx, name));
        for (int64_t way = (calls + v) % 2; way < ways; way += TEST_SANITIZED ? 4 : 2, turn++) {
            int64_t m = batches[turn % 7];
            options o = {(INT64_C(1) << way) - 1, epsilons[turn % 3], turn % 2 == 0,
                         turn / 2 % 2 == 0};
            check(r, &q, m < most ? m : most, &o);
        }
    }
    calls++;
    question_free(&q);
}

/* Below, at and above what lists hold, one chunk and several, one strip of columns and many. */
static void sizes_around_every_list(void **state)
{
    (void)state;
    static const int64_t sizes[][3] = {{1, 1, 3},     {2, 2, 17},    {63, 3, 130},  {64, 17, 130},
                                       {65, 3, 600},  {512, 2, 17},  {513, 17, 50}, {5000, 3, 33},
                                       {65, 5000, 3}, {1000, 784, 3}};
    for (int k = 0; k < 10; k++) {
        test_cloud c = cloud(types[k % 3], sizes[k][0], sizes[k][1], NORMAL, 1, 0);
        double *weight = test_weights(sizes[k][0], 12); /* have no part in distances */
        c.weight = k % 2 ? weight : NULL;
        rig r = rig_make(&c, TEST_OU);
        check_all(&r, 1e-6, sizes[k][2], 4);
        check_all(&r, 0.3, sizes[k][2], 4);
        rig_free(&r);
        test_cloud_free(&c);
        free(weight);
    }
}

static void layouts_and_times(void **state)
{
    (void)state;
    static const double times[] = {1e-6, 1e-4, 1e-2, 0.1, 1, 5, 10, 20};
    for (int k = 0; k < 18; k++) {
        layout how = (layout)(k / 3);
        test_cloud c = cloud(types[k % 3], how == CROWD ? 3200 : 700, k % 2 ? 3 : 17, how, 1, 0);
        rig r = rig_make(&c, k % 2 ? TEST_EDM : TEST_OU);
        for (int i = k % 4; i < 8; i += 4) {
            check_all(&r, times[i], 17, 4);
        }
        rig_free(&r);
        test_cloud_free(&c);
    }
}

static void every_schedule(void **state)
{
    (void)state;
    static const double times[][2] = {
        [TEST_OU] = {1e-6, 3},    [TEST_VP] = {1e-3, 1},    [TEST_DDPM] = {0, 999},
        [TEST_COSINE] = {3, 998}, [TEST_EDM] = {0.002, 80},
    };
    test_cloud c = cloud(DDN_TYPE_F32, 1000, 5, CLUSTERS, 1, 0);
    for (int kind = TEST_OU; kind <= TEST_EDM; kind++) {
        rig r = rig_make(&c, (test_kind)kind);
        check_all(&r, times[kind][0], 17, 4);
        check_all(&r, times[kind][1], 17, 4);
        rig_free(&r);
    }
    test_cloud_free(&c);
}

/* What points have in common is 1e6 and more times what tells them apart; states far from all. */
static void far_from_the_origin(void **state)
{
    (void)state;
    static const double sizes[] = {1, 1e-3, 1e-5};
    for (int k = 0; k < 9; k++) {
        test_cloud c = cloud(types[k % 3], 700, 7, NORMAL, sizes[k / 3], 1e6);
        rig r = rig_make(&c, k % 2 ? TEST_EDM : TEST_OU);
        check_all(&r, 1e-6, 17, 4);
        check_all(&r, 0.5, 17, 5);
        rig_free(&r);
        test_cloud_free(&c);
        c = cloud(types[k % 3], 600, 7, NORMAL, sizes[k / 3], 0);
        r = rig_make(&c, TEST_OU);
        check_all(&r, k % 2 ? 0.01 : 20, 17, 5);
        rig_free(&r);
        test_cloud_free(&c);
    }
}

/* Points and states where a screen's floats would overflow or vanish. */
static void near_the_ends_of_the_range(void **state)
{
    (void)state;
    static const double sizes[][2] = {{1, 1e30}, {1e-25, 0}, {1e25, 0}, {1, 1e17}, {1, 1e60}};
    for (int k = 0; k < 15; k++) {
        double size = sizes[k / 3][0], offset = k == 9 ? 1e10 : 0;
        test_cloud c = cloud(types[k % 3], 600, 5, NORMAL, size, offset);
        rig r = rig_make(&c, TEST_OU);
        for (int i = 0; i < 2; i++) {
            question q = question_make(&r, i ? 1 : 1e-6, 17, 4);
            for (int64_t at = 0; at < q.m * c.d; at++) {
                q.x[at] += sizes[k / 3][1] * (1 + (double)(at % 3));
            }
            answer_all(&c, &q);
            options o = {i ? 63 : 0, -1, 0, 1};
            check(&r, &q, 17, &o);
            check(&r, &q, 2, &o);
            question_free(&q);
        }
        rig_free(&r);
        test_cloud_free(&c);
    }
}

/* A screen's floats hold lengths of some 1e-29 and not their squares; no state is so far off that
 * what rounds for it covers that. */
static void squares_vanish_in_floats(void **state)
{
    (void)state;
    static const int64_t sizes[][2] = {{300, 21}, {3000, 5}};
    for (int k = 0; k < 6; k++) {
        test_cloud c = cloud(types[k / 2], sizes[k % 2][0], sizes[k % 2][1], NORMAL, 2e-29, 0);
        rig r = rig_make(&c, TEST_OU);
        for (int i = 0; i < 4; i++) {
            question q = question_make(&r, i % 2 ? 1 : 1e-6, 17, 4);
            for (int64_t row = 0; row < q.m; row++) {
                const double *y = c.point + row * 37 % c.n * c.d, a = (double)q.a;
                for (int64_t j = 0; j < c.d; j++) {
                    q.x[row * c.d + j] = a * (i / 2 ? y[j] : 0.4 * (y[j] + c.point[j]));
                }
            }
            answer_all(&c, &q);
            options o = {i % 2 ? 63 : 0, -1, 0, 1};
            check(&r, &q, 17, &o);
            check(&r, &q, 2, &o);
            question_free(&q);
        }
        rig_free(&r);
        test_cloud_free(&c);
    }
}

/* Points that are equal as numbers and not as bytes: signs of zeros, and stored numbers whose
 * difference the map rounds away. */
static void copies_are_equal_numbers(void **state)
{
    (void)state;
    for (int k = 0; k < 6; k++) {
        ddn_type type = k % 2 ? DDN_TYPE_F32 : DDN_TYPE_F64;
        int64_t n = 800, d = 3;
        double y[2400] = {0}, scale = k / 2 == 2 ? 1e-20 : 1, shift = k / 2 == 2 ? 1 : 0;
        test_cloud c = test_cloud_make(type, n, d, d, scale, shift, y, 0);
        for (int64_t i = 0; i < n * d; i++) { /* 1: two clusters of such copies */
            double zero = k / 2 == 2 ? (double)(i % 5) : i % 5 < 2 ? -0.0 : 0.0;
            double raw = k / 2 == 1 && i % 3 == 0 && i % 2 ? 1 : zero;
            if (type == DDN_TYPE_F32) {
                ((float *)c.stored)[i] = (float)raw;
            } else {
                ((double *)c.stored)[i] = raw;
            }
            c.point[i] = fma(raw, scale, shift);
        }
        rig r = rig_make(&c, TEST_EDM);
        check_all(&r, 0.1, 17, 4);
        question q = question_make(&r, 0.1, 17, 4);
        assert_true(isinf(q.second[0]) == (k / 2 != 1));
        question_free(&q);
        rig_free(&r);
        test_cloud_free(&c);
    }
}

/* Points on a lattice, states on it and half way between: many points are equally near, copies and
 * others; all numbers are exact. */
static void exact_ties(void **state)
{
    (void)state;
    options o = {0, -1, 0, 1};
    for (int k = 0; k < 3; k++) {
        test_cloud c = cloud(types[k], 2000, 5, LATTICE, 1, 0);
        rig r = rig_make(&c, TEST_EDM);
        question q = question_make(&r, 0.5, 130, 4);
        double first[130], second[130], *score = numbers(130 * 5);
        for (int64_t i = 0; i < q.m * c.d; i++) {
            q.x[i] = nearbyint(2 * q.x[i]) / 2;
        }
        answer_all(&c, &q);
        ddn_query *query = ask(&r, &o, first, second, score);
        OK(r.ctx, ddn_query_run(query, q.t, q.m, q.x, c.d));
        int64_t ties = 0;
        for (int64_t row = 0; row < q.m; row++) {
            assert_true(first[row] == q.first[row] && second[row] == q.second[row]);
            ties += first[row] == second[row];
        }
        assert_true(ties > 10 && ties < 120);
        ddn_query_destroy(query);
        question_free(&q);
        rig_free(&r);
        test_cloud_free(&c);
        free(score);
    }
}

/* ---- The same bits ---- */

/* Whatever way, number of threads, batch, tolerance, other outputs: the numbers are differences of
 * the same rows. */
static void same_bits_every_time(void **state)
{
    (void)state;
    for (int k = 0; k < 6; k++) {
        test_cloud c = cloud(types[k % 3], 3100, k / 3 ? 3 : 20, k / 3 ? CROWD : CLUSTERS, 1, 0);
        rig r = rig_make(&c, TEST_OU);
        question q = question_make(&r, 0.02, 33, 4);
        double want[2][33], got[2][33], *score = numbers(33 * 20);
        for (int turn = 0; turn < 15; turn++) {
            int64_t m = turn % 4 ? 33 : 16, way = turn % 8 == 7 ? 6 : turn % 7;
            options o = {(INT64_C(1) << way) - 1, turn % 3 ? -1 : 0, turn % 5 == 1, turn % 2};
            ddn_context *ctx = r.ctx;
            r.ctx = test_context(1 + turn % 3);
            ddn_query *query = ask(&r, &o, turn ? got[0] : want[0], turn ? got[1] : want[1], score);
            if (turn % 6 == 3) { /* one of the two alone */
                memcpy(got, want, sizeof got);
                OK(r.ctx,
                   ddn_query_bind_f64(query, DDN_OUT_NEAREST_DISTANCE2 + turn / 6 % 2, NULL, 0));
            }
            OK(r.ctx, ddn_query_run(query, q.t, turn ? m : q.m, q.x, c.d));
            for (int which = 0; which < 2 && turn; which++) {
                assert_memory_equal(got[which], want[which], (size_t)m * 8);
            }
            ddn_query_destroy(query);
            ddn_context_destroy(r.ctx);
            r.ctx = ctx;
        }
        free(score);
        question_free(&q);
        rig_free(&r);
        test_cloud_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_around_every_list),
        cmocka_unit_test(layouts_and_times),
        cmocka_unit_test(every_schedule),
        cmocka_unit_test(far_from_the_origin),
        cmocka_unit_test(near_the_ends_of_the_range),
        cmocka_unit_test(squares_vanish_in_floats),
        cmocka_unit_test(copies_are_equal_numbers),
        cmocka_unit_test(exact_ties),
        cmocka_unit_test(same_bits_every_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
