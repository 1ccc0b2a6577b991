/* a = 0: oracles of every kind know that nothing is left of the data. */
#include "support/fixtures.h"

enum {
    N = 150,
    D = 3,
    M = 4
};

/* Schedules that end in pure noise, with s = 1 there. */
static ddn_schedule *pure_schedule(ddn_context *ctx, int kind, double *t)
{
    ddn_schedule *sch = NULL;
    const double table[3] = {0.1, 0.3, 1};
    if (kind == 2) {
        OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_BETA, 3, table, &sch));
    } else {
        sch = test_schedule(ctx, kind == 0 ? TEST_FLOW : TEST_ZERO_SNR);
    }
    OK(ctx, ddn_schedule_range(ctx, sch, NULL, t));
    return sch;
}

static void fill(double *data)
{
    test_normal(3, N * D, data);
    for (int i = 0; i < N * D; i++) {
        data[i] = floor(20 * data[i]) + 100; /* whole, as bytes have them */
    }
}

static ddn_dataset *dataset(ddn_context *ctx, ddn_type type, int weighted, double w[N])
{
    static double f64[N * D];
    static float f32[N * D];
    static uint8_t u8[N * D];
    ddn_dataset *ds = NULL, *heavy = NULL;
    double total = 0;
    fill(f64);
    for (int i = 0; i < N * D; i++) {
        f32[i] = (float)f64[i];
        u8[i] = (uint8_t)f64[i];
    }
    const void *data = type == DDN_TYPE_F64   ? (const void *)f64
                       : type == DDN_TYPE_F32 ? (const void *)f32
                                              : (const void *)u8;
    OK(ctx, ddn_dataset_create(ctx, type, N, D, data, D, &ds));
    for (int i = 0; i < N; i++) {
        w[i] = weighted ? 1 + i % 7 : 1;
        total += w[i];
    }
    if (weighted) {
        OK(ctx, ddn_dataset_create_weighted(ctx, ds, N, w, &heavy));
        ddn_dataset_destroy(ds);
        ds = heavy;
    }
    for (int i = 0; i < N; i++) {
        w[i] /= total;
    }
    return ds;
}

typedef struct seen {
    double score[M * D], mean[M * D], log_p[M], entropy[M], rest[M], trace[M], divergence[M],
        near[M], jv[M * D], draw[M * D];
} seen;

static const double states[M * D] = {0.4, -1.1, 0.2, 2.5, -0.3, 0.7, 0, 0, 0, -4, 3, 1};

static void ask(ddn_context *ctx, const ddn_oracle *oracle, double t, int64_t forbid, seen *out)
{
    ddn_query *q = NULL;
    OK(ctx, ddn_query_create(ctx, oracle, &q));
    OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_FORBID, forbid));
    const struct {
        ddn_output what;
        double *to;
        int64_t width;
    } wanted[] = {
        {DDN_OUT_SCORE, out->score, D},           {DDN_OUT_MEAN, out->mean, D},
        {DDN_OUT_LOG_P, out->log_p, 1},           {DDN_OUT_ENTROPY, out->entropy, 1},
        {DDN_OUT_ONE_MINUS_W_MAX, out->rest, 1},  {DDN_OUT_TRACE_COV, out->trace, 1},
        {DDN_OUT_DIVERGENCE, out->divergence, 1}, {DDN_OUT_NEAREST_DISTANCE2, out->near, 1},
        {DDN_OUT_JACOBIAN_TIMES_V, out->jv, D},   {DDN_OUT_DRAW, out->draw, D}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (ddn_oracle_can(oracle, wanted[i].what)) {
            OK(ctx, ddn_query_bind_f64(q, wanted[i].what, wanted[i].to, wanted[i].width));
        }
    }
    OK(ctx, ddn_query_bind_input(q, DDN_IN_V, states, D));
    OK(ctx, ddn_query_run(q, t, M, states, D));
    ddn_query_destroy(q);
}

/* What all kinds have in common. */
static void common(const seen *got, const double *mean, double tolerance)
{
    for (int r = 0; r < M; r++) {
        double square = 0;
        for (int j = 0; j < D; j++) {
            double x = states[r * D + j];
            square += x * x;
            CLOSE(got->score[r * D + j], -x, 1e-14, 1e-110);
            CLOSE(got->jv[r * D + j], -x, 1e-14, 1e-110);
            CLOSE(got->mean[r * D + j], mean[j], tolerance, 0);
        }
        CLOSE(got->log_p[r], -0.5 * square - 0.5 * D * log(2 * acos(-1)), tolerance, 0);
        CLOSE(got->divergence[r], -D, 1e-14, 0);
    }
}

static void empirical(void **state)
{
    (void)state;
    static const ddn_type types[] = {DDN_TYPE_F64, DDN_TYPE_F32, DDN_TYPE_U8};
    ddn_context *ctx = test_context(2);
    for (int run = 0; run < 3 * 2 * 3; run++) {
        double t, w[N], data[N * D], mean[D] = {0}, entropy = 0, trace = 0, largest = 0;
        ddn_schedule *sch = pure_schedule(ctx, run % 3, &t);
        ddn_type type = types[run / 3 % 3];
        ddn_dataset *ds = dataset(ctx, type, run / 9, w);
        ddn_oracle *oracle = NULL;
        OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
        fill(data);
        for (int i = 0; i < N; i++) {
            entropy -= w[i] * log(w[i]);
            largest = fmax(largest, w[i]);
            for (int j = 0; j < D; j++) {
                mean[j] += w[i] * data[i * D + j];
            }
        }
        for (int i = 0; i < N * D; i++) {
            trace += w[i / D] * (data[i] - mean[i % D]) * (data[i] - mean[i % D]);
        }
        int64_t ways = ddn_oracle_way_count(oracle);
        for (int64_t forbid = 0; forbid < INT64_C(1) << (ways - 1); forbid++) {
            seen got;
            ask(ctx, oracle, t, forbid, &got);
            double tolerance = type == DDN_TYPE_F64 ? 1e-12 : 1e-5;
            common(&got, mean, tolerance);
            for (int r = 0; r < M; r++) {
                CLOSE(got.entropy[r], entropy, tolerance, 0);
                CLOSE(got.rest[r], 1 - largest, tolerance, 0);
                CLOSE(got.trace[r], trace, tolerance, 0);
                assert_true(got.near[r] == INFINITY);
                int drawn = 0;
                for (int i = 0; i < N; i++) {
                    drawn |= memcmp(got.draw + r * D, data + i * D, D * sizeof(double)) == 0;
                }
                assert_true(drawn);
            }
        }
        ddn_oracle_destroy(oracle);
        ddn_dataset_destroy(ds);
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

static void closed_kinds(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int kind = 0; kind < 3; kind++) {
        double t;
        ddn_schedule *sch = pure_schedule(ctx, kind, &t);
        const double weights[2] = {0.25, 0.75}, means[2 * D] = {1, 2, 3, -1, 0, 5},
                     variances[2] = {0.3, 2}, mean[D] = {-0.5, 0.5, 4.5};
        const double values[D] = {3, 1, 0.5}, axes[D * D] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        ddn_oracle *mixture = NULL, *normal = NULL, *sum = NULL;
        seen got;
        OK(ctx, ddn_oracle_create_mixture(ctx, sch, DDN_VARIANCE_ISOTROPIC, 2, D, weights, means, D,
                                          variances, 1, NULL, &mixture));
        ask(ctx, mixture, t, 0, &got);
        common(&got, mean, 1e-13);
        CLOSE(got.entropy[0], -0.25 * log(0.25) - 0.75 * log(0.75), 1e-13, 0);
        OK(ctx, ddn_oracle_create_gaussian(ctx, sch, D, D, 0, mean, values, axes, D, &normal));
        ask(ctx, normal, t, 0, &got);
        common(&got, mean, 1e-13);
        CLOSE(got.trace[0], 4.5, 1e-13, 0);
        /* guidance keeps the score of pure noise, and means add up */
        const double w = 1. / 3, factors[3] = {1 + w, -w / 2, -w / 2};
        ddn_oracle *parts[3] = {mixture, normal, normal};
        OK(ctx, ddn_oracle_create_combination(ctx, 3, parts, factors, &sum));
        double score[M * D], out[M * D];
        ddn_query *q = NULL;
        OK(ctx, ddn_query_create(ctx, sum, &q));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, out, D));
        OK(ctx, ddn_query_run(q, t, M, states, D));
        for (int i = 0; i < M * D; i++) {
            CLOSE(score[i], -states[i], 1e-14, 0);
            CLOSE(out[i], mean[i % D], 1e-13, 0);
        }
        ddn_query_destroy(q);
        ddn_oracle_destroy(sum);
        /* which they cannot where the factors do not add up to 1 */
        OK(ctx, ddn_oracle_create_combination(ctx, 2, parts, (double[]){1, 1}, &sum));
        OK(ctx, ddn_query_create(ctx, sum, &q));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
        OK(ctx, ddn_query_run(q, t, M, states, D));
        CLOSE(score[0], -2 * states[0], 1e-14, 0);
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, out, D));
        FAILS(ctx, ddn_query_run(q, t, M, states, D), DDN_E_RANGE,
              "factors add up to 2 has no mean at t = ");
        ddn_query_destroy(q);
        ddn_oracle_destroy(sum);
        ddn_oracle_destroy(mixture);
        ddn_oracle_destroy(normal);
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

/* ---- Models of the Gaussian N(mu, 1/2 I) in all predictions. */

static const double centre[D] = {0.5, -1, 2};

typedef struct net {
    ddn_prediction kind;
    double da, ds; /* where it is asked */
} net;

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    const net *n = user;
    (void)t;
    for (int64_t r = 0; r < m; r++) {
        for (int64_t j = 0; j < d; j++) {
            double g = 0.5 * a * a + s * s, rest = x[r * ldx + j] - a * centre[j];
            double x0 = centre[j] + 0.5 * a * rest / g, eps = s * rest / g;
            out[r * ldo + j] = n->kind == DDN_PREDICTION_SCORE ? -rest / g
                               : n->kind == DDN_PREDICTION_EPS ? eps
                               : n->kind == DDN_PREDICTION_X0  ? x0
                               : n->kind == DDN_PREDICTION_V   ? a * eps - s * x0
                                                               : n->da * x0 + n->ds * eps;
        }
    }
    return 0;
}

static void models(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int kind = 0; kind < 3; kind++) {
        double t, a = 0, s = 0;
        ddn_schedule *sch = pure_schedule(ctx, kind, &t);
        OK(ctx, ddn_schedule_eval(ctx, sch, t, &a, &s));
        assert_true(a == 0 && s == 1);
        if (kind > 0) {
            OK(ctx, ddn_schedule_eval(ctx, sch, t - 1, &a, &s));
        }
        for (ddn_prediction p = DDN_PREDICTION_SCORE; p <= DDN_PREDICTION_VELOCITY; p++) {
            net n = {p, kind == 0 ? -1 : -a, kind == 0 ? 1 : 0};
            ddn_oracle *model = test_model(ctx, sch, p, D, predict, &n, NULL);
            double score[M * D], mean[M * D];
            ddn_query *q = NULL;
            OK(ctx, ddn_query_create(ctx, model, &q));
            OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
            OK(ctx, ddn_query_run(q, t, M, states, D));
            for (int i = 0; i < M * D; i++) {
                CLOSE(score[i], -states[i], 1e-14, 0);
            }
            OK(ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, mean, D));
            if (p == DDN_PREDICTION_SCORE || p == DDN_PREDICTION_EPS) {
                FAILS(ctx, ddn_query_run(q, t, M, states, D), DDN_E_RANGE,
                      "take one that predicts x0, v or the velocity, or start earlier");
            } else {
                OK(ctx, ddn_query_run(q, t, M, states, D));
                for (int i = 0; i < M * D; i++) {
                    CLOSE(mean[i], centre[i % D], 1e-13, 0);
                }
            }
            ddn_query_destroy(q);
            ddn_oracle_destroy(model);
        }
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

/* The mean is what is clipped: of a model that does not give it, the score alone is refused too. */
static void clipped_models(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_FLOW);
    for (ddn_prediction p = DDN_PREDICTION_SCORE; p <= DDN_PREDICTION_X0; p++) {
        net n = {p, -1, 1};
        ddn_model *model = NULL;
        ddn_oracle *clipped = NULL;
        double score[M * D];
        OK(ctx, ddn_model_create(ctx, sch, p, D, &n, NULL, &model));
        OK(ctx, ddn_model_set_predict_f64(model, predict));
        OK(ctx, ddn_options_set_f64(ddn_model_options(model), DDN_MODEL_CLIP_LOW, -0.5));
        OK(ctx, ddn_oracle_create_model(ctx, model, &clipped));
        if (p == DDN_PREDICTION_X0) {
            OK(ctx, ddn_oracle_score(ctx, clipped, 1, M, states, D, score, D));
            CLOSE(score[0], -states[0], 1e-14, 0);
        } else {
            FAILS(ctx, ddn_oracle_score(ctx, clipped, 1, M, states, D, score, D), DDN_E_RANGE,
                  p == DDN_PREDICTION_EPS ? "predicts the noise does not give the mean at t = 1"
                                          : "predicts the score does not give the mean at t = 1");
        }
        ddn_oracle_destroy(clipped);
        ddn_model_destroy(model);
    }
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* The velocity of flow matching keeps the digits of the mean at all times. */
static void velocities(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_FLOW);
    net n = {DDN_PREDICTION_VELOCITY, -1, 1};
    ddn_oracle *model = test_model(ctx, sch, DDN_PREDICTION_VELOCITY, D, predict, &n, NULL);
    const double times[] = {1e-3, 0.5, 0.999, 1 - 1e-9, 1 - 1e-14, 1};
    for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
        double t = times[k], mean[M * D], g = 0.5 * (1 - t) * (1 - t) + t * t;
        ddn_query *q = NULL;
        OK(ctx, ddn_query_create(ctx, model, &q));
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_MEAN, mean, D));
        OK(ctx, ddn_query_run(q, t, M, states, D));
        for (int i = 0; i < M * D; i++) {
            double c = centre[i % D];
            CLOSE(mean[i], c + 0.5 * (1 - t) * (states[i] - (1 - t) * c) / g, 1e-13, 1e-13);
        }
        ddn_query_destroy(q);
    }
    ddn_oracle_destroy(model);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empirical),      cmocka_unit_test(closed_kinds), cmocka_unit_test(models),
        cmocka_unit_test(clipped_models), cmocka_unit_test(velocities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
