/* The divergence by products with the Jacobian: of models, sums of models, and by probes of any
 * oracle. Would catch: a product left out or counted twice, probes that are the same for all rows,
 * steps or seeds, or not of random signs, an output written though a product failed.
 */
#include "support/fixtures.h"
#include "support/zoo.h"

enum {
    D = ZOO_D,
    M = 7
};

static double *divergence(ddn_context *ctx, const ddn_oracle *o, double t, int64_t m,
                          const double *x, int64_t probes, int64_t step)
{
    ddn_query *q = NULL;
    double *out = calloc((size_t)m, sizeof *out);
    OK(ctx, ddn_query_create(ctx, o, &q));
    OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_PROBES, probes));
    OK(ctx, ddn_query_set_noise(q, 5, 0, step, 0, NULL));
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_DIVERGENCE, out, 0));
    OK(ctx, ddn_query_run(q, t, m, x, ddn_oracle_d(o)));
    ddn_query_destroy(q);
    return out;
}

/* N(1, 2 I): div score = -d/(s^2 + 2 a^2), whatever is predicted, in either precision, with and
 * without jvp, and in any batches. */
static void models_have_one(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    double x[M * D];
    test_normal(3, M * D, x);
    const double t = 0.4, want = -D / (1 + exp(-2 * t));
    for (ddn_prediction p = DDN_PREDICTION_SCORE; p <= DDN_PREDICTION_VELOCITY; p++) {
        for (int how = 0; how < 8; how++) {
            const int jvp = how & 1, single = how & 2, small = how & 4;
            zoo_model model = {p, NULL};
            ddn_model *b = zoo_builder(s.ctx, s.sch, jvp, &model);
            ddn_oracle *o = NULL;
            if (single) {
                OK(s.ctx, ddn_model_set_predict_f64(b, NULL));
                OK(s.ctx, ddn_model_set_predict_f32(b, zoo_predict_f32));
                OK(s.ctx, ddn_model_set_jvp_f64(b, NULL));
                OK(s.ctx, ddn_model_set_jvp_f32(b, jvp ? zoo_jvp_f32 : NULL));
            }
            if (small) {
                OK(s.ctx, ddn_options_set_i64(ddn_model_options(b), DDN_MODEL_MAX_ROWS, 2));
            }
            OK(s.ctx, ddn_oracle_create_model(s.ctx, b, &o));
            assert_int_equal(ddn_oracle_can(o, DDN_OUT_DIVERGENCE), 1);
            double *got = divergence(s.ctx, o, t, M, x, 0, 0);
            for (int r = 0; r < M; r++) {
                CLOSE(got[r], want, single && !jvp ? 2e-4 : single ? 1e-6 : 1e-8, 0);
            }
            free(got);
            ddn_oracle_destroy(o);
            ddn_model_destroy(b);
        }
    }
    test_setup_free(&s);
}

static int32_t swirl(void *user, double t, double a, double v, int64_t m, int64_t d,
                     const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)t;
    (void)a;
    (void)v;
    const double scale = *(const double *)user;
    for (int64_t r = 0; r < m; r++) {
        for (int64_t j = 0; j < d; j++) { /* not a gradient; its divergence is not constant */
            out[r * ldo + j] =
                scale * (sin(x[r * ldx + j]) + x[r * ldx + (j + 1) % d] * x[r * ldx + j]);
        }
    }
    return 0;
}

/* A score that is no gradient, alone and in a sum with an exact oracle. */
static void of_any_field(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    double x[M * D], scale = -0.7;
    test_normal(4, M * D, x);
    const char *name;
    ddn_oracle *exact = zoo_oracle(s.ctx, s.sch, 0, &name), *sum = NULL;
    ddn_oracle *o = test_model(s.ctx, s.sch, DDN_PREDICTION_SCORE, D, swirl, &scale, NULL);
    OK(s.ctx, ddn_oracle_create_combination(s.ctx, 2, (ddn_oracle *[]){o, exact},
                                            (double[]){2, -0.5}, &sum));
    double *model = divergence(s.ctx, o, 0.4, M, x, 0, 0);
    double *other = divergence(s.ctx, exact, 0.4, M, x, 0, 0);
    double *both = divergence(s.ctx, sum, 0.4, M, x, 0, 0);
    for (int r = 0; r < M; r++) {
        double want = 0;
        for (int j = 0; j < D; j++) {
            want += scale * (cos(x[r * D + j]) + x[r * D + (j + 1) % D]);
        }
        CLOSE(model[r], want, 0, 1e-7);
        CLOSE(both[r], 2 * model[r] - 0.5 * other[r], 1e-13, 1e-13);
    }
    free(model);
    free(other);
    free(both);
    ddn_oracle_destroy(sum);
    ddn_oracle_destroy(o);
    ddn_oracle_destroy(exact);
    test_setup_free(&s);
}

/* Probes of one state of an exact oracle: mean and variance over 4000 steps, and rows, are those of
 * Hutchinson's law; k probes are the mean of k. A mean is within four errors but for 1e-4, its
 * variance within 15 %. */
static void law_of_probes(void **state)
{
    (void)state;
    enum {
        STEPS = 4000
    };
    test_setup s = test_setup_make(1);
    double c[2 * D], x[D], e[D], j[D * D];
    test_normal(8, 2 * D, c);
    test_normal(9, D, x);
    ddn_oracle *o = NULL;
    OK(s.ctx, ddn_oracle_create_mixture(s.ctx, s.sch, DDN_VARIANCE_SHARED, 2, D,
                                        (double[]){0.5, 0.5}, c, D, (double[]){0.2}, 1, NULL, &o));
    ddn_query *q = NULL;
    OK(s.ctx, ddn_query_create(s.ctx, o, &q));
    OK(s.ctx, ddn_query_bind_input(q, DDN_IN_V, e, D));
    double off = 0, trace = 0;
    for (int i = 0; i < D; i++) {
        memset(e, 0, sizeof e);
        e[i] = 1;
        OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_JACOBIAN_TIMES_V, j + i * D, D));
        OK(s.ctx, ddn_query_run(q, 0.3, 1, x, D));
        trace += j[i * D + i];
        for (int k = 0; k < D; k++) {
            off += k == i ? 0 : j[i * D + k] * j[i * D + k];
        }
    }
    double *exact = divergence(s.ctx, o, 0.3, 1, x, 0, 0), sum = 0, squares = 0;
    CLOSE(exact[0], trace, 1e-13, 0);
    assert_true(off > 0.1);
    for (int step = 0; step < STEPS; step++) {
        double *got = divergence(s.ctx, o, 0.3, 1, x, 1, step);
        sum += (got[0] - trace) / STEPS;
        squares += (got[0] - trace) * (got[0] - trace) / STEPS;
        free(got);
    }
    CLOSE(sum, 0, 0, 4 * sqrt(2 * off / STEPS));
    CLOSE(squares, 2 * off, 0.15, 0);
    double *many = divergence(s.ctx, o, 0.3, 1, x, 2000, 0), rows[M * D];
    CLOSE(many[0], trace, 0, 4 * sqrt(2 * off / 2000));
    for (int r = 0; r < M; r++) {
        memcpy(rows + r * D, x, sizeof x);
    }
    double *few = divergence(s.ctx, o, 0.3, M, rows, 3, 0), *again;
    again = divergence(s.ctx, o, 0.3, M, rows, 3, 0);
    double low = INFINITY, high = -INFINITY;
    for (int r = 0; r < M; r++) {
        CLOSE(few[r], again[r], 0, 0);
        low = fmin(low, few[r]);
        high = fmax(high, few[r]);
    }
    assert_true(high - low > 1e-3); /* each row has its own */
    free(exact);
    free(many);
    free(few);
    free(again);
    ddn_query_destroy(q);
    ddn_oracle_destroy(o);
    test_setup_free(&s);
}

/* What is asked for beside it comes from a run of its own, be it whole numbers alone. */
static void beside_other_outputs(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const char *name;
    double x[M * D], got[M];
    int64_t near[M], want[M];
    test_normal(6, M * D, x);
    ddn_oracle *o = zoo_oracle(s.ctx, s.sch, 0, &name);
    double *alone = divergence(s.ctx, o, 0.2, M, x, 2, 0);
    ddn_query *q = NULL;
    OK(s.ctx, ddn_query_create(s.ctx, o, &q));
    OK(s.ctx, ddn_query_bind_i64(q, DDN_OUT_ARGMAX, want));
    OK(s.ctx, ddn_query_run(q, 0.2, M, x, D));
    memset(near, -1, sizeof near);
    OK(s.ctx, ddn_query_bind_i64(q, DDN_OUT_ARGMAX, near));
    OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_DIVERGENCE, got, 0));
    OK(s.ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_PROBES, 2));
    OK(s.ctx, ddn_query_set_noise(q, 5, 0, 0, 0, NULL));
    OK(s.ctx, ddn_query_run(q, 0.2, M, x, D));
    assert_memory_equal(near, want, sizeof near);
    assert_memory_equal(got, alone, sizeof got);
    free(alone);
    ddn_query_destroy(q);
    ddn_oracle_destroy(o);
    test_setup_free(&s);
}

typedef struct sizes {
    int64_t calls, most;
} sizes;

static int32_t predict(void *user, double t, double a, double v, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user, (void)t, (void)a, (void)v;
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = -x[i / d * ldx + i % d];
    }
    return 0;
}

static int32_t host_jvp(void *user, double t, double a, double s, int64_t m, int64_t d,
                        const double *x, int64_t ldx, const double *v, int64_t ldv, double *out,
                        int64_t ldo)
{
    sizes *seen = user;
    (void)x, (void)ldx;
    seen->calls++;
    seen->most = m > seen->most ? m : seen->most;
    return predict(NULL, t, a, s, m, d, v, ldv, out, ldo);
}

/* Several vectors at once for few states; one where the states alone are as many as may be, and
 * where rows are trajectories. */
static void vectors_at_once(void **state)
{
    (void)state;
    enum {
        MANY = (1 << 20) + 1,
        FEW = 3,
        PROBES = 2
    };
    static const struct {
        int64_t m, trajectory, calls, most;
    } cases[] = {{FEW, 0, 1, PROBES * FEW}, {FEW, 1, PROBES, FEW}, {MANY, 0, PROBES, MANY}};
    test_setup s = test_setup_make(1);
    double *x = calloc(MANY, sizeof *x), *out = calloc(MANY, sizeof *out);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const int64_t m = cases[k].m;
        sizes seen = {0, 0};
        ddn_model *model = NULL;
        ddn_oracle *o = NULL;
        ddn_query *q = NULL;
        OK(s.ctx, ddn_model_create(s.ctx, s.sch, DDN_PREDICTION_SCORE, 1, &seen, NULL, &model));
        OK(s.ctx, ddn_model_set_predict_f64(model, predict));
        OK(s.ctx, ddn_model_set_jvp_f64(model, host_jvp));
        OK(s.ctx, ddn_oracle_create_model(s.ctx, model, &o));
        OK(s.ctx, ddn_query_create(s.ctx, o, &q));
        OK(s.ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_PROBES, PROBES));
        OK(s.ctx,
           ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_TRAJECTORY, cases[k].trajectory));
        OK(s.ctx, ddn_query_set_noise(q, 5, 0, 0, 0, NULL));
        OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_DIVERGENCE, out, 0));
        OK(s.ctx, ddn_query_run(q, 0.4, m, x, 1));
        assert_int_equal(seen.calls, cases[k].calls);
        assert_int_equal(seen.most, cases[k].most);
        for (int64_t r = 0; r < m; r++) {
            assert_true(out[r] == -1);
        }
        ddn_query_destroy(q);
        ddn_oracle_destroy(o);
        ddn_model_destroy(model);
    }
    free(x);
    free(out);
    test_setup_free(&s);
}

typedef struct faulty {
    int64_t calls, bad;
} faulty;

static int32_t failing_product(void *user, double t, double a, double v, int64_t m, int64_t d,
                               const double *x, int64_t ldx, double *out, int64_t ldo)
{
    faulty *f = user;
    f->calls++;
    zoo_model model = {DDN_PREDICTION_SCORE, NULL};
    return f->calls == f->bad ? 7 : zoo_predict(&model, t, a, v, m, d, x, ldx, out, ldo);
}

/* A product that fails: its text, and no output is written. Path numbers must be there. */
static void refused(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    double x[2 * D], out[2] = {5, 5}, score[2 * D] = {5};
    test_normal(5, 2 * D, x);
    for (int64_t bad = 1; bad <= 3; bad++) {
        faulty f = {0, bad};
        ddn_oracle *o =
            test_model(s.ctx, s.sch, DDN_PREDICTION_SCORE, D, failing_product, &f, NULL);
        ddn_query *q = NULL;
        OK(s.ctx, ddn_query_create(s.ctx, o, &q));
        OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_DIVERGENCE, out, 0));
        OK(s.ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
        FAILS(s.ctx, ddn_query_run(q, 0.4, 2, x, D), DDN_E_CALLBACK, "7");
        CLOSE(out[0], 5, 0, 0);
        CLOSE(score[0], 5, 0, 0);
        OK(s.ctx, ddn_query_run(q, 0.4, 2, x, D));
        CLOSE(out[0], -D / (1 + exp(-0.8)), 1e-8, 0);
        CLOSE(score[0], (exp(-0.4) - x[0]) / (1 + exp(-0.8)), 1e-12, 1e-12);
        out[0] = score[0] = 5;
        OK(s.ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_PROBES, 1));
        OK(s.ctx, ddn_query_set_noise(q, 1, 0, 0, 1, (int64_t[]){3}));
        FAILS(s.ctx, ddn_query_run(q, 0.4, 2, x, D), DDN_E_SHAPE, "path numbers");
        FAILS(s.ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_PROBES, -1), DDN_E_RANGE,
              "DDN_QUERY_PROBES");
        ddn_query_destroy(q);
        ddn_oracle_destroy(o);
    }
    test_setup_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_have_one), cmocka_unit_test(of_any_field),
        cmocka_unit_test(law_of_probes),   cmocka_unit_test(beside_other_outputs),
        cmocka_unit_test(vectors_at_once), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
