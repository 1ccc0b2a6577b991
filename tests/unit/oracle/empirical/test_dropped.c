/* What the posterior mass that DDN_QUERY_EPSILON lets drop does to each output: the bounds of
 * oracle.h, and relative accuracy near 0 without it. */
#include "support/exact.h"

enum {
    N = 3000,
    D = 2,
    M = 16,
    CLASSES = 3
};

typedef struct answer {
    double score[M * D], mean[M * D], share[M * CLASSES];
    double log_p[M], entropy[M], sum_w2[M], w_max[M], rest[M], trace[M], dropped;
} answer;

typedef struct rig {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    test_cloud cloud;
    double x[M * D];
} rig;

static const double t = 0.3; /* of the EDM schedule */

/* A Gaussian cloud; or for epsilon > 0 a point and a circle around it whose points weigh just less
 * than may be left out, and states in the middle. */
static rig rig_make(double epsilon)
{
    rig r = {.ctx = test_context(1)};
    double *z = calloc(N * D, sizeof *z);
    test_normal(8, N * D, z);
    for (int64_t i = 0; epsilon > 0 && i < N; i++) {
        double radius = i == 0 ? 0 : t * sqrt(2 * (log(N / epsilon) + 0.05));
        z[i * D] = radius * cos((double)i);
        z[i * D + 1] = radius * sin((double)i);
    }
    r.cloud = test_cloud_make(DDN_TYPE_F32, N, D, D, 1, 0, z, 0);
    free(z);
    test_normal(9, M * D, r.x);
    for (int64_t k = 0; k < M * D; k++) {
        r.x[k] *= 1e-3 * t;
    }
    OK(r.ctx, ddn_schedule_create_edm(r.ctx, &r.sch));
    r.ds = test_cloud_dataset(r.ctx, &r.cloud, CLASSES);
    OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle));
    return r;
}

static void rig_free(rig *r)
{
    ddn_oracle_destroy(r->oracle);
    ddn_schedule_destroy(r->sch);
    ddn_dataset_destroy(r->ds);
    ddn_context_destroy(r->ctx);
    test_cloud_free(&r->cloud);
}

static void ask(const rig *r, double level, const double *x, double epsilon, answer *out)
{
    ddn_query *q = NULL;
    OK(r->ctx, ddn_query_create(r->ctx, r->oracle, &q));
    if (epsilon >= 0) {
        OK(r->ctx, ddn_options_set_f64(ddn_query_options(q), DDN_QUERY_EPSILON, epsilon));
    }
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, out->score, D));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, out->mean, D));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_LOG_P, out->log_p, 0));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_ENTROPY, out->entropy, 0));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_SUM_W2, out->sum_w2, 0));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_W_MAX, out->w_max, 0));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_ONE_MINUS_W_MAX, out->rest, 0));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_TRACE_COV, out->trace, 0));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_CLASS_POSTERIOR, out->share, CLASSES));
    OK(r->ctx, ddn_query_run(q, level, M, x, D));
    out->dropped = ddn_query_dropped(q);
    ddn_query_destroy(q);
}

/* Within [-below, above] times what is promised; gives the share of the bound that is used. */
static double within(double got, double want, double below, double above)
{
    double error = got - want, slack = 1e-6 * fabs(want) + 1e-9 * (below + above);
    if (!(error >= -below - slack && error <= above + slack)) {
        print_error("%.17g, wanted %.17g - %.3g + %.3g\n", got, want, below, above);
        fail();
    }
    return fabs(error) / fmax(below, above);
}

static void bounds(void **state)
{
    (void)state;
    static const double epsilons[] = {1e-2, 1e-3, 1e-5};
    for (int k = 0; k < 3; k++) {
        answer got;
        rig r = rig_make(epsilons[k]);
        test_exact e = test_exact_make(&r.cloud);
        double eps = epsilons[k], used = 0, size = 2 * r.cloud.reach, top = eps / (1 - eps);
        ask(&r, t, r.x, eps, &got);
        assert_true(got.dropped > 0 && got.dropped <= eps);
        for (int64_t q = 0; q < M; q++) {
            test_exact_at(&r.cloud, 1, (long double)t * (long double)t, r.x + q * D, &e);
            double diff[D], share[CLASSES] = {0};
            for (int64_t j = 0; j < D; j++) {
                diff[j] = got.mean[q * D + j] - e.mean[j];
            }
            for (int64_t i = 0; i < N; i++) {
                share[i % CLASSES] += (double)e.w[i];
            }
            within(test_length(D, diff), 0, 0, eps * size);
            used = within(got.log_p[q], e.log_p, top, 0);
            used = fmin(used, within(got.w_max[q], e.w_max, 0, top));
            used = fmin(used, within(got.rest[q], e.rest, top, 0));
            within(got.sum_w2[q], e.sum_w2, eps, 2.1 * eps);
            double entropy = eps * (1 + log(N / eps));
            used = fmin(used, within(got.entropy[q], e.entropy, entropy, entropy));
            within(got.trace[q], e.trace, eps * size * size, eps * e.trace);
            for (int64_t c = 0; c < CLASSES; c++) {
                within(got.share[q * CLASSES + c], share[c], top, top);
            }
        }
        assert_true(used > 0.8); /* of the bound: it cannot be much less */
        test_exact_free(&e);
        rig_free(&r);
    }
}

/* Near a point, all others weigh less than the preset lets drop: what is left of 1 may be lost, and
 * is exact with DDN_QUERY_EPSILON = 0. */
static void near_zero(void **state)
{
    (void)state;
    rig r = rig_make(0);
    test_exact e = test_exact_make(&r.cloud);
    answer preset, all;
    double x[M * D];
    int lost = 0;
    for (int64_t k = 0; k < M * D; k++) {
        x[k] = r.cloud.point[k / D * 100 * D + k % D];
    }
    for (double level = 2e-3; level < 0.05; level *= 1.5) {
        ask(&r, level, x, -1, &preset);
        ask(&r, level, x, 0, &all);
        for (int64_t q = 0; q < M; q++) {
            test_exact_at(&r.cloud, 1, (long double)level * (long double)level, x + q * D, &e);
            CLOSE(all.rest[q], e.rest, 1e-3, 1e-300);
            CLOSE(all.entropy[q], e.entropy, 1e-3, 1e-300);
            CLOSE(preset.rest[q], e.rest, 1e-3, 1e-9);
            CLOSE(preset.entropy[q], e.entropy, 1e-3, 1e-9 * (1 + log(N / 1e-9)));
            lost += e.rest > 0 && fabs(preset.rest[q] / e.rest - 1) > 0.5;
        }
    }
    assert_true(lost > 0); /* else oracle.h may promise more */
    test_exact_free(&e);
    rig_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds),
        cmocka_unit_test(near_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
