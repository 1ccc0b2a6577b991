/* What the score and a whole run are in the coordinates of the span. Catches a mean taken at the
 * wrong level, a residual on the wrong side, and a wrong law for it. */
#include "support/exact.h"

enum {
    MOST = 160, /* points and dimensions */
    CLASSES = 3
};

/* n points in `rank` of d dimensions. */
static test_cloud cloud(ddn_type type, int64_t n, int64_t d, int64_t rank)
{
    double x[MOST * MOST];
    test_normal(5, n * d, x);
    for (int64_t i = 0; i < n * d; i++) {
        int64_t j = i % d;
        x[i] = x[i - j + j % rank] * (double)(1 + j / rank);
    }
    int bytes = type == DDN_TYPE_U8;
    return test_cloud_make(type, n, d, d, bytes ? 1 / 127.5 : 1, bytes ? -1 : 0.25, x, 0);
}

/* theory (80): score, log p, weights of the classes and trace from the reduced set. */
static void check_score(ddn_context *ctx, const ddn_dataset *ds, int64_t rank, double t,
                        double exact)
{
    enum {
        M = 5
    };
    int64_t d = ddn_dataset_d(ds);
    double a, s, x[M * MOST], c[M * MOST], q[M * MOST], score[M * MOST], small[M * MOST];
    double log_p[2][M], trace[2][M], classes[2][M * CLASSES], lifted[M * MOST];
    test_setup setup = test_setup_make(1);
    ddn_dataset *reduced;
    ddn_span *span;
    OK(ctx, ddn_span_create(ctx, ds, 0, &span));
    int64_t r = ddn_span_rank(span);
    assert_int_equal(r, rank);
    OK(ctx, ddn_dataset_create_in_span(ctx, span, DDN_TYPE_F64, &reduced));
    OK(ctx, ddn_schedule_eval(ctx, setup.sch, t, &a, &s));
    OK(ctx, ddn_dataset_read(ctx, ds, 0, M, x, d));
    test_normal(9, M * d, q);
    for (int64_t i = 0; i < M * d; i++) {
        x[i] = a * x[i] + s * q[i];
    }
    OK(ctx, ddn_span_project(ctx, span, a, M, x, d, c, r, q, d));
    for (int k = 0; k < 2; k++) {
        ddn_oracle *oracle;
        ddn_query *query;
        OK(ctx, ddn_oracle_create_empirical(ctx, k == 0 ? ds : reduced, setup.sch, &oracle));
        OK(ctx, ddn_query_create(ctx, oracle, &query));
        OK(ctx, ddn_options_set_f64(ddn_query_options(query), DDN_QUERY_EPSILON, 0));
        OK(ctx, ddn_query_bind_f64(query, DDN_OUT_SCORE, k == 0 ? score : small, k == 0 ? d : r));
        OK(ctx, ddn_query_bind_f64(query, DDN_OUT_LOG_P, log_p[k], 0));
        OK(ctx, ddn_query_bind_f64(query, DDN_OUT_TRACE_COV, trace[k], 0));
        OK(ctx, ddn_query_bind_f64(query, DDN_OUT_CLASS_POSTERIOR, classes[k], CLASSES));
        OK(ctx, ddn_query_run(query, t, M, k == 0 ? x : c, k == 0 ? d : r));
        ddn_query_destroy(query);
        ddn_oracle_destroy(oracle);
    }
    OK(ctx, ddn_span_lift(ctx, span, 0, M, small, r, lifted, d));
    for (int64_t i = 0; i < M; i++) {
        double outside = test_length(d, q + i * d);
        for (int64_t j = 0; j < d; j++) {
            lifted[i * d + j] -= q[i * d + j] / (s * s) + score[i * d + j];
        }
        CLOSE(test_length(d, lifted + i * d), 0, 0, exact * test_length(d, score + i * d));
        double want = log_p[1][i] - outside * outside / (2 * s * s) -
                      (double)(d - r) / 2 * log(8 * atan(1) * s * s);
        CLOSE(log_p[0][i], want, 10 * exact, 100 * exact);
        CLOSE(trace[0][i], trace[1][i], 1000 * exact, 100 * exact);
        for (int k = 0; k < CLASSES; k++) {
            CLOSE(classes[0][i * CLASSES + k], classes[1][i * CLASSES + k], 0, 100 * exact);
        }
    }
    ddn_span_destroy(span);
    ddn_dataset_destroy(reduced);
    test_setup_free(&setup);
}

static void scores_are_those_of_the_span(void **state)
{
    (void)state;
    static const double times[] = {0.01, 0.5, 3};
    static const struct {
        ddn_type type;
        int64_t n, d, filled;
        double exact;
    } cases[] = {{DDN_TYPE_F64, 70, 130, 130, 1e-12},
                 {DDN_TYPE_F32, 70, 130, 130, 1e-6},
                 {DDN_TYPE_U8, 70, 130, 130, 1e-6},
                 {DDN_TYPE_F64, 130, 40, 5, 1e-12}};
    ddn_context *ctx = test_context(1);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        test_cloud c = cloud(cases[k].type, cases[k].n, cases[k].d, cases[k].filled);
        ddn_dataset *ds = test_cloud_dataset(ctx, &c, CLASSES);
        for (int i = 0; i < 3; i++) {
            check_score(ctx, ds, cases[k].filled < cases[k].n ? cases[k].filled : cases[k].n - 1,
                        times[i], cases[k].exact);
        }
        ddn_dataset_destroy(ds);
        test_cloud_free(&c);
    }
    ddn_context_destroy(ctx);
}

/* theory (81): a run in the span, with (s'/s) q beside it, is the run in all dimensions. DDIM is
 * exact for q, so that only rounding differs; the adaptive solver agrees to its own accuracy. */
static void check_run(ddn_context *ctx, test_kind kind, ddn_method method, double allowed)
{
    enum {
        N = 24,
        D = 90,
        M = 4
    };
    ddn_schedule *sch = test_schedule(ctx, kind);
    test_cloud points = cloud(DDN_TYPE_F64, N, D, D);
    ddn_dataset *ds = test_cloud_dataset(ctx, &points, 0), *reduced;
    ddn_span *span;
    double x[M * D], c[M * N], q[M * D], back[M * D], t[2], a[2], s[2];
    OK(ctx, ddn_span_create(ctx, ds, 0, &span));
    OK(ctx, ddn_dataset_create_in_span(ctx, span, DDN_TYPE_F64, &reduced));
    int64_t r = ddn_span_rank(span);
    for (int k = 0; k < 2; k++) {
        OK(ctx, ddn_schedule_from_ou(ctx, sch, k == 0 ? 2.5 : 0.02, &t[k]));
        OK(ctx, ddn_schedule_eval(ctx, sch, t[k], &a[k], &s[k]));
    }
    test_normal(4, M * D, x);
    for (int i = 0; i < M * D; i++) {
        x[i] *= s[0];
    }
    OK(ctx, ddn_span_project(ctx, span, a[0], M, x, D, c, r, q, D));
    for (int k = 0; k < 2; k++) {
        ddn_oracle *oracle;
        ddn_integrator *it;
        OK(ctx, ddn_oracle_create_empirical(ctx, k == 0 ? ds : reduced, sch, &oracle));
        OK(ctx, ddn_integrator_create(ctx, oracle, method, &it));
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_START, t[0]));
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, t[1]));
        if (method == DDN_METHOD_ADAPTIVE) {
            OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_RTOL, 1e-10));
            OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ATOL, 1e-10));
            OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 4));
        } else {
            OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 0));
        }
        OK(ctx, ddn_integrator_run(it, M, k == 0 ? x : c, k == 0 ? D : r));
        ddn_integrator_destroy(it);
        ddn_oracle_destroy(oracle);
    }
    OK(ctx, ddn_span_lift(ctx, span, a[1], M, c, r, back, D));
    for (int i = 0; i < M * D; i++) {
        back[i] += s[1] / s[0] * q[i] - x[i];
    }
    for (int i = 0; i < M; i++) {
        CLOSE(test_length(D, back + i * D), 0, 0, allowed * test_length(D, x + i * D));
    }
    ddn_span_destroy(span);
    ddn_dataset_destroy(reduced);
    ddn_dataset_destroy(ds);
    test_cloud_free(&points);
    ddn_schedule_destroy(sch);
}

static void runs_are_those_of_the_span(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    check_run(ctx, TEST_OU, DDN_METHOD_EXPONENTIAL, 1e-11);
    check_run(ctx, TEST_VP, DDN_METHOD_EXPONENTIAL, 1e-11);
    check_run(ctx, TEST_EDM, DDN_METHOD_EXPONENTIAL, 1e-11);
    check_run(ctx, TEST_OU, DDN_METHOD_ADAPTIVE, 1e-8);
    ddn_context_destroy(ctx);
}

/* theory (81) with noise: two runs with the same noise, one of them from inside the span. Their
 * distance outside shrinks by k s'/s; the variance of the one that started inside is s'^2 (1 -
 * k^2), within 5 standard errors of the mean of its (D - r) M squares (false alarms: 1e-6). */
static void noise_outside_has_its_law(void **state)
{
    (void)state;
    enum {
        N = 20,
        D = 80,
        M = 64
    };
    static double x[2][M * D], c[M * N], q[3][M * D];
    const double t[2] = {1, 0.4};
    const ddn_method methods[2] = {DDN_METHOD_EXACT, DDN_METHOD_EXPONENTIAL};
    double a[2], s[2];
    test_setup setup = test_setup_make(1);
    test_cloud points = cloud(DDN_TYPE_F64, N, D, D);
    ddn_dataset *ds = test_cloud_dataset(setup.ctx, &points, 0);
    ddn_span *span;
    ddn_oracle *oracle;
    OK(setup.ctx, ddn_span_create(setup.ctx, ds, 0, &span));
    OK(setup.ctx, ddn_oracle_create_empirical(setup.ctx, ds, setup.sch, &oracle));
    for (int k = 0; k < 2; k++) {
        OK(setup.ctx, ddn_schedule_eval(setup.ctx, setup.sch, t[k], &a[k], &s[k]));
    }
    double factor = s[1] / a[1] * a[0] / s[0];
    for (int method = 0; method < 2; method++) {
        ddn_integrator *it;
        test_normal(3, M * D, x[1]);
        OK(setup.ctx, ddn_span_project(setup.ctx, span, a[0], M, x[1], D, c, N, q[2], D));
        OK(setup.ctx, ddn_span_lift(setup.ctx, span, a[0], M, c, N, x[0], D));
        OK(setup.ctx, ddn_integrator_create(setup.ctx, oracle, methods[method], &it));
        OK(setup.ctx, ddn_integrator_set_times(it, 2, t));
        for (int k = 0; k < 2; k++) {
            OK(setup.ctx, ddn_integrator_run(it, M, x[k], D));
            OK(setup.ctx, ddn_span_project(setup.ctx, span, a[1], M, x[k], D, c, N, q[k], D));
        }
        double sum = 0, freedom = M * (D - N + 1);
        for (int i = 0; i < M * D; i++) {
            CLOSE(q[1][i] - q[0][i], factor * s[1] / s[0] * q[2][i], 0, 1e-13);
            sum += q[0][i] * q[0][i];
        }
        CLOSE(sum / freedom, s[1] * s[1] * (1 - factor * factor), 5 * sqrt(2 / freedom), 0);
        ddn_integrator_destroy(it);
    }
    ddn_span_destroy(span);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(ds);
    test_cloud_free(&points);
    test_setup_free(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_those_of_the_span),
        cmocka_unit_test(runs_are_those_of_the_span),
        cmocka_unit_test(noise_outside_has_its_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
