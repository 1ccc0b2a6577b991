/* The stochastic sampler of EDM: against algorithm 2 of Karras et al. 2022 written down plainly,
 * and the laws of its ends. */
#include "support/fixtures.h"

enum {
    D = 2,
    M = 3,
    STEPS = 12,
    MANY = 1500
};

static const double mean[D] = {1, -2}, variance[D] = {0.5, 2};

typedef struct setting {
    double churn, least, most, noise;
} setting;

static ddn_integrator *make(ddn_context *ctx, const ddn_oracle *oracle, double start, double end,
                            int64_t steps, const setting *c)
{
    ddn_integrator *it = NULL;
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_EDM_HEUN, &it));
    ddn_options *o = ddn_integrator_options(it);
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_T_START, start));
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_T_END, end));
    OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_STEPS, steps));
    OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_SEED, 11));
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_CHURN, c->churn));
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_CHURN_MIN, c->least));
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_CHURN_MAX, c->most));
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_CHURN_NOISE, c->noise));
    return it;
}

static ddn_oracle *gaussian(ddn_context *ctx, const ddn_schedule *sch)
{
    const double axes[D * D] = {1, 0, 0, 1};
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_oracle_create_gaussian(ctx, sch, D, D, 0, mean, variance, axes, D, &oracle));
    return oracle;
}

/* D(y; sigma) of the Gaussian. */
static double denoiser(double y, double sigma, int j)
{
    return mean[j] + variance[j] / (variance[j] + sigma * sigma) * (y - mean[j]);
}

/* One coordinate of a path through sigma[0 .. STEPS], by algorithm 2. */
static double algorithm2(double y, const double *sigma, double largest, const double *eps,
                         const setting *c, int j)
{
    for (int i = 0; i < STEPS; i++) {
        double gamma =
            sigma[i] >= c->least && sigma[i] <= c->most ? fmin(c->churn / STEPS, sqrt(2) - 1) : 0;
        double high = fmin(sigma[i] * (1 + gamma), largest);
        y += sqrt(high * high - sigma[i] * sigma[i]) * c->noise * eps[i];
        double slope = (y - denoiser(y, high, j)) / high;
        double next = y + (sigma[i + 1] - high) * slope;
        if (sigma[i + 1] > 0) {
            double there = (next - denoiser(next, sigma[i + 1], j)) / sigma[i + 1];
            next = y + (sigma[i + 1] - high) * 0.5 * (slope + there);
        }
        y = next;
    }
    return y;
}

static const setting settings[] = {{40, 0, 1e150, 1}, {0, 0, 1e150, 1},   {3, 0, 1e150, 1.003},
                                   {40, 0.5, 3, 1.1}, {1, 0.3, 1e150, 0}, {1e9, 0, 1, 1}};

static void agrees(void **state)
{
    (void)state;
    static const struct {
        test_kind kind;
        double start, end;
    } courses[] = {{TEST_EDM, 20, 0}, {TEST_VP, 0.9, 0.05}, {TEST_FLOW, 0.9, 0}, {TEST_VP, 1, 0.1}};
    ddn_context *ctx = test_context(1);
    for (size_t k = 0; k < sizeof courses / sizeof *courses; k++) {
        ddn_schedule *sch = test_schedule(ctx, courses[k].kind);
        ddn_oracle *oracle = gaussian(ctx, sch);
        double t_max, largest = INFINITY, a, s;
        OK(ctx, ddn_schedule_range(ctx, sch, NULL, &t_max));
        if (courses[k].kind == TEST_VP) {
            OK(ctx, ddn_schedule_eval(ctx, sch, t_max, &a, &s));
            largest = s / a;
        }
        for (size_t n = 0; n < sizeof settings / sizeof *settings; n++) {
            const setting *c = &settings[n];
            ddn_integrator *it = make(ctx, oracle, courses[k].start, courses[k].end, STEPS, c);
            double times[STEPS + 1], sigma[STEPS + 1], level[STEPS + 1], x[M * D], start[M * D];
            OK(ctx, ddn_integrator_times(it, STEPS + 1, times));
            for (int i = 0; i <= STEPS; i++) {
                level[i] = 1;
                sigma[i] = 0;
                if (times[i] > 0) {
                    OK(ctx, ddn_schedule_eval(ctx, sch, times[i], &level[i], &s));
                    sigma[i] = s / level[i];
                }
            }
            OK(ctx, ddn_integrator_draw_start(it, M, x, D));
            memcpy(start, x, sizeof x);
            OK(ctx, ddn_integrator_run(it, M, x, D));
            int64_t raised = 0;
            for (int i = 0; i < STEPS; i++) {
                raised += sigma[i + 1] > 0 ? 2 : 1;
            }
            assert_int_equal(ddn_integrator_tally(it, DDN_TALLY_EVALUATIONS), M * raised);
            for (int r = 0; r < M; r++) {
                double eps[STEPS][D], one[STEPS];
                for (int i = 0; i < STEPS; i++) {
                    OK(ctx, ddn_noise_draw(ctx, 11, 0, r, i, 0, D, eps[i]));
                }
                for (int j = 0; j < D; j++) {
                    for (int i = 0; i < STEPS; i++) {
                        one[i] = eps[i][j];
                    }
                    double y = algorithm2(start[r * D + j] / level[0], sigma, largest, one, c, j);
                    CLOSE(x[r * D + j], level[STEPS] * y, 1e-10, 1e-11);
                }
            }
            ddn_integrator_destroy(it);
        }
        ddn_oracle_destroy(oracle);
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

/* With S_noise = 1 the ends have the marginal; without noise back they are too narrow. */
static void laws(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    static double x[MANY * D];
    static const test_kind kinds[] = {TEST_EDM, TEST_VP, TEST_DDPM};
    static const double ends[][2] = {{20, 0.1}, {0.9, 0.05}, {950, 20}};
    for (int k = 0; k < 3; k++) {
        ddn_schedule *sch = test_schedule(ctx, kinds[k]);
        ddn_oracle *oracle = gaussian(ctx, sch);
        for (int lossy = 0; lossy < 2; lossy++) {
            const setting c = {10, 0, 1e150, lossy ? 0 : 1};
            double a, s;
            ddn_integrator *it = make(ctx, oracle, ends[k][0], ends[k][1], 64, &c);
            OK(ctx, ddn_schedule_eval(ctx, sch, ends[k][0], &a, &s));
            test_normal(3, MANY * D, x);
            for (int i = 0; i < MANY * D; i++) {
                x[i] = a * mean[i % D] + sqrt(a * a * variance[i % D] + s * s) * x[i];
            }
            OK(ctx, ddn_integrator_run(it, MANY, x, D));
            OK(ctx, ddn_schedule_eval(ctx, sch, ends[k][1], &a, &s));
            for (int j = 0; j < D; j++) {
                double sum = 0, square = 0;
                for (int r = 0; r < MANY; r++) {
                    double u = (x[r * D + j] - a * mean[j]) / sqrt(a * a * variance[j] + s * s);
                    sum += u / MANY;
                    square += u * u / MANY;
                }
                print_message("# %s: mean %.3f, square %.3f\n", ddn_schedule_kind(sch), sum,
                              square);
                CLOSE(sum, 0, 0, 4.5 / sqrt(MANY));
                if (lossy) {
                    assert_true(square < 0.8);
                } else {
                    CLOSE(square, 1, 0, 4.5 * sqrt(2. / MANY) + 0.01);
                }
            }
            ddn_integrator_destroy(it);
        }
        ddn_oracle_destroy(oracle);
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

static int32_t stop_once(void *user, const ddn_step *step)
{
    int *left = user;
    return ddn_step_index(step) == 5 && (*left)-- > 0 ? DDN_STOPPED : 0;
}

/* A stopped run goes on to the same bits, and rows do not know their batch. */
static void goes_on(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_EDM);
    ddn_oracle *oracle = gaussian(ctx, sch);
    const setting c = {5, 0, 1e150, 1};
    double whole[M * D], parts[M * D], last[D];
    int stops = 1;
    ddn_integrator *it = make(ctx, oracle, 20, 0, STEPS, &c);
    OK(ctx, ddn_integrator_draw_start(it, M, whole, D));
    memcpy(parts, whole, sizeof whole);
    memcpy(last, whole + (M - 1) * D, sizeof last);
    OK(ctx, ddn_integrator_run(it, M, whole, D));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_FIRST_PATH, M - 1));
    OK(ctx, ddn_integrator_run(it, 1, last, D));
    assert_memory_equal(last, whole + (M - 1) * D, sizeof last);
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_FIRST_PATH, 0));
    OK(ctx, ddn_integrator_attach_callback(it, 0, stop_once, &stops, NULL));
    FAILS(ctx, ddn_integrator_run(it, M, parts, D), DDN_STOPPED, "stopped");
    OK(ctx, ddn_integrator_resume(it, M, parts, D));
    assert_memory_equal(parts, whole, sizeof whole);
    ddn_integrator_destroy(it);
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_HEUN, &it));
    FAILS(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_CHURN, 1),
          DDN_E_UNSUPPORTED, "method HEUN has no option DDN_INTEGRATOR_CHURN");
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees),
        cmocka_unit_test(laws),
        cmocka_unit_test(goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
