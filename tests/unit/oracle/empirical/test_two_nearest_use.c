/* The two nearest points beside other outputs, along trajectories, in a callback, when memory runs
 * out, and what they cost. Would catch: states that another way served and this step missed, bounds
 * so coarse that all points are read for each state. */
#include "support/failing.h"
#include "support/outputs.h"
#include "support/two_nearest.h"
#include "support/ways.h"

/* Along trajectories the memory of near points serves the score; the distances are those of all. */
static void along_trajectories(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        test_cloud c = cloud(types[k], 2000, 6, NORMAL, 1, 0);
        rig r = rig_make(&c, TEST_OU);
        options o = {0, -1, 1, 1};
        question q = question_make(&r, 1e-3, 17, 4);
        double first[17], second[17], *score = numbers(17 * 6);
        int64_t nearby = 0;
        ddn_query *query = ask(&r, &o, first, second, score);
        for (int step = 0; step < 12; step++) {
            q.t *= 0.95;
            q.a = expl(-(long double)q.t);
            for (int64_t i = 0; i < q.m * c.d; i++) {
                q.x[i] += 1e-3 * sin((double)(i + step)) * q.s;
            }
            answer_all(&c, &q);
            OK(r.ctx, ddn_query_run(query, q.t, q.m, q.x, c.d));
            nearby += ddn_query_tally(query, DDN_WAY_SERVED, test_way(r.oracle, "nearby"));
            all_right(&r, &q, q.m, first, second, "");
        }
        assert_true(nearby > 17);
        ddn_query_destroy(query);
        question_free(&q);
        rig_free(&r);
        test_cloud_free(&c);
        free(score);
    }
}

/* All outputs at once, against the two alone; the largest weight is that of the nearest point. */
static void beside_all_other_outputs(void **state)
{
    (void)state;
    static const double times[] = {1e-5, 0.05, 1, 8};
    for (int k = 0; k < 12; k++) {
        test_cloud c = cloud(types[k % 3], 900, 8, k % 2 ? PAIRS : CLUSTERS, 1, 0);
        rig r = rig_make(&c, TEST_OU);
        question q = question_make(&r, times[k / 3], 17, 4);
        options o = {0, k % 2 - 1, 0, 0};
        double first[17], second[17], s2 = q.s * q.s;
        ddn_query *query = ask(&r, &o, first, second, NULL);
        OK(r.ctx, ddn_query_run(query, q.t, q.m, q.x, c.d));
        test_outputs all = test_evaluate(r.ctx, r.oracle, q.t, q.m, q.x, c.d, q.x);
        assert_memory_equal(first, test_row(&all, DDN_OUT_NEAREST_DISTANCE2, 0), sizeof first);
        assert_memory_equal(second, test_row(&all, DDN_OUT_SECOND_DISTANCE2, 0), sizeof second);
        for (int64_t row = 0; row < q.m; row++) {
            double a = (double)q.a, l = -a * a * first[row] / (2 * s2);
            double gap = a * a * (second[row] - first[row]) / (2 * s2), distance2 = 0;
            const double *y = c.point + all.i64[DDN_OUT_ARGMAX][row] * c.d;
            for (int64_t j = 0; j < c.d; j++) {
                double diff = q.x[row * c.d + j] / a - y[j];
                distance2 += diff * diff;
            }
            if (gap > 1e-3 + 1e-6 * fabs(l)) {
                assert_true(fabs(distance2 - first[row]) < 0.5 * (second[row] - first[row]));
            }
            /* Between one point of n and n points at that distance. */
            double log_p = test_row(&all, DDN_OUT_LOG_P, row)[0] +
                           (double)c.d / 2 * log(2 * 3.14159265358979323846 * s2);
            double slack = 1e-3 + 1e-6 * fabs(l);
            assert_true(log_p >= l - log((double)c.n) - slack && log_p <= l + slack);
            assert_true(test_row(&all, DDN_OUT_W_MAX, row)[0] * (1 + exp(-gap)) <= 1 + 1e-3);
        }
        ddn_query_destroy(query);
        test_outputs_free(&all);
        question_free(&q);
        rig_free(&r);
        test_cloud_free(&c);
    }
}

/* A screen that serves all states together, however late it is, and far from all points: where its
 * bounds are too coarse, all points are read for each state, and only time tells. */
static void a_screen_is_enough(void **state)
{
    (void)state;
    static const double times[] = {1e-4, 0.05, 1, 5, 20};
    for (int k = 0; k < 18; k++) {
        test_cloud c = cloud(types[k % 3], 5000, 20, NORMAL, 1, 0);
        rig r = rig_make(&c, TEST_OU);
        question q = question_make(&r, k < 15 ? times[k / 3] : 0.1, 8, 1);
        options o = {127, -1, 0, 0}; /* "direct" counts the same whatever the state */
        double first[8], second[8];
        for (int64_t i = 0; i < q.m * c.d && k >= 15; i++) {
            q.x[i] += 1e6;
        }
        ddn_query *query = ask(&r, &o, first, second, NULL);
        OK(r.ctx, ddn_query_run(query, q.t, q.m, q.x, c.d));
        int64_t bytes = ddn_query_tally(query, DDN_WAY_BYTES, 7);
        OK(r.ctx, ddn_query_bind_f64(query, DDN_OUT_NEAREST_DISTANCE2, NULL, 0));
        OK(r.ctx, ddn_query_bind_f64(query, DDN_OUT_SECOND_DISTANCE2, NULL, 0));
        OK(r.ctx, ddn_query_bind_f64(query, DDN_OUT_W_MAX, first, 0));
        OK(r.ctx, ddn_query_run(query, q.t, q.m, q.x, c.d));
        bytes -= ddn_query_tally(query, DDN_WAY_BYTES, 7);
        int64_t once = c.n * c.d * (c.type == DDN_TYPE_U8 ? 1 : c.type == DDN_TYPE_F32 ? 4 : 8);
        assert_true(bytes >= once && bytes < 2 * once);
        ddn_query_destroy(query);
        question_free(&q);
        rig_free(&r);
        test_cloud_free(&c);
    }
}

typedef struct seen {
    rig *r;
    int64_t calls;
} seen;

static int32_t look(void *user, const ddn_step *step)
{
    seen *s = user;
    int64_t ldx = ddn_step_ldx(step), d = s->r->cloud->d;
    const double *x = ddn_step_x(step);
    const double *first = ddn_step_f64(step, DDN_OUT_NEAREST_DISTANCE2, NULL);
    const double *second = ddn_step_f64(step, DDN_OUT_SECOND_DISTANCE2, NULL);
    question q = question_make(s->r, ddn_step_time(step), 5, 1);
    assert_true(first != NULL && second != NULL && ddn_step_m(step) == q.m);
    for (int64_t i = 0; i < q.m * d; i++) {
        q.x[i] = x[i / d * ldx + i % d];
    }
    answer_all(s->r->cloud, &q);
    all_right(s->r, &q, q.m, first, second, "");
    question_free(&q);
    s->calls++;
    return 0;
}

static void in_a_callback(void **state)
{
    (void)state;
    static const ddn_method methods[] = {DDN_METHOD_EXACT, DDN_METHOD_EULER, DDN_METHOD_HEUN};
    test_cloud c = cloud(DDN_TYPE_U8, 700, 4, NORMAL, 1, 0);
    rig r = rig_make(&c, TEST_OU);
    for (int k = 0; k < 3; k++) {
        ddn_integrator *it = NULL;
        double x[20];
        seen s = {&r, 0};
        test_normal(3, 20, x);
        OK(r.ctx, ddn_integrator_create(r.ctx, r.oracle, methods[k], &it));
        OK(r.ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 8));
        OK(r.ctx, ddn_integrator_attach_callback(it,
                                                 INT64_C(1) << DDN_OUT_NEAREST_DISTANCE2 |
                                                     INT64_C(1) << DDN_OUT_SECOND_DISTANCE2,
                                                 look, &s, NULL));
        OK(r.ctx, ddn_integrator_run(it, 5, x, 4));
        assert_int_equal(s.calls, 9);
        ddn_integrator_destroy(it);
    }
    rig_free(&r);
    test_cloud_free(&c);
}

/* Each allocation of a run fails once; the query then still gives the bits of one that never
 * failed: by a screen, and by all points where copies fill its lists. */
static void survives_a_lack_of_memory(void **state)
{
    (void)state;
    for (int how = 0; how < 8; how++) {
        test_cloud c = cloud(how / 2 % 2 ? DDN_TYPE_F64 : DDN_TYPE_U8, 3600, 3,
                             how % 2 ? CROWD : NORMAL, 1, 0);
        test_memory memory;
        rig r = {.ctx = test_failing_context(&memory, 0), .cloud = &c};
        r.sch = test_schedule(r.ctx, TEST_OU);
        r.ds = test_cloud_dataset(r.ctx, &c, 0);
        OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle));
        question q = question_make(&r, 0.1, how < 4 ? 1 : 5, 4);
        options o = {how % 2 ? 63 : 0, -1, how / 2 % 2, how % 2};
        double first[5], second[5], score[15];
        for (int64_t k = 1, last = DDN_E_NOMEM; last != DDN_OK; k++) {
            ddn_query *query = ask(&r, &o, first, second, score);
            memory.fail_at = memory.allocations + k;
            last = ddn_query_run(query, q.t, q.m, q.x, c.d);
            memory.fail_at = 0;
            assert_true(last == DDN_OK || last == DDN_E_NOMEM);
            OK(r.ctx, ddn_query_run(query, q.t, q.m, q.x, c.d));
            all_right(&r, &q, q.m, first, second, "");
            assert_true(last != DDN_OK || k > 10);
            ddn_query_destroy(query);
        }
        question_free(&q);
        rig_free(&r);
        test_cloud_free(&c);
        assert_int_equal(memory.live, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(along_trajectories),        cmocka_unit_test(beside_all_other_outputs),
        cmocka_unit_test(a_screen_is_enough),        cmocka_unit_test(in_a_callback),
        cmocka_unit_test(survives_a_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
