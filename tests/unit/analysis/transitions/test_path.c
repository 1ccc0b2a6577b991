/* Regimes along trajectories: by the posterior, by clones, with scores from outside. */
#include "support/bench.h"
#include "support/failing.h"
#include "support/results.h"

enum {
    N = 40,
    D = 8,
    M = 20,
    TIMES = 7
};

/* Two labelled clusters at +-3 along the first axis, well apart from noise and from each other. */
static ddn_dataset *clusters(ddn_context *ctx, int labelled)
{
    double data[N * D];
    int32_t labels[N];
    ddn_dataset *plain = NULL, *ds = NULL;
    test_normal(11, N * D, data);
    for (int i = 0; i < N; i++) {
        labels[i] = i % 2;
        for (int j = 0; j < D; j++) {
            data[i * D + j] = 0.7 * data[i * D + j] + (j == 0 ? 3 * (2 * labels[i] - 1) : 0);
        }
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, data, D, &plain));
    if (!labelled) {
        return plain;
    }
    OK(ctx, ddn_dataset_create_labelled(ctx, plain, N, labels, &ds));
    ddn_dataset_destroy(plain);
    return ds;
}

/* States of M forward paths at decreasing times: each is distributed as p_t. */
static const double times[TIMES] = {4, 2.5, 1.5, 0.8, 0.3, 0.1, 0.01};

static void walk(ddn_context *ctx, const ddn_oracle *oracle, double *x)
{
    const ddn_schedule *sch = ddn_oracle_schedule(oracle);
    OK(ctx, ddn_oracle_sample_data(ctx, oracle, 1, 0, M, x + (TIMES - 1) * M * D, D, NULL));
    double from = 0;
    for (int k = TIMES - 1; k >= 0; k--) {
        double *now = x + k * M * D;
        if (k < TIMES - 1) {
            memcpy(now, now + M * D, M * D * sizeof *x);
        }
        OK(ctx, ddn_schedule_forward(ctx, sch, from, times[k], 2, 0, k, M, D, now, D));
        from = times[k];
    }
}

typedef struct scene {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    ddn_analysis *an;
    double x[TIMES * M * D];
} scene;

static void make(scene *s, int64_t threads, int labelled)
{
    s->ctx = test_context(threads);
    s->sch = test_schedule(s->ctx, TEST_OU);
    s->ds = clusters(s->ctx, labelled);
    OK(s->ctx, ddn_oracle_create_empirical(s->ctx, s->ds, s->sch, &s->oracle));
    OK(s->ctx, ddn_analysis_create(s->ctx, &s->an));
    OK(s->ctx, ddn_options_set_i64(ddn_analysis_options(s->an), DDN_ANALYSIS_CLONES, 60));
    OK(s->ctx, ddn_options_set_i64(ddn_analysis_options(s->an), DDN_ANALYSIS_STEPS, 5));
    walk(s->ctx, s->oracle, s->x);
}

static void unmake(scene *s)
{
    ddn_analysis_destroy(s->an);
    ddn_oracle_destroy(s->oracle);
    ddn_dataset_destroy(s->ds);
    ddn_schedule_destroy(s->sch);
    ddn_context_destroy(s->ctx);
}

/* Random, then features, then memorization; every number against a query at the same states. */
static void by_posterior(void **state)
{
    (void)state;
    scene s;
    make(&s, 1, 1);
    int32_t regimes[TIMES * M];
    ddn_result *r = NULL;
    OK(s.ctx,
       ddn_analysis_path(s.an, s.oracle, DDN_PATH_AUTO, TIMES, M, times, s.x, D, regimes, &r));
    assert_int_equal(ddn_result_rows(r), TIMES);
    CLOSE(test_scalar(s.ctx, r, "class_level"), 0.775200245396663, 1e-14, 0);
    assert_true(test_scalar(s.ctx, r, "clones") == 0);
    double w2[M], share[M * 2], last = 0;
    ddn_query *q = NULL;
    OK(s.ctx, ddn_query_create(s.ctx, s.oracle, &q));
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_SUM_W2, w2, 1));
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_CLASS_POSTERIOR, share, 2));
    for (int k = 0; k < TIMES; k++) {
        OK(s.ctx, ddn_query_run(q, times[k], M, s.x + k * M * D, D));
        double point = 0, same = 0, first = 0, shares = 0;
        for (int i = 0; i < M; i++) {
            double both = share[2 * i] * share[2 * i] + share[2 * i + 1] * share[2 * i + 1];
            point += w2[i] / M;
            same += both / M;
            first += share[2 * i] / M;
            int32_t want = w2[i] >= 0.5     ? DDN_REGIME_MEMORIZATION
                           : both >= 0.7752 ? DDN_REGIME_FEATURES
                                            : DDN_REGIME_RANDOM;
            assert_int_equal(regimes[k * M + i], want);
        }
        CLOSE(test_element(s.ctx, r, "same_point", k), point, 1e-12, 0);
        CLOSE(test_element(s.ctx, r, "same_class", k), same, 1e-12, 0);
        CLOSE(test_element(s.ctx, r, "W_0", k), first, 1e-9, 1e-12);
        assert_null(ddn_result_definition(r, "W_2")); /* there are two classes */
        shares = test_element(s.ctx, r, "random", k) + test_element(s.ctx, r, "features", k) +
                 test_element(s.ctx, r, "memorization", k);
        CLOSE(shares, 1, 1e-12, 0);
        assert_true(test_element(s.ctx, r, "features_low", k) <=
                    test_element(s.ctx, r, "features", k));
        assert_true(test_element(s.ctx, r, "features_high", k) > 0);
        double regime = test_element(s.ctx, r, "regime", k);
        assert_true(regime >= last);
        last = regime;
        assert_true(k > 0 || regime == DDN_REGIME_RANDOM);
        assert_true(times[k] != 0.8 || regime == DDN_REGIME_FEATURES);
    }
    assert_true(last == DDN_REGIME_MEMORIZATION);
    ddn_query_destroy(q);
    ddn_result_destroy(r);
    unmake(&s);
}

/* The score of the same data as a foreign model: only the score. */
static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)a;
    (void)s;
    (void)d;
    scene *sc = user;
    return ddn_oracle_score(sc->ctx, sc->oracle, t, m, x, ldx, out, ldo) == DDN_OK ? 0 : -1;
}

/* Clones with the exact kernel and clones of a foreign copy of the score agree with the posterior:
 * mean over M paths of 60 pairs, 4.5 standard errors of the binomial part, plus 0.06 for the steps
 * of DDIM (eta = 1, 60 steps) in the foreign case; fixed seed. */
static void by_clones(void **state)
{
    (void)state;
    scene s;
    make(&s, 1, 1);
    ddn_result *exact = NULL, *simulated = NULL, *outside = NULL;
    ddn_context *inner = test_context(1), *own = s.ctx;
    ddn_oracle *foreign = test_model(s.ctx, s.sch, DDN_PREDICTION_SCORE, D, predict, &s, NULL);
    const double *x = s.x + M * D;
    OK(s.ctx,
       ddn_analysis_path(s.an, s.oracle, DDN_PATH_POSTERIOR, 4, M, times + 1, x, D, NULL, &exact));
    OK(s.ctx,
       ddn_analysis_path(s.an, s.oracle, DDN_PATH_CLONES, 4, M, times + 1, x, D, NULL, &simulated));
    FAILS(
        s.ctx,
        ddn_analysis_path(s.an, foreign, DDN_PATH_POSTERIOR, 4, M, times + 1, x, D, NULL, &outside),
        DDN_E_UNSUPPORTED, "CLONES");
    OK(s.ctx, ddn_options_set_i64(ddn_analysis_options(s.an), DDN_ANALYSIS_METHOD,
                                  DDN_METHOD_EXPONENTIAL));
    OK(s.ctx, ddn_options_set_i64(ddn_analysis_options(s.an), DDN_ANALYSIS_STEPS, 60));
    FAILS(s.ctx,
          ddn_analysis_path(s.an, foreign, DDN_PATH_AUTO, 4, M, times + 1, x, D, NULL, &outside),
          DDN_E_UNSUPPORTED, "points");
    s.ctx = inner; /* the model's own context: the library's is busy while it is asked */
    OK(own, ddn_analysis_set_points(s.an, s.ds));
    OK(own, ddn_analysis_path(s.an, foreign, DDN_PATH_AUTO, 4, M, times + 1, x, D, NULL, &outside));
    s.ctx = own;
    const char *names[2] = {"same_point", "same_class"};
    for (int k = 0; k < 4; k++) {
        for (int i = 0; i < 2; i++) {
            double want = test_element(s.ctx, exact, names[i], k);
            double error = 4.5 * sqrt(want * (1 - want) / (60.0 * M)) + 1e-9;
            CLOSE(test_element(s.ctx, simulated, names[i], k), want, 0, error);
            CLOSE(test_element(s.ctx, outside, names[i], k), want, 0, error + 0.06);
        }
        CLOSE(test_element(s.ctx, outside, "w_max", k), test_element(s.ctx, exact, "w_max", k),
              1e-9, 0);
    }
    assert_true(test_scalar(s.ctx, outside, "clones") == 60);
    ddn_result_destroy(exact);
    ddn_result_destroy(simulated);
    ddn_result_destroy(outside);
    ddn_oracle_destroy(foreign);
    ddn_context_destroy(inner);
    unmake(&s);
}

/* Without labels features begin at t_S; batches and threads do not matter. */
static void without_labels(void **state)
{
    (void)state;
    scene s, other;
    make(&s, 1, 0);
    make(&other, 3, 0);
    ddn_result *r = NULL, *q = NULL;
    double lambda;
    OK(s.ctx, ddn_dataset_spectrum(s.ctx, s.ds, 1, &lambda, NULL, 0));
    OK(other.ctx, ddn_options_set_i64(ddn_analysis_options(other.an), DDN_ANALYSIS_BATCH, 7));
    OK(s.ctx, ddn_analysis_path(s.an, s.oracle, DDN_PATH_CLONES, 5, M, times, s.x, D, NULL, &r));
    OK(other.ctx, ddn_analysis_path(other.an, other.oracle, DDN_PATH_CLONES, 5, M, times, other.x,
                                    D, NULL, &q));
    CLOSE(test_scalar(s.ctx, r, "t_S"), 0.5 * log1p(lambda), 1e-9, 0);
    for (int k = 0; k < 5; k++) {
        double regime = test_element(s.ctx, r, "regime", k);
        assert_true(isnan(test_element(s.ctx, r, "same_class", k)));
        assert_true(regime == DDN_REGIME_MEMORIZATION ||
                    (regime == DDN_REGIME_FEATURES) == (times[k] <= 0.5 * log1p(lambda)));
        CLOSE(test_element(other.ctx, q, "same_point", k), test_element(s.ctx, r, "same_point", k),
              0, 2.5 / (60.0 * M));
    }
    ddn_result_destroy(r);
    ddn_result_destroy(q);
    unmake(&other);
    unmake(&s);
}

/* One point has no spectrum: all is memorization from the start. */
static void one_point(void **state)
{
    (void)state;
    scene s;
    make(&s, 1, 0);
    const double point[D] = {0.5};
    ddn_dataset *single = NULL;
    ddn_oracle *o = NULL;
    ddn_result *r = NULL;
    int32_t regimes[TIMES * M];
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, 1, D, point, D, &single));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, single, s.sch, &o));
    OK(s.ctx, ddn_analysis_path(s.an, o, DDN_PATH_POSTERIOR, TIMES, M, times, s.x, D, regimes, &r));
    for (int i = 0; i < TIMES * M; i++) {
        assert_int_equal(regimes[i], DDN_REGIME_MEMORIZATION);
    }
    ddn_result_destroy(r);
    ddn_oracle_destroy(o);
    ddn_dataset_destroy(single);
    unmake(&s);
}

static void refusals(void **state)
{
    (void)state;
    scene s;
    make(&s, 1, 1);
    ddn_result *r = NULL;
    const double up[2] = {1, 1};
    double bad[2 * D] = {0};
    bad[D + 3] = INFINITY;
    assert_int_equal(ddn_analysis_path(NULL, s.oracle, 0, 1, 1, times, s.x, D, NULL, &r),
                     DDN_E_NULL);
    FAILS(s.ctx, ddn_analysis_path(s.an, NULL, 0, 1, 1, times, s.x, D, NULL, &r), DDN_E_NULL,
          "oracle");
    FAILS(s.ctx, ddn_analysis_path(s.an, s.oracle, 9, 1, 1, times, s.x, D, NULL, &r), DDN_E_KEY,
          "9");
    FAILS(s.ctx, ddn_analysis_path(s.an, s.oracle, 0, 2, 1, up, s.x, D, NULL, &r), DDN_E_RANGE,
          "times");
    FAILS(s.ctx, ddn_analysis_path(s.an, s.oracle, 0, 1, 0, times, s.x, D, NULL, &r), DDN_E_RANGE,
          "m");
    FAILS(s.ctx, ddn_analysis_path(s.an, s.oracle, 0, 2, 1, times, bad, D, NULL, &r),
          DDN_E_NONFINITE, "x");
    FAILS(s.ctx, ddn_analysis_path(s.an, s.oracle, 0, 1, 1, times, s.x, D - 1, NULL, &r),
          DDN_E_SHAPE, "x");
    OK(s.ctx, ddn_options_set_f64(ddn_analysis_options(s.an), DDN_ANALYSIS_T_END, 0.5));
    FAILS(s.ctx,
          ddn_analysis_path(s.an, s.oracle, DDN_PATH_CLONES, TIMES, 1, times, s.x, D, NULL, &r),
          DDN_E_RANGE, "T_END");
    assert_null(r);
    unmake(&s);
}

static ddn_status everything(ddn_context *ctx, void *arg)
{
    (void)arg;
    const double data[2] = {-1, 1}, t[2] = {1, 0.2}, x[2] = {0.1, 0.2};
    const int32_t labels[2] = {0, 1};
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = NULL, *named = NULL;
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_result *r = NULL, *q = NULL;
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    status = status ? status : ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 1, data, 1, &ds);
    status = status ? status : ddn_dataset_create_labelled(ctx, ds, 2, labels, &named);
    status = status ? status : ddn_oracle_create_empirical(ctx, named, sch, &oracle);
    status = status ? status : ddn_analysis_create(ctx, &an);
    status =
        status ? status : ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, 2);
    status = status ? status
                    : ddn_analysis_path(an, oracle, DDN_PATH_POSTERIOR, 2, 1, t, x, 1, NULL, &r);
    status =
        status ? status : ddn_analysis_path(an, oracle, DDN_PATH_CLONES, 2, 1, t, x, 1, NULL, &q);
    ddn_result_destroy(q);
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(named);
    ddn_dataset_destroy(ds);
    ddn_schedule_destroy(sch);
    return status;
}

/* Twelve classes, whose labels are neither in the order of the points nor 0, 1, ...: a column each,
 * as a query gives them. The columns ended with the eighth class. */
static void a_column_for_each_class(void **state)
{
    (void)state;
    enum {
        CLASSES = 12,
        POINTS = 3 * CLASSES,
        STATES = 5
    };
    test_setup s = test_setup_make(1);
    double data[POINTS * 2], x[STATES * 2], share[STATES * CLASSES], sum = 0;
    const double t = 1;
    int32_t labels[POINTS];
    test_normal(5, POINTS * 2, data);
    test_normal(6, STATES * 2, x);
    for (int i = 0; i < POINTS; i++) {
        labels[i] = 7 * ((5 * i) % CLASSES) - 30;
    }
    ddn_dataset *plain = NULL, *ds = NULL;
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_query *q = NULL;
    ddn_result *r = NULL;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, POINTS, 2, data, 2, &plain));
    OK(s.ctx, ddn_dataset_create_labelled(s.ctx, plain, POINTS, labels, &ds));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, ds, s.sch, &oracle));
    OK(s.ctx, ddn_analysis_create(s.ctx, &an));
    OK(s.ctx, ddn_query_create(s.ctx, oracle, &q));
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_CLASS_POSTERIOR, share, CLASSES));
    OK(s.ctx, ddn_query_run(q, t, STATES, x, 2));
    OK(s.ctx, ddn_analysis_path(an, oracle, DDN_PATH_POSTERIOR, 1, STATES, &t, x, 2, NULL, &r));
    for (int c = 0; c < CLASSES; c++) {
        char name[8];
        double mean = 0;
        snprintf(name, sizeof name, "W_%d", c);
        for (int i = 0; i < STATES; i++) {
            mean += share[i * CLASSES + c] / STATES;
        }
        CLOSE(test_element(s.ctx, r, name, 0), mean, 1e-12, 0);
        sum += mean;
    }
    CLOSE(sum, 1, 1e-12, 0);
    assert_null(ddn_result_definition(r, "W_12"));
    assert_string_equal(ddn_result_definition(r, "W_11"), "mean posterior of class number 11");
    ddn_result_destroy(r);
    ddn_query_destroy(q);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(plain);
    test_setup_free(&s);
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_true(test_every_allocation(everything, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_point),
        cmocka_unit_test(by_posterior),
        cmocka_unit_test(by_clones),
        cmocka_unit_test(without_labels),
        cmocka_unit_test(refusals),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(a_column_for_each_class),
    };
    return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
