/* The empirical oracle against reference numbers in 50-digit arithmetic. */
#include "support/fixtures.h"
#include "support/reference.h"

enum {
    MAX = 8
};

typedef struct setup {
    ddn_context *ctx;
    ddn_dataset *ds;
    ddn_schedule *sch;
    ddn_oracle *oracle;
    ddn_query *query;
} setup;

static setup make(int64_t threads, const double *data, int64_t n, int64_t d, const int32_t *labels)
{
    setup s = {.ctx = test_context(threads)};
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, n, d, data, d, &s.ds));
    if (labels != NULL) {
        ddn_dataset *labelled = NULL;
        OK(s.ctx, ddn_dataset_create_labelled(s.ctx, s.ds, n, labels, &labelled));
        ddn_dataset_destroy(s.ds);
        s.ds = labelled;
    }
    OK(s.ctx, ddn_schedule_create_ou(s.ctx, &s.sch));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, s.ds, s.sch, &s.oracle));
    OK(s.ctx, ddn_query_create(s.ctx, s.oracle, &s.query));
    return s;
}

static void drop(setup *s)
{
    ddn_query_destroy(s->query);
    ddn_oracle_destroy(s->oracle);
    ddn_schedule_destroy(s->sch);
    ddn_dataset_destroy(s->ds);
    ddn_context_destroy(s->ctx);
}

static void check_case(const json_t *c, const char *kernel, double epsilon)
{
    double data[64], x[MAX], v[MAX], label_values[MAX];
    int64_t d = ref_numbers(c, "x", x, MAX), n = ref_numbers(c, "data", data, 64) / d;
    ref_numbers(c, "v", v, MAX);
    ref_numbers(c, "labels", label_values, MAX);
    int32_t labels[MAX];
    for (int64_t i = 0; i < n; i++) {
        labels[i] = (int32_t)label_values[i];
    }
    setup s = make(1, data, n, d, labels);
    OK(s.ctx, ddn_context_set_kernel(s.ctx, kernel));
    int64_t k = ddn_oracle_class_count(s.oracle);
    double score[MAX], mean[MAX], jv[MAX], cov[MAX], w[MAX];
    double log_p, entropy, sum_w2, w_max, rest, trace, divergence;
    int64_t argmax;
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_SCORE, score, d));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_MEAN, mean, d));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_LOG_P, &log_p, 0));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_ENTROPY, &entropy, 0));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_SUM_W2, &sum_w2, 0));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_W_MAX, &w_max, 0));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_ONE_MINUS_W_MAX, &rest, 0));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_TRACE_COV, &trace, 0));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_DIVERGENCE, &divergence, 0));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_CLASS_POSTERIOR, w, k));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_COV_TIMES_V, cov, d));
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_JACOBIAN_TIMES_V, jv, d));
    OK(s.ctx, ddn_query_bind_i64(s.query, DDN_OUT_ARGMAX, &argmax));
    OK(s.ctx, ddn_query_bind_input(s.query, DDN_IN_V, v, d));
    OK(s.ctx, ddn_options_set_f64(ddn_query_options(s.query), DDN_QUERY_EPSILON, epsilon));
    double t = ref_number(c, "t");
    OK(s.ctx, ddn_query_run(s.query, t, 1, x, d));

    print_message("# case %s, %s, epsilon %g\n", json_string_value(ref_get(c, "name")), kernel,
                  epsilon);
    double rtol = ref_number(c, "rtol_hint"), lw = ref_number(c, "atol_logw_hint");
    double ls = ref_number(c, "atol_score_hint");
    CLOSE(log_p, ref_number(c, "log_density"), 1e-13, lw);
    CLOSE(entropy, ref_number(c, "entropy"), rtol, 0);
    CLOSE(sum_w2, ref_number(c, "sum_w2"), 1e-12, 2 * lw);
    CLOSE(rest, ref_number(c, "one_minus_max_w"), rtol, 0);
    CLOSE(w_max, 1 - ref_number(c, "one_minus_max_w"), 1e-12, 2 * lw);
    double log_w[MAX], gap = INFINITY;
    int64_t top = (int64_t)ref_number(c, "argmax");
    ref_numbers(c, "log_weights", log_w, MAX);
    for (int64_t i = 0; i < n; i++) {
        gap = i != top ? fmin(gap, log_w[top] - log_w[i]) : gap;
    }
    if (gap > lw) { /* no tie within rounding */
        assert_int_equal(argmax, top);
    }
    CLOSE(trace, ref_number(c, "tr_posterior_cov"), rtol, 1e-28);
    CLOSE(divergence, ref_number(c, "div_score"), rtol, 0);
    for (int64_t j = 0; j < d; j++) {
        CLOSE(score[j], ref_element(c, "score", j), 1e-12, ls);
        CLOSE(mean[j], ref_element(c, "denoiser", j), rtol, 0);
        CLOSE(jv[j], ref_element(c, "jvp_v", j), rtol, 1e-12 * fabs(divergence));
    }
    for (int64_t i = 0; i < k; i++) {
        CLOSE(w[i], ref_element(c, "class_weights", i), rtol, 1e-300);
    }
    drop(&s);
}

static void reference_cases(void **state)
{
    (void)state;
    json_t *cases = ref_at("empirical_score.cases");
    assert_true(json_array_size(cases) >= 17);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        int32_t supported;
        const char *kernel;
        for (int32_t k = 0; (kernel = ddn_kernel_name(k, &supported)) != NULL; k++) {
            if (supported) {
                check_case(json_array_get(cases, i), kernel, 0);
                check_case(json_array_get(cases, i), kernel, 1e-15);
            }
        }
    }
}

static void bad_states_are_refused(void **state)
{
    (void)state;
    double data[4] = {0, 1, 2, 3}, x[4] = {0, NAN, 0, 0}, score[4] = {7, 7, 7, 7};
    setup s = make(1, data, 2, 2, NULL);
    OK(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_SCORE, score, 2));
    FAILS(s.ctx, ddn_query_run(s.query, 1, 2, x, 2), DDN_E_NONFINITE, "x[0][1] is nan");
    FAILS(s.ctx, ddn_query_run(s.query, 0, 2, x, 2), DDN_E_RANGE, "t");
    FAILS(s.ctx, ddn_query_run(s.query, -1, 2, x, 2), DDN_E_RANGE, "-1");
    FAILS(s.ctx, ddn_query_run(s.query, NAN, 2, x, 2), DDN_E_NONFINITE, "nan");
    FAILS(s.ctx, ddn_query_run(s.query, 1, 2, x, 1), DDN_E_SHAPE, "leading dimension of x is 1");
    FAILS(s.ctx, ddn_query_run(s.query, 1, -1, x, 2), DDN_E_RANGE, "m = -1");
    FAILS(s.ctx, ddn_query_run(s.query, 1, 1, NULL, 2), DDN_E_NULL, "x");
    FAILS(s.ctx, ddn_options_set_f64(ddn_query_options(s.query), DDN_QUERY_EPSILON, 0.5),
          DDN_E_RANGE, "0.5");
    FAILS(s.ctx, ddn_options_set_f64(ddn_query_options(s.query), DDN_QUERY_EPSILON, -1e-9),
          DDN_E_RANGE, "[0, 0.01]");
    FAILS(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_CLASS_POSTERIOR, score, 2), DDN_E_UNSUPPORTED,
          "no labels");
    FAILS(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_ARGMAX, score, 2), DDN_E_TYPE, "type");
    FAILS(s.ctx, ddn_query_bind_f64(s.query, DDN_OUT_SCORE, score, 1), DDN_E_SHAPE, "ld = 1");
    for (int i = 0; i < 4; i++) {
        assert_true(score[i] == 7);
    }
    OK(s.ctx, ddn_query_run(s.query, 1, 0, NULL, 2));
    drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_cases),
        cmocka_unit_test(bad_states_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
