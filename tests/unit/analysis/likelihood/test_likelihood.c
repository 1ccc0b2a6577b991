/* log p along the probability flow, against log p of oracles that know it: on all schedules, of
 * Gaussians, mixtures and data, of models wrapped around them in both precisions; order of the
 * steps and what is said of their error; probes; the start; the same bits for any threads; what is
 * refused. Would catch: a wrong volume or factor a^d, D with its sign, probes that change along the
 * path, errors that are not errors.
 */
#include "support/fixtures.h"
#include "support/results.h"

enum {
    D = 4,
    M = 9
};

typedef struct settings {
    double t_start, t_end;
    int64_t steps, batch, probes, seed;
} settings;

static ddn_analysis *analysis(ddn_context *ctx, const settings *set)
{
    ddn_analysis *an = NULL;
    OK(ctx, ddn_analysis_create(ctx, &an));
    ddn_options *of = ddn_analysis_options(an);
    OK(ctx, ddn_options_set_f64(of, DDN_ANALYSIS_T_START, set->t_start));
    OK(ctx, ddn_options_set_f64(of, DDN_ANALYSIS_T_END, set->t_end));
    OK(ctx, ddn_options_set_i64(of, DDN_ANALYSIS_PATH_STEPS, set->steps > 0 ? set->steps : 64));
    OK(ctx, ddn_options_set_i64(of, DDN_ANALYSIS_BATCH, set->batch > 0 ? set->batch : 128));
    OK(ctx, ddn_options_set_i64(of, DDN_ANALYSIS_SEED, set->seed));
    return an;
}

static ddn_result *measure(ddn_context *ctx, const ddn_oracle *oracle, const ddn_oracle *end,
                           const settings *set, int64_t m, const double *x)
{
    ddn_result *r = NULL;
    ddn_analysis *an = analysis(ctx, set);
    OK(ctx,
       ddn_analysis_log_likelihood(an, oracle, end, set->probes, m, x, ddn_oracle_d(oracle), &r));
    ddn_analysis_destroy(an);
    return r;
}

/* log p by the oracle itself. */
static void log_p_of(ddn_context *ctx, const ddn_oracle *o, double t, int64_t m, const double *x,
                     double *out)
{
    ddn_query *q = NULL;
    OK(ctx, ddn_query_create(ctx, o, &q));
    OK(ctx, ddn_options_set_f64(ddn_query_options(q), DDN_QUERY_EPSILON, 0));
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_LOG_P, out, 0));
    OK(ctx, ddn_query_run(q, t, m, x, ddn_oracle_d(o)));
    ddn_query_destroy(q);
}

/* The times of a schedule where OU's clock shows tau. */
static double at_ou(ddn_context *ctx, const ddn_schedule *sch, double tau)
{
    double t;
    OK(ctx, ddn_schedule_from_ou(ctx, sch, tau, &t));
    return t;
}

/* A Gaussian, two mixtures and data (24 points), of D dimensions. */
static ddn_oracle *exact(ddn_context *ctx, const ddn_schedule *sch, int kind)
{
    static const double weights[] = {0.2, 0.5, 0.3};
    double c[24 * D], v[3 * D];
    ddn_oracle *o = NULL;
    ddn_dataset *ds = NULL;
    test_normal(11, 24 * D, c);
    for (int i = 0; i < 3 * D; i++) {
        v[i] = 0.05 + 0.1 * i;
    }
    switch (kind) {
    case 0:
        OK(ctx, ddn_oracle_create_gaussian(ctx, sch, D, 2, 0.3, c, (double[]){3, 0.01},
                                           (double[]){0.6, 0.8, 0, 0, 0, 0, 0.8, -0.6}, D, &o));
        return o;
    case 1:
        OK(ctx, ddn_oracle_create_two_gaussians(ctx, sch, D, 0.1, c, &o));
        return o;
    case 2:
        OK(ctx, ddn_oracle_create_mixture(ctx, sch, DDN_VARIANCE_DIAGONAL, 3, D, weights, c, D, v,
                                          D, NULL, &o));
        return o;
    default:
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 24, D, c, D, &ds));
        OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &o));
        ddn_dataset_destroy(ds);
        return o;
    }
}

/* States that have the density of the oracle at t, more or less. */
static void states(ddn_context *ctx, const ddn_oracle *o, double t, int64_t m, double *x)
{
    double a, s, *z = malloc((size_t)(m * D) * sizeof *z);
    OK(ctx, ddn_schedule_eval(ctx, ddn_oracle_schedule(o), t, &a, &s));
    OK(ctx, ddn_oracle_sample_data(ctx, o, 3, 0, m, x, D, NULL));
    test_normal(12, m * D, z);
    for (int64_t i = 0; i < m * D; i++) {
        x[i] = a * x[i] + s * z[i];
    }
    free(z);
}

/* To 1e-4 with the preset of 64 steps; the density is that of x, so that of x/a in bits. */
static void known_log_p(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double worst = 0, rest = 0;
    for (test_kind k = TEST_OU; k <= TEST_EDM; k++) {
        ddn_schedule *sch = test_schedule(ctx, k);
        for (int kind = 0; kind < 4; kind++) {
            ddn_oracle *o = exact(ctx, sch, kind);
            double x[M * D], want[M], a, s;
            const double t = at_ou(ctx, sch, kind == 3 ? 0.05 : 0.01);
            const settings set = {.t_start = at_ou(ctx, sch, 3), .t_end = t};
            states(ctx, o, t, M, x);
            log_p_of(ctx, o, t, M, x, want);
            OK(ctx, ddn_schedule_eval(ctx, sch, t, &a, &s));
            ddn_result *r = measure(ctx, o, o, &set, M, x);
            for (int i = 0; i < M; i++) {
                const double got = test_element(ctx, r, "log_p", i);
                const double step = test_element(ctx, r, "step_error", i);
                CLOSE(got, want[i], 0, 1e-4);
                assert_true(fabs(got - want[i]) <= step + 1e-8);
                worst = fmax(worst, fabs(got - want[i]));
                rest = fmax(rest, step);
                CLOSE(test_element(ctx, r, "bits_per_dim", i), -(got / D + log(a)) / log(2), 1e-12,
                      1e-12);
                CLOSE(test_element(ctx, r, "log_p_se", i), 0, 0, 0);
            }
            ddn_result_destroy(r);
            ddn_oracle_destroy(o);
        }
        ddn_schedule_destroy(sch);
    }
    print_message("# largest error of log p %.2g, of what is said of it %.2g\n", worst, rest);
    ddn_context_destroy(ctx);
}

/* Order 5: twice the steps, errors 2^5 times smaller; what is said of them bounds them, and is not
 * more than a hundred times too large. */
static void order_of_steps(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    ddn_oracle *o = exact(s.ctx, s.sch, 1);
    double x[M * D], want[M], error[3];
    states(s.ctx, o, 0.02, M, x);
    log_p_of(s.ctx, o, 0.02, M, x, want);
    for (int i = 0; i < 3; i++) {
        const settings set = {.t_start = 3, .t_end = 0.02, .steps = 32 << i};
        ddn_result *r = measure(s.ctx, o, o, &set, M, x);
        double said = 0;
        error[i] = 0;
        for (int row = 0; row < M; row++) {
            error[i] += fabs(test_element(s.ctx, r, "log_p", row) - want[row]) / M;
            said += test_element(s.ctx, r, "step_error", row) / M;
        }
        assert_true(error[i] < said && said < 100 * error[i]);
        CLOSE(test_scalar(s.ctx, r, "steps"), 32 << i, 0, 0);
        ddn_result_destroy(r);
    }
    print_message("# errors of 32, 64, 128 steps %.2g %.2g %.2g\n", error[0], error[1], error[2]);
    CLOSE(log2(error[0] / error[1]), 5, 0, 1.2);
    CLOSE(log2(error[1] / error[2]), 5, 0, 0.8);
    ddn_oracle_destroy(o);
    test_setup_free(&s);
}

/* ---- Models ---- */

typedef struct host {
    ddn_context *ctx;
    ddn_query *query;
    ddn_prediction prediction;
    int64_t calls, bad, most; /* number of the call that fails, 0: none */
    int returns, left_out, poison;
} host;

static host host_make(ddn_context *ctx, const ddn_oracle *o, ddn_prediction prediction)
{
    host h = {.ctx = ctx, .prediction = prediction};
    OK(ctx, ddn_query_create(ctx, o, &h.query));
    return h;
}

static int32_t host_predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                            const double *x, int64_t ldx, double *out, int64_t ldo)
{
    host *h = user;
    (void)a;
    const int bad = ++h->calls == h->bad;
    h->most = m > h->most ? m : h->most;
    if (bad && h->left_out) {
        return 0;
    }
    OK(h->ctx, ddn_query_bind_f64(h->query, DDN_OUT_SCORE, out, ldo));
    OK(h->ctx, ddn_query_run(h->query, t, m, x, ldx));
    for (int64_t i = 0; h->prediction == DDN_PREDICTION_EPS && i < m * d; i++) {
        out[i / d * ldo + i % d] *= -s;
    }
    out[0] = bad && h->poison ? NAN : out[0];
    return bad ? h->returns : 0;
}

static int32_t host_predict_f32(void *user, double t, double a, double s, int64_t m, int64_t d,
                                const float *x, int64_t ldx, float *out, int64_t ldo)
{
    double *wide = calloc((size_t)(2 * m * d), sizeof *wide);
    for (int64_t i = 0; i < m * d; i++) {
        wide[i] = (double)x[i / d * ldx + i % d];
    }
    const int32_t answer = host_predict(user, t, a, s, m, d, wide, d, wide + m * d, d);
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = (float)wide[m * d + i];
    }
    free(wide);
    return answer;
}

static ddn_oracle *model_of(ddn_context *ctx, const ddn_schedule *sch, host *h, int single,
                            int64_t most)
{
    ddn_model *b = NULL;
    ddn_oracle *o = NULL;
    OK(ctx, ddn_model_create(ctx, sch, h->prediction, D, h, NULL, &b));
    OK(ctx, single ? ddn_model_set_predict_f32(b, host_predict_f32)
                   : ddn_model_set_predict_f64(b, host_predict));
    OK(ctx, ddn_options_set_i64(ddn_model_options(b), DDN_MODEL_MAX_ROWS, most));
    OK(ctx, ddn_oracle_create_model(ctx, b, &o));
    ddn_model_destroy(b);
    return o;
}

/* A model around an exact oracle gives what that gives, and asks for no more rows than allowed. */
static void wrapped(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    double x[M * D];
    const settings set = {.t_start = 3, .t_end = 0.05}, small = {3, 0.05, 64, 4, 0, 0};
    for (int kind = 0; kind < 4; kind++) {
        ddn_oracle *o = exact(s.ctx, s.sch, kind);
        states(s.ctx, o, 0.05, M, x);
        ddn_result *r = measure(s.ctx, o, o, &set, M, x);
        for (int how = 0; how < 4; how++) {
            const int single = how & 1;
            host h = host_make(s.ctx, o, how & 2 ? DDN_PREDICTION_SCORE : DDN_PREDICTION_EPS);
            ddn_oracle *model = model_of(s.ctx, s.sch, &h, single, 5);
            ddn_result *got = measure(s.ctx, model, o, how & 2 ? &small : &set, M, x);
            for (int i = 0; i < M; i++) {
                CLOSE(test_element(s.ctx, got, "log_p", i), test_element(s.ctx, r, "log_p", i), 0,
                      single ? 5e-3 : 1e-6);
            }
            assert_in_range(h.most, 1, 5);
            ddn_result_destroy(got);
            ddn_oracle_destroy(model);
            ddn_query_destroy(h.query);
        }
        ddn_result_destroy(r);
        ddn_oracle_destroy(o);
    }
    test_setup_free(&s);
}

/* ---- Probes ---- */

/* Each path's mean over probes is within its error of the exact one as often as Student's law says:
 * beyond 3.3 errors of 63 degrees in 1.6e-3 of the paths; the mean of all within four errors. */
static void probes(void **state)
{
    (void)state;
    enum {
        PATHS = 80
    };
    test_setup s = test_setup_make(1);
    double *x = malloc(PATHS * D * sizeof *x), sum = 0, ratio = 0;
    int far = 0;
    ddn_oracle *o = exact(s.ctx, s.sch, 1);
    const settings set = {.t_start = 3, .t_end = 0.1, .steps = 16};
    const settings with = {.t_start = 3, .t_end = 0.1, .steps = 16, .probes = 64};
    const settings one = {.t_start = 3, .t_end = 0.1, .steps = 16, .probes = 1};
    states(s.ctx, o, 0.1, PATHS, x);
    ddn_result *r = measure(s.ctx, o, o, &set, PATHS, x);
    ddn_result *p = measure(s.ctx, o, o, &with, PATHS, x);
    ddn_result *q = measure(s.ctx, o, o, &one, PATHS, x);
    for (int i = 0; i < PATHS; i++) {
        const double error = test_element(s.ctx, p, "log_p_se", i);
        const double off =
            (test_element(s.ctx, p, "log_p", i) - test_element(s.ctx, r, "log_p", i)) / error;
        assert_true(error > 0);
        CLOSE(test_element(s.ctx, p, "bits_per_dim_se", i), error / D / log(2), 1e-12, 0);
        far += fabs(off) > 3.3;
        sum += off;
        ratio += off * off / PATHS;
        assert_true(isnan(test_element(s.ctx, q, "log_p_se", i)));
    }
    assert_in_range(far, 0, 3);
    CLOSE(sum / sqrt(PATHS), 0, 0, 4);
    CLOSE(ratio, 1, 0, 0.5);
    /* One probe: wrong by itself, right on average. */
    double value, error, want = test_scalar(s.ctx, r, "mean_log_p"), exact_error;
    OK(s.ctx, ddn_result_scalar(s.ctx, q, "mean_log_p", &value, &error));
    OK(s.ctx, ddn_result_scalar(s.ctx, r, "mean_log_p", NULL, &exact_error));
    assert_true(error > exact_error);
    CLOSE(value, want, 0, 4 * sqrt(error * error - exact_error * exact_error));
    assert_true(test_scalar(s.ctx, q, "mean_log_p_low") < value &&
                value < test_scalar(s.ctx, q, "mean_log_p_high"));
    ddn_result_destroy(r);
    ddn_result_destroy(p);
    ddn_result_destroy(q);
    ddn_oracle_destroy(o);
    free(x);
    test_setup_free(&s);
}

/* ---- The start ---- */

/* Without a start of its own: right to the bound of the truncation, which falls like a^2. */
static void truncation(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    enum {
        MANY = 600
    };
    double *x = malloc(MANY * D * sizeof *x), *want = malloc(MANY * sizeof *want), last = INFINITY;
    ddn_oracle *o = exact(s.ctx, s.sch, 3), *like = NULL;
    OK(s.ctx, ddn_oracle_create_gaussian_of(s.ctx, ddn_oracle_dataset(o), s.sch, D, &like));
    states(s.ctx, o, 0.3, MANY, x);
    log_p_of(s.ctx, o, 0.3, MANY, x, want);
    for (int i = 0; i < 3; i++) {
        const settings set = {.t_start = 1 + i, .t_end = 0.3, .steps = 24};
        ddn_result *r = measure(s.ctx, o, NULL, &set, MANY, x);
        ddn_result *g = measure(s.ctx, o, like, &set, MANY, x);
        double low = 0, square = 0, low_g = 0;
        for (int row = 0; row < MANY; row++) {
            const double off = want[row] - test_element(s.ctx, r, "log_p", row);
            low += off / MANY;
            square += off * off / MANY;
            low_g += (want[row] - test_element(s.ctx, g, "log_p", row)) / MANY;
        }
        const double bound = test_scalar(s.ctx, r, "truncation");
        const double error = sqrt((square - low * low) / MANY);
        assert_true(low > -4 * error && low < bound + 4 * error);
        assert_true(bound < last / 5 && fabs(low_g) < bound);
        assert_true(isnan(test_scalar(s.ctx, g, "truncation")));
        print_message("# t_start %d: low by %.2g +- %.1g, at most %.2g; Gaussian %.2g\n", 1 + i,
                      low, error, bound, low_g);
        last = bound;
        ddn_result_destroy(r);
        ddn_result_destroy(g);
    }
    ddn_oracle_destroy(like);
    ddn_oracle_destroy(o);
    free(x);
    free(want);
    test_setup_free(&s);
}

/* The bound at an early start, where there is less noise than data, and at a late one. */
static void bound_of_any_start(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    ddn_oracle *o = exact(s.ctx, s.sch, 3);
    const ddn_dataset *ds = ddn_oracle_dataset(o);
    double norms[24], x[M * D], moment = 0;
    OK(s.ctx, ddn_dataset_squared_norms(s.ctx, ds, 24, NULL, norms));
    for (int i = 0; i < 24; i++) {
        moment += norms[i] / 24;
    }
    for (int i = 0; i < 2; i++) {
        const double t_start = i == 0 ? 0.2 : 2, a2 = exp(-2 * t_start), s2 = 1 - a2;
        const settings set = {.t_start = t_start, .t_end = 0.1, .steps = 8};
        const double q = a2 / (a2 + s2);
        states(s.ctx, o, 0.1, M, x);
        ddn_result *r = measure(s.ctx, o, NULL, &set, M, x);
        CLOSE(test_scalar(s.ctx, r, "truncation"),
              0.5 * (q * moment - D * q - D * log(s2 / (a2 + s2))), 1e-12, 0);
        ddn_result_destroy(r);
    }
    ddn_oracle_destroy(o);
    test_setup_free(&s);
}

/* The same bits on any threads; other batches and seeds of an exact one change nothing but
 * rounding; seeds of probes do. */
static void reproducible(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    test_setup many = test_setup_make(4);
    double x[M * D];
    ddn_oracle *o = exact(s.ctx, s.sch, 3), *other = exact(many.ctx, many.sch, 3);
    states(s.ctx, o, 0.1, M, x);
    settings set = {.t_start = 3, .t_end = 0.1, .steps = 12};
    for (set.probes = 0; set.probes <= 3; set.probes += 3) {
        ddn_result *r = measure(s.ctx, o, NULL, &set, M, x);
        ddn_result *same = measure(many.ctx, other, NULL, &set, M, x);
        test_same_results(s.ctx, r, same);
        settings parts = set, fresh = set;
        parts.batch = 2;
        fresh.seed = 1;
        ddn_result *p = measure(s.ctx, o, NULL, &parts, M, x);
        ddn_result *f = measure(s.ctx, o, NULL, &fresh, M, x);
        for (int i = 0; i < M; i++) {
            const double value = test_element(s.ctx, r, "log_p", i);
            CLOSE(test_element(s.ctx, p, "log_p", i), value, 0, 1e-10);
            const int moved = fabs(test_element(s.ctx, f, "log_p", i) - value) > 1e-10;
            assert_int_equal(moved, set.probes > 0);
        }
        ddn_result_destroy(r);
        ddn_result_destroy(same);
        ddn_result_destroy(p);
        ddn_result_destroy(f);
    }
    ddn_oracle_destroy(o);
    ddn_oracle_destroy(other);
    test_setup_free(&s);
    test_setup_free(&many);
}

/* Halves of the states, pooled, have the mean of all. */
static void pooled(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    double x[8 * D];
    ddn_oracle *o = exact(s.ctx, s.sch, 2);
    states(s.ctx, o, 0.1, 8, x);
    const settings one = {.t_start = 3, .t_end = 0.1, .steps = 8}, two = {3, 0.1, 8, 0, 0, 1};
    ddn_result *all = measure(s.ctx, o, o, &one, 8, x), *sum = NULL, *half[2];
    half[0] = measure(s.ctx, o, o, &one, 4, x);
    half[1] = measure(s.ctx, o, o, &two, 4, x + 4 * D);
    OK(s.ctx, ddn_result_merge(s.ctx, half[0], half[1], &sum));
    double got, error, want, want_error;
    OK(s.ctx, ddn_result_scalar(s.ctx, sum, "mean_log_p", &got, &error));
    OK(s.ctx, ddn_result_scalar(s.ctx, all, "mean_log_p", &want, &want_error));
    CLOSE(got, want, 1e-12, 0);
    CLOSE(error, want_error, 1e-10, 0);
    CLOSE(test_scalar(s.ctx, sum, "samples"), 8, 0, 0);
    ddn_result_destroy(all);
    ddn_result_destroy(sum);
    ddn_result_destroy(half[0]);
    ddn_result_destroy(half[1]);
    ddn_oracle_destroy(o);
    test_setup_free(&s);
}

/* ---- What is refused ---- */

static void bad_arguments(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    ddn_schedule *sch = test_schedule(s.ctx, TEST_VP);
    ddn_oracle *o = exact(s.ctx, s.sch, 0), *elsewhere = exact(s.ctx, sch, 0), *line = NULL;
    ddn_oracle *none = NULL;
    const settings set = {.t_start = 3, .t_end = 0.1}, turned = {.t_start = 0.1, .t_end = 3};
    ddn_analysis *an = analysis(s.ctx, &set), *wrong = analysis(s.ctx, &turned);
    ddn_result *r = NULL;
    double x[M * D] = {0}, bad[2 * D] = {0};
    bad[D + 2] = NAN;
    OK(s.ctx, ddn_oracle_create_gaussian(s.ctx, s.sch, 1, 0, 1, NULL, NULL, NULL, 0, &line));
    OK(s.ctx, ddn_oracle_create_combination(s.ctx, 1, &o, (double[]){1}, &none));
#define CALL(oracle, end, probes, m, x, ldx)                                                       \
    ddn_analysis_log_likelihood(an, oracle, end, probes, m, x, ldx, &r)
    FAILS(s.ctx, CALL(NULL, NULL, 0, M, x, D), DDN_E_NULL, "oracle");
    FAILS(s.ctx, CALL(o, NULL, 0, M, NULL, D), DDN_E_NULL, "x");
    FAILS(s.ctx, CALL(o, NULL, 0, 0, x, D), DDN_E_RANGE, "m = 0");
    FAILS(s.ctx, CALL(o, NULL, -1, M, x, D), DDN_E_RANGE, "probes = -1");
    FAILS(s.ctx, CALL(o, NULL, 4097, M, x, D), DDN_E_RANGE, "4096");
    FAILS(s.ctx, CALL(o, NULL, 0, M, x, D - 1), DDN_E_SHAPE, "of x is 3");
    FAILS(s.ctx, CALL(o, NULL, 0, 2, bad, D), DDN_E_NONFINITE, "x[1][2]");
    FAILS(s.ctx, CALL(o, line, 0, M, x, D), DDN_E_SHAPE, "end has d = 1");
    FAILS(s.ctx, CALL(o, elsewhere, 0, M, x, D), DDN_E_SHAPE, "schedule object");
    FAILS(s.ctx, CALL(o, none, 0, M, x, D), DDN_E_UNSUPPORTED, "LOG_P");
    FAILS(s.ctx, ddn_analysis_log_likelihood(an, o, NULL, 0, M, x, D, NULL), DDN_E_NULL, "out");
    FAILS(s.ctx, ddn_analysis_log_likelihood(wrong, o, NULL, 0, M, x, D, &r), DDN_E_RANGE,
          "DDN_ANALYSIS_T_END");
    CANCELLED(s.ctx, CALL(o, NULL, 0, M, x, D));
    assert_null(r);
    ddn_oracle_destroy(none);
    ddn_oracle_destroy(line);
    ddn_oracle_destroy(elsewhere);
    ddn_oracle_destroy(o);
    ddn_analysis_destroy(an);
    ddn_analysis_destroy(wrong);
    ddn_schedule_destroy(sch);
    test_setup_free(&s);
}

/* A model that misbehaves at its first call, or in a product, or late on the way: one clear line.
 */
static void bad_models(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    ddn_oracle *o = exact(s.ctx, s.sch, 0);
    double x[M * D];
    const settings set = {.t_start = 3, .t_end = 0.1, .steps = 4};
    ddn_analysis *an = analysis(s.ctx, &set);
    states(s.ctx, o, 0.1, M, x);
    for (int64_t bad = 1; bad < 60; bad += 29) {
        for (int how = 0; how < 3; how++) {
            ddn_result *r = NULL;
            host h = host_make(s.ctx, o, DDN_PREDICTION_EPS);
            h.bad = bad;
            h.returns = how == 0 ? 7 : 0;
            h.left_out = how == 1;
            h.poison = how == 2;
            ddn_oracle *model = model_of(s.ctx, s.sch, &h, 0, 1024);
            FAILS(s.ctx, ddn_analysis_log_likelihood(an, model, NULL, 0, M, x, D, &r),
                  how == 0 ? DDN_E_CALLBACK : DDN_E_NONFINITE,
                  how == 0   ? "7"
                  : how == 1 ? "prediction[0][0] was not written"
                             : "prediction[0][0] is nan");
            assert_null(r);
            assert_int_equal(h.calls, bad);
            ddn_oracle_destroy(model);
            ddn_query_destroy(h.query);
        }
    }
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(o);
    test_setup_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_log_p),
        cmocka_unit_test(order_of_steps),
        cmocka_unit_test(wrapped),
        cmocka_unit_test(probes),
        cmocka_unit_test(bound_of_any_start),
        cmocka_unit_test(truncation),
        cmocka_unit_test(reproducible),
        cmocka_unit_test(pooled),
        cmocka_unit_test(bad_arguments),
        cmocka_unit_test(bad_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
