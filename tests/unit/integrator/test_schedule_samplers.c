/* All schedules through all samplers, on a Gaussian, whose flow and marginals are known: along the
 * flow (x - a mu)/sqrt(a^2 lambda + s^2) is constant. Schedules that end in pure noise start there,
 * where a = 0. */
#include "support/fixtures.h"

enum {
    D = 2,
    M = 3,
    MANY = 1024
};

static const double mean[D] = {1, -2}, variance[D] = {0.5, 2};

static ddn_oracle *gaussian(ddn_context *ctx, const ddn_schedule *sch)
{
    const double axes[D * D] = {1, 0, 0, 1};
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_oracle_create_gaussian(ctx, sch, D, D, 0, mean, variance, axes, D, &oracle));
    return oracle;
}

typedef struct course {
    test_kind kind;
    const char *name;
    double start, end; /* times */
    ddn_grid grid;
    int pure;
} course;

static const course courses[] = {
    {TEST_OU, "ou", 2.5, 0.1, DDN_GRID_LOGSNR, 0},
    {TEST_VP, "vp_linear", 0.9, 0.1, DDN_GRID_UNIFORM, 0},
    {TEST_DDPM, "ddpm", 899, 99, DDN_GRID_TRAILING, 0},
    {TEST_COSINE, "cosine", 900, 100, DDN_GRID_LOGSNR, 0},
    {TEST_EDM, "edm", 20, 0.2, DDN_GRID_KARRAS, 0},
    {TEST_SCALED, "scaled_linear", 999, 99, DDN_GRID_LINSPACE, 0},
    {TEST_TABLE, "table", 899, 99, DDN_GRID_LOGSNR, 0},
    {TEST_FLOW, "flow", 0.95, 0.1, DDN_GRID_LOGSNR, 0},
    {TEST_FLOW, "flow", 1, 0.1, DDN_GRID_UNIFORM, 1},
    {TEST_ZERO_SNR, "zero_snr", 999, 99, DDN_GRID_TRAILING, 1},
    {TEST_ZERO_SNR, "zero_snr", 999, 99, DDN_GRID_UNIFORM, 1},
};
enum {
    COURSES = sizeof courses / sizeof *courses
};

static ddn_integrator *integrator(ddn_context *ctx, const ddn_oracle *oracle, const course *c,
                                  ddn_method method, int64_t steps)
{
    ddn_integrator *it = NULL;
    OK(ctx, ddn_integrator_create(ctx, oracle, method, &it));
    ddn_options *o = ddn_integrator_options(it);
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_T_START, c->start));
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_T_END, c->end));
    OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_STEPS, steps));
    OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_GRID, c->grid));
    return it;
}

static void levels(ddn_context *ctx, const ddn_schedule *sch, const course *c, double ends[4])
{
    OK(ctx, ddn_schedule_eval(ctx, sch, c->start, &ends[0], &ends[1]));
    OK(ctx, ddn_schedule_eval(ctx, sch, c->end, &ends[2], &ends[3]));
    assert_int_equal(ends[0] == 0, c->pure);
}

static double width(const double level[2], int j)
{
    return sqrt(level[0] * level[0] * variance[j] + level[1] * level[1]);
}

/* The error of the end of the flow, relative to the width there. */
static double flow_error(ddn_context *ctx, const ddn_oracle *oracle, const course *c,
                         ddn_method method, int64_t steps)
{
    const double z[M * D] = {0.7, -0.4, -1.2, 0.9, 0.1, 1.5};
    double x[M * D], ends[4], error = 0;
    levels(ctx, ddn_oracle_schedule(oracle), c, ends);
    ddn_integrator *it = integrator(ctx, oracle, c, method, steps);
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 0));
    for (int i = 0; i < M * D; i++) {
        x[i] = ends[0] * mean[i % D] + width(ends, i % D) * z[i];
    }
    if (c->pure && method == DDN_METHOD_ADAPTIVE) {
        FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_E_RANGE,
              "method ADAPTIVE goes by log(s/a), which is infinite");
        ddn_integrator_destroy(it);
        return 0;
    }
    OK(ctx, ddn_integrator_run(it, M, x, D));
    ddn_integrator_destroy(it);
    for (int i = 0; i < M * D; i++) {
        error = fmax(error, fabs((x[i] - ends[2] * mean[i % D]) / width(ends + 2, i % D) - z[i]));
    }
    return error;
}

typedef struct expected {
    ddn_method method;
    double order, error; /* at least, and at most at the larger number of steps */
} expected;

static void flows(void **state)
{
    (void)state;
    static const expected table[] = {
        {DDN_METHOD_EULER, 1, 0.05},    {DDN_METHOD_HEUN, 2, 5e-3},
        {DDN_METHOD_EDM_HEUN, 2, 5e-3}, {DDN_METHOD_EXPONENTIAL, 1, 0.05},
        {DDN_METHOD_PNDM, 2, 5e-3},     {DDN_METHOD_MULTISTEP2, 2, 5e-3},
        {DDN_METHOD_ADAPTIVE, 0, 1e-4}, {DDN_METHOD_GRADIENT_ESTIMATION, 1, 0.05},
    };
    ddn_context *ctx = test_context(1);
    for (const course *c = courses; c < courses + COURSES; c++) {
        ddn_schedule *sch = test_schedule(ctx, c->kind);
        ddn_oracle *oracle = gaussian(ctx, sch);
        assert_string_equal(ddn_schedule_kind(sch), c->name);
        for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
            double coarse = flow_error(ctx, oracle, c, table[i].method, 100),
                   fine = flow_error(ctx, oracle, c, table[i].method, 400);
            double order = 0.5 * log2(coarse / fine);
            print_message("# %s from %g, method %d: errors %.2e %.2e, order %.2f\n", c->name,
                          c->start, table[i].method, coarse, fine, order);
            assert_true(fine < table[i].error);
            /* steps of a few indices see that rates jump there; next to OU time infinity, in which
             * Heun's rule goes by indices, no step is short */
            int infinite = table[i].method == DDN_METHOD_HEUN && c->kind == TEST_ZERO_SNR;
            double least = c->grid >= DDN_GRID_LEADING ? 0 : infinite ? 0.7 : table[i].order - 0.3;
            assert_true(table[i].order == 0 || order > least || fine < 1e-7);
        }
        ddn_oracle_destroy(oracle);
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

/* Ends of noisy runs have the mean and the variance of the marginal. */
static void laws(void **state)
{
    (void)state;
    static const ddn_method methods[] = {DDN_METHOD_EXACT, DDN_METHOD_EULER, DDN_METHOD_EXPONENTIAL,
                                         DDN_METHOD_DDPM, DDN_METHOD_GRADIENT_ESTIMATION};
    ddn_context *ctx = test_context(1);
    static double x[MANY * D];
    for (const course *c = courses; c < courses + COURSES; c++) {
        ddn_schedule *sch = test_schedule(ctx, c->kind);
        ddn_oracle *oracle = gaussian(ctx, sch);
        double ends[4];
        levels(ctx, sch, c, ends);
        for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
            ddn_integrator *it =
                integrator(ctx, oracle, c, methods[i], methods[i] == DDN_METHOD_EXACT ? 4 : 64);
            if (methods[i] == DDN_METHOD_GRADIENT_ESTIMATION) {
                OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_MU, 0.5));
                OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_GAMMA, 1));
            }
            test_normal(7, MANY * D, x);
            for (int k = 0; k < MANY * D; k++) {
                x[k] = ends[0] * mean[k % D] + width(ends, k % D) * x[k];
            }
            if (c->pure && methods[i] == DDN_METHOD_EULER) {
                FAILS(ctx, ddn_integrator_run(it, MANY, x, D), DDN_E_RANGE,
                      "method EULER with noise has no step from t = ");
                ddn_integrator_destroy(it);
                continue;
            }
            OK(ctx, ddn_integrator_run(it, MANY, x, D));
            ddn_integrator_destroy(it);
            for (int j = 0; j < D; j++) {
                double sum = 0, square = 0, w = width(ends + 2, j);
                for (int r = 0; r < MANY; r++) {
                    double u = (x[r * D + j] - ends[2] * mean[j]) / w;
                    sum += u / MANY;
                    square += u * u / MANY;
                }
                print_message("# %s from %g, method %d: mean %.3f, square %.3f\n", c->name,
                              c->start, methods[i], sum, square);
                CLOSE(sum, 0, 0, 4.5 / sqrt(MANY));
                CLOSE(square, 1, 0, 4.5 * sqrt(2. / MANY) + 0.03); /* and the step error */
            }
        }
        ddn_oracle_destroy(oracle);
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

/* One step from pure noise, as written down. */
static void first_steps(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_FLOW);
    ddn_oracle *oracle = gaussian(ctx, sch);
    const course one = {TEST_FLOW, "flow", 1, 0.75, DDN_GRID_UNIFORM, 1};
    static const ddn_method methods[] = {DDN_METHOD_EULER,       DDN_METHOD_EDM_HEUN,
                                         DDN_METHOD_EXPONENTIAL, DDN_METHOD_PNDM,
                                         DDN_METHOD_MULTISTEP2,  DDN_METHOD_GRADIENT_ESTIMATION};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        double x[D] = {0.3, -0.6};
        ddn_integrator *it = integrator(ctx, oracle, &one, methods[i], 1);
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 0));
        OK(ctx, ddn_integrator_run(it, 1, x, D));
        CLOSE(x[0], 0.25 * 1 + 0.75 * 0.3, 1e-14, 0);
        CLOSE(x[1], 0.25 * -2 + 0.75 * -0.6, 1e-14, 0);
        ddn_integrator_destroy(it);
    }
    /* Heun's rule: the slope x - m at both ends */
    double x[D] = {0.3, -0.6}, far[D] = {0.25 + 0.75 * 0.3, -0.5 - 0.75 * 0.6}, score[D];
    ddn_integrator *it = integrator(ctx, oracle, &one, DDN_METHOD_HEUN, 1);
    OK(ctx, ddn_integrator_run(it, 1, x, D));
    OK(ctx, ddn_oracle_score(ctx, oracle, 0.75, 1, far, D, score, D));
    for (int j = 0; j < D; j++) {
        double start = j == 0 ? 0.3 : -0.6, m = (far[j] + 0.5625 * score[j]) / 0.25;
        CLOSE(x[j], start - 0.25 * 0.5 * ((start - mean[j]) + (far[j] - m) / 0.75), 1e-13, 0);
    }
    ddn_integrator_destroy(it);
    /* grids that cannot start there name those that can */
    it = integrator(ctx, oracle, &one, DDN_METHOD_EXPONENTIAL, 8);
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_GRID, DDN_GRID_LOGSNR));
    FAILS(ctx, ddn_integrator_run(it, 1, x, D), DDN_E_RANGE,
          "DDN_GRID_LOGSNR cannot reach from 1 to 0.75, but DDN_GRID_UNIFORM and "
          "DDN_GRID_GEOMETRIC can");
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flows),
        cmocka_unit_test(laws),
        cmocka_unit_test(first_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
