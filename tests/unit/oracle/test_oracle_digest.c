/* Digests of oracles: the same for equal ones, another for every change that could be seen. */
#include "oracle/oracle_impl.h"
#include "support/fixtures.h"
#include "support/zoo.h"

enum {
    D = 3
};
static const double POINTS[4][D] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {2, 1, 0}};

static uint64_t take(ddn_context *ctx, ddn_oracle *oracle)
{
    uint64_t digest = 0;
    OK(ctx, ddni_oracle_digest(ctx, oracle, &digest));
    ddn_oracle_destroy(oracle);
    return digest;
}

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user, (void)t, (void)a, (void)s, (void)ldx, (void)ldo;
    memcpy(out, x, (size_t)(m * d) * sizeof *out);
    return 0;
}

static int32_t density(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out)
{
    (void)user, (void)t, (void)a, (void)s, (void)d, (void)x, (void)ldx;
    memset(out, 0, (size_t)m * sizeof *out);
    return 0;
}

static ddn_oracle *of_points(ddn_context *ctx, const ddn_schedule *sch, int64_t n, int64_t gaussian)
{
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, D, POINTS, D, &ds));
    OK(ctx, gaussian > 0 ? ddn_oracle_create_gaussian_of(ctx, ds, sch, gaussian, &oracle)
                         : ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    ddn_dataset_destroy(ds);
    return oracle;
}

/* Variant v of a mixture: 1 other weights, 2 another mean, 3 another variance, 4 labels. */
static ddn_oracle *mixture(ddn_context *ctx, const ddn_schedule *sch, int v)
{
    double weights[2] = {v == 1 ? 0.25 : 0.5, v == 1 ? 0.75 : 0.5};
    double means[2][D] = {{0, 1, 2}, {3, 4, v == 2 ? 6 : 5}}, variance = v == 3 ? 2 : 1;
    const int32_t labels[2] = {0, 1};
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_oracle_create_mixture(ctx, sch, DDN_VARIANCE_SHARED, 2, D, weights, means[0], D,
                                      &variance, 0, v == 4 ? labels : NULL, &oracle));
    return oracle;
}

static int32_t predict_f32(void *user, double t, double a, double s, int64_t m, int64_t d,
                           const float *x, int64_t ldx, float *out, int64_t ldo)
{
    (void)user, (void)t, (void)a, (void)s, (void)ldx, (void)ldo;
    memcpy(out, x, (size_t)(m * d) * sizeof *out);
    return 0;
}

enum {
    LOG_P = 1,
    SINGLE = 2, /* predicts in single precision */
    BOTH = 4,   /* or in both */
    JVP = 8,
    JVP_SINGLE = 16,
    ABILITIES = 32
};

static ddn_oracle *model(ddn_context *ctx, const ddn_schedule *sch, ddn_prediction prediction,
                         int has)
{
    ddn_oracle *oracle = NULL;
    ddn_model *made = NULL;
    OK(ctx, ddn_model_create(ctx, sch, prediction, D, NULL, NULL, &made));
    OK(ctx, ddn_model_set_predict_f64(made, (has & SINGLE) != 0 ? NULL : predict));
    OK(ctx, ddn_model_set_predict_f32(made, (has & (SINGLE | BOTH)) != 0 ? predict_f32 : NULL));
    OK(ctx, ddn_model_set_jvp_f64(made, (has & JVP) != 0 ? zoo_jvp : NULL));
    OK(ctx, ddn_model_set_jvp_f32(made, (has & JVP_SINGLE) != 0 ? zoo_jvp_f32 : NULL));
    OK(ctx, ddn_model_set_log_p(made, (has & LOG_P) != 0 ? density : NULL));
    OK(ctx, ddn_oracle_create_model(ctx, made, &oracle));
    ddn_model_destroy(made);
    return oracle;
}

static ddn_oracle *sum(ddn_context *ctx, const ddn_schedule *sch, int v)
{
    ddn_oracle *parts[2] = {mixture(ctx, sch, v), mixture(ctx, sch, 1)}, *oracle = NULL;
    const double factors[2] = {1, v == 5 ? 0.25 : 0.5};
    OK(ctx, ddn_oracle_create_combination(ctx, 2, parts, factors, &oracle));
    ddn_oracle_destroy(parts[0]);
    ddn_oracle_destroy(parts[1]);
    return oracle;
}

static void kinds_and_variants_differ(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    uint64_t digest[2][64];
    int count = 0;
    for (int round = 0; round < 2; round++) {
        count = 0;
        for (int64_t n = 2; n <= 4; n++) {
            digest[round][count++] = take(ctx, of_points(ctx, sch, n, 0));
            digest[round][count++] = take(ctx, of_points(ctx, sch, n, 1));
            digest[round][count++] = take(ctx, of_points(ctx, sch, n, 2));
        }
        for (int v = 0; v < 5; v++) {
            digest[round][count++] = take(ctx, mixture(ctx, sch, v));
        }
        for (ddn_prediction p = DDN_PREDICTION_SCORE; p <= DDN_PREDICTION_V; p++) {
            digest[round][count++] = take(ctx, model(ctx, sch, p, 0));
            digest[round][count++] = take(ctx, model(ctx, sch, p, LOG_P));
        }
        for (int has = 2; has < ABILITIES; has++) {
            if ((has & (SINGLE | BOTH)) != (SINGLE | BOTH)) {
                digest[round][count++] = take(ctx, model(ctx, sch, DDN_PREDICTION_SCORE, has));
            }
        }
        digest[round][count++] = take(ctx, sum(ctx, sch, 0));
        digest[round][count++] = take(ctx, sum(ctx, sch, 3));
        digest[round][count++] = take(ctx, sum(ctx, sch, 5));
        for (int kind = 0; kind < ZOO_KINDS; kind++) {
            const char *name;
            digest[round][count++] = take(ctx, zoo_oracle(ctx, sch, kind, &name));
        }
    }
    for (int i = 0; i < count; i++) {
        assert_true(digest[0][i] == digest[1][i]);
        for (int k = 0; k < i; k++) {
            assert_true(digest[0][i] != digest[0][k]);
        }
    }
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds_and_variants_differ)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
