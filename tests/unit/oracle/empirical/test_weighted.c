/* Points with weights, for each way of evaluation and stored type: against the posterior in
 * extended precision, and against the set that has copies in place of weights. Would catch a way
 * that leaves a weight out or counts it twice, a proof that does not allow for weights, a logit
 * relative to a point without the ratio of the two weights. doc/theory.md (25). */
#include "support/outputs.h"
#include "support/way_cases.h"

enum {
    SETS = 3 /* of weights: over half a decade, twelve, and one heavy point */
};

static double *weights_of(int64_t n, int set)
{
    double *weight = test_weights(n, set == 0 ? 0.5 : 12);
    for (int64_t i = 0; set == 2 && i < n; i++) {
        weight[i] = i == 5 ? 1 : 1e-12;
    }
    return weight;
}

/* ---- The score, by each way ---------------------------------------------------------------- */

static void each_way_keeps_the_promise(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        for (int set = 0; set < SETS; set++) {
            double *weight = weights_of(cases[c].n, set), score[M * MOST_D];
            rig r = rig_make(&cases[c], weight);
            int64_t ways = ddn_oracle_way_count(r.oracle), all = test_all_but_last(r.oracle);
            ddn_query *q = ask(&r, 0, score);
            if (set == 0) { /* as without weights */
                test_served_all(q, r.oracle, cases[c].way, M);
            }
            check_promise(&r, q, score);
            ddn_query_destroy(q);
            for (int64_t way = 0; way < ways; way++) { /* each alone, but for the last */
                q = ask(&r, all & ~(INT64_C(1) << way), score);
                check_promise(&r, q, score);
                ddn_query_destroy(q);
            }
            rig_free(&r);
            free(weight);
        }
    }
}

/* ---- What a list may lack ------------------------------------------------------------------- */

/* Point i of a plane around 0: a ring of heavy points from radius 1.2 on and, inside, 40 heavy
 * points at radius 1.10 with a light one behind each, at 1.11. */
static double ring_point(int64_t i, double *point)
{
    int64_t kind = i % 100;
    double radius = kind == 0 ? 1.10 : kind == 1 ? 1.11 : 1.2 + 0.1 * (double)kind / 100;
    double angle = kind < 2 ? (double)(i / 100) * M_PI / 20 : (double)i * 2.399963;
    point[0] = radius * cos(angle);
    point[1] = radius * sin(angle);
    return kind == 1 ? 1e-32 : 1;
}

/* A screen at 0, s = 0.05, lists heavy points of the ring rather than light ones that are nearer.
 * Then the noise is so small that a light point, where the state is now, has all the weight. Would
 * catch a list that is taken to hold all points within the distance of the heavy ones that it
 * lacks. */
static void lists_know_that_they_lack_light_points(void **state)
{
    (void)state;
    enum {
        POINTS = 4000,
        STATES = 40
    };
    static const double noise[2] = {0.05, 0.0006};
    static double z[2 * POINTS], weight[POINTS];
    for (int64_t i = 0; i < POINTS; i++) {
        weight[i] = ring_point(i, z + 2 * i);
    }
    ddn_context *ctx = test_context(2);
    test_cloud c = test_cloud_make(DDN_TYPE_F64, POINTS, 2, 2, 1, 0, z, 0);
    c.weight = weight;
    ddn_dataset *ds = test_cloud_dataset(ctx, &c, 0);
    ddn_schedule *sch;
    ddn_oracle *oracle;
    ddn_query *q;
    double x[2 * STATES] = {0}, score[2 * STATES];
    OK(ctx, ddn_schedule_create_edm(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_query_create(ctx, oracle, &q));
    OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_TRAJECTORY, 1));
    OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_FORBID,
                                INT64_C(1) << test_way(oracle, "narrow")));
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, 2));
    OK(ctx, ddn_query_run(q, noise[0], STATES, x, 2));
    assert_int_equal(test_served(q, oracle, "refine"), STATES); /* and left lists */
    for (int64_t k = 0; k < 2 * STATES; k++) {
        x[k] = c.point[2 * (k / 2 * 100 + 1) + k % 2] + 1e-5;
    }
    OK(ctx, ddn_query_run(q, noise[1], STATES, x, 2));
    test_exact e = test_exact_make(&c);
    for (int64_t m = 0; m < STATES; m++) {
        double s2 = noise[1] * noise[1];
        test_exact_at(&c, 1, (long double)noise[1] * noise[1], x + 2 * m, &e);
        assert_int_equal(e.argmax, 100 * m + 1);
        CLOSE(score[2 * m], e.score[0], 0, 2 * test_score_allowed(&c, 1, s2, x + 2 * m, &e));
        CLOSE(score[2 * m + 1], e.score[1], 0, 2 * test_score_allowed(&c, 1, s2, x + 2 * m, &e));
    }
    test_exact_free(&e);
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    test_cloud_free(&c);
}

/* ---- Logits relative to the nearest point --------------------------------------------------- */

/* Clusters so narrow that several points compete, in so many dimensions that logits round: they are
 * taken relative to the nearest, by candidates and by all differences. Would catch the weight of
 * another point in such a difference. */
static void close_points_compare_by_their_weights(void **state)
{
    (void)state;
    enum {
        POINTS = 600,
        WIDE = 300,
        STATES = 6
    };
    const double t = 0.01, a = exp(-t), s2 = -expm1(-2 * t);
    double *z = calloc(POINTS * WIDE, sizeof *z), *weight = test_weights(POINTS, 2);
    double *x = calloc(STATES * WIDE, sizeof *x), *score = calloc(STATES * WIDE, sizeof *score);
    double diff[WIDE];
    ddn_context *ctx = test_context(2);
    test_normal(12, POINTS * WIDE, z);
    for (int64_t k = POINTS * WIDE; k-- > 0;) {
        z[k] = z[k / WIDE / 20 * WIDE + k % WIDE] + 0.004 * z[k]; /* 20 to a cluster */
    }
    test_cloud c = test_cloud_make(DDN_TYPE_F64, POINTS, WIDE, WIDE, 1, 0, z, 0);
    c.weight = weight;
    ddn_dataset *ds = test_cloud_dataset(ctx, &c, 0);
    ddn_schedule *sch;
    ddn_oracle *oracle;
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    test_normal(13, STATES * WIDE, x);
    for (int64_t k = 0; k < STATES * WIDE; k++) {
        x[k] = a * c.point[(k / WIDE * 97 + 7) * WIDE + k % WIDE] + sqrt(s2) * x[k];
    }
    test_exact e = test_exact_make(&c);
    int64_t all = (INT64_C(1) << test_way(oracle, "direct")) - 1;
    for (int direct = 0; direct < 2; direct++) {
        ddn_query *q;
        OK(ctx, ddn_query_create(ctx, oracle, &q));
        OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_FORBID, direct ? all : 0));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, WIDE));
        OK(ctx, ddn_query_run(q, t, STATES, x, WIDE));
        test_served_all(q, oracle, direct ? "direct" : "refine", STATES);
        for (int64_t m = 0; m < STATES; m++) {
            test_exact_at(&c, expl(-(long double)t), -expm1l(-2 * (long double)t), x + m * WIDE,
                          &e);
            assert_true(e.w_max < 0.9);
            for (int64_t j = 0; j < WIDE; j++) {
                diff[j] = score[m * WIDE + j] - e.score[j];
            }
            CLOSE(test_length(WIDE, diff), 0, 0, test_score_allowed(&c, a, s2, x + m * WIDE, &e));
        }
        ddn_query_destroy(q);
    }
    test_exact_free(&e);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    test_cloud_free(&c);
    free(weight);
    free(score);
    free(x);
    free(z);
}

/* ---- All outputs, by differences ----------------------------------------------------------- */

/* What a class gets: labels are i mod 3. */
static double class_share(const test_exact *e, int64_t n, int64_t label)
{
    long double sum = 0;
    for (int64_t i = label; i < n; i += 3) {
        sum += e->w[i];
    }
    return (double)sum;
}

static void check_outputs(const rig *r, const test_outputs *o, double rtol, double atol)
{
    int64_t d = r->cloud.d;
    long double a = expl(-(long double)r->how->t), s2 = -expm1l(-2 * (long double)r->how->t);
    test_exact e = test_exact_make(&r->cloud);
    for (int64_t m = 0; m < M; m++) {
        test_exact_at(&r->cloud, a, s2, r->x + m * d, &e);
        CLOSE(*test_row(o, DDN_OUT_LOG_P, m), e.log_p, 1e-13, atol);
        CLOSE(*test_row(o, DDN_OUT_ENTROPY, m), e.entropy, rtol, atol);
        CLOSE(*test_row(o, DDN_OUT_SUM_W2, m), e.sum_w2, rtol, atol);
        CLOSE(*test_row(o, DDN_OUT_W_MAX, m), e.w_max, rtol, atol);
        CLOSE(*test_row(o, DDN_OUT_ONE_MINUS_W_MAX, m), e.rest, rtol, atol);
        CLOSE(*test_row(o, DDN_OUT_TRACE_COV, m), e.trace, rtol, atol);
        assert_int_equal(o->i64[DDN_OUT_ARGMAX][m], e.argmax);
        for (int64_t c = 0; c < 3; c++) {
            CLOSE(test_row(o, DDN_OUT_CLASS_POSTERIOR, m)[c], class_share(&e, r->cloud.n, c), rtol,
                  atol);
        }
        for (int64_t j = 0; j < d; j++) {
            CLOSE(test_row(o, DDN_OUT_MEAN, m)[j], e.mean[j], rtol, atol);
        }
    }
    test_exact_free(&e);
}

/* Without tolerance, early and late: by sums in double, with a point as the anchor of draws and
 * covariances, and by differences for the states that are far away. f64 data, whose promise leaves
 * no room for weights that are slightly wrong. */
static void all_outputs_are_those_of_the_weights(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        for (int set = 0; set < SETS && cases[c].type == DDN_TYPE_F64; set++) {
            double *weight = weights_of(cases[c].n, set);
            rig r = rig_make(&cases[c], weight);
            ddn_dataset_destroy(r.ds);
            ddn_oracle_destroy(r.oracle);
            r.ds = test_cloud_dataset(r.ctx, &r.cloud, 3);
            OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle));
            test_outputs o = test_evaluate(r.ctx, r.oracle, cases[c].t, M, r.x, cases[c].d, r.x);
            check_outputs(&r, &o, 1e-7, cases[c].away > 0 ? 1e-6 : 1e-10);
            test_outputs_free(&o);
            rig_free(&r);
            free(weight);
        }
    }
}

/* ---- Weights and copies --------------------------------------------------------------------- */

enum {
    N = 40,
    D = 7,
    STATES = 12
};

/* Point i of the set with copies that stand for weights 1 + i mod 4. */
static int64_t with_copies(const test_cloud *c, double *point, int32_t *label, int64_t *of)
{
    int64_t count = 0;
    for (int64_t copy = 0; copy < 4; copy++) {
        for (int64_t i = 0; i < N; i++) {
            if (copy <= i % 4) {
                memcpy(point + count * D, c->point + i * D, D * sizeof *point);
                of[count] = i;
                label[count++] = (int32_t)(i % 3);
            }
        }
    }
    return count;
}

static ddn_oracle *oracle_of(ddn_context *ctx, ddn_dataset *ds)
{
    ddn_schedule *sch;
    ddn_oracle *oracle;
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    return oracle;
}

/* Everything that belongs to p_t. The entropy of the copies is larger by what a copy does not tell;
 * so are the largest weight and the sum of squares others. */
static void weights_stand_for_copies(void **state)
{
    (void)state;
    static const double times[] = {1e-3, 0.1, 0.7, 3};
    ddn_context *ctx = test_context(2);
    double weight[N], point[4 * N * D], z[N * D], x[STATES * D];
    int32_t label[4 * N];
    int64_t of[4 * N];
    test_normal(8, N * D, z);
    test_normal(9, STATES * D, x);
    test_cloud c = test_cloud_make(DDN_TYPE_F64, N, D, D, 1, 0, z, 0);
    for (int64_t i = 0; i < N; i++) {
        weight[i] = (double)(1 + i % 4);
    }
    c.weight = weight;
    int64_t count = with_copies(&c, point, label, of);
    ddn_oracle *one = oracle_of(ctx, test_cloud_dataset(ctx, &c, 3));
    test_cloud copied = test_cloud_make(DDN_TYPE_F64, count, D, D, 1, 0, point, 0);
    ddn_dataset *all = test_cloud_dataset(ctx, &copied, 0), *labelled;
    OK(ctx, ddn_dataset_create_labelled(ctx, all, count, label, &labelled));
    ddn_dataset_destroy(all);
    ddn_oracle *other = oracle_of(ctx, labelled);
    static const ddn_output same[] = {
        DDN_OUT_SCORE,       DDN_OUT_MEAN,       DDN_OUT_LOG_P,          DDN_OUT_TRACE_COV,
        DDN_OUT_COV_TIMES_V, DDN_OUT_DIVERGENCE, DDN_OUT_CLASS_POSTERIOR};
    for (int k = 0; k < 4; k++) {
        test_outputs p = test_evaluate(ctx, one, times[k], STATES, x, D, x);
        test_outputs q = test_evaluate(ctx, other, times[k], STATES, x, D, x);
        for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
            int64_t width = ddn_oracle_output_width(one, same[i]);
            for (int64_t m = 0; m < STATES; m++) {
                double size = 1e-11 * (1 + test_length(width, test_row(&q, same[i], m)));
                for (int64_t j = 0; j < width; j++) {
                    CLOSE(test_row(&p, same[i], m)[j], test_row(&q, same[i], m)[j], 0, size);
                }
            }
        }
        for (int64_t m = 0; m < STATES; m++) { /* one point or its copies, in whatever order */
            CLOSE(*test_row(&p, DDN_OUT_NEAREST_DISTANCE2, m),
                  *test_row(&q, DDN_OUT_NEAREST_DISTANCE2, m), 1e-14, 0);
            assert_true(*test_row(&p, DDN_OUT_ENTROPY, m) <=
                        *test_row(&q, DDN_OUT_ENTROPY, m) + 1e-12);
        }
        test_outputs_free(&p);
        test_outputs_free(&q);
    }
    ddn_oracle_destroy(one);
    ddn_oracle_destroy(other);
    test_cloud_free(&c);
    test_cloud_free(&copied);
    ddn_context_destroy(ctx);
}

/* Weights that are all the same leave every bit as it is. */
static void equal_weights_change_no_bit(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        double *weight = calloc((size_t)cases[c].n, sizeof *weight), score[2][M * MOST_D];
        for (int64_t i = 0; i < cases[c].n; i++) {
            weight[i] = 1 / (double)cases[c].n;
        }
        for (int weighted = 0; weighted < 2; weighted++) {
            rig r = rig_make(&cases[c], weighted ? weight : NULL);
            ddn_query_destroy(ask(&r, 0, score[weighted]));
            rig_free(&r);
        }
        assert_memory_equal(score[0], score[1], (size_t)(M * cases[c].d) * sizeof **score);
        free(weight);
    }
}

/* ---- Data by weights ------------------------------------------------------------------------ */

/* Counts of the points that are drawn: chi^2 of 3 degrees stays below 27.6 but for 1e-5 of seeds;
 * a draw is a function of its path. */
static void data_are_drawn_by_weights(void **state)
{
    (void)state;
    enum {
        DRAWS = 20000
    };
    static const double points[4] = {0, 1, 2, 3}, weights[4] = {1, 2, 3, 14};
    static double x[DRAWS];
    static int64_t index[DRAWS];
    ddn_context *ctx = test_context(1);
    ddn_dataset *plain, *ds;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 4, 1, points, 1, &plain));
    OK(ctx, ddn_dataset_create_weighted(ctx, plain, 4, weights, &ds));
    ddn_oracle *oracle = oracle_of(ctx, ds);
    OK(ctx, ddn_oracle_sample_data(ctx, oracle, 3, 100, DRAWS, x, 1, index));
    double count[4] = {0}, chi2 = 0, last;
    for (int64_t k = 0; k < DRAWS; k++) {
        assert_true(x[k] == points[index[k]]);
        count[index[k]]++;
    }
    for (int i = 0; i < 4; i++) {
        double expected = DRAWS * weights[i] / 20;
        chi2 += (count[i] - expected) * (count[i] - expected) / expected;
    }
    assert_true(chi2 < 27.6);
    OK(ctx, ddn_oracle_sample_data(ctx, oracle, 3, 100 + DRAWS - 1, 1, &last, 1, NULL));
    assert_true(last == x[DRAWS - 1]);
    assert_int_equal(ddn_oracle_components(oracle), 4);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(plain);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_keeps_the_promise),
        cmocka_unit_test(lists_know_that_they_lack_light_points),
        cmocka_unit_test(close_points_compare_by_their_weights),
        cmocka_unit_test(all_outputs_are_those_of_the_weights),
        cmocka_unit_test(weights_stand_for_copies),
        cmocka_unit_test(equal_weights_change_no_bit),
        cmocka_unit_test(data_are_drawn_by_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
