/* Orders of convergence of every deterministic method, and the error control of the adaptive one.
 */
#include "support/fixtures.h"
#include "support/reference.h"

enum {
    D = 3,
    N = 5,
    M = 2
};

typedef enum kind {
    OU,
    VP,
    EDM,
    COSINE,
    DDPM,
    KINDS
} kind;

static ddn_oracle *make_oracle(ddn_context *ctx, kind k)
{
    double points[N * D];
    ref_numbers(ref_at("samplers"), "data", points, N * D);
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    if (k == OU) {
        OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    } else if (k == VP) {
        OK(ctx, ddn_schedule_create_vp_linear(ctx, 0.1, 20, &sch));
    } else if (k == EDM) {
        OK(ctx, ddn_schedule_create_edm(ctx, &sch));
    } else if (k == COSINE) {
        OK(ctx, ddn_schedule_create_cosine(ctx, 1000, 0.008, 0.999, &sch));
    } else {
        OK(ctx, ddn_schedule_create_ddpm(ctx, 1e-4, 0.02, 1000, &sch));
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, points, D, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    return oracle;
}

static const double ou_start = 1.6, ou_end = 0.25;

/* From OU time 1.6 to 0.25 of the oracle's schedule, deterministically, into x. */
static void flow(ddn_context *ctx, const ddn_oracle *oracle, ddn_method method, ddn_grid grid,
                 int64_t steps, double gamma, double rtol, double *x)
{
    ddn_integrator *it = NULL;
    const ddn_schedule *sch = ddn_oracle_schedule(oracle);
    double start, end, a, s;
    OK(ctx, ddn_schedule_from_ou(ctx, sch, ou_start, &start));
    OK(ctx, ddn_schedule_from_ou(ctx, sch, ou_end, &end));
    OK(ctx, ddn_schedule_eval(ctx, sch, start, &a, &s));
    const double at[M * D] = {0.9, -0.3, 0.1, -0.2, 0.4, 1.1}; /* in units of OU */
    for (int j = 0; j < M * D; j++) {
        x[j] = at[j] * sqrt(a * a + s * s);
    }
    OK(ctx, ddn_integrator_create(ctx, oracle, method, &it));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_EPSILON, 0));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_START, start));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, end));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, steps));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_GRID, grid));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 0));
    if (method == DDN_METHOD_GRADIENT_ESTIMATION) {
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_GAMMA, gamma));
    }
    if (method == DDN_METHOD_ADAPTIVE) {
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_RTOL, rtol));
        OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ATOL, rtol));
    }
    OK(ctx, ddn_integrator_run(it, M, x, D));
    ddn_integrator_destroy(it);
    OK(ctx, ddn_schedule_eval(ctx, sch, end, &a, &s));
    for (int j = 0; j < M * D; j++) {
        x[j] /= sqrt(a * a + s * s);
    }
}

static double distance(const double *x, const double *y)
{
    double sum = 0;
    for (int j = 0; j < M * D; j++) {
        sum += (x[j] - y[j]) * (x[j] - y[j]);
    }
    return sqrt(sum);
}

typedef struct expected {
    ddn_method method;
    ddn_grid grid;
    double gamma, order;
} expected;

static const expected table[] = {
    {DDN_METHOD_EULER, DDN_GRID_LOGSNR, 0, 1},
    {DDN_METHOD_EULER, DDN_GRID_UNIFORM, 0, 1},
    {DDN_METHOD_EXPONENTIAL, DDN_GRID_LOGSNR, 0, 1},
    {DDN_METHOD_EXPONENTIAL, DDN_GRID_UNIFORM, 0, 1},
    {DDN_METHOD_HEUN, DDN_GRID_LOGSNR, 0, 2},
    {DDN_METHOD_HEUN, DDN_GRID_UNIFORM, 0, 2},
    {DDN_METHOD_EDM_HEUN, DDN_GRID_KARRAS, 0, 2},
    {DDN_METHOD_EDM_HEUN, DDN_GRID_LOGSNR, 0, 2},
    {DDN_METHOD_MULTISTEP2, DDN_GRID_LOGSNR, 0, 2},
    {DDN_METHOD_MULTISTEP2, DDN_GRID_UNIFORM, 0, 2},
    {DDN_METHOD_PNDM, DDN_GRID_UNIFORM, 0, 2},
    {DDN_METHOD_PNDM, DDN_GRID_LOGSNR, 0, 2},
    {DDN_METHOD_GRADIENT_ESTIMATION, DDN_GRID_LOGSNR, 1, 1},
    {DDN_METHOD_GRADIENT_ESTIMATION, DDN_GRID_LOGSNR, 2, 1},
    {DDN_METHOD_GRADIENT_ESTIMATION, DDN_GRID_KARRAS, 1.5, 2}, /* two-step Adams-Bashforth */
};

/* The error halves `order` times when the number of steps doubles. */
static void orders(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double exact[M * D], x[M * D];
    for (kind k = OU; k < KINDS; k++) {
        ddn_oracle *oracle = make_oracle(ctx, k);
        flow(ctx, oracle, DDN_METHOD_ADAPTIVE, DDN_GRID_LOGSNR, 4, 0, 1e-12, exact);
        for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
            double error[2];
            for (int j = 0; j < 2; j++) {
                flow(ctx, oracle, table[i].method, table[i].grid, 100 << (2 * j), table[i].gamma, 0,
                     x);
                error[j] = distance(x, exact);
            }
            double slope = 0.5 * log2(error[0] / error[1]);
            print_message("# schedule %d method %d grid %d: order %.3f, errors %.2e %.2e\n", k,
                          table[i].method, table[i].grid, slope, error[0], error[1]);
            /* PNDM averages eps over the schedule's time; the flow is linear in sigma, so it is of
             * fourth order where the time is sigma. Elsewhere its higher terms are still seen. */
            int pndm = table[i].method == DDN_METHOD_PNDM;
            CLOSE(slope, pndm && k == EDM ? 4 : table[i].order, 0, pndm ? 0.5 : 0.2);
        }
        ddn_oracle_destroy(oracle);
    }
    ddn_context_destroy(ctx);
}

/* The flow is the same in every schedule: the end points agree in units of OU. */
static void schedules_agree(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double first[M * D], x[M * D];
    for (kind k = OU; k < KINDS; k++) {
        ddn_oracle *oracle = make_oracle(ctx, k);
        flow(ctx, oracle, DDN_METHOD_ADAPTIVE, DDN_GRID_LOGSNR, 3, 0, 1e-11, x);
        if (k == OU) {
            memcpy(first, x, sizeof x);
        }
        CLOSE(distance(x, first), 0, 0, 1e-9);
        ddn_oracle_destroy(oracle);
    }
    ddn_context_destroy(ctx);
}

/* The error follows the tolerance, the work its fifth root. */
static void adaptive_tolerance(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double exact[M * D], x[M * D];
    ddn_oracle *oracle = make_oracle(ctx, OU);
    flow(ctx, oracle, DDN_METHOD_ADAPTIVE, DDN_GRID_LOGSNR, 1, 0, 1e-13, exact);
    double before = INFINITY;
    for (double rtol = 1e-3; rtol > 1e-11; rtol *= 1e-2) {
        flow(ctx, oracle, DDN_METHOD_ADAPTIVE, DDN_GRID_LOGSNR, 1, 0, rtol, x);
        double error = distance(x, exact);
        print_message("# rtol %.0e: error %.2e\n", rtol, error);
        assert_true(error < 20 * rtol && error < before);
        before = error;
    }
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders),
        cmocka_unit_test(schedules_agree),
        cmocka_unit_test(adaptive_tolerance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
