/* Laws of the random methods: marginals, the exact kernel, clones, variances of linear dynamics.
 *
 * Statistics are compared within 4.75 standard errors, a false alarm of 2e-6 for each of the about
 * 120 comparisons, 2.5e-4 in all for a random seed; the seeds are fixed. */
#include "support/fixtures.h"
#include "support/reference.h"

enum {
    D = 3,
    N = 5,
    M = 3000
};

static const double SIGMAS = 4.75;
static double points[N * D];

static ddn_oracle *make_oracle(ddn_context *ctx, int64_t n, int edm)
{
    ref_numbers(ref_at("samplers"), "data", points, N * D);
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    if (edm) {
        OK(ctx, ddn_schedule_create_edm(ctx, &sch));
    } else {
        OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, D, points, D, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    return oracle;
}

/* Samples of p_t itself, stratified over the points. */
static void sample_marginal(ddn_context *ctx, const ddn_oracle *oracle, double t, double *x)
{
    OK(ctx, ddn_oracle_sample_data(ctx, oracle, 1, 0, M, x, D, NULL));
    OK(ctx, ddn_schedule_forward(ctx, ddn_oracle_schedule(oracle), 0, t, 2, 0, 0, M, D, x, D));
}

/* Mean of each coordinate and of |x - a mean(points)|^2 under p_t against the samples; `bias` is
 * allowed on top, relative to the standard deviation. */
static void check_marginal(double a, double s, const double *x, double bias)
{
    double total = 0, total2 = 0, want = 0;
    for (int j = 0; j < D; j++) {
        double mean = 0, sum = 0, variance = s * s;
        for (int i = 0; i < N; i++) {
            mean += a * points[i * D + j] / N;
        }
        for (int i = 0; i < N; i++) {
            variance += pow(a * points[i * D + j] - mean, 2) / N;
        }
        for (int64_t r = 0; r < M; r++) {
            sum += x[r * D + j] - mean;
        }
        CLOSE(sum / M, 0, 0, sqrt(variance) * (SIGMAS / sqrt(M) + bias));
        want += variance;
    }
    for (int64_t r = 0; r < M; r++) {
        double u = 0;
        for (int j = 0; j < D; j++) {
            double mean = 0;
            for (int i = 0; i < N; i++) {
                mean += a * points[i * D + j] / N;
            }
            u += pow(x[r * D + j] - mean, 2);
        }
        total += u;
        total2 += u * u;
    }
    double deviation = sqrt(fmax(total2 / M - pow(total / M, 2), 0));
    CLOSE(total / M, want, bias, SIGMAS * deviation / sqrt(M));
}

typedef struct law {
    ddn_method method;
    double eta;
    int64_t steps;
    double bias;
} law;

/* From p_T to p_t: every method keeps the marginals, the exact one in two steps. */
static void marginals(void **state)
{
    (void)state;
    static const law laws[] = {
        {DDN_METHOD_EXACT, 1, 2, 0},
        {DDN_METHOD_EXACT, 1, 7, 0},
        {DDN_METHOD_EULER, 0, 200, 0.02},
        {DDN_METHOD_EULER, 1, 200, 0.04},
        {DDN_METHOD_EULER, 2, 400, 0.04},
        {DDN_METHOD_EXPONENTIAL, 0, 100, 0.02},
        {DDN_METHOD_EXPONENTIAL, 0.5, 100, 0.02},
        {DDN_METHOD_EXPONENTIAL, 1, 100, 0.02},
        {DDN_METHOD_DDPM, 1, 200, 0.04},
        {DDN_METHOD_HEUN, 0, 30, 0.02},
        {DDN_METHOD_MULTISTEP2, 0, 40, 0.02},
    };
    static double x[M * D];
    ddn_context *ctx = test_context(2);
    for (int edm = 0; edm < 2; edm++) {
        ddn_oracle *oracle = make_oracle(ctx, N, edm);
        const ddn_schedule *sch = ddn_oracle_schedule(oracle);
        double start, end, a, s;
        OK(ctx, ddn_schedule_from_ou(ctx, sch, 1.5, &start));
        OK(ctx, ddn_schedule_from_ou(ctx, sch, 0.1, &end));
        OK(ctx, ddn_schedule_eval(ctx, sch, end, &a, &s));
        for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
            ddn_integrator *it = NULL;
            OK(ctx, ddn_integrator_create(ctx, oracle, laws[i].method, &it));
            OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_START, start));
            OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, end));
            OK(ctx,
               ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, laws[i].eta));
            OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS,
                                        laws[i].steps));
            OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, 17));
            sample_marginal(ctx, oracle, start, x);
            OK(ctx, ddn_integrator_run(it, M, x, D));
            check_marginal(a, s, x, laws[i].bias);
            ddn_integrator_destroy(it);
        }
        ddn_oracle_destroy(oracle);
    }
    ddn_context_destroy(ctx);
}

/* The point a row has landed on; fails unless it lies there exactly. */
static int landing(const double *x)
{
    for (int i = 0; i < N; i++) {
        if (memcmp(x, points + i * D, D * sizeof *x) == 0) {
            return i;
        }
    }
    fail_msg("(%g, %g, %g) is not a data point", x[0], x[1], x[2]);
    return -1;
}

/* Down to t = 0 the exact kernel ends on data points, each as often as any other; two clones end
 * on the same one with probability E sum w^2, and on the start's with E w_start = the same. */
static void landings_and_clones(void **state)
{
    (void)state;
    static double start[M * D], x[2][M * D], w2[M];
    ddn_context *ctx = test_context(2);
    ddn_oracle *oracle = make_oracle(ctx, N, 0);
    const double turn = 0.6, times[4] = {turn, 0.3, 0.1, 0};
    sample_marginal(ctx, oracle, turn, start);
    ddn_integrator *it = NULL;
    ddn_query *query = NULL;
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_EXACT, &it));
    OK(ctx, ddn_integrator_set_times(it, 4, times));
    for (int64_t clone = 0; clone < 2; clone++) {
        memcpy(x[clone], start, sizeof start);
        OK(ctx,
           ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_FIRST_PATH, clone * M));
        OK(ctx, ddn_integrator_run(it, M, x[clone], D));
    }
    OK(ctx, ddn_query_create(ctx, oracle, &query));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_SUM_W2, w2, 1));
    OK(ctx, ddn_query_run(query, turn, M, start, D));
    double count[N] = {0}, same = 0, returned = 0, want = 0;
    for (int64_t r = 0; r < M; r++) {
        int first = landing(x[0] + r * D), second = landing(x[1] + r * D);
        count[first]++;
        same += first == second;
        returned += first == r % N;
        want += w2[r] / M;
    }
    for (int i = 0; i < N; i++) {
        CLOSE(count[i] / M, 1.0 / N, 0, SIGMAS * sqrt(0.2 * 0.8 / M));
    }
    double spread = SIGMAS * sqrt(2 * want * (1 - want) / M);
    CLOSE(same / M, want, 0, spread);
    CLOSE(returned / M, want, 0, spread);
    assert_true(want > 0.3 && want < 0.9); /* a time where something is at stake */
    ddn_query_destroy(query);
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* With one data point the dynamics is linear and Gaussian: the variance after each method's steps
 * follows from its recursion, exactly. */
static void linear_variances(void **state)
{
    (void)state;
    static double x[M * D];
    ddn_context *ctx = test_context(2);
    ddn_oracle *oracle = make_oracle(ctx, 1, 0);
    const double times[4] = {1.0, 0.7, 0.5, 0.35};
    const law laws[] = {{DDN_METHOD_EULER, 0.5, 0, 0},     {DDN_METHOD_EULER, 1, 0, 0},
                        {DDN_METHOD_EULER, 2, 0, 0},       {DDN_METHOD_EXPONENTIAL, 0.5, 0, 0},
                        {DDN_METHOD_EXPONENTIAL, 1, 0, 0}, {DDN_METHOD_EXACT, 1, 0, 0}};
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        ddn_integrator *it = NULL;
        double eta = laws[i].eta, variance = -expm1(-2 * times[0]), moment = 0;
        OK(ctx, ddn_integrator_create(ctx, oracle, laws[i].method, &it));
        OK(ctx, ddn_integrator_set_times(it, 4, times));
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, eta));
        sample_marginal(ctx, oracle, times[0], x);
        OK(ctx, ddn_integrator_run(it, M, x, D));
        for (int k = 0; k < 3; k++) {
            double h = times[k] - times[k + 1], s2 = -expm1(-2 * times[k]);
            double gain = 1 + h - h * (1 + eta * eta) / s2;
            variance = laws[i].method == DDN_METHOD_EULER
                           ? gain * gain * variance + 2 * eta * eta * h
                           : -expm1(-2 * times[k + 1]);
        }
        double mean = 0, a = exp(-times[3]);
        for (int64_t r = 0; r < M; r++) {
            mean += x[r * D] / M;
        }
        for (int64_t r = 0; r < M; r++) {
            moment += pow(x[r * D] - mean, 2) / M;
        }
        CLOSE(moment, variance, SIGMAS * sqrt(2.0 / M), 0);
        if (laws[i].method != DDN_METHOD_EULER) {
            CLOSE(mean, a * points[0], 0, SIGMAS * sqrt(variance / M));
        }
        ddn_integrator_destroy(it);
    }
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

static void same(const double *x, const double *y)
{
    for (int64_t i = 0; i < M * D; i++) {
        CLOSE(x[i], y[i], 1e-15, 1e-15);
    }
}

/* x += sqrt(to^2 - from^2) z, a forward transition of EDM, with a step of a stream of seed 4. */
static void transition(ddn_context *ctx, int32_t stream, int64_t step, double from, double to,
                       double *x)
{
    for (int64_t r = 0; r < M; r++) {
        double z[D];
        OK(ctx, ddn_noise_draw(ctx, 4, stream, r, step, 0, D, z));
        for (int64_t j = 0; j < D; j++) {
            x[r * D + j] += sqrt((to - from) * (to + from)) * z[j];
        }
    }
}

/* FORWARD makes the transitions of ddn_schedule_forward along a grid, each of the two with numbers
 * of its own; starts are N(0, s^2). */
static void forward_and_starts(void **state)
{
    (void)state;
    static double x[M * D], y[M * D], single[M * D];
    ddn_context *ctx = test_context(2);
    ddn_oracle *oracle = make_oracle(ctx, N, 1);
    const ddn_schedule *sch = ddn_oracle_schedule(oracle);
    ddn_integrator *it = NULL;
    const double times[3] = {0, 0.7, 2.5};
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_FORWARD, &it));
    OK(ctx, ddn_integrator_set_times(it, 3, times));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, 4));
    OK(ctx, ddn_oracle_sample_data(ctx, oracle, 1, 0, M, x, D, NULL));
    memcpy(y, x, sizeof x);
    memcpy(single, x, sizeof x);
    OK(ctx, ddn_integrator_run(it, M, x, D));
    check_marginal(1, 2.5, x, 0);
    transition(ctx, 13, 0, 0, 0.7, y);
    transition(ctx, 13, 1, 0.7, 2.5, y);
    same(x, y);
    memcpy(y, single, sizeof y);
    transition(ctx, 2, 0, 0, 0.7, y);
    transition(ctx, 2, 1, 0.7, 2.5, y);
    OK(ctx, ddn_schedule_forward(ctx, sch, 0, 0.7, 4, 0, 0, M, D, single, D));
    OK(ctx, ddn_schedule_forward(ctx, sch, 0.7, 2.5, 4, 0, 1, M, D, single, D));
    same(single, y);
    ddn_integrator_destroy(it);
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_EXACT, &it));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_START, 40));
    OK(ctx, ddn_integrator_draw_start(it, M, x, D));
    double sum = 0, square = 0;
    for (int64_t i = 0; i < M * D; i++) {
        sum += x[i] / 40;
        square += x[i] * x[i] / 1600;
    }
    CLOSE(sum / (M * D), 0, 0, SIGMAS / sqrt(M * D));
    CLOSE(square / (M * D), 1, 0, SIGMAS * sqrt(2.0 / (M * D)));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_FIRST_PATH, 10));
    OK(ctx, ddn_integrator_draw_start(it, 5, y, D));
    assert_memory_equal(y, x + 10 * D, 5 * D * sizeof *x);
    FAILS(ctx, ddn_integrator_draw_start(it, 5, y, D - 1), DDN_E_SHAPE, "less than");
    FAILS(ctx, ddn_integrator_draw_start(it, 5, NULL, D), DDN_E_NULL, "x");
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marginals),
        cmocka_unit_test(landings_and_clones),
        cmocka_unit_test(linear_variances),
        cmocka_unit_test(forward_and_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
