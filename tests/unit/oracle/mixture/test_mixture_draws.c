/* Gaussian mixtures: posterior draws, samples of the data, limits in t and x. */
#include "support/fixtures.h"
#include "support/outputs.h"

static ddn_oracle *three_blobs(test_setup *s)
{
    static const double weights[3] = {0.2, 0.5, 0.3}, vars[3] = {0.5, 1, 0};
    static const double means[6] = {1, -2, 0, 0.5, -3, 1.5};
    static const int32_t labels[3] = {9, -1, 9};
    ddn_oracle *oracle = NULL;
    OK(s->ctx, ddn_oracle_create_mixture(s->ctx, s->sch, DDN_VARIANCE_ISOTROPIC, 3, 2, weights,
                                         means, 2, vars, 0, labels, &oracle));
    return oracle;
}

/* Moments of 40000 posterior draws at one state against MEAN, TRACE_COV and the class posterior,
 * each within 4.5 standard errors: false alarm below 1e-4 for a random seed; the seed is fixed. */
static void draws_have_the_posterior(void **state)
{
    (void)state;
    enum {
        M = 40000
    };
    test_setup s = test_setup_make(1);
    ddn_oracle *oracle = three_blobs(&s);
    double *x = malloc(M * 2 * sizeof *x);
    for (int64_t r = 0; r < M; r++) {
        x[2 * r] = -0.6;
        x[2 * r + 1] = -0.2;
    }
    assert_int_equal(ddn_oracle_class_count(oracle), 2);
    assert_int_equal(ddn_oracle_components(oracle), 3);
    test_outputs o = test_evaluate(s.ctx, oracle, 0.6, M, x, 2, NULL);
    double mean[2] = {0}, trace = 0, fourth = 0, class_one = 0;
    const double *exact = test_row(&o, DDN_OUT_MEAN, 0), total = o.f64[DDN_OUT_TRACE_COV][0];
    for (int64_t r = 0; r < M; r++) {
        const double *y = test_row(&o, DDN_OUT_DRAW, r);
        double b2 = (y[0] - exact[0]) * (y[0] - exact[0]) + (y[1] - exact[1]) * (y[1] - exact[1]);
        mean[0] += y[0] / M;
        mean[1] += y[1] / M;
        trace += b2 / M;
        fourth += b2 * b2 / M;
        class_one += o.i64[DDN_OUT_DRAW_INDEX][r] != 1;
    }
    CLOSE(mean[0], exact[0], 0, 4.5 * sqrt(total / M));
    CLOSE(mean[1], exact[1], 0, 4.5 * sqrt(total / M));
    CLOSE(trace, total, 0, 4.5 * sqrt((fourth - total * total) / M));
    const double w = test_row(&o, DDN_OUT_CLASS_POSTERIOR, 0)[1]; /* label 9: components 0 and 2 */
    CLOSE(class_one / M, w, 0, 4.5 * sqrt(w * (1 - w) / M));
    CLOSE(w + test_row(&o, DDN_OUT_CLASS_POSTERIOR, 0)[0], 1, 1e-14, 0);
    test_outputs_free(&o);
    free(x);
    ddn_oracle_destroy(oracle);
    test_setup_free(&s);
}

/* Component shares and means of 40000 samples of the data, 4.5 standard errors; a split changes
 * nothing. */
static void data_have_the_prior(void **state)
{
    (void)state;
    enum {
        M = 40000
    };
    test_setup s = test_setup_make(1);
    ddn_oracle *oracle = three_blobs(&s);
    double *x = malloc(M * 3 * sizeof *x), part[3 * 5], mean = 0, share = 0;
    int64_t *index = malloc(M * sizeof *index);
    OK(s.ctx, ddn_oracle_sample_data(s.ctx, oracle, 8, 0, M, x, 3, index));
    OK(s.ctx, ddn_oracle_sample_data(s.ctx, oracle, 8, 77, 5, part, 3, NULL));
    for (int64_t r = 0; r < 5; r++) {
        assert_memory_equal(part + 3 * r, x + 3 * (77 + r), 2 * sizeof *x);
    }
    for (int64_t r = 0; r < M; r++) {
        mean += x[3 * r] / M;
        share += (double)(index[r] == 1) / M;
        if (index[r] == 2) { /* a point mass */
            assert_true(x[3 * r] == -3 && x[3 * r + 1] == 1.5);
        }
    }
    CLOSE(share, 0.5, 0, 4.5 * sqrt(0.25 / M));
    const double first = 0.2 - 0.9, second = 0.2 * 1.5 + 0.5 * 1 + 0.3 * 9;
    CLOSE(mean, first, 0, 4.5 * sqrt((second - first * first) / M));
    free(x);
    free(index);
    ddn_oracle_destroy(oracle);
    test_setup_free(&s);
}

/* t -> infinity: score -x, mean of the prior. t -> 0 far out: the nearest blob, relative accuracy
 * of tiny weights kept. A state so far out that |x|^2 overflows gives no NaN. */
static void limits(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    ddn_oracle *oracle = three_blobs(&s);
    const double x[4] = {0.3, 0.8, -2.9, 1.4};
    test_outputs o = test_evaluate(s.ctx, oracle, 20, 2, x, 2, x);
    for (int64_t j = 0; j < 4; j++) {
        CLOSE(test_row(&o, DDN_OUT_SCORE, j / 2)[j % 2], -x[j], 1e-8, 0);
    }
    CLOSE(test_row(&o, DDN_OUT_MEAN, 0)[0], 0.2 - 0.9, 1e-7, 0);
    CLOSE(test_row(&o, DDN_OUT_MEAN, 0)[1], -0.4 + 0.25 + 0.45, 1e-7, 0);
    test_outputs_free(&o);
    o = test_evaluate(s.ctx, oracle, 1e-5, 2, x, 2, x);
    assert_int_equal(o.i64[DDN_OUT_ARGMAX][0], 1);
    assert_true(o.f64[DDN_OUT_ONE_MINUS_W_MAX][0] > 0);
    assert_true(o.f64[DDN_OUT_ENTROPY][0] > 0);
    test_outputs_free(&o);
    const double far[2] = {1e200, -1e200};
    double score[2], w_max;
    ddn_query *q = NULL;
    OK(s.ctx, ddn_query_create(s.ctx, oracle, &q));
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, 2));
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_W_MAX, &w_max, 1));
    OK(s.ctx, ddn_query_run(q, 1, 1, far, 2));
    assert_true(isfinite(score[0]) && score[0] < 0 && score[1] > 0 && w_max == 1);
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    test_setup_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_have_the_posterior),
        cmocka_unit_test(data_have_the_prior),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
